// Catalog: the data dictionary. Names -> databases, tables, views; ids; counters; statistics; data to be removed.
//
// Everything is kept in the store below reserved index ids (docs/formats/dictionary.md) and cached as immutable
// definitions. A change is staged in a Transaction: that transaction sees it at once, others when it commits, and
// it is one atomic batch with the data changed beside it. Callers hold the metadata locks (X on what they change).
//
// Names compare exactly (lower_case_table_names=0) but for the virtual databases information_schema and
// performance_schema, which compare without case.
// Errors: MySQL's (1007, 1008, 1049, 1050, 1051, 1146); ER_CRASHED_ON_USAGE-like ones for a damaged dictionary.
// Thread safety: any thread; staging belongs to the transaction's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/latch.h"
#include "base/status.h"
#include "catalog/schema_reader.h"
#include "catalog/statistics.h"
#include "catalog/table_state.h"
#include "catalog/virtual_table.h"
#include "schema/table_definition.h"
#include "schema/view_definition.h"
#include "transaction/transaction_manager.h"

namespace mahi {

// Index ids below this one are the catalog's own.
inline constexpr uint32_t kFirstUserIndexId = 256;
// Index ids from here on belong to temporary tables and are removed at start-up.
inline constexpr uint32_t kFirstTemporaryIndexId = 0xC0000000;

// A foreign key, seen from the table that it refers to.
struct ReferencingKey {
  std::string schema;  // of the child
  std::string table;
  std::string constraint;
};

struct ObjectName {
  std::string name;
  bool is_view = false;
};

class Catalog {
 public:
  // Opens the dictionary in the manager's store; makes an empty one (databases mysql and sys) in an empty store.
  static Result<std::unique_ptr<Catalog>> Open(TransactionManager* transactions);
  // Writes counters back and ends the background thread.
  ~Catalog();
  Catalog(const Catalog&) = delete;

  // True when Open made the dictionary: the caller creates accounts and system tables.
  bool is_new() const { return is_new_; }

  // Looking up. `transaction` may be null: committed definitions. Null results: no such object.
  SchemaRef FindSchema(Transaction* transaction, std::string_view name) const;
  Result<TableRef> FindTable(Transaction* transaction, std::string_view schema, std::string_view name) const;
  Result<ViewRef> FindView(Transaction* transaction, std::string_view schema, std::string_view name) const;
  const VirtualTable* FindVirtualTable(std::string_view schema, std::string_view name) const;
  // All three.
  Result<SchemaObject> Find(Transaction* transaction, std::string_view schema, std::string_view name) const;
  // Sorted by name; the virtual databases included.
  std::vector<SchemaRef> ListSchemas(Transaction* transaction) const;
  // Tables and views, sorted by name. Virtual tables for a virtual database.
  std::vector<ObjectName> ListTables(Transaction* transaction, std::string_view schema) const;
  // Tables and views that a dropped or renamed table's foreign keys concern: all keys that refer to the table.
  std::vector<ReferencingKey> ReferencingKeys(Transaction* transaction, std::string_view schema,
                                              std::string_view table) const;
  // Cheap: whether any foreign key refers to the table.
  bool IsReferenced(Transaction* transaction, std::string_view schema, std::string_view table) const;
  // Grows with every committed change of any definition.
  uint64_t version() const { return version_.load(std::memory_order_acquire); }

  // Changing: staged in the transaction.
  Status CreateSchema(Transaction* transaction, SchemaDefinition schema);
  Status AlterSchema(Transaction* transaction, SchemaDefinition schema);
  // Drops the database with all its tables and views.
  Status DropSchema(Transaction* transaction, std::string_view name);
  // Ids that are 0 (table, indexes, columns, hidden index) are assigned in `table`.
  Status CreateTable(Transaction* transaction, std::shared_ptr<TableDefinition> table);
  // Another version of a table, or the same under another name. Index data that only the old one has are removed
  // after the commit.
  Status ReplaceTable(Transaction* transaction, const TableRef& old_table, std::shared_ptr<TableDefinition> table);
  Status RenameTable(Transaction* transaction, const TableRef& table, std::string_view new_schema,
                     std::string_view new_name);
  Status DropTable(Transaction* transaction, const TableRef& table);
  Status CreateView(Transaction* transaction, std::shared_ptr<ViewDefinition> view, bool or_replace);
  Status DropView(Transaction* transaction, const ViewRef& view);
  Status RenameView(Transaction* transaction, const ViewRef& view, std::string_view new_schema,
                    std::string_view new_name);

  // Server-wide ids, never reused (temporary index ids: not within one run of the server).
  uint64_t AllocateTableId();
  uint32_t AllocateIndexId();
  uint32_t AllocateTemporaryIndexId();
  // Gives ids to a definition's table, indexes, columns and hidden index where they are 0.
  void AssignIds(TableDefinition* table);

  // Counters and statistics.
  TableStateRef State(uint64_t table_id);
  // Forgets a dropped temporary table's state.
  void ForgetState(uint64_t table_id);
  // Puts the table's AUTO_INCREMENT counter into the transaction's commit.
  void PersistAutoIncrement(Transaction* transaction, const TableStateRef& state);
  // Adds to the row count when the transaction commits.
  void AddRowCount(Transaction* transaction, const TableStateRef& state, int64_t delta);
  // The counter as last persisted; 0: never.
  Result<uint64_t> LoadAutoIncrement(uint64_t table_id) const;
  Status StoreStatistics(StatisticsRef statistics);

  // Small persistent settings of the server (SET PERSIST, server uuid, system key material ...), by name.
  Status PutSetting(Transaction* transaction, std::string_view name, std::string_view value);
  Result<std::optional<std::string>> GetSetting(std::string_view name) const;
  Status ForEachSetting(std::string_view prefix,
                        const std::function<void(std::string_view name, std::string_view value)>& visit) const;

  // Declares that index `index_id` is being filled outside of the transaction: its data are removed when the transaction
  // rolls back, or at the next start when the server ends before the commit.
  Status BeginBuild(Transaction* transaction, uint32_t index_id);
  // Removes an index's data in the background.
  void RemoveIndexData(uint32_t index_id);
  // Waits until the background removals that are due are done (tests, shutdown).
  void DrainRemovals();

  // REQUIRES: before sessions start.
  void AddVirtualTable(std::unique_ptr<VirtualTable> table);
  // Declares a virtual database (information_schema, performance_schema, sys).
  void AddVirtualSchema(std::string_view name);
  bool IsVirtualSchema(std::string_view name) const;

  TransactionManager& transactions() { return transactions_; }

 private:
  struct Internals;
  class Staged;
  explicit Catalog(TransactionManager* transactions);
  Status Load();
  Status Initialise();
  Staged* FindStaged(Transaction* transaction) const;
  Staged* EnsureStaged(Transaction* transaction);
  Result<SchemaObject> FindStored(Transaction* transaction, std::string_view schema, std::string_view name) const;
  Status StageObject(Transaction* transaction, std::string_view schema, std::string_view name, SchemaObject object);
  Status StageSchema(Transaction* transaction, std::string_view name, SchemaRef schema);
  Status StageForeignKeys(Transaction* transaction, const TableDefinition* old_table,
                          const TableDefinition* new_table);
  Status StageRemoval(Transaction* transaction, uint32_t index_id);
  Status RemoveTableRecords(Transaction* transaction, uint64_t table_id);
  void RemoveLoop();
  void PersistCounters();

  TransactionManager& transactions_;
  std::unique_ptr<Internals> internals_;
  std::atomic<uint64_t> version_{1};
  bool is_new_ = false;
};

}  // namespace mahi
