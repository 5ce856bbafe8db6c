// COLUMNS, STATISTICS and their relatives.
// Source: MySQL 8.4 manual, "The INFORMATION_SCHEMA COLUMNS Table", "... STATISTICS Table".

#include <fmt/format.h>

#include "charset/charset.h"
#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

constexpr PrivilegeSet kColumnPrivilegeBits[] = {kPrivilegeSelect, kPrivilegeInsert, kPrivilegeUpdate, kPrivilegeReferences};
constexpr std::string_view kColumnPrivilegeNames[] = {"select", "insert", "update", "references"};

// What the session may do with the column; empty: it does not see it.
std::string ColumnPrivilegeText(ViewScan& scan, const VisibleObject& object, std::string_view column) {
  if (object.is_virtual && object.schema == kInformationSchema) return "select";
  SecurityContext* security = scan.security();
  std::string text;
  for (size_t i = 0; i < std::size(kColumnPrivilegeBits); ++i) {
    if (security != nullptr &&
        (security->ColumnPrivilegesOn(object.schema, object.name, column) & kColumnPrivilegeBits[i]) == 0) {
      continue;
    }
    if (!text.empty()) text += ',';
    text += kColumnPrivilegeNames[i];
  }
  return text;
}

bool SeesColumn(ViewScan& scan, const VisibleObject& object, std::string_view column) {
  return scan.security() == nullptr || !ColumnPrivilegeText(scan, object, column).empty();
}

// PRI, UNI, MUL or nothing. A unique key without NULLs stands in for a missing primary key.
std::string_view ColumnKey(const TableDefinition& table, uint32_t ordinal) {
  const Index* primary = table.primary_key();
  for (const Index& index : table.indexes) {
    if (primary != nullptr) break;
    if (index.kind != IndexKind::kUnique) continue;
    bool is_nullable = false;
    for (const IndexPart& part : index.parts) {
      const Column& column = table.columns[part.column];
      is_nullable = is_nullable || column.is_nullable || column.is_hidden || part.prefix_length != 0;
    }
    if (!is_nullable) primary = &index;
  }
  if (primary != nullptr) {
    for (const IndexPart& part : primary->parts) {
      if (part.column == ordinal) return "PRI";
    }
  }
  bool is_first = false;
  for (const Index& index : table.indexes) {
    if (index.parts.empty() || index.parts[0].column != ordinal) continue;
    if (index.kind == IndexKind::kUnique && index.parts.size() == 1) return "UNI";
    is_first = true;
  }
  return is_first ? "MUL" : "";
}

std::string Extra(const Column& column) {
  std::string extra;
  auto add = [&](std::string_view word) {
    if (!extra.empty()) extra += ' ';
    extra += word;
  };
  if (column.is_auto_increment) add("auto_increment");
  if (column.default_kind == DefaultKind::kNow || column.default_kind == DefaultKind::kExpression) add("DEFAULT_GENERATED");
  if (column.on_update_now) {
    add(column.type.decimals == 0 ? "on update CURRENT_TIMESTAMP"
                                  : fmt::format("on update CURRENT_TIMESTAMP({})", column.type.decimals));
  }
  if (column.generated == GeneratedKind::kVirtual) add("VIRTUAL GENERATED");
  if (column.generated == GeneratedKind::kStored) add("STORED GENERATED");
  if (column.is_invisible) add("INVISIBLE");
  return extra;
}

void DefaultText(ViewScan& scan, const Column& column) {
  switch (column.default_kind) {
    case DefaultKind::kNone:
    case DefaultKind::kNull:
      scan.Null();
      return;
    case DefaultKind::kLiteral:
      if (column.type.id == TypeId::kBit && column.default_value.kind() == PhysicalType::kUInt64) {
        std::string bits;
        for (uint64_t value = column.default_value.uint64(); value != 0; value >>= 1) {
          bits.insert(bits.begin(), static_cast<char>('0' + (value & 1)));
        }
        scan.Text("b'" + (bits.empty() ? std::string("0") : bits) + "'");
      } else {
        scan.Text(column.default_text);
      }
      return;
    case DefaultKind::kNow:
      scan.Text(column.type.decimals == 0 ? "CURRENT_TIMESTAMP" : fmt::format("CURRENT_TIMESTAMP({})", column.type.decimals));
      return;
    case DefaultKind::kExpression:
      scan.Text(column.default_expression);
      return;
  }
}

Status ColumnRow(ViewScan& scan, const VisibleObject& object, const Column& column, uint32_t position, std::string_view key) {
  const SqlType& type = column.type;
  scan.Text("def").Text(object.schema).Text(object.name).Text(column.name).Unsigned(position);
  DefaultText(scan, column);
  scan.YesNo(column.is_nullable);
  WriteTypeColumns(scan, type);
  if (scan.wants()) {
    scan.Text(type.ToSql());
  } else {
    scan.Null();
  }
  scan.Text(key).Text(Extra(column));
  if (scan.wants()) {
    scan.Text(ColumnPrivilegeText(scan, object, column.name));
  } else {
    scan.Null();
  }
  scan.Text(column.comment).Text(column.generated_expression).Null();
  return scan.EndRow();
}

Status Columns(ViewScan& scan) {
  return ForEachObject(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const VisibleObject& object) -> Status {
    uint32_t position = 0;
    if (object.view != nullptr) {
      if (scan.host() == nullptr) return Status::Ok();
      Result<std::vector<ViewColumnInfo>> columns = scan.host()->ViewColumns(object.view);
      if (!columns.ok()) return Status::Ok();  // the view refers to something that is gone
      for (size_t i = 0; i < columns->size(); ++i) {
        const ViewColumnInfo& info = (*columns)[i];
        Column column;
        column.name = i < object.view->columns.size() ? object.view->columns[i] : info.name;
        column.type = info.type;
        column.is_nullable = info.is_nullable;
        ++position;
        if (!scan.MayMatch("COLUMN_NAME", column.name) || !SeesColumn(scan, object, column.name)) continue;
        MAHI_RETURN_IF_ERROR(ColumnRow(scan, object, column, position, ""));
      }
      return Status::Ok();
    }
    const TableDefinition& table = *object.table;
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
      if (column.is_hidden) continue;
      ++position;
      if (!scan.MayMatch("COLUMN_NAME", column.name) || !SeesColumn(scan, object, column.name)) continue;
      MAHI_RETURN_IF_ERROR(ColumnRow(scan, object, column, position, ColumnKey(table, i)));
    }
    return Status::Ok();
  });
}

Status ColumnsExtensions(ViewScan& scan) {
  return ForEachTable(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const TableRef& table) -> Status {
    for (const Column& column : table->columns) {
      if (column.is_hidden) continue;
      scan.Text("def").Text(table->schema).Text(table->name).Text(column.name).Nulls(2);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

const char* IndexType(const Index& index) {
  switch (index.kind) {
    case IndexKind::kFulltext:
      return "FULLTEXT";
    case IndexKind::kSpatial:
      return "SPATIAL";
    default:
      return "BTREE";
  }
}

// Different values of the first `parts` parts, as far as is known; the number of rows otherwise.
uint64_t Cardinality(const TableStatistics* statistics, const Index& index, size_t parts, uint64_t rows) {
  if (statistics != nullptr && statistics->row_count != 0) {
    for (const IndexStatistics& known : statistics->indexes) {
      if (known.index_id == index.id && known.distinct.size() >= parts && known.distinct[parts - 1] != 0) {
        return known.distinct[parts - 1];
      }
    }
  }
  return rows;
}

Status Statistics(ViewScan& scan) {
  return ForEachTable(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const TableRef& table) -> Status {
    const bool wants_cardinality = scan.Wants("CARDINALITY") && !table->indexes.empty();
    StatisticsRef statistics;
    uint64_t rows = 0;
    if (wants_cardinality && scan.context().schema_reader != nullptr) {
      statistics = scan.context().schema_reader->statistics().Statistics(*table);
      rows = scan.context().schema_reader->statistics().RowCount(*table);
    }
    for (const Index& index : table->indexes) {
      if (!scan.MayMatch("INDEX_NAME", index.name)) continue;
      for (size_t i = 0; i < index.parts.size(); ++i) {
        const IndexPart& part = index.parts[i];
        const Column& column = table->columns[part.column];
        scan.Text("def").Text(table->schema).Text(table->name).Number(!index.is_unique()).Text(table->schema).Text(index.name);
        scan.Unsigned(i + 1);
        if (column.is_hidden) {
          scan.Null();
        } else {
          scan.Text(column.name);
        }
        if (index.kind == IndexKind::kFulltext) {
          scan.Null();
        } else {
          scan.Text(part.is_descending ? "D" : "A");
        }
        scan.Unsigned(Cardinality(statistics.get(), index, i + 1, rows));
        if (index.kind == IndexKind::kSpatial) {
          scan.Number(32);
        } else if (part.prefix_length != 0 && index.kind != IndexKind::kFulltext) {
          scan.Unsigned(part.prefix_length);
        } else {
          scan.Null();
        }
        scan.Null().Text(column.is_nullable && index.kind != IndexKind::kPrimary ? "YES" : "").Text(IndexType(index)).Text("");
        scan.Text(index.comment).YesNo(!index.is_invisible);
        if (column.is_hidden) {
          scan.Text(column.generated_expression);
        } else {
          scan.Null();
        }
        MAHI_RETURN_IF_ERROR(scan.EndRow());
      }
    }
    return Status::Ok();
  });
}

}  // namespace

void WriteTypeColumns(ViewScan& scan, const SqlType& type) {
  scan.Text(type.TypeName());
  // CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH.
  if (type.IsBlob()) {
    scan.Unsigned(type.MaxBytes()).Unsigned(type.MaxBytes());
  } else if (type.IsString() || type.IsEnumOrSet()) {
    scan.Unsigned(type.length).Unsigned(uint64_t{type.length} * type.charset().max_bytes);
  } else {
    scan.Nulls(2);
  }
  // NUMERIC_PRECISION, NUMERIC_SCALE.
  if (type.IsInteger()) {
    static constexpr uint64_t kDigits[] = {3, 5, 7, 10, 19};
    const auto index = static_cast<size_t>(type.id) - static_cast<size_t>(TypeId::kTinyInt);
    scan.Unsigned(kDigits[index] + (type.id == TypeId::kBigInt && type.is_unsigned)).Unsigned(0);
  } else if (type.IsDecimal()) {
    scan.Unsigned(type.length).Unsigned(type.decimals);
  } else if (type.IsReal()) {
    const bool is_fixed = type.decimals != kNotFixedDecimals;
    scan.Unsigned(is_fixed ? type.length : type.id == TypeId::kFloat ? 12 : 22);
    if (is_fixed) {
      scan.Unsigned(type.decimals);
    } else {
      scan.Null();
    }
  } else if (type.id == TypeId::kBit) {
    scan.Unsigned(type.length).Null();
  } else {
    scan.Nulls(2);
  }
  if (type.IsTemporal() && type.id != TypeId::kDate) {
    scan.Unsigned(type.decimals);
  } else {
    scan.Null();
  }
  if (type.IsCharacterString() || type.IsEnumOrSet()) {
    scan.Text(type.charset().name).Text(type.collation_ref().name());
  } else {
    scan.Nulls(2);
  }
}

void DeclareColumnViews(Catalog* catalog) {
  Declare(catalog, kInformationSchema, "COLUMNS",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "COLUMN_NAME varchar(64), ORDINAL_POSITION int unsigned NOT NULL, COLUMN_DEFAULT text, IS_NULLABLE varchar(3) NOT NULL, "
          "DATA_TYPE longtext, CHARACTER_MAXIMUM_LENGTH bigint, CHARACTER_OCTET_LENGTH bigint, NUMERIC_PRECISION bigint unsigned, "
          "NUMERIC_SCALE bigint unsigned, DATETIME_PRECISION int unsigned, CHARACTER_SET_NAME varchar(64), "
          "COLLATION_NAME varchar(64), COLUMN_TYPE mediumtext NOT NULL, COLUMN_KEY enum('','PRI','UNI','MUL') NOT NULL, "
          "EXTRA varchar(256), PRIVILEGES varchar(154), COLUMN_COMMENT text NOT NULL, GENERATION_EXPRESSION longtext NOT NULL, "
          "SRS_ID int unsigned",
          Columns, 3000);
  Declare(catalog, kInformationSchema, "COLUMNS_EXTENSIONS",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "COLUMN_NAME varchar(64), ENGINE_ATTRIBUTE json, SECONDARY_ENGINE_ATTRIBUTE json",
          ColumnsExtensions, 1000);
  Declare(catalog, kInformationSchema, "STATISTICS",
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "NON_UNIQUE int NOT NULL, INDEX_SCHEMA identifier NOT NULL, INDEX_NAME varchar(64), SEQ_IN_INDEX int unsigned NOT NULL, "
          "COLUMN_NAME varchar(64), COLLATION varchar(1), CARDINALITY bigint, SUB_PART bigint, PACKED binary(0), "
          "NULLABLE varchar(3) NOT NULL, INDEX_TYPE varchar(11) NOT NULL, COMMENT varchar(8) NOT NULL, "
          "INDEX_COMMENT varchar(2048) NOT NULL, IS_VISIBLE varchar(3) NOT NULL, EXPRESSION longtext",
          Statistics, 500);
  DeclareEmpty(catalog, kInformationSchema, "COLUMN_STATISTICS",
               "SCHEMA_NAME identifier NOT NULL, TABLE_NAME identifier NOT NULL, COLUMN_NAME varchar(64) NOT NULL, "
               "HISTOGRAM json NOT NULL");
}

}  // namespace mahi
