// Queries, DML and DDL: bind, check privileges, optimise, execute, answer.

#include <deque>

#include "binder/ddl.h"
#include "binder/row_expressions.h"
#include "execution/generated_columns.h"
#include "parser/ast/dml.h"
#include "session/internal/session_impl.h"
#include "session/internal/select_into.h"
#include "types/conversion.h"

namespace mahi {

namespace {

Result<ast::Statement*> ParseStored(std::string_view sql, uint64_t sql_mode, Arena* arena) {
  ParseOptions options;
  options.ansi_quotes = (sql_mode & kSqlModeAnsiQuotes) != 0;
  options.no_backslash_escapes = (sql_mode & kSqlModeNoBackslashEscapes) != 0;
  options.pipes_as_concat = (sql_mode & kSqlModePipesAsConcat) != 0;
  return ParseStatement(sql, options, arena);
}

Result<ast::Expression*> ParseStoredExpression(std::string_view sql, uint64_t sql_mode, Arena* arena) {
  ParseOptions options;
  options.no_backslash_escapes = (sql_mode & kSqlModeNoBackslashEscapes) != 0;
  return ParseExpression(sql, options, arena);
}

// Whether an UPDATE or DELETE may reach any row: it reads a table from end to end and has no LIMIT.
bool ReadsEverything(const PhysicalNode* node) {
  if (node->kind == PhysicalKind::kLimit || node->kind == PhysicalKind::kTopN) return false;
  if (node->kind == PhysicalKind::kTableScan) return true;
  for (const PhysicalNode* child : node->children) {
    if (ReadsEverything(child)) return true;
  }
  return false;
}

bool IsDml(ast::StatementKind kind) {
  using ast::StatementKind;
  return kind == StatementKind::kInsert || kind == StatementKind::kReplace || kind == StatementKind::kUpdate ||
         kind == StatementKind::kDelete || kind == StatementKind::kLoadData;
}

}  // namespace

BindContext Session::Impl::MakeBindContext(const std::vector<SqlType>* parameter_types) {
  BindContext context;
  context.schema = &schema;
  context.session = this;
  context.database = database_name;
  context.sql_mode = settings.sql_mode;
  context.connection_collation = settings.collation_connection;
  context.server_collation = settings.collation_server;
  context.time_zone = settings.time_zone.get();
  context.diagnostics = &diagnostics;
  context.div_precision_increment = settings.div_precision_increment;
  context.foreign_key_checks = settings.foreign_key_checks;
  context.explicit_defaults_for_timestamp = settings.explicit_defaults_for_timestamp;
  context.default_storage_engine = settings.default_storage_engine;
  context.statement_time_us = statement_time_us;
  context.parameter_types = parameter_types;
  context.parse_statement = ParseStored;
  context.parse_expression = ParseStoredExpression;
  return context;
}

void Session::Impl::FillExecutionContext(ExecutionContext* context) {
  EvalContext& evaluation = context->evaluation;
  evaluation.session = this;
  evaluation.diagnostics = &diagnostics;
  evaluation.time_zone = settings.time_zone.get();
  evaluation.sql_mode = settings.sql_mode;
  evaluation.statement_time_us = statement_time_us;
  evaluation.max_allowed_packet = settings.max_allowed_packet;
  evaluation.group_concat_max_len = settings.group_concat_max_len;
  evaluation.div_precision_increment = settings.div_precision_increment;
  evaluation.default_week_format = settings.default_week_format;
  evaluation.lc_time_names = settings.lc_time_names;
  evaluation.kill_flag = &entry->kill_flag;
  context->transaction = transaction.get();
  context->catalog = &db.catalog();
  context->schema = &schema;
  context->tables = &db.tables();
  context->lock_wait_timeout_ms = settings.lock_wait_timeout_ms;
  context->cte_max_recursion_depth = settings.cte_max_recursion_depth;
  context->foreign_key_checks = settings.foreign_key_checks;
  context->unique_checks = settings.unique_checks;
  context->auto_increment_increment = settings.auto_increment_increment;
  context->auto_increment_offset = settings.auto_increment_offset;
  context->temporary_directory = db.variables().GetText("tmpdir");
  if (context->temporary_directory.empty()) context->temporary_directory = "/tmp";
  context->virtual_host = this;
  context->schema_reader = &schema;
}

Result<std::shared_ptr<Plan>> Session::Impl::MakePlan(ast::Statement* statement,
                                                      const std::vector<SqlType>* parameter_types) {
  auto plan = std::make_shared<Plan>();
  BindContext bind = MakeBindContext(parameter_types);
  MAHI_RETURN_IF_ERROR(BindStatement(bind, statement, plan.get()));
  ExecutionContext execution;
  FillExecutionContext(&execution);
  OptimizeContext optimize;
  optimize.schema = &schema;
  optimize.diagnostics = &diagnostics;
  optimize.evaluation = &execution.evaluation;
  MAHI_RETURN_IF_ERROR(Optimize(optimize, plan.get()));
  return plan;
}

Status Session::Impl::CheckPrivileges(const Plan& plan) {
  if (security.is_internal()) return Status::Ok();
  for (const PlanPrivilege& needed : plan.privileges) {
    if (EqualIgnoreAsciiCase(needed.schema, "information_schema") ||
        EqualIgnoreAsciiCase(needed.schema, "performance_schema")) {
      if ((needed.privileges & ~uint64_t{kPrivilegeSelect}) == 0) continue;
      return Error(ER_DBACCESS_DENIED_ERROR, security.account().user, security.account().host, needed.schema);
    }
    if (needed.table.empty()) {
      MAHI_RETURN_IF_ERROR(security.CheckDatabase(needed.privileges, needed.schema));
    } else if (needed.columns.empty()) {
      MAHI_RETURN_IF_ERROR(security.CheckTable(needed.privileges, needed.schema, needed.table));
    } else {
      std::vector<std::string_view> columns(needed.columns.begin(), needed.columns.end());
      MAHI_RETURN_IF_ERROR(security.CheckColumns(needed.privileges, needed.schema, needed.table, columns));
    }
  }
  return Status::Ok();
}

Status Session::Impl::BeginStatement(bool is_read_only, bool has_single_read) {
  if (!transaction->is_active()) BeginTransaction(false, std::nullopt);
  transaction->BeginStatement(has_single_read);
  return Status::Ok();
}

Status Session::Impl::FinishStatement(Status status) {
  if (!transaction->is_active()) return status;
  if (status.ok()) {
    transaction->EndStatement();
    if (!is_explicit_transaction && settings.autocommit) {
      is_read_only_transaction = false;
      return transaction->Commit();
    }
    return status;
  }
  transaction->RollbackStatement();
  if (transaction->is_active() && (transaction->is_doomed() || (!is_explicit_transaction && settings.autocommit))) {
    transaction->Rollback();
  }
  if (!transaction->is_active()) {
    is_explicit_transaction = false;
    is_read_only_transaction = false;
  }
  return status;
}

Status Session::Impl::ExecuteQuery(ast::Statement* statement, QueryOptions options, ResultSink* sink) {
  const bool is_dml = IsDml(statement->kind);
  MAHI_RETURN_IF_ERROR(BeginStatement(!is_dml, false));
  uint64_t affected_rows = 0;
  std::string info;
  bool has_result_set = false;
  auto run = [&]() -> Status {
    std::shared_ptr<Plan> plan = options.plan_slot != nullptr ? *options.plan_slot : nullptr;
    if (plan != nullptr) {
      // The definitions that the plan was made for are the current ones; their locks are still to be taken.
      for (const PlanDependency& dependency : plan->dependencies) {
        MAHI_RETURN_IF_ERROR(schema.LockTable(dependency.schema, dependency.table,
                                              is_dml ? TableIntent::kWrite : TableIntent::kRead));
      }
    }
    if (plan == nullptr) {
      MAHI_ASSIGN_OR_RETURN(plan, MakePlan(statement, options.parameter_types));
      if (options.plan_slot != nullptr && plan->is_cacheable) *options.plan_slot = plan;
    }
    MAHI_RETURN_IF_ERROR(CheckPrivileges(*plan));
    if (is_dml && transaction->options().is_read_only) {
      return Error(ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION);
    }
    if (is_dml && !security.is_internal()) {
      if (db.variables().GetNumber("read_only") != 0 && !security.HasDynamic("CONNECTION_ADMIN")) {
        return Error(ER_OPTION_PREVENTS_STATEMENT, "--read-only");
      }
    }
    const bool changes_rows =
        statement->kind == ast::StatementKind::kUpdate || statement->kind == ast::StatementKind::kDelete;
    if (settings.sql_safe_updates && changes_rows && plan->physical != nullptr && ReadsEverything(plan->physical)) {
      return Error(ER_UPDATE_WITHOUT_KEY_IN_SAFE_MODE);
    }
    has_result_set = !plan->columns.empty() && !plan->into;
    return RunPlan(*plan, statement, std::move(options.parameters), sink, &affected_rows, &info);
  };
  Status status = FinishStatement(run());
  MAHI_RETURN_IF_ERROR(std::move(status));
  if (has_result_set) {
    previous_row_count = -1;
    StatementSummary summary = Summary();
    MAHI_RETURN_IF_ERROR(sink->EndResultSet(summary));
    changes = {};
    has_changes = false;
    return Status::Ok();
  }
  return Done(sink, affected_rows, std::move(info));
}

Status Session::Impl::RunPlan(const Plan& plan, ast::Statement* statement, std::vector<Value> parameters,
                              ResultSink* sink, uint64_t* affected_rows, std::string* info) {
  ExecutionContext context;
  FillExecutionContext(&context);
  context.parameters = std::move(parameters);
  context.evaluation.is_dml = IsDml(statement->kind);
  context.open_input = [&](const std::string& name, bool is_local) { return OpenInput(name, is_local, sink); };
  if (plan.physical == nullptr) return Status::Ok();
  // Foreign keys' actions change rows of other tables, whose generated columns are bound when that happens.
  std::deque<Plan> row_plans;
  std::deque<RowExpressions> row_expressions;
  GeneratedColumns generated(context, plan, [&](const TableRef& table) -> Result<const RowExpressions*> {
    MAHI_ASSIGN_OR_RETURN(RowExpressions bound,
                          BindRowExpressions(MakeBindContext(nullptr), *table, &row_plans.emplace_back()));
    SetRowSlots(&bound);
    return &row_expressions.emplace_back(std::move(bound));
  });
  context.generated_columns = &generated;

  Execution execution(context, plan);
  const bool has_result_set = !plan.columns.empty() && !plan.into;
  MAHI_RETURN_IF_ERROR(execution.Open());
  uint64_t row_count = 0;
  if (has_result_set) {
    if (statement->kind == ast::StatementKind::kDo) {
      while (true) {
        MAHI_ASSIGN_OR_RETURN(Batch * batch, execution.Next());
        if (batch == nullptr) return Status::Ok();
      }
    }
    MAHI_RETURN_IF_ERROR(sink->BeginResultSet(plan.columns, Summary()));
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch * batch, execution.Next());
      if (batch == nullptr) break;
      row_count += batch->selected_count();
      MAHI_RETURN_IF_ERROR(sink->PushBatch(*batch));
    }
    found_rows_value = execution.result().found_rows != 0 ? execution.result().found_rows : row_count;
    return Status::Ok();
  }
  if (plan.into) {
    SelectIntoWriter writer(plan, *this, &diagnostics,
                            db.variables().GetText("secure_file_priv"));
    if (plan.into->kind != SelectIntoKind::kVariables) MAHI_RETURN_IF_ERROR(security.CheckGlobal(kPrivilegeFile));
    MAHI_RETURN_IF_ERROR(writer.Open());
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch * batch, execution.Next());
      if (batch == nullptr) break;
      MAHI_RETURN_IF_ERROR(writer.Write(*batch));
    }
    MAHI_RETURN_IF_ERROR(writer.Finish());
    *affected_rows = writer.row_count();
    found_rows_value = writer.row_count();
    return Status::Ok();
  }
  while (true) {
    MAHI_ASSIGN_OR_RETURN(Batch * batch, execution.Next());
    if (batch == nullptr) break;
  }

  const ExecutionResult& result = execution.result();
  *affected_rows = result.affected_rows;
  using ast::StatementKind;
  switch (statement->kind) {
    case StatementKind::kInsert:
    case StatementKind::kReplace:
      if (result.first_generated_id != 0) last_insert_id_value = result.first_generated_id;
      statement_insert_id = result.last_insert_id;
      if (result.copied_rows > 1 || ast::AsInsert(statement)->query != nullptr) {
        *info = fmt::format("Records: {}  Duplicates: {}  Warnings: {}", result.copied_rows, result.duplicate_rows,
                            diagnostics.total_count());
      }
      break;
    case StatementKind::kLoadData:
      if (result.first_generated_id != 0) last_insert_id_value = result.first_generated_id;
      statement_insert_id = result.last_insert_id;
      *info = fmt::format("Records: {}  Deleted: {}  Skipped: {}  Warnings: {}", result.copied_rows,
                          statement->As<ast::LoadDataStatement>()->is_replace ? result.duplicate_rows : 0,
                          statement->As<ast::LoadDataStatement>()->is_replace ? 0 : result.duplicate_rows,
                          diagnostics.total_count());
      break;
    case StatementKind::kUpdate:
      *info = fmt::format("Rows matched: {}  Changed: {}  Warnings: {}", result.matched_rows, result.affected_rows,
                          diagnostics.total_count());
      if (found_rows_as_affected) *affected_rows = result.matched_rows;
      break;
    default:
      break;
  }
  return Status::Ok();
}

Status Session::Impl::RunDdl(ast::Statement* statement, ResultSink* sink) {
  if (!security.is_internal() && db.variables().GetNumber("read_only") != 0 &&
      !security.HasDynamic("CONNECTION_ADMIN")) {
    return Error(ER_OPTION_PREVENTS_STATEMENT, "--read-only");
  }
  MAHI_RETURN_IF_ERROR(BeginStatement(false, false));
  ExecutionResult result;
  bool is_alter = false;
  std::string dropped_database;
  auto run = [&]() -> Status {
    auto plan = std::make_shared<Plan>();
    BindContext bind = MakeBindContext(nullptr);
    MAHI_RETURN_IF_ERROR(BindDdl(bind, statement, plan.get()));
    MAHI_RETURN_IF_ERROR(CheckPrivileges(*plan));
    ExecutionContext context;
    FillExecutionContext(&context);
    context.evaluation.is_dml = true;
    OptimizeContext optimize;
    optimize.schema = &schema;
    optimize.diagnostics = &diagnostics;
    optimize.evaluation = &context.evaluation;
    MAHI_RETURN_IF_ERROR(Optimize(optimize, plan.get()));
    is_alter = plan->ddl->kind == DdlKind::kAlterTable;
    if (plan->ddl->kind == DdlKind::kDropDatabase) dropped_database = As<DropDatabaseCommand>(plan->ddl)->name;
    return ExecuteDdl(context, *plan, &result);
  };
  Status status = FinishStatement(run());
  // DDL ends its transaction even where a temporary table let it run inside one.
  MAHI_RETURN_IF_ERROR(std::move(status));
  if (!is_explicit_transaction) MAHI_RETURN_IF_ERROR(CommitImplicitly());
  if (!dropped_database.empty() && dropped_database == database_name) {
    database_name.clear();
    entry->SetDatabase("");
  }
  std::string info;
  const bool has_fill = statement->kind == ast::StatementKind::kCreateTable &&
                        statement->As<ast::CreateTableStatement>()->query != nullptr;
  if (is_alter || has_fill) {
    info = fmt::format("Records: {}  Duplicates: {}  Warnings: {}", result.copied_rows, result.duplicate_rows,
                       diagnostics.total_count());
  }
  return Done(sink, result.affected_rows, std::move(info));
}

Result<Value> Session::Impl::EvaluateExpression(ast::Expression* expression, SqlType* type) {
  const bool was_active = transaction->is_active();
  MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
  auto run = [&]() -> Result<Value> {
    Plan plan;
    BindContext bind = MakeBindContext(nullptr);
    MAHI_ASSIGN_OR_RETURN(Expression * bound, BindScalar(bind, expression, &plan));
    ExecutionContext context;
    FillExecutionContext(&context);
    OptimizeContext optimize;
    optimize.schema = &schema;
    optimize.diagnostics = &diagnostics;
    optimize.evaluation = &context.evaluation;
    MAHI_RETURN_IF_ERROR(PlanExpression(optimize, bound, &plan));
    MAHI_RETURN_IF_ERROR(CheckPrivileges(plan));
    *type = bound->type;
    return EvaluateScalar(context, plan, bound);
  };
  Result<Value> value = run();
  Status finished = FinishStatement(value.ok() ? Status::Ok() : value.TakeStatus());
  MAHI_RETURN_IF_ERROR(std::move(finished));
  // SET autocommit=0 and its kin must not leave a transaction behind that only evaluated a constant.
  if (!was_active && transaction->is_active() && !is_explicit_transaction && !transaction->has_snapshot() &&
      !transaction->has_writes()) {
    MAHI_RETURN_IF_ERROR(transaction->Commit());
  }
  return value;
}

}  // namespace mahi
