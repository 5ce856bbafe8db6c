// Session: what a Connection, its Results and its Statements share: the transport, framing, and the order of
// commands and answers. ResultState: one answer being read.
//
// One answer is read at a time: `reader_` names it. Commands sent ahead (pipelines) wait in `expected_` with the
// sequence ids that their answers start with.
// Thread safety: as Connection.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/internal/transport.h"
#include "mahi/client.h"
#include "protocol/command.h"
#include "protocol/framing.h"
#include "protocol/handshake.h"
#include "protocol/response.h"
#include "protocol/row.h"

namespace mahi::client::internal {

struct ResultState;

class Session {
 public:
  explicit Session(const Options& options) : options_(options), transport_(options_) {}

  Error Connect();
  Error ChangeUser(const std::string& user, const std::string& password, const std::string& database);

  // Sends a command; fails with CR_COMMANDS_OUT_OF_SYNC while another answer is being read, unless `pipelined`.
  Error SendCommand(std::string_view payload, bool pipelined = false);
  // Commands without an answer (COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA).
  Error SendWithoutAnswer(std::string_view payload);
  // The next payload of the answer now being read.
  Error ReadPayload(std::string_view* payload);
  // Takes up the next answer.
  Error BeginAnswer();
  // OK, or the error.
  Error ReadOk();
  // A simple command: send, OK or the error.
  Error SimpleCommand(std::string_view payload);
  Error SendLocalFile(const std::string& file_name);
  void NoteOk(const OkPacket& ok, const SessionStateChanges& changes);
  // For packets that cannot be read: the stream is lost.
  Error Malformed();
  Error FromServer(std::string_view err_payload);
  void Close(bool say_goodbye);

  Options options_;
  Transport transport_;
  FrameReader frames_;
  uint32_t capabilities_ = 0;
  uint32_t connection_id_ = 0;
  uint16_t status_ = 0;
  std::string server_version_;
  std::string database_;
  std::string scramble_;
  std::string server_plugin_;
  bool is_mariadb_ = false;
  CompressionMethod compression_ = CompressionMethod::kNone;
  ResultState* current_ = nullptr;  // the answer being read
  size_t pending() const { return expected_.size(); }
  // The answer to the command just sent has binary rows.
  void ExpectBinary() { expected_.back().is_binary = true; }
  // Whether the answer taken up by BeginAnswer has.
  bool is_binary_answer() const { return is_binary_answer_; }

 private:
  struct ExpectedAnswer {
    uint8_t sequence;
    uint8_t compressed_sequence;
    bool is_binary = false;
  };
  Error Handshake();
  Error Authenticate(std::string plugin);
  Error Answer(const std::string& plugin, std::string_view scramble, std::string* answer);
  Error WritePackets(std::string_view payload, uint8_t* sequence, uint8_t* compressed_sequence);
  // A packet within the running dialogue.
  Error WriteReply(std::string_view payload);
  Error Receive();
  Error Lost(bool during_handshake);
  bool is_secure() const { return transport_.ssl() != nullptr || transport_.is_unix_socket(); }

  std::unique_ptr<FrameCompressor> compressor_;
  WireBuffer out_;
  WireBuffer compressed_out_;
  std::deque<ExpectedAnswer> expected_;
  int64_t last_activity_ms_ = 0;
  bool in_handshake_ = false;
  bool is_binary_answer_ = false;
};

struct ResultState {
  explicit ResultState(std::shared_ptr<Session> s) : session(std::move(s)) {}
  ~ResultState();

  // Reads up to the first row, or the whole answer when it has no rows.
  Error ReadHead();
  Expected<bool> NextPayload(std::string_view* payload);
  Error Decode(std::string_view payload);
  Error FetchMore();
  void Keep(std::string_view payload);
  void Finish(const OkPacket& ok, const SessionStateChanges& session_changes);
  void Release();  // this answer is over

  std::shared_ptr<Session> session;
  bool is_binary = false;
  bool has_rows = false;
  bool rows_pending = false;
  bool more_results = false;
  std::vector<Column> columns;
  std::vector<BinaryColumn> binary_columns;
  std::vector<WireValue> values;

  uint64_t affected_rows = 0;
  uint64_t insert_id = 0;
  uint16_t warnings = 0;
  uint16_t status = 0;
  std::string info;
  SessionChanges changes;
  uint64_t row_count = 0;

  // Cursor.
  bool wants_cursor = false;
  bool cursor_open = false;
  uint32_t statement_id = 0;
  uint32_t fetch_rows = 0;

  // Stored rows.
  bool is_stored = false;
  std::vector<std::string> chunks;
  struct StoredRow {
    uint32_t chunk;
    uint32_t begin;
    uint32_t bytes;
  };
  std::vector<StoredRow> stored;
  size_t next_stored = 0;
};

WireValue ToWire(const Value& value);
Value FromWire(const WireValue& value);
Expected<std::vector<Column>> ReadColumns(Session* session, uint64_t count);

}  // namespace mahi::client::internal
