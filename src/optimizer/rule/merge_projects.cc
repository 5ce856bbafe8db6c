#include "optimizer/rule/merge_projects.h"

#include "optimizer/logical_util.h"

namespace mahi {

namespace {

class Merger {
 public:
  explicit Merger(Planner& planner) : planner_(planner) {}

  // The tree with the same output.
  LogicalNode* Settle(LogicalNode* node) {
    std::vector<ColumnId> output = node->output;
    ColumnReplacements pulled;
    node = Pull(node, &pulled);
    return KeepOutput(planner_, node, output, pulled);
  }

 private:
  // The tree without its topmost projections; `pulled` tells what their columns are.
  LogicalNode* Pull(LogicalNode* node, ColumnReplacements* pulled);
  LogicalNode* PullJoin(JoinNode* join, ColumnReplacements* pulled);
  // Like Pull, but columns may only become columns.
  LogicalNode* PullPlain(LogicalNode* node, ColumnReplacements* pulled);
  // For the source of UPDATE and DELETE: locators must come through.
  LogicalNode* SettleBelow(LogicalNode* node);
  Expression* Apply(Expression* expression, const ColumnReplacements& pulled);
  bool IsPullable(ProjectNode* project);

  Planner& planner_;
};

Expression* Merger::Apply(Expression* expression, const ColumnReplacements& pulled) {
  if (pulled.empty() || expression == nullptr) return expression;
  ColumnSet columns = ColumnsOf(expression);
  for (const auto& [id, replacement] : pulled) {
    if (columns.Contains(id)) return CopyExpression(planner_, expression, pulled);
  }
  return expression;
}

bool Merger::IsPullable(ProjectNode* project) {
  if (project->children[0]->kind == LogicalKind::kSingleRow) return false;
  for (Expression* expression : project->expressions) {
    ExpressionTraits traits = TraitsOf(expression);
    if (!traits.is_movable() || traits.has_subquery) return false;
  }
  return true;
}

LogicalNode* Merger::PullPlain(LogicalNode* node, ColumnReplacements* pulled) {
  std::vector<ColumnId> output = node->output;
  ColumnReplacements mine;
  node = Pull(node, &mine);
  bool is_plain = true;
  for (const auto& [id, expression] : mine) {
    is_plain = is_plain && expression->kind == ExpressionKind::kColumn &&
               expression->type == *planner_.column(id).type;
  }
  if (!is_plain) return KeepOutput(planner_, node, output, mine);
  pulled->insert(mine.begin(), mine.end());
  return node;
}

LogicalNode* Merger::PullJoin(JoinNode* join, ColumnReplacements* pulled) {
  bool left_nullable = join->type == JoinType::kRight || join->type == JoinType::kFull;
  bool right_nullable = join->type == JoinType::kLeft || join->type == JoinType::kFull;
  ColumnReplacements left, right;
  join->children[0] = left_nullable ? PullPlain(join->children[0], &left) : Pull(join->children[0], &left);
  if (join->is_lateral) {
    if (!left.empty()) ReplaceInTree(planner_, join->children[1], left);
    join->children[1] = Settle(join->children[1]);
  } else {
    join->children[1] = right_nullable ? PullPlain(join->children[1], &right) : Pull(join->children[1], &right);
  }
  left.insert(right.begin(), right.end());
  join->condition = Apply(join->condition, left);
  join->output = join->children[0]->output;
  if (join->type != JoinType::kSemi && join->type != JoinType::kAnti) {
    join->output.insert(join->output.end(), join->children[1]->output.begin(), join->children[1]->output.end());
  }
  *pulled = std::move(left);
  return join;
}

LogicalNode* Merger::SettleBelow(LogicalNode* node) {
  switch (node->kind) {
    case LogicalKind::kFilter:
    case LogicalKind::kJoin:
    case LogicalKind::kSort:
    case LogicalKind::kLimit:
      for (LogicalNode*& child : node->children) child = SettleBelow(child);
      return node;
    case LogicalKind::kCte:
      node->children[0] = Settle(node->children[0]);
      node->children[1] = SettleBelow(node->children[1]);
      return node;
    default:
      return Settle(node);
  }
}

LogicalNode* Merger::Pull(LogicalNode* node, ColumnReplacements* pulled) {
  switch (node->kind) {
    case LogicalKind::kFilter: {
      auto* filter = As<FilterNode>(node);
      node->children[0] = Pull(node->children[0], pulled);
      filter->condition = Apply(filter->condition, *pulled);
      node->output = node->children[0]->output;
      return node;
    }
    case LogicalKind::kJoin:
      return PullJoin(As<JoinNode>(node), pulled);
    case LogicalKind::kLimit:
      node->children[0] = Pull(node->children[0], pulled);
      node->output = node->children[0]->output;
      return node;
    case LogicalKind::kSort: {
      node->children[0] = PullPlain(node->children[0], pulled);
      for (SortKey& key : As<SortNode>(node)->keys) key.expression = Apply(key.expression, *pulled);
      node->output = node->children[0]->output;
      return node;
    }
    case LogicalKind::kProject: {
      auto* project = As<ProjectNode>(node);
      ColumnReplacements below;
      node->children[0] = Pull(node->children[0], &below);
      for (Expression*& expression : project->expressions) expression = Apply(expression, below);
      if (!IsPullable(project)) return node;
      for (size_t i = 0; i < project->expressions.size(); ++i) {
        const auto* column = TryAs<ColumnExpression>(project->expressions[i]);
        if (column != nullptr && column->column == node->output[i]) continue;
        (*pulled)[node->output[i]] = project->expressions[i];
      }
      return node->children[0];
    }
    case LogicalKind::kAggregate: {
      auto* aggregate = As<AggregateNode>(node);
      ColumnReplacements below;
      node->children[0] = Pull(node->children[0], &below);
      for (Expression*& key : aggregate->keys) key = Apply(key, below);
      for (AggregateExpression*& call : aggregate->aggregates) {
        call = As<AggregateExpression>(Apply(call, below));
      }
      return node;
    }
    case LogicalKind::kUpdate:
    case LogicalKind::kDelete:
      node->children[0] = SettleBelow(node->children[0]);
      return node;
    default:
      for (LogicalNode*& child : node->children) child = Settle(child);
      return node;
  }
}

}  // namespace

LogicalNode* MergeProjects(Planner& planner, LogicalNode* root) { return Merger(planner).Settle(root); }

}  // namespace mahi
