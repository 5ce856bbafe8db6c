#include "vector/batch.h"

#include <cstring>

namespace mahi {

void Batch::Select(const Selection& rows) {
  if (selection_ == nullptr) selection_ = std::make_unique<SelectionBuffer>();
  if (rows.is_dense()) {
    for (uint32_t i = 0; i < rows.count; ++i) selection_->positions[i] = static_cast<uint16_t>(i);
  } else if (rows.positions != selection_->positions) {
    std::memmove(selection_->positions, rows.positions, rows.count * sizeof(uint16_t));
  }
  selection_->count = rows.count;
  is_selected_ = true;
}

void Batch::Compact() {
  if (!is_selected_) return;
  Selection rows = selection_->View();
  for (Vector& column : columns_) {
    if (column.is_constant()) continue;
    Vector dense(column.type(), column.capacity());
    dense.CopyRows(column, rows, 0);
    column = std::move(dense);
  }
  row_count_ = rows.count;
  is_selected_ = false;
}

}  // namespace mahi
