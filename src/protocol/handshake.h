// Packets of the connection phase, both directions.
//
// Source: MySQL 8.4 source documentation, "Connection Phase", "Protocol::HandshakeV10",
// "Protocol::HandshakeResponse41", "Protocol::AuthSwitchRequest", "COM_CHANGE_USER".
// Thread safety: stateless. Decoders answer ER_HANDSHAKE_ERROR (1043) to what they cannot read; views
// point into the payload.
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

inline constexpr size_t kScrambleBytes = 20;

struct Greeting {
  std::string server_version;
  uint32_t connection_id = 0;
  std::string scramble;  // kScrambleBytes, none of them NUL
  uint32_t capabilities = 0;
  uint8_t collation_id = 255;
  uint16_t status = kStatusAutocommit;
  std::string auth_plugin;
  // MariaDB's further capabilities; zero from MySQL (and from us).
  uint32_t mariadb_capabilities = 0;
};
void AppendGreeting(WireBuffer* payload, const Greeting& greeting);
Result<Greeting> DecodeGreeting(std::string_view payload);

using ConnectionAttributes = std::vector<std::pair<std::string, std::string>>;
inline constexpr size_t kMaxConnectionAttributeBytes = 64 * 1024;

struct HandshakeResponse {
  uint32_t capabilities = 0;
  uint32_t max_packet_bytes = 0;
  uint8_t collation_id = 0;
  std::string user;
  std::string auth_response;
  std::string database;
  std::string auth_plugin;
  ConnectionAttributes attributes;
  uint8_t zstd_level = 3;
};
// True when the payload is an SSLRequest: the first 32 bytes of a response with kClientSsl and nothing more.
bool IsSslRequest(std::string_view payload);
// `server_capabilities` limits what is read: only what both sides offer is in the packet.
Result<HandshakeResponse> DecodeHandshakeResponse(std::string_view payload,
                                                  uint32_t server_capabilities);
void AppendHandshakeResponse(WireBuffer* payload, const HandshakeResponse& response);
void AppendSslRequest(WireBuffer* payload, uint32_t capabilities, uint32_t max_packet_bytes,
                      uint8_t collation_id);

struct AuthSwitchRequest {
  std::string plugin;
  std::string data;  // scramble, without its closing NUL
};
void AppendAuthSwitchRequest(WireBuffer* payload, const AuthSwitchRequest& request);
Result<AuthSwitchRequest> DecodeAuthSwitchRequest(std::string_view payload);
void AppendAuthMoreData(WireBuffer* payload, std::string_view data);
// The data behind the 0x01 byte.
Result<std::string_view> DecodeAuthMoreData(std::string_view payload);

struct ChangeUserRequest {
  std::string user;
  std::string auth_response;
  std::string database;
  bool has_collation = false;
  uint16_t collation_id = 0;
  std::string auth_plugin;
  ConnectionAttributes attributes;
};
// `payload` starts behind the command byte.
Result<ChangeUserRequest> DecodeChangeUser(std::string_view payload, uint32_t capabilities);
void AppendChangeUser(WireBuffer* payload, const ChangeUserRequest& request, uint32_t capabilities);

}  // namespace mahi
