// Data types of columns, casts and stored program variables.
// Source: MySQL 8.4 manual, "Data Types", "Cast Functions and Operators".
#include "parser/internal/parser_impl.h"

namespace mahi::parser_internal {

void ParserImpl::ParseTypeLength(DataType* type) {
  if (!Accept(T::kLeft)) return;
  if (At(T::kDecimal)) {
    // Longer than 64 bits: the largest, which no type accepts.
    Take();
    type->length = UINT64_MAX;
  } else {
    type->length = ParseUnsigned();
  }
  Expect(T::kRight);
}

void ParserImpl::ParseTypeDecimals(DataType* type) {
  if (!Accept(T::kLeft)) return;
  type->length = ParseUnsigned();
  if (Accept(T::kComma)) type->decimals = static_cast<uint32_t>(std::min<uint64_t>(ParseUnsigned(), UINT32_MAX));
  Expect(T::kRight);
}

void ParserImpl::ParseNumericAttributes(DataType* type) {
  while (true) {
    if (Accept(T::k_UNSIGNED)) {
      type->is_unsigned = true;
    } else if (Accept(T::k_ZEROFILL)) {
      type->is_zerofill = true;
      type->is_unsigned = true;
    } else if (!Accept(T::k_SIGNED)) {
      return;
    }
  }
}

// [CHARACTER SET x | ASCII | UNICODE | BYTE] [BINARY], in either order.
void ParserImpl::ParseStringAttributes(DataType* type) {
  while (true) {
    if (At(T::k_BINARY)) {
      Take();
      type->has_binary_attribute = true;
    } else if (AcceptCharsetKeyword()) {
      type->charset = ParseCharsetName();
    } else if (AtAny({T::k_ASCII, T::k_UNICODE, T::k_BYTE})) {
      T kind = Take().token;
      type->charset = kind == T::k_ASCII ? "latin1" : kind == T::k_UNICODE ? "ucs2" : "binary";
    } else {
      return;
    }
  }
}

DataType* ParserImpl::ParseCastType() {
  uint32_t start = Start();
  auto* type = New<DataType>();
  T kind = Kind();
  if (kind == T::k_SIGNED || kind == T::k_UNSIGNED) {
    Take();
    type->type = kind == T::k_SIGNED ? TypeKind::kSigned : TypeKind::kUnsigned;
    if (!Accept(T::k_INTEGER)) Accept(T::k_INT);
    type->source = RangeFrom(start);
    return type;
  }
  if (AtAny({T::k_INT, T::k_INTEGER})) FailSyntax();
  type = ParseDataType();
  switch (type->type) {
    case TypeKind::kChar: case TypeKind::kBinary: case TypeKind::kDate: case TypeKind::kTime:
    case TypeKind::kDatetime: case TypeKind::kDecimal: case TypeKind::kFloat: case TypeKind::kDouble:
    case TypeKind::kYear: case TypeKind::kJson: case TypeKind::kPoint: case TypeKind::kLineString:
    case TypeKind::kPolygon: case TypeKind::kMultiPoint: case TypeKind::kMultiLineString:
    case TypeKind::kMultiPolygon: case TypeKind::kGeometryCollection: break;
    default: FailSyntaxAt(start);
  }
  return type;
}

DataType* ParserImpl::ParseDataType() {
  uint32_t start = Start();
  auto* type = New<DataType>();
  auto integer = [&](TypeKind kind) {
    type->type = kind;
    ParseTypeLength(type);
    ParseNumericAttributes(type);
  };
  auto text = [&](TypeKind kind, bool length) {
    type->type = kind;
    if (length) ParseTypeLength(type);
    ParseStringAttributes(type);
  };
  T kind = Kind();
  LexedToken first = Take();
  switch (kind) {
    case T::k_TINYINT: case T::k_INT1: integer(TypeKind::kTinyInt); break;
    case T::k_SMALLINT: case T::k_INT2: integer(TypeKind::kSmallInt); break;
    case T::k_MEDIUMINT: case T::k_INT3: case T::k_MIDDLEINT: integer(TypeKind::kMediumInt); break;
    case T::k_INT: case T::k_INTEGER: case T::k_INT4: integer(TypeKind::kInt); break;
    case T::k_BIGINT: case T::k_INT8: integer(TypeKind::kBigInt); break;
    case T::k_BOOL: case T::k_BOOLEAN: type->type = TypeKind::kBoolean; break;
    case T::k_SERIAL: type->type = TypeKind::kSerial; break;
    case T::k_BIT:
      type->type = TypeKind::kBit;
      ParseTypeLength(type);
      break;
    case T::k_DECIMAL: case T::k_NUMERIC: case T::k_DEC: case T::k_FIXED:
      type->type = TypeKind::kDecimal;
      ParseTypeDecimals(type);
      ParseNumericAttributes(type);
      break;
    case T::k_FLOAT: case T::k_FLOAT4:
      type->type = TypeKind::kFloat;
      ParseTypeDecimals(type);
      ParseNumericAttributes(type);
      break;
    case T::k_DOUBLE: case T::k_FLOAT8: case T::k_REAL:
      type->type = kind == T::k_REAL && options_.real_as_float ? TypeKind::kFloat : TypeKind::kDouble;
      if (kind == T::k_DOUBLE) Accept(T::k_PRECISION);
      if (At(T::kLeft)) {
        ParseTypeDecimals(type);
        if (!type->decimals) FailSyntaxAt(last_end_ - 1);
      }
      ParseNumericAttributes(type);
      break;
    case T::k_DATE: type->type = TypeKind::kDate; break;
    case T::k_TIME: type->type = TypeKind::kTime; ParseTypeLength(type); break;
    case T::k_DATETIME: type->type = TypeKind::kDatetime; ParseTypeLength(type); break;
    case T::k_TIMESTAMP: type->type = TypeKind::kTimestamp; ParseTypeLength(type); break;
    case T::k_YEAR:
      type->type = TypeKind::kYear;
      ParseTypeLength(type);
      ParseNumericAttributes(type);
      break;
    case T::k_CHAR: case T::k_CHARACTER:
      if (Accept(T::k_VARYING)) {
        if (!At(T::kLeft)) FailSyntax();
        text(TypeKind::kVarchar, true);
      } else {
        text(TypeKind::kChar, true);
      }
      break;
    case T::k_VARCHAR: case T::k_VARCHARACTER:
      if (!At(T::kLeft)) FailSyntax();
      text(TypeKind::kVarchar, true);
      break;
    case T::k_NCHAR: case T::k_NVARCHAR:
      type->is_national = true;
      if (kind == T::k_NCHAR && !Accept(T::k_VARCHAR) && !Accept(T::k_VARCHARACTER) && !Accept(T::k_VARYING)) {
        text(TypeKind::kChar, true);
      } else {
        if (!At(T::kLeft)) FailSyntax();
        text(TypeKind::kVarchar, true);
      }
      break;
    case T::k_NATIONAL:
      type->is_national = true;
      if (Accept(T::k_VARCHAR) || Accept(T::k_VARCHARACTER)) {
        text(TypeKind::kVarchar, true);
      } else {
        if (!Accept(T::k_CHAR)) Expect(T::k_CHARACTER);
        text(Accept(T::k_VARYING) ? TypeKind::kVarchar : TypeKind::kChar, true);
      }
      break;
    case T::k_BINARY: type->type = TypeKind::kBinary; ParseTypeLength(type); break;
    case T::k_VARBINARY:
      if (!At(T::kLeft)) FailSyntax();
      type->type = TypeKind::kVarbinary;
      ParseTypeLength(type);
      break;
    case T::k_TINYBLOB: type->type = TypeKind::kTinyBlob; break;
    case T::k_BLOB: type->type = TypeKind::kBlob; ParseTypeLength(type); break;
    case T::k_MEDIUMBLOB: type->type = TypeKind::kMediumBlob; break;
    case T::k_LONGBLOB: type->type = TypeKind::kLongBlob; break;
    case T::k_TINYTEXT: text(TypeKind::kTinyText, false); break;
    case T::k_TEXT: text(TypeKind::kText, true); break;
    case T::k_MEDIUMTEXT: text(TypeKind::kMediumText, false); break;
    case T::k_LONGTEXT: text(TypeKind::kLongText, false); break;
    case T::k_LONG:
      if (Accept(T::k_VARBINARY)) {
        type->type = TypeKind::kMediumBlob;
      } else {
        if (Accept(T::k_CHAR) || Accept(T::k_CHARACTER)) {
          Expect(T::k_VARYING);
        } else if (!Accept(T::k_VARCHAR)) {
          Accept(T::k_VARCHARACTER);
        }
        text(TypeKind::kMediumText, false);
      }
      break;
    case T::k_ENUM: case T::k_SET: {
      type->type = kind == T::k_ENUM ? TypeKind::kEnum : TypeKind::kSet;
      Expect(T::kLeft);
      ListBuilder<std::string_view> members;
      do {
        members.Add(ParseStringLiteral());
      } while (Accept(T::kComma));
      Expect(T::kRight);
      type->members = members.Finish(arena_);
      ParseStringAttributes(type);
      break;
    }
    case T::k_JSON: type->type = TypeKind::kJson; break;
    case T::k_GEOMETRY: type->type = TypeKind::kGeometry; break;
    case T::k_POINT: type->type = TypeKind::kPoint; break;
    case T::k_LINESTRING: type->type = TypeKind::kLineString; break;
    case T::k_POLYGON: type->type = TypeKind::kPolygon; break;
    case T::k_MULTIPOINT: type->type = TypeKind::kMultiPoint; break;
    case T::k_MULTILINESTRING: type->type = TypeKind::kMultiLineString; break;
    case T::k_MULTIPOLYGON: type->type = TypeKind::kMultiPolygon; break;
    case T::k_GEOMETRYCOLLECTION: case T::k_GEOMCOLLECTION: type->type = TypeKind::kGeometryCollection; break;
    default: FailSyntaxAt(first.offset);
  }
  type->source = RangeFrom(start);
  return type;
}

}  // namespace mahi::parser_internal
