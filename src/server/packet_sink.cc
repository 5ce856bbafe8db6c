#include "server/packet_sink.h"

#include "protocol/wire_type.h"

namespace mahi {
namespace {

// Default of ResultColumn::schema for virtual columns and expressions is empty: so is everything but the name.
SessionStateChanges ToPacket(const SessionChanges& from) {
  SessionStateChanges to;
  to.system_variables = from.system_variables;
  to.has_schema = from.has_schema;
  to.schema = from.schema;
  to.state_changed = from.state_changed;
  to.has_transaction_characteristics = from.has_transaction_characteristics;
  to.transaction_characteristics = from.transaction_characteristics;
  to.transaction_state = from.transaction_state;
  return to;
}

// LOAD DATA LOCAL: the client's file, packet by packet, up to an empty one.
class ClientFile : public FileReader {
 public:
  ClientFile(Channel* channel, uint32_t timeout_ms) : channel_(*channel), timeout_ms_(timeout_ms) {}
  // What the statement did not read must still be taken from the wire.
  ~ClientFile() override {
    while (!is_at_end_) {
      if (!Read().ok()) return;
    }
  }
  Result<std::string_view> Read() override {
    if (is_at_end_) return std::string_view();
    std::string_view payload;
    if (Status s = channel_.ReadPayload(&payload, timeout_ms_); !s.ok()) {
      is_at_end_ = true;
      return s;
    }
    is_at_end_ = payload.empty();
    return payload;
  }

 private:
  Channel& channel_;
  const uint32_t timeout_ms_;
  bool is_at_end_ = false;
};

}  // namespace

uint16_t StatusFlags(const StatementSummary& s) {
  uint16_t flags = 0;
  if (s.is_in_transaction) flags |= kStatusInTransaction;
  if (s.is_autocommit) flags |= kStatusAutocommit;
  if (s.has_more_results) flags |= kStatusMoreResultsExist;
  if (s.is_in_transaction && s.is_read_only_transaction) flags |= kStatusInTransactionReadOnly;
  if (s.no_backslash_escapes) flags |= kStatusNoBackslashEscapes;
  if (s.no_index_used) flags |= kStatusNoIndexUsed;
  if (s.is_out_parameters) flags |= kStatusPsOutParams;
  return flags;
}

void AppendResultColumn(WireBuffer* out, const ResultColumn& column, const Collation* results,
                        bool with_default) {
  ColumnDefinition definition;
  definition.schema = column.schema;
  definition.table = column.table;
  definition.original_table = column.original_table;
  definition.name = column.name;
  definition.original_name = column.original_name;
  DescribeType(column.type, results, !column.original_name.empty(), &definition);
  if (!column.is_nullable) definition.flags |= kColumnNotNull;
  if (column.is_primary_key) definition.flags |= kColumnPrimaryKey | kColumnPartOfKey;
  if (column.is_unique_key) definition.flags |= kColumnUniqueKey | kColumnPartOfKey;
  if (column.is_multiple_key) definition.flags |= kColumnMultipleKey | kColumnPartOfKey;
  if (column.is_auto_increment) definition.flags |= kColumnAutoIncrement;
  if (column.has_no_default) definition.flags |= kColumnNoDefaultValue;
  if (column.is_on_update_now) definition.flags |= kColumnOnUpdateNow;
  definition.has_default = with_default;
  definition.default_is_null = true;
  AppendColumnDefinition(out, definition);
}

void PacketSink::SendError(const Error& error) {
  size_t start = channel_.BeginPacket();
  AppendErr(channel_.out(), error, capabilities_);
  channel_.EndPacket(start);
}

void PacketSink::SendOk(const StatementSummary& summary) {
  OkPacket ok;
  ok.affected_rows = summary.affected_rows;
  ok.last_insert_id = summary.last_insert_id;
  ok.warning_count = summary.warning_count;
  ok.status = StatusFlags(summary);
  ok.info = summary.info;
  SessionStateChanges changes;
  if (summary.changes != nullptr && (capabilities_ & kClientSessionTrack)) {
    changes = ToPacket(*summary.changes);
    ok.changes = &changes;
  }
  size_t start = channel_.BeginPacket();
  AppendOk(channel_.out(), ok, capabilities_);
  channel_.EndPacket(start);
}

void PacketSink::SendEnd(const StatementSummary& summary, uint16_t more_flags) {
  uint16_t status = StatusFlags(summary) | more_flags;
  size_t start = channel_.BeginPacket();
  if (capabilities_ & kClientDeprecateEof) {
    OkPacket ok;
    ok.status = status;
    ok.warning_count = summary.warning_count;
    SessionStateChanges changes;
    if (summary.changes != nullptr && (capabilities_ & kClientSessionTrack)) {
      changes = ToPacket(*summary.changes);
      ok.changes = &changes;
    }
    AppendOk(channel_.out(), ok, capabilities_, 0xfe);
  } else {
    AppendEof(channel_.out(), {summary.warning_count, status}, capabilities_);
  }
  channel_.EndPacket(start);
}

void PacketSink::StartFetch(const std::vector<SqlType>& types) {
  is_binary_ = true;
  is_fetch_ = true;
  encoder_.Prepare(types, true, session_.results_collation());
}

void PacketSink::EndFetch(bool is_last, const StatementSummary& summary) {
  SendEnd(summary, is_last ? kStatusLastRowSent | kStatusCursorExists : kStatusCursorExists);
}

Status PacketSink::BeginResultSet(const std::vector<ResultColumn>& columns,
                                  const StatementSummary& summary) {
  if (is_fetch_) return Status::Ok();
  const Collation* results = session_.results_collation();
  WireBuffer* out = channel_.out();
  size_t start = channel_.BeginPacket();
  AppendLenencInt(out, columns.size());
  channel_.EndPacket(start);
  types_.clear();
  types_.reserve(columns.size());
  for (const ResultColumn& column : columns) {
    start = channel_.BeginPacket();
    AppendResultColumn(out, column, results, false);
    channel_.EndPacket(start);
    types_.push_back(column.type);
  }
  if (!(capabilities_ & kClientDeprecateEof)) {
    // With a cursor this EOF is the only one: it is sent by EndResultSet.
    if (!is_cursor_) {
      start = channel_.BeginPacket();
      AppendEof(out, {summary.warning_count, StatusFlags(summary)}, capabilities_);
      channel_.EndPacket(start);
    }
  }
  encoder_.Prepare(types_, is_binary_, results);
  return Status::Ok();
}

Status PacketSink::PushBatch(const Batch& batch) {
  return encoder_.WriteBatch(batch, &channel_, write_timeout_ms_);
}

Status PacketSink::PushRow(const std::vector<ResultColumn>&, const Datum* values) {
  return encoder_.WriteRow(values, &channel_, write_timeout_ms_);
}

Status PacketSink::EndResultSet(const StatementSummary& summary) {
  if (is_fetch_) return Status::Ok();
  if (is_cursor_) has_cursor_ = true;
  SendEnd(summary, is_cursor_ ? kStatusCursorExists : 0);
  return channel_.FlushIfLarge(write_timeout_ms_);
}

Status PacketSink::Done(const StatementSummary& summary) {
  SendOk(summary);
  return channel_.FlushIfLarge(write_timeout_ms_);
}

Result<std::unique_ptr<FileReader>> PacketSink::RequestLocalFile(std::string_view name) {
  if (!(capabilities_ & kClientLocalFiles)) return Error(ER_CLIENT_LOCAL_FILES_DISABLED);
  size_t start = channel_.BeginPacket();
  AppendLocalInfileRequest(channel_.out(), name);
  channel_.EndPacket(start);
  MAHI_RETURN_IF_ERROR(channel_.Flush(write_timeout_ms_));
  return std::unique_ptr<FileReader>(new ClientFile(&channel_, read_timeout_ms_));
}

}  // namespace mahi
