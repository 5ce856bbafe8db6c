#include <chrono>

#include <fmt/format.h>

#include "execution/operator/factories.h"

namespace mahi {

namespace {

uint64_t NowNs() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace

Status Operator::OpenCounted() {
  OperatorCounters& counters = runtime_.counters[node_.id];
  ++counters.loops;
  uint64_t start = NowNs();
  Status status = OpenImpl();
  counters.total_ns += NowNs() - start;
  return status;
}

Result<Batch*> Operator::NextCounted() {
  OperatorCounters& counters = runtime_.counters[node_.id];
  uint64_t start = NowNs();
  Result<Batch*> batch = NextImpl();
  counters.total_ns += NowNs() - start;
  if (batch.ok() && *batch != nullptr) {
    if (counters.rows == 0) counters.first_row_ns = counters.total_ns;
    counters.rows += (*batch)->selected_count();
  }
  return batch;
}

Result<Batch*> Operator::NextBatch() {
  Result<Batch*> batch = runtime_.counters.empty() ? NextImpl() : NextCounted();
  if (!is_checked_ && batch.ok() && *batch != nullptr) {
    is_checked_ = true;
    MAHI_RETURN_IF_ERROR(CheckTypes(**batch));
  }
  return batch;
}

Result<Batch*> Operator::NextSingle() {
  if (pending_ == nullptr) {
    MAHI_ASSIGN_OR_RETURN(Batch* batch, NextBatch());
    if (batch == nullptr || batch->selected_count() == 1) return batch;
    pending_ = batch;
    next_pending_ = 0;
    pending_rows_.Clear();
    batch->rows().ForEach([&](uint32_t row) { pending_rows_.Append(row); });
  }
  Batch* batch = pending_;
  uint16_t row = pending_rows_.positions[next_pending_++];
  if (next_pending_ == pending_rows_.count) pending_ = nullptr;
  batch->Select(Selection{&row, 1});
  return batch;
}

Status Operator::CheckTypes(const Batch& batch) const {
  bool is_good = batch.column_count() == node_.types.size();
  for (size_t i = 0; is_good && i < node_.types.size(); ++i) {
    is_good = batch.column(i).physical() == node_.types[i].physical();
  }
  if (is_good) return Status::Ok();
  return Error(ER_INTERNAL_ERROR, fmt::format("columns of operator {} (kind {}) differ from the plan", node_.id,
                                              static_cast<int>(node_.kind)));
}

Result<OperatorPtr> BuildOperator(Runtime& runtime, const PhysicalNode* node) {
  switch (node->kind) {
    case PhysicalKind::kSingleRow: return MakeSingleRow(runtime, *As<PhysicalSingleRow>(node));
    case PhysicalKind::kEmpty: return MakeEmpty(runtime, *As<PhysicalEmpty>(node));
    case PhysicalKind::kTableScan: return MakeTableScan(runtime, *As<PhysicalTableScan>(node));
    case PhysicalKind::kIndexScan: return MakeIndexScan(runtime, *As<PhysicalIndexScan>(node));
    case PhysicalKind::kPointLookup: return MakePointLookup(runtime, *As<PhysicalPointLookup>(node));
    case PhysicalKind::kVirtualScan: return MakeVirtualScan(runtime, *As<PhysicalVirtualScan>(node));
    case PhysicalKind::kJsonTable: return MakeJsonTable(runtime, *As<PhysicalJsonTable>(node));
    case PhysicalKind::kValues: return MakeValues(runtime, *As<PhysicalValues>(node));
    case PhysicalKind::kFilter: return MakeFilter(runtime, *As<PhysicalFilter>(node));
    case PhysicalKind::kProject: return MakeProject(runtime, *As<PhysicalProject>(node));
    case PhysicalKind::kHashJoin: return MakeHashJoin(runtime, *As<PhysicalHashJoin>(node));
    case PhysicalKind::kIndexJoin: return MakeIndexJoin(runtime, *As<PhysicalIndexJoin>(node));
    case PhysicalKind::kNestedLoopJoin: return MakeNestedLoopJoin(runtime, *As<PhysicalNestedLoopJoin>(node));
    case PhysicalKind::kHashAggregate: return MakeHashAggregate(runtime, *As<PhysicalHashAggregate>(node));
    case PhysicalKind::kStreamAggregate: return MakeStreamAggregate(runtime, *As<PhysicalStreamAggregate>(node));
    case PhysicalKind::kWindow: return MakeWindow(runtime, *As<PhysicalWindow>(node));
    case PhysicalKind::kDistinct: return MakeDistinct(runtime, *As<PhysicalDistinct>(node));
    case PhysicalKind::kSort: return MakeSort(runtime, *As<PhysicalSort>(node));
    case PhysicalKind::kTopN: return MakeTopN(runtime, *As<PhysicalTopN>(node));
    case PhysicalKind::kLimit: return MakeLimit(runtime, *As<PhysicalLimit>(node));
    case PhysicalKind::kUnionAll: return MakeUnionAll(runtime, *As<PhysicalUnionAll>(node));
    case PhysicalKind::kSetOperation: return MakeSetOperation(runtime, *As<PhysicalSetOperation>(node));
    case PhysicalKind::kCte: return MakeCte(runtime, *As<PhysicalCte>(node));
    case PhysicalKind::kCteReference: return MakeCteReference(runtime, *As<PhysicalCteReference>(node));
    case PhysicalKind::kRecursiveCte: return MakeRecursiveCte(runtime, *As<PhysicalRecursiveCte>(node));
    case PhysicalKind::kWorkingTable: return MakeWorkingTable(runtime, *As<PhysicalWorkingTable>(node));
    case PhysicalKind::kLoadFile: return MakeLoadFile(runtime, *As<PhysicalLoadFile>(node));
    case PhysicalKind::kInsert: return MakeInsert(runtime, *As<PhysicalInsert>(node));
    case PhysicalKind::kUpdate: return MakeUpdate(runtime, *As<PhysicalUpdate>(node));
    case PhysicalKind::kDelete: return MakeDelete(runtime, *As<PhysicalDelete>(node));
  }
  MAHI_UNREACHABLE();
}

}  // namespace mahi
