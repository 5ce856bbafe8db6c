// ServerOptions: what the server needs to know before and while it listens. Filled in from the system variables
// (mysqld's names) by main/.
// Thread safety: immutable after start, but for the atomics.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace mahi {

struct ServerOptions {
  std::string server_version = "8.4.3-mahi-0.1";
  std::string data_directory;
  std::string bind_address = "*";  // comma-separated; "*" is every address, IPv6 too where there is one
  uint16_t port = 3306;
  bool skip_networking = false;
  std::string socket_path;  // empty: none
  std::string pid_file;
  std::string log_error;    // empty: standard error
  int log_error_verbosity = 2;
  uint32_t back_log = 512;
  bool skip_name_resolve = false;

  // TLS. Empty paths: the files that the server makes in its data directory.
  bool tls_enabled = true;
  std::string ssl_ca, ssl_cert, ssl_key, ssl_cipher, tls_ciphersuites, ssl_crl;
  std::string tls_version = "TLSv1.2,TLSv1.3";
  bool auto_generate_certs = true;
  bool require_secure_transport = false;

  // A connection that has sent no command for so long leaves its thread.
  uint32_t park_after_ms = 50;
  uint32_t shutdown_timeout_ms = 10'000;
};

}  // namespace mahi
