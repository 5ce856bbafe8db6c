#include "server/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>

#include "protocol/response.h"

namespace mahi {
namespace {

bool AcceptsConnections(const sockaddr_un& address) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return true;
  const bool accepts = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(probe);
  return accepts;
}


constexpr auto kWorkerKeepAlive = std::chrono::seconds(1);
constexpr int64_t kWatchIntervalMs = 200;
// Statements shorter than this are not looked after.
constexpr int64_t kWatchAfterMs = 300;
// Threads kept for the next bursts.
constexpr uint32_t kKeptWorkers = 4;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string ErrnoText(int error) { return std::strerror(error); }

Error StartError(std::string message) {
  return Error::Custom(ER_UNKNOWN_ERROR, "HY000", std::move(message));
}

}  // namespace

struct Server::WakeTarget {
  std::mutex mutex;
  Connection* connection = nullptr;
};

Server::Server(ServerOptions options, Database* database, ErrorLog* log)
    : options_(std::move(options)), database_(*database), log_(*log) {
  authentication_ = std::make_unique<AuthenticationService>(&database_.accounts());
}

Server::~Server() {
  Stop();
  if (epoll_ >= 0) close(epoll_);
  if (stop_event_ >= 0) close(stop_event_);
}

std::string Server::ResolveHost(const std::string& ip) const {
  if (options_.skip_name_resolve) return {};
  return ip == "127.0.0.1" || ip == "::1" ? "localhost" : "";
}

void Server::RegisterWake(Connection* connection) {
  auto target = std::make_shared<WakeTarget>();
  target->connection = connection;
  {
    std::lock_guard<std::mutex> lock(wakes_mutex_);
    wakes_[connection] = target;
  }
  connection->entry().wake = [target] {
    std::lock_guard<std::mutex> lock(target->mutex);
    if (target->connection != nullptr) target->connection->Wake();
  };
}

void Server::ForgetWake(Connection* connection) {
  std::shared_ptr<WakeTarget> target;
  {
    std::lock_guard<std::mutex> lock(wakes_mutex_);
    auto it = wakes_.find(connection);
    if (it == wakes_.end()) return;
    target = it->second;
    wakes_.erase(it);
  }
  std::lock_guard<std::mutex> lock(target->mutex);
  target->connection = nullptr;
}

// ---- start ----

Status Server::Start() {
  if (options_.tls_enabled && options_.auto_generate_certs && options_.ssl_cert.empty() &&
      options_.ssl_key.empty() && options_.ssl_ca.empty()) {
    MAHI_ASSIGN_OR_RETURN(bool made, MakeCertificates(options_.data_directory));
    if (made) log_.Write(LogLevel::kSystem, 13601, "Made TLS certificates in the data directory");
  }
  MAHI_ASSIGN_OR_RETURN(tls_, TlsContext::Open(options_));
  if (tls_ == nullptr && options_.require_secure_transport) {
    log_.Write(LogLevel::kWarning, 13602, "require_secure_transport is ON but TLS is not available");
  }
  MAHI_ASSIGN_OR_RETURN(std::unique_ptr<RsaKeyPair> keys, OpenRsaKeys(options_.data_directory));
  authentication_->set_rsa_keys(std::move(keys));

  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  stop_event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (epoll_ < 0 || stop_event_ < 0) return StartError("Cannot make an event loop: " + ErrnoText(errno));
  MAHI_RETURN_IF_ERROR(Listen());
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, stop_event_, &event);
  for (size_t i = 0; i < listeners_.size(); ++i) {
    event.data.u64 = i + 1;  // no pointer is that small
    epoll_ctl(epoll_, EPOLL_CTL_ADD, listeners_[i].first, &event);
  }
  if (!options_.pid_file.empty()) {
    std::ofstream out(options_.pid_file, std::ios::trunc);
    out << getpid() << "\n";
    if (!out) {
      log_.Write(LogLevel::kError, 10092, fmt::format("Can't start server: can't create PID file: {}", options_.pid_file));
      return StartError("Cannot create the PID file " + options_.pid_file);
    }
  }
  accept_thread_ = std::thread([this] { AcceptLoop(); });
  watch_thread_ = std::thread([this] { WatchLoop(); });
  return Status::Ok();
}

Status Server::Listen() {
  if (!options_.skip_networking) {
    std::string list = options_.bind_address;
    size_t begin = 0;
    while (begin <= list.size()) {
      size_t end = list.find(',', begin);
      std::string address = list.substr(begin, end == std::string::npos ? end : end - begin);
      address.erase(0, address.find_first_not_of(" \t"));
      address.erase(address.find_last_not_of(" \t") + 1);
      if (!address.empty()) MAHI_RETURN_IF_ERROR(ListenTcp(address));
      if (end == std::string::npos) break;
      begin = end + 1;
    }
  }
  if (!options_.socket_path.empty()) MAHI_RETURN_IF_ERROR(ListenUnix());
  return Status::Ok();
}

Status Server::ListenTcp(const std::string& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const bool any = address == "*";
  const std::string port_text = std::to_string(options_.port);
  std::vector<std::string> tries = any ? std::vector<std::string>{"::", "0.0.0.0"} : std::vector<std::string>{address};
  int last_error = 0;
  for (const std::string& one : tries) {
    int rc = getaddrinfo(one.c_str(), port_text.c_str(), &hints, &found);
    if (rc != 0) {
      if (any) continue;
      log_.Write(LogLevel::kError, 10261, fmt::format("Can't start server: cannot resolve hostname!: '{}': {}", one, gai_strerror(rc)));
      return StartError("Cannot resolve the bind address " + one);
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, off = 0;
    bool ok = fd >= 0;
    if (ok) {
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
      if (found->ai_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, any ? &off : &on, sizeof(on));
      }
      ok = bind(fd, found->ai_addr, found->ai_addrlen) == 0 &&
           listen(fd, static_cast<int>(options_.back_log)) == 0;
    }
    last_error = ok ? 0 : errno;
    freeaddrinfo(found);
    if (ok) {
      sockaddr_storage bound{};
      socklen_t length = sizeof(bound);
      getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length);
      port_ = ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                                : reinterpret_cast<sockaddr_in&>(bound).sin_port);
      listeners_.emplace_back(fd, false);
      return Status::Ok();
    }
    if (fd >= 0) close(fd);
    if (last_error == EADDRINUSE) break;
  }
  log_.Write(LogLevel::kError, 10262,
             fmt::format("Can't start server: Bind on TCP/IP port: {}", ErrnoText(last_error)));
  if (last_error == EADDRINUSE) {
    log_.Write(LogLevel::kError, 10257,
               fmt::format("Do you already have another mysqld server running on port: {} ?", options_.port));
  }
  return StartError(fmt::format("Cannot listen on {}, port {}: {}", address, options_.port, ErrnoText(last_error)));
}

Status Server::ListenUnix() {
  const std::string& path = options_.socket_path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    log_.Write(LogLevel::kError, 10267, fmt::format("The socket file path is too long (> {}): {}", sizeof(address.sun_path) - 1, path));
    return StartError("The socket path is too long");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  // The lock file holds the process id of whoever owns the socket.
  std::string lock_path = path + ".lock";
  for (int attempt = 0;; ++attempt) {
    int lock = open(lock_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (lock >= 0) {
      std::string pid = std::to_string(getpid()) + "\n";
      bool ok = write(lock, pid.data(), pid.size()) == static_cast<ssize_t>(pid.size());
      close(lock);
      if (!ok) return StartError("Cannot write " + lock_path);
      break;
    }
    if (errno != EEXIST || attempt == 2) {
      log_.Write(LogLevel::kError, 10273, fmt::format("Could not create unix socket lock file {}.", lock_path));
      return StartError("Cannot create the socket's lock file " + lock_path + ": " + ErrnoText(errno));
    }
    long owner = 0;
    std::ifstream(lock_path) >> owner;
    // A killed server's process id may be taken again, or wait to be reaped: who answers on the socket counts.
    if (owner > 0 && owner != getpid() && (kill(static_cast<pid_t>(owner), 0) == 0 || errno == EPERM) &&
        AcceptsConnections(address)) {
      log_.Write(LogLevel::kError, 10259, fmt::format("Another process with pid {} is using unix socket file.", owner));
      return StartError("The socket " + path + " is in use");
    }
    unlink(lock_path.c_str());
  }
  unlink(path.c_str());
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(fd, static_cast<int>(options_.back_log)) != 0) {
    int error = errno;
    if (fd >= 0) close(fd);
    unlink(lock_path.c_str());
    log_.Write(LogLevel::kError, 10270, fmt::format("Can't start server : Bind on unix socket: {}", ErrnoText(error)));
    return StartError("Cannot listen on " + path + ": " + ErrnoText(error));
  }
  chmod(path.c_str(), 0777);
  owns_socket_file_ = true;
  listeners_.emplace_back(fd, true);
  return Status::Ok();
}

void Server::RemoveSocketFiles() {
  if (!owns_socket_file_) return;
  unlink(options_.socket_path.c_str());
  unlink((options_.socket_path + ".lock").c_str());
  owns_socket_file_ = false;
}

// ---- accepting and parking ----

void Server::AcceptLoop() {
  std::vector<epoll_event> events(256);
  while (!is_stopping()) {
    int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      uint64_t key = events[i].data.u64;
      if (key == 0) return;  // RequestStop
      if (key <= listeners_.size()) {
        Accept(listeners_[key - 1].first, listeners_[key - 1].second);
      } else {
        Unpark(reinterpret_cast<Connection*>(key));
      }
    }
  }
}

void Server::Accept(int listener, bool is_unix_socket) {
  // A few at a time, so that parked connections get their turn.
  for (int i = 0; i < 64; ++i) {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    int fd = accept4(listener, reinterpret_cast<sockaddr*>(&address), &length, SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EMFILE || errno == ENFILE) {
        log_.Write(LogLevel::kError, 10248, "Error in accept: Too many open files");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      return;
    }
    Connection::Peer peer;
    peer.is_unix_socket = is_unix_socket;
    if (!is_unix_socket) {
      char text[INET6_ADDRSTRLEN] = "";
      if (address.ss_family == AF_INET6) {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
        peer.port = ntohs(v6.sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
          inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text, sizeof(text));
        } else {
          inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
        }
      } else {
        auto& v4 = reinterpret_cast<sockaddr_in&>(address);
        peer.port = ntohs(v4.sin_port);
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
      }
      peer.ip = text;
    }
    auto& counters = database_.sessions().counters;
    const uint64_t limit = database_.variables().GetNumber("max_connections");
    uint32_t count = connection_count_.load();
    if (count >= limit + 1) {
      // One above the limit is for an administrator; this is beyond that.
      counters.connection_errors_max_connections.fetch_add(1, std::memory_order_relaxed);
      counters.aborted_connects.fetch_add(1, std::memory_order_relaxed);
      WireBuffer out;
      uint8_t sequence = 0;
      size_t start = BeginFrame(&out);
      AppendErr(&out, Error(ER_CON_COUNT_ERROR), kClientProtocol41);
      EndFrame(&out, start, &sequence);
      (void)!send(fd, out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      close(fd);
      continue;
    }
    peer.is_over_limit = count >= limit;
    ++count;
    connection_count_.store(count);
    counters.threads_connected.store(count, std::memory_order_relaxed);
    uint64_t most = counters.max_used_connections.load(std::memory_order_relaxed);
    if (count > most) counters.max_used_connections.store(count, std::memory_order_relaxed);
    HandOver(std::make_unique<Connection>(this, fd, std::move(peer)));
  }
}

void Server::Park(std::unique_ptr<Connection> connection) {
  Connection* raw = connection.get();
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;
  event.data.u64 = reinterpret_cast<uint64_t>(raw);
  {
    std::lock_guard<std::mutex> lock(connections_mutex_);
    active_.erase(raw);
    parked_[raw] = std::move(connection);
  }
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, raw->fd(), &event) != 0 && errno == EEXIST) {
    epoll_ctl(epoll_, EPOLL_CTL_MOD, raw->fd(), &event);
  }
}

void Server::Unpark(Connection* connection) {
  std::unique_ptr<Connection> owned;
  {
    std::lock_guard<std::mutex> lock(connections_mutex_);
    auto it = parked_.find(connection);
    if (it == parked_.end()) return;  // just closed by its timeout
    owned = std::move(it->second);
    parked_.erase(it);
  }
  HandOver(std::move(owned));
}

// ---- threads ----

void Server::HandOver(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard<std::mutex> lock(connections_mutex_);
    active_.insert(connection.get());
  }
  std::unique_lock<std::mutex> lock(pool_mutex_);
  queue_.push_back(std::move(connection));
  if (idle_workers_ >= queue_.size()) {
    pool_condition_.notify_one();
    return;
  }
  ++worker_count_;
  lock.unlock();
  try {
    std::thread([this] { WorkerLoop(); }).detach();
  } catch (const std::system_error&) {
    // No thread to be had: one that becomes free takes it.
    std::lock_guard<std::mutex> again(pool_mutex_);
    --worker_count_;
    log_.Write(LogLevel::kError, 10249, "Can't create thread to handle new connection");
  }
}

void Server::WorkerLoop() {
  std::unique_lock<std::mutex> lock(pool_mutex_);
  while (true) {
    if (queue_.empty()) {
      if (is_stopping()) break;
      ++idle_workers_;
      bool woken = pool_condition_.wait_for(lock, kWorkerKeepAlive,
                                            [this] { return !queue_.empty() || is_stopping(); });
      --idle_workers_;
      if (!woken && worker_count_ > kKeptWorkers) break;
      continue;
    }
    std::unique_ptr<Connection> connection = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    ServeOne(std::move(connection));
    lock.lock();
  }
  --worker_count_;
  // Under the mutex: the server may be gone right after.
  workers_gone_.notify_all();
}

void Server::ServeOne(std::unique_ptr<Connection> connection) {
  auto& counters = database_.sessions().counters;
  counters.threads_running.fetch_add(1, std::memory_order_relaxed);
  Connection::Outcome outcome = Connection::Outcome::kClosed;
  try {
    outcome = connection->Serve();
  } catch (const std::bad_alloc&) {
    log_.Write(LogLevel::kError, 10928, "Out of memory; the connection is closed", connection->id());
  }
  counters.threads_running.fetch_sub(1, std::memory_order_relaxed);
  if (outcome == Connection::Outcome::kIdle && !is_stopping()) {
    Park(std::move(connection));
  } else {
    Closed(std::move(connection));
  }
}

void Server::Closed(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard<std::mutex> lock(connections_mutex_);
    active_.erase(connection.get());
  }
  connection.reset();
  uint32_t count = connection_count_.fetch_sub(1) - 1;
  database_.sessions().counters.threads_connected.store(count, std::memory_order_relaxed);
}

// ---- watching ----

void Server::WatchLoop() {
  std::unique_lock<std::mutex> lock(stop_mutex_);
  int64_t next_park_check = 0;
  while (!stop_condition_.wait_for(lock, std::chrono::milliseconds(kWatchIntervalMs),
                                   [this] { return is_stopping(); })) {
    lock.unlock();
    int64_t now = NowMs();
    CheckActive(now);
    if (now >= next_park_check) {
      CheckParked(now);
      next_park_check = now + 1000;
    }
    lock.lock();
  }
}

void Server::CheckActive(int64_t now_ms) {
  std::lock_guard<std::mutex> lock(connections_mutex_);
  for (Connection* connection : active_) {
    if (!connection->is_executing() || now_ms - connection->executing_since_ms() < kWatchAfterMs) continue;
    pollfd one{connection->fd(), POLLRDHUP, 0};
    if (poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR))) {
      connection->Abort(false);
    }
  }
}

void Server::CheckParked(int64_t now_ms) {
  std::vector<std::unique_ptr<Connection>> expired;
  {
    std::lock_guard<std::mutex> lock(connections_mutex_);
    for (auto it = parked_.begin(); it != parked_.end();) {
      Connection& connection = *it->second;
      bool is_late = now_ms - connection.idle_since_ms() >= static_cast<int64_t>(connection.wait_timeout_ms());
      if (!is_late) {
        ++it;
        continue;
      }
      epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.fd(), nullptr);
      expired.push_back(std::move(it->second));
      it = parked_.erase(it);
    }
  }
  for (auto& connection : expired) {
    connection->CloseIdle();
    Closed(std::move(connection));
  }
}

// ---- stop ----

void Server::RequestStop() {
  std::lock_guard<std::mutex> lock(stop_mutex_);
  stop_requested_ = true;
  stop_condition_.notify_all();
}

void Server::Wait() {
  std::unique_lock<std::mutex> lock(stop_mutex_);
  stop_condition_.wait(lock, [this] { return stop_requested_; });
}

void Server::Stop() {
  if (is_stopping_.exchange(true)) return;
  {
    std::lock_guard<std::mutex> lock(stop_mutex_);
    stop_condition_.notify_all();
  }
  uint64_t one = 1;
  if (stop_event_ >= 0) (void)!write(stop_event_, &one, sizeof(one));
  if (accept_thread_.joinable()) accept_thread_.join();
  if (watch_thread_.joinable()) watch_thread_.join();
  for (auto& [fd, is_unix] : listeners_) close(fd);
  listeners_.clear();
  RemoveSocketFiles();

  // Parked clients first, then those that run statements.
  std::vector<std::unique_ptr<Connection>> parked;
  {
    std::lock_guard<std::mutex> lock(connections_mutex_);
    for (auto& [raw, connection] : parked_) parked.push_back(std::move(connection));
    parked_.clear();
    for (Connection* connection : active_) connection->Abort(true);
  }
  for (auto& connection : parked) Closed(std::move(connection));
  std::unique_lock<std::mutex> lock(pool_mutex_);
  pool_condition_.notify_all();
  bool all_gone = workers_gone_.wait_for(lock, std::chrono::milliseconds(options_.shutdown_timeout_ms),
                                         [this] { return worker_count_ == 0; });
  if (!all_gone) {
    log_.Write(LogLevel::kWarning, 10909,
               fmt::format("{} connections did not end within {} s; going on", worker_count_,
                           options_.shutdown_timeout_ms / 1000));
    // Their statements still use the database: wait for them rather than pull it away.
    workers_gone_.wait(lock, [this] { return worker_count_ == 0; });
  }
  lock.unlock();
  {  // whoever was parked while this went on
    std::lock_guard<std::mutex> guard(connections_mutex_);
    parked.clear();
    for (auto& [raw, connection] : parked_) parked.push_back(std::move(connection));
    parked_.clear();
  }
  for (auto& connection : parked) Closed(std::move(connection));
  if (!options_.pid_file.empty()) unlink(options_.pid_file.c_str());
}

void Server::Reload() {
  if (Status status = log_.Reopen(); !status.ok()) {
    log_.Write(LogLevel::kError, 10929, status.error().message());
  }
}

}  // namespace mahi
