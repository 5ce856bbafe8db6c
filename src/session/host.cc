// What system views ask of the session.

#include <sys/resource.h>

#include <chrono>

#include "session/internal/session_impl.h"
#include "session/show_create.h"
#include "session/status_counters.h"
#include "table/table_store.h"
#include "types/conversion.h"

namespace mahi {

std::vector<std::pair<std::string, std::string>> Session::Impl::ListVariables(bool is_global) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const SystemVariable& variable : AllSystemVariables()) {
    if (is_global && variable.scope == VariableScope::kSession) continue;
    if (auto computed = ComputedVariable(variable.name, is_global)) {
      result.emplace_back(std::string(variable.name), DatumToText(computed->datum(), computed->NaturalType()));
      continue;
    }
    Value value = is_global ? db.variables().Get(variable) : variables.Get(variable);
    result.emplace_back(std::string(variable.name), VariableText(variable, value));
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::pair<std::string, std::string>> Session::Impl::ListStatus(bool is_global) {
  auto result = StatusRows(db);
  if (!is_global) {
    for (auto& [name, value] : result) {
      auto found = connection_status.find(name);
      if (found != connection_status.end()) value = found->second;
    }
  }
  return result;
}

std::vector<ProcessRow> Session::Impl::ListProcesses() {
  std::vector<ProcessRow> rows;
  const int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  const bool sees_all = security.is_internal() || security.CheckGlobal(kPrivilegeProcess).ok();
  for (const auto& other : db.sessions().List()) {
    SessionEntry::View view = other->Get();
    if (!sees_all &&
        (view.account_user != security.account().user || view.account_host != security.account().host)) {
      continue;
    }
    ProcessRow row;
    row.id = view.id;
    row.user = view.user;
    row.host = view.host;
    row.database = view.database;
    row.has_database = !view.database.empty();
    row.command = view.command;
    row.state = view.state;
    if (other->id() == connection_id() && row.state.empty()) row.state = "executing";
    row.info = view.info;
    row.has_info = !view.info.empty() && row.command != "Sleep";
    row.time_s = view.started_us == 0 ? 0 : std::max<int64_t>(0, (now - view.started_us) / 1'000'000);
    row.connection_attributes = std::move(view.connection_attributes);
    rows.push_back(std::move(row));
  }
  return rows;
}

TableStatus Session::Impl::StatusOf(const TableRef& table) {
  TableStatus status;
  status.rows = db.tables().RowCount(*table);
  status.data_bytes = db.tables().DataBytes(*table);
  status.index_bytes = db.tables().IndexBytes(*table);
  if (table->auto_increment_column()) {
    TableContext context;
    context.catalog = &db.catalog();
    context.transaction = transaction.get();
    auto value = db.tables().AutoIncrementValue(&context, table);
    if (value.ok()) status.auto_increment = *value;
  }
  return status;
}

Result<std::vector<ViewColumnInfo>> Session::Impl::ViewColumns(const ViewRef& view) {
  Arena arena;
  ParseOptions options;
  options.ansi_quotes = false;
  std::string sql = "SELECT * FROM " + QuoteIdentifier(view->schema) + "." + QuoteIdentifier(view->name);
  MAHI_ASSIGN_OR_RETURN(ast::Statement * statement, ParseStatement(sql, options, &arena));
  Plan plan;
  Diagnostics ignored;
  BindContext context = MakeBindContext(nullptr);
  context.diagnostics = &ignored;
  MAHI_RETURN_IF_ERROR(BindStatement(context, statement, &plan));
  std::vector<ViewColumnInfo> columns;
  for (const ResultColumn& column : plan.columns) columns.push_back({column.name, column.type, column.is_nullable});
  return columns;
}

}  // namespace mahi
