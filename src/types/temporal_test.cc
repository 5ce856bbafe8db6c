#include "types/temporal.h"

#include <gtest/gtest.h>

namespace mahi {
namespace {

std::string Parse(std::string_view text, TypeId type, uint8_t fsp = 0, uint32_t flags = 0) {
  TemporalReport report;
  int64_t packed = ParseTemporal(text, type, fsp, flags, TimeZone::Utc().get(), &report);
  if (report.is_bad) return "bad";
  return TemporalToString(packed, type, fsp) + (report.is_truncated ? " truncated" : "") +
         (report.is_out_of_range ? " clipped" : "");
}

// Source: MySQL 8.4 manual, "Date and Time Literals".
TEST(Temporal, DateLiterals) {
  EXPECT_EQ(Parse("2012-12-31", TypeId::kDate), "2012-12-31");
  EXPECT_EQ(Parse("2012^12^31", TypeId::kDate), "2012-12-31");
  EXPECT_EQ(Parse("20070523", TypeId::kDate), "2007-05-23");
  EXPECT_EQ(Parse("070523", TypeId::kDate), "2007-05-23");
  EXPECT_EQ(Parse("71-1-2", TypeId::kDate), "1971-01-02");
  EXPECT_EQ(Parse("071332", TypeId::kDate), "bad");
  EXPECT_EQ(Parse("10:11:12", TypeId::kDate), "2010-11-12");
  EXPECT_EQ(Parse("2012-02-30", TypeId::kDate), "bad");
  EXPECT_EQ(Parse("2012-02-30", TypeId::kDate, 0, kDateAllowInvalid), "2012-02-30");
  EXPECT_EQ(Parse("0000-00-00", TypeId::kDate), "0000-00-00");
  EXPECT_EQ(Parse("0000-00-00", TypeId::kDate, 0, kDateNoZeroDate), "bad");
  EXPECT_EQ(Parse("2012-00-10", TypeId::kDate), "2012-00-10");
  EXPECT_EQ(Parse("2012-00-10", TypeId::kDate, 0, kDateNoZeroInDate), "bad");
  EXPECT_EQ(Parse("abc", TypeId::kDate), "bad");
  EXPECT_EQ(Parse("", TypeId::kDate), "bad");
  EXPECT_EQ(Parse("2012-12-31abc", TypeId::kDate), "2012-12-31 truncated");
}

TEST(Temporal, DateTimeLiterals) {
  EXPECT_EQ(Parse("2012-12-31 11:30:45", TypeId::kDateTime), "2012-12-31 11:30:45");
  EXPECT_EQ(Parse("2012-12-31T11:30:45.5", TypeId::kDateTime, 3), "2012-12-31 11:30:45.500");
  EXPECT_EQ(Parse("2012^12^31 11+30+45", TypeId::kDateTime), "2012-12-31 11:30:45");
  EXPECT_EQ(Parse("20070523091528", TypeId::kDateTime), "2007-05-23 09:15:28");
  EXPECT_EQ(Parse("070523091528", TypeId::kDateTime), "2007-05-23 09:15:28");
  EXPECT_EQ(Parse("20070523091528.123456", TypeId::kDateTime, 6), "2007-05-23 09:15:28.123456");
  EXPECT_EQ(Parse("2012-12-31 23:59:59.9", TypeId::kDateTime), "2013-01-01 00:00:00");
  EXPECT_EQ(Parse("2012-12-31 23:59:59.9999995", TypeId::kDateTime, 6), "2013-01-01 00:00:00.000000");
  EXPECT_EQ(Parse("9999-12-31 23:59:59.9", TypeId::kDateTime), "bad");
  EXPECT_EQ(Parse("2012-12-31", TypeId::kDateTime), "2012-12-31 00:00:00");
  EXPECT_EQ(Parse("2012-12-31 11:30", TypeId::kDateTime), "2012-12-31 11:30:00");
  EXPECT_EQ(Parse("2020-01-01 10:10:10+05:30", TypeId::kDateTime), "2020-01-01 04:40:10");
  EXPECT_EQ(Parse("2020-01-01 10:10:10-14:00", TypeId::kDateTime), "bad");
  EXPECT_EQ(Parse("2012-12-31 24:00:00", TypeId::kDateTime), "bad");
}

TEST(Temporal, TimeLiterals) {
  EXPECT_EQ(Parse("11:12", TypeId::kTime), "11:12:00");
  EXPECT_EQ(Parse("1112", TypeId::kTime), "00:11:12");
  EXPECT_EQ(Parse("12", TypeId::kTime), "00:00:12");
  EXPECT_EQ(Parse("-1 10:20:30", TypeId::kTime), "-34:20:30");
  EXPECT_EQ(Parse("101112", TypeId::kTime), "10:11:12");
  EXPECT_EQ(Parse("1 10", TypeId::kTime), "34:00:00");
  EXPECT_EQ(Parse("10:11:12.6", TypeId::kTime), "10:11:13");
  EXPECT_EQ(Parse("850:00:00", TypeId::kTime), "838:59:59 clipped");
  EXPECT_EQ(Parse("10:60:00", TypeId::kTime), "bad");
  EXPECT_EQ(Parse("2012-12-31 11:30:45", TypeId::kTime), "11:30:45");
  EXPECT_EQ(Parse("abc", TypeId::kTime), "bad");
}

TEST(Temporal, Numbers) {
  TemporalReport report;
  EXPECT_EQ(TemporalToString(TemporalFromNumber(20070523, 0, TypeId::kDate, 0, 0, &report), TypeId::kDate, 0), "2007-05-23");
  EXPECT_EQ(TemporalToString(TemporalFromNumber(70523, 0, TypeId::kDate, 0, 0, &report), TypeId::kDate, 0), "2007-05-23");
  EXPECT_EQ(TemporalToString(TemporalFromNumber(20070523091528, 500000000, TypeId::kDateTime, 1, 0, &report), TypeId::kDateTime, 1),
            "2007-05-23 09:15:28.5");
  EXPECT_EQ(TemporalToString(TemporalFromNumber(-101112, 0, TypeId::kTime, 0, 0, &report), TypeId::kTime, 0), "-10:11:12");
  EXPECT_FALSE(report.is_bad);
  EXPECT_EQ(TemporalToNumber(PackDateTime({2020, 1, 31, 23, 59, 58, 0, false}), TypeId::kDateTime), 20200131235958);
}

TEST(Temporal, Calendar) {
  EXPECT_EQ(DayNumber(1970, 1, 1), 719528);
  EXPECT_EQ(DayNumber(2007, 10, 7), 733321);  // manual, TO_DAYS
  EXPECT_EQ(DayNumber(0, 1, 1), 1);
  for (int64_t day = 366; day <= 3652424; ++day) {
    DateTimeParts p = UnpackDateTime(DateFromDayNumber(day));
    ASSERT_EQ(DayNumber(p.year, p.month, p.day), day);
  }
  EXPECT_EQ(DateFromDayNumber(3652424), PackDate(9999, 12, 31));
  EXPECT_EQ(WeekdayOf(DayNumber(2008, 2, 3), false), 6u);  // a Sunday
  uint32_t year;
  auto week = [&](uint32_t y, uint32_t m, uint32_t d, uint32_t mode) { return WeekOf({y, m, d}, mode, &year); };
  // Source: manual, WEEK().
  EXPECT_EQ(week(2008, 2, 20, 0), 7u);
  EXPECT_EQ(week(2008, 2, 20, 1), 8u);
  EXPECT_EQ(week(2008, 12, 31, 1), 53u);
  EXPECT_EQ(week(2000, 1, 1, 0), 0u);
  EXPECT_EQ(week(2000, 1, 1, 2), 52u);
  EXPECT_EQ(year, 1999u);
  EXPECT_EQ(week(1987, 1, 1, 2), 52u);
  EXPECT_EQ(year, 1986u);
  EXPECT_EQ(week(2024, 12, 30, 3), 1u);
  EXPECT_EQ(year, 2025u);
}

std::string Add(int64_t packed, const char* text, IntervalUnit unit, bool subtract = false) {
  int64_t result;
  if (!AddInterval(packed, ParseInterval(text, unit), subtract, &result)) return "null";
  return TemporalToString(result, TypeId::kDateTime, 6);
}

TEST(Temporal, Intervals) {
  int64_t base = PackDateTime({2100, 12, 31, 23, 59, 59, 0, false});
  EXPECT_EQ(Add(base, "1:1", IntervalUnit::kMinuteSecond), "2101-01-01 00:01:00.000000");
  EXPECT_EQ(Add(PackDateTime({2025, 1, 1, 0, 0, 0, 0, false}), "1 1:1:1", IntervalUnit::kDaySecond, true),
            "2024-12-30 22:58:59.000000");
  EXPECT_EQ(Add(PackDateTime({1900, 1, 1, 0, 0, 0, 0, false}), "-1 10", IntervalUnit::kDayHour), "1899-12-30 14:00:00.000000");
  EXPECT_EQ(Add(PackDateTime({1992, 12, 31, 23, 59, 59, 2, false}), "1.999999", IntervalUnit::kSecondMicrosecond),
            "1993-01-01 00:00:01.000001");
  EXPECT_EQ(Add(PackDate(2024, 1, 30), "1", IntervalUnit::kMonth), "2024-02-29 00:00:00.000000");
  EXPECT_EQ(Add(PackDate(2024, 2, 29), "1-2", IntervalUnit::kYearMonth), "2025-04-29 00:00:00.000000");
  EXPECT_EQ(Add(PackDate(9999, 12, 31), "1", IntervalUnit::kDay), "null");
  EXPECT_EQ(Add(PackDate(2024, 1, 1), "1.5", IntervalUnit::kSecond), "2024-01-01 00:00:01.500000");
  EXPECT_EQ(Add(0, "1", IntervalUnit::kDay), "null");
}

TEST(Temporal, TimeZones) {
  auto berlin = TimeZone::Find("Europe/Berlin");
  ASSERT_TRUE(berlin.ok());
  int64_t summer = PackDateTime({2024, 7, 1, 12, 0, 0, 5, false});
  EXPECT_EQ(TemporalToString((*berlin)->ToLocal((*berlin)->ToUtc(summer)), TypeId::kDateTime, 6), "2024-07-01 12:00:00.000005");
  bool is_gap = false;
  int64_t utc = (*berlin)->ToUtc(PackDateTime({2024, 3, 31, 2, 30, 0, 0, false}), &is_gap);
  EXPECT_TRUE(is_gap);
  EXPECT_EQ(TemporalToString((*berlin)->ToLocal(utc), TypeId::kDateTime, 0), "2024-03-31 03:00:00");
  EXPECT_EQ((*TimeZone::Find("+05:30"))->OffsetAt(0), 19800);
  EXPECT_EQ((*TimeZone::Find("-5:00"))->OffsetAt(0), -18000);
  EXPECT_EQ((*TimeZone::Find("-5:00"))->name(), "-05:00");
  EXPECT_FALSE(TimeZone::Find("+15:00").ok());
  EXPECT_FALSE(TimeZone::Find("No/Where").ok());
  EXPECT_FALSE(TimeZone::Find("../../etc/passwd").ok());
  EXPECT_EQ(TimeZone::Utc()->ToUtc(PackDate(1970, 1, 1)), 0);
}

}  // namespace
}  // namespace mahi
