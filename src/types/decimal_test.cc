#include "types/decimal.h"

#include <gtest/gtest.h>

#include <random>

namespace mahi {
namespace {

Decimal D(std::string_view text) {
  size_t consumed;
  DecimalStatus status;
  Decimal d = Decimal::Parse(text, &consumed, &status);
  EXPECT_EQ(consumed, text.size()) << text;
  return d;
}

std::string Sum(const char* a, const char* b) {
  Decimal r;
  EXPECT_EQ(Decimal::Add(D(a), D(b), &r), DecimalStatus::kOk);
  return r.ToString();
}
std::string Product(const char* a, const char* b) {
  Decimal r;
  Decimal::Multiply(D(a), D(b), &r);
  return r.ToString();
}
std::string Quotient(const char* a, const char* b) {
  Decimal r;
  Decimal::Divide(D(a), D(b), 4, &r);
  return r.ToString();
}

TEST(Decimal, ParsesAndPrints) {
  EXPECT_EQ(D("0").ToString(), "0");
  EXPECT_EQ(D("-0.00").ToString(), "0.00");
  EXPECT_EQ(D("1.50").ToString(), "1.50");
  EXPECT_EQ(D("-.5").ToString(), "-0.5");
  EXPECT_EQ(D("12.").ToString(), "12");
  EXPECT_EQ(D("1e3").ToString(), "1000");
  EXPECT_EQ(D("1.25e1").ToString(), "12.5");
  EXPECT_EQ(D("1e-3").ToString(), "0.001");
  EXPECT_EQ(D("123456789012345678901234567890.123456789").ToString(), "123456789012345678901234567890.123456789");
  EXPECT_EQ(D("0.0000000000000000000000000000001").ToString(), "0.000000000000000000000000000000");
  EXPECT_EQ(D("0.0000000000000000000000000000005").ToString(), "0.000000000000000000000000000001");
}

TEST(Decimal, Arithmetic) {
  EXPECT_EQ(Sum("1.1", "2.25"), "3.35");
  EXPECT_EQ(Sum("9223372036854775807", "1"), "9223372036854775808");
  EXPECT_EQ(Sum("1", "-1.000"), "0.000");
  EXPECT_EQ(Sum("99999999999999999999999999999999999999999999999999999999999999999", "1"),
            "100000000000000000000000000000000000000000000000000000000000000000");
  EXPECT_EQ(Product("1.5", "-2.50"), "-3.750");
  EXPECT_EQ(Product("99999999999999999999", "99999999999999999999"), "9999999999999999999800000000000000000001");
  EXPECT_EQ(Quotient("2", "3"), "0.6667");
  EXPECT_EQ(Quotient("1", "-8"), "-0.1250");
  EXPECT_EQ(Quotient("1.00", "3"), "0.333333");
  Decimal r;
  EXPECT_EQ(Decimal::Divide(D("1"), D("0.0"), 4, &r), DecimalStatus::kDivByZero);
  Decimal::Modulo(D("-7.5"), D("2"), &r);
  EXPECT_EQ(r.ToString(), "-1.5");
  Decimal::IntegerDivide(D("7.5"), D("-2"), &r);
  EXPECT_EQ(r.ToString(), "-3");
}

TEST(Decimal, Rounding) {
  EXPECT_EQ(D("2.5").Round(0).ToString(), "3");
  EXPECT_EQ(D("-2.5").Round(0).ToString(), "-3");
  EXPECT_EQ(D("1234.567").Round(-2).ToString(), "1200");
  EXPECT_EQ(D("1250").Round(-2).ToString(), "1300");
  EXPECT_EQ(D("-1.99").Truncate(1).ToString(), "-1.9");
  EXPECT_EQ(D("-1.5").Ceiling().ToString(), "-1");
  EXPECT_EQ(D("-1.5").Floor().ToString(), "-2");
  EXPECT_EQ(D("1.2").Ceiling().ToString(), "2");
  Decimal r;
  EXPECT_EQ(D("123.456").ConvertTo(5, 2, &r), DecimalStatus::kTruncated);
  EXPECT_EQ(r.ToString(), "123.46");
  EXPECT_EQ(D("-1234").ConvertTo(5, 2, &r), DecimalStatus::kOverflow);
  EXPECT_EQ(r.ToString(), "-999.99");
}

TEST(Decimal, Integers) {
  int64_t i;
  uint64_t u;
  EXPECT_TRUE(D("-9223372036854775808").ToInt64(&i));
  EXPECT_EQ(i, INT64_MIN);
  EXPECT_FALSE(D("9223372036854775807.5").ToInt64(&i));
  EXPECT_TRUE(D("18446744073709551615.4").ToUInt64(&u));
  EXPECT_EQ(u, UINT64_MAX);
  EXPECT_FALSE(D("-1").ToUInt64(&u));
  EXPECT_EQ(Decimal::FromDouble(0.1).ToString(), "0.1");
  EXPECT_EQ(Decimal::FromDouble(-1.5e20).ToString(), "-150000000000000000000");
  EXPECT_DOUBLE_EQ(D("123456789.000000001").ToDouble(), 123456789.000000001);
}

// Identities over random operands of every size: they exercise the long division against multiplication.
TEST(Decimal, RandomIdentities) {
  std::mt19937_64 random(7);
  auto any = [&] {
    std::string text = random() % 2 ? "-" : "";
    size_t digits = 1 + random() % 40, scale = random() % 12;
    for (size_t i = 0; i < digits; ++i) text += static_cast<char>('0' + random() % (random() % 3 ? 10 : 2));
    if (scale > 0) {
      text += '.';
      for (size_t i = 0; i < scale; ++i) text += static_cast<char>('0' + random() % 10);
    }
    return D(text);
  };
  for (int round = 0; round < 20000; ++round) {
    Decimal a = any(), b = any(), sum, back, quotient, remainder, product;
    ASSERT_EQ(Decimal::Add(a, b, &sum), DecimalStatus::kOk);
    ASSERT_EQ(Decimal::Subtract(sum, b, &back), DecimalStatus::kOk);
    ASSERT_EQ(back, a) << a.ToString() << " " << b.ToString();
    ASSERT_EQ(D(a.ToString()), a);
    ASSERT_EQ(D(a.ToString()).scale(), a.scale());
    if (!b.is_zero()) {  // a = q*b + r, |r| < |b|
      Decimal::IntegerDivide(a, b, &quotient);
      Decimal::Modulo(a, b, &remainder);
      ASSERT_LT(remainder.Abs(), b.Abs());
      Decimal::Multiply(quotient, b, &product);
      Decimal::Add(product, remainder, &back);
      ASSERT_EQ(back, a) << a.ToString() << " / " << b.ToString();
    }
    ASSERT_EQ(a < b, Decimal::FromInt64(0) < (Decimal::Subtract(b, a, &back), back));
    std::string compact;
    a.EncodeCompact(&compact);
    ASSERT_TRUE(Decimal::DecodeCompact(compact, &back));
    ASSERT_EQ(back.ToString(), a.ToString());
    if (a.Fits(60, 12) && b.Fits(60, 12)) {
      std::string x, y;
      a.EncodeKey(60, 12, &x);
      b.EncodeKey(60, 12, &y);
      ASSERT_EQ(x.size(), Decimal::EncodedKeyBytes(60, 12));
      ASSERT_EQ(x < y, a < b);
      ASSERT_EQ(x == y, a == b);
      std::string_view rest = x;
      ASSERT_TRUE(Decimal::DecodeKey(&rest, 60, 12, &back));
      ASSERT_EQ(back, a);
    }
    Decimal scaled;
    if (a.Rescale(a.scale() + 3, &scaled) == DecimalStatus::kOk) {
      ASSERT_EQ(scaled.Hash(), a.Hash());
    }
  }
}

}  // namespace
}  // namespace mahi
