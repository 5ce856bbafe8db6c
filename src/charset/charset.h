// Character sets and collations.
//
//   const Collation* c = FindCollation(kCollationUtf8mb4_0900AiCi);
//   c->Compare("a", "A") == 0;  c->AppendSortKey(text, &key);  c->charset().CharLength(text);
//
// Source: MySQL 8.4 manual, "Character Sets, Collations, Unicode". Weights: docs/formats/collations.md.
// Thread safety: everything here is immutable and may be used from any thread.
// Errors: ill-formed bytes never fail; they compare as the bytes they are, after all characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mahi {

// MySQL's collation ids; they travel on the wire and lie in stored definitions.
using CollationId = uint16_t;

inline constexpr CollationId kCollationBig5ChineseCi = 1;
inline constexpr CollationId kCollationLatin1SwedishCi = 8;
inline constexpr CollationId kCollationAsciiGeneralCi = 11;
inline constexpr CollationId kCollationUtf8mb3GeneralCi = 33;
inline constexpr CollationId kCollationUtf8mb4GeneralCi = 45;
inline constexpr CollationId kCollationUtf8mb4Bin = 46;
inline constexpr CollationId kCollationLatin1Bin = 47;
inline constexpr CollationId kCollationBinary = 63;
inline constexpr CollationId kCollationAsciiBin = 65;
inline constexpr CollationId kCollationUtf8mb3Bin = 83;
inline constexpr CollationId kCollationUtf8mb4UnicodeCi = 224;
inline constexpr CollationId kCollationUtf8mb4_0900AiCi = 255;
inline constexpr CollationId kCollationUtf8mb4_0900AsCs = 278;
inline constexpr CollationId kCollationUtf8mb4_0900AsCi = 305;
inline constexpr CollationId kCollationUtf8mb4_0900Bin = 309;
inline constexpr CollationId kCollationDefault = kCollationUtf8mb4_0900AiCi;

enum class CharsetId : uint8_t {
  kBinary, kAscii, kLatin1, kUtf8mb3, kUtf8mb4, kUcs2, kUtf16, kUtf16le, kUtf32,
  kCp1250, kCp1251, kCp1256, kCp1257, kCp850, kCp852, kCp866, kLatin2, kLatin5, kLatin7, kGreek, kHebrew,
  kKoi8r, kKoi8u, kMacroman, kMacce, kTis620, kArmscii8, kGeostd8, kDec8, kHp8, kKeybcs2, kSwe7,
  kBig5, kGbk, kGb2312, kGb18030, kSjis, kCp932, kUjis, kEucjpms, kEuckr,
};

enum class PadAttribute : uint8_t { kPadSpace, kNoPad };

struct Charset {
  CharsetId id;
  const char* name;
  const char* description;
  CollationId default_collation;
  uint8_t min_bytes;
  uint8_t max_bytes;
  // Bytes below 0x80 always stand for the ASCII characters (not ucs2, utf16, utf32).
  bool is_ascii_compatible;

  bool is_binary() const { return id == CharsetId::kBinary; }
  bool is_single_byte() const { return max_bytes == 1; }
  bool is_unicode() const { return id >= CharsetId::kUtf8mb3 && id <= CharsetId::kUtf32; }

  // Bytes of the longest well-formed prefix; text.size() when all is well.
  size_t WellFormedBytes(std::string_view text) const;
  bool IsWellFormed(std::string_view text) const { return WellFormedBytes(text) == text.size(); }
  // Number of characters; each ill-formed byte counts as one.
  size_t CharLength(std::string_view text) const;
  // Byte offset of character number `chars` (0-based); text.size() when there are not so many.
  size_t ByteOffset(std::string_view text, size_t chars) const;
  // Bytes of the character at text[0] (ill-formed: min_bytes, at most text.size()). REQUIRES: !text.empty().
  size_t FirstCharBytes(std::string_view text) const;
  // Decodes the character at text[0] into a Unicode code point and returns its bytes; 0 when the text is
  // empty or ill-formed there. A character without Unicode mapping becomes U+FFFD.
  size_t Decode(std::string_view text, char32_t* code_point) const;
  // Appends a code point; false (and nothing appended) when the set lacks it.
  bool Encode(char32_t code_point, std::string* out) const;
  // The text without trailing spaces (of this set's encoding).
  std::string_view TrimTrailingSpaces(std::string_view text) const;
  // Appends `count` spaces in this set's encoding.
  void AppendSpaces(size_t count, std::string* out) const;
};

// Appends `text`, converted, to `out`. Characters that `to` lacks and ill-formed bytes become '?'.
// To or from binary, and to the same set: bytes are taken as they are. Returns the number of replaced characters.
size_t ConvertCharset(std::string_view text, const Charset& from, const Charset& to, std::string* out);

class Collation {
 public:
  virtual ~Collation() = default;
  Collation(const Collation&) = delete;
  Collation& operator=(const Collation&) = delete;

  CollationId id() const { return id_; }
  std::string_view name() const { return name_; }
  const Charset& charset() const { return *charset_; }
  // The default collation of its character set.
  bool is_default() const { return charset_->default_collation == id_; }
  // Equal means equal bytes (apart from trailing spaces under PAD SPACE): `binary`, the _bin collations.
  bool is_binary() const { return is_binary_; }
  // Equal means equal bytes and order is that of memcmp, without padding; then sort key == text.
  bool is_memcmp() const { return is_memcmp_; }
  bool is_case_sensitive() const { return is_case_sensitive_; }
  PadAttribute pad_attribute() const { return pad_attribute_; }
  bool is_pad_space() const { return pad_attribute_ == PadAttribute::kPadSpace; }
  // As SHOW COLLATION prints it.
  uint8_t sortlen() const { return sortlen_; }

  // <0, 0, >0. Trailing spaces are insignificant under PAD SPACE.
  virtual int Compare(std::string_view a, std::string_view b) const = 0;
  virtual bool Equal(std::string_view a, std::string_view b) const { return Compare(a, b) == 0; }
  // Appends bytes whose memcmp order (shorter first) is Compare's order; equal iff Compare is 0.
  virtual void AppendSortKey(std::string_view text, std::string* out) const = 0;
  // Equal texts have equal hashes.
  virtual uint64_t Hash(std::string_view text) const = 0;

  // LIKE: % any characters, _ one character, `escape` makes the next one literal (0: none). Matches character by
  // character, so contractions and padding play no part. Source: manual, "String Comparison Functions".
  bool Like(std::string_view text, std::string_view pattern, char32_t escape = '\\') const;
  // Byte offset of the first occurrence of `needle` at or after byte `start`; npos when none. When
  // `match_bytes` is given it receives the bytes of haystack that matched.
  size_t Locate(std::string_view haystack, std::string_view needle, size_t start = 0,
                size_t* match_bytes = nullptr) const;
  // Append the text in upper or lower case. `binary` is unchanged.
  void CaseUp(std::string_view text, std::string* out) const;
  void CaseDown(std::string_view text, std::string* out) const;

 protected:
  Collation(CollationId id, std::string name, const Charset* charset, bool is_binary, bool is_memcmp,
            bool is_case_sensitive, PadAttribute pad, uint8_t sortlen);
  // Are the single characters a and b equal?
  virtual bool CharEqual(char32_t a, char32_t b) const = 0;

 private:
  CollationId id_;
  std::string name_;
  const Charset* charset_;
  bool is_binary_;
  bool is_memcmp_;
  bool is_case_sensitive_;
  PadAttribute pad_attribute_;
  uint8_t sortlen_;
};

// nullptr when unknown. Names match case-insensitively; utf8 and utf8_* mean utf8mb3 as in MySQL 8.4.
const Collation* FindCollation(CollationId id);
const Collation* FindCollation(std::string_view name);
const Charset* FindCharset(std::string_view name);
const Charset& GetCharset(CharsetId id);
// The charset's `_bin` collation; `binary` for binary.
const Collation* BinaryCollationOf(const Charset& charset);
// The collation; `binary` when the id is unknown. Never null.
const Collation& CollationOrBinary(CollationId id);

// All, by id resp. by name.
std::span<const Collation* const> AllCollations();
std::span<const Charset> AllCharsets();

// UTF-8 in a hurry: decodes one code point (1-4 bytes; surrogates and overlong forms rejected), 0 if ill-formed.
size_t DecodeUtf8(const char* from, const char* end, char32_t* code_point);
void AppendUtf8(char32_t code_point, std::string* out);
// Bytes of the longest well-formed UTF-8 prefix.
size_t WellFormedUtf8Bytes(std::string_view text);

// ASCII-only case folding and comparison of names of things that are not collated (keywords, options).
bool EqualIgnoreAsciiCase(std::string_view a, std::string_view b);
std::string AsciiLower(std::string_view text);

}  // namespace mahi
