// Dates and times: packing, parsing, printing, calendar arithmetic, time zones.
//
// Packed form (an int64 that compares as the value does):
//   DATE, DATETIME, TIMESTAMP   ((((year*13 + month) << 5 | day) << 17 | hour << 12 | minute << 6 | second) << 24) | us
//   TIME                        sign * ((hour << 12 | minute << 6 | second) << 24 | us), hour 0..838
// A DATE has a zero time part, so DATE and DATETIME compare directly. Zero dates and zero parts are representable.
// Source: MySQL 8.4 manual, "Date and Time Data Types", "Date and Time Literals".
// Thread safety: functions are stateless, TimeZone is immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "types/sql_type.h"

namespace mahi {

// The parts of a value. For TIME: hour up to 838, negative, no date part.
struct DateTimeParts {
  uint32_t year = 0;
  uint32_t month = 0;
  uint32_t day = 0;
  uint32_t hour = 0;
  uint32_t minute = 0;
  uint32_t second = 0;
  uint32_t microsecond = 0;
  bool is_negative = false;  // TIME only
};

inline constexpr int64_t kMaxTimePacked =
    static_cast<int64_t>((838u << 12 | 59u << 6 | 59u)) << 24;  // 838:59:59
inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86400 * kMicrosPerSecond;

inline int64_t PackDateTime(const DateTimeParts& p) {
  return (((static_cast<int64_t>(p.year * 13 + p.month) << 5 | p.day) << 17 |
           static_cast<int64_t>(p.hour << 12 | p.minute << 6 | p.second))
          << 24) |
         p.microsecond;
}
inline int64_t PackDate(uint32_t year, uint32_t month, uint32_t day) {
  return (static_cast<int64_t>(year * 13 + month) << 5 | day) << 41;
}
inline int64_t PackTime(const DateTimeParts& p) {
  int64_t v = static_cast<int64_t>(p.hour << 12 | p.minute << 6 | p.second) << 24 | p.microsecond;
  return p.is_negative ? -v : v;
}
inline DateTimeParts UnpackDateTime(int64_t packed) {
  DateTimeParts p;
  p.microsecond = static_cast<uint32_t>(packed & 0xffffff);
  uint64_t rest = static_cast<uint64_t>(packed) >> 24;
  p.second = rest & 63;
  p.minute = (rest >> 6) & 63;
  p.hour = (rest >> 12) & 31;
  rest >>= 17;
  p.day = rest & 31;
  rest >>= 5;
  p.month = static_cast<uint32_t>(rest % 13);
  p.year = static_cast<uint32_t>(rest / 13);
  return p;
}
inline DateTimeParts UnpackTime(int64_t packed) {
  DateTimeParts p;
  p.is_negative = packed < 0;
  uint64_t v = static_cast<uint64_t>(packed < 0 ? -packed : packed);
  p.microsecond = static_cast<uint32_t>(v & 0xffffff);
  v >>= 24;
  p.second = v & 63;
  p.minute = (v >> 6) & 63;
  p.hour = static_cast<uint32_t>(v >> 12);
  return p;
}
// The DATE of a DATETIME, and its time of day as TIME.
inline int64_t DatePart(int64_t datetime) { return datetime & ~((int64_t{1} << 41) - 1); }
inline int64_t TimePart(int64_t datetime) { return datetime & ((int64_t{1} << 41) - 1); }

// What a literal may be. From sql_mode with DateFlagsFromSqlMode.
enum DateFlags : uint32_t {
  kDateDefault = 0,
  kDateNoZeroInDate = 1,      // 2020-00-10 is wrong
  kDateNoZeroDate = 2,        // 0000-00-00 is wrong
  kDateAllowInvalid = 4,      // only month 1..12 and day 1..31 are checked
  kDateFuzzy = 8,             // zero parts pass whatever else is said (function arguments)
  kDateTruncateFraction = 16, // fraction is cut, not rounded
};
uint32_t DateFlagsFromSqlMode(uint64_t sql_mode);

struct TemporalReport {
  bool is_bad = false;           // no value at all: NULL or zero, 1292
  bool is_truncated = false;     // trailing garbage: the value counts, 1292
  bool is_out_of_range = false;  // TIME clipped to 838:59:59; bad part: is_bad as well
  bool is_fraction_lost = false; // digits beyond fsp: note only
  bool has_time = false;         // text: a time part was present (DATE from it: note 1292)
  bool is_zero_date = false;     // bad because of NO_ZERO_DATE / NO_ZERO_IN_DATE
  uint8_t fsp = 0;               // digits of fraction in the text, at most 6
};

class TimeZone;

// Parse text to a packed value of `type` (kDate, kDateTime, kTimestamp: all forms of literals, offsets +hh:mm are
// converted to `zone`; kTime: [-][D ]HH:MM:SS[.f], HHMMSS, also the time part of a datetime), rounded to fsp.
// On is_bad the result is 0. `zone` may be null: then offsets are an error.
int64_t ParseTemporal(std::string_view text, TypeId type, uint8_t fsp, uint32_t flags, const TimeZone* zone,
                      TemporalReport* report);
// From numbers: YYYYMMDD[hhmmss], two-digit years, [-]HHMMSS for kTime. `nanos` is the fraction.
int64_t TemporalFromNumber(int64_t number, uint32_t nanos, TypeId type, uint8_t fsp, uint32_t flags,
                           TemporalReport* report);
// As a number: 20200131, 20200131235959, -8385959. The fraction, if any, is Microseconds(packed).
int64_t TemporalToNumber(int64_t packed, TypeId type);
inline uint32_t Microseconds(int64_t packed) {
  return static_cast<uint32_t>((packed < 0 ? -packed : packed) & 0xffffff);
}

// 2020-01-31, 2020-01-31 23:59:59.123, -12:34:56; fsp digits after the point.
void AppendTemporal(int64_t packed, TypeId type, uint8_t fsp, std::string* out);
std::string TemporalToString(int64_t packed, TypeId type, uint8_t fsp);

// Rounds half up to fsp digits; a carry past the last second of a DATETIME goes on into the date. kTime clips.
int64_t RoundTemporal(int64_t packed, TypeId type, uint8_t fsp);
int64_t TruncateTemporal(int64_t packed, uint8_t fsp);

// Between temporal types. `current_date` (packed DATE) is the day a TIME becomes a DATETIME on.
int64_t ConvertTemporal(int64_t packed, TypeId from, TypeId to, int64_t current_date);

// Calendar.
bool IsLeapYear(uint32_t year);
uint32_t DaysInMonth(uint32_t year, uint32_t month);
// Are the parts of a date allowed under `flags`? 2021-02-30 never unless kDateAllowInvalid.
bool IsValidDate(uint32_t year, uint32_t month, uint32_t day, uint32_t flags);
// Days since year 0 as TO_DAYS counts (0000-01-01 is 1; 1970-01-01 is 719528), and back.
int64_t DayNumber(uint32_t year, uint32_t month, uint32_t day);
// Day numbers below 366 or beyond 9999-12-31 give 0 (the zero date).
int64_t DateFromDayNumber(int64_t day_number);
// Monday = 0 .. Sunday = 6; with sunday_first Sunday = 0.
uint32_t WeekdayOf(int64_t day_number, bool sunday_first);
// WEEK(date, mode); the year the week belongs to. `mode` 0..7 as in the manual.
uint32_t WeekOf(const DateTimeParts& date, uint32_t mode, uint32_t* year);
uint32_t DayOfYear(const DateTimeParts& date);
uint32_t YearFromTwoDigits(uint32_t year);  // 70..99 -> 19xx, 0..69 -> 20xx

// Microseconds: of a TIME; of a DATETIME since day number 0. And back.
int64_t TimeToMicros(int64_t packed_time);
int64_t MicrosToTime(int64_t micros, bool* is_clipped = nullptr);
int64_t DateTimeToMicros(int64_t packed);
// False when out of 0000-01-01 .. 9999-12-31.
bool MicrosToDateTime(int64_t micros, int64_t* packed);

enum class IntervalUnit : uint8_t {
  kMicrosecond, kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear,
  kSecondMicrosecond, kMinuteMicrosecond, kMinuteSecond, kHourMicrosecond, kHourSecond, kHourMinute,
  kDayMicrosecond, kDaySecond, kDayMinute, kDayHour, kYearMonth,
};
// An amount of an INTERVAL: months and microseconds (days, hours... folded in).
struct Interval {
  int64_t months = 0;
  int64_t days = 0;
  int64_t micros = 0;  // below a day's worth is not required
  bool is_overflow = false;
};
// INTERVAL 'text' unit: composite units take the numbers in the text, whatever separates them.
Interval ParseInterval(std::string_view text, IntervalUnit unit);
// Simple units from a number; `nanos` is the fraction (kSecond and its kin), same sign as value.
Interval MakeInterval(int64_t value, int32_t nanos, IntervalUnit unit);
// Does the unit carry time parts (then a DATE operand becomes a DATETIME)?
bool HasTimePart(IntervalUnit unit);
// Does the unit carry microseconds?
bool HasMicroseconds(IntervalUnit unit);
std::string_view IntervalUnitName(IntervalUnit unit);  // "DAY_HOUR"
// date + interval (kDate, kDateTime, kTimestamp); false: result out of range or zero date (NULL, 1441).
bool AddInterval(int64_t packed, const Interval& interval, bool subtract, int64_t* result);
// time + interval (kTime); false when out of range.
bool AddIntervalToTime(int64_t packed, const Interval& interval, bool subtract, int64_t* result);

// A time zone: SYSTEM, an offset, or a named one from the system's database.
class TimeZone {
 public:
  ~TimeZone();
  // "SYSTEM", "+05:30" (-13:59..+14:00), "Europe/Berlin". Errors: ER_UNKNOWN_TIME_ZONE (1298).
  static Result<std::shared_ptr<const TimeZone>> Find(std::string_view name);
  static const std::shared_ptr<const TimeZone>& Utc();
  static const std::shared_ptr<const TimeZone>& System();

  const std::string& name() const { return name_; }
  // UTC microseconds since 1970 -> local packed datetime.
  int64_t ToLocal(int64_t utc_micros) const;
  // Local packed datetime -> UTC microseconds since 1970. Times that never were (spring gap) become the first moment
  // after the gap, with *is_gap set; doubled ones the earlier. Zero dates are not allowed here.
  int64_t ToUtc(int64_t packed, bool* is_gap = nullptr) const;
  // Offset from UTC in seconds at a moment.
  int32_t OffsetAt(int64_t utc_micros) const;

 private:
  struct Rules;
  TimeZone(std::string name, std::unique_ptr<Rules> rules);
  std::string name_;
  std::unique_ptr<Rules> rules_;
};

// TIMESTAMP columns hold 1970-01-01 00:00:01 .. 2038-01-19 03:14:07.999999 UTC, stored as UTC microseconds; the zero
// timestamp is stored as 0.
inline constexpr int64_t kMinTimestampMicros = kMicrosPerSecond;
inline constexpr int64_t kMaxTimestampMicros = 2147483647LL * kMicrosPerSecond + 999999;
inline int64_t TimestampToLocal(int64_t utc_micros, const TimeZone& zone) {
  return utc_micros == 0 ? 0 : zone.ToLocal(utc_micros);
}
inline int64_t TimestampFromLocal(int64_t packed, const TimeZone& zone) {
  return packed == 0 ? 0 : zone.ToUtc(packed);
}

}  // namespace mahi
