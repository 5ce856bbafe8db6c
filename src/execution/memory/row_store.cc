#include "execution/memory/row_store.h"

#include <algorithm>

#include "execution/runtime.h"

namespace mahi {

RowStore::RowStore(Runtime& runtime, std::vector<SqlType> types)
    : runtime_(runtime), layout_(std::move(types)), memory_(runtime.memory) {}

Status RowStore::AppendRow(const Batch& batch, uint32_t row, size_t first_column) {
  size_t bytes = layout_.RowBytes(batch, row, first_column);
  char* to = arena_.Allocate(bytes + 8);
  // The length stands before the row.
  uint64_t length = bytes;
  std::memcpy(to, &length, 8);
  layout_.Write(batch, row, to + 8, first_column);
  rows_.push_back(to + 8);
  return Status::Ok();
}

Status RowStore::Append(const Batch& batch, const Selection& rows, size_t first_column) {
  for (uint32_t i = 0; i < rows.count; ++i) MAHI_RETURN_IF_ERROR(AppendRow(batch, rows[i], first_column));
  memory_.Set(arena_.allocated_bytes() + rows_.capacity() * sizeof(char*));
  if (spills_by_itself_ && runtime_.memory.is_over_limit() && memory_.bytes() > 64 * 1024) return Spill();
  return Status::Ok();
}

Status RowStore::Spill() {
  if (rows_.empty()) return Status::Ok();
  if (file_ == nullptr) file_ = std::make_unique<SpillFile>(runtime_.context.temporary_directory);
  for (const char* row : rows_) {
    uint64_t length;
    std::memcpy(&length, row - 8, 8);
    MAHI_RETURN_IF_ERROR(file_->Append({row - 8, static_cast<size_t>(length) + 8}));
  }
  MAHI_RETURN_IF_ERROR(file_->Flush());
  spilled_rows_ += rows_.size();
  rows_.clear();
  rows_.shrink_to_fit();
  arena_ = RowArena();
  memory_.Set(0);
  return Status::Ok();
}

void RowStore::Clear() {
  rows_.clear();
  arena_.Clear();
  memory_.Set(arena_.allocated_bytes() + rows_.capacity() * sizeof(char*));
  file_.reset();
  spilled_rows_ = 0;
}

void RowStoreReader::Open(const RowStore* store) {
  store_ = store;
  position_ = 0;
  file_offset_rows_ = 0;
  end_ = store->row_count();
  if (store->file_ != nullptr) file_ = SpillReader(store->file_.get(), 0, store->file_->size());
}

Result<uint32_t> RowStoreReader::NextRows(const char** rows, uint32_t limit) {
  uint32_t count = 0;
  if (position_ < store_->spilled_rows_ && position_ < end_) {
    if (file_offset_rows_ == 0) file_ = SpillReader(store_->file_.get(), 0, ~uint64_t{0});
    arena_.Clear();
    while (count < limit && position_ < store_->spilled_rows_ && position_ < end_) {
      uint64_t length = 0;
      MAHI_RETURN_IF_ERROR(file_.Read(reinterpret_cast<char*>(&length), 8));
      char* row = arena_.Allocate(length);
      MAHI_RETURN_IF_ERROR(file_.Read(row, length));
      rows[count++] = row;
      ++position_;
      ++file_offset_rows_;
    }
    return count;
  }
  while (count < limit && position_ < end_) {
    rows[count++] = store_->rows_[position_ - store_->spilled_rows_];
    ++position_;
  }
  return count;
}

Result<uint32_t> RowStoreReader::Next(Batch* batch, uint32_t limit, size_t first_column) {
  pointers_.resize(limit);
  MAHI_ASSIGN_OR_RETURN(uint32_t count, NextRows(pointers_.data(), limit));
  store_->layout().Gather({pointers_.data(), count}, batch, first_column);
  return count;
}

}  // namespace mahi
