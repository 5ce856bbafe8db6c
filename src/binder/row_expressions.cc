#include "binder/row_expressions.h"

#include "binder/internal/statement_binder.h"
#include "types/conversion.h"

namespace mahi {

Relation* StatementBinder::RowRelation(const TableDefinition& table, std::string_view alias,
                                       const std::vector<ColumnId>& row, bool is_nullable) {
  auto* relation = New<Relation>();
  relation->schema = Copy(table.schema);
  relation->alias = alias;
  for (uint32_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    ScopeColumn visible;
    visible.name = column.is_hidden ? std::string_view() : Copy(column.name);
    visible.id = row[i];
    visible.type = column.type;
    visible.is_nullable = column.is_nullable || is_nullable;
    visible.is_invisible = column.is_invisible || column.is_hidden;
    visible.coercibility = column.type.IsNumeric() || column.type.IsTemporal() ? Coercibility::kNumeric
                                                                               : Coercibility::kImplicit;
    visible.origin = {relation->schema, alias, Copy(table.name), visible.name, &table, i};
    Describe(visible);
    relation->columns.push_back(std::move(visible));
  }
  return relation;
}

namespace {

FromItem* ItemOf(Arena* arena, Relation* relation) {
  auto* item = arena->New<FromItem>();
  item->relations.push_back(relation);
  for (uint32_t i = 0; i < relation->columns.size(); ++i) item->columns.push_back({relation, i});
  return item;
}

}  // namespace

Result<Expression*> StatementBinder::BindOverRow(const TableDefinition& table, const std::vector<ColumnId>& row,
                                                 const ast::Expression& expression, std::string_view clause) {
  auto* scope = New<Scope>();
  scope->clause_name = Copy(clause);
  scope->clause = Clause::kCheck;
  scope->from = ItemOf(&plan_.arena, RowRelation(table, Copy(table.name), row, false));
  return BindOperand(expression, scope);
}

Result<RowExpressions> StatementBinder::BindRowExpressions(const TableDefinition& table) {
  RowExpressions result;
  for (const Column& column : table.columns) result.row.push_back(NewColumn(column.type, column.is_nullable));
  // Stored texts speak for themselves, whatever the statement's text is.
  std::string_view text = text_;
  bool notes_privileges = notes_privileges_;
  notes_privileges_ = false;
  auto bind = [&](const std::string& source, std::string_view clause) -> Result<Expression*> {
    std::string_view copy = Copy(source);
    text_ = copy;
    MAHI_ASSIGN_OR_RETURN(ast::Expression * parsed,
                          context_.parse_expression(copy, context_.sql_mode, &plan_.arena));
    return BindOverRow(table, result.row, *parsed, clause);
  };
  Status status = [&]() -> Status {
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
      if (column.generated != GeneratedKind::kNone) {
        MAHI_ASSIGN_OR_RETURN(Expression * value, bind(column.generated_expression, "generated column function"));
        result.generated.push_back({i, value});
      } else if (column.default_kind == DefaultKind::kExpression) {
        MAHI_ASSIGN_OR_RETURN(Expression * value, bind(column.default_expression, "default value expression"));
        result.defaults.push_back({i, value});
      }
    }
    for (const CheckConstraint& check : table.checks) {
      if (!check.is_enforced) continue;
      MAHI_ASSIGN_OR_RETURN(Expression * condition, bind(check.expression, "check constraint expression"));
      result.checks.push_back(condition);
      result.check_names.push_back(check.name);
    }
    return Status::Ok();
  }();
  text_ = text;
  notes_privileges_ = notes_privileges;
  MAHI_RETURN_IF_ERROR(std::move(status));
  return result;
}

Result<RowExpressions> BindRowExpressions(const BindContext& context, const TableDefinition& table, Plan* plan) {
  StatementBinder binder(context, plan);
  return binder.BindRowExpressions(table);
}

Result<Expression*> BindRowExpression(const BindContext& context, const TableDefinition& table,
                                      const std::vector<ColumnId>& row, ast::Expression* expression,
                                      std::string_view clause, Plan* plan) {
  StatementBinder binder(context, plan);
  return binder.BindOverRow(table, row, *expression, clause);
}

// --- WITH CHECK OPTION: the conditions of the view, and of the views below it, over a row of the base table.

Status StatementBinder::CollectViewChecks(const ViewRef& view, bool is_checked, const TableDefinition& table,
                                          const std::vector<ColumnId>& row, Relation** columns,
                                          std::vector<Expression*>* checks) {
  MAHI_ASSIGN_OR_RETURN(ast::Statement * parsed,
                        context_.parse_statement(Copy(view->select_text), view->sql_mode, &plan_.arena));
  const auto& query = *parsed->As<ast::SelectStatement>()->query;
  const auto& block = *query.body->As<ast::SelectBlock>();
  std::string_view text = text_;
  bool checks_here = is_checked || view->check_option != ViewCheckOption::kNone;
  bool checks_below = is_checked || view->check_option == ViewCheckOption::kCascaded;
  if (block.from.size() != 1 || block.from[0]->kind != ast::TableReferenceKind::kTable) {
    if (!checks_here) return Status::Ok();
    return Error(ER_NOT_SUPPORTED_YET, "CHECK OPTION on a join view");
  }
  const auto& named = *block.from[0]->As<ast::NamedTable>();
  std::string_view schema = named.name.schema.empty() ? std::string_view(view->schema) : named.name.schema;
  MAHI_ASSIGN_OR_RETURN(SchemaObject object, context_.schema->GetTable(schema, named.name.name, TableIntent::kRead));
  std::string_view alias = named.alias.empty() ? named.name.name : named.alias;
  Relation* below = nullptr;
  if (object.table != nullptr) {
    below = RowRelation(table, alias, row, false);
  } else if (object.view != nullptr) {
    MAHI_RETURN_IF_ERROR(CollectViewChecks(object.view, checks_below, table, row, &below, checks));
    if (below == nullptr) return Status::Ok();
    below->alias = alias;
  } else {
    return Status::Ok();
  }
  text_ = parsed->text;
  auto* scope = New<Scope>();
  scope->from = ItemOf(&plan_.arena, below);
  scope->clause = Clause::kWhere;
  Status status = [&]() -> Status {
    if (checks_here && block.where != nullptr) {
      MAHI_ASSIGN_OR_RETURN(Expression * condition, BindOperand(*block.where, scope));
      checks->push_back(condition);
    }
    auto* relation = New<Relation>();
    relation->schema = Copy(view->schema);
    relation->alias = Copy(view->name);
    std::vector<SelectItem> items;
    for (const ast::SelectItem& item : block.items) {
      if (item.expression == nullptr) {
        MAHI_RETURN_IF_ERROR(ExpandStar(item, scope, &items));
        continue;
      }
      SelectItem bound;
      MAHI_ASSIGN_OR_RETURN(bound.expression, BindOperand(*item.expression, scope));
      items.push_back(bound);
    }
    for (size_t i = 0; i < items.size() && i < view->columns.size(); ++i) {
      ScopeColumn column;
      column.name = Copy(view->columns[i]);
      column.expression = items[i].expression;
      column.type = items[i].expression->type;
      column.is_nullable = items[i].expression->is_nullable;
      column.coercibility = items[i].expression->coercibility;
      relation->columns.push_back(std::move(column));
    }
    *columns = relation;
    return Status::Ok();
  }();
  text_ = text;
  return status;
}

Result<Expression*> StatementBinder::BindViewCheck(Relation* relation, const TableDefinition& table,
                                                   const std::vector<ColumnId>& row) {
  if (relation->view == nullptr) return nullptr;
  std::vector<Expression*> checks;
  Relation* columns = nullptr;
  bool notes_privileges = notes_privileges_;
  notes_privileges_ = false;
  Status status = CollectViewChecks(relation->view, false, table, row, &columns, &checks);
  notes_privileges_ = notes_privileges;
  MAHI_RETURN_IF_ERROR(std::move(status));
  if (checks.empty()) return nullptr;
  Expression* check = MakeLogical(LogicalOperator::kAnd, std::move(checks), {});
  check->text = Copy(relation->view->schema + "." + relation->view->name);
  return check;
}

namespace {
void SetSlots(const std::vector<ColumnId>& row, Expression* expression) {
  if (auto* column = TryAs<ColumnExpression>(expression)) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i] == column->column) column->slot = static_cast<int32_t>(i);
    }
    return;
  }
  ForEachChild(expression, [&](Expression*& child) { SetSlots(row, child); });
}
}  // namespace

void SetRowSlots(RowExpressions* expressions) {
  for (ColumnAssignment& assignment : expressions->generated) SetSlots(expressions->row, assignment.value);
  for (ColumnAssignment& assignment : expressions->defaults) SetSlots(expressions->row, assignment.value);
  for (Expression* check : expressions->checks) SetSlots(expressions->row, check);
}

}  // namespace mahi
