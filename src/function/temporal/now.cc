// The current date and time, in the session's zone and in UTC.
// Source: MySQL 8.4 manual, "Date and Time Functions".
#include <chrono>

#include "function/conversion_warning.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

// Cut, not rounded, to the result's fsp.
Status SetPacked(FunctionCall& call, int64_t packed) {
  packed = TruncateTemporal(packed, call.result->type().decimals);
  return ForRows(call, [&](uint32_t row) { call.result->SetInt64(row, packed); });
}

int64_t UtcDateTime(const EvalContext& context) { return TimeZone::Utc()->ToLocal(context.statement_time_us); }

Status EvalNow(FunctionCall& call) { return SetPacked(call, CurrentDateTime(call.context)); }
Status EvalCurrentDate(FunctionCall& call) { return SetPacked(call, CurrentDate(call.context)); }
Status EvalCurrentTime(FunctionCall& call) { return SetPacked(call, TimePart(CurrentDateTime(call.context))); }
Status EvalUtcTimestamp(FunctionCall& call) { return SetPacked(call, UtcDateTime(call.context)); }
Status EvalUtcDate(FunctionCall& call) { return SetPacked(call, DatePart(UtcDateTime(call.context))); }
Status EvalUtcTime(FunctionCall& call) { return SetPacked(call, TimePart(UtcDateTime(call.context))); }

// SYSDATE() is the time at which it is evaluated, not the statement's.
Status EvalSysdate(FunctionCall& call) {
  EvalContext now = call.context;
  now.statement_time_us = std::chrono::duration_cast<std::chrono::microseconds>(
                              std::chrono::system_clock::now().time_since_epoch()).count();
  return SetPacked(call, CurrentDateTime(now));
}

Result<uint32_t> PrecisionArgument(ResolveContext& c, Arguments a, std::string_view name) {
  if (a.empty()) return uint32_t{0};
  const Value* constant = a[0].constant;
  if (constant == nullptr || constant->is_null() || constant->kind() != PhysicalType::kInt64 || constant->int64() < 0) {
    return Error(ER_WRONG_ARGUMENTS, name);
  }
  if (constant->int64() > 6) return Error(ER_TOO_BIG_PRECISION, constant->int64(), name, 6);
  return static_cast<uint32_t>(constant->int64());
}

template <EvalFunction eval>
Status ResolveDateTime(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_ASSIGN_OR_RETURN(uint32_t fsp, PrecisionArgument(c, a, c.function_text));
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", DatetimeOf(fsp), eval));
  s->is_nullable = false;
  return {};
}
template <EvalFunction eval>
Status ResolveTime(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_ASSIGN_OR_RETURN(uint32_t fsp, PrecisionArgument(c, a, c.function_text));
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", TimeOf(fsp), eval));
  s->is_nullable = false;
  return {};
}
template <EvalFunction eval>
Status ResolveDate(ResolveContext& c, Arguments a, Signature* s) {
  return Call(c, a, s, "", DateOf(), eval);
}

constexpr uint32_t kNow = kFunctionPerStatement | kFunctionNotStored;

const FunctionDescriptor kFunctions[] = {
    {"now", 0, 1, kNow, ResolveDateTime<EvalNow>, "temporal", "NOW([fsp]): date and time of the statement's start"},
    {"current_timestamp", 0, 1, kNow, ResolveDateTime<EvalNow>, "temporal", "CURRENT_TIMESTAMP([fsp]): as NOW"},
    {"localtime", 0, 1, kNow, ResolveDateTime<EvalNow>, "temporal", "LOCALTIME([fsp]): as NOW"},
    {"localtimestamp", 0, 1, kNow, ResolveDateTime<EvalNow>, "temporal", "LOCALTIMESTAMP([fsp]): as NOW"},
    {"sysdate", 0, 1, kFunctionPerRow | kFunctionNotStored, ResolveDateTime<EvalSysdate>, "temporal",
     "SYSDATE([fsp]): date and time of its evaluation"},
    {"curdate", 0, 0, kNow, ResolveDate<EvalCurrentDate>, "temporal", "CURDATE(): today"},
    {"current_date", 0, 0, kNow, ResolveDate<EvalCurrentDate>, "temporal", "CURRENT_DATE(): today"},
    {"curtime", 0, 1, kNow, ResolveTime<EvalCurrentTime>, "temporal", "CURTIME([fsp]): the time of day"},
    {"current_time", 0, 1, kNow, ResolveTime<EvalCurrentTime>, "temporal", "CURRENT_TIME([fsp]): the time of day"},
    {"utc_timestamp", 0, 1, kNow, ResolveDateTime<EvalUtcTimestamp>, "temporal", "UTC_TIMESTAMP([fsp]): date and time in UTC"},
    {"utc_date", 0, 0, kNow, ResolveDate<EvalUtcDate>, "temporal", "UTC_DATE(): the date in UTC"},
    {"utc_time", 0, 1, kNow, ResolveTime<EvalUtcTime>, "temporal", "UTC_TIME([fsp]): the time of day in UTC"},
};

}  // namespace

std::span<const FunctionDescriptor> NowFunctions() { return kFunctions; }

}  // namespace mahi
