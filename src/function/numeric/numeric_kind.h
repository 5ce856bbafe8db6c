// In which kind of number an operand takes part in arithmetic.
// Source: MySQL 8.4 manual, "Arithmetic Operators", "Type Conversion in Expression Evaluation".
#pragma once

#include "function/resolve.h"

namespace mahi {

enum class NumericKind { kInteger, kDecimal, kReal };

// Text and JSON count as DOUBLE; dates and times as whole numbers, or decimals when they have a fraction.
inline NumericKind KindOf(const SqlType& type) {
  if (type.IsIntegral()) return NumericKind::kInteger;
  if (type.IsDecimal()) return NumericKind::kDecimal;
  if (type.IsTemporal()) return type.decimals == 0 ? NumericKind::kInteger : NumericKind::kDecimal;
  return NumericKind::kReal;
}
inline NumericKind CommonKind(const SqlType& a, const SqlType& b) {
  NumericKind x = KindOf(a);
  NumericKind y = KindOf(b);
  return x > y ? x : y;
}

// Integer operands keep their sign.
inline bool IsUnsignedOperand(const SqlType& type) { return type.physical() == PhysicalType::kUInt64; }
inline SqlType IntegerOperand(const SqlType& type) {
  bool fits = type.IsIntegral() && !type.IsNull();
  return fits ? type : SqlType::BigInt(IsUnsignedOperand(type));
}

// Precision and scale of an operand as DECIMAL.
inline uint32_t ScaleOf(const SqlType& type) {
  if (type.IsDecimal() || type.IsTemporal()) return type.decimals;
  return 0;
}
inline uint32_t PrecisionOf(const ArgumentInfo& argument) {
  const SqlType& type = argument.type;
  if (type.IsDecimal()) return type.length;
  if (type.IsTemporal()) return 14u + type.decimals;
  if (argument.constant != nullptr && !argument.constant->is_null() && type.IsInteger()) {
    uint64_t magnitude = type.physical() == PhysicalType::kUInt64 ? argument.constant->uint64()
                         : argument.constant->int64() < 0         ? -static_cast<uint64_t>(argument.constant->int64())
                                                                  : static_cast<uint64_t>(argument.constant->int64());
    uint32_t digits = 1;
    while (magnitude >= 10) {
      magnitude /= 10;
      ++digits;
    }
    return digits;
  }
  return type.DecimalPrecision();
}
inline SqlType DecimalOperand(const ArgumentInfo& argument) {
  if (argument.type.IsDecimal()) return argument.type;
  if (argument.type.IsTemporal()) return SqlType::Decimal(14 + argument.type.decimals, argument.type.decimals);
  return SqlType::Decimal(20, 0);
}

}  // namespace mahi
