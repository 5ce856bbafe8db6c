// How the collations of several operands become one.
//
// Source: MySQL 8.4 manual, "Collation Coercibility in Expressions", "Character Set Conversion".
// Thread safety: stateless. Errors: 1267, 1270, 1271.
#pragma once

#include <span>
#include <string_view>

#include "function/function.h"

namespace mahi {

// Numbers and dates count as text of `connection_collation`. Without `allows_none`, operands that agree on a
// character set but not on a collation are an error too, as in comparisons; with it the result is the set's binary
// collation with coercibility kNoCollation.
Result<CollationId> AgreeOnCollation(std::span<const ArgumentInfo> arguments, std::string_view operation,
                                     CollationId connection_collation, bool allows_none,
                                     Coercibility* coercibility);

// The coercibility that an argument has as text.
Coercibility TextCoercibility(const ArgumentInfo& argument);

}  // namespace mahi
