// The in-process API: include/mahi/mahi.h over session/.
#include "mahi/mahi.h"

#include "embedded/collector.h"
#include "session/database.h"
#include "session/session.h"
#include "types/conversion.h"
#include "variables/system_variables.h"

namespace mahi::embedded {

namespace {

Error ToError(const ::mahi::Error& error) {
  return Error(error.number(), std::string(error.sqlstate()), error.message());
}

// What a host's thread does around each statement of a session, as a connection thread of the server does.
class Running {
 public:
  explicit Running(::mahi::SessionEntry* entry) : entry_(*entry) {
    // An interrupt that came between two statements was meant for none of them.
    uint32_t pending = kKillQuery;
    entry_.kill_flag.compare_exchange_strong(pending, kKillNone, std::memory_order_relaxed);
    entry_.is_executing.store(true, std::memory_order_relaxed);
  }
  ~Running() {
    entry_.is_executing.store(false, std::memory_order_relaxed);
    uint32_t pending = kKillQuery;
    entry_.kill_flag.compare_exchange_strong(pending, kKillNone, std::memory_order_relaxed);
    entry_.SetCommand("Sleep", {});
  }

 private:
  ::mahi::SessionEntry& entry_;
};

}  // namespace

int64_t Cell::Int64() const {
  if (auto* number = std::get_if<int64_t>(&content_)) return *number;
  if (auto* number = std::get_if<uint64_t>(&content_)) return static_cast<int64_t>(*number);
  ConversionReport report;
  if (auto* real = std::get_if<Real>(&content_)) return DatumToInt64(Datum::Double(real->value), SqlType::Double(), &report);
  if (auto* text = std::get_if<std::string>(&content_)) return TextToInt64(*text, &report);
  return 0;
}

uint64_t Cell::UInt64() const {
  if (auto* text = std::get_if<std::string>(&content_)) {
    ConversionReport report;
    return TextToUInt64(*text, &report);
  }
  if (auto* real = std::get_if<Real>(&content_)) {
    ConversionReport report;
    return DatumToUInt64(Datum::Double(real->value), SqlType::Double(), &report);
  }
  return static_cast<uint64_t>(Int64());
}

double Cell::Double() const {
  if (auto* real = std::get_if<Real>(&content_)) return real->value;
  if (auto* number = std::get_if<uint64_t>(&content_)) return static_cast<double>(*number);
  if (auto* text = std::get_if<std::string>(&content_)) {
    ConversionReport report;
    return TextToDouble(*text, &report);
  }
  return static_cast<double>(Int64());
}

std::string Cell::Text() const {
  std::string out;
  if (auto* number = std::get_if<int64_t>(&content_)) {
    AppendInt64(*number, &out);
  } else if (auto* unsigned_number = std::get_if<uint64_t>(&content_)) {
    AppendUInt64(*unsigned_number, &out);
  } else if (auto* real = std::get_if<Real>(&content_)) {
    if (real->is_float) {
      AppendFloat(static_cast<float>(real->value), real->decimals, &out);
    } else {
      AppendDouble(real->value, real->decimals, &out);
    }
  } else if (auto* text = std::get_if<std::string>(&content_)) {
    out = *text;
  }
  return out;
}

struct Database::Impl {
  std::unique_ptr<::mahi::Database> database;
};

struct Session::Impl {
  std::shared_ptr<Database::Impl> owner;  // first: outlives the session
  std::unique_ptr<::mahi::Session> session;
};

struct Statement::Impl {
  ::mahi::Session* session;
  uint32_t id;
  size_t parameter_count;
  std::vector<Column> columns;
  ~Impl() { session->ClosePrepared(id); }
};

Database::Database(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Outcome<Database> Database::Open(OpenOptions options) {
  auto variables = std::make_unique<GlobalVariables>();
  for (const auto& [name, value] : options.variables) {
    bool is_known = false;
    Status status = variables->SetFromOption(name, value, &is_known);
    if (!is_known) return ToError(::mahi::Error(ER_UNKNOWN_SYSTEM_VARIABLE, name));
    if (!status.ok()) return ToError(status.error());
  }
  if (!options.directory.empty()) {
    bool is_known = false;
    (void)variables->SetFromOption("datadir", options.directory + "/", &is_known);
  }
  DatabaseOptions database_options;
  database_options.data_directory = options.directory;
  database_options.block_cache_bytes = options.cache_bytes;
  database_options.log = options.log;
  auto database = ::mahi::Database::Open(std::move(database_options), std::move(variables));
  if (!database.ok()) return ToError(database.error());
  auto impl = std::make_shared<Impl>();
  impl->database = std::move(database).value();
  return Database(std::move(impl));
}

Session Database::Connect() const {
  auto impl = std::make_unique<Session::Impl>();
  impl->owner = impl_;
  impl->session = std::make_unique<::mahi::Session>(impl_->database.get());
  impl->session->SetHandshakeCollation(static_cast<uint16_t>(kCollationDefault));
  impl->session->local_infile_allowed = true;
  impl->session->entry().SetIdentity("embedded", "localhost", "embedded", "localhost");
  return Session(std::move(impl));
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Outcome<ResultSet> Session::Execute(std::string_view sql) {
  Running running(&impl_->session->entry());
  impl_->session->multi_statements_allowed = false;
  Collector collector;
  Status status = impl_->session->Execute(sql, &collector);
  if (!status.ok()) return ToError(status.error());
  if (collector.results().empty()) return ResultSet();
  return std::move(collector.results().back());
}

Outcome<std::vector<ResultSet>> Session::ExecuteScript(std::string_view sql) {
  Running running(&impl_->session->entry());
  impl_->session->multi_statements_allowed = true;
  Collector collector;
  Status status = impl_->session->Execute(sql, &collector);
  if (!status.ok()) return ToError(status.error());
  return std::move(collector.results());
}

Outcome<uint64_t> Session::Stream(std::string_view sql, const std::function<bool(Row row)>& on_row) {
  Running running(&impl_->session->entry());
  impl_->session->multi_statements_allowed = false;
  Collector collector(&on_row);
  Status status = impl_->session->Execute(sql, &collector);
  if (!status.ok() && !collector.is_ended_by_caller()) return ToError(status.error());
  return collector.shown_rows();
}

Outcome<Statement> Session::Prepare(std::string_view sql) {
  Running running(&impl_->session->entry());
  auto info = impl_->session->Prepare(sql);
  if (!info.ok()) return ToError(info.error());
  auto impl = std::make_unique<Statement::Impl>();
  impl->session = impl_->session.get();
  impl->id = info->id;
  impl->parameter_count = info->parameters.size();
  for (const ResultColumn& column : info->columns) impl->columns.push_back(ToColumn(column));
  return Statement(std::move(impl));
}

std::vector<Warning> Session::Warnings() const {
  std::vector<Warning> warnings;
  for (const DiagnosticsCondition& condition : impl_->session->diagnostics().conditions()) {
    warnings.push_back({static_cast<Warning::Level>(condition.level), condition.number, condition.message});
  }
  return warnings;
}

bool Session::is_in_transaction() const { return impl_->session->is_in_transaction(); }
std::string Session::database() const { return std::string(impl_->session->database()); }

void Session::Interrupt() {
  // Goes the way of KILL QUERY, so that waits for locks end too.
  ::mahi::SessionEntry& entry = impl_->session->entry();
  uint32_t none = kKillNone;
  entry.kill_flag.compare_exchange_strong(none, kKillQuery, std::memory_order_relaxed);
  if (entry.wake) entry.wake();
}

Statement::Statement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

size_t Statement::parameter_count() const { return impl_->parameter_count; }
const std::vector<Column>& Statement::columns() const { return impl_->columns; }

Outcome<ResultSet> Statement::Execute(const std::vector<Parameter>& parameters) {
  if (parameters.size() != impl_->parameter_count) {
    return ToError(::mahi::Error(ER_WRONG_ARGUMENTS, "EXECUTE"));
  }
  std::vector<SqlType> types;
  std::vector<Value> values;
  for (const Parameter& parameter : parameters) {
    if (auto* number = std::get_if<int64_t>(&parameter)) {
      types.push_back(SqlType::BigInt());
      values.push_back(Value::Int64(*number));
    } else if (auto* unsigned_number = std::get_if<uint64_t>(&parameter)) {
      types.push_back(SqlType::UnsignedBigInt());
      values.push_back(Value::UInt64(*unsigned_number));
    } else if (auto* real = std::get_if<double>(&parameter)) {
      types.push_back(SqlType::Double());
      values.push_back(Value::Double(*real));
    } else if (auto* text = std::get_if<std::string>(&parameter)) {
      types.push_back(SqlType::Varchar(static_cast<uint32_t>(text->size()), impl_->session->connection_collation()));
      values.push_back(Value::String(*text));
    } else if (auto* bytes = std::get_if<Bytes>(&parameter)) {
      types.push_back(SqlType::Varbinary(static_cast<uint32_t>(bytes->value.size())));
      values.push_back(Value::String(bytes->value));
    } else {
      types.push_back(SqlType::Null());
      values.push_back(Value::Null());
    }
  }
  Running running(&impl_->session->entry());
  Collector collector;
  Status status = impl_->session->ExecutePrepared(impl_->id, types, std::move(values), false, &collector);
  if (!status.ok()) return ToError(status.error());
  if (collector.results().empty()) return ResultSet();
  return std::move(collector.results().back());
}

}  // namespace mahi::embedded
