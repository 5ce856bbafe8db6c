#include "transaction/transaction_manager.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <chrono>

namespace mahi {

// A transaction in the commit queue.
struct TransactionManager::PendingCommit {
  Transaction* transaction;
  KvBatch* batch;
  Status status;
  bool is_done = false;
};

TransactionManager::TransactionManager(KvEngine* engine)
    : engine_(engine),
      locks_(&graph_),
      mdl_(&graph_),
      change_slots_(std::make_unique<std::atomic<uint64_t>[]>(kChangeSlots)) {
  for (size_t i = 0; i < kChangeSlots; ++i) change_slots_[i].store(0, std::memory_order_relaxed);
}

TransactionManager::~TransactionManager() {
  {
    LatchGuard guard(sync_latch_);
    is_stopping_ = true;
  }
  sync_condition_.NotifyAll();
  if (sync_thread_.joinable()) sync_thread_.join();
}

std::unique_ptr<Transaction> TransactionManager::NewTransaction(uint64_t session_id,
                                                                const std::atomic<uint32_t>* kill_flag) {
  const uint64_t owner_id = next_owner_id_.fetch_add(1, std::memory_order_relaxed);
  std::unique_ptr<Transaction> transaction(new Transaction(this, owner_id, session_id, kill_flag));
  Register(transaction.get());
  return transaction;
}

void TransactionManager::Register(Transaction* transaction) {
  LatchGuard guard(latch_);
  transactions_.push_back(transaction);
}

void TransactionManager::Unregister(Transaction* transaction) {
  LatchGuard guard(latch_);
  std::erase(transactions_, transaction);
}

std::vector<TransactionInfo> TransactionManager::List() const {
  std::vector<TransactionInfo> result;
  LatchGuard guard(latch_);
  for (const Transaction* transaction : transactions_) {
    if (!transaction->is_active()) continue;
    TransactionInfo info;
    info.id = transaction->id();
    info.session_id = transaction->session_id();
    info.isolation = transaction->options_.isolation;
    info.is_read_only = transaction->options_.is_read_only;
    info.is_waiting = transaction->owner_.is_waiting();
    info.started_us = transaction->started_us();
    info.wait_started_us = transaction->owner_.wait_started_us();
    info.row_lock_count = transaction->info_row_locks_.load(std::memory_order_relaxed);
    info.write_count = transaction->info_writes_.load(std::memory_order_relaxed);
    result.push_back(info);
  }
  return result;
}

void TransactionManager::AbortSession(uint64_t session_id) {
  LatchGuard guard(latch_);
  for (Transaction* transaction : transactions_) {
    if (transaction->session_id() == session_id) transaction->owner_.Abort();
  }
}

bool TransactionManager::MayHaveChangedSince(std::string_view key, uint64_t sequence) const {
  const size_t slot = absl::HashOf(key) % kChangeSlots;
  return change_slots_[slot].load(std::memory_order_acquire) > sequence;
}

void TransactionManager::NoteCommitted(const WriteSet& writes) {
  const uint64_t sequence = engine_->LatestSequence();
  writes.ForEach([&](std::string_view key, const WriteSet::Version&) {
    std::atomic<uint64_t>& slot = change_slots_[absl::HashOf(key) % kChangeSlots];
    uint64_t old = slot.load(std::memory_order_relaxed);
    while (old < sequence && !slot.compare_exchange_weak(old, sequence, std::memory_order_release)) {
    }
  });
}

Status TransactionManager::CommitBatch(Transaction* transaction, KvBatch* batch) {
  if (!observers_.empty()) return CommitWithObservers(transaction, batch);
  if (batch->empty()) return Status::Ok();
  MAHI_RETURN_IF_ERROR(
      engine_->Write(batch, flush_log_at_commit() == 1 ? WalSync::kSync : WalSync::kWrite));
  NoteCommitted(transaction->write_set());
  return Status::Ok();
}

Status TransactionManager::CommitWithObservers(Transaction* transaction, KvBatch* batch) {
  PendingCommit mine{transaction, batch, {}, false};
  std::vector<PendingCommit*> group;
  {
    LatchGuard guard(commit_latch_);
    pending_.push_back(&mine);
    while (has_leader_ && !mine.is_done) commit_condition_.Wait(commit_latch_);
    if (mine.is_done) return std::move(mine.status);
    has_leader_ = true;
    group.swap(pending_);
  }
  // This thread leads: it commits the whole group, itself included.
  KvBatch joined;
  for (PendingCommit* member : group) {
    for (CommitObserver* observer : observers_) {
      member->status = observer->BeforeCommit(*member->transaction, member->batch);
      if (!member->status.ok()) break;
    }
    if (member->status.ok()) joined.Append(*member->batch);
  }
  Status written;
  if (!joined.empty()) {
    written = engine_->Write(&joined, flush_log_at_commit() == 1 ? WalSync::kSync : WalSync::kWrite);
  }
  const uint64_t sequence = engine_->LatestSequence();
  for (PendingCommit* member : group) {
    if (!member->status.ok()) continue;
    if (!written.ok()) {
      const Error& error = written.error();
      member->status = Error::Custom(error.number(), error.sqlstate(), error.message());
      continue;
    }
    NoteCommitted(member->transaction->write_set());
    for (CommitObserver* observer : observers_) observer->AfterCommit(*member->transaction, sequence);
  }
  {
    LatchGuard guard(commit_latch_);
    for (PendingCommit* member : group) member->is_done = true;
    has_leader_ = false;
  }
  commit_condition_.NotifyAll();
  return std::move(mine.status);
}

void TransactionManager::set_flush_log_at_commit(int mode) {
  flush_log_at_commit_.store(mode, std::memory_order_relaxed);
  LatchGuard guard(sync_latch_);
  if (mode != 1 && !sync_thread_.joinable()) sync_thread_ = std::thread([this] { SyncLoop(); });
}

void TransactionManager::SyncLoop() {
  while (true) {
    {
      LatchGuard guard(sync_latch_);
      if (is_stopping_) return;
      sync_condition_.WaitFor(sync_latch_, std::chrono::seconds(1));
      if (is_stopping_) return;
    }
    (void)engine_->SyncWal();
  }
}

}  // namespace mahi
