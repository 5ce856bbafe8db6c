#include "table/table_writer.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "table/internal/auto_increment.h"
#include "table/internal/foreign_keys.h"
#include "table/internal/table_access.h"
#include "types/conversion.h"

namespace mahi {
namespace {

class Writer : public TableWriter {
 public:
  Writer(TableContext* context, TableAccessRef access, CascadeState* cascade)
      : context_(*context),
        transaction_(*context->transaction),
        access_(std::move(access)),
        state_(context->catalog->State(access_->table->id)),
        reader_(access_->table.get(), access_->all_ordinals),
        cascade_(cascade != nullptr ? cascade : &own_cascade_),
        is_temporary_(access_->table->is_temporary),
        auto_column_(access_->table->auto_increment_column()) {}

  Status Start() {
    if (context_.foreign_key_checks) {
      MAHI_ASSIGN_OR_RETURN(incoming_, FindIncomingKeys(&context_, definition()));
    }
    return Status::Ok();
  }

  const TableRef& table() const override { return access_->table; }
  std::string_view last_locator() const override { return last_locator_; }
  void ExpectRows(uint64_t count) override { expected_rows_ = count; }

  Result<uint64_t> AssignAutoIncrement(std::span<Datum> row) override {
    if (!auto_column_) return uint64_t{0};
    if (state_->auto_increment.load(std::memory_order_relaxed) == 0) {
      MAHI_RETURN_IF_ERROR(LoadAutoIncrement(context_.catalog, access_, state_.get()));
    }
    const SqlType& type = definition().columns[*auto_column_].type;
    Datum& value = row[*auto_column_];
    const uint64_t explicit_value = value.is_null ? 0 : AutoIncrementOf(value);
    const bool is_zero = !value.is_null && IsZero(value);
    if (!value.is_null && !(is_zero && !context_.no_auto_value_on_zero)) {
      if (explicit_value != 0) {
        RaiseAutoIncrement(state_.get(), explicit_value == ~uint64_t{0} ? explicit_value : explicit_value + 1);
        if (reserved_next_ != 0 && explicit_value >= reserved_next_) {
          reserved_next_ = Align(explicit_value + 1);
          if (reserved_next_ >= reserved_end_) reserved_next_ = reserved_end_ = 0;
        }
        context_.catalog->PersistAutoIncrement(&transaction_, state_);
      }
      return uint64_t{0};
    }
    if (reserved_next_ == 0) Reserve();
    uint64_t next = reserved_next_;
    reserved_next_ += context_.auto_increment_increment;
    if (reserved_next_ >= reserved_end_ || reserved_next_ < next) reserved_next_ = reserved_end_ = 0;
    const uint64_t maximum = AutoIncrementMaximum(type);
    if (next > maximum) {
      if (maximum >= static_cast<uint64_t>(INT64_MAX)) return Error(ER_AUTOINC_READ_FAILED);
      next = maximum;  // and a duplicate, as in MySQL
    }
    switch (type.physical()) {
      case PhysicalType::kUInt64: value = Datum::UInt64(next); break;
      case PhysicalType::kDouble: value = Datum::Double(static_cast<double>(next)); break;
      default: value = Datum::Int64(static_cast<int64_t>(next)); break;
    }
    context_.catalog->PersistAutoIncrement(&transaction_, state_);
    return next;
  }

  Status Insert(std::span<const Datum> row) override {
    DuplicateRow duplicate;
    MAHI_ASSIGN_OR_RETURN(const bool inserted, TryInsert(row, &duplicate));
    if (inserted) return Status::Ok();
    return DuplicateError(duplicate);
  }

  Result<bool> TryInsert(std::span<const Datum> row, DuplicateRow* duplicate) override {
    const uint64_t mark = transaction_.write_set().mark();
    Result<bool> result = DoInsert(row, duplicate);
    if (!result.ok()) Undo(mark);
    return result;
  }

  Status Update(std::string_view locator, std::span<const Datum> old_row, std::span<const Datum> new_row) override {
    DuplicateRow duplicate;
    MAHI_ASSIGN_OR_RETURN(const bool updated, TryUpdate(locator, old_row, new_row, &duplicate));
    if (updated) return Status::Ok();
    return DuplicateError(duplicate);
  }

  Result<bool> TryUpdate(std::string_view locator, std::span<const Datum> old_row, std::span<const Datum> new_row,
                         DuplicateRow* duplicate) override {
    const uint64_t mark = transaction_.write_set().mark();
    Result<bool> result = DoUpdate(std::string(locator), old_row, new_row, duplicate);
    if (!result.ok()) Undo(mark);
    return result;
  }

  Status Delete(std::string_view locator, std::span<const Datum> old_row) override {
    const uint64_t mark = transaction_.write_set().mark();
    Status status = DoDelete(std::string(locator), old_row);
    if (!status.ok()) Undo(mark);
    return status;
  }

  Error DuplicateError(const DuplicateRow& duplicate) const override {
    return Error(ER_DUP_ENTRY, duplicate.key_text,
                 definition().name + "." + definition().indexes[duplicate.index].name);
  }

  Result<bool> Read(std::string_view locator, std::vector<Datum>* row) override {
    bool exists = false;
    if (is_temporary_) {
      MAHI_ASSIGN_OR_RETURN(exists, transaction_.GetLatest(locator, &read_value_));
    } else {
      MAHI_ASSIGN_OR_RETURN(const LockedRead read, transaction_.LockRow(locator, LockMode::kExclusive,
                                                                        WaitPolicy::kWait, std::nullopt, &read_value_));
      exists = read == LockedRead::kCurrent;
    }
    if (!exists) return false;
    row->resize(access_->all_ordinals.size());
    if (!reader_.GetAll(read_value_.view(), context_.time_zone, row->data())) return DamagedTable(definition());
    return true;
  }

 private:
  const TableDefinition& definition() const { return *access_->table; }

  void Undo(uint64_t mark) { transaction_.RollbackToMark({mark, transaction_.mdl().Mark()}); }

  static uint64_t AutoIncrementOf(const Datum& value) {
    switch (value.kind) {
      case PhysicalType::kUInt64: return value.uint64;
      case PhysicalType::kDouble: return value.real > 0 ? static_cast<uint64_t>(value.real) : 0;
      default: return value.int64 > 0 ? static_cast<uint64_t>(value.int64) : 0;
    }
  }
  static bool IsZero(const Datum& value) {
    return value.kind == PhysicalType::kDouble ? value.real == 0 : value.uint64 == 0;
  }

  // The first value >= `value` of the series offset, offset + increment, ...
  uint64_t Align(uint64_t value) const {
    const uint64_t increment = std::max<uint64_t>(context_.auto_increment_increment, 1);
    // An offset beyond the increment is ignored, as in MySQL.
    const uint64_t offset = context_.auto_increment_offset > increment ? 1 : context_.auto_increment_offset;
    if (value <= offset) return std::max<uint64_t>(offset, 1);
    const uint64_t rest = (value - offset) % increment;
    return rest == 0 ? value : value + increment - rest;
  }

  void Reserve() {
    const uint64_t count = std::max<uint64_t>(expected_rows_, 1);
    expected_rows_ = 1;
    const uint64_t increment = std::max<uint64_t>(context_.auto_increment_increment, 1);
    uint64_t current = state_->auto_increment.load(std::memory_order_relaxed);
    uint64_t first, end;
    do {
      first = Align(current);
      end = first + count * increment;
      if (end < first) end = ~uint64_t{0};
    } while (!state_->auto_increment.compare_exchange_weak(current, end));
    reserved_next_ = first;
    reserved_end_ = end;
  }

  Status EncodeRowKey(std::span<const Datum> row, std::string* key) {
    if (access_->primary) {
      access_->primary->EncodeRow(row, context_.time_zone, key);
      return Status::Ok();
    }
    if (state_->next_row_id.load(std::memory_order_relaxed) == 0) {
      MAHI_RETURN_IF_ERROR(LoadRowId(context_.catalog, access_, state_.get()));
    }
    key->clear();
    AppendBig<uint32_t>(key, access_->row_index_id);
    AppendBig<uint64_t>(key, state_->next_row_id.fetch_add(1, std::memory_order_relaxed));
    return Status::Ok();
  }

  // Finds the row under `key`, which the transaction locks.
  Result<bool> LockAndFind(std::string_view key) {
    if (is_temporary_) return transaction_.GetLatest(key, &found_);
    MAHI_ASSIGN_OR_RETURN(const LockedRead read, transaction_.LockRow(key, LockMode::kExclusive, WaitPolicy::kWait,
                                                                      std::nullopt, &found_));
    return read == LockedRead::kCurrent;
  }

  // Looks for another entry under a unique index's key; locks the key, and the row that is found.
  Result<bool> FindUnique(const IndexCodec& codec, std::string_view key, DuplicateRow* duplicate) {
    if (!is_temporary_) MAHI_RETURN_IF_ERROR(transaction_.LockKey(key, LockMode::kExclusive));
    MAHI_ASSIGN_OR_RETURN(const bool exists, transaction_.GetLatest(key, &found_));
    if (!exists) return false;
    if (!codec.RowKey(key, found_.view(), &duplicate->locator)) return DamagedTable(definition());
    if (!is_temporary_) MAHI_RETURN_IF_ERROR(transaction_.LockKey(duplicate->locator, LockMode::kExclusive));
    return true;
  }

  void NoteDuplicate(uint32_t index, std::span<const Datum> row, DuplicateRow* duplicate) {
    duplicate->index = index;
    duplicate->key_text = KeyText(definition(), definition().indexes[index], row);
  }

  struct EntryBuffer {
    std::string key;
    std::string value;
    bool is_unique = false;
  };

  Result<bool> DoInsert(std::span<const Datum> row, DuplicateRow* duplicate) {
    const size_t index_count = access_->indexes.size();
    MAHI_RETURN_IF_ERROR(EncodeRowKey(row, &row_key_));
    if (access_->primary) {
      MAHI_ASSIGN_OR_RETURN(const bool exists, LockAndFind(row_key_));
      if (exists) {
        NoteDuplicate(0, row, duplicate);
        duplicate->locator = row_key_;
        return false;
      }
    }
    new_entries_.resize(index_count);
    for (uint32_t i = 0; i < index_count; ++i) {
      const IndexCodec* codec = access_->indexes[i].get();
      if (codec == nullptr) continue;
      EntryBuffer& entry = new_entries_[i];
      entry.is_unique = codec->Encode(row, row_key_, context_.time_zone, &entry.key, &entry.value);
      if (!entry.is_unique) continue;
      MAHI_ASSIGN_OR_RETURN(const bool exists, FindUnique(*codec, entry.key, duplicate));
      if (exists) {
        NoteDuplicate(i, row, duplicate);
        return false;
      }
    }
    if (context_.foreign_key_checks) {
      for (const ForeignKey& key : definition().foreign_keys) {
        MAHI_RETURN_IF_ERROR(CheckParentExists(&context_, access_->table, key, row, true));
      }
    }
    access_->row_encoder.Encode(row, context_.time_zone, &row_bytes_);
    if (!is_temporary_) MAHI_RETURN_IF_ERROR(transaction_.LockInsert(row_key_));
    MAHI_RETURN_IF_ERROR(transaction_.Put(row_key_, row_bytes_));
    for (uint32_t i = 0; i < index_count; ++i) {
      if (access_->indexes[i] == nullptr) continue;
      if (!is_temporary_) MAHI_RETURN_IF_ERROR(transaction_.LockInsert(new_entries_[i].key));
      MAHI_RETURN_IF_ERROR(transaction_.Put(new_entries_[i].key, new_entries_[i].value));
    }
    last_locator_ = row_key_;
    context_.catalog->AddRowCount(&transaction_, state_, 1);
    if (context_.row_observer != nullptr) {
      MAHI_RETURN_IF_ERROR(context_.row_observer->OnRowChange(transaction_, definition(), {}, row));
    }
    return true;
  }

  bool IsChanged(const std::vector<uint32_t>& columns, std::span<const Datum> old_row,
                 std::span<const Datum> new_row) const {
    for (uint32_t column : columns) {
      if (old_row[column].is_null != new_row[column].is_null) return true;
      if (!old_row[column].is_null &&
          CompareDatum(old_row[column], new_row[column], definition().columns[column].type) != 0) {
        return true;
      }
    }
    return false;
  }

  Result<bool> DoUpdate(const std::string& locator, std::span<const Datum> old_row, std::span<const Datum> new_row,
                        DuplicateRow* duplicate) {
    const size_t index_count = access_->indexes.size();
    if (access_->primary) {
      access_->primary->EncodeRow(new_row, context_.time_zone, &row_key_);
    } else {
      row_key_ = locator;
    }
    const bool has_new_key = row_key_ != locator;
    if (has_new_key) {
      MAHI_ASSIGN_OR_RETURN(const bool exists, LockAndFind(row_key_));
      if (exists) {
        NoteDuplicate(0, new_row, duplicate);
        duplicate->locator = row_key_;
        return false;
      }
    }
    new_entries_.resize(index_count);
    old_entries_.resize(index_count);
    for (uint32_t i = 0; i < index_count; ++i) {
      const IndexCodec* codec = access_->indexes[i].get();
      if (codec == nullptr) continue;
      EntryBuffer& before = old_entries_[i];
      EntryBuffer& after = new_entries_[i];
      before.is_unique = codec->Encode(old_row, locator, context_.time_zone, &before.key, &before.value);
      after.is_unique = codec->Encode(new_row, row_key_, context_.time_zone, &after.key, &after.value);
      if (!after.is_unique || after.key == before.key) continue;
      MAHI_ASSIGN_OR_RETURN(const bool exists, FindUnique(*codec, after.key, duplicate));
      if (exists) {
        NoteDuplicate(i, new_row, duplicate);
        return false;
      }
    }
    if (context_.foreign_key_checks) {
      for (const ForeignKey& key : definition().foreign_keys) {
        if (IsChanged(key.columns, old_row, new_row)) {
          MAHI_RETURN_IF_ERROR(CheckParentExists(&context_, access_->table, key, new_row, true));
        }
      }
      for (const IncomingKey& incoming : incoming_) {
        MAHI_RETURN_IF_ERROR(CheckRestrict(&context_, definition(), incoming, old_row, new_row, locator));
      }
    }
    access_->row_encoder.Encode(new_row, context_.time_zone, &row_bytes_);
    if (has_new_key) {
      if (!is_temporary_) MAHI_RETURN_IF_ERROR(transaction_.LockInsert(row_key_));
      MAHI_RETURN_IF_ERROR(transaction_.Delete(locator));
    }
    MAHI_RETURN_IF_ERROR(transaction_.Put(row_key_, row_bytes_));
    for (uint32_t i = 0; i < index_count; ++i) {
      if (access_->indexes[i] == nullptr) continue;
      const EntryBuffer& before = old_entries_[i];
      const EntryBuffer& after = new_entries_[i];
      if (before.key == after.key) {
        if (before.value != after.value) MAHI_RETURN_IF_ERROR(transaction_.Put(after.key, after.value));
        continue;
      }
      MAHI_RETURN_IF_ERROR(transaction_.Delete(before.key));
      if (!is_temporary_) MAHI_RETURN_IF_ERROR(transaction_.LockInsert(after.key));
      MAHI_RETURN_IF_ERROR(transaction_.Put(after.key, after.value));
    }
    last_locator_ = row_key_;
    // An explicit value raises the counter, or a later insert would meet it.
    if (auto_column_ && IsChanged({*auto_column_}, old_row, new_row) && !new_row[*auto_column_].is_null) {
      const uint64_t value = AutoIncrementOf(new_row[*auto_column_]);
      if (value != 0 && state_->auto_increment.load() != 0) RaiseAutoIncrement(state_.get(), value + 1);
    }
    context_.catalog->AddRowCount(&transaction_, state_, 0);
    if (context_.row_observer != nullptr) {
      MAHI_RETURN_IF_ERROR(context_.row_observer->OnRowChange(transaction_, definition(), old_row, new_row));
    }
    if (context_.foreign_key_checks) {
      for (const IncomingKey& incoming : incoming_) {
        MAHI_RETURN_IF_ERROR(Cascade(&context_, cascade_, definition(), incoming, old_row, new_row));
      }
    }
    return true;
  }

  Status DoDelete(const std::string& locator, std::span<const Datum> old_row) {
    if (context_.foreign_key_checks) {
      for (const IncomingKey& incoming : incoming_) {
        MAHI_RETURN_IF_ERROR(CheckRestrict(&context_, definition(), incoming, old_row, {}, locator));
      }
    }
    MAHI_RETURN_IF_ERROR(transaction_.Delete(locator));
    for (const auto& codec : access_->indexes) {
      if (codec == nullptr) continue;
      (void)codec->Encode(old_row, locator, context_.time_zone, &entry_.key, &entry_.value);
      MAHI_RETURN_IF_ERROR(transaction_.Delete(entry_.key));
    }
    context_.catalog->AddRowCount(&transaction_, state_, -1);
    if (context_.row_observer != nullptr) {
      MAHI_RETURN_IF_ERROR(context_.row_observer->OnRowChange(transaction_, definition(), old_row, {}));
    }
    if (context_.foreign_key_checks) {
      for (const IncomingKey& incoming : incoming_) {
        MAHI_RETURN_IF_ERROR(Cascade(&context_, cascade_, definition(), incoming, old_row, {}));
      }
    }
    return Status::Ok();
  }

  TableContext& context_;
  Transaction& transaction_;
  TableAccessRef access_;
  TableStateRef state_;
  RowReader reader_;
  CascadeState own_cascade_;
  CascadeState* cascade_;
  std::vector<IncomingKey> incoming_;
  const bool is_temporary_;
  const std::optional<uint32_t> auto_column_;
  uint64_t expected_rows_ = 1;
  uint64_t reserved_next_ = 0;  // 0: nothing reserved
  uint64_t reserved_end_ = 0;

  std::string row_key_, row_bytes_, last_locator_;
  std::vector<EntryBuffer> old_entries_, new_entries_;
  EntryBuffer entry_;
  PinnedValue found_, read_value_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> OpenCascadeWriter(TableContext* context, TableRef table, CascadeState* state) {
  TableAccessRef access = TableAccess::Get(context->catalog, table);
  auto writer = std::make_unique<Writer>(context, std::move(access), state);
  MAHI_RETURN_IF_ERROR(writer->Start());
  return std::unique_ptr<TableWriter>(std::move(writer));
}

Result<std::unique_ptr<TableWriter>> TableWriter::Open(TableContext* context, TableRef table) {
  return OpenCascadeWriter(context, std::move(table), nullptr);
}

}  // namespace mahi
