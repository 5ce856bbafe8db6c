// Batch: up to kBatchRows rows in flight between operators, as one vector for each column.
//
// Rows 0 .. row_count-1 exist; `selection` narrows them without copying: a filter sets it, and consumers that
// need dense rows call Compact.
// Thread safety: none.
#pragma once

#include <memory>
#include <vector>

#include "vector/vector.h"

namespace mahi {

class Batch {
 public:
  Batch() = default;
  explicit Batch(const std::vector<SqlType>& types, uint32_t capacity = kBatchRows) {
    columns_.reserve(types.size());
    for (const SqlType& type : types) columns_.emplace_back(type, capacity);
  }
  Batch(Batch&&) noexcept = default;
  Batch& operator=(Batch&&) noexcept = default;

  size_t column_count() const { return columns_.size(); }
  Vector& column(size_t index) { return columns_[index]; }
  const Vector& column(size_t index) const { return columns_[index]; }
  std::vector<Vector>& columns() { return columns_; }

  uint32_t row_count() const { return row_count_; }
  void set_row_count(uint32_t count) { row_count_ = count; }

  // The rows that count. All of them unless Select was called since the last Reset.
  Selection rows() const {
    return is_selected_ ? selection_->View() : Selection::All(row_count_);
  }
  uint32_t selected_count() const { return is_selected_ ? selection_->count : row_count_; }
  bool is_selected() const { return is_selected_; }
  // Keeps only `rows`, which are positions of this batch.
  void Select(const Selection& rows);
  void ClearSelection() { is_selected_ = false; }
  // Moves the selected rows together, so that rows() is dense.
  void Compact();

  // No rows, no selection; vectors ready to be written.
  void Reset() {
    for (Vector& column : columns_) column.Reset();
    row_count_ = 0;
    is_selected_ = false;
  }

 private:
  std::vector<Vector> columns_;
  uint32_t row_count_ = 0;
  bool is_selected_ = false;
  std::unique_ptr<SelectionBuffer> selection_;
};

}  // namespace mahi
