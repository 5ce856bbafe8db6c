// INSERT, REPLACE and LOAD DATA.
// Source: MySQL 8.4 manual, "INSERT Statement", "INSERT ... SELECT Statement", "INSERT ... ON DUPLICATE KEY UPDATE
// Statement", "REPLACE Statement", "LOAD DATA Statement", "Updatable and Insertable Views".
#include <algorithm>

#include "binder/internal/statement_binder.h"
#include "types/conversion.h"

namespace mahi {

void StatementBinder::CollectBases(Relation* relation, std::vector<Relation*>* bases) {
  if (relation->table != nullptr) bases->push_back(relation);
  for (Relation* base : relation->base) CollectBases(base, bases);
}

Relation* StatementBinder::BaseOf(Relation* relation, const ScopeColumn& column) {
  if (column.id == 0) return nullptr;
  std::vector<Relation*> bases;
  CollectBases(relation, &bases);
  for (Relation* base : bases) {
    for (const ScopeColumn& candidate : base->columns) {
      if (candidate.id == column.id) return base;
    }
  }
  return nullptr;
}

Result<Expression*> StatementBinder::DefaultValue(const TableDefinition& table, uint32_t ordinal,
                                                  const std::vector<ColumnId>* row) {
  const Column& column = table.columns[ordinal];
  switch (column.default_kind) {
    case DefaultKind::kNull:
      return Constant(Value::Null(), column.type, "DEFAULT");
    case DefaultKind::kLiteral:
      return Constant(column.default_value, column.type, "DEFAULT");
    case DefaultKind::kNow: {
      std::vector<Expression*> arguments;
      if (column.type.decimals > 0) arguments.push_back(IntegerConstant(column.type.decimals));
      return Call("now", std::move(arguments), "now()");
    }
    case DefaultKind::kExpression: {
      std::string_view source = Copy(column.default_expression);
      MAHI_ASSIGN_OR_RETURN(ast::Expression * parsed,
                            context_.parse_expression(source, context_.sql_mode, &plan_.arena));
      std::string_view text = text_;
      text_ = source;
      std::vector<ColumnId> none(table.columns.size(), 0);
      Result<Expression*> bound = BindOverRow(table, row != nullptr ? *row : none, *parsed, "default value expression");
      text_ = text;
      if (!bound.ok()) return bound;
      bool reads_row = false;
      Walk(*bound, [&](Expression*& node) {
        reads_row |= node->kind == ExpressionKind::kColumn;
        return true;
      });
      if (reads_row && row == nullptr) {
        return Error(ER_NOT_SUPPORTED_YET, "DEFAULT in some rows for a default that reads other columns");
      }
      return bound;
    }
    case DefaultKind::kNone:
      break;
  }
  if (column.is_auto_increment) return Constant(Value::Null(), column.type, "DEFAULT");
  if (column.is_nullable) return Constant(Value::Null(), column.type, "DEFAULT");
  if (column.type.id == TypeId::kEnum) return Constant(Value::UInt64(1), column.type, "DEFAULT");
  if (IsStrict(context_.sql_mode)) return Error(ER_NO_DEFAULT_FOR_FIELD, column.name);
  return Constant(ImplicitDefault(column.type), column.type, "DEFAULT");
}

Result<Expression*> StatementBinder::BindAssigned(const ast::Expression& expression, const TableDefinition& table,
                                                  uint32_t ordinal, const std::vector<ColumnId>* row, Scope* scope) {
  const Column& column = table.columns[ordinal];
  bool is_default = expression.Is<ast::Default>() && expression.As<ast::Default>()->column == nullptr;
  if (column.generated != GeneratedKind::kNone && !is_default) {
    return Error(ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN, column.name, table.name);
  }
  if (is_default) return DefaultValue(table, ordinal, row);
  MAHI_ASSIGN_OR_RETURN(Expression * value, BindOperand(expression, scope));
  SettleParameter(value, column.type);
  if (column.type.IsNumeric()) value = AsNumberIfHex(value);
  return value;
}

// Widens `type` so that it holds `value` without loss; false when it was wide enough already.
bool StatementBinder::MergeStoredType(const Expression* value, SqlType* type, CollationId collation) {
  const SqlType& other = value->type;
  if (other.IsNull()) return false;
  if (type->IsNull()) {
    *type = other;
    return true;
  }
  auto as_text = [&] {
    uint32_t length = std::max(type->DisplayChars(), other.DisplayChars());
    bool has_text = type->IsCharacterString() || other.IsCharacterString();
    CollationId text_collation = type->IsCharacterString() ? type->collation : other.collation;
    *type = SqlType::Varchar(length, has_text ? text_collation : collation);
  };
  if (type->physical() == other.physical()) {
    switch (type->physical()) {
      case PhysicalType::kString:
        if (type->collation != other.collation) {
          if (type->charset().id == other.charset().id) break;
          as_text();
          return true;
        }
        break;
      case PhysicalType::kTemporal:
        if (type->id != other.id) {
          if (type->HasDatePart() && other.HasDatePart()) {
            *type = SqlType::DateTime(std::max(type->decimals, other.decimals));
          } else {
            as_text();
          }
          return true;
        }
        break;
      case PhysicalType::kUInt64:
        if (type->IsEnumOrSet() || other.IsEnumOrSet()) {
          if (type->members != other.members) as_text();
          return true;
        }
        break;
      default:
        break;
    }
    bool grew = other.length > type->length || other.decimals > type->decimals;
    type->length = std::max(type->length, other.length);
    type->decimals = std::max(type->decimals, other.decimals);
    if (type->IsInteger() && other.IsInteger() && other.id > type->id) type->id = other.id;
    if (type->IsDecimal()) *type = SqlType::Decimal(kMaxDecimalPrecision, type->decimals);
    return grew;
  }
  bool both_exact = (type->IsIntegral() || type->IsDecimal()) && (other.IsIntegral() || other.IsDecimal());
  if (both_exact) {
    *type = SqlType::Decimal(kMaxDecimalPrecision, std::max(type->DecimalScale(), other.DecimalScale()));
    return true;
  }
  as_text();
  return true;
}

// A value in the type of its column of rows; constants are converted at once, without loss.
Expression* StatementBinder::AsStored(Expression* expression, const SqlType& type) {
  auto* constant = TryAs<ConstantExpression>(expression);
  if (constant == nullptr) return Cast(expression, type);
  if (constant->value.is_null()) return Constant(Value::Null(), type, constant->text);
  const SqlType& from = constant->type;
  if (from.physical() == type.physical() && !type.IsString()) {
    constant->type = type;
    return constant;
  }
  if (type.IsDecimal() && from.IsInteger()) {
    Decimal value = constant->value.kind() == PhysicalType::kInt64 ? Decimal::FromInt64(constant->value.int64())
                                                                   : Decimal::FromUInt64(constant->value.uint64());
    return Constant(Value::OfDecimal(value), type, constant->text);
  }
  if (type.IsString() && !from.IsString() && !from.IsJson()) {
    return Constant(Value::String(DatumToText(constant->value.datum(), from)), type, constant->text);
  }
  return Cast(expression, type);
}

Result<ValuesNode*> StatementBinder::BindInsertRows(const ast::InsertStatement& statement,
                                                    const TableDefinition& table, std::vector<uint32_t>* target) {
  auto* node = New<ValuesNode>();
  auto* scope = New<Scope>();
  scope->clause = Clause::kValues;
  scope->values_table = &table;
  std::vector<Expression*> known(table.columns.size(), nullptr);
  scope->values_row = &known;
  bool all_empty = !statement.rows.empty();
  for (const ast::List<ast::Expression*>& row : statement.rows) all_empty &= row.empty();
  if (all_empty && (!statement.has_column_list || target->empty())) target->clear();
  size_t width = target->size();
  std::vector<bool> is_default(width, true);
  std::vector<SqlType> types(width);
  node->rows.reserve(statement.rows.size());
  for (size_t r = 0; r < statement.rows.size(); ++r) {
    const ast::List<ast::Expression*>& row = statement.rows[r];
    if (row.size() != width) return Error(ER_WRONG_VALUE_COUNT_ON_ROW, r + 1);
    std::vector<Expression*> values;
    values.reserve(width);
    if (r > 0) std::fill(known.begin(), known.end(), nullptr);
    for (size_t c = 0; c < width; ++c) {
      const ast::Expression& element = *row[c];
      bool element_is_default = element.Is<ast::Default>() && element.As<ast::Default>()->column == nullptr;
      Expression* value = nullptr;
      if (element_is_default && table.columns[(*target)[c]].generated != GeneratedKind::kNone) {
        value = Constant(Value::Null(), SqlType::Null(), "DEFAULT");
      } else if (element_is_default && statement.rows.size() == 1) {
        // The executor knows what the column gets when it is left out.
        value = Constant(Value::Null(), SqlType::Null(), "DEFAULT");
        const Column& column = table.columns[(*target)[c]];
        if (column.default_kind == DefaultKind::kNone && !column.is_nullable && !column.is_auto_increment) {
          MAHI_ASSIGN_OR_RETURN(value, DefaultValue(table, (*target)[c], nullptr));
        }
      } else {
        MAHI_ASSIGN_OR_RETURN(value, BindAssigned(element, table, (*target)[c], nullptr, scope));
      }
      is_default[c] = is_default[c] && element_is_default;
      MergeStoredType(value, &types[c], context_.connection_collation);
      known[(*target)[c]] = value;
      values.push_back(value);
    }
    node->rows.push_back(std::move(values));
  }
  // Columns that are DEFAULT in every row are left out.
  std::vector<uint32_t> kept_target;
  std::vector<size_t> kept;
  for (size_t c = 0; c < width; ++c) {
    const Column& column = table.columns[(*target)[c]];
    bool has_default = column.default_kind != DefaultKind::kNone || column.is_nullable || column.is_auto_increment ||
                       column.generated != GeneratedKind::kNone;
    if (is_default[c] && has_default) continue;
    if (column.generated != GeneratedKind::kNone) {
      return Error(ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN, column.name, table.name);
    }
    kept.push_back(c);
    kept_target.push_back((*target)[c]);
  }
  for (std::vector<Expression*>& row : node->rows) {
    for (size_t k = 0; k < kept.size(); ++k) row[k] = AsStored(row[kept[k]], types[kept[k]]);
    row.resize(kept.size());
  }
  for (size_t c : kept) {
    node->types.push_back(types[c]);
    node->output.push_back(NewColumn(types[c], true));
  }
  *target = std::move(kept_target);
  return node;
}

// The query of INSERT ... SELECT. When ON DUPLICATE KEY UPDATE may read the columns of its tables they follow the
// select list; *extra_from is where they begin.
Result<BoundQuery> StatementBinder::BindInsertQuery(const ast::InsertStatement& statement, size_t* extra_from) {
  *extra_from = SIZE_MAX;
  const ast::QueryExpression& query = *statement.query;
  if (!statement.on_duplicate_key.empty() && query.body->kind == ast::QueryBodyKind::kSelect) {
    const auto& block = *query.body->As<ast::SelectBlock>();
    if (!block.is_distinct && block.group_by.empty() && !block.from.empty() && block.having == nullptr) {
      auto* widened = plan_.arena.New<ast::SelectBlock>(block);
      auto* items = static_cast<ast::SelectItem*>(
          plan_.arena.Allocate(sizeof(ast::SelectItem) * (block.items.size() + 1), alignof(ast::SelectItem)));
      std::copy(block.items.begin(), block.items.end(), items);
      new (items + block.items.size()) ast::SelectItem();
      widened->items = {items, block.items.size() + 1};
      auto* outer = plan_.arena.New<ast::QueryExpression>(query);
      outer->body = widened;
      size_t privileges = plan_.privileges.size();
      uint32_t depth = depth_;
      Result<BoundQuery> bound = BindQueryExpression(*outer, nullptr, nullptr, nullptr);
      if (bound.ok()) {
        // The star's columns are those at the end: one for each visible column of FROM.
        size_t count = 0;
        for (size_t i = 0; i < bound->columns.size(); ++i) count = i + 1;
        size_t star = 0;
        // Bind the plain list once more only to count it.
        Result<BoundQuery> plain = BindQueryExpression(query, nullptr, nullptr, nullptr);
        if (!plain.ok()) return plain;
        const LogicalNode* top = plain->node;
        while (top->kind != LogicalKind::kAggregate && top->children.size() == 1) top = top->children[0];
        if (top->kind == LogicalKind::kAggregate) return plain;  // groups have no such columns
        star = plain->columns.size();
        if (star < count) *extra_from = star;
        return bound;
      }
      // An aggregated query has no such columns.
      depth_ = depth;
      plan_.privileges.resize(privileges);
    }
  }
  return BindQueryExpression(query, nullptr, nullptr, nullptr);
}

Status StatementBinder::BindReturning(ast::List<ast::SelectItem> returning, Relation* relation,
                                      const std::vector<ColumnId>& row, std::vector<Expression*>* out) {
  if (returning.empty()) return Status::Ok();
  Relation* visible = RowRelation(*relation->table, relation->alias, row, false);
  auto* scope = New<Scope>();
  auto* from = New<FromItem>();
  from->relations.push_back(visible);
  for (uint32_t i = 0; i < visible->columns.size(); ++i) from->columns.push_back({visible, i});
  scope->from = from;
  BoundQuery columns;
  std::vector<SelectItem> items;
  for (const ast::SelectItem& item : returning) {
    if (item.expression == nullptr) {
      MAHI_RETURN_IF_ERROR(ExpandStar(item, scope, &items));
      continue;
    }
    SelectItem bound;
    MAHI_ASSIGN_OR_RETURN(bound.expression, BindOperand(*item.expression, scope));
    bound.name = ItemName(item, bound.expression);
    items.push_back(std::move(bound));
  }
  for (SelectItem& item : items) {
    ScopeColumn column;
    column.name = item.name;
    column.type = item.expression->type;
    column.is_nullable = item.expression->is_nullable;
    column.origin = item.origin;
    columns.columns.push_back(std::move(column));
    out->push_back(item.expression);
  }
  SetResultColumns(columns);
  return Status::Ok();
}

Status StatementBinder::BindInsert(const ast::InsertStatement& statement) {
  std::string_view verb = statement.is_replace ? "REPLACE" : "INSERT";
  plan_.is_read_only = false;
  plan_.locks_rows = true;
  is_changing_ = true;
  merges_views_ = true;
  ast::NamedTable named;
  named.name = statement.table;
  named.partitions = statement.partitions;
  Scope table_scope;
  size_t first_privilege = plan_.privileges.size();
  MAHI_ASSIGN_OR_RETURN(FromItem * table_item, BindNamedTable(named, &table_scope));
  Relation* relation = table_item->relations[0];
  merges_views_ = false;
  is_changing_ = false;
  plan_.privileges.resize(first_privilege);  // reading is noted where it happens
  for (Relation* r : table_item->relations) r->privileges.clear();
  std::vector<Relation*> bases;
  CollectBases(relation, &bases);
  for (Relation* base : bases) base->privileges.clear();
  if (bases.empty()) return Error(ER_NON_INSERTABLE_TABLE, relation->alias, verb);
  size_t insert_privilege =
      bases[0]->table->is_temporary && relation->view == nullptr
          ? SIZE_MAX
          : NotePrivilege(relation->schema, relation->view != nullptr ? relation->view->name : bases[0]->table->name,
                          kPrivilegeInsert | (statement.is_replace ? kPrivilegeDelete : 0));

  // Columns of the statement, as ordinals of the base table.
  Relation* base = nullptr;
  std::vector<uint32_t> target;
  auto add_column = [&](const ScopeColumn& column, std::string_view name) -> Status {
    Relation* owner = relation->table != nullptr ? relation : BaseOf(relation, column);
    if (owner == nullptr) {
      if (relation->view != nullptr && bases.size() > 1) return Error(ER_NON_INSERTABLE_TABLE, relation->alias, verb);
      return Error(ER_NONUPDATEABLE_COLUMN, name);
    }
    if (base != nullptr && owner != base) {
      return Error(ER_VIEW_MULTIUPDATE, relation->schema, relation->view->name);
    }
    base = owner;
    uint32_t ordinal = relation->table != nullptr
                           ? static_cast<uint32_t>(&column - relation->columns.data())
                           : column.origin.ordinal;
    if (std::find(target.begin(), target.end(), ordinal) != target.end()) {
      return Error(ER_FIELD_SPECIFIED_TWICE, name);
    }
    target.push_back(ordinal);
    return Status::Ok();
  };
  if (relation->view != nullptr) {
    // A view with an expression or a column twice takes no rows.
    std::unordered_set<ColumnId> seen;
    for (const ScopeColumn& column : relation->columns) {
      if (column.id == 0 || !seen.insert(column.id).second) {
        return Error(ER_NON_INSERTABLE_TABLE, relation->alias, verb);
      }
    }
  }
  if (!statement.columns.empty()) {
    for (const ast::ColumnReference* reference : statement.columns) {
      if (!reference->table.empty() && !RelationMatches(*relation, reference->schema, reference->table)) {
        return Error(ER_BAD_FIELD_ERROR, std::string(reference->table) + "." + std::string(reference->column),
                     "field list");
      }
      const ScopeColumn* found = nullptr;
      for (const ScopeColumn& column : relation->columns) {
        if (EqualIgnoreAsciiCase(column.name, reference->column)) found = &column;
      }
      if (found == nullptr) return Error(ER_BAD_FIELD_ERROR, reference->column, "field list");
      MAHI_RETURN_IF_ERROR(add_column(*found, reference->column));
      if (insert_privilege != SIZE_MAX) plan_.privileges[insert_privilege].columns.emplace_back(found->name);
    }
  } else if (!statement.has_column_list) {
    if (relation->view != nullptr && bases.size() > 1) return Error(ER_VIEW_NO_INSERT_FIELD_LIST, relation->schema, relation->view->name);
    for (const ScopeColumn& column : relation->columns) {
      if (column.is_invisible) continue;
      MAHI_RETURN_IF_ERROR(add_column(column, column.name));
    }
  }
  if (base == nullptr) base = bases[0];
  const TableDefinition& table = *base->table;

  auto* node = New<InsertNode>();
  node->table = base->table;
  node->ignore = statement.is_ignore;
  node->on_duplicate = statement.is_replace                    ? DuplicateAction::kReplace
                       : !statement.on_duplicate_key.empty()   ? DuplicateAction::kUpdate
                       : statement.is_ignore                   ? DuplicateAction::kIgnore
                                                               : DuplicateAction::kError;
  size_t extra_from = SIZE_MAX;
  BoundQuery query;
  if (statement.query != nullptr) {
    MAHI_ASSIGN_OR_RETURN(query, BindInsertQuery(statement, &extra_from));
    size_t width = std::min(extra_from, query.columns.size());
    if (width != target.size()) return Error(ER_WRONG_VALUE_COUNT_ON_ROW, 1);
    for (uint32_t ordinal : target) {
      if (table.columns[ordinal].generated != GeneratedKind::kNone) {
        return Error(ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN, table.columns[ordinal].name, table.name);
      }
    }
    node->children = {query.node};
  } else {
    MAHI_ASSIGN_OR_RETURN(ValuesNode * values, BindInsertRows(statement, table, &target));
    node->children = {values};
  }
  node->target = target;
  if (relation->view != nullptr) {
    // Columns that the view does not show need defaults.
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
      bool is_shown = false;
      for (const ScopeColumn& shown : relation->columns) is_shown |= shown.origin.ordinal == i;
      bool has_default = column.default_kind != DefaultKind::kNone || column.is_nullable ||
                         column.is_auto_increment || column.generated != GeneratedKind::kNone;
      if (!is_shown && !has_default && IsStrict(context_.sql_mode) && !statement.is_ignore) {
        return Error(ER_NO_DEFAULT_FOR_VIEW_FIELD, relation->schema, relation->view->name);
      }
    }
  }

  MAHI_ASSIGN_OR_RETURN(node->expressions, BindRowExpressions(table));
  MAHI_ASSIGN_OR_RETURN(node->expressions.view_check, BindViewCheck(relation, table, node->expressions.row));
  if (node->expressions.view_check != nullptr) {
    node->expressions.view_schema = relation->view->schema;
    node->expressions.view_name = relation->view->name;
  }
  for (const Column& column : table.columns) node->new_row.push_back(NewColumn(column.type, true));

  if (!statement.on_duplicate_key.empty()) {
    auto* scope = New<Scope>();
    auto* from = New<FromItem>();
    Relation* old_row = RowRelation(table, relation->alias, node->expressions.row, false);
    if (relation->view != nullptr) {
      // The view's names for the columns.
      auto* named_row = New<Relation>();
      named_row->schema = relation->schema;
      named_row->alias = relation->alias;
      for (const ScopeColumn& column : relation->columns) {
        if (BaseOf(relation, column) != base) continue;
        ScopeColumn copy = old_row->columns[column.origin.ordinal];
        copy.name = column.name;
        named_row->columns.push_back(std::move(copy));
      }
      old_row = named_row;
    } else {
      old_row->schema = relation->schema;
    }
    auto add_relation = [&](Relation* added) {
      from->relations.push_back(added);
      for (uint32_t i = 0; i < added->columns.size(); ++i) from->columns.push_back({added, i});
    };
    add_relation(old_row);
    FromItem assigned_from = *from;
    if (!statement.row_alias.empty()) {
      if (statement.row_alias == relation->alias) return Error(ER_NONUNIQ_TABLE, statement.row_alias);
      auto* alias = New<Relation>();
      alias->alias = statement.row_alias;
      std::vector<uint32_t> named_columns;
      if (!statement.columns.empty()) {
        for (const ast::ColumnReference* reference : statement.columns) {
          named_columns.push_back(table.ColumnOrdinal(reference->column).value_or(0));
        }
      } else {
        for (uint32_t i = 0; i < table.columns.size(); ++i) {
          if (!table.columns[i].is_invisible && !table.columns[i].is_hidden) named_columns.push_back(i);
        }
      }
      if (!statement.row_alias_columns.empty() && statement.row_alias_columns.size() != named_columns.size()) {
        return Error(ER_VIEW_WRONG_LIST);
      }
      for (size_t i = 0; i < named_columns.size(); ++i) {
        const Column& column = table.columns[named_columns[i]];
        ScopeColumn visible;
        visible.name = statement.row_alias_columns.empty() ? Copy(column.name) : statement.row_alias_columns[i];
        for (const ScopeColumn& known : alias->columns) {
          if (EqualIgnoreAsciiCase(known.name, visible.name)) return Error(ER_DUP_FIELDNAME, visible.name);
        }
        visible.id = node->new_row[named_columns[i]];
        visible.type = column.type;
        alias->columns.push_back(std::move(visible));
      }
      add_relation(alias);
    }
    std::vector<Relation*> sources;
    for (size_t i = extra_from; i < query.columns.size(); ++i) {
      const ScopeColumn& column = query.columns[i];
      Relation* source = nullptr;
      for (Relation* known : sources) {
        if (known->alias == column.origin.table && known->schema == column.origin.schema) source = known;
      }
      if (source == nullptr) {
        source = New<Relation>();
        source->alias = column.origin.table;
        source->schema = column.origin.schema;
        sources.push_back(source);
      }
      ScopeColumn copy = column;
      copy.expression = nullptr;
      source->columns.push_back(std::move(copy));
    }
    for (Relation* source : sources) {
      add_relation(source);
    }
    scope->from = from;
    scope->insert_table = &table;
    scope->new_row = &node->new_row;
    size_t update_privilege =
        insert_privilege == SIZE_MAX
            ? SIZE_MAX
            : NotePrivilege(relation->schema, relation->view != nullptr ? relation->view->name : table.name,
                            kPrivilegeUpdate);
    for (const ast::Assignment& assignment : statement.on_duplicate_key) {
      MAHI_ASSIGN_OR_RETURN(std::optional<VisibleColumn> visible,
                            LookUpInFrom(assignment.column->schema, assignment.column->table,
                                         assignment.column->column, assigned_from, "field list"));
      if (!visible) {
        if (bases.size() > 1) {
          for (const ScopeColumn& column : relation->columns) {
            if (EqualIgnoreAsciiCase(column.name, assignment.column->column)) {
              return Error(ER_VIEW_MULTIUPDATE, relation->schema, relation->view->name);
            }
          }
        }
        std::string name(assignment.column->column);
        if (!assignment.column->table.empty()) name = std::string(assignment.column->table) + "." + name;
        return Error(ER_BAD_FIELD_ERROR, name, "field list");
      }
      uint32_t ordinal = visible->column().origin.ordinal;
      if (update_privilege != SIZE_MAX) {
        plan_.privileges[update_privilege].columns.emplace_back(visible->column().name);
      }
      MAHI_ASSIGN_OR_RETURN(Expression * value, BindAssigned(*assignment.value, table, ordinal,
                                                             &node->expressions.row, scope));
      if (table.columns[ordinal].generated != GeneratedKind::kNone) continue;
      node->updates.push_back({ordinal, value});
    }
    if (extra_from != SIZE_MAX) {
      // Keep of the additional columns what the updates read.
      std::unordered_set<ColumnId> used;
      for (ColumnAssignment& update : node->updates) {
        Walk(update.value, [&](Expression*& part) {
          if (const auto* column = TryAs<ColumnExpression>(part)) used.insert(column->column);
          return true;
        });
      }
      auto* project = New<ProjectNode>();
      project->children = {query.node};
      for (size_t i = 0; i < query.columns.size(); ++i) {
        if (i >= extra_from && !used.contains(query.columns[i].id)) continue;
        project->output.push_back(query.columns[i].id);
        project->expressions.push_back(ColumnRef(query.columns[i]));
        if (i >= extra_from) node->extra.push_back(query.columns[i].id);
      }
      node->children = {project};
    }
  }
  if (!statement.returning.empty()) {
    MAHI_RETURN_IF_ERROR(BindReturning(statement.returning, base, node->expressions.row, &node->returning));
  }
  node->output = {};
  plan_.logical = node;
  AddDependency(table);
  return Finish();
}

Status StatementBinder::BindLoadData(const ast::LoadDataStatement& statement) {
  if (statement.is_xml) return Error(ER_NOT_SUPPORTED_YET, "LOAD XML");
  plan_.is_read_only = false;
  plan_.locks_rows = true;
  plan_.is_cacheable = false;
  MAHI_ASSIGN_OR_RETURN(std::string_view schema, SchemaOf(statement.table.schema));
  MAHI_ASSIGN_OR_RETURN(SchemaObject object,
                        context_.schema->GetTable(schema, statement.table.name, TableIntent::kWrite));
  if (object.table == nullptr) return Error(ER_NON_INSERTABLE_TABLE, statement.table.name, "LOAD");
  if (!statement.partitions.empty()) return Error(ER_PARTITION_CLAUSE_ON_NONPARTITIONED);
  const TableDefinition& table = *object.table;
  AddDependency(table);
  NotePrivilege(schema, table.name, kPrivilegeInsert | (statement.is_replace ? kPrivilegeDelete : 0));
  if (!statement.is_local) NotePrivilege("", "", kPrivilegeFile);

  auto* file = New<LoadFileNode>();
  file->file_name = std::string(statement.file_name);
  file->is_local = statement.is_local;
  file->ignore_lines = statement.ignore_lines;
  CopyFormat(statement.format, &file->format);
  auto* node = New<InsertNode>();
  node->table = object.table;
  node->ignore = statement.is_ignore || (statement.is_local && !statement.is_replace);
  node->on_duplicate = statement.is_replace ? DuplicateAction::kReplace
                       : node->ignore       ? DuplicateAction::kIgnore
                                            : DuplicateAction::kError;

  auto* project = New<ProjectNode>();
  auto* relation = New<Relation>();
  relation->schema = schema;
  relation->alias = Copy(table.name);
  std::unordered_map<std::string, ColumnId> variables;
  auto add_field = [&](std::string name, const SqlType& type) {
    ColumnId id = NewColumn(type, true);
    file->output.push_back(id);
    file->types.push_back(type);
    file->field_names.push_back(std::move(name));
    return id;
  };
  auto text_type = [&](const Column* column) {
    bool is_binary = column != nullptr && (column->type.IsBinaryString() || column->type.id == TypeId::kBit);
    return SqlType::LongText(is_binary ? kCollationBinary : context_.connection_collation);
  };
  std::vector<std::pair<uint32_t, Expression*>> values;
  auto add_column = [&](uint32_t ordinal) -> Status {
    const Column& column = table.columns[ordinal];
    for (const auto& [known, value] : values) {
      if (known == ordinal) return Error(ER_FIELD_SPECIFIED_TWICE, column.name);
    }
    SqlType type = text_type(&column);
    ColumnId id = add_field(column.name, type);
    if (column.generated != GeneratedKind::kNone) return Status::Ok();
    values.emplace_back(ordinal, ColumnRef(id, type, true));
    ScopeColumn visible;
    visible.name = Copy(column.name);
    visible.id = id;
    visible.type = type;
    relation->columns.push_back(std::move(visible));
    return Status::Ok();
  };
  if (statement.targets.empty()) {
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      if (!table.columns[i].is_invisible && !table.columns[i].is_hidden) MAHI_RETURN_IF_ERROR(add_column(i));
    }
  }
  for (const ast::LoadTarget& target : statement.targets) {
    if (target.column == nullptr) {
      std::string name = AsciiLower(target.user_variable);
      variables[name] = add_field("@" + name, text_type(nullptr));
      continue;
    }
    auto ordinal = table.ColumnOrdinal(target.column->column);
    if (!ordinal) return Error(ER_BAD_FIELD_ERROR, target.column->column, "field list");
    MAHI_RETURN_IF_ERROR(add_column(*ordinal));
  }
  // SET sees the fields as text; @variables of the target list are fields, not session variables.
  auto* scope = New<Scope>();
  auto* from = New<FromItem>();
  from->relations.push_back(relation);
  for (uint32_t i = 0; i < relation->columns.size(); ++i) from->columns.push_back({relation, i});
  scope->from = from;
  for (const ast::Assignment& assignment : statement.assignments) {
    auto ordinal = table.ColumnOrdinal(assignment.column->column);
    if (!ordinal) return Error(ER_BAD_FIELD_ERROR, assignment.column->column, "field list");
    MAHI_ASSIGN_OR_RETURN(Expression * value, BindAssigned(*assignment.value, table, *ordinal, nullptr, scope));
    Walk(value, [&](Expression*& part) {
      if (const auto* variable = TryAs<UserVariableExpression>(part)) {
        auto found = variables.find(std::string(variable->name));
        if (found != variables.end()) part = Cast(Reference(found->second), part->type);
      }
      return true;
    });
    bool is_known = false;
    for (auto& [known, bound] : values) {
      if (known == *ordinal) {
        bound = value;
        is_known = true;
      }
    }
    if (!is_known) values.emplace_back(*ordinal, value);
  }
  project->children = {file};
  for (auto& [ordinal, value] : values) {
    node->target.push_back(ordinal);
    project->expressions.push_back(value);
    const auto* plain = TryAs<ColumnExpression>(value);
    bool keeps_id = plain != nullptr &&
                    std::find(project->output.begin(), project->output.end(), plain->column) == project->output.end();
    project->output.push_back(keeps_id ? plain->column : NewColumn(value->type, true));
  }
  node->children = {project};
  MAHI_ASSIGN_OR_RETURN(node->expressions, BindRowExpressions(table));
  for (const Column& column : table.columns) node->new_row.push_back(NewColumn(column.type, true));
  plan_.logical = node;
  return Finish();
}

}  // namespace mahi
