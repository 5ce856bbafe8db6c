// Base of all statements and the statements that are neither queries, DML nor DDL.
// See node.h for conventions; dml.h and ddl.h hold the others.
// Source: MySQL 8.4 manual, chapter "SQL Statements".
#pragma once

#include "parser/ast/select.h"

namespace mahi::ast {

enum class StatementKind : uint8_t {
  // Queries and DML (select.h, dml.h)
  kSelect, kInsert, kReplace, kUpdate, kDelete, kLoadData, kCall, kDo, kHandler, kImportTable,
  // DDL (ddl.h)
  kCreateDatabase, kAlterDatabase, kDropDatabase,
  kCreateTable, kAlterTable, kDropTable, kRenameTable, kTruncateTable,
  kCreateIndex, kDropIndex, kCreateView, kDropView,
  kCreateRoutine, kAlterRoutine, kDropRoutine, kCreateTrigger, kDropTrigger,
  kCreateEvent, kAlterEvent, kDropEvent,
  kCreateLoadableFunction, kTablespace, kServer, kSpatialReferenceSystem, kResourceGroup,
  kCreateSequence, kDropSequence,
  // Transactions
  kBegin, kCommit, kRollback, kSavepoint, kRollbackToSavepoint, kReleaseSavepoint, kXa,
  kLockTables, kUnlockTables, kLockInstance, kUnlockInstance,
  // Session
  kSet, kShow, kExplain, kDescribe, kPrepare, kExecute, kDeallocate, kUse, kKill, kHelp, kGetDiagnostics,
  kSignal, kResignal,
  // Administration
  kFlush, kReset, kShutdown, kRestart, kClone, kTableMaintenance, kCacheIndex, kLoadIndex, kInstall, kUninstall,
  kBinlog, kReplication, kPurgeBinaryLogs, kAlterInstance,
  // Accounts
  kCreateUser, kAlterUser, kDropUser, kRenameUser, kCreateRole, kDropRole, kGrant, kRevoke,
  kSetPassword, kSetRole, kSetDefaultRole, kSetResourceGroup,
  // Stored program bodies: BEGIN ... END and other flow control (routine bodies are kept as text)
  kCompound,
};

struct Statement {
  StatementKind kind;
  std::string_view text;             // the whole statement, without the delimiter
  List<Parameter*> parameters;       // all `?` in text order
  // Memory of the tables named anywhere in the statement is left to the binder.

  template <typename T>
  T* As() {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<T*>(this);
  }
  template <typename T>
  const T* As() const {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<const T*>(this);
  }

 protected:
  explicit Statement(StatementKind k) : kind(k) {}
};

template <StatementKind K>
struct StatementOf : Statement {
  static constexpr StatementKind kKind = K;
  StatementOf() : Statement(K) {}
};

// SELECT, VALUES, TABLE, WITH ... and parenthesised queries as a statement.
struct SelectStatement : StatementOf<StatementKind::kSelect> {
  QueryExpression* query = nullptr;
};

// --- Transactions -------------------------------------------------------------------------------------

enum class AccessMode : uint8_t { kDefault, kReadWrite, kReadOnly };
enum class IsolationLevel : uint8_t {
  kDefault, kReadUncommitted, kReadCommitted, kRepeatableRead, kSerializable
};
enum class Tristate : uint8_t { kDefault, kYes, kNo };

struct BeginStatement : StatementOf<StatementKind::kBegin> {
  bool with_consistent_snapshot = false;
  AccessMode access_mode = AccessMode::kDefault;
};
struct CommitStatement : StatementOf<StatementKind::kCommit> {
  Tristate chain = Tristate::kDefault;    // kDefault: completion_type decides
  Tristate release = Tristate::kDefault;
};
struct RollbackStatement : StatementOf<StatementKind::kRollback> {
  Tristate chain = Tristate::kDefault;
  Tristate release = Tristate::kDefault;
};
struct SavepointStatement : StatementOf<StatementKind::kSavepoint> {
  std::string_view name;
};
struct RollbackToSavepointStatement : StatementOf<StatementKind::kRollbackToSavepoint> {
  std::string_view name;
};
struct ReleaseSavepointStatement : StatementOf<StatementKind::kReleaseSavepoint> {
  std::string_view name;
};

enum class XaAction : uint8_t { kStart, kEnd, kPrepare, kCommit, kRollback, kRecover };
struct XaStatement : StatementOf<StatementKind::kXa> {
  XaAction action = XaAction::kStart;
  std::string_view gtrid;
  std::string_view bqual;
  uint64_t format_id = 1;
  bool is_join = false;         // START ... JOIN
  bool is_resume = false;       // START ... RESUME
  bool is_suspend = false;      // END ... SUSPEND
  bool is_for_migrate = false;  // END ... SUSPEND FOR MIGRATE
  bool is_one_phase = false;    // COMMIT ... ONE PHASE
  bool convert_xid = false;     // RECOVER CONVERT XID
};

enum class TableLockKind : uint8_t { kRead, kReadLocal, kWrite, kLowPriorityWrite };
struct TableLock {
  QualifiedName table;
  std::string_view alias;
  TableLockKind lock = TableLockKind::kRead;
};
struct LockTablesStatement : StatementOf<StatementKind::kLockTables> {
  List<TableLock> locks;
};
struct UnlockTablesStatement : StatementOf<StatementKind::kUnlockTables> {};
struct LockInstanceStatement : StatementOf<StatementKind::kLockInstance> {};
struct UnlockInstanceStatement : StatementOf<StatementKind::kUnlockInstance> {};

// --- SET ----------------------------------------------------------------------------------------------

enum class SetItemKind : uint8_t {
  kUserVariable,    // SET @name = value
  kVariable,        // SET [scope] [component.]name = value: system variable or local variable
  kNames,           // SET NAMES charset [COLLATE collation]; charset empty: DEFAULT
  kCharacterSet,    // SET CHARACTER SET charset; charset empty: DEFAULT
  kTransaction,     // SET [GLOBAL | SESSION] TRANSACTION ...; kDefault scope: the next transaction only
};
struct SetItem {
  SetItemKind kind = SetItemKind::kVariable;
  VariableScope scope = VariableScope::kDefault;
  bool has_at_signs = false;      // SET @@name: never a local variable
  std::string_view component;     // component or key cache; NEW / OLD in triggers
  std::string_view name;
  // Null: DEFAULT. A bare word (ON, utf8mb4, ALL, ...) is a ColumnReference that names a value when
  // no local variable has that name; ON, BINARY, ROW, SYSTEM and ALL become string literals.
  Expression* value = nullptr;
  std::string_view charset;
  std::string_view collation;
  IsolationLevel isolation = IsolationLevel::kDefault;
  AccessMode access_mode = AccessMode::kDefault;
  SourceRange source;
};
struct SetStatement : StatementOf<StatementKind::kSet> {
  List<SetItem> items;
};

// --- SHOW ---------------------------------------------------------------------------------------------

enum class ShowKind : uint8_t {
  kBinaryLogs, kBinaryLogStatus, kBinlogEvents, kCharacterSet, kCollation, kColumns, kCountErrors, kCountWarnings,
  kCreateDatabase, kCreateEvent, kCreateFunction, kCreateProcedure, kCreateTable, kCreateTrigger,
  kCreateUser, kCreateView, kDatabases, kEngine, kEngines, kErrors, kEvents, kFunctionCode,
  kFunctionStatus, kGrants, kIndex, kOpenTables, kParseTree, kPlugins, kPrivileges, kProcedureCode,
  kProcedureStatus, kProcesslist, kProfile, kProfiles, kRelaylogEvents, kReplicas, kReplicaStatus,
  kStatus, kTableStatus, kTables, kTriggers, kVariables, kWarnings, kCreateSequence,
};
struct ShowStatement : StatementOf<StatementKind::kShow> {
  ShowKind show = ShowKind::kTables;
  bool is_full = false;
  bool is_extended = false;
  bool if_not_exists = false;                 // SHOW CREATE DATABASE IF NOT EXISTS
  VariableScope scope = VariableScope::kDefault;
  QualifiedName name;                         // object of SHOW CREATE, table of COLUMNS and INDEX
  std::string_view schema;                    // FROM / IN schema
  std::optional<std::string_view> like;       // pattern, unescaped
  SourceRange like_source;                    // the quoted literal: part of column names such as Tables_in_x (a%)
  Expression* where = nullptr;
  AccountName* account = nullptr;             // GRANTS FOR, CREATE USER
  List<AccountName> using_roles;              // GRANTS FOR ... USING
  Limit* limit = nullptr;                     // ERRORS, WARNINGS, PROFILE, BINLOG EVENTS
  std::string_view engine;                    // ENGINE name; "ALL" possible
  std::string_view engine_what;               // STATUS, MUTEX, LOGS
  std::string_view log_name;                  // BINLOG EVENTS IN 'name'
  std::optional<uint64_t> position;           // ... FROM pos
  std::string_view channel;                   // FOR CHANNEL
  List<std::string_view> profile_types;       // PROFILE CPU, BLOCK IO, ...
  std::optional<uint64_t> query_id;           // PROFILE FOR QUERY n
  Statement* statement = nullptr;             // PARSE_TREE
};

// --- EXPLAIN, DESCRIBE, USE, KILL, HELP ---------------------------------------------------------------

enum class ExplainFormat : uint8_t { kDefault, kTraditional, kTree, kJson };
// EXPLAIN | DESCRIBE | DESC statement
struct ExplainStatement : StatementOf<StatementKind::kExplain> {
  ExplainFormat format = ExplainFormat::kDefault;
  bool is_analyze = false;
  bool is_extended = false;
  std::string_view into_variable;             // INTO @name (FORMAT = JSON)
  std::string_view for_schema;                // FOR SCHEMA name
  std::optional<uint64_t> for_connection;     // FOR CONNECTION id
  Statement* statement = nullptr;
};
// DESCRIBE | EXPLAIN table [column | 'pattern']: SHOW COLUMNS
struct DescribeStatement : StatementOf<StatementKind::kDescribe> {
  QualifiedName table;
  std::string_view column;                    // name or pattern
  bool has_column = false;
};

struct PrepareStatement : StatementOf<StatementKind::kPrepare> {
  std::string_view name;
  std::string_view source_text;               // FROM 'text'
  std::string_view source_variable;           // FROM @name
};
struct ExecuteStatement : StatementOf<StatementKind::kExecute> {
  std::string_view name;
  List<std::string_view> variables;           // USING @a, @b
};
struct DeallocateStatement : StatementOf<StatementKind::kDeallocate> {
  std::string_view name;
};
struct UseStatement : StatementOf<StatementKind::kUse> {
  std::string_view schema;
};
struct KillStatement : StatementOf<StatementKind::kKill> {
  bool is_query = false;                      // KILL QUERY; else the connection
  Expression* id = nullptr;
};
struct HelpStatement : StatementOf<StatementKind::kHelp> {
  std::string_view topic;
};

// GET [CURRENT | STACKED] DIAGNOSTICS
struct DiagnosticsItem {
  Expression* target = nullptr;               // UserVariable or ColumnReference (local variable)
  std::string_view item;                      // NUMBER, ROW_COUNT, RETURNED_SQLSTATE, ...
};
struct GetDiagnosticsStatement : StatementOf<StatementKind::kGetDiagnostics> {
  bool is_stacked = false;
  Expression* condition_number = nullptr;     // null: statement information
  List<DiagnosticsItem> items;
};
// SIGNAL | RESIGNAL [SQLSTATE 'x' | condition] [SET item = value, ...]
struct SignalItem {
  std::string_view name;
  Expression* value = nullptr;
};
struct SignalStatement : StatementOf<StatementKind::kSignal> {
  bool is_resignal = false;
  std::string_view sqlstate;
  std::string_view condition_name;
  List<SignalItem> items;
};

// --- Administration -----------------------------------------------------------------------------------

enum class FlushKind : uint8_t {
  kTables, kTablesWithReadLock, kTablesForExport, kPrivileges, kLogs, kBinaryLogs, kEngineLogs, kErrorLogs,
  kGeneralLogs, kSlowLogs, kRelayLogs, kHosts, kStatus, kUserResources, kOptimizerCosts,
};
struct FlushStatement : StatementOf<StatementKind::kFlush> {
  bool no_write_to_binlog = false;
  List<FlushKind> what;
  List<QualifiedName> tables;
  std::string_view channel;                   // RELAY LOGS FOR CHANNEL
};
enum class ResetKind : uint8_t { kReplica, kReplicaAll, kBinaryLogsAndGtids, kPersist, kQueryCache };
struct ResetStatement : StatementOf<StatementKind::kReset> {
  List<ResetKind> what;
  std::string_view variable;                  // PERSIST name; empty: all
  bool if_exists = false;
  std::optional<uint64_t> log_number;         // BINARY LOGS AND GTIDS TO n
  std::string_view channel;
};
struct ShutdownStatement : StatementOf<StatementKind::kShutdown> {};
struct RestartStatement : StatementOf<StatementKind::kRestart> {};
struct CloneStatement : StatementOf<StatementKind::kClone> {
  bool is_local = false;
  std::string_view directory;
  AccountName donor;
  uint64_t port = 0;
  std::string_view password;
  Tristate require_ssl = Tristate::kDefault;
};

enum class MaintenanceKind : uint8_t { kAnalyze, kCheck, kChecksum, kOptimize, kRepair };
struct TableMaintenanceStatement : StatementOf<StatementKind::kTableMaintenance> {
  MaintenanceKind action = MaintenanceKind::kCheck;
  bool no_write_to_binlog = false;
  List<QualifiedName> tables;
  bool is_quick = false, is_fast = false, is_medium = false, is_extended = false, is_changed = false;
  bool for_upgrade = false;
  bool use_frm = false;
  bool update_histogram = false;              // ANALYZE ... UPDATE HISTOGRAM ON columns
  bool drop_histogram = false;
  List<std::string_view> histogram_columns;
  std::optional<uint64_t> histogram_buckets;
  std::string_view histogram_data;            // USING DATA 'json'
  Tristate histogram_auto_update = Tristate::kDefault;
};
struct CacheIndexStatement : StatementOf<StatementKind::kCacheIndex> {
  List<QualifiedName> tables;
  std::string_view cache_name;
};
struct LoadIndexStatement : StatementOf<StatementKind::kLoadIndex> {
  List<QualifiedName> tables;
};
struct InstallStatement : StatementOf<StatementKind::kInstall> {
  bool is_component = false;
  std::string_view plugin;
  std::string_view library;
  List<std::string_view> components;
  List<SetItem> settings;
};
struct UninstallStatement : StatementOf<StatementKind::kUninstall> {
  bool is_component = false;
  std::string_view plugin;
  List<std::string_view> components;
};
struct BinlogStatement : StatementOf<StatementKind::kBinlog> {
  std::string_view event;                     // base64
};

enum class ReplicationAction : uint8_t {
  kChangeSource, kChangeFilter, kStartReplica, kStopReplica, kStartGroup, kStopGroup
};
struct ReplicationOption {
  std::string_view name;                      // SOURCE_HOST, REPLICATE_DO_DB, SQL_THREAD, UNTIL option, ...
  std::string_view text;
  std::optional<uint64_t> number;
  List<std::string_view> values;
};
struct ReplicationStatement : StatementOf<StatementKind::kReplication> {
  ReplicationAction action = ReplicationAction::kStartReplica;
  List<ReplicationOption> options;
  std::string_view channel;
};
struct PurgeBinaryLogsStatement : StatementOf<StatementKind::kPurgeBinaryLogs> {
  std::string_view to_log;
  Expression* before = nullptr;
};
enum class AlterInstanceAction : uint8_t {
  kRotateInnodbMasterKey, kRotateBinlogMasterKey, kReloadTls, kReloadKeyring, kEnableRedoLog, kDisableRedoLog
};
struct AlterInstanceStatement : StatementOf<StatementKind::kAlterInstance> {
  AlterInstanceAction action = AlterInstanceAction::kReloadTls;
  std::string_view channel;
  bool no_rollback_on_error = false;
};

// --- Accounts -----------------------------------------------------------------------------------------

// One authentication factor: IDENTIFIED [WITH plugin] [BY ...| AS ...]
struct Authentication {
  std::string_view plugin;
  std::optional<std::string_view> password;       // BY 'clear text'
  bool random_password = false;                   // BY RANDOM PASSWORD
  std::optional<std::string_view> hash;           // AS 'stored form'
  std::optional<std::string_view> current_password;  // REPLACE 'current'
  bool retain_current = false;
  bool discard_old = false;
  uint8_t factor = 1;                             // ALTER USER ... MODIFY 2 FACTOR
};
struct UserSpecification {
  AccountName account;
  List<Authentication> factors;                   // empty: no IDENTIFIED clause
  bool discard_old_password = false;
};
enum class TlsRequirement : uint8_t { kUnspecified, kNone, kSsl, kX509, kSpecified };
enum class PasswordLifetime : uint8_t { kUnspecified, kExpireNow, kDefault, kNever, kDays };
// Clauses shared by CREATE USER and ALTER USER.
struct UserOptions {
  TlsRequirement tls = TlsRequirement::kUnspecified;
  std::string_view tls_cipher, tls_issuer, tls_subject;
  std::optional<uint64_t> max_queries_per_hour, max_updates_per_hour, max_connections_per_hour,
      max_user_connections;
  PasswordLifetime password_lifetime = PasswordLifetime::kUnspecified;
  uint64_t password_lifetime_days = 0;
  bool has_password_history = false;
  std::optional<uint64_t> password_history;         // absent: DEFAULT
  bool has_password_reuse_interval = false;
  std::optional<uint64_t> password_reuse_interval;  // absent: DEFAULT
  Tristate require_current = Tristate::kDefault;
  bool has_require_current = false;                 // PASSWORD REQUIRE CURRENT [DEFAULT|OPTIONAL]
  std::optional<uint64_t> failed_login_attempts;
  std::optional<uint64_t> password_lock_days;
  bool password_lock_unbounded = false;
  Tristate account_lock = Tristate::kDefault;
  std::optional<std::string_view> comment;
  std::optional<std::string_view> attribute;
};
struct CreateUserStatement : StatementOf<StatementKind::kCreateUser> {
  bool if_not_exists = false;
  List<UserSpecification> users;
  List<AccountName> default_roles;
  UserOptions options;
};
struct AlterUserStatement : StatementOf<StatementKind::kAlterUser> {
  bool if_exists = false;
  List<UserSpecification> users;
  UserOptions options;
  bool sets_default_role = false;                   // DEFAULT ROLE NONE | ALL | roles
  bool default_role_all = false;
  bool default_role_none = false;
  List<AccountName> default_roles;
};
struct DropUserStatement : StatementOf<StatementKind::kDropUser> {
  bool if_exists = false;
  List<AccountName> users;
};
struct RenamePair {
  AccountName from, to;
};
struct RenameUserStatement : StatementOf<StatementKind::kRenameUser> {
  List<RenamePair> renames;
};
struct CreateRoleStatement : StatementOf<StatementKind::kCreateRole> {
  bool if_not_exists = false;
  List<AccountName> roles;
};
struct DropRoleStatement : StatementOf<StatementKind::kDropRole> {
  bool if_exists = false;
  List<AccountName> roles;
};

struct Privilege {
  std::string_view name;              // static privilege in upper case ("SELECT", "CREATE TEMPORARY TABLES", "ALL"),
                                      // or a dynamic privilege as written
  List<std::string_view> columns;
};
enum class GrantObjectKind : uint8_t { kTable, kFunction, kProcedure };
enum class GrantKind : uint8_t { kPrivileges, kRoles, kProxy };
struct GrantTarget {
  GrantObjectKind object = GrantObjectKind::kTable;
  bool all_schemas = false;           // *.*
  bool all_objects = false;           // schema.* or * (current schema: schema is empty)
  QualifiedName name;
};
struct GrantStatement : StatementOf<StatementKind::kGrant> {
  GrantKind grant = GrantKind::kPrivileges;
  List<Privilege> privileges;
  GrantTarget target;
  List<AccountName> roles;            // kRoles
  AccountName proxied;                // kProxy
  List<UserSpecification> users;      // 8.4 allows no IDENTIFIED here, hence factors are empty
  bool with_grant_option = false;
  bool with_admin_option = false;
  AccountName* as_user = nullptr;     // AS user [WITH ROLE ...]
};
struct RevokeStatement : StatementOf<StatementKind::kRevoke> {
  bool if_exists = false;
  bool ignore_unknown_user = false;
  GrantKind grant = GrantKind::kPrivileges;
  bool all_and_grant_option = false;  // REVOKE ALL PRIVILEGES, GRANT OPTION FROM ...
  List<Privilege> privileges;
  GrantTarget target;
  List<AccountName> roles;
  AccountName proxied;
  List<AccountName> users;
};

struct SetPasswordStatement : StatementOf<StatementKind::kSetPassword> {
  AccountName* account = nullptr;     // null: the current user
  std::string_view password;
  bool random_password = false;
  std::optional<std::string_view> current_password;
  bool retain_current = false;
};
enum class RoleSelection : uint8_t { kDefault, kNone, kAll, kAllExcept, kList };
struct SetRoleStatement : StatementOf<StatementKind::kSetRole> {
  RoleSelection selection = RoleSelection::kDefault;
  List<AccountName> roles;
};
struct SetDefaultRoleStatement : StatementOf<StatementKind::kSetDefaultRole> {
  RoleSelection selection = RoleSelection::kList;
  List<AccountName> roles;
  List<AccountName> users;
};
struct SetResourceGroupStatement : StatementOf<StatementKind::kSetResourceGroup> {
  std::string_view name;
  List<uint64_t> thread_ids;
};

}  // namespace mahi::ast
