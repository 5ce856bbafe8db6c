#include "types/value.h"

#include "types/conversion.h"
#include "types/temporal.h"

namespace mahi {

Value::Value(const Datum& datum, const SqlType& type) : kind_(datum.kind), is_null_(datum.is_null) {
  if (is_null_) {
    kind_ = PhysicalType::kInt64;
    return;
  }
  switch (kind_) {
    case PhysicalType::kTemporal:
      temporal_type_ = type.id;
      fsp_ = type.Fsp();
      [[fallthrough]];
    case PhysicalType::kInt64: data_ = datum.int64; return;
    case PhysicalType::kUInt64: data_ = datum.uint64; return;
    case PhysicalType::kDouble: data_ = datum.real; return;
    case PhysicalType::kDecimal: data_ = datum.decimal(); return;
    case PhysicalType::kString:
    case PhysicalType::kJson: data_ = std::string(datum.string()); return;
  }
}

Datum Value::datum() const {
  if (is_null_) return Datum::Null();
  switch (kind_) {
    case PhysicalType::kInt64: return Datum::Int64(int64());
    case PhysicalType::kTemporal: return Datum::Temporal(int64());
    case PhysicalType::kUInt64: return Datum::UInt64(uint64());
    case PhysicalType::kDouble: return Datum::Double(real());
    case PhysicalType::kDecimal: return Datum::OfDecimal(&decimal());
    case PhysicalType::kString: return Datum::String(string());
    case PhysicalType::kJson: return Datum::Json(string());
  }
  return Datum::Null();
}

SqlType Value::NaturalType() const {
  if (is_null_) return SqlType::Null();
  switch (kind_) {
    case PhysicalType::kInt64: return SqlType::BigInt();
    case PhysicalType::kUInt64: return SqlType::BigInt(true);
    case PhysicalType::kDouble: return SqlType::Double();
    case PhysicalType::kDecimal: return SqlType::Decimal(decimal().Precision(), decimal().scale());
    case PhysicalType::kTemporal:
      switch (temporal_type_) {
        case TypeId::kDate: return SqlType::Date();
        case TypeId::kTime: return SqlType::Time(fsp_);
        case TypeId::kTimestamp: return SqlType::Timestamp(fsp_);
        default: return SqlType::DateTime(fsp_);
      }
    case PhysicalType::kJson: return SqlType::Json();
    case PhysicalType::kString: break;
  }
  return SqlType::Varchar(
      static_cast<uint32_t>(GetCharset(CharsetId::kUtf8mb4).CharLength(string())));
}

std::string Value::ToString() const {
  if (is_null_) return "NULL";
  if (kind_ == PhysicalType::kString) return "'" + string() + "'";
  return DatumToText(datum(), NaturalType());
}

bool Value::operator==(const Value& other) const {
  if (is_null_ || other.is_null_) return is_null_ == other.is_null_;
  return kind_ == other.kind_ && data_ == other.data_;
}

}  // namespace mahi
