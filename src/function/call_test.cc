#include "function/call_test_support.h"

#include <gtest/gtest.h>

#include <memory>

#include "function/aggregate.h"
#include "function/registry.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

class TestSession : public SessionInfo {
 public:
  uint64_t connection_id() const override { return 7; }
  std::string user() const override { return "me@localhost"; }
  std::string current_user() const override { return "me@%"; }
  std::string current_role() const override { return "NONE"; }
  std::string_view database() const override { return "test"; }
  uint64_t last_insert_id() const override { return 42; }
  void set_last_insert_id(uint64_t) override {}
  int64_t row_count() const override { return -1; }
  uint64_t found_rows() const override { return 3; }
  CollationId connection_collation() const override { return kCollationDefault; }
  Result<Value> GetSystemVariable(std::string_view name, bool) override {
    if (name == "block_encryption_mode") return Value::String("aes-128-ecb");
    return Value::String("8.4.0-mahi");
  }
  Value GetUserVariable(std::string_view) override { return {}; }
  SqlType GetUserVariableType(std::string_view) override { return {}; }
  Status SetUserVariable(std::string_view, const Datum&, const SqlType&) override { return {}; }
  Result<Value> GetLock(std::string_view, double) override { return Value::Int64(1); }
  Result<Value> ReleaseLock(std::string_view) override { return Value::Int64(1); }
  uint64_t ReleaseAllLocks() override { return 0; }
  uint64_t LockHolder(std::string_view) override { return 0; }
  Status Sleep(double) override { return {}; }
  Result<Value> LoadFile(std::string_view) override { return Value(); }
  double Random() override { return 0.5; }
};

struct Literal {
  SqlType type;
  Value value;
  std::string text;
};

Literal Text(std::string text, std::string shown) {
  auto characters = static_cast<uint32_t>(GetCharset(CharsetId::kUtf8mb4).CharLength(text));
  return {SqlType::Varchar(characters), Value::String(std::move(text)), std::move(shown)};
}

// Reads one literal at the front of *rest.
Literal ReadLiteral(std::string_view* rest) {
  auto skip = [&] {
    while (!rest->empty() && ((*rest)[0] == ' ' || (*rest)[0] == ',')) rest->remove_prefix(1);
  };
  skip();
  std::string_view start = *rest;
  size_t quote = 0;
  while (quote < rest->size() && std::isalpha(static_cast<unsigned char>((*rest)[quote]))) ++quote;
  std::string prefix = AsciiLower(rest->substr(0, quote));
  if (quote < rest->size() && (*rest)[quote] == '\'') {
    rest->remove_prefix(quote + 1);
    std::string text;
    while (!rest->empty()) {
      if ((*rest)[0] == '\'') {
        rest->remove_prefix(1);
        if (rest->empty() || (*rest)[0] != '\'') break;
      }
      text += (*rest)[0];
      rest->remove_prefix(1);
    }
    std::string shown(start.substr(0, start.size() - rest->size()));
    skip();
    if (prefix.empty()) return Text(text, shown);
    if (prefix == "x") {
      std::string bytes;
      for (size_t i = 0; i + 1 < text.size(); i += 2) bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
      return {SqlType::Varbinary(static_cast<uint32_t>(bytes.size())), Value::String(bytes), "_binary"};
    }
    if (prefix == "json") {
      std::string document;
      JsonTextError error;
      EXPECT_TRUE(JsonParseText(text, &document, &error)) << text;
      return {SqlType::Json(), Value::Json(document), shown};
    }
    TypeId id = prefix == "date" ? TypeId::kDate : prefix == "time" ? TypeId::kTime : TypeId::kDateTime;
    TemporalReport report;
    int64_t packed = ParseTemporal(text, id, 6, kDateFuzzy, nullptr, &report);
    EXPECT_FALSE(report.is_bad) << text;
    SqlType type = id == TypeId::kDate ? SqlType::Date() : id == TypeId::kTime ? SqlType::Time(report.fsp) : SqlType::DateTime(report.fsp);
    return {type, Value::Temporal(packed, id, report.fsp), shown};
  }
  size_t end = rest->find(',');
  std::string_view word = rest->substr(0, end);
  *rest = end == std::string_view::npos ? std::string_view() : rest->substr(end);
  skip();
  std::string text(word);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  std::string lower = AsciiLower(text);
  if (lower == "null") return {SqlType::Null(), Value(), text};
  if (lower == "true" || lower == "false") {
    SqlType type = SqlType::BigInt();
    type.length = 1;
    return {type, Value::Int64(lower == "true"), text};
  }
  ConversionReport report;
  if (lower.find('e') != std::string::npos) return {SqlType::Double(), Value::Double(TextToDouble(text, &report)), text};
  if (lower.find('.') != std::string::npos) {
    Decimal decimal = TextToDecimal(text, &report);
    return {SqlType::Decimal(std::max(decimal.Precision(), decimal.scale() + 1), decimal.scale()), Value::OfDecimal(decimal), text};
  }
  bool is_unsigned = lower[0] != '-' && lower.size() >= 19 && TextToUInt64(text, &report) > INT64_MAX;
  SqlType type = SqlType::BigInt(is_unsigned);
  type.length = static_cast<uint32_t>(text.size());
  return {type, is_unsigned ? Value::UInt64(TextToUInt64(text, &report)) : Value::Int64(TextToInt64(text, &report)), text};
}

std::vector<Literal> ReadLiterals(std::string_view text) {
  std::vector<Literal> literals;
  while (!text.empty()) literals.push_back(ReadLiteral(&text));
  return literals;
}

std::string ShownText(const Vector& vector, uint32_t row) {
  if (vector.IsNull(row)) return "NULL";
  if (vector.physical() == PhysicalType::kDecimal) {
    Decimal shown;
    if (vector.DecimalAt(row).Rescale(vector.type().decimals, &shown) == DecimalStatus::kOverflow) shown = vector.DecimalAt(row);
    return shown.ToString();
  }
  return DatumToText(vector.GetDatum(vector.Index(row)), vector.type());
}

struct Harness {
  TestSession session;
  Diagnostics diagnostics;
  EvalContext context;
  ResolveContext resolve;

  explicit Harness(const CallOptions& options) {
    context.session = &session;
    context.diagnostics = &diagnostics;
    context.time_zone = TimeZone::Utc().get();
    context.sql_mode = options.sql_mode;
    context.is_dml = options.is_dml;
    context.statement_time_us = 1'700'000'000'123'456;  // 2023-11-14 22:13:20.123456
    resolve.sql_mode = options.sql_mode;
    resolve.session = &session;
    resolve.diagnostics = &diagnostics;
    resolve.time_zone = context.time_zone;
    resolve.target_type = options.target_type;
  }
  CallOutcome Fail(const Error& error) { return {"!" + std::to_string(error.number()), {}, {}, error.message()}; }
  void Finish(CallOutcome* outcome) {
    for (const auto& condition : diagnostics.conditions()) {
      outcome->warnings.push_back(condition.number);
      if (outcome->message.empty()) outcome->message = condition.message;
    }
  }
};

ArgumentInfo InfoOf(const Literal& literal) {
  ArgumentInfo info;
  info.type = literal.type;
  info.is_nullable = literal.value.is_null();
  info.coercibility = literal.type.IsNull() ? Coercibility::kNull : literal.type.IsString() ? Coercibility::kLiteral : Coercibility::kNumeric;
  info.constant = &literal.value;
  info.text = literal.text;
  return info;
}

}  // namespace

CallOutcome CallFunction(std::string_view name, std::string_view text, const CallOptions& options) {
  Harness harness(options);
  std::vector<Literal> literals = ReadLiterals(text);
  std::vector<ArgumentInfo> arguments;
  for (const Literal& literal : literals) arguments.push_back(InfoOf(literal));
  const FunctionDescriptor* function = FindFunction(name);
  if (function == nullptr) return {"no such function", {}, {}, ""};
  auto signature = ResolveCall(harness.resolve, *function, arguments);
  if (!signature.ok()) return harness.Fail(signature.error());
  std::vector<Vector> vectors;
  vectors.reserve(literals.size() * 2);
  std::vector<const Vector*> pointers;
  for (size_t i = 0; i < literals.size(); ++i) {
    Vector& vector = vectors.emplace_back(literals[i].type, 4);
    vector.SetConstant(literals[i].value.datum());
    const Vector* argument = &vector;
    if (!(signature->arguments[i] == literals[i].type)) {
      Vector& cast = vectors.emplace_back(signature->arguments[i], 4);
      Status status = CastVector(harness.context, vector, Selection::All(2), &cast);
      if (!status.ok()) return harness.Fail(status.error());
      argument = &cast;
    }
    pointers.push_back(argument);
  }
  Vector result(signature->result, 4);
  std::unique_ptr<FunctionState> state = signature->make_state ? signature->make_state() : nullptr;
  // Two rows, so that state kept between rows is seen; the second counts.
  uint16_t position = 1;
  std::string call_text = fmt::format("{}({})", name, text);
  FunctionCall call{harness.context, pointers, Selection{&position, 1}, &result, state.get(), call_text};
  Status status = signature->eval(call);
  if (!status.ok()) return harness.Fail(status.error());
  CallOutcome outcome{ShownText(result, 1), {}, signature->result, ""};
  if (outcome.text == "NULL" && !signature->is_nullable) outcome.text = "NULL (though not nullable)";
  harness.Finish(&outcome);
  return outcome;
}

CallOutcome CallAggregate(std::string_view name, std::string_view text) {
  Harness harness({});
  std::vector<Literal> literals = ReadLiterals(text);
  const AggregateDescriptor* aggregate = FindAggregate(name);
  if (aggregate == nullptr) return {"no such aggregate", {}, {}, ""};
  ArgumentInfo info;
  for (const Literal& literal : literals) {
    if (!literal.type.IsNull()) {
      info.type = literal.type;
      break;
    }
  }
  AggregateSignature signature;
  AggregateOptions options;
  Status status = aggregate->resolve(harness.resolve, std::span(&info, 1), options, &signature);
  if (!status.ok()) return harness.Fail(status.error());
  Vector argument(signature.arguments[0], 64);
  for (uint32_t i = 0; i < literals.size(); ++i) {
    Vector one(literals[i].type, 1);
    one.SetConstant(literals[i].value.datum());
    Vector cast(signature.arguments[0], 1);
    status = CastVector(harness.context, one, Selection::All(1), &cast);
    if (!status.ok()) return harness.Fail(status.error());
    if (cast.IsNull(0)) {
      argument.SetNull(i);
    } else {
      argument.SetDatum(i, cast.GetDatum(0));
    }
  }
  // Two partial states, merged.
  auto memory = std::make_unique<std::max_align_t[]>(signature.state_bytes / sizeof(std::max_align_t) * 2 + 8);
  void* first = memory.get();
  void* second = memory.get() + signature.state_bytes / sizeof(std::max_align_t) + 2;
  signature.initialize(first);
  signature.initialize(second);
  std::vector<void*> states(64, first);
  for (size_t i = literals.size() / 2; i < states.size(); ++i) states[i] = second;
  const Vector* pointer = &argument;
  AggregateCall call{harness.context, std::span(&pointer, 1), Selection::All(static_cast<uint32_t>(literals.size())), states.data(), options};
  status = signature.update(call);
  if (!status.ok()) return harness.Fail(status.error());
  EXPECT_TRUE(signature.merge(harness.context, first, second, options).ok());
  Vector result(signature.result, 1);
  EXPECT_TRUE(signature.finalize(harness.context, &first, 1, options, &result).ok());
  CallOutcome outcome{ShownText(result, 0), {}, signature.result, ""};
  if (signature.destroy != nullptr) {
    signature.destroy(first);
    signature.destroy(second);
  }
  harness.Finish(&outcome);
  return outcome;
}

}  // namespace mahi
