// Commands: what a client asks for, decoded from a payload, and encoded for our own client.
//
// Source: MySQL 8.4 source documentation, "Command Phase".
// Thread safety: stateless. Views point into the payload. Errors: ER_MALFORMED_PACKET (1835).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "protocol/constants.h"
#include "protocol/row.h"

namespace mahi {

struct QueryAttribute {
  std::string_view name;
  WireValue value;
};

struct QueryCommand {
  std::string_view text;
  std::vector<QueryAttribute> attributes;
};
// `payload` starts behind the command byte, here and below.
Status DecodeQuery(std::string_view payload, uint32_t capabilities, QueryCommand* query);
// With the command byte.
void AppendQuery(WireBuffer* payload, std::string_view text,
                 const std::vector<QueryAttribute>& attributes, uint32_t capabilities);

// Type of a bound parameter, kept by the statement from one execution to the next (new_params_bound = 0).
struct ParameterType {
  WireType type = WireType::kNull;
  bool is_unsigned = false;
};

struct StmtExecuteCommand {
  uint32_t statement_id = 0;
  uint8_t cursor_flags = 0;
  std::vector<WireValue> parameters;
  std::vector<QueryAttribute> attributes;
};
// The statement id only, to look the statement up before its parameters can be decoded.
Result<uint32_t> DecodeStatementId(std::string_view payload);
// `parameter_count` is the statement's; `types` its remembered types, replaced when new ones come.
// `has_long_data[i]` says that parameter i was sent with COM_STMT_SEND_LONG_DATA: it has no bytes here and
// becomes an empty kBytes value that the caller fills in. May be null.
Status DecodeStmtExecute(std::string_view payload, uint32_t capabilities, size_t parameter_count,
                         std::vector<ParameterType>* types, const std::vector<bool>* has_long_data,
                         StmtExecuteCommand* execute);
void AppendStmtExecute(WireBuffer* payload, const StmtExecuteCommand& execute, uint32_t capabilities);

struct LongDataCommand {
  uint32_t statement_id = 0;
  uint16_t parameter_index = 0;
  std::string_view data;
};
Result<LongDataCommand> DecodeLongData(std::string_view payload);

struct StmtFetchCommand {
  uint32_t statement_id = 0;
  uint32_t row_count = 0;
};
Result<StmtFetchCommand> DecodeStmtFetch(std::string_view payload);

struct FieldListCommand {
  std::string_view table;
  std::string_view wildcard;
};
Result<FieldListCommand> DecodeFieldList(std::string_view payload);

// COM_QUERY -> "Query", as SHOW PROCESSLIST names it.
const char* CommandName(Command command);

}  // namespace mahi
