// Comparisons, BETWEEN, IN with a list, and rows, which are split into comparisons of their elements.
// Source: MySQL 8.4 manual, "Comparison Functions and Operators", "Row Subqueries", "Row Constructor Expression
// Optimization".
#include "binder/internal/statement_binder.h"

namespace mahi {

namespace {

std::string_view ComparisonName(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::kEqual: return "=";
    case ast::BinaryOperator::kNullSafeEqual: return "<=>";
    case ast::BinaryOperator::kNotEqual: return "<>";
    case ast::BinaryOperator::kLess: return "<";
    case ast::BinaryOperator::kLessEqual: return "<=";
    case ast::BinaryOperator::kGreater: return ">";
    default: return ">=";
  }
}

ast::BinaryOperator Swapped(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::kLess: return ast::BinaryOperator::kGreater;
    case ast::BinaryOperator::kLessEqual: return ast::BinaryOperator::kGreaterEqual;
    case ast::BinaryOperator::kGreater: return ast::BinaryOperator::kLess;
    case ast::BinaryOperator::kGreaterEqual: return ast::BinaryOperator::kLessEqual;
    default: return op;
  }
}

// Cheap to evaluate twice, and the same both times.
bool IsSimple(const ast::Expression& expression) {
  switch (expression.kind) {
    case ast::ExpressionKind::kLiteral:
    case ast::ExpressionKind::kColumnReference:
    case ast::ExpressionKind::kParameter:
      return true;
    default:
      return false;
  }
}

// Can elements of these types be compared in one list?
bool SameComparison(const SqlType& a, const SqlType& b) {
  if (a.physical() != b.physical()) return false;
  switch (a.physical()) {
    case PhysicalType::kString: return a.collation == b.collation;
    case PhysicalType::kTemporal: return (a.id == TypeId::kTime) == (b.id == TypeId::kTime);
    default: return true;
  }
}

}  // namespace

Status StatementBinder::CheckNesting() {
  if (rebind_nesting_ > 14) return Error(ER_STACK_OVERRUN_NEED_MORE, 983040, 1048576, 81920);
  return Status::Ok();
}

Result<Expression*> StatementBinder::Compare(std::string_view op, Expression* left, Expression* right,
                                             std::string_view text) {
  if (left->kind == ExpressionKind::kRow || right->kind == ExpressionKind::kRow) return Error(ER_OPERAND_COLUMNS, 1);
  if (IsUnsettled(left) && IsUnsettled(right)) {
    SettleParameter(left, SqlType::Varchar(65535, context_.connection_collation));
  }
  if (IsUnsettled(left)) SettleParameter(left, right->type.IsInteger() ? SqlType::BigInt() : right->type);
  if (IsUnsettled(right)) SettleParameter(right, left->type.IsInteger() ? SqlType::BigInt() : left->type);
  if (right->type.IsNumeric()) left = AsNumberIfHex(left);
  if (left->type.IsNumeric()) right = AsNumberIfHex(right);
  return Call(op, {left, right}, text);
}

Result<Expression*> StatementBinder::CompareAst(ast::BinaryOperator op, const ast::Expression& left,
                                                const ast::Expression& right, Scope* scope, std::string_view text) {
  bool left_is_row = left.Is<ast::Row>();
  bool right_is_row = right.Is<ast::Row>();
  if (left_is_row && right_is_row) {
    return CompareRows(op, *left.As<ast::Row>(), *right.As<ast::Row>(), 0, scope, text);
  }
  if (left_is_row || right_is_row) {
    const ast::Row& row = *(left_is_row ? left : right).As<ast::Row>();
    const ast::Expression& other = left_is_row ? right : left;
    if (!other.Is<ast::Subquery>()) {
      return Error(ER_OPERAND_COLUMNS, left_is_row ? row.values.size() : size_t{1});
    }
    std::vector<Expression*> elements;
    for (const ast::Expression* element : row.values) {
      MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*element, scope));
      elements.push_back(bound);
    }
    std::string_view name = ComparisonName(left_is_row ? op : Swapped(op));
    MAHI_ASSIGN_OR_RETURN(Expression * compared,
                          SubqueryComparison(SubqueryKind::kQuantified, name, std::move(elements),
                                             *other.As<ast::Subquery>()->query, scope, text));
    As<SubqueryExpression>(compared)->is_single_row = true;
    if (op == ast::BinaryOperator::kNullSafeEqual) compared->is_nullable = false;
    return compared;
  }
  if (left.Is<ast::Subquery>() && right.Is<ast::Subquery>()) {
    MAHI_ASSIGN_OR_RETURN(std::vector<Expression*> elements, BindRowOperand(left, scope));
    if (elements.size() > 1) {
      MAHI_ASSIGN_OR_RETURN(Expression * compared,
                            SubqueryComparison(SubqueryKind::kQuantified, ComparisonName(op), std::move(elements),
                                               *right.As<ast::Subquery>()->query, scope, text));
      As<SubqueryExpression>(compared)->is_single_row = true;
      if (op == ast::BinaryOperator::kNullSafeEqual) compared->is_nullable = false;
      return compared;
    }
    MAHI_ASSIGN_OR_RETURN(Expression * right_bound, BindOperand(right, scope));
    return Compare(ComparisonName(op), elements[0], right_bound, text);
  }
  MAHI_ASSIGN_OR_RETURN(Expression * left_bound, BindOperand(left, scope));
  MAHI_ASSIGN_OR_RETURN(Expression * right_bound, BindOperand(right, scope));
  return Compare(ComparisonName(op), left_bound, right_bound, text);
}

Result<Expression*> StatementBinder::CompareRows(ast::BinaryOperator op, const ast::Row& left, const ast::Row& right,
                                                 size_t first, Scope* scope, std::string_view text) {
  if (left.values.size() != right.values.size()) return Error(ER_OPERAND_COLUMNS, left.values.size());
  size_t count = left.values.size();
  switch (op) {
    case ast::BinaryOperator::kEqual:
    case ast::BinaryOperator::kNullSafeEqual:
    case ast::BinaryOperator::kNotEqual: {
      std::vector<Expression*> operands;
      for (size_t i = 0; i < count; ++i) {
        MAHI_ASSIGN_OR_RETURN(Expression * compared, CompareAst(op, *left.values[i], *right.values[i], scope, text));
        operands.push_back(compared);
      }
      return MakeLogical(op == ast::BinaryOperator::kNotEqual ? LogicalOperator::kOr : LogicalOperator::kAnd,
                         std::move(operands), text);
    }
    default:
      break;
  }
  // (a, b) < (x, y): a < x OR (a = x AND b < y)
  bool is_less = op == ast::BinaryOperator::kLess || op == ast::BinaryOperator::kLessEqual;
  ast::BinaryOperator strict = is_less ? ast::BinaryOperator::kLess : ast::BinaryOperator::kGreater;
  bool is_last = first + 1 == count;
  MAHI_ASSIGN_OR_RETURN(Expression * compared,
                        CompareAst(is_last ? op : strict, *left.values[first], *right.values[first], scope, text));
  if (is_last) return compared;
  ++rebind_nesting_;
  MAHI_RETURN_IF_ERROR(CheckNesting());
  MAHI_ASSIGN_OR_RETURN(Expression * equal, CompareAst(ast::BinaryOperator::kEqual, *left.values[first],
                                                       *right.values[first], scope, text));
  --rebind_nesting_;
  MAHI_ASSIGN_OR_RETURN(Expression * rest, CompareRows(op, left, right, first + 1, scope, text));
  return MakeLogical(LogicalOperator::kOr, {compared, MakeLogical(LogicalOperator::kAnd, {equal, rest}, text)}, text);
}

Result<Expression*> StatementBinder::BindBetween(const ast::Between& between, Scope* scope) {
  std::string_view text = TextOf(between.source);
  Expression* result = nullptr;
  const FunctionDescriptor* function = FindFunction("between");
  bool is_row = between.operand->Is<ast::Row>();
  if (!is_row && !IsSimple(*between.operand) && function != nullptr) {
    MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*between.operand, scope));
    MAHI_ASSIGN_OR_RETURN(Expression * low, BindOperand(*between.low, scope));
    MAHI_ASSIGN_OR_RETURN(Expression * high, BindOperand(*between.high, scope));
    if (operand->type.IsNumeric()) {
      low = AsNumberIfHex(low);
      high = AsNumberIfHex(high);
    }
    MAHI_ASSIGN_OR_RETURN(result, Call(*function, {operand, low, high}, text));
  } else {
    if (is_row) return Error(ER_OPERAND_COLUMNS, 1);
    ++rebind_nesting_;
    MAHI_RETURN_IF_ERROR(CheckNesting());
    MAHI_ASSIGN_OR_RETURN(Expression * low, CompareAst(ast::BinaryOperator::kGreaterEqual, *between.operand,
                                                       *between.low, scope, text));
    MAHI_ASSIGN_OR_RETURN(Expression * high, CompareAst(ast::BinaryOperator::kLessEqual, *between.operand,
                                                        *between.high, scope, text));
    --rebind_nesting_;
    result = MakeLogical(LogicalOperator::kAnd, {low, high}, text);
  }
  return between.is_negated ? Not(result, text) : result;
}

Result<Expression*> StatementBinder::BindInList(const ast::InList& in, Scope* scope) {
  std::string_view text = TextOf(in.source);
  if (in.operand->Is<ast::Row>()) {
    const ast::Row& row = *in.operand->As<ast::Row>();
    std::vector<Expression*> alternatives;
    ++rebind_nesting_;
    MAHI_RETURN_IF_ERROR(CheckNesting());
    for (const ast::Expression* value : in.values) {
      if (!value->Is<ast::Row>()) {
        if (!value->Is<ast::Subquery>()) return Error(ER_OPERAND_COLUMNS, row.values.size());
        MAHI_ASSIGN_OR_RETURN(Expression * compared,
                              CompareAst(ast::BinaryOperator::kEqual, *in.operand, *value, scope, text));
        alternatives.push_back(compared);
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(Expression * compared, CompareRows(ast::BinaryOperator::kEqual, row,
                                                               *value->As<ast::Row>(), 0, scope, text));
      alternatives.push_back(compared);
    }
    --rebind_nesting_;
    Expression* any = MakeLogical(LogicalOperator::kOr, std::move(alternatives), text);
    return in.is_negated ? Not(any, text) : any;
  }

  MAHI_ASSIGN_OR_RETURN(Expression * value, BindOperand(*in.operand, scope));
  std::vector<Expression*> elements;
  elements.reserve(in.values.size());
  for (const ast::Expression* element : in.values) {
    MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*element, scope));
    if (value->type.IsNumeric()) bound = AsNumberIfHex(bound);
    elements.push_back(bound);
  }
  if (IsUnsettled(value)) {
    SettleParameter(value, IsUnsettled(elements[0]) ? SqlType::Varchar(65535, context_.connection_collation)
                                                    : elements[0]->type);
  }
  SqlType parameter_type = value->type.IsInteger() ? SqlType::BigInt() : value->type;
  // Elements by the type in which they are compared; NULLs fit anywhere.
  struct Group {
    SqlType type;
    std::vector<Expression*> elements;
  };
  std::vector<Group> groups;
  std::vector<Expression*> nulls;
  ResolveContext resolve = MakeResolveContext("in");
  ArgumentInfo value_info = Info(value);
  const Expression* previous = nullptr;
  SqlType previous_type;
  for (Expression* element : elements) {
    SettleParameter(element, parameter_type);
    if (element->type.IsNull()) {
      nulls.push_back(element);
      continue;
    }
    SqlType type;
    bool is_alike = previous != nullptr && previous->kind == element->kind &&
                    previous->kind == ExpressionKind::kConstant && previous->type.id == element->type.id &&
                    previous->type.is_unsigned == element->type.is_unsigned &&
                    previous->type.decimals == element->type.decimals &&
                    previous->type.collation == element->type.collation && !value->type.IsTemporal();
    if (is_alike) {
      type = previous_type;
    } else {
      MAHI_ASSIGN_OR_RETURN(type, ComparisonType(resolve, value_info, Info(element)));
    }
    previous = element;
    previous_type = type;
    Group* found = nullptr;
    for (Group& group : groups) {
      if (SameComparison(group.type, type)) found = &group;
    }
    if (found == nullptr) {
      groups.push_back({type, {}});
      found = &groups.back();
    }
    found->type.decimals = std::max(found->type.decimals, type.decimals);
    found->type.length = std::max(found->type.length, type.length);
    found->elements.push_back(element);
  }
  if (groups.empty()) {
    MAHI_ASSIGN_OR_RETURN(Expression * compared, Compare("=", value, nulls[0], text));
    return in.is_negated ? Not(compared, text) : compared;
  }
  groups[0].elements.insert(groups[0].elements.end(), nulls.begin(), nulls.end());
  bool is_nullable = value->is_nullable || !nulls.empty();
  std::vector<Expression*> alternatives;
  for (size_t i = 0; i < groups.size(); ++i) {
    Group& group = groups[i];
    if (i > 0) {
      ++rebind_nesting_;
      MAHI_RETURN_IF_ERROR(CheckNesting());
      MAHI_ASSIGN_OR_RETURN(value, BindOperand(*in.operand, scope));
      SettleParameter(value, group.type);
      --rebind_nesting_;
    }
    auto* node = New<InListExpression>();
    node->value = Cast(value, group.type);
    for (Expression*& element : group.elements) {
      is_nullable |= element->is_nullable;
      element = Cast(element, group.type);
    }
    node->list = std::move(group.elements);
    node->is_negated = in.is_negated;
    node->type = SqlType::Boolean();
    node->coercibility = Coercibility::kNumeric;
    node->is_nullable = is_nullable || node->value->is_nullable;
    node->text = text;
    alternatives.push_back(node);
  }
  return MakeLogical(in.is_negated ? LogicalOperator::kAnd : LogicalOperator::kOr, std::move(alternatives), text);
}

}  // namespace mahi
