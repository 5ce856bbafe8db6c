// IndexJoin: for each left row, look up an index of the right table.
//
// With a unique key and nothing else to check, a whole left batch is looked up at once and joined by position.
// Otherwise the index is scanned for each left row and the candidates go through the PairJoiner.
#include <algorithm>

#include "execution/memory/key_table.h"
#include "execution/operator/factories.h"
#include "execution/operator/join/pair_joiner.h"
#include "execution/operator/scan/table_read.h"
#include "table/point_lookup.h"

namespace mahi {

namespace {

class IndexJoinOperator : public Operator {
 public:
  IndexJoinOperator(Runtime& runtime, const PhysicalIndexJoin& node, OperatorPtr left)
      : Operator(runtime, node), join_(node), left_(std::move(left)) {}

  Status Compile() {
    const PhysicalTableRead& right = *join_.right;
    for (uint32_t ordinal : right.ordinals) right_types_.push_back(right.table->columns[ordinal].type);
    if (right.outputs_locator) {
      right_types_.push_back(right.types.size() > right.ordinals.size() ? right.types.back()
                                                                        : SqlType::Varbinary(3072));
    }
    right_layout_ = SpilledRowLayout(right_types_);
    MAHI_ASSIGN_OR_RETURN(keys_, CompileExpressions(runtime_, join_.keys));
    null_safe_ = join_.null_safe;
    null_safe_.resize(keys_.size());
    bool has_null_safe = std::find(null_safe_.begin(), null_safe_.end(), true) != null_safe_.end();
    MAHI_ASSIGN_OR_RETURN(filter_, CompileOptional(runtime_, right.filter));
    MAHI_ASSIGN_OR_RETURN(EvaluatorPtr condition, CompileOptional(runtime_, join_.condition));
    is_semi_ = join_.type == JoinType::kSemi || join_.type == JoinType::kAnti;
    const Index& index = right.table->indexes[join_.index];
    is_batched_ = join_.is_unique && index.is_unique() && !has_null_safe && keys_.size() == index.parts.size();
    if (is_batched_) {
      lookup_ = std::make_unique<BatchLookup>(right.table, join_.index, right.ordinals, right.outputs_locator);
      found_ = Batch(right_types_);
    }
    joiner_ = std::make_unique<PairJoiner>(join_.type, left_->types(), right_types_, std::move(condition),
                                           kBatchRows);
    return Status::Ok();
  }

  Status OpenImpl() override {
    left_batch_ = nullptr;
    is_done_ = false;
    scan_.reset();
    return left_->Open();
  }

  Result<Batch*> NextImpl() override {
    while (!is_done_) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, Step());
      if (batch != nullptr) return batch;
    }
    return nullptr;
  }

 private:
  LockMode lock() const { return LockModeOf(join_.right->lock_mode, *runtime_.tables); }
  WaitPolicy wait() const { return WaitPolicyOf(join_.right->wait_policy); }

  Result<Batch*> Step() {
    if (left_batch_ == nullptr) {
      MAHI_ASSIGN_OR_RETURN(left_batch_, left_->Next());
      if (left_batch_ == nullptr) {
        is_done_ = true;
        return nullptr;
      }
      joiner_->StartLeft(left_batch_);
      left_position_ = 0;
      is_in_row_ = false;
      key_values_.clear();
      for (const EvaluatorPtr& key : keys_) {
        MAHI_ASSIGN_OR_RETURN(const Vector* value, key->Evaluate(*left_batch_, left_batch_->rows()));
        key_values_.push_back(value);
      }
      if (is_batched_) MAHI_RETURN_IF_ERROR(LookUpBatch());
    }
    return is_batched_ ? StepBatched() : StepScan();
  }

  Status LookUpBatch() {
    MAHI_RETURN_IF_ERROR(lookup_->Find(runtime_.tables.get(), key_values_, left_batch_->rows(), lock(), wait(), &found_,
                                       &matches_));
    passed_.Clear();
    uint32_t count = static_cast<uint32_t>(matches_.size());
    found_.set_row_count(count);
    if (filter_ != nullptr) {
      MAHI_RETURN_IF_ERROR(filter_->Filter(found_, Selection::All(count), &passed_));
    } else {
      for (uint32_t i = 0; i < count; ++i) passed_.Append(i);
    }
    // right_of_[left row]: position in found_, or none.
    right_of_.assign(kBatchRows, -1);
    for (uint32_t i = 0; i < passed_.count; ++i) {
      right_of_[matches_[passed_.positions[i]]] = passed_.positions[i];
    }
    arena_.Clear();
    return Status::Ok();
  }

  Result<Batch*> StepBatched() {
    Selection rows = left_batch_->rows();
    for (; left_position_ < rows.count; ++left_position_) {
      uint32_t row = rows[left_position_];
      if (joiner_->is_full()) return joiner_->Flush();
      if (right_of_[row] >= 0) joiner_->Add(row, Copy(found_, static_cast<uint32_t>(right_of_[row])));
      if (joiner_->is_full()) {
        right_of_[row] = -1;
        return joiner_->Flush();
      }
      joiner_->FinishLeft(row);
    }
    return FinishBatch();
  }

  const char* Copy(const Batch& batch, uint32_t row) {
    char* copy = arena_.Allocate(right_layout_.RowBytes(batch, row));
    right_layout_.Write(batch, row, copy);
    return copy;
  }

  Result<Batch*> FinishBatch() {
    if (joiner_->has_pairs()) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, joiner_->Flush());
      if (batch != nullptr) return batch;
    }
    Batch* result = is_semi_ ? joiner_->TakeLeft() : nullptr;
    left_batch_ = nullptr;
    return result;
  }

  // False: the key has a NULL that matches nothing.
  Result<bool> OpenScan(uint32_t row) {
    IndexRange range;
    for (size_t i = 0; i < key_values_.size(); ++i) {
      bool is_null = key_values_[i]->IsNull(row);
      if (is_null && !null_safe_[i]) return false;
      range.lower.push_back(is_null ? Datum::Null() : key_values_[i]->GetDatum(row));
    }
    range.upper = range.lower;
    std::vector<IndexRange> ranges;
    ranges.push_back(std::move(range));
    if (scan_ != nullptr) {
      MAHI_RETURN_IF_ERROR(scan_->Restart(std::move(ranges)));
      return true;
    }
    ScanSpec spec;
    spec.table = join_.right->table;
    spec.index = join_.index;
    spec.ordinals = join_.right->ordinals;
    spec.outputs_locator = join_.right->outputs_locator;
    spec.lock = lock();
    spec.wait = wait();
    spec.ranges = std::move(ranges);
    if (filter_ != nullptr) {
      if (scan_filter_ == nullptr) scan_filter_ = std::make_unique<EvaluatorFilter>(std::move(filter_));
    }
    spec.filter = scan_filter_.get();
    MAHI_ASSIGN_OR_RETURN(scan_, TableScan::Open(runtime_.tables.get(), std::move(spec)));
    scanned_ = Batch(scan_->types());
    return true;
  }

  Result<Batch*> StepScan() {
    Selection rows = left_batch_->rows();
    while (left_position_ < rows.count) {
      uint32_t row = rows[left_position_];
      if (!is_in_row_) {
        MAHI_ASSIGN_OR_RETURN(has_scan_, OpenScan(row));
        is_in_row_ = true;
        scanned_position_ = 0;
        scanned_count_ = 0;
      }
      while (has_scan_ && joiner_->needs_more(row)) {
        if (scanned_position_ == scanned_count_) {
          MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
          MAHI_ASSIGN_OR_RETURN(bool more, scan_->Next(&scanned_));
          if (!more) {
            has_scan_ = false;
            break;
          }
          scanned_position_ = 0;
          scanned_count_ = scanned_.row_count();
        }
        while (scanned_position_ < scanned_count_ && !joiner_->is_full() && joiner_->needs_more(row)) {
          joiner_->Add(row, Copy(scanned_, scanned_position_++));
        }
        if (joiner_->is_full()) return FlushScan();
      }
      if (joiner_->is_full()) return FlushScan();
      joiner_->FinishLeft(row);
      is_in_row_ = false;
      ++left_position_;
    }
    return FinishBatch();
  }

  // The joined batch borrows strings from the arena: two of them take turns.
  Result<Batch*> FlushScan() {
    Result<Batch*> batch = joiner_->Flush();
    std::swap(arena_, spare_arena_);
    arena_.Clear();
    return batch;
  }

  const PhysicalIndexJoin& join_;
  OperatorPtr left_;
  std::vector<SqlType> right_types_;
  SpilledRowLayout right_layout_;
  std::vector<EvaluatorPtr> keys_;
  std::vector<const Vector*> key_values_;
  std::vector<bool> null_safe_;
  EvaluatorPtr filter_;
  std::unique_ptr<EvaluatorFilter> scan_filter_;
  std::unique_ptr<PairJoiner> joiner_;
  std::unique_ptr<BatchLookup> lookup_;
  std::unique_ptr<TableScan> scan_;
  Batch found_, scanned_;
  std::vector<uint16_t> matches_;
  std::vector<int32_t> right_of_;
  SelectionBuffer passed_;
  RowArena arena_, spare_arena_;
  bool is_semi_ = false;
  bool is_batched_ = false;
  bool is_done_ = false;
  bool is_in_row_ = false;
  bool has_scan_ = false;
  Batch* left_batch_ = nullptr;
  uint32_t left_position_ = 0;
  uint32_t scanned_position_ = 0;
  uint32_t scanned_count_ = 0;
};

}  // namespace

Result<OperatorPtr> MakeIndexJoin(Runtime& runtime, const PhysicalIndexJoin& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr left, BuildOperator(runtime, node.children[0]));
  auto join = std::make_unique<IndexJoinOperator>(runtime, node, std::move(left));
  MAHI_RETURN_IF_ERROR(join->Compile());
  return OperatorPtr(std::move(join));
}

}  // namespace mahi
