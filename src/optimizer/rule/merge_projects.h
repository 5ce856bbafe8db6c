// Merging of projections: derived tables, views and inlined CTEs dissolve into the blocks that use them.
//
// A Project whose expressions are movable is taken out and its expressions are put where its columns were used, up to the
// next node that fixes its input's columns (Distinct, set operation, window, DML, the root). On the NULL-supplied
// side of an outer join only plain columns pass: a constant there must become NULL.
// Thread safety: one call, one thread.
#pragma once

#include "optimizer/planner.h"

namespace mahi {

// The new root; its output is the old one's. Does not enter subqueries.
LogicalNode* MergeProjects(Planner& planner, LogicalNode* root);

}  // namespace mahi
