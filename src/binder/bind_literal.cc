// Literals, parameters and variables.
// Source: MySQL 8.4 manual, chapter "Language Structure", "Literal Values"; "Parameter Markers" of "PREPARE Statement".
#include "binder/data_type.h"
#include "binder/internal/statement_binder.h"
#include "types/conversion.h"
#include "types/temporal.h"

namespace mahi {

namespace {

uint64_t BytesAsNumber(std::string_view bytes) {
  uint64_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

ConstantExpression* StatementBinder::Constant(Value value, SqlType type, std::string_view text) {
  auto* constant = New<ConstantExpression>();
  constant->is_nullable = value.is_null();
  constant->value = std::move(value);
  constant->coercibility = constant->is_nullable ? Coercibility::kNull
                           : type.IsString()     ? Coercibility::kLiteral
                                                 : Coercibility::kNumeric;
  constant->type = std::move(type);
  constant->text = text;
  return constant;
}

Expression* StatementBinder::IntegerConstant(int64_t value) {
  SqlType type = SqlType::BigInt();
  type.length = static_cast<uint32_t>(std::to_string(value).size());
  return Constant(Value::Int64(value), type, Copy(std::to_string(value)));
}

Expression* StatementBinder::TextConstant(std::string_view text) {
  const Collation& collation = CollationOrBinary(context_.connection_collation);
  SqlType type = SqlType::Varchar(static_cast<uint32_t>(collation.charset().CharLength(text)), collation.id());
  return Constant(Value::String(std::string(text)), type, Copy("'" + std::string(text) + "'"));
}

Result<Expression*> StatementBinder::BindLiteral(const ast::Literal& literal) {
  std::string_view text = TextOf(literal.source);
  using ast::LiteralKind;
  switch (literal.literal_kind) {
    case LiteralKind::kNull:
      return Constant(Value::Null(), SqlType::Null(), text);
    case LiteralKind::kTrue:
    case LiteralKind::kFalse: {
      SqlType type = SqlType::BigInt();
      type.length = 1;
      return Constant(Value::Int64(literal.literal_kind == LiteralKind::kTrue ? 1 : 0), type, text);
    }
    case LiteralKind::kInteger: {
      uint64_t value = literal.IntegerValue();
      SqlType type = SqlType::BigInt(value > INT64_MAX);
      type.length = static_cast<uint32_t>(std::to_string(value).size());
      if (value > INT64_MAX) return Constant(Value::UInt64(value), type, text);
      return Constant(Value::Int64(static_cast<int64_t>(value)), type, text);
    }
    case LiteralKind::kDecimal: {
      size_t consumed = 0;
      DecimalStatus status = DecimalStatus::kOk;
      Decimal value = Decimal::Parse(literal.text, &consumed, &status);
      if (status == DecimalStatus::kOverflow || !value.Fits(kMaxDecimalPrecision, value.scale())) {
        ConversionReport report;
        return Constant(Value::Double(TextToDouble(literal.text, &report)), SqlType::Double(), text);
      }
      return Constant(Value::OfDecimal(value), SqlType::Decimal(value.Precision(), value.scale()), text);
    }
    case LiteralKind::kFloat: {
      ConversionReport report;
      double value = TextToDouble(literal.text, &report);
      if (report.is_out_of_range) return Error(ER_ILLEGAL_VALUE_FOR_TYPE, "double", literal.text);
      SqlType type = SqlType::Double();
      type.length = static_cast<uint32_t>(literal.text.size());
      return Constant(Value::Double(value), type, text);
    }
    case LiteralKind::kString:
    case LiteralKind::kNationalString: {
      const Collation& collation = CollationOrBinary(literal.literal_kind == LiteralKind::kString
                                                         ? context_.connection_collation
                                                         : kCollationUtf8mb3GeneralCi);
      auto length = static_cast<uint32_t>(collation.charset().CharLength(literal.text));
      return Constant(Value::String(std::string(literal.text)), SqlType::Varchar(length, collation.id()), text);
    }
    case LiteralKind::kHex:
    case LiteralKind::kBit: {
      auto* constant = Constant(Value::String(std::string(literal.text)),
                                SqlType::Varbinary(static_cast<uint32_t>(literal.text.size())), text);
      hex_literals_.insert(constant);
      return constant;
    }
    case LiteralKind::kDate:
    case LiteralKind::kTime:
    case LiteralKind::kTimestamp: {
      TypeId id = literal.literal_kind == LiteralKind::kDate   ? TypeId::kDate
                  : literal.literal_kind == LiteralKind::kTime ? TypeId::kTime
                                                               : TypeId::kDateTime;
      const char* name = id == TypeId::kDate ? "DATE" : id == TypeId::kTime ? "TIME" : "DATETIME";
      TemporalReport report;
      uint32_t flags = DateFlagsFromSqlMode(context_.sql_mode);
      int64_t packed = ParseTemporal(literal.text, id, 6, flags, context_.time_zone, &report);
      bool is_wrong = report.is_bad || report.is_truncated || report.is_out_of_range;
      if (id == TypeId::kDate && report.has_time) is_wrong = true;
      if (is_wrong) return Error(ER_WRONG_VALUE, name, literal.text);
      SqlType type = id == TypeId::kDate   ? SqlType::Date()
                     : id == TypeId::kTime ? SqlType::Time(report.fsp)
                                           : SqlType::DateTime(report.fsp);
      return Constant(Value::Temporal(packed, id, report.fsp), type, text);
    }
  }
  MAHI_UNREACHABLE();
}

Result<Expression*> StatementBinder::BindIntroducer(const ast::Introducer& introducer) {
  const Charset* charset = FindCharset(introducer.charset);
  if (charset == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, introducer.charset);
  std::string bytes(introducer.literal->text);
  // Code units are padded at the left: _utf16 x'41' is 'A'.
  if (charset->min_bytes > 1 && introducer.literal->literal_kind != ast::LiteralKind::kString) {
    while (bytes.size() % charset->min_bytes != 0) bytes.insert(bytes.begin(), '\0');
  }
  if (!charset->is_binary() && !charset->IsWellFormed(bytes)) {
    std::string_view tail = std::string_view(bytes).substr(charset->WellFormedBytes(bytes));
    std::string shown;
    for (char c : tail.substr(0, 6)) shown += fmt::format("{:02X}", static_cast<unsigned char>(c));
    return Error(ER_INVALID_CHARACTER_STRING, charset->name, shown);
  }
  auto length = static_cast<uint32_t>(charset->CharLength(bytes));
  SqlType type = SqlType::Varchar(length, charset->default_collation);
  return Constant(Value::String(std::move(bytes)), type, TextOf(introducer.source));
}

Expression* StatementBinder::AsNumberIfHex(Expression* expression) {
  if (!hex_literals_.contains(expression)) return expression;
  SqlType type = SqlType::UnsignedBigInt();
  return Constant(Value::UInt64(BytesAsNumber(As<ConstantExpression>(expression)->value.string())), type,
                  expression->text);
}

Result<Expression*> StatementBinder::BindParameter(const ast::Parameter& parameter) {
  auto* node = New<ParameterExpression>();
  node->index = parameter.index;
  node->text = "?";
  node->coercibility = Coercibility::kLiteral;
  if (context_.parameter_types != nullptr && parameter.index < context_.parameter_types->size()) {
    node->type = (*context_.parameter_types)[parameter.index];
    if (!node->type.IsString()) node->coercibility = Coercibility::kNumeric;
    if (node->type.IsNull()) node->coercibility = Coercibility::kNull;
  } else {
    unsettled_.insert(node);
  }
  if (parameters_.size() <= parameter.index) parameters_.resize(parameter.index + 1);
  parameters_[parameter.index].push_back(node);
  return node;
}

bool StatementBinder::IsUnsettled(const Expression* expression) const {
  const auto* parameter = TryAs<ParameterExpression>(expression);
  return parameter != nullptr && unsettled_.contains(parameter);
}

void StatementBinder::SettleParameter(Expression* expression, const SqlType& type) {
  auto* parameter = TryAs<ParameterExpression>(expression);
  if (parameter == nullptr || unsettled_.erase(parameter) == 0) return;
  parameter->type = type;
  if (type.IsNull() || type.IsEnumOrSet()) parameter->type = SqlType::Varchar(65535, context_.connection_collation);
  if (parameter->type.IsString() && !parameter->type.IsBinaryString()) {
    parameter->type = SqlType::Varchar(65535, context_.connection_collation);
  }
  if (!parameter->type.IsString()) parameter->coercibility = Coercibility::kNumeric;
}

Result<Expression*> StatementBinder::BindUserVariable(const ast::UserVariable& variable) {
  auto* node = New<UserVariableExpression>();
  node->name = Copy(AsciiLower(variable.name));
  node->text = TextOf(variable.source);
  node->type = context_.session != nullptr ? context_.session->GetUserVariableType(node->name)
                                           : SqlType::Varchar(0, context_.connection_collation);
  if (node->type.IsNull()) node->type = SqlType::LongText(context_.connection_collation);
  node->coercibility = Coercibility::kImplicit;
  plan_.is_cacheable = false;
  return node;
}

Result<Expression*> StatementBinder::BindSystemVariable(const ast::SystemVariable& variable) {
  auto* node = New<SystemVariableExpression>();
  std::string name = AsciiLower(variable.name);
  if (!variable.component.empty()) name = AsciiLower(variable.component) + "." + name;
  node->name = Copy(name);
  node->is_global = variable.scope == ast::VariableScope::kGlobal || variable.scope == ast::VariableScope::kPersist ||
                    variable.scope == ast::VariableScope::kPersistOnly;
  node->text = TextOf(variable.source);
  node->coercibility = Coercibility::kSystem;
  plan_.is_cacheable = false;
  node->type = SqlType::Varchar(1024, context_.connection_collation);
  if (context_.session != nullptr) {
    MAHI_ASSIGN_OR_RETURN(Value value, context_.session->GetSystemVariable(node->name, node->is_global));
    if (!value.is_null()) {
      node->type = value.NaturalType();
      if (node->type.IsInteger()) node->type = SqlType::BigInt(node->type.is_unsigned);
      if (node->type.IsCharacterString()) node->type.collation = kCollationUtf8mb3GeneralCi;
      if (node->type.IsCharacterString()) node->type.collation = context_.connection_collation;
    }
  }
  return node;
}

}  // namespace mahi
