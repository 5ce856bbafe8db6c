// Runtime: what the operators and evaluators of one execution share.
// Thread safety: one execution, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "execution/executor.h"
#include "execution/memory/memory_tracker.h"

#include "vector/selection.h"

namespace mahi {

class CteState;
class RowStore;
struct TableContext;

struct Runtime {
  Runtime(ExecutionContext& execution_context, const Plan& executed_plan);
  ~Runtime();
  Runtime(const Runtime&) = delete;

  EvalContext& evaluation() { return context.evaluation; }
  Status CheckKilled() const {
    if (context.evaluation.IsKilled()) [[unlikely]] return Error(ER_QUERY_INTERRUPTED);
    return Status::Ok();
  }

  ExecutionContext& context;
  const Plan& plan;
  std::unique_ptr<TableContext> tables;
  MemoryTracker memory;
  ExecutionResult result;
  std::vector<OperatorCounters> counters;  // empty unless they are collected
  std::vector<Value> outer_slots;
  // By CTE id: definitions of WITH clauses, and the rows that a recursive step reads.
  std::vector<CteState*> ctes;
  std::vector<const RowStore*> working_tables;
  // Rows in a source's batch. One when the plan assigns user variables, whose order of evaluation people rely on.
  uint32_t batch_rows = kBatchRows;
  // Set while operators and evaluators are built: something below differs from call to call (RAND(), user variables),
  // so results of subqueries must not be cached.
  bool saw_volatile = false;
  bool saw_assignment = false;
  // Of the outermost DML row, for messages ("at row 3").
  uint64_t row_number = 0;
};

}  // namespace mahi
