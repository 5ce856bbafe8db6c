// Round trips and recorded packets of the protocol.
#include <gtest/gtest.h>

#include <random>

#include "protocol/column_definition.h"
#include "protocol/command.h"
#include "protocol/framing.h"
#include "protocol/handshake.h"
#include "protocol/response.h"
#include "protocol/row.h"

namespace mahi {
namespace {

std::string FromHex(std::string_view hex) {
  std::string bytes;
  std::string digits;
  for (char c : hex) {
    if (c == ' ') continue;
    digits.push_back(c);
    if (digits.size() == 2) {
      bytes.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
      digits.clear();
    }
  }
  return bytes;
}

// Feeds `bytes` in pieces of `step` and collects all payloads.
Result<std::vector<std::string>> ReadAll(FrameReader* reader, std::string_view bytes, size_t step) {
  std::vector<std::string> payloads;
  while (true) {
    std::string_view payload;
    MAHI_ASSIGN_OR_RETURN(bool found, reader->Next(&payload));
    if (found) {
      payloads.emplace_back(payload);
      continue;
    }
    if (bytes.empty()) return payloads;
    size_t n = std::min(step, bytes.size());
    std::span<char> space = reader->Space(n);
    std::memcpy(space.data(), bytes.data(), n);
    reader->Filled(n);
    bytes.remove_prefix(n);
  }
}

TEST(FramingTest, JoinsPiecesOfAnySize) {
  WireBuffer out;
  uint8_t sequence = 0;
  AppendFrame(&out, "hello", &sequence);
  AppendFrame(&out, "", &sequence);
  AppendFrame(&out, "world", &sequence);
  for (size_t step : {1, 2, 3, 7, 100}) {
    FrameReader reader;
    auto payloads = ReadAll(&reader, out.view(), step);
    ASSERT_TRUE(payloads.ok());
    EXPECT_EQ(*payloads, (std::vector<std::string>{"hello", "", "world"}));
    EXPECT_TRUE(reader.idle());
  }
}

TEST(FramingTest, SplitsAndJoinsAt16Megabytes) {
  for (size_t size : {size_t{0xfffffe}, size_t{0xffffff}, size_t{0x1000000}, size_t{0xffffff} * 2,
                      size_t{40} << 20}) {
    std::string payload(size, 'x');
    for (size_t i = 0; i < size; i += 4093) payload[i] = static_cast<char>(i);
    WireBuffer out;
    uint8_t sequence = 0;
    AppendFrame(&out, payload, &sequence);
    EXPECT_EQ(sequence, size / 0xffffff + 1);
    EXPECT_EQ(out.size(), size + 4 * sequence);
    FrameReader reader;
    auto payloads = ReadAll(&reader, out.view(), 1 << 20);
    ASSERT_TRUE(payloads.ok());
    ASSERT_EQ(payloads->size(), 1u);
    EXPECT_TRUE((*payloads)[0] == payload);
    EXPECT_EQ(reader.next_sequence(), sequence);
  }
}

TEST(FramingTest, RefusesTooLargeAndOutOfOrder) {
  FrameReader reader;
  reader.set_max_payload_bytes(10);
  EXPECT_TRUE(ReadAll(&reader, FromHex("0b 00 00 00"), 4).Is(ER_NET_PACKET_TOO_LARGE));
  FrameReader second;
  EXPECT_TRUE(ReadAll(&second, FromHex("01 00 00 05 03"), 4).Is(ER_NET_PACKETS_OUT_OF_ORDER));
}

TEST(FramingTest, CompressesBothWays) {
  for (CompressionMethod method : {CompressionMethod::kZlib, CompressionMethod::kZstd}) {
    WireBuffer frames, out;
    uint8_t sequence = 0, compressed_sequence = 0;
    std::string large(20 << 20, 'a');
    AppendFrame(&frames, "short", &sequence);
    AppendFrame(&frames, large, &sequence);
    FrameCompressor compressor(method, 3);
    ASSERT_TRUE(compressor.Append(&out, frames.view(), &compressed_sequence).ok());
    EXPECT_LT(out.size(), frames.size() / 10);
    FrameReader reader;
    reader.set_compression(method);
    auto payloads = ReadAll(&reader, out.view(), 1000);
    ASSERT_TRUE(payloads.ok());
    ASSERT_EQ(payloads->size(), 2u);
    EXPECT_EQ((*payloads)[0], "short");
    EXPECT_TRUE((*payloads)[1] == large);
  }
}

TEST(FramingTest, BadCompressedBytesAreAnError) {
  FrameReader reader;
  reader.set_compression(CompressionMethod::kZlib);
  EXPECT_TRUE(ReadAll(&reader, FromHex("04 00 00 00 10 00 00 de ad be ef"), 20)
                  .Is(ER_NET_UNCOMPRESS_ERROR));
}

TEST(HandshakeTest, GreetingRoundTrip) {
  Greeting greeting;
  greeting.server_version = "8.4.3-mahi";
  greeting.connection_id = 77;
  greeting.scramble = "abcdefghijklmnopqrst";
  greeting.capabilities = 0xdfffffff;
  greeting.auth_plugin = "caching_sha2_password";
  WireBuffer out;
  AppendGreeting(&out, greeting);
  auto decoded = DecodeGreeting(out.view());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->server_version, greeting.server_version);
  EXPECT_EQ(decoded->connection_id, 77u);
  EXPECT_EQ(decoded->scramble, greeting.scramble);
  EXPECT_EQ(decoded->capabilities, greeting.capabilities);
  EXPECT_EQ(decoded->auth_plugin, greeting.auth_plugin);
  EXPECT_EQ(decoded->mariadb_capabilities, 0u);
}

// Recorded: the example of the protocol documentation (mysql 5.5 client with database).
TEST(HandshakeTest, RecordedResponse) {
  std::string payload = FromHex(
      "8d a6 0f 00 00 00 00 01 08 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
      "70 61 6d 00 14 ab 09 ee f6 bc b1 32 3e 61 14 38 65 c0 99 1d 95 7d 75 d4 47 74 65 73 74 00"
      "6d 79 73 71 6c 5f 6e 61 74 69 76 65 5f 70 61 73 73 77 6f 72 64 00");
  auto response = DecodeHandshakeResponse(payload, 0xffffffff);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->user, "pam");
  EXPECT_EQ(response->auth_response.size(), 20u);
  EXPECT_EQ(response->database, "test");
  EXPECT_EQ(response->auth_plugin, "mysql_native_password");
  EXPECT_EQ(response->collation_id, 8);
}

TEST(HandshakeTest, ResponseRoundTripWithAttributes) {
  HandshakeResponse response;
  response.capabilities = kClientProtocol41 | kClientPluginAuth | kClientPluginAuthLenencData |
                          kClientConnectWithDb | kClientConnectAttrs | kClientSecureConnection |
                          kClientZstdCompression;
  response.user = "root";
  response.auth_response = std::string(32, '\1');
  response.database = "shop";
  response.auth_plugin = "caching_sha2_password";
  response.attributes = {{"_client_name", "libmahi"}, {"_pid", "1"}};
  response.zstd_level = 7;
  WireBuffer out;
  AppendHandshakeResponse(&out, response);
  auto decoded = DecodeHandshakeResponse(out.view(), 0xffffffff);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->user, "root");
  EXPECT_EQ(decoded->attributes, response.attributes);
  EXPECT_EQ(decoded->zstd_level, 7);
  for (size_t n = 0; n < 36; ++n) {
    EXPECT_FALSE(DecodeHandshakeResponse(out.view().substr(0, n), 0xffffffff).ok()) << n;
  }
}

TEST(ResponseTest, OkWithSessionChanges) {
  SessionStateChanges changes;
  changes.system_variables = {{"autocommit", "OFF"}};
  changes.has_schema = true;
  changes.schema = "test";
  changes.gtids = "3E11FA47-71CA-11E1-9E33-C80AA9429562:23";
  changes.transaction_state = "T_______";
  OkPacket ok;
  ok.affected_rows = 300;
  ok.last_insert_id = 70000;
  ok.status = kStatusAutocommit;
  ok.info = "Rows matched: 1";
  ok.changes = &changes;
  WireBuffer out;
  AppendOk(&out, ok, kClientProtocol41 | kClientSessionTrack);
  SessionStateChanges read;
  auto decoded = DecodeOk(out.view(), kClientProtocol41 | kClientSessionTrack, &read);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->affected_rows, 300u);
  EXPECT_EQ(decoded->last_insert_id, 70000u);
  EXPECT_EQ(decoded->info, ok.info);
  EXPECT_EQ(read.system_variables, changes.system_variables);
  EXPECT_EQ(read.schema, "test");
  EXPECT_EQ(read.gtids, changes.gtids);
  EXPECT_EQ(read.transaction_state, "T_______");
}

TEST(ResponseTest, RecordedErr) {
  // Recorded from mysqld: ER_NO_TABLES_USED.
  std::string payload = FromHex(
      "ff 48 04 23 48 59 30 30 30 4e 6f 20 74 61 62 6c 65 73 20 75 73 65 64");
  Error error = DecodeErr(payload, kClientProtocol41);
  EXPECT_EQ(error.number(), 1096);
  EXPECT_EQ(error.sqlstate(), "HY000");
  EXPECT_EQ(error.message(), "No tables used");
  WireBuffer out;
  AppendErr(&out, error, kClientProtocol41);
  EXPECT_EQ(out.view(), payload);
}

TEST(ColumnDefinitionTest, RoundTrip) {
  ColumnDefinition column;
  column.schema = "shop";
  column.table = "o";
  column.original_table = "orders";
  column.name = "n";
  column.original_name = "number";
  column.length = 11;
  column.type = WireType::kLong;
  column.flags = kColumnNotNull | kColumnPrimaryKey;
  WireBuffer out;
  AppendColumnDefinition(&out, column);
  auto decoded = DecodeColumnDefinition(out.view());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->original_table, "orders");
  EXPECT_EQ(decoded->flags, column.flags);
  EXPECT_EQ(decoded->type, WireType::kLong);
}

std::string TextOf(const WireBuffer& buffer) {
  WireReader reader(buffer.view());
  std::string_view text;
  EXPECT_TRUE(reader.ReadLenencBytes(&text) && reader.empty());
  return std::string(text);
}
std::string DoubleText(double v, uint8_t decimals = 31) {
  WireBuffer out;
  AppendTextDouble(&out, v, decimals);
  return TextOf(out);
}
std::string FloatText(float v) {
  WireBuffer out;
  AppendTextFloat(&out, v, 31);
  return TextOf(out);
}

TEST(RowTest, DoublesAsMysqlWritesThem) {
  EXPECT_EQ(DoubleText(0), "0");
  EXPECT_EQ(DoubleText(1.5), "1.5");
  EXPECT_EQ(DoubleText(-0.1), "-0.1");
  EXPECT_EQ(DoubleText(100), "100");
  EXPECT_EQ(DoubleText(1e14), "100000000000000");
  EXPECT_EQ(DoubleText(1e15), "1e15");
  EXPECT_EQ(DoubleText(1e-15), "0.000000000000001");
  EXPECT_EQ(DoubleText(1e-16), "1e-16");
  EXPECT_EQ(DoubleText(123456789012345678.0), "1.2345678901234568e17");
  EXPECT_EQ(DoubleText(1.7976931348623157e308), "1.7976931348623157e308");
  EXPECT_EQ(DoubleText(3.14159, 2), "3.14");
  EXPECT_EQ(FloatText(3.14159265f), "3.14159");
  EXPECT_EQ(FloatText(16777216.0f), "16777200");
  EXPECT_EQ(FloatText(0.1f), "0.1");
  EXPECT_EQ(FloatText(1e20f), "1e20");
}

int64_t PackDatetime(int y, int mo, int d, int h, int mi, int s, int us) {
  return (((((static_cast<int64_t>(y) * 13 + mo) << 5 | d) << 17) |
           (static_cast<int64_t>(h) << 12 | mi << 6 | s))
          << 24) |
         us;
}
int64_t PackTime(int sign, int h, int mi, int s, int us) {
  return sign * ((static_cast<int64_t>(h << 12 | mi << 6 | s) << 24) | us);
}

TEST(RowTest, TemporalText) {
  WireBuffer out;
  AppendTextDatetime(&out, PackDatetime(2024, 2, 29, 23, 59, 58, 123456), 6);
  EXPECT_EQ(TextOf(out), "2024-02-29 23:59:58.123456");
  out.Clear();
  AppendTextDatetime(&out, PackDatetime(2024, 2, 29, 1, 2, 3, 120000), 2);
  EXPECT_EQ(TextOf(out), "2024-02-29 01:02:03.12");
  out.Clear();
  AppendTextDate(&out, PackDatetime(1, 12, 31, 0, 0, 0, 0));
  EXPECT_EQ(TextOf(out), "0001-12-31");
  out.Clear();
  AppendTextTime(&out, PackTime(-1, 838, 59, 59, 0), 0);
  EXPECT_EQ(TextOf(out), "-838:59:59");
  out.Clear();
  AppendTextTime(&out, PackTime(1, 1, 2, 3, 400000), 1);
  EXPECT_EQ(TextOf(out), "01:02:03.4");
  out.Clear();
  AppendTextZerofill(&out, 42, 5);
  EXPECT_EQ(TextOf(out), "00042");
  out.Clear();
  AppendTextBit(&out, 0x0102, 9);
  EXPECT_EQ(TextOf(out), std::string("\1\2", 2));
}

TEST(RowTest, BinaryValuesRoundTrip) {
  WireBuffer out;
  std::vector<BinaryColumn> columns = {
      {WireType::kTiny, false},     {WireType::kLonglong, true}, {WireType::kDouble, false},
      {WireType::kVarString, false}, {WireType::kDatetime, false}, {WireType::kTime, false},
      {WireType::kDate, false},     {WireType::kLong, false},    {WireType::kFloat, false}};
  size_t bitmap = BeginBinaryRow(&out, columns.size());
  AppendBinaryInt(&out, WireType::kTiny, static_cast<uint64_t>(-5));
  AppendBinaryInt(&out, WireType::kLonglong, ~0ull);
  AppendBinaryDouble(&out, 2.5);
  AppendLenencBytes(&out, "text");
  AppendBinaryDatetime(&out, PackDatetime(2024, 1, 2, 3, 4, 5, 6));
  AppendBinaryTime(&out, PackTime(-1, 100, 1, 2, 0));
  AppendBinaryDate(&out, PackDatetime(1999, 12, 31, 0, 0, 0, 0));
  SetBinaryNull(&out, bitmap, 7);
  AppendBinaryFloat(&out, 0.5f);
  std::vector<WireValue> values;
  ASSERT_TRUE(DecodeBinaryRow(out.view(), columns, &values).ok());
  EXPECT_EQ(values[0].int64, -5);
  EXPECT_EQ(values[1].uint64, ~0ull);
  EXPECT_EQ(values[2].float64, 2.5);
  EXPECT_EQ(values[3].bytes, "text");
  EXPECT_EQ(values[4].int64, PackDatetime(2024, 1, 2, 3, 4, 5, 6));
  EXPECT_EQ(values[5].int64, PackTime(-1, 100, 1, 2, 0));
  EXPECT_EQ(values[6].int64, PackDatetime(1999, 12, 31, 0, 0, 0, 0));
  EXPECT_EQ(values[7].kind, WireValue::Kind::kNull);
  EXPECT_EQ(values[8].float64, 0.5);
  for (size_t n = 0; n < out.size(); ++n) {
    EXPECT_FALSE(DecodeBinaryRow(out.view().substr(0, n), columns, &values).ok());
  }
}

// Recorded: COM_STMT_EXECUTE of the protocol documentation, one parameter "foo".
TEST(CommandTest, RecordedExecute) {
  std::string payload = FromHex("01 00 00 00 00 01 00 00 00 00 01 0f 00 03 66 6f 6f");
  std::vector<ParameterType> types;
  StmtExecuteCommand execute;
  ASSERT_TRUE(DecodeStmtExecute(payload, 0, 1, &types, nullptr, &execute).ok());
  EXPECT_EQ(execute.statement_id, 1u);
  EXPECT_EQ(execute.parameters[0].bytes, "foo");
  // Again without types: the remembered ones hold.
  payload = FromHex("01 00 00 00 00 01 00 00 00 00 00 03 62 61 72");
  ASSERT_TRUE(DecodeStmtExecute(payload, 0, 1, &types, nullptr, &execute).ok());
  EXPECT_EQ(execute.parameters[0].bytes, "bar");
  types.clear();
  EXPECT_FALSE(DecodeStmtExecute(payload, 0, 1, &types, nullptr, &execute).ok());
  // Long data: no bytes in the packet.
  types = {{WireType::kBlob, false}};
  std::vector<bool> has_long_data = {true};
  payload = FromHex("01 00 00 00 00 01 00 00 00 00 00");
  ASSERT_TRUE(DecodeStmtExecute(payload, 0, 1, &types, &has_long_data, &execute).ok());
  EXPECT_EQ(execute.parameters[0].kind, WireValue::Kind::kBytes);
}

TEST(CommandTest, QueryAttributes) {
  QueryAttribute attribute;
  attribute.name = "trace";
  attribute.value.kind = WireValue::Kind::kBytes;
  attribute.value.type = WireType::kString;
  attribute.value.bytes = "abc";
  WireBuffer out;
  AppendQuery(&out, "SELECT 1", {attribute}, kClientQueryAttributes);
  QueryCommand query;
  ASSERT_TRUE(DecodeQuery(out.view().substr(1), kClientQueryAttributes, &query).ok());
  EXPECT_EQ(query.text, "SELECT 1");
  ASSERT_EQ(query.attributes.size(), 1u);
  EXPECT_EQ(query.attributes[0].name, "trace");
  EXPECT_EQ(query.attributes[0].value.bytes, "abc");
  out.Clear();
  AppendQuery(&out, "SELECT 1", {}, kClientQueryAttributes);
  ASSERT_TRUE(DecodeQuery(out.view().substr(1), kClientQueryAttributes, &query).ok());
  EXPECT_EQ(query.text, "SELECT 1");
}

TEST(CommandTest, ExecuteRoundTripWithAttributes) {
  StmtExecuteCommand execute;
  execute.statement_id = 9;
  execute.parameters.resize(2);
  execute.parameters[0].kind = WireValue::Kind::kInt64;
  execute.parameters[0].type = WireType::kLonglong;
  execute.parameters[0].int64 = -7;
  execute.attributes.resize(1);
  execute.attributes[0].name = "a";
  execute.attributes[0].value.kind = WireValue::Kind::kDouble;
  execute.attributes[0].value.type = WireType::kDouble;
  execute.attributes[0].value.float64 = 1.25;
  WireBuffer out;
  AppendStmtExecute(&out, execute, kClientQueryAttributes);
  std::vector<ParameterType> types;
  StmtExecuteCommand read;
  ASSERT_TRUE(
      DecodeStmtExecute(out.view().substr(1), kClientQueryAttributes, 2, &types, nullptr, &read).ok());
  EXPECT_EQ(read.parameters[0].int64, -7);
  EXPECT_EQ(read.parameters[1].kind, WireValue::Kind::kNull);
  EXPECT_EQ(read.attributes[0].name, "a");
  EXPECT_EQ(read.attributes[0].value.float64, 1.25);
}

}  // namespace
}  // namespace mahi
