// Fixed-width integers and lengths in byte strings; a bounds-checked reader.
// Thread safety: stateless functions; ByteReader belongs to one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mahi {

static_assert(std::endian::native == std::endian::little);

template <typename T>
inline T LoadLittle(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
inline uint64_t ByteSwap(uint64_t v) { return __builtin_bswap64(v); }
inline uint32_t ByteSwap(uint32_t v) { return __builtin_bswap32(v); }
inline uint16_t ByteSwap(uint16_t v) { return __builtin_bswap16(v); }
template <typename T>
inline T LoadBig(const void* from) {
  return ByteSwap(LoadLittle<T>(from));
}
template <typename T>
inline void AppendLittle(std::string* to, T value) {
  to->append(reinterpret_cast<const char*>(&value), sizeof(T));
}
template <typename T>
inline void AppendBig(std::string* to, T value) {
  value = ByteSwap(value);
  to->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

// LEB128.
inline void AppendVarint(std::string* to, uint64_t value) {
  while (value >= 0x80) {
    to->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  to->push_back(static_cast<char>(value));
}
// varint length, then the bytes.
inline void AppendLengthPrefixed(std::string* to, std::string_view bytes) {
  AppendVarint(to, bytes.size());
  to->append(bytes);
}

// Reads a byte string front to back. Every Read returns false, and leaves its argument alone, when too few
// bytes remain; after that ok() is false as well.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  bool ReadLittle(T* value) {
    if (!Need(sizeof(T))) return false;
    *value = LoadLittle<T>(bytes_.data());
    bytes_.remove_prefix(sizeof(T));
    return true;
  }
  template <typename T>
  bool ReadBig(T* value) {
    if (!Need(sizeof(T))) return false;
    *value = LoadBig<T>(bytes_.data());
    bytes_.remove_prefix(sizeof(T));
    return true;
  }
  bool ReadVarint(uint64_t* value) {
    uint64_t result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      uint8_t byte = 0;
      if (!ReadLittle(&byte)) return false;
      result |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        *value = result;
        return true;
      }
    }
    ok_ = false;
    return false;
  }
  bool ReadBytes(size_t count, std::string_view* value) {
    if (!Need(count)) return false;
    *value = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return true;
  }
  bool ReadLengthPrefixed(std::string_view* value) {
    uint64_t length = 0;
    return ReadVarint(&length) && ReadBytes(length, value);
  }

  std::string_view rest() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  bool ok() const { return ok_; }

 private:
  bool Need(size_t count) {
    if (bytes_.size() < count) ok_ = false;
    return ok_;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace mahi
