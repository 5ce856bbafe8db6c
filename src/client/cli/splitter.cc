#include "client/cli/splitter.h"

#include <strings.h>

#include <cctype>
#include <cstring>

namespace mahi::client {
namespace {

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

const ClientCommand* FindByName(std::string_view name) {
  for (const ClientCommand* one = kClientCommands; one->name != nullptr; ++one) {
    if (std::strlen(one->name) == name.size() && strncasecmp(one->name, name.data(), name.size()) == 0) return one;
  }
  return nullptr;
}

const ClientCommand* FindByLetter(char letter) {
  for (const ClientCommand* one = kClientCommands; one->name != nullptr; ++one) {
    if (one->letter == letter) return one;
  }
  return nullptr;
}

}  // namespace

const ClientCommand kClientCommands[] = {
    {"?", '?', true, "Synonym for `help'."},
    {"clear", 'c', false, "Clear the current input statement."},
    {"connect", 'r', true, "Reconnect to the server. Optional arguments are db and host."},
    {"delimiter", 'd', true, "Set statement delimiter."},
    {"edit", 'e', true, "Edit statement with $EDITOR."},
    {"ego", 'G', false, "Send statement to the server, display result vertically."},
    {"exit", 'q', false, "Exit. Same as quit."},
    {"go", 'g', false, "Send statement to the server."},
    {"help", 'h', true, "Display this help, or the server's help on a topic."},
    {"nopager", 'n', false, "Disable pager, print to stdout."},
    {"notee", 't', false, "Don't write into outfile."},
    {"pager", 'P', true, "Set PAGER [to_pager]. Print the query results via PAGER."},
    {"print", 'p', false, "Print current statement."},
    {"prompt", 'R', true, "Change your prompt."},
    {"quit", 'q', false, "Quit."},
    {"rehash", '#', false, "Read names for completion again."},
    {"source", '.', true, "Execute an SQL script file. Takes a file name as an argument."},
    {"status", 's', false, "Get status information from the server."},
    {"system", '!', true, "Execute a system shell command."},
    {"tee", 'T', true, "Set outfile [to_outfile]. Append everything into given outfile."},
    {"use", 'u', true, "Use another database. Takes database name as argument."},
    {"charset", 'C', true, "Switch to another charset. Takes a character set name as argument."},
    {"warnings", 'W', false, "Show warnings after every statement."},
    {"nowarning", 'w', false, "Don't show warnings after every statement."},
    {"resetconnection", 'x', false, "Clean session context."},
    {nullptr, 0, false, nullptr},
};

void StatementSplitter::AddLine(std::string_view line) {
  line_.assign(line);
  at_ = 0;
  has_line_ = true;
  line_start_ = true;
  ++line_number_;
}

void StatementSplitter::Clear() {
  buffer_.clear();
  has_content_ = false;
  drop_comment_ = in_executable_ = false;
  quote_ = 0;
}

bool StatementSplitter::TakeStatement(Piece* piece, Piece::Kind kind) {
  *piece = Piece();
  piece->kind = kind;
  piece->line = start_line_;
  piece->text.swap(buffer_);
  while (!piece->text.empty() && IsSpace(piece->text.back())) piece->text.pop_back();
  Clear();
  return true;
}

bool StatementSplitter::Finish(Piece* piece) {
  bool has = has_content_ || (quote_ != 0 && quote_ != '*' && !buffer_.empty());
  if (!has) {
    Clear();
    return false;
  }
  return TakeStatement(piece, Piece::Kind::kStatement);
}

void StatementSplitter::NoteContent() {
  if (has_content_) return;
  has_content_ = true;
  start_line_ = line_number_;
  if (comments_ != CommentMode::kKeep) buffer_.clear();
}

void StatementSplitter::Keep(size_t begin, size_t end) { buffer_.append(line_, begin, end - begin); }

// A command by its name at the start of a line, as the manual says: ended by the line's end, without delimiter.
bool StatementSplitter::NamedCommand(std::string_view line, Piece* piece) const {
  std::string_view text = Trim(line);
  size_t end = 0;
  while (end < text.size() && !IsSpace(text[end])) ++end;
  std::string_view word = text.substr(0, end);
  bool is_delimiter = word.size() == 9 && strncasecmp(word.data(), "delimiter", 9) == 0;
  if (!is_delimiter) {
    if (binary_mode_) return false;
    if (text.find(delimiter_) != std::string_view::npos || text.find("\\g") != std::string_view::npos) return false;
  }
  const ClientCommand* command = FindByName(word);
  if (command == nullptr) return false;
  std::string_view argument = Trim(text.substr(end));
  if (!argument.empty() && !command->takes_argument) return false;
  *piece = Piece();
  piece->kind = Piece::Kind::kCommand;
  piece->command = command->name;
  piece->text = argument;
  piece->line = line_number_;
  return true;
}

bool StatementSplitter::Next(Piece* piece) {
  if (!has_line_) return false;
  if (line_start_) {
    line_start_ = false;
    if (quote_ == 0 && (named_commands_ || !has_content_) && NamedCommand(line_, piece)) {
      has_line_ = false;
      if (!has_content_) buffer_.clear();
      return true;
    }
  }
  size_t begin = at_;  // of what is not yet in the buffer
  size_t i = at_;
  const size_t size = line_.size();
  while (i < size) {
    char c = line_[i];
    if (quote_ == '*') {
      size_t end = line_.find("*/", i);
      size_t stop = end == std::string::npos ? size : end + 2;
      if (drop_comment_) begin = stop;
      i = stop;
      if (end != std::string::npos) quote_ = 0;
      continue;
    }
    if (quote_ != 0) {
      if (c == '\\' && quote_ != '`' && !no_backslash_escapes_) {
        i += 2;
        continue;
      }
      if (c == quote_) quote_ = 0;
      ++i;
      continue;
    }
    if (!in_executable_ && c == delimiter_[0] && line_.compare(i, delimiter_.size(), delimiter_) == 0) {
      Keep(begin, i);
      at_ = i + delimiter_.size();
      if (!has_content_) {
        // A lone delimiter: nothing to run.
        Clear();
        begin = i = at_;
        continue;
      }
      // `use db;` is a command too.
      Piece named;
      std::string text(Trim(buffer_));
      if (!binary_mode_ && text.find('\n') == std::string::npos && NamedCommand(text, &named) &&
          named.command != std::string_view("delimiter")) {
        Clear();
        *piece = std::move(named);
        return true;
      }
      return TakeStatement(piece, Piece::Kind::kStatement);
    }
    if (c == '\\' && !binary_mode_ && !in_executable_ && i + 1 < size) {
      Keep(begin, i);
      char letter = line_[i + 1];
      const ClientCommand* command = FindByLetter(letter);
      at_ = i + 2;
      if (letter == 'g' || letter == 'G') {
        if (has_content_) {
          return TakeStatement(piece, letter == 'g' ? Piece::Kind::kStatement : Piece::Kind::kVertical);
        }
        Clear();
        begin = i = at_;
        continue;
      }
      *piece = Piece();
      piece->line = line_number_;
      if (command == nullptr) {
        piece->kind = Piece::Kind::kUnknownCommand;
        piece->letter = letter;
        return true;
      }
      piece->kind = Piece::Kind::kCommand;
      piece->command = command->name;
      if (command->takes_argument) {
        std::string_view rest = Trim(std::string_view(line_).substr(at_));
        if (command->letter != 'd' && command->letter != '!' && rest.size() >= delimiter_.size() &&
            rest.substr(rest.size() - delimiter_.size()) == delimiter_) {
          rest = Trim(rest.substr(0, rest.size() - delimiter_.size()));
        }
        piece->text = rest;
        has_line_ = false;
      }
      return true;
    }
    if (c == '#' || (c == '-' && i + 1 < size && line_[i + 1] == '-' &&
                     (i + 2 >= size || IsSpace(line_[i + 2]) || std::iscntrl(static_cast<unsigned char>(line_[i + 2]))))) {
      bool drop = comments_ == CommentMode::kDropAll || (comments_ == CommentMode::kDropLeading && !has_content_);
      if (drop) {
        Keep(begin, i);
        begin = size;
      }
      i = size;
      continue;
    }
    if (c == '/' && i + 1 < size && line_[i + 1] == '*') {
      char mark = i + 2 < size ? line_[i + 2] : 0;
      // MariaDB's, but for the first line of its dumps, which no server executes.
      bool is_executable = mark == '!' || (line_.compare(i + 2, 2, "M!") == 0 && line_.compare(i + 4, 6, "999999") != 0);
      if (is_executable) {
        // Its inside is text of the statement, with quotes of its own; its end is just characters.
        if (!has_content_ && comments_ != CommentMode::kKeep) begin = i;
        NoteContent();
        in_executable_ = true;
        i += 3;
        continue;
      }
      drop_comment_ = mark != '+' && (comments_ == CommentMode::kDropAll ||
                                      (comments_ == CommentMode::kDropLeading && !has_content_));
      if (drop_comment_) {
        Keep(begin, i);
        begin = i + 2;
      }
      quote_ = '*';
      i += 2;
      continue;
    }
    if (c == '\'' || c == '"' || c == '`') {
      if (!has_content_ && comments_ != CommentMode::kKeep) begin = i;
      NoteContent();
      quote_ = c;
      ++i;
      continue;
    }
    if (in_executable_) {
      // A delimiter inside an executable comment does not end the statement.
      if (c == '*' && i + 1 < size && line_[i + 1] == '/') {
        in_executable_ = false;
        i += 2;
        continue;
      }
    }
    if (!has_content_ && !IsSpace(c)) {
      if (comments_ != CommentMode::kKeep) begin = i;
      NoteContent();
    }
    ++i;
  }
  if (begin < size) Keep(begin, size);
  has_line_ = false;
  if (has_content_ || quote_ != 0 || (comments_ == CommentMode::kKeep && !buffer_.empty())) {
    if (!(quote_ == '*' && drop_comment_ && !has_content_)) buffer_.push_back('\n');
  } else {
    buffer_.clear();
  }
  return false;
}

}  // namespace mahi::client
