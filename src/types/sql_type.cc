#include "types/sql_type.h"

#include <algorithm>

namespace mahi {

namespace {

SqlType Make(TypeId id, uint32_t length = 0, uint8_t decimals = 0) {
  SqlType type;
  type.id = id;
  type.length = length;
  type.decimals = decimals;
  return type;
}

SqlType MakeTemporal(TypeId id, uint32_t width, uint8_t fsp) {
  if (fsp > 6) fsp = 6;
  return Make(id, width + (fsp > 0 ? fsp + 1u : 0u), fsp);
}

SqlType MakeString(TypeId id, uint32_t length, CollationId collation) {
  SqlType type = Make(id, length);
  type.collation = collation;
  return type;
}

SqlType MakeMembers(TypeId id, std::vector<std::string> members, CollationId collation) {
  SqlType type = MakeString(id, 0, collation);
  const Charset& charset = type.charset();
  uint32_t longest = 0, total = 0;
  for (const std::string& member : members) {
    uint32_t chars = static_cast<uint32_t>(charset.CharLength(member));
    longest = std::max(longest, chars);
    total += chars + 1;
  }
  type.length = id == TypeId::kEnum ? longest : total > 0 ? total - 1 : 0;
  type.members = std::make_shared<const std::vector<std::string>>(std::move(members));
  return type;
}

// Digits of the widest value, without sign.
uint32_t IntegerDigits(TypeId id, bool is_unsigned) {
  switch (id) {
    case TypeId::kTinyInt: return 3;
    case TypeId::kSmallInt: return 5;
    case TypeId::kMediumInt: return is_unsigned ? 8 : 7;
    case TypeId::kInt: return 10;
    case TypeId::kBigInt: return is_unsigned ? 20 : 19;
    default: return 20;
  }
}

std::string QuoteMembers(const SqlType& type) {
  std::string sql;
  const Charset& charset = type.charset();
  for (const std::string& member : *type.members) {
    if (!sql.empty()) sql += ',';
    sql += '\'';
    std::string utf8;
    if (charset.is_ascii_compatible && charset.is_unicode()) {
      utf8 = member;
    } else {
      ConvertCharset(member, charset, GetCharset(CharsetId::kUtf8mb4), &utf8);
    }
    for (char c : utf8) {
      if (c == '\'') sql += '\'';
      sql += c;
    }
    sql += '\'';
  }
  return sql;
}

}  // namespace

int IntegerBytes(TypeId id) {
  switch (id) {
    case TypeId::kTinyInt: return 1;
    case TypeId::kSmallInt: return 2;
    case TypeId::kMediumInt: return 3;
    case TypeId::kInt: return 4;
    default: return 8;
  }
}
int64_t MaxSigned(TypeId id) { return static_cast<int64_t>(MaxUnsigned(id) >> 1); }
int64_t MinSigned(TypeId id) { return -MaxSigned(id) - 1; }
uint64_t MaxUnsigned(TypeId id) { return UINT64_MAX >> (64 - 8 * IntegerBytes(id)); }

uint64_t SqlType::MaxBytes() const {
  switch (id) {
    case TypeId::kChar:
    case TypeId::kVarchar: return static_cast<uint64_t>(length) * charset().max_bytes;
    case TypeId::kTinyText: return 255;
    case TypeId::kText: return 65535;
    case TypeId::kMediumText: return 16777215;
    case TypeId::kLongText:
    case TypeId::kJson:
    case TypeId::kGeometry: return 4294967295u;
    case TypeId::kEnum:
    case TypeId::kSet: return static_cast<uint64_t>(length) * charset().max_bytes;
    case TypeId::kBit: return (length + 7) / 8;
    default: return DisplayChars();
  }
}

uint32_t SqlType::DisplayChars() const {
  switch (id) {
    case TypeId::kNull: return 0;
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return length > 0 ? length : id == TypeId::kBigInt ? 20 : IntegerDigits(id, is_unsigned) + (is_unsigned ? 0 : 1);
    case TypeId::kFloat: return length > 0 ? length : 12;
    case TypeId::kDouble: return length > 0 ? length : decimals < kNotFixedDecimals ? 17u + decimals : 22u;
    case TypeId::kDecimal: {
      uint32_t chars = length + (decimals > 0 ? 1 : 0) + (is_unsigned ? 0 : 1);
      return chars + (length == decimals && decimals > 0 ? 1 : 0);
    }
    case TypeId::kBit: return length;
    case TypeId::kYear: return 4;
    case TypeId::kDate: return 10;
    case TypeId::kTime: return 10 + (decimals > 0 ? decimals + 1u : 0u);
    case TypeId::kDateTime:
    case TypeId::kTimestamp: return 19 + (decimals > 0 ? decimals + 1u : 0u);
    case TypeId::kTinyText: return 255;
    case TypeId::kText: return 65535;
    case TypeId::kMediumText: return 16777215;
    case TypeId::kLongText:
    case TypeId::kJson:
    case TypeId::kGeometry: return 4294967295u;
    default: return length;
  }
}

uint32_t SqlType::DecimalPrecision() const {
  switch (id) {
    case TypeId::kDecimal: return length;
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt: return IntegerDigits(id, is_unsigned);
    case TypeId::kBit: return 20;
    case TypeId::kYear: return 4;
    case TypeId::kDate: return 8;
    case TypeId::kTime: return 7u + decimals;
    case TypeId::kDateTime:
    case TypeId::kTimestamp: return 14u + decimals;
    case TypeId::kNull: return 1;
    case TypeId::kEnum: return 5;
    case TypeId::kSet: return 20;
    default: return kMaxDecimalPrecision;
  }
}

std::string_view SqlType::TypeName() const {
  bool binary = collation == kCollationBinary;
  switch (id) {
    case TypeId::kNull: return "null";
    case TypeId::kTinyInt: return "tinyint";
    case TypeId::kSmallInt: return "smallint";
    case TypeId::kMediumInt: return "mediumint";
    case TypeId::kInt: return "int";
    case TypeId::kBigInt: return "bigint";
    case TypeId::kFloat: return "float";
    case TypeId::kDouble: return "double";
    case TypeId::kDecimal: return "decimal";
    case TypeId::kBit: return "bit";
    case TypeId::kYear: return "year";
    case TypeId::kDate: return "date";
    case TypeId::kTime: return "time";
    case TypeId::kDateTime: return "datetime";
    case TypeId::kTimestamp: return "timestamp";
    case TypeId::kChar: return binary ? "binary" : "char";
    case TypeId::kVarchar: return binary ? "varbinary" : "varchar";
    case TypeId::kTinyText: return binary ? "tinyblob" : "tinytext";
    case TypeId::kText: return binary ? "blob" : "text";
    case TypeId::kMediumText: return binary ? "mediumblob" : "mediumtext";
    case TypeId::kLongText: return binary ? "longblob" : "longtext";
    case TypeId::kEnum: return "enum";
    case TypeId::kSet: return "set";
    case TypeId::kJson: return "json";
    case TypeId::kGeometry: return "geometry";
  }
  return "";
}

// Source: MySQL 8.4 manual, "Numeric Data Type Syntax": integer widths show only with ZEROFILL, and for TINYINT(1).
std::string SqlType::ToSql() const {
  std::string sql(TypeName());
  switch (id) {
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      if (is_zerofill || (id == TypeId::kTinyInt && length == 1 && !is_unsigned)) {
        sql += "(" + std::to_string(length) + ")";
      }
      break;
    case TypeId::kFloat:
    case TypeId::kDouble:
      if (decimals < kNotFixedDecimals) sql += "(" + std::to_string(length) + "," + std::to_string(decimals) + ")";
      break;
    case TypeId::kDecimal: sql += "(" + std::to_string(length) + "," + std::to_string(decimals) + ")"; break;
    case TypeId::kBit:
    case TypeId::kChar:
    case TypeId::kVarchar: sql += "(" + std::to_string(length) + ")"; break;
    case TypeId::kTime:
    case TypeId::kDateTime:
    case TypeId::kTimestamp:
      if (decimals > 0) sql += "(" + std::to_string(decimals) + ")";
      break;
    case TypeId::kEnum:
    case TypeId::kSet: sql += "(" + (members ? QuoteMembers(*this) : "") + ")"; break;
    default: break;
  }
  if (IsInteger() || IsReal() || IsDecimal()) {
    if (is_unsigned) sql += " unsigned";
    if (is_zerofill) sql += " zerofill";
  }
  return sql;
}

bool SqlType::operator==(const SqlType& other) const {
  if (id != other.id || is_unsigned != other.is_unsigned || is_zerofill != other.is_zerofill ||
      decimals != other.decimals || collation != other.collation || length != other.length) {
    return false;
  }
  if (members == other.members) return true;
  return members != nullptr && other.members != nullptr && *members == *other.members;
}

SqlType SqlType::Boolean() { return Make(TypeId::kInt, 1); }

SqlType SqlType::Integer(TypeId id, bool is_unsigned) {
  uint32_t width = id == TypeId::kBigInt ? 20 : IntegerDigits(id, is_unsigned) + (is_unsigned ? 0 : 1);
  if (id == TypeId::kMediumInt && !is_unsigned) width = 9;
  SqlType type = Make(id, width);
  type.is_unsigned = is_unsigned;
  return type;
}
SqlType SqlType::Float() { return Make(TypeId::kFloat, 12, kNotFixedDecimals); }
SqlType SqlType::Double(uint8_t decimals) {
  return Make(TypeId::kDouble, decimals < kNotFixedDecimals ? 17u + decimals : 22u, decimals);
}
SqlType SqlType::Decimal(uint32_t precision, uint32_t scale, bool is_unsigned) {
  scale = std::min(scale, kMaxDecimalScale);
  precision = std::clamp(precision, std::max(scale, 1u), kMaxDecimalPrecision);
  SqlType type = Make(TypeId::kDecimal, precision, static_cast<uint8_t>(scale));
  type.is_unsigned = is_unsigned;
  return type;
}
SqlType SqlType::Bit(uint32_t bits) {
  SqlType type = Make(TypeId::kBit, bits);
  type.is_unsigned = true;
  return type;
}
SqlType SqlType::Year() {
  SqlType type = Make(TypeId::kYear, 4);
  type.is_unsigned = true;
  return type;
}
SqlType SqlType::Date() { return Make(TypeId::kDate, 10); }
SqlType SqlType::Time(uint8_t fsp) { return MakeTemporal(TypeId::kTime, 10, fsp); }
SqlType SqlType::DateTime(uint8_t fsp) { return MakeTemporal(TypeId::kDateTime, 19, fsp); }
SqlType SqlType::Timestamp(uint8_t fsp) { return MakeTemporal(TypeId::kTimestamp, 19, fsp); }
SqlType SqlType::Char(uint32_t chars, CollationId collation) { return MakeString(TypeId::kChar, chars, collation); }
SqlType SqlType::Varchar(uint32_t chars, CollationId collation) {
  return MakeString(TypeId::kVarchar, chars, collation);
}
SqlType SqlType::TinyText(CollationId collation) { return MakeString(TypeId::kTinyText, 255, collation); }
SqlType SqlType::Text(CollationId collation) { return MakeString(TypeId::kText, 65535, collation); }
SqlType SqlType::MediumText(CollationId collation) { return MakeString(TypeId::kMediumText, 16777215, collation); }
SqlType SqlType::LongText(CollationId collation) { return MakeString(TypeId::kLongText, 4294967295u, collation); }
SqlType SqlType::Enum(std::vector<std::string> members, CollationId collation) {
  return MakeMembers(TypeId::kEnum, std::move(members), collation);
}
SqlType SqlType::Set(std::vector<std::string> members, CollationId collation) {
  return MakeMembers(TypeId::kSet, std::move(members), collation);
}
SqlType SqlType::Json() { return MakeString(TypeId::kJson, 4294967295u, kCollationBinary); }

}  // namespace mahi
