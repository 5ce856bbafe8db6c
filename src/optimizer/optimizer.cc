#include "optimizer/optimizer.h"

#include "optimizer/logical_util.h"
#include "optimizer/planner.h"
#include "optimizer/rewrite.h"
#include "optimizer/translator.h"
#include "plan/physical_visitor.h"

namespace mahi {

namespace {

void NumberExpression(Expression* expression, uint32_t* next);

// Preorder numbers; a node's subqueries come after the node and before its children.
void Number(PhysicalNode* node, uint32_t* next) {
  node->id = (*next)++;
  ForEachExpression(node, [&](Expression* expression) { NumberExpression(expression, next); });
  if (node->kind == PhysicalKind::kIndexJoin) As<PhysicalIndexJoin>(node)->right->id = (*next)++;
  for (PhysicalNode* child : node->children) Number(child, next);
}

void NumberExpression(Expression* expression, uint32_t* next) {
  ForEachSubquery(expression, [&](SubqueryExpression* subquery) {
    if (subquery->physical != nullptr) Number(subquery->physical, next);
  });
}

Result<PhysicalNode*> PlanTree(Planner& planner, LogicalNode* root) {
  planner.DefineColumns(root);
  InlineOuterArguments(planner, root);
  if (planner.context.rewrites) {
    MAHI_ASSIGN_OR_RETURN(root, Rewrite(planner, root));
  }
  return Translator(planner).TranslateRoot(root);
}

// Generated columns, defaults and checks of a new table: over its row.
Status ResolveRowExpressions(Planner& planner, RowExpressions* row, const TableDefinition& table) {
  for (size_t i = 0; i < row->row.size() && i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    planner.Define(row->row[i], {&column.type, column.is_nullable, column.name, nullptr, -1});
  }
  Translator translator(planner);
  Status status;
  ForEachRowExpression(*row, [&](Expression*& expression) {
    if (!status.ok()) return;
    Result<Expression*> resolved = translator.Resolve(expression, row->row, nullptr);
    if (resolved.ok()) {
      expression = *resolved;
    } else {
      status = resolved.TakeStatus();
    }
  });
  return status;
}

}  // namespace

Status Optimize(OptimizeContext& context, Plan* plan) {
  Planner planner{context, plan};
  uint32_t next = plan->node_count;
  if (plan->ddl != nullptr) {
    if (plan->ddl->kind == DdlKind::kAlterTable) {
      auto* alter = As<AlterTableCommand>(plan->ddl);
      if (alter->new_table) MAHI_RETURN_IF_ERROR(ResolveRowExpressions(planner, &alter->expressions, *alter->new_table));
    }
    if (plan->ddl->kind == DdlKind::kCreateTable) {
      auto* create = As<CreateTableCommand>(plan->ddl);
      if (create->fill_logical != nullptr) {
        MAHI_ASSIGN_OR_RETURN(create->fill, PlanTree(planner, create->fill_logical));
        Number(create->fill, &next);
      }
    }
  }
  if (plan->logical != nullptr) {
    MAHI_ASSIGN_OR_RETURN(plan->physical, PlanTree(planner, plan->logical));
    Number(plan->physical, &next);
  }
  plan->node_count = next;
  return {};
}

Status PlanExpression(OptimizeContext& context, Expression* expression, Plan* plan) {
  Planner planner{context, plan};
  Status status;
  ForEachSubquery(expression, [&](SubqueryExpression* subquery) {
    if (!status.ok() || subquery->physical != nullptr) return;
    planner.DefineColumns(subquery->logical);
    InlineOuterArguments(planner, subquery);
    if (context.rewrites) {
      Result<LogicalNode*> rewritten = Rewrite(planner, subquery->logical);
      if (!rewritten.ok()) {
        status = rewritten.TakeStatus();
        return;
      }
      subquery->logical = *rewritten;
    }
    Result<Expression*> resolved = Translator(planner).Resolve(subquery, {}, nullptr);
    if (!resolved.ok()) {
      status = resolved.TakeStatus();
      return;
    }
    *subquery = *As<SubqueryExpression>(*resolved);
  });
  MAHI_RETURN_IF_ERROR(std::move(status));
  uint32_t next = plan->node_count;
  NumberExpression(expression, &next);
  plan->node_count = next;
  return {};
}

}  // namespace mahi
