// + - * / DIV % and the minus sign.
//
// Decimal results may carry more digits than their type shows (a quotient is cut at a multiple of nine digits, as
// MySQL does), so that (1 / 3) * 3 is 1.0000; whoever prints or stores rounds to the type's scale.
// Source: MySQL 8.4 manual, "Arithmetic Operators", "Precision Math".
#include <algorithm>
#include <cmath>

#include "function/family.h"
#include "function/lift.h"
#include "function/numeric/numeric_kind.h"
#include "function/range_error.h"
#include "function/resolve.h"

namespace mahi {

namespace {

using Int128 = __int128;

// An integer element as a wide number.
inline Int128 Wide(const Vector& vector, uint32_t row) {
  return vector.physical() == PhysicalType::kUInt64 ? static_cast<Int128>(vector.UInt64(row)) : static_cast<Int128>(vector.Int64(row));
}

// Stores `value`, or fails when it does not fit the result.
Status StoreInteger(FunctionCall& call, uint32_t row, Int128 value) {
  if (call.result->physical() == PhysicalType::kUInt64) {
    if (value < 0 || value > static_cast<Int128>(UINT64_MAX)) return RangeError(call, row, "BIGINT UNSIGNED");
    call.result->SetUInt64(row, static_cast<uint64_t>(value));
  } else {
    if (value < INT64_MIN || value > INT64_MAX) return RangeError(call, row, "BIGINT");
    call.result->SetInt64(row, static_cast<int64_t>(value));
  }
  return {};
}

enum class Operation { kAdd, kSubtract, kMultiply };

template <Operation operation>
inline bool Overflows(int64_t a, int64_t b, int64_t* result) {
  if constexpr (operation == Operation::kAdd) return __builtin_add_overflow(a, b, result);
  if constexpr (operation == Operation::kSubtract) return __builtin_sub_overflow(a, b, result);
  return __builtin_mul_overflow(a, b, result);
}

// Signed operands, the usual case: errors are collected so that the loop stays simple.
template <Operation operation>
Status EvalInt64(FunctionCall& call) {
  const Vector& left = *call.arguments[0];
  const Vector& right = *call.arguments[1];
  const int64_t* a = left.Data<int64_t>();
  const int64_t* b = right.Data<int64_t>();
  int64_t* r = call.result->MutableData<int64_t>();
  bool has_overflow = false;
  if (!MayHaveNulls(call)) {
    call.rows.ForEach([&](uint32_t row) { has_overflow |= Overflows<operation>(a[left.Index(row)], b[right.Index(row)], &r[row]); });
    return has_overflow ? Status(RangeError(call, 0, "BIGINT")) : Status();
  }
  call.rows.ForEach([&](uint32_t row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      call.result->SetNull(row);
    } else {
      has_overflow |= Overflows<operation>(a[left.Index(row)], b[right.Index(row)], &r[row]);
    }
  });
  return has_overflow ? Status(RangeError(call, 0, "BIGINT")) : Status();
}

template <Operation operation>
Status EvalMixedIntegers(FunctionCall& call) {
  const Vector& left = *call.arguments[0];
  const Vector& right = *call.arguments[1];
  return MapRows(call, [&](uint32_t row) -> Status {
    Int128 a = Wide(left, row);
    Int128 b = Wide(right, row);
    Int128 value;
    if constexpr (operation == Operation::kAdd) value = a + b;
    if constexpr (operation == Operation::kSubtract) value = a - b;
    if constexpr (operation == Operation::kMultiply) value = a * b;  // below 2^128 in magnitude
    if (operation == Operation::kMultiply && a != 0 && value / a != b) return RangeError(call, row, "BIGINT");
    return StoreInteger(call, row, value);
  });
}

template <Operation operation>
Status EvalDouble(FunctionCall& call) {
  bool is_finite = true;
  MapBinary<double, double, double>(call, [&](double a, double b) {
    double value;
    if constexpr (operation == Operation::kAdd) value = a + b;
    if constexpr (operation == Operation::kSubtract) value = a - b;
    if constexpr (operation == Operation::kMultiply) value = a * b;
    is_finite &= std::isfinite(value);
    return value;
  });
  return is_finite ? Status() : Status(RangeError(call, 0, "DOUBLE"));
}

template <Operation operation>
Status EvalDecimal(FunctionCall& call) {
  const Vector& left = *call.arguments[0];
  const Vector& right = *call.arguments[1];
  Decimal* r = call.result->MutableData<Decimal>();
  return MapRows(call, [&](uint32_t row) -> Status {
    const Decimal& a = left.DecimalAt(row);
    const Decimal& b = right.DecimalAt(row);
    DecimalStatus status;
    if constexpr (operation == Operation::kAdd) status = Decimal::Add(a, b, &r[row]);
    if constexpr (operation == Operation::kSubtract) status = Decimal::Subtract(a, b, &r[row]);
    if constexpr (operation == Operation::kMultiply) status = Decimal::Multiply(a, b, &r[row]);
    // Beyond 81 digits there is no result; between 65 and 81 MySQL keeps the number within an expression.
    if (status == DecimalStatus::kOverflow) return RangeError(call, row, "DECIMAL");
    return {};
  });
}

// --- Division -------------------------------------------------------------------------------------

uint32_t RoundUpToNine(uint32_t digits) { return (digits + 8) / 9 * 9; }

// Digits after the point of a quotient: whole groups of nine that cover the scale asked for.
uint32_t QuotientScale(uint32_t a, uint32_t b, uint32_t increment) {
  uint32_t group_a = RoundUpToNine(a);
  uint32_t group_b = RoundUpToNine(b);
  uint32_t spare = (group_a - a) + (group_b - b);
  uint32_t missing = increment > spare ? increment - spare : 0;
  return std::min(RoundUpToNine(group_a + group_b + missing), kMaxDecimalScale);
}

Status EvalDivideDecimal(FunctionCall& call) {
  const Vector& left = *call.arguments[0];
  const Vector& right = *call.arguments[1];
  uint32_t increment = call.context.div_precision_increment;
  Decimal* r = call.result->MutableData<Decimal>();
  return MapRows(call, [&](uint32_t row) -> Status {
    const Decimal& a = left.DecimalAt(row);
    const Decimal& b = right.DecimalAt(row);
    if (b.is_zero()) {
      call.result->SetNull(row);
      return DivisionByZero(call.context);
    }
    uint32_t scale = std::max(QuotientScale(a.scale(), b.scale(), increment), a.scale());
    DecimalStatus status = Decimal::Divide(a, b, scale - a.scale(), &r[row]);
    if (status == DecimalStatus::kOverflow) return RangeError(call, row, "DECIMAL");
    return {};
  });
}

Status EvalDivideDouble(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    double b = call.arguments[1]->Double(row);
    if (b == 0) {
      call.result->SetNull(row);
      return DivisionByZero(call.context);
    }
    double value = call.arguments[0]->Double(row) / b;
    if (!std::isfinite(value)) return RangeError(call, row, "DOUBLE");
    call.result->SetDouble(row, value);
    return {};
  });
}

Status EvalIntegerDivide(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    Int128 b = Wide(*call.arguments[1], row);
    if (b == 0) {
      call.result->SetNull(row);
      return DivisionByZero(call.context);
    }
    return StoreInteger(call, row, Wide(*call.arguments[0], row) / b);
  });
}

// a DIV b where one is not an integer: the quotient of decimals, cut.
Status EvalIntegerDivideDecimal(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    const Decimal& b = call.arguments[1]->DecimalAt(row);
    if (b.is_zero()) {
      call.result->SetNull(row);
      return DivisionByZero(call.context);
    }
    Decimal quotient;
    DecimalStatus status = Decimal::IntegerDivide(call.arguments[0]->DecimalAt(row), b, &quotient);
    bool is_unsigned = call.result->physical() == PhysicalType::kUInt64;
    int64_t as_signed = 0;
    uint64_t as_unsigned = 0;
    bool fits = status != DecimalStatus::kOverflow &&
                (is_unsigned ? quotient.ToUInt64(&as_unsigned) && !quotient.is_negative() : quotient.ToInt64(&as_signed));
    if (!fits) return RangeError(call, row, is_unsigned ? "BIGINT UNSIGNED" : "BIGINT");
    if (is_unsigned) {
      call.result->SetUInt64(row, as_unsigned);
    } else {
      call.result->SetInt64(row, as_signed);
    }
    return {};
  });
}

// The remainder has the dividend's sign.
Status EvalModulo(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    Int128 b = Wide(*call.arguments[1], row);
    if (b == 0) {
      call.result->SetNull(row);
      return DivisionByZero(call.context);
    }
    return StoreInteger(call, row, Wide(*call.arguments[0], row) % b);
  });
}
Status EvalModuloDecimal(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    const Decimal& b = call.arguments[1]->DecimalAt(row);
    if (b.is_zero()) {
      call.result->SetNull(row);
      return DivisionByZero(call.context);
    }
    Decimal remainder;
    if (Decimal::Modulo(call.arguments[0]->DecimalAt(row), b, &remainder) == DecimalStatus::kOverflow) return RangeError(call, row, "DECIMAL");
    call.result->SetDecimal(row, remainder);
    return {};
  });
}
Status EvalModuloDouble(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    double b = call.arguments[1]->Double(row);
    if (b == 0) {
      call.result->SetNull(row);
      return DivisionByZero(call.context);
    }
    call.result->SetDouble(row, std::fmod(call.arguments[0]->Double(row), b));
    return {};
  });
}

// --- Minus sign -----------------------------------------------------------------------------------

Status EvalNegate(FunctionCall& call) {
  const Vector& argument = *call.arguments[0];
  return MapRows(call, [&](uint32_t row) { return StoreInteger(call, row, -Wide(argument, row)); });
}
Status EvalNegateDecimal(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetDecimal(row, call.arguments[0]->DecimalAt(row).Negate()); });
}
Status EvalNegateDouble(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetDouble(row, -call.arguments[0]->Double(row)); });
}

// --- Resolution -----------------------------------------------------------------------------------

void Operands(Arguments a, Signature* s, NumericKind kind) {
  s->is_nullable = AnyNullable(a);
  s->coercibility = Coercibility::kNumeric;
  for (const ArgumentInfo& argument : a) {
    s->arguments.push_back(kind == NumericKind::kInteger   ? IntegerOperand(argument.type)
                           : kind == NumericKind::kDecimal ? DecimalOperand(argument)
                                                           : SqlType::Double());
  }
}

SqlType RealResult(Arguments a) {
  uint32_t decimals = 0;
  for (const ArgumentInfo& x : a) decimals = std::max(decimals, Decimals(x));
  return SqlType::Double(static_cast<uint8_t>(std::min<uint32_t>(decimals, kNotFixedDecimals)));
}

SqlType DecimalResult(Arguments a, Operation operation) {
  uint32_t p1 = PrecisionOf(a[0]);
  uint32_t p2 = PrecisionOf(a[1]);
  uint32_t s1 = ScaleOf(a[0].type);
  uint32_t s2 = ScaleOf(a[1].type);
  if (operation == Operation::kMultiply) return DecimalOf(std::min(p1 + p2, kMaxDecimalPrecision), std::min(s1 + s2, kMaxDecimalScale));
  uint32_t scale = std::max(s1, s2);
  uint32_t whole = std::max(p1 - std::min(s1, p1), p2 - std::min(s2, p2)) + 1;
  return DecimalOf(std::min(whole + scale, kMaxDecimalPrecision), scale);
}

template <Operation operation>
Status ResolveArithmetic(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = CommonKind(a[0].type, a[1].type);
  Operands(a, s, kind);
  switch (kind) {
    case NumericKind::kInteger: {
      bool is_unsigned = IsUnsignedOperand(a[0].type) || IsUnsignedOperand(a[1].type);
      bool is_mixed = is_unsigned;
      if (operation == Operation::kSubtract && (c.sql_mode & kSqlModeNoUnsignedSubtraction)) is_unsigned = false;
      uint32_t digits = operation == Operation::kMultiply ? PrecisionOf(a[0]) + PrecisionOf(a[1])
                                                          : std::max(PrecisionOf(a[0]), PrecisionOf(a[1])) + 1;
      s->result = BigintOf(std::min(digits + 1, 21u), is_unsigned);
      s->eval = is_mixed ? EvalMixedIntegers<operation> : EvalInt64<operation>;
      break;
    }
    case NumericKind::kDecimal:
      s->result = DecimalResult(a, operation);
      s->eval = EvalDecimal<operation>;
      break;
    case NumericKind::kReal:
      s->result = RealResult(a);
      s->eval = EvalDouble<operation>;
  }
  return {};
}

Status ResolveDivide(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = CommonKind(a[0].type, a[1].type);
  if (kind == NumericKind::kReal) {
    Operands(a, s, kind);
    uint32_t decimals = std::max(Decimals(a[0]), Decimals(a[1]));
    s->result = SqlType::Double(static_cast<uint8_t>(decimals >= kNotFixedDecimals ? kNotFixedDecimals : std::min<uint32_t>(decimals + c.div_precision_increment, 30)));
    s->eval = EvalDivideDouble;
  } else {
    Operands(a, s, NumericKind::kDecimal);
    uint32_t scale = std::min(ScaleOf(a[0].type) + c.div_precision_increment, kMaxDecimalScale);
    s->result = DecimalOf(std::min(PrecisionOf(a[0]) + ScaleOf(a[1].type) + c.div_precision_increment, kMaxDecimalPrecision), scale);
    s->eval = EvalDivideDecimal;
  }
  s->is_nullable = true;
  return {};
}

Status ResolveIntegerDivide(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = CommonKind(a[0].type, a[1].type);
  Operands(a, s, kind == NumericKind::kInteger ? kind : NumericKind::kDecimal);
  if (kind == NumericKind::kReal) {
    for (size_t i = 0; i < 2; ++i) {
      NumericKind own = KindOf(a[i].type);
      if (own == NumericKind::kReal) s->arguments[i] = SqlType::Decimal(kMaxDecimalPrecision, kMaxDecimalScale);
    }
  }
  bool is_unsigned = IsUnsignedOperand(a[0].type) || IsUnsignedOperand(a[1].type) || (a[0].type.IsNumeric() && a[0].type.is_unsigned);
  s->result = BigintOf(std::min(PrecisionOf(a[0]) - std::min(ScaleOf(a[0].type), PrecisionOf(a[0])) + 1, 21u), is_unsigned);
  s->eval = kind == NumericKind::kInteger ? EvalIntegerDivide : EvalIntegerDivideDecimal;
  s->is_nullable = true;
  return {};
}

Status ResolveModulo(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = CommonKind(a[0].type, a[1].type);
  Operands(a, s, kind);
  switch (kind) {
    case NumericKind::kInteger:
      s->result = BigintOf(std::min(std::max(PrecisionOf(a[0]), PrecisionOf(a[1])) + 1, 21u), IsUnsignedOperand(a[0].type));
      s->eval = EvalModulo;
      break;
    case NumericKind::kDecimal:
      s->result = DecimalOf(std::max(PrecisionOf(a[0]), PrecisionOf(a[1])), std::max(ScaleOf(a[0].type), ScaleOf(a[1].type)));
      s->eval = EvalModuloDecimal;
      break;
    case NumericKind::kReal:
      s->result = RealResult(a);
      s->eval = EvalModuloDouble;
  }
  s->is_nullable = true;
  return {};
}

// A constant beyond BIGINT turns into DECIMAL.
Status ResolveNegate(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = KindOf(a[0].type);
  bool is_large = kind == NumericKind::kInteger && IsUnsignedOperand(a[0].type) && a[0].constant != nullptr &&
                  !a[0].constant->is_null() && a[0].constant->uint64() > (uint64_t{1} << 63);
  if (is_large) kind = NumericKind::kDecimal;
  Operands(a, s, kind);
  switch (kind) {
    case NumericKind::kInteger:
      s->result = BigintOf(std::min(PrecisionOf(a[0]) + 1, 21u));
      s->eval = EvalNegate;
      break;
    case NumericKind::kDecimal:
      s->result = DecimalOf(PrecisionOf(a[0]), ScaleOf(a[0].type));
      s->eval = EvalNegateDecimal;
      break;
    case NumericKind::kReal:
      s->result = SqlType::Double(static_cast<uint8_t>(std::min<uint32_t>(Decimals(a[0]), kNotFixedDecimals)));
      s->eval = EvalNegateDouble;
  }
  return {};
}

const FunctionDescriptor kFunctions[] = {
    {"+", 2, 2, 0, ResolveArithmetic<Operation::kAdd>, "numeric", "a + b"},
    {"-", 2, 2, 0, ResolveArithmetic<Operation::kSubtract>, "numeric", "a - b"},
    {"*", 2, 2, 0, ResolveArithmetic<Operation::kMultiply>, "numeric", "a * b"},
    {"/", 2, 2, 0, ResolveDivide, "numeric", "a / b: with @@div_precision_increment more decimals than a"},
    {"div", 2, 2, 0, ResolveIntegerDivide, "numeric", "a DIV b: the whole part of the quotient"},
    {"%", 2, 2, 0, ResolveModulo, "numeric", "a % b: the remainder"},
    {"mod", 2, 2, 0, ResolveModulo, "numeric", "MOD(a, b): the remainder"},
    {"unary-", 1, 1, 0, ResolveNegate, "numeric", "- a"},
};

}  // namespace

std::span<const FunctionDescriptor> ArithmeticFunctions() { return kFunctions; }

}  // namespace mahi
