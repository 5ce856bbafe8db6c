// Parts of dates and times, and what is counted from them.
// Source: MySQL 8.4 manual, "Date and Time Functions".
#include <algorithm>
#include <string>

#include "function/conversion_warning.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"
#include "function/temporal/interval_unit.h"
#include "function/temporal/names.h"
#include "function/temporal/shape.h"

namespace mahi {

namespace {

DateTimeParts DateOfRow(const FunctionCall& call, uint32_t row, size_t argument = 0) {
  return UnpackDateTime(Int(call, argument, row));
}
DateTimeParts TimeOfRow(const FunctionCall& call, uint32_t row, size_t argument = 0) {
  return UnpackTime(Int(call, argument, row));
}
// Is it a day of the calendar, without zero parts?
bool IsDay(const DateTimeParts& p) { return p.month != 0 && p.day != 0; }

// f(parts) of a date that may have zero parts.
template <typename F>
Status DateRows(FunctionCall& call, F&& f) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, static_cast<int64_t>(f(DateOfRow(call, row)))); });
}
// f(parts) of a true day; NULL for others.
template <typename F>
Status DayRows(FunctionCall& call, F&& f) {
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts parts = DateOfRow(call, row);
    if (!IsDay(parts)) return call.result->SetNull(row);
    call.result->SetInt64(row, static_cast<int64_t>(f(parts)));
  });
}
template <typename F>
Status TimeRows(FunctionCall& call, F&& f) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, static_cast<int64_t>(f(TimeOfRow(call, row)))); });
}

int64_t DayNumberOf(const DateTimeParts& p) { return DayNumber(p.year, p.month, p.day); }

Status EvalYear(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetUInt64(row, DateOfRow(call, row).year); });
}
Status EvalMonth(FunctionCall& call) { return DateRows(call, [](const DateTimeParts& p) { return p.month; }); }
Status EvalDay(FunctionCall& call) { return DateRows(call, [](const DateTimeParts& p) { return p.day; }); }
Status EvalQuarter(FunctionCall& call) { return DateRows(call, [](const DateTimeParts& p) { return (p.month + 2) / 3; }); }
Status EvalHour(FunctionCall& call) { return TimeRows(call, [](const DateTimeParts& p) { return p.hour; }); }
Status EvalMinute(FunctionCall& call) { return TimeRows(call, [](const DateTimeParts& p) { return p.minute; }); }
Status EvalSecond(FunctionCall& call) { return TimeRows(call, [](const DateTimeParts& p) { return p.second; }); }
Status EvalMicrosecond(FunctionCall& call) { return TimeRows(call, [](const DateTimeParts& p) { return p.microsecond; }); }
Status EvalDayOfWeek(FunctionCall& call) {
  return DayRows(call, [](const DateTimeParts& p) { return WeekdayOf(DayNumberOf(p), true) + 1; });
}
Status EvalWeekday(FunctionCall& call) {
  return DayRows(call, [](const DateTimeParts& p) { return WeekdayOf(DayNumberOf(p), false); });
}
Status EvalDayOfYear(FunctionCall& call) { return DayRows(call, [](const DateTimeParts& p) { return DayOfYear(p); }); }
Status EvalToDays(FunctionCall& call) { return DayRows(call, [](const DateTimeParts& p) { return DayNumberOf(p); }); }
Status EvalToSeconds(FunctionCall& call) {
  return DayRows(call, [](const DateTimeParts& p) {
    return DayNumberOf(p) * 86400 + static_cast<int64_t>(p.hour * 3600 + p.minute * 60 + p.second);
  });
}

uint32_t WeekMode(const FunctionCall& call, uint32_t row) {
  int64_t mode = call.arguments.size() > 1 ? Int(call, 1, row) : call.context.default_week_format;
  return static_cast<uint32_t>(mode) & 7;
}
Status EvalWeek(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts parts = DateOfRow(call, row);
    uint32_t year;
    if (!IsDay(parts)) return call.result->SetNull(row);
    call.result->SetInt64(row, WeekOf(parts, WeekMode(call, row), &year));
  });
}
Status EvalWeekOfYear(FunctionCall& call) {
  return DayRows(call, [](const DateTimeParts& p) {
    uint32_t year;
    return WeekOf(p, 3, &year);
  });
}
// YEARWEEK counts weeks of the year that they belong to: mode bit 1 is always set.
Status EvalYearWeek(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts parts = DateOfRow(call, row);
    if (!IsDay(parts)) return call.result->SetNull(row);
    uint32_t mode = call.arguments.size() > 1 ? static_cast<uint32_t>(Int(call, 1, row)) & 7 : 0;
    uint32_t year = 0;
    uint32_t week = WeekOf(parts, mode | 2, &year);
    call.result->SetInt64(row, year * 100 + week);
  });
}

Status EvalDayName(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts parts = DateOfRow(call, row);
    if (!IsDay(parts)) return call.result->SetNull(row);
    call.result->SetString(row, DayName(WeekdayOf(DayNumberOf(parts), false)));
  });
}
Status EvalMonthName(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    uint32_t month = DateOfRow(call, row).month;
    if (month == 0) return call.result->SetNull(row);
    call.result->SetString(row, MonthName(month));
  });
}

Status EvalDate(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, DatePart(Int(call, 0, row))); });
}
Status EvalSameTemporal(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, Int(call, 0, row)); });
}
Status EvalLastDay(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts parts = DateOfRow(call, row);
    if (parts.month == 0) return call.result->SetNull(row);
    call.result->SetInt64(row, PackDate(parts.year, parts.month, DaysInMonth(parts.year, parts.month)));
  });
}
Status EvalTimeToSec(FunctionCall& call) {
  return TimeRows(call, [](const DateTimeParts& p) {
    int64_t seconds = p.hour * 3600 + p.minute * 60 + p.second;
    return p.is_negative ? -seconds : seconds;
  });
}

// --- EXTRACT --------------------------------------------------------------------------------------

// Units of the calendar read a date; the others a time, with the days of a date where there is one.
bool IsDateUnit(IntervalUnit unit) {
  return (unit >= IntervalUnit::kDay && unit <= IntervalUnit::kYear) || unit == IntervalUnit::kYearMonth;
}
bool IsDayTimeUnit(IntervalUnit unit) { return unit >= IntervalUnit::kDayMicrosecond && unit <= IntervalUnit::kDayHour; }

int64_t ExtractPart(const DateTimeParts& p, IntervalUnit unit, uint32_t week_mode) {
  int64_t day = p.day, hour = p.hour, minute = p.minute, second = p.second, micro = p.microsecond;
  uint32_t year;
  switch (unit) {
    case IntervalUnit::kYear: return p.year;
    case IntervalUnit::kYearMonth: return p.year * 100 + p.month;
    case IntervalUnit::kQuarter: return (p.month + 2) / 3;
    case IntervalUnit::kMonth: return p.month;
    case IntervalUnit::kWeek: return WeekOf(p, week_mode, &year);
    case IntervalUnit::kDay: return day;
    case IntervalUnit::kDayHour: return day * 100 + hour;
    case IntervalUnit::kDayMinute: return day * 10000 + hour * 100 + minute;
    case IntervalUnit::kDaySecond: return day * 1000000 + hour * 10000 + minute * 100 + second;
    case IntervalUnit::kHour: return hour;
    case IntervalUnit::kHourMinute: return hour * 100 + minute;
    case IntervalUnit::kHourSecond: return hour * 10000 + minute * 100 + second;
    case IntervalUnit::kMinute: return minute;
    case IntervalUnit::kMinuteSecond: return minute * 100 + second;
    case IntervalUnit::kSecond: return second;
    case IntervalUnit::kMicrosecond: return micro;
    case IntervalUnit::kDayMicrosecond: return (day * 1000000 + hour * 10000 + minute * 100 + second) * 1000000 + micro;
    case IntervalUnit::kHourMicrosecond: return (hour * 10000 + minute * 100 + second) * 1000000 + micro;
    case IntervalUnit::kMinuteMicrosecond: return (minute * 100 + second) * 1000000 + micro;
    case IntervalUnit::kSecondMicrosecond: return second * 1000000 + micro;
  }
  return 0;
}

// DAY_HOUR and its kin of text: a datetime's parts, or those of 'D HH:MM:SS'.
Status ExtractDays(FunctionCall& call, IntervalUnit unit) {
  return MapRows(call, [&](uint32_t row) -> Status {
    std::string_view text = Text(call, 1, row);
    bool is_date = LooksLikeDate(text);
    TemporalReport report;
    int64_t packed = ParseTemporal(text, is_date ? TypeId::kDateTime : TypeId::kTime, 6, kDateFuzzy, call.context.time_zone, &report);
    if (report.is_bad) {
      call.result->SetNull(row);
      return ReportWrongTemporal(call.context, TypeId::kTime, text);
    }
    DateTimeParts parts = is_date ? UnpackDateTime(packed) : UnpackTime(packed);
    bool has_days = !is_date && !report.is_out_of_range && text.find(' ') < text.find(':');
    if (has_days) {
      parts.day = parts.hour / 24;
      parts.hour %= 24;
    }
    int64_t value = ExtractPart(parts, unit, 0);
    call.result->SetInt64(row, parts.is_negative ? -value : value);
    return {};
  });
}

Status EvalExtract(FunctionCall& call) {
  auto unit = FindIntervalUnit(ConstantText(call, 0));
  if (!unit) return {};
  bool is_time = call.arguments[1]->type().id == TypeId::kTime;
  if (call.arguments[1]->type().IsString()) return ExtractDays(call, *unit);
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts parts = is_time ? TimeOfRow(call, row, 1) : DateOfRow(call, row, 1);
    int64_t value = ExtractPart(parts, *unit, static_cast<uint32_t>(call.context.default_week_format));
    call.result->SetInt64(row, parts.is_negative ? -value : value);
  });
}

Status ResolveExtract(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_ASSIGN_OR_RETURN(IntervalUnit unit, UnitArgument(a[0], "extract"));
  bool reads_date = IsDateUnit(unit) || (IsDayTimeUnit(unit) && a[1].type.id != TypeId::kTime);
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, reads_date ? "=T" : "=t", BigintOf(unit >= IntervalUnit::kSecondMicrosecond ? 20 : 6), EvalExtract));
  if (IsDayTimeUnit(unit) && a[1].type.IsString()) s->arguments[1] = WantedType(c, a[1], 'b');
  s->is_nullable = a[1].is_nullable || !a[1].type.IsTemporal();
  return {};
}

// --- Resolution -----------------------------------------------------------------------------------

// A temporal argument cannot fail to be read; anything else can.
template <EvalFunction eval, uint32_t length>
Status ResolveDatePart(ResolveContext& c, Arguments a, Signature* s) {
  return NullableCall(c, a, s, "Ti", BigintOf(length), eval);
}
template <EvalFunction eval, uint32_t length>
Status ResolveTimePart(ResolveContext& c, Arguments a, Signature* s) {
  return NullableCall(c, a, s, "t", BigintOf(length), eval);
}
template <EvalFunction eval>
Status ResolveName(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "T", 9, eval));
  s->is_nullable = true;
  return {};
}
Status ResolveYear(ResolveContext& c, Arguments a, Signature* s) { return NullableCall(c, a, s, "T", YearOf(), EvalYear); }
Status ResolveDate(ResolveContext& c, Arguments a, Signature* s) { return NullableCall(c, a, s, "T", DateOf(), EvalDate); }
Status ResolveLastDay(ResolveContext& c, Arguments a, Signature* s) { return NullableCall(c, a, s, "T", DateOf(), EvalLastDay); }
Status ResolveTime(ResolveContext& c, Arguments a, Signature* s) {
  uint32_t fsp = FspOf(a[0]);
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "t", TimeOf(fsp), EvalSameTemporal));
  s->arguments[0] = TimeOf(fsp);
  return {};
}

const FunctionDescriptor kFunctions[] = {
    {"year", 1, 1, 0, ResolveYear, "temporal", "YEAR(date)"},
    {"month", 1, 1, 0, ResolveDatePart<EvalMonth, 2>, "temporal", "MONTH(date): 1 to 12"},
    {"day", 1, 1, 0, ResolveDatePart<EvalDay, 2>, "temporal", "DAY(date): of the month"},
    {"dayofmonth", 1, 1, 0, ResolveDatePart<EvalDay, 2>, "temporal", "DAYOFMONTH(date): of the month"},
    {"quarter", 1, 1, 0, ResolveDatePart<EvalQuarter, 2>, "temporal", "QUARTER(date): 1 to 4"},
    {"hour", 1, 1, 0, ResolveTimePart<EvalHour, 3>, "temporal", "HOUR(time)"},
    {"minute", 1, 1, 0, ResolveTimePart<EvalMinute, 2>, "temporal", "MINUTE(time)"},
    {"second", 1, 1, 0, ResolveTimePart<EvalSecond, 2>, "temporal", "SECOND(time)"},
    {"microsecond", 1, 1, 0, ResolveTimePart<EvalMicrosecond, 6>, "temporal", "MICROSECOND(time)"},
    {"dayofweek", 1, 1, 0, ResolveDatePart<EvalDayOfWeek, 1>, "temporal", "DAYOFWEEK(date): 1 is Sunday"},
    {"weekday", 1, 1, 0, ResolveDatePart<EvalWeekday, 1>, "temporal", "WEEKDAY(date): 0 is Monday"},
    {"dayofyear", 1, 1, 0, ResolveDatePart<EvalDayOfYear, 3>, "temporal", "DAYOFYEAR(date): 1 to 366"},
    {"week", 1, 2, 0, ResolveDatePart<EvalWeek, 2>, "temporal", "WEEK(date[, mode])"},
    {"weekofyear", 1, 1, 0, ResolveDatePart<EvalWeekOfYear, 2>, "temporal", "WEEKOFYEAR(date): ISO week"},
    {"yearweek", 1, 2, 0, ResolveDatePart<EvalYearWeek, 6>, "temporal", "YEARWEEK(date[, mode]): year and week"},
    {"to_days", 1, 1, 0, ResolveDatePart<EvalToDays, 6>, "temporal", "TO_DAYS(date): days since year 0"},
    {"to_seconds", 1, 1, 0, ResolveDatePart<EvalToSeconds, 12>, "temporal", "TO_SECONDS(date): seconds since year 0"},
    {"time_to_sec", 1, 1, 0, ResolveTimePart<EvalTimeToSec, 10>, "temporal", "TIME_TO_SEC(time): in seconds"},
    {"dayname", 1, 1, 0, ResolveName<EvalDayName>, "temporal", "DAYNAME(date): Monday to Sunday"},
    {"monthname", 1, 1, 0, ResolveName<EvalMonthName>, "temporal", "MONTHNAME(date): January to December"},
    {"date", 1, 1, 0, ResolveDate, "temporal", "DATE(value): its date"},
    {"time", 1, 1, 0, ResolveTime, "temporal", "TIME(value): its time"},
    {"last_day", 1, 1, 0, ResolveLastDay, "temporal", "LAST_DAY(date): of its month"},
    {"extract", 2, 2, 0, ResolveExtract, "temporal", "EXTRACT(unit FROM value): a part"},
};

}  // namespace

std::span<const FunctionDescriptor> TemporalPartFunctions() { return kFunctions; }

}  // namespace mahi
