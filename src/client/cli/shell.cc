// The map: Run chooses the way in (RunText, RunFile, Interactive); all of them feed a StatementSplitter, whose pieces go
// to RunStatement or RunCommand; Execute talks to the server and PrintRows prints. Commands are in shell_commands.cc.
#include "client/cli/shell.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "client/cli/completion.h"
#include "client/cli/message_text.h"
#include "client/cli/line_editor.h"
#include "client/internal/transport.h"
#include "protocol/constants.h"

namespace mahi::client {
namespace {

volatile std::sig_atomic_t g_interrupts = 0;  // a signal handler has no other place

void OnInterrupt(int) { g_interrupts = g_interrupts + 1; }

constexpr int64_t kProgressAfterMs = 1000;

std::string AskPassword() {
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (fd < 0) return {};
  const char question[] = "Enter password: ";
  (void)!write(fd, question, sizeof question - 1);
  termios old = {};
  tcgetattr(fd, &old);
  termios quiet = old;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(fd, TCSAFLUSH, &quiet);
  std::string password;
  char c = 0;
  while (read(fd, &c, 1) == 1 && c != '\n') password.push_back(c);
  tcsetattr(fd, TCSAFLUSH, &old);
  (void)!write(fd, "\n", 1);
  close(fd);
  return password;
}

// A pattern with * and ?.
bool MatchesPattern(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return MatchesPattern(text, pattern.substr(1)) || (!text.empty() && MatchesPattern(text.substr(1), pattern));
  }
  if (text.empty()) return false;
  return (pattern[0] == '?' || std::tolower(static_cast<unsigned char>(pattern[0])) ==
                                   std::tolower(static_cast<unsigned char>(text[0]))) &&
         MatchesPattern(text.substr(1), pattern.substr(1));
}

bool IsIgnoredInHistory(const std::string& statement, const std::string& patterns) {
  std::string list = patterns + ":*identified*:*password*";
  size_t begin = 0;
  while (begin < list.size()) {
    size_t end = std::min(list.find(':', begin), list.size());
    if (end > begin && MatchesPattern(statement, std::string_view(list).substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

Shell::Shell(Settings settings) : settings_(std::move(settings)) {
  delimiter_ = settings_.delimiter;
  prompt_ = settings_.prompt;
  default_database_ = settings_.connection.database;
}
Shell::~Shell() = default;

bool Shell::use_color() const {
  if (settings_.color >= 0) return settings_.color == 1;
  return is_interactive_ && isatty(STDOUT_FILENO) && output_.pager().empty() && std::getenv("NO_COLOR") == nullptr;
}

int Shell::Run() {
  setlocale(LC_CTYPE, "");
  is_interactive_ = !settings_.batch && !settings_.has_execute && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  if (!is_interactive_) {
    // mysql: neither -e on a terminal nor -v -v -v makes tab-separated output.
    bool on_terminal = settings_.has_execute && !settings_.batch && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    settings_.batch = true;
    if (settings_.silent == 0 && !on_terminal) settings_.silent = 1;
    settings_.reconnect = false;
  }
  if (settings_.ask_password) settings_.connection.password = AskPassword();
  settings_.connection.interactive = is_interactive_;
  settings_.connection.can_handle_expired_passwords |= is_interactive_;
  settings_.connection.attributes.push_back({"program_name", "mahi client"});
  if (settings_.safe_updates) {
    settings_.connection.init_commands.push_back(
        fmt::format("SET SQL_SAFE_UPDATES=1, SQL_SELECT_LIMIT={}, MAX_JOIN_SIZE={}", settings_.select_limit,
                    settings_.max_join_size));
  }
  if (is_interactive_) {
    settings_.connection.on_wait = [this] { OnWait(); };
    struct sigaction action = {};
    action.sa_handler = settings_.sigint_ignore ? SIG_IGN : OnInterrupt;
    sigaction(SIGINT, &action, nullptr);
    action.sa_handler = OnInterrupt;  // a closed terminal ends the running statement, then input ends
    sigaction(SIGHUP, &action, nullptr);
    signal(SIGPIPE, SIG_IGN);
    if (settings_.has_pager) {
      const char* environment = std::getenv("PAGER");
      output_.set_pager(!settings_.pager.empty() ? settings_.pager : environment != nullptr ? environment : "");
    }
  }
  if (!settings_.tee.empty() && !output_.OpenTee(settings_.tee)) {
    std::fprintf(stderr, "Error logging to file '%s'\n", settings_.tee.c_str());
  }
  if (!Connect(true)) return 1;
  Outcome outcome = Outcome::kGoOn;
  if (settings_.has_execute) {
    outcome = RunText(settings_.execute);
  } else if (is_interactive_) {
    Interactive();
  } else {
    outcome = RunFile(stdin, "");
  }
  output_.Flush();
  connection_.reset();
  return outcome == Outcome::kFail ? 1 : 0;
}

bool Shell::Connect(bool is_first) {
  while (true) {
    Expected<Connection> connection = Connection::Connect(settings_.connection);
    if (connection.ok()) {
      connection_.emplace(std::move(*connection));
      break;
    }
    bool is_unreachable = connection.error().number == CR_CONN_HOST_ERROR ||
                          connection.error().number == CR_CONNECTION_ERROR;
    if (settings_.wait && is_unreachable) {
      std::fprintf(stderr, "Waiting for the server: %s\n", connection.error().message.c_str());
      sleep(2);
      continue;
    }
    (void)Fail(connection.error(), 0, {});
    return false;
  }
  if (is_first && is_interactive_ && settings_.silent == 0) {
    Info(fmt::format(
        "Welcome to Mahi.  Statements end with {0} or \\g.\nYour connection id is {1}\nServer version: {2}\n\n"
        "Type 'help{0}' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n",
        delimiter_, connection_->connection_id(), connection_->server_version()));
  }
  return true;
}

void Shell::Info(std::string_view text) {
  output_.Write(text);
  output_.Flush();
}

// ---- ways in ----

Shell::Outcome Shell::RunPieces(StatementSplitter* splitter) {
  StatementSplitter::Piece piece;
  splitter->set_no_backslash_escapes(
      connection_ && (connection_->server_status() & kStatusNoBackslashEscapes) != 0);
  while (splitter->Next(&piece)) {
    Outcome outcome = RunPiece(splitter, piece);
    if (outcome != Outcome::kGoOn) return outcome;
    splitter->set_no_backslash_escapes(
        connection_ && (connection_->server_status() & kStatusNoBackslashEscapes) != 0);
  }
  return Outcome::kGoOn;
}

Shell::Outcome Shell::RunPiece(StatementSplitter* splitter, const StatementSplitter::Piece& piece) {
  using Kind = StatementSplitter::Piece::Kind;
  switch (piece.kind) {
    case Kind::kStatement: return RunStatement(piece.text, false, piece.line);
    case Kind::kVertical: return RunStatement(piece.text, true, piece.line);
    case Kind::kCommand: return RunCommand(splitter, piece);
    case Kind::kUnknownCommand:
      return Fail({2000, "HY000", fmt::format("Unknown command '\\{}'.", piece.letter)}, piece.line, {});
  }
  return Outcome::kGoOn;
}

namespace {

void Configure(StatementSplitter* splitter, const Settings& settings, const std::string& delimiter) {
  splitter->set_delimiter(delimiter);
  splitter->set_binary_mode(settings.binary_mode);
  splitter->set_named_commands(settings.named_commands);
  splitter->set_comments(settings.comments);
}

}  // namespace

Shell::Outcome Shell::RunText(const std::vector<std::string>& texts) {
  StatementSplitter splitter;
  Configure(&splitter, settings_, delimiter_);
  for (const std::string& text : texts) {
    size_t begin = 0;
    while (begin <= text.size()) {
      size_t end = std::min(text.find('\n', begin), text.size());
      splitter.AddLine(std::string_view(text).substr(begin, end - begin));
      if (Outcome outcome = RunPieces(&splitter); outcome != Outcome::kGoOn) return outcome;
      begin = end + 1;
    }
  }
  StatementSplitter::Piece piece;
  if (splitter.Finish(&piece)) return RunPiece(&splitter, piece);
  return Outcome::kGoOn;
}

Shell::Outcome Shell::RunFile(FILE* file, const std::string& name) {
  StatementSplitter splitter;
  Configure(&splitter, settings_, delimiter_);
  char* line = nullptr;
  size_t capacity = 0;
  ssize_t length;
  bool is_first = true;
  Outcome outcome = Outcome::kGoOn;
  std::string outer_name = std::exchange(file_name_, name);
  while ((length = getline(&line, &capacity, file)) >= 0) {
    std::string_view text(line, static_cast<size_t>(length));
    if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    if (std::exchange(is_first, false) && text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
    splitter.AddLine(text);
    outcome = RunPieces(&splitter);
    if (outcome != Outcome::kGoOn) break;
    if (is_interactive_ && g_interrupts != interrupts_seen_) break;
  }
  std::free(line);
  StatementSplitter::Piece piece;
  if (outcome == Outcome::kGoOn && splitter.Finish(&piece)) outcome = RunPiece(&splitter, piece);
  file_name_ = outer_name;
  return outcome;
}

void Shell::Interactive() {
  editor_ = std::make_unique<LineEditor>();
  const char* home = std::getenv("HOME");
  const char* history_file = std::getenv("MYSQL_HISTFILE");
  if (history_file != nullptr) {
    if (std::strcmp(history_file, "/dev/null") != 0) editor_->LoadHistory(history_file);
  } else if (home != nullptr) {
    editor_->LoadHistory(std::string(home) + "/.mahi_history");
  }
  completion_ = std::make_unique<Completion>();
  editor_->set_completer([this](std::string_view line, size_t cursor) {
    if (!completion_->is_loaded() && settings_.auto_rehash && connection_ && connection_->is_open()) {
      completion_->Load(&*connection_);
    }
    return completion_->Complete(line, cursor);
  });
  editor_->set_is_interrupted([this] { return g_interrupts != interrupts_seen_; });
  StatementSplitter splitter;
  Configure(&splitter, settings_, delimiter_);
  std::string typed;  // the statement's lines, for the history
  while (true) {
    std::string prompt = PromptText();
    if (char quote = splitter.open_quote(); quote != 0 || !splitter.is_empty()) {
      std::string arrow = quote == 0 ? "-> " : quote == '*' ? "/*> " : std::string(1, quote) + "> ";
      size_t width = prompt.size();
      prompt = arrow.size() < width ? std::string(width - arrow.size(), ' ') + arrow : arrow;
    }
    interrupts_seen_ = g_interrupts;
    std::string line;
    LineEditor::ReadOutcome read = editor_->Read(prompt, &line);
    if (read != LineEditor::ReadOutcome::kEnd && g_interrupts != interrupts_seen_) {
      Info("^C\n");
      splitter.Clear();
      typed.clear();
      continue;
    }
    if (read == LineEditor::ReadOutcome::kEnd) {
      editor_.reset();  // saves the history: a terminal that closes may not leave us the time for it later
      Info("\nBye\n");
      break;
    }
    output_.TeeOnly(prompt + line + "\n");
    if (!typed.empty()) typed.push_back(' ');
    typed += line;
    splitter.AddLine(line);
    if (RunPieces(&splitter) == Outcome::kQuit) {
      editor_.reset();
      if (settings_.silent == 0) Info("Bye\n");
      break;
    }
    if (splitter.is_empty()) {
      size_t end = typed.find_last_not_of(" \t");
      typed.resize(end == std::string::npos ? 0 : end + 1);
      if (!typed.empty() && !IsIgnoredInHistory(typed, settings_.histignore)) editor_->AddHistory(typed);
      typed.clear();
    }
  }
  editor_.reset();
}

// ---- statements ----

Shell::Outcome Shell::RunStatement(const std::string& sql, bool vertical, uint64_t line) {
  if (settings_.verbose > 0) {
    output_.Write("--------------\n" + sql + "\n--------------\n\n");
  }
  if (is_interactive_) last_statement_ = sql;
  ++prompt_counter_;
  bool lost = false;
  Outcome outcome = Execute(sql, vertical, line, &lost);
  if (lost && settings_.reconnect) {
    bool in_transaction = connection_ && (connection_->server_status() & kStatusInTransaction) != 0;
    Info("No connection. Trying to reconnect...\n");
    if (!Connect(false)) return Outcome::kGoOn;
    Info(fmt::format("Connection id:    {}\nCurrent database: {}\n\n", connection_->connection_id(),
                     connection_->database().empty() ? "*** NONE ***" : connection_->database()));
    // Never half a transaction.
    if (!in_transaction) outcome = Execute(sql, vertical, line, &lost);
  }
  return outcome;
}

Shell::Outcome Shell::Execute(const std::string& sql, bool vertical, uint64_t line, bool* lost) {
  *lost = false;
  if (!connection_ || !connection_->is_open()) {
    *lost = settings_.reconnect;
    return Fail({CR_SERVER_GONE_ERROR, "HY000", "MySQL server has gone away"}, line, {});
  }
  started_ms_ = internal::Transport::NowMs();
  interrupts_seen_ = g_interrupts;
  is_running_ = true;
  std::string database_before = connection_->database();
  auto fail = [&](const Error& error) {
    is_running_ = false;
    ClearProgress();
    *lost = error.number == CR_SERVER_GONE_ERROR || error.number == CR_SERVER_LOST || !connection_->is_open();
    if (g_interrupts != interrupts_seen_) Info("^C -- query aborted\n");
    return Fail(error, line, sql);
  };

  uint16_t warnings = 0;
  {
    Expected<Result> result = connection_->Query(sql);
    if (!result.ok()) {
      Outcome outcome = fail(result.error());
      if (settings_.show_warnings && connection_->is_open()) PrintWarnings();
      return outcome;
    }
    while (true) {
      int64_t elapsed_ms = 0;
      if (result->has_rows()) {
        if (!settings_.quick) {
          reading_ = &*result;
          Error error = result->Store();
          reading_ = nullptr;
          if (!error.ok()) return fail(error);
        }
        elapsed_ms = internal::Transport::NowMs() - started_ms_;
        ClearProgress();
        if (settings_.column_type_info) PrintTypes(*result);
        bool is_table = FormatFor(vertical) == OutputFormat::kTable || FormatFor(vertical) == OutputFormat::kTsv ||
                        FormatFor(vertical) == OutputFormat::kVertical;
        if (settings_.quick || result->row_count() > 0 || !is_table) PrintRows(&*result, sql, vertical);
      } else {
        elapsed_ms = internal::Transport::NowMs() - started_ms_;
        ClearProgress();
      }
      warnings = result->warning_count();
      bool footer = (is_interactive_ && settings_.silent == 0) || settings_.verbose > 1;
      if (footer) {
        std::string text;
        if (result->has_rows()) {
          text = result->row_count() == 0
                     ? "Empty set"
                     : fmt::format("{} row{} in set", result->row_count(), result->row_count() == 1 ? "" : "s");
        } else {
          uint64_t n = result->affected_rows();
          text = n == ~uint64_t{0} ? "Query OK" : fmt::format("Query OK, {} row{} affected", n, n == 1 ? "" : "s");
        }
        if (warnings != 0) text += fmt::format(", {} warning{}", warnings, warnings == 1 ? "" : "s");
        if (is_interactive_ || settings_.verbose > 2) text += " (" + DurationText(elapsed_ms) + ")";
        text += "\n";
        if (!result->info().empty()) text += result->info() + "\n";
        Info(text + "\n");
      }
      started_ms_ = internal::Transport::NowMs();
      Expected<bool> more = result->NextResult();
      if (!more.ok()) return fail(more.error());
      if (!*more) break;
    }
  }
  is_running_ = false;
  if (settings_.unbuffered) output_.Flush();
  if (warnings != 0 && settings_.show_warnings) PrintWarnings();
  if (completion_ != nullptr && connection_->database() != database_before) completion_->Forget();
  settings_.connection.database = connection_->database();
  return Outcome::kGoOn;
}

OutputFormat Shell::FormatFor(bool vertical) const {
  if (vertical) return OutputFormat::kVertical;
  if (settings_.format != OutputFormat::kDefault) return settings_.format;
  if (settings_.table || settings_.verbose > 2 || settings_.silent == 0) return OutputFormat::kTable;
  return OutputFormat::kTsv;
}

void Shell::PrintRows(Result* result, const std::string& sql, bool vertical) {
  FormatOptions options;
  options.column_names = settings_.column_names;
  options.raw = settings_.raw;
  options.binary_as_hex = settings_.binary_as_hex == 1 || (settings_.binary_as_hex == -1 && is_interactive_);
  options.color = use_color();
  options.statement = sql;
  OutputFormat format = FormatFor(vertical);
  TextSink sink = [this](std::string_view text) { output_.Write(text); };
  auto writer = MakeResultWriter(format, options, sink);
  output_.OpenPager();
  writer->Begin(result->columns());
  Row row;
  auto each = [&](auto&& use) -> Error {
    while (true) {
      Expected<bool> more = result->Next(&row);
      if (!more.ok()) return more.error();
      if (!*more) return {};
      use();
      if (is_interactive_ && g_interrupts != interrupts_seen_) return {};
    }
  };
  Error error;
  if (writer->needs_measuring()) {
    if (settings_.quick) error = result->Store();
    if (error.ok()) error = each([&] { writer->Measure(row); });
    result->Rewind();
    winsize window = {};
    if (settings_.auto_vertical && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 &&
        writer->width() > window.ws_col) {
      writer = MakeResultWriter(OutputFormat::kVertical, options, sink);
      writer->Begin(result->columns());
    }
  }
  if (error.ok() && (result->row_count() > 0 || settings_.quick || format != OutputFormat::kTable)) {
    error = each([&] { writer->Write(row); });
    writer->End();
  }
  output_.ClosePager();
  if (!error.ok()) (void)Fail(error, 0, sql);
}

void Shell::PrintWarnings() {
  Expected<Result> result = connection_->Query("SHOW WARNINGS");
  if (!result.ok() || !result->has_rows()) return;
  Row row;
  bool any = false;
  while (true) {
    Expected<bool> more = result->Next(&row);
    if (!more.ok() || !*more || row.size() < 3) break;
    output_.Write(fmt::format("{} (Code {}): {}\n", row[0].AsString(), row[1].AsString(), row[2].AsString()));
    any = true;
  }
  if (any && is_interactive_) output_.Write("\n");
  output_.Flush();
}

// ---- errors ----

Shell::Outcome Shell::Fail(const Error& error, uint64_t line, const std::string& sql) {
  ClearProgress();
  output_.ClosePager();
  std::string text = error.number == 0 ? "ERROR" : fmt::format("ERROR {} ({})", error.number, error.sqlstate);
  if (error.number == 2000) text = "ERROR";
  if (!is_interactive_) {
    if (line != 0 && settings_.line_numbers) {
      text += fmt::format(" at line {}", line);
      if (!file_name_.empty()) text += fmt::format(" in file: '{}'", file_name_);
    }
    text += ": " + error.message + "\n";
    output_.Flush();
    std::fputs(text.c_str(), stderr);
    output_.TeeOnly(text);
    return settings_.force && line != 0 ? Outcome::kGoOn : Outcome::kFail;
  }
  text += ": " + error.message + "\n";
  if (use_color()) {
    output_.Flush();
    std::fputs(("\x1b[1;31m" + text + "\x1b[0m").c_str(), stdout);
    output_.TeeOnly(text);
  } else {
    output_.Write(text);
  }
  if (!sql.empty()) PointAt(error, sql);
  output_.Flush();
  return Outcome::kGoOn;
}

// Shows the line of the statement and a caret below the place that the message names.
void Shell::PointAt(const Error& error, const std::string& sql) {
  size_t place = ErrorPlace(error, sql);
  if (place == std::string::npos) return;
  size_t begin = sql.rfind('\n', place == 0 ? 0 : place - 1);
  begin = begin == std::string::npos || begin >= place ? 0 : begin + 1;
  size_t end = std::min(sql.find('\n', place), sql.size());
  constexpr size_t kMaxShown = 70;
  std::string prefix;
  if (place - begin > kMaxShown / 2 && end - begin > kMaxShown) {
    begin = place - kMaxShown / 2;
    while (begin < place && (sql[begin] & 0xc0) == 0x80) ++begin;
    prefix = "...";
  }
  end = std::min(end, begin + kMaxShown);
  while (end < sql.size() && (sql[end] & 0xc0) == 0x80) ++end;
  std::string shown = sql.substr(begin, end - begin);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  size_t width = DisplayColumns(std::string_view(sql).substr(begin, place - begin)) + prefix.size();
  Info("  " + prefix + shown + "\n  " + std::string(width, ' ') + "^\n");
}

// ---- while waiting ----

void Shell::OnWait() {
  if (!is_running_) return;
  int interrupts = g_interrupts;
  if (interrupts != interrupts_seen_ && connection_) {
    static thread_local int cancelled_at = -1;
    if (interrupts - interrupts_seen_ >= 2) {
      connection_->Abort();
    } else if (cancelled_at != interrupts) {
      cancelled_at = interrupts;
      Error error = connection_->Cancel();
      if (!error.ok()) std::fprintf(stderr, "%s\n", error.ToString().c_str());
    }
    return;
  }
  int64_t elapsed = internal::Transport::NowMs() - started_ms_;
  if (elapsed < kProgressAfterMs || settings_.silent > 0 || !isatty(STDERR_FILENO)) return;
  std::string rows = reading_ != nullptr ? fmt::format(", {} rows read", reading_->row_count()) : "";
  std::fprintf(stderr, "\r\x1b[K%s%s", DurationText(elapsed).c_str(), rows.c_str());
  has_progress_ = true;
}

void Shell::ClearProgress() {
  if (!has_progress_) return;
  std::fputs("\r\x1b[K", stderr);
  has_progress_ = false;
}

}  // namespace mahi::client
