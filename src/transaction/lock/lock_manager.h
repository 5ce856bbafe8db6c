// LockManager: row locks and range (gap) locks of transactions.
//
// A row lock is held on a key (index id + key bytes), which need not exist: a locking lookup that finds nothing
// locks the key itself, and that alone. A range lock covers [lower, upper) of one index; it never conflicts with
// other range locks, only with the insert intention of other owners inside it (InnoDB's gap locks, kept as
// ranges because the store has no neighbours to attach them to). Next-key locking = a range lock over what
// is scanned and row locks on the rows found. Uncommitted inserts are invisible in the store, so each
// insert also notes its key here, and a range lock waits until no other owner has an insert pending in the range. Each
// index counts its finished inserts (epoch): a scan that finds the epoch changed since its cursor was opened opens a
// new one.
//
// Queues are first come, first served; an owner that upgrades from shared to exclusive goes first. Deadlocks are
// found when a wait begins; the owner with the least weight loses with 1213.
//
// Errors: ER_LOCK_DEADLOCK (1213; the transaction must be rolled back), ER_LOCK_WAIT_TIMEOUT (1205),
// ER_LOCK_NOWAIT (3572), ER_QUERY_INTERRUPTED (1317).
// Source: MySQL 8.4 manual, "InnoDB Locking", "Deadlock Detection".
// Thread safety: any thread; one owner's calls come from one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "transaction/lock/lock_owner.h"
#include "transaction/lock/wait_graph.h"

namespace mahi {

struct LockWait {
  WaitPolicy policy = WaitPolicy::kWait;
  uint64_t timeout_ms = 50'000;
};

// What one owner holds. Belongs to the owner's thread.
class HeldLocks {
 public:
  size_t row_lock_count() const { return rows_.size(); }
  size_t range_lock_count() const { return range_count_; }

 private:
  friend class LockManager;
  std::vector<LockQueue*> rows_;
  std::vector<uint32_t> range_indexes_;   // index ids with range locks
  std::vector<uint32_t> insert_indexes_;  // index ids with pending inserts
  size_t range_count_ = 0;
};

// One row of performance_schema.data_locks.
struct LockInfo {
  uint64_t owner_id = 0;
  uint64_t session_id = 0;
  bool is_range = false;
  bool is_granted = true;
  bool is_insert_intention = false;
  LockMode mode = LockMode::kExclusive;
  std::string key;    // with the index id in front
  std::string upper;  // ranges only
  uint64_t blocking_owner_id = 0;  // waiting requests: one that stands in the way
};

class LockManager {
 public:
  explicit LockManager(WaitGraph* graph);
  ~LockManager();
  LockManager(const LockManager&) = delete;

  // Locks `key`. False: skipped because of kSkipLocked. `*is_new`, when given, tells whether the owner held
  // no lock of this strength before (so that Unlock gives back only what this call took).
  Result<bool> LockKey(LockOwner* owner, HeldLocks* held, std::string_view key, LockMode mode,
                       const LockWait& wait, bool* is_new = nullptr);
  // Gives the lock on `key` back before the transaction's end (rows that do not match, at READ COMMITTED).
  void UnlockKey(LockOwner* owner, HeldLocks* held, std::string_view key);

  // Locks the range [lower, upper) against inserts of others; waits for inserts pending in it. Both bounds carry the same
  // index id (`upper` may be the first key of the next one). `*epoch`, when given: the index's epoch at that moment.
  Status LockRange(LockOwner* owner, HeldLocks* held, std::string_view lower, std::string_view upper,
                   const LockWait& wait, uint64_t* epoch = nullptr);
  // Waits until no other owner has a range lock that contains `key`, then notes the pending insert.
  // REQUIRES: the owner holds a row lock on `key` if others could insert the same key.
  Status LockInsert(LockOwner* owner, HeldLocks* held, std::string_view key, const LockWait& wait);
  uint64_t InsertEpoch(uint32_t index_id) const;

  void ReleaseAll(LockOwner* owner, HeldLocks* held);

  // Whether somebody else holds a conflicting lock; takes nothing.
  bool IsLockedByOther(const LockOwner* owner, std::string_view key, LockMode mode);

  std::vector<LockInfo> List() const;
  uint64_t wait_count() const { return wait_count_.load(std::memory_order_relaxed); }
  uint64_t timeout_count() const { return timeout_count_.load(std::memory_order_relaxed); }

 private:
  struct Shard;
  struct RangeTable;
  Shard& ShardOf(size_t hash) const;
  Status WaitFor(LockOwner* owner, uint64_t timeout_ms);

  static constexpr size_t kShardCount = 64;
  WaitGraph* const graph_;
  std::unique_ptr<Shard[]> shards_;
  std::unique_ptr<RangeTable> ranges_;
  std::atomic<uint64_t> wait_count_{0};
  std::atomic<uint64_t> timeout_count_{0};
};

}  // namespace mahi
