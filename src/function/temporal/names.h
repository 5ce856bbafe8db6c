// English names of months and days (lc_time_names = en_US).
#pragma once

#include <cstdint>
#include <string_view>

namespace mahi {

std::string_view MonthName(uint32_t month);   // 1 .. 12
std::string_view DayName(uint32_t weekday);   // 0 = Monday

}  // namespace mahi
