// Closed routines for point selects.
//
// A text statement is split into its shape and its literals. A shape that comes again is planned with parameters in the
// literals' places; when that plan is a point select, the session keeps it with its closed routine, and every later
// statement of the shape goes from the packet to the storage engine and back without parser, binder and operators.
// Everything else is remembered as general and goes the general way.

#include <chrono>

#include "session/internal/session_impl.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// Shapes that one session remembers.
constexpr size_t kMaxCachedStatements = 256;

SqlType LiteralType(const PulledLiteral& literal, CollationId collation) {
  switch (literal.kind) {
    case ast::LiteralKind::kInteger:
      return SqlType::BigInt();
    case ast::LiteralKind::kString:
      return SqlType::Varchar(static_cast<uint32_t>(literal.text.size()), collation);
    default:
      return SqlType::Double();
  }
}

// False: the literal is not one that parameters stand for exactly.
bool LiteralValue(const PulledLiteral& literal, Value* value) {
  switch (literal.kind) {
    case ast::LiteralKind::kInteger: {
      if (literal.text.size() > 18) return false;
      int64_t number = 0;
      for (char c : literal.text) number = number * 10 + (c - '0');
      *value = Value::Int64(number);
      return true;
    }
    case ast::LiteralKind::kString:
      *value = Value::String(std::string(literal.text));
      return true;
    default:
      return false;
  }
}

}  // namespace

ExecutionContext& Session::Impl::PointContext() {
  if (point_context == nullptr) {
    point_context = std::make_unique<ExecutionContext>();
    FillExecutionContext(point_context.get());
  }
  return *point_context;
}

Result<bool> Session::Impl::RunPoint(const Plan& plan, PointSelect& point, std::vector<Value> parameters,
                                     ResultSink* sink) {
  diagnostics.Clear();
  statement_insert_id = 0;
  ExecutionContext& context = PointContext();
  context.parameters = std::move(parameters);
  point_row.resize(point.column_count());
  const bool is_own_transaction = !transaction->is_active();
  if (is_own_transaction) BeginTransaction(false, std::nullopt);
  transaction->BeginStatement(/*has_single_read=*/true);
  auto run = [&]() -> Result<PointSelect::Outcome> {
    for (const PlanDependency& dependency : plan.dependencies) {
      MAHI_RETURN_IF_ERROR(schema.LockTable(dependency.schema, dependency.table, TableIntent::kRead));
    }
    MAHI_RETURN_IF_ERROR(CheckPrivileges(plan));
    MAHI_ASSIGN_OR_RETURN(PointSelect::Outcome outcome, point.Run(context, point_row.data()));
    if (outcome == PointSelect::Outcome::kUnsuitable) return outcome;
    MAHI_RETURN_IF_ERROR(sink->BeginResultSet(plan.columns, Summary()));
    if (outcome == PointSelect::Outcome::kRow) MAHI_RETURN_IF_ERROR(sink->PushRow(plan.columns, point_row.data()));
    return outcome;
  };
  auto outcome = run();
  MAHI_RETURN_IF_ERROR(FinishStatement(outcome.ok() ? Status::Ok() : outcome.TakeStatus()));
  if (*outcome == PointSelect::Outcome::kUnsuitable) return false;
  found_rows_value = *outcome == PointSelect::Outcome::kRow ? 1 : 0;
  previous_row_count = -1;
  db.sessions().counters.commands[static_cast<size_t>(ast::StatementKind::kSelect)].fetch_add(
      1, std::memory_order_relaxed);
  MAHI_RETURN_IF_ERROR(sink->EndResultSet(Summary()));
  changes = {};
  has_changes = false;
  return true;
}

Result<bool> Session::Impl::TryCached(std::string_view sql, ResultSink* sink) {
  if (is_lock_tables_mode || schema.has_temporary_tables() || security.is_password_expired()) return false;
  if (!Parameterise(sql, MakeParseOptions(false), &parameterised)) return false;
  if (parameterised.literals.empty()) return false;
  auto found = statement_cache.find(parameterised.hash);
  if (found == statement_cache.end()) {
    // Seen once: planned when it comes again.
    if (statement_cache.size() >= kMaxCachedStatements) statement_cache.clear();
    auto entry_of = std::make_unique<CachedStatement>();
    entry_of->key = parameterised.key;
    statement_cache.emplace(parameterised.hash, std::move(entry_of));
    return false;
  }
  CachedStatement& cached = *found->second;
  if (cached.key != parameterised.key || cached.is_general) return false;
  const bool is_current = cached.point != nullptr && cached.catalog_version == db.catalog().version() &&
                          cached.sql_mode == settings.sql_mode &&
                          cached.collation == settings.collation_connection && cached.database == database_name;
  std::vector<Value> values(parameterised.literals.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (!LiteralValue(parameterised.literals[i], &values[i])) return false;
    if (is_current && (values[i].kind() == PhysicalType::kString) != cached.types[i].IsString()) return false;
  }
  if (!is_current) {
    cached.point.reset();
    cached.plan.reset();
    std::vector<SqlType> types;
    for (const PulledLiteral& literal : parameterised.literals) {
      types.push_back(LiteralType(literal, settings.collation_connection));
    }
    Arena arena;
    auto parsed = ParseStatement(cached.key, MakeParseOptions(true), &arena);
    if (!parsed.ok() || (*parsed)->kind != ast::StatementKind::kSelect) {
      cached.is_general = true;
      return false;
    }
    // An error here is found again, and reported, in the general way.
    MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
    auto plan = MakePlan(*parsed, &types);
    Status planned = FinishStatement(plan.ok() ? Status::Ok() : plan.TakeStatus());
    diagnostics.Clear();
    if (!planned.ok() || !(*plan)->is_cacheable) {
      cached.is_general = true;
      return false;
    }
    cached.point = PointSelect::Prepare(**plan);
    if (cached.point == nullptr) {
      cached.is_general = true;
      return false;
    }
    cached.plan = std::move(plan).value();
    cached.types = std::move(types);
    cached.catalog_version = db.catalog().version();
    cached.sql_mode = settings.sql_mode;
    cached.collation = settings.collation_connection;
    cached.database = database_name;
  }
  entry->SetCommand("Query", sql);
  entry->command_started_us.store(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count(),
      std::memory_order_relaxed);
  has_more_results = false;
  MAHI_ASSIGN_OR_RETURN(bool is_done, RunPoint(*cached.plan, *cached.point, std::move(values), sink));
  if (is_done) db.sessions().counters.questions.fetch_add(1, std::memory_order_relaxed);
  return is_done;
}

}  // namespace mahi
