// UPDATE and DELETE, of one table or several, also through views.
// Source: MySQL 8.4 manual, "UPDATE Statement", "DELETE Statement", "Updatable and Insertable Views".
#include <algorithm>

#include "binder/internal/statement_binder.h"

namespace mahi {

Status StatementBinder::RequireChangeable(const Relation& relation, std::string_view verb) {
  if (relation.table != nullptr || !relation.base.empty()) return Status::Ok();
  return Error(ER_NON_UPDATABLE_TABLE, relation.alias, verb);
}

Result<StatementBinder::Assigned> StatementBinder::ResolveAssigned(const ast::ColumnReference& reference,
                                                                   const FromItem& from, std::string_view verb) {
  MAHI_ASSIGN_OR_RETURN(std::optional<VisibleColumn> visible,
                        LookUpInFrom(reference.schema, reference.table, reference.column, from, "field list"));
  if (!visible) {
    std::string name(reference.column);
    if (!reference.table.empty()) name = std::string(reference.table) + "." + name;
    return Error(ER_BAD_FIELD_ERROR, name, "field list");
  }
  Assigned assigned;
  assigned.relation = visible->relation;
  MAHI_RETURN_IF_ERROR(RequireChangeable(*assigned.relation, verb));
  const ScopeColumn& column = visible->column();
  assigned.base = assigned.relation->table != nullptr ? assigned.relation : BaseOf(assigned.relation, column);
  if (assigned.base == nullptr) return Error(ER_NONUPDATEABLE_COLUMN, reference.column);
  assigned.ordinal = assigned.relation->table != nullptr ? visible->index : column.origin.ordinal;
  return assigned;
}

Status StatementBinder::BindUpdate(const ast::UpdateStatement& statement) {
  plan_.is_read_only = false;
  plan_.locks_rows = true;
  if (!statement.returning.empty()) return Error(ER_NOT_SUPPORTED_YET, "UPDATE ... RETURNING");
  CteBinding* ctes = nullptr;
  if (statement.with != nullptr) {
    MAHI_ASSIGN_OR_RETURN(ctes, DeclareCtes(*statement.with, nullptr, nullptr, nullptr));
  }
  auto* scope = New<Scope>();
  scope->ctes = ctes;
  is_changing_ = true;
  merges_views_ = true;
  MAHI_ASSIGN_OR_RETURN(FromItem * from, BindTables(statement.tables, scope));
  is_changing_ = false;
  merges_views_ = false;
  scope->from = from;
  bool is_multi_table = statement.tables.size() > 1 || statement.tables[0]->kind != ast::TableReferenceKind::kTable;
  if (is_multi_table && !statement.order_by.empty()) return Error(ER_WRONG_USAGE, "UPDATE", "ORDER BY");
  if (is_multi_table && statement.limit != nullptr) return Error(ER_WRONG_USAGE, "UPDATE", "LIMIT");

  auto* node = New<UpdateNode>();
  node->ignore = statement.is_ignore;
  node->is_multi_table = is_multi_table;

  std::vector<Assigned> columns;
  for (const ast::Assignment& assignment : statement.assignments) {
    MAHI_ASSIGN_OR_RETURN(Assigned assigned, ResolveAssigned(*assignment.column, *from, "UPDATE"));
    for (const Assigned& known : columns) {
      if (known.relation == assigned.relation && known.relation->view != nullptr && known.base != assigned.base) {
        return Error(ER_VIEW_MULTIUPDATE, known.relation->schema, known.relation->view->name);
      }
    }
    columns.push_back(assigned);
    changed_tables_.emplace_back(assigned.base->table->id, assigned.relation->alias);
  }
  std::vector<Relation*> targets;
  for (size_t i = 0; i < columns.size(); ++i) {
    Relation* base = columns[i].base;
    size_t t = static_cast<size_t>(std::find(targets.begin(), targets.end(), base) - targets.begin());
    if (t == targets.size()) {
      targets.push_back(base);
      UpdateTarget target;
      target.table = base->table;
      if (base->get->row_locator == 0) base->get->row_locator = NewColumn(SqlType::Varbinary(3072), true);
      base->get->lock_mode = RowLockMode::kExclusive;
      target.row_locator = base->get->row_locator;
      for (const ScopeColumn& column : base->columns) target.row.push_back(column.id);
      MAHI_ASSIGN_OR_RETURN(target.expressions, BindRowExpressions(*base->table));
      MAHI_ASSIGN_OR_RETURN(target.expressions.view_check,
                            BindViewCheck(columns[i].relation, *base->table, target.expressions.row));
      if (target.expressions.view_check != nullptr) {
        target.expressions.view_schema = columns[i].relation->view->schema;
        target.expressions.view_name = columns[i].relation->view->name;
      }
      node->targets.push_back(std::move(target));
      if (!base->table->is_temporary || columns[i].relation->view != nullptr) {
        const Relation& named = *columns[i].relation;
        size_t privilege = NotePrivilege(
            named.schema, named.view != nullptr ? named.view->name : base->table->name, kPrivilegeUpdate);
        if (privilege != SIZE_MAX) {
          for (size_t k = 0; k < columns.size(); ++k) {
            if (columns[k].base == base) {
              plan_.privileges[privilege].columns.emplace_back(statement.assignments[k].column->column);
            }
          }
        }
      }
    }
    const TableDefinition& table = *base->table;
    const Column& column = table.columns[columns[i].ordinal];
    UpdateTarget& target = node->targets[t];
    MAHI_ASSIGN_OR_RETURN(Expression * value, BindAssigned(*statement.assignments[i].value, table, columns[i].ordinal,
                                                           &target.row, scope));
    if (column.generated != GeneratedKind::kNone) continue;
    target.assignments.push_back({columns[i].ordinal, value});
  }

  LogicalNode* source = from->node;
  if (statement.where != nullptr) {
    scope->clause = Clause::kWhere;
    MAHI_ASSIGN_OR_RETURN(Expression * condition, BindOperand(*statement.where, scope));
    SettleParameter(condition, SqlType::BigInt());
    auto* filter = New<FilterNode>();
    filter->condition = AsNumberIfHex(condition);
    filter->children = {source};
    filter->output = source->output;
    source = filter;
  }
  if (!statement.order_by.empty()) {
    scope->clause = Clause::kOrderBy;
    auto* sort = New<SortNode>();
    for (const ast::OrderItem& item : statement.order_by) {
      MAHI_ASSIGN_OR_RETURN(Expression * key, BindOperand(*item.expression, scope));
      sort->keys.push_back({key, item.is_descending});
    }
    sort->children = {source};
    sort->output = source->output;
    source = sort;
  }
  MAHI_RETURN_IF_ERROR(ApplyLimit(statement.limit, false, scope, &source));
  if (statement.with != nullptr) source = PlaceCtes(ctes, nullptr, source);
  node->children = {source};
  plan_.logical = node;
  return Finish();
}

Status StatementBinder::BindDelete(const ast::DeleteStatement& statement) {
  plan_.is_read_only = false;
  plan_.locks_rows = true;
  CteBinding* ctes = nullptr;
  if (statement.with != nullptr) {
    MAHI_ASSIGN_OR_RETURN(ctes, DeclareCtes(*statement.with, nullptr, nullptr, nullptr));
  }
  auto* scope = New<Scope>();
  scope->ctes = ctes;
  is_changing_ = true;
  merges_views_ = true;
  MAHI_ASSIGN_OR_RETURN(FromItem * from, BindTables(statement.tables, scope));
  is_changing_ = false;
  merges_views_ = false;
  scope->from = from;

  auto* node = New<DeleteNode>();
  node->ignore = statement.is_ignore;
  node->is_multi_table = statement.is_multi_table;
  std::vector<Relation*> named;
  if (!statement.is_multi_table) {
    named.push_back(from->relations[0]);
  } else {
    for (const ast::QualifiedName& name : statement.targets) {
      Relation* found = nullptr;
      for (Relation* relation : from->relations) {
        bool is_own_name = relation->table == nullptr || relation->table->name == relation->alias;
        if (!name.schema.empty() && !is_own_name) continue;
        if (RelationMatches(*relation, name.schema, name.name)) found = relation;
        // db.t names the table t that has no alias of its own.
        if (found == nullptr && relation->table != nullptr && relation->alias == name.name && name.schema.empty()) {
          found = relation;
        }
      }
      if (found == nullptr) return Error(ER_UNKNOWN_TABLE, name.name, "MULTI DELETE");
      if (std::find(named.begin(), named.end(), found) != named.end()) return Error(ER_NONUNIQ_TABLE, name.name);
      named.push_back(found);
    }
  }
  for (Relation* relation : named) {
    MAHI_RETURN_IF_ERROR(RequireChangeable(*relation, "DELETE"));
    std::vector<Relation*> bases;
    CollectBases(relation, &bases);
    if (bases.size() != 1) {
      return Error(ER_VIEW_DELETE_MERGE_VIEW, relation->schema, relation->view != nullptr ? relation->view->name : "");
    }
    Relation* base = bases[0];
    DeleteTarget target;
    target.table = base->table;
    if (base->get->row_locator == 0) base->get->row_locator = NewColumn(SqlType::Varbinary(3072), true);
    base->get->lock_mode = RowLockMode::kExclusive;
    target.row_locator = base->get->row_locator;
    for (const ScopeColumn& column : base->columns) target.row.push_back(column.id);
    node->targets.push_back(std::move(target));
    changed_tables_.emplace_back(base->table->id, relation->alias);
    if (!base->table->is_temporary || relation->view != nullptr) {
      NotePrivilege(relation->schema, relation->view != nullptr ? relation->view->name : base->table->name,
                    kPrivilegeDelete);
    }
  }

  LogicalNode* source = from->node;
  if (statement.where != nullptr) {
    scope->clause = Clause::kWhere;
    MAHI_ASSIGN_OR_RETURN(Expression * condition, BindOperand(*statement.where, scope));
    SettleParameter(condition, SqlType::BigInt());
    auto* filter = New<FilterNode>();
    filter->condition = AsNumberIfHex(condition);
    filter->children = {source};
    filter->output = source->output;
    source = filter;
  }
  if (!statement.order_by.empty()) {
    scope->clause = Clause::kOrderBy;
    auto* sort = New<SortNode>();
    for (const ast::OrderItem& item : statement.order_by) {
      MAHI_ASSIGN_OR_RETURN(Expression * key, BindOperand(*item.expression, scope));
      sort->keys.push_back({key, item.is_descending});
    }
    sort->children = {source};
    sort->output = source->output;
    source = sort;
  }
  MAHI_RETURN_IF_ERROR(ApplyLimit(statement.limit, false, scope, &source));
  if (statement.with != nullptr) source = PlaceCtes(ctes, nullptr, source);
  node->children = {source};
  if (!statement.returning.empty()) {
    scope->clause = Clause::kSelectList;
    MAHI_RETURN_IF_ERROR(BindReturning(statement.returning, named[0], node->targets[0].row, &node->returning));
  }
  // A DELETE that reads no columns needs no SELECT privilege.
  std::erase_if(plan_.privileges, [](const PlanPrivilege& noted) {
    return noted.privileges == kPrivilegeSelect && noted.columns.empty();
  });
  plan_.logical = node;
  return Finish();
}

}  // namespace mahi
