// Predicate pushdown: conjuncts move to where their columns come from.
//
// Through projections, sorts, DISTINCT, set operations (one copy for each branch), aggregates and windows when they read
// group or partition keys only, and to the sides of joins. An outer join whose NULL-supplied rows a condition
// rejects becomes an inner (or one-sided) join first. ORs over several tables leave each table what they imply for it. A
// condition that cannot be true makes its tree empty.
// Thread safety: one call, one thread.
#pragma once

#include "optimizer/planner.h"

namespace mahi {

// Does not enter subqueries.
LogicalNode* PushPredicates(Planner& planner, LogicalNode* root);

}  // namespace mahi
