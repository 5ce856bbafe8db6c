#include "transaction/lock/wait_graph.h"

#include <algorithm>

namespace mahi {

bool WaitGraph::SetWait(LockOwner* waiter, std::vector<LockOwner*> blockers) {
  LatchGuard guard(latch_);
  edges_[waiter] = std::move(blockers);
  // Each round breaks one cycle through the waiter, until none is left.
  while (true) {
    std::vector<LockOwner*> path, visited;
    if (!FindCycle(waiter, waiter, &path, &visited)) return false;
    deadlock_count_.fetch_add(1, std::memory_order_relaxed);
    LockOwner* victim = waiter;
    for (LockOwner* candidate : path) {
      if (candidate->priority() != victim->priority()) {
        if (candidate->priority() < victim->priority()) victim = candidate;
      } else if (candidate->weight() < victim->weight()) {
        victim = candidate;
      }
    }
    edges_.erase(victim);
    if (victim == waiter) return true;
    victim->Abort();
  }
}

void WaitGraph::ClearWait(LockOwner* waiter) {
  LatchGuard guard(latch_);
  edges_.erase(waiter);
}

// Depth first from `from`; on success `path` holds the owners of the cycle.
bool WaitGraph::FindCycle(LockOwner* from, LockOwner* target, std::vector<LockOwner*>* path,
                          std::vector<LockOwner*>* visited) {
  auto edge = edges_.find(from);
  if (edge == edges_.end()) return false;
  path->push_back(from);
  for (LockOwner* next : edge->second) {
    if (next == target) return true;
    if (std::find(visited->begin(), visited->end(), next) != visited->end()) continue;
    visited->push_back(next);
    if (FindCycle(next, target, path, visited)) return true;
  }
  path->pop_back();
  return false;
}

}  // namespace mahi
