// Shell: the client's session: reads statements and commands, runs them, prints what comes back.
//
// Three ways in: -e text, a file or pipe, or a terminal (editing, history, completion). Ctrl-C on a terminal kills the
// running statement; a second one cuts the connection.
// Source: MySQL 8.4 manual, "mysql - The MySQL Command-Line Client".
// Thread safety: none; one in a process (it handles SIGINT).
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/output.h"
#include "client/cli/result_writer.h"
#include "client/cli/settings.h"
#include "client/cli/splitter.h"
#include "mahi/client.h"

namespace mahi::client {

class Completion;
class LineEditor;

class Shell {
 public:
  explicit Shell(Settings settings);
  ~Shell();
  int Run();

 private:
  enum class Outcome : uint8_t { kGoOn, kFail, kQuit };

  bool Connect(bool is_first);
  Outcome RunFile(FILE* file, const std::string& name);
  Outcome RunText(const std::vector<std::string>& texts);
  void Interactive();
  Outcome RunPieces(StatementSplitter* splitter);
  Outcome RunPiece(StatementSplitter* splitter, const StatementSplitter::Piece& piece);
  Outcome RunStatement(const std::string& sql, bool vertical, uint64_t line);
  // One attempt. *lost: the connection broke.
  Outcome Execute(const std::string& sql, bool vertical, uint64_t line, bool* lost);
  Outcome RunCommand(StatementSplitter* splitter, const StatementSplitter::Piece& piece);
  Outcome Source(const std::string& path);
  void PrintRows(Result* result, const std::string& sql, bool vertical);
  void PrintTypes(const Result& result);
  void PrintWarnings();
  void PrintHelp();
  Outcome ServerHelp(const std::string& topic);
  void PrintStatus();
  void EditBuffer(StatementSplitter* splitter, const std::string& file);
  Outcome Fail(const Error& error, uint64_t line, const std::string& sql);
  void PointAt(const Error& error, const std::string& sql);
  std::string PromptText();
  std::string Scalar(const std::string& sql);
  void OnWait();
  void ClearProgress();
  void Info(std::string_view text);
  OutputFormat FormatFor(bool vertical) const;
  bool use_color() const;

  Settings settings_;
  Output output_;
  std::optional<Connection> connection_;
  std::string default_database_;
  std::string delimiter_ = ";";
  std::string prompt_;
  std::string last_statement_;
  std::unique_ptr<LineEditor> editor_;
  std::unique_ptr<Completion> completion_;
  bool is_interactive_ = false;
  int source_depth_ = 0;
  std::string file_name_;
  uint64_t prompt_counter_ = 0;

  // The statement now running.
  bool is_running_ = false;
  int64_t started_ms_ = 0;
  int interrupts_seen_ = 0;
  const Result* reading_ = nullptr;
  bool has_progress_ = false;
};

}  // namespace mahi::client
