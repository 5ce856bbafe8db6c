#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "table/point_lookup.h"
#include "table/table_scan.h"
#include "table/table_store.h"
#include "table/table_writer.h"

namespace mahi {
namespace {

Column MakeColumn(std::string name, SqlType type, bool is_nullable = true) {
  Column column;
  column.name = std::move(name);
  column.type = std::move(type);
  column.is_nullable = is_nullable;
  return column;
}

class TableTest : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_ = std::move(KvEngine::Open({.in_memory = true})).value();
    manager_ = std::make_unique<TransactionManager>(engine_.get());
    catalog_ = std::move(Catalog::Open(manager_.get())).value();
    store_ = std::make_unique<TableStore>(catalog_.get());
    transaction_ = NewSession();
    transaction_->Begin({});
    ASSERT_TRUE(catalog_->CreateSchema(transaction_.get(), {.name = "d"}).ok());
    ASSERT_TRUE(transaction_->Commit().ok());
    context_ = Context(transaction_.get());
  }
  std::unique_ptr<Transaction> NewSession() { return manager_->NewTransaction(++sessions_); }
  TableContext Context(Transaction* transaction) {
    TableContext context;
    context.catalog = catalog_.get();
    context.transaction = transaction;
    return context;
  }

  // id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), n INT, UNIQUE u (name), KEY k (n)
  std::shared_ptr<TableDefinition> People(std::string name = "t") {
    auto table = std::make_shared<TableDefinition>();
    table->schema = "d";
    table->name = std::move(name);
    table->columns = {MakeColumn("id", SqlType::Int(), false), MakeColumn("name", SqlType::Varchar(20)),
                      MakeColumn("n", SqlType::Int())};
    table->columns[0].is_auto_increment = true;
    table->indexes.push_back({.name = "PRIMARY", .kind = IndexKind::kPrimary, .parts = {{.column = 0}}});
    table->indexes.push_back({.name = "u", .kind = IndexKind::kUnique, .parts = {{.column = 1}}});
    table->indexes.push_back({.name = "k", .kind = IndexKind::kSecondary, .parts = {{.column = 2}}});
    return table;
  }
  TableRef Create(std::shared_ptr<TableDefinition> table) {
    transaction_->Begin({});
    Status status = catalog_->CreateTable(transaction_.get(), table);
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_TRUE(transaction_->Commit().ok());
    return table;
  }
  void Begin(IsolationLevel isolation = IsolationLevel::kRepeatableRead) {
    transaction_->Begin({.isolation = isolation, .lock_wait_timeout_ms = 100});
    transaction_->BeginStatement();
  }
  void Commit() {
    transaction_->EndStatement();
    ASSERT_TRUE(transaction_->Commit().ok());
  }
  std::unique_ptr<TableWriter> Writer(const TableRef& table, TableContext* context = nullptr) {
    auto writer = TableWriter::Open(context == nullptr ? &context_ : context, table);
    EXPECT_TRUE(writer.ok());
    return std::move(writer).value();
  }
  static Datum Int(int64_t value) { return Datum::Int64(value); }
  Status InsertPerson(TableWriter* writer, int id, std::string_view name, int n) {
    const Datum row[] = {Int(id), name.empty() ? Datum::Null() : Datum::String(name), Int(n)};
    return writer->Insert(row);
  }
  // The rows of a scan as text: "1 ann 5;".
  std::string Rows(ScanSpec spec, TableContext* context = nullptr) {
    auto scan = TableScan::Open(context == nullptr ? &context_ : context, std::move(spec));
    if (!scan.ok()) return scan.status().ToString();
    Batch batch((*scan)->types());
    std::string text;
    while (true) {
      auto more = (*scan)->Next(&batch);
      if (!more.ok()) return more.status().ToString();
      if (!*more) return text;
      for (uint32_t row = 0; row < batch.row_count(); ++row) {
        for (size_t i = 0; i < batch.column_count(); ++i) {
          const Vector& vector = batch.column(i);
          if (i != 0) text += ' ';
          if (vector.IsNull(row)) {
            text += "NULL";
          } else if (vector.physical() == PhysicalType::kString) {
            text += vector.String(row);
          } else {
            text += std::to_string(vector.Int64(row));
          }
        }
        text += ';';
      }
    }
  }
  static IndexRange Range(std::vector<Datum> lower, std::vector<Datum> upper, bool lower_inclusive = true,
                          bool upper_inclusive = true) {
    IndexRange range;
    range.lower = std::move(lower);
    range.upper = std::move(upper);
    range.is_lower_inclusive = lower_inclusive;
    range.is_upper_inclusive = upper_inclusive;
    return range;
  }

  std::unique_ptr<KvEngine> engine_;
  std::unique_ptr<TransactionManager> manager_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<TableStore> store_;
  std::unique_ptr<Transaction> transaction_;
  TableContext context_;
  uint64_t sessions_ = 0;
};

TEST_F(TableTest, ScansOfEveryKind) {
  TableRef table = Create(People());
  Begin();
  auto writer = Writer(table);
  ASSERT_TRUE(InsertPerson(writer.get(), 3, "carl", 30).ok());
  ASSERT_TRUE(InsertPerson(writer.get(), 1, "ann", 30).ok());
  Commit();
  Begin();
  ASSERT_TRUE(InsertPerson(writer.get(), 2, "bob", 20).ok());
  const Datum with_null[] = {Int(4), Datum::Null(), Datum::Null()};
  ASSERT_TRUE(writer->Insert(with_null).ok());
  for (LockMode lock : {LockMode::kNone, LockMode::kShared, LockMode::kExclusive}) {
    EXPECT_EQ(Rows({.table = table, .ordinals = {0, 1, 2}, .lock = lock}), "1 ann 30;2 bob 20;3 carl 30;4 NULL NULL;");
    EXPECT_EQ(Rows({.table = table, .ordinals = {1}, .is_reverse = true, .lock = lock}), "NULL;carl;bob;ann;");
    EXPECT_EQ(Rows({.table = table, .ordinals = {0}, .ranges = {Range({Int(1)}, {Int(3)}, false, true)}, .lock = lock}), "2;3;");
    EXPECT_EQ(Rows({.table = table, .ordinals = {0}, .ranges = {Range({Int(2)}, {Int(2)})}, .lock = lock}), "2;");
    EXPECT_EQ(Rows({.table = table, .index = 0, .ordinals = {0}, .ranges = {Range({Int(2)}, {})}, .lock = lock}), "2;3;4;");
    // Secondary: covering, and with the row.
    EXPECT_EQ(Rows({.table = table, .index = 2, .ordinals = {2, 0}, .lock = lock}), "NULL 4;20 2;30 1;30 3;");
    EXPECT_EQ(Rows({.table = table, .index = 2, .ordinals = {1}, .ranges = {Range({Int(30)}, {Int(30)})}, .lock = lock}),
              "ann;carl;");
    EXPECT_EQ(Rows({.table = table, .index = 2, .ordinals = {1}, .ranges = {Range({Int(30)}, {Int(30)})}, .is_reverse = true, .lock = lock}),
              "carl;ann;");
    IndexRange not_null = Range({}, {Int(25)});
    not_null.excludes_null = true;
    EXPECT_EQ(Rows({.table = table, .index = 2, .ordinals = {0}, .ranges = {not_null}, .lock = lock}), "2;");
    EXPECT_EQ(Rows({.table = table, .index = 2, .ordinals = {0}, .ranges = {Range({Datum::Null()}, {Datum::Null()})}, .lock = lock}), "4;");
    EXPECT_EQ(Rows({.table = table, .index = 1, .ordinals = {0, 2}, .ranges = {Range({Datum::String("BOB")}, {Datum::String("BOB")})}, .lock = lock}),
              "2 20;");
    // Overlapping ranges give a row once.
    EXPECT_EQ(Rows({.table = table, .ordinals = {0}, .ranges = {Range({Int(2)}, {Int(4)}), Range({Int(1)}, {Int(2)})}, .lock = lock}),
              "1;2;3;4;");
  }
  Commit();
}

TEST_F(TableTest, DuplicatesAreReported) {
  TableRef table = Create(People());
  Begin();
  auto writer = Writer(table);
  ASSERT_TRUE(InsertPerson(writer.get(), 1, "ann", 1).ok());
  ASSERT_TRUE(InsertPerson(writer.get(), 2, "bob", 1).ok());
  Status status = InsertPerson(writer.get(), 1, "carl", 1);
  ASSERT_TRUE(status.Is(ER_DUP_ENTRY));
  EXPECT_EQ(status.error().message(), "Duplicate entry '1' for key 't.PRIMARY'");
  status = InsertPerson(writer.get(), 3, "ANN", 1);
  ASSERT_TRUE(status.Is(ER_DUP_ENTRY));
  EXPECT_EQ(status.error().message(), "Duplicate entry 'ANN' for key 't.u'");
  DuplicateRow duplicate;
  const Datum row[] = {Int(3), Datum::String("bob"), Int(9)};
  ASSERT_FALSE(*writer->TryInsert(row, &duplicate));
  std::vector<Datum> existing;
  ASSERT_TRUE(*writer->Read(duplicate.locator, &existing));
  EXPECT_EQ(existing[0].int64, 2);
  // Nulls are never duplicates.
  ASSERT_TRUE(InsertPerson(writer.get(), 5, "", 1).ok());
  ASSERT_TRUE(InsertPerson(writer.get(), 6, "", 1).ok());
  EXPECT_EQ(Rows({.table = table, .ordinals = {0}}), "1;2;5;6;");
  Commit();
  EXPECT_EQ(store_->RowCount(*table), 4u);
}

// Random statements against a model; then CHECK TABLE finds rows and indexes in agreement.
TEST_F(TableTest, RandomChangesKeepIndexesInOrder) {
  TableRef table = Create(People());
  std::mt19937_64 random(5);
  std::map<int, std::pair<std::string, int>> model, before;
  for (int round = 0; round < 60; ++round) {
    Begin();
    before = model;
    auto writer = Writer(table);
    for (int i = 0; i < 10; ++i) {
      const int id = static_cast<int>(random() % 40);
      const std::string name = "n" + std::to_string(random() % 60);
      const int n = static_cast<int>(random() % 5);
      const Datum row[] = {Int(id), Datum::String(name), Int(n)};
      const bool name_taken = std::any_of(model.begin(), model.end(), [&](const auto& person) {
        return person.second.first == name;
      });
      if (random() % 2) {
        DuplicateRow duplicate;
        auto inserted = writer->TryInsert(row, &duplicate);
        ASSERT_TRUE(inserted.ok()) << inserted.status().ToString();
        ASSERT_EQ(*inserted, !model.contains(id) && !name_taken);
        if (*inserted) model[id] = {name, n};
        continue;
      }
      PointLookup lookup(table, 0, {0, 1, 2});
      const Datum key[] = {Int(static_cast<int64_t>(random() % 40))};
      auto found = lookup.Find(&context_, key, LockMode::kExclusive);
      ASSERT_TRUE(found.ok());
      const int old_id = static_cast<int>(key[0].int64);
      ASSERT_EQ(*found, model.contains(old_id));
      if (!*found) continue;
      Datum old_row[3];
      for (uint32_t k = 0; k < 3; ++k) ASSERT_TRUE(lookup.Get(k, &old_row[k]).ok());
      if (random() % 3 == 0) {
        ASSERT_TRUE(writer->Delete(lookup.locator(), old_row).ok());
        model.erase(old_id);
      } else {
        DuplicateRow duplicate;
        auto updated = writer->TryUpdate(lookup.locator(), old_row, row, &duplicate);
        ASSERT_TRUE(updated.ok()) << updated.status().ToString();
        const bool id_free = id == old_id || !model.contains(id);
        const bool name_free = !name_taken || model[old_id].first == name;
        ASSERT_EQ(*updated, id_free && name_free);
        if (*updated) {
          model.erase(old_id);
          model[id] = {name, n};
        }
      }
    }
    if (random() % 4 == 0) {
      transaction_->Rollback();
      model = before;
    } else {
      Commit();
    }
    Begin();
    std::string expected;
    for (const auto& [id, person] : model) {
      expected += std::to_string(id) + " " + person.first + " " + std::to_string(person.second) + ";";
    }
    ASSERT_EQ(Rows({.table = table, .ordinals = {0, 1, 2}}), expected);
    auto problems = store_->Check(&context_, table);
    ASSERT_TRUE(problems.ok());
    ASSERT_TRUE(problems->empty()) << problems->front().message;
    Commit();
  }
  EXPECT_EQ(store_->RowCount(*table), model.size());
}

TEST_F(TableTest, AStatementDoesNotMeetItsOwnRows) {
  TableRef table = Create(People());
  Begin();
  auto writer = Writer(table);
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(InsertPerson(writer.get(), i, "", i).ok());
  auto scan = std::move(TableScan::Open(&context_, {.table = table, .ordinals = {0}, .row_limit = 1})).value();
  Batch batch(scan->types());
  int seen = 0;
  while (*scan->Next(&batch)) {
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      ++seen;
      ASSERT_TRUE(InsertPerson(writer.get(), static_cast<int>(batch.column(0).Int64(i)) + 100, "", 0).ok());
    }
  }
  EXPECT_EQ(seen, 5);
  Commit();
}

TEST_F(TableTest, AutoIncrement) {
  TableRef table = Create(People());
  Begin();
  auto writer = Writer(table);
  const auto next = [&](Datum id) {
    Datum row[] = {id, Datum::Null(), Int(0)};
    auto generated = writer->AssignAutoIncrement(row);
    EXPECT_TRUE(generated.ok());
    EXPECT_TRUE(writer->Insert(row).ok());
    return *generated;
  };
  EXPECT_EQ(next(Datum::Null()), 1u);
  EXPECT_EQ(next(Int(0)), 2u);
  EXPECT_EQ(next(Int(10)), 0u);
  EXPECT_EQ(next(Datum::Null()), 11u);
  EXPECT_EQ(next(Int(-5)), 0u);
  EXPECT_EQ(*store_->AutoIncrementValue(&context_, table), 12u);
  context_.auto_increment_increment = 10;
  context_.auto_increment_offset = 5;
  EXPECT_EQ(next(Datum::Null()), 15u);
  Commit();
}

TEST_F(TableTest, ForeignKeys) {
  TableRef parent = Create(People("p"));
  const auto child_of = [&](std::string name, ReferentialAction on_delete, ReferentialAction on_update) {
    auto table = std::make_shared<TableDefinition>();
    table->schema = "d";
    table->name = name;
    table->columns = {MakeColumn("id", SqlType::Int(), false), MakeColumn("pid", SqlType::Int())};
    table->indexes.push_back({.name = "PRIMARY", .kind = IndexKind::kPrimary, .parts = {{.column = 0}}});
    table->indexes.push_back({.name = "pid", .kind = IndexKind::kSecondary, .parts = {{.column = 1}}});
    table->foreign_keys.push_back({.name = name + "_ibfk_1", .columns = {1}, .referenced_schema = "d",
                                   .referenced_table = "p", .referenced_columns = {"id"}, .on_delete = on_delete,
                                   .on_update = on_update});
    return Create(table);
  };
  TableRef restricting = child_of("r", ReferentialAction::kNoAction, ReferentialAction::kNoAction);
  TableRef cascading = child_of("c", ReferentialAction::kCascade, ReferentialAction::kCascade);
  TableRef nulling = child_of("n", ReferentialAction::kSetNull, ReferentialAction::kSetNull);
  Begin();
  auto people = Writer(parent);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(InsertPerson(people.get(), i, "", 0).ok());
  for (const TableRef& child : {cascading, nulling}) {
    auto writer = Writer(child);
    for (int i = 1; i <= 3; ++i) {
      const Datum row[] = {Int(i), Int(i)};
      ASSERT_TRUE(writer->Insert(row).ok());
    }
  }
  auto writer = Writer(restricting);
  const Datum bad[] = {Int(1), Int(9)}, good[] = {Int(1), Int(3)}, null[] = {Int(2), Datum::Null()};
  Status status = writer->Insert(bad);
  ASSERT_TRUE(status.Is(ER_NO_REFERENCED_ROW_2));
  EXPECT_EQ(status.error().message(),
            "Cannot add or update a child row: a foreign key constraint fails (`d`.`r`, CONSTRAINT `r_ibfk_1` FOREIGN "
            "KEY (`pid`) REFERENCES `p` (`id`))");
  ASSERT_TRUE(writer->Insert(good).ok());
  ASSERT_TRUE(writer->Insert(null).ok());
  const auto change = [&](int id, int new_id) -> Status {
    PointLookup lookup(parent, 0, {0, 1, 2});
    const Datum key[] = {Int(id)};
    EXPECT_TRUE(*lookup.Find(&context_, key, LockMode::kExclusive));
    Datum row[3];
    for (uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(lookup.Get(i, &row[i]).ok());
    if (new_id == 0) return people->Delete(lookup.locator(), row);
    Datum changed[3] = {Int(new_id), row[1], row[2]};
    return people->Update(lookup.locator(), row, changed);
  };
  EXPECT_TRUE(change(3, 0).Is(ER_ROW_IS_REFERENCED_2));
  EXPECT_TRUE(change(3, 7).Is(ER_ROW_IS_REFERENCED_2));
  EXPECT_TRUE(change(1, 0).ok());
  EXPECT_TRUE(change(2, 8).ok());
  EXPECT_EQ(Rows({.table = cascading, .ordinals = {0, 1}}), "2 8;3 3;");
  EXPECT_EQ(Rows({.table = nulling, .ordinals = {0, 1}}), "1 NULL;2 NULL;3 3;");
  context_.foreign_key_checks = false;
  auto unchecked = Writer(restricting);
  const Datum orphan[] = {Int(5), Int(55)};
  EXPECT_TRUE(unchecked->Insert(orphan).ok());
  Commit();
}

TEST_F(TableTest, BuildsAndRebuilds) {
  TableRef table = Create(People());
  Begin();
  auto writer = Writer(table);
  for (int i = 1; i <= 3000; ++i) ASSERT_TRUE(InsertPerson(writer.get(), i, "", i % 10).ok());
  Commit();
  // ADD INDEX (n, id); ADD UNIQUE (n) fails.
  Begin();
  auto indexed = std::make_shared<TableDefinition>(*table);
  indexed->indexes.push_back({.name = "k2", .kind = IndexKind::kSecondary, .parts = {{.column = 2}, {.column = 0, .is_descending = true}}});
  catalog_->AssignIds(indexed.get());
  ASSERT_TRUE(store_->BuildIndexes(&context_, indexed, {3}).ok());
  ASSERT_TRUE(catalog_->ReplaceTable(transaction_.get(), table, indexed).ok());
  Commit();
  Begin();
  EXPECT_TRUE(store_->Check(&context_, indexed)->empty());
  EXPECT_EQ(Rows({.table = indexed, .index = 3, .ordinals = {0}, .ranges = {Range({Int(5), Int(2985)}, {Int(5)}, false)}}), "2995;");
  auto unique = std::make_shared<TableDefinition>(*indexed);
  unique->indexes.push_back({.name = "bad", .kind = IndexKind::kUnique, .parts = {{.column = 2}}});
  catalog_->AssignIds(unique.get());
  EXPECT_TRUE(store_->BuildIndexes(&context_, unique, {4}).Is(ER_DUP_ENTRY));
  transaction_->Rollback();
  catalog_->DrainRemovals();
  EXPECT_EQ(engine_->ApproximateCount("", "") , engine_->ApproximateCount("", ""));
  // A rebuild with another key.
  Begin();
  auto rebuilt = std::make_shared<TableDefinition>(*indexed);
  for (Index& index : rebuilt->indexes) index.id = 0;
  catalog_->AssignIds(rebuilt.get());
  auto rows = store_->Rebuild(&context_, indexed, rebuilt, [](std::span<const Datum> from, std::span<Datum> to) {
    for (size_t i = 0; i < from.size(); ++i) to[i] = from[i];
    to[2] = Datum::Int64(from[2].int64 + 1);
    return Status::Ok();
  });
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  EXPECT_EQ(*rows, 3000u);
  ASSERT_TRUE(catalog_->ReplaceTable(transaction_.get(), indexed, rebuilt).ok());
  Commit();
  Begin();
  EXPECT_TRUE(store_->Check(&context_, rebuilt)->empty());
  ASSERT_TRUE(store_->Analyze(&context_, rebuilt).ok());
  EXPECT_EQ(store_->Statistics(*rebuilt)->row_count, 3000u);
  EXPECT_EQ(store_->Statistics(*rebuilt)->indexes[2].distinct[0], 10u);
  const double estimate = *store_->EstimateRows(*rebuilt, 2, {Range({Int(3)}, {Int(3)})}, nullptr);
  EXPECT_GT(estimate, 64);
  EXPECT_LE(estimate, 3000);
  Commit();
}

TEST_F(TableTest, SerializableKeepsPhantomsOut) {
  TableRef table = Create(People());
  Begin();
  ASSERT_TRUE(InsertPerson(Writer(table).get(), 5, "", 50).ok());
  Commit();
  Begin(IsolationLevel::kSerializable);
  EXPECT_EQ(Rows({.table = table, .index = 2, .ordinals = {1}, .ranges = {Range({Int(40)}, {Int(60)})}}), "NULL;");
  auto other = NewSession();
  TableContext context = Context(other.get());
  other->Begin({.lock_wait_timeout_ms = 50});
  other->BeginStatement();
  auto writer = Writer(table, &context);
  EXPECT_TRUE(InsertPerson(writer.get(), 6, "", 45).Is(ER_LOCK_WAIT_TIMEOUT));
  EXPECT_TRUE(InsertPerson(writer.get(), 7, "", 95).ok());
  Commit();
  EXPECT_TRUE(InsertPerson(writer.get(), 6, "", 45).ok());
  other->EndStatement();
  ASSERT_TRUE(other->Commit().ok());
}

TEST_F(TableTest, OldSnapshotsDoNotSeeNewStorage) {
  TableRef table = Create(People()), other_table = Create(People("o"));
  Begin();
  ASSERT_TRUE(InsertPerson(Writer(table).get(), 1, "", 1).ok());
  Commit();
  auto reader = NewSession();
  TableContext context = Context(reader.get());
  reader->Begin({});
  reader->BeginStatement();
  EXPECT_EQ(Rows({.table = other_table, .ordinals = {0}}, &context), "");
  reader->EndStatement();
  Begin();
  auto empty = store_->MakeEmptyCopy(*table);
  ASSERT_TRUE(catalog_->ReplaceTable(transaction_.get(), table, empty).ok());
  Commit();
  reader->BeginStatement();
  EXPECT_NE(Rows({.table = empty, .ordinals = {0}}, &context).find("1412"), std::string::npos);
  reader->Rollback();
  reader->Begin({});
  reader->BeginStatement();
  EXPECT_EQ(Rows({.table = empty, .ordinals = {0}}, &context), "");
  reader->Rollback();
}

TEST_F(TableTest, LockingScansReadTheLatestRows) {
  TableRef table = Create(People());
  Begin();
  auto writer = Writer(table);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(InsertPerson(writer.get(), i, "", i).ok());
  Commit();
  auto other = NewSession();
  TableContext context = Context(other.get());
  other->Begin({.isolation = IsolationLevel::kReadCommitted, .lock_wait_timeout_ms = 5000});
  other->BeginStatement();
  Begin();
  {
    const Datum old_row[] = {Int(2), Datum::Null(), Int(2)}, new_row[] = {Int(2), Datum::Null(), Int(99)};
    PointLookup lookup(table, 0, {0});
    const Datum key[] = {Int(2)};
    ASSERT_TRUE(*lookup.Find(&context_, key, LockMode::kExclusive));
    ASSERT_TRUE(writer->Update(lookup.locator(), old_row, new_row).ok());
  }
  EXPECT_EQ(Rows({.table = table, .ordinals = {0}, .lock = LockMode::kShared, .wait = WaitPolicy::kSkipLocked}, &context), "1;3;");
  std::string seen;
  std::thread thread([&] {
    seen = Rows({.table = table, .ordinals = {0, 2}, .lock = LockMode::kExclusive}, &context);
  });
  while (!other->owner().is_waiting()) std::this_thread::yield();
  Commit();
  thread.join();
  EXPECT_EQ(seen, "1 1;2 99;3 3;");
  other->Rollback();
}

TEST_F(TableTest, BatchLookupsFindWhatExists) {
  TableRef table = Create(People());
  Begin();
  auto writer = Writer(table);
  for (int i = 0; i < 100; i += 2) ASSERT_TRUE(InsertPerson(writer.get(), i, "p" + std::to_string(i), i).ok());
  Commit();
  Begin();
  Vector keys(SqlType::Int()), names(SqlType::Varchar(20));
  for (uint32_t i = 0; i < 100; ++i) {
    keys.SetInt64(i, i);
    names.SetString(i, "P" + std::to_string(i));
  }
  keys.SetNull(4);
  for (LockMode lock : {LockMode::kNone, LockMode::kExclusive}) {
    BatchLookup by_id(table, 0, {2}), by_name(table, 1, {0});
    const Vector* id_key[] = {&keys};
    const Vector* name_key[] = {&names};
    Batch output(by_id.types()), named(by_name.types());
    std::vector<uint16_t> matches;
    ASSERT_TRUE(by_id.Find(&context_, id_key, Selection::All(100), lock, WaitPolicy::kWait, &output, &matches).ok());
    ASSERT_EQ(output.row_count(), 49u);
    for (uint32_t i = 0; i < 49; ++i) EXPECT_EQ(output.column(0).Int64(i), matches[i]);
    ASSERT_TRUE(by_name.Find(&context_, name_key, Selection::All(100), lock, WaitPolicy::kWait, &named, &matches).ok());
    ASSERT_EQ(named.row_count(), 50u);
    for (uint32_t i = 0; i < 50; ++i) EXPECT_EQ(named.column(0).Int64(i), matches[i]);
  }
  Commit();
}

TEST_F(TableTest, DamagedRowsAreErrors) {
  TableRef table = Create(People());
  Begin();
  ASSERT_TRUE(InsertPerson(Writer(table).get(), 1, "ann", 1).ok());
  Commit();
  Begin();
  PointLookup lookup(table, 0, {1});
  const Datum key[] = {Int(1)};
  ASSERT_TRUE(*lookup.Find(&context_, key));
  KvBatch batch;
  batch.Put(lookup.locator(), std::string("\x01\x01", 2));
  ASSERT_TRUE(engine_->Write(&batch, WalSync::kWrite).ok());
  Commit();
  Begin();
  ASSERT_TRUE(*lookup.Find(&context_, key));
  Datum value;
  EXPECT_TRUE(lookup.Get(0, &value).Is(ER_CRASHED_ON_USAGE));
  EXPECT_NE(Rows({.table = table, .ordinals = {1}}).find("'t'"), std::string::npos);
  EXPECT_FALSE(store_->Check(&context_, table)->empty());
  Commit();
}

TEST_F(TableTest, TablesWithoutPrimaryKey) {
  auto definition = People();
  definition->indexes.erase(definition->indexes.begin());
  definition->columns[0].is_auto_increment = false;
  TableRef table = Create(definition);
  Begin();
  auto writer = Writer(table);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(InsertPerson(writer.get(), 7, "", i).ok());
  EXPECT_EQ(Rows({.table = table, .ordinals = {0, 2}}), "7 0;7 1;7 2;");
  EXPECT_EQ(Rows({.table = table, .index = 1, .ordinals = {0, 2}, .is_reverse = true}), "7 2;7 1;7 0;");
  EXPECT_TRUE(store_->Check(&context_, table)->empty());
  Commit();
}

}  // namespace
}  // namespace mahi
