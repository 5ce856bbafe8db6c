#include "optimizer/planner.h"

#include "catalog/virtual_table.h"
#include "optimizer/logical_util.h"

namespace mahi {

namespace {

// The locator is an opaque byte string.
const SqlType* LocatorType() {
  static const SqlType* type = [] {
    auto* made = new SqlType();
    made->id = TypeId::kVarchar;
    made->length = 3072;
    return made;
  }();
  return type;
}

void DefineJsonColumns(Planner& planner, const std::vector<JsonTableColumn>& columns) {
  for (const JsonTableColumn& column : columns) {
    if (column.column != 0) planner.Define(column.column, {&column.type, true, column.name, nullptr, -1});
    DefineJsonColumns(planner, column.nested);
  }
}

void DefineTyped(Planner& planner, const LogicalNode& node, const std::vector<SqlType>& types) {
  for (size_t i = 0; i < node.output.size(); ++i) planner.Define(node.output[i], {&types[i], true, {}, nullptr, -1});
}

void DefineExpression(Planner& planner, ColumnId id, Expression* expression) {
  // A column that keeps its id keeps what is known of it.
  if (const auto* column = TryAs<ColumnExpression>(expression)) {
    if (column->column == id) return;
    if (column->column < planner.columns.size() && planner.columns[column->column].type != nullptr) {
      ColumnInfo info = planner.columns[column->column];
      info.get = nullptr;
      info.ordinal = -1;
      info.type = &expression->type;
      info.is_nullable = info.is_nullable || expression->is_nullable;
      planner.Define(id, info);
      return;
    }
  }
  planner.Define(id, {&expression->type, expression->is_nullable, expression->text, nullptr, -1});
}

void DefineRow(Planner& planner, const std::vector<ColumnId>& row, const TableRef& table) {
  for (size_t i = 0; i < row.size() && i < table->columns.size(); ++i) {
    const mahi::Column& column = table->columns[i];
    if (row[i] != 0) planner.Define(row[i], {&column.type, column.is_nullable, column.name, nullptr, -1});
  }
}

}  // namespace

ColumnExpression* Planner::Column(ColumnId id) {
  auto* expression = New<ColumnExpression>();
  const ColumnInfo& info = column(id);
  MAHI_ASSERT(info.type != nullptr);
  expression->type = *info.type;
  expression->is_nullable = true;  // an outer join may lie between
  expression->text = info.name;
  expression->column = id;
  return expression;
}

void Planner::DefineSubqueries(Expression* expression) {
  if (expression == nullptr) return;
  if (auto* subquery = TryAs<SubqueryExpression>(expression)) DefineColumns(subquery->logical);
  ForEachChild(expression, [&](Expression*& child) { DefineSubqueries(child); });
}

void Planner::DefineColumns(LogicalNode* node) {
  for (LogicalNode* child : node->children) DefineColumns(child);
  ForEachNodeExpression(node, [&](Expression*& expression) { DefineSubqueries(expression); });
  switch (node->kind) {
    case LogicalKind::kGet: {
      auto* get = As<GetNode>(node);
      for (size_t i = 0; i < get->ordinals.size(); ++i) {
        const mahi::Column& column = get->table->columns[get->ordinals[i]];
        Define(get->output[i], {&column.type, column.is_nullable, column.name, get, static_cast<int32_t>(get->ordinals[i])});
      }
      if (get->row_locator != 0) Define(get->row_locator, {LocatorType(), false, "(locator)", get, -1});
      return;
    }
    case LogicalKind::kVirtualGet: {
      auto* get = As<VirtualGetNode>(node);
      const TableRef& table = get->table->definition();
      for (size_t i = 0; i < get->ordinals.size(); ++i) {
        const mahi::Column& column = table->columns[get->ordinals[i]];
        Define(get->output[i], {&column.type, column.is_nullable, column.name, nullptr, -1});
      }
      return;
    }
    case LogicalKind::kJsonTable:
      return DefineJsonColumns(*this, As<JsonTableNode>(node)->columns);
    case LogicalKind::kValues:
      return DefineTyped(*this, *node, As<ValuesNode>(node)->types);
    case LogicalKind::kSetOperation: {
      auto* operation = As<SetOperationNode>(node);
      DefineTyped(*this, *node, operation->types);
      for (size_t i = 0; i < node->output.size(); ++i) {
        columns[node->output[i]].name = column(node->children[0]->output[i]).name;
      }
      return;
    }
    case LogicalKind::kLoadFile:
      return DefineTyped(*this, *node, As<LoadFileNode>(node)->types);
    case LogicalKind::kCteReference:
      return DefineTyped(*this, *node, As<CteReferenceNode>(node)->types);
    case LogicalKind::kRecursiveCte:
      return DefineTyped(*this, *node, As<RecursiveCteNode>(node)->types);
    case LogicalKind::kWorkingTable:
      return DefineTyped(*this, *node, As<WorkingTableNode>(node)->types);
    case LogicalKind::kProject: {
      auto* project = As<ProjectNode>(node);
      for (size_t i = 0; i < project->expressions.size(); ++i) {
        DefineExpression(*this, node->output[i], project->expressions[i]);
      }
      return;
    }
    case LogicalKind::kAggregate: {
      auto* aggregate = As<AggregateNode>(node);
      size_t key_count = aggregate->keys.size();
      for (size_t i = 0; i < key_count; ++i) {
        DefineExpression(*this, node->output[i], aggregate->keys[i]);
        if (aggregate->with_rollup) columns[node->output[i]].is_nullable = true;
      }
      for (size_t i = 0; i < aggregate->aggregates.size(); ++i) {
        DefineExpression(*this, node->output[key_count + i], aggregate->aggregates[i]);
      }
      return;
    }
    case LogicalKind::kWindow: {
      auto* window = As<WindowNode>(node);
      size_t first = node->output.size() - window->functions.size();
      for (size_t i = 0; i < window->functions.size(); ++i) {
        DefineExpression(*this, node->output[first + i], window->functions[i]);
      }
      return;
    }
    case LogicalKind::kInsert: {
      auto* insert = As<InsertNode>(node);
      DefineRow(*this, insert->expressions.row, insert->table);
      DefineRow(*this, insert->new_row, insert->table);
      return;
    }
    case LogicalKind::kUpdate:
      for (const UpdateTarget& target : As<UpdateNode>(node)->targets) {
        DefineRow(*this, target.expressions.row, target.table);
      }
      return;
    default:
      return;
  }
}

}  // namespace mahi
