// Reading of answers: column definitions, rows in text and binary form, cursors, stored rows.
#include "client/internal/session.h"
#include "protocol/column_definition.h"
#include "types/temporal.h"

namespace mahi::client::internal {
namespace {

constexpr size_t kChunkBytes = 1024 * 1024;

// The packed form of protocol/row.h.
int64_t Pack(Value::Kind kind, const Temporal& t) {
  int64_t time = (static_cast<int64_t>(t.hour) << 12 | t.minute << 6 | t.second);
  if (kind == Value::Kind::kTime) {
    int64_t packed = time << 24 | t.microsecond;
    return t.is_negative ? -packed : packed;
  }
  int64_t date = (static_cast<int64_t>(t.year) * 13 + t.month) << 5 | t.day;
  if (kind == Value::Kind::kDate) time = 0;
  return (date << 17 | time) << 24 | (kind == Value::Kind::kDate ? 0 : t.microsecond);
}

Temporal Unpack(WireValue::Kind kind, int64_t packed) {
  Temporal t;
  if (packed < 0) {
    t.is_negative = true;
    packed = -packed;
  }
  t.microsecond = static_cast<uint32_t>(packed & 0xffffff);
  int64_t time = packed >> 24;
  t.second = time & 0x3f;
  t.minute = time >> 6 & 0x3f;
  if (kind == WireValue::Kind::kTime) {
    t.hour = static_cast<uint16_t>(time >> 12);
    return t;
  }
  t.hour = time >> 12 & 0x1f;
  int64_t date = time >> 17;
  t.day = date & 0x1f;
  t.year = static_cast<uint16_t>((date >> 5) / 13);
  t.month = static_cast<uint8_t>((date >> 5) % 13);
  return t;
}

}  // namespace

WireValue ToWire(const Value& value) {
  WireValue wire;
  switch (value.kind()) {
    case Value::Kind::kNull:
      break;
    case Value::Kind::kInt64:
      wire.kind = WireValue::Kind::kInt64;
      wire.type = WireType::kLonglong;
      wire.int64 = value.AsInt64();
      break;
    case Value::Kind::kUint64:
      wire.kind = WireValue::Kind::kUint64;
      wire.type = WireType::kLonglong;
      wire.uint64 = value.AsUint64();
      break;
    case Value::Kind::kFloat:
      wire.kind = WireValue::Kind::kFloat;
      wire.type = WireType::kFloat;
      wire.float64 = value.AsDouble();
      break;
    case Value::Kind::kDouble:
      wire.kind = WireValue::Kind::kDouble;
      wire.type = WireType::kDouble;
      wire.float64 = value.AsDouble();
      break;
    case Value::Kind::kBytes:
      wire.kind = WireValue::Kind::kBytes;
      wire.type = WireType::kVarString;
      wire.bytes = value.bytes();
      break;
    case Value::Kind::kDate:
      wire.kind = WireValue::Kind::kDate;
      wire.type = WireType::kDate;
      wire.int64 = Pack(value.kind(), value.temporal());
      break;
    case Value::Kind::kDatetime:
      wire.kind = WireValue::Kind::kDatetime;
      wire.type = WireType::kDatetime;
      wire.int64 = Pack(value.kind(), value.temporal());
      break;
    case Value::Kind::kTime:
      wire.kind = WireValue::Kind::kTime;
      wire.type = WireType::kTime;
      wire.int64 = Pack(value.kind(), value.temporal());
      break;
  }
  return wire;
}

Value FromWire(const WireValue& wire) {
  switch (wire.kind) {
    case WireValue::Kind::kNull: return {};
    case WireValue::Kind::kInt64: return Value(static_cast<long long>(wire.int64));
    case WireValue::Kind::kUint64: return Value(static_cast<unsigned long long>(wire.uint64));
    case WireValue::Kind::kFloat: return Value(static_cast<float>(wire.float64));
    case WireValue::Kind::kDouble: return Value(wire.float64);
    case WireValue::Kind::kBytes: return Value(wire.bytes);
    case WireValue::Kind::kDate: return Value::Date(Unpack(wire.kind, wire.int64));
    case WireValue::Kind::kDatetime: return Value::Datetime(Unpack(wire.kind, wire.int64));
    case WireValue::Kind::kTime: return Value::Time(Unpack(wire.kind, wire.int64));
  }
  return {};
}

Expected<std::vector<Column>> ReadColumns(Session* session, uint64_t count) {
  std::vector<Column> columns;
  columns.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    std::string_view payload;
    if (Error error = session->ReadPayload(&payload); !error.ok()) return error;
    if (IsErrPacket(payload)) return session->FromServer(payload);
    ::mahi::Result<ColumnDefinition> definition = DecodeColumnDefinition(payload);
    if (!definition.ok()) return session->Malformed();
    Column column;
    column.schema = definition->schema;
    column.table = definition->table;
    column.original_table = definition->original_table;
    column.name = definition->name;
    column.original_name = definition->original_name;
    column.type = static_cast<Type>(definition->type);
    column.collation_id = definition->collation_id;
    column.length = definition->length;
    column.flags = definition->flags;
    column.decimals = definition->decimals;
    columns.push_back(std::move(column));
  }
  return columns;
}

ResultState::~ResultState() {
  // The rest of the answer has to be taken from the connection.
  std::string_view payload;
  while (session->current_ == this) {
    if (rows_pending) {
      Expected<bool> more = NextPayload(&payload);
      if (!more.ok()) break;
    } else if (more_results) {
      if (Error error = ReadHead(); !error.ok()) break;
    } else {
      break;
    }
    if (cursor_open) break;
  }
  if (session->current_ == this) session->current_ = nullptr;
}

void ResultState::Release() {
  rows_pending = false;
  if (!more_results && session->current_ == this) session->current_ = nullptr;
}

void ResultState::Finish(const OkPacket& ok, const SessionStateChanges& what) {
  session->NoteOk(ok, what);
  affected_rows = ok.affected_rows;
  insert_id = ok.last_insert_id;
  warnings = ok.warning_count;
  status = ok.status;
  info = ok.info;
  changes.system_variables = what.system_variables;
  if (what.has_schema) changes.schema = what.schema;
  changes.state_changed = what.state_changed;
  changes.gtids = what.gtids;
  if (what.has_transaction_characteristics) changes.transaction_characteristics = what.transaction_characteristics;
  changes.transaction_state = what.transaction_state;
  more_results = (ok.status & kStatusMoreResultsExist) != 0;
}

Error ResultState::ReadHead() {
  auto fail = [this](Error error) {
    more_results = false;
    Release();
    return error;
  };
  session->current_ = this;
  has_rows = rows_pending = more_results = is_stored = false;
  columns.clear();
  binary_columns.clear();
  chunks.clear();
  stored.clear();
  next_stored = 0;
  row_count = 0;
  affected_rows = insert_id = 0;
  warnings = 0;
  info.clear();
  changes = SessionChanges();

  std::string_view payload;
  if (Error error = session->ReadPayload(&payload); !error.ok()) return fail(error);
  Error infile_error;
  if (IsLocalInfileRequest(payload)) {
    infile_error = session->SendLocalFile(std::string(payload.substr(1)));
    if (!session->transport_.is_open()) return fail(infile_error);
    if (Error error = session->ReadPayload(&payload); !error.ok()) return fail(error);
  }
  if (IsErrPacket(payload)) return fail(infile_error.ok() ? session->FromServer(payload) : infile_error);
  if (IsOkPacket(payload)) {
    SessionStateChanges what;
    ::mahi::Result<OkPacket> ok = DecodeOk(payload, session->capabilities_, &what);
    if (!ok.ok()) return fail(session->Malformed());
    Finish(*ok, what);
    Release();
    return infile_error;
  }

  WireReader head(payload);
  uint64_t count = 0;
  if (!head.ReadLenencInt(&count) || count == 0 || count > 65535) return fail(session->Malformed());
  Expected<std::vector<Column>> read = ReadColumns(session.get(), count);
  if (!read.ok()) return fail(read.error());
  columns = std::move(*read);
  for (const Column& column : columns) {
    binary_columns.push_back({static_cast<WireType>(column.type), column.is_unsigned()});
  }
  has_rows = rows_pending = true;
  if (!(session->capabilities_ & kClientDeprecateEof)) {
    if (Error error = session->ReadPayload(&payload); !error.ok()) return fail(error);
    if (IsErrPacket(payload)) return fail(session->FromServer(payload));
    ::mahi::Result<EofPacket> eof = DecodeEof(payload, session->capabilities_);
    if (!eof.ok()) return fail(session->Malformed());
    session->status_ = status = eof->status;
    if (wants_cursor && (eof->status & kStatusCursorExists)) {
      cursor_open = true;
      Release();
    }
  } else if (wants_cursor) {
    // The end packet that says whether a cursor was opened stands in the place of the rows.
    std::string_view first;
    Expected<bool> more = NextPayload(&first);
    if (!more.ok()) return more.error();
    if (*more) {  // no cursor: this is the first row, kept
      Keep(first);
    } else if (status & kStatusCursorExists) {
      cursor_open = true;
    }
  }
  return {};
}

// A whole portion, so that the connection is free between portions.
Error ResultState::FetchMore() {
  WireBuffer command;
  command.AppendByte(static_cast<uint8_t>(Command::kStmtFetch));
  command.AppendLittle<uint32_t>(statement_id);
  command.AppendLittle<uint32_t>(fetch_rows);
  if (Error error = session->SendCommand(command.view()); !error.ok()) return error;
  if (Error error = session->BeginAnswer(); !error.ok()) return error;
  session->current_ = this;
  rows_pending = true;
  if (!is_stored && next_stored == stored.size()) {
    chunks.clear();
    stored.clear();
    next_stored = 0;
  }
  std::string_view payload;
  while (true) {
    Expected<bool> more = NextPayload(&payload);
    if (!more.ok()) return more.error();
    if (!*more) return {};
    Keep(payload);
  }
}

void ResultState::Keep(std::string_view payload) {
  if (chunks.empty() || chunks.back().size() + payload.size() > chunks.back().capacity()) {
    chunks.emplace_back();
    chunks.back().reserve(std::max(kChunkBytes, payload.size()));
  }
  std::string& chunk = chunks.back();
  stored.push_back({static_cast<uint32_t>(chunks.size() - 1), static_cast<uint32_t>(chunk.size()),
                    static_cast<uint32_t>(payload.size())});
  chunk.append(payload);
}

// The next row's bytes; false at the end of what the server sends now.
Expected<bool> ResultState::NextPayload(std::string_view* payload) {
  if (!rows_pending) return false;
  if (Error error = session->ReadPayload(payload); !error.ok()) {
    more_results = false;
    Release();
    return error;
  }
  if (IsErrPacket(*payload)) {
    Error error = session->FromServer(*payload);
    more_results = cursor_open = false;
    Release();
    return error;
  }
  if (!IsEndOfRows(*payload, session->capabilities_)) return true;
  SessionStateChanges what;
  OkPacket end;
  if (session->capabilities_ & kClientDeprecateEof) {
    ::mahi::Result<OkPacket> ok = DecodeOk(*payload, session->capabilities_, &what);
    if (!ok.ok()) return session->Malformed();
    end = *ok;
  } else {
    ::mahi::Result<EofPacket> eof = DecodeEof(*payload, session->capabilities_);
    if (!eof.ok()) return session->Malformed();
    end.status = eof->status;
    end.warning_count = eof->warning_count;
  }
  Finish(end, what);
  if (cursor_open && (status & kStatusLastRowSent)) cursor_open = false;
  Release();
  return false;
}

Error ResultState::Decode(std::string_view payload) {
  Status status = is_binary ? DecodeBinaryRow(payload, binary_columns, &values)
                            : DecodeTextRow(payload, columns.size(), &values);
  return status.ok() ? Error{} : session->Malformed();
}

}  // namespace mahi::client::internal

namespace mahi::client {

using internal::ResultState;

Result::Result(std::unique_ptr<ResultState> state) : state_(std::move(state)) {}
Result::Result(Result&&) noexcept = default;
Result& Result::operator=(Result&&) noexcept = default;
Result::~Result() = default;

bool Result::has_rows() const { return state_->has_rows; }
const std::vector<Column>& Result::columns() const { return state_->columns; }
uint64_t Result::row_count() const { return state_->row_count; }
bool Result::has_more_results() const { return state_->more_results; }
uint64_t Result::affected_rows() const { return state_->affected_rows; }
uint64_t Result::insert_id() const { return state_->insert_id; }
uint16_t Result::warning_count() const { return state_->warnings; }
const std::string& Result::info() const { return state_->info; }
uint16_t Result::server_status() const { return state_->status; }
bool Result::is_out_parameters() const { return (state_->status & kStatusPsOutParams) != 0; }
const SessionChanges& Result::session_changes() const { return state_->changes; }
bool Result::has_cursor() const { return state_->cursor_open; }

Expected<bool> Result::Next(Row* row) {
  ResultState& s = *state_;
  std::string_view payload;
  while (!s.is_stored && s.next_stored == s.stored.size() && s.cursor_open && !s.rows_pending) {
    if (Error error = s.FetchMore(); !error.ok()) return error;
  }
  if (s.next_stored < s.stored.size()) {
    const ResultState::StoredRow& at = s.stored[s.next_stored++];
    payload = std::string_view(s.chunks[at.chunk]).substr(at.begin, at.bytes);
    if (!s.is_stored) ++s.row_count;
  } else if (s.is_stored) {
    return false;
  } else {
    Expected<bool> more = s.NextPayload(&payload);
    if (!more.ok() || !*more) return more;
    ++s.row_count;
  }
  if (Error error = s.Decode(payload); !error.ok()) return error;
  row->values_.resize(s.values.size());
  for (size_t i = 0; i < s.values.size(); ++i) row->values_[i] = internal::FromWire(s.values[i]);
  return true;
}

Error Result::Store() {
  ResultState& s = *state_;
  if (s.is_stored || !s.has_rows) return {};
  while (true) {
    std::string_view payload;
    Expected<bool> more = s.NextPayload(&payload);
    if (!more.ok()) return more.error();
    if (!*more) {
      if (!s.cursor_open) break;
      if (Error error = s.FetchMore(); !error.ok()) return error;
      continue;
    }
    s.Keep(payload);
    s.row_count = s.stored.size();
  }
  s.row_count = s.stored.size();
  s.is_stored = true;
  return {};
}

void Result::Rewind() { state_->next_stored = 0; }

Expected<bool> Result::NextResult() {
  ResultState& s = *state_;
  std::string_view payload;
  while (s.rows_pending) {
    Expected<bool> more = s.NextPayload(&payload);
    if (!more.ok()) return more.error();
  }
  if (!s.more_results) return false;
  if (Error error = s.ReadHead(); !error.ok()) return error;
  return true;
}

}  // namespace mahi::client
