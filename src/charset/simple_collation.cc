// Collations with one weight for each character: binary, _bin, general_ci, latin1_swedish_ci and their kin.
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <tuple>

#include "charset/collation_factory.h"
#include "charset/pad_collation.h"
#include "charset/weights.h"

namespace mahi {

namespace {

class MemcmpCollation : public Collation {
 public:
  MemcmpCollation(CollationId id, const char* name, const Charset& set)
      : Collation(id, name, &set, true, true, true, PadAttribute::kNoPad, 1) {}
  int Compare(std::string_view a, std::string_view b) const override {
    int order = a.compare(b);
    return order < 0 ? -1 : order > 0;
  }
  bool Equal(std::string_view a, std::string_view b) const override { return a == b; }
  void AppendSortKey(std::string_view text, std::string* out) const override { out->append(text); }
  uint64_t Hash(std::string_view text) const override {
    uint64_t hash = 0x2545f4914f6cdd1dull ^ text.size();
    size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) hash = MixHash(hash, LoadLittle<uint64_t>(text.data() + i));
    uint64_t tail = 0;
    std::memcpy(&tail, text.data() + i, text.size() - i);
    return MixHash(MixHash(hash, tail), hash >> 32);
  }

 protected:
  bool CharEqual(char32_t a, char32_t b) const override { return a == b; }
};

// Every byte has a weight. Serves 8-bit sets, and UTF-8 _bin: byte order is code point order there.
struct ByteScanner {
  static constexpr int kWeightBytes = 1;
  struct Context {
    uint32_t space_weight;
    std::array<uint8_t, 256> weight;
  };
  ByteScanner(const Context& context, std::string_view text)
      : weight_(context.weight.data()), p_(text.data()), end_(text.data() + text.size()) {}
  bool Next(uint32_t* weight) {
    if (p_ == end_) return false;
    *weight = weight_[static_cast<uint8_t>(*p_++)];
    return true;
  }
  static bool CharEqual(const Context& context, char32_t a, char32_t b) {
    return a < 256 && b < 256 && context.weight[a] == context.weight[b];
  }
  const uint8_t* weight_;
  const char* p_;
  const char* end_;
};

// UTF-8, simple weights of the BMP; everything above weighs U+FFFD.
struct Utf8GeneralScanner {
  static constexpr int kWeightBytes = 2;
  struct Context {
    uint32_t space_weight;
    const uint16_t* weight;
  };
  Utf8GeneralScanner(const Context& context, std::string_view text)
      : weight_(context.weight), p_(text.data()), end_(text.data() + text.size()) {}
  bool Next(uint32_t* weight) {
    if (p_ == end_) return false;
    uint8_t b = static_cast<uint8_t>(*p_);
    if (b < 0x80) {
      ++p_;
      *weight = weight_[b];
      return true;
    }
    char32_t c;
    size_t n = DecodeUtf8(p_, end_, &c);
    if (n == 0) {
      ++p_;
      *weight = 0xFF00u | b;
      return true;
    }
    p_ += n;
    *weight = c > 0xFFFF ? 0xFFFD : weight_[c];
    return true;
  }
  static bool CharEqual(const Context& context, char32_t a, char32_t b) {
    if (a > 0x10FFFF || b > 0x10FFFF) return a == b;
    return (a > 0xFFFF ? 0xFFFD : context.weight[a]) == (b > 0xFFFF ? 0xFFFD : context.weight[b]);
  }
  const uint16_t* weight_;
  const char* p_;
  const char* end_;
};

// Any set, by code point (ucs2, utf16, utf32): the code point itself, or its simple weight.
struct CodePointScanner {
  static constexpr int kWeightBytes = 3;
  struct Context {
    uint32_t space_weight;
    const Charset* set;
    const uint16_t* weight;  // null: code points
  };
  CodePointScanner(const Context& context, std::string_view text) : context_(context), rest_(text) {}
  static uint32_t Weigh(const Context& context, char32_t c) {
    if (context.weight == nullptr || c > 0x10FFFF) return c;
    return c > 0xFFFF ? 0xFFFD : context.weight[c];
  }
  bool Next(uint32_t* weight) {
    if (rest_.empty()) return false;
    char32_t c;
    size_t n = context_.set->Decode(rest_, &c);
    if (n == 0) {
      c = 0x200000u | static_cast<uint8_t>(rest_[0]);
      n = 1;
    }
    *weight = Weigh(context_, c);
    rest_.remove_prefix(n);
    return true;
  }
  static bool CharEqual(const Context& context, char32_t a, char32_t b) {
    return Weigh(context, a) == Weigh(context, b);
  }
  const Context& context_;
  std::string_view rest_;
};

// East Asian sets: the character's bytes as a number, ASCII letters folded for _ci.
struct MultiByteScanner {
  static constexpr int kWeightBytes = 4;
  struct Context {
    uint32_t space_weight;
    const Charset* set;
    bool folds;
  };
  MultiByteScanner(const Context& context, std::string_view text) : context_(context), rest_(text) {}
  bool Next(uint32_t* weight) {
    if (rest_.empty()) return false;
    uint8_t b = static_cast<uint8_t>(rest_[0]);
    size_t n = b < 0x80 ? 1 : context_.set->FirstCharBytes(rest_);
    if (n == 1) {
      *weight = context_.folds && b >= 'a' && b <= 'z' ? b - 32u : b;
    } else {
      uint32_t w = 0;
      for (size_t i = 0; i < n; ++i) w = w << 8 | static_cast<uint8_t>(rest_[i]);
      *weight = w;
    }
    rest_.remove_prefix(n);
    return true;
  }
  static bool CharEqual(const Context& context, char32_t a, char32_t b) {
    if (!context.folds || a >= 0x80 || b >= 0x80) return a == b;
    auto fold = [](char32_t c) { return c >= 'a' && c <= 'z' ? c - 32 : c; };
    return fold(a) == fold(b);
  }
  const Context& context_;
  std::string_view rest_;
};

bool IsUtf8(const Charset& set) { return set.id == CharsetId::kUtf8mb3 || set.id == CharsetId::kUtf8mb4; }

std::unique_ptr<Collation> MakeByteCollation(CollationId id, const char* name, const Charset& set, bool is_binary,
                                             bool is_case_sensitive, const std::array<uint8_t, 256>& weight) {
  return std::make_unique<PadCollation<ByteScanner>>(id, name, set, is_binary, is_case_sensitive, 1,
                                                     ByteScanner::Context{weight[' '], weight});
}

}  // namespace

std::unique_ptr<Collation> MakeMemcmpCollation(CollationId id, const char* name, const Charset& set) {
  return std::make_unique<MemcmpCollation>(id, name, set);
}

std::unique_ptr<Collation> MakeBinCollation(CollationId id, const char* name, const Charset& set) {
  if (IsUtf8(set) || set.is_single_byte()) {
    std::array<uint8_t, 256> identity;
    for (size_t i = 0; i < 256; ++i) identity[i] = static_cast<uint8_t>(i);
    return MakeByteCollation(id, name, set, true, true, identity);
  }
  if (set.is_unicode()) {
    return std::make_unique<PadCollation<CodePointScanner>>(id, name, set, true, true, 1,
                                                            CodePointScanner::Context{' ', &set, nullptr});
  }
  return std::make_unique<PadCollation<MultiByteScanner>>(id, name, set, true, true, 1,
                                                          MultiByteScanner::Context{' ', &set, false});
}

std::unique_ptr<Collation> MakeGeneralCollation(CollationId id, const char* name, const Charset& set,
                                                GeneralKind kind) {
  if (IsUtf8(set)) {
    return std::make_unique<PadCollation<Utf8GeneralScanner>>(id, name, set, false, false, 1,
                                                              Utf8GeneralScanner::Context{' ', GeneralWeights()});
  }
  if (set.is_unicode()) {
    return std::make_unique<PadCollation<CodePointScanner>>(
        id, name, set, false, false, 1, CodePointScanner::Context{' ', &set, GeneralWeights()});
  }
  if (!set.is_single_byte()) {
    return std::make_unique<PadCollation<MultiByteScanner>>(id, name, set, false, false, 1,
                                                            MultiByteScanner::Context{' ', &set, true});
  }
  // An 8-bit set: bytes ranked by what their characters weigh.
  using Key = std::tuple<uint32_t, uint32_t, uint32_t>;
  std::array<Key, 256> keys;
  std::map<Key, uint8_t> ranks;
  for (uint32_t b = 0; b < 256; ++b) {
    char byte = static_cast<char>(b);
    char32_t c = 0;
    if (set.Decode({&byte, 1}, &c) == 0 || c == 0xFFFD) c = 0x110000 + b;
    uint32_t base = c > 0xFFFF ? c : GeneralWeights()[c];
    uint32_t upper = c > 0xFFFF ? c : static_cast<uint32_t>(u_toupper(static_cast<UChar32>(c)));
    keys[b] = Key{base, kind == GeneralKind::kBaseLetters ? 0 : upper, kind == GeneralKind::kAccentsAndCase ? c : 0};
    ranks.emplace(keys[b], 0);
  }
  uint8_t rank = 0;
  for (auto& [key, value] : ranks) value = rank++;
  std::array<uint8_t, 256> weight;
  for (size_t b = 0; b < 256; ++b) weight[b] = ranks[keys[b]];
  return MakeByteCollation(id, name, set, false, kind == GeneralKind::kAccentsAndCase, weight);
}

// The Swedish order: accented letters equal their base letters, but A-ring, A-umlaut (= AE) and O-umlaut follow Z in
// that order, U-umlaut and Y-acute equal Y, eth equals D; O-slash, thorn, sharp s and y-umlaut stand for themselves.
// Source: MySQL 8.4 manual, "West European Character Sets", and the order observed.
std::unique_ptr<Collation> MakeLatin1SwedishCollation(CollationId id, const char* name, const Charset& set) {
  std::array<uint8_t, 256> weight;
  for (size_t b = 0; b < 256; ++b) weight[b] = static_cast<uint8_t>(b >= 'a' && b <= 'z' ? b - 32 : b);
  static constexpr struct {
    uint8_t first, last, weight;
  } kLetters[] = {
      {0xC0, 0xC3, 'A'}, {0xC4, 0xC4, '\\'}, {0xC5, 0xC5, '['}, {0xC6, 0xC6, '\\'}, {0xC7, 0xC7, 'C'},
      {0xC8, 0xCB, 'E'}, {0xCC, 0xCF, 'I'},  {0xD0, 0xD0, 'D'}, {0xD1, 0xD1, 'N'},  {0xD2, 0xD5, 'O'},
      {0xD6, 0xD6, ']'}, {0xD8, 0xD8, 0xD8}, {0xD9, 0xDB, 'U'}, {0xDC, 0xDD, 'Y'},  {0xDE, 0xDE, 0xDE},
  };
  for (const auto& letter : kLetters) {
    for (size_t b = letter.first; b <= letter.last; ++b) weight[b] = weight[b + 0x20] = letter.weight;
  }
  return MakeByteCollation(id, name, set, false, false, weight);
}

}  // namespace mahi
