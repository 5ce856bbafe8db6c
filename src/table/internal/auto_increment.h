// Counters of a table: AUTO_INCREMENT and the hidden row id. Loaded on first use from what is stored.
// Thread safety: any thread.
#pragma once

#include <cstdint>

#include "table/internal/table_access.h"

namespace mahi {

// Sets state->auto_increment, when it is 0, to the larger of the persisted counter, the definition's start and the
// greatest value in use + 1.
Status LoadAutoIncrement(Catalog* catalog, const TableAccessRef& access, TableState* state);
Status LoadRowId(Catalog* catalog, const TableAccessRef& access, TableState* state);
void RaiseAutoIncrement(TableState* state, uint64_t value);
uint64_t AutoIncrementMaximum(const SqlType& type);
// The greatest committed AUTO_INCREMENT value + 1; 0 when there is none.
Result<uint64_t> GreatestAutoIncrement(Catalog* catalog, const TableAccessRef& access);

}  // namespace mahi
