// Work without effect goes: ORDER BY in derived tables and subqueries without LIMIT, sorts under DISTINCT, grouping
// and set operations, DISTINCT over rows that are different anyway.
// Thread safety: one call, one thread.
#pragma once

#include "optimizer/planner.h"

namespace mahi {

// `order_matters`: somebody sees the order of the tree's rows.
LogicalNode* RemoveRedundant(Planner& planner, LogicalNode* root, bool order_matters);

}  // namespace mahi
