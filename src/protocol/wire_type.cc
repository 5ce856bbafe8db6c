#include "protocol/wire_type.h"

#include <algorithm>

namespace mahi {
namespace {

uint32_t Clip(uint64_t length) { return static_cast<uint32_t>(std::min<uint64_t>(length, 0xffffffff)); }

// Bytes in the results' character set. BLOB types count a character as at least its smallest size.
uint32_t StringLength(const SqlType& type, const Charset& from, const Charset& to) {
  uint64_t bytes = type.MaxBytes();
  if (type.IsBlob()) return Clip(bytes / from.min_bytes * to.max_bytes);
  return Clip(bytes / from.max_bytes * to.max_bytes);
}

}  // namespace

WireType WireTypeOf(const SqlType& type) {
  switch (type.id) {
    case TypeId::kNull:
      return WireType::kNull;
    case TypeId::kTinyInt:
      return WireType::kTiny;
    case TypeId::kSmallInt:
      return WireType::kShort;
    case TypeId::kMediumInt:
      return WireType::kInt24;
    case TypeId::kInt:
      return WireType::kLong;
    case TypeId::kBigInt:
      return WireType::kLonglong;
    case TypeId::kFloat:
      return WireType::kFloat;
    case TypeId::kDouble:
      return WireType::kDouble;
    case TypeId::kDecimal:
      return WireType::kNewdecimal;
    case TypeId::kBit:
      return WireType::kBit;
    case TypeId::kYear:
      return WireType::kYear;
    case TypeId::kDate:
      return WireType::kDate;
    case TypeId::kTime:
      return WireType::kTime;
    case TypeId::kDateTime:
      return WireType::kDatetime;
    case TypeId::kTimestamp:
      return WireType::kTimestamp;
    case TypeId::kVarchar:
      return WireType::kVarString;
    case TypeId::kTinyText:
    case TypeId::kText:
    case TypeId::kMediumText:
    case TypeId::kLongText:
      return WireType::kBlob;
    case TypeId::kChar:
    case TypeId::kEnum:
    case TypeId::kSet:
      return WireType::kString;
    case TypeId::kJson:
      return WireType::kJson;
    case TypeId::kGeometry:
      return WireType::kGeometry;
  }
  return WireType::kVarString;
}

void DescribeType(const SqlType& type, const Collation* results, bool is_base_column,
                  ColumnDefinition* column) {
  column->type = WireTypeOf(type);
  column->collation_id = kBinaryCollationId;
  column->decimals = 0;
  column->length = type.DisplayChars();
  uint16_t flags = 0;
  if (type.is_unsigned && (type.IsInteger() || type.IsReal() || type.IsDecimal())) flags |= kColumnUnsigned;
  if (type.is_zerofill) flags |= kColumnZerofill;
  switch (type.id) {
    case TypeId::kBit:
      flags |= kColumnUnsigned;
      column->length = type.length;
      break;
    case TypeId::kYear:
      flags |= kColumnUnsigned | kColumnZerofill;
      column->length = 4;
      break;
    case TypeId::kFloat:
    case TypeId::kDouble:
    case TypeId::kDecimal:
      column->decimals = type.decimals;
      break;
    case TypeId::kDate:
      flags |= kColumnBinary;
      break;
    case TypeId::kTime:
    case TypeId::kDateTime:
    case TypeId::kTimestamp:
      flags |= kColumnBinary;
      column->decimals = type.decimals;
      if (type.id == TypeId::kTimestamp && is_base_column) flags |= kColumnTimestamp;
      break;
    case TypeId::kJson:
      flags |= kColumnBlob | kColumnBinary;
      column->length = 0xffffffff;
      break;
    case TypeId::kGeometry:
      flags |= kColumnBlob | kColumnBinary;
      column->length = 0xffffffff;
      break;
    case TypeId::kNull:
      flags |= kColumnBinary;
      column->length = 0;
      break;
    default:
      break;
  }
  bool is_string = type.IsString() || type.IsEnumOrSet();
  if (is_string) {
    const Collation& own = type.collation_ref();
    if (type.collation == kCollationBinary) {
      flags |= kColumnBinary;
      column->length = Clip(type.MaxBytes());
    } else {
      const Collation& sent = results != nullptr ? *results : own;
      column->collation_id = sent.id();
      column->length = type.IsEnumOrSet()
                           ? Clip(uint64_t{type.DisplayChars()} * sent.charset().max_bytes)
                           : StringLength(type, own.charset(), sent.charset());
      if (own.is_binary()) flags |= kColumnBinary;
    }
    if (type.IsBlob()) flags |= kColumnBlob;
    if (type.id == TypeId::kEnum) flags |= kColumnEnum;
    if (type.id == TypeId::kSet) flags |= kColumnSet;
    if (!is_base_column) column->decimals = kNotFixedDecimals;
  } else if (!is_base_column) {
    flags |= kColumnBinary;
  }
  column->flags = flags;
}

}  // namespace mahi
