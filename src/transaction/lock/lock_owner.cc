#include "transaction/lock/lock_owner.h"

#include <algorithm>
#include <chrono>

namespace mahi {
namespace {

int64_t SteadyMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// How long a kill may go unnoticed.
constexpr int64_t kKillPollUs = 50'000;

}  // namespace

void LockOwner::Abort() {
  is_victim_.store(true, std::memory_order_relaxed);
  LatchGuard guard(latch_);
  condition_.NotifyAll();
}

void LockOwner::PrepareWait() {
  LatchGuard guard(latch_);
  is_granted_ = false;
}

void LockOwner::Grant() {
  LatchGuard guard(latch_);
  is_granted_ = true;
  condition_.NotifyAll();
}

LockWaitResult LockOwner::Wait(uint64_t timeout_ms) {
  const int64_t start = SteadyMicroseconds();
  const int64_t timeout_us =
      static_cast<int64_t>(std::min<uint64_t>(timeout_ms, 40'000'000'000ull)) * 1000;
  wait_started_us_.store(start, std::memory_order_relaxed);
  is_waiting_.store(true, std::memory_order_relaxed);
  LockWaitResult result;
  {
    LatchGuard guard(latch_);
    while (true) {
      if (is_granted_) {
        result = LockWaitResult::kGranted;
        break;
      }
      if (is_aborted()) {
        result = LockWaitResult::kVictim;
        break;
      }
      if (is_killed()) {
        result = LockWaitResult::kKilled;
        break;
      }
      const int64_t left = timeout_us - (SteadyMicroseconds() - start);
      if (left <= 0) {
        result = LockWaitResult::kTimeout;
        break;
      }
      condition_.WaitFor(latch_, std::chrono::microseconds(std::min(left, kKillPollUs)));
    }
  }
  is_waiting_.store(false, std::memory_order_relaxed);
  return result;
}

}  // namespace mahi
