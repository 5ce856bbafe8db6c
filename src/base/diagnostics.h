// The diagnostics area of a statement: its notes, warnings and errors, in order.
//
// Source: MySQL 8.4 manual, "The MySQL Diagnostics Area" and "SHOW WARNINGS Statement".
// Thread safety: belongs to one session's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace mahi {

enum class ConditionLevel : uint8_t { kNote, kWarning, kError };

struct DiagnosticsCondition {
  ConditionLevel level;
  uint16_t number;
  std::string sqlstate;
  std::string message;
};

class Diagnostics {
 public:
  // Adds a condition; beyond `max_error_count` it is counted but not kept.
  void Add(ConditionLevel level, const Error& error) {
    ++total_count_;
    if (level == ConditionLevel::kError) ++error_count_;
    if (conditions_.size() >= max_error_count_) return;
    conditions_.push_back(
        {level, error.number(), std::string(error.sqlstate()), error.message()});
  }
  void Warn(const Error& error) { Add(ConditionLevel::kWarning, error); }
  void Note(const Error& error) { Add(ConditionLevel::kNote, error); }

  void Clear() {
    conditions_.clear();
    total_count_ = error_count_ = 0;
  }
  void set_max_error_count(uint64_t count) { max_error_count_ = count; }

  const std::vector<DiagnosticsCondition>& conditions() const { return conditions_; }
  uint64_t total_count() const { return total_count_; }
  uint64_t error_count() const { return error_count_; }

 private:
  std::vector<DiagnosticsCondition> conditions_;
  uint64_t total_count_ = 0;
  uint64_t error_count_ = 0;
  uint64_t max_error_count_ = 1024;
};

}  // namespace mahi
