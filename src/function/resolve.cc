#include "function/resolve.h"

#include <algorithm>

#include "function/collation_agreement.h"
#include "function/registry.h"

namespace mahi {

namespace {
constexpr uint32_t kMaxVarcharBytes = 65535;
constexpr uint32_t kMaxMediumTextBytes = (1u << 24) - 1;
}  // namespace

SqlType BigintOf(uint32_t length, bool is_unsigned) {
  SqlType type = SqlType::BigInt(is_unsigned);
  type.length = length;
  return type;
}

SqlType BooleanOf() { return BigintOf(1); }
SqlType DoubleOf() { return SqlType::Double(); }
SqlType DecimalOf(uint32_t precision, uint32_t scale, bool is_unsigned) {
  return SqlType::Decimal(precision, scale, is_unsigned);
}

SqlType TextOf(uint64_t characters, CollationId collation) {
  uint64_t bytes = characters * CollationOrBinary(collation).charset().max_bytes;
  if (bytes <= kMaxVarcharBytes) return SqlType::Varchar(static_cast<uint32_t>(characters), collation);
  if (bytes <= kMaxMediumTextBytes) return SqlType::MediumText(collation);
  return SqlType::LongText(collation);
}

SqlType BinaryOf(uint64_t bytes) { return TextOf(bytes, kCollationBinary); }
SqlType DateOf() { return SqlType::Date(); }
SqlType DatetimeOf(uint32_t fsp) { return SqlType::DateTime(static_cast<uint8_t>(std::min(fsp, 6u))); }
SqlType TimeOf(uint32_t fsp) { return SqlType::Time(static_cast<uint8_t>(std::min(fsp, 6u))); }
SqlType YearOf() { return SqlType::Year(); }
SqlType JsonOf() { return SqlType::Json(); }

uint64_t MaxCharacters(const ArgumentInfo& argument) {
  const SqlType& type = argument.type;
  if (type.IsNull()) return 0;
  if (argument.constant != nullptr && argument.constant->kind() == PhysicalType::kString &&
      !argument.constant->is_null() && type.IsString()) {
    return type.charset().CharLength(argument.constant->string());
  }
  if (type.IsJson()) return UINT32_MAX / 4;
  if (type.IsBlob()) return type.MaxBytes() / type.charset().max_bytes;
  if (type.IsString()) return type.length;
  if (type.id == TypeId::kBit) return (type.length + 7) / 8;
  return type.DisplayChars();
}

uint64_t MaxBytes(const ArgumentInfo& argument) {
  const SqlType& type = argument.type;
  if (type.IsBlob() || type.IsJson()) return type.MaxBytes();
  if (type.IsString() || type.IsEnumOrSet()) return MaxCharacters(argument) * type.charset().max_bytes;
  return MaxCharacters(argument);
}

uint32_t Decimals(const ArgumentInfo& argument) {
  const SqlType& type = argument.type;
  if (type.IsDecimal()) return type.decimals;
  if (type.IsReal() || type.IsString() || type.IsJson()) return type.IsReal() ? type.decimals : kNotFixedDecimals;
  if (type.IsTemporal()) return type.decimals;
  return 0;
}

uint32_t FspOf(const ArgumentInfo& argument) {
  const SqlType& type = argument.type;
  if (type.IsTemporal()) return type.decimals;
  if (type.IsIntegral() || type.IsNull() || type.IsEnumOrSet()) return 0;
  if (type.IsDecimal()) return std::min<uint32_t>(type.decimals, 6);
  if (type.IsString() && argument.constant != nullptr && !argument.constant->is_null()) {
    // The digits after the literal's point.
    const std::string& text = argument.constant->string();
    size_t point = text.rfind('.');
    if (point == std::string::npos) return 0;
    size_t end = point + 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return static_cast<uint32_t>(std::min<size_t>(end - point - 1, 6));
  }
  return 6;
}

bool AnyNullable(Arguments arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const ArgumentInfo& a) { return a.is_nullable; });
}

bool IsStringType(const SqlType& type) { return type.IsString() || type.IsEnumOrSet(); }
bool IsBinaryString(const SqlType& type) { return type.IsBinaryString(); }
bool IsTemporalType(const SqlType& type) { return type.IsTemporal(); }
bool IsIntegerType(const SqlType& type) { return type.IsIntegral(); }
bool IsNumericType(const SqlType& type) { return type.IsNumeric(); }
bool IsNullLiteral(const ArgumentInfo& argument) {
  return argument.type.IsNull() || (argument.constant != nullptr && argument.constant->is_null());
}

bool IsTruthArgument(const ArgumentInfo& argument) {
  if (!argument.type.IsInteger() || argument.type.length != 1 || argument.is_column) return false;
  if (argument.type.id != TypeId::kBigInt && argument.type.id != TypeId::kInt) return false;
  if (argument.constant == nullptr) return true;
  return argument.text.find_first_not_of("0123456789+- ") != std::string_view::npos;
}

SqlType TextTypeOf(const ResolveContext& context, const ArgumentInfo& argument) {
  const SqlType& type = argument.type;
  if (type.IsString()) return type;
  if (type.IsEnumOrSet()) return TextOf(type.DisplayChars(), type.collation);
  if (type.IsJson()) return SqlType::LongText(kCollationUtf8mb4Bin);
  if (type.id == TypeId::kBit) return SqlType::Varbinary((type.length + 7) / 8);
  if (type.IsNull()) return SqlType::Varchar(0, context.connection_collation);
  return TextOf(MaxCharacters(argument), context.connection_collation);
}

SqlType WantedType(const ResolveContext& context, const ArgumentInfo& argument, char letter) {
  switch (letter) {
    case 'b':
    case 's': return TextTypeOf(context, argument);
    case 'u': {
      SqlType type = TextTypeOf(context, argument);
      if (type.charset().id == CharsetId::kUtf8mb4) return type;
      if (type.IsBlob()) return SqlType::LongText(kCollationDefault);
      return TextOf(MaxCharacters(argument), kCollationDefault);
    }
    case 'i': return argument.type.physical() == PhysicalType::kInt64 && argument.type.IsInteger() ? argument.type : SqlType::BigInt();
    case 'n': return argument.type.IsInteger() ? argument.type : SqlType::BigInt();
    case 'U': return argument.type.physical() == PhysicalType::kUInt64 && argument.type.IsIntegral() ? argument.type : SqlType::BigInt(true);
    case 'd': return argument.type.id == TypeId::kDouble ? argument.type : SqlType::Double();
    case 'D': return SqlType::Date();
    case 'T': return argument.type.IsDateTimeLike() || argument.type.id == TypeId::kDate ? argument.type : SqlType::DateTime(6);
    case 't': return argument.type.id == TypeId::kTime ? argument.type : SqlType::Time(6);
    case 'j': return SqlType::Json();
    default: return argument.type;
  }
}

Status Call(ResolveContext& context, Arguments arguments, Signature* signature, std::string_view wanted,
            SqlType result, EvalFunction eval) {
  signature->result = std::move(result);
  signature->is_nullable = AnyNullable(arguments);
  signature->coercibility =
      IsStringType(signature->result) || signature->result.IsJson() ? Coercibility::kLiteral : Coercibility::kNumeric;
  if (signature->result.IsJson()) signature->coercibility = Coercibility::kImplicit;
  signature->eval = eval;
  signature->arguments.clear();
  for (size_t i = 0; i < arguments.size(); ++i) {
    char letter = '=';
    if (i < wanted.size() && wanted[i] != '*') {
      letter = wanted[i];
    } else if (wanted.size() > 1 && wanted.back() == '*') {
      letter = wanted[wanted.size() - 2];
    }
    signature->arguments.push_back(WantedType(context, arguments[i], letter));
  }
  return {};
}

Status NullableCall(ResolveContext& context, Arguments arguments, Signature* signature,
                    std::string_view wanted, SqlType result, EvalFunction eval) {
  MAHI_RETURN_IF_ERROR(Call(context, arguments, signature, wanted, std::move(result), eval));
  signature->is_nullable = true;
  return {};
}

Status AsciiCall(ResolveContext& context, Arguments arguments, Signature* signature,
                 std::string_view wanted, uint64_t characters, EvalFunction eval) {
  return Call(context, arguments, signature, wanted, TextOf(characters, context.connection_collation), eval);
}

Result<CollationId> AgreeOnText(ResolveContext& context, Arguments arguments, Signature* signature,
                                size_t first, size_t count) {
  MAHI_ASSIGN_OR_RETURN(CollationId collation,
                        AgreeOnCollation(arguments.subspan(first, count), context.function_text,
                                         context.connection_collation, true, &signature->coercibility));
  const Charset& charset = CollationOrBinary(collation).charset();
  for (size_t i = first; i < first + count; ++i) {
    SqlType type = TextTypeOf(context, arguments[i]);
    if (type.charset().id != charset.id && !charset.is_binary()) {
      type = type.IsBlob() ? SqlType::LongText(collation) : TextOf(MaxCharacters(arguments[i]), collation);
    } else if (charset.is_binary() && !type.IsBinaryString()) {
      type = BinaryOf(MaxBytes(arguments[i]));
    }
    signature->arguments[i] = std::move(type);
  }
  return collation;
}

}  // namespace mahi
