// Index: a key of a table, and its constraints' relatives.
// Thread safety: immutable once its TableDefinition is shared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mahi {

enum class IndexKind : uint8_t { kPrimary, kUnique, kSecondary, kFulltext, kSpatial };

struct IndexPart {
  uint32_t column = 0;         // ordinal in TableDefinition::columns; expression parts name a hidden column
  uint32_t prefix_length = 0;  // characters (bytes for binary strings); 0: the whole column
  bool is_descending = false;
};

struct Index {
  uint32_t id = 0;  // the key prefix in storage; unique in the server, never reused
  std::string name;  // "PRIMARY" for the primary key
  IndexKind kind = IndexKind::kSecondary;
  std::vector<IndexPart> parts;
  bool is_invisible = false;
  bool is_generated_for_foreign_key = false;  // dropped silently when an explicit key covers it
  std::string algorithm;  // as given: "", "BTREE" or "HASH"
  std::string comment;

  bool is_unique() const { return kind == IndexKind::kPrimary || kind == IndexKind::kUnique; }
};

enum class ReferentialAction : uint8_t { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };

struct ForeignKey {
  std::string name;
  std::vector<uint32_t> columns;  // ordinals in this table
  std::string referenced_schema;
  std::string referenced_table;
  std::vector<std::string> referenced_columns;
  ReferentialAction on_delete = ReferentialAction::kNoAction;
  ReferentialAction on_update = ReferentialAction::kNoAction;
};

struct CheckConstraint {
  std::string name;
  std::string expression;  // SQL text
  bool is_enforced = true;
  bool is_generated_name = false;
};

}  // namespace mahi
