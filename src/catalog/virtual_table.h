// VirtualTable: a table whose rows are computed: INFORMATION_SCHEMA, performance_schema, sys. Implemented by
// system_views/, registered with the catalog at start-up.
// Thread safety: immutable; Scan may run in many threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "schema/table_definition.h"
#include "vector/batch.h"

namespace mahi {

class Catalog;
class SchemaReader;
class TimeZone;
class Transaction;

// What the running session lets virtual tables know. system_views/ derives what it needs from it; session/
// implements that.
class VirtualTableHost {
 public:
  virtual ~VirtualTableHost() = default;
  virtual uint64_t connection_id() const = 0;
};

struct VirtualScanContext {
  Catalog* catalog = nullptr;
  SchemaReader* schema_reader = nullptr;
  Transaction* transaction = nullptr;
  VirtualTableHost* host = nullptr;
  const TimeZone* time_zone = nullptr;
  const std::atomic<uint32_t>* kill_flag = nullptr;
};

// `columns[ordinal] = value`: the scan may leave out rows that fail it, and need not.
struct VirtualLookup {
  uint32_t ordinal = 0;
  Datum value;
};

// Takes batches of a scan.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  // The batch to fill next: one vector for each requested column, Reset.
  virtual Batch* NextBatch() = 0;
  // Takes the batch from NextBatch, filled. An error ends the scan.
  virtual Status Push() = 0;
};

class VirtualTable {
 public:
  virtual ~VirtualTable() = default;
  // Schema, name and columns; id and indexes are not used.
  virtual const TableRef& definition() const = 0;
  // Pushes all rows; vector i of each batch is column ordinals[i].
  virtual Status Scan(VirtualScanContext& context, const std::vector<uint32_t>& ordinals,
                      const std::vector<VirtualLookup>& lookups, BatchSink* sink) const = 0;
  // A guess, for the optimizer.
  virtual double estimated_rows() const { return 100; }
};

}  // namespace mahi
