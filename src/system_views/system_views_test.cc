#include "system_views/system_views.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "auth/account_manager.h"
#include "catalog/catalog.h"
#include "system_views/host.h"
#include "system_views/internal/updatable.h"
#include "transaction/transaction_manager.h"
#include "types/conversion.h"

namespace mahi {
namespace {

using Row = std::vector<std::string>;

class NoPersistence : public AccountPersistence {
 public:
  Status Write(const std::vector<std::pair<std::string, std::string>>&, const std::vector<std::string>&) override {
    return Status::Ok();
  }
  Status Load(const std::function<Status(std::string_view, std::string_view)>&) override { return Status::Ok(); }
};

class FakeHost : public SystemViewHost {
 public:
  FakeHost(AccountManager* accounts, TransactionManager* transactions) : accounts_(*accounts), transactions_(*transactions) {}

  uint64_t connection_id() const override { return 7; }
  SecurityContext& view_security() override { return security; }
  std::vector<std::pair<std::string, std::string>> ListVariables(bool is_global) override {
    return {{"autocommit", is_global ? "ON" : "OFF"}, {"version", "8.4.0-mahi-1"}};
  }
  std::vector<std::pair<std::string, std::string>> ListStatus(bool) override { return {{"Uptime", "12"}}; }
  std::vector<ProcessRow> ListProcesses() override {
    ProcessRow process;
    process.id = 7;
    process.user = "root";
    process.host = "localhost";
    process.command = "Query";
    process.has_info = true;
    process.info = "SELECT 1";
    process.connection_attributes = {{"_client_name", "test"}};
    return {process};
  }
  AccountManager& accounts() override { return accounts_; }
  TransactionManager& transaction_manager() override { return transactions_; }
  TableStatus StatusOf(const TableRef& table) override {
    TableStatus status;
    status.rows = 3;
    status.data_bytes = 96;
    status.auto_increment = table->auto_increment_column() ? 4 : 0;
    return status;
  }
  Result<std::vector<ViewColumnInfo>> ViewColumns(const ViewRef& view) override {
    if (view->name == "broken") return Error(ER_VIEW_INVALID, view->schema, view->name);
    std::vector<ViewColumnInfo> columns;
    for (const std::string& name : view->columns) columns.push_back({name, SqlType::Int(), false});
    return columns;
  }

  SecurityContext security;

 private:
  AccountManager& accounts_;
  TransactionManager& transactions_;
};

class RowSink : public BatchSink {
 public:
  RowSink(const TableDefinition& definition, const std::vector<uint32_t>& ordinals) {
    for (uint32_t ordinal : ordinals) types_.push_back(definition.columns[ordinal].type);
    batch_ = Batch(types_);
  }
  Batch* NextBatch() override {
    batch_.Reset();
    return &batch_;
  }
  Status Push() override {
    for (uint32_t r = 0; r < batch_.row_count(); ++r) {
      Row row;
      for (size_t c = 0; c < types_.size(); ++c) {
        row.push_back(batch_.column(c).IsNull(r) ? "NULL" : DatumToText(batch_.column(c).GetDatum(r), types_[c]));
      }
      rows.push_back(std::move(row));
    }
    return Status::Ok();
  }
  std::vector<Row> rows;

 private:
  std::vector<SqlType> types_;
  Batch batch_;
};

Column MakeColumn(std::string name, SqlType type, bool is_nullable = true) {
  Column column;
  column.name = std::move(name);
  column.type = std::move(type);
  column.is_nullable = is_nullable;
  column.default_kind = is_nullable ? DefaultKind::kNull : DefaultKind::kNone;
  return column;
}

Index MakeIndex(std::string name, IndexKind kind, std::vector<uint32_t> columns) {
  Index index;
  index.name = std::move(name);
  index.kind = kind;
  for (uint32_t column : columns) {
    IndexPart part;
    part.column = column;
    index.parts.push_back(part);
  }
  return index;
}

class SystemViewsTest : public ::testing::Test {
 protected:
  SystemViewsTest() {
    KvOptions options;
    options.in_memory = true;
    engine_ = std::move(KvEngine::Open(options)).value();
    transactions_ = std::make_unique<TransactionManager>(engine_.get());
    catalog_ = std::move(Catalog::Open(transactions_.get())).value();
    RegisterSystemViews(catalog_.get());
    accounts_ = std::make_unique<AccountManager>(AccountOptions(), &persistence_);
    EXPECT_TRUE(accounts_->Initialize("").ok());
    host_ = std::make_unique<FakeHost>(accounts_.get(), transactions_.get());
    CreateObjects();
  }

  void CreateObjects() {
    auto transaction = transactions_->NewTransaction(1);
    transaction->Begin({});
    SchemaDefinition schema;
    schema.name = "shop";
    EXPECT_TRUE(catalog_->CreateSchema(transaction.get(), schema).ok());

    auto customer = std::make_shared<TableDefinition>();
    customer->schema = "shop";
    customer->name = "customer";
    customer->created_at_us = 1'700'000'000'000'000;
    customer->updated_at_us = customer->created_at_us;
    customer->columns = {MakeColumn("id", SqlType::Int(true), false), MakeColumn("email", SqlType::Varchar(100)),
                         MakeColumn("name", SqlType::Varchar(50), false), MakeColumn("balance", SqlType::Decimal(10, 2), false),
                         MakeColumn("changed", SqlType::Timestamp(3), false), MakeColumn("flags", SqlType::Bit(3), false),
                         MakeColumn("twice", SqlType::BigInt()), MakeColumn("!hidden!", SqlType::Varchar(50))};
    customer->columns[0].is_auto_increment = true;
    customer->columns[3].default_kind = DefaultKind::kLiteral;
    customer->columns[3].default_text = "0.00";
    customer->columns[4].default_kind = DefaultKind::kNow;
    customer->columns[4].on_update_now = true;
    customer->columns[5].default_kind = DefaultKind::kLiteral;
    customer->columns[5].default_value = Value::UInt64(5);
    customer->columns[6].generated = GeneratedKind::kStored;
    customer->columns[6].generated_expression = "(`id` * 2)";
    customer->columns[7].is_hidden = true;
    customer->columns[7].generated = GeneratedKind::kVirtual;
    customer->columns[7].generated_expression = "lower(`name`)";
    customer->indexes = {MakeIndex("PRIMARY", IndexKind::kPrimary, {0}), MakeIndex("email", IndexKind::kUnique, {1}),
                         MakeIndex("by_name", IndexKind::kSecondary, {2, 0}), MakeIndex("by_lower", IndexKind::kSecondary, {7})};
    customer->indexes[2].parts[0].prefix_length = 10;
    CheckConstraint check;
    check.name = "customer_chk_1";
    check.expression = "`balance` >= 0";
    customer->checks.push_back(check);
    EXPECT_TRUE(catalog_->CreateTable(transaction.get(), customer).ok());

    auto invoice = std::make_shared<TableDefinition>();
    invoice->schema = "shop";
    invoice->name = "invoice";
    invoice->created_at_us = customer->created_at_us;
    invoice->columns = {MakeColumn("number", SqlType::Int(), false), MakeColumn("customer_id", SqlType::Int(true))};
    invoice->indexes = {MakeIndex("number", IndexKind::kUnique, {0}), MakeIndex("fk", IndexKind::kSecondary, {1})};
    ForeignKey key;
    key.name = "invoice_ibfk_1";
    key.columns = {1};
    key.referenced_schema = "shop";
    key.referenced_table = "customer";
    key.referenced_columns = {"id"};
    key.on_delete = ReferentialAction::kCascade;
    invoice->foreign_keys.push_back(key);
    EXPECT_TRUE(catalog_->CreateTable(transaction.get(), invoice).ok());

    for (const char* name : {"rich", "broken"}) {
      auto view = std::make_shared<ViewDefinition>();
      view->schema = "shop";
      view->name = name;
      view->columns = {"id"};
      view->select_text = "select `shop`.`customer`.`id` AS `id` from `shop`.`customer`";
      view->definer_user = "root";
      view->definer_host = "localhost";
      EXPECT_TRUE(catalog_->CreateView(transaction.get(), view, false).ok());
    }
    EXPECT_TRUE(transaction->Commit().ok());
  }

  // Rows of the named columns (all when empty) where the lookups hold.
  std::vector<Row> Read(std::string_view schema, std::string_view table, const std::vector<std::string>& columns = {},
                        const std::map<std::string, std::string>& lookups = {}) {
    const VirtualTable* view = catalog_->FindVirtualTable(schema, table);
    EXPECT_NE(view, nullptr) << schema << "." << table;
    if (view == nullptr) return {};
    const TableDefinition& definition = *view->definition();
    std::vector<uint32_t> ordinals;
    if (columns.empty()) {
      for (uint32_t i = 0; i < definition.columns.size(); ++i) ordinals.push_back(i);
    }
    for (const std::string& column : columns) ordinals.push_back(definition.ColumnOrdinal(column).value());
    std::vector<VirtualLookup> found;
    for (const auto& [column, value] : lookups) found.push_back({definition.ColumnOrdinal(column).value(), Datum::String(value)});
    VirtualScanContext context;
    context.catalog = catalog_.get();
    context.host = host_.get();
    RowSink sink(definition, ordinals);
    Status status = view->Scan(context, ordinals, found, &sink);
    EXPECT_TRUE(status.ok()) << schema << "." << table << ": " << status.ToString();
    return sink.rows;
  }

  std::unique_ptr<KvEngine> engine_;
  std::unique_ptr<TransactionManager> transactions_;
  std::unique_ptr<Catalog> catalog_;
  NoPersistence persistence_;
  std::unique_ptr<AccountManager> accounts_;
  std::unique_ptr<FakeHost> host_;
};

// Each row of each view has a value for each column (EndRow asserts it), whichever columns are read.
TEST_F(SystemViewsTest, EveryViewCanBeReadAsAWholeAndInPart) {
  size_t count = 0;
  for (const char* schema : {"information_schema", "performance_schema", "sys", "mysql"}) {
    for (const ObjectName& object : catalog_->ListTables(nullptr, schema)) {
      const size_t rows = Read(schema, object.name).size();
      const VirtualTable* view = catalog_->FindVirtualTable(schema, object.name);
      EXPECT_EQ(Read(schema, object.name, {view->definition()->columns.back().name}).size(), rows);
      ++count;
    }
  }
  EXPECT_GT(count, 150u);
}

TEST_F(SystemViewsTest, Schemata) {
  std::vector<Row> rows = Read("information_schema", "schemata", {"SCHEMA_NAME", "DEFAULT_CHARACTER_SET_NAME", "DEFAULT_COLLATION_NAME"});
  EXPECT_EQ(rows, (std::vector<Row>{{"information_schema", "utf8mb3", "utf8mb3_general_ci"},
                                    {"mysql", "utf8mb4", "utf8mb4_0900_ai_ci"},
                                    {"performance_schema", "utf8mb3", "utf8mb3_general_ci"},
                                    {"shop", "utf8mb4", "utf8mb4_0900_ai_ci"},
                                    {"sys", "utf8mb4", "utf8mb4_0900_ai_ci"}}));
}

TEST_F(SystemViewsTest, Tables) {
  EXPECT_EQ(Read("information_schema", "TABLES", {"TABLE_NAME", "TABLE_TYPE", "ENGINE", "TABLE_ROWS", "AUTO_INCREMENT", "CREATE_TIME"},
                 {{"TABLE_SCHEMA", "shop"}}),
            (std::vector<Row>{{"broken", "VIEW", "NULL", "NULL", "NULL", "NULL"},
                              {"customer", "BASE TABLE", "InnoDB", "3", "4", "2023-11-14 22:13:20"},
                              {"invoice", "BASE TABLE", "InnoDB", "3", "NULL", "2023-11-14 22:13:20"},
                              {"rich", "VIEW", "NULL", "NULL", "NULL", "NULL"}}));
  EXPECT_EQ(Read("information_schema", "TABLES", {"TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE"}, {{"TABLE_NAME", "collations"}}),
            (std::vector<Row>{{"information_schema", "COLLATIONS", "SYSTEM VIEW"}}));
}

TEST_F(SystemViewsTest, Columns) {
  EXPECT_EQ(Read("information_schema", "COLUMNS",
                 {"COLUMN_NAME", "ORDINAL_POSITION", "COLUMN_DEFAULT", "IS_NULLABLE", "COLUMN_TYPE", "COLUMN_KEY", "EXTRA"},
                 {{"TABLE_SCHEMA", "shop"}, {"TABLE_NAME", "customer"}}),
            (std::vector<Row>{
                {"id", "1", "NULL", "NO", "int unsigned", "PRI", "auto_increment"},
                {"email", "2", "NULL", "YES", "varchar(100)", "UNI", ""},
                {"name", "3", "NULL", "NO", "varchar(50)", "MUL", ""},
                {"balance", "4", "0.00", "NO", "decimal(10,2)", "", ""},
                {"changed", "5", "CURRENT_TIMESTAMP(3)", "NO", "timestamp(3)", "", "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)"},
                {"flags", "6", "b'101'", "NO", "bit(3)", "", ""},
                {"twice", "7", "NULL", "YES", "bigint", "", "STORED GENERATED"}}));
  EXPECT_EQ(Read("information_schema", "COLUMNS",
                 {"CHARACTER_MAXIMUM_LENGTH", "CHARACTER_OCTET_LENGTH", "NUMERIC_PRECISION", "NUMERIC_SCALE", "DATETIME_PRECISION",
                  "COLLATION_NAME", "PRIVILEGES"},
                 {{"TABLE_SCHEMA", "shop"}, {"TABLE_NAME", "customer"}}),
            (std::vector<Row>{{"NULL", "NULL", "10", "0", "NULL", "NULL", "select,insert,update,references"},
                              {"100", "400", "NULL", "NULL", "NULL", "utf8mb4_0900_ai_ci", "select,insert,update,references"},
                              {"50", "200", "NULL", "NULL", "NULL", "utf8mb4_0900_ai_ci", "select,insert,update,references"},
                              {"NULL", "NULL", "10", "2", "NULL", "NULL", "select,insert,update,references"},
                              {"NULL", "NULL", "NULL", "NULL", "3", "NULL", "select,insert,update,references"},
                              {"NULL", "NULL", "3", "NULL", "NULL", "NULL", "select,insert,update,references"},
                              {"NULL", "NULL", "19", "0", "NULL", "NULL", "select,insert,update,references"}}));
  // A unique key without NULLs stands in for the primary key.
  EXPECT_EQ(Read("information_schema", "COLUMNS", {"COLUMN_NAME", "COLUMN_KEY"}, {{"TABLE_SCHEMA", "shop"}, {"TABLE_NAME", "invoice"}}),
            (std::vector<Row>{{"number", "PRI"}, {"customer_id", "MUL"}}));
  EXPECT_EQ(Read("information_schema", "COLUMNS", {"COLUMN_NAME", "COLUMN_TYPE"}, {{"TABLE_SCHEMA", "shop"}, {"TABLE_NAME", "rich"}}),
            (std::vector<Row>{{"id", "int"}}));
  EXPECT_TRUE(Read("information_schema", "COLUMNS", {"COLUMN_NAME"}, {{"TABLE_SCHEMA", "shop"}, {"TABLE_NAME", "broken"}}).empty());
}

TEST_F(SystemViewsTest, Statistics) {
  EXPECT_EQ(Read("information_schema", "STATISTICS",
                 {"INDEX_NAME", "NON_UNIQUE", "SEQ_IN_INDEX", "COLUMN_NAME", "SUB_PART", "NULLABLE", "EXPRESSION"},
                 {{"TABLE_SCHEMA", "shop"}, {"TABLE_NAME", "customer"}}),
            (std::vector<Row>{{"PRIMARY", "0", "1", "id", "NULL", "", "NULL"},
                              {"email", "0", "1", "email", "NULL", "YES", "NULL"},
                              {"by_name", "1", "1", "name", "10", "", "NULL"},
                              {"by_name", "1", "2", "id", "NULL", "", "NULL"},
                              {"by_lower", "1", "1", "NULL", "NULL", "YES", "lower(`name`)"}}));
}

TEST_F(SystemViewsTest, Constraints) {
  EXPECT_EQ(Read("information_schema", "KEY_COLUMN_USAGE",
                 {"CONSTRAINT_NAME", "COLUMN_NAME", "REFERENCED_TABLE_SCHEMA", "REFERENCED_TABLE_NAME", "REFERENCED_COLUMN_NAME"},
                 {{"TABLE_NAME", "invoice"}}),
            (std::vector<Row>{{"number", "number", "NULL", "NULL", "NULL"}, {"invoice_ibfk_1", "customer_id", "shop", "customer", "id"}}));
  EXPECT_EQ(Read("information_schema", "REFERENTIAL_CONSTRAINTS", {"CONSTRAINT_NAME", "UNIQUE_CONSTRAINT_NAME", "UPDATE_RULE", "DELETE_RULE"},
                 {{"CONSTRAINT_SCHEMA", "shop"}}),
            (std::vector<Row>{{"invoice_ibfk_1", "PRIMARY", "NO ACTION", "CASCADE"}}));
  EXPECT_EQ(Read("information_schema", "TABLE_CONSTRAINTS", {"CONSTRAINT_NAME", "CONSTRAINT_TYPE", "ENFORCED"}, {{"TABLE_NAME", "customer"}}),
            (std::vector<Row>{{"PRIMARY", "PRIMARY KEY", "YES"}, {"email", "UNIQUE", "YES"}, {"customer_chk_1", "CHECK", "YES"}}));
  EXPECT_EQ(Read("information_schema", "CHECK_CONSTRAINTS", {"CONSTRAINT_NAME", "CHECK_CLAUSE"}),
            (std::vector<Row>{{"customer_chk_1", "(`balance` >= 0)"}}));
}

TEST_F(SystemViewsTest, Views) {
  EXPECT_EQ(Read("information_schema", "VIEWS", {"TABLE_NAME", "IS_UPDATABLE", "DEFINER", "SECURITY_TYPE"}, {{"TABLE_NAME", "rich"}}),
            (std::vector<Row>{{"rich", "YES", "root@localhost", "DEFINER"}}));
  EXPECT_EQ(Read("information_schema", "VIEW_TABLE_USAGE", {"VIEW_NAME", "TABLE_SCHEMA", "TABLE_NAME"}, {{"VIEW_NAME", "rich"}}),
            (std::vector<Row>{{"rich", "shop", "customer"}}));
  ViewDefinition view;
  for (const char* text : {"select count(0) AS `n` from `a`.`b`", "select distinct `x` AS `x` from `a`.`b`", "select 1 AS `1`",
                           "select `x` AS `x` from `a`.`b` group by `x`", "select `x` AS `x` from `a`.`b` union select 1 AS `1`"}) {
    view.select_text = text;
    EXPECT_FALSE(IsUpdatableView(view)) << text;
  }
  view.select_text = "select `a`.`b`.`count` AS `group by` from `a`.`b` where (`a`.`b`.`t` = ' union ')";
  EXPECT_TRUE(IsUpdatableView(view));
}

TEST_F(SystemViewsTest, ServerAndSession) {
  EXPECT_EQ(Read("performance_schema", "session_variables", {}, {{"VARIABLE_NAME", "AUTOCOMMIT"}}),
            (std::vector<Row>{{"autocommit", "OFF"}}));
  EXPECT_EQ(Read("performance_schema", "global_status"), (std::vector<Row>{{"Uptime", "12"}}));
  EXPECT_EQ(Read("information_schema", "PROCESSLIST", {"ID", "USER", "DB", "COMMAND", "INFO"}),
            (std::vector<Row>{{"7", "root", "NULL", "Query", "SELECT 1"}}));
  EXPECT_EQ(Read("sys", "version"), (std::vector<Row>{{"2.1.2", "8.4.0-mahi-1"}}));
  EXPECT_EQ(catalog_->FindVirtualTable("mysql", "Time_Zone"), nullptr);
  EXPECT_NE(catalog_->FindVirtualTable("INFORMATION_SCHEMA", "tables"), nullptr);
}

TEST_F(SystemViewsTest, PrivilegesNarrowWhatIsSeen) {
  SecurityContext root;
  AccountRequest request;
  request.name = {"ann", "%"};
  std::vector<GeneratedPassword> generated;
  ASSERT_TRUE(accounts_->CreateUsers(&root, {request}, {}, false, nullptr, &generated).ok());
  host_->security = SecurityContext(accounts_.get(), {"ann", "%"}, "ann", "localhost");
  EXPECT_EQ(Read("information_schema", "SCHEMATA", {"SCHEMA_NAME"}),
            (std::vector<Row>{{"information_schema"}, {"performance_schema"}}));
  EXPECT_EQ(Read("information_schema", "USER_PRIVILEGES"), (std::vector<Row>{{"'ann'@'%'", "def", "USAGE", "NO"}}));

  GrantRequest grant;
  grant.level = GrantRequest::Level::kTable;
  grant.database = "shop";
  grant.object = "customer";
  GrantedPrivilege privilege;
  privilege.privilege = kPrivilegeSelect;
  privilege.columns = {"email"};
  grant.privileges.push_back(privilege);
  grant.accounts = {{"ann", "%"}};
  Diagnostics diagnostics;
  ASSERT_TRUE(accounts_->Grant(&root, grant, &diagnostics).ok());
  EXPECT_EQ(Read("information_schema", "TABLES", {"TABLE_NAME"}, {{"TABLE_SCHEMA", "shop"}}), (std::vector<Row>{{"customer"}}));
  EXPECT_EQ(Read("information_schema", "COLUMNS", {"COLUMN_NAME", "ORDINAL_POSITION", "PRIVILEGES"}, {{"TABLE_SCHEMA", "shop"}}),
            (std::vector<Row>{{"email", "2", "select"}}));
  EXPECT_EQ(Read("information_schema", "COLUMN_PRIVILEGES", {"GRANTEE", "TABLE_NAME", "COLUMN_NAME", "PRIVILEGE_TYPE"}),
            (std::vector<Row>{{"'ann'@'%'", "customer", "email", "SELECT"}}));
  EXPECT_TRUE(Read("information_schema", "TABLE_CONSTRAINTS").empty());
}

}  // namespace
}  // namespace mahi
