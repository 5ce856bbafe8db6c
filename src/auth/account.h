// Accounts and what they may do, as plain immutable data: the content of the grant tables.
//
// Source: MySQL 8.4 manual, "Grant Tables", "Specifying Account Names", "Using Roles".
// Thread safety: an AccountSet is immutable once published.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/privilege.h"

namespace mahi {

// 'user'@'host'; also names a role.
struct AccountName {
  std::string user;
  std::string host = "%";

  bool operator==(const AccountName&) const = default;
  auto operator<=>(const AccountName&) const = default;
  // `user`@`host`
  std::string Quoted() const;
  // 'user'@'host'
  std::string SingleQuoted() const;
  // user@host
  std::string ToString() const { return user + "@" + host; }
};

struct TablePrivileges {
  PrivilegeSet table = 0;
  std::map<std::string, PrivilegeSet> columns;
  bool empty() const { return table == 0 && columns.empty(); }
};

enum class TlsRequirement : uint8_t { kNone, kAny, kX509, kSpecified };

struct ResourceLimits {
  uint32_t max_queries_per_hour = 0;
  uint32_t max_updates_per_hour = 0;
  uint32_t max_connections_per_hour = 0;
  uint32_t max_user_connections = 0;
};

struct Account {
  AccountName name;
  std::string plugin = "caching_sha2_password";
  std::string authentication_string;
  std::string old_authentication_string;  // RETAIN CURRENT PASSWORD
  bool is_locked = false;
  bool is_password_expired = false;
  int64_t password_last_changed = 0;  // seconds since the epoch
  std::optional<uint32_t> password_lifetime_days;  // empty: default_password_lifetime; 0: never
  std::optional<uint32_t> password_history;
  std::optional<uint32_t> password_reuse_days;
  std::optional<bool> password_require_current;
  uint32_t failed_login_attempts = 0;
  int32_t password_lock_days = 0;  // -1: unbounded
  TlsRequirement tls = TlsRequirement::kNone;
  std::string tls_cipher, tls_issuer, tls_subject;
  ResourceLimits limits;
  std::string attributes_json;  // COMMENT / ATTRIBUTE; empty for none
  std::vector<std::string> previous_authentication_strings;  // newest first

  PrivilegeSet global = 0;
  std::map<std::string, bool> dynamic;  // name -> with grant option
  std::map<std::string, PrivilegeSet> databases;  // key is a LIKE pattern
  std::map<std::pair<std::string, std::string>, TablePrivileges> tables;  // (database, table)
  // (database, routine); the first element of the key is true for procedures.
  std::map<std::pair<bool, std::pair<std::string, std::string>>, PrivilegeSet> routines;
  std::map<AccountName, bool> roles;  // granted roles -> WITH ADMIN OPTION
  std::set<AccountName> default_roles;
  bool default_roles_all = false;
  std::map<AccountName, bool> proxies;  // may connect as -> with grant option
};

// All accounts at one moment.
struct AccountSet {
  uint64_t version = 0;
  std::map<AccountName, std::shared_ptr<const Account>> accounts;
  // The same, most specific host first: the order in which a connection is matched.
  std::vector<std::shared_ptr<const Account>> by_specificity;
  // The account that matches a connection; null when there is none. `client_host` may be empty.
  const Account* Match(std::string_view user, std::string_view client_host,
                       std::string_view client_ip) const;
  // False when no account at all could connect from there.
  bool AllowsHost(std::string_view client_host, std::string_view client_ip) const;
  const Account* Find(const AccountName& name) const;
};

// Host part of an account against a client: literal, % and _ patterns, address/netmask, CIDR.
bool HostMatches(std::string_view pattern, std::string_view client_host, std::string_view client_ip);
// Sort weight of a host pattern: the higher, the more specific.
uint64_t HostSpecificity(std::string_view pattern);
// LIKE match of a database grant's pattern (with \ escapes).
bool DatabasePatternMatches(std::string_view pattern, std::string_view database);

}  // namespace mahi
