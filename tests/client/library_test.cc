// The client library against a running server: MAHI_HOST, MAHI_PORT, and optionally MAHI_USER, MAHI_PASSWORD.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "mahi/client.h"

namespace mahi::client {
namespace {

std::string Environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

class LibraryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("MAHI_PORT") == nullptr) GTEST_SKIP() << "MAHI_PORT is not set";
    options_.host = Environment("MAHI_HOST", "127.0.0.1");
    options_.port = static_cast<uint16_t>(std::atoi(std::getenv("MAHI_PORT")));
    options_.user = Environment("MAHI_USER", "root");
    options_.password = Environment("MAHI_PASSWORD", "");
    Expected<Connection> connection = Connection::Connect(options_);
    ASSERT_TRUE(connection.ok()) << connection.error().ToString();
    connection_.emplace(std::move(*connection));
    Run("CREATE DATABASE IF NOT EXISTS client_library_test");
    ASSERT_TRUE(connection_->SelectDatabase("client_library_test").ok());
    EXPECT_EQ(connection_->database(), "client_library_test");
  }
  void TearDown() override {
    if (connection_ && connection_->is_open()) (void)connection_->Execute("DROP DATABASE IF EXISTS client_library_test");
  }

  void Run(std::string_view sql) {
    Error error = connection_->Execute(sql);
    EXPECT_TRUE(error.ok()) << sql << ": " << error.ToString();
  }
  // "a,b;c,d"
  static std::string Rows(Result* result) {
    std::string out;
    Row row;
    while (true) {
      Expected<bool> more = result->Next(&row);
      if (!more.ok()) return more.error().ToString();
      if (!*more) return out;
      if (!out.empty()) out += ";";
      for (size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : ",") + row[i].AsString();
    }
  }
  std::string Rows(std::string_view sql) {
    Expected<Result> result = connection_->Query(sql);
    return result.ok() ? Rows(&*result) : result.error().ToString();
  }

  Options options_;
  std::optional<Connection> connection_;
};

TEST_F(LibraryTest, QueriesAndCounts) {
  Run("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(20))");
  {
    Expected<Result> result = connection_->Query("INSERT INTO t (v) VALUES ('a'), ('b'), (NULL)");
    ASSERT_TRUE(result.ok());
    EXPECT_FALSE(result->has_rows());
    EXPECT_EQ(result->affected_rows(), 3u);
    EXPECT_EQ(result->insert_id(), 1u);
    EXPECT_EQ(result->info(), "Records: 3  Duplicates: 0  Warnings: 0");
  }
  EXPECT_EQ(Rows("SELECT * FROM t ORDER BY id"), "1,a;2,b;3,NULL");
  Expected<Result> result = connection_->Query("SELECT id, v AS name FROM t ORDER BY id");
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->columns().size(), 2u);
  EXPECT_EQ(result->columns()[1].name, "name");
  EXPECT_EQ(result->columns()[1].original_name, "v");
  EXPECT_EQ(result->columns()[0].type, Type::kLong);
  ASSERT_TRUE(result->Store().ok());
  EXPECT_EQ(result->row_count(), 3u);
  EXPECT_EQ(Rows(&*result), "1,a;2,b;3,NULL");
  result->Rewind();
  EXPECT_EQ(Rows(&*result), "1,a;2,b;3,NULL");
}

TEST_F(LibraryTest, ErrorsAreValues) {
  Error error = connection_->Execute("SELEC 1");
  EXPECT_EQ(error.number, 1064);
  EXPECT_EQ(error.sqlstate, "42000");
  EXPECT_EQ(connection_->Execute("SELECT * FROM nosuch").number, 1146);
  EXPECT_EQ(Rows("SELECT 1"), "1");
}

TEST_F(LibraryTest, BusyUntilRowsAreRead) {
  {
    Expected<Result> result = connection_->Query("SELECT 1 UNION ALL SELECT 2");
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(connection_->Execute("SELECT 1").number, CR_COMMANDS_OUT_OF_SYNC);
  }
  EXPECT_EQ(Rows("SELECT 3"), "3");  // the rest was dropped
}

TEST_F(LibraryTest, MultiResults) {
  Expected<Result> result = connection_->Query("SELECT 1; DO 1; SELECT 2, 3");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(Rows(&*result), "1");
  EXPECT_TRUE(result->has_more_results());
  ASSERT_TRUE(*result->NextResult());
  EXPECT_FALSE(result->has_rows());
  ASSERT_TRUE(*result->NextResult());
  EXPECT_EQ(Rows(&*result), "2,3");
  EXPECT_FALSE(*result->NextResult());
}

TEST_F(LibraryTest, PreparedStatements) {
  Run("CREATE TABLE p (i INT, u BIGINT UNSIGNED, d DOUBLE, s VARCHAR(50), b BLOB, dt DATETIME(6), da DATE, t TIME(3), "
      "de DECIMAL(20,5), y YEAR, f FLOAT, ti TINYINT, j JSON)");
  Expected<Statement> insert = connection_->Prepare("INSERT INTO p VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
  ASSERT_TRUE(insert.ok()) << insert.error().ToString();
  EXPECT_EQ(insert->parameter_count(), 13u);
  Temporal moment{2024, 2, 29, 23, 59, 58, 123456, false};
  Temporal time{0, 0, 0, 101, 2, 3, 500000, true};
  std::string bytes("\0\1\xff", 3);
  Expected<Result> done = insert->Execute({-5, 18446744073709551615ull, 1.25, "h\xc3\xa9", bytes, Value::Datetime(moment),
                                           Value::Date(moment), Value::Time(time), "123456789.12345", 2024, 0.5f, -128,
                                           "{\"a\": 1}"});
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(done->affected_rows(), 1u);
  Expected<Result> nulls = insert->Execute({nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                                            nullptr, nullptr, nullptr, nullptr, nullptr});
  ASSERT_TRUE(nulls.ok());
  Expected<Statement> select = connection_->Prepare("SELECT i, u, d, s, dt, da, t, de, y, f, ti, LENGTH(b) FROM p WHERE i = ?");
  ASSERT_TRUE(select.ok());
  EXPECT_EQ(select->columns().size(), 12u);
  Expected<Result> rows = select->Execute({-5});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(Rows(&*rows),
            "-5,18446744073709551615,1.25,h\xc3\xa9,2024-02-29 23:59:58.123456,2024-02-29,-101:02:03.500000,"
            "123456789.12345,2024,0.5,-128,3");
  Expected<Statement> all = connection_->Prepare("SELECT * FROM p WHERE i IS NULL");
  ASSERT_TRUE(all.ok());
  rows = all->Execute();
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(Rows(&*rows), "NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL");
  EXPECT_EQ(select->Execute().error().number, CR_PARAMS_NOT_BOUND);
  EXPECT_EQ(connection_->Prepare("SELECT nosuch FROM p").error().number, 1054);
}

TEST_F(LibraryTest, LongData) {
  Run("CREATE TABLE l (id INT, b LONGBLOB)");
  Expected<Statement> insert = connection_->Prepare("INSERT INTO l VALUES (?, ?)");
  ASSERT_TRUE(insert.ok());
  std::string piece(100'000, 'x');
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(insert->SendLongData(1, piece).ok());
  Expected<Result> done = insert->Execute({1, ""});
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_EQ(Rows("SELECT id, LENGTH(b) FROM l"), "1,500000");
}

TEST_F(LibraryTest, Cursors) {
  Run("CREATE TABLE c (id INT PRIMARY KEY)");
  std::string sql = "INSERT INTO c VALUES (0)";
  for (int i = 1; i < 100; ++i) sql += ",(" + std::to_string(i) + ")";
  Run(sql);
  Expected<Statement> select = connection_->Prepare("SELECT id FROM c ORDER BY id");
  ASSERT_TRUE(select.ok());
  Expected<Result> rows = select->Execute({}, ExecuteOptions{true, 7});
  ASSERT_TRUE(rows.ok()) << rows.error().ToString();
  int64_t expected = 0;
  Row row;
  while (true) {
    Expected<bool> more = rows->Next(&row);
    ASSERT_TRUE(more.ok()) << more.error().ToString();
    if (!*more) break;
    EXPECT_EQ(row[0].AsInt64(), expected++);
    // The rows stay at the server: other statements run in between.
    if (rows->has_cursor() && expected % 7 == 0) { EXPECT_EQ(Rows("SELECT 1"), "1"); }
  }
  EXPECT_EQ(expected, 100);
}

TEST_F(LibraryTest, Pipelines) {
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(connection_->Send("SELECT " + std::to_string(i)).ok());
  ASSERT_TRUE(connection_->Send("SELEC").ok());
  ASSERT_TRUE(connection_->Send("SELECT 'last'").ok());
  EXPECT_EQ(connection_->pending(), 502u);
  for (int i = 0; i < 500; ++i) {
    Expected<Result> result = connection_->Receive();
    ASSERT_TRUE(result.ok()) << result.error().ToString();
    EXPECT_EQ(Rows(&*result), std::to_string(i));
  }
  EXPECT_EQ(connection_->Receive().error().number, 1064);
  Expected<Result> result = connection_->Receive();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(Rows(&*result), "last");
}

TEST_F(LibraryTest, LargePackets) {
  Rows("SET GLOBAL max_allowed_packet = 67108864");
  Expected<Connection> other = Connection::Connect(options_);
  ASSERT_TRUE(other.ok());
  std::string text(20'000'000, 'y');
  Expected<Result> result = other->Query("SELECT '" + text + "', 1");
  ASSERT_TRUE(result.ok()) << result.error().ToString();
  Row row;
  Expected<bool> more = result->Next(&row);
  ASSERT_TRUE(more.ok()) << more.error().ToString();
  EXPECT_EQ(row[0].bytes().size(), text.size());
  EXPECT_EQ(row[1].AsInt64(), 1);
}

TEST_F(LibraryTest, CancelFromAnotherThread) {
  auto start = std::chrono::steady_clock::now();
  std::thread canceller([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    Error error = connection_->Cancel();
    EXPECT_TRUE(error.ok()) << error.ToString();
  });
  std::string answer = Rows("SELECT SLEEP(20)");
  canceller.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_TRUE(answer == "1" || answer.find("1317") != std::string::npos) << answer;
  EXPECT_EQ(Rows("SELECT 1"), "1");
}

TEST_F(LibraryTest, SessionCommands) {
  EXPECT_TRUE(connection_->Ping().ok());
  Run("SET @x = 5");
  EXPECT_EQ(Rows("SELECT @x"), "5");
  EXPECT_TRUE(connection_->Reset().ok());
  EXPECT_EQ(Rows("SELECT @x"), "NULL");
  EXPECT_TRUE(connection_->ChangeUser(options_.user, options_.password, "client_library_test").ok());
  EXPECT_EQ(Rows("SELECT DATABASE()"), "client_library_test");
  Expected<std::string> statistics = connection_->Statistics();
  ASSERT_TRUE(statistics.ok());
  EXPECT_NE(statistics->find("Uptime"), std::string::npos);
  EXPECT_TRUE(connection_->SetMultiStatements(false).ok());
  EXPECT_EQ(connection_->Execute("SELECT 1; SELECT 2").number, 1064);
  EXPECT_EQ(connection_->SelectDatabase("no_such_database").number, 1049);
  connection_->Close();
  EXPECT_EQ(connection_->Ping().number, CR_SERVER_GONE_ERROR);
}

TEST_F(LibraryTest, SessionTracking) {
  Expected<Result> result = connection_->Query("USE client_library_test");
  ASSERT_TRUE(result.ok());
  ASSERT_TRUE(result->session_changes().schema.has_value());
  EXPECT_EQ(*result->session_changes().schema, "client_library_test");
}

TEST_F(LibraryTest, Compression) {
  for (const char* algorithm : {"zlib", "zstd"}) {
    Options options = options_;
    options.compression_algorithms = std::string(algorithm) + ",uncompressed";
    Expected<Connection> connection = Connection::Connect(options);
    ASSERT_TRUE(connection.ok()) << connection.error().ToString();
    if (!connection->is_mariadb()) { EXPECT_STREQ(connection->compression(), algorithm); }
    Expected<Result> result = connection->Query("SELECT REPEAT('abc', 1000000)");
    ASSERT_TRUE(result.ok()) << result.error().ToString();
    Row row;
    ASSERT_TRUE(*result->Next(&row));
    EXPECT_EQ(row[0].bytes().size(), 3'000'000u);
    ASSERT_FALSE(*result->Next(&row));
    EXPECT_LT(connection->bytes_received(), 3'000'000u + 1'000'000u * (connection->compression()[0] == 'u'));
    result = connection->Query("SELECT '" + std::string(200'000, 'q') + "'; SELECT 2");
    ASSERT_TRUE(result.ok()) << result.error().ToString();
    Expected<bool> more = result->NextResult();
    ASSERT_TRUE(more.ok()) << more.error().ToString();
    more = result->Next(&row);
    ASSERT_TRUE(more.ok()) << more.error().ToString();
    EXPECT_EQ(row[0].AsInt64(), 2);
  }
}

TEST_F(LibraryTest, Tls) {
  Options options = options_;
  options.ssl_mode = SslMode::kRequired;
  Expected<Connection> connection = Connection::Connect(options);
  if (!connection.ok() && connection.error().message.find("doesn't support") != std::string::npos) GTEST_SKIP();
  ASSERT_TRUE(connection.ok()) << connection.error().ToString();
  EXPECT_TRUE(connection->is_tls());
  EXPECT_EQ(connection->tls_version(), "TLSv1.3");
  EXPECT_TRUE(connection->Execute("SELECT 1").ok());
  options.tls_versions = "TLSv1.2";
  connection = Connection::Connect(options);
  ASSERT_TRUE(connection.ok()) << connection.error().ToString();
  EXPECT_EQ(connection->tls_version(), "TLSv1.2");
  const char* data = std::getenv("MAHI_DATA");
  if (data == nullptr) return;
  options.ssl_mode = SslMode::kVerifyCa;
  options.ssl_ca = std::string(data) + "/ca.pem";
  connection = Connection::Connect(options);
  EXPECT_TRUE(connection.ok()) << connection.error().ToString();
  options.ssl_mode = SslMode::kVerifyIdentity;  // the certificate does not name 127.0.0.1
  EXPECT_EQ(Connection::Connect(options).error().number, CR_SSL_CONNECTION_ERROR);
}

TEST_F(LibraryTest, Authentication) {
  if (connection_->is_mariadb()) GTEST_SKIP() << "MariaDB has no caching_sha2_password";
  Run("DROP USER IF EXISTS lib_test");
  Run("CREATE USER lib_test IDENTIFIED WITH caching_sha2_password BY 'secret'");
  Options options = options_;
  options.user = "lib_test";
  options.password = "secret";
  // Full authentication without TLS needs the server's key.
  options.ssl_mode = SslMode::kDisabled;
  EXPECT_EQ(Connection::Connect(options).error().number, CR_AUTH_PLUGIN_ERR);
  options.get_server_public_key = true;
  EXPECT_TRUE(Connection::Connect(options).ok());
  options.get_server_public_key = false;
  Expected<Connection> fast = Connection::Connect(options);  // now cached
  EXPECT_TRUE(fast.ok());
  Run("ALTER USER lib_test IDENTIFIED BY 'other'");
  options.password = "other";
  options.ssl_mode = SslMode::kRequired;
  EXPECT_TRUE(Connection::Connect(options).ok());  // full, over TLS
  options.password = "wrong";
  EXPECT_EQ(Connection::Connect(options).error().number, 1045);
  Run("DROP USER lib_test");
}

TEST_F(LibraryTest, LocalInfile) {
  Options options = options_;
  options.database = "client_library_test";
  options.local_infile = true;
  options.local_infile_handler = [](std::string_view name, const LocalInfileSend& send) -> Error {
    if (name != "numbers") return {2, "HY000", "no such file"};
    if (Error error = send("1\ta\n2\t"); !error.ok()) return error;
    return send("b\n3\tc\n");
  };
  Expected<Connection> connection = Connection::Connect(options);
  ASSERT_TRUE(connection.ok());
  ASSERT_TRUE(connection->Execute("CREATE TABLE li (id INT, v VARCHAR(10))").ok());
  Error error = connection->Execute("LOAD DATA LOCAL INFILE 'numbers' INTO TABLE li");
  ASSERT_TRUE(error.ok()) << error.ToString();
  EXPECT_EQ(connection->Execute("LOAD DATA LOCAL INFILE 'other' INTO TABLE li").number, 2);
  EXPECT_EQ(Rows("SELECT * FROM li ORDER BY id"), "1,a;2,b;3,c");
  EXPECT_NE(connection_->Execute("LOAD DATA LOCAL INFILE 'numbers' INTO TABLE li").number, 0);
}

TEST_F(LibraryTest, UnreachableServers) {
  Options options = options_;
  options.port = 1;
  EXPECT_EQ(Connection::Connect(options).error().number, CR_CONN_HOST_ERROR);
  options.unix_socket = "/nonexistent/socket";
  EXPECT_EQ(Connection::Connect(options).error().number, CR_CONNECTION_ERROR);
  options.unix_socket.clear();
  options.host = "no.such.host.invalid";
  EXPECT_EQ(Connection::Connect(options).error().number, CR_UNKNOWN_HOST);
}

TEST_F(LibraryTest, LostConnection) {
  Expected<Connection> victim = Connection::Connect(options_);
  ASSERT_TRUE(victim.ok());
  Run("KILL " + std::to_string(victim->connection_id()));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  Error error = victim->Execute("SELECT 1");
  EXPECT_TRUE(error.number == CR_SERVER_LOST || error.number == CR_SERVER_GONE_ERROR || error.number == 1927)
      << error.ToString();
  EXPECT_FALSE(victim->is_open());
}

}  // namespace
}  // namespace mahi::client
