#include "client/cli/line_editor.h"

#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace mahi::client {
namespace {

constexpr int kHistoryLines = 10'000;

size_t CommonPrefix(const std::vector<std::string>& words) {
  size_t length = words.front().size();
  for (const std::string& word : words) {
    length = std::min(length, word.size());
    while (word.compare(0, length, words.front(), 0, length) != 0) --length;
  }
  return length;
}

void PrintWords(const std::vector<std::string>& words) {
  winsize window = {};
  size_t columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
  size_t widest = 0;
  for (const std::string& word : words) widest = std::max(widest, word.size() + 2);
  size_t per_line = std::max<size_t>(1, columns / widest);
  std::fputc('\n', stdout);
  for (size_t i = 0; i < words.size(); ++i) {
    bool last = (i + 1) % per_line == 0 || i + 1 == words.size();
    std::fprintf(stdout, "%-*s%s", last ? 0 : static_cast<int>(widest), words[i].c_str(), last ? "\n" : "");
  }
}

}  // namespace

char* LineEditor::Prompt(EditLine* editor) {
  void* self = nullptr;
  el_get(editor, EL_CLIENTDATA, &self);
  return static_cast<LineEditor*>(self)->prompt_.data();
}

// Reads one character. Unlike libedit's own, Ctrl-C ends the read, so that it gives up the line at once.
int LineEditor::ReadCharacter(EditLine* editor, wchar_t* character) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  LineEditor* self = static_cast<LineEditor*>(data);
  mbstate_t state = {};
  while (true) {
    constexpr int kCheckMs = 200;  // a signal may come just before poll()
    pollfd one = {STDIN_FILENO, POLLIN, 0};
    int ready = poll(&one, 1, kCheckMs);
    if (self->is_interrupted_ && self->is_interrupted_()) {
      errno = EINTR;
      return -1;
    }
    if (ready <= 0) continue;
    char byte = 0;
    ssize_t n = read(STDIN_FILENO, &byte, 1);
    if (n <= 0) return n == 0 ? 0 : -1;
    size_t used = mbrtowc(character, &byte, 1, &state);
    if (used == static_cast<size_t>(-2)) continue;  // more bytes belong to it
    if (used == static_cast<size_t>(-1)) {          // ill-formed: dropped
      state = {};
      continue;
    }
    return 1;
  }
}

unsigned char LineEditor::Complete(EditLine* editor, int) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  LineEditor* self = static_cast<LineEditor*>(data);
  if (!self->completer_) return CC_ERROR;
  const LineInfo* info = el_line(editor);
  std::string_view line(info->buffer, static_cast<size_t>(info->lastchar - info->buffer));
  size_t cursor = static_cast<size_t>(info->cursor - info->buffer);
  Candidates found = self->completer_(line, cursor);
  if (found.words.empty()) return CC_ERROR;
  std::string typed(line.substr(found.begin, cursor - found.begin));
  std::string insert = found.words.front().substr(0, CommonPrefix(found.words));
  bool is_single = found.words.size() == 1;
  if (insert.size() > typed.size() || is_single) {
    // Replaced, not extended: the case may differ.
    size_t characters = 0;
    for (char c : typed) characters += (c & 0xc0) != 0x80;
    el_deletestr(editor, static_cast<int>(characters));
    if (is_single) insert.push_back(' ');
    el_insertstr(editor, insert.c_str());
    return CC_REFRESH;
  }
  constexpr size_t kMaxShown = 200;
  if (found.words.size() > kMaxShown) {
    std::fprintf(stdout, "\n(%zu possibilities)\n", found.words.size());
  } else {
    PrintWords(found.words);
  }
  return CC_REDISPLAY;
}

LineEditor::LineEditor() {
  editor_ = el_init("mahi", stdin, stdout, stderr);
  history_ = history_init();
  HistEvent event;
  ::history(history_, &event, H_SETSIZE, kHistoryLines);
  ::history(history_, &event, H_SETUNIQUE, 1);
  el_set(editor_, EL_CLIENTDATA, this);
  el_set(editor_, EL_PROMPT_ESC, &LineEditor::Prompt, '\1');
  el_set(editor_, EL_GETCFN, &LineEditor::ReadCharacter);
  el_set(editor_, EL_EDITOR, "emacs");
  el_set(editor_, EL_HIST, ::history, history_);
  el_set(editor_, EL_ADDFN, "mahi-complete", "Complete SQL", &LineEditor::Complete);
  el_set(editor_, EL_BIND, "^I", "mahi-complete", nullptr);
  el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(editor_, EL_BIND, "\\e[3~", "ed-delete-next-char", nullptr);
  el_set(editor_, EL_BIND, "\\e[1;5C", "em-next-word", nullptr);
  el_set(editor_, EL_BIND, "\\e[1;5D", "ed-prev-word", nullptr);
  el_source(editor_, nullptr);
}

LineEditor::~LineEditor() {
  HistEvent event;
  if (!history_path_.empty()) {
    // Statements may hold secrets: for the owner only.
    int fd = open(history_path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
      close(fd);
      ::history(history_, &event, H_SAVE, history_path_.c_str());
    }
  }
  history_end(history_);
  el_end(editor_);
}

void LineEditor::LoadHistory(const std::string& path) {
  history_path_ = path;
  HistEvent event;
  ::history(history_, &event, H_LOAD, path.c_str());
}

LineEditor::ReadOutcome LineEditor::Read(const std::string& prompt, std::string* line) {
  prompt_ = prompt;
  int count = 0;
  errno = 0;
  const char* text = el_gets(editor_, &count);
  if (text == nullptr || count <= 0) return errno == EINTR ? ReadOutcome::kInterrupted : ReadOutcome::kEnd;
  line->assign(text, static_cast<size_t>(count));
  if (!line->empty() && line->back() == '\n') line->pop_back();
  return ReadOutcome::kLine;
}

void LineEditor::AddHistory(const std::string& line) {
  HistEvent event;
  ::history(history_, &event, H_ENTER, line.c_str());
}

}  // namespace mahi::client
