#include "auth/account_manager.h"

#include <strings.h>

#include <algorithm>
#include <chrono>

#include "auth/password.h"

namespace mahi {
namespace {

constexpr char kCachingSha2[] = "caching_sha2_password";
constexpr char kNative[] = "mysql_native_password";
constexpr char kSha256[] = "sha256_password";
constexpr char kSocket[] = "auth_socket";
constexpr char kNoLogin[] = "mysql_no_login";
constexpr size_t kMaxUserCharacters = 32;
constexpr size_t kMaxHostCharacters = 255;

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

// Characters of UTF-8.
size_t Characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

Status CheckName(const AccountName& name) {
  if (Characters(name.user) > kMaxUserCharacters) {
    return Error(ER_WRONG_STRING_LENGTH, name.user, "user name", kMaxUserCharacters);
  }
  if (Characters(name.host) > kMaxHostCharacters) {
    return Error(ER_WRONG_STRING_LENGTH, name.host, "host name", kMaxHostCharacters);
  }
  return Status::Ok();
}

// Host names compare without case.
AccountName Normalised(AccountName name) {
  name.host = Lower(name.host);
  return name;
}

void AppendName(std::string* list, const AccountName& name) {
  if (!list->empty()) *list += ",";
  *list += name.SingleQuoted();
}

std::shared_ptr<Account> Copy(const Account& account) { return std::make_shared<Account>(account); }

std::string SqlString(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\0') {
      quoted += "\\0";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string Backticked(std::string_view text) {
  std::string quoted = "`";
  for (char c : text) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  return quoted + "`";
}

std::string JsonString(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

bool IsKnownPlugin(std::string_view plugin) {
  return plugin == kCachingSha2 || plugin == kSha256 || plugin == kNative || plugin == kSocket ||
         plugin == kNoLogin;
}

// Whether `account` may be dropped or changed at all.
bool IsReserved(const AccountName& name) {
  return name.host == "localhost" && (name.user == "mysql.sys" || name.user == "mysql.session" ||
                                      name.user == "mysql.infoschema");
}

}  // namespace

AccountManager::AccountManager(AccountOptions options, AccountPersistence* persistence)
    : options_(options), persistence_(persistence) {
  auto empty = std::make_shared<AccountSet>();
  Install(std::move(empty));
}
AccountManager::~AccountManager() = default;

void AccountManager::Install(std::shared_ptr<AccountSet> next) {
  next->by_specificity.clear();
  for (const auto& [name, account] : next->accounts) next->by_specificity.push_back(account);
  std::stable_sort(next->by_specificity.begin(), next->by_specificity.end(),
                   [](const auto& a, const auto& b) {
                     uint64_t wa = HostSpecificity(a->name.host), wb = HostSpecificity(b->name.host);
                     if (wa != wb) return wa > wb;
                     return !a->name.user.empty() && b->name.user.empty();
                   });
  uint64_t version = version_.load(std::memory_order_relaxed) + 1;
  next->version = version;
  {
    LatchGuard guard(latch_);
    current_ = std::move(next);
  }
  version_.store(version, std::memory_order_release);
}

std::shared_ptr<const AccountSet> AccountManager::Snapshot() const {
  LatchGuard guard(latch_);
  return current_;
}

bool AccountManager::is_empty() const { return Snapshot()->accounts.empty(); }

Status AccountManager::Load() {
  LatchGuard write(write_latch_);
  auto next = std::make_shared<AccountSet>();
  if (persistence_ != nullptr) {
    MAHI_RETURN_IF_ERROR(persistence_->Load([&](std::string_view, std::string_view record) -> Status {
      MAHI_ASSIGN_OR_RETURN(std::shared_ptr<Account> account, DecodeAccount(record));
      next->accounts[account->name] = account;
      return Status::Ok();
    }));
  } else {
    next->accounts = Snapshot()->accounts;
  }
  Install(std::move(next));
  return Status::Ok();
}

Status AccountManager::Initialize(std::string_view root_password) {
  LatchGuard write(write_latch_);
  Changes changes;
  auto root = std::make_shared<Account>();
  root->name = {"root", "localhost"};
  root->authentication_string = MakeCachingSha2String(root_password);
  root->password_last_changed = Now();
  root->global = kGlobalPrivileges | kPrivilegeGrant;
  for (const char* name : DynamicPrivileges()) root->dynamic[name] = true;
  root->proxies[{"", ""}] = true;
  changes[root->name] = root;
  auto internal = [&](const char* user) {
    auto account = std::make_shared<Account>();
    account->name = {user, "localhost"};
    // A string that no password hashes to.
    account->authentication_string =
        "$A$005$THISISACOMBINATIONOFINVALIDSALTANDPASSWORDTHATMUSTNEVERBRBEUSED";
    account->is_locked = true;
    account->password_last_changed = Now();
    account->dynamic["SYSTEM_USER"] = false;
    account->dynamic["FIREWALL_EXEMPT"] = false;
    account->dynamic["AUDIT_ABORT_EXEMPT"] = false;
    changes[account->name] = account;
    return account;
  };
  auto infoschema = internal("mysql.infoschema");
  infoschema->global = kPrivilegeSelect;
  auto session = internal("mysql.session");
  session->global = kPrivilegeShutdown | kPrivilegeSuper;
  session->tables[{"mysql", "user"}].table = kPrivilegeSelect;
  session->databases["performance_schema"] = kPrivilegeSelect;
  auto sys = internal("mysql.sys");
  sys->tables[{"sys", "sys_config"}].table = kPrivilegeSelect;
  sys->databases["sys"] = kPrivilegeTrigger;
  return Publish(changes);
}

Status AccountManager::Publish(const Changes& changes) {
  if (changes.empty()) return Status::Ok();
  if (persistence_ != nullptr) {
    std::vector<std::pair<std::string, std::string>> put;
    std::vector<std::string> erase;
    for (const auto& [name, account] : changes) {
      std::string key = name.user + '\0' + name.host;
      if (account == nullptr) {
        erase.push_back(std::move(key));
      } else {
        put.emplace_back(std::move(key), EncodeAccount(*account));
      }
    }
    MAHI_RETURN_IF_ERROR(persistence_->Write(put, erase));
  }
  auto next = std::make_shared<AccountSet>(*Snapshot());
  for (const auto& [name, account] : changes) {
    if (account == nullptr) {
      next->accounts.erase(name);
    } else {
      next->accounts[name] = account;
    }
  }
  Install(std::move(next));
  return Status::Ok();
}

Result<std::string> AccountManager::MakeAuthenticationString(const std::string& plugin,
                                                             std::string_view password) const {
  if (plugin == kNative) return MakeNativeString(password);
  if (plugin == kSha256) return MakeSha256String(password);
  if (plugin == kCachingSha2) {
    if (password.size() > kMaxPasswordBytes) return Error(ER_NOT_VALID_PASSWORD);
    return MakeCachingSha2String(password);
  }
  return std::string(password);
}

Status AccountManager::ApplyAuthentication(SecurityContext* by, const AuthenticationClause& clause,
                                           bool is_new, Account* account,
                                           std::vector<GeneratedPassword>* generated) const {
  std::string plugin = clause.plugin.empty() ? (is_new ? kCachingSha2 : account->plugin) : Lower(clause.plugin);
  if (plugin == kNative && !options_.native_password_enabled && plugin != account->plugin) {
    return Error(ER_PLUGIN_IS_NOT_LOADED, clause.plugin.empty() ? plugin : clause.plugin);
  }
  if (!IsKnownPlugin(plugin)) return Error(ER_PLUGIN_IS_NOT_LOADED, clause.plugin);
  if (clause.discard_old_password) account->old_authentication_string.clear();
  bool sets_password = clause.password || clause.hash || clause.random_password;
  if (!sets_password && clause.plugin.empty()) return Status::Ok();
  if (clause.current_password && !is_new) {
    Account present = *account;
    bool matches =
        present.plugin == kNative
            ? MakeNativeString(*clause.current_password) == present.authentication_string
            : present.plugin == kSha256
                  ? VerifySha256String(present.authentication_string, *clause.current_password)
                  : present.authentication_string.empty()
                        ? clause.current_password->empty()
                        : VerifyCachingSha2String(present.authentication_string, *clause.current_password);
    if (!matches) return Error(ER_INCORRECT_CURRENT_PASSWORD);
  } else if (!is_new && sets_password && account->password_require_current.value_or(false) &&
             by != nullptr && by->account() == account->name &&
             !(by->GlobalPrivileges() & kPrivilegeCreateUser)) {
    return Error(ER_MISSING_CURRENT_PASSWORD);
  }
  std::string stored;
  if (clause.hash) {
    stored = *clause.hash;
    bool valid = stored.empty() || plugin == kSocket || plugin == kNoLogin ||
                 (plugin == kNative && IsNativeString(stored)) ||
                 (plugin == kCachingSha2 && IsCachingSha2String(stored)) ||
                 (plugin == kSha256 && stored.size() == 67 && stored.substr(0, 3) == "$5$");
    if (!valid) return Error(ER_PASSWORD_FORMAT);
  } else if (sets_password) {
    std::string password = clause.random_password ? RandomPassword() : *clause.password;
    MAHI_ASSIGN_OR_RETURN(stored, MakeAuthenticationString(plugin, password));
    if (clause.random_password && generated != nullptr) generated->push_back({account->name, password});
    uint32_t history = account->password_history.value_or(options_.password_history);
    if (history != 0 && plugin == kCachingSha2) {
      std::vector<std::string> previous = account->previous_authentication_strings;
      previous.insert(previous.begin(), account->authentication_string);
      for (size_t i = 0; i < previous.size() && i < history; ++i) {
        if (VerifyCachingSha2String(previous[i], password)) {
          return Error(ER_CREDENTIALS_CONTRADICT_TO_HISTORY, account->name.user, account->name.host);
        }
      }
    }
  }
  if (clause.retain_current_password && !is_new) {
    if (plugin != account->plugin) {
      return Error(ER_CURRENT_PASSWORD_CANNOT_BE_RETAINED, account->name.user, account->name.host);
    }
    account->old_authentication_string = account->authentication_string;
  }
  if (!is_new && !account->authentication_string.empty()) {
    auto& previous = account->previous_authentication_strings;
    previous.insert(previous.begin(), account->authentication_string);
    if (previous.size() > 10) previous.resize(10);
  }
  account->plugin = plugin;
  account->authentication_string = stored;
  account->password_last_changed = Now();
  account->is_password_expired = false;
  return Status::Ok();
}

Status AccountManager::ApplyClauses(const AccountClauses& c, Account* account) const {
  if (c.tls) {
    account->tls = *c.tls;
    account->tls_cipher = c.tls_cipher;
    account->tls_issuer = c.tls_issuer;
    account->tls_subject = c.tls_subject;
  }
  if (c.max_queries_per_hour) account->limits.max_queries_per_hour = *c.max_queries_per_hour;
  if (c.max_updates_per_hour) account->limits.max_updates_per_hour = *c.max_updates_per_hour;
  if (c.max_connections_per_hour) {
    account->limits.max_connections_per_hour = *c.max_connections_per_hour;
  }
  if (c.max_user_connections) account->limits.max_user_connections = *c.max_user_connections;
  if (c.locked) account->is_locked = *c.locked;
  if (c.expire_now) account->is_password_expired = true;
  if (c.expire == AccountClauses::Expire::kDefault) account->password_lifetime_days.reset();
  if (c.expire == AccountClauses::Expire::kNever) account->password_lifetime_days = 0;
  if (c.expire == AccountClauses::Expire::kInterval) account->password_lifetime_days = c.expire_days;
  if (c.history_default) account->password_history.reset();
  if (c.password_history) account->password_history = c.password_history;
  if (c.reuse_default) account->password_reuse_days.reset();
  if (c.password_reuse_days) account->password_reuse_days = c.password_reuse_days;
  if (c.require_current_default) account->password_require_current.reset();
  if (c.require_current) account->password_require_current = c.require_current;
  if (c.failed_login_attempts) account->failed_login_attempts = *c.failed_login_attempts;
  if (c.password_lock_days) account->password_lock_days = *c.password_lock_days;
  if (c.comment) account->attributes_json = "{\"comment\": " + JsonString(*c.comment) + "}";
  if (c.attribute_json) account->attributes_json = *c.attribute_json;
  return Status::Ok();
}

Status AccountManager::CreateUsers(SecurityContext* by, const std::vector<AccountRequest>& users,
                                   const AccountClauses& clauses, bool if_not_exists,
                                   Diagnostics* diagnostics,
                                   std::vector<GeneratedPassword>* generated) {
  MAHI_RETURN_IF_ERROR(by->CheckGlobal(kPrivilegeCreateUser));
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  std::string failed;
  for (const AccountRequest& request : users) {
    AccountName name = Normalised(request.name);
    MAHI_RETURN_IF_ERROR(CheckName(name));
    if (set->Find(name) != nullptr || changes.count(name) != 0) {
      if (if_not_exists) {
        diagnostics->Note(Error(ER_USER_ALREADY_EXISTS, name.SingleQuoted()));
      } else {
        AppendName(&failed, name);
      }
      continue;
    }
    auto account = std::make_shared<Account>();
    account->name = name;
    account->password_last_changed = Now();
    MAHI_RETURN_IF_ERROR(ApplyAuthentication(by, request.authentication.value_or(AuthenticationClause()),
                                             true, account.get(), generated));
    MAHI_RETURN_IF_ERROR(ApplyClauses(clauses, account.get()));
    for (const AccountName& role_name : clauses.default_roles) {
      AccountName role = Normalised(role_name);
      if (set->Find(role) == nullptr) return Error(ER_UNKNOWN_AUTHID, role.user, role.host);
      account->roles[role] = false;
      account->default_roles.insert(role);
    }
    changes[name] = account;
  }
  if (!failed.empty()) return Error(ER_CANNOT_USER, "CREATE USER", failed);
  return Publish(changes);
}

Status AccountManager::AlterUsers(SecurityContext* by, const std::vector<AccountRequest>& users,
                                  const AccountClauses& clauses, bool if_exists,
                                  Diagnostics* diagnostics,
                                  std::vector<GeneratedPassword>* generated) {
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  std::string failed;
  for (const AccountRequest& request : users) {
    AccountName name = request.is_current_user ? by->account() : Normalised(request.name);
    bool only_password = request.authentication && request.authentication->plugin.empty();
    if (!(name == by->account() && only_password)) {
      MAHI_RETURN_IF_ERROR(by->CheckGlobal(kPrivilegeCreateUser));
    }
    const Account* present = set->Find(name);
    if (present == nullptr) {
      if (if_exists) {
        diagnostics->Note(Error(ER_USER_DOES_NOT_EXIST, name.SingleQuoted()));
      } else {
        AppendName(&failed, name);
      }
      continue;
    }
    if (IsReserved(name) && !by->is_internal()) MAHI_RETURN_IF_ERROR(by->CheckDynamic("SYSTEM_USER"));
    auto account = Copy(*present);
    if (request.authentication) {
      MAHI_RETURN_IF_ERROR(
          ApplyAuthentication(by, *request.authentication, false, account.get(), generated));
      if (name == by->account()) by->set_password_expired(false);
    }
    MAHI_RETURN_IF_ERROR(ApplyClauses(clauses, account.get()));
    if (clauses.locked && !*clauses.locked) ClearFailedLogins(name);
    changes[name] = account;
  }
  if (!failed.empty()) return Error(ER_CANNOT_USER, "ALTER USER", failed);
  return Publish(changes);
}

Status AccountManager::SetPassword(SecurityContext* by, const AccountRequest& request,
                                   std::vector<GeneratedPassword>* generated) {
  AccountName name = request.is_current_user ? by->account() : Normalised(request.name);
  if (name != by->account()) {
    if (Status s = by->CheckDatabase(kPrivilegeUpdate, "mysql"); !s.ok()) {
      if (!by->CheckGlobal(kPrivilegeCreateUser).ok()) return s;
    }
  } else if (name.user.empty()) {
    return Error(ER_PASSWORD_ANONYMOUS_USER);
  }
  LatchGuard write(write_latch_);
  const Account* present = Snapshot()->Find(name);
  if (present == nullptr) return Error(ER_PASSWORD_NO_MATCH);
  auto account = Copy(*present);
  MAHI_RETURN_IF_ERROR(ApplyAuthentication(by, request.authentication.value_or(AuthenticationClause()),
                                           false, account.get(), generated));
  if (name == by->account()) by->set_password_expired(false);
  return Publish({{name, account}});
}

namespace {

// Takes every mention of `gone` (as role or proxy) out of the other accounts; `renamed` replaces it.
void ForgetAccount(const AccountSet& set, const AccountName& gone, const AccountName* renamed,
                   std::map<AccountName, std::shared_ptr<const Account>>* changes) {
  for (const auto& [name, account] : set.accounts) {
    auto changed = changes->find(name);
    const Account* latest = changed == changes->end() ? account.get() : changed->second.get();
    if (latest == nullptr) continue;
    if (latest->roles.count(gone) == 0 && latest->proxies.count(gone) == 0 &&
        latest->default_roles.count(gone) == 0) {
      continue;
    }
    auto next = Copy(*latest);
    auto move_map = [&](std::map<AccountName, bool>* map) {
      auto it = map->find(gone);
      if (it == map->end()) return;
      bool flag = it->second;
      map->erase(it);
      if (renamed != nullptr) (*map)[*renamed] = flag;
    };
    move_map(&next->roles);
    move_map(&next->proxies);
    if (next->default_roles.erase(gone) != 0 && renamed != nullptr) next->default_roles.insert(*renamed);
    (*changes)[name] = next;
  }
}

}  // namespace

Status AccountManager::DropUsers(SecurityContext* by, const std::vector<AccountName>& users,
                                 bool if_exists, Diagnostics* diagnostics) {
  MAHI_RETURN_IF_ERROR(by->CheckGlobal(kPrivilegeCreateUser));
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  std::string failed;
  for (const AccountName& user : users) {
    AccountName name = Normalised(user);
    if (set->Find(name) == nullptr) {
      if (if_exists) {
        diagnostics->Note(Error(ER_USER_DOES_NOT_EXIST, name.SingleQuoted()));
      } else {
        AppendName(&failed, name);
      }
      continue;
    }
    if (IsReserved(name)) AppendName(&failed, name);
    changes[name] = nullptr;
    ForgetAccount(*set, name, nullptr, &changes);
  }
  if (!failed.empty()) return Error(ER_CANNOT_USER, "DROP USER", failed);
  return Publish(changes);
}

Status AccountManager::RenameUsers(SecurityContext* by,
                                   const std::vector<std::pair<AccountName, AccountName>>& renames) {
  MAHI_RETURN_IF_ERROR(by->CheckGlobal(kPrivilegeCreateUser));
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  std::string failed;
  auto find = [&](const AccountName& name) -> const Account* {
    auto it = changes.find(name);
    return it != changes.end() ? it->second.get() : set->Find(name);
  };
  for (const auto& [from_name, to_name] : renames) {
    AccountName from = Normalised(from_name), to = Normalised(to_name);
    MAHI_RETURN_IF_ERROR(CheckName(to));
    const Account* present = find(from);
    if (present == nullptr || find(to) != nullptr || IsReserved(from)) {
      AppendName(&failed, from);
      continue;
    }
    auto account = Copy(*present);
    account->name = to;
    changes[from] = nullptr;
    changes[to] = account;
    ForgetAccount(*set, from, &to, &changes);
  }
  if (!failed.empty()) return Error(ER_CANNOT_USER, "RENAME USER", failed);
  return Publish(changes);
}

Status AccountManager::CreateRoles(SecurityContext* by, const std::vector<AccountName>& roles,
                                   bool if_not_exists, Diagnostics* diagnostics) {
  MAHI_RETURN_IF_ERROR(by->CheckGlobalAny(kPrivilegeCreateRole | kPrivilegeCreateUser));
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  std::string failed;
  for (const AccountName& role : roles) {
    AccountName name = Normalised(role);
    MAHI_RETURN_IF_ERROR(CheckName(name));
    if (set->Find(name) != nullptr || changes.count(name) != 0 || name.user.empty()) {
      if (if_not_exists && !name.user.empty()) {
        diagnostics->Note(Error(ER_USER_ALREADY_EXISTS, name.SingleQuoted()));
      } else {
        AppendName(&failed, name);
      }
      continue;
    }
    auto account = std::make_shared<Account>();
    account->name = name;
    account->is_locked = true;
    account->is_password_expired = true;
    account->password_last_changed = Now();
    changes[name] = account;
  }
  if (!failed.empty()) return Error(ER_CANNOT_USER, "CREATE ROLE", failed);
  return Publish(changes);
}

Status AccountManager::DropRoles(SecurityContext* by, const std::vector<AccountName>& roles,
                                 bool if_exists, Diagnostics* diagnostics) {
  MAHI_RETURN_IF_ERROR(by->CheckGlobalAny(kPrivilegeDropRole | kPrivilegeCreateUser));
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  std::string failed;
  for (const AccountName& role : roles) {
    AccountName name = Normalised(role);
    if (set->Find(name) == nullptr) {
      if (if_exists) {
        diagnostics->Note(Error(ER_USER_DOES_NOT_EXIST, name.SingleQuoted()));
      } else {
        AppendName(&failed, name);
      }
      continue;
    }
    changes[name] = nullptr;
    ForgetAccount(*set, name, nullptr, &changes);
  }
  if (!failed.empty()) return Error(ER_CANNOT_USER, "DROP ROLE", failed);
  return Publish(changes);
}

namespace {

// The static privileges of a request at its level; 1144 and 1221 for those that do not exist there.
Result<PrivilegeSet> StaticPart(const GrantRequest& request, PrivilegeSet all_at_level) {
  if (request.all_privileges) return all_at_level;
  PrivilegeSet set = 0;
  for (const GrantedPrivilege& p : request.privileges) {
    if (!p.dynamic.empty()) {
      if (request.level != GrantRequest::Level::kGlobal) {
        return Error(ER_ILLEGAL_PRIVILEGE_LEVEL, p.dynamic);
      }
      continue;
    }
    if (!p.columns.empty()) {
      if (request.level != GrantRequest::Level::kTable) return Error(ER_ILLEGAL_GRANT_FOR_TABLE);
      if ((p.privilege & ~kColumnPrivileges) != 0) {
        return Error(ER_WRONG_USAGE, "COLUMN GRANT", "NON-COLUMN PRIVILEGES");
      }
      continue;
    }
    set |= p.privilege;
  }
  PrivilegeSet wrong = set & ~(all_at_level | kPrivilegeGrant);
  if (wrong != 0) {
    if (request.level == GrantRequest::Level::kDatabase) {
      return Error(ER_WRONG_USAGE, "DB GRANT", "GLOBAL PRIVILEGES");
    }
    return Error(ER_ILLEGAL_GRANT_FOR_TABLE);
  }
  return set;
}

PrivilegeSet AllAtLevel(GrantRequest::Level level) {
  switch (level) {
    case GrantRequest::Level::kGlobal:
      return kGlobalPrivileges;
    case GrantRequest::Level::kDatabase:
      return kDatabasePrivileges;
    case GrantRequest::Level::kTable:
      return kTablePrivileges;
    default:
      return kRoutinePrivileges;
  }
}

}  // namespace

Status AccountManager::GrantOrRevoke(SecurityContext* by, const GrantRequest& request, bool grant,
                                     Diagnostics* diagnostics) {
  const PrivilegeSet all = AllAtLevel(request.level);
  MAHI_ASSIGN_OR_RETURN(PrivilegeSet wanted, StaticPart(request, all));
  if (request.grant_option) wanted |= kPrivilegeGrant;
  PrivilegeSet on_columns = 0;
  for (const GrantedPrivilege& p : request.privileges) {
    if (!p.columns.empty()) on_columns |= p.privilege;
  }

  // Who grants must have what is granted, and GRANT OPTION. ALL PRIVILEGES stands for what the grantor has
  // only as far as the check goes: MySQL asks for all of it.
  const PrivilegeSet needed = wanted | on_columns | kPrivilegeGrant;
  const bool is_routine = request.level == GrantRequest::Level::kFunction ||
                          request.level == GrantRequest::Level::kProcedure;
  const bool is_procedure = request.level == GrantRequest::Level::kProcedure;
  switch (request.level) {
    case GrantRequest::Level::kGlobal: {
      bool has_dynamic_only = !request.all_privileges && wanted == 0 && !request.privileges.empty();
      for (const GrantedPrivilege& p : request.privileges) {
        if (p.dynamic.empty()) continue;
        if (!IsDynamicPrivilege(p.dynamic)) {
          return Error(ER_DYNAMIC_PRIVILEGE_NOT_REGISTERED, p.dynamic);
        }
      }
      PrivilegeSet have = by->GlobalPrivileges();
      if ((needed & ~have) != 0 && !(has_dynamic_only && by->HasDynamic("ROLE_ADMIN"))) {
        return Error(ER_ACCESS_DENIED_ERROR, by->account().user, by->client_host(), "YES");
      }
      break;
    }
    case GrantRequest::Level::kDatabase:
      MAHI_RETURN_IF_ERROR(by->CheckDatabase(needed, request.database));
      break;
    case GrantRequest::Level::kTable:
      MAHI_RETURN_IF_ERROR(by->CheckTable(needed, request.database, request.object));
      break;
    default:
      MAHI_RETURN_IF_ERROR(by->CheckRoutine(needed, request.database, request.object, is_procedure));
  }

  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  for (const AccountName& raw_name : request.accounts) {
    AccountName name = Normalised(raw_name);
    auto changed = changes.find(name);
    const Account* present = changed != changes.end() ? changed->second.get() : set->Find(name);
    if (present == nullptr) {
      if (grant) return Error(ER_CANT_CREATE_USER_WITH_GRANT);
      if (request.ignore_unknown_user) {
        diagnostics->Warn(Error(ER_USER_DOES_NOT_EXIST, name.SingleQuoted()));
        continue;
      }
      return Error(ER_NONEXISTING_GRANT, name.user, name.host);
    }
    auto account = Copy(*present);
    // Reports a grant that is not there; a warning under IF EXISTS.
    auto missing = [&](Error error) -> Status {
      if (!request.if_exists) return error;
      diagnostics->Warn(error);
      return Status::Ok();
    };
    switch (request.level) {
      case GrantRequest::Level::kGlobal:
        if (grant) {
          account->global |= wanted;
          if (request.all_privileges) {
            for (const char* p : DynamicPrivileges()) account->dynamic[p] |= request.grant_option;
          }
        } else {
          account->global &= ~wanted;
          if (request.all_privileges) account->dynamic.clear();
        }
        for (const GrantedPrivilege& p : request.privileges) {
          if (p.dynamic.empty()) continue;
          std::string upper = p.dynamic;
          for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
          if (grant) {
            account->dynamic[upper] |= request.grant_option;
          } else {
            account->dynamic.erase(upper);
          }
        }
        break;
      case GrantRequest::Level::kDatabase: {
        auto it = account->databases.find(request.database);
        if (!grant && it == account->databases.end()) {
          MAHI_RETURN_IF_ERROR(missing(Error(ER_NONEXISTING_GRANT, name.user, name.host)));
          continue;
        }
        PrivilegeSet& bits = account->databases[request.database];
        bits = grant ? bits | wanted : bits & ~wanted;
        if (bits == 0) account->databases.erase(request.database);
        break;
      }
      case GrantRequest::Level::kTable: {
        std::pair<std::string, std::string> key(request.database, request.object);
        if (!grant && account->tables.count(key) == 0) {
          MAHI_RETURN_IF_ERROR(
              missing(Error(ER_NONEXISTING_TABLE_GRANT, name.user, name.host, request.object)));
          continue;
        }
        TablePrivileges& p = account->tables[key];
        p.table = grant ? p.table | wanted : p.table & ~wanted;
        for (const GrantedPrivilege& item : request.privileges) {
          for (const std::string& column : item.columns) {
            PrivilegeSet& bits = p.columns[column];
            bits = grant ? bits | item.privilege : bits & ~item.privilege;
            if (bits == 0) p.columns.erase(column);
          }
        }
        if (!grant) {  // a table-level REVOKE takes the column grants with it
          for (auto it = p.columns.begin(); it != p.columns.end();) {
            it->second &= ~wanted;
            it = it->second == 0 ? p.columns.erase(it) : std::next(it);
          }
        }
        if (p.empty()) account->tables.erase(key);
        break;
      }
      default: {
        auto key = std::make_pair(is_procedure, std::make_pair(request.database, request.object));
        if (!grant && account->routines.count(key) == 0) {
          MAHI_RETURN_IF_ERROR(
              missing(Error(ER_NONEXISTING_PROC_GRANT, name.user, name.host, request.object)));
          continue;
        }
        PrivilegeSet& bits = account->routines[key];
        bits = grant ? bits | wanted : bits & ~wanted;
        if (bits == 0) account->routines.erase(key);
      }
    }
    changes[name] = account;
  }
  (void)is_routine;
  return Publish(changes);
}

Status AccountManager::Grant(SecurityContext* by, const GrantRequest& request, Diagnostics* diagnostics) {
  return GrantOrRevoke(by, request, true, diagnostics);
}
Status AccountManager::Revoke(SecurityContext* by, const GrantRequest& request,
                              Diagnostics* diagnostics) {
  return GrantOrRevoke(by, request, false, diagnostics);
}

Status AccountManager::RevokeAll(SecurityContext* by, const std::vector<AccountName>& accounts,
                                 bool if_exists, bool ignore_unknown_user, Diagnostics* diagnostics) {
  MAHI_RETURN_IF_ERROR(by->CheckGlobal(kPrivilegeCreateUser));
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  for (const AccountName& raw_name : accounts) {
    AccountName name = Normalised(raw_name);
    const Account* present = set->Find(name);
    if (present == nullptr) {
      if (!ignore_unknown_user && !if_exists) return Error(ER_REVOKE_GRANTS);
      diagnostics->Warn(Error(ER_USER_DOES_NOT_EXIST, name.SingleQuoted()));
      continue;
    }
    auto account = Copy(*present);
    account->global = 0;
    account->dynamic.clear();
    account->databases.clear();
    account->tables.clear();
    account->routines.clear();
    changes[name] = account;
  }
  return Publish(changes);
}

Status AccountManager::GrantRoles(SecurityContext* by, const std::vector<AccountName>& roles,
                                  const std::vector<AccountName>& to, bool with_admin_option) {
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  const Account* own = set->Find(by->account());
  for (const AccountName& raw : roles) {
    AccountName role = Normalised(raw);
    bool is_admin = own != nullptr && own->roles.count(role) != 0 && own->roles.at(role);
    if (!is_admin && !by->HasDynamic("ROLE_ADMIN")) {
      return Error(ER_SPECIFIC_ACCESS_DENIED_ERROR, "WITH ADMIN, ROLE_ADMIN, SUPER");
    }
  }
  Changes changes;
  auto latest = [&](const AccountName& name) -> const Account* {
    auto it = changes.find(name);
    return it != changes.end() ? it->second.get() : set->Find(name);
  };
  for (const AccountName& raw_to : to) {
    AccountName name = Normalised(raw_to);
    const Account* present = latest(name);
    if (present == nullptr) return Error(ER_UNKNOWN_AUTHID, name.user, name.host);
    auto account = Copy(*present);
    for (const AccountName& raw_role : roles) {
      AccountName role = Normalised(raw_role);
      if (latest(role) == nullptr) return Error(ER_UNKNOWN_AUTHID, role.user, role.host);
      // Is the grantee reachable from the role already?
      std::vector<AccountName> todo = {role};
      std::set<AccountName> seen = {role};
      for (size_t i = 0; i < todo.size(); ++i) {
        AccountName here = todo[i];
        if (here == name) return Error(ER_ROLE_GRANTED_TO_ITSELF, role.Quoted(), name.Quoted());
        if (const Account* a = latest(here)) {
          for (const auto& [next, admin] : a->roles) {
            if (seen.insert(next).second) todo.push_back(next);
          }
        }
      }
      account->roles[role] |= with_admin_option;
    }
    changes[name] = account;
  }
  return Publish(changes);
}

Status AccountManager::RevokeRoles(SecurityContext* by, const std::vector<AccountName>& roles,
                                   const std::vector<AccountName>& from, bool if_exists,
                                   bool ignore_unknown_user, Diagnostics* diagnostics) {
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  const Account* own = set->Find(by->account());
  Changes changes;
  for (const AccountName& raw : roles) {
    AccountName role = Normalised(raw);
    bool is_admin = own != nullptr && own->roles.count(role) != 0 && own->roles.at(role);
    if (!is_admin && !by->HasDynamic("ROLE_ADMIN")) {
      return Error(ER_SPECIFIC_ACCESS_DENIED_ERROR, "WITH ADMIN, ROLE_ADMIN, SUPER");
    }
    if (set->Find(role) == nullptr) {
      if (!if_exists) return Error(ER_UNKNOWN_AUTHID, role.user, role.host);
      diagnostics->Warn(Error(ER_UNKNOWN_AUTHID, role.user, role.host));
    }
  }
  for (const AccountName& raw_from : from) {
    AccountName name = Normalised(raw_from);
    const Account* present = set->Find(name);
    if (present == nullptr) {
      if (!ignore_unknown_user) return Error(ER_UNKNOWN_AUTHID, name.user, name.host);
      diagnostics->Warn(Error(ER_UNKNOWN_AUTHID, name.user, name.host));
      continue;
    }
    auto account = Copy(*present);
    for (const AccountName& raw_role : roles) {
      AccountName role = Normalised(raw_role);
      account->roles.erase(role);
      account->default_roles.erase(role);
    }
    changes[name] = account;
  }
  return Publish(changes);
}

Status AccountManager::GrantProxy(SecurityContext* by, const AccountName& proxied,
                                  const std::vector<AccountName>& to, bool with_grant_option) {
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  const Account* own = set->Find(by->account());
  if (own != nullptr && !(own->name == Normalised(proxied))) {
    bool may = false;
    for (const auto& [name, grant] : own->proxies) {
      may |= grant && (name == Normalised(proxied) || (name.user.empty() && name.host.empty()));
    }
    if (!may) return Error(ER_ACCESS_DENIED_NO_PASSWORD_ERROR, by->account().user, by->client_host());
  }
  Changes changes;
  for (const AccountName& raw : to) {
    AccountName name = Normalised(raw);
    const Account* present = set->Find(name);
    if (present == nullptr) return Error(ER_CANT_CREATE_USER_WITH_GRANT);
    auto account = Copy(*present);
    account->proxies[Normalised(proxied)] |= with_grant_option;
    changes[name] = account;
  }
  return Publish(changes);
}

Status AccountManager::RevokeProxy(SecurityContext* by, const AccountName& proxied,
                                   const std::vector<AccountName>& from) {
  MAHI_RETURN_IF_ERROR(by->CheckGlobal(kPrivilegeCreateUser));
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  for (const AccountName& raw : from) {
    AccountName name = Normalised(raw);
    const Account* present = set->Find(name);
    if (present == nullptr || present->proxies.count(Normalised(proxied)) == 0) {
      return Error(ER_NONEXISTING_GRANT, name.user, name.host);
    }
    auto account = Copy(*present);
    account->proxies.erase(Normalised(proxied));
    changes[name] = account;
  }
  return Publish(changes);
}

Status AccountManager::SetDefaultRoles(SecurityContext* by, const std::vector<AccountName>& roles,
                                       bool all, const std::vector<AccountName>& to) {
  LatchGuard write(write_latch_);
  std::shared_ptr<const AccountSet> set = Snapshot();
  Changes changes;
  for (const AccountName& raw : to) {
    AccountName name = Normalised(raw);
    if (name != by->account()) MAHI_RETURN_IF_ERROR(by->CheckGlobal(kPrivilegeCreateUser));
    const Account* present = set->Find(name);
    if (present == nullptr) return Error(ER_UNKNOWN_AUTHID, name.user, name.host);
    auto account = Copy(*present);
    account->default_roles.clear();
    account->default_roles_all = false;
    if (all) {
      for (const auto& [role, admin] : account->roles) account->default_roles.insert(role);
    }
    for (const AccountName& raw_role : roles) {
      AccountName role = Normalised(raw_role);
      if (account->roles.count(role) == 0) return Error(ER_ROLE_NOT_GRANTED, role.Quoted(), name.Quoted());
      account->default_roles.insert(role);
    }
    changes[name] = account;
  }
  return Publish(changes);
}

namespace {

std::string GrantOption(bool with) { return with ? " WITH GRANT OPTION" : ""; }

void ShowTableGrants(const std::pair<std::string, std::string>& key, const TablePrivileges& p,
                     const std::string& to, std::vector<std::string>* lines) {
  std::string list;
  if ((p.table & kTablePrivileges) == kTablePrivileges) {
    list = "ALL PRIVILEGES";
  } else {
    for (const PrivilegeInfo& info : StaticPrivileges()) {
      if (info.bit == kPrivilegeGrant) continue;
      std::string columns;
      for (const auto& [column, bits] : p.columns) {
        if (!(bits & info.bit)) continue;
        if (!columns.empty()) columns += ", ";
        columns += Backticked(column);
      }
      if (!(p.table & info.bit) && columns.empty()) continue;
      if (!list.empty()) list += ", ";
      list += info.sql_name;
      if (!columns.empty()) list += " (" + columns + ")";
    }
    if (list.empty()) list = "USAGE";
  }
  lines->push_back("GRANT " + list + " ON " + Backticked(key.first) + "." + Backticked(key.second) + to +
                   GrantOption(p.table & kPrivilegeGrant));
}

}  // namespace

Result<std::vector<std::string>> AccountManager::ShowGrants(SecurityContext* by,
                                                            const AccountName& raw_name,
                                                            const std::vector<AccountName>& using_roles) {
  AccountName name = Normalised(raw_name);
  if (name != by->account()) MAHI_RETURN_IF_ERROR(by->CheckDatabase(kPrivilegeSelect, "mysql"));
  std::shared_ptr<const AccountSet> set = Snapshot();
  const Account* own = set->Find(name);
  if (own == nullptr) return Error(ER_NONEXISTING_GRANT, name.user, name.host);
  Account merged = *own;
  std::vector<AccountName> todo;
  std::set<AccountName> seen;
  for (const AccountName& raw_role : using_roles) {
    AccountName role = Normalised(raw_role);
    if (own->roles.count(role) == 0) return Error(ER_ROLE_NOT_GRANTED, role.Quoted(), name.Quoted());
    if (seen.insert(role).second) todo.push_back(role);
  }
  for (size_t i = 0; i < todo.size(); ++i) {
    const Account* role = set->Find(todo[i]);
    if (role == nullptr) continue;
    merged.global |= role->global;
    for (const auto& [p, grant] : role->dynamic) merged.dynamic[p] |= grant;
    for (const auto& [p, bits] : role->databases) merged.databases[p] |= bits;
    for (const auto& [key, p] : role->tables) {
      merged.tables[key].table |= p.table;
      for (const auto& [column, bits] : p.columns) merged.tables[key].columns[column] |= bits;
    }
    for (const auto& [key, bits] : role->routines) merged.routines[key] |= bits;
    for (const auto& [next, admin] : role->roles) {
      if (seen.insert(next).second) todo.push_back(next);
    }
  }

  std::vector<std::string> lines;
  const std::string to = " TO " + name.Quoted();
  PrivilegeSet global = merged.global & ~kPrivilegeGrant;
  lines.push_back("GRANT " + (global == 0 ? "USAGE" : PrivilegeNames(global)) + " ON *.*" + to +
                  GrantOption(merged.global & kPrivilegeGrant));
  for (bool with_grant : {false, true}) {
    std::string list;
    for (const auto& [p, grant] : merged.dynamic) {
      if (grant != with_grant) continue;
      if (!list.empty()) list += ",";
      list += p;
    }
    if (!list.empty()) lines.push_back("GRANT " + list + " ON *.*" + to + GrantOption(with_grant));
  }
  for (const auto& [database, bits] : merged.databases) {
    PrivilegeSet plain = bits & ~kPrivilegeGrant;
    std::string list = plain == kDatabasePrivileges ? "ALL PRIVILEGES"
                       : plain == 0                 ? "USAGE"
                                                    : PrivilegeNames(plain);
    lines.push_back("GRANT " + list + " ON " + Backticked(database) + ".*" + to +
                    GrantOption(bits & kPrivilegeGrant));
  }
  for (const auto& [key, p] : merged.tables) ShowTableGrants(key, p, to, &lines);
  for (const auto& [key, bits] : merged.routines) {
    PrivilegeSet plain = bits & ~kPrivilegeGrant;
    lines.push_back("GRANT " + (plain == 0 ? "USAGE" : PrivilegeNames(plain)) + " ON " +
                    (key.first ? "PROCEDURE " : "FUNCTION ") + Backticked(key.second.first) + "." +
                    Backticked(key.second.second) + to + GrantOption(bits & kPrivilegeGrant));
  }
  for (bool with_admin : {false, true}) {
    std::string list;
    for (const auto& [role, admin] : own->roles) {
      if (admin != with_admin) continue;
      if (!list.empty()) list += ",";
      list += role.Quoted();
    }
    if (!list.empty()) lines.push_back("GRANT " + list + to + (with_admin ? " WITH ADMIN OPTION" : ""));
  }
  for (const auto& [proxied, grant] : own->proxies) {
    lines.push_back("GRANT PROXY ON " + proxied.Quoted() + to + GrantOption(grant));
  }
  return lines;
}

Result<std::string> AccountManager::ShowCreateUser(SecurityContext* by, const AccountName& raw_name,
                                                   bool identified_with_as_hex) {
  AccountName name = Normalised(raw_name);
  if (name != by->account()) MAHI_RETURN_IF_ERROR(by->CheckDatabase(kPrivilegeSelect, "mysql"));
  std::shared_ptr<const AccountSet> set = Snapshot();
  const Account* a = set->Find(name);
  if (a == nullptr) return Error(ER_CANNOT_USER, "SHOW CREATE USER", name.SingleQuoted());
  std::string text = "CREATE USER " + name.Quoted() + " IDENTIFIED WITH " + SqlString(a->plugin);
  if (!a->authentication_string.empty()) {
    text += " AS ";
    bool printable = std::all_of(a->authentication_string.begin(), a->authentication_string.end(),
                                 [](char c) { return c >= 32 && c < 127; });
    if (identified_with_as_hex && !printable) {
      text += "0x";
      for (char c : a->authentication_string) {
        text += fmt::format("{:02X}", static_cast<unsigned>(static_cast<uint8_t>(c)));
      }
    } else {
      text += SqlString(a->authentication_string);
    }
  }
  if (!a->default_roles.empty()) {
    text += " DEFAULT ROLE ";
    bool first = true;
    for (const AccountName& role : a->default_roles) {
      if (!first) text += ",";
      first = false;
      text += role.Quoted();
    }
  }
  switch (a->tls) {
    case TlsRequirement::kNone:
      text += " REQUIRE NONE";
      break;
    case TlsRequirement::kAny:
      text += " REQUIRE SSL";
      break;
    case TlsRequirement::kX509:
      text += " REQUIRE X509";
      break;
    case TlsRequirement::kSpecified:
      text += " REQUIRE";
      if (!a->tls_subject.empty()) text += " SUBJECT " + SqlString(a->tls_subject);
      if (!a->tls_issuer.empty()) text += " ISSUER " + SqlString(a->tls_issuer);
      if (!a->tls_cipher.empty()) text += " CIPHER " + SqlString(a->tls_cipher);
  }
  const ResourceLimits& limits = a->limits;
  if (limits.max_queries_per_hour || limits.max_updates_per_hour || limits.max_connections_per_hour ||
      limits.max_user_connections) {
    text += " WITH";
    auto limit = [&](const char* label, uint32_t value) {
      if (value != 0) text += fmt::format(" {} {}", label, value);
    };
    limit("MAX_QUERIES_PER_HOUR", limits.max_queries_per_hour);
    limit("MAX_UPDATES_PER_HOUR", limits.max_updates_per_hour);
    limit("MAX_CONNECTIONS_PER_HOUR", limits.max_connections_per_hour);
    limit("MAX_USER_CONNECTIONS", limits.max_user_connections);
  }
  if (a->is_password_expired) {
    text += " PASSWORD EXPIRE";
  } else if (!a->password_lifetime_days) {
    text += " PASSWORD EXPIRE DEFAULT";
  } else if (*a->password_lifetime_days == 0) {
    text += " PASSWORD EXPIRE NEVER";
  } else {
    text += fmt::format(" PASSWORD EXPIRE INTERVAL {} DAY", *a->password_lifetime_days);
  }
  text += a->is_locked ? " ACCOUNT LOCK" : " ACCOUNT UNLOCK";
  text += a->password_history ? fmt::format(" PASSWORD HISTORY {}", *a->password_history)
                              : " PASSWORD HISTORY DEFAULT";
  text += a->password_reuse_days ? fmt::format(" PASSWORD REUSE INTERVAL {} DAY", *a->password_reuse_days)
                                 : " PASSWORD REUSE INTERVAL DEFAULT";
  text += !a->password_require_current  ? " PASSWORD REQUIRE CURRENT DEFAULT"
          : *a->password_require_current ? " PASSWORD REQUIRE CURRENT"
                                         : " PASSWORD REQUIRE CURRENT OPTIONAL";
  if (a->failed_login_attempts != 0 || a->password_lock_days != 0) {
    text += fmt::format(" FAILED_LOGIN_ATTEMPTS {} PASSWORD_LOCK_TIME ", a->failed_login_attempts);
    text += a->password_lock_days < 0 ? "UNBOUNDED" : fmt::format("{}", a->password_lock_days);
  }
  if (!a->attributes_json.empty()) text += " ATTRIBUTE " + SqlString(a->attributes_json);
  return text;
}

Status AccountManager::DropRoutineGrants(std::string_view database, std::string_view routine,
                                         bool is_procedure) {
  auto key = std::make_pair(is_procedure, std::make_pair(std::string(database), std::string(routine)));
  LatchGuard write(write_latch_);
  Changes changes;
  for (const auto& [name, account] : Snapshot()->accounts) {
    if (account->routines.count(key) == 0) continue;
    auto next = Copy(*account);
    next->routines.erase(key);
    changes[name] = next;
  }
  return Publish(changes);
}

Status AccountManager::GrantRoutineToCreator(SecurityContext* by, std::string_view database,
                                             std::string_view routine, bool is_procedure) {
  if (by->is_internal() ||
      by->CheckRoutine(kPrivilegeExecute | kPrivilegeAlterRoutine, database, routine, is_procedure).ok()) {
    return Status::Ok();
  }
  LatchGuard write(write_latch_);
  const Account* present = Snapshot()->Find(by->account());
  if (present == nullptr) return Status::Ok();
  auto account = Copy(*present);
  account->routines[{is_procedure, {std::string(database), std::string(routine)}}] |=
      kPrivilegeExecute | kPrivilegeAlterRoutine;
  return Publish({{account->name, account}});
}

Status AccountManager::CountConnection(const AccountName& name, uint32_t global_max_user_connections) {
  std::shared_ptr<const AccountSet> set = Snapshot();
  const Account* account = set->Find(name);
  if (account == nullptr) return Status::Ok();
  LatchGuard guard(usage_latch_);
  Usage& usage = usage_[name];
  int64_t hour = Now() / 3600;
  if (usage.hour_began != hour) {
    usage.hour_began = hour;
    usage.connections_this_hour = usage.queries_this_hour = usage.updates_this_hour = 0;
  }
  const ResourceLimits& limits = account->limits;
  uint32_t max_user = limits.max_user_connections != 0 ? limits.max_user_connections
                                                       : global_max_user_connections;
  if (max_user != 0 && usage.connections >= max_user) {
    if (limits.max_user_connections == 0) return Error(ER_TOO_MANY_USER_CONNECTIONS, name.user);
    return Error(ER_USER_LIMIT_REACHED, name.user, "max_user_connections", max_user);
  }
  if (limits.max_connections_per_hour != 0 &&
      usage.connections_this_hour >= limits.max_connections_per_hour) {
    return Error(ER_USER_LIMIT_REACHED, name.user, "max_connections_per_hour",
                 limits.max_connections_per_hour);
  }
  ++usage.connections;
  ++usage.connections_this_hour;
  return Status::Ok();
}

void AccountManager::ReleaseConnection(const AccountName& name) {
  LatchGuard guard(usage_latch_);
  auto it = usage_.find(name);
  if (it != usage_.end() && it->second.connections != 0) --it->second.connections;
}

Status AccountManager::CountQuery(const AccountName& name, bool is_update) {
  std::shared_ptr<const AccountSet> set = Snapshot();
  const Account* account = set->Find(name);
  if (account == nullptr) return Status::Ok();
  const ResourceLimits& limits = account->limits;
  if (limits.max_queries_per_hour == 0 && limits.max_updates_per_hour == 0) return Status::Ok();
  LatchGuard guard(usage_latch_);
  Usage& usage = usage_[name];
  int64_t hour = Now() / 3600;
  if (usage.hour_began != hour) {
    usage.hour_began = hour;
    usage.connections_this_hour = usage.queries_this_hour = usage.updates_this_hour = 0;
  }
  if (limits.max_queries_per_hour != 0 && usage.queries_this_hour >= limits.max_queries_per_hour) {
    return Error(ER_USER_LIMIT_REACHED, name.user, "max_queries_per_hour", limits.max_queries_per_hour);
  }
  ++usage.queries_this_hour;
  if (!is_update) return Status::Ok();
  if (limits.max_updates_per_hour != 0 && usage.updates_this_hour >= limits.max_updates_per_hour) {
    return Error(ER_USER_LIMIT_REACHED, name.user, "max_updates_per_hour", limits.max_updates_per_hour);
  }
  ++usage.updates_this_hour;
  return Status::Ok();
}

Status AccountManager::CheckFailedLogins(const Account& account) {
  if (account.failed_login_attempts == 0 || account.password_lock_days == 0) return Status::Ok();
  LatchGuard guard(usage_latch_);
  Usage& usage = usage_[account.name];
  if (usage.locked_until == 0) return Status::Ok();
  int64_t now = Now();
  if (usage.locked_until > 0 && now >= usage.locked_until) {
    usage.locked_until = 0;
    usage.failed_logins = 0;
    return Status::Ok();
  }
  std::string days = account.password_lock_days < 0 ? "unlimited" : fmt::format("{}", account.password_lock_days);
  std::string rest = usage.locked_until < 0
                         ? "unlimited"
                         : fmt::format("{}", (usage.locked_until - now + 86399) / 86400);
  return Error(ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK, account.name.user,
               account.name.host, days, rest, account.failed_login_attempts);
}

void AccountManager::CountFailedLogin(const Account& account) {
  if (account.failed_login_attempts == 0 || account.password_lock_days == 0) return;
  LatchGuard guard(usage_latch_);
  Usage& usage = usage_[account.name];
  if (++usage.failed_logins < account.failed_login_attempts) return;
  usage.locked_until =
      account.password_lock_days < 0 ? -1 : Now() + int64_t{86400} * account.password_lock_days;
}

void AccountManager::ClearFailedLogins(const AccountName& name) {
  LatchGuard guard(usage_latch_);
  auto it = usage_.find(name);
  if (it == usage_.end()) return;
  it->second.failed_logins = 0;
  it->second.locked_until = 0;
}

}  // namespace mahi
