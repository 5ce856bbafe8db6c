#include "optimizer/rule/constant_folding.h"

#include <optional>

#include "function/registry.h"
#include "optimizer/logical_util.h"
#include "types/conversion.h"

namespace mahi {

namespace {

bool IsConstant(const Expression* expression) { return expression->kind == ExpressionKind::kConstant; }

// The value of a call whose arguments are all constants; nullopt when it cannot be had without conditions.
std::optional<Value> Evaluate(Planner& planner, FunctionExpression* call) {
  if (planner.context.evaluation == nullptr) return std::nullopt;
  Diagnostics diagnostics;
  EvalContext context = *planner.context.evaluation;
  context.diagnostics = &diagnostics;
  std::vector<Vector> arguments;
  arguments.reserve(call->arguments.size());
  for (Expression* argument : call->arguments) {
    Datum datum = As<ConstantExpression>(argument)->value.datum();
    if (!datum.is_null && datum.kind != argument->type.physical()) return std::nullopt;
    Vector& vector = arguments.emplace_back(argument->type, 1);
    vector.SetConstant(datum);
  }
  Vector result(call->type, 1);
  result.Reset();
  Status status;
  if (call->is_implicit_cast()) {
    status = CastVector(context, arguments[0], Selection::All(1), &result);
  } else {
    if (call->eval == nullptr) return std::nullopt;
    std::vector<const Vector*> pointers;
    for (const Vector& argument : arguments) pointers.push_back(&argument);
    std::unique_ptr<FunctionState> state;
    if (call->make_state != nullptr) state = call->make_state();
    FunctionCall evaluated{context, pointers, Selection::All(1), &result, state.get()};
    status = call->eval(evaluated);
  }
  if (!status.ok() || diagnostics.total_count() > 0) return std::nullopt;
  if (result.IsNull(0)) return Value();
  return Value(result.GetDatum(0), call->type);
}

Expression* Constant(Planner& planner, Value value, const Expression& original) {
  auto* constant = planner.New<ConstantExpression>();
  static_cast<Expression&>(*constant) = original;
  constant->kind = ExpressionKind::kConstant;
  constant->is_nullable = value.is_null();
  constant->value = std::move(value);
  return constant;
}

Expression* FoldLogical(Planner& planner, LogicalExpression* logical) {
  if (logical->op == LogicalOperator::kXor) return logical;
  bool deciding = logical->op == LogicalOperator::kOr;
  std::vector<Expression*> rest;
  bool changed = false;
  for (Expression* operand : logical->operands) {
    // NULL decides nothing, and must stay where the result's NULL matters.
    if (IsConstant(operand) && !As<ConstantExpression>(operand)->value.is_null()) {
      bool value = KnownCondition(operand).value_or(false);
      if (value == deciding) {
        bool has_effect = false;
        for (Expression* other : rest) has_effect = has_effect || TraitsOf(other).has_side_effect;
        if (!has_effect) return Constant(planner, Value::Int64(deciding ? 1 : 0), *logical);
        rest.push_back(operand);
        break;
      }
      changed = true;
      continue;
    }
    rest.push_back(operand);
  }
  if (!changed) return logical;
  if (rest.empty()) return Constant(planner, Value::Int64(deciding ? 0 : 1), *logical);
  if (rest.size() == 1) {
    // The operand alone may be any number; only a truth value can stand for the whole.
    if (IsComparison(rest[0]) || rest[0]->kind == ExpressionKind::kLogical || rest[0]->kind == ExpressionKind::kInList) {
      return rest[0];
    }
    return logical;
  }
  auto* copy = planner.New<LogicalExpression>(*logical);
  copy->operands = std::move(rest);
  return copy;
}

}  // namespace

std::optional<bool> KnownCondition(const Expression* expression) {
  const auto* constant = TryAs<ConstantExpression>(expression);
  if (constant == nullptr) return std::nullopt;
  if (constant->value.is_null()) return false;
  return DatumIsTrue(constant->value.datum(), constant->type);
}

Expression* FoldConstants(Planner& planner, Expression* expression) {
  if (expression->kind == ExpressionKind::kConstant || expression->kind == ExpressionKind::kColumn) return expression;
  // Children are replaced in a copy: expressions may be shared.
  std::vector<Expression*> before, after;
  bool changed = false;
  ForEachChild(expression, [&](Expression*& child) {
    Expression* folded = child == nullptr ? nullptr : FoldConstants(planner, child);
    changed = changed || folded != child;
    after.push_back(folded);
  });
  if (changed) {
    expression = ShallowCopy(planner, expression);
    size_t i = 0;
    ForEachChild(expression, [&](Expression*& child) { child = after[i++]; });
  }
  if (auto* logical = TryAs<LogicalExpression>(expression)) return FoldLogical(planner, logical);
  auto* call = TryAs<FunctionExpression>(expression);
  if (call == nullptr || call->arguments.empty()) return expression;
  if (call->function != nullptr && call->function->flags != kFunctionPure &&
      (call->function->flags & ~static_cast<uint32_t>(kFunctionNotStored)) != 0) {
    return expression;
  }
  for (Expression* argument : call->arguments) {
    if (!IsConstant(argument)) return expression;
  }
  std::optional<Value> value = Evaluate(planner, call);
  if (!value) return expression;
  return Constant(planner, std::move(*value), *call);
}

void FoldConstants(Planner& planner, LogicalNode* node) {
  for (LogicalNode* child : node->children) FoldConstants(planner, child);
  if (node->kind == LogicalKind::kValues) return;  // each value is evaluated once anyway
  if (node->kind == LogicalKind::kInsert || node->kind == LogicalKind::kUpdate) return;  // strict mode differs there
  ForEachNodeExpression(node, [&](Expression*& expression) { expression = FoldConstants(planner, expression); });
}

}  // namespace mahi
