// Session: one connection's state, and the path of its statements: parse, bind, optimise, execute, answer.
//
// A session lives from log-in to disconnect (COM_CHANGE_USER resets it). It owns the transaction, variables, prepared
// statements, temporary tables and user locks; destroying it rolls back and frees them.
// Errors: whatever the statement's stages return, with MySQL's numbers.
// Thread safety: one thread at a time; entry().kill_flag may be set from any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/security_context.h"
#include "base/diagnostics.h"
#include "base/status.h"
#include "session/result_sink.h"
#include "session/session_registry.h"
#include "types/value.h"

namespace mahi {

class Database;

// What COM_STMT_PREPARE answers.
struct PreparedStatementInfo {
  uint32_t id = 0;
  std::vector<ResultColumn> columns;
  std::vector<SqlType> parameters;
  uint16_t warning_count = 0;
};

class Session {
 public:
  // Makes a session in the database's registry. Without SetSecurity it may do everything (embedded).
  explicit Session(Database* database);
  ~Session();
  Session(const Session&) = delete;

  SessionEntry& entry();
  uint64_t connection_id() const;

  // Log-in: who it is, from where ("host:port" or "localhost"), with which collation id of the handshake.
  void SetSecurity(SecurityContext security, std::string_view host);
  SecurityContext& security();
  // The handshake's charset byte: sets character_set_client, _connection, _results (unknown: the default).
  void SetHandshakeCollation(uint16_t collation);
  // Facts about the connection that variables and status show (Ssl_cipher, Compression ...).
  void SetConnectionStatus(std::string_view name, std::string value);
  bool is_interactive = false;             // CLIENT_INTERACTIVE: interactive_timeout applies
  bool found_rows_as_affected = false;     // CLIENT_FOUND_ROWS
  bool multi_statements_allowed = false;   // CLIENT_MULTI_STATEMENTS, COM_SET_OPTION
  bool local_infile_allowed = false;       // CLIENT_LOCAL_FILES

  // Runs a text of one or (when allowed) more statements; ends at the first error.
  Status Execute(std::string_view sql, ResultSink* sink);

  // Prepared statements of the binary protocol.
  Result<PreparedStatementInfo> Prepare(std::string_view sql);
  // `types[i]` and `values[i]` are the i-th parameter. With `open_cursor` a result set is kept for Fetch: the sink then gets
  // BeginResultSet and EndResultSet without rows.
  Status ExecutePrepared(uint32_t id, const std::vector<SqlType>& types, std::vector<Value> values, bool open_cursor,
                         ResultSink* sink);
  // Up to `row_count` rows of the open cursor as PushBatch, then EndResultSet. `*is_last`: the cursor is exhausted and closed.
  Status Fetch(uint32_t id, uint32_t row_count, ResultSink* sink, bool* is_last);
  void ClosePrepared(uint32_t id);
  Status ResetPrepared(uint32_t id);  // closes its cursor
  // Number of parameters; null Result error 1243 when unknown.
  Result<uint32_t> ParameterCount(uint32_t id) const;

  // COM_INIT_DB, COM_FIELD_LIST, COM_RESET_CONNECTION, the reset of COM_CHANGE_USER, COM_STATISTICS.
  Status UseDatabase(std::string_view name);
  Result<std::vector<ResultColumn>> FieldList(std::string_view table, std::string_view wildcard);
  void Reset();
  // No current database (COM_CHANGE_USER without one).
  void LeaveDatabase();
  std::string StatisticsText();
  Status Kill(uint64_t connection_id, bool is_query_only);

  // character_set_results as its collation; null when it is NULL or binary (strings go out as they are).
  const Collation* results_collation() const;
  // collation_connection: that of string parameters.
  CollationId connection_collation() const;

  // State that every answer carries.
  StatementSummary Summary() const;
  std::string_view database() const;
  Diagnostics& diagnostics();
  // The value of a session variable as text / number, for the server's own needs (net_write_timeout, ...).
  uint64_t NumericVariable(std::string_view name);
  bool is_in_transaction() const;
  // COMMIT RELEASE: the connection is to be closed after the answer.
  bool is_closing() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mahi
