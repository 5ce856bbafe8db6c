// TableStore: table data as a whole: statistics, estimates, building indexes, checking, counters. One for the
// server.
// Thread safety: any thread; a TableContext belongs to its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "catalog/statistics.h"
#include "table/table_context.h"
#include "table/table_scan.h"

namespace mahi {

// One finding of CHECK TABLE.
struct TableProblem {
  std::string message;
};

// Makes the new row of a rebuilt table from the old one; both in column order of their definitions. `new_row` views must stay valid
// until the next call.
using RowTransformer = std::function<Status(std::span<const Datum> old_row, std::span<Datum> new_row)>;

class TableStore : public StatisticsSource {
 public:
  explicit TableStore(Catalog* catalog);
  ~TableStore() override;

  // StatisticsSource.
  uint64_t RowCount(const TableDefinition& table) override;
  StatisticsRef Statistics(const TableDefinition& table) override;
  Result<double> EstimateRows(const TableDefinition& table, uint32_t index, const std::vector<IndexRange>& ranges,
                              const TimeZone* time_zone) override;

  // ANALYZE TABLE: samples the indexes and stores new statistics.
  Status Analyze(TableContext* context, const TableRef& table);
  // Approximate bytes on disk and in memory, for SHOW TABLE STATUS.
  uint64_t DataBytes(const TableDefinition& table) const;
  uint64_t IndexBytes(const TableDefinition& table) const;
  // The next AUTO_INCREMENT value (SHOW TABLE STATUS); 0: none.
  Result<uint64_t> AutoIncrementValue(TableContext* context, const TableRef& table);
  // ALTER TABLE ... AUTO_INCREMENT = n: at least the largest value in use + 1.
  Status SetAutoIncrement(TableContext* context, const TableRef& table, uint64_t value);

  // Fills the indexes at positions `indexes` of `table` from its rows. 1062 when a unique one has duplicates.
  // Writes outside of the transaction, in bounded memory; what is built is removed when the transaction rolls back.
  Status BuildIndexes(TableContext* context, const TableRef& table, const std::vector<uint32_t>& indexes);
  // Copies all rows of `old_table` into `new_table` (whose index ids are all new), in bounded memory likewise. Returns the
  // number of rows.
  Result<uint64_t> Rebuild(TableContext* context, const TableRef& old_table, const TableRef& new_table,
                           const RowTransformer& transform);
  // Verifies a new foreign key on existing rows (1452).
  Status CheckForeignKey(TableContext* context, const TableRef& table, const ForeignKey& foreign_key);
  // Runs `visit` on every row (verification of new CHECK constraints and the like).
  Status ForEachRow(TableContext* context, const TableRef& table,
                    const std::function<Status(std::span<const Datum> row)>& visit);
  // A copy of the definition with empty storage under new ids, for Catalog::ReplaceTable (TRUNCATE).
  std::shared_ptr<TableDefinition> MakeEmptyCopy(const TableDefinition& table);
  // Drops a temporary table's data.
  void DropTemporaryData(const TableDefinition& table);

  // CHECK TABLE: every row against every index and back.
  Result<std::vector<TableProblem>> Check(TableContext* context, const TableRef& table);
  // CHECKSUM TABLE: depends on the rows' contents only, not on their order.
  Result<uint64_t> Checksum(TableContext* context, const TableRef& table);
  // OPTIMIZE TABLE: compacts the table's key ranges.
  Status Optimize(TableContext* context, const TableRef& table);

  Catalog& catalog() { return catalog_; }

 private:
  Catalog& catalog_;
};

}  // namespace mahi
