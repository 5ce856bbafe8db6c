#include "protocol/response.h"

#include "protocol/wire.h"

namespace mahi {
namespace {

void AppendChange(WireBuffer* block, SessionTrackType type, std::string_view data) {
  block->AppendByte(static_cast<uint8_t>(type));
  AppendLenencBytes(block, data);
}

void AppendChanges(WireBuffer* payload, const SessionStateChanges& changes) {
  WireBuffer block, data;
  for (const auto& [name, value] : changes.system_variables) {
    data.Clear();
    AppendLenencBytes(&data, name);
    AppendLenencBytes(&data, value);
    AppendChange(&block, SessionTrackType::kSystemVariables, data.view());
  }
  if (changes.has_schema) {
    data.Clear();
    AppendLenencBytes(&data, changes.schema);
    AppendChange(&block, SessionTrackType::kSchema, data.view());
  }
  if (changes.state_changed) {
    data.Clear();
    AppendLenencBytes(&data, "1");
    AppendChange(&block, SessionTrackType::kStateChange, data.view());
  }
  if (!changes.gtids.empty()) {
    data.Clear();
    data.AppendByte(0);  // encoding: text
    AppendLenencBytes(&data, changes.gtids);
    AppendChange(&block, SessionTrackType::kGtids, data.view());
  }
  if (changes.has_transaction_characteristics) {
    data.Clear();
    AppendLenencBytes(&data, changes.transaction_characteristics);
    AppendChange(&block, SessionTrackType::kTransactionCharacteristics, data.view());
  }
  if (!changes.transaction_state.empty()) {
    data.Clear();
    AppendLenencBytes(&data, changes.transaction_state);
    AppendChange(&block, SessionTrackType::kTransactionState, data.view());
  }
  AppendLenencBytes(payload, block.view());
}

bool ReadChanges(std::string_view block, SessionStateChanges* changes) {
  WireReader reader(block);
  while (!reader.empty()) {
    uint8_t type = 0;
    std::string_view data, first, second;
    if (!reader.Read(&type) || !reader.ReadLenencBytes(&data)) return false;
    WireReader in(data);
    switch (static_cast<SessionTrackType>(type)) {
      case SessionTrackType::kSystemVariables:
        while (!in.empty()) {
          if (!in.ReadLenencBytes(&first) || !in.ReadLenencBytes(&second)) return false;
          changes->system_variables.emplace_back(first, second);
        }
        break;
      case SessionTrackType::kSchema:
        if (!in.ReadLenencBytes(&first)) return false;
        changes->has_schema = true;
        changes->schema = first;
        break;
      case SessionTrackType::kStateChange:
        if (!in.ReadLenencBytes(&first)) return false;
        changes->state_changed = first == "1";
        break;
      case SessionTrackType::kGtids:
        if (!in.Skip(1) || !in.ReadLenencBytes(&first)) return false;
        changes->gtids = first;
        break;
      case SessionTrackType::kTransactionCharacteristics:
        if (!in.ReadLenencBytes(&first)) return false;
        changes->has_transaction_characteristics = true;
        changes->transaction_characteristics = first;
        break;
      case SessionTrackType::kTransactionState:
        if (!in.ReadLenencBytes(&first)) return false;
        changes->transaction_state = first;
        break;
      default:
        break;  // a kind from the future
    }
  }
  return true;
}

}  // namespace

void AppendOk(WireBuffer* payload, const OkPacket& ok, uint32_t capabilities, uint8_t header) {
  payload->AppendByte(header);
  AppendLenencInt(payload, ok.affected_rows);
  AppendLenencInt(payload, ok.last_insert_id);
  bool has_changes =
      (capabilities & kClientSessionTrack) && ok.changes != nullptr && !ok.changes->empty();
  uint16_t status = ok.status;
  if (has_changes) status |= kStatusSessionStateChanged;
  payload->AppendLittle<uint16_t>(status);
  payload->AppendLittle<uint16_t>(ok.warning_count);
  if (capabilities & kClientSessionTrack) {
    if (has_changes || !ok.info.empty()) AppendLenencBytes(payload, ok.info);
    if (has_changes) AppendChanges(payload, *ok.changes);
  } else if (!ok.info.empty()) {
    AppendLenencBytes(payload, ok.info);
  }
}

Result<OkPacket> DecodeOk(std::string_view payload, uint32_t capabilities,
                          SessionStateChanges* changes) {
  WireReader reader(payload);
  OkPacket ok;
  uint8_t header = 0;
  if (!reader.Read(&header) || !reader.ReadLenencInt(&ok.affected_rows) ||
      !reader.ReadLenencInt(&ok.last_insert_id) || !reader.Read(&ok.status) ||
      !reader.Read(&ok.warning_count)) {
    return Error(ER_MALFORMED_PACKET);
  }
  if (reader.empty()) return ok;
  if (!(capabilities & kClientSessionTrack)) {
    // Servers send it with or without a length.
    WireReader with_length(reader.rest());
    std::string_view info;
    ok.info = with_length.ReadLenencBytes(&info) && with_length.empty() ? info : reader.ReadRest();
    return ok;
  }
  if (!reader.ReadLenencBytes(&ok.info)) return Error(ER_MALFORMED_PACKET);
  if ((ok.status & kStatusSessionStateChanged) && !reader.empty()) {
    std::string_view block;
    SessionStateChanges ignored;
    if (!reader.ReadLenencBytes(&block) ||
        !ReadChanges(block, changes != nullptr ? changes : &ignored)) {
      return Error(ER_MALFORMED_PACKET);
    }
  }
  return ok;
}

void AppendErr(WireBuffer* payload, uint16_t number, std::string_view sqlstate,
               std::string_view message, uint32_t capabilities) {
  payload->AppendByte(0xff);
  payload->AppendLittle<uint16_t>(number);
  if (capabilities & kClientProtocol41) {
    payload->AppendByte('#');
    payload->Append(sqlstate);
  }
  payload->Append(message.substr(0, 512 - 1));  // MYSQL_ERRMSG_SIZE
}

void AppendErr(WireBuffer* payload, const Error& error, uint32_t capabilities) {
  AppendErr(payload, error.number(), error.sqlstate(), error.message(), capabilities);
}

Error DecodeErr(std::string_view payload, uint32_t capabilities) {
  WireReader reader(payload);
  uint8_t header = 0;
  uint16_t number = 0;
  if (!reader.Read(&header) || header != 0xff || !reader.Read(&number)) {
    return Error(ER_MALFORMED_PACKET);
  }
  std::string_view state = "HY000";
  uint8_t marker = 0;
  if ((capabilities & kClientProtocol41) && reader.PeekByte(&marker) && marker == '#' &&
      reader.rest().size() >= 6) {
    reader.Skip(1);
    reader.ReadBytes(5, &state);
  }
  return Error::Custom(number, state, std::string(reader.ReadRest()));
}

void AppendEof(WireBuffer* payload, const EofPacket& eof, uint32_t capabilities) {
  payload->AppendByte(0xfe);
  if (!(capabilities & kClientProtocol41)) return;
  payload->AppendLittle<uint16_t>(eof.warning_count);
  payload->AppendLittle<uint16_t>(eof.status);
}

Result<EofPacket> DecodeEof(std::string_view payload, uint32_t capabilities) {
  WireReader reader(payload);
  EofPacket eof;
  uint8_t header = 0;
  if (!reader.Read(&header) || header != 0xfe) return Error(ER_MALFORMED_PACKET);
  if ((capabilities & kClientProtocol41) &&
      (!reader.Read(&eof.warning_count) || !reader.Read(&eof.status))) {
    return Error(ER_MALFORMED_PACKET);
  }
  return eof;
}

void AppendLocalInfileRequest(WireBuffer* payload, std::string_view file_name) {
  payload->AppendByte(0xfb);
  payload->Append(file_name);
}

void AppendStmtPrepareOk(WireBuffer* payload, const StmtPrepareOk& ok) {
  payload->AppendByte(0);
  payload->AppendLittle<uint32_t>(ok.statement_id);
  payload->AppendLittle<uint16_t>(ok.column_count);
  payload->AppendLittle<uint16_t>(ok.parameter_count);
  payload->AppendByte(0);
  payload->AppendLittle<uint16_t>(ok.warning_count);
}

Result<StmtPrepareOk> DecodeStmtPrepareOk(std::string_view payload) {
  WireReader reader(payload);
  StmtPrepareOk ok;
  uint8_t header = 0;
  if (!reader.Read(&header) || header != 0 || !reader.Read(&ok.statement_id) ||
      !reader.Read(&ok.column_count) || !reader.Read(&ok.parameter_count)) {
    return Error(ER_MALFORMED_PACKET);
  }
  if (reader.Skip(1)) reader.Read(&ok.warning_count);
  return ok;
}

}  // namespace mahi
