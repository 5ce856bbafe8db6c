#include "auth/security_context.h"

#include <strings.h>

#include <algorithm>

#include "auth/account_manager.h"

namespace mahi {
namespace {

bool EqualsNoCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Databases of computed tables: everyone may read what they show (they filter by privilege themselves).
bool IsReadableByAll(std::string_view database) {
  return EqualsNoCase(database, "information_schema") || EqualsNoCase(database, "performance_schema");
}

void MergeAccount(const Account& account, PrivilegeSet* global, std::map<std::string, bool>* dynamic) {
  *global |= account.global;
  for (const auto& [name, with_grant] : account.dynamic) (*dynamic)[name] |= with_grant;
}

// SUPER still covers what it covered before each of these was split from it.
constexpr std::string_view kImpliedBySuper[] = {
    "BINLOG_ADMIN", "BINLOG_ENCRYPTION_ADMIN", "CONNECTION_ADMIN", "ENCRYPTION_KEY_ADMIN",
    "GROUP_REPLICATION_ADMIN", "REPLICATION_SLAVE_ADMIN", "ROLE_ADMIN", "SESSION_VARIABLES_ADMIN",
    "SYSTEM_VARIABLES_ADMIN", "XA_RECOVER_ADMIN", "BACKUP_ADMIN", "RESOURCE_GROUP_ADMIN",
    "RESOURCE_GROUP_USER", "SET_ANY_DEFINER", "ALLOW_NONEXISTENT_DEFINER", "PERSIST_RO_VARIABLES_ADMIN"};

}  // namespace

SecurityContext::SecurityContext(AccountManager* manager, AccountName account, std::string user,
                                 std::string client_host)
    : manager_(manager),
      account_(std::move(account)),
      user_(std::move(user)),
      client_host_(std::move(client_host)) {
  if (manager_ != nullptr) SetDefaultRoles();
}

const SecurityContext::Effective* SecurityContext::Current() {
  if (manager_ == nullptr || manager_->options().skip_grant_tables) return nullptr;
  if (version_ != manager_->version()) Recompute(*manager_->Snapshot());
  return &effective_;
}

void SecurityContext::Recompute(const AccountSet& set) {
  version_ = set.version;
  effective_ = Effective();
  // The account, its active roles, and roles granted to those.
  std::vector<const Account*> todo;
  std::set<AccountName> seen;
  auto visit = [&](const AccountName& name) {
    const Account* account = set.Find(name);
    if (account != nullptr && seen.insert(name).second) todo.push_back(account);
    return account;
  };
  const Account* own = visit(account_);
  // A role that was revoked or dropped is no longer active.
  if (own != nullptr) {
    std::erase_if(active_roles_, [&](const AccountName& role) {
      return own->roles.count(role) == 0 || set.Find(role) == nullptr;
    });
  }
  for (const AccountName& role : active_roles_) visit(role);
  for (size_t i = 0; i < todo.size(); ++i) {
    const Account& account = *todo[i];
    if (&account != own) {
      for (const auto& [role, admin] : account.roles) visit(role);
    }
    MergeAccount(account, &effective_.global, &effective_.dynamic);
    if (!account.databases.empty()) {
      auto& list = effective_.databases.emplace_back(account.databases.begin(), account.databases.end());
      std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
        return HostSpecificity(a.first) > HostSpecificity(b.first);
      });
    }
    for (const auto& [key, privileges] : account.tables) {
      TablePrivileges& merged = effective_.tables[key];
      merged.table |= privileges.table;
      for (const auto& [column, bits] : privileges.columns) merged.columns[column] |= bits;
    }
    for (const auto& [key, bits] : account.routines) effective_.routines[key] |= bits;
  }
}

PrivilegeSet SecurityContext::DatabaseOnly(const Effective& e, std::string_view database) const {
  PrivilegeSet set = 0;
  for (const auto& list : e.databases) {
    for (const auto& [pattern, privileges] : list) {
      if (pattern == database || DatabasePatternMatches(pattern, database)) {
        set |= privileges;
        break;
      }
    }
  }
  return set;
}

Status SecurityContext::CheckGlobal(PrivilegeSet wanted) {
  const Effective* e = Current();
  if (e == nullptr || (wanted & ~e->global) == 0) return Status::Ok();
  return Error(ER_SPECIFIC_ACCESS_DENIED_ERROR, PrivilegeNames(wanted & ~e->global));
}

Status SecurityContext::CheckGlobalAny(PrivilegeSet any_of) {
  const Effective* e = Current();
  if (e == nullptr || (any_of & e->global) != 0) return Status::Ok();
  return Error(ER_SPECIFIC_ACCESS_DENIED_ERROR, PrivilegeNames(any_of));
}

bool SecurityContext::HasDynamic(std::string_view name) {
  const Effective* e = Current();
  if (e == nullptr) return true;
  if (e->dynamic.count(std::string(name)) != 0) return true;
  return (e->global & kPrivilegeSuper) &&
         std::find(std::begin(kImpliedBySuper), std::end(kImpliedBySuper), name) !=
             std::end(kImpliedBySuper);
}

Status SecurityContext::CheckDynamic(std::string_view name) {
  if (HasDynamic(name)) return Status::Ok();
  bool super = std::find(std::begin(kImpliedBySuper), std::end(kImpliedBySuper), name) !=
               std::end(kImpliedBySuper);
  return Error(ER_SPECIFIC_ACCESS_DENIED_ERROR,
               super ? "SUPER or " + std::string(name) : std::string(name));
}

Status SecurityContext::CheckDatabase(PrivilegeSet wanted, std::string_view database) {
  const Effective* e = Current();
  if (e == nullptr || (wanted & ~e->global) == 0) return Status::Ok();
  if (IsReadableByAll(database)) {
    if ((wanted & ~kPrivilegeSelect) == 0) return Status::Ok();
  } else if ((wanted & ~(e->global | DatabaseOnly(*e, database))) == 0) {
    return Status::Ok();
  }
  return Error(ER_DBACCESS_DENIED_ERROR, account_.user, account_.host, database);
}

PrivilegeSet SecurityContext::TablePrivilegesOn(std::string_view database, std::string_view table) {
  const Effective* e = Current();
  if (e == nullptr) return ~PrivilegeSet{0};
  PrivilegeSet have = e->global;
  if (IsReadableByAll(database)) return have | kPrivilegeSelect;
  have |= DatabaseOnly(*e, database);
  if (!e->tables.empty()) {
    auto it = e->tables.find({std::string(database), std::string(table)});
    if (it != e->tables.end()) have |= it->second.table;
  }
  return have;
}

Status SecurityContext::CheckTable(PrivilegeSet wanted, std::string_view database,
                                   std::string_view table) {
  const Effective* e = Current();
  if (e == nullptr || (wanted & ~e->global) == 0) return Status::Ok();
  PrivilegeSet missing = wanted & ~TablePrivilegesOn(database, table);
  if (missing == 0) return Status::Ok();
  if (EqualsNoCase(database, "information_schema")) {
    return Error(ER_DBACCESS_DENIED_ERROR, account_.user, account_.host, database);
  }
  return Error(ER_TABLEACCESS_DENIED_ERROR, PrivilegeNames(missing), account_.user, client_host_, table);
}

PrivilegeSet SecurityContext::ColumnPrivilegesOn(std::string_view database, std::string_view table,
                                                 std::string_view column) {
  const Effective* e = Current();
  if (e == nullptr) return ~PrivilegeSet{0};
  PrivilegeSet have = TablePrivilegesOn(database, table);
  auto it = e->tables.find({std::string(database), std::string(table)});
  if (it == e->tables.end()) return have;
  for (const auto& [name, bits] : it->second.columns) {
    if (EqualsNoCase(name, column)) have |= bits;
  }
  return have;
}

Status SecurityContext::CheckColumns(PrivilegeSet wanted, std::string_view database,
                                     std::string_view table,
                                     std::span<const std::string_view> columns) {
  const Effective* e = Current();
  if (e == nullptr || (wanted & ~e->global) == 0) return Status::Ok();
  PrivilegeSet missing = wanted & ~TablePrivilegesOn(database, table);
  if (missing == 0) return Status::Ok();
  auto it = e->tables.find({std::string(database), std::string(table)});
  PrivilegeSet on_any_column = 0;
  if (it != e->tables.end()) {
    for (const auto& [name, bits] : it->second.columns) on_any_column |= bits;
  }
  if ((missing & ~on_any_column) != 0) {
    return Error(ER_TABLEACCESS_DENIED_ERROR, PrivilegeNames(missing), account_.user, client_host_,
                 table);
  }
  for (std::string_view column : columns) {
    PrivilegeSet lacking = missing & ~ColumnPrivilegesOn(database, table, column);
    if (lacking != 0) {
      return Error(ER_COLUMNACCESS_DENIED_ERROR, PrivilegeNames(lacking), account_.user, client_host_,
                   column, table);
    }
  }
  return Status::Ok();
}

Status SecurityContext::CheckRoutine(PrivilegeSet wanted, std::string_view database,
                                     std::string_view routine, bool is_procedure) {
  const Effective* e = Current();
  if (e == nullptr) return Status::Ok();
  PrivilegeSet have = e->global | DatabaseOnly(*e, database);
  auto it = e->routines.find({is_procedure, {std::string(database), std::string(routine)}});
  if (it != e->routines.end()) have |= it->second;
  PrivilegeSet missing = wanted & ~have;
  if (missing == 0) return Status::Ok();
  return Error(ER_PROCACCESS_DENIED_ERROR, PrivilegeNames(missing), account_.user, client_host_,
               std::string(database) + "." + std::string(routine));
}

bool SecurityContext::MaySeeThreadOf(const AccountName& owner) {
  const Effective* e = Current();
  return e == nullptr || (e->global & kPrivilegeProcess) || owner.user == account_.user;
}

PrivilegeSet SecurityContext::GlobalPrivileges() {
  const Effective* e = Current();
  return e == nullptr ? ~PrivilegeSet{0} : e->global;
}

PrivilegeSet SecurityContext::DatabasePrivileges(std::string_view database) {
  const Effective* e = Current();
  if (e == nullptr) return ~PrivilegeSet{0};
  if (IsReadableByAll(database)) return e->global | kPrivilegeSelect;
  return e->global | DatabaseOnly(*e, database);
}

bool SecurityContext::CanSeeDatabase(std::string_view database) {
  const Effective* e = Current();
  if (e == nullptr || IsReadableByAll(database)) return true;
  constexpr PrivilegeSet kAnyObject = ~PrivilegeSet{0};
  if (e->global & ((kDatabasePrivileges | kPrivilegeShowDatabases) & ~kPrivilegeCreateTemporaryTables)) {
    return true;
  }
  if (DatabaseOnly(*e, database) & kAnyObject) return true;
  for (const auto& [key, privileges] : e->tables) {
    if (key.first == database) return true;
  }
  for (const auto& [key, privileges] : e->routines) {
    if (key.second.first == database) return true;
  }
  return false;
}

bool SecurityContext::CanSeeTable(std::string_view database, std::string_view table) {
  const Effective* e = Current();
  if (e == nullptr || IsReadableByAll(database)) return true;
  if ((TablePrivilegesOn(database, table) & (kTablePrivileges | kPrivilegeGrant)) != 0) return true;
  auto it = e->tables.find({std::string(database), std::string(table)});
  return it != e->tables.end() && !it->second.empty();
}

bool SecurityContext::CanSeeRoutine(std::string_view database, std::string_view routine,
                                    bool is_procedure) {
  const Effective* e = Current();
  if (e == nullptr || HasDynamic("SHOW_ROUTINE")) return true;
  constexpr PrivilegeSet kEnough =
      kPrivilegeExecute | kPrivilegeAlterRoutine | kPrivilegeCreateRoutine | kPrivilegeGrant;
  if ((e->global | DatabaseOnly(*e, database)) & (kEnough | kPrivilegeSelect)) return true;
  return e->routines.count({is_procedure, {std::string(database), std::string(routine)}}) != 0;
}

Status SecurityContext::SetRoles(const std::set<AccountName>& roles) {
  if (manager_ == nullptr) return Status::Ok();
  std::shared_ptr<const AccountSet> set = manager_->Snapshot();
  const Account* own = set->Find(account_);
  for (const AccountName& role : roles) {
    if (own == nullptr || own->roles.count(role) == 0) {
      return Error(ER_ROLE_NOT_GRANTED, role.Quoted(), account_.Quoted());
    }
  }
  active_roles_ = roles;
  version_ = 0;
  return Status::Ok();
}

void SecurityContext::SetDefaultRoles() {
  if (manager_ == nullptr) return;
  std::shared_ptr<const AccountSet> set = manager_->Snapshot();
  active_roles_.clear();
  version_ = 0;
  const Account* own = set->Find(account_);
  if (own == nullptr) return;
  if (own->default_roles_all) return SetAllRoles({});
  for (const AccountName& role : own->default_roles) {
    if (own->roles.count(role) != 0) active_roles_.insert(role);
  }
}

void SecurityContext::SetAllRoles(const std::set<AccountName>& except) {
  if (manager_ == nullptr) return;
  std::shared_ptr<const AccountSet> set = manager_->Snapshot();
  active_roles_.clear();
  version_ = 0;
  const Account* own = set->Find(account_);
  if (own == nullptr) return;
  for (const auto& [role, admin] : own->roles) {
    if (except.count(role) == 0) active_roles_.insert(role);
  }
}

void SecurityContext::SetNoRoles() {
  active_roles_.clear();
  version_ = 0;
}

std::string SecurityContext::CurrentRoleText() const {
  if (active_roles_.empty()) return "NONE";
  std::string text;
  for (const AccountName& role : active_roles_) {
    if (!text.empty()) text += ",";
    text += role.Quoted();
  }
  return text;
}

}  // namespace mahi
