// SecurityContext: who a session is and what it may do; the privilege checks of every statement.
//
// A context borrows the published AccountSet and recomputes its effective privileges (own and active roles')
// when a newer one was published, so GRANT and REVOKE take effect with the next statement.
//
// Source: MySQL 8.4 manual, "Access Control, Stage 2: Request Verification", "Using Roles".
// Thread safety: belongs to one session's thread; the AccountManager behind it may be changed by others.
// Errors: 1044, 1045, 1142, 1143, 1227, 1370.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account.h"
#include "base/status.h"

namespace mahi {

class AccountManager;

class SecurityContext {
 public:
  // A context without an account: everything is allowed (embedded use, server's own threads).
  SecurityContext() = default;
  SecurityContext(AccountManager* manager, AccountName account, std::string user,
                  std::string client_host);

  // USER(): what the client said.
  const std::string& user() const { return user_; }
  const std::string& client_host() const { return client_host_; }
  // CURRENT_USER(): the account that it was matched to.
  const AccountName& account() const { return account_; }
  const std::string& external_user() const { return external_user_; }
  void set_proxy(std::string proxied_by) { proxied_by_ = std::move(proxied_by); }
  bool is_internal() const { return manager_ == nullptr; }
  bool is_password_expired() const { return is_password_expired_; }
  void set_password_expired(bool expired) { is_password_expired_ = expired; }

  // ---- checks ----
  // Every privilege of `wanted`, globally. 1227.
  Status CheckGlobal(PrivilegeSet wanted);
  // At least one of `any_of`, globally. 1227 names them ("SUPER or X").
  Status CheckGlobalAny(PrivilegeSet any_of);
  // A dynamic privilege; SUPER counts as the privileges it used to cover. 1227.
  Status CheckDynamic(std::string_view name);
  bool HasDynamic(std::string_view name);
  // 1044.
  Status CheckDatabase(PrivilegeSet wanted, std::string_view database);
  // 1142; column grants do not count.
  Status CheckTable(PrivilegeSet wanted, std::string_view database, std::string_view table);
  // For SELECT, INSERT, UPDATE, REFERENCES: each of `columns` by table or column grant. 1142 when nothing is
  // granted on any column, else 1143.
  Status CheckColumns(PrivilegeSet wanted, std::string_view database, std::string_view table,
                      std::span<const std::string_view> columns);
  // 1370.
  Status CheckRoutine(PrivilegeSet wanted, std::string_view database, std::string_view routine,
                      bool is_procedure);
  // KILL, SHOW PROCESSLIST: may touch a thread of `user`.
  bool MaySeeThreadOf(const AccountName& owner);

  // ---- effective sets (for SHOW and INFORMATION_SCHEMA) ----
  PrivilegeSet GlobalPrivileges();
  PrivilegeSet DatabasePrivileges(std::string_view database);  // with global ones
  PrivilegeSet TablePrivilegesOn(std::string_view database, std::string_view table);  // with higher ones
  PrivilegeSet ColumnPrivilegesOn(std::string_view database, std::string_view table,
                                  std::string_view column);
  // Anything granted on it or in it: it appears in SHOW DATABASES, USE is allowed.
  bool CanSeeDatabase(std::string_view database);
  bool CanSeeTable(std::string_view database, std::string_view table);
  bool CanSeeRoutine(std::string_view database, std::string_view routine, bool is_procedure);

  // ---- roles ----
  const std::set<AccountName>& active_roles() const { return active_roles_; }
  // SET ROLE. 3530 when a role is not granted.
  Status SetRoles(const std::set<AccountName>& roles);
  void SetDefaultRoles();
  void SetAllRoles(const std::set<AccountName>& except);
  void SetNoRoles();
  // CURRENT_ROLE(): "`r`@`%`,…" or "NONE".
  std::string CurrentRoleText() const;

  AccountManager* manager() const { return manager_; }

 private:
  struct Effective {
    PrivilegeSet global = 0;
    std::map<std::string, bool> dynamic;
    // One list for each of the account and its roles, most specific pattern first: of each only the first
    // match counts.
    std::vector<std::vector<std::pair<std::string, PrivilegeSet>>> databases;
    std::map<std::pair<std::string, std::string>, TablePrivileges> tables;
    std::map<std::pair<bool, std::pair<std::string, std::string>>, PrivilegeSet> routines;
  };
  // The current effective privileges; null when everything is allowed.
  const Effective* Current();
  void Recompute(const AccountSet& set);
  PrivilegeSet DatabaseOnly(const Effective& e, std::string_view database) const;

  AccountManager* manager_ = nullptr;
  AccountName account_;
  std::string user_;
  std::string client_host_;
  std::string external_user_;
  std::string proxied_by_;
  bool is_password_expired_ = false;
  std::set<AccountName> active_roles_;
  uint64_t version_ = 0;
  Effective effective_;
};

}  // namespace mahi
