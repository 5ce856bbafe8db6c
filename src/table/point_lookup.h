// PointLookup: at most one row by a complete primary or unique key, on the shortest path: encode the key into a
// reused buffer, read the value pinned in the block cache, decode the columns that are asked for in place.
// BatchLookup: many keys at once, for joins.
//
//   PointLookup lookup(table, index, ordinals);
//   MAHI_ASSIGN_OR_RETURN(bool found, lookup.Find(&context, key));
//   if (found) lookup.Get(0, &datum);
//
// Thread safety: one thread; made once for each prepared plan or session and reused.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "table/table_context.h"
#include "vector/batch.h"

namespace mahi {

class PointLookup {
 public:
  // REQUIRES: `index` is a unique index of the table.
  PointLookup(TableRef table, uint32_t index, std::vector<uint32_t> ordinals);
  ~PointLookup();
  PointLookup(PointLookup&&) noexcept;

  // Looks up the row whose key parts equal `key`, values of the key columns' types. A NULL finds nothing.
  Result<bool> Find(TableContext* context, std::span<const Datum> key, LockMode lock = LockMode::kNone,
                    WaitPolicy wait = WaitPolicy::kWait);
  // Reads the row that a locator names.
  Result<bool> FindLocator(TableContext* context, std::string_view locator, LockMode lock = LockMode::kNone,
                           WaitPolicy wait = WaitPolicy::kWait);

  // The found row. Output column `i` is ordinals[i]. Views are valid until the next Find.
  Status Get(uint32_t i, Datum* value);
  // Writes all output columns (then the locator, when the batch has one column more) as row `row` of the batch.
  Status AppendTo(Batch* batch, uint32_t row);
  std::string_view locator() const;
  // Gives the row's lock back (READ COMMITTED, a row that does not match).
  void Unlock(TableContext* context);
  const TableRef& table() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class BatchLookup {
 public:
  // REQUIRES: `index` is a unique index of the table.
  BatchLookup(TableRef table, uint32_t index, std::vector<uint32_t> ordinals, bool outputs_locator = false);
  ~BatchLookup();

  // For each selected row of the key vectors (one for each key part), looks up the row. Found rows are written to
  // `output` densely from 0; matches[i] is the position in the key vectors of output row i. NULLs find nothing.
  Status Find(TableContext* context, std::span<const Vector* const> key, const Selection& rows, LockMode lock,
              WaitPolicy wait, Batch* output, std::vector<uint16_t>* matches);
  const std::vector<SqlType>& types() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mahi
