// Prints logical plans and expressions for tests and debugging: one node a line, children indented.
//
//   Project (#1 a, #4 (#2 + 1))
//     Filter (#1 = 3)
//       Get test.t1 [#1 a, #2 b]
// Thread safety: stateless.
#pragma once

#include <string>

#include "plan/logical_plan.h"

namespace mahi {

std::string PrintLogicalPlan(const LogicalNode* node);
std::string PrintExpression(const Expression* expression);

}  // namespace mahi
