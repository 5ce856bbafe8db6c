#include <fmt/core.h>

#include "client/internal/session.h"
#include "mahi/client.h"

namespace mahi::client {
namespace {

using internal::MakeError;
using internal::ResultState;
using internal::Session;

std::string CommandByte(Command command) { return std::string(1, static_cast<char>(command)); }
Error Gone() { return MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away"); }

}  // namespace

struct Statement::State {
  std::shared_ptr<Session> session;
  uint32_t id = 0;
  size_t parameter_count = 0;
  std::vector<Column> columns;
  bool is_open = true;
  bool has_long_data = false;
  std::vector<bool> long_data;

  Error Send(std::span<const Value> parameters, const ExecuteOptions& options, bool pipelined);
};

// ---- Connection ----

Connection::Connection(std::shared_ptr<Session> session) : session_(std::move(session)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept {
  if (this != &other) {
    Close();
    session_ = std::move(other.session_);
  }
  return *this;
}
Connection::~Connection() { Close(); }

Expected<Connection> Connection::Connect(const Options& options) {
  auto session = std::make_shared<Session>(options);
  if (Error error = session->Connect(); !error.ok()) return error;
  Connection connection(std::move(session));
  for (const std::string& sql : options.init_commands) {
    if (Error error = connection.Execute(sql); !error.ok()) return error;
  }
  return connection;
}

Error Connection::Send(std::string_view sql) {
  if (session_ == nullptr) return Gone();
  WireBuffer payload;
  AppendQuery(&payload, sql, {}, session_->capabilities_);
  return session_->SendCommand(payload.view(), true);
}

Expected<Result> Connection::Receive() {
  if (session_ == nullptr) return Gone();
  if (Error error = session_->BeginAnswer(); !error.ok()) return error;
  auto state = std::make_unique<ResultState>(session_);
  state->is_binary = session_->is_binary_answer();
  if (Error error = state->ReadHead(); !error.ok()) return error;
  return Result(std::move(state));
}

Expected<Result> Connection::Query(std::string_view sql) { return Query(sql, {}); }

Expected<Result> Connection::Query(std::string_view sql,
                                   std::span<const std::pair<std::string, Value>> attributes) {
  if (session_ == nullptr) return Gone();
  std::vector<QueryAttribute> wire;
  for (const auto& [name, value] : attributes) wire.push_back({name, internal::ToWire(value)});
  WireBuffer payload;
  AppendQuery(&payload, sql, wire, session_->capabilities_);
  if (Error error = session_->SendCommand(payload.view()); !error.ok()) return error;
  return Receive();
}

Error Connection::Execute(std::string_view sql) {
  Expected<Result> result = Query(sql);
  if (!result.ok()) return result.error();
  while (true) {
    Expected<bool> more = result->NextResult();
    if (!more.ok()) return more.error();
    if (!*more) return {};
  }
}

size_t Connection::pending() const { return session_ == nullptr ? 0 : session_->pending(); }

Expected<Statement> Connection::Prepare(std::string_view sql) {
  if (session_ == nullptr) return Gone();
  if (Error error = session_->SendCommand(CommandByte(Command::kStmtPrepare).append(sql)); !error.ok()) {
    return error;
  }
  if (Error error = session_->BeginAnswer(); !error.ok()) return error;
  std::string_view payload;
  if (Error error = session_->ReadPayload(&payload); !error.ok()) return error;
  if (IsErrPacket(payload)) return session_->FromServer(payload);
  ::mahi::Result<StmtPrepareOk> ok = DecodeStmtPrepareOk(payload);
  if (!ok.ok()) return session_->Malformed();
  auto state = std::make_unique<Statement::State>();
  state->session = session_;
  state->id = ok->statement_id;
  state->parameter_count = ok->parameter_count;
  StmtPrepareOk head = *ok;
  for (uint16_t count : {head.parameter_count, head.column_count}) {
    if (count == 0) continue;
    Expected<std::vector<Column>> columns = internal::ReadColumns(session_.get(), count);
    if (!columns.ok()) return columns.error();
    if (!(session_->capabilities_ & kClientDeprecateEof)) {
      if (Error error = session_->ReadPayload(&payload); !error.ok()) return error;
    }
    state->columns = std::move(*columns);
  }
  if (head.column_count == 0) state->columns.clear();
  return Statement(std::move(state));
}

Error Connection::Ping() {
  return session_ == nullptr ? Gone() : session_->SimpleCommand(CommandByte(Command::kPing));
}

Error Connection::SelectDatabase(std::string_view name) {
  if (session_ == nullptr) return Gone();
  Error error = session_->SimpleCommand(CommandByte(Command::kInitDb).append(name));
  if (error.ok()) session_->database_ = name;
  return error;
}

Error Connection::Reset() {
  return session_ == nullptr ? Gone() : session_->SimpleCommand(CommandByte(Command::kResetConnection));
}

Error Connection::ChangeUser(const std::string& user, const std::string& password,
                             const std::string& database) {
  return session_ == nullptr ? Gone() : session_->ChangeUser(user, password, database);
}

Expected<std::string> Connection::Statistics() {
  if (session_ == nullptr) return Gone();
  if (Error error = session_->SendCommand(CommandByte(Command::kStatistics)); !error.ok()) return error;
  if (Error error = session_->BeginAnswer(); !error.ok()) return error;
  std::string_view payload;
  if (Error error = session_->ReadPayload(&payload); !error.ok()) return error;
  if (IsErrPacket(payload)) return session_->FromServer(payload);
  return std::string(payload);
}

Error Connection::SetMultiStatements(bool enabled) {
  if (session_ == nullptr) return Gone();
  std::string command = CommandByte(Command::kSetOption);
  command.push_back(enabled ? 0 : 1);
  command.push_back(0);
  return session_->SimpleCommand(command);
}

Error Connection::Cancel() const {
  if (session_ == nullptr) return Gone();
  Options options = session_->options_;
  options.init_commands.clear();
  options.database.clear();
  options.on_wait = nullptr;
  if (options.connect_timeout_ms == 0) options.connect_timeout_ms = 10'000;
  options.read_timeout_ms = 10'000;
  Expected<Connection> killer = Connect(options);
  if (!killer.ok()) return killer.error();
  return killer->Execute(fmt::format("KILL QUERY {}", session_->connection_id_));
}

void Connection::Abort() const {
  if (session_ != nullptr) session_->transport_.Abort();
}

void Connection::Close() {
  if (session_ != nullptr) session_->Close(true);
}

bool Connection::is_open() const { return session_ != nullptr && session_->transport_.is_open(); }
uint32_t Connection::connection_id() const { return session_->connection_id_; }
const std::string& Connection::server_version() const { return session_->server_version_; }
bool Connection::is_mariadb() const { return session_->is_mariadb_; }
bool Connection::is_tls() const { return session_->transport_.ssl() != nullptr; }
std::string Connection::tls_version() const { return is_tls() ? SSL_get_version(session_->transport_.ssl()) : ""; }
std::string Connection::tls_cipher() const { return is_tls() ? SSL_get_cipher(session_->transport_.ssl()) : ""; }
bool Connection::is_unix_socket() const { return session_->transport_.is_unix_socket(); }
const char* Connection::compression() const {
  switch (session_->compression_) {
    case CompressionMethod::kZlib: return "zlib";
    case CompressionMethod::kZstd: return "zstd";
    case CompressionMethod::kNone: break;
  }
  return "uncompressed";
}
uint16_t Connection::server_status() const { return session_->status_; }
const std::string& Connection::database() const { return session_->database_; }
std::string Connection::host_info() const {
  return is_unix_socket() ? "Localhost via UNIX socket" : session_->options_.host + " via TCP/IP";
}
const Options& Connection::options() const { return session_->options_; }
uint64_t Connection::bytes_received() const { return session_->transport_.bytes_received(); }

// ---- Statement ----

Statement::Statement(std::unique_ptr<State> state) : state_(std::move(state)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    Close();
    state_ = std::move(other.state_);
  }
  return *this;
}
Statement::~Statement() { Close(); }

size_t Statement::parameter_count() const { return state_->parameter_count; }
const std::vector<Column>& Statement::columns() const { return state_->columns; }

Error Statement::State::Send(std::span<const Value> parameters, const ExecuteOptions& options, bool pipelined) {
  if (!is_open) return MakeError(CR_STMT_CLOSED, "Statement closed indirectly because of a preceding call");
  if (parameters.size() != parameter_count) {
    return MakeError(CR_PARAMS_NOT_BOUND, "No data supplied for parameters in prepared statement");
  }
  WireBuffer payload;
  if (!has_long_data) {
    StmtExecuteCommand execute;
    execute.statement_id = id;
    execute.cursor_flags = options.use_cursor ? kCursorReadOnly : 0;
    for (const Value& value : parameters) execute.parameters.push_back(internal::ToWire(value));
    AppendStmtExecute(&payload, execute, session->capabilities_);
  } else {
    // Parameters sent as long data have a type here, but no value.
    payload.AppendByte(static_cast<uint8_t>(Command::kStmtExecute));
    payload.AppendLittle<uint32_t>(id);
    payload.AppendByte(options.use_cursor ? kCursorReadOnly : 0);
    payload.AppendLittle<uint32_t>(1);
    size_t bitmap = payload.size();
    payload.AppendZeros((parameter_count + 7) / 8);
    payload.AppendByte(1);
    std::vector<WireValue> values;
    for (const Value& value : parameters) values.push_back(internal::ToWire(value));
    for (size_t i = 0; i < values.size(); ++i) {
      if (long_data[i]) values[i].type = WireType::kBlob;
      if (!long_data[i] && values[i].kind == WireValue::Kind::kNull) {
        payload.data()[bitmap + i / 8] |= static_cast<char>(1u << (i % 8));
      }
      uint16_t type = static_cast<uint16_t>(values[i].type);
      if (values[i].kind == WireValue::Kind::kUint64) type |= 0x8000;
      payload.AppendLittle<uint16_t>(type);
    }
    for (size_t i = 0; i < values.size(); ++i) {
      if (!long_data[i]) AppendBinaryValue(&payload, values[i]);
    }
    has_long_data = false;
    long_data.clear();
  }
  Error error = session->SendCommand(payload.view(), pipelined);
  if (error.ok()) session->ExpectBinary();
  return error;
}

Error Statement::Send(std::span<const Value> parameters) { return state_->Send(parameters, {}, true); }

Expected<Result> Statement::Execute(std::span<const Value> parameters, const ExecuteOptions& options) {
  if (Error error = state_->Send(parameters, options, false); !error.ok()) return error;
  if (Error error = state_->session->BeginAnswer(); !error.ok()) return error;
  auto result = std::make_unique<ResultState>(state_->session);
  result->is_binary = state_->session->is_binary_answer();
  result->wants_cursor = options.use_cursor;
  result->statement_id = state_->id;
  result->fetch_rows = options.fetch_rows == 0 ? 1 : options.fetch_rows;
  if (Error error = result->ReadHead(); !error.ok()) return error;
  return Result(std::move(result));
}

Error Statement::SendLongData(uint16_t parameter_index, std::string_view bytes) {
  if (parameter_index >= state_->parameter_count) {
    return MakeError(CR_INVALID_PARAMETER_NO, "Invalid parameter number");
  }
  WireBuffer payload;
  payload.AppendByte(static_cast<uint8_t>(Command::kStmtSendLongData));
  payload.AppendLittle<uint32_t>(state_->id);
  payload.AppendLittle<uint16_t>(parameter_index);
  payload.Append(bytes);
  Error error = state_->session->SendWithoutAnswer(payload.view());
  if (error.ok()) {
    state_->has_long_data = true;
    state_->long_data.resize(state_->parameter_count);
    state_->long_data[parameter_index] = true;
  }
  return error;
}

Error Statement::Reset() {
  WireBuffer payload;
  payload.AppendByte(static_cast<uint8_t>(Command::kStmtReset));
  payload.AppendLittle<uint32_t>(state_->id);
  state_->has_long_data = false;
  state_->long_data.clear();
  return state_->session->SimpleCommand(payload.view());
}

void Statement::Close() {
  if (state_ == nullptr || !state_->is_open) return;
  state_->is_open = false;
  WireBuffer payload;
  payload.AppendByte(static_cast<uint8_t>(Command::kStmtClose));
  payload.AppendLittle<uint32_t>(state_->id);
  if (state_->session->transport_.is_open()) (void)state_->session->SendWithoutAnswer(payload.view());
}

}  // namespace mahi::client
