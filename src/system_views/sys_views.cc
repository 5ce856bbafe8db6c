// The views of database sys that need nothing but the catalog and the connections.
// Source: MySQL 8.4 manual, "sys Schema Tables and Triggers", "sys Schema Views".

#include <algorithm>
#include <string>

#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

constexpr std::string_view kSys = "sys";

Status Version(ViewScan& scan) {
  std::string version = "8.4.0";
  if (scan.host() != nullptr) {
    for (const auto& [name, value] : scan.host()->ListVariables(true)) {
      if (name == "version") version = value;
    }
  }
  scan.Text("2.1.2").Text(version);
  return scan.EndRow();
}

Status Config(ViewScan& scan) {
  static constexpr struct {
    const char* name;
    const char* value;
  } kSettings[] = {
      {"diagnostics.allow_i_s_tables", "OFF"}, {"diagnostics.include_raw", "OFF"}, {"ps_thread_trx_info.max_length", "65535"},
      {"statement_performance_analyzer.limit", "100"}, {"statement_performance_analyzer.view", nullptr},
      {"statement_truncate_len", "64"},
  };
  for (const auto& setting : kSettings) {
    scan.Text(setting.name).TextOrNull(setting.value == nullptr ? "" : setting.value).Null().Null();
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

bool IsSystemSchema(std::string_view schema) {
  return schema == "mysql" || schema == kSys || schema == kInformationSchema || schema == kPerformanceSchema;
}

// Whether `index` is a leading part of `other` and so says nothing more.
bool IsCoveredBy(const Index& index, const Index& other) {
  if (&index == &other || index.parts.size() > other.parts.size()) return false;
  for (size_t i = 0; i < index.parts.size(); ++i) {
    if (index.parts[i].column != other.parts[i].column || index.parts[i].prefix_length != other.parts[i].prefix_length) return false;
  }
  if (index.parts.size() < other.parts.size()) return !index.is_unique();
  if (index.is_unique() != other.is_unique()) return !index.is_unique();
  return &other < &index;  // twins: the first one stays
}

std::string ColumnNames(const TableDefinition& table, const Index& index) {
  std::string names;
  for (const IndexPart& part : index.parts) names += (names.empty() ? "" : ",") + table.columns[part.column].name;
  return names;
}

Status RedundantIndexes(ViewScan& scan) {
  return ForEachTable(scan, "table_schema", "table_name", [&](const TableRef& table) -> Status {
    if (IsSystemSchema(table->schema)) return Status::Ok();
    for (const Index& index : table->indexes) {
      if (index.kind != IndexKind::kSecondary && index.kind != IndexKind::kUnique) continue;
      for (const Index& other : table->indexes) {
        if (other.kind == IndexKind::kFulltext || other.kind == IndexKind::kSpatial || !IsCoveredBy(index, other)) continue;
        scan.Text(table->schema).Text(table->name).Text(index.name).Text(ColumnNames(*table, index)).Number(!index.is_unique());
        scan.Text(other.name).Text(ColumnNames(*table, other)).Number(!other.is_unique());
        const bool has_prefix = std::any_of(index.parts.begin(), index.parts.end(), [](const IndexPart& p) { return p.prefix_length != 0; });
        scan.Number(has_prefix).Text("ALTER TABLE `" + table->schema + "`.`" + table->name + "` DROP INDEX `" + index.name + "`");
        MAHI_RETURN_IF_ERROR(scan.EndRow());
        break;
      }
    }
    return Status::Ok();
  });
}

Status AutoIncrementColumns(ViewScan& scan) {
  return ForEachTable(scan, "table_schema", "table_name", [&](const TableRef& table) -> Status {
    const auto ordinal = table->auto_increment_column();
    if (!ordinal || IsSystemSchema(table->schema)) return Status::Ok();
    const Column& column = table->columns[*ordinal];
    if (!column.type.IsInteger()) return Status::Ok();
    const uint64_t most = column.type.is_unsigned ? MaxUnsigned(column.type.id) : static_cast<uint64_t>(MaxSigned(column.type.id));
    const uint64_t next = scan.host() == nullptr ? 0 : scan.host()->StatusOf(table).auto_increment;
    scan.Text(table->schema).Text(table->name).Text(column.name).Text(column.type.TypeName()).Text(column.type.ToSql());
    scan.Number(!column.type.is_unsigned).Number(column.type.is_unsigned).Unsigned(most).Unsigned(next);
    scan.Real(static_cast<double>(next) / static_cast<double>(most));
    return scan.EndRow();
  });
}

Status ObjectOverview(ViewScan& scan) {
  return ForEachSchema(scan, "db", [&](const SchemaRef& schema) -> Status {
    int64_t tables = 0, views = 0, indexes = 0;
    for (const ObjectName& object : scan.catalog().ListTables(scan.transaction(), schema->name)) {
      (object.is_view ? views : tables) += 1;
      if (object.is_view) continue;
      Result<TableRef> table = scan.catalog().FindTable(scan.transaction(), schema->name, object.name);
      if (!table.ok() || *table == nullptr) continue;
      for (const Index& index : (*table)->indexes) indexes += static_cast<int64_t>(index.parts.size());
    }
    const char* tables_name = schema->name == kInformationSchema ? "SYSTEM VIEW" : "BASE TABLE";
    const std::pair<const char*, int64_t> rows[] = {{tables_name, tables}, {"INDEX (BTREE)", indexes}, {"VIEW", views}};
    for (const auto& [type, count] : rows) {
      if (count == 0) continue;
      scan.Text(schema->name).Text(type).Number(count);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

}  // namespace

void DeclareSys(Catalog* catalog) {
  Declare(catalog, kSys, "version", "sys_version varchar(5) NOT NULL, mysql_version varchar(64) NOT NULL", Version, 1);
  Declare(catalog, kSys, "sys_config",
          "variable varchar(128) NOT NULL, value varchar(128), set_time timestamp, set_by varchar(128)", Config, 6);
  Declare(catalog, kSys, "schema_redundant_indexes",
          "table_schema identifier NOT NULL, table_name identifier NOT NULL, redundant_index_name varchar(64), redundant_index_columns text, "
          "redundant_index_non_unique int, dominant_index_name varchar(64), dominant_index_columns text, dominant_index_non_unique int, "
          "subpart_exists int NOT NULL, sql_drop_index varchar(223)",
          RedundantIndexes);
  Declare(catalog, kSys, "schema_auto_increment_columns",
          "table_schema identifier NOT NULL, table_name identifier NOT NULL, column_name varchar(64), data_type longtext, "
          "column_type mediumtext NOT NULL, is_signed int NOT NULL, is_unsigned int NOT NULL, max_value bigint unsigned, "
          "auto_increment bigint unsigned, auto_increment_ratio double",
          AutoIncrementColumns);
  Declare(catalog, kSys, "schema_object_overview", "db varchar(64) NOT NULL, object_type varchar(64), count bigint NOT NULL",
          ObjectOverview, 10);
}

}  // namespace mahi
