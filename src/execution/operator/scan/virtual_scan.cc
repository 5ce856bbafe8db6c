// VirtualScan: rows of INFORMATION_SCHEMA and its kin. The table pushes its rows into a row store, from which they are read.
#include "catalog/virtual_table.h"
#include "execution/memory/row_store.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class VirtualScanOperator : public Operator, private BatchSink {
 public:
  VirtualScanOperator(Runtime& runtime, const PhysicalVirtualScan& node)
      : Operator(runtime, node), scan_(node), store_(runtime, node.types), filling_(node.types),
        batch_(node.types) {}

  Status Compile() {
    for (const auto& [ordinal, expression] : scan_.lookups) {
      MAHI_ASSIGN_OR_RETURN(EvaluatorPtr value, CompileExpression(runtime_, expression));
      lookups_.push_back(std::move(value));
    }
    MAHI_ASSIGN_OR_RETURN(filter_, CompileOptional(runtime_, scan_.filter));
    return Status::Ok();
  }

  Status OpenImpl() override {
    store_.Clear();
    std::vector<VirtualLookup> lookups;
    for (size_t i = 0; i < lookups_.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, lookups_[i]->Evaluate(SingleRowInput(), Selection::All(1)));
      if (!value->IsNull(0)) lookups.push_back({scan_.lookups[i].first, value->GetDatum(0)});
    }
    VirtualScanContext context;
    context.catalog = runtime_.context.catalog;
    context.schema_reader = runtime_.context.schema_reader;
    context.transaction = runtime_.context.transaction;
    context.host = runtime_.context.virtual_host;
    context.time_zone = evaluation().time_zone;
    context.kill_flag = evaluation().kill_flag;
    MAHI_RETURN_IF_ERROR(scan_.table->Scan(context, scan_.ordinals, lookups, this));
    reader_.Open(&store_);
    return Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    batch_.Reset();
    MAHI_ASSIGN_OR_RETURN(uint32_t count, reader_.Next(&batch_, runtime_.batch_rows));
    if (count == 0) return nullptr;
    batch_.set_row_count(count);
    return &batch_;
  }

 private:
  Batch* NextBatch() override {
    filling_.Reset();
    return &filling_;
  }
  Status Push() override {
    MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
    Selection rows = filling_.rows();
    if (filter_ != nullptr) {
      MAHI_RETURN_IF_ERROR(filter_->Filter(filling_, rows, &passed_));
      rows = passed_.View();
    }
    return store_.Append(filling_, rows);
  }

  const PhysicalVirtualScan& scan_;
  RowStore store_;
  RowStoreReader reader_;
  Batch filling_, batch_;
  std::vector<EvaluatorPtr> lookups_;
  EvaluatorPtr filter_;
  SelectionBuffer passed_;
};

}  // namespace

Result<OperatorPtr> MakeVirtualScan(Runtime& runtime, const PhysicalVirtualScan& node) {
  auto scan = std::make_unique<VirtualScanOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(scan->Compile());
  return OperatorPtr(std::move(scan));
}

}  // namespace mahi
