// User and system variables.
#include "execution/expression/nodes.h"

namespace mahi {

namespace {

class UserVariableEvaluator : public Evaluator {
 public:
  UserVariableEvaluator(Runtime& runtime, const UserVariableExpression& expression)
      : Evaluator(expression.type), runtime_(runtime), name_(expression.name), vector_(expression.type, 1) {}
  Result<const Vector*> Evaluate(const Batch&, const Selection&) override {
    MAHI_RETURN_IF_ERROR(
        SetConstantValue(runtime_, runtime_.evaluation().session->GetUserVariable(name_), &vector_));
    return &vector_;
  }

 private:
  Runtime& runtime_;
  std::string_view name_;
  Vector vector_;
};

// Batches have one row when a plan assigns variables (Runtime::batch_rows), so reads and assignments take turns as
// they stand in the statement.
class AssignmentEvaluator : public Evaluator {
 public:
  AssignmentEvaluator(Runtime& runtime, const UserVariableAssignmentExpression& expression, EvaluatorPtr value)
      : Evaluator(expression.type), runtime_(runtime), name_(expression.name), value_(std::move(value)) {}
  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    MAHI_ASSIGN_OR_RETURN(const Vector* values, value_->Evaluate(input, rows));
    for (uint32_t i = 0; i < rows.count; ++i) {
      MAHI_RETURN_IF_ERROR(
          runtime_.evaluation().session->SetUserVariable(name_, values->GetDatum(rows[i]), value_->type()));
    }
    return values;
  }

 private:
  Runtime& runtime_;
  std::string_view name_;
  EvaluatorPtr value_;
};

// The value may be set by the same statement's functions; it is read once for each execution, as MySQL does.
class SystemVariableEvaluator : public Evaluator {
 public:
  SystemVariableEvaluator(Runtime& runtime, const SystemVariableExpression& expression)
      : Evaluator(expression.type), runtime_(runtime), expression_(expression), vector_(expression.type, 1) {}
  Result<const Vector*> Evaluate(const Batch&, const Selection&) override {
    if (!is_read_) {
      MAHI_ASSIGN_OR_RETURN(Value value, runtime_.evaluation().session->GetSystemVariable(
                                             expression_.name, expression_.is_global));
      MAHI_RETURN_IF_ERROR(SetConstantValue(runtime_, value, &vector_));
      is_read_ = true;
    }
    return &vector_;
  }
  bool is_constant() const override { return true; }

 private:
  Runtime& runtime_;
  const SystemVariableExpression& expression_;
  Vector vector_;
  bool is_read_ = false;
};

}  // namespace

Result<EvaluatorPtr> MakeUserVariable(Runtime& runtime, const UserVariableExpression& expression) {
  runtime.saw_volatile = true;
  return EvaluatorPtr(new UserVariableEvaluator(runtime, expression));
}

Result<EvaluatorPtr> MakeUserVariableAssignment(Runtime& runtime,
                                                const UserVariableAssignmentExpression& expression) {
  runtime.saw_volatile = true;
  runtime.saw_assignment = true;
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr value, CompileExpression(runtime, expression.value));
  return EvaluatorPtr(new AssignmentEvaluator(runtime, expression, std::move(value)));
}

Result<EvaluatorPtr> MakeSystemVariable(Runtime& runtime, const SystemVariableExpression& expression) {
  return EvaluatorPtr(new SystemVariableEvaluator(runtime, expression));
}

}  // namespace mahi
