// Expressions that are stored with a table: generated columns, CHECK constraints, expression defaults, expression keys.
//
// Only deterministic built-in functions of the row may appear: no subqueries, variables, parameters, aggregates,
// window functions; defaults may use NOW() and its kin, RAND() and UUID() too.
// Source: MySQL 8.4 manual, "CREATE TABLE and Generated Columns", "CHECK Constraints", "Data Type Default Values".
// Thread safety: stateless.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "binder/binder.h"
#include "parser/ast/expression.h"

namespace mahi {

enum class StoredExpressionKind : uint8_t { kGenerated, kCheck, kDefault, kIndex };

// Errors: 3102, 3772, 3756..3758, 3812..3815 by kind; `name` is the column's or constraint's.
Status CheckStoredExpression(ast::Expression* expression, StoredExpressionKind kind, std::string_view name);

// Canonical text, without table qualifiers.
std::string PrintStoredExpression(const ast::Expression* expression);

// Names of the columns that a stored text uses, each once, in order of appearance.
std::vector<std::string> StoredExpressionColumns(const BindContext& context, const std::string& text);

}  // namespace mahi
