#include "table/table_store.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/bytes.h"
#include "table/internal/auto_increment.h"
#include "table/internal/foreign_keys.h"
#include "table/internal/table_access.h"
#include "types/conversion.h"

namespace mahi {
namespace {

constexpr size_t kBuildBatchBytes = 4 << 20;
// How many entries an estimate counts one by one before it trusts sizes.
constexpr uint32_t kDiveEntries = 64;
// How many entries ANALYZE reads of an index.
constexpr uint64_t kAnalyzeEntries = 200'000;

// Writes entries outside of the transaction, in bounded memory.
class BulkWriter {
 public:
  explicit BulkWriter(KvEngine* engine) : engine_(*engine) {}
  Status Put(std::string_view key, std::string_view value) {
    batch_.Put(key, value);
    return batch_.bytes() >= kBuildBatchBytes ? Flush() : Status::Ok();
  }
  // The same for an entry whose key must be new; false: it exists.
  Result<bool> PutUnique(std::string_view key, std::string_view value) {
    if (!pending_.emplace(key).second) return false;
    MAHI_ASSIGN_OR_RETURN(const bool exists, engine_.Get(key, &scratch_));
    if (exists) return false;
    MAHI_RETURN_IF_ERROR(Put(key, value));
    return true;
  }
  Status Flush() {
    if (!batch_.empty()) MAHI_RETURN_IF_ERROR(engine_.Write(&batch_, WalSync::kWrite));
    batch_.Clear();
    pending_.clear();
    return Status::Ok();
  }

 private:
  KvEngine& engine_;
  KvBatch batch_;
  PinnedValue scratch_;
  absl::flat_hash_set<std::string> pending_;
};

// Visits every row of the table, as the transaction sees the latest state.
template <typename Visit>
Status VisitRows(TableContext* context, const TableAccess& access, Visit&& visit) {
  const std::string lower = IndexPrefix(access.row_index_id), upper = PrefixSuccessor(lower);
  TransactionCursor cursor = context->transaction->NewCursor(lower, upper, true, false);
  RowReader reader(access.table.get(), access.all_ordinals);
  std::vector<Datum> row(access.all_ordinals.size());
  uint64_t count = 0;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    if ((++count & 255) == 0 && context->is_killed()) return Error(ER_QUERY_INTERRUPTED);
    if (!reader.GetAll(cursor.value(), context->time_zone, row.data())) return DamagedTable(*access.table);
    MAHI_RETURN_IF_ERROR(visit(cursor.key(), row));
  }
  return cursor.status();
}

Error DuplicateOf(const TableDefinition& table, uint32_t index, std::span<const Datum> row) {
  return Error(ER_DUP_ENTRY, KeyText(table, table.indexes[index], row), table.name + "." + table.indexes[index].name);
}

uint64_t Fnv1a(uint64_t hash, std::string_view bytes) {
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ull;
  return hash;
}

int64_t NowMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

TableStore::TableStore(Catalog* catalog) : catalog_(*catalog) {}
TableStore::~TableStore() = default;

uint64_t TableStore::RowCount(const TableDefinition& table) {
  TableStateRef state = catalog_.State(table.id);
  int64_t count = state->row_count.load(std::memory_order_relaxed);
  if (count < 0) {
    const std::string lower = IndexPrefix(table.row_index_id());
    const int64_t estimate =
        static_cast<int64_t>(catalog_.transactions().engine().ApproximateCount(lower, PrefixSuccessor(lower)));
    state->row_count.compare_exchange_strong(count, estimate);
    count = estimate;
  }
  return static_cast<uint64_t>(std::max<int64_t>(count, 0));
}

StatisticsRef TableStore::Statistics(const TableDefinition& table) {
  if (StatisticsRef statistics = catalog_.State(table.id)->statistics()) return statistics;
  static const StatisticsRef kEmpty = std::make_shared<const TableStatistics>();
  return kEmpty;
}

Result<double> TableStore::EstimateRows(const TableDefinition& table, uint32_t index,
                                        const std::vector<IndexRange>& ranges, const TimeZone* time_zone) {
  const double all_rows = static_cast<double>(RowCount(table));
  if (ranges.empty()) return all_rows;
  if (index >= table.indexes.size()) return all_rows;
  const Index& definition = table.indexes[index];
  const KeyCodec codec(table, definition);
  const KvEngine& engine = catalog_.transactions().engine();
  double total = 0;
  for (const IndexRange& range : ranges) {
    const KeyByteInterval interval = EncodeRange(table, definition, codec, range, time_zone);
    if (interval.is_point && definition.is_unique()) {
      total += 1;
      continue;
    }
    if (!interval.upper.empty() && interval.lower >= interval.upper) continue;
    KvIterator iterator = engine.NewIterator({.lower = interval.lower, .upper = interval.upper});
    uint32_t count = 0;
    for (iterator.SeekToFirst(); iterator.Valid() && count < kDiveEntries; iterator.Next()) ++count;
    if (count < kDiveEntries) {
      MAHI_RETURN_IF_ERROR(iterator.status());
      total += count;
      continue;
    }
    const std::string begin = IndexPrefix(definition.id), end = PrefixSuccessor(begin);
    const double part = static_cast<double>(engine.ApproximateBytes(
        interval.lower, interval.upper.empty() ? end : interval.upper));
    const double whole = static_cast<double>(engine.ApproximateBytes(begin, end));
    const double share = whole > 0 ? std::min(part / whole, 1.0) : 1.0;
    total += std::max<double>(kDiveEntries + 1, share * all_rows);
  }
  return std::min(total, std::max(all_rows, total > 0 ? 1.0 : 0.0));
}

Status TableStore::Analyze(TableContext* context, const TableRef& table) {
  if (table->is_temporary) return Status::Ok();
  TableAccessRef access = TableAccess::Get(&catalog_, table);
  const KvEngine& engine = catalog_.transactions().engine();
  auto statistics = std::make_shared<TableStatistics>();
  statistics->table_id = table->id;
  statistics->updated_at_us = NowMicroseconds();
  statistics->data_bytes = DataBytes(*table);
  statistics->index_bytes = IndexBytes(*table);
  statistics->epoch = Statistics(*table)->epoch + 1;
  uint64_t row_count = 0;
  bool is_counted = false;
  const auto sample = [&](uint32_t index_id, const KeyCodec* codec, std::vector<uint64_t>* distinct) -> Status {
    const std::string lower = IndexPrefix(index_id), upper = PrefixSuccessor(lower);
    KvIterator iterator = engine.NewIterator({.lower = lower, .upper = upper, .fill_cache = false});
    const size_t parts = codec == nullptr ? 0 : codec->part_count();
    distinct->assign(parts, 0);
    std::string previous;
    uint64_t entries = 0;
    for (iterator.SeekToFirst(); iterator.Valid() && entries < kAnalyzeEntries; iterator.Next()) {
      if ((++entries & 1023) == 0 && context->is_killed()) return Error(ER_QUERY_INTERRUPTED);
      const std::string_view key = iterator.key();
      std::string_view rest = key.substr(4);
      bool is_new = previous.empty();
      for (size_t i = 0; i < parts; ++i) {
        if (!codec->part(i).Skip(&rest)) return DamagedTable(*table);
        const size_t end = key.size() - rest.size();
        is_new = is_new || previous.size() < end || std::string_view(previous).substr(0, end) != key.substr(0, end);
        if (is_new) ++(*distinct)[i];
      }
      previous = key;
    }
    MAHI_RETURN_IF_ERROR(iterator.status());
    if (!iterator.Valid()) {
      row_count = entries;
      is_counted = true;
      return Status::Ok();
    }
    // Values that mostly differ go on differing; few values are probably all seen.
    const double rows = static_cast<double>(RowCount(*table));
    for (uint64_t& count : *distinct) {
      if (static_cast<double>(count) > 0.05 * static_cast<double>(entries)) {
        count = static_cast<uint64_t>(static_cast<double>(count) * rows / static_cast<double>(entries));
      }
    }
    return Status::Ok();
  };
  std::vector<uint64_t> distinct;
  MAHI_RETURN_IF_ERROR(sample(access->row_index_id, access->primary.get(), &distinct));
  for (uint32_t i = 0; i < table->indexes.size(); ++i) {
    const KeyCodec* codec = access->IsRowIndex(i) || access->indexes[i] != nullptr ? access->KeyCodecOf(i) : nullptr;
    if (codec == nullptr) continue;
    IndexStatistics index;
    index.index_id = table->indexes[i].id;
    const std::string lower = IndexPrefix(index.index_id);
    index.bytes = engine.ApproximateBytes(lower, PrefixSuccessor(lower));
    MAHI_RETURN_IF_ERROR(sample(index.index_id, codec, &index.distinct));
    statistics->indexes.push_back(std::move(index));
  }
  if (is_counted) catalog_.State(table->id)->row_count.store(static_cast<int64_t>(row_count));
  statistics->row_count = RowCount(*table);
  return catalog_.StoreStatistics(std::move(statistics));
}

uint64_t TableStore::DataBytes(const TableDefinition& table) const {
  const std::string lower = IndexPrefix(table.row_index_id());
  const uint64_t bytes = catalog_.transactions().engine().ApproximateBytes(lower, PrefixSuccessor(lower));
  return std::max<uint64_t>((bytes + 16383) / 16384 * 16384, 16384);
}

uint64_t TableStore::IndexBytes(const TableDefinition& table) const {
  uint64_t total = 0;
  for (const Index& index : table.indexes) {
    if (index.kind == IndexKind::kPrimary) continue;
    const std::string lower = IndexPrefix(index.id);
    const uint64_t bytes = catalog_.transactions().engine().ApproximateBytes(lower, PrefixSuccessor(lower));
    total += std::max<uint64_t>((bytes + 16383) / 16384 * 16384, 16384);
  }
  return total;
}

Result<uint64_t> TableStore::AutoIncrementValue(TableContext* context, const TableRef& table) {
  if (!table->auto_increment_column()) return uint64_t{0};
  TableStateRef state = catalog_.State(table->id);
  if (state->auto_increment.load() == 0) {
    MAHI_RETURN_IF_ERROR(LoadAutoIncrement(&catalog_, TableAccess::Get(&catalog_, table), state.get()));
  }
  return state->auto_increment.load();
}

Status TableStore::SetAutoIncrement(TableContext* context, const TableRef& table, uint64_t value) {
  if (!table->auto_increment_column()) return Status::Ok();
  TableStateRef state = catalog_.State(table->id);
  MAHI_ASSIGN_OR_RETURN(const uint64_t greatest,
                        GreatestAutoIncrement(&catalog_, TableAccess::Get(&catalog_, table)));
  state->auto_increment.store(std::max({value, greatest, uint64_t{1}}));
  catalog_.PersistAutoIncrement(context->transaction, state);
  return Status::Ok();
}

Status TableStore::BuildIndexes(TableContext* context, const TableRef& table, const std::vector<uint32_t>& indexes) {
  TableAccessRef access = TableAccess::Get(&catalog_, table);
  if (!table->is_temporary) {
    for (uint32_t i : indexes) MAHI_RETURN_IF_ERROR(catalog_.BeginBuild(context->transaction, table->indexes[i].id));
  }
  BulkWriter writer(&catalog_.transactions().engine());
  std::string key, value;
  MAHI_RETURN_IF_ERROR(VisitRows(context, *access, [&](std::string_view row_key, const std::vector<Datum>& row) -> Status {
    for (uint32_t i : indexes) {
      const IndexCodec* codec = access->indexes[i].get();
      if (codec == nullptr) continue;
      if (!codec->Encode(row, row_key, context->time_zone, &key, &value)) {
        MAHI_RETURN_IF_ERROR(writer.Put(key, value));
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(const bool is_new, writer.PutUnique(key, value));
      if (!is_new) return DuplicateOf(*table, i, row);
    }
    return Status::Ok();
  }));
  return writer.Flush();
}

Result<uint64_t> TableStore::Rebuild(TableContext* context, const TableRef& old_table, const TableRef& new_table,
                                     const RowTransformer& transform) {
  TableAccessRef from = TableAccess::Get(&catalog_, old_table);
  auto to = std::make_shared<const TableAccess>(new_table);
  if (!new_table->is_temporary) {
    MAHI_RETURN_IF_ERROR(catalog_.BeginBuild(context->transaction, to->row_index_id));
    for (uint32_t i = 0; i < new_table->indexes.size(); ++i) {
      if (to->indexes[i] != nullptr) {
        MAHI_RETURN_IF_ERROR(catalog_.BeginBuild(context->transaction, new_table->indexes[i].id));
      }
    }
  }
  const auto auto_column = new_table->auto_increment_column();
  uint64_t next_auto = std::max<uint64_t>(new_table->auto_increment_start, 1);
  uint64_t next_row_id = 1;
  uint64_t row_count = 0;
  BulkWriter writer(&catalog_.transactions().engine());
  std::vector<Datum> new_row(new_table->columns.size());
  std::string row_key, row_bytes, key, value;
  MAHI_RETURN_IF_ERROR(VisitRows(context, *from, [&](std::string_view, const std::vector<Datum>& old_row) -> Status {
    MAHI_RETURN_IF_ERROR(transform(old_row, new_row));
    if (auto_column) {
      Datum& number = new_row[*auto_column];
      const bool is_zero = !number.is_null && (number.kind == PhysicalType::kDouble ? number.real == 0 : number.uint64 == 0);
      if (number.is_null || (is_zero && !context->no_auto_value_on_zero)) {
        const SqlType& type = new_table->columns[*auto_column].type;
        if (next_auto > AutoIncrementMaximum(type)) return Error(ER_AUTOINC_READ_FAILED);
        number = type.physical() == PhysicalType::kUInt64   ? Datum::UInt64(next_auto)
                 : type.physical() == PhysicalType::kDouble ? Datum::Double(static_cast<double>(next_auto))
                                                            : Datum::Int64(static_cast<int64_t>(next_auto));
        ++next_auto;
      } else if (number.kind == PhysicalType::kDouble) {
        if (number.real > 0) next_auto = std::max(next_auto, static_cast<uint64_t>(number.real) + 1);
      } else if (number.kind == PhysicalType::kUInt64 || number.int64 > 0) {
        next_auto = std::max(next_auto, number.uint64 + 1);
      }
    }
    to->row_encoder.Encode(new_row, context->time_zone, &row_bytes);
    if (to->primary) {
      to->primary->EncodeRow(new_row, context->time_zone, &row_key);
      MAHI_ASSIGN_OR_RETURN(const bool is_new, writer.PutUnique(row_key, row_bytes));
      if (!is_new) return DuplicateOf(*new_table, 0, new_row);
    } else {
      row_key.clear();
      AppendBig<uint32_t>(&row_key, to->row_index_id);
      AppendBig<uint64_t>(&row_key, next_row_id++);
      MAHI_RETURN_IF_ERROR(writer.Put(row_key, row_bytes));
    }
    for (uint32_t i = 0; i < to->indexes.size(); ++i) {
      const IndexCodec* codec = to->indexes[i].get();
      if (codec == nullptr) continue;
      if (!codec->Encode(new_row, row_key, context->time_zone, &key, &value)) {
        MAHI_RETURN_IF_ERROR(writer.Put(key, value));
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(const bool is_new, writer.PutUnique(key, value));
      if (!is_new) return DuplicateOf(*new_table, i, new_row);
    }
    ++row_count;
    return Status::Ok();
  }));
  MAHI_RETURN_IF_ERROR(writer.Flush());
  TableStateRef state = catalog_.State(new_table->id);
  if (auto_column) {
    if (state->auto_increment.load() != 0 || row_count != 0) RaiseAutoIncrement(state.get(), next_auto);
    if (state->auto_increment.load() != 0) catalog_.PersistAutoIncrement(context->transaction, state);
  }
  // Row ids of the new storage; a larger counter of the old one does no harm.
  uint64_t current = state->next_row_id.load();
  while (current < next_row_id && !state->next_row_id.compare_exchange_weak(current, next_row_id)) {
  }
  if (new_table->id != old_table->id) {
    state->row_count.store(static_cast<int64_t>(row_count));
  }
  return row_count;
}

Status TableStore::CheckForeignKey(TableContext* context, const TableRef& table, const ForeignKey& foreign_key) {
  TableAccessRef access = TableAccess::Get(&catalog_, table);
  return VisitRows(context, *access, [&](std::string_view, const std::vector<Datum>& row) {
    return CheckParentExists(context, table, foreign_key, row, false);
  });
}

Status TableStore::ForEachRow(TableContext* context, const TableRef& table,
                              const std::function<Status(std::span<const Datum> row)>& visit) {
  TableAccessRef access = TableAccess::Get(&catalog_, table);
  return VisitRows(context, *access,
                   [&](std::string_view, const std::vector<Datum>& row) { return visit(row); });
}

std::shared_ptr<TableDefinition> TableStore::MakeEmptyCopy(const TableDefinition& table) {
  auto copy = std::make_shared<TableDefinition>(table);
  copy->id = 0;
  copy->hidden_index_id = 0;
  for (Index& index : copy->indexes) index.id = 0;
  copy->version = table.version + 1;
  copy->row_version = 1;
  copy->dropped_columns.clear();
  for (Column& column : copy->columns) {
    column.added_in_version = 0;
    column.initial_value = Value::Null();
  }
  copy->auto_increment_start = 1;
  copy->created_at_us = 0;
  catalog_.AssignIds(copy.get());
  return copy;
}

void TableStore::DropTemporaryData(const TableDefinition& table) {
  for (const Index& index : table.indexes) catalog_.RemoveIndexData(index.id);
  if (table.hidden_index_id != 0) catalog_.RemoveIndexData(table.hidden_index_id);
}

Result<std::vector<TableProblem>> TableStore::Check(TableContext* context, const TableRef& table) {
  constexpr size_t kMaxProblems = 20;
  std::vector<TableProblem> problems;
  const auto add = [&](std::string message) {
    if (problems.size() < kMaxProblems) problems.push_back({std::move(message)});
  };
  TableAccessRef access = TableAccess::Get(&catalog_, table);
  Transaction& transaction = *context->transaction;
  const std::string lower = IndexPrefix(access->row_index_id), upper = PrefixSuccessor(lower);
  transaction.NeedSnapshot();
  TransactionCursor cursor = transaction.NewCursor(lower, upper, false, false);
  RowReader reader(table.get(), access->all_ordinals);
  std::vector<Datum> row(access->all_ordinals.size());
  std::vector<uint64_t> expected(access->indexes.size(), 0);
  uint64_t row_count = 0;
  std::string key, value, own_key;
  PinnedValue found;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) {
    if ((++row_count & 255) == 0 && context->is_killed()) return Error(ER_QUERY_INTERRUPTED);
    if (!reader.GetAll(cursor.value(), context->time_zone, row.data())) {
      add("Row " + std::to_string(row_count) + " cannot be read");
      continue;
    }
    if (access->primary) {
      access->primary->EncodeRow(row, context->time_zone, &own_key);
      if (own_key != cursor.key()) add("Row " + std::to_string(row_count) + " is stored under a wrong key");
    }
    for (uint32_t i = 0; i < access->indexes.size(); ++i) {
      if (access->indexes[i] == nullptr) continue;
      (void)access->indexes[i]->Encode(row, cursor.key(), context->time_zone, &key, &value);
      ++expected[i];
      MAHI_ASSIGN_OR_RETURN(const bool exists, transaction.Get(key, &found));
      if (!exists || found.view() != value) {
        add("Index '" + table->indexes[i].name + "' lacks an entry of row " + std::to_string(row_count));
      }
    }
  }
  if (Status status = cursor.status(); !status.ok()) add(status.error().message());
  for (uint32_t i = 0; i < access->indexes.size(); ++i) {
    if (access->indexes[i] == nullptr) continue;
    const std::string begin = IndexPrefix(table->indexes[i].id), end = PrefixSuccessor(begin);
    TransactionCursor entries = transaction.NewCursor(begin, end, false, false);
    uint64_t count = 0;
    for (entries.SeekToFirst(); entries.Valid(); entries.Next()) {
      if ((++count & 1023) == 0 && context->is_killed()) return Error(ER_QUERY_INTERRUPTED);
    }
    if (Status status = entries.status(); !status.ok()) add(status.error().message());
    if (count != expected[i]) {
      add("Index '" + table->indexes[i].name + "' contains " + std::to_string(count) + " entries, should be " +
          std::to_string(expected[i]) + ".");
    }
  }
  return problems;
}

Result<uint64_t> TableStore::Checksum(TableContext* context, const TableRef& table) {
  TableAccessRef access = TableAccess::Get(&catalog_, table);
  uint64_t sum = 0;
  std::string text;
  MAHI_RETURN_IF_ERROR(VisitRows(context, *access, [&](std::string_view, const std::vector<Datum>& row) -> Status {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < row.size(); ++i) {
      text.clear();
      if (!row[i].is_null) AppendDatumText(row[i], table->columns[i].type, &text);
      hash = Fnv1a(hash, row[i].is_null ? std::string_view("\0N", 2) : std::string_view(text));
      hash = Fnv1a(hash, std::string_view("\1", 1));
    }
    sum += hash ^ (hash >> 32);
    return Status::Ok();
  }));
  return sum & 0xffffffffull;
}

Status TableStore::Optimize(TableContext* context, const TableRef& table) {
  const auto compact = [&](uint32_t index_id) {
    const std::string lower = IndexPrefix(index_id);
    return catalog_.transactions().engine().Compact(lower, PrefixSuccessor(lower));
  };
  MAHI_RETURN_IF_ERROR(compact(table->row_index_id()));
  for (const Index& index : table->indexes) {
    if (index.kind != IndexKind::kPrimary) MAHI_RETURN_IF_ERROR(compact(index.id));
  }
  return Status::Ok();
}

}  // namespace mahi
