// COUNT, SUM, AVG, the bit aggregates and the variances.
// Source: MySQL 8.4 manual, "Aggregate Function Descriptions".
#include <algorithm>
#include <cmath>
#include <new>

#include "function/family.h"
#include "function/numeric/numeric_kind.h"
#include "function/range_error.h"
#include "function/resolve.h"

namespace mahi {

namespace {

template <typename State>
void Initialize(void* state) {
  new (state) State();
}
template <typename State>
State& StateOf(AggregateCall& call, uint32_t row) {
  return *static_cast<State*>(call.states[row]);
}
template <typename State>
void Use(AggregateSignature* s) {
  s->state_bytes = sizeof(State);
  s->initialize = Initialize<State>;
}

// --- COUNT ----------------------------------------------------------------------------------------

struct CountState {
  int64_t count = 0;
};
template <int sign>
Status UpdateCount(AggregateCall& call) {
  call.rows.ForEach([&](uint32_t row) {
    for (const Vector* argument : call.arguments) {
      if (argument->IsNull(row)) return;
    }
    StateOf<CountState>(call, row).count += sign;
  });
  return {};
}
Status MergeCount(EvalContext&, void* into, void* from, const AggregateOptions&) {
  static_cast<CountState*>(into)->count += static_cast<CountState*>(from)->count;
  return {};
}
Status FinalizeCount(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) result->SetInt64(i, static_cast<const CountState*>(states[i])->count);
  return {};
}
Status ResolveCount(ResolveContext&, Arguments a, const AggregateOptions&, AggregateSignature* s) {
  s->result = BigintOf();
  s->is_nullable = false;
  s->coercibility = Coercibility::kNumeric;
  for (const ArgumentInfo& argument : a) s->arguments.push_back(argument.type);
  Use<CountState>(s);
  s->update = UpdateCount<1>;
  s->remove = UpdateCount<-1>;
  s->merge = MergeCount;
  s->finalize = FinalizeCount;
  return {};
}

// --- SUM, AVG -------------------------------------------------------------------------------------

struct IntegerSum {
  __int128 sum = 0;
  int64_t count = 0;
};
struct DecimalSum {
  Decimal sum;
  int64_t count = 0;
};
struct DoubleSum {
  double sum = 0;
  int64_t count = 0;
};

Decimal ToDecimal(__int128 value) {
  bool is_negative = value < 0;
  unsigned __int128 magnitude = is_negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  Decimal high = Decimal::FromUInt64(static_cast<uint64_t>(magnitude >> 64));
  Decimal result = Decimal::FromUInt64(static_cast<uint64_t>(magnitude));
  if (!high.is_zero()) {
    Decimal base;
    Decimal::Add(Decimal::FromUInt64(UINT64_MAX), Decimal::FromInt64(1), &base);
    Decimal::Multiply(high, base, &high);
    Decimal::Add(result, high, &result);
  }
  return is_negative ? result.Negate() : result;
}

template <int sign>
Status UpdateInteger(AggregateCall& call) {
  const Vector& value = *call.arguments[0];
  bool is_unsigned = value.physical() == PhysicalType::kUInt64;
  call.rows.ForEach([&](uint32_t row) {
    if (value.IsNull(row)) return;
    auto& state = StateOf<IntegerSum>(call, row);
    __int128 number = is_unsigned ? static_cast<__int128>(value.UInt64(row)) : static_cast<__int128>(value.Int64(row));
    state.sum += sign * number;
    state.count += sign;
  });
  return {};
}
template <int sign>
Status UpdateDecimal(AggregateCall& call) {
  const Vector& value = *call.arguments[0];
  call.rows.ForEach([&](uint32_t row) {
    if (value.IsNull(row)) return;
    auto& state = StateOf<DecimalSum>(call, row);
    if (sign > 0) {
      Decimal::Add(state.sum, value.DecimalAt(row), &state.sum);
    } else {
      Decimal::Subtract(state.sum, value.DecimalAt(row), &state.sum);
    }
    state.count += sign;
  });
  return {};
}
Status UpdateDouble(AggregateCall& call) {
  const Vector& value = *call.arguments[0];
  call.rows.ForEach([&](uint32_t row) {
    if (value.IsNull(row)) return;
    auto& state = StateOf<DoubleSum>(call, row);
    state.sum += value.Double(row);
    ++state.count;
  });
  return {};
}
template <typename State>
Status MergeSum(EvalContext&, void* into, void* from, const AggregateOptions&) {
  auto* a = static_cast<State*>(into);
  auto* b = static_cast<State*>(from);
  if constexpr (std::is_same_v<State, DecimalSum>) {
    Decimal::Add(a->sum, b->sum, &a->sum);
  } else {
    a->sum += b->sum;
  }
  a->count += b->count;
  return {};
}

// Sum of a state as DECIMAL.
Decimal SumOf(const IntegerSum& state) { return ToDecimal(state.sum); }
Decimal SumOf(const DecimalSum& state) { return state.sum; }

template <typename State>
Status FinalizeSum(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const State*>(states[i]);
    if (state.count == 0) {
      result->SetNull(i);
    } else if constexpr (std::is_same_v<State, DoubleSum>) {
      result->SetDouble(i, state.sum);
    } else {
      Decimal sum = SumOf(state);
      Decimal shown;
      if (sum.Rescale(result->type().decimals, &shown) == DecimalStatus::kOverflow) shown = sum;
      result->SetDecimal(i, shown);
    }
  }
  return {};
}

// Quotients keep whole groups of nine digits, as division does; the type's scale is for showing.
template <typename State>
Status FinalizeAverage(EvalContext& context, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const State*>(states[i]);
    if (state.count == 0) {
      result->SetNull(i);
    } else if constexpr (std::is_same_v<State, DoubleSum>) {
      result->SetDouble(i, state.sum / static_cast<double>(state.count));
    } else {
      Decimal sum = SumOf(state);
      uint32_t wanted = std::min(std::max<uint32_t>(result->type().decimals, (sum.scale() + context.div_precision_increment + 8) / 9 * 9), kMaxDecimalScale);
      Decimal average;
      Decimal::Divide(sum, Decimal::FromInt64(state.count), wanted > sum.scale() ? wanted - sum.scale() : 0, &average);
      result->SetDecimal(i, average);
    }
  }
  return {};
}

template <typename State>
void UseSum(AggregateSignature* s, bool is_average) {
  Use<State>(s);
  s->merge = MergeSum<State>;
  s->finalize = is_average ? FinalizeAverage<State> : FinalizeSum<State>;
  if constexpr (std::is_same_v<State, IntegerSum>) {
    s->update = UpdateInteger<1>;
    s->remove = UpdateInteger<-1>;
  } else if constexpr (std::is_same_v<State, DecimalSum>) {
    s->update = UpdateDecimal<1>;
    s->remove = UpdateDecimal<-1>;
  } else {
    s->update = UpdateDouble;
  }
}

template <bool is_average>
Status ResolveSum(ResolveContext& c, Arguments a, const AggregateOptions&, AggregateSignature* s) {
  NumericKind kind = KindOf(a[0].type);
  s->is_nullable = true;
  s->coercibility = Coercibility::kNumeric;
  if (kind == NumericKind::kReal) {
    uint32_t decimals = a[0].type.IsReal() ? a[0].type.decimals : kNotFixedDecimals;
    if (is_average && decimals < kNotFixedDecimals) decimals = std::min(decimals + c.div_precision_increment, 30u);
    s->result = SqlType::Double(static_cast<uint8_t>(decimals));
    s->arguments = {SqlType::Double()};
    UseSum<DoubleSum>(s, is_average);
    return {};
  }
  uint32_t scale = ScaleOf(a[0].type);
  uint32_t precision = a[0].type.IsIntegral() ? a[0].type.DecimalPrecision() : PrecisionOf(a[0]);
  s->result = is_average ? DecimalOf(std::min(precision + c.div_precision_increment, kMaxDecimalPrecision),
                                     std::min(scale + c.div_precision_increment, kMaxDecimalScale))
                         : DecimalOf(std::min(precision + 22, kMaxDecimalPrecision), scale);
  if (kind == NumericKind::kInteger) {
    s->arguments = {IntegerOperand(a[0].type)};
    UseSum<IntegerSum>(s, is_average);
  } else {
    s->arguments = {DecimalOperand(a[0])};
    UseSum<DecimalSum>(s, is_average);
  }
  return {};
}

// --- BIT_AND, BIT_OR, BIT_XOR ---------------------------------------------------------------------

enum class BitAggregate { kAnd, kOr, kXor };
template <BitAggregate kind>
struct BitState {
  uint64_t bits = kind == BitAggregate::kAnd ? ~uint64_t{0} : 0;
  void Take(uint64_t value) {
    if (kind == BitAggregate::kAnd) bits &= value;
    if (kind == BitAggregate::kOr) bits |= value;
    if (kind == BitAggregate::kXor) bits ^= value;
  }
};
template <BitAggregate kind>
Status UpdateBits(AggregateCall& call) {
  const Vector& value = *call.arguments[0];
  call.rows.ForEach([&](uint32_t row) {
    if (!value.IsNull(row)) StateOf<BitState<kind>>(call, row).Take(value.UInt64(row));
  });
  return {};
}
template <BitAggregate kind>
Status MergeBits(EvalContext&, void* into, void* from, const AggregateOptions&) {
  static_cast<BitState<kind>*>(into)->Take(static_cast<BitState<kind>*>(from)->bits);
  return {};
}
template <BitAggregate kind>
Status FinalizeBits(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) result->SetUInt64(i, static_cast<const BitState<kind>*>(states[i])->bits);
  return {};
}
template <BitAggregate kind>
Status ResolveBits(ResolveContext&, Arguments a, const AggregateOptions&, AggregateSignature* s) {
  if (a[0].type.IsBinaryString() && a[0].constant == nullptr) return Error(ER_NOT_SUPPORTED_YET, "bit aggregates of binary strings");
  s->result = BigintOf(21, true);
  s->is_nullable = false;
  s->coercibility = Coercibility::kNumeric;
  s->arguments = {a[0].type.physical() == PhysicalType::kUInt64 && a[0].type.IsIntegral() ? a[0].type : SqlType::BigInt(true)};
  Use<BitState<kind>>(s);
  s->update = UpdateBits<kind>;
  s->merge = MergeBits<kind>;
  s->finalize = FinalizeBits<kind>;
  return {};
}

// --- Variances ------------------------------------------------------------------------------------

// Welford's recurrence: stable for values far from zero.
struct VarianceState {
  int64_t count = 0;
  double mean = 0;
  double squares = 0;  // of the deviations
};
Status UpdateVariance(AggregateCall& call) {
  const Vector& value = *call.arguments[0];
  call.rows.ForEach([&](uint32_t row) {
    if (value.IsNull(row)) return;
    auto& state = StateOf<VarianceState>(call, row);
    double x = value.Double(row);
    ++state.count;
    double deviation = x - state.mean;
    state.mean += deviation / static_cast<double>(state.count);
    state.squares += deviation * (x - state.mean);
  });
  return {};
}
Status MergeVariance(EvalContext&, void* into, void* from, const AggregateOptions&) {
  auto* a = static_cast<VarianceState*>(into);
  auto* b = static_cast<VarianceState*>(from);
  if (b->count == 0) return {};
  double total = static_cast<double>(a->count + b->count);
  double gap = b->mean - a->mean;
  a->squares += b->squares + gap * gap * static_cast<double>(a->count) * static_cast<double>(b->count) / total;
  a->mean += gap * static_cast<double>(b->count) / total;
  a->count += b->count;
  return {};
}
template <bool is_sample, bool is_deviation>
Status FinalizeVariance(EvalContext&, void* const* states, uint32_t count, const AggregateOptions&, Vector* result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = *static_cast<const VarianceState*>(states[i]);
    int64_t divisor = state.count - (is_sample ? 1 : 0);
    if (divisor <= 0) {
      result->SetNull(i);
      continue;
    }
    double variance = state.squares / static_cast<double>(divisor);
    result->SetDouble(i, is_deviation ? std::sqrt(variance) : variance);
  }
  return {};
}
template <bool is_sample, bool is_deviation>
Status ResolveVariance(ResolveContext&, Arguments a, const AggregateOptions&, AggregateSignature* s) {
  s->result = DoubleOf();
  s->is_nullable = true;
  s->coercibility = Coercibility::kNumeric;
  s->arguments = {SqlType::Double()};
  Use<VarianceState>(s);
  s->update = UpdateVariance;
  s->merge = MergeVariance;
  s->finalize = FinalizeVariance<is_sample, is_deviation>;
  return {};
}

const AggregateDescriptor kAggregates[] = {
    {"count", 0, kManyArguments, true, ResolveCount, "COUNT(*), COUNT(value, ...): rows, rows without NULL"},
    {"sum", 1, 1, true, ResolveSum<false>, "SUM(value)"},
    {"avg", 1, 1, true, ResolveSum<true>, "AVG(value): the mean"},
    {"bit_and", 1, 1, true, ResolveBits<BitAggregate::kAnd>, "BIT_AND(value): bits set in all"},
    {"bit_or", 1, 1, true, ResolveBits<BitAggregate::kOr>, "BIT_OR(value): bits set in any"},
    {"bit_xor", 1, 1, true, ResolveBits<BitAggregate::kXor>, "BIT_XOR(value): bits set in an odd number"},
    {"std", 1, 1, true, ResolveVariance<false, true>, "STD(value): standard deviation of the population"},
    {"stddev", 1, 1, true, ResolveVariance<false, true>, "STDDEV(value): standard deviation of the population"},
    {"stddev_pop", 1, 1, true, ResolveVariance<false, true>, "STDDEV_POP(value): standard deviation of the population"},
    {"stddev_samp", 1, 1, true, ResolveVariance<true, true>, "STDDEV_SAMP(value): standard deviation of a sample"},
    {"variance", 1, 1, true, ResolveVariance<false, false>, "VARIANCE(value): of the population"},
    {"var_pop", 1, 1, true, ResolveVariance<false, false>, "VAR_POP(value): variance of the population"},
    {"var_samp", 1, 1, true, ResolveVariance<true, false>, "VAR_SAMP(value): variance of a sample"},
};

}  // namespace

std::span<const AggregateDescriptor> NumericAggregates() { return kAggregates; }

}  // namespace mahi
