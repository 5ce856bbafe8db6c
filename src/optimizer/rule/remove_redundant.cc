#include "optimizer/rule/remove_redundant.h"

#include "optimizer/logical_util.h"

namespace mahi {

namespace {

// Aggregates whose result may depend on the order of their input: GROUP_CONCAT, JSON_ARRAYAGG, ANY_VALUE.
bool DependsOnOrder(AggregateNode* aggregate) {
  for (AggregateExpression* call : aggregate->aggregates) {
    if (call->aggregate == nullptr) continue;
    std::string_view name = call->aggregate->name;
    if (name == "group_concat" || name == "json_arrayagg" || name == "json_objectagg" || name == "any_value") return true;
  }
  return false;
}

bool HasEffects(LogicalNode* node) {
  bool result = false;
  ForEachNodeExpression(node, [&](Expression*& expression) {
    ExpressionTraits traits = TraitsOf(expression);
    result = result || traits.has_side_effect || traits.is_volatile;
  });
  return result;
}

// Are the rows of the tree pairwise different in `columns`?
bool IsUnique(LogicalNode* node, const ColumnSet& columns) {
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
          covered = covered && found && part.prefix_length == 0 && !get->table->columns[part.column].is_nullable;
        }
        if (covered) return true;
      }
      return false;
    }
    case LogicalKind::kFilter:
    case LogicalKind::kSort:
    case LogicalKind::kLimit:
      return IsUnique(node->children[0], columns);
    case LogicalKind::kJoin: {
      JoinType type = As<JoinNode>(node)->type;
      return (type == JoinType::kSemi || type == JoinType::kAnti) && IsUnique(node->children[0], columns);
    }
    case LogicalKind::kAggregate: {
      auto* aggregate = As<AggregateNode>(node);
      if (aggregate->with_rollup) return false;
      for (size_t i = 0; i < aggregate->keys.size(); ++i) {
        if (!columns.Contains(node->output[i])) return false;
      }
      return true;
    }
    case LogicalKind::kDistinct:
      return ColumnSet(node->output).IsSubsetOf(columns);
    case LogicalKind::kProject: {
      auto* project = As<ProjectNode>(node);
      ColumnSet below;
      for (size_t i = 0; i < project->expressions.size(); ++i) {
        const auto* column = TryAs<ColumnExpression>(project->expressions[i]);
        if (column != nullptr && columns.Contains(node->output[i])) below.Add(column->column);
      }
      return IsUnique(node->children[0], below);
    }
    default:
      return false;
  }
}

LogicalNode* Remove(Planner& planner, LogicalNode* node, bool order_matters) {
  std::vector<std::vector<ColumnId>> outputs;
  for (LogicalNode* child : node->children) outputs.push_back(child->output);
  switch (node->kind) {
    case LogicalKind::kSort:
      if (!order_matters && !HasEffects(node)) return Remove(planner, node->children[0], false);
      // Equal keys keep no order of their own.
      node->children[0] = Remove(planner, node->children[0], false);
      break;
    case LogicalKind::kLimit:
      node->children[0] = Remove(planner, node->children[0], true);
      break;
    case LogicalKind::kAggregate:
      node->children[0] = Remove(planner, node->children[0], DependsOnOrder(As<AggregateNode>(node)));
      break;
    case LogicalKind::kDistinct:
      node->children[0] = Remove(planner, node->children[0], order_matters);
      if (IsUnique(node->children[0], ColumnSet(node->output))) {
        return KeepOutput(planner, node->children[0], node->output, {});
      }
      break;
    case LogicalKind::kJoin:
    case LogicalKind::kWindow:
      for (LogicalNode*& child : node->children) child = Remove(planner, child, false);
      break;
    case LogicalKind::kSetOperation: {
      // UNION ALL may be asked to keep the order of a parenthesised, limited branch only.
      for (LogicalNode*& child : node->children) child = Remove(planner, child, false);
      break;
    }
    case LogicalKind::kCte:
      node->children[0] = Remove(planner, node->children[0], false);
      node->children[1] = Remove(planner, node->children[1], order_matters);
      break;
    default:
      for (LogicalNode*& child : node->children) child = Remove(planner, child, order_matters);
      break;
  }
  FixOutput(planner, node, outputs);
  return node;
}

}  // namespace

LogicalNode* RemoveRedundant(Planner& planner, LogicalNode* root, bool order_matters) {
  return Remove(planner, root, order_matters);
}

}  // namespace mahi
