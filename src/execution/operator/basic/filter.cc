// Filter: narrows its child's batches.
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class FilterOperator : public Operator {
 public:
  FilterOperator(Runtime& runtime, const PhysicalFilter& node, OperatorPtr child, EvaluatorPtr condition)
      : Operator(runtime, node), child_(std::move(child)), condition_(std::move(condition)) {}

  Status OpenImpl() override { return child_->Open(); }
  Result<Batch*> NextImpl() override {
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
      if (batch == nullptr) return nullptr;
      MAHI_RETURN_IF_ERROR(condition_->Filter(*batch, batch->rows(), &passed_));
      if (passed_.count == 0) continue;
      if (passed_.count < batch->selected_count()) batch->Select(passed_.View());
      return batch;
    }
  }

 private:
  OperatorPtr child_;
  EvaluatorPtr condition_;
  SelectionBuffer passed_;
};

}  // namespace

Result<OperatorPtr> MakeFilter(Runtime& runtime, const PhysicalFilter& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr condition, CompileExpression(runtime, node.condition));
  return OperatorPtr(new FilterOperator(runtime, node, std::move(child), std::move(condition)));
}

}  // namespace mahi
