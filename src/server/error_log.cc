#include "server/error_log.h"

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace mahi {

ErrorLog::~ErrorLog() {
  if (fd_ > 2) close(fd_);
}

Status ErrorLog::Open(const std::string& path) {
  path_ = path == "stderr" ? "" : path;
  return Reopen();
}

Status ErrorLog::Reopen() {
  if (path_.empty()) return Status::Ok();
  int fd = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return Error(ER_CANT_CREATE_FILE, path_, errno, std::strerror(errno));
  LatchGuard guard(latch_);
  if (fd_ > 2) close(fd_);
  fd_ = fd;
  return Status::Ok();
}

void ErrorLog::Write(LogLevel level, uint32_t code, std::string_view text, uint64_t connection_id) {
  static constexpr const char* kNames[] = {"System", "Error", "Warning", "Note"};
  static constexpr int kVerbosity[] = {0, 1, 2, 3};
  if (kVerbosity[static_cast<int>(level)] > verbosity_) return;
  timeval now;
  gettimeofday(&now, nullptr);
  tm utc;
  gmtime_r(&now.tv_sec, &utc);
  std::string line = fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z {} [{}] [MY-{:06}] [Server] {}\n",
      utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
      now.tv_usec, connection_id, kNames[static_cast<int>(level)], code, text);
  LatchGuard guard(latch_);
  std::string_view rest = line;
  while (!rest.empty()) {
    ssize_t n = write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    rest.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace mahi
