// performance_schema's events, instruments and their set-up. Statements, stages and waits are not recorded, so the event
// tables are empty; the set-up tables say so.
// Source: MySQL 8.4 manual, "Performance Schema Setup Tables", "Performance Schema Statement Event Tables".

#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

Status SetupActors(ViewScan& scan) {
  scan.Text("%").Text("%").Text("%").Text("YES").Text("YES");
  return scan.EndRow();
}

Status SetupConsumers(ViewScan& scan) {
  for (const char* name : {"events_stages_current", "events_stages_history", "events_stages_history_long", "events_statements_cpu",
                           "events_statements_current", "events_statements_history", "events_statements_history_long",
                           "events_transactions_current", "events_transactions_history", "events_transactions_history_long",
                           "events_waits_current", "events_waits_history", "events_waits_history_long", "global_instrumentation",
                           "thread_instrumentation", "statements_digest"}) {
    scan.Text(name).Text("NO");
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status PerformanceTimers(ViewScan& scan) {
  scan.Text("NANOSECOND").Number(1000000000).Number(1).Number(50);
  return scan.EndRow();
}

}  // namespace

void DeclareEventViews(Catalog* catalog) {
  Declare(catalog, kPerformanceSchema, "setup_actors",
          "HOST char(255) NOT NULL, USER char(32) NOT NULL, ROLE char(32) NOT NULL, ENABLED enum('YES','NO') NOT NULL, "
          "HISTORY enum('YES','NO') NOT NULL",
          SetupActors, 1);
  Declare(catalog, kPerformanceSchema, "setup_consumers", "NAME varchar(64) NOT NULL, ENABLED enum('YES','NO') NOT NULL", SetupConsumers,
          16);
  DeclareEmpty(catalog, kPerformanceSchema, "setup_instruments",
               "NAME varchar(128) NOT NULL, ENABLED enum('YES','NO') NOT NULL, TIMED enum('YES','NO'), "
               "PROPERTIES set('singleton','progress','user','global_statistics','mutable','controlled_by_default') NOT NULL, "
               "FLAGS set('controlled'), VOLATILITY int NOT NULL, DOCUMENTATION longtext");
  DeclareEmpty(catalog, kPerformanceSchema, "setup_objects",
               "OBJECT_TYPE enum('EVENT','FUNCTION','PROCEDURE','TABLE','TRIGGER') NOT NULL, OBJECT_SCHEMA varchar(64), "
               "OBJECT_NAME varchar(64) NOT NULL, ENABLED enum('YES','NO') NOT NULL, TIMED enum('YES','NO') NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "setup_threads",
               "NAME varchar(128) NOT NULL, ENABLED enum('YES','NO') NOT NULL, HISTORY enum('YES','NO') NOT NULL, "
               "PROPERTIES set('singleton','user') NOT NULL, VOLATILITY int NOT NULL, DOCUMENTATION longtext");
  Declare(catalog, kPerformanceSchema, "performance_timers",
          "TIMER_NAME enum('CYCLE','NANOSECOND','MICROSECOND','MILLISECOND','THREAD_CPU') NOT NULL, TIMER_FREQUENCY bigint, "
          "TIMER_RESOLUTION bigint, TIMER_OVERHEAD bigint",
          PerformanceTimers, 1);

  const std::string timing =
      "THREAD_ID bigint unsigned NOT NULL, EVENT_ID bigint unsigned NOT NULL, END_EVENT_ID bigint unsigned, EVENT_NAME varchar(128) NOT NULL, "
      "SOURCE varchar(64), TIMER_START bigint unsigned, TIMER_END bigint unsigned, TIMER_WAIT bigint unsigned, ";
  const std::string measures =
      "LOCK_TIME bigint unsigned NOT NULL, ROWS_AFFECTED bigint unsigned NOT NULL, ROWS_SENT bigint unsigned NOT NULL, "
      "ROWS_EXAMINED bigint unsigned NOT NULL, CREATED_TMP_DISK_TABLES bigint unsigned NOT NULL, CREATED_TMP_TABLES bigint unsigned NOT NULL, "
      "SELECT_FULL_JOIN bigint unsigned NOT NULL, SELECT_FULL_RANGE_JOIN bigint unsigned NOT NULL, SELECT_RANGE bigint unsigned NOT NULL, "
      "SELECT_RANGE_CHECK bigint unsigned NOT NULL, SELECT_SCAN bigint unsigned NOT NULL, SORT_MERGE_PASSES bigint unsigned NOT NULL, "
      "SORT_RANGE bigint unsigned NOT NULL, SORT_ROWS bigint unsigned NOT NULL, SORT_SCAN bigint unsigned NOT NULL, "
      "NO_INDEX_USED bigint unsigned NOT NULL, NO_GOOD_INDEX_USED bigint unsigned NOT NULL, ";
  const std::string nesting =
      "NESTING_EVENT_ID bigint unsigned, NESTING_EVENT_TYPE enum('TRANSACTION','STATEMENT','STAGE','WAIT')";
  const std::string statement = timing +
                                "LOCK_TIME bigint unsigned NOT NULL, SQL_TEXT longtext, DIGEST varchar(64), DIGEST_TEXT longtext, "
                                "CURRENT_SCHEMA varchar(64), OBJECT_TYPE varchar(64), OBJECT_SCHEMA varchar(64), OBJECT_NAME varchar(64), "
                                "OBJECT_INSTANCE_BEGIN bigint unsigned, MYSQL_ERRNO int, RETURNED_SQLSTATE varchar(5), "
                                "MESSAGE_TEXT varchar(128), ERRORS bigint unsigned NOT NULL, WARNINGS bigint unsigned NOT NULL, " +
                                measures.substr(measures.find("ROWS_AFFECTED")) + nesting +
                                ", NESTING_EVENT_LEVEL int, STATEMENT_ID bigint unsigned, CPU_TIME bigint unsigned NOT NULL, "
                                "MAX_CONTROLLED_MEMORY bigint unsigned NOT NULL, MAX_TOTAL_MEMORY bigint unsigned NOT NULL, "
                                "EXECUTION_ENGINE enum('PRIMARY','SECONDARY')";
  const std::string transaction = timing.substr(0, timing.find("SOURCE")) +
                                  "STATE enum('ACTIVE','COMMITTED','ROLLED BACK'), TRX_ID bigint unsigned, GTID varchar(64), "
                                  "XID_FORMAT_ID int, XID_GTRID varchar(130), XID_BQUAL varchar(130), XA_STATE varchar(64), " +
                                  timing.substr(timing.find("SOURCE")) +
                                  "ACCESS_MODE enum('READ ONLY','READ WRITE'), ISOLATION_LEVEL varchar(64), "
                                  "AUTOCOMMIT enum('YES','NO') NOT NULL, NUMBER_OF_SAVEPOINTS bigint unsigned, "
                                  "NUMBER_OF_ROLLBACK_TO_SAVEPOINT bigint unsigned, NUMBER_OF_RELEASE_SAVEPOINT bigint unsigned, "
                                  "OBJECT_INSTANCE_BEGIN bigint unsigned, " +
                                  nesting;
  const std::string stage = timing + "WORK_COMPLETED bigint unsigned, WORK_ESTIMATED bigint unsigned, " + nesting;
  const std::string wait = timing +
                           "SPINS int unsigned, OBJECT_SCHEMA varchar(64), OBJECT_NAME varchar(512), INDEX_NAME varchar(64), "
                           "OBJECT_TYPE varchar(64), OBJECT_INSTANCE_BEGIN bigint unsigned NOT NULL, " +
                           nesting + ", OPERATION varchar(32) NOT NULL, NUMBER_OF_BYTES bigint, FLAGS int unsigned";
  for (const char* suffix : {"current", "history", "history_long"}) {
    DeclareEmpty(catalog, kPerformanceSchema, std::string("events_statements_") + suffix, statement);
    DeclareEmpty(catalog, kPerformanceSchema, std::string("events_transactions_") + suffix, transaction);
    DeclareEmpty(catalog, kPerformanceSchema, std::string("events_stages_") + suffix, stage);
    DeclareEmpty(catalog, kPerformanceSchema, std::string("events_waits_") + suffix, wait);
  }

  const std::string times =
      "COUNT_STAR bigint unsigned NOT NULL, SUM_TIMER_WAIT bigint unsigned NOT NULL, MIN_TIMER_WAIT bigint unsigned NOT NULL, "
      "AVG_TIMER_WAIT bigint unsigned NOT NULL, MAX_TIMER_WAIT bigint unsigned NOT NULL";
  const std::string sums =
      ", SUM_LOCK_TIME bigint unsigned NOT NULL, SUM_ERRORS bigint unsigned NOT NULL, SUM_WARNINGS bigint unsigned NOT NULL, "
      "SUM_ROWS_AFFECTED bigint unsigned NOT NULL, SUM_ROWS_SENT bigint unsigned NOT NULL, SUM_ROWS_EXAMINED bigint unsigned NOT NULL, "
      "SUM_CREATED_TMP_DISK_TABLES bigint unsigned NOT NULL, SUM_CREATED_TMP_TABLES bigint unsigned NOT NULL, "
      "SUM_SELECT_FULL_JOIN bigint unsigned NOT NULL, SUM_SELECT_FULL_RANGE_JOIN bigint unsigned NOT NULL, "
      "SUM_SELECT_RANGE bigint unsigned NOT NULL, SUM_SELECT_RANGE_CHECK bigint unsigned NOT NULL, SUM_SELECT_SCAN bigint unsigned NOT NULL, "
      "SUM_SORT_MERGE_PASSES bigint unsigned NOT NULL, SUM_SORT_RANGE bigint unsigned NOT NULL, SUM_SORT_ROWS bigint unsigned NOT NULL, "
      "SUM_SORT_SCAN bigint unsigned NOT NULL, SUM_NO_INDEX_USED bigint unsigned NOT NULL, SUM_NO_GOOD_INDEX_USED bigint unsigned NOT NULL, "
      "SUM_CPU_TIME bigint unsigned NOT NULL, MAX_CONTROLLED_MEMORY bigint unsigned NOT NULL, MAX_TOTAL_MEMORY bigint unsigned NOT NULL, "
      "COUNT_SECONDARY bigint unsigned NOT NULL";
  DeclareEmpty(catalog, kPerformanceSchema, "events_statements_summary_by_digest",
               "SCHEMA_NAME varchar(64), DIGEST varchar(64), DIGEST_TEXT longtext, " + times + sums +
                   ", FIRST_SEEN timestamp(6) NOT NULL, LAST_SEEN timestamp(6) NOT NULL, QUANTILE_95 bigint unsigned NOT NULL, "
                   "QUANTILE_99 bigint unsigned NOT NULL, QUANTILE_999 bigint unsigned NOT NULL, QUERY_SAMPLE_TEXT longtext, "
                   "QUERY_SAMPLE_SEEN timestamp(6) NOT NULL, QUERY_SAMPLE_TIMER_WAIT bigint unsigned NOT NULL");
  const struct {
    const char* suffix;
    const char* columns;
  } groups[] = {{"global_by_event_name", ""},
                {"by_account_by_event_name", "USER char(32), HOST char(255), "},
                {"by_user_by_event_name", "USER char(32), "},
                {"by_host_by_event_name", "HOST char(255), "},
                {"by_thread_by_event_name", "THREAD_ID bigint unsigned NOT NULL, "}};
  for (const auto& group : groups) {
    const std::string head = std::string(group.columns) + "EVENT_NAME varchar(128) NOT NULL, " + times;
    DeclareEmpty(catalog, kPerformanceSchema, std::string("events_statements_summary_") + group.suffix, head + sums);
    DeclareEmpty(catalog, kPerformanceSchema, std::string("events_stages_summary_") + group.suffix, head);
    DeclareEmpty(catalog, kPerformanceSchema, std::string("events_waits_summary_") + group.suffix, head);
    DeclareEmpty(catalog, kPerformanceSchema, std::string("memory_summary_") + group.suffix,
                 std::string(group.columns) +
                     "EVENT_NAME varchar(128) NOT NULL, COUNT_ALLOC bigint unsigned NOT NULL, COUNT_FREE bigint unsigned NOT NULL, "
                     "SUM_NUMBER_OF_BYTES_ALLOC bigint unsigned NOT NULL, SUM_NUMBER_OF_BYTES_FREE bigint unsigned NOT NULL, "
                     "LOW_COUNT_USED bigint NOT NULL, CURRENT_COUNT_USED bigint NOT NULL, HIGH_COUNT_USED bigint NOT NULL, "
                     "LOW_NUMBER_OF_BYTES_USED bigint NOT NULL, CURRENT_NUMBER_OF_BYTES_USED bigint NOT NULL, "
                     "HIGH_NUMBER_OF_BYTES_USED bigint NOT NULL");
  }
  auto timed = [](const std::string& what) {
    return ", COUNT_" + what + " bigint unsigned NOT NULL, SUM_TIMER_" + what + " bigint unsigned NOT NULL, MIN_TIMER_" + what +
           " bigint unsigned NOT NULL, AVG_TIMER_" + what + " bigint unsigned NOT NULL, MAX_TIMER_" + what + " bigint unsigned NOT NULL";
  };
  const std::string object = "OBJECT_TYPE varchar(64), OBJECT_SCHEMA varchar(64), OBJECT_NAME varchar(64), ";
  const std::string io = times + timed("READ") + timed("WRITE") + timed("FETCH") + timed("INSERT") + timed("UPDATE") + timed("DELETE");
  DeclareEmpty(catalog, kPerformanceSchema, "table_io_waits_summary_by_table", object + io);
  DeclareEmpty(catalog, kPerformanceSchema, "table_io_waits_summary_by_index_usage", object + "INDEX_NAME varchar(64), " + io);
  DeclareEmpty(catalog, kPerformanceSchema, "objects_summary_global_by_type", object + times);
  DeclareEmpty(catalog, kPerformanceSchema, "table_handles",
               "OBJECT_TYPE varchar(64) NOT NULL, OBJECT_SCHEMA varchar(64) NOT NULL, OBJECT_NAME varchar(64) NOT NULL, "
               "OBJECT_INSTANCE_BEGIN bigint unsigned NOT NULL, OWNER_THREAD_ID bigint unsigned, OWNER_EVENT_ID bigint unsigned, "
               "INTERNAL_LOCK varchar(64), EXTERNAL_LOCK varchar(64)");
  DeclareEmpty(catalog, kPerformanceSchema, "prepared_statements_instances",
               "OBJECT_INSTANCE_BEGIN bigint unsigned NOT NULL, STATEMENT_ID bigint unsigned NOT NULL, STATEMENT_NAME varchar(64), "
               "SQL_TEXT longtext NOT NULL, OWNER_THREAD_ID bigint unsigned NOT NULL, OWNER_EVENT_ID bigint unsigned NOT NULL, "
               "OWNER_OBJECT_TYPE enum('EVENT','FUNCTION','PROCEDURE','TABLE','TRIGGER'), OWNER_OBJECT_SCHEMA varchar(64), "
               "OWNER_OBJECT_NAME varchar(64), EXECUTION_ENGINE enum('PRIMARY','SECONDARY'), TIMER_PREPARE bigint unsigned NOT NULL, "
               "COUNT_REPREPARE bigint unsigned NOT NULL, COUNT_EXECUTE bigint unsigned NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "error_log",
               "LOGGED timestamp(6) NOT NULL, THREAD_ID bigint unsigned, PRIO enum('System','Error','Warning','Note') NOT NULL, "
               "ERROR_CODE varchar(10), SUBSYSTEM varchar(7), DATA text NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "keyring_keys",
               "KEY_ID varchar(255) NOT NULL, KEY_OWNER varchar(255), BACKEND_KEY_ID varchar(255)");
  DeclareEmpty(catalog, kPerformanceSchema, "user_variables_by_thread",
               "THREAD_ID bigint unsigned NOT NULL, VARIABLE_NAME varchar(64) NOT NULL, VARIABLE_VALUE longblob");
  DeclareEmpty(catalog, kPerformanceSchema, "host_cache",
               "IP varchar(64) NOT NULL, HOST varchar(255), HOST_VALIDATED enum('YES','NO') NOT NULL, SUM_CONNECT_ERRORS bigint NOT NULL, "
               "COUNT_HOST_BLOCKED_ERRORS bigint NOT NULL, COUNT_AUTHENTICATION_ERRORS bigint NOT NULL, FIRST_SEEN timestamp NOT NULL, "
               "LAST_SEEN timestamp NOT NULL, FIRST_ERROR_SEEN timestamp, LAST_ERROR_SEEN timestamp");
  DeclareEmpty(catalog, kPerformanceSchema, "user_defined_functions",
               "UDF_NAME varchar(64) NOT NULL, UDF_RETURN_TYPE varchar(20) NOT NULL, UDF_TYPE varchar(20) NOT NULL, "
               "UDF_LIBRARY varchar(1024), UDF_USAGE_COUNT bigint");
}

void DeclareReplicationViews(Catalog* catalog) {
  const std::string channel = "CHANNEL_NAME char(64) NOT NULL, ";
  DeclareEmpty(catalog, kPerformanceSchema, "replication_connection_configuration",
               channel +
                   "HOST char(255) NOT NULL, PORT int NOT NULL, USER char(32) NOT NULL, NETWORK_INTERFACE char(60) NOT NULL, "
                   "AUTO_POSITION enum('1','0') NOT NULL, SSL_ALLOWED enum('YES','NO','IGNORED') NOT NULL, "
                   "CONNECTION_RETRY_INTERVAL int NOT NULL, CONNECTION_RETRY_COUNT bigint unsigned NOT NULL, "
                   "HEARTBEAT_INTERVAL double NOT NULL, TLS_VERSION varchar(255) NOT NULL, GET_PUBLIC_KEY enum('YES','NO') NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_connection_status",
               channel +
                   "GROUP_NAME char(36) NOT NULL, SOURCE_UUID char(36) NOT NULL, THREAD_ID bigint unsigned, "
                   "SERVICE_STATE enum('ON','OFF','CONNECTING') NOT NULL, COUNT_RECEIVED_HEARTBEATS bigint unsigned NOT NULL, "
                   "LAST_HEARTBEAT_TIMESTAMP timestamp(6) NOT NULL, RECEIVED_TRANSACTION_SET longtext NOT NULL, LAST_ERROR_NUMBER int NOT NULL, "
                   "LAST_ERROR_MESSAGE varchar(1024) NOT NULL, LAST_ERROR_TIMESTAMP timestamp(6) NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_applier_configuration",
               channel + "DESIRED_DELAY int NOT NULL, PRIVILEGE_CHECKS_USER text, REQUIRE_ROW_FORMAT enum('YES','NO') NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_applier_status",
               channel +
                   "SERVICE_STATE enum('ON','OFF') NOT NULL, REMAINING_DELAY int unsigned, COUNT_TRANSACTIONS_RETRIES bigint unsigned NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_applier_status_by_coordinator",
               channel +
                   "THREAD_ID bigint unsigned, SERVICE_STATE enum('ON','OFF') NOT NULL, LAST_ERROR_NUMBER int NOT NULL, "
                   "LAST_ERROR_MESSAGE varchar(1024) NOT NULL, LAST_ERROR_TIMESTAMP timestamp(6) NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_applier_status_by_worker",
               channel +
                   "WORKER_ID bigint unsigned NOT NULL, THREAD_ID bigint unsigned, SERVICE_STATE enum('ON','OFF') NOT NULL, "
                   "LAST_ERROR_NUMBER int NOT NULL, LAST_ERROR_MESSAGE varchar(1024) NOT NULL, LAST_ERROR_TIMESTAMP timestamp(6) NOT NULL, "
                   "LAST_APPLIED_TRANSACTION char(57), APPLYING_TRANSACTION char(57)");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_group_members",
               channel +
                   "MEMBER_ID char(36) NOT NULL, MEMBER_HOST char(255) NOT NULL, MEMBER_PORT int, MEMBER_STATE char(64) NOT NULL, "
                   "MEMBER_ROLE char(64) NOT NULL, MEMBER_VERSION char(64) NOT NULL, MEMBER_COMMUNICATION_STACK char(64) NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_group_member_stats",
               channel + "VIEW_ID char(60) NOT NULL, MEMBER_ID char(36) NOT NULL, COUNT_TRANSACTIONS_IN_QUEUE bigint unsigned NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_applier_filters",
               channel + "FILTER_NAME char(64) NOT NULL, FILTER_RULE longtext NOT NULL");
  DeclareEmpty(catalog, kPerformanceSchema, "replication_applier_global_filters",
               "FILTER_NAME char(64) NOT NULL, FILTER_RULE longtext NOT NULL");
}

}  // namespace mahi
