#include "execution/operator/dml/row_maker.h"

namespace mahi {

RowMaker::RowMaker(Runtime& runtime, const TableRef& table, bool ignore)
    : runtime_(runtime), table_(table), ignore_(ignore), row_(table->columns.size()),
      storage_(table->columns.size()), is_assigned_(table->columns.size()), wants_default_(table->columns.size()) {
  const TimeZone* zone = runtime.evaluation().time_zone;
  now_local_ = (zone != nullptr ? *zone : *TimeZone::Utc()).ToLocal(runtime.evaluation().statement_time_us);
}

bool RowMaker::is_strict() const { return !ignore_ && IsStrict(runtime_.evaluation().sql_mode); }

Status RowMaker::CompileAll(const std::vector<ColumnAssignment>& list, std::vector<Computed>* compiled) {
  for (const ColumnAssignment& assignment : list) {
    MAHI_ASSIGN_OR_RETURN(EvaluatorPtr value, CompileExpression(runtime_, assignment.value));
    compiled->push_back({assignment.ordinal, std::move(value)});
  }
  return Status::Ok();
}

Status RowMaker::Compile(const RowExpressions& expressions, const std::vector<SqlType>& extra_types) {
  std::vector<SqlType> types;
  for (const Column& column : table_->columns) types.push_back(column.type);
  types.insert(types.end(), extra_types.begin(), extra_types.end());
  batch_ = Batch(types, 1);
  batch_.set_row_count(1);
  MAHI_RETURN_IF_ERROR(CompileAll(expressions.generated, &generated_));
  MAHI_RETURN_IF_ERROR(CompileAll(expressions.defaults, &defaults_));
  MAHI_ASSIGN_OR_RETURN(checks_, CompileExpressions(runtime_, expressions.checks));
  check_names_ = expressions.check_names;
  MAHI_ASSIGN_OR_RETURN(view_check_, CompileOptional(runtime_, expressions.view_check));
  view_schema_ = expressions.view_schema;
  view_name_ = expressions.view_name;
  return Status::Ok();
}

void RowMaker::Start() {
  std::fill(row_.begin(), row_.end(), Datum::Null());
  std::fill(is_assigned_.begin(), is_assigned_.end(), 0);
  std::fill(wants_default_.begin(), wants_default_.end(), 0);
}

void RowMaker::StartFrom(std::span<const Datum> row) {
  Start();
  std::copy(row.begin(), row.end(), row_.begin());
}

Status RowMaker::Store(uint32_t ordinal, const Datum& value, const SqlType& type, uint64_t row_number) {
  const Column& column = table_->columns[ordinal];
  EvalContext& evaluation = runtime_.evaluation();
  StoreContext context;
  context.sql_mode = evaluation.sql_mode;
  context.is_ignore = ignore_;
  context.diagnostics = evaluation.diagnostics;
  context.time_zone = evaluation.time_zone;
  context.current_date = DatePart(now_local_);
  context.column_name = column.name;
  context.row_number = row_number;
  Datum out;
  Value storage;
  MAHI_RETURN_IF_ERROR(StoreValue(value, type, column.type, context, &storage, &out));
  // `out` may point into the local storage or into the source, which the next row overwrites.
  if (out.is_null) {
    row_[ordinal] = Datum::Null();
    return Status::Ok();
  }
  storage_[ordinal] = Value(out, column.type);
  row_[ordinal] = storage_[ordinal].datum();
  return Status::Ok();
}

Status RowMaker::Assign(uint32_t ordinal, const Datum& value, const SqlType& type, uint64_t row_number,
                        bool null_is_error) {
  const Column& column = table_->columns[ordinal];
  is_assigned_[ordinal] = 1;
  wants_default_[ordinal] = 0;
  if (!value.is_null) {
    MAHI_RETURN_IF_ERROR(Store(ordinal, value, type, row_number));
    if (!row_[ordinal].is_null || column.is_nullable) return Status::Ok();
  }
  row_[ordinal] = Datum::Null();
  if (column.is_nullable || column.is_auto_increment) return Status::Ok();
  if (is_strict() || (null_is_error && !ignore_)) return Error(ER_BAD_NULL_ERROR, column.name);
  if (runtime_.evaluation().diagnostics != nullptr) {
    runtime_.evaluation().diagnostics->Warn(Error(ER_BAD_NULL_ERROR, column.name));
  }
  storage_[ordinal] = ImplicitDefault(column.type);
  row_[ordinal] = storage_[ordinal].datum();
  return Status::Ok();
}

Status RowMaker::AssignDefault(uint32_t ordinal, uint64_t row_number) {
  const Column& column = table_->columns[ordinal];
  is_assigned_[ordinal] = 1;
  if (column.generated != GeneratedKind::kNone || column.is_auto_increment) {
    row_[ordinal] = Datum::Null();
    return Status::Ok();
  }
  switch (column.default_kind) {
    case DefaultKind::kNull:
      row_[ordinal] = Datum::Null();
      return Status::Ok();
    case DefaultKind::kLiteral:
      row_[ordinal] = column.default_value.datum();
      return Status::Ok();
    case DefaultKind::kNow:
      storage_[ordinal] = Value::Temporal(TruncateTemporal(now_local_, column.type.decimals), column.type.id,
                                          column.type.decimals);
      row_[ordinal] = storage_[ordinal].datum();
      return Status::Ok();
    case DefaultKind::kExpression:
      wants_default_[ordinal] = 1;
      return Status::Ok();
    case DefaultKind::kNone:
      break;
  }
  if (column.is_nullable) {
    row_[ordinal] = Datum::Null();
    return Status::Ok();
  }
  // ENUM NOT NULL has its first member as default, without complaint.
  if (column.type.id != TypeId::kEnum) {
    if (is_strict()) return Error(ER_NO_DEFAULT_FOR_FIELD, column.name);
    if (row_number <= 1 && runtime_.evaluation().diagnostics != nullptr) {
      runtime_.evaluation().diagnostics->Warn(Error(ER_NO_DEFAULT_FOR_FIELD, column.name));
    }
  }
  storage_[ordinal] = ImplicitDefault(column.type);
  row_[ordinal] = storage_[ordinal].datum();
  return Status::Ok();
}

Status RowMaker::CheckOmitted(const std::vector<bool>& given) {
  if (!is_strict()) return Status::Ok();
  for (size_t i = 0; i < table_->columns.size(); ++i) {
    const Column& column = table_->columns[i];
    if (given[i] || column.is_nullable || column.is_auto_increment || column.generated != GeneratedKind::kNone ||
        column.is_hidden || column.default_kind != DefaultKind::kNone || column.type.id == TypeId::kEnum) {
      continue;
    }
    return Error(ER_NO_DEFAULT_FOR_FIELD, column.name);
  }
  return Status::Ok();
}

void RowMaker::ApplyOnUpdate() {
  for (size_t i = 0; i < table_->columns.size(); ++i) {
    const Column& column = table_->columns[i];
    if (!column.on_update_now || is_assigned_[i]) continue;
    storage_[i] = Value::Temporal(TruncateTemporal(now_local_, column.type.decimals), column.type.id,
                                  column.type.decimals);
    row_[i] = storage_[i].datum();
  }
}

void RowMaker::SetSlot(uint32_t slot, const Datum& value) {
  Vector& vector = batch_.column(slot);
  vector.Reset();
  if (value.is_null) {
    vector.SetNull(0);
  } else {
    vector.SetDatum(0, value);
  }
}

Batch& RowMaker::RowBatch() {
  for (uint32_t i = 0; i < row_.size(); ++i) SetSlot(i, row_[i]);
  return batch_;
}

Status RowMaker::ComputeDefaults(uint64_t row_number) {
  if (defaults_.empty()) return Status::Ok();
  bool is_fresh = false;
  for (Computed& computed : defaults_) {
    if (!wants_default_[computed.ordinal]) continue;
    if (!is_fresh) RowBatch();
    is_fresh = true;
    MAHI_ASSIGN_OR_RETURN(const Vector* value, computed.value->Evaluate(batch_, Selection::All(1)));
    Datum datum = value->IsNull(0) ? Datum::Null() : value->GetDatum(0);
    MAHI_RETURN_IF_ERROR(Assign(computed.ordinal, datum, value->type(), row_number, true));
    SetSlot(computed.ordinal, row_[computed.ordinal]);
  }
  return Status::Ok();
}

Status RowMaker::ComputeGenerated(uint64_t row_number) {
  if (generated_.empty()) return Status::Ok();
  RowBatch();
  for (Computed& computed : generated_) {
    MAHI_ASSIGN_OR_RETURN(const Vector* value, computed.value->Evaluate(batch_, Selection::All(1)));
    Datum datum = value->IsNull(0) ? Datum::Null() : value->GetDatum(0);
    MAHI_RETURN_IF_ERROR(Assign(computed.ordinal, datum, value->type(), row_number, true));
    SetSlot(computed.ordinal, row_[computed.ordinal]);
  }
  return Status::Ok();
}

Status RowMaker::Check() {
  if (checks_.empty() && view_check_ == nullptr) return Status::Ok();
  RowBatch();
  for (size_t i = 0; i < checks_.size(); ++i) {
    MAHI_ASSIGN_OR_RETURN(const Vector* value, checks_[i]->Evaluate(batch_, Selection::All(1)));
    if (TruthAt(*value, 0) == Truth::kFalse) {
      return Error(ER_CHECK_CONSTRAINT_VIOLATED, i < check_names_.size() ? check_names_[i] : std::string());
    }
  }
  if (view_check_ != nullptr) {
    MAHI_ASSIGN_OR_RETURN(const Vector* value, view_check_->Evaluate(batch_, Selection::All(1)));
    if (TruthAt(*value, 0) != Truth::kTrue) return Error(ER_VIEW_CHECK_FAILED, view_schema_, view_name_);
  }
  return Status::Ok();
}

bool RowMaker::AreIdentical(std::span<const Datum> a, std::span<const Datum> b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].is_null != b[i].is_null) return false;
    if (a[i].is_null) continue;
    switch (a[i].kind) {
      case PhysicalType::kInt64:
      case PhysicalType::kUInt64:
      case PhysicalType::kTemporal:
        if (a[i].uint64 != b[i].uint64) return false;
        break;
      case PhysicalType::kDouble:
        if (a[i].real != b[i].real) return false;
        break;
      case PhysicalType::kDecimal:
        if (a[i].decimal() != b[i].decimal()) return false;
        break;
      case PhysicalType::kString:
      case PhysicalType::kJson:
        if (a[i].string() != b[i].string()) return false;
        break;
    }
  }
  return true;
}

Status IgnoreRowError(Runtime& runtime, bool ignore, Status status, bool* skipped) {
  *skipped = false;
  if (status.ok() || !ignore) return status;
  switch (status.error().number()) {
    case ER_DUP_ENTRY:
    case ER_DUP_ENTRY_WITH_KEY_NAME:
    case ER_NO_REFERENCED_ROW_2:
    case ER_ROW_IS_REFERENCED_2:
    case ER_CHECK_CONSTRAINT_VIOLATED:
    case ER_VIEW_CHECK_FAILED:
    case ER_BAD_NULL_ERROR:
    case ER_SUBQUERY_NO_1_ROW:
      break;
    default:
      return status;
  }
  if (runtime.evaluation().diagnostics != nullptr) runtime.evaluation().diagnostics->Warn(status.error());
  *skipped = true;
  return Status::Ok();
}

}  // namespace mahi
