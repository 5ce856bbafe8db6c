// Optimizer: logical plan -> physical plan.
//
// Rewrites (rule/), orders joins by cost, chooses access paths, then resolves every ColumnId into a slot.
// Thread safety: one call, one thread; the plan is immutable afterwards.
#pragma once

#include "base/status.h"
#include "plan/physical_plan.h"

namespace mahi {

class SchemaReader;

struct OptimizeContext {
  SchemaReader* schema = nullptr;       // statistics
  Diagnostics* diagnostics = nullptr;
  EvalContext* evaluation = nullptr;    // constant folding and range estimates
  uint64_t max_join_size = ~uint64_t{0};
  std::string_view optimizer_switch;
  bool rewrites = true;                 // false: plans the tree as it was bound (tests compare the answers)
};

// Sets plan->physical (and the physical plans of all subqueries, and a DDL command's fill).
Status Optimize(OptimizeContext& context, Plan* plan);

// The physical form of subqueries within an expression bound by BindScalar; slots resolved against no input.
Status PlanExpression(OptimizeContext& context, Expression* expression, Plan* plan);

}  // namespace mahi
