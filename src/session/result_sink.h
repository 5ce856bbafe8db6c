// ResultSink: where a statement's results go. Implemented by server/ (packets) and embedded/ (host objects).
//
// For each statement the session calls either
//   BeginResultSet, PushBatch*, EndResultSet      a result set
//   Done                                          no result set (DML, DDL, SET, ...)
// and nothing more when the statement fails: the error is what Execute returns. A failure after
// BeginResultSet ends the result set with that error.
// An error from a sink (the client has gone) ends the statement.
// Thread safety: the session's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "plan/physical_plan.h"
#include "vector/batch.h"

namespace mahi {

// What changed in the session while the statement ran, for session tracking (CLIENT_SESSION_TRACK).
struct SessionChanges {
  std::vector<std::pair<std::string, std::string>> system_variables;  // of session_track_system_variables
  bool has_schema = false;
  std::string schema;
  bool state_changed = false;
  bool has_transaction_characteristics = false;
  std::string transaction_characteristics;
  std::string transaction_state;  // eight characters; empty: unchanged
};

// How a statement ended, for OK and EOF packets.
struct StatementSummary {
  uint64_t affected_rows = 0;
  uint64_t last_insert_id = 0;
  uint16_t warning_count = 0;
  std::string info;               // "Records: 3  Duplicates: 0  Warnings: 0"
  bool has_more_results = false;  // another result of the same command follows
  bool is_in_transaction = false;
  bool is_autocommit = true;
  bool is_read_only_transaction = false;
  bool no_backslash_escapes = false;
  bool no_index_used = false;
  bool is_out_parameters = false;
  const SessionChanges* changes = nullptr;  // null: nothing to report
};

// The contents of a file at the client (LOAD DATA LOCAL).
class FileReader {
 public:
  virtual ~FileReader() = default;
  // The next piece; empty at the end. Valid until the next call.
  virtual Result<std::string_view> Read() = 0;
};

class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual Status BeginResultSet(const std::vector<ResultColumn>& columns, const StatementSummary& summary) = 0;
  // Column i of the batch is column i of the result; only batch.rows() count.
  virtual Status PushBatch(const Batch& batch) = 0;
  virtual Status EndResultSet(const StatementSummary& summary) = 0;
  virtual Status Done(const StatementSummary& summary) = 0;
  // Asks the client for a file. Errors: ER_CLIENT_LOCAL_FILES_DISABLED (3948), I/O errors.
  virtual Result<std::unique_ptr<FileReader>> RequestLocalFile(std::string_view name) = 0;
  // Fast path: one row of a point select, as datums of the columns' types. The default makes a batch of it.
  virtual Status PushRow(const std::vector<ResultColumn>& columns, const Datum* values);
};

}  // namespace mahi
