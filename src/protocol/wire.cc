#include "protocol/wire.h"

#include <algorithm>
#include <new>

namespace mahi {

void WireBuffer::Grow(size_t bytes) {
  size_t wanted = std::max<size_t>({capacity_ * 2, size_ + bytes, 1024});
  char* grown = static_cast<char*>(std::realloc(data_, wanted));
  if (grown == nullptr) throw std::bad_alloc();
  data_ = grown;
  capacity_ = wanted;
}

bool WireReader::ReadInt24(uint32_t* value) {
  std::string_view bytes;
  if (!reader_.ReadBytes(3, &bytes)) return false;
  *value = static_cast<uint8_t>(bytes[0]) | static_cast<uint32_t>(static_cast<uint8_t>(bytes[1])) << 8 |
           static_cast<uint32_t>(static_cast<uint8_t>(bytes[2])) << 16;
  return true;
}

bool WireReader::ReadLenencInt(uint64_t* value) {
  uint8_t first = 0;
  if (!reader_.ReadLittle(&first)) return false;
  switch (first) {
    case 0xfb:
    case 0xff:
      return Fail();
    case 0xfc: {
      uint16_t v = 0;
      if (!reader_.ReadLittle(&v)) return false;
      *value = v;
      return true;
    }
    case 0xfd: {
      uint32_t v = 0;
      if (!ReadInt24(&v)) return false;
      *value = v;
      return true;
    }
    case 0xfe:
      return reader_.ReadLittle(value);
    default:
      *value = first;
      return true;
  }
}

bool WireReader::ReadLenencBytes(std::string_view* bytes) {
  uint64_t length = 0;
  return ReadLenencInt(&length) && reader_.ReadBytes(length, bytes);
}

bool WireReader::ReadLenencBytesOrNull(std::string_view* bytes, bool* is_null) {
  uint8_t first = 0;
  *is_null = PeekByte(&first) && first == 0xfb;
  if (*is_null) return Skip(1);
  return ReadLenencBytes(bytes);
}

bool WireReader::ReadNulTerminated(std::string_view* bytes) {
  size_t end = reader_.rest().find('\0');
  if (end == std::string_view::npos) return Fail();
  return reader_.ReadBytes(end, bytes) && Skip(1);
}

std::string_view WireReader::ReadNulTerminatedOrRest() {
  std::string_view bytes;
  if (reader_.rest().find('\0') != std::string_view::npos) {
    ReadNulTerminated(&bytes);
    return bytes;
  }
  return ReadRest();
}

std::string_view WireReader::ReadRest() {
  std::string_view bytes;
  reader_.ReadBytes(reader_.rest().size(), &bytes);
  return bytes;
}

}  // namespace mahi
