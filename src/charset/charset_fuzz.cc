// Arbitrary bytes in every character set and collation: nothing may crash, lengths stay within the text, and
// comparison, sort keys and hashes agree.
#include <cstdlib>

#include "charset/charset.h"

using namespace mahi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  auto all = AllCollations();
  const Collation& collation = *all[data[0] % all.size()];
  std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  size_t split = bytes.empty() ? 0 : data[1] % (bytes.size() + 1);
  std::string_view a = bytes.substr(0, split), b = bytes.substr(split);
  const Charset& set = collation.charset();
  if (set.WellFormedBytes(a) > a.size() || set.ByteOffset(a, set.CharLength(a)) != a.size()) abort();
  std::string converted;
  ConvertCharset(a, set, GetCharset(CharsetId::kUtf8mb4), &converted);
  if (!set.is_binary() && set.id != CharsetId::kUtf8mb4 && WellFormedUtf8Bytes(converted) != converted.size()) abort();
  std::string x, y;
  collation.AppendSortKey(a, &x);
  collation.AppendSortKey(b, &y);
  int order = collation.Compare(a, b), keys = x.compare(y);
  if (set.IsWellFormed(a) && set.IsWellFormed(b)) {
    if ((order < 0) != (keys < 0) || (order == 0) != (keys == 0)) abort();
    if (order == 0 && collation.Hash(a) != collation.Hash(b)) abort();
  }
  collation.Like(a, b.substr(0, 30));
  collation.Locate(a, b);
  std::string folded;
  collation.CaseUp(a, &folded);
  collation.CaseDown(a, &folded);
  return 0;
}
