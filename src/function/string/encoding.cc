// Strings as codes, bases and quoted text: ASCII, CHAR, HEX, TO_BASE64, CONV, QUOTE, FORMAT.
// Source: MySQL 8.4 manual, "String Functions and Operators", "Mathematical Functions".
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "function/conversion_warning.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/numeric/numeric_kind.h"
#include "function/numeric/round_double.h"
#include "function/resolve.h"
#include "function/string/packet_limit.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// --- Codes ----------------------------------------------------------------------------------------

Status EvalAscii(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    call.result->SetInt64(row, text.empty() ? 0 : static_cast<unsigned char>(text[0]));
  });
}
// The bytes of the first character as one number.
Status EvalOrd(FunctionCall& call) {
  const Charset& charset = call.arguments[0]->type().charset();
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    int64_t code = 0;
    if (!text.empty()) {
      for (char c : text.substr(0, charset.FirstCharBytes(text))) code = code << 8 | static_cast<unsigned char>(c);
    }
    call.result->SetInt64(row, code);
  });
}

// CHAR(n, ...): the bytes of each number, NULLs left out. Argument `first` is the first number.
template <size_t first>
Status EvalChar(FunctionCall& call) {
  const Charset& charset = call.result->type().charset();
  std::string bytes;
  return ForRows(call, [&](uint32_t row) -> Status {
    bytes.clear();
    for (size_t i = first; i < call.arguments.size(); ++i) {
      if (IsNull(call, i, row)) continue;
      auto code = static_cast<uint32_t>(Int(call, i, row));
      if (code > 0xffffff) bytes.push_back(static_cast<char>(code >> 24));
      if (code > 0xffff) bytes.push_back(static_cast<char>(code >> 16));
      if (code > 0xff) bytes.push_back(static_cast<char>(code >> 8));
      bytes.push_back(static_cast<char>(code));
    }
    size_t good = charset.WellFormedBytes(bytes);
    if (good < bytes.size()) {
      call.result->SetNull(row);
      return ReportInvalidCharacters(call.context, charset.name, std::string_view(bytes).substr(good));
    }
    call.result->SetString(row, bytes);
    return {};
  });
}
Status ResolveChar(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "i*", c.target_type != nullptr ? *c.target_type : BinaryOf(a.size() * 4), EvalChar<0>));
  for (SqlType& type : s->arguments) type = SqlType::BigInt();
  s->is_nullable = !s->result.IsBinaryString();
  return {};
}
Status ResolveCharUsing(ResolveContext& c, Arguments a, Signature* s) {
  if (a[0].constant == nullptr || a[0].constant->is_null()) return Error(ER_WRONG_ARGUMENTS, "CHAR");
  const Charset* charset = FindCharset(a[0].constant->string());
  if (charset == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, a[0].constant->string());
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=i*", TextOf((a.size() - 1) * 4, charset->default_collation), EvalChar<1>));
  for (size_t i = 1; i < a.size(); ++i) s->arguments[i] = SqlType::BigInt();
  s->is_nullable = true;
  return {};
}

// --- Hexadecimal ----------------------------------------------------------------------------------

Status EvalHexText(FunctionCall& call) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    if (ExceedsPacket(call, row, text.size() * 2, "hex")) return;
    char* to = call.result->heap().Allocate(text.size() * 2 + 1);
    for (size_t i = 0; i < text.size(); ++i) {
      auto c = static_cast<unsigned char>(text[i]);
      to[2 * i] = kDigits[c >> 4];
      to[2 * i + 1] = kDigits[c & 15];
    }
    call.result->SetStringView(row, {to, text.size() * 2});
  });
}
Status EvalHexNumber(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetString(row, fmt::format("{:X}", call.arguments[0]->UInt64(row))); });
}
// Beyond 64 bits all of them are set.
Status EvalHexReal(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    double value = call.arguments[0]->Double(row);
    bool is_beyond = value <= -9223372036854775808.0 || value >= 18446744073709551616.0;
    uint64_t bits = is_beyond ? UINT64_MAX : value < 0 ? static_cast<uint64_t>(std::llrint(value)) : static_cast<uint64_t>(std::rint(value));
    call.result->SetString(row, fmt::format("{:X}", bits));
  });
}
Status ResolveHex(ResolveContext& c, Arguments a, Signature* s) {
  if (a[0].type.IsReal() || (a[0].type.IsDecimal() && a[0].type.length - a[0].type.decimals >= 19)) return AsciiCall(c, a, s, "d", 16, EvalHexReal);
  bool is_number = a[0].type.IsNumeric() && a[0].type.id != TypeId::kBit;
  if (is_number) return AsciiCall(c, a, s, "U", 16, EvalHexNumber);
  return AsciiCall(c, a, s, "b", MaxBytes(a[0]) * 2, EvalHexText);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
Status EvalUnhex(FunctionCall& call) {
  std::string bytes;
  return MapRows(call, [&](uint32_t row) -> Status {
    std::string_view text = Text(call, 0, row);
    bytes.clear();
    int half = text.size() % 2 ? 0 : -1;  // an odd number of digits begins with an implied 0
    bool is_good = true;
    for (char c : text) {
      int digit = HexDigit(c);
      if (digit < 0) {
        is_good = false;
        break;
      }
      if (half < 0) {
        half = digit;
      } else {
        bytes.push_back(static_cast<char>(half << 4 | digit));
        half = -1;
      }
    }
    if (is_good) {
      call.result->SetString(row, bytes);
      return {};
    }
    call.result->SetNull(row);
    call.context.diagnostics->Warn(Error(ER_WRONG_VALUE_FOR_TYPE, "string", fmt::format("'{}'", text), "unhex"));
    return {};
  });
}
Status ResolveUnhex(ResolveContext& c, Arguments a, Signature* s) {
  return NullableCall(c, a, s, "b", BinaryOf((MaxBytes(a[0]) + 1) / 2), EvalUnhex);
}

// --- Base 64 --------------------------------------------------------------------------------------

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Lines of 76 characters.
std::string ToBase64(std::string_view bytes) {
  std::string text;
  size_t column = 0;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    if (column == 76) {
      text += '\n';
      column = 0;
    }
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    text += kBase64[group >> 18];
    text += kBase64[group >> 12 & 63];
    text += i + 1 < bytes.size() ? kBase64[group >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kBase64[group & 63] : '=';
    column += 4;
  }
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  uint32_t group = 0;
  int count = 0;
  int padding = 0;
  for (char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    uint32_t digit = 0;
    if (c == '=') {
      if (++padding > 2 || count < 2) return std::nullopt;
    } else {
      const char* found = std::char_traits<char>::find(kBase64, 64, c);
      if (found == nullptr || padding > 0) return std::nullopt;
      digit = static_cast<uint32_t>(found - kBase64);
    }
    group = group << 6 | digit;
    if (++count == 4) {
      bytes.push_back(static_cast<char>(group >> 16));
      if (padding < 2) bytes.push_back(static_cast<char>(group >> 8));
      if (padding < 1) bytes.push_back(static_cast<char>(group));
      group = 0;
      count = 0;
    }
  }
  if (count != 0) return std::nullopt;
  return bytes;
}

Status EvalToBase64(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string text = ToBase64(Text(call, 0, row));
    if (!ExceedsPacket(call, row, text.size(), "to_base64")) call.result->SetString(row, text);
  });
}
Status EvalFromBase64(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    auto bytes = FromBase64(Text(call, 0, row));
    if (!bytes) return call.result->SetNull(row);
    call.result->SetString(row, *bytes);
  });
}
Status ResolveToBase64(ResolveContext& c, Arguments a, Signature* s) {
  uint64_t bytes = (MaxBytes(a[0]) + 2) / 3 * 4;
  return AsciiCall(c, a, s, "b", bytes + bytes / 76, EvalToBase64);
}
Status ResolveFromBase64(ResolveContext& c, Arguments a, Signature* s) {
  return NullableCall(c, a, s, "b", BinaryOf(MaxBytes(a[0]) / 4 * 3 + 3), EvalFromBase64);
}

// --- CONV, BIN, OCT -------------------------------------------------------------------------------

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

// `text` of base `from` (negative: signed) in base `to` (negative: signed), as 64 bits; too large is clipped.
std::optional<std::string> Convert(std::string_view text, int64_t from, int64_t to) {
  int64_t from_base = std::abs(from);
  int64_t to_base = std::abs(to);
  if (from_base < 2 || from_base > 36 || to_base < 2 || to_base > 36) return std::nullopt;
  size_t i = 0;
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  bool is_negative = i < text.size() && text[i] == '-';
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  uint64_t value = 0;
  bool is_over = false;
  for (; i < text.size(); ++i) {
    int digit = DigitOf(text[i]);
    if (digit >= from_base) break;
    is_over |= __builtin_mul_overflow(value, static_cast<uint64_t>(from_base), &value) ||
               __builtin_add_overflow(value, static_cast<uint64_t>(digit), &value);
  }
  if (is_over) value = UINT64_MAX;
  if (from < 0) {
    if (is_negative) {
      value = value > (uint64_t{1} << 63) || is_over ? uint64_t{1} << 63 : -value;
    } else if (value > INT64_MAX) {
      value = INT64_MAX;
    }
  } else if (is_negative && !is_over) {
    value = -value;
  }
  bool shows_sign = to < 0 && static_cast<int64_t>(value) < 0;
  if (shows_sign) value = -value;
  std::string digits;
  do {
    digits.push_back("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % static_cast<uint64_t>(to_base)]);
    value /= static_cast<uint64_t>(to_base);
  } while (value != 0);
  if (shows_sign) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

Status EvalConv(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    auto text = Text(call, 0, row).empty() ? std::nullopt : Convert(Text(call, 0, row), Int(call, 1, row), Int(call, 2, row));
    if (!text) return call.result->SetNull(row);
    call.result->SetString(row, *text);
  });
}
template <int base>
Status EvalBase(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    uint64_t value = call.arguments[0]->UInt64(row);
    call.result->SetString(row, base == 2 ? fmt::format("{:b}", value) : fmt::format("{:o}", value));
  });
}
Status ResolveConv(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "bii", 65, EvalConv));
  s->is_nullable = true;
  return {};
}
template <int base>
Status ResolveBase(ResolveContext& c, Arguments a, Signature* s) {
  return AsciiCall(c, a, s, "U", base == 2 ? 64 : 22, EvalBase<base>);
}

// --- QUOTE ----------------------------------------------------------------------------------------

Status EvalQuote(FunctionCall& call) {
  std::string text;
  return ForRows(call, [&](uint32_t row) {
    if (IsNull(call, 0, row)) return call.result->SetString(row, "NULL");
    text = "'";
    for (char c : Text(call, 0, row)) {
      switch (c) {
        case '\0': text += "\\0"; break;
        case '\032': text += "\\Z"; break;
        case '\'':
        case '\\':
          text += '\\';
          text += c;
          break;
        default: text += c;
      }
    }
    text += '\'';
    call.result->SetString(row, text);
  });
}
Status ResolveQuote(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "b", TextOf(1, c.connection_collation), EvalQuote));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, s, 0, 1));
  if (a[0].type.IsNull()) collation = c.connection_collation;
  s->result = TextOf(MaxCharacters(a[0]) * 2 + 2, collation);
  return {};
}

// --- FORMAT ---------------------------------------------------------------------------------------

struct NumberStyle {
  std::string_view locale;
  std::string_view thousands;
  char point;
};
constexpr NumberStyle kStyles[] = {
    {"en_US", ",", '.'}, {"en_GB", ",", '.'}, {"en_AU", ",", '.'}, {"en_CA", ",", '.'}, {"ja_JP", ",", '.'}, {"zh_CN", ",", '.'},
    {"de_DE", ".", ','}, {"es_ES", "", ','},  {"fr_FR", "", ','},  {"it_IT", "", ','},  {"nl_NL", "", ','},  {"pt_BR", "", ','},
    {"sv_SE", " ", ','}, {"da_DK", ".", ','}, {"de_AT", "", ','},  {"de_CH", "'", '.'}, {"ru_RU", ".", ','}, {"tr_TR", ".", ','},
};

void GroupDigits(std::string_view number, const NumberStyle& style, std::string* out) {
  out->clear();
  if (!number.empty() && number[0] == '-') {
    *out += '-';
    number.remove_prefix(1);
  }
  size_t point = number.find('.');
  std::string_view whole = number.substr(0, point);
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) *out += style.thousands;
    *out += whole[i];
  }
  if (point != std::string_view::npos) {
    *out += style.point;
    *out += number.substr(point + 1);
  }
}

Status EvalFormat(FunctionCall& call) {
  const Vector& value = *call.arguments[0];
  bool is_double = value.physical() == PhysicalType::kDouble;
  std::string text;
  std::string number;
  return ForRows(call, [&](uint32_t row) {
    if (value.IsNull(row) || IsNull(call, 1, row)) return call.result->SetNull(row);
    int64_t places = std::clamp<int64_t>(Int(call, 1, row), 0, 30);
    const NumberStyle* style = &kStyles[0];
    if (call.arguments.size() > 2 && !IsNull(call, 2, row)) {
      for (const NumberStyle& candidate : kStyles) {
        if (EqualIgnoreAsciiCase(candidate.locale, Text(call, 2, row))) style = &candidate;
      }
    }
    if (is_double) {
      number = fmt::format("{:.{}f}", RoundDouble(value.Double(row), places, false), places);
    } else {
      Decimal rounded = value.DecimalAt(row).Round(static_cast<int32_t>(places));
      Decimal shown;
      if (rounded.Rescale(static_cast<uint32_t>(places), &shown) == DecimalStatus::kOverflow) shown = rounded;
      number = shown.ToString();
    }
    GroupDigits(number, *style, &text);
    call.result->SetString(row, text);
  });
}
Status ResolveFormat(ResolveContext& c, Arguments a, Signature* s) {
  NumericKind kind = KindOf(a[0].type);
  uint64_t length = kind == NumericKind::kReal ? 64 : PrecisionOf(a[0]) + PrecisionOf(a[0]) / 3 + 33;
  MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "dib", length, EvalFormat));
  if (kind != NumericKind::kReal) s->arguments[0] = kind == NumericKind::kDecimal ? DecimalOperand(a[0]) : SqlType::Decimal(20, 0);
  s->is_nullable = true;
  return {};
}

// --- WEIGHT_STRING --------------------------------------------------------------------------------

// With AS CHAR(n) or BINARY(n) the text is cut, or padded, to n characters first.
template <bool is_sized>
Status EvalWeightString(FunctionCall& call) {
  const SqlType& type = call.arguments[0]->type();
  const Collation& collation = type.collation_ref();
  std::string key;
  std::string sized;
  return MapRows(call, [&](uint32_t row) {
    key.clear();
    std::string_view text = Text(call, 0, row);
    if (is_sized) {
      sized = text.substr(0, collation.charset().ByteOffset(text, type.length));
      size_t characters = collation.charset().CharLength(sized);
      if (collation.charset().is_binary()) {
        sized.resize(type.length, '\0');
      } else if (characters < type.length && collation.is_pad_space()) {
        collation.charset().AppendSpaces(type.length - characters, &sized);
      }
      text = sized;
    }
    collation.AppendSortKey(text, &key);
    call.result->SetString(row, key);
  });
}
Status ResolveWeightString(ResolveContext& c, Arguments a, Signature* s) {
  if (!IsStringType(a[0].type)) {
    return NullableCall(c, a, s, "b", BinaryOf(0), [](FunctionCall& call) { return ForRows(call, [&](uint32_t row) { call.result->SetNull(row); }); });
  }
  if (c.target_type != nullptr) {
    MAHI_RETURN_IF_ERROR(Call(c, a, s, "b", BinaryOf(c.target_type->MaxBytes() * 8), EvalWeightString<true>));
    CollationId collation = c.target_type->IsBinaryString() ? kCollationBinary : s->arguments[0].collation;
    s->arguments[0] = SqlType::Varchar(c.target_type->length, collation);
    return {};
  }
  return Call(c, a, s, "b", BinaryOf(MaxBytes(a[0]) * 8), EvalWeightString<false>);
}

template <EvalFunction eval, uint32_t length>
Status ResolveCode(ResolveContext& c, Arguments a, Signature* s) {
  return Call(c, a, s, "b", BigintOf(length), eval);
}

const FunctionDescriptor kFunctions[] = {
    {"ascii", 1, 1, 0, ResolveCode<EvalAscii, 3>, "string", "ASCII(text): its first byte"},
    {"ord", 1, 1, 0, ResolveCode<EvalOrd, 21>, "string", "ORD(text): the code of its first character"},
    {"char", 1, kManyArguments, 0, ResolveChar, "string", "CHAR(n, ...): the bytes of numbers"},
    {"char_using", 2, kManyArguments, 0, ResolveCharUsing, "string", "CHAR(n, ... USING charset): text of those bytes"},
    {"hex", 1, 1, 0, ResolveHex, "string", "HEX(value): in hexadecimal"},
    {"unhex", 1, 1, 0, ResolveUnhex, "string", "UNHEX(text): the bytes that it spells"},
    {"to_base64", 1, 1, 0, ResolveToBase64, "string", "TO_BASE64(text)"},
    {"from_base64", 1, 1, 0, ResolveFromBase64, "string", "FROM_BASE64(text): undoes TO_BASE64"},
    {"conv", 3, 3, 0, ResolveConv, "numeric", "CONV(number, from, to): between bases"},
    {"bin", 1, 1, 0, ResolveBase<2>, "string", "BIN(number): in binary"},
    {"oct", 1, 1, 0, ResolveBase<8>, "string", "OCT(number): in octal"},
    {"quote", 1, 1, 0, ResolveQuote, "string", "QUOTE(text): as an SQL literal"},
    {"format", 2, 3, 0, ResolveFormat, "string", "FORMAT(number, places[, locale]): with separators of thousands"},
    {"weight_string", 1, 1, 0, ResolveWeightString, "string", "WEIGHT_STRING(text): its sort key"},
};

}  // namespace

std::span<const FunctionDescriptor> StringEncodingFunctions() { return kFunctions; }

}  // namespace mahi
