#include "auth/grant_tables.h"

#include <functional>
#include <memory>

#include "auth/account_manager.h"
#include "catalog/catalog.h"
#include "types/json.h"
#include "types/temporal.h"

namespace mahi {
namespace {

using Row = std::vector<Value>;
using EmitRow = std::function<Status(Row)>;
using MakeRows = std::function<Status(const AccountSet& accounts, const TimeZone& zone, const EmitRow& emit)>;

class GrantTable : public VirtualTable {
 public:
  GrantTable(TableRef definition, const AccountManager* accounts, MakeRows make_rows)
      : definition_(std::move(definition)), accounts_(accounts), make_rows_(std::move(make_rows)) {}

  const TableRef& definition() const override { return definition_; }

  Status Scan(VirtualScanContext& context, const std::vector<uint32_t>& ordinals,
              const std::vector<VirtualLookup>&, BatchSink* sink) const override {
    std::shared_ptr<const AccountSet> accounts = accounts_->Snapshot();
    const TimeZone& zone = context.time_zone != nullptr ? *context.time_zone : *TimeZone::Utc();
    Batch* batch = nullptr;
    uint32_t count = 0;
    auto push = [&]() -> Status {
      batch->set_row_count(count);
      count = 0;
      batch = nullptr;
      return sink->Push();
    };
    MAHI_RETURN_IF_ERROR(make_rows_(*accounts, zone, [&](Row row) -> Status {
      if (batch == nullptr) batch = sink->NextBatch();
      for (size_t i = 0; i < ordinals.size(); ++i) {
        const Value& value = row[ordinals[i]];
        if (value.is_null()) {
          batch->column(i).SetNull(count);
        } else {
          batch->column(i).SetDatum(count, value.datum());
        }
      }
      return ++count == kBatchRows ? push() : Status::Ok();
    }));
    return count != 0 ? push() : Status::Ok();
  }
  double estimated_rows() const override { return 10; }

 private:
  const TableRef definition_;
  const AccountManager* const accounts_;
  const MakeRows make_rows_;
};

// ---- columns ----

class TableBuilder {
 public:
  explicit TableBuilder(std::string name) : table_(std::make_shared<TableDefinition>()) {
    table_->schema = "mysql";
    table_->name = std::move(name);
    table_->collation = kCollationUtf8mb3Bin;
  }
  TableBuilder& Add(std::string name, SqlType type, bool is_nullable = false) {
    Column column;
    column.id = table_->next_column_id++;
    column.name = std::move(name);
    column.type = std::move(type);
    column.is_nullable = is_nullable;
    if (is_nullable) column.default_kind = DefaultKind::kNull;
    table_->columns.push_back(std::move(column));
    return *this;
  }
  TableBuilder& AddHost() { return Add("Host", SqlType::Char(255, kCollationAsciiGeneralCi)); }
  TableBuilder& AddText(std::string name, uint32_t chars) {
    return Add(std::move(name), SqlType::Char(chars, kCollationUtf8mb3Bin));
  }
  TableBuilder& AddYesNo(std::string name, bool is_nullable = false) {
    return Add(std::move(name), SqlType::Enum({"N", "Y"}, kCollationUtf8mb3GeneralCi), is_nullable);
  }
  TableRef Finish() { return table_; }

 private:
  std::shared_ptr<TableDefinition> table_;
};

Value Text(std::string_view text) { return Value::String(std::string(text)); }
Value YesNo(bool yes) { return Value::UInt64(yes ? 2 : 1); }
Value Number(uint64_t n) { return Value::UInt64(n); }
template <typename T>
Value OptionalNumber(const std::optional<T>& n) {
  return n ? Value::UInt64(static_cast<uint64_t>(*n)) : Value::Null();
}
Value Moment(int64_t seconds, const TimeZone& zone) {
  if (seconds == 0) return Value::Null();
  return Value::Temporal(TimestampToLocal(seconds * kMicrosPerSecond, zone), TypeId::kTimestamp);
}
Value JsonOrNull(const std::string& text) {
  if (text.empty()) return Value::Null();
  Result<std::string> document = JsonFromText(text, 1, "user_attributes");
  return document.ok() ? Value::Json(std::move(*document)) : Value::Null();
}

// The bits of a privilege set as members of a SET column whose members are `order`.
Value SetOf(PrivilegeSet privileges, std::initializer_list<PrivilegeSet> order) {
  uint64_t bits = 0;
  int i = 0;
  for (PrivilegeSet one : order) {
    if (privileges & one) bits |= uint64_t{1} << i;
    ++i;
  }
  return Value::UInt64(bits);
}
Value TableSet(PrivilegeSet p) {
  return SetOf(p, {kPrivilegeSelect, kPrivilegeInsert, kPrivilegeUpdate, kPrivilegeDelete, kPrivilegeCreate,
                   kPrivilegeDrop, kPrivilegeGrant, kPrivilegeReferences, kPrivilegeIndex, kPrivilegeAlter,
                   kPrivilegeCreateView, kPrivilegeShowView, kPrivilegeTrigger});
}
Value ColumnSet(PrivilegeSet p) {
  return SetOf(p, {kPrivilegeSelect, kPrivilegeInsert, kPrivilegeUpdate, kPrivilegeReferences});
}
SqlType TableSetType() {
  return SqlType::Set({"Select", "Insert", "Update", "Delete", "Create", "Drop", "Grant", "References", "Index",
                       "Alter", "Create View", "Show view", "Trigger"},
                      kCollationUtf8mb3GeneralCi);
}
SqlType ColumnSetType() {
  return SqlType::Set({"Select", "Insert", "Update", "References"}, kCollationUtf8mb3GeneralCi);
}

bool IsRolePrivilege(PrivilegeSet bit) { return bit == kPrivilegeCreateRole || bit == kPrivilegeDropRole; }

TableRef UserTable() {
  TableBuilder table("user");
  table.AddHost().AddText("User", 32);
  for (const PrivilegeInfo& info : StaticPrivileges()) {
    if (!IsRolePrivilege(info.bit)) table.AddYesNo(info.user_column);
  }
  table.Add("ssl_type", SqlType::Enum({"", "ANY", "X509", "SPECIFIED"}, kCollationUtf8mb3GeneralCi))
      .Add("ssl_cipher", SqlType::Blob())
      .Add("x509_issuer", SqlType::Blob())
      .Add("x509_subject", SqlType::Blob())
      .Add("max_questions", SqlType::Int(true))
      .Add("max_updates", SqlType::Int(true))
      .Add("max_connections", SqlType::Int(true))
      .Add("max_user_connections", SqlType::Int(true))
      .AddText("plugin", 64)
      .Add("authentication_string", SqlType::Text(kCollationUtf8mb3Bin), true)
      .AddYesNo("password_expired")
      .Add("password_last_changed", SqlType::Timestamp(), true)
      .Add("password_lifetime", SqlType::SmallInt(true), true)
      .AddYesNo("account_locked")
      .AddYesNo("Create_role_priv")
      .AddYesNo("Drop_role_priv")
      .Add("Password_reuse_history", SqlType::SmallInt(true), true)
      .Add("Password_reuse_time", SqlType::SmallInt(true), true)
      .AddYesNo("Password_require_current", true)
      .Add("User_attributes", SqlType::Json(), true);
  return table.Finish();
}

Status UserRows(const AccountSet& accounts, const TimeZone& zone, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    Row row = {Text(name.host), Text(name.user)};
    for (const PrivilegeInfo& info : StaticPrivileges()) {
      if (!IsRolePrivilege(info.bit)) row.push_back(YesNo(a->global & info.bit));
    }
    std::string attributes;
    if (!a->attributes_json.empty()) attributes = "\"metadata\": " + a->attributes_json;
    if (a->failed_login_attempts != 0 || a->password_lock_days != 0) {
      if (!attributes.empty()) attributes += ", ";
      attributes += fmt::format("\"Password_locking\": {{\"failed_login_attempts\": {}, \"password_lock_time_days\": {}}}",
                                a->failed_login_attempts, a->password_lock_days);
    }
    if (!a->old_authentication_string.empty()) {
      if (!attributes.empty()) attributes += ", ";
      attributes += "\"additional_password\": \"set\"";
    }
    if (!attributes.empty()) attributes = "{" + attributes + "}";
    row.push_back(Number(static_cast<uint64_t>(a->tls) + 1));
    row.push_back(Text(a->tls_cipher));
    row.push_back(Text(a->tls_issuer));
    row.push_back(Text(a->tls_subject));
    row.push_back(Number(a->limits.max_queries_per_hour));
    row.push_back(Number(a->limits.max_updates_per_hour));
    row.push_back(Number(a->limits.max_connections_per_hour));
    row.push_back(Number(a->limits.max_user_connections));
    row.push_back(Text(a->plugin));
    row.push_back(Text(a->authentication_string));
    row.push_back(YesNo(a->is_password_expired));
    row.push_back(Moment(a->password_last_changed, zone));
    row.push_back(OptionalNumber(a->password_lifetime_days));
    row.push_back(YesNo(a->is_locked));
    row.push_back(YesNo(a->global & kPrivilegeCreateRole));
    row.push_back(YesNo(a->global & kPrivilegeDropRole));
    row.push_back(OptionalNumber(a->password_history));
    row.push_back(OptionalNumber(a->password_reuse_days));
    row.push_back(a->password_require_current ? YesNo(*a->password_require_current) : Value::Null());
    row.push_back(JsonOrNull(attributes));
    MAHI_RETURN_IF_ERROR(emit(std::move(row)));
  }
  return Status::Ok();
}

// Database privileges in the order of mysql.db's columns.
constexpr PrivilegeSet kDbColumns[] = {
    kPrivilegeSelect, kPrivilegeInsert, kPrivilegeUpdate, kPrivilegeDelete, kPrivilegeCreate,
    kPrivilegeDrop, kPrivilegeGrant, kPrivilegeReferences, kPrivilegeIndex, kPrivilegeAlter,
    kPrivilegeCreateTemporaryTables, kPrivilegeLockTables, kPrivilegeCreateView, kPrivilegeShowView,
    kPrivilegeCreateRoutine, kPrivilegeAlterRoutine, kPrivilegeExecute, kPrivilegeEvent, kPrivilegeTrigger};

TableRef DbTable() {
  TableBuilder table("db");
  table.AddHost().AddText("Db", 64).AddText("User", 32);
  for (PrivilegeSet bit : kDbColumns) {
    for (const PrivilegeInfo& info : StaticPrivileges()) {
      if (info.bit == bit) table.AddYesNo(info.user_column);
    }
  }
  return table.Finish();
}

Status DbRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const auto& [database, bits] : a->databases) {
      Row row = {Text(name.host), Text(database), Text(name.user)};
      for (PrivilegeSet bit : kDbColumns) row.push_back(YesNo(bits & bit));
      MAHI_RETURN_IF_ERROR(emit(std::move(row)));
    }
  }
  return Status::Ok();
}

// The grantor and the moment of a grant are not kept; MySQL shows them, nobody uses them.
Value NoMoment() { return Value::Temporal(0, TypeId::kTimestamp); }

TableRef TablesPrivTable() {
  return TableBuilder("tables_priv").AddHost().AddText("Db", 64).AddText("User", 32).AddText("Table_name", 64)
      .Add("Grantor", SqlType::Varchar(288, kCollationUtf8mb3Bin)).Add("Timestamp", SqlType::Timestamp())
      .Add("Table_priv", TableSetType()).Add("Column_priv", ColumnSetType()).Finish();
}
Status TablesPrivRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const auto& [key, p] : a->tables) {
      PrivilegeSet on_columns = 0;
      for (const auto& [column, bits] : p.columns) on_columns |= bits;
      MAHI_RETURN_IF_ERROR(emit({Text(name.host), Text(key.first), Text(name.user), Text(key.second), Text(""),
                                 NoMoment(), TableSet(p.table), ColumnSet(on_columns)}));
    }
  }
  return Status::Ok();
}

TableRef ColumnsPrivTable() {
  return TableBuilder("columns_priv").AddHost().AddText("Db", 64).AddText("User", 32).AddText("Table_name", 64)
      .AddText("Column_name", 64).Add("Timestamp", SqlType::Timestamp()).Add("Column_priv", ColumnSetType())
      .Finish();
}
Status ColumnsPrivRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const auto& [key, p] : a->tables) {
      for (const auto& [column, bits] : p.columns) {
        MAHI_RETURN_IF_ERROR(emit({Text(name.host), Text(key.first), Text(name.user), Text(key.second),
                                   Text(column), NoMoment(), ColumnSet(bits)}));
      }
    }
  }
  return Status::Ok();
}

TableRef ProcsPrivTable() {
  return TableBuilder("procs_priv").AddHost().AddText("Db", 64).AddText("User", 32)
      .Add("Routine_name", SqlType::Char(64, kCollationUtf8mb3GeneralCi))
      .Add("Routine_type", SqlType::Enum({"FUNCTION", "PROCEDURE"}, kCollationUtf8mb3Bin))
      .Add("Grantor", SqlType::Varchar(288, kCollationUtf8mb3Bin))
      .Add("Proc_priv", SqlType::Set({"Execute", "Alter Routine", "Grant"}, kCollationUtf8mb3GeneralCi))
      .Add("Timestamp", SqlType::Timestamp()).Finish();
}
Status ProcsPrivRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const auto& [key, bits] : a->routines) {
      MAHI_RETURN_IF_ERROR(emit({Text(name.host), Text(key.second.first), Text(name.user), Text(key.second.second),
                                 Number(key.first ? 2 : 1), Text(""),
                                 SetOf(bits, {kPrivilegeExecute, kPrivilegeAlterRoutine, kPrivilegeGrant}),
                                 NoMoment()}));
    }
  }
  return Status::Ok();
}

TableRef ProxiesPrivTable() {
  return TableBuilder("proxies_priv").AddHost().AddText("User", 32)
      .Add("Proxied_host", SqlType::Char(255, kCollationAsciiGeneralCi)).AddText("Proxied_user", 32)
      .Add("With_grant", SqlType::TinyInt()).Add("Grantor", SqlType::Varchar(288, kCollationUtf8mb3Bin))
      .Add("Timestamp", SqlType::Timestamp()).Finish();
}
Status ProxiesPrivRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const auto& [proxied, with_grant] : a->proxies) {
      MAHI_RETURN_IF_ERROR(emit({Text(name.host), Text(name.user), Text(proxied.host), Text(proxied.user),
                                 Value::Int64(with_grant), Text(""), NoMoment()}));
    }
  }
  return Status::Ok();
}

TableRef GlobalGrantsTable() {
  return TableBuilder("global_grants").AddText("USER", 32)
      .Add("HOST", SqlType::Char(255, kCollationAsciiGeneralCi))
      .Add("PRIV", SqlType::Char(32, kCollationUtf8mb3GeneralCi)).AddYesNo("WITH_GRANT_OPTION").Finish();
}
Status GlobalGrantsRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const auto& [privilege, with_grant] : a->dynamic) {
      MAHI_RETURN_IF_ERROR(emit({Text(name.user), Text(name.host), Text(privilege), YesNo(with_grant)}));
    }
  }
  return Status::Ok();
}

TableRef RoleEdgesTable() {
  return TableBuilder("role_edges").Add("FROM_HOST", SqlType::Char(255, kCollationAsciiGeneralCi))
      .AddText("FROM_USER", 32).Add("TO_HOST", SqlType::Char(255, kCollationAsciiGeneralCi)).AddText("TO_USER", 32)
      .AddYesNo("WITH_ADMIN_OPTION").Finish();
}
Status RoleEdgesRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const auto& [role, with_admin] : a->roles) {
      MAHI_RETURN_IF_ERROR(
          emit({Text(role.host), Text(role.user), Text(name.host), Text(name.user), YesNo(with_admin)}));
    }
  }
  return Status::Ok();
}

TableRef DefaultRolesTable() {
  return TableBuilder("default_roles").Add("HOST", SqlType::Char(255, kCollationAsciiGeneralCi)).AddText("USER", 32)
      .Add("DEFAULT_ROLE_HOST", SqlType::Char(255, kCollationAsciiGeneralCi)).AddText("DEFAULT_ROLE_USER", 32)
      .Finish();
}
Status DefaultRolesRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const AccountName& role : a->default_roles) {
      MAHI_RETURN_IF_ERROR(emit({Text(name.host), Text(name.user), Text(role.host), Text(role.user)}));
    }
  }
  return Status::Ok();
}

TableRef PasswordHistoryTable() {
  return TableBuilder("password_history").AddHost().AddText("User", 32).Add("Password_timestamp", SqlType::Timestamp(6))
      .Add("Password", SqlType::Text(kCollationUtf8mb3Bin), true).Finish();
}
Status PasswordHistoryRows(const AccountSet& accounts, const TimeZone&, const EmitRow& emit) {
  for (const auto& [name, a] : accounts.accounts) {
    for (const std::string& password : a->previous_authentication_strings) {
      MAHI_RETURN_IF_ERROR(emit({Text(name.host), Text(name.user), NoMoment(), Text(password)}));
    }
  }
  return Status::Ok();
}

}  // namespace

void AddGrantTables(Catalog* catalog, const AccountManager* accounts) {
  auto add = [&](TableRef definition, MakeRows rows) {
    catalog->AddVirtualTable(std::make_unique<GrantTable>(std::move(definition), accounts, std::move(rows)));
  };
  add(UserTable(), UserRows);
  add(DbTable(), DbRows);
  add(TablesPrivTable(), TablesPrivRows);
  add(ColumnsPrivTable(), ColumnsPrivRows);
  add(ProcsPrivTable(), ProcsPrivRows);
  add(ProxiesPrivTable(), ProxiesPrivRows);
  add(GlobalGrantsTable(), GlobalGrantsRows);
  add(RoleEdgesTable(), RoleEdgesRows);
  add(DefaultRolesTable(), DefaultRolesRows);
  add(PasswordHistoryTable(), PasswordHistoryRows);
}

}  // namespace mahi
