#include "catalog/catalog.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <thread>

#include "base/bytes.h"
#include "catalog/internal/dictionary_codec.h"
#include "charset/charset.h"
#include "storage/codec/key_codec.h"

namespace mahi {
namespace {

// Reserved index ids of the dictionary.
enum DictionaryIndex : uint32_t {
  kSettings = 1,     // name -> bytes
  kSchemas = 2,      // name -> definition
  kObjects = 3,      // schema 0 name -> 'T' or 'V', definition
  kCounters = 4,     // table id -> auto-increment, row count
  kStatistics = 5,   // table id -> statistics
  kRemovals = 6,     // index id -> nothing: data to be removed
  kForeignKeys = 7,  // parent schema 0 parent 0 child schema 0 child 0 constraint -> nothing
};

constexpr std::string_view kIdLimitSetting = "#id_limit";
constexpr std::string_view kCleanSetting = "#clean_shutdown";
constexpr uint64_t kIdBlock = 1024;

std::string DictionaryKey(DictionaryIndex index, std::string_view rest) {
  std::string key = IndexPrefix(index);
  key.append(rest);
  return key;
}
std::string ObjectKey(std::string_view schema, std::string_view name) {
  std::string key(schema);
  key.push_back('\0');
  key.append(name);
  return key;
}
std::string IdKey(DictionaryIndex index, uint64_t id) {
  std::string key = IndexPrefix(index);
  AppendBig<uint64_t>(&key, id);
  return key;
}
std::string RemovalKey(uint32_t index_id) {
  std::string key = IndexPrefix(kRemovals);
  AppendBig<uint32_t>(&key, index_id);
  return key;
}
std::string ForeignKeyKey(const ForeignKey& key, const TableDefinition& child) {
  std::string bytes = IndexPrefix(kForeignKeys);
  for (std::string_view part : {std::string_view(key.referenced_schema), std::string_view(key.referenced_table),
                                std::string_view(child.schema), std::string_view(child.name)}) {
    bytes.append(part);
    bytes.push_back('\0');
  }
  bytes.append(key.name);
  return bytes;
}
bool SplitForeignKeyKey(std::string_view bytes, std::string* parent, ReferencingKey* key) {
  std::string_view parts[5];
  for (int i = 0; i < 4; ++i) {
    const size_t end = bytes.find('\0');
    if (end == std::string_view::npos) return false;
    parts[i] = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
  }
  *parent = ObjectKey(parts[0], parts[1]);
  *key = {std::string(parts[2]), std::string(parts[3]), std::string(bytes)};
  return true;
}

Error DamagedDictionary(std::string_view what) {
  return Error::Custom(ER_CRASHED_ON_USAGE, "HY000", "The data dictionary is damaged at '" + std::string(what) + "'");
}

int64_t NowMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string EncodeObject(const SchemaObject& object) {
  std::string bytes;
  if (object.table) {
    bytes.push_back('T');
    EncodeTable(*object.table, &bytes);
  } else {
    bytes.push_back('V');
    EncodeView(*object.view, &bytes);
  }
  return bytes;
}

bool DecodeObject(std::string_view bytes, SchemaObject* object) {
  if (bytes.empty()) return false;
  if (bytes[0] == 'T') {
    auto table = std::make_shared<TableDefinition>();
    if (!DecodeTable(bytes.substr(1), table.get())) return false;
    object->table = std::move(table);
    return true;
  }
  if (bytes[0] != 'V') return false;
  auto view = std::make_shared<ViewDefinition>();
  if (!DecodeView(bytes.substr(1), view.get())) return false;
  object->view = std::move(view);
  return true;
}

}  // namespace

struct Catalog::Internals {
  mutable SharedLatch latch;
  absl::flat_hash_map<std::string, SchemaObject> objects GUARDED_BY(latch);  // loaded ones, by ObjectKey
  std::map<std::string, SchemaRef, std::less<>> schemas GUARDED_BY(latch);   // all
  absl::flat_hash_map<std::string, std::vector<ReferencingKey>> references GUARDED_BY(latch);  // all, by parent
  // By lower-case ObjectKey and name; filled before sessions start.
  std::map<std::string, std::unique_ptr<VirtualTable>> virtual_tables;
  std::map<std::string, SchemaRef, std::less<>> virtual_schemas;

  mutable SharedLatch state_latch;
  absl::flat_hash_map<uint64_t, TableStateRef> states GUARDED_BY(state_latch);
  bool has_row_counts = true;  // false after a crash: persisted counts are old

  Latch id_latch;
  uint64_t next_id GUARDED_BY(id_latch) = 0;
  uint64_t id_limit GUARDED_BY(id_latch) = 0;
  std::atomic<uint32_t> next_temporary_id{kFirstTemporaryIndexId};

  Latch removal_latch;
  Condition removal_condition;
  std::deque<uint32_t> removals GUARDED_BY(removal_latch);
  bool is_removing GUARDED_BY(removal_latch) = false;
  bool is_stopping GUARDED_BY(removal_latch) = false;
  std::thread removal_thread;
};

// A transaction's changes of definitions, in order, and of counters.
class Catalog::Staged : public TransactionParticipant {
 public:
  enum class Kind : uint8_t { kObject, kSchema, kAddReference, kDropReference, kRemoval, kBuild, kForgetState, kNewStorage };
  struct Change {
    Kind kind;
    uint64_t mark;  // of the transaction's writes
    std::string key;  // object key, schema name or parent's object key
    SchemaObject object;
    SchemaRef schema;
    ReferencingKey reference;
    uint64_t id = 0;  // index or table
  };
  struct Counter {
    TableStateRef state;
    int64_t row_delta = 0;
    uint64_t changes = 0;
    bool is_persisted = false;
    std::vector<std::pair<uint64_t, int64_t>> history;  // mark, delta
  };

  explicit Staged(Catalog* catalog) : catalog_(*catalog) {}

  void Add(Change change) { changes_.push_back(std::move(change)); }
  const std::vector<Change>& changes() const { return changes_; }

  // The last change of an object, or null.
  const Change* FindObject(std::string_view key) const {
    for (size_t i = changes_.size(); i-- > 0;) {
      if (changes_[i].kind == Kind::kObject && changes_[i].key == key) return &changes_[i];
    }
    return nullptr;
  }
  const Change* FindSchema(std::string_view name) const {
    for (size_t i = changes_.size(); i-- > 0;) {
      if (changes_[i].kind == Kind::kSchema && changes_[i].key == name) return &changes_[i];
    }
    return nullptr;
  }
  Counter& CounterOf(const TableStateRef& state) {
    for (Counter& counter : counters_) {
      if (counter.state == state) return counter;
    }
    counters_.push_back({state});
    return counters_.back();
  }

  Status OnCollect(KvBatch* batch) override {
    for (const Counter& counter : counters_) {
      if (!counter.is_persisted) continue;
      std::string value;
      AppendLittle<uint64_t>(&value, counter.state->auto_increment.load(std::memory_order_relaxed));
      const int64_t row_count = counter.state->row_count.load(std::memory_order_relaxed);
      AppendLittle<int64_t>(&value, row_count < 0 ? row_count : row_count + counter.row_delta);
      batch->Put(IdKey(kCounters, counter.state->table_id()), value);
    }
    return Status::Ok();
  }

  void OnCommitted() override {
    for (const Counter& counter : counters_) {
      // Below 0: not known, to be estimated.
      if (counter.state->row_count.load(std::memory_order_relaxed) >= 0) {
        counter.state->row_count.fetch_add(counter.row_delta, std::memory_order_relaxed);
      }
      counter.state->changes.fetch_add(counter.changes, std::memory_order_relaxed);
    }
    if (changes_.empty()) return;
    Internals& internals = *catalog_.internals_;
    std::vector<uint32_t> removals;
    {
      ExclusiveGuard guard(internals.latch);
      for (Change& change : changes_) {
        switch (change.kind) {
          case Kind::kObject:
            if (change.object) {
              internals.objects[change.key] = change.object;
            } else {
              internals.objects.erase(change.key);
            }
            break;
          case Kind::kSchema:
            if (change.schema) {
              internals.schemas[change.key] = change.schema;
            } else {
              internals.schemas.erase(change.key);
            }
            break;
          case Kind::kAddReference:
            internals.references[change.key].push_back(change.reference);
            break;
          case Kind::kDropReference: {
            auto found = internals.references.find(change.key);
            if (found != internals.references.end()) {
              Erase(&found->second, change.reference);
              if (found->second.empty()) internals.references.erase(found);
            }
            break;
          }
          case Kind::kRemoval:
            removals.push_back(static_cast<uint32_t>(change.id));
            break;
          case Kind::kBuild:
          case Kind::kForgetState:
          case Kind::kNewStorage:
            break;
        }
      }
      catalog_.version_.fetch_add(1, std::memory_order_release);
    }
    for (const Change& change : changes_) {
      if (change.kind == Kind::kForgetState) catalog_.ForgetState(change.id);
      if (change.kind == Kind::kNewStorage) {
        catalog_.State(change.id)->first_sequence.store(catalog_.transactions_.engine().LatestSequence());
      }
    }
    for (uint32_t index_id : removals) catalog_.RemoveIndexData(index_id);
  }

  void OnRolledBack() override { UndoBuilds(0); }

  void OnRolledBackTo(uint64_t mark) override {
    UndoBuilds(mark);
    while (!changes_.empty() && changes_.back().mark > mark) changes_.pop_back();
    for (Counter& counter : counters_) {
      while (!counter.history.empty() && counter.history.back().first > mark) {
        counter.row_delta -= counter.history.back().second;
        counter.history.pop_back();
      }
    }
  }

  static void Erase(std::vector<ReferencingKey>* keys, const ReferencingKey& key) {
    std::erase_if(*keys, [&](const ReferencingKey& other) {
      return other.schema == key.schema && other.table == key.table && other.constraint == key.constraint;
    });
  }

 private:
  void UndoBuilds(uint64_t mark) {
    for (const Change& change : changes_) {
      if (change.kind == Kind::kBuild && change.mark > mark) {
        catalog_.RemoveIndexData(static_cast<uint32_t>(change.id));
      }
    }
  }

  Catalog& catalog_;
  std::vector<Change> changes_;
  std::vector<Counter> counters_;
};

Catalog::Catalog(TransactionManager* transactions)
    : transactions_(*transactions), internals_(std::make_unique<Internals>()) {}

Catalog::~Catalog() {
  {
    LatchGuard guard(internals_->removal_latch);
    internals_->is_stopping = true;
  }
  internals_->removal_condition.NotifyAll();
  if (internals_->removal_thread.joinable()) internals_->removal_thread.join();
  PersistCounters();
}

Result<std::unique_ptr<Catalog>> Catalog::Open(TransactionManager* transactions) {
  std::unique_ptr<Catalog> catalog(new Catalog(transactions));
  MAHI_RETURN_IF_ERROR(catalog->Load());
  return catalog;
}

Status Catalog::Load() {
  KvEngine& engine = transactions_.engine();
  PinnedValue value;
  MAHI_ASSIGN_OR_RETURN(const bool has_limit, engine.Get(DictionaryKey(kSettings, kIdLimitSetting), &value));
  if (!has_limit) {
    MAHI_RETURN_IF_ERROR(Initialise());
  } else {
    if (value.view().size() != 8) return DamagedDictionary("id limit");
    LatchGuard guard(internals_->id_latch);
    internals_->next_id = internals_->id_limit = LoadLittle<uint64_t>(value.view().data());
  }
  MAHI_ASSIGN_OR_RETURN(internals_->has_row_counts, engine.Get(DictionaryKey(kSettings, kCleanSetting), &value));
  if (internals_->has_row_counts) {
    KvBatch batch;
    batch.Delete(DictionaryKey(kSettings, kCleanSetting));
    MAHI_RETURN_IF_ERROR(engine.Write(&batch, WalSync::kWrite));
  }

  // One pass over what must be known at once: databases, removals, references. Tables are loaded on first use.
  const auto scan = [&](DictionaryIndex index, auto&& visit) -> Status {
    const std::string lower = IndexPrefix(index), upper = IndexPrefix(index + 1);
    KvIterator iterator = engine.NewIterator({.lower = lower, .upper = upper});
    for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next()) {
      MAHI_RETURN_IF_ERROR(visit(iterator.key().substr(4), iterator.value()));
    }
    return iterator.status();
  };
  MAHI_RETURN_IF_ERROR(scan(kSchemas, [&](std::string_view key, std::string_view bytes) -> Status {
    auto schema = std::make_shared<SchemaDefinition>();
    if (!DecodeSchema(bytes, schema.get())) return DamagedDictionary(key);
    ExclusiveGuard guard(internals_->latch);
    internals_->schemas[std::string(key)] = std::move(schema);
    return Status::Ok();
  }));
  MAHI_RETURN_IF_ERROR(scan(kForeignKeys, [&](std::string_view key, std::string_view) -> Status {
    std::string parent;
    ReferencingKey reference;
    if (!SplitForeignKeyKey(key, &parent, &reference)) return DamagedDictionary("foreign keys");
    ExclusiveGuard guard(internals_->latch);
    internals_->references[parent].push_back(std::move(reference));
    return Status::Ok();
  }));
  MAHI_RETURN_IF_ERROR(scan(kRemovals, [&](std::string_view key, std::string_view) -> Status {
    if (key.size() != 4) return DamagedDictionary("removals");
    RemoveIndexData(LoadBig<uint32_t>(key.data()));
    return Status::Ok();
  }));
  // What is left of temporary tables.
  const std::string temporary = IndexPrefix(kFirstTemporaryIndexId);
  KvIterator iterator = engine.NewIterator({.lower = temporary});
  iterator.SeekToFirst();
  if (iterator.Valid()) {
    MAHI_RETURN_IF_ERROR(engine.DeleteRange(temporary, std::string(16, '\xff')));
  }
  return iterator.status();
}

Status Catalog::Initialise() {
  is_new_ = true;
  {
    LatchGuard guard(internals_->id_latch);
    internals_->next_id = internals_->id_limit = kFirstUserIndexId;
  }
  AllocateTableId();  // makes the id limit persistent
  std::unique_ptr<Transaction> transaction = transactions_.NewTransaction(0);
  transaction->Begin({});
  for (const char* name : {"mysql", "sys"}) {
    SchemaDefinition schema;
    schema.name = name;
    schema.collation = kCollationDefault;
    MAHI_RETURN_IF_ERROR(CreateSchema(transaction.get(), std::move(schema)));
  }
  return transaction->Commit();
}

uint64_t Catalog::AllocateTableId() {
  LatchGuard guard(internals_->id_latch);
  if (internals_->next_id >= internals_->id_limit) {
    internals_->id_limit = internals_->next_id + kIdBlock;
    std::string value;
    AppendLittle<uint64_t>(&value, internals_->id_limit);
    KvBatch batch;
    batch.Put(DictionaryKey(kSettings, kIdLimitSetting), value);
    // Reaches the log before any commit that uses the ids, and is synced with it.
    (void)transactions_.engine().Write(&batch, WalSync::kWrite);
  }
  return internals_->next_id++;
}

uint32_t Catalog::AllocateIndexId() {
  const uint64_t id = AllocateTableId();
  MAHI_ASSERT(id < kFirstTemporaryIndexId);
  return static_cast<uint32_t>(id);
}

uint32_t Catalog::AllocateTemporaryIndexId() {
  return internals_->next_temporary_id.fetch_add(1, std::memory_order_relaxed);
}

void Catalog::AssignIds(TableDefinition* table) {
  const auto index_id = [&] { return table->is_temporary ? AllocateTemporaryIndexId() : AllocateIndexId(); };
  if (table->id == 0) table->id = AllocateTableId();
  for (Column& column : table->columns) {
    if (column.id == 0) column.id = table->next_column_id++;
  }
  for (Index& index : table->indexes) {
    if (index.id == 0) index.id = index_id();
  }
  if (table->primary_key() == nullptr) {
    if (table->hidden_index_id == 0) table->hidden_index_id = index_id();
  } else {
    table->hidden_index_id = 0;
  }
  if (table->created_at_us == 0) table->created_at_us = NowMicroseconds();
}

Catalog::Staged* Catalog::FindStaged(Transaction* transaction) const {
  return transaction == nullptr ? nullptr : static_cast<Staged*>(transaction->FindParticipant(this));
}

Catalog::Staged* Catalog::EnsureStaged(Transaction* transaction) {
  if (Staged* staged = FindStaged(transaction)) return staged;
  auto made = std::make_unique<Staged>(this);
  Staged* staged = made.get();
  transaction->AddParticipant(this, std::move(made));
  return staged;
}

// ---- Looking up ----

SchemaRef Catalog::FindSchema(Transaction* transaction, std::string_view name) const {
  if (auto found = internals_->virtual_schemas.find(AsciiLower(name)); found != internals_->virtual_schemas.end()) {
    return found->second;
  }
  if (const Staged* staged = FindStaged(transaction)) {
    if (const Staged::Change* change = staged->FindSchema(name)) return change->schema;
  }
  SharedGuard guard(internals_->latch);
  auto found = internals_->schemas.find(name);
  return found == internals_->schemas.end() ? nullptr : found->second;
}

Result<SchemaObject> Catalog::FindStored(Transaction* transaction, std::string_view schema,
                                         std::string_view name) const {
  const std::string key = ObjectKey(schema, name);
  if (const Staged* staged = FindStaged(transaction)) {
    if (const Staged::Change* change = staged->FindObject(key)) return change->object;
  }
  uint64_t version;
  {
    SharedGuard guard(internals_->latch);
    auto found = internals_->objects.find(key);
    if (found != internals_->objects.end()) return found->second;
    version = version_.load(std::memory_order_acquire);
  }
  PinnedValue value;
  MAHI_ASSIGN_OR_RETURN(const bool exists, transactions_.engine().Get(DictionaryKey(kObjects, key), &value));
  if (!exists) return SchemaObject();
  SchemaObject object;
  if (!DecodeObject(value.view(), &object)) return DamagedDictionary(std::string(schema) + "." + std::string(name));
  ExclusiveGuard guard(internals_->latch);
  // Somebody may have published a change meanwhile; then the next lookup decides.
  if (version_.load(std::memory_order_acquire) == version) internals_->objects.emplace(key, object);
  return object;
}

Result<TableRef> Catalog::FindTable(Transaction* transaction, std::string_view schema, std::string_view name) const {
  MAHI_ASSIGN_OR_RETURN(SchemaObject object, FindStored(transaction, schema, name));
  return std::move(object.table);
}

Result<ViewRef> Catalog::FindView(Transaction* transaction, std::string_view schema, std::string_view name) const {
  MAHI_ASSIGN_OR_RETURN(SchemaObject object, FindStored(transaction, schema, name));
  return std::move(object.view);
}

const VirtualTable* Catalog::FindVirtualTable(std::string_view schema, std::string_view name) const {
  if (!IsVirtualSchema(schema) && schema != "mysql") return nullptr;
  auto found = internals_->virtual_tables.find(AsciiLower(ObjectKey(schema, name)));
  if (found == internals_->virtual_tables.end()) return nullptr;
  const TableDefinition& definition = *found->second->definition();
  // mysql and sys are real databases: their names compare exactly.
  if (!internals_->virtual_schemas.contains(AsciiLower(schema)) && (definition.schema != schema || definition.name != name)) {
    return nullptr;
  }
  return found->second.get();
}

Result<SchemaObject> Catalog::Find(Transaction* transaction, std::string_view schema, std::string_view name) const {
  SchemaObject object;
  object.virtual_table = FindVirtualTable(schema, name);
  if (object.virtual_table != nullptr) return object;
  return FindStored(transaction, schema, name);
}

std::vector<SchemaRef> Catalog::ListSchemas(Transaction* transaction) const {
  std::map<std::string, SchemaRef, std::less<>> all;
  {
    SharedGuard guard(internals_->latch);
    all = internals_->schemas;
  }
  if (const Staged* staged = FindStaged(transaction)) {
    for (const Staged::Change& change : staged->changes()) {
      if (change.kind == Staged::Kind::kSchema) all[change.key] = change.schema;
    }
  }
  for (const auto& [name, schema] : internals_->virtual_schemas) all[name] = schema;
  std::vector<SchemaRef> result;
  for (auto& [name, schema] : all) {
    if (schema) result.push_back(std::move(schema));
  }
  return result;
}

std::vector<ObjectName> Catalog::ListTables(Transaction* transaction, std::string_view schema) const {
  std::map<std::string, bool> names;
  const std::string prefix = AsciiLower(schema) + '\0';
  for (const auto& [key, table] : internals_->virtual_tables) {
    if (!key.starts_with(prefix)) continue;
    const std::string& name = table->definition()->name;
    if (FindVirtualTable(schema, name) != nullptr) names[name] = false;
  }
  const std::string lower = DictionaryKey(kObjects, ObjectKey(schema, ""));
  const std::string upper = PrefixSuccessor(lower);
  KvIterator iterator = transactions_.engine().NewIterator({.lower = lower, .upper = upper});
  for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next()) {
    names[std::string(iterator.key().substr(lower.size()))] = iterator.value().starts_with('V');
  }
  if (const Staged* staged = FindStaged(transaction)) {
    const std::string prefix = ObjectKey(schema, "");
    for (const Staged::Change& change : staged->changes()) {
      if (change.kind != Staged::Kind::kObject || !change.key.starts_with(prefix)) continue;
      const std::string name = change.key.substr(prefix.size());
      if (change.object) {
        names[name] = change.object.view != nullptr;
      } else {
        names.erase(name);
      }
    }
  }
  std::vector<ObjectName> result;
  for (const auto& [name, is_view] : names) result.push_back({name, is_view});
  return result;
}

std::vector<ReferencingKey> Catalog::ReferencingKeys(Transaction* transaction, std::string_view schema,
                                                     std::string_view table) const {
  const std::string parent = ObjectKey(schema, table);
  std::vector<ReferencingKey> result;
  {
    SharedGuard guard(internals_->latch);
    auto found = internals_->references.find(parent);
    if (found != internals_->references.end()) result = found->second;
  }
  if (const Staged* staged = FindStaged(transaction)) {
    for (const Staged::Change& change : staged->changes()) {
      if (change.key != parent) continue;
      if (change.kind == Staged::Kind::kAddReference) result.push_back(change.reference);
      if (change.kind == Staged::Kind::kDropReference) Staged::Erase(&result, change.reference);
    }
  }
  return result;
}

bool Catalog::IsReferenced(Transaction* transaction, std::string_view schema, std::string_view table) const {
  const Staged* staged = FindStaged(transaction);
  if (staged == nullptr || staged->changes().empty()) {
    SharedGuard guard(internals_->latch);
    return !internals_->references.empty() && internals_->references.contains(ObjectKey(schema, table));
  }
  return !ReferencingKeys(transaction, schema, table).empty();
}

// ---- Changing ----

Status Catalog::StageObject(Transaction* transaction, std::string_view schema, std::string_view name,
                            SchemaObject object) {
  std::string key = ObjectKey(schema, name);
  const std::string stored_key = DictionaryKey(kObjects, key);
  if (object) {
    MAHI_RETURN_IF_ERROR(transaction->Put(stored_key, EncodeObject(object)));
  } else {
    MAHI_RETURN_IF_ERROR(transaction->Delete(stored_key));
  }
  Staged::Change change{Staged::Kind::kObject, transaction->write_set().mark(), std::move(key)};
  change.object = std::move(object);
  EnsureStaged(transaction)->Add(std::move(change));
  return Status::Ok();
}

Status Catalog::StageSchema(Transaction* transaction, std::string_view name, SchemaRef schema) {
  const std::string stored_key = DictionaryKey(kSchemas, name);
  if (schema) {
    std::string bytes;
    EncodeSchema(*schema, &bytes);
    MAHI_RETURN_IF_ERROR(transaction->Put(stored_key, bytes));
  } else {
    MAHI_RETURN_IF_ERROR(transaction->Delete(stored_key));
  }
  Staged::Change change{Staged::Kind::kSchema, transaction->write_set().mark(), std::string(name)};
  change.schema = std::move(schema);
  EnsureStaged(transaction)->Add(std::move(change));
  return Status::Ok();
}

Status Catalog::StageForeignKeys(Transaction* transaction, const TableDefinition* old_table,
                                 const TableDefinition* new_table) {
  const auto stage = [&](const TableDefinition& table, const ForeignKey& key, bool is_added) -> Status {
    const std::string stored_key = ForeignKeyKey(key, table);
    if (is_added) {
      MAHI_RETURN_IF_ERROR(transaction->Put(stored_key, ""));
    } else {
      MAHI_RETURN_IF_ERROR(transaction->Delete(stored_key));
    }
    Staged::Change change{is_added ? Staged::Kind::kAddReference : Staged::Kind::kDropReference,
                          transaction->write_set().mark(),
                          ObjectKey(key.referenced_schema, key.referenced_table)};
    change.reference = {table.schema, table.name, key.name};
    EnsureStaged(transaction)->Add(std::move(change));
    return Status::Ok();
  };
  if (old_table != nullptr) {
    for (const ForeignKey& key : old_table->foreign_keys) MAHI_RETURN_IF_ERROR(stage(*old_table, key, false));
  }
  if (new_table != nullptr) {
    for (const ForeignKey& key : new_table->foreign_keys) MAHI_RETURN_IF_ERROR(stage(*new_table, key, true));
  }
  return Status::Ok();
}

Status Catalog::StageRemoval(Transaction* transaction, uint32_t index_id) {
  if (index_id == 0) return Status::Ok();
  MAHI_RETURN_IF_ERROR(transaction->Put(RemovalKey(index_id), ""));
  Staged::Change change{Staged::Kind::kRemoval, transaction->write_set().mark(), ""};
  change.id = index_id;
  EnsureStaged(transaction)->Add(std::move(change));
  return Status::Ok();
}

Status Catalog::RemoveTableRecords(Transaction* transaction, uint64_t table_id) {
  MAHI_RETURN_IF_ERROR(transaction->Delete(IdKey(kCounters, table_id)));
  MAHI_RETURN_IF_ERROR(transaction->Delete(IdKey(kStatistics, table_id)));
  Staged::Change change{Staged::Kind::kForgetState, transaction->write_set().mark(), ""};
  change.id = table_id;
  EnsureStaged(transaction)->Add(std::move(change));
  return Status::Ok();
}

Status Catalog::CreateSchema(Transaction* transaction, SchemaDefinition schema) {
  if (FindSchema(transaction, schema.name)) return Error(ER_DB_CREATE_EXISTS, schema.name);
  if (schema.id == 0) schema.id = AllocateTableId();
  const std::string name = schema.name;
  return StageSchema(transaction, name, std::make_shared<SchemaDefinition>(std::move(schema)));
}

Status Catalog::AlterSchema(Transaction* transaction, SchemaDefinition schema) {
  if (!FindSchema(transaction, schema.name)) return Error(ER_BAD_DB_ERROR, schema.name);
  const std::string name = schema.name;
  return StageSchema(transaction, name, std::make_shared<SchemaDefinition>(std::move(schema)));
}

Status Catalog::DropSchema(Transaction* transaction, std::string_view name) {
  if (!FindSchema(transaction, name)) return Error(ER_DB_DROP_EXISTS, name);
  for (const ObjectName& object_name : ListTables(transaction, name)) {
    MAHI_ASSIGN_OR_RETURN(SchemaObject object, FindStored(transaction, name, object_name.name));
    if (object.table) MAHI_RETURN_IF_ERROR(DropTable(transaction, object.table));
    if (object.view) MAHI_RETURN_IF_ERROR(DropView(transaction, object.view));
  }
  return StageSchema(transaction, name, nullptr);
}

Status Catalog::CreateTable(Transaction* transaction, std::shared_ptr<TableDefinition> table) {
  if (!FindSchema(transaction, table->schema)) return Error(ER_BAD_DB_ERROR, table->schema);
  MAHI_ASSIGN_OR_RETURN(const SchemaObject existing, FindStored(transaction, table->schema, table->name));
  if (existing) return Error(ER_TABLE_EXISTS_ERROR, table->name);
  AssignIds(table.get());
  State(table->id)->row_count.store(0, std::memory_order_relaxed);
  MAHI_RETURN_IF_ERROR(StageForeignKeys(transaction, nullptr, table.get()));
  SchemaObject object;
  object.table = table;
  return StageObject(transaction, table->schema, table->name, std::move(object));
}

Status Catalog::ReplaceTable(Transaction* transaction, const TableRef& old_table,
                             std::shared_ptr<TableDefinition> table) {
  AssignIds(table.get());
  if (table->version <= old_table->version) table->version = old_table->version + 1;
  table->updated_at_us = 0;
  const bool is_renamed = table->schema != old_table->schema || table->name != old_table->name;
  if (is_renamed) {
    if (!FindSchema(transaction, table->schema)) return Error(ER_BAD_DB_ERROR, table->schema);
    MAHI_ASSIGN_OR_RETURN(const SchemaObject existing, FindStored(transaction, table->schema, table->name));
    if (existing) return Error(ER_TABLE_EXISTS_ERROR, table->name);
    MAHI_RETURN_IF_ERROR(StageObject(transaction, old_table->schema, old_table->name, {}));
    // A table's references to itself follow its name.
    for (ForeignKey& key : table->foreign_keys) {
      if (key.referenced_schema == old_table->schema && key.referenced_table == old_table->name) {
        key.referenced_schema = table->schema;
        key.referenced_table = table->name;
      }
    }
  }
  MAHI_RETURN_IF_ERROR(StageForeignKeys(transaction, old_table.get(), table.get()));
  SchemaObject object;
  object.table = table;
  MAHI_RETURN_IF_ERROR(StageObject(transaction, table->schema, table->name, std::move(object)));
  if (is_renamed) {
    // The children follow as well.
    for (const ReferencingKey& reference : ReferencingKeys(transaction, old_table->schema, old_table->name)) {
      MAHI_ASSIGN_OR_RETURN(TableRef child, FindTable(transaction, reference.schema, reference.table));
      if (!child || child->id == table->id) continue;
      auto changed = std::make_shared<TableDefinition>(*child);
      for (ForeignKey& key : changed->foreign_keys) {
        if (key.referenced_schema != old_table->schema || key.referenced_table != old_table->name) continue;
        key.referenced_schema = table->schema;
        key.referenced_table = table->name;
      }
      MAHI_RETURN_IF_ERROR(ReplaceTable(transaction, child, changed));
    }
  }
  const auto is_kept = [&](uint32_t index_id) {
    if (index_id == table->hidden_index_id) return true;
    return std::any_of(table->indexes.begin(), table->indexes.end(),
                       [&](const Index& index) { return index.id == index_id; });
  };
  for (const Index& index : old_table->indexes) {
    if (!is_kept(index.id)) MAHI_RETURN_IF_ERROR(StageRemoval(transaction, index.id));
  }
  if (old_table->hidden_index_id != 0 && !is_kept(old_table->hidden_index_id)) {
    MAHI_RETURN_IF_ERROR(StageRemoval(transaction, old_table->hidden_index_id));
  }
  const auto existed = [&](uint32_t index_id) {
    return std::any_of(old_table->indexes.begin(), old_table->indexes.end(),
                       [&](const Index& index) { return index.id == index_id; });
  };
  bool has_new_storage = table->hidden_index_id != old_table->hidden_index_id;
  for (const Index& index : table->indexes) has_new_storage |= !existed(index.id);
  if (has_new_storage) {
    Staged::Change change{Staged::Kind::kNewStorage, transaction->write_set().mark(), ""};
    change.id = table->id;
    EnsureStaged(transaction)->Add(std::move(change));
  }
  if (table->id != old_table->id) {
    // A table without known rows: TRUNCATE, or a rebuild that has counted them.
    if (TableStateRef state = State(table->id); state->row_count.load() < 0) state->row_count.store(0);
    MAHI_RETURN_IF_ERROR(RemoveTableRecords(transaction, old_table->id));
  }
  return Status::Ok();
}

Status Catalog::RenameTable(Transaction* transaction, const TableRef& table, std::string_view new_schema,
                            std::string_view new_name) {
  auto renamed = std::make_shared<TableDefinition>(*table);
  renamed->schema = new_schema;
  renamed->name = new_name;
  return ReplaceTable(transaction, table, std::move(renamed));
}

Status Catalog::DropTable(Transaction* transaction, const TableRef& table) {
  MAHI_RETURN_IF_ERROR(StageForeignKeys(transaction, table.get(), nullptr));
  MAHI_RETURN_IF_ERROR(StageObject(transaction, table->schema, table->name, {}));
  for (const Index& index : table->indexes) MAHI_RETURN_IF_ERROR(StageRemoval(transaction, index.id));
  MAHI_RETURN_IF_ERROR(StageRemoval(transaction, table->hidden_index_id));
  return RemoveTableRecords(transaction, table->id);
}

Status Catalog::CreateView(Transaction* transaction, std::shared_ptr<ViewDefinition> view, bool or_replace) {
  if (!FindSchema(transaction, view->schema)) return Error(ER_BAD_DB_ERROR, view->schema);
  MAHI_ASSIGN_OR_RETURN(const SchemaObject existing, FindStored(transaction, view->schema, view->name));
  if (existing && (existing.table || !or_replace)) return Error(ER_TABLE_EXISTS_ERROR, view->name);
  if (existing.view) {
    view->id = existing.view->id;
    view->version = existing.view->version + 1;
  }
  if (view->id == 0) view->id = AllocateTableId();
  SchemaObject object;
  object.view = view;
  return StageObject(transaction, view->schema, view->name, std::move(object));
}

Status Catalog::DropView(Transaction* transaction, const ViewRef& view) {
  return StageObject(transaction, view->schema, view->name, {});
}

Status Catalog::RenameView(Transaction* transaction, const ViewRef& view, std::string_view new_schema,
                           std::string_view new_name) {
  if (!FindSchema(transaction, new_schema)) return Error(ER_BAD_DB_ERROR, new_schema);
  MAHI_ASSIGN_OR_RETURN(const SchemaObject existing, FindStored(transaction, new_schema, new_name));
  if (existing) return Error(ER_TABLE_EXISTS_ERROR, new_name);
  MAHI_RETURN_IF_ERROR(StageObject(transaction, view->schema, view->name, {}));
  auto renamed = std::make_shared<ViewDefinition>(*view);
  renamed->schema = new_schema;
  renamed->name = new_name;
  ++renamed->version;
  SchemaObject object;
  object.view = renamed;
  return StageObject(transaction, new_schema, new_name, std::move(object));
}

// ---- Counters, statistics, settings ----

TableStateRef Catalog::State(uint64_t table_id) {
  {
    SharedGuard guard(internals_->state_latch);
    auto found = internals_->states.find(table_id);
    if (found != internals_->states.end()) return found->second;
  }
  auto state = std::make_shared<TableState>(table_id);
  PinnedValue value;
  const KvEngine& engine = transactions_.engine();
  if (auto found = engine.Get(IdKey(kCounters, table_id), &value); found.ok() && *found && value.view().size() == 16) {
    state->row_count = internals_->has_row_counts ? LoadLittle<int64_t>(value.view().data() + 8) : -1;
  } else if (!internals_->has_row_counts) {
    state->row_count = -1;
  }
  if (auto found = engine.Get(IdKey(kStatistics, table_id), &value); found.ok() && *found) {
    auto statistics = std::make_shared<TableStatistics>();
    if (DecodeStatistics(value.view(), statistics.get())) state->set_statistics(std::move(statistics));
  }
  ExclusiveGuard guard(internals_->state_latch);
  return internals_->states.emplace(table_id, std::move(state)).first->second;
}

void Catalog::ForgetState(uint64_t table_id) {
  ExclusiveGuard guard(internals_->state_latch);
  internals_->states.erase(table_id);
}

Result<uint64_t> Catalog::LoadAutoIncrement(uint64_t table_id) const {
  PinnedValue value;
  MAHI_ASSIGN_OR_RETURN(const bool exists, transactions_.engine().Get(IdKey(kCounters, table_id), &value));
  if (!exists) return uint64_t{0};
  if (value.view().size() != 16) return DamagedDictionary("counters");
  return LoadLittle<uint64_t>(value.view().data());
}

void Catalog::PersistAutoIncrement(Transaction* transaction, const TableStateRef& state) {
  EnsureStaged(transaction)->CounterOf(state).is_persisted = true;
}

void Catalog::AddRowCount(Transaction* transaction, const TableStateRef& state, int64_t delta) {
  Staged::Counter& counter = EnsureStaged(transaction)->CounterOf(state);
  counter.row_delta += delta;
  ++counter.changes;
  if (delta == 0) return;
  const uint64_t mark = transaction->write_set().mark();
  // Changes that can only be undone together are one entry.
  if (!counter.history.empty() && counter.history.back().first == mark) {
    counter.history.back().second += delta;
  } else {
    counter.history.emplace_back(mark, delta);
  }
}

void Catalog::PersistCounters() {
  KvBatch batch;
  {
    SharedGuard guard(internals_->state_latch);
    for (const auto& [table_id, state] : internals_->states) {
      const int64_t row_count = state->row_count.load();
      const uint64_t auto_increment = state->auto_increment.load();
      if (row_count < 0 && auto_increment == 0) continue;
      std::string value;
      uint64_t stored = auto_increment;
      if (stored == 0) {
        auto loaded = LoadAutoIncrement(table_id);
        if (loaded.ok()) stored = *loaded;
      }
      AppendLittle<uint64_t>(&value, stored);
      AppendLittle<int64_t>(&value, row_count);
      batch.Put(IdKey(kCounters, table_id), value);
    }
  }
  batch.Put(DictionaryKey(kSettings, kCleanSetting), "");
  (void)transactions_.engine().Write(&batch, WalSync::kSync);
}

Status Catalog::StoreStatistics(StatisticsRef statistics) {
  std::string bytes;
  EncodeStatistics(*statistics, &bytes);
  KvBatch batch;
  batch.Put(IdKey(kStatistics, statistics->table_id), bytes);
  MAHI_RETURN_IF_ERROR(transactions_.engine().Write(&batch, WalSync::kWrite));
  TableStateRef state = State(statistics->table_id);
  state->changes.store(0, std::memory_order_relaxed);
  state->set_statistics(std::move(statistics));
  return Status::Ok();
}

Status Catalog::PutSetting(Transaction* transaction, std::string_view name, std::string_view value) {
  return transaction->Put(DictionaryKey(kSettings, name), value);
}

Result<std::optional<std::string>> Catalog::GetSetting(std::string_view name) const {
  PinnedValue value;
  MAHI_ASSIGN_OR_RETURN(const bool exists, transactions_.engine().Get(DictionaryKey(kSettings, name), &value));
  if (!exists) return std::optional<std::string>();
  return std::optional<std::string>(value.view());
}

Status Catalog::ForEachSetting(
    std::string_view prefix,
    const std::function<void(std::string_view name, std::string_view value)>& visit) const {
  const std::string lower = DictionaryKey(kSettings, prefix);
  const std::string upper = PrefixSuccessor(lower);
  KvIterator iterator = transactions_.engine().NewIterator({.lower = lower, .upper = upper});
  for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next()) visit(iterator.key().substr(4), iterator.value());
  return iterator.status();
}

// ---- Removing data ----

Status Catalog::BeginBuild(Transaction* transaction, uint32_t index_id) {
  KvBatch batch;
  batch.Put(RemovalKey(index_id), "");
  MAHI_RETURN_IF_ERROR(transactions_.engine().Write(&batch, WalSync::kWrite));
  // The commit takes the entry off the list again.
  MAHI_RETURN_IF_ERROR(transaction->Delete(RemovalKey(index_id)));
  Staged::Change change{Staged::Kind::kBuild, transaction->write_set().mark(), ""};
  change.id = index_id;
  EnsureStaged(transaction)->Add(std::move(change));
  return Status::Ok();
}

void Catalog::RemoveIndexData(uint32_t index_id) {
  LatchGuard guard(internals_->removal_latch);
  internals_->removals.push_back(index_id);
  if (!internals_->removal_thread.joinable()) internals_->removal_thread = std::thread([this] { RemoveLoop(); });
  internals_->removal_condition.NotifyAll();
}

void Catalog::RemoveLoop() {
  Internals& internals = *internals_;
  KvEngine& engine = transactions_.engine();
  while (true) {
    uint32_t index_id = 0;
    {
      LatchGuard guard(internals.removal_latch);
      internals.is_removing = false;
      internals.removal_condition.NotifyAll();
      while (internals.removals.empty() && !internals.is_stopping) {
        internals.removal_condition.Wait(internals.removal_latch);
      }
      // What is left undone is on the persistent list.
      if (internals.is_stopping) return;
      index_id = internals.removals.front();
      internals.removals.pop_front();
      internals.is_removing = true;
    }
    const std::string begin = IndexPrefix(index_id), end = PrefixSuccessor(begin);
    KvIterator iterator = engine.NewIterator({.lower = begin, .upper = end});
    iterator.SeekToFirst();
    const bool has_data = iterator.Valid();
    iterator = {};
    if (has_data && !engine.DeleteRange(begin, end).ok()) continue;  // again at the next start
    if (index_id < kFirstTemporaryIndexId) {
      KvBatch batch;
      batch.Delete(RemovalKey(index_id));
      (void)engine.Write(&batch, WalSync::kWrite);
    }
  }
}

void Catalog::DrainRemovals() {
  LatchGuard guard(internals_->removal_latch);
  while (!internals_->removals.empty() || internals_->is_removing) {
    internals_->removal_condition.WaitFor(internals_->removal_latch, std::chrono::milliseconds(20));
  }
}

// ---- Virtual tables ----

void Catalog::AddVirtualTable(std::unique_ptr<VirtualTable> table) {
  std::string key = AsciiLower(ObjectKey(table->definition()->schema, table->definition()->name));
  AddVirtualSchema(table->definition()->schema);
  internals_->virtual_tables[std::move(key)] = std::move(table);
}

void Catalog::AddVirtualSchema(std::string_view name) {
  if (AsciiLower(name) == "sys" || AsciiLower(name) == "mysql") return;  // real databases with virtual tables too
  SchemaRef& schema = internals_->virtual_schemas[AsciiLower(name)];
  if (schema) return;
  auto made = std::make_shared<SchemaDefinition>();
  made->name = AsciiLower(name);
  made->collation = kCollationUtf8mb3GeneralCi;
  made->is_read_only = true;
  schema = std::move(made);
}

bool Catalog::IsVirtualSchema(std::string_view name) const {
  return name == "sys" || internals_->virtual_schemas.contains(AsciiLower(name));
}

}  // namespace mahi
