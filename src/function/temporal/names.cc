#include "function/temporal/names.h"

namespace mahi {

std::string_view MonthName(uint32_t month) {
  static constexpr std::string_view kNames[] = {"January", "February", "March",     "April",   "May",      "June",
                                                "July",    "August",   "September", "October", "November", "December"};
  return kNames[(month + 11) % 12];
}

std::string_view DayName(uint32_t weekday) {
  static constexpr std::string_view kNames[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  return kNames[weekday % 7];
}

}  // namespace mahi
