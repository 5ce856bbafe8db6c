// IF, IFNULL, NULLIF, COALESCE, GREATEST and LEAST as plain functions.
// Source: MySQL 8.4 manual, "Flow Control Functions", "Comparison Functions and Operators".
#include "function/family.h"
#include "function/lift.h"
#include "function/registry.h"
#include "function/resolve.h"
#include "types/conversion.h"

namespace mahi {

namespace {

void Copy(FunctionCall& call, uint32_t row, size_t argument) {
  const Vector& source = *call.arguments[argument];
  if (source.IsNull(row)) {
    call.result->SetNull(row);
  } else {
    call.result->SetDatum(row, source.GetDatum(source.Index(row)));
  }
}

Status EvalIf(FunctionCall& call) {
  const Vector& condition = *call.arguments[0];
  return ForRows(call, [&](uint32_t row) {
    bool holds = !condition.IsNull(row) && DatumIsTrue(condition.GetDatum(condition.Index(row)), condition.type());
    Copy(call, row, holds ? 1 : 2);
  });
}

Status EvalCoalesce(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) {
    size_t i = 0;
    while (i + 1 < call.arguments.size() && IsNull(call, i, row)) ++i;
    Copy(call, row, i);
  });
}

// The second argument has the type of the comparison; the first is converted to it here, for it is also the result.
Status EvalNullIf(FunctionCall& call) {
  const Vector& value = *call.arguments[0];
  const Vector& other = *call.arguments[1];
  Vector converted(other.type(), value.capacity());
  MAHI_RETURN_IF_ERROR(CastVector(call.context, value, call.rows, &converted));
  return ForRows(call, [&](uint32_t row) {
    bool is_equal = !converted.IsNull(row) && !other.IsNull(row) &&
                    CompareDatum(converted.GetDatum(row), other.GetDatum(other.Index(row)), other.type()) == 0;
    if (is_equal) return call.result->SetNull(row);
    Copy(call, row, 0);
  });
}

template <bool wants_greatest>
Status EvalExtreme(FunctionCall& call) {
  const SqlType& type = call.arguments[0]->type();
  return MapRows(call, [&](uint32_t row) {
    size_t best = 0;
    for (size_t i = 1; i < call.arguments.size(); ++i) {
      const Vector& a = *call.arguments[i];
      const Vector& b = *call.arguments[best];
      int order = CompareDatum(a.GetDatum(a.Index(row)), b.GetDatum(b.Index(row)), type);
      if (wants_greatest ? order > 0 : order < 0) best = i;
    }
    Copy(call, row, best);
  });
}

// All of `branches` in their common type, which is the result's.
Status CommonResult(ResolveContext& c, Arguments branches, Signature* s) {
  MAHI_ASSIGN_OR_RETURN(s->result, CommonType(c, branches, &s->coercibility));
  for (size_t i = 0; i < branches.size(); ++i) s->arguments.push_back(s->result);
  return {};
}

Status ResolveIf(ResolveContext& c, Arguments a, Signature* s) {
  s->arguments.push_back(a[0].type.IsString() || a[0].type.IsNull() ? SqlType::Double() : a[0].type);
  MAHI_RETURN_IF_ERROR(CommonResult(c, a.subspan(1), s));
  s->is_nullable = a[1].is_nullable || a[2].is_nullable;
  s->eval = EvalIf;
  return {};
}

Status ResolveCoalesce(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(CommonResult(c, a, s));
  s->is_nullable = true;
  for (const ArgumentInfo& argument : a) s->is_nullable = s->is_nullable && argument.is_nullable;
  s->eval = EvalCoalesce;
  return {};
}

Status ResolveNullIf(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_ASSIGN_OR_RETURN(SqlType common, ComparisonType(c, a[0], a[1]));
  s->result = a[0].type.IsEnumOrSet() ? TextTypeOf(c, a[0]) : a[0].type;
  s->arguments = {s->result, common};
  s->is_nullable = true;
  s->coercibility = a[0].coercibility;
  s->eval = EvalNullIf;
  return {};
}

template <bool wants_greatest>
Status ResolveExtreme(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(CommonResult(c, a, s));
  s->is_nullable = AnyNullable(a);
  s->eval = EvalExtreme<wants_greatest>;
  return {};
}

const FunctionDescriptor kFunctions[] = {
    {"if", 3, 3, 0, ResolveIf, "control", "IF(condition, then, else)"},
    {"ifnull", 2, 2, 0, ResolveCoalesce, "control", "IFNULL(a, b): a, or b when a is NULL"},
    {"coalesce", 1, kManyArguments, 0, ResolveCoalesce, "comparison", "COALESCE(a, ...): the first that is not NULL"},
    {"nullif", 2, 2, 0, ResolveNullIf, "control", "NULLIF(a, b): NULL when they are equal, else a"},
    {"greatest", 2, kManyArguments, 0, ResolveExtreme<true>, "comparison", "GREATEST(a, b, ...): the largest"},
    {"least", 2, kManyArguments, 0, ResolveExtreme<false>, "comparison", "LEAST(a, b, ...): the smallest"},
};

}  // namespace

std::span<const FunctionDescriptor> ControlFunctions() { return kFunctions; }

}  // namespace mahi
