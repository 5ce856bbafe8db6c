// Account statements: AST -> requests of auth/.

#include "session/internal/session_impl.h"

namespace mahi {

namespace {

AccountName ToName(const ast::AccountName& name) { return {std::string(name.user), std::string(name.host)}; }

std::vector<AccountName> ToNames(ast::List<ast::AccountName> names, const AccountName& current) {
  std::vector<AccountName> result;
  for (const ast::AccountName& name : names) result.push_back(name.is_current_user ? current : ToName(name));
  return result;
}

Result<AccountRequest> ToRequest(const ast::UserSpecification& user, const AccountName& current) {
  AccountRequest request;
  request.name = user.account.is_current_user ? current : ToName(user.account);
  request.is_current_user = user.account.is_current_user;
  if (user.factors.size() > 1) return Error(ER_NOT_SUPPORTED_YET, "multifactor authentication");
  if (!user.factors.empty()) {
    const ast::Authentication& factor = user.factors[0];
    if (factor.factor != 1) return Error(ER_NOT_SUPPORTED_YET, "multifactor authentication");
    AuthenticationClause clause;
    clause.plugin = factor.plugin;
    if (factor.password) clause.password = std::string(*factor.password);
    if (factor.hash) clause.hash = std::string(*factor.hash);
    clause.random_password = factor.random_password;
    clause.retain_current_password = factor.retain_current;
    clause.discard_old_password = factor.discard_old;
    if (factor.current_password) clause.current_password = std::string(*factor.current_password);
    request.authentication = std::move(clause);
  } else if (user.discard_old_password) {
    AuthenticationClause clause;
    clause.discard_old_password = true;
    request.authentication = std::move(clause);
  }
  return request;
}

std::optional<uint32_t> Narrow(const std::optional<uint64_t>& value) {
  if (!value) return std::nullopt;
  return static_cast<uint32_t>(std::min<uint64_t>(*value, 0xffffffff));
}

AccountClauses ToClauses(const ast::UserOptions& options) {
  AccountClauses clauses;
  switch (options.tls) {
    case ast::TlsRequirement::kUnspecified:
      break;
    case ast::TlsRequirement::kNone:
      clauses.tls = TlsRequirement::kNone;
      break;
    case ast::TlsRequirement::kSsl:
      clauses.tls = TlsRequirement::kAny;
      break;
    case ast::TlsRequirement::kX509:
      clauses.tls = TlsRequirement::kX509;
      break;
    case ast::TlsRequirement::kSpecified:
      clauses.tls = TlsRequirement::kSpecified;
      break;
  }
  clauses.tls_cipher = options.tls_cipher;
  clauses.tls_issuer = options.tls_issuer;
  clauses.tls_subject = options.tls_subject;
  clauses.max_queries_per_hour = Narrow(options.max_queries_per_hour);
  clauses.max_updates_per_hour = Narrow(options.max_updates_per_hour);
  clauses.max_connections_per_hour = Narrow(options.max_connections_per_hour);
  clauses.max_user_connections = Narrow(options.max_user_connections);
  if (options.account_lock != ast::Tristate::kDefault) clauses.locked = options.account_lock == ast::Tristate::kYes;
  switch (options.password_lifetime) {
    case ast::PasswordLifetime::kUnspecified:
      break;
    case ast::PasswordLifetime::kExpireNow:
      clauses.expire_now = true;
      break;
    case ast::PasswordLifetime::kDefault:
      clauses.expire = AccountClauses::Expire::kDefault;
      break;
    case ast::PasswordLifetime::kNever:
      clauses.expire = AccountClauses::Expire::kNever;
      break;
    case ast::PasswordLifetime::kDays:
      clauses.expire = AccountClauses::Expire::kInterval;
      clauses.expire_days = static_cast<uint32_t>(options.password_lifetime_days);
      break;
  }
  clauses.history_default = options.has_password_history && !options.password_history;
  clauses.password_history = Narrow(options.password_history);
  clauses.reuse_default = options.has_password_reuse_interval && !options.password_reuse_interval;
  clauses.password_reuse_days = Narrow(options.password_reuse_interval);
  if (options.has_require_current) {
    clauses.require_current_default = options.require_current == ast::Tristate::kDefault;
    if (!clauses.require_current_default) clauses.require_current = options.require_current == ast::Tristate::kYes;
  }
  clauses.failed_login_attempts = Narrow(options.failed_login_attempts);
  if (options.password_lock_days) clauses.password_lock_days = static_cast<int32_t>(*options.password_lock_days);
  if (options.password_lock_unbounded) clauses.password_lock_days = -1;
  if (options.comment) clauses.comment = std::string(*options.comment);
  if (options.attribute) clauses.attribute_json = std::string(*options.attribute);
  return clauses;
}

Result<GrantRequest> ToGrant(ast::List<ast::Privilege> privileges, const ast::GrantTarget& target,
                             std::string_view current_database) {
  GrantRequest request;
  if (target.object != ast::GrantObjectKind::kTable) {
    request.level = target.object == ast::GrantObjectKind::kFunction ? GrantRequest::Level::kFunction
                                                                     : GrantRequest::Level::kProcedure;
  } else if (target.all_schemas) {
    request.level = GrantRequest::Level::kGlobal;
  } else if (target.all_objects) {
    request.level = GrantRequest::Level::kDatabase;
  } else {
    request.level = GrantRequest::Level::kTable;
  }
  if (!target.all_schemas) {
    request.database = target.name.schema.empty() ? current_database : target.name.schema;
    if (request.database.empty()) return Error(ER_NO_DB_ERROR);
    request.object = target.name.name;
  }
  for (const ast::Privilege& privilege : privileges) {
    if (EqualIgnoreAsciiCase(privilege.name, "ALL") || EqualIgnoreAsciiCase(privilege.name, "ALL PRIVILEGES")) {
      request.all_privileges = true;
      continue;
    }
    GrantedPrivilege granted;
    if (EqualIgnoreAsciiCase(privilege.name, "USAGE")) {
      request.privileges.push_back(std::move(granted));
      continue;
    }
    granted.privilege = PrivilegeFromName(privilege.name);
    if (granted.privilege == 0) {
      for (char c : privilege.name) granted.dynamic += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    for (std::string_view column : privilege.columns) granted.columns.emplace_back(column);
    request.privileges.push_back(std::move(granted));
  }
  return request;
}

}  // namespace

Status Session::Impl::SendGeneratedPasswords(const std::vector<GeneratedPassword>& generated, ResultSink* sink) {
  if (generated.empty()) return Done(sink);
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (const GeneratedPassword& entry : generated) {
    rows.push_back({entry.name.user, entry.name.host, entry.password, "1"});
  }
  return SendRows({"user", "host", "generated password", "auth_factor"}, rows, sink);
}

Status Session::Impl::ExecuteAccountStatement(ast::Statement* statement, ResultSink* sink) {
  using ast::StatementKind;
  AccountManager& accounts = db.accounts();
  const AccountName current = security.is_internal() ? AccountName{"root", "localhost"} : security.account();
  std::vector<GeneratedPassword> generated;
  switch (statement->kind) {
    case StatementKind::kCreateUser: {
      auto* create = statement->As<ast::CreateUserStatement>();
      std::vector<AccountRequest> requests;
      for (const ast::UserSpecification& user : create->users) {
        MAHI_ASSIGN_OR_RETURN(AccountRequest request, ToRequest(user, current));
        requests.push_back(std::move(request));
      }
      AccountClauses clauses = ToClauses(create->options);
      clauses.default_roles = ToNames(create->default_roles, current);
      MAHI_RETURN_IF_ERROR(accounts.CreateUsers(&security, requests, clauses, create->if_not_exists, &diagnostics,
                                                &generated));
      return SendGeneratedPasswords(generated, sink);
    }
    case StatementKind::kAlterUser: {
      auto* alter = statement->As<ast::AlterUserStatement>();
      std::vector<AccountRequest> requests;
      for (const ast::UserSpecification& user : alter->users) {
        MAHI_ASSIGN_OR_RETURN(AccountRequest request, ToRequest(user, current));
        requests.push_back(std::move(request));
      }
      if (alter->sets_default_role) {
        std::vector<AccountName> to;
        for (const AccountRequest& request : requests) to.push_back(request.name);
        MAHI_RETURN_IF_ERROR(accounts.SetDefaultRoles(&security, ToNames(alter->default_roles, current),
                                                      alter->default_role_all, to));
        return Done(sink);
      }
      MAHI_RETURN_IF_ERROR(accounts.AlterUsers(&security, requests, ToClauses(alter->options), alter->if_exists,
                                               &diagnostics, &generated));
      for (const AccountRequest& request : requests) {
        if (request.name == current && request.authentication) security.set_password_expired(false);
      }
      return SendGeneratedPasswords(generated, sink);
    }
    case StatementKind::kDropUser: {
      auto* drop = statement->As<ast::DropUserStatement>();
      MAHI_RETURN_IF_ERROR(
          accounts.DropUsers(&security, ToNames(drop->users, current), drop->if_exists, &diagnostics));
      return Done(sink);
    }
    case StatementKind::kRenameUser: {
      std::vector<std::pair<AccountName, AccountName>> renames;
      for (const ast::RenamePair& pair : statement->As<ast::RenameUserStatement>()->renames) {
        renames.emplace_back(ToName(pair.from), ToName(pair.to));
      }
      MAHI_RETURN_IF_ERROR(accounts.RenameUsers(&security, renames));
      return Done(sink);
    }
    case StatementKind::kCreateRole: {
      auto* create = statement->As<ast::CreateRoleStatement>();
      MAHI_RETURN_IF_ERROR(
          accounts.CreateRoles(&security, ToNames(create->roles, current), create->if_not_exists, &diagnostics));
      return Done(sink);
    }
    case StatementKind::kDropRole: {
      auto* drop = statement->As<ast::DropRoleStatement>();
      MAHI_RETURN_IF_ERROR(
          accounts.DropRoles(&security, ToNames(drop->roles, current), drop->if_exists, &diagnostics));
      return Done(sink);
    }
    case StatementKind::kGrant: {
      auto* grant = statement->As<ast::GrantStatement>();
      std::vector<AccountName> to;
      for (const ast::UserSpecification& user : grant->users) {
        to.push_back(user.account.is_current_user ? current : ToName(user.account));
      }
      if (grant->grant == ast::GrantKind::kRoles) {
        MAHI_RETURN_IF_ERROR(
            accounts.GrantRoles(&security, ToNames(grant->roles, current), to, grant->with_admin_option));
        return Done(sink);
      }
      if (grant->grant == ast::GrantKind::kProxy) {
        MAHI_RETURN_IF_ERROR(accounts.GrantProxy(&security, ToName(grant->proxied), to, grant->with_grant_option));
        return Done(sink);
      }
      if (grant->as_user != nullptr) return Error(ER_NOT_SUPPORTED_YET, "GRANT ... AS user");
      MAHI_ASSIGN_OR_RETURN(GrantRequest request, ToGrant(grant->privileges, grant->target, database_name));
      request.grant_option = grant->with_grant_option;
      request.accounts = std::move(to);
      if (request.level == GrantRequest::Level::kTable) {
        const bool may_create = std::any_of(request.privileges.begin(), request.privileges.end(),
                                            [](const GrantedPrivilege& p) { return p.privilege == kPrivilegeCreate; });
        MAHI_ASSIGN_OR_RETURN(SchemaObject object, db.catalog().Find(transaction.get(), request.database, request.object));
        if (!object && !may_create && !request.all_privileges) {
          return Error(ER_NO_SUCH_TABLE, request.database, request.object);
        }
        if (!object && request.all_privileges) return Error(ER_NO_SUCH_TABLE, request.database, request.object);
        if (object.table != nullptr) {
          for (const GrantedPrivilege& privilege : request.privileges) {
            for (const std::string& column : privilege.columns) {
              if (object.table->FindColumn(column) == nullptr) {
                return Error(ER_BAD_FIELD_ERROR, column, request.object);
              }
            }
          }
        }
      }
      MAHI_RETURN_IF_ERROR(accounts.Grant(&security, request, &diagnostics));
      return Done(sink);
    }
    case StatementKind::kRevoke: {
      auto* revoke = statement->As<ast::RevokeStatement>();
      std::vector<AccountName> from = ToNames(revoke->users, current);
      if (revoke->all_and_grant_option) {
        MAHI_RETURN_IF_ERROR(
            accounts.RevokeAll(&security, from, revoke->if_exists, revoke->ignore_unknown_user, &diagnostics));
        return Done(sink);
      }
      if (revoke->grant == ast::GrantKind::kRoles) {
        MAHI_RETURN_IF_ERROR(accounts.RevokeRoles(&security, ToNames(revoke->roles, current), from, revoke->if_exists,
                                                  revoke->ignore_unknown_user, &diagnostics));
        return Done(sink);
      }
      if (revoke->grant == ast::GrantKind::kProxy) {
        MAHI_RETURN_IF_ERROR(accounts.RevokeProxy(&security, ToName(revoke->proxied), from));
        return Done(sink);
      }
      MAHI_ASSIGN_OR_RETURN(GrantRequest request, ToGrant(revoke->privileges, revoke->target, database_name));
      request.accounts = std::move(from);
      request.if_exists = revoke->if_exists;
      request.ignore_unknown_user = revoke->ignore_unknown_user;
      MAHI_RETURN_IF_ERROR(accounts.Revoke(&security, request, &diagnostics));
      return Done(sink);
    }
    case StatementKind::kSetPassword: {
      auto* set = statement->As<ast::SetPasswordStatement>();
      AccountRequest request;
      request.is_current_user = set->account == nullptr || set->account->is_current_user;
      request.name = request.is_current_user ? current : ToName(*set->account);
      AuthenticationClause clause;
      if (!set->random_password) clause.password = std::string(set->password);
      clause.random_password = set->random_password;
      if (set->current_password) clause.current_password = std::string(*set->current_password);
      clause.retain_current_password = set->retain_current;
      request.authentication = std::move(clause);
      MAHI_RETURN_IF_ERROR(accounts.SetPassword(&security, request, &generated));
      if (request.name == current) security.set_password_expired(false);
      return SendGeneratedPasswords(generated, sink);
    }
    case StatementKind::kSetRole: {
      auto* set = statement->As<ast::SetRoleStatement>();
      std::vector<AccountName> roles = ToNames(set->roles, current);
      std::set<AccountName> role_set(roles.begin(), roles.end());
      switch (set->selection) {
        case ast::RoleSelection::kDefault:
          security.SetDefaultRoles();
          break;
        case ast::RoleSelection::kNone:
          security.SetNoRoles();
          break;
        case ast::RoleSelection::kAll:
          security.SetAllRoles({});
          break;
        case ast::RoleSelection::kAllExcept:
          security.SetAllRoles(role_set);
          break;
        case ast::RoleSelection::kList:
          MAHI_RETURN_IF_ERROR(security.SetRoles(role_set));
          break;
      }
      return Done(sink);
    }
    case StatementKind::kSetDefaultRole: {
      auto* set = statement->As<ast::SetDefaultRoleStatement>();
      MAHI_RETURN_IF_ERROR(accounts.SetDefaultRoles(&security, ToNames(set->roles, current),
                                                    set->selection == ast::RoleSelection::kAll,
                                                    ToNames(set->users, current)));
      return Done(sink);
    }
    default:
      MAHI_UNREACHABLE();
  }
}

}  // namespace mahi
