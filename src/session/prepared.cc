// Prepared statements of the binary protocol and of PREPARE / EXECUTE.

#include "binder/ddl.h"
#include "parser/ast/walk.h"
#include "session/internal/buffered_result.h"
#include "session/internal/session_impl.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// Source: MySQL 8.4 manual, "Prepared Statements", list of permitted statements.
bool MayBePrepared(ast::StatementKind kind) {
  using ast::StatementKind;
  switch (kind) {
    case StatementKind::kPrepare:
    case StatementKind::kExecute:
    case StatementKind::kDeallocate:
    case StatementKind::kLoadData:
    case StatementKind::kLockTables:
    case StatementKind::kUnlockTables:
    case StatementKind::kHandler:
    case StatementKind::kHelp:
      return false;
    default:
      return true;
  }
}

bool IsQuery(ast::StatementKind kind) {
  using ast::StatementKind;
  switch (kind) {
    case StatementKind::kSelect:
    case StatementKind::kInsert:
    case StatementKind::kReplace:
    case StatementKind::kUpdate:
    case StatementKind::kDelete:
    case StatementKind::kDo:
      return true;
    default:
      return false;
  }
}

bool SameTypes(const std::vector<SqlType>& a, const std::vector<SqlType>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].id != b[i].id || a[i].is_unsigned != b[i].is_unsigned || a[i].collation != b[i].collation ||
        a[i].decimals != b[i].decimals) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<PreparedStatement>> Session::Impl::MakePrepared(std::string_view sql) {
  auto statement = std::make_unique<PreparedStatement>();
  statement->text = sql;
  statement->database = database_name;
  statement->sql_mode = settings.sql_mode;
  MAHI_ASSIGN_OR_RETURN(ast::Statement * parsed,
                        ParseStatement(statement->text, MakeParseOptions(true), &statement->arena));
  statement->statement = parsed;
  if (!MayBePrepared(parsed->kind)) return Error(ER_UNSUPPORTED_PS);
  statement->kind = parsed->kind;
  statement->parameter_count = static_cast<uint32_t>(parsed->parameters.size());
  if (statement->parameter_count > 65535) return Error(ER_PS_MANY_PARAM);
  if (IsQuery(parsed->kind)) {
    // Binding finds errors now and tells the client the result's columns. The plan is made at the first execution,
    // when the parameters' types are known.
    MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
    auto plan = MakePlan(parsed, nullptr);
    Status status = plan.ok() ? CheckPrivileges(**plan) : plan.TakeStatus();
    MAHI_RETURN_IF_ERROR(FinishStatement(std::move(status)));
    statement->columns = (*plan)->columns;
    if (statement->parameter_count == 0 && (*plan)->is_cacheable) {
      statement->plan = *plan;
      statement->plan_catalog_version = db.catalog().version();
    }
  }
  return statement;
}

Result<PreparedStatementInfo> Session::Impl::Prepare(std::string_view sql) {
  diagnostics.Clear();
  entry->SetCommand("Prepare", sql);
  const uint64_t limit = db.variables().GetNumber("max_prepared_stmt_count");
  if (prepared.size() >= limit) return Error(ER_MAX_PREPARED_STMT_COUNT_REACHED, limit);
  auto made = MakePrepared(sql);
  if (!made.ok()) {
    diagnostics.Add(ConditionLevel::kError, made.error());
    return made.TakeStatus();
  }
  PreparedStatementInfo info;
  info.id = next_prepared_id++;
  info.columns = (*made)->columns;
  info.parameters.assign((*made)->parameter_count, SqlType::Varchar(0));
  info.warning_count = static_cast<uint16_t>(std::min<uint64_t>(diagnostics.total_count(), 0xffff));
  prepared[info.id] = std::move(made).value();
  return info;
}

Status Session::Impl::RunPrepared(PreparedStatement& statement, const std::vector<SqlType>& types,
                                  std::vector<Value> values, ResultSink* sink) {
  if (values.size() != statement.parameter_count) return Error(ER_WRONG_ARGUMENTS, "EXECUTE");
  if (execute_depth > 0) return Error(ER_PS_NO_RECURSION);
  if (!IsQuery(statement.kind)) {
    // Handlers of other statements may keep parts of the AST: a fresh one for each execution.
    Arena arena;
    const uint64_t sql_mode = settings.sql_mode;
    settings.sql_mode = statement.sql_mode;
    auto parsed = ParseStatement(statement.text, MakeParseOptions(true), &arena);
    settings.sql_mode = sql_mode;
    if (!parsed.ok()) return parsed.TakeStatus();
    return ExecuteStatement(*parsed, sink);
  }

  if (!SameTypes(types, statement.plan_types) || statement.plan_catalog_version != db.catalog().version()) {
    statement.point.reset();
    statement.plan.reset();
  }
  if (statement.point != nullptr) {
    MAHI_ASSIGN_OR_RETURN(bool is_done, RunPoint(*statement.plan, *statement.point, values, sink));
    if (is_done) return Status::Ok();
  }
  QueryOptions options;
  options.parameter_types = &types;
  options.parameters = std::move(values);
  options.plan_slot = &statement.plan;
  statement.plan_types = types;
  statement.plan_catalog_version = db.catalog().version();
  diagnostics.Clear();
  statement_insert_id = 0;
  statement_time_us = fixed_timestamp_us.value_or(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
  db.sessions().counters.commands[static_cast<size_t>(statement.kind)].fetch_add(1, std::memory_order_relaxed);
  ++execute_depth;
  Status status = ExecuteQuery(statement.statement, std::move(options), sink);
  --execute_depth;
  if (status.ok() && statement.plan != nullptr && statement.point == nullptr &&
      statement.kind == ast::StatementKind::kSelect) {
    statement.point = PointSelect::Prepare(*statement.plan);
  }
  if (!status.ok()) {
    diagnostics.Add(ConditionLevel::kError, status.error());
    previous_row_count = -1;
  }
  return status;
}

Status Session::Impl::ExecutePrepared(uint32_t id, const std::vector<SqlType>& types, std::vector<Value> values,
                                      bool open_cursor, ResultSink* sink) {
  auto found = prepared.find(id);
  if (found == prepared.end()) return Error(ER_UNKNOWN_STMT_HANDLER, id, "mysqld_stmt_execute");
  PreparedStatement& statement = *found->second;
  entry->SetCommand("Execute", statement.text);
  db.sessions().counters.questions.fetch_add(1, std::memory_order_relaxed);
  statement.cursor.reset();
  if (!open_cursor || statement.kind != ast::StatementKind::kSelect) {
    return RunPrepared(statement, types, std::move(values), sink);
  }
  auto cursor = std::make_unique<BufferedResult>(sink);
  MAHI_RETURN_IF_ERROR(RunPrepared(statement, types, std::move(values), cursor.get()));
  if (!cursor->has_result()) return Status::Ok();
  MAHI_RETURN_IF_ERROR(sink->BeginResultSet(cursor->columns(), Summary()));
  cursor->DetachSink();
  statement.cursor = std::move(cursor);
  return sink->EndResultSet(Summary());
}

Status Session::Impl::Fetch(uint32_t id, uint32_t row_count, ResultSink* sink, bool* is_last) {
  auto found = prepared.find(id);
  if (found == prepared.end()) return Error(ER_UNKNOWN_STMT_HANDLER, id, "mysqld_stmt_fetch");
  BufferedResult* cursor = found->second->cursor.get();
  if (cursor == nullptr) return Error(ER_STMT_HAS_NO_OPEN_CURSOR, id);
  MAHI_RETURN_IF_ERROR(cursor->Fetch(row_count, sink, is_last));
  if (*is_last) found->second->cursor.reset();
  return sink->EndResultSet(Summary());
}

Status Session::Impl::ExecutePrepare(const ast::PrepareStatement& statement, ResultSink* sink) {
  std::string text(statement.source_text);
  if (!statement.source_variable.empty()) {
    Value value = GetUserVariable(statement.source_variable);
    text = value.is_null() ? "NULL" : DatumToText(value.datum(), GetUserVariableType(statement.source_variable));
  }
  const std::string name = AsciiLower(statement.name);
  named_prepared.erase(name);
  MAHI_ASSIGN_OR_RETURN(auto made, MakePrepared(text));
  made->name = name;
  named_prepared[name] = std::move(made);
  return Done(sink, 0, "Statement prepared");
}

Status Session::Impl::ExecuteExecute(const ast::ExecuteStatement& statement, ResultSink* sink) {
  auto found = named_prepared.find(AsciiLower(statement.name));
  if (found == named_prepared.end()) return Error(ER_UNKNOWN_STMT_HANDLER, statement.name, "EXECUTE");
  if (statement.variables.size() != found->second->parameter_count) return Error(ER_WRONG_ARGUMENTS, "EXECUTE");
  std::vector<SqlType> types;
  std::vector<Value> values;
  for (std::string_view variable : statement.variables) {
    values.push_back(GetUserVariable(variable));
    types.push_back(GetUserVariableType(variable));
  }
  return RunPrepared(*found->second, types, std::move(values), sink);
}

Status Session::Impl::ExecuteDeallocate(const ast::DeallocateStatement& statement, ResultSink* sink) {
  if (named_prepared.erase(AsciiLower(statement.name)) == 0) {
    return Error(ER_UNKNOWN_STMT_HANDLER, statement.name, "DEALLOCATE PREPARE");
  }
  return Done(sink);
}

}  // namespace mahi
