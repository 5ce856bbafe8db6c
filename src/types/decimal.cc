#include "types/decimal.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/assert.h"
#include "base/bytes.h"

namespace mahi {

namespace {

using Word128 = unsigned __int128;

// An unsigned integer of up to 512 bits, little endian; room for every intermediate result.
struct Wide {
  uint64_t w[8] = {};
};

int WordCount(const Wide& x) {
  int n = 8;
  while (n > 0 && x.w[n - 1] == 0) --n;
  return n;
}
bool IsZero(const Wide& x) { return WordCount(x) == 0; }

int CompareWide(const Wide& a, const Wide& b) {
  for (int i = 7; i >= 0; --i) {
    if (a.w[i] != b.w[i]) return a.w[i] < b.w[i] ? -1 : 1;
  }
  return 0;
}

void AddWide(Wide* a, const Wide& b) {
  uint64_t carry = 0;
  for (int i = 0; i < 8; ++i) {
    Word128 sum = static_cast<Word128>(a->w[i]) + b.w[i] + carry;
    a->w[i] = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64);
  }
}
void SubtractWide(Wide* a, const Wide& b) {  // REQUIRES: *a >= b
  uint64_t borrow = 0;
  for (int i = 0; i < 8; ++i) {
    Word128 difference = static_cast<Word128>(a->w[i]) - b.w[i] - borrow;
    a->w[i] = static_cast<uint64_t>(difference);
    borrow = static_cast<uint64_t>(difference >> 64) & 1;
  }
}
void AddSmall(Wide* a, uint64_t b) {
  for (int i = 0; i < 8 && b != 0; ++i) {
    a->w[i] += b;
    b = a->w[i] < b ? 1 : 0;
  }
}

// Both operands below 2^256.
Wide MultiplyWide(const Wide& a, const Wide& b) {
  Wide result;
  int na = WordCount(a), nb = WordCount(b);
  for (int i = 0; i < na; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < nb && i + j < 8; ++j) {
      Word128 t = static_cast<Word128>(a.w[i]) * b.w[j] + result.w[i + j] + carry;
      result.w[i + j] = static_cast<uint64_t>(t);
      carry = static_cast<uint64_t>(t >> 64);
    }
    if (i + nb < 8) result.w[i + nb] = carry;
  }
  return result;
}
void MultiplySmall(Wide* a, uint64_t b) {
  uint64_t carry = 0;
  for (int i = 0; i < 8; ++i) {
    Word128 t = static_cast<Word128>(a->w[i]) * b + carry;
    a->w[i] = static_cast<uint64_t>(t);
    carry = static_cast<uint64_t>(t >> 64);
  }
}

// Divides in place, returns the remainder.
uint64_t DivideSmall(Wide* a, uint64_t b) {
  Word128 remainder = 0;
  for (int i = WordCount(*a) - 1; i >= 0; --i) {
    Word128 t = remainder << 64 | a->w[i];
    a->w[i] = static_cast<uint64_t>(t / b);
    remainder = t % b;
  }
  return static_cast<uint64_t>(remainder);
}

// Schoolbook division in base 2^32 (Knuth, "The Art of Computer Programming", 4.3.1, algorithm D).
void DivideWide(const Wide& a, const Wide& b, Wide* quotient, Wide* remainder) {
  *quotient = {};
  *remainder = {};
  if (CompareWide(a, b) < 0) {
    *remainder = a;
    return;
  }
  int bn = WordCount(b);
  if (bn == 1) {
    *quotient = a;
    remainder->w[0] = DivideSmall(quotient, b.w[0]);
    return;
  }
  if (WordCount(a) <= 2) {
    Word128 x = static_cast<Word128>(a.w[1]) << 64 | a.w[0];
    Word128 y = static_cast<Word128>(b.w[1]) << 64 | b.w[0];
    Word128 q = x / y, r = x % y;
    quotient->w[0] = static_cast<uint64_t>(q);
    quotient->w[1] = static_cast<uint64_t>(q >> 64);
    remainder->w[0] = static_cast<uint64_t>(r);
    remainder->w[1] = static_cast<uint64_t>(r >> 64);
    return;
  }
  uint32_t u[18] = {}, v[16] = {}, q[16] = {};
  std::memcpy(u, a.w, 64);
  std::memcpy(v, b.w, 64);
  int n = 16, m = 16;
  while (v[n - 1] == 0) --n;
  while (u[m - 1] == 0) --m;
  int shift = __builtin_clz(v[n - 1]);
  if (shift > 0) {
    for (int i = n - 1; i > 0; --i) v[i] = v[i] << shift | v[i - 1] >> (32 - shift);
    v[0] <<= shift;
    u[m] = u[m - 1] >> (32 - shift);
    for (int i = m - 1; i > 0; --i) u[i] = u[i] << shift | u[i - 1] >> (32 - shift);
    u[0] <<= shift;
  }
  for (int j = m - n; j >= 0; --j) {
    uint64_t top = static_cast<uint64_t>(u[j + n]) << 32 | u[j + n - 1];
    uint64_t digit = top / v[n - 1];
    uint64_t rest = top % v[n - 1];
    while (digit >> 32 != 0 || digit * v[n - 2] > (rest << 32 | u[j + n - 2])) {
      --digit;
      rest += v[n - 1];
      if (rest >> 32 != 0) break;
    }
    int64_t borrow = 0;
    uint64_t carry = 0;
    for (int i = 0; i < n; ++i) {
      carry += digit * v[i];
      int64_t t = static_cast<int64_t>(u[i + j]) - borrow - static_cast<int64_t>(carry & 0xffffffff);
      u[i + j] = static_cast<uint32_t>(t);
      borrow = t < 0 ? 1 : 0;
      carry >>= 32;
    }
    int64_t t = static_cast<int64_t>(u[j + n]) - borrow - static_cast<int64_t>(carry);
    u[j + n] = static_cast<uint32_t>(t);
    if (t < 0) {  // One too many: add back.
      --digit;
      uint64_t sum = 0;
      for (int i = 0; i < n; ++i) {
        sum += static_cast<uint64_t>(u[i + j]) + v[i];
        u[i + j] = static_cast<uint32_t>(sum);
        sum >>= 32;
      }
      u[j + n] += static_cast<uint32_t>(sum);
    }
    q[j] = static_cast<uint32_t>(digit);
  }
  if (shift > 0) {
    for (int i = 0; i < n; ++i) u[i] = u[i] >> shift | static_cast<uint32_t>(static_cast<uint64_t>(u[i + 1]) << (32 - shift));
  }
  std::memcpy(quotient->w, q, 64);
  std::memcpy(remainder->w, u, static_cast<size_t>(n) * 4);
}

constexpr uint64_t kSmallPowers[] = {1ull,
                                     10ull,
                                     100ull,
                                     1000ull,
                                     10000ull,
                                     100000ull,
                                     1000000ull,
                                     10000000ull,
                                     100000000ull,
                                     1000000000ull,
                                     10000000000ull,
                                     100000000000ull,
                                     1000000000000ull,
                                     10000000000000ull,
                                     100000000000000ull,
                                     1000000000000000ull,
                                     10000000000000000ull,
                                     100000000000000000ull,
                                     1000000000000000000ull,
                                     10000000000000000000ull};
constexpr int kMaxDigits = 77;
constexpr int kPowers = 155;  // 10^154 < 2^512

const Wide& Power(int exponent) {
  static const std::array<Wide, kPowers> powers = [] {
    std::array<Wide, kPowers> p;
    p[0].w[0] = 1;
    for (int i = 1; i < kPowers; ++i) {
      p[i] = p[i - 1];
      MultiplySmall(&p[i], 10);
    }
    return p;
  }();
  return powers[exponent];
}

// Decimal digits of x; 0 for zero.
int DigitCount(const Wide& x) {
  int words = WordCount(x);
  if (words == 0) return 0;
  int bits = words * 64 - __builtin_clzll(x.w[words - 1]);
  int digits = bits * 1233 / 4096;  // floor(bits * log10(2)), at most one too small
  if (digits < kPowers && CompareWide(x, Power(digits)) >= 0) ++digits;
  return digits;
}

void ScaleUp(Wide* x, int exponent) {
  while (exponent > 0) {
    int step = exponent < 19 ? exponent : 19;
    MultiplySmall(x, kSmallPowers[step]);
    exponent -= step;
  }
}

// x / 10^exponent, half away from zero (x is a magnitude) or cut. Returns true when digits were lost.
bool ScaleDown(Wide* x, int exponent, bool round) {
  if (exponent <= 0) return false;
  if (exponent >= kPowers) {
    bool lost = !IsZero(*x);
    *x = {};
    return lost;
  }
  if (exponent <= 19) {
    uint64_t divisor = kSmallPowers[exponent];
    uint64_t remainder = DivideSmall(x, divisor);
    if (round && remainder >= divisor / 2) AddSmall(x, 1);
    return remainder != 0;
  }
  Wide quotient, remainder;
  DivideWide(*x, Power(exponent), &quotient, &remainder);
  bool lost = !IsZero(remainder);
  if (round) {
    Wide half = Power(exponent);
    DivideSmall(&half, 2);
    if (CompareWide(remainder, half) >= 0) AddSmall(&quotient, 1);
  }
  *x = quotient;
  return lost;
}

}  // namespace

struct DecimalMath {
  static Wide ToWide(const Decimal& d) {
    Wide x;
    std::memcpy(x.w, d.word_, sizeof d.word_);
    return x;
  }
  static bool IsSmall(const Decimal& d) { return (d.word_[1] | d.word_[2] | d.word_[3]) == 0; }
  static uint64_t Low(const Decimal& d) { return d.word_[0]; }

  // Sets *result to sign * x / 10^scale, giving up digits after the point where there are too many in all.
  static DecimalStatus Make(Wide x, bool negative, int scale, Decimal* result) {
    DecimalStatus status = DecimalStatus::kOk;
    if (scale > static_cast<int>(Decimal::kMaxScale)) {
      if (ScaleDown(&x, scale - Decimal::kMaxScale, true)) status = DecimalStatus::kTruncated;
      scale = Decimal::kMaxScale;
    }
    for (int excess; (excess = DigitCount(x) - kMaxDigits) > 0;) {
      if (excess > scale) {
        *result = Decimal::Max(Decimal::kMaxPrecision, 0, negative);
        return DecimalStatus::kOverflow;
      }
      if (ScaleDown(&x, excess, true)) status = DecimalStatus::kTruncated;
      scale -= excess;
    }
    std::memcpy(result->word_, x.w, sizeof result->word_);
    result->scale_ = static_cast<uint8_t>(scale);
    result->negative_ = negative && !result->is_zero();
    return status;
  }

  static DecimalStatus AddSigned(const Decimal& a, const Decimal& b, bool b_negative, Decimal* result) {
    if (a.scale_ == b.scale_ && a.FitsScaledInt64() && b.FitsScaledInt64()) {
      int64_t sum;
      int64_t y = b_negative ? -static_cast<int64_t>(b.word_[0]) : static_cast<int64_t>(b.word_[0]);
      if (!__builtin_add_overflow(a.ScaledInt64(), y, &sum)) {
        *result = Decimal::FromScaled(sum, a.scale_);
        return DecimalStatus::kOk;
      }
    }
    Wide x = ToWide(a), y = ToWide(b);
    int scale = a.scale_;
    if (a.scale_ < b.scale_) {
      ScaleUp(&x, b.scale_ - a.scale_);
      scale = b.scale_;
    } else if (b.scale_ < a.scale_) {
      ScaleUp(&y, a.scale_ - b.scale_);
    }
    if (a.negative_ == b_negative) {
      AddWide(&x, y);
      return Make(x, a.negative_, scale, result);
    }
    if (CompareWide(x, y) >= 0) {
      SubtractWide(&x, y);
      return Make(x, a.negative_, scale, result);
    }
    SubtractWide(&y, x);
    return Make(y, b_negative, scale, result);
  }
};

Decimal Decimal::FromInt64(int64_t value) { return FromScaled(value, 0); }

Decimal Decimal::FromUInt64(uint64_t value) {
  Decimal d;
  d.word_[0] = value;
  return d;
}

Decimal Decimal::FromScaled(int64_t value, uint32_t scale) {
  Decimal d;
  d.negative_ = value < 0;
  d.word_[0] = value < 0 ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value);
  d.scale_ = static_cast<uint8_t>(scale);
  return d;
}

Decimal Decimal::FromDouble(double value, DecimalStatus* status) {
  DecimalStatus ignored;
  if (status == nullptr) status = &ignored;
  if (std::isnan(value)) {
    *status = DecimalStatus::kBadNumber;
    return {};
  }
  if (std::isinf(value)) {
    *status = DecimalStatus::kOverflow;
    return Max(kMaxPrecision, 0, value < 0);
  }
  char text[40];
  auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  size_t consumed;
  return Parse({text, static_cast<size_t>(end.ptr - text)}, &consumed, status);
}

Decimal Decimal::Max(uint32_t precision, uint32_t scale, bool negative) {
  Decimal d;
  Wide x = Power(static_cast<int>(precision));
  Wide one;
  one.w[0] = 1;
  SubtractWide(&x, one);
  std::memcpy(d.word_, x.w, sizeof d.word_);
  d.scale_ = static_cast<uint8_t>(scale);
  d.negative_ = negative && !d.is_zero();
  return d;
}

Decimal Decimal::Parse(std::string_view text, size_t* consumed, DecimalStatus* status) {
  *consumed = 0;
  *status = DecimalStatus::kBadNumber;
  size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';

  // Digits without leading zeros: value = 0.digits * 10^point. At most 120 are kept, the rest cannot matter.
  constexpr int kKept = 120;
  char digits[kKept];
  int count = 0;
  int64_t point = 0;
  int64_t fraction_digits = 0;
  bool any = false, seen_point = false, lost = false;
  for (; at < text.size(); ++at) {
    char c = text[at];
    if (c == '.' && !seen_point) {
      seen_point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (seen_point) ++fraction_digits;
    if (count == 0 && c == '0') {
      if (seen_point) --point;
      continue;
    }
    if (!seen_point) ++point;
    if (count < kKept) {
      digits[count++] = static_cast<char>(c - '0');
    } else if (c != '0') {
      lost = true;
    }
  }
  if (!any) return {};
  *consumed = at;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    size_t e = at + 1;
    bool exponent_negative = false;
    if (e < text.size() && (text[e] == '+' || text[e] == '-')) exponent_negative = text[e++] == '-';
    if (e < text.size() && text[e] >= '0' && text[e] <= '9') {
      int64_t exponent = 0;
      for (; e < text.size() && text[e] >= '0' && text[e] <= '9'; ++e) {
        if (exponent < 1000000) exponent = exponent * 10 + (text[e] - '0');
      }
      if (exponent_negative) exponent = -exponent;
      point += exponent;
      fraction_digits -= exponent;
      *consumed = e;
    }
  }
  *status = lost ? DecimalStatus::kTruncated : DecimalStatus::kOk;
  int64_t scale = fraction_digits < 0 ? 0 : fraction_digits > kMaxScale ? kMaxScale : fraction_digits;
  if (count == 0) {
    Decimal zero;
    zero.scale_ = static_cast<uint8_t>(scale);
    return zero;
  }
  if (point > kMaxDigits) {
    *status = DecimalStatus::kOverflow;
    return Max(kMaxPrecision, 0, negative);
  }
  if (point + scale > kMaxDigits) scale = kMaxDigits - (point > 0 ? point : 0);
  // The magnitude needs the first point + scale digits.
  int64_t needed = point + scale;
  Wide x;
  if (needed >= 0) {
    uint64_t chunk = 0;
    int in_chunk = 0;
    for (int64_t i = 0; i < needed; ++i) {
      chunk = chunk * 10 + static_cast<uint64_t>(i < count ? digits[i] : 0);
      if (++in_chunk == 19 || i + 1 == needed) {
        MultiplySmall(&x, kSmallPowers[in_chunk]);
        AddSmall(&x, chunk);
        chunk = 0;
        in_chunk = 0;
      }
    }
    for (int64_t i = needed; i < count; ++i) {
      if (digits[i] != 0) *status = DecimalStatus::kTruncated;
    }
    if (needed < count && digits[needed] >= 5) AddSmall(&x, 1);
  } else {
    *status = DecimalStatus::kTruncated;
  }
  DecimalStatus parsed = *status;
  Decimal result;
  *status = DecimalMath::Make(x, negative, static_cast<int>(scale), &result);
  if (*status == DecimalStatus::kOk) *status = parsed;
  return result;
}

uint32_t Decimal::IntegerDigits() const {
  int digits = DigitCount(DecimalMath::ToWide(*this)) - scale_;
  return digits > 0 ? static_cast<uint32_t>(digits) : 0;
}

uint32_t Decimal::Precision() const {
  uint32_t p = IntegerDigits() + scale_;
  return p > 0 ? p : 1;
}

bool Decimal::IsInteger() const { return scale_ == 0 || Compare(Truncate(0)) == 0; }

void Decimal::AppendTo(std::string* out) const {
  char buffer[96];
  char* end = buffer + sizeof buffer;
  char* p = end;
  int written = 0;
  auto put = [&](char digit) {
    if (written == scale_ && scale_ > 0) *--p = '.';
    *--p = digit;
    ++written;
  };
  if (DecimalMath::IsSmall(*this)) {
    for (uint64_t v = word_[0]; v != 0; v /= 10) put(static_cast<char>('0' + v % 10));
  } else {
    Wide x = DecimalMath::ToWide(*this);
    while (!IsZero(x)) {
      uint64_t chunk = DivideSmall(&x, kSmallPowers[19]);
      bool last = IsZero(x);
      for (int i = 0; i < 19 && (!last || chunk != 0); ++i, chunk /= 10) put(static_cast<char>('0' + chunk % 10));
    }
  }
  while (written <= scale_) put('0');
  if (negative_) *--p = '-';
  out->append(p, static_cast<size_t>(end - p));
}

std::string Decimal::ToString() const {
  std::string text;
  AppendTo(&text);
  return text;
}

DecimalStatus Decimal::Add(const Decimal& a, const Decimal& b, Decimal* result) {
  return DecimalMath::AddSigned(a, b, b.negative_, result);
}

DecimalStatus Decimal::Subtract(const Decimal& a, const Decimal& b, Decimal* result) {
  return DecimalMath::AddSigned(a, b, !b.negative_, result);
}

DecimalStatus Decimal::Multiply(const Decimal& a, const Decimal& b, Decimal* result) {
  bool negative = a.negative_ != b.negative_;
  int scale = a.scale_ + b.scale_;
  if (DecimalMath::IsSmall(a) && DecimalMath::IsSmall(b) && scale <= static_cast<int>(kMaxScale)) {
    Word128 product = static_cast<Word128>(a.word_[0]) * b.word_[0];
    Decimal d;
    d.word_[0] = static_cast<uint64_t>(product);
    d.word_[1] = static_cast<uint64_t>(product >> 64);
    d.scale_ = static_cast<uint8_t>(scale);
    d.negative_ = negative && product != 0;
    *result = d;
    return DecimalStatus::kOk;
  }
  return DecimalMath::Make(MultiplyWide(DecimalMath::ToWide(a), DecimalMath::ToWide(b)), negative, scale, result);
}

DecimalStatus Decimal::Divide(const Decimal& a, const Decimal& b, uint32_t scale_increment, Decimal* result) {
  if (b.is_zero()) {
    *result = {};
    return DecimalStatus::kDivByZero;
  }
  int scale = static_cast<int>(a.scale_ + scale_increment);
  if (scale > static_cast<int>(kMaxScale)) scale = kMaxScale;
  Wide x = DecimalMath::ToWide(a), y = DecimalMath::ToWide(b);
  ScaleUp(&x, scale - a.scale_ + b.scale_);
  Wide quotient, remainder;
  DivideWide(x, y, &quotient, &remainder);
  MultiplySmall(&remainder, 2);
  if (CompareWide(remainder, y) >= 0) AddSmall(&quotient, 1);
  return DecimalMath::Make(quotient, a.negative_ != b.negative_, scale, result);
}

DecimalStatus Decimal::Modulo(const Decimal& a, const Decimal& b, Decimal* result) {
  if (b.is_zero()) {
    *result = {};
    return DecimalStatus::kDivByZero;
  }
  Wide x = DecimalMath::ToWide(a), y = DecimalMath::ToWide(b);
  int scale = a.scale_ > b.scale_ ? a.scale_ : b.scale_;
  ScaleUp(&x, scale - a.scale_);
  ScaleUp(&y, scale - b.scale_);
  Wide quotient, remainder;
  DivideWide(x, y, &quotient, &remainder);
  return DecimalMath::Make(remainder, a.negative_, scale, result);
}

DecimalStatus Decimal::IntegerDivide(const Decimal& a, const Decimal& b, Decimal* result) {
  if (b.is_zero()) {
    *result = {};
    return DecimalStatus::kDivByZero;
  }
  Wide x = DecimalMath::ToWide(a), y = DecimalMath::ToWide(b);
  ScaleUp(&x, b.scale_);
  ScaleUp(&y, a.scale_);
  Wide quotient, remainder;
  DivideWide(x, y, &quotient, &remainder);
  return DecimalMath::Make(quotient, a.negative_ != b.negative_, 0, result);
}

Decimal Decimal::Negate() const {
  Decimal d = *this;
  d.negative_ = !negative_ && !is_zero();
  return d;
}

Decimal Decimal::Abs() const {
  Decimal d = *this;
  d.negative_ = false;
  return d;
}

namespace {
// To `scale` digits after the point, rounding or cutting; negative scales clear digits before the point.
Decimal Reduce(const Decimal& d, int32_t scale, bool round) {
  if (scale >= static_cast<int32_t>(d.scale())) return d;
  Wide x = DecimalMath::ToWide(d);
  if (scale < -100) scale = -100;
  ScaleDown(&x, static_cast<int>(d.scale()) - scale, round);
  if (scale < 0) {
    ScaleUp(&x, -scale);
    scale = 0;
  }
  Decimal result;
  DecimalMath::Make(x, d.is_negative(), scale, &result);
  return result;
}
}  // namespace

Decimal Decimal::Round(int32_t scale) const { return Reduce(*this, scale, true); }
Decimal Decimal::Truncate(int32_t scale) const { return Reduce(*this, scale, false); }

Decimal Decimal::Ceiling() const {
  Decimal whole = Truncate(0);
  if (!negative_ && Compare(whole) != 0) Add(whole, FromInt64(1), &whole);
  return whole;
}

Decimal Decimal::Floor() const {
  Decimal whole = Truncate(0);
  if (negative_ && Compare(whole) != 0) Subtract(whole, FromInt64(1), &whole);
  return whole;
}

DecimalStatus Decimal::Rescale(uint32_t scale, Decimal* result) const {
  if (scale == scale_) {
    *result = *this;
    return DecimalStatus::kOk;
  }
  Wide x = DecimalMath::ToWide(*this);
  bool lost = false;
  if (scale > scale_) {
    ScaleUp(&x, static_cast<int>(scale - scale_));
    if (DigitCount(x) > kMaxDigits) {
      *result = Max(kMaxPrecision, scale, negative_);
      return DecimalStatus::kOverflow;
    }
  } else {
    lost = ScaleDown(&x, static_cast<int>(scale_ - scale), true);
  }
  DecimalStatus status = DecimalMath::Make(x, negative_, static_cast<int>(scale), result);
  return status == DecimalStatus::kOk && lost ? DecimalStatus::kTruncated : status;
}

DecimalStatus Decimal::ConvertTo(uint32_t precision, uint32_t scale, Decimal* result) const {
  DecimalStatus status = Rescale(scale, result);
  if (status == DecimalStatus::kOverflow || result->IntegerDigits() > precision - scale) {
    *result = Max(precision, scale, negative_);
    return DecimalStatus::kOverflow;
  }
  return status;
}

int Decimal::Compare(const Decimal& other) const {
  if (negative_ != other.negative_) return negative_ ? -1 : 1;
  int order;
  if (DecimalMath::IsSmall(*this) && DecimalMath::IsSmall(other) &&
      (scale_ == other.scale_ || (scale_ < other.scale_ ? other.scale_ - scale_ : scale_ - other.scale_) < 19)) {
    Word128 x = word_[0], y = other.word_[0];
    if (scale_ < other.scale_) {
      x *= kSmallPowers[other.scale_ - scale_];
    } else {
      y *= kSmallPowers[scale_ - other.scale_];
    }
    order = x < y ? -1 : x > y ? 1 : 0;
  } else {
    Wide x = DecimalMath::ToWide(*this), y = DecimalMath::ToWide(other);
    if (scale_ < other.scale_) {
      ScaleUp(&x, other.scale_ - scale_);
    } else {
      ScaleUp(&y, scale_ - other.scale_);
    }
    order = CompareWide(x, y);
  }
  return negative_ ? -order : order;
}

uint64_t Decimal::Hash() const {
  Wide x = DecimalMath::ToWide(*this);
  int scale = scale_;
  if (IsZero(x)) return 0x9e3779b97f4a7c15ull;
  while (scale > 0) {
    if (x.w[0] & 1) break;
    Wide y = x;
    if (DivideSmall(&y, 10) != 0) break;
    x = y;
    --scale;
  }
  uint64_t hash = 0x9e3779b97f4a7c15ull ^ (static_cast<uint64_t>(scale) << 1 | (negative_ ? 1 : 0));
  for (int i = 0; i < 4; ++i) {
    hash ^= x.w[i];
    hash *= 0xff51afd7ed558ccdull;
    hash ^= hash >> 33;
  }
  return hash;
}

bool Decimal::ToInt64(int64_t* value) const {
  Decimal whole = scale_ == 0 ? *this : Round(0);
  uint64_t limit = whole.negative_ ? uint64_t{1} << 63 : (uint64_t{1} << 63) - 1;
  if (!DecimalMath::IsSmall(whole) || whole.word_[0] > limit) {
    *value = whole.negative_ ? INT64_MIN : INT64_MAX;
    return false;
  }
  *value = whole.negative_ ? static_cast<int64_t>(~whole.word_[0] + 1) : static_cast<int64_t>(whole.word_[0]);
  return true;
}

bool Decimal::ToUInt64(uint64_t* value) const {
  Decimal whole = scale_ == 0 ? *this : Round(0);
  if (whole.negative_) {
    *value = 0;
    return false;
  }
  if (!DecimalMath::IsSmall(whole)) {
    *value = UINT64_MAX;
    return false;
  }
  *value = whole.word_[0];
  return true;
}

double Decimal::ToDouble() const {
  static constexpr double kExactPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (DecimalMath::IsSmall(*this) && word_[0] < uint64_t{1} << 53 && scale_ <= 22) {
    double value = static_cast<double>(word_[0]) / kExactPowers[scale_];
    return negative_ ? -value : value;
  }
  std::string text = ToString();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

size_t Decimal::EncodedKeyBytes(uint32_t precision, uint32_t) {
  const Wide& limit = Power(static_cast<int>(precision));
  int words = WordCount(limit);
  int bits = words * 64 - __builtin_clzll(limit.w[words - 1]) + 1;  // one for the sign
  return static_cast<size_t>((bits + 7) / 8);
}

void Decimal::EncodeKey(uint32_t precision, uint32_t scale, std::string* out) const {
  Decimal d;
  DecimalStatus status = Rescale(scale, &d);
  MAHI_ASSERT(status == DecimalStatus::kOk && d.IntegerDigits() <= precision - scale);
  size_t bytes = EncodedKeyBytes(precision, scale);
  uint8_t little[32];
  std::memcpy(little, d.word_, sizeof little);
  for (size_t i = bytes; i-- > 0;) {
    uint8_t byte = little[i];
    if (i + 1 == bytes) byte |= 0x80;
    out->push_back(static_cast<char>(d.negative_ ? ~byte : byte));
  }
}

bool Decimal::DecodeKey(std::string_view* bytes, uint32_t precision, uint32_t scale, Decimal* result) {
  size_t count = EncodedKeyBytes(precision, scale);
  if (bytes->size() < count || scale > kMaxScale) return false;
  uint8_t little[32] = {};
  bool negative = (static_cast<uint8_t>((*bytes)[0]) & 0x80) == 0;
  for (size_t i = 0; i < count; ++i) {
    uint8_t byte = static_cast<uint8_t>((*bytes)[i]);
    if (negative) byte = static_cast<uint8_t>(~byte);
    little[count - 1 - i] = byte;
  }
  little[count - 1] &= 0x7f;
  bytes->remove_prefix(count);
  std::memcpy(result->word_, little, sizeof little);
  result->scale_ = static_cast<uint8_t>(scale);
  result->negative_ = negative && !result->is_zero();
  return true;
}

// compact := header:u8 (bit 7 sign, bits 0-5 magnitude bytes) scale:u8 magnitude:little endian, no leading zeros
void Decimal::EncodeCompact(std::string* out) const {
  uint8_t little[32];
  std::memcpy(little, word_, sizeof little);
  size_t count = 32;
  while (count > 0 && little[count - 1] == 0) --count;
  out->push_back(static_cast<char>((negative_ ? 0x80 : 0) | count));
  out->push_back(static_cast<char>(scale_));
  out->append(reinterpret_cast<const char*>(little), count);
}

bool Decimal::DecodeCompact(std::string_view bytes, Decimal* result) {
  if (bytes.size() < 2) return false;
  uint8_t header = static_cast<uint8_t>(bytes[0]);
  size_t count = header & 0x7f;
  uint8_t scale = static_cast<uint8_t>(bytes[1]);
  if (count > 32 || bytes.size() != 2 + count || scale > kMaxScale) return false;
  Decimal d;
  std::memcpy(d.word_, bytes.data() + 2, count);
  d.scale_ = scale;
  d.negative_ = (header & 0x80) != 0 && !d.is_zero();
  if (DigitCount(DecimalMath::ToWide(d)) > kMaxDigits) return false;
  *result = d;
  return true;
}

}  // namespace mahi
