#include "transaction/mdl/mdl.h"

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

#include <algorithm>

namespace mahi {

struct MdlTicket {
  MdlContext* context;
  MdlType type;
  MdlDuration duration;
  MdlLock* lock = nullptr;
};

// All tickets on one key. Kept while unused, so that a busy table's lock is not made again and again.
struct MdlLock {
  std::string key;  // namespace byte, schema, 0, name
  size_t hash;
  std::vector<MdlTicket*> granted;
  std::vector<MdlTicket*> waiting;  // in order of arrival
  bool is_unused() const { return granted.empty() && waiting.empty(); }
};

struct alignas(64) MdlManager::Shard {
  mutable Latch latch;
  absl::flat_hash_map<std::string_view, std::unique_ptr<MdlLock>> locks GUARDED_BY(latch);
};

namespace {

using Mask = uint16_t;
constexpr Mask Bit(MdlType type) { return static_cast<Mask>(1u << static_cast<int>(type)); }
constexpr Mask kIX = Bit(MdlType::kIntentionExclusive), kS = Bit(MdlType::kShared),
               kSH = Bit(MdlType::kSharedHighPriority),
               kSW = Bit(MdlType::kSharedWrite), kSU = Bit(MdlType::kSharedUpgradable),
               kSRO = Bit(MdlType::kSharedReadOnly), kSNW = Bit(MdlType::kSharedNoWrite),
               kSNRW = Bit(MdlType::kSharedNoReadWrite), kX = Bit(MdlType::kExclusive);
constexpr Mask kEverything = 0x3ff;

bool IsScoped(std::string_view key) {
  return static_cast<MdlNamespace>(key[0]) <= MdlNamespace::kSchema;
}

// Held types that forbid granting `type`.
Mask GrantedConflicts(bool is_scoped, MdlType type) {
  if (is_scoped) {
    switch (type) {
      case MdlType::kIntentionExclusive: return kS | kX;
      case MdlType::kShared: return kIX | kX;
      default: return kEverything;
    }
  }
  switch (type) {
    case MdlType::kIntentionExclusive: return kX;
    case MdlType::kShared:
    case MdlType::kSharedHighPriority: return kX;
    case MdlType::kSharedRead: return kSNRW | kX;
    case MdlType::kSharedWrite: return kSRO | kSNW | kSNRW | kX;
    case MdlType::kSharedUpgradable: return kSU | kSNW | kSNRW | kX;
    case MdlType::kSharedReadOnly: return kSW | kSNRW | kX;
    case MdlType::kSharedNoWrite: return kSW | kSU | kSNW | kSNRW | kX;
    case MdlType::kSharedNoReadWrite: return kEverything & ~(kIX | kS | kSH);
    case MdlType::kExclusive: return kEverything;
  }
  return kEverything;
}

// Waiting types that a new request of `type` lets go first.
Mask WaitingConflicts(bool is_scoped, MdlType type) {
  if (is_scoped) {
    switch (type) {
      case MdlType::kIntentionExclusive: return kS | kX;
      case MdlType::kShared: return kX;
      default: return 0;
    }
  }
  switch (type) {
    case MdlType::kIntentionExclusive: return kX;
    case MdlType::kShared: return kX;
    case MdlType::kSharedHighPriority: return 0;
    case MdlType::kSharedRead: return kSNRW | kX;
    case MdlType::kSharedWrite: return kSNW | kSNRW | kX;
    case MdlType::kSharedUpgradable: return kX;
    case MdlType::kSharedReadOnly: return kSW | kSNRW | kX;
    case MdlType::kSharedNoWrite:
    case MdlType::kSharedNoReadWrite: return kX;
    case MdlType::kExclusive: return 0;
  }
  return 0;
}

// Whether holding `held` allows all that `wanted` allows.
bool IsAtLeast(bool is_scoped, MdlType held, MdlType wanted) {
  if (held == wanted) return true;
  const Mask held_conflicts = GrantedConflicts(is_scoped, held);
  const Mask wanted_conflicts = GrantedConflicts(is_scoped, wanted);
  return (wanted_conflicts & ~held_conflicts) == 0 && held_conflicts != wanted_conflicts;
}

bool IsDdl(MdlType type) { return type >= MdlType::kSharedNoWrite; }

std::vector<LockOwner*> Blockers(const MdlLock& lock, const MdlTicket* ticket) {
  const bool is_scoped = IsScoped(lock.key);
  std::vector<LockOwner*> blockers;
  const Mask granted = GrantedConflicts(is_scoped, ticket->type);
  for (const MdlTicket* other : lock.granted) {
    if (other->context != ticket->context && (Bit(other->type) & granted)) {
      blockers.push_back(other->context->owner());
    }
  }
  const Mask waiting = WaitingConflicts(is_scoped, ticket->type);
  if (waiting == 0) return blockers;
  for (const MdlTicket* other : lock.waiting) {
    if (other->context != ticket->context && (Bit(other->type) & waiting)) {
      blockers.push_back(other->context->owner());
    }
  }
  return blockers;
}

void GrantWaiters(MdlLock* lock, WaitGraph* graph) {
  for (size_t i = 0; i < lock->waiting.size();) {
    MdlTicket* ticket = lock->waiting[i];
    std::vector<LockOwner*> blockers = Blockers(*lock, ticket);
    LockOwner* owner = ticket->context->owner();
    if (!blockers.empty()) {
      if (graph->SetWait(owner, std::move(blockers))) owner->Abort();
      ++i;
      continue;
    }
    lock->waiting.erase(lock->waiting.begin() + i);
    lock->granted.push_back(ticket);
    graph->ClearWait(owner);
    owner->Grant();
    i = 0;  // A request that others let go first is out of the way.
  }
}

void AppendKey(std::string* out, MdlNamespace name_space, std::string_view schema, std::string_view name) {
  out->push_back(static_cast<char>(name_space));
  out->append(schema);
  out->push_back('\0');
  out->append(name);
}

std::string KeyBytes(const MdlKey& key) {
  std::string bytes;
  AppendKey(&bytes, key.name_space, key.schema, key.name);
  return bytes;
}

MdlKey KeyOf(std::string_view bytes) {
  const size_t end = bytes.find('\0', 1);
  return {static_cast<MdlNamespace>(bytes[0]), std::string(bytes.substr(1, end - 1)), std::string(bytes.substr(end + 1))};
}

}  // namespace

const char* MdlTypeName(MdlType type) {
  switch (type) {
    case MdlType::kIntentionExclusive: return "INTENTION_EXCLUSIVE";
    case MdlType::kShared: return "SHARED";
    case MdlType::kSharedHighPriority: return "SHARED_HIGH_PRIO";
    case MdlType::kSharedRead: return "SHARED_READ";
    case MdlType::kSharedWrite: return "SHARED_WRITE";
    case MdlType::kSharedUpgradable: return "SHARED_UPGRADABLE";
    case MdlType::kSharedReadOnly: return "SHARED_READ_ONLY";
    case MdlType::kSharedNoWrite: return "SHARED_NO_WRITE";
    case MdlType::kSharedNoReadWrite: return "SHARED_NO_READ_WRITE";
    case MdlType::kExclusive: return "EXCLUSIVE";
  }
  return "";
}

const char* MdlNamespaceName(MdlNamespace name_space) {
  switch (name_space) {
    case MdlNamespace::kGlobal: return "GLOBAL";
    case MdlNamespace::kCommit: return "COMMIT";
    case MdlNamespace::kBackup: return "BACKUP LOCK";
    case MdlNamespace::kSchema: return "SCHEMA";
    case MdlNamespace::kTable: return "TABLE";
    case MdlNamespace::kFunction: return "FUNCTION";
    case MdlNamespace::kProcedure: return "PROCEDURE";
    case MdlNamespace::kTrigger: return "TRIGGER";
    case MdlNamespace::kEvent: return "EVENT";
    case MdlNamespace::kUserLock: return "USER LEVEL LOCK";
  }
  return "";
}

MdlManager::MdlManager(WaitGraph* graph) : graph_(graph), shards_(std::make_unique<Shard[]>(kShardCount)) {}
MdlManager::~MdlManager() = default;
MdlManager::Shard& MdlManager::ShardOf(size_t hash) const { return shards_[(hash >> 7) % kShardCount]; }

// `upgraded`: a ticket of the same context that `ticket` will replace (it stays granted meanwhile).
Status MdlManager::Lock(MdlContext* context, MdlTicket* ticket, std::string_view key_bytes, uint64_t timeout_ms,
                        MdlTicket* upgraded) {
  const size_t hash = absl::HashOf(key_bytes);
  Shard& shard = ShardOf(hash);
  LockOwner* owner = context->owner();
  MdlLock* lock = nullptr;
  {
    LatchGuard guard(shard.latch);
    auto found = shard.locks.find(key_bytes);
    if (found != shard.locks.end()) {
      lock = found->second.get();
    } else {
      auto made = std::make_unique<MdlLock>();
      made->key = key_bytes;
      made->hash = hash;
      lock = made.get();
      shard.locks.emplace(lock->key, std::move(made));
    }
    ticket->lock = lock;
    if (lock->granted.empty() && lock->waiting.empty()) {
      lock->granted.push_back(ticket);
      return Status::Ok();
    }
    std::vector<LockOwner*> blockers = Blockers(*lock, ticket);
    if (blockers.empty()) {
      lock->granted.push_back(ticket);
      return Status::Ok();
    }
    if (timeout_ms == 0) return Error(ER_LOCK_WAIT_TIMEOUT);
    owner->PrepareWait();
    if (IsDdl(ticket->type)) owner->AddWeight(uint64_t{1} << 40);  // DML loses against DDL
    if (graph_->SetWait(owner, std::move(blockers))) {
      if (IsDdl(ticket->type)) owner->AddWeight(-(uint64_t{1} << 40));
      return Error(ER_LOCK_DEADLOCK);
    }
    // An upgrade goes first, or it would wait for those that wait for it.
    lock->waiting.insert(upgraded != nullptr ? lock->waiting.begin() : lock->waiting.end(), ticket);
  }
  const LockWaitResult result = owner->Wait(timeout_ms);
  if (IsDdl(ticket->type)) owner->AddWeight(-(uint64_t{1} << 40));
  if (result == LockWaitResult::kGranted) return Status::Ok();
  LatchGuard guard(shard.latch);
  graph_->ClearWait(owner);
  auto waiting = std::find(lock->waiting.begin(), lock->waiting.end(), ticket);
  if (waiting == lock->waiting.end()) {
    if (result == LockWaitResult::kTimeout) return Status::Ok();  // granted at the last moment
    std::erase(lock->granted, ticket);
  } else {
    lock->waiting.erase(waiting);
  }
  GrantWaiters(lock, graph_);
  switch (result) {
    case LockWaitResult::kTimeout: return Error(ER_LOCK_WAIT_TIMEOUT);
    case LockWaitResult::kVictim: return Error(ER_LOCK_DEADLOCK);
    default: return Error(ER_QUERY_INTERRUPTED);
  }
}

void MdlManager::Unlock(MdlTicket* ticket) {
  constexpr size_t kUnusedLocksKept = 512;
  MdlLock* lock = ticket->lock;
  Shard& shard = ShardOf(lock->hash);
  LatchGuard guard(shard.latch);
  auto found = std::find(lock->granted.begin(), lock->granted.end(), ticket);
  *found = lock->granted.back();
  lock->granted.pop_back();
  if (!lock->waiting.empty()) GrantWaiters(lock, graph_);
  if (lock->is_unused() && shard.locks.size() > kUnusedLocksKept) shard.locks.erase(std::string_view(lock->key));
}

std::vector<MdlInfo> MdlManager::List() const {
  std::vector<MdlInfo> result;
  for (size_t i = 0; i < kShardCount; ++i) {
    LatchGuard guard(shards_[i].latch);
    for (const auto& [key, lock] : shards_[i].locks) {
      for (const MdlTicket* ticket : lock->granted) {
        result.push_back({KeyOf(key), ticket->type, ticket->duration, true, ticket->context->owner()->session_id()});
      }
      for (const MdlTicket* ticket : lock->waiting) {
        result.push_back({KeyOf(key), ticket->type, ticket->duration, false, ticket->context->owner()->session_id()});
      }
    }
  }
  return result;
}

uint64_t MdlManager::HolderSession(const MdlKey& key) const {
  const std::string bytes = KeyBytes(key);
  Shard& shard = ShardOf(absl::HashOf(std::string_view(bytes)));
  LatchGuard guard(shard.latch);
  auto found = shard.locks.find(std::string_view(bytes));
  if (found == shard.locks.end() || found->second->granted.empty()) return 0;
  return found->second->granted.front()->context->owner()->session_id();
}

MdlContext::MdlContext(MdlManager* manager, LockOwner* owner) : manager_(manager), owner_(owner) {}
MdlContext::~MdlContext() { ReleaseAll(); }

MdlTicket* MdlContext::Find(std::string_view key_bytes) const {
  for (const auto& ticket : tickets_) {
    if (ticket->lock->key == key_bytes) return ticket.get();
  }
  return nullptr;
}

Status MdlContext::Acquire(const MdlKey& key, MdlType type, MdlDuration duration, uint64_t timeout_ms) {
  key_scratch_.clear();
  AppendKey(&key_scratch_, key.name_space, key.schema, key.name);
  const bool is_scoped = IsScoped(key_scratch_);
  MdlLock* held_shorter = nullptr;
  for (const auto& ticket : tickets_) {
    if (ticket->lock->key != key_scratch_ || !IsAtLeast(is_scoped, ticket->type, type)) continue;
    // User-level locks are counted, so each of their acquisitions has a ticket.
    if (ticket->duration >= duration && key.name_space != MdlNamespace::kUserLock) return Status::Ok();
    held_shorter = ticket->lock;
  }
  auto ticket = std::make_unique<MdlTicket>(MdlTicket{this, type, duration});
  if (held_shorter != nullptr && key.name_space != MdlNamespace::kUserLock) {
    // Own tickets never conflict, and what would is kept out by the one held.
    MdlManager::Shard& shard = manager_->ShardOf(held_shorter->hash);
    LatchGuard guard(shard.latch);
    ticket->lock = held_shorter;
    held_shorter->granted.push_back(ticket.get());
    tickets_.push_back(std::move(ticket));
    return Status::Ok();
  }
  MAHI_RETURN_IF_ERROR(manager_->Lock(this, ticket.get(), key_scratch_, timeout_ms, nullptr));
  tickets_.push_back(std::move(ticket));
  return Status::Ok();
}

Status MdlContext::AcquireTable(std::string_view schema, std::string_view name, MdlType type, MdlDuration duration,
                                uint64_t timeout_ms) {
  key_scratch_.clear();
  AppendKey(&key_scratch_, MdlNamespace::kTable, schema, name);
  for (const auto& ticket : tickets_) {
    if (ticket->lock->key == key_scratch_ && ticket->duration >= duration && IsAtLeast(false, ticket->type, type)) {
      return Status::Ok();
    }
  }
  auto ticket = std::make_unique<MdlTicket>(MdlTicket{this, type, duration});
  MAHI_RETURN_IF_ERROR(manager_->Lock(this, ticket.get(), key_scratch_, timeout_ms, nullptr));
  tickets_.push_back(std::move(ticket));
  return Status::Ok();
}

Status MdlContext::Upgrade(const MdlKey& key, MdlType type, uint64_t timeout_ms) {
  const std::string bytes = KeyBytes(key);
  MdlTicket* held = Find(bytes);
  if (held == nullptr) return Acquire(key, type, MdlDuration::kTransaction, timeout_ms);
  if (IsAtLeast(IsScoped(bytes), held->type, type)) return Status::Ok();
  auto ticket = std::make_unique<MdlTicket>(MdlTicket{this, type, held->duration});
  MAHI_RETURN_IF_ERROR(manager_->Lock(this, ticket.get(), bytes, timeout_ms, held));
  tickets_.push_back(std::move(ticket));
  return Status::Ok();
}

void MdlContext::Downgrade(const MdlKey& key, MdlType type) {
  const std::string bytes = KeyBytes(key);
  for (size_t i = tickets_.size(); i-- > 0;) {
    MdlTicket* ticket = tickets_[i].get();
    if (ticket->lock->key != bytes || ticket->type != MdlType::kExclusive) continue;
    MdlManager::Shard& shard = manager_->ShardOf(ticket->lock->hash);
    LatchGuard guard(shard.latch);
    ticket->type = type;
    GrantWaiters(ticket->lock, manager_->graph_);
  }
}

bool MdlContext::Holds(const MdlKey& key, MdlType type) const {
  const std::string bytes = KeyBytes(key);
  for (const auto& ticket : tickets_) {
    if (ticket->lock->key == bytes && IsAtLeast(IsScoped(bytes), ticket->type, type)) return true;
  }
  return false;
}

bool MdlContext::ReleaseExplicit(const MdlKey& key) {
  const std::string bytes = KeyBytes(key);
  for (size_t i = tickets_.size(); i-- > 0;) {
    if (tickets_[i]->duration != MdlDuration::kExplicit || tickets_[i]->lock->key != bytes) continue;
    manager_->Unlock(tickets_[i].get());
    tickets_.erase(tickets_.begin() + i);
    return true;
  }
  return false;
}

void MdlContext::ReleaseDuration(MdlDuration duration, size_t first) {
  size_t kept = std::min(first, tickets_.size());
  for (size_t i = kept; i < tickets_.size(); ++i) {
    if (tickets_[i]->duration == duration) {
      manager_->Unlock(tickets_[i].get());
    } else {
      if (kept != i) tickets_[kept] = std::move(tickets_[i]);
      ++kept;
    }
  }
  tickets_.resize(kept);
}

void MdlContext::ReleaseAll() {
  for (const auto& ticket : tickets_) manager_->Unlock(ticket.get());
  tickets_.clear();
}

void MdlContext::SetDuration(const MdlKey& key, MdlDuration duration) {
  const std::string bytes = KeyBytes(key);
  for (const auto& ticket : tickets_) {
    if (ticket->lock->key == bytes) ticket->duration = duration;
  }
}

}  // namespace mahi
