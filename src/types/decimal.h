// Decimal: an exact decimal number, sign * magnitude / 10^scale, with magnitude < 10^77 and scale 0..30.
//
// DECIMAL columns hold up to 65 digits; arithmetic has room above that, and Fits() tells what a column takes.
// Trivially copyable. Zero is never negative. Equal values may differ in scale (1.0 and 1.00); Compare and Hash
// treat them as equal.
// Source: MySQL 8.4 manual, "Precision Math". Thread safety: values. Errors: reported in return values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace mahi {

// What happened while making a number.
enum class DecimalStatus : uint8_t {
  kOk,
  kTruncated,   // digits after the point were lost
  kOverflow,    // too large: the result is the nearest that fits
  kDivByZero,
  kBadNumber,   // no number at the start of the text
};

class Decimal {
 public:
  static constexpr uint32_t kMaxPrecision = 65;
  static constexpr uint32_t kMaxScale = 30;
  static constexpr size_t kMaxTextBytes = 82;  // sign, 77 digits, point, leading zero

  constexpr Decimal() = default;
  static Decimal FromInt64(int64_t value);
  static Decimal FromUInt64(uint64_t value);
  // Via the shortest decimal text that reads back as `value`. NaN becomes 0 with kBadNumber.
  static Decimal FromDouble(double value, DecimalStatus* status = nullptr);
  // Scaled integer: value / 10^scale.
  static Decimal FromScaled(int64_t value, uint32_t scale);

  // Parses [space][+-]digits[.digits][e[+-]digits] at the start of text. `consumed` receives the bytes read
  // (0: no number). More than 30 digits after the point are rounded (kTruncated).
  static Decimal Parse(std::string_view text, size_t* consumed, DecimalStatus* status);
  // The largest value of DECIMAL(precision, scale), negative when asked.
  static Decimal Max(uint32_t precision, uint32_t scale, bool negative = false);

  bool is_negative() const { return negative_; }
  bool is_zero() const { return (word_[0] | word_[1] | word_[2] | word_[3]) == 0; }
  uint32_t scale() const { return scale_; }
  // Digits before the point (0 for |x| < 1).
  uint32_t IntegerDigits() const;
  // Significant digits: max(IntegerDigits() + scale(), 1).
  uint32_t Precision() const;
  bool Fits(uint32_t precision, uint32_t scale) const {
    return scale_ <= scale && IntegerDigits() <= precision - scale;
  }
  bool IsInteger() const;

  // Fixed notation with scale() digits after the point: -0.50, 12, 3.000.
  void AppendTo(std::string* out) const;
  std::string ToString() const;

  static DecimalStatus Add(const Decimal& a, const Decimal& b, Decimal* result);
  static DecimalStatus Subtract(const Decimal& a, const Decimal& b, Decimal* result);
  // Scale is the sum of the scales, at most 30 (rounded).
  static DecimalStatus Multiply(const Decimal& a, const Decimal& b, Decimal* result);
  // Scale is a.scale + scale_increment (div_precision_increment), at most 30, rounded half away from zero.
  static DecimalStatus Divide(const Decimal& a, const Decimal& b, uint32_t scale_increment, Decimal* result);
  // Sign of a; scale is the larger one.
  static DecimalStatus Modulo(const Decimal& a, const Decimal& b, Decimal* result);
  // a DIV b: the integer part of the quotient.
  static DecimalStatus IntegerDivide(const Decimal& a, const Decimal& b, Decimal* result);

  Decimal Negate() const;
  Decimal Abs() const;
  // To `scale` digits after the point (negative: zeros before it, scale 0). Half away from zero.
  Decimal Round(int32_t scale) const;
  Decimal Truncate(int32_t scale) const;
  // To the integer towards plus or minus infinity; scale 0.
  Decimal Ceiling() const;
  Decimal Floor() const;
  // Same value with more digits after the point, or rounded to fewer; kOverflow when it does not fit.
  DecimalStatus Rescale(uint32_t scale, Decimal* result) const;
  // Rounds to scale and clips to DECIMAL(precision, scale): kTruncated when digits were lost, kOverflow when clipped.
  DecimalStatus ConvertTo(uint32_t precision, uint32_t scale, Decimal* result) const;

  std::strong_ordering operator<=>(const Decimal& other) const {
    int c = Compare(other);
    return c < 0 ? std::strong_ordering::less
                 : c > 0 ? std::strong_ordering::greater : std::strong_ordering::equal;
  }
  bool operator==(const Decimal& other) const { return Compare(other) == 0; }
  int Compare(const Decimal& other) const;
  uint64_t Hash() const;

  // Round half away from zero; false on overflow, then the nearest value.
  bool ToInt64(int64_t* value) const;
  bool ToUInt64(uint64_t* value) const;
  double ToDouble() const;

  // Keys: memcmp order is numeric order for values of one (precision, scale). Fixed width EncodedKeyBytes.
  // REQUIRES: Fits(precision, scale).
  static size_t EncodedKeyBytes(uint32_t precision, uint32_t scale);
  void EncodeKey(uint32_t precision, uint32_t scale, std::string* out) const;
  // False when `bytes` is too short; *bytes is advanced.
  static bool DecodeKey(std::string_view* bytes, uint32_t precision, uint32_t scale, Decimal* result);

  // Rows: compact, self-describing (header byte: sign and length; scale; magnitude little endian). At most 34 bytes.
  void EncodeCompact(std::string* out) const;
  // Reads exactly `bytes`; false when malformed.
  static bool DecodeCompact(std::string_view bytes, Decimal* result);

  // Does the magnitude fit 63 bits? Then this is it, with its sign: the fast path of sums.
  bool FitsScaledInt64() const { return (word_[1] | word_[2] | word_[3]) == 0 && word_[0] >> 63 == 0; }
  int64_t ScaledInt64() const {
    return negative_ ? -static_cast<int64_t>(word_[0]) : static_cast<int64_t>(word_[0]);
  }

 private:
  friend struct DecimalMath;
  uint64_t word_[4] = {0, 0, 0, 0};  // little endian
  bool negative_ = false;
  uint8_t scale_ = 0;
};

}  // namespace mahi
