// SCHEMATA, TABLES, VIEWS and their relatives.
// Source: MySQL 8.4 manual, "The INFORMATION_SCHEMA SCHEMATA Table", "... TABLES Table", "... VIEWS Table".

#include "charset/charset.h"
#include "system_views/internal/system_table.h"
#include "system_views/internal/updatable.h"

namespace mahi {

namespace {

Status Schemata(ViewScan& scan) {
  return ForEachSchema(scan, "SCHEMA_NAME", [&](const SchemaRef& schema) {
    const Collation& collation = CollationOrBinary(schema->collation);
    scan.Text("def").Text(schema->name).Text(collation.charset().name).Text(collation.name()).Null().Text("NO");
    return scan.EndRow();
  });
}

Status SchemataExtensions(ViewScan& scan) {
  return ForEachSchema(scan, "SCHEMA_NAME", [&](const SchemaRef& schema) {
    scan.Text("def").Text(schema->name).Text(schema->is_read_only ? "READ ONLY=1" : "");
    return scan.EndRow();
  });
}

std::string RowFormat(const TableDefinition& table) {
  if (table.row_format.empty() || EqualIgnoreAsciiCase(table.row_format, "default")) return "Dynamic";
  std::string format = AsciiLower(table.row_format);
  format[0] = static_cast<char>(format[0] - 'a' + 'A');
  return format;
}

std::string CreateOptions(const TableDefinition& table) {
  std::string options;
  if (!table.row_format.empty()) options = "row_format=" + table.row_format;
  if (!table.create_options.empty()) options += (options.empty() ? "" : " ") + AsciiLower(table.create_options);
  return options;
}

Status StoredTableRow(ViewScan& scan, const TableRef& table) {
  TableStatus status;
  static constexpr std::string_view kMeasures[] = {"TABLE_ROWS", "AVG_ROW_LENGTH", "DATA_LENGTH", "INDEX_LENGTH", "AUTO_INCREMENT"};
  for (std::string_view measure : kMeasures) {
    if (!scan.Wants(measure) || scan.host() == nullptr) continue;
    status = scan.host()->StatusOf(table);
    break;
  }
  scan.Text("BASE TABLE").Text(table->engine).Number(10).Text(RowFormat(*table)).Unsigned(status.rows);
  scan.Unsigned(status.rows == 0 ? 0 : status.data_bytes / status.rows).Unsigned(status.data_bytes).Unsigned(0);
  scan.Unsigned(status.index_bytes).Unsigned(0);
  if (status.auto_increment != 0) {
    scan.Unsigned(status.auto_increment);
  } else {
    scan.Null();
  }
  scan.Moment(table->created_at_us).Moment(table->updated_at_us == table->created_at_us ? 0 : table->updated_at_us).Null();
  scan.Text(CollationOrBinary(table->collation).name()).Null().Text(CreateOptions(*table)).Text(table->comment);
  return scan.EndRow();
}

Status VirtualTableRow(ViewScan& scan, const TableRef& table) {
  if (table->schema == kInformationSchema) {
    scan.Text("SYSTEM VIEW").Null().Number(10).Null();
  } else {
    scan.Text("BASE TABLE").Text(table->engine).Number(10).Text("Dynamic");
  }
  for (int i = 0; i < 6; ++i) scan.Unsigned(0);
  scan.Null().Moment(table->created_at_us).Nulls(2);
  if (table->schema == kInformationSchema) {
    scan.Null();
  } else {
    scan.Text(CollationOrBinary(table->collation).name());
  }
  scan.Null().Text("").Text(table->comment);
  return scan.EndRow();
}

Status Tables(ViewScan& scan) {
  return ForEachObject(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const VisibleObject& object) {
    scan.Text("def").Text(object.schema).Text(object.name);
    if (object.view != nullptr) {
      scan.Text("VIEW").Nulls(16).Text("VIEW");
      return scan.EndRow();
    }
    return object.is_virtual ? VirtualTableRow(scan, object.table) : StoredTableRow(scan, object.table);
  });
}

Status TablesExtensions(ViewScan& scan) {
  return ForEachTable(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const TableRef& table) {
    scan.Text("def").Text(table->schema).Text(table->name).Nulls(2);
    return scan.EndRow();
  });
}

Status Views(ViewScan& scan) {
  return ForEachObject(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const VisibleObject& object) -> Status {
    if (object.view == nullptr) return Status::Ok();
    const ViewDefinition& view = *object.view;
    scan.Text("def").Text(view.schema).Text(view.name);
    // The text is for those who may see it (SHOW VIEW).
    scan.Text(HasAnyPrivilege(scan, view.schema, view.name, kPrivilegeShowView) ? std::string_view(view.select_text) : "");
    scan.Text(view.check_option == ViewCheckOption::kNone    ? "NONE"
              : view.check_option == ViewCheckOption::kLocal ? "LOCAL"
                                                             : "CASCADED");
    scan.YesNo(scan.wants() && IsUpdatableView(view));
    scan.Text(view.definer_user + "@" + view.definer_host).Text(view.is_security_invoker ? "INVOKER" : "DEFINER");
    scan.Text(view.client_charset).Text(CollationOrBinary(view.connection_collation).name());
    return scan.EndRow();
  });
}

// A table without partitions is one row of NULLs.
Status Partitions(ViewScan& scan) {
  return ForEachObject(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const VisibleObject& object) -> Status {
    if (object.view != nullptr) return Status::Ok();
    TableStatus status;
    if (!object.is_virtual && scan.host() != nullptr) status = scan.host()->StatusOf(object.table);
    scan.Text("def").Text(object.schema).Text(object.name).Nulls(9).Unsigned(status.rows);
    scan.Unsigned(status.rows == 0 ? 0 : status.data_bytes / status.rows).Unsigned(status.data_bytes).Unsigned(0);
    scan.Unsigned(status.index_bytes).Unsigned(0).Moment(object.table->created_at_us).Nulls(3);
    scan.Text("").Nulls(2);
    return scan.EndRow();
  });
}

}  // namespace

void DeclareTableViews(Catalog* catalog) {
  Declare(catalog, kInformationSchema, "SCHEMATA",
          "CATALOG_NAME varchar(64) NOT NULL, SCHEMA_NAME identifier NOT NULL, DEFAULT_CHARACTER_SET_NAME varchar(64) NOT NULL, "
          "DEFAULT_COLLATION_NAME varchar(64) NOT NULL, SQL_PATH binary(0), DEFAULT_ENCRYPTION enum('NO','YES') NOT NULL",
          Schemata, 10);
  Declare(catalog, kInformationSchema, "SCHEMATA_EXTENSIONS",
          "CATALOG_NAME varchar(64) NOT NULL, SCHEMA_NAME identifier NOT NULL, OPTIONS varchar(256)", SchemataExtensions, 10);
  // CREATE_TIME is NOT NULL in MySQL; views and system views have none here.
  Declare(catalog, kInformationSchema, "TABLES",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "TABLE_TYPE enum('BASE TABLE','VIEW','SYSTEM VIEW') NOT NULL, ENGINE varchar(64), VERSION int, "
          "ROW_FORMAT enum('Fixed','Dynamic','Compressed','Redundant','Compact','Paged'), TABLE_ROWS bigint unsigned, "
          "AVG_ROW_LENGTH bigint unsigned, DATA_LENGTH bigint unsigned, MAX_DATA_LENGTH bigint unsigned, "
          "INDEX_LENGTH bigint unsigned, DATA_FREE bigint unsigned, AUTO_INCREMENT bigint unsigned, CREATE_TIME timestamp, "
          "UPDATE_TIME datetime, CHECK_TIME datetime, TABLE_COLLATION varchar(64), CHECKSUM bigint, CREATE_OPTIONS varchar(256), "
          "TABLE_COMMENT text",
          Tables, 500);
  Declare(catalog, kInformationSchema, "TABLES_EXTENSIONS",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "ENGINE_ATTRIBUTE json, SECONDARY_ENGINE_ATTRIBUTE json",
          TablesExtensions);
  Declare(catalog, kInformationSchema, "VIEWS",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "VIEW_DEFINITION longtext, CHECK_OPTION enum('NONE','LOCAL','CASCADED'), IS_UPDATABLE enum('NO','YES'), "
          "DEFINER varchar(288), SECURITY_TYPE varchar(7), CHARACTER_SET_CLIENT varchar(64) NOT NULL, "
          "COLLATION_CONNECTION varchar(64) NOT NULL",
          Views);
  Declare(catalog, kInformationSchema, "PARTITIONS",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "PARTITION_NAME varchar(64), SUBPARTITION_NAME varchar(64), PARTITION_ORDINAL_POSITION int unsigned, "
          "SUBPARTITION_ORDINAL_POSITION int unsigned, PARTITION_METHOD varchar(13), SUBPARTITION_METHOD varchar(13), "
          "PARTITION_EXPRESSION varchar(2048), SUBPARTITION_EXPRESSION varchar(2048), PARTITION_DESCRIPTION text, "
          "TABLE_ROWS bigint unsigned, AVG_ROW_LENGTH bigint unsigned, DATA_LENGTH bigint unsigned, "
          "MAX_DATA_LENGTH bigint unsigned, INDEX_LENGTH bigint unsigned, DATA_FREE bigint unsigned, CREATE_TIME timestamp, "
          "UPDATE_TIME datetime, CHECK_TIME datetime, CHECKSUM bigint, PARTITION_COMMENT text NOT NULL, NODEGROUP varchar(256), "
          "TABLESPACE_NAME varchar(268)",
          Partitions);
}

}  // namespace mahi
