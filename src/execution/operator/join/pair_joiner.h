// PairJoiner: the common end of all joins: candidate pairs of a left row and a right row are collected until they fill a
// batch, checked against the join's further condition, and put out; outer, semi and anti joins keep their books here.
//
//   joiner.StartLeft(batch);
//   for each left row: while there are candidates: Add(left_row, right_row); then FinishLeft(left_row)
//   when is_full(), or the left batch is done: Flush gives the joined batch (or null when nothing passed)
//   for semi and anti joins, after the last Flush: TakeLeft gives the left batch, narrowed
//
// A right row is a pointer to bytes of `right_layout`, valid until the next Flush. Marks for right and full joins are
// set in the byte that stands kMarkOffset before the row.
// Thread safety: none.
#pragma once

#include <memory>
#include <vector>

#include "execution/expression/evaluator.h"
#include "execution/memory/row_layout.h"
#include "plan/physical_plan.h"

namespace mahi {

class PairJoiner {
 public:
  static constexpr size_t kMarkOffset = 8;

  // `output_types`: the join's own types for inner and outer joins. `condition` may be null.
  PairJoiner(JoinType type, const std::vector<SqlType>& left_types, const std::vector<SqlType>& right_types,
             EvaluatorPtr condition, uint32_t batch_rows);

  void StartLeft(Batch* left);
  bool is_full() const { return entries_.size() >= batch_rows_; }
  bool has_pairs() const { return !entries_.empty(); }
  // Semi and anti joins need no more candidates for a row that has matched; nor do joins without condition beyond the
  // first.
  bool needs_more(uint32_t left_row) const { return !is_semi_ || !is_matched_[left_row]; }
  void Add(uint32_t left_row, const char* right_row) {
    if (condition_ == nullptr) {
      is_matched_[left_row] = true;
      if (marks_right_) Mark(right_row);
      if (is_semi_) return;
    }
    entries_.push_back({static_cast<uint16_t>(left_row), EntryKind::kCandidate, right_row});
  }
  // All candidates of the row were added.
  void FinishLeft(uint32_t left_row);
  // Marks a left row as matched without a candidate (null-aware joins).
  void SetMatched(uint32_t left_row) { is_matched_[left_row] = true; }
  // Joins the collected pairs. Null: no output.
  Result<Batch*> Flush();
  // Semi: the matched rows of the left batch; anti: the others. Null: none.
  Batch* TakeLeft();
  // Right and full joins: rows without partner, with NULLs on the left. At most kBatchRows.
  Batch* EmitRight(std::span<const char* const> rows);
  static void Mark(const char* right_row) { const_cast<char*>(right_row)[-static_cast<ptrdiff_t>(kMarkOffset)] = 1; }
  static bool IsMarked(const char* right_row) { return right_row[-static_cast<ptrdiff_t>(kMarkOffset)] != 0; }

 private:
  enum class EntryKind : uint8_t { kCandidate, kNullExtended, kEnd };
  struct Entry {
    uint16_t left;
    EntryKind kind;
    const char* right;
  };
  void Gather(const std::vector<Entry>& entries);

  JoinType type_;
  bool is_semi_;      // semi or anti
  bool keeps_left_;   // left or full
  bool marks_right_;  // right or full
  size_t left_width_;
  SpilledRowLayout right_layout_;
  EvaluatorPtr condition_;
  uint32_t batch_rows_;
  Batch* left_ = nullptr;
  std::vector<Entry> entries_, final_;
  std::vector<uint8_t> is_matched_;
  std::vector<uint16_t> positions_;
  std::vector<const char*> rows_;
  SelectionBuffer passed_;
  Batch joined_;
};

}  // namespace mahi
