// JoinBuilder: orders the joins of one group and builds their physical plan.
//
// 1. Flatten: a tree of joins becomes relations and a pool of conjuncts. Inner-joined relations are free to move. The right
//    side of a LEFT, SEMI, ANTI or lateral join becomes one relation (a "unit") that may be joined as soon as the
//    relations that its condition reads are there; what it joins never changes which other joins are valid, because
//        Left(A x B, R, p(A,R)) = Left(A, R, p) x B        and the same for semi and anti joins.
//    Conjuncts over a unit's columns are applied after it is joined. FULL joins are relations by themselves.
// 2. Equality classes: columns that conjuncts make equal. A constant for one holds for all; two relations that
//    share a class can be joined although no conjunct says so.
// 3. Order: dynamic programming over sets of up to kMaxDynamic relations (bushy trees included), else greedy.
//    Two plans are kept for each set: the cheapest, and the cheapest that keeps the wished order (a chain of look-ups
//    behind an ordered read) for ORDER BY ... LIMIT.
// 4. Build: for each join hash join, index look-up or nested loop, as it was costed.
// Thread safety: one call, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "optimizer/table_reader.h"
#include "optimizer/translator.h"

namespace mahi {

class JoinBuilder {
 public:
  JoinBuilder(Translator& translator, const OuterScope* outer)
      : translator_(translator), planner_(translator.planner()), outer_(outer) {}

  // `conjuncts` are those above the join.
  Result<BuiltPlan> Build(LogicalNode* node, const std::vector<Expression*>& conjuncts, const ColumnSet& needed,
                          const Wishes& wishes);

 private:
  using Mask = uint64_t;
  static constexpr size_t kMaxDynamic = 10;
  static constexpr size_t kMaxRelations = 63;

  struct Relation {
    LogicalNode* tree = nullptr;
    JoinType type = JoinType::kInner;
    bool is_null_aware = false;
    bool is_lateral = false;
    std::vector<Expression*> local;  // conjuncts over this relation alone, checked while it is read
    std::vector<Expression*> on;     // units: the join's condition
    Mask required = 0;
    bool joins_last = false;         // required by a straight join or a unit: never the first
    ColumnSet columns;
    double rows = 1;
    double cost = 1;
    double factor = 1;               // units: rows of the join for each left row
    GetNode* get = nullptr;          // the tree is a stored table
    std::optional<BuiltPlan> built;  // other trees are built before the order is known
    std::unique_ptr<OuterScope> scope;  // lateral
  };
  struct PoolItem {
    Expression* conjunct;
    Mask mask;
    bool is_late = false;  // volatile: after everything else
  };
  // Columns that are equal in all rows.
  struct EqualityClass {
    std::vector<ColumnId> columns;
    FunctionExpression* example = nullptr;  // a conjunct column = column
  };
  enum class Method : uint8_t { kLeaf, kHash, kHashSwapped, kIndex, kNestedLoop, kLateral };
  struct Entry {
    Mask mask = 0;
    double rows = 0;
    double cost = 0;
    Method method = Method::kLeaf;
    int left = -1, right = -1;  // entries
    int relation = -1;          // leaf, or the right side of an index join or unit
    bool is_ordered = false;
  };

  Status Flatten(LogicalNode* node, std::vector<PoolItem>* pool);
  size_t AddRelation(LogicalNode* tree);
  void AddUnit(JoinNode* join, LogicalNode* tree, JoinType type, Mask left, std::vector<PoolItem>* pool);
  void AddToPool(Expression* condition, std::vector<PoolItem>* pool);
  Mask MaskOf(const ColumnSet& columns) const;
  void FindClasses();
  void DistributeConjuncts();
  Status EstimateRelations(const ColumnSet& needed, const Wishes& wishes);
  double RowsOf(Mask mask);
  double ClassSelectivity(Mask mask);

  bool CanStart(size_t relation) const;
  std::optional<Entry> Combine(int left, int right, bool allow_cross, bool keep_order);
  void Offer(std::vector<int>* best, Entry entry);
  Result<int> OrderDynamically(bool keep_order);
  Result<int> OrderGreedily(bool keep_order);
  // Conjuncts that become checkable when `left` and `right` meet.
  std::vector<Expression*> JoinConjuncts(Mask left, Mask right);

  struct KeyPair {
    Expression* left;
    Expression* right;
    bool null_safe;
  };
  // Splits conjuncts into equalities between the sides and the rest.
  void SplitKeys(const std::vector<Expression*>& conjuncts, const ColumnSet& left, const ColumnSet& right,
                 std::vector<KeyPair>* keys, std::vector<Expression*>* rest);

  Result<BuiltPlan> BuildEntry(int entry, const Wishes& wishes);
  Result<BuiltPlan> BuildLeaf(size_t relation, const Wishes& wishes);
  Result<BuiltPlan> BuildJoin(const Entry& entry, const Wishes& wishes);
  Result<BuiltPlan> BuildIndexJoin(const Entry& entry, BuiltPlan left, const std::vector<Expression*>& conjuncts);
  ColumnSet ColumnsOfMask(Mask mask) const;

  Translator& translator_;
  Planner& planner_;
  const OuterScope* outer_;
  std::vector<Relation> relations_;
  std::vector<PoolItem> pool_;
  std::vector<EqualityClass> classes_;
  std::vector<Entry> entries_;
  ColumnSet needed_;
  const Wishes* wishes_ = nullptr;
  int ordered_relation_ = -1;  // the relation that all wished columns belong to; -2: no order is wished
};

}  // namespace mahi
