// Units of INTERVAL by name.
#pragma once

#include <optional>
#include <string_view>

#include "function/function.h"

namespace mahi {

std::optional<IntervalUnit> FindIntervalUnit(std::string_view name);
// The unit in a constant argument; MySQL's grammar admits no other.
Result<IntervalUnit> UnitArgument(const ArgumentInfo& argument, std::string_view function);
// Units of several parts, whose amount is text such as '1:30'.
bool IsCompositeUnit(IntervalUnit unit);

}  // namespace mahi
