// What the reads of stored tables share: lock modes, filters, and rows one by one where a plan assigns variables.
// Thread safety: one execution, one thread.
#pragma once

#include "execution/operator/operator.h"
#include "table/table_scan.h"

namespace mahi {

inline LockMode LockModeOf(RowLockMode mode, const TableContext& context) {
  switch (mode) {
    case RowLockMode::kShared:
      return LockMode::kShared;
    case RowLockMode::kExclusive:
      return LockMode::kExclusive;
    case RowLockMode::kNone:
      break;
  }
  return context.transaction->plain_read_lock();
}
inline WaitPolicy WaitPolicyOf(LockWaitPolicy policy) {
  switch (policy) {
    case LockWaitPolicy::kNoWait:
      return WaitPolicy::kNoWait;
    case LockWaitPolicy::kSkipLocked:
      return WaitPolicy::kSkipLocked;
    case LockWaitPolicy::kWait:
      break;
  }
  return WaitPolicy::kWait;
}

// A compiled condition as the scan's filter.
class EvaluatorFilter : public ScanFilter {
 public:
  explicit EvaluatorFilter(EvaluatorPtr condition) : condition_(std::move(condition)) {}
  Status Apply(const Batch& batch, const Selection& rows, SelectionBuffer* passed) override {
    return condition_->Filter(batch, rows, passed);
  }

 private:
  EvaluatorPtr condition_;
};
Result<std::unique_ptr<EvaluatorFilter>> CompileFilter(Runtime& runtime, const Expression* condition);

// Where a value lies among those that a key column can hold.
enum class Placement : uint8_t { kBelow, kWithin, kAbove };
// Makes an integer one of the column's type; when it does not fit, the column's nearest. Others are left alone.
Placement PlaceInColumn(Datum* value, const SqlType& type);

// The values of a KeyRange's bounds, which the IndexRange borrows.
class RangeEvaluator {
 public:
  Status Compile(Runtime& runtime, const TableDefinition& table, const Index& index, const KeyRange& range);
  // False: the range is empty (a NULL where a value is needed). The datums are valid until the next call.
  Result<bool> Evaluate(const Batch& input, uint32_t row, IndexRange* range);

 private:
  const KeyRange* definition_ = nullptr;
  std::vector<EvaluatorPtr> lower_, upper_;
  std::vector<const SqlType*> types_;  // of the index's parts
};

// A scan as an operator.
class TableReadOperator : public Operator {
 public:
  TableReadOperator(Runtime& runtime, const PhysicalTableRead& node) : Operator(runtime, node), read_(node) {}
  Status Prepare();
  void SetRowLimit(uint64_t limit) override { row_limit_ = limit; }

 protected:
  // False: no rows at all.
  virtual Result<bool> MakeSpec(ScanSpec* spec) = 0;
  Status OpenImpl() override;
  Result<Batch*> NextImpl() override;

  const PhysicalTableRead& read_;
  EvaluatorPtr filter_;

 private:
  Result<Batch*> NextRow();
  uint64_t row_limit_ = ~uint64_t{0};
  uint64_t opened_limit_ = ~uint64_t{0};
  std::unique_ptr<EvaluatorFilter> scan_filter_;
  std::unique_ptr<TableScan> scan_;
  Batch batch_;
  uint32_t single_ = 0;  // next position, when rows are given one by one
  SelectionBuffer one_;
};

}  // namespace mahi
