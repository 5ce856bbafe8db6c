// NestedLoopJoin: every left row meets every right row. The right side is materialised once; when it depends on the left
// row (LATERAL) it is opened again for each one.
//
// A right side that went to a file is read once for each left batch, chunk by chunk; the left rows without
// partner then come after the joined ones.
#include <algorithm>

#include "execution/memory/key_table.h"
#include "execution/memory/row_store.h"
#include "execution/operator/factories.h"
#include "execution/operator/join/pair_joiner.h"

namespace mahi {

namespace {

class NestedLoopJoinOperator : public Operator {
 public:
  NestedLoopJoinOperator(Runtime& runtime, const PhysicalNestedLoopJoin& node, OperatorPtr left, OperatorPtr right)
      : Operator(runtime, node), join_(node), left_(std::move(left)), right_(std::move(right)),
        right_layout_(right_->types()), store_(runtime, right_->types()) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(outer_, CompileExpressions(runtime_, join_.outer_arguments));
    MAHI_ASSIGN_OR_RETURN(EvaluatorPtr condition, CompileOptional(runtime_, join_.condition));
    if (join_.is_null_aware && condition != nullptr) {
      // The condition's NULL counts as a match.
      null_aware_condition_ = std::make_unique<NullIsTrue>(std::move(condition));
      condition = std::move(null_aware_condition_);
    }
    is_lateral_ = !outer_.empty();
    is_semi_ = join_.type == JoinType::kSemi || join_.type == JoinType::kAnti;
    keeps_right_ = join_.type == JoinType::kFull || join_.type == JoinType::kRight;
    if (keeps_right_) store_.set_spills_by_itself(false);
    size_t slots = join_.first_outer_slot + outer_.size();
    if (runtime_.outer_slots.size() < slots) runtime_.outer_slots.resize(slots);
    joiner_ = std::make_unique<PairJoiner>(join_.type, left_->types(), right_->types(), std::move(condition),
                                           kBatchRows);
    return Status::Ok();
  }

  Status OpenImpl() override {
    left_batch_ = nullptr;
    is_done_ = false;
    is_loaded_ = false;
    next_right_ = 0;
    store_.Clear();
    MAHI_RETURN_IF_ERROR(left_->Open());
    return Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    while (!is_done_) {
      MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      MAHI_ASSIGN_OR_RETURN(Batch* batch, is_lateral_ ? StepLateral() : Step());
      if (batch != nullptr) return batch;
    }
    return keeps_right_ ? EmitRight() : nullptr;
  }

 private:
  class NullIsTrue : public Evaluator {
   public:
    explicit NullIsTrue(EvaluatorPtr condition) : Evaluator(condition->type()), condition_(std::move(condition)) {}
    Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
      return condition_->Evaluate(input, rows);
    }
    Status Filter(const Batch& input, const Selection& rows, SelectionBuffer* passed) override {
      MAHI_ASSIGN_OR_RETURN(const Vector* values, condition_->Evaluate(input, rows));
      uint32_t count = 0;
      rows.ForEach([&](uint32_t row) {
        if (TruthAt(*values, row) != Truth::kFalse) passed->positions[count++] = static_cast<uint16_t>(row);
      });
      passed->count = count;
      return Status::Ok();
    }

   private:
    EvaluatorPtr condition_;
  };

  Status LoadRight() {
    is_loaded_ = true;
    MAHI_RETURN_IF_ERROR(right_->Open());
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, right_->Next());
      if (batch == nullptr) break;
      MAHI_RETURN_IF_ERROR(store_.Append(*batch, batch->rows()));
      // Without a condition one row tells all that a semi join wants to know.
      if (is_semi_ && join_.condition == nullptr) break;
    }
    is_spilled_ = store_.is_spilled();
    // RowStore keeps each row's length in the eight bytes before it, where PairJoiner sets its mark.
    if (keeps_right_) {
      for (const char* row : store_.rows()) const_cast<char*>(row)[-8] = 0;
    }
    return Status::Ok();
  }

  Result<bool> FetchLeft() {
    MAHI_ASSIGN_OR_RETURN(left_batch_, left_->Next());
    if (left_batch_ == nullptr) {
      is_done_ = true;
      if (keeps_right_ && !is_loaded_) MAHI_RETURN_IF_ERROR(LoadRight());
      return false;
    }
    joiner_->StartLeft(left_batch_);
    left_position_ = 0;
    right_position_ = 0;
    return true;
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

  Result<Batch*> Step() {
    if (left_batch_ == nullptr) {
      MAHI_ASSIGN_OR_RETURN(bool more, FetchLeft());
      if (!more) return nullptr;
      if (!is_loaded_) MAHI_RETURN_IF_ERROR(LoadRight());
      if (is_spilled_) {
        reader_.Open(&store_);
        chunk_done_ = false;
      }
    }
    return is_spilled_ ? StepSpilled() : StepInMemory();
  }

  Result<Batch*> StepInMemory() {
    Selection rows = left_batch_->rows();
    const std::vector<const char*>& right = store_.rows();
    for (; left_position_ < rows.count; ++left_position_, right_position_ = 0) {
      uint32_t row = rows[left_position_];
      while (right_position_ < right.size() && !joiner_->is_full() && joiner_->needs_more(row)) {
        joiner_->Add(row, right[right_position_++]);
      }
      if (joiner_->is_full()) return joiner_->Flush();
      joiner_->FinishLeft(row);
    }
    return FinishBatch();
  }

  Result<Batch*> StepSpilled() {
    Selection rows = left_batch_->rows();
    while (!chunk_done_) {
      if (right_position_ == 0 && left_position_ == 0) {
        chunk_.resize(kBatchRows);
        MAHI_ASSIGN_OR_RETURN(uint32_t count, reader_.NextRows(chunk_.data(), kBatchRows));
        chunk_.resize(count);
        if (count == 0) {
          chunk_done_ = true;
          break;
        }
      }
      for (; left_position_ < rows.count; ++left_position_, right_position_ = 0) {
        uint32_t row = rows[left_position_];
        while (right_position_ < chunk_.size() && !joiner_->is_full() && joiner_->needs_more(row)) {
          joiner_->Add(row, chunk_[right_position_++]);
        }
        if (joiner_->is_full()) return joiner_->Flush();
      }
      left_position_ = 0;
      right_position_ = 0;
      // The chunk's memory is reused by the next one.
      if (joiner_->has_pairs()) {
        MAHI_ASSIGN_OR_RETURN(Batch* batch, joiner_->Flush());
        if (batch != nullptr) return batch;
      }
    }
    for (; left_position_ < rows.count; ++left_position_) {
      if (joiner_->is_full()) return joiner_->Flush();
      joiner_->FinishLeft(rows[left_position_]);
    }
    return FinishBatch();
  }

  // The right side's rows of the present left row go to an arena, since its batches do not stay.
  Result<Batch*> StepLateral() {
    if (left_batch_ == nullptr) {
      MAHI_ASSIGN_OR_RETURN(bool more, FetchLeft());
      if (!more) return nullptr;
      outer_values_.clear();
      for (const EvaluatorPtr& argument : outer_) {
        MAHI_ASSIGN_OR_RETURN(const Vector* value, argument->Evaluate(*left_batch_, left_batch_->rows()));
        outer_values_.push_back(value);
      }
      is_right_open_ = false;
      arena_.Clear();
      pending_ = nullptr;
    }
    Selection rows = left_batch_->rows();
    while (left_position_ < rows.count) {
      uint32_t row = rows[left_position_];
      if (!is_right_open_) {
        for (size_t i = 0; i < outer_values_.size(); ++i) {
          runtime_.outer_slots[join_.first_outer_slot + i] =
              Value(outer_values_[i]->GetDatum(row), outer_values_[i]->type());
        }
        MAHI_RETURN_IF_ERROR(right_->Open());
        is_right_open_ = true;
        pending_ = nullptr;
      }
      while (joiner_->needs_more(row)) {
        if (pending_ == nullptr) {
          MAHI_ASSIGN_OR_RETURN(pending_, right_->Next());
          pending_position_ = 0;
          if (pending_ == nullptr) break;
        }
        Selection right_rows = pending_->rows();
        while (pending_position_ < right_rows.count && !joiner_->is_full() && joiner_->needs_more(row)) {
          uint32_t right_row = right_rows[pending_position_++];
          char* copy = arena_.Allocate(right_layout_.RowBytes(*pending_, right_row));
          right_layout_.Write(*pending_, right_row, copy);
          joiner_->Add(row, copy);
        }
        if (joiner_->is_full()) return FlushLateral();
        if (pending_position_ >= right_rows.count) pending_ = nullptr;
      }
      if (joiner_->is_full()) return FlushLateral();
      joiner_->FinishLeft(row);
      is_right_open_ = false;
      ++left_position_;
    }
    return FinishBatch();
  }

  // The joined batch borrows strings from the arena: two of them take turns.
  Result<Batch*> FlushLateral() {
    Result<Batch*> batch = joiner_->Flush();
    std::swap(arena_, spare_arena_);
    arena_.Clear();
    return batch;
  }

  Result<Batch*> EmitRight() {
    std::vector<const char*> rows;
    const std::vector<const char*>& all = store_.rows();
    while (next_right_ < all.size() && rows.size() < kBatchRows) {
      const char* row = all[next_right_++];
      if (!PairJoiner::IsMarked(row)) rows.push_back(row);
    }
    if (rows.empty()) return nullptr;
    return joiner_->EmitRight(rows);
  }

  const PhysicalNestedLoopJoin& join_;
  OperatorPtr left_, right_;
  SpilledRowLayout right_layout_;
  RowStore store_;
  RowStoreReader reader_;
  std::vector<EvaluatorPtr> outer_;
  std::vector<const Vector*> outer_values_;
  EvaluatorPtr null_aware_condition_;
  std::unique_ptr<PairJoiner> joiner_;
  RowArena arena_, spare_arena_;
  std::vector<const char*> chunk_;
  bool is_lateral_ = false;
  bool is_semi_ = false;
  bool keeps_right_ = false;
  bool is_loaded_ = false;
  bool is_spilled_ = false;
  bool is_done_ = false;
  bool is_right_open_ = false;
  bool chunk_done_ = false;
  Batch* left_batch_ = nullptr;
  Batch* pending_ = nullptr;
  uint32_t pending_position_ = 0;
  uint32_t left_position_ = 0;
  size_t right_position_ = 0;
  size_t next_right_ = 0;
};

}  // namespace

Result<OperatorPtr> MakeNestedLoopJoin(Runtime& runtime, const PhysicalNestedLoopJoin& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr left, BuildOperator(runtime, node.children[0]));
  MAHI_ASSIGN_OR_RETURN(OperatorPtr right, BuildOperator(runtime, node.children[1]));
  auto join = std::make_unique<NestedLoopJoinOperator>(runtime, node, std::move(left), std::move(right));
  MAHI_RETURN_IF_ERROR(join->Compile());
  return OperatorPtr(std::move(join));
}

}  // namespace mahi
