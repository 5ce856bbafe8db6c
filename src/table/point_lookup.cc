#include "table/point_lookup.h"

#include "table/internal/table_access.h"

namespace mahi {

struct PointLookup::State {
  TableRef table;
  uint32_t index;
  std::vector<uint32_t> ordinals;
  bool is_row_index;
  KeyCodec key_codec;
  std::unique_ptr<IndexCodec> index_codec;  // of a unique secondary index
  RowReader reader;
  std::string key;
  std::string row_key;
  PinnedValue value;
  PinnedValue entry;
  const TimeZone* zone = nullptr;
  bool is_new_lock = false;

  State(TableRef definition, uint32_t index_position, std::vector<uint32_t> columns)
      : table(std::move(definition)),
        index(index_position),
        ordinals(std::move(columns)),
        is_row_index(table->indexes[index].kind == IndexKind::kPrimary),
        key_codec(*table, table->indexes[index]),
        reader(table.get(), ordinals) {
    if (!is_row_index) index_codec = std::make_unique<IndexCodec>(*table, table->indexes[index]);
  }

  Result<bool> ReadRow(TableContext* context, LockMode lock, WaitPolicy wait) {
    Transaction* transaction = context->transaction;
    if (transaction == nullptr) return context->catalog->transactions().engine().Get(row_key, &value);
    if (table->is_temporary) return transaction->GetLatest(row_key, &value);
    if (lock == LockMode::kNone) {
      if (transaction->has_snapshot() &&
          transaction->snapshot_sequence() < context->catalog->State(table->id)->first_sequence.load()) {
        return Error(ER_TABLE_DEF_CHANGED);
      }
      return transaction->Get(row_key, &value);
    }
    MAHI_ASSIGN_OR_RETURN(const LockedRead read,
                          transaction->LockRow(row_key, lock, wait, std::nullopt, &value, &is_new_lock));
    return read == LockedRead::kCurrent || read == LockedRead::kUnchanged;
  }
};

PointLookup::PointLookup(TableRef table, uint32_t index, std::vector<uint32_t> ordinals)
    : state_(std::make_unique<State>(std::move(table), index, std::move(ordinals))) {}
PointLookup::~PointLookup() = default;
PointLookup::PointLookup(PointLookup&&) noexcept = default;

Result<bool> PointLookup::Find(TableContext* context, std::span<const Datum> key, LockMode lock, WaitPolicy wait) {
  State& state = *state_;
  state.zone = context->time_zone;
  for (const Datum& part : key) {
    if (part.is_null) return false;
  }
  Transaction* transaction = context->transaction;
  if (lock == LockMode::kNone && transaction != nullptr) lock = transaction->plain_read_lock();
  if (state.is_row_index) [[likely]] {
    state.key_codec.EncodePrefix(key, state.zone, &state.row_key);
    return state.ReadRow(context, lock, wait);
  }
  state.key_codec.EncodePrefix(key, state.zone, &state.key);
  Result<bool> found = false;
  if (transaction == nullptr) {
    found = context->catalog->transactions().engine().Get(state.key, &state.entry);
  } else if (lock == LockMode::kNone || state.table->is_temporary) {
    transaction->NeedSnapshot();
    found = state.table->is_temporary ? transaction->GetLatest(state.key, &state.entry)
                                      : transaction->Get(state.key, &state.entry);
  } else {
    MAHI_RETURN_IF_ERROR(transaction->LockKey(state.key, lock));
    found = transaction->GetLatest(state.key, &state.entry);
  }
  if (!found.ok() || !*found) return found;
  if (!state.index_codec->RowKey(state.key, state.entry.view(), &state.row_key)) return DamagedTable(*state.table);
  found = state.ReadRow(context, lock, wait);
  if (found.ok() && !*found && lock == LockMode::kNone && transaction != nullptr) return DamagedTable(*state.table);
  return found;
}

Result<bool> PointLookup::FindLocator(TableContext* context, std::string_view locator, LockMode lock,
                                      WaitPolicy wait) {
  state_->zone = context->time_zone;
  state_->row_key = locator;
  return state_->ReadRow(context, lock, wait);
}

Status PointLookup::Get(uint32_t i, Datum* value) {
  if (state_->reader.Get(state_->value.view(), state_->zone, i, value)) [[likely]] return Status::Ok();
  return DamagedTable(*state_->table);
}

Status PointLookup::AppendTo(Batch* batch, uint32_t row) {
  State& state = *state_;
  if (!state.reader.Decode(state.value.view(), state.zone, batch, row)) return DamagedTable(*state.table);
  if (batch->column_count() > state.ordinals.size()) {
    batch->column(state.ordinals.size()).SetString(row, state.row_key);
  }
  return Status::Ok();
}

std::string_view PointLookup::locator() const { return state_->row_key; }

void PointLookup::Unlock(TableContext* context) {
  if (!state_->is_new_lock || context->transaction == nullptr) return;
  context->transaction->UnlockRow(state_->row_key);
  state_->is_new_lock = false;
}

const TableRef& PointLookup::table() const { return state_->table; }

struct BatchLookup::State {
  TableRef table;
  bool is_row_index;
  bool outputs_locator;
  std::vector<uint32_t> ordinals;
  KeyCodec key_codec;
  std::unique_ptr<IndexCodec> index_codec;
  RowReader reader;
  std::vector<SqlType> types;
  std::vector<Datum> datums;
  std::vector<std::string> key_bytes;
  std::vector<std::string_view> keys;
  std::vector<PinnedValue> values;
  std::vector<uint16_t> positions;
  bool found[kBatchRows];

  State(TableRef definition, uint32_t index, std::vector<uint32_t> columns, bool has_locator)
      : table(std::move(definition)),
        is_row_index(table->indexes[index].kind == IndexKind::kPrimary),
        outputs_locator(has_locator),
        ordinals(std::move(columns)),
        key_codec(*table, table->indexes[index]),
        reader(table.get(), ordinals),
        key_bytes(kBatchRows),
        values(kBatchRows) {
    if (!is_row_index) index_codec = std::make_unique<IndexCodec>(*table, table->indexes[index]);
    for (uint32_t ordinal : ordinals) types.push_back(table->columns[ordinal].type);
    if (outputs_locator) types.push_back(SqlType::Varbinary(65535));
  }
};

BatchLookup::BatchLookup(TableRef table, uint32_t index, std::vector<uint32_t> ordinals, bool outputs_locator)
    : state_(std::make_unique<State>(std::move(table), index, std::move(ordinals), outputs_locator)) {}
BatchLookup::~BatchLookup() = default;
const std::vector<SqlType>& BatchLookup::types() const { return state_->types; }

Status BatchLookup::Find(TableContext* context, std::span<const Vector* const> key, const Selection& rows,
                         LockMode lock, WaitPolicy wait, Batch* output, std::vector<uint16_t>* matches) {
  State& state = *state_;
  Transaction& transaction = *context->transaction;
  if (lock == LockMode::kNone) lock = transaction.plain_read_lock();
  const bool is_temporary = state.table->is_temporary;
  output->Reset();
  matches->clear();
  state.positions.clear();
  transaction.NeedSnapshot();

  uint32_t count = 0;
  state.datums.resize(key.size());
  rows.ForEach([&](uint32_t row) {
    for (size_t i = 0; i < key.size(); ++i) {
      state.datums[i] = key[i]->IsNull(row) ? Datum::Null() : key[i]->GetDatum(row);
      if (state.datums[i].is_null) return;
    }
    state.key_codec.EncodePrefix(state.datums, context->time_zone, &state.key_bytes[count++]);
    state.positions.push_back(static_cast<uint16_t>(row));
  });
  uint32_t output_rows = 0;
  const auto emit = [&](uint32_t i, std::string_view value) -> Status {
    if (!state.reader.Decode(value, context->time_zone, output, output_rows)) return DamagedTable(*state.table);
    if (state.outputs_locator) output->column(state.ordinals.size()).SetString(output_rows, state.key_bytes[i]);
    matches->push_back(state.positions[i]);
    ++output_rows;
    return Status::Ok();
  };

  if (lock == LockMode::kNone && !is_temporary) {
    if (transaction.has_snapshot() &&
        transaction.snapshot_sequence() < context->catalog->State(state.table->id)->first_sequence.load()) {
      return Error(ER_TABLE_DEF_CHANGED);
    }
    // Secondary keys become row keys first; keys that are not found drop out.
    for (int pass = state.is_row_index ? 1 : 0; pass < 2; ++pass) {
      state.keys.assign(state.key_bytes.begin(), state.key_bytes.begin() + count);
      MAHI_RETURN_IF_ERROR(transaction.MultiGet(state.keys, {state.values.data(), count}, {state.found, count}));
      uint32_t kept = 0;
      for (uint32_t i = 0; i < count; ++i) {
        if (!state.found[i]) continue;
        if (pass == 1) {
          MAHI_RETURN_IF_ERROR(emit(i, state.values[i].view()));
        } else {
          std::string row_key;
          if (!state.index_codec->RowKey(state.key_bytes[i], state.values[i].view(), &row_key)) {
            return DamagedTable(*state.table);
          }
          state.key_bytes[kept] = std::move(row_key);
          state.positions[kept++] = state.positions[i];
        }
      }
      if (pass == 0) count = kept;
      for (uint32_t i = 0; i < state.keys.size(); ++i) state.values[i].Reset();
    }
  } else {
    for (uint32_t i = 0; i < count; ++i) {
      PinnedValue& value = state.values[0];
      if (!state.is_row_index) {
        if (!is_temporary) MAHI_RETURN_IF_ERROR(transaction.LockKey(state.key_bytes[i], lock));
        MAHI_ASSIGN_OR_RETURN(const bool exists, transaction.GetLatest(state.key_bytes[i], &value));
        if (!exists) continue;
        std::string row_key;
        if (!state.index_codec->RowKey(state.key_bytes[i], value.view(), &row_key)) return DamagedTable(*state.table);
        state.key_bytes[i] = std::move(row_key);
      }
      if (is_temporary) {
        MAHI_ASSIGN_OR_RETURN(const bool exists, transaction.GetLatest(state.key_bytes[i], &value));
        if (exists) MAHI_RETURN_IF_ERROR(emit(i, value.view()));
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(const LockedRead read,
                            transaction.LockRow(state.key_bytes[i], lock, wait, std::nullopt, &value));
      if (read == LockedRead::kCurrent || read == LockedRead::kUnchanged) {
        MAHI_RETURN_IF_ERROR(emit(i, value.view()));
      }
    }
    state.values[0].Reset();
  }
  output->set_row_count(output_rows);
  return Status::Ok();
}

}  // namespace mahi
