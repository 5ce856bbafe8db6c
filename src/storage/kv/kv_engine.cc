#include "storage/kv/kv_engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mahi {
namespace {

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

Error ToError(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsNoSpace()) return Error(ER_DISK_FULL, text);
  if (status.IsCorruption()) return Error(ER_GET_ERRNO, 126, text);
  if (status.IsIOError()) return Error(ER_GET_ERRNO, 5, text);
  if (status.IsMemoryLimit()) return Error(ER_OUTOFMEMORY, text);
  return Error(ER_GET_ERRNO, 168, text);
}

Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) [[likely]] return Status::Ok();
  return ToError(status);
}

class ErrorListener : public rocksdb::EventListener {
 public:
  explicit ErrorListener(std::function<void(const Status&)> notify) : notify_(std::move(notify)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    if (notify_) notify_(ToStatus(*status));
  }
  void OnErrorRecoveryCompleted(rocksdb::Status) override {
    if (notify_) notify_(Status::Ok());
  }

 private:
  std::function<void(const Status&)> notify_;
};

// The message of a failed open, in terms of what the operator can do about it.
Error OpenError(const KvOptions& options, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsIOError() && (text.find("lock file") != std::string::npos ||
                             text.find("lock hold by current process") != std::string::npos)) {
    return Error::Custom(ER_CANT_OPEN_FILE, "HY000",
                         "The data directory is in use by another process: '" + options.directory + "'");
  }
  if (status.IsCorruption()) {
    return Error::Custom(ER_GET_ERRNO, "HY000",
                         "The data directory '" + options.directory + "' is damaged: " + text);
  }
  return Error::Custom(ER_CANT_OPEN_FILE, "HY000",
                       "Cannot open the data directory '" + options.directory + "': " + text);
}

// Many shards make the cache scale over threads, but each should hold a fair number of blocks.
int CacheShardBits(uint64_t bytes) {
  int bits = 0;
  while (bits < 6 && (bytes >> (bits + 1)) >= (2ull << 20)) ++bits;
  return bits;
}

}  // namespace

struct KvEngine::Internals {
  std::unique_ptr<rocksdb::Env> memory_env;
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::Statistics> statistics;
};

KvEngine::KvEngine() : internals_(std::make_unique<Internals>()) {}

KvEngine::~KvEngine() {
  if (db_ == nullptr) return;
  // A long log would make the next start slow.
  uint64_t memtable_bytes = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeActiveMemTable, &memtable_bytes);
  if (!options_.in_memory && memtable_bytes > (4u << 20)) (void)Flush();
  (void)db_->SyncWAL();
  (void)db_->Close();
  db_.reset();
}

Result<std::unique_ptr<KvEngine>> KvEngine::Open(const KvOptions& options) {
  std::unique_ptr<KvEngine> engine(new KvEngine());
  engine->options_ = options;
  Internals& internals = *engine->internals_;

  rocksdb::Options db_options;
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  if (options.in_memory) {
    internals.memory_env.reset(rocksdb::NewMemEnv(env));
    env = internals.memory_env.get();
    if (engine->options_.directory.empty()) engine->options_.directory = "/memory";
  }
  db_options.env = env;
  db_options.create_if_missing = true;
  db_options.paranoid_checks = true;
  db_options.force_consistency_checks = true;
  // A torn record at the end of the log was never acknowledged; damage elsewhere must not be passed over.
  db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db_options.avoid_flush_during_recovery = true;
  db_options.max_total_wal_size = options.max_wal_bytes;
  db_options.max_open_files = 4096;
  db_options.skip_stats_update_on_db_open = true;
  db_options.skip_checking_sst_file_sizes_on_db_open = true;
  db_options.stats_dump_period_sec = 0;
  db_options.stats_persist_period_sec = 0;
  db_options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db_options.max_log_file_size = 4 << 20;
  db_options.keep_log_file_num = 2;
  db_options.max_background_jobs = options.background_jobs;
  db_options.bytes_per_sync = 1 << 20;
  db_options.enable_write_thread_adaptive_yield = true;
  db_options.listeners.push_back(std::make_shared<ErrorListener>(options.on_background_error));
  if (!options.in_memory && options.env == nullptr) {
    // Makes RocksDB resume by itself when space is free again.
    db_options.sst_file_manager.reset(rocksdb::NewSstFileManager(env));
  }
  internals.statistics = rocksdb::CreateDBStatistics();
  internals.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  db_options.statistics = internals.statistics;

  db_options.write_buffer_size = options.write_buffer_bytes;
  db_options.max_write_buffer_number = 4;
  db_options.memtable_whole_key_filtering = true;
  db_options.memtable_prefix_bloom_size_ratio = 0.02;
  db_options.compaction_style = rocksdb::kCompactionStyleLevel;
  db_options.level_compaction_dynamic_level_bytes = true;
  db_options.level0_file_num_compaction_trigger = 2;
  db_options.max_bytes_for_level_base = 4 * options.write_buffer_bytes;
  db_options.target_file_size_base = options.write_buffer_bytes;
  db_options.compression = rocksdb::kLZ4Compression;
  db_options.compression_per_level = {rocksdb::kNoCompression,  rocksdb::kNoCompression,
                                      rocksdb::kLZ4Compression, rocksdb::kLZ4Compression,
                                      rocksdb::kLZ4Compression, rocksdb::kLZ4Compression,
                                      rocksdb::kLZ4Compression};
  // Files with many deleted entries are compacted early, or queues would be slow to scan.
  db_options.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(16 * 1024, 8 * 1024, 0.5));

  rocksdb::LRUCacheOptions cache_options;
  cache_options.capacity = options.block_cache_bytes;
  cache_options.num_shard_bits = CacheShardBits(options.block_cache_bytes);
  cache_options.high_pri_pool_ratio = 0.3;
  internals.cache = rocksdb::NewLRUCache(cache_options);
  rocksdb::BlockBasedTableOptions table_options;
  table_options.block_cache = internals.cache;
  table_options.block_size = 8 * 1024;
  table_options.format_version = 5;
  table_options.checksum = rocksdb::kXXH3;
  table_options.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table_options.whole_key_filtering = true;
  table_options.cache_index_and_filter_blocks = true;
  table_options.cache_index_and_filter_blocks_with_high_priority = true;
  table_options.pin_l0_filter_and_index_blocks_in_cache = true;
  table_options.data_block_index_type =
      rocksdb::BlockBasedTableOptions::DataBlockIndexType::kDataBlockBinaryAndHash;
  table_options.data_block_hash_table_util_ratio = 0.75;
  db_options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options));

  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(db_options, engine->options_.directory, &db);
  if (!status.ok()) return OpenError(engine->options_, status);
  engine->db_.reset(db);
  return engine;
}

Result<bool> KvEngine::Get(std::string_view key, PinnedValue* value, const KvSnapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->native();
  value->Reset();
  rocksdb::Status status = db_->Get(options, db_->DefaultColumnFamily(), ToSlice(key), value->native());
  if (status.ok()) [[likely]] return true;
  if (status.IsNotFound()) return false;
  return ToError(status);
}

Status KvEngine::MultiGet(std::span<const std::string_view> keys, std::span<PinnedValue> values,
                          std::span<bool> found, const KvSnapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->native();
  constexpr size_t kChunk = 64;
  rocksdb::Slice slices[kChunk];
  rocksdb::PinnableSlice pinned[kChunk];
  rocksdb::Status statuses[kChunk];
  for (size_t first = 0; first < keys.size(); first += kChunk) {
    const size_t count = std::min(kChunk, keys.size() - first);
    for (size_t i = 0; i < count; ++i) {
      slices[i] = ToSlice(keys[first + i]);
      pinned[i].Reset();
    }
    db_->MultiGet(options, db_->DefaultColumnFamily(), count, slices, pinned, statuses, false);
    for (size_t i = 0; i < count; ++i) {
      found[first + i] = statuses[i].ok();
      if (statuses[i].ok()) {
        *values[first + i].native() = std::move(pinned[i]);
      } else if (!statuses[i].IsNotFound()) {
        return ToError(statuses[i]);
      }
    }
  }
  return Status::Ok();
}

struct KvIterator::Bounds {
  std::string lower;
  std::string upper;
  rocksdb::Slice lower_slice;
  rocksdb::Slice upper_slice;
};

KvIterator::KvIterator() = default;
KvIterator::KvIterator(KvIterator&&) noexcept = default;
KvIterator& KvIterator::operator=(KvIterator&& other) noexcept {
  iterator_ = std::move(other.iterator_);  // The old iterator goes before its bounds.
  bounds_ = std::move(other.bounds_);
  return *this;
}
KvIterator::~KvIterator() = default;
Status KvIterator::status() const { return ToStatus(iterator_->status()); }

KvIterator KvEngine::NewIterator(const KvReadOptions& options) const {
  KvIterator result;
  rocksdb::ReadOptions read_options;
  if (!options.lower.empty() || !options.upper.empty()) {
    result.bounds_ = std::make_unique<KvIterator::Bounds>();
    if (!options.lower.empty()) {
      result.bounds_->lower = options.lower;
      result.bounds_->lower_slice = result.bounds_->lower;
      read_options.iterate_lower_bound = &result.bounds_->lower_slice;
    }
    if (!options.upper.empty()) {
      result.bounds_->upper = options.upper;
      result.bounds_->upper_slice = result.bounds_->upper;
      read_options.iterate_upper_bound = &result.bounds_->upper_slice;
    }
  }
  if (options.snapshot != nullptr) read_options.snapshot = options.snapshot->native();
  read_options.fill_cache = options.fill_cache;
  read_options.readahead_size = options.readahead_bytes;
  result.iterator_.reset(db_->NewIterator(read_options));
  return result;
}

KvSnapshot KvEngine::Snapshot() const {
  KvSnapshot snapshot;
  snapshot.db_ = db_.get();
  snapshot.snapshot_ = db_->GetSnapshot();
  return snapshot;
}

uint64_t KvSnapshot::sequence() const { return snapshot_->GetSequenceNumber(); }
void KvSnapshot::Release() {
  if (snapshot_ == nullptr) return;
  db_->ReleaseSnapshot(snapshot_);
  snapshot_ = nullptr;
}

uint64_t KvEngine::LatestSequence() const { return db_->GetLatestSequenceNumber(); }

KvBatch::KvBatch(size_t reserved_bytes) : batch_(std::make_unique<rocksdb::WriteBatch>(reserved_bytes)) {}
KvBatch::KvBatch(KvBatch&&) noexcept = default;
KvBatch& KvBatch::operator=(KvBatch&&) noexcept = default;
KvBatch::~KvBatch() = default;
// WriteBatch fails only beyond limits that keys (4 GiB) and values never reach here.
void KvBatch::Put(std::string_view key, std::string_view value) {
  MAHI_ASSERT(batch_->Put(ToSlice(key), ToSlice(value)).ok());
}
void KvBatch::Delete(std::string_view key) { MAHI_ASSERT(batch_->Delete(ToSlice(key)).ok()); }
void KvBatch::DeleteRange(std::string_view begin, std::string_view end) {
  MAHI_ASSERT(batch_->DeleteRange(ToSlice(begin), ToSlice(end)).ok());
}
void KvBatch::Append(const KvBatch& other) {
  // The header is twelve bytes (sequence, count); Iterate copies operation by operation.
  struct Copier : rocksdb::WriteBatch::Handler {
    explicit Copier(rocksdb::WriteBatch* to) : target(to) {}
    rocksdb::Status PutCF(uint32_t, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
      return target->Put(key, value);
    }
    rocksdb::Status DeleteCF(uint32_t, const rocksdb::Slice& key) override { return target->Delete(key); }
    rocksdb::Status DeleteRangeCF(uint32_t, const rocksdb::Slice& begin, const rocksdb::Slice& end) override {
      return target->DeleteRange(begin, end);
    }
    rocksdb::WriteBatch* target;
  } copier(batch_.get());
  MAHI_ASSERT(other.batch_->Iterate(&copier).ok());
}
void KvBatch::Clear() { batch_->Clear(); }
bool KvBatch::empty() const { return batch_->Count() == 0; }
size_t KvBatch::bytes() const { return batch_->GetDataSize(); }

Status KvEngine::Write(KvBatch* batch, WalSync sync) {
  rocksdb::WriteOptions options;
  options.sync = sync == WalSync::kSync && !options_.in_memory;
  return ToStatus(db_->Write(options, batch->native()));
}

Status KvEngine::SyncWal() {
  if (options_.in_memory) return Status::Ok();
  return ToStatus(db_->SyncWAL());
}

Status KvEngine::DeleteRange(std::string_view begin, std::string_view end) {
  // Whole files go at once; the rest gets a range tombstone.
  const rocksdb::Slice begin_slice = ToSlice(begin), end_slice = ToSlice(end);
  (void)rocksdb::DeleteFilesInRange(db_.get(), db_->DefaultColumnFamily(), &begin_slice, &end_slice, false);
  return ToStatus(db_->DeleteRange(rocksdb::WriteOptions(), db_->DefaultColumnFamily(), begin_slice, end_slice));
}

Status KvEngine::Compact(std::string_view begin, std::string_view end) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice begin_slice = ToSlice(begin), end_slice = ToSlice(end);
  return ToStatus(db_->CompactRange(options, begin.empty() ? nullptr : &begin_slice,
                                    end.empty() ? nullptr : &end_slice));
}

uint64_t KvEngine::ApproximateBytes(std::string_view begin, std::string_view end) const {
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  options.include_files = true;
  options.files_size_error_margin = 0.1;
  const rocksdb::Range range(ToSlice(begin), ToSlice(end));
  uint64_t bytes = 0;
  if (!db_->GetApproximateSizes(options, db_->DefaultColumnFamily(), &range, 1, &bytes).ok()) return 0;
  return bytes;
}

uint64_t KvEngine::ApproximateCount(std::string_view begin, std::string_view end) const {
  const rocksdb::Range range(ToSlice(begin), ToSlice(end));
  uint64_t memtable_count = 0, memtable_bytes = 0;
  db_->GetApproximateMemTableStats(range, &memtable_count, &memtable_bytes);
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = false;
  options.include_files = true;
  uint64_t file_bytes = 0;
  if (!db_->GetApproximateSizes(options, db_->DefaultColumnFamily(), &range, 1, &file_bytes).ok() ||
      file_bytes == 0) {
    return memtable_count;
  }
  rocksdb::TablePropertiesCollection properties;
  if (!db_->GetPropertiesOfTablesInRange(db_->DefaultColumnFamily(), &range, 1, &properties).ok()) {
    return memtable_count;
  }
  uint64_t bytes = 0, entries = 0;
  for (const auto& [name, table] : properties) {
    bytes += table->data_size + table->index_size + table->filter_size;
    entries += table->num_entries - std::min(table->num_entries, table->num_deletions * 2);
  }
  if (bytes == 0) return memtable_count;
  return memtable_count + static_cast<uint64_t>(static_cast<double>(entries) * file_bytes / bytes);
}

Status KvEngine::Flush() { return ToStatus(db_->Flush(rocksdb::FlushOptions())); }

Status KvEngine::Checkpoint(const std::string& directory) {
  rocksdb::Checkpoint* raw = nullptr;
  MAHI_RETURN_IF_ERROR(ToStatus(rocksdb::Checkpoint::Create(db_.get(), &raw)));
  std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  return ToStatus(checkpoint->CreateCheckpoint(directory));
}

KvStatistics KvEngine::Statistics() const {
  KvStatistics result;
  result.block_cache_bytes = internals_->cache->GetUsage();
  result.block_cache_capacity = internals_->cache->GetCapacity();
  using Properties = rocksdb::DB::Properties;
  db_->GetIntProperty(Properties::kCurSizeAllMemTables, &result.memtable_bytes);
  db_->GetIntProperty(Properties::kTotalSstFilesSize, &result.sst_bytes);
  db_->GetIntProperty(Properties::kEstimatePendingCompactionBytes, &result.pending_compaction_bytes);
  db_->GetIntProperty(Properties::kEstimateNumKeys, &result.estimated_keys);
  uint64_t stopped = 0;
  db_->GetIntProperty(Properties::kIsWriteStopped, &stopped);
  result.is_write_stopped = stopped != 0;
  const rocksdb::Statistics& statistics = *internals_->statistics;
  result.block_cache_hits = statistics.getTickerCount(rocksdb::BLOCK_CACHE_HIT);
  result.block_cache_misses = statistics.getTickerCount(rocksdb::BLOCK_CACHE_MISS);
  result.bytes_read = statistics.getTickerCount(rocksdb::BYTES_READ);
  result.bytes_written = statistics.getTickerCount(rocksdb::BYTES_WRITTEN);
  result.wal_bytes = statistics.getTickerCount(rocksdb::WAL_FILE_BYTES);
  result.wal_syncs = statistics.getTickerCount(rocksdb::WAL_FILE_SYNCED);
  return result;
}

void KvEngine::SetBlockCacheBytes(uint64_t bytes) { internals_->cache->SetCapacity(bytes); }
Status KvEngine::VerifyChecksums() { return ToStatus(db_->VerifyChecksum()); }

}  // namespace mahi
