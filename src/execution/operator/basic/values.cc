// Values: rows of expressions. Each row's expressions are compiled when the row's turn comes, so that a statement with a
// million rows does not hold a million evaluators.
#include <algorithm>

#include "execution/expression/nodes.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

class ValuesOperator : public Operator {
 public:
  ValuesOperator(Runtime& runtime, const PhysicalValues& node)
      : Operator(runtime, node), values_(node), batch_(node.types, static_cast<uint32_t>(std::clamp<size_t>(node.rows.size(), 1, kBatchRows))) {}

  // Finds out what the rows contain (assignments, volatile functions) while the tree is built.
  Status Prepare() {
    for (const auto& row : values_.rows) {
      for (const Expression* expression : row) {
        if (IsSimple(expression)) continue;
        MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime_, expression));
      }
    }
    return Status::Ok();
  }

  Status OpenImpl() override {
    next_ = 0;
    return Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    if (next_ >= values_.rows.size()) return nullptr;
    batch_.Reset();
    uint32_t count = 0;
    for (; count < runtime_.batch_rows && next_ < values_.rows.size(); ++count, ++next_) {
      const auto& row = values_.rows[next_];
      for (size_t i = 0; i < row.size(); ++i) MAHI_RETURN_IF_ERROR(EvaluateCell(row[i], i, count));
    }
    batch_.set_row_count(count);
    return &batch_;
  }

 private:
  static bool IsSimple(const Expression* expression) {
    return expression->kind == ExpressionKind::kConstant || expression->kind == ExpressionKind::kParameter;
  }

  Status EvaluateCell(const Expression* expression, size_t column, uint32_t row) {
    Vector& target = batch_.column(column);
    const Value* value = nullptr;
    if (const auto* constant = TryAs<ConstantExpression>(expression)) {
      value = &constant->value;
    } else if (const auto* parameter = TryAs<ParameterExpression>(expression);
               parameter != nullptr && parameter->index < runtime_.context.parameters.size()) {
      value = &runtime_.context.parameters[parameter->index];
    }
    if (value != nullptr && value->is_null()) {
      target.SetNull(row);
      return Status::Ok();
    }
    if (value != nullptr && value->kind() == target.physical()) {
      target.SetDatum(row, value->datum());
      return Status::Ok();
    }
    MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime_, expression));
    MAHI_ASSIGN_OR_RETURN(const Vector* result, evaluator->Evaluate(SingleRowInput(), Selection::All(1)));
    if (result->IsNull(0)) {
      target.SetNull(row);
    } else if (result->physical() == target.physical()) {
      target.SetDatum(row, result->GetDatum(0));
    } else {
      Vector converted(target.type(), 1);
      MAHI_RETURN_IF_ERROR(
          SetConstantValue(runtime_, Value(result->GetDatum(0), result->type()), &converted));
      if (converted.IsNull(0)) {
        target.SetNull(row);
      } else {
        target.SetDatum(row, converted.GetDatum(0));
      }
    }
    return Status::Ok();
  }

  const PhysicalValues& values_;
  size_t next_ = 0;
  Batch batch_;
};

}  // namespace

Result<OperatorPtr> MakeValues(Runtime& runtime, const PhysicalValues& node) {
  auto values = std::make_unique<ValuesOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(values->Prepare());
  return OperatorPtr(std::move(values));
}

}  // namespace mahi
