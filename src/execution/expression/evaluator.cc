#include "execution/expression/evaluator.h"

#include "execution/expression/nodes.h"
#include "types/conversion.h"

namespace mahi {

Truth TruthAt(const Vector& vector, uint32_t row) {
  if (vector.IsNull(row)) return Truth::kNull;
  switch (vector.physical()) {
    case PhysicalType::kInt64:
    case PhysicalType::kUInt64:
    case PhysicalType::kTemporal:
      return vector.Int64(row) != 0 ? Truth::kTrue : Truth::kFalse;
    case PhysicalType::kDouble:
      return vector.Double(row) != 0 ? Truth::kTrue : Truth::kFalse;
    case PhysicalType::kDecimal:
      return vector.DecimalAt(row).is_zero() ? Truth::kFalse : Truth::kTrue;
    case PhysicalType::kString:
    case PhysicalType::kJson: {
      return DatumIsTrue(vector.GetDatum(row), vector.type()) ? Truth::kTrue : Truth::kFalse;
    }
  }
  MAHI_UNREACHABLE();
}

Status Evaluator::EvaluateInto(const Batch& input, const Selection& rows, Vector* result) {
  MAHI_ASSIGN_OR_RETURN(const Vector* values, Evaluate(input, rows));
  if (values->physical() != result->physical()) [[unlikely]] {
    return Error(ER_INTERNAL_ERROR, "a value differs from its expression in type");
  }
  result->Reference(*values);
  return Status::Ok();
}

Status Evaluator::Filter(const Batch& input, const Selection& rows, SelectionBuffer* passed) {
  if (rows.count == 0) {
    passed->count = 0;
    return Status::Ok();
  }
  MAHI_ASSIGN_OR_RETURN(const Vector* values, Evaluate(input, rows));
  if (values->is_constant()) {
    bool is_true = TruthAt(*values, 0) == Truth::kTrue;
    uint32_t count = is_true ? rows.count : 0;
    for (uint32_t i = 0; i < count; ++i) passed->positions[i] = static_cast<uint16_t>(rows[i]);
    passed->count = count;
    return Status::Ok();
  }
  uint32_t count = 0;
  PhysicalType physical = values->physical();
  if (physical == PhysicalType::kInt64 || physical == PhysicalType::kUInt64) {
    const int64_t* data = values->Data<int64_t>();
    const uint8_t* nulls = values->nulls();
    bool has_nulls = values->may_have_nulls();
    rows.ForEach([&](uint32_t row) {
      passed->positions[count] = static_cast<uint16_t>(row);
      count += data[row] != 0 && !(has_nulls && nulls[row] != 0);
    });
  } else {
    rows.ForEach([&](uint32_t row) {
      if (TruthAt(*values, row) == Truth::kTrue) passed->positions[count++] = static_cast<uint16_t>(row);
    });
  }
  passed->count = count;
  return Status::Ok();
}

Result<EvaluatorPtr> CompileExpression(Runtime& runtime, const Expression* expression) {
  switch (expression->kind) {
    case ExpressionKind::kConstant:
      return MakeConstant(runtime, *As<ConstantExpression>(expression));
    case ExpressionKind::kColumn:
      return MakeColumn(runtime, *As<ColumnExpression>(expression));
    case ExpressionKind::kOuterColumn:
      return MakeOuterColumn(runtime, *As<OuterColumnExpression>(expression));
    case ExpressionKind::kParameter:
      return MakeParameter(runtime, *As<ParameterExpression>(expression));
    case ExpressionKind::kFunction: {
      const auto& call = *As<FunctionExpression>(expression);
      for (const Expression* argument : call.arguments) {
        if (IsRowOperand(argument)) return MakeRowComparison(runtime, call);
      }
      return MakeFunction(runtime, call);
    }
    case ExpressionKind::kLogical:
      return MakeLogical(runtime, *As<LogicalExpression>(expression));
    case ExpressionKind::kCase:
      return MakeCase(runtime, *As<CaseExpression>(expression));
    case ExpressionKind::kCoalesce:
      return MakeCoalesce(runtime, *As<CoalesceExpression>(expression));
    case ExpressionKind::kInList:
      return MakeInList(runtime, *As<InListExpression>(expression));
    case ExpressionKind::kSubquery:
      return MakeSubquery(runtime, *As<SubqueryExpression>(expression));
    case ExpressionKind::kUserVariable:
      return MakeUserVariable(runtime, *As<UserVariableExpression>(expression));
    case ExpressionKind::kUserVariableAssignment:
      return MakeUserVariableAssignment(runtime, *As<UserVariableAssignmentExpression>(expression));
    case ExpressionKind::kSystemVariable:
      return MakeSystemVariable(runtime, *As<SystemVariableExpression>(expression));
    case ExpressionKind::kRow:
      return Error(ER_OPERAND_COLUMNS, 1);
    case ExpressionKind::kAggregate:
    case ExpressionKind::kWindow:
      return Error(ER_NOT_SUPPORTED_YET, "an aggregate or window function in this place");
  }
  MAHI_UNREACHABLE();
}

Result<std::vector<EvaluatorPtr>> CompileExpressions(Runtime& runtime, const std::vector<Expression*>& expressions) {
  std::vector<EvaluatorPtr> result;
  result.reserve(expressions.size());
  for (const Expression* expression : expressions) {
    MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime, expression));
    result.push_back(std::move(evaluator));
  }
  return result;
}

Result<EvaluatorPtr> CompileOptional(Runtime& runtime, const Expression* expression) {
  if (expression == nullptr) return EvaluatorPtr();
  return CompileExpression(runtime, expression);
}

const Batch& SingleRowInput() {
  static const Batch* const batch = [] {
    auto* made = new Batch;
    made->set_row_count(1);
    return made;
  }();
  return *batch;
}

Result<Value> EvaluateConstant(Runtime& runtime, const Expression* expression) {
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime, expression));
  MAHI_ASSIGN_OR_RETURN(const Vector* vector, evaluator->Evaluate(SingleRowInput(), Selection::All(1)));
  return Value(vector->GetDatum(0), vector->type());
}

Result<uint64_t> EvaluateCount(Runtime& runtime, const Expression* expression, uint64_t if_null) {
  if (expression == nullptr) return if_null;
  MAHI_ASSIGN_OR_RETURN(EvaluatorPtr evaluator, CompileExpression(runtime, expression));
  MAHI_ASSIGN_OR_RETURN(const Vector* vector, evaluator->Evaluate(SingleRowInput(), Selection::All(1)));
  if (vector->IsNull(0)) return if_null;
  switch (vector->physical()) {
    case PhysicalType::kInt64:
      return vector->Int64(0) < 0 ? ~uint64_t{0} : static_cast<uint64_t>(vector->Int64(0));
    case PhysicalType::kUInt64:
      return vector->UInt64(0);
    default:
      return Error(ER_WRONG_ARGUMENTS, "LIMIT");
  }
}

void Subtract(const Selection& rows, const Selection& removed, SelectionBuffer* left) {
  uint32_t next = 0, count = 0;
  for (uint32_t i = 0; i < rows.count; ++i) {
    uint32_t row = rows[i];
    if (next < removed.count && removed[next] == row) {
      ++next;
    } else {
      left->positions[count++] = static_cast<uint16_t>(row);
    }
  }
  left->count = count;
}

}  // namespace mahi
