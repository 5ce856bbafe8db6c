// The server and its connections: ENGINES, PLUGINS, PROCESSLIST; performance_schema's variables, status and threads.
// Source: MySQL 8.4 manual, "The INFORMATION_SCHEMA ENGINES Table", "Performance Schema System Variable Tables",
// "Performance Schema Status Variable Tables", "The threads Table".

#include <map>
#include <set>

#include "system_views/internal/system_table.h"
#include "variables/system_variables.h"

namespace mahi {

namespace {

struct EngineRow {
  const char* name;
  const char* support;
  const char* comment;
  const char* transactions;
};

// Every name that is accepted is kept by the one engine, transactions and all.
constexpr EngineRow kEngines[] = {
    {"InnoDB", "DEFAULT", "Transactions, row-level locking, and foreign keys, on RocksDB", "YES"},
    {"MyISAM", "YES", "Another name for InnoDB here", "YES"},
    {"MEMORY", "YES", "Another name for InnoDB here", "YES"},
    {"CSV", "YES", "Another name for InnoDB here", "YES"},
    {"ARCHIVE", "YES", "Another name for InnoDB here", "YES"},
    {"PERFORMANCE_SCHEMA", "YES", "Performance Schema", "NO"},
};

Status Engines(ViewScan& scan) {
  for (const EngineRow& engine : kEngines) {
    scan.Text(engine.name).Text(engine.support).Text(engine.comment).Text(engine.transactions).Text("NO").Text(engine.transactions);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status Plugins(ViewScan& scan) {
  static constexpr struct {
    const char* name;
    const char* type;
    const char* description;
  } kPlugins[] = {
      {"binlog", "STORAGE ENGINE", "This is a pseudo storage engine to represent the binlog in a transaction"},
      {"mysql_native_password", "AUTHENTICATION", "Native MySQL authentication"},
      {"sha256_password", "AUTHENTICATION", "SHA256 password authentication"},
      {"caching_sha2_password", "AUTHENTICATION", "Caching sha2 authentication"},
      {"auth_socket", "AUTHENTICATION", "Unix Socket based authentication"},
      {"InnoDB", "STORAGE ENGINE", "Transactions, row-level locking, and foreign keys"},
      {"MyISAM", "STORAGE ENGINE", "Another name for InnoDB"},
      {"MEMORY", "STORAGE ENGINE", "Another name for InnoDB"},
      {"CSV", "STORAGE ENGINE", "Another name for InnoDB"},
      {"ARCHIVE", "STORAGE ENGINE", "Another name for InnoDB"},
      {"PERFORMANCE_SCHEMA", "STORAGE ENGINE", "Performance Schema"},
  };
  for (const auto& plugin : kPlugins) {
    scan.Text(plugin.name).Text("1.0").Text("ACTIVE").Text(plugin.type).Text("80400.0").Nulls(2).Text("Mahi");
    scan.Text(plugin.description).Text("MIT").Text("FORCE");
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

std::vector<ProcessRow> Processes(ViewScan& scan) {
  return scan.host() == nullptr ? std::vector<ProcessRow>() : scan.host()->ListProcesses();
}

void WriteProcess(ViewScan& scan, const ProcessRow& process) {
  scan.Unsigned(process.id).Text(process.user).Text(process.host);
  if (process.has_database) {
    scan.Text(process.database);
  } else {
    scan.Null();
  }
  scan.Text(process.command).Number(process.time_s).Text(process.state);
  if (process.has_info) {
    scan.Text(process.info);
  } else {
    scan.Null();
  }
}

Status Processlist(ViewScan& scan) {
  for (const ProcessRow& process : Processes(scan)) {
    WriteProcess(scan, process);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status PerformanceProcesslist(ViewScan& scan) {
  for (const ProcessRow& process : Processes(scan)) {
    WriteProcess(scan, process);
    scan.Text("PRIMARY");
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

// Thread ids are connection ids here.
Status Threads(ViewScan& scan) {
  for (const ProcessRow& process : Processes(scan)) {
    scan.Unsigned(process.id).Text("thread/sql/one_connection").Text("FOREGROUND").Unsigned(process.id).Text(process.user);
    scan.Text(process.host.substr(0, process.host.find(':')));
    if (process.has_database) {
      scan.Text(process.database);
    } else {
      scan.Null();
    }
    scan.Text(process.command).Number(process.time_s).Text(process.state);
    if (process.has_info) {
      scan.Text(process.info);
    } else {
      scan.Null();
    }
    scan.Null().Null().Text("YES").Text("YES").Text(process.host.find(':') == std::string::npos ? "Socket" : "TCP/IP");
    scan.Null().Text("USR_default").Text("PRIMARY").Unsigned(0).Unsigned(0).Unsigned(0).Unsigned(0).Text("Yes");
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status ConnectionAttributes(ViewScan& scan) {
  for (const ProcessRow& process : Processes(scan)) {
    int64_t position = 0;
    for (const auto& [name, value] : process.connection_attributes) {
      scan.Unsigned(process.id).Text(name).Text(value).Number(position++);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
  }
  return Status::Ok();
}

// Connections of the session's own account.
Status AccountConnectionAttributes(ViewScan& scan) {
  if (scan.host() == nullptr) return Status::Ok();
  std::string user;
  const std::vector<ProcessRow> processes = Processes(scan);
  for (const ProcessRow& process : processes) {
    if (process.id == scan.host()->connection_id()) user = process.user;
  }
  for (const ProcessRow& process : processes) {
    if (process.user != user) continue;
    int64_t position = 0;
    for (const auto& [name, value] : process.connection_attributes) {
      scan.Unsigned(process.id).Text(name).Text(value).Number(position++);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
  }
  return Status::Ok();
}

// accounts, users, hosts: how many connections there are now. Totals of the past are not kept.
template <bool kByUser, bool kByHost>
Status Connections(ViewScan& scan) {
  std::map<std::pair<std::string, std::string>, int64_t> counts;
  for (const ProcessRow& process : Processes(scan)) {
    ++counts[{kByUser ? process.user : "", kByHost ? process.host.substr(0, process.host.find(':')) : ""}];
  }
  for (const auto& [who, count] : counts) {
    if (kByUser) scan.Text(who.first);
    if (kByHost) scan.Text(who.second);
    scan.Number(count).Number(count).Unsigned(0).Unsigned(0);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

Status WriteNamed(ViewScan& scan, const NamedTexts& rows) {
  for (const auto& [name, text] : rows) {
    if (!scan.MayMatch("VARIABLE_NAME", name)) continue;
    scan.Text(name).Text(text);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

template <bool kIsGlobal>
Status Variables(ViewScan& scan) {
  return scan.host() == nullptr ? Status::Ok() : WriteNamed(scan, scan.host()->ListVariables(kIsGlobal));
}

template <bool kIsGlobal>
Status StatusVariables(ViewScan& scan) {
  return scan.host() == nullptr ? Status::Ok() : WriteNamed(scan, scan.host()->ListStatus(kIsGlobal));
}

// The session's own thread only: others' variables are theirs.
template <bool kIsStatus>
Status ByThread(ViewScan& scan) {
  if (scan.host() == nullptr) return Status::Ok();
  for (const auto& [name, text] : kIsStatus ? scan.host()->ListStatus(false) : scan.host()->ListVariables(false)) {
    scan.Unsigned(scan.host()->connection_id()).Text(name).Text(text);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

// Settings of SET PERSIST.
Status PersistedVariables(ViewScan& scan) {
  constexpr std::string_view kPrefix = "persist.";
  NamedTexts rows;
  MAHI_RETURN_IF_ERROR(scan.catalog().ForEachSetting(kPrefix, [&](std::string_view name, std::string_view value) {
    if (!value.empty()) rows.emplace_back(name.substr(kPrefix.size()), value);
  }));
  return WriteNamed(scan, rows);
}

Status VariablesInfo(ViewScan& scan) {
  for (const SystemVariable& variable : AllSystemVariables()) {
    const bool is_number = variable.type == VariableType::kInteger || variable.type == VariableType::kUnsigned ||
                           variable.type == VariableType::kDouble;
    scan.Text(variable.name).Text("COMPILED").Text("");
    scan.Text(is_number ? std::to_string(variable.minimum) : "0").Text(is_number ? std::to_string(variable.maximum) : "0");
    scan.Nulls(3);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status VariablesMetadata(ViewScan& scan) {
  for (const SystemVariable& variable : AllSystemVariables()) {
    static constexpr const char* kTypes[] = {"Boolean", "Integer", "Integer", "Double", "String", "Enumeration", "Set"};
    const bool is_number = variable.type == VariableType::kInteger || variable.type == VariableType::kUnsigned ||
                           variable.type == VariableType::kDouble;
    scan.Text(variable.name).Text(variable.scope == VariableScope::kGlobal    ? "GLOBAL"
                                  : variable.scope == VariableScope::kSession ? "SESSION_ONLY"
                                                                              : "SESSION");
    scan.Text(kTypes[static_cast<size_t>(variable.type)]);
    scan.Text(is_number ? std::to_string(variable.minimum) : "").Text(is_number ? std::to_string(variable.maximum) : "");
    scan.Text(variable.description);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

}  // namespace

void DeclareServerViews(Catalog* catalog) {
  Declare(catalog, kInformationSchema, "ENGINES",
          "ENGINE varchar(64) NOT NULL, SUPPORT varchar(8) NOT NULL, COMMENT varchar(80) NOT NULL, TRANSACTIONS varchar(3), "
          "XA varchar(3), SAVEPOINTS varchar(3)",
          Engines, 6);
  Declare(catalog, kInformationSchema, "PLUGINS",
          "PLUGIN_NAME varchar(64) NOT NULL, PLUGIN_VERSION varchar(20) NOT NULL, PLUGIN_STATUS varchar(10) NOT NULL, "
          "PLUGIN_TYPE varchar(80) NOT NULL, PLUGIN_TYPE_VERSION varchar(20) NOT NULL, PLUGIN_LIBRARY varchar(64), "
          "PLUGIN_LIBRARY_VERSION varchar(20), PLUGIN_AUTHOR varchar(64), PLUGIN_DESCRIPTION longtext, PLUGIN_LICENSE varchar(80), "
          "LOAD_OPTION varchar(64) NOT NULL",
          Plugins, 11);
  Declare(catalog, kInformationSchema, "PROCESSLIST",
          "ID bigint unsigned NOT NULL, USER varchar(32) NOT NULL, HOST varchar(261) NOT NULL, DB varchar(64), "
          "COMMAND varchar(16) NOT NULL, TIME int NOT NULL, STATE varchar(64), INFO longtext",
          Processlist, 10);
  Declare(catalog, kPerformanceSchema, "processlist",
          "ID bigint unsigned NOT NULL, USER varchar(32), HOST varchar(261), DB varchar(64), COMMAND varchar(16), TIME bigint, "
          "STATE varchar(64), INFO longtext, EXECUTION_ENGINE enum('PRIMARY','SECONDARY')",
          PerformanceProcesslist, 10);
  Declare(catalog, kPerformanceSchema, "threads",
          "THREAD_ID bigint unsigned NOT NULL, NAME varchar(128) NOT NULL, TYPE varchar(10) NOT NULL, "
          "PROCESSLIST_ID bigint unsigned, PROCESSLIST_USER varchar(32), PROCESSLIST_HOST varchar(255), PROCESSLIST_DB varchar(64), "
          "PROCESSLIST_COMMAND varchar(16), PROCESSLIST_TIME bigint, PROCESSLIST_STATE varchar(64), PROCESSLIST_INFO longtext, "
          "PARENT_THREAD_ID bigint unsigned, ROLE varchar(64), INSTRUMENTED enum('YES','NO') NOT NULL, "
          "HISTORY enum('YES','NO') NOT NULL, CONNECTION_TYPE varchar(16), THREAD_OS_ID bigint unsigned, RESOURCE_GROUP varchar(64), "
          "EXECUTION_ENGINE enum('PRIMARY','SECONDARY'), CONTROLLED_MEMORY bigint unsigned NOT NULL, "
          "MAX_CONTROLLED_MEMORY bigint unsigned NOT NULL, TOTAL_MEMORY bigint unsigned NOT NULL, "
          "MAX_TOTAL_MEMORY bigint unsigned NOT NULL, TELEMETRY_ACTIVE enum('No','Yes') NOT NULL",
          Threads, 10);
  constexpr std::string_view kAttributes =
      "PROCESSLIST_ID bigint unsigned NOT NULL, ATTR_NAME varchar(32) NOT NULL, ATTR_VALUE varchar(1024), ORDINAL_POSITION int";
  Declare(catalog, kPerformanceSchema, "session_connect_attrs", kAttributes, ConnectionAttributes, 50);
  Declare(catalog, kPerformanceSchema, "session_account_connect_attrs", kAttributes, AccountConnectionAttributes, 50);
  const std::string counts =
      "CURRENT_CONNECTIONS bigint NOT NULL, TOTAL_CONNECTIONS bigint NOT NULL, MAX_SESSION_CONTROLLED_MEMORY bigint unsigned NOT "
      "NULL, MAX_SESSION_TOTAL_MEMORY bigint unsigned NOT NULL";
  Declare(catalog, kPerformanceSchema, "accounts", "USER char(32), HOST char(255), " + counts, Connections<true, true>, 10);
  Declare(catalog, kPerformanceSchema, "users", "USER char(32), " + counts, Connections<true, false>, 10);
  Declare(catalog, kPerformanceSchema, "hosts", "HOST char(255), " + counts, Connections<false, true>, 10);

  constexpr std::string_view kNamed = "VARIABLE_NAME varchar(64) NOT NULL, VARIABLE_VALUE varchar(1024)";
  Declare(catalog, kPerformanceSchema, "global_variables", kNamed, Variables<true>, 600);
  Declare(catalog, kPerformanceSchema, "session_variables", kNamed, Variables<false>, 600);
  Declare(catalog, kPerformanceSchema, "global_status", kNamed, StatusVariables<true>, 300);
  Declare(catalog, kPerformanceSchema, "session_status", kNamed, StatusVariables<false>, 300);
  Declare(catalog, kPerformanceSchema, "persisted_variables", kNamed, PersistedVariables, 10);
  const std::string by_thread = "THREAD_ID bigint unsigned NOT NULL, " + std::string(kNamed);
  Declare(catalog, kPerformanceSchema, "variables_by_thread", by_thread, ByThread<false>, 600);
  Declare(catalog, kPerformanceSchema, "status_by_thread", by_thread, ByThread<true>, 300);
  Declare(catalog, kPerformanceSchema, "variables_info",
          "VARIABLE_NAME varchar(64) NOT NULL, "
          "VARIABLE_SOURCE enum('COMPILED','GLOBAL','SERVER','EXPLICIT','EXTRA','USER','LOGIN','COMMAND_LINE','PERSISTED','DYNAMIC'), "
          "VARIABLE_PATH varchar(1024), MIN_VALUE varchar(64), MAX_VALUE varchar(64), SET_TIME timestamp(6), SET_USER char(32), "
          "SET_HOST char(255)",
          VariablesInfo, 600);
  Declare(catalog, kPerformanceSchema, "variables_metadata",
          "VARIABLE_NAME varchar(64) NOT NULL, VARIABLE_SCOPE enum('GLOBAL','SESSION','SESSION_ONLY') NOT NULL, "
          "DATA_TYPE enum('Integer','Numeric','String','Enumeration','Boolean','Set','Double') NOT NULL, MIN_VALUE varchar(1024), "
          "MAX_VALUE varchar(1024), DOCUMENTATION text NOT NULL",
          VariablesMetadata, 600);
}

}  // namespace mahi
