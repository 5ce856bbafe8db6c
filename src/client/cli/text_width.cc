#include "client/cli/text_width.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "charset/charset.h"

namespace mahi::client {

size_t DisplayWidth(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; })) return text.size();
  const Charset& utf8 = GetCharset(CharsetId::kUtf8mb4);
  size_t width = 0;
  while (!text.empty()) {
    char32_t c = 0;
    size_t bytes = utf8.Decode(text, &c);
    if (bytes == 0) {
      ++width;
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(bytes);
    if (c < 0x300) {
      ++width;
      continue;
    }
    int8_t category = u_charType(static_cast<UChar32>(c));
    if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK || category == U_FORMAT_CHAR) continue;
    int east_asian = u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_EAST_ASIAN_WIDTH);
    width += east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
  }
  return width;
}

}  // namespace mahi::client
