#include "protocol/column_definition.h"

#include "protocol/wire.h"

namespace mahi {

void AppendColumnDefinition(WireBuffer* payload, const ColumnDefinition& column) {
  AppendLenencBytes(payload, "def");
  AppendLenencBytes(payload, column.schema);
  AppendLenencBytes(payload, column.table);
  AppendLenencBytes(payload, column.original_table);
  AppendLenencBytes(payload, column.name);
  AppendLenencBytes(payload, column.original_name);
  payload->AppendByte(0x0c);
  payload->AppendLittle<uint16_t>(column.collation_id);
  payload->AppendLittle<uint32_t>(column.length);
  payload->AppendByte(static_cast<uint8_t>(column.type));
  payload->AppendLittle<uint16_t>(column.flags);
  payload->AppendByte(column.decimals);
  payload->AppendLittle<uint16_t>(0);
  if (column.has_default) {
    if (column.default_is_null) {
      payload->AppendByte(0xfb);
    } else {
      AppendLenencBytes(payload, column.default_value);
    }
  }
}

Result<ColumnDefinition> DecodeColumnDefinition(std::string_view payload) {
  WireReader reader(payload);
  ColumnDefinition column;
  std::string_view catalog;
  uint64_t fixed_bytes = 0;
  uint8_t type = 0;
  if (!reader.ReadLenencBytes(&catalog) || !reader.ReadLenencBytes(&column.schema) ||
      !reader.ReadLenencBytes(&column.table) || !reader.ReadLenencBytes(&column.original_table) ||
      !reader.ReadLenencBytes(&column.name) || !reader.ReadLenencBytes(&column.original_name) ||
      !reader.ReadLenencInt(&fixed_bytes) || fixed_bytes < 0x0c ||
      !reader.Read(&column.collation_id) || !reader.Read(&column.length) || !reader.Read(&type) ||
      !reader.Read(&column.flags) || !reader.Read(&column.decimals) ||
      !reader.Skip(fixed_bytes - 10)) {
    return Error(ER_MALFORMED_PACKET);
  }
  column.type = static_cast<WireType>(type);
  if (!reader.empty()) {
    column.has_default = true;
    if (!reader.ReadLenencBytesOrNull(&column.default_value, &column.default_is_null)) {
      return Error(ER_MALFORMED_PACKET);
    }
  }
  return column;
}

}  // namespace mahi
