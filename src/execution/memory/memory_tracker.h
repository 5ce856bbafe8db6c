// MemoryTracker: bytes that a statement's operators hold, against its limit.
// Thread safety: one execution, one thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mahi {

class MemoryTracker {
 public:
  explicit MemoryTracker(uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}
  bool is_over_limit() const { return used_bytes_ > limit_bytes_; }
  uint64_t used_bytes() const { return used_bytes_; }
  uint64_t limit_bytes() const { return limit_bytes_; }

 private:
  friend class MemoryUse;
  uint64_t limit_bytes_;
  uint64_t used_bytes_ = 0;
};

// One holder's share; gives it back when destroyed.
class MemoryUse {
 public:
  explicit MemoryUse(MemoryTracker& tracker) : tracker_(tracker) {}
  ~MemoryUse() { Set(0); }
  MemoryUse(const MemoryUse&) = delete;
  // The holder now has `bytes` in all.
  void Set(size_t bytes) {
    tracker_.used_bytes_ = tracker_.used_bytes_ - bytes_ + bytes;
    bytes_ = bytes;
  }
  size_t bytes() const { return bytes_; }

 private:
  MemoryTracker& tracker_;
  size_t bytes_ = 0;
};

}  // namespace mahi
