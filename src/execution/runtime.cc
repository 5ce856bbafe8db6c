#include "execution/runtime.h"

#include "table/table_context.h"

namespace mahi {

Runtime::Runtime(ExecutionContext& execution_context, const Plan& executed_plan)
    : context(execution_context), plan(executed_plan), memory(execution_context.memory_limit_bytes) {
  const EvalContext& evaluation = context.evaluation;
  tables = std::make_unique<TableContext>();
  tables->catalog = context.catalog;
  tables->transaction = context.transaction;
  tables->time_zone = evaluation.time_zone;
  tables->diagnostics = evaluation.diagnostics;
  tables->kill_flag = evaluation.kill_flag;
  tables->row_observer = context.row_observer;
  tables->generated_columns = context.generated_columns;
  tables->foreign_key_checks = context.foreign_key_checks;
  tables->unique_checks = context.unique_checks;
  tables->no_auto_value_on_zero = (evaluation.sql_mode & kSqlModeNoAutoValueOnZero) != 0;
  tables->auto_increment_increment = context.auto_increment_increment;
  tables->auto_increment_offset = context.auto_increment_offset;
  tables->auto_increment_lock_mode = context.auto_increment_lock_mode;
  outer_slots.resize(plan.outer_slot_count);
  if (context.collects_counters) counters.resize(plan.node_count + 1);
}

Runtime::~Runtime() = default;

}  // namespace mahi
