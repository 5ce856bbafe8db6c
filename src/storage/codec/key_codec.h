// Encodes index keys so that memcmp order equals SQL order.
//
//   key      := index_id:be32 part*
//   part     := 0x00                  NULL sorts first
//             | 0x01 payload          (primary keys, which have no NULLs, leave the marker out)
//   payload  := integers: big endian in the column's width, sign bit inverted when signed
//             | FLOAT, DOUBLE: IEEE bits, inverted when negative, else sign bit inverted
//             | DECIMAL: Decimal::EncodeKey
//             | DATE 3 bytes, TIME 6 (biased), DATETIME 8, TIMESTAMP 8 (UTC microseconds)
//             | strings: sort key with 0x00 as 0x00 0xff, closed by 0x00 0x00
//   descending parts: all bytes of the part inverted, the marker included
//
// Only strings in memcmp collations can be decoded again.
// Source: docs/formats/keys.md. Thread safety: immutable after construction.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "schema/table_definition.h"
#include "types/temporal.h"
#include "types/value.h"

namespace mahi {

// Room for what a decoded Datum points to.
struct DatumScratch {
  Decimal decimal;
  std::string bytes;
};

class KeyPartCodec {
 public:
  KeyPartCodec(const SqlType& type, uint32_t prefix_length, bool is_descending, bool has_marker);

  // Appends the part. `zone` converts TIMESTAMPs; null: UTC.
  void Append(const Datum& value, const TimeZone* zone, std::string* key) const;
  // Moves past the part; false when the bytes are not one.
  bool Skip(std::string_view* key) const;
  // Decodes the part and moves past it. REQUIRES: is_decodable().
  bool Decode(std::string_view* key, const TimeZone* zone, Datum* value, DatumScratch* scratch) const;
  bool is_decodable() const { return is_decodable_; }
  bool is_descending() const { return is_descending_; }
  bool has_marker() const { return has_marker_; }

 private:
  enum class Kind : uint8_t { kSigned, kUnsigned, kFloat, kDouble, kDecimal, kDate, kTime, kDateTime, kTimestamp, kString };
  void AppendPayload(const Datum& value, const TimeZone* zone, std::string* key) const;
  // Bytes of the payload of fixed width; 0 for strings.
  uint32_t width_ = 0;
  Kind kind_;
  bool is_descending_;
  bool has_marker_;
  bool is_decodable_;
  uint32_t prefix_length_;
  uint8_t precision_ = 0;
  uint8_t scale_ = 0;
  bool is_json_ = false;
  const Collation* collation_ = nullptr;
};

// The codec of an index of a table (or of its hidden row id).
class KeyCodec {
 public:
  KeyCodec(const TableDefinition& table, const Index& index);

  uint32_t index_id() const { return index_id_; }
  size_t part_count() const { return parts_.size(); }
  const KeyPartCodec& part(size_t i) const { return parts_[i]; }
  uint32_t column(size_t i) const { return columns_[i]; }

  // Replaces `key` by the index id and the parts of `row` (all columns of the table, in order). True when a part is
  // NULL.
  bool EncodeRow(std::span<const Datum> row, const TimeZone* zone, std::string* key) const;
  // The same from the values of the first parts alone.
  void EncodePrefix(std::span<const Datum> values, const TimeZone* zone, std::string* key) const;

 private:
  uint32_t index_id_;
  std::vector<KeyPartCodec> parts_;
  std::vector<uint32_t> columns_;
};

// The smallest key that is greater than every key beginning with `key`; empty: there is none.
std::string PrefixSuccessor(std::string_view key);
std::string IndexPrefix(uint32_t index_id);

}  // namespace mahi
