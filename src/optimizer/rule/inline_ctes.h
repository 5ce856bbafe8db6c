// Common table expressions that are referenced once, and not from inside something that runs repeatedly, become
// derived tables in place of the reference.
// Thread safety: one call, one thread.
#pragma once

#include "optimizer/planner.h"

namespace mahi {

LogicalNode* InlineCtes(Planner& planner, LogicalNode* root);

}  // namespace mahi
