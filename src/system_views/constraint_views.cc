// Constraints: keys, foreign keys, checks.
// Source: MySQL 8.4 manual, "The INFORMATION_SCHEMA KEY_COLUMN_USAGE Table", "... TABLE_CONSTRAINTS Table",
// "... REFERENTIAL_CONSTRAINTS Table", "... CHECK_CONSTRAINTS Table".

#include "system_views/internal/system_table.h"

namespace mahi {

namespace {

// Constraints show to those who may do more with the table than SELECT.
bool SeesConstraints(ViewScan& scan, const TableDefinition& table) {
  SecurityContext* security = scan.security();
  if (security == nullptr) return true;
  PrivilegeSet privileges = security->TablePrivilegesOn(table.schema, table.name);
  for (const Column& column : table.columns) privileges |= security->ColumnPrivilegesOn(table.schema, table.name, column.name);
  return (privileges & ~kPrivilegeSelect) != 0;
}

Status ForEachConstrained(ViewScan& scan, std::string_view schema_column, std::string_view table_column,
                          const std::function<Status(const TableDefinition&)>& visit) {
  return ForEachTable(scan, schema_column, table_column, [&](const TableRef& table) -> Status {
    if (!scan.MayMatch("CONSTRAINT_SCHEMA", table->schema) || !SeesConstraints(scan, *table)) return Status::Ok();
    return visit(*table);
  });
}

Status KeyColumnUsage(ViewScan& scan) {
  return ForEachConstrained(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const TableDefinition& table) -> Status {
    auto head = [&](const std::string& constraint) -> ViewScan& {
      return scan.Text("def").Text(table.schema).Text(constraint).Text("def").Text(table.schema).Text(table.name);
    };
    for (const Index& index : table.indexes) {
      if (!index.is_unique() || !scan.MayMatch("CONSTRAINT_NAME", index.name)) continue;
      for (size_t i = 0; i < index.parts.size(); ++i) {
        const Column& column = table.columns[index.parts[i].column];
        if (column.is_hidden) continue;
        head(index.name).Text(column.name).Unsigned(i + 1).Nulls(4);
        MAHI_RETURN_IF_ERROR(scan.EndRow());
      }
    }
    for (const ForeignKey& key : table.foreign_keys) {
      if (!scan.MayMatch("CONSTRAINT_NAME", key.name) || !scan.MayMatch("REFERENCED_TABLE_NAME", key.referenced_table)) continue;
      for (size_t i = 0; i < key.columns.size(); ++i) {
        head(key.name).Text(table.columns[key.columns[i]].name).Unsigned(i + 1).Unsigned(i + 1);
        scan.Text(key.referenced_schema).Text(key.referenced_table).Text(key.referenced_columns[i]);
        MAHI_RETURN_IF_ERROR(scan.EndRow());
      }
    }
    return Status::Ok();
  });
}

Status TableConstraints(ViewScan& scan) {
  return ForEachConstrained(scan, "TABLE_SCHEMA", "TABLE_NAME", [&](const TableDefinition& table) -> Status {
    auto add = [&](const std::string& name, const char* type, bool is_enforced = true) -> Status {
      if (!scan.MayMatch("CONSTRAINT_NAME", name)) return Status::Ok();
      scan.Text("def").Text(table.schema).Text(name).Text(table.schema).Text(table.name).Text(type).YesNo(is_enforced);
      return scan.EndRow();
    };
    for (const Index& index : table.indexes) {
      if (index.is_unique()) {
        MAHI_RETURN_IF_ERROR(add(index.name, index.kind == IndexKind::kPrimary ? "PRIMARY KEY" : "UNIQUE"));
      }
    }
    for (const ForeignKey& key : table.foreign_keys) MAHI_RETURN_IF_ERROR(add(key.name, "FOREIGN KEY"));
    for (const CheckConstraint& check : table.checks) MAHI_RETURN_IF_ERROR(add(check.name, "CHECK", check.is_enforced));
    return Status::Ok();
  });
}

Status TableConstraintsExtensions(ViewScan& scan) {
  return ForEachConstrained(scan, "CONSTRAINT_SCHEMA", "TABLE_NAME", [&](const TableDefinition& table) -> Status {
    for (const Index& index : table.indexes) {
      scan.Text("def").Text(table.schema).Text(index.name).Text(table.name).Nulls(2);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

const char* RuleText(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::kNoAction:
      return "NO ACTION";
    case ReferentialAction::kRestrict:
      return "RESTRICT";
    case ReferentialAction::kCascade:
      return "CASCADE";
    case ReferentialAction::kSetNull:
      return "SET NULL";
    case ReferentialAction::kSetDefault:
      return "SET DEFAULT";
  }
  return "NO ACTION";
}

// The parent's unique key that a foreign key refers to; empty when there is none any more.
std::string UniqueConstraint(ViewScan& scan, const ForeignKey& key) {
  Result<TableRef> parent = scan.catalog().FindTable(scan.transaction(), key.referenced_schema, key.referenced_table);
  if (!parent.ok() || *parent == nullptr) return "";
  for (const Index& index : (*parent)->indexes) {
    if (!index.is_unique() || index.parts.size() < key.referenced_columns.size()) continue;
    bool is_match = true;
    for (size_t i = 0; i < key.referenced_columns.size(); ++i) {
      is_match = is_match && EqualIgnoreAsciiCase((*parent)->columns[index.parts[i].column].name, key.referenced_columns[i]);
    }
    if (is_match) return index.name;
  }
  return "";
}

Status ReferentialConstraints(ViewScan& scan) {
  return ForEachConstrained(scan, "CONSTRAINT_SCHEMA", "TABLE_NAME", [&](const TableDefinition& table) -> Status {
    for (const ForeignKey& key : table.foreign_keys) {
      if (!scan.MayMatch("CONSTRAINT_NAME", key.name) || !scan.MayMatch("REFERENCED_TABLE_NAME", key.referenced_table)) continue;
      scan.Text("def").Text(table.schema).Text(key.name).Text("def").Text(key.referenced_schema);
      if (scan.wants()) {
        scan.TextOrNull(UniqueConstraint(scan, key));
      } else {
        scan.Null();
      }
      scan.Text("NONE").Text(RuleText(key.on_update)).Text(RuleText(key.on_delete)).Text(table.name).Text(key.referenced_table);
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

Status CheckConstraints(ViewScan& scan) {
  return ForEachConstrained(scan, "CONSTRAINT_SCHEMA", "", [&](const TableDefinition& table) -> Status {
    for (const CheckConstraint& check : table.checks) {
      if (!scan.MayMatch("CONSTRAINT_NAME", check.name)) continue;
      const bool is_wrapped = check.expression.starts_with('(') && check.expression.ends_with(')');
      scan.Text("def").Text(table.schema).Text(check.name).Text(is_wrapped ? check.expression : "(" + check.expression + ")");
      MAHI_RETURN_IF_ERROR(scan.EndRow());
    }
    return Status::Ok();
  });
}

}  // namespace

void DeclareConstraintViews(Catalog* catalog) {
  Declare(catalog, kInformationSchema, "KEY_COLUMN_USAGE",
          "CONSTRAINT_CATALOG varchar(64) NOT NULL, CONSTRAINT_SCHEMA identifier NOT NULL, CONSTRAINT_NAME varchar(64), "
          "TABLE_CATALOG varchar(64) NOT NULL, TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, "
          "COLUMN_NAME varchar(64), ORDINAL_POSITION int unsigned NOT NULL, POSITION_IN_UNIQUE_CONSTRAINT int unsigned, "
          "REFERENCED_TABLE_SCHEMA identifier, REFERENCED_TABLE_NAME identifier, REFERENCED_COLUMN_NAME varchar(64)",
          KeyColumnUsage, 300);
  Declare(catalog, kInformationSchema, "TABLE_CONSTRAINTS",
          "CONSTRAINT_CATALOG varchar(64) NOT NULL, CONSTRAINT_SCHEMA identifier NOT NULL, CONSTRAINT_NAME varchar(64), "
          "TABLE_SCHEMA identifier NOT NULL, TABLE_NAME identifier NOT NULL, CONSTRAINT_TYPE varchar(11) NOT NULL, "
          "ENFORCED varchar(3) NOT NULL",
          TableConstraints, 300);
  Declare(catalog, kInformationSchema, "TABLE_CONSTRAINTS_EXTENSIONS",
          "CONSTRAINT_CATALOG varchar(64) NOT NULL, CONSTRAINT_SCHEMA identifier NOT NULL, CONSTRAINT_NAME varchar(64) NOT NULL, "
          "TABLE_NAME identifier NOT NULL, ENGINE_ATTRIBUTE json, SECONDARY_ENGINE_ATTRIBUTE json",
          TableConstraintsExtensions, 300);
  Declare(catalog, kInformationSchema, "REFERENTIAL_CONSTRAINTS",
          "CONSTRAINT_CATALOG varchar(64) NOT NULL, CONSTRAINT_SCHEMA identifier NOT NULL, CONSTRAINT_NAME varchar(64), "
          "UNIQUE_CONSTRAINT_CATALOG varchar(64) NOT NULL, UNIQUE_CONSTRAINT_SCHEMA identifier NOT NULL, "
          "UNIQUE_CONSTRAINT_NAME varchar(64), MATCH_OPTION enum('NONE','PARTIAL','FULL') NOT NULL, "
          "UPDATE_RULE enum('NO ACTION','RESTRICT','CASCADE','SET NULL','SET DEFAULT') NOT NULL, "
          "DELETE_RULE enum('NO ACTION','RESTRICT','CASCADE','SET NULL','SET DEFAULT') NOT NULL, TABLE_NAME identifier NOT NULL, "
          "REFERENCED_TABLE_NAME identifier NOT NULL",
          ReferentialConstraints);
  Declare(catalog, kInformationSchema, "CHECK_CONSTRAINTS",
          "CONSTRAINT_CATALOG varchar(64) NOT NULL, CONSTRAINT_SCHEMA identifier NOT NULL, CONSTRAINT_NAME varchar(64) NOT NULL, "
          "CHECK_CLAUSE longtext NOT NULL",
          CheckConstraints);
}

}  // namespace mahi
