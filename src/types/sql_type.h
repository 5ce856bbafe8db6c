// SqlType: the type of a column or expression.
//
// BINARY, VARBINARY and the BLOBs are the character types with collation `binary`. ENUM values travel as their
// index (0 = the error value ''), SETs as their bitmap, BIT and unsigned integers as uint64, YEAR as uint64 (0 or
// 1901..2155). TIMESTAMP travels as local packed datetime (types/temporal.h).
// Source: MySQL 8.4 manual, "Data Types". Thread safety: values; `members` is shared and immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "charset/charset.h"

namespace mahi {

enum class TypeId : uint8_t {
  kNull, kTinyInt, kSmallInt, kMediumInt, kInt, kBigInt, kFloat, kDouble, kDecimal, kBit, kYear,
  kDate, kTime, kDateTime, kTimestamp, kChar, kVarchar, kTinyText, kText, kMediumText, kLongText,
  kEnum, kSet, kJson, kGeometry,
};

// How a value is represented in vectors, Datum and Value.
enum class PhysicalType : uint8_t { kInt64, kUInt64, kDouble, kDecimal, kString, kTemporal, kJson };

inline constexpr uint8_t kNotFixedDecimals = 31;
inline constexpr uint32_t kMaxDecimalPrecision = 65;
inline constexpr uint32_t kMaxDecimalScale = 30;

struct SqlType {
  TypeId id = TypeId::kNull;
  bool is_unsigned = false;
  bool is_zerofill = false;
  // DECIMAL: scale. Temporal: fsp. FLOAT, DOUBLE: decimals, or 31 when not fixed.
  uint8_t decimals = 0;
  CollationId collation = kCollationBinary;
  // Strings: characters (binary: bytes; TEXT and BLOB: bytes). Numbers: display width. BIT: bits.
  // DECIMAL: precision. Temporal: characters.
  uint32_t length = 0;
  std::shared_ptr<const std::vector<std::string>> members;  // ENUM, SET; in `collation`'s charset

  PhysicalType physical() const {
    switch (id) {
      case TypeId::kTinyInt: case TypeId::kSmallInt: case TypeId::kMediumInt: case TypeId::kInt:
      case TypeId::kBigInt:
        return is_unsigned ? PhysicalType::kUInt64 : PhysicalType::kInt64;
      case TypeId::kFloat: case TypeId::kDouble: return PhysicalType::kDouble;
      case TypeId::kDecimal: return PhysicalType::kDecimal;
      case TypeId::kBit: case TypeId::kYear: case TypeId::kEnum: case TypeId::kSet:
        return PhysicalType::kUInt64;
      case TypeId::kDate: case TypeId::kTime: case TypeId::kDateTime: case TypeId::kTimestamp:
        return PhysicalType::kTemporal;
      case TypeId::kJson: return PhysicalType::kJson;
      case TypeId::kNull: return PhysicalType::kInt64;
      default: return PhysicalType::kString;
    }
  }

  bool IsNull() const { return id == TypeId::kNull; }
  // TINYINT .. BIGINT.
  bool IsInteger() const { return id >= TypeId::kTinyInt && id <= TypeId::kBigInt; }
  // Integers, BIT and YEAR: exact and without fraction.
  bool IsIntegral() const { return IsInteger() || id == TypeId::kBit || id == TypeId::kYear; }
  bool IsReal() const { return id == TypeId::kFloat || id == TypeId::kDouble; }
  bool IsDecimal() const { return id == TypeId::kDecimal; }
  bool IsNumeric() const { return id >= TypeId::kTinyInt && id <= TypeId::kYear; }
  // CHAR .. LONGTEXT, binary ones included; not ENUM, SET, JSON.
  bool IsString() const { return id >= TypeId::kChar && id <= TypeId::kLongText; }
  bool IsBinaryString() const { return IsString() && collation == kCollationBinary; }
  bool IsCharacterString() const { return IsString() && collation != kCollationBinary; }
  // TINYTEXT .. LONGTEXT and the BLOBs.
  bool IsBlob() const { return id >= TypeId::kTinyText && id <= TypeId::kLongText; }
  bool IsEnumOrSet() const { return id == TypeId::kEnum || id == TypeId::kSet; }
  bool IsTemporal() const { return id >= TypeId::kDate && id <= TypeId::kTimestamp; }
  bool IsDateTimeLike() const { return id == TypeId::kDateTime || id == TypeId::kTimestamp; }
  bool HasDatePart() const { return IsTemporal() && id != TypeId::kTime; }
  bool IsJson() const { return id == TypeId::kJson; }

  const Collation& collation_ref() const { return CollationOrBinary(collation); }
  const Charset& charset() const { return collation_ref().charset(); }

  // Most bytes a value can have as the client sees it (CHARACTER_OCTET_LENGTH for strings).
  uint64_t MaxBytes() const;
  // Most characters of the printed value: the display length of result metadata.
  uint32_t DisplayChars() const;
  // Precision of a number when it becomes DECIMAL, and digits after the point.
  uint32_t DecimalPrecision() const;
  uint32_t DecimalScale() const { return IsDecimal() ? decimals : (IsReal() ? decimals : 0); }
  // fsp of a temporal type; for others what a conversion to temporal would need.
  uint8_t Fsp() const { return IsTemporal() ? decimals : (decimals > 6 ? 6 : decimals); }

  // As SHOW COLUMNS prints it: int unsigned, varchar(10), enum('a','b'), datetime(3), varbinary(4).
  std::string ToSql() const;
  // DATA_TYPE of INFORMATION_SCHEMA.COLUMNS: "int", "varchar", "longblob".
  std::string_view TypeName() const;

  bool operator==(const SqlType& other) const;

  static SqlType Null() { return {}; }
  static SqlType TinyInt(bool is_unsigned = false) { return Integer(TypeId::kTinyInt, is_unsigned); }
  static SqlType SmallInt(bool is_unsigned = false) { return Integer(TypeId::kSmallInt, is_unsigned); }
  static SqlType MediumInt(bool is_unsigned = false) { return Integer(TypeId::kMediumInt, is_unsigned); }
  static SqlType Int(bool is_unsigned = false) { return Integer(TypeId::kInt, is_unsigned); }
  static SqlType BigInt(bool is_unsigned = false) { return Integer(TypeId::kBigInt, is_unsigned); }
  static SqlType UnsignedBigInt() { return BigInt(true); }
  // The type of predicates: INT of width 1.
  static SqlType Boolean();
  static SqlType Integer(TypeId id, bool is_unsigned);
  static SqlType Float();
  static SqlType Double(uint8_t decimals = kNotFixedDecimals);
  // Clips to 65 and 30.
  static SqlType Decimal(uint32_t precision, uint32_t scale, bool is_unsigned = false);
  static SqlType Bit(uint32_t bits);
  static SqlType Year();
  static SqlType Date();
  static SqlType Time(uint8_t fsp = 0);
  static SqlType DateTime(uint8_t fsp = 0);
  static SqlType Timestamp(uint8_t fsp = 0);
  static SqlType Char(uint32_t chars, CollationId collation = kCollationDefault);
  static SqlType Varchar(uint32_t chars, CollationId collation = kCollationDefault);
  static SqlType Binary(uint32_t bytes) { return Char(bytes, kCollationBinary); }
  static SqlType Varbinary(uint32_t bytes) { return Varchar(bytes, kCollationBinary); }
  static SqlType TinyText(CollationId collation = kCollationDefault);
  static SqlType Text(CollationId collation = kCollationDefault);
  static SqlType MediumText(CollationId collation = kCollationDefault);
  static SqlType LongText(CollationId collation = kCollationDefault);
  static SqlType Blob() { return Text(kCollationBinary); }
  static SqlType LongBlob() { return LongText(kCollationBinary); }
  static SqlType Enum(std::vector<std::string> members, CollationId collation = kCollationDefault);
  static SqlType Set(std::vector<std::string> members, CollationId collation = kCollationDefault);
  static SqlType Json();
};

// Range of an integer type; the unsigned minimum is 0.
int64_t MinSigned(TypeId id);
int64_t MaxSigned(TypeId id);
uint64_t MaxUnsigned(TypeId id);
// Stored bytes of TINYINT .. BIGINT: 1, 2, 3, 4, 8.
int IntegerBytes(TypeId id);

}  // namespace mahi
