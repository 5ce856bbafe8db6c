#include "binder/ddl_default.h"

#include <strings.h>

#include <array>

#include "types/conversion.h"
#include "types/sql_mode.h"

namespace mahi {

namespace {

// Engines whose names MySQL 8.4 knows and that keep rows of their own.
constexpr std::array<std::string_view, 7> kEngines = {"InnoDB", "MyISAM",  "MEMORY", "ARCHIVE",
                                                      "CSV",    "RocksDB", "MRG_MyISAM"};

bool SameWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// The literal below signs; `is_negative` tells their product.
const ast::Literal* SignedLiteral(const ast::Expression* expression, bool* is_negative) {
  while (expression->Is<ast::Unary>()) {
    const auto* unary = expression->As<ast::Unary>();
    if (unary->op == ast::UnaryOperator::kNegate) {
      *is_negative = !*is_negative;
    } else if (unary->op != ast::UnaryOperator::kPlus) {
      return nullptr;
    }
    expression = unary->operand;
  }
  if (expression->Is<ast::Introducer>()) expression = expression->As<ast::Introducer>()->literal;
  return expression->Is<ast::Literal>() ? expression->As<ast::Literal>() : nullptr;
}

}  // namespace

bool IsCurrentTimestamp(const ast::Expression* expression, const SqlType& type) {
  if (!expression->Is<ast::Function>()) return false;
  if (type.id != TypeId::kTimestamp && type.id != TypeId::kDateTime) return false;
  const auto* call = expression->As<ast::Function>();
  if (!SameWord(call->name, "now") && !SameWord(call->name, "current_timestamp") &&
      !SameWord(call->name, "localtime") && !SameWord(call->name, "localtimestamp")) {
    return false;
  }
  uint64_t fsp = 0;
  if (!call->arguments.empty()) {
    if (!call->arguments[0]->Is<ast::Literal>()) return false;
    const auto* literal = call->arguments[0]->As<ast::Literal>();
    if (literal->literal_kind != ast::LiteralKind::kInteger) return false;
    fsp = literal->IntegerValue();
  }
  return fsp == type.decimals;
}

Status ResolveLiteralDefault(const BindContext& context, ast::Expression* value, Column* column) {
  const SqlType& type = column->type;
  if (value->Is<ast::Function>()) {
    if (!IsCurrentTimestamp(value, type)) return Error(ER_INVALID_DEFAULT, column->name);
    column->default_kind = DefaultKind::kNow;
    return Status::Ok();
  }
  bool is_negative = false;
  const ast::Literal* literal = SignedLiteral(value, &is_negative);
  if (literal == nullptr) return Error(ER_INVALID_DEFAULT, column->name);
  if (literal->literal_kind == ast::LiteralKind::kNull) {
    if (!column->is_nullable) return Error(ER_INVALID_DEFAULT, column->name);
    column->default_kind = DefaultKind::kNull;
    return Status::Ok();
  }
  if (type.IsBlob() || type.id == TypeId::kJson) {
    // '' is let through with a warning outside strict mode.
    const bool is_strict = (context.sql_mode & (kSqlModeStrictTransTables | kSqlModeStrictAllTables)) != 0;
    if (is_strict || !literal->text.empty() || type.id == TypeId::kJson) {
      return Error(ER_BLOB_CANT_HAVE_DEFAULT, column->name);
    }
    context.diagnostics->Warn(Error(ER_BLOB_CANT_HAVE_DEFAULT, column->name));
    return Status::Ok();
  }

  std::string text(literal->text);
  if (is_negative) text.insert(0, "-");
  Value source;
  SqlType source_type = SqlType::Varchar(static_cast<uint32_t>(text.size()), context.connection_collation);
  switch (literal->literal_kind) {
    case ast::LiteralKind::kTrue:
    case ast::LiteralKind::kFalse:
      source = Value::Int64(literal->literal_kind == ast::LiteralKind::kTrue ? 1 : 0);
      source_type = SqlType::BigInt();
      break;
    case ast::LiteralKind::kHex:
    case ast::LiteralKind::kBit:
      if (type.IsString()) {
        source = Value::String(text);
        source_type = SqlType::Varbinary(static_cast<uint32_t>(text.size()));
      } else {
        uint64_t bits = 0;
        if (text.size() > 8) return Error(ER_INVALID_DEFAULT, column->name);
        for (unsigned char c : text) bits = bits << 8 | c;
        source = Value::UInt64(bits);
        source_type = SqlType::BigInt(true);
      }
      break;
    case ast::LiteralKind::kInteger:
    case ast::LiteralKind::kDecimal: {
      // Numbers may not be defaults of temporal types but for 0; strings take their digits.
      if (type.IsString() || type.IsTemporal() || type.id == TypeId::kEnum || type.id == TypeId::kSet) {
        source = Value::String(text);
        if (type.id == TypeId::kEnum || type.id == TypeId::kSet) return Error(ER_INVALID_DEFAULT, column->name);
        break;
      }
      size_t consumed = 0;
      DecimalStatus decimal_status = DecimalStatus::kOk;
      Decimal decimal = Decimal::Parse(text, &consumed, &decimal_status);
      if (decimal_status == DecimalStatus::kOverflow) return Error(ER_INVALID_DEFAULT, column->name);
      source = Value::OfDecimal(decimal);
      source_type = SqlType::Decimal(kMaxDecimalPrecision, decimal.scale());
      break;
    }
    case ast::LiteralKind::kFloat:
      source = Value::Double(strtod(text.c_str(), nullptr));
      source_type = SqlType::Double();
      break;
    default:
      source = Value::String(text);
      break;
  }

  StoreContext store;
  store.sql_mode = context.sql_mode | kSqlModeStrictAllTables;
  store.time_zone = context.time_zone;
  store.column_name = column->name;
  Diagnostics ignored;
  store.diagnostics = &ignored;
  Value storage;
  Datum stored;
  Status status = StoreValue(source.datum(), source_type, type, store, &storage, &stored);
  if (!status.ok() || ignored.total_count() > ignored.error_count()) {
    // Lost fractions are rounded, everything else is refused.
    bool is_rounding = status.ok() && type.IsNumeric();
    if (!is_rounding) return Error(ER_INVALID_DEFAULT, column->name);
  }
  column->default_kind = DefaultKind::kLiteral;
  column->default_text = DatumToText(stored, type);
  column->default_value = Value(stored, type);
  return Status::Ok();
}

Result<std::string> ResolveEngine(const BindContext& context, std::string_view name, std::string_view table) {
  if (SameWord(name, "HEAP")) return std::string("MEMORY");
  for (std::string_view engine : kEngines) {
    if (!SameWord(engine, name)) continue;
    if (engine == "MRG_MyISAM") return Error(ER_NOT_SUPPORTED_YET, "MERGE tables");
    return std::string(engine);
  }
  if ((context.sql_mode & kSqlModeNoEngineSubstitution) != 0) return Error(ER_UNKNOWN_STORAGE_ENGINE, name);
  context.diagnostics->Warn(Error(ER_UNKNOWN_STORAGE_ENGINE, name));
  context.diagnostics->Warn(Error(ER_WARN_USING_OTHER_HANDLER, context.default_storage_engine, table));
  return std::string(context.default_storage_engine);
}

void AppendCreateOption(const ast::TableOption& option, std::string* options) {
  using ast::TableOptionKind;
  auto number = [&](const char* name) {
    if (option.number != 0) *options += fmt::format(" {}={}", name, option.number);
  };
  switch (option.kind) {
    case TableOptionKind::kAvgRowLength:
      return number("AVG_ROW_LENGTH");
    case TableOptionKind::kChecksum:
      return number("CHECKSUM");
    case TableOptionKind::kDelayKeyWrite:
      return number("DELAY_KEY_WRITE");
    case TableOptionKind::kKeyBlockSize:
      return number("KEY_BLOCK_SIZE");
    case TableOptionKind::kMaxRows:
      return number("MAX_ROWS");
    case TableOptionKind::kMinRows:
      return number("MIN_ROWS");
    case TableOptionKind::kPackKeys:
      if (!option.is_default) *options += fmt::format(" PACK_KEYS={}", option.number);
      return;
    case TableOptionKind::kStatsPersistent:
      if (!option.is_default) *options += fmt::format(" STATS_PERSISTENT={}", option.number);
      return;
    case TableOptionKind::kStatsAutoRecalc:
      if (!option.is_default) *options += fmt::format(" STATS_AUTO_RECALC={}", option.number);
      return;
    case TableOptionKind::kStatsSamplePages:
      return number("STATS_SAMPLE_PAGES");
    default:
      return;
  }
}

}  // namespace mahi
