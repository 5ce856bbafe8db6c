// Sort, and TopN: a sort that keeps the first offset + count rows only.
#include <algorithm>

#include "execution/memory/key_encoder.h"
#include "execution/memory/sorter.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class SortOperator : public Operator {
 public:
  SortOperator(Runtime& runtime, const PhysicalNode& node, OperatorPtr child)
      : Operator(runtime, node), child_(std::move(child)),
        sorter_(runtime, child_->types(), runtime.context.sort_buffer_bytes), batch_(child_->types()) {}

  Status Compile(const std::vector<SortKey>& keys, const Expression* offset, const Expression* count) {
    offset_ = offset;
    count_ = count;
    for (const SortKey& key : keys) {
      MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime_, key.expression));
      keys_.push_back(std::move(evaluator));
      is_descending_.push_back(key.is_descending);
    }
    return Status::Ok();
  }

  Status OpenImpl() override {
    is_sorted_ = false;
    uint64_t limit = ~uint64_t{0};
    skip_ = 0;
    if (count_ != nullptr || offset_ != nullptr) {
      MAHI_ASSIGN_OR_RETURN(skip_, EvaluateCount(runtime_, offset_, 0));
      MAHI_ASSIGN_OR_RETURN(uint64_t count, EvaluateCount(runtime_, count_, ~uint64_t{0}));
      limit = count > ~uint64_t{0} - skip_ ? ~uint64_t{0} : skip_ + count;
      if (count == 0) limit = 0;
    }
    sorter_.Reset(limit);
    is_empty_ = limit == 0;
    return is_empty_ ? Status::Ok() : child_->Open();
  }

  Result<Batch*> NextImpl() override {
    if (is_empty_) return nullptr;
    if (!is_sorted_) MAHI_RETURN_IF_ERROR(Collect());
    while (true) {
      batch_.Reset();
      uint32_t limit = skip_ > 0 ? static_cast<uint32_t>(std::min<uint64_t>(skip_, kBatchRows)) : runtime_.batch_rows;
      MAHI_ASSIGN_OR_RETURN(uint32_t count, sorter_.Next(&batch_, limit));
      if (count == 0) return nullptr;
      if (skip_ > 0) {
        skip_ -= count;
        continue;
      }
      batch_.set_row_count(count);
      return &batch_;
    }
  }

 private:
  Status Collect() {
    is_sorted_ = true;
    std::string key;
    std::vector<const Vector*> values(keys_.size());
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
      if (batch == nullptr) break;
      Selection rows = batch->rows();
      for (size_t i = 0; i < keys_.size(); ++i) {
        MAHI_ASSIGN_OR_RETURN(values[i], keys_[i]->Evaluate(*batch, rows));
      }
      for (uint32_t i = 0; i < rows.count; ++i) {
        key.clear();
        for (size_t k = 0; k < keys_.size(); ++k) AppendSortKey(*values[k], rows[i], is_descending_[k], &key);
        MAHI_RETURN_IF_ERROR(sorter_.Add(key, *batch, rows[i]));
      }
    }
    return sorter_.Finish();
  }

  OperatorPtr child_;
  Sorter sorter_;
  Batch batch_;
  std::vector<EvaluatorPtr> keys_;
  std::vector<bool> is_descending_;
  const Expression* offset_ = nullptr;
  const Expression* count_ = nullptr;
  uint64_t skip_ = 0;
  bool is_sorted_ = false;
  bool is_empty_ = false;
};

}  // namespace

Result<OperatorPtr> MakeSort(Runtime& runtime, const PhysicalSort& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  auto sort = std::make_unique<SortOperator>(runtime, node, std::move(child));
  MAHI_RETURN_IF_ERROR(sort->Compile(node.keys, nullptr, nullptr));
  return OperatorPtr(std::move(sort));
}

Result<OperatorPtr> MakeTopN(Runtime& runtime, const PhysicalTopN& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  auto sort = std::make_unique<SortOperator>(runtime, node, std::move(child));
  MAHI_RETURN_IF_ERROR(sort->Compile(node.keys, node.offset, node.count));
  return OperatorPtr(std::move(sort));
}

}  // namespace mahi
