// Latch: a mutex that clang's thread-safety analysis understands.
//
// A latch protects memory for a moment and is never held across I/O or a lock wait.
//
//   Latch latch_;
//   int count_ GUARDED_BY(latch_) = 0;
//   { LatchGuard guard(latch_); ++count_; }
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#if defined(__clang__)
#define MAHI_TSA(x) __attribute__((x))
#else
#define MAHI_TSA(x)
#endif
#define CAPABILITY(x) MAHI_TSA(capability(x))
#define SCOPED_CAPABILITY MAHI_TSA(scoped_lockable)
#define GUARDED_BY(x) MAHI_TSA(guarded_by(x))
#define REQUIRES(...) MAHI_TSA(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...) MAHI_TSA(requires_shared_capability(__VA_ARGS__))
#define ACQUIRE(...) MAHI_TSA(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) MAHI_TSA(acquire_shared_capability(__VA_ARGS__))
#define RELEASE(...) MAHI_TSA(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) MAHI_TSA(release_shared_capability(__VA_ARGS__))
#define RELEASE_GENERIC(...) MAHI_TSA(release_generic_capability(__VA_ARGS__))
#define EXCLUDES(...) MAHI_TSA(locks_excluded(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS MAHI_TSA(no_thread_safety_analysis)

namespace mahi {

class CAPABILITY("latch") Latch {
 public:
  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }
  std::mutex& native() { return mutex_; }

 private:
  std::mutex mutex_;
};

class SCOPED_CAPABILITY LatchGuard {
 public:
  explicit LatchGuard(Latch& latch) ACQUIRE(latch) : latch_(latch) { latch_.Lock(); }
  ~LatchGuard() RELEASE() { latch_.Unlock(); }
  LatchGuard(const LatchGuard&) = delete;

 private:
  Latch& latch_;
};

class CAPABILITY("latch") SharedLatch {
 public:
  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }
  void LockShared() ACQUIRE_SHARED() { mutex_.lock_shared(); }
  void UnlockShared() RELEASE_SHARED() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class SCOPED_CAPABILITY ExclusiveGuard {
 public:
  explicit ExclusiveGuard(SharedLatch& latch) ACQUIRE(latch) : latch_(latch) { latch_.Lock(); }
  ~ExclusiveGuard() RELEASE() { latch_.Unlock(); }
  ExclusiveGuard(const ExclusiveGuard&) = delete;

 private:
  SharedLatch& latch_;
};

class SCOPED_CAPABILITY SharedGuard {
 public:
  explicit SharedGuard(SharedLatch& latch) ACQUIRE_SHARED(latch) : latch_(latch) {
    latch_.LockShared();
  }
  ~SharedGuard() RELEASE_GENERIC() { latch_.UnlockShared(); }
  SharedGuard(const SharedGuard&) = delete;

 private:
  SharedLatch& latch_;
};

// A condition variable for Latch.
class Condition {
 public:
  void Wait(Latch& latch) REQUIRES(latch) NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(latch.native(), std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when `timeout` passed first.
  bool WaitFor(Latch& latch, std::chrono::microseconds timeout) REQUIRES(latch)
      NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(latch.native(), std::adopt_lock);
    bool notified = condition_.wait_for(lock, timeout) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace mahi
