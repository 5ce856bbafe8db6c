// StatementSplitter: cuts a stream of lines into statements and client commands.
//
//   splitter.AddLine(line);
//   while (splitter.Next(&piece)) Run(piece);
//
// Knows quotes, comments, the delimiter (`delimiter //` changes it), \g \G and the other backslash commands, and
// commands by name at the start of a line (`use db`, `source file`). Executable comments /*! ... */ and hints belong to
// statements; a delimiter within quotes or comments does not end one.
// Source: MySQL 8.4 manual, "mysql Client Commands", "Comments".
// Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mahi::client {

enum class CommentMode : uint8_t {
  kDropLeading,  // comments before a statement are not sent
  kKeep,
  kDropAll,      // except /*! and /*+
};

class StatementSplitter {
 public:
  struct Piece {
    enum class Kind : uint8_t { kStatement, kVertical, kCommand, kUnknownCommand };
    Kind kind = Kind::kStatement;
    std::string text;         // the statement, or the command's argument
    std::string_view command;  // long name: "use", "source", ...
    char letter = 0;          // of an unknown command
    uint64_t line = 0;        // where the statement starts, from 1
  };

  const std::string& delimiter() const { return delimiter_; }
  void set_delimiter(std::string delimiter) { delimiter_ = std::move(delimiter); }
  // The server's status NO_BACKSLASH_ESCAPES.
  void set_no_backslash_escapes(bool on) { no_backslash_escapes_ = on; }
  // No commands but `delimiter` and the delimiter itself (--binary-mode).
  void set_binary_mode(bool on) { binary_mode_ = on; }
  // Commands by name also within a statement, at the start of a line (--named-commands).
  void set_named_commands(bool on) { named_commands_ = on; }
  void set_comments(CommentMode mode) { comments_ = mode; }

  // `line` without its newline. REQUIRES: Next() has returned false.
  void AddLine(std::string_view line);
  bool Next(Piece* piece);
  // At the end of input: what stands without a delimiter.
  bool Finish(Piece* piece);

  // Of the statement begun: 0 when there is none or it is outside quotes; else ' " ` or * for a comment.
  char open_quote() const { return quote_; }
  bool is_empty() const { return !has_content_ && quote_ == 0; }
  const std::string& buffer() const { return buffer_; }
  void Clear();
  uint64_t line_number() const { return line_number_; }

 private:
  bool TakeStatement(Piece* piece, Piece::Kind kind);
  bool NamedCommand(std::string_view line, Piece* piece) const;
  void Keep(size_t begin, size_t end);
  void NoteContent();

  std::string delimiter_ = ";";
  bool no_backslash_escapes_ = false;
  bool binary_mode_ = false;
  bool named_commands_ = false;
  CommentMode comments_ = CommentMode::kDropLeading;

  std::string line_;
  size_t at_ = 0;
  bool has_line_ = false;
  bool line_start_ = false;
  uint64_t line_number_ = 0;

  std::string buffer_;
  bool has_content_ = false;  // more than white space and comments
  bool drop_comment_ = false;
  bool in_executable_ = false;
  char quote_ = 0;
  uint64_t start_line_ = 0;
};

// The client's commands.
struct ClientCommand {
  const char* name;
  char letter;
  bool takes_argument;
  const char* help;
};
// Ends with a null name.
extern const ClientCommand kClientCommands[];

}  // namespace mahi::client
