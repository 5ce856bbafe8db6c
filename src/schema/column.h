// Column: one column of a table definition.
// Thread safety: immutable once its TableDefinition is shared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "types/sql_type.h"
#include "types/value.h"

namespace mahi {

// Where the value comes from when a statement gives none.
enum class DefaultKind : uint8_t {
  kNone,        // no default: an error in strict mode, the type's implicit default otherwise
  kNull,        // DEFAULT NULL, or implied by nullability
  kLiteral,     // default_value
  kNow,         // CURRENT_TIMESTAMP with the column's fsp
  kExpression,  // default_expression
};

enum class GeneratedKind : uint8_t { kNone, kVirtual, kStored };

struct Column {
  uint32_t id = 0;       // never reused within the table; names columns in stored rows
  std::string name;
  SqlType type;
  bool is_nullable = true;
  bool is_auto_increment = false;
  bool is_invisible = false;
  bool is_hidden = false;  // made by the server: the key part of an expression index

  DefaultKind default_kind = DefaultKind::kNone;
  Value default_value;             // kLiteral: already converted to `type`
  std::string default_text;        // kLiteral: as SHOW CREATE TABLE prints it, without quotes
  std::string default_expression;  // kExpression: SQL text
  bool on_update_now = false;

  GeneratedKind generated = GeneratedKind::kNone;
  std::string generated_expression;  // SQL text

  std::string comment;

  // Rows written before the column was added instantly read as this value.
  uint32_t added_in_version = 0;
  Value initial_value;
  // TableDefinition::dropped_columns: rows of this version and later do not have the column.
  uint32_t dropped_in_version = 0;

  bool is_virtual() const { return generated == GeneratedKind::kVirtual; }
};

}  // namespace mahi
