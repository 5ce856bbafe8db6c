#include "storage/codec/key_codec.h"

#include <bit>
#include <cstring>

#include "base/bytes.h"

namespace mahi {
namespace {

constexpr int64_t kTimeBias = int64_t{1} << 47;

void AppendBigBytes(std::string* out, uint64_t value, uint32_t width) {
  value = ByteSwap(value << (8 * (8 - width)));
  out->append(reinterpret_cast<const char*>(&value), width);
}

uint64_t LoadBigBytes(const char* from, uint32_t width) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < width; ++i) value = value << 8 | static_cast<uint8_t>(from[i]);
  return value;
}

void InvertFrom(std::string* key, size_t start) {
  for (size_t i = start; i < key->size(); ++i) (*key)[i] = static_cast<char>(~(*key)[i]);
}

uint64_t OrderedBits(double value) {
  if (value == 0) value = 0;  // -0.0 equals 0.0
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  return bits >> 63 ? ~bits : bits | (uint64_t{1} << 63);
}
double FromOrderedBits(uint64_t bits) {
  return std::bit_cast<double>(bits >> 63 ? bits & ~(uint64_t{1} << 63) : ~bits);
}
uint32_t OrderedBits(float value) {
  if (value == 0) value = 0;
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}
float FromOrderedBits32(uint32_t bits) {
  return std::bit_cast<float>(bits >> 31 ? bits & 0x7fffffffu : ~bits);
}

}  // namespace

KeyPartCodec::KeyPartCodec(const SqlType& type, uint32_t prefix_length, bool is_descending, bool has_marker)
    : is_descending_(is_descending), has_marker_(has_marker), is_decodable_(true), prefix_length_(prefix_length) {
  switch (type.id) {
    case TypeId::kTinyInt: case TypeId::kSmallInt: case TypeId::kMediumInt: case TypeId::kInt: case TypeId::kBigInt:
      kind_ = type.is_unsigned ? Kind::kUnsigned : Kind::kSigned;
      width_ = static_cast<uint32_t>(IntegerBytes(type.id));
      break;
    case TypeId::kBit: case TypeId::kSet:
      kind_ = Kind::kUnsigned;
      width_ = 8;
      break;
    case TypeId::kYear: case TypeId::kEnum:
      kind_ = Kind::kUnsigned;
      width_ = 2;
      break;
    case TypeId::kFloat:
      kind_ = Kind::kFloat;
      width_ = 4;
      break;
    case TypeId::kDouble:
      kind_ = Kind::kDouble;
      width_ = 8;
      break;
    case TypeId::kDecimal:
      kind_ = Kind::kDecimal;
      precision_ = static_cast<uint8_t>(type.length);
      scale_ = type.decimals;
      width_ = static_cast<uint32_t>(Decimal::EncodedKeyBytes(precision_, scale_));
      break;
    case TypeId::kDate:
      kind_ = Kind::kDate;
      width_ = 3;
      break;
    case TypeId::kTime:
      kind_ = Kind::kTime;
      width_ = 6;
      break;
    case TypeId::kDateTime:
      kind_ = Kind::kDateTime;
      width_ = 8;
      break;
    case TypeId::kTimestamp:
      kind_ = Kind::kTimestamp;
      width_ = 8;
      break;
    default:
      kind_ = Kind::kString;
      is_json_ = type.id == TypeId::kJson;
      collation_ = is_json_ ? &CollationOrBinary(kCollationBinary) : &type.collation_ref();
      is_decodable_ = collation_->is_memcmp() && prefix_length == 0 && !is_json_;
      break;
  }
}

void KeyPartCodec::Append(const Datum& value, const TimeZone* zone, std::string* key) const {
  const size_t start = key->size();
  if (value.is_null) {
    key->push_back(0);
  } else {
    if (has_marker_) key->push_back(1);
    AppendPayload(value, zone, key);
  }
  if (is_descending_) InvertFrom(key, start);
}

void KeyPartCodec::AppendPayload(const Datum& value, const TimeZone* zone, std::string* key) const {
  switch (kind_) {
    case Kind::kSigned:
      AppendBigBytes(key, static_cast<uint64_t>(value.int64) ^ (uint64_t{1} << (8 * width_ - 1)), width_);
      return;
    case Kind::kUnsigned:
      AppendBigBytes(key, value.uint64, width_);
      return;
    case Kind::kFloat:
      AppendBig<uint32_t>(key, OrderedBits(static_cast<float>(value.real)));
      return;
    case Kind::kDouble:
      AppendBig<uint64_t>(key, OrderedBits(value.real));
      return;
    case Kind::kDecimal: {
      Decimal fitting;
      if (!value.decimal().Fits(precision_, scale_)) {
        (void)value.decimal().ConvertTo(precision_, scale_, &fitting);
        fitting.EncodeKey(precision_, scale_, key);
      } else {
        value.decimal().EncodeKey(precision_, scale_, key);
      }
      return;
    }
    case Kind::kDate:
      AppendBigBytes(key, static_cast<uint64_t>(value.int64) >> 41, 3);
      return;
    case Kind::kTime:
      AppendBigBytes(key, static_cast<uint64_t>(value.int64 + kTimeBias), 6);
      return;
    case Kind::kDateTime:
      AppendBig<uint64_t>(key, static_cast<uint64_t>(value.int64));
      return;
    case Kind::kTimestamp:
      AppendBig<uint64_t>(key, static_cast<uint64_t>(TimestampFromLocal(
                                   value.int64, zone != nullptr ? *zone : *TimeZone::Utc())) ^
                                   (uint64_t{1} << 63));
      return;
    case Kind::kString:
      break;
  }
  std::string_view text = value.string();
  if (prefix_length_ != 0) {
    text = text.substr(0, collation_->charset().is_single_byte()
                              ? prefix_length_
                              : collation_->charset().ByteOffset(text, prefix_length_));
  }
  const size_t start = key->size();
  if (collation_->is_memcmp()) {
    key->append(text);
  } else {
    collation_->AppendSortKey(text, key);
  }
  // Zeros are rare: escape them in place, from the first one on.
  size_t zero = key->find('\0', start);
  while (zero != std::string::npos) {
    key->insert(zero + 1, 1, '\xff');
    zero = key->find('\0', zero + 2);
  }
  key->append(2, '\0');
}

bool KeyPartCodec::Skip(std::string_view* key) const {
  const char mask = is_descending_ ? '\xff' : '\0';
  if (has_marker_) {
    if (key->empty()) return false;
    const char marker = (*key)[0] ^ mask;
    key->remove_prefix(1);
    if (marker == 0) return true;
    if (marker != 1) return false;
  }
  if (kind_ != Kind::kString) {
    if (key->size() < width_) return false;
    key->remove_prefix(width_);
    return true;
  }
  size_t at = 0;
  while (true) {
    at = key->find(mask, at);
    if (at == std::string_view::npos || at + 1 >= key->size()) return false;
    if ((*key)[at + 1] == mask) {
      key->remove_prefix(at + 2);
      return true;
    }
    at += 2;
  }
}

bool KeyPartCodec::Decode(std::string_view* key, const TimeZone* zone, Datum* value, DatumScratch* scratch) const {
  const char mask = is_descending_ ? '\xff' : '\0';
  if (has_marker_) {
    if (key->empty()) return false;
    const char marker = (*key)[0] ^ mask;
    if (marker == 0) {
      key->remove_prefix(1);
      *value = Datum::Null();
      return true;
    }
    if (marker != 1) return false;
    key->remove_prefix(1);
  }
  if (kind_ == Kind::kString) {
    std::string& out = scratch->bytes;
    out.clear();
    size_t at = 0;
    while (true) {
      if (at >= key->size()) return false;
      const char byte = (*key)[at] ^ mask;
      if (byte != 0) {
        out.push_back(byte);
        ++at;
        continue;
      }
      if (at + 1 >= key->size()) return false;
      const char next = (*key)[at + 1] ^ mask;
      at += 2;
      if (next == 0) break;
      if (next != '\xff') return false;
      out.push_back(0);
    }
    key->remove_prefix(at);
    *value = Datum::String(out);
    return true;
  }
  if (key->size() < width_) return false;
  char buffer[64];
  const char* bytes = key->data();
  if (is_descending_) {
    for (uint32_t i = 0; i < width_; ++i) buffer[i] = static_cast<char>(~bytes[i]);
    bytes = buffer;
  }
  switch (kind_) {
    case Kind::kSigned: {
      const uint32_t shift = 64 - 8 * width_;
      const uint64_t raw = LoadBigBytes(bytes, width_) ^ (uint64_t{1} << (8 * width_ - 1));
      *value = Datum::Int64(static_cast<int64_t>(raw << shift) >> shift);
      break;
    }
    case Kind::kUnsigned:
      *value = Datum::UInt64(LoadBigBytes(bytes, width_));
      break;
    case Kind::kFloat:
      *value = Datum::Double(FromOrderedBits32(LoadBig<uint32_t>(bytes)));
      break;
    case Kind::kDouble:
      *value = Datum::Double(FromOrderedBits(LoadBig<uint64_t>(bytes)));
      break;
    case Kind::kDecimal: {
      std::string_view view(bytes, width_);
      if (!Decimal::DecodeKey(&view, precision_, scale_, &scratch->decimal)) return false;
      *value = Datum::OfDecimal(&scratch->decimal);
      break;
    }
    case Kind::kDate:
      *value = Datum::Temporal(static_cast<int64_t>(LoadBigBytes(bytes, 3) << 41));
      break;
    case Kind::kTime:
      *value = Datum::Temporal(static_cast<int64_t>(LoadBigBytes(bytes, 6)) - kTimeBias);
      break;
    case Kind::kDateTime:
      *value = Datum::Temporal(static_cast<int64_t>(LoadBig<uint64_t>(bytes)));
      break;
    case Kind::kTimestamp:
      *value = Datum::Temporal(
          TimestampToLocal(static_cast<int64_t>(LoadBig<uint64_t>(bytes) ^ (uint64_t{1} << 63)),
                           zone != nullptr ? *zone : *TimeZone::Utc()));
      break;
    case Kind::kString:
      return false;
  }
  key->remove_prefix(width_);
  return true;
}

KeyCodec::KeyCodec(const TableDefinition& table, const Index& index) : index_id_(index.id) {
  for (const IndexPart& part : index.parts) {
    const Column& column = table.columns[part.column];
    parts_.emplace_back(column.type, part.prefix_length, part.is_descending, index.kind != IndexKind::kPrimary);
    columns_.push_back(part.column);
  }
}

bool KeyCodec::EncodeRow(std::span<const Datum> row, const TimeZone* zone, std::string* key) const {
  key->clear();
  AppendBig<uint32_t>(key, index_id_);
  bool has_null = false;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const Datum& value = row[columns_[i]];
    has_null |= value.is_null;
    parts_[i].Append(value, zone, key);
  }
  return has_null;
}

void KeyCodec::EncodePrefix(std::span<const Datum> values, const TimeZone* zone, std::string* key) const {
  key->clear();
  AppendBig<uint32_t>(key, index_id_);
  for (size_t i = 0; i < values.size() && i < parts_.size(); ++i) parts_[i].Append(values[i], zone, key);
}

std::string PrefixSuccessor(std::string_view key) {
  std::string result(key);
  while (!result.empty()) {
    if (static_cast<uint8_t>(result.back()) != 0xff) {
      result.back() = static_cast<char>(result.back() + 1);
      return result;
    }
    result.pop_back();
  }
  return result;
}

std::string IndexPrefix(uint32_t index_id) {
  std::string prefix;
  AppendBig<uint32_t>(&prefix, index_id);
  return prefix;
}

}  // namespace mahi
