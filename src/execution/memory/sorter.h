// Sorter: sorts rows by encoded keys; external merge sort beyond its memory, with an optional bound on the number of
// rows wanted.
//
// 1. Rows are collected with their sort keys. With a limit n, whenever 2n rows are there the upper half is dropped.
// 2. When they exceed `memory_bytes` they are sorted and written as a run.
// 3. Runs are merged, at most kFanIn at a time, into longer ones until one merge is left, which is read.
//
//   run := (key_bytes:le32 row_bytes:le32 key row)*
//
// Equal keys keep their order of arrival. Thread safety: none.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "execution/memory/key_table.h"
#include "execution/memory/memory_tracker.h"
#include "execution/memory/row_layout.h"
#include "execution/memory/spill_file.h"

namespace mahi {

struct Runtime;

class Sorter {
 public:
  Sorter(Runtime& runtime, std::vector<SqlType> types, uint64_t memory_bytes);
  ~Sorter();

  void Reset(uint64_t limit = ~uint64_t{0});
  Status Add(std::string_view key, const Batch& batch, uint32_t row);
  // No more Add.
  Status Finish();
  // Fills the batch with up to `limit` rows in order; 0: no more. Strings are valid until the next call.
  Result<uint32_t> Next(Batch* batch, uint32_t limit);
  // The same as pointers to rows, and their keys if wanted.
  Result<uint32_t> NextRows(const char** rows, std::string_view* keys, uint32_t limit);
  uint64_t row_count() const { return added_; }
  const SpilledRowLayout& layout() const { return layout_; }

 private:
  struct Entry {
    uint64_t prefix;  // first 8 bytes of the key, big endian
    const char* data;  // key_bytes:u32 row_bytes:u32 key, padding, row
    uint64_t number;   // order of arrival
  };
  struct Run {
    std::unique_ptr<SpillFile> file;
  };
  struct Cursor;
  static std::string_view KeyOf(const char* data);
  static std::string_view RowOf(const char* data);
  static bool Less(const Entry& a, const Entry& b);
  void SortEntries();
  Status WriteRun();
  void Prune();
  Status MergeRuns(size_t count);
  Status OpenMerge(size_t count);
  Result<bool> AdvanceMerge(const Cursor** least);

  Runtime& runtime_;
  SpilledRowLayout layout_;
  uint64_t memory_bytes_;
  uint64_t limit_ = ~uint64_t{0};
  std::vector<Entry> entries_;
  std::unique_ptr<RowArena> arena_;
  MemoryUse memory_;
  std::vector<Run> runs_;
  uint64_t added_ = 0;
  size_t next_ = 0;
  uint64_t given_ = 0;
  bool is_merging_ = false;
  // Keys above this one are not among the first `limit_`.
  bool has_threshold_ = false;
  std::string threshold_;
  // The merge: a heap of cursors, the least first.
  std::vector<std::unique_ptr<Cursor>> cursors_;
  bool must_advance_ = false;
  RowArena output_arena_;
  std::vector<const char*> pointers_;
};

}  // namespace mahi
