// What all collations share: LIKE, search, case; and the registry.
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <unordered_map>
#include <vector>

#include "charset/charset.h"
#include "charset/collation_factory.h"

namespace mahi {

Collation::Collation(CollationId id, std::string name, const Charset* charset, bool is_binary, bool is_memcmp,
                     bool is_case_sensitive, PadAttribute pad, uint8_t sortlen)
    : id_(id), name_(std::move(name)), charset_(charset), is_binary_(is_binary), is_memcmp_(is_memcmp),
      is_case_sensitive_(is_case_sensitive), pad_attribute_(pad), sortlen_(sortlen) {}

namespace {

// The next character of text[at..]; an ill-formed byte stands for itself, above Unicode.
char32_t NextChar(const Charset& set, std::string_view text, size_t* at) {
  uint8_t first = static_cast<uint8_t>(text[*at]);
  if (set.is_ascii_compatible && first < 0x80) {
    ++*at;
    return first;
  }
  if (set.is_single_byte()) {  // Bytes are characters; code points do not matter below.
    ++*at;
    return first;
  }
  char32_t c = 0;
  size_t n = set.Decode(text.substr(*at), &c);
  if (n == 0) {
    n = set.FirstCharBytes(text.substr(*at));
    c = 0x200000u + first;
  } else if (c == 0xFFFD && !set.is_unicode()) {  // No Unicode mapping: tell such characters apart.
    c = 0x400000;
    for (size_t i = 0; i < n; ++i) c = c << 7 ^ static_cast<uint8_t>(text[*at + i]);
    c |= 0x40000000;
  }
  *at += n;
  return c;
}

}  // namespace

bool Collation::Like(std::string_view text, std::string_view pattern, char32_t escape) const {
  const Charset& set = *charset_;
  size_t t = 0, p = 0;
  size_t retry_text = 0, retry_pattern = 0;  // After the last %: the text position to try next.
  bool has_retry = false;
  while (true) {
    bool matched = false;
    bool at_end = p >= pattern.size();
    if (at_end) {
      if (t >= text.size()) return true;
    } else {
      size_t next = p;
      char32_t c = NextChar(set, pattern, &next);
      bool is_literal = false;
      if (escape != 0 && c == escape && next < pattern.size()) {
        c = NextChar(set, pattern, &next);
        is_literal = true;
      }
      if (!is_literal && c == '%') {
        p = next;
        if (p >= pattern.size()) return true;
        has_retry = true;
        retry_text = t;
        retry_pattern = p;
        continue;
      }
      if (t < text.size()) {
        size_t after = t;
        char32_t d = NextChar(set, text, &after);
        if ((!is_literal && c == '_') || c == d || CharEqual(c, d)) {
          t = after;
          p = next;
          matched = true;
        }
      }
    }
    if (matched) continue;
    if (!has_retry || retry_text >= text.size()) return false;
    NextChar(set, text, &retry_text);
    t = retry_text;
    p = retry_pattern;
  }
}

size_t Collation::Locate(std::string_view haystack, std::string_view needle, size_t start, size_t* match_bytes) const {
  if (start > haystack.size()) return std::string_view::npos;
  if (needle.empty()) {
    if (match_bytes != nullptr) *match_bytes = 0;
    return start;
  }
  const Charset& set = *charset_;
  if (is_binary_ && (set.is_single_byte() || set.id == CharsetId::kUtf8mb4 || set.id == CharsetId::kUtf8mb3)) {
    if (match_bytes != nullptr) *match_bytes = needle.size();
    return haystack.find(needle, start);
  }
  size_t first_after = 0;
  char32_t first = NextChar(set, needle, &first_after);
  for (size_t at = start; at < haystack.size();) {
    size_t h = at;
    char32_t c = NextChar(set, haystack, &h);
    size_t next = h;
    if (c == first || CharEqual(c, first)) {
      size_t n = first_after;
      bool equal = true;
      while (n < needle.size()) {
        if (h >= haystack.size()) {
          equal = false;
          break;
        }
        char32_t a = NextChar(set, needle, &n);
        char32_t b = NextChar(set, haystack, &h);
        if (a != b && !CharEqual(a, b)) {
          equal = false;
          break;
        }
      }
      if (equal) {
        if (match_bytes != nullptr) *match_bytes = h - at;
        return at;
      }
    }
    at = next;
  }
  return std::string_view::npos;
}

namespace {
void FoldCase(const Charset& set, std::string_view text, bool up, std::string* out) {
  if (set.is_binary()) {
    out->append(text);
    return;
  }
  size_t at = 0;
  out->reserve(out->size() + text.size());
  while (at < text.size()) {
    uint8_t b = static_cast<uint8_t>(text[at]);
    if (set.is_ascii_compatible && b < 0x80) {
      if (up ? b >= 'a' && b <= 'z' : b >= 'A' && b <= 'Z') b ^= 0x20;
      out->push_back(static_cast<char>(b));
      ++at;
      continue;
    }
    char32_t c = 0;
    size_t n = set.Decode(text.substr(at), &c);
    char32_t folded = n == 0 ? c : static_cast<char32_t>(up ? u_toupper(static_cast<UChar32>(c)) : u_tolower(static_cast<UChar32>(c)));
    if (n == 0) n = set.FirstCharBytes(text.substr(at));
    if (folded == c || !set.Encode(folded, out)) out->append(text.substr(at, n));
    at += n;
  }
}
}  // namespace

void Collation::CaseUp(std::string_view text, std::string* out) const { FoldCase(*charset_, text, true, out); }
void Collation::CaseDown(std::string_view text, std::string* out) const { FoldCase(*charset_, text, false, out); }

namespace {

enum class Rule : uint8_t { kMemcmp, kBin, kGeneralCi, kGeneralAccents, kGeneralCs, kSwedish, kUca400, kUca520, k900 };

struct Definition {
  CollationId id;
  const char* name;
  CharsetId charset;
  Rule rule;
  uint8_t levels = 1;
};

// Source of names and ids: MySQL 8.4 manual, "Supported Character Sets and Collations"; SHOW COLLATION.
constexpr Definition kDefinitions[] = {
    {1, "big5_chinese_ci", CharsetId::kBig5, Rule::kGeneralCi},
    {4, "cp850_general_ci", CharsetId::kCp850, Rule::kGeneralCi},
    {5, "latin1_german1_ci", CharsetId::kLatin1, Rule::kGeneralCi},
    {6, "hp8_english_ci", CharsetId::kHp8, Rule::kGeneralCi},
    {7, "koi8r_general_ci", CharsetId::kKoi8r, Rule::kGeneralCi},
    {8, "latin1_swedish_ci", CharsetId::kLatin1, Rule::kSwedish},
    {9, "latin2_general_ci", CharsetId::kLatin2, Rule::kGeneralCi},
    {11, "ascii_general_ci", CharsetId::kAscii, Rule::kGeneralCi},
    {12, "ujis_japanese_ci", CharsetId::kUjis, Rule::kGeneralCi},
    {13, "sjis_japanese_ci", CharsetId::kSjis, Rule::kGeneralCi},
    {16, "hebrew_general_ci", CharsetId::kHebrew, Rule::kGeneralCi},
    {18, "tis620_thai_ci", CharsetId::kTis620, Rule::kGeneralCi},
    {19, "euckr_korean_ci", CharsetId::kEuckr, Rule::kGeneralCi},
    {22, "koi8u_general_ci", CharsetId::kKoi8u, Rule::kGeneralCi},
    {24, "gb2312_chinese_ci", CharsetId::kGb2312, Rule::kGeneralCi},
    {25, "greek_general_ci", CharsetId::kGreek, Rule::kGeneralCi},
    {26, "cp1250_general_ci", CharsetId::kCp1250, Rule::kGeneralCi},
    {28, "gbk_chinese_ci", CharsetId::kGbk, Rule::kGeneralCi},
    {30, "latin5_turkish_ci", CharsetId::kLatin5, Rule::kGeneralAccents},
    {33, "utf8mb3_general_ci", CharsetId::kUtf8mb3, Rule::kGeneralCi},
    {35, "ucs2_general_ci", CharsetId::kUcs2, Rule::kGeneralCi},
    {36, "cp866_general_ci", CharsetId::kCp866, Rule::kGeneralCi},
    {38, "macce_general_ci", CharsetId::kMacce, Rule::kGeneralCi},
    {39, "macroman_general_ci", CharsetId::kMacroman, Rule::kGeneralCi},
    {40, "cp852_general_ci", CharsetId::kCp852, Rule::kGeneralCi},
    {41, "latin7_general_ci", CharsetId::kLatin7, Rule::kGeneralAccents},
    {42, "latin7_general_cs", CharsetId::kLatin7, Rule::kGeneralCs},
    {43, "macce_bin", CharsetId::kMacce, Rule::kBin},
    {45, "utf8mb4_general_ci", CharsetId::kUtf8mb4, Rule::kGeneralCi},
    {46, "utf8mb4_bin", CharsetId::kUtf8mb4, Rule::kBin},
    {47, "latin1_bin", CharsetId::kLatin1, Rule::kBin},
    {48, "latin1_general_ci", CharsetId::kLatin1, Rule::kGeneralAccents},
    {49, "latin1_general_cs", CharsetId::kLatin1, Rule::kGeneralCs},
    {50, "cp1251_bin", CharsetId::kCp1251, Rule::kBin},
    {51, "cp1251_general_ci", CharsetId::kCp1251, Rule::kGeneralAccents},
    {52, "cp1251_general_cs", CharsetId::kCp1251, Rule::kGeneralCs},
    {53, "macroman_bin", CharsetId::kMacroman, Rule::kBin},
    {54, "utf16_general_ci", CharsetId::kUtf16, Rule::kGeneralCi},
    {55, "utf16_bin", CharsetId::kUtf16, Rule::kBin},
    {56, "utf16le_general_ci", CharsetId::kUtf16le, Rule::kGeneralCi},
    {57, "cp1256_general_ci", CharsetId::kCp1256, Rule::kGeneralCi},
    {58, "cp1257_bin", CharsetId::kCp1257, Rule::kBin},
    {59, "cp1257_general_ci", CharsetId::kCp1257, Rule::kGeneralAccents},
    {60, "utf32_general_ci", CharsetId::kUtf32, Rule::kGeneralCi},
    {61, "utf32_bin", CharsetId::kUtf32, Rule::kBin},
    {62, "utf16le_bin", CharsetId::kUtf16le, Rule::kBin},
    {63, "binary", CharsetId::kBinary, Rule::kMemcmp},
    {65, "ascii_bin", CharsetId::kAscii, Rule::kBin},
    {66, "cp1250_bin", CharsetId::kCp1250, Rule::kBin},
    {67, "cp1256_bin", CharsetId::kCp1256, Rule::kBin},
    {68, "cp866_bin", CharsetId::kCp866, Rule::kBin},
    {70, "greek_bin", CharsetId::kGreek, Rule::kBin},
    {71, "hebrew_bin", CharsetId::kHebrew, Rule::kBin},
    {72, "hp8_bin", CharsetId::kHp8, Rule::kBin},
    {74, "koi8r_bin", CharsetId::kKoi8r, Rule::kBin},
    {75, "koi8u_bin", CharsetId::kKoi8u, Rule::kBin},
    {77, "latin2_bin", CharsetId::kLatin2, Rule::kBin},
    {78, "latin5_bin", CharsetId::kLatin5, Rule::kBin},
    {79, "latin7_bin", CharsetId::kLatin7, Rule::kBin},
    {80, "cp850_bin", CharsetId::kCp850, Rule::kBin},
    {81, "cp852_bin", CharsetId::kCp852, Rule::kBin},
    {83, "utf8mb3_bin", CharsetId::kUtf8mb3, Rule::kBin},
    {84, "big5_bin", CharsetId::kBig5, Rule::kBin},
    {85, "euckr_bin", CharsetId::kEuckr, Rule::kBin},
    {86, "gb2312_bin", CharsetId::kGb2312, Rule::kBin},
    {87, "gbk_bin", CharsetId::kGbk, Rule::kBin},
    {88, "sjis_bin", CharsetId::kSjis, Rule::kBin},
    {89, "tis620_bin", CharsetId::kTis620, Rule::kBin},
    {90, "ucs2_bin", CharsetId::kUcs2, Rule::kBin},
    {91, "ujis_bin", CharsetId::kUjis, Rule::kBin},
    {95, "cp932_japanese_ci", CharsetId::kCp932, Rule::kGeneralCi},
    {96, "cp932_bin", CharsetId::kCp932, Rule::kBin},
    {97, "eucjpms_japanese_ci", CharsetId::kEucjpms, Rule::kGeneralCi},
    {98, "eucjpms_bin", CharsetId::kEucjpms, Rule::kBin},
    {101, "utf16_unicode_ci", CharsetId::kUtf16, Rule::kUca400},
    {123, "utf16_unicode_520_ci", CharsetId::kUtf16, Rule::kUca520},
    {128, "ucs2_unicode_ci", CharsetId::kUcs2, Rule::kUca400},
    {150, "ucs2_unicode_520_ci", CharsetId::kUcs2, Rule::kUca520},
    {160, "utf32_unicode_ci", CharsetId::kUtf32, Rule::kUca400},
    {182, "utf32_unicode_520_ci", CharsetId::kUtf32, Rule::kUca520},
    {192, "utf8mb3_unicode_ci", CharsetId::kUtf8mb3, Rule::kUca400},
    {214, "utf8mb3_unicode_520_ci", CharsetId::kUtf8mb3, Rule::kUca520},
    {224, "utf8mb4_unicode_ci", CharsetId::kUtf8mb4, Rule::kUca400},
    {246, "utf8mb4_unicode_520_ci", CharsetId::kUtf8mb4, Rule::kUca520},
    {248, "gb18030_chinese_ci", CharsetId::kGb18030, Rule::kGeneralCi},
    {249, "gb18030_bin", CharsetId::kGb18030, Rule::kBin},
    {250, "gb18030_unicode_520_ci", CharsetId::kGb18030, Rule::kUca520},
    {255, "utf8mb4_0900_ai_ci", CharsetId::kUtf8mb4, Rule::k900, 1},
    {278, "utf8mb4_0900_as_cs", CharsetId::kUtf8mb4, Rule::k900, 3},
    {305, "utf8mb4_0900_as_ci", CharsetId::kUtf8mb4, Rule::k900, 2},
    {309, "utf8mb4_0900_bin", CharsetId::kUtf8mb4, Rule::kMemcmp},
};

constexpr CollationId kMaxCollationId = 320;

std::unique_ptr<Collation> Make(const Definition& d) {
  const Charset& set = GetCharset(d.charset);
  switch (d.rule) {
    case Rule::kMemcmp: return MakeMemcmpCollation(d.id, d.name, set);
    case Rule::kBin: return MakeBinCollation(d.id, d.name, set);
    case Rule::kGeneralCi: return MakeGeneralCollation(d.id, d.name, set, GeneralKind::kBaseLetters);
    case Rule::kGeneralAccents: return MakeGeneralCollation(d.id, d.name, set, GeneralKind::kAccents);
    case Rule::kGeneralCs: return MakeGeneralCollation(d.id, d.name, set, GeneralKind::kAccentsAndCase);
    case Rule::kSwedish: return MakeLatin1SwedishCollation(d.id, d.name, set);
    case Rule::kUca400: return MakeUcaPadCollation(d.id, d.name, set, false);
    case Rule::kUca520: return MakeUcaPadCollation(d.id, d.name, set, true);
    case Rule::k900: return MakeUca900Collation(d.id, d.name, set, d.levels);
  }
  return nullptr;
}

struct Registry {
  std::vector<std::unique_ptr<Collation>> owned;
  std::vector<const Collation*> all;
  std::array<const Collation*, kMaxCollationId> by_id = {};
  std::unordered_map<std::string, const Collation*> by_name;

  Registry() {
    for (const Definition& d : kDefinitions) {
      owned.push_back(Make(d));
      const Collation* c = owned.back().get();
      all.push_back(c);
      by_id[d.id] = c;
      by_name.emplace(d.name, c);
    }
  }
};

const Registry& TheRegistry() {
  static const Registry registry;
  return registry;
}

}  // namespace

const Collation* FindCollation(CollationId id) {
  return id < kMaxCollationId ? TheRegistry().by_id[id] : nullptr;
}

const Collation* FindCollation(std::string_view name) {
  std::string lower = AsciiLower(name);
  if (lower.compare(0, 5, "utf8_") == 0) lower.insert(4, "mb3");
  const auto& names = TheRegistry().by_name;
  auto found = names.find(lower);
  return found == names.end() ? nullptr : found->second;
}

const Collation* BinaryCollationOf(const Charset& charset) {
  if (charset.is_binary()) return FindCollation(kCollationBinary);
  return FindCollation(std::string(charset.name) + "_bin");
}

const Collation& CollationOrBinary(CollationId id) {
  const Collation* found = FindCollation(id);
  return found != nullptr ? *found : *TheRegistry().by_id[kCollationBinary];
}

std::span<const Collation* const> AllCollations() { return TheRegistry().all; }

}  // namespace mahi
