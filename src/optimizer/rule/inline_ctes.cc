#include "optimizer/rule/inline_ctes.h"

#include "optimizer/logical_util.h"

namespace mahi {

namespace {

struct References {
  uint32_t plain = 0;     // in the tree itself
  uint32_t repeated = 0;  // in subqueries, lateral sides and recursive steps
};

void Count(LogicalNode* node, uint32_t cte, bool is_repeated, References* references);

void Count(Expression* expression, uint32_t cte, References* references) {
  if (auto* subquery = TryAs<SubqueryExpression>(expression)) Count(subquery->logical, cte, true, references);
  ForEachChild(expression, [&](Expression*& child) {
    if (child != nullptr) Count(child, cte, references);
  });
}

void Count(LogicalNode* node, uint32_t cte, bool is_repeated, References* references) {
  if (node->kind == LogicalKind::kCteReference && As<CteReferenceNode>(node)->cte == cte) {
    ++(is_repeated ? references->repeated : references->plain);
  }
  for (size_t i = 0; i < node->children.size(); ++i) {
    bool lateral = node->kind == LogicalKind::kJoin && As<JoinNode>(node)->is_lateral && i == 1;
    bool recursive = node->kind == LogicalKind::kRecursiveCte;
    Count(node->children[i], cte, is_repeated || lateral || recursive, references);
  }
  ForEachNodeExpression(node, [&](Expression*& expression) { Count(expression, cte, references); });
}

bool IsRepeatable(LogicalNode* node) {
  if (node->kind == LogicalKind::kRecursiveCte) return false;
  for (LogicalNode* child : node->children) {
    if (!IsRepeatable(child)) return false;
  }
  bool result = true;
  ForEachNodeExpression(node, [&](Expression*& expression) {
    ExpressionTraits traits = TraitsOf(expression);
    result = result && !traits.is_volatile && !traits.has_side_effect;
  });
  return result;
}

// Puts `definition` in place of the one reference.
LogicalNode* Replace(Planner& planner, LogicalNode* node, uint32_t cte, LogicalNode* definition) {
  if (node->kind == LogicalKind::kCteReference && As<CteReferenceNode>(node)->cte == cte) {
    auto* project = planner.New<ProjectNode>();
    project->children = {definition};
    project->output = node->output;
    for (ColumnId column : definition->output) project->expressions.push_back(planner.Column(column));
    return project;
  }
  for (LogicalNode*& child : node->children) child = Replace(planner, child, cte, definition);
  return node;
}

}  // namespace

LogicalNode* InlineCtes(Planner& planner, LogicalNode* node) {
  for (LogicalNode*& child : node->children) child = InlineCtes(planner, child);
  if (node->kind != LogicalKind::kCte) return node;
  auto* cte = As<CteNode>(node);
  References references;
  Count(node->children[1], cte->cte, false, &references);
  if (references.plain + references.repeated == 0) {
    return IsRepeatable(node->children[0]) ? node->children[1] : node;
  }
  if (references.plain != 1 || references.repeated != 0 || !IsRepeatable(node->children[0])) return node;
  return Replace(planner, node->children[1], cte->cte, node->children[0]);
}

}  // namespace mahi
