#include "protocol/row.h"

#include <charconv>
#include <cmath>
#include <algorithm>

namespace mahi {
namespace {

constexpr char kDigitPairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051"
    "52535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
    "9899";

char* PutTwo(char* to, uint32_t value) {
  std::memcpy(to, kDigitPairs + value * 2, 2);
  return to + 2;
}
char* PutFraction(char* to, uint32_t microsecond, uint8_t decimals) {
  if (decimals == 0) return to;
  if (decimals > 6) decimals = 6;
  char digits[6];
  PutTwo(digits, microsecond / 10000 % 100);
  PutTwo(digits + 2, microsecond / 100 % 100);
  PutTwo(digits + 4, microsecond % 100);
  *to++ = '.';
  std::memcpy(to, digits, decimals);
  return to + decimals;
}

struct DateTimeParts {
  uint32_t year, month, day, hour, minute, second, microsecond;
};
DateTimeParts Unpack(int64_t packed) {
  uint64_t v = static_cast<uint64_t>(packed);
  DateTimeParts p;
  p.microsecond = v & 0xffffff;
  v >>= 24;
  p.second = v & 63;
  p.minute = v >> 6 & 63;
  p.hour = v >> 12 & 31;
  p.day = v >> 17 & 31;
  uint64_t year_month = v >> 22;
  p.year = static_cast<uint32_t>(year_month / 13 % 10000);
  p.month = static_cast<uint32_t>(year_month % 13);
  return p;
}
char* PutDate(char* to, const DateTimeParts& p) {
  to = PutTwo(to, p.year / 100);
  to = PutTwo(to, p.year % 100);
  *to++ = '-';
  to = PutTwo(to, p.month);
  *to++ = '-';
  return PutTwo(to, p.day);
}
char* PutClock(char* to, uint32_t minute, uint32_t second) {
  *to++ = ':';
  to = PutTwo(to, minute);
  *to++ = ':';
  return PutTwo(to, second);
}

// Lays out significant digits as MySQL does: fixed notation when the point falls within 15 digits of the
// first one, else d.ddde[-]x.
size_t LayOut(char* to, bool negative, const char* digits, int digit_count, int point) {
  char* out = to;
  if (negative) *out++ = '-';
  if (point > -15 && point <= 15) {
    if (point <= 0) {
      *out++ = '0';
      *out++ = '.';
      for (int i = point; i < 0; ++i) *out++ = '0';
      std::memcpy(out, digits, digit_count);
      out += digit_count;
    } else if (digit_count <= point) {
      std::memcpy(out, digits, digit_count);
      out += digit_count;
      for (int i = digit_count; i < point; ++i) *out++ = '0';
    } else {
      std::memcpy(out, digits, point);
      out += point;
      *out++ = '.';
      std::memcpy(out, digits + point, digit_count - point);
      out += digit_count - point;
    }
    return static_cast<size_t>(out - to);
  }
  *out++ = digits[0];
  if (digit_count > 1) {
    *out++ = '.';
    std::memcpy(out, digits + 1, digit_count - 1);
    out += digit_count - 1;
  }
  *out++ = 'e';
  return static_cast<size_t>(std::to_chars(out, out + 8, point - 1).ptr - to);
}

// From "d.ddde[+-]xx" without a sign to digits and the place of the point.
size_t FromScientific(char* to, bool negative, const char* text, const char* end) {
  char digits[32];
  int digit_count = 0;
  const char* at = text;
  for (; at != end && *at != 'e'; ++at) {
    if (*at != '.') digits[digit_count++] = *at;
  }
  while (digit_count > 1 && digits[digit_count - 1] == '0') --digit_count;
  int exponent = 0;
  if (at != end) {
    ++at;
    if (at != end && *at == '+') ++at;
    std::from_chars(at, end, exponent);
  }
  return LayOut(to, negative, digits, digit_count, exponent + 1);
}

size_t FormatSpecial(char* to, double value) {
  const char* text = std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
  size_t length = std::strlen(text);
  std::memcpy(to, text, length);
  return length;
}

}  // namespace

size_t FormatDoubleText(char* to, double value, uint8_t decimals) {
  if (!std::isfinite(value)) return FormatSpecial(to, value);
  if (decimals < kNotFixedDecimals) {
    return static_cast<size_t>(
        std::to_chars(to, to + kMaxDoubleText, value, std::chars_format::fixed, decimals).ptr - to);
  }
  if (value == 0) {
    if (!std::signbit(value)) {
      *to = '0';
      return 1;
    }
    std::memcpy(to, "-0", 2);
    return 2;
  }
  char text[40];
  auto r = std::to_chars(text, text + sizeof(text), std::fabs(value), std::chars_format::scientific);
  return FromScientific(to, value < 0, text, r.ptr);
}

size_t FormatFloatText(char* to, float value, uint8_t decimals) {
  if (!std::isfinite(value) || decimals < kNotFixedDecimals || value == 0) {
    return FormatDoubleText(to, value, decimals);
  }
  // MySQL shows FLT_DIG (6) significant digits of a FLOAT.
  char text[40];
  auto r = std::to_chars(text, text + sizeof(text), std::fabs(static_cast<double>(value)),
                         std::chars_format::scientific, 5);
  return FromScientific(to, value < 0, text, r.ptr);
}

void AppendTextInt64(WireBuffer* to, int64_t value) {
  char* start = to->Reserve(24);
  char* end = std::to_chars(start + 1, start + 24, value).ptr;
  *start = static_cast<char>(end - start - 1);
  to->Commit(end);
}

void AppendTextUint64(WireBuffer* to, uint64_t value) {
  char* start = to->Reserve(24);
  char* end = std::to_chars(start + 1, start + 24, value).ptr;
  *start = static_cast<char>(end - start - 1);
  to->Commit(end);
}

void AppendTextZerofill(WireBuffer* to, uint64_t value, uint32_t width) {
  char text[24];
  size_t length = static_cast<size_t>(std::to_chars(text, text + sizeof(text), value).ptr - text);
  size_t total = std::max<size_t>(length, std::min<uint32_t>(width, 255));
  char* out = PutLenencInt(to->Reserve(kMaxLenencIntBytes + total), total);
  std::memset(out, '0', total - length);
  std::memcpy(out + total - length, text, length);
  to->Commit(out + total);
}

void AppendTextDouble(WireBuffer* to, double value, uint8_t decimals) {
  char text[kMaxDoubleText];
  AppendLenencBytes(to, {text, FormatDoubleText(text, value, decimals)});
}

void AppendTextFloat(WireBuffer* to, float value, uint8_t decimals) {
  char text[kMaxDoubleText];
  AppendLenencBytes(to, {text, FormatFloatText(text, value, decimals)});
}

void AppendTextDate(WireBuffer* to, int64_t packed) {
  char* start = to->Reserve(16);
  *start = 10;
  to->Commit(PutDate(start + 1, Unpack(packed)));
}

void AppendTextDatetime(WireBuffer* to, int64_t packed, uint8_t decimals) {
  char* start = to->Reserve(40);
  DateTimeParts p = Unpack(packed);
  char* out = PutDate(start + 1, p);
  *out++ = ' ';
  out = PutTwo(out, p.hour);
  out = PutFraction(PutClock(out, p.minute, p.second), p.microsecond, decimals);
  *start = static_cast<char>(out - start - 1);
  to->Commit(out);
}

void AppendTextTime(WireBuffer* to, int64_t packed, uint8_t decimals) {
  char* start = to->Reserve(40);
  char* out = start + 1;
  uint64_t v = packed < 0 ? 0 - static_cast<uint64_t>(packed) : static_cast<uint64_t>(packed);
  if (packed < 0) *out++ = '-';
  uint32_t microsecond = v & 0xffffff;
  v >>= 24;
  uint32_t hour = (v >> 12) % 10000;
  if (hour < 100) {
    out = PutTwo(out, hour);
  } else {
    out = std::to_chars(out, out + 8, hour).ptr;
  }
  out = PutFraction(PutClock(out, v >> 6 & 63, v & 63), microsecond, decimals);
  *start = static_cast<char>(out - start - 1);
  to->Commit(out);
}

void AppendTextYear(WireBuffer* to, uint64_t year) {
  char* start = to->Reserve(8);
  *start = 4;
  PutTwo(PutTwo(start + 1, year / 100 % 100), year % 100);
  to->Commit(start + 5);
}

void AppendTextBit(WireBuffer* to, uint64_t value, uint32_t bit_count) {
  uint32_t bytes = std::min<uint32_t>((bit_count + 7) / 8, 8);
  char* out = to->Reserve(16);
  *out++ = static_cast<char>(bytes);
  uint64_t big = ByteSwap(value);
  std::memcpy(out, reinterpret_cast<const char*>(&big) + 8 - bytes, bytes);
  to->Commit(out + bytes);
}

void AppendBinaryDate(WireBuffer* to, int64_t packed) {
  DateTimeParts p = Unpack(packed);
  if (p.year == 0 && p.month == 0 && p.day == 0) return to->AppendByte(0);
  char* out = to->Reserve(8);
  *out++ = 4;
  uint16_t year = static_cast<uint16_t>(p.year);
  std::memcpy(out, &year, 2);
  out[2] = static_cast<char>(p.month);
  out[3] = static_cast<char>(p.day);
  to->Commit(out + 4);
}

void AppendBinaryDatetime(WireBuffer* to, int64_t packed) {
  DateTimeParts p = Unpack(packed);
  char length = 0;
  if (p.microsecond != 0) {
    length = 11;
  } else if (p.hour != 0 || p.minute != 0 || p.second != 0) {
    length = 7;
  } else if (p.year != 0 || p.month != 0 || p.day != 0) {
    length = 4;
  }
  char* out = to->Reserve(16);
  *out = length;
  uint16_t year = static_cast<uint16_t>(p.year);
  std::memcpy(out + 1, &year, 2);
  out[3] = static_cast<char>(p.month);
  out[4] = static_cast<char>(p.day);
  out[5] = static_cast<char>(p.hour);
  out[6] = static_cast<char>(p.minute);
  out[7] = static_cast<char>(p.second);
  std::memcpy(out + 8, &p.microsecond, 4);
  to->Commit(out + 1 + length);
}

void AppendBinaryTime(WireBuffer* to, int64_t packed) {
  if (packed == 0) return to->AppendByte(0);
  uint64_t v = packed < 0 ? 0 - static_cast<uint64_t>(packed) : static_cast<uint64_t>(packed);
  uint32_t microsecond = v & 0xffffff;
  v >>= 24;
  uint32_t hours = static_cast<uint32_t>(v >> 12);
  uint32_t days = hours / 24;
  char* out = to->Reserve(16);
  char length = microsecond != 0 ? 12 : 8;
  *out = length;
  out[1] = packed < 0;
  std::memcpy(out + 2, &days, 4);
  out[6] = static_cast<char>(hours % 24);
  out[7] = static_cast<char>(v >> 6 & 63);
  out[8] = static_cast<char>(v & 63);
  std::memcpy(out + 9, &microsecond, 4);
  to->Commit(out + 1 + length);
}

namespace {

bool ReadBinaryDatetime(WireReader* reader, bool is_date, WireValue* value) {
  uint8_t length = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  uint16_t year = 0;
  uint32_t microsecond = 0;
  if (!reader->Read(&length)) return false;
  if (length != 0 && length != 4 && length != 7 && length != 11) return false;
  if (length >= 4 && (!reader->Read(&year) || !reader->Read(&month) || !reader->Read(&day))) return false;
  if (length >= 7 && (!reader->Read(&hour) || !reader->Read(&minute) || !reader->Read(&second))) {
    return false;
  }
  if (length == 11 && !reader->Read(&microsecond)) return false;
  if (year > 9999 || month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59 ||
      microsecond > 999999) {
    return false;
  }
  uint64_t date = (static_cast<uint64_t>(year) * 13 + month) << 5 | day;
  if (is_date) hour = minute = second = 0, microsecond = 0;
  uint64_t clock = static_cast<uint64_t>(hour) << 12 | static_cast<uint64_t>(minute) << 6 | second;
  value->kind = is_date ? WireValue::Kind::kDate : WireValue::Kind::kDatetime;
  value->int64 = static_cast<int64_t>((date << 17 | clock) << 24 | microsecond);
  return true;
}

bool ReadBinaryTime(WireReader* reader, WireValue* value) {
  uint8_t length = 0, negative = 0, hour = 0, minute = 0, second = 0;
  uint32_t days = 0, microsecond = 0;
  if (!reader->Read(&length)) return false;
  if (length != 0 && length != 8 && length != 12) return false;
  if (length >= 8 && (!reader->Read(&negative) || !reader->Read(&days) || !reader->Read(&hour) ||
                      !reader->Read(&minute) || !reader->Read(&second))) {
    return false;
  }
  if (length == 12 && !reader->Read(&microsecond)) return false;
  if (hour > 23 || minute > 59 || second > 59 || microsecond > 999999) return false;
  uint64_t hours = static_cast<uint64_t>(days) * 24 + hour;
  if (hours > 838) {  // TIME's range
    hours = 838;
    minute = second = 59;
    microsecond = 0;
  }
  int64_t packed = static_cast<int64_t>((hours << 12 | static_cast<uint64_t>(minute) << 6 | second) << 24 |
                                        microsecond);
  value->kind = WireValue::Kind::kTime;
  value->int64 = negative ? -packed : packed;
  return true;
}

template <typename Signed, typename Unsigned>
bool ReadBinaryInt(WireReader* reader, bool is_unsigned, WireValue* value) {
  Unsigned raw = 0;
  if (!reader->Read(&raw)) return false;
  if (is_unsigned) {
    value->kind = WireValue::Kind::kUint64;
    value->uint64 = raw;
  } else {
    value->kind = WireValue::Kind::kInt64;
    value->int64 = static_cast<Signed>(raw);
  }
  return true;
}

}  // namespace

bool ReadBinaryValue(WireReader* reader, WireType type, bool is_unsigned, WireValue* value) {
  value->type = type;
  switch (type) {
    case WireType::kNull:
      value->kind = WireValue::Kind::kNull;
      return true;
    case WireType::kTiny:
    case WireType::kBool:
      return ReadBinaryInt<int8_t, uint8_t>(reader, is_unsigned, value);
    case WireType::kShort:
    case WireType::kYear:
      return ReadBinaryInt<int16_t, uint16_t>(reader, is_unsigned, value);
    case WireType::kLong:
    case WireType::kInt24:
      return ReadBinaryInt<int32_t, uint32_t>(reader, is_unsigned, value);
    case WireType::kLonglong:
      return ReadBinaryInt<int64_t, uint64_t>(reader, is_unsigned, value);
    case WireType::kFloat: {
      float v = 0;
      if (!reader->Read(&v)) return false;
      value->kind = WireValue::Kind::kFloat;
      value->float64 = v;
      return true;
    }
    case WireType::kDouble:
      value->kind = WireValue::Kind::kDouble;
      return reader->Read(&value->float64);
    case WireType::kDate:
    case WireType::kNewdate:
      return ReadBinaryDatetime(reader, true, value);
    case WireType::kDatetime:
    case WireType::kDatetime2:
    case WireType::kTimestamp:
    case WireType::kTimestamp2:
      return ReadBinaryDatetime(reader, false, value);
    case WireType::kTime:
    case WireType::kTime2:
      return ReadBinaryTime(reader, value);
    case WireType::kDecimal:
    case WireType::kNewdecimal:
    case WireType::kVarchar:
    case WireType::kVarString:
    case WireType::kString:
    case WireType::kTinyBlob:
    case WireType::kMediumBlob:
    case WireType::kLongBlob:
    case WireType::kBlob:
    case WireType::kEnum:
    case WireType::kSet:
    case WireType::kBit:
    case WireType::kJson:
    case WireType::kGeometry:
      value->kind = WireValue::Kind::kBytes;
      return reader->ReadLenencBytes(&value->bytes);
  }
  return false;  // no such type
}

Status DecodeTextRow(std::string_view payload, size_t column_count, std::vector<WireValue>* values) {
  WireReader reader(payload);
  values->resize(column_count);
  for (WireValue& value : *values) {
    bool is_null = false;
    value = WireValue();
    if (!reader.ReadLenencBytesOrNull(&value.bytes, &is_null)) return Error(ER_MALFORMED_PACKET);
    if (!is_null) value.kind = WireValue::Kind::kBytes;
  }
  return Status::Ok();
}

Status DecodeBinaryRow(std::string_view payload, const std::vector<BinaryColumn>& columns,
                       std::vector<WireValue>* values) {
  WireReader reader(payload);
  std::string_view bitmap;
  if (!reader.Skip(1) || !reader.ReadBytes((columns.size() + 9) / 8, &bitmap)) {
    return Error(ER_MALFORMED_PACKET);
  }
  values->resize(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    WireValue& value = (*values)[i];
    value = WireValue();
    value.type = columns[i].type;
    if (bitmap[(i + 2) / 8] >> ((i + 2) % 8) & 1) continue;
    if (!ReadBinaryValue(&reader, columns[i].type, columns[i].is_unsigned, &value)) {
      return Error(ER_MALFORMED_PACKET);
    }
  }
  return Status::Ok();
}

void AppendBinaryValue(WireBuffer* to, const WireValue& value) {
  switch (value.kind) {
    case WireValue::Kind::kNull:
      break;
    case WireValue::Kind::kInt64:
    case WireValue::Kind::kUint64:
      if (value.type == WireType::kBool) return to->AppendByte(static_cast<uint8_t>(value.uint64));
      AppendBinaryInt(to, value.type, value.uint64);
      break;
    case WireValue::Kind::kFloat:
      AppendBinaryFloat(to, static_cast<float>(value.float64));
      break;
    case WireValue::Kind::kDouble:
      AppendBinaryDouble(to, value.float64);
      break;
    case WireValue::Kind::kBytes:
      AppendLenencBytes(to, value.bytes);
      break;
    case WireValue::Kind::kDate:
      AppendBinaryDate(to, value.int64);
      break;
    case WireValue::Kind::kDatetime:
      AppendBinaryDatetime(to, value.int64);
      break;
    case WireValue::Kind::kTime:
      AppendBinaryTime(to, value.int64);
      break;
  }
}

}  // namespace mahi
