#include "session/database.h"

#include <chrono>

#include "auth/grant_tables.h"
#include "catalog/catalog.h"
#include "system_views/system_views.h"
#include "table/table_store.h"
#include "transaction/store.h"
#include "transaction/transaction_manager.h"

namespace mahi {

namespace {

// Accounts as records among the catalog's settings: one atomic commit for each change.
class CatalogAccountPersistence final : public AccountPersistence {
 public:
  CatalogAccountPersistence(Catalog* catalog, TransactionManager* transactions)
      : catalog_(*catalog), transaction_(transactions->NewTransaction(0)) {}

  Status Write(const std::vector<std::pair<std::string, std::string>>& put,
               const std::vector<std::string>& erase) override {
    transaction_->Begin({});
    transaction_->BeginStatement();
    auto write = [&]() -> Status {
      for (const auto& [key, record] : put) {
        MAHI_RETURN_IF_ERROR(catalog_.PutSetting(transaction_.get(), kPrefix + key, record));
      }
      for (const std::string& key : erase) {
        MAHI_RETURN_IF_ERROR(catalog_.PutSetting(transaction_.get(), kPrefix + key, ""));
      }
      return Status::Ok();
    };
    Status status = write();
    if (!status.ok()) {
      transaction_->RollbackStatement();
      if (transaction_->is_active()) transaction_->Rollback();
      return status;
    }
    transaction_->EndStatement();
    return transaction_->Commit();
  }

  Status Load(const std::function<Status(std::string_view key, std::string_view record)>& each) override {
    Status status;
    MAHI_RETURN_IF_ERROR(catalog_.ForEachSetting(kPrefix, [&](std::string_view name, std::string_view value) {
      // An erased record is an empty one.
      if (status.ok() && !value.empty()) status = each(name.substr(kPrefix.size()), value);
    }));
    return status;
  }

 private:
  inline static const std::string kPrefix = "account.";
  Catalog& catalog_;
  std::unique_ptr<Transaction> transaction_;
};

}  // namespace

Database::Database() = default;
Database::~Database() {
  accounts_.reset();
  account_persistence_.reset();
  tables_.reset();
  catalog_.reset();
  store_.reset();
}

TransactionManager& Database::transactions() { return store_->transactions(); }

Result<std::unique_ptr<Database>> Database::Open(DatabaseOptions options, std::unique_ptr<GlobalVariables> variables) {
  auto database = std::unique_ptr<Database>(new Database);
  Database& db = *database;
  db.options_ = std::move(options);
  db.variables_ = std::move(variables);
  db.started_at_us_ = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  StoreOptions store;
  store.directory = db.options_.data_directory;
  store.block_cache_bytes = db.options_.block_cache_bytes;
  if (db.options_.log) {
    store.on_background_error = [log = db.options_.log](const Status& status) {
      log(status.ok() ? "The storage engine writes again." : "The storage engine stopped writing: " + status.ToString());
    };
  }
  MAHI_ASSIGN_OR_RETURN(db.store_, Store::Open(std::move(store)));
  db.transactions().set_flush_log_at_commit(
      static_cast<int>(db.variables_->GetNumber("innodb_flush_log_at_trx_commit")));
  MAHI_ASSIGN_OR_RETURN(db.catalog_, Catalog::Open(&db.transactions()));
  db.was_initialized_ = db.catalog_->is_new();
  if (db.options_.must_initialize && !db.was_initialized_) {
    return Error::Custom(ER_UNKNOWN_ERROR, "HY000",
                         "--initialize specified but the data directory has files in it. Aborting.");
  }
  db.tables_ = std::make_unique<TableStore>(db.catalog_.get());
  RegisterSystemViews(db.catalog_.get());

  db.account_persistence_ = std::make_unique<CatalogAccountPersistence>(db.catalog_.get(), &db.transactions());
  AccountOptions account_options;
  account_options.native_password_enabled = db.variables_->GetNumber("mysql_native_password") != 0;
  db.accounts_ = std::make_unique<AccountManager>(account_options, db.account_persistence_.get());
  AddGrantTables(db.catalog_.get(), db.accounts_.get());
  MAHI_RETURN_IF_ERROR(db.accounts_->Load());
  if (db.accounts_->is_empty()) MAHI_RETURN_IF_ERROR(db.accounts_->Initialize(db.options_.root_password));

  // SET PERSIST of earlier runs.
  Status persisted;
  MAHI_RETURN_IF_ERROR(db.catalog_->ForEachSetting("persist.", [&](std::string_view name, std::string_view value) {
    const SystemVariable* variable = FindSystemVariable(name.substr(std::string_view("persist.").size()));
    if (variable == nullptr || value.empty()) return;
    Diagnostics ignored;
    auto valid = GlobalVariables::Validate(*variable, Value::String(std::string(value)), &ignored);
    if (valid.ok()) db.variables_->Set(*variable, std::move(valid).value());
  }));
  db.variables_->on_change = [&db](const SystemVariable& variable, const Value&) {
    if (variable.name == "innodb_flush_log_at_trx_commit") {
      db.transactions().set_flush_log_at_commit(
          static_cast<int>(db.variables_->GetNumber("innodb_flush_log_at_trx_commit")));
    }
  };
  return database;
}

}  // namespace mahi
