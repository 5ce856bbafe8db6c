// Helpers for the unit tests of this folder: plans made by hand, run, and printed.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "execution/executor.h"
#include "function/registry.h"
#include "plan/physical_plan.h"
#include "types/conversion.h"

namespace mahi {

class TestPlan {
 public:
  using Row = std::vector<Value>;

  TestPlan() { context.evaluation.diagnostics = &diagnostics; }

  template <typename T>
  T* New() {
    return plan.arena.New<T>();
  }
  Expression* Constant(Value value, SqlType type) {
    auto* constant = New<ConstantExpression>();
    constant->value = std::move(value);
    constant->type = std::move(type);
    return constant;
  }
  Expression* Int(int64_t value) { return Constant(Value::Int64(value), SqlType::BigInt()); }
  Expression* Null() { return Constant(Value(), SqlType::BigInt()); }
  Expression* Column(int32_t slot, SqlType type = SqlType::BigInt()) {
    auto* column = New<ColumnExpression>();
    column->slot = slot;
    column->type = std::move(type);
    return column;
  }
  // A call whose arguments already have the types that the function asks for.
  Expression* Call(std::string_view name, std::vector<Expression*> arguments) {
    const FunctionDescriptor* function = FindFunction(name);
    EXPECT_NE(function, nullptr) << name;
    std::vector<ArgumentInfo> infos;
    for (Expression* argument : arguments) infos.push_back({.type = argument->type});
    ResolveContext resolve;
    auto signature = ResolveCall(resolve, *function, infos);
    EXPECT_TRUE(signature.ok());
    auto* call = New<FunctionExpression>();
    call->function = function;
    call->type = signature->result;
    call->eval = signature->eval;
    call->make_state = signature->make_state;
    call->arguments = std::move(arguments);
    for (size_t i = 0; i < call->arguments.size(); ++i) {
      if (call->arguments[i]->type.physical() == signature->arguments[i].physical()) continue;
      auto* cast = New<FunctionExpression>();
      cast->type = signature->arguments[i];
      cast->arguments = {call->arguments[i]};
      call->arguments[i] = cast;
    }
    return call;
  }
  LogicalExpression* Logical(LogicalOperator op, std::vector<Expression*> operands) {
    auto* logical = New<LogicalExpression>();
    logical->op = op;
    logical->type = SqlType::BigInt();
    logical->operands = std::move(operands);
    return logical;
  }
  AggregateExpression* Aggregate(std::string_view name, std::vector<Expression*> arguments, bool is_distinct = false) {
    auto* aggregate = New<AggregateExpression>();
    aggregate->aggregate = FindAggregate(name);
    EXPECT_NE(aggregate->aggregate, nullptr) << name;
    aggregate->options.is_distinct = is_distinct;
    std::vector<ArgumentInfo> infos;
    for (Expression* argument : arguments) infos.push_back({.type = argument->type});
    ResolveContext resolve;
    EXPECT_TRUE(
        aggregate->aggregate->resolve(resolve, infos, aggregate->options, &aggregate->signature).ok());
    aggregate->type = aggregate->signature.result;
    aggregate->arguments = std::move(arguments);
    for (size_t i = 0; i < aggregate->arguments.size() && i < aggregate->signature.arguments.size(); ++i) {
      if (aggregate->arguments[i]->type.physical() == aggregate->signature.arguments[i].physical()) continue;
      auto* cast = New<FunctionExpression>();
      cast->type = aggregate->signature.arguments[i];
      cast->arguments = {aggregate->arguments[i]};
      aggregate->arguments[i] = cast;
    }
    return aggregate;
  }

  PhysicalValues* Values(std::vector<SqlType> types, const std::vector<Row>& rows) {
    auto* values = New<PhysicalValues>();
    for (const Row& row : rows) {
      std::vector<Expression*> cells;
      for (size_t i = 0; i < row.size(); ++i) cells.push_back(Constant(row[i], types[i]));
      values->rows.push_back(std::move(cells));
    }
    values->types = std::move(types);
    return Add(values, {});
  }
  // Completes a node: children, and an id. The types are the caller's.
  template <typename T>
  T* Add(T* node, std::vector<PhysicalNode*> children) {
    node->children = std::move(children);
    node->id = plan.node_count++;
    return node;
  }
  PhysicalProject* Project(PhysicalNode* child, std::vector<Expression*> expressions) {
    auto* project = New<PhysicalProject>();
    for (Expression* expression : expressions) project->types.push_back(expression->type);
    project->expressions = std::move(expressions);
    return Add(project, {child});
  }

  // Runs the plan; one line for each row, values separated by '|'.
  Result<std::vector<std::string>> Run(PhysicalNode* root) {
    plan.physical = root;
    Execution execution(context, plan);
    MAHI_RETURN_IF_ERROR(execution.Open());
    std::vector<std::string> lines;
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, execution.Next());
      if (batch == nullptr) break;
      Selection rows = batch->rows();
      EXPECT_GT(rows.count, 0u);
      for (uint32_t i = 0; i < rows.count; ++i) {
        std::string line;
        for (size_t c = 0; c < batch->column_count(); ++c) {
          if (c > 0) line += '|';
          const Vector& column = batch->column(c);
          line += column.IsNull(rows[i]) ? "NULL" : DatumToText(column.GetDatum(rows[i]), column.type());
        }
        lines.push_back(std::move(line));
      }
    }
    counters = execution.counters();
    return lines;
  }
  std::vector<std::string> RunOk(PhysicalNode* root) {
    auto result = Run(root);
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return result.ok() ? *result : std::vector<std::string>{};
  }
  // One expression over no rows.
  std::string Evaluate(Expression* expression) {
    auto* single = Add(New<PhysicalSingleRow>(), {});
    std::vector<std::string> lines = RunOk(Project(single, {expression}));
    return lines.size() == 1 ? lines[0] : "no row";
  }

  Plan plan;
  ExecutionContext context;
  Diagnostics diagnostics;
  std::vector<OperatorCounters> counters;
};

}  // namespace mahi
