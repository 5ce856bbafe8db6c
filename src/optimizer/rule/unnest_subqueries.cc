#include "optimizer/rule/unnest_subqueries.h"

#include <algorithm>

#include "optimizer/cardinality.h"
#include "optimizer/cost.h"
#include "optimizer/logical_util.h"
#include "optimizer/rule/predicate.h"
#include "optimizer/table_reader.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// Moves conjuncts that read `outer` out of the tree into `pulled`. What cannot be moved stays.
LogicalNode* PullCorrelated(Planner& planner, LogicalNode* node, const ColumnSet& outer,
                            std::vector<Expression*>* pulled) {
  auto split = [&](Expression* condition) -> Expression* {
    std::vector<Expression*> rest;
    for (Expression* conjunct : Conjuncts(condition)) {
      bool moves = ColumnsOf(conjunct).Intersects(outer) && TraitsOf(conjunct).is_movable();
      (moves ? *pulled : rest).push_back(conjunct);
    }
    return Conjunction(planner, rest);
  };
  switch (node->kind) {
    case LogicalKind::kFilter: {
      auto* filter = As<FilterNode>(node);
      node->children[0] = PullCorrelated(planner, node->children[0], outer, pulled);
      filter->condition = split(filter->condition);
      return filter->condition == nullptr ? node->children[0] : node;
    }
    case LogicalKind::kJoin: {
      auto* join = As<JoinNode>(node);
      if (join->is_lateral || join->type == JoinType::kRight || join->type == JoinType::kFull) return node;
      node->children[0] = PullCorrelated(planner, node->children[0], outer, pulled);
      if (join->type == JoinType::kInner) {
        node->children[1] = PullCorrelated(planner, node->children[1], outer, pulled);
        join->condition = split(join->condition);
      }
      return node;
    }
    default:
      return node;
  }
}

// Would PullCorrelated leave nothing behind? Asked before anything is changed.
bool CanPullAll(LogicalNode* node, const ColumnSet& outer) {
  auto all_move = [&](Expression* condition) {
    for (Expression* conjunct : Conjuncts(condition)) {
      if (ColumnsOf(conjunct).Intersects(outer) && !TraitsOf(conjunct).is_movable()) return false;
    }
    return true;
  };
  switch (node->kind) {
    case LogicalKind::kFilter:
      return all_move(As<FilterNode>(node)->condition) && CanPullAll(node->children[0], outer);
    case LogicalKind::kJoin: {
      auto* join = As<JoinNode>(node);
      if (join->is_lateral || join->type == JoinType::kRight || join->type == JoinType::kFull) break;
      if (join->type == JoinType::kInner) {
        return all_move(join->condition) && CanPullAll(node->children[0], outer) && CanPullAll(node->children[1], outer);
      }
      if (ColumnsOf(join->condition).Intersects(outer)) return false;
      return CanPullAll(node->children[0], outer) && !FreeColumns(node->children[1]).Intersects(outer);
    }
    default:
      break;
  }
  return !FreeColumns(node).Intersects(outer);
}

bool IsMovableProject(LogicalNode* node) {
  if (node->kind != LogicalKind::kProject) return false;
  for (Expression* expression : As<ProjectNode>(node)->expressions) {
    ExpressionTraits traits = TraitsOf(expression);
    if (!traits.is_movable() || traits.has_subquery) return false;
  }
  return true;
}

bool IsPositiveLimit(LimitNode* limit) {
  if (limit->offset != nullptr || limit->counts_found_rows) return false;
  const auto* count = TryAs<ConstantExpression>(limit->count);
  return count != nullptr && !count->value.is_null() && DatumIsTrue(count->value.datum(), count->type);
}

// What decides whether there are rows.
LogicalNode* ExistenceCore(LogicalNode* node) {
  while (true) {
    bool passes = IsMovableProject(node) || node->kind == LogicalKind::kSort || node->kind == LogicalKind::kDistinct ||
                  (node->kind == LogicalKind::kLimit && IsPositiveLimit(As<LimitNode>(node))) ||
                  (node->kind == LogicalKind::kAggregate && !As<AggregateNode>(node)->keys.empty());
    if (!passes) return node;
    node = node->children[0];
  }
}

class Unnester {
 public:
  explicit Unnester(Planner& planner) : planner_(planner) {}

  LogicalNode* Visit(LogicalNode* node);

 private:
  LogicalNode* VisitFilter(FilterNode* filter);
  bool UnnestExists(SubqueryExpression* subquery, bool is_negated, LogicalNode** input);
  bool UnnestIn(SubqueryExpression* subquery, bool is_negated, LogicalNode** input);
  // Replaces correlated scalar aggregates within `conjunct`.
  Expression* UnnestScalars(Expression* conjunct, LogicalNode** input);
  Expression* UnnestScalar(SubqueryExpression* subquery, LogicalNode** input);
  bool PaysOff(LogicalNode* outer, LogicalNode* core, const std::vector<Expression*>& correlated);
  JoinNode* Join(JoinType type, LogicalNode* left, LogicalNode* right, const std::vector<Expression*>& on);

  Planner& planner_;
};

JoinNode* Unnester::Join(JoinType type, LogicalNode* left, LogicalNode* right, const std::vector<Expression*>& on) {
  auto* join = planner_.New<JoinNode>();
  join->type = type;
  join->children = {left, right};
  join->condition = Conjunction(planner_, on);
  join->output = left->output;
  if (type != JoinType::kSemi && type != JoinType::kAnti) {
    join->output.insert(join->output.end(), right->output.begin(), right->output.end());
  }
  return join;
}

bool Unnester::UnnestExists(SubqueryExpression* subquery, bool is_negated, LogicalNode** input) {
  LogicalNode* core = ExistenceCore(subquery->logical);
  ColumnSet outer((*input)->output);
  if (!FreeColumns(core).Intersects(outer) || !CanPullAll(core, outer)) return false;
  std::vector<Expression*> on;
  core = PullCorrelated(planner_, core, outer, &on);
  *input = Join(is_negated ? JoinType::kAnti : JoinType::kSemi, *input, core, on);
  return true;
}

bool Unnester::UnnestIn(SubqueryExpression* subquery, bool is_negated, LogicalNode** input) {
  LogicalNode* core = subquery->logical;
  std::vector<Expression*> right = subquery->right;
  bool stripping = true;
  while (stripping) {
    stripping = false;
    if (core->kind == LogicalKind::kSort || core->kind == LogicalKind::kDistinct) {
      core = core->children[0];
      stripping = true;
    } else if (IsMovableProject(core)) {
      ColumnReplacements replacements;
      auto* project = As<ProjectNode>(core);
      for (size_t i = 0; i < project->expressions.size(); ++i) {
        replacements[core->output[i]] = project->expressions[i];
      }
      for (Expression*& expression : right) expression = CopyExpression(planner_, expression, replacements);
      core = core->children[0];
      stripping = true;
    }
  }
  ColumnSet outer((*input)->output);
  std::vector<Expression*> on;
  bool is_nullable = false;
  for (size_t i = 0; i < right.size(); ++i) {
    Expression* left = subquery->left[i];
    ExpressionTraits traits = TraitsOf(left);
    if (!traits.is_movable() || traits.has_subquery || !TraitsOf(right[i]).is_movable()) return false;
    if (ColumnsOf(right[i]).Intersects(outer)) return false;
    // The right side must read the tree and the left side the outer rows: keys for a hash or an index.
    if (!ColumnsOf(left).Intersects(outer)) return false;
    Expression* equal = MakeEqual(planner_, left, right[i]);
    if (equal == nullptr) return false;
    on.push_back(equal);
    is_nullable = is_nullable || left->is_nullable || subquery->right[i]->is_nullable || right[i]->is_nullable;
  }
  bool is_correlated = FreeColumns(core).Intersects(outer);
  if (is_correlated && !CanPullAll(core, outer)) return false;
  bool is_null_aware = is_negated && is_nullable;
  if (is_null_aware && (is_correlated || on.size() != 1 || ColumnsOf(right[0]).empty())) return false;
  if (is_correlated) core = PullCorrelated(planner_, core, outer, &on);
  JoinNode* join = Join(is_negated ? JoinType::kAnti : JoinType::kSemi, *input, core, on);
  join->is_null_aware = is_null_aware;
  *input = join;
  return true;
}

// Aggregates that give NULL for no rows; COUNT gives 0 and is treated apart.
bool IsNullWhenEmpty(const AggregateExpression& call) {
  if (call.aggregate == nullptr) return false;
  static constexpr std::string_view kNames[] = {"sum", "avg", "min", "max", "std", "stddev", "stddev_pop",
                                                "stddev_samp", "var_pop", "var_samp", "variance", "group_concat"};
  return std::find(std::begin(kNames), std::end(kNames), call.aggregate->name) != std::end(kNames);
}

// Is one grouped pass over the inner tables cheaper than a run for each outer row?
bool Unnester::PaysOff(LogicalNode* outer, LogicalNode* core, const std::vector<Expression*>& correlated) {
  double outer_rows = EstimateRows(planner_, outer);
  LogicalNode* inner = core;
  std::vector<Expression*> conjuncts = correlated;
  while (inner->kind == LogicalKind::kFilter) {
    SplitConjuncts(As<FilterNode>(inner)->condition, &conjuncts);
    inner = inner->children[0];
  }
  double inner_rows = 1;
  std::vector<LogicalNode*> stack = {inner};
  double scanned = 0;
  while (!stack.empty()) {
    LogicalNode* node = stack.back();
    stack.pop_back();
    if (node->kind == LogicalKind::kGet) scanned += TableRows(planner_, *As<GetNode>(node));
    for (LogicalNode* child : node->children) stack.push_back(child);
  }
  inner_rows = std::max(inner_rows, scanned);
  double per_row = kReopenCost + inner_rows;
  if (inner->kind == LogicalKind::kGet) {
    IndexLookup lookup = FindIndexLookup(planner_, As<GetNode>(inner), conjuncts, ColumnSet(outer->output), {});
    if (lookup.is_usable) per_row = kReopenCost + lookup.cost_per_key;
  }
  return outer_rows * per_row > inner_rows * (kScanRowCost + kHashAggregateCost + kGroupCost) + outer_rows;
}

Expression* Unnester::UnnestScalar(SubqueryExpression* subquery, LogicalNode** input) {
  // [Project] over an Aggregate without keys.
  LogicalNode* node = subquery->logical;
  while (node->kind == LogicalKind::kSort) node = node->children[0];
  ProjectNode* project = nullptr;
  if (IsMovableProject(node)) {
    project = As<ProjectNode>(node);
    node = node->children[0];
  }
  if (node->kind != LogicalKind::kAggregate || subquery->output.size() != 1) return nullptr;
  auto* aggregate = As<AggregateNode>(node);
  if (!aggregate->keys.empty() || aggregate->with_rollup) return nullptr;
  ColumnSet outer((*input)->output);
  LogicalNode* core = aggregate->children[0];
  if (!FreeColumns(core).Intersects(outer) || !CanPullAll(core, outer)) return nullptr;
  for (AggregateExpression* call : aggregate->aggregates) {
    if (call->aggregate == nullptr || ColumnsOf(call).Intersects(outer)) return nullptr;
    if (!IsNullWhenEmpty(*call) && call->aggregate->name != "count") return nullptr;
    for (Expression* argument : call->arguments) {
      if (!TraitsOf(argument).is_movable()) return nullptr;
    }
  }
  if (project != nullptr && ColumnsOf(project->expressions[0]).Intersects(outer)) return nullptr;
  // Look at the correlation before anything is moved: only equalities can become group keys.
  {
    std::vector<Expression*> seen;
    std::vector<LogicalNode*> stack = {core};
    while (!stack.empty()) {
      LogicalNode* each = stack.back();
      stack.pop_back();
      if (each->kind == LogicalKind::kFilter) SplitConjuncts(As<FilterNode>(each)->condition, &seen);
      if (each->kind == LogicalKind::kJoin) SplitConjuncts(As<JoinNode>(each)->condition, &seen);
      if (each->kind == LogicalKind::kFilter || each->kind == LogicalKind::kJoin) {
        stack.insert(stack.end(), each->children.begin(), each->children.end());
      }
    }
    std::vector<Expression*> correlated;
    for (Expression* conjunct : seen) {
      if (!ColumnsOf(conjunct).Intersects(outer)) continue;
      if (!IsCall(conjunct, "=")) return nullptr;
      auto* call = As<FunctionExpression>(conjunct);
      bool left_outer = ColumnsOf(call->arguments[0]).Intersects(outer);
      bool right_outer = ColumnsOf(call->arguments[1]).Intersects(outer);
      if (left_outer == right_outer) return nullptr;
      Expression* inner_side = call->arguments[left_outer ? 1 : 0];
      ColumnSet produced(core->output);
      ColumnSet read = ColumnsOf(inner_side);
      if (read.empty() || !read.IsSubsetOf(produced)) return nullptr;
      if (!ColumnsOf(call->arguments[left_outer ? 0 : 1]).IsSubsetOf(outer)) return nullptr;
      if (TraitsOf(conjunct).has_subquery) return nullptr;
      correlated.push_back(conjunct);
    }
    if (correlated.empty() || !PaysOff(*input, core, correlated)) return nullptr;
  }
  std::vector<Expression*> pulled;
  core = PullCorrelated(planner_, core, outer, &pulled);
  auto* grouped = planner_.New<AggregateNode>(*aggregate);
  grouped->estimated_rows = -1;
  grouped->children = {core};
  grouped->output.clear();
  std::vector<Expression*> on;
  for (Expression* conjunct : pulled) {
    auto* call = As<FunctionExpression>(conjunct);
    int inner_side = ColumnsOf(call->arguments[0]).Intersects(outer) ? 1 : 0;
    Expression* key = call->arguments[inner_side];
    ColumnId id = planner_.NewColumn({&key->type, true, key->text, nullptr, -1});
    grouped->keys.push_back(key);
    grouped->output.push_back(id);
    auto* equal = planner_.New<FunctionExpression>(*call);
    equal->arguments[inner_side] = planner_.Column(id);
    on.push_back(equal);
  }
  grouped->output.insert(grouped->output.end(), aggregate->output.begin(), aggregate->output.end());
  // The value over the joined row. No match: every aggregate is NULL, a COUNT is 0.
  ColumnReplacements counts;
  for (size_t i = 0; i < aggregate->aggregates.size(); ++i) {
    AggregateExpression* call = aggregate->aggregates[i];
    if (call->aggregate->name != "count") continue;
    auto* zero = planner_.New<ConstantExpression>();
    zero->type = call->type;
    zero->is_nullable = false;
    zero->value = call->type.physical() == PhysicalType::kUInt64 ? Value::UInt64(0) : Value::Int64(0);
    auto* coalesce = planner_.New<CoalesceExpression>();
    coalesce->type = call->type;
    coalesce->is_nullable = false;
    coalesce->operands = {planner_.Column(aggregate->output[i]), zero};
    counts[aggregate->output[i]] = coalesce;
  }
  Expression* value = project != nullptr ? nullptr : planner_.Column(subquery->output[0]);
  if (project != nullptr) {
    auto found = std::find(project->output.begin(), project->output.end(), subquery->output[0]);
    if (found == project->output.end()) return nullptr;
    value = project->expressions[static_cast<size_t>(found - project->output.begin())];
  }
  value = CopyExpression(planner_, value, counts);
  *input = Join(JoinType::kLeft, *input, grouped, on);
  return value;
}

Expression* Unnester::UnnestScalars(Expression* conjunct, LogicalNode** input) {
  if (auto* subquery = TryAs<SubqueryExpression>(conjunct)) {
    if (subquery->subquery_kind != SubqueryKind::kScalar) return conjunct;
    Expression* value = UnnestScalar(subquery, input);
    return value != nullptr && value->type.physical() == subquery->type.physical() ? value : conjunct;
  }
  // Branches that may not be evaluated are left alone.
  if (conjunct->kind == ExpressionKind::kCase || conjunct->kind == ExpressionKind::kCoalesce ||
      conjunct->kind == ExpressionKind::kAggregate || conjunct->kind == ExpressionKind::kWindow) {
    return conjunct;
  }
  std::vector<Expression*> children;
  bool changed = false;
  ForEachChild(conjunct, [&](Expression*& child) {
    Expression* replaced = child == nullptr ? nullptr : UnnestScalars(child, input);
    changed = changed || replaced != child;
    children.push_back(replaced);
  });
  if (!changed) return conjunct;
  Expression* copy = ShallowCopy(planner_, conjunct);
  size_t i = 0;
  ForEachChild(copy, [&](Expression*& child) { child = children[i++]; });
  return copy;
}

LogicalNode* Unnester::VisitFilter(FilterNode* filter) {
  LogicalNode* input = Visit(filter->children[0]);
  std::vector<Expression*> plain, scalars;
  std::vector<std::pair<SubqueryExpression*, bool>> membership;  // with NOT around it
  for (Expression* conjunct : Conjuncts(filter->condition)) {
    ExpressionTraits traits = TraitsOf(conjunct);
    if (!traits.has_subquery || !traits.is_movable()) {
      plain.push_back(conjunct);
      continue;
    }
    bool is_negated = false;
    Expression* inner = conjunct;
    while (IsCall(inner, "not") || IsCall(inner, "!")) {
      is_negated = !is_negated;
      inner = As<FunctionExpression>(inner)->arguments[0];
    }
    auto* subquery = TryAs<SubqueryExpression>(inner);
    if (subquery != nullptr &&
        (subquery->subquery_kind == SubqueryKind::kExists || subquery->subquery_kind == SubqueryKind::kIn)) {
      membership.emplace_back(subquery, is_negated);
      // The conjunct itself is needed if unnesting fails.
      scalars.push_back(conjunct);
      continue;
    }
    membership.emplace_back(nullptr, false);
    scalars.push_back(conjunct);
  }
  if (scalars.empty()) {
    filter->children[0] = input;
    filter->output = input->output;
    return filter;
  }
  std::vector<ColumnId> output = filter->output;
  // What needs no subquery comes first.
  auto add_filter = [&](const std::vector<Expression*>& conjuncts) {
    if (conjuncts.empty()) return;
    auto* below = planner_.New<FilterNode>();
    below->children = {input};
    below->output = input->output;
    below->condition = Conjunction(planner_, conjuncts);
    input = below;
  };
  add_filter(plain);
  std::vector<Expression*> rest;
  for (size_t i = 0; i < scalars.size(); ++i) {
    auto [subquery, is_negated] = membership[i];
    if (subquery != nullptr) {
      bool negative = is_negated != subquery->is_negated;
      bool done = subquery->subquery_kind == SubqueryKind::kExists ? UnnestExists(subquery, negative, &input)
                                                                   : UnnestIn(subquery, negative, &input);
      if (!done) rest.push_back(scalars[i]);
      continue;
    }
    rest.push_back(UnnestScalars(scalars[i], &input));
  }
  add_filter(rest);
  (void)output;
  return input;
}

LogicalNode* Unnester::Visit(LogicalNode* node) {
  if (node->kind == LogicalKind::kFilter) return VisitFilter(As<FilterNode>(node));
  std::vector<std::vector<ColumnId>> outputs;
  for (LogicalNode* child : node->children) outputs.push_back(child->output);
  for (LogicalNode*& child : node->children) child = Visit(child);
  FixOutput(planner_, node, outputs);
  return node;
}

// Does the tree have each combination of `columns` at most once (rows with NULL among them aside)?
bool IsUniqueOn(LogicalNode* node, const ColumnSet& columns) {
  switch (node->kind) {
    case LogicalKind::kGet: {
      auto* get = As<GetNode>(node);
      for (const Index& index : get->table->indexes) {
        if (!index.is_unique()) continue;
        bool covered = true;
        for (const IndexPart& part : index.parts) {
          bool found = false;
          for (size_t i = 0; i < get->ordinals.size(); ++i) {
            found = found || (get->ordinals[i] == part.column && columns.Contains(get->output[i]));
          }
          covered = covered && found && part.prefix_length == 0;
        }
        if (covered) return true;
      }
      return false;
    }
    case LogicalKind::kFilter:
    case LogicalKind::kSort:
    case LogicalKind::kLimit:
      return IsUniqueOn(node->children[0], columns);
    case LogicalKind::kDistinct:
      return ColumnSet(node->output).IsSubsetOf(columns);
    case LogicalKind::kAggregate: {
      auto* aggregate = As<AggregateNode>(node);
      if (aggregate->with_rollup) return false;
      for (size_t i = 0; i < aggregate->keys.size(); ++i) {
        if (!columns.Contains(node->output[i])) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

LogicalNode* UnnestSubqueries(Planner& planner, LogicalNode* root) { return Unnester(planner).Visit(root); }

LogicalNode* SemiJoinsToInner(Planner& planner, LogicalNode* node) {
  std::vector<std::vector<ColumnId>> outputs;
  for (LogicalNode* child : node->children) outputs.push_back(child->output);
  for (LogicalNode*& child : node->children) child = SemiJoinsToInner(planner, child);
  if (node->kind == LogicalKind::kJoin && As<JoinNode>(node)->type == JoinType::kSemi) {
    auto* join = As<JoinNode>(node);
    // Right columns that are equal to something of the left side.
    ColumnSet left(join->children[0]->output), right(join->children[1]->output), equated;
    for (Expression* conjunct : Conjuncts(join->condition)) {
      if (!IsCall(conjunct, "=")) continue;
      auto* call = As<FunctionExpression>(conjunct);
      for (int side = 0; side < 2; ++side) {
        const auto* column = TryAs<ColumnExpression>(call->arguments[side]);
        if (column == nullptr || !right.Contains(column->column)) continue;
        if (ColumnsOf(call->arguments[1 - side]).Intersects(right)) continue;
        equated.Add(column->column);
      }
    }
    if (!equated.empty() && IsUniqueOn(join->children[1], equated)) join->type = JoinType::kInner;
  }
  FixOutput(planner, node, outputs);
  return node;
}

}  // namespace mahi
