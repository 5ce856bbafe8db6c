// LineEditor: libedit with history and completion.
//
// Keys are those of ~/.editrc (emacs by default); Tab completes, Ctrl-R searches the history.
// Thread safety: none.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct editline;
struct history;

namespace mahi::client {

class LineEditor {
 public:
  // Words that could stand in place of line[begin, cursor).
  struct Candidates {
    size_t begin = 0;
    std::vector<std::string> words;
  };
  using Completer = std::function<Candidates(std::string_view line, size_t cursor)>;

  LineEditor();
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;

  void LoadHistory(const std::string& path);
  void set_completer(Completer completer) { completer_ = std::move(completer); }

  // Asked while waiting for a key; true gives up the line.
  void set_is_interrupted(std::function<bool()> f) { is_interrupted_ = std::move(f); }

  enum class ReadOutcome : uint8_t { kLine, kInterrupted, kEnd };
  ReadOutcome Read(const std::string& prompt, std::string* line);
  void AddHistory(const std::string& line);

 private:
  static int ReadCharacter(editline* editor, wchar_t* character);
  static char* Prompt(editline* editor);
  static unsigned char Complete(editline* editor, int key);

  editline* editor_;
  history* history_;
  std::string prompt_;
  std::string history_path_;
  Completer completer_;
  std::function<bool()> is_interrupted_;
};

}  // namespace mahi::client
