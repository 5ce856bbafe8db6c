// Connection: one client from accept to disconnect: greeting, TLS, authentication, then commands.
//
// Serve() runs on a pool thread until the client is idle for the grace (then the pool parks the connection), or the
// connection ends.
// Errors: reported to the client and the error log.
// Thread safety: Serve: one thread at a time; Kill and the flags: any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authentication.h"
#include "protocol/command.h"
#include "protocol/handshake.h"
#include "server/channel.h"
#include "server/packet_sink.h"
#include "session/session.h"

namespace mahi {

class Server;

class Connection {
 public:
  struct Peer {
    std::string ip;    // empty for a Unix socket
    uint16_t port = 0;
    bool is_unix_socket = false;
    bool is_over_limit = false;  // accepted only for an administrator
  };

  Connection(Server* server, int fd, Peer peer);
  ~Connection();

  enum class Outcome : uint8_t { kIdle, kClosed };
  // Goes on where it was: with the greeting at first, else with the next command.
  Outcome Serve();
  // wait_timeout passed while parked: tells the client (4031).
  void CloseIdle();
  // KILL has set the flag.
  void Wake() {
    if (entry_->kill_flag.load(std::memory_order_relaxed) == kKillConnection) Abort(false);
  }

  int fd() const { return channel_.fd(); }
  uint64_t id() const { return session_->connection_id(); }
  // From the statement's end; for wait_timeout.
  int64_t idle_since_ms() const { return idle_since_ms_; }
  uint64_t wait_timeout_ms() const { return wait_timeout_ms_; }
  bool is_executing() const { return is_executing_.load(std::memory_order_relaxed); }
  int64_t executing_since_ms() const { return executing_since_ms_.load(std::memory_order_relaxed); }
  // The client has gone or the server stops: ends the running statement and the connection. Any thread.
  void Abort(bool is_shutdown);
  SessionEntry& entry() { return *entry_; }

 private:
  Status Handshake();
  Status Authenticate(std::string_view user, std::string_view response, std::string_view plugin,
                      std::string_view scramble);
  bool Dispatch(std::string_view payload);  // false: the connection ends
  void ChangeUser(std::string_view payload, bool* goes_on);
  void Query(std::string_view payload);
  void StmtPrepare(std::string_view payload);
  void StmtExecute(std::string_view payload);
  void StmtFetch(std::string_view payload);
  void StmtSendLongData(std::string_view payload);
  void FieldList(std::string_view payload);
  void RunText(std::string_view sql);
  void Refresh(std::string_view payload);
  void SendStatus(const Status& status);
  void SendError(const Error& error);
  void BeginStatement(const char* command, std::string_view info);
  void EndStatement();
  void CountTraffic();
  void ReadSettings();
  Status Flush();

  // What the protocol, not the session, keeps for a prepared statement.
  struct StatementState {
    std::vector<ParameterType> types;
    std::vector<std::optional<std::string>> long_data;
    std::optional<Error> long_data_error;
    std::vector<SqlType> cursor_types;
  };

  Server& server_;
  Peer peer_;
  Channel channel_;
  std::unique_ptr<Session> session_;
  SessionEntry* entry_;
  std::unique_ptr<PacketSink> sink_;
  uint32_t capabilities_ = 0;
  std::string scramble_;
  std::string tls_cipher_;
  AccountName counted_account_;
  bool is_counted_ = false;
  bool is_logged_in_ = false;
  bool is_greeted_ = false;
  std::map<uint32_t, StatementState> statements_;
  std::vector<SqlType> parameter_types_;

  uint32_t read_timeout_ms_ = 30'000;
  uint32_t write_timeout_ms_ = 60'000;
  uint64_t wait_timeout_ms_ = 28'800'000;
  uint64_t max_allowed_packet_ = 64 << 20;
  uint32_t commands_since_settings_ = 0;
  int64_t idle_since_ms_ = 0;
  std::atomic<bool> is_executing_{false};
  std::atomic<int64_t> executing_since_ms_{0};
  std::atomic<bool> is_cancelled_{false};
};

}  // namespace mahi
