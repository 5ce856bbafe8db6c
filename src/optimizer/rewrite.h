// Rewrite: applies the rules of rule/ to a logical tree and the subqueries within.
// Thread safety: one call, one thread.
#pragma once

#include "base/status.h"
#include "optimizer/planner.h"

namespace mahi {

// The new root; its output is the old one's.
Result<LogicalNode*> Rewrite(Planner& planner, LogicalNode* root);

}  // namespace mahi
