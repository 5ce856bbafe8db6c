#include "optimizer/rewrite.h"

namespace mahi {

Result<LogicalNode*> Rewrite(Planner& planner, LogicalNode* root) { return root; }

}  // namespace mahi
