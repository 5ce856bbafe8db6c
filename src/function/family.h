// One table of functions for each family; the registry joins them.
#pragma once

#include <span>

#include "function/aggregate.h"
#include "function/function.h"

namespace mahi {

std::span<const FunctionDescriptor> ArithmeticFunctions();
std::span<const FunctionDescriptor> BitFunctions();
std::span<const FunctionDescriptor> MathFunctions();
std::span<const FunctionDescriptor> RoundingFunctions();
std::span<const FunctionDescriptor> ComparisonFunctions();
std::span<const FunctionDescriptor> LikeFunctions();
std::span<const FunctionDescriptor> RegexpFunctions();
std::span<const FunctionDescriptor> ControlFunctions();
std::span<const FunctionDescriptor> CastFunctions();
std::span<const FunctionDescriptor> StringFunctions();
std::span<const FunctionDescriptor> StringSearchFunctions();
std::span<const FunctionDescriptor> StringEncodingFunctions();
std::span<const FunctionDescriptor> NowFunctions();
std::span<const FunctionDescriptor> TemporalPartFunctions();
std::span<const FunctionDescriptor> TemporalArithmeticFunctions();
std::span<const FunctionDescriptor> TemporalFormatFunctions();
std::span<const FunctionDescriptor> JsonFunctions();
std::span<const FunctionDescriptor> CryptoFunctions();
std::span<const FunctionDescriptor> InfoFunctions();
std::span<const FunctionDescriptor> MiscellaneousFunctions();
std::span<const FunctionDescriptor> InetFunctions();
std::span<const FunctionDescriptor> UuidFunctions();

std::span<const AggregateDescriptor> NumericAggregates();
std::span<const AggregateDescriptor> ValueAggregates();

}  // namespace mahi
