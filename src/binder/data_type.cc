#include "binder/data_type.h"

#include <algorithm>
#include <string>
#include <vector>

#include "charset/charset.h"

namespace mahi {

namespace {

constexpr uint32_t kMaxVarcharBytes = 65535;
constexpr uint64_t kMaxCharLength = 255;

SqlType Make(TypeId id) {
  SqlType type;
  type.id = id;
  type.collation = kCollationBinary;
  return type;
}

Result<SqlType> ResolveInteger(const ast::DataType& ast, TypeId id, uint32_t digits,
                               std::string_view column) {
  SqlType type = Make(id);
  type.is_unsigned = ast.is_unsigned || ast.is_zerofill;
  type.is_zerofill = ast.is_zerofill;
  uint64_t width = ast.length.value_or(digits + (type.is_unsigned ? 0 : 1));
  if (id == TypeId::kBigInt && !ast.length) width = 20;
  if (width > 255) return Error(ER_TOO_BIG_DISPLAYWIDTH, column, 255);
  type.length = static_cast<uint32_t>(width);
  // MySQL 8.4 shows a width only where it was given with ZEROFILL, or for TINYINT(1).
  return type;
}

Result<SqlType> ResolveDecimal(const ast::DataType& ast, std::string_view column) {
  SqlType type = Make(TypeId::kDecimal);
  type.is_unsigned = ast.is_unsigned || ast.is_zerofill;
  type.is_zerofill = ast.is_zerofill;
  uint64_t precision = ast.length.value_or(10);
  uint64_t scale = ast.decimals.value_or(0);
  if (precision == 0 && scale == 0) precision = 10;
  if (scale > 30) return Error(ER_TOO_BIG_SCALE, scale, column, 30);
  if (precision > 65) return Error(ER_TOO_BIG_PRECISION, precision, column, 65);
  if (scale > precision) return Error(ER_M_BIGGER_THAN_D, column);
  type.length = static_cast<uint32_t>(precision);
  type.decimals = static_cast<uint8_t>(scale);
  return type;
}

Result<SqlType> ResolveFloat(const ast::DataType& ast, TypeId id, std::string_view column) {
  if (id == TypeId::kFloat && ast.length && !ast.decimals) {  // FLOAT(p): p in bits
    if (*ast.length > 53) return Error(ER_WRONG_FIELD_SPEC, column);
    if (*ast.length > 24) id = TypeId::kDouble;
  }
  SqlType type = Make(id);
  type.is_unsigned = ast.is_unsigned || ast.is_zerofill;
  type.is_zerofill = ast.is_zerofill;
  type.decimals = 31;
  type.length = id == TypeId::kFloat ? 12 : 22;
  if (ast.decimals) {
    if (*ast.decimals > 30) return Error(ER_TOO_BIG_SCALE, *ast.decimals, column, 30);
    if (ast.length.value_or(0) > 255) return Error(ER_TOO_BIG_DISPLAYWIDTH, column, 255);
    if (*ast.decimals > ast.length.value_or(0)) return Error(ER_M_BIGGER_THAN_D, column);
    type.length = static_cast<uint32_t>(*ast.length);
    type.decimals = static_cast<uint8_t>(*ast.decimals);
  }
  return type;
}

Result<SqlType> ResolveTemporal(const ast::DataType& ast, TypeId id, uint32_t width,
                                std::string_view column) {
  SqlType type = Make(id);
  uint64_t fsp = ast.length.value_or(0);
  if (fsp > 6) return Error(ER_TOO_BIG_PRECISION, fsp, column, 6);
  type.decimals = static_cast<uint8_t>(fsp);
  type.length = width + (fsp > 0 ? static_cast<uint32_t>(fsp) + 1 : 0);
  return type;
}

bool IsBinaryKind(ast::TypeKind kind) {
  switch (kind) {
    case ast::TypeKind::kBinary:
    case ast::TypeKind::kVarbinary:
    case ast::TypeKind::kTinyBlob:
    case ast::TypeKind::kBlob:
    case ast::TypeKind::kMediumBlob:
    case ast::TypeKind::kLongBlob:
      return true;
    default:
      return false;
  }
}

// The text type that holds `bytes`.
TypeId TextTypeFor(uint64_t bytes) {
  if (bytes <= 255) return TypeId::kTinyText;
  if (bytes <= 65535) return TypeId::kText;
  if (bytes <= 16777215) return TypeId::kMediumText;
  return TypeId::kLongText;
}

Result<CollationId> StringCollation(const ast::DataType& ast, CollationId default_collation) {
  if (IsBinaryKind(ast.type)) return kCollationBinary;
  std::string_view charset = ast.charset;
  if (ast.is_national && charset.empty()) charset = "utf8mb3";
  MAHI_ASSIGN_OR_RETURN(CollationId collation, ResolveCollation(charset, ast.collation, default_collation));
  if (ast.has_binary_attribute && ast.collation.empty()) {
    const Collation* found = FindCollation(collation);
    std::string name = std::string(found->charset().name) + "_bin";
    if (const Collation* bin = FindCollation(name)) collation = bin->id();
  }
  return collation;
}

Result<SqlType> ResolveMembers(const ast::DataType& ast, TypeId id, CollationId collation,
                               std::string_view column) {
  SqlType type = Make(id);
  type.collation = collation;
  auto members = std::make_shared<std::vector<std::string>>();
  const Collation* rules = FindCollation(collation);
  const char* kind = id == TypeId::kEnum ? "ENUM" : "SET";
  uint32_t longest = 0;
  uint32_t total = 0;
  for (std::string_view member : ast.members) {
    if (rules->pad_attribute() == PadAttribute::kPadSpace || !rules->is_binary()) {
      while (!member.empty() && member.back() == ' ') member.remove_suffix(1);
    }
    if (id == TypeId::kSet && member.find(',') != std::string_view::npos) {
      return Error(ER_ILLEGAL_VALUE_FOR_TYPE, "set", member);
    }
    for (const std::string& other : *members) {
      if (rules->Compare(other, member) == 0) return Error(ER_DUPLICATED_VALUE_IN_TYPE, column, member, kind);
    }
    uint32_t length = static_cast<uint32_t>(rules->charset().CharLength(member));
    longest = std::max(longest, length);
    total += length + 1;
    members->emplace_back(member);
  }
  if (id == TypeId::kSet && members->size() > 64) return Error(ER_TOO_BIG_SET, column);
  type.length = id == TypeId::kEnum ? longest : (total > 0 ? total - 1 : 0);
  type.members = std::move(members);
  return type;
}

}  // namespace

Result<CollationId> ResolveCollation(std::string_view charset, std::string_view collation,
                                     CollationId default_collation) {
  const Charset* set = nullptr;
  if (!charset.empty()) {
    set = FindCharset(charset);
    if (set == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, charset);
  }
  if (collation.empty()) return set != nullptr ? set->default_collation : default_collation;
  const Collation* found = FindCollation(collation);
  if (found == nullptr) return Error(ER_UNKNOWN_COLLATION, collation);
  if (set != nullptr && found->charset().id != set->id) {
    return Error(ER_COLLATION_CHARSET_MISMATCH, found->name(), set->name);
  }
  return found->id();
}

Result<SqlType> ResolveColumnType(const ast::DataType& ast, std::string_view column,
                                  CollationId default_collation, bool is_strict, bool real_as_float,
                                  Diagnostics* diagnostics) {
  using ast::TypeKind;
  switch (ast.type) {
    case TypeKind::kTinyInt:
      return ResolveInteger(ast, TypeId::kTinyInt, 3, column);
    case TypeKind::kBoolean: {
      SqlType type = Make(TypeId::kTinyInt);
      type.length = 1;
      return type;
    }
    case TypeKind::kSmallInt:
      return ResolveInteger(ast, TypeId::kSmallInt, 5, column);
    case TypeKind::kMediumInt:
      return ResolveInteger(ast, TypeId::kMediumInt, 8, column);
    case TypeKind::kInt:
      return ResolveInteger(ast, TypeId::kInt, 10, column);
    case TypeKind::kBigInt:
    case TypeKind::kSigned:
      return ResolveInteger(ast, TypeId::kBigInt, 19, column);
    case TypeKind::kUnsigned:
    case TypeKind::kSerial: {
      SqlType type = Make(TypeId::kBigInt);
      type.is_unsigned = true;
      type.length = 20;
      return type;
    }
    case TypeKind::kDecimal:
      return ResolveDecimal(ast, column);
    case TypeKind::kFloat:
      return ResolveFloat(ast, TypeId::kFloat, column);
    case TypeKind::kDouble:
      return ResolveFloat(ast, TypeId::kDouble, column);
    case TypeKind::kBit: {
      SqlType type = Make(TypeId::kBit);
      uint64_t bits = ast.length.value_or(1);
      if (bits == 0) return Error(ER_INVALID_FIELD_SIZE, column);
      if (bits > 64) return Error(ER_TOO_BIG_DISPLAYWIDTH, column, 64);
      type.length = static_cast<uint32_t>(bits);
      type.is_unsigned = true;
      return type;
    }
    case TypeKind::kYear: {
      SqlType type = Make(TypeId::kYear);
      if (ast.length && *ast.length != 4) return Error(ER_INVALID_YEAR_COLUMN_LENGTH);
      type.length = 4;
      type.is_unsigned = true;
      return type;
    }
    case TypeKind::kDate: {
      SqlType type = Make(TypeId::kDate);
      type.length = 10;
      return type;
    }
    case TypeKind::kTime:
      return ResolveTemporal(ast, TypeId::kTime, 10, column);
    case TypeKind::kDatetime:
      return ResolveTemporal(ast, TypeId::kDateTime, 19, column);
    case TypeKind::kTimestamp:
      return ResolveTemporal(ast, TypeId::kTimestamp, 19, column);
    case TypeKind::kJson: {
      SqlType type = Make(TypeId::kJson);
      type.length = 0xffffffff;
      return type;
    }
    case TypeKind::kGeometry:
    case TypeKind::kPoint:
    case TypeKind::kLineString:
    case TypeKind::kPolygon:
    case TypeKind::kMultiPoint:
    case TypeKind::kMultiLineString:
    case TypeKind::kMultiPolygon:
    case TypeKind::kGeometryCollection:
      return Error(ER_NOT_SUPPORTED_YET, "spatial types");
    default:
      break;
  }

  MAHI_ASSIGN_OR_RETURN(CollationId collation, StringCollation(ast, default_collation));
  const uint32_t char_bytes = FindCollation(collation)->charset().max_bytes;
  switch (ast.type) {
    case TypeKind::kEnum:
      return ResolveMembers(ast, TypeId::kEnum, collation, column);
    case TypeKind::kSet:
      return ResolveMembers(ast, TypeId::kSet, collation, column);
    case TypeKind::kChar:
    case TypeKind::kBinary: {
      SqlType type = Make(TypeId::kChar);
      type.collation = collation;
      uint64_t length = ast.length.value_or(1);
      if (length > kMaxCharLength) {
        if (is_strict) return Error(ER_TOO_BIG_FIELDLENGTH, column, kMaxCharLength);
        if (length <= kMaxVarcharBytes / char_bytes) {
          type.id = TypeId::kVarchar;
        } else {
          type.id = TextTypeFor(length * char_bytes);
        }
        diagnostics->Note(Error(ER_AUTO_CONVERT, column, "CHAR", type.IsBlob() ? "TEXT" : "VARCHAR"));
      }
      type.length = static_cast<uint32_t>(length);
      return type;
    }
    case TypeKind::kVarchar:
    case TypeKind::kVarbinary: {
      SqlType type = Make(TypeId::kVarchar);
      type.collation = collation;
      uint64_t length = ast.length.value_or(0);
      if (length > kMaxVarcharBytes / char_bytes) {
        if (is_strict) return Error(ER_TOO_BIG_FIELDLENGTH, column, kMaxVarcharBytes / char_bytes);
        type.id = TextTypeFor(length * char_bytes);
        bool is_binary = collation == kCollationBinary;
        diagnostics->Note(Error(ER_AUTO_CONVERT, column, is_binary ? "VARBINARY" : "VARCHAR",
                                is_binary ? "BLOB" : "TEXT"));
        length = type.id == TypeId::kText ? 65535 : type.id == TypeId::kMediumText ? 16777215 : 0xffffffff;
      }
      type.length = static_cast<uint32_t>(length);
      return type;
    }
    case TypeKind::kTinyText:
    case TypeKind::kTinyBlob: {
      SqlType type = Make(TypeId::kTinyText);
      type.collation = collation;
      type.length = 255;
      return type;
    }
    case TypeKind::kText:
    case TypeKind::kBlob: {
      SqlType type = Make(TypeId::kText);
      type.collation = collation;
      type.length = 65535;
      if (ast.length) {
        uint64_t bytes = *ast.length * (ast.type == TypeKind::kText ? char_bytes : 1);
        if (bytes > 0xffffffff) return Error(ER_TOO_BIG_DISPLAYWIDTH, column, 0xffffffffu);
        type.id = TextTypeFor(bytes);
        type.length = bytes <= 255 ? 255 : bytes <= 65535 ? 65535 : bytes <= 16777215 ? 16777215 : 0xffffffff;
      }
      return type;
    }
    case TypeKind::kMediumText:
    case TypeKind::kMediumBlob: {
      SqlType type = Make(TypeId::kMediumText);
      type.collation = collation;
      type.length = 16777215;
      return type;
    }
    case TypeKind::kLongText:
    case TypeKind::kLongBlob: {
      SqlType type = Make(TypeId::kLongText);
      type.collation = collation;
      type.length = 0xffffffff;
      return type;
    }
    default:
      return Error(ER_NOT_SUPPORTED_YET, "this column type");
  }
}

}  // namespace mahi
