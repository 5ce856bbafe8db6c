// Transport: a socket to a server, TCP or Unix, with or without TLS: bytes in and out, with timeouts.
//
// The socket is non-blocking and every wait is a poll(), so that waiting can be interrupted, watched
// (Options::on_wait) and, while a pipeline is written, turned into reading.
// Errors: the client's own numbers (2002, 2003, 2005, 2006, 2013, 2026).
// Thread safety: one thread; Abort() from any.
#pragma once

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mahi/client.h"

namespace mahi::client::internal {

Error MakeError(uint16_t number, std::string message);

class Transport {
 public:
  explicit Transport(const Options& options) : options_(options) {}
  ~Transport();
  Transport(const Transport&) = delete;

  Error Connect();
  Error StartTls();

  // Waits for bytes and takes what there is; *count is 0 when the server has closed the connection.
  Error Read(char* to, size_t bytes, size_t* count);
  // Takes what has arrived, without waiting; *closed when the server has closed the connection.
  Error ReadAvailable(char* to, size_t bytes, size_t* count, bool* closed);
  // Writes everything. While the server does not take bytes, `read_some` is called for those that it sends.
  Error Write(std::string_view bytes, const std::function<Error()>& read_some);

  void Close();
  void Abort();
  bool is_open() const { return fd_ >= 0; }
  bool is_unix_socket() const { return is_unix_socket_; }
  SSL* ssl() const { return ssl_; }
  uint64_t bytes_received() const { return bytes_received_; }
  // Deadline for the connection phase; 0: none.
  void set_deadline_ms(int64_t deadline) { deadline_ms_ = deadline; }
  static int64_t NowMs();

 private:
  enum class Ready : uint8_t { kReady, kTimeout, kFailed };
  Ready Wait(short events, uint32_t timeout_ms, short* revents = nullptr);
  Error ConnectUnix(const std::string& path);
  Error ConnectTcp();
  // Connects fd_; returns an errno, 0 when connected.
  int FinishConnect(const sockaddr* address, uint32_t address_bytes);

  const Options& options_;
  std::atomic<int> fd_{-1};
  bool is_unix_socket_ = false;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  uint64_t bytes_received_ = 0;
  int64_t deadline_ms_ = 0;
  int64_t last_on_wait_ms_ = 0;
};

}  // namespace mahi::client::internal
