// The physical plan: what the executor runs. Made by the optimizer, immutable, shared by executions of a cached plan.
//
// A node's input columns are slots: positions in the batch of its child (of left child, then right child, for
// joins). `types` gives the node's output columns.
// Thread safety: immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/arena.h"
#include "plan/ddl.h"
#include "plan/expression.h"
#include "plan/logical_plan.h"
#include "plan/table_access.h"
#include "schema/table_definition.h"

namespace mahi {

enum class PhysicalKind : uint8_t {
  kSingleRow,
  kEmpty,           // no rows: an impossible condition
  kTableScan,       // rows in key order of the row index
  kIndexScan,       // ranges of an index, the row index included
  kPointLookup,     // at most one row by a complete unique key
  kVirtualScan,
  kJsonTable,
  kValues,
  kFilter,
  kProject,
  kHashJoin,
  kIndexJoin,       // for each left row, look up an index of the right table (batched)
  kNestedLoopJoin,  // right side materialised, or reopened for each left row when it is lateral
  kHashAggregate,
  kStreamAggregate, // input sorted by the keys; also ROLLUP, and no keys
  kWindow,
  kDistinct,
  kSort,
  kTopN,
  kLimit,
  kUnionAll,
  kSetOperation,    // UNION DISTINCT, INTERSECT, EXCEPT
  kCte,
  kCteReference,
  kRecursiveCte,
  kWorkingTable,
  kLoadFile,
  kInsert,
  kUpdate,
  kDelete,
};

struct PhysicalNode {
  PhysicalKind kind;
  std::vector<PhysicalNode*> children;
  std::vector<SqlType> types;          // output columns
  std::vector<std::string> names;      // for EXPLAIN; may be empty
  double estimated_rows = 0;
  double estimated_cost = 0;           // in units of one sequentially read row
  uint32_t id = 0;                     // preorder number, for EXPLAIN ANALYZE's counters

 protected:
  explicit PhysicalNode(PhysicalKind k) : kind(k) {}
};

template <typename T>
T* As(PhysicalNode* node) {
  MAHI_ASSERT(node->kind == T::kKind);
  return static_cast<T*>(node);
}
template <typename T>
const T* As(const PhysicalNode* node) {
  MAHI_ASSERT(node->kind == T::kKind);
  return static_cast<const T*>(node);
}

struct PhysicalSingleRow : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kSingleRow;
  PhysicalSingleRow() : PhysicalNode(kKind) {}
};
struct PhysicalEmpty : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kEmpty;
  PhysicalEmpty() : PhysicalNode(kKind) {}
};

// What all reads of a stored table have in common. Output: columns `ordinals` of the table, then the row
// locator if `outputs_locator`. `filter` reads these output slots and is applied by the scan; rows that fail it are
// unlocked under READ COMMITTED.
struct PhysicalTableRead : PhysicalNode {
  TableRef table;
  std::string_view alias;
  std::vector<uint32_t> ordinals;
  bool outputs_locator = false;
  RowLockMode lock_mode = RowLockMode::kNone;
  LockWaitPolicy wait_policy = LockWaitPolicy::kWait;
  Expression* filter = nullptr;

 protected:
  explicit PhysicalTableRead(PhysicalKind k) : PhysicalNode(k) {}
};

struct PhysicalTableScan : PhysicalTableRead {
  static constexpr PhysicalKind kKind = PhysicalKind::kTableScan;
  PhysicalTableScan() : PhysicalTableRead(kKind) {}
  bool is_reverse = false;
};

// One interval of an index. The bounds are values for the first parts of the key: expressions without columns of this
// node (constants, parameters, outer columns), already of the key column's type. All but the last value of a bound are
// equalities. A NULL value matches nothing unless `null_safe` says so for its part.
struct KeyRange {
  std::vector<Expression*> lower;  // empty: unbounded
  std::vector<Expression*> upper;
  bool is_lower_inclusive = true;
  bool is_upper_inclusive = true;
  // Part k's equality is <=>, or IS NULL (then the value is a NULL constant).
  std::vector<bool> null_safe;
  // The bound is IS NOT NULL / excludes NULLs at part `lower.size()` (ranges with only an upper bound).
  bool excludes_null = false;
};
struct PhysicalIndexScan : PhysicalTableRead {
  static constexpr PhysicalKind kKind = PhysicalKind::kIndexScan;
  PhysicalIndexScan() : PhysicalTableRead(kKind) {}
  uint32_t index = 0;             // position in table->indexes
  std::vector<KeyRange> ranges;   // disjoint and ascending when all bounds are constants; else the scan sorts and merges
  bool is_reverse = false;
  bool is_covering = false;       // the index holds every column asked for
  bool keeps_order = false;       // somebody relies on index order
  // Applied on the index entry before the row is fetched; reads output slots available in the index.
  Expression* index_filter = nullptr;
};
struct PhysicalPointLookup : PhysicalTableRead {
  static constexpr PhysicalKind kKind = PhysicalKind::kPointLookup;
  PhysicalPointLookup() : PhysicalTableRead(kKind) {}
  uint32_t index = 0;
  std::vector<Expression*> key;  // one for each part; of the column's type
};

struct PhysicalVirtualScan : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kVirtualScan;
  PhysicalVirtualScan() : PhysicalNode(kKind) {}
  const VirtualTable* table = nullptr;
  std::string_view alias;
  std::vector<uint32_t> ordinals;
  // Equalities on columns that may shorten the scan: (ordinal of the virtual table, value).
  std::vector<std::pair<uint32_t, Expression*>> lookups;
  Expression* filter = nullptr;
};

struct PhysicalJsonTable : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kJsonTable;
  PhysicalJsonTable() : PhysicalNode(kKind) {}
  Expression* document = nullptr;  // constants, parameters, outer columns
  const JsonTableNode* definition = nullptr;
};

struct PhysicalValues : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kValues;
  PhysicalValues() : PhysicalNode(kKind) {}
  std::vector<std::vector<Expression*>> rows;
};

struct PhysicalFilter : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kFilter;
  PhysicalFilter() : PhysicalNode(kKind) {}
  Expression* condition = nullptr;
};
struct PhysicalProject : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kProject;
  PhysicalProject() : PhysicalNode(kKind) {}
  std::vector<Expression*> expressions;
};

// Children: probe (left, streamed), build (right, hashed). Output: left's columns, then right's (semi, anti: left's).
// kRight and kFull also emit unmatched build rows.
struct PhysicalHashJoin : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kHashJoin;
  PhysicalHashJoin() : PhysicalNode(kKind) {}
  JoinType type = JoinType::kInner;
  bool is_null_aware = false;
  std::vector<Expression*> left_keys;   // over the left child's slots
  std::vector<Expression*> right_keys;  // over the right child's slots; the same types as left_keys
  std::vector<bool> null_safe;          // <=>
  Expression* condition = nullptr;      // further condition over left slots, then right slots
};
// Children: left. The right side is a table read whose keys are expressions over the left child's slots.
struct PhysicalIndexJoin : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kIndexJoin;
  PhysicalIndexJoin() : PhysicalNode(kKind) {}
  JoinType type = JoinType::kInner;     // kInner, kLeft, kSemi, kAnti
  PhysicalTableRead* right = nullptr;   // table, ordinals, lock mode; its `filter` reads right slots only
  uint32_t index = 0;
  std::vector<Expression*> keys;        // equalities on the first parts
  std::vector<bool> null_safe;
  bool is_unique = false;               // the keys determine at most one row
  bool is_covering = false;
  Expression* condition = nullptr;      // over left slots, then right slots
};
// Children: left, right. When outer_arguments is non-empty the right side depends on the left row: it is
// reopened for each left row with outer slots first_outer_slot.. set to outer_arguments (over left slots).
struct PhysicalNestedLoopJoin : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kNestedLoopJoin;
  PhysicalNestedLoopJoin() : PhysicalNode(kKind) {}
  JoinType type = JoinType::kInner;     // every type but kRight; kFull only without outer_arguments
  bool is_null_aware = false;
  Expression* condition = nullptr;      // over left slots, then right slots
  std::vector<Expression*> outer_arguments;
  uint32_t first_outer_slot = 0;
};

// Output: keys, then aggregates.
struct PhysicalAggregate : PhysicalNode {
  std::vector<Expression*> keys;
  std::vector<AggregateExpression*> aggregates;  // arguments over input slots
  bool with_rollup = false;
 protected:
  explicit PhysicalAggregate(PhysicalKind k) : PhysicalNode(k) {}
};
struct PhysicalHashAggregate : PhysicalAggregate {
  static constexpr PhysicalKind kKind = PhysicalKind::kHashAggregate;
  PhysicalHashAggregate() : PhysicalAggregate(kKind) {}
};
struct PhysicalStreamAggregate : PhysicalAggregate {
  static constexpr PhysicalKind kKind = PhysicalKind::kStreamAggregate;
  PhysicalStreamAggregate() : PhysicalAggregate(kKind) {}
};

// The child is sorted by partition and order keys (the optimizer puts a Sort below). Output: child's columns, then one
// for each function.
struct PhysicalWindow : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kWindow;
  PhysicalWindow() : PhysicalNode(kKind) {}
  std::vector<WindowExpression*> functions;
};

struct PhysicalDistinct : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kDistinct;
  PhysicalDistinct() : PhysicalNode(kKind) {}
};
struct PhysicalSort : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kSort;
  PhysicalSort() : PhysicalNode(kKind) {}
  std::vector<SortKey> keys;
};
// Sort and limit in one; memory for offset + count rows.
struct PhysicalTopN : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kTopN;
  PhysicalTopN() : PhysicalNode(kKind) {}
  std::vector<SortKey> keys;
  Expression* offset = nullptr;
  Expression* count = nullptr;
};
struct PhysicalLimit : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kLimit;
  PhysicalLimit() : PhysicalNode(kKind) {}
  Expression* offset = nullptr;
  Expression* count = nullptr;
  bool counts_found_rows = false;
};
struct PhysicalUnionAll : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kUnionAll;
  PhysicalUnionAll() : PhysicalNode(kKind) {}
};
struct PhysicalSetOperation : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kSetOperation;
  PhysicalSetOperation() : PhysicalNode(kKind) {}
  SetOperator op = SetOperator::kUnion;
  bool is_distinct = true;
};

// Children: [definition, body].
struct PhysicalCte : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kCte;
  PhysicalCte() : PhysicalNode(kKind) {}
  uint32_t cte = 0;
  std::string_view name;
};
struct PhysicalCteReference : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kCteReference;
  PhysicalCteReference() : PhysicalNode(kKind) {}
  uint32_t cte = 0;
  std::vector<uint32_t> columns;  // output i is definition column columns[i]
};
struct PhysicalRecursiveCte : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kRecursiveCte;
  PhysicalRecursiveCte() : PhysicalNode(kKind) {}
  uint32_t cte = 0;
  bool is_distinct = false;
};
struct PhysicalWorkingTable : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kWorkingTable;
  PhysicalWorkingTable() : PhysicalNode(kKind) {}
  uint32_t cte = 0;
  std::vector<uint32_t> columns;
};

// Output: one text column for each field.
struct PhysicalLoadFile : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kLoadFile;
  PhysicalLoadFile() : PhysicalNode(kKind) {}
  LoadFileNode* logical = nullptr;
};

// RowExpressions' column slots: the complete row of the table in column order (slot = ordinal). ON DUPLICATE KEY
// UPDATE's values: the old row in slots 0 .. n-1, the row that was to be inserted in slots n .. 2n-1, then InsertNode::extra.
struct PhysicalInsert : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kInsert;
  PhysicalInsert() : PhysicalNode(kKind) {}
  InsertNode* logical = nullptr;  // table, target, actions; its expressions have their slots set
};
// Child output slots: for target t, row column i is in slot row_slots[t][i] and the locator in locator_slots[t].
// Assignments of target t read the child's slots; assignments of a single-table UPDATE see the new row: slots of
// `row_slots` are overwritten as assignments go. RowExpressions as in PhysicalInsert.
struct PhysicalUpdate : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kUpdate;
  PhysicalUpdate() : PhysicalNode(kKind) {}
  UpdateNode* logical = nullptr;
  std::vector<std::vector<uint32_t>> row_slots;
  std::vector<uint32_t> locator_slots;
};
struct PhysicalDelete : PhysicalNode {
  static constexpr PhysicalKind kKind = PhysicalKind::kDelete;
  PhysicalDelete() : PhysicalNode(kKind) {}
  DeleteNode* logical = nullptr;
  std::vector<std::vector<uint32_t>> row_slots;
  std::vector<uint32_t> locator_slots;
};

// A column of the result set, as clients see it.
struct ResultColumn {
  std::string name;
  std::string original_name;
  std::string table;           // alias
  std::string original_table;
  std::string schema;
  SqlType type;
  bool is_nullable = true;
  bool is_primary_key = false;
  bool is_unique_key = false;
  bool is_multiple_key = false;
  bool is_auto_increment = false;
  bool has_no_default = false;
  bool is_on_update_now = false;
  const Column* default_column = nullptr;  // the plain base column behind it, if any; lives as long as the plan's dependencies
};

// Something that a plan was made for and that must not have changed when it runs again.
struct PlanDependency {
  std::string schema;
  std::string table;
  uint64_t id = 0;
  uint64_t version = 0;
  bool is_view = false;
};
// A privilege that running the plan needs; checked by the session at each execution.
struct PlanPrivilege {
  std::string schema;
  std::string table;  // empty: on the database
  uint64_t privileges = 0;            // bits of base/privilege.h
  std::vector<std::string> columns;   // empty: the table; else these columns suffice
};

// SELECT ... INTO: where the session sends the rows instead of to the client.
enum class SelectIntoKind : uint8_t { kVariables, kOutfile, kDumpfile };
struct SelectInto {
  SelectIntoKind kind = SelectIntoKind::kVariables;
  std::vector<std::string> variables;  // user variables, one for each column
  std::string file_name;
  FileFormat format;
};

// A statement after binding, and after planning: the whole product, with the memory that it lives in.
struct Plan {
  Arena arena;
  LogicalNode* logical = nullptr;
  PhysicalNode* physical = nullptr;
  DdlCommand* ddl = nullptr;            // DDL instead of an operator tree
  std::vector<ResultColumn> columns;    // empty: no result set
  std::optional<SelectInto> into;       // SELECT ... INTO: `columns` are not sent
  uint32_t parameter_count = 0;
  std::vector<SqlType> parameter_types; // as inferred by the binder
  uint32_t outer_slot_count = 0;        // outer slots of all subqueries and lateral joins
  uint32_t node_count = 0;              // physical nodes, those of subqueries included
  uint32_t next_column_id = 1;
  uint32_t next_cte = 0;
  std::vector<PlanDependency> dependencies;
  std::vector<PlanPrivilege> privileges;
  bool is_read_only = true;             // changes no table
  bool locks_rows = false;              // FOR UPDATE/SHARE, or DML
  bool is_cacheable = true;             // false: temporary tables, virtual tables' state, user variables' types, ...
};

}  // namespace mahi
