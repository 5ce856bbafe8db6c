// StringHeap: memory for the strings of one vector's rows, freed or reused together.
// Thread safety: none.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace mahi {

class StringHeap {
 public:
  // Uninitialised bytes that live until Reset.
  char* Allocate(size_t bytes) {
    if (used_ + bytes > block_bytes_) return AllocateInNewBlock(bytes);
    char* result = block_ + used_;
    used_ += bytes;
    return result;
  }
  // Gives back the end of the latest allocation of `allocated` bytes, of which `kept` are used.
  void Shrink(char* latest, size_t allocated, size_t kept) {
    if (latest + allocated == block_ + used_) used_ -= allocated - kept;
  }
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {"", 0};
    char* copy = Allocate(text.size());
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }
  // Forgets all strings; keeps one block for reuse.
  void Reset();
  size_t allocated_bytes() const { return allocated_bytes_; }

 private:
  static constexpr size_t kBlockBytes = 16 * 1024;
  char* AllocateInNewBlock(size_t bytes);

  char* block_ = nullptr;
  size_t block_bytes_ = 0;
  size_t used_ = 0;
  size_t allocated_bytes_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace mahi
