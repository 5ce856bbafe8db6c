// ALTER TABLE. Three ways, the cheapest that the change allows:
//   1. definition only: names, defaults, comments, visibility, dropping keys, checks and foreign keys;
//   2. in place: new keys are built beside the rows;
//   3. rebuild: all rows are copied into new storage under the new definition.
// Data are written outside of the transaction, in bounded memory; the dictionary change that makes them visible is one
// batch, and what was built is removed when it does not commit.

#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/session_schema.h"
#include "execution/ddl/ddl_internal.h"
#include "execution/expression/evaluator.h"
#include "execution/runtime.h"
#include "table/table_context.h"
#include "table/table_store.h"
#include "transaction/transaction.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// A row of the new table in the making: one-row vectors that stored expressions are evaluated over.
class NewRow {
 public:
  NewRow(Runtime& runtime, const AlterTableCommand& command)
      : runtime_(runtime), command_(command), table_(*command.new_table) {}

  Status Prepare() {
    std::vector<SqlType> types;
    for (const Column& column : table_.columns) types.push_back(column.type);
    batch_ = Batch(types, 1);
    for (const ColumnAssignment& assignment : command_.expressions.generated) {
      MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime_, assignment.value));
      generated_.emplace_back(assignment.ordinal, std::move(evaluator));
    }
    for (const ColumnAssignment& assignment : command_.expressions.defaults) {
      MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime_, assignment.value));
      defaults_.emplace_back(assignment.ordinal, std::move(evaluator));
    }
    MAHI_ASSIGN_OR_RETURN(checks_, CompileExpressions(runtime_, command_.expressions.checks));
    storage_.resize(table_.columns.size());
    is_same_type_.resize(table_.columns.size());
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      if (!command_.source_columns[i]) continue;
      is_same_type_[i] = command_.old_table->columns[*command_.source_columns[i]].type == table_.columns[i].type;
    }
    return Status::Ok();
  }

  // Fills `row` (column order of the new table) from a row of the old one.
  Status Make(std::span<const Datum> old_row, std::span<Datum> row) {
    ++row_number_;
    batch_.Reset();
    batch_.set_row_count(1);
    for (uint32_t i = 0; i < table_.columns.size(); ++i) {
      const Column& column = table_.columns[i];
      if (column.generated != GeneratedKind::kNone) continue;
      if (command_.source_columns[i]) {
        MAHI_RETURN_IF_ERROR(Convert(old_row[*command_.source_columns[i]], i, &row[i]));
      } else {
        MAHI_RETURN_IF_ERROR(Default(i, &row[i]));
      }
      batch_.column(i).SetDatum(0, row[i]);
    }
    MAHI_RETURN_IF_ERROR(Assign(defaults_, row, /*only_new=*/true));
    MAHI_RETURN_IF_ERROR(Assign(generated_, row, /*only_new=*/false));
    return Verify();
  }

  // Checks an unchanged row.
  Status Check(std::span<const Datum> row) {
    batch_.Reset();
    batch_.set_row_count(1);
    for (uint32_t i = 0; i < table_.columns.size(); ++i) batch_.column(i).SetDatum(0, row[i]);
    return Verify();
  }

 private:
  using Assignments = std::vector<std::pair<uint32_t, EvaluatorPtr>>;

  StoreContext MakeStoreContext(const Column& column) const {
    EvalContext& evaluation = runtime_.evaluation();
    StoreContext store;
    store.sql_mode = evaluation.sql_mode;
    store.diagnostics = evaluation.diagnostics;
    store.time_zone = evaluation.time_zone;
    store.column_name = column.name;
    store.row_number = row_number_;
    return store;
  }

  Status Convert(const Datum& value, uint32_t ordinal, Datum* out) {
    const Column& column = table_.columns[ordinal];
    const Column& source = command_.old_table->columns[*command_.source_columns[ordinal]];
    if (value.is_null) {
      if (column.is_nullable) {
        *out = Datum::Null();
        return Status::Ok();
      }
      if (IsStrict(runtime_.evaluation().sql_mode)) return Error(ER_INVALID_USE_OF_NULL);
      runtime_.evaluation().diagnostics->Warn(Error(WARN_DATA_TRUNCATED, column.name, row_number_));
      storage_[ordinal] = ImplicitDefault(column.type);
      *out = storage_[ordinal].datum();
      return Status::Ok();
    }
    if (is_same_type_[ordinal]) {
      *out = value;
      return Status::Ok();
    }
    return StoreValue(value, source.type, column.type, MakeStoreContext(column), &storage_[ordinal], out);
  }

  Status Default(uint32_t ordinal, Datum* out) {
    const Column& column = table_.columns[ordinal];
    switch (column.default_kind) {
      case DefaultKind::kLiteral:
        *out = column.default_value.datum();
        return Status::Ok();
      case DefaultKind::kNow: {
        int64_t now = runtime_.evaluation().time_zone->ToLocal(runtime_.evaluation().statement_time_us);
        *out = Datum::Temporal(TruncateTemporal(now, column.type.decimals));
        return Status::Ok();
      }
      case DefaultKind::kNull:
        *out = Datum::Null();
        return Status::Ok();
      case DefaultKind::kNone:
      case DefaultKind::kExpression:
        break;
    }
    if (column.is_auto_increment) {
      storage_[ordinal] = column.type.physical() == PhysicalType::kUInt64
                              ? Value::UInt64(row_number_)
                              : column.type.physical() == PhysicalType::kDouble
                                    ? Value::Double(static_cast<double>(row_number_))
                                    : Value::Int64(static_cast<int64_t>(row_number_));
    } else if (column.is_nullable) {
      *out = Datum::Null();
      return Status::Ok();
    } else {
      storage_[ordinal] = ImplicitDefault(column.type);
      // A zero date in strict mode: a new DATE NOT NULL column on a table with rows.
      constexpr uint64_t kNoZero = kSqlModeNoZeroDate | kSqlModeNoZeroInDate;
      const uint64_t sql_mode = runtime_.evaluation().sql_mode;
      if (column.type.HasDatePart() && IsStrict(sql_mode) && (sql_mode & kNoZero) == kNoZero) {
        return Error(ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, column.type.TypeName(),
                     DatumToText(storage_[ordinal].datum(), column.type), column.name, row_number_);
      }
    }
    *out = storage_[ordinal].datum();
    return Status::Ok();
  }

  Status Assign(Assignments& assignments, std::span<Datum> row, bool only_new) {
    for (auto& [ordinal, evaluator] : assignments) {
      if (only_new && command_.source_columns[ordinal]) continue;
      const Column& column = table_.columns[ordinal];
      MAHI_ASSIGN_OR_RETURN(const Vector* value, evaluator->Evaluate(batch_, Selection::All(1)));
      if (value->IsNull(0)) {
        if (!column.is_nullable) return Error(ER_BAD_NULL_ERROR, column.name);
        row[ordinal] = Datum::Null();
      } else {
        MAHI_RETURN_IF_ERROR(StoreValue(value->GetDatum(0), evaluator->type(), column.type, MakeStoreContext(column),
                                        &storage_[ordinal], &row[ordinal]));
      }
      batch_.column(ordinal).SetDatum(0, row[ordinal]);
      row[ordinal] = batch_.column(ordinal).GetDatum(0);
    }
    return Status::Ok();
  }

  Status Verify() {
    for (size_t i = 0; i < checks_.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, checks_[i]->Evaluate(batch_, Selection::All(1)));
      if (TruthAt(*value, 0) == Truth::kFalse) {
        return Error(ER_CHECK_CONSTRAINT_VIOLATED, command_.expressions.check_names[i]);
      }
    }
    return Status::Ok();
  }

  Runtime& runtime_;
  const AlterTableCommand& command_;
  const TableDefinition& table_;
  Batch batch_;
  Assignments generated_, defaults_;
  std::vector<EvaluatorPtr> checks_;
  std::vector<Value> storage_;
  std::vector<bool> is_same_type_;
  uint64_t row_number_ = 0;
};

// Whether stored rows are the same under both definitions.
bool HasSameRows(const AlterTableCommand& command) {
  const TableDefinition& from = *command.old_table;
  const TableDefinition& to = *command.new_table;
  if (from.columns.size() != to.columns.size()) return false;
  for (size_t i = 0; i < to.columns.size(); ++i) {
    if (command.source_columns[i] != std::optional<uint32_t>(static_cast<uint32_t>(i))) return false;
    const Column& a = from.columns[i];
    const Column& b = to.columns[i];
    bool is_longer_varchar = a.type.id == TypeId::kVarchar && b.type.id == TypeId::kVarchar &&
                             a.type.collation == b.type.collation && b.type.length >= a.type.length;
    bool has_more_members = a.type.id == TypeId::kEnum && b.type.id == TypeId::kEnum &&
                            a.type.collation == b.type.collation && a.type.members->size() <= b.type.members->size() &&
                            std::equal(a.type.members->begin(), a.type.members->end(), b.type.members->begin());
    if (!(a.type == b.type) && !is_longer_varchar && !has_more_members) return false;
    if (a.is_nullable != b.is_nullable || a.is_auto_increment != b.is_auto_increment) return false;
    if (a.generated != b.generated || a.generated_expression != b.generated_expression) return false;
  }
  const Index* a = from.primary_key();
  const Index* b = to.primary_key();
  return (a == nullptr) == (b == nullptr) && (a == nullptr || a->id == b->id);
}

bool HasNewChecks(const AlterTableCommand& command) {
  for (const CheckConstraint& check : command.new_table->checks) {
    if (!check.is_enforced) continue;
    bool is_old = std::any_of(command.old_table->checks.begin(), command.old_table->checks.end(),
                              [&](const CheckConstraint& old) {
                                return old.is_enforced && old.expression == check.expression;
                              });
    if (!is_old) return true;
  }
  return false;
}

std::vector<const ForeignKey*> NewForeignKeys(const AlterTableCommand& command) {
  std::vector<const ForeignKey*> keys;
  for (const ForeignKey& key : command.new_table->foreign_keys) {
    bool is_old = std::any_of(command.old_table->foreign_keys.begin(), command.old_table->foreign_keys.end(),
                              [&](const ForeignKey& old) { return old.name == key.name; });
    if (!is_old) keys.push_back(&key);
  }
  return keys;
}

// Keys that foreign keys of this or other tables need may not go.
Status CheckForeignKeyIndexes(ExecutionContext& context, const AlterTableCommand& command) {
  if (!context.foreign_key_checks) return Status::Ok();
  const TableDefinition& table = *command.new_table;
  for (const ReferencingKey& reference :
       context.catalog->ReferencingKeys(context.transaction, command.old_table->schema, command.old_table->name)) {
    MAHI_ASSIGN_OR_RETURN(TableRef child,
                          context.catalog->FindTable(context.transaction, reference.schema, reference.table));
    if (child == nullptr) continue;
    for (const ForeignKey& key : child->foreign_keys) {
      if (key.name != reference.constraint) continue;
      for (const std::string& name : key.referenced_columns) {
        auto old_ordinal = command.old_table->ColumnOrdinal(name);
        bool is_kept = old_ordinal && std::find(command.source_columns.begin(), command.source_columns.end(),
                                                old_ordinal) != command.source_columns.end();
        if (!is_kept) return Error(ER_FK_COLUMN_CANNOT_DROP_CHILD, name, key.name, child->name);
      }
      bool has_index = std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
        if (index.parts.size() < key.referenced_columns.size()) return false;
        for (size_t i = 0; i < key.referenced_columns.size(); ++i) {
          if (!EqualIgnoreAsciiCase(table.columns[index.parts[i].column].name, key.referenced_columns[i])) return false;
        }
        return true;
      });
      if (!has_index) {
        for (const Index& index : command.old_table->indexes) {
          if (table.FindIndex(index.name) == nullptr) return Error(ER_DROP_INDEX_FK, index.name);
        }
      }
    }
  }
  return Status::Ok();
}

}  // namespace

Status ExecuteAlterTable(ExecutionContext& context, const Plan& plan, AlterTableCommand& command,
                         ExecutionResult* result) {
  const TableRef& old_table = command.old_table;
  std::shared_ptr<TableDefinition> new_table = command.new_table;
  new_table->version = old_table->version + 1;
  new_table->updated_at_us = context.evaluation.statement_time_us;
  MAHI_RETURN_IF_ERROR(CheckForeignKeyIndexes(context, command));

  Runtime runtime(context, plan);
  TableContext& table_context = *runtime.tables;
  NewRow new_row(runtime, command);
  const uint64_t auto_increment = new_table->auto_increment_start;
  if (new_table->auto_increment_start == 0) new_table->auto_increment_start = old_table->auto_increment_start;

  std::vector<uint32_t> new_indexes;
  for (uint32_t i = 0; i < new_table->indexes.size(); ++i) {
    if (new_table->indexes[i].id == 0) new_indexes.push_back(i);
  }
  const bool rebuilds = command.must_rebuild || !HasSameRows(command);
  if (rebuilds) {
    new_table->hidden_index_id = 0;
    new_table->dropped_columns.clear();
    ++new_table->row_version;
    for (Index& index : new_table->indexes) index.id = 0;
    for (Column& column : new_table->columns) column.added_in_version = 0;
  }
  context.catalog->AssignIds(new_table.get());
  if (rebuilds) {
    MAHI_RETURN_IF_ERROR(new_row.Prepare());
    MAHI_ASSIGN_OR_RETURN(uint64_t rows,
                          context.tables->Rebuild(&table_context, old_table, new_table,
                                                  [&](std::span<const Datum> old_row, std::span<Datum> row) {
                                                    return new_row.Make(old_row, row);
                                                  }));
    result->affected_rows = rows;
    result->copied_rows = rows;
  } else {
    if (!new_indexes.empty()) {
      MAHI_RETURN_IF_ERROR(context.tables->BuildIndexes(&table_context, new_table, new_indexes));
    }
    if (HasNewChecks(command)) {
      MAHI_RETURN_IF_ERROR(new_row.Prepare());
      MAHI_RETURN_IF_ERROR(context.tables->ForEachRow(
          &table_context, new_table, [&](std::span<const Datum> row) { return new_row.Check(row); }));
    }
  }

  if (new_table->is_temporary) {
    MAHI_RETURN_IF_ERROR(context.schema->ReplaceTemporaryTable(old_table, new_table));
    if (rebuilds) context.tables->DropTemporaryData(*old_table);
  } else {
    MAHI_RETURN_IF_ERROR(context.catalog->ReplaceTable(context.transaction, old_table, new_table));
  }
  if (context.foreign_key_checks) {
    for (const ForeignKey* key : NewForeignKeys(command)) {
      MAHI_RETURN_IF_ERROR(context.tables->CheckForeignKey(&table_context, new_table, *key));
    }
  }
  if (auto_increment != 0) {
    MAHI_RETURN_IF_ERROR(context.tables->SetAutoIncrement(&table_context, new_table, auto_increment));
  }
  return Status::Ok();
}

}  // namespace mahi
