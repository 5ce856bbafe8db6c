// Prints the expressions of a physical plan for EXPLAIN.
// Thread safety: stateless.
#pragma once

#include <string>

#include "plan/expression.h"

namespace mahi {

// With the columns' names, operators in parentheses: ((a + 1) > 2).
std::string ExplainExpression(const Expression* expression);
std::string ExplainSortKeys(const std::vector<SortKey>& keys);

}  // namespace mahi
