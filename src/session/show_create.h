// Text of definitions as SHOW CREATE prints them; clients parse it, so every byte counts.
// Source: MySQL 8.4 manual, "SHOW CREATE TABLE Statement" and recorded answers.
// Thread safety: stateless.
#pragma once

#include <string>

#include "schema/table_definition.h"
#include "schema/view_definition.h"

namespace mahi {

// `auto_increment`: the running counter, 0 for none. `default_collation`: the collation of the schema (unused by MySQL's
// form, which always names the table's).
std::string ShowCreateTable(const TableDefinition& table, uint64_t auto_increment, bool quotes_names, bool ansi_quotes,
                            uint64_t sql_mode);
std::string ShowCreateView(const ViewDefinition& view, bool ansi_quotes);
std::string ShowCreateDatabase(const SchemaDefinition& schema, bool if_not_exists, bool ansi_quotes);

// `name`, or "name" under ANSI_QUOTES; quotes doubled.
std::string QuoteIdentifier(std::string_view name, bool ansi_quotes = false);
// 'text' with quotes doubled and backslashes escaped.
std::string QuoteText(std::string_view text);

}  // namespace mahi
