// The expressions that belong to a table's rows: generated columns, expression defaults, CHECK constraints.
// Thread safety: stateless.
#pragma once

#include <string_view>
#include <vector>

#include "binder/binder.h"

namespace mahi {

// Gives the table's columns fresh ids and binds its stored expression texts over them.
Result<RowExpressions> BindRowExpressions(const BindContext& context, const TableDefinition& table, Plan* plan);

// Gives the column references of all the expressions their slots: the ordinal in the table.
void SetRowSlots(RowExpressions* expressions);

// Binds one expression over a row of `table` whose columns have the ids `row`. `clause` names the place in errors
// ("generated column function", "check constraint c expression"). Subqueries, variables, parameters and functions that
// are not allowed in stored expressions are the caller's to refuse.
Result<Expression*> BindRowExpression(const BindContext& context, const TableDefinition& table,
                                      const std::vector<ColumnId>& row, ast::Expression* expression,
                                      std::string_view clause, Plan* plan);

}  // namespace mahi
