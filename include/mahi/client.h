// The C++ client library: connections to Mahi, MySQL and MariaDB servers.
//
//   namespace mc = mahi::client;
//   mc::Options options;
//   options.host = "127.0.0.1"; options.user = "app"; options.password = "secret"; options.database = "shop";
//   auto connection = mc::Connection::Connect(options);
//   if (!connection.ok()) return Fail(connection.error().ToString());
//   auto result = connection->Query("SELECT id, name FROM customer");
//   if (!result.ok()) ...
//   mc::Row row;
//   while (true) {
//     auto more = result->Next(&row);         // rows are read from the network as they are asked for
//     if (!more.ok() || !*more) break;
//     Use(row[0].AsInt64(), row[1].AsString());
//   }
//
// Errors are values: Error carries the server's number, SQLSTATE and message; numbers from 2000 to 2999 are
// the client's own (2003 cannot connect, 2006 server has gone away, 2013 connection lost, ...).
// Thread safety: a Connection and what came from it belong to one thread at a time; only Connection::Cancel() and
// Connection::Abort() may be called from another.
// Lifetime: Result and Statement stay valid when the Connection is moved; after it is closed they answer errors.
// Source: MySQL 8.4 source documentation, "Client/Server Protocol".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mahi::client {

// The client's own errors, under MySQL's names.
enum ClientError : uint16_t {
  CR_UNKNOWN_ERROR = 2000,
  CR_SOCKET_CREATE_ERROR = 2001,
  CR_CONNECTION_ERROR = 2002,
  CR_CONN_HOST_ERROR = 2003,
  CR_UNKNOWN_HOST = 2005,
  CR_SERVER_GONE_ERROR = 2006,
  CR_SERVER_HANDSHAKE_ERR = 2012,
  CR_SERVER_LOST = 2013,
  CR_COMMANDS_OUT_OF_SYNC = 2014,
  CR_CANT_READ_CHARSET = 2019,
  CR_NET_PACKET_TOO_LARGE = 2020,
  CR_SSL_CONNECTION_ERROR = 2026,
  CR_MALFORMED_PACKET = 2027,
  CR_PARAMS_NOT_BOUND = 2031,
  CR_INVALID_PARAMETER_NO = 2034,
  CR_SERVER_LOST_EXTENDED = 2055,
  CR_STMT_CLOSED = 2056,
  CR_AUTH_PLUGIN_CANNOT_LOAD = 2059,
  CR_AUTH_PLUGIN_ERR = 2061,
  CR_LOCAL_INFILE_REJECTED = 2068,
};

// No error, or a number with its SQLSTATE and text.
struct [[nodiscard]] Error {
  uint16_t number = 0;
  std::string sqlstate;
  std::string message;

  bool ok() const { return number == 0; }
  // "ERROR 1062 (23000): Duplicate entry ..."
  std::string ToString() const;
};

// A T or an Error.
template <typename T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : value_(std::move(value)) {}          // NOLINT: implicit
  Expected(Error error) : error_(std::move(error)) {}      // NOLINT: implicit

  bool ok() const { return value_.has_value(); }
  // REQUIRES: !ok().
  const Error& error() const { return error_; }
  // REQUIRES: ok().
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& value() { return *value_; }

 private:
  std::optional<T> value_;
  Error error_;
};

enum class SslMode : uint8_t {
  kDisabled,
  kPreferred,       // TLS when the server offers it
  kRequired,        // TLS or an error; the certificate is not checked
  kVerifyCa,        // ... and the certificate is signed by ssl_ca
  kVerifyIdentity,  // ... and names the host
};

// Receives the bytes of a file for LOAD DATA LOCAL: call `send` with pieces of any size.
using LocalInfileSend = std::function<Error(std::string_view bytes)>;
using LocalInfileHandler = std::function<Error(std::string_view file_name, const LocalInfileSend& send)>;

struct Options {
  // A host name or address, for TCP; empty (or a socket path below): the Unix socket.
  std::string host;
  uint16_t port = 3306;
  std::string unix_socket;
  std::string bind_address;  // local address of TCP connections; empty: any

  std::string user;
  std::string password;
  std::string database;

  SslMode ssl_mode = SslMode::kPreferred;
  std::string ssl_ca, ssl_capath, ssl_cert, ssl_key, ssl_crl;
  std::string ssl_cipher;                        // TLS 1.2 and below, OpenSSL's syntax
  std::string tls_ciphersuites;                  // TLS 1.3
  std::string tls_versions = "TLSv1.2,TLSv1.3";

  // In order of preference, with commas: zlib, zstd, uncompressed.
  std::string compression_algorithms = "uncompressed";
  int zstd_level = 3;

  // A character set (its default collation is used) or a collation.
  std::string charset = "utf8mb4";

  uint32_t connect_timeout_ms = 0;  // 0: the system's
  uint32_t read_timeout_ms = 0;     // 0: none
  uint32_t write_timeout_ms = 0;
  // Largest packet that is accepted from the server.
  uint64_t max_allowed_packet = uint64_t{1} << 30;

  bool multi_statements = true;
  bool found_rows = false;        // affected rows of UPDATE count matched rows
  bool interactive = false;       // interactive_timeout applies
  bool ignore_space = false;
  bool session_tracking = true;
  bool can_handle_expired_passwords = false;

  // Authentication.
  std::string default_auth;                // empty: the plugin that the server names
  bool enable_cleartext_plugin = false;    // mysql_clear_password; only over TLS or a Unix socket
  bool get_server_public_key = false;      // caching_sha2_password without TLS: ask for the RSA key
  std::string server_public_key_path;      // ... or take it from this PEM file

  // LOAD DATA LOCAL is refused unless this is true. Without a handler the named file is read.
  bool local_infile = false;
  LocalInfileHandler local_infile_handler;

  // Statements to run after connecting, in order.
  std::vector<std::string> init_commands;
  // Added to _client_name, _client_version, _os, _pid, _platform.
  std::vector<std::pair<std::string, std::string>> attributes;

  // Called on the connection's thread about every wait_interval_ms while it waits for the server. It may call
  // Cancel().
  std::function<void()> on_wait;
  uint32_t wait_interval_ms = 100;
};

// Wire type of a column.
enum class Type : uint8_t {
  kDecimal = 0, kTiny = 1, kShort = 2, kLong = 3, kFloat = 4, kDouble = 5, kNull = 6, kTimestamp = 7,
  kLonglong = 8, kInt24 = 9, kDate = 10, kTime = 11, kDatetime = 12, kYear = 13, kVarchar = 15, kBit = 16,
  kJson = 245, kNewdecimal = 246, kEnum = 247, kSet = 248, kTinyBlob = 249, kMediumBlob = 250,
  kLongBlob = 251, kBlob = 252, kVarString = 253, kString = 254, kGeometry = 255,
};

struct Column {
  std::string schema;
  std::string table;
  std::string original_table;
  std::string name;
  std::string original_name;
  Type type = Type::kVarString;
  uint16_t collation_id = 0;
  uint32_t length = 0;
  uint16_t flags = 0;
  uint8_t decimals = 0;

  bool is_not_null() const { return (flags & 1) != 0; }
  bool is_unsigned() const { return (flags & 32) != 0; }
  // INT, DECIMAL, DOUBLE, YEAR, ...
  bool is_numeric() const;
  // Bytes without a character set: BINARY, VARBINARY, BLOB, BIT, geometry.
  bool is_binary() const;
};

// DATE, DATETIME, TIMESTAMP and TIME. In a TIME, `hour` may be up to 838.
struct Temporal {
  uint16_t year = 0;
  uint8_t month = 0, day = 0;
  uint16_t hour = 0;
  uint8_t minute = 0, second = 0;
  uint32_t microsecond = 0;
  bool is_negative = false;  // TIME only
};

// One value: of a row, or bound to a parameter. Bytes are not owned.
class Value {
 public:
  enum class Kind : uint8_t { kNull, kInt64, kUint64, kFloat, kDouble, kBytes, kDate, kDatetime, kTime };

  Value() = default;
  Value(std::nullptr_t) {}                                                        // NOLINT: implicit
  Value(int v) : kind_(Kind::kInt64) { int64_ = v; }                              // NOLINT: implicit
  Value(long v) : kind_(Kind::kInt64) { int64_ = v; }                             // NOLINT: implicit
  Value(long long v) : kind_(Kind::kInt64) { int64_ = v; }                        // NOLINT: implicit
  Value(unsigned v) : kind_(Kind::kUint64) { uint64_ = v; }                       // NOLINT: implicit
  Value(unsigned long v) : kind_(Kind::kUint64) { uint64_ = v; }                  // NOLINT: implicit
  Value(unsigned long long v) : kind_(Kind::kUint64) { uint64_ = v; }             // NOLINT: implicit
  Value(bool v) : kind_(Kind::kInt64) { int64_ = v; }                             // NOLINT: implicit
  Value(float v) : kind_(Kind::kFloat) { double_ = v; }                           // NOLINT: implicit
  Value(double v) : kind_(Kind::kDouble) { double_ = v; }                         // NOLINT: implicit
  Value(std::string_view v) : kind_(Kind::kBytes), bytes_(v) {}                   // NOLINT: implicit
  Value(const char* v) : kind_(Kind::kBytes), bytes_(v) {}                        // NOLINT: implicit
  Value(const std::string& v) : kind_(Kind::kBytes), bytes_(v) {}                 // NOLINT: implicit
  static Value Date(const Temporal& t) { return Value(Kind::kDate, t); }
  static Value Datetime(const Temporal& t) { return Value(Kind::kDatetime, t); }
  static Value Time(const Temporal& t) { return Value(Kind::kTime, t); }

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  // The text of a kBytes value; empty for other kinds.
  std::string_view bytes() const { return bytes_; }
  const Temporal& temporal() const { return temporal_; }
  // Conversions; text is parsed, NULL and what cannot be read become 0.
  int64_t AsInt64() const;
  uint64_t AsUint64() const;
  double AsDouble() const;
  // As MySQL would print it; NULL is "NULL".
  std::string AsString() const;

 private:
  Value(Kind kind, const Temporal& t) : kind_(kind), temporal_(t) {}
  Kind kind_ = Kind::kNull;
  union {
    int64_t int64_ = 0;
    uint64_t uint64_;
    double double_;
  };
  std::string_view bytes_;
  Temporal temporal_;
};

// A row borrows from its Result: valid until the next call that reads.
class Row {
 public:
  Row() = default;
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  size_t size() const { return values_.size(); }
  const Value& operator[](size_t column_index) const { return values_[column_index]; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

 private:
  friend class Result;
  std::vector<Value> values_;
};

// What a statement changed in the session, where the server tells.
struct SessionChanges {
  std::vector<std::pair<std::string, std::string>> system_variables;
  std::optional<std::string> schema;
  bool state_changed = false;
  std::string gtids;
  std::optional<std::string> transaction_characteristics;
  std::string transaction_state;
};

class Connection;
class Statement;
namespace internal {
class Session;
struct ResultState;
}  // namespace internal

// The answer to a statement: a set of rows, or counts. A statement may have several (CALL, multi-statements).
// Unread rows are read and dropped when a Result is destroyed.
class Result {
 public:
  Result(Result&&) noexcept;
  Result& operator=(Result&&) noexcept;
  ~Result();

  bool has_rows() const;
  const std::vector<Column>& columns() const;

  // The next row; false at the end.
  Expected<bool> Next(Row* row);
  // Reads all rows into memory, so that the connection is free, row_count() known, and Rewind() possible.
  Error Store();
  uint64_t row_count() const;  // rows read so far; all rows once stored or at the end
  void Rewind();               // REQUIRES: Store() was called

  // Goes on to the next result of a multi-result; false when there is none. Unread rows are dropped.
  Expected<bool> NextResult();
  bool has_more_results() const;

  // Known when there are no rows, or all rows were read.
  uint64_t affected_rows() const;
  uint64_t insert_id() const;
  uint16_t warning_count() const;
  const std::string& info() const;  // "Rows matched: 1  Changed: 1  Warnings: 0"
  uint16_t server_status() const;
  bool is_out_parameters() const;   // the row of OUT and INOUT parameters of CALL
  const SessionChanges& session_changes() const;

  // Rows of a cursor (ExecuteOptions::use_cursor) are fetched in portions as Next() needs them.
  bool has_cursor() const;

 private:
  friend class Connection;
  friend class Statement;
  explicit Result(std::unique_ptr<internal::ResultState> state);
  std::unique_ptr<internal::ResultState> state_;
};

struct ExecuteOptions {
  bool use_cursor = false;     // rows stay at the server
  uint32_t fetch_rows = 1000;  // rows of a portion
};

// A prepared statement; closed at the server when it is destroyed.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  size_t parameter_count() const;
  // Columns as known when prepared; the columns of a Result count.
  const std::vector<Column>& columns() const;

  Expected<Result> Execute(std::span<const Value> parameters = {}, const ExecuteOptions& options = {});
  Expected<Result> Execute(std::initializer_list<Value> parameters, const ExecuteOptions& options = {}) {
    return Execute(std::span<const Value>(parameters.begin(), parameters.size()), options);
  }
  // Pipelined: sends without reading; the answer comes from Connection::Receive().
  Error Send(std::span<const Value> parameters);
  // A piece of a long parameter; Execute must then be given an empty string for it.
  Error SendLongData(uint16_t parameter_index, std::string_view bytes);
  // Closes the cursor and forgets long data.
  Error Reset();
  void Close();

 private:
  friend class Connection;
  struct State;
  explicit Statement(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Connection {
 public:
  static Expected<Connection> Connect(const Options& options);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();  // says goodbye to the server

  // Rows are not stored: the connection is busy until they are read, or the Result is destroyed.
  Expected<Result> Query(std::string_view sql);
  // Query attributes, where the server knows them.
  Expected<Result> Query(std::string_view sql, std::span<const std::pair<std::string, Value>> attributes);
  // For statements whose rows do not matter: reads all results to the end.
  Error Execute(std::string_view sql);

  // Pipelines: several statements on the way at once. Receive() gives the answers in the order of Send(), one for
  // each; read every Result to its end before the next Receive(). LOAD DATA LOCAL cannot be pipelined.
  Error Send(std::string_view sql);
  Expected<Result> Receive();
  size_t pending() const;  // sent and not yet received

  Expected<Statement> Prepare(std::string_view sql);

  Error Ping();
  Error SelectDatabase(std::string_view name);
  // COM_RESET_CONNECTION: a new session for the same user, prepared statements are gone.
  Error Reset();
  Error ChangeUser(const std::string& user, const std::string& password, const std::string& database);
  Expected<std::string> Statistics();
  Error SetMultiStatements(bool enabled);

  // KILL QUERY over a second connection; from any thread.
  Error Cancel() const;
  // Cuts the connection: a call that waits on it returns; from any thread.
  void Abort() const;
  // COM_QUIT. Later calls answer CR_SERVER_GONE_ERROR.
  void Close();
  bool is_open() const;

  uint32_t connection_id() const;
  const std::string& server_version() const;
  bool is_mariadb() const;
  bool is_tls() const;
  std::string tls_version() const;  // "TLSv1.3"; empty without TLS
  std::string tls_cipher() const;
  bool is_unix_socket() const;
  const char* compression() const;  // "zlib", "zstd" or "uncompressed"
  uint16_t server_status() const;   // as of the last answer
  const std::string& database() const;  // as far as the server has told
  std::string host_info() const;    // "127.0.0.1 via TCP/IP"
  const Options& options() const;
  uint64_t bytes_received() const;

 private:
  explicit Connection(std::shared_ptr<internal::Session> session);
  std::shared_ptr<internal::Session> session_;
};

// `text` with quotes and special characters escaped for a literal between single quotes.
std::string EscapeString(std::string_view text, bool no_backslash_escapes = false);
// `name` between backticks.
std::string QuoteIdentifier(std::string_view name);

}  // namespace mahi::client
