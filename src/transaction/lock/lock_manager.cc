#include "transaction/lock/lock_manager.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>
#include <absl/hash/hash.h>

#include <algorithm>

#include "base/bytes.h"

namespace mahi {

struct LockRequest {
  LockOwner* owner;
  LockMode mode;
  bool is_granted;
  bool is_upgrade;  // waits to replace the owner's granted shared lock
};

// All requests on one key: granted ones and waiting ones in order of arrival (upgrades first).
struct LockQueue {
  std::string key;
  size_t hash;
  absl::InlinedVector<LockRequest, 2> requests;
};

struct alignas(64) LockManager::Shard {
  mutable Latch latch;
  absl::flat_hash_map<std::string_view, std::unique_ptr<LockQueue>> queues GUARDED_BY(latch);
};

namespace {

bool Conflicts(LockMode a, LockMode b) { return a == LockMode::kExclusive || b == LockMode::kExclusive; }

// Owners that `requests[position]` (or, at the end, a new request) has to wait for.
template <typename Requests>
std::vector<LockOwner*> Blockers(const Requests& requests, size_t position, const LockOwner* owner, LockMode mode) {
  std::vector<LockOwner*> blockers;
  for (size_t i = 0; i < requests.size(); ++i) {
    const LockRequest& other = requests[i];
    if (other.owner == owner || !Conflicts(other.mode, mode)) continue;
    if (other.is_granted || i < position) blockers.push_back(other.owner);
  }
  return blockers;
}

uint32_t IndexIdOf(std::string_view key) { return key.size() < 4 ? 0 : LoadBig<uint32_t>(key.data()); }

Status WaitError(LockWaitResult result) {
  switch (result) {
    case LockWaitResult::kGranted: return Status::Ok();
    case LockWaitResult::kTimeout: return Error(ER_LOCK_WAIT_TIMEOUT);
    case LockWaitResult::kVictim: return Error(ER_LOCK_DEADLOCK);
    case LockWaitResult::kKilled: return Error(ER_QUERY_INTERRUPTED);
  }
  MAHI_UNREACHABLE();
}

}  // namespace

// Range locks and pending inserts, by index.
struct LockManager::RangeTable {
  struct Range {
    LockOwner* owner;
    std::string lower;
    std::string upper;  // empty: to the end
  };
  // Keys that an owner inserted: single ones, or, when they are many, everything from the least to the greatest.
  struct Pending {
    LockOwner* owner;
    std::vector<std::string> keys;
    bool is_interval = false;
    bool Overlaps(std::string_view lower, std::string_view upper) const {
      if (is_interval) return keys[1] >= lower && (upper.empty() || keys[0] < upper);
      for (const std::string& key : keys) {
        if (key >= lower && (upper.empty() || key < upper)) return true;
      }
      return false;
    }
    void Add(std::string_view key) {
      constexpr size_t kMaxKeys = 16;
      if (!is_interval) {
        if (keys.size() < kMaxKeys) {
          keys.emplace_back(key);
          return;
        }
        auto [least, greatest] = std::minmax_element(keys.begin(), keys.end());
        std::vector<std::string> ends{*least, *greatest};
        keys = std::move(ends);
        is_interval = true;
      }
      if (key < keys[0]) keys[0] = key;
      if (key > keys[1]) keys[1] = key;
    }
  };
  struct Waiter {
    LockOwner* owner;
    std::string lower;
    std::string upper;
    bool is_insert;  // waits for ranges around `lower`; otherwise for pending inserts within the range
  };
  struct IndexLocks {
    std::vector<Range> ranges;
    std::vector<Pending> pending;
    std::vector<Waiter> waiters;

    std::vector<LockOwner*> BlockersOf(const Waiter& waiter) const {
      std::vector<LockOwner*> blockers;
      if (waiter.is_insert) {
        for (const Range& range : ranges) {
          if (range.owner != waiter.owner && waiter.lower >= range.lower &&
              (range.upper.empty() || waiter.lower < range.upper)) {
            blockers.push_back(range.owner);
          }
        }
      } else {
        for (const Pending& inserts : pending) {
          if (inserts.owner != waiter.owner && inserts.Overlaps(waiter.lower, waiter.upper)) {
            blockers.push_back(inserts.owner);
          }
        }
      }
      return blockers;
    }
  };
  struct alignas(64) Shard {
    mutable Latch latch;
    absl::flat_hash_map<uint32_t, IndexLocks> indexes GUARDED_BY(latch);
    // By low bits of the index id; indexes that share a counter only reopen cursors more often.
    std::atomic<uint64_t> epochs[16] = {};
  };
  static constexpr uint32_t kShards = 32;
  Shard shards[kShards];

  Shard& ShardOf(uint32_t index_id) { return shards[index_id % kShards]; }
  std::atomic<uint64_t>& EpochOf(uint32_t index_id) {
    return ShardOf(index_id).epochs[(index_id / kShards) % 16];
  }
};

LockManager::LockManager(WaitGraph* graph)
    : graph_(graph), shards_(std::make_unique<Shard[]>(kShardCount)), ranges_(std::make_unique<RangeTable>()) {}
LockManager::~LockManager() = default;

LockManager::Shard& LockManager::ShardOf(size_t hash) const { return shards_[(hash >> 7) % kShardCount]; }

Status LockManager::WaitFor(LockOwner* owner, uint64_t timeout_ms) {
  wait_count_.fetch_add(1, std::memory_order_relaxed);
  const LockWaitResult result = owner->Wait(timeout_ms);
  if (result == LockWaitResult::kTimeout) timeout_count_.fetch_add(1, std::memory_order_relaxed);
  return WaitError(result);
}

namespace {

void RemoveRequests(LockQueue* queue, const LockOwner* owner) {
  auto& requests = queue->requests;
  requests.erase(std::remove_if(requests.begin(), requests.end(),
                                [&](const LockRequest& request) { return request.owner == owner; }),
                 requests.end());
}

// Grants what can be granted now and corrects whom the others wait for.
void GrantWaiters(LockQueue* queue, WaitGraph* graph) {
  auto& requests = queue->requests;
  for (size_t i = 0; i < requests.size();) {
    LockRequest& request = requests[i];
    if (request.is_granted) {
      ++i;
      continue;
    }
    std::vector<LockOwner*> blockers = Blockers(requests, i, request.owner, request.mode);
    LockOwner* owner = request.owner;
    if (!blockers.empty()) {
      if (graph->SetWait(owner, std::move(blockers))) owner->Abort();
      ++i;
      continue;
    }
    if (request.is_upgrade) {
      for (LockRequest& held : requests) {
        if (held.owner == owner && held.is_granted) held.mode = request.mode;
      }
      requests.erase(requests.begin() + i);
    } else {
      request.is_granted = true;
      ++i;
    }
    graph->ClearWait(owner);
    owner->Grant();
  }
}

}  // namespace

Result<bool> LockManager::LockKey(LockOwner* owner, HeldLocks* held, std::string_view key, LockMode mode,
                                  const LockWait& wait, bool* is_new) {
  if (is_new != nullptr) *is_new = false;
  if (mode == LockMode::kNone) return true;
  const size_t hash = absl::HashOf(key);
  Shard& shard = ShardOf(hash);
  LockQueue* queue = nullptr;
  bool is_upgrade = false;
  {
    LatchGuard guard(shard.latch);
    auto found = shard.queues.find(key);
    if (found == shard.queues.end()) {
      auto made = std::make_unique<LockQueue>();
      made->key = key;
      made->hash = hash;
      made->requests.push_back({owner, mode, true, false});
      queue = made.get();
      shard.queues.emplace(queue->key, std::move(made));
      held->rows_.push_back(queue);
      owner->AddWeight(1);
      if (is_new != nullptr) *is_new = true;
      return true;
    }
    queue = found->second.get();
    auto& requests = queue->requests;
    for (LockRequest& request : requests) {
      if (request.owner != owner) continue;
      if (request.mode >= mode) return true;
      is_upgrade = true;
    }
    // An upgrade goes before all that wait, so only holders stand in its way.
    size_t position = requests.size();
    if (is_upgrade) {
      position = 0;
      while (position < requests.size() && requests[position].is_granted) ++position;
    }
    std::vector<LockOwner*> blockers = Blockers(requests, position, owner, mode);
    if (blockers.empty()) {
      if (is_upgrade) {
        for (LockRequest& request : requests) {
          if (request.owner == owner) request.mode = mode;
        }
      } else {
        // Granted requests stand before waiting ones.
        size_t end = 0;
        while (end < requests.size() && requests[end].is_granted) ++end;
        requests.insert(requests.begin() + end, {owner, mode, true, false});
        held->rows_.push_back(queue);
        owner->AddWeight(1);
        if (is_new != nullptr) *is_new = true;
      }
      return true;
    }
    if (wait.policy == WaitPolicy::kNoWait) return Error(ER_LOCK_NOWAIT);
    if (wait.policy == WaitPolicy::kSkipLocked) return false;
    if (wait.timeout_ms == 0) return Error(ER_LOCK_WAIT_TIMEOUT);
    requests.insert(requests.begin() + position, {owner, mode, false, is_upgrade});
    owner->PrepareWait();
    if (graph_->SetWait(owner, std::move(blockers))) {
      requests.erase(requests.begin() + position);
      return Error(ER_LOCK_DEADLOCK);
    }
  }

  Status status = WaitFor(owner, wait.timeout_ms);
  if (!status.ok()) {
    LatchGuard guard(shard.latch);
    auto& requests = queue->requests;
    bool was_waiting = false;
    for (size_t i = 0; i < requests.size(); ++i) {
      if (requests[i].owner == owner && !requests[i].is_granted) {
        requests.erase(requests.begin() + i);
        was_waiting = true;
        break;
      }
    }
    if (was_waiting) {
      graph_->ClearWait(owner);
      GrantWaiters(queue, graph_);
      if (requests.empty()) shard.queues.erase(std::string_view(queue->key));
      return status;
    }
    // Granted at the last moment: kept, and released with the others unless the timeout was the only trouble.
    graph_->ClearWait(owner);
    if (!is_upgrade) {
      held->rows_.push_back(queue);
      owner->AddWeight(1);
    }
    if (status.Is(ER_LOCK_WAIT_TIMEOUT)) {
      if (is_new != nullptr) *is_new = !is_upgrade;
      return true;
    }
    return status;
  }
  if (!is_upgrade) {
    held->rows_.push_back(queue);
    owner->AddWeight(1);
    if (is_new != nullptr) *is_new = true;
  }
  return true;
}

void LockManager::UnlockKey(LockOwner* owner, HeldLocks* held, std::string_view key) {
  for (size_t i = held->rows_.size(); i-- > 0;) {
    LockQueue* queue = held->rows_[i];
    if (queue->key != key) continue;
    held->rows_.erase(held->rows_.begin() + i);
    Shard& shard = ShardOf(queue->hash);
    LatchGuard guard(shard.latch);
    auto& requests = queue->requests;
    RemoveRequests(queue, owner);
    if (requests.empty()) {
      shard.queues.erase(std::string_view(queue->key));
    } else {
      GrantWaiters(queue, graph_);
    }
    return;
  }
}

Status LockManager::LockRange(LockOwner* owner, HeldLocks* held, std::string_view lower, std::string_view upper,
                              const LockWait& wait, uint64_t* epoch) {
  const uint32_t index_id = IndexIdOf(lower);
  RangeTable::Shard& shard = ranges_->ShardOf(index_id);
  while (true) {
    {
      LatchGuard guard(shard.latch);
      RangeTable::IndexLocks& locks = shard.indexes[index_id];
      RangeTable::Waiter waiter{owner, std::string(lower), std::string(upper), false};
      std::vector<LockOwner*> blockers = locks.BlockersOf(waiter);
      if (blockers.empty()) {
        if (epoch != nullptr) *epoch = ranges_->EpochOf(index_id).load(std::memory_order_acquire);
        // A scan that goes on extends its range.
        for (size_t i = locks.ranges.size(); i-- > 0;) {
          RangeTable::Range& range = locks.ranges[i];
          if (range.owner != owner) continue;
          if (range.lower <= lower && (range.upper.empty() || range.upper >= lower)) {
            if (!range.upper.empty() && (upper.empty() || range.upper < upper)) range.upper = upper;
            return Status::Ok();
          }
          if (range.lower > lower && !upper.empty() && range.lower <= upper) {  // a reverse scan
            range.lower = lower;
            if (!range.upper.empty() && range.upper < upper) range.upper = upper;
            return Status::Ok();
          }
          break;
        }
        locks.ranges.push_back({owner, std::move(waiter.lower), std::move(waiter.upper)});
        if (std::find(held->range_indexes_.begin(), held->range_indexes_.end(), index_id) ==
            held->range_indexes_.end()) {
          held->range_indexes_.push_back(index_id);
        }
        ++held->range_count_;
        return Status::Ok();
      }
      if (wait.policy == WaitPolicy::kNoWait) return Error(ER_LOCK_NOWAIT);
      // Rows that somebody is about to insert are skipped like locked ones.
      if (wait.policy == WaitPolicy::kSkipLocked) {
        if (epoch != nullptr) *epoch = ranges_->EpochOf(index_id).load(std::memory_order_acquire);
        return Status::Ok();
      }
      owner->PrepareWait();
      if (graph_->SetWait(owner, std::move(blockers))) return Error(ER_LOCK_DEADLOCK);
      locks.waiters.push_back(std::move(waiter));
    }
    Status status = WaitFor(owner, wait.timeout_ms);
    {
      LatchGuard guard(shard.latch);
      auto& waiters = shard.indexes[index_id].waiters;
      std::erase_if(waiters, [&](const RangeTable::Waiter& waiter) { return waiter.owner == owner; });
      graph_->ClearWait(owner);
    }
    MAHI_RETURN_IF_ERROR(std::move(status));
  }
}

Status LockManager::LockInsert(LockOwner* owner, HeldLocks* held, std::string_view key, const LockWait& wait) {
  const uint32_t index_id = IndexIdOf(key);
  RangeTable::Shard& shard = ranges_->ShardOf(index_id);
  while (true) {
    {
      LatchGuard guard(shard.latch);
      RangeTable::IndexLocks& locks = shard.indexes[index_id];
      std::vector<LockOwner*> blockers;
      if (!locks.ranges.empty()) blockers = locks.BlockersOf({owner, std::string(key), "", true});
      if (blockers.empty()) {
        for (RangeTable::Pending& pending : locks.pending) {
          if (pending.owner != owner) continue;
          pending.Add(key);
          return Status::Ok();
        }
        RangeTable::Pending pending;
        pending.owner = owner;
        pending.keys.emplace_back(key);
        locks.pending.push_back(std::move(pending));
        held->insert_indexes_.push_back(index_id);
        return Status::Ok();
      }
      if (wait.policy == WaitPolicy::kNoWait) return Error(ER_LOCK_NOWAIT);
      if (wait.timeout_ms == 0) return Error(ER_LOCK_WAIT_TIMEOUT);
      owner->PrepareWait();
      if (graph_->SetWait(owner, std::move(blockers))) return Error(ER_LOCK_DEADLOCK);
      locks.waiters.push_back({owner, std::string(key), "", true});
    }
    Status status = WaitFor(owner, wait.timeout_ms);
    {
      LatchGuard guard(shard.latch);
      auto& waiters = shard.indexes[index_id].waiters;
      std::erase_if(waiters, [&](const RangeTable::Waiter& waiter) { return waiter.owner == owner; });
      graph_->ClearWait(owner);
    }
    MAHI_RETURN_IF_ERROR(std::move(status));
  }
}

uint64_t LockManager::InsertEpoch(uint32_t index_id) const {
  return ranges_->EpochOf(index_id).load(std::memory_order_acquire);
}

void LockManager::ReleaseAll(LockOwner* owner, HeldLocks* held) {
  auto release_index = [&](uint32_t index_id, bool is_insert) {
    RangeTable::Shard& shard = ranges_->ShardOf(index_id);
    LatchGuard guard(shard.latch);
    auto found = shard.indexes.find(index_id);
    if (found == shard.indexes.end()) return;
    RangeTable::IndexLocks& locks = found->second;
    if (is_insert) {
      std::erase_if(locks.pending, [&](const RangeTable::Pending& pending) { return pending.owner == owner; });
      ranges_->EpochOf(index_id).fetch_add(1, std::memory_order_release);
    } else {
      std::erase_if(locks.ranges, [&](const RangeTable::Range& range) { return range.owner == owner; });
    }
    for (const RangeTable::Waiter& waiter : locks.waiters) {
      std::vector<LockOwner*> blockers = locks.BlockersOf(waiter);
      if (blockers.empty()) {
        graph_->ClearWait(waiter.owner);
        waiter.owner->Grant();
      } else if (graph_->SetWait(waiter.owner, std::move(blockers))) {
        waiter.owner->Abort();
      }
    }
    if (locks.ranges.empty() && locks.pending.empty() && locks.waiters.empty() && shard.indexes.size() > 256) {
      shard.indexes.erase(found);
    }
  };
  for (uint32_t index_id : held->range_indexes_) release_index(index_id, false);
  for (uint32_t index_id : held->insert_indexes_) release_index(index_id, true);
  held->range_indexes_.clear();
  held->insert_indexes_.clear();
  held->range_count_ = 0;
  for (LockQueue* queue : held->rows_) {
    Shard& shard = ShardOf(queue->hash);
    LatchGuard guard(shard.latch);
    auto& requests = queue->requests;
    if (requests.size() == 1) {
      shard.queues.erase(std::string_view(queue->key));
      continue;
    }
    RemoveRequests(queue, owner);
    if (requests.empty()) {
      shard.queues.erase(std::string_view(queue->key));
    } else {
      GrantWaiters(queue, graph_);
    }
  }
  held->rows_.clear();
  if (held->rows_.capacity() > 1024) held->rows_.shrink_to_fit();
}

bool LockManager::IsLockedByOther(const LockOwner* owner, std::string_view key, LockMode mode) {
  const size_t hash = absl::HashOf(key);
  Shard& shard = ShardOf(hash);
  LatchGuard guard(shard.latch);
  auto found = shard.queues.find(key);
  if (found == shard.queues.end()) return false;
  for (const LockRequest& request : found->second->requests) {
    if (request.owner != owner && request.is_granted && Conflicts(request.mode, mode)) return true;
  }
  return false;
}

std::vector<LockInfo> LockManager::List() const {
  std::vector<LockInfo> result;
  for (size_t i = 0; i < kShardCount; ++i) {
    LatchGuard guard(shards_[i].latch);
    for (const auto& [key, queue] : shards_[i].queues) {
      for (size_t position = 0; position < queue->requests.size(); ++position) {
        const LockRequest& request = queue->requests[position];
        LockInfo info;
        info.owner_id = request.owner->id();
        info.session_id = request.owner->session_id();
        info.is_granted = request.is_granted;
        info.mode = request.mode;
        info.key = queue->key;
        if (!request.is_granted) {
          auto blockers = Blockers(queue->requests, position, request.owner, request.mode);
          if (!blockers.empty()) info.blocking_owner_id = blockers.front()->id();
        }
        result.push_back(std::move(info));
      }
    }
  }
  for (const RangeTable::Shard& shard : ranges_->shards) {
    LatchGuard guard(shard.latch);
    for (const auto& [index_id, locks] : shard.indexes) {
      for (const RangeTable::Range& range : locks.ranges) {
        LockInfo info;
        info.owner_id = range.owner->id();
        info.session_id = range.owner->session_id();
        info.is_range = true;
        info.key = range.lower;
        info.upper = range.upper;
        result.push_back(std::move(info));
      }
      for (const RangeTable::Waiter& waiter : locks.waiters) {
        LockInfo info;
        info.owner_id = waiter.owner->id();
        info.session_id = waiter.owner->session_id();
        info.is_range = !waiter.is_insert;
        info.is_insert_intention = waiter.is_insert;
        info.is_granted = false;
        info.key = waiter.lower;
        info.upper = waiter.upper;
        auto blockers = locks.BlockersOf(waiter);
        if (!blockers.empty()) info.blocking_owner_id = blockers.front()->id();
        result.push_back(std::move(info));
      }
    }
  }
  return result;
}

}  // namespace mahi
