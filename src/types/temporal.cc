#include "types/temporal.h"

#include "types/sql_mode.h"

namespace mahi {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsPunctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

constexpr uint32_t kPowersOfTen[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

// A front-to-back reader of digits.
struct Scanner {
  std::string_view text;
  size_t at = 0;

  bool Done() const { return at >= text.size(); }
  char Peek() const { return at < text.size() ? text[at] : '\0'; }
  void SkipSpace() {
    while (at < text.size() && IsSpace(text[at])) ++at;
  }
  // Up to max_digits digits; returns how many.
  uint32_t Digits(uint32_t max_digits, uint64_t* value) {
    uint32_t count = 0;
    *value = 0;
    while (count < max_digits && at < text.size() && IsDigit(text[at])) {
      *value = *value * 10 + static_cast<uint64_t>(text[at++] - '0');
      ++count;
    }
    return count;
  }
  // The digits after a point: microseconds, and the seventh digit for rounding.
  void Fraction(uint32_t* microsecond, uint32_t* seventh, uint8_t* fsp) {
    uint32_t count = 0;
    *microsecond = *seventh = 0;
    for (; at < text.size() && IsDigit(text[at]); ++at, ++count) {
      uint32_t digit = static_cast<uint32_t>(text[at] - '0');
      if (count < 6) {
        *microsecond = *microsecond * 10 + digit;
      } else if (count == 6) {
        *seventh = digit;
      }
    }
    for (uint32_t i = count; i < 6; ++i) *microsecond *= 10;
    *fsp = static_cast<uint8_t>(count < 6 ? count : 6);
  }
};

// Checks the parts under the flags; fills the report.
bool CheckDateTime(const DateTimeParts& p, uint32_t flags, TemporalReport* report) {
  if (p.hour > 23 || p.minute > 59 || p.second > 59 || p.microsecond > 999999) {
    report->is_bad = report->is_out_of_range = true;
    return false;
  }
  if (!IsValidDate(p.year, p.month, p.day, flags)) {
    report->is_bad = report->is_out_of_range = true;
    report->is_zero_date = (p.month == 0 || p.day == 0) && p.month <= 12 && p.day <= 31;
    return false;
  }
  return true;
}

// Adds one microsecond when the seventh digit asks for it, then rounds to fsp. False on overflow.
bool FinishDateTime(const DateTimeParts& parts, uint32_t seventh, TypeId type, uint8_t fsp, uint32_t flags,
                    int64_t* packed, TemporalReport* report) {
  int64_t value = PackDateTime(parts);
  bool truncates = (flags & kDateTruncateFraction) != 0;
  if (type == TypeId::kDate) {
    if (TimePart(value) != 0) report->is_fraction_lost = true;
    *packed = DatePart(value);
    return true;
  }
  if (seventh != 0) report->is_fraction_lost = true;
  if (parts.month != 0 && parts.day != 0 && !truncates && seventh >= 5) {
    int64_t micros = DateTimeToMicros(value) + 1;
    if (!MicrosToDateTime(micros, &value)) {
      report->is_bad = report->is_out_of_range = true;
      return false;
    }
  }
  int64_t rounded = truncates ? TruncateTemporal(value, fsp) : RoundTemporal(value, TypeId::kDateTime, fsp);
  if (rounded != value) report->is_fraction_lost = true;
  if (rounded > PackDateTime({9999, 12, 31, 23, 59, 59, 999999, false})) {
    report->is_bad = report->is_out_of_range = true;
    return false;
  }
  *packed = rounded;
  return true;
}

bool ParseDateTimeParts(std::string_view text, DateTimeParts* parts, uint32_t* seventh, bool* has_offset,
                        int32_t* offset_seconds, size_t* end, TemporalReport* report) {
  Scanner in{text};
  in.SkipSpace();
  size_t start = in.at;
  size_t run = start;
  while (run < text.size() && IsDigit(text[run])) ++run;
  size_t digits = run - start;
  if (digits == 0) return false;
  *seventh = 0;
  *has_offset = false;
  bool numeric = run == text.size() || text[run] == '.' || text[run] == 'T' || IsSpace(text[run]);
  // "2020 01 01" and "10.11.12" are delimited forms; a run of five or more digits is not.
  if (numeric && run < text.size() && digits < 5) numeric = false;
  uint64_t field = 0;
  uint32_t fields = 0;
  bool two_digit_year = false;
  uint32_t* const target[] = {&parts->year, &parts->month, &parts->day,
                              &parts->hour, &parts->minute, &parts->second};
  if (numeric) {
    two_digit_year = !(digits == 4 || digits == 8 || digits >= 14);
    uint32_t width = two_digit_year ? 2 : 4;
    while (fields < 6 && in.at < run) {
      uint32_t count = static_cast<uint32_t>(run - in.at) < width ? static_cast<uint32_t>(run - in.at) : width;
      in.Digits(count, &field);
      *target[fields++] = static_cast<uint32_t>(field);
      width = 2;
    }
    if (fields == 3 && (in.Peek() == 'T' || (IsSpace(in.Peek()) && in.at + 1 < text.size() && IsDigit(text[in.at + 1])))) {
      // Date as one number, time delimited.
      size_t mark = in.at;
      if (in.Peek() == 'T') {
        ++in.at;
      } else {
        in.SkipSpace();
      }
      if (!IsDigit(in.Peek())) in.at = mark;
      while (fields < 6 && IsDigit(in.Peek())) {
        in.Digits(2, &field);
        *target[fields++] = static_cast<uint32_t>(field);
        if (fields < 6 && in.Peek() == ':') ++in.at;
      }
    }
  } else {
    while (fields < 6) {
      uint32_t count = in.Digits(fields == 0 ? 4 : 2, &field);
      if (count == 0) break;
      if (fields == 0) two_digit_year = count <= 2;
      *target[fields++] = static_cast<uint32_t>(field);
      if (fields == 6) break;
      size_t mark = in.at;
      if (fields == 3) {
        if (in.Peek() == 'T' || in.Peek() == 't') {
          ++in.at;
        } else if (IsSpace(in.Peek())) {
          in.SkipSpace();
        } else {
          while (IsPunctuation(in.Peek())) ++in.at;
        }
      } else {
        while (IsPunctuation(in.Peek()) || (fields < 3 && IsSpace(in.Peek()))) {
          if (fields >= 3 && in.Peek() == '.') break;
          ++in.at;
        }
      }
      if (in.at == mark || !IsDigit(in.Peek())) {
        in.at = mark;
        break;
      }
    }
  }
  if (fields < 3) return false;
  report->has_time = fields > 3;
  if (fields == 6 && in.Peek() == '.') {
    ++in.at;
    in.Fraction(&parts->microsecond, seventh, &report->fsp);
  }
  if (two_digit_year && (parts->year != 0 || parts->month != 0 || parts->day != 0)) {
    parts->year = YearFromTwoDigits(parts->year);
  }
  // Offset +hh:mm.
  if (fields >= 5 && (in.Peek() == '+' || in.Peek() == '-') && in.at + 6 <= text.size() &&
      IsDigit(text[in.at + 1]) && IsDigit(text[in.at + 2]) && text[in.at + 3] == ':' &&
      IsDigit(text[in.at + 4]) && IsDigit(text[in.at + 5])) {
    int32_t hours = (text[in.at + 1] - '0') * 10 + (text[in.at + 2] - '0');
    int32_t minutes = (text[in.at + 4] - '0') * 10 + (text[in.at + 5] - '0');
    bool negative = text[in.at] == '-';
    int32_t seconds = (hours * 60 + minutes) * 60;
    if (minutes > 59 || seconds > 14 * 3600 || (negative && (seconds == 0 || seconds >= 14 * 3600))) return false;
    *has_offset = true;
    *offset_seconds = negative ? -seconds : seconds;
    in.at += 6;
  }
  in.SkipSpace();
  if (!in.Done()) report->is_truncated = true;
  *end = in.at;
  return true;
}

int64_t ParseDateTime(std::string_view text, TypeId type, uint8_t fsp, uint32_t flags, const TimeZone* zone,
                      TemporalReport* report) {
  DateTimeParts parts;
  uint32_t seventh;
  bool has_offset = false;
  int32_t offset = 0;
  size_t end;
  if (!ParseDateTimeParts(text, &parts, &seventh, &has_offset, &offset, &end, report)) {
    report->is_bad = true;
    return 0;
  }
  if (!CheckDateTime(parts, flags, report)) return 0;
  if (has_offset) {
    if (parts.month == 0 || parts.day == 0 || zone == nullptr) {
      report->is_bad = true;
      return 0;
    }
    int64_t local = DateTimeToMicros(PackDateTime(parts)) - DayNumber(1970, 1, 1) * kMicrosPerDay;
    parts = UnpackDateTime(zone->ToLocal(local - offset * kMicrosPerSecond));
  }
  int64_t packed = 0;
  return FinishDateTime(parts, seventh, type, fsp, flags, &packed, report) ? packed : 0;
}

int64_t FinishTime(DateTimeParts parts, uint64_t hours, uint32_t seventh, uint8_t fsp, uint32_t flags,
                   TemporalReport* report) {
  if (parts.minute > 59 || parts.second > 59) {
    report->is_bad = report->is_out_of_range = true;
    return 0;
  }
  if (hours > 838) {
    report->is_out_of_range = true;
    return parts.is_negative ? -kMaxTimePacked : kMaxTimePacked;
  }
  parts.hour = static_cast<uint32_t>(hours);
  bool truncates = (flags & kDateTruncateFraction) != 0;
  int64_t packed = PackTime(parts);
  if (seventh != 0) report->is_fraction_lost = true;
  if (seventh >= 5 && !truncates) packed = MicrosToTime(TimeToMicros(packed) + (parts.is_negative ? -1 : 1));
  int64_t rounded = truncates ? TruncateTemporal(packed, fsp) : RoundTemporal(packed, TypeId::kTime, fsp);
  if (rounded != packed) report->is_fraction_lost = true;
  if (rounded > kMaxTimePacked || rounded < -kMaxTimePacked) {
    report->is_out_of_range = true;
    return rounded < 0 ? -kMaxTimePacked : kMaxTimePacked;
  }
  return rounded;
}

// H:, HHH: or D HH: cannot begin a datetime.
bool BeginsLikeTime(std::string_view text) {
  size_t i = 0;
  while (i < text.size() && IsDigit(text[i])) ++i;
  return i < 8 && i < text.size() && (text[i] == ':' || text[i] == ' ');
}

int64_t ParseTime(std::string_view text, uint8_t fsp, uint32_t flags, const TimeZone* zone,
                  TemporalReport* report) {
  Scanner in{text};
  in.SkipSpace();
  DateTimeParts parts;
  if (in.Peek() == '-' || in.Peek() == '+') {
    parts.is_negative = in.Peek() == '-';
    ++in.at;
  } else if (text.size() - in.at >= 12 && !BeginsLikeTime(text.substr(in.at))) {
    // Perhaps a whole datetime.
    TemporalReport datetime_report;
    DateTimeParts datetime;
    uint32_t seventh;
    bool has_offset;
    int32_t offset;
    size_t end;
    if (ParseDateTimeParts(text.substr(in.at), &datetime, &seventh, &has_offset, &offset, &end, &datetime_report) &&
        datetime_report.has_time) {
      int64_t value = ParseDateTime(text, TypeId::kDateTime, fsp, flags | kDateFuzzy, zone, report);
      return report->is_bad ? 0 : TimePart(value);
    }
  }
  if (!IsDigit(in.Peek()) && in.Peek() != '.') {
    report->is_bad = !in.Done() || in.at > 0;
    report->is_truncated = true;
    if (text.empty()) report->is_bad = false;
    return 0;
  }
  report->has_time = true;
  uint64_t first = 0;
  uint32_t digits = in.Digits(18, &first);
  uint64_t hours = 0;
  uint64_t field = 0;
  uint32_t seventh = 0;
  bool delimited = false;
  size_t mark = in.at;
  bool has_space = digits > 0 && IsSpace(in.Peek());
  if (has_space) in.SkipSpace();
  if (has_space && IsDigit(in.Peek())) {  // D HH[:MM[:SS]]
    in.Digits(18, &field);
    hours = (first > 1000 ? 1000 : first) * 24 + (field > 100000 ? 100000 : field);
    delimited = true;
  } else {
    in.at = mark;
    if (in.Peek() == ':') {
      hours = first;
      delimited = true;
    }
  }
  if (delimited) {
    if (in.Peek() == ':' && in.at + 1 < text.size() && IsDigit(text[in.at + 1])) {
      ++in.at;
      in.Digits(9, &field);
      parts.minute = static_cast<uint32_t>(field > 60 ? 60 : field);
      if (in.Peek() == ':' && in.at + 1 < text.size() && IsDigit(text[in.at + 1])) {
        ++in.at;
        in.Digits(9, &field);
        parts.second = static_cast<uint32_t>(field > 60 ? 60 : field);
      }
    }
  } else {
    parts.second = static_cast<uint32_t>(first % 100);
    parts.minute = static_cast<uint32_t>(first / 100 % 100);
    hours = first / 10000;
  }
  if (in.Peek() == '.') {
    ++in.at;
    in.Fraction(&parts.microsecond, &seventh, &report->fsp);
  }
  in.SkipSpace();
  if (!in.Done()) report->is_truncated = true;
  return FinishTime(parts, hours, seventh, fsp, flags, report);
}

void AppendTwo(uint32_t value, std::string* out) {
  out->push_back(static_cast<char>('0' + value / 10 % 10));
  out->push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

uint32_t DateFlagsFromSqlMode(uint64_t sql_mode) {
  uint32_t flags = kDateDefault;
  if (sql_mode & kSqlModeNoZeroInDate) flags |= kDateNoZeroInDate;
  if (sql_mode & kSqlModeNoZeroDate) flags |= kDateNoZeroDate;
  if (sql_mode & kSqlModeAllowInvalidDates) flags |= kDateAllowInvalid;
  if (sql_mode & kSqlModeTimeTruncateFractional) flags |= kDateTruncateFraction;
  return flags;
}

int64_t ParseTemporal(std::string_view text, TypeId type, uint8_t fsp, uint32_t flags, const TimeZone* zone,
                      TemporalReport* report) {
  if (type == TypeId::kTime) return ParseTime(text, fsp, flags, zone, report);
  return ParseDateTime(text, type, fsp, flags, zone, report);
}

int64_t TemporalFromNumber(int64_t number, uint32_t nanos, TypeId type, uint8_t fsp, uint32_t flags,
                           TemporalReport* report) {
  uint32_t microsecond = nanos / 1000;
  uint32_t seventh = nanos / 100 % 10;
  DateTimeParts parts;
  parts.microsecond = microsecond;
  report->fsp = nanos != 0 ? 6 : 0;
  uint64_t n = number < 0 ? ~static_cast<uint64_t>(number) + 1 : static_cast<uint64_t>(number);
  if (type == TypeId::kTime && n <= 99999999 && !(n > 8385959 && number > 0 && n >= 10000000000ull)) {
    parts.is_negative = number < 0;
    parts.second = static_cast<uint32_t>(n % 100);
    parts.minute = static_cast<uint32_t>(n / 100 % 100);
    if (n / 10000 > 838) {
      report->is_out_of_range = true;
      return parts.is_negative ? -kMaxTimePacked : kMaxTimePacked;
    }
    return FinishTime(parts, n / 10000, seventh, fsp, flags, report);
  }
  if (type == TypeId::kTime && n < 10000000000ull) {
    report->is_out_of_range = true;
    return number < 0 ? -kMaxTimePacked : kMaxTimePacked;
  }
  if (number < 0) {
    report->is_bad = true;
    return 0;
  }
  uint64_t date = n, time = 0;
  if (n >= 100000000) {
    date = n / 1000000;
    time = n % 1000000;
    report->has_time = true;
  }
  if (date != 0 || time != 0) {
    // YYMMDD or YYYYMMDD.
    if (date <= 991231 && !(report->has_time && n >= 10000101000000ull)) {
      if (date < 101 || (date % 10000) / 100 > 12) {
        report->is_bad = true;
        return 0;
      }
      date = YearFromTwoDigits(static_cast<uint32_t>(date / 10000)) * 10000 + date % 10000;
    } else if (date < 10000101 && !(report->has_time)) {
      report->is_bad = true;
      return 0;
    } else if (date > 99991231) {
      report->is_bad = true;
      return 0;
    }
  }
  parts.year = static_cast<uint32_t>(date / 10000);
  parts.month = static_cast<uint32_t>(date / 100 % 100);
  parts.day = static_cast<uint32_t>(date % 100);
  parts.hour = static_cast<uint32_t>(time / 10000);
  parts.minute = static_cast<uint32_t>(time / 100 % 100);
  parts.second = static_cast<uint32_t>(time % 100);
  if (!CheckDateTime(parts, flags, report)) return 0;
  int64_t packed = 0;
  TypeId as = type == TypeId::kTime ? TypeId::kDateTime : type;
  if (!FinishDateTime(parts, seventh, as, fsp, flags, &packed, report)) return 0;
  return type == TypeId::kTime ? TimePart(packed) : packed;
}

int64_t TemporalToNumber(int64_t packed, TypeId type) {
  if (type == TypeId::kTime) {
    DateTimeParts p = UnpackTime(packed);
    int64_t n = static_cast<int64_t>(p.hour) * 10000 + p.minute * 100 + p.second;
    return p.is_negative ? -n : n;
  }
  DateTimeParts p = UnpackDateTime(packed);
  int64_t date = static_cast<int64_t>(p.year) * 10000 + p.month * 100 + p.day;
  if (type == TypeId::kDate) return date;
  return date * 1000000 + p.hour * 10000 + p.minute * 100 + p.second;
}

void AppendTemporal(int64_t packed, TypeId type, uint8_t fsp, std::string* out) {
  DateTimeParts p;
  if (type == TypeId::kTime) {
    p = UnpackTime(packed);
    if (p.is_negative) out->push_back('-');
    if (p.hour >= 100) out->push_back(static_cast<char>('0' + p.hour / 100));
    AppendTwo(p.hour % 100, out);
  } else {
    p = UnpackDateTime(packed);
    AppendTwo(p.year / 100, out);
    AppendTwo(p.year % 100, out);
    out->push_back('-');
    AppendTwo(p.month, out);
    out->push_back('-');
    AppendTwo(p.day, out);
    if (type == TypeId::kDate) return;
    out->push_back(' ');
    AppendTwo(p.hour, out);
  }
  out->push_back(':');
  AppendTwo(p.minute, out);
  out->push_back(':');
  AppendTwo(p.second, out);
  if (fsp > 6) fsp = 6;
  if (fsp == 0) return;
  out->push_back('.');
  uint32_t fraction = p.microsecond;
  for (uint8_t i = 0; i < fsp; ++i) {
    out->push_back(static_cast<char>('0' + fraction / 100000 % 10));
    fraction = fraction % 100000 * 10;
  }
}

std::string TemporalToString(int64_t packed, TypeId type, uint8_t fsp) {
  std::string text;
  AppendTemporal(packed, type, fsp, &text);
  return text;
}

int64_t TruncateTemporal(int64_t packed, uint8_t fsp) {
  if (fsp >= 6) return packed;
  int64_t magnitude = packed < 0 ? -packed : packed;
  int64_t cut = (magnitude & 0xffffff) % kPowersOfTen[6 - fsp];
  return packed < 0 ? packed + cut : packed - cut;
}

int64_t RoundTemporal(int64_t packed, TypeId type, uint8_t fsp) {
  if (fsp >= 6) return packed;
  int64_t magnitude = packed < 0 ? -packed : packed;
  uint32_t unit = kPowersOfTen[6 - fsp];
  uint32_t fraction = static_cast<uint32_t>(magnitude & 0xffffff);
  uint32_t cut = fraction % unit;
  if (cut == 0) return packed;
  if (cut < unit / 2) return TruncateTemporal(packed, fsp);
  fraction = fraction - cut + unit;
  if (fraction < 1000000) {
    int64_t rounded = (magnitude & ~int64_t{0xffffff}) | fraction;
    return packed < 0 ? -rounded : rounded;
  }
  if (type == TypeId::kTime) {
    int64_t micros = TimeToMicros(magnitude & ~int64_t{0xffffff}) + kMicrosPerSecond;
    int64_t rounded = MicrosToTime(micros);
    return packed < 0 ? -rounded : rounded;
  }
  int64_t base = magnitude & ~int64_t{0xffffff};
  DateTimeParts p = UnpackDateTime(base);
  if (p.month == 0 || p.day == 0) return base;
  int64_t result;
  if (!MicrosToDateTime(DateTimeToMicros(base) + kMicrosPerSecond, &result)) {
    return PackDateTime({10000, 1, 1, 0, 0, 0, 0, false});
  }
  return result;
}

int64_t ConvertTemporal(int64_t packed, TypeId from, TypeId to, int64_t current_date) {
  if (from == to) return packed;
  if (from == TypeId::kTime) {
    // The time counts from midnight of the current day; hours beyond a day and negative times move the date.
    DateTimeParts day = UnpackDateTime(current_date);
    int64_t micros = DayNumber(day.year, day.month, day.day) * kMicrosPerDay + TimeToMicros(packed);
    int64_t result = 0;
    MicrosToDateTime(micros, &result);
    return to == TypeId::kDate ? DatePart(result) : result;
  }
  if (to == TypeId::kTime) return TimePart(packed);
  if (to == TypeId::kDate) return DatePart(packed);
  return packed;
}

bool IsLeapYear(uint32_t year) { return year % 4 == 0 && (year % 100 != 0 || (year % 400 == 0 && year != 0)); }

uint32_t DaysInMonth(uint32_t year, uint32_t month) {
  static constexpr uint8_t kDays[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month > 12) return 0;
  return month == 2 && IsLeapYear(year) ? 29 : kDays[month];
}

bool IsValidDate(uint32_t year, uint32_t month, uint32_t day, uint32_t flags) {
  if (year > 9999 || month > 12 || day > 31) return false;
  bool fuzzy = (flags & kDateFuzzy) != 0;
  if (year == 0 && month == 0 && day == 0) return fuzzy || (flags & kDateNoZeroDate) == 0;
  if ((month == 0 || day == 0) && !fuzzy && (flags & kDateNoZeroInDate)) return false;
  if (month == 0 || (flags & kDateAllowInvalid)) return true;
  return day <= DaysInMonth(year, month);
}

// Days before year y (y >= 1) since 0000-01-01 = day 1, in the proleptic Gregorian calendar; as TO_DAYS does, year 0
// has 365 days.
int64_t DayNumber(uint32_t year, uint32_t month, uint32_t day) {
  static constexpr uint16_t kBefore[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  if (year == 0 && month == 0) return 0;
  int64_t past = static_cast<int64_t>(year) - 1;  // whole years before this one, -1 for year 0
  int64_t days = static_cast<int64_t>(year) * 365;
  if (year > 0) days += past / 4 - past / 100 + past / 400;
  days += kBefore[month <= 12 ? month : 0] + static_cast<int64_t>(day);
  if (month > 2 && IsLeapYear(year)) ++days;
  return days;
}

int64_t DateFromDayNumber(int64_t day_number) {
  if (day_number < 366 || day_number > 3652424) return 0;
  // Count from 0001-01-01 (day 366): 400-year cycles of 146097 days.
  int64_t rest = day_number - 366;
  int64_t cycles = rest / 146097;
  rest %= 146097;
  int64_t centuries = rest / 36524;
  if (centuries == 4) centuries = 3;
  rest -= centuries * 36524;
  int64_t quads = rest / 1461;
  rest -= quads * 1461;
  int64_t years = rest / 365;
  if (years == 4) years = 3;
  rest -= years * 365;
  uint32_t year = static_cast<uint32_t>(cycles * 400 + centuries * 100 + quads * 4 + years + 1);
  uint32_t month = 1;
  for (uint32_t days; rest >= (days = DaysInMonth(year, month)); ++month) rest -= days;
  return PackDate(year, month, static_cast<uint32_t>(rest) + 1);
}

uint32_t WeekdayOf(int64_t day_number, bool sunday_first) {
  // Day 2 (0000-01-02) counts as a Monday.
  return static_cast<uint32_t>((day_number + 5 + (sunday_first ? 1 : 0)) % 7);
}

uint32_t WeekOf(const DateTimeParts& date, uint32_t mode, uint32_t* year) {
  bool monday_first = (mode & 1) != 0;
  bool from_one = (mode & 2) != 0;                   // weeks 1..53, early days belong to the year before
  bool majority = ((mode & 4) != 0) != monday_first;  // week 1 has four or more days in this year
  // First day of week 1 of a year.
  auto first_week = [&](uint32_t y) -> int64_t {
    int64_t january_first = DayNumber(y, 1, 1);
    int64_t weekday = WeekdayOf(january_first, !monday_first);
    if (majority) return weekday <= 3 ? january_first - weekday : january_first + 7 - weekday;
    return weekday == 0 ? january_first : january_first + 7 - weekday;
  };
  int64_t day = DayNumber(date.year, date.month, date.day);
  uint32_t y = date.year;
  int64_t start = first_week(y);
  if (from_one) {
    if (day < start) {
      y = y > 0 ? y - 1 : 0;
      start = first_week(y);
    } else {
      int64_t next = first_week(y + 1);
      if (day >= next) {
        ++y;
        start = next;
      }
    }
  }
  if (year != nullptr) *year = y;
  if (day < start) return 0;
  return static_cast<uint32_t>((day - start) / 7 + 1);
}

uint32_t DayOfYear(const DateTimeParts& date) {
  return static_cast<uint32_t>(DayNumber(date.year, date.month, date.day) - DayNumber(date.year, 1, 1) + 1);
}

uint32_t YearFromTwoDigits(uint32_t year) { return year >= 100 ? year : year < 70 ? 2000 + year : 1900 + year; }

int64_t TimeToMicros(int64_t packed) {
  DateTimeParts p = UnpackTime(packed);
  int64_t micros = (static_cast<int64_t>(p.hour) * 3600 + p.minute * 60 + p.second) * kMicrosPerSecond + p.microsecond;
  return p.is_negative ? -micros : micros;
}

int64_t MicrosToTime(int64_t micros, bool* is_clipped) {
  constexpr int64_t kMost = (838LL * 3600 + 59 * 60 + 59) * kMicrosPerSecond;
  bool clipped = micros > kMost || micros < -kMost;
  if (is_clipped != nullptr) *is_clipped = clipped;
  if (clipped) return micros < 0 ? -kMaxTimePacked : kMaxTimePacked;
  DateTimeParts p;
  p.is_negative = micros < 0;
  if (micros < 0) micros = -micros;
  p.microsecond = static_cast<uint32_t>(micros % kMicrosPerSecond);
  int64_t seconds = micros / kMicrosPerSecond;
  p.second = static_cast<uint32_t>(seconds % 60);
  p.minute = static_cast<uint32_t>(seconds / 60 % 60);
  p.hour = static_cast<uint32_t>(seconds / 3600);
  return PackTime(p);
}

int64_t DateTimeToMicros(int64_t packed) {
  DateTimeParts p = UnpackDateTime(packed);
  return DayNumber(p.year, p.month, p.day) * kMicrosPerDay +
         (static_cast<int64_t>(p.hour) * 3600 + p.minute * 60 + p.second) * kMicrosPerSecond + p.microsecond;
}

bool MicrosToDateTime(int64_t micros, int64_t* packed) {
  if (micros < 0) return false;
  int64_t day = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  int64_t date;
  if (day >= 366) {
    date = DateFromDayNumber(day);
    if (date == 0) return false;
  } else {  // year 0, which has 365 days
    if (day < 1) return false;
    int64_t left = day - 1;
    uint32_t month = 1;
    for (uint32_t days; left >= (days = DaysInMonth(0, month)); ++month) left -= days;
    date = PackDate(0, month, static_cast<uint32_t>(left) + 1);
  }
  *packed = date | TimePart(MicrosToTime(rest));
  return true;
}

namespace {
struct UnitInfo {
  const char* name;
  int64_t micros[5];  // weight of each number in the text, most significant first; months for kYear..
  uint8_t count;
  bool is_months;
  bool has_time;
  bool has_micros;
};
constexpr int64_t kSecond = kMicrosPerSecond, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr UnitInfo kUnits[] = {
    {"MICROSECOND", {1}, 1, false, true, true},
    {"SECOND", {kSecond}, 1, false, true, false},
    {"MINUTE", {kMinute}, 1, false, true, false},
    {"HOUR", {kHour}, 1, false, true, false},
    {"DAY", {kDay}, 1, false, false, false},
    {"WEEK", {7 * kDay}, 1, false, false, false},
    {"MONTH", {1}, 1, true, false, false},
    {"QUARTER", {3}, 1, true, false, false},
    {"YEAR", {12}, 1, true, false, false},
    {"SECOND_MICROSECOND", {kSecond, 1}, 2, false, true, true},
    {"MINUTE_MICROSECOND", {kMinute, kSecond, 1}, 3, false, true, true},
    {"MINUTE_SECOND", {kMinute, kSecond}, 2, false, true, false},
    {"HOUR_MICROSECOND", {kHour, kMinute, kSecond, 1}, 4, false, true, true},
    {"HOUR_SECOND", {kHour, kMinute, kSecond}, 3, false, true, false},
    {"HOUR_MINUTE", {kHour, kMinute}, 2, false, true, false},
    {"DAY_MICROSECOND", {kDay, kHour, kMinute, kSecond, 1}, 5, false, true, true},
    {"DAY_SECOND", {kDay, kHour, kMinute, kSecond}, 4, false, true, false},
    {"DAY_MINUTE", {kDay, kHour, kMinute}, 3, false, true, false},
    {"DAY_HOUR", {kDay, kHour}, 2, false, true, false},
    {"YEAR_MONTH", {12, 1}, 2, true, false, false},
};
const UnitInfo& Info(IntervalUnit unit) { return kUnits[static_cast<size_t>(unit)]; }

// interval += value * weight.
void AddTerm(const UnitInfo& info, int64_t weight, int64_t value, Interval* interval) {
  int64_t amount;
  if (!info.is_months && weight % kDay == 0) {
    if (__builtin_mul_overflow(weight / kDay, value, &amount) ||
        __builtin_add_overflow(interval->days, amount, &interval->days)) {
      interval->is_overflow = true;
    }
    return;
  }
  int64_t* to = info.is_months ? &interval->months : &interval->micros;
  if (__builtin_mul_overflow(weight, value, &amount)) {
    // Whole days apart, so that large counts of hours still work.
    if (info.is_months) {
      interval->is_overflow = true;
      return;
    }
    __int128 whole = static_cast<__int128>(weight) * value;
    __int128 days = whole / kDay;
    if (days > 1000000000 || days < -1000000000) {
      interval->is_overflow = true;
      return;
    }
    interval->days += static_cast<int64_t>(days);
    amount = static_cast<int64_t>(whole % kDay);
  }
  if (__builtin_add_overflow(*to, amount, to)) interval->is_overflow = true;
}
}  // namespace

Interval ParseInterval(std::string_view text, IntervalUnit unit) {
  const UnitInfo& info = Info(unit);
  Interval interval;
  Scanner in{text};
  in.SkipSpace();
  bool negative = false;
  while (!in.Done() && !IsDigit(in.Peek()) && !(info.count == 1 && in.Peek() == '.')) {
    if (in.Peek() == '-') {
      negative = true;
      ++in.at;
      break;
    }
    if (info.count == 1 && in.Peek() != '+') return interval;  // no number
    ++in.at;
  }
  struct Number {
    int64_t value;
    uint32_t digits;
  };
  Number numbers[5];
  uint32_t count = 0;
  while (count < info.count && !in.Done()) {
    if (!IsDigit(in.Peek())) {
      if (info.count == 1) break;
      ++in.at;
      continue;
    }
    uint64_t value = 0;
    uint32_t digits = 0;
    while (IsDigit(in.Peek())) {
      uint64_t digit = static_cast<uint64_t>(in.Peek() - '0');
      if (value > (static_cast<uint64_t>(INT64_MAX) - digit) / 10) {
        interval.is_overflow = true;
        value = 0;
      }
      value = value * 10 + digit;
      ++digits;
      ++in.at;
    }
    numbers[count++] = {static_cast<int64_t>(value), digits};
    if (info.count == 1) break;
  }
  uint32_t missing = info.count - count;
  for (uint32_t i = 0; i < count; ++i) {
    int64_t value = numbers[i].value;
    // The microsecond part of a composite is a fraction: '1.5' is half a second.
    if (info.count > 1 && info.has_micros && i + 1 == count && numbers[i].digits < 6) {
      value *= kPowersOfTen[6 - numbers[i].digits];
    }
    AddTerm(info, info.micros[missing + i], negative ? -value : value, &interval);
  }
  if (unit == IntervalUnit::kSecond && in.Peek() == '.') {
    ++in.at;
    uint32_t micros, seventh;
    uint8_t fsp;
    in.Fraction(&micros, &seventh, &fsp);
    interval.micros += negative ? -static_cast<int64_t>(micros) : micros;
  }
  return interval;
}

Interval MakeInterval(int64_t value, int32_t nanos, IntervalUnit unit) {
  Interval interval;
  const UnitInfo& info = Info(unit);
  AddTerm(info, info.micros[info.count - 1], value, &interval);
  if (unit == IntervalUnit::kSecond) interval.micros += nanos / 1000;
  return interval;
}

bool HasTimePart(IntervalUnit unit) { return Info(unit).has_time; }
bool HasMicroseconds(IntervalUnit unit) { return Info(unit).has_micros; }
std::string_view IntervalUnitName(IntervalUnit unit) { return Info(unit).name; }

bool AddInterval(int64_t packed, const Interval& interval, bool subtract, int64_t* result) {
  if (interval.is_overflow) return false;
  DateTimeParts p = UnpackDateTime(packed);
  int64_t sign = subtract ? -1 : 1;
  if (interval.months != 0) {
    if (interval.months > 200000 || interval.months < -200000 || p.month == 0) return false;
    int64_t months = static_cast<int64_t>(p.year) * 12 + p.month - 1 + sign * interval.months;
    if (months < 0 || months >= 120000) return false;
    p.year = static_cast<uint32_t>(months / 12);
    p.month = static_cast<uint32_t>(months % 12) + 1;
    uint32_t last = DaysInMonth(p.year, p.month);
    if (p.day > last) p.day = last;
    packed = PackDateTime(p);
  }
  if (interval.days == 0 && interval.micros == 0) {
    *result = packed;
    return interval.months != 0 || p.month != 0;
  }
  if (p.month == 0 || p.day == 0) return false;
  if (interval.days > 10000000 || interval.days < -10000000) return false;
  __int128 micros = static_cast<__int128>(DateTimeToMicros(packed)) +
                    sign * (static_cast<__int128>(interval.days) * kMicrosPerDay + interval.micros);
  if (micros < 0 || micros > INT64_MAX) return false;
  return MicrosToDateTime(static_cast<int64_t>(micros), result);
}

bool AddIntervalToTime(int64_t packed, const Interval& interval, bool subtract, int64_t* result) {
  if (interval.is_overflow || interval.months != 0) return false;
  if (interval.days > 100000 || interval.days < -100000) return false;
  int64_t sign = subtract ? -1 : 1;
  __int128 micros = static_cast<__int128>(TimeToMicros(packed)) +
                    sign * (static_cast<__int128>(interval.days) * kMicrosPerDay + interval.micros);
  if (micros > INT64_MAX || micros < INT64_MIN) return false;
  bool clipped;
  *result = MicrosToTime(static_cast<int64_t>(micros), &clipped);
  return !clipped;
}

}  // namespace mahi
