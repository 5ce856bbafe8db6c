// WriteSet: a transaction's uncommitted writes, ordered by key, with their history.
//
// Every write is kept: a key's entry points to its newest version, which points to the one that it replaced. A mark
// is the number of the latest write (numbers only grow); readers may look at the set as it was at a mark, and
// RollbackTo undoes what came after it. Entries are never removed before Clear, so iterators stay valid while the set is written.
//
//   entry -> version 7 (delete) -> version 3 (value) -> nothing: see the store
//
// Thread safety: none.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/arena.h"

namespace mahi {

class KvBatch;

class WriteSet {
 public:
  struct Version {
    uint64_t number;        // 1, 2, ... in order of writing
    const Version* older;
    const char* data;       // null: deleted
    uint32_t length;
    bool is_delete() const { return data == nullptr; }
    std::string_view value() const { return {data, length}; }
  };
  struct Entry {
    const char* key_data;
    const Version* newest;  // null: all of its writes were rolled back
    uint32_t key_length;
    uint32_t height;
    Entry* next[1];  // `height` of them
    std::string_view key() const { return {key_data, key_length}; }
    // The version as of `mark`; null: the store's.
    const Version* At(uint64_t mark) const {
      const Version* version = newest;
      while (version != nullptr && version->number > mark) version = version->older;
      return version;
    }
  };

  WriteSet();
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  // The newest version; null when the key was not written.
  const Version* Find(std::string_view key) const;
  const Version* FindAt(std::string_view key, uint64_t mark) const;

  uint64_t mark() const { return mark_; }
  void RollbackTo(uint64_t mark);
  void Clear();
  bool empty() const { return live_count_ == 0; }
  size_t bytes() const { return bytes_; }
  uint64_t write_count() const { return undo_.size(); }

  // Ordered access. First entry with key >= target; last entry with key < target; null: none.
  const Entry* LowerBound(std::string_view key) const;
  const Entry* Before(std::string_view key) const;
  const Entry* First() const { return head_ == nullptr ? nullptr : head_->next[0]; }
  const Entry* Last() const;

  // Adds the newest versions to `batch`.
  void AppendTo(KvBatch* batch) const;
  // Calls f(key, version) for every key that is written, in key order.
  template <typename F>
  void ForEach(F&& f) const {
    for (const Entry* entry = First(); entry != nullptr; entry = entry->next[0]) {
      if (entry->newest != nullptr) f(entry->key(), *entry->newest);
    }
  }

 private:
  static constexpr int kMaxHeight = 14;
  Entry* NewEntry(std::string_view key, uint32_t height);
  Entry* FindOrInsert(std::string_view key);
  void Write(std::string_view key, const char* data, uint32_t length);

  Arena arena_;
  Entry* head_ = nullptr;
  uint32_t height_ = 1;
  uint32_t random_ = 0x9e3779b9;
  uint64_t mark_ = 0;
  size_t live_count_ = 0;
  size_t bytes_ = 0;
  std::vector<Entry*> undo_;  // the entry of each version that is not undone, in order of writing
};

}  // namespace mahi
