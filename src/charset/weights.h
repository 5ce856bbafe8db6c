// The built-in weight tables, unpacked on first use. Internal to charset/.
// Source: Unicode's DUCET (UTS #10); docs/formats/collations.md. Thread safety: immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace mahi {

// A collation element: primary << 16 | secondary << 6 | tertiary (9 and 6 bits suffice).
using CollationElement = uint32_t;
inline uint32_t PrimaryOf(CollationElement e) { return e >> 16; }
inline uint32_t SecondaryOf(CollationElement e) { return e >> 6 & 0x3ff; }
inline uint32_t TertiaryOf(CollationElement e) { return e & 0x3f; }

// Collation elements of single characters.
class UcaWeights {
 public:
  enum class Version : uint8_t { k520, k900 };
  static const UcaWeights& Get(Version version);

  // Elements of a character with an entry; null when it has none (implicit weights).
  const CollationElement* Find(char32_t c, uint32_t* count) const {
    const uint32_t* page = c < 0x110000 ? pages_[c >> 8] : nullptr;
    uint32_t entry = page == nullptr ? 0 : page[c & 0xff];
    if (entry == 0) return nullptr;
    *count = entry & 0x1f;
    return &pool_[entry >> 5];
  }
  // Primary weights of ASCII; 0: ignorable.
  const uint16_t* ascii() const { return ascii_; }
  Version version() const { return version_; }

 private:
  explicit UcaWeights(Version version);
  Version version_;
  const uint32_t* pages_[0x1100] = {};
  std::vector<std::unique_ptr<uint32_t[]>> page_memory_;
  std::vector<CollationElement> pool_;
  uint16_t ascii_[128] = {};
};

// Simple weights of the BMP for the general_ci collations; 65536 entries.
const uint16_t* GeneralWeights();

}  // namespace mahi
