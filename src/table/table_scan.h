// TableScan: rows of a table through its row index or a secondary index, batch by batch.
//
//   ScanSpec spec{.table = table, .ordinals = {0, 3}};
//   MAHI_ASSIGN_OR_RETURN(auto scan, TableScan::Open(&context, std::move(spec)));
//   while (true) {
//     MAHI_ASSIGN_OR_RETURN(bool more, scan->Next(&batch));
//     if (!more) break;
//     ...
//   }
//
// Only the requested columns are decoded, straight into the batch's vectors (one for each ordinal, then the
// locator). Rows come in index order (descending with is_reverse) within and across ranges.
//
// Locking scans (lock != kNone) return the latest committed version of each row and hold its lock. With a filter, READ
// COMMITTED locks matching rows only; REPEATABLE READ locks what it reads, and the range against inserts.
// A scan does not see rows that its statement writes after it was opened.
// Errors: 1213, 1205, 3572, 1317; ER_CRASHED_ON_USAGE (1194) for a damaged row. Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "catalog/statistics.h"
#include "table/table_context.h"
#include "vector/batch.h"

namespace mahi {

// A condition that the scan applies while it fills a batch.
class ScanFilter {
 public:
  virtual ~ScanFilter() = default;
  // Puts the rows of `rows` that satisfy the condition into `passed`.
  virtual Status Apply(const Batch& batch, const Selection& rows, SelectionBuffer* passed) = 0;
};

inline constexpr uint32_t kRowIndex = ~uint32_t{0};

struct ScanSpec {
  TableRef table;
  uint32_t index = kRowIndex;         // position in table->indexes; kRowIndex: the rows themselves
  std::vector<uint32_t> ordinals;     // columns to read, in output order
  bool outputs_locator = false;       // adds a VARBINARY column that names the row for TableWriter
  std::vector<IndexRange> ranges;     // empty: everything. Overlapping ranges give a row once
  bool is_reverse = false;
  LockMode lock = LockMode::kNone;
  WaitPolicy wait = WaitPolicy::kWait;
  ScanFilter* filter = nullptr;       // over the output columns
  ScanFilter* index_filter = nullptr; // over the output columns that the index holds; before rows are fetched
  uint64_t row_limit = ~uint64_t{0};  // the caller needs no more rows: keeps read-ahead and locks short
};

class TableScan {
 public:
  static Result<std::unique_ptr<TableScan>> Open(TableContext* context, ScanSpec spec);
  virtual ~TableScan() = default;

  // Types of the output: the columns', then VARBINARY for the locator.
  virtual const std::vector<SqlType>& types() const = 0;
  // Resets and fills `batch`, which was made for types(). False: no more rows (the batch is empty). The batch is
  // dense: rows that a filter rejected are not in it.
  virtual Result<bool> Next(Batch* batch) = 0;
  // Starts again over other ranges (inner side of a join). Keeps buffers.
  virtual Status Restart(std::vector<IndexRange> ranges) = 0;
};

// Whether the columns `ordinals` can be read from the index alone.
bool IsCoveringIndex(const TableDefinition& table, uint32_t index, const std::vector<uint32_t>& ordinals);

}  // namespace mahi
