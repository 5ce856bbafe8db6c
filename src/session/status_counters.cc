#include "session/status_counters.h"

#include <algorithm>
#include <chrono>

#include "parser/ast/statement.h"
#include "transaction/transaction_manager.h"

namespace mahi {

namespace {

struct CommandName {
  ast::StatementKind kind;
  const char* name;
};
constexpr CommandName kCommandNames[] = {
    {ast::StatementKind::kSelect, "Com_select"},
    {ast::StatementKind::kInsert, "Com_insert"},
    {ast::StatementKind::kReplace, "Com_replace"},
    {ast::StatementKind::kUpdate, "Com_update"},
    {ast::StatementKind::kDelete, "Com_delete"},
    {ast::StatementKind::kLoadData, "Com_load"},
    {ast::StatementKind::kDo, "Com_do"},
    {ast::StatementKind::kBegin, "Com_begin"},
    {ast::StatementKind::kCommit, "Com_commit"},
    {ast::StatementKind::kRollback, "Com_rollback"},
    {ast::StatementKind::kSavepoint, "Com_savepoint"},
    {ast::StatementKind::kRollbackToSavepoint, "Com_rollback_to_savepoint"},
    {ast::StatementKind::kReleaseSavepoint, "Com_release_savepoint"},
    {ast::StatementKind::kSet, "Com_set_option"},
    {ast::StatementKind::kUse, "Com_change_db"},
    {ast::StatementKind::kKill, "Com_kill"},
    {ast::StatementKind::kFlush, "Com_flush"},
    {ast::StatementKind::kCreateDatabase, "Com_create_db"},
    {ast::StatementKind::kAlterDatabase, "Com_alter_db"},
    {ast::StatementKind::kDropDatabase, "Com_drop_db"},
    {ast::StatementKind::kCreateTable, "Com_create_table"},
    {ast::StatementKind::kAlterTable, "Com_alter_table"},
    {ast::StatementKind::kDropTable, "Com_drop_table"},
    {ast::StatementKind::kRenameTable, "Com_rename_table"},
    {ast::StatementKind::kTruncateTable, "Com_truncate"},
    {ast::StatementKind::kCreateIndex, "Com_create_index"},
    {ast::StatementKind::kDropIndex, "Com_drop_index"},
    {ast::StatementKind::kCreateView, "Com_create_view"},
    {ast::StatementKind::kDropView, "Com_drop_view"},
    {ast::StatementKind::kCreateUser, "Com_create_user"},
    {ast::StatementKind::kAlterUser, "Com_alter_user"},
    {ast::StatementKind::kDropUser, "Com_drop_user"},
    {ast::StatementKind::kGrant, "Com_grant"},
    {ast::StatementKind::kRevoke, "Com_revoke"},
    {ast::StatementKind::kLockTables, "Com_lock_tables"},
    {ast::StatementKind::kUnlockTables, "Com_unlock_tables"},
    {ast::StatementKind::kPrepare, "Com_prepare_sql"},
    {ast::StatementKind::kExecute, "Com_execute_sql"},
    {ast::StatementKind::kDeallocate, "Com_dealloc_sql"},
    {ast::StatementKind::kTableMaintenance, "Com_check"},
    {ast::StatementKind::kShow, "Com_show_tables"},
    {ast::StatementKind::kExplain, "Com_explain_other"},
};

}  // namespace

std::vector<std::pair<std::string, std::string>> StatusRows(Database& database) {
  std::vector<std::pair<std::string, std::string>> rows;
  auto add = [&](const char* name, uint64_t value) { rows.emplace_back(name, std::to_string(value)); };
  auto& counters = database.sessions().counters;
  auto load = [](const std::atomic<uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  const int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  for (const CommandName& command : kCommandNames) {
    add(command.name, load(counters.commands[static_cast<size_t>(command.kind)]));
  }
  add("Aborted_clients", load(counters.aborted_clients));
  add("Aborted_connects", load(counters.aborted_connects));
  add("Bytes_received", load(counters.bytes_received));
  add("Bytes_sent", load(counters.bytes_sent));
  add("Connection_errors_max_connections", load(counters.connection_errors_max_connections));
  add("Connections", load(counters.connections));
  add("Handler_commit", database.transactions().commit_count());
  add("Handler_rollback", database.transactions().rollback_count());
  add("Max_used_connections", load(counters.max_used_connections));
  add("Queries", load(counters.questions));
  add("Questions", load(counters.questions));
  add("Slow_queries", load(counters.slow_queries));
  add("Ssl_accepts", load(counters.ssl_accepts));
  add("Ssl_finished_accepts", load(counters.ssl_finished_accepts));
  add("Threads_connected", database.sessions().count());
  add("Threads_running", load(counters.threads_running));
  add("Threads_created", load(counters.connections));
  add("Threads_cached", 0);
  add("Uptime", static_cast<uint64_t>((now - database.started_at_us()) / 1'000'000));
  add("Uptime_since_flush_status", static_cast<uint64_t>((now - database.started_at_us()) / 1'000'000));
  rows.emplace_back("Compression", "OFF");
  rows.emplace_back("Compression_algorithm", "");
  rows.emplace_back("Ssl_cipher", "");
  rows.emplace_back("Ssl_version", "");
  rows.emplace_back("Ssl_cipher_list", "");
  rows.emplace_back("Last_query_cost", "0.000000");
  add("Open_tables", 0);
  add("Opened_tables", 0);
  add("Open_files", 0);
  add("Created_tmp_tables", 0);
  add("Created_tmp_disk_tables", 0);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace mahi
