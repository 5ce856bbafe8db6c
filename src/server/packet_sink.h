// PacketSink: results of a session as packets of the classic protocol.
//
// Thread safety: the connection's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol/column_definition.h"
#include "protocol/response.h"
#include "server/channel.h"
#include "server/row_encoder.h"
#include "session/result_sink.h"
#include "session/session.h"

namespace mahi {

// Status flags and session changes of a summary, as packets carry them.
uint16_t StatusFlags(const StatementSummary& summary);
void AppendResultColumn(WireBuffer* out, const ResultColumn& column, const Collation* results,
                        bool with_default);

class PacketSink : public ResultSink {
 public:
  PacketSink(Channel* channel, Session* session, uint32_t capabilities)
      : channel_(*channel), session_(*session), capabilities_(capabilities) {}

  // Before each command.
  void Start(bool is_binary, uint32_t read_timeout_ms, uint32_t write_timeout_ms) {
    is_binary_ = is_binary;
    is_cursor_ = is_fetch_ = has_cursor_ = false;
    read_timeout_ms_ = read_timeout_ms;
    write_timeout_ms_ = write_timeout_ms;
  }
  // COM_STMT_EXECUTE with a cursor flag: a result set is announced as a cursor.
  void ExpectCursor() { is_cursor_ = true; }
  bool has_cursor() const { return has_cursor_; }
  // COM_STMT_FETCH: rows only; the end waits for EndFetch.
  void StartFetch(const std::vector<SqlType>& types);
  void EndFetch(bool is_last, const StatementSummary& summary);
  const std::vector<SqlType>& types() const { return types_; }

  Status BeginResultSet(const std::vector<ResultColumn>& columns, const StatementSummary& summary) override;
  Status PushBatch(const Batch& batch) override;
  Status PushRow(const std::vector<ResultColumn>& columns, const Datum* values) override;
  Status EndResultSet(const StatementSummary& summary) override;
  Status Done(const StatementSummary& summary) override;
  Result<std::unique_ptr<FileReader>> RequestLocalFile(std::string_view name) override;

  void SendError(const Error& error);
  void SendOk(const StatementSummary& summary);
  // EOF, or the OK that stands for it.
  void SendEnd(const StatementSummary& summary, uint16_t more_flags);

 private:
  Channel& channel_;
  Session& session_;
  const uint32_t capabilities_;
  bool is_binary_ = false;
  bool is_cursor_ = false;
  bool is_fetch_ = false;
  bool has_cursor_ = false;
  uint32_t read_timeout_ms_ = 30'000;
  uint32_t write_timeout_ms_ = 60'000;
  std::vector<SqlType> types_;
  ResultRowEncoder encoder_;
};

}  // namespace mahi
