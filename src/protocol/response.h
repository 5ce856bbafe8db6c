// Generic answers: OK, ERR, EOF, LOCAL INFILE request, prepared statement OK; both directions.
//
// Source: MySQL 8.4 source documentation, "Generic Response Packets", "COM_STMT_PREPARE Response".
// Thread safety: stateless. Append… write a payload (the caller frames it). Decoders answer
// ER_MALFORMED_PACKET (1835) to what they cannot read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "protocol/constants.h"
#include "protocol/wire_buffer.h"

namespace mahi {

// What changed in the session, for clients with kClientSessionTrack.
struct SessionStateChanges {
  std::vector<std::pair<std::string, std::string>> system_variables;
  bool has_schema = false;
  std::string schema;
  bool state_changed = false;  // session_track_state_change
  std::string gtids;
  bool has_transaction_characteristics = false;
  std::string transaction_characteristics;
  std::string transaction_state;  // eight characters, or empty for no change

  bool empty() const {
    return system_variables.empty() && !has_schema && !state_changed && gtids.empty() &&
           !has_transaction_characteristics && transaction_state.empty();
  }
  void Clear() { *this = SessionStateChanges(); }
};

struct OkPacket {
  uint64_t affected_rows = 0;
  uint64_t last_insert_id = 0;
  uint16_t status = 0;
  uint16_t warning_count = 0;
  std::string_view info;
  const SessionStateChanges* changes = nullptr;  // encoding only; may be null
};
// `header` is 0x00, or 0xfe for the OK that ends a result set (kClientDeprecateEof).
void AppendOk(WireBuffer* payload, const OkPacket& ok, uint32_t capabilities, uint8_t header = 0x00);
// `changes` may be null.
Result<OkPacket> DecodeOk(std::string_view payload, uint32_t capabilities,
                          SessionStateChanges* changes);

void AppendErr(WireBuffer* payload, uint16_t number, std::string_view sqlstate,
               std::string_view message, uint32_t capabilities);
void AppendErr(WireBuffer* payload, const Error& error, uint32_t capabilities);
// The error that an ERR packet carries.
Error DecodeErr(std::string_view payload, uint32_t capabilities);

struct EofPacket {
  uint16_t warning_count = 0;
  uint16_t status = 0;
};
void AppendEof(WireBuffer* payload, const EofPacket& eof, uint32_t capabilities);
Result<EofPacket> DecodeEof(std::string_view payload, uint32_t capabilities);

inline bool IsErrPacket(std::string_view payload) {
  return !payload.empty() && static_cast<uint8_t>(payload[0]) == 0xff;
}
inline bool IsOkPacket(std::string_view payload) { return !payload.empty() && payload[0] == 0; }
inline bool IsLocalInfileRequest(std::string_view payload) {
  return !payload.empty() && static_cast<uint8_t>(payload[0]) == 0xfb;
}
// The end of a result set: classic EOF, or OK with header 0xfe under kClientDeprecateEof.
inline bool IsEndOfRows(std::string_view payload, uint32_t capabilities) {
  if (payload.empty() || static_cast<uint8_t>(payload[0]) != 0xfe) return false;
  return (capabilities & kClientDeprecateEof) ? payload.size() < kMaxFramePayload
                                              : payload.size() < 9;
}

void AppendLocalInfileRequest(WireBuffer* payload, std::string_view file_name);

struct StmtPrepareOk {
  uint32_t statement_id = 0;
  uint16_t column_count = 0;
  uint16_t parameter_count = 0;
  uint16_t warning_count = 0;
};
void AppendStmtPrepareOk(WireBuffer* payload, const StmtPrepareOk& ok);
Result<StmtPrepareOk> DecodeStmtPrepareOk(std::string_view payload);

}  // namespace mahi
