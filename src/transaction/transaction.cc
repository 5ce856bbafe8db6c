#include "transaction/transaction.h"

#include <algorithm>
#include <chrono>

#include "transaction/transaction_manager.h"

namespace mahi {
namespace {

bool EqualNames(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

int64_t NowMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Transaction::Transaction(TransactionManager* manager, uint64_t owner_id, uint64_t session_id,
                         const std::atomic<uint32_t>* kill_flag)
    : manager_(*manager),
      engine_(manager->engine()),
      owner_(owner_id, session_id, kill_flag),
      mdl_(&manager->mdl(), &owner_) {}

Transaction::~Transaction() {
  if (is_active()) Rollback();
  mdl_.ReleaseAll();
  manager_.Unregister(this);
}

void Transaction::Begin(const TransactionOptions& options) {
  MAHI_ASSERT(!is_active());
  options_ = options;
  snapshot_statement_ = 0;
  refresh_snapshot_ = false;
  is_doomed_ = false;
  id_.store(manager_.next_transaction_id_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
  started_us_.store(NowMicroseconds(), std::memory_order_relaxed);
  is_active_.store(true, std::memory_order_relaxed);
}

void Transaction::TakeSnapshot() {
  if (snapshot_) return;
  snapshot_ = engine_.Snapshot();
  // Counts as a read: rows that change from now on are conflicts.
  snapshot_statement_ = 0;
}

void Transaction::BeginStatement(bool has_single_read) {
  ++statement_number_;
  has_single_read_ = has_single_read;
  is_in_statement_ = true;
  statement_mark_ = Mark();
}

void Transaction::EndStatement() {
  is_in_statement_ = false;
  if (snapshot_ && (options_.isolation <= IsolationLevel::kReadCommitted || refresh_snapshot_)) {
    snapshot_.Release();
    refresh_snapshot_ = false;
  }
  info_row_locks_.store(held_.row_lock_count(), std::memory_order_relaxed);
  info_writes_.store(write_set_.write_count(), std::memory_order_relaxed);
}

void Transaction::RollbackStatement() {
  if (is_doomed_) {
    Rollback();
    is_in_statement_ = false;
    return;
  }
  RollbackToMark({statement_mark_.write_mark, mdl_.Mark()});
  EndStatement();
}

void Transaction::SetSavepoint(std::string_view name) {
  ReleaseSavepoint(name);
  savepoints_.push_back({std::string(name), Mark()});
}

bool Transaction::RollbackToSavepoint(std::string_view name) {
  for (size_t i = savepoints_.size(); i-- > 0;) {
    if (!EqualNames(savepoints_[i].name, name)) continue;
    RollbackToMark(savepoints_[i].mark);
    savepoints_.resize(i + 1);
    // The statement that rolls back has nothing of its own to undo.
    statement_mark_ = Mark();
    return true;
  }
  return false;
}

bool Transaction::ReleaseSavepoint(std::string_view name) {
  for (size_t i = savepoints_.size(); i-- > 0;) {
    if (!EqualNames(savepoints_[i].name, name)) continue;
    savepoints_.erase(savepoints_.begin() + i);
    return true;
  }
  return false;
}

void Transaction::RollbackToMark(const TransactionMark& mark) {
  if (write_set_.mark() > mark.write_mark) {
    write_set_.RollbackTo(mark.write_mark);
    for (auto& [tag, participant] : participants_) participant->OnRolledBackTo(mark.write_mark);
  }
  mdl_.ReleaseTransactionLocksAfter(mark.mdl_mark);
}

const KvSnapshot* Transaction::ReadSnapshot() {
  if (snapshot_) return &snapshot_;
  // A single read is consistent by itself; only REPEATABLE READ within a longer transaction must remember it.
  if (has_single_read_ && (options_.is_autocommit || options_.isolation <= IsolationLevel::kReadCommitted)) {
    return nullptr;
  }
  snapshot_ = engine_.Snapshot();
  snapshot_statement_ = statement_number_;
  return &snapshot_;
}

Result<bool> Transaction::Get(std::string_view key, PinnedValue* value) {
  if (const WriteSet::Version* version = write_set_.Find(key)) {
    if (version->is_delete()) return false;
    value->Borrow(version->value());
    return true;
  }
  return engine_.Get(key, value, ReadSnapshot());
}

Status Transaction::MultiGet(std::span<const std::string_view> keys, std::span<PinnedValue> values,
                             std::span<bool> found, uint64_t mark) {
  MAHI_RETURN_IF_ERROR(engine_.MultiGet(keys, values, found, ReadSnapshot()));
  if (write_set_.empty()) return Status::Ok();
  for (size_t i = 0; i < keys.size(); ++i) {
    const WriteSet::Version* version = write_set_.FindAt(keys[i], mark);
    if (version == nullptr) continue;
    found[i] = !version->is_delete();
    if (found[i]) values[i].Borrow(version->value());
  }
  return Status::Ok();
}

Result<bool> Transaction::GetLatest(std::string_view key, PinnedValue* value) {
  if (const WriteSet::Version* version = write_set_.Find(key)) {
    if (version->is_delete()) return false;
    value->Borrow(version->value());
    return true;
  }
  return engine_.Get(key, value);
}

TransactionCursor Transaction::NewCursor(std::string_view lower, std::string_view upper, bool is_current,
                                         bool fill_cache) {
  KvReadOptions options;
  options.lower = lower;
  options.upper = upper;
  options.fill_cache = fill_cache;
  options.snapshot = is_current ? nullptr : ReadSnapshot();
  const uint64_t sequence =
      options.snapshot != nullptr ? options.snapshot->sequence() : engine_.LatestSequence();
  TransactionCursor cursor(engine_.NewIterator(options), write_set_.empty() ? nullptr : &write_set_,
                           write_set_.mark(), lower, upper);
  cursor.set_sequence(sequence);
  return cursor;
}

// A deadlock victim's transaction is lost as a whole.
Status Transaction::NoteLockError(Status status) {
  if (status.Is(ER_LOCK_DEADLOCK)) is_doomed_ = true;
  return status;
}

Status Transaction::CheckSnapshot(std::string_view key, bool exists, std::string_view committed) {
  if (!snapshot_ || !options_.snapshot_isolation || options_.isolation < IsolationLevel::kRepeatableRead) {
    return Status::Ok();
  }
  if (!manager_.MayHaveChangedSince(key, snapshot_.sequence())) return Status::Ok();
  PinnedValue old_value;
  MAHI_ASSIGN_OR_RETURN(const bool existed, engine_.Get(key, &old_value, &snapshot_));
  if (existed == exists && (!exists || old_value.view() == committed)) return Status::Ok();
  if (snapshot_statement_ == statement_number_ && is_in_statement_) {
    // Nothing was read before this statement: it goes on with the current row.
    refresh_snapshot_ = true;
    return Status::Ok();
  }
  is_doomed_ = true;
  return Error::Custom(ER_LOCK_DEADLOCK, "40001",
                       "Deadlock found when trying to get lock; try restarting transaction (the row was changed by "
                       "another transaction since this one's snapshot; see innodb_snapshot_isolation)");
}

Result<LockedRead> Transaction::LockRow(std::string_view key, LockMode mode, WaitPolicy policy,
                                        std::optional<SeenRow> seen, PinnedValue* current, bool* is_new_lock) {
  LockWait wait{policy, options_.lock_wait_timeout_ms};
  Result<bool> locked = manager_.locks().LockKey(&owner_, &held_, key, mode, wait, is_new_lock);
  if (!locked.ok()) return NoteLockError(locked.TakeStatus());
  if (!*locked) return LockedRead::kSkipped;
  if (const WriteSet::Version* version = write_set_.Find(key)) {
    if (version->is_delete()) return LockedRead::kMissing;
    if (seen && seen->value == version->value()) return LockedRead::kUnchanged;
    current->Borrow(version->value());
    return LockedRead::kCurrent;
  }
  // Unchanged since the caller saw it, and since the snapshot?
  if (seen && !manager_.MayHaveChangedSince(
                  key, snapshot_ ? std::min(seen->sequence, snapshot_.sequence()) : seen->sequence)) {
    return LockedRead::kUnchanged;
  }
  MAHI_ASSIGN_OR_RETURN(const bool exists, engine_.Get(key, current));
  // Shared locks read the current row: foreign key checks must see parents that came after the snapshot.
  if (mode == LockMode::kExclusive) {
    MAHI_RETURN_IF_ERROR(CheckSnapshot(key, exists, exists ? current->view() : std::string_view()));
  }
  if (!exists) return LockedRead::kMissing;
  if (seen && seen->value == current->view()) return LockedRead::kUnchanged;
  return LockedRead::kCurrent;
}

void Transaction::UnlockRow(std::string_view key) { manager_.locks().UnlockKey(&owner_, &held_, key); }

Status Transaction::LockKey(std::string_view key, LockMode mode) {
  Result<bool> locked =
      manager_.locks().LockKey(&owner_, &held_, key, mode, {WaitPolicy::kWait, options_.lock_wait_timeout_ms});
  return locked.ok() ? Status::Ok() : NoteLockError(locked.TakeStatus());
}

Status Transaction::LockRange(std::string_view lower, std::string_view upper, WaitPolicy policy, uint64_t* epoch) {
  return NoteLockError(manager_.locks().LockRange(&owner_, &held_, lower, upper,
                                                  {policy, options_.lock_wait_timeout_ms}, epoch));
}

Status Transaction::LockInsert(std::string_view key) {
  return NoteLockError(
      manager_.locks().LockInsert(&owner_, &held_, key, {WaitPolicy::kWait, options_.lock_wait_timeout_ms}));
}

Status Transaction::Put(std::string_view key, std::string_view value) {
  write_set_.Put(key, value);
  owner_.AddWeight(1);
  if (write_set_.bytes() > options_.max_write_bytes) [[unlikely]] return Error(ER_LOCK_TABLE_FULL);
  return Status::Ok();
}

Status Transaction::Delete(std::string_view key) {
  write_set_.Delete(key);
  owner_.AddWeight(1);
  if (write_set_.bytes() > options_.max_write_bytes) [[unlikely]] return Error(ER_LOCK_TABLE_FULL);
  return Status::Ok();
}

TransactionParticipant* Transaction::FindParticipant(const void* tag) const {
  for (const auto& [owner, participant] : participants_) {
    if (owner == tag) return participant.get();
  }
  return nullptr;
}

void Transaction::AddParticipant(const void* tag, std::unique_ptr<TransactionParticipant> participant) {
  participants_.emplace_back(tag, std::move(participant));
}

Status Transaction::Commit() {
  MAHI_ASSERT(is_active());
  if (is_doomed_) {
    Rollback();
    return Error(ER_LOCK_DEADLOCK);
  }
  if (write_set_.empty() && participants_.empty()) {
    Finish();
    manager_.commit_count_.fetch_add(1, std::memory_order_relaxed);
    return Status::Ok();
  }
  Status status = mdl_.Acquire(MdlKey::Commit(), MdlType::kIntentionExclusive, MdlDuration::kTransaction,
                               options_.lock_wait_timeout_ms);
  KvBatch batch(status.ok() ? write_set_.bytes() + 64 : 0);
  if (status.ok()) {
    write_set_.AppendTo(&batch);
    for (auto& [tag, participant] : participants_) {
      status = participant->OnCollect(&batch);
      if (!status.ok()) break;
    }
  }
  if (status.ok()) status = manager_.CommitBatch(this, &batch);
  if (!status.ok()) {
    Rollback();
    return status;
  }
  for (auto& [tag, participant] : participants_) participant->OnCommitted();
  Finish();
  manager_.commit_count_.fetch_add(1, std::memory_order_relaxed);
  return Status::Ok();
}

void Transaction::Rollback() {
  if (!is_active()) return;
  for (auto& [tag, participant] : participants_) participant->OnRolledBack();
  Finish();
  manager_.rollback_count_.fetch_add(1, std::memory_order_relaxed);
}

void Transaction::Finish() {
  write_set_.Clear();
  participants_.clear();
  savepoints_.clear();
  statement_mark_ = {};
  snapshot_.Release();
  refresh_snapshot_ = false;
  manager_.locks().ReleaseAll(&owner_, &held_);
  mdl_.ReleaseStatementLocks();
  mdl_.ReleaseTransactionLocks();
  owner_.ResetWeight();
  owner_.ClearAbort();
  observer_data.reset();
  is_doomed_ = false;
  is_active_.store(false, std::memory_order_relaxed);
  info_row_locks_.store(0, std::memory_order_relaxed);
  info_writes_.store(0, std::memory_order_relaxed);
}

}  // namespace mahi
