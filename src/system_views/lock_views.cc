// Locks: data_locks, data_lock_waits, metadata_locks.
// Source: MySQL 8.4 manual, "Performance Schema Lock Tables".

#include <fmt/format.h>

#include <unordered_map>

#include "base/bytes.h"
#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

struct IndexName {
  TableRef table;
  std::string index;
};

// Index ids as they stand in front of lock keys.
std::unordered_map<uint32_t, IndexName> IndexNames(ViewScan& scan) {
  std::unordered_map<uint32_t, IndexName> names;
  for (const SchemaRef& schema : scan.catalog().ListSchemas(scan.transaction())) {
    for (const ObjectName& object : scan.catalog().ListTables(scan.transaction(), schema->name)) {
      if (object.is_view) continue;
      Result<TableRef> table = scan.catalog().FindTable(scan.transaction(), schema->name, object.name);
      if (!table.ok() || *table == nullptr) continue;
      if ((*table)->hidden_index_id != 0) names[(*table)->hidden_index_id] = {*table, "GEN_CLUST_INDEX"};
      for (const Index& index : (*table)->indexes) names[index.id] = {*table, index.name};
    }
  }
  return names;
}

uint32_t IndexIdOf(std::string_view key) {
  uint32_t id = 0;
  for (size_t i = 0; i < 4 && i < key.size(); ++i) id = id << 8 | static_cast<uint8_t>(key[i]);
  return id;
}

std::string Hex(std::string_view bytes) {
  std::string text;
  for (char c : bytes.substr(std::min<size_t>(4, bytes.size()))) text += fmt::format("{:02X}", static_cast<uint8_t>(c));
  return text;
}

std::string LockId(const LockInfo& lock) {
  return fmt::format("{}:{}:{}{}", lock.owner_id, IndexIdOf(lock.key), lock.is_range ? "R" : "K", Hex(lock.key));
}

std::string ModeText(const LockInfo& lock) {
  std::string text = lock.mode == LockMode::kShared ? "S" : "X";
  if (lock.is_insert_intention) return text + ",GAP,INSERT_INTENTION";
  return text + (lock.is_range ? ",GAP" : ",REC_NOT_GAP");
}

Status DataLocks(ViewScan& scan) {
  const auto names = IndexNames(scan);
  for (const LockInfo& lock : scan.catalog().transactions().locks().List()) {
    auto found = names.find(IndexIdOf(lock.key));
    scan.Text("INNODB").Text(LockId(lock)).Unsigned(lock.owner_id).Unsigned(lock.session_id).Null();
    if (found != names.end()) {
      scan.Text(found->second.table->schema).Text(found->second.table->name).Nulls(2).Text(found->second.index);
    } else {
      scan.Nulls(5);
    }
    scan.Unsigned(lock.session_id).Text("RECORD").Text(ModeText(lock)).Text(lock.is_granted ? "GRANTED" : "WAITING");
    // Keys are sort keys: they print as bytes.
    if (lock.is_range) {
      scan.Text("[" + Hex(lock.key) + "," + Hex(lock.upper) + ")");
    } else {
      scan.Text(Hex(lock.key));
    }
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status DataLockWaits(ViewScan& scan) {
  const std::vector<LockInfo> locks = scan.catalog().transactions().locks().List();
  for (const LockInfo& waiting : locks) {
    if (waiting.is_granted) continue;
    for (const LockInfo& blocking : locks) {
      if (!blocking.is_granted || blocking.owner_id != waiting.blocking_owner_id) continue;
      const bool covers = blocking.is_range ? blocking.key <= waiting.key && waiting.key < blocking.upper
                                            : waiting.is_range ? waiting.key <= blocking.key && blocking.key < waiting.upper
                                                               : blocking.key == waiting.key;
      if (!covers) continue;
      scan.Text("INNODB").Text(LockId(waiting)).Unsigned(waiting.owner_id).Unsigned(waiting.session_id).Null();
      scan.Unsigned(waiting.session_id).Text(LockId(blocking)).Unsigned(blocking.owner_id).Unsigned(blocking.session_id).Null();
      scan.Unsigned(blocking.session_id);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
  }
  return Status::Ok();
}

Status MetadataLocks(ViewScan& scan) {
  for (const MdlInfo& lock : scan.catalog().transactions().mdl().List()) {
    scan.Text(MdlNamespaceName(lock.key.name_space)).TextOrNull(lock.key.schema).TextOrNull(lock.key.name).Null();
    scan.Unsigned(lock.session_id).Text(MdlTypeName(lock.type));
    scan.Text(lock.duration == MdlDuration::kStatement     ? "STATEMENT"
              : lock.duration == MdlDuration::kTransaction ? "TRANSACTION"
                                                           : "EXPLICIT");
    scan.Text(lock.is_granted ? "GRANTED" : "PENDING").Text("").Unsigned(lock.session_id).Null();
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

}  // namespace

void DeclareLockViews(Catalog* catalog) {
  Declare(catalog, kPerformanceSchema, "data_locks",
          "ENGINE varchar(32) NOT NULL, ENGINE_LOCK_ID varchar(128) NOT NULL, ENGINE_TRANSACTION_ID bigint unsigned, "
          "THREAD_ID bigint unsigned, EVENT_ID bigint unsigned, OBJECT_SCHEMA varchar(64), OBJECT_NAME varchar(64), "
          "PARTITION_NAME varchar(64), SUBPARTITION_NAME varchar(64), INDEX_NAME varchar(64), OBJECT_INSTANCE_BEGIN bigint unsigned NOT NULL, "
          "LOCK_TYPE varchar(32) NOT NULL, LOCK_MODE varchar(32) NOT NULL, LOCK_STATUS varchar(32) NOT NULL, LOCK_DATA varchar(8192)",
          DataLocks);
  Declare(catalog, kPerformanceSchema, "data_lock_waits",
          "ENGINE varchar(32) NOT NULL, REQUESTING_ENGINE_LOCK_ID varchar(128) NOT NULL, "
          "REQUESTING_ENGINE_TRANSACTION_ID bigint unsigned, REQUESTING_THREAD_ID bigint unsigned, REQUESTING_EVENT_ID bigint unsigned, "
          "REQUESTING_OBJECT_INSTANCE_BEGIN bigint unsigned NOT NULL, BLOCKING_ENGINE_LOCK_ID varchar(128) NOT NULL, "
          "BLOCKING_ENGINE_TRANSACTION_ID bigint unsigned, BLOCKING_THREAD_ID bigint unsigned, BLOCKING_EVENT_ID bigint unsigned, "
          "BLOCKING_OBJECT_INSTANCE_BEGIN bigint unsigned NOT NULL",
          DataLockWaits, 10);
  Declare(catalog, kPerformanceSchema, "metadata_locks",
          "OBJECT_TYPE varchar(64) NOT NULL, OBJECT_SCHEMA varchar(64), OBJECT_NAME varchar(64), COLUMN_NAME varchar(64), "
          "OBJECT_INSTANCE_BEGIN bigint unsigned NOT NULL, LOCK_TYPE varchar(32) NOT NULL, LOCK_DURATION varchar(32) NOT NULL, "
          "LOCK_STATUS varchar(32) NOT NULL, SOURCE varchar(64), OWNER_THREAD_ID bigint unsigned, OWNER_EVENT_ID bigint unsigned",
          MetadataLocks);
}

}  // namespace mahi
