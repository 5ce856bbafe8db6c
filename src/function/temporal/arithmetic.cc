// Sums and differences of dates, times and intervals.
// Source: MySQL 8.4 manual, "Date and Time Functions", "Temporal Intervals".
#include <algorithm>
#include <cmath>
#include <string>

#include "function/conversion_warning.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"
#include "function/temporal/interval_unit.h"
#include "function/temporal/shape.h"
#include "types/conversion.h"

namespace mahi {

namespace {

Status Overflow(FunctionCall& call, uint32_t row, std::string_view kind) {
  call.result->SetNull(row);
  Error error(ER_DATETIME_FUNCTION_OVERFLOW, kind);
  if (call.context.is_strict()) return error;
  call.context.diagnostics->Warn(error);
  return {};
}

// --- DATE_ADD and its kin: arguments in the order (value, amount, unit) ---------------------------

struct Places {
  size_t value, amount, unit;
};

Interval AmountOf(const FunctionCall& call, uint32_t row, size_t argument, IntervalUnit unit) {
  const Vector& amount = *call.arguments[argument];
  switch (amount.physical()) {
    case PhysicalType::kString: return ParseInterval(amount.String(row), unit);
    case PhysicalType::kDecimal: {
      // Seconds with a fraction.
      Decimal whole = amount.DecimalAt(row).Truncate(0);
      int64_t seconds = 0;
      if (!whole.ToInt64(&seconds)) {
        Interval interval;
        interval.is_overflow = true;
        return interval;
      }
      Decimal rest;
      Decimal::Subtract(amount.DecimalAt(row), whole, &rest);
      Decimal nanos;
      Decimal::Multiply(rest, Decimal::FromInt64(1000000000), &nanos);
      int64_t fraction = 0;
      nanos.Round(0).ToInt64(&fraction);
      return MakeInterval(seconds, static_cast<int32_t>(fraction), unit);
    }
    default: return MakeInterval(amount.Int64(row), 0, unit);
  }
}

template <Places (*places)(), bool subtracts>
Status EvalAddInterval(FunctionCall& call) {
  constexpr Places at = places();
  const Vector& value = *call.arguments[at.value];
  auto unit = FindIntervalUnit(ConstantText(call, at.unit));
  bool is_time = value.type().id == TypeId::kTime;
  bool is_text_result = call.result->type().IsString();
  uint32_t flags = DateFlagsFromSqlMode(call.context.sql_mode);
  std::string text;
  return MapRows(call, [&](uint32_t row) -> Status {
    Interval interval = AmountOf(call, row, at.amount, *unit);
    int64_t packed = 0;
    bool has_time = true;
    if (is_text_result) {
      TemporalReport report;
      packed = ParseTemporal(value.String(row), TypeId::kDateTime, 6, flags, call.context.time_zone, &report);
      if (report.is_bad) {
        call.result->SetNull(row);
        return ReportWrongTemporal(call.context, TypeId::kDateTime, value.String(row));
      }
      if (report.is_truncated) MAHI_RETURN_IF_ERROR(ReportTruncatedValue(call.context, "datetime", value.String(row)));
      has_time = report.has_time || HasTimePart(*unit);
    } else {
      packed = value.Int64(row);
    }
    int64_t sum = 0;
    bool fits = !interval.is_overflow && (is_time ? AddIntervalToTime(packed, interval, subtracts, &sum)
                                                  : AddInterval(packed, interval, subtracts, &sum));
    if (!fits) return Overflow(call, row, is_time ? "time" : "datetime");
    if (!is_text_result) {
      call.result->SetInt64(row, sum);
      return {};
    }
    text.clear();
    AppendTemporal(sum, has_time ? TypeId::kDateTime : TypeId::kDate, has_time && Microseconds(sum) != 0 ? 6 : 0, &text);
    call.result->SetString(row, text);
    return {};
  });
}

constexpr Places DateAddPlaces() { return {0, 1, 2}; }
constexpr Places TimestampAddPlaces() { return {2, 1, 0}; }

Status ResolveAddInterval(ResolveContext& c, Arguments a, Signature* s, Places at, EvalFunction eval, std::string_view name) {
  MAHI_ASSIGN_OR_RETURN(IntervalUnit unit, UnitArgument(a[at.unit], name));
  const SqlType& type = a[at.value].type;
  SqlType operand = type;
  SqlType result;
  uint32_t amount_fsp = unit == IntervalUnit::kSecond ? FspOf(a[at.amount]) : 0;
  if (HasMicroseconds(unit)) amount_fsp = 6;
  uint32_t fsp = std::max(FspOf(a[at.value]), amount_fsp);
  switch (type.id) {
    case TypeId::kDate:
      result = HasTimePart(unit) ? DatetimeOf(amount_fsp) : DateOf();
      break;
    case TypeId::kDateTime:
    case TypeId::kTimestamp: result = DatetimeOf(fsp); break;
    case TypeId::kTime:
      if (unit == IntervalUnit::kYear || unit == IntervalUnit::kMonth || unit == IntervalUnit::kQuarter || unit == IntervalUnit::kYearMonth) {
        operand = DatetimeOf(type.decimals);
        result = DatetimeOf(fsp);
      } else {
        result = TimeOf(fsp);
      }
      break;
    default:
      operand = WantedType(c, a[at.value], 'b');
      result = TextOf(29, c.connection_collation);
  }
  s->result = result;
  s->is_nullable = true;
  s->coercibility = result.IsString() ? Coercibility::kLiteral : Coercibility::kNumeric;
  s->arguments.resize(3);
  s->arguments[at.value] = operand;
  s->arguments[at.unit] = a[at.unit].type;
  s->arguments[at.amount] = IsCompositeUnit(unit)           ? WantedType(c, a[at.amount], 'b')
                            : unit == IntervalUnit::kSecond ? SqlType::Decimal(30, 9)
                                                            : SqlType::BigInt();
  s->eval = eval;
  return {};
}
template <bool subtracts>
Status ResolveDateAdd(ResolveContext& c, Arguments a, Signature* s) {
  return ResolveAddInterval(c, a, s, DateAddPlaces(), EvalAddInterval<DateAddPlaces, subtracts>, subtracts ? "date_sub" : "date_add");
}
Status ResolveTimestampAdd(ResolveContext& c, Arguments a, Signature* s) {
  return ResolveAddInterval(c, a, s, TimestampAddPlaces(), EvalAddInterval<TimestampAddPlaces, false>, "timestampadd");
}

// ADDDATE(date, days) without a unit.
template <bool subtracts>
Status EvalAddDays(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    Interval interval = MakeInterval(Int(call, 1, row), 0, IntervalUnit::kDay);
    int64_t sum = 0;
    if (interval.is_overflow || !AddInterval(Int(call, 0, row), interval, subtracts, &sum)) return Overflow(call, row, "datetime");
    if (!call.result->type().IsString()) {
      call.result->SetInt64(row, sum);
      return {};
    }
    bool has_time = TimePart(Int(call, 0, row)) != 0;
    call.result->SetString(row, TemporalToString(sum, has_time ? TypeId::kDateTime : TypeId::kDate, Microseconds(sum) != 0 ? 6 : 0));
    return {};
  });
}
template <bool subtracts>
Status ResolveAddDate(ResolveContext& c, Arguments a, Signature* s) {
  if (a.size() == 3) return ResolveDateAdd<subtracts>(c, a, s);
  SqlType result = a[0].type.id == TypeId::kDate ? DateOf() : a[0].type.IsTemporal() ? DatetimeOf(a[0].type.decimals) : TextOf(29, c.connection_collation);
  return NullableCall(c, a, s, "Ti", result, EvalAddDays<subtracts>);
}

// --- ADDTIME, SUBTIME, TIMEDIFF, TIMESTAMP --------------------------------------------------------

// A text operand is a time or a datetime, as it looks.
bool ReadTimeOrDateTime(FunctionCall& call, std::string_view text, int64_t* micros, bool* is_datetime) {
  *is_datetime = LooksLikeDate(text);
  TemporalReport report;
  int64_t packed = ParseTemporal(text, *is_datetime ? TypeId::kDateTime : TypeId::kTime, 6, kDateFuzzy, call.context.time_zone, &report);
  if (report.is_bad) return false;
  *micros = *is_datetime ? DateTimeToMicros(packed) : TimeToMicros(packed);
  return true;
}

template <bool subtracts>
Status EvalAddTime(FunctionCall& call) {
  const Vector& value = *call.arguments[0];
  bool is_text = value.type().IsString();
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t micros = 0;
    bool is_datetime = value.type().id != TypeId::kTime;
    if (is_text) {
      if (!ReadTimeOrDateTime(call, value.String(row), &micros, &is_datetime)) {
        call.result->SetNull(row);
        return ReportWrongTemporal(call.context, TypeId::kTime, value.String(row));
      }
    } else {
      micros = is_datetime ? DateTimeToMicros(value.Int64(row)) : TimeToMicros(value.Int64(row));
    }
    int64_t change = TimeToMicros(Int(call, 1, row));
    micros = subtracts ? micros - change : micros + change;
    int64_t packed = 0;
    if (is_datetime) {
      if (!MicrosToDateTime(micros, &packed)) return Overflow(call, row, "datetime");
    } else {
      bool is_clipped = false;
      packed = MicrosToTime(micros, &is_clipped);
      if (is_clipped) MAHI_RETURN_IF_ERROR(ReportTruncatedValue(call.context, "time", TemporalToString(packed, TypeId::kTime, 0)));
    }
    if (is_text) {
      call.result->SetString(row, TemporalToString(packed, is_datetime ? TypeId::kDateTime : TypeId::kTime, Microseconds(packed) != 0 ? 6 : 0));
    } else {
      call.result->SetInt64(row, packed);
    }
    return {};
  });
}
template <bool subtracts>
Status ResolveAddTime(ResolveContext& c, Arguments a, Signature* s) {
  uint32_t fsp = std::max(FspOf(a[0]), FspOf(a[1]));
  SqlType operand = a[0].type;
  SqlType result = TextOf(26, c.connection_collation);
  if (a[0].type.id == TypeId::kTime) {
    result = TimeOf(fsp);
  } else if (a[0].type.IsTemporal()) {
    result = DatetimeOf(fsp);
  } else {
    operand = WantedType(c, a[0], 'b');
  }
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "=t", result, EvalAddTime<subtracts>));
  s->arguments[0] = operand;
  return {};
}

// Operands of different kinds have no difference.
Status EvalTimeDiff(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t micros[2];
    bool is_datetime[2];
    for (size_t i = 0; i < 2; ++i) {
      const Vector& value = *call.arguments[i];
      if (value.type().IsString()) {
        if (!ReadTimeOrDateTime(call, value.String(row), &micros[i], &is_datetime[i])) {
          call.result->SetNull(row);
          return ReportWrongTemporal(call.context, TypeId::kTime, value.String(row));
        }
      } else {
        is_datetime[i] = value.type().id != TypeId::kTime;
        micros[i] = is_datetime[i] ? DateTimeToMicros(value.Int64(row)) : TimeToMicros(value.Int64(row));
      }
    }
    if (is_datetime[0] != is_datetime[1]) {
      call.result->SetNull(row);
      return {};
    }
    bool is_clipped = false;
    int64_t packed = MicrosToTime(micros[0] - micros[1], &is_clipped);
    call.result->SetInt64(row, packed);
    if (is_clipped) return ReportTruncatedValue(call.context, "time", TemporalToString(packed, TypeId::kTime, 0));
    return {};
  });
}
Status ResolveTimeDiff(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "==", TimeOf(std::max(FspOf(a[0]), FspOf(a[1]))), EvalTimeDiff));
  for (size_t i = 0; i < 2; ++i) {
    if (!a[i].type.IsTemporal()) s->arguments[i] = WantedType(c, a[i], 'b');
  }
  return {};
}

Status EvalTimestamp(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t packed = Int(call, 0, row);
    if (call.arguments.size() > 1) {
      if (!MicrosToDateTime(DateTimeToMicros(packed) + TimeToMicros(Int(call, 1, row)), &packed)) return Overflow(call, row, "datetime");
    }
    call.result->SetInt64(row, packed);
    return {};
  });
}
Status ResolveTimestamp(ResolveContext& c, Arguments a, Signature* s) {
  uint32_t fsp = FspOf(a[0]);
  if (a.size() > 1) fsp = std::max(fsp, FspOf(a[1]));
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "Tt", DatetimeOf(fsp), EvalTimestamp));
  s->arguments[0] = DatetimeOf(FspOf(a[0]));
  return {};
}

// --- Differences ----------------------------------------------------------------------------------

Status EvalDateDiff(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts a = UnpackDateTime(Int(call, 0, row));
    DateTimeParts b = UnpackDateTime(Int(call, 1, row));
    if (a.month == 0 || a.day == 0 || b.month == 0 || b.day == 0) return call.result->SetNull(row);
    call.result->SetInt64(row, DayNumber(a.year, a.month, a.day) - DayNumber(b.year, b.month, b.day));
  });
}

// Whole months from a to b, a <= b.
int64_t MonthsBetween(int64_t a, int64_t b) {
  DateTimeParts x = UnpackDateTime(a);
  DateTimeParts y = UnpackDateTime(b);
  int64_t months = (int64_t{y.year} - x.year) * 12 + (int64_t{y.month} - x.month);
  bool is_short = y.day < x.day || (y.day == x.day && TimePart(b) < TimePart(a));
  return is_short ? months - 1 : months;
}

Status EvalTimestampDiff(FunctionCall& call) {
  auto unit = FindIntervalUnit(ConstantText(call, 0));
  if (!unit) return {};
  return MapRows(call, [&](uint32_t row) {
    int64_t a = Int(call, 1, row);
    int64_t b = Int(call, 2, row);
    DateTimeParts x = UnpackDateTime(a);
    DateTimeParts y = UnpackDateTime(b);
    if (x.month == 0 || x.day == 0 || y.month == 0 || y.day == 0) return call.result->SetNull(row);
    int64_t micros = DateTimeToMicros(b) - DateTimeToMicros(a);
    int64_t months = a <= b ? MonthsBetween(a, b) : -MonthsBetween(b, a);
    int64_t value = 0;
    switch (*unit) {
      case IntervalUnit::kYear: value = months / 12; break;
      case IntervalUnit::kQuarter: value = months / 3; break;
      case IntervalUnit::kMonth: value = months; break;
      case IntervalUnit::kWeek: value = micros / (7 * kMicrosPerDay); break;
      case IntervalUnit::kDay: value = micros / kMicrosPerDay; break;
      case IntervalUnit::kHour: value = micros / (3600 * kMicrosPerSecond); break;
      case IntervalUnit::kMinute: value = micros / (60 * kMicrosPerSecond); break;
      case IntervalUnit::kSecond: value = micros / kMicrosPerSecond; break;
      default: value = micros;
    }
    call.result->SetInt64(row, value);
  });
}
Status ResolveTimestampDiff(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(UnitArgument(a[0], "timestampdiff").TakeStatus());
  return NullableCall(c, a, s, "=TT", BigintOf(), EvalTimestampDiff);
}

// --- Periods YYYYMM -------------------------------------------------------------------------------

bool PeriodToMonths(int64_t period, int64_t* months) {
  if (period <= 0) return false;
  int64_t year = period / 100;
  int64_t month = period % 100;
  if (month < 1 || month > 12) return false;
  if (year < 100) year = YearFromTwoDigits(static_cast<uint32_t>(year));
  *months = year * 12 + month - 1;
  return true;
}
Status EvalPeriodAdd(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t months = 0;
    if (!PeriodToMonths(Int(call, 0, row), &months)) return Error(ER_WRONG_ARGUMENTS, "period_add");
    months += Int(call, 1, row);
    call.result->SetInt64(row, months / 12 * 100 + months % 12 + 1);
    return {};
  });
}
Status EvalPeriodDiff(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t a = 0;
    int64_t b = 0;
    if (!PeriodToMonths(Int(call, 0, row), &a) || !PeriodToMonths(Int(call, 1, row), &b)) return Error(ER_WRONG_ARGUMENTS, "period_diff");
    call.result->SetInt64(row, a - b);
    return {};
  });
}
Status ResolvePeriodAdd(ResolveContext& c, Arguments a, Signature* s) { return Call(c, a, s, "ii", BigintOf(6), EvalPeriodAdd); }
Status ResolvePeriodDiff(ResolveContext& c, Arguments a, Signature* s) { return Call(c, a, s, "ii", BigintOf(6), EvalPeriodDiff); }
Status ResolveDateDiff(ResolveContext& c, Arguments a, Signature* s) { return NullableCall(c, a, s, "TT", BigintOf(7), EvalDateDiff); }

const FunctionDescriptor kFunctions[] = {
    {"date_add", 3, 3, 0, ResolveDateAdd<false>, "temporal", "DATE_ADD(date, INTERVAL n unit)"},
    {"date_sub", 3, 3, 0, ResolveDateAdd<true>, "temporal", "DATE_SUB(date, INTERVAL n unit)"},
    {"adddate", 2, 3, 0, ResolveAddDate<false>, "temporal", "ADDDATE(date, days): so many days later"},
    {"subdate", 2, 3, 0, ResolveAddDate<true>, "temporal", "SUBDATE(date, days): so many days earlier"},
    {"timestampadd", 3, 3, 0, ResolveTimestampAdd, "temporal", "TIMESTAMPADD(unit, n, date)"},
    {"timestampdiff", 3, 3, 0, ResolveTimestampDiff, "temporal", "TIMESTAMPDIFF(unit, a, b): b - a"},
    {"addtime", 2, 2, 0, ResolveAddTime<false>, "temporal", "ADDTIME(value, time): later by a time"},
    {"subtime", 2, 2, 0, ResolveAddTime<true>, "temporal", "SUBTIME(value, time): earlier by a time"},
    {"timediff", 2, 2, 0, ResolveTimeDiff, "temporal", "TIMEDIFF(a, b): a - b as a time"},
    {"timestamp", 1, 2, 0, ResolveTimestamp, "temporal", "TIMESTAMP(value[, time]): as a datetime"},
    {"datediff", 2, 2, 0, ResolveDateDiff, "temporal", "DATEDIFF(a, b): days from b to a"},
    {"period_add", 2, 2, 0, ResolvePeriodAdd, "temporal", "PERIOD_ADD(period, n): n months later"},
    {"period_diff", 2, 2, 0, ResolvePeriodDiff, "temporal", "PERIOD_DIFF(a, b): months between"},
};

}  // namespace

std::span<const FunctionDescriptor> TemporalArithmeticFunctions() { return kFunctions; }

}  // namespace mahi
