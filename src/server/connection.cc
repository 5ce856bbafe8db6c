#include "server/connection.h"

#include <pwd.h>
#include <sys/socket.h>

#include <chrono>

#include "protocol/response.h"
#include "server/server.h"

namespace mahi {
namespace {

constexpr uint32_t kServerCapabilities =
    kClientLongPassword | kClientFoundRows | kClientLongFlag | kClientConnectWithDb | kClientNoSchema |
    kClientCompress | kClientOdbc | kClientLocalFiles | kClientIgnoreSpace | kClientProtocol41 |
    kClientInteractive | kClientIgnoreSigpipe | kClientTransactions | kClientReserved |
    kClientSecureConnection | kClientMultiStatements | kClientMultiResults | kClientPsMultiResults |
    kClientPluginAuth | kClientConnectAttrs | kClientPluginAuthLenencData |
    kClientCanHandleExpiredPasswords | kClientSessionTrack | kClientDeprecateEof |
    kClientZstdCompression | kClientQueryAttributes | kClientRememberOptions;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// For statements whose answer is not the client's.
class DiscardSink : public ResultSink {
 public:
  Status BeginResultSet(const std::vector<ResultColumn>&, const StatementSummary&) override { return {}; }
  Status PushBatch(const Batch&) override { return {}; }
  Status EndResultSet(const StatementSummary&) override { return {}; }
  Status Done(const StatementSummary&) override { return {}; }
  Result<std::unique_ptr<FileReader>> RequestLocalFile(std::string_view) override {
    return Error(ER_CLIENT_LOCAL_FILES_DISABLED);
  }
};

std::string OsUser(int fd) {
  ucred credentials{};
  socklen_t length = sizeof(credentials);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return {};
  char buffer[4096];
  passwd entry;
  passwd* found = nullptr;
  if (getpwuid_r(credentials.uid, &entry, buffer, sizeof(buffer), &found) != 0 || found == nullptr) return {};
  return found->pw_name;
}

std::string NameOneLine(X509_NAME* name) {
  char* line = X509_NAME_oneline(name, nullptr, 0);
  std::string text = line != nullptr ? line : "";
  OPENSSL_free(line);
  return text;
}

uint32_t Milliseconds(uint64_t seconds) {
  return static_cast<uint32_t>(std::min<uint64_t>(seconds, 1'000'000) * 1000);
}

}  // namespace

Connection::Connection(Server* server, int fd, Peer peer)
    : server_(*server), peer_(std::move(peer)), channel_(fd, server->options().park_after_ms) {
  session_ = std::make_unique<Session>(&server_.database());
  entry_ = &session_->entry();
  channel_.set_cancelled(&is_cancelled_);
  auto& counters = server_.database().sessions().counters;
  counters.connections.fetch_add(1, std::memory_order_relaxed);
  idle_since_ms_ = NowMs();
}

Connection::~Connection() {
  server_.ForgetWake(this);
  if (is_counted_) server_.database().accounts().ReleaseConnection(counted_account_);
  CountTraffic();
}

void Connection::CountTraffic() {
  auto& counters = server_.database().sessions().counters;
  if (uint64_t n = channel_.TakeReceived()) counters.bytes_received.fetch_add(n, std::memory_order_relaxed);
  if (uint64_t n = channel_.TakeSent()) counters.bytes_sent.fetch_add(n, std::memory_order_relaxed);
}

void Connection::Abort(bool) {
  is_cancelled_.store(true, std::memory_order_relaxed);
  entry_->kill_flag.store(kKillConnection, std::memory_order_relaxed);
  channel_.Interrupt();
}

Status Connection::Flush() { return channel_.Flush(write_timeout_ms_); }

void Connection::SendError(const Error& error) {
  size_t start = channel_.BeginPacket();
  AppendErr(channel_.out(), error, is_greeted_ ? capabilities_ : kClientProtocol41);
  channel_.EndPacket(start);
}

void Connection::ReadSettings() {
  read_timeout_ms_ = Milliseconds(session_->NumericVariable("net_read_timeout"));
  write_timeout_ms_ = Milliseconds(session_->NumericVariable("net_write_timeout"));
  // The session's wait_timeout; interactive clients got interactive_timeout as its initial value.
  wait_timeout_ms_ = session_->NumericVariable("wait_timeout") * 1000;
  uint64_t max_packet = session_->NumericVariable("max_allowed_packet");
  if (max_packet != 0) max_allowed_packet_ = max_packet;
  channel_.reader().set_max_payload_bytes(max_allowed_packet_);
}

Status Connection::Handshake() {
  const uint32_t timeout_ms =
      Milliseconds(server_.database().variables().GetNumber("connect_timeout"));
  scramble_ = AuthenticationService::MakeScramble();
  Greeting greeting;
  greeting.server_version = server_.options().server_version;
  greeting.connection_id = static_cast<uint32_t>(id());
  greeting.scramble = scramble_;
  greeting.capabilities = kServerCapabilities;
  if (server_.tls() != nullptr) greeting.capabilities |= kClientSsl;
  greeting.collation_id = static_cast<uint8_t>(kCollationDefault);
  greeting.auth_plugin = server_.authentication().default_plugin();
  size_t start = channel_.BeginPacket();
  AppendGreeting(channel_.out(), greeting);
  channel_.EndPacket(start);
  MAHI_RETURN_IF_ERROR(channel_.Flush(timeout_ms));

  std::string_view payload;
  capabilities_ = kClientProtocol41;
  is_greeted_ = true;
  MAHI_RETURN_IF_ERROR(channel_.ReadPayloadExactly(&payload, timeout_ms));
  auto& counters = server_.database().sessions().counters;
  if (IsSslRequest(payload)) {
    if (server_.tls() == nullptr) return Error(ER_HANDSHAKE_ERROR);
    counters.ssl_accepts.fetch_add(1, std::memory_order_relaxed);
    MAHI_RETURN_IF_ERROR(channel_.StartTls(server_.tls()->native(), timeout_ms));
    counters.ssl_finished_accepts.fetch_add(1, std::memory_order_relaxed);
    MAHI_RETURN_IF_ERROR(channel_.ReadPayloadExactly(&payload, timeout_ms));
  }
  MAHI_ASSIGN_OR_RETURN(HandshakeResponse response,
                        DecodeHandshakeResponse(payload, greeting.capabilities));
  capabilities_ = response.capabilities;
  if (server_.options().require_secure_transport && !channel_.is_tls() && !peer_.is_unix_socket) {
    return Error(ER_SECURE_TRANSPORT_REQUIRED);
  }
  sink_ = std::make_unique<PacketSink>(&channel_, session_.get(), capabilities_);
  entry_->SetConnectionAttributes(response.attributes);
  session_->is_interactive = (capabilities_ & kClientInteractive) != 0;
  session_->found_rows_as_affected = (capabilities_ & kClientFoundRows) != 0;
  session_->multi_statements_allowed = (capabilities_ & kClientMultiStatements) != 0;
  session_->local_infile_allowed = (capabilities_ & kClientLocalFiles) != 0;
  session_->SetHandshakeCollation(response.collation_id);

  MAHI_RETURN_IF_ERROR(
      Authenticate(response.user, response.auth_response,
                   (capabilities_ & kClientPluginAuth) ? response.auth_plugin : std::string(), scramble_));
  if (channel_.is_tls()) {
    session_->SetConnectionStatus("Ssl_cipher", tls_cipher_);
    session_->SetConnectionStatus("Ssl_version", SSL_get_version(channel_.ssl()));
  }
  if (!response.database.empty()) MAHI_RETURN_IF_ERROR(session_->UseDatabase(response.database));
  if (capabilities_ & kClientInteractive) {
    DiscardSink discard;
    (void)session_->Execute("SET SESSION wait_timeout = @@global.interactive_timeout", &discard);
  }
  ReadSettings();
  sink_->SendOk(session_->Summary());
  MAHI_RETURN_IF_ERROR(Flush());
  if (capabilities_ & kClientCompress) {
    channel_.StartCompression(CompressionMethod::kZlib, 6);
  } else if (capabilities_ & kClientZstdCompression) {
    channel_.StartCompression(CompressionMethod::kZstd, response.zstd_level);
  }
  if (capabilities_ & (kClientCompress | kClientZstdCompression)) {
    session_->SetConnectionStatus("Compression", "ON");
    session_->SetConnectionStatus("Compression_algorithm",
                                  capabilities_ & kClientCompress ? "zlib" : "zstd");
  }
  is_logged_in_ = true;
  return Status::Ok();
}

Status Connection::Authenticate(std::string_view user, std::string_view response,
                                std::string_view plugin, std::string_view scramble) {
  const uint32_t timeout_ms =
      Milliseconds(server_.database().variables().GetNumber("connect_timeout"));
  AuthenticationPeer who;
  who.ip = peer_.ip;
  who.is_unix_socket = peer_.is_unix_socket;
  who.host = peer_.is_unix_socket ? "localhost" : server_.ResolveHost(peer_.ip);
  if (peer_.is_unix_socket) who.os_user = OsUser(channel_.fd());
  who.is_tls = channel_.is_tls();
  who.can_handle_expired_passwords = (capabilities_ & kClientCanHandleExpiredPasswords) != 0;
  if (channel_.is_tls()) {
    tls_cipher_ = SSL_get_cipher_name(channel_.ssl());
    who.tls_cipher = tls_cipher_;
    if (X509* certificate = SSL_get1_peer_certificate(channel_.ssl())) {
      who.has_client_certificate = true;
      who.certificate_subject = NameOneLine(X509_get_subject_name(certificate));
      who.certificate_issuer = NameOneLine(X509_get_issuer_name(certificate));
      X509_free(certificate);
    }
  }
  std::string shown_host = who.host.empty() ? who.ip : who.host;
  Authentication authentication(&server_.authentication(), who);
  Authentication::Next next = authentication.Start(user, response, plugin, scramble,
                                                   (capabilities_ & kClientPluginAuth) != 0);
  while (true) {
    if (next == Authentication::Next::kReject) return authentication.error();
    if (!authentication.payload().empty()) {
      size_t start = channel_.BeginPacket();
      channel_.out()->Append(authentication.payload());
      channel_.EndPacket(start);
    }
    if (next == Authentication::Next::kSendAndAccept) break;
    MAHI_RETURN_IF_ERROR(channel_.Flush(timeout_ms));
    std::string_view payload;
    if (is_logged_in_) {
      MAHI_RETURN_IF_ERROR(channel_.ReadPayload(&payload, timeout_ms));
    } else {
      MAHI_RETURN_IF_ERROR(channel_.ReadPayloadExactly(&payload, timeout_ms));
    }
    next = authentication.Continue(payload);
  }
  SecurityContext security = authentication.TakeContext();
  if (peer_.is_over_limit && !security.HasDynamic("CONNECTION_ADMIN")) {
    auto& counters = server_.database().sessions().counters;
    counters.connection_errors_max_connections.fetch_add(1, std::memory_order_relaxed);
    return Error(ER_CON_COUNT_ERROR);
  }
  AccountManager& accounts = server_.database().accounts();
  AccountName account = security.account();
  if (is_counted_) accounts.ReleaseConnection(counted_account_);
  is_counted_ = false;
  MAHI_RETURN_IF_ERROR(accounts.CountConnection(
      account, static_cast<uint32_t>(server_.database().variables().GetNumber("max_user_connections"))));
  counted_account_ = account;
  is_counted_ = true;
  std::string host = peer_.is_unix_socket ? shown_host : fmt::format("{}:{}", shown_host, peer_.port);
  session_->SetSecurity(std::move(security), host);
  return Status::Ok();
}

Connection::Outcome Connection::Serve() {
  if (!is_logged_in_) {
    server_.RegisterWake(this);
    Status status = Handshake();
    if (!status.ok()) {
      auto& counters = server_.database().sessions().counters;
      counters.aborted_connects.fetch_add(1, std::memory_order_relaxed);
      uint16_t number = status.error().number();
      if (number != ER_NET_READ_ERROR && number != ER_NET_ERROR_ON_WRITE) {
        if (number == ER_ACCESS_DENIED_ERROR || number == ER_ACCESS_DENIED_NO_PASSWORD_ERROR) {
          server_.log().Write(LogLevel::kNote, 10926, status.error().message(), id());
        }
        SendError(status.error());
        (void)Flush();
      }
      return Outcome::kClosed;
    }
    idle_since_ms_ = NowMs();
    entry_->SetCommand("Sleep", {});
  }
  while (true) {
    std::string_view payload;
    Result<Channel::ReadOutcome> outcome = channel_.ReadCommand(&payload, read_timeout_ms_);
    if (!outcome.ok()) {
      // The stream cannot be trusted any more: say why, then close.
      server_.database().sessions().counters.aborted_clients.fetch_add(1, std::memory_order_relaxed);
      uint16_t number = outcome.error().number();
      if (number != ER_NET_READ_ERROR) {
        SendError(outcome.error());
        (void)Flush();
        if (number == ER_NET_PACKET_TOO_LARGE) channel_.Drain();
      }
      return Outcome::kClosed;
    }
    if (*outcome == Channel::ReadOutcome::kClosed) {
      if (!is_cancelled_.load(std::memory_order_relaxed)) {
        server_.database().sessions().counters.aborted_clients.fetch_add(1, std::memory_order_relaxed);
      } else if (server_.is_stopping()) {
        channel_.ResetSequence();
        channel_.EndPacket(channel_.BeginPacket());  // moves the sequence on to 1
        channel_.out()->Clear();
        SendError(Error(ER_SERVER_SHUTDOWN));
        (void)Flush();
      }
      return Outcome::kClosed;
    }
    if (*outcome == Channel::ReadOutcome::kIdle) {
      if (is_cancelled_.load(std::memory_order_relaxed)) return Outcome::kClosed;
      ReadSettings();
      CountTraffic();
      channel_.ReleaseBuffers();
      return Outcome::kIdle;
    }
    if (!Dispatch(payload)) return Outcome::kClosed;
    if (!Flush().ok()) {
      server_.database().sessions().counters.aborted_clients.fetch_add(1, std::memory_order_relaxed);
      return Outcome::kClosed;
    }
    if (entry_->kill_flag.load(std::memory_order_relaxed) == kKillConnection || session_->is_closing()) {
      return Outcome::kClosed;
    }
    if (++commands_since_settings_ >= 64) {
      commands_since_settings_ = 0;
      CountTraffic();
    }
  }
}

void Connection::CloseIdle() {
  channel_.ResetSequence();
  channel_.EndPacket(channel_.BeginPacket());  // the answer to a command would have sequence 1
  channel_.out()->Clear();
  SendError(Error(ER_CLIENT_INTERACTION_TIMEOUT));
  (void)channel_.Flush(1000);
  server_.database().sessions().counters.aborted_clients.fetch_add(1, std::memory_order_relaxed);
}

void Connection::BeginStatement(const char* command, std::string_view info) {
  uint32_t pending = kKillQuery;
  entry_->kill_flag.compare_exchange_strong(pending, kKillNone, std::memory_order_relaxed);
  // The session names statements itself.
  if (command != nullptr) {
    entry_->SetCommand(command, info);
    entry_->command_started_us.store(NowUs(), std::memory_order_relaxed);
  }
  entry_->is_executing.store(true, std::memory_order_relaxed);
  executing_since_ms_.store(NowMs(), std::memory_order_relaxed);
  is_executing_.store(true, std::memory_order_release);
  sink_->Start(false, read_timeout_ms_, write_timeout_ms_);
}

void Connection::EndStatement() {
  is_executing_.store(false, std::memory_order_release);
  entry_->is_executing.store(false, std::memory_order_relaxed);
  uint32_t state = entry_->kill_flag.load(std::memory_order_relaxed);
  while (state != kKillNone && state != kKillConnection &&
         !entry_->kill_flag.compare_exchange_weak(state, kKillNone, std::memory_order_relaxed)) {
  }
  idle_since_ms_ = NowMs();
  entry_->SetCommand("Sleep", {});
  entry_->command_started_us.store(NowUs(), std::memory_order_relaxed);
}

void Connection::SendStatus(const Status& status) {
  if (status.ok()) {
    sink_->SendOk(session_->Summary());
  } else {
    SendError(status.error());
  }
}

void Connection::RunText(std::string_view sql) {
  Status status = session_->Execute(sql, sink_.get());
  if (!status.ok()) SendError(status.error());
}

bool Connection::Dispatch(std::string_view payload) {
  if (payload.empty()) {
    SendError(Error(ER_MALFORMED_PACKET));
    return true;
  }
  Command command = static_cast<Command>(static_cast<uint8_t>(payload[0]));
  payload.remove_prefix(1);
  bool goes_on = true;
  switch (command) {
    case Command::kQuit:
      return false;
    case Command::kQuery:
      Query(payload);
      break;
    case Command::kStmtExecute:
      StmtExecute(payload);
      break;
    case Command::kStmtPrepare:
      StmtPrepare(payload);
      break;
    case Command::kStmtFetch:
      StmtFetch(payload);
      break;
    case Command::kStmtSendLongData:
      StmtSendLongData(payload);
      break;
    case Command::kStmtClose:
      if (Result<uint32_t> statement = DecodeStatementId(payload); statement.ok()) {
        session_->ClosePrepared(*statement);
        statements_.erase(*statement);
      }
      break;
    case Command::kStmtReset: {
      BeginStatement(CommandName(command), {});
      Result<uint32_t> statement = DecodeStatementId(payload);
      Status status = statement.ok() ? session_->ResetPrepared(*statement) : statement.TakeStatus();
      if (status.ok()) {
        StatementState& state = statements_[*statement];
        state.long_data.clear();
        state.long_data_error.reset();
      }
      SendStatus(status);
      break;
    }
    case Command::kInitDb:
      BeginStatement(CommandName(command), payload);
      SendStatus(session_->UseDatabase(payload));
      break;
    case Command::kFieldList:
      FieldList(payload);
      break;
    case Command::kPing:
      BeginStatement(CommandName(command), {});
      sink_->SendOk(session_->Summary());
      break;
    case Command::kStatistics: {
      BeginStatement(CommandName(command), {});
      size_t start = channel_.BeginPacket();
      channel_.out()->Append(session_->StatisticsText());
      channel_.EndPacket(start);
      break;
    }
    case Command::kProcessInfo:
      BeginStatement(CommandName(command), {});
      RunText("SHOW PROCESSLIST");
      break;
    case Command::kProcessKill: {
      BeginStatement(CommandName(command), {});
      Result<uint32_t> target = DecodeStatementId(payload);
      SendStatus(target.ok() ? session_->Kill(*target, false) : target.TakeStatus());
      break;
    }
    case Command::kDebug: {
      BeginStatement(CommandName(command), {});
      Status status = session_->security().CheckGlobal(kPrivilegeSuper);
      if (status.ok()) {
        sink_->SendEnd(session_->Summary(), 0);
      } else {
        SendError(status.error());
      }
      break;
    }
    case Command::kRefresh:
      Refresh(payload);
      break;
    case Command::kSetOption: {
      BeginStatement(CommandName(command), {});
      uint16_t option = 0xffff;
      if (WireReader(payload).Read(&option) && option <= 1) {
        session_->multi_statements_allowed = option == 0;
        sink_->SendEnd(session_->Summary(), 0);
      } else {
        SendError(Error(ER_UNKNOWN_COM_ERROR));
      }
      break;
    }
    case Command::kResetConnection:
      BeginStatement(CommandName(command), {});
      session_->Reset();
      statements_.clear();
      ReadSettings();
      sink_->SendOk(session_->Summary());
      break;
    case Command::kChangeUser:
      BeginStatement(CommandName(command), {});
      ChangeUser(payload, &goes_on);
      break;
    default:
      BeginStatement("Error", {});
      SendError(Error(ER_UNKNOWN_COM_ERROR));
      break;
  }
  if (is_executing_.load(std::memory_order_relaxed)) EndStatement();
  return goes_on;
}

void Connection::Query(std::string_view payload) {
  QueryCommand query;
  Status status = DecodeQuery(payload, capabilities_, &query);
  BeginStatement(nullptr, {});
  if (status.ok()) status = session_->Execute(query.text, sink_.get());
  if (!status.ok()) SendError(status.error());
}

void Connection::StmtPrepare(std::string_view payload) {
  BeginStatement(nullptr, {});
  Result<PreparedStatementInfo> info = session_->Prepare(payload);
  if (!info.ok()) return SendError(info.error());
  if (info->columns.size() > 0xffff || info->parameters.size() > 0xffff) {
    session_->ClosePrepared(info->id);
    return SendError(Error(ER_PS_MANY_PARAM));
  }
  WireBuffer* out = channel_.out();
  StmtPrepareOk ok;
  ok.statement_id = info->id;
  ok.column_count = static_cast<uint16_t>(info->columns.size());
  ok.parameter_count = static_cast<uint16_t>(info->parameters.size());
  ok.warning_count = info->warning_count;
  size_t start = channel_.BeginPacket();
  AppendStmtPrepareOk(out, ok);
  channel_.EndPacket(start);
  const bool with_eof = !(capabilities_ & kClientDeprecateEof);
  const uint16_t status = StatusFlags(session_->Summary());
  auto end = [&] {
    if (!with_eof) return;
    size_t place = channel_.BeginPacket();
    AppendEof(out, {0, status}, capabilities_);
    channel_.EndPacket(place);
  };
  for (const SqlType& type : info->parameters) {
    ResultColumn column;
    column.name = "?";
    column.type = type;
    start = channel_.BeginPacket();
    AppendResultColumn(out, column, session_->results_collation(), false);
    channel_.EndPacket(start);
  }
  if (!info->parameters.empty()) end();
  for (const ResultColumn& column : info->columns) {
    start = channel_.BeginPacket();
    AppendResultColumn(out, column, session_->results_collation(), false);
    channel_.EndPacket(start);
  }
  if (!info->columns.empty()) end();
  statements_[info->id] = StatementState();
}

namespace {

// A parameter of COM_STMT_EXECUTE as an SQL value and the type it has in the statement.
Value ToValue(const WireValue& from, CollationId text_collation, SqlType* type) {
  switch (from.kind) {
    case WireValue::Kind::kNull:
      *type = SqlType::Null();
      return Value::Null();
    case WireValue::Kind::kInt64:
      *type = SqlType::BigInt();
      return Value::Int64(from.int64);
    case WireValue::Kind::kUint64:
      *type = SqlType::UnsignedBigInt();
      return Value::UInt64(from.uint64);
    case WireValue::Kind::kFloat:
    case WireValue::Kind::kDouble:
      *type = SqlType::Double();
      return Value::Double(from.float64);
    case WireValue::Kind::kDate:
      *type = SqlType::Date();
      return Value::Temporal(from.int64, TypeId::kDate);
    case WireValue::Kind::kDatetime: {
      uint8_t fsp = Microseconds(from.int64) != 0 ? 6 : 0;
      *type = SqlType::DateTime(fsp);
      return Value::Temporal(from.int64, TypeId::kDateTime, fsp);
    }
    case WireValue::Kind::kTime: {
      uint8_t fsp = Microseconds(from.int64) != 0 ? 6 : 0;
      *type = SqlType::Time(fsp);
      return Value::Temporal(from.int64, TypeId::kTime, fsp);
    }
    case WireValue::Kind::kBytes:
      break;
  }
  if (from.type == WireType::kNewdecimal || from.type == WireType::kDecimal) {
    size_t consumed = 0;
    DecimalStatus status = DecimalStatus::kOk;
    Decimal decimal = Decimal::Parse(from.bytes, &consumed, &status);
    *type = SqlType::Decimal(std::max(decimal.Precision(), decimal.scale()), decimal.scale());
    return Value::OfDecimal(decimal);
  }
  bool is_binary = from.type == WireType::kTinyBlob || from.type == WireType::kMediumBlob ||
                   from.type == WireType::kLongBlob || from.type == WireType::kBlob ||
                   from.type == WireType::kBit || from.type == WireType::kGeometry;
  CollationId collation = is_binary ? kCollationBinary : text_collation;
  size_t chars = CollationOrBinary(collation).charset().CharLength(from.bytes);
  *type = SqlType::Varchar(static_cast<uint32_t>(chars), collation);
  return Value::String(std::string(from.bytes));
}

}  // namespace

void Connection::StmtExecute(std::string_view payload) {
  BeginStatement(nullptr, {});
  Result<uint32_t> statement = DecodeStatementId(payload);
  if (!statement.ok()) return SendError(statement.error());
  Result<uint32_t> count = session_->ParameterCount(*statement);
  if (!count.ok()) {
    return SendError(Error(ER_UNKNOWN_STMT_HANDLER, *statement, "mysqld_stmt_execute"));
  }
  StatementState& state = statements_[*statement];
  if (state.long_data_error) {
    Error error = *state.long_data_error;
    state.long_data_error.reset();
    state.long_data.clear();
    return SendError(error);
  }
  std::vector<bool> has_long_data(state.long_data.size());
  for (size_t i = 0; i < state.long_data.size(); ++i) has_long_data[i] = state.long_data[i].has_value();
  StmtExecuteCommand execute;
  Status status =
      DecodeStmtExecute(payload, capabilities_, *count, &state.types, &has_long_data, &execute);
  if (!status.ok()) return SendError(status.error());
  const CollationId collation = session_->connection_collation();
  std::vector<Value> values;
  values.reserve(execute.parameters.size());
  parameter_types_.resize(execute.parameters.size());
  for (size_t i = 0; i < execute.parameters.size(); ++i) {
    WireValue& value = execute.parameters[i];
    if (i < has_long_data.size() && has_long_data[i]) value.bytes = *state.long_data[i];
    values.push_back(ToValue(value, collation, &parameter_types_[i]));
  }
  state.long_data.clear();
  const bool opens_cursor = (execute.cursor_flags & kCursorReadOnly) != 0;
  sink_->Start(true, read_timeout_ms_, write_timeout_ms_);
  if (opens_cursor) sink_->ExpectCursor();
  status = session_->ExecutePrepared(*statement, parameter_types_, std::move(values), opens_cursor,
                                     sink_.get());
  if (!status.ok()) return SendError(status.error());
  if (sink_->has_cursor()) state.cursor_types = sink_->types();
}

void Connection::StmtFetch(std::string_view payload) {
  BeginStatement("Fetch", {});
  Result<StmtFetchCommand> fetch = DecodeStmtFetch(payload);
  if (!fetch.ok()) return SendError(fetch.error());
  auto it = statements_.find(fetch->statement_id);
  if (it == statements_.end()) {
    return SendError(Error(ER_UNKNOWN_STMT_HANDLER, fetch->statement_id, "mysqld_stmt_fetch"));
  }
  sink_->StartFetch(it->second.cursor_types);
  bool is_last = false;
  Status status = session_->Fetch(fetch->statement_id, fetch->row_count, sink_.get(), &is_last);
  if (!status.ok()) return SendError(status.error());
  sink_->EndFetch(is_last, session_->Summary());
}

void Connection::StmtSendLongData(std::string_view payload) {
  // No answer, whatever happens: an error is told by the next execution.
  Result<LongDataCommand> command = DecodeLongData(payload);
  if (!command.ok()) return;
  Result<uint32_t> count = session_->ParameterCount(command->statement_id);
  if (!count.ok()) return;
  StatementState& state = statements_[command->statement_id];
  if (command->parameter_index >= *count) {
    state.long_data_error = Error(ER_WRONG_ARGUMENTS, "mysqld_stmt_send_long_data");
    return;
  }
  if (state.long_data.size() < *count) state.long_data.resize(*count);
  std::optional<std::string>& data = state.long_data[command->parameter_index];
  if (!data) data.emplace();
  if (data->size() + command->data.size() > max_allowed_packet_) {
    state.long_data_error = Error(ER_NET_PACKET_TOO_LARGE);
    data->clear();
    return;
  }
  data->append(command->data);
}

void Connection::FieldList(std::string_view payload) {
  Result<FieldListCommand> command = DecodeFieldList(payload);
  BeginStatement("Field List", command.ok() ? command->table : std::string_view());
  if (!command.ok()) return SendError(command.error());
  Result<std::vector<ResultColumn>> columns = session_->FieldList(command->table, command->wildcard);
  if (!columns.ok()) return SendError(columns.error());
  for (const ResultColumn& column : *columns) {
    size_t start = channel_.BeginPacket();
    AppendResultColumn(channel_.out(), column, session_->results_collation(), true);
    channel_.EndPacket(start);
  }
  sink_->SendEnd(session_->Summary(), 0);
}

void Connection::Refresh(std::string_view payload) {
  BeginStatement("Refresh", {});
  uint8_t flags = payload.empty() ? 0 : static_cast<uint8_t>(payload[0]);
  static constexpr struct {
    uint8_t flag;
    std::string_view sql;
  } kActions[] = {{1, "FLUSH PRIVILEGES"}, {2, "FLUSH LOGS"}, {4, "FLUSH TABLES"}, {16, "FLUSH STATUS"}};
  Status status = session_->security().CheckGlobal(kPrivilegeReload);
  DiscardSink discard;
  for (const auto& action : kActions) {
    if (status.ok() && (flags & action.flag)) status = session_->Execute(action.sql, &discard);
  }
  SendStatus(status);
}

void Connection::ChangeUser(std::string_view payload, bool* goes_on) {
  Result<ChangeUserRequest> request = DecodeChangeUser(payload, capabilities_);
  Status status;
  if (!request.ok()) {
    status = request.TakeStatus();
  } else {
    session_->Reset();
    session_->LeaveDatabase();
    statements_.clear();
    std::string plugin = request->auth_plugin.empty() ? server_.authentication().default_plugin()
                                                      : request->auth_plugin;
    status = Authenticate(request->user, request->auth_response, plugin, scramble_);
    if (status.ok()) {
      if (request->has_collation) session_->SetHandshakeCollation(request->collation_id);
      if (!request->attributes.empty()) entry_->SetConnectionAttributes(request->attributes);
      if (!request->database.empty()) status = session_->UseDatabase(request->database);
    }
  }
  if (!status.ok()) {
    // As MySQL: a failed change of user ends the connection.
    SendError(status.error());
    (void)Flush();
    *goes_on = false;
    return;
  }
  ReadSettings();
  sink_->SendOk(session_->Summary());
}

}  // namespace mahi
