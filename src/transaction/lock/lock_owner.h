// LockOwner: who holds and waits for locks. One for each transaction context, so for each session; row, gap and
// metadata locks of a session share it, so that a deadlock across them is found.
//
// Thread safety: the fields are read by other threads where they are atomic; the owner's own thread waits.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/latch.h"

namespace mahi {

struct LockQueue;
struct LockRequest;

// What a statement does when a lock is taken by somebody else.
enum class WaitPolicy : uint8_t { kWait, kNoWait, kSkipLocked };

enum class LockMode : uint8_t { kNone, kShared, kExclusive };

enum class LockWaitResult : uint8_t { kGranted, kTimeout, kVictim, kKilled };

class LockOwner {
 public:
  LockOwner(uint64_t id, uint64_t session_id, const std::atomic<uint32_t>* kill_flag)
      : id_(id), session_id_(session_id), kill_flag_(kill_flag) {}
  LockOwner(const LockOwner&) = delete;

  uint64_t id() const { return id_; }
  uint64_t session_id() const { return session_id_; }
  bool is_killed() const {
    return kill_flag_ != nullptr && kill_flag_->load(std::memory_order_relaxed) != 0;
  }

  // The work that would be lost by choosing this owner as the victim: locks held and rows changed.
  void AddWeight(uint64_t weight) { weight_.fetch_add(weight, std::memory_order_relaxed); }
  void ResetWeight() { weight_.store(0, std::memory_order_relaxed); }
  uint64_t weight() const { return weight_.load(std::memory_order_relaxed); }
  // An owner with higher priority is never chosen over a lower one (replication appliers).
  void set_priority(uint32_t priority) { priority_.store(priority, std::memory_order_relaxed); }
  uint32_t priority() const { return priority_.load(std::memory_order_relaxed); }

  // Makes this owner's current and next waits fail as a deadlock victim until ClearAbort.
  void Abort();
  void ClearAbort() { is_victim_.store(false, std::memory_order_relaxed); }
  bool is_aborted() const { return is_victim_.load(std::memory_order_relaxed); }

  // For the lock managers: PrepareWait before the request is queued, Wait until Grant, an abort, a kill or the
  // timeout; Grant by the thread that releases.
  void PrepareWait();
  LockWaitResult Wait(uint64_t timeout_ms);
  void Grant();
  // True while the owner's thread is in Wait; when it began, microseconds of the steady clock.
  bool is_waiting() const { return is_waiting_.load(std::memory_order_relaxed); }
  int64_t wait_started_us() const { return wait_started_us_.load(std::memory_order_relaxed); }

 private:
  const uint64_t id_;
  const uint64_t session_id_;
  const std::atomic<uint32_t>* const kill_flag_;
  std::atomic<uint64_t> weight_{0};
  std::atomic<uint32_t> priority_{0};
  std::atomic<bool> is_victim_{false};
  std::atomic<bool> is_waiting_{false};
  std::atomic<int64_t> wait_started_us_{0};

  Latch latch_;
  Condition condition_;
  bool is_granted_ GUARDED_BY(latch_) = false;
};

}  // namespace mahi
