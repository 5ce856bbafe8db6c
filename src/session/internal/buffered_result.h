// BufferedResult: a sink that keeps a result set's rows, for cursors (COM_STMT_FETCH).
// Thread safety: the session's thread.
#pragma once

#include <memory>
#include <vector>

#include "session/result_sink.h"

namespace mahi {

class BufferedResult final : public ResultSink {
 public:
  // Statements without result set answer through `outer`.
  explicit BufferedResult(ResultSink* outer) : outer_(outer) {}

  Status BeginResultSet(const std::vector<ResultColumn>& columns, const StatementSummary&) override {
    columns_ = columns;
    has_result_ = true;
    return Status::Ok();
  }
  Status PushBatch(const Batch& batch) override {
    std::vector<SqlType> types;
    for (size_t i = 0; i < batch.column_count(); ++i) types.push_back(batch.column(i).type());
    Selection rows = batch.rows();
    if (rows.count == 0) return Status::Ok();
    Batch copy(types, rows.count);
    for (size_t i = 0; i < batch.column_count(); ++i) copy.column(i).CopyRows(batch.column(i), rows, 0);
    copy.set_row_count(rows.count);
    batches_.push_back(std::move(copy));
    return Status::Ok();
  }
  Status EndResultSet(const StatementSummary&) override { return Status::Ok(); }
  Status Done(const StatementSummary& summary) override { return outer_->Done(summary); }
  Result<std::unique_ptr<FileReader>> RequestLocalFile(std::string_view name) override {
    return outer_->RequestLocalFile(name);
  }

  bool has_result() const { return has_result_; }
  const std::vector<ResultColumn>& columns() const { return columns_; }
  void DetachSink() { outer_ = nullptr; }

  // Up to `row_count` further rows.
  Status Fetch(uint32_t row_count, ResultSink* sink, bool* is_last) {
    while (row_count > 0 && batch_ < batches_.size()) {
      Batch& batch = batches_[batch_];
      SelectionBuffer rows;
      while (row_ < batch.row_count() && row_count > 0) {
        rows.Append(row_++);
        --row_count;
      }
      batch.Select(rows.View());
      MAHI_RETURN_IF_ERROR(sink->PushBatch(batch));
      if (row_ == batch.row_count()) {
        batch = Batch();
        ++batch_;
        row_ = 0;
      }
    }
    *is_last = batch_ == batches_.size();
    return Status::Ok();
  }

 private:
  ResultSink* outer_;
  bool has_result_ = false;
  std::vector<ResultColumn> columns_;
  std::vector<Batch> batches_;
  size_t batch_ = 0;
  uint32_t row_ = 0;
};

}  // namespace mahi
