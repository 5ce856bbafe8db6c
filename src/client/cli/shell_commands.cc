// The client's own commands: \u \s \. \T ... Their table is kClientCommands in splitter.cc.
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

#include "client/cli/completion.h"
#include "client/cli/line_editor.h"
#include "client/cli/message_text.h"
#include "client/cli/shell.h"

namespace mahi::client {
namespace {

constexpr int kMaxSourceDepth = 32;

// A name that may stand in quotes.
std::string Unquote(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '`' || text.front() == '\'' || text.front() == '"') &&
      text.back() == text.front()) {
    char quote = text.front();
    std::string out;
    text = text.substr(1, text.size() - 2);
    for (size_t i = 0; i < text.size(); ++i) {
      out.push_back(text[i]);
      if (text[i] == quote && i + 1 < text.size() && text[i + 1] == quote) ++i;
    }
    return out;
  }
  return std::string(text);
}

std::string FirstWord(std::string_view text) { return std::string(text.substr(0, text.find_first_of(" \t"))); }

}  // namespace

Shell::Outcome Shell::RunCommand(StatementSplitter* splitter, const StatementSplitter::Piece& piece) {
  std::string_view name = piece.command;
  const std::string& argument = piece.text;
  auto error = [&](const std::string& message) { return Fail({2000, "HY000", message}, piece.line, {}); };
  auto say = [&](const std::string& message) {
    if (settings_.silent == 0) Info(message + "\n");
  };

  if (name == "clear") {
    splitter->Clear();
  } else if (name == "quit" || name == "exit") {
    return Outcome::kQuit;
  } else if (name == "delimiter") {
    std::string word = FirstWord(argument);
    if (word.empty()) return error("DELIMITER must be followed by a 'delimiter' character or string");
    if (word.find('\\') != std::string::npos) return error("DELIMITER cannot contain a backslash character");
    word = Unquote(word);
    delimiter_ = word;
    splitter->set_delimiter(word);
  } else if (name == "use") {
    std::string database = Unquote(argument);
    if (database.empty()) return error("USE must be followed by a database name");
    if (!connection_ || !connection_->is_open()) return RunStatement("USE " + QuoteIdentifier(database), false, piece.line);
    if (Error failed = connection_->SelectDatabase(database); !failed.ok()) return Fail(failed, piece.line, {});
    settings_.connection.database = database;
    if (completion_ != nullptr) completion_->Forget();
    say("Database changed");
  } else if (name == "source") {
    if (argument.empty()) return error("Usage: \\. <filename> | source <filename>");
    return Source(Unquote(argument));
  } else if (name == "help" || name == "?") {
    if (!argument.empty()) return ServerHelp(argument);
    PrintHelp();
  } else if (name == "status") {
    PrintStatus();
  } else if (name == "system") {
    if (argument.empty()) return error("Usage: \\! shell-command");
    output_.Flush();
    if (std::system(argument.c_str()) == -1) return error(std::strerror(errno));
  } else if (name == "tee") {
    std::string path = argument.empty() ? output_.tee_path() : argument;
    if (path.empty()) return error("No outfile specified!");
    if (!output_.OpenTee(path)) return error(fmt::format("Error logging to file '{}'", path));
    say(fmt::format("Logging to file '{}'", path));
  } else if (name == "notee") {
    output_.CloseTee();
    say("Outfile disabled.");
  } else if (name == "pager") {
    const char* environment = std::getenv("PAGER");
    std::string pager = !argument.empty() ? argument : environment != nullptr ? environment : "";
    output_.set_pager(pager);
    say(pager.empty() ? "PAGER set to stdout" : fmt::format("PAGER set to '{}'", pager));
  } else if (name == "nopager") {
    output_.set_pager("");
    say("PAGER set to stdout");
  } else if (name == "print") {
    Info("--------------\n" + splitter->buffer() + "\n--------------\n\n");
  } else if (name == "prompt") {
    prompt_ = argument.empty() ? settings_.prompt : argument + " ";
    say(argument.empty() ? fmt::format("Returning to default PROMPT of {}", settings_.prompt)
                         : fmt::format("PROMPT set to '{}'", prompt_));
  } else if (name == "warnings") {
    settings_.show_warnings = true;
    say("Show warnings enabled.");
  } else if (name == "nowarning") {
    settings_.show_warnings = false;
    say("Show warnings disabled.");
  } else if (name == "rehash") {
    if (completion_ != nullptr) completion_->Forget();
  } else if (name == "charset") {
    std::string charset = FirstWord(argument);
    if (charset.empty()) return error("Usage: \\C charset_name | charset charset_name");
    if (Error failed = connection_->Execute("SET NAMES " + charset); !failed.ok()) return Fail(failed, piece.line, {});
    settings_.connection.charset = charset;
    say("Charset changed");
  } else if (name == "connect") {
    std::string database = FirstWord(argument);
    if (!database.empty()) settings_.connection.database = database;
    std::string rest = argument.substr(std::min(argument.size(), database.size()));
    if (size_t at = rest.find_first_not_of(" \t"); at != std::string::npos) {
      settings_.connection.host = rest.substr(at);
      settings_.connection.unix_socket.clear();
    }
    connection_.reset();
    if (!Connect(false)) return is_interactive_ ? Outcome::kGoOn : Outcome::kFail;
    say(fmt::format("Connection id:    {}\nCurrent database: {}\n", connection_->connection_id(),
                    connection_->database().empty() ? "*** NONE ***" : connection_->database()));
  } else if (name == "resetconnection") {
    if (Error failed = connection_->Reset(); !failed.ok()) return Fail(failed, piece.line, {});
  } else if (name == "edit") {
    if (!is_interactive_) return error("edit works on a terminal only");
    EditBuffer(splitter, argument);
  }
  return Outcome::kGoOn;
}

Shell::Outcome Shell::Source(const std::string& path) {
  if (source_depth_ >= kMaxSourceDepth) return Fail({2000, "HY000", "source: nested too deeply"}, 1, {});
  struct stat info = {};
  FILE* file = stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) ? nullptr : std::fopen(path.c_str(), "r");
  if (file == nullptr) {
    return Fail({2000, "HY000", fmt::format("Failed to open file '{}', error: {}", path, errno)}, 1, {});
  }
  ++source_depth_;
  Outcome outcome = RunFile(file, path);
  --source_depth_;
  std::fclose(file);
  return outcome;
}

void Shell::PrintHelp() {
  bool color = use_color();
  std::string out = "\nList of all client commands:\nNote that all text commands must be first on line and end with '" +
                    delimiter_ + "'\n";
  for (const ClientCommand* one = kClientCommands; one->name != nullptr; ++one) {
    std::string name = fmt::format("{:<15}", one->name);
    out += fmt::format("{} (\\{}) {}\n", color ? "\x1b[1m" + name + "\x1b[0m" : name, one->letter, one->help);
  }
  out += "\nFor the server's help on a topic, type 'help topic'\n\n";
  Info(out);
}

Shell::Outcome Shell::ServerHelp(const std::string& topic) {
  return RunStatement("HELP '" + EscapeString(Unquote(topic)) + "'", true, 1);
}

std::string Shell::Scalar(const std::string& sql) {
  Expected<Result> result = connection_->Query(sql);
  if (!result.ok()) return {};
  Row row;
  Expected<bool> more = result->Next(&row);
  return more.ok() && *more && row.size() > 0 ? row[row.size() - 1].AsString() : "";
}

void Shell::PrintStatus() {
  if (!connection_ || !connection_->is_open()) {
    Info("Not connected\n");
    return;
  }
  std::string out = "--------------\nmahi client  Ver 0.1.0 for Linux (MySQL 8.4 compatible)\n\n";
  auto line = [&out](const char* name, const std::string& value) { out += fmt::format("{:<24}{}\n", name, value); };
  line("Connection id:", std::to_string(connection_->connection_id()));
  std::string database = Scalar("SELECT DATABASE()");
  line("Current database:", database == "NULL" ? "" : database);
  line("Current user:", Scalar("SELECT CURRENT_USER()"));
  line("SSL:", connection_->is_tls() ? "Cipher in use is " + connection_->tls_cipher() + ", " + connection_->tls_version()
                                     : "Not in use");
  line("Current pager:", output_.pager().empty() ? "stdout" : output_.pager());
  line("Using outfile:", output_.tee_path().empty() ? "''" : "'" + output_.tee_path() + "'");
  line("Using delimiter:", delimiter_);
  line("Server version:", connection_->server_version() + " " + Scalar("SELECT @@version_comment"));
  line("Protocol version:", "10");
  line("Connection:", connection_->host_info());
  line("Server characterset:", Scalar("SELECT @@character_set_server"));
  line("Db     characterset:", Scalar("SELECT @@character_set_database"));
  line("Client characterset:", Scalar("SELECT @@character_set_client"));
  line("Conn.  characterset:", Scalar("SELECT @@character_set_connection"));
  if (connection_->is_unix_socket()) {
    line("UNIX socket:", settings_.connection.unix_socket);
  } else {
    line("TCP port:", std::to_string(settings_.connection.port));
  }
  line("Compression:", connection_->compression());
  uint64_t uptime = std::strtoull(Scalar("SHOW GLOBAL STATUS LIKE 'Uptime'").c_str(), nullptr, 10);
  line("Uptime:", DurationText(static_cast<int64_t>(uptime) * 1000));
  Expected<std::string> statistics = connection_->Statistics();
  if (statistics.ok()) {
    size_t threads = statistics->find("Threads");
    if (threads != std::string::npos) out += "\n" + statistics->substr(threads) + "\n";
  }
  out += "--------------\n\n";
  Info(out);
}

void Shell::EditBuffer(StatementSplitter* splitter, const std::string& file) {
  char path[] = "/tmp/mahi_edit_XXXXXX";
  int fd = mkstemp(path);
  if (fd < 0) return;
  std::string text = !file.empty() ? file : splitter->is_empty() ? last_statement_ : splitter->buffer();
  (void)!write(fd, text.data(), text.size());
  close(fd);
  const char* editor = std::getenv("VISUAL");
  if (editor == nullptr || *editor == '\0') editor = std::getenv("EDITOR");
  if (editor == nullptr || *editor == '\0') editor = "vi";
  int rc = std::system(fmt::format("{} {}", editor, path).c_str());
  splitter->Clear();
  if (FILE* edited = rc == 0 ? std::fopen(path, "r") : nullptr; edited != nullptr) {
    // The text stands in the buffer, to be sent with the delimiter.
    char* line = nullptr;
    size_t capacity = 0;
    ssize_t length;
    std::string shown;
    StatementSplitter::Piece piece;
    while ((length = getline(&line, &capacity, edited)) >= 0) {
      std::string one(line, static_cast<size_t>(length));
      if (!one.empty() && one.back() == '\n') one.pop_back();
      shown += "    -> " + one + "\n";
      splitter->AddLine(one);
      if (one.find_first_not_of(" \t") != std::string::npos) Info(shown);
      shown.clear();
      while (splitter->Next(&piece)) {
        if (RunPiece(splitter, piece) != Outcome::kGoOn) break;
      }
    }
    std::free(line);
    std::fclose(edited);
  }
  unlink(path);
}

// The prompt's escapes, as in the manual's "mysql Client Commands".
std::string Shell::PromptText() {
  std::string out;
  time_t now = time(nullptr);
  tm local = {};
  localtime_r(&now, &local);
  auto clock = [&](const char* format) {
    char text[64];
    strftime(text, sizeof text, format, &local);
    return std::string(text);
  };
  const Options& options = settings_.connection;
  bool connected = connection_ && connection_->is_open();
  for (size_t i = 0; i < prompt_.size(); ++i) {
    if (prompt_[i] != '\\' || i + 1 == prompt_.size()) {
      out.push_back(prompt_[i]);
      continue;
    }
    switch (char c = prompt_[++i]) {
      case 'c': out += std::to_string(prompt_counter_ + 1); break;
      case 'C': out += connected ? std::to_string(connection_->connection_id()) : ""; break;
      case 'D': out += clock("%a %b %e %H:%M:%S %Y"); break;
      case 'd': out += connected && !connection_->database().empty() ? connection_->database() : "(none)"; break;
      case 'h': out += options.unix_socket.empty() ? options.host : "localhost"; break;
      case 'l': out += delimiter_; break;
      case 'm': out += clock("%M"); break;
      case 'n': out += "\n"; break;
      case 'O': out += clock("%b"); break;
      case 'o': out += clock("%m"); break;
      case 'P': out += clock("%p"); break;
      case 'p': out += options.unix_socket.empty() ? std::to_string(options.port) : options.unix_socket; break;
      case 'R': out += clock("%H"); break;
      case 'r': out += clock("%I"); break;
      case 's': out += clock("%S"); break;
      case 'S': out += ";"; break;
      case 't': out += "\t"; break;
      case 'U': out += options.user + "@" + (options.unix_socket.empty() ? options.host : "localhost"); break;
      case 'u': out += options.user; break;
      case 'v': out += connected ? connection_->server_version() : ""; break;
      case 'w': out += clock("%a"); break;
      case 'Y': out += clock("%Y"); break;
      case 'y': out += clock("%y"); break;
      case ' ': case '_': out += " "; break;
      default: out.push_back(c);
    }
  }
  return out;
}

void Shell::PrintTypes(const Result& result) {
  std::string out;
  size_t number = 0;
  for (const Column& column : result.columns()) {
    out += fmt::format("Field {:3}:  `{}`\nDatabase:   `{}`\nTable:      `{}`\nOrg_table:  `{}`\nType:       {}\n"
                       "Collation:  {}\nLength:     {}\nDecimals:   {}\nFlags:      {}{}{}{}\n\n",
                       ++number, column.name, column.schema, column.table, column.original_table,
                       static_cast<int>(column.type), column.collation_id, column.length, column.decimals,
                       column.is_not_null() ? "NOT_NULL " : "", column.flags & 2 ? "PRI_KEY " : "",
                       column.is_unsigned() ? "UNSIGNED " : "", column.is_numeric() ? "NUM " : "");
  }
  Info(out);
}

}  // namespace mahi::client
