#include "planner_fixture.h"

#include "binder/binder.h"
#include "parser/parser.h"
#include "plan/explain.h"

namespace mahi {

namespace {

Result<ast::Statement*> ParseText(std::string_view sql, uint64_t, Arena* arena) {
  return ParseStatement(sql, ParseOptions{}, arena);
}
Result<ast::Expression*> ParseExpressionText(std::string_view sql, uint64_t, Arena* arena) {
  return ParseExpression(sql, ParseOptions{}, arena);
}

}  // namespace

PlannerFixture::PlannerFixture() {
  auto schema = std::make_shared<SchemaDefinition>();
  schema->id = 1;
  schema->name = "test";
  schema_ = schema;
}

Result<SchemaRef> PlannerFixture::FindSchema(std::string_view name) {
  return name == "test" ? schema_ : SchemaRef();
}
Result<SchemaObject> PlannerFixture::FindTable(std::string_view, std::string_view name, TableIntent) {
  SchemaObject object;
  auto found = tables_.find(name);
  if (found != tables_.end()) object.table = found->second;
  return object;
}
Result<SchemaObject> PlannerFixture::PeekTable(std::string_view schema, std::string_view name) {
  return FindTable(schema, name, TableIntent::kInspect);
}
uint64_t PlannerFixture::RowCount(const TableDefinition& table) { return rows_[table.id]; }
StatisticsRef PlannerFixture::Statistics(const TableDefinition&) { return std::make_shared<TableStatistics>(); }

// A point is a hundredth of the table, any other range a tenth.
Result<double> PlannerFixture::EstimateRows(const TableDefinition& table, uint32_t, const std::vector<IndexRange>& ranges,
                                            const TimeZone*) {
  double rows = 0;
  for (const IndexRange& range : ranges) {
    bool is_point = !range.lower.empty() && range.lower.size() == range.upper.size() && range.is_lower_inclusive;
    rows += static_cast<double>(rows_[table.id]) * (is_point ? 0.01 : 0.1);
  }
  return rows;
}

void PlannerFixture::Create(std::string_view sql, uint64_t rows) {
  Result<std::unique_ptr<Plan>> plan = MakePlan(sql);
  if (!plan.ok()) {
    fmt::print(stderr, "{}\n", plan.error().message());
    MAHI_ASSERT(plan.ok());
  }
  std::shared_ptr<TableDefinition> table = As<CreateTableCommand>((*plan)->ddl)->table;
  table->id = next_id_++;
  for (Index& index : table->indexes) index.id = next_id_++;
  rows_[table->id] = rows;
  tables_[table->name] = table;
}

Result<std::unique_ptr<Plan>> PlannerFixture::MakePlan(std::string_view sql) {
  auto plan = std::make_unique<Plan>();
  std::string_view text = plan->arena.Copy(sql);
  ParseOptions options;
  options.allow_parameters = true;
  MAHI_ASSIGN_OR_RETURN(ast::Statement * statement, ParseStatement(text, options, &plan->arena));
  Diagnostics diagnostics;
  BindContext bind;
  bind.schema = this;
  bind.database = "test";
  bind.diagnostics = &diagnostics;
  bind.parse_statement = ParseText;
  bind.parse_expression = ParseExpressionText;
  MAHI_RETURN_IF_ERROR(BindStatement(bind, statement, plan.get()));
  EvalContext evaluation;
  evaluation.diagnostics = &diagnostics;
  OptimizeContext optimize;
  optimize.schema = this;
  optimize.diagnostics = &diagnostics;
  optimize.evaluation = &evaluation;
  optimize.rewrites = rewrites;
  MAHI_RETURN_IF_ERROR(Optimize(optimize, plan.get()));
  return plan;
}

std::string PlannerFixture::Explain(std::string_view sql) {
  Result<std::unique_ptr<Plan>> plan = MakePlan(sql);
  if (!plan.ok()) return std::string(plan.error().message());
  return ExplainTree(**plan, {});
}

}  // namespace mahi
