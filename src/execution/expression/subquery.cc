// Subqueries as expressions: scalar, EXISTS, IN, ANY and ALL, single rows.
//
// An uncorrelated subquery runs once and leaves a summary: its value, whether it had rows, or for comparisons the set of
// its keys with their extremes. A correlated one runs for each outer row, with a cache keyed by the outer values.
#include <algorithm>

#include <unordered_map>

#include "execution/expression/nodes.h"
#include "execution/memory/key_encoder.h"
#include "execution/memory/key_table.h"
#include "execution/memory/row_layout.h"
#include "execution/operator/operator.h"

namespace mahi {

namespace {

constexpr size_t kCacheEntries = 4096;
constexpr size_t kCacheBytes = 4 << 20;

enum class Comparison { kEqual, kNullSafeEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

Result<Comparison> ComparisonOf(const SubqueryExpression& expression) {
  if (expression.subquery_kind != SubqueryKind::kQuantified) return Comparison::kEqual;
  std::string_view name = expression.comparison->name;
  if (name == "=") return Comparison::kEqual;
  if (name == "<=>") return Comparison::kNullSafeEqual;
  if (name == "<>" || name == "!=") return Comparison::kNotEqual;
  if (name == "<") return Comparison::kLess;
  if (name == "<=") return Comparison::kLessOrEqual;
  if (name == ">") return Comparison::kGreater;
  if (name == ">=") return Comparison::kGreaterOrEqual;
  return Error(ER_NOT_SUPPORTED_YET, "this comparison with ANY or ALL");
}

Truth Not(Truth truth) {
  if (truth == Truth::kNull) return truth;
  return truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}

// left <op> right, for rows of any width.
Truth CompareRows(Comparison op, const std::vector<const Vector*>& left, uint32_t left_row,
                  const std::vector<const Vector*>& right, uint32_t right_row) {
  if (op == Comparison::kEqual || op == Comparison::kNotEqual || op == Comparison::kNullSafeEqual) {
    Truth truth = Truth::kTrue;
    for (size_t i = 0; i < left.size(); ++i) {
      bool left_null = left[i]->IsNull(left_row), right_null = right[i]->IsNull(right_row);
      if (left_null || right_null) {
        if (op == Comparison::kNullSafeEqual) {
          if (left_null != right_null) return Truth::kFalse;
        } else {
          truth = Truth::kNull;
        }
      } else if (!EqualAt(*left[i], left_row, *right[i], right_row)) {
        truth = Truth::kFalse;
        break;
      }
    }
    return op == Comparison::kNotEqual ? Not(truth) : truth;
  }
  bool wants_less = op == Comparison::kLess || op == Comparison::kLessOrEqual;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i]->IsNull(left_row) || right[i]->IsNull(right_row)) return Truth::kNull;
    int order = CompareAt(*left[i], left_row, *right[i], right_row);
    if (order != 0) return (order < 0) == wants_less ? Truth::kTrue : Truth::kFalse;
  }
  return op == Comparison::kLessOrEqual || op == Comparison::kGreaterOrEqual ? Truth::kTrue : Truth::kFalse;
}

// What a run of the right side of IN, ANY or ALL left behind.
struct ComparedSet {
  uint64_t row_count = 0;
  bool has_null = false;      // some row has a NULL
  KeyTable keys;              // rows without NULL, in equality form
  std::string least, greatest;  // in sort form; single columns only
  // Rows with a NULL among several columns, and all rows when the left side may have NULLs.
  std::vector<std::unique_ptr<Batch>> row_batches;
};

class SubqueryEvaluator : public Evaluator {
 public:
  SubqueryEvaluator(Runtime& runtime, const SubqueryExpression& expression, OperatorPtr plan)
      : Evaluator(expression.type), runtime_(runtime), expression_(expression), plan_(std::move(plan)),
        scratch_(expression.type) {}

  Status Compile(bool is_volatile) {
    is_volatile_ = is_volatile;
    MAHI_ASSIGN_OR_RETURN(op_, ComparisonOf(expression_));
    MAHI_ASSIGN_OR_RETURN(left_, CompileExpressions(runtime_, expression_.left));
    MAHI_ASSIGN_OR_RETURN(outer_, CompileExpressions(runtime_, expression_.outer_arguments));
    MAHI_ASSIGN_OR_RETURN(right_, CompileExpressions(runtime_, expression_.right));
    if (right_.empty() && expression_.subquery_kind != SubqueryKind::kExists) {
      for (size_t i = 0; i < std::max<size_t>(left_.size(), 1); ++i) right_.push_back(nullptr);
    }
    size_t slots = expression_.first_outer_slot + expression_.outer_arguments.size();
    if (runtime_.outer_slots.size() < slots) runtime_.outer_slots.resize(slots);
    is_correlated_ = !outer_.empty();
    if (expression_.subquery_kind == SubqueryKind::kExists) plan_->SetRowLimit(1);
    return Status::Ok();
  }

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    scratch_.Reset();
    if (rows.count == 0) return &scratch_;
    MAHI_RETURN_IF_ERROR(EvaluateAll(left_, input, rows, &left_values_));
    if (!is_correlated_ && !is_volatile_) return EvaluateUncorrelated(rows);
    MAHI_RETURN_IF_ERROR(EvaluateAll(outer_, input, rows, &outer_values_));
    for (uint32_t i = 0; i < rows.count; ++i) {
      uint32_t row = rows[i];
      MAHI_RETURN_IF_ERROR(EvaluateCorrelated(row));
    }
    return &scratch_;
  }

 private:
  static Status EvaluateAll(const std::vector<EvaluatorPtr>& evaluators, const Batch& input, const Selection& rows,
                            std::vector<const Vector*>* values) {
    values->clear();
    for (const EvaluatorPtr& evaluator : evaluators) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, evaluator->Evaluate(input, rows));
      values->push_back(value);
    }
    return Status::Ok();
  }

  // The values to compare of a batch of the subquery.
  Status RightValues(const Batch& batch) {
    right_values_.clear();
    for (size_t i = 0; i < right_.size(); ++i) {
      if (right_[i] == nullptr) {
        right_values_.push_back(&batch.column(i));
        continue;
      }
      MAHI_ASSIGN_OR_RETURN(const Vector* value, right_[i]->Evaluate(batch, batch.rows()));
      right_values_.push_back(value);
    }
    return Status::Ok();
  }

  void SetTruth(uint32_t row, Truth truth) {
    if (truth == Truth::kNull) scratch_.SetNull(row);
    scratch_.SetInt64(row, truth == Truth::kTrue);
  }

  // --- Uncorrelated.

  Result<const Vector*> EvaluateUncorrelated(const Selection& rows) {
    switch (expression_.subquery_kind) {
      case SubqueryKind::kScalar:
        if (!is_known_) MAHI_RETURN_IF_ERROR(RunScalar(&value_));
        is_known_ = true;
        MAHI_RETURN_IF_ERROR(SetConstantValue(runtime_, value_, &scratch_));
        return &scratch_;
      case SubqueryKind::kExists:
        if (!is_known_) MAHI_RETURN_IF_ERROR(RunExists(&truth_));
        is_known_ = true;
        SetTruth(0, truth_);
        scratch_.set_constant(true);
        return &scratch_;
      case SubqueryKind::kIn:
      case SubqueryKind::kQuantified:
        break;
    }
    if (expression_.is_single_row) {
      if (!is_known_) MAHI_RETURN_IF_ERROR(RunSingleRow());
      is_known_ = true;
      rows.ForEach([&](uint32_t row) { SetTruth(row, CompareSingleRow(row)); });
      return &scratch_;
    }
    if (!is_known_) MAHI_RETURN_IF_ERROR(RunSet());
    is_known_ = true;
    rows.ForEach([&](uint32_t row) { SetTruth(row, CompareWithSet(row)); });
    return &scratch_;
  }

  Status RunScalar(Value* value) {
    *value = Value();
    MAHI_RETURN_IF_ERROR(plan_->Open());
    uint64_t count = 0;
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, plan_->Next());
      if (batch == nullptr) return Status::Ok();
      count += batch->selected_count();
      if (count > 1) return Error(ER_SUBQUERY_NO_1_ROW);
      MAHI_RETURN_IF_ERROR(RightValues(*batch));
      *value = Value(right_values_[0]->GetDatum(batch->rows()[0]), right_values_[0]->type());
    }
  }

  Status RunExists(Truth* truth) {
    MAHI_RETURN_IF_ERROR(plan_->Open());
    MAHI_ASSIGN_OR_RETURN(Batch* batch, plan_->Next());
    *truth = (batch != nullptr) != expression_.is_negated ? Truth::kTrue : Truth::kFalse;
    return Status::Ok();
  }

  Status RunSingleRow() {
    single_row_.reset();
    MAHI_RETURN_IF_ERROR(plan_->Open());
    uint64_t count = 0;
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, plan_->Next());
      if (batch == nullptr) return Status::Ok();
      count += batch->selected_count();
      if (count > 1) return Error(ER_SUBQUERY_NO_1_ROW);
      MAHI_RETURN_IF_ERROR(RightValues(*batch));
      single_row_ = CopyRow(batch->rows()[0]);
    }
  }

  // The right values of a row as a batch of its own.
  std::unique_ptr<Batch> CopyRow(uint32_t row) {
    std::vector<SqlType> types;
    for (const Vector* vector : right_values_) types.push_back(vector->type());
    auto batch = std::make_unique<Batch>(types, 1);
    for (size_t i = 0; i < right_values_.size(); ++i) {
      batch->column(i).SetDatum(0, right_values_[i]->GetDatum(row));
    }
    batch->set_row_count(1);
    return batch;
  }

  static std::vector<const Vector*> Columns(const Batch& batch) {
    std::vector<const Vector*> columns;
    for (size_t i = 0; i < batch.column_count(); ++i) columns.push_back(&batch.column(i));
    return columns;
  }

  Truth CompareSingleRow(uint32_t row) {
    if (single_row_ == nullptr) return Truth::kNull;
    return CompareRows(op_, left_values_, row, Columns(*single_row_), 0);
  }

  Status RunSet() {
    MAHI_RETURN_IF_ERROR(plan_->Open());
    std::string key;
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, plan_->Next());
      if (batch == nullptr) return Status::Ok();
      MAHI_RETURN_IF_ERROR(RightValues(*batch));
      Selection rows = batch->rows();
      for (uint32_t i = 0; i < rows.count; ++i) {
        AddToSet(rows[i], &key);
      }
    }
  }

  void AddToSet(uint32_t row, std::string* key) {
    ++set_.row_count;
    bool has_null = false;
    for (const Vector* vector : right_values_) has_null = has_null || vector->IsNull(row);
    if (has_null) {
      set_.has_null = true;
      if (right_values_.size() > 1) set_.row_batches.push_back(CopyRow(row));
      return;
    }
    key->clear();
    for (const Vector* vector : right_values_) AppendEqualityKey(*vector, row, key);
    bool is_new = false;
    set_.keys.FindOrInsert(*key, &is_new);
    if (!is_new) return;
    if (right_values_.size() > 1) {
      // Kept for left rows with NULLs, which have to be compared element by element.
      full_rows_.push_back(CopyRow(row));
      return;
    }
    key->clear();
    AppendSortKey(*right_values_[0], row, false, key);
    if (set_.least.empty() || *key < set_.least) set_.least = *key;
    if (set_.greatest.empty() || *key > set_.greatest) set_.greatest = *key;
  }

  Truth CompareWithSet(uint32_t row) {
    bool is_all = expression_.subquery_kind == SubqueryKind::kQuantified && expression_.is_all;
    bool is_negated = expression_.subquery_kind == SubqueryKind::kIn && expression_.is_negated;
    if (set_.row_count == 0) return is_all || is_negated ? Truth::kTrue : Truth::kFalse;
    Truth truth = op_ == Comparison::kEqual && !is_all       ? FindInSet(row)
                  : op_ == Comparison::kNotEqual && is_all   ? Not(FindInSet(row))
                                                             : CompareExtremes(row, is_all);
    return is_negated ? Not(truth) : truth;
  }

  Truth FindInSet(uint32_t row) {
    bool has_null = false;
    for (const Vector* vector : left_values_) has_null = has_null || vector->IsNull(row);
    if (left_values_.size() == 1 && has_null) return Truth::kNull;
    if (!has_null) {
      key_.clear();
      for (const Vector* vector : left_values_) AppendEqualityKey(*vector, row, &key_);
      if (set_.keys.Find(key_) != KeyTable::kNone) return Truth::kTrue;
      if (left_values_.size() == 1) return set_.has_null ? Truth::kNull : Truth::kFalse;
    }
    Truth truth = Truth::kFalse;
    auto compare = [&](const std::vector<std::unique_ptr<Batch>>& rows) {
      for (const auto& candidate : rows) {
        if (truth == Truth::kNull) return;
        if (CompareRows(Comparison::kEqual, left_values_, row, Columns(*candidate), 0) == Truth::kNull) {
          truth = Truth::kNull;
        }
      }
    };
    compare(set_.row_batches);
    if (has_null) compare(full_rows_);
    return truth;
  }

  // Comparisons that the least and the greatest value decide.
  Truth CompareExtremes(uint32_t row, bool is_all) {
    if (left_values_[0]->IsNull(row)) return Truth::kNull;
    key_.clear();
    AppendSortKey(*left_values_[0], row, false, &key_);
    if (set_.least.empty()) return Truth::kNull;  // nothing but NULLs
    bool holds = false;
    switch (op_) {
      case Comparison::kLess:
        holds = key_ < (is_all ? set_.least : set_.greatest);
        break;
      case Comparison::kLessOrEqual:
        holds = key_ <= (is_all ? set_.least : set_.greatest);
        break;
      case Comparison::kGreater:
        holds = key_ > (is_all ? set_.greatest : set_.least);
        break;
      case Comparison::kGreaterOrEqual:
        holds = key_ >= (is_all ? set_.greatest : set_.least);
        break;
      case Comparison::kNotEqual:  // ANY
        holds = key_ != set_.least || key_ != set_.greatest;
        break;
      case Comparison::kEqual:  // ALL
      case Comparison::kNullSafeEqual:
        holds = key_ == set_.least && key_ == set_.greatest;
        break;
    }
    if (is_all) return !holds ? Truth::kFalse : set_.has_null ? Truth::kNull : Truth::kTrue;
    return holds ? Truth::kTrue : set_.has_null ? Truth::kNull : Truth::kFalse;
  }

  // --- Correlated.

  Status EvaluateCorrelated(uint32_t row) {
    if (!is_volatile_) {
      key_.clear();
      for (const Vector* vector : outer_values_) AppendExactKey(*vector, row, &key_);
      for (const Vector* vector : left_values_) AppendExactKey(*vector, row, &key_);
      if (auto found = cache_.find(key_); found != cache_.end()) {
        scratch_.SetDatum(row, found->second.datum());
        return Status::Ok();
      }
    }
    std::string cache_key = is_volatile_ ? std::string() : key_;
    for (size_t i = 0; i < outer_values_.size(); ++i) {
      runtime_.outer_slots[expression_.first_outer_slot + i] =
          Value(outer_values_[i]->GetDatum(row), outer_values_[i]->type());
    }
    MAHI_RETURN_IF_ERROR(RunCorrelated(row));
    if (is_volatile_) return Status::Ok();
    if (cache_.size() >= kCacheEntries || cache_bytes_ >= kCacheBytes) {
      cache_.clear();
      cache_bytes_ = 0;
    }
    Value value(scratch_.GetDatum(row), scratch_.type());
    cache_bytes_ += cache_key.size() + sizeof(Value) +
                    (!value.is_null() && (value.kind() == PhysicalType::kString || value.kind() == PhysicalType::kJson)
                         ? value.string().size()
                         : 0);
    cache_.emplace(std::move(cache_key), std::move(value));
    return Status::Ok();
  }

  Status RunCorrelated(uint32_t row) {
    switch (expression_.subquery_kind) {
      case SubqueryKind::kScalar: {
        Value value;
        MAHI_RETURN_IF_ERROR(RunScalar(&value));
        if (value.is_null()) {
          scratch_.SetNull(row);
        } else if (value.kind() == scratch_.physical()) {
          scratch_.SetDatum(row, value.datum());
        } else {
          Vector converted(type(), 1);
          MAHI_RETURN_IF_ERROR(SetConstantValue(runtime_, value, &converted));
          scratch_.SetDatum(row, converted.GetDatum(0));
        }
        return Status::Ok();
      }
      case SubqueryKind::kExists: {
        Truth truth;
        MAHI_RETURN_IF_ERROR(RunExists(&truth));
        SetTruth(row, truth);
        return Status::Ok();
      }
      case SubqueryKind::kIn:
      case SubqueryKind::kQuantified:
        break;
    }
    if (expression_.is_single_row) {
      MAHI_RETURN_IF_ERROR(RunSingleRow());
      SetTruth(row, CompareSingleRow(row));
      return Status::Ok();
    }
    // ANY stops at the first true comparison, ALL at the first false one.
    bool is_all = expression_.subquery_kind == SubqueryKind::kQuantified && expression_.is_all;
    bool is_negated = expression_.subquery_kind == SubqueryKind::kIn && expression_.is_negated;
    Truth deciding = is_all ? Truth::kFalse : Truth::kTrue;
    Truth truth = Not(deciding);
    MAHI_RETURN_IF_ERROR(plan_->Open());
    while (truth != deciding) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, plan_->Next());
      if (batch == nullptr) break;
      MAHI_RETURN_IF_ERROR(RightValues(*batch));
      Selection rows = batch->rows();
      for (uint32_t i = 0; i < rows.count && truth != deciding; ++i) {
        Truth one = CompareRows(op_, left_values_, row, right_values_, rows[i]);
        if (one == deciding || one == Truth::kNull) truth = one;
      }
    }
    SetTruth(row, is_negated ? Not(truth) : truth);
    return Status::Ok();
  }

  Runtime& runtime_;
  const SubqueryExpression& expression_;
  OperatorPtr plan_;
  Comparison op_ = Comparison::kEqual;
  std::vector<EvaluatorPtr> left_, right_, outer_;
  std::vector<const Vector*> left_values_, right_values_, outer_values_;
  bool is_correlated_ = false;
  bool is_volatile_ = false;
  bool is_known_ = false;
  Value value_;
  Truth truth_ = Truth::kNull;
  ComparedSet set_;
  std::vector<std::unique_ptr<Batch>> full_rows_;
  std::unique_ptr<Batch> single_row_;
  std::unordered_map<std::string, Value> cache_;
  size_t cache_bytes_ = 0;
  std::string key_;
  Vector scratch_;
};

}  // namespace

Result<EvaluatorPtr> MakeSubquery(Runtime& runtime, const SubqueryExpression& expression) {
  MAHI_ASSERT(expression.physical != nullptr);
  bool saw_volatile = runtime.saw_volatile;
  runtime.saw_volatile = false;
  MAHI_ASSIGN_OR_RETURN(OperatorPtr plan, BuildOperator(runtime, expression.physical));
  bool is_volatile = runtime.saw_volatile;
  auto node = std::make_unique<SubqueryEvaluator>(runtime, expression, std::move(plan));
  MAHI_RETURN_IF_ERROR(node->Compile(is_volatile));
  runtime.saw_volatile = saw_volatile || is_volatile;
  return EvaluatorPtr(std::move(node));
}

}  // namespace mahi
