// SingleRow: one row without columns. Empty: no rows.
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class SingleRowOperator : public Operator {
 public:
  using Operator::Operator;
  Status OpenImpl() override {
    is_done_ = false;
    return Status::Ok();
  }
  Result<Batch*> NextImpl() override {
    if (is_done_) return nullptr;
    is_done_ = true;
    batch_.Reset();
    batch_.set_row_count(1);
    return &batch_;
  }

 private:
  bool is_done_ = false;
  Batch batch_;
};

class EmptyOperator : public Operator {
 public:
  using Operator::Operator;
  Status OpenImpl() override { return Status::Ok(); }
  Result<Batch*> NextImpl() override { return nullptr; }
};

}  // namespace

Result<OperatorPtr> MakeSingleRow(Runtime& runtime, const PhysicalSingleRow& node) {
  return OperatorPtr(new SingleRowOperator(runtime, node));
}
Result<OperatorPtr> MakeEmpty(Runtime& runtime, const PhysicalEmpty& node) {
  return OperatorPtr(new EmptyOperator(runtime, node));
}

}  // namespace mahi
