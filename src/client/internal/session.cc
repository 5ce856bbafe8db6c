#include "client/internal/session.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "charset/charset.h"
#include "client/internal/authentication.h"

namespace mahi::client::internal {
namespace {

constexpr char kVersion[] = "0.1.0";
// Quiet for so long, the server may have closed the connection and said why.
constexpr int64_t kSuspiciousSilenceMs = 1000;

Error FromBase(const ::mahi::Error& error) {
  return {error.number(), std::string(error.sqlstate()), error.message()};
}

std::string ReadWholeFile(const std::string& path) {
  std::string text;
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  char buffer[4096];
  size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, file)) > 0) text.append(buffer, n);
  std::fclose(file);
  return text;
}

}  // namespace

Error Session::Malformed() {
  Close(false);
  return MakeError(CR_MALFORMED_PACKET, "Malformed packet");
}

Error Session::FromServer(std::string_view payload) {
  ::mahi::Error error = DecodeErr(payload, capabilities_ | kClientProtocol41);
  return FromBase(error);
}

void Session::Close(bool say_goodbye) {
  if (say_goodbye && transport_.is_open() && current_ == nullptr && expected_.empty()) {
    (void)SendWithoutAnswer(std::string_view("\x01", 1));
  }
  transport_.Close();
  expected_.clear();
}

Error Session::Lost(bool during_handshake) {
  int error = errno;
  bool was_open = transport_.is_open();
  Close(false);
  if (!was_open) return MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away");
  if (during_handshake) {
    return MakeError(CR_SERVER_LOST,
                     fmt::format("Lost connection to MySQL server at 'reading initial communication packet', "
                                 "system error: {}",
                                 error == EAGAIN ? 0 : error));
  }
  return MakeError(CR_SERVER_LOST, "Lost connection to MySQL server during query");
}

Error Session::Receive() {
  std::span<char> space = frames_.Space(64 * 1024);
  size_t count = 0;
  errno = 0;
  Error error = transport_.Read(space.data(), space.size(), &count);
  if (!error.ok()) {
    Close(false);
    return error;
  }
  if (count == 0) return Lost(in_handshake_);
  frames_.Filled(count);
  return {};
}

Error Session::ReadPayload(std::string_view* payload) {
  while (true) {
    ::mahi::Result<bool> found = frames_.Next(payload);
    if (!found.ok()) {
      Close(false);
      if (found.Is(ER_NET_PACKET_TOO_LARGE)) {
        return MakeError(CR_NET_PACKET_TOO_LARGE, "Got packet bigger than 'max_allowed_packet' bytes");
      }
      return FromBase(found.error());
    }
    if (*found) return {};
    if (Error error = Receive(); !error.ok()) return error;
  }
}

Error Session::WritePackets(std::string_view payload, uint8_t* sequence, uint8_t* compressed_sequence) {
  out_.Clear();
  AppendFrame(&out_, payload, sequence);
  std::string_view bytes = out_.view();
  if (compressor_ != nullptr) {
    compressed_out_.Clear();
    if (Status status = compressor_->Append(&compressed_out_, bytes, compressed_sequence); !status.ok()) {
      return FromBase(status.error());
    }
    bytes = compressed_out_.view();
  }
  Error error = transport_.Write(bytes, [this]() -> Error {
    std::span<char> space = frames_.Space(64 * 1024);
    size_t count = 0;
    bool closed = false;
    Error read = transport_.ReadAvailable(space.data(), space.size(), &count, &closed);
    if (!read.ok()) return read;
    frames_.Filled(count);
    return closed && count == 0 ? MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away") : Error{};
  });
  if (out_.capacity() > 1024 * 1024) out_.Release();
  if (compressed_out_.capacity() > 1024 * 1024) compressed_out_.Release();
  last_activity_ms_ = Transport::NowMs();
  if (error.ok()) return {};
  // What the server said before it closed the connection (packet too large, idle for too long) tells more.
  if (transport_.is_open() && expected_.empty()) {
    std::span<char> space = frames_.Space(16 * 1024);
    size_t count = 0;
    bool closed = false;
    (void)transport_.ReadAvailable(space.data(), space.size(), &count, &closed);
    frames_.Filled(count);
    // The frame's sequence id depends on how much the server had read.
    for (int candidate = 0; candidate < 256; ++candidate) {
      frames_.set_next_sequence(static_cast<uint8_t>(candidate));
      frames_.set_next_compressed_sequence(static_cast<uint8_t>(candidate));
      std::string_view said;
      ::mahi::Result<bool> found = frames_.Next(&said);
      if (found.ok() && *found && IsErrPacket(said)) {
        Error why = FromServer(said);
        Close(false);
        return why;
      }
    }
  }
  Close(false);
  return error;
}

Error Session::SendCommand(std::string_view payload, bool pipelined) {
  if (!transport_.is_open()) return MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away");
  if (!pipelined && (current_ != nullptr || !expected_.empty())) {
    return MakeError(CR_COMMANDS_OUT_OF_SYNC,
                     "Commands out of sync; you can't run this command now");
  }
  int64_t now = Transport::NowMs();
  if (current_ == nullptr && expected_.empty() && now - last_activity_ms_ > kSuspiciousSilenceMs) {
    std::span<char> space = frames_.Space(4096);
    size_t count = 0;
    bool closed = false;
    (void)transport_.ReadAvailable(space.data(), space.size(), &count, &closed);
    frames_.Filled(count);
    if (count != 0) {
      frames_.ResetSequence();
      std::string_view said;
      ::mahi::Result<bool> found = frames_.Next(&said);
      Error why = found.ok() && *found && IsErrPacket(said)
                      ? FromServer(said)
                      : MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away");
      Close(false);
      return why;
    }
    if (closed) {
      Close(false);
      return MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away");
    }
  }
  uint8_t sequence = 0, compressed_sequence = 0;
  if (Error error = WritePackets(payload, &sequence, &compressed_sequence); !error.ok()) return error;
  expected_.push_back({sequence, compressed_sequence, false});
  return {};
}

Error Session::SendWithoutAnswer(std::string_view payload) {
  if (!transport_.is_open()) return MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away");
  uint8_t sequence = 0, compressed_sequence = 0;
  return WritePackets(payload, &sequence, &compressed_sequence);
}

Error Session::BeginAnswer() {
  if (expected_.empty() || current_ != nullptr) {
    return MakeError(CR_COMMANDS_OUT_OF_SYNC,
                     "Commands out of sync; you can't run this command now");
  }
  frames_.set_next_sequence(expected_.front().sequence);
  frames_.set_next_compressed_sequence(expected_.front().compressed_sequence);
  is_binary_answer_ = expected_.front().is_binary;
  expected_.pop_front();
  return {};
}

Error Session::WriteReply(std::string_view payload) {
  uint8_t sequence = frames_.next_sequence();
  uint8_t compressed_sequence = frames_.next_compressed_sequence();
  Error error = WritePackets(payload, &sequence, &compressed_sequence);
  frames_.set_next_sequence(sequence);
  frames_.set_next_compressed_sequence(compressed_sequence);
  return error;
}

void Session::NoteOk(const OkPacket& ok, const SessionStateChanges& changes) {
  status_ = ok.status;
  if (changes.has_schema) database_ = changes.schema;
  last_activity_ms_ = Transport::NowMs();
}

Error Session::ReadOk() {
  if (Error error = BeginAnswer(); !error.ok()) return error;
  std::string_view payload;
  if (Error error = ReadPayload(&payload); !error.ok()) return error;
  if (IsErrPacket(payload)) return FromServer(payload);
  // COM_SET_OPTION and COM_DEBUG answer EOF.
  if (IsEndOfRows(payload, 0)) return {};
  SessionStateChanges changes;
  ::mahi::Result<OkPacket> ok = DecodeOk(payload, capabilities_, &changes);
  if (!ok.ok()) return Malformed();
  NoteOk(*ok, changes);
  return {};
}

Error Session::SimpleCommand(std::string_view payload) {
  if (Error error = SendCommand(payload); !error.ok()) return error;
  return ReadOk();
}

Error Session::SendLocalFile(const std::string& file_name) {
  auto send = [this](std::string_view bytes) -> Error {
    while (!bytes.empty()) {
      std::string_view piece = bytes.substr(0, 256 * 1024);
      bytes.remove_prefix(piece.size());
      if (Error error = WriteReply(piece); !error.ok()) return error;
    }
    return {};
  };
  Error failed;
  if (!options_.local_infile) {
    failed = MakeError(CR_LOCAL_INFILE_REJECTED,
                       "LOAD DATA LOCAL INFILE file request rejected due to restrictions on access.");
  } else if (!expected_.empty()) {
    // The server takes the commands behind this one for the file.
    Close(false);
    return MakeError(CR_COMMANDS_OUT_OF_SYNC, "LOAD DATA LOCAL cannot be pipelined");
  } else if (options_.local_infile_handler) {
    failed = options_.local_infile_handler(file_name, send);
  } else {
    int fd = open(file_name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      failed = MakeError(2, fmt::format("File '{}' not found (OS errno {} - {})", file_name, errno,
                                        std::strerror(errno)));
    } else {
      std::string buffer(256 * 1024, '\0');
      ssize_t n;
      while (failed.ok() && (n = read(fd, buffer.data(), buffer.size())) > 0) {
        failed = send({buffer.data(), static_cast<size_t>(n)});
      }
      close(fd);
    }
  }
  if (!transport_.is_open()) return failed;
  // An empty packet ends the file.
  if (Error error = WriteReply({}); !error.ok()) return error;
  return failed;
}

// ---- connecting ----

Error Session::Connect() {
  if (options_.connect_timeout_ms != 0) {
    transport_.set_deadline_ms(Transport::NowMs() + options_.connect_timeout_ms);
  }
  if (Error error = transport_.Connect(); !error.ok()) return error;
  in_handshake_ = true;
  frames_.set_max_payload_bytes(options_.max_allowed_packet);
  Error error = Handshake();
  in_handshake_ = false;
  transport_.set_deadline_ms(0);
  if (!error.ok()) Close(false);
  return error;
}

Error Session::Handshake() {
  std::string_view payload;
  if (Error error = ReadPayload(&payload); !error.ok()) return error;
  if (IsErrPacket(payload)) return FromServer(payload);
  ::mahi::Result<Greeting> greeting = DecodeGreeting(payload);
  if (!greeting.ok()) {
    return MakeError(CR_SERVER_HANDSHAKE_ERR, "Error in server handshake");
  }
  connection_id_ = greeting->connection_id;
  scramble_ = greeting->scramble;
  server_version_ = greeting->server_version;
  // MariaDB put this before its version for replicas of MySQL 5.5's time.
  is_mariadb_ = server_version_.find("MariaDB") != std::string::npos;
  if (is_mariadb_ && server_version_.rfind("5.5.5-", 0) == 0) server_version_.erase(0, 6);
  uint32_t offered = greeting->capabilities;
  if (!(offered & kClientProtocol41) || !(offered & kClientSecureConnection)) {
    return MakeError(CR_SERVER_HANDSHAKE_ERR, "The server's protocol is too old");
  }

  uint32_t wanted = kClientLongPassword | kClientLongFlag | kClientProtocol41 | kClientTransactions |
                    kClientSecureConnection | kClientMultiResults | kClientPsMultiResults |
                    kClientPluginAuth | kClientConnectAttrs | kClientPluginAuthLenencData |
                    kClientDeprecateEof | kClientQueryAttributes;
  if (options_.found_rows) wanted |= kClientFoundRows;
  if (options_.ignore_space) wanted |= kClientIgnoreSpace;
  if (options_.interactive) wanted |= kClientInteractive;
  if (options_.multi_statements) wanted |= kClientMultiStatements;
  if (options_.local_infile) wanted |= kClientLocalFiles;
  if (options_.session_tracking) wanted |= kClientSessionTrack;
  if (options_.can_handle_expired_passwords) wanted |= kClientCanHandleExpiredPasswords;
  if (!options_.database.empty()) wanted |= kClientConnectWithDb;

  const std::string& algorithms = options_.compression_algorithms;
  size_t zlib = algorithms.find("zlib"), zstd = algorithms.find("zstd");
  bool can_zlib = zlib != std::string::npos && (offered & kClientCompress);
  bool can_zstd = zstd != std::string::npos && (offered & kClientZstdCompression);
  size_t plain = algorithms.find("uncompressed");
  if (can_zlib && can_zstd) (zlib < zstd ? can_zstd : can_zlib) = false;
  size_t chosen = can_zlib ? zlib : can_zstd ? zstd : std::string::npos;
  if (plain < chosen) can_zlib = can_zstd = false;
  if (can_zlib) wanted |= kClientCompress;
  if (can_zstd) wanted |= kClientZstdCompression;
  if (!can_zlib && !can_zstd && plain == std::string::npos && !algorithms.empty()) {
    return MakeError(CR_SERVER_HANDSHAKE_ERR,
                     fmt::format("The server offers none of the compression algorithms '{}'", algorithms));
  }

  bool tls_offered = (offered & kClientSsl) != 0;
  bool use_tls = options_.ssl_mode != SslMode::kDisabled && tls_offered &&
                 !(options_.ssl_mode == SslMode::kPreferred && transport_.is_unix_socket());
  if (!tls_offered && options_.ssl_mode >= SslMode::kRequired) {
    return MakeError(CR_SSL_CONNECTION_ERROR,
                     "SSL connection error: SSL is required but the server doesn't support it");
  }
  if (use_tls) wanted |= kClientSsl;

  CollationId collation = kCollationDefault;
  if (const Charset* charset = FindCharset(options_.charset)) {
    collation = charset->default_collation;
  } else if (const Collation* named = FindCollation(options_.charset)) {
    collation = named->id();
  } else {
    return MakeError(CR_CANT_READ_CHARSET,
                     fmt::format("Can't initialize character set {}", options_.charset));
  }
  // MariaDB does not know MySQL's newer collations (0900); its own default of the set then applies.
  uint8_t wire_collation = static_cast<uint8_t>(collation);
  if (collation > 255) wire_collation = kCollationUtf8mb4GeneralCi;
  if (is_mariadb_ && collation >= kCollationUtf8mb4_0900AiCi) wire_collation = kCollationUtf8mb4GeneralCi;

  capabilities_ = wanted & (offered | kClientLongPassword);
  uint32_t packet_bytes = static_cast<uint32_t>(std::min<uint64_t>(options_.max_allowed_packet, 1u << 30));

  if (use_tls) {
    WireBuffer request;
    AppendSslRequest(&request, capabilities_, packet_bytes, wire_collation);
    if (Error error = WriteReply(request.view()); !error.ok()) return error;
    if (Error error = transport_.StartTls(); !error.ok()) return error;
  }

  std::string plugin = options_.default_auth.empty() ? greeting->auth_plugin : options_.default_auth;
  server_plugin_ = plugin;
  HandshakeResponse response;
  response.capabilities = capabilities_;
  response.max_packet_bytes = packet_bytes;
  response.collation_id = wire_collation;
  response.user = options_.user;
  response.database = options_.database;
  // For a plugin that we do not know the server is asked to switch.
  if (plugin != "mysql_native_password" && plugin != "caching_sha2_password" &&
      plugin != "mysql_clear_password" && plugin != "sha256_password") {
    plugin = capabilities_ & kClientPluginAuth ? "caching_sha2_password" : "mysql_native_password";
    if (is_mariadb_) plugin = "mysql_native_password";
  }
  response.auth_plugin = plugin;
  if (Error error = Answer(plugin, scramble_, &response.auth_response); !error.ok()) return error;
  utsname system = {};
  uname(&system);
  response.attributes = {{"_client_name", "mahi"},
                         {"_client_version", kVersion},
                         {"_os", system.sysname},
                         {"_platform", system.machine},
                         {"_pid", std::to_string(getpid())}};
  for (const auto& one : options_.attributes) response.attributes.push_back(one);
  response.zstd_level = static_cast<uint8_t>(options_.zstd_level);
  WireBuffer packet;
  AppendHandshakeResponse(&packet, response);
  if (Error error = WriteReply(packet.view()); !error.ok()) return error;
  if (Error error = Authenticate(plugin); !error.ok()) return error;

  if (can_zlib || can_zstd) {
    compression_ = can_zstd ? CompressionMethod::kZstd : CompressionMethod::kZlib;
    frames_.set_compression(compression_);
    frames_.set_free_inner_sequence(true);
    compressor_ = std::make_unique<FrameCompressor>(compression_, can_zstd ? options_.zstd_level : 6);
  }
  database_ = options_.database;
  last_activity_ms_ = Transport::NowMs();
  in_handshake_ = false;
  // The handshake has one byte for the collation.
  if (wire_collation != collation && !(is_mariadb_ && FindCharset(options_.charset) != nullptr)) {
    const Collation* named = FindCollation(collation);
    Error error = SendCommand(fmt::format(
        "{}{}SET NAMES {} COLLATE {}", '\x03',
        capabilities_ & kClientQueryAttributes ? std::string("\0\1", 2) : std::string(),
        named->charset().name, named->name()));
    if (error.ok()) error = ReadOk();
    if (!error.ok()) return error;
  }
  return {};
}

Error Session::Answer(const std::string& plugin, std::string_view scramble, std::string* answer) {
  answer->clear();
  scramble = scramble.substr(0, kScrambleBytes);
  if (plugin == "mysql_native_password") {
    *answer = NativePasswordAnswer(options_.password, scramble);
  } else if (plugin == "caching_sha2_password") {
    *answer = CachingSha2Answer(options_.password, scramble);
  } else if (plugin == "sha256_password") {
    if (options_.password.empty()) {
      answer->assign(1, '\0');
    } else if (is_secure()) {
      *answer = options_.password;
      answer->push_back('\0');
    } else {
      answer->assign(1, '\x01');  // asks for the public key
    }
  } else if (plugin == "mysql_clear_password") {
    if (!options_.enable_cleartext_plugin) {
      return MakeError(CR_AUTH_PLUGIN_CANNOT_LOAD,
                       "Authentication plugin 'mysql_clear_password' cannot be loaded: plugin not enabled");
    }
    if (!is_secure()) {
      return MakeError(CR_AUTH_PLUGIN_ERR,
                       "Authentication plugin 'mysql_clear_password' reported error: "
                       "Authentication requires secure connection.");
    }
    *answer = options_.password;
    answer->push_back('\0');
  } else {
    return MakeError(CR_AUTH_PLUGIN_CANNOT_LOAD,
                     fmt::format("Authentication plugin '{}' cannot be loaded: not known to this client", plugin));
  }
  return {};
}

Error Session::Authenticate(std::string plugin) {
  std::string_view payload;
  bool asked_for_key = plugin == "sha256_password" && !options_.password.empty() && !is_secure();
  while (true) {
    if (Error error = ReadPayload(&payload); !error.ok()) return error;
    if (IsErrPacket(payload)) return FromServer(payload);
    if (IsOkPacket(payload)) {
      SessionStateChanges changes;
      ::mahi::Result<OkPacket> ok = DecodeOk(payload, capabilities_, &changes);
      if (!ok.ok()) return Malformed();
      NoteOk(*ok, changes);
      return {};
    }
    uint8_t kind = payload.empty() ? 0 : static_cast<uint8_t>(payload[0]);
    if (kind == 0xfe) {
      ::mahi::Result<AuthSwitchRequest> request = DecodeAuthSwitchRequest(payload);
      if (!request.ok()) return Malformed();
      plugin = request->plugin;
      scramble_ = request->data;
      std::string answer;
      if (Error error = Answer(plugin, scramble_, &answer); !error.ok()) return error;
      asked_for_key = plugin == "sha256_password" && !options_.password.empty() && !is_secure();
      if (Error error = WriteReply(answer); !error.ok()) return error;
      continue;
    }
    ::mahi::Result<std::string_view> data = DecodeAuthMoreData(payload);
    if (!data.ok()) return Malformed();
    if (asked_for_key) {
      Expected<std::string> encrypted = RsaEncryptPassword(
          options_.password, std::string_view(scramble_).substr(0, kScrambleBytes), *data);
      if (!encrypted.ok()) return encrypted.error();
      asked_for_key = false;
      if (Error error = WriteReply(*encrypted); !error.ok()) return error;
      continue;
    }
    if (plugin != "caching_sha2_password" || data->size() != 1) return Malformed();
    if ((*data)[0] == 3) continue;  // fast path succeeded; OK follows
    if ((*data)[0] != 4) return Malformed();
    if (is_secure()) {
      if (Error error = WriteReply(options_.password + '\0'); !error.ok()) return error;
      continue;
    }
    if (!options_.server_public_key_path.empty()) {
      Expected<std::string> encrypted =
          RsaEncryptPassword(options_.password, std::string_view(scramble_).substr(0, kScrambleBytes),
                             ReadWholeFile(options_.server_public_key_path));
      if (!encrypted.ok()) return encrypted.error();
      if (Error error = WriteReply(*encrypted); !error.ok()) return error;
      continue;
    }
    if (!options_.get_server_public_key) {
      return MakeError(CR_AUTH_PLUGIN_ERR,
                       "Authentication plugin 'caching_sha2_password' reported error: "
                       "Authentication requires secure connection.");
    }
    asked_for_key = true;
    if (Error error = WriteReply(std::string_view("\x02", 1)); !error.ok()) return error;
  }
}

Error Session::ChangeUser(const std::string& user, const std::string& password, const std::string& database) {
  options_.user = user;
  options_.password = password;
  options_.database = database;
  ChangeUserRequest request;
  request.user = user;
  request.database = database;
  request.has_collation = true;
  const Charset* charset = FindCharset(options_.charset);
  const Collation* named = charset == nullptr ? FindCollation(options_.charset) : nullptr;
  request.collation_id = charset != nullptr ? charset->default_collation
                         : named != nullptr ? named->id()
                                            : kCollationDefault;
  if (is_mariadb_ && request.collation_id >= kCollationUtf8mb4_0900AiCi) {
    request.collation_id = kCollationUtf8mb4GeneralCi;
  }
  std::string plugin = server_plugin_;
  if (plugin != "mysql_native_password") plugin = "caching_sha2_password";
  request.auth_plugin = plugin;
  if (Error error = Answer(plugin, scramble_, &request.auth_response); !error.ok()) return error;
  for (const auto& one : options_.attributes) request.attributes.push_back(one);
  WireBuffer packet;
  AppendChangeUser(&packet, request, capabilities_);
  if (Error error = SendCommand(packet.view()); !error.ok()) return error;
  if (Error error = BeginAnswer(); !error.ok()) return error;
  Error error = Authenticate(plugin);
  if (error.ok()) database_ = database;
  return error;
}

}  // namespace mahi::client::internal
