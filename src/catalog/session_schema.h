// SessionSchema: the SchemaReader of a session: catalog, its transaction's staged changes, its metadata locks and
// its temporary tables.
// Thread safety: belongs to the session's thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "catalog/catalog.h"
#include "catalog/schema_reader.h"

namespace mahi {

class SessionSchema : public SchemaReader {
 public:
  SessionSchema(Catalog* catalog, Transaction* transaction, StatisticsSource* statistics)
      : catalog_(*catalog), transaction_(*transaction), statistics_(*statistics) {}

  void set_lock_wait_timeout_ms(uint64_t timeout_ms) { lock_wait_timeout_ms_ = timeout_ms; }
  // LOCK TABLES mode: only locked tables may be used (1099, 1100).
  void set_is_lock_tables_mode(bool on) { is_lock_tables_mode_ = on; }

  Result<SchemaRef> FindSchema(std::string_view name) override;
  Result<SchemaObject> FindTable(std::string_view schema, std::string_view name, TableIntent intent) override;
  Result<SchemaObject> PeekTable(std::string_view schema, std::string_view name) override;
  StatisticsSource& statistics() override { return statistics_; }

  // Takes the locks that `intent` needs, without looking the table up (cached plans check versions afterwards).
  Status LockTable(std::string_view schema, std::string_view name, TableIntent intent);

  // Temporary tables. They are not part of transactions.
  TableRef FindTemporaryTable(std::string_view schema, std::string_view name) const;
  Status AddTemporaryTable(std::shared_ptr<TableDefinition> table);
  // Replaces the definition (ALTER TABLE, RENAME).
  Status ReplaceTemporaryTable(const TableRef& old_table, std::shared_ptr<TableDefinition> table);
  void DropTemporaryTable(const TableRef& table);
  void DropAllTemporaryTables();
  bool has_temporary_tables() const { return !temporary_tables_.empty(); }

  Catalog& catalog() { return catalog_; }
  Transaction& transaction() { return transaction_; }

 private:
  Catalog& catalog_;
  Transaction& transaction_;
  StatisticsSource& statistics_;
  uint64_t lock_wait_timeout_ms_ = 31'536'000'000;
  bool is_lock_tables_mode_ = false;
  std::map<std::pair<std::string, std::string>, TableRef, std::less<>> temporary_tables_;
};

}  // namespace mahi
