// What a function may know while it runs: the session, the statement, its warnings.
// Thread safety: belongs to the statement's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "base/status.h"
#include "types/sql_mode.h"
#include "types/temporal.h"
#include "types/value.h"

namespace mahi {

// What functions and expressions ask of the session that runs them. Implemented by session/.
class SessionInfo {
 public:
  virtual ~SessionInfo() = default;
  virtual uint64_t connection_id() const = 0;
  virtual std::string user() const = 0;          // user@host as the client gave it
  virtual std::string current_user() const = 0;  // the account that matched
  virtual std::string current_role() const = 0;  // "NONE" or `role`@`host`, ...
  virtual std::string_view database() const = 0;  // empty: none selected
  virtual uint64_t last_insert_id() const = 0;
  virtual void set_last_insert_id(uint64_t value) = 0;
  virtual int64_t row_count() const = 0;
  virtual uint64_t found_rows() const = 0;
  virtual CollationId connection_collation() const = 0;

  virtual Result<Value> GetSystemVariable(std::string_view name, bool is_global) = 0;
  // User variables; the type of an unset one is a string, its value NULL.
  virtual Value GetUserVariable(std::string_view name) = 0;
  virtual SqlType GetUserVariableType(std::string_view name) = 0;
  virtual Status SetUserVariable(std::string_view name, const Datum& value, const SqlType& type) = 0;

  // GET_LOCK and its kin. Seconds < 0: wait without bound.
  virtual Result<Value> GetLock(std::string_view name, double timeout_s) = 0;
  virtual Result<Value> ReleaseLock(std::string_view name) = 0;
  virtual uint64_t ReleaseAllLocks() = 0;
  // The holder's connection id, or 0.
  virtual uint64_t LockHolder(std::string_view name) = 0;
  // Waits; an error when the statement is killed meanwhile.
  virtual Status Sleep(double seconds) = 0;
  // Reads a server-side file for LOAD_FILE; NULL when it may not or cannot be read.
  virtual Result<Value> LoadFile(std::string_view path) = 0;

  // The next value of RAND() without argument, in [0, 1).
  virtual double Random() = 0;
};

struct EvalContext {
  SessionInfo* session = nullptr;
  Diagnostics* diagnostics = nullptr;
  const TimeZone* time_zone = nullptr;
  uint64_t sql_mode = 0;
  int64_t statement_time_us = 0;  // UTC; NOW() and its kin
  bool is_dml = false;            // the result is stored: strict sql_mode turns some warnings into errors
  bool ignore_errors = false;     // INSERT IGNORE and its kin
  uint64_t max_allowed_packet = 64 << 20;
  uint64_t group_concat_max_len = 1024;
  uint32_t div_precision_increment = 4;
  int32_t default_week_format = 0;
  std::string_view lc_time_names = "en_US";
  const std::atomic<uint32_t>* kill_flag = nullptr;  // non-zero: stop

  bool IsKilled() const {
    return kill_flag != nullptr && kill_flag->load(std::memory_order_relaxed) != 0;
  }
  // True when a conversion problem must fail the statement instead of warning.
  bool is_strict() const {
    return is_dml && !ignore_errors &&
           (sql_mode & (kSqlModeStrictTransTables | kSqlModeStrictAllTables)) != 0;
  }
};

}  // namespace mahi
