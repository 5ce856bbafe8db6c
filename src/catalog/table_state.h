// TableState: what changes about a table without its definition changing: counters. One for each table id, shared
// by all sessions.
// Thread safety: atomics; any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/latch.h"
#include "catalog/statistics.h"

namespace mahi {

class TableState {
 public:
  explicit TableState(uint64_t table_id) : table_id_(table_id) {}
  uint64_t table_id() const { return table_id_; }

  // The next AUTO_INCREMENT value; 0: not loaded yet (TableStore loads it on first use).
  std::atomic<uint64_t> auto_increment{0};
  // The next hidden row id; 0: not loaded yet.
  std::atomic<uint64_t> next_row_id{0};
  // Committed rows, approximately; kept over restarts by the catalog.
  std::atomic<int64_t> row_count{0};
  // Committed row changes since the statistics were made.
  std::atomic<uint64_t> changes{0};
  // Snapshots older than this do not see the data of the current indexes (they were built since); 0: all do.
  std::atomic<uint64_t> first_sequence{0};

  // What table/ keeps ready for the current definition.
  std::shared_ptr<const void> access() const {
    SharedGuard guard(statistics_latch_);
    return access_;
  }
  void set_access(std::shared_ptr<const void> access) {
    ExclusiveGuard guard(statistics_latch_);
    access_ = std::move(access);
  }

  StatisticsRef statistics() const {
    SharedGuard guard(statistics_latch_);
    return statistics_;
  }
  void set_statistics(StatisticsRef statistics) {
    ExclusiveGuard guard(statistics_latch_);
    statistics_ = std::move(statistics);
  }

 private:
  const uint64_t table_id_;
  mutable SharedLatch statistics_latch_;
  StatisticsRef statistics_ GUARDED_BY(statistics_latch_);
  std::shared_ptr<const void> access_ GUARDED_BY(statistics_latch_);
};
using TableStateRef = std::shared_ptr<TableState>;

}  // namespace mahi
