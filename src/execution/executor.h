// Executor: runs physical plans, batch by batch.
//
//   Execution execution(context, plan);
//   MAHI_RETURN_IF_ERROR(execution.Open());
//   then Next() until it returns null
//
// DML plans do their work in Open/Next and report counts in ExecutionResult. Memory is accounted against
// context.memory_limit_bytes; sorts, hash joins and aggregates spill to files beyond it.
// Errors: MySQL's. A kill (context.evaluation.kill_flag) ends any operator within 0.1 s with 1317.
// Thread safety: one execution, one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "function/eval_context.h"
#include "plan/physical_plan.h"
#include "vector/batch.h"

namespace mahi {

class SessionSchema;
class Transaction;
class Catalog;
class GeneratedColumnEvaluator;
class RowChangeObserver;
class SchemaReader;
class TableStore;
class VirtualTableHost;

// The bytes of a LOAD DATA file, wherever they come from.
class InputFile {
 public:
  virtual ~InputFile() = default;
  // Appends some bytes to `buffer`; false at the end of the file.
  virtual Result<bool> Read(std::string* buffer) = 0;
};

struct ExecutionContext {
  EvalContext evaluation;
  Transaction* transaction = nullptr;
  Catalog* catalog = nullptr;
  SessionSchema* schema = nullptr;           // DDL and temporary tables
  uint64_t lock_wait_timeout_ms = 31'536'000'000;  // lock_wait_timeout: metadata locks
  TableStore* tables = nullptr;              // access methods (table/)
  std::vector<Value> parameters;             // of the prepared statement or pulled-out literals
  uint64_t memory_limit_bytes = 256 << 20;   // of this statement
  uint64_t sort_buffer_bytes = 16 << 20;     // before a sort spills
  uint64_t cte_max_recursion_depth = 1000;
  std::string temporary_directory = "/tmp";
  bool foreign_key_checks = true;
  bool unique_checks = true;
  bool collects_counters = false;            // EXPLAIN ANALYZE
  // For virtual tables; may be null.
  VirtualTableHost* virtual_host = nullptr;
  SchemaReader* schema_reader = nullptr;
  RowChangeObserver* row_observer = nullptr;
  // Recomputes generated columns of rows that foreign keys' actions change; may be null.
  GeneratedColumnEvaluator* generated_columns = nullptr;
  uint64_t auto_increment_increment = 1;
  uint64_t auto_increment_offset = 1;
  uint32_t auto_increment_lock_mode = 2;
  // INSERT's target when INSERT_ID is set: the next generated value; 0: none.
  uint64_t insert_id = 0;
  // Opens LOAD DATA's file: the client's (LOCAL) or one of the server. Null: LOAD DATA is refused.
  std::function<Result<std::unique_ptr<InputFile>>(const std::string& name, bool is_local)> open_input;
};

// What DML did, for the OK packet.
struct ExecutionResult {
  uint64_t affected_rows = 0;   // changed rows (found rows are in matched_rows)
  uint64_t matched_rows = 0;
  uint64_t copied_rows = 0;     // INSERT ... SELECT and multi-row INSERT: "Records"
  uint64_t duplicate_rows = 0;
  uint64_t last_insert_id = 0;  // first generated value, or the explicit one as MySQL reports it
  uint64_t first_generated_id = 0;  // for LAST_INSERT_ID(); 0: none was generated
  uint64_t found_rows = 0;      // SQL_CALC_FOUND_ROWS
};

// EXPLAIN ANALYZE: indexed by PhysicalNode::id.
struct OperatorCounters {
  uint64_t rows = 0;
  uint64_t loops = 0;
  uint64_t first_row_ns = 0;
  uint64_t total_ns = 0;
};

class Execution {
 public:
  Execution(ExecutionContext& context, const Plan& plan);
  ~Execution();
  Execution(const Execution&) = delete;

  Status Open();
  // The next batch of the result, valid until the next call; null at the end. Rows: batch->rows().
  Result<Batch*> Next();
  const ExecutionResult& result() const;
  const std::vector<OperatorCounters>& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Evaluates an expression without input columns.
Result<Value> EvaluateScalar(ExecutionContext& context, const Plan& plan, const Expression* expression);

// Runs one DML node of the plan to its end (CREATE TABLE ... SELECT's fill).
Status ExecuteNode(ExecutionContext& context, const Plan& plan, const PhysicalNode* node, ExecutionResult* result);

// Carries out a DDL command in context.transaction; the caller commits. Sets result->affected_rows for ALTER and CREATE ... SELECT.
Status ExecuteDdl(ExecutionContext& context, const Plan& plan, ExecutionResult* result);

}  // namespace mahi
