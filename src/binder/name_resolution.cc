// Column names: which relation, item or outer block a name means.
//
// In FROM, WHERE and the select list a name is a column of FROM. In HAVING it is an item of the select list or a GROUP
// BY column (inside an aggregate: of FROM). In GROUP BY and ORDER BY expressions FROM comes before aliases; an item
// that is just a name is resolved by BindOrderItem. What is not found is looked for in the enclosing blocks.
// Source: MySQL 8.4 manual, "Problems with Column Aliases", "SELECT Statement", "Correlated Subqueries".
#include "binder/internal/statement_binder.h"
#include "types/conversion.h"

namespace mahi {

std::string_view StatementBinder::ClauseName(const Scope& scope) {
  if (!scope.clause_name.empty()) return scope.clause_name;
  switch (scope.clause) {
    case Clause::kWhere: return "where clause";
    case Clause::kOn: return "on clause";
    case Clause::kGroupBy: return "group statement";
    case Clause::kHaving: return "having clause";
    case Clause::kOrderBy: return "order clause";
    case Clause::kWindow: return "window";
    default: return "field list";
  }
}

bool StatementBinder::RelationMatches(const Relation& relation, std::string_view schema,
                                      std::string_view table) const {
  bool same = relation.is_case_insensitive ? EqualIgnoreAsciiCase(relation.alias, table) : relation.alias == table;
  if (!same) return false;
  if (schema.empty()) return true;
  return relation.is_case_insensitive ? EqualIgnoreAsciiCase(relation.schema, schema) : relation.schema == schema;
}

void StatementBinder::NoteColumnUse(Relation* relation, std::string_view column, uint64_t privilege) {
  for (size_t index : relation->privileges) {
    PlanPrivilege& noted = plan_.privileges[index];
    if ((noted.privileges & privilege) == 0) continue;
    for (const std::string& known : noted.columns) {
      if (known == column) return;
    }
    noted.columns.emplace_back(column);
  }
}

Result<std::optional<VisibleColumn>> StatementBinder::LookUpInFrom(std::string_view schema, std::string_view table,
                                                                   std::string_view column, const FromItem& from,
                                                                   std::string_view clause) {
  std::optional<VisibleColumn> found;
  if (table.empty()) {
    for (const VisibleColumn& visible : from.columns) {
      if (!EqualIgnoreAsciiCase(visible.column().name, column)) continue;
      if (found) return Error(ER_NON_UNIQ_ERROR, column, clause);
      found = visible;
    }
    return found;
  }
  for (Relation* relation : from.relations) {
    if (!RelationMatches(*relation, schema, table)) continue;
    for (uint32_t i = 0; i < relation->columns.size(); ++i) {
      if (!EqualIgnoreAsciiCase(relation->columns[i].name, column)) continue;
      if (found) {
        return Error(ER_NON_UNIQ_ERROR, std::string(table) + "." + std::string(column), clause);
      }
      found = VisibleColumn{relation, i};
    }
  }
  return found;
}

namespace {

// Does the item's evaluation have effects or answers of its own each time?
bool MustEvaluateOnce(Expression* expression) {
  bool once = false;
  Walk(expression, [&](Expression*& node) {
    if (node->kind == ExpressionKind::kSubquery || node->kind == ExpressionKind::kUserVariableAssignment) once = true;
    if (const auto* call = TryAs<FunctionExpression>(node); call != nullptr && call->function != nullptr) {
      if ((call->function->flags & (kFunctionPerRow | kFunctionSideEffect)) != 0) once = true;
    }
    return !once;
  });
  return once;
}

}  // namespace

// The value of a select item, for HAVING and within GROUP BY and ORDER BY expressions.
Result<Expression*> StatementBinder::ItemReference(Scope* scope, SelectItem* item) {
  if (scope->clause == Clause::kOrderBy) {
    Expression* node = ColumnRef(item->output, item->expression->type, item->expression->is_nullable);
    node->coercibility = item->expression->coercibility;
    node->text = item->name;
    return node;
  }
  if (const auto* column = TryAs<ColumnExpression>(item->expression)) {
    Expression* node = ColumnRef(column->column, column->type, column->is_nullable);
    node->coercibility = column->coercibility;
    node->text = column->text;
    return node;
  }
  if (const auto* constant = TryAs<ConstantExpression>(item->expression)) {
    ConstantExpression* copy = Constant(constant->value, constant->type, constant->text);
    copy->coercibility = constant->coercibility;
    return copy;
  }
  if (ContainsWindow(item->expression)) return Error(ER_WINDOW_INVALID_WINDOW_FUNC_ALIAS_USE, item->name);
  bool is_above = scope->clause == Clause::kHaving || scope->clause == Clause::kSelectList;
  if (is_above && (MustEvaluateOnce(item->expression) || item->ast == nullptr)) {
    if (item->early == 0) item->early = NewColumn();
    Expression* node = ColumnRef(item->early, item->expression->type, item->expression->is_nullable);
    node->coercibility = item->expression->coercibility;
    node->text = item->name;
    return node;
  }
  if (scope->clause == Clause::kGroupBy && ContainsAggregate(item->expression)) {
    return Error(ER_ILLEGAL_REFERENCE, item->name, "reference to group function");
  }
  if (item->ast == nullptr) return Error(ER_ILLEGAL_REFERENCE, item->name, "forward reference in item list");
  Clause clause = scope->clause;
  scope->clause = Clause::kSelectList;
  ++rebind_nesting_;
  Status nesting = CheckNesting();
  Result<Expression*> bound = nesting.ok() ? Bind(*item->ast, scope) : Result<Expression*>(std::move(nesting));
  --rebind_nesting_;
  scope->clause = clause;
  return bound;
}

// The select item that a name means: by its alias or name; else (unless aliases_only) a column behind another alias.
// Of expressions with the name the first counts, also before columns; two different columns are ambiguous.
Result<SelectItem*> StatementBinder::FindItem(const ast::ColumnReference& reference, Scope* scope,
                                              bool aliases_only) {
  SelectItem* found = nullptr;
  SelectItem* behind_alias = nullptr;
  bool is_ambiguous_behind = false;
  if (scope->items == nullptr) return found;
  for (SelectItem& item : *scope->items) {
    if (item.expression == nullptr) continue;
    bool is_column =
        item.expression->kind == ExpressionKind::kColumn || item.expression->kind == ExpressionKind::kOuterColumn;
    bool name_matches = reference.table.empty() && EqualIgnoreAsciiCase(item.name, reference.column);
    if (!is_column) {
      if (!name_matches) continue;
      found = &item;
      break;
    }
    if (name_matches) {
      if (found != nullptr && !SameExpression(found->expression, item.expression)) {
        return Error(ER_NON_UNIQ_ERROR, reference.column, ClauseName(*scope));
      }
      if (found == nullptr) found = &item;
      continue;
    }
    const ColumnOrigin& origin = item.origin;
    bool column_matches = !aliases_only && EqualIgnoreAsciiCase(origin.original_name, reference.column) &&
                          (reference.table.empty() || origin.table == reference.table) &&
                          (reference.schema.empty() || origin.schema == reference.schema);
    if (!column_matches) continue;
    if (behind_alias != nullptr && !SameExpression(behind_alias->expression, item.expression)) {
      is_ambiguous_behind = true;
    }
    behind_alias = &item;
  }
  if (found != nullptr) return found;
  if (is_ambiguous_behind) return Error(ER_NON_UNIQ_ERROR, reference.column, ClauseName(*scope));
  return behind_alias;
}

Result<StatementBinder::Found> StatementBinder::LookUpInHaving(const ast::ColumnReference& reference, Scope* scope) {
  Found found;
  MAHI_ASSIGN_OR_RETURN(SelectItem * item, FindItem(reference, scope, false));
  // A GROUP BY column of this name, when it is not the item.
  Expression* key = nullptr;
  std::optional<VisibleColumn> key_column;
  if (scope->group_keys != nullptr && scope->from != nullptr) {
    Result<std::optional<VisibleColumn>> column =
        LookUpInFrom(reference.schema, reference.table, reference.column, *scope->from, ClauseName(*scope));
    if (!column.ok() && item == nullptr && scope->has_group_by) return column.TakeStatus();
    if (column.ok() && *column) {
      for (Expression* candidate : *scope->group_keys) {
        const auto* plain = TryAs<ColumnExpression>(candidate);
        if (plain != nullptr && plain->column == (*column)->column().id && plain->column != 0) {
          key = candidate;
          key_column = *column;
        }
      }
    }
  }
  if (item != nullptr && (key == nullptr || !IsFullGroupBy() || SameExpression(item->expression, key))) {
    MAHI_ASSIGN_OR_RETURN(found.expression, ItemReference(scope, item));
    return found;
  }
  if (key != nullptr) {
    found.relation = key_column->relation;
    found.column = &key_column->column();
    found.expression = ColumnRef(*found.column);
    NoteColumnUse(key_column->relation, found.column->name, kPrivilegeSelect);
  }
  return found;
}

Result<StatementBinder::Found> StatementBinder::LookUp(const ast::ColumnReference& reference, Scope* scope, bool) {
  std::vector<Captures*> crossed;
  Found found;
  for (Scope* s = scope; s != nullptr; s = s->outer) {
    bool is_having = s->clause == Clause::kHaving && s->aggregate_depth == 0;
    if (is_having && s == scope) {
      MAHI_ASSIGN_OR_RETURN(found, LookUpInHaving(reference, s));
    } else {
      if (s->from != nullptr) {
        MAHI_ASSIGN_OR_RETURN(std::optional<VisibleColumn> visible,
                              LookUpInFrom(reference.schema, reference.table, reference.column, *s->from,
                                           ClauseName(*scope)));
        if (visible) {
          found.relation = visible->relation;
          found.column = &visible->column();
          NoteColumnUse(visible->relation, found.column->name, kPrivilegeSelect);
          if (found.column->expression != nullptr) {
            found.expression = Clone(found.column->expression);
            found.expression->coercibility = found.column->coercibility;
          } else {
            found.expression = ColumnRef(*found.column);
          }
          if (s->lateral_references != nullptr) s->lateral_references->push_back(found.column->id);
        }
      }
      if (found.expression == nullptr && s->values_table != nullptr && reference.table.empty()) {
        if (auto ordinal = s->values_table->ColumnOrdinal(reference.column)) {
          const Column& column = s->values_table->columns[*ordinal];
          Expression* value = (*s->values_row)[*ordinal];
          if (value == nullptr) {
            Value initial = column.default_kind == DefaultKind::kLiteral ? column.default_value
                            : column.is_nullable                         ? Value::Null()
                                                                         : ImplicitDefault(column.type);
            value = Constant(initial, column.type, reference.column);
          }
          found.expression = value->type == column.type ? value : Cast(value, column.type);
        }
      }
      // From within a subquery the enclosing block's items are visible too, those before it.
      if (found.expression == nullptr && is_having) {
        MAHI_ASSIGN_OR_RETURN(found, LookUpInHaving(reference, s));
      }
      if (found.expression == nullptr && s != scope && s->clause == Clause::kSelectList && reference.table.empty() &&
          s->items != nullptr && s->block != nullptr) {
        MAHI_ASSIGN_OR_RETURN(SelectItem * item, FindItem(reference, s, true));
        if (item != nullptr) {
          if (ContainsAggregate(item->expression)) {
            return Error(ER_ILLEGAL_REFERENCE, reference.column, "reference to group function");
          }
          MAHI_ASSIGN_OR_RETURN(found.expression, ItemReference(s, item));
        } else {
          for (const ast::SelectItem& later : s->block->items) {
            if (later.has_alias && EqualIgnoreAsciiCase(later.alias, reference.column)) {
              return Error(ER_ILLEGAL_REFERENCE, reference.column, "forward reference in item list");
            }
          }
        }
      }
      if (found.expression == nullptr && reference.table.empty() &&
          (s->clause == Clause::kGroupBy || s->clause == Clause::kOrderBy) && s->items != nullptr) {
        MAHI_ASSIGN_OR_RETURN(SelectItem * item, FindItem(reference, s, true));
        if (item != nullptr) {
          if (s->aggregate_depth > 0 && ContainsAggregate(item->expression)) {
            return Error(ER_ILLEGAL_REFERENCE, reference.column, "reference to group function");
          }
          MAHI_ASSIGN_OR_RETURN(found.expression, ItemReference(s, item));
        }
      }
    }
    if (found.expression != nullptr) {
      if (found.expression->text.empty()) found.expression->text = Copy(reference.column);
      found.expression = WrapOuter(found.expression, crossed);
      return found;
    }
    if (s->captures != nullptr) crossed.push_back(s->captures);
  }
  std::string name;
  if (!reference.schema.empty()) name = std::string(reference.schema) + ".";
  if (!reference.table.empty()) name += std::string(reference.table) + ".";
  name += reference.column;
  return Error(ER_BAD_FIELD_ERROR, name, ClauseName(*scope));
}

Result<Expression*> StatementBinder::BindColumnReference(const ast::ColumnReference& reference, Scope* scope) {
  MAHI_ASSIGN_OR_RETURN(Found found, LookUp(reference, scope, true));
  return found.expression;
}

void StatementBinder::Describe(ColumnId id, const ColumnOrigin& origin) {
  if (facts_.size() <= id) facts_.resize(std::max<size_t>(id + 1, facts_.size() * 2));
  facts_[id].origin = origin;
}

void StatementBinder::Describe(const ScopeColumn& column) {
  Describe(column.id, column.origin);
  facts_[column.id].type = column.type;
  facts_[column.id].is_nullable = column.is_nullable;
}

ColumnId StatementBinder::NewColumn(const SqlType& type, bool is_nullable) {
  ColumnId id = NewColumn();
  Describe(id, {});
  facts_[id].type = type;
  facts_[id].is_nullable = is_nullable;
  return id;
}

Expression* StatementBinder::Reference(ColumnId id) {
  if (id >= facts_.size()) return ColumnRef(id, SqlType::Varbinary(255), false);
  ColumnExpression* column = ColumnRef(id, facts_[id].type, facts_[id].is_nullable);
  column->text = facts_[id].origin.original_name;
  return column;
}

std::string StatementBinder::DescribeColumn(ColumnId id) const {
  if (id >= facts_.size() || facts_[id].origin.original_name.empty()) return "?";
  const ColumnOrigin& origin = facts_[id].origin;
  std::string text;
  if (!origin.schema.empty()) text = std::string(origin.schema) + ".";
  if (!origin.table.empty()) text += std::string(origin.table) + ".";
  return text + std::string(origin.original_name);
}

}  // namespace mahi
