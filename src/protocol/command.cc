#include "protocol/command.h"

#include "protocol/wire.h"

namespace mahi {
namespace {

// No statement has more; keeps a forged count from costing memory.
constexpr uint64_t kMaxParameters = 65535;
constexpr uint16_t kUnsignedParameter = 0x8000;

bool BitIsSet(std::string_view bitmap, size_t bit) { return bitmap[bit / 8] >> (bit % 8) & 1; }

}  // namespace

Status DecodeQuery(std::string_view payload, uint32_t capabilities, QueryCommand* query) {
  query->attributes.clear();
  if (!(capabilities & kClientQueryAttributes)) {
    query->text = payload;
    return Status::Ok();
  }
  WireReader reader(payload);
  uint64_t count = 0, set_count = 0;
  if (!reader.ReadLenencInt(&count) || !reader.ReadLenencInt(&set_count) || count > kMaxParameters) {
    return Error(ER_MALFORMED_PACKET);
  }
  if (count != 0) {
    std::string_view bitmap;
    uint8_t new_parameters = 0;
    if (!reader.ReadBytes((count + 7) / 8, &bitmap) || !reader.Read(&new_parameters) ||
        new_parameters != 1) {
      return Error(ER_MALFORMED_PACKET);
    }
    std::vector<uint16_t> types(count);
    query->attributes.resize(count);
    for (size_t i = 0; i < count; ++i) {
      if (!reader.Read(&types[i]) || !reader.ReadLenencBytes(&query->attributes[i].name)) {
        return Error(ER_MALFORMED_PACKET);
      }
    }
    for (size_t i = 0; i < count; ++i) {
      WireValue& value = query->attributes[i].value;
      value.type = static_cast<WireType>(types[i] & 0xff);
      if (BitIsSet(bitmap, i)) continue;
      if (!ReadBinaryValue(&reader, value.type, types[i] & kUnsignedParameter, &value)) {
        return Error(ER_MALFORMED_PACKET);
      }
    }
  }
  query->text = reader.rest();
  return Status::Ok();
}

void AppendQuery(WireBuffer* payload, std::string_view text,
                 const std::vector<QueryAttribute>& attributes, uint32_t capabilities) {
  payload->AppendByte(static_cast<uint8_t>(Command::kQuery));
  if (capabilities & kClientQueryAttributes) {
    AppendLenencInt(payload, attributes.size());
    AppendLenencInt(payload, 1);
    if (!attributes.empty()) {
      size_t bitmap = payload->size();
      payload->AppendZeros((attributes.size() + 7) / 8);
      payload->AppendByte(1);
      for (size_t i = 0; i < attributes.size(); ++i) {
        const WireValue& value = attributes[i].value;
        if (value.kind == WireValue::Kind::kNull) {
          payload->data()[bitmap + i / 8] |= static_cast<char>(1u << (i % 8));
        }
        bool is_unsigned = value.kind == WireValue::Kind::kUint64;
        payload->AppendLittle<uint16_t>(static_cast<uint16_t>(
            static_cast<uint16_t>(value.type) | (is_unsigned ? kUnsignedParameter : 0)));
        AppendLenencBytes(payload, attributes[i].name);
      }
      for (const QueryAttribute& attribute : attributes) AppendBinaryValue(payload, attribute.value);
    }
  }
  payload->Append(text);
}

Result<uint32_t> DecodeStatementId(std::string_view payload) {
  WireReader reader(payload);
  uint32_t id = 0;
  if (!reader.Read(&id)) return Error(ER_MALFORMED_PACKET);
  return id;
}

Status DecodeStmtExecute(std::string_view payload, uint32_t capabilities, size_t parameter_count,
                         std::vector<ParameterType>* types, const std::vector<bool>* has_long_data,
                         StmtExecuteCommand* execute) {
  WireReader reader(payload);
  uint32_t iterations = 0;
  execute->parameters.clear();
  execute->attributes.clear();
  if (!reader.Read(&execute->statement_id) || !reader.Read(&execute->cursor_flags) ||
      !reader.Read(&iterations)) {
    return Error(ER_MALFORMED_PACKET);
  }
  bool named = (capabilities & kClientQueryAttributes) &&
               (execute->cursor_flags & kParameterCountAvailable);
  uint64_t count = parameter_count;
  if (named && (!reader.ReadLenencInt(&count) || count > kMaxParameters || count < parameter_count)) {
    return Error(ER_MALFORMED_PACKET);
  }
  if (count == 0) return Status::Ok();

  std::string_view bitmap;
  uint8_t new_parameters = 0;
  if (!reader.ReadBytes((count + 7) / 8, &bitmap) || !reader.Read(&new_parameters)) {
    return Error(ER_MALFORMED_PACKET);
  }
  std::vector<std::string_view> names(named ? count : 0);
  if (new_parameters != 0) {
    types->assign(count, ParameterType());
    for (size_t i = 0; i < count; ++i) {
      uint16_t type = 0;
      if (!reader.Read(&type) || (named && !reader.ReadLenencBytes(&names[i]))) {
        types->clear();
        return Error(ER_MALFORMED_PACKET);
      }
      (*types)[i] = {static_cast<WireType>(type & 0xff), (type & kUnsignedParameter) != 0};
    }
  } else if (types->size() < count) {
    return Error(ER_MALFORMED_PACKET);
  }
  execute->parameters.resize(parameter_count);
  execute->attributes.resize(count - parameter_count);
  for (size_t i = 0; i < count; ++i) {
    bool is_attribute = i >= parameter_count;
    WireValue& value =
        is_attribute ? execute->attributes[i - parameter_count].value : execute->parameters[i];
    if (is_attribute && named) execute->attributes[i - parameter_count].name = names[i];
    value.type = (*types)[i].type;
    if (!is_attribute && has_long_data != nullptr && i < has_long_data->size() &&
        (*has_long_data)[i]) {
      value.kind = WireValue::Kind::kBytes;
      continue;
    }
    if (BitIsSet(bitmap, i)) continue;
    if (!ReadBinaryValue(&reader, value.type, (*types)[i].is_unsigned, &value)) {
      return Error(ER_MALFORMED_PACKET);
    }
  }
  return Status::Ok();
}

void AppendStmtExecute(WireBuffer* payload, const StmtExecuteCommand& execute, uint32_t capabilities) {
  bool named = (capabilities & kClientQueryAttributes) && !execute.attributes.empty();
  size_t count = execute.parameters.size() + (named ? execute.attributes.size() : 0);
  payload->AppendByte(static_cast<uint8_t>(Command::kStmtExecute));
  payload->AppendLittle<uint32_t>(execute.statement_id);
  payload->AppendByte(
      static_cast<uint8_t>(execute.cursor_flags | (named ? kParameterCountAvailable : 0)));
  payload->AppendLittle<uint32_t>(1);
  if (named) AppendLenencInt(payload, count);
  if (count == 0) return;
  auto value_at = [&](size_t i) -> const WireValue& {
    return i < execute.parameters.size() ? execute.parameters[i]
                                         : execute.attributes[i - execute.parameters.size()].value;
  };
  size_t bitmap = payload->size();
  payload->AppendZeros((count + 7) / 8);
  payload->AppendByte(1);
  for (size_t i = 0; i < count; ++i) {
    const WireValue& value = value_at(i);
    if (value.kind == WireValue::Kind::kNull) {
      payload->data()[bitmap + i / 8] |= static_cast<char>(1u << (i % 8));
    }
    bool is_unsigned = value.kind == WireValue::Kind::kUint64;
    payload->AppendLittle<uint16_t>(static_cast<uint16_t>(static_cast<uint16_t>(value.type) |
                                                          (is_unsigned ? kUnsignedParameter : 0)));
    if (named) {
      AppendLenencBytes(payload, i < execute.parameters.size()
                                     ? std::string_view()
                                     : execute.attributes[i - execute.parameters.size()].name);
    }
  }
  for (size_t i = 0; i < count; ++i) AppendBinaryValue(payload, value_at(i));
}

Result<LongDataCommand> DecodeLongData(std::string_view payload) {
  WireReader reader(payload);
  LongDataCommand command;
  if (!reader.Read(&command.statement_id) || !reader.Read(&command.parameter_index)) {
    return Error(ER_MALFORMED_PACKET);
  }
  command.data = reader.rest();
  return command;
}

Result<StmtFetchCommand> DecodeStmtFetch(std::string_view payload) {
  WireReader reader(payload);
  StmtFetchCommand command;
  if (!reader.Read(&command.statement_id) || !reader.Read(&command.row_count)) {
    return Error(ER_MALFORMED_PACKET);
  }
  return command;
}

Result<FieldListCommand> DecodeFieldList(std::string_view payload) {
  WireReader reader(payload);
  FieldListCommand command;
  if (!reader.ReadNulTerminated(&command.table)) return Error(ER_MALFORMED_PACKET);
  command.wildcard = reader.ReadNulTerminatedOrRest();
  return command;
}

const char* CommandName(Command command) {
  static constexpr const char* kNames[] = {
      "Sleep",        "Quit",        "Init DB",      "Query",          "Field List",
      "Create DB",    "Drop DB",     "Refresh",      "Shutdown",       "Statistics",
      "Processlist",  "Connect",     "Kill",         "Debug",          "Ping",
      "Time",         "Delayed insert", "Change user", "Binlog Dump",  "Table Dump",
      "Connect Out",  "Register Replica", "Prepare", "Execute",        "Long Data",
      "Close stmt",   "Reset stmt",  "Set option",   "Fetch",          "Daemon",
      "Binlog Dump GTID", "Reset Connection", "clone"};
  size_t index = static_cast<size_t>(command);
  return index < sizeof(kNames) / sizeof(kNames[0]) ? kNames[index] : "Error";
}

}  // namespace mahi
