#include "protocol/handshake.h"

#include <algorithm>

#include "protocol/wire.h"

namespace mahi {
namespace {

// Protocol::HandshakeResponse: attributes are one lenenc-string of pairs of lenenc-strings.
bool ReadAttributes(WireReader* reader, ConnectionAttributes* attributes) {
  std::string_view block;
  if (!reader->ReadLenencBytes(&block)) return false;
  if (block.size() > kMaxConnectionAttributeBytes) return true;  // dropped, as MySQL does
  WireReader pairs(block);
  while (!pairs.empty()) {
    std::string_view key, value;
    if (!pairs.ReadLenencBytes(&key) || !pairs.ReadLenencBytes(&value)) return false;
    attributes->emplace_back(key, value);
  }
  return true;
}

void AppendAttributes(WireBuffer* payload, const ConnectionAttributes& attributes) {
  WireBuffer block;
  for (const auto& [key, value] : attributes) {
    AppendLenencBytes(&block, key);
    AppendLenencBytes(&block, value);
  }
  AppendLenencBytes(payload, block.view());
}

std::string_view WithoutClosingNul(std::string_view data) {
  if (!data.empty() && data.back() == '\0') data.remove_suffix(1);
  return data;
}

}  // namespace

void AppendGreeting(WireBuffer* payload, const Greeting& greeting) {
  std::string_view scramble = greeting.scramble;
  MAHI_ASSERT(scramble.size() == kScrambleBytes);
  payload->AppendByte(10);
  AppendNulTerminated(payload, greeting.server_version);
  payload->AppendLittle<uint32_t>(greeting.connection_id);
  payload->Append(scramble.substr(0, 8));
  payload->AppendByte(0);
  payload->AppendLittle<uint16_t>(static_cast<uint16_t>(greeting.capabilities));
  payload->AppendByte(greeting.collation_id);
  payload->AppendLittle<uint16_t>(greeting.status);
  payload->AppendLittle<uint16_t>(static_cast<uint16_t>(greeting.capabilities >> 16));
  payload->AppendByte(greeting.capabilities & kClientPluginAuth ? kScrambleBytes + 1 : 0);
  payload->AppendZeros(6);
  payload->AppendLittle<uint32_t>(greeting.mariadb_capabilities);
  payload->Append(scramble.substr(8));
  payload->AppendByte(0);
  if (greeting.capabilities & kClientPluginAuth) AppendNulTerminated(payload, greeting.auth_plugin);
}

Result<Greeting> DecodeGreeting(std::string_view payload) {
  WireReader reader(payload);
  Greeting greeting;
  uint8_t version = 0, collation = 0, scramble_bytes = 0;
  uint16_t low = 0, high = 0;
  std::string_view server_version, first, second;
  if (!reader.Read(&version) || version != 10 || !reader.ReadNulTerminated(&server_version) ||
      !reader.Read(&greeting.connection_id) || !reader.ReadBytes(8, &first) || !reader.Skip(1) ||
      !reader.Read(&low)) {
    return Error(ER_HANDSHAKE_ERROR);
  }
  greeting.server_version = server_version;
  greeting.capabilities = low;
  greeting.scramble = first;
  if (reader.empty()) return greeting;
  if (!reader.Read(&collation) || !reader.Read(&greeting.status) || !reader.Read(&high) ||
      !reader.Read(&scramble_bytes) || !reader.Skip(6) ||
      !reader.Read(&greeting.mariadb_capabilities)) {
    return Error(ER_HANDSHAKE_ERROR);
  }
  greeting.collation_id = collation;
  greeting.capabilities |= static_cast<uint32_t>(high) << 16;
  size_t second_bytes = std::max<size_t>(13, scramble_bytes > 8 ? scramble_bytes - 8 : 0);
  second_bytes = std::min(second_bytes, reader.rest().size());
  if (!reader.ReadBytes(second_bytes, &second)) return Error(ER_HANDSHAKE_ERROR);
  greeting.scramble.append(WithoutClosingNul(second));
  greeting.auth_plugin = reader.ReadNulTerminatedOrRest();
  return greeting;
}

bool IsSslRequest(std::string_view payload) {
  return payload.size() == 32 && (LoadLittle<uint32_t>(payload.data()) & kClientSsl) != 0;
}

Result<HandshakeResponse> DecodeHandshakeResponse(std::string_view payload,
                                                  uint32_t server_capabilities) {
  WireReader reader(payload);
  HandshakeResponse response;
  if (payload.size() < 4 || !(LoadLittle<uint16_t>(payload.data()) & kClientProtocol41)) {
    return Error(ER_HANDSHAKE_ERROR);
  }
  std::string_view user, auth, database, plugin;
  if (!reader.Read(&response.capabilities) || !reader.Read(&response.max_packet_bytes) ||
      !reader.Read(&response.collation_id) || !reader.Skip(23) || !reader.ReadNulTerminated(&user)) {
    return Error(ER_HANDSHAKE_ERROR);
  }
  // What holds is what both sides offered, but these bits describe the layout of this very packet, which
  // the client decides alone.
  uint32_t layout = response.capabilities;
  response.user = user;
  if (layout & kClientPluginAuthLenencData) {
    if (!reader.ReadLenencBytes(&auth)) return Error(ER_HANDSHAKE_ERROR);
  } else if (layout & kClientSecureConnection) {
    uint8_t length = 0;
    if (!reader.Read(&length) || !reader.ReadBytes(length, &auth)) return Error(ER_HANDSHAKE_ERROR);
  } else {
    auth = reader.ReadNulTerminatedOrRest();
  }
  response.auth_response = auth;
  if (layout & kClientConnectWithDb) {
    database = reader.ReadNulTerminatedOrRest();
    response.database = database;
  }
  if (layout & kClientPluginAuth) {
    plugin = reader.ReadNulTerminatedOrRest();
    response.auth_plugin = plugin;
  }
  if ((layout & kClientConnectAttrs) && !reader.empty() &&
      !ReadAttributes(&reader, &response.attributes)) {
    return Error(ER_HANDSHAKE_ERROR);
  }
  if (layout & kClientZstdCompression) {
    uint8_t level = 0;
    if (reader.Read(&level) && level >= 1 && level <= 22) response.zstd_level = level;
  }
  response.capabilities &= server_capabilities;
  return response;
}

void AppendSslRequest(WireBuffer* payload, uint32_t capabilities, uint32_t max_packet_bytes,
                      uint8_t collation_id) {
  payload->AppendLittle<uint32_t>(capabilities);
  payload->AppendLittle<uint32_t>(max_packet_bytes);
  payload->AppendByte(collation_id);
  payload->AppendZeros(23);
}

void AppendHandshakeResponse(WireBuffer* payload, const HandshakeResponse& response) {
  uint32_t capabilities = response.capabilities;
  AppendSslRequest(payload, capabilities, response.max_packet_bytes, response.collation_id);
  AppendNulTerminated(payload, response.user);
  if (capabilities & kClientPluginAuthLenencData) {
    AppendLenencBytes(payload, response.auth_response);
  } else if (capabilities & kClientSecureConnection) {
    payload->AppendByte(static_cast<uint8_t>(response.auth_response.size()));
    payload->Append(std::string_view(response.auth_response).substr(0, 255));
  } else {
    AppendNulTerminated(payload, response.auth_response);
  }
  if (capabilities & kClientConnectWithDb) AppendNulTerminated(payload, response.database);
  if (capabilities & kClientPluginAuth) AppendNulTerminated(payload, response.auth_plugin);
  if (capabilities & kClientConnectAttrs) AppendAttributes(payload, response.attributes);
  if (capabilities & kClientZstdCompression) payload->AppendByte(response.zstd_level);
}

void AppendAuthSwitchRequest(WireBuffer* payload, const AuthSwitchRequest& request) {
  payload->AppendByte(0xfe);
  AppendNulTerminated(payload, request.plugin);
  AppendNulTerminated(payload, request.data);
}

Result<AuthSwitchRequest> DecodeAuthSwitchRequest(std::string_view payload) {
  WireReader reader(payload);
  uint8_t header = 0;
  AuthSwitchRequest request;
  if (!reader.Read(&header) || header != 0xfe) return Error(ER_HANDSHAKE_ERROR);
  if (reader.empty()) {  // the old form: mysql_old_password
    request.plugin = "mysql_old_password";
    return request;
  }
  request.plugin = reader.ReadNulTerminatedOrRest();
  request.data = WithoutClosingNul(reader.ReadRest());
  return request;
}

void AppendAuthMoreData(WireBuffer* payload, std::string_view data) {
  payload->AppendByte(0x01);
  payload->Append(data);
}

Result<std::string_view> DecodeAuthMoreData(std::string_view payload) {
  if (payload.empty() || payload[0] != 0x01) return Error(ER_HANDSHAKE_ERROR);
  return payload.substr(1);
}

Result<ChangeUserRequest> DecodeChangeUser(std::string_view payload, uint32_t capabilities) {
  WireReader reader(payload);
  ChangeUserRequest request;
  std::string_view user, auth;
  if (!reader.ReadNulTerminated(&user)) return Error(ER_HANDSHAKE_ERROR);
  request.user = user;
  if (capabilities & kClientSecureConnection) {
    uint8_t length = 0;
    if (!reader.Read(&length) || !reader.ReadBytes(length, &auth)) return Error(ER_HANDSHAKE_ERROR);
  } else {
    auth = reader.ReadNulTerminatedOrRest();
  }
  request.auth_response = auth;
  request.database = reader.ReadNulTerminatedOrRest();
  if (reader.empty()) return request;
  if (!reader.Read(&request.collation_id)) return Error(ER_HANDSHAKE_ERROR);
  request.has_collation = true;
  if (capabilities & kClientPluginAuth) request.auth_plugin = reader.ReadNulTerminatedOrRest();
  if ((capabilities & kClientConnectAttrs) && !reader.empty() &&
      !ReadAttributes(&reader, &request.attributes)) {
    return Error(ER_HANDSHAKE_ERROR);
  }
  return request;
}

void AppendChangeUser(WireBuffer* payload, const ChangeUserRequest& request, uint32_t capabilities) {
  payload->AppendByte(static_cast<uint8_t>(Command::kChangeUser));
  AppendNulTerminated(payload, request.user);
  if (capabilities & kClientSecureConnection) {
    payload->AppendByte(static_cast<uint8_t>(request.auth_response.size()));
    payload->Append(std::string_view(request.auth_response).substr(0, 255));
  } else {
    AppendNulTerminated(payload, request.auth_response);
  }
  AppendNulTerminated(payload, request.database);
  payload->AppendLittle<uint16_t>(request.collation_id);
  if (capabilities & kClientPluginAuth) AppendNulTerminated(payload, request.auth_plugin);
  if (capabilities & kClientConnectAttrs) AppendAttributes(payload, request.attributes);
}

}  // namespace mahi
