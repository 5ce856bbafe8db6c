// KEYWORDS, resource groups, profiling and tracing, spatial reference systems.
// Source: MySQL 8.4 manual, "INFORMATION_SCHEMA General Table Reference".

#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

struct Keyword {
  const char* word;
  bool is_reserved;
};
constexpr Keyword kKeywords[] = {
#define MAHI_KEYWORD(name, is_reserved) {#name, is_reserved},
#include "base/keywords.def"
#undef MAHI_KEYWORD
};

Status Keywords(ViewScan& scan) {
  for (const Keyword& keyword : kKeywords) {
    scan.Text(keyword.word).Number(keyword.is_reserved);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status ResourceGroups(ViewScan& scan) {
  for (const char* name : {"USR_default", "SYS_default"}) {
    scan.Text(name).Text(name[0] == 'U' ? "USER" : "SYSTEM").Number(1).Text("0").Number(0);
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status SpatialReferenceSystems(ViewScan& scan) {
  scan.Text("").Unsigned(0).Null().Null().Text("").Null();
  return scan.EndRow();
}

Status UnitsOfMeasure(ViewScan& scan) {
  static constexpr struct {
    const char* name;
    double factor;
  } kUnits[] = {
      {"metre", 1}, {"foot", 0.3048}, {"US survey foot", 0.30480060960121924}, {"Clarke's foot", 0.3047972654},
      {"fathom", 1.8288}, {"nautical mile", 1852}, {"German legal metre", 1.0000135965}, {"kilometre", 1000},
      {"centimetre", 0.01}, {"millimetre", 0.001}, {"yard", 0.9144}, {"Statute mile", 1609.344}, {"inch", 0.0254},
  };
  for (const auto& unit : kUnits) {
    scan.Text(unit.name).Text("LINEAR").Real(unit.factor).Text("");
    MAHI_RETURN_IF_ERROR(scan.EndRow());
  }
  return Status::Ok();
}

Status GeometryColumns(ViewScan& scan) {
  return ForEachTable(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const TableRef& table) -> Status {
    for (const Column& column : table->columns) {
      if (column.type.id != TypeId::kGeometry) continue;
      scan.Text("def").Text(table->schema).Text(table->name).Text(column.name).Null().Null().Text(column.type.TypeName());
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

}  // namespace

void DeclareMiscellaneousViews(Catalog* catalog) {
  Declare(catalog, kInformationSchema, "KEYWORDS", "WORD varchar(128), RESERVED int", Keywords, 700);
  Declare(catalog, kInformationSchema, "RESOURCE_GROUPS",
          "RESOURCE_GROUP_NAME varchar(64) NOT NULL, RESOURCE_GROUP_TYPE enum('SYSTEM','USER') NOT NULL, "
          "RESOURCE_GROUP_ENABLED tinyint NOT NULL, VCPU_IDS blob, THREAD_PRIORITY int NOT NULL",
          ResourceGroups, 2);
  DeclareEmpty(catalog, kInformationSchema, "PROFILING",
               "QUERY_ID int NOT NULL, SEQ int NOT NULL, STATE varchar(30) NOT NULL, DURATION decimal(9,6) NOT NULL, CPU_USER decimal(9,6), "
               "CPU_SYSTEM decimal(9,6), CONTEXT_VOLUNTARY int, CONTEXT_INVOLUNTARY int, BLOCK_OPS_IN int, BLOCK_OPS_OUT int, "
               "MESSAGES_SENT int, MESSAGES_RECEIVED int, PAGE_FAULTS_MAJOR int, PAGE_FAULTS_MINOR int, SWAPS int, "
               "SOURCE_FUNCTION varchar(30), SOURCE_FILE varchar(20), SOURCE_LINE int");
  DeclareEmpty(catalog, kInformationSchema, "OPTIMIZER_TRACE",
               "QUERY longtext NOT NULL, TRACE longtext NOT NULL, MISSING_BYTES_BEYOND_MAX_MEM_SIZE int NOT NULL, "
               "INSUFFICIENT_PRIVILEGES tinyint NOT NULL");
  Declare(catalog, kInformationSchema, "ST_SPATIAL_REFERENCE_SYSTEMS",
          "SRS_NAME varchar(80) NOT NULL, SRS_ID int unsigned NOT NULL, ORGANIZATION varchar(256), "
          "ORGANIZATION_COORDSYS_ID int unsigned, DEFINITION varchar(4096) NOT NULL, DESCRIPTION varchar(2048)",
          SpatialReferenceSystems, 1);
  Declare(catalog, kInformationSchema, "ST_UNITS_OF_MEASURE",
          "UNIT_NAME varchar(255), UNIT_TYPE varchar(7), CONVERSION_FACTOR double, DESCRIPTION varchar(255)", UnitsOfMeasure, 13);
  Declare(catalog, kInformationSchema, "ST_GEOMETRY_COLUMNS",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "COLUMN_NAME varchar(64), SRS_NAME varchar(80), SRS_ID int unsigned, GEOMETRY_TYPE_NAME longtext",
          GeometryColumns);
}

}  // namespace mahi
