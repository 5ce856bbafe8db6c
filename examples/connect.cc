// Connects to a server, makes a table, fills it with a prepared statement, reads it back.
//
//   connect [HOST [PORT [USER [PASSWORD]]]]
#include <mahi/client.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace mc = mahi::client;

namespace {

int Fail(const mc::Error& error) {
  std::fprintf(stderr, "%s\n", error.ToString().c_str());
  return 1;
}

int Demonstrate(mc::Connection& connection) {
  for (const char* sql : {"CREATE DATABASE IF NOT EXISTS example", "USE example", "DROP TABLE IF EXISTS city",
                          "CREATE TABLE city (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50), people BIGINT)"}) {
    if (mc::Error error = connection.Execute(sql); !error.ok()) return Fail(error);
  }

  // Values travel in binary form; there is nothing to escape.
  auto insert = connection.Prepare("INSERT INTO city (name, people) VALUES (?, ?)");
  if (!insert.ok()) return Fail(insert.error());
  for (const auto& [name, people] : {std::pair{"Lagos", 15'900'000}, {"São Paulo", 12'300'000}, {"Oslo", 700'000}}) {
    auto done = insert->Execute({name, people});
    if (!done.ok()) return Fail(done.error());
    std::printf("inserted %s as %llu\n", name, static_cast<unsigned long long>(done->insert_id()));
  }

  {
    auto result = connection.Query("SELECT name, people FROM city WHERE people > 1000000 ORDER BY people DESC");
    if (!result.ok()) return Fail(result.error());
    mc::Row row;
    while (true) {
      auto more = result->Next(&row);
      if (!more.ok()) return Fail(more.error());
      if (!*more) break;
      std::printf("%s: %lld\n", row[0].AsString().c_str(), static_cast<long long>(row[1].AsInt64()));
    }
  }

  // A pipeline: three questions on the way before the first answer is read.
  for (const char* sql : {"SELECT COUNT(*) FROM city", "SELECT SUM(people) FROM city", "SELECT MIN(name) FROM city"}) {
    if (mc::Error error = connection.Send(sql); !error.ok()) return Fail(error);
  }
  while (connection.pending() > 0) {
    auto result = connection.Receive();
    if (!result.ok()) return Fail(result.error());
    mc::Row row;
    auto more = result->Next(&row);
    if (!more.ok()) return Fail(more.error());
    if (*more) std::printf("%s = %s\n", result->columns()[0].name.c_str(), row[0].AsString().c_str());
  }

  // Errors are values.
  mc::Error error = connection.Execute("INSERT INTO city (id, name) VALUES (1, 'again')");
  std::printf("expected: %u %s\n", error.number, error.sqlstate.c_str());
  mc::Error dropped = connection.Execute("DROP DATABASE example");
  return error.number == 1062 && dropped.ok() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  mc::Options options;
  options.host = argc > 1 ? argv[1] : "127.0.0.1";
  options.port = static_cast<uint16_t>(argc > 2 ? std::atoi(argv[2]) : 3306);
  options.user = argc > 3 ? argv[3] : "root";
  options.password = argc > 4 ? argv[4] : "";
  auto connection = mc::Connection::Connect(options);
  if (!connection.ok()) return Fail(connection.error());
  std::printf("connected to %s%s\n", connection->server_version().c_str(), connection->is_tls() ? " with TLS" : "");
  return Demonstrate(*connection);
}
