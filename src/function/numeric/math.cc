// Functions over DOUBLE, RAND and CRC32.
// Source: MySQL 8.4 manual, "Mathematical Functions".
#include <zlib.h>

#include <cmath>

#include "function/family.h"
#include "function/lift.h"
#include "function/range_error.h"
#include "function/resolve.h"

namespace mahi {

namespace {

using Scalar = double (*)(double);

// f over one DOUBLE; a result that is not finite is out of range.
template <Scalar f>
Status EvalFinite(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    double value = f(call.arguments[0]->Double(row));
    if (!std::isfinite(value)) return RangeError(call, row, "DOUBLE");
    call.result->SetDouble(row, value);
    return {};
  });
}

// The same for functions that answer NULL outside their domain.
template <Scalar f>
Status EvalPartial(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    double value = f(call.arguments[0]->Double(row));
    if (std::isnan(value)) return call.result->SetNull(row);
    call.result->SetDouble(row, value);
  });
}

// Logarithms warn about arguments that have none.
void WarnLogarithm(FunctionCall& call) {
  call.context.diagnostics->Warn(Error(ER_INVALID_ARGUMENT_FOR_LOGARITHM));
}

template <Scalar f>
Status EvalLogarithm(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    double value = call.arguments[0]->Double(row);
    if (value <= 0) {
      WarnLogarithm(call);
      return call.result->SetNull(row);
    }
    call.result->SetDouble(row, f(value));
  });
}

// LOG(base, x).
Status EvalLogBase(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    double base = call.arguments[0]->Double(row);
    double value = call.arguments[1]->Double(row);
    if (value <= 0 || base <= 0 || base == 1) {
      WarnLogarithm(call);
      return call.result->SetNull(row);
    }
    call.result->SetDouble(row, std::log(value) / std::log(base));
  });
}

Status EvalPow(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    double value = std::pow(call.arguments[0]->Double(row), call.arguments[1]->Double(row));
    if (!std::isfinite(value)) return RangeError(call, row, "DOUBLE");
    call.result->SetDouble(row, value);
    return {};
  });
}

Status EvalAtan2(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    call.result->SetDouble(row, std::atan2(call.arguments[0]->Double(row), call.arguments[1]->Double(row)));
  });
}

Status EvalPi(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) { call.result->SetDouble(row, M_PI); });
}

double Cot(double x) { return 1.0 / std::tan(x); }
double Degrees(double x) { return x * (180.0 / M_PI); }
double Radians(double x) { return x * (M_PI / 180.0); }
double Sin(double x) { return std::sin(x); }
double Cos(double x) { return std::cos(x); }
double Tan(double x) { return std::tan(x); }
double Atan(double x) { return std::atan(x); }
double Asin(double x) { return std::asin(x); }
double Acos(double x) { return std::acos(x); }
double Sqrt(double x) { return x < 0 ? std::nan("") : std::sqrt(x); }
double Exp(double x) { return std::exp(x); }
double Ln(double x) { return std::log(x); }
double Log2(double x) { return std::log2(x); }
double Log10(double x) { return std::log10(x); }

// The generator behind RAND(seed): two linear recurrences modulo 2^30-1, so that a seed gives MySQL's sequence.
class RandState : public FunctionState {
 public:
  static std::unique_ptr<FunctionState> Make() { return std::make_unique<RandState>(); }
  bool is_seeded = false;
  void Seed(uint32_t seed) {
    first_ = static_cast<uint32_t>(seed * 0x10001u + 55555555u) % kModulus;
    second_ = static_cast<uint32_t>(seed * 0x10000001u) % kModulus;
    is_seeded = true;
  }
  double Next() {
    first_ = (first_ * 3 + second_) % kModulus;
    second_ = (first_ + second_ + 33) % kModulus;
    return static_cast<double>(first_) / static_cast<double>(kModulus);
  }

 private:
  static constexpr uint64_t kModulus = 0x3fffffff;
  uint64_t first_ = 0;
  uint64_t second_ = 0;
};

Status EvalRand(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) { call.result->SetDouble(row, call.context.session->Random()); });
}

// A constant seed starts one sequence; a varying one starts a new sequence in every row.
Status EvalRandSeed(FunctionCall& call) {
  auto* state = static_cast<RandState*>(call.state);
  bool is_constant = call.arguments[0]->is_constant();
  return ForRows(call, [&](uint32_t row) {
    if (!state->is_seeded || !is_constant) {
      state->Seed(IsNull(call, 0, row) ? 0 : static_cast<uint32_t>(Int(call, 0, row)));
    }
    call.result->SetDouble(row, state->Next());
  });
}

Status EvalCrc32(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    call.result->SetUInt64(row, crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  });
}

template <EvalFunction eval>
Status ResolveDouble(ResolveContext& c, Arguments a, Signature* s) {
  return Call(c, a, s, "d*", DoubleOf(), eval);
}
template <EvalFunction eval>
Status ResolvePartial(ResolveContext& c, Arguments a, Signature* s) {
  return NullableCall(c, a, s, "d*", DoubleOf(), eval);
}

Status ResolvePi(ResolveContext& c, Arguments a, Signature* s) {
  SqlType type = DoubleOf();
  type.length = 8;
  type.decimals = 6;
  return Call(c, a, s, "", type, EvalPi);
}
Status ResolveLog(ResolveContext& c, Arguments a, Signature* s) {
  return NullableCall(c, a, s, "d*", DoubleOf(), a.size() == 1 ? EvalLogarithm<Ln> : EvalLogBase);
}
Status ResolveAtan(ResolveContext& c, Arguments a, Signature* s) {
  return Call(c, a, s, "d*", DoubleOf(), a.size() == 1 ? EvalFinite<Atan> : EvalAtan2);
}
Status ResolveRand(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "i", DoubleOf(), a.empty() ? EvalRand : EvalRandSeed));
  s->is_nullable = false;
  if (!a.empty()) s->make_state = RandState::Make;
  return {};
}
Status ResolveCrc32(ResolveContext& c, Arguments a, Signature* s) {
  return Call(c, a, s, "b", BigintOf(10, true), EvalCrc32);
}

const FunctionDescriptor kFunctions[] = {
    {"sin", 1, 1, 0, ResolveDouble<EvalFinite<Sin>>, "numeric", "SIN(x): sine of x radians"},
    {"cos", 1, 1, 0, ResolveDouble<EvalFinite<Cos>>, "numeric", "COS(x): cosine of x radians"},
    {"tan", 1, 1, 0, ResolveDouble<EvalFinite<Tan>>, "numeric", "TAN(x): tangent of x radians"},
    {"cot", 1, 1, 0, ResolveDouble<EvalFinite<Cot>>, "numeric", "COT(x): cotangent of x radians"},
    {"asin", 1, 1, 0, ResolvePartial<EvalPartial<Asin>>, "numeric", "ASIN(x): arc sine; NULL outside -1 .. 1"},
    {"acos", 1, 1, 0, ResolvePartial<EvalPartial<Acos>>, "numeric", "ACOS(x): arc cosine; NULL outside -1 .. 1"},
    {"atan", 1, 2, 0, ResolveAtan, "numeric", "ATAN(x), ATAN(y, x): arc tangent of x, of y / x"},
    {"atan2", 1, 2, 0, ResolveAtan, "numeric", "ATAN2(y, x): arc tangent of y / x"},
    {"sqrt", 1, 1, 0, ResolvePartial<EvalPartial<Sqrt>>, "numeric", "SQRT(x): square root; NULL below 0"},
    {"exp", 1, 1, 0, ResolveDouble<EvalFinite<Exp>>, "numeric", "EXP(x): e to the power of x"},
    {"ln", 1, 1, 0, ResolvePartial<EvalLogarithm<Ln>>, "numeric", "LN(x): natural logarithm"},
    {"log", 1, 2, 0, ResolveLog, "numeric", "LOG(x), LOG(base, x): logarithm"},
    {"log2", 1, 1, 0, ResolvePartial<EvalLogarithm<Log2>>, "numeric", "LOG2(x): logarithm to base 2"},
    {"log10", 1, 1, 0, ResolvePartial<EvalLogarithm<Log10>>, "numeric", "LOG10(x): logarithm to base 10"},
    {"pow", 2, 2, 0, ResolveDouble<EvalPow>, "numeric", "POW(x, y): x to the power of y"},
    {"power", 2, 2, 0, ResolveDouble<EvalPow>, "numeric", "POWER(x, y): x to the power of y"},
    {"degrees", 1, 1, 0, ResolveDouble<EvalFinite<Degrees>>, "numeric", "DEGREES(x): radians to degrees"},
    {"radians", 1, 1, 0, ResolveDouble<EvalFinite<Radians>>, "numeric", "RADIANS(x): degrees to radians"},
    {"pi", 0, 0, 0, ResolvePi, "numeric", "PI(): 3.141593"},
    {"rand", 0, 1, kFunctionPerRow | kFunctionNotStored, ResolveRand, "numeric", "RAND([seed]): a number in [0, 1)"},
    {"crc32", 1, 1, 0, ResolveCrc32, "numeric", "CRC32(text): cyclic redundancy check"},
};

}  // namespace

std::span<const FunctionDescriptor> MathFunctions() { return kFunctions; }

}  // namespace mahi
