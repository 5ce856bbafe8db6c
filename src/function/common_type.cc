// Common types: of the branches of an expression, and of the two sides of a comparison.
#include <algorithm>

#include "function/collation_agreement.h"
#include "function/registry.h"
#include "function/resolve.h"
#include "types/conversion.h"

namespace mahi {

namespace {

struct Census {
  bool has_string = false;
  bool has_blob = false;
  bool has_json = false;
  bool has_real = false;
  bool has_float_only = true;
  bool has_decimal = false;
  bool has_integer = false;
  bool has_bit_only = true;
  bool has_year_only = true;
  bool has_temporal = false;
  bool has_other_than_temporal = false;
  bool has_unsigned = false;
  bool has_signed = false;
  bool has_geometry = false;
  TypeId widest_integer = TypeId::kTinyInt;
  uint32_t integer_length = 1;
  uint32_t max_fsp = 0;
  uint32_t bit_length = 0;
};

Census Count(std::span<const ArgumentInfo> arguments) {
  Census n;
  for (const ArgumentInfo& argument : arguments) {
    const SqlType& type = argument.type;
    if (type.IsNull()) continue;
    if (type.id != TypeId::kBit) n.has_bit_only = false;
    if (type.id != TypeId::kYear) n.has_year_only = false;
    if (type.IsTemporal()) {
      n.has_temporal = true;
      n.max_fsp = std::max<uint32_t>(n.max_fsp, type.decimals);
      continue;
    }
    n.has_other_than_temporal = true;
    if (type.IsJson()) {
      n.has_json = true;
    } else if (type.id == TypeId::kGeometry) {
      n.has_geometry = true;
    } else if (IsStringType(type)) {
      n.has_string = true;
      n.has_blob |= type.IsBlob();
    } else if (type.IsReal()) {
      n.has_real = true;
      n.has_float_only &= type.id == TypeId::kFloat;
    } else if (type.IsDecimal()) {
      n.has_decimal = true;
    } else {
      n.has_integer = true;
      bool is_unsigned = type.is_unsigned || type.id == TypeId::kBit || type.id == TypeId::kYear;
      (is_unsigned ? n.has_unsigned : n.has_signed) = true;
      TypeId width = type.id == TypeId::kBit ? TypeId::kBigInt : type.id == TypeId::kYear ? TypeId::kSmallInt : type.id;
      n.widest_integer = std::max(n.widest_integer, width);
      n.integer_length = std::max(n.integer_length, type.length);
      n.bit_length = std::max(n.bit_length, type.length);
    }
  }
  return n;
}

SqlType CommonInteger(const Census& n) {
  if (n.has_unsigned && n.has_signed) {
    if (n.widest_integer == TypeId::kBigInt) return SqlType::Decimal(20, 0);
    // One step wider takes both; which of them was the widest does not matter to clients.
    TypeId wider = n.widest_integer == TypeId::kInt ? TypeId::kBigInt : static_cast<TypeId>(static_cast<int>(n.widest_integer) + 1);
    return SqlType::Integer(wider, false);
  }
  SqlType type = SqlType::Integer(n.widest_integer, n.has_unsigned);
  type.length = n.integer_length;
  return type;
}

SqlType CommonDecimal(std::span<const ArgumentInfo> arguments) {
  uint32_t integer_digits = 0;
  uint32_t scale = 0;
  bool is_unsigned = true;
  for (const ArgumentInfo& argument : arguments) {
    if (argument.type.IsNull()) continue;
    uint32_t own_scale = argument.type.IsDecimal() ? argument.type.decimals : 0;
    integer_digits = std::max(integer_digits, argument.type.DecimalPrecision() - std::min(own_scale, argument.type.DecimalPrecision()));
    scale = std::max(scale, own_scale);
    is_unsigned &= argument.type.is_unsigned;
  }
  return SqlType::Decimal(std::min(integer_digits + scale, kMaxDecimalPrecision), scale, is_unsigned);
}

SqlType CommonTemporal(std::span<const ArgumentInfo> arguments, uint32_t fsp) {
  TypeId common = TypeId::kNull;
  for (const ArgumentInfo& argument : arguments) {
    TypeId id = argument.type.id;
    if (argument.type.IsNull() || id == common) continue;
    common = common == TypeId::kNull ? id : TypeId::kDateTime;
  }
  switch (common) {
    case TypeId::kDate: return SqlType::Date();
    case TypeId::kTime: return TimeOf(fsp);
    case TypeId::kTimestamp: return SqlType::Timestamp(static_cast<uint8_t>(fsp));
    default: return DatetimeOf(fsp);
  }
}

Result<SqlType> CommonText(ResolveContext& context, std::span<const ArgumentInfo> arguments, bool has_blob,
                           Coercibility* coercibility) {
  MAHI_ASSIGN_OR_RETURN(CollationId collation,
                        AgreeOnCollation(arguments, context.function_text, context.connection_collation, true, coercibility));
  uint64_t characters = 0;
  uint64_t blob_bytes = 0;
  bool is_char_only = true;
  for (const ArgumentInfo& argument : arguments) {
    if (argument.type.IsNull()) continue;
    uint64_t own = argument.type.IsString() && !argument.type.IsBlob() && argument.constant == nullptr
                       ? argument.type.length : MaxCharacters(argument);
    characters = std::max(characters, own);
    blob_bytes = std::max(blob_bytes, argument.type.IsBlob() ? argument.type.MaxBytes() : uint64_t{0});
    is_char_only &= argument.type.id == TypeId::kChar;
  }
  if (has_blob) {
    uint64_t bytes = std::max(blob_bytes, characters * 1);
    if (bytes <= 255) return SqlType::TinyText(collation);
    if (bytes <= 65535) return SqlType::Text(collation);
    if (bytes < (1u << 24)) return SqlType::MediumText(collation);
    return SqlType::LongText(collation);
  }
  if (is_char_only && characters <= 255) return SqlType::Char(static_cast<uint32_t>(characters), collation);
  return TextOf(characters, collation);
}

bool IsNegativeConstant(const ArgumentInfo& argument) {
  return argument.constant != nullptr && !argument.constant->is_null() &&
         argument.constant->kind() == PhysicalType::kInt64 && argument.constant->int64() < 0;
}
bool IsUnsignedKind(const SqlType& type) { return type.physical() == PhysicalType::kUInt64; }

// Integers of both signs compare as DECIMAL, unless a constant shows which side they are on.
SqlType CompareIntegers(const ArgumentInfo& left, const ArgumentInfo& right) {
  bool left_unsigned = IsUnsignedKind(left.type);
  bool right_unsigned = IsUnsignedKind(right.type);
  if (left_unsigned == right_unsigned) return SqlType::BigInt(left_unsigned);
  const ArgumentInfo& signed_side = left_unsigned ? right : left;
  if (signed_side.constant != nullptr && !signed_side.constant->is_null() && !IsNegativeConstant(signed_side)) {
    return SqlType::BigInt(true);
  }
  const ArgumentInfo& unsigned_side = left_unsigned ? left : right;
  // Narrow unsigned types fit BIGINT.
  if (unsigned_side.type.id != TypeId::kBigInt && unsigned_side.type.id != TypeId::kBit &&
      unsigned_side.type.id != TypeId::kSet) {
    return SqlType::BigInt();
  }
  if (unsigned_side.constant != nullptr && !unsigned_side.constant->is_null() &&
      unsigned_side.constant->uint64() <= INT64_MAX) {
    return SqlType::BigInt();
  }
  return SqlType::Decimal(20, 0);
}

// A text constant that is compared with a date or time is read as one; unreadable text is an error.
Status CheckTemporalConstant(ResolveContext& context, const ArgumentInfo& temporal, const ArgumentInfo& other) {
  if (!temporal.is_column || other.constant == nullptr || other.constant->is_null() || !other.type.IsString()) return {};
  TypeId target = temporal.type.id == TypeId::kTime ? TypeId::kTime : TypeId::kDateTime;
  TemporalReport report;
  ParseTemporal(other.constant->string(), target, 6, kDateFuzzy, context.time_zone, &report);
  if (!report.is_bad) return {};
  std::string_view kind = temporal.type.id == TypeId::kTime        ? "TIME"
                          : temporal.type.id == TypeId::kDate      ? "DATE"
                          : temporal.type.id == TypeId::kTimestamp ? "TIMESTAMP"
                                                                   : "DATETIME";
  return Error(ER_WRONG_VALUE, kind, other.constant->string());
}

Result<SqlType> CompareTemporal(ResolveContext& context, const ArgumentInfo& left, const ArgumentInfo& right) {
  if (left.type.IsTemporal() && right.type.IsTemporal()) {
    uint32_t fsp = std::max(left.type.decimals, right.type.decimals);
    if (left.type.id == TypeId::kTime && right.type.id == TypeId::kTime) return TimeOf(fsp);
    if (left.type.id == TypeId::kDate && right.type.id == TypeId::kDate) return SqlType::Date();
    return DatetimeOf(fsp);
  }
  const ArgumentInfo& temporal = left.type.IsTemporal() ? left : right;
  const ArgumentInfo& other = left.type.IsTemporal() ? right : left;
  if (IsStringType(other.type)) {
    if (other.type.IsBinaryString() && other.constant == nullptr && !temporal.is_column) return SqlType::Double();
    MAHI_RETURN_IF_ERROR(CheckTemporalConstant(context, temporal, other));
    return temporal.type.id == TypeId::kTime ? TimeOf(6) : DatetimeOf(6);
  }
  // A constant number becomes a date; a varying one makes both numbers.
  if (other.type.IsNumeric() && other.constant != nullptr && temporal.is_column) {
    return temporal.type.id == TypeId::kTime ? TimeOf(6) : DatetimeOf(6);
  }
  if (other.type.IsIntegral() && temporal.type.decimals == 0) return SqlType::BigInt();
  return other.type.IsReal() ? SqlType::Double() : SqlType::Decimal(30, 6);
}

// Text that is exactly a whole number, so that an integer column can be compared without turning into DOUBLE.
bool IsWholeNumberText(const Value& value) {
  const std::string& text = value.string();
  size_t i = text.size() > 0 && text[0] == '-' ? 1 : 0;
  if (i == text.size() || text.size() - i > 18) return false;
  return std::all_of(text.begin() + static_cast<ptrdiff_t>(i), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<SqlType> CommonType(ResolveContext& context, std::span<const ArgumentInfo> arguments,
                           Coercibility* coercibility) {
  *coercibility = Coercibility::kNumeric;
  Census n = Count(arguments);
  if (!n.has_temporal && !n.has_other_than_temporal) {
    *coercibility = Coercibility::kNull;
    return SqlType::Null();
  }
  if (n.has_geometry && !n.has_string && !n.has_json && !n.has_integer && !n.has_decimal && !n.has_real && !n.has_temporal) {
    for (const ArgumentInfo& a : arguments) {
      if (!a.type.IsNull()) return a.type;
    }
  }
  if (n.has_json && !n.has_string && !n.has_integer && !n.has_decimal && !n.has_real && !n.has_temporal && !n.has_geometry) {
    *coercibility = Coercibility::kImplicit;
    return SqlType::Json();
  }
  if (n.has_string || n.has_json || n.has_geometry || (n.has_temporal && n.has_other_than_temporal)) {
    return CommonText(context, arguments, n.has_blob || n.has_json || n.has_geometry, coercibility);
  }
  if (n.has_temporal) return CommonTemporal(arguments, n.max_fsp);
  if (n.has_real) {
    if (n.has_float_only && !n.has_decimal && !n.has_integer) return SqlType::Float();
    uint32_t decimals = 0;
    for (const ArgumentInfo& a : arguments) {
      if (!a.type.IsNull()) decimals = std::max<uint32_t>(decimals, Decimals(a));
    }
    return SqlType::Double(static_cast<uint8_t>(std::min<uint32_t>(decimals, kNotFixedDecimals)));
  }
  if (n.has_decimal) return CommonDecimal(arguments);
  if (n.has_bit_only) return SqlType::Bit(n.bit_length);
  if (n.has_year_only) return SqlType::Year();
  return CommonInteger(n);
}

Result<SqlType> ComparisonType(ResolveContext& context, const ArgumentInfo& left, const ArgumentInfo& right) {
  const SqlType& a = left.type;
  const SqlType& b = right.type;
  if (a.IsNull() && b.IsNull()) return SqlType::BigInt();
  if (a.IsNull()) return b.IsEnumOrSet() ? TextTypeOf(context, right) : b;
  if (b.IsNull()) return a.IsEnumOrSet() ? TextTypeOf(context, left) : a;
  if (a.IsJson() || b.IsJson()) return SqlType::Json();
  if (a.IsTemporal() || b.IsTemporal()) return CompareTemporal(context, left, right);
  if ((IsStringType(a) || a.id == TypeId::kGeometry) && (IsStringType(b) || b.id == TypeId::kGeometry)) {
    Coercibility coercibility = Coercibility::kImplicit;
    const ArgumentInfo sides[] = {left, right};
    MAHI_ASSIGN_OR_RETURN(CollationId collation,
                          AgreeOnCollation(sides, context.function_text, context.connection_collation, false, &coercibility));
    if (a.IsBlob() || b.IsBlob()) return SqlType::LongText(collation);
    return TextOf(std::max(MaxCharacters(left), MaxCharacters(right)), collation);
  }
  // ENUM and SET are numbers when compared with numbers.
  bool left_integral = a.IsIntegral() || a.IsEnumOrSet();
  bool right_integral = b.IsIntegral() || b.IsEnumOrSet();
  if (left_integral && right_integral) return CompareIntegers(left, right);
  if (a.IsString() || b.IsString()) {
    const ArgumentInfo& text = a.IsString() ? left : right;
    const ArgumentInfo& number = a.IsString() ? right : left;
    if (number.type.IsInteger() && number.is_column && text.constant != nullptr && !text.constant->is_null() &&
        IsWholeNumberText(*text.constant) && (!number.type.is_unsigned || text.constant->string()[0] != '-')) {
      return SqlType::BigInt(number.type.is_unsigned);
    }
    return SqlType::Double();
  }
  if (a.IsReal() || b.IsReal()) return SqlType::Double();
  uint32_t scale = std::max(a.DecimalScale(), b.DecimalScale());
  return SqlType::Decimal(kMaxDecimalPrecision, std::min(scale, kMaxDecimalScale));
}

}  // namespace mahi
