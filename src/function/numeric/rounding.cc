// ABS, SIGN, CEILING, FLOOR, ROUND and TRUNCATE over integers, decimals and doubles.
// Source: MySQL 8.4 manual, "Mathematical Functions".
#include <algorithm>
#include <cmath>

#include "function/family.h"
#include "function/lift.h"
#include "function/numeric/numeric_kind.h"
#include "function/numeric/round_double.h"
#include "function/range_error.h"
#include "function/resolve.h"

namespace mahi {

double RoundDouble(double value, int64_t decimals, bool truncates) {
  if (!std::isfinite(value)) return value;
  bool is_negative = decimals < 0;
  uint64_t places = is_negative ? -static_cast<uint64_t>(decimals) : static_cast<uint64_t>(decimals);
  double power = places < 400 ? std::pow(10.0, static_cast<double>(places)) : INFINITY;
  if (is_negative && std::isinf(power)) return 0.0;
  double scaled = is_negative ? value / power : value * power;
  if (!is_negative && std::isinf(scaled)) return value;
  double whole = truncates ? std::trunc(scaled) : std::rint(scaled);
  return is_negative ? whole * power : whole / power;
}

namespace {

// --- Integers -------------------------------------------------------------------------------------

uint64_t PowerOfTen(uint64_t exponent) {
  uint64_t power = 1;
  for (uint64_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Rounds away the last `digits` digits of a magnitude. False: it became too large.
bool RoundMagnitude(uint64_t magnitude, uint64_t digits, bool truncates, uint64_t* result) {
  if (digits >= 20) {
    *result = 0;
    return true;
  }
  uint64_t power = PowerOfTen(digits);
  uint64_t rest = magnitude % power;
  magnitude -= rest;
  if (!truncates && rest >= power / 2 + power % 2 && power > 1) return !__builtin_add_overflow(magnitude, power, result);
  *result = magnitude;
  return true;
}

int64_t PlacesOf(const FunctionCall& call, uint32_t row) {
  if (call.arguments.size() < 2) return 0;
  const Vector& places = *call.arguments[1];
  if (places.physical() == PhysicalType::kUInt64) return static_cast<int64_t>(std::min<uint64_t>(places.UInt64(row), INT32_MAX));
  return std::clamp<int64_t>(places.Int64(row), -INT32_MAX, INT32_MAX);
}

template <bool truncates>
Status EvalRoundInteger(FunctionCall& call) {
  const Vector& argument = *call.arguments[0];
  bool is_unsigned = argument.physical() == PhysicalType::kUInt64;
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t places = PlacesOf(call, row);
    uint64_t digits = places < 0 ? static_cast<uint64_t>(-places) : 0;
    bool is_negative = !is_unsigned && argument.Int64(row) < 0;
    uint64_t magnitude = is_negative ? -static_cast<uint64_t>(argument.Int64(row)) : argument.UInt64(row);
    uint64_t rounded;
    uint64_t limit = is_unsigned ? UINT64_MAX : is_negative ? uint64_t{1} << 63 : INT64_MAX;
    if (!RoundMagnitude(magnitude, digits, truncates, &rounded) || rounded > limit) {
      return RangeError(call, row, is_unsigned ? "BIGINT UNSIGNED" : "BIGINT");
    }
    call.result->SetUInt64(row, is_negative ? -rounded : rounded);
    return {};
  });
}

Status EvalSameInteger(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetUInt64(row, call.arguments[0]->UInt64(row)); });
}

Status EvalAbsInteger(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t value = Int(call, 0, row);
    if (value == INT64_MIN) return RangeError(call, row, "BIGINT");
    call.result->SetInt64(row, value < 0 ? -value : value);
    return {};
  });
}

// --- Decimals -------------------------------------------------------------------------------------

// A constant number of places is the result's scale; a varying one keeps the argument's.
template <bool truncates>
Status EvalRoundDecimal(FunctionCall& call) {
  uint32_t scale = call.result->type().decimals;
  return MapRows(call, [&](uint32_t row) -> Status {
    int32_t places = static_cast<int32_t>(std::clamp<int64_t>(PlacesOf(call, row), -81, 30));
    const Decimal& value = call.arguments[0]->DecimalAt(row);
    places = std::min(places, static_cast<int32_t>(scale));
    Decimal rounded = truncates ? value.Truncate(places) : value.Round(places);
    Decimal shown;
    if (rounded.Rescale(scale, &shown) == DecimalStatus::kOverflow) shown = rounded;
    call.result->SetDecimal(row, shown);
    return {};
  });
}
Status EvalAbsDecimal(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetDecimal(row, call.arguments[0]->DecimalAt(row).Abs()); });
}
template <bool is_ceiling>
Status EvalWholeDecimal(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    const Decimal& value = call.arguments[0]->DecimalAt(row);
    call.result->SetDecimal(row, is_ceiling ? value.Ceiling() : value.Floor());
  });
}
// Few digits: the whole number is a BIGINT.
template <bool is_ceiling>
Status EvalWholeDecimalAsInteger(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    const Decimal& value = call.arguments[0]->DecimalAt(row);
    int64_t whole = 0;
    (is_ceiling ? value.Ceiling() : value.Floor()).ToInt64(&whole);
    call.result->SetInt64(row, whole);
  });
}

// --- Doubles --------------------------------------------------------------------------------------

template <bool truncates>
Status EvalRoundDouble(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    call.result->SetDouble(row, RoundDouble(call.arguments[0]->Double(row), PlacesOf(call, row), truncates));
  });
}
Status EvalAbsDouble(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetDouble(row, std::fabs(call.arguments[0]->Double(row))); });
}
template <bool is_ceiling>
Status EvalWholeDouble(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    double value = call.arguments[0]->Double(row);
    call.result->SetDouble(row, is_ceiling ? std::ceil(value) : std::floor(value));
  });
}
Status EvalSign(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    double value = call.arguments[0]->Double(row);
    call.result->SetInt64(row, value > 0 ? 1 : value < 0 ? -1 : 0);
  });
}

// --- Resolution -----------------------------------------------------------------------------------

void Operand(Arguments a, Signature* s, NumericKind kind) {
  s->is_nullable = AnyNullable(a);
  s->coercibility = Coercibility::kNumeric;
  s->arguments.push_back(kind == NumericKind::kInteger   ? IntegerOperand(a[0].type)
                         : kind == NumericKind::kDecimal ? DecimalOperand(a[0])
                                                         : SqlType::Double());
}

Status ResolveAbs(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = KindOf(a[0].type);
  Operand(a, s, kind);
  switch (kind) {
    case NumericKind::kInteger:
      s->result = BigintOf(a[0].type.IsTemporal() ? 21 : a[0].type.length, IsUnsignedOperand(a[0].type));
      s->eval = IsUnsignedOperand(a[0].type) ? EvalSameInteger : EvalAbsInteger;
      break;
    case NumericKind::kDecimal:
      s->result = DecimalOf(PrecisionOf(a[0]), ScaleOf(a[0].type));
      s->eval = EvalAbsDecimal;
      break;
    case NumericKind::kReal:
      s->result = SqlType::Double(static_cast<uint8_t>(std::min<uint32_t>(Decimals(a[0]), kNotFixedDecimals)));
      s->eval = EvalAbsDouble;
  }
  return {};
}

template <bool is_ceiling>
Status ResolveWhole(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = KindOf(a[0].type);
  Operand(a, s, kind);
  switch (kind) {
    case NumericKind::kInteger:
      s->result = BigintOf(a[0].type.IsTemporal() ? 21 : a[0].type.length, IsUnsignedOperand(a[0].type));
      s->eval = EvalSameInteger;
      break;
    case NumericKind::kDecimal: {
      uint32_t precision = PrecisionOf(a[0]);
      uint32_t whole = precision - std::min(ScaleOf(a[0].type), precision);
      if (whole < 18) {
        s->result = BigintOf(whole + 2);
        s->eval = EvalWholeDecimalAsInteger<is_ceiling>;
      } else {
        s->result = DecimalOf(std::min(whole + 1, kMaxDecimalPrecision), 0);
        s->eval = EvalWholeDecimal<is_ceiling>;
      }
      break;
    }
    case NumericKind::kReal:
      s->result = SqlType::Double(0);
      s->result.length = 17;
      s->eval = EvalWholeDouble<is_ceiling>;
  }
  return {};
}

// The number of places when it is a constant.
bool ConstantPlaces(Arguments a, int64_t* places) {
  *places = 0;
  if (a.size() < 2) return true;
  const Value* constant = a[1].constant;
  if (constant == nullptr || constant->is_null()) return false;
  switch (constant->kind()) {
    case PhysicalType::kInt64: *places = constant->int64(); return true;
    case PhysicalType::kUInt64: *places = static_cast<int64_t>(std::min<uint64_t>(constant->uint64(), INT32_MAX)); return true;
    case PhysicalType::kDecimal: return constant->decimal().ToInt64(places);
    default: return false;
  }
}

template <bool truncates>
Status ResolveRound(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = KindOf(a[0].type);
  Operand(a, s, kind);
  if (a.size() > 1) s->arguments.push_back(WantedType(c, a[1], IsUnsignedOperand(a[1].type) ? 'U' : 'i'));
  int64_t places = 0;
  bool is_constant = ConstantPlaces(a, &places);
  switch (kind) {
    case NumericKind::kInteger: {
      uint32_t length = a[0].type.IsTemporal() ? 21 : a[0].type.length;
      s->result = BigintOf(length, IsUnsignedOperand(a[0].type));
      s->eval = EvalRoundInteger<truncates>;
      break;
    }
    case NumericKind::kDecimal: {
      uint32_t precision = PrecisionOf(a[0]);
      uint32_t own_scale = ScaleOf(a[0].type);
      uint32_t scale = !is_constant ? own_scale : places < 0 ? 0 : static_cast<uint32_t>(std::min<int64_t>(places, kMaxDecimalScale));
      uint32_t whole = precision - std::min(own_scale, precision);
      // Rounding may carry into one more digit.
      uint32_t carry = !truncates && (scale < own_scale || places < 0) ? 1 : 0;
      s->result = DecimalOf(std::clamp<uint32_t>(whole + carry + scale, 1, kMaxDecimalPrecision), scale);
      s->eval = EvalRoundDecimal<truncates>;
      break;
    }
    case NumericKind::kReal:
      s->result = SqlType::Double(!is_constant ? kNotFixedDecimals : static_cast<uint8_t>(std::clamp<int64_t>(places, 0, kNotFixedDecimals)));
      s->eval = EvalRoundDouble<truncates>;
  }
  return {};
}

Status ResolveSign(ResolveContext& c, Arguments a, Signature* s) { return Call(c, a, s, "d", BigintOf(2), EvalSign); }

const FunctionDescriptor kFunctions[] = {
    {"abs", 1, 1, 0, ResolveAbs, "numeric", "ABS(x): without its sign"},
    {"sign", 1, 1, 0, ResolveSign, "numeric", "SIGN(x): -1, 0 or 1"},
    {"ceil", 1, 1, 0, ResolveWhole<true>, "numeric", "CEIL(x): the next whole number upwards"},
    {"ceiling", 1, 1, 0, ResolveWhole<true>, "numeric", "CEILING(x): the next whole number upwards"},
    {"floor", 1, 1, 0, ResolveWhole<false>, "numeric", "FLOOR(x): the next whole number downwards"},
    {"round", 1, 2, 0, ResolveRound<false>, "numeric", "ROUND(x[, places]): rounded"},
    {"truncate", 2, 2, 0, ResolveRound<true>, "numeric", "TRUNCATE(x, places): cut"},
};

}  // namespace

std::span<const FunctionDescriptor> RoundingFunctions() { return kFunctions; }

}  // namespace mahi
