// Subquery unnesting: conditions with subqueries become joins.
//
//   EXISTS (S), x IN (S)            semi join
//   NOT EXISTS (S)                  anti join
//   x NOT IN (S)                    anti join; null-aware when a NULL may be among the values, and then only when S
//                                   reads nothing from outside
//   x op (SELECT agg(..) FROM S
//         WHERE S.k = outer.k)      S grouped by k, left-joined on k; COUNT becomes 0 where nothing matches
//
// Conditions of S that read outer columns become the join's condition; where they cannot be taken out of S, the
// subquery stays and runs for each row. Uncorrelated EXISTS and scalar subqueries stay: they run once.
// Thread safety: one call, one thread.
#pragma once

#include "optimizer/planner.h"

namespace mahi {

// In the filters of the tree; does not enter subqueries.
LogicalNode* UnnestSubqueries(Planner& planner, LogicalNode* root);

// A semi join with a side that has each key once becomes an inner join, which may be ordered freely.
LogicalNode* SemiJoinsToInner(Planner& planner, LogicalNode* root);

}  // namespace mahi
