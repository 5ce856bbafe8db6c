#include "vector/string_heap.h"

#include <algorithm>

namespace mahi {

char* StringHeap::AllocateInNewBlock(size_t bytes) {
  size_t size = std::max(kBlockBytes, bytes);
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
  allocated_bytes_ += size;
  char* memory = blocks_.back().get();
  if (bytes > kBlockBytes / 4 && block_ != nullptr) {
    std::swap(blocks_.back(), blocks_[blocks_.size() - 2]);  // The current block stays last.
    return memory;
  }
  block_ = memory;
  block_bytes_ = size;
  used_ = bytes;
  return memory;
}

void StringHeap::Reset() {
  used_ = 0;
  if (blocks_.size() <= 1 && block_bytes_ <= kBlockBytes) return;
  blocks_.clear();
  block_ = nullptr;
  block_bytes_ = allocated_bytes_ = 0;
}

}  // namespace mahi
