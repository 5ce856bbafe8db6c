// Calls of built-in functions and operators, inserted casts, and comparisons as conditions in tight loops.
#include "execution/expression/nodes.h"
#include "function/registry.h"

namespace mahi {

namespace {

class FunctionEvaluator : public Evaluator {
 public:
  FunctionEvaluator(Runtime& runtime, const FunctionExpression& expression, std::vector<EvaluatorPtr> arguments)
      : Evaluator(expression.type),
        runtime_(runtime),
        expression_(expression),
        arguments_(std::move(arguments)),
        values_(arguments_.size()),
        state_(expression.make_state != nullptr ? expression.make_state() : nullptr),
        scratch_(expression.type) {
    uint32_t flags = expression.function != nullptr ? expression.function->flags : 0;
    is_repeatable_ = (flags & (kFunctionPerRow | kFunctionSideEffect)) == 0;
    is_constant_ = is_repeatable_;
    for (const EvaluatorPtr& argument : arguments_) is_constant_ = is_constant_ && argument->is_constant();
  }

  bool is_constant() const override { return is_constant_; }

  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    if (is_known_) return &scratch_;
    MAHI_RETURN_IF_ERROR(Call(input, rows, &scratch_));
    is_known_ = is_constant_ && rows.count > 0;
    return &scratch_;
  }

  Status EvaluateInto(const Batch& input, const Selection& rows, Vector* result) override {
    if (!is_constant_) return Call(input, rows, result);
    MAHI_ASSIGN_OR_RETURN(const Vector* value, Evaluate(input, rows));
    result->Reference(*value);
    return Status::Ok();
  }

 private:
  Status Call(const Batch& input, const Selection& rows, Vector* result) {
    result->Reset();
    if (rows.count == 0) return Status::Ok();
    bool all_constant = is_repeatable_;
    for (size_t i = 0; i < arguments_.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(values_[i], arguments_[i]->Evaluate(input, rows));
      all_constant = all_constant && values_[i]->is_constant();
    }
    FunctionCall call{runtime_.evaluation(), values_, all_constant ? Selection::All(1) : rows, result,
                      state_.get(), expression_.text};
    MAHI_RETURN_IF_ERROR(expression_.eval(call));
    if (all_constant) result->set_constant(true);
    return Status::Ok();
  }

  Runtime& runtime_;
  const FunctionExpression& expression_;
  std::vector<EvaluatorPtr> arguments_;
  std::vector<const Vector*> values_;
  std::unique_ptr<FunctionState> state_;
  Vector scratch_;
  bool is_repeatable_ = false;
  bool is_constant_ = false;
  bool is_known_ = false;
};

class CastEvaluator : public Evaluator {
 public:
  CastEvaluator(Runtime& runtime, const SqlType& type, EvaluatorPtr argument)
      : Evaluator(type), runtime_(runtime), argument_(std::move(argument)), scratch_(type) {}

  bool is_constant() const override { return argument_->is_constant(); }
  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    if (is_known_) return &scratch_;
    MAHI_RETURN_IF_ERROR(Cast(input, rows, &scratch_));
    is_known_ = is_constant() && rows.count > 0;
    return &scratch_;
  }
  Status EvaluateInto(const Batch& input, const Selection& rows, Vector* result) override {
    return Cast(input, rows, result);
  }

 private:
  Status Cast(const Batch& input, const Selection& rows, Vector* result) {
    result->Reset();
    if (rows.count == 0) return Status::Ok();
    MAHI_ASSIGN_OR_RETURN(const Vector* source, argument_->Evaluate(input, rows));
    bool is_one = source->is_constant();
    MAHI_RETURN_IF_ERROR(CastVector(runtime_.evaluation(), *source, is_one ? Selection::All(1) : rows, result));
    if (is_one) result->set_constant(true);
    return Status::Ok();
  }

  Runtime& runtime_;
  EvaluatorPtr argument_;
  Vector scratch_;
  bool is_known_ = false;
};

enum class ComparisonKind { kNone, kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

ComparisonKind KindOf(std::string_view name) {
  if (name == "=") return ComparisonKind::kEqual;
  if (name == "<>" || name == "!=") return ComparisonKind::kNotEqual;
  if (name == "<") return ComparisonKind::kLess;
  if (name == "<=") return ComparisonKind::kLessOrEqual;
  if (name == ">") return ComparisonKind::kGreater;
  if (name == ">=") return ComparisonKind::kGreaterOrEqual;
  return ComparisonKind::kNone;
}

// Appends the rows for which `test(a, b)` holds; no branches on the outcome.
template <typename T, typename Test>
void FilterRows(const Vector& left, const Vector& right, const Selection& rows, SelectionBuffer* passed, Test test) {
  const T* a = left.Data<T>();
  const T* b = right.Data<T>();
  uint32_t count = 0;
  if (left.may_have_nulls() || right.may_have_nulls()) {
    rows.ForEach([&](uint32_t row) {
      passed->positions[count] = static_cast<uint16_t>(row);
      count += !left.IsNull(row) && !right.IsNull(row) && test(a[left.Index(row)], b[right.Index(row)]);
    });
  } else if (right.is_constant() && !left.is_constant()) {
    const T value = b[0];
    rows.ForEach([&](uint32_t row) {
      passed->positions[count] = static_cast<uint16_t>(row);
      count += test(a[row], value);
    });
  } else {
    rows.ForEach([&](uint32_t row) {
      passed->positions[count] = static_cast<uint16_t>(row);
      count += test(a[left.Index(row)], b[right.Index(row)]);
    });
  }
  passed->count = count;
}

template <typename T>
void FilterComparison(ComparisonKind kind, const Vector& left, const Vector& right, const Selection& rows,
                      SelectionBuffer* passed) {
  switch (kind) {
    case ComparisonKind::kEqual:
      return FilterRows<T>(left, right, rows, passed, [](T a, T b) { return a == b; });
    case ComparisonKind::kNotEqual:
      return FilterRows<T>(left, right, rows, passed, [](T a, T b) { return a != b; });
    case ComparisonKind::kLess:
      return FilterRows<T>(left, right, rows, passed, [](T a, T b) { return a < b; });
    case ComparisonKind::kLessOrEqual:
      return FilterRows<T>(left, right, rows, passed, [](T a, T b) { return a <= b; });
    case ComparisonKind::kGreater:
      return FilterRows<T>(left, right, rows, passed, [](T a, T b) { return a > b; });
    case ComparisonKind::kGreaterOrEqual:
      return FilterRows<T>(left, right, rows, passed, [](T a, T b) { return a >= b; });
    case ComparisonKind::kNone:
      MAHI_UNREACHABLE();
  }
}

// A comparison of two numbers or two temporal values of one physical type.
class ComparisonEvaluator : public Evaluator {
 public:
  ComparisonEvaluator(ComparisonKind kind, EvaluatorPtr value, EvaluatorPtr left, EvaluatorPtr right)
      : Evaluator(value->type()), kind_(kind), value_(std::move(value)), left_(std::move(left)),
        right_(std::move(right)) {}

  bool is_constant() const override { return value_->is_constant(); }
  Result<const Vector*> Evaluate(const Batch& input, const Selection& rows) override {
    return value_->Evaluate(input, rows);
  }
  Status EvaluateInto(const Batch& input, const Selection& rows, Vector* result) override {
    return value_->EvaluateInto(input, rows, result);
  }
  Status Filter(const Batch& input, const Selection& rows, SelectionBuffer* passed) override {
    if (rows.count == 0) {
      passed->count = 0;
      return Status::Ok();
    }
    MAHI_ASSIGN_OR_RETURN(const Vector* left, left_->Evaluate(input, rows));
    MAHI_ASSIGN_OR_RETURN(const Vector* right, right_->Evaluate(input, rows));
    switch (left->physical()) {
      case PhysicalType::kUInt64:
        FilterComparison<uint64_t>(kind_, *left, *right, rows, passed);
        break;
      case PhysicalType::kDouble:
        FilterComparison<double>(kind_, *left, *right, rows, passed);
        break;
      default:
        FilterComparison<int64_t>(kind_, *left, *right, rows, passed);
        break;
    }
    return Status::Ok();
  }

 private:
  ComparisonKind kind_;
  EvaluatorPtr value_;  // as a value: the function itself, with arguments of its own
  EvaluatorPtr left_;
  EvaluatorPtr right_;
};

bool IsFixed(PhysicalType physical) {
  return physical == PhysicalType::kInt64 || physical == PhysicalType::kUInt64 ||
         physical == PhysicalType::kDouble || physical == PhysicalType::kTemporal;
}

// Compiling twice is only right for what may be evaluated twice.
bool IsPlain(const Expression* expression) {
  switch (expression->kind) {
    case ExpressionKind::kConstant:
    case ExpressionKind::kColumn:
    case ExpressionKind::kOuterColumn:
    case ExpressionKind::kParameter:
      return true;
    case ExpressionKind::kFunction: {
      const auto* call = As<FunctionExpression>(expression);
      if (call->function != nullptr && (call->function->flags & (kFunctionPerRow | kFunctionSideEffect)) != 0) {
        return false;
      }
      for (const Expression* argument : call->arguments) {
        if (!IsPlain(argument)) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

Result<EvaluatorPtr> MakeFunction(Runtime& runtime, const FunctionExpression& expression) {
  MAHI_ASSIGN_OR_RETURN(std::vector<EvaluatorPtr> arguments, CompileExpressions(runtime, expression.arguments));
  if (expression.is_implicit_cast()) {
    MAHI_ASSERT(arguments.size() == 1);
    return EvaluatorPtr(new CastEvaluator(runtime, expression.type, std::move(arguments[0])));
  }
  if ((expression.function->flags & (kFunctionPerRow | kFunctionSideEffect)) != 0) runtime.saw_volatile = true;
  EvaluatorPtr call(new FunctionEvaluator(runtime, expression, std::move(arguments)));
  ComparisonKind kind = KindOf(expression.function->name);
  if (kind == ComparisonKind::kNone || expression.arguments.size() != 2) return call;
  const Expression* left = expression.arguments[0];
  const Expression* right = expression.arguments[1];
  PhysicalType physical = left->type.physical();
  if (!IsFixed(physical) || physical != right->type.physical() || !IsPlain(left) || !IsPlain(right)) return call;
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr left_value, CompileExpression(runtime, left));
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr right_value, CompileExpression(runtime, right));
  return EvaluatorPtr(
      new ComparisonEvaluator(kind, std::move(call), std::move(left_value), std::move(right_value)));
}

}  // namespace mahi
