// RowStore: rows written once and read any number of times; beyond the memory limit they go to a file.
//
// Readers may be opened at any time and see the rows that had been appended when they were opened.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "execution/memory/key_table.h"
#include "execution/memory/memory_tracker.h"
#include "execution/memory/row_layout.h"
#include "execution/memory/spill_file.h"

namespace mahi {

struct Runtime;

class RowStore {
 public:
  RowStore(Runtime& runtime, std::vector<SqlType> types);

  Status Append(const Batch& batch, const Selection& rows, size_t first_column = 0);
  Status AppendRow(const Batch& batch, uint32_t row, size_t first_column = 0);
  void Clear();
  // Moves the rows in memory to the file.
  Status Spill();

  uint64_t row_count() const { return spilled_rows_ + rows_.size(); }
  size_t memory_bytes() const { return memory_.bytes(); }
  bool is_spilled() const { return spilled_rows_ > 0; }
  const SpilledRowLayout& layout() const { return layout_; }
  // The rows in memory: all of them unless is_spilled.
  const std::vector<const char*>& rows() const { return rows_; }
  // Appends spill when the statement is over its memory limit. Off: the owner decides.
  void set_spills_by_itself(bool spills) { spills_by_itself_ = spills; }

 private:
  friend class RowStoreReader;
  Runtime& runtime_;
  SpilledRowLayout layout_;
  RowArena arena_;
  MemoryUse memory_;
  std::vector<const char*> rows_;
  std::unique_ptr<SpillFile> file_;
  uint64_t spilled_rows_ = 0;
  bool spills_by_itself_ = true;
};

class RowStoreReader {
 public:
  RowStoreReader() = default;
  explicit RowStoreReader(const RowStore* store) { Open(store); }
  void Open(const RowStore* store);
  // Fills the columns from `first_column` on with up to `limit` rows; 0: no more. Strings are valid until the next
  // call (rows from the file) or as long as the store (rows in memory).
  Result<uint32_t> Next(Batch* batch, uint32_t limit, size_t first_column = 0);
  // The same as bytes of rows.
  Result<uint32_t> NextRows(const char** rows, uint32_t limit);

 private:
  const RowStore* store_ = nullptr;
  uint64_t position_ = 0;  // rows read
  uint64_t end_ = 0;
  SpillReader file_;
  uint64_t file_offset_rows_ = 0;
  RowArena arena_;
  std::vector<const char*> pointers_;
};

}  // namespace mahi
