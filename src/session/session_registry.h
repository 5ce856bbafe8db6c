// SessionRegistry: all sessions of a database, for SHOW PROCESSLIST, KILL and shutdown; the server's status counters.
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/latch.h"

namespace mahi {

enum KillState : uint32_t { kKillNone = 0, kKillQuery = 1, kKillConnection = 2, kKillTimeout = 3 };

// What others may see of a session. The session writes it, anybody reads.
class SessionEntry {
 public:
  explicit SessionEntry(uint64_t id) : id_(id) {}
  uint64_t id() const { return id_; }

  // Looked at by every loop and wait of the session's statements; see KillState.
  std::atomic<uint32_t> kill_flag{kKillNone};
  std::atomic<int64_t> command_started_us{0};
  std::atomic<bool> is_executing{false};

  // Identity and statement, for the process list.
  struct View {
    uint64_t id = 0;
    std::string user, host, database, command, state, info;
    int64_t started_us = 0;
    std::string account_user, account_host;
    std::vector<std::pair<std::string, std::string>> connection_attributes;
  };
  View Get() const;
  void SetIdentity(std::string user, std::string host, std::string account_user, std::string account_host);
  void SetDatabase(std::string_view database);
  void SetConnectionAttributes(std::vector<std::pair<std::string, std::string>> attributes);
  // `command`: "Query", "Sleep", ...; static storage. `info`: the statement, copied up to 64 KiB.
  void SetCommand(const char* command, std::string_view info);
  void SetState(const char* state) { state_.store(state, std::memory_order_relaxed); }

  // Called by KILL and shutdown after the flag is set: wakes the connection's thread from network waits. Set by
  // the server; may be empty.
  std::function<void()> wake;

 private:
  const uint64_t id_;
  std::atomic<const char*> command_{"Sleep"};
  std::atomic<const char*> state_{""};
  mutable Latch latch_;
  View view_ GUARDED_BY(latch_);
};

class SessionRegistry {
 public:
  std::shared_ptr<SessionEntry> Add();
  void Remove(uint64_t id);
  std::shared_ptr<SessionEntry> Find(uint64_t id) const;
  std::vector<std::shared_ptr<SessionEntry>> List() const;
  size_t count() const { return count_.load(std::memory_order_relaxed); }

  // Global status counters (SHOW GLOBAL STATUS); see session/status_counters.h for the names.
  struct Counters {
    std::atomic<uint64_t> queries{0}, questions{0}, connections{0}, aborted_connects{0}, aborted_clients{0},
        bytes_received{0}, bytes_sent{0}, max_used_connections{0}, threads_running{0}, threads_connected{0},
        slow_queries{0}, connection_errors_max_connections{0}, ssl_accepts{0}, ssl_finished_accepts{0};
    static constexpr size_t kCommandKinds = 128;  // Com_xxx, by ast::StatementKind
    std::atomic<uint64_t> commands[kCommandKinds] = {};
  };
  Counters counters;

 private:
  mutable SharedLatch latch_;
  std::vector<std::shared_ptr<SessionEntry>> entries_ GUARDED_BY(latch_);
  std::atomic<uint64_t> next_id_{1};
  std::atomic<size_t> count_{0};
};

}  // namespace mahi
