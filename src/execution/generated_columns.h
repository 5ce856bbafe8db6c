// GeneratedColumns: recomputes generated columns of rows that foreign keys' actions change.
// Thread safety: one execution, one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "execution/executor.h"
#include "plan/logical_plan.h"
#include "table/table_context.h"

namespace mahi {

class GeneratedColumns : public GeneratedColumnEvaluator {
 public:
  // `bind` gives the row expressions of a table with their slots set (slot = ordinal); they live as long as this.
  using Bind = std::function<Result<const RowExpressions*>(const TableRef& table)>;
  GeneratedColumns(ExecutionContext& context, const Plan& plan, Bind bind);
  ~GeneratedColumns() override;
  Status Recompute(const TableRef& table, std::span<Datum> row) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mahi
