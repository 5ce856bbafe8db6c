// Visiting the expressions of physical nodes. For numbering, EXPLAIN and checks.
// Thread safety: stateless.
#pragma once

#include "plan/physical_plan.h"

namespace mahi {

// Calls visit(Expression*) for each expression that the node itself holds (not its children's).
template <typename Visit>
void ForEachExpression(const PhysicalNode* node, Visit&& visit) {
  auto one = [&](Expression* expression) {
    if (expression != nullptr) visit(expression);
  };
  auto each = [&](const auto& list) {
    for (Expression* expression : list) one(expression);
  };
  auto keys = [&](const std::vector<SortKey>& list) {
    for (const SortKey& key : list) one(key.expression);
  };
  auto assignments = [&](const std::vector<ColumnAssignment>& list) {
    for (const ColumnAssignment& assignment : list) one(assignment.value);
  };
  auto row = [&](const RowExpressions& expressions) {
    assignments(expressions.generated);
    assignments(expressions.defaults);
    each(expressions.checks);
    one(expressions.view_check);
  };
  switch (node->kind) {
    case PhysicalKind::kTableScan:
      return one(As<PhysicalTableScan>(node)->filter);
    case PhysicalKind::kIndexScan: {
      const auto* scan = As<PhysicalIndexScan>(node);
      for (const KeyRange& range : scan->ranges) {
        each(range.lower);
        for (size_t i = 0; i < range.upper.size(); ++i) {
          if (i >= range.lower.size() || range.lower[i] != range.upper[i]) one(range.upper[i]);
        }
      }
      one(scan->index_filter);
      return one(scan->filter);
    }
    case PhysicalKind::kPointLookup:
      each(As<PhysicalPointLookup>(node)->key);
      return one(As<PhysicalPointLookup>(node)->filter);
    case PhysicalKind::kVirtualScan:
      for (const auto& [ordinal, value] : As<PhysicalVirtualScan>(node)->lookups) one(value);
      return one(As<PhysicalVirtualScan>(node)->filter);
    case PhysicalKind::kJsonTable:
      return one(As<PhysicalJsonTable>(node)->document);
    case PhysicalKind::kValues:
      for (const auto& values : As<PhysicalValues>(node)->rows) each(values);
      return;
    case PhysicalKind::kFilter:
      return one(As<PhysicalFilter>(node)->condition);
    case PhysicalKind::kProject:
      return each(As<PhysicalProject>(node)->expressions);
    case PhysicalKind::kHashJoin: {
      const auto* join = As<PhysicalHashJoin>(node);
      each(join->left_keys);
      each(join->right_keys);
      return one(join->condition);
    }
    case PhysicalKind::kIndexJoin: {
      const auto* join = As<PhysicalIndexJoin>(node);
      each(join->keys);
      ForEachExpression(join->right, visit);
      return one(join->condition);
    }
    case PhysicalKind::kNestedLoopJoin: {
      const auto* join = As<PhysicalNestedLoopJoin>(node);
      each(join->outer_arguments);
      return one(join->condition);
    }
    case PhysicalKind::kHashAggregate:
    case PhysicalKind::kStreamAggregate: {
      const auto* aggregate = static_cast<const PhysicalAggregate*>(node);
      each(aggregate->keys);
      return each(aggregate->aggregates);
    }
    case PhysicalKind::kWindow:
      return each(As<PhysicalWindow>(node)->functions);
    case PhysicalKind::kSort:
      return keys(As<PhysicalSort>(node)->keys);
    case PhysicalKind::kTopN:
      keys(As<PhysicalTopN>(node)->keys);
      one(As<PhysicalTopN>(node)->offset);
      return one(As<PhysicalTopN>(node)->count);
    case PhysicalKind::kLimit:
      one(As<PhysicalLimit>(node)->offset);
      return one(As<PhysicalLimit>(node)->count);
    case PhysicalKind::kInsert: {
      const InsertNode* insert = As<PhysicalInsert>(node)->logical;
      assignments(insert->updates);
      row(insert->expressions);
      return each(insert->returning);
    }
    case PhysicalKind::kUpdate:
      for (const UpdateTarget& target : As<PhysicalUpdate>(node)->logical->targets) {
        assignments(target.assignments);
        row(target.expressions);
      }
      return;
    case PhysicalKind::kDelete:
      return each(As<PhysicalDelete>(node)->logical->returning);
    default:
      return;
  }
}

// Calls visit(SubqueryExpression*) for the subqueries of an expression, outermost first, not those within their plans.
template <typename Visit>
void ForEachSubquery(Expression* expression, Visit&& visit) {
  if (auto* subquery = TryAs<SubqueryExpression>(expression)) visit(subquery);
  ForEachChild(expression, [&](Expression*& child) {
    if (child != nullptr) ForEachSubquery(child, visit);
  });
}

}  // namespace mahi
