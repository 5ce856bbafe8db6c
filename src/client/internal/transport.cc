#include "client/internal/transport.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace mahi::client::internal {
namespace {

std::string SslText() {
  unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the server closed the connection";
  char text[256];
  ERR_error_string_n(code, text, sizeof text);
  return text;
}
Error SslError(const std::string& why) {
  return MakeError(CR_SSL_CONNECTION_ERROR, "SSL connection error: " + why);
}

bool IsAddress(const std::string& host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

// Lowest and highest version of a list such as "TLSv1.2,TLSv1.3".
bool ParseTlsVersions(const std::string& list, int* lowest, int* highest) {
  static constexpr std::pair<const char*, int> kVersions[] = {
      {"TLSv1.2", TLS1_2_VERSION}, {"TLSv1.3", TLS1_3_VERSION}};
  *lowest = *highest = 0;
  for (const auto& [name, version] : kVersions) {
    if (list.find(name) == std::string::npos) continue;
    if (*lowest == 0) *lowest = version;
    *highest = version;
  }
  return *lowest != 0;
}

}  // namespace

Error MakeError(uint16_t number, std::string message) { return {number, "HY000", std::move(message)}; }

Transport::~Transport() {
  Close();
  if (context_ != nullptr) SSL_CTX_free(context_);
}

int64_t Transport::NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Transport::Ready Transport::Wait(short events, uint32_t timeout_ms, short* revents) {
  int64_t start = NowMs();
  int64_t deadline = timeout_ms == 0 ? 0 : start + timeout_ms;
  if (deadline_ms_ != 0 && (deadline == 0 || deadline_ms_ < deadline)) deadline = deadline_ms_;
  while (true) {
    int64_t now = NowMs();
    if (deadline != 0 && now >= deadline) return Ready::kTimeout;
    int64_t step = deadline == 0 ? -1 : deadline - now;
    if (options_.on_wait && (step < 0 || step > options_.wait_interval_ms)) step = options_.wait_interval_ms;
    int fd = fd_;
    if (fd < 0) return Ready::kFailed;
    pollfd one = {fd, events, 0};
    int n = poll(&one, 1, static_cast<int>(step));
    if (n > 0) {
      if (revents != nullptr) *revents = one.revents;
      return Ready::kReady;
    }
    if (n < 0 && errno != EINTR) return Ready::kFailed;
    if (options_.on_wait) options_.on_wait();
  }
}

int Transport::FinishConnect(const sockaddr* address, uint32_t address_bytes) {
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
  if (::connect(fd_, address, address_bytes) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  Ready ready = Wait(POLLOUT, 0);
  if (ready == Ready::kTimeout) return ETIMEDOUT;
  if (ready == Ready::kFailed) return errno;
  int error = 0;
  socklen_t bytes = sizeof error;
  if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &bytes) != 0) return errno;
  return error;
}

Error Transport::ConnectUnix(const std::string& path) {
  is_unix_socket_ = true;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  int error = ENAMETOOLONG;
  if (path.size() < sizeof address.sun_path) {
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) {
      return MakeError(CR_SOCKET_CREATE_ERROR, fmt::format("Can't create UNIX socket ({})", errno));
    }
    error = FinishConnect(reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (error == 0) return {};
    Close();
  }
  return MakeError(CR_CONNECTION_ERROR,
                   fmt::format("Can't connect to local MySQL server through socket '{}' ({})", path, error));
}

Error Transport::ConnectTcp() {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = AF_UNSPEC;
  addrinfo* list = nullptr;
  int rc = getaddrinfo(options_.host.c_str(), std::to_string(options_.port).c_str(), &hints, &list);
  if (rc != 0) {
    return MakeError(CR_UNKNOWN_HOST, fmt::format("Unknown MySQL server host '{}' ({})", options_.host, rc));
  }
  int error = 0;
  for (addrinfo* one = list; one != nullptr; one = one->ai_next) {
    fd_ = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (fd_ < 0) {
      error = errno;
      continue;
    }
    if (!options_.bind_address.empty()) {
      addrinfo bind_hints = {};
      bind_hints.ai_family = one->ai_family;
      bind_hints.ai_socktype = SOCK_STREAM;
      addrinfo* local = nullptr;
      if (getaddrinfo(options_.bind_address.c_str(), nullptr, &bind_hints, &local) != 0 ||
          ::bind(fd_, local->ai_addr, local->ai_addrlen) != 0) {
        error = local == nullptr ? EADDRNOTAVAIL : errno;
        if (local != nullptr) freeaddrinfo(local);
        Close();
        continue;
      }
      freeaddrinfo(local);
    }
    error = FinishConnect(one->ai_addr, one->ai_addrlen);
    if (error == 0) break;
    Close();
  }
  freeaddrinfo(list);
  if (fd_ < 0) {
    return MakeError(CR_CONN_HOST_ERROR, fmt::format("Can't connect to MySQL server on '{}:{}' ({})",
                                                     options_.host, options_.port, error));
  }
  int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return {};
}

Error Transport::Connect() {
  if (!options_.unix_socket.empty()) return ConnectUnix(options_.unix_socket);
  if (options_.host.empty()) return ConnectUnix("/run/mysqld/mysqld.sock");
  return ConnectTcp();
}

Error Transport::StartTls() {
  ERR_clear_error();
  context_ = SSL_CTX_new(TLS_client_method());
  if (context_ == nullptr) return SslError(SslText());
  int lowest = 0, highest = 0;
  if (!ParseTlsVersions(options_.tls_versions, &lowest, &highest)) {
    return SslError("TLS version is invalid");
  }
  SSL_CTX_set_min_proto_version(context_, lowest);
  SSL_CTX_set_max_proto_version(context_, highest);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // A server that vanishes without close_notify is an ordinary lost connection.
  SSL_CTX_set_options(context_, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (!options_.ssl_cipher.empty() && SSL_CTX_set_cipher_list(context_, options_.ssl_cipher.c_str()) != 1) {
    return SslError("Failed to set ciphers to use");
  }
  if (!options_.tls_ciphersuites.empty() &&
      SSL_CTX_set_ciphersuites(context_, options_.tls_ciphersuites.c_str()) != 1) {
    return SslError("Failed to set ciphers to use");
  }
  bool verify = options_.ssl_mode == SslMode::kVerifyCa || options_.ssl_mode == SslMode::kVerifyIdentity;
  bool has_ca = !options_.ssl_ca.empty() || !options_.ssl_capath.empty();
  if (has_ca && SSL_CTX_load_verify_locations(
                    context_, options_.ssl_ca.empty() ? nullptr : options_.ssl_ca.c_str(),
                    options_.ssl_capath.empty() ? nullptr : options_.ssl_capath.c_str()) != 1) {
    return SslError("SSL_CTX_set_default_verify_paths failed");
  }
  if (verify && !has_ca) {
    return SslError("CA certificate is required if ssl-mode is VERIFY_CA or VERIFY_IDENTITY");
  }
  if (!options_.ssl_crl.empty()) {
    X509_STORE* store = SSL_CTX_get_cert_store(context_);
    if (X509_STORE_load_locations(store, options_.ssl_crl.c_str(), nullptr) != 1) {
      return SslError("cannot read the revocation list " + options_.ssl_crl);
    }
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  if (!options_.ssl_cert.empty() || !options_.ssl_key.empty()) {
    const std::string& cert = options_.ssl_cert.empty() ? options_.ssl_key : options_.ssl_cert;
    const std::string& key = options_.ssl_key.empty() ? options_.ssl_cert : options_.ssl_key;
    if (SSL_CTX_use_certificate_chain_file(context_, cert.c_str()) != 1) {
      return SslError("Unable to get certificate");
    }
    if (SSL_CTX_use_PrivateKey_file(context_, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context_) != 1) {
      return SslError("Unable to get private key");
    }
  }
  SSL_CTX_set_verify(context_, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  ssl_ = SSL_new(context_);
  if (ssl_ == nullptr) return SslError(SslText());
  bool is_address = IsAddress(options_.host);
  if (!is_address && !options_.host.empty()) SSL_set_tlsext_host_name(ssl_, options_.host.c_str());
  if (options_.ssl_mode == SslMode::kVerifyIdentity) {
    X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl_);
    if (is_address) {
      X509_VERIFY_PARAM_set1_ip_asc(parameters, options_.host.c_str());
    } else {
      X509_VERIFY_PARAM_set1_host(parameters, options_.host.empty() ? "localhost" : options_.host.c_str(), 0);
    }
  }
  SSL_set_fd(ssl_, fd_);
  while (true) {
    int rc = SSL_connect(ssl_);
    if (rc == 1) return {};
    int why = SSL_get_error(ssl_, rc);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return SslError(SslText());
    Ready ready = Wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, 0);
    if (ready == Ready::kTimeout) return SslError("timed out");
    if (ready == Ready::kFailed) return SslError("the connection failed");
  }
}

Error Transport::ReadAvailable(char* to, size_t bytes, size_t* count, bool* closed) {
  *count = 0;
  *closed = false;
  if (fd_ < 0) {
    *closed = true;
    return {};
  }
  if (ssl_ != nullptr) {
    ERR_clear_error();
    int n = SSL_read(ssl_, to, static_cast<int>(std::min<size_t>(bytes, 1 << 30)));
    if (n > 0) {
      *count = static_cast<size_t>(n);
    } else {
      int why = SSL_get_error(ssl_, n);
      *closed = why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
    }
  } else {
    ssize_t n;
    do {
      n = recv(fd_, to, bytes, 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
      *count = static_cast<size_t>(n);
    } else {
      *closed = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    }
  }
  bytes_received_ += *count;
  return {};
}

Error Transport::Read(char* to, size_t bytes, size_t* count) {
  if (options_.on_wait) {  // also while rows come in without a pause
    int64_t now = NowMs();
    if (last_on_wait_ms_ != 0 && now - last_on_wait_ms_ >= options_.wait_interval_ms) options_.on_wait();
    if (last_on_wait_ms_ == 0 || now - last_on_wait_ms_ >= options_.wait_interval_ms) last_on_wait_ms_ = now;
  }
  while (true) {
    bool closed = false;
    if (Error error = ReadAvailable(to, bytes, count, &closed); !error.ok()) return error;
    if (closed || *count != 0) return {};
    Ready ready = Wait(POLLIN, options_.read_timeout_ms);
    if (ready == Ready::kFailed) return {};  // *count is 0: closed
    if (ready == Ready::kTimeout) {
      return MakeError(CR_SERVER_LOST, "Lost connection to MySQL server during query (timed out)");
    }
  }
}

Error Transport::Write(std::string_view bytes, const std::function<Error()>& read_some) {
  Error gone = MakeError(CR_SERVER_GONE_ERROR, "MySQL server has gone away");
  while (!bytes.empty()) {
    if (fd_ < 0) return gone;
    size_t written = 0;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      int n = SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), 1 << 30)));
      if (n > 0) {
        written = static_cast<size_t>(n);
      } else {
        int why = SSL_get_error(ssl_, n);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return gone;
      }
    } else {
      ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n > 0) {
        written = static_cast<size_t>(n);
      } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        return gone;
      }
    }
    bytes.remove_prefix(written);
    if (written != 0) continue;
    // The server may be waiting for us to take its answers to earlier statements of a pipeline.
    short revents = 0;
    Ready ready = Wait(POLLOUT | POLLIN, options_.write_timeout_ms, &revents);
    if (ready != Ready::kReady) return gone;
    if (revents & (POLLIN | POLLHUP)) {
      if (Error error = read_some(); !error.ok()) return error;
    }
  }
  return {};
}

void Transport::Close() {
  if (ssl_ != nullptr) {
    if (fd_ >= 0) SSL_shutdown(ssl_);
    SSL_free(ssl_);
    ssl_ = nullptr;
    ERR_clear_error();
  }
  int fd = fd_.exchange(-1);
  if (fd >= 0) close(fd);
}

void Transport::Abort() {
  int fd = fd_;
  if (fd >= 0) shutdown(fd, SHUT_RDWR);
}

}  // namespace mahi::client::internal
