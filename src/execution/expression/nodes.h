// Makers of the evaluator nodes, one group for each file of this folder. Private to expression/.
#pragma once

#include "execution/expression/evaluator.h"

namespace mahi {

// leaf.cc
Result<EvaluatorPtr> MakeConstant(Runtime& runtime, const ConstantExpression& expression);
Result<EvaluatorPtr> MakeColumn(Runtime& runtime, const ColumnExpression& expression);
Result<EvaluatorPtr> MakeOuterColumn(Runtime& runtime, const OuterColumnExpression& expression);
Result<EvaluatorPtr> MakeParameter(Runtime& runtime, const ParameterExpression& expression);
// variable.cc
Result<EvaluatorPtr> MakeUserVariable(Runtime& runtime, const UserVariableExpression& expression);
Result<EvaluatorPtr> MakeUserVariableAssignment(Runtime& runtime, const UserVariableAssignmentExpression& expression);
Result<EvaluatorPtr> MakeSystemVariable(Runtime& runtime, const SystemVariableExpression& expression);
// call.cc
Result<EvaluatorPtr> MakeFunction(Runtime& runtime, const FunctionExpression& expression);
// control.cc
Result<EvaluatorPtr> MakeLogical(Runtime& runtime, const LogicalExpression& expression);
Result<EvaluatorPtr> MakeCase(Runtime& runtime, const CaseExpression& expression);
Result<EvaluatorPtr> MakeCoalesce(Runtime& runtime, const CoalesceExpression& expression);
// membership.cc
Result<EvaluatorPtr> MakeInList(Runtime& runtime, const InListExpression& expression);
bool IsRowOperand(const Expression* expression);
Result<EvaluatorPtr> MakeRowComparison(Runtime& runtime, const FunctionExpression& expression);
// subquery.cc
Result<EvaluatorPtr> MakeSubquery(Runtime& runtime, const SubqueryExpression& expression);
// A constant vector that holds `value`, cast to `type` where it is of another kind.
Status SetConstantValue(Runtime& runtime, const Value& value, Vector* result);
// Positions of `rows` that are not in `removed` (both ascending; removed is part of rows).
void Subtract(const Selection& rows, const Selection& removed, SelectionBuffer* left);

}  // namespace mahi
