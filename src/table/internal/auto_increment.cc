#include "table/internal/auto_increment.h"

#include <algorithm>

#include "base/bytes.h"

namespace mahi {
namespace {

uint64_t NextAfter(const Datum& value) {
  if (value.is_null) return 0;
  switch (value.kind) {
    case PhysicalType::kUInt64: return value.uint64 == ~uint64_t{0} ? value.uint64 : value.uint64 + 1;
    case PhysicalType::kDouble: return value.real > 0 ? static_cast<uint64_t>(value.real) + 1 : 0;
    default: return value.int64 > 0 ? static_cast<uint64_t>(value.int64) + 1 : 0;
  }
}

}  // namespace

uint64_t AutoIncrementMaximum(const SqlType& type) {
  if (type.IsInteger()) return type.is_unsigned ? MaxUnsigned(type.id) : static_cast<uint64_t>(MaxSigned(type.id));
  if (type.id == TypeId::kFloat) return uint64_t{1} << 24;
  return uint64_t{1} << 53;
}

void RaiseAutoIncrement(TableState* state, uint64_t value) {
  uint64_t current = state->auto_increment.load(std::memory_order_relaxed);
  while (current < value && !state->auto_increment.compare_exchange_weak(current, value)) {
  }
}

Result<uint64_t> GreatestAutoIncrement(Catalog* catalog, const TableAccessRef& access) {
  const TableDefinition& table = *access->table;
  const uint32_t column = *table.auto_increment_column();
  for (uint32_t i = 0; i < table.indexes.size(); ++i) {
    const Index& index = table.indexes[i];
    if (index.parts.empty() || index.parts[0].column != column) continue;
    const KeyCodec* codec = access->KeyCodecOf(i);
    if (codec == nullptr) continue;
    const std::string lower = IndexPrefix(index.id), upper = PrefixSuccessor(lower);
    KvIterator iterator = catalog->transactions().engine().NewIterator({.lower = lower, .upper = upper});
    if (index.parts[0].is_descending) {
      iterator.SeekToFirst();
    } else {
      iterator.SeekToLast();
    }
    if (!iterator.Valid()) {
      MAHI_RETURN_IF_ERROR(iterator.status());
      return uint64_t{0};
    }
    std::string_view key = iterator.key().substr(4);
    Datum value;
    DatumScratch scratch;
    if (!codec->part(0).Decode(&key, nullptr, &value, &scratch)) return DamagedTable(table);
    return NextAfter(value);
  }
  // No index leads with the column: look at all rows.
  RowReader reader(&table, {column});
  const std::string lower = IndexPrefix(access->row_index_id), upper = PrefixSuccessor(lower);
  KvIterator iterator = catalog->transactions().engine().NewIterator({.lower = lower, .upper = upper});
  uint64_t next = 0;
  for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next()) {
    Datum value;
    if (!reader.Get(iterator.value(), nullptr, 0, &value)) return DamagedTable(table);
    next = std::max(next, NextAfter(value));
  }
  MAHI_RETURN_IF_ERROR(iterator.status());
  return next;
}

Status LoadAutoIncrement(Catalog* catalog, const TableAccessRef& access, TableState* state) {
  MAHI_ASSIGN_OR_RETURN(const uint64_t persisted, catalog->LoadAutoIncrement(access->table->id));
  MAHI_ASSIGN_OR_RETURN(const uint64_t greatest, GreatestAutoIncrement(catalog, access));
  const uint64_t start = std::max<uint64_t>(access->table->auto_increment_start, 1);
  RaiseAutoIncrement(state, std::max({persisted, greatest, start}));
  return Status::Ok();
}

Status LoadRowId(Catalog* catalog, const TableAccessRef& access, TableState* state) {
  const std::string lower = IndexPrefix(access->row_index_id), upper = PrefixSuccessor(lower);
  KvIterator iterator = catalog->transactions().engine().NewIterator({.lower = lower, .upper = upper});
  iterator.SeekToLast();
  uint64_t next = 1;
  if (iterator.Valid()) {
    if (iterator.key().size() != 12) return DamagedTable(*access->table);
    next = LoadBig<uint64_t>(iterator.key().data() + 4) + 1;
  }
  MAHI_RETURN_IF_ERROR(iterator.status());
  uint64_t current = 0;
  state->next_row_id.compare_exchange_strong(current, next);
  return Status::Ok();
}

}  // namespace mahi
