// The storage engine under InnoDB's names: INNODB_TRX, INNODB_TABLES and its neighbours, FILES, TABLESPACES.
// What describes pages and buffers of InnoDB has no counterpart here and stays empty.
// Source: MySQL 8.4 manual, "INFORMATION_SCHEMA InnoDB Tables".

#include <fmt/format.h>

#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

Status CheckProcess(ViewScan& scan) {
  SecurityContext* security = scan.security();
  return security == nullptr ? Status::Ok() : security->CheckGlobal(kPrivilegeProcess);
}

const char* IsolationText(IsolationLevel level) {
  switch (level) {
    case IsolationLevel::kReadUncommitted:
      return "READ UNCOMMITTED";
    case IsolationLevel::kReadCommitted:
      return "READ COMMITTED";
    case IsolationLevel::kRepeatableRead:
      return "REPEATABLE READ";
    case IsolationLevel::kSerializable:
      return "SERIALIZABLE";
  }
  return "";
}

Status InnodbTrx(ViewScan& scan) {
  MAHI_RETURN_IF_ERROR(CheckProcess(scan));
  std::vector<ProcessRow> processes;
  if (scan.host() != nullptr) processes = scan.host()->ListProcesses();
  for (const TransactionInfo& info : scan.catalog().transactions().List()) {
    scan.Text(std::to_string(info.id)).Text(info.is_waiting ? "LOCK WAIT" : "RUNNING").Moment(info.started_us).Null();
    scan.Moment(info.wait_started_us).Unsigned(info.row_lock_count + info.write_count).Unsigned(info.session_id);
    std::string_view query;
    for (const ProcessRow& process : processes) {
      if (process.id == info.session_id && process.has_info) query = process.info;
    }
    scan.TextOrNull(query).Null().Unsigned(0).Unsigned(0).Unsigned(info.row_lock_count).Unsigned(0).Unsigned(info.row_lock_count);
    scan.Unsigned(info.write_count).Unsigned(0).Text(IsolationText(info.isolation)).Number(1).Number(1).Null().Number(0).Number(0);
    scan.Number(info.is_read_only).Number(0).Null();
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status ForEachStored(ViewScan& scan, const std::function<Status(const TableRef&)>& visit) {
  MAHI_RETURN_IF_ERROR(CheckProcess(scan));
  return ForEachTable(scan, "", "", visit);
}

std::string InnodbName(const TableDefinition& table) { return table.schema + "/" + table.name; }

Status InnodbTables(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) {
    scan.Unsigned(table->id).Text(InnodbName(*table)).Number(33).Unsigned(table->columns.size() + 3).Unsigned(table->id);
    scan.Text("Dynamic").Unsigned(0).Text("Single").Number(0).Unsigned(table->row_version);
    return scan.EndRow();
  });
}

Status InnodbIndexes(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) -> Status {
    auto add = [&](uint32_t id, std::string_view name, int type, size_t parts) {
      scan.Unsigned(id).Text(name).Unsigned(table->id).Number(type).Unsigned(parts).Unsigned(0).Unsigned(table->id).Unsigned(50);
      return scan.EndRow();
    };
    if (table->primary_key() == nullptr) MAHI_RETURN_IF_ERROR(add(table->hidden_index_id, "GEN_CLUST_INDEX", 1, 0));
    for (const Index& index : table->indexes) {
      int type = 0;
      if (index.kind == IndexKind::kPrimary) type = 3;
      if (index.kind == IndexKind::kUnique) type = 2;
      if (index.kind == IndexKind::kFulltext) type = 32;
      if (index.kind == IndexKind::kSpatial) type = 64;
      MAHI_RETURN_IF_ERROR(add(index.id, index.name, type, index.parts.size()));
    }
    return Status::Ok();
  });
}

Status InnodbColumns(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) -> Status {
    uint64_t position = 0;
    for (const Column& column : table->columns) {
      if (column.is_hidden) continue;
      int type = 6;  // DATA_INT
      if (column.type.IsCharacterString()) type = 12;
      if (column.type.IsBinaryString()) type = 4;
      if (column.type.IsBlob() || column.type.IsJson()) type = 5;
      if (column.type.IsReal()) type = column.type.id == TypeId::kFloat ? 9 : 10;
      scan.Unsigned(table->id).Text(column.name).Unsigned(position++).Number(type).Number(column.is_nullable ? 0 : 256);
      scan.Unsigned(column.type.MaxBytes()).Number(0).Null();
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

Status InnodbFields(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) -> Status {
    for (const Index& index : table->indexes) {
      for (size_t i = 0; i < index.parts.size(); ++i) {
        const Column& column = table->columns[index.parts[i].column];
        scan.Text(std::to_string(index.id)).Text(column.is_hidden ? column.generated_expression : column.name).Unsigned(i);
        MAHI_RETURN_IF_ERROR(scan.EndRow());
      }
    }
    return Status::Ok();
  });
}

Status InnodbForeign(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) -> Status {
    for (const ForeignKey& key : table->foreign_keys) {
      int64_t type = 0;
      if (key.on_delete == ReferentialAction::kCascade) type |= 1;
      if (key.on_delete == ReferentialAction::kSetNull) type |= 2;
      if (key.on_update == ReferentialAction::kCascade) type |= 4;
      if (key.on_update == ReferentialAction::kSetNull) type |= 8;
      if (key.on_delete == ReferentialAction::kNoAction) type |= 16;
      if (key.on_update == ReferentialAction::kNoAction) type |= 32;
      scan.Text(table->schema + "/" + key.name).Text(InnodbName(*table)).Text(key.referenced_schema + "/" + key.referenced_table);
      scan.Unsigned(key.columns.size()).Number(type);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

Status InnodbForeignColumns(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) -> Status {
    for (const ForeignKey& key : table->foreign_keys) {
      for (size_t i = 0; i < key.columns.size(); ++i) {
        scan.Text(table->schema + "/" + key.name).Text(table->columns[key.columns[i]].name).Text(key.referenced_columns[i]);
        scan.Unsigned(i + 1);
        MAHI_RETURN_IF_ERROR(scan.EndRow());
      }
    }
    return Status::Ok();
  });
}

Status InnodbTableStats(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) -> Status {
    if (scan.host() == nullptr) return Status::Ok();
    const TableStatus status = scan.host()->StatusOf(table);
    scan.Unsigned(table->id).Text(InnodbName(*table)).Text("Initialized").Unsigned(status.rows).Unsigned(status.data_bytes / 16384);
    scan.Unsigned(status.index_bytes / 16384).Unsigned(0).Unsigned(status.auto_increment).Number(1);
    return scan.EndRow();
  });
}

// One space for each table, as under innodb_file_per_table.
Status InnodbTablespaces(ViewScan& scan) {
  return ForEachStored(scan, [&](const TableRef& table) -> Status {
    TableStatus status;
    if (scan.host() != nullptr) status = scan.host()->StatusOf(table);
    scan.Unsigned(table->id).Text(InnodbName(*table)).Number(16417).Text("Dynamic").Number(16384).Number(0).Text("Single");
    scan.Number(0).Unsigned(status.data_bytes + status.index_bytes).Unsigned(status.data_bytes + status.index_bytes).Number(0);
    scan.Text("8.4.0").Number(1).Text("N").Text("normal");
    return scan.EndRow();
  });
}

Status InnodbMetrics(ViewScan& scan) {
  MAHI_RETURN_IF_ERROR(CheckProcess(scan));
  TransactionManager& transactions = scan.catalog().transactions();
  const struct {
    const char* name;
    const char* subsystem;
    uint64_t count;
    const char* comment;
  } metrics[] = {
      {"lock_deadlocks", "lock", transactions.wait_graph().deadlock_count(), "Number of deadlocks"},
      {"lock_timeouts", "lock", transactions.locks().timeout_count(), "Number of lock timeouts"},
      {"lock_row_lock_waits", "lock", transactions.locks().wait_count(), "Number of times a row lock had to be waited for"},
      {"trx_rw_commits", "transaction", transactions.commit_count(), "Number of read-write transactions committed"},
      {"trx_rollbacks", "transaction", transactions.rollback_count(), "Number of transactions rolled back"},
  };
  for (const auto& metric : metrics) {
    scan.Text(metric.name).Text(metric.subsystem).Unsigned(metric.count).Unsigned(metric.count).Null().Null().Unsigned(metric.count);
    scan.Unsigned(metric.count).Nulls(5).Null().Text("enabled").Text("status_counter").Text(metric.comment);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

}  // namespace

void DeclareInnodbViews(Catalog* catalog) {
  Declare(catalog, kInformationSchema, "INNODB_TRX",
          "trx_id varchar(18) NOT NULL, trx_state varchar(13) NOT NULL, trx_started datetime NOT NULL, trx_requested_lock_id varchar(126), "
          "trx_wait_started datetime, trx_weight bigint unsigned NOT NULL, trx_mysql_thread_id bigint unsigned NOT NULL, "
          "trx_query varchar(1024), trx_operation_state varchar(64), trx_tables_in_use bigint unsigned NOT NULL, "
          "trx_tables_locked bigint unsigned NOT NULL, trx_lock_structs bigint unsigned NOT NULL, "
          "trx_lock_memory_bytes bigint unsigned NOT NULL, trx_rows_locked bigint unsigned NOT NULL, "
          "trx_rows_modified bigint unsigned NOT NULL, trx_concurrency_tickets bigint unsigned NOT NULL, "
          "trx_isolation_level varchar(16) NOT NULL, trx_unique_checks int NOT NULL, trx_foreign_key_checks int NOT NULL, "
          "trx_last_foreign_key_error varchar(256), trx_adaptive_hash_latched int NOT NULL, "
          "trx_adaptive_hash_timeout bigint unsigned NOT NULL, trx_is_read_only int NOT NULL, "
          "trx_autocommit_non_locking int NOT NULL, trx_schedule_weight bigint unsigned",
          InnodbTrx, 10);
  Declare(catalog, kInformationSchema, "INNODB_TABLES",
          "TABLE_ID bigint unsigned NOT NULL, NAME varchar(655) NOT NULL, FLAG int NOT NULL, N_COLS int NOT NULL, SPACE bigint NOT NULL, "
          "ROW_FORMAT varchar(12), ZIP_PAGE_SIZE int unsigned NOT NULL, SPACE_TYPE varchar(10), INSTANT_COLS int NOT NULL, "
          "TOTAL_ROW_VERSIONS int NOT NULL",
          InnodbTables);
  Declare(catalog, kInformationSchema, "INNODB_INDEXES",
          "INDEX_ID bigint unsigned NOT NULL, NAME varchar(193) NOT NULL, TABLE_ID bigint unsigned NOT NULL, TYPE int NOT NULL, "
          "N_FIELDS int NOT NULL, PAGE_NO int NOT NULL, SPACE int NOT NULL, MERGE_THRESHOLD int NOT NULL",
          InnodbIndexes);
  Declare(catalog, kInformationSchema, "INNODB_COLUMNS",
          "TABLE_ID bigint unsigned NOT NULL, NAME varchar(193) NOT NULL, POS bigint unsigned NOT NULL, MTYPE int NOT NULL, "
          "PRTYPE int NOT NULL, LEN int NOT NULL, HAS_DEFAULT int NOT NULL, DEFAULT_VALUE text",
          InnodbColumns, 1000);
  Declare(catalog, kInformationSchema, "INNODB_FIELDS",
          "INDEX_ID varbinary(256) NOT NULL, NAME varchar(64) NOT NULL, POS bigint unsigned NOT NULL", InnodbFields, 300);
  Declare(catalog, kInformationSchema, "INNODB_FOREIGN",
          "ID varchar(129), FOR_NAME varchar(129), REF_NAME varchar(129), N_COLS bigint NOT NULL, TYPE bigint unsigned NOT NULL",
          InnodbForeign);
  Declare(catalog, kInformationSchema, "INNODB_FOREIGN_COLS",
          "ID varchar(129), FOR_COL_NAME varchar(64) NOT NULL, REF_COL_NAME varchar(64) NOT NULL, POS int unsigned NOT NULL",
          InnodbForeignColumns);
  Declare(catalog, kInformationSchema, "INNODB_TABLESTATS",
          "TABLE_ID bigint unsigned NOT NULL, NAME varchar(193) NOT NULL, STATS_INITIALIZED varchar(193) NOT NULL, "
          "NUM_ROWS bigint unsigned NOT NULL, CLUST_INDEX_SIZE bigint unsigned NOT NULL, OTHER_INDEX_SIZE bigint unsigned NOT NULL, "
          "MODIFIED_COUNTER bigint unsigned NOT NULL, AUTOINC bigint unsigned NOT NULL, REF_COUNT int NOT NULL",
          InnodbTableStats);
  Declare(catalog, kInformationSchema, "INNODB_TABLESPACES",
          "SPACE int unsigned NOT NULL, NAME varchar(655) NOT NULL, FLAG int unsigned NOT NULL, ROW_FORMAT varchar(22), "
          "PAGE_SIZE int unsigned NOT NULL, ZIP_PAGE_SIZE int unsigned NOT NULL, SPACE_TYPE varchar(10), FS_BLOCK_SIZE int unsigned NOT NULL, "
          "FILE_SIZE bigint unsigned NOT NULL, ALLOCATED_SIZE bigint unsigned NOT NULL, AUTOEXTEND_SIZE bigint unsigned NOT NULL, "
          "SERVER_VERSION varchar(10), SPACE_VERSION int unsigned NOT NULL, ENCRYPTION varchar(1), STATE varchar(10)",
          InnodbTablespaces);
  Declare(catalog, kInformationSchema, "INNODB_METRICS",
          "NAME varchar(193) NOT NULL, SUBSYSTEM varchar(193) NOT NULL, COUNT bigint NOT NULL, MAX_COUNT bigint, MIN_COUNT bigint, "
          "AVG_COUNT double, COUNT_RESET bigint NOT NULL, MAX_COUNT_RESET bigint, MIN_COUNT_RESET bigint, AVG_COUNT_RESET double, "
          "TIME_ENABLED datetime, TIME_DISABLED datetime, TIME_ELAPSED bigint, TIME_RESET datetime, STATUS varchar(193) NOT NULL, "
          "TYPE varchar(193) NOT NULL, COMMENT varchar(193) NOT NULL",
          InnodbMetrics, 5);
  DeclareEmpty(catalog, kInformationSchema, "INNODB_BUFFER_POOL_STATS",
               "POOL_ID bigint unsigned NOT NULL, POOL_SIZE bigint unsigned NOT NULL, FREE_BUFFERS bigint unsigned NOT NULL, "
               "DATABASE_PAGES bigint unsigned NOT NULL, OLD_DATABASE_PAGES bigint unsigned NOT NULL, "
               "MODIFIED_DATABASE_PAGES bigint unsigned NOT NULL, HIT_RATE bigint unsigned NOT NULL");
  DeclareEmpty(catalog, kInformationSchema, "INNODB_VIRTUAL",
               "TABLE_ID bigint unsigned NOT NULL, POS int unsigned NOT NULL, BASE_POS int unsigned NOT NULL");
  DeclareEmpty(catalog, kInformationSchema, "INNODB_TEMP_TABLE_INFO",
               "TABLE_ID bigint unsigned NOT NULL, NAME varchar(64), N_COLS int unsigned NOT NULL, SPACE int unsigned NOT NULL");
  DeclareEmpty(catalog, kInformationSchema, "FILES",
               "FILE_ID bigint, FILE_NAME text, FILE_TYPE varchar(256), TABLESPACE_NAME varchar(268) NOT NULL, TABLE_CATALOG char(0) NOT NULL, "
               "TABLE_SCHEMA binary(0), TABLE_NAME binary(0), LOGFILE_GROUP_NAME varchar(256), LOGFILE_GROUP_NUMBER bigint, "
               "ENGINE varchar(64) NOT NULL, FULLTEXT_KEYS binary(0), DELETED_ROWS binary(0), UPDATE_COUNT binary(0), FREE_EXTENTS bigint, "
               "TOTAL_EXTENTS bigint, EXTENT_SIZE bigint, INITIAL_SIZE bigint, MAXIMUM_SIZE bigint, AUTOEXTEND_SIZE bigint, "
               "CREATION_TIME binary(0), LAST_UPDATE_TIME binary(0), LAST_ACCESS_TIME binary(0), RECOVER_TIME binary(0), "
               "TRANSACTION_COUNTER binary(0), VERSION bigint, ROW_FORMAT varchar(256), TABLE_ROWS binary(0), AVG_ROW_LENGTH binary(0), "
               "DATA_LENGTH binary(0), MAX_DATA_LENGTH binary(0), INDEX_LENGTH binary(0), DATA_FREE bigint, CREATE_TIME binary(0), "
               "UPDATE_TIME binary(0), CHECK_TIME binary(0), CHECKSUM binary(0), STATUS varchar(256), EXTRA varchar(256)");
  DeclareEmpty(catalog, kInformationSchema, "TABLESPACES_EXTENSIONS", "TABLESPACE_NAME varchar(268) NOT NULL, ENGINE_ATTRIBUTE json");
}

}  // namespace mahi
