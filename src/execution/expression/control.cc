// AND, OR, XOR, CASE and COALESCE: expressions that decide what is evaluated.
#include <cstring>

#include "execution/expression/nodes.h"
#include "execution/memory/row_layout.h"

namespace mahi {

namespace {

// The branches have the type of the whole; the binder has cast them.
Status CheckBranch(const Vector& values, const Vector& result) {
  if (values.physical() == result.physical()) [[likely]] return Status::Ok();
  return Error(ER_INTERNAL_ERROR, "a branch differs from its expression in type");
}

class LogicalEvaluator : public Evaluator {
 public:
  LogicalEvaluator(const LogicalExpression& expression, std::vector<EvaluatorPtr> operands)
      : Evaluator(expression.type), op_(expression.op), operands_(std::move(operands)), scratch_(expression.type) {
    is_constant_ = true;
    for (const EvaluatorPtr& operand : operands_) is_constant_ = is_constant_ && operand->is_constant();
  }
  bool is_constant() const override { return is_constant_; }

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    scratch_.Reset();
    int64_t* result = scratch_.MutableData<int64_t>();
    Selection evaluated = is_constant_ && rows.count > 0 ? Selection::All(1) : rows;
    if (op_ == LogicalOperator::kXor) {
      MAHI_RETURN_IF_ERROR(EvaluateXor(input, evaluated, result));
    } else {
      MAHI_RETURN_IF_ERROR(EvaluateAndOr(input, evaluated, result));
    }
    if (is_constant_ && rows.count > 0) scratch_.set_constant(true);
    return &scratch_;
  }

  Status Filter(const Batch& input, const Selection& rows, SelectionBuffer* passed) override {
    switch (op_) {
      case LogicalOperator::kAnd: {
        Selection left = rows;
        for (const EvaluatorPtr& operand : operands_) {
          MAHI_RETURN_IF_ERROR(operand->Filter(input, left, passed));
          left = passed->View();
          if (left.count == 0) break;
        }
        return Status::Ok();
      }
      case LogicalOperator::kOr: {
        bool is_true[kBatchRows];
        rows.ForEach([&](uint32_t row) { is_true[row] = false; });
        SelectionBuffer left, found;
        Selection open = rows;
        for (const EvaluatorPtr& operand : operands_) {
          MAHI_RETURN_IF_ERROR(operand->Filter(input, open, &found));
          found.View().ForEach([&](uint32_t row) { is_true[row] = true; });
          Subtract(open, found.View(), &left);
          open = left.View();
          if (open.count == 0) break;
        }
        uint32_t count = 0;
        rows.ForEach([&](uint32_t row) {
          passed->positions[count] = static_cast<uint16_t>(row);
          count += is_true[row];
        });
        passed->count = count;
        return Status::Ok();
      }
      case LogicalOperator::kXor:
        return Evaluator::Filter(input, rows, passed);
    }
    MAHI_UNREACHABLE();
  }

 private:
  // AND: false decides; OR: true decides. What is undecided in the end is NULL where a NULL was met.
  Status EvaluateAndOr(const Batch& input, const Selection& rows, int64_t* result) {
    const Truth deciding = op_ == LogicalOperator::kAnd ? Truth::kFalse : Truth::kTrue;
    const int64_t decided = op_ == LogicalOperator::kAnd ? 0 : 1;
    rows.ForEach([&](uint32_t row) { result[row] = 1 - decided; });
    bool has_null[kBatchRows];
    rows.ForEach([&](uint32_t row) { has_null[row] = false; });
    SelectionBuffer open;
    for (uint32_t i = 0; i < rows.count; ++i) open.Append(rows[i]);
    for (const EvaluatorPtr& operand : operands_) {
      MAHI_ASSIGN_OR_RETURN(const Vector* values, operand->Evaluate(input, open.View()));
      uint32_t count = 0;
      for (uint32_t i = 0; i < open.count; ++i) {
        uint16_t row = open.positions[i];
        Truth truth = TruthAt(*values, row);
        if (truth == deciding) {
          result[row] = decided;
          continue;
        }
        if (truth == Truth::kNull) has_null[row] = true;
        open.positions[count++] = row;
      }
      open.count = count;
      if (count == 0) break;
    }
    open.View().ForEach([&](uint32_t row) {
      if (has_null[row]) scratch_.SetNull(row);
    });
    return Status::Ok();
  }

  Status EvaluateXor(const Batch& input, const Selection& rows, int64_t* result) {
    rows.ForEach([&](uint32_t row) { result[row] = 0; });
    for (const EvaluatorPtr& operand : operands_) {
      MAHI_ASSIGN_OR_RETURN(const Vector* values, operand->Evaluate(input, rows));
      rows.ForEach([&](uint32_t row) {
        Truth truth = TruthAt(*values, row);
        if (truth == Truth::kNull) {
          scratch_.SetNull(row);
        } else {
          result[row] ^= truth == Truth::kTrue;
        }
      });
    }
    return Status::Ok();
  }

  LogicalOperator op_;
  std::vector<EvaluatorPtr> operands_;
  Vector scratch_;
  bool is_constant_ = false;
};

class CaseEvaluator : public Evaluator {
 public:
  CaseEvaluator(const CaseExpression& expression, std::vector<EvaluatorPtr> conditions,
                std::vector<EvaluatorPtr> results, EvaluatorPtr otherwise)
      : Evaluator(expression.type),
        conditions_(std::move(conditions)),
        results_(std::move(results)),
        otherwise_(std::move(otherwise)),
        scratch_(expression.type) {}

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    scratch_.Reset();
    SelectionBuffer open, taken, left;
    for (uint32_t i = 0; i < rows.count; ++i) open.Append(rows[i]);
    for (size_t i = 0; i < conditions_.size() && open.count > 0; ++i) {
      MAHI_RETURN_IF_ERROR(conditions_[i]->Filter(input, open.View(), &taken));
      if (taken.count == 0) continue;
      MAHI_ASSIGN_OR_RETURN(const Vector* values, results_[i]->Evaluate(input, taken.View()));
      MAHI_RETURN_IF_ERROR(CheckBranch(*values, scratch_));
      ScatterRows(*values, taken.View(), &scratch_);
      Subtract(open.View(), taken.View(), &left);
      std::memcpy(open.positions, left.positions, left.count * sizeof(uint16_t));
      open.count = left.count;
    }
    if (open.count == 0) return &scratch_;
    if (otherwise_ == nullptr) {
      open.View().ForEach([&](uint32_t row) { scratch_.SetNull(row); });
      return &scratch_;
    }
    MAHI_ASSIGN_OR_RETURN(const Vector* values, otherwise_->Evaluate(input, open.View()));
    MAHI_RETURN_IF_ERROR(CheckBranch(*values, scratch_));
    ScatterRows(*values, open.View(), &scratch_);
    return &scratch_;
  }

 private:
  std::vector<EvaluatorPtr> conditions_;
  std::vector<EvaluatorPtr> results_;
  EvaluatorPtr otherwise_;
  Vector scratch_;
};

class CoalesceEvaluator : public Evaluator {
 public:
  CoalesceEvaluator(const CoalesceExpression& expression, std::vector<EvaluatorPtr> operands)
      : Evaluator(expression.type), operands_(std::move(operands)), scratch_(expression.type) {}

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    scratch_.Reset();
    SelectionBuffer open, found;
    for (uint32_t i = 0; i < rows.count; ++i) open.Append(rows[i]);
    for (const EvaluatorPtr& operand : operands_) {
      if (open.count == 0) break;
      MAHI_ASSIGN_OR_RETURN(const Vector* values, operand->Evaluate(input, open.View()));
      uint32_t count = 0;
      found.Clear();
      for (uint32_t i = 0; i < open.count; ++i) {
        uint16_t row = open.positions[i];
        if (values->IsNull(row)) {
          open.positions[count++] = row;
        } else {
          found.Append(row);
        }
      }
      open.count = count;
      MAHI_RETURN_IF_ERROR(CheckBranch(*values, scratch_));
      ScatterRows(*values, found.View(), &scratch_);
    }
    open.View().ForEach([&](uint32_t row) { scratch_.SetNull(row); });
    return &scratch_;
  }

 private:
  std::vector<EvaluatorPtr> operands_;
  Vector scratch_;
};

}  // namespace

Result<EvaluatorPtr> MakeLogical(Runtime& runtime, const LogicalExpression& expression) {
  MAHI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> operands, CompileExpressions(runtime, expression.operands));
  return EvaluatorPtr(new LogicalEvaluator(expression, std::move(operands)));
}

Result<EvaluatorPtr> MakeCase(Runtime& runtime, const CaseExpression& expression) {
  MAHI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> conditions, CompileExpressions(runtime, expression.conditions));
  MAHI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> results, CompileExpressions(runtime, expression.results));
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr otherwise, CompileOptional(runtime, expression.otherwise));
  return EvaluatorPtr(
      new CaseEvaluator(expression, std::move(conditions), std::move(results), std::move(otherwise)));
}

Result<EvaluatorPtr> MakeCoalesce(Runtime& runtime, const CoalesceExpression& expression) {
  MAHI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> operands, CompileExpressions(runtime, expression.operands));
  return EvaluatorPtr(new CoalesceEvaluator(expression, std::move(operands)));
}

}  // namespace mahi
