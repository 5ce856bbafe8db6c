// The logical plan: relational operators as data, what the binder makes and the optimizer rewrites.
//
// Every node outputs columns named by ColumnId; `output` lists them. Nodes live in the plan's arena.
// Thread safety: belongs to the thread that plans.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/expression.h"
#include "plan/table_access.h"
#include "schema/table_definition.h"

namespace mahi {

enum class LogicalKind : uint8_t {
  kSingleRow,    // one row without columns: SELECT without FROM
  kEmpty,        // no rows: an impossible condition; made by the optimizer
  kGet,          // a base or temporary table
  kVirtualGet,   // a table of information_schema, performance_schema, ...
  kJsonTable,
  kValues,       // VALUES ROW(..), ..., and INSERT's rows
  kFilter,
  kProject,
  kJoin,
  kAggregate,
  kWindow,
  kDistinct,
  kSort,
  kLimit,
  kSetOperation,
  kCte,          // materialise a common table expression, then run the child
  kCteReference,
  kRecursiveCte,
  kWorkingTable, // the reference of a recursive CTE to itself
  kLoadFile,     // the rows of LOAD DATA's file
  kInsert,
  kUpdate,
  kDelete,
};

struct LogicalNode {
  LogicalKind kind;
  std::vector<LogicalNode*> children;
  std::vector<ColumnId> output;
  double estimated_rows = -1;  // set by the optimizer

 protected:
  explicit LogicalNode(LogicalKind k) : kind(k) {}
};

template <typename T>
T* As(LogicalNode* node) {
  MAHI_ASSERT(node->kind == T::kKind);
  return static_cast<T*>(node);
}

struct SingleRowNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kSingleRow;
  SingleRowNode() : LogicalNode(kKind) {}
};

// No rows, with the output of the tree that it stands for.
struct EmptyNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kEmpty;
  EmptyNode() : LogicalNode(kKind) {}
};

// output[i] is column `ordinals[i]` of the table. Starts with all visible columns; the optimizer prunes.
struct GetNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kGet;
  GetNode() : LogicalNode(kKind) {}
  TableRef table;
  std::string_view alias;
  std::vector<uint32_t> ordinals;
  RowLockMode lock_mode = RowLockMode::kNone;
  LockWaitPolicy wait_policy = LockWaitPolicy::kWait;
  IndexHints hints;
  // Set for tables that UPDATE/DELETE change: a column that holds the row's locator (its row key, as a binary string).
  ColumnId row_locator = 0;
};

struct VirtualGetNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kVirtualGet;
  VirtualGetNode() : LogicalNode(kKind) {}
  const VirtualTable* table = nullptr;
  std::string_view alias;
  std::vector<uint32_t> ordinals;
};

enum class JsonTableColumnKind : uint8_t { kOrdinality, kPath, kExistsPath, kNested };
enum class JsonTableOnEvent : uint8_t { kNull, kError, kDefault };
struct JsonTableColumn {
  JsonTableColumnKind kind = JsonTableColumnKind::kPath;
  ColumnId column = 0;
  SqlType type;
  std::string_view name;
  std::string_view path;
  JsonTableOnEvent on_empty = JsonTableOnEvent::kNull;
  JsonTableOnEvent on_error = JsonTableOnEvent::kNull;
  std::string_view default_on_empty;  // JSON text
  std::string_view default_on_error;
  std::vector<JsonTableColumn> nested;
};
// A lateral table function: its document may use columns of the join's left side (as outer columns).
struct JsonTableNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kJsonTable;
  JsonTableNode() : LogicalNode(kKind) {}
  Expression* document = nullptr;
  std::string_view path;
  std::vector<JsonTableColumn> columns;
  std::string_view alias;
};

struct ValuesNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kValues;
  ValuesNode() : LogicalNode(kKind) {}
  std::vector<SqlType> types;
  std::vector<std::vector<Expression*>> rows;  // each of output.size() expressions of `types`
};

struct FilterNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kFilter;
  FilterNode() : LogicalNode(kKind) {}
  Expression* condition = nullptr;
};

// output[i] = expressions[i]. A plain column may keep its id.
struct ProjectNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kProject;
  ProjectNode() : LogicalNode(kKind) {}
  std::vector<Expression*> expressions;
};

enum class JoinType : uint8_t { kInner, kLeft, kRight, kFull, kSemi, kAnti };
// children: left, right. Output: left's columns, then right's (semi, anti: left's only).
struct JoinNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kJoin;
  JoinNode() : LogicalNode(kKind) {}
  JoinType type = JoinType::kInner;
  Expression* condition = nullptr;  // null: cross join
  bool is_straight = false;         // STRAIGHT_JOIN: left is read first
  // The right side reads columns of the left one (LATERAL, JSON_TABLE) as ColumnExpressions of the left child;
  // the optimizer turns them into outer slots.
  bool is_lateral = false;
  // kAnti from NOT IN: a NULL on either side makes the row disappear.
  bool is_null_aware = false;
};

// output = group keys' ids, then aggregates' ids. Without keys: one row, always.
struct AggregateNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kAggregate;
  AggregateNode() : LogicalNode(kKind) {}
  std::vector<Expression*> keys;
  std::vector<AggregateExpression*> aggregates;
  bool with_rollup = false;
};

// output = child's columns, then one for each function.
struct WindowNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kWindow;
  WindowNode() : LogicalNode(kKind) {}
  std::vector<WindowExpression*> functions;  // all of one window specification
};

struct DistinctNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kDistinct;
  DistinctNode() : LogicalNode(kKind) {}
};

struct SortNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kSort;
  SortNode() : LogicalNode(kKind) {}
  std::vector<SortKey> keys;
};

struct LimitNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kLimit;
  LimitNode() : LogicalNode(kKind) {}
  Expression* offset = nullptr;  // constants or parameters; null: none
  Expression* count = nullptr;
  bool counts_found_rows = false;  // SQL_CALC_FOUND_ROWS
};

enum class SetOperator : uint8_t { kUnion, kIntersect, kExcept };
// Children give the same number of columns, cast to the output types. output has ids of its own.
struct SetOperationNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kSetOperation;
  SetOperationNode() : LogicalNode(kKind) {}
  SetOperator op = SetOperator::kUnion;
  bool is_distinct = true;
  std::vector<SqlType> types;
};

// children: [definition, body]; output = body's.
struct CteNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kCte;
  CteNode() : LogicalNode(kKind) {}
  uint32_t cte = 0;  // unique in the statement
  std::string_view name;
};
// Reads the materialised rows of `cte`; output[i] has an id of its own for definition column i.
struct CteReferenceNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kCteReference;
  CteReferenceNode() : LogicalNode(kKind) {}
  uint32_t cte = 0;
  std::string_view alias;
  std::vector<SqlType> types;
};
// children: [seed, step]; rows of the step feed its WorkingTableNode until there are none.
struct RecursiveCteNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kRecursiveCte;
  RecursiveCteNode() : LogicalNode(kKind) {}
  uint32_t cte = 0;
  bool is_distinct = false;
  std::vector<SqlType> types;
};
struct WorkingTableNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kWorkingTable;
  WorkingTableNode() : LogicalNode(kKind) {}
  uint32_t cte = 0;
  std::string_view alias;
  std::vector<SqlType> types;
};

// FIELDS and LINES of LOAD DATA and SELECT INTO OUTFILE, with MySQL's defaults.
struct FileFormat {
  std::string charset;  // empty: character_set_database for LOAD, none (bytes) for OUTFILE
  std::string fields_terminated_by = "\t";
  std::string fields_enclosed_by;
  bool fields_optionally_enclosed = false;
  std::string fields_escaped_by = "\\";
  std::string lines_starting_by;
  std::string lines_terminated_by = "\n";
};
// The source of LOAD DATA: reads the file and outputs one LONGTEXT column (bytes in the file's character set for
// binary columns) for each field of the target list; a missing field is NULL with warning 1261, surplus ones give 1262.
// LOAD DATA is an InsertNode over a ProjectNode (SET expressions) over this.
struct LoadFileNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kLoadFile;
  LoadFileNode() : LogicalNode(kKind) {}
  std::string file_name;
  bool is_local = false;   // the session fetches the file from the client
  FileFormat format;
  uint64_t ignore_lines = 0;
  std::vector<SqlType> types;          // of the output
  std::vector<std::string> field_names;  // column or @variable of each field, for warnings
};

// One column's new value. The expression reads the row's columns (and, for ON DUPLICATE KEY UPDATE, the new
// row's) and has the column's type after an assignment conversion by the executor.
struct ColumnAssignment {
  uint32_t ordinal = 0;
  Expression* value = nullptr;  // null: DEFAULT
};
// Expressions that the executor evaluates over a complete row of the table, whose columns are the ids `row`.
struct RowExpressions {
  std::vector<ColumnId> row;  // one for each column of the table
  std::vector<ColumnAssignment> generated;   // in dependency order
  std::vector<ColumnAssignment> defaults;    // expression defaults (kExpression)
  std::vector<Expression*> checks;           // enforced CHECK constraints; parallel to check_names
  std::vector<std::string> check_names;
  Expression* view_check = nullptr;          // WITH CHECK OPTION; else null
  std::string view_schema, view_name;        // of view_check, for the message
};

enum class DuplicateAction : uint8_t { kError, kIgnore, kReplace, kUpdate };
// children: [source]. Source column i goes to table column target[i].
struct InsertNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kInsert;
  InsertNode() : LogicalNode(kKind) {}
  TableRef table;
  std::vector<uint32_t> target;
  DuplicateAction on_duplicate = DuplicateAction::kError;
  bool ignore = false;                    // IGNORE: errors of rows become warnings
  std::vector<ColumnAssignment> updates;  // ON DUPLICATE KEY UPDATE: over `expressions.row` and `new_row`
  std::vector<ColumnId> new_row;          // VALUES(c) / new.c: the row that was to be inserted
  RowExpressions expressions;
  // Source columns beyond target.size(), which only `updates` read (INSERT ... SELECT ... ON DUPLICATE KEY UPDATE x = t2.y):
  // the updates' slots 2n, 2n+1, ... of a table of n columns.
  std::vector<ColumnId> extra;
  // For `source` columns that may be DEFAULT per row (VALUES (1, DEFAULT)): the binder puts the default's expression.
  std::vector<Expression*> returning;     // over expressions.row; empty: none
};

// children: [source]; the source outputs the table's columns and locators of the rows to change.
struct UpdateTarget {
  TableRef table;
  ColumnId row_locator = 0;
  std::vector<ColumnId> row;              // source column of each table column
  std::vector<ColumnAssignment> assignments;  // in order; later ones see earlier ones' values (single-table UPDATE)
  RowExpressions expressions;             // over ids of their own for the new row
};
struct UpdateNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kUpdate;
  UpdateNode() : LogicalNode(kKind) {}
  std::vector<UpdateTarget> targets;
  bool ignore = false;
  bool is_multi_table = false;
};

struct DeleteTarget {
  TableRef table;
  ColumnId row_locator = 0;
  std::vector<ColumnId> row;
};
struct DeleteNode : LogicalNode {
  static constexpr LogicalKind kKind = LogicalKind::kDelete;
  DeleteNode() : LogicalNode(kKind) {}
  std::vector<DeleteTarget> targets;
  bool ignore = false;
  bool is_multi_table = false;
  std::vector<Expression*> returning;  // over targets[0].row (physical: the child's slots); empty: none
};

}  // namespace mahi
