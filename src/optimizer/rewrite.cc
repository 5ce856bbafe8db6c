// The order of the rules, for one query block tree:
//
//   1. common table expressions that are read once are put in place of their reference;
//   2. constants are folded;
//   3. subqueries within are prepared (1, 2, 4, 5 for their trees);
//   4. projections merge;
//   5. subqueries become joins; what stays a subquery is rewritten to its end;
//   6. predicates go down, semi joins become inner joins, useless sorts and DISTINCTs go.
#include "optimizer/rewrite.h"

#include "optimizer/logical_util.h"
#include "optimizer/rule/constant_folding.h"
#include "optimizer/rule/inline_ctes.h"
#include "optimizer/rule/merge_projects.h"
#include "optimizer/rule/push_predicates.h"
#include "optimizer/rule/remove_redundant.h"
#include "optimizer/rule/unnest_subqueries.h"

namespace mahi {

namespace {

template <typename Visit>
void ForEachSubqueryIn(Expression* expression, Visit&& visit) {
  if (auto* subquery = TryAs<SubqueryExpression>(expression)) visit(subquery);
  ForEachChild(expression, [&](Expression*& child) {
    if (child != nullptr) ForEachSubqueryIn(child, visit);
  });
}

template <typename Visit>
void ForEachSubqueryIn(LogicalNode* node, Visit&& visit) {
  for (LogicalNode* child : node->children) ForEachSubqueryIn(child, visit);
  ForEachNodeExpression(node, [&](Expression*& expression) { ForEachSubqueryIn(expression, visit); });
}

// Nothing to rewrite: one table, no subqueries; what point statements look like.
bool IsSimple(LogicalNode* node) {
  switch (node->kind) {
    case LogicalKind::kInsert:
    case LogicalKind::kProject:
    case LogicalKind::kUpdate:
    case LogicalKind::kDelete:
      return IsSimple(node->children[0]);
    case LogicalKind::kValues:
    case LogicalKind::kSingleRow:
    case LogicalKind::kGet:
      return true;
    default:
      return false;
  }
}

LogicalNode* Prepare(Planner& planner, LogicalNode* root) {
  root = InlineCtes(planner, root);
  FoldConstants(planner, root);
  ForEachSubqueryIn(root, [&](SubqueryExpression* subquery) {
    std::vector<ColumnId> output = subquery->logical->output;
    subquery->logical = KeepOutput(planner, Prepare(planner, subquery->logical), output, {});
  });
  root = MergeProjects(planner, root);
  root = UnnestSubqueries(planner, root);
  return root;
}

LogicalNode* Finish(Planner& planner, LogicalNode* root, bool order_matters) {
  ForEachSubqueryIn(root, [&](SubqueryExpression* subquery) {
    std::vector<ColumnId> output = subquery->logical->output;
    bool has_order = false;  // only LIMIT makes order matter within a subquery
    subquery->logical = KeepOutput(planner, Finish(planner, subquery->logical, has_order), output, {});
  });
  root = PushPredicates(planner, root);
  root = SemiJoinsToInner(planner, root);
  return RemoveRedundant(planner, root, order_matters);
}

}  // namespace

Result<LogicalNode*> Rewrite(Planner& planner, LogicalNode* root) {
  if (IsSimple(root)) {
    FoldConstants(planner, root);
    bool has_subquery = false;
    ForEachSubqueryIn(root, [&](SubqueryExpression*) { has_subquery = true; });
    if (!has_subquery) return root;
  }
  std::vector<ColumnId> output = root->output;
  root = Prepare(planner, root);
  root = Finish(planner, root, true);
  bool is_dml = root->kind == LogicalKind::kInsert || root->kind == LogicalKind::kUpdate || root->kind == LogicalKind::kDelete;
  return is_dml ? root : KeepOutput(planner, root, output, {});
}

}  // namespace mahi
