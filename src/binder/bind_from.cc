// FROM: tables, views, derived tables, joins.
// Source: MySQL 8.4 manual, "JOIN Clause", "Derived Tables", "Lateral Derived Tables", "JSON Table Functions",
// "Index Hints".
#include <algorithm>

#include "binder/data_type.h"
#include "binder/internal/statement_binder.h"
#include "catalog/virtual_table.h"

namespace mahi {

namespace {

bool Contains(const std::vector<ColumnId>& ids, ColumnId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

void Collect(FromItem* into, const FromItem& from) {
  into->relations.insert(into->relations.end(), from.relations.begin(), from.relations.end());
  into->columns.insert(into->columns.end(), from.columns.begin(), from.columns.end());
}

void AllVisible(FromItem* item, Relation* relation) {
  item->relations.push_back(relation);
  for (uint32_t i = 0; i < relation->columns.size(); ++i) item->columns.push_back({relation, i});
}

// Calls visit(left, right) for each equality of the conjunction.
template <typename Visit>
void ForEachEquality(Expression* condition, Visit&& visit) {
  if (auto* logical = TryAs<LogicalExpression>(condition); logical != nullptr) {
    if (logical->op != LogicalOperator::kAnd) return;
    for (Expression* operand : logical->operands) ForEachEquality(operand, visit);
    return;
  }
  auto* call = TryAs<FunctionExpression>(condition);
  if (call == nullptr || call->function == nullptr || call->arguments.size() != 2) return;
  if (call->function->name != "=" && call->function->name != "<=>") return;
  visit(call->arguments[0], call->arguments[1]);
}

bool IsConstantHere(const Expression* expression) {
  const auto* cast = TryAs<FunctionExpression>(expression);
  if (cast != nullptr && cast->is_implicit_cast()) return IsConstantHere(cast->arguments[0]);
  return expression->kind == ExpressionKind::kConstant || expression->kind == ExpressionKind::kParameter ||
         expression->kind == ExpressionKind::kOuterColumn;
}

}  // namespace

Result<std::string_view> StatementBinder::SchemaOf(std::string_view given) {
  if (!given.empty()) return given;
  if (context_.database.empty()) return Error(ER_NO_DB_ERROR);
  return context_.database;
}

size_t StatementBinder::NotePrivilege(std::string_view schema, std::string_view table, uint64_t privileges) {
  if (!notes_privileges_) return SIZE_MAX;
  plan_.privileges.push_back({std::string(schema), std::string(table), privileges, {}});
  return plan_.privileges.size() - 1;
}

void StatementBinder::AddDependency(const TableDefinition& table) {
  for (const PlanDependency& known : plan_.dependencies) {
    if (known.id == table.id && !known.is_view) return;
  }
  plan_.dependencies.push_back({table.schema, table.name, table.id, table.version, false});
  if (table.is_temporary) plan_.is_cacheable = false;
}

Expression* StatementBinder::Clone(const Expression* expression) {
  Expression* copy = nullptr;
  auto make = [&]<typename T>(const T* node) { copy = plan_.arena.New<T>(*node); };
  switch (expression->kind) {
    case ExpressionKind::kConstant: make(As<ConstantExpression>(expression)); break;
    case ExpressionKind::kColumn: make(As<ColumnExpression>(expression)); break;
    case ExpressionKind::kOuterColumn: make(As<OuterColumnExpression>(expression)); break;
    case ExpressionKind::kParameter: make(As<ParameterExpression>(expression)); break;
    case ExpressionKind::kFunction: make(As<FunctionExpression>(expression)); break;
    case ExpressionKind::kLogical: make(As<LogicalExpression>(expression)); break;
    case ExpressionKind::kCase: make(As<CaseExpression>(expression)); break;
    case ExpressionKind::kCoalesce: make(As<CoalesceExpression>(expression)); break;
    case ExpressionKind::kInList: make(As<InListExpression>(expression)); break;
    case ExpressionKind::kRow: make(As<RowExpression>(expression)); break;
    case ExpressionKind::kSubquery: make(As<SubqueryExpression>(expression)); break;
    case ExpressionKind::kAggregate: make(As<AggregateExpression>(expression)); break;
    case ExpressionKind::kWindow: make(As<WindowExpression>(expression)); break;
    case ExpressionKind::kUserVariable: make(As<UserVariableExpression>(expression)); break;
    case ExpressionKind::kUserVariableAssignment: make(As<UserVariableAssignmentExpression>(expression)); break;
    case ExpressionKind::kSystemVariable: make(As<SystemVariableExpression>(expression)); break;
  }
  ForEachChild(copy, [&](Expression*& child) { child = Clone(child); });
  return copy;
}

void StatementBinder::MakeNullable(FromItem* item) {
  for (Relation* relation : item->relations) {
    for (ScopeColumn& column : relation->columns) column.is_nullable = true;
  }
  for (VisibleColumn& visible : item->columns) visible.relation->columns[visible.index].is_nullable = true;
}

void StatementBinder::NoteEqualities(Expression* condition, std::vector<FunctionalDependency>* dependencies) {
  ForEachEquality(condition, [&](Expression* left, Expression* right) {
    const auto* a = TryAs<ColumnExpression>(left);
    const auto* b = TryAs<ColumnExpression>(right);
    if (a != nullptr && b != nullptr) {
      dependencies->push_back({{a->column}, {b->column}});
      dependencies->push_back({{b->column}, {a->column}});
    } else if (a != nullptr && IsConstantHere(right)) {
      dependencies->push_back({{}, {a->column}});
    } else if (b != nullptr && IsConstantHere(left)) {
      dependencies->push_back({{}, {b->column}});
    }
  });
}

// The columns of the left side that ON reads determine which rows of the right side match.
Status StatementBinder::NoteLeftJoinEqualities(Expression* condition, const FromItem& left, const FromItem& right,
                                               FromItem* joined) {
  // What held of the right side alone holds of a NULL-complemented row when the NULLs tell it apart.
  auto is_not_null = [&](ColumnId id) {
    for (const Relation* relation : right.relations) {
      for (const ScopeColumn& column : relation->columns) {
        if (column.id == id) return !column.is_nullable;
      }
    }
    return false;
  };
  for (const FunctionalDependency& dependency : right.dependencies) {
    if (std::any_of(dependency.from.begin(), dependency.from.end(), is_not_null)) {
      joined->dependencies.push_back(dependency);
    }
  }
  if (condition == nullptr) return Status::Ok();
  FunctionalDependency matched;
  Walk(condition, [&](Expression*& node) {
    if (const auto* column = TryAs<ColumnExpression>(node)) {
      if (Contains(left.node->output, column->column)) matched.from.push_back(column->column);
    }
    return true;
  });
  ForEachEquality(condition, [&](Expression* a, Expression* b) {
    for (auto [column, other] : {std::pair{a, b}, std::pair{b, a}}) {
      const auto* weak = TryAs<ColumnExpression>(column);
      if (weak == nullptr || !Contains(right.node->output, weak->column)) continue;
      const auto* strong = TryAs<ColumnExpression>(other);
      if (IsConstantHere(other) || (strong != nullptr && Contains(left.node->output, strong->column))) {
        matched.to.push_back(weak->column);
      }
    }
  });
  if (!matched.to.empty() && !matched.from.empty()) joined->dependencies.push_back(std::move(matched));
  return Status::Ok();
}

Result<FromItem*> StatementBinder::BindTables(ast::List<ast::TableReference*> tables, Scope* scope) {
  FromItem* item = nullptr;
  for (const ast::TableReference* table : tables) {
    MAHI_ASSIGN_OR_RETURN(FromItem * next, BindTableReference(*table, scope, item));
    if (item == nullptr) {
      item = next;
      continue;
    }
    MAHI_RETURN_IF_ERROR(CheckUniqueAliases(*item, *next));
    MAHI_ASSIGN_OR_RETURN(item, CombineItems(item, next, JoinType::kInner, false, false));
  }
  return item;
}

Result<FromItem*> StatementBinder::BindTableReference(const ast::TableReference& table, Scope* scope,
                                                      FromItem* left) {
  if (++depth_ > 1000) return Error(ER_STACK_OVERRUN_NEED_MORE, 983040, 1048576, 81920);
  Result<FromItem*> result = [&]() -> Result<FromItem*> {
    switch (table.kind) {
      case ast::TableReferenceKind::kTable: return BindNamedTable(*table.As<ast::NamedTable>(), scope);
      case ast::TableReferenceKind::kDerived: return BindDerived(*table.As<ast::DerivedTable>(), scope, left);
      case ast::TableReferenceKind::kJoin: return BindJoin(*table.As<ast::Join>(), scope, left);
      case ast::TableReferenceKind::kJsonTable: return BindJsonTable(*table.As<ast::JsonTable>(), scope, left);
      case ast::TableReferenceKind::kGroup: {
        const auto& group = *table.As<ast::TableGroup>();
        FromItem* item = nullptr;
        for (const ast::TableReference* member : group.tables) {
          FromItem* visible = item == nullptr ? left : LateralView(left, item);
          MAHI_ASSIGN_OR_RETURN(FromItem * next, BindTableReference(*member, scope, visible));
          if (item == nullptr) {
            item = next;
            continue;
          }
          MAHI_RETURN_IF_ERROR(CheckUniqueAliases(*item, *next));
          MAHI_ASSIGN_OR_RETURN(item, CombineItems(item, next, JoinType::kInner, false, false));
        }
        return item;
      }
    }
    MAHI_UNREACHABLE();
  }();
  --depth_;
  return result;
}

Status StatementBinder::CheckUniqueAliases(const FromItem& left, const FromItem& right) {
  for (const Relation* a : left.relations) {
    for (const Relation* b : right.relations) {
      if (!a->alias.empty() && a->alias == b->alias && a->schema == b->schema) {
        return Error(ER_NONUNIQ_TABLE, a->alias);
      }
    }
  }
  return Status::Ok();
}

Result<IndexHints> StatementBinder::BindIndexHints(const ast::NamedTable& table, const TableDefinition& definition) {
  IndexHints hints;
  for (const ast::IndexHint& hint : table.index_hints) {
    for (std::string_view name : hint.indexes) {
      const Index* index = definition.FindIndex(name);
      if (index == nullptr || index->is_invisible) {
        return Error(ER_KEY_DOES_NOT_EXITS, name, table.alias.empty() ? table.name.name : table.alias);
      }
    }
    if (hint.scope != ast::IndexHintScope::kAll && hint.scope != ast::IndexHintScope::kJoin) continue;
    if (hint.kind == ast::IndexHintKind::kIgnore) {
      hints.ignore.insert(hints.ignore.end(), hint.indexes.begin(), hint.indexes.end());
      continue;
    }
    if (hints.has_use && hints.is_force != (hint.kind == ast::IndexHintKind::kForce)) {
      return Error(ER_WRONG_USAGE, "USE INDEX", "FORCE INDEX");
    }
    hints.has_use = true;
    hints.is_force |= hint.kind == ast::IndexHintKind::kForce;
    hints.use.insert(hints.use.end(), hint.indexes.begin(), hint.indexes.end());
  }
  return hints;
}

Result<FromItem*> StatementBinder::BindNamedTable(const ast::NamedTable& table, Scope* scope) {
  if (table.sample != nullptr) return Error(ER_NOT_SUPPORTED_YET, "TABLESAMPLE");
  if (table.name.schema.empty()) {
    for (Scope* s = scope; s != nullptr; s = s->outer) {
      if (s->ctes == nullptr) continue;
      if (CteBinding* cte = FindCte(s->ctes, table.name.name)) return BindCteReference(table, cte, scope);
      break;
    }
  }
  MAHI_ASSIGN_OR_RETURN(std::string_view schema, SchemaOf(table.name.schema));
  bool is_target = is_changing_ && subquery_depth_ == 0 && derived_depth_ == 0;
  MAHI_ASSIGN_OR_RETURN(SchemaObject object,
                        context_.schema->GetTable(schema, table.name.name,
                                                  is_target ? TableIntent::kWrite : TableIntent::kRead));
  if (object.table != nullptr) return BindBaseTable(table, object.table, schema);
  if (object.virtual_table != nullptr) return BindVirtualTable(table, object.virtual_table);
  return BindView(table, object.view);
}

Result<FromItem*> StatementBinder::BindBaseTable(const ast::NamedTable& table, const TableRef& definition,
                                                 std::string_view schema) {
  if (!table.partitions.empty()) return Error(ER_PARTITION_CLAUSE_ON_NONPARTITIONED);
  bool in_subquery = subquery_depth_ > 0 && derived_depth_ == 0;
  if (in_subquery) {
    for (const auto& [id, name] : changed_tables_) {
      if (id == definition->id) return Error(ER_UPDATE_TABLE_USED, name);
    }
  }
  AddDependency(*definition);
  auto* get = New<GetNode>();
  get->table = definition;
  auto* relation = New<Relation>();
  relation->schema = Copy(schema);
  relation->alias = Copy(table.alias.empty() ? std::string_view(definition->name) : table.alias);
  relation->table = definition;
  relation->get = get;
  get->alias = relation->alias;
  MAHI_ASSIGN_OR_RETURN(get->hints, BindIndexHints(table, *definition));
  size_t privilege = definition->is_temporary ? SIZE_MAX : NotePrivilege(schema, definition->name, kPrivilegeSelect);
  if (privilege != SIZE_MAX) relation->privileges.push_back(privilege);
  relation->columns.reserve(definition->columns.size());
  for (uint32_t i = 0; i < definition->columns.size(); ++i) {
    const Column& column = definition->columns[i];
    ScopeColumn visible;
    visible.name = column.is_hidden ? std::string_view() : std::string_view(column.name);
    visible.id = NewColumn();
    visible.type = column.type;
    visible.is_nullable = column.is_nullable;
    visible.is_invisible = column.is_invisible || column.is_hidden;
    visible.coercibility = column.type.IsNumeric() || column.type.IsTemporal() ? Coercibility::kNumeric
                                                                               : Coercibility::kImplicit;
    visible.origin = {relation->schema, relation->alias, definition->name, column.name, definition.get(), i};
    Describe(visible);
    get->output.push_back(visible.id);
    get->ordinals.push_back(i);
    relation->columns.push_back(std::move(visible));
  }
  auto* item = New<FromItem>();
  item->node = get;
  AllVisible(item, relation);
  for (const Index& index : definition->indexes) {
    if (!index.is_unique()) continue;
    FunctionalDependency dependency;
    bool is_key = true;
    for (const IndexPart& part : index.parts) {
      const Column& column = definition->columns[part.column];
      is_key &= !column.is_nullable && !column.is_hidden && part.prefix_length == 0;
      dependency.from.push_back(get->output[part.column]);
    }
    if (!is_key) continue;
    dependency.to = get->output;
    item->dependencies.push_back(std::move(dependency));
  }
  return item;
}

Result<FromItem*> StatementBinder::BindVirtualTable(const ast::NamedTable& table, const VirtualTable* definition) {
  const TableDefinition& columns = *definition->definition();
  auto* get = New<VirtualGetNode>();
  get->table = definition;
  auto* relation = New<Relation>();
  relation->schema = columns.schema;
  relation->alias = Copy(table.alias.empty() ? std::string_view(columns.name) : table.alias);
  relation->is_case_insensitive = true;
  get->alias = relation->alias;
  plan_.is_cacheable = false;
  for (uint32_t i = 0; i < columns.columns.size(); ++i) {
    const Column& column = columns.columns[i];
    ScopeColumn visible;
    visible.name = column.name;
    visible.id = NewColumn();
    visible.type = column.type;
    visible.is_nullable = column.is_nullable;
    visible.is_invisible = column.is_invisible || column.is_hidden;
    visible.origin = {relation->schema, relation->alias, columns.name, column.name, nullptr, i};
    Describe(visible);
    get->output.push_back(visible.id);
    get->ordinals.push_back(i);
    relation->columns.push_back(std::move(visible));
  }
  auto* item = New<FromItem>();
  item->node = get;
  AllVisible(item, relation);
  return item;
}

Result<FromItem*> StatementBinder::FromQuery(BoundQuery query, std::string_view schema, std::string_view alias,
                                             ast::List<std::string_view> names, std::string_view original_table) {
  if (!names.empty() && names.size() != query.columns.size()) return Error(ER_VIEW_WRONG_LIST);
  auto* relation = New<Relation>();
  relation->schema = Copy(schema);
  relation->alias = Copy(alias);
  alias = relation->alias;
  relation->columns = std::move(query.columns);
  for (size_t i = 0; i < relation->columns.size(); ++i) {
    ScopeColumn& column = relation->columns[i];
    if (!names.empty()) column.name = Copy(names[i]);
    for (size_t k = 0; k < i; ++k) {
      if (EqualIgnoreAsciiCase(relation->columns[k].name, column.name)) return Error(ER_DUP_FIELDNAME, column.name);
    }
    column.is_invisible = false;
    if (column.coercibility != Coercibility::kNumeric) column.coercibility = Coercibility::kImplicit;
    column.origin = {schema, alias, original_table, column.name, nullptr, 0};
    Describe(column);
  }
  auto* item = New<FromItem>();
  item->node = query.node;
  item->dependencies = std::move(query.dependencies);
  AllVisible(item, relation);
  return item;
}

Result<FromItem*> StatementBinder::BindView(const ast::NamedTable& table, const ViewRef& view) {
  for (const ViewDefinition* open : open_views_) {
    if (open->id == view->id) return Error(ER_VIEW_RECURSIVE, view->schema, view->name);
  }
  if (open_views_.size() > 60) return Error(ER_STACK_OVERRUN_NEED_MORE, 983040, 1048576, 81920);
  plan_.dependencies.push_back({view->schema, view->name, view->id, view->version, true});
  size_t privilege = NotePrivilege(view->schema, view->name, kPrivilegeSelect);
  MAHI_ASSIGN_OR_RETURN(ast::Statement * parsed,
                        context_.parse_statement(Copy(view->select_text), view->sql_mode, &plan_.arena));
  if (parsed->kind != ast::StatementKind::kSelect) return Error(ER_VIEW_INVALID, view->schema, view->name);
  const ast::QueryExpression& query = *parsed->As<ast::SelectStatement>()->query;

  // The view speaks for itself: its text, its sql_mode and collation, its definer's privileges.
  std::string_view text = text_;
  BindContext context = context_;
  bool notes_privileges = notes_privileges_;
  std::string_view alias = table.alias.empty() ? Copy(view->name) : table.alias;
  text_ = parsed->text;
  context_.database = Copy(view->schema);
  context_.connection_collation = view->connection_collation;
  context_.sql_mode = (view->sql_mode & ~kSqlModeOnlyFullGroupBy);
  notes_privileges_ &= view->is_security_invoker;
  open_views_.push_back(view.get());
  bool is_plain = query.body->kind == ast::QueryBodyKind::kSelect && query.limit == nullptr && query.with == nullptr &&
                  view->algorithm != ViewAlgorithm::kTemptable;
  if (is_plain) {
    const auto& block = *query.body->As<ast::SelectBlock>();
    is_plain = !block.is_distinct && block.group_by.empty() && block.having == nullptr && !block.from.empty();
  }
  Result<FromItem*> result = nullptr;
  bool must_merge = merges_views_ && subquery_depth_ == 0 && derived_depth_ == 0;
  if (must_merge && is_plain) result = BindMergedView(table, view, *query.body->As<ast::SelectBlock>());
  if (result.ok() && *result == nullptr) {
    uint32_t subquery_depth = subquery_depth_;
    ++derived_depth_;
    Result<BoundQuery> bound = BindQueryExpression(query, nullptr, nullptr, nullptr);
    --derived_depth_;
    subquery_depth_ = subquery_depth;
    if (bound.ok()) {
      std::vector<std::string_view> names;
      for (const std::string& name : view->columns) names.push_back(Copy(name));
      auto* list = plan_.arena.New<std::vector<std::string_view>>(std::move(names));
      result = FromQuery(std::move(bound).value(), Copy(view->schema), alias, *list, Copy(view->name));
    } else {
      result = bound.TakeStatus();
    }
  }
  open_views_.pop_back();
  text_ = text;
  context_ = context;
  notes_privileges_ = notes_privileges;
  if (!result.ok()) {
    switch (result.error().number()) {
      case ER_NO_SUCH_TABLE:
      case ER_BAD_DB_ERROR:
      case ER_BAD_FIELD_ERROR:
      case ER_NON_UNIQ_ERROR:
      case ER_SP_DOES_NOT_EXIST:
      case ER_VIEW_WRONG_LIST:
      case ER_VIEW_INVALID:
        return Error(ER_VIEW_INVALID, view->schema, view->name);
      default:
        return result;
    }
  }
  Relation* relation = (*result)->relations[0];
  relation->view = view;
  if (privilege != SIZE_MAX) relation->privileges.push_back(privilege);
  return result;
}

// The tables of an updatable view stay visible to the plan; its columns are expressions over them.
Result<FromItem*> StatementBinder::BindMergedView(const ast::NamedTable& table, const ViewRef& view,
                                                  const ast::SelectBlock& block) {
  Scope scope;
  scope.is_block = true;
  MAHI_ASSIGN_OR_RETURN(FromItem * from, BindTables(block.from, &scope));
  scope.from = from;
  std::vector<SelectItem> items;
  for (const ast::SelectItem& item : block.items) {
    if (item.expression == nullptr) {
      MAHI_RETURN_IF_ERROR(ExpandStar(item, &scope, &items));
      continue;
    }
    SelectItem bound;
    MAHI_ASSIGN_OR_RETURN(bound.expression, BindOperand(*item.expression, &scope));
    items.push_back(bound);
  }
  if (items.size() != view->columns.size()) return Error(ER_VIEW_WRONG_LIST);
  LogicalNode* node = from->node;
  if (block.where != nullptr) {
    scope.clause = Clause::kWhere;
    MAHI_ASSIGN_OR_RETURN(Expression * condition, BindOperand(*block.where, &scope));
    auto* filter = New<FilterNode>();
    filter->condition = condition;
    filter->children = {node};
    filter->output = node->output;
    node = filter;
  }
  auto* relation = New<Relation>();
  relation->schema = Copy(view->schema);
  relation->alias = table.alias.empty() ? Copy(view->name) : table.alias;
  relation->base = from->relations;
  for (size_t i = 0; i < items.size(); ++i) {
    ScopeColumn column;
    column.name = Copy(view->columns[i]);
    column.expression = items[i].expression;
    if (const auto* plain = TryAs<ColumnExpression>(items[i].expression)) column.id = plain->column;
    column.type = items[i].expression->type;
    column.is_nullable = items[i].expression->is_nullable;
    column.coercibility = items[i].expression->coercibility;
    column.origin = {relation->schema, relation->alias, relation->alias, column.name, nullptr, 0};
    // Base column, for assignments and DEFAULT(column).
    for (const Relation* base : from->relations) {
      for (const ScopeColumn& inner : base->columns) {
        if (column.id != 0 && inner.id == column.id) {
          column.origin.definition = inner.origin.definition;
          column.origin.ordinal = inner.origin.ordinal;
        }
      }
    }
    relation->columns.push_back(std::move(column));
  }
  // An aggregated view is computed like any other query.
  if (scope.has_aggregate) return nullptr;
  auto* item = New<FromItem>();
  item->node = node;
  AllVisible(item, relation);
  return item;
}

Result<FromItem*> StatementBinder::BindDerived(const ast::DerivedTable& table, Scope* scope, FromItem* left) {
  if (table.alias.empty()) return Error(ER_DERIVED_MUST_HAVE_ALIAS);
  Result<BoundQuery> bound = BoundQuery();
  CteBinding* ctes = nullptr;
  for (Scope* s = scope; s != nullptr && ctes == nullptr; s = s->outer) ctes = s->ctes;
  std::vector<ColumnId> references;
  ++derived_depth_;
  if (table.is_lateral && left != nullptr) {
    auto* lateral = New<Scope>();
    lateral->outer = scope->outer;
    lateral->captures = scope->captures;
    lateral->from = left;
    lateral->clause = Clause::kOn;
    lateral->lateral_references = &references;
    bound = BindQueryExpression(*table.query, lateral, nullptr, ctes);
  } else {
    bound = BindQueryExpression(*table.query, scope->outer, scope->captures, ctes);
  }
  --derived_depth_;
  if (!bound.ok()) return bound.TakeStatus();
  if (table.query->into != nullptr) return Error(ER_MISPLACED_INTO);
  MAHI_ASSIGN_OR_RETURN(FromItem * item, FromQuery(std::move(bound).value(), {}, table.alias, table.columns, {}));
  item->lateral_references = std::move(references);
  return item;
}

FromItem* StatementBinder::LateralView(FromItem* outer_left, FromItem* left) {
  if (outer_left == nullptr) return left;
  auto* both = New<FromItem>();
  Collect(both, *outer_left);
  Collect(both, *left);
  return both;
}

Result<FromItem*> StatementBinder::CombineItems(FromItem* left, FromItem* right, JoinType type, bool is_straight,
                                                bool) {
  auto* join = New<JoinNode>();
  join->type = type;
  join->is_straight = is_straight;
  join->children = {left->node, right->node};
  join->output = left->node->output;
  join->output.insert(join->output.end(), right->node->output.begin(), right->node->output.end());
  auto* item = New<FromItem>();
  item->node = join;
  Collect(item, *left);
  Collect(item, *right);
  item->lateral_references = left->lateral_references;
  for (ColumnId id : right->lateral_references) {
    if (Contains(left->node->output, id)) {
      join->is_lateral = true;
    } else {
      item->lateral_references.push_back(id);
    }
  }
  if (join->is_lateral && (type == JoinType::kRight || type == JoinType::kFull)) {
    return Error(ER_NOT_SUPPORTED_YET, "LATERAL on the right side of RIGHT JOIN");
  }
  if (type == JoinType::kInner) {
    item->dependencies = left->dependencies;
    item->dependencies.insert(item->dependencies.end(), right->dependencies.begin(), right->dependencies.end());
  }
  return item;
}

Result<FromItem*> StatementBinder::BindJoin(const ast::Join& join, Scope* scope, FromItem* outer_left) {
  MAHI_ASSIGN_OR_RETURN(FromItem * left, BindTableReference(*join.left, scope, outer_left));
  MAHI_ASSIGN_OR_RETURN(FromItem * right, BindTableReference(*join.right, scope, LateralView(outer_left, left)));
  MAHI_RETURN_IF_ERROR(CheckUniqueAliases(*left, *right));
  JoinType type = join.join_kind == ast::JoinKind::kLeft    ? JoinType::kLeft
                  : join.join_kind == ast::JoinKind::kRight ? JoinType::kRight
                  : join.join_kind == ast::JoinKind::kFull  ? JoinType::kFull
                                                            : JoinType::kInner;
  MAHI_ASSIGN_OR_RETURN(FromItem * joined, CombineItems(left, right, type,
                                                        join.join_kind == ast::JoinKind::kStraight, false));
  auto* node = As<JoinNode>(joined->node);
  Expression* condition = nullptr;
  if (join.is_natural || !join.using_columns.empty()) {
    MAHI_RETURN_IF_ERROR(JoinByNames(join, left, right, type, joined, &condition));
  } else if (join.on != nullptr) {
    auto* on = New<Scope>();
    on->outer = scope->outer;
    on->captures = scope->captures;
    on->ctes = scope->ctes;
    on->from = joined;
    on->clause = Clause::kOn;
    MAHI_ASSIGN_OR_RETURN(condition, BindOperand(*join.on, on));
    SettleParameter(condition, SqlType::BigInt());
    condition = AsNumberIfHex(condition);
  }
  node->condition = condition;
  switch (type) {
    case JoinType::kInner:
      if (condition != nullptr) NoteEqualities(condition, &joined->dependencies);
      break;
    case JoinType::kLeft:
      joined->dependencies = left->dependencies;
      MAHI_RETURN_IF_ERROR(NoteLeftJoinEqualities(condition, *left, *right, joined));
      MakeNullable(right);
      break;
    case JoinType::kRight:
      joined->dependencies = right->dependencies;
      MAHI_RETURN_IF_ERROR(NoteLeftJoinEqualities(condition, *right, *left, joined));
      MakeNullable(left);
      break;
    default:
      MakeNullable(left);
      MakeNullable(right);
      break;
  }
  return joined;
}

// NATURAL JOIN and USING: the common columns come first, once; then the others of the first table, then those of the
// second. For a RIGHT JOIN the first table is the right one.
Status StatementBinder::JoinByNames(const ast::Join& join, FromItem* left, FromItem* right, JoinType type,
                                    FromItem* joined, Expression** condition) {
  FromItem* first = type == JoinType::kRight ? right : left;
  FromItem* second = type == JoinType::kRight ? left : right;
  auto find = [](const FromItem& item, std::string_view name, int* count) {
    const VisibleColumn* found = nullptr;
    *count = 0;
    for (const VisibleColumn& visible : item.columns) {
      if (!EqualIgnoreAsciiCase(visible.column().name, name)) continue;
      found = &visible;
      ++*count;
    }
    return found;
  };
  int count = 0;
  for (std::string_view name : join.using_columns) {
    for (const FromItem* side : {left, right}) {
      const VisibleColumn* found = find(*side, name, &count);
      if (found == nullptr) return Error(ER_BAD_FIELD_ERROR, name, "from clause");
      if (count > 1) return Error(ER_NON_UNIQ_ERROR, name, "from clause");
    }
  }
  std::vector<Expression*> equalities;
  std::vector<VisibleColumn> common;
  std::vector<VisibleColumn> first_rest;
  std::vector<std::string_view> common_names;
  ProjectNode* project = nullptr;
  for (const VisibleColumn& visible : first->columns) {
    std::string_view name = visible.column().name;
    bool is_common = false;
    if (join.is_natural) {
      const VisibleColumn* other = visible.column().is_invisible || name.empty() ? nullptr : find(*second, name, &count);
      is_common = other != nullptr && !other->column().is_invisible;
      if (is_common && count > 1) return Error(ER_NON_UNIQ_ERROR, name, "from clause");
    } else {
      for (std::string_view used : join.using_columns) is_common |= EqualIgnoreAsciiCase(used, name);
    }
    if (!is_common) {
      first_rest.push_back(visible);
      continue;
    }
    for (std::string_view known : common_names) {
      if (EqualIgnoreAsciiCase(known, name)) return Error(ER_NON_UNIQ_ERROR, name, "from clause");
    }
    common_names.push_back(name);
    const VisibleColumn* other = find(*second, name, &count);
    auto reference = [&](const VisibleColumn& side) {
      NoteColumnUse(side.relation, side.column().name, kPrivilegeSelect);
      return side.column().expression != nullptr ? Clone(side.column().expression) : ColumnRef(side.column());
    };
    Expression* a = reference(visible);
    Expression* b = reference(*other);
    bool swap = type == JoinType::kRight;
    MAHI_ASSIGN_OR_RETURN(Expression * equal, Compare("=", swap ? b : a, swap ? a : b, Copy(name)));
    equalities.push_back(equal);
    if (type != JoinType::kFull) {
      common.push_back(visible);
      continue;
    }
    // The coalesced column gets an id of its own, made by a projection above the join.
    if (project == nullptr) {
      project = New<ProjectNode>();
      project->children = {joined->node};
      project->output = joined->node->output;
      for (ColumnId id : joined->node->output) {
        Expression* passed = Reference(id);
        passed->is_nullable = true;
        project->expressions.push_back(passed);
      }
    }
    Expression* nullable_a = reference(visible);
    Expression* nullable_b = reference(*other);
    nullable_a->is_nullable = true;
    MAHI_ASSIGN_OR_RETURN(Expression * merged, Coalesce({nullable_a, nullable_b}, Copy(name)));
    auto* relation = New<Relation>();
    ScopeColumn column;
    column.name = name;
    column.id = NewColumn();
    column.type = merged->type;
    column.coercibility = merged->coercibility;
    column.origin = {{}, {}, {}, name, nullptr, 0};
    Describe(column);
    project->output.push_back(column.id);
    project->expressions.push_back(merged);
    joined->dependencies.push_back({{visible.column().id, other->column().id}, {column.id}});
    relation->columns.push_back(std::move(column));
    common.push_back({relation, 0});
  }
  joined->columns = std::move(common);
  joined->columns.insert(joined->columns.end(), first_rest.begin(), first_rest.end());
  for (const VisibleColumn& visible : second->columns) {
    bool is_common = false;
    for (std::string_view known : common_names) is_common |= EqualIgnoreAsciiCase(known, visible.column().name);
    if (!is_common) joined->columns.push_back(visible);
  }
  if (!equalities.empty()) *condition = MakeLogical(LogicalOperator::kAnd, std::move(equalities), {});
  if (project != nullptr) {
    As<JoinNode>(joined->node)->condition = *condition;
    joined->node = project;
  }
  return Status::Ok();
}

Result<FromItem*> StatementBinder::BindJsonTable(const ast::JsonTable& table, Scope* scope, FromItem* left) {
  if (table.alias.empty()) return Error(ER_DERIVED_MUST_HAVE_ALIAS);
  auto* node = New<JsonTableNode>();
  auto* lateral = New<Scope>();
  std::vector<ColumnId> references;
  lateral->outer = scope->outer;
  lateral->captures = scope->captures;
  lateral->ctes = scope->ctes;
  lateral->from = left;
  lateral->clause_name = "a table function argument";
  lateral->lateral_references = &references;
  lateral->clause = Clause::kOn;
  MAHI_ASSIGN_OR_RETURN(node->document, BindOperand(*table.document, lateral));
  SettleParameter(node->document, SqlType::LongText(kCollationUtf8mb4Bin));
  if (!node->document->type.IsJson()) {
    if (!node->document->type.IsString() && !node->document->type.IsNull()) {
      return Error(ER_WRONG_ARGUMENTS, "JSON_TABLE");
    }
    // The operator parses it: a cast of text to JSON here would make one JSON string of it.
    node->document = Cast(node->document, SqlType::LongText(kCollationUtf8mb4Bin));
  }
  auto* relation = New<Relation>();
  relation->alias = Copy(table.alias);
  node->alias = relation->alias;
  if (!table.path->Is<ast::Literal>()) return Error(ER_WRONG_ARGUMENTS, "JSON_TABLE");
  node->path = Copy(table.path->As<ast::Literal>()->text);
  MAHI_RETURN_IF_ERROR(BindJsonColumns(table.columns, &node->columns, relation, lateral, 0));
  for (const ScopeColumn& column : relation->columns) node->output.push_back(column.id);
  auto* item = New<FromItem>();
  item->node = node;
  item->lateral_references = std::move(references);
  AllVisible(item, relation);
  return item;
}

Status StatementBinder::BindJsonColumns(ast::List<ast::JsonTableColumn> columns, std::vector<JsonTableColumn>* out,
                                        Relation* relation, Scope* scope, uint32_t depth) {
  if (depth > 16) return Error(ER_JT_MAX_NESTED_PATH, 16, relation->alias);
  auto action = [this](const ast::JsonAction& from, JsonTableOnEvent* event, std::string_view* text) {
    *event = from.kind == ast::JsonActionKind::kError     ? JsonTableOnEvent::kError
             : from.kind == ast::JsonActionKind::kDefault ? JsonTableOnEvent::kDefault
                                                          : JsonTableOnEvent::kNull;
    if (from.kind == ast::JsonActionKind::kDefault && from.value != nullptr && from.value->Is<ast::Literal>()) {
      *text = Copy(from.value->As<ast::Literal>()->text);
    }
  };
  for (const ast::JsonTableColumn& column : columns) {
    JsonTableColumn bound;
    bound.kind = static_cast<JsonTableColumnKind>(column.kind);
    bound.name = Copy(column.name);
    if (column.path != nullptr && column.path->Is<ast::Literal>()) bound.path = Copy(column.path->As<ast::Literal>()->text);
    action(column.on_empty, &bound.on_empty, &bound.default_on_empty);
    action(column.on_error, &bound.on_error, &bound.default_on_error);
    if (column.kind == ast::JsonTableColumnKind::kNested) {
      MAHI_RETURN_IF_ERROR(BindJsonColumns(column.nested, &bound.nested, relation, scope, depth + 1));
      out->push_back(std::move(bound));
      continue;
    }
    bound.type = SqlType::UnsignedBigInt();
    if (column.type != nullptr) {
      MAHI_ASSIGN_OR_RETURN(bound.type, ResolveColumnType(*column.type, column.name, context_.connection_collation,
                                                          true, false, context_.diagnostics));
    } else {
      bound.type = SqlType::Int(true);
    }
    bound.column = NewColumn();
    for (const ScopeColumn& known : relation->columns) {
      if (EqualIgnoreAsciiCase(known.name, column.name)) return Error(ER_DUP_FIELDNAME, column.name);
    }
    ScopeColumn visible;
    visible.name = bound.name;
    visible.id = bound.column;
    visible.type = bound.type;
    visible.origin = {{}, relation->alias, {}, bound.name, nullptr, 0};
    Describe(visible);
    relation->columns.push_back(std::move(visible));
    out->push_back(std::move(bound));
  }
  return Status::Ok();
}

}  // namespace mahi
