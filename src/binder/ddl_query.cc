#include "binder/ddl_query.h"

#include <algorithm>

#include "binder/internal/statement_binder.h"
#include "parser/ast/printer.h"
#include "parser/ast/walk.h"

namespace mahi {

namespace {

ResultColumn ToResultColumn(const ScopeColumn& column) {
  ResultColumn result;
  result.name = column.name;
  result.type = column.type;
  result.is_nullable = column.is_nullable;
  if (column.origin.definition != nullptr) {
    result.default_column = &column.origin.definition->columns[column.origin.ordinal];
  }
  return result;
}

// Puts the current database before table names that have none and are not common table expressions.
class TableQualifier {
 public:
  explicit TableQualifier(std::string_view database) : database_(database) {}

  void Query(ast::QueryExpression* query) {
    const size_t mark = cte_names_.size();
    if (query->with != nullptr) {
      for (const ast::CommonTable& table : query->with->tables) cte_names_.push_back(table.name);
      for (const ast::CommonTable& table : query->with->tables) Query(table.query);
    }
    Body(query->body);
    for (const ast::OrderItem& item : query->order_by) Expression(item.expression);
    cte_names_.resize(mark);
  }

 private:
  void Body(ast::QueryBody* body) {
    switch (body->kind) {
      case ast::QueryBodyKind::kSelect: {
        auto* block = body->As<ast::SelectBlock>();
        for (const ast::SelectItem& item : block->items) Expression(item.expression);
        for (ast::TableReference* table : block->from) Table(table);
        Expression(block->where);
        for (const ast::OrderItem& item : block->group_by) Expression(item.expression);
        Expression(block->having);
        return;
      }
      case ast::QueryBodyKind::kSetOperation: {
        auto* operation = body->As<ast::SetOperation>();
        Body(operation->first);
        for (const ast::SetOperand& operand : operation->operands) Body(operand.body);
        return;
      }
      case ast::QueryBodyKind::kValues:
        for (const auto& row : body->As<ast::ValuesBlock>()->rows) {
          for (ast::Expression* value : row) Expression(value);
        }
        return;
      case ast::QueryBodyKind::kTable:
        Name(&body->As<ast::TableBlock>()->table);
        return;
      case ast::QueryBodyKind::kParenthesized:
        return Query(body->As<ast::ParenthesizedQuery>()->query);
    }
  }

  void Table(ast::TableReference* table) {
    switch (table->kind) {
      case ast::TableReferenceKind::kTable:
        return Name(&table->As<ast::NamedTable>()->name);
      case ast::TableReferenceKind::kDerived:
        return Query(table->As<ast::DerivedTable>()->query);
      case ast::TableReferenceKind::kJoin:
        Table(table->As<ast::Join>()->left);
        Table(table->As<ast::Join>()->right);
        return Expression(table->As<ast::Join>()->on);
      case ast::TableReferenceKind::kJsonTable:
        return;
      case ast::TableReferenceKind::kGroup:
        for (ast::TableReference* member : table->As<ast::TableGroup>()->tables) Table(member);
        return;
    }
  }

  void Name(ast::QualifiedName* name) {
    if (!name->schema.empty()) return;
    if (std::find(cte_names_.begin(), cte_names_.end(), name->name) != cte_names_.end()) return;
    name->schema = database_;
  }

  void Expression(ast::Expression* expression) {
    ast::WalkExpression(expression, [this](ast::Expression* node) {
      switch (node->kind) {
        case ast::ExpressionKind::kSubquery:
          Query(node->As<ast::Subquery>()->query);
          break;
        case ast::ExpressionKind::kExists:
          Query(node->As<ast::Exists>()->query);
          break;
        case ast::ExpressionKind::kInSubquery:
          Query(node->As<ast::InSubquery>()->query);
          break;
        case ast::ExpressionKind::kQuantified:
          Query(node->As<ast::Quantified>()->query);
          break;
        default:
          break;
      }
      return true;
    });
  }

  std::string_view database_;
  std::vector<std::string_view> cte_names_;
};

// Replaces `*` by the columns that it means now.
void ExpandStars(ast::SelectBlock* block, const std::vector<ScopeColumn>& columns, Arena* arena) {
  size_t stars = 0;
  for (const ast::SelectItem& item : block->items) stars += item.expression == nullptr;
  if (stars == 0) return;
  std::vector<ast::SelectItem> items;
  size_t next = 0;
  for (size_t i = 0; i < block->items.size(); ++i) {
    const ast::SelectItem& item = block->items[i];
    if (item.expression != nullptr) {
      items.push_back(item);
      ++next;
      continue;
    }
    // A lone star takes what the other items leave; with several, each takes its table's columns.
    const size_t rest = block->items.size() - i - 1;
    size_t end = columns.size() - rest;
    if (stars > 1 && !item.star_table.empty()) {
      end = next;
      while (end < columns.size() - rest && columns[end].origin.table == item.star_table) ++end;
      if (end == next) end = columns.size() - rest;
    }
    for (; next < end; ++next) {
      auto* reference = arena->New<ast::ColumnReference>();
      reference->table = arena->Copy(columns[next].origin.table);
      reference->column = arena->Copy(columns[next].name);
      ast::SelectItem expanded;
      expanded.expression = reference;
      items.push_back(expanded);
    }
  }
  auto* copy = static_cast<ast::SelectItem*>(
      arena->Allocate(items.size() * sizeof(ast::SelectItem), alignof(ast::SelectItem)));
  std::uninitialized_copy(items.begin(), items.end(), copy);
  block->items = {copy, items.size()};
}

}  // namespace

Result<LogicalNode*> BindQueryAsSource(const BindContext& context, const ast::CreateTableStatement& statement, Plan* plan,
                                       std::vector<ResultColumn>* columns) {
  StatementBinder binder(context, plan);
  binder.set_statement_text(statement.text);
  MAHI_ASSIGN_OR_RETURN(BoundQuery query, binder.BindQueryExpression(*statement.query, nullptr, nullptr, nullptr));
  MAHI_RETURN_IF_ERROR(binder.Finish());
  for (const ScopeColumn& column : query.columns) columns->push_back(ToResultColumn(column));
  return query.node;
}

Status BindViewQuery(const BindContext& context, ast::CreateViewStatement* statement, Plan* plan,
                     ViewDefinition* view) {
  if (statement->query->into != nullptr) return Error(ER_VIEW_SELECT_CLAUSE, "INTO");
  if (!statement->parameters.empty()) return Error(ER_VIEW_SELECT_VARIABLE);
  StatementBinder binder(context, plan);
  binder.set_statement_text(statement->text);
  MAHI_ASSIGN_OR_RETURN(BoundQuery query, binder.BindQueryExpression(*statement->query, nullptr, nullptr, nullptr));
  MAHI_RETURN_IF_ERROR(binder.Finish());
  for (const PlanDependency& dependency : plan->dependencies) {
    if (dependency.schema == view->schema && dependency.table == view->name && dependency.is_view) {
      if (!statement->is_alter && !statement->or_replace) continue;
      return Error(ER_VIEW_RECURSIVE, view->schema, view->name);
    }
  }
  if (!statement->columns.empty() && statement->columns.size() != query.columns.size()) {
    return Error(ER_VIEW_WRONG_LIST);
  }
  for (size_t i = 0; i < query.columns.size(); ++i) {
    view->columns.emplace_back(statement->columns.empty() ? query.columns[i].name : statement->columns[i]);
    if (view->columns.back().size() > 64 && statement->columns.empty()) {
      view->columns.back() = "Name_exp_" + std::to_string(i + 1);
    }
    for (size_t j = 0; j < i; ++j) {
      if (EqualIgnoreAsciiCase(view->columns[j], view->columns[i])) {
        return Error(ER_DUP_FIELDNAME, view->columns[i]);
      }
    }
  }
  if (statement->query->body->kind == ast::QueryBodyKind::kSelect) {
    ExpandStars(statement->query->body->As<ast::SelectBlock>(), query.columns, &plan->arena);
  }
  TableQualifier(context.database).Query(statement->query);
  ast::PrintQuery(*statement->query, {}, &view->select_text);
  return Status::Ok();
}

}  // namespace mahi
