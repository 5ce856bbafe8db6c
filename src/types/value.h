// Value: one owned scalar. Datum: a view of one scalar, 24 bytes, passed by value.
//
// Both carry the physical kind; the SqlType travels beside them (column, vector, expression). For kTemporal a Value
// also remembers which temporal type it is, so that it can print itself.
// Thread safety: values. A Datum's string, JSON or Decimal belongs to somebody else and must outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "types/decimal.h"
#include "types/sql_type.h"

namespace mahi {

struct Datum {
  union {
    int64_t int64;  // kInt64, kTemporal
    uint64_t uint64;
    double real;
    const Decimal* decimal_value;
    const char* bytes;  // kString, kJson
  };
  uint64_t size = 0;  // of bytes
  PhysicalType kind = PhysicalType::kInt64;
  bool is_null = true;

  Datum() : int64(0) {}
  static Datum Null() { return {}; }
  static Datum Int64(int64_t v) { Datum d(PhysicalType::kInt64); d.int64 = v; return d; }
  static Datum UInt64(uint64_t v) { Datum d(PhysicalType::kUInt64); d.uint64 = v; return d; }
  static Datum Double(double v) { Datum d(PhysicalType::kDouble); d.real = v; return d; }
  static Datum Temporal(int64_t packed) { Datum d(PhysicalType::kTemporal); d.int64 = packed; return d; }
  static Datum OfDecimal(const Decimal* v) { Datum d(PhysicalType::kDecimal); d.decimal_value = v; return d; }
  static Datum String(std::string_view v) { return Bytes(v, PhysicalType::kString); }
  static Datum Json(std::string_view v) { return Bytes(v, PhysicalType::kJson); }
  static Datum Bytes(std::string_view v, PhysicalType kind) {
    Datum d(kind);
    d.bytes = v.data();
    d.size = v.size();
    return d;
  }

  // REQUIRES: the kind fits.
  const Decimal& decimal() const { return *decimal_value; }
  std::string_view string() const { return {bytes, size}; }

 private:
  explicit Datum(PhysicalType k) : int64(0), kind(k), is_null(false) {}
};
static_assert(sizeof(Datum) == 24);

class Value {
 public:
  Value() = default;  // NULL
  static Value Null() { return {}; }
  static Value Int64(int64_t v) { return Value(PhysicalType::kInt64, v); }
  static Value UInt64(uint64_t v) { return Value(PhysicalType::kUInt64, v); }
  static Value Double(double v) { return Value(PhysicalType::kDouble, v); }
  static Value OfDecimal(const Decimal& v) { return Value(PhysicalType::kDecimal, v); }
  static Value String(std::string v) { return Value(PhysicalType::kString, std::move(v)); }
  static Value Json(std::string binary) { return Value(PhysicalType::kJson, std::move(binary)); }
  static Value Temporal(int64_t packed, TypeId type, uint8_t fsp = 0) {
    Value v(PhysicalType::kTemporal, packed);
    v.temporal_type_ = type;
    v.fsp_ = fsp;
    return v;
  }
  // A copy of what the datum shows. For kTemporal the type comes from `type`.
  explicit Value(const Datum& datum, const SqlType& type);

  bool is_null() const { return is_null_; }
  PhysicalType kind() const { return kind_; }
  TypeId temporal_type() const { return temporal_type_; }
  uint8_t fsp() const { return fsp_; }

  // REQUIRES: the kind fits.
  int64_t int64() const { return std::get<int64_t>(data_); }
  uint64_t uint64() const { return std::get<uint64_t>(data_); }
  double real() const { return std::get<double>(data_); }
  const Decimal& decimal() const { return std::get<Decimal>(data_); }
  const std::string& string() const { return std::get<std::string>(data_); }
  int64_t temporal() const { return std::get<int64_t>(data_); }
  std::string TakeString() { return std::move(std::get<std::string>(data_)); }

  // Valid while this Value is unchanged.
  Datum datum() const;
  // The type a literal of this value has (strings: VARCHAR of the default collation).
  SqlType NaturalType() const;
  // For messages and tests: NULL, 12, 'text', 2020-01-31.
  std::string ToString() const;

  // Same kind and equal data; strings and JSON by bytes.
  bool operator==(const Value& other) const;

 private:
  template <typename T>
  Value(PhysicalType kind, T v) : data_(std::move(v)), kind_(kind), is_null_(false) {}

  std::variant<int64_t, uint64_t, double, Decimal, std::string> data_ = int64_t{0};
  PhysicalType kind_ = PhysicalType::kInt64;
  bool is_null_ = true;
  TypeId temporal_type_ = TypeId::kNull;
  uint8_t fsp_ = 0;
};

}  // namespace mahi
