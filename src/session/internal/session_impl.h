// Session::Impl: the session's state and its statement handlers, one .cc for each family.
//
//   statement.cc      parse loop, dispatch, implicit commits       query.cc       queries, DML, DDL through the stages
//   transaction.cc    BEGIN ... XA, SET TRANSACTION                set.cc         SET, system and user variables
//   show.cc           SHOW as queries of the system views          prepared.cc    prepared statements, both kinds
//   account.cc        CREATE USER ... REVOKE                       admin.cc       KILL, FLUSH, table maintenance, LOCK
//   info.cc           what functions ask (SessionInfo)             explain.cc     EXPLAIN
//   host.cc           what system views ask
//
// Thread safety: the session's thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "binder/binder.h"
#include "catalog/catalog.h"
#include "catalog/session_schema.h"
#include "execution/executor.h"
#include "execution/point_select.h"
#include "optimizer/optimizer.h"
#include "parser/digest.h"
#include "parser/parser.h"
#include "session/database.h"
#include "session/session.h"
#include "system_views/host.h"
#include "table/table_store.h"
#include "transaction/transaction.h"
#include "transaction/transaction_manager.h"
#include "types/temporal.h"

namespace mahi {

// Values of system variables that statements look at all the time; refreshed after each SET.
struct SessionSettings {
  uint64_t sql_mode = 0;
  bool autocommit = true;
  bool foreign_key_checks = true;
  bool unique_checks = true;
  bool big_tables = false;
  bool explicit_defaults_for_timestamp = true;
  bool sql_notes = true;
  bool is_read_only = false;                 // transaction_read_only
  bool sql_safe_updates = false;
  IsolationLevel isolation = IsolationLevel::kRepeatableRead;
  CollationId collation_connection = kCollationDefault;
  CollationId collation_server = kCollationDefault;
  CollationId character_set_results = kCollationDefault;  // default collation of the set; 0: no conversion
  CollationId character_set_client = kCollationDefault;
  uint32_t div_precision_increment = 4;
  int32_t default_week_format = 0;
  uint64_t group_concat_max_len = 1024;
  uint64_t max_allowed_packet = 64 << 20;
  uint64_t max_error_count = 1024;
  uint64_t max_execution_time_ms = 0;
  uint64_t sql_select_limit = ~uint64_t{0};
  uint64_t cte_max_recursion_depth = 1000;
  uint64_t tmp_table_size = 16 << 20;
  uint64_t sort_buffer_size = 256 << 10;
  uint64_t lock_wait_timeout_ms = 31'536'000'000;
  uint64_t innodb_lock_wait_timeout_ms = 50'000;
  bool snapshot_isolation = true;
  uint64_t auto_increment_increment = 1;
  uint64_t auto_increment_offset = 1;
  std::string lc_time_names = "en_US";
  std::string default_storage_engine = "InnoDB";
  std::shared_ptr<const TimeZone> time_zone;
};

struct UserVariableSlot {
  Value value;
  SqlType type;
};

// A prepared statement, of either protocol.
struct PreparedStatement {
  std::string name;   // SQL-level PREPARE; empty for COM_STMT_PREPARE
  std::string text;
  std::string database;
  uint64_t sql_mode = 0;
  uint32_t parameter_count = 0;
  ast::StatementKind kind = ast::StatementKind::kSelect;
  std::vector<ResultColumn> columns;
  // The parsed text; binding it again is cheaper than parsing it again.
  Arena arena;
  ast::Statement* statement = nullptr;
  // The latest plan, its closed routine where it has one, and what they were made for.
  std::shared_ptr<Plan> plan;
  std::unique_ptr<PointSelect> point;
  std::vector<SqlType> plan_types;
  uint64_t plan_catalog_version = 0;
  std::unique_ptr<class BufferedResult> cursor;
};

// A text statement without its literals that has been seen before.
struct CachedStatement {
  std::string key;
  std::string database;
  uint64_t sql_mode = 0;
  CollationId collation = 0;
  uint64_t catalog_version = 0;
  std::vector<SqlType> types;          // of the literals
  bool is_general = false;             // not a point select: runs in the general way
  std::shared_ptr<Plan> plan;
  std::unique_ptr<PointSelect> point;
};

class Session::Impl final : public SessionInfo, public SystemViewHost {
 public:
  explicit Impl(Database* database);
  ~Impl() override;

  // --- statement.cc
  Status Execute(std::string_view sql, ResultSink* sink);
  Status ExecuteStatement(ast::Statement* statement, ResultSink* sink);
  Status Dispatch(ast::Statement* statement, ResultSink* sink);
  ParseOptions MakeParseOptions(bool allow_parameters) const;
  // Runs SQL made by the session itself (SHOW). `columns`, when given, renames the result.
  Status ExecuteInternal(const std::string& sql, ResultSink* sink);
  StatementSummary Summary() const;
  Status Done(ResultSink* sink, uint64_t affected_rows = 0, std::string info = "");

  // --- query.cc
  struct QueryOptions {
    const std::vector<SqlType>* parameter_types = nullptr;
    std::vector<Value> parameters;
    std::shared_ptr<Plan>* plan_slot = nullptr;  // prepared statements keep their plan here
    bool is_explain = false;
  };
  Status ExecuteQuery(ast::Statement* statement, QueryOptions options, ResultSink* sink);
  BindContext MakeBindContext(const std::vector<SqlType>* parameter_types);
  void FillExecutionContext(ExecutionContext* context);
  Result<std::shared_ptr<Plan>> MakePlan(ast::Statement* statement, const std::vector<SqlType>* parameter_types);
  Status CheckPrivileges(const Plan& plan);
  Status RunPlan(const Plan& plan, ast::Statement* statement, std::vector<Value> parameters, ResultSink* sink,
                 uint64_t* affected_rows, std::string* info);
  Status RunDdl(ast::Statement* statement, ResultSink* sink);
  // The transaction around a statement that touches data.
  Status BeginStatement(bool is_read_only, bool has_single_read);
  Status FinishStatement(Status status);
  Result<Value> EvaluateExpression(ast::Expression* expression, SqlType* type);
  // load_file.cc: the file of LOAD DATA, from the client or from the server's disk.
  Result<std::unique_ptr<InputFile>> OpenInput(const std::string& name, bool is_local, ResultSink* sink);

  // --- plan_cache.cc: closed routines for point selects, of prepared and of text statements
  // Runs the text as a cached point select; false: it must go the general way.
  Result<bool> TryCached(std::string_view sql, ResultSink* sink);
  // False: these parameters need the general way.
  Result<bool> RunPoint(const Plan& plan, PointSelect& point, std::vector<Value> parameters, ResultSink* sink);
  ExecutionContext& PointContext();

  // --- transaction.cc
  Status Begin(const ast::BeginStatement& statement);
  Status Commit(ast::Tristate chain, ast::Tristate release);
  Status RollbackTransaction(ast::Tristate chain, ast::Tristate release);
  Status CommitImplicitly();
  Status SetTransaction(const ast::SetItem& item);
  TransactionOptions MakeTransactionOptions(bool is_autocommit);
  void BeginTransaction(bool is_explicit, std::optional<bool> read_only);
  bool is_in_transaction() const;

  // --- set.cc
  Status ExecuteSet(const ast::SetStatement& statement, ResultSink* sink);
  Status SetVariable(const ast::SetItem& item);
  Status AssignVariable(ast::VariableScope scope, std::string_view name, const Value& value, bool is_default);
  Status SetNames(std::string_view charset, std::string_view collation);
  Status SetCharacterSet(std::string_view charset);
  Status RefreshSettings();
  Result<Value> ReadVariable(std::string_view name, bool is_global);
  std::optional<Value> ComputedVariable(std::string_view name, bool is_global);

  // --- show.cc
  Status ExecuteShow(const ast::ShowStatement& statement, ResultSink* sink);
  Status ExecuteDescribe(const ast::DescribeStatement& statement, ResultSink* sink);
  Status ShowWarnings(const ast::ShowStatement& statement, ResultSink* sink);
  Status ShowCreate(const ast::ShowStatement& statement, ResultSink* sink);
  Status ShowColumns(const ast::QualifiedName& table, std::string_view schema, bool is_full, bool is_extended,
                     std::string_view filter, ResultSink* sink);
  Status ShowTemporaryColumns(const TableDefinition& table, bool is_full, ResultSink* sink);
  Status ShowGrants(const ast::ShowStatement& statement, ResultSink* sink);
  Status ShowEngineStatus(const ast::ShowStatement& statement, ResultSink* sink);
  static std::string PrintWhere(const ast::Expression& where);
  // A result set of strings; absent: NULL.
  Status SendRows(const std::vector<std::string>& names, const std::vector<std::vector<std::optional<std::string>>>& rows,
                  ResultSink* sink);

  // --- prepared.cc
  Result<PreparedStatementInfo> Prepare(std::string_view sql);
  Status ExecutePrepared(uint32_t id, const std::vector<SqlType>& types, std::vector<Value> values, bool open_cursor,
                         ResultSink* sink);
  Status Fetch(uint32_t id, uint32_t row_count, ResultSink* sink, bool* is_last);
  Status ExecutePrepare(const ast::PrepareStatement& statement, ResultSink* sink);
  Status ExecuteExecute(const ast::ExecuteStatement& statement, ResultSink* sink);
  Status ExecuteDeallocate(const ast::DeallocateStatement& statement, ResultSink* sink);
  Result<std::unique_ptr<PreparedStatement>> MakePrepared(std::string_view sql);
  Status RunPrepared(PreparedStatement& prepared, const std::vector<SqlType>& types, std::vector<Value> values,
                     ResultSink* sink);

  // --- account.cc
  Status ExecuteAccountStatement(ast::Statement* statement, ResultSink* sink);
  Status SendGeneratedPasswords(const std::vector<GeneratedPassword>& generated, ResultSink* sink);

  // --- admin.cc
  Status ExecuteKill(const ast::KillStatement& statement, ResultSink* sink);
  Status Kill(uint64_t connection_id, bool is_query_only);
  Status ExecuteFlush(const ast::FlushStatement& statement, ResultSink* sink);
  Status ExecuteMaintenance(const ast::TableMaintenanceStatement& statement, ResultSink* sink);
  Status ExecuteLockTables(const ast::LockTablesStatement& statement, ResultSink* sink);
  void UnlockTables();
  Status UseDatabase(std::string_view name);
  Status ExecuteGetDiagnostics(const ast::GetDiagnosticsStatement& statement, ResultSink* sink);
  Status ExecuteSignal(const ast::SignalStatement& statement);

  // --- explain.cc
  Status ExecuteExplain(const ast::ExplainStatement& statement, ResultSink* sink);

  // --- info.cc: SessionInfo
  uint64_t connection_id() const override { return entry->id(); }
  std::string user() const override;
  std::string current_user() const override;
  std::string current_role() const override;
  std::string_view database() const override { return database_name; }
  uint64_t last_insert_id() const override { return last_insert_id_value; }
  void set_last_insert_id(uint64_t value) override {
    last_insert_id_value = value;
    statement_insert_id = value;
  }
  int64_t row_count() const override { return previous_row_count; }
  uint64_t found_rows() const override { return found_rows_value; }
  CollationId connection_collation() const override { return settings.collation_connection; }
  Result<Value> GetSystemVariable(std::string_view name, bool is_global) override;
  Value GetUserVariable(std::string_view name) override;
  SqlType GetUserVariableType(std::string_view name) override;
  Status SetUserVariable(std::string_view name, const Datum& value, const SqlType& type) override;
  Result<Value> GetLock(std::string_view name, double timeout_s) override;
  Result<Value> ReleaseLock(std::string_view name) override;
  uint64_t ReleaseAllLocks() override;
  uint64_t LockHolder(std::string_view name) override;
  Status Sleep(double seconds) override;
  Result<Value> LoadFile(std::string_view path) override;
  double Random() override;

  void Reset();

  // --- host.cc: SystemViewHost
  SecurityContext& view_security() override { return security; }
  std::vector<std::pair<std::string, std::string>> ListVariables(bool is_global) override;
  std::vector<std::pair<std::string, std::string>> ListStatus(bool is_global) override;
  std::vector<ProcessRow> ListProcesses() override;
  AccountManager& accounts() override { return db.accounts(); }
  TransactionManager& transaction_manager() override { return db.transactions(); }
  TableStatus StatusOf(const TableRef& table) override;
  Result<std::vector<ViewColumnInfo>> ViewColumns(const ViewRef& view) override;

  // --- state
  Database& db;
  std::shared_ptr<SessionEntry> entry;
  std::unique_ptr<Transaction> transaction;
  SessionSchema schema;
  SessionVariables variables;
  SessionSettings settings;
  SecurityContext security;
  Diagnostics diagnostics;
  std::string database_name;
  std::string host;
  std::map<std::string, std::string> connection_status;
  bool is_interactive = false, found_rows_as_affected = false, multi_statements_allowed = false,
       local_infile_allowed = false;
  uint16_t handshake_collation = 0;

  bool is_explicit_transaction = false;      // BEGIN was given
  std::optional<IsolationLevel> next_isolation;  // SET TRANSACTION for the next transaction only
  std::optional<bool> next_read_only;
  bool is_read_only_transaction = false;
  bool is_lock_tables_mode = false;
  std::vector<MdlKey> explicit_locks;        // LOCK TABLES, FLUSH TABLES WITH READ LOCK
  bool is_closing = false;                   // COMMIT RELEASE

  std::unordered_map<std::string, UserVariableSlot> user_variables;
  std::map<std::string, int> user_locks;     // GET_LOCK: name -> times held
  std::map<uint32_t, std::unique_ptr<PreparedStatement>> prepared;
  std::map<std::string, std::unique_ptr<PreparedStatement>> named_prepared;
  uint32_t next_prepared_id = 1;

  int64_t statement_time_us = 0;
  std::optional<int64_t> fixed_timestamp_us; // SET timestamp
  uint64_t last_insert_id_value = 0;
  uint64_t statement_insert_id = 0;          // for the OK packet
  int64_t previous_row_count = -1;           // ROW_COUNT()
  uint64_t found_rows_value = 0;
  bool has_more_results = false;
  SessionChanges changes;
  bool has_changes = false;
  std::mt19937_64 random;
  uint32_t execute_depth = 0;
  ParameterisedStatement parameterised;      // scratch of TryCached
  std::unordered_map<uint64_t, std::unique_ptr<CachedStatement>> statement_cache;  // by hash of the key
  std::unique_ptr<ExecutionContext> point_context;  // reused; made anew after SET
  std::vector<Datum> point_row;
  std::shared_ptr<const TimeZone> system_time_zone;
};

}  // namespace mahi
