// Metadata locks: statements mark the objects that they use, DDL waits for them.
//
// Object locks, by growing strength:
//   S, SH   definitions only (SH: INFORMATION_SCHEMA, goes past waiting X requests)
//   SR, SW  read and write rows            SU    ALTER's first phase: one at a time, readers and writers go on
//   SRO     LOCK TABLES ... READ           SNW   ALTER copying: reads go on, writes wait
//   SNRW    LOCK TABLES ... WRITE          X     definition changes
// Scoped locks (global, commit, schema): IX by every statement that changes something in the scope; S by FLUSH
// TABLES WITH READ LOCK (global: no changes; commit: no commits); X by DROP DATABASE (schema).
//
// Locks last for a statement, a transaction or until released explicitly. Waits end with the lock, with
// ER_LOCK_WAIT_TIMEOUT (1205), ER_LOCK_DEADLOCK (1213) or ER_QUERY_INTERRUPTED (1317).
// Source: MySQL 8.4 manual, "Metadata Locking", "The metadata_locks Table".
// Thread safety: MdlManager from any thread; an MdlContext belongs to its session's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "transaction/lock/lock_owner.h"
#include "transaction/lock/wait_graph.h"

namespace mahi {

enum class MdlNamespace : uint8_t { kGlobal, kCommit, kBackup, kSchema, kTable, kFunction, kProcedure, kTrigger, kEvent, kUserLock };

enum class MdlType : uint8_t {
  kIntentionExclusive,  // scoped locks only
  kShared,
  kSharedHighPriority,
  kSharedRead,
  kSharedWrite,
  kSharedUpgradable,
  kSharedReadOnly,
  kSharedNoWrite,
  kSharedNoReadWrite,
  kExclusive,
};

enum class MdlDuration : uint8_t { kStatement, kTransaction, kExplicit };

struct MdlKey {
  MdlNamespace name_space = MdlNamespace::kTable;
  std::string schema;  // empty for global and commit
  std::string name;    // empty for schema locks

  static MdlKey Global() { return {MdlNamespace::kGlobal, "", ""}; }
  static MdlKey Commit() { return {MdlNamespace::kCommit, "", ""}; }
  static MdlKey Schema(std::string_view schema) { return {MdlNamespace::kSchema, std::string(schema), ""}; }
  static MdlKey Table(std::string_view schema, std::string_view name) {
    return {MdlNamespace::kTable, std::string(schema), std::string(name)};
  }
  static MdlKey UserLock(std::string_view name) { return {MdlNamespace::kUserLock, "", std::string(name)}; }
};

// A row of performance_schema.metadata_locks.
struct MdlInfo {
  MdlKey key;
  MdlType type;
  MdlDuration duration;
  bool is_granted;
  uint64_t session_id;
};

const char* MdlTypeName(MdlType type);              // "SHARED_READ", as performance_schema prints it
const char* MdlNamespaceName(MdlNamespace name_space);  // "TABLE"

class MdlManager;
struct MdlLock;
struct MdlTicket;

// A session's metadata locks.
class MdlContext {
 public:
  MdlContext(MdlManager* manager, LockOwner* owner);
  ~MdlContext();
  MdlContext(const MdlContext&) = delete;

  // Takes the lock; nothing when an equal or stronger one of at least this duration is held. Waits for at most
  // `timeout_ms` (0: not at all).
  Status Acquire(const MdlKey& key, MdlType type, MdlDuration duration, uint64_t timeout_ms);
  // The same for a table, without making an MdlKey on the way when the lock is held already.
  Status AcquireTable(std::string_view schema, std::string_view name, MdlType type, MdlDuration duration,
                      uint64_t timeout_ms);
  // Makes a held lock on `key` stronger (SU to X and its kin).
  Status Upgrade(const MdlKey& key, MdlType type, uint64_t timeout_ms);
  // Makes a held X lock weaker again.
  void Downgrade(const MdlKey& key, MdlType type);
  // Whether a lock at least as strong as `type` is held.
  bool Holds(const MdlKey& key, MdlType type) const;

  // Releases one explicit lock; false when it is not held.
  bool ReleaseExplicit(const MdlKey& key);
  void ReleaseStatementLocks() { ReleaseDuration(MdlDuration::kStatement, 0); }
  void ReleaseTransactionLocks() { ReleaseDuration(MdlDuration::kTransaction, 0); }
  void ReleaseAll();
  // ROLLBACK TO SAVEPOINT gives back locks taken after it: Mark, then ReleaseTransactionLocksAfter.
  size_t Mark() const { return tickets_.size(); }
  void ReleaseTransactionLocksAfter(size_t mark) { ReleaseDuration(MdlDuration::kTransaction, mark); }
  // Transaction locks become explicit ones (LOCK TABLES, HANDLER) or the reverse.
  void SetDuration(const MdlKey& key, MdlDuration duration);
  bool empty() const { return tickets_.empty(); }
  LockOwner* owner() const { return owner_; }

 private:
  friend class MdlManager;
  void ReleaseDuration(MdlDuration duration, size_t first);
  MdlTicket* Find(std::string_view key_bytes) const;

  MdlManager* const manager_;
  LockOwner* const owner_;
  std::vector<std::unique_ptr<MdlTicket>> tickets_;
  std::string key_scratch_;
};

class MdlManager {
 public:
  explicit MdlManager(WaitGraph* graph);
  ~MdlManager();
  MdlManager(const MdlManager&) = delete;

  std::vector<MdlInfo> List() const;
  // The session that holds a lock on `key`, 0 when nobody does (IS_USED_LOCK).
  uint64_t HolderSession(const MdlKey& key) const;

 private:
  friend class MdlContext;
  struct Shard;
  Status Lock(MdlContext* context, MdlTicket* ticket, std::string_view key_bytes, uint64_t timeout_ms,
              MdlTicket* upgraded);
  void Unlock(MdlTicket* ticket);
  Shard& ShardOf(size_t hash) const;

  static constexpr size_t kShardCount = 32;
  WaitGraph* const graph_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace mahi
