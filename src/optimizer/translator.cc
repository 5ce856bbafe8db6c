#include "optimizer/translator.h"

#include <algorithm>
#include <cmath>

#include "catalog/virtual_table.h"
#include "optimizer/cardinality.h"
#include "optimizer/cost.h"
#include "optimizer/join_builder.h"
#include "optimizer/logical_util.h"
#include "optimizer/rule/predicate.h"
#include "optimizer/table_reader.h"

namespace mahi {

int32_t OuterScope::Find(ColumnId column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == column) return static_cast<int32_t>(first_slot + i);
  }
  return parent == nullptr ? -1 : parent->Find(column);
}

namespace {

int32_t FindSlot(const std::vector<ColumnId>& layout, ColumnId column) {
  auto found = std::find(layout.begin(), layout.end(), column);
  return found == layout.end() ? -1 : static_cast<int32_t>(found - layout.begin());
}

double RowsOf(const PhysicalNode* node) { return node->estimated_rows; }

void Estimate(PhysicalNode* node, double rows, double cost) {
  node->estimated_rows = rows;
  node->estimated_cost = cost;
}

// The value of a LIMIT operand that is known now.
std::optional<double> KnownCount(Expression* expression) {
  const auto* constant = TryAs<ConstantExpression>(expression);
  if (constant == nullptr || constant->value.is_null()) return std::nullopt;
  if (constant->value.kind() == PhysicalType::kUInt64) return static_cast<double>(constant->value.uint64());
  if (constant->value.kind() == PhysicalType::kInt64) return static_cast<double>(constant->value.int64());
  return std::nullopt;
}

// Rows that a LIMIT reads at most; -1: not known.
double RowsRead(const LimitNode& limit) {
  if (limit.counts_found_rows || limit.count == nullptr) return -1;
  std::optional<double> count = KnownCount(limit.count);
  std::optional<double> offset = limit.offset == nullptr ? 0.0 : KnownCount(limit.offset);
  if (!count || !offset) return 100;  // a parameter: usually small
  return *count + *offset;
}

bool HasSideEffect(Expression* expression) {
  ExpressionTraits traits = TraitsOf(expression);
  return traits.has_side_effect;
}

}  // namespace

void Translator::Describe(PhysicalNode* node, const Layout& layout) {
  node->types.clear();
  node->names.clear();
  node->types.reserve(layout.size());
  node->names.reserve(layout.size());
  for (ColumnId id : layout) {
    const ColumnInfo& info = planner_.column(id);
    node->types.push_back(*info.type);
    node->names.emplace_back(info.name);
  }
}

Result<std::vector<uint32_t>> Translator::SlotsOf(const std::vector<ColumnId>& columns, const Layout& layout) {
  std::vector<uint32_t> slots;
  slots.reserve(columns.size());
  for (ColumnId column : columns) {
    int32_t slot = FindSlot(layout, column);
    if (slot < 0) return Error(ER_INTERNAL_ERROR, "optimizer: a column is missing from a plan");
    slots.push_back(static_cast<uint32_t>(slot));
  }
  return slots;
}

Result<Expression*> Translator::Resolve(Expression* expression, const Layout& layout, const OuterScope* outer) {
  ColumnId id = 0;
  if (const auto* column = TryAs<ColumnExpression>(expression)) id = column->column;
  if (const auto* column = TryAs<OuterColumnExpression>(expression)) id = column->column;
  if (id != 0) {
    int32_t slot = FindSlot(layout, id);
    if (slot >= 0) {
      auto* column = planner_.New<ColumnExpression>();
      static_cast<Expression&>(*column) = *expression;
      column->kind = ExpressionKind::kColumn;
      column->column = id;
      column->slot = slot;
      return column;
    }
    int32_t outer_slot = outer == nullptr ? -1 : outer->Find(id);
    if (outer_slot < 0) return Error(ER_INTERNAL_ERROR, "optimizer: a column has no source");
    auto* column = planner_.New<OuterColumnExpression>();
    static_cast<Expression&>(*column) = *expression;
    column->kind = ExpressionKind::kOuterColumn;
    column->column = id;
    column->outer_slot = outer_slot;
    return column;
  }
  if (auto* subquery = TryAs<SubqueryExpression>(expression)) return ResolveSubquery(subquery, layout, outer);
  Expression* copy = ShallowCopy(planner_, expression);
  Status status;
  ForEachChild(copy, [&](Expression*& child) {
    if (!status.ok() || child == nullptr) return;
    Result<Expression*> resolved = Resolve(child, layout, outer);
    if (resolved.ok()) {
      child = *resolved;
    } else {
      status = resolved.TakeStatus();
    }
  });
  MAHI_RETURN_IF_ERROR(std::move(status));
  return copy;
}

Result<Expression*> Translator::ResolveSubquery(SubqueryExpression* subquery, const Layout& layout,
                                                const OuterScope* outer) {
  auto* copy = planner_.New<SubqueryExpression>(*subquery);
  for (Expression*& left : copy->left) {
    MAHI_ASSIGN_OR_RETURN(left, Resolve(left, layout, outer));
  }
  ColumnSet free_columns = FreeColumns(subquery->logical);
  ColumnSet output(subquery->output);
  output.AddAll(subquery->logical->output);
  for (Expression* right : subquery->right) {
    ColumnSet extra = ColumnsOf(right);
    extra.RemoveAll(output);
    free_columns.AddAll(extra);
  }
  OuterScope scope;
  scope.columns = free_columns.ToVector();
  scope.first_slot = planner_.plan->outer_slot_count;
  planner_.plan->outer_slot_count += static_cast<uint32_t>(scope.columns.size());
  copy->first_outer_slot = scope.first_slot;
  copy->outer_columns = scope.columns;
  copy->outer_arguments.clear();
  for (ColumnId column : scope.columns) {
    MAHI_ASSIGN_OR_RETURN(Expression * argument, Resolve(planner_.Column(column), layout, outer));
    copy->outer_arguments.push_back(argument);
  }
  // EXISTS looks at no column.
  std::vector<ColumnId> wanted;
  if (subquery->subquery_kind != SubqueryKind::kExists) {
    wanted = subquery->output.empty() ? subquery->logical->output : subquery->output;
  }
  Wishes wishes;
  if (subquery->subquery_kind == SubqueryKind::kExists) wishes.row_limit = 1;
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, TranslateExact(subquery->logical, wanted, &scope, wishes));
  copy->physical = built.node;
  copy->output = wanted;
  for (Expression*& right : copy->right) {
    MAHI_ASSIGN_OR_RETURN(right, Resolve(right, built.layout, &scope));
  }
  return copy;
}

Result<PhysicalNode*> Translator::TranslateRoot(LogicalNode* node) {
  bool is_dml = node->kind == LogicalKind::kInsert || node->kind == LogicalKind::kUpdate ||
                node->kind == LogicalKind::kDelete;
  if (is_dml) {
    MAHI_ASSIGN_OR_RETURN(BuiltPlan built, Translate(node, ColumnSet(node->output), nullptr));
    return built.node;
  }
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, TranslateExact(node, node->output, nullptr));
  return built.node;
}

Result<BuiltPlan> Translator::TranslateExact(LogicalNode* node, const std::vector<ColumnId>& columns,
                                             const OuterScope* outer, const Wishes& wishes) {
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, Translate(node, ColumnSet(columns), outer, wishes));
  if (built.layout == columns) return built;
  // Projections merge: a Project at the top is narrowed or reordered in place.
  auto* project = planner_.New<PhysicalProject>();
  project->children = {built.node};
  MAHI_ASSIGN_OR_RETURN(std::vector<uint32_t> slots, SlotsOf(columns, built.layout));
  if (built.node->kind == PhysicalKind::kProject) {
    auto* below = As<PhysicalProject>(built.node);
    bool is_free = true;  // each expression used at most once, and none with effects lost
    std::vector<bool> used(below->expressions.size());
    for (uint32_t slot : slots) {
      if (used[slot] && below->expressions[slot]->kind != ExpressionKind::kColumn) is_free = false;
      used[slot] = true;
    }
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i] && HasSideEffect(below->expressions[i])) is_free = false;
    }
    if (is_free) {
      std::vector<Expression*> expressions;
      for (uint32_t slot : slots) expressions.push_back(below->expressions[slot]);
      below->expressions = std::move(expressions);
      return Done(below, columns);
    }
  }
  for (ColumnId column : columns) {
    MAHI_ASSIGN_OR_RETURN(Expression * expression, Resolve(planner_.Column(column), built.layout, outer));
    project->expressions.push_back(expression);
  }
  Estimate(project, RowsOf(built.node), built.node->estimated_cost);
  return Done(project, columns);
}

Result<BuiltPlan> Translator::Translate(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                        const Wishes& wishes) {
  switch (node->kind) {
    case LogicalKind::kSingleRow: {
      auto* single = planner_.New<PhysicalSingleRow>();
      Estimate(single, 1, 0);
      return Done(single, {});
    }
    case LogicalKind::kEmpty: {
      auto* empty = planner_.New<PhysicalEmpty>();
      Estimate(empty, 0, 0);
      return Done(empty, node->output);
    }
    case LogicalKind::kGet:
      return TableReader(*this, outer).Read(As<GetNode>(node), {}, needed, wishes);
    case LogicalKind::kVirtualGet: return TranslateVirtualGet(node, {}, needed, outer);
    case LogicalKind::kJsonTable: return TranslateJsonTable(node, outer);
    case LogicalKind::kValues: return TranslateValues(node, outer);
    case LogicalKind::kLoadFile: {
      auto* load = planner_.New<PhysicalLoadFile>();
      load->logical = As<LoadFileNode>(node);
      Estimate(load, 1000, 1000);
      return Done(load, node->output);
    }
    case LogicalKind::kFilter: return TranslateFilter(node, needed, outer, wishes);
    case LogicalKind::kProject: return TranslateProject(node, needed, outer, wishes);
    case LogicalKind::kJoin: return JoinBuilder(*this, outer).Build(node, {}, needed, wishes);
    case LogicalKind::kAggregate: return TranslateAggregate(node, needed, outer, wishes);
    case LogicalKind::kWindow: return TranslateWindow(node, needed, outer);
    case LogicalKind::kDistinct: return TranslateDistinct(node, outer, wishes);
    case LogicalKind::kSort: return TranslateSort(node, needed, outer, wishes, nullptr);
    case LogicalKind::kLimit: return TranslateLimit(node, needed, outer, wishes);
    case LogicalKind::kSetOperation: return TranslateSetOperation(node, needed, outer, wishes);
    case LogicalKind::kCte: return TranslateCte(node, needed, outer, wishes);
    case LogicalKind::kCteReference: return TranslateCteReference(node, needed);
    case LogicalKind::kRecursiveCte: return TranslateRecursiveCte(node, outer);
    case LogicalKind::kWorkingTable: return TranslateCteReference(node, needed);
    case LogicalKind::kInsert: return TranslateInsert(node, outer);
    case LogicalKind::kUpdate: return TranslateUpdate(node, outer);
    case LogicalKind::kDelete: return TranslateDelete(node, outer);
  }
  return Error(ER_INTERNAL_ERROR, "optimizer: unknown logical node");
}

Result<BuiltPlan> Translator::AddFilter(BuiltPlan input, const std::vector<Expression*>& conjuncts,
                                        const OuterScope* outer) {
  if (conjuncts.empty()) return input;
  auto* filter = planner_.New<PhysicalFilter>();
  filter->children = {input.node};
  MAHI_ASSIGN_OR_RETURN(filter->condition, Resolve(Conjunction(planner_, conjuncts), input.layout, outer));
  double rows = RowsOf(input.node);
  double selectivity = 1;
  for (Expression* conjunct : conjuncts) selectivity *= Selectivity(planner_, conjunct);
  Estimate(filter, rows * selectivity, input.node->estimated_cost + rows * kFilterCost);
  return Done(filter, std::move(input.layout));
}

Result<BuiltPlan> Translator::TranslateFilter(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                              const Wishes& wishes) {
  std::vector<Expression*> conjuncts;
  LogicalNode* input = node;
  while (input->kind == LogicalKind::kFilter) {
    SplitConjuncts(As<FilterNode>(input)->condition, &conjuncts);
    input = input->children[0];
  }
  if (input->kind == LogicalKind::kGet) {
    return TableReader(*this, outer).Read(As<GetNode>(input), conjuncts, needed, wishes);
  }
  if (input->kind == LogicalKind::kVirtualGet) return TranslateVirtualGet(input, conjuncts, needed, outer);
  if (input->kind == LogicalKind::kJoin) return JoinBuilder(*this, outer).Build(input, conjuncts, needed, wishes);
  ColumnSet below = needed;
  for (Expression* conjunct : conjuncts) CollectColumns(conjunct, &below);
  Wishes passed = wishes;
  if (passed.row_limit >= 0) passed.row_limit *= 3;
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, Translate(input, below, outer, passed));
  return AddFilter(std::move(built), conjuncts, outer);
}

Result<BuiltPlan> Translator::TranslateVirtualGet(LogicalNode* node, const std::vector<Expression*>& conjuncts,
                                                  const ColumnSet& needed, const OuterScope* outer) {
  auto* get = As<VirtualGetNode>(node);
  auto* scan = planner_.New<PhysicalVirtualScan>();
  scan->table = get->table;
  scan->alias = get->alias;
  ColumnSet read = needed;
  for (Expression* conjunct : conjuncts) CollectColumns(conjunct, &read);
  Layout layout;
  for (size_t i = 0; i < get->ordinals.size(); ++i) {
    if (!read.Contains(get->output[i])) continue;
    scan->ordinals.push_back(get->ordinals[i]);
    layout.push_back(get->output[i]);
  }
  // column = value: the scan may use it, and the filter still checks it.
  ColumnSet own(get->output);
  for (Expression* conjunct : conjuncts) {
    if (!IsCall(conjunct, "=")) continue;
    auto* call = As<FunctionExpression>(conjunct);
    for (int side = 0; side < 2; ++side) {
      const auto* column = TryAs<ColumnExpression>(call->arguments[side]);
      Expression* value = call->arguments[1 - side];
      if (column == nullptr || !own.Contains(column->column) || ColumnsOf(value).Intersects(own)) continue;
      if (!TraitsOf(value).is_movable() || TraitsOf(value).has_subquery) continue;
      if (!(value->type.physical() == column->type.physical())) continue;
      if (value->type.IsString() && value->type.collation != column->type.collation) continue;
      auto position = std::find(get->output.begin(), get->output.end(), column->column) - get->output.begin();
      MAHI_ASSIGN_OR_RETURN(Expression * resolved, Resolve(value, {}, outer));
      scan->lookups.emplace_back(get->ordinals[position], resolved);
      break;
    }
  }
  if (!conjuncts.empty()) {
    MAHI_ASSIGN_OR_RETURN(scan->filter, Resolve(Conjunction(planner_, conjuncts), layout, outer));
  }
  double rows = get->table->estimated_rows();
  double selectivity = 1;
  for (Expression* conjunct : conjuncts) selectivity *= Selectivity(planner_, conjunct);
  Estimate(scan, rows * selectivity, rows * 10);
  return Done(scan, std::move(layout));
}

Result<BuiltPlan> Translator::TranslateJsonTable(LogicalNode* node, const OuterScope* outer) {
  auto* json = As<JsonTableNode>(node);
  auto* scan = planner_.New<PhysicalJsonTable>();
  scan->definition = json;
  MAHI_ASSIGN_OR_RETURN(scan->document, Resolve(json->document, {}, outer));
  Estimate(scan, 10, 10);
  return Done(scan, node->output);
}

Result<BuiltPlan> Translator::TranslateValues(LogicalNode* node, const OuterScope* outer) {
  auto* values = As<ValuesNode>(node);
  auto* result = planner_.New<PhysicalValues>();
  result->rows.reserve(values->rows.size());
  for (const std::vector<Expression*>& row : values->rows) {
    std::vector<Expression*>& resolved = result->rows.emplace_back();
    resolved.reserve(row.size());
    for (Expression* expression : row) {
      if (expression->kind == ExpressionKind::kConstant || expression->kind == ExpressionKind::kParameter) {
        resolved.push_back(expression);
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(Expression * copy, Resolve(expression, {}, outer));
      resolved.push_back(copy);
    }
  }
  Estimate(result, static_cast<double>(values->rows.size()), static_cast<double>(values->rows.size()) * 0.1);
  return Done(result, node->output);
}

Result<BuiltPlan> Translator::TranslateProject(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                               const Wishes& wishes) {
  auto* project = As<ProjectNode>(node);
  std::vector<size_t> kept;
  ColumnSet below;
  bool is_rename = true;
  ColumnSet sources;
  for (size_t i = 0; i < project->expressions.size(); ++i) {
    Expression* expression = project->expressions[i];
    if (!needed.Contains(node->output[i]) && !HasSideEffect(expression)) continue;
    kept.push_back(i);
    CollectColumns(expression, &below);
    const auto* column = TryAs<ColumnExpression>(expression);
    if (column == nullptr || sources.Contains(column->column) || !(expression->type == *planner_.column(node->output[i]).type)) {
      is_rename = false;
      continue;
    }
    sources.Add(column->column);
  }
  // The order that is wished for, in terms of the input.
  Wishes passed = wishes;
  std::vector<OrderItem> order;
  bool order_met = false;
  if (wishes.order != nullptr) {
    passed.order = nullptr;
    for (const OrderItem& item : *wishes.order) {
      auto position = FindSlot(node->output, item.column);
      const auto* column = position < 0 ? nullptr : TryAs<ColumnExpression>(project->expressions[position]);
      if (column == nullptr) break;
      order.push_back({column->column, item.is_descending});
    }
    if (order.size() == wishes.order->size()) {
      passed.order = &order;
      passed.order_met = &order_met;
    }
  }
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, Translate(node->children[0], below, outer, passed));
  if (wishes.order_met != nullptr && passed.order != nullptr) *wishes.order_met = order_met;
  if (is_rename) {
    // Only new names: the input's slots serve, whatever else they hold. A column of the input whose source is
    // outside cannot be renamed in place.
    Layout layout = built.layout;
    bool all_found = true;
    for (size_t i : kept) {
      int32_t slot = FindSlot(built.layout, As<ColumnExpression>(project->expressions[i])->column);
      if (slot < 0) {
        all_found = false;
        break;
      }
      layout[slot] = node->output[i];
    }
    if (all_found) return Done(built.node, std::move(layout));
  }
  auto* result = planner_.New<PhysicalProject>();
  result->children = {built.node};
  Layout layout;
  for (size_t i : kept) {
    MAHI_ASSIGN_OR_RETURN(Expression * expression, Resolve(project->expressions[i], built.layout, outer));
    result->expressions.push_back(expression);
    layout.push_back(node->output[i]);
  }
  double rows = RowsOf(built.node);
  Estimate(result, rows, built.node->estimated_cost + rows * kProjectCost);
  return Done(result, std::move(layout));
}

Result<BuiltPlan> Translator::ReadExtreme(AggregateNode* aggregate, const OuterScope* outer) {
  if (!aggregate->keys.empty() || aggregate->aggregates.size() != 1) return BuiltPlan{};
  const AggregateExpression* call = aggregate->aggregates[0];
  if (call->aggregate == nullptr || call->arguments.size() != 1) return BuiltPlan{};
  bool is_max = call->aggregate->name == "max";
  if (!is_max && call->aggregate->name != "min") return BuiltPlan{};
  const auto* column = TryAs<ColumnExpression>(call->arguments[0]);
  if (column == nullptr || column->type.IsEnumOrSet()) return BuiltPlan{};
  std::vector<Expression*> conjuncts;
  LogicalNode* input = aggregate->children[0];
  while (input->kind == LogicalKind::kFilter) {
    SplitConjuncts(As<FilterNode>(input)->condition, &conjuncts);
    input = input->children[0];
  }
  if (input->kind != LogicalKind::kGet) return BuiltPlan{};
  auto* get = As<GetNode>(input);
  const ColumnInfo& info = planner_.column(column->column);
  if (info.get != get || info.ordinal < 0 || get->lock_mode != RowLockMode::kNone) return BuiltPlan{};
  for (Expression* conjunct : conjuncts) {
    if (!TraitsOf(conjunct).is_movable()) return BuiltPlan{};
  }
  if (get->table->columns[static_cast<size_t>(info.ordinal)].is_nullable) {
    Expression* not_null = MakeCall(planner_, "is_not_null", {planner_.Column(column->column)});
    if (not_null == nullptr) return BuiltPlan{};
    conjuncts.push_back(not_null);
  }
  std::vector<OrderItem> order = {{column->column, is_max}};
  bool order_met = false;
  Wishes wishes{&order, 1, &order_met};
  ColumnSet needed;
  needed.Add(column->column);
  TableReader reader(*this, outer);
  AccessPath path = reader.Choose(get, conjuncts, needed, wishes);
  AccessPath all = reader.Choose(get, conjuncts, needed, {});
  if (!path.meets_order || path.kind == AccessPath::Kind::kPoint || path.cost > all.cost) return BuiltPlan{};
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, reader.Read(get, conjuncts, needed, wishes));
  if (!order_met) return BuiltPlan{};
  auto* one = planner_.New<ConstantExpression>();
  one->type = SqlType::BigInt(true);
  one->is_nullable = false;
  one->value = Value::UInt64(1);
  auto* limit = planner_.New<PhysicalLimit>();
  limit->children = {built.node};
  limit->count = one;
  Estimate(limit, 1, built.node->estimated_cost);
  return Done(limit, std::move(built.layout));
}

Result<BuiltPlan> Translator::TranslateAggregate(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                                 const Wishes& wishes) {
  auto* aggregate = As<AggregateNode>(node);
  size_t key_count = aggregate->keys.size();
  ColumnSet below;
  for (Expression* key : aggregate->keys) CollectColumns(key, &below);
  std::vector<size_t> kept;
  for (size_t i = 0; i < aggregate->aggregates.size(); ++i) {
    AggregateExpression* call = aggregate->aggregates[i];
    if (!needed.Contains(node->output[key_count + i]) && !HasSideEffect(call)) continue;
    kept.push_back(i);
    CollectColumns(call, &below);
  }
  // Input in key order needs no hash table.
  std::vector<OrderItem> order;
  bool all_columns = true;
  for (Expression* key : aggregate->keys) {
    const auto* column = TryAs<ColumnExpression>(key);
    if (column == nullptr) {
      all_columns = false;
      break;
    }
    order.push_back({column->column, false});
  }
  if (all_columns && wishes.order != nullptr && !aggregate->with_rollup) {
    // ORDER BY on group keys: take its sequence and directions.
    std::vector<OrderItem> wished;
    for (const OrderItem& item : *wishes.order) {
      int32_t position = FindSlot(node->output, item.column);
      if (position < 0 || position >= static_cast<int32_t>(key_count)) break;
      OrderItem key{order[position].column, item.is_descending};
      bool is_new = true;
      for (const OrderItem& other : wished) is_new = is_new && other.column != key.column;
      if (is_new) wished.push_back(key);
    }
    for (const OrderItem& item : order) {
      bool is_new = true;
      for (const OrderItem& other : wished) is_new = is_new && other.column != item.column;
      if (is_new) wished.push_back(item);
    }
    order = std::move(wished);
  }
  bool order_met = false;
  Wishes passed;
  if (all_columns && !order.empty()) {
    passed.order = &order;
    passed.order_met = &order_met;
    passed.row_limit = -1;
  }
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, ReadExtreme(aggregate, outer));
  if (built.node == nullptr) {
    MAHI_ASSIGN_OR_RETURN(built, Translate(node->children[0], below, outer, passed));
  }
  double rows = RowsOf(built.node);
  double groups = key_count == 0 ? 1 : GroupCount(planner_, aggregate->keys, rows);
  PhysicalAggregate* result;
  double cost = built.node->estimated_cost;
  if (key_count == 0) {
    result = planner_.New<PhysicalStreamAggregate>();
    cost += rows * kStreamAggregateCost;
  } else if (aggregate->with_rollup) {
    // ROLLUP wants its input in key order, as the keys are written.
    bool is_sorted = order_met;
    if (!is_sorted) {
      auto* sort = planner_.New<PhysicalSort>();
      sort->children = {built.node};
      for (Expression* key : aggregate->keys) {
        MAHI_ASSIGN_OR_RETURN(Expression * resolved, Resolve(key, built.layout, outer));
        sort->keys.push_back({resolved, false});
      }
      Estimate(sort, rows, cost + SortCost(rows));
      cost = sort->estimated_cost;
      built = Done(sort, std::move(built.layout));
    }
    result = planner_.New<PhysicalStreamAggregate>();
    result->with_rollup = true;
    cost += rows * kStreamAggregateCost;
  } else if (order_met) {
    result = planner_.New<PhysicalStreamAggregate>();
    cost += rows * kStreamAggregateCost;
    if (wishes.order != nullptr && wishes.order_met != nullptr) {
      // Our sequence began with the wished one as far as it is made of keys.
      bool all = true;
      for (const OrderItem& item : *wishes.order) {
        int32_t position = FindSlot(node->output, item.column);
        all = all && position >= 0 && position < static_cast<int32_t>(key_count);
      }
      *wishes.order_met = all;
    }
  } else {
    result = planner_.New<PhysicalHashAggregate>();
    cost += rows * kHashAggregateCost + groups * kGroupCost;
  }
  result->children = {built.node};
  Layout layout;
  for (size_t i = 0; i < key_count; ++i) {
    MAHI_ASSIGN_OR_RETURN(Expression * key, Resolve(aggregate->keys[i], built.layout, outer));
    result->keys.push_back(key);
    layout.push_back(node->output[i]);
  }
  for (size_t i : kept) {
    MAHI_ASSIGN_OR_RETURN(Expression * call, Resolve(aggregate->aggregates[i], built.layout, outer));
    result->aggregates.push_back(As<AggregateExpression>(call));
    layout.push_back(node->output[key_count + i]);
  }
  Estimate(result, aggregate->with_rollup ? groups * 1.5 + 1 : groups, cost);
  return Done(result, std::move(layout));
}

Result<BuiltPlan> Translator::TranslateWindow(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer) {
  auto* window = As<WindowNode>(node);
  size_t first = node->output.size() - window->functions.size();
  std::vector<size_t> kept;
  ColumnSet below = needed;
  for (size_t i = 0; i < window->functions.size(); ++i) {
    if (!needed.Contains(node->output[first + i]) && !HasSideEffect(window->functions[i])) continue;
    kept.push_back(i);
    CollectColumns(window->functions[i], &below);
  }
  if (kept.empty()) return Translate(node->children[0], needed, outer);
  const WindowSpecification* specification = window->functions[0]->window;
  std::vector<SortKey> keys;
  if (specification != nullptr) {
    for (Expression* expression : specification->partition_by) keys.push_back({expression, false});
    keys.insert(keys.end(), specification->order_by.begin(), specification->order_by.end());
  }
  for (const SortKey& key : keys) CollectColumns(key.expression, &below);
  std::vector<OrderItem> order;
  for (const SortKey& key : keys) {
    const auto* column = TryAs<ColumnExpression>(key.expression);
    if (column == nullptr) {
      order.clear();
      break;
    }
    order.push_back({column->column, key.is_descending});
  }
  bool order_met = false;
  Wishes passed;
  if (!order.empty()) {
    passed.order = &order;
    passed.order_met = &order_met;
  }
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, Translate(node->children[0], below, outer, passed));
  double rows = RowsOf(built.node);
  if (!keys.empty() && !order_met) {
    auto* sort = planner_.New<PhysicalSort>();
    sort->children = {built.node};
    MAHI_RETURN_IF_ERROR(ResolveSortKeys(keys, built.layout, outer, &sort->keys));
    Estimate(sort, rows, built.node->estimated_cost + SortCost(rows));
    built = Done(sort, std::move(built.layout));
  }
  auto* result = planner_.New<PhysicalWindow>();
  result->children = {built.node};
  Layout layout = built.layout;
  for (size_t i : kept) {
    MAHI_ASSIGN_OR_RETURN(Expression * call, Resolve(window->functions[i], built.layout, outer));
    result->functions.push_back(As<WindowExpression>(call));
    layout.push_back(node->output[first + i]);
  }
  Estimate(result, rows, built.node->estimated_cost + rows * static_cast<double>(kept.size()));
  return Done(result, std::move(layout));
}

Result<BuiltPlan> Translator::TranslateDistinct(LogicalNode* node, const OuterScope* outer, const Wishes& wishes) {
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, TranslateExact(node->children[0], node->output, outer));
  auto* result = planner_.New<PhysicalDistinct>();
  result->children = {built.node};
  double rows = RowsOf(built.node);
  std::vector<Expression*> keys;
  for (ColumnId column : node->output) keys.push_back(planner_.Column(column));
  double groups = GroupCount(planner_, keys, rows);
  Estimate(result, groups, built.node->estimated_cost + rows * kHashAggregateCost + groups * kGroupCost);
  return Done(result, std::move(built.layout));
}

Status Translator::ResolveSortKeys(const std::vector<SortKey>& keys, const Layout& layout, const OuterScope* outer,
                                   std::vector<SortKey>* resolved) {
  for (const SortKey& key : keys) {
    MAHI_ASSIGN_OR_RETURN(Expression * expression, Resolve(key.expression, layout, outer));
    resolved->push_back({expression, key.is_descending});
  }
  return {};
}

Result<BuiltPlan> Translator::TranslateSort(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                            const Wishes& wishes, LimitNode* limit) {
  auto* sort = As<SortNode>(node);
  std::vector<SortKey> keys;
  for (const SortKey& key : sort->keys) {
    // What is the same for all rows sorts nothing.
    ExpressionTraits traits = TraitsOf(key.expression);
    if (traits.is_runtime_constant() && !traits.has_subquery) continue;
    keys.push_back(key);
  }
  ColumnSet below = needed;
  std::vector<OrderItem> order;
  bool all_columns = true;
  for (const SortKey& key : keys) {
    CollectColumns(key.expression, &below);
    const auto* column = TryAs<ColumnExpression>(key.expression);
    if (column == nullptr || FindSlot(node->children[0]->output, column->column) < 0) {
      all_columns = false;
    } else {
      order.push_back({column->column, key.is_descending});
    }
  }
  bool order_met = keys.empty();
  Wishes passed;
  passed.row_limit = limit != nullptr ? RowsRead(*limit) : wishes.row_limit;
  if (all_columns && !keys.empty()) {
    passed.order = &order;
    passed.order_met = &order_met;
  } else if (!keys.empty()) {
    passed.row_limit = -1;  // everything must be read before the first row goes out
  }
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, Translate(node->children[0], below, outer, passed));
  double rows = RowsOf(built.node);
  double cost = built.node->estimated_cost;
  double rows_read = limit == nullptr ? -1 : RowsRead(*limit);
  if (!order_met) {
    if (limit != nullptr && limit->count != nullptr && !limit->counts_found_rows && rows_read <= 10000) {
      auto* top = planner_.New<PhysicalTopN>();
      top->children = {built.node};
      MAHI_RETURN_IF_ERROR(ResolveSortKeys(keys, built.layout, outer, &top->keys));
      if (limit->offset != nullptr) {
        MAHI_ASSIGN_OR_RETURN(top->offset, Resolve(limit->offset, {}, outer));
      }
      MAHI_ASSIGN_OR_RETURN(top->count, Resolve(limit->count, {}, outer));
      Estimate(top, std::min(rows, rows_read), cost + rows * kFilterCost + SortCost(std::min(rows, rows_read)));
      return Done(top, std::move(built.layout));
    }
    auto* result = planner_.New<PhysicalSort>();
    result->children = {built.node};
    MAHI_RETURN_IF_ERROR(ResolveSortKeys(keys, built.layout, outer, &result->keys));
    Estimate(result, rows, cost + SortCost(rows));
    built = Done(result, std::move(built.layout));
  }
  if (wishes.order_met != nullptr && wishes.order != nullptr && wishes.order->size() <= order.size() && all_columns) {
    bool is_prefix = true;
    for (size_t i = 0; i < wishes.order->size(); ++i) {
      is_prefix = is_prefix && (*wishes.order)[i].column == order[i].column &&
                  (*wishes.order)[i].is_descending == order[i].is_descending;
    }
    *wishes.order_met = is_prefix;
  }
  if (limit == nullptr) return built;
  auto* result = planner_.New<PhysicalLimit>();
  result->children = {built.node};
  result->counts_found_rows = limit->counts_found_rows;
  if (limit->offset != nullptr) {
    MAHI_ASSIGN_OR_RETURN(result->offset, Resolve(limit->offset, {}, outer));
  }
  if (limit->count != nullptr) {
    MAHI_ASSIGN_OR_RETURN(result->count, Resolve(limit->count, {}, outer));
  }
  Estimate(result, rows_read < 0 ? rows : std::min(rows, rows_read), built.node->estimated_cost);
  return Done(result, std::move(built.layout));
}

Result<BuiltPlan> Translator::TranslateLimit(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                             const Wishes& wishes) {
  auto* limit = As<LimitNode>(node);
  LogicalNode* input = node->children[0];
  if (input->kind == LogicalKind::kSort) return TranslateSort(input, needed, outer, wishes, limit);
  // A Project between Limit and Sort computes on fewer rows above the Limit; it may not change their number.
  Wishes passed;
  passed.row_limit = RowsRead(*limit);
  passed.order = wishes.order;
  passed.order_met = wishes.order_met;
  if (input->kind == LogicalKind::kProject && input->children[0]->kind == LogicalKind::kSort) {
    bool is_plain = true;
    for (Expression* expression : As<ProjectNode>(input)->expressions) {
      is_plain = is_plain && TraitsOf(expression).is_movable();
    }
    if (is_plain) {
      auto* below = planner_.New<LimitNode>(*limit);
      below->children = {input->children[0]};
      below->output = input->children[0]->output;
      auto* project = planner_.New<ProjectNode>(*As<ProjectNode>(input));
      project->children = {below};
      return Translate(project, needed, outer, wishes);
    }
  }
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, Translate(input, needed, outer, passed));
  double rows = RowsOf(built.node);
  auto* result = planner_.New<PhysicalLimit>();
  result->children = {built.node};
  result->counts_found_rows = limit->counts_found_rows;
  if (limit->offset != nullptr) {
    MAHI_ASSIGN_OR_RETURN(result->offset, Resolve(limit->offset, {}, outer));
  }
  if (limit->count != nullptr) {
    MAHI_ASSIGN_OR_RETURN(result->count, Resolve(limit->count, {}, outer));
  }
  double rows_read = RowsRead(*limit);
  Estimate(result, rows_read < 0 ? rows : std::min(rows, rows_read), built.node->estimated_cost);
  return Done(result, std::move(built.layout));
}

Result<BuiltPlan> Translator::TranslateSetOperation(LogicalNode* node, const ColumnSet& needed,
                                                    const OuterScope* outer, const Wishes& wishes) {
  auto* operation = As<SetOperationNode>(node);
  bool is_union_all = operation->op == SetOperator::kUnion && !operation->is_distinct;
  std::vector<size_t> kept;
  Layout layout;
  for (size_t i = 0; i < node->output.size(); ++i) {
    if (is_union_all && !needed.Contains(node->output[i])) continue;
    kept.push_back(i);
    layout.push_back(node->output[i]);
  }
  std::vector<PhysicalNode*> children;
  double rows = 0, cost = 0;
  for (size_t i = 0; i < node->children.size(); ++i) {
    LogicalNode* child = node->children[i];
    std::vector<ColumnId> columns;
    for (size_t position : kept) columns.push_back(child->output[position]);
    Wishes passed;
    if (is_union_all) passed.row_limit = wishes.row_limit;
    MAHI_ASSIGN_OR_RETURN(BuiltPlan built, TranslateExact(child, columns, outer, passed));
    children.push_back(built.node);
    cost += built.node->estimated_cost;
    rows = operation->op == SetOperator::kUnion ? rows + RowsOf(built.node)
           : i == 0                             ? RowsOf(built.node)
           : operation->op == SetOperator::kIntersect ? std::min(rows, RowsOf(built.node))
                                                      : rows;
  }
  PhysicalNode* result;
  if (is_union_all) {
    result = planner_.New<PhysicalUnionAll>();
  } else {
    auto* set = planner_.New<PhysicalSetOperation>();
    set->op = operation->op;
    set->is_distinct = operation->is_distinct;
    result = set;
    cost += rows * kHashAggregateCost;
  }
  result->children = std::move(children);
  Estimate(result, rows, cost);
  return Done(result, std::move(layout));
}

Result<BuiltPlan> Translator::TranslateCte(LogicalNode* node, const ColumnSet& needed, const OuterScope* outer,
                                           const Wishes& wishes) {
  auto* cte = As<CteNode>(node);
  MAHI_ASSIGN_OR_RETURN(BuiltPlan definition, TranslateExact(node->children[0], node->children[0]->output, outer));
  cte_rows_[cte->cte] = RowsOf(definition.node);
  MAHI_ASSIGN_OR_RETURN(BuiltPlan body, Translate(node->children[1], needed, outer, wishes));
  auto* result = planner_.New<PhysicalCte>();
  result->cte = cte->cte;
  result->name = cte->name;
  result->children = {definition.node, body.node};
  Estimate(result, RowsOf(body.node), definition.node->estimated_cost + body.node->estimated_cost);
  return Done(result, std::move(body.layout));
}

Result<BuiltPlan> Translator::TranslateCteReference(LogicalNode* node, const ColumnSet& needed) {
  std::vector<uint32_t> columns;
  Layout layout;
  for (size_t i = 0; i < node->output.size(); ++i) {
    if (!needed.Contains(node->output[i])) continue;
    columns.push_back(static_cast<uint32_t>(i));
    layout.push_back(node->output[i]);
  }
  if (node->kind == LogicalKind::kWorkingTable) {
    auto* result = planner_.New<PhysicalWorkingTable>();
    result->cte = As<WorkingTableNode>(node)->cte;
    result->columns = std::move(columns);
    Estimate(result, 100, 100);
    return Done(result, std::move(layout));
  }
  auto* result = planner_.New<PhysicalCteReference>();
  result->cte = As<CteReferenceNode>(node)->cte;
  result->columns = std::move(columns);
  auto found = cte_rows_.find(result->cte);
  double rows = found == cte_rows_.end() ? 1000 : found->second;
  Estimate(result, rows, rows * kMaterializedRowCost);
  return Done(result, std::move(layout));
}

Result<BuiltPlan> Translator::TranslateRecursiveCte(LogicalNode* node, const OuterScope* outer) {
  auto* cte = As<RecursiveCteNode>(node);
  auto* result = planner_.New<PhysicalRecursiveCte>();
  result->cte = cte->cte;
  result->is_distinct = cte->is_distinct;
  double rows = 0;
  for (LogicalNode* child : node->children) {
    MAHI_ASSIGN_OR_RETURN(BuiltPlan built, TranslateExact(child, child->output, outer));
    result->children.push_back(built.node);
    rows += RowsOf(built.node);
    result->estimated_cost += built.node->estimated_cost;
  }
  result->estimated_rows = rows * 10;
  return Done(result, node->output);
}

Status Translator::ResolveRow(RowExpressions* row, const OuterScope* outer) {
  Status status;
  ForEachRowExpression(*row, [&](Expression*& expression) {
    if (!status.ok()) return;
    Result<Expression*> resolved = Resolve(expression, row->row, outer);
    if (resolved.ok()) {
      expression = *resolved;
    } else {
      status = resolved.TakeStatus();
    }
  });
  return status;
}

Result<BuiltPlan> Translator::TranslateInsert(LogicalNode* node, const OuterScope* outer) {
  auto* insert = As<InsertNode>(node);
  MAHI_ASSIGN_OR_RETURN(BuiltPlan source, TranslateExact(node->children[0], node->children[0]->output, outer));
  Layout both = insert->expressions.row;
  both.insert(both.end(), insert->new_row.begin(), insert->new_row.end());
  both.insert(both.end(), insert->extra.begin(), insert->extra.end());
  for (ColumnAssignment& update : insert->updates) {
    if (update.value == nullptr) continue;
    MAHI_ASSIGN_OR_RETURN(update.value, Resolve(update.value, both, outer));
  }
  for (Expression*& returning : insert->returning) {
    MAHI_ASSIGN_OR_RETURN(returning, Resolve(returning, insert->expressions.row, outer));
  }
  MAHI_RETURN_IF_ERROR(ResolveRow(&insert->expressions, outer));
  auto* result = planner_.New<PhysicalInsert>();
  result->children = {source.node};
  result->logical = insert;
  Estimate(result, RowsOf(source.node), source.node->estimated_cost + RowsOf(source.node) * kLookupCost);
  for (Expression* returning : insert->returning) {
    result->types.push_back(returning->type);
    result->names.emplace_back(returning->text);
  }
  return BuiltPlan{result, node->output};
}

Result<BuiltPlan> Translator::TranslateUpdate(LogicalNode* node, const OuterScope* outer) {
  auto* update = As<UpdateNode>(node);
  ColumnSet below;
  for (const UpdateTarget& target : update->targets) {
    below.AddAll(target.row);
    below.Add(target.row_locator);
    for (const ColumnAssignment& assignment : target.assignments) {
      if (assignment.value != nullptr) CollectColumns(assignment.value, &below);
    }
  }
  MAHI_ASSIGN_OR_RETURN(BuiltPlan source, Translate(node->children[0], below, outer));
  auto* result = planner_.New<PhysicalUpdate>();
  result->children = {source.node};
  result->logical = update;
  for (UpdateTarget& target : update->targets) {
    MAHI_ASSIGN_OR_RETURN(std::vector<uint32_t> slots, SlotsOf(target.row, source.layout));
    result->row_slots.push_back(std::move(slots));
    MAHI_ASSIGN_OR_RETURN(std::vector<uint32_t> locator, SlotsOf({target.row_locator}, source.layout));
    result->locator_slots.push_back(locator[0]);
    for (ColumnAssignment& assignment : target.assignments) {
      if (assignment.value == nullptr) continue;
      MAHI_ASSIGN_OR_RETURN(assignment.value, Resolve(assignment.value, source.layout, outer));
    }
    MAHI_RETURN_IF_ERROR(ResolveRow(&target.expressions, outer));
  }
  Estimate(result, RowsOf(source.node), source.node->estimated_cost + RowsOf(source.node) * kLookupCost);
  return BuiltPlan{result, {}};
}

Result<BuiltPlan> Translator::TranslateDelete(LogicalNode* node, const OuterScope* outer) {
  auto* remove = As<DeleteNode>(node);
  ColumnSet below;
  for (const DeleteTarget& target : remove->targets) {
    below.AddAll(target.row);
    below.Add(target.row_locator);
  }
  for (Expression* returning : remove->returning) CollectColumns(returning, &below);
  MAHI_ASSIGN_OR_RETURN(BuiltPlan source, Translate(node->children[0], below, outer));
  auto* result = planner_.New<PhysicalDelete>();
  result->children = {source.node};
  result->logical = remove;
  for (const DeleteTarget& target : remove->targets) {
    MAHI_ASSIGN_OR_RETURN(std::vector<uint32_t> slots, SlotsOf(target.row, source.layout));
    result->row_slots.push_back(std::move(slots));
    MAHI_ASSIGN_OR_RETURN(std::vector<uint32_t> locator, SlotsOf({target.row_locator}, source.layout));
    result->locator_slots.push_back(locator[0]);
  }
  for (Expression*& returning : remove->returning) {
    MAHI_ASSIGN_OR_RETURN(returning, Resolve(returning, source.layout, outer));
    result->types.push_back(returning->type);
    result->names.emplace_back(returning->text);
  }
  Estimate(result, RowsOf(source.node), source.node->estimated_cost + RowsOf(source.node) * kLookupCost);
  return BuiltPlan{result, node->output};
}

}  // namespace mahi
