// PointLookup: at most one row by a complete unique key.
#include "execution/operator/factories.h"
#include "execution/operator/scan/table_read.h"
#include "table/point_lookup.h"

namespace mahi {

namespace {

class PointLookupOperator : public Operator {
 public:
  PointLookupOperator(Runtime& runtime, const PhysicalPointLookup& node)
      : Operator(runtime, node), lookup_node_(node), lookup_(node.table, node.index, node.ordinals),
        batch_(node.types, 1) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(key_, CompileExpressions(runtime_, lookup_node_.key));
    MAHI_ASSIGN_OR_RETURN(filter_, CompileOptional(runtime_, lookup_node_.filter));
    return Status::Ok();
  }

  Status OpenImpl() override {
    is_done_ = false;
    return Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    if (is_done_) return nullptr;
    is_done_ = true;
    values_.clear();
    for (const EvaluatorPtr& part : key_) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, part->Evaluate(SingleRowInput(), Selection::All(1)));
      if (value->IsNull(0)) return nullptr;
      values_.push_back(value->GetDatum(0));
      const Index& index = lookup_node_.table->indexes[lookup_node_.index];
      const SqlType& type = lookup_node_.table->columns[index.parts[values_.size() - 1].column].type;
      if (PlaceInColumn(&values_.back(), type) != Placement::kWithin) return nullptr;
    }
    LockMode lock = LockModeOf(lookup_node_.lock_mode, *runtime_.tables);
    MAHI_ASSIGN_OR_RETURN(
        bool found, lookup_.Find(runtime_.tables.get(), values_, lock, WaitPolicyOf(lookup_node_.wait_policy)));
    if (!found) return nullptr;
    batch_.Reset();
    MAHI_RETURN_IF_ERROR(lookup_.AppendTo(&batch_, 0));
    batch_.set_row_count(1);
    if (filter_ != nullptr) {
      SelectionBuffer passed;
      MAHI_RETURN_IF_ERROR(filter_->Filter(batch_, Selection::All(1), &passed));
      if (passed.count == 0) {
        if (lock != LockMode::kNone) lookup_.Unlock(runtime_.tables.get());
        return nullptr;
      }
    }
    return &batch_;
  }

 private:
  const PhysicalPointLookup& lookup_node_;
  PointLookup lookup_;
  std::vector<EvaluatorPtr> key_;
  EvaluatorPtr filter_;
  std::vector<Datum> values_;
  Batch batch_;
  bool is_done_ = false;
};

}  // namespace

Result<OperatorPtr> MakePointLookup(Runtime& runtime, const PhysicalPointLookup& node) {
  auto lookup = std::make_unique<PointLookupOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(lookup->Compile());
  return OperatorPtr(std::move(lookup));
}

}  // namespace mahi
