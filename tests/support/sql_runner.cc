// Runs SQL scripts (tests/sql/) against the engine in this process. tests/README.md describes the scripts' form.
//   sql_runner [--verbose] script...
// Exit code 0: every record of every script held. Otherwise each failed record is printed with its line.
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "mahi/mahi.h"

namespace {

using mahi::embedded::Database;
using mahi::embedded::Outcome;
using mahi::embedded::ResultSet;
using mahi::embedded::Session;

using Lines = std::vector<std::string>;

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// One value as scripts write it.
std::string Shown(const mahi::embedded::Cell& cell) {
  if (cell.IsNull()) return "NULL";
  std::string text = cell.Text();
  if (text.empty()) return "(empty)";
  std::string shown;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      shown += "\\n";
    } else if (c == '\t') {
      shown += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      char hex[8];
      std::snprintf(hex, sizeof(hex), "\\x%02X", byte);
      shown += hex;
    } else {
      shown += c;
    }
  }
  return shown;
}

Lines ShownRows(const ResultSet& result, bool with_names) {
  Lines lines;
  auto join = [](const std::vector<std::string>& values) {
    std::string line;
    for (size_t i = 0; i < values.size(); ++i) line += (i == 0 ? "" : " | ") + values[i];
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
  };
  if (with_names) {
    std::vector<std::string> names;
    for (const auto& column : result.columns()) names.push_back(column.name);
    lines.push_back(join(names));
  }
  for (mahi::embedded::Row row : result) {
    std::vector<std::string> values;
    for (const auto& cell : row) values.push_back(Shown(cell));
    lines.push_back(join(values));
  }
  return lines;
}

struct Connection {
  std::optional<Session> session;
  std::thread thread;                          // of a statement that was started
  std::optional<Outcome<ResultSet>> outcome;   // its answer
};

class Script {
 public:
  Script(std::string path, bool is_verbose) : path_(std::move(path)), is_verbose_(is_verbose) {}
  ~Script() {
    Close();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  // The number of failed records.
  int Run() {
    std::ifstream in(path_);
    if (!in) {
      std::printf("%s: cannot be read\n", path_.c_str());
      return 1;
    }
    for (std::string line; std::getline(in, line);) {
      while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
      lines_.push_back(line);
    }
    // Only a script that restarts needs a directory.
    if (std::find(lines_.begin(), lines_.end(), "restart") != lines_.end()) {
      std::string name = (std::filesystem::temp_directory_path() / "mahi_sql_XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) {
        std::printf("cannot make a directory\n");
        return 1;
      }
      directory_ = name;
    }
    if (!Open()) return 1;
    while (at_ < lines_.size() && !is_aborted_) {
      if (lines_[at_].empty() || lines_[at_][0] == '#') {
        ++at_;
      } else {
        Record();
      }
    }
    for (auto& [name, connection] : connections_) {
      if (connection.thread.joinable()) Fail("connection " + name + " was started and never finished");
    }
    return failures_;
  }

 private:
  bool Open() {
    auto database = Database::Open({.directory = directory_, .cache_bytes = 16 << 20});
    if (!database.ok()) {
      Fail("open: " + database.error().message());
      return false;
    }
    database_ = std::move(*database);
    Session session = database_->Connect();
    auto made = session.ExecuteScript("CREATE DATABASE IF NOT EXISTS test");
    if (!made.ok()) Fail("CREATE DATABASE test: " + made.error().message());
    return made.ok();
  }

  void Close() {
    for (auto& [name, connection] : connections_) {
      if (!connection.thread.joinable()) continue;
      connection.session->Interrupt();
      connection.thread.join();
    }
    connections_.clear();
    database_.reset();
  }

  Connection& Current() {
    Connection& connection = connections_[connection_name_];
    if (!connection.session) {
      connection.session.emplace(database_->Connect());
      auto used = connection.session->Execute("USE test");
      if (!used.ok()) Fail("USE test: " + used.error().message());
    }
    return connection;
  }

  void Fail(const std::string& what) {
    ++failures_;
    std::printf("%s:%zu: %s\n", path_.c_str(), record_line_, what.c_str());
  }

  // The lines up to the next empty one; at_ ends behind it.
  Lines Block() {
    Lines block;
    while (at_ < lines_.size() && !lines_[at_].empty()) block.push_back(lines_[at_++]);
    return block;
  }

  static std::string Joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }

  void Record() {
    record_line_ = at_ + 1;
    const std::string head = lines_[at_++];
    std::vector<std::string> words = Words(head);
    if (words[0] == "connection" && words.size() == 2) {
      connection_name_ = words[1];
      return;
    }
    if (words[0] == "disconnect" && words.size() == 2) {
      connections_.erase(words[1]);
      return;
    }
    if (words[0] == "restart") {
      Close();
      if (!Open()) is_aborted_ = true;
      return;
    }
    if (words[0] == "sleep" && words.size() == 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(words[1].c_str())));
      return;
    }
    if (words[0] == "warnings") {
      CheckWarnings(Block());
      return;
    }
    Lines block = Block();
    if (words[0] == "start") {
      Connection& connection = Current();
      if (connection.thread.joinable()) return Fail("this connection is busy");
      Session* session = &*connection.session;
      connection.thread = std::thread([&connection, session, sql = Joined(block)] {
        connection.outcome = session->Execute(sql);
      });
      return;
    }
    Lines expected;
    auto line = std::find(block.begin(), block.end(), "----");
    bool has_expected = line != block.end();
    if (has_expected) {
      expected.assign(line + 1, block.end());
      block.erase(line, block.end());
    }
    std::optional<Outcome<ResultSet>> outcome;
    if (words[0] == "finish") {
      words.erase(words.begin());
      if (words.empty()) return Fail("finish what?");
      Connection& connection = Current();
      if (!connection.thread.joinable()) return Fail("nothing was started here");
      connection.thread.join();
      outcome = std::move(connection.outcome);
      connection.outcome.reset();
    } else if (words[0] == "statement" || words[0] == "query") {
      if (words[0] == "statement") words.erase(words.begin());
      if (is_verbose_) std::printf("%s:%zu: %s\n", path_.c_str(), record_line_, Joined(block).c_str());
      outcome = Current().session->Execute(Joined(block));
    } else {
      return Fail("unknown record: " + head);
    }
    if (words.empty()) return Fail("statement ok, count or error?");
    if (words[0] == "query") {
      CheckRows(*outcome, words, expected);
    } else {
      CheckStatement(*outcome, words);
    }
  }

  void CheckStatement(const Outcome<ResultSet>& outcome, const std::vector<std::string>& words) {
    if (words[0] == "ok" || words[0] == "count") {
      if (!outcome.ok()) return FailWith("error", outcome.error());
      if (words[0] == "count" && words.size() == 2 && outcome->affected_rows() != std::strtoull(words[1].c_str(), nullptr, 10)) {
        Fail("affected rows: " + std::to_string(outcome->affected_rows()) + ", expected " + words[1]);
      }
      return;
    }
    if (words[0] != "error" || words.size() < 2) return Fail("statement ok, count or error?");
    if (outcome.ok()) return Fail("no error, expected " + words[1]);
    if (std::to_string(outcome.error().number()) != words[1] ||
        (words.size() > 2 && outcome.error().sqlstate() != words[2])) {
      return FailWith("expected " + words[1] + ", got", outcome.error());
    }
    std::string text;
    for (size_t i = 3; i < words.size(); ++i) text += (i == 3 ? "" : " ") + words[i];
    if (!text.empty() && outcome.error().message() != text) FailWith("expected the text \"" + text + "\", got", outcome.error());
  }

  void CheckRows(const Outcome<ResultSet>& outcome, const std::vector<std::string>& words, Lines expected) {
    if (!outcome.ok()) return FailWith("error", outcome.error());
    bool is_sorted = false, with_names = false;
    for (size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "rowsort") {
        is_sorted = true;
      } else if (words[i] == "names") {
        with_names = true;
      } else {
        return Fail("unknown mode: " + words[i]);
      }
    }
    Lines actual = ShownRows(*outcome, with_names);
    if (is_sorted) {
      std::sort(actual.begin() + (with_names ? 1 : 0), actual.end());
      std::sort(expected.begin() + (with_names && !expected.empty() ? 1 : 0), expected.end());
    }
    if (actual == expected) return;
    Fail("rows differ");
    for (const std::string& one : expected) std::printf("  expected: %s\n", one.c_str());
    for (const std::string& one : actual) std::printf("  actual:   %s\n", one.c_str());
  }

  void CheckWarnings(const Lines& expected) {
    Lines actual;
    for (const auto& warning : Current().session->Warnings()) {
      static const char* const kLevels[] = {"Note", "Warning", "Error"};
      actual.push_back(std::string(kLevels[static_cast<int>(warning.level)]) + " " + std::to_string(warning.number) + " " +
                       warning.message);
    }
    if (actual == expected) return;
    Fail("warnings differ");
    for (const std::string& one : expected) std::printf("  expected: %s\n", one.c_str());
    for (const std::string& one : actual) std::printf("  actual:   %s\n", one.c_str());
  }

  void FailWith(const std::string& what, const mahi::embedded::Error& error) {
    Fail(what + " " + std::to_string(error.number()) + " " + error.sqlstate() + " " + error.message());
  }

  const std::string path_;
  const bool is_verbose_;
  Lines lines_;
  size_t at_ = 0;
  size_t record_line_ = 0;
  int failures_ = 0;
  bool is_aborted_ = false;
  std::string directory_;
  std::optional<Database> database_;
  std::string connection_name_ = "default";
  std::map<std::string, Connection> connections_;
};

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  bool is_verbose = false;
  int failures = 0, scripts = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--verbose") {
      is_verbose = true;
      continue;
    }
    ++scripts;
    const int failed = Script(argv[i], is_verbose).Run();
    if (failed != 0) std::printf("%s: %d failed\n", argv[i], failed);
    failures += failed;
  }
  if (scripts == 0) std::printf("usage: sql_runner [--verbose] script...\n");
  return failures == 0 && scripts > 0 ? 0 : 1;
}
