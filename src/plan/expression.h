// Bound expressions: what an AST expression means once names, types and collations are resolved.
//
// Plain data in the plan's arena; a tree of Expression nodes tagged by kind. Every node knows its type. Columns are
// ColumnIds, unique within a statement, until the optimizer's last step gives each ColumnExpression the slot of its
// operator's input batch.
// Thread safety: immutable once planned; executions of a cached plan share it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "function/aggregate.h"
#include "function/function.h"
#include "types/sql_type.h"
#include "types/value.h"

namespace mahi {

struct LogicalNode;
struct PhysicalNode;

// Names one output column of one relation in a statement. 0 is no column.
using ColumnId = uint32_t;

enum class ExpressionKind : uint8_t {
  kConstant,
  kColumn,
  kOuterColumn,   // a column of an enclosing query block, from inside a correlated subquery
  kParameter,     // a placeholder, or a literal pulled out of a text statement
  kFunction,      // operators and casts too
  kLogical,       // n-ary AND, OR; binary XOR
  kCase,          // CASE, IF
  kCoalesce,      // COALESCE, IFNULL
  kInList,        // value [NOT] IN (list)
  kRow,           // (a, b): only below kInList, kSubquery and comparisons that the binder has not split
  kSubquery,
  kAggregate,     // only in AggregateNode, and before the binder has extracted it
  kWindow,        // only in WindowNode, likewise
  kUserVariable,
  kUserVariableAssignment,
  kSystemVariable,
};

struct Expression {
  ExpressionKind kind;
  SqlType type;
  bool is_nullable = true;
  Coercibility coercibility = Coercibility::kImplicit;
  std::string_view text;  // original text or a printed form; arena-owned; for messages and EXPLAIN

 protected:
  explicit Expression(ExpressionKind k) : kind(k) {}
};

struct ConstantExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kConstant;
  ConstantExpression() : Expression(kKind) {}
  Value value;
};

struct ColumnExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kColumn;
  ColumnExpression() : Expression(kKind) {}
  ColumnId column = 0;
  int32_t slot = -1;  // vector of the input batch; set by the optimizer
};

// A reference out of a subquery. The subquery's plan receives its outer columns as parameters: before each
// evaluation the executor copies the outer row's values into `outer_slot`s.
struct OuterColumnExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kOuterColumn;
  OuterColumnExpression() : Expression(kKind) {}
  ColumnId column = 0;
  uint32_t depth = 1;        // subquery expressions outwards (derived tables do not count)
  int32_t outer_slot = -1;   // set by the optimizer
};

struct ParameterExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kParameter;
  ParameterExpression() : Expression(kKind) {}
  uint32_t index = 0;  // 0-based
};

struct FunctionExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kFunction;
  FunctionExpression() : Expression(kKind) {}
  const FunctionDescriptor* function = nullptr;  // null: an inserted cast to `type` (CastVector)
  EvalFunction eval = nullptr;
  std::unique_ptr<FunctionState> (*make_state)() = nullptr;
  std::vector<Expression*> arguments;
  bool is_implicit_cast() const { return function == nullptr; }
};

enum class LogicalOperator : uint8_t { kAnd, kOr, kXor };
struct LogicalExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kLogical;
  LogicalExpression() : Expression(kKind) {}
  LogicalOperator op = LogicalOperator::kAnd;
  std::vector<Expression*> operands;  // two or more; any numeric type, true when non-zero
};

// Searched form: conditions[i] -> results[i]. The binder turns "CASE x WHEN y" into x = y conditions.
struct CaseExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kCase;
  CaseExpression() : Expression(kKind) {}
  std::vector<Expression*> conditions;
  std::vector<Expression*> results;
  Expression* otherwise = nullptr;  // null: NULL
};

struct CoalesceExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kCoalesce;
  CoalesceExpression() : Expression(kKind) {}
  std::vector<Expression*> operands;
};

// All list elements have value's type (the binder casts; a mixed list becomes an OR of comparisons).
struct InListExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kInList;
  InListExpression() : Expression(kKind) {}
  Expression* value = nullptr;
  std::vector<Expression*> list;
  bool is_negated = false;
};

struct RowExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kRow;
  RowExpression() : Expression(kKind) {}
  std::vector<Expression*> elements;
};

enum class SubqueryKind : uint8_t {
  kScalar,      // one column, at most one row (1242); NULL when empty
  kExists,
  kIn,          // left IN (subquery); with several left elements: a row
  kQuantified,  // left comparison ANY/ALL (subquery)
};
struct SubqueryExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kSubquery;
  SubqueryExpression() : Expression(kKind) {}
  SubqueryKind subquery_kind = SubqueryKind::kScalar;
  bool is_negated = false;        // NOT EXISTS, NOT IN
  bool is_all = false;            // kQuantified: ALL, else ANY
  // kQuantified: (a, b) = (SELECT x, y ...): 1242 when there is more than one row, NULL when there is none. Only then, and
  // for kIn, may `left` hold several expressions; they are compared as rows.
  bool is_single_row = false;
  const FunctionDescriptor* comparison = nullptr;  // kQuantified: "=", "<", ...
  // kIn, kQuantified: already cast to the comparison types; `right_columns` holds the matching expressions
  // over the subquery's output columns (casts included).
  std::vector<Expression*> left;
  std::vector<Expression*> right;
  LogicalNode* logical = nullptr;
  PhysicalNode* physical = nullptr;  // set by the optimizer
  std::vector<ColumnId> output;      // the subquery's output columns
  // Outer columns that the plan reads, in outer_slot order: expressions over the enclosing block's row
  // (ColumnExpression, or OuterColumnExpression when they come from farther out). Empty: uncorrelated, evaluated once.
  // Inside the plan argument i is an OuterColumnExpression with column outer_columns[i]. Columns that only subqueries further
  // inside read are listed too, so each plan finds its outer columns in its own subquery's list. An argument may be any
  // expression over the enclosing block (in an aggregated block it reads the aggregate's output; an aggregate of the
  // enclosing block is one too): find it by outer_columns, not by its own column.
  std::vector<Expression*> outer_arguments;
  std::vector<ColumnId> outer_columns;
  uint32_t first_outer_slot = 0;
};

struct SortKey {
  Expression* expression = nullptr;
  bool is_descending = false;
};

struct AggregateExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kAggregate;
  AggregateExpression() : Expression(kKind) {}
  const AggregateDescriptor* aggregate = nullptr;
  AggregateSignature signature;
  AggregateOptions options;
  std::vector<Expression*> arguments;  // cast to signature.arguments; COUNT(*): none
  std::vector<SortKey> order_by;       // GROUP_CONCAT, JSON_ARRAYAGG
  bool is_grouping = false;            // GROUPING(...): no descriptor, no arguments
  std::vector<uint32_t> grouping_keys; // GROUPING: positions in AggregateNode::keys
};

enum class FrameUnit : uint8_t { kRows, kRange };
enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding, kPreceding, kCurrentRow, kFollowing, kUnboundedFollowing,
};
struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kUnboundedPreceding;
  Expression* offset = nullptr;      // kPreceding, kFollowing
  std::string_view interval_unit;    // RANGE INTERVAL n unit
};
struct WindowSpecification {
  std::vector<Expression*> partition_by;
  std::vector<SortKey> order_by;
  FrameUnit unit = FrameUnit::kRange;
  FrameBound start{FrameBoundKind::kUnboundedPreceding, nullptr, {}};
  FrameBound end{FrameBoundKind::kCurrentRow, nullptr, {}};
  std::string_view name;
};

struct WindowExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kWindow;
  WindowExpression() : Expression(kKind) {}
  std::string_view function_name;                  // lower case: "row_number", "lag", ..., or an aggregate's
  const AggregateDescriptor* aggregate = nullptr;  // null for pure window functions
  AggregateSignature signature;
  AggregateOptions options;
  std::vector<Expression*> arguments;
  WindowSpecification* window = nullptr;           // shared by the expressions of one window
};

struct UserVariableExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kUserVariable;
  UserVariableExpression() : Expression(kKind) {}
  std::string_view name;
};
struct UserVariableAssignmentExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kUserVariableAssignment;
  UserVariableAssignmentExpression() : Expression(kKind) {}
  std::string_view name;
  Expression* value = nullptr;
};
struct SystemVariableExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kSystemVariable;
  SystemVariableExpression() : Expression(kKind) {}
  std::string_view name;
  bool is_global = false;
};

// Checked downcasts by kind.
template <typename T>
T* As(Expression* expression) {
  MAHI_ASSERT(expression->kind == T::kKind);
  return static_cast<T*>(expression);
}
template <typename T>
const T* As(const Expression* expression) {
  MAHI_ASSERT(expression->kind == T::kKind);
  return static_cast<const T*>(expression);
}
template <typename T>
T* TryAs(Expression* expression) {
  return expression != nullptr && expression->kind == T::kKind ? static_cast<T*>(expression) : nullptr;
}
template <typename T>
const T* TryAs(const Expression* expression) {
  return expression != nullptr && expression->kind == T::kKind ? static_cast<const T*>(expression) : nullptr;
}

// Calls visit(Expression*& child) for each direct child, in evaluation order; visitors may replace children.
// A subquery's children are its left and outer_arguments expressions, not its plan.
template <typename Visit>
void ForEachChild(Expression* expression, Visit&& visit);

}  // namespace mahi

#include "plan/expression_visitor.h"
