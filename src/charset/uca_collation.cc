// Collations of the Unicode Collation Algorithm: utf8mb4_0900_* (DUCET 9.0.0, NO PAD), unicode_ci and unicode_520_ci
// (PAD SPACE, primary weights).
//
// No character is variable: punctuation counts. Single characters only; contractions belong to language tailorings.
// Source: UTS #10; MySQL 8.4 manual, "Unicode Character Sets".
#include <cstring>

#include "charset/collation_factory.h"
#include "charset/pad_collation.h"
#include "charset/weights.h"

namespace mahi {

namespace {

constexpr uint32_t Element(uint32_t primary, uint32_t secondary, uint32_t tertiary) {
  return primary << 16 | secondary << 6 | tertiary;
}

bool IsCoreHan(char32_t c, UcaWeights::Version version) {
  if (c >= 0x4E00) {
    if (c <= (version == UcaWeights::Version::k900 ? 0x9FD5u : 0x9FCBu)) return true;
    switch (c) {
      case 0xFA0E: case 0xFA0F: case 0xFA11: case 0xFA13: case 0xFA14: case 0xFA1F: case 0xFA21: case 0xFA23:
      case 0xFA24: case 0xFA27: case 0xFA28: case 0xFA29: return true;
      default: return false;
    }
  }
  return false;
}

bool IsExtensionHan(char32_t c, UcaWeights::Version version) {
  if ((c >= 0x3400 && c <= 0x4DB5) || (c >= 0x20000 && c <= 0x2A6D6) || (c >= 0x2A700 && c <= 0x2B734)) return true;
  return version == UcaWeights::Version::k900 && ((c >= 0x2B740 && c <= 0x2B81D) || (c >= 0x2B820 && c <= 0x2CEA1));
}

// The elements of any character; at most 18 of the table, or computed into `scratch`.
const CollationElement* ElementsOf(const UcaWeights& weights, char32_t c, CollationElement* scratch, uint32_t* count) {
  if (const CollationElement* found = weights.Find(c, count)) return found;
  if (c >= 0xAC00 && c <= 0xD7A3) {  // Hangul syllables are their letters.
    uint32_t index = c - 0xAC00;
    char32_t letters[3] = {0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28};
    uint32_t total = 0;
    for (int i = 0; i < (index % 28 == 0 ? 2 : 3); ++i) {
      uint32_t n = 0;
      const CollationElement* e = weights.Find(letters[i], &n);
      for (uint32_t k = 0; e != nullptr && k < n && total < 8; ++k) scratch[total++] = e[k];
    }
    *count = total;
    return scratch;
  }
  if (c > 0x10FFFF) {  // An ill-formed byte sorts last.
    scratch[0] = Element(0xFF00 | (c & 0xff), 0x20, 2);
    *count = 1;
    return scratch;
  }
  UcaWeights::Version version = weights.version();
  uint32_t base = 0xFBC0 + (c >> 15);
  uint32_t low = c & 0x7fff;
  if (IsCoreHan(c, version)) {
    base = 0xFB40 + (c >> 15);
  } else if (IsExtensionHan(c, version)) {
    base = 0xFB80 + (c >> 15);
  } else if (version == UcaWeights::Version::k900 && c >= 0x17000 && c <= 0x18AFF) {  // Tangut
    base = 0xFB00;
    low = c - 0x17000;
  }
  scratch[0] = Element(base, 0x20, 2);
  scratch[1] = Element(low | 0x8000, 0, 0);
  *count = 2;
  return scratch;
}

constexpr char32_t kIllFormed = 0x200000;

// Elements of a UTF-8 text, one after the other.
class ElementScanner {
 public:
  ElementScanner(const UcaWeights& weights, const char* p, const char* end) : weights_(weights), p_(p), end_(end) {}

  bool Next(CollationElement* element) {
    while (left_ == 0) {
      if (p_ == end_) return false;
      char32_t c;
      size_t n = DecodeUtf8(p_, end_, &c);
      if (n == 0) {
        c = kIllFormed | static_cast<uint8_t>(*p_);
        n = 1;
      }
      p_ += n;
      element_ = ElementsOf(weights_, c, scratch_, &left_);
    }
    *element = *element_++;
    --left_;
    return true;
  }
  // The next non-zero primary weight, 0 at the end.
  uint32_t NextPrimary() {
    while (true) {
      if (left_ == 0 && p_ < end_ && static_cast<uint8_t>(*p_) < 0x80) {
        uint32_t primary = weights_.ascii()[static_cast<uint8_t>(*p_)];
        ++p_;
        if (primary != 0) return primary;
        continue;
      }
      CollationElement e;
      if (!Next(&e)) return 0;
      if (PrimaryOf(e) != 0) return PrimaryOf(e);
    }
  }
  uint32_t NextWeight(int level) {
    if (level == 0) return NextPrimary();
    CollationElement e;
    while (Next(&e)) {
      uint32_t weight = level == 1 ? SecondaryOf(e) : TertiaryOf(e);
      if (weight != 0) return weight;
    }
    return 0;
  }
  // In the middle of a character? Then p() is behind it.
  bool has_pending() const { return left_ > 0; }
  const char* p() const { return p_; }

 private:
  const UcaWeights& weights_;
  const char* p_;
  const char* end_;
  const CollationElement* element_ = nullptr;
  uint32_t left_ = 0;
  CollationElement scratch_[8];
};

bool CharEqualAt(const UcaWeights& weights, char32_t a, char32_t b, int levels) {
  CollationElement x[8], y[8];
  uint32_t nx, ny;
  const CollationElement* ex = ElementsOf(weights, a, x, &nx);
  const CollationElement* ey = ElementsOf(weights, b, y, &ny);
  if (nx == 0 || ny == 0) return nx == ny && a == b;  // Ignorable characters match only themselves.
  for (int level = 0; level < levels; ++level) {
    auto weight = [&](CollationElement e) {
      return level == 0 ? PrimaryOf(e) : level == 1 ? SecondaryOf(e) : TertiaryOf(e);
    };
    uint32_t i = 0, k = 0;
    while (true) {
      while (i < nx && weight(ex[i]) == 0) ++i;
      while (k < ny && weight(ey[k]) == 0) ++k;
      if (i == nx || k == ny) {
        if (i != nx || k != ny) return false;
        break;
      }
      if (weight(ex[i++]) != weight(ey[k++])) return false;
    }
  }
  return true;
}

class Uca900Collation : public Collation {
 public:
  Uca900Collation(CollationId id, const char* name, const Charset& set, uint8_t levels)
      : Collation(id, name, &set, false, false, levels == 3, PadAttribute::kNoPad, 0),
        weights_(UcaWeights::Get(UcaWeights::Version::k900)), levels_(levels) {
    for (int b = 0; b < 128; ++b) {
      uint16_t primary = weights_.ascii()[b];
      ascii_key_[b] = ByteSwap(primary);
      has_ignorable_[b] = primary == 0;
    }
  }

  int Compare(std::string_view a, std::string_view b) const override {
    // Equal bytes at the start weigh the same; go back to the start of the character that differs.
    size_t common = a.size() < b.size() ? a.size() : b.size();
    size_t at = 0;
    const char* p = a.data();
    const char* q = b.data();
    while (at + 8 <= common && LoadLittle<uint64_t>(p + at) == LoadLittle<uint64_t>(q + at)) at += 8;
    while (at < common && p[at] == q[at]) ++at;
    if (at == common && a.size() == b.size()) return 0;
    while (at > 0 && ((at < a.size() && (p[at] & 0xC0) == 0x80) || (at < b.size() && (q[at] & 0xC0) == 0x80))) --at;
    const char* p_end = p + a.size();
    const char* q_end = q + b.size();
    p += at;
    q += at;
    const char* p_start = p;
    const char* q_start = q;
    // ASCII against ASCII without leaving the table.
    const uint16_t* ascii = weights_.ascii();
    while (p < p_end && q < q_end) {
      uint8_t x = static_cast<uint8_t>(*p), y = static_cast<uint8_t>(*q);
      if ((x | y) >= 0x80) break;
      uint32_t wx = ascii[x], wy = ascii[y];
      if (wx == 0 || wy == 0) break;
      if (wx != wy) return wx < wy ? -1 : 1;
      ++p;
      ++q;
    }
    if (int order = CompareLevel(p, p_end, q, q_end, 0)) return order;
    for (int level = 1; level < levels_; ++level) {
      if (int order = CompareLevel(p_start, p_end, q_start, q_end, level)) return order;
    }
    return 0;
  }

  bool Equal(std::string_view a, std::string_view b) const override {
    if (a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0) return true;
    return Compare(a, b) == 0;
  }

  void AppendSortKey(std::string_view text, std::string* out) const override {
    const char* p = text.data();
    const char* end = p + text.size();
    // Two bytes for each ASCII character, written in place.
    size_t old = out->size();
    out->resize(old + text.size() * 2);
    char* to = out->data() + old;
    while (p < end) {
      uint8_t b = static_cast<uint8_t>(*p);
      if (b >= 0x80 || has_ignorable_[b]) break;
      std::memcpy(to, &ascii_key_[b], 2);
      to += 2;
      ++p;
    }
    out->resize(static_cast<size_t>(to - out->data()));
    if (p < end) {
      ElementScanner scanner(weights_, p, end);
      while (uint32_t weight = scanner.NextPrimary()) AppendBig(out, static_cast<uint16_t>(weight));
    }
    for (int level = 1; level < levels_; ++level) {
      AppendBig(out, uint16_t{0});
      ElementScanner scanner(weights_, text.data(), end);
      while (uint32_t weight = scanner.NextWeight(level)) {
        if (level == 1) {
          AppendBig(out, static_cast<uint16_t>(weight));
        } else {
          out->push_back(static_cast<char>(weight));
        }
      }
    }
  }

  // Hashes primary weights, four at a time; levels below may differ, equality is still consistent.
  uint64_t Hash(std::string_view text) const override {
    const char* p = text.data();
    const char* end = p + text.size();
    const uint16_t* ascii = weights_.ascii();
    uint64_t hash = 0x2545f4914f6cdd1dull;
    uint64_t word = 0;
    int held = 0;
    while (end - p >= 8) {
      uint64_t bytes = LoadLittle<uint64_t>(p);
      if (bytes & 0x8080808080808080ull) break;
      uint64_t first = 0, second = 0;
      bool ignorable = false;
      for (int i = 0; i < 4; ++i) {
        uint64_t w = ascii[bytes >> (8 * i) & 0x7f];
        uint64_t v = ascii[bytes >> (8 * i + 32) & 0x7f];
        ignorable |= w == 0 || v == 0;
        first = first << 16 | w;
        second = second << 16 | v;
      }
      if (ignorable) break;
      hash = MixHash(MixHash(hash, first), second);
      p += 8;
    }
    ElementScanner scanner(weights_, p, end);
    while (uint32_t weight = scanner.NextPrimary()) {
      word = word << 16 | weight;
      if (++held == 4) {
        hash = MixHash(hash, word);
        word = 0;
        held = 0;
      }
    }
    hash = MixHash(hash, word);
    return MixHash(hash, hash >> 32);
  }

 protected:
  bool CharEqual(char32_t a, char32_t b) const override { return CharEqualAt(weights_, a, b, levels_); }

 private:
  int CompareLevel(const char* p, const char* p_end, const char* q, const char* q_end, int level) const {
    ElementScanner x(weights_, p, p_end), y(weights_, q, q_end);
    while (true) {
      uint32_t wx = x.NextWeight(level), wy = y.NextWeight(level);
      if (wx != wy) return wx < wy ? -1 : 1;
      if (wx == 0) return 0;
    }
  }

  const UcaWeights& weights_;
  int levels_;
  uint16_t ascii_key_[128];  // big endian
  bool has_ignorable_[128];
};

// Primary weights for the PAD SPACE collations, in any character set.
struct UcaPadScanner {
  static constexpr int kWeightBytes = 2;
  struct Context {
    uint32_t space_weight;
    const Charset* set;
    const UcaWeights* weights;
    bool has_supplementary;
  };
  UcaPadScanner(const Context& context, std::string_view text) : context_(context), rest_(text) {}
  bool Next(uint32_t* weight) {
    while (true) {
      while (left_ > 0) {
        --left_;
        uint32_t primary = PrimaryOf(*element_++);
        if (primary != 0) {
          *weight = primary;
          return true;
        }
      }
      if (rest_.empty()) return false;
      uint8_t b = static_cast<uint8_t>(rest_[0]);
      if (b < 0x80 && context_.set->is_ascii_compatible) {
        rest_.remove_prefix(1);
        *weight = context_.weights->ascii()[b];
        if (*weight != 0) return true;
        continue;
      }
      char32_t c = 0;
      size_t n = context_.set->Decode(rest_, &c);
      if (n == 0) {
        c = kIllFormed | b;
        n = 1;
      }
      rest_.remove_prefix(n);
      if (c > 0xFFFF && c <= 0x10FFFF && !context_.has_supplementary) {
        *weight = 0xFFFD;
        return true;
      }
      element_ = ElementsOf(*context_.weights, c, scratch_, &left_);
    }
  }
  static bool CharEqual(const Context& context, char32_t a, char32_t b) {
    if (!context.has_supplementary && a > 0xFFFF && b > 0xFFFF && a <= 0x10FFFF && b <= 0x10FFFF) return true;
    return CharEqualAt(*context.weights, a, b, 1);
  }
  const Context& context_;
  std::string_view rest_;
  const CollationElement* element_ = nullptr;
  uint32_t left_ = 0;
  CollationElement scratch_[8];
};

}  // namespace

std::unique_ptr<Collation> MakeUcaPadCollation(CollationId id, const char* name, const Charset& set,
                                               bool has_supplementary) {
  const UcaWeights& weights = UcaWeights::Get(UcaWeights::Version::k520);
  return std::make_unique<PadCollation<UcaPadScanner>>(
      id, name, set, false, false, 8, UcaPadScanner::Context{weights.ascii()[0x20], &set, &weights, has_supplementary});
}

std::unique_ptr<Collation> MakeUca900Collation(CollationId id, const char* name, const Charset& set, uint8_t levels) {
  return std::make_unique<Uca900Collation>(id, name, set, levels);
}

}  // namespace mahi
