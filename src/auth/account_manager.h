// AccountManager: all accounts of a server, kept in memory and made durable through AccountPersistence.
//
// CREATE/ALTER/DROP/RENAME USER, roles, GRANT and REVOKE come here as plain requests. Each changes a copy of the
// affected accounts, makes it durable, then publishes a new AccountSet; readers never wait.
//
// Source: MySQL 8.4 manual, "Account Management Statements", "Access Control and Account Management".
// Thread safety: all members may be called from any thread.
// Errors: 1044, 1141, 1147, 1221, 1396, 1410, 1524, 3118, 3162, 3523, 3530, 3619, 3628, 3879, 3893 and others.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account.h"
#include "auth/security_context.h"
#include "base/diagnostics.h"
#include "base/latch.h"
#include "base/status.h"

namespace mahi {

// Where accounts live on disk: one record per account. Implemented above catalog/ and table/.
class AccountPersistence {
 public:
  virtual ~AccountPersistence() = default;
  // One transaction: stores `put` (key, record) and removes `erase`.
  virtual Status Write(const std::vector<std::pair<std::string, std::string>>& put,
                       const std::vector<std::string>& erase) = 0;
  virtual Status Load(const std::function<Status(std::string_view key, std::string_view record)>& each) = 0;
};

struct AccountOptions {
  bool native_password_enabled = false;  // --mysql-native-password
  bool skip_grant_tables = false;
  uint32_t default_password_lifetime_days = 0;
  uint32_t password_history = 0;
  uint32_t password_reuse_days = 0;
};

// IDENTIFIED …
struct AuthenticationClause {
  std::string plugin;                        // empty: the default or the present one
  std::optional<std::string> password;       // BY 'text'
  std::optional<std::string> hash;           // AS 'hash'
  bool random_password = false;              // BY RANDOM PASSWORD
  bool retain_current_password = false;
  bool discard_old_password = false;
  std::optional<std::string> current_password;  // REPLACE 'text'
};

struct AccountRequest {
  AccountName name;
  bool is_current_user = false;  // USER() or CURRENT_USER as the name
  std::optional<AuthenticationClause> authentication;
};

// The clauses behind the list of accounts in CREATE USER and ALTER USER.
struct AccountClauses {
  std::optional<TlsRequirement> tls;
  std::string tls_cipher, tls_issuer, tls_subject;
  std::optional<uint32_t> max_queries_per_hour, max_updates_per_hour, max_connections_per_hour,
      max_user_connections;
  std::optional<bool> locked;
  bool expire_now = false;
  enum class Expire : uint8_t { kUnchanged, kDefault, kNever, kInterval } expire = Expire::kUnchanged;
  uint32_t expire_days = 0;
  bool history_default = false;
  std::optional<uint32_t> password_history;
  bool reuse_default = false;
  std::optional<uint32_t> password_reuse_days;
  bool require_current_default = false;
  std::optional<bool> require_current;
  std::optional<uint32_t> failed_login_attempts;
  std::optional<int32_t> password_lock_days;  // -1: UNBOUNDED
  std::optional<std::string> comment;
  std::optional<std::string> attribute_json;
  std::vector<AccountName> default_roles;  // CREATE USER … DEFAULT ROLE
};

// One row of the result set of … IDENTIFIED BY RANDOM PASSWORD.
struct GeneratedPassword {
  AccountName name;
  std::string password;
};

// One privilege of a GRANT or REVOKE list.
struct GrantedPrivilege {
  PrivilegeSet privilege = 0;            // static; 0 when `dynamic` is set
  std::string dynamic;                   // upper case
  std::vector<std::string> columns;      // empty: no column list
};

struct GrantRequest {
  enum class Level : uint8_t { kGlobal, kDatabase, kTable, kFunction, kProcedure };
  Level level = Level::kGlobal;
  std::string database;  // a pattern at database level
  std::string object;    // table or routine
  bool all_privileges = false;
  std::vector<GrantedPrivilege> privileges;
  bool grant_option = false;  // WITH GRANT OPTION; in REVOKE: GRANT OPTION is in the list
  std::vector<AccountName> accounts;
  bool if_exists = false;           // REVOKE
  bool ignore_unknown_user = false; // REVOKE
};

class AccountManager {
 public:
  AccountManager(AccountOptions options, AccountPersistence* persistence);
  ~AccountManager();

  // Reads everything from the persistence; an empty one gets the built-in accounts (mysql.sys,
  // mysql.session, mysql.infoschema locked, and root@localhost with `root_password`, empty for none).
  Status Load();
  Status Initialize(std::string_view root_password);
  // FLUSH PRIVILEGES.
  Status Reload() { return Load(); }
  bool is_empty() const;

  std::shared_ptr<const AccountSet> Snapshot() const;
  uint64_t version() const { return version_.load(std::memory_order_acquire); }
  const AccountOptions& options() const { return options_; }

  // ---- statements; `by` is who runs them ----
  Status CreateUsers(SecurityContext* by, const std::vector<AccountRequest>& users,
                     const AccountClauses& clauses, bool if_not_exists, Diagnostics* diagnostics,
                     std::vector<GeneratedPassword>* generated);
  Status AlterUsers(SecurityContext* by, const std::vector<AccountRequest>& users,
                    const AccountClauses& clauses, bool if_exists, Diagnostics* diagnostics,
                    std::vector<GeneratedPassword>* generated);
  Status DropUsers(SecurityContext* by, const std::vector<AccountName>& users, bool if_exists,
                   Diagnostics* diagnostics);
  Status RenameUsers(SecurityContext* by,
                     const std::vector<std::pair<AccountName, AccountName>>& renames);
  // SET PASSWORD [FOR user] = 'text' | TO RANDOM.
  Status SetPassword(SecurityContext* by, const AccountRequest& request,
                     std::vector<GeneratedPassword>* generated);
  Status CreateRoles(SecurityContext* by, const std::vector<AccountName>& roles, bool if_not_exists,
                     Diagnostics* diagnostics);
  Status DropRoles(SecurityContext* by, const std::vector<AccountName>& roles, bool if_exists,
                   Diagnostics* diagnostics);
  Status Grant(SecurityContext* by, const GrantRequest& request, Diagnostics* diagnostics);
  Status Revoke(SecurityContext* by, const GrantRequest& request, Diagnostics* diagnostics);
  // REVOKE ALL PRIVILEGES, GRANT OPTION FROM …
  Status RevokeAll(SecurityContext* by, const std::vector<AccountName>& accounts, bool if_exists,
                   bool ignore_unknown_user, Diagnostics* diagnostics);
  Status GrantRoles(SecurityContext* by, const std::vector<AccountName>& roles,
                    const std::vector<AccountName>& to, bool with_admin_option);
  Status RevokeRoles(SecurityContext* by, const std::vector<AccountName>& roles,
                     const std::vector<AccountName>& from, bool if_exists, bool ignore_unknown_user,
                     Diagnostics* diagnostics);
  Status GrantProxy(SecurityContext* by, const AccountName& proxied, const std::vector<AccountName>& to,
                    bool with_grant_option);
  Status RevokeProxy(SecurityContext* by, const AccountName& proxied,
                     const std::vector<AccountName>& from);
  // SET DEFAULT ROLE: NONE (roles empty), ALL, or a list.
  Status SetDefaultRoles(SecurityContext* by, const std::vector<AccountName>& roles, bool all,
                         const std::vector<AccountName>& to);

  // SHOW GRANTS [FOR account [USING roles]]: one line each. 1141.
  Result<std::vector<std::string>> ShowGrants(SecurityContext* by, const AccountName& account,
                                              const std::vector<AccountName>& using_roles);
  // SHOW CREATE USER. 1141 / 1396.
  Result<std::string> ShowCreateUser(SecurityContext* by, const AccountName& account,
                                     bool identified_with_as_hex);

  // Dictionary changes: DROP TABLE and friends keep grants (as MySQL); routines lose theirs.
  Status DropRoutineGrants(std::string_view database, std::string_view routine, bool is_procedure);
  // CREATE PROCEDURE: EXECUTE and ALTER ROUTINE for its creator (automatic_sp_privileges).
  Status GrantRoutineToCreator(SecurityContext* by, std::string_view database,
                               std::string_view routine, bool is_procedure);

  // ---- connections (used by server/) ----
  // max_user_connections and max_connections_per_hour. 1226.
  Status CountConnection(const AccountName& account, uint32_t global_max_user_connections);
  void ReleaseConnection(const AccountName& account);
  // max_queries_per_hour and max_updates_per_hour. 1226.
  Status CountQuery(const AccountName& account, bool is_update);
  // FAILED_LOGIN_ATTEMPTS. 3955 when (now) locked.
  Status CheckFailedLogins(const Account& account);
  void CountFailedLogin(const Account& account);
  void ClearFailedLogins(const AccountName& account);

  // Makes a stored authentication string from a clause, checking plugin and hash format. 1524, 1827.
  Result<std::string> MakeAuthenticationString(const std::string& plugin, std::string_view password) const;

 private:
  using Changes = std::map<AccountName, std::shared_ptr<const Account>>;  // null: dropped
  Status Publish(const Changes& changes) REQUIRES(write_latch_);
  void Install(std::shared_ptr<AccountSet> next);
  Status ApplyAuthentication(SecurityContext* by, const AuthenticationClause& clause, bool is_new,
                             Account* account, std::vector<GeneratedPassword>* generated) const;
  Status ApplyClauses(const AccountClauses& clauses, Account* account) const;
  Status GrantOrRevoke(SecurityContext* by, const GrantRequest& request, bool grant,
                       Diagnostics* diagnostics);

  const AccountOptions options_;
  AccountPersistence* const persistence_;
  std::atomic<uint64_t> version_{0};
  Latch write_latch_;  // one change at a time; held while it is made durable
  mutable Latch latch_;
  std::shared_ptr<const AccountSet> current_ GUARDED_BY(latch_);

  struct Usage {
    uint32_t connections = 0;
    uint32_t connections_this_hour = 0, queries_this_hour = 0, updates_this_hour = 0;
    int64_t hour_began = 0;
    uint32_t failed_logins = 0;
    int64_t locked_until = 0;  // -1: for ever
  };
  Latch usage_latch_;
  std::map<AccountName, Usage> usage_ GUARDED_BY(usage_latch_);
};

// Record of one account, for AccountPersistence.
std::string EncodeAccount(const Account& account);
Result<std::shared_ptr<Account>> DecodeAccount(std::string_view record);

}  // namespace mahi
