// Parse loop and dispatch of a session's statements.

#include <chrono>

#include "binder/ddl.h"
#include "parser/ast/dml.h"
#include "session/internal/session_impl.h"

namespace mahi {

namespace {

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Statements that read the diagnostics area, and so leave it alone.
bool ReadsDiagnostics(const ast::Statement& statement) {
  if (statement.kind == ast::StatementKind::kGetDiagnostics) return true;
  if (statement.kind != ast::StatementKind::kShow) return false;
  switch (statement.As<ast::ShowStatement>()->show) {
    case ast::ShowKind::kWarnings:
    case ast::ShowKind::kErrors:
    case ast::ShowKind::kCountWarnings:
    case ast::ShowKind::kCountErrors:
      return true;
    default:
      return false;
  }
}

// Source: MySQL 8.4 manual, "Statements That Cause an Implicit Commit".
bool CommitsImplicitly(const ast::Statement& statement) {
  using ast::StatementKind;
  switch (statement.kind) {
    case StatementKind::kCreateTable:
      return !statement.As<ast::CreateTableStatement>()->is_temporary;
    case StatementKind::kDropTable:
      return !statement.As<ast::DropTableStatement>()->is_temporary;
    case StatementKind::kCreateRoutine:
    case StatementKind::kAlterRoutine:
    case StatementKind::kDropRoutine:
    case StatementKind::kCreateTrigger:
    case StatementKind::kDropTrigger:
    case StatementKind::kCreateEvent:
    case StatementKind::kAlterEvent:
    case StatementKind::kDropEvent:
    case StatementKind::kCreateUser:
    case StatementKind::kAlterUser:
    case StatementKind::kDropUser:
    case StatementKind::kRenameUser:
    case StatementKind::kCreateRole:
    case StatementKind::kDropRole:
    case StatementKind::kGrant:
    case StatementKind::kRevoke:
    case StatementKind::kSetPassword:
    case StatementKind::kTableMaintenance:
    case StatementKind::kFlush:
    case StatementKind::kReset:
    case StatementKind::kLockTables:
    case StatementKind::kCacheIndex:
    case StatementKind::kLoadIndex:
    case StatementKind::kInstall:
    case StatementKind::kUninstall:
      return true;
    default:
      return IsDdl(statement.kind);
  }
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

}  // namespace

ParseOptions Session::Impl::MakeParseOptions(bool allow_parameters) const {
  ParseOptions options;
  options.ansi_quotes = (settings.sql_mode & kSqlModeAnsiQuotes) != 0;
  options.pipes_as_concat = (settings.sql_mode & kSqlModePipesAsConcat) != 0;
  options.no_backslash_escapes = (settings.sql_mode & kSqlModeNoBackslashEscapes) != 0;
  options.ignore_space = (settings.sql_mode & kSqlModeIgnoreSpace) != 0;
  options.high_not_precedence = (settings.sql_mode & kSqlModeHighNotPrecedence) != 0;
  options.real_as_float = (settings.sql_mode & kSqlModeRealAsFloat) != 0;
  options.connection_collation_id = settings.collation_connection;
  options.allow_parameters = allow_parameters;
  return options;
}

Status Session::Impl::Execute(std::string_view sql, ResultSink* sink) {
  MAHI_ASSIGN_OR_RETURN(bool is_done, TryCached(sql, sink));
  if (is_done) return Status::Ok();
  std::string_view rest = sql;
  do {
    Arena arena;
    size_t consumed = rest.size();
    entry->SetCommand("Query", rest);
    auto parsed = ParseStatement(rest, MakeParseOptions(false), &arena, &consumed);
    db.sessions().counters.questions.fetch_add(1, std::memory_order_relaxed);
    if (!parsed.ok()) {
      diagnostics.Clear();
      diagnostics.Add(ConditionLevel::kError, parsed.error());
      previous_row_count = -1;
      return parsed.TakeStatus();
    }
    std::string_view following = rest.substr(consumed);
    has_more_results = !IsBlank(following);
    if (has_more_results && !multi_statements_allowed) {
      Error error(ER_PARSE_ERROR,
                  "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server "
                  "version for the right syntax to use",
                  following.substr(following.find_first_not_of(" \t\r\n;"), 80), 1);
      diagnostics.Clear();
      diagnostics.Add(ConditionLevel::kError, error);
      return error;
    }
    Status status = ExecuteStatement(*parsed, sink);
    if (!status.ok()) {
      has_more_results = false;
      return status;
    }
    rest = following;
  } while (!IsBlank(rest));
  has_more_results = false;
  return Status::Ok();
}

Status Session::Impl::ExecuteStatement(ast::Statement* statement, ResultSink* sink) {
  statement_time_us = fixed_timestamp_us.value_or(NowMicros());
  statement_insert_id = 0;
  entry->command_started_us.store(NowMicros(), std::memory_order_relaxed);
  db.sessions().counters.commands[static_cast<size_t>(statement->kind)].fetch_add(1, std::memory_order_relaxed);
  if (!ReadsDiagnostics(*statement)) {
    diagnostics.Clear();
    diagnostics.set_max_error_count(settings.max_error_count);
  }
  if (security.is_password_expired() && statement->kind != ast::StatementKind::kAlterUser &&
      statement->kind != ast::StatementKind::kSetPassword && statement->kind != ast::StatementKind::kSet) {
    return Error(ER_MUST_CHANGE_PASSWORD);
  }
  Status status;
  if (CommitsImplicitly(*statement)) status = CommitImplicitly();
  if (status.ok()) status = Dispatch(statement, sink);
  if (!status.ok()) {
    // What the client is told is also the diagnostics area's last condition.
    diagnostics.Add(ConditionLevel::kError, status.error());
    previous_row_count = -1;
  }
  return status;
}

Status Session::Impl::Dispatch(ast::Statement* statement, ResultSink* sink) {
  using ast::StatementKind;
  switch (statement->kind) {
    case StatementKind::kSelect:
    case StatementKind::kInsert:
    case StatementKind::kReplace:
    case StatementKind::kUpdate:
    case StatementKind::kDelete:
    case StatementKind::kLoadData:
    case StatementKind::kDo:
      return ExecuteQuery(statement, {}, sink);
    case StatementKind::kBegin:
      MAHI_RETURN_IF_ERROR(Begin(*statement->As<ast::BeginStatement>()));
      return Done(sink);
    case StatementKind::kCommit:
      MAHI_RETURN_IF_ERROR(Commit(statement->As<ast::CommitStatement>()->chain,
                                  statement->As<ast::CommitStatement>()->release));
      return Done(sink);
    case StatementKind::kRollback:
      MAHI_RETURN_IF_ERROR(RollbackTransaction(statement->As<ast::RollbackStatement>()->chain,
                                               statement->As<ast::RollbackStatement>()->release));
      return Done(sink);
    case StatementKind::kSavepoint:
      if (is_in_transaction() || !settings.autocommit) {
        if (!transaction->is_active()) BeginTransaction(false, std::nullopt);
        transaction->SetSavepoint(statement->As<ast::SavepointStatement>()->name);
      }
      return Done(sink);
    case StatementKind::kRollbackToSavepoint: {
      std::string_view name = statement->As<ast::RollbackToSavepointStatement>()->name;
      if (!transaction->is_active() || !transaction->RollbackToSavepoint(name)) {
        return Error(ER_SP_DOES_NOT_EXIST, "SAVEPOINT", name);
      }
      return Done(sink);
    }
    case StatementKind::kReleaseSavepoint: {
      std::string_view name = statement->As<ast::ReleaseSavepointStatement>()->name;
      if (!transaction->is_active() || !transaction->ReleaseSavepoint(name)) {
        return Error(ER_SP_DOES_NOT_EXIST, "SAVEPOINT", name);
      }
      return Done(sink);
    }
    case StatementKind::kSet:
      return ExecuteSet(*statement->As<ast::SetStatement>(), sink);
    case StatementKind::kShow:
      return ExecuteShow(*statement->As<ast::ShowStatement>(), sink);
    case StatementKind::kDescribe:
      return ExecuteDescribe(*statement->As<ast::DescribeStatement>(), sink);
    case StatementKind::kExplain:
      return ExecuteExplain(*statement->As<ast::ExplainStatement>(), sink);
    case StatementKind::kPrepare:
      return ExecutePrepare(*statement->As<ast::PrepareStatement>(), sink);
    case StatementKind::kExecute:
      return ExecuteExecute(*statement->As<ast::ExecuteStatement>(), sink);
    case StatementKind::kDeallocate:
      return ExecuteDeallocate(*statement->As<ast::DeallocateStatement>(), sink);
    case StatementKind::kUse:
      MAHI_RETURN_IF_ERROR(UseDatabase(statement->As<ast::UseStatement>()->schema));
      return Done(sink);
    case StatementKind::kKill:
      return ExecuteKill(*statement->As<ast::KillStatement>(), sink);
    case StatementKind::kFlush:
      return ExecuteFlush(*statement->As<ast::FlushStatement>(), sink);
    case StatementKind::kTableMaintenance:
      return ExecuteMaintenance(*statement->As<ast::TableMaintenanceStatement>(), sink);
    case StatementKind::kLockTables:
      return ExecuteLockTables(*statement->As<ast::LockTablesStatement>(), sink);
    case StatementKind::kUnlockTables:
      if (is_lock_tables_mode) MAHI_RETURN_IF_ERROR(CommitImplicitly());
      UnlockTables();
      return Done(sink);
    case StatementKind::kGetDiagnostics:
      return ExecuteGetDiagnostics(*statement->As<ast::GetDiagnosticsStatement>(), sink);
    case StatementKind::kSignal:
      return ExecuteSignal(*statement->As<ast::SignalStatement>());
    case StatementKind::kResignal:
      return Error(ER_RESIGNAL_WITHOUT_ACTIVE_HANDLER);
    case StatementKind::kShutdown:
      MAHI_RETURN_IF_ERROR(security.CheckGlobal(kPrivilegeShutdown));
      if (!db.on_shutdown) return Error(ER_NOT_SUPPORTED_YET, "SHUTDOWN");
      MAHI_RETURN_IF_ERROR(Done(sink));
      db.on_shutdown();
      return Status::Ok();
    case StatementKind::kCreateUser:
    case StatementKind::kAlterUser:
    case StatementKind::kDropUser:
    case StatementKind::kRenameUser:
    case StatementKind::kCreateRole:
    case StatementKind::kDropRole:
    case StatementKind::kGrant:
    case StatementKind::kRevoke:
    case StatementKind::kSetPassword:
    case StatementKind::kSetRole:
    case StatementKind::kSetDefaultRole:
      return ExecuteAccountStatement(statement, sink);
    case StatementKind::kCall:
      return Error(ER_SP_DOES_NOT_EXIST, "PROCEDURE",
                   std::string(statement->As<ast::CallStatement>()->procedure.schema.empty()
                                   ? std::string_view(database_name)
                                   : statement->As<ast::CallStatement>()->procedure.schema) +
                       "." + std::string(statement->As<ast::CallStatement>()->procedure.name));
    case StatementKind::kDropRoutine: {
      // No routine exists: there is nothing that CREATE PROCEDURE has made.
      auto* drop = statement->As<ast::DropRoutineStatement>();
      std::string name = std::string(drop->name.schema.empty() ? std::string_view(database_name) : drop->name.schema) +
                         "." + std::string(drop->name.name);
      Error missing(ER_SP_DOES_NOT_EXIST, drop->is_function ? "FUNCTION" : "PROCEDURE", name);
      if (!drop->if_exists) return missing;
      diagnostics.Note(missing);
      return Done(sink);
    }
    case StatementKind::kDropTrigger:
      if (!statement->As<ast::DropTriggerStatement>()->if_exists) return Error(ER_TRG_DOES_NOT_EXIST);
      diagnostics.Note(Error(ER_TRG_DOES_NOT_EXIST));
      return Done(sink);
    case StatementKind::kDropEvent: {
      auto* drop = statement->As<ast::DropEventStatement>();
      if (!drop->if_exists) return Error(ER_EVENT_DOES_NOT_EXIST, drop->name.name);
      diagnostics.Note(Error(ER_EVENT_DOES_NOT_EXIST, drop->name.name));
      return Done(sink);
    }
    case StatementKind::kCreateRoutine:
      return Error(ER_NOT_SUPPORTED_YET, "stored routines");
    case StatementKind::kCreateTrigger:
      return Error(ER_NOT_SUPPORTED_YET, "triggers");
    case StatementKind::kCreateEvent:
    case StatementKind::kAlterEvent:
      return Error(ER_NOT_SUPPORTED_YET, "events");
    case StatementKind::kXa:
      return Error(ER_NOT_SUPPORTED_YET, "XA transactions");
    case StatementKind::kHandler:
      return Error(ER_NOT_SUPPORTED_YET, "HANDLER");
    case StatementKind::kReplication:
    case StatementKind::kPurgeBinaryLogs:
    case StatementKind::kBinlog:
      return Error(ER_NOT_SUPPORTED_YET, "replication statements");
    default:
      if (IsDdl(statement->kind)) return RunDdl(statement, sink);
      return Error(ER_NOT_SUPPORTED_YET, "this statement");
  }
}

Status Session::Impl::ExecuteInternal(const std::string& sql, ResultSink* sink) {
  Arena arena;
  ParseOptions options;  // our own text is written for the default sql_mode
  MAHI_ASSIGN_OR_RETURN(ast::Statement * statement, ParseStatement(sql, options, &arena));
  const uint64_t sql_mode = settings.sql_mode;
  settings.sql_mode = kSqlModeDefault & ~kSqlModeOnlyFullGroupBy;
  Status status = ExecuteQuery(statement, {}, sink);
  settings.sql_mode = sql_mode;
  return status;
}

StatementSummary Session::Impl::Summary() const {
  StatementSummary summary;
  summary.warning_count = static_cast<uint16_t>(std::min<uint64_t>(diagnostics.total_count(), 0xffff));
  summary.has_more_results = has_more_results;
  summary.is_in_transaction = is_in_transaction();
  summary.is_autocommit = settings.autocommit;
  summary.is_read_only_transaction = summary.is_in_transaction && is_read_only_transaction;
  summary.no_backslash_escapes = (settings.sql_mode & kSqlModeNoBackslashEscapes) != 0;
  if (has_changes) summary.changes = &changes;
  return summary;
}

Status Session::Impl::Done(ResultSink* sink, uint64_t affected_rows, std::string info) {
  StatementSummary summary = Summary();
  summary.affected_rows = affected_rows;
  summary.last_insert_id = statement_insert_id;
  summary.info = std::move(info);
  previous_row_count = static_cast<int64_t>(affected_rows);
  Status status = sink->Done(summary);
  changes = {};
  has_changes = false;
  return status;
}

}  // namespace mahi
