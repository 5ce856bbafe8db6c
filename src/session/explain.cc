// EXPLAIN: plans as rows, tree or JSON; EXPLAIN ANALYZE runs the statement and shows what it did.

#include "plan/explain.h"
#include "session/internal/session_impl.h"

namespace mahi {

Status Session::Impl::ExecuteExplain(const ast::ExplainStatement& statement, ResultSink* sink) {
  if (statement.for_connection) return Error(ER_NOT_SUPPORTED_YET, "EXPLAIN FOR CONNECTION");
  if (!statement.for_schema.empty()) return Error(ER_NOT_SUPPORTED_YET, "EXPLAIN FOR SCHEMA");
  ast::ExplainFormat format = statement.format;
  if (format == ast::ExplainFormat::kDefault) {
    const std::string text = variables.GetText("explain_format");
    format = statement.is_analyze || EqualIgnoreAsciiCase(text, "TREE") ? ast::ExplainFormat::kTree
             : EqualIgnoreAsciiCase(text, "JSON")                        ? ast::ExplainFormat::kJson
                                                                         : ast::ExplainFormat::kTraditional;
  }
  if (statement.is_analyze && format == ast::ExplainFormat::kTraditional) {
    return Error(ER_NOT_SUPPORTED_YET, "EXPLAIN ANALYZE with TRADITIONAL format");
  }
  if (statement.is_analyze && statement.statement->kind != ast::StatementKind::kSelect) {
    return Error(ER_NOT_SUPPORTED_YET, "EXPLAIN ANALYZE of statements that change data");
  }
  MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
  std::vector<ExplainRow> rows;
  std::string text;
  auto run = [&]() -> Status {
    MAHI_ASSIGN_OR_RETURN(std::shared_ptr<Plan> plan, MakePlan(statement.statement, nullptr));
    MAHI_RETURN_IF_ERROR(CheckPrivileges(*plan));
    std::vector<OperatorCounters> counters;
    if (statement.is_analyze) {
      ExecutionContext context;
      FillExecutionContext(&context);
      context.collects_counters = true;
      Execution execution(context, *plan);
      MAHI_RETURN_IF_ERROR(execution.Open());
      while (true) {
        MAHI_ASSIGN_OR_RETURN(Batch * batch, execution.Next());
        if (batch == nullptr) break;
      }
      counters = execution.counters();
    }
    std::vector<ExplainCounters> shown;
    for (const OperatorCounters& counter : counters) {
      shown.push_back({counter.rows, counter.loops, counter.first_row_ns, counter.total_ns});
    }
    switch (format) {
      case ast::ExplainFormat::kTree:
        text = ExplainTree(*plan, shown);
        break;
      case ast::ExplainFormat::kJson:
        text = ExplainJson(*plan, shown);
        break;
      default:
        rows = ExplainTraditional(*plan);
        break;
    }
    return Status::Ok();
  };
  MAHI_RETURN_IF_ERROR(FinishStatement(run()));
  if (!statement.into_variable.empty()) {
    if (format != ast::ExplainFormat::kJson) return Error(ER_NOT_SUPPORTED_YET, "EXPLAIN INTO without FORMAT=JSON");
    MAHI_RETURN_IF_ERROR(SetUserVariable(statement.into_variable, Datum::String(text), SqlType::LongText()));
    return Done(sink);
  }
  if (format != ast::ExplainFormat::kTraditional) return SendRows({"EXPLAIN"}, {{text}}, sink);
  std::vector<std::vector<std::optional<std::string>>> lines;
  for (ExplainRow& row : rows) {
    lines.push_back({row.id, row.select_type, row.table, row.partitions, row.type, row.possible_keys, row.key,
                     row.key_length, row.ref, row.rows, row.filtered, row.extra});
  }
  return SendRows({"id", "select_type", "table", "partitions", "type", "possible_keys", "key", "key_len", "ref", "rows",
                   "filtered", "Extra"},
                  lines, sink);
}

}  // namespace mahi
