// Static privileges as bits, from the table in privilege.def.
// Source: MySQL 8.4 manual, "Privileges Provided by MySQL".
#pragma once

#include <cstdint>

namespace mahi {

using PrivilegeSet = uint64_t;

#define MAHI_PRIVILEGE(constant, bit, sql, column, levels) inline constexpr PrivilegeSet constant = 1ull << bit;
#include "base/privilege.def"
#undef MAHI_PRIVILEGE

}  // namespace mahi
