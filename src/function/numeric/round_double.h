#pragma once

#include <cstdint>

namespace mahi {

// `value` to so many decimals (negative: zeros before the point), half to even in binary as MySQL does for DOUBLE.
double RoundDouble(double value, int64_t decimals, bool truncates);

}  // namespace mahi
