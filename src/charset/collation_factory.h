// Makers of the families of collations; the registry in collation.cc calls them. Internal to charset/.
#pragma once

#include <memory>

#include "charset/charset.h"

namespace mahi {

// memcmp of the bytes, NO PAD: binary, utf8mb4_0900_bin.
std::unique_ptr<Collation> MakeMemcmpCollation(CollationId id, const char* name, const Charset& set);
// Code point order, PAD SPACE: the other _bin collations.
std::unique_ptr<Collation> MakeBinCollation(CollationId id, const char* name, const Charset& set);
enum class GeneralKind : uint8_t {
  kBaseLetters,     // case and accents do not count
  kAccents,         // case does not count (8-bit sets only)
  kAccentsAndCase,  // 8-bit sets only
};
// One weight for each character, PAD SPACE.
std::unique_ptr<Collation> MakeGeneralCollation(CollationId id, const char* name, const Charset& set, GeneralKind kind);
std::unique_ptr<Collation> MakeLatin1SwedishCollation(CollationId id, const char* name, const Charset& set);
// Primary weights of the Unicode Collation Algorithm, PAD SPACE. `has_supplementary`: characters above the BMP have
// weights of their own (unicode_520_ci), else all weigh the same (unicode_ci).
std::unique_ptr<Collation> MakeUcaPadCollation(CollationId id, const char* name, const Charset& set,
                                               bool has_supplementary);
// UCA 9.0.0, NO PAD, 1 to 3 levels.
std::unique_ptr<Collation> MakeUca900Collation(CollationId id, const char* name, const Charset& set, uint8_t levels);

}  // namespace mahi
