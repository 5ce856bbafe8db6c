// Every decoder, fed with the same bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/column_definition.h"
#include "protocol/command.h"
#include "protocol/handshake.h"
#include "protocol/response.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mahi;
  if (size < 5) return 0;
  uint32_t capabilities = LoadLittle<uint32_t>(data);
  uint8_t columns = data[4];
  std::string_view payload(reinterpret_cast<const char*>(data) + 5, size - 5);
  (void)DecodeGreeting(payload);
  (void)DecodeHandshakeResponse(payload, capabilities);
  (void)DecodeAuthSwitchRequest(payload);
  (void)DecodeChangeUser(payload, capabilities);
  SessionStateChanges changes;
  (void)DecodeOk(payload, capabilities, &changes);
  (void)DecodeErr(payload, capabilities);
  (void)DecodeEof(payload, capabilities);
  (void)DecodeStmtPrepareOk(payload);
  (void)DecodeColumnDefinition(payload);
  QueryCommand query;
  (void)DecodeQuery(payload, capabilities, &query);
  StmtExecuteCommand execute;
  std::vector<ParameterType> types;
  (void)DecodeStmtExecute(payload, capabilities, columns, &types, nullptr, &execute);
  (void)DecodeStmtExecute(payload, capabilities, columns, &types, nullptr, &execute);
  (void)DecodeLongData(payload);
  (void)DecodeStmtFetch(payload);
  (void)DecodeFieldList(payload);
  std::vector<WireValue> values;
  (void)DecodeTextRow(payload, columns, &values);
  std::vector<BinaryColumn> binary;
  for (size_t i = 0; i < columns; ++i) {
    binary.push_back({static_cast<WireType>(data[i % size]), (i & 1) != 0});
  }
  (void)DecodeBinaryRow(payload, binary, &values);
  return 0;
}
