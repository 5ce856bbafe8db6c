#include "types/conversion.h"

#include <gtest/gtest.h>

#include "types/json.h"

namespace mahi {
namespace {

std::string Double(double v) {
  std::string s;
  AppendDouble(v, kNotFixedDecimals, &s);
  return s;
}

TEST(Conversion, DoublesPrintAsMySql) {
  EXPECT_EQ(Double(0.1), "0.1");
  EXPECT_EQ(Double(100), "100");
  EXPECT_EQ(Double(1e14), "100000000000000");
  EXPECT_EQ(Double(1e15), "1e15");
  EXPECT_EQ(Double(1.2345678901234568e17), "1.2345678901234568e17");
  EXPECT_EQ(Double(1e-5), "0.00001");
  EXPECT_EQ(Double(1e-15), "0.000000000000001");
  EXPECT_EQ(Double(1e-16), "1e-16");
  EXPECT_EQ(Double(-1.5e-20), "-1.5e-20");
  std::string s;
  AppendFloat(3.14159274f, kNotFixedDecimals, &s);
  s += ' ';
  AppendFloat(16777216.f, kNotFixedDecimals, &s);
  s += ' ';
  AppendFloat(0.1f, kNotFixedDecimals, &s);
  EXPECT_EQ(s, "3.14159 16777200 0.1");
  s.clear();
  AppendDouble(2.5, 3, &s);
  EXPECT_EQ(s, "2.500");
}

TEST(Conversion, TextToNumbers) {
  ConversionReport report;
  EXPECT_EQ(TextToInt64(" 12abc", &report), 12);
  EXPECT_TRUE(report.is_truncated);
  report = {};
  EXPECT_EQ(TextToInt64("12 ", &report), 12);
  EXPECT_FALSE(report.is_truncated);
  EXPECT_EQ(TextToDouble("1e2x", &report), 100);
  EXPECT_TRUE(report.is_truncated);
  report = {};
  EXPECT_EQ(TextToDouble("+.5", &report), 0.5);
  EXPECT_FALSE(report.is_truncated);
  EXPECT_EQ(TextToDouble("nan", &report), 0);
  EXPECT_TRUE(report.is_bad);
  report = {};
  EXPECT_EQ(TextToDouble("1e400", &report), 1.7976931348623157e308);
  EXPECT_TRUE(report.is_out_of_range);
  report = {};
  EXPECT_EQ(TextToDouble("1e-400", &report), 0);
  EXPECT_FALSE(report.is_out_of_range);
  EXPECT_EQ(TextToInt64("99999999999999999999", &report), INT64_MAX);
}

// Stores `text` into `type`: the stored text, or the error's number, then the warnings' numbers.
std::string Store(const Datum& datum, const SqlType& source, const SqlType& target, uint64_t sql_mode = kSqlModeDefault) {
  Diagnostics diagnostics;
  StoreContext context;
  context.sql_mode = sql_mode;
  context.diagnostics = &diagnostics;
  context.column_name = "c";
  context.current_date = PackDate(2024, 5, 6);
  Value storage;
  Datum out;
  Status status = StoreValue(datum, source, target, context, &storage, &out);
  std::string result;
  if (!status.ok()) {
    result = std::to_string(status.error().number());
  } else {
    result = DatumToText(out, target);
  }
  for (const auto& condition : diagnostics.conditions()) {
    result += (condition.level == ConditionLevel::kNote ? " n" : " w") + std::to_string(condition.number);
  }
  return result;
}
std::string StoreText(std::string_view text, const SqlType& target, uint64_t sql_mode = kSqlModeDefault) {
  return Store(Datum::String(text), SqlType::Varchar(100), target, sql_mode);
}
std::string StoreInt(int64_t value, const SqlType& target, uint64_t sql_mode = kSqlModeDefault) {
  return Store(Datum::Int64(value), SqlType::BigInt(), target, sql_mode);
}

TEST(Store, Integers) {
  EXPECT_EQ(StoreInt(127, SqlType::TinyInt()), "127");
  EXPECT_EQ(StoreInt(128, SqlType::TinyInt()), "1264");
  EXPECT_EQ(StoreInt(128, SqlType::TinyInt(), 0), "127 w1264");
  EXPECT_EQ(StoreInt(-1, SqlType::BigInt(true), 0), "0 w1264");
  EXPECT_EQ(StoreText("12.7", SqlType::Int()), "13");
  EXPECT_EQ(StoreText("1e3", SqlType::Int()), "1000");
  EXPECT_EQ(StoreText("abc", SqlType::Int()), "1366");
  EXPECT_EQ(StoreText("abc", SqlType::Int(), 0), "0 w1366");
  EXPECT_EQ(StoreText("12abc", SqlType::Int()), "1265");
  EXPECT_EQ(StoreText("12abc", SqlType::Int(), 0), "12 w1265");
  EXPECT_EQ(StoreText("18446744073709551615", SqlType::BigInt(true)), "18446744073709551615");
  EXPECT_EQ(Store(Datum::Double(2.5), SqlType::Double(), SqlType::Int()), "2");
  EXPECT_EQ(Store(Datum::Double(1e30), SqlType::Double(), SqlType::Int(), 0), "2147483647 w1264");
}

TEST(Store, Decimals) {
  SqlType type = SqlType::Decimal(5, 2);
  EXPECT_EQ(StoreText("1.005", type), "1.01 n1265");
  EXPECT_EQ(StoreText("1000", type), "1264");
  EXPECT_EQ(StoreText("1000", type, 0), "999.99 w1264");
  EXPECT_EQ(StoreText("x", type), "1366");
  EXPECT_EQ(StoreInt(7, type), "7.00");
  EXPECT_EQ(Store(Datum::Double(0.1), SqlType::Double(), type), "0.10");
  EXPECT_EQ(StoreText("-1", SqlType::Decimal(5, 2, true)), "1264");
}

TEST(Store, Strings) {
  EXPECT_EQ(StoreText("abc", SqlType::Varchar(3)), "abc");
  EXPECT_EQ(StoreText("abcd", SqlType::Varchar(3)), "1406");
  EXPECT_EQ(StoreText("abcd", SqlType::Varchar(3), 0), "abc w1265");
  EXPECT_EQ(StoreText("abc  ", SqlType::Varchar(3)), "abc n1265");
  EXPECT_EQ(StoreText("ab  ", SqlType::Char(3)), "ab");
  EXPECT_EQ(StoreText("äöü", SqlType::Varchar(3)), "äöü");
  EXPECT_EQ(StoreText("äöü", SqlType::Varchar(3, kCollationLatin1SwedishCi)), "\xE4\xF6\xFC");
  EXPECT_EQ(StoreText("日本", SqlType::Varchar(3, kCollationLatin1SwedishCi)), "1366");
  EXPECT_EQ(StoreText("日本", SqlType::Varchar(3, kCollationLatin1SwedishCi), 0), "?? w1366");
  EXPECT_EQ(Store(Datum::String("a\xff"), SqlType::Varbinary(5), SqlType::Varchar(5)), "1366");
  EXPECT_EQ(StoreText("a", SqlType::Binary(3)), std::string("a\0\0", 3));
  EXPECT_EQ(StoreInt(-12, SqlType::Varchar(10)), "-12");
  EXPECT_EQ(Store(Datum::Temporal(PackDate(2024, 1, 2)), SqlType::Date(), SqlType::Varchar(20)), "2024-01-02");
}

TEST(Store, Temporals) {
  EXPECT_EQ(StoreText("2024-01-02", SqlType::Date()), "2024-01-02");
  EXPECT_EQ(StoreText("2024-01-02 10:00:00", SqlType::Date()), "2024-01-02 n1265");
  EXPECT_EQ(StoreText("2024-13-02", SqlType::Date()), "1292");
  EXPECT_EQ(StoreText("2024-13-02", SqlType::Date(), 0), "0000-00-00 w1264");
  EXPECT_EQ(StoreText("abc", SqlType::DateTime()), "1292");
  EXPECT_EQ(StoreText("abc", SqlType::DateTime(), 0), "0000-00-00 00:00:00 w1265");
  EXPECT_EQ(StoreText("0000-00-00", SqlType::Date()), "1292");
  EXPECT_EQ(StoreText("0000-00-00", SqlType::Date(), kSqlModeStrictAllTables), "0000-00-00");
  EXPECT_EQ(StoreText("2039-01-01", SqlType::Timestamp()), "1292");
  EXPECT_EQ(StoreInt(20240102, SqlType::Date()), "2024-01-02");
  EXPECT_EQ(StoreText("900:00:00", SqlType::Time(), 0), "838:59:59 w1264");
  EXPECT_EQ(Store(Datum::Temporal(PackTime({0, 0, 0, 10, 0, 0, 0, false})), SqlType::Time(), SqlType::DateTime()),
            "2024-05-06 10:00:00");
  EXPECT_EQ(StoreInt(70, SqlType::Year()), "1970");
  EXPECT_EQ(StoreText("0", SqlType::Year()), "2000");
  EXPECT_EQ(StoreInt(0, SqlType::Year()), "0000");
  EXPECT_EQ(StoreInt(1900, SqlType::Year()), "1264");
}

TEST(Store, EnumSetBitJson) {
  SqlType fruit = SqlType::Enum({"apple", "pear"});
  EXPECT_EQ(StoreText("PEAR", fruit), "pear");
  EXPECT_EQ(StoreText("2", fruit), "pear");
  EXPECT_EQ(StoreText("plum", fruit), "1265");
  EXPECT_EQ(StoreText("plum", fruit, 0), " w1265");
  EXPECT_EQ(StoreInt(1, fruit), "apple");
  SqlType flags = SqlType::Set({"a", "b", "c"});
  EXPECT_EQ(StoreText("c,a", flags), "a,c");
  EXPECT_EQ(StoreText("", flags), "");
  EXPECT_EQ(StoreInt(5, flags), "a,c");
  EXPECT_EQ(StoreText("a,x", flags), "1265");
  EXPECT_EQ(StoreText("a,x", flags, 0), "a w1265");
  EXPECT_EQ(StoreInt(5, SqlType::Bit(3)), "\x05");
  EXPECT_EQ(StoreInt(9, SqlType::Bit(3)), "1406");
  EXPECT_EQ(StoreText("{\"a\":[1,2.5]}", SqlType::Json()), "{\"a\": [1, 2.5]}");
  EXPECT_EQ(StoreText("{bad", SqlType::Json(), 0), "3140");
  std::string json = JsonMakeInt(12);
  EXPECT_EQ(Store(Datum::Json(json), SqlType::Json(), SqlType::Int()), "12");
}

TEST(SqlType, Prints) {
  EXPECT_EQ(SqlType::Int(true).ToSql(), "int unsigned");
  EXPECT_EQ(SqlType::Varchar(10).ToSql(), "varchar(10)");
  EXPECT_EQ(SqlType::Decimal(10, 2).ToSql(), "decimal(10,2)");
  EXPECT_EQ(SqlType::Enum({"a", "b'c"}).ToSql(), "enum('a','b''c')");
  EXPECT_EQ(SqlType::DateTime(3).ToSql(), "datetime(3)");
  EXPECT_EQ(SqlType::Varbinary(4).ToSql(), "varbinary(4)");
  EXPECT_EQ(SqlType::LongBlob().ToSql(), "longblob");
  SqlType flag = SqlType::TinyInt();
  flag.length = 1;
  EXPECT_EQ(flag.ToSql(), "tinyint(1)");
}

TEST(SqlMode, Names) {
  auto mode = ParseSqlMode("strict_trans_tables, ANSI_QUOTES");
  ASSERT_TRUE(mode.ok());
  EXPECT_EQ(SqlModeToString(*mode), "ANSI_QUOTES,STRICT_TRANS_TABLES");
  EXPECT_FALSE(ParseSqlMode("nonsense").ok());
  EXPECT_EQ(SqlModeToString(kSqlModeDefault),
            "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
            "NO_ENGINE_SUBSTITUTION");
}

}  // namespace
}  // namespace mahi
