// WireBuffer: a growable output buffer that is reused from statement to statement.
//
// Unlike std::string it never clears memory that is about to be written: Reserve() hands out raw space,
// Commit() says how much was used.
// Thread safety: none; belongs to one connection.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace mahi {

class WireBuffer {
 public:
  WireBuffer() = default;
  WireBuffer(const WireBuffer&) = delete;
  WireBuffer& operator=(const WireBuffer&) = delete;
  ~WireBuffer() { std::free(data_); }

  // At least `bytes` writable bytes behind the end. Valid until the next call that may grow the buffer.
  char* Reserve(size_t bytes) {
    if (capacity_ - size_ < bytes) [[unlikely]] Grow(bytes);
    return data_ + size_;
  }
  // `end` is one behind the last byte written into the reserved space.
  void Commit(const char* end) { size_ = static_cast<size_t>(end - data_); }

  void Append(const void* bytes, size_t count) {
    char* to = Reserve(count);
    if (count != 0) std::memcpy(to, bytes, count);
    size_ += count;
  }
  void Append(std::string_view bytes) { Append(bytes.data(), bytes.size()); }
  void AppendZeros(size_t count) {
    std::memset(Reserve(count), 0, count);
    size_ += count;
  }
  template <typename T>
  void AppendLittle(T value) {
    std::memcpy(Reserve(sizeof(T)), &value, sizeof(T));
    size_ += sizeof(T);
  }
  void AppendByte(uint8_t value) {
    *Reserve(1) = static_cast<char>(value);
    ++size_;
  }

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_, size_}; }
  void Clear() { size_ = 0; }
  void Truncate(size_t size) { size_ = size; }
  // Gives the memory back.
  void Release() {
    std::free(data_);
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

 private:
  void Grow(size_t bytes);

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace mahi
