// Plans of statements: for each rule a statement on which it fires and one on which it must not.
#include <gtest/gtest.h>

#include "planner_fixture.h"

namespace mahi {
namespace {

class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    world_.Create("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT NOT NULL, s VARCHAR(20), bin VARBINARY(20), d DATE, "
                  "big BIGINT UNSIGNED, n DECIMAL(10,2), KEY a (a), KEY b_a (b, a), KEY s (s), KEY bin (bin), KEY d (d), "
                  "UNIQUE KEY big (big), KEY n (n))", 100000);
    world_.Create("CREATE TABLE u (id INT PRIMARY KEY, t_id INT NOT NULL, v INT, KEY t_id (t_id))", 500000);
    world_.Create("CREATE TABLE small (k INT NOT NULL PRIMARY KEY, name VARCHAR(10), x INT)", 10);
    world_.Create("CREATE TABLE hidden (id INT PRIMARY KEY, a INT, KEY a (a) INVISIBLE)", 100000);
  }

  void Has(std::string_view sql, std::string_view text) {
    std::string plan = world_.Explain(sql);
    EXPECT_NE(plan.find(text), std::string::npos) << sql << "\n" << plan;
  }
  void HasNot(std::string_view sql, std::string_view text) {
    std::string plan = world_.Explain(sql);
    EXPECT_EQ(plan.find(text), std::string::npos) << sql << "\n" << plan;
  }

  PlannerFixture world_;
};

TEST_F(PlanTest, PointLookup) {
  Has("SELECT * FROM t WHERE id = 5", "Single-row index lookup on t using PRIMARY");
  Has("SELECT * FROM t WHERE id = ?", "Single-row index lookup on t using PRIMARY");
  Has("SELECT * FROM t WHERE big = 7", "Single-row index lookup on t using big");
  Has("SELECT * FROM t WHERE big = ?", "Single-row index lookup on t using big");
  HasNot("SELECT * FROM t WHERE id + 0 = 5", "lookup");
  HasNot("SELECT * FROM t WHERE id = 5.5", "lookup");
  HasNot("SELECT * FROM t WHERE big = -1", "lookup");
}

TEST_F(PlanTest, Ranges) {
  Has("SELECT * FROM t WHERE a = 3", "using a over (a = 3)");
  Has("SELECT * FROM t WHERE id > 10 AND id <= 20", "using PRIMARY over (10 < id <= 20)");
  Has("SELECT * FROM t WHERE id < 7.5", "using PRIMARY over (id <= 7)");
  Has("SELECT * FROM t WHERE id IN (1, 2, 3)", "(id = 1) OR (id = 2) OR (id = 3)");
  Has("SELECT * FROM t WHERE id = 1 OR id = 2", "(id = 1) OR (id = 2)");
  Has("SELECT * FROM t WHERE b = 1 AND a = 2", "using b_a over");
  Has("SELECT * FROM t WHERE a IS NULL", "using a over");
  HasNot("SELECT * FROM t WHERE id IS NULL", "over");
  Has("SELECT * FROM t WHERE d = DATE '2020-01-01'", "using d over");
  Has("SELECT * FROM t WHERE n = 1.5", "using n over");
  // A comparison as text says nothing about the order of numbers.
  HasNot("SELECT * FROM t WHERE CAST(a AS CHAR) = '3'", "using a");
  HasNot("SELECT * FROM t WHERE s = 3", "using s");
  HasNot("SELECT * FROM t WHERE s = 'x' COLLATE utf8mb4_bin", "using s");
  HasNot("SELECT * FROM hidden WHERE a = 1", "using a");
}

TEST_F(PlanTest, Like) {
  Has("SELECT * FROM t WHERE bin LIKE 'abc%'", "using bin over");
  HasNot("SELECT * FROM t WHERE bin LIKE '%abc'", "using bin");
  HasNot("SELECT * FROM t WHERE s LIKE 'abc%'", "using s");
}

TEST_F(PlanTest, IndexHints) {
  HasNot("SELECT * FROM t IGNORE INDEX (a) WHERE a = 3", "using a");
  Has("SELECT * FROM t USE INDEX (b_a) WHERE a = 3 AND b = 4", "using b_a");
  HasNot("SELECT * FROM t USE INDEX () WHERE a = 3", "using a");
}

TEST_F(PlanTest, OrderFromIndex) {
  HasNot("SELECT * FROM t ORDER BY id LIMIT 5", "Sort");
  HasNot("SELECT * FROM t ORDER BY id DESC LIMIT 5", "Sort");
  HasNot("SELECT * FROM t ORDER BY a LIMIT 5", "Sort");
  HasNot("SELECT * FROM t WHERE a = 1 ORDER BY id LIMIT 5", "Sort");
  HasNot("SELECT * FROM t WHERE b = 1 ORDER BY a LIMIT 5", "Sort");
  Has("SELECT * FROM t ORDER BY a, d LIMIT 5", "Sort");
  Has("SELECT * FROM t WHERE id > 0 ORDER BY d, id DESC LIMIT 5", "Sort");
  Has("SELECT * FROM t ORDER BY b, a DESC LIMIT 5", "Sort");
  HasNot("SELECT b, COUNT(*) FROM t GROUP BY b ORDER BY b", "Sort");
}

TEST_F(PlanTest, Extremes) {
  Has("SELECT MAX(a) FROM t", "Limit: 1 row(s)");
  Has("SELECT MIN(a) FROM t WHERE b = 3", "using b_a over");
  HasNot("SELECT MAX(a) FROM t WHERE s = 'x'", "Covering");
  HasNot("SELECT MAX(a), MIN(a) FROM t", "Limit");
  HasNot("SELECT MAX(d + 0) FROM t", "Limit");
}

TEST_F(PlanTest, ConstantFolding) {
  Has("SELECT * FROM t WHERE id = 2 + 3", "(id=5)");
  Has("SELECT * FROM t WHERE 1 = 0 AND a = 3", "Zero rows");
  Has("SELECT COUNT(*) FROM t WHERE NULL", "Aggregate");
  HasNot("SELECT * FROM t WHERE 1 = 1", "Filter");
  // Evaluating the call warns; that is for the rows to decide.
  HasNot("SELECT * FROM t WHERE a > 1 AND 'x' + 0 = 1", "Zero rows");
}

TEST_F(PlanTest, OuterToInner) {
  Has("SELECT * FROM small LEFT JOIN t ON t.id = x WHERE t.b > 1", "inner join");
  HasNot("SELECT * FROM small LEFT JOIN t ON t.id = x WHERE t.b IS NULL", "inner join");
  HasNot("SELECT * FROM small LEFT JOIN t ON t.id = x WHERE t.b <=> x", "inner join");
  HasNot("SELECT * FROM small LEFT JOIN t ON t.id = x WHERE COALESCE(t.b, 0) = 0", "inner join");
}

TEST_F(PlanTest, Pushdown) {
  Has("SELECT * FROM (SELECT a, COUNT(*) c FROM t GROUP BY a) d WHERE a = 3", "using a over (a = 3)");
  Has("SELECT * FROM (SELECT id i FROM t UNION ALL SELECT k FROM small) d WHERE i = 3",
      "lookup on t using PRIMARY (id=3)");
  // Not below a limit, and not into what a window computes over.
  HasNot("SELECT * FROM (SELECT id FROM t LIMIT 10) d WHERE id = 3", "id = 3) (");
  Has("SELECT * FROM (SELECT id FROM t ORDER BY d LIMIT 10) d WHERE id = 3", "Filter: (id = 3)");
  Has("SELECT * FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY d) r FROM t) w WHERE id = 3", "Filter: (id = 3)");
  Has("SELECT a, COUNT(*) FROM t GROUP BY a WITH ROLLUP HAVING a = 3", "Filter: (a = 3)");
}

TEST_F(PlanTest, EqualityPropagation) {
  Has("SELECT * FROM t JOIN u ON u.t_id = t.id WHERE t.id = 5", "(t_id = 5)");
}

TEST_F(PlanTest, Unnesting) {
  Has("SELECT * FROM small WHERE EXISTS (SELECT 1 FROM u WHERE t_id = k)", "semijoin");
  Has("SELECT * FROM small WHERE NOT EXISTS (SELECT 1 FROM u WHERE t_id = k)", "antijoin");
  Has("SELECT * FROM t WHERE b IN (SELECT t_id FROM u)", "semijoin");
  Has("SELECT * FROM t WHERE b NOT IN (SELECT t_id FROM u)", "antijoin");
  // IN over a unique key joins.
  Has("SELECT * FROM u WHERE t_id IN (SELECT id FROM t WHERE a = 7)", "inner join");
  // A NULL among the values decides NOT IN, and a correlated one cannot be joined then.
  HasNot("SELECT * FROM small WHERE x NOT IN (SELECT v FROM u WHERE t_id = k)", "antijoin");
  HasNot("SELECT * FROM small WHERE EXISTS (SELECT 1 FROM u WHERE t_id = k) OR x = 1", "semijoin");
}

TEST_F(PlanTest, ScalarAggregates) {
  Has("SELECT * FROM t WHERE a > (SELECT AVG(v) FROM u WHERE v = t.b)", "hash join");
  // Few outer rows and an index: looking up is cheaper.
  Has("SELECT * FROM small WHERE x > (SELECT AVG(v) FROM u WHERE t_id = k)", "dependent");
  Has("SELECT * FROM small WHERE x > (SELECT AVG(v) FROM u)", "run only once");
  // COUNT of nothing is 0, so the rows without partner must stay.
  Has("SELECT * FROM t WHERE 5 > (SELECT COUNT(*) FROM u WHERE v = t.b)", "Left");
}

TEST_F(PlanTest, CommonFactors) {
  Has("SELECT * FROM t JOIN u WHERE (t.id = u.t_id AND u.v = 1) OR (t.id = u.t_id AND u.v = 2)", "v in (1, 2)");
}

TEST_F(PlanTest, Joins) {
  // The small side is the build side.
  std::string plan = world_.Explain("SELECT * FROM u JOIN small ON v = k");
  EXPECT_LT(plan.find("scan on u"), plan.find("scan on small")) << plan;
  Has("SELECT * FROM small JOIN t ON t.id = k", "Single-row index lookup on t using PRIMARY (id=k)");
  Has("SELECT * FROM t STRAIGHT_JOIN small ON t.a = k", "Inner");
  Has("SELECT * FROM small s1 JOIN small s2 ON s1.x < s2.x", "Nested loop");
}

TEST_F(PlanTest, CommonTableExpressions) {
  HasNot("WITH c AS (SELECT * FROM t WHERE b = 1) SELECT * FROM c WHERE a = 2", "CTE");
  Has("WITH c AS (SELECT b, COUNT(*) n FROM t GROUP BY b) SELECT * FROM c c1 JOIN c c2 ON c1.b = c2.n", "CTE");
}

TEST_F(PlanTest, Redundant) {
  HasNot("SELECT DISTINCT id, a FROM t", "Temporary table");
  HasNot("SELECT COUNT(*) FROM (SELECT a FROM t ORDER BY d) x", "Sort");
  Has("SELECT * FROM t WHERE a IN (1, 2) ORDER BY d", "Sort");
}

}  // namespace
}  // namespace mahi
