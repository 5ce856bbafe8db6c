// Grants and roles.
// Source: MySQL 8.4 manual, "The INFORMATION_SCHEMA USER_PRIVILEGES Table" and its neighbours, "... APPLICABLE_ROLES Table",
// "... USER_ATTRIBUTES Table".

#include <functional>
#include <set>

#include "auth/account_manager.h"
#include "auth/privilege.h"
#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

// Accounts whose grants the session may see: all of them with SELECT on mysql.*, else its own and its active roles'.
Status ForEachAccount(ViewScan& scan, const std::function<Status(const Account&)>& visit) {
  if (scan.host() == nullptr) return Status::Ok();
  std::shared_ptr<const AccountSet> accounts = scan.host()->accounts().Snapshot();
  SecurityContext* security = scan.security();
  const bool sees_all = security == nullptr || (security->DatabasePrivileges("mysql") & kPrivilegeSelect) != 0;
  for (const auto& [name, account] : accounts->accounts) {
    if (!sees_all && name != security->account() && !security->active_roles().contains(name)) continue;
    if (!scan.MayMatch("GRANTEE", name.SingleQuoted())) continue;
    MAHI_RETURN_IF_ERROR(visit(*account));
  }
  return Status::Ok();
}

// Calls `write` for every privilege of `held` but GRANT OPTION, or once with USAGE when there is none.
Status ForEachPrivilege(PrivilegeSet held, bool shows_usage, const std::function<Status(const char*)>& write) {
  bool has_any = false;
  for (const PrivilegeInfo& privilege : StaticPrivileges()) {
    if (privilege.bit == kPrivilegeGrant || (held & privilege.bit) == 0) continue;
    has_any = true;
    MAHI_RETURN_IF_ERROR(write(privilege.sql_name));
  }
  return has_any || !shows_usage ? Status::Ok() : write("USAGE");
}

Status UserPrivileges(ViewScan& scan) {
  return ForEachAccount(scan, [&](const Account& account) -> Status {
    const std::string grantee = account.name.SingleQuoted();
    MAHI_RETURN_IF_ERROR(ForEachPrivilege(account.global, true, [&](const char* privilege) {
      scan.Text(grantee).Text("def").Text(privilege).YesNo((account.global & kPrivilegeGrant) != 0);
      return scan.EndRow();
    }));
    for (const auto& [privilege, with_grant] : account.dynamic) {
      scan.Text(grantee).Text("def").Text(privilege).YesNo(with_grant);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

Status SchemaPrivileges(ViewScan& scan) {
  return ForEachAccount(scan, [&](const Account& account) -> Status {
    for (const auto& [database, privileges] : account.databases) {
      const PrivilegeSet held = privileges;
      MAHI_RETURN_IF_ERROR(ForEachPrivilege(held, true, [&, &on = database](const char* privilege) {
        scan.Text(account.name.SingleQuoted()).Text("def").Text(on).Text(privilege).YesNo((held & kPrivilegeGrant) != 0);
        return scan.EndRow();
      }));
    }
    return Status::Ok();
  });
}

Status TablePrivilegesView(ViewScan& scan) {
  return ForEachAccount(scan, [&](const Account& account) -> Status {
    for (const auto& [table, privileges] : account.tables) {
      const PrivilegeSet held = privileges.table;
      if (held == 0) continue;
      MAHI_RETURN_IF_ERROR(ForEachPrivilege(held, true, [&, &on = table](const char* privilege) {
        scan.Text(account.name.SingleQuoted()).Text("def").Text(on.first).Text(on.second).Text(privilege);
        scan.YesNo((held & kPrivilegeGrant) != 0);
        return scan.EndRow();
      }));
    }
    return Status::Ok();
  });
}

Status ColumnPrivilegesView(ViewScan& scan) {
  return ForEachAccount(scan, [&](const Account& account) -> Status {
    for (const auto& [table, privileges] : account.tables) {
      const bool with_grant = (privileges.table & kPrivilegeGrant) != 0;
      for (const auto& [column, held] : privileges.columns) {
        MAHI_RETURN_IF_ERROR(ForEachPrivilege(held, false, [&, &on = table, &of = column](const char* privilege) {
          scan.Text(account.name.SingleQuoted()).Text("def").Text(on.first).Text(on.second).Text(of).Text(privilege);
          scan.YesNo(with_grant);
          return scan.EndRow();
        }));
      }
    }
    return Status::Ok();
  });
}

bool IsMandatory(ViewScan&, const AccountName&) { return false; }

Status ApplicableRolesOf(ViewScan& scan, bool only_administrable) {
  if (scan.host() == nullptr || scan.security() == nullptr) return Status::Ok();
  const AccountName self = scan.security()->account();
  std::shared_ptr<const AccountSet> accounts = scan.host()->accounts().Snapshot();
  std::set<AccountName> visited = {self};
  std::vector<AccountName> pending = {self};
  for (size_t i = 0; i < pending.size(); ++i) {
    const Account* account = accounts->Find(pending[i]);
    if (account == nullptr) continue;
    for (const auto& [role, with_admin] : account->roles) {
      if (visited.insert(role).second) pending.push_back(role);
      if (only_administrable && !with_admin) continue;
      scan.Text(self.user).Text(self.host).Text(account->name.user).Text(account->name.host).Text(role.user).Text(role.host);
      const Account* own = accounts->Find(self);
      scan.YesNo(with_admin).YesNo(own != nullptr && (own->default_roles_all || own->default_roles.contains(role)));
      scan.YesNo(IsMandatory(scan, role));
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
  }
  return Status::Ok();
}
Status ApplicableRoles(ViewScan& scan) { return ApplicableRolesOf(scan, false); }
Status AdministrableRoles(ViewScan& scan) { return ApplicableRolesOf(scan, true); }

Status EnabledRoles(ViewScan& scan) {
  if (scan.security() == nullptr) return Status::Ok();
  std::shared_ptr<const AccountSet> accounts = scan.host()->accounts().Snapshot();
  const Account* own = accounts->Find(scan.security()->account());
  for (const AccountName& role : scan.security()->active_roles()) {
    scan.Text(role.user).Text(role.host);
    scan.YesNo(own != nullptr && (own->default_roles_all || own->default_roles.contains(role))).YesNo(IsMandatory(scan, role));
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

// The active roles' grants. GRANTOR is not kept.
Status ForEachEnabledRole(ViewScan& scan, const std::function<Status(const Account&)>& visit) {
  if (scan.security() == nullptr) return Status::Ok();
  std::shared_ptr<const AccountSet> accounts = scan.host()->accounts().Snapshot();
  for (const AccountName& role : scan.security()->active_roles()) {
    if (const Account* account = accounts->Find(role)) MAHI_RETURN_IF_ERROR(visit(*account));
  }
  return Status::Ok();
}

// "Select,Insert" as in the SET columns of the grant tables.
std::string SetText(PrivilegeSet privileges) {
  std::string text;
  for (const PrivilegeInfo& privilege : StaticPrivileges()) {
    if (privilege.bit == kPrivilegeGrant || (privileges & privilege.bit) == 0) continue;
    if (!text.empty()) text += ',';
    text += privilege.sql_name;
  }
  return text;
}

Status RoleTableGrants(ViewScan& scan) {
  return ForEachEnabledRole(scan, [&](const Account& role) -> Status {
    for (const auto& [table, privileges] : role.tables) {
      if (privileges.table == 0) continue;
      scan.Text("").Text("").Text(role.name.user).Text(role.name.host).Text("def").Text(table.first).Text(table.second);
      scan.Text(SetText(privileges.table)).YesNo((privileges.table & kPrivilegeGrant) != 0);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

Status RoleColumnGrants(ViewScan& scan) {
  return ForEachEnabledRole(scan, [&](const Account& role) -> Status {
    for (const auto& [table, privileges] : role.tables) {
      for (const auto& [column, held] : privileges.columns) {
        scan.Text("").Text("").Text(role.name.user).Text(role.name.host).Text("def").Text(table.first).Text(table.second);
        scan.Text(column).Text(SetText(held)).YesNo((privileges.table & kPrivilegeGrant) != 0);
        MAHI_RETURN_IF_ERROR(scan.EndRow());
      }
    }
    return Status::Ok();
  });
}

Status RoleRoutineGrants(ViewScan& scan) {
  return ForEachEnabledRole(scan, [&](const Account& role) -> Status {
    for (const auto& [routine, held] : role.routines) {
      const auto& [schema, name] = routine.second;
      scan.Text("").Text("").Text(role.name.user).Text(role.name.host).Text("def").Text(schema).Text(name);
      scan.Text("def").Text(schema).Text(name).Text(SetText(held)).YesNo((held & kPrivilegeGrant) != 0);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

Status UserAttributes(ViewScan& scan) {
  if (scan.host() == nullptr) return Status::Ok();
  std::shared_ptr<const AccountSet> accounts = scan.host()->accounts().Snapshot();
  SecurityContext* security = scan.security();
  const bool sees_all = security == nullptr || (security->DatabasePrivileges("mysql") & (kPrivilegeSelect | kPrivilegeUpdate)) != 0 ||
                        (security->GlobalPrivileges() & kPrivilegeCreateUser) != 0;
  for (const auto& [name, account] : accounts->accounts) {
    if (!sees_all && name != security->account()) continue;
    scan.Text(name.user).Text(name.host).TextOrNull(account->attributes_json);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

}  // namespace

void DeclarePrivilegeViews(Catalog* catalog) {
  const std::string tail = "PRIVILEGE_TYPE varchar(64) NOT NULL, IS_GRANTABLE varchar(3) NOT NULL";
  const std::string head = "GRANTEE varchar(292) NOT NULL, TABLE_CATALOG varchar(512) NOT NULL, ";
  Declare(catalog, kInformationSchema, "USER_PRIVILEGES", head + tail, UserPrivileges);
  Declare(catalog, kInformationSchema, "SCHEMA_PRIVILEGES", head + "TABLE_SCHEMA varchar(64) NOT NULL, " + tail, SchemaPrivileges);
  Declare(catalog, kInformationSchema, "TABLE_PRIVILEGES",
          head + "TABLE_SCHEMA varchar(64) NOT NULL, TABLE_NAME varchar(64) NOT NULL, " + tail, TablePrivilegesView);
  Declare(catalog, kInformationSchema, "COLUMN_PRIVILEGES",
          head + "TABLE_SCHEMA varchar(64) NOT NULL, TABLE_NAME varchar(64) NOT NULL, COLUMN_NAME varchar(64) NOT NULL, " + tail,
          ColumnPrivilegesView);

  constexpr std::string_view kRoles =
      "USER varchar(97), HOST varchar(256), GRANTEE varchar(97), GRANTEE_HOST varchar(256), ROLE_NAME varchar(255), "
      "ROLE_HOST varchar(256), IS_GRANTABLE varchar(3) NOT NULL, IS_DEFAULT varchar(3), IS_MANDATORY varchar(3) NOT NULL";
  Declare(catalog, kInformationSchema, "APPLICABLE_ROLES", kRoles, ApplicableRoles, 10);
  Declare(catalog, kInformationSchema, "ADMINISTRABLE_ROLE_AUTHORIZATIONS", kRoles, AdministrableRoles, 10);
  Declare(catalog, kInformationSchema, "ENABLED_ROLES",
          "ROLE_NAME varchar(255), ROLE_HOST varchar(255), IS_DEFAULT varchar(3), IS_MANDATORY varchar(3) NOT NULL", EnabledRoles, 10);
  const std::string role_head =
      "GRANTOR varchar(97), GRANTOR_HOST varchar(256), GRANTEE varchar(32) NOT NULL, GRANTEE_HOST varchar(255) NOT NULL, ";
  const std::string table_privileges =
      "PRIVILEGE_TYPE set('Select','Insert','Update','Delete','Create','Drop','Grant','References','Index','Alter','Create View',"
      "'Show view','Trigger') NOT NULL, IS_GRANTABLE varchar(3) NOT NULL";
  Declare(catalog, kInformationSchema, "ROLE_TABLE_GRANTS",
          role_head + "TABLE_CATALOG varchar(3) NOT NULL, TABLE_SCHEMA varchar(64) NOT NULL, TABLE_NAME varchar(64) NOT NULL, " +
              table_privileges,
          RoleTableGrants, 10);
  Declare(catalog, kInformationSchema, "ROLE_COLUMN_GRANTS",
          role_head +
              "TABLE_CATALOG varchar(3) NOT NULL, TABLE_SCHEMA varchar(64) NOT NULL, TABLE_NAME varchar(64) NOT NULL, "
              "COLUMN_NAME varchar(64) NOT NULL, PRIVILEGE_TYPE set('Select','Insert','Update','References') NOT NULL, "
              "IS_GRANTABLE varchar(3) NOT NULL",
          RoleColumnGrants, 10);
  Declare(catalog, kInformationSchema, "ROLE_ROUTINE_GRANTS",
          role_head +
              "SPECIFIC_CATALOG varchar(3) NOT NULL, SPECIFIC_SCHEMA varchar(64) NOT NULL, SPECIFIC_NAME varchar(64) NOT NULL, "
              "ROUTINE_CATALOG varchar(3) NOT NULL, ROUTINE_SCHEMA varchar(64) NOT NULL, ROUTINE_NAME varchar(64) NOT NULL, "
              "PRIVILEGE_TYPE set('Execute','Alter Routine','Grant') NOT NULL, IS_GRANTABLE varchar(3) NOT NULL",
          RoleRoutineGrants, 10);
  Declare(catalog, kInformationSchema, "USER_ATTRIBUTES",
          "USER char(32) NOT NULL, HOST char(255) NOT NULL, ATTRIBUTE longtext", UserAttributes, 10);
}

}  // namespace mahi
