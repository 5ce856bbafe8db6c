// Output: standard output with a tee file and, for results, a pager.
// Thread safety: none.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace mahi::client {

class Output {
 public:
  ~Output();
  void Write(std::string_view text);
  void Flush();

  // Results go through `command` until ClosePager(); empty: none.
  void set_pager(std::string command) { pager_ = std::move(command); }
  const std::string& pager() const { return pager_; }
  void OpenPager();
  void ClosePager();

  bool OpenTee(const std::string& path);
  void CloseTee();
  const std::string& tee_path() const { return tee_path_; }
  // What the user typed, into the tee file only.
  void TeeOnly(std::string_view text);

 private:
  std::string pager_;
  FILE* pipe_ = nullptr;
  FILE* tee_ = nullptr;
  std::string tee_path_;
};

}  // namespace mahi::client
