// Translator: logical tree -> physical plan. The last stage.
//
// Walks down with the set of columns that the parent needs (column pruning) and comes back up with physical
// nodes and the layout of their output; each expression is copied with its columns resolved into slots of that layout.
// A column that is not in the layout must come from outside and becomes an outer slot.
// Thread safety: one call, one thread.
#pragma once

#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "optimizer/column_set.h"
#include "optimizer/planner.h"

namespace mahi {

// Columns that reach a subquery or a lateral join's right side from outside: column i lies in outer slot
// first_slot + i. Inside a lateral side, columns of the enclosing scopes stay visible through `parent`.
struct OuterScope {
  std::vector<ColumnId> columns;
  uint32_t first_slot = 0;
  const OuterScope* parent = nullptr;

  // -1: not here.
  int32_t Find(ColumnId column) const;
};

// A physical tree; slot i of its output holds column layout[i].
struct BuiltPlan {
  PhysicalNode* node = nullptr;
  std::vector<ColumnId> layout;
};

struct OrderItem {
  ColumnId column = 0;
  bool is_descending = false;
};

// What the parent would like. Only a wish: `BuiltOrder` in the answer says what came of it.
struct Wishes {
  const std::vector<OrderItem>* order = nullptr;
  double row_limit = -1;  // the parent stops after so many rows; -1: reads all
  bool* order_met = nullptr;  // set when the output comes in `order`
};

struct Relation;
struct JoinGraph;

class Translator {
 public:
  explicit Translator(Planner& planner) : planner_(planner) {}

  // A whole statement or query block: output exactly logical->output.
  Result<PhysicalNode*> TranslateRoot(LogicalNode* node);
  // The output has exactly `columns`, in this order.
  Result<BuiltPlan> TranslateExact(LogicalNode* node, const std::vector<ColumnId>& columns, const OuterScope* outer,
                                   const Wishes& wishes = {});
  // The output has at least the columns of `needed` that the node produces.
  Result<BuiltPlan> Translate(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                              const Wishes& wishes = {});

  // A copy of `expression` over `layout`; subqueries within are planned.
  Result<Expression*> Resolve(Expression* expression, const std::vector<ColumnId>& layout, const OuterScope* outer);

  Planner& planner() { return planner_; }

 private:
  using Layout = std::vector<ColumnId>;

  Result<BuiltPlan> TranslateFilter(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                    const Wishes& wishes);
  Result<BuiltPlan> TranslateVirtualGet(LogicalNode* node, const std::vector<Expression*>& conjuncts,
                                        const ColumnSet& needed, const OuterScope* outer);
  Result<BuiltPlan> TranslateJsonTable(LogicalNode* node, const OuterScope* outer);
  Result<BuiltPlan> TranslateValues(LogicalNode* node, const OuterScope* outer);
  Result<BuiltPlan> TranslateProject(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                     const Wishes& wishes);
  Result<BuiltPlan> TranslateAggregate(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                       const Wishes& wishes);
  // MIN or MAX of an indexed column: one row of the index. No node: that is not how it is.
  Result<BuiltPlan> ReadExtreme(AggregateNode* aggregate, const OuterScope* outer);
  Result<BuiltPlan> TranslateWindow(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer);
  Result<BuiltPlan> TranslateDistinct(LogicalNode* node, const OuterScope* outer, const Wishes& wishes);
  Result<BuiltPlan> TranslateSort(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                  const Wishes& wishes, LimitNode* limit);
  Result<BuiltPlan> TranslateLimit(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                   const Wishes& wishes);
  Result<BuiltPlan> TranslateSetOperation(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                          const Wishes& wishes);
  Result<BuiltPlan> TranslateCte(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                 const Wishes& wishes);
  Result<BuiltPlan> TranslateCteReference(LogicalNode* node, const ColumnSet& needed);
  Result<BuiltPlan> TranslateRecursiveCte(LogicalNode* node, const OuterScope* outer);
  Result<BuiltPlan> TranslateInsert(LogicalNode* node, const OuterScope* outer);
  Result<BuiltPlan> TranslateUpdate(LogicalNode* node, const OuterScope* outer);
  Result<BuiltPlan> TranslateDelete(LogicalNode* node, const OuterScope* outer);

  Result<BuiltPlan> AddFilter(BuiltPlan input, const std::vector<Expression*>& conjuncts, const OuterScope* outer);
  Status ResolveSortKeys(const std::vector<SortKey>& keys, const Layout& layout, const OuterScope* outer,
                         std::vector<SortKey>* resolved);
  Status ResolveRow(RowExpressions* row, const OuterScope* outer);
  Result<Expression*> ResolveSubquery(SubqueryExpression* subquery, const Layout& layout, const OuterScope* outer);
  // The slot of each column: positions in `layout`.
  Result<std::vector<uint32_t>> SlotsOf(const std::vector<ColumnId>& columns, const Layout& layout);
  // Sets types and names from the layout.
  void Describe(PhysicalNode* node, const Layout& layout);
  BuiltPlan Done(PhysicalNode* node, Layout layout) {
    Describe(node, layout);
    return {node, std::move(layout)};
  }

  friend class JoinBuilder;
  friend class TableReader;

  Planner& planner_;
  // Rows that each common table expression is expected to give, for its references.
  std::unordered_map<uint32_t, double> cte_rows_;
};

}  // namespace mahi
