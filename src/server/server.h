// Server: listens, hands connections to threads, parks idle ones, watches for vanished clients, stops in order.
//
//   one thread accepts and polls parked connections; a pool thread serves one active connection with blocking calls;
//   one watcher looks at clients of long statements (gone: the statement is killed) and at wait_timeout.
//
// Thread safety: Start, Wait, Stop: the main thread; RequestStop: any thread.
// Errors: a clear message in the error log and a Status that ends the program with exit code 1.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "auth/authentication.h"
#include "server/connection.h"
#include "server/error_log.h"
#include "server/server_options.h"
#include "server/tls.h"
#include "session/database.h"

namespace mahi {

class Server {
 public:
  // `database` and `log` outlive the server.
  Server(ServerOptions options, Database* database, ErrorLog* log);
  ~Server();

  // Opens listeners, certificates, threads. The server answers when it returns.
  Status Start();
  // Until RequestStop.
  void Wait();
  void RequestStop();
  // Closes listeners, kills statements, waits for threads.
  void Stop();
  // SIGHUP.
  void Reload();

  const ServerOptions& options() const { return options_; }
  Database& database() { return database_; }
  ErrorLog& log() { return log_; }
  TlsContext* tls() { return tls_.get(); }
  AuthenticationService& authentication() { return *authentication_; }
  bool is_stopping() const { return is_stopping_.load(std::memory_order_relaxed); }
  uint16_t port() const { return port_; }
  // Host name of an address: "localhost" for loopback unless --skip-name-resolve; else empty.
  std::string ResolveHost(const std::string& ip) const;

  // KILL reaches a connection between these two.
  void RegisterWake(Connection* connection);
  void ForgetWake(Connection* connection);

 private:
  Status Listen();
  Status ListenTcp(const std::string& address);
  Status ListenUnix();
  void RemoveSocketFiles();
  void AcceptLoop();
  void Accept(int listener, bool is_unix_socket);
  void HandOver(std::unique_ptr<Connection> connection);
  void WorkerLoop();
  void ServeOne(std::unique_ptr<Connection> connection);
  void Park(std::unique_ptr<Connection> connection);
  void Unpark(Connection* connection);
  void WatchLoop();
  void CheckParked(int64_t now_ms);
  void CheckActive(int64_t now_ms);
  void Closed(std::unique_ptr<Connection> connection);

  const ServerOptions options_;
  Database& database_;
  ErrorLog& log_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<AuthenticationService> authentication_;
  uint16_t port_ = 0;

  std::vector<std::pair<int, bool>> listeners_;  // fd, is Unix socket
  bool owns_socket_file_ = false;
  int epoll_ = -1;
  int stop_event_ = -1;
  std::atomic<bool> is_stopping_{false};
  std::atomic<uint32_t> connection_count_{0};

  std::thread accept_thread_;
  std::thread watch_thread_;

  // Pool. Plain standard mutexes: a condition variable with many waiters.
  std::mutex pool_mutex_;
  std::condition_variable pool_condition_;
  std::deque<std::unique_ptr<Connection>> queue_;
  uint32_t idle_workers_ = 0;
  uint32_t worker_count_ = 0;
  std::condition_variable workers_gone_;

  std::mutex stop_mutex_;
  std::condition_variable stop_condition_;
  bool stop_requested_ = false;

  // Connections without a thread, and those with one.
  std::mutex connections_mutex_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> parked_;
  std::unordered_set<Connection*> active_;

  struct WakeTarget;
  std::mutex wakes_mutex_;
  std::unordered_map<Connection*, std::shared_ptr<WakeTarget>> wakes_;
};

}  // namespace mahi
