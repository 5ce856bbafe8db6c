// Constants, columns, outer columns and parameters.
#include "execution/expression/nodes.h"
#include "function/registry.h"

namespace mahi {

// A NULL may come with any type; a value of another physical type goes through a cast.
Status SetConstantValue(Runtime& runtime, const Value& value, Vector* result) {
  if (value.is_null()) {
    result->Reset();
    result->SetNull(0);
    result->set_constant(true);
    return Status::Ok();
  }
  SqlType type = value.NaturalType();
  if (type.physical() == result->physical()) {
    result->SetConstant(value.datum());
    return Status::Ok();
  }
  Vector source(type, 1);
  source.SetDatum(0, value.datum());
  result->Reset();
  MAHI_RETURN_IF_ERROR(CastVector(runtime.evaluation(), source, Selection::All(1), result));
  result->set_constant(true);
  return Status::Ok();
}

namespace {

class ConstantEvaluator : public Evaluator {
 public:
  explicit ConstantEvaluator(const SqlType& type) : Evaluator(type), vector_(type, 1) {}
  Vector* vector() { return &vector_; }
  Result<const Vector*> Evaluate(const Batch&, const Selection&) override { return &vector_; }
  bool is_constant() const override { return true; }

 private:
  Vector vector_;
};

class ColumnEvaluator : public Evaluator {
 public:
  ColumnEvaluator(const SqlType& type, uint32_t slot) : Evaluator(type), slot_(slot) {}
  Result<const Vector*> Evaluate(const Batch& input, const Selection&) override {
    if (slot_ >= input.column_count() || input.column(slot_).physical() != type().physical()) [[unlikely]] {
      return Error(ER_INTERNAL_ERROR, "a column differs from the plan");
    }
    const Vector& column = input.column(slot_);
    const SqlType& actual = column.type();
    if (actual.collation == type().collation && actual.id == type().id && actual.decimals == type().decimals) [[likely]] {
      return &column;
    }
    // Functions go by the vector's type: the expression's one counts.
    if (retyped_ == nullptr) retyped_ = std::make_unique<Vector>(type(), 1);
    retyped_->Reference(column);
    return retyped_.get();
  }

 private:
  uint32_t slot_;
  std::unique_ptr<Vector> retyped_;
};

class OuterColumnEvaluator : public Evaluator {
 public:
  OuterColumnEvaluator(Runtime& runtime, const SqlType& type, uint32_t slot)
      : Evaluator(type), runtime_(runtime), slot_(slot), vector_(type, 1) {}
  Result<const Vector*> Evaluate(const Batch&, const Selection&) override {
    MAHI_RETURN_IF_ERROR(SetConstantValue(runtime_, runtime_.outer_slots[slot_], &vector_));
    return &vector_;
  }

 private:
  Runtime& runtime_;
  uint32_t slot_;
  Vector vector_;
};

}  // namespace

Result<EvaluatorPtr> MakeConstant(Runtime& runtime, const ConstantExpression& expression) {
  auto node = std::make_unique<ConstantEvaluator>(expression.type);
  MAHI_RETURN_IF_ERROR(SetConstantValue(runtime, expression.value, node->vector()));
  return EvaluatorPtr(std::move(node));
}

Result<EvaluatorPtr> MakeParameter(Runtime& runtime, const ParameterExpression& expression) {
  if (expression.index >= runtime.context.parameters.size()) return Error(ER_WRONG_ARGUMENTS, "EXECUTE");
  auto node = std::make_unique<ConstantEvaluator>(expression.type);
  MAHI_RETURN_IF_ERROR(SetConstantValue(runtime, runtime.context.parameters[expression.index], node->vector()));
  return EvaluatorPtr(std::move(node));
}

Result<EvaluatorPtr> MakeColumn(Runtime&, const ColumnExpression& expression) {
  MAHI_ASSERT(expression.slot >= 0);
  return EvaluatorPtr(new ColumnEvaluator(expression.type, static_cast<uint32_t>(expression.slot)));
}

Result<EvaluatorPtr> MakeOuterColumn(Runtime& runtime, const OuterColumnExpression& expression) {
  MAHI_ASSERT(expression.outer_slot >= 0);
  if (runtime.outer_slots.size() <= static_cast<size_t>(expression.outer_slot)) {
    runtime.outer_slots.resize(static_cast<size_t>(expression.outer_slot) + 1);
  }
  return EvaluatorPtr(
      new OuterColumnEvaluator(runtime, expression.type, static_cast<uint32_t>(expression.outer_slot)));
}

}  // namespace mahi
