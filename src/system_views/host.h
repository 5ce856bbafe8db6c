// SystemViewHost: what the virtual tables ask of the session that reads them. Implemented by session/.
//
// A VirtualScanContext's host is a SystemViewHost when a session runs the scan (HostOf); it is absent in tests without one.
// Thread safety: the session's thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "auth/security_context.h"
#include "catalog/virtual_table.h"
#include "schema/table_definition.h"
#include "schema/view_definition.h"

namespace mahi {

class AccountManager;
class TransactionManager;

// A connection, as the process list shows it.
struct ProcessRow {
  uint64_t id = 0;
  std::string user, host, database, command, state, info;
  bool has_database = false, has_info = false;
  int64_t time_s = 0;
  std::vector<std::pair<std::string, std::string>> connection_attributes;
};

// Numbers about a stored table that its definition does not hold.
struct TableStatus {
  uint64_t rows = 0;
  uint64_t data_bytes = 0;
  uint64_t index_bytes = 0;
  uint64_t auto_increment = 0;  // 0: none
};

// A column of a view, resolved now.
struct ViewColumnInfo {
  std::string name;
  SqlType type;
  bool is_nullable = true;
};

class SystemViewHost : public VirtualTableHost {
 public:
  virtual SecurityContext& view_security() = 0;
  // (name in lower case, text), ordered by name; the session's values or the global ones.
  virtual std::vector<std::pair<std::string, std::string>> ListVariables(bool is_global) = 0;
  // (Name as SHOW STATUS writes it, text).
  virtual std::vector<std::pair<std::string, std::string>> ListStatus(bool is_global) = 0;
  // Those that the session may see.
  virtual std::vector<ProcessRow> ListProcesses() = 0;
  virtual AccountManager& accounts() = 0;
  virtual TransactionManager& transaction_manager() = 0;
  virtual TableStatus StatusOf(const TableRef& table) = 0;
  // Binds the view's query. An error: the view refers to something that is gone (1356).
  virtual Result<std::vector<ViewColumnInfo>> ViewColumns(const ViewRef& view) = 0;
};

}  // namespace mahi
