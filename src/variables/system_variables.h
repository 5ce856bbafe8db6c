// System variables: one table (system_variables.def) of names, scopes, types, ranges and defaults; from it come SHOW
// VARIABLES, SET, command-line options and option files.
//
// GlobalVariables holds the server's values; SessionVariables starts from them and keeps what the session changed.
// A few values that statements look at all the time are cached by the session from OnChange.
// Errors: 1193, 1228, 1229, 1230, 1231, 1232, 1238. Clipped numbers warn with 1292.
// Source: MySQL 8.4 manual, "Server System Variables", "Using System Variables".
// Thread safety: the table is immutable; GlobalVariables any thread; SessionVariables its session's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/latch.h"
#include "base/status.h"
#include "types/sql_type.h"
#include "types/value.h"

namespace mahi {

enum class VariableScope : uint8_t { kGlobal, kSession, kBoth };
enum class VariableType : uint8_t { kBoolean, kInteger, kUnsigned, kDouble, kString, kEnum, kSet };

struct SystemVariable {
  uint16_t id;                // position in the table
  std::string_view name;      // lower case, underscores
  VariableScope scope;
  VariableType type;
  bool is_read_only;          // SET gives 1238
  bool is_nullable;           // strings: NULL is a value
  bool is_persistable;
  std::string_view default_text;
  uint64_t minimum, maximum, block;  // numbers
  std::span<const std::string_view> values;  // kEnum: names by number; kSet: names by bit
  std::string_view description;
};

std::span<const SystemVariable> AllSystemVariables();
// Case-insensitive; null: unknown (1193 is the caller's).
const SystemVariable* FindSystemVariable(std::string_view name);

// The SQL type and value as @@name gives it: booleans and numbers as BIGINT, enums and sets as text.
SqlType VariableSqlType(const SystemVariable& variable);

class GlobalVariables {
 public:
  GlobalVariables();  // defaults
  // Checks and converts a SET value (text, number, NULL) to the variable's own form. Enum: number or name.
  static Result<Value> Validate(const SystemVariable& variable, const Value& value, Diagnostics* diagnostics);

  // Values in internal form: kBoolean, kInteger, kUnsigned, kEnum, kSet as (u)int64; kDouble; kString; or NULL.
  Value Get(const SystemVariable& variable) const;
  // REQUIRES: `value` came from Validate.
  void Set(const SystemVariable& variable, Value value);
  // Start-up: name=value as options give it ("max-connections", suffixes K, M, G); also "skip-" and "loose-" prefixes.
  Status SetFromOption(std::string_view name, std::optional<std::string_view> value, bool* is_known);
  uint64_t GetNumber(std::string_view name) const;
  std::string GetText(std::string_view name) const;
  // Called after a SET GLOBAL took effect.
  std::function<void(const SystemVariable& variable, const Value& value)> on_change;
  uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // All values, by id; shared by the sessions that begin now.
  std::shared_ptr<const std::vector<Value>> Snapshot() const;

 private:
  void Replace(const SystemVariable& variable, Value value);
  mutable SharedLatch latch_;
  std::shared_ptr<const std::vector<Value>> values_ GUARDED_BY(latch_);  // replaced as a whole
  std::atomic<uint64_t> version_{1};
};

class SessionVariables {
 public:
  explicit SessionVariables(GlobalVariables* global);
  // The session's value; the global one for variables without session scope.
  Value Get(const SystemVariable& variable) const;
  // REQUIRES: session scope, validated.
  void Set(const SystemVariable& variable, Value value);
  // All back to the current global values.
  void Reset();
  uint64_t GetNumber(std::string_view name) const;
  std::string GetText(std::string_view name) const;
  GlobalVariables& global() { return global_; }

 private:
  GlobalVariables& global_;
  std::shared_ptr<const std::vector<Value>> base_;  // global values when the session began
  std::map<uint16_t, Value> changed_;
};

// As SHOW VARIABLES prints a value: ON/OFF, names of enums, comma lists of sets.
std::string VariableText(const SystemVariable& variable, const Value& value);
// As @@name gives it.
Value VariableSqlValue(const SystemVariable& variable, const Value& value);

}  // namespace mahi
