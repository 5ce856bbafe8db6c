#include <random>

#include "execution/test_plan.h"

namespace mahi {

namespace {

using Op = LogicalOperator;

TEST(Evaluator, LogicHasThreeValues) {
  TestPlan t;
  EXPECT_EQ(t.Evaluate(t.Logical(Op::kAnd, {t.Int(1), t.Null()})), "NULL");
  EXPECT_EQ(t.Evaluate(t.Logical(Op::kAnd, {t.Null(), t.Int(0)})), "0");
  EXPECT_EQ(t.Evaluate(t.Logical(Op::kOr, {t.Null(), t.Int(3)})), "1");
  EXPECT_EQ(t.Evaluate(t.Logical(Op::kOr, {t.Null(), t.Int(0)})), "NULL");
  EXPECT_EQ(t.Evaluate(t.Logical(Op::kXor, {t.Int(5), t.Int(0)})), "1");
  EXPECT_EQ(t.Evaluate(t.Logical(Op::kXor, {t.Int(5), t.Null()})), "NULL");
}

TEST(Evaluator, InListTellsNullFromAbsent) {
  TestPlan t;
  auto in = [&](Expression* value, std::vector<Expression*> list, bool is_negated) {
    auto* node = t.New<InListExpression>();
    node->type = SqlType::BigInt();
    node->value = value;
    node->list = std::move(list);
    node->is_negated = is_negated;
    return t.Evaluate(node);
  };
  EXPECT_EQ(in(t.Int(2), {t.Int(1), t.Int(2)}, false), "1");
  EXPECT_EQ(in(t.Int(3), {t.Int(1), t.Int(2)}, false), "0");
  EXPECT_EQ(in(t.Int(3), {t.Int(1), t.Null()}, false), "NULL");
  EXPECT_EQ(in(t.Int(1), {t.Int(1), t.Null()}, true), "0");
  EXPECT_EQ(in(t.Null(), {t.Int(1)}, true), "NULL");
}

TEST(Evaluator, CaseAndCoalesceOverRows) {
  TestPlan t;
  auto* values = t.Values({SqlType::BigInt()}, {{Value::Int64(1)}, {Value()}, {Value::Int64(7)}});
  auto* choice = t.New<CaseExpression>();
  choice->type = SqlType::BigInt();
  choice->conditions = {t.Call("=", {t.Column(0), t.Int(1)})};
  choice->results = {t.Int(100)};
  choice->otherwise = t.Column(0);
  auto* coalesce = t.New<CoalesceExpression>();
  coalesce->type = SqlType::BigInt();
  coalesce->operands = {t.Column(0), t.Int(-1)};
  EXPECT_EQ(t.RunOk(t.Project(values, {choice, coalesce})),
            (std::vector<std::string>{"100|1", "NULL|-1", "7|7"}));
}

// Conditions as filters agree with conditions as values.
TEST(Evaluator, FilterAgreesWithValue) {
  std::mt19937 random(1);
  const char* operators[] = {"=", "<>", "<", "<=", ">", ">="};
  for (int round = 0; round < 30; ++round) {
    TestPlan t;
    std::vector<TestPlan::Row> rows;
    for (int i = 0; i < 1500; ++i) {
      rows.push_back({random() % 7 == 0 ? Value() : Value::Int64(random() % 10),
                      random() % 7 == 0 ? Value() : Value::Int64(random() % 10)});
    }
    auto make = [&](auto&& self, int depth) -> Expression* {
      if (depth == 0 || random() % 3 == 0) {
        Expression* right = random() % 2 == 0 ? t.Column(1) : t.Int(random() % 10);
        return t.Call(operators[random() % 6], {t.Column(0), right});
      }
      Op op = static_cast<Op>(random() % 3);
      return t.Logical(op, {self(self, depth - 1), self(self, depth - 1)});
    };
    Expression* condition = make(make, 3);
    auto* filter = t.New<PhysicalFilter>();
    filter->condition = condition;
    filter->types = {SqlType::BigInt(), SqlType::BigInt()};
    t.Add(filter, {t.Values(filter->types, rows)});
    std::vector<std::string> kept = t.RunOk(filter);
    std::vector<std::string> expected;
    auto all = t.RunOk(t.Project(t.Values(filter->types, rows), {t.Column(0), t.Column(1), condition}));
    for (const std::string& line : all) {
      size_t end = line.rfind('|');
      if (line.substr(end + 1) == "1") expected.push_back(line.substr(0, end));
    }
    EXPECT_EQ(kept, expected) << "round " << round;
  }
}

TEST(Evaluator, UncorrelatedInSubquery) {
  TestPlan t;
  auto make = [&](std::vector<TestPlan::Row> rows, bool is_negated) {
    auto* in = t.New<SubqueryExpression>();
    in->type = SqlType::BigInt();
    in->subquery_kind = SubqueryKind::kIn;
    in->is_negated = is_negated;
    in->left = {t.Column(0)};
    in->right = {t.Column(0)};
    in->physical = t.Values({SqlType::BigInt()}, rows);
    return in;
  };
  std::vector<TestPlan::Row> outer = {{Value::Int64(1)}, {Value::Int64(2)}, {Value()}};
  auto run = [&](std::vector<TestPlan::Row> rows, bool is_negated) {
    return t.RunOk(t.Project(t.Values({SqlType::BigInt()}, outer), {make(std::move(rows), is_negated)}));
  };
  using Lines = std::vector<std::string>;
  EXPECT_EQ(run({{Value::Int64(1)}, {Value()}}, false), (Lines{"1", "NULL", "NULL"}));
  EXPECT_EQ(run({{Value::Int64(1)}}, true), (Lines{"0", "1", "NULL"}));
  EXPECT_EQ(run({}, true), (Lines{"1", "1", "1"}));
}

TEST(Evaluator, CorrelatedScalarSubquery) {
  TestPlan t;
  auto* outer_column = t.New<OuterColumnExpression>();
  outer_column->type = SqlType::BigInt();
  outer_column->outer_slot = 0;
  t.plan.outer_slot_count = 1;
  auto* subquery = t.New<SubqueryExpression>();
  subquery->type = SqlType::BigInt();
  subquery->physical = t.Project(t.Add(t.New<PhysicalSingleRow>(), {}), {t.Call("+", {outer_column, t.Int(10)})});
  subquery->outer_arguments = {t.Column(0)};
  auto* values = t.Values({SqlType::BigInt()}, {{Value::Int64(1)}, {Value::Int64(2)}, {Value::Int64(1)}});
  EXPECT_EQ(t.RunOk(t.Project(values, {subquery})), (std::vector<std::string>{"11", "12", "11"}));
}

TEST(Evaluator, ScalarSubqueryWithTwoRowsFails) {
  TestPlan t;
  auto* subquery = t.New<SubqueryExpression>();
  subquery->type = SqlType::BigInt();
  subquery->physical = t.Values({SqlType::BigInt()}, {{Value::Int64(1)}, {Value::Int64(2)}});
  auto result = t.Run(t.Project(t.Add(t.New<PhysicalSingleRow>(), {}), {subquery}));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().number(), ER_SUBQUERY_NO_1_ROW);
}

}  // namespace

}  // namespace mahi
