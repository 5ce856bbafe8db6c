// KvEngine: the ordered key-value store below everything, on plain RocksDB.
//
// One key space; every key begins with an index id (4 bytes, big endian). Reads see either the latest committed
// state or a KvSnapshot; a KvBatch is applied atomically. No transactions and no locks here: see transaction/.
//
// Durability: a commit with WalSync::kSync is on disk when Write returns; kWrite has reached the operating
// system (survives a killed process, not a power cut). Concurrent writers share one sync (RocksDB's write group).
// Corruption found by a checksum is an error of the read that found it, never a crash.
//
// Thread safety: all functions of KvEngine may be called from any thread; the other classes belong to one thread.
#pragma once

#include <rocksdb/iterator.h>
#include <rocksdb/slice.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace rocksdb {
class Cache;
class DB;
class Env;
class Snapshot;
class WriteBatch;
}  // namespace rocksdb

namespace mahi {

struct KvOptions {
  std::string directory;                       // made when missing
  bool in_memory = false;                      // nothing reaches a disk; `directory` is only a name
  uint64_t block_cache_bytes = 128ull << 20;   // uncompressed blocks, indexes and filters
  uint64_t write_buffer_bytes = 32ull << 20;   // of one memtable; two exist at most in normal operation
  uint64_t max_wal_bytes = 256ull << 20;       // bounds the replay after a crash
  int background_jobs = 2;
  rocksdb::Env* env = nullptr;                 // time, files and threads; null: the system's. Borrowed
  // Called from a background thread when the engine stops accepting writes (disk full, I/O error) and when it
  // recovers by itself (ok).
  std::function<void(const Status&)> on_background_error;
};

enum class WalSync : uint8_t { kWrite, kSync };

// A state of the store that reads can go back to. Holding one keeps old versions from being compacted away.
class KvSnapshot {
 public:
  KvSnapshot() = default;
  KvSnapshot(KvSnapshot&& other) noexcept
      : db_(std::exchange(other.db_, nullptr)), snapshot_(std::exchange(other.snapshot_, nullptr)) {}
  KvSnapshot& operator=(KvSnapshot&& other) noexcept {
    Release();
    db_ = std::exchange(other.db_, nullptr);
    snapshot_ = std::exchange(other.snapshot_, nullptr);
    return *this;
  }
  ~KvSnapshot() { Release(); }

  explicit operator bool() const { return snapshot_ != nullptr; }
  uint64_t sequence() const;
  void Release();
  const rocksdb::Snapshot* native() const { return snapshot_; }

 private:
  friend class KvEngine;
  rocksdb::DB* db_ = nullptr;
  const rocksdb::Snapshot* snapshot_ = nullptr;
};

// A value read from the store without copying it out of the block cache.
class PinnedValue {
 public:
  PinnedValue() = default;
  PinnedValue(PinnedValue&&) noexcept = default;
  PinnedValue& operator=(PinnedValue&&) noexcept = default;
  std::string_view view() const {
    return is_borrowed_ ? borrowed_ : std::string_view(slice_.data(), slice_.size());
  }
  void Reset() {
    slice_.Reset();
    is_borrowed_ = false;
  }
  // Makes this a view of memory that somebody else keeps alive (a transaction's own write).
  void Borrow(std::string_view bytes) {
    slice_.Reset();
    borrowed_ = bytes;
    is_borrowed_ = true;
  }
  // Makes this own a copy of `bytes`.
  void Copy(std::string_view bytes) {
    slice_.Reset();
    is_borrowed_ = false;
    slice_.PinSelf(rocksdb::Slice(bytes.data(), bytes.size()));
  }
  rocksdb::PinnableSlice* native() {
    is_borrowed_ = false;
    return &slice_;
  }

 private:
  rocksdb::PinnableSlice slice_;
  std::string_view borrowed_;
  bool is_borrowed_ = false;
};

// An ordered reader within [lower, upper). Key and value are valid until the next move.
class KvIterator {
 public:
  KvIterator();
  KvIterator(KvIterator&&) noexcept;
  KvIterator& operator=(KvIterator&&) noexcept;
  ~KvIterator();

  bool Valid() const { return iterator_->Valid(); }
  std::string_view key() const { return View(iterator_->key()); }
  std::string_view value() const { return View(iterator_->value()); }
  void SeekToFirst() { iterator_->SeekToFirst(); }
  void SeekToLast() { iterator_->SeekToLast(); }
  // The first key >= target.
  void Seek(std::string_view target) { iterator_->Seek({target.data(), target.size()}); }
  // The last key <= target.
  void SeekForPrev(std::string_view target) { iterator_->SeekForPrev({target.data(), target.size()}); }
  void Next() { iterator_->Next(); }
  void Prev() { iterator_->Prev(); }
  // Why Valid() became false: the end, or an error.
  Status status() const;
  explicit operator bool() const { return iterator_ != nullptr; }

 private:
  friend class KvEngine;
  static std::string_view View(rocksdb::Slice slice) { return {slice.data(), slice.size()}; }
  struct Bounds;
  std::unique_ptr<Bounds> bounds_;  // must outlive iterator_
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// Changes that are applied together.
class KvBatch {
 public:
  explicit KvBatch(size_t reserved_bytes = 0);
  KvBatch(KvBatch&&) noexcept;
  KvBatch& operator=(KvBatch&&) noexcept;
  ~KvBatch();

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  // All keys in [begin, end).
  void DeleteRange(std::string_view begin, std::string_view end);
  // Appends all changes of `other`.
  void Append(const KvBatch& other);
  void Clear();
  bool empty() const;
  size_t bytes() const;
  rocksdb::WriteBatch* native() { return batch_.get(); }

 private:
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

struct KvReadOptions {
  const KvSnapshot* snapshot = nullptr;  // null: the latest state
  std::string_view lower;                // iterators: inclusive; empty: none
  std::string_view upper;                // iterators: exclusive; empty: none
  bool fill_cache = true;                // false for scans that would sweep the cache
  uint64_t readahead_bytes = 0;          // for long scans
};

struct KvStatistics {
  uint64_t block_cache_bytes = 0;  // in use
  uint64_t block_cache_capacity = 0;
  uint64_t memtable_bytes = 0;
  uint64_t sst_bytes = 0;
  uint64_t wal_bytes = 0;
  uint64_t pending_compaction_bytes = 0;
  uint64_t estimated_keys = 0;
  uint64_t block_cache_hits = 0;
  uint64_t block_cache_misses = 0;
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
  uint64_t wal_syncs = 0;
  bool is_write_stopped = false;
};

class KvEngine {
 public:
  // Opens or creates the store. "data directory is in use" when another process holds it.
  static Result<std::unique_ptr<KvEngine>> Open(const KvOptions& options);
  ~KvEngine();
  KvEngine(const KvEngine&) = delete;

  // Reads one key; false when there is none.
  Result<bool> Get(std::string_view key, PinnedValue* value, const KvSnapshot* snapshot = nullptr) const;
  // Reads many keys, which need not be sorted: found[i] tells whether values[i] was set.
  Status MultiGet(std::span<const std::string_view> keys, std::span<PinnedValue> values,
                  std::span<bool> found, const KvSnapshot* snapshot = nullptr) const;
  // A reader of the snapshot's state, or of the state at this moment.
  KvIterator NewIterator(const KvReadOptions& options) const;
  KvSnapshot Snapshot() const;
  // The sequence number of the latest write.
  uint64_t LatestSequence() const;

  // Applies the batch; on success all of it is visible.
  Status Write(KvBatch* batch, WalSync sync);
  // Makes all earlier kWrite commits durable.
  Status SyncWal();

  // Removes all keys in [begin, end) without a transaction.
  Status DeleteRange(std::string_view begin, std::string_view end);
  // Rewrites [begin, end) so that removed data gives its space back.
  Status Compact(std::string_view begin, std::string_view end);
  // Estimated bytes between the keys, memtables included.
  uint64_t ApproximateBytes(std::string_view begin, std::string_view end) const;
  // Estimated number of entries between the keys.
  uint64_t ApproximateCount(std::string_view begin, std::string_view end) const;
  // Writes the memtable to disk.
  Status Flush();
  // A consistent copy of the store in a directory that does not exist yet (hard links where possible).
  Status Checkpoint(const std::string& directory);
  KvStatistics Statistics() const;
  // Gives the block cache another size, at once.
  void SetBlockCacheBytes(uint64_t bytes);
  // Checks all checksums on disk.
  Status VerifyChecksums();

  const std::string& directory() const { return options_.directory; }
  bool is_in_memory() const { return options_.in_memory; }

 private:
  struct Internals;
  KvEngine();
  KvOptions options_;
  std::unique_ptr<Internals> internals_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace mahi
