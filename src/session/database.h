// Database: one open data directory, shared by all its sessions: store, catalog, accounts, global variables, counters.
//
// Opening initialises an empty directory. The directory is locked: a second Open of it fails with a clear message.
// Thread safety: any thread, once open.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account_manager.h"
#include "base/status.h"
#include "session/session_registry.h"
#include "variables/system_variables.h"

namespace mahi {

class Catalog;
class Store;
class TableStore;
class TransactionManager;

struct DatabaseOptions {
  std::string data_directory;   // empty: in memory
  bool must_initialize = false; // --initialize: fails when the directory is not empty
  std::string root_password;    // for a new directory; empty: none
  uint64_t block_cache_bytes = 128 << 20;  // innodb_buffer_pool_size
  std::function<void(std::string_view line)> log;  // notes and warnings for the error log
};

class Database {
 public:
  // `variables` holds the start-up options' values (variables/).
  static Result<std::unique_ptr<Database>> Open(DatabaseOptions options, std::unique_ptr<GlobalVariables> variables);
  ~Database();
  Database(const Database&) = delete;

  Catalog& catalog() { return *catalog_; }
  TableStore& tables() { return *tables_; }
  TransactionManager& transactions();
  AccountManager& accounts() { return *accounts_; }
  GlobalVariables& variables() { return *variables_; }
  SessionRegistry& sessions() { return sessions_; }
  const DatabaseOptions& options() const { return options_; }
  int64_t started_at_us() const { return started_at_us_; }
  bool was_initialized() const { return was_initialized_; }

  // SHUTDOWN and RESTART statements; set by the server.
  std::function<void()> on_shutdown;

 private:
  Database();
  DatabaseOptions options_;
  std::unique_ptr<GlobalVariables> variables_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<TableStore> tables_;
  std::unique_ptr<AccountPersistence> account_persistence_;
  std::unique_ptr<AccountManager> accounts_;
  SessionRegistry sessions_;
  int64_t started_at_us_ = 0;
  bool was_initialized_ = false;
};

}  // namespace mahi
