// Dates and times to and from text and numbers.
// Source: MySQL 8.4 manual, "Date and Time Functions".
#include <algorithm>
#include <cstring>
#include <string>

#include "function/conversion_warning.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"
#include "function/temporal/names.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// --- DATE_FORMAT, TIME_FORMAT ---------------------------------------------------------------------

std::string_view OrdinalSuffix(uint32_t day) {
  if (day >= 10 && day <= 19) return "th";
  switch (day % 10) {
    case 1: return "st";
    case 2: return "nd";
    case 3: return "rd";
    default: return "th";
  }
}

void AppendNumber(std::string* out, uint64_t value, int width) { fmt::format_to(std::back_inserter(*out), "{:0{}}", value, width); }

// False: a name was asked for that zero parts do not have. `is_time`: no calendar.
bool FormatParts(const DateTimeParts& p, std::string_view format, bool is_time, std::string* out) {
  if (is_time && p.is_negative) out->push_back('-');
  int64_t day_number = p.month != 0 ? DayNumber(p.year, p.month, p.day) : 0;
  uint32_t twelve = (p.hour % 24 + 11) % 12 + 1;
  std::string_view half = p.hour % 24 < 12 ? "AM" : "PM";
  uint32_t week_year = 0;
  for (size_t i = 0; i < format.size(); ++i) {
    char c = format[i];
    if (c != '%' || i + 1 == format.size()) {
      out->push_back(c);
      continue;
    }
    c = format[++i];
    // TIME_FORMAT knows no calendar: NULL for names, zeros for numbers.
    if (is_time && std::strchr("MbacDjUuVvWwXx", c) != nullptr) return false;
    switch (c) {
      case 'M':
        if (p.month == 0) return false;
        *out += MonthName(p.month);
        break;
      case 'b':
        if (p.month == 0) return false;
        *out += MonthName(p.month).substr(0, 3);
        break;
      case 'W':
        if (p.month == 0 || p.day == 0) return false;
        *out += DayName(WeekdayOf(day_number, false));
        break;
      case 'a':
        if (p.month == 0 || p.day == 0) return false;
        *out += DayName(WeekdayOf(day_number, false)).substr(0, 3);
        break;
      case 'D':
        AppendNumber(out, p.day, 1);
        *out += OrdinalSuffix(p.day);
        break;
      case 'Y': AppendNumber(out, p.year, 4); break;
      case 'y': AppendNumber(out, p.year % 100, 2); break;
      case 'm': AppendNumber(out, p.month, 2); break;
      case 'c': AppendNumber(out, p.month, 1); break;
      case 'd': AppendNumber(out, p.day, 2); break;
      case 'e': AppendNumber(out, p.day, 1); break;
      case 'f': AppendNumber(out, p.microsecond, 6); break;
      case 'H': AppendNumber(out, p.hour, 2); break;
      case 'k': AppendNumber(out, p.hour, 1); break;
      case 'h':
      case 'I': AppendNumber(out, twelve, 2); break;
      case 'l': AppendNumber(out, twelve, 1); break;
      case 'i': AppendNumber(out, p.minute, 2); break;
      case 's':
      case 'S': AppendNumber(out, p.second, 2); break;
      case 'p': *out += half; break;
      case 'r':
        fmt::format_to(std::back_inserter(*out), "{:02}:{:02}:{:02} {}", twelve, p.minute, p.second, half);
        break;
      case 'T': fmt::format_to(std::back_inserter(*out), "{:02}:{:02}:{:02}", p.hour, p.minute, p.second); break;
      case 'j': AppendNumber(out, p.month == 0 ? 0 : DayOfYear(p), 3); break;
      case 'U': AppendNumber(out, WeekOf(p, 0, &week_year), 2); break;
      case 'u': AppendNumber(out, WeekOf(p, 1, &week_year), 2); break;
      case 'V': AppendNumber(out, WeekOf(p, 2, &week_year), 2); break;
      case 'v': AppendNumber(out, WeekOf(p, 3, &week_year), 2); break;
      case 'X':
        WeekOf(p, 2, &week_year);
        AppendNumber(out, week_year, 4);
        break;
      case 'x':
        WeekOf(p, 3, &week_year);
        AppendNumber(out, week_year, 4);
        break;
      case 'w':
        if (p.month == 0 || p.day == 0) return false;
        AppendNumber(out, WeekdayOf(day_number, true), 1);
        break;
      default: out->push_back(c);
    }
  }
  return true;
}

template <bool is_time>
Status EvalFormat(FunctionCall& call) {
  std::string text;
  return MapRows(call, [&](uint32_t row) {
    DateTimeParts parts = is_time ? UnpackTime(Int(call, 0, row)) : UnpackDateTime(Int(call, 0, row));
    text.clear();
    std::string_view format = Text(call, 1, row);
    if (format.empty() || !FormatParts(parts, format, is_time, &text)) return call.result->SetNull(row);
    call.result->SetString(row, text);
  });
}

// The longest text a constant format can make.
uint64_t FormatLength(const ArgumentInfo& format) {
  if (format.constant == nullptr || format.constant->is_null() || !format.type.IsString()) return std::min<uint64_t>(MaxCharacters(format) * 10, 1024);
  uint64_t length = 0;
  const std::string& text = format.constant->string();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      ++length;
      continue;
    }
    switch (text[++i]) {
      case 'M':
      case 'W': length += 64; break;
      case 'a':
      case 'b': length += 32; break;
      case 'D':
      case 'Y':
      case 'x':
      case 'X': length += 4; break;
      case 'r': length += 11; break;
      case 'T': length += 8; break;
      case 'f': length += 6; break;
      case 'j': length += 3; break;
      case 'w':
      case '%': length += 1; break;
      case 'H':
      case 'k': length += 7; break;
      default: length += 2;
    }
  }
  return length;
}

template <bool is_time>
Status ResolveFormat(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, is_time ? "tb" : "Tb", FormatLength(a[1]), EvalFormat<is_time>));
  s->is_nullable = true;
  if (a[1].type.IsString()) s->result = TextOf(FormatLength(a[1]), a[1].type.IsBinaryString() ? c.connection_collation : a[1].type.collation);
  return {};
}

// --- STR_TO_DATE ----------------------------------------------------------------------------------

struct Scanner {
  std::string_view text;
  size_t at = 0;

  void SkipSpace() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n')) ++at;
  }
  bool Number(size_t max_digits, uint32_t* value) {
    size_t digits = 0;
    *value = 0;
    while (at < text.size() && digits < max_digits && text[at] >= '0' && text[at] <= '9') {
      *value = *value * 10 + static_cast<uint32_t>(text[at++] - '0');
      ++digits;
    }
    last_digits = digits;
    return digits > 0;
  }
  // A name of at least `count` options, by its first three or all its letters.
  bool Name(std::string_view (*name)(uint32_t), uint32_t first, uint32_t count, bool is_short, uint32_t* index) {
    for (uint32_t i = first; i < first + count; ++i) {
      std::string_view full = name(i);
      std::string_view wanted = is_short ? full.substr(0, 3) : full;
      if (text.size() - at >= wanted.size() && EqualIgnoreAsciiCase(text.substr(at, wanted.size()), wanted)) {
        at += wanted.size();
        *index = i;
        return true;
      }
    }
    return false;
  }
  size_t last_digits = 0;
};

struct ScannedDate {
  DateTimeParts parts;
  bool has_half = false;
  bool is_afternoon = false;
  bool is_twelve_hour = false;
  int64_t weekday = 0;      // %w, %W, %a: 1 .. 7, Monday first
  int64_t week = -1;        // %U, %u, %V, %v
  int64_t week_year = -1;   // %X, %x
  uint32_t day_of_year = 0;
  bool is_sunday_first = false;
  bool is_strict_week = false;
};

bool ScanByFormat(std::string_view input, std::string_view format, ScannedDate* d, size_t* consumed) {
  Scanner in{input};
  for (size_t i = 0; i < format.size(); ++i) {
    in.SkipSpace();
    char c = format[i];
    if (c == ' ' || c == '\t' || c == '\n') continue;
    if (in.at >= input.size()) break;
    if (c != '%' || i + 1 == format.size()) {
      if (input[in.at] != c) return false;
      ++in.at;
      continue;
    }
    c = format[++i];
    uint32_t n = 0;
    switch (c) {
      case 'Y':
        if (!in.Number(4, &d->parts.year)) return false;
        if (in.last_digits <= 2) d->parts.year = YearFromTwoDigits(d->parts.year);
        break;
      case 'y':
        if (!in.Number(2, &n)) return false;
        d->parts.year = YearFromTwoDigits(n);
        break;
      case 'm':
      case 'c':
        if (!in.Number(2, &d->parts.month)) return false;
        break;
      case 'M':
        if (!in.Name(MonthName, 1, 12, false, &d->parts.month)) return false;
        break;
      case 'b':
        if (!in.Name(MonthName, 1, 12, true, &d->parts.month)) return false;
        break;
      case 'd':
      case 'e':
        if (!in.Number(2, &d->parts.day)) return false;
        break;
      case 'D':
        if (!in.Number(2, &d->parts.day)) return false;
        in.at = std::min(in.at + 2, input.size());
        break;
      case 'h':
      case 'I':
      case 'l':
        if (!in.Number(2, &d->parts.hour)) return false;
        d->is_twelve_hour = true;
        break;
      case 'H':
      case 'k':
        if (!in.Number(2, &d->parts.hour)) return false;
        break;
      case 'i':
        if (!in.Number(2, &d->parts.minute)) return false;
        break;
      case 's':
      case 'S':
        if (!in.Number(2, &d->parts.second)) return false;
        break;
      case 'f':
        if (!in.Number(6, &d->parts.microsecond)) return false;
        for (size_t k = in.last_digits; k < 6; ++k) d->parts.microsecond *= 10;
        break;
      case 'p': {
        std::string_view half = input.substr(in.at, 2);
        if (EqualIgnoreAsciiCase(half, "PM")) {
          d->is_afternoon = true;
        } else if (!EqualIgnoreAsciiCase(half, "AM")) {
          return false;
        }
        d->has_half = true;
        in.at += 2;
        break;
      }
      case 'W':
        if (!in.Name(DayName, 0, 7, false, &n)) return false;
        d->weekday = n + 1;
        break;
      case 'a':
        if (!in.Name(DayName, 0, 7, true, &n)) return false;
        d->weekday = n + 1;
        break;
      case 'w':
        if (!in.Number(1, &n) || n >= 7) return false;
        d->weekday = n == 0 ? 7 : n;
        break;
      case 'j':
        if (!in.Number(3, &d->day_of_year) || d->day_of_year == 0 || d->day_of_year > 366) return false;
        break;
      case 'U':
      case 'u':
      case 'V':
      case 'v':
        if (!in.Number(2, &n) || n > 53) return false;
        d->week = n;
        d->is_sunday_first = c == 'U' || c == 'V';
        d->is_strict_week = c == 'V' || c == 'v';
        if (d->is_strict_week && n == 0) return false;
        break;
      case 'X':
      case 'x':
        if (!in.Number(4, &n)) return false;
        d->week_year = n;
        break;
      case 'r':
      case 'T': {
        size_t used = 0;
        std::string_view rest = input.substr(in.at);
        if (!ScanByFormat(rest, c == 'r' ? "%I:%i:%S %p" : "%H:%i:%S", d, &used)) return false;
        in.at += used;
        break;
      }
      case '.':
        while (in.at < input.size() && std::ispunct(static_cast<unsigned char>(input[in.at]))) ++in.at;
        break;
      case '@':
        while (in.at < input.size() && std::isalpha(static_cast<unsigned char>(input[in.at]))) ++in.at;
        break;
      case '#':
        while (in.at < input.size() && std::isdigit(static_cast<unsigned char>(input[in.at]))) ++in.at;
        break;
      default:
        if (input[in.at] != c) return false;
        ++in.at;
    }
  }
  *consumed = in.at;
  return true;
}

// Turns day of year, and weekday of a week, into a date.
bool FinishDate(ScannedDate* d) {
  DateTimeParts& p = d->parts;
  if (d->has_half) {
    if (p.hour > 12 || p.hour < 1) return false;
    p.hour = p.hour % 12 + (d->is_afternoon ? 12 : 0);
  } else if (d->is_twelve_hour) {
    if (p.hour > 12 || p.hour < 1) return false;
    p.hour %= 12;
  }
  if (p.hour > 23 || p.minute > 59 || p.second > 59 || p.month > 12 || p.day > 31) return false;
  int64_t day_number = 0;
  if (d->day_of_year != 0 && p.year != 0) {
    day_number = DayNumber(p.year, 1, 1) + d->day_of_year - 1;
  } else if (d->week >= 0 && d->weekday != 0) {
    if (d->is_strict_week != (d->week_year >= 0)) return false;
    int64_t year = d->is_strict_week ? d->week_year : p.year;
    int64_t january = DayNumber(static_cast<uint32_t>(year), 1, 1);
    int64_t weekday = WeekdayOf(january, d->is_sunday_first);
    if (d->is_sunday_first) {
      day_number = january + (weekday == 0 ? 0 : 7) - weekday + (d->week - 1) * 7 + d->weekday % 7;
    } else {
      day_number = january + (weekday <= 3 ? 0 : 7) - weekday + (d->week - 1) * 7 + d->weekday - 1;
    }
  }
  if (day_number > 0) {
    DateTimeParts day = UnpackDateTime(DateFromDayNumber(day_number));
    if (day.month == 0) return false;
    p.year = day.year;
    p.month = day.month;
    p.day = day.day;
  }
  return true;
}

Status EvalStrToDate(FunctionCall& call) {
  uint32_t flags = DateFlagsFromSqlMode(call.context.sql_mode);
  TypeId target = call.result->type().id;
  return MapRows(call, [&](uint32_t row) -> Status {
    std::string_view input = Text(call, 0, row);
    ScannedDate scanned;
    size_t consumed = 0;
    bool is_value = ScanByFormat(input, Text(call, 1, row), &scanned, &consumed) && FinishDate(&scanned);
    const DateTimeParts& p = scanned.parts;
    if (is_value && target != TypeId::kTime) is_value = IsValidDate(p.year, p.month, p.day, flags);
    if (!is_value) {
      call.result->SetNull(row);
      Error error = Error::Custom(1411, "HY000", fmt::format("Incorrect {} value: '{}' for function str_to_date",
                                                             target == TypeId::kTime ? "time" : "datetime", input));
      if (call.context.is_strict()) return error;
      call.context.diagnostics->Warn(error);
      return {};
    }
    int64_t packed = target == TypeId::kTime ? PackTime(p) : PackDateTime(p);
    call.result->SetInt64(row, target == TypeId::kDate ? DatePart(packed) : packed);
    while (consumed < input.size() && input[consumed] == ' ') ++consumed;
    if (consumed < input.size()) return ReportTruncatedValue(call.context, target == TypeId::kDate ? "date" : target == TypeId::kTime ? "time" : "datetime", input);
    return {};
  });
}

// Which parts a constant format mentions decides the type; unknown formats give DATETIME(6).
Status ResolveStrToDate(ResolveContext& c, Arguments a, Signature* s) {
  SqlType result = DatetimeOf(6);
  if (a[1].constant != nullptr && !a[1].constant->is_null() && a[1].type.IsString()) {
    bool has_date = false;
    bool has_time = false;
    bool has_fraction = false;
    const std::string& format = a[1].constant->string();
    for (size_t i = 0; i + 1 < format.size(); ++i) {
      if (format[i] != '%') continue;
      char f = format[++i];
      has_date |= std::strchr("MVUXYWabcjmvuxywdeD", f) != nullptr;
      has_time |= std::strchr("hHIikfSTlprs", f) != nullptr;
      has_fraction |= f == 'f';
    }
    if (has_date && !has_time) {
      result = DateOf();
    } else if (has_time && !has_date) {
      result = TimeOf(has_fraction ? 6 : 0);
    } else {
      result = DatetimeOf(has_fraction ? 6 : 0);
    }
  }
  return NullableCall(c, a, s, "uu", result, EvalStrToDate);
}

// --- GET_FORMAT -----------------------------------------------------------------------------------

struct NamedFormat {
  std::string_view region, date, time, datetime;
};
constexpr NamedFormat kFormats[] = {
    {"USA", "%m.%d.%Y", "%h:%i:%s %p", "%Y-%m-%d %H.%i.%s"},
    {"JIS", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
    {"ISO", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
    {"EUR", "%d.%m.%Y", "%H.%i.%s", "%Y-%m-%d %H.%i.%s"},
    {"INTERNAL", "%Y%m%d", "%H%i%s", "%Y%m%d%H%i%s"},
};
Status EvalGetFormat(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view kind = Text(call, 0, row);
    for (const NamedFormat& format : kFormats) {
      if (!EqualIgnoreAsciiCase(Text(call, 1, row), format.region)) continue;
      return call.result->SetString(row, EqualIgnoreAsciiCase(kind, "DATE")   ? format.date
                                         : EqualIgnoreAsciiCase(kind, "TIME") ? format.time
                                                                              : format.datetime);
    }
    call.result->SetNull(row);
  });
}
Status ResolveGetFormat(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "uu", 17, EvalGetFormat));
  s->is_nullable = true;
  return {};
}

// --- Unix time ------------------------------------------------------------------------------------

constexpr int64_t kMaxUnixSeconds = 32536771199;  // 3001-01-18 23:59:59 UTC

const TimeZone& Zone(const EvalContext& context) { return context.time_zone != nullptr ? *context.time_zone : *TimeZone::Utc(); }

Status EvalUnixNow(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) { call.result->SetInt64(row, call.context.statement_time_us / kMicrosPerSecond); });
}
Status EvalUnixTimestamp(FunctionCall& call) {
  bool is_decimal = call.result->physical() == PhysicalType::kDecimal;
  uint32_t scale = call.result->type().decimals;
  return MapRows(call, [&](uint32_t row) {
    int64_t packed = Int(call, 0, row);
    DateTimeParts p = UnpackDateTime(packed);
    int64_t micros = p.month == 0 || p.day == 0 ? 0 : Zone(call.context).ToUtc(packed);
    if (micros < 0 || micros / kMicrosPerSecond > kMaxUnixSeconds) micros = 0;
    if (!is_decimal) return call.result->SetInt64(row, micros / kMicrosPerSecond);
    Decimal shown = Decimal::FromScaled(micros, 6).Truncate(static_cast<int32_t>(scale));
    call.result->SetDecimal(row, shown);
  });
}
Status ResolveUnixTimestamp(ResolveContext& c, Arguments a, Signature* s) {
  if (a.empty()) {
    MAHI_RETURN_IF_ERROR(Call(c, a, s, "", BigintOf(11), EvalUnixNow));
    return {};
  }
  uint32_t fsp = FspOf(a[0]);
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "T", fsp == 0 ? BigintOf(11) : DecimalOf(11 + fsp, fsp), EvalUnixTimestamp));
  s->is_nullable = a[0].is_nullable || !a[0].type.IsTemporal();
  return {};
}

// FROM_UNIXTIME(seconds[, format]).
Status EvalFromUnixTime(FunctionCall& call) {
  bool has_format = call.arguments.size() > 1;
  std::string text;
  return MapRows(call, [&](uint32_t row) {
    Decimal micros;
    Decimal::Multiply(call.arguments[0]->DecimalAt(row), Decimal::FromInt64(kMicrosPerSecond), &micros);
    int64_t utc = 0;
    if (!micros.Round(0).ToInt64(&utc) || utc < 0 || utc / kMicrosPerSecond > kMaxUnixSeconds) return call.result->SetNull(row);
    int64_t packed = Zone(call.context).ToLocal(utc);
    if (!has_format) return call.result->SetInt64(row, RoundTemporal(packed, TypeId::kDateTime, call.result->type().decimals));
    text.clear();
    if (!FormatParts(UnpackDateTime(packed), Text(call, 1, row), false, &text)) return call.result->SetNull(row);
    call.result->SetString(row, text);
  });
}
Status ResolveFromUnixTime(ResolveContext& c, Arguments a, Signature* s) {
  uint32_t fsp = FspOf(a[0]);
  SqlType seconds = SqlType::Decimal(30, 9);
  if (a.size() > 1) {
    MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "=b", FormatLength(a[1]), EvalFromUnixTime));
  } else {
    MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", DatetimeOf(fsp), EvalFromUnixTime));
  }
  s->is_nullable = true;
  s->arguments[0] = seconds;
  return {};
}

// --- Zones and parts ------------------------------------------------------------------------------

Status EvalConvertTz(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    auto from = TimeZone::Find(Text(call, 1, row));
    auto to = TimeZone::Find(Text(call, 2, row));
    int64_t packed = Int(call, 0, row);
    DateTimeParts p = UnpackDateTime(packed);
    if (!from.ok() || !to.ok() || p.month == 0 || p.day == 0) return call.result->SetNull(row);
    int64_t utc = (*from)->ToUtc(packed);
    // Outside the range of time stamps nothing is converted.
    bool is_in_range = utc >= 0 && utc / kMicrosPerSecond <= kMaxUnixSeconds;
    call.result->SetInt64(row, is_in_range ? (*to)->ToLocal(utc) : packed);
  });
}
Status ResolveConvertTz(ResolveContext& c, Arguments a, Signature* s) {
  return NullableCall(c, a, s, "Tuu", DatetimeOf(FspOf(a[0])), EvalConvertTz);
}

Status EvalMakeDate(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    int64_t year = Int(call, 0, row);
    int64_t day = Int(call, 1, row);
    if (year < 0 || year > 9999 || day <= 0 || day > 4000000) return call.result->SetNull(row);
    if (year < 100) year = YearFromTwoDigits(static_cast<uint32_t>(year));
    int64_t date = DateFromDayNumber(DayNumber(static_cast<uint32_t>(year), 1, 1) + day - 1);
    if (date == 0) return call.result->SetNull(row);
    call.result->SetInt64(row, date);
  });
}
Status ResolveMakeDate(ResolveContext& c, Arguments a, Signature* s) { return NullableCall(c, a, s, "ii", DateOf(), EvalMakeDate); }

Status EvalMakeTime(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t hour = Count(call, 0, row);
    int64_t minute = Int(call, 1, row);
    const Decimal& second = call.arguments[2]->DecimalAt(row);
    Decimal micros;
    Decimal::Multiply(second, Decimal::FromInt64(kMicrosPerSecond), &micros);
    int64_t fraction = 0;
    if (minute < 0 || minute > 59 || second.is_negative() || !micros.Round(0).ToInt64(&fraction) || fraction >= 60 * kMicrosPerSecond) {
      call.result->SetNull(row);
      return {};
    }
    uint64_t hours = hour < 0 ? -static_cast<uint64_t>(hour) : static_cast<uint64_t>(hour);
    if (hours > 838) {
      call.result->SetInt64(row, hour < 0 ? -kMaxTimePacked : kMaxTimePacked);
      return ReportTruncatedValue(call.context, "time", fmt::format("{}:{:02}:{:02}", hour, minute, fraction / kMicrosPerSecond));
    }
    int64_t magnitude = (static_cast<int64_t>(hours) * 3600 + minute * 60) * kMicrosPerSecond + fraction;
    call.result->SetInt64(row, RoundTemporal(MicrosToTime(hour < 0 ? -magnitude : magnitude), TypeId::kTime, call.result->type().decimals));
    return {};
  });
}
Status ResolveMakeTime(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, "ni=", TimeOf(FspOf(a[2])), EvalMakeTime));
  s->arguments[2] = SqlType::Decimal(30, 9);
  return {};
}

Status EvalSecToTime(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    Decimal micros;
    const Decimal& seconds = call.arguments[0]->DecimalAt(row);
    Decimal::Multiply(seconds, Decimal::FromInt64(kMicrosPerSecond), &micros);
    int64_t value = 0;
    bool is_clipped = !micros.Round(0).ToInt64(&value);
    bool is_beyond = false;
    int64_t packed = MicrosToTime(value, &is_beyond);
    call.result->SetInt64(row, RoundTemporal(packed, TypeId::kTime, call.result->type().decimals));
    if (is_clipped || is_beyond) return ReportTruncatedValue(call.context, "time", seconds.Round(0).ToString());
    return {};
  });
}
Status ResolveSecToTime(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", TimeOf(FspOf(a[0])), EvalSecToTime));
  s->arguments[0] = SqlType::Decimal(30, 9);
  return {};
}

Status EvalFromDays(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, DateFromDayNumber(Int(call, 0, row))); });
}
Status ResolveFromDays(ResolveContext& c, Arguments a, Signature* s) { return NullableCall(c, a, s, "i", DateOf(), EvalFromDays); }

const FunctionDescriptor kFunctions[] = {
    {"date_format", 2, 2, 0, ResolveFormat<false>, "temporal", "DATE_FORMAT(date, format): as text"},
    {"time_format", 2, 2, 0, ResolveFormat<true>, "temporal", "TIME_FORMAT(time, format): as text"},
    {"str_to_date", 2, 2, 0, ResolveStrToDate, "temporal", "STR_TO_DATE(text, format): read by a format"},
    {"get_format", 2, 2, 0, ResolveGetFormat, "temporal", "GET_FORMAT(DATE|TIME|DATETIME, region): a format"},
    {"unix_timestamp", 0, 1, kFunctionPerStatement, ResolveUnixTimestamp, "temporal", "UNIX_TIMESTAMP([date]): seconds since 1970 UTC"},
    {"from_unixtime", 1, 2, kFunctionPerStatement, ResolveFromUnixTime, "temporal", "FROM_UNIXTIME(seconds[, format])"},
    {"convert_tz", 3, 3, 0, ResolveConvertTz, "temporal", "CONVERT_TZ(date, from, to): in another time zone"},
    {"makedate", 2, 2, 0, ResolveMakeDate, "temporal", "MAKEDATE(year, day): the nth day of a year"},
    {"maketime", 3, 3, 0, ResolveMakeTime, "temporal", "MAKETIME(hour, minute, second)"},
    {"sec_to_time", 1, 1, 0, ResolveSecToTime, "temporal", "SEC_TO_TIME(seconds)"},
    {"from_days", 1, 1, 0, ResolveFromDays, "temporal", "FROM_DAYS(n): the date with that day number"},
};

}  // namespace

std::span<const FunctionDescriptor> TemporalFormatFunctions() { return kFunctions; }

}  // namespace mahi
