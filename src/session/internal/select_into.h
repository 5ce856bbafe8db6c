// SELECT ... INTO @variables, OUTFILE, DUMPFILE.
//
// Files are made anew (1086 when they exist), at the server, inside secure_file_priv (1290).
// Source: MySQL 8.4 manual, "SELECT ... INTO Statement". Thread safety: the session's thread.
#pragma once

#include <string>

#include "base/diagnostics.h"
#include "base/status.h"
#include "function/eval_context.h"
#include "plan/physical_plan.h"
#include "vector/batch.h"

namespace mahi {

class SelectIntoWriter {
 public:
  SelectIntoWriter(const Plan& plan, SessionInfo& session, Diagnostics* diagnostics, std::string allowed_directory)
      : plan_(plan), session_(session), diagnostics_(diagnostics), allowed_directory_(std::move(allowed_directory)) {}
  ~SelectIntoWriter();
  SelectIntoWriter(const SelectIntoWriter&) = delete;

  Status Open();
  Status Write(const Batch& batch);
  Status Finish();
  uint64_t row_count() const { return row_count_; }

 private:
  Status WriteRow(const Batch& batch, uint32_t row);
  void AppendField(const Datum& value, const SqlType& type);
  Status Flush();

  const Plan& plan_;
  SessionInfo& session_;
  Diagnostics* diagnostics_;
  std::string allowed_directory_;
  int file_ = -1;
  bool is_finished_ = false;
  std::string buffer_;
  std::string scratch_;
  uint64_t row_count_ = 0;
};

// Whether the server may touch `path` under secure_file_priv (empty: everything).
bool IsAllowedPath(const std::string& allowed_directory, const std::string& path);

}  // namespace mahi
