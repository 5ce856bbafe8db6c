// ErrorLog: the server's log in mysqld's format.
//
//   2026-01-31T23:59:59.123456Z 0 [Warning] [MY-010068] [Server] text
//
// Source: MySQL 8.4 manual, "The Error Log", "Error Log Output Format".
// Thread safety: any thread; a line is written whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/latch.h"
#include "base/status.h"

namespace mahi {

enum class LogLevel : uint8_t { kSystem, kError, kWarning, kNote };

class ErrorLog {
 public:
  ~ErrorLog();
  // Empty: standard error. log_error_verbosity: 1 errors, 2 warnings too, 3 notes too.
  Status Open(const std::string& path);
  void set_verbosity(int verbosity) { verbosity_ = verbosity; }
  // After the file was moved away (SIGHUP, FLUSH ERROR LOGS).
  Status Reopen();
  void Write(LogLevel level, uint32_t code, std::string_view text, uint64_t connection_id = 0);

 private:
  Latch latch_;
  std::string path_;
  int fd_ GUARDED_BY(latch_) = 2;
  int verbosity_ = 2;
};

}  // namespace mahi
