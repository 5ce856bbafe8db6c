#include "plan/explain_expression.h"

namespace mahi {

namespace {

constexpr size_t kMaxListed = 20;  // of a long IN list

std::string List(const std::vector<Expression*>& expressions, std::string_view separator = ", ") {
  std::string text;
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (i > 0) text += separator;
    if (i == kMaxListed) return text + "...";
    text += ExplainExpression(expressions[i]);
  }
  return text;
}

}  // namespace

std::string ExplainSortKeys(const std::vector<SortKey>& keys) {
  std::string text;
  for (const SortKey& key : keys) {
    if (!text.empty()) text += ", ";
    text += ExplainExpression(key.expression);
    if (key.is_descending) text += " DESC";
  }
  return text;
}

std::string ExplainExpression(const Expression* expression) {
  switch (expression->kind) {
    case ExpressionKind::kConstant:
      return As<ConstantExpression>(expression)->value.ToString();
    case ExpressionKind::kColumn:
    case ExpressionKind::kOuterColumn:
      return expression->text.empty() ? "<column>" : std::string(expression->text);
    case ExpressionKind::kParameter:
      return "?";
    case ExpressionKind::kFunction: {
      const auto* call = As<FunctionExpression>(expression);
      if (call->is_implicit_cast()) return ExplainExpression(call->arguments[0]);
      std::string name(call->function->name);
      bool is_operator = !(name[0] >= 'a' && name[0] <= 'z') || name == "like" || name == "div" || name == "regexp";
      if (is_operator && call->arguments.size() == 2) return "(" + List(call->arguments, " " + name + " ") + ")";
      if (name == "unary-") return "-(" + List(call->arguments) + ")";
      if (name == "is_null") return "(" + List(call->arguments) + " is null)";
      if (name == "is_not_null") return "(" + List(call->arguments) + " is not null)";
      if (name == "not") return "(not(" + List(call->arguments) + "))";
      if (name == "between" && call->arguments.size() == 3) {
        return "(" + ExplainExpression(call->arguments[0]) + " between " + ExplainExpression(call->arguments[1]) +
               " and " + ExplainExpression(call->arguments[2]) + ")";
      }
      return name + "(" + List(call->arguments) + ")";
    }
    case ExpressionKind::kLogical: {
      const auto* logical = As<LogicalExpression>(expression);
      std::string_view op = logical->op == LogicalOperator::kAnd  ? " and "
                            : logical->op == LogicalOperator::kOr ? " or "
                                                                  : " xor ";
      return "(" + List(logical->operands, op) + ")";
    }
    case ExpressionKind::kCase: {
      const auto* node = As<CaseExpression>(expression);
      std::string text = "(case";
      for (size_t i = 0; i < node->conditions.size(); ++i) {
        text += " when " + ExplainExpression(node->conditions[i]) + " then " + ExplainExpression(node->results[i]);
      }
      if (node->otherwise != nullptr) text += " else " + ExplainExpression(node->otherwise);
      return text + " end)";
    }
    case ExpressionKind::kCoalesce:
      return "coalesce(" + List(As<CoalesceExpression>(expression)->operands) + ")";
    case ExpressionKind::kInList: {
      const auto* in = As<InListExpression>(expression);
      return "(" + ExplainExpression(in->value) + (in->is_negated ? " not in (" : " in (") + List(in->list) + "))";
    }
    case ExpressionKind::kRow:
      return "(" + List(As<RowExpression>(expression)->elements) + ")";
    case ExpressionKind::kSubquery: {
      const auto* subquery = As<SubqueryExpression>(expression);
      std::string left = List(subquery->left);
      if (subquery->left.size() > 1) left = "(" + left + ")";
      std::string negation = subquery->is_negated ? "not " : "";
      switch (subquery->subquery_kind) {
        case SubqueryKind::kScalar: return "(select ...)";
        case SubqueryKind::kExists: return negation + "exists(select ...)";
        case SubqueryKind::kIn: return "(" + left + " " + negation + "in (select ...))";
        case SubqueryKind::kQuantified:
          return "(" + left + " " + std::string(subquery->comparison->name) +
                 (subquery->is_single_row ? " (select ...))" : subquery->is_all ? " all (select ...))"
                                                                               : " any (select ...))");
      }
      return {};
    }
    case ExpressionKind::kAggregate: {
      const auto* aggregate = As<AggregateExpression>(expression);
      if (aggregate->is_grouping) return "grouping(...)";
      std::string name(aggregate->aggregate->name);
      if (name == "any_value") return List(aggregate->arguments);
      if (name == "count" && aggregate->arguments.empty()) return "count(0)";
      return name + "(" + (aggregate->options.is_distinct ? "distinct " : "") + List(aggregate->arguments) + ")";
    }
    case ExpressionKind::kWindow: {
      const auto* window = As<WindowExpression>(expression);
      std::string over;
      if (!window->window->partition_by.empty()) over = "PARTITION BY " + List(window->window->partition_by) + " ";
      if (!window->window->order_by.empty()) over += "ORDER BY " + ExplainSortKeys(window->window->order_by) + " ";
      return std::string(window->function_name) + "(" + List(window->arguments) + ") OVER (" + over + ") ";
    }
    case ExpressionKind::kUserVariable:
      return "@" + std::string(As<UserVariableExpression>(expression)->name);
    case ExpressionKind::kUserVariableAssignment: {
      const auto* assignment = As<UserVariableAssignmentExpression>(expression);
      return "(@" + std::string(assignment->name) + ":=" + ExplainExpression(assignment->value) + ")";
    }
    case ExpressionKind::kSystemVariable:
      return "@@" + std::string(As<SystemVariableExpression>(expression)->name);
  }
  return {};
}

}  // namespace mahi
