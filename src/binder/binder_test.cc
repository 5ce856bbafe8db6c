// Statements -> logical plans and errors, over a small schema held in memory.
#include "binder/binder.h"

#include <gtest/gtest.h>

#include <map>

#include "binder/internal/statement_binder.h"
#include "parser/parser.h"
#include "plan/logical_printer.h"

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

class FakeSchema : public SchemaReader {
 public:
  Result<SchemaRef> FindSchema(std::string_view name) override {
    if (name != "test") return SchemaRef();
    auto schema = std::make_shared<SchemaDefinition>();
    schema->name = "test";
    return SchemaRef(schema);
  }
  Result<SchemaObject> FindTable(std::string_view schema, std::string_view name, TableIntent) override {
    SchemaObject object;
    if (schema != "test") return object;
    if (auto found = tables.find(std::string(name)); found != tables.end()) object.table = found->second;
    if (auto found = views.find(std::string(name)); found != views.end()) object.view = found->second;
    return object;
  }
  Result<SchemaObject> PeekTable(std::string_view schema, std::string_view name) override {
    return FindTable(schema, name, TableIntent::kInspect);
  }
  StatisticsSource& statistics() override { return statistics_; }

  struct ColumnSpec {
    std::string name;
    SqlType type;
    bool is_nullable = true;
  };
  std::shared_ptr<TableDefinition> AddTable(std::string name, std::vector<ColumnSpec> columns, bool has_primary_key) {
    auto table = std::make_shared<TableDefinition>();
    table->id = ++next_id_;
    table->schema = "test";
    table->name = name;
    for (ColumnSpec& spec : columns) {
      Column column;
      column.name = spec.name;
      column.type = spec.type;
      column.is_nullable = spec.is_nullable;
      if (spec.is_nullable) column.default_kind = DefaultKind::kNull;
      table->columns.push_back(std::move(column));
    }
    if (has_primary_key) {
      table->columns[0].is_nullable = false;
      table->columns[0].default_kind = DefaultKind::kNone;
      Index index;
      index.name = "PRIMARY";
      index.kind = IndexKind::kPrimary;
      index.parts.push_back({0});
      table->indexes.push_back(index);
    }
    tables[name] = table;
    return table;
  }
  void AddView(std::string name, std::vector<std::string> columns, std::string text,
               ViewCheckOption check = ViewCheckOption::kNone) {
    auto view = std::make_shared<ViewDefinition>();
    view->id = ++next_id_;
    view->schema = "test";
    view->name = name;
    view->columns = std::move(columns);
    view->select_text = std::move(text);
    view->check_option = check;
    views[name] = view;
  }

  std::map<std::string, std::shared_ptr<TableDefinition>> tables;
  std::map<std::string, std::shared_ptr<ViewDefinition>> views;

 private:
  NoStatistics statistics_;
  uint64_t next_id_ = 100;
};

class BinderTest : public ::testing::Test {
 protected:
  BinderTest() {
    schema_.AddTable("t", {{"a", SqlType::Int()}, {"b", SqlType::Int()}, {"c", SqlType::Varchar(10)}}, true);
    schema_.AddTable("u", {{"a", SqlType::Int()}, {"d", SqlType::Int()}}, true);
    schema_.AddTable("n", {{"x", SqlType::Int()}, {"y", SqlType::Date()}, {"j", SqlType::Json()}}, false);
    schema_.AddTable("id", {{"x", SqlType::Int(), false}}, false);
    schema_.AddView("v", {"a", "bb"}, "select `test`.`t`.`a` AS `a`,`test`.`t`.`b` AS `bb` from `test`.`t` where `test`.`t`.`b` > 1",
                    ViewCheckOption::kCascaded);
    schema_.AddView("w", {"s"}, "select sum(`test`.`t`.`a`) AS `s` from `test`.`t`");
    schema_.AddView("bad", {"s"}, "select `test`.`gone`.`a` AS `s` from `test`.`gone`");
  }

  static ParseOptions Options() {
    ParseOptions options;
    options.allow_parameters = true;
    return options;
  }

  Status BindInto(std::string_view sql, Plan* plan) {
    BindContext context;
    context.schema = &schema_;
    context.database = "test";
    context.sql_mode = sql_mode_;
    context.diagnostics = &diagnostics_;
    context.parse_statement = [](std::string_view text, uint64_t, Arena* arena) {
      return ParseStatement(text, Options(), arena);
    };
    context.parse_expression = [](std::string_view text, uint64_t, Arena* arena) {
      return ParseExpression(text, Options(), arena);
    };
    MAHI_ASSIGN_OR_RETURN(ast::Statement * statement, ParseStatement(sql, Options(), &plan->arena));
    return BindStatement(context, statement, plan);
  }

  // The plan as text, or the error.
  std::string Bind(std::string_view sql) {
    Plan plan;
    Status status = BindInto(sql, &plan);
    if (!status.ok()) return std::to_string(status.error().number()) + " " + status.error().message();
    std::string names;
    for (const ResultColumn& column : plan.columns) names += (names.empty() ? "" : "|") + column.name;
    names_ = names;
    return PrintLogicalPlan(plan.logical);
  }
  std::string Names(std::string_view sql) {
    std::string result = Bind(sql);
    return result.empty() || (result[0] >= '1' && result[0] <= '9') ? result : names_;
  }
  // The number of the error; 0: none.
  int ErrorOf(std::string_view sql) {
    Plan plan;
    Status status = BindInto(sql, &plan);
    return status.ok() ? 0 : status.error().number();
  }

  FakeSchema schema_;
  Diagnostics diagnostics_;
  uint64_t sql_mode_ = kSqlModeDefault;
  std::string names_;
};

TEST_F(BinderTest, SelectsColumns) {
  EXPECT_EQ(Bind("SELECT a, b + 1 FROM t WHERE a = 3 ORDER BY b DESC LIMIT 2"),
            "Project #1, #4\n"
            "  Limit 2\n"
            "    Sort #2 desc\n"
            "      Project #1, #4 := (#2 + 1), #2\n"
            "        Filter (#1 = 3)\n"
            "          Get test.t [#1 a, #2 b, #3 c]\n");
}

TEST_F(BinderTest, NamesColumnsAsMySql) {
  EXPECT_EQ(Names("SELECT a, A, t.a, a+1, 'x', 1.5, NULL, (select  1), count( * ) FROM t GROUP BY a"),
            "a|A|a|a+1|x|1.5|NULL|(select  1)|count( * )");
  EXPECT_EQ(Names("SELECT * FROM t NATURAL JOIN u"), "a|b|c|d");
  EXPECT_EQ(Names("SELECT * FROM t RIGHT JOIN u USING (a)"), "a|d|b|c");
  EXPECT_EQ(Names("SELECT * FROM t RIGHT JOIN u ON t.a = u.a"), "a|b|c|a|d");
  EXPECT_EQ(Names("SELECT u.*, t.b FROM t, u"), "a|d|b");
  EXPECT_EQ(Names("VALUES ROW(1,2), ROW(3,4)"), "column_0|column_1");
  EXPECT_EQ(Names("TABLE u ORDER BY d LIMIT 1"), "a|d");
}

TEST_F(BinderTest, ReportsUnknownNames) {
  EXPECT_EQ(Bind("SELECT z FROM t"), "1054 Unknown column 'z' in 'field list'");
  EXPECT_EQ(Bind("SELECT a FROM t WHERE z = 1"), "1054 Unknown column 'z' in 'where clause'");
  EXPECT_EQ(Bind("SELECT a FROM t GROUP BY z"), "1054 Unknown column 'z' in 'group statement'");
  EXPECT_EQ(Bind("SELECT a FROM t ORDER BY z"), "1054 Unknown column 'z' in 'order clause'");
  EXPECT_EQ(Bind("SELECT a FROM t HAVING b = 1"), "1054 Unknown column 'b' in 'having clause'");
  EXPECT_EQ(Bind("SELECT 1 FROM t JOIN u ON t.z = u.a"), "1054 Unknown column 't.z' in 'on clause'");
  EXPECT_EQ(Bind("SELECT a FROM t, u"), "1052 Column 'a' in field list is ambiguous");
  EXPECT_EQ(ErrorOf("SELECT 1 FROM nothing"), ER_NO_SUCH_TABLE);
  EXPECT_EQ(ErrorOf("SELECT 1 FROM t, t"), ER_NONUNIQ_TABLE);
  EXPECT_EQ(ErrorOf("SELECT *"), ER_NO_TABLES_USED);
  EXPECT_EQ(ErrorOf("SELECT x.* FROM t"), ER_BAD_TABLE_ERROR);
  EXPECT_EQ(ErrorOf("SELECT nofunction(1)"), ER_SP_DOES_NOT_EXIST);
  EXPECT_EQ(ErrorOf("SELECT * FROM (SELECT 1 AS a, 2 AS a) d"), ER_DUP_FIELDNAME);
  EXPECT_EQ(ErrorOf("SELECT * FROM bad"), ER_VIEW_INVALID);
}

TEST_F(BinderTest, AliasesInClauses) {
  EXPECT_EQ(ErrorOf("SELECT b AS x FROM t WHERE x = 1"), ER_BAD_FIELD_ERROR);
  EXPECT_EQ(ErrorOf("SELECT b AS x FROM t GROUP BY x HAVING x > 1 ORDER BY x"), 0);
  EXPECT_EQ(ErrorOf("SELECT b + 1 AS x FROM t ORDER BY x + 1, 1"), 0);
  EXPECT_EQ(ErrorOf("SELECT b FROM t ORDER BY 2"), ER_BAD_FIELD_ERROR);
  EXPECT_EQ(ErrorOf("SELECT count(*) AS n FROM t GROUP BY n"), ER_WRONG_GROUP_FIELD);
}

TEST_F(BinderTest, Groups) {
  EXPECT_EQ(Bind("SELECT b, count(*), -max(a) FROM t GROUP BY b HAVING count(*) > 1"),
            "Project #2, #4 := #6, #5 := unary-(#7)\n"
            "  Filter (#6 > 1)\n"
            "    Aggregate keys 1: #2, #6 := count(), #7 := max(#1)\n"
            "      Get test.t [#1 a, #2 b, #3 c]\n");
  EXPECT_EQ(Bind("SELECT a, b FROM t GROUP BY b"),
            "1055 Expression #1 of SELECT list is not in GROUP BY clause and contains nonaggregated column 'test.t.a' "
            "which is not functionally dependent on columns in GROUP BY clause; this is incompatible with "
            "sql_mode=only_full_group_by");
  EXPECT_EQ(ErrorOf("SELECT a, b, c FROM t GROUP BY a"), 0);  // the primary key determines all
  EXPECT_EQ(ErrorOf("SELECT t.b, u.d FROM t JOIN u ON t.b = u.a GROUP BY t.b"), 0);
  EXPECT_EQ(ErrorOf("SELECT t.b, u.d FROM t LEFT JOIN u ON t.b = u.a GROUP BY t.b"), 0);
  EXPECT_EQ(ErrorOf("SELECT b, count(*) FROM t"), ER_MIX_OF_GROUP_FUNC_AND_FIELDS);
  EXPECT_EQ(ErrorOf("SELECT b, count(*) FROM t WHERE b = 1"), 0);
  EXPECT_EQ(ErrorOf("SELECT a FROM t WHERE count(*) > 1"), ER_INVALID_GROUP_FUNC_USE);
  EXPECT_EQ(ErrorOf("SELECT sum(sum(a)) FROM t"), ER_INVALID_GROUP_FUNC_USE);
  EXPECT_EQ(ErrorOf("SELECT b, grouping(b) FROM t GROUP BY b WITH ROLLUP"), 0);
  EXPECT_EQ(ErrorOf("SELECT DISTINCT b FROM t ORDER BY a"), ER_FIELD_IN_ORDER_NOT_SELECT);
  EXPECT_EQ(ErrorOf("SELECT a FROM t ORDER BY count(*)"), ER_AGGREGATE_ORDER_NON_AGG_QUERY);
  sql_mode_ = 0;
  EXPECT_EQ(ErrorOf("SELECT a, b FROM t GROUP BY b"), 0);
}

TEST_F(BinderTest, Subqueries) {
  EXPECT_EQ(Bind("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.d = t.b)"),
            "Project #1\n"
            "  Filter exists(...)\n"
            "    subquery outer[#2]\n"
            "      Project #6 := 1\n"
            "        Filter (#5 = outer#2)\n"
            "          Get test.u [#4 a, #5 d]\n"
            "    Get test.t [#1 a, #2 b, #3 c]\n");
  EXPECT_EQ(ErrorOf("SELECT (SELECT 1, 2)"), ER_OPERAND_COLUMNS);
  EXPECT_EQ(ErrorOf("SELECT 1 WHERE (1, 2) IN (SELECT 1)"), ER_OPERAND_COLUMNS);
  EXPECT_EQ(ErrorOf("SELECT 1 WHERE 1 IN (SELECT a FROM t LIMIT 1)"), ER_NOT_SUPPORTED_YET);
  EXPECT_EQ(ErrorOf("SELECT (SELECT sum(t.a) FROM u LIMIT 1) FROM t"), 0);
  EXPECT_EQ(ErrorOf("SELECT b, (SELECT max(d) FROM u WHERE u.a = t.b) FROM t GROUP BY b"), 0);
  EXPECT_EQ(ErrorOf("SELECT * FROM t, LATERAL (SELECT d FROM u WHERE u.a = t.b) x"), 0);
  EXPECT_EQ(ErrorOf("SELECT * FROM t, (SELECT d FROM u WHERE u.a = t.b) x"), ER_BAD_FIELD_ERROR);
  EXPECT_EQ(ErrorOf("SELECT (SELECT (SELECT (SELECT t.a))) FROM t"), 0);
  EXPECT_EQ(ErrorOf("SELECT (1, 2) = (SELECT a, b FROM t LIMIT 1)"), 0);
}

TEST_F(BinderTest, CommonTableExpressions) {
  EXPECT_EQ(ErrorOf("WITH x AS (SELECT a FROM t) SELECT * FROM x"), 0);
  EXPECT_EQ(ErrorOf("WITH x (p, q) AS (SELECT a FROM t) SELECT * FROM x"), ER_VIEW_WRONG_LIST);
  EXPECT_EQ(ErrorOf("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r"), 0);
  EXPECT_EQ(ErrorOf("WITH RECURSIVE r AS (SELECT n + 1 FROM r) SELECT * FROM r"), ER_CTE_RECURSIVE_REQUIRES_UNION);
  EXPECT_EQ(ErrorOf("WITH x AS (SELECT 1), x AS (SELECT 2) SELECT 1"), ER_NONUNIQ_TABLE);
  EXPECT_EQ(ErrorOf("WITH x AS (SELECT a FROM t) SELECT * FROM x p JOIN x q ON p.a = q.a"), 0);
}

TEST_F(BinderTest, SetOperations) {
  EXPECT_EQ(ErrorOf("SELECT a FROM t UNION SELECT a, d FROM u"), ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT);
  EXPECT_EQ(ErrorOf("SELECT a FROM t UNION SELECT d FROM u ORDER BY a LIMIT 1"), 0);
  EXPECT_EQ(ErrorOf("SELECT a FROM t UNION SELECT d FROM u ORDER BY t.a"), ER_TABLENAME_NOT_ALLOWED_HERE);
  EXPECT_EQ(ErrorOf("(SELECT a FROM t ORDER BY a LIMIT 1) UNION ALL (SELECT d FROM u) INTERSECT SELECT 1"), 0);
}

TEST_F(BinderTest, Windows) {
  EXPECT_EQ(ErrorOf("SELECT sum(a) OVER (PARTITION BY b ORDER BY a) FROM t"), 0);
  EXPECT_EQ(ErrorOf("SELECT row_number() OVER w FROM t WINDOW w AS (ORDER BY a)"), 0);
  EXPECT_EQ(ErrorOf("SELECT row_number() OVER w FROM t"), ER_WINDOW_NO_SUCH_WINDOW);
  EXPECT_EQ(ErrorOf("SELECT a FROM t WHERE row_number() OVER () = 1"), ER_WINDOW_INVALID_WINDOW_FUNC_USE);
  EXPECT_EQ(ErrorOf("SELECT sum(a) OVER (ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM t"),
            ER_WINDOW_FRAME_START_ILLEGAL);
  EXPECT_EQ(ErrorOf("SELECT rank() OVER (ORDER BY sum(a)) FROM t GROUP BY b"), 0);
}

TEST_F(BinderTest, Inserts) {
  EXPECT_EQ(ErrorOf("INSERT INTO t VALUES (1, 2, 'x'), (2, DEFAULT, NULL)"), 0);
  EXPECT_EQ(ErrorOf("INSERT INTO t VALUES (1, 2)"), ER_WRONG_VALUE_COUNT_ON_ROW);
  EXPECT_EQ(ErrorOf("INSERT INTO t (a, a) VALUES (1, 2)"), ER_FIELD_SPECIFIED_TWICE);
  EXPECT_EQ(ErrorOf("INSERT INTO t (z) VALUES (1)"), ER_BAD_FIELD_ERROR);
  EXPECT_EQ(ErrorOf("INSERT INTO t () VALUES ()"), 0);
  EXPECT_EQ(ErrorOf("INSERT INTO t SET a = 1, b = a + 1"), 0);
  EXPECT_EQ(ErrorOf("INSERT INTO t (a, b) SELECT a, d FROM u ON DUPLICATE KEY UPDATE b = u.d + VALUES(b)"), 0);
  EXPECT_EQ(ErrorOf("INSERT INTO t (a, b) VALUES (1, 2) AS new (p, q) ON DUPLICATE KEY UPDATE b = new.q + t.b"), 0);
  EXPECT_EQ(ErrorOf("REPLACE INTO t VALUES (1, 2, 'x')"), 0);
  EXPECT_EQ(ErrorOf("INSERT INTO v VALUES (1, 2)"), 0);
  EXPECT_EQ(ErrorOf("INSERT INTO w VALUES (1)"), ER_NON_INSERTABLE_TABLE);
  EXPECT_EQ(ErrorOf("INSERT INTO t (a) VALUES (DEFAULT)"), ER_NO_DEFAULT_FOR_FIELD);
  EXPECT_EQ(ErrorOf("INSERT INTO t SELECT * FROM t"), 0);
}

TEST_F(BinderTest, ChangesRows) {
  EXPECT_EQ(ErrorOf("UPDATE t SET b = b + 1 WHERE a = 1 ORDER BY a LIMIT 1"), 0);
  EXPECT_EQ(ErrorOf("UPDATE t SET z = 1"), ER_BAD_FIELD_ERROR);
  EXPECT_EQ(ErrorOf("UPDATE t JOIN u ON t.a = u.a SET t.b = u.d, u.d = 0"), 0);
  EXPECT_EQ(ErrorOf("UPDATE t SET b = (SELECT max(b) FROM t)"), ER_UPDATE_TABLE_USED);
  EXPECT_EQ(ErrorOf("UPDATE t SET b = (SELECT m FROM (SELECT max(b) AS m FROM t) x)"), 0);
  EXPECT_EQ(ErrorOf("UPDATE v SET bb = 3 WHERE a = 1"), 0);
  EXPECT_EQ(ErrorOf("UPDATE w SET s = 3"), ER_NON_UPDATABLE_TABLE);
  EXPECT_EQ(ErrorOf("DELETE FROM t WHERE a IN (SELECT d FROM u)"), 0);
  EXPECT_EQ(ErrorOf("DELETE FROM t WHERE a IN (SELECT a FROM t)"), ER_UPDATE_TABLE_USED);
  EXPECT_EQ(ErrorOf("DELETE t, u FROM t JOIN u ON t.a = u.a"), 0);
  EXPECT_EQ(ErrorOf("DELETE z FROM t JOIN u ON t.a = u.a"), ER_UNKNOWN_TABLE);
  EXPECT_EQ(ErrorOf("DELETE FROM v WHERE a = 1"), 0);
}

TEST_F(BinderTest, LargeLists) {
  std::string in = "SELECT a FROM t WHERE a IN (0";
  std::string either = "SELECT a FROM t WHERE a = 0";
  for (int i = 1; i < 10000; ++i) {
    in += "," + std::to_string(i);
    either += " OR a = " + std::to_string(i);
  }
  EXPECT_EQ(ErrorOf(in + ")"), 0);
  EXPECT_EQ(ErrorOf(either), 0);
}

TEST_F(BinderTest, Parameters) {
  Plan plan;
  Status status = BindInto("SELECT a FROM t WHERE a = ? AND c = ? LIMIT ?", &plan);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_EQ(plan.parameter_types.size(), 3u);
  EXPECT_TRUE(plan.parameter_types[0].IsInteger());
  EXPECT_TRUE(plan.parameter_types[1].IsString());
  EXPECT_TRUE(plan.parameter_types[2].is_unsigned);
}

}  // namespace
}  // namespace mahi
