// The table of pure window functions: names, argument counts and result types. The executor evaluates them.
//
// Source: MySQL 8.4 manual, "Window Function Descriptions".
// Thread safety: immutable. Errors: 1210 for arguments that must be constants and are not.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "function/function.h"

namespace mahi {

struct WindowSignature {
  SqlType result;
  bool is_nullable = false;
  Coercibility coercibility = Coercibility::kImplicit;
  std::vector<SqlType> arguments;  // one for each argument
};

struct WindowFunctionDescriptor {
  std::string_view name;  // lower case
  uint16_t min_arguments;
  uint16_t max_arguments;
  bool uses_frame;  // FIRST_VALUE, LAST_VALUE, NTH_VALUE; the others work on the partition
  Status (*resolve)(ResolveContext& context, std::span<const ArgumentInfo> arguments, WindowSignature* signature);
  std::string_view summary;
};

// Null when there is no such function. Names compare without case. Aggregates are not among them.
const WindowFunctionDescriptor* FindWindowFunction(std::string_view name);
std::span<const WindowFunctionDescriptor> AllWindowFunctions();

// Checks the argument count (1582), then asks the function.
Result<WindowSignature> ResolveWindowCall(ResolveContext& context, const WindowFunctionDescriptor& function,
                                          std::span<const ArgumentInfo> arguments);

}  // namespace mahi
