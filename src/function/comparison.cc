// Comparison operators, BETWEEN, IS ..., NOT, INTERVAL.
// Source: MySQL 8.4 manual, "Comparison Functions and Operators".
#include <algorithm>

#include "function/family.h"
#include "function/lift.h"
#include "function/registry.h"
#include "function/resolve.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

enum class Relation { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kNullSafeEqual };

template <Relation relation>
constexpr bool Holds(int order) {
  switch (relation) {
    case Relation::kEqual:
    case Relation::kNullSafeEqual: return order == 0;
    case Relation::kNotEqual: return order != 0;
    case Relation::kLess: return order < 0;
    case Relation::kLessEqual: return order <= 0;
    case Relation::kGreater: return order > 0;
    case Relation::kGreaterEqual: return order >= 0;
  }
  return false;
}

template <Relation relation, typename T>
constexpr bool HoldsFor(T a, T b) {
  switch (relation) {
    case Relation::kEqual:
    case Relation::kNullSafeEqual: return a == b;
    case Relation::kNotEqual: return a != b;
    case Relation::kLess: return a < b;
    case Relation::kLessEqual: return a <= b;
    case Relation::kGreater: return a > b;
    case Relation::kGreaterEqual: return a >= b;
  }
  return false;
}

// Compares plain elements; `<=>` treats NULLs as equal to each other.
template <Relation relation, typename T, typename F>
void CompareElements(FunctionCall& call, F&& holds) {
  if constexpr (relation != Relation::kNullSafeEqual) {
    MapBinary<int64_t, T, T>(call, holds);
  } else {
    const Vector& left = *call.arguments[0];
    const Vector& right = *call.arguments[1];
    const T* a = left.Data<T>();
    const T* b = right.Data<T>();
    int64_t* r = call.result->MutableData<int64_t>();
    call.rows.ForEach([&](uint32_t row) {
      bool left_null = left.IsNull(row);
      bool right_null = right.IsNull(row);
      r[row] = left_null || right_null ? left_null && right_null : holds(a[left.Index(row)], b[right.Index(row)]);
    });
  }
}

template <Relation relation, typename T>
Status EvalScalars(FunctionCall& call) {
  CompareElements<relation, T>(call, [](T a, T b) -> int64_t { return HoldsFor<relation, T>(a, b); });
  return {};
}

template <Relation relation>
Status EvalDecimals(FunctionCall& call) {
  CompareElements<relation, Decimal>(call, [](const Decimal& a, const Decimal& b) -> int64_t { return Holds<relation>(a.Compare(b)); });
  return {};
}

template <Relation relation>
Status EvalStrings(FunctionCall& call) {
  constexpr bool kIsEquality = relation == Relation::kEqual || relation == Relation::kNotEqual || relation == Relation::kNullSafeEqual;
  const Collation& collation = call.arguments[0]->type().collation_ref();
  if (collation.is_memcmp()) {
    CompareElements<relation, std::string_view>(call, [](std::string_view a, std::string_view b) -> int64_t { return HoldsFor<relation>(a, b); });
  } else if (kIsEquality) {
    CompareElements<relation, std::string_view>(call, [&](std::string_view a, std::string_view b) -> int64_t {
      return collation.Equal(a, b) == (relation != Relation::kNotEqual);
    });
  } else {
    CompareElements<relation, std::string_view>(call, [&](std::string_view a, std::string_view b) -> int64_t { return Holds<relation>(collation.Compare(a, b)); });
  }
  return {};
}

// Values beside JSON become JSON scalars here.
template <Relation relation>
Status EvalJson(FunctionCall& call) {
  const Vector& left = *call.arguments[0];
  const Vector& right = *call.arguments[1];
  auto document = [](const Vector& vector, uint32_t row, std::string* storage) -> Result<JsonView> {
    if (vector.physical() == PhysicalType::kJson) return JsonView(vector.String(row));
    MAHI_ASSIGN_OR_RETURN(*storage, JsonFromDatum(vector.GetDatum(vector.Index(row)), vector.type()));
    return JsonView(*storage);
  };
  std::string left_storage;
  std::string right_storage;
  return ForRows(call, [&](uint32_t row) -> Status {
    if (left.IsNull(row) || right.IsNull(row)) {
      if (relation == Relation::kNullSafeEqual) {
        call.result->SetInt64(row, left.IsNull(row) && right.IsNull(row));
      } else {
        call.result->SetNull(row);
      }
      return {};
    }
    MAHI_ASSIGN_OR_RETURN(JsonView a, document(left, row, &left_storage));
    MAHI_ASSIGN_OR_RETURN(JsonView b, document(right, row, &right_storage));
    call.result->SetInt64(row, Holds<relation>(JsonCompare(a, b)));
    return {};
  });
}

template <Relation relation>
EvalFunction EvalOf(PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal: return EvalScalars<relation, int64_t>;
    case PhysicalType::kUInt64: return EvalScalars<relation, uint64_t>;
    case PhysicalType::kDouble: return EvalScalars<relation, double>;
    case PhysicalType::kDecimal: return EvalDecimals<relation>;
    case PhysicalType::kString: return EvalStrings<relation>;
    case PhysicalType::kJson: return EvalJson<relation>;
  }
  return nullptr;
}

// `argument` in the comparison type `common`, keeping its own length and scale where that needs no conversion.
SqlType OperandType(const ResolveContext& c, const ArgumentInfo& argument, const SqlType& common) {
  const SqlType& own = argument.type;
  if (common.IsJson()) return IsTruthArgument(argument) ? SqlType::Json() : own;
  if (common.IsString()) {
    SqlType type = TextTypeOf(c, argument);
    if (type.charset().id == common.charset().id) {
      type.collation = common.collation;
      return type;
    }
    if (common.IsBinaryString()) {
      type.collation = kCollationBinary;
      type.length = static_cast<uint32_t>(std::min<uint64_t>(MaxBytes(argument), UINT32_MAX));
      return type;
    }
    return common;
  }
  if (own.physical() == common.physical()) {
    switch (common.physical()) {
      case PhysicalType::kInt64: return own.IsNull() ? common : own;
      case PhysicalType::kUInt64:
      case PhysicalType::kDouble:
      case PhysicalType::kDecimal:
      case PhysicalType::kJson: return own;
      case PhysicalType::kTemporal:
        if (own.id == common.id || (own.HasDatePart() && common.HasDatePart())) return own;
        return common;
      case PhysicalType::kString: break;
    }
  }
  if (common.IsDecimal() && own.IsIntegral()) return SqlType::Decimal(20, 0);
  return common;
}

template <Relation relation>
Status ResolveComparison(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_ASSIGN_OR_RETURN(SqlType common, ComparisonType(c, a[0], a[1]));
  s->result = BooleanOf();
  s->is_nullable = relation != Relation::kNullSafeEqual && AnyNullable(a);
  s->coercibility = Coercibility::kNumeric;
  s->arguments = {OperandType(c, a[0], common), OperandType(c, a[1], common)};
  s->eval = EvalOf<relation>(common.physical());
  return {};
}

// --- BETWEEN --------------------------------------------------------------------------------------

// NULL bounds leave the answer open unless the other bound already says no.
Status EvalBetween(FunctionCall& call) {
  const Vector& value = *call.arguments[0];
  const Vector& low = *call.arguments[1];
  const Vector& high = *call.arguments[2];
  const SqlType& type = value.type();
  auto compare = [&](uint32_t row, const Vector& bound) {
    return CompareDatum(value.GetDatum(value.Index(row)), bound.GetDatum(bound.Index(row)), type);
  };
  return ForRows(call, [&](uint32_t row) {
    if (value.IsNull(row)) return call.result->SetNull(row);
    bool is_open = false;
    bool is_inside = true;
    if (low.IsNull(row)) {
      is_open = true;
    } else {
      is_inside = compare(row, low) >= 0;
    }
    if (is_inside) {
      if (high.IsNull(row)) {
        is_open = true;
      } else {
        is_inside = compare(row, high) <= 0;
      }
    }
    if (is_inside && is_open) return call.result->SetNull(row);
    call.result->SetInt64(row, is_inside);
  });
}

template <typename T>
Status EvalBetweenScalars(FunctionCall& call) {
  if (MayHaveNulls(call)) return EvalBetween(call);
  const Vector& value = *call.arguments[0];
  const Vector& low = *call.arguments[1];
  const Vector& high = *call.arguments[2];
  return ForRows(call, [&](uint32_t row) {
    T v = value.Data<T>()[value.Index(row)];
    call.result->SetInt64(row, v >= low.Data<T>()[low.Index(row)] && v <= high.Data<T>()[high.Index(row)]);
  });
}

// The weakest type in which all three meet.
Result<SqlType> BetweenType(ResolveContext& c, Arguments a) {
  bool all_text = std::all_of(a.begin(), a.end(), [](const ArgumentInfo& x) { return IsStringType(x.type); });
  if (all_text) {
    Coercibility coercibility;
    MAHI_RETURN_IF_ERROR(CommonCollation(a, "between", &coercibility).TakeStatus());
  }
  MAHI_ASSIGN_OR_RETURN(SqlType low, ComparisonType(c, a[0], a[1]));
  MAHI_ASSIGN_OR_RETURN(SqlType high, ComparisonType(c, a[0], a[2]));
  if (a[0].type.IsNull()) return ComparisonType(c, a[1], a[2]);
  if (low.IsString() && high.IsString()) {
    Coercibility coercibility;
    MAHI_ASSIGN_OR_RETURN(CollationId collation, CommonCollation(a, "between", &coercibility));
    low.collation = collation;
    return low;
  }
  if (a[1].type.IsNull()) return high;
  if (a[2].type.IsNull() || low.physical() == high.physical()) return low;
  if (low.IsJson() || high.IsJson()) return SqlType::Json();
  if (low.IsReal() || high.IsReal()) return SqlType::Double();
  if (low.IsNumeric() && high.IsNumeric()) return SqlType::Decimal(kMaxDecimalPrecision, std::max(low.DecimalScale(), high.DecimalScale()));
  return low.IsTemporal() ? low : high;
}

Status ResolveBetween(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_ASSIGN_OR_RETURN(SqlType common, BetweenType(c, a));
  s->result = BooleanOf();
  s->is_nullable = AnyNullable(a);
  s->coercibility = Coercibility::kNumeric;
  for (const ArgumentInfo& argument : a) s->arguments.push_back(common.IsJson() ? common : OperandType(c, argument, common));
  switch (common.physical()) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal: s->eval = EvalBetweenScalars<int64_t>; break;
    case PhysicalType::kUInt64: s->eval = EvalBetweenScalars<uint64_t>; break;
    case PhysicalType::kDouble: s->eval = EvalBetweenScalars<double>; break;
    default: s->eval = EvalBetween;
  }
  return {};
}

// --- IS ..., NOT ----------------------------------------------------------------------------------

template <bool wants_null>
Status EvalIsNull(FunctionCall& call) {
  const Vector& argument = *call.arguments[0];
  return ForRows(call, [&](uint32_t row) { call.result->SetInt64(row, argument.IsNull(row) == wants_null); });
}

enum class Truth { kTrue, kFalse, kUnknown };

template <Truth truth, bool is_negated>
Status EvalIsTruth(FunctionCall& call) {
  const Vector& argument = *call.arguments[0];
  return ForRows(call, [&](uint32_t row) {
    Truth actual = argument.IsNull(row)                                                     ? Truth::kUnknown
                   : DatumIsTrue(argument.GetDatum(argument.Index(row)), argument.type()) ? Truth::kTrue
                                                                                            : Truth::kFalse;
    call.result->SetInt64(row, (actual == truth) != is_negated);
  });
}

Status EvalNot(FunctionCall& call) {
  const Vector& argument = *call.arguments[0];
  if (argument.physical() == PhysicalType::kInt64) {
    return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, argument.Int64(row) == 0); });
  }
  return MapRows(call, [&](uint32_t row) {
    call.result->SetInt64(row, !DatumIsTrue(argument.GetDatum(argument.Index(row)), argument.type()));
  });
}

// Conditions are numbers; text becomes DOUBLE, with its warnings.
SqlType ConditionType(const ArgumentInfo& argument) {
  return argument.type.IsString() || argument.type.IsNull() ? SqlType::Double() : argument.type;
}

template <EvalFunction eval, bool is_nullable>
Status ResolveCondition(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", BooleanOf(), eval));
  s->arguments[0] = ConditionType(a[0]);
  if (!is_nullable) s->is_nullable = false;
  return {};
}
template <EvalFunction eval>
Status ResolveIsNull(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", BooleanOf(), eval));
  s->is_nullable = false;
  return {};
}

// --- INTERVAL -------------------------------------------------------------------------------------

// How many of the ascending bounds are at most the value; -1 for NULL.
template <typename T>
Status EvalInterval(FunctionCall& call) {
  auto at = [&](size_t i, uint32_t row) { return call.arguments[i]->Data<T>()[call.arguments[i]->Index(row)]; };
  return ForRows(call, [&](uint32_t row) {
    if (IsNull(call, 0, row)) return call.result->SetInt64(row, -1);
    T value = at(0, row);
    int64_t count = 0;
    for (size_t i = 1; i < call.arguments.size(); ++i) {
      if (!IsNull(call, i, row) && value < at(i, row)) break;
      ++count;
    }
    call.result->SetInt64(row, count);
  });
}

Status ResolveInterval(ResolveContext& c, Arguments a, Signature* s) {
  bool is_integral = std::all_of(a.begin(), a.end(), [](const ArgumentInfo& x) { return x.type.physical() == PhysicalType::kInt64 && !x.type.IsNull(); });
  MAHI_RETURN_IF_ERROR(Call(c, a, s, is_integral ? "i*" : "d*", BigintOf(2), is_integral ? EvalInterval<int64_t> : EvalInterval<double>));
  for (SqlType& type : s->arguments) type = is_integral ? SqlType::BigInt() : SqlType::Double();
  s->is_nullable = false;
  return {};
}

const FunctionDescriptor kFunctions[] = {
    {"=", 2, 2, 0, ResolveComparison<Relation::kEqual>, "comparison", "a = b: equal"},
    {"<=>", 2, 2, 0, ResolveComparison<Relation::kNullSafeEqual>, "comparison", "a <=> b: equal, or both NULL"},
    {"<>", 2, 2, 0, ResolveComparison<Relation::kNotEqual>, "comparison", "a <> b: not equal"},
    {"!=", 2, 2, 0, ResolveComparison<Relation::kNotEqual>, "comparison", "a != b: not equal"},
    {"<", 2, 2, 0, ResolveComparison<Relation::kLess>, "comparison", "a < b: less"},
    {"<=", 2, 2, 0, ResolveComparison<Relation::kLessEqual>, "comparison", "a <= b: less or equal"},
    {">", 2, 2, 0, ResolveComparison<Relation::kGreater>, "comparison", "a > b: greater"},
    {">=", 2, 2, 0, ResolveComparison<Relation::kGreaterEqual>, "comparison", "a >= b: greater or equal"},
    {"between", 3, 3, 0, ResolveBetween, "comparison", "a BETWEEN low AND high: within the bounds"},
    {"is_null", 1, 1, 0, ResolveIsNull<EvalIsNull<true>>, "comparison", "a IS NULL"},
    {"isnull", 1, 1, 0, ResolveIsNull<EvalIsNull<true>>, "comparison", "ISNULL(a): whether it is NULL"},
    {"is_not_null", 1, 1, 0, ResolveIsNull<EvalIsNull<false>>, "comparison", "a IS NOT NULL"},
    {"is_true", 1, 1, 0, ResolveCondition<EvalIsTruth<Truth::kTrue, false>, false>, "comparison", "a IS TRUE"},
    {"is_not_true", 1, 1, 0, ResolveCondition<EvalIsTruth<Truth::kTrue, true>, false>, "comparison", "a IS NOT TRUE"},
    {"is_false", 1, 1, 0, ResolveCondition<EvalIsTruth<Truth::kFalse, false>, false>, "comparison", "a IS FALSE"},
    {"is_not_false", 1, 1, 0, ResolveCondition<EvalIsTruth<Truth::kFalse, true>, false>, "comparison", "a IS NOT FALSE"},
    {"is_unknown", 1, 1, 0, ResolveIsNull<EvalIsNull<true>>, "comparison", "a IS UNKNOWN"},
    {"is_not_unknown", 1, 1, 0, ResolveIsNull<EvalIsNull<false>>, "comparison", "a IS NOT UNKNOWN"},
    {"not", 1, 1, 0, ResolveCondition<EvalNot, true>, "comparison", "NOT a"},
    {"!", 1, 1, 0, ResolveCondition<EvalNot, true>, "comparison", "! a"},
    {"interval", 2, kManyArguments, 0, ResolveInterval, "comparison", "INTERVAL(value, bound, ...): how many bounds are at most the value"},
};

}  // namespace

std::span<const FunctionDescriptor> ComparisonFunctions() { return kFunctions; }

}  // namespace mahi
