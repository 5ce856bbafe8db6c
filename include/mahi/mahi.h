// Mahi in your process: open a directory (or memory) as a database and execute SQL, without a server.
//
//   auto database = mahi::embedded::Database::Open({.directory = "shop"});
//   if (!database.ok()) return Fail(database.error().message());
//   mahi::embedded::Session session = database->Connect();
//   auto result = session.Execute("SELECT id, name FROM shop.item WHERE price < 10");
//   if (!result.ok()) return Fail(result.error().message());
//   for (mahi::embedded::Row row : *result) std::cout << row[0].Int64() << ' ' << row[1].Text() << '\n';
//
// The SQL, its errors and the directory are the server's: a directory can be used by `mahi server` today and by a
// program tomorrow, by one of them at a time. A new directory is initialised. Sessions are not checked for privileges.
// Text goes in and comes out as UTF-8.
//
// Errors: values, never exceptions: Outcome<T> holds a T or an Error with MySQL's number and SQLSTATE.
// Thread safety: a Database may be used by any thread. A Session with its Statements belongs to one thread at a time,
// except Session::Interrupt; sessions of one database run in parallel. A ResultSet is a value: it outlives its session
// and may be read by several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mahi::embedded {

class Error {
 public:
  Error(uint16_t number, std::string sqlstate, std::string message)
      : number_(number), sqlstate_(std::move(sqlstate)), message_(std::move(message)) {}
  uint16_t number() const { return number_; }                // 1062
  const std::string& sqlstate() const { return sqlstate_; }  // "23000"
  const std::string& message() const { return message_; }

 private:
  uint16_t number_;
  std::string sqlstate_;
  std::string message_;
};

// A T or an Error. REQUIRES of value(), * and ->: ok(); of error(): !ok().
template <typename T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Outcome(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit
  bool ok() const { return content_.index() == 0; }
  const Error& error() const { return std::get<1>(content_); }
  T& value() { return std::get<0>(content_); }
  const T& value() const { return std::get<0>(content_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> content_;
};

struct Column {
  std::string name;   // as the query names it
  std::string table;  // its alias; empty for expressions
  std::string type;   // as SHOW COLUMNS prints it: "int unsigned", "varchar(40)"
  bool is_nullable = true;
};

// A value of a result. Integers, BIT and YEAR are kept as integers, FLOAT and DOUBLE as double, everything else as the
// text (or bytes) that a client of the server sees. The accessors convert as SQL does and never fail: the longest
// numeric prefix of a text counts, NULL reads as 0 and "".
class Cell {
 public:
  Cell() = default;
  bool IsNull() const { return content_.index() == 0; }
  int64_t Int64() const;
  uint64_t UInt64() const;
  double Double() const;
  // As the command line prints it; "" for NULL.
  std::string Text() const;

 private:
  friend class Collector;
  struct Real {
    double value;
    uint8_t decimals;
    bool is_float;
  };
  std::variant<std::monostate, int64_t, uint64_t, Real, std::string> content_;
};

class ResultSet;

// One row of a ResultSet; valid as long as that.
class Row {
 public:
  Row(const Cell* cells, size_t size) : cells_(cells), size_(size) {}
  size_t size() const { return size_; }
  const Cell& operator[](size_t column) const { return cells_[column]; }
  const Cell* begin() const { return cells_; }
  const Cell* end() const { return cells_ + size_; }

 private:
  const Cell* cells_;
  size_t size_;
};

// What a statement answered: rows, or counts where it has no rows.
class ResultSet {
 public:
  // False for statements without a result set (INSERT, CREATE, SET, ...).
  bool has_rows() const { return !columns_.empty(); }
  const std::vector<Column>& columns() const { return columns_; }
  size_t row_count() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  Row operator[](size_t row) const { return {cells_.data() + row * columns_.size(), columns_.size()}; }

  uint64_t affected_rows() const { return affected_rows_; }
  uint64_t last_insert_id() const { return last_insert_id_; }
  uint16_t warning_count() const { return warning_count_; }
  // "Rows matched: 3  Changed: 1  Warnings: 0"
  const std::string& info() const { return info_; }

  class Iterator {
   public:
    Iterator(const ResultSet* result, size_t row) : result_(result), row_(row) {}
    Row operator*() const { return (*result_)[row_]; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return row_ == other.row_; }

   private:
    const ResultSet* result_;
    size_t row_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, row_count()}; }

 private:
  friend class Collector;
  std::vector<Column> columns_;
  std::vector<Cell> cells_;  // row by row
  uint64_t affected_rows_ = 0;
  uint64_t last_insert_id_ = 0;
  uint16_t warning_count_ = 0;
  std::string info_;
};

// A parameter of a prepared statement. `Bytes` is binary; std::string and const char* are UTF-8 text.
struct Bytes {
  std::string value;
};
using Parameter = std::variant<std::nullptr_t, int64_t, uint64_t, double, std::string, Bytes>;

// A prepared statement of a session. REQUIRES: used and destroyed before its Session.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();
  size_t parameter_count() const;
  // Empty for statements without a result set.
  const std::vector<Column>& columns() const;
  // One parameter for each `?`. Errors: 1210 when their number differs.
  Outcome<ResultSet> Execute(const std::vector<Parameter>& parameters = {});

 private:
  friend class Session;
  struct Impl;
  explicit Statement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct Warning {
  enum class Level : uint8_t { kNote, kWarning, kError };
  Level level;
  uint16_t number;
  std::string message;
};

// A connection without a network. Destroying it rolls its transaction back. It keeps its Database open.
class Session {
 public:
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // Exactly one statement.
  Outcome<ResultSet> Execute(std::string_view sql);
  // Statements separated by semicolons; ends at the first that fails, with its error.
  Outcome<std::vector<ResultSet>> ExecuteScript(std::string_view sql);
  // One query, row by row: nothing is collected. `on_row` returns false to end the query early. The Row is valid
  // during the call only. Answers the number of rows shown.
  Outcome<uint64_t> Stream(std::string_view sql, const std::function<bool(Row row)>& on_row);
  Outcome<Statement> Prepare(std::string_view sql);

  // Conditions of the last statement, as SHOW WARNINGS lists them.
  std::vector<Warning> Warnings() const;
  bool is_in_transaction() const;
  std::string database() const;
  // Ends the statement that runs in this session with error 1317. From any thread.
  void Interrupt();

 private:
  friend class Database;
  friend class Statement;
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct OpenOptions {
  std::string directory;               // empty: in memory, gone when the database is closed
  uint64_t cache_bytes = 128ull << 20;  // for blocks of tables
  // System variables as the server's command line sets them: {"max_allowed_packet", "32M"}.
  std::vector<std::pair<std::string, std::string>> variables = {};
  // Lines for a log; called by any thread.
  std::function<void(std::string_view line)> log = nullptr;
};

class Database {
 public:
  // Errors: the directory is in use, damaged, not readable; unknown variables (1193), wrong values (1231).
  static Outcome<Database> Open(OpenOptions options);
  // Closed when the last copy and the last session are gone.
  Session Connect() const;

 private:
  friend class Session;
  struct Impl;
  explicit Database(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace mahi::embedded
