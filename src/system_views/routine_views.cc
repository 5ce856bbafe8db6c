// Stored programs and what belongs to them: ROUTINES, PARAMETERS, TRIGGERS, EVENTS. There are none yet.
// Source: MySQL 8.4 manual, "The INFORMATION_SCHEMA ROUTINES Table", "... PARAMETERS Table", "... TRIGGERS Table", "... EVENTS Table".

#include "system_views/internal/system_table.h"
#include "system_views/internal/updatable.h"

namespace mahi {

namespace {

Status ViewTableUsage(ViewScan& scan) {
  return ForEachObject(scan, "VIEW_SCHEMA", "VIEW_NAME", [&](const VisibleObject& object) -> Status {
    if (object.view == nullptr) return Status::Ok();
    for (const NamedInView& used : TablesOfView(*object.view)) {
      if (!CanSeeTable(scan, used.schema, used.name)) continue;
      scan.Text("def").Text(object.schema).Text(object.name).Text("def").Text(used.schema).Text(used.name);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

}  // namespace

void DeclareRoutineViews(Catalog* catalog) {
  const std::string type_columns =
      "DATA_TYPE longtext, CHARACTER_MAXIMUM_LENGTH bigint, CHARACTER_OCTET_LENGTH bigint, NUMERIC_PRECISION int unsigned, "
      "NUMERIC_SCALE int unsigned, DATETIME_PRECISION int unsigned, CHARACTER_SET_NAME varchar(64), COLLATION_NAME varchar(64), ";
  const std::string context_columns =
      "CHARACTER_SET_CLIENT varchar(64) NOT NULL, COLLATION_CONNECTION varchar(64) NOT NULL, DATABASE_COLLATION varchar(64) NOT NULL";
  const std::string sql_mode =
      "set('REAL_AS_FLOAT','PIPES_AS_CONCAT','ANSI_QUOTES','IGNORE_SPACE','NOT_USED','ONLY_FULL_GROUP_BY','NO_UNSIGNED_SUBTRACTION',"
      "'NO_DIR_IN_CREATE','NOT_USED_9','NOT_USED_10','NOT_USED_11','NOT_USED_12','NOT_USED_13','NOT_USED_14','NOT_USED_15',"
      "'NOT_USED_16','NOT_USED_17','NOT_USED_18','ANSI','NO_AUTO_VALUE_ON_ZERO','NO_BACKSLASH_ESCAPES','STRICT_TRANS_TABLES',"
      "'STRICT_ALL_TABLES','NO_ZERO_IN_DATE','NO_ZERO_DATE','ALLOW_INVALID_DATES','ERROR_FOR_DIVISION_BY_ZERO','TRADITIONAL',"
      "'NOT_USED_29','HIGH_NOT_PRECEDENCE','NO_ENGINE_SUBSTITUTION','PAD_CHAR_TO_FULL_LENGTH','TIME_TRUNCATE_FRACTIONAL') NOT NULL, ";
  DeclareEmpty(catalog, kInformationSchema, "ROUTINES",
               "SPECIFIC_NAME varchar(64) NOT NULL, ROUTINE_CATALOG varchar(64) NOT NULL, ROUTINE_SCHEMA identifier NOT NULL, "
               "ROUTINE_NAME varchar(64) NOT NULL, ROUTINE_TYPE enum('FUNCTION','PROCEDURE') NOT NULL, " +
                   type_columns +
                   "DTD_IDENTIFIER longtext, ROUTINE_BODY varchar(3) NOT NULL, ROUTINE_DEFINITION longtext, EXTERNAL_NAME binary(0), "
                   "EXTERNAL_LANGUAGE varchar(64) NOT NULL, PARAMETER_STYLE varchar(3) NOT NULL, IS_DETERMINISTIC varchar(3) NOT NULL, "
                   "SQL_DATA_ACCESS enum('CONTAINS SQL','NO SQL','READS SQL DATA','MODIFIES SQL DATA') NOT NULL, SQL_PATH binary(0), "
                   "SECURITY_TYPE enum('DEFAULT','INVOKER','DEFINER') NOT NULL, CREATED timestamp NOT NULL, "
                   "LAST_ALTERED timestamp NOT NULL, SQL_MODE " +
                   sql_mode + "ROUTINE_COMMENT text NOT NULL, DEFINER varchar(288) NOT NULL, " + context_columns);
  DeclareEmpty(catalog, kInformationSchema, "PARAMETERS",
               "SPECIFIC_CATALOG varchar(64) NOT NULL, SPECIFIC_SCHEMA identifier NOT NULL, SPECIFIC_NAME varchar(64) NOT NULL, "
               "ORDINAL_POSITION bigint unsigned NOT NULL, PARAMETER_MODE varchar(5), PARAMETER_NAME varchar(64), " +
                   type_columns + "DTD_IDENTIFIER mediumtext NOT NULL, ROUTINE_TYPE enum('FUNCTION','PROCEDURE') NOT NULL");
  DeclareEmpty(catalog, kInformationSchema, "TRIGGERS",
               "TRIGGER_CATALOG varchar(64) NOT NULL, TRIGGER_SCHEMA identifier NOT NULL, TRIGGER_NAME varchar(64) NOT NULL, "
               "EVENT_MANIPULATION enum('INSERT','UPDATE','DELETE') NOT NULL, EVENT_OBJECT_CATALOG varchar(64) NOT NULL, "
               "EVENT_OBJECT_SCHEMA identifier NOT NULL, EVENT_OBJECT_TABLE identifier NOT NULL, ACTION_ORDER int unsigned NOT NULL, "
               "ACTION_CONDITION binary(0), ACTION_STATEMENT longtext NOT NULL, ACTION_ORIENTATION varchar(3) NOT NULL, "
               "ACTION_TIMING enum('BEFORE','AFTER') NOT NULL, ACTION_REFERENCE_OLD_TABLE binary(0), "
               "ACTION_REFERENCE_NEW_TABLE binary(0), ACTION_REFERENCE_OLD_ROW varchar(3) NOT NULL, "
               "ACTION_REFERENCE_NEW_ROW varchar(3) NOT NULL, CREATED timestamp(2) NOT NULL, SQL_MODE " +
                   sql_mode + "DEFINER varchar(288) NOT NULL, " + context_columns);
  DeclareEmpty(catalog, kInformationSchema, "EVENTS",
               "EVENT_CATALOG varchar(64) NOT NULL, EVENT_SCHEMA identifier NOT NULL, EVENT_NAME varchar(64) NOT NULL, "
               "DEFINER varchar(288) NOT NULL, TIME_ZONE varchar(64) NOT NULL, EVENT_BODY varchar(3) NOT NULL, "
               "EVENT_DEFINITION longtext NOT NULL, EVENT_TYPE varchar(9) NOT NULL, EXECUTE_AT datetime, INTERVAL_VALUE varchar(256), "
               "INTERVAL_FIELD enum('YEAR','QUARTER','MONTH','DAY','HOUR','MINUTE','WEEK','SECOND','MICROSECOND','YEAR_MONTH','DAY_HOUR',"
               "'DAY_MINUTE','DAY_SECOND','HOUR_MINUTE','HOUR_SECOND','MINUTE_SECOND','DAY_MICROSECOND','HOUR_MICROSECOND',"
               "'MINUTE_MICROSECOND','SECOND_MICROSECOND'), SQL_MODE " +
                   sql_mode +
                   "STARTS datetime, ENDS datetime, STATUS enum('ENABLED','DISABLED','REPLICA_SIDE_DISABLED') NOT NULL, "
                   "ON_COMPLETION varchar(12) NOT NULL, CREATED timestamp NOT NULL, LAST_ALTERED timestamp NOT NULL, "
                   "LAST_EXECUTED datetime, EVENT_COMMENT varchar(2048) NOT NULL, ORIGINATOR int unsigned NOT NULL, " +
                   context_columns);
  Declare(catalog, kInformationSchema, "VIEW_TABLE_USAGE",
          "VIEW_CATALOG varchar(64) NOT NULL, VIEW_SCHEMA identifier NOT NULL, VIEW_NAME identifier NOT NULL, "
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL",
          ViewTableUsage);
  DeclareEmpty(catalog, kInformationSchema, "VIEW_ROUTINE_USAGE",
               "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
               "SPECIFIC_CATALOG varchar(64) NOT NULL, SPECIFIC_SCHEMA identifier NOT NULL, SPECIFIC_NAME varchar(64) NOT NULL");
}

}  // namespace mahi
