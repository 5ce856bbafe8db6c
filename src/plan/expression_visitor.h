// The definition of ForEachChild. Include plan/expression.h instead.
#pragma once

#include "plan/expression.h"

namespace mahi {

template <typename Visit>
void ForEachChild(Expression* expression, Visit&& visit) {
  auto each = [&](std::vector<Expression*>& list) {
    for (Expression*& child : list) visit(child);
  };
  switch (expression->kind) {
    case ExpressionKind::kConstant:
    case ExpressionKind::kColumn:
    case ExpressionKind::kOuterColumn:
    case ExpressionKind::kParameter:
    case ExpressionKind::kUserVariable:
    case ExpressionKind::kSystemVariable:
      return;
    case ExpressionKind::kFunction:
      return each(As<FunctionExpression>(expression)->arguments);
    case ExpressionKind::kLogical:
      return each(As<LogicalExpression>(expression)->operands);
    case ExpressionKind::kCase: {
      auto* node = As<CaseExpression>(expression);
      for (size_t i = 0; i < node->conditions.size(); ++i) {
        visit(node->conditions[i]);
        visit(node->results[i]);
      }
      if (node->otherwise != nullptr) visit(node->otherwise);
      return;
    }
    case ExpressionKind::kCoalesce:
      return each(As<CoalesceExpression>(expression)->operands);
    case ExpressionKind::kInList:
      visit(As<InListExpression>(expression)->value);
      return each(As<InListExpression>(expression)->list);
    case ExpressionKind::kRow:
      return each(As<RowExpression>(expression)->elements);
    case ExpressionKind::kSubquery:
      each(As<SubqueryExpression>(expression)->left);
      return each(As<SubqueryExpression>(expression)->outer_arguments);
    case ExpressionKind::kAggregate: {
      auto* node = As<AggregateExpression>(expression);
      each(node->arguments);
      for (SortKey& key : node->order_by) visit(key.expression);
      return;
    }
    case ExpressionKind::kWindow: {
      auto* node = As<WindowExpression>(expression);
      each(node->arguments);
      if (node->window == nullptr) return;
      each(node->window->partition_by);
      for (SortKey& key : node->window->order_by) visit(key.expression);
      return;
    }
    case ExpressionKind::kUserVariableAssignment:
      return visit(As<UserVariableAssignmentExpression>(expression)->value);
  }
}

}  // namespace mahi
