#include "auth/privilege.h"

#include <strings.h>

#include <algorithm>
#include <cstring>

namespace mahi {
namespace {

constexpr PrivilegeInfo kInfos[] = {
#define MAHI_PRIVILEGE(constant, bit, sql, column, levels) {constant, sql, column, levels},
#include "base/privilege.def"
#undef MAHI_PRIVILEGE
};

PrivilegeSet AtLevel(char level) {
  PrivilegeSet set = 0;
  for (const PrivilegeInfo& info : kInfos) {
    if (std::strchr(info.levels, level) != nullptr) set |= info.bit;
  }
  return set & ~kPrivilegeGrant;
}

constexpr const char* kDynamic[] = {
    "ALLOW_NONEXISTENT_DEFINER", "APPLICATION_PASSWORD_ADMIN", "AUDIT_ABORT_EXEMPT", "AUDIT_ADMIN",
    "AUTHENTICATION_POLICY_ADMIN", "BACKUP_ADMIN", "BINLOG_ADMIN", "BINLOG_ENCRYPTION_ADMIN",
    "CLONE_ADMIN", "CONNECTION_ADMIN", "ENCRYPTION_KEY_ADMIN", "FIREWALL_EXEMPT",
    "FLUSH_OPTIMIZER_COSTS", "FLUSH_PRIVILEGES", "FLUSH_STATUS", "FLUSH_TABLES",
    "FLUSH_USER_RESOURCES", "GROUP_REPLICATION_ADMIN", "GROUP_REPLICATION_STREAM",
    "INNODB_REDO_LOG_ARCHIVE", "INNODB_REDO_LOG_ENABLE", "OPTIMIZE_LOCAL_TABLE",
    "PASSWORDLESS_USER_ADMIN", "PERSIST_RO_VARIABLES_ADMIN", "REPLICATION_APPLIER",
    "REPLICATION_SLAVE_ADMIN", "RESOURCE_GROUP_ADMIN", "RESOURCE_GROUP_USER", "ROLE_ADMIN",
    "SENSITIVE_VARIABLES_OBSERVER", "SERVICE_CONNECTION_ADMIN", "SESSION_VARIABLES_ADMIN",
    "SET_ANY_DEFINER", "SHOW_ROUTINE", "SYSTEM_USER", "SYSTEM_VARIABLES_ADMIN",
    "TABLE_ENCRYPTION_ADMIN", "TELEMETRY_LOG_ADMIN", "TRANSACTION_GTID_TAG", "XA_RECOVER_ADMIN"};

}  // namespace

const PrivilegeSet kGlobalPrivileges = AtLevel('G');
const PrivilegeSet kDatabasePrivileges = AtLevel('D');
const PrivilegeSet kTablePrivileges = AtLevel('T');
const PrivilegeSet kColumnPrivileges = AtLevel('C');
const PrivilegeSet kRoutinePrivileges = AtLevel('R');

std::span<const PrivilegeInfo> StaticPrivileges() { return kInfos; }

PrivilegeSet PrivilegeFromName(std::string_view sql_name) {
  for (const PrivilegeInfo& info : kInfos) {
    if (sql_name.size() == std::strlen(info.sql_name) &&
        strncasecmp(sql_name.data(), info.sql_name, sql_name.size()) == 0) {
      return info.bit;
    }
  }
  return 0;
}

std::string PrivilegeNames(PrivilegeSet privileges) {
  std::string names;
  for (const PrivilegeInfo& info : kInfos) {
    if (!(privileges & info.bit)) continue;
    if (!names.empty()) names += ", ";
    names += info.bit == kPrivilegeGrant ? "GRANT" : info.sql_name;
  }
  return names;
}

const char* FirstPrivilegeName(PrivilegeSet privileges) {
  for (const PrivilegeInfo& info : kInfos) {
    if (privileges & info.bit) return info.sql_name;
  }
  return "USAGE";
}

std::span<const char* const> DynamicPrivileges() { return kDynamic; }

bool IsDynamicPrivilege(std::string_view name) {
  for (const char* known : kDynamic) {
    if (name.size() == std::strlen(known) && strncasecmp(name.data(), known, name.size()) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace mahi
