// Column and cast types of the AST -> SqlType.
//
// Errors: 1063, 1074, 1097, 1115, 1253, 1273, 1291, 1425, 1426, 1427, 1439 as MySQL raises them for a column.
// Source: MySQL 8.4 manual, chapter "Data Types".
// Thread safety: stateless.
#pragma once

#include <string_view>

#include "base/diagnostics.h"
#include "base/status.h"
#include "parser/ast/expression.h"
#include "types/sql_type.h"

namespace mahi {

// The type of a column. `default_collation` is the table's. VARCHAR and VARBINARY too long for a row become TEXT or
// BLOB with a note unless `is_strict` (1074).
Result<SqlType> ResolveColumnType(const ast::DataType& type, std::string_view column_name,
                                  CollationId default_collation, bool is_strict, bool real_as_float,
                                  Diagnostics* diagnostics);

// The collation for `CHARACTER SET charset COLLATE collation`; each may be empty. Errors: 1115, 1273, 1253.
Result<CollationId> ResolveCollation(std::string_view charset, std::string_view collation,
                                     CollationId default_collation);

}  // namespace mahi
