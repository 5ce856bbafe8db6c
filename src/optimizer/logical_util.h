// Helpers over expressions and logical trees: visiting, copying, used and produced columns.
// Thread safety: stateless.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "optimizer/column_set.h"
#include "plan/logical_plan.h"

namespace mahi {

struct Planner;

// What takes a column's place. Expressions are shared, not copied, at each use.
using ColumnReplacements = std::unordered_map<ColumnId, Expression*>;

// Calls visit(Expression*&) for each expression that the node itself holds.
template <typename Visit>
void ForEachNodeExpression(LogicalNode* node, Visit&& visit);

// Adds the columns that `expression` reads from its input or from farther out; those that a subquery within
// produces itself are left out.
void CollectColumns(Expression* expression, ColumnSet* columns);
ColumnSet ColumnsOf(Expression* expression);

// Columns that the tree reads and does not produce.
ColumnSet FreeColumns(LogicalNode* node);

// A copy of the node alone, with the same children.
Expression* ShallowCopy(Planner& planner, Expression* expression);
// A deep copy in which columns are replaced. Subqueries are copied with new ids for the columns that they produce.
Expression* CopyExpression(Planner& planner, Expression* expression, const ColumnReplacements& replacements);
Expression* CopyExpression(Planner& planner, Expression* expression);
// A deep copy with new ids; *renamed gives each old id's new column.
LogicalNode* CopyTree(Planner& planner, LogicalNode* node, ColumnReplacements* renamed);

// Replaces columns in all expressions of the tree (children included).
void ReplaceInTree(Planner& planner, LogicalNode* node, const ColumnReplacements& replacements);

// Makes subqueries read the enclosing block's columns directly: an outer column whose argument is another expression
// (an aggregate's output) is replaced by it throughout the subquery. Innermost subqueries first; outer_arguments are
// empty afterwards, the translation finds them anew.
void InlineOuterArguments(Planner& planner, LogicalNode* node);
void InlineOuterArguments(Planner& planner, Expression* expression);

// `node`, below a Project if its output is not `output`. `replacements` tells of columns that are gone.
LogicalNode* KeepOutput(Planner& planner, LogicalNode* node, const std::vector<ColumnId>& output,
                        const ColumnReplacements& replacements);

// Recomputes the output of a node that passes its children's columns on; below other nodes, children that changed
// their output (from `before`) get a Project that restores it.
void FixOutput(Planner& planner, LogicalNode* node, const std::vector<std::vector<ColumnId>>& before);

// Splits nested ANDs.
void SplitConjuncts(Expression* condition, std::vector<Expression*>* conjuncts);
std::vector<Expression*> Conjuncts(Expression* condition);
// AND of all; null for none.
Expression* Conjunction(Planner& planner, const std::vector<Expression*>& conjuncts);

// Equal in structure, and free of side effects and per-row functions.
bool SameExpression(Expression* a, Expression* b);

struct ExpressionTraits {
  bool has_subquery = false;
  bool has_correlated_subquery = false;
  bool has_column = false;          // reads any column (from here or farther out)
  bool is_volatile = false;         // per-row functions, user variables
  bool has_side_effect = false;     // assignments, SLEEP, GET_LOCK
  bool is_per_statement = false;    // NOW(), USER(), system variables, parameters
  bool has_aggregate = false;       // or window
  // The same value for the whole statement, and evaluating it any number of times makes no difference.
  bool is_runtime_constant() const {
    return !has_column && !is_volatile && !has_side_effect && !has_aggregate && !has_correlated_subquery;
  }
  // May be evaluated earlier, later, more or less often.
  bool is_movable() const { return !is_volatile && !has_side_effect && !has_aggregate; }
};
ExpressionTraits TraitsOf(Expression* expression);

// True when the expression is a call of the built-in `name`.
bool IsCall(const Expression* expression, std::string_view name);
// =, <=>, <, <=, >, >=, <>.
bool IsComparison(const Expression* expression);

// ---

template <typename Visit>
void ForEachRowExpression(RowExpressions& row, Visit&& visit) {
  auto each = [&](std::vector<ColumnAssignment>& list) {
    for (ColumnAssignment& assignment : list) {
      if (assignment.value != nullptr) visit(assignment.value);
    }
  };
  each(row.generated);
  each(row.defaults);
  for (Expression*& check : row.checks) visit(check);
  if (row.view_check != nullptr) visit(row.view_check);
}

template <typename Visit>
void ForEachNodeExpression(LogicalNode* node, Visit&& visit) {
  auto one = [&](Expression*& expression) {
    if (expression != nullptr) visit(expression);
  };
  auto each = [&](std::vector<Expression*>& list) {
    for (Expression*& expression : list) visit(expression);
  };
  switch (node->kind) {
    case LogicalKind::kJsonTable:
      return one(As<JsonTableNode>(node)->document);
    case LogicalKind::kValues:
      for (auto& row : As<ValuesNode>(node)->rows) each(row);
      return;
    case LogicalKind::kFilter:
      return one(As<FilterNode>(node)->condition);
    case LogicalKind::kProject:
      return each(As<ProjectNode>(node)->expressions);
    case LogicalKind::kJoin:
      return one(As<JoinNode>(node)->condition);
    case LogicalKind::kAggregate: {
      auto* aggregate = As<AggregateNode>(node);
      each(aggregate->keys);
      for (AggregateExpression*& call : aggregate->aggregates) {
        Expression* expression = call;
        visit(expression);
        call = As<AggregateExpression>(expression);
      }
      return;
    }
    case LogicalKind::kWindow:
      for (WindowExpression*& call : As<WindowNode>(node)->functions) {
        Expression* expression = call;
        visit(expression);
        call = As<WindowExpression>(expression);
      }
      return;
    case LogicalKind::kSort:
      for (SortKey& key : As<SortNode>(node)->keys) visit(key.expression);
      return;
    case LogicalKind::kLimit:
      one(As<LimitNode>(node)->offset);
      return one(As<LimitNode>(node)->count);
    case LogicalKind::kInsert: {
      auto* insert = As<InsertNode>(node);
      for (ColumnAssignment& update : insert->updates) one(update.value);
      ForEachRowExpression(insert->expressions, visit);
      return each(insert->returning);
    }
    case LogicalKind::kUpdate:
      for (UpdateTarget& target : As<UpdateNode>(node)->targets) {
        for (ColumnAssignment& assignment : target.assignments) one(assignment.value);
        ForEachRowExpression(target.expressions, visit);
      }
      return;
    case LogicalKind::kDelete:
      return each(As<DeleteNode>(node)->returning);
    default:
      return;
  }
}

}  // namespace mahi
