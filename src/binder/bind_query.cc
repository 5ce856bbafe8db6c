// Query expressions: set operations, VALUES, TABLE, common table expressions, and the statement around them.
// Source: MySQL 8.4 manual, "Set Operations with UNION, INTERSECT, and EXCEPT", "VALUES Statement", "TABLE Statement",
// "WITH (Common Table Expressions)", "SELECT ... INTO Statement", "Locking Reads".
#include <algorithm>

#include "binder/internal/statement_binder.h"

namespace mahi {

StatementBinder::StatementBinder(const BindContext& context, Plan* plan) : context_(context), plan_(*plan) {}

Result<BoundQuery> StatementBinder::BindQueryExpression(const ast::QueryExpression& query, Scope* outer,
                                                        Captures* captures, CteBinding* ctes) {
  if (++depth_ > 1000) return Error(ER_STACK_OVERRUN_NEED_MORE, 983040, 1048576, 81920);
  CteBinding* visible = ctes;
  if (query.with != nullptr) {
    MAHI_ASSIGN_OR_RETURN(visible, DeclareCtes(*query.with, outer, captures, ctes));
  }
  Result<BoundQuery> bound = BindBody(*query.body, outer, captures, visible, &query);
  --depth_;
  if (!bound.ok()) return bound;
  if (query.with != nullptr) bound->node = PlaceCtes(visible, ctes, bound->node);
  return bound;
}

Result<BoundQuery> StatementBinder::BindBody(const ast::QueryBody& body, Scope* outer, Captures* captures,
                                             CteBinding* ctes, const ast::QueryExpression* clauses) {
  if (body.kind == ast::QueryBodyKind::kSelect) {
    return BindSelect(*body.As<ast::SelectBlock>(), outer, captures, ctes, clauses);
  }
  Result<BoundQuery> bound = BoundQuery();
  switch (body.kind) {
    case ast::QueryBodyKind::kSetOperation:
      bound = BindSetOperation(*body.As<ast::SetOperation>(), outer, captures, ctes);
      break;
    case ast::QueryBodyKind::kValues:
      bound = BindValues(*body.As<ast::ValuesBlock>(), outer, captures, ctes);
      break;
    case ast::QueryBodyKind::kTable:
      bound = BindTableBlock(*body.As<ast::TableBlock>(), outer, captures, ctes);
      break;
    default: {
      const ast::QueryExpression& inner = *body.As<ast::ParenthesizedQuery>()->query;
      if (inner.into != nullptr && (subquery_depth_ > 0 || derived_depth_ > 0)) return Error(ER_MISPLACED_INTO);
      bound = BindQueryExpression(inner, outer, captures, ctes);
      break;
    }
  }
  if (!bound.ok()) return bound;
  if (clauses != nullptr) {
    MAHI_RETURN_IF_ERROR(ApplyOrderAndLimit(*clauses, outer, captures, ctes, &*bound));
  }
  return bound;
}

Status StatementBinder::ApplyOrderAndLimit(const ast::QueryExpression& query, Scope* outer, Captures* captures,
                                           CteBinding* ctes, BoundQuery* bound) {
  auto* scope = New<Scope>();
  scope->outer = outer;
  scope->captures = captures;
  scope->ctes = ctes;
  scope->clause = Clause::kOrderBy;
  if (!query.order_by.empty()) {
    auto* relation = New<Relation>();
    relation->columns = bound->columns;
    FromItem from;
    from.node = bound->node;
    from.relations.push_back(relation);
    for (uint32_t i = 0; i < relation->columns.size(); ++i) {
      // Of columns with the same name the first counts.
      bool is_first = true;
      for (uint32_t k = 0; k < i; ++k) {
        is_first &= !EqualIgnoreAsciiCase(relation->columns[k].name, relation->columns[i].name);
      }
      if (is_first) from.columns.push_back({relation, i});
    }
    scope->from = &from;
    auto* sort = New<SortNode>();
    sort->children = {bound->node};
    sort->output = bound->node->output;
    for (const ast::OrderItem& item : query.order_by) {
      Expression* key = nullptr;
      if (item.expression->Is<ast::Literal>() &&
          item.expression->As<ast::Literal>()->literal_kind == ast::LiteralKind::kInteger) {
        const auto& literal = *item.expression->As<ast::Literal>();
        uint64_t position = literal.IntegerValue();
        if (position == 0 || position > bound->columns.size()) {
          return Error(ER_BAD_FIELD_ERROR, literal.text, "order clause");
        }
        key = ColumnRef(bound->columns[position - 1]);
      } else {
        if (item.expression->Is<ast::ColumnReference>()) {
          const auto& reference = *item.expression->As<ast::ColumnReference>();
          if (!reference.table.empty()) {
            return Error(ER_TABLENAME_NOT_ALLOWED_HERE, reference.table, "global ORDER clause");
          }
        }
        scope->is_block = true;  // an aggregate here is refused by name
        MAHI_ASSIGN_OR_RETURN(key, BindOperand(*item.expression, scope));
        scope->is_block = false;
        if (scope->has_aggregate) return Error(ER_AGGREGATE_ORDER_FOR_UNION, sort->keys.size() + 1);
      }
      sort->keys.push_back({key, item.is_descending});
    }
    scope->from = nullptr;
    bound->node = sort;
  }
  // SQL_CALC_FOUND_ROWS of the first block counts the rows of the whole.
  const ast::QueryBody* first = query.body;
  while (first->kind == ast::QueryBodyKind::kSetOperation) first = first->As<ast::SetOperation>()->first;
  bool counts = first->kind == ast::QueryBodyKind::kSelect && first->As<ast::SelectBlock>()->sql_calc_found_rows;
  return ApplyLimit(query.limit, counts, scope, &bound->node);
}

Result<Expression*> StatementBinder::BindLimitValue(const ast::Expression& expression, Scope* scope) {
  MAHI_ASSIGN_OR_RETURN(Expression * value, Bind(expression, scope));
  SettleParameter(value, SqlType::UnsignedBigInt());
  if (auto* constant = TryAs<ConstantExpression>(value)) {
    if (!constant->type.IsInteger()) return Error(ER_WRONG_ARGUMENTS, "LIMIT");
    if (constant->value.kind() == PhysicalType::kInt64) {
      constant->value = Value::UInt64(static_cast<uint64_t>(constant->value.int64()));
      constant->type = SqlType::UnsignedBigInt();
    }
    return constant;
  }
  return Cast(value, SqlType::UnsignedBigInt());
}

Status StatementBinder::ApplyLimit(const ast::Limit* limit, bool counts_found_rows, Scope* scope,
                                   LogicalNode** node) {
  if (limit == nullptr && !counts_found_rows) return Status::Ok();
  auto* limited = New<LimitNode>();
  limited->children = {*node};
  limited->output = (*node)->output;
  limited->counts_found_rows = counts_found_rows;
  if (limit != nullptr) {
    if (limit->offset != nullptr) {
      MAHI_ASSIGN_OR_RETURN(limited->offset, BindLimitValue(*limit->offset, scope));
    }
    if (limit->count != nullptr) {
      MAHI_ASSIGN_OR_RETURN(limited->count, BindLimitValue(*limit->count, scope));
    }
  }
  *node = limited;
  return Status::Ok();
}

Result<BoundQuery> StatementBinder::CombineQueries(BoundQuery left, BoundQuery right, SetOperator op,
                                                   bool is_distinct) {
  if (left.columns.size() != right.columns.size()) return Error(ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT);
  auto* node = New<SetOperationNode>();
  node->op = op;
  node->is_distinct = is_distinct;
  BoundQuery combined;
  std::vector<SqlType> types;
  for (size_t i = 0; i < left.columns.size(); ++i) {
    Expression* a = ColumnRef(left.columns[i]);
    Expression* b = ColumnRef(right.columns[i]);
    std::vector<Expression*> pair = {a, b};
    ResolveContext resolve = MakeResolveContext("UNION");
    ScopeColumn column = left.columns[i];
    Coercibility coercibility = Coercibility::kImplicit;
    std::vector<ArgumentInfo> infos = Infos(pair);
    MAHI_ASSIGN_OR_RETURN(column.type, CommonType(resolve, infos, &coercibility));
    column.coercibility = coercibility;
    column.is_nullable = op == SetOperator::kExcept ? left.columns[i].is_nullable
                         : op == SetOperator::kIntersect
                             ? left.columns[i].is_nullable && right.columns[i].is_nullable
                             : left.columns[i].is_nullable || right.columns[i].is_nullable;
    column.expression = nullptr;
    column.origin = {{}, {}, {}, column.name, nullptr, 0};
    column.id = NewColumn(column.type, column.is_nullable);
    Describe(column);
    types.push_back(column.type);
    node->output.push_back(column.id);
    combined.columns.push_back(std::move(column));
  }
  // Each side in the common types.
  auto cast_side = [&](const BoundQuery& side) -> LogicalNode* {
    bool is_same = true;
    auto* project = New<ProjectNode>();
    project->children = {side.node};
    for (size_t i = 0; i < side.columns.size(); ++i) {
      Expression* column = ColumnRef(side.columns[i]);
      Expression* cast = Cast(column, types[i]);
      is_same &= cast == column;
      project->expressions.push_back(cast);
      project->output.push_back(NewColumn(types[i], side.columns[i].is_nullable));
    }
    return is_same ? side.node : project;
  };
  node->children = {cast_side(left), cast_side(right)};
  node->types = std::move(types);
  combined.node = node;
  return combined;
}

Result<BoundQuery> StatementBinder::BindSetOperation(const ast::SetOperation& operation, Scope* outer,
                                                     Captures* captures, CteBinding* ctes) {
  MAHI_ASSIGN_OR_RETURN(BoundQuery left, BindBody(*operation.first, outer, captures, ctes, nullptr));
  for (const ast::SetOperand& operand : operation.operands) {
    const ast::QueryBody* block = operand.body;
    while (block->kind == ast::QueryBodyKind::kParenthesized) block = block->As<ast::ParenthesizedQuery>()->query->body;
    if (block->kind == ast::QueryBodyKind::kSelect) {
      const auto& select = *block->As<ast::SelectBlock>();
      if (select.sql_calc_found_rows) return Error(ER_CANT_USE_OPTION_HERE, "SQL_CALC_FOUND_ROWS");
      if (select.sql_buffer_result) return Error(ER_CANT_USE_OPTION_HERE, "SQL_BUFFER_RESULT");
      if (select.is_high_priority) return Error(ER_CANT_USE_OPTION_HERE, "HIGH_PRIORITY");
    }
    MAHI_ASSIGN_OR_RETURN(BoundQuery right, BindBody(*operand.body, outer, captures, ctes, nullptr));
    MAHI_ASSIGN_OR_RETURN(left, CombineQueries(std::move(left), std::move(right),
                                               static_cast<SetOperator>(operand.op), !operand.is_all));
  }
  return left;
}

Result<BoundQuery> StatementBinder::BindValues(const ast::ValuesBlock& values, Scope* outer, Captures* captures,
                                               CteBinding* ctes) {
  auto* scope = New<Scope>();
  scope->outer = outer;
  scope->captures = captures;
  scope->ctes = ctes;
  scope->clause = Clause::kValues;
  auto* node = New<ValuesNode>();
  size_t width = values.rows.empty() ? 0 : values.rows[0].size();
  for (size_t r = 0; r < values.rows.size(); ++r) {
    if (values.rows[r].size() != width) return Error(ER_WRONG_VALUE_COUNT_ON_ROW, r + 1);
    std::vector<Expression*> row;
    for (const ast::Expression* element : values.rows[r]) {
      if (element->Is<ast::Default>() && element->As<ast::Default>()->column == nullptr) {
        return Error(ER_TABLE_VALUE_CONSTRUCTOR_CANNOT_HAVE_DEFAULT);
      }
      MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*element, scope));
      SettleParameter(bound, SqlType::Varchar(65535, context_.connection_collation));
      row.push_back(bound);
    }
    node->rows.push_back(std::move(row));
  }
  BoundQuery result;
  for (size_t c = 0; c < width; ++c) {
    std::vector<Expression*> column_values;
    ScopeColumn column;
    column.is_nullable = false;
    for (std::vector<Expression*>& row : node->rows) {
      column_values.push_back(row[c]);
      column.is_nullable |= row[c]->is_nullable;
    }
    ResolveContext resolve = MakeResolveContext("VALUES");
    std::vector<ArgumentInfo> infos = Infos(column_values);
    MAHI_ASSIGN_OR_RETURN(column.type, CommonType(resolve, infos, &column.coercibility));
    for (std::vector<Expression*>& row : node->rows) row[c] = Cast(row[c], column.type);
    column.name = Copy("column_" + std::to_string(c));
    column.id = NewColumn();
    column.origin.original_name = column.name;
    Describe(column);
    column.origin = {};
    node->types.push_back(column.type);
    node->output.push_back(column.id);
    result.columns.push_back(std::move(column));
  }
  result.node = node;
  return result;
}

Result<BoundQuery> StatementBinder::BindTableBlock(const ast::TableBlock& table, Scope* outer, Captures* captures,
                                                   CteBinding* ctes) {
  // TABLE t is SELECT * FROM t.
  auto* named = New<ast::NamedTable>();
  named->name = table.table;
  named->source = table.source;
  auto* block = New<ast::SelectBlock>();
  block->source = table.source;
  auto* items = New<ast::SelectItem>();
  block->items = {items, 1};
  auto** from = static_cast<ast::TableReference**>(plan_.arena.Allocate(sizeof(ast::TableReference*)));
  *from = named;
  block->from = {from, 1};
  return BindSelect(*block, outer, captures, ctes, nullptr);
}

// --- Common table expressions.

CteBinding* StatementBinder::FindCte(CteBinding* ctes, std::string_view name) {
  for (CteBinding* cte = ctes; cte != nullptr; cte = cte->next) {
    if (cte->name == name) return cte;
  }
  return nullptr;
}

Status StatementBinder::NameCteColumns(const ast::CommonTable& table, std::vector<ScopeColumn>* columns) {
  if (!table.columns.empty()) {
    if (table.columns.size() != columns->size()) return Error(ER_VIEW_WRONG_LIST);
    for (size_t i = 0; i < columns->size(); ++i) (*columns)[i].name = Copy(table.columns[i]);
  }
  for (size_t i = 0; i < columns->size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (EqualIgnoreAsciiCase((*columns)[k].name, (*columns)[i].name)) {
        return Error(ER_DUP_FIELDNAME, (*columns)[i].name);
      }
    }
  }
  return Status::Ok();
}

Result<CteBinding*> StatementBinder::DeclareCtes(const ast::With& with, Scope* outer, Captures* captures,
                                                 CteBinding* ctes) {
  CteBinding* head = ctes;
  for (const ast::CommonTable& table : with.tables) {
    for (CteBinding* known = head; known != ctes; known = known->next) {
      if (known->name == table.name) return Error(ER_NONUNIQ_TABLE, table.name);
    }
    auto* cte = New<CteBinding>();
    cte->name = Copy(table.name);
    cte->table = &table;
    cte->cte = plan_.next_cte++;
    cte->level = captures;
    cte->next = head;
    ++derived_depth_;
    Status status = BindCte(cte, outer, captures, head, with.is_recursive);
    --derived_depth_;
    MAHI_RETURN_IF_ERROR(std::move(status));
    head = cte;
  }
  return head;
}

Status StatementBinder::BindCte(CteBinding* cte, Scope* outer, Captures* captures, CteBinding* visible,
                                bool is_recursive) {
  size_t captured = captures != nullptr ? captures->columns.size() : 0;
  if (is_recursive) {
    // Recursive when its query names it; found out by binding it with the name visible.
    MAHI_RETURN_IF_ERROR(BindRecursiveCte(cte, outer, captures, visible));
  } else {
    MAHI_ASSIGN_OR_RETURN(BoundQuery bound, BindQueryExpression(*cte->table->query, outer, captures, visible));
    MAHI_RETURN_IF_ERROR(NameCteColumns(*cte->table, &bound.columns));
    cte->definition = bound.node;
    cte->columns = std::move(bound.columns);
  }
  for (const ScopeColumn& column : cte->columns) cte->definition_ids.push_back(column.id);
  if (captures != nullptr && captures->columns.size() > captured) cte->is_used_deeper = true;
  return Status::Ok();
}

Status StatementBinder::BindRecursiveCte(CteBinding* cte, Scope* outer, Captures* captures, CteBinding* visible) {
  const ast::QueryExpression& query = *cte->table->query;
  const ast::QueryBody* body = query.body;
  cte->next = visible;
  cte->is_being_bound = true;
  cte->forbids_reference = false;
  auto finish_plain = [&](BoundQuery bound) -> Status {
    cte->is_being_bound = false;
    MAHI_RETURN_IF_ERROR(NameCteColumns(*cte->table, &bound.columns));
    cte->definition = bound.node;
    cte->columns = std::move(bound.columns);
    return Status::Ok();
  };
  if (body->kind != ast::QueryBodyKind::kSetOperation || query.with != nullptr) {
    MAHI_ASSIGN_OR_RETURN(BoundQuery bound, BindQueryExpression(query, outer, captures, cte));
    if (cte->is_recursive) return Error(ER_CTE_RECURSIVE_REQUIRES_UNION, cte->name);
    return finish_plain(std::move(bound));
  }
  const auto& operation = *body->As<ast::SetOperation>();
  BoundQuery seed;
  BoundQuery step;
  bool has_step = false;
  bool is_distinct = false;
  for (size_t i = 0; i <= operation.operands.size(); ++i) {
    const ast::QueryBody& part = i == 0 ? *operation.first : *operation.operands[i - 1].body;
    bool is_all = i == 0 || operation.operands[i - 1].is_all;
    SetOperator op = i == 0 ? SetOperator::kUnion : static_cast<SetOperator>(operation.operands[i - 1].op);
    bool was_recursive = cte->is_recursive;
    cte->is_recursive = false;
    cte->in_step = i > 0;
    cte->step_level = captures;
    size_t references = cte->working.size();
    if (i == 0) cte->forbids_reference = true;
    MAHI_ASSIGN_OR_RETURN(BoundQuery bound, BindBody(part, outer, captures, cte, nullptr));
    cte->forbids_reference = false;
    bool is_recursive_part = cte->working.size() > references;
    cte->is_recursive = was_recursive || is_recursive_part;
    if (i == 0) {
      seed = std::move(bound);
    } else if (!is_recursive_part) {
      if (has_step) return Error(ER_CTE_RECURSIVE_REQUIRES_NONRECURSIVE_FIRST, cte->name);
      MAHI_ASSIGN_OR_RETURN(seed, CombineQueries(std::move(seed), std::move(bound), op, !is_all));
    } else {
      if (op != SetOperator::kUnion) return Error(ER_NOT_SUPPORTED_YET, "INTERSECT and EXCEPT in a recursive CTE");
      if (cte->working.size() - references > 1) {
        return Error(ER_CTE_RECURSIVE_REQUIRES_SINGLE_REFERENCE, cte->name);
      }
      if (bound.columns.size() != seed.columns.size()) return Error(ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT);
      if (has_step) {
        MAHI_ASSIGN_OR_RETURN(step, CombineQueries(std::move(step), std::move(bound), op, !is_all));
      } else {
        step = std::move(bound);
      }
      has_step = true;
      is_distinct |= !is_all;
    }
    if (i == 0 || !has_step) {
      // The step sees the seed's columns, all of them nullable.
      cte->columns = seed.columns;
      MAHI_RETURN_IF_ERROR(NameCteColumns(*cte->table, &cte->columns));
      for (ScopeColumn& column : cte->columns) {
        column.is_nullable = true;
        column.coercibility = Coercibility::kImplicit;
      }
    }
  }
  cte->in_step = false;
  if (!has_step) {
    MAHI_RETURN_IF_ERROR(ApplyOrderAndLimit(query, outer, captures, visible, &seed));
    return finish_plain(std::move(seed));
  }
  cte->is_being_bound = false;
  auto* node = New<RecursiveCteNode>();
  node->cte = cte->cte;
  node->is_distinct = is_distinct;
  auto* project = New<ProjectNode>();
  project->children = {step.node};
  BoundQuery bound;
  for (size_t i = 0; i < seed.columns.size(); ++i) {
    ScopeColumn column = cte->columns[i];
    if (column.type.IsNull()) column.type = SqlType::Varbinary(0);
    node->types.push_back(column.type);
    project->expressions.push_back(Cast(ColumnRef(step.columns[i]), column.type));
    project->output.push_back(NewColumn(column.type, true));
    column.id = NewColumn(column.type, true);
    column.origin = {{}, {}, {}, column.name, nullptr, 0};
    Describe(column);
    node->output.push_back(column.id);
    bound.columns.push_back(std::move(column));
  }
  node->children = {seed.node, project};
  bound.node = node;
  if (!query.order_by.empty()) return Error(ER_NOT_SUPPORTED_YET, "ORDER BY over UNION in recursive Common Table Expression");
  MAHI_RETURN_IF_ERROR(ApplyOrderAndLimit(query, outer, captures, visible, &bound));
  cte->definition = bound.node;
  cte->columns = std::move(bound.columns);
  return Status::Ok();
}

Result<FromItem*> StatementBinder::BindCteReference(const ast::NamedTable& table, CteBinding* cte, Scope* scope) {
  LogicalNode* node = nullptr;
  std::vector<ScopeColumn> columns = cte->columns;
  std::string_view alias = Copy(table.alias.empty() ? table.name.name : table.alias);
  if (cte->is_being_bound) {
    if (cte->forbids_reference || !cte->in_step) {
      cte->is_recursive = true;
      // The first block may not be recursive.
      return Error(cte->table->query->body->kind == ast::QueryBodyKind::kSetOperation
                       ? ER_CTE_RECURSIVE_REQUIRES_NONRECURSIVE_FIRST
                       : ER_CTE_RECURSIVE_REQUIRES_UNION,
                   cte->name);
    }
    for (Scope* s = scope; s != nullptr; s = s->outer) {
      if (s->captures != nullptr && s->captures != cte->step_level) {
        return Error(ER_CTE_RECURSIVE_REQUIRES_SINGLE_REFERENCE, cte->name);
      }
      if (s->captures == cte->step_level) break;
    }
    if (scope->block != nullptr && (!scope->block->group_by.empty() || scope->block->is_distinct)) {
      if (!scope->block->group_by.empty()) return Error(ER_CTE_RECURSIVE_FORBIDS_AGGREGATION, cte->name);
    }
    auto* working = New<WorkingTableNode>();
    working->cte = cte->cte;
    working->alias = alias;
    for (ScopeColumn& column : columns) {
      if (column.type.IsNull()) column.type = SqlType::Varbinary(0);
      working->types.push_back(column.type);
      column.id = NewColumn(column.type, true);
      working->output.push_back(column.id);
    }
    cte->working.push_back(working);
    node = working;
  } else {
    auto* reference = New<CteReferenceNode>();
    reference->cte = cte->cte;
    reference->alias = alias;
    auto* project = New<ProjectNode>();
    project->children = {reference};
    for (ScopeColumn& column : columns) {
      ColumnId inner = NewColumn(column.type, column.is_nullable);
      reference->output.push_back(inner);
      reference->types.push_back(column.type);
      project->expressions.push_back(ColumnRef(inner, column.type, column.is_nullable));
      column.id = NewColumn(column.type, column.is_nullable);
      project->output.push_back(column.id);
    }
    Captures* level = nullptr;
    for (Scope* s = scope; s != nullptr && level == nullptr; s = s->outer) level = s->captures;
    if (level != cte->level) cte->is_used_deeper = true;
    for (CteBinding* open = scope->ctes; open != nullptr; open = open->next) {
      if (open->is_being_bound && open->in_step) cte->is_used_deeper = true;
    }
    cte->references.push_back(project);
    node = project;
  }
  BoundQuery query;
  query.node = node;
  query.columns = std::move(columns);
  return FromQuery(std::move(query), {}, alias, {}, {});
}

LogicalNode* StatementBinder::PlaceCtes(CteBinding* first, CteBinding* end, LogicalNode* body) {
  for (CteBinding* cte = first; cte != end; cte = cte->next) {
    if (cte->references.empty()) continue;
    bool is_recursive = cte->definition->kind == LogicalKind::kRecursiveCte;
    if (cte->references.size() == 1 && !is_recursive && !cte->is_used_deeper) {
      ProjectNode* reference = cte->references[0];
      reference->children = {cte->definition};
      for (size_t i = 0; i < reference->expressions.size(); ++i) {
        As<ColumnExpression>(reference->expressions[i])->column = cte->definition_ids[i];
      }
      continue;
    }
    auto* node = New<CteNode>();
    node->cte = cte->cte;
    node->name = cte->name;
    node->children = {cte->definition, body};
    node->output = body->output;
    body = node;
  }
  return body;
}

// --- Statements.

Status StatementBinder::ApplyLocking(const ast::QueryExpression& query, FromItem* from) {
  std::vector<const Relation*> locked;
  for (const ast::LockingClause& clause : query.locking) {
    RowLockMode mode = clause.strength == ast::LockStrength::kUpdate ? RowLockMode::kExclusive : RowLockMode::kShared;
    LockWaitPolicy policy = clause.wait == ast::LockWait::kNoWait       ? LockWaitPolicy::kNoWait
                            : clause.wait == ast::LockWait::kSkipLocked ? LockWaitPolicy::kSkipLocked
                                                                        : LockWaitPolicy::kWait;
    plan_.locks_rows = true;
    auto lock = [&](Relation* relation) -> Status {
      if (std::find(locked.begin(), locked.end(), relation) != locked.end()) {
        return Error(ER_DUPLICATE_TABLE_LOCK, relation->alias);
      }
      locked.push_back(relation);
      if (relation->get != nullptr) {
        relation->get->lock_mode = mode;
        relation->get->wait_policy = policy;
      }
      return Status::Ok();
    };
    if (clause.of_tables.empty()) {
      for (Relation* relation : from->relations) MAHI_RETURN_IF_ERROR(lock(relation));
      continue;
    }
    for (const ast::QualifiedName& name : clause.of_tables) {
      Relation* found = nullptr;
      for (Relation* relation : from->relations) {
        if (RelationMatches(*relation, name.schema, name.name)) found = relation;
      }
      if (found == nullptr) return Error(ER_UNRESOLVED_TABLE_LOCK, name.name);
      MAHI_RETURN_IF_ERROR(lock(found));
    }
  }
  return Status::Ok();
}

void StatementBinder::CopyFormat(const ast::FileFormat& from, FileFormat* to) {
  to->charset = std::string(from.charset);
  if (from.fields_terminated_by) to->fields_terminated_by = std::string(*from.fields_terminated_by);
  if (from.fields_enclosed_by) to->fields_enclosed_by = std::string(*from.fields_enclosed_by);
  to->fields_optionally_enclosed = from.fields_optionally_enclosed;
  if (from.fields_escaped_by) to->fields_escaped_by = std::string(*from.fields_escaped_by);
  if (from.lines_starting_by) to->lines_starting_by = std::string(*from.lines_starting_by);
  if (from.lines_terminated_by) to->lines_terminated_by = std::string(*from.lines_terminated_by);
}

Status StatementBinder::BindInto(const ast::QueryExpression& query, size_t column_count) {
  if (query.into == nullptr) return Status::Ok();
  const ast::IntoClause& clause = *query.into;
  SelectInto into;
  switch (clause.kind) {
    case ast::IntoKind::kVariables:
      into.kind = SelectIntoKind::kVariables;
      if (clause.variables.size() != column_count) return Error(ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT);
      for (const ast::IntoVariable& variable : clause.variables) {
        if (!variable.is_user_variable) return Error(ER_SP_UNDECLARED_VAR, variable.name);
        into.variables.push_back(AsciiLower(variable.name));
      }
      break;
    case ast::IntoKind::kOutfile:
      into.kind = SelectIntoKind::kOutfile;
      break;
    case ast::IntoKind::kDumpfile:
      into.kind = SelectIntoKind::kDumpfile;
      break;
  }
  if (clause.kind != ast::IntoKind::kVariables) NotePrivilege("", "", kPrivilegeFile);
  into.file_name = std::string(clause.file_name);
  CopyFormat(clause.format, &into.format);
  plan_.into = std::move(into);
  return Status::Ok();
}

void StatementBinder::SetResultColumns(const BoundQuery& query) {
  for (const ScopeColumn& column : query.columns) {
    ResultColumn result;
    result.name = std::string(column.name);
    result.original_name = std::string(column.origin.definition != nullptr || !column.origin.original_table.empty()
                                           ? column.origin.original_name
                                           : std::string_view());
    result.table = std::string(column.origin.table);
    result.original_table = std::string(column.origin.original_table);
    result.schema = std::string(column.origin.schema);
    result.type = column.type;
    result.is_nullable = column.is_nullable;
    if (column.origin.definition != nullptr) {
      const TableDefinition& table = *column.origin.definition;
      const Column& definition = table.columns[column.origin.ordinal];
      result.is_auto_increment = definition.is_auto_increment;
      result.is_on_update_now = definition.on_update_now;
      result.default_column = &definition;
      result.has_no_default =
          definition.default_kind == DefaultKind::kNone && !definition.is_nullable && !definition.is_auto_increment;
      for (const Index& index : table.indexes) {
        for (size_t part = 0; part < index.parts.size(); ++part) {
          if (index.parts[part].column != column.origin.ordinal) continue;
          if (index.kind == IndexKind::kPrimary) result.is_primary_key = true;
          if (index.kind == IndexKind::kUnique && index.parts.size() == 1) result.is_unique_key = true;
          if (part == 0 && index.kind != IndexKind::kPrimary && !(index.is_unique() && index.parts.size() == 1)) {
            result.is_multiple_key = true;
          }
        }
      }
    }
    plan_.columns.push_back(std::move(result));
  }
}

Status StatementBinder::BindSelectStatement(const ast::SelectStatement& statement) {
  MAHI_ASSIGN_OR_RETURN(BoundQuery bound, BindQueryExpression(*statement.query, nullptr, nullptr, nullptr));
  const ast::QueryExpression* query = statement.query;
  while (query->into == nullptr && query->body->kind == ast::QueryBodyKind::kParenthesized) {
    query = query->body->As<ast::ParenthesizedQuery>()->query;
  }
  MAHI_RETURN_IF_ERROR(BindInto(*query, bound.columns.size()));
  plan_.logical = bound.node;
  SetResultColumns(bound);
  return Finish();
}

Status StatementBinder::BindDo(const ast::DoStatement& statement) {
  auto* scope = New<Scope>();
  scope->is_block = false;
  auto* project = New<ProjectNode>();
  project->children = {New<SingleRowNode>()};
  for (const ast::SelectItem& item : statement.items) {
    if (item.expression == nullptr) return Error(ER_NO_TABLES_USED);
    MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*item.expression, scope));
    SettleParameter(bound, SqlType::Varchar(65535, context_.connection_collation));
    project->expressions.push_back(bound);
    project->output.push_back(NewColumn(bound->type, bound->is_nullable));
  }
  plan_.logical = project;
  return Finish();
}

Result<Expression*> StatementBinder::BindWithoutColumns(const ast::Expression& expression) {
  auto* scope = New<Scope>();
  MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(expression, scope));
  SettleParameter(bound, SqlType::Varchar(65535, context_.connection_collation));
  MAHI_RETURN_IF_ERROR(Finish());
  return bound;
}

Status StatementBinder::Finish() {
  SqlType text = SqlType::Varchar(65535, context_.connection_collation);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    SqlType type = text;
    for (ParameterExpression* parameter : parameters_[i]) {
      SettleParameter(parameter, text);
      type = parameter->type;
    }
    if (plan_.parameter_types.size() <= i) plan_.parameter_types.resize(i + 1);
    plan_.parameter_types[i] = type;
  }
  plan_.parameter_count = std::max<uint32_t>(plan_.parameter_count, static_cast<uint32_t>(parameters_.size()));
  return Status::Ok();
}

}  // namespace mahi
