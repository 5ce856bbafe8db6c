#include "execution/operator/scan/table_read.h"

#include <algorithm>

namespace mahi {

Result<std::unique_ptr<EvaluatorFilter>> CompileFilter(Runtime& runtime, const Expression* condition) {
  if (condition == nullptr) return std::unique_ptr<EvaluatorFilter>();
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime, condition));
  return std::make_unique<EvaluatorFilter>(std::move(evaluator));
}

Placement PlaceInColumn(Datum* value, const SqlType& type) {
  bool is_signed = value->kind == PhysicalType::kInt64;
  if (value->is_null || !type.IsInteger() || (!is_signed && value->kind != PhysicalType::kUInt64)) {
    return Placement::kWithin;
  }
  bool is_negative = is_signed && value->int64 < 0;
  Placement placement = Placement::kWithin;
  if (type.physical() == PhysicalType::kUInt64) {
    uint64_t number = is_negative ? 0 : value->uint64;
    if (is_negative) {
      placement = Placement::kBelow;
    } else if (number > MaxUnsigned(type.id)) {
      number = MaxUnsigned(type.id);
      placement = Placement::kAbove;
    }
    *value = Datum::UInt64(number);
    return placement;
  }
  int64_t number;
  if (is_negative) {
    number = std::max(value->int64, MinSigned(type.id));
    if (number != value->int64) placement = Placement::kBelow;
  } else {
    number = static_cast<int64_t>(std::min(value->uint64, static_cast<uint64_t>(MaxSigned(type.id))));
    if (static_cast<uint64_t>(number) != value->uint64) placement = Placement::kAbove;
  }
  *value = Datum::Int64(number);
  return placement;
}

Status RangeEvaluator::Compile(Runtime& runtime, const TableDefinition& table, const Index& index,
                               const KeyRange& range) {
  definition_ = &range;
  types_.clear();
  for (const IndexPart& part : index.parts) types_.push_back(&table.columns[part.column].type);
  MAHI_ASSIGN_OR_RETURN(lower_, CompileExpressions(runtime, range.lower));
  MAHI_ASSIGN_OR_RETURN(upper_, CompileExpressions(runtime, range.upper));
  return Status::Ok();
}

Result<bool> RangeEvaluator::Evaluate(const Batch& input, uint32_t row, IndexRange* range) {
  uint16_t position = static_cast<uint16_t>(row);
  Selection one{&position, 1};
  bool is_empty = false;
  auto evaluate = [&](const std::vector<EvaluatorPtr>& bound, std::vector<Datum>* values) -> Status {
    values->clear();
    for (size_t i = 0; i < bound.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, bound[i]->Evaluate(input, one));
      if (value->IsNull(row)) {
        if (i >= definition_->null_safe.size() || !definition_->null_safe[i]) is_empty = true;
        values->push_back(Datum::Null());
      } else {
        values->push_back(value->GetDatum(row));
      }
    }
    return Status::Ok();
  };
  MAHI_RETURN_IF_ERROR(evaluate(lower_, &range->lower));
  MAHI_RETURN_IF_ERROR(evaluate(upper_, &range->upper));
  range->is_lower_inclusive = definition_->is_lower_inclusive;
  range->is_upper_inclusive = definition_->is_upper_inclusive;
  range->excludes_null = definition_->excludes_null;
  for (size_t i = 0; i < range->lower.size() && i < types_.size(); ++i) {
    Placement placement = PlaceInColumn(&range->lower[i], *types_[i]);
    if (placement == Placement::kAbove) is_empty = true;
    if (placement == Placement::kBelow) range->is_lower_inclusive = true;
  }
  for (size_t i = 0; i < range->upper.size() && i < types_.size(); ++i) {
    Placement placement = PlaceInColumn(&range->upper[i], *types_[i]);
    if (placement == Placement::kBelow) is_empty = true;
    if (placement == Placement::kAbove) range->is_upper_inclusive = true;
  }
  return !is_empty;
}

Status TableReadOperator::Prepare() {
  MAHI_ASSIGN_OR_RETURN(filter_, CompileOptional(runtime_, read_.filter));
  return Status::Ok();
}

Status TableReadOperator::OpenImpl() {
  ScanSpec spec;
  spec.table = read_.table;
  spec.ordinals = read_.ordinals;
  spec.outputs_locator = read_.outputs_locator;
  spec.lock = LockModeOf(read_.lock_mode, *runtime_.tables);
  spec.wait = WaitPolicyOf(read_.wait_policy);
  single_ = 0;
  MAHI_ASSIGN_OR_RETURN(bool has_rows, MakeSpec(&spec));
  if (!has_rows) {
    scan_.reset();
    return Status::Ok();
  }
  if (filter_ != nullptr && scan_filter_ == nullptr && runtime_.batch_rows > 1) {
    scan_filter_ = std::make_unique<EvaluatorFilter>(std::move(filter_));
  }
  spec.filter = scan_filter_.get();
  if (filter_ == nullptr) spec.row_limit = row_limit_;
  if (scan_ != nullptr && spec.lock == LockMode::kNone && opened_limit_ == spec.row_limit) {
    return scan_->Restart(std::move(spec.ranges));
  }
  opened_limit_ = spec.row_limit;
  MAHI_ASSIGN_OR_RETURN(scan_, TableScan::Open(runtime_.tables.get(), std::move(spec)));
  batch_ = Batch(scan_->types());
  return Status::Ok();
}

Result<Batch*> TableReadOperator::NextImpl() {
  if (scan_ == nullptr) return nullptr;
  if (runtime_.batch_rows == 1) return NextRow();
  MAHI_ASSIGN_OR_RETURN(bool more, scan_->Next(&batch_));
  if (!more) return nullptr;
  return &batch_;
}

Result<Batch*> TableReadOperator::NextRow() {
  while (true) {
    if (single_ == 0 || single_ >= batch_.row_count()) {
      MAHI_ASSIGN_OR_RETURN(bool more, scan_->Next(&batch_));
      if (!more) return nullptr;
      single_ = 0;
    }
    one_.Clear();
    one_.Append(single_++);
    if (filter_ != nullptr) {
      SelectionBuffer passed;
      MAHI_RETURN_IF_ERROR(filter_->Filter(batch_, one_.View(), &passed));
      if (passed.count == 0) continue;
    }
    batch_.Select(one_.View());
    return &batch_;
  }
}

}  // namespace mahi
