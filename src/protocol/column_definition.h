// Column definitions of result sets (Protocol::ColumnDefinition41), both directions.
//
// Source: MySQL 8.4 source documentation, "Column Definition".
// Thread safety: stateless. Errors: ER_MALFORMED_PACKET (1835).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "protocol/constants.h"
#include "protocol/wire_buffer.h"

namespace mahi {

struct ColumnDefinition {
  std::string_view schema;
  std::string_view table;           // alias
  std::string_view original_table;
  std::string_view name;            // alias
  std::string_view original_name;
  uint16_t collation_id = kBinaryCollationId;
  uint32_t length = 0;  // maximum display width in bytes
  WireType type = WireType::kVarString;
  uint16_t flags = 0;
  uint8_t decimals = 0;
  // COM_FIELD_LIST only: the column's default as text.
  bool has_default = false;
  bool default_is_null = false;
  std::string_view default_value;
};
void AppendColumnDefinition(WireBuffer* payload, const ColumnDefinition& column);
// Views point into the payload.
Result<ColumnDefinition> DecodeColumnDefinition(std::string_view payload);

}  // namespace mahi
