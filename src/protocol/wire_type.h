// How an SQL type appears in result metadata: wire type, length, character set, flags, decimals.
//
// Source: MySQL 8.4 source documentation, "Column Definition"; lengths as MySQL 8.4 sends them.
// Thread safety: stateless.
#pragma once

#include "protocol/column_definition.h"
#include "types/sql_type.h"

namespace mahi {

WireType WireTypeOf(const SqlType& type);

// Sets collation_id, length, type, decimals and the flags that follow from the type. Strings are announced in
// `results` (character_set_results), or in their own collation when it is null. `is_base_column` tells a column of a
// table from an expression.
void DescribeType(const SqlType& type, const Collation* results, bool is_base_column,
                  ColumnDefinition* column);

}  // namespace mahi
