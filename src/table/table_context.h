// TableContext: what the access methods need to know of the statement and its session.
// Thread safety: belongs to the statement's thread; outlives every scan, lookup and writer made with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "base/diagnostics.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "schema/table_definition.h"
#include "transaction/transaction.h"
#include "types/temporal.h"
#include "types/value.h"

namespace mahi {

// Row images as they are written, for the binary log. Implemented by replication/.
class RowChangeObserver {
 public:
  virtual ~RowChangeObserver() = default;
  // `old_row` is empty for an insert, `new_row` for a delete. Called after the change is in the write set;
  // an error undoes the row's change.
  virtual Status OnRowChange(Transaction& transaction, const TableDefinition& table, std::span<const Datum> old_row,
                             std::span<const Datum> new_row) = 0;
};

// Recomputes generated columns of rows that a foreign key's action changes. Implemented above (execution/).
class GeneratedColumnEvaluator {
 public:
  virtual ~GeneratedColumnEvaluator() = default;
  // Sets the generated columns of `row`; values stay valid until the next call.
  virtual Status Recompute(const TableRef& table, std::span<Datum> row) = 0;
};

struct TableContext {
  Catalog* catalog = nullptr;
  Transaction* transaction = nullptr;
  const TimeZone* time_zone = nullptr;  // TIMESTAMP columns; null: UTC
  Diagnostics* diagnostics = nullptr;
  const std::atomic<uint32_t>* kill_flag = nullptr;
  RowChangeObserver* row_observer = nullptr;
  GeneratedColumnEvaluator* generated_columns = nullptr;

  bool foreign_key_checks = true;
  bool unique_checks = true;
  bool no_auto_value_on_zero = false;  // sql_mode
  uint64_t auto_increment_increment = 1;
  uint64_t auto_increment_offset = 1;
  uint32_t auto_increment_lock_mode = 2;  // innodb_autoinc_lock_mode

  bool is_killed() const { return kill_flag != nullptr && kill_flag->load(std::memory_order_relaxed) != 0; }
};

}  // namespace mahi
