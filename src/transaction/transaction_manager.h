// TransactionManager: makes transactions, orders their commits, knows which are active.
//
// Commit pipeline: collect (write set and participants into one batch) -> certify and log (observers) -> order ->
// write -> sync -> publish (participants) -> release locks. Without observers threads write concurrently and
// RocksDB's write group shares the sync; with observers a leader writes for all that wait.
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/latch.h"
#include "base/status.h"
#include "storage/kv/kv_engine.h"
#include "transaction/commit_observer.h"
#include "transaction/lock/lock_manager.h"
#include "transaction/lock/wait_graph.h"
#include "transaction/mdl/mdl.h"
#include "transaction/transaction.h"

namespace mahi {

// A row of information_schema.innodb_trx.
struct TransactionInfo {
  uint64_t id = 0;
  uint64_t session_id = 0;
  IsolationLevel isolation = IsolationLevel::kRepeatableRead;
  bool is_waiting = false;
  bool is_read_only = false;
  int64_t started_us = 0;  // since the epoch
  int64_t wait_started_us = 0;
  uint64_t row_lock_count = 0;
  uint64_t write_count = 0;
};

class TransactionManager {
 public:
  explicit TransactionManager(KvEngine* engine);
  ~TransactionManager();
  TransactionManager(const TransactionManager&) = delete;

  // A transaction context for a session. `kill_flag` (may be null) is looked at by every wait.
  std::unique_ptr<Transaction> NewTransaction(uint64_t session_id,
                                              const std::atomic<uint32_t>* kill_flag = nullptr);

  // innodb_flush_log_at_trx_commit: 1 syncs at each commit; 0 and 2 write, and a thread syncs once a second.
  void set_flush_log_at_commit(int mode);
  int flush_log_at_commit() const { return flush_log_at_commit_.load(std::memory_order_relaxed); }

  // REQUIRES: before the first commit.
  void AddObserver(CommitObserver* observer) { observers_.push_back(observer); }

  KvEngine& engine() { return *engine_; }
  LockManager& locks() { return locks_; }
  MdlManager& mdl() { return mdl_; }
  WaitGraph& wait_graph() { return graph_; }

  std::vector<TransactionInfo> List() const;
  // Aborts the session's transaction at its next lock wait (a higher priority needs its locks).
  void AbortSession(uint64_t session_id);
  uint64_t commit_count() const { return commit_count_.load(std::memory_order_relaxed); }
  uint64_t rollback_count() const { return rollback_count_.load(std::memory_order_relaxed); }

  // Whether `key` may have been committed after sequence number `sequence`. May say true wrongly, never false
  // for a key whose row lock the caller holds.
  bool MayHaveChangedSince(std::string_view key, uint64_t sequence) const;

 private:
  friend class Transaction;
  struct PendingCommit;
  Status CommitBatch(Transaction* transaction, KvBatch* batch);
  Status CommitWithObservers(Transaction* transaction, KvBatch* batch);
  void NoteCommitted(const WriteSet& writes);
  void SyncLoop();
  void Register(Transaction* transaction);
  void Unregister(Transaction* transaction);

  // Upper bounds of the last commit of the keys that hash to a slot.
  static constexpr size_t kChangeSlots = 1 << 16;

  KvEngine* const engine_;
  WaitGraph graph_;
  LockManager locks_;
  MdlManager mdl_;
  std::vector<CommitObserver*> observers_;
  std::atomic<int> flush_log_at_commit_{1};
  std::atomic<uint64_t> next_owner_id_{1};
  std::atomic<uint64_t> next_transaction_id_{1};
  std::atomic<uint64_t> commit_count_{0};
  std::atomic<uint64_t> rollback_count_{0};
  std::unique_ptr<std::atomic<uint64_t>[]> change_slots_;

  mutable Latch latch_;
  std::vector<Transaction*> transactions_ GUARDED_BY(latch_);

  Latch commit_latch_;
  Condition commit_condition_;
  std::vector<PendingCommit*> pending_ GUARDED_BY(commit_latch_);
  bool has_leader_ GUARDED_BY(commit_latch_) = false;

  Latch sync_latch_;
  Condition sync_condition_;
  bool is_stopping_ GUARDED_BY(sync_latch_) = false;
  std::thread sync_thread_;  // exists once a mode other than 1 was set
};

}  // namespace mahi
