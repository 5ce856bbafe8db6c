// Subquery expressions. A column of an enclosing block becomes an outer column of every subquery between.
// Source: MySQL 8.4 manual, "Subqueries", "Restrictions on Subqueries".
#include "binder/internal/statement_binder.h"

namespace mahi {

namespace {

CteBinding* VisibleCtes(Scope* scope) {
  for (; scope != nullptr; scope = scope->outer) {
    if (scope->ctes != nullptr) return scope->ctes;
  }
  return nullptr;
}

}  // namespace

bool StatementBinder::HasLimit(const ast::QueryExpression& query) {
  if (query.limit != nullptr) return true;
  return query.body->kind == ast::QueryBodyKind::kParenthesized && query.order_by.empty() &&
         HasLimit(*query.body->As<ast::ParenthesizedQuery>()->query);
}

Result<SubqueryExpression*> StatementBinder::BindSubqueryPlan(SubqueryKind kind, const ast::QueryExpression& query,
                                                              Scope* scope, std::string_view text, BoundQuery* bound) {
  if (query.into != nullptr) return Error(ER_MISPLACED_INTO);
  auto* captures = New<Captures>();
  ++subquery_depth_;
  uint32_t derived_depth = derived_depth_;
  derived_depth_ = 0;
  Result<BoundQuery> result = BindQueryExpression(query, scope, captures, VisibleCtes(scope));
  derived_depth_ = derived_depth;
  --subquery_depth_;
  if (!result.ok()) return result.TakeStatus();
  *bound = std::move(result).value();
  auto* node = New<SubqueryExpression>();
  node->subquery_kind = kind;
  node->logical = bound->node;
  node->output = bound->node->output;
  node->outer_arguments = captures->arguments;
  node->outer_columns = captures->columns;
  node->type = SqlType::Boolean();
  node->coercibility = Coercibility::kNumeric;
  node->text = text;
  return node;
}

Result<Expression*> StatementBinder::BindScalarSubquery(const ast::Subquery& subquery, Scope* scope) {
  BoundQuery bound;
  MAHI_ASSIGN_OR_RETURN(SubqueryExpression * node, BindSubqueryPlan(SubqueryKind::kScalar, *subquery.query, scope,
                                                                    TextOf(subquery.source), &bound));
  if (bound.columns.size() != 1) return Error(ER_OPERAND_COLUMNS, 1);
  node->type = bound.columns[0].type;
  if (node->type.IsNull()) node->type = SqlType::Varbinary(0);
  node->coercibility = bound.columns[0].coercibility;
  node->is_nullable = true;
  return node;
}

Result<std::vector<Expression*>> StatementBinder::BindRowOperand(const ast::Expression& expression, Scope* scope) {
  std::vector<Expression*> elements;
  if (expression.Is<ast::Row>()) {
    for (const ast::Expression* element : expression.As<ast::Row>()->values) {
      MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*element, scope));
      elements.push_back(bound);
    }
    return elements;
  }
  if (!expression.Is<ast::Subquery>()) {
    MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(expression, scope));
    elements.push_back(bound);
    return elements;
  }
  const auto& subquery = *expression.As<ast::Subquery>();
  size_t width = 1;
  ++rebind_nesting_;
  for (size_t i = 0; i < width; ++i) {
    MAHI_RETURN_IF_ERROR(CheckNesting());
    BoundQuery bound;
    MAHI_ASSIGN_OR_RETURN(SubqueryExpression * node, BindSubqueryPlan(SubqueryKind::kScalar, *subquery.query, scope,
                                                                      TextOf(subquery.source), &bound));
    width = bound.columns.size();
    if (width > 1) {
      auto* project = New<ProjectNode>();
      project->children = {bound.node};
      project->output = {bound.columns[i].id};
      project->expressions = {ColumnRef(bound.columns[i])};
      node->logical = project;
      node->output = project->output;
      // Subqueries are known by their text; this one is of one column only.
      node->text = Copy(std::string(node->text) + "#" + std::to_string(i));
    }
    node->type = bound.columns[i].type;
    if (node->type.IsNull()) node->type = SqlType::Varbinary(0);
    node->coercibility = bound.columns[i].coercibility;
    elements.push_back(node);
  }
  --rebind_nesting_;
  return elements;
}

Result<Expression*> StatementBinder::BindExists(const ast::Exists& exists, Scope* scope) {
  BoundQuery bound;
  MAHI_ASSIGN_OR_RETURN(SubqueryExpression * node, BindSubqueryPlan(SubqueryKind::kExists, *exists.query, scope,
                                                                    TextOf(exists.source), &bound));
  node->is_nullable = false;
  return node;
}

Result<Expression*> StatementBinder::SubqueryComparison(SubqueryKind kind, std::string_view op,
                                                        std::vector<Expression*> left,
                                                        const ast::QueryExpression& query, Scope* scope,
                                                        std::string_view text) {
  BoundQuery bound;
  MAHI_ASSIGN_OR_RETURN(SubqueryExpression * node, BindSubqueryPlan(kind, query, scope, text, &bound));
  if (bound.columns.size() != left.size()) return Error(ER_OPERAND_COLUMNS, left.size());
  node->comparison = FindFunction(op);
  if (node->comparison == nullptr) return Error(ER_NOT_SUPPORTED_YET, op);
  node->is_nullable = false;
  for (size_t i = 0; i < left.size(); ++i) {
    Expression* right = ColumnRef(bound.columns[i]);
    if (left[i]->kind == ExpressionKind::kRow) return Error(ER_OPERAND_COLUMNS, 1);
    SettleParameter(left[i], right->type);
    if (right->type.IsNumeric()) left[i] = AsNumberIfHex(left[i]);
    ResolveContext resolve = MakeResolveContext(op);
    MAHI_ASSIGN_OR_RETURN(SqlType type, ComparisonType(resolve, Info(left[i]), Info(right)));
    if (type.IsNull()) type = SqlType::BigInt();
    left[i] = Cast(left[i], type);
    right = Cast(right, type);
    node->is_nullable |= left[i]->is_nullable || right->is_nullable;
    node->right.push_back(right);
  }
  if (kind == SubqueryKind::kQuantified) node->is_nullable = true;
  node->left = std::move(left);
  return node;
}

Result<Expression*> StatementBinder::BindInSubquery(const ast::InSubquery& in, Scope* scope) {
  MAHI_ASSIGN_OR_RETURN(std::vector<Expression*> left, BindRowOperand(*in.operand, scope));
  if (HasLimit(*in.query)) return Error(ER_NOT_SUPPORTED_YET, "LIMIT & IN/ALL/ANY/SOME subquery");
  MAHI_ASSIGN_OR_RETURN(Expression * node, SubqueryComparison(SubqueryKind::kIn, "=", std::move(left), *in.query,
                                                              scope, TextOf(in.source)));
  As<SubqueryExpression>(node)->is_negated = in.is_negated;
  return node;
}

Result<Expression*> StatementBinder::BindQuantified(const ast::Quantified& quantified, Scope* scope) {
  using Op = ast::BinaryOperator;
  std::string_view text = TextOf(quantified.source);
  if (HasLimit(*quantified.query)) return Error(ER_NOT_SUPPORTED_YET, "LIMIT & IN/ALL/ANY/SOME subquery");
  MAHI_ASSIGN_OR_RETURN(std::vector<Expression*> left, BindRowOperand(*quantified.operand, scope));
  bool is_row = left.size() > 1 || quantified.operand->Is<ast::Row>();
  bool is_in = quantified.op == Op::kEqual && !quantified.is_all;
  bool is_not_in = quantified.op == Op::kNotEqual && quantified.is_all;
  if (is_in || is_not_in) {
    MAHI_ASSIGN_OR_RETURN(Expression * node, SubqueryComparison(SubqueryKind::kIn, "=", std::move(left),
                                                                *quantified.query, scope, text));
    As<SubqueryExpression>(node)->is_negated = is_not_in;
    return node;
  }
  if (is_row) return Error(ER_OPERAND_COLUMNS, 1);
  std::string_view op = quantified.op == Op::kEqual          ? "="
                        : quantified.op == Op::kNotEqual     ? "<>"
                        : quantified.op == Op::kLess         ? "<"
                        : quantified.op == Op::kLessEqual    ? "<="
                        : quantified.op == Op::kGreater      ? ">"
                        : quantified.op == Op::kGreaterEqual ? ">="
                                                             : "<=>";
  MAHI_ASSIGN_OR_RETURN(Expression * node, SubqueryComparison(SubqueryKind::kQuantified, op, std::move(left),
                                                              *quantified.query, scope, text));
  As<SubqueryExpression>(node)->is_all = quantified.is_all;
  return node;
}

Expression* StatementBinder::WrapOuter(Expression* expression, const std::vector<Captures*>& crossed) {
  if (crossed.empty()) return expression;
  ColumnId id = 0;
  if (const auto* column = TryAs<ColumnExpression>(expression)) id = column->column;
  SqlType type = expression->type;
  bool is_nullable = expression->is_nullable;
  Coercibility coercibility = expression->coercibility;
  std::string_view text = expression->text;
  auto outer = [&](size_t depth) {
    auto* node = New<OuterColumnExpression>();
    node->column = id;
    node->depth = static_cast<uint32_t>(depth);
    node->type = type;
    node->is_nullable = is_nullable;
    node->coercibility = coercibility;
    node->text = text;
    return node;
  };
  // From the outermost boundary inwards; each passes the column on to the next.
  for (size_t i = crossed.size(); i-- > 0;) {
    Captures* captures = crossed[i];
    size_t depth = crossed.size() - 1 - i;
    size_t known = captures->columns.size();
    for (size_t k = 0; k < captures->columns.size(); ++k) {
      bool is_same = depth == 0 && id == 0 ? SameExpression(captures->arguments[k], expression)
                                           : captures->columns[k] == id;
      if (is_same) known = k;
    }
    if (known < captures->columns.size()) {
      id = captures->columns[known];
      continue;
    }
    if (id == 0) id = NewColumn();
    captures->columns.push_back(id);
    captures->arguments.push_back(depth == 0 ? expression : outer(depth));
  }
  return outer(crossed.size());
}

}  // namespace mahi
