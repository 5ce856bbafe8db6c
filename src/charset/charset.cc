#include "charset/charset.h"

#include <unicode/ucnv.h>

#include <array>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"

namespace mahi {

namespace {

constexpr uint64_t kHighBits = 0x8080808080808080ull;

// Bytes at the start of text that are below 0x80, eight at a time.
size_t AsciiPrefix(const char* p, size_t size) {
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t word = LoadLittle<uint64_t>(p + i);
    if (word & kHighBits) return i + static_cast<size_t>(__builtin_ctzll(word & kHighBits)) / 8;
  }
  while (i < size && static_cast<uint8_t>(p[i]) < 0x80) ++i;
  return i;
}

const char* IcuName(CharsetId id) {
  switch (id) {
    case CharsetId::kCp1250: return "windows-1250";
    case CharsetId::kCp1251: return "windows-1251";
    case CharsetId::kCp1256: return "windows-1256";
    case CharsetId::kCp1257: return "windows-1257";
    case CharsetId::kCp850: return "ibm-850";
    case CharsetId::kCp852: return "ibm-852";
    case CharsetId::kCp866: return "ibm-866";
    case CharsetId::kLatin2: return "ISO-8859-2";
    case CharsetId::kLatin5: return "ISO-8859-9";
    case CharsetId::kLatin7: return "ISO-8859-13";
    case CharsetId::kGreek: return "ISO-8859-7";
    case CharsetId::kHebrew: return "ISO-8859-8";
    case CharsetId::kKoi8r: return "KOI8-R";
    case CharsetId::kKoi8u: return "KOI8-U";
    case CharsetId::kMacroman: return "macintosh";
    case CharsetId::kMacce: return "x-mac-ce";
    case CharsetId::kTis620: return "TIS-620";
    case CharsetId::kHp8: return "hp-roman8";
    case CharsetId::kBig5: return "Big5";
    case CharsetId::kGbk: return "GBK";
    case CharsetId::kGb2312: return "GB2312";
    case CharsetId::kGb18030: return "gb18030";
    case CharsetId::kSjis: return "Shift_JIS";
    case CharsetId::kCp932: return "windows-31j";
    case CharsetId::kUjis: return "EUC-JP";
    case CharsetId::kEucjpms: return "EUC-JP";
    case CharsetId::kEuckr: return "EUC-KR";
    default: return nullptr;
  }
}

constexpr size_t kCharsetIds = static_cast<size_t>(CharsetId::kEuckr) + 1;

// One converter for each thread and character set: ICU's converters keep state.
UConverter* Converter(CharsetId id) {
  struct Closer {
    std::array<UConverter*, kCharsetIds> open = {};
    ~Closer() {
      for (UConverter* c : open) {
        if (c != nullptr) ucnv_close(c);
      }
    }
  };
  thread_local Closer converters;
  UConverter*& converter = converters.open[static_cast<size_t>(id)];
  if (converter == nullptr) {
    UErrorCode error = U_ZERO_ERROR;
    converter = ucnv_open(IcuName(id), &error);
    if (U_FAILURE(error)) return converter = nullptr;
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  }
  return converter;
}

char32_t IcuDecode(CharsetId id, std::string_view bytes) {
  UConverter* converter = Converter(id);
  if (converter == nullptr) return 0xFFFD;
  ucnv_reset(converter);
  const char* from = bytes.data();
  UErrorCode error = U_ZERO_ERROR;
  UChar32 c = ucnv_getNextUChar(converter, &from, from + bytes.size(), &error);
  return U_FAILURE(error) || from != bytes.data() + bytes.size() ? 0xFFFD : static_cast<char32_t>(c);
}

bool IcuEncode(CharsetId id, char32_t c, std::string* out) {
  UConverter* converter = Converter(id);
  if (converter == nullptr) return false;
  ucnv_reset(converter);
  UChar units[2];
  int length = 1;
  if (c >= 0x10000) {
    units[0] = static_cast<UChar>(0xD7C0 + (c >> 10));
    units[1] = static_cast<UChar>(0xDC00 | (c & 0x3FF));
    length = 2;
  } else {
    units[0] = static_cast<UChar>(c);
  }
  char buffer[8];
  char* to = buffer;
  const UChar* from = units;
  UErrorCode error = U_ZERO_ERROR;
  ucnv_fromUnicode(converter, &to, buffer + sizeof buffer, &from, units + length, nullptr, true, &error);
  if (U_FAILURE(error) || to == buffer) return false;
  out->append(buffer, static_cast<size_t>(to - buffer));
  return true;
}

// A single-byte set as tables in both directions.
struct ByteMap {
  std::array<char16_t, 256> to_unicode;
  std::unordered_map<char32_t, uint8_t> from_unicode;
};

// MySQL's latin1 is cp1252 in which the five unassigned bytes are the C1 controls of the same number.
// Source: manual, "West European Character Sets".
constexpr char16_t kCp1252[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                  0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                  0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

const ByteMap& BytesOf(CharsetId id) {
  static std::array<std::once_flag, kCharsetIds> once;
  static std::array<ByteMap*, kCharsetIds> maps;
  size_t index = static_cast<size_t>(id);
  std::call_once(once[index], [&] {
    auto* map = new ByteMap;  // Lives as long as the process.
    for (int b = 0; b < 256; ++b) {
      char16_t c;
      if (id == CharsetId::kLatin1) {
        c = b >= 0x80 && b < 0xA0 ? kCp1252[b - 0x80] : static_cast<char16_t>(b);
      } else if (id == CharsetId::kAscii) {
        c = b < 0x80 ? static_cast<char16_t>(b) : 0xFFFD;
      } else if (b < 0x80) {
        c = static_cast<char16_t>(b);
      } else {
        char byte = static_cast<char>(b);
        c = static_cast<char16_t>(IcuDecode(id, {&byte, 1}));
      }
      map->to_unicode[b] = c;
      if (c != 0xFFFD) map->from_unicode.emplace(c, static_cast<uint8_t>(b));
    }
    maps[index] = map;
  });
  return *maps[index];
}

// Length of the multi-byte character at p by its structure; 0 when ill-formed.
size_t MultiByteLength(CharsetId id, const uint8_t* p, size_t size) {
  uint8_t b = p[0];
  if (b < 0x80) return 1;
  auto trail = [&](size_t i, uint8_t low, uint8_t high) { return i < size && p[i] >= low && p[i] <= high; };
  switch (id) {
    case CharsetId::kBig5:
      return b >= 0xA1 && b <= 0xF9 && (trail(1, 0x40, 0x7E) || trail(1, 0xA1, 0xFE)) ? 2 : 0;
    case CharsetId::kGbk:
      return b >= 0x81 && b <= 0xFE && (trail(1, 0x40, 0x7E) || trail(1, 0x80, 0xFE)) ? 2 : 0;
    case CharsetId::kGb2312: return b >= 0xA1 && b <= 0xF7 && trail(1, 0xA1, 0xFE) ? 2 : 0;
    case CharsetId::kEuckr:
      return b >= 0x81 && b <= 0xFE && (trail(1, 0x41, 0x5A) || trail(1, 0x61, 0x7A) || trail(1, 0x81, 0xFE)) ? 2 : 0;
    case CharsetId::kGb18030:
      if (b == 0x80 || b == 0xFF) return 0;
      if (trail(1, 0x40, 0x7E) || trail(1, 0x80, 0xFE)) return 2;
      return trail(1, 0x30, 0x39) && trail(2, 0x81, 0xFE) && trail(3, 0x30, 0x39) ? 4 : 0;
    case CharsetId::kSjis:
    case CharsetId::kCp932:
      if (b >= 0xA1 && b <= 0xDF) return 1;
      return ((b >= 0x81 && b <= 0x9F) || (b >= 0xE0 && b <= 0xFC)) && (trail(1, 0x40, 0x7E) || trail(1, 0x80, 0xFC)) ? 2 : 0;
    case CharsetId::kUjis:
    case CharsetId::kEucjpms:
      if (b == 0x8E) return trail(1, 0xA1, 0xDF) ? 2 : 0;
      if (b == 0x8F) return trail(1, 0xA1, 0xFE) && trail(2, 0xA1, 0xFE) ? 3 : 0;
      return b >= 0xA1 && b <= 0xFE && trail(1, 0xA1, 0xFE) ? 2 : 0;
    default: return 0;
  }
}

// Length of the well-formed character at the start of text, 0 when there is none.
size_t CharBytes(const Charset& set, std::string_view text) {
  if (text.empty()) return 0;
  const uint8_t* p = reinterpret_cast<const uint8_t*>(text.data());
  switch (set.id) {
    case CharsetId::kAscii: return p[0] < 0x80 ? 1 : 0;
    case CharsetId::kUtf8mb3:
    case CharsetId::kUtf8mb4: {
      char32_t c;
      size_t n = DecodeUtf8(text.data(), text.data() + text.size(), &c);
      return n > set.max_bytes ? 0 : n;
    }
    case CharsetId::kUcs2: return text.size() >= 2 && (p[0] & 0xF8) != 0xD8 ? 2 : 0;
    case CharsetId::kUtf16:
    case CharsetId::kUtf16le: {
      if (text.size() < 2) return 0;
      bool little = set.id == CharsetId::kUtf16le;
      uint8_t high = p[little ? 1 : 0];
      if ((high & 0xF8) != 0xD8) return 2;
      if ((high & 0xFC) != 0xD8 || text.size() < 4) return 0;
      return (p[little ? 3 : 2] & 0xFC) == 0xDC ? 4 : 0;
    }
    case CharsetId::kUtf32: {
      if (text.size() < 4) return 0;
      uint32_t c = LoadBig<uint32_t>(p);
      return c < 0x110000 && (c & 0xFFFFF800) != 0xD800 ? 4 : 0;
    }
    default:
      if (set.max_bytes == 1) return 1;
      return MultiByteLength(set.id, p, text.size());
  }
}

}  // namespace

size_t DecodeUtf8(const char* from, const char* end, char32_t* code_point) {
  if (from >= end) return 0;
  const uint8_t* p = reinterpret_cast<const uint8_t*>(from);
  size_t size = static_cast<size_t>(end - from);
  uint8_t b = p[0];
  if (b < 0x80) {
    *code_point = b;
    return 1;
  }
  auto trail = [&](size_t i) { return (p[i] & 0xC0) == 0x80; };
  if (b < 0xC2) return 0;
  if (b < 0xE0) {
    if (size < 2 || !trail(1)) return 0;
    *code_point = static_cast<char32_t>((b & 0x1F) << 6 | (p[1] & 0x3F));
    return 2;
  }
  if (b < 0xF0) {
    if (size < 3 || !trail(1) || !trail(2)) return 0;
    char32_t c = static_cast<char32_t>((b & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F));
    if (c < 0x800 || (c >= 0xD800 && c < 0xE000)) return 0;
    *code_point = c;
    return 3;
  }
  if (b > 0xF4 || size < 4 || !trail(1) || !trail(2) || !trail(3)) return 0;
  char32_t c = static_cast<char32_t>((b & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F));
  if (c < 0x10000 || c > 0x10FFFF) return 0;
  *code_point = c;
  return 4;
}

void AppendUtf8(char32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | c >> 6));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | c >> 12));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | c >> 18));
    out->push_back(static_cast<char>(0x80 | (c >> 12 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

size_t WellFormedUtf8Bytes(std::string_view text) {
  const char* p = text.data();
  const char* end = p + text.size();
  while (true) {
    p += AsciiPrefix(p, static_cast<size_t>(end - p));
    char32_t c;
    size_t n = DecodeUtf8(p, end, &c);
    if (n == 0) return static_cast<size_t>(p - text.data());
    p += n;
  }
}

size_t Charset::WellFormedBytes(std::string_view text) const {
  if (id == CharsetId::kUtf8mb4) return WellFormedUtf8Bytes(text);
  if (id == CharsetId::kAscii) return AsciiPrefix(text.data(), text.size());
  if (max_bytes == 1) return text.size();
  size_t at = 0;
  while (at < text.size()) {
    if (is_ascii_compatible) {
      at += AsciiPrefix(text.data() + at, text.size() - at);
      if (at == text.size()) break;
    }
    size_t n = CharBytes(*this, text.substr(at));
    if (n == 0) break;
    at += n;
  }
  return at;
}

size_t Charset::FirstCharBytes(std::string_view text) const {
  size_t n = CharBytes(*this, text);
  if (n != 0) return n;
  return min_bytes < text.size() ? min_bytes : text.size();
}

size_t Charset::CharLength(std::string_view text) const {
  if (max_bytes == 1) return text.size();
  if (min_bytes == max_bytes) return (text.size() + min_bytes - 1) / min_bytes;
  size_t count = 0, at = 0;
  while (at < text.size()) {
    if (is_ascii_compatible) {
      size_t ascii = AsciiPrefix(text.data() + at, text.size() - at);
      at += ascii;
      count += ascii;
      if (at == text.size()) break;
    }
    at += FirstCharBytes(text.substr(at));
    ++count;
  }
  return count;
}

size_t Charset::ByteOffset(std::string_view text, size_t chars) const {
  if (min_bytes == max_bytes) {
    return chars >= (text.size() + min_bytes - 1) / min_bytes ? text.size() : chars * min_bytes;
  }
  size_t at = 0;
  while (chars > 0 && at < text.size()) {
    if (is_ascii_compatible && static_cast<uint8_t>(text[at]) < 0x80) {
      size_t most = text.size() - at < chars ? text.size() - at : chars;
      size_t ascii = AsciiPrefix(text.data() + at, most);
      at += ascii;
      chars -= ascii;
      continue;
    }
    at += FirstCharBytes(text.substr(at));
    --chars;
  }
  return at;
}

size_t Charset::Decode(std::string_view text, char32_t* code_point) const {
  size_t n = CharBytes(*this, text);
  if (n == 0) return 0;
  const uint8_t* p = reinterpret_cast<const uint8_t*>(text.data());
  switch (id) {
    case CharsetId::kBinary: *code_point = p[0]; return 1;
    case CharsetId::kUtf8mb3:
    case CharsetId::kUtf8mb4: return DecodeUtf8(text.data(), text.data() + text.size(), code_point);
    case CharsetId::kUcs2: *code_point = LoadBig<uint16_t>(p); return 2;
    case CharsetId::kUtf16:
    case CharsetId::kUtf16le: {
      bool little = id == CharsetId::kUtf16le;
      char32_t high = little ? LoadLittle<uint16_t>(p) : LoadBig<uint16_t>(p);
      if (n == 2) {
        *code_point = high;
      } else {
        char32_t low = little ? LoadLittle<uint16_t>(p + 2) : LoadBig<uint16_t>(p + 2);
        *code_point = 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
      }
      return n;
    }
    case CharsetId::kUtf32: *code_point = LoadBig<uint32_t>(p); return 4;
    default: break;
  }
  if (max_bytes == 1) {
    *code_point = BytesOf(id).to_unicode[p[0]];
  } else if (p[0] < 0x80) {
    *code_point = p[0];
  } else {
    *code_point = IcuDecode(id, text.substr(0, n));
  }
  return n;
}

bool Charset::Encode(char32_t c, std::string* out) const {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return false;
  switch (id) {
    case CharsetId::kBinary:
      if (c > 0xFF) return false;
      out->push_back(static_cast<char>(c));
      return true;
    case CharsetId::kUtf8mb3:
      if (c > 0xFFFF) return false;
      [[fallthrough]];
    case CharsetId::kUtf8mb4: AppendUtf8(c, out); return true;
    case CharsetId::kUcs2:
      if (c > 0xFFFF) return false;
      AppendBig(out, static_cast<uint16_t>(c));
      return true;
    case CharsetId::kUtf16:
    case CharsetId::kUtf16le: {
      auto unit = [&](uint32_t u) {
        if (id == CharsetId::kUtf16) {
          AppendBig(out, static_cast<uint16_t>(u));
        } else {
          AppendLittle(out, static_cast<uint16_t>(u));
        }
      };
      if (c < 0x10000) {
        unit(c);
      } else {
        unit(0xD7C0 + (c >> 10));
        unit(0xDC00 | (c & 0x3FF));
      }
      return true;
    }
    case CharsetId::kUtf32: AppendBig(out, static_cast<uint32_t>(c)); return true;
    default: break;
  }
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
    return true;
  }
  if (max_bytes > 1) {
    size_t start = out->size();
    if (!IcuEncode(id, c, out)) return false;
    // ICU knows extensions (user-defined areas) that these sets do not have here.
    size_t bytes = out->size() - start;
    if (MultiByteLength(id, reinterpret_cast<const uint8_t*>(out->data()) + start, bytes) == bytes) return true;
    out->resize(start);
    return false;
  }
  const ByteMap& map = BytesOf(id);
  auto found = map.from_unicode.find(c);
  if (found == map.from_unicode.end()) return false;
  out->push_back(static_cast<char>(found->second));
  return true;
}

std::string_view Charset::TrimTrailingSpaces(std::string_view text) const {
  if (is_ascii_compatible) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  }
  std::string space;
  AppendSpaces(1, &space);
  while (text.size() >= space.size() && text.substr(text.size() - space.size()) == space) text.remove_suffix(space.size());
  return text;
}

void Charset::AppendSpaces(size_t count, std::string* out) const {
  if (is_ascii_compatible) {
    out->append(count, ' ');
  } else {
    for (size_t i = 0; i < count; ++i) Encode(' ', out);
  }
}

size_t ConvertCharset(std::string_view text, const Charset& from, const Charset& to, std::string* out) {
  if (from.id == to.id || from.is_binary() || to.is_binary()) {
    out->append(text);
    return 0;
  }
  size_t replaced = 0, at = 0;
  bool ascii_same = from.is_ascii_compatible && to.is_ascii_compatible;
  while (at < text.size()) {
    if (ascii_same) {
      size_t ascii = AsciiPrefix(text.data() + at, text.size() - at);
      out->append(text.data() + at, ascii);
      at += ascii;
      if (at == text.size()) break;
    }
    char32_t c = 0;
    size_t n = from.Decode(text.substr(at), &c);
    bool good = n != 0 && !(c == 0xFFFD && !from.is_unicode()) && to.Encode(c, out);
    if (!good) {
      to.Encode('?', out);
      ++replaced;
      if (n == 0) n = from.FirstCharBytes(text.substr(at));
    }
    at += n;
  }
  return replaced;
}

bool EqualIgnoreAsciiCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    char x = a[i], y = b[i];
    if (x >= 'A' && x <= 'Z') x = static_cast<char>(x + 32);
    if (y >= 'A' && y <= 'Z') y = static_cast<char>(y + 32);
    if (x != y) return false;
  }
  return true;
}

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

namespace {
// Source: MySQL 8.4 manual, "Supported Character Sets and Collations".
constexpr Charset kCharsets[] = {
    {CharsetId::kAscii, "ascii", "US ASCII", 11, 1, 1, true},
    {CharsetId::kBig5, "big5", "Big5 Traditional Chinese", 1, 1, 2, true},
    {CharsetId::kBinary, "binary", "Binary pseudo charset", 63, 1, 1, true},
    {CharsetId::kCp1250, "cp1250", "Windows Central European", 26, 1, 1, true},
    {CharsetId::kCp1251, "cp1251", "Windows Cyrillic", 51, 1, 1, true},
    {CharsetId::kCp1256, "cp1256", "Windows Arabic", 57, 1, 1, true},
    {CharsetId::kCp1257, "cp1257", "Windows Baltic", 59, 1, 1, true},
    {CharsetId::kCp850, "cp850", "DOS West European", 4, 1, 1, true},
    {CharsetId::kCp852, "cp852", "DOS Central European", 40, 1, 1, true},
    {CharsetId::kCp866, "cp866", "DOS Russian", 36, 1, 1, true},
    {CharsetId::kCp932, "cp932", "SJIS for Windows Japanese", 95, 1, 2, true},
    {CharsetId::kEucjpms, "eucjpms", "UJIS for Windows Japanese", 97, 1, 3, true},
    {CharsetId::kEuckr, "euckr", "EUC-KR Korean", 19, 1, 2, true},
    {CharsetId::kGb18030, "gb18030", "China National Standard GB18030", 248, 1, 4, true},
    {CharsetId::kGb2312, "gb2312", "GB2312 Simplified Chinese", 24, 1, 2, true},
    {CharsetId::kGbk, "gbk", "GBK Simplified Chinese", 28, 1, 2, true},
    {CharsetId::kGreek, "greek", "ISO 8859-7 Greek", 25, 1, 1, true},
    {CharsetId::kHebrew, "hebrew", "ISO 8859-8 Hebrew", 16, 1, 1, true},
    {CharsetId::kHp8, "hp8", "HP West European", 6, 1, 1, true},
    {CharsetId::kKoi8r, "koi8r", "KOI8-R Relcom Russian", 7, 1, 1, true},
    {CharsetId::kKoi8u, "koi8u", "KOI8-U Ukrainian", 22, 1, 1, true},
    {CharsetId::kLatin1, "latin1", "cp1252 West European", 8, 1, 1, true},
    {CharsetId::kLatin2, "latin2", "ISO 8859-2 Central European", 9, 1, 1, true},
    {CharsetId::kLatin5, "latin5", "ISO 8859-9 Turkish", 30, 1, 1, true},
    {CharsetId::kLatin7, "latin7", "ISO 8859-13 Baltic", 41, 1, 1, true},
    {CharsetId::kMacce, "macce", "Mac Central European", 38, 1, 1, true},
    {CharsetId::kMacroman, "macroman", "Mac West European", 39, 1, 1, true},
    {CharsetId::kSjis, "sjis", "Shift-JIS Japanese", 13, 1, 2, true},
    {CharsetId::kTis620, "tis620", "TIS620 Thai", 18, 1, 1, true},
    {CharsetId::kUcs2, "ucs2", "UCS-2 Unicode", 35, 2, 2, false},
    {CharsetId::kUjis, "ujis", "EUC-JP Japanese", 12, 1, 3, true},
    {CharsetId::kUtf16, "utf16", "UTF-16 Unicode", 54, 2, 4, false},
    {CharsetId::kUtf16le, "utf16le", "UTF-16LE Unicode", 56, 2, 4, false},
    {CharsetId::kUtf32, "utf32", "UTF-32 Unicode", 60, 4, 4, false},
    {CharsetId::kUtf8mb3, "utf8mb3", "UTF-8 Unicode", 33, 1, 3, true},
    {CharsetId::kUtf8mb4, "utf8mb4", "UTF-8 Unicode", 255, 1, 4, true},
};
}  // namespace

std::span<const Charset> AllCharsets() { return kCharsets; }

const Charset* FindCharset(std::string_view name) {
  if (EqualIgnoreAsciiCase(name, "utf8")) name = "utf8mb3";
  for (const Charset& set : kCharsets) {
    if (EqualIgnoreAsciiCase(set.name, name)) return &set;
  }
  return nullptr;
}

const Charset& GetCharset(CharsetId id) {
  static const std::array<const Charset*, kCharsetIds> by_id = [] {
    std::array<const Charset*, kCharsetIds> table = {};
    for (const Charset& set : kCharsets) table[static_cast<size_t>(set.id)] = &set;
    return table;
  }();
  const Charset* set = by_id[static_cast<size_t>(id)];
  MAHI_ASSERT(set != nullptr);
  return *set;
}

}  // namespace mahi
