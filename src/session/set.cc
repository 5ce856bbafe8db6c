// SET: system and user variables, NAMES, CHARACTER SET.
// Source: MySQL 8.4 manual, "SET Syntax for Variable Assignment", "Connection Character Sets and Collations".

#include <strings.h>
#include <unistd.h>

#include <cmath>

#include "session/internal/session_impl.h"
#include "types/conversion.h"

namespace mahi {

namespace {

bool SameName(std::string_view a, std::string_view b) { return EqualIgnoreAsciiCase(a, b); }

// The default collation of the character set that a variable names; 0 for NULL.
CollationId CharsetCollation(const std::string& charset, CollationId fallback) {
  if (charset.empty()) return 0;
  const Charset* found = FindCharset(charset);
  return found != nullptr ? found->default_collation : fallback;
}

IsolationLevel ParseIsolation(const std::string& text) {
  if (SameName(text, "READ-UNCOMMITTED")) return IsolationLevel::kReadUncommitted;
  if (SameName(text, "READ-COMMITTED")) return IsolationLevel::kReadCommitted;
  if (SameName(text, "SERIALIZABLE")) return IsolationLevel::kSerializable;
  return IsolationLevel::kRepeatableRead;
}

}  // namespace

Status Session::Impl::RefreshSettings() {
  SessionSettings& s = settings;
  point_context.reset();
  s.sql_mode = variables.GetNumber("sql_mode");
  s.autocommit = variables.GetNumber("autocommit") != 0;
  s.foreign_key_checks = variables.GetNumber("foreign_key_checks") != 0;
  s.unique_checks = variables.GetNumber("unique_checks") != 0;
  s.explicit_defaults_for_timestamp = variables.GetNumber("explicit_defaults_for_timestamp") != 0;
  s.sql_notes = variables.GetNumber("sql_notes") != 0;
  s.is_read_only = variables.GetNumber("transaction_read_only") != 0;
  s.sql_safe_updates = variables.GetNumber("sql_safe_updates") != 0;
  s.isolation = ParseIsolation(variables.GetText("transaction_isolation"));
  if (const Collation* found = FindCollation(variables.GetText("collation_connection"))) {
    s.collation_connection = found->id();
  }
  if (const Collation* found = FindCollation(variables.GetText("collation_server"))) s.collation_server = found->id();
  s.character_set_results = CharsetCollation(variables.GetText("character_set_results"), kCollationDefault);
  s.character_set_client = CharsetCollation(variables.GetText("character_set_client"), kCollationDefault);
  s.div_precision_increment = static_cast<uint32_t>(variables.GetNumber("div_precision_increment"));
  s.default_week_format = static_cast<int32_t>(variables.GetNumber("default_week_format"));
  s.group_concat_max_len = variables.GetNumber("group_concat_max_len");
  s.max_allowed_packet = variables.GetNumber("max_allowed_packet");
  s.max_error_count = variables.GetNumber("max_error_count");
  s.max_execution_time_ms = variables.GetNumber("max_execution_time");
  s.sql_select_limit = variables.GetNumber("sql_select_limit");
  s.cte_max_recursion_depth = variables.GetNumber("cte_max_recursion_depth");
  s.tmp_table_size = variables.GetNumber("tmp_table_size");
  s.sort_buffer_size = variables.GetNumber("sort_buffer_size");
  s.lock_wait_timeout_ms = variables.GetNumber("lock_wait_timeout") * 1000;
  s.innodb_lock_wait_timeout_ms = variables.GetNumber("innodb_lock_wait_timeout") * 1000;
  s.snapshot_isolation = variables.GetNumber("innodb_snapshot_isolation") != 0;
  s.auto_increment_increment = variables.GetNumber("auto_increment_increment");
  s.auto_increment_offset = variables.GetNumber("auto_increment_offset");
  s.lc_time_names = variables.GetText("lc_time_names");
  s.default_storage_engine = variables.GetText("default_storage_engine");
  schema.set_lock_wait_timeout_ms(s.lock_wait_timeout_ms);
  const std::string zone = variables.GetText("time_zone");
  if (s.time_zone == nullptr || s.time_zone->name() != zone) {
    MAHI_ASSIGN_OR_RETURN(s.time_zone, TimeZone::Find(zone));
  }
  return Status::Ok();
}

std::optional<Value> Session::Impl::ComputedVariable(std::string_view name, bool is_global) {
  if (SameName(name, "warning_count")) return Value::Int64(static_cast<int64_t>(diagnostics.total_count()));
  if (SameName(name, "error_count")) return Value::Int64(static_cast<int64_t>(diagnostics.error_count()));
  if (SameName(name, "last_insert_id") || SameName(name, "identity")) return Value::UInt64(last_insert_id_value);
  if (SameName(name, "insert_id")) return Value::UInt64(0);
  if (SameName(name, "timestamp")) return Value::Double(static_cast<double>(statement_time_us) / 1e6);
  if (SameName(name, "pseudo_thread_id")) return Value::UInt64(connection_id());
  if (SameName(name, "hostname")) {
    char text[256] = {};
    gethostname(text, sizeof(text) - 1);
    return Value::String(text);
  }
  if (SameName(name, "character_set_database") || SameName(name, "collation_database")) {
    if (is_global || database_name.empty()) return std::nullopt;
    SchemaRef found = db.catalog().FindSchema(transaction.get(), database_name);
    if (found == nullptr) return std::nullopt;
    const Collation& collation = CollationOrBinary(found->collation);
    return Value::String(SameName(name, "collation_database") ? std::string(collation.name())
                                                              : std::string(collation.charset().name));
  }
  return std::nullopt;
}

Result<Value> Session::Impl::ReadVariable(std::string_view name, bool is_global) {
  if (auto computed = ComputedVariable(name, is_global)) return *computed;
  const SystemVariable* variable = FindSystemVariable(name);
  if (variable == nullptr) return Error(ER_UNKNOWN_SYSTEM_VARIABLE, name);
  if (is_global && variable->scope == VariableScope::kSession) {
    return Error(ER_INCORRECT_GLOBAL_LOCAL_VAR, variable->name, "SESSION");
  }
  Value value = is_global ? db.variables().Get(*variable) : variables.Get(*variable);
  return VariableSqlValue(*variable, value);
}

Status Session::Impl::AssignVariable(ast::VariableScope scope, std::string_view name, const Value& value,
                                     bool is_default) {
  using Scope = ast::VariableScope;
  const bool is_persist = scope == Scope::kPersist || scope == Scope::kPersistOnly;
  const bool is_global = scope == Scope::kGlobal || is_persist;
  // Session state that no stored value stands for.
  if (!is_global) {
    if (SameName(name, "timestamp")) {
      if (is_default) {
        fixed_timestamp_us.reset();
        return Status::Ok();
      }
      ConversionReport report;
      double seconds = DatumToDouble(value.datum(), value.NaturalType(), &report);
      if (seconds == 0) {
        fixed_timestamp_us.reset();
      } else if (seconds < 0 || seconds > 2147483647.999999) {
        return Error(ER_WRONG_VALUE_FOR_VAR, "timestamp", DatumToText(value.datum(), value.NaturalType()));
      } else {
        fixed_timestamp_us = static_cast<int64_t>(std::llround(seconds * 1e6));
      }
      return Status::Ok();
    }
    if (SameName(name, "last_insert_id") || SameName(name, "identity")) {
      ConversionReport report;
      last_insert_id_value = is_default ? 0 : DatumToUInt64(value.datum(), value.NaturalType(), &report);
      return Status::Ok();
    }
    if (SameName(name, "rand_seed1") || SameName(name, "rand_seed2")) {
      ConversionReport report;
      random.seed(is_default ? 0 : DatumToUInt64(value.datum(), value.NaturalType(), &report));
      return Status::Ok();
    }
  }
  const SystemVariable* variable = FindSystemVariable(name);
  if (variable == nullptr) return Error(ER_UNKNOWN_SYSTEM_VARIABLE, name);
  if (variable->is_read_only && scope != Scope::kPersistOnly) {
    return Error(ER_INCORRECT_GLOBAL_LOCAL_VAR, variable->name, "read only");
  }
  if (is_global && variable->scope == VariableScope::kSession) return Error(ER_LOCAL_VARIABLE, variable->name);
  if (!is_global && variable->scope == VariableScope::kGlobal) return Error(ER_GLOBAL_VARIABLE, variable->name);
  if (is_global) {
    MAHI_RETURN_IF_ERROR(security.CheckDynamic("SYSTEM_VARIABLES_ADMIN"));
  }

  Value stored;
  if (is_default) {
    if (is_global) {
      MAHI_ASSIGN_OR_RETURN(stored, GlobalVariables::Validate(
                                        *variable, Value::String(std::string(variable->default_text)), &diagnostics));
    } else {
      stored = db.variables().Get(*variable);
    }
  } else {
    MAHI_ASSIGN_OR_RETURN(stored, GlobalVariables::Validate(*variable, value, &diagnostics));
  }

  // Checks that need more than the table.
  const std::string text = VariableText(*variable, stored);
  auto invalid = [&] { return Error(ER_WRONG_VALUE_FOR_VAR, variable->name, text); };
  if (SameName(name, "time_zone")) {
    MAHI_ASSIGN_OR_RETURN(auto zone, TimeZone::Find(text));
  } else if (SameName(name, "lc_time_names") || SameName(name, "lc_messages")) {
    if (text.empty()) return Error(ER_UNKNOWN_LOCALE, text);
  } else if (variable->name.starts_with("character_set_") && variable->name != "character_set_results" &&
             variable->name != "character_set_filesystem") {
    const Charset* charset = FindCharset(text);
    if (charset == nullptr) {
      return stored.is_null() ? Error(ER_WRONG_VALUE_FOR_VAR, variable->name, "NULL")
                              : Error(ER_UNKNOWN_CHARACTER_SET, text);
    }
    if (variable->name == "character_set_client" && charset->min_bytes > 1) return invalid();
  } else if (variable->name == "character_set_results" || variable->name == "character_set_filesystem") {
    if (!stored.is_null() && FindCharset(text) == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, text);
  } else if (variable->name.starts_with("collation_")) {
    if (stored.is_null()) return Error(ER_WRONG_VALUE_FOR_VAR, variable->name, "NULL");
    if (FindCollation(text) == nullptr) return Error(ER_UNKNOWN_COLLATION, text);
  } else if (variable->name == "default_storage_engine" || variable->name == "default_tmp_storage_engine") {
    for (const char* engine : {"InnoDB", "MyISAM", "MEMORY", "ARCHIVE", "CSV"}) {
      if (SameName(text, engine)) stored = Value::String(engine);
    }
    if (stored.is_null()) return Error(ER_WRONG_VALUE_FOR_VAR, variable->name, "NULL");
    bool is_known = false;
    for (const char* engine : {"InnoDB", "MyISAM", "MEMORY", "ARCHIVE", "CSV"}) is_known |= stored.string() == engine;
    if (!is_known) return Error(ER_UNKNOWN_STORAGE_ENGINE, text);
  } else if (variable->name == "transaction_isolation" || variable->name == "transaction_read_only") {
    if (scope == Scope::kDefault && is_in_transaction() && variable->name == "transaction_isolation") {
      // SET @@transaction_isolation without a scope concerns the next transaction.
      return Error(ER_CANT_CHANGE_TX_CHARACTERISTICS);
    }
  }

  // Character set and collation go together.
  auto set_text = [&](const char* other, std::string value_text) {
    const SystemVariable* found = FindSystemVariable(other);
    if (is_global) {
      db.variables().Set(*found, Value::String(std::move(value_text)));
    } else {
      variables.Set(*found, Value::String(std::move(value_text)));
    }
  };
  for (const char* kind : {"connection", "server", "database"}) {
    if (variable->name == std::string("character_set_") + kind) {
      set_text((std::string("collation_") + kind).c_str(),
               std::string(CollationOrBinary(FindCharset(text)->default_collation).name()));
      stored = Value::String(FindCharset(text)->name);
    } else if (variable->name == std::string("collation_") + kind) {
      set_text((std::string("character_set_") + kind).c_str(), FindCollation(text)->charset().name);
      stored = Value::String(std::string(FindCollation(text)->name()));
    }
  }

  if (is_persist) {
    MAHI_RETURN_IF_ERROR(CommitImplicitly());
    BeginTransaction(false, false);
    Status status = db.catalog().PutSetting(transaction.get(), "persist." + std::string(variable->name), text);
    if (status.ok()) {
      MAHI_RETURN_IF_ERROR(transaction->Commit());
    } else {
      transaction->Rollback();
      return status;
    }
    if (scope == Scope::kPersistOnly) return Status::Ok();
  }
  if (is_global) {
    db.variables().Set(*variable, stored);
    return Status::Ok();
  }
  if (variable->name == "autocommit") {
    const bool is_on = VariableText(*variable, stored) == "ON";
    if (is_on && !settings.autocommit) MAHI_RETURN_IF_ERROR(CommitImplicitly());
  }
  variables.Set(*variable, stored);
  const std::string tracked = variables.GetText("session_track_system_variables");
  if (tracked == "*" || ("," + tracked + ",").find("," + std::string(variable->name) + ",") != std::string::npos) {
    changes.system_variables.emplace_back(std::string(variable->name), text);
    has_changes = true;
  }
  return RefreshSettings();
}

Status Session::Impl::SetNames(std::string_view charset_name, std::string_view collation_name) {
  std::string charset_text(charset_name);
  if (charset_text.empty()) charset_text = db.variables().GetText("character_set_client");
  const Charset* charset = FindCharset(charset_text);
  if (charset == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, charset_text);
  if (charset->min_bytes > 1) return Error(ER_WRONG_VALUE_FOR_VAR, "character_set_client", charset->name);
  const Collation* collation = FindCollation(charset->default_collation);
  if (charset_name.empty() && collation_name.empty()) {
    if (const Collation* server = FindCollation(db.variables().GetText("collation_connection"))) collation = server;
  }
  if (!collation_name.empty()) {
    collation = FindCollation(collation_name);
    if (collation == nullptr) return Error(ER_UNKNOWN_COLLATION, collation_name);
    if (collation->charset().id != charset->id) {
      return Error(ER_COLLATION_CHARSET_MISMATCH, collation->name(), charset->name);
    }
  }
  auto set = [&](const char* name, std::string value) {
    variables.Set(*FindSystemVariable(name), Value::String(std::move(value)));
  };
  set("character_set_client", charset->name);
  set("character_set_results", charset->name);
  set("character_set_connection", collation->charset().name);
  set("collation_connection", std::string(collation->name()));
  return RefreshSettings();
}

Status Session::Impl::SetCharacterSet(std::string_view charset_name) {
  std::string charset_text(charset_name);
  if (charset_text.empty()) charset_text = db.variables().GetText("character_set_client");
  const Charset* charset = FindCharset(charset_text);
  if (charset == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, charset_text);
  MAHI_RETURN_IF_ERROR(SetNames(charset->name, ""));
  // The connection collation follows the database, not the client.
  CollationId collation = settings.collation_server;
  if (!database_name.empty()) {
    if (SchemaRef found = db.catalog().FindSchema(transaction.get(), database_name)) collation = found->collation;
  }
  const Collation& rules = CollationOrBinary(collation);
  variables.Set(*FindSystemVariable("character_set_connection"), Value::String(rules.charset().name));
  variables.Set(*FindSystemVariable("collation_connection"), Value::String(std::string(rules.name())));
  return RefreshSettings();
}

Status Session::Impl::SetVariable(const ast::SetItem& item) {
  if (item.value == nullptr) return AssignVariable(item.scope, item.name, Value::Null(), true);
  // A bare word names a value: SET sql_mode = ANSI, SET character_set_results = utf8mb4.
  if (item.value->Is<ast::ColumnReference>()) {
    const auto* word = item.value->As<ast::ColumnReference>();
    if (word->table.empty()) {
      return AssignVariable(item.scope, item.name, Value::String(std::string(word->column)), false);
    }
  }
  SqlType type;
  MAHI_ASSIGN_OR_RETURN(Value value, EvaluateExpression(item.value, &type));
  if (!value.is_null() && (type.IsTemporal() || type.IsJson() || type.IsEnumOrSet())) {
    value = Value::String(DatumToText(value.datum(), type));
  }
  return AssignVariable(item.scope, item.name, value, false);
}

Status Session::Impl::ExecuteSet(const ast::SetStatement& statement, ResultSink* sink) {
  for (const ast::SetItem& item : statement.items) {
    switch (item.kind) {
      case ast::SetItemKind::kUserVariable: {
        SqlType type;
        MAHI_ASSIGN_OR_RETURN(Value value, EvaluateExpression(item.value, &type));
        MAHI_RETURN_IF_ERROR(SetUserVariable(item.name, value.datum(), type));
        break;
      }
      case ast::SetItemKind::kVariable:
        if (!item.component.empty()) return Error(ER_VARIABLE_IS_NOT_STRUCT, item.name);
        MAHI_RETURN_IF_ERROR(SetVariable(item));
        break;
      case ast::SetItemKind::kNames:
        MAHI_RETURN_IF_ERROR(SetNames(item.charset, item.collation));
        break;
      case ast::SetItemKind::kCharacterSet:
        MAHI_RETURN_IF_ERROR(SetCharacterSet(item.charset));
        break;
      case ast::SetItemKind::kTransaction:
        MAHI_RETURN_IF_ERROR(SetTransaction(item));
        break;
    }
  }
  return Done(sink);
}

}  // namespace mahi
