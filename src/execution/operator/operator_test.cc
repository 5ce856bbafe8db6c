// Operators against naive implementations over random rows, in memory and with everything spilled.
#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "execution/test_plan.h"

namespace mahi {

namespace {

using Lines = std::vector<std::string>;
using Cell = std::optional<int64_t>;
using Rows = std::vector<std::vector<Cell>>;

std::string Text(const Cell& cell) { return cell ? std::to_string(*cell) : "NULL"; }
std::string Text(const std::vector<Cell>& row) {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) line += (i > 0 ? "|" : "") + Text(row[i]);
  return line;
}
Lines Sorted(Lines lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}
Lines Texts(const Rows& rows) {
  Lines lines;
  for (const auto& row : rows) lines.push_back(Text(row));
  return lines;
}

class OperatorTest : public ::testing::TestWithParam<bool> {
 protected:
  OperatorTest() {
    if (!GetParam()) return;
    t.context.memory_limit_bytes = 1;
    t.context.sort_buffer_bytes = 16 << 10;
  }
  bool spills() const { return GetParam(); }
  Rows Random(size_t count, std::vector<int> ranges) {
    Rows rows;
    for (size_t i = 0; i < count; ++i) {
      std::vector<Cell> row;
      for (int range : ranges) {
        row.push_back(random() % 11 == 0 ? Cell() : Cell(static_cast<int64_t>(random() % range) - range / 3));
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }
  PhysicalValues* Values(const Rows& rows, size_t width) {
    std::vector<TestPlan::Row> values;
    for (const auto& row : rows) {
      TestPlan::Row one;
      for (const Cell& cell : row) one.push_back(cell ? Value::Int64(*cell) : Value());
      values.push_back(std::move(one));
    }
    return t.Values(std::vector<SqlType>(width, SqlType::BigInt()), values);
  }
  std::vector<SqlType> Ints(size_t count) { return std::vector<SqlType>(count, SqlType::BigInt()); }

  std::mt19937 random{7};
  TestPlan t;
};
INSTANTIATE_TEST_SUITE_P(Memory, OperatorTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Spilled" : "InMemory"; });

TEST_P(OperatorTest, Sort) {
  Rows rows = Random(spills() ? 20000 : 3000, {50, 1000, 1000000});
  auto* sort = t.New<PhysicalSort>();
  sort->keys = {{t.Column(0), true}, {t.Column(1), false}, {t.Column(2), false}};
  sort->types = Ints(3);
  Lines got = t.RunOk(t.Add(sort, {Values(rows, 3)}));
  // NULL is least: it comes last in descending order.
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    if (a[0] != b[0]) return b[0] < a[0];
    if (a[1] != b[1]) return a[1] < b[1];
    return a[2] < b[2];
  });
  EXPECT_EQ(got, Texts(rows));
}

TEST_P(OperatorTest, TopN) {
  Rows rows = Random(5000, {1000, 1000000});
  auto* top = t.New<PhysicalTopN>();
  top->keys = {{t.Column(0), false}, {t.Column(1), true}};
  top->offset = t.Int(10);
  top->count = t.Int(25);
  top->types = Ints(2);
  Lines got = t.RunOk(t.Add(top, {Values(rows, 2)}));
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a[0] != b[0] ? a[0] < b[0] : b[1] < a[1];
  });
  EXPECT_EQ(got, Texts(Rows(rows.begin() + 10, rows.begin() + 35)));
}

TEST_P(OperatorTest, HashJoins) {
  const size_t count = spills() ? 6000 : 300;
  Rows left = Random(count, {static_cast<int>(count), 10});
  Rows right = Random(count, {static_cast<int>(count), 10});
  for (JoinType type : {JoinType::kInner, JoinType::kLeft, JoinType::kRight, JoinType::kFull, JoinType::kSemi,
                        JoinType::kAnti}) {
    for (bool has_condition : {false, true}) {
      auto* join = t.New<PhysicalHashJoin>();
      join->type = type;
      join->left_keys = {t.Column(0)};
      join->right_keys = {t.Column(0)};
      join->null_safe = {false};
      if (has_condition) join->condition = t.Call("<", {t.Column(1), t.Column(3)});
      bool is_semi = type == JoinType::kSemi || type == JoinType::kAnti;
      join->types = Ints(is_semi ? 2 : 4);
      Lines got = t.RunOk(t.Add(join, {Values(left, 2), Values(right, 2)}));
      Lines expected;
      std::vector<bool> right_matched(right.size());
      std::multimap<int64_t, size_t> by_key;
      for (size_t r = 0; r < right.size(); ++r) {
        if (right[r][0]) by_key.emplace(*right[r][0], r);
      }
      for (const auto& l : left) {
        bool matched = false;
        if (l[0]) {
          auto [begin, end] = by_key.equal_range(*l[0]);
          for (auto it = begin; it != end; ++it) {
            const auto& r = right[it->second];
            if (has_condition && !(l[1] && r[1] && *l[1] < *r[1])) continue;
            matched = true;
            right_matched[it->second] = true;
            if (!is_semi) expected.push_back(Text(l) + "|" + Text(r));
          }
        }
        if (!matched && (type == JoinType::kLeft || type == JoinType::kFull)) expected.push_back(Text(l) + "|NULL|NULL");
        if (is_semi && matched == (type == JoinType::kSemi)) expected.push_back(Text(l));
      }
      for (size_t r = 0; r < right.size(); ++r) {
        if (!right_matched[r] && (type == JoinType::kRight || type == JoinType::kFull)) {
          expected.push_back("NULL|NULL|" + Text(right[r]));
        }
      }
      EXPECT_EQ(Sorted(got), Sorted(expected)) << static_cast<int>(type) << has_condition;
    }
  }
}

TEST_P(OperatorTest, NullAwareAnti) {
  for (int variant = 0; variant < 3; ++variant) {
    Rows left = {{1}, {2}, {Cell()}};
    Rows right = variant == 0 ? Rows{{1}} : variant == 1 ? Rows{{1}, {Cell()}} : Rows{};
    auto* join = t.New<PhysicalHashJoin>();
    join->type = JoinType::kAnti;
    join->is_null_aware = true;
    join->left_keys = {t.Column(0)};
    join->right_keys = {t.Column(0)};
    join->null_safe = {false};
    join->types = Ints(1);
    Lines got = t.RunOk(t.Add(join, {Values(left, 1), Values(right, 1)}));
    Lines expected = variant == 0 ? Lines{"2"} : variant == 1 ? Lines{} : Lines{"1", "2", "NULL"};
    EXPECT_EQ(got, expected) << variant;
  }
}

TEST_P(OperatorTest, NestedLoopJoins) {
  Rows left = Random(spills() ? 1500 : 70, {40, 10});
  Rows right = Random(spills() ? 1200 : 90, {4000, 10});
  for (JoinType type : {JoinType::kInner, JoinType::kLeft, JoinType::kFull, JoinType::kSemi, JoinType::kAnti}) {
    auto* join = t.New<PhysicalNestedLoopJoin>();
    join->type = type;
    join->condition = t.Call("=", {t.Column(0), t.Column(2)});
    bool is_semi = type == JoinType::kSemi || type == JoinType::kAnti;
    join->types = Ints(is_semi ? 2 : 4);
    Lines got = t.RunOk(t.Add(join, {Values(left, 2), Values(right, 2)}));
    Lines expected;
    std::vector<bool> right_matched(right.size());
    for (const auto& l : left) {
      bool matched = false;
      for (size_t r = 0; r < right.size(); ++r) {
        if (!l[0] || l[0] != right[r][0]) continue;
        matched = right_matched[r] = true;
        if (!is_semi) expected.push_back(Text(l) + "|" + Text(right[r]));
      }
      if (!matched && (type == JoinType::kLeft || type == JoinType::kFull)) expected.push_back(Text(l) + "|NULL|NULL");
      if (is_semi && matched == (type == JoinType::kSemi)) expected.push_back(Text(l));
    }
    for (size_t r = 0; r < right.size(); ++r) {
      if (!right_matched[r] && type == JoinType::kFull) expected.push_back("NULL|NULL|" + Text(right[r]));
    }
    EXPECT_EQ(Sorted(got), Sorted(expected)) << static_cast<int>(type);
  }
}

TEST_P(OperatorTest, Aggregates) {
  Rows rows = Random(spills() ? 30000 : 3000, {spills() ? 9000 : 40, 100});
  for (bool is_sorted : {false, true}) {
    PhysicalNode* input = Values(rows, 2);
    PhysicalAggregate* aggregate;
    if (is_sorted) {
      auto* sort = t.New<PhysicalSort>();
      sort->keys = {{t.Column(0), false}};
      sort->types = Ints(2);
      input = t.Add(sort, {input});
      aggregate = t.Add(t.New<PhysicalStreamAggregate>(), {input});
    } else {
      aggregate = t.Add(t.New<PhysicalHashAggregate>(), {input});
    }
    aggregate->keys = {t.Column(0)};
    aggregate->aggregates = {t.Aggregate("count", {}), t.Aggregate("sum", {t.Column(1)}),
                             t.Aggregate("count", {t.Column(1)}, true)};
    aggregate->types = {SqlType::BigInt()};
    for (auto* one : aggregate->aggregates) aggregate->types.push_back(one->type);
    Lines got = t.RunOk(aggregate);
    struct Group {
      int64_t count = 0;
      Cell sum;
      std::set<int64_t> different;
    };
    std::map<Cell, Group> groups;
    for (const auto& row : rows) {
      Group& group = groups[row[0]];
      ++group.count;
      if (!row[1]) continue;
      group.sum = group.sum.value_or(0) + *row[1];
      group.different.insert(*row[1]);
    }
    Lines expected;
    for (const auto& [key, group] : groups) {
      expected.push_back(Text({key, group.count, group.sum, static_cast<int64_t>(group.different.size())}));
    }
    EXPECT_EQ(is_sorted ? got : Sorted(got), is_sorted ? expected : Sorted(expected));
  }
}

TEST_P(OperatorTest, Rollup) {
  Rows rows = {{1, 1, 10}, {1, 1, 20}, {1, 2, 30}, {2, 1, 40}};
  auto* aggregate = t.Add(t.New<PhysicalStreamAggregate>(), {Values(rows, 3)});
  aggregate->with_rollup = true;
  aggregate->keys = {t.Column(0), t.Column(1)};
  auto* grouping = t.New<AggregateExpression>();
  grouping->is_grouping = true;
  grouping->type = SqlType::BigInt();
  grouping->arguments = {t.Column(0), t.Column(1)};
  aggregate->aggregates = {t.Aggregate("sum", {t.Column(2)}), grouping};
  aggregate->types = {SqlType::BigInt(), SqlType::BigInt(), aggregate->aggregates[0]->type, SqlType::BigInt()};
  EXPECT_EQ(t.RunOk(aggregate), (Lines{"1|1|30|0", "1|2|30|0", "1|NULL|60|1", "2|1|40|0", "2|NULL|40|1",
                                       "NULL|NULL|100|3"}));
}

TEST_P(OperatorTest, AggregateOfNothing) {
  for (bool is_hash : {false, true}) {
    PhysicalAggregate* aggregate;
    if (is_hash) {
      aggregate = t.Add(t.New<PhysicalHashAggregate>(), {Values({}, 1)});
    } else {
      aggregate = t.Add(t.New<PhysicalStreamAggregate>(), {Values({}, 1)});
    }
    aggregate->aggregates = {t.Aggregate("count", {}), t.Aggregate("max", {t.Column(0)})};
    aggregate->types = {aggregate->aggregates[0]->type, aggregate->aggregates[1]->type};
    EXPECT_EQ(t.RunOk(aggregate), Lines{"0|NULL"});
  }
}

TEST_P(OperatorTest, SetOperations) {
  const int range = spills() ? 9000 : 60;
  Rows left = Random(spills() ? 15000 : 200, {range});
  Rows right = Random(spills() ? 15000 : 150, {range});
  for (SetOperator op : {SetOperator::kUnion, SetOperator::kIntersect, SetOperator::kExcept}) {
    for (bool is_distinct : {true, false}) {
      if (op == SetOperator::kUnion && !is_distinct) continue;
      auto* node = t.New<PhysicalSetOperation>();
      node->op = op;
      node->is_distinct = is_distinct;
      node->types = Ints(1);
      Lines got = t.RunOk(t.Add(node, {Values(left, 1), Values(right, 1)}));
      std::map<Cell, std::pair<int64_t, int64_t>> counts;
      for (const auto& row : left) ++counts[row[0]].first;
      for (const auto& row : right) ++counts[row[0]].second;
      Lines expected;
      for (const auto& [key, count] : counts) {
        auto [l, r] = count;
        int64_t times = op == SetOperator::kUnion       ? 1
                        : op == SetOperator::kIntersect ? std::min(l, r)
                        : is_distinct                   ? (r == 0 ? l : 0)
                                                        : std::max<int64_t>(l - r, 0);
        if (is_distinct) times = std::min<int64_t>(times, 1);
        for (int64_t i = 0; i < times; ++i) expected.push_back(Text(key));
      }
      EXPECT_EQ(Sorted(got), Sorted(expected)) << static_cast<int>(op) << is_distinct;
    }
  }
}

TEST_P(OperatorTest, RecursiveCte) {
  auto* working = t.New<PhysicalWorkingTable>();
  working->columns = {0};
  working->types = Ints(1);
  t.Add(working, {});
  auto* filter = t.New<PhysicalFilter>();
  filter->condition = t.Call("<", {t.Column(0), t.Int(5)});
  filter->types = Ints(1);
  t.Add(filter, {working});
  auto* step = t.Project(filter, {t.Call("+", {t.Column(0), t.Int(1)})});
  auto* recursive = t.New<PhysicalRecursiveCte>();
  recursive->types = Ints(1);
  t.Add(recursive, {Values({{1}}, 1), step});
  auto* reference = t.New<PhysicalCteReference>();
  reference->cte = 1;
  reference->columns = {0};
  reference->types = Ints(1);
  t.Add(reference, {});
  auto* cte = t.New<PhysicalCte>();
  cte->cte = 1;
  cte->types = Ints(1);
  t.Add(cte, {recursive, reference});
  EXPECT_EQ(t.RunOk(cte), (Lines{"1", "2", "3", "4", "5"}));
  t.context.cte_max_recursion_depth = 3;
  auto result = t.Run(cte);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().number(), ER_CTE_MAX_RECURSION_DEPTH);
}

TEST_P(OperatorTest, WindowFunctions) {
  // (partition, order, value), 2500 rows: partitions across chunks.
  Rows rows;
  for (int64_t i = 0; i < 2500; ++i) rows.push_back({i / 900, (i % 900) / 3, i % 7});
  WindowSpecification window;
  window.partition_by = {t.Column(0)};
  window.order_by = {{t.Column(1), false}};
  auto function = [&](std::string_view name, std::vector<Expression*> arguments, SqlType type) {
    auto* expression = t.New<WindowExpression>();
    expression->function_name = name;
    expression->arguments = std::move(arguments);
    expression->type = type;
    expression->window = &window;
    return expression;
  };
  auto* sum = function("sum", {}, SqlType::BigInt());
  auto* aggregate = t.Aggregate("sum", {t.Column(2)});
  sum->aggregate = aggregate->aggregate;
  sum->signature = aggregate->signature;
  sum->arguments = aggregate->arguments;
  sum->type = aggregate->type;
  for (int variant = 0; variant < 3; ++variant) {
    if (variant == 1) {
      window.unit = FrameUnit::kRows;
      window.start = {FrameBoundKind::kPreceding, t.Int(2), {}};
      window.end = {FrameBoundKind::kFollowing, t.Int(1), {}};
    } else if (variant == 2) {
      window.unit = FrameUnit::kRange;
      window.start = {FrameBoundKind::kPreceding, t.Int(1), {}};
      window.end = {FrameBoundKind::kCurrentRow, nullptr, {}};
    }
    auto* node = t.New<PhysicalWindow>();
    node->functions = {function("row_number", {}, SqlType::UnsignedBigInt()),
                       function("rank", {}, SqlType::UnsignedBigInt()),
                       function("lag", {t.Column(2)}, SqlType::BigInt()), sum};
    node->types = Ints(3);
    for (auto* one : node->functions) node->types.push_back(one->type);
    Lines got = t.RunOk(t.Add(node, {Values(rows, 3)}));
    ASSERT_EQ(got.size(), rows.size());
    for (int64_t i = 0; i < 2500; ++i) {
      int64_t begin = i / 900 * 900, end = std::min<int64_t>(begin + 900, 2500);
      int64_t peer = begin + (i - begin) / 3 * 3, peer_end = std::min(peer + 3, end);
      int64_t from = begin, to = peer_end;
      if (variant == 1) {
        from = std::max(begin, i - 2);
        to = std::min(end, i + 2);
      } else if (variant == 2) {
        from = std::max(begin, peer - 3);
      }
      int64_t total = 0;
      for (int64_t k = from; k < to; ++k) total += *rows[k][2];
      Cell lag = i > begin ? rows[i - 1][2] : Cell();
      std::vector<Cell> expected = rows[i];
      expected.insert(expected.end(), {i - begin + 1, peer - begin + 1, lag, total});
      ASSERT_EQ(got[i], Text(expected)) << variant << " " << i;
    }
  }
}

TEST_P(OperatorTest, LimitAndCounters) {
  t.context.collects_counters = true;
  auto* limit = t.New<PhysicalLimit>();
  limit->offset = t.Int(3);
  limit->count = t.Int(2);
  limit->types = Ints(1);
  t.Add(limit, {Values({{1}, {2}, {3}, {4}, {5}, {6}}, 1)});
  EXPECT_EQ(t.RunOk(limit), (Lines{"4", "5"}));
  EXPECT_EQ(t.counters[limit->id].rows, 2u);
}

TEST_P(OperatorTest, KillEndsAScan) {
  std::atomic<uint32_t> kill{1};
  t.context.evaluation.kill_flag = &kill;
  auto result = t.Run(Values({{1}}, 1));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().number(), ER_QUERY_INTERRUPTED);
}

}  // namespace

}  // namespace mahi
