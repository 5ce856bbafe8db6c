// What a text looks like before it is read: a date, or a time.
#pragma once

#include <string_view>

namespace mahi {

// Does it begin like a date, with a part of the calendar before a dash or slash, or as YYYY:MM:DD with a time?
inline bool LooksLikeDate(std::string_view text) {
  size_t i = 0;
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  size_t first = i;
  while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
  if (i == first) return false;
  if (i == text.size()) return i - first >= 8 && i - first != 9;
  if (text[i] == ':') return i - first == 4 && text.find(' ', i) != std::string_view::npos;
  return text[i] == '-' || text[i] == '/' || (text[i] == '.' && i - first >= 8) || text[i] == 'T';
}

}  // namespace mahi
