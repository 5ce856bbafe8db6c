// TableDefinition: everything that a table is, as immutable data.
//
// DDL makes a changed copy with a higher `version`; statements hold the version that they were bound to.
// Thread safety: immutable after it is published as shared_ptr<const TableDefinition>.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/column.h"
#include "schema/index.h"

namespace mahi {

struct TableDefinition {
  uint64_t id = 0;  // unique in the server, never reused
  std::string schema;
  std::string name;
  uint64_t version = 1;      // grows with every DDL on the table; plans depend on it
  uint32_t row_version = 1;  // the schema version that stored rows carry; grows when the row layout changes
  bool is_temporary = false;

  std::vector<Column> columns;       // visible order
  std::vector<Index> indexes;        // the primary key first, then unique, then others, as SHOW prints them
  std::vector<ForeignKey> foreign_keys;
  std::vector<CheckConstraint> checks;
  uint32_t next_column_id = 1;
  // Columns dropped instantly, still present in rows of older row versions.
  std::vector<Column> dropped_columns;

  CollationId collation = 255;
  std::string engine = "InnoDB";     // as given; every engine name that is accepted is stored by the one engine
  std::string comment;
  std::string row_format;            // as given, "" for the default
  std::string create_options;        // further accepted options, as SHOW CREATE TABLE prints them
  uint64_t auto_increment_start = 1; // AUTO_INCREMENT= of CREATE/ALTER; the running value is in the catalog
  int64_t created_at_us = 0;         // microseconds since the epoch
  int64_t updated_at_us = 0;

  // Storage id of the hidden row-id key; 0 when there is a primary key.
  uint32_t hidden_index_id = 0;

  const Index* primary_key() const {
    return !indexes.empty() && indexes[0].kind == IndexKind::kPrimary ? &indexes[0] : nullptr;
  }
  // Key prefix of the rows.
  uint32_t row_index_id() const { return primary_key() ? primary_key()->id : hidden_index_id; }

  // Names compare without case (columns, indexes, constraints).
  const Column* FindColumn(std::string_view column_name) const;
  std::optional<uint32_t> ColumnOrdinal(std::string_view column_name) const;
  const Index* FindIndex(std::string_view index_name) const;
  std::optional<uint32_t> auto_increment_column() const;
  std::string QualifiedName() const { return schema + "." + name; }
};

using TableRef = std::shared_ptr<const TableDefinition>;

}  // namespace mahi
