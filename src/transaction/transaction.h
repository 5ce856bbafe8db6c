// Transaction: a session's transaction context: snapshot, uncommitted writes, row locks, metadata locks.
//
// The object lives as long as its session and runs one transaction after the other:
//
//   transaction.Begin(options);
//   transaction.BeginStatement();
//   ... Get, NewCursor, LockRow, Put, Delete ...
//   ok ? transaction.EndStatement() : transaction.RollbackStatement();
//   transaction.Commit();
//
// Reads. A snapshot is taken when the first consistent read needs one; READ COMMITTED and READ UNCOMMITTED give it
// back with the statement. Own writes are visible to all reads of the transaction that begin after them; a
// cursor does not see writes made after it was opened, so a statement never meets its own rows.
//
// Writes stay in memory (write_set.h) until Commit writes them as one batch. A large transaction is limited by
// max_write_bytes (ER_LOCK_TABLE_FULL).
//
// Locking reads and writes (LockRow) read the latest committed version. Under REPEATABLE READ with
// snapshot_isolation a row that changed since the transaction's snapshot gives 1213, unless the snapshot was taken
// by the current statement: then the statement goes on with the current row and the next one takes a new
// snapshot.
//
// After 1213 the transaction is doomed: RollbackStatement rolls all of it back, as InnoDB does.
// Source: MySQL 8.4 manual, "Transaction Isolation Levels", "Consistent Nonlocking Reads", "Locking Reads".
// Thread safety: belongs to its session's thread; info(), is_active() and Kill-related flags are atomics.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "storage/kv/kv_engine.h"
#include "transaction/commit_observer.h"
#include "transaction/lock/lock_manager.h"
#include "transaction/mdl/mdl.h"
#include "transaction/transaction_cursor.h"
#include "transaction/write_set.h"

namespace mahi {

class TransactionManager;

enum class IsolationLevel : uint8_t { kReadUncommitted, kReadCommitted, kRepeatableRead, kSerializable };

struct TransactionOptions {
  IsolationLevel isolation = IsolationLevel::kRepeatableRead;
  bool is_read_only = false;
  bool is_autocommit = false;         // one statement; plain reads at SERIALIZABLE then take no locks
  bool snapshot_isolation = true;     // innodb_snapshot_isolation
  uint64_t lock_wait_timeout_ms = 50'000;       // innodb_lock_wait_timeout: rows
  uint64_t max_write_bytes = 4ull << 30;
};

enum class LockedRead : uint8_t {
  kUnchanged,  // locked; the row is as the caller saw it
  kCurrent,    // locked; *current is the row, which the caller did not see or saw otherwise
  kMissing,    // locked; there is no such row (any more)
  kSkipped,    // SKIP LOCKED: not locked
};

// What the caller of LockRow read before it had the lock.
struct SeenRow {
  std::string_view value;
  uint64_t sequence = 0;  // TransactionCursor::sequence()
};

// A position in the transaction's history of writes, to go back to.
struct TransactionMark {
  uint64_t write_mark = 0;
  size_t mdl_mark = 0;
};

class Transaction {
 public:
  ~Transaction();
  Transaction(const Transaction&) = delete;

  // Life cycle.
  // Starts a transaction. REQUIRES: !is_active().
  void Begin(const TransactionOptions& options);
  bool is_active() const { return is_active_.load(std::memory_order_relaxed); }
  // START TRANSACTION WITH CONSISTENT SNAPSHOT.
  void TakeSnapshot();
  // Makes all writes durable and visible, ends the transaction, releases its locks. On an error nothing was written
  // and the transaction is rolled back.
  Status Commit();
  void Rollback();
  // A doomed transaction (deadlock victim) can only be rolled back.
  bool is_doomed() const { return is_doomed_; }
  void Doom() { is_doomed_ = true; }

  // Statements.
  // `has_single_read`: the statement opens at most one cursor or makes one Get, so needs no snapshot of its own.
  void BeginStatement(bool has_single_read = false);
  void EndStatement();
  // Undoes the statement's writes; the whole transaction when it is doomed. Row locks are kept, as in InnoDB.
  void RollbackStatement();
  uint64_t statement_number() const { return statement_number_; }

  // Savepoints. Names compare without case; setting one again moves it. False: no such savepoint.
  void SetSavepoint(std::string_view name);
  bool RollbackToSavepoint(std::string_view name);
  bool ReleaseSavepoint(std::string_view name);
  // Unnamed ones for a row or a nested statement.
  TransactionMark Mark() const { return {write_set_.mark(), mdl_.Mark()}; }
  void RollbackToMark(const TransactionMark& mark);

  // Reads.
  // Reads one key: own write, else the snapshot (READ UNCOMMITTED reads as READ COMMITTED, which the standard
  // allows). The value is valid
  // until the transaction ends or the PinnedValue goes.
  Result<bool> Get(std::string_view key, PinnedValue* value);
  // Own writes after `mark` (TransactionCursor::mark) are not seen.
  Status MultiGet(std::span<const std::string_view> keys, std::span<PinnedValue> values, std::span<bool> found,
                  uint64_t mark = ~uint64_t{0});
  // This statement reads more than once after all: its reads get a common snapshot.
  void NeedSnapshot() { has_single_read_ = false; }
  // Own write, else the latest committed state: for checks under a lock.
  Result<bool> GetLatest(std::string_view key, PinnedValue* value);
  // A reader of [lower, upper); see TransactionCursor. `is_current`: over the latest state, for locking scans.
  TransactionCursor NewCursor(std::string_view lower, std::string_view upper, bool is_current = false,
                              bool fill_cache = true);
  // Whether `key` was written by this transaction.
  bool HasWritten(std::string_view key) const { return write_set_.Find(key) != nullptr; }

  // Locks.
  // Locks the row at `key` and reads it under the lock. `seen`: the value that the caller read before, if it did.
  // `is_new_lock`: whether UnlockRow may give it back.
  Result<LockedRead> LockRow(std::string_view key, LockMode mode, WaitPolicy policy,
                             std::optional<SeenRow> seen, PinnedValue* current,
                             bool* is_new_lock = nullptr);
  void UnlockRow(std::string_view key);
  // Locks a key without reading it (unique checks).
  Status LockKey(std::string_view key, LockMode mode);
  // Range lock where the isolation level has them (REPEATABLE READ and SERIALIZABLE).
  // `*epoch` as in LockManager::LockRange.
  Status LockRange(std::string_view lower, std::string_view upper, WaitPolicy policy, uint64_t* epoch = nullptr);
  bool uses_range_locks() const { return options_.isolation >= IsolationLevel::kRepeatableRead; }
  // Waits for range locks of others around a key that is about to be inserted; notes the pending insert.
  Status LockInsert(std::string_view key);
  // What a plain SELECT locks: shared at SERIALIZABLE outside autocommit, otherwise nothing.
  LockMode plain_read_lock() const {
    return options_.isolation == IsolationLevel::kSerializable && !options_.is_autocommit ? LockMode::kShared
                                                                                         : LockMode::kNone;
  }

  // Writes.
  Status Put(std::string_view key, std::string_view value);
  Status Delete(std::string_view key);
  bool has_writes() const { return !write_set_.empty(); }

  // Participants, found again by the address of their owner.
  TransactionParticipant* FindParticipant(const void* tag) const;
  void AddParticipant(const void* tag, std::unique_ptr<TransactionParticipant> participant);

  // Facts.
  uint64_t id() const { return id_.load(std::memory_order_relaxed); }
  uint64_t session_id() const { return owner_.session_id(); }
  IsolationLevel isolation() const { return options_.isolation; }
  const TransactionOptions& options() const { return options_; }
  TransactionManager& manager() { return manager_; }
  KvEngine& engine() { return engine_; }
  MdlContext& mdl() { return mdl_; }
  LockOwner& owner() { return owner_; }
  const HeldLocks& held_locks() const { return held_; }
  const WriteSet& write_set() const { return write_set_; }
  bool is_killed() const { return owner_.is_killed(); }
  bool has_snapshot() const { return static_cast<bool>(snapshot_); }
  // REQUIRES: has_snapshot().
  uint64_t snapshot_sequence() const { return snapshot_.sequence(); }
  int64_t started_us() const { return started_us_.load(std::memory_order_relaxed); }

  // For observers (binary log): whatever they keep with the transaction.
  std::shared_ptr<void> observer_data;

 private:
  friend class TransactionManager;
  Transaction(TransactionManager* manager, uint64_t owner_id, uint64_t session_id,
              const std::atomic<uint32_t>* kill_flag);
  // The snapshot that consistent reads use; null: the latest state.
  const KvSnapshot* ReadSnapshot();
  Status NoteLockError(Status status);
  Status CheckSnapshot(std::string_view key, bool exists, std::string_view committed);
  void Finish();

  struct Savepoint {
    std::string name;
    TransactionMark mark;
  };

  TransactionManager& manager_;
  KvEngine& engine_;
  LockOwner owner_;
  MdlContext mdl_;
  HeldLocks held_;
  TransactionOptions options_;
  WriteSet write_set_;
  KvSnapshot snapshot_;
  uint64_t snapshot_statement_ = 0;  // in which statement it was taken
  bool refresh_snapshot_ = false;    // the statement met newer rows; the next one takes a new snapshot
  bool has_single_read_ = false;
  bool is_in_statement_ = false;
  bool is_doomed_ = false;
  uint64_t statement_number_ = 0;
  TransactionMark statement_mark_;
  std::vector<Savepoint> savepoints_;
  std::vector<std::pair<const void*, std::unique_ptr<TransactionParticipant>>> participants_;
  std::atomic<bool> is_active_{false};
  std::atomic<uint64_t> id_{0};
  std::atomic<int64_t> started_us_{0};
  std::atomic<uint64_t> info_row_locks_{0};
  std::atomic<uint64_t> info_writes_{0};
};

}  // namespace mahi
