// KILL, FLUSH, table maintenance, LOCK TABLES, USE, diagnostics statements.

#include "session/internal/session_impl.h"
#include "table/table_store.h"
#include "types/conversion.h"

namespace mahi {

Status Session::Impl::UseDatabase(std::string_view name) {
  if (name.empty()) return Error(ER_NO_DB_ERROR);
  std::string schema_name(name);
  SchemaRef found = db.catalog().FindSchema(transaction.get(), schema_name);
  if (found == nullptr && !db.catalog().IsVirtualSchema(schema_name)) return Error(ER_BAD_DB_ERROR, schema_name);
  if (!security.is_internal() && !db.catalog().IsVirtualSchema(schema_name) && !security.CanSeeDatabase(schema_name)) {
    return Error(ER_DBACCESS_DENIED_ERROR, security.account().user, security.account().host, schema_name);
  }
  database_name = schema_name;
  entry->SetDatabase(database_name);
  changes.has_schema = true;
  changes.schema = database_name;
  has_changes = true;
  return Status::Ok();
}

Status Session::Impl::Kill(uint64_t target_id, bool is_query_only) {
  std::shared_ptr<SessionEntry> target = db.sessions().Find(target_id);
  if (target == nullptr) return Error(ER_NO_SUCH_THREAD, target_id);
  if (!security.is_internal()) {
    SessionEntry::View view = target->Get();
    const bool is_own = view.account_user == security.account().user && view.account_host == security.account().host;
    if (!is_own && !security.HasDynamic("CONNECTION_ADMIN")) return Error(ER_KILL_DENIED_ERROR, target_id);
  }
  target->kill_flag.store(is_query_only ? kKillQuery : kKillConnection, std::memory_order_relaxed);
  if (!is_query_only && target->wake) target->wake();
  return Status::Ok();
}

Status Session::Impl::ExecuteKill(const ast::KillStatement& statement, ResultSink* sink) {
  SqlType type;
  MAHI_ASSIGN_OR_RETURN(Value value, EvaluateExpression(statement.id, &type));
  if (value.is_null()) return Error(ER_SET_CONSTANTS_ONLY);
  ConversionReport report;
  const uint64_t id = DatumToUInt64(value.datum(), type, &report);
  MAHI_RETURN_IF_ERROR(Kill(id, statement.is_query));
  if (id == connection_id()) {
    return statement.is_query ? Error(ER_QUERY_INTERRUPTED) : Error(ER_SERVER_SHUTDOWN);
  }
  return Done(sink);
}

Status Session::Impl::ExecuteFlush(const ast::FlushStatement& statement, ResultSink* sink) {
  MAHI_RETURN_IF_ERROR(security.CheckGlobal(kPrivilegeReload));
  for (ast::FlushKind kind : statement.what) {
    switch (kind) {
      case ast::FlushKind::kPrivileges:
        MAHI_RETURN_IF_ERROR(db.accounts().Reload());
        break;
      case ast::FlushKind::kTablesWithReadLock: {
        if (!statement.tables.empty()) {
          for (const ast::QualifiedName& name : statement.tables) {
            std::string schema_name(name.schema.empty() ? std::string_view(database_name) : name.schema);
            MAHI_RETURN_IF_ERROR(transaction->mdl().Acquire(MdlKey::Table(schema_name, name.name),
                                                            MdlType::kSharedReadOnly, MdlDuration::kExplicit,
                                                            settings.lock_wait_timeout_ms));
            explicit_locks.push_back(MdlKey::Table(schema_name, name.name));
          }
          break;
        }
        for (const MdlKey& key : {MdlKey::Global(), MdlKey::Commit()}) {
          MAHI_RETURN_IF_ERROR(transaction->mdl().Acquire(key, MdlType::kShared, MdlDuration::kExplicit,
                                                          settings.lock_wait_timeout_ms));
          explicit_locks.push_back(key);
        }
        break;
      }
      case ast::FlushKind::kTablesForExport:
        return Error(ER_NOT_SUPPORTED_YET, "FLUSH TABLES ... FOR EXPORT");
      default:
        // Logs, status, hosts, table cache: nothing is cached that these would have to give up.
        break;
    }
  }
  return Done(sink);
}

void Session::Impl::UnlockTables() {
  for (const MdlKey& key : explicit_locks) transaction->mdl().ReleaseExplicit(key);
  explicit_locks.clear();
  is_lock_tables_mode = false;
  schema.set_is_lock_tables_mode(false);
}

Status Session::Impl::ExecuteLockTables(const ast::LockTablesStatement& statement, ResultSink* sink) {
  UnlockTables();
  for (const ast::TableLock& lock : statement.locks) {
    std::string schema_name(lock.table.schema.empty() ? std::string_view(database_name) : lock.table.schema);
    if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
    MAHI_RETURN_IF_ERROR(security.CheckDatabase(kPrivilegeLockTables, schema_name));
    MAHI_ASSIGN_OR_RETURN(SchemaObject object, db.catalog().Find(transaction.get(), schema_name, lock.table.name));
    const bool is_temporary = schema.FindTemporaryTable(schema_name, lock.table.name) != nullptr;
    if (!object && !is_temporary) {
      UnlockTables();
      return Error(ER_NO_SUCH_TABLE, schema_name, lock.table.name);
    }
    if (is_temporary) continue;
    const bool is_read = lock.lock == ast::TableLockKind::kRead || lock.lock == ast::TableLockKind::kReadLocal;
    const MdlKey key = MdlKey::Table(schema_name, lock.table.name);
    Status status = transaction->mdl().Acquire(key, is_read ? MdlType::kSharedReadOnly : MdlType::kSharedNoReadWrite,
                                               MdlDuration::kExplicit, settings.lock_wait_timeout_ms);
    if (!status.ok()) {
      UnlockTables();
      return status;
    }
    explicit_locks.push_back(key);
  }
  is_lock_tables_mode = true;
  schema.set_is_lock_tables_mode(true);
  return Done(sink);
}

Status Session::Impl::ExecuteMaintenance(const ast::TableMaintenanceStatement& statement, ResultSink* sink) {
  static constexpr const char* kOperations[] = {"analyze", "check", "checksum", "optimize", "repair"};
  const char* operation = kOperations[static_cast<size_t>(statement.action)];
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (const ast::QualifiedName& name : statement.tables) {
    std::string schema_name(name.schema.empty() ? std::string_view(database_name) : name.schema);
    if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
    const std::string full_name = schema_name + "." + std::string(name.name);
    MAHI_RETURN_IF_ERROR(security.CheckTable(kPrivilegeSelect, schema_name, name.name));
    auto add = [&](const char* type, std::string text) { rows.push_back({full_name, operation, type, std::move(text)}); };
    MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
    std::optional<uint64_t> checksum;
    auto run = [&]() -> Status {
      MAHI_ASSIGN_OR_RETURN(SchemaObject object, schema.FindTable(schema_name, name.name, TableIntent::kRead));
      if (!object) {
        if (statement.action == ast::MaintenanceKind::kChecksum) {
          diagnostics.Warn(Error(ER_NO_SUCH_TABLE, schema_name, name.name));
          return Status::Ok();
        }
        add("Error", Error(ER_NO_SUCH_TABLE, schema_name, name.name).message());
        add("status", "Operation failed");
        return Status::Ok();
      }
      if (object.table == nullptr) {
        if (statement.action == ast::MaintenanceKind::kCheck && object.view != nullptr) {
          add("status", "OK");
        } else {
          add("Error", Error(ER_WRONG_OBJECT, schema_name, name.name, "BASE TABLE").message());
          add("status", "Operation failed");
        }
        return Status::Ok();
      }
      TableContext context;
      context.catalog = &db.catalog();
      context.transaction = transaction.get();
      context.time_zone = settings.time_zone.get();
      context.diagnostics = &diagnostics;
      context.kill_flag = &entry->kill_flag;
      TableStore& tables = db.tables();
      switch (statement.action) {
        case ast::MaintenanceKind::kAnalyze:
          if (statement.update_histogram || statement.drop_histogram) {
            return Error(ER_NOT_SUPPORTED_YET, "histograms");
          }
          MAHI_RETURN_IF_ERROR(tables.Analyze(&context, object.table));
          add("status", "OK");
          return Status::Ok();
        case ast::MaintenanceKind::kCheck: {
          MAHI_ASSIGN_OR_RETURN(std::vector<TableProblem> problems, tables.Check(&context, object.table));
          for (TableProblem& problem : problems) add("error", std::move(problem.message));
          if (problems.empty()) add("status", "OK");
          if (!problems.empty()) add("status", "Corrupt");
          return Status::Ok();
        }
        case ast::MaintenanceKind::kChecksum: {
          if (statement.is_quick) return Status::Ok();
          MAHI_ASSIGN_OR_RETURN(checksum, tables.Checksum(&context, object.table));
          return Status::Ok();
        }
        case ast::MaintenanceKind::kOptimize:
          MAHI_RETURN_IF_ERROR(tables.Optimize(&context, object.table));
          MAHI_RETURN_IF_ERROR(tables.Analyze(&context, object.table));
          add("note", "Table does not support optimize, doing recreate + analyze instead");
          add("status", "OK");
          return Status::Ok();
        case ast::MaintenanceKind::kRepair:
          add("note", "The storage engine for the table doesn't support repair");
          return Status::Ok();
      }
      MAHI_UNREACHABLE();
    };
    MAHI_RETURN_IF_ERROR(FinishStatement(run()));
    if (statement.action == ast::MaintenanceKind::kChecksum) {
      rows.push_back({full_name, checksum ? std::optional<std::string>(std::to_string(*checksum)) : std::nullopt});
    }
  }
  if (statement.action == ast::MaintenanceKind::kChecksum) return SendRows({"Table", "Checksum"}, rows, sink);
  return SendRows({"Table", "Op", "Msg_type", "Msg_text"}, rows, sink);
}

Status Session::Impl::ExecuteGetDiagnostics(const ast::GetDiagnosticsStatement& statement, ResultSink* sink) {
  if (statement.is_stacked) return Error(ER_GET_STACKED_DA_WITHOUT_ACTIVE_HANDLER);
  auto assign = [&](const ast::DiagnosticsItem& item, Value value) -> Status {
    if (!item.target->Is<ast::UserVariable>()) {
      return Error(ER_BAD_FIELD_ERROR, item.item, "field list");
    }
    SqlType type = value.NaturalType();
    return SetUserVariable(item.target->As<ast::UserVariable>()->name, value.datum(), type);
  };
  if (statement.condition_number == nullptr) {
    for (const ast::DiagnosticsItem& item : statement.items) {
      if (EqualIgnoreAsciiCase(item.item, "NUMBER")) {
        MAHI_RETURN_IF_ERROR(assign(item, Value::Int64(static_cast<int64_t>(diagnostics.conditions().size()))));
      } else {
        MAHI_RETURN_IF_ERROR(assign(item, Value::Int64(previous_row_count)));
      }
    }
    return Done(sink);
  }
  SqlType type;
  MAHI_ASSIGN_OR_RETURN(Value number_value, EvaluateExpression(statement.condition_number, &type));
  ConversionReport report;
  const int64_t number = number_value.is_null() ? 0 : DatumToInt64(number_value.datum(), type, &report);
  if (number < 1 || static_cast<uint64_t>(number) > diagnostics.conditions().size()) {
    return Error(ER_DA_INVALID_CONDITION_NUMBER);
  }
  const DiagnosticsCondition condition = diagnostics.conditions()[static_cast<size_t>(number) - 1];
  for (const ast::DiagnosticsItem& item : statement.items) {
    Value value = Value::String("");
    if (EqualIgnoreAsciiCase(item.item, "MYSQL_ERRNO")) value = Value::Int64(condition.number);
    if (EqualIgnoreAsciiCase(item.item, "RETURNED_SQLSTATE")) value = Value::String(condition.sqlstate);
    if (EqualIgnoreAsciiCase(item.item, "MESSAGE_TEXT")) value = Value::String(condition.message);
    if (EqualIgnoreAsciiCase(item.item, "CLASS_ORIGIN") || EqualIgnoreAsciiCase(item.item, "SUBCLASS_ORIGIN")) {
      value = Value::String("ISO 9075");
    }
    MAHI_RETURN_IF_ERROR(assign(item, std::move(value)));
  }
  return Done(sink);
}

Status Session::Impl::ExecuteSignal(const ast::SignalStatement& statement) {
  if (statement.sqlstate.empty()) return Error(ER_SP_COND_MISMATCH, statement.condition_name);
  if (statement.sqlstate.size() != 5 || statement.sqlstate.substr(0, 2) == "00") {
    return Error(ER_SP_BAD_SQLSTATE, statement.sqlstate);
  }
  const bool is_warning = statement.sqlstate.substr(0, 2) == "01";
  const bool is_not_found = statement.sqlstate.substr(0, 2) == "02";
  uint16_t number = is_warning ? 1642 : is_not_found ? 1643 : 1644;
  std::string message = is_warning     ? "Unhandled user-defined warning condition"
                        : is_not_found ? "Unhandled user-defined not found condition"
                                       : "Unhandled user-defined exception condition";
  for (const ast::SignalItem& item : statement.items) {
    SqlType type;
    MAHI_ASSIGN_OR_RETURN(Value value, EvaluateExpression(item.value, &type));
    if (value.is_null()) return Error(ER_WRONG_VALUE_FOR_VAR, item.name, "NULL");
    if (EqualIgnoreAsciiCase(item.name, "MESSAGE_TEXT")) message = DatumToText(value.datum(), type);
    if (EqualIgnoreAsciiCase(item.name, "MYSQL_ERRNO")) {
      ConversionReport report;
      number = static_cast<uint16_t>(DatumToInt64(value.datum(), type, &report));
    }
  }
  return Error::Custom(number, statement.sqlstate, std::move(message));
}

}  // namespace mahi
