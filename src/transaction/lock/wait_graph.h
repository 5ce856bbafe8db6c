// WaitGraph: who waits for whom, over row, gap and metadata locks; finds deadlocks at once.
//
// Latch order: a lock table's latch, then the graph's, then a LockOwner's.
// Thread safety: any thread.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/latch.h"
#include "transaction/lock/lock_owner.h"

namespace mahi {

class WaitGraph {
 public:
  // `waiter` now waits for `blockers` (replaces what it waited for). When that closes a cycle, the cheapest
  // owner in it is chosen as victim: returned when it is `waiter` itself, otherwise aborted (and woken).
  // True: the waiter itself is the victim; nothing was recorded for it.
  bool SetWait(LockOwner* waiter, std::vector<LockOwner*> blockers);
  void ClearWait(LockOwner* waiter);
  uint64_t deadlock_count() const { return deadlock_count_.load(std::memory_order_relaxed); }

 private:
  bool FindCycle(LockOwner* from, LockOwner* target, std::vector<LockOwner*>* path,
                 std::vector<LockOwner*>* visited) REQUIRES(latch_);

  Latch latch_;
  std::unordered_map<LockOwner*, std::vector<LockOwner*>> edges_ GUARDED_BY(latch_);
  std::atomic<uint64_t> deadlock_count_{0};
};

}  // namespace mahi
