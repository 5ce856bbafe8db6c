// What the optimizer asks about stored data.
// Thread safety: TableStatistics is immutable once shared; StatisticsSource from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "schema/table_definition.h"

namespace mahi {

class TimeZone;
class Transaction;

struct IndexStatistics {
  uint32_t index_id = 0;
  // Different values of the first 1, 2, ... parts; 0: not known.
  std::vector<uint64_t> distinct;
  uint64_t bytes = 0;
};

// Made by ANALYZE TABLE, and automatically after many changes.
struct TableStatistics {
  uint64_t table_id = 0;
  uint64_t row_count = 0;  // when the statistics were made
  uint64_t data_bytes = 0;
  uint64_t index_bytes = 0;
  int64_t updated_at_us = 0;
  uint64_t epoch = 0;  // grows with each renewal; cached plans depend on it
  std::vector<IndexStatistics> indexes;
};
using StatisticsRef = std::shared_ptr<const TableStatistics>;

// An interval of an index, with values of the key columns' types. All but the last value of a bound are equalities; a
// NULL value stands for IS NULL. "Lower" and "upper" speak of values, also for descending parts.
struct IndexRange {
  std::vector<Datum> lower;  // empty: unbounded. Strings are borrowed during the call that takes the range
  std::vector<Datum> upper;
  bool is_lower_inclusive = true;
  bool is_upper_inclusive = true;
  bool excludes_null = false;  // leaves out NULL at part lower.size(), when only the upper side is bounded there
};

// Implemented by table/ (TableStore).
class StatisticsSource {
 public:
  virtual ~StatisticsSource() = default;
  // Rows in the table now: cheap and approximate.
  virtual uint64_t RowCount(const TableDefinition& table) = 0;
  // Never null; an empty one when the table was never analysed.
  virtual StatisticsRef Statistics(const TableDefinition& table) = 0;
  // Estimated rows of the table in the ranges of `table.indexes[index]`. `time_zone` may be null: UTC.
  virtual Result<double> EstimateRows(const TableDefinition& table, uint32_t index,
                                      const std::vector<IndexRange>& ranges, const TimeZone* time_zone) = 0;
};

}  // namespace mahi
