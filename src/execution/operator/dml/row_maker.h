// RowMaker: makes complete rows of a table for TableWriter: assignment conversions, defaults, ON UPDATE, generated columns,
// NOT NULL, CHECK constraints and WITH CHECK OPTION.
//
//   maker.Start();  maker.Assign(ordinal, datum, type);  ...  maker.Finish();  maker.row()
//
// Source: MySQL 8.4 manual, "Data Type Default Values", "CREATE TABLE and Generated Columns", "Server SQL Modes".
// Errors: 1048, 1364, 3819, 1369 and those of StoreValue; warnings instead with IGNORE or without strict sql_mode.
// Thread safety: one execution, one thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "execution/expression/evaluator.h"
#include "plan/logical_plan.h"
#include "types/conversion.h"

namespace mahi {

class RowMaker {
 public:
  // `extra_types`: further slots behind the table's columns, for expressions (ON DUPLICATE KEY UPDATE).
  RowMaker(Runtime& runtime, const TableRef& table, bool ignore);
  Status Compile(const RowExpressions& expressions, const std::vector<SqlType>& extra_types = {});

  // A new row: nothing assigned.
  void Start();
  // A row as it is stored, to be changed.
  void StartFrom(std::span<const Datum> row);

  // Converts and stores one value. `null_is_error`: NULL for a NOT NULL column fails even without strict mode (INSERT of a
  // single row).
  Status Assign(uint32_t ordinal, const Datum& value, const SqlType& type, uint64_t row_number, bool null_is_error);
  // The column's default, as DEFAULT or as an omitted column.
  Status AssignDefault(uint32_t ordinal, uint64_t row_number);
  // Fails for (or warns about) the columns outside `given` that have no default.
  Status CheckOmitted(const std::vector<bool>& given);
  // The columns with ON UPDATE CURRENT_TIMESTAMP that were not assigned.
  void ApplyOnUpdate();
  // Computes default expressions and generated columns. REQUIRES: all other columns are there.
  Status ComputeDefaults(uint64_t row_number);
  Status ComputeGenerated(uint64_t row_number);
  // CHECK constraints and the view's condition.
  Status Check();

  std::span<Datum> row() { return row_; }
  bool is_assigned(uint32_t ordinal) const { return is_assigned_[ordinal] != 0; }
  const TableRef& table() const { return table_; }
  // The row's slots as a batch of one row, brought up to date, for expressions over it.
  Batch& RowBatch();
  void SetSlot(uint32_t slot, const Datum& value);
  // Whether the two rows are the same, byte by byte.
  static bool AreIdentical(std::span<const Datum> a, std::span<const Datum> b);
  bool is_strict() const;
  bool has_generated() const { return !generated_.empty(); }

 private:
  struct Computed {
    uint32_t ordinal;
    EvaluatorPtr value;
  };
  Status CompileAll(const std::vector<ColumnAssignment>& list, std::vector<Computed>* compiled);
  Status Store(uint32_t ordinal, const Datum& value, const SqlType& type, uint64_t row_number);

  Runtime& runtime_;
  TableRef table_;
  bool ignore_;
  int64_t now_local_ = 0;
  std::vector<Datum> row_;
  std::vector<Value> storage_;
  std::vector<uint8_t> is_assigned_;
  std::vector<uint8_t> wants_default_;  // expression defaults still to be computed
  std::vector<Computed> generated_, defaults_;
  std::vector<EvaluatorPtr> checks_;
  std::vector<std::string> check_names_;
  EvaluatorPtr view_check_;
  std::string view_schema_, view_name_;
  Batch batch_;
};

// Sets EvalContext up for statements whose results are stored, and back.
class DmlScope {
 public:
  DmlScope(Runtime& runtime, bool ignore)
      : context_(runtime.context.evaluation), was_dml_(context_.is_dml), ignored_(context_.ignore_errors) {
    context_.is_dml = true;
    context_.ignore_errors = ignore;
  }
  ~DmlScope() {
    context_.is_dml = was_dml_;
    context_.ignore_errors = ignored_;
  }

 private:
  EvalContext& context_;
  bool was_dml_, ignored_;
};

// With IGNORE a row's error becomes a warning and the row is left out: Ok and *skipped. Other errors pass.
Status IgnoreRowError(Runtime& runtime, bool ignore, Status status, bool* skipped);

}  // namespace mahi
