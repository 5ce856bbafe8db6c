// Static privileges as bits. One list: names as GRANT writes them.
// Source: MySQL 8.4 manual, "Privileges Provided by MySQL".
#pragma once

#include <cstdint>

namespace mahi {

// MAHI_PRIVILEGE(constant, bit, sql)
#define MAHI_PRIVILEGES(MAHI_PRIVILEGE)                          \
  MAHI_PRIVILEGE(kPrivilegeSelect, 0, "SELECT")                  \
  MAHI_PRIVILEGE(kPrivilegeInsert, 1, "INSERT")                  \
  MAHI_PRIVILEGE(kPrivilegeUpdate, 2, "UPDATE")                  \
  MAHI_PRIVILEGE(kPrivilegeDelete, 3, "DELETE")                  \
  MAHI_PRIVILEGE(kPrivilegeCreate, 4, "CREATE")                  \
  MAHI_PRIVILEGE(kPrivilegeDrop, 5, "DROP")                      \
  MAHI_PRIVILEGE(kPrivilegeReload, 6, "RELOAD")                  \
  MAHI_PRIVILEGE(kPrivilegeShutdown, 7, "SHUTDOWN")              \
  MAHI_PRIVILEGE(kPrivilegeProcess, 8, "PROCESS")                \
  MAHI_PRIVILEGE(kPrivilegeFile, 9, "FILE")                      \
  MAHI_PRIVILEGE(kPrivilegeReferences, 10, "REFERENCES")         \
  MAHI_PRIVILEGE(kPrivilegeIndex, 11, "INDEX")                   \
  MAHI_PRIVILEGE(kPrivilegeAlter, 12, "ALTER")                   \
  MAHI_PRIVILEGE(kPrivilegeShowDatabases, 13, "SHOW DATABASES")  \
  MAHI_PRIVILEGE(kPrivilegeSuper, 14, "SUPER")                   \
  MAHI_PRIVILEGE(kPrivilegeCreateTemporaryTables, 15, "CREATE TEMPORARY TABLES") \
  MAHI_PRIVILEGE(kPrivilegeLockTables, 16, "LOCK TABLES")        \
  MAHI_PRIVILEGE(kPrivilegeExecute, 17, "EXECUTE")               \
  MAHI_PRIVILEGE(kPrivilegeReplicationSlave, 18, "REPLICATION SLAVE")   \
  MAHI_PRIVILEGE(kPrivilegeReplicationClient, 19, "REPLICATION CLIENT") \
  MAHI_PRIVILEGE(kPrivilegeCreateView, 20, "CREATE VIEW")        \
  MAHI_PRIVILEGE(kPrivilegeShowView, 21, "SHOW VIEW")            \
  MAHI_PRIVILEGE(kPrivilegeCreateRoutine, 22, "CREATE ROUTINE")  \
  MAHI_PRIVILEGE(kPrivilegeAlterRoutine, 23, "ALTER ROUTINE")    \
  MAHI_PRIVILEGE(kPrivilegeCreateUser, 24, "CREATE USER")        \
  MAHI_PRIVILEGE(kPrivilegeEvent, 25, "EVENT")                   \
  MAHI_PRIVILEGE(kPrivilegeTrigger, 26, "TRIGGER")               \
  MAHI_PRIVILEGE(kPrivilegeCreateTablespace, 27, "CREATE TABLESPACE")   \
  MAHI_PRIVILEGE(kPrivilegeCreateRole, 28, "CREATE ROLE")        \
  MAHI_PRIVILEGE(kPrivilegeDropRole, 29, "DROP ROLE")            \
  MAHI_PRIVILEGE(kPrivilegeGrant, 30, "GRANT OPTION")

enum Privilege : uint64_t {
#define MAHI_PRIVILEGE(constant, bit, sql) constant = uint64_t{1} << bit,
  MAHI_PRIVILEGES(MAHI_PRIVILEGE)
#undef MAHI_PRIVILEGE
};

}  // namespace mahi
