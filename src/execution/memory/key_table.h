// KeyTable: maps byte strings (encoded keys) to 0, 1, 2, ... in order of insertion. The hash table behind joins,
// aggregates, DISTINCT and IN.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace mahi {

uint64_t HashBytes(std::string_view bytes);

// Bytes that live until Clear, 8-byte aligned.
class RowArena {
 public:
  char* Allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (used_ + bytes > block_bytes_) return AllocateInNewBlock(bytes);
    char* result = block_ + used_;
    used_ += bytes;
    return result;
  }
  void Clear();
  size_t allocated_bytes() const { return allocated_bytes_; }

 private:
  char* AllocateInNewBlock(size_t bytes);
  char* block_ = nullptr;
  size_t used_ = 0;
  size_t block_bytes_ = 0;
  size_t allocated_bytes_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

class KeyTable {
 public:
  static constexpr uint32_t kNone = 0xffffffff;

  uint32_t FindOrInsert(std::string_view key, bool* is_new);
  uint32_t Find(std::string_view key) const;
  std::string_view key(uint32_t index) const { return {keys_[index].data, keys_[index].length}; }
  uint32_t size() const { return static_cast<uint32_t>(keys_.size()); }
  size_t memory_bytes() const {
    return arena_.allocated_bytes() + slots_.capacity() * sizeof(Slot) + keys_.capacity() * sizeof(Key);
  }
  void Clear();

 private:
  struct Slot {
    uint32_t hash;
    uint32_t index;  // kNone: free
  };
  struct Key {
    const char* data;
    uint32_t length;
    uint32_t hash;
  };
  void Grow();

  std::vector<Slot> slots_;
  std::vector<Key> keys_;
  RowArena arena_;
  uint32_t mask_ = 0;
};

}  // namespace mahi
