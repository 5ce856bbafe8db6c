#include "types/conversion.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "types/json.h"

namespace mahi {

namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Is there anything but space from `at` on?
bool HasGarbage(std::string_view text, size_t at) {
  while (at < text.size() && IsSpace(text[at])) ++at;
  return at < text.size();
}

uint64_t Mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdull;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ull;
  return x ^ x >> 33;
}

int64_t RoundToInt64(double value, bool* out_of_range) {
  double rounded = std::rint(value);
  if (std::isnan(value)) {
    *out_of_range = true;
    return 0;
  }
  if (rounded >= 9223372036854775808.0) {
    *out_of_range = true;
    return INT64_MAX;
  }
  if (rounded < -9223372036854775808.0) {
    *out_of_range = true;
    return INT64_MIN;
  }
  return static_cast<int64_t>(rounded);
}

// The text of a string datum in an ASCII-compatible charset.
std::string_view AsciiView(const Datum& value, const SqlType& type, std::string* scratch) {
  const Charset& charset = type.charset();
  if (charset.is_ascii_compatible) return value.string();
  scratch->clear();
  ConvertCharset(value.string(), charset, GetCharset(CharsetId::kUtf8mb4), scratch);
  return *scratch;
}

// Splits a double into whole number and nanoseconds for temporal use.
void SplitDouble(double value, int64_t* whole, uint32_t* nanos) {
  bool ignored = false;
  double cut = std::trunc(value);
  *whole = RoundToInt64(cut, &ignored);
  *nanos = static_cast<uint32_t>(std::rint(std::fabs(value - cut) * 1e9));
  if (*nanos > 999999999) *nanos = 999999999;
}

void SplitDecimal(const Decimal& value, int64_t* whole, uint32_t* nanos) {
  Decimal cut = value.Truncate(0);
  cut.ToInt64(whole);
  Decimal rest;
  Decimal::Subtract(value, cut, &rest);
  Decimal scaled;
  Decimal::Multiply(rest.Abs(), Decimal::FromInt64(1000000000), &scaled);
  int64_t n = 0;
  scaled.Truncate(0).ToInt64(&n);
  *nanos = static_cast<uint32_t>(n);
}

// Fractional value of a temporal: its number with microseconds.
Decimal TemporalToDecimal(int64_t packed, const SqlType& type) {
  int64_t number = TemporalToNumber(packed, type.id);
  if (type.id == TypeId::kDate || type.decimals == 0) return Decimal::FromInt64(number);
  Decimal result = Decimal::FromInt64(number);
  Decimal fraction = Decimal::FromScaled(packed < 0 ? -static_cast<int64_t>(Microseconds(packed))
                                                    : static_cast<int64_t>(Microseconds(packed)), 6);
  Decimal::Add(result, fraction, &result);
  return result.Truncate(type.decimals);
}

}  // namespace

// --- Text to numbers.

int64_t TextToInt64(std::string_view text, ConversionReport* report) {
  size_t at = 0;
  while (at < text.size() && IsSpace(text[at])) ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  size_t start = at;
  uint64_t value = 0;
  bool overflow = false;
  for (; at < text.size() && IsDigit(text[at]); ++at) {
    uint64_t digit = static_cast<uint64_t>(text[at] - '0');
    if (__builtin_mul_overflow(value, uint64_t{10}, &value) || __builtin_add_overflow(value, digit, &value)) {
      overflow = true;
    }
  }
  if (at == start) {
    report->is_bad = report->is_truncated = true;
    return 0;
  }
  if (HasGarbage(text, at)) report->is_truncated = true;
  if (negative) {
    if (overflow || value > uint64_t{1} << 63) {
      report->is_out_of_range = true;
      return INT64_MIN;
    }
    return static_cast<int64_t>(~value + 1);
  }
  if (overflow || value > static_cast<uint64_t>(INT64_MAX)) {
    report->is_out_of_range = true;
    return INT64_MAX;
  }
  return static_cast<int64_t>(value);
}

uint64_t TextToUInt64(std::string_view text, ConversionReport* report) {
  size_t at = 0;
  while (at < text.size() && IsSpace(text[at])) ++at;
  if (at < text.size() && text[at] == '-') {
    int64_t value = TextToInt64(text, report);
    if (value < 0) report->is_out_of_range = true;
    return 0;
  }
  if (at < text.size() && text[at] == '+') ++at;
  size_t start = at;
  uint64_t value = 0;
  for (; at < text.size() && IsDigit(text[at]); ++at) {
    uint64_t digit = static_cast<uint64_t>(text[at] - '0');
    if (report->is_out_of_range || __builtin_mul_overflow(value, uint64_t{10}, &value) ||
        __builtin_add_overflow(value, digit, &value)) {
      report->is_out_of_range = true;
      value = UINT64_MAX;
    }
  }
  if (at == start) report->is_bad = report->is_truncated = true;
  if (HasGarbage(text, at)) report->is_truncated = true;
  return value;
}

double TextToDouble(std::string_view text, ConversionReport* report) {
  size_t at = 0;
  while (at < text.size() && IsSpace(text[at])) ++at;
  bool plus = at < text.size() && text[at] == '+';
  if (plus) ++at;
  size_t digits = at;
  if (!plus && digits < text.size() && text[digits] == '-') ++digits;
  bool starts = digits < text.size() &&
                (IsDigit(text[digits]) ||
                 (text[digits] == '.' && digits + 1 < text.size() && IsDigit(text[digits + 1])));
  if (!starts) {
    report->is_bad = report->is_truncated = true;
    return 0;
  }
  double value = 0;
  auto parsed = std::from_chars(text.data() + at, text.data() + text.size(), value);
  size_t end = static_cast<size_t>(parsed.ptr - text.data());
  if (parsed.ec == std::errc::result_out_of_range) {
    // Too large, or too small to tell from zero.
    bool tiny = false;
    for (size_t i = at; i < end; ++i) {
      if ((text[i] == 'e' || text[i] == 'E') && i + 1 < end) tiny = text[i + 1] == '-';
    }
    bool negative = text[at] == '-';
    if (tiny) {
      value = 0;
    } else {
      report->is_out_of_range = true;
      value = negative ? -1.7976931348623157e308 : 1.7976931348623157e308;
    }
  }
  if (HasGarbage(text, end)) report->is_truncated = true;
  return value;
}

Decimal TextToDecimal(std::string_view text, ConversionReport* report) {
  size_t consumed;
  DecimalStatus status;
  Decimal value = Decimal::Parse(text, &consumed, &status);
  if (status == DecimalStatus::kBadNumber) {
    report->is_bad = report->is_truncated = true;
  } else {
    if (HasGarbage(text, consumed)) report->is_truncated = true;
    if (status == DecimalStatus::kOverflow) report->is_out_of_range = true;
    if (status == DecimalStatus::kTruncated) report->is_fraction_lost = true;
  }
  return value;
}

// --- Numbers to text.

void AppendInt64(int64_t value, std::string* out) {
  char buffer[24];
  out->append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}
void AppendUInt64(uint64_t value, std::string* out) {
  char buffer[24];
  out->append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

namespace {
// `text` is d[.ddd]e[+-]xx; prints fixed notation for exponents -15..14, else mantissa and bare exponent.
void AppendScientific(std::string_view text, std::string* out) {
  if (text[0] == '-') {
    out->push_back('-');
    text.remove_prefix(1);
  }
  size_t e = text.find('e');
  int exponent = 0;
  size_t from = e + 1;
  if (text[from] == '+') ++from;
  std::from_chars(text.data() + from, text.data() + text.size(), exponent);
  char digits[32];
  int count = 0;
  for (char c : text.substr(0, e)) {
    if (c != '.') digits[count++] = c;
  }
  while (count > 1 && digits[count - 1] == '0') --count;
  if (count == 1 && digits[0] == '0') {
    out->push_back('0');
    return;
  }
  if (exponent < -15 || exponent > 14) {
    out->push_back(digits[0]);
    if (count > 1) {
      out->push_back('.');
      out->append(digits + 1, static_cast<size_t>(count - 1));
    }
    out->push_back('e');
    AppendInt64(exponent, out);
    return;
  }
  if (exponent < 0) {
    out->append("0.");
    out->append(static_cast<size_t>(-exponent - 1), '0');
    out->append(digits, static_cast<size_t>(count));
    return;
  }
  for (int i = 0; i <= exponent || i < count; ++i) {
    if (i == exponent + 1) out->push_back('.');
    out->push_back(i < count ? digits[i] : '0');
  }
}

void AppendFixed(double value, uint8_t decimals, std::string* out) {
  char buffer[400];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  out->append(buffer, end.ptr);
}
}  // namespace

void AppendDouble(double value, uint8_t decimals, std::string* out) {
  if (!std::isfinite(value)) {
    out->append(std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return;
  }
  if (decimals < kNotFixedDecimals) return AppendFixed(value, decimals, out);
  if (value == 0) {
    out->append(std::signbit(value) ? "-0" : "0");
    return;
  }
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  AppendScientific({buffer, static_cast<size_t>(end.ptr - buffer)}, out);
}

void AppendFloat(float value, uint8_t decimals, std::string* out) {
  if (!std::isfinite(value) || decimals < kNotFixedDecimals || value == 0) return AppendDouble(value, decimals, out);
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific, 5);
  AppendScientific({buffer, static_cast<size_t>(end.ptr - buffer)}, out);
}

// --- ENUM, SET, BIT.

uint64_t FindEnumMember(const SqlType& type, std::string_view text) {
  if (type.members == nullptr) return 0;
  const Collation& collation = type.collation_ref();
  const auto& members = *type.members;
  for (size_t i = 0; i < members.size(); ++i) {
    if (collation.Equal(members[i], text)) return i + 1;
  }
  // Trailing spaces never distinguish members.
  std::string_view trimmed = type.charset().TrimTrailingSpaces(text);
  if (trimmed.size() != text.size()) {
    for (size_t i = 0; i < members.size(); ++i) {
      if (collation.Equal(members[i], trimmed)) return i + 1;
    }
  }
  ConversionReport report;
  uint64_t index = TextToUInt64(text, &report);
  if (!report.is_truncated && !report.is_out_of_range && index >= 1 && index <= members.size()) return index;
  return 0;
}

uint64_t ParseSet(const SqlType& type, std::string_view text, bool* is_bad) {
  *is_bad = false;
  uint64_t bitmap = 0;
  if (text.empty() || type.members == nullptr) return 0;
  const Collation& collation = type.collation_ref();
  const auto& members = *type.members;
  std::string_view rest = type.charset().TrimTrailingSpaces(text);
  bool any_bad = false;
  while (true) {
    size_t comma = rest.find(',');
    std::string_view part = rest.substr(0, comma);
    bool found = false;
    for (size_t i = 0; i < members.size() && !found; ++i) {
      if (collation.Equal(members[i], part)) {
        bitmap |= uint64_t{1} << i;
        found = true;
      }
    }
    if (!found && !(part.empty() && comma == std::string_view::npos && rest.size() == text.size() && text.empty())) {
      any_bad = true;
    }
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (any_bad) {
    ConversionReport report;
    uint64_t number = TextToUInt64(text, &report);
    uint64_t mask = members.size() >= 64 ? UINT64_MAX : (uint64_t{1} << members.size()) - 1;
    if (!report.is_truncated && !report.is_out_of_range && (number & ~mask) == 0) return number;
    *is_bad = true;
  }
  return bitmap;
}

std::string_view EnumText(const SqlType& type, uint64_t index) {
  if (type.members == nullptr || index == 0 || index > type.members->size()) return {};
  return (*type.members)[index - 1];
}

void AppendSetText(const SqlType& type, uint64_t bitmap, std::string* out) {
  if (type.members == nullptr) return;
  bool first = true;
  for (size_t i = 0; i < type.members->size() && i < 64; ++i) {
    if ((bitmap >> i & 1) == 0) continue;
    if (!first) {
      if (!type.charset().Encode(',', out)) out->push_back(',');
    }
    first = false;
    out->append((*type.members)[i]);
  }
}

void AppendBitBytes(uint64_t value, uint32_t bits, std::string* out) {
  for (int shift = static_cast<int>((bits + 7) / 8 - 1) * 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift));
  }
}

// --- Whole values.

void AppendDatumText(const Datum& value, const SqlType& type, std::string* out) {
  size_t start = out->size();
  switch (value.kind) {
    case PhysicalType::kInt64: AppendInt64(value.int64, out); break;
    case PhysicalType::kUInt64:
      switch (type.id) {
        case TypeId::kEnum: out->append(EnumText(type, value.uint64)); return;
        case TypeId::kSet: AppendSetText(type, value.uint64, out); return;
        case TypeId::kBit: AppendBitBytes(value.uint64, type.length, out); return;
        case TypeId::kYear:
          if (value.uint64 == 0) {
            out->append("0000");
            return;
          }
          break;
        default: break;
      }
      AppendUInt64(value.uint64, out);
      break;
    case PhysicalType::kDouble:
      if (type.id == TypeId::kFloat) {
        AppendFloat(static_cast<float>(value.real), type.decimals, out);
      } else {
        AppendDouble(value.real, type.id == TypeId::kDouble ? type.decimals : kNotFixedDecimals, out);
      }
      break;
    case PhysicalType::kDecimal:
      // A quotient carries more digits than its type shows.
      if (type.IsDecimal() && value.decimal().scale() > type.decimals) {
        value.decimal().Round(type.decimals).AppendTo(out);
      } else {
        value.decimal().AppendTo(out);
      }
      break;
    case PhysicalType::kTemporal: AppendTemporal(value.int64, type.id, type.Fsp(), out); return;
    case PhysicalType::kString: out->append(value.string()); return;
    case PhysicalType::kJson: JsonToText(JsonView(value.string()), out); return;
  }
  if (type.is_zerofill) {
    size_t width = type.id == TypeId::kDecimal ? type.length + (type.decimals > 0 ? 1 : 0) : type.length;
    size_t length = out->size() - start;
    if (length < width) out->insert(start, width - length, '0');
  }
}

std::string DatumToText(const Datum& value, const SqlType& type) {
  std::string text;
  AppendDatumText(value, type, &text);
  return text;
}

std::string_view DatumTextView(const Datum& value, const SqlType& type, std::string* scratch) {
  if (value.kind == PhysicalType::kString) return value.string();
  scratch->clear();
  AppendDatumText(value, type, scratch);
  return *scratch;
}

int64_t DatumToInt64(const Datum& value, const SqlType& type, ConversionReport* report) {
  switch (value.kind) {
    case PhysicalType::kInt64: return value.int64;
    case PhysicalType::kUInt64:
      if (value.uint64 > static_cast<uint64_t>(INT64_MAX)) {
        report->is_out_of_range = true;
        return INT64_MAX;
      }
      return static_cast<int64_t>(value.uint64);
    case PhysicalType::kDouble: {
      int64_t result = RoundToInt64(value.real, &report->is_out_of_range);
      if (static_cast<double>(result) != value.real) report->is_fraction_lost = true;
      return result;
    }
    case PhysicalType::kDecimal: {
      int64_t result;
      if (!value.decimal().ToInt64(&result)) report->is_out_of_range = true;
      if (value.decimal().scale() > 0) report->is_fraction_lost = true;
      return result;
    }
    case PhysicalType::kTemporal: {
      if (type.id == TypeId::kDate || Microseconds(value.int64) == 0) return TemporalToNumber(value.int64, type.id);
      return TemporalToNumber(RoundTemporal(value.int64, type.id, 0), type.id);
    }
    case PhysicalType::kString: {
      std::string scratch;
      return TextToInt64(AsciiView(value, type, &scratch), report);
    }
    case PhysicalType::kJson: {
      bool is_bad = false;
      int64_t result = JsonToInt64(JsonView(value.string()), &is_bad);
      if (is_bad) report->is_bad = report->is_truncated = true;
      return result;
    }
  }
  return 0;
}

uint64_t DatumToUInt64(const Datum& value, const SqlType& type, ConversionReport* report) {
  switch (value.kind) {
    case PhysicalType::kUInt64: return value.uint64;
    case PhysicalType::kDouble: {
      double rounded = std::rint(value.real);
      if (rounded >= 9223372036854775808.0) {
        if (rounded >= 18446744073709551616.0) {
          report->is_out_of_range = true;
          return UINT64_MAX;
        }
        return static_cast<uint64_t>(rounded);
      }
      break;
    }
    case PhysicalType::kDecimal:
      if (!value.decimal().is_negative()) {
        uint64_t result;
        if (!value.decimal().ToUInt64(&result)) report->is_out_of_range = true;
        if (value.decimal().scale() > 0) report->is_fraction_lost = true;
        return result;
      }
      break;
    case PhysicalType::kString: {
      std::string scratch;
      std::string_view text = AsciiView(value, type, &scratch);
      ConversionReport unsigned_report;
      uint64_t result = TextToUInt64(text, &unsigned_report);
      if (result == 0 && unsigned_report.is_out_of_range) {  // negative: wraps
        ConversionReport signed_report;
        int64_t negative = TextToInt64(text, &signed_report);
        *report = signed_report;
        report->is_out_of_range = true;
        return static_cast<uint64_t>(negative);
      }
      *report = unsigned_report;
      return result;
    }
    default: break;
  }
  return static_cast<uint64_t>(DatumToInt64(value, type, report));
}

double DatumToDouble(const Datum& value, const SqlType& type, ConversionReport* report) {
  switch (value.kind) {
    case PhysicalType::kInt64: return static_cast<double>(value.int64);
    case PhysicalType::kUInt64: return static_cast<double>(value.uint64);
    case PhysicalType::kDouble: return value.real;
    case PhysicalType::kDecimal: return value.decimal().ToDouble();
    case PhysicalType::kTemporal: {
      double number = static_cast<double>(TemporalToNumber(value.int64, type.id));
      double fraction = Microseconds(value.int64) / 1e6;
      return value.int64 < 0 ? number - fraction : number + fraction;
    }
    case PhysicalType::kString: {
      std::string scratch;
      return TextToDouble(AsciiView(value, type, &scratch), report);
    }
    case PhysicalType::kJson: {
      bool is_bad = false;
      double result = JsonToDouble(JsonView(value.string()), &is_bad);
      if (is_bad) report->is_bad = report->is_truncated = true;
      return result;
    }
  }
  return 0;
}

Decimal DatumToDecimal(const Datum& value, const SqlType& type, ConversionReport* report) {
  switch (value.kind) {
    case PhysicalType::kInt64: return Decimal::FromInt64(value.int64);
    case PhysicalType::kUInt64: return Decimal::FromUInt64(value.uint64);
    case PhysicalType::kDouble: {
      DecimalStatus status;
      Decimal result = Decimal::FromDouble(value.real, &status);
      if (status == DecimalStatus::kOverflow) report->is_out_of_range = true;
      if (status == DecimalStatus::kTruncated) report->is_fraction_lost = true;
      return result;
    }
    case PhysicalType::kDecimal: return value.decimal();
    case PhysicalType::kTemporal: return TemporalToDecimal(value.int64, type);
    case PhysicalType::kString: {
      std::string scratch;
      return TextToDecimal(AsciiView(value, type, &scratch), report);
    }
    case PhysicalType::kJson: {
      bool is_bad = false;
      Decimal result = JsonToDecimal(JsonView(value.string()), &is_bad);
      if (is_bad) report->is_bad = report->is_truncated = true;
      return result;
    }
  }
  return {};
}

bool DatumToTemporal(const Datum& value, const SqlType& type, TypeId target, uint8_t fsp, uint32_t flags,
                     const TimeZone* zone, int64_t current_date, int64_t* packed, TemporalReport* report) {
  int64_t whole = 0;
  uint32_t nanos = 0;
  switch (value.kind) {
    case PhysicalType::kTemporal: {
      int64_t v = value.int64;
      bool truncates = (flags & kDateTruncateFraction) != 0;
      if (type.id != TypeId::kTime && target != TypeId::kTime) {
        DateTimeParts p = UnpackDateTime(v);
        if (!IsValidDate(p.year, p.month, p.day, flags)) {
          report->is_bad = report->is_out_of_range = report->is_zero_date = true;
          return false;
        }
      }
      v = ConvertTemporal(v, type.id, target, current_date);
      if (target == TypeId::kDate && type.id != TypeId::kDate && TimePart(value.int64) != 0) report->is_fraction_lost = true;
      int64_t rounded = truncates ? TruncateTemporal(v, fsp) : RoundTemporal(v, target, fsp);
      if (target == TypeId::kTime && (rounded > kMaxTimePacked || rounded < -kMaxTimePacked)) {
        rounded = rounded < 0 ? -kMaxTimePacked : kMaxTimePacked;
        report->is_out_of_range = true;
      }
      *packed = rounded;
      return true;
    }
    case PhysicalType::kString: {
      std::string scratch;
      *packed = ParseTemporal(AsciiView(value, type, &scratch), target, fsp, flags, zone, report);
      return !report->is_bad;
    }
    case PhysicalType::kJson: {
      JsonView json(value.string());
      if (json.IsTemporal()) {
        TypeId from = json.kind() == JsonKind::kDate ? TypeId::kDate
                      : json.kind() == JsonKind::kTime ? TypeId::kTime : TypeId::kDateTime;
        *packed = RoundTemporal(ConvertTemporal(json.Temporal(), from, target, current_date), target, fsp);
        return true;
      }
      if (!json.IsString()) {
        report->is_bad = true;
        return false;
      }
      *packed = ParseTemporal(json.String(), target, fsp, flags, zone, report);
      return !report->is_bad;
    }
    case PhysicalType::kInt64: whole = value.int64; break;
    case PhysicalType::kUInt64: {
      if (type.IsEnumOrSet()) {
        std::string text = DatumToText(value, type);
        *packed = ParseTemporal(text, target, fsp, flags, zone, report);
        return !report->is_bad;
      }
      if (type.id == TypeId::kYear && target != TypeId::kTime) {
        report->is_bad = true;
        return false;
      }
      whole = value.uint64 > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(value.uint64);
      break;
    }
    case PhysicalType::kDouble: SplitDouble(value.real, &whole, &nanos); break;
    case PhysicalType::kDecimal: SplitDecimal(value.decimal(), &whole, &nanos); break;
  }
  *packed = TemporalFromNumber(whole, nanos, target, fsp, flags, report);
  return !report->is_bad;
}

bool DatumIsTrue(const Datum& value, const SqlType& type) {
  switch (value.kind) {
    case PhysicalType::kInt64:
    case PhysicalType::kUInt64:
    case PhysicalType::kTemporal: return value.int64 != 0;
    case PhysicalType::kDouble: return value.real != 0;
    case PhysicalType::kDecimal: return !value.decimal().is_zero();
    case PhysicalType::kString:
    case PhysicalType::kJson: {
      ConversionReport report;
      return DatumToDouble(value, type, &report) != 0;
    }
  }
  return false;
}

int CompareDatum(const Datum& a, const Datum& b, const SqlType& type) {
  switch (a.kind) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal: return a.int64 < b.int64 ? -1 : a.int64 > b.int64;
    case PhysicalType::kUInt64: return a.uint64 < b.uint64 ? -1 : a.uint64 > b.uint64;
    case PhysicalType::kDouble: return a.real < b.real ? -1 : a.real > b.real;
    case PhysicalType::kDecimal: return a.decimal().Compare(b.decimal());
    case PhysicalType::kString: return type.collation_ref().Compare(a.string(), b.string());
    case PhysicalType::kJson: return JsonCompare(JsonView(a.string()), JsonView(b.string()));
  }
  return 0;
}

uint64_t HashDatum(const Datum& value, const SqlType& type) {
  switch (value.kind) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
    case PhysicalType::kUInt64: return Mix(value.uint64);
    case PhysicalType::kDouble: {
      double real = value.real == 0 ? 0.0 : value.real;  // -0 equals 0
      uint64_t bits;
      std::memcpy(&bits, &real, 8);
      return Mix(bits);
    }
    case PhysicalType::kDecimal: return value.decimal().Hash();
    case PhysicalType::kString: return type.collation_ref().Hash(value.string());
    case PhysicalType::kJson: return JsonHash(JsonView(value.string()));
  }
  return 0;
}

void WarnTruncatedValue(Diagnostics* diagnostics, std::string_view kind, std::string_view value) {
  if (diagnostics == nullptr) return;
  diagnostics->Warn(Error(ER_TRUNCATED_WRONG_VALUE, kind, value.substr(0, 128)));
}

}  // namespace mahi
