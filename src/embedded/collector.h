// Collector: a ResultSink that turns a session's answers into embedded::ResultSets, or shows rows one by one.
//
// Local files of LOAD DATA LOCAL are read from this process's file system.
// Thread safety: the session's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mahi/mahi.h"
#include "session/result_sink.h"

namespace mahi::embedded {

Column ToColumn(const ResultColumn& column);

class Collector final : public ResultSink {
 public:
  // With `on_row` rows are shown instead of kept.
  explicit Collector(const std::function<bool(Row)>* on_row = nullptr) : on_row_(on_row) {}

  Status BeginResultSet(const std::vector<ResultColumn>& columns, const StatementSummary& summary) override;
  Status PushBatch(const Batch& batch) override;
  Status EndResultSet(const StatementSummary& summary) override;
  Status Done(const StatementSummary& summary) override;
  ::mahi::Result<std::unique_ptr<FileReader>> RequestLocalFile(std::string_view name) override;

  std::vector<ResultSet>& results() { return results_; }
  uint64_t shown_rows() const { return shown_rows_; }
  // `on_row` asked for the end: the error of the statement is then no error.
  bool is_ended_by_caller() const { return is_ended_by_caller_; }

 private:
  Cell ToCell(const Datum& datum, const SqlType& type);
  void Finish(const StatementSummary& summary);

  const std::function<bool(Row)>* on_row_;
  std::vector<ResultSet> results_;
  std::vector<SqlType> types_;
  uint64_t shown_rows_ = 0;
  bool is_ended_by_caller_ = false;
};

}  // namespace mahi::embedded
