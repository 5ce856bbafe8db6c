// Calls with their answers, as the MySQL 8.4 manual documents them.
#include <gtest/gtest.h>

#include "function/call_test_support.h"
#include "function/registry.h"
#include "function/window.h"

namespace mahi {
namespace {

struct Case {
  const char* name;
  const char* arguments;
  const char* expected;  // NULL, or !number for an error
};

void Check(std::span<const Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(CallFunction(c.name, c.arguments).text, c.expected) << c.name << "(" << c.arguments << ")";
}

TEST(Function, Arithmetic) {
  static const Case kCases[] = {
      {"+", "1, 2", "3"}, {"+", "1, NULL", "NULL"}, {"+", "'3abc', 4", "7"}, {"+", "1.5, 2", "3.5"}, {"+", "1e0, 2", "3"},
      {"+", "9223372036854775807, 1", "!1690"}, {"+", "9223372036854775807, 9223372036854775808", "18446744073709551615"},
      {"+", "18446744073709551615, 1", "!1690"}, {"-", "1, 2", "-1"}, {"-", "-9223372036854775808, 1", "!1690"},
      {"-", "9223372036854775808, 9223372036854775809", "!1690"}, {"*", "3, 4", "12"}, {"*", "4611686018427387904, 2", "!1690"},
      {"*", "18014398509481984, 18014398509481984", "!1690"}, {"*", "1.10, 1.10", "1.2100"}, {"/", "1, 3", "0.3333"},
      {"/", "3, 5", "0.6000"}, {"/", "1, 0", "NULL"}, {"/", "0.1, 3", "0.03333"}, {"/", "1e0, 4", "0.25"}, {"/", "-7, 2", "-3.5000"},
      {"div", "5, 2", "2"}, {"div", "-5, 2", "-2"}, {"div", "5, -2", "-2"}, {"div", "5.9, 2", "2"}, {"div", "1, 0", "NULL"},
      {"div", "'7', 2", "3"}, {"%", "234, 10", "4"}, {"%", "-29, 9", "-2"}, {"mod", "34.5, 3", "1.5"}, {"mod", "5, 0", "NULL"},
      {"%", "5e0, 3", "2"}, {"unary-", "2", "-2"}, {"unary-", "9223372036854775808", "-9223372036854775808"}, {"unary-", "1.5", "-1.5"},
      {"unary-", "'3'", "-3"}, {"unary-", "-9223372036854775808", "!1690"}, {"+", "DATE'2020-01-31', 0", "20200131"},
      {"+", "TIME'10:11:12', 0", "101112"}, {"+", "TIMESTAMP'2020-01-31 01:02:03.5', 0", "20200131010203.5"},
  };
  Check(kCases);
  EXPECT_EQ(CallFunction("+", "9223372036854775807, 1").message, "BIGINT value is out of range in '(+(9223372036854775807, 1))'");
}

TEST(Function, Bits) {
  static const Case kCases[] = {
      {"&", "29, 15", "13"}, {"|", "29, 15", "31"}, {"^", "11, 3", "8"}, {"~", "5", "18446744073709551610"}, {"<<", "1, 2", "4"},
      {">>", "4, 2", "1"}, {"<<", "1, 64", "0"}, {"&", "-1, 1", "1"}, {"bit_count", "64", "1"}, {"bit_count", "-1", "64"},
      {"&", "1, NULL", "NULL"}, {"|", "'3', 4", "7"},
  };
  Check(kCases);
}

TEST(Function, Rounding) {
  static const Case kCases[] = {
      {"round", "-1.23", "-1"}, {"round", "-1.58", "-2"}, {"round", "1.58", "2"}, {"round", "1.298, 1", "1.3"}, {"round", "1.298, 0", "1"},
      {"round", "23.298, -1", "20"}, {"round", "2.5", "3"}, {"round", "25e-1", "2"}, {"round", "150, 2", "150"}, {"round", "155, -1", "160"},
      {"round", "1.5, 3", "1.500"}, {"truncate", "1.223, 1", "1.2"}, {"truncate", "1.999, 1", "1.9"}, {"truncate", "1.999, 0", "1"},
      {"truncate", "-1.999, 1", "-1.9"}, {"truncate", "122, -2", "100"}, {"truncate", "1028e-2, 0", "10"}, {"ceiling", "1.23", "2"},
      {"ceil", "-1.23", "-1"}, {"floor", "1.23", "1"}, {"floor", "-1.23", "-2"}, {"floor", "7", "7"}, {"abs", "-32", "32"},
      {"abs", "-9223372036854775808", "!1690"}, {"abs", "-1.5", "1.5"}, {"sign", "-32", "-1"}, {"sign", "0", "0"}, {"sign", "234", "1"},
      {"round", "NULL", "NULL"}, {"round", "18446744073709551615, -1", "!1690"}, {"floor", "'3.7'", "3"},
  };
  Check(kCases);
}

TEST(Function, Mathematics) {
  static const Case kCases[] = {
      {"pow", "2, 2", "4"}, {"pow", "2, -2", "0.25"}, {"pow", "10, 400", "!1690"}, {"sqrt", "4", "2"}, {"sqrt", "-16", "NULL"},
      {"exp", "0", "1"}, {"ln", "0", "NULL"}, {"ln", "-2", "NULL"}, {"log", "1, 100", "NULL"}, {"log2", "65536", "16"},
      {"log10", "100", "2"}, {"log", "10, 100", "2"}, {"sin", "0", "0"}, {"cos", "0", "1"}, {"acos", "1.0001", "NULL"}, {"acos", "1", "0"},
      {"atan2", "0, 1", "0"}, {"degrees", "0", "0"}, {"radians", "0", "0"}, {"pi", "", "3.141593"}, {"crc32", "'MySQL'", "3259397556"},
      {"crc32", "'mysql'", "2501908538"}, {"rand", "3", "0.9057697559760601"}, {"conv", "'a', 16, 2", "1010"},
      {"conv", "'6E', 18, 8", "172"}, {"conv", "-17, 10, -18", "-H"}, {"conv", "5, 1, 2", "NULL"}, {"bin", "12", "1100"}, {"oct", "12", "14"},
      {"hex", "255", "FF"}, {"hex", "'abc'", "616263"}, {"unhex", "'4D7953514C'", "MySQL"}, {"unhex", "'GG'", "NULL"},
  };
  Check(kCases);
}

TEST(Function, Comparison) {
  static const Case kCases[] = {
      {"=", "1, 0", "0"}, {"=", "'0', 0", "1"}, {"=", "'0.0', 0", "1"}, {"=", "'.01', 0.01", "1"}, {"<=>", "1, NULL", "0"},
      {"<=>", "NULL, NULL", "1"}, {"=", "NULL, NULL", "NULL"}, {"<>", "'zapp', 'zappp'", "1"}, {"<=", "0.1, 2", "1"}, {"<", "2, 2", "0"},
      {"=", "'a', 'A'", "1"}, {"=", "'a', 'a '", "0"}, {"=", "18446744073709551615, -1", "0"}, {">", "18446744073709551615, 1", "1"},
      {"=", "1.0, 1", "1"}, {"=", "DATE'2020-01-31', '2020-01-31'", "1"}, {"<", "DATE'2020-01-31', TIMESTAMP'2020-01-31 00:00:01'", "1"},
      {"=", "TIME'10:00:00', '10:00'", "1"}, {"between", "2, 1, 3", "1"}, {"between", "2, 2, NULL", "NULL"}, {"between", "1, 2, NULL", "0"},
      {"between", "'b', 'a', 'c'", "1"}, {"between", "2, 2, '3'", "1"}, {"is_null", "NULL", "1"}, {"isnull", "1", "0"}, {"is_not_null", "0", "1"},
      {"is_true", "2", "1"}, {"is_true", "NULL", "0"}, {"is_false", "0", "1"}, {"is_not_true", "NULL", "1"}, {"not", "10", "0"}, {"not", "0", "1"},
      {"not", "NULL", "NULL"}, {"interval", "23, 1, 15, 17, 30, 44, 200", "3"}, {"interval", "10, 1, 10, 100, 1000", "2"},
      {"interval", "22, 23, 30, 44, 200", "0"}, {"interval", "NULL, 1", "-1"}, {"greatest", "34.0, 3.0, 5.0, 767.0", "767.0"},
      {"greatest", "2, 0", "2"}, {"greatest", "'B', 'A', 'C'", "C"}, {"least", "2, 0", "0"}, {"least", "1, NULL", "NULL"},
      {"coalesce", "NULL, 1", "1"}, {"coalesce", "NULL, NULL", "NULL"}, {"ifnull", "1, 0", "1"}, {"ifnull", "NULL, 'yes'", "yes"},
      {"nullif", "1, 1", "NULL"}, {"nullif", "1, 2", "1"}, {"nullif", "'a', 'A'", "NULL"}, {"if", "0, 2, 3", "3"}, {"if", "1, 'a', 2", "a"},
      {"if", "NULL, 1, 2.5", "2.5"},
  };
  Check(kCases);
}

TEST(Function, Like) {
  static const Case kCases[] = {
      {"like", "'David!', 'David_'", "1"}, {"like", "'David!', '%D%v%'", "1"}, {"like", "'David!', 'David\\_'", "0"},
      {"like", "'David_', 'David|_', '|'", "1"}, {"like", "'abc', 'ABC'", "1"}, {"like", "10, '1%'", "1"}, {"like", "'a', NULL", "NULL"},
      {"like", "'', '%'", "1"}, {"like", "'a', 'ab%'", "0"}, {"like", "'a', 'b', 'xx'", "!1210"}, {"regexp", "'Michael!', '.*'", "1"},
      {"regexp_like", "'CamelCase', 'CAMELCASE'", "1"}, {"regexp_like", "'abc', 'ABC', 'c'", "0"}, {"regexp", "'a', '^[a-d]'", "1"},
      {"regexp", "'a', ''", "!3685"}, {"regexp", "'a', '('", "!3691"}, {"regexp_instr", "'dog cat dog', 'dog', 2", "9"},
      {"regexp_instr", "'aa aaa aaaa', 'a{4}'", "8"}, {"regexp_substr", "'abc def ghi', '[a-z]+', 1, 3", "ghi"},
      {"regexp_substr", "'abc', 'x'", "NULL"}, {"regexp_replace", "'a b c', 'b', 'X'", "a X c"},
      {"regexp_replace", "'abc def ghi', '[a-z]+', 'X', 1, 3", "abc def X"}, {"regexp_replace", "'ab', '(a)(b)', '$2$1'", "ba"},
  };
  Check(kCases);
}

TEST(Function, Strings) {
  static const Case kCases[] = {
      {"length", "'text'", "4"}, {"length", "'é'", "2"}, {"char_length", "'é'", "1"}, {"bit_length", "'text'", "32"},
      {"concat", "'My', 'S', 'QL'", "MySQL"}, {"concat", "'My', NULL", "NULL"}, {"concat", "14.3", "14.3"}, {"concat", "1, 2", "12"},
      {"concat_ws", "',', 'First', NULL, 'Last'", "First,Last"}, {"concat_ws", "NULL, 'a'", "NULL"}, {"substring", "'Quadratically', 5", "ratically"},
      {"substring", "'Quadratically', 5, 6", "ratica"}, {"substring", "'Sakila', -3", "ila"}, {"substring", "'Sakila', -5, 3", "aki"},
      {"substring", "'abc', 0", ""}, {"substring", "'äöü', 2, 1", "ö"}, {"left", "'foobarbar', 5", "fooba"}, {"right", "'foobarbar', 4", "rbar"},
      {"right", "'äöü', 2", "öü"}, {"substring_index", "'www.mysql.com', '.', 2", "www.mysql"}, {"substring_index", "'www.mysql.com', '.', -2", "mysql.com"},
      {"substring_index", "'abc', '', 2", ""}, {"trim", "'  bar   '", "bar"}, {"trim_leading", "'xxxbarxxx', 'x'", "barxxx"},
      {"trim_both", "'xxxbarxxx', 'x'", "bar"}, {"trim_trailing", "'barxxyz', 'xyz'", "barx"}, {"lpad", "'hi', 4, '+-'", "+-hi"},
      {"lpad", "'hi', 1, '+-'", "h"}, {"rpad", "'hi', 5, '?'", "hi???"}, {"rpad", "'hi', 5, ''", ""}, {"lpad", "'hi', -1, 'x'", "NULL"},
      {"repeat", "'MySQL', 3", "MySQLMySQLMySQL"}, {"repeat", "'a', 0", ""}, {"repeat", "'a', 1000000000", "NULL"}, {"space", "3", "   "},
      {"reverse", "'abc'", "cba"}, {"reverse", "'äb'", "bä"}, {"replace", "'www.mysql.com', 'w', 'Ww'", "WwWwWw.mysql.com"},
      {"replace", "'aaa', '', 'b'", "aaa"}, {"insert", "'Quadratic', 3, 4, 'What'", "QuWhattic"}, {"insert", "'Quadratic', -1, 4, 'What'", "Quadratic"},
      {"insert", "'Quadratic', 3, 100, 'What'", "QuWhat"}, {"lower", "'QUADRATICALLY'", "quadratically"}, {"upper", "'Hej'", "HEJ"}, {"upper", "'äß'", "Äß"},
      {"ascii", "'2'", "50"}, {"ascii", "'dx'", "100"}, {"ascii", "''", "0"}, {"ord", "'2'", "50"}, {"ord", "'é'", "50089"}, {"char", "77, 121, 83, 81, '76'", "MySQL"},
      {"char", "77, NULL, 77.3", "MM"}, {"char_using", "'utf8mb4', 50089", "é"}, {"to_base64", "'abc'", "YWJj"}, {"from_base64", "'YWJj'", "abc"},
      {"from_base64", "'YWJ'", "NULL"}, {"quote", "'Don''t!'", "'Don\\'t!'"}, {"quote", "NULL", "NULL"}, {"format", "12332.123456, 4", "12,332.1235"},
      {"format", "12332.1, 4", "12,332.1000"}, {"format", "12332.2, 0", "12,332"}, {"format", "12332.2, 2, 'de_DE'", "12.332,20"},
      {"format", "-1234567, 2", "-1,234,567.00"}, {"soundex", "'Hello'", "H400"}, {"soundex", "'Quadratically'", "Q36324"}, {"sounds like", "'Hello', 'Hallo'", "1"},
  };
  Check(kCases);
}

TEST(Function, Searching) {
  static const Case kCases[] = {
      {"locate", "'bar', 'foobarbar'", "4"}, {"locate", "'xbar', 'foobar'", "0"}, {"locate", "'bar', 'foobarbar', 5", "7"}, {"locate", "'', 'abc'", "1"},
      {"instr", "'foobarbar', 'bar'", "4"}, {"instr", "'xbar', 'foobar'", "0"}, {"locate", "'B', 'abc'", "2"}, {"position", "'ö', 'äö'", "2"},
      {"field", "'Bb', 'Aa', 'Bb', 'Cc'", "2"}, {"field", "'Gg', 'Aa'", "0"}, {"field", "NULL, 'a'", "0"}, {"field", "2, 1, 2", "2"},
      {"elt", "1, 'Aa', 'Bb'", "Aa"}, {"elt", "4, 'Aa', 'Bb'", "NULL"}, {"find_in_set", "'b', 'a,b,c,d'", "2"}, {"find_in_set", "'x', ''", "0"},
      {"strcmp", "'text', 'text2'", "-1"}, {"strcmp", "'text2', 'text'", "1"}, {"strcmp", "'text', 'text'", "0"}, {"make_set", "1, 'a', 'b', 'c'", "a"},
      {"make_set", "5, 'hello', 'nice', 'world'", "hello,world"}, {"make_set", "0, 'a'", ""}, {"export_set", "5, 'Y', 'N', ',', 4", "Y,N,Y,N"},
      {"export_set", "6, '1', '0', ',', 10", "0,1,1,0,0,0,0,0,0,0"},
  };
  Check(kCases);
}

TEST(Function, DateParts) {
  static const Case kCases[] = {
      {"year", "'1987-01-01'", "1987"}, {"month", "'2008-02-03'", "2"}, {"month", "'2008-00-00'", "0"}, {"dayofmonth", "'2007-02-03'", "3"}, {"quarter", "'2008-04-01'", "2"},
      {"hour", "'10:05:03'", "10"}, {"hour", "'272:59:59'", "272"}, {"minute", "'2008-02-03 10:05:03'", "5"}, {"second", "'10:05:03'", "3"},
      {"microsecond", "'12:00:00.123456'", "123456"}, {"dayofweek", "'2007-02-03'", "7"}, {"weekday", "'2008-02-03 22:23:00'", "6"}, {"dayofyear", "'2007-02-03'", "34"},
      {"week", "'2008-02-20'", "7"}, {"week", "'2008-02-20', 1", "8"}, {"week", "'2008-12-31', 1", "53"}, {"week", "'2000-01-01', 2", "52"}, {"weekofyear", "'2008-02-20'", "8"},
      {"yearweek", "'1987-01-01'", "198652"}, {"to_days", "950501", "728779"}, {"to_days", "'2007-10-07'", "733321"}, {"to_seconds", "'2009-11-29 13:43:32'", "63426721412"},
      {"time_to_sec", "'22:23:00'", "80580"}, {"time_to_sec", "'-00:39:38'", "-2378"}, {"dayname", "'2007-02-03'", "Saturday"}, {"monthname", "'2008-02-03'", "February"},
      {"date", "'2003-12-31 01:02:03'", "2003-12-31"}, {"time", "'2003-12-31 01:02:03.000123'", "01:02:03.000123"}, {"last_day", "'2004-02-05'", "2004-02-29"},
      {"last_day", "'2003-03-32'", "NULL"}, {"extract", "'YEAR', '2019-07-02'", "2019"}, {"extract", "'YEAR_MONTH', '2019-07-02 01:02:03'", "201907"},
      {"extract", "'DAY_MINUTE', '2019-07-02 01:02:03'", "20102"}, {"extract", "'MICROSECOND', '2003-01-02 10:30:00.000123'", "123"}, {"extract", "'HOUR', TIME'-10:30:00'", "-10"},
      {"year", "NULL", "NULL"}, {"dayofweek", "'2007-00-03'", "NULL"}, {"month", "'abc'", "NULL"}, {"from_days", "730669", "2000-07-03"},
      {"makedate", "2011, 31", "2011-01-31"}, {"makedate", "2011, 0", "NULL"}, {"makedate", "2014, 365", "2014-12-31"}, {"maketime", "12, 15, 30", "12:15:30"}, {"maketime", "12, 60, 30", "NULL"},
      {"sec_to_time", "2378", "00:39:38"}, {"sec_to_time", "-10", "-00:00:10"}, {"sec_to_time", "4000000", "838:59:59"}, {"period_add", "200801, 2", "200803"}, {"period_diff", "200802, 200703", "11"},
      {"period_add", "0, 2", "!1210"},
  };
  Check(kCases);
}

TEST(Function, DateArithmetic) {
  static const Case kCases[] = {
      {"date_add", "'2018-05-01', 1, 'DAY'", "2018-05-02"}, {"date_sub", "'2018-05-01', 1, 'YEAR'", "2017-05-01"}, {"date_add", "'2020-12-31 23:59:59', 1, 'SECOND'", "2021-01-01 00:00:00"},
      {"date_add", "'2100-12-31 23:59:59', '1:1', 'MINUTE_SECOND'", "2101-01-01 00:01:00"}, {"date_sub", "'2025-01-01 00:00:00', '1 1:1:1', 'DAY_SECOND'", "2024-12-30 22:58:59"},
      {"date_add", "'1900-01-01 00:00:00', '-1 10', 'DAY_HOUR'", "1899-12-30 14:00:00"}, {"date_sub", "'1998-01-02', 31, 'DAY'", "1997-12-02"},
      {"date_add", "'1992-12-31 23:59:59.000002', '1.999999', 'SECOND_MICROSECOND'", "1993-01-01 00:00:01.000001"}, {"date_add", "'2024-03-30', 1, 'MONTH'", "2024-04-30"},
      {"date_add", "'2009-01-30', 1, 'MONTH'", "2009-02-28"}, {"date_add", "DATE'2018-05-01', 1, 'HOUR'", "2018-05-01 01:00:00"}, {"date_add", "DATE'2018-05-01', 1, 'DAY'", "2018-05-02"},
      {"date_add", "TIME'10:00:00', 1, 'HOUR'", "11:00:00"}, {"date_add", "'9999-12-31', 1, 'DAY'", "NULL"}, {"date_add", "'2018-05-01', NULL, 'DAY'", "NULL"}, {"date_add", "'abc', 1, 'DAY'", "NULL"},
      {"adddate", "'2008-01-02', 31", "2008-02-02"}, {"subdate", "'2008-01-02 12:00:00', 31", "2007-12-02 12:00:00"}, {"timestampadd", "'MINUTE', 1, '2003-01-02'", "2003-01-02 00:01:00"},
      {"timestampadd", "'WEEK', 1, '2003-01-02'", "2003-01-09"}, {"timestampdiff", "'MONTH', '2003-02-01', '2003-05-01'", "3"}, {"timestampdiff", "'YEAR', '2002-05-01', '2001-01-01'", "-1"},
      {"timestampdiff", "'MINUTE', '2003-02-01', '2003-05-01 12:05:55'", "128885"}, {"addtime", "'2007-12-31 23:59:59.999999', '1 1:1:1.000002'", "2008-01-02 01:01:01.000001"},
      {"addtime", "'01:00:00.999999', '02:00:00.999998'", "03:00:01.999997"}, {"subtime", "'2007-12-31 23:59:59.999999', '1 1:1:1.000002'", "2007-12-30 22:58:58.999997"},
      {"timediff", "'2000-01-01 00:00:00', '2000-01-01 00:00:00.000001'", "-00:00:00.000001"}, {"timediff", "'2008-12-31 23:59:59.000001', '2008-12-30 01:01:01.000002'", "46:58:57.999999"},
      {"timestamp", "'2003-12-31'", "2003-12-31 00:00:00"}, {"timestamp", "'2003-12-31 12:00:00', '12:00:00'", "2004-01-01 00:00:00"}, {"datediff", "'2007-12-31 23:59:59', '2007-12-30'", "1"},
      {"datediff", "'2010-11-30 23:59:59', '2010-12-31'", "-31"},
  };
  Check(kCases);
}

TEST(Function, DateFormats) {
  static const Case kCases[] = {
      {"date_format", "'2009-10-04 22:23:00', '%W %M %Y'", "Sunday October 2009"}, {"date_format", "'2007-10-04 22:23:00', '%H:%i:%s'", "22:23:00"},
      {"date_format", "'1900-10-04 22:23:00', '%D %y %a %d %m %b %j'", "4th 00 Thu 04 10 Oct 277"}, {"date_format", "'1997-10-04 22:23:00', '%H %k %I %r %T %S %w'", "22 22 10 10:23:00 PM 22:23:00 00 6"},
      {"date_format", "'1999-01-01', '%X %V'", "1998 52"}, {"date_format", "'2006-06-00', '%d'", "00"}, {"time_format", "'100:00:00', '%H %k %h %I %l'", "100 100 04 04 4"},
      {"str_to_date", "'01,5,2013', '%d,%m,%Y'", "2013-05-01"}, {"str_to_date", "'May 1, 2013', '%M %d,%Y'", "2013-05-01"}, {"str_to_date", "'a09:30:17', 'a%h:%i:%s'", "09:30:17"},
      {"str_to_date", "'a09:30:17', '%h:%i:%s'", "NULL"}, {"str_to_date", "'09:30:17a', '%h:%i:%s'", "09:30:17"}, {"str_to_date", "'2013-05-01 10:20:30.5', '%Y-%m-%d %H:%i:%s.%f'", "2013-05-01 10:20:30.500000"},
      {"str_to_date", "'200442 Monday', '%X%V %W'", "2004-10-18"}, {"get_format", "'DATE', 'EUR'", "%d.%m.%Y"}, {"get_format", "'DATETIME', 'USA'", "%Y-%m-%d %H.%i.%s"},
      {"unix_timestamp", "'2015-11-13 10:20:19'", "1447410019"}, {"unix_timestamp", "'2015-11-13 10:20:19.012'", "1447410019.012"}, {"unix_timestamp", "'1000-01-01'", "0"}, {"unix_timestamp", "", "1700000000"},
      {"from_unixtime", "1447430881", "2015-11-13 16:08:01"}, {"from_unixtime", "1447430881.5", "2015-11-13 16:08:01.5"}, {"from_unixtime", "1447430881, '%Y %D'", "2015 13th"}, {"from_unixtime", "-1", "NULL"},
      {"convert_tz", "'2004-01-01 12:00:00', '+00:00', '+10:00'", "2004-01-01 22:00:00"}, {"convert_tz", "'2004-01-01 12:00:00', 'nowhere', '+10:00'", "NULL"}, {"now", "", "2023-11-14 22:13:20"},
      {"now", "3", "2023-11-14 22:13:20.123"}, {"now", "7", "!1426"}, {"curdate", "", "2023-11-14"}, {"curtime", "6", "22:13:20.123456"}, {"utc_date", "", "2023-11-14"},
  };
  Check(kCases);
}

TEST(Function, Json) {
  static const Case kCases[] = {
      {"json_array", "1, 'abc', NULL, TRUE", "[1, \"abc\", null, true]"}, {"json_object", "'id', 87, 'name', 'carrot'", "{\"id\": 87, \"name\": \"carrot\"}"}, {"json_object", "'a', 1, 'b'", "!1582"},
      {"json_object", "NULL, 1", "!3158"}, {"json_quote", "'\"null\"'", "\"\\\"null\\\"\""}, {"json_unquote", "'\"abc\"'", "abc"}, {"json_extract", "'[10, 20, [30, 40]]', '$[1]'", "20"},
      {"json_extract", "'[10, 20, [30, 40]]', '$[1]', '$[0]'", "[20, 10]"}, {"json_extract", "'[10, 20, [30, 40]]', '$[2][*]'", "[30, 40]"}, {"json_extract", "'{\"a\": 1}', '$.b'", "NULL"},
      {"->>", "JSON'{\"a\": \"x\"}', '$.a'", "x"}, {"json_contains", "'{\"a\": 1, \"b\": 2}', '1', '$.a'", "1"}, {"json_contains", "'{\"a\": 1}', '1', '$.c'", "NULL"},
      {"json_contains_path", "'{\"a\": 1, \"b\": 2}', 'one', '$.a', '$.e'", "1"}, {"json_contains_path", "'{\"a\": 1, \"b\": 2}', 'all', '$.a', '$.e'", "0"}, {"json_contains_path", "'{}', 'some', '$.a'", "!3154"},
      {"json_keys", "'{\"a\": 1, \"b\": {\"c\": 30}}'", "[\"a\", \"b\"]"}, {"json_keys", "'{\"a\": 1, \"b\": {\"c\": 30}}', '$.b'", "[\"c\"]"}, {"json_length", "'[1, 2, {\"a\": 3}]'", "3"}, {"json_length", "'{\"a\": 1, \"b\": {\"c\": 30}}', '$.b'", "1"},
      {"json_depth", "'[10, {\"a\": 20}]'", "3"}, {"json_type", "'[1]'", "ARRAY"}, {"json_type", "'1'", "INTEGER"}, {"json_valid", "'{\"a\": 1}'", "1"}, {"json_valid", "'hello'", "0"}, {"json_valid", "NULL", "NULL"}, {"json_valid", "1", "0"},
      {"json_set", "'{\"a\": 1, \"b\": [2, 3]}', '$.a', 10, '$.c', '[true, false]'", "{\"a\": 10, \"b\": [2, 3], \"c\": \"[true, false]\"}"}, {"json_insert", "'{\"a\": 1}', '$.a', 10, '$.c', 2", "{\"a\": 1, \"c\": 2}"},
      {"json_replace", "'{\"a\": 1}', '$.a', 10, '$.c', 2", "{\"a\": 10}"}, {"json_remove", "'[\"a\", [\"b\", \"c\"], \"d\"]', '$[1]'", "[\"a\", \"d\"]"}, {"json_remove", "'[]', '$'", "!3153"},
      {"json_array_append", "'[\"a\", [\"b\", \"c\"], \"d\"]', '$[1]', 1", "[\"a\", [\"b\", \"c\", 1], \"d\"]"}, {"json_array_insert", "'[\"a\", {\"b\": [1, 2]}, [3, 4]]', '$[1]', 'x'", "[\"a\", \"x\", {\"b\": [1, 2]}, [3, 4]]"},
      {"json_merge_preserve", "'[1, 2]', '[true, false]'", "[1, 2, true, false]"}, {"json_merge_patch", "'{\"a\":1, \"b\":2}', '{\"b\":null}'", "{\"a\": 1}"}, {"json_overlaps", "'[1,3,5,7]', '[2,5,7]'", "1"},
      {"member of", "17, '[23, \"abc\", 17, \"ab\", 10]'", "1"}, {"member of", "'17', '[23, \"abc\", 17]'", "0"}, {"json_search", "'[\"abc\", [{\"k\": \"10\"}, \"def\"], {\"x\":\"abc\"}]', 'one', 'abc'", "\"$[0]\""},
      {"json_search", "'[\"abc\", [{\"k\": \"10\"}, \"def\"], {\"x\":\"abc\"}]', 'all', 'abc'", "[\"$[0]\", \"$[2].x\"]"}, {"json_search", "'[\"abc\"]', 'all', 'ghi'", "NULL"}, {"json_value", "'{\"fname\": \"Joe\"}', '$.fname'", "Joe"},
      {"json_extract", "'{\"a\": 1', '$.a'", "!3141"}, {"json_extract", "'{\"a\": 1}', 'a'", "!3143"}, {"json_extract", "5, '$.a'", "!3146"}, {"json_set", "'{}', '$.*', 1", "!3149"},
  };
  Check(kCases);
}

TEST(Function, CryptoAndMiscellaneous) {
  static const Case kCases[] = {
      {"md5", "'testing'", "ae2b1fca515949e5d54fb22b8ed95575"}, {"sha1", "'abc'", "a9993e364706816aba3e25717850c26c9cd0d89d"}, {"sha2", "'abc', 224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"}, {"sha2", "'abc', 100", "NULL"},
      {"uncompressed_length", "''", "0"}, {"inet_aton", "'10.0.5.9'", "167773449"}, {"inet_aton", "'127.1'", "2130706433"}, {"inet_aton", "'1.2.3.400'", "NULL"}, {"inet_ntoa", "167773449", "10.0.5.9"},
      {"inet6_ntoa", "X'fdfe0000000000005a55caf1fefa9089'", "fdfe::5a55:caf1:fefa:9089"}, {"is_ipv4", "'10.0.5.9'", "1"}, {"is_ipv4", "'10.0.5.256'", "0"}, {"is_ipv6", "'::1'", "1"}, {"is_ipv6", "NULL", "0"}, {"is_uuid", "'6ccd780c-baba-1026-9564-5b8c656024db'", "1"},
      {"is_uuid", "'x'", "0"}, {"bin_to_uuid", "'abc'", "!1411"}, {"format_bytes", "512", " 512 bytes"}, {"format_bytes", "18446644073709551615", "16.00 EiB"}, {"format_pico_time", "3501", "3.50 ns"}, {"version", "", "8.4.0-mahi"}, {"database", "", "test"},
      {"user", "", "me@localhost"}, {"connection_id", "", "7"}, {"last_insert_id", "", "42"}, {"row_count", "", "-1"}, {"charset", "'a'", "utf8mb4"}, {"collation", "'a'", "utf8mb4_0900_ai_ci"}, {"coercibility", "'a'", "4"}, {"coercibility", "1000", "5"},
      {"coercibility", "NULL", "6"}, {"sleep", "0", "0"}, {"sleep", "NULL", "!1210"}, {"get_lock", "'a', 1", "1"}, {"get_lock", "'', 1", "!3057"}, {"benchmark", "10, 1", "0"},
  };
  Check(kCases);
}

TEST(Function, Cast) {
  auto cast = [](const char* value, SqlType target) {
    CallOptions options;
    options.target_type = &target;
    return CallFunction("cast", value, options).text;
  };
  SqlType character = SqlType::Char(0);
  EXPECT_EQ(cast("'123abc'", SqlType::BigInt()), "123");
  EXPECT_EQ(cast("-1", SqlType::BigInt(true)), "18446744073709551615");
  EXPECT_EQ(cast("1.5", SqlType::BigInt()), "2");
  EXPECT_EQ(cast("'1.256'", SqlType::Decimal(5, 2)), "1.26");
  EXPECT_EQ(cast("12345", SqlType::Decimal(3, 1)), "99.9");
  EXPECT_EQ(cast("'2020-01-31 10:11:12'", SqlType::Date()), "2020-01-31");
  EXPECT_EQ(cast("20200131101112", SqlType::DateTime()), "2020-01-31 10:11:12");
  EXPECT_EQ(cast("'abc'", SqlType::Date()), "NULL");
  EXPECT_EQ(cast("'10:11:12.5'", SqlType::Time()), "10:11:13");
  EXPECT_EQ(cast("'abcdef'", SqlType::Char(3)), "abc");
  EXPECT_EQ(cast("1.50", character), "1.50");
  EXPECT_EQ(cast("1e20", character), "1e20");
  EXPECT_EQ(cast("'{\"a\": 1}'", SqlType::Json()), "{\"a\": 1}");
  EXPECT_EQ(cast("'{'", SqlType::Json()), "!3141");
  EXPECT_EQ(cast("'99'", SqlType::Year()), "1999");
  EXPECT_EQ(cast("NULL", SqlType::BigInt()), "NULL");
}

TEST(Function, Warnings) {
  auto warning = [](const char* name, const char* arguments) {
    CallOutcome outcome = CallFunction(name, arguments);
    return outcome.warnings.empty() ? std::string() : std::to_string(outcome.warnings[0]) + " " + outcome.message;
  };
  EXPECT_EQ(warning("+", "'3abc', 4"), "1292 Truncated incorrect DOUBLE value: '3abc'");
  EXPECT_EQ(warning("/", "1, 0"), "1365 Division by 0");
  EXPECT_EQ(warning("year", "'abc'"), "1292 Incorrect datetime value: 'abc'");
  EXPECT_EQ(warning("date_add", "'9999-12-31', 1, 'DAY'"), "1441 Datetime function: datetime field overflow");
  CallOptions strict;
  strict.is_dml = true;
  EXPECT_EQ(CallFunction("/", "1, 0", strict).text, "!1365");
  EXPECT_EQ(CallFunction("+", "'x', 0", strict).text, "!1292");
}

TEST(Function, ResultTypes) {
  auto type = [](const char* name, const char* arguments) { return CallFunction(name, arguments).type.ToSql(); };
  EXPECT_EQ(type("/", "1, 3"), "decimal(5,4)");
  EXPECT_EQ(type("+", "1.5, 2"), "decimal(3,1)");
  EXPECT_EQ(type("*", "1.10, 1.10"), "decimal(6,4)");
  EXPECT_EQ(type("concat", "'abc', 12"), "varchar(5)");
  EXPECT_EQ(type("date_add", "DATE'2020-01-01', 1, 'DAY'"), "date");
  EXPECT_EQ(type("now", "3"), "datetime(3)");
  EXPECT_EQ(type("coalesce", "1, 2.5"), "decimal(20,1)");
  EXPECT_EQ(type("json_array", "1"), "json");
  EXPECT_EQ(CallFunction("nope", "1").text, "no such function");
  EXPECT_EQ(CallFunction("length", "1, 2").text, "!1582");
}

TEST(Aggregate, Values) {
  struct AggregateCase {
    const char* name;
    const char* rows;
    const char* expected;
  };
  static const AggregateCase kCases[] = {
      {"count", "1, NULL, 3", "2"}, {"sum", "1, 2, NULL", "3"}, {"sum", "9223372036854775807, 9223372036854775807", "18446744073709551614"}, {"sum", "NULL", "NULL"}, {"sum", "1.50, 2.25", "3.75"}, {"sum", "'1', '2x'", "3"},
      {"avg", "1, 2", "1.5000"}, {"avg", "1, 1, 2", "1.3333"}, {"avg", "1e0, 2e0", "1.5"}, {"min", "3, 1, 2", "1"}, {"max", "'b', 'C', 'a'", "C"}, {"min", "DATE'2020-01-02', DATE'2020-01-01'", "2020-01-01"}, {"max", "NULL", "NULL"},
      {"bit_and", "7, 3", "3"}, {"bit_or", "1, 2", "3"}, {"bit_xor", "1, 3", "2"}, {"bit_and", "NULL", "18446744073709551615"}, {"std", "1, 2, 3, 4", "1.118033988749895"}, {"var_samp", "1, 2, 3, 4", "1.6666666666666667"},
      {"var_samp", "1", "NULL"}, {"variance", "1, 1", "0"}, {"group_concat", "'a', 'b', NULL, 'c'", "a,b,c"}, {"group_concat", "NULL", "NULL"}, {"json_arrayagg", "1, NULL, 2", "[1, null, 2]"}, {"any_value", "5, 6", "5"},
  };
  for (const AggregateCase& c : kCases) EXPECT_EQ(CallAggregate(c.name, c.rows).text, c.expected) << c.name << "(" << c.rows << ")";
}

TEST(Window, Resolves) {
  EXPECT_NE(FindWindowFunction("ROW_NUMBER"), nullptr);
  EXPECT_EQ(FindWindowFunction("sum"), nullptr);
  ResolveContext context;
  EXPECT_TRUE(ResolveWindowCall(context, *FindWindowFunction("ntile"), {}).Is(1582));
}

TEST(Registry, NamesAreFoundWithoutCase) {
  EXPECT_EQ(FindFunction("CONCAT"), FindFunction("concat"));
  EXPECT_GT(AllFunctions().size(), 250u);
}

}  // namespace
}  // namespace mahi
