// MAHI_ASSERT(condition): for our own mistakes, never for input. Active in every build.
#pragma once

namespace mahi {
[[noreturn]] void AssertionFailed(const char* condition, const char* file, int line);
}  // namespace mahi

#define MAHI_ASSERT(condition)                                                    \
  do {                                                                            \
    if (!(condition)) [[unlikely]]                                                \
      ::mahi::AssertionFailed(#condition, __FILE__, __LINE__);                    \
  } while (0)
#define MAHI_UNREACHABLE() ::mahi::AssertionFailed("unreachable", __FILE__, __LINE__)
