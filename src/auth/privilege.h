// Static privileges as a bit set, and the names of the dynamic ones.
//
// Source: MySQL 8.4 manual, "Privileges Provided by MySQL".
// Thread safety: constants.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/privilege.h"

namespace mahi {

struct PrivilegeInfo {
  PrivilegeSet bit;
  const char* sql_name;
  const char* user_column;  // column of mysql.user
  const char* levels;
};
// In the order of SHOW GRANTS.
std::span<const PrivilegeInfo> StaticPrivileges();

// All that may be granted at a level, without GRANT OPTION.
extern const PrivilegeSet kGlobalPrivileges;
extern const PrivilegeSet kDatabasePrivileges;
extern const PrivilegeSet kTablePrivileges;
extern const PrivilegeSet kColumnPrivileges;
extern const PrivilegeSet kRoutinePrivileges;

// "SELECT" -> kPrivilegeSelect, in any case; 0 when there is no such static privilege.
PrivilegeSet PrivilegeFromName(std::string_view sql_name);
// "SELECT, INSERT", in the order of SHOW GRANTS.
std::string PrivilegeNames(PrivilegeSet privileges);
// The first privilege of the set, as error messages name it.
const char* FirstPrivilegeName(PrivilegeSet privileges);

// Dynamic privileges known to the server, sorted ("AUDIT_ADMIN", ...).
std::span<const char* const> DynamicPrivileges();
bool IsDynamicPrivilege(std::string_view name);

}  // namespace mahi
