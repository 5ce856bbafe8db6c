#include "execution/operator/join/pair_joiner.h"

#include <algorithm>

namespace mahi {

PairJoiner::PairJoiner(JoinType type, const std::vector<SqlType>& left_types, const std::vector<SqlType>& right_types,
                       EvaluatorPtr condition, uint32_t batch_rows)
    : type_(type),
      is_semi_(type == JoinType::kSemi || type == JoinType::kAnti),
      keeps_left_(type == JoinType::kLeft || type == JoinType::kFull),
      marks_right_(type == JoinType::kRight || type == JoinType::kFull),
      left_width_(left_types.size()),
      right_layout_(right_types),
      condition_(std::move(condition)),
      batch_rows_(batch_rows),
      is_matched_(kBatchRows) {
  std::vector<SqlType> types = left_types;
  types.insert(types.end(), right_types.begin(), right_types.end());
  joined_ = Batch(types);
}

void PairJoiner::StartLeft(Batch* left) {
  left_ = left;
  entries_.clear();
  std::fill(is_matched_.begin(), is_matched_.end(), 0);
}

void PairJoiner::FinishLeft(uint32_t left_row) {
  if (!keeps_left_) return;
  if (condition_ == nullptr) {
    if (!is_matched_[left_row]) {
      entries_.push_back({static_cast<uint16_t>(left_row), EntryKind::kNullExtended, nullptr});
    }
    return;
  }
  entries_.push_back({static_cast<uint16_t>(left_row), EntryKind::kEnd, nullptr});
}

void PairJoiner::Gather(const std::vector<Entry>& entries) {
  positions_.clear();
  rows_.clear();
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::kEnd) continue;
    positions_.push_back(entry.left);
    rows_.push_back(entry.right);
  }
  joined_.Reset();
  for (size_t i = 0; i < left_width_; ++i) GatherRows(left_->column(i), positions_, &joined_.column(i));
  right_layout_.Gather(rows_, &joined_, left_width_);
  joined_.set_row_count(static_cast<uint32_t>(positions_.size()));
}

Result<Batch*> PairJoiner::Flush() {
  if (entries_.empty()) return nullptr;
  Gather(entries_);
  if (condition_ == nullptr) {
    entries_.clear();
    return joined_.row_count() == 0 ? nullptr : &joined_;
  }
  MAHI_RETURN_IF_ERROR(condition_->Filter(joined_, joined_.rows(), &passed_));
  final_.clear();
  uint32_t candidate = 0, next_passed = 0;
  bool has_extended = false;
  for (const Entry& entry : entries_) {
    if (entry.kind == EntryKind::kEnd) {
      if (is_matched_[entry.left]) continue;
      final_.push_back({entry.left, EntryKind::kNullExtended, nullptr});
      has_extended = true;
      continue;
    }
    if (next_passed < passed_.count && passed_.positions[next_passed] == candidate) {
      ++next_passed;
      is_matched_[entry.left] = true;
      if (marks_right_) Mark(entry.right);
      final_.push_back(entry);
    }
    ++candidate;
  }
  entries_.clear();
  if (is_semi_ || final_.empty()) return nullptr;
  if (has_extended) {
    Gather(final_);
  } else if (passed_.count < joined_.row_count()) {
    joined_.Select(passed_.View());
  }
  return &joined_;
}

Batch* PairJoiner::TakeLeft() {
  bool wanted = type_ == JoinType::kSemi;
  Selection rows = left_->rows();
  uint32_t count = 0;
  for (uint32_t i = 0; i < rows.count; ++i) {
    uint32_t row = rows[i];
    if ((is_matched_[row] != 0) == wanted) passed_.positions[count++] = static_cast<uint16_t>(row);
  }
  passed_.count = count;
  if (count == 0) return nullptr;
  if (count < rows.count) left_->Select(passed_.View());
  return left_;
}

Batch* PairJoiner::EmitRight(std::span<const char* const> rows) {
  joined_.Reset();
  for (size_t i = 0; i < left_width_; ++i) {
    joined_.column(i).SetNull(0);
    joined_.column(i).set_constant(true);
  }
  right_layout_.Gather(rows, &joined_, left_width_);
  joined_.set_row_count(static_cast<uint32_t>(rows.size()));
  return &joined_;
}

}  // namespace mahi
