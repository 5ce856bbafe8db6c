#include "catalog/catalog.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "catalog/internal/dictionary_codec.h"
#include "catalog/session_schema.h"
#include "storage/codec/key_codec.h"

namespace mahi {
namespace {

class NoStatistics : public StatisticsSource {
 public:
  uint64_t RowCount(const TableDefinition&) override { return 0; }
  StatisticsRef Statistics(const TableDefinition&) override { return std::make_shared<TableStatistics>(); }
  Result<double> EstimateRows(const TableDefinition&, uint32_t, const std::vector<IndexRange>&,
                              const TimeZone*) override {
    return 0.0;
  }
};

std::shared_ptr<TableDefinition> MakeTable(std::string name) {
  auto table = std::make_shared<TableDefinition>();
  table->schema = "d";
  table->name = std::move(name);
  Column id;
  id.name = "id";
  id.type = SqlType::Int();
  id.is_nullable = false;
  id.default_value = Value::Int64(5);
  id.default_kind = DefaultKind::kLiteral;
  Column kind;
  kind.name = "kind";
  kind.type = SqlType::Enum({"x", "y"});
  kind.initial_value = Value::OfDecimal(Decimal::FromScaled(123, 2));
  table->columns = {id, kind};
  table->indexes.push_back({.name = "PRIMARY", .kind = IndexKind::kPrimary, .parts = {{.column = 0}}});
  table->indexes.push_back({.name = "k", .kind = IndexKind::kSecondary, .parts = {{.column = 1, .is_descending = true}}});
  return table;
}

class CatalogTest : public ::testing::Test {
 protected:
  CatalogTest() {
    char name[] = "/tmp/mahi_catalog_XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~CatalogTest() override {
    Close();
    std::filesystem::remove_all(directory_);
  }
  void Open() {
    auto engine = KvEngine::Open({.directory = directory_ + "/data"});
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    engine_ = std::move(engine).value();
    manager_ = std::make_unique<TransactionManager>(engine_.get());
    auto catalog = Catalog::Open(manager_.get());
    ASSERT_TRUE(catalog.ok()) << catalog.status().ToString();
    catalog_ = std::move(catalog).value();
    transaction_ = manager_->NewTransaction(1);
  }
  void Close() {
    transaction_.reset();
    catalog_.reset();
    manager_.reset();
    engine_.reset();
  }
  template <typename F>
  Status Run(F&& change) {
    transaction_->Begin({});
    Status status = change();
    if (!status.ok()) {
      transaction_->Rollback();
      return status;
    }
    return transaction_->Commit();
  }

  std::string directory_;
  std::unique_ptr<KvEngine> engine_;
  std::unique_ptr<TransactionManager> manager_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Transaction> transaction_;
};

TEST_F(CatalogTest, DefinitionsSurviveReopening) {
  Open();
  EXPECT_TRUE(catalog_->is_new());
  ASSERT_TRUE(Run([&] { return catalog_->CreateSchema(transaction_.get(), {.name = "d"}); }).ok());
  EXPECT_TRUE(Run([&] { return catalog_->CreateSchema(transaction_.get(), {.name = "d"}); }).Is(ER_DB_CREATE_EXISTS));
  ASSERT_TRUE(Run([&] { return catalog_->CreateTable(transaction_.get(), MakeTable("t")); }).ok());
  auto view = std::make_shared<ViewDefinition>();
  view->schema = "d";
  view->name = "v";
  view->select_text = "select 1";
  ASSERT_TRUE(Run([&] { return catalog_->CreateView(transaction_.get(), view, false); }).ok());
  const uint64_t id = (*catalog_->FindTable(nullptr, "d", "t"))->id;
  Close();
  Open();
  EXPECT_FALSE(catalog_->is_new());
  TableRef table = *catalog_->FindTable(nullptr, "d", "t");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->id, id);
  std::string expected, actual;
  auto copy = std::make_shared<TableDefinition>(*table);
  EncodeTable(*table, &expected);
  EXPECT_EQ(table->columns[1].type.members->at(1), "y");
  EXPECT_EQ(table->columns[1].initial_value.decimal().ToString(), "1.23");
  EXPECT_TRUE(table->indexes[1].parts[0].is_descending);
  EXPECT_FALSE(*catalog_->FindTable(nullptr, "d", "T"));
  EXPECT_EQ((*catalog_->FindView(nullptr, "d", "v"))->select_text, "select 1");
  const auto names = catalog_->ListTables(nullptr, "d");
  ASSERT_EQ(names.size(), 2u);
  EXPECT_TRUE(names[1].is_view);
  // Every cut of a record is noticed.
  for (size_t length = 0; length < expected.size(); ++length) {
    TableDefinition damaged;
    EXPECT_FALSE(DecodeTable(std::string_view(expected).substr(0, length), &damaged));
  }
}

TEST_F(CatalogTest, ChangesAreStagedUntilCommit) {
  Open();
  ASSERT_TRUE(Run([&] { return catalog_->CreateSchema(transaction_.get(), {.name = "d"}); }).ok());
  transaction_->Begin({});
  ASSERT_TRUE(catalog_->CreateTable(transaction_.get(), MakeTable("t")).ok());
  EXPECT_TRUE(*catalog_->FindTable(transaction_.get(), "d", "t"));
  EXPECT_FALSE(*catalog_->FindTable(nullptr, "d", "t"));
  EXPECT_EQ(catalog_->ListTables(transaction_.get(), "d").size(), 1u);
  transaction_->Rollback();
  EXPECT_FALSE(*catalog_->FindTable(nullptr, "d", "t"));
  ASSERT_TRUE(Run([&] { return catalog_->CreateTable(transaction_.get(), MakeTable("t")); }).ok());
  EXPECT_TRUE(*catalog_->FindTable(nullptr, "d", "t"));
}

TEST_F(CatalogTest, ForeignKeysFollowRenames) {
  Open();
  ASSERT_TRUE(Run([&] { return catalog_->CreateSchema(transaction_.get(), {.name = "d"}); }).ok());
  auto child = MakeTable("c");
  child->foreign_keys.push_back({.name = "fk", .columns = {0}, .referenced_schema = "d", .referenced_table = "p",
                                 .referenced_columns = {"id"}});
  ASSERT_TRUE(Run([&] { return catalog_->CreateTable(transaction_.get(), MakeTable("p")); }).ok());
  ASSERT_TRUE(Run([&] { return catalog_->CreateTable(transaction_.get(), child); }).ok());
  EXPECT_TRUE(catalog_->IsReferenced(nullptr, "d", "p"));
  ASSERT_TRUE(Run([&] {
                return catalog_->RenameTable(transaction_.get(), *catalog_->FindTable(nullptr, "d", "p"), "d", "q");
              }).ok());
  EXPECT_FALSE(catalog_->IsReferenced(nullptr, "d", "p"));
  ASSERT_EQ(catalog_->ReferencingKeys(nullptr, "d", "q").size(), 1u);
  EXPECT_EQ((*catalog_->FindTable(nullptr, "d", "c"))->foreign_keys[0].referenced_table, "q");
  ASSERT_TRUE(Run([&] { return catalog_->DropTable(transaction_.get(), *catalog_->FindTable(nullptr, "d", "c")); }).ok());
  EXPECT_FALSE(catalog_->IsReferenced(nullptr, "d", "q"));
}

TEST_F(CatalogTest, DroppedDataAreRemoved) {
  Open();
  ASSERT_TRUE(Run([&] { return catalog_->CreateSchema(transaction_.get(), {.name = "d"}); }).ok());
  ASSERT_TRUE(Run([&] { return catalog_->CreateTable(transaction_.get(), MakeTable("t")); }).ok());
  const uint32_t index_id = (*catalog_->FindTable(nullptr, "d", "t"))->row_index_id();
  KvBatch batch;
  batch.Put(IndexPrefix(index_id) + "row", "value");
  ASSERT_TRUE(engine_->Write(&batch, WalSync::kSync).ok());
  ASSERT_TRUE(Run([&] { return catalog_->DropSchema(transaction_.get(), "d"); }).ok());
  catalog_->DrainRemovals();
  PinnedValue value;
  EXPECT_FALSE(*engine_->Get(IndexPrefix(index_id) + "row", &value));
  EXPECT_FALSE(catalog_->FindSchema(nullptr, "d"));
}

TEST_F(CatalogTest, TemporaryTablesHideOthers) {
  Open();
  ASSERT_TRUE(Run([&] { return catalog_->CreateSchema(transaction_.get(), {.name = "d"}); }).ok());
  ASSERT_TRUE(Run([&] { return catalog_->CreateTable(transaction_.get(), MakeTable("t")); }).ok());
  NoStatistics statistics;
  SessionSchema schema(catalog_.get(), transaction_.get(), &statistics);
  transaction_->Begin({});
  ASSERT_TRUE(schema.AddTemporaryTable(MakeTable("t")).ok());
  EXPECT_TRUE(schema.AddTemporaryTable(MakeTable("t")).Is(ER_TABLE_EXISTS_ERROR));
  EXPECT_TRUE((*schema.FindTable("d", "t", TableIntent::kRead)).table->is_temporary);
  schema.DropAllTemporaryTables();
  EXPECT_FALSE((*schema.FindTable("d", "t", TableIntent::kRead)).table->is_temporary);
  EXPECT_TRUE(schema.GetTable("d", "x", TableIntent::kRead).Is(ER_NO_SUCH_TABLE));
  EXPECT_TRUE(schema.GetTable("e", "x", TableIntent::kRead).Is(ER_BAD_DB_ERROR));
  transaction_->Rollback();
}

}  // namespace
}  // namespace mahi
