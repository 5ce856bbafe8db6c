// Numbers of the MySQL client/server protocol: capabilities, status flags, commands, wire types, column flags.
//
// Source: MySQL 8.4 source documentation, "Client/Server Protocol".
#pragma once

#include <cstdint>

namespace mahi {

// Capability flags (greeting and handshake response).
enum Capability : uint32_t {
  kClientLongPassword = 1u << 0,
  kClientFoundRows = 1u << 1,
  kClientLongFlag = 1u << 2,
  kClientConnectWithDb = 1u << 3,
  kClientNoSchema = 1u << 4,
  kClientCompress = 1u << 5,
  kClientOdbc = 1u << 6,
  kClientLocalFiles = 1u << 7,
  kClientIgnoreSpace = 1u << 8,
  kClientProtocol41 = 1u << 9,
  kClientInteractive = 1u << 10,
  kClientSsl = 1u << 11,
  kClientIgnoreSigpipe = 1u << 12,
  kClientTransactions = 1u << 13,
  kClientReserved = 1u << 14,
  kClientSecureConnection = 1u << 15,
  kClientMultiStatements = 1u << 16,
  kClientMultiResults = 1u << 17,
  kClientPsMultiResults = 1u << 18,
  kClientPluginAuth = 1u << 19,
  kClientConnectAttrs = 1u << 20,
  kClientPluginAuthLenencData = 1u << 21,
  kClientCanHandleExpiredPasswords = 1u << 22,
  kClientSessionTrack = 1u << 23,
  kClientDeprecateEof = 1u << 24,
  kClientOptionalResultsetMetadata = 1u << 25,
  kClientZstdCompression = 1u << 26,
  kClientQueryAttributes = 1u << 27,
  kClientMultiFactorAuthentication = 1u << 28,
  kClientSslVerifyServerCert = 1u << 30,
  kClientRememberOptions = 1u << 31,
};

// Status flags in OK and EOF packets.
enum ServerStatus : uint16_t {
  kStatusInTransaction = 1u << 0,
  kStatusAutocommit = 1u << 1,
  kStatusMoreResultsExist = 1u << 3,
  kStatusNoGoodIndexUsed = 1u << 4,
  kStatusNoIndexUsed = 1u << 5,
  kStatusCursorExists = 1u << 6,
  kStatusLastRowSent = 1u << 7,
  kStatusDbDropped = 1u << 8,
  kStatusNoBackslashEscapes = 1u << 9,
  kStatusMetadataChanged = 1u << 10,
  kStatusQueryWasSlow = 1u << 11,
  kStatusPsOutParams = 1u << 12,
  kStatusInTransactionReadOnly = 1u << 13,
  kStatusSessionStateChanged = 1u << 14,
};

enum class Command : uint8_t {
  kSleep = 0,
  kQuit = 1,
  kInitDb = 2,
  kQuery = 3,
  kFieldList = 4,
  kCreateDb = 5,
  kDropDb = 6,
  kRefresh = 7,
  kShutdown = 8,
  kStatistics = 9,
  kProcessInfo = 10,
  kConnect = 11,
  kProcessKill = 12,
  kDebug = 13,
  kPing = 14,
  kTime = 15,
  kDelayedInsert = 16,
  kChangeUser = 17,
  kBinlogDump = 18,
  kTableDump = 19,
  kConnectOut = 20,
  kRegisterSlave = 21,
  kStmtPrepare = 22,
  kStmtExecute = 23,
  kStmtSendLongData = 24,
  kStmtClose = 25,
  kStmtReset = 26,
  kSetOption = 27,
  kStmtFetch = 28,
  kDaemon = 29,
  kBinlogDumpGtid = 30,
  kResetConnection = 31,
  kClone = 32,
};

// Type byte of column definitions and binary values.
enum class WireType : uint8_t {
  kDecimal = 0,
  kTiny = 1,
  kShort = 2,
  kLong = 3,
  kFloat = 4,
  kDouble = 5,
  kNull = 6,
  kTimestamp = 7,
  kLonglong = 8,
  kInt24 = 9,
  kDate = 10,
  kTime = 11,
  kDatetime = 12,
  kYear = 13,
  kNewdate = 14,
  kVarchar = 15,
  kBit = 16,
  kTimestamp2 = 17,
  kDatetime2 = 18,
  kTime2 = 19,
  kBool = 244,
  kJson = 245,
  kNewdecimal = 246,
  kEnum = 247,
  kSet = 248,
  kTinyBlob = 249,
  kMediumBlob = 250,
  kLongBlob = 251,
  kBlob = 252,
  kVarString = 253,
  kString = 254,
  kGeometry = 255,
};

// Column flags in column definitions.
enum ColumnFlag : uint16_t {
  kColumnNotNull = 1,
  kColumnPrimaryKey = 2,
  kColumnUniqueKey = 4,
  kColumnMultipleKey = 8,
  kColumnBlob = 16,
  kColumnUnsigned = 32,
  kColumnZerofill = 64,
  kColumnBinary = 128,
  kColumnEnum = 256,
  kColumnAutoIncrement = 512,
  kColumnTimestamp = 1024,
  kColumnSet = 2048,
  kColumnNoDefaultValue = 4096,
  kColumnOnUpdateNow = 8192,
  kColumnPartOfKey = 16384,
  kColumnNum = 32768,
};

// Cursor flags of COM_STMT_EXECUTE.
enum CursorFlag : uint8_t {
  kCursorReadOnly = 1,
  kCursorForUpdate = 2,
  kCursorScrollable = 4,
  kParameterCountAvailable = 8,
};

enum class SessionTrackType : uint8_t {
  kSystemVariables = 0,
  kSchema = 1,
  kStateChange = 2,
  kGtids = 3,
  kTransactionCharacteristics = 4,
  kTransactionState = 5,
};

inline constexpr uint32_t kMaxFramePayload = 0xffffff;
inline constexpr uint32_t kFrameHeaderBytes = 4;
inline constexpr uint32_t kCompressedHeaderBytes = 7;
inline constexpr uint16_t kBinaryCollationId = 63;

}  // namespace mahi
