// Tables of database mysql besides the grant tables: time zones, help, plug-ins, logs, statistics, costs.
// Source: MySQL 8.4 manual, "The mysql System Schema".

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

constexpr std::string_view kMysql = "mysql";
constexpr const char* kZoneDirectory = "/usr/share/zoneinfo";

bool IsZoneFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char magic[4] = {};
  file.read(magic, sizeof magic);
  return std::string_view(magic, 4) == "TZif";
}

void CollectZones(const std::string& relative, int depth, std::vector<std::string>* names) {
  const std::string path = std::string(kZoneDirectory) + (relative.empty() ? "" : "/" + relative);
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    // posix/ and right/ repeat everything; what begins in lower case is no zone.
    if (name.empty() || name[0] < 'A' || name[0] > 'Z') continue;
    const std::string child = relative.empty() ? name : relative + "/" + name;
    struct stat status;
    const std::string child_path = std::string(kZoneDirectory) + "/" + child;
    if (stat(child_path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      if (depth < 3) CollectZones(child, depth + 1, names);
    } else if (S_ISREG(status.st_mode) && IsZoneFile(child_path)) {
      names->push_back(child);
    }
  }
  closedir(directory);
}

// Sorted; the position + 1 is the zone's id. Read once: the system's database changes with packages only.
const std::vector<std::string>& ZoneNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    CollectZones("", 0, &found);
    std::sort(found.begin(), found.end());
    return found;
  }();
  return names;
}

Status TimeZoneNames(ViewScan& scan) {
  uint64_t id = 0;
  for (const std::string& name : ZoneNames()) {
    scan.Text(name).Unsigned(++id);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status TimeZones(ViewScan& scan) {
  for (uint64_t id = 1; id <= ZoneNames().size(); ++id) {
    scan.Unsigned(id).Text("N");
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status InnodbTableStats(ViewScan& scan) {
  return ForEachTable(scan, "database_name", "table_name", [&](const TableRef& table) -> Status {
    if (scan.host() == nullptr) return Status::Ok();
    const TableStatus status = scan.host()->StatusOf(table);
    scan.Text(table->schema).Text(table->name).Moment(std::max(table->created_at_us, table->updated_at_us));
    scan.Unsigned(status.rows).Unsigned(status.data_bytes / 16384).Unsigned(status.index_bytes / 16384);
    return scan.EndRow();
  });
}

Status InnodbIndexStats(ViewScan& scan) {
  return ForEachTable(scan, "database_name", "table_name", [&](const TableRef& table) -> Status {
    if (scan.context().schema_reader == nullptr) return Status::Ok();
    StatisticsRef statistics = scan.context().schema_reader->statistics().Statistics(*table);
    if (statistics == nullptr) return Status::Ok();
    for (const Index& index : table->indexes) {
      for (const IndexStatistics& known : statistics->indexes) {
        if (known.index_id != index.id) continue;
        std::string columns;
        for (size_t i = 0; i < known.distinct.size() && i < index.parts.size(); ++i) {
          columns += (i == 0 ? "" : ",") + table->columns[index.parts[i].column].name;
          const std::string number = std::to_string(i + 1);
          scan.Text(table->schema).Text(table->name).Text(index.name).Moment(statistics->updated_at_us);
          scan.Text("n_diff_pfx" + std::string(number.size() < 2 ? 2 - number.size() : 0, '0') + number);
          scan.Unsigned(known.distinct[i]).Null().Text(columns);
          MAHI_RETURN_IF_ERROR(scan.EndRow());
        }
      }
    }
    return Status::Ok();
  });
}

Status ServerCost(ViewScan& scan) {
  static constexpr struct {
    const char* name;
    double standard;
  } kCosts[] = {{"disk_temptable_create_cost", 20}, {"disk_temptable_row_cost", 0.5}, {"key_compare_cost", 0.05},
                {"memory_temptable_create_cost", 1}, {"memory_temptable_row_cost", 0.1}, {"row_evaluate_cost", 0.1}};
  for (const auto& cost : kCosts) {
    scan.Text(cost.name).Null().Null().Null().Real(cost.standard);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status EngineCost(ViewScan& scan) {
  scan.Text("default").Number(0).Text("io_block_read_cost").Null().Null().Null().Real(1);
  MAHI_RETURN_IF_ERROR(scan.EndRow());
  scan.Text("default").Number(0).Text("memory_block_read_cost").Null().Null().Null().Real(0.25);
  return scan.EndRow();
}

}  // namespace

void DeclareMysql(Catalog* catalog) {
  Declare(catalog, kMysql, "time_zone_name", "Name char(64) NOT NULL, Time_zone_id int unsigned NOT NULL", TimeZoneNames, 600);
  Declare(catalog, kMysql, "time_zone", "Time_zone_id int unsigned NOT NULL, Use_leap_seconds enum('Y','N') NOT NULL", TimeZones, 600);
  DeclareEmpty(catalog, kMysql, "time_zone_leap_second", "Transition_time bigint NOT NULL, Correction int NOT NULL");
  // The rules themselves are read from the system's database.
  DeclareEmpty(catalog, kMysql, "time_zone_transition",
               "Time_zone_id int unsigned NOT NULL, Transition_time bigint NOT NULL, Transition_type_id int unsigned NOT NULL");
  DeclareEmpty(catalog, kMysql, "time_zone_transition_type",
               "Time_zone_id int unsigned NOT NULL, Transition_type_id int unsigned NOT NULL, Offset int NOT NULL, "
               "Is_DST tinyint unsigned NOT NULL, Abbreviation char(8) NOT NULL");
  DeclareEmpty(catalog, kMysql, "help_topic",
               "help_topic_id int unsigned NOT NULL, name char(64) NOT NULL, help_category_id smallint unsigned NOT NULL, "
               "description text NOT NULL, example text NOT NULL, url text NOT NULL");
  DeclareEmpty(catalog, kMysql, "help_category",
               "help_category_id smallint unsigned NOT NULL, name char(64) NOT NULL, parent_category_id smallint unsigned, url text NOT NULL");
  DeclareEmpty(catalog, kMysql, "help_keyword", "help_keyword_id int unsigned NOT NULL, name char(64) NOT NULL");
  DeclareEmpty(catalog, kMysql, "help_relation", "help_topic_id int unsigned NOT NULL, help_keyword_id int unsigned NOT NULL");
  DeclareEmpty(catalog, kMysql, "func",
               "name char(64) NOT NULL, ret tinyint NOT NULL, dl char(128) NOT NULL, type enum('function','aggregate') NOT NULL");
  DeclareEmpty(catalog, kMysql, "plugin", "name varchar(64) NOT NULL, dl varchar(128) NOT NULL");
  DeclareEmpty(catalog, kMysql, "component",
               "component_id int unsigned NOT NULL, component_group_id int unsigned NOT NULL, component_urn text NOT NULL");
  DeclareEmpty(catalog, kMysql, "servers",
               "Server_name char(64) NOT NULL, Host char(255) NOT NULL, Db char(64) NOT NULL, Username char(64) NOT NULL, "
               "Password char(64) NOT NULL, Port int NOT NULL, Socket char(64) NOT NULL, Wrapper char(64) NOT NULL, Owner char(64) NOT NULL");
  DeclareEmpty(catalog, kMysql, "general_log",
               "event_time timestamp(6) NOT NULL, user_host mediumtext NOT NULL, thread_id bigint unsigned NOT NULL, "
               "server_id int unsigned NOT NULL, command_type varchar(64) NOT NULL, argument longblob NOT NULL");
  DeclareEmpty(catalog, kMysql, "slow_log",
               "start_time timestamp(6) NOT NULL, user_host mediumtext NOT NULL, query_time time(6) NOT NULL, lock_time time(6) NOT NULL, "
               "rows_sent int NOT NULL, rows_examined int NOT NULL, db varchar(512) NOT NULL, last_insert_id int NOT NULL, "
               "insert_id int NOT NULL, server_id int unsigned NOT NULL, sql_text longblob NOT NULL, thread_id bigint unsigned NOT NULL");
  DeclareEmpty(catalog, kMysql, "gtid_executed",
               "source_uuid char(36) NOT NULL, interval_start bigint NOT NULL, interval_end bigint NOT NULL, gtid_tag char(32) NOT NULL");
  Declare(catalog, kMysql, "innodb_table_stats",
          "database_name identifier NOT NULL, table_name varchar(199) NOT NULL, last_update timestamp NOT NULL, "
          "n_rows bigint unsigned NOT NULL, clustered_index_size bigint unsigned NOT NULL, sum_of_other_index_sizes bigint unsigned NOT NULL",
          InnodbTableStats);
  Declare(catalog, kMysql, "innodb_index_stats",
          "database_name identifier NOT NULL, table_name varchar(199) NOT NULL, index_name varchar(64) NOT NULL, "
          "last_update timestamp NOT NULL, stat_name varchar(64) NOT NULL, stat_value bigint unsigned NOT NULL, "
          "sample_size bigint unsigned, stat_description varchar(1024) NOT NULL",
          InnodbIndexStats);
  Declare(catalog, kMysql, "server_cost",
          "cost_name varchar(64) NOT NULL, cost_value float, last_update timestamp, comment varchar(1024), default_value float", ServerCost, 6);
  Declare(catalog, kMysql, "engine_cost",
          "engine_name varchar(64) NOT NULL, device_type int NOT NULL, cost_name varchar(64) NOT NULL, cost_value float, "
          "last_update timestamp, comment varchar(1024), default_value float",
          EngineCost, 2);
}

}  // namespace mahi
