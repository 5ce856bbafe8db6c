#include "variables/system_variables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "types/conversion.h"
#include "types/sql_mode.h"

namespace mahi {

namespace {

using Names = std::span<const std::string_view>;
constexpr Names kNoValues;
constexpr std::string_view kBinlogFormatNames[] = {"MIXED", "STATEMENT", "ROW"};
constexpr Names kBinlogFormats = kBinlogFormatNames;
constexpr std::string_view kBinlogRowImageNames[] = {"MINIMAL", "NOBLOB", "FULL"};
constexpr Names kBinlogRowImages = kBinlogRowImageNames;
constexpr std::string_view kBlockEncryptionModeNames[] = {
    "aes-128-ecb", "aes-192-ecb", "aes-256-ecb", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-cfb1",
    "aes-192-cfb1", "aes-256-cfb1", "aes-128-cfb8", "aes-192-cfb8", "aes-256-cfb8", "aes-128-cfb128",
    "aes-192-cfb128", "aes-256-cfb128", "aes-128-ofb", "aes-192-ofb", "aes-256-ofb"};
constexpr Names kBlockEncryptionModes = kBlockEncryptionModeNames;
constexpr std::string_view kCompletionTypeNames[] = {"NO_CHAIN", "CHAIN", "RELEASE"};
constexpr Names kCompletionTypes = kCompletionTypeNames;
constexpr std::string_view kConcurrentInsertNames[] = {"NEVER", "AUTO", "ALWAYS"};
constexpr Names kConcurrentInserts = kConcurrentInsertNames;
constexpr std::string_view kDelayKeyWriteNames[] = {"OFF", "ON", "ALL"};
constexpr Names kDelayKeyWrites = kDelayKeyWriteNames;
constexpr std::string_view kGtidConsistencyNames[] = {"OFF", "ON", "WARN"};
constexpr Names kGtidConsistency = kGtidConsistencyNames;
constexpr std::string_view kEventSchedulerNames[] = {"OFF", "ON", "DISABLED"};
constexpr Names kEventSchedulers = kEventSchedulerNames;
constexpr std::string_view kExplainFormatNames[] = {"TRADITIONAL", "TREE", "JSON"};
constexpr Names kExplainFormats = kExplainFormatNames;
constexpr std::string_view kGtidModeNames[] = {"OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"};
constexpr Names kGtidModes = kGtidModeNames;
constexpr std::string_view kIsolationLevelNames[] = {"READ-UNCOMMITTED", "READ-COMMITTED", "REPEATABLE-READ",
                                                     "SERIALIZABLE"};
constexpr Names kIsolationLevels = kIsolationLevelNames;
constexpr std::string_view kTrackGtidNames[] = {"OFF", "OWN_GTID", "ALL_GTIDS"};
constexpr Names kTrackGtids = kTrackGtidNames;
constexpr std::string_view kTrackTransactionNames[] = {"OFF", "STATE", "CHARACTERISTICS"};
constexpr Names kTrackTransactions = kTrackTransactionNames;
constexpr std::string_view kOptimizerSwitchNames[] = {
    "index_merge", "index_merge_union", "index_merge_sort_union", "index_merge_intersection",
    "engine_condition_pushdown", "index_condition_pushdown", "mrr", "mrr_cost_based", "block_nested_loop",
    "batched_key_access", "materialization", "semijoin", "loosescan", "firstmatch", "duplicateweedout",
    "subquery_materialization_cost_based", "use_index_extensions", "condition_fanout_filter", "derived_merge",
    "use_invisible_indexes", "skip_scan", "hash_join", "subquery_to_derived", "prefer_ordering_index",
    "hypergraph_optimizer", "derived_condition_pushdown", "hash_set_operations"};
constexpr Names kOptimizerSwitches = kOptimizerSwitchNames;
// Handled by types/sql_mode.h.
constexpr Names kSqlModes;

constexpr uint32_t kReadOnly = 1;
constexpr uint32_t kNullable = 2;

enum VariableNumber : uint16_t {
#define MAHI_VARIABLE(name, scope, type, flags, text, minimum, maximum, block, values, description) kVariable_##name,
#include "variables/system_variables.def"
#undef MAHI_VARIABLE
};

constexpr SystemVariable kVariables[] = {
#define MAHI_VARIABLE(name, scope, type, flags, text, minimum, maximum, block, values, description)                  \
  {kVariable_##name, #name, VariableScope::scope, VariableType::type, ((flags) & kReadOnly) != 0,                    \
   ((flags) & kNullable) != 0, true, text, minimum, maximum, block, values, description},
#include "variables/system_variables.def"
#undef MAHI_VARIABLE
};

std::string Normalised(std::string_view name) {
  std::string lower = AsciiLower(name);
  std::replace(lower.begin(), lower.end(), '-', '_');
  return lower;
}

const std::unordered_map<std::string, const SystemVariable*>& ByName() {
  static const auto* const by_name = [] {
    auto* map = new std::unordered_map<std::string, const SystemVariable*>;
    for (const SystemVariable& variable : kVariables) map->emplace(variable.name, &variable);
    return map;
  }();
  return *by_name;
}

bool IsSqlMode(const SystemVariable& variable) { return variable.id == kVariable_sql_mode; }
bool IsOptimizerSwitch(const SystemVariable& variable) { return variable.id == kVariable_optimizer_switch; }

// ON/OFF, TRUE/FALSE, YES/NO, 1/0; absent: none of these.
std::optional<bool> ParseBoolean(std::string_view text) {
  for (std::string_view word : {"on", "true", "1", "yes"}) {
    if (EqualIgnoreAsciiCase(text, word)) return true;
  }
  for (std::string_view word : {"off", "false", "0", "no"}) {
    if (EqualIgnoreAsciiCase(text, word)) return false;
  }
  return std::nullopt;
}

// 64M and its kin.
std::optional<uint64_t> ParseSize(std::string_view text) {
  uint64_t factor = 1;
  if (!text.empty()) {
    switch (text.back() | 0x20) {
      case 'k':
        factor = 1ull << 10;
        break;
      case 'm':
        factor = 1ull << 20;
        break;
      case 'g':
        factor = 1ull << 30;
        break;
      case 't':
        factor = 1ull << 40;
        break;
      default:
        break;
    }
    if (factor != 1) text.remove_suffix(1);
  }
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (number > ~uint64_t{0} / factor) return ~uint64_t{0};
  return number * factor;
}

Error Invalid(const SystemVariable& variable, std::string_view text) {
  return Error(ER_WRONG_VALUE_FOR_VAR, variable.name, text);
}

Result<Value> ValidateSet(const SystemVariable& variable, std::string_view text, uint64_t current) {
  uint64_t bits = 0;
  if (IsOptimizerSwitch(variable)) bits = current;
  size_t start = 0;
  while (start <= text.size() && !text.empty()) {
    size_t comma = std::min(text.find(',', start), text.size());
    std::string_view part = text.substr(start, comma - start);
    start = comma + 1;
    bool is_on = true;
    std::string_view name = part;
    if (size_t equals = part.find('='); equals != std::string_view::npos) {
      name = part.substr(0, equals);
      is_on = EqualIgnoreAsciiCase(part.substr(equals + 1), "on");
    } else if (IsOptimizerSwitch(variable) && EqualIgnoreAsciiCase(part, "default")) {
      Value value;
      MAHI_ASSIGN_OR_RETURN(value, ValidateSet(variable, variable.default_text, 0));
      bits = value.uint64();
      continue;
    }
    bool is_known = false;
    for (size_t bit = 0; bit < variable.values.size(); ++bit) {
      if (!EqualIgnoreAsciiCase(variable.values[bit], name)) continue;
      is_known = true;
      bits = is_on ? bits | uint64_t{1} << bit : bits & ~(uint64_t{1} << bit);
    }
    if (!is_known) return Invalid(variable, part);
  }
  return Value::UInt64(bits);
}

}  // namespace

std::span<const SystemVariable> AllSystemVariables() { return kVariables; }

const SystemVariable* FindSystemVariable(std::string_view name) {
  auto found = ByName().find(Normalised(name));
  if (found == ByName().end()) return nullptr;
  return found->second;
}

SqlType VariableSqlType(const SystemVariable& variable) {
  switch (variable.type) {
    case VariableType::kBoolean:
    case VariableType::kInteger:
      return SqlType::BigInt();
    case VariableType::kUnsigned:
      return SqlType::UnsignedBigInt();
    case VariableType::kDouble:
      return SqlType::Double();
    default:
      return SqlType::Varchar(1024, kCollationUtf8mb4GeneralCi);
  }
}

Result<Value> GlobalVariables::Validate(const SystemVariable& variable, const Value& value, Diagnostics* diagnostics) {
  std::string text = value.is_null() ? "NULL" : DatumToText(value.datum(), value.NaturalType());
  const bool is_text = !value.is_null() && value.kind() == PhysicalType::kString;
  switch (variable.type) {
    case VariableType::kBoolean: {
      if (value.is_null()) return Invalid(variable, text);
      if (!is_text && value.kind() != PhysicalType::kInt64 && value.kind() != PhysicalType::kUInt64) {
        return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
      }
      auto on = ParseBoolean(text);
      if (!on) return Invalid(variable, text);
      return Value::Int64(*on ? 1 : 0);
    }
    case VariableType::kInteger:
    case VariableType::kUnsigned: {
      if (value.is_null()) return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
      uint64_t number = 0;
      bool is_clipped = false;
      if (is_text) {
        auto parsed = ParseSize(text);
        if (!parsed) return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
        number = *parsed;
      } else if (value.kind() == PhysicalType::kInt64 && value.int64() < 0) {
        is_clipped = true;
      } else if (value.kind() == PhysicalType::kInt64) {
        number = static_cast<uint64_t>(value.int64());
      } else if (value.kind() == PhysicalType::kUInt64) {
        number = value.uint64();
      } else {
        return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
      }
      uint64_t adjusted = std::clamp(number, variable.minimum, variable.maximum);
      if (variable.block > 1) adjusted -= adjusted % variable.block;
      adjusted = std::max(adjusted, variable.minimum);
      if ((adjusted != number || is_clipped) && diagnostics != nullptr) {
        diagnostics->Warn(Error(ER_TRUNCATED_WRONG_VALUE, variable.name, text));
      }
      return variable.type == VariableType::kInteger ? Value::Int64(static_cast<int64_t>(adjusted))
                                                     : Value::UInt64(adjusted);
    }
    case VariableType::kDouble: {
      if (value.is_null()) return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
      ConversionReport report;
      double number = DatumToDouble(value.datum(), value.NaturalType(), &report);
      if (report.is_truncated) return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
      double adjusted = std::clamp(number, static_cast<double>(variable.minimum), static_cast<double>(variable.maximum));
      if (adjusted != number && diagnostics != nullptr) {
        diagnostics->Warn(Error(ER_TRUNCATED_WRONG_VALUE, variable.name, text));
      }
      return Value::Double(adjusted);
    }
    case VariableType::kString:
      if (value.is_null()) {
        if (variable.is_nullable) return Value::Null();
        return Invalid(variable, text);
      }
      if (!is_text && value.kind() != PhysicalType::kString) return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
      return Value::String(std::move(text));
    case VariableType::kEnum: {
      if (value.is_null()) return Invalid(variable, text);
      if (is_text) {
        for (size_t i = 0; i < variable.values.size(); ++i) {
          if (EqualIgnoreAsciiCase(variable.values[i], text)) return Value::UInt64(i);
        }
        if (auto number = ParseSize(text); number && *number < variable.values.size()) return Value::UInt64(*number);
        if (auto on = ParseBoolean(text)) {
          for (size_t i = 0; i < variable.values.size(); ++i) {
            if (variable.values[i] == (*on ? "ON" : "OFF")) return Value::UInt64(i);
          }
        }
        return Invalid(variable, text);
      }
      ConversionReport report;
      if (value.kind() != PhysicalType::kInt64 && value.kind() != PhysicalType::kUInt64) {
        return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
      }
      uint64_t number = DatumToUInt64(value.datum(), value.NaturalType(), &report);
      if (number >= variable.values.size()) return Invalid(variable, text);
      return Value::UInt64(number);
    }
    case VariableType::kSet: {
      if (value.is_null()) return Invalid(variable, text);
      if (IsSqlMode(variable)) {
        if (!is_text) {
          if (value.kind() != PhysicalType::kInt64 && value.kind() != PhysicalType::kUInt64) {
            return Error(ER_WRONG_TYPE_FOR_VAR, variable.name);
          }
          ConversionReport report;
          return Value::UInt64(DatumToUInt64(value.datum(), value.NaturalType(), &report));
        }
        MAHI_ASSIGN_OR_RETURN(uint64_t mode, ParseSqlMode(text));
        return Value::UInt64(mode);
      }
      if (!is_text) {
        ConversionReport report;
        return Value::UInt64(DatumToUInt64(value.datum(), value.NaturalType(), &report));
      }
      uint64_t defaults = 0;
      if (IsOptimizerSwitch(variable) && text != variable.default_text) {
        MAHI_ASSIGN_OR_RETURN(Value value_of_default, ValidateSet(variable, variable.default_text, 0));
        defaults = value_of_default.uint64();
      }
      return ValidateSet(variable, text, defaults);
    }
  }
  MAHI_UNREACHABLE();
}

GlobalVariables::GlobalVariables() {
  auto values = std::make_shared<std::vector<Value>>();
  values->reserve(std::size(kVariables));
  for (const SystemVariable& variable : kVariables) {
    auto value = Validate(variable, Value::String(std::string(variable.default_text)), nullptr);
    MAHI_ASSERT(value.ok() || variable.type == VariableType::kInteger);
    values->push_back(value.ok() ? std::move(value).value() : Value::Int64(-1));
  }
  values_ = std::move(values);
}

void GlobalVariables::Replace(const SystemVariable& variable, Value value) {
  ExclusiveGuard guard(latch_);
  auto changed = std::make_shared<std::vector<Value>>(*values_);
  (*changed)[variable.id] = std::move(value);
  values_ = std::move(changed);
}

std::shared_ptr<const std::vector<Value>> GlobalVariables::Snapshot() const {
  SharedGuard guard(latch_);
  return values_;
}

Value GlobalVariables::Get(const SystemVariable& variable) const {
  SharedGuard guard(latch_);
  return (*values_)[variable.id];
}

void GlobalVariables::Set(const SystemVariable& variable, Value value) {
  Replace(variable, value);
  version_.fetch_add(1, std::memory_order_acq_rel);
  if (on_change) on_change(variable, value);
}

Status GlobalVariables::SetFromOption(std::string_view name, std::optional<std::string_view> value, bool* is_known) {
  std::string normalised = Normalised(name);
  bool is_loose = false;
  if (normalised.starts_with("loose_")) {
    is_loose = true;
    normalised.erase(0, 6);
  }
  std::optional<std::string> text;
  if (value) text = std::string(*value);
  const SystemVariable* variable = FindSystemVariable(normalised);
  if (variable == nullptr) {
    // skip-x, disable-x: x=OFF; enable-x: x=ON.
    for (std::string_view prefix : {"skip_", "disable_", "enable_"}) {
      if (!normalised.starts_with(prefix)) continue;
      variable = FindSystemVariable(std::string_view(normalised).substr(prefix.size()));
      if (variable != nullptr && variable->type == VariableType::kBoolean) text = prefix == "enable_" ? "ON" : "OFF";
    }
  }
  *is_known = variable != nullptr || is_loose;
  if (variable == nullptr) return Status::Ok();
  if (!text) {
    if (variable->type != VariableType::kBoolean) return Status::Ok();
    text = "ON";
  }
  Diagnostics ignored;
  auto valid = Validate(*variable, Value::String(*text), &ignored);
  if (!valid.ok()) return valid.TakeStatus();
  Replace(*variable, std::move(valid).value());
  return Status::Ok();
}

namespace {
uint64_t NumberOf(const Value& value) {
  if (value.is_null()) return 0;
  switch (value.kind()) {
    case PhysicalType::kInt64:
      return static_cast<uint64_t>(value.int64());
    case PhysicalType::kUInt64:
      return value.uint64();
    case PhysicalType::kDouble:
      return static_cast<uint64_t>(value.real());
    default:
      return 0;
  }
}
}  // namespace

uint64_t GlobalVariables::GetNumber(std::string_view name) const {
  const SystemVariable* variable = FindSystemVariable(name);
  MAHI_ASSERT(variable != nullptr);
  return NumberOf(Get(*variable));
}

std::string GlobalVariables::GetText(std::string_view name) const {
  const SystemVariable* variable = FindSystemVariable(name);
  MAHI_ASSERT(variable != nullptr);
  return VariableText(*variable, Get(*variable));
}

SessionVariables::SessionVariables(GlobalVariables* global) : global_(*global) { Reset(); }

void SessionVariables::Reset() {
  changed_.clear();
  base_ = global_.Snapshot();
}

Value SessionVariables::Get(const SystemVariable& variable) const {
  if (variable.scope == VariableScope::kGlobal) return global_.Get(variable);
  auto found = changed_.find(variable.id);
  return found != changed_.end() ? found->second : (*base_)[variable.id];
}

void SessionVariables::Set(const SystemVariable& variable, Value value) { changed_[variable.id] = std::move(value); }

uint64_t SessionVariables::GetNumber(std::string_view name) const {
  const SystemVariable* variable = FindSystemVariable(name);
  MAHI_ASSERT(variable != nullptr);
  return NumberOf(Get(*variable));
}

std::string SessionVariables::GetText(std::string_view name) const {
  const SystemVariable* variable = FindSystemVariable(name);
  MAHI_ASSERT(variable != nullptr);
  Value value = Get(*variable);
  return value.is_null() ? std::string() : VariableText(*variable, value);
}

std::string VariableText(const SystemVariable& variable, const Value& value) {
  if (value.is_null()) return "";
  switch (variable.type) {
    case VariableType::kBoolean:
      return value.int64() != 0 ? "ON" : "OFF";
    case VariableType::kEnum:
      return std::string(variable.values[value.uint64()]);
    case VariableType::kSet: {
      if (IsSqlMode(variable)) return SqlModeToString(value.uint64());
      std::string text;
      for (size_t bit = 0; bit < variable.values.size(); ++bit) {
        const bool is_on = (value.uint64() >> bit & 1) != 0;
        if (!text.empty()) text += ",";
        text += std::string(variable.values[bit]) + (is_on ? "=on" : "=off");
      }
      return text;
    }
    case VariableType::kDouble:
      return fmt::format("{:.6f}", value.real());
    default:
      return DatumToText(value.datum(), value.NaturalType());
  }
}

Value VariableSqlValue(const SystemVariable& variable, const Value& value) {
  if (value.is_null()) return Value::Null();
  switch (variable.type) {
    case VariableType::kEnum:
    case VariableType::kSet:
      return Value::String(VariableText(variable, value));
    default:
      return value;
  }
}

}  // namespace mahi
