// IN with a list, and comparisons of rows.
#include <unordered_set>

#include <algorithm>

#include "execution/expression/nodes.h"
#include "execution/memory/key_encoder.h"
#include "execution/memory/key_table.h"

namespace mahi {

namespace {

// value [NOT] IN (list). Constant elements lie in a set, made at the first evaluation; the others are compared one
// after the other.
class InListEvaluator : public Evaluator {
 public:
  InListEvaluator(const InListExpression& expression, EvaluatorPtr value, std::vector<EvaluatorPtr> list)
      : Evaluator(expression.type), is_negated_(expression.is_negated), value_(std::move(value)),
        scratch_(expression.type) {
    PhysicalType physical = value_->type().physical();
    is_word_ = physical == PhysicalType::kInt64 || physical == PhysicalType::kUInt64 ||
               physical == PhysicalType::kTemporal;
    for (EvaluatorPtr& element : list) {
      (element->is_constant() ? constants_ : others_).push_back(std::move(element));
    }
  }

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    scratch_.Reset();
    if (rows.count == 0) return &scratch_;
    MAHI_ASSIGN_OR_RETURN(const Vector* values, value_->Evaluate(input, rows));
    if (!constants_.empty()) MAHI_RETURN_IF_ERROR(PrepareSet());
    int64_t* result = scratch_.MutableData<int64_t>();
    SelectionBuffer open;
    rows.ForEach([&](uint32_t row) {
      if (values->IsNull(row)) {
        scratch_.SetNull(row);
        return;
      }
      if (Contains(*values, row)) {
        result[row] = !is_negated_;
        return;
      }
      result[row] = is_negated_;
      if (has_null_) scratch_.SetNull(row);
      open.Append(row);
    });
    for (const EvaluatorPtr& element : others_) {
      if (open.count == 0) break;
      MAHI_ASSIGN_OR_RETURN(const Vector* candidates, element->Evaluate(input, open.View()));
      uint32_t count = 0;
      for (uint32_t i = 0; i < open.count; ++i) {
        uint16_t row = open.positions[i];
        if (candidates->IsNull(row)) {
          scratch_.SetNull(row);
        } else if (EqualAt(*values, row, *candidates, row)) {
          result[row] = !is_negated_;
          if (scratch_.IsNull(row)) scratch_.SetNotNull(row);
          continue;
        }
        open.positions[count++] = row;
      }
      open.count = count;
    }
    return &scratch_;
  }

 private:
  Status PrepareSet() {
    for (const EvaluatorPtr& element : constants_) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, element->Evaluate(SingleRowInput(), Selection::All(1)));
      if (value->IsNull(0)) {
        has_null_ = true;
      } else if (is_word_) {
        words_.insert(value->Int64(0));
      } else {
        std::string key;
        AppendEqualityKey(*value, 0, &key);
        bool is_new = false;
        keys_.FindOrInsert(key, &is_new);
      }
    }
    constants_.clear();
    return Status::Ok();
  }

  bool Contains(const Vector& values, uint32_t row) {
    if (is_word_) return !words_.empty() && words_.count(values.Int64(row)) > 0;
    if (keys_.size() == 0) return false;
    key_.clear();
    AppendEqualityKey(values, row, &key_);
    return keys_.Find(key_) != KeyTable::kNone;
  }

  bool is_negated_;
  bool is_word_ = false;
  bool has_null_ = false;
  EvaluatorPtr value_;
  std::vector<EvaluatorPtr> constants_;  // emptied into the set
  std::vector<EvaluatorPtr> others_;
  std::unordered_set<int64_t> words_;
  KeyTable keys_;
  std::string key_;
  Vector scratch_;
};

using RowElements = std::vector<EvaluatorPtr>;

Result<RowElements> CompileRow(Runtime& runtime, const Expression* expression, size_t width) {
  if (expression->kind != ExpressionKind::kRow) return Error(ER_OPERAND_COLUMNS, width);
  const auto& elements = As<RowExpression>(expression)->elements;
  if (elements.size() != width) return Error(ER_OPERAND_COLUMNS, width);
  RowElements result;
  for (const Expression* element : elements) {
    MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime, element));
    result.push_back(std::move(evaluator));
  }
  return result;
}

Status EvaluateRow(const RowElements& elements, const Batch& input, const Selection& rows,
                   std::vector<const Vector*>* values) {
  values->clear();
  for (const EvaluatorPtr& element : elements) {
    MAHI_ASSIGN_OR_RETURN(const Vector* value, element->Evaluate(input, rows));
    values->push_back(value);
  }
  return Status::Ok();
}

// Equality of rows: false when any pair differs, else NULL when any is NULL, else true.
Truth RowsEqual(const std::vector<const Vector*>& left, const std::vector<const Vector*>& right, uint32_t row) {
  Truth truth = Truth::kTrue;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i]->IsNull(row) || right[i]->IsNull(row)) {
      truth = Truth::kNull;
    } else if (!EqualAt(*left[i], row, *right[i], row)) {
      return Truth::kFalse;
    }
  }
  return truth;
}

class RowInListEvaluator : public Evaluator {
 public:
  RowInListEvaluator(const InListExpression& expression, RowElements value, std::vector<RowElements> list)
      : Evaluator(expression.type), is_negated_(expression.is_negated), value_(std::move(value)),
        list_(std::move(list)), scratch_(expression.type) {}

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    scratch_.Reset();
    int64_t* result = scratch_.MutableData<int64_t>();
    MAHI_RETURN_IF_ERROR(EvaluateRow(value_, input, rows, &left_));
    rows.ForEach([&](uint32_t row) { result[row] = 0; });
    for (const RowElements& elements : list_) {
      MAHI_RETURN_IF_ERROR(EvaluateRow(elements, input, rows, &right_));
      rows.ForEach([&](uint32_t row) {
        if (result[row] == 1) return;
        Truth truth = RowsEqual(left_, right_, row);
        if (truth == Truth::kNull) scratch_.SetNull(row);
        if (truth != Truth::kTrue) return;
        result[row] = 1;
        if (scratch_.IsNull(row)) scratch_.SetNotNull(row);
      });
    }
    if (is_negated_) rows.ForEach([&](uint32_t row) { result[row] ^= 1; });
    return &scratch_;
  }

 private:
  bool is_negated_;
  RowElements value_;
  std::vector<RowElements> list_;
  std::vector<const Vector*> left_, right_;
  Vector scratch_;
};

enum class RowOperator { kEqual, kNullSafeEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

class RowComparisonEvaluator : public Evaluator {
 public:
  RowComparisonEvaluator(const SqlType& type, RowOperator op, RowElements left, RowElements right)
      : Evaluator(type), op_(op), left_(std::move(left)), right_(std::move(right)), scratch_(type) {}

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    scratch_.Reset();
    MAHI_RETURN_IF_ERROR(EvaluateRow(left_, input, rows, &left_values_));
    MAHI_RETURN_IF_ERROR(EvaluateRow(right_, input, rows, &right_values_));
    int64_t* result = scratch_.MutableData<int64_t>();
    rows.ForEach([&](uint32_t row) {
      Truth truth = Compare(row);
      if (truth == Truth::kNull) scratch_.SetNull(row);
      result[row] = truth == Truth::kTrue;
    });
    return &scratch_;
  }

 private:
  Truth Compare(uint32_t row) const {
    switch (op_) {
      case RowOperator::kEqual:
        return RowsEqual(left_values_, right_values_, row);
      case RowOperator::kNotEqual: {
        Truth truth = RowsEqual(left_values_, right_values_, row);
        if (truth == Truth::kNull) return truth;
        return truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
      }
      case RowOperator::kNullSafeEqual:
        for (size_t i = 0; i < left_values_.size(); ++i) {
          bool left_null = left_values_[i]->IsNull(row), right_null = right_values_[i]->IsNull(row);
          if (left_null != right_null) return Truth::kFalse;
          if (!left_null && !EqualAt(*left_values_[i], row, *right_values_[i], row)) return Truth::kFalse;
        }
        return Truth::kTrue;
      default:
        break;
    }
    bool wants_less = op_ == RowOperator::kLess || op_ == RowOperator::kLessOrEqual;
    for (size_t i = 0; i < left_values_.size(); ++i) {
      if (left_values_[i]->IsNull(row) || right_values_[i]->IsNull(row)) return Truth::kNull;
      int order = CompareAt(*left_values_[i], row, *right_values_[i], row);
      if (order != 0) return (order < 0) == wants_less ? Truth::kTrue : Truth::kFalse;
    }
    return op_ == RowOperator::kLessOrEqual || op_ == RowOperator::kGreaterOrEqual ? Truth::kTrue : Truth::kFalse;
  }

  RowOperator op_;
  RowElements left_, right_;
  std::vector<const Vector*> left_values_, right_values_;
  Vector scratch_;
};

}  // namespace

bool IsRowOperand(const Expression* expression) { return expression->kind == ExpressionKind::kRow; }

Result<EvaluatorPtr> MakeInList(Runtime& runtime, const InListExpression& expression) {
  if (IsRowOperand(expression.value)) {
    size_t width = As<RowExpression>(expression.value)->elements.size();
    MAHI_ASSIGN_OR_RETURN(RowElements value, CompileRow(runtime, expression.value, width));
    std::vector<RowElements> list;
    for (const Expression* element : expression.list) {
      MAHI_ASSIGN_OR_RETURN(RowElements row, CompileRow(runtime, element, width));
      list.push_back(std::move(row));
    }
    return EvaluatorPtr(new RowInListEvaluator(expression, std::move(value), std::move(list)));
  }
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr value, CompileExpression(runtime, expression.value));
  MAHI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> list, CompileExpressions(runtime, expression.list));
  return EvaluatorPtr(new InListEvaluator(expression, std::move(value), std::move(list)));
}

Result<EvaluatorPtr> MakeRowComparison(Runtime& runtime, const FunctionExpression& expression) {
  std::string_view name = expression.function != nullptr ? expression.function->name : std::string_view();
  RowOperator op;
  if (name == "=") op = RowOperator::kEqual;
  else if (name == "<=>") op = RowOperator::kNullSafeEqual;
  else if (name == "<>" || name == "!=") op = RowOperator::kNotEqual;
  else if (name == "<") op = RowOperator::kLess;
  else if (name == "<=") op = RowOperator::kLessOrEqual;
  else if (name == ">") op = RowOperator::kGreater;
  else if (name == ">=") op = RowOperator::kGreaterOrEqual;
  else return Error(ER_OPERAND_COLUMNS, 1);
  size_t width = 1;
  for (const Expression* argument : expression.arguments) {
    if (IsRowOperand(argument)) width = As<RowExpression>(argument)->elements.size();
  }
  MAHI_ASSIGN_OR_RETURN(RowElements left, CompileRow(runtime, expression.arguments[0], width));
  MAHI_ASSIGN_OR_RETURN(RowElements right, CompileRow(runtime, expression.arguments[1], width));
  return EvaluatorPtr(new RowComparisonEvaluator(expression.type, op, std::move(left), std::move(right)));
}

}  // namespace mahi
