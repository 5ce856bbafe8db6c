#include "execution/generated_columns.h"

#include <algorithm>

#include "execution/operator/dml/row_maker.h"
#include "execution/runtime.h"

namespace mahi {

struct GeneratedColumns::State {
  State(ExecutionContext& context, const Plan& plan, Bind binder) : runtime(context, plan), bind(std::move(binder)) {}
  Runtime runtime;
  Bind bind;
  std::map<uint64_t, std::unique_ptr<RowMaker>> makers;  // by table id
};

GeneratedColumns::GeneratedColumns(ExecutionContext& context, const Plan& plan, Bind bind)
    : state_(std::make_unique<State>(context, plan, std::move(bind))) {}
GeneratedColumns::~GeneratedColumns() = default;

Status GeneratedColumns::Recompute(const TableRef& table, std::span<Datum> row) {
  std::unique_ptr<RowMaker>& maker = state_->makers[table->id];
  if (maker == nullptr || maker->table()->version != table->version) {
    MAHI_ASSIGN_OR_RETURN(const RowExpressions* expressions, state_->bind(table));
    maker = std::make_unique<RowMaker>(state_->runtime, table, false);
    MAHI_RETURN_IF_ERROR(maker->Compile(*expressions));
  }
  if (!maker->has_generated()) return Status::Ok();
  maker->StartFrom(row);
  MAHI_RETURN_IF_ERROR(maker->ComputeGenerated(1));
  std::copy(maker->row().begin(), maker->row().end(), row.begin());
  return Status::Ok();
}

}  // namespace mahi
