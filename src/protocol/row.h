// Values and rows in text and binary form: append functions for the hot path, decoders for the client.
//
//   text row   := (0xfb | lenenc-str)*
//   binary row := 0x00 null_bitmap[(columns + 9) / 8] value*         bit of column i: i + 2
//
// Append… write one value into a reused buffer; the caller loops over its vectors and frames the row.
// Temporal arguments are Mahi's packed form (types/temporal.h):
//   date and time  ((((year*13+month) << 5 | day) << 17 | hour << 12 | minute << 6 | second) << 24) | microsecond
//   TIME           sign * ((hour << 12 | minute << 6 | second) << 24 | microsecond)
// Source: MySQL 8.4 source documentation, "Text Resultset Row", "Binary Protocol Value".
// Thread safety: stateless. Errors of decoders: ER_MALFORMED_PACKET (1835).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "protocol/constants.h"
#include "protocol/wire.h"
#include "types/sql_type.h"

namespace mahi {

// ---- text ----
inline void AppendTextNull(WireBuffer* to) { to->AppendByte(0xfb); }
void AppendTextInt64(WireBuffer* to, int64_t value);
void AppendTextUint64(WireBuffer* to, uint64_t value);
// ZEROFILL: padded with zeros to `width` digits.
void AppendTextZerofill(WireBuffer* to, uint64_t value, uint32_t width);
// `decimals` is the declared scale, or kNotFixedDecimals for the shortest form that reads back.
void AppendTextDouble(WireBuffer* to, double value, uint8_t decimals);
void AppendTextFloat(WireBuffer* to, float value, uint8_t decimals);
void AppendTextDate(WireBuffer* to, int64_t packed);
// `decimals`: fractional digits, 0 to 6.
void AppendTextDatetime(WireBuffer* to, int64_t packed, uint8_t decimals);
void AppendTextTime(WireBuffer* to, int64_t packed, uint8_t decimals);
void AppendTextYear(WireBuffer* to, uint64_t year);
// BIT(n): big-endian bytes.
void AppendTextBit(WireBuffer* to, uint64_t value, uint32_t bit_count);
// Strings, decimals, JSON, ENUM, SET: AppendLenencBytes.

// Shortest decimal text that reads back as the same number, in MySQL's layout. Returns its length; `to` has
// room for kMaxDoubleText bytes.
inline constexpr size_t kMaxDoubleText = 400;
size_t FormatDoubleText(char* to, double value, uint8_t decimals);
size_t FormatFloatText(char* to, float value, uint8_t decimals);

// ---- binary ----
// Starts a binary row: header byte and an empty NULL bitmap. Returns the bitmap's place.
inline size_t BeginBinaryRow(WireBuffer* to, size_t column_count) {
  size_t bitmap_bytes = (column_count + 9) / 8;
  char* at = to->Reserve(1 + bitmap_bytes);
  std::memset(at, 0, 1 + bitmap_bytes);
  size_t place = to->size() + 1;
  to->Commit(at + 1 + bitmap_bytes);
  return place;
}
inline void SetBinaryNull(WireBuffer* to, size_t bitmap_place, size_t column_index) {
  size_t bit = column_index + 2;
  to->data()[bitmap_place + bit / 8] |= static_cast<char>(1u << (bit % 8));
}
// Integers by their wire type's width; YEAR is two bytes.
inline void AppendBinaryInt(WireBuffer* to, WireType type, uint64_t value) {
  switch (type) {
    case WireType::kTiny:
      to->AppendByte(static_cast<uint8_t>(value));
      break;
    case WireType::kShort:
    case WireType::kYear:
      to->AppendLittle<uint16_t>(static_cast<uint16_t>(value));
      break;
    case WireType::kLong:
    case WireType::kInt24:
      to->AppendLittle<uint32_t>(static_cast<uint32_t>(value));
      break;
    default:
      to->AppendLittle<uint64_t>(value);
      break;
  }
}
inline void AppendBinaryDouble(WireBuffer* to, double value) { to->AppendLittle(value); }
inline void AppendBinaryFloat(WireBuffer* to, float value) { to->AppendLittle(value); }
void AppendBinaryDate(WireBuffer* to, int64_t packed);
void AppendBinaryDatetime(WireBuffer* to, int64_t packed);
void AppendBinaryTime(WireBuffer* to, int64_t packed);
// Strings, decimals, BIT, JSON, ENUM, SET: AppendLenencBytes (BIT: AppendTextBit).

// ---- decoding ----
// A value from the wire; bytes point into the payload.
struct WireValue {
  enum class Kind : uint8_t { kNull, kInt64, kUint64, kFloat, kDouble, kBytes, kDate, kDatetime, kTime };
  Kind kind = Kind::kNull;
  WireType type = WireType::kNull;  // as announced
  union {
    int64_t int64 = 0;  // also the packed temporal
    uint64_t uint64;
    double float64;  // kFloat too
  };
  std::string_view bytes;
};
// A value in binary form of wire type `type`; unsigned integers give kUint64.
bool ReadBinaryValue(WireReader* reader, WireType type, bool is_unsigned, WireValue* value);

// One text row; every value is kBytes or kNull.
Status DecodeTextRow(std::string_view payload, size_t column_count, std::vector<WireValue>* values);
struct BinaryColumn {
  WireType type;
  bool is_unsigned;
};
Status DecodeBinaryRow(std::string_view payload, const std::vector<BinaryColumn>& columns,
                       std::vector<WireValue>* values);
// The encoder's counterpart for parameters: appends `value` in binary form.
void AppendBinaryValue(WireBuffer* to, const WireValue& value);

}  // namespace mahi
