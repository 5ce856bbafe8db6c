// SpillFile: a temporary file of one operator, unlinked as soon as it is open, so that it never outlives us.
// Written sequentially, read at offsets.
// Errors: ER_CANT_CREATE_FILE, ER_ERROR_ON_WRITE, ER_ERROR_ON_READ.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace mahi {

class SpillFile {
 public:
  explicit SpillFile(std::string directory) : directory_(std::move(directory)) {}
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;

  Status Append(std::string_view bytes);
  Status Flush();
  // Bytes appended so far.
  uint64_t size() const { return size_; }
  // Reads up to `count` bytes; fewer only at the end. REQUIRES: flushed.
  Result<size_t> Read(uint64_t offset, char* to, size_t count) const;
  // Forgets the contents.
  Status Clear();

 private:
  Status Create();
  std::string directory_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
  std::string buffer_;
};

// Reads a range of a spill file front to back, with a buffer.
class SpillReader {
 public:
  SpillReader() = default;
  SpillReader(const SpillFile* file, uint64_t begin, uint64_t end)
      : file_(file), offset_(begin), end_(end) {}
  bool AtEnd() const { return position_ == filled_ && offset_ >= end_; }
  // Copies the next `count` bytes; an error when fewer are left.
  Status Read(char* to, size_t count);

 private:
  const SpillFile* file_ = nullptr;
  uint64_t offset_ = 0;  // of the next byte to load
  uint64_t end_ = 0;
  std::vector<char> buffer_;
  size_t position_ = 0;
  size_t filled_ = 0;
};

}  // namespace mahi
