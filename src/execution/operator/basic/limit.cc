// Limit: skips `offset` rows, passes `count`. With SQL_CALC_FOUND_ROWS it reads on to the end and counts.
#include <algorithm>

#include "execution/operator/factories.h"

namespace mahi {

namespace {

class LimitOperator : public Operator {
 public:
  LimitOperator(Runtime& runtime, const PhysicalLimit& node, OperatorPtr child)
      : Operator(runtime, node), limit_(node), child_(std::move(child)) {}

  Status OpenImpl() override {
    MAHI_ASSIGN_OR_RETURN(skip_, EvaluateCount(runtime_, limit_.offset, 0));
    MAHI_ASSIGN_OR_RETURN(left_, EvaluateCount(runtime_, limit_.count, ~uint64_t{0}));
    found_ = 0;
    is_open_ = left_ > 0 || limit_.counts_found_rows;
    if (!limit_.counts_found_rows) {
      child_->SetRowLimit(left_ > ~uint64_t{0} - skip_ ? ~uint64_t{0} : skip_ + left_);
    }
    return is_open_ ? child_->Open() : Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    while (is_open_ && (left_ > 0 || limit_.counts_found_rows)) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
      if (batch == nullptr) {
        is_open_ = false;
        if (limit_.counts_found_rows) runtime_.result.found_rows = found_;
        return nullptr;
      }
      Selection rows = batch->rows();
      found_ += rows.count;
      if (skip_ >= rows.count) {
        skip_ -= rows.count;
        continue;
      }
      uint32_t first = static_cast<uint32_t>(skip_);
      skip_ = 0;
      uint32_t count = static_cast<uint32_t>(std::min<uint64_t>(rows.count - first, left_));
      left_ -= count;
      if (count == 0) continue;
      if (count < rows.count) {
        for (uint32_t i = 0; i < count; ++i) kept_.positions[i] = static_cast<uint16_t>(rows[first + i]);
        kept_.count = count;
        batch->Select(kept_.View());
      }
      return batch;
    }
    return nullptr;
  }

 private:
  const PhysicalLimit& limit_;
  OperatorPtr child_;
  uint64_t skip_ = 0;
  uint64_t left_ = 0;
  uint64_t found_ = 0;
  bool is_open_ = false;
  SelectionBuffer kept_;
};

}  // namespace

Result<OperatorPtr> MakeLimit(Runtime& runtime, const PhysicalLimit& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  return OperatorPtr(new LimitOperator(runtime, node, std::move(child)));
}

}  // namespace mahi
