#include "table/table_scan.h"

#include <algorithm>
#include <cstring>

#include "table/internal/table_access.h"

namespace mahi {
namespace {

// Entries read before rows are fetched or locked.
struct Entry {
  std::string key;
  std::string value;
};

class Scan : public TableScan {
 public:
  Scan(TableContext* context, ScanSpec spec, TableAccessRef access)
      : context_(*context),
        transaction_(*context->transaction),
        spec_(std::move(spec)),
        access_(std::move(access)),
        row_reader_(access_->table.get(), spec_.ordinals) {
    for (uint32_t ordinal : spec_.ordinals) types_.push_back(access_->table->columns[ordinal].type);
    if (spec_.outputs_locator) types_.push_back(SqlType::Varbinary(65535));
    is_row_index_ = access_->IsRowIndex(spec_.index);
    if (spec_.lock == LockMode::kNone) spec_.lock = transaction_.plain_read_lock();
    is_temporary_ = access_->table->is_temporary;
    if (is_temporary_) spec_.lock = LockMode::kNone;
    if (!is_row_index_) {
      codec_ = access_->indexes[spec_.index].get();
      const std::vector<bool> available = IndexReader::Available(*codec_, spec_.ordinals);
      is_covering_ = std::all_of(available.begin(), available.end(), [](bool yes) { return yes; });
      std::vector<uint32_t> readable;
      for (uint32_t i = 0; i < available.size(); ++i) {
        if (!available[i]) continue;
        readable.push_back(spec_.ordinals[i]);
        index_outputs_.push_back(i);
      }
      if (is_covering_ || spec_.index_filter != nullptr) {
        index_reader_ = std::make_unique<IndexReader>(codec_, readable);
        datums_.resize(readable.size());
      }
    }
    chunk_rows_ = static_cast<uint32_t>(std::min<uint64_t>(std::max<uint64_t>(spec_.row_limit, 1), kBatchRows));
    if (spec_.lock != LockMode::kNone || (!is_row_index_ && !is_covering_)) {
      chunk_rows_ = std::min<uint32_t>(chunk_rows_, 32);
    }
  }

  Status Start() {
    if (spec_.index != kRowIndex && !is_row_index_ && codec_ == nullptr) return Error(ER_NOT_SUPPORTED_YET, "this index scan");
    return Restart(std::move(spec_.ranges));
  }

  const std::vector<SqlType>& types() const override { return types_; }

  Status Restart(std::vector<IndexRange> ranges) override {
    intervals_ = EncodeRanges(*access_, spec_.index, ranges, context_.time_zone);
    if (!ranges.empty() && access_->KeyCodecOf(spec_.index) == nullptr) {
      return Error(ER_NOT_SUPPORTED_YET, "a range without a key");
    }
    if (spec_.is_reverse) std::reverse(intervals_.begin(), intervals_.end());
    next_interval_ = 0;
    has_cursor_ = false;
    is_done_ = false;
    // What the statement writes from now on is not seen, whenever the cursors are opened.
    return Status::Ok();
  }

  Result<bool> Next(Batch* batch) override {
    batch->Reset();
    while (!is_done_) {
      if (context_.is_killed()) return Error(ER_QUERY_INTERRUPTED);
      uint32_t rows = 0;
      Result<bool> more = spec_.lock != LockMode::kNone ? FillLocked(batch, &rows)
                          : is_row_index_ || is_covering_ ? FillDirect(batch, &rows)
                                                          : FillFetched(batch, &rows);
      if (!more.ok()) return more.TakeStatus();
      is_done_ = !*more;
      chunk_rows_ = std::min<uint32_t>(chunk_rows_ * 4, kBatchRows);
      if (rows == 0) {
        batch->Reset();
        continue;
      }
      batch->set_row_count(rows);
      if (spec_.filter != nullptr && !is_filtered_) {
        MAHI_RETURN_IF_ERROR(Filter(batch, spec_.filter));
        if (batch->row_count() == 0) {
          batch->Reset();
          continue;
        }
      }
      return true;
    }
    return false;
  }

 private:
  Error Damaged() const { return DamagedTable(*access_->table); }

  Status Filter(Batch* batch, ScanFilter* filter) {
    SelectionBuffer passed;
    MAHI_RETURN_IF_ERROR(filter->Apply(*batch, Selection::All(batch->row_count()), &passed));
    if (passed.count == batch->row_count()) return Status::Ok();
    batch->Select(passed.View());
    batch->Compact();
    return Status::Ok();
  }

  // Opens a cursor on the next interval; false: there is none.
  bool OpenCursor(bool is_current) {
    if (next_interval_ >= intervals_.size()) return false;
    const KeyByteInterval& interval = intervals_[next_interval_++];
    lower_ = interval.lower;
    upper_ = interval.upper;
    is_point_ = interval.is_point;
    SeekCursor(is_current);
    return true;
  }
  void SeekCursor(bool is_current) {
    cursor_ = transaction_.NewCursor(lower_, upper_, is_current);
    if (spec_.is_reverse) {
      cursor_.SeekToLast();
    } else {
      cursor_.SeekToFirst();
    }
    has_cursor_ = true;
  }
  void Advance() {
    if (spec_.is_reverse) {
      cursor_.Prev();
    } else {
      cursor_.Next();
    }
  }

  void SetLocator(Batch* batch, uint32_t row, std::string_view row_key) {
    batch->column(spec_.ordinals.size()).SetString(row, row_key);
  }

  // Rows and covering index entries: decoded where they lie.
  Result<bool> FillDirect(Batch* batch, uint32_t* rows) {
    if (intervals_.size() > 1) transaction_.NeedSnapshot();
    std::string row_key;
    while (*rows < chunk_rows_) {
      if (!has_cursor_) {
        if (!OpenCursor(is_temporary_)) return false;
        MAHI_RETURN_IF_ERROR(CheckSnapshot());
      }
      if (!cursor_.Valid()) {
        MAHI_RETURN_IF_ERROR(cursor_.status());
        has_cursor_ = false;
        continue;
      }
      if (is_row_index_) {
        if (!row_reader_.Decode(cursor_.value(), context_.time_zone, batch, *rows)) return Damaged();
        if (spec_.outputs_locator) SetLocator(batch, *rows, cursor_.key());
      } else {
        if (!DecodeIndexEntry(cursor_.key(), cursor_.value(), batch, *rows)) return Damaged();
        if (spec_.outputs_locator) {
          if (!codec_->RowKey(cursor_.key(), cursor_.value(), &row_key)) return Damaged();
          SetLocator(batch, *rows, row_key);
        }
      }
      ++*rows;
      Advance();
    }
    return true;
  }

  bool DecodeIndexEntry(std::string_view key, std::string_view value, Batch* batch, uint32_t row) {
    if (!index_reader_->GetAll(key, value, context_.time_zone, datums_.data())) return false;
    for (size_t i = 0; i < index_outputs_.size(); ++i) {
      Vector& vector = batch->column(index_outputs_[i]);
      vector.SetDatum(row, datums_[i]);
      if (!datums_[i].is_null && vector.may_have_nulls()) vector.SetNotNull(row);
    }
    return true;
  }

  // Index entries, then their rows together.
  Result<bool> FillFetched(Batch* batch, uint32_t* rows) {
    transaction_.NeedSnapshot();
    bool has_more = true;
    uint32_t count = 0;
    row_keys_.resize(kBatchRows);
    while (count < chunk_rows_) {
      if (!has_cursor_) {
        has_more = OpenCursor(is_temporary_);
        if (!has_more) break;
        MAHI_RETURN_IF_ERROR(CheckSnapshot());
      }
      if (!cursor_.Valid()) {
        MAHI_RETURN_IF_ERROR(cursor_.status());
        has_cursor_ = false;
        continue;
      }
      if (!codec_->RowKey(cursor_.key(), cursor_.value(), &row_keys_[count])) return Damaged();
      if (spec_.index_filter != nullptr &&
          !DecodeIndexEntry(cursor_.key(), cursor_.value(), batch, count)) {
        return Damaged();
      }
      ++count;
      mark_ = cursor_.mark();
      Advance();
    }
    if (count == 0) return has_more;
    if (spec_.index_filter != nullptr) {
      SelectionBuffer passed;
      batch->set_row_count(count);
      MAHI_RETURN_IF_ERROR(spec_.index_filter->Apply(*batch, Selection::All(count), &passed));
      for (uint32_t i = 0; i < passed.count; ++i) {
        if (passed.positions[i] != i) row_keys_[i].swap(row_keys_[passed.positions[i]]);
      }
      count = passed.count;
      batch->Reset();
      if (count == 0) return has_more;
    }
    keys_.assign(row_keys_.begin(), row_keys_.begin() + count);
    values_.resize(kBatchRows);
    if (is_temporary_) {
      MAHI_RETURN_IF_ERROR(GetCurrent(count));
    } else {
      MAHI_RETURN_IF_ERROR(transaction_.MultiGet(keys_, {values_.data(), count}, {found_, count}, mark_));
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (!found_[i]) return Damaged();  // An entry without row, in one snapshot.
      if (!row_reader_.Decode(values_[i].view(), context_.time_zone, batch, *rows)) return Damaged();
      if (spec_.outputs_locator) SetLocator(batch, *rows, row_keys_[i]);
      ++*rows;
      values_[i].Reset();
    }
    return has_more;
  }

  // A snapshot that is older than the table's storage would see an empty table.
  Status CheckSnapshot() const {
    if (!is_temporary_ && transaction_.has_snapshot() &&
        transaction_.snapshot_sequence() < context_.catalog->State(access_->table->id)->first_sequence.load()) {
      return Error(ER_TABLE_DEF_CHANGED);
    }
    return Status::Ok();
  }

  // Rows of temporary tables are nobody else's, so they are read without a snapshot.
  Status GetCurrent(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      if (const WriteSet::Version* version = transaction_.write_set().FindAt(keys_[i], mark_)) {
        found_[i] = !version->is_delete();
        if (found_[i]) values_[i].Borrow(version->value());
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(found_[i], transaction_.engine().Get(keys_[i], &values_[i]));
    }
    return Status::Ok();
  }

  // Reads entries of the current interval into entries_, at most chunk_rows_.
  Status ReadChunk(uint32_t* count) {
    *count = 0;
    entries_.resize(std::max<size_t>(entries_.size(), chunk_rows_));
    while (*count < chunk_rows_ && cursor_.Valid()) {
      entries_[*count].key = cursor_.key();
      entries_[*count].value = cursor_.value();
      ++*count;
      Advance();
    }
    return cursor_.status();
  }

  // One chunk of one interval: read, lock the range, read again if it changed, lock and verify each row.
  Result<bool> FillLocked(Batch* batch, uint32_t* rows) {
    is_filtered_ = false;
    while (true) {
      if (!has_cursor_) {
        if (next_interval_ >= intervals_.size()) return false;
        epoch_ = transaction_.manager().locks().InsertEpoch(access_->IndexIdOf(spec_.index));
        OpenCursor(true);
        if (is_point_ && (is_row_index_ || codec_->is_unique())) {
          has_cursor_ = false;
          MAHI_RETURN_IF_ERROR(LockPoint(batch, rows));
          if (*rows > 0) return next_interval_ < intervals_.size();
          continue;
        }
      }
      uint32_t count = 0;
      MAHI_RETURN_IF_ERROR(ReadChunk(&count));
      bool is_last = !cursor_.Valid();
      if (transaction_.uses_range_locks()) {
        // The part of the interval that this chunk covers.
        std::string from = lower_, to = upper_;
        if (!is_last) {
          if (spec_.is_reverse) {
            from = entries_[count - 1].key;
          } else {
            to = entries_[count - 1].key + '\0';
          }
        }
        uint64_t epoch = 0;
        MAHI_RETURN_IF_ERROR(transaction_.LockRange(from, to, spec_.wait, &epoch));
        if (epoch != epoch_) {
          // Rows were inserted since the cursor was opened; now nobody can insert into this part.
          epoch_ = epoch;
          const uint32_t wanted = chunk_rows_;
          SeekCursor(true);
          chunk_rows_ = kBatchRows;
          MAHI_RETURN_IF_ERROR(ReadPart(from, to, &count));
          chunk_rows_ = wanted;
          is_last = is_last && !cursor_.Valid();
        }
        if (!is_last) {
          if (spec_.is_reverse) {
            upper_ = from;
          } else {
            lower_ = to;
          }
        }
      }
      if (is_last) has_cursor_ = false;
      MAHI_RETURN_IF_ERROR(LockEntries(batch, rows, count));
      if (*rows > 0) return has_cursor_ || next_interval_ < intervals_.size();
      if (!has_cursor_ && next_interval_ >= intervals_.size()) return false;
      if (context_.is_killed()) return Error(ER_QUERY_INTERRUPTED);
    }
  }

  // Reads what lies in [from, to) of the cursor's interval; what does not fit into a batch is left for the next chunk.
  Status ReadPart(const std::string& from, const std::string& to, uint32_t* count) {
    *count = 0;
    entries_.resize(std::max<size_t>(entries_.size(), kBatchRows));
    while (*count < kBatchRows && cursor_.Valid()) {
      if (spec_.is_reverse ? cursor_.key() < from : (!to.empty() && cursor_.key() >= to)) break;
      entries_[*count].key = cursor_.key();
      entries_[*count].value = cursor_.value();
      ++*count;
      Advance();
    }
    return cursor_.status();
  }

  // A complete unique key: locks the key itself, existing or not.
  Status LockPoint(Batch* batch, uint32_t* rows) {
    PinnedValue value;
    std::string row_key = lower_;
    if (!is_row_index_) {
      MAHI_RETURN_IF_ERROR(transaction_.LockKey(lower_, spec_.lock));
      MAHI_ASSIGN_OR_RETURN(const bool exists, transaction_.GetLatest(lower_, &value));
      if (!exists) return Status::Ok();
      if (!codec_->RowKey(lower_, value.view(), &row_key)) return Damaged();
    }
    MAHI_ASSIGN_OR_RETURN(const LockedRead read,
                          transaction_.LockRow(row_key, spec_.lock, spec_.wait, std::nullopt, &value));
    if (read != LockedRead::kCurrent) return Status::Ok();
    if (!row_reader_.Decode(value.view(), context_.time_zone, batch, *rows)) return Damaged();
    if (spec_.outputs_locator) SetLocator(batch, *rows, row_key);
    ++*rows;
    return Status::Ok();
  }

  // Locks the rows of entries_[0 .. count), writes those that exist to the batch and applies the filter.
  Status LockEntries(Batch* batch, uint32_t* rows, uint32_t count) {
    const bool unlocks = transaction_.isolation() <= IsolationLevel::kReadCommitted;
    SelectionBuffer wanted;
    if (unlocks && spec_.filter != nullptr && is_row_index_ && count > 0) {
      // READ COMMITTED looks at the committed rows first and locks those that match only.
      for (uint32_t i = 0; i < count; ++i) {
        if (!row_reader_.Decode(entries_[i].value, context_.time_zone, batch, i)) return Damaged();
        if (spec_.outputs_locator) SetLocator(batch, i, entries_[i].key);
      }
      batch->set_row_count(count);
      MAHI_RETURN_IF_ERROR(spec_.filter->Apply(*batch, Selection::All(count), &wanted));
      batch->Reset();
    } else {
      for (uint32_t i = 0; i < count; ++i) wanted.Append(i);
    }
    locked_.clear();
    PinnedValue current;
    std::string row_key, key, value;
    std::vector<Datum> row;
    for (uint32_t n = 0; n < wanted.count; ++n) {
      const Entry& entry = entries_[wanted.positions[n]];
      bool is_new = false;
      std::string_view bytes;
      if (is_row_index_) {
        MAHI_ASSIGN_OR_RETURN(const LockedRead read,
                              transaction_.LockRow(entry.key, spec_.lock, spec_.wait,
                                                   SeenRow{entry.value, cursor_.sequence()}, &current, &is_new));
        if (read == LockedRead::kSkipped) continue;
        if (read == LockedRead::kMissing) {
          if (unlocks && is_new) transaction_.UnlockRow(entry.key);
          continue;
        }
        row_key = entry.key;
        bytes = read == LockedRead::kUnchanged ? std::string_view(entry.value) : current.view();
      } else {
        if (!codec_->RowKey(entry.key, entry.value, &row_key)) return Damaged();
        MAHI_ASSIGN_OR_RETURN(const LockedRead read, transaction_.LockRow(row_key, spec_.lock, spec_.wait,
                                                                          std::nullopt, &current, &is_new));
        if (read == LockedRead::kSkipped) continue;
        bool matches = read == LockedRead::kCurrent;
        if (matches) {
          // The row may have got another key in this index.
          bytes = current.view();
          if (!full_reader_) {
            full_reader_ = std::make_unique<RowReader>(access_->table.get(), access_->all_ordinals);
          }
          row.resize(access_->all_ordinals.size());
          if (!full_reader_->GetAll(bytes, context_.time_zone, row.data())) return Damaged();
          (void)codec_->Encode(row, row_key, context_.time_zone, &key, &value);
          matches = key == entry.key;
        }
        if (!matches) {
          if (unlocks && is_new) transaction_.UnlockRow(row_key);
          continue;
        }
      }
      if (!row_reader_.Decode(bytes, context_.time_zone, batch, *rows)) return Damaged();
      if (spec_.outputs_locator) SetLocator(batch, *rows, row_key);
      if (unlocks && spec_.filter != nullptr) locked_.emplace_back(row_key, is_new);
      ++*rows;
    }
    if (spec_.filter == nullptr || *rows == 0) return Status::Ok();
    batch->set_row_count(*rows);
    SelectionBuffer passed;
    MAHI_RETURN_IF_ERROR(spec_.filter->Apply(*batch, Selection::All(*rows), &passed));
    if (passed.count != *rows) {
      if (unlocks) {
        uint32_t next = 0;
        for (uint32_t i = 0; i < *rows; ++i) {
          if (next < passed.count && passed.positions[next] == i) {
            ++next;
          } else if (locked_[i].second) {
            transaction_.UnlockRow(locked_[i].first);
          }
        }
      }
      batch->Select(passed.View());
      batch->Compact();
      *rows = passed.count;
    }
    if (*rows == 0) batch->Reset();
    is_filtered_ = true;
    return Status::Ok();
  }

  TableContext& context_;
  Transaction& transaction_;
  ScanSpec spec_;
  TableAccessRef access_;
  RowReader row_reader_;
  std::unique_ptr<RowReader> full_reader_;
  const IndexCodec* codec_ = nullptr;
  std::unique_ptr<IndexReader> index_reader_;
  std::vector<uint32_t> index_outputs_;  // output columns that the index reader gives
  std::vector<Datum> datums_;
  std::vector<SqlType> types_;
  bool is_row_index_ = true;
  bool is_temporary_ = false;
  bool is_covering_ = false;

  std::vector<KeyByteInterval> intervals_;
  size_t next_interval_ = 0;
  TransactionCursor cursor_;
  bool has_cursor_ = false;
  bool is_done_ = false;
  bool is_point_ = false;
  bool is_filtered_ = false;
  std::string lower_, upper_;
  uint64_t epoch_ = 0;
  uint64_t mark_ = 0;
  uint32_t chunk_rows_ = kBatchRows;

  std::vector<Entry> entries_;
  std::vector<std::string> row_keys_;
  std::vector<std::string_view> keys_;
  std::vector<PinnedValue> values_;
  bool found_[kBatchRows];
  std::vector<std::pair<std::string, bool>> locked_;
};

}  // namespace

Result<std::unique_ptr<TableScan>> TableScan::Open(TableContext* context, ScanSpec spec) {
  if (spec.index != kRowIndex && spec.index >= spec.table->indexes.size()) {
    return Error(ER_NOT_SUPPORTED_YET, "this index scan");
  }
  if (spec.index != kRowIndex) {
    const IndexKind kind = spec.table->indexes[spec.index].kind;
    if (kind == IndexKind::kFulltext || kind == IndexKind::kSpatial) {
      return Error(ER_NOT_SUPPORTED_YET, "scanning a FULLTEXT or SPATIAL index");
    }
  }
  TableAccessRef access = TableAccess::Get(context->catalog, spec.table);
  auto scan = std::make_unique<Scan>(context, std::move(spec), std::move(access));
  MAHI_RETURN_IF_ERROR(scan->Start());
  return std::unique_ptr<TableScan>(std::move(scan));
}

bool IsCoveringIndex(const TableDefinition& table, uint32_t index, const std::vector<uint32_t>& ordinals) {
  if (index >= table.indexes.size()) return true;
  return IndexReader::Covers(table, table.indexes[index], ordinals);
}

}  // namespace mahi
