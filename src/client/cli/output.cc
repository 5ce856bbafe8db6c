#include "client/cli/output.h"

namespace mahi::client {

Output::~Output() {
  ClosePager();
  CloseTee();
}

void Output::Write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), pipe_ != nullptr ? pipe_ : stdout);
  TeeOnly(text);
}

void Output::TeeOnly(std::string_view text) {
  if (tee_ != nullptr) std::fwrite(text.data(), 1, text.size(), tee_);
}

void Output::Flush() {
  std::fflush(stdout);
  if (tee_ != nullptr) std::fflush(tee_);
}

void Output::OpenPager() {
  if (pager_.empty() || pipe_ != nullptr) return;
  std::fflush(stdout);
  pipe_ = popen(pager_.c_str(), "w");
}

void Output::ClosePager() {
  if (pipe_ == nullptr) return;
  pclose(pipe_);
  pipe_ = nullptr;
}

bool Output::OpenTee(const std::string& path) {
  CloseTee();
  tee_ = std::fopen(path.c_str(), "a");
  if (tee_ != nullptr) tee_path_ = path;
  return tee_ != nullptr;
}

void Output::CloseTee() {
  if (tee_ != nullptr) std::fclose(tee_);
  tee_ = nullptr;
}

}  // namespace mahi::client
