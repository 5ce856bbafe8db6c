// Basic data types of the protocol: length-encoded integers and strings, NUL-terminated strings.
//
//   lenenc-int := byte < 0xfb | 0xfc le16 | 0xfd le24 | 0xfe le64
//   lenenc-str := lenenc-int bytes
//
// Source: MySQL 8.4 source documentation, "Protocol Basics: Integer Types, String Types".
// Thread safety: stateless. Reads are bounds-checked; a WireReader that failed once stays failed.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"
#include "protocol/wire_buffer.h"

namespace mahi {

inline constexpr size_t kMaxLenencIntBytes = 9;

// Writes to raw space of at least kMaxLenencIntBytes; returns the end.
inline char* PutLenencInt(char* to, uint64_t value) {
  if (value < 0xfb) {
    *to = static_cast<char>(value);
    return to + 1;
  }
  if (value <= 0xffff) {
    *to = static_cast<char>(0xfc);
    std::memcpy(to + 1, &value, 2);
    return to + 3;
  }
  if (value <= 0xffffff) {
    *to = static_cast<char>(0xfd);
    std::memcpy(to + 1, &value, 3);
    return to + 4;
  }
  *to = static_cast<char>(0xfe);
  std::memcpy(to + 1, &value, 8);
  return to + 9;
}
inline void AppendLenencInt(WireBuffer* to, uint64_t value) {
  to->Commit(PutLenencInt(to->Reserve(kMaxLenencIntBytes), value));
}
inline void AppendLenencBytes(WireBuffer* to, std::string_view bytes) {
  char* end = PutLenencInt(to->Reserve(kMaxLenencIntBytes + bytes.size()), bytes.size());
  if (!bytes.empty()) std::memcpy(end, bytes.data(), bytes.size());
  to->Commit(end + bytes.size());
}
inline void AppendNulTerminated(WireBuffer* to, std::string_view bytes) {
  to->Append(bytes);
  to->AppendByte(0);
}

// Reads one payload front to back.
class WireReader {
 public:
  explicit WireReader(std::string_view payload) : begin_(payload), reader_(payload) {}

  template <typename T>
  bool Read(T* value) {
    return reader_.ReadLittle(value);
  }
  bool ReadInt24(uint32_t* value);
  // Fails on 0xfb (NULL) and 0xff (ERR) too.
  bool ReadLenencInt(uint64_t* value);
  bool ReadLenencBytes(std::string_view* bytes);
  // 0xfb gives *is_null and no bytes.
  bool ReadLenencBytesOrNull(std::string_view* bytes, bool* is_null);
  bool ReadBytes(size_t count, std::string_view* bytes) { return reader_.ReadBytes(count, bytes); }
  // Fails when no NUL follows.
  bool ReadNulTerminated(std::string_view* bytes);
  // Up to a NUL, or to the end when there is none.
  std::string_view ReadNulTerminatedOrRest();
  std::string_view ReadRest();

  bool Skip(size_t count) {
    std::string_view ignored;
    return reader_.ReadBytes(count, &ignored);
  }
  bool PeekByte(uint8_t* value) const {
    if (reader_.empty()) return false;
    *value = static_cast<uint8_t>(reader_.rest().front());
    return true;
  }
  std::string_view rest() const { return reader_.rest(); }
  size_t position() const { return begin_.size() - reader_.rest().size(); }
  bool empty() const { return reader_.empty(); }
  bool ok() const { return ok_ && reader_.ok(); }

 private:
  bool Fail() {
    ok_ = false;
    return false;
  }
  std::string_view begin_;
  ByteReader reader_;
  bool ok_ = true;
};

}  // namespace mahi
