#include "session/session.h"

#include "session/internal/buffered_result.h"
#include "session/internal/session_impl.h"

namespace mahi {

Session::Impl::Impl(Database* database)
    : db(*database),
      entry(database->sessions().Add()),
      transaction(database->transactions().NewTransaction(entry->id(), &entry->kill_flag)),
      schema(&database->catalog(), transaction.get(), &database->tables()),
      variables(&database->variables()),
      random(std::random_device{}()) {
  Status status = RefreshSettings();
  if (!status.ok()) settings.time_zone = TimeZone::System();
}

Session::Impl::~Impl() {
  if (transaction->is_active()) transaction->Rollback();
  UnlockTables();
  ReleaseAllLocks();
  schema.DropAllTemporaryTables();
  db.sessions().Remove(entry->id());
}

void Session::Impl::Reset() {
  if (transaction->is_active()) transaction->Rollback();
  is_explicit_transaction = false;
  is_read_only_transaction = false;
  next_isolation.reset();
  next_read_only.reset();
  UnlockTables();
  ReleaseAllLocks();
  schema.DropAllTemporaryTables();
  prepared.clear();
  named_prepared.clear();
  user_variables.clear();
  variables.Reset();
  fixed_timestamp_us.reset();
  last_insert_id_value = 0;
  previous_row_count = -1;
  found_rows_value = 0;
  diagnostics.Clear();
  changes = {};
  has_changes = false;
  Status status = RefreshSettings();
  if (!status.ok()) settings.time_zone = TimeZone::System();
}

Session::Session(Database* database) : impl_(std::make_unique<Impl>(database)) {}
Session::~Session() = default;

SessionEntry& Session::entry() { return *impl_->entry; }
uint64_t Session::connection_id() const { return impl_->connection_id(); }

void Session::SetSecurity(SecurityContext security, std::string_view host) {
  impl_->security = std::move(security);
  impl_->host = host;
  impl_->entry->SetIdentity(impl_->security.user(), std::string(host), impl_->security.account().user,
                            impl_->security.account().host);
}
SecurityContext& Session::security() { return impl_->security; }

void Session::SetHandshakeCollation(uint16_t id) {
  impl_->handshake_collation = id;
  const Collation* collation = FindCollation(id);
  if (collation == nullptr || collation->charset().min_bytes > 1) return;
  Status status = impl_->SetNames(collation->charset().name, collation->name());
  if (!status.ok()) return;  // The server's defaults stay.
}

void Session::SetConnectionStatus(std::string_view name, std::string value) {
  impl_->connection_status[std::string(name)] = std::move(value);
}

Status Session::Execute(std::string_view sql, ResultSink* sink) {
  impl_->is_interactive = is_interactive;
  impl_->found_rows_as_affected = found_rows_as_affected;
  impl_->multi_statements_allowed = multi_statements_allowed;
  impl_->local_infile_allowed = local_infile_allowed;
  return impl_->Execute(sql, sink);
}

Result<PreparedStatementInfo> Session::Prepare(std::string_view sql) { return impl_->Prepare(sql); }

Status Session::ExecutePrepared(uint32_t id, const std::vector<SqlType>& types, std::vector<Value> values,
                                bool open_cursor, ResultSink* sink) {
  impl_->found_rows_as_affected = found_rows_as_affected;
  impl_->local_infile_allowed = local_infile_allowed;
  return impl_->ExecutePrepared(id, types, std::move(values), open_cursor, sink);
}

Status Session::Fetch(uint32_t id, uint32_t row_count, ResultSink* sink, bool* is_last) {
  return impl_->Fetch(id, row_count, sink, is_last);
}
void Session::ClosePrepared(uint32_t id) { impl_->prepared.erase(id); }
Status Session::ResetPrepared(uint32_t id) {
  auto found = impl_->prepared.find(id);
  if (found == impl_->prepared.end()) return Error(ER_UNKNOWN_STMT_HANDLER, id, "mysqld_stmt_reset");
  found->second->cursor.reset();
  return Status::Ok();
}
Result<uint32_t> Session::ParameterCount(uint32_t id) const {
  auto found = impl_->prepared.find(id);
  if (found == impl_->prepared.end()) return Error(ER_UNKNOWN_STMT_HANDLER, id, "mysqld_stmt_execute");
  return found->second->parameter_count;
}

Status Session::UseDatabase(std::string_view name) {
  impl_->diagnostics.Clear();
  return impl_->UseDatabase(name);
}

Result<std::vector<ResultColumn>> Session::FieldList(std::string_view table, std::string_view wildcard) {
  Arena arena;
  std::string sql = "SELECT * FROM `";
  for (char c : table) {
    if (c == '`') sql += '`';
    sql += c;
  }
  sql += "` LIMIT 0";
  MAHI_ASSIGN_OR_RETURN(ast::Statement * statement, ParseStatement(sql, ParseOptions(), &arena));
  MAHI_RETURN_IF_ERROR(impl_->BeginStatement(true, false));
  auto plan = impl_->MakePlan(statement, nullptr);
  Status status = plan.ok() ? impl_->CheckPrivileges(**plan) : plan.TakeStatus();
  MAHI_RETURN_IF_ERROR(impl_->FinishStatement(std::move(status)));
  std::vector<ResultColumn> columns;
  const Collation* rules = FindCollation(kCollationUtf8mb4GeneralCi);
  for (ResultColumn& column : (*plan)->columns) {
    if (wildcard.empty() || rules->Like(column.name, wildcard)) columns.push_back(std::move(column));
  }
  return columns;
}

void Session::Reset() {
  impl_->Reset();
  if (impl_->handshake_collation != 0) SetHandshakeCollation(impl_->handshake_collation);
}

void Session::LeaveDatabase() {
  impl_->database_name.clear();
  impl_->entry->SetDatabase("");
}

std::string Session::StatisticsText() {
  auto& counters = impl_->db.sessions().counters;
  const int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  const double uptime = static_cast<double>(std::max<int64_t>(1, (now - impl_->db.started_at_us()) / 1'000'000));
  const uint64_t questions = counters.questions.load(std::memory_order_relaxed);
  return fmt::format(
      "Uptime: {:.0f}  Threads: {}  Questions: {}  Slow queries: {}  Opens: 0  Flush tables: 0  Open tables: 0  Queries "
      "per second avg: {:.3f}",
      uptime, impl_->db.sessions().count(), questions, counters.slow_queries.load(std::memory_order_relaxed),
      static_cast<double>(questions) / uptime);
}

const Collation* Session::results_collation() const {
  const CollationId id = impl_->settings.character_set_results;
  return id == 0 || id == kCollationBinary ? nullptr : FindCollation(id);
}
CollationId Session::connection_collation() const { return impl_->settings.collation_connection; }
Status Session::Kill(uint64_t connection_id, bool is_query_only) { return impl_->Kill(connection_id, is_query_only); }
StatementSummary Session::Summary() const { return impl_->Summary(); }
std::string_view Session::database() const { return impl_->database_name; }
Diagnostics& Session::diagnostics() { return impl_->diagnostics; }
uint64_t Session::NumericVariable(std::string_view name) { return impl_->variables.GetNumber(name); }
bool Session::is_in_transaction() const { return impl_->is_in_transaction(); }
bool Session::is_closing() const { return impl_->is_closing; }

}  // namespace mahi
