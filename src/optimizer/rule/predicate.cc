#include "optimizer/rule/predicate.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "function/registry.h"
#include "optimizer/logical_util.h"
#include "optimizer/rule/constant_folding.h"

namespace mahi {

namespace {

LogicalExpression* AsOr(Expression* expression) {
  auto* logical = TryAs<LogicalExpression>(expression);
  return logical != nullptr && logical->op == LogicalOperator::kOr ? logical : nullptr;
}

void SplitDisjuncts(Expression* expression, std::vector<Expression*>* disjuncts) {
  if (auto* logical = AsOr(expression)) {
    for (Expression* operand : logical->operands) SplitDisjuncts(operand, disjuncts);
    return;
  }
  disjuncts->push_back(expression);
}

Expression* Disjunction(Planner& planner, const std::vector<Expression*>& disjuncts) {
  if (disjuncts.size() == 1) return disjuncts[0];
  auto* result = planner.New<LogicalExpression>();
  result->op = LogicalOperator::kOr;
  result->operands = disjuncts;
  result->type = SqlType::Boolean();
  result->is_nullable = false;
  for (Expression* disjunct : disjuncts) result->is_nullable = result->is_nullable || disjunct->is_nullable;
  result->coercibility = Coercibility::kNumeric;
  return result;
}

bool Contains(const std::vector<Expression*>& list, Expression* expression) {
  for (Expression* each : list) {
    if (SameExpression(each, expression)) return true;
  }
  return false;
}

// value = constant, or value IN (constants): the value and the constants.
bool IsEqualConstants(Expression* expression, Expression** value, std::vector<Expression*>* constants) {
  if (auto* in = TryAs<InListExpression>(expression); in != nullptr && !in->is_negated) {
    for (Expression* element : in->list) {
      if (element->kind != ExpressionKind::kConstant) return false;
    }
    *value = in->value;
    *constants = in->list;
    return true;
  }
  if (!IsCall(expression, "=")) return false;
  auto* call = As<FunctionExpression>(expression);
  for (int side = 0; side < 2; ++side) {
    if (call->arguments[1 - side]->kind != ExpressionKind::kConstant) continue;
    if (call->arguments[side]->kind == ExpressionKind::kConstant) continue;
    if (call->arguments[side]->kind == ExpressionKind::kRow) return false;
    *value = call->arguments[side];
    *constants = {call->arguments[1 - side]};
    return true;
  }
  return false;
}

// a = 1 OR a = 2 OR a IN (3, 4): one list for each value. All elements must have the value's type.
std::vector<Expression*> MergeEqualities(Planner& planner, const std::vector<Expression*>& disjuncts) {
  std::vector<Expression*> result;
  std::vector<bool> done(disjuncts.size(), false);
  for (size_t i = 0; i < disjuncts.size(); ++i) {
    if (done[i]) continue;
    Expression* value = nullptr;
    std::vector<Expression*> constants;
    bool is_equal = IsEqualConstants(disjuncts[i], &value, &constants) && TraitsOf(value).is_movable();
    size_t merged = 0;
    if (is_equal) {
      auto fits = [&](const std::vector<Expression*>& list) {
        for (Expression* each : list) {
          if (each->type.physical() != value->type.physical()) return false;
          if (each->type.IsString() && each->type.collation != value->type.collation) return false;
          if ((each->type.id == TypeId::kTime) != (value->type.id == TypeId::kTime)) return false;
        }
        return true;
      };
      is_equal = fits(constants);
      for (size_t k = i + 1; is_equal && k < disjuncts.size(); ++k) {
        Expression* other = nullptr;
        std::vector<Expression*> more;
        if (done[k] || !IsEqualConstants(disjuncts[k], &other, &more) || !SameExpression(other, value) || !fits(more)) {
          continue;
        }
        constants.insert(constants.end(), more.begin(), more.end());
        done[k] = true;
        ++merged;
      }
    }
    if (merged == 0) {
      result.push_back(disjuncts[i]);
      continue;
    }
    auto* in = planner.New<InListExpression>();
    in->value = value;
    in->list = constants;
    in->type = SqlType::Boolean();
    in->coercibility = Coercibility::kNumeric;
    in->is_nullable = value->is_nullable;
    for (Expression* each : constants) in->is_nullable = in->is_nullable || each->is_nullable;
    result.push_back(in);
  }
  return result;
}

void SimplifyOr(Planner& planner, Expression* conjunct, std::vector<Expression*>* result) {
  std::vector<Expression*> all, disjuncts;
  SplitDisjuncts(conjunct, &all);
  for (Expression* disjunct : all) {
    std::optional<bool> known = KnownCondition(disjunct);
    if (known && !*known) continue;  // false and NULL add nothing to a condition
    disjuncts.push_back(disjunct);
  }
  if (disjuncts.empty()) {
    result->push_back(all[0]);
    return;
  }
  // Common factors.
  std::vector<std::vector<Expression*>> branches;
  for (Expression* disjunct : disjuncts) branches.push_back(Conjuncts(disjunct));
  std::vector<Expression*> common;
  if (branches.size() > 1 && branches.size() <= 64) {
    for (Expression* candidate : branches[0]) {
      if (!TraitsOf(candidate).is_movable() || TraitsOf(candidate).has_subquery) continue;
      bool everywhere = !Contains(common, candidate);
      for (size_t i = 1; everywhere && i < branches.size(); ++i) everywhere = Contains(branches[i], candidate);
      if (everywhere) common.push_back(candidate);
    }
  }
  if (!common.empty()) {
    result->insert(result->end(), common.begin(), common.end());
    std::vector<Expression*> rest;
    for (std::vector<Expression*>& branch : branches) {
      std::vector<Expression*> left;
      for (Expression* each : branch) {
        if (!Contains(common, each)) left.push_back(each);
      }
      if (left.empty()) return;  // a OR (a AND b) is a
      rest.push_back(Conjunction(planner, left));
    }
    disjuncts = std::move(rest);
  }
  disjuncts = MergeEqualities(planner, disjuncts);
  if (disjuncts.size() == all.size() && common.empty() && disjuncts.size() == As<LogicalExpression>(conjunct)->operands.size()) {
    bool is_same = true;
    for (size_t i = 0; i < disjuncts.size(); ++i) {
      is_same = is_same && disjuncts[i] == As<LogicalExpression>(conjunct)->operands[i];
    }
    if (is_same) {
      result->push_back(conjunct);
      return;
    }
  }
  result->push_back(Disjunction(planner, disjuncts));
}

}  // namespace

bool SimplifyConjuncts(Planner& planner, std::vector<Expression*>* conjuncts) {
  std::vector<Expression*> split;
  for (Expression* conjunct : *conjuncts) {
    for (Expression* each : Conjuncts(conjunct)) {
      if (AsOr(each) != nullptr) {
        SimplifyOr(planner, each, &split);
      } else {
        split.push_back(each);
      }
    }
  }
  std::vector<Expression*> result;
  bool is_impossible = false;
  bool has_effect = false;
  for (Expression* conjunct : split) {
    std::optional<bool> known = KnownCondition(conjunct);
    if (known && *known) continue;
    if (known) is_impossible = true;
    has_effect = has_effect || TraitsOf(conjunct).has_side_effect;
    if (split.size() <= 64 && Contains(result, conjunct)) continue;
    result.push_back(conjunct);
  }
  *conjuncts = std::move(result);
  return !is_impossible || has_effect;
}

Expression* ImpliedDisjunction(Planner& planner, Expression* conjunct, const ColumnSet& columns) {
  if (AsOr(conjunct) == nullptr) return nullptr;
  std::vector<Expression*> disjuncts, implied;
  SplitDisjuncts(conjunct, &disjuncts);
  for (Expression* disjunct : disjuncts) {
    std::vector<Expression*> own;
    for (Expression* part : Conjuncts(disjunct)) {
      ColumnSet read = ColumnsOf(part);
      if (read.empty() || !read.IsSubsetOf(columns) || !TraitsOf(part).is_movable() || TraitsOf(part).has_subquery) {
        // An OR within may still imply something.
        if (Expression* inner = ImpliedDisjunction(planner, part, columns)) own.push_back(inner);
        continue;
      }
      own.push_back(part);
    }
    if (own.empty()) return nullptr;
    implied.push_back(Conjunction(planner, own));
  }
  std::vector<Expression*> simplified = {Disjunction(planner, implied)};
  if (!SimplifyConjuncts(planner, &simplified) || simplified.empty()) return nullptr;
  return Conjunction(planner, simplified);
}

namespace {

// Functions that give NULL when any argument is NULL.
bool IsStrict(std::string_view name) {
  static constexpr std::array<std::string_view, 37> kStrict = {
      "=",    "<>",     "!=",      "<",      "<=",    ">",     ">=",   "+",     "-",          "*",
      "/",    "div",    "%",       "mod",    "unary-", "like", "not",  "!",     "abs",        "substring",
      "substr", "lower", "upper",  "lcase",  "ucase", "trim",  "ltrim", "rtrim", "length",    "char_length",
      "date", "year",   "month",   "left",   "right", "concat", "round"};
  return std::find(kStrict.begin(), kStrict.end(), name) != kStrict.end();
}

// NULL whenever all of `columns` are.
bool IsNullWithColumns(Expression* expression, const ColumnSet& columns) {
  if (const auto* column = TryAs<ColumnExpression>(expression)) return columns.Contains(column->column);
  if (auto* call = TryAs<FunctionExpression>(expression)) {
    if (!call->is_implicit_cast() && !IsStrict(call->function->name)) return false;
    for (Expression* argument : call->arguments) {
      if (IsNullWithColumns(argument, columns)) return true;
    }
    return false;
  }
  if (auto* in = TryAs<InListExpression>(expression)) return IsNullWithColumns(in->value, columns);
  if (auto* logical = TryAs<LogicalExpression>(expression)) {
    for (Expression* operand : logical->operands) {
      if (!IsNullWithColumns(operand, columns)) return false;
    }
    return true;
  }
  return false;
}

}  // namespace

bool RejectsNull(Expression* conjunct, const ColumnSet& columns) {
  if (auto* logical = TryAs<LogicalExpression>(conjunct)) {
    bool is_and = logical->op == LogicalOperator::kAnd;
    if (logical->op == LogicalOperator::kXor) return IsNullWithColumns(conjunct, columns);
    for (Expression* operand : logical->operands) {
      if (RejectsNull(operand, columns) == is_and) return is_and;
    }
    return !is_and;
  }
  if (IsCall(conjunct, "is_not_null") || IsCall(conjunct, "is_true")) {
    return IsNullWithColumns(As<FunctionExpression>(conjunct)->arguments[0], columns);
  }
  if (IsCall(conjunct, "between")) {
    return IsNullWithColumns(As<FunctionExpression>(conjunct)->arguments[0], columns);
  }
  if (IsCall(conjunct, "not")) {
    Expression* operand = As<FunctionExpression>(conjunct)->arguments[0];
    if (IsCall(operand, "is_null") || IsCall(operand, "isnull")) {
      return IsNullWithColumns(As<FunctionExpression>(operand)->arguments[0], columns);
    }
  }
  return IsNullWithColumns(conjunct, columns);
}

Expression* MakeCall(Planner& planner, std::string_view name, std::vector<Expression*> arguments) {
  const FunctionDescriptor* function = FindFunction(name);
  if (function == nullptr) return nullptr;
  ResolveContext resolve;
  Diagnostics diagnostics;
  resolve.diagnostics = &diagnostics;
  if (const EvalContext* evaluation = planner.context.evaluation) {
    resolve.sql_mode = evaluation->sql_mode;
    resolve.session = evaluation->session;
    resolve.time_zone = evaluation->time_zone;
    resolve.div_precision_increment = evaluation->div_precision_increment;
  }
  std::vector<ArgumentInfo> infos;
  for (Expression* argument : arguments) {
    ArgumentInfo info;
    info.type = argument->type;
    info.is_nullable = argument->is_nullable;
    info.coercibility = Coercibility::kImplicit;
    infos.push_back(info);
  }
  Result<Signature> signature = ResolveCall(resolve, *function, infos);
  if (!signature.ok()) return nullptr;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const SqlType& wanted = signature->arguments[i];
    const SqlType& given = arguments[i]->type;
    if (wanted.physical() != given.physical()) return nullptr;
    if (wanted.IsString() && wanted.collation != given.collation) return nullptr;
  }
  auto* call = planner.New<FunctionExpression>();
  call->function = function;
  call->eval = signature->eval;
  call->make_state = signature->make_state;
  call->type = signature->result;
  call->is_nullable = signature->is_nullable;
  call->coercibility = signature->coercibility;
  call->arguments = std::move(arguments);
  return call;
}

Expression* MakeEqual(Planner& planner, Expression* left, Expression* right) {
  return MakeCall(planner, "=", {left, right});
}

}  // namespace mahi
