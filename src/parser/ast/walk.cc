#include "parser/ast/walk.h"

namespace mahi::ast {

void WalkExpression(Expression* expression, const std::function<bool(Expression*)>& visit) {
  if (expression == nullptr || !visit(expression)) return;
  auto walk = [&](Expression* child) { WalkExpression(child, visit); };
  auto walk_list = [&](List<Expression*> list) {
    for (Expression* child : list) WalkExpression(child, visit);
  };
  switch (expression->kind) {
    case ExpressionKind::kLiteral:
    case ExpressionKind::kIntroducer:
    case ExpressionKind::kColumnReference:
    case ExpressionKind::kParameter:
    case ExpressionKind::kUserVariable:
    case ExpressionKind::kSystemVariable:
    case ExpressionKind::kSubquery:
    case ExpressionKind::kExists:
      return;
    case ExpressionKind::kUserVariableAssignment:
      return walk(expression->As<UserVariableAssignment>()->value);
    case ExpressionKind::kUnary:
      return walk(expression->As<Unary>()->operand);
    case ExpressionKind::kBinary:
      walk(expression->As<Binary>()->left);
      return walk(expression->As<Binary>()->right);
    case ExpressionKind::kChain:
      walk(expression->As<Chain>()->first);
      for (const ChainLink& link : expression->As<Chain>()->links) walk(link.operand);
      return;
    case ExpressionKind::kLogical:
      return walk_list(expression->As<Logical>()->operands);
    case ExpressionKind::kIsTest:
      return walk(expression->As<IsTest>()->operand);
    case ExpressionKind::kBetween:
      walk(expression->As<Between>()->operand);
      walk(expression->As<Between>()->low);
      return walk(expression->As<Between>()->high);
    case ExpressionKind::kInList:
      walk(expression->As<InList>()->operand);
      return walk_list(expression->As<InList>()->values);
    case ExpressionKind::kInSubquery:
      return walk(expression->As<InSubquery>()->operand);
    case ExpressionKind::kLike:
      walk(expression->As<Like>()->operand);
      walk(expression->As<Like>()->pattern);
      return walk(expression->As<Like>()->escape);
    case ExpressionKind::kRegexp:
      walk(expression->As<Regexp>()->operand);
      return walk(expression->As<Regexp>()->pattern);
    case ExpressionKind::kQuantified:
      return walk(expression->As<Quantified>()->operand);
    case ExpressionKind::kCase: {
      auto* node = expression->As<Case>();
      walk(node->operand);
      for (const WhenClause& when : node->when_clauses) {
        walk(when.condition);
        walk(when.result);
      }
      return walk(node->else_result);
    }
    case ExpressionKind::kCast:
      walk(expression->As<Cast>()->operand);
      return walk(expression->As<Cast>()->time_zone);
    case ExpressionKind::kConvertUsing:
      return walk(expression->As<ConvertUsing>()->operand);
    case ExpressionKind::kCollate:
      return walk(expression->As<Collate>()->operand);
    case ExpressionKind::kDateArithmetic:
      walk(expression->As<DateArithmetic>()->date);
      return walk(expression->As<DateArithmetic>()->amount);
    case ExpressionKind::kInterval:
      return walk(expression->As<Interval>()->amount);
    case ExpressionKind::kExtract:
      return walk(expression->As<Extract>()->operand);
    case ExpressionKind::kTrim:
      walk(expression->As<Trim>()->remove);
      return walk(expression->As<Trim>()->operand);
    case ExpressionKind::kFunction:
      return walk_list(expression->As<Function>()->arguments);
    case ExpressionKind::kAggregate:
      walk_list(expression->As<Aggregate>()->arguments);
      for (const OrderItem& item : expression->As<Aggregate>()->order_by) walk(item.expression);
      return;
    case ExpressionKind::kWindowFunction:
      return walk_list(expression->As<WindowFunction>()->arguments);
    case ExpressionKind::kRow:
      return walk_list(expression->As<Row>()->values);
    case ExpressionKind::kDefault:
      return walk(expression->As<Default>()->column);
    case ExpressionKind::kInsertValues:
      return walk(expression->As<InsertValues>()->column);
    case ExpressionKind::kMatch:
      for (ColumnReference* column : expression->As<Match>()->columns) walk(column);
      return walk(expression->As<Match>()->query);
    case ExpressionKind::kJsonValue:
      walk(expression->As<JsonValue>()->document);
      return walk(expression->As<JsonValue>()->path);
    case ExpressionKind::kCharFunction:
      return walk_list(expression->As<CharFunction>()->codes);
    case ExpressionKind::kWeightString:
      return walk(expression->As<WeightString>()->operand);
    case ExpressionKind::kTimestampFunction:
      walk(expression->As<TimestampFunction>()->first);
      return walk(expression->As<TimestampFunction>()->second);
  }
}

}  // namespace mahi::ast
