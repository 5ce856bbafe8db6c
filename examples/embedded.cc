// A program with a database inside. Run it: build/release/examples/embedded [directory]
// Without a directory the database is in memory. Built and run by the tests.
#include <cstdio>
#include <string>

#include "mahi/mahi.h"

using mahi::embedded::Database;
using mahi::embedded::Row;
using mahi::embedded::Session;

namespace {

int Fail(const mahi::embedded::Error& error) {
  std::fprintf(stderr, "ERROR %u (%s): %s\n", error.number(), error.sqlstate().c_str(), error.message().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  auto database = Database::Open({.directory = argc > 1 ? argv[1] : ""});
  if (!database.ok()) return Fail(database.error());
  Session session = database->Connect();

  auto created = session.ExecuteScript(
      "CREATE DATABASE IF NOT EXISTS shop;"
      "USE shop;"
      "CREATE TABLE IF NOT EXISTS item ("
      "  id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE, price DECIMAL(8,2) NOT NULL);"
      "DELETE FROM item");
  if (!created.ok()) return Fail(created.error());

  // Prepared once, executed with parameters.
  auto insert = session.Prepare("INSERT INTO item (name, price) VALUES (?, ?)");
  if (!insert.ok()) return Fail(insert.error());
  for (int i = 1; i <= 5; ++i) {
    auto inserted = insert->Execute({"lamp no. " + std::to_string(i), 9.5 * i});
    if (!inserted.ok()) return Fail(inserted.error());
    std::printf("inserted %llu\n", static_cast<unsigned long long>(inserted->last_insert_id()));
  }

  // Errors are values with MySQL's numbers.
  auto duplicate = insert->Execute({std::string("lamp no. 1"), 1.0});
  if (duplicate.ok() || duplicate.error().number() != 1062) return 1;
  std::printf("refused: %s\n", duplicate.error().message().c_str());

  // A result set is a value.
  auto result = session.Execute("SELECT id, name, price FROM item WHERE price > 20 ORDER BY price DESC");
  if (!result.ok()) return Fail(result.error());
  for (Row row : *result) {
    std::printf("%lld  %s  %s\n", static_cast<long long>(row[0].Int64()), row[1].Text().c_str(), row[2].Text().c_str());
  }

  // Two sessions: what one has not committed, the other does not see.
  Session other = database->Connect();
  auto count = [&other] { return other.Execute("SELECT COUNT(*) FROM shop.item"); };
  for (const char* sql : {"START TRANSACTION", "DELETE FROM item"}) {
    auto done = session.Execute(sql);
    if (!done.ok()) return Fail(done.error());
  }
  auto before = count();
  if (!before.ok()) return Fail(before.error());
  auto committed = session.Execute("COMMIT");
  if (!committed.ok()) return Fail(committed.error());
  auto after = count();
  if (!after.ok()) return Fail(after.error());
  std::printf("the other session sees %s rows before, %s after the commit\n", (*before)[0][0].Text().c_str(),
              (*after)[0][0].Text().c_str());
  return (*before)[0][0].Int64() == 5 && (*after)[0][0].Int64() == 0 ? 0 : 1;
}
