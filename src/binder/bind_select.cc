// A query block. The clauses are bound in MySQL's order (FROM, select list, WHERE, GROUP BY, HAVING, ORDER BY); the plan is
//
//   FROM > Filter (WHERE) > Aggregate > [Project: items that HAVING names] > Filter (HAVING) > Window* > Project (items) >
//   [Distinct] > [Sort] > [Limit] > [Project: without sort columns]
//
// Source: MySQL 8.4 manual, "SELECT Statement".
#include <algorithm>

#include "binder/internal/group_rewriter.h"
#include "binder/internal/statement_binder.h"

namespace mahi {

namespace {

const ast::Literal* IntegerLiteral(const ast::Expression& expression) {
  if (!expression.Is<ast::Literal>()) return nullptr;
  const auto* literal = expression.As<ast::Literal>();
  return literal->literal_kind == ast::LiteralKind::kInteger ? literal : nullptr;
}

}  // namespace

Status StatementBinder::ExpandStar(const ast::SelectItem& item, Scope* scope, std::vector<SelectItem>* items) {
  auto add = [&](Relation* relation, const ScopeColumn& column) {
    SelectItem expanded;
    expanded.expression = column.expression != nullptr ? Clone(column.expression) : ColumnRef(column);
    expanded.name = column.name;
    expanded.origin = column.origin;
    NoteColumnUse(relation, column.name, kPrivilegeSelect);
    items->push_back(std::move(expanded));
  };
  if (item.star_table.empty()) {
    if (scope->from == nullptr) return Error(ER_NO_TABLES_USED);
    for (const VisibleColumn& visible : scope->from->columns) {
      if (!visible.column().is_invisible) add(visible.relation, visible.column());
    }
    return Status::Ok();
  }
  bool found = false;
  if (scope->from != nullptr) {
    for (Relation* relation : scope->from->relations) {
      if (!RelationMatches(*relation, item.star_schema, item.star_table)) continue;
      found = true;
      for (const ScopeColumn& column : relation->columns) {
        if (!column.is_invisible) add(relation, column);
      }
    }
  }
  if (!found) {
    std::string name(item.star_table);
    if (!item.star_schema.empty()) name = std::string(item.star_schema) + "." + name;
    return Error(ER_BAD_TABLE_ERROR, name);
  }
  return Status::Ok();
}

std::string_view StatementBinder::ItemName(const ast::SelectItem& item, const Expression*) {
  if (item.has_alias) {
    std::string_view alias = item.alias;
    while (!alias.empty() && static_cast<unsigned char>(alias.front()) <= ' ') alias.remove_prefix(1);
    return Copy(alias);
  }
  const ast::Expression& expression = *item.expression;
  if (!expression.is_parenthesized) {
    if (expression.Is<ast::ColumnReference>()) return Copy(expression.As<ast::ColumnReference>()->column);
    if (expression.Is<ast::Literal>()) {
      const auto& literal = *expression.As<ast::Literal>();
      if (literal.literal_kind == ast::LiteralKind::kString ||
          literal.literal_kind == ast::LiteralKind::kNationalString) {
        std::string_view name = literal.text;
        while (!name.empty() && (name.front() == ' ' || name.front() == '\n' || name.front() == '\t')) {
          name.remove_prefix(1);
        }
        return Copy(name);
      }
    }
    if (expression.Is<ast::Introducer>() &&
        expression.As<ast::Introducer>()->literal->literal_kind == ast::LiteralKind::kString) {
      return Copy(expression.As<ast::Introducer>()->literal->text);
    }
  }
  std::string_view text = TextOf(item.source);
  if (text.empty()) text = TextOf(expression.source);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return text;
}

ProjectNode* StatementBinder::PassThrough(LogicalNode* node) {
  auto* project = New<ProjectNode>();
  project->children = {node};
  project->output = node->output;
  for (ColumnId id : node->output) project->expressions.push_back(Reference(id));
  return project;
}

LogicalNode* StatementBinder::BridgeOuterColumns(LogicalNode* node, const std::vector<Expression**>& roots) {
  ProjectNode* bridge = nullptr;
  for (Expression** root : roots) {
    Walk(*root, [&](Expression*& part) {
      auto* subquery = TryAs<SubqueryExpression>(part);
      if (subquery == nullptr) return true;
      for (size_t i = 0; i < subquery->outer_columns.size(); ++i) {
        Expression*& argument = subquery->outer_arguments[i];
        ColumnId id = subquery->outer_columns[i];
        if (argument->kind == ExpressionKind::kOuterColumn) continue;
        if (const auto* column = TryAs<ColumnExpression>(argument); column != nullptr && column->column == id) continue;
        if (bridge == nullptr) bridge = PassThrough(node);
        if (std::find(bridge->output.begin(), bridge->output.end(), id) == bridge->output.end()) {
          if (id >= facts_.size()) Describe(id, {});
          facts_[id].type = argument->type;
          facts_[id].is_nullable = argument->is_nullable;
          bridge->output.push_back(id);
          bridge->expressions.push_back(argument);
        }
        argument = Reference(id);
      }
      return true;
    });
  }
  return bridge != nullptr ? bridge : node;
}

// A GROUP BY or ORDER BY item: a position, a name, or an expression. `matched` is the select item that it means.
Result<Expression*> StatementBinder::BindOrderItem(const ast::Expression& expression, Scope* scope,
                                                   std::vector<SelectItem>* items, bool is_group, size_t,
                                                   SelectItem** matched) {
  *matched = nullptr;
  if (const ast::Literal* literal = IntegerLiteral(expression); literal != nullptr) {
    uint64_t position = literal->IntegerValue();
    if (position == 0 || position > items->size()) {
      return Error(ER_BAD_FIELD_ERROR, literal->text, ClauseName(*scope));
    }
    *matched = &(*items)[position - 1];
    return (*matched)->expression;
  }
  if (expression.Is<ast::ColumnReference>() && expression.As<ast::ColumnReference>()->table.empty()) {
    const auto& reference = *expression.As<ast::ColumnReference>();
    MAHI_ASSIGN_OR_RETURN(SelectItem * item, FindItem(reference, scope, true));
    if (item != nullptr && is_group && scope->from != nullptr) {
      // GROUP BY prefers a column of FROM, but for a select item that is one itself.
      Result<std::optional<VisibleColumn>> column =
          LookUpInFrom(reference.schema, reference.table, reference.column, *scope->from, ClauseName(*scope));
      if (column.ok() && *column) {
        const auto* plain = TryAs<ColumnExpression>(item->expression);
        if (plain == nullptr || plain->column != (*column)->column().id) {
          NoteColumnUse((*column)->relation, (*column)->column().name, kPrivilegeSelect);
          const ScopeColumn& found = (*column)->column();
          return found.expression != nullptr ? Clone(found.expression) : ColumnRef(found);
        }
      }
    }
    if (item != nullptr) {
      *matched = item;
      return item->expression;
    }
  }
  return BindOperand(expression, scope);
}

Status StatementBinder::BindGroupBy(const ast::SelectBlock& block, Scope* scope, std::vector<SelectItem>* items,
                                    std::vector<Expression*>* keys) {
  scope->clause = Clause::kGroupBy;
  if (block.group_by_modifier == ast::GroupByModifier::kCube) return Error(ER_NOT_SUPPORTED_YET, "CUBE");
  for (size_t i = 0; i < block.group_by.size(); ++i) {
    SelectItem* matched = nullptr;
    MAHI_ASSIGN_OR_RETURN(Expression * key,
                          BindOrderItem(*block.group_by[i].expression, scope, items, true, i, &matched));
    if (ContainsAggregate(key)) return Error(ER_WRONG_GROUP_FIELD, matched != nullptr ? matched->name : key->text);
    if (ContainsWindow(key)) {
      if (matched == nullptr) return Error(ER_WINDOW_INVALID_WINDOW_FUNC_USE, "window function");
      return Error(ER_WRONG_GROUP_FIELD, matched->name);
    }
    SettleParameter(key, SqlType::Varchar(65535, context_.connection_collation));
    // The item and the key are the same node until grouping is rewritten; the key keeps it, the item gets a copy that
    // compares equal. A subquery stays shared: its item becomes a reference to the key.
    keys->push_back(key);
  }
  return Status::Ok();
}

Result<BoundQuery> StatementBinder::BindSelect(const ast::SelectBlock& block, Scope* outer, Captures* captures,
                                               CteBinding* ctes, const ast::QueryExpression* clauses) {
  auto* scope = New<Scope>();
  scope->outer = outer;
  scope->captures = captures;
  scope->ctes = ctes;
  scope->is_block = true;
  scope->block = &block;
  scope->has_group_by = !block.group_by.empty();

  MAHI_ASSIGN_OR_RETURN(FromItem * from, BindTables(block.from, scope));
  scope->from = from;
  LogicalNode* node = nullptr;
  std::vector<FunctionalDependency> dependencies;
  if (from != nullptr) {
    node = from->node;
    dependencies = from->dependencies;
    if (block.is_straight_join) {
      for (LogicalNode* join = node; join->kind == LogicalKind::kJoin; join = join->children[0]) {
        As<JoinNode>(join)->is_straight = true;
      }
    }
    if (clauses != nullptr) MAHI_RETURN_IF_ERROR(ApplyLocking(*clauses, from));
  } else {
    node = New<SingleRowNode>();
  }

  // Select list.
  std::vector<SelectItem> items;
  items.reserve(block.items.size());
  scope->items = &items;
  scope->allows_windows = true;
  for (const ast::SelectItem& item : block.items) {
    if (item.expression == nullptr) {
      MAHI_RETURN_IF_ERROR(ExpandStar(item, scope, &items));
      continue;
    }
    SelectItem bound;
    MAHI_ASSIGN_OR_RETURN(bound.expression, Bind(*item.expression, scope));
    if (bound.expression->kind == ExpressionKind::kRow) return Error(ER_OPERAND_COLUMNS, 1);
    SettleParameter(bound.expression, SqlType::Varchar(65535, context_.connection_collation));
    bound.ast = item.expression;
    bound.name = ItemName(item, bound.expression);
    bound.has_alias = item.has_alias;
    const auto* column = TryAs<ColumnExpression>(bound.expression);
    if (column != nullptr && column->column < facts_.size() && item.expression->Is<ast::ColumnReference>() &&
        from != nullptr) {
      const auto& reference = *item.expression->As<ast::ColumnReference>();
      Result<std::optional<VisibleColumn>> visible =
          LookUpInFrom(reference.schema, reference.table, reference.column, *from, "field list");
      if (visible.ok() && *visible) {
        bound.origin = (*visible)->column().origin;
        const Relation& relation = *(*visible)->relation;
        if (!item.has_alias && (relation.view != nullptr || relation.is_case_insensitive)) {
          bound.name = (*visible)->column().name;
        }
      }
    }
    items.push_back(std::move(bound));
  }
  scope->allows_windows = false;
  if (items.size() > 4096) return Error(ER_TOO_MANY_FIELDS);
  std::unordered_set<ColumnId> outputs;
  std::unordered_set<ColumnId> inputs(node->output.begin(), node->output.end());
  for (SelectItem& item : items) {
    const auto* column = TryAs<ColumnExpression>(item.expression);
    bool keeps_id = column != nullptr && inputs.contains(column->column) && !outputs.contains(column->column);
    item.output = keeps_id ? column->column : NewColumn(item.expression->type, item.expression->is_nullable);
    outputs.insert(item.output);
  }

  // WHERE.
  if (block.where != nullptr) {
    scope->clause = Clause::kWhere;
    MAHI_ASSIGN_OR_RETURN(Expression * condition, BindOperand(*block.where, scope));
    SettleParameter(condition, SqlType::BigInt());
    node = BridgeOuterColumns(node, {&condition});
    auto* filter = New<FilterNode>();
    filter->condition = AsNumberIfHex(condition);
    filter->children = {node};
    filter->output = node->output;
    node = filter;
    NoteEqualities(condition, &dependencies);
  }

  // GROUP BY.
  std::vector<Expression*> keys;
  if (!block.group_by.empty()) MAHI_RETURN_IF_ERROR(BindGroupBy(block, scope, &items, &keys));
  scope->group_keys = &keys;
  bool with_rollup = block.group_by_modifier == ast::GroupByModifier::kRollup && !keys.empty();

  // HAVING.
  Expression* having = nullptr;
  if (block.having != nullptr) {
    scope->clause = Clause::kHaving;
    MAHI_ASSIGN_OR_RETURN(having, BindOperand(*block.having, scope));
    SettleParameter(having, SqlType::BigInt());
    having = AsNumberIfHex(having);
  }
  MAHI_RETURN_IF_ERROR(CheckNamedWindows(block, scope));

  // ORDER BY.
  bool aggregates_before_order = scope->has_aggregate;
  std::vector<SortKey> sort;
  std::vector<SelectItem*> sort_items;
  if (clauses != nullptr) {
    scope->clause = Clause::kOrderBy;
    scope->allows_windows = true;
    for (size_t i = 0; i < clauses->order_by.size(); ++i) {
      const ast::OrderItem& order = clauses->order_by[i];
      SelectItem* matched = nullptr;
      MAHI_ASSIGN_OR_RETURN(Expression * key, BindOrderItem(*order.expression, scope, &items, false, i, &matched));
      SettleParameter(key, SqlType::Varchar(65535, context_.connection_collation));
      for (SelectItem& item : items) {
        if (matched == nullptr && SameExpression(item.expression, key)) matched = &item;
      }
      if (!aggregates_before_order && scope->has_aggregate && keys.empty() && IsFullGroupBy()) {
        return Error(ER_AGGREGATE_ORDER_NON_AGG_QUERY, i + 1);
      }
      sort.push_back({key, order.is_descending});
      sort_items.push_back(matched);
    }
    scope->allows_windows = false;
  }
  scope->clause = Clause::kSelectList;

  // Groups.
  bool is_aggregated = scope->has_aggregate || !keys.empty();
  std::vector<FunctionalDependency> result_dependencies;
  if (is_aggregated) {
    std::vector<Expression**> inner;
    auto collect = [&](Expression*& root) {
      Walk(root, [&](Expression*& part) {
        if (auto* aggregate = TryAs<AggregateExpression>(part)) {
          for (Expression*& argument : aggregate->arguments) inner.push_back(&argument);
          return false;
        }
        return true;
      });
    };
    for (SelectItem& item : items) collect(item.expression);
    if (having != nullptr) collect(having);
    for (SortKey& key : sort) collect(key.expression);
    for (Expression*& key : keys) inner.push_back(&key);
    node = BridgeOuterColumns(node, inner);
    GroupRewriter rewriter(this, keys, with_rollup, node, dependencies);
    for (size_t i = 0; i < items.size(); ++i) {
      MAHI_RETURN_IF_ERROR(rewriter.Rewrite(&items[i].expression, i + 1, "SELECT list"));
    }
    if (having != nullptr) MAHI_RETURN_IF_ERROR(rewriter.Rewrite(&having, 1, "HAVING clause"));
    for (size_t i = 0; i < sort.size(); ++i) {
      if (sort_items[i] == nullptr) MAHI_RETURN_IF_ERROR(rewriter.Rewrite(&sort[i].expression, i + 1, "ORDER BY clause"));
    }
    AggregateNode* aggregate = rewriter.Finish(node);
    if (!with_rollup) {
      FunctionalDependency grouped;
      grouped.from.assign(aggregate->output.begin(), aggregate->output.begin() + aggregate->keys.size());
      grouped.to = aggregate->output;
      result_dependencies = dependencies;
      result_dependencies.push_back(std::move(grouped));
    }
    node = aggregate;
  } else {
    result_dependencies = dependencies;
  }

  // What subqueries read of this block has an id of its own: give it to the value that it became.
  {
    std::vector<Expression**> roots;
    for (SelectItem& item : items) roots.push_back(&item.expression);
    if (having != nullptr) roots.push_back(&having);
    for (size_t i = 0; i < sort.size(); ++i) {
      if (sort_items[i] == nullptr) roots.push_back(&sort[i].expression);
    }
    node = BridgeOuterColumns(node, roots);
  }

  // Items that HAVING or a subquery names and that must be computed once.
  for (SelectItem& item : items) {
    if (item.early == 0) continue;
    ProjectNode* early = PassThrough(node);
    {
      Describe(item.early, {});
      facts_[item.early].type = item.expression->type;
      facts_[item.early].is_nullable = item.expression->is_nullable;
      early->output.push_back(item.early);
      early->expressions.push_back(item.expression);
      item.expression = Reference(item.early);
    }
    node = early;
  }
  if (having != nullptr) {
    auto* filter = New<FilterNode>();
    filter->condition = having;
    filter->children = {node};
    filter->output = node->output;
    node = filter;
  }

  if (scope->has_window) {
    std::vector<Expression**> roots;
    for (SelectItem& item : items) roots.push_back(&item.expression);
    for (size_t i = 0; i < sort.size(); ++i) {
      if (sort_items[i] == nullptr) roots.push_back(&sort[i].expression);
    }
    node = AddWindows(node, roots);
  }

  // Select list.
  auto* project = New<ProjectNode>();
  project->children = {node};
  std::unordered_set<ColumnId> below(node->output.begin(), node->output.end());
  for (SelectItem& item : items) {
    project->expressions.push_back(item.expression);
    project->output.push_back(item.output);
    if (item.origin.original_name.empty()) {
      Describe(item.output, {{}, {}, {}, item.name, nullptr, 0});
    } else {
      Describe(item.output, item.origin);
    }
    facts_[item.output].type = item.expression->type;
    facts_[item.output].is_nullable = item.expression->is_nullable;
    const auto* column = TryAs<ColumnExpression>(item.expression);
    if (column == nullptr || column->column != item.output) {
      FunctionalDependency computed;
      bool is_determined = true;
      Walk(item.expression, [&](Expression*& part) {
        if (const auto* used = TryAs<ColumnExpression>(part)) computed.from.push_back(used->column);
        if (part->kind == ExpressionKind::kSubquery || part->kind == ExpressionKind::kUserVariableAssignment) {
          is_determined = false;
        }
        if (const auto* call = TryAs<FunctionExpression>(part); call != nullptr && call->function != nullptr) {
          if ((call->function->flags & kFunctionPerRow) != 0) is_determined = false;
        }
        return true;
      });
      computed.to.push_back(item.output);
      if (is_determined) result_dependencies.push_back(std::move(computed));
      if (column != nullptr) result_dependencies.push_back({{item.output}, {column->column}});
    }
  }
  size_t visible_count = project->output.size();
  node = project;

  // Sort keys: outputs, or hidden columns beside them. Rows of an aggregated query without GROUP BY need no order.
  bool needs_sort = !sort.empty() && !(is_aggregated && keys.empty());
  std::vector<size_t> hidden;
  if (needs_sort) {
    for (size_t i = 0; i < sort.size(); ++i) {
      if (sort_items[i] != nullptr) {
        sort[i].expression = Reference(sort_items[i]->output);
        sort[i].expression->coercibility = sort_items[i]->expression->coercibility;
        continue;
      }
      Expression*& key = sort[i].expression;
      if (key->kind == ExpressionKind::kConstant) continue;
      bool uses_alias = false;
      std::vector<ColumnId> used;
      Walk(key, [&](Expression*& part) {
        if (const auto* column = TryAs<ColumnExpression>(part)) {
          if (below.contains(column->column)) {
            used.push_back(column->column);
          } else if (outputs.contains(column->column)) {
            uses_alias = true;
          }
        }
        return true;
      });
      if (block.is_distinct) {
        // With DISTINCT the order must be a matter of the rows that are left.
        std::unordered_set<ColumnId> known;
        for (size_t k = 0; k < visible_count; ++k) known.insert(project->output[k]);
        Close(result_dependencies, &known);
        for (ColumnId id : used) {
          if (!known.contains(id) && IsFullGroupBy()) {
            return Error(ER_FIELD_IN_ORDER_NOT_SELECT, i + 1, "ORDER BY clause", DescribeColumn(id), "DISTINCT");
          }
        }
      }
      auto pass = [&](ColumnId id, Expression* value) {
        if (std::find(project->output.begin(), project->output.end(), id) != project->output.end()) return;
        project->output.push_back(id);
        project->expressions.push_back(value);
      };
      if (uses_alias || key->kind == ExpressionKind::kColumn) {
        for (ColumnId id : used) {
          // A select item may have taken this id for its own value only when it is this very column.
          pass(id, Reference(id));
        }
      } else {
        ColumnId id = NewColumn(key->type, key->is_nullable);
        pass(id, key);
        Expression* reference = Reference(id);
        reference->coercibility = key->coercibility;
        reference->text = key->text;
        key = reference;
      }
    }
  }
  size_t total_count = project->output.size();

  if (block.is_distinct) {
    if (total_count == visible_count) {
      auto* distinct = New<DistinctNode>();
      distinct->children = {node};
      distinct->output = node->output;
      node = distinct;
    } else {
      // Hidden sort columns: any of the values that fall together.
      auto* groups = New<AggregateNode>();
      groups->children = {node};
      const AggregateDescriptor* any = FindAggregate("any_value");
      if (any == nullptr) return Error(ER_NOT_SUPPORTED_YET, "DISTINCT with this ORDER BY");
      std::unordered_map<ColumnId, ColumnId> renamed;
      for (size_t k = 0; k < visible_count; ++k) {
        groups->keys.push_back(Reference(project->output[k]));
        groups->output.push_back(project->output[k]);
      }
      for (size_t k = visible_count; k < total_count; ++k) {
        auto* aggregate = New<AggregateExpression>();
        aggregate->aggregate = any;
        aggregate->arguments = {Reference(project->output[k])};
        ResolveContext resolve = MakeResolveContext("any_value");
        std::vector<ArgumentInfo> infos = Infos(aggregate->arguments);
        MAHI_RETURN_IF_ERROR(any->resolve(resolve, infos, aggregate->options, &aggregate->signature));
        aggregate->type = aggregate->arguments[0]->type;
        aggregate->signature.result = aggregate->type;
        groups->aggregates.push_back(aggregate);
        ColumnId id = NewColumn(aggregate->type, true);
        renamed[project->output[k]] = id;
        groups->output.push_back(id);
      }
      for (SortKey& key : sort) {
        Walk(key.expression, [&](Expression*& part) {
          if (auto* column = TryAs<ColumnExpression>(part)) {
            auto found = renamed.find(column->column);
            if (found != renamed.end()) column->column = found->second;
          }
          return true;
        });
      }
      node = groups;
    }
  }
  if (needs_sort) {
    auto* sorted = New<SortNode>();
    sorted->children = {node};
    sorted->output = node->output;
    sorted->keys = std::move(sort);
    node = sorted;
  }
  if (clauses != nullptr) {
    MAHI_RETURN_IF_ERROR(ApplyLimit(clauses->limit, block.sql_calc_found_rows, scope, &node));
  }
  if (total_count > visible_count) {
    auto* narrowed = New<ProjectNode>();
    narrowed->children = {node};
    for (size_t k = 0; k < visible_count; ++k) {
      narrowed->output.push_back(project->output[k]);
      narrowed->expressions.push_back(Reference(project->output[k]));
    }
    node = narrowed;
  }

  BoundQuery bound;
  bound.node = node;
  bound.dependencies = std::move(result_dependencies);
  for (const SelectItem& item : items) {
    ScopeColumn column;
    column.name = item.name;
    column.id = item.output;
    column.type = item.expression->type;
    column.is_nullable = item.expression->is_nullable;
    column.coercibility = item.expression->coercibility;
    column.origin = item.origin;
    bound.columns.push_back(std::move(column));
  }
  return bound;
}

}  // namespace mahi
