#include "charset/weights.h"

#include <zlib.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"

namespace mahi {

namespace {

#include "charset/general_weights.inc"
#include "charset/uca_weights_0900.inc"
#include "charset/uca_weights_520.inc"

std::string Unpack(std::string_view base64, size_t bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint8_t value[256] = {};
  for (uint8_t i = 0; i < 64; ++i) value[static_cast<uint8_t>(kDigits[i])] = i;
  std::string packed;
  packed.reserve(base64.size() * 3 / 4);
  for (size_t i = 0; i + 4 <= base64.size(); i += 4) {
    uint32_t group = 0;
    for (size_t k = 0; k < 4; ++k) group = group << 6 | value[static_cast<uint8_t>(base64[i + k])];
    packed.push_back(static_cast<char>(group >> 16));
    packed.push_back(static_cast<char>(group >> 8));
    packed.push_back(static_cast<char>(group));
  }
  std::string data(bytes, '\0');
  uLongf length = bytes;
  int rc = uncompress(reinterpret_cast<Bytef*>(data.data()), &length, reinterpret_cast<const Bytef*>(packed.data()),
                      packed.size());
  MAHI_ASSERT(rc == Z_OK && length == bytes);
  return data;
}

uint64_t Read(ByteReader* in) {
  uint64_t value = 0;
  MAHI_ASSERT(in->ReadVarint(&value));
  return value;
}
int64_t ReadZigzag(ByteReader* in) {
  uint64_t v = Read(in);
  return v & 1 ? -static_cast<int64_t>((v + 1) / 2) : static_cast<int64_t>(v / 2);
}

}  // namespace

UcaWeights::UcaWeights(Version version) : version_(version) {
  std::string data = version == Version::k900
                         ? Unpack({kWeights0900, sizeof kWeights0900 - 1}, kWeights0900Bytes)
                         : Unpack({kWeights520, sizeof kWeights520 - 1}, kWeights520Bytes);
  ByteReader in(data);
  pool_.push_back(0);  // so that no entry is 0
  int64_t point = -1, primary = 0;
  while (!in.empty()) {
    point += static_cast<int64_t>(Read(&in));
    uint32_t count = static_cast<uint32_t>(Read(&in));
    MAHI_ASSERT(count < 32 && point < 0x110000);
    const uint32_t*& page = pages_[point >> 8];
    if (page == nullptr) {
      page_memory_.push_back(std::make_unique<uint32_t[]>(256));
      page = page_memory_.back().get();
    }
    const_cast<uint32_t*>(page)[point & 0xff] = static_cast<uint32_t>(pool_.size()) << 5 | count;
    for (uint32_t i = 0; i < count; ++i) {
      primary += ReadZigzag(&in);
      uint32_t secondary = static_cast<uint32_t>(Read(&in));
      uint32_t tertiary = static_cast<uint32_t>(Read(&in));
      pool_.push_back(static_cast<uint32_t>(primary) << 16 | secondary << 6 | tertiary);
    }
    if (count == 0) pool_.push_back(0);  // a valid address
  }
  for (char32_t c = 0; c < 128; ++c) {
    uint32_t count = 0;
    const CollationElement* e = Find(c, &count);
    ascii_[c] = e != nullptr && count == 1 ? static_cast<uint16_t>(PrimaryOf(*e)) : 0;
  }
}

const UcaWeights& UcaWeights::Get(Version version) {
  if (version == Version::k900) {
    static const UcaWeights weights(Version::k900);
    return weights;
  }
  static const UcaWeights weights(Version::k520);
  return weights;
}

const uint16_t* GeneralWeights() {
  static const std::vector<uint16_t> weights = [] {
    std::vector<uint16_t> table(0x10000);
    for (uint32_t c = 0; c < 0x10000; ++c) table[c] = static_cast<uint16_t>(c);
    std::string data = Unpack({kGeneralWeights, sizeof kGeneralWeights - 1}, kGeneralWeightsBytes);
    ByteReader in(data);
    int64_t c = -1;
    while (!in.empty()) {
      c += static_cast<int64_t>(Read(&in));
      table[static_cast<size_t>(c)] = static_cast<uint16_t>(c + ReadZigzag(&in));
    }
    return table;
  }();
  return weights.data();
}

}  // namespace mahi
