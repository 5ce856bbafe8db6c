// Operators, functions, casts and control flow.
// Source: MySQL 8.4 manual, chapter "Functions and Operators".
#include "binder/data_type.h"
#include "binder/internal/statement_binder.h"
#include "parser/ast/printer.h"
#include "types/conversion.h"

namespace mahi {

namespace {

constexpr uint32_t kMaxDepth = 1500;
constexpr uint64_t kMaxBoundNodes = 30'000'000;
constexpr size_t kMaxChain = 4000;

std::string_view OperatorName(ast::BinaryOperator op) {
  using Op = ast::BinaryOperator;
  switch (op) {
    case Op::kAdd: return "+";
    case Op::kSubtract: return "-";
    case Op::kMultiply: return "*";
    case Op::kDivide: return "/";
    case Op::kIntegerDivide: return "div";
    case Op::kModulo: return "%";
    case Op::kBitAnd: return "&";
    case Op::kBitOr: return "|";
    case Op::kBitXor: return "^";
    case Op::kShiftLeft: return "<<";
    case Op::kShiftRight: return ">>";
    case Op::kEqual: return "=";
    case Op::kNullSafeEqual: return "<=>";
    case Op::kNotEqual: return "<>";
    case Op::kLess: return "<";
    case Op::kLessEqual: return "<=";
    case Op::kGreater: return ">";
    case Op::kGreaterEqual: return ">=";
    case Op::kLogicalXor: return "xor";
    case Op::kConcat: return "concat";
    case Op::kJsonExtract: return "json_extract";
    case Op::kJsonUnquote: return "->>";
    case Op::kSoundsLike: return "soundex";
    case Op::kMemberOf: return "member of";
  }
  return "";
}

bool IsComparison(ast::BinaryOperator op) {
  return op >= ast::BinaryOperator::kEqual && op <= ast::BinaryOperator::kGreaterEqual;
}

bool IsArithmetic(ast::BinaryOperator op) { return op <= ast::BinaryOperator::kShiftRight; }

Error StackOverrun() { return Error(ER_STACK_OVERRUN_NEED_MORE, 983040, 1048576, 81920); }

class DepthGuard {
 public:
  explicit DepthGuard(uint32_t* depth) : depth_(*depth) { ++depth_; }
  ~DepthGuard() { --depth_; }

 private:
  uint32_t& depth_;
};

}  // namespace

ColumnExpression* StatementBinder::ColumnRef(ColumnId id, const SqlType& type, bool is_nullable) {
  auto* column = New<ColumnExpression>();
  column->column = id;
  column->type = type;
  column->is_nullable = is_nullable;
  return column;
}

Expression* StatementBinder::ColumnRef(const ScopeColumn& column) {
  ColumnExpression* expression = ColumnRef(column.id, column.type, column.is_nullable);
  expression->coercibility = column.coercibility;
  expression->text = column.name;
  return expression;
}

ArgumentInfo StatementBinder::Info(const Expression* expression) const {
  ArgumentInfo info;
  info.type = expression->type;
  info.is_nullable = expression->is_nullable;
  info.coercibility = expression->coercibility;
  info.text = expression->text;
  info.is_column = expression->kind == ExpressionKind::kColumn || expression->kind == ExpressionKind::kOuterColumn;
  if (const auto* constant = TryAs<ConstantExpression>(expression)) info.constant = &constant->value;
  return info;
}

std::vector<ArgumentInfo> StatementBinder::Infos(const std::vector<Expression*>& expressions) const {
  std::vector<ArgumentInfo> infos;
  infos.reserve(expressions.size());
  for (const Expression* expression : expressions) infos.push_back(Info(expression));
  return infos;
}

ResolveContext StatementBinder::MakeResolveContext(std::string_view text) const {
  ResolveContext resolve;
  resolve.sql_mode = context_.sql_mode;
  resolve.connection_collation = context_.connection_collation;
  resolve.session = context_.session;
  resolve.div_precision_increment = context_.div_precision_increment;
  resolve.time_zone = context_.time_zone;
  resolve.diagnostics = context_.diagnostics;
  resolve.function_text = text;
  return resolve;
}

Expression* StatementBinder::Cast(Expression* expression, const SqlType& type) {
  const SqlType& from = expression->type;
  if (type.IsNull()) return expression;
  if (from.IsNull()) {
    if (expression->kind == ExpressionKind::kConstant) {
      ConstantExpression* null = Constant(Value::Null(), type, expression->text);
      null->coercibility = Coercibility::kNull;
      return null;
    }
  } else if (from.physical() == type.physical()) {
    bool is_same = true;
    switch (type.physical()) {
      case PhysicalType::kString:
        is_same = from.collation == type.collation;
        if (!is_same) {
          auto* constant = TryAs<ConstantExpression>(expression);
          if (constant != nullptr && from.charset().id == type.charset().id) {
            SqlType retyped = from;
            retyped.collation = type.collation;
            ConstantExpression* copy = Constant(constant->value, retyped, constant->text);
            copy->coercibility = constant->coercibility;
            return copy;
          }
        }
        // CHAR(n) and BINARY(n) as cast targets cut; these come as explicit calls of "cast".
        break;
      case PhysicalType::kTemporal:
        is_same = from.id == type.id || (from.IsDateTimeLike() && type.IsDateTimeLike());
        if (is_same) is_same = from.decimals <= type.decimals;
        break;
      case PhysicalType::kDecimal:
        is_same = from.decimals == type.decimals;
        break;
      case PhysicalType::kUInt64:
        is_same = from.IsEnumOrSet() == type.IsEnumOrSet() && (from.id == TypeId::kBit) == (type.id == TypeId::kBit);
        if (from.IsEnumOrSet() && from.members != type.members) is_same = false;
        break;
      case PhysicalType::kDouble:
        is_same = type.id != TypeId::kFloat || from.id == TypeId::kFloat;
        break;
      default:
        break;
    }
    if (is_same) return expression;
  }
  auto* cast = New<FunctionExpression>();
  cast->type = type;
  cast->is_nullable = expression->is_nullable || (type.IsTemporal() && !from.IsTemporal());
  cast->coercibility = expression->coercibility;
  cast->text = expression->text;
  cast->arguments = {expression};
  return cast;
}

Result<Expression*> StatementBinder::Call(std::string_view name, std::vector<Expression*> arguments,
                                          std::string_view text) {
  const FunctionDescriptor* function = FindFunction(name);
  if (function == nullptr) return Error(ER_NOT_SUPPORTED_YET, name);
  return Call(*function, std::move(arguments), text);
}

Result<Expression*> StatementBinder::Call(const FunctionDescriptor& function, std::vector<Expression*> arguments,
                                          std::string_view text, const SqlType* target_type) {
  for (Expression*& argument : arguments) {
    if (!IsUnsettled(argument)) continue;
    // A parameter takes after its neighbours, or is text.
    SqlType type = SqlType::Varchar(65535, context_.connection_collation);
    for (Expression* other : arguments) {
      if (other != argument && !IsUnsettled(other) && !other->type.IsNull()) {
        if (arguments.size() == 2 || other->type.IsNumeric()) type = other->type;
        break;
      }
    }
    if (type.IsInteger()) type = SqlType::BigInt(type.is_unsigned);
    SettleParameter(argument, type);
  }
  ResolveContext resolve = MakeResolveContext(function.name);
  resolve.target_type = target_type;
  std::vector<ArgumentInfo> infos = Infos(arguments);
  auto resolved = ResolveCall(resolve, function, infos);
  if (resolved.Is(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT)) {
    // The message names the function as it was written: the text of the call begins with the name.
    std::string_view written = text.substr(0, function.name.size());
    if (EqualIgnoreAsciiCase(written, function.name)) return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, written);
  }
  if (!resolved.ok()) return resolved.TakeStatus();
  Signature signature = std::move(resolved).value();
  auto* call = New<FunctionExpression>();
  call->function = &function;
  call->type = signature.result;
  call->is_nullable = signature.is_nullable;
  call->coercibility = signature.coercibility;
  call->eval = signature.eval;
  call->make_state = signature.make_state;
  call->text = text;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i < signature.arguments.size()) arguments[i] = Cast(arguments[i], signature.arguments[i]);
  }
  call->arguments = std::move(arguments);
  if ((function.flags & (kFunctionSideEffect | kFunctionPerStatement)) != 0 && function.family == "info") {
    plan_.is_cacheable = false;
  }
  return call;
}

Expression* StatementBinder::MakeLogical(LogicalOperator op, std::vector<Expression*> operands,
                                         std::string_view text) {
  if (operands.size() == 1) return operands[0];
  auto* node = New<LogicalExpression>();
  node->op = op;
  node->type = SqlType::Boolean();
  node->coercibility = Coercibility::kNumeric;
  node->is_nullable = false;
  for (Expression* operand : operands) node->is_nullable |= operand->is_nullable;
  node->operands = std::move(operands);
  node->text = text;
  return node;
}

Result<Expression*> StatementBinder::Not(Expression* operand, std::string_view text) {
  return Call("not", {operand}, text);
}

Result<Expression*> StatementBinder::Bind(const ast::Expression& expression, Scope* scope) {
  DepthGuard guard(&depth_);
  if (depth_ > kMaxDepth || ++bound_count_ > kMaxBoundNodes) return StackOverrun();
  MAHI_ASSIGN_OR_RETURN(Expression * bound, BindInner(expression, scope));
  if (bound->text.empty()) bound->text = TextOf(expression.source);
  return bound;
}

Result<Expression*> StatementBinder::BindOperand(const ast::Expression& expression, Scope* scope) {
  MAHI_ASSIGN_OR_RETURN(Expression * bound, Bind(expression, scope));
  if (bound->kind == ExpressionKind::kRow) return Error(ER_OPERAND_COLUMNS, 1);
  return bound;
}

Result<Expression*> StatementBinder::BindInner(const ast::Expression& expression, Scope* scope) {
  using Kind = ast::ExpressionKind;
  std::string_view text = TextOf(expression.source);
  switch (expression.kind) {
    case Kind::kLiteral: return BindLiteral(*expression.As<ast::Literal>());
    case Kind::kIntroducer: return BindIntroducer(*expression.As<ast::Introducer>());
    case Kind::kColumnReference: return BindColumnReference(*expression.As<ast::ColumnReference>(), scope);
    case Kind::kParameter: return BindParameter(*expression.As<ast::Parameter>());
    case Kind::kUserVariable: return BindUserVariable(*expression.As<ast::UserVariable>());
    case Kind::kUserVariableAssignment: {
      const auto& assignment = *expression.As<ast::UserVariableAssignment>();
      MAHI_ASSIGN_OR_RETURN(Expression * value, BindOperand(*assignment.value, scope));
      SettleParameter(value, SqlType::Varchar(65535, context_.connection_collation));
      auto* node = New<UserVariableAssignmentExpression>();
      node->name = Copy(AsciiLower(assignment.name));
      node->value = value;
      node->type = value->type;
      node->is_nullable = value->is_nullable;
      node->coercibility = Coercibility::kImplicit;
      node->text = text;
      plan_.is_cacheable = false;
      return node;
    }
    case Kind::kSystemVariable: return BindSystemVariable(*expression.As<ast::SystemVariable>());
    case Kind::kUnary: return BindUnary(*expression.As<ast::Unary>(), scope);
    case Kind::kBinary: return BindBinary(*expression.As<ast::Binary>(), scope);
    case Kind::kChain: return BindChain(*expression.As<ast::Chain>(), scope);
    case Kind::kLogical: return BindLogical(*expression.As<ast::Logical>(), scope);
    case Kind::kIsTest: return BindIsTest(*expression.As<ast::IsTest>(), scope);
    case Kind::kBetween: return BindBetween(*expression.As<ast::Between>(), scope);
    case Kind::kInList: return BindInList(*expression.As<ast::InList>(), scope);
    case Kind::kInSubquery: return BindInSubquery(*expression.As<ast::InSubquery>(), scope);
    case Kind::kLike: return BindLike(*expression.As<ast::Like>(), scope);
    case Kind::kRegexp: {
      const auto& regexp = *expression.As<ast::Regexp>();
      MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*regexp.operand, scope));
      MAHI_ASSIGN_OR_RETURN(Expression * pattern, BindOperand(*regexp.pattern, scope));
      MAHI_ASSIGN_OR_RETURN(Expression * call, Call("regexp", {operand, pattern}, text));
      return regexp.is_negated ? Not(call, text) : call;
    }
    case Kind::kQuantified: return BindQuantified(*expression.As<ast::Quantified>(), scope);
    case Kind::kCase: return BindCase(*expression.As<ast::Case>(), scope);
    case Kind::kCast: return BindCast(*expression.As<ast::Cast>(), scope);
    case Kind::kConvertUsing: return BindConvertUsing(*expression.As<ast::ConvertUsing>(), scope);
    case Kind::kCollate: return BindCollate(*expression.As<ast::Collate>(), scope);
    case Kind::kDateArithmetic: {
      const auto& node = *expression.As<ast::DateArithmetic>();
      MAHI_ASSIGN_OR_RETURN(Expression * date, BindOperand(*node.date, scope));
      MAHI_ASSIGN_OR_RETURN(Expression * amount, BindOperand(*node.amount, scope));
      SettleParameter(date, SqlType::DateTime(6));
      SettleParameter(amount, node.unit <= ast::IntervalUnit::kYear && node.unit != ast::IntervalUnit::kSecond
                                  ? SqlType::BigInt()
                                  : SqlType::Varchar(255, context_.connection_collation));
      return Call(node.is_subtraction ? "date_sub" : "date_add",
                  {date, amount, TextConstant(ast::IntervalUnitName(node.unit))}, text);
    }
    case Kind::kExtract: {
      const auto& node = *expression.As<ast::Extract>();
      MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*node.operand, scope));
      SettleParameter(operand, SqlType::DateTime(6));
      return Call("extract", {TextConstant(ast::IntervalUnitName(node.unit)), operand}, text);
    }
    case Kind::kTrim: {
      const auto& node = *expression.As<ast::Trim>();
      MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*node.operand, scope));
      std::vector<Expression*> arguments = {operand};
      if (node.remove != nullptr) {
        MAHI_ASSIGN_OR_RETURN(Expression * remove, BindOperand(*node.remove, scope));
        arguments.push_back(remove);
      }
      std::string_view name;
      switch (node.mode) {
        case ast::TrimMode::kBoth: name = node.remove == nullptr ? "trim" : "trim_both"; break;
        case ast::TrimMode::kLeading: name = node.remove == nullptr ? "ltrim" : "trim_leading"; break;
        case ast::TrimMode::kTrailing: name = node.remove == nullptr ? "rtrim" : "trim_trailing"; break;
      }
      return Call(name, std::move(arguments), text);
    }
    case Kind::kFunction: return BindFunction(*expression.As<ast::Function>(), scope);
    case Kind::kAggregate: return BindAggregate(*expression.As<ast::Aggregate>(), scope);
    case Kind::kWindowFunction: return BindWindowFunction(*expression.As<ast::WindowFunction>(), scope);
    case Kind::kSubquery: return BindScalarSubquery(*expression.As<ast::Subquery>(), scope);
    case Kind::kExists: return BindExists(*expression.As<ast::Exists>(), scope);
    case Kind::kRow: {
      const auto& row = *expression.As<ast::Row>();
      auto* node = New<RowExpression>();
      node->is_nullable = false;
      for (const ast::Expression* element : row.values) {
        MAHI_ASSIGN_OR_RETURN(Expression * bound, Bind(*element, scope));
        node->elements.push_back(bound);
      }
      node->text = text;
      return node;
    }
    case Kind::kDefault: return BindDefaultFunction(*expression.As<ast::Default>(), scope);
    case Kind::kInsertValues: return BindInsertValues(*expression.As<ast::InsertValues>(), scope);
    case Kind::kMatch: return Error(ER_NOT_SUPPORTED_YET, "FULLTEXT search");
    case Kind::kJsonValue: {
      const auto& node = *expression.As<ast::JsonValue>();
      if (node.on_empty.kind == ast::JsonActionKind::kDefault || node.on_error.kind == ast::JsonActionKind::kDefault ||
          node.on_empty.kind == ast::JsonActionKind::kError || node.on_error.kind == ast::JsonActionKind::kError) {
        return Error(ER_NOT_SUPPORTED_YET, "JSON_VALUE with ON EMPTY or ON ERROR");
      }
      MAHI_ASSIGN_OR_RETURN(Expression * document, BindOperand(*node.document, scope));
      MAHI_ASSIGN_OR_RETURN(Expression * path, BindOperand(*node.path, scope));
      SqlType type = SqlType::Varchar(512, context_.connection_collation);
      if (node.returning != nullptr) {
        MAHI_ASSIGN_OR_RETURN(type, ResolveColumnType(*node.returning, "", context_.connection_collation, true, false,
                                                      context_.diagnostics));
      }
      const FunctionDescriptor* function = FindFunction("json_value");
      if (function == nullptr) return Error(ER_NOT_SUPPORTED_YET, "JSON_VALUE");
      return Call(*function, {document, path}, text, &type);
    }
    case Kind::kCharFunction: {
      const auto& node = *expression.As<ast::CharFunction>();
      std::vector<Expression*> arguments;
      for (const ast::Expression* code : node.codes) {
        MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*code, scope));
        arguments.push_back(AsNumberIfHex(bound));
      }
      SqlType type = SqlType::Varbinary(static_cast<uint32_t>(4 * arguments.size()));
      if (!node.charset.empty()) {
        const Charset* charset = FindCharset(node.charset);
        if (charset == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, node.charset);
        type = SqlType::Varchar(type.length, charset->default_collation);
      }
      const FunctionDescriptor* function = FindFunction("char");
      if (function == nullptr) return Error(ER_NOT_SUPPORTED_YET, "CHAR()");
      return Call(*function, std::move(arguments), text, &type);
    }
    case Kind::kWeightString: {
      const auto& node = *expression.As<ast::WeightString>();
      MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*node.operand, scope));
      const FunctionDescriptor* function = FindFunction("weight_string");
      if (function == nullptr) return Error(ER_NOT_SUPPORTED_YET, "WEIGHT_STRING");
      if (node.type == nullptr) return Call(*function, {operand}, text);
      MAHI_ASSIGN_OR_RETURN(SqlType type, ResolveColumnType(*node.type, "", operand->type.collation, true, false,
                                                            context_.diagnostics));
      return Call(*function, {operand}, text, &type);
    }
    case Kind::kTimestampFunction: {
      const auto& node = *expression.As<ast::TimestampFunction>();
      MAHI_ASSIGN_OR_RETURN(Expression * first, BindOperand(*node.first, scope));
      MAHI_ASSIGN_OR_RETURN(Expression * second, BindOperand(*node.second, scope));
      return Call(node.is_difference ? "timestampdiff" : "timestampadd",
                  {TextConstant(ast::IntervalUnitName(node.unit)), first, second}, text);
    }
    case Kind::kInterval:
      return Error(ER_NOT_SUPPORTED_YET, "INTERVAL here");
  }
  MAHI_UNREACHABLE();
}

Result<Expression*> StatementBinder::BindUnary(const ast::Unary& unary, Scope* scope) {
  std::string_view text = TextOf(unary.source);
  MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*unary.operand, scope));
  switch (unary.op) {
    case ast::UnaryOperator::kPlus:
      return operand;
    case ast::UnaryOperator::kNegate: {
      operand = AsNumberIfHex(operand);
      SettleParameter(operand, SqlType::Double());
      if (auto* constant = TryAs<ConstantExpression>(operand); constant != nullptr && !constant->value.is_null()) {
        // The sign of a literal, so that -9223372036854775808 is a BIGINT.
        const Value& value = constant->value;
        SqlType type = constant->type;
        ++type.length;
        if (constant->type.IsInteger() && value.kind() == PhysicalType::kInt64 && value.int64() != INT64_MIN) {
          return Constant(Value::Int64(-value.int64()), type, text);
        }
        if (value.kind() == PhysicalType::kUInt64 && constant->type.IsInteger()) {
          if (value.uint64() == uint64_t{1} << 63) {
            type.is_unsigned = false;
            return Constant(Value::Int64(INT64_MIN), type, text);
          }
          if (value.uint64() > uint64_t{1} << 63) {
            std::string digits = "-" + std::to_string(value.uint64());
            size_t consumed = 0;
            DecimalStatus status = DecimalStatus::kOk;
            return Constant(Value::OfDecimal(Decimal::Parse(digits, &consumed, &status)), SqlType::Decimal(20, 0),
                            text);
          }
        }
        if (value.kind() == PhysicalType::kDouble) return Constant(Value::Double(-value.real()), type, text);
        if (value.kind() == PhysicalType::kDecimal) {
          size_t consumed = 0;
          DecimalStatus status = DecimalStatus::kOk;
          std::string digits = value.decimal().ToString();
          digits = digits[0] == '-' ? digits.substr(1) : "-" + digits;
          return Constant(Value::OfDecimal(Decimal::Parse(digits, &consumed, &status)), constant->type, text);
        }
      }
      return Call("unary-", {operand}, text);
    }
    case ast::UnaryOperator::kBitNot:
      operand = AsNumberIfHex(operand);
      SettleParameter(operand, SqlType::BigInt());
      return Call("~", {operand}, text);
    case ast::UnaryOperator::kNot:
      if (auto* subquery = TryAs<SubqueryExpression>(operand);
          subquery != nullptr && subquery->subquery_kind == SubqueryKind::kExists) {
        subquery->is_negated = !subquery->is_negated;
        subquery->text = text;
        return subquery;
      }
      return Not(operand, text);
    case ast::UnaryOperator::kBinary: {
      SqlType type = SqlType::Varbinary(static_cast<uint32_t>(std::min<uint64_t>(operand->type.MaxBytes(), UINT32_MAX)));
      SettleParameter(operand, type);
      Expression* cast = Cast(operand, type);
      if (cast == operand) return operand;
      cast->text = text;
      return cast;
    }
  }
  MAHI_UNREACHABLE();
}

Result<Expression*> StatementBinder::BindBinary(const ast::Binary& binary, Scope* scope) {
  std::string_view text = TextOf(binary.source);
  if (IsComparison(binary.op)) return CompareAst(binary.op, *binary.left, *binary.right, scope, text);
  MAHI_ASSIGN_OR_RETURN(Expression * left, BindOperand(*binary.left, scope));
  MAHI_ASSIGN_OR_RETURN(Expression * right, BindOperand(*binary.right, scope));
  switch (binary.op) {
    case ast::BinaryOperator::kLogicalXor:
      return MakeLogical(LogicalOperator::kXor, {left, right}, text);
    case ast::BinaryOperator::kJsonUnquote: {
      MAHI_ASSIGN_OR_RETURN(Expression * extract, Call("json_extract", {left, right}, text));
      return Call("json_unquote", {extract}, text);
    }
    case ast::BinaryOperator::kSoundsLike: {
      MAHI_ASSIGN_OR_RETURN(Expression * left_sound, Call("soundex", {left}, text));
      MAHI_ASSIGN_OR_RETURN(Expression * right_sound, Call("soundex", {right}, text));
      return Compare("=", left_sound, right_sound, text);
    }
    default:
      break;
  }
  if (IsArithmetic(binary.op)) {
    bool both_binary = binary.op >= ast::BinaryOperator::kBitAnd && left->type.IsBinaryString() &&
                       right->type.IsBinaryString() && !(hex_literals_.contains(left) && hex_literals_.contains(right));
    if (!both_binary) {
      left = AsNumberIfHex(left);
      right = AsNumberIfHex(right);
    }
    if (IsUnsettled(left) && IsUnsettled(right)) {
      SettleParameter(left, SqlType::Double());
      SettleParameter(right, SqlType::Double());
    }
  }
  return Call(OperatorName(binary.op), {left, right}, text);
}

Result<Expression*> StatementBinder::BindChain(const ast::Chain& chain, Scope* scope) {
  if (chain.links.size() > kMaxChain) return StackOverrun();
  MAHI_ASSIGN_OR_RETURN(Expression * left, BindOperand(*chain.first, scope));
  std::string_view text = TextOf(chain.source);
  for (const ast::ChainLink& link : chain.links) {
    MAHI_ASSIGN_OR_RETURN(Expression * right, BindOperand(*link.operand, scope));
    if (IsComparison(link.op)) {
      MAHI_ASSIGN_OR_RETURN(left, Compare(OperatorName(link.op), left, right, text));
      continue;
    }
    if (link.op == ast::BinaryOperator::kLogicalXor) {
      left = MakeLogical(LogicalOperator::kXor, {left, right}, text);
      continue;
    }
    if (IsArithmetic(link.op)) {
      left = AsNumberIfHex(left);
      right = AsNumberIfHex(right);
    }
    MAHI_ASSIGN_OR_RETURN(left, Call(OperatorName(link.op), {left, right}, text));
  }
  return left;
}

Result<Expression*> StatementBinder::BindLogical(const ast::Logical& logical, Scope* scope) {
  std::vector<Expression*> operands;
  operands.reserve(logical.operands.size());
  for (const ast::Expression* operand : logical.operands) {
    MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*operand, scope));
    SettleParameter(bound, SqlType::BigInt());
    bound = AsNumberIfHex(bound);
    operands.push_back(bound);
  }
  return MakeLogical(logical.is_and ? LogicalOperator::kAnd : LogicalOperator::kOr, std::move(operands),
                     TextOf(logical.source));
}

Result<Expression*> StatementBinder::BindIsTest(const ast::IsTest& test, Scope* scope) {
  std::string_view text = TextOf(test.source);
  MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*test.operand, scope));
  std::string name = "is_";
  switch (test.test) {
    case ast::IsTestKind::kNull:
    case ast::IsTestKind::kUnknown:
      name += "null";
      break;
    case ast::IsTestKind::kTrue:
      name += "true";
      break;
    case ast::IsTestKind::kFalse:
      name += "false";
      break;
  }
  if (test.is_negated) {
    if (const FunctionDescriptor* negated = FindFunction("is_not_" + name.substr(3))) {
      return Call(*negated, {operand}, text);
    }
  }
  MAHI_ASSIGN_OR_RETURN(Expression * call, Call(name, {operand}, text));
  return test.is_negated ? Not(call, text) : call;
}

Result<Expression*> StatementBinder::BindLike(const ast::Like& like, Scope* scope) {
  std::string_view text = TextOf(like.source);
  MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*like.operand, scope));
  MAHI_ASSIGN_OR_RETURN(Expression * pattern, BindOperand(*like.pattern, scope));
  std::vector<Expression*> arguments = {operand, pattern};
  if (like.escape != nullptr) {
    MAHI_ASSIGN_OR_RETURN(Expression * escape, BindOperand(*like.escape, scope));
    arguments.push_back(escape);
  } else if ((context_.sql_mode & kSqlModeNoBackslashEscapes) != 0) {
    arguments.push_back(TextConstant(""));
  }
  MAHI_ASSIGN_OR_RETURN(Expression * call, Call("like", std::move(arguments), text));
  return like.is_negated ? Not(call, text) : call;
}

Result<Expression*> StatementBinder::Coalesce(std::vector<Expression*> operands, std::string_view text) {
  SqlType parameter_type = SqlType::Varchar(65535, context_.connection_collation);
  for (Expression* operand : operands) {
    if (!IsUnsettled(operand) && !operand->type.IsNull()) {
      parameter_type = operand->type;
      break;
    }
  }
  auto* node = New<CoalesceExpression>();
  bool all_nullable = true;
  for (Expression* operand : operands) {
    SettleParameter(operand, parameter_type);
    all_nullable &= operand->is_nullable;
  }
  ResolveContext resolve = MakeResolveContext("coalesce");
  std::vector<ArgumentInfo> infos = Infos(operands);
  MAHI_ASSIGN_OR_RETURN(node->type, CommonType(resolve, infos, &node->coercibility));
  for (Expression*& operand : operands) operand = Cast(operand, node->type);
  node->operands = std::move(operands);
  node->is_nullable = all_nullable;
  node->text = text;
  return node;
}

Result<Expression*> StatementBinder::MakeCase(std::vector<Expression*> conditions, std::vector<Expression*> results,
                                              Expression* otherwise, std::string_view text) {
  std::vector<Expression*> all = results;
  if (otherwise != nullptr) all.push_back(otherwise);
  SqlType parameter_type = SqlType::Varchar(65535, context_.connection_collation);
  for (Expression* result : all) {
    if (!IsUnsettled(result) && !result->type.IsNull()) {
      parameter_type = result->type;
      break;
    }
  }
  for (Expression* result : all) SettleParameter(result, parameter_type);
  for (Expression*& condition : conditions) {
    SettleParameter(condition, SqlType::BigInt());
    condition = AsNumberIfHex(condition);
  }
  auto* node = New<CaseExpression>();
  ResolveContext resolve = MakeResolveContext("case");
  std::vector<ArgumentInfo> infos = Infos(all);
  MAHI_ASSIGN_OR_RETURN(node->type, CommonType(resolve, infos, &node->coercibility));
  node->is_nullable = otherwise == nullptr;
  for (Expression* result : all) node->is_nullable |= result->is_nullable;
  for (Expression*& result : results) result = Cast(result, node->type);
  node->conditions = std::move(conditions);
  node->results = std::move(results);
  node->otherwise = otherwise == nullptr ? nullptr : Cast(otherwise, node->type);
  node->text = text;
  return node;
}

Result<Expression*> StatementBinder::BindCase(const ast::Case& node, Scope* scope) {
  std::string_view text = TextOf(node.source);
  std::vector<Expression*> conditions;
  std::vector<Expression*> results;
  for (const ast::WhenClause& when : node.when_clauses) {
    Expression* condition = nullptr;
    if (node.operand != nullptr) {
      MAHI_ASSIGN_OR_RETURN(condition, CompareAst(ast::BinaryOperator::kEqual, *node.operand, *when.condition, scope,
                                                  TextOf(when.condition->source)));
    } else {
      MAHI_ASSIGN_OR_RETURN(condition, BindOperand(*when.condition, scope));
    }
    conditions.push_back(condition);
    MAHI_ASSIGN_OR_RETURN(Expression * result, BindOperand(*when.result, scope));
    results.push_back(result);
  }
  Expression* otherwise = nullptr;
  if (node.else_result != nullptr) {
    MAHI_ASSIGN_OR_RETURN(otherwise, BindOperand(*node.else_result, scope));
  }
  return MakeCase(std::move(conditions), std::move(results), otherwise, text);
}

Result<Expression*> StatementBinder::BindCast(const ast::Cast& cast, Scope* scope) {
  std::string_view text = TextOf(cast.source);
  if (cast.is_array) return Error(ER_NOT_SUPPORTED_YET, "CAST-ing data to array of non-scalars");
  MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*cast.operand, scope));
  if (cast.time_zone != nullptr) {
    MAHI_ASSIGN_OR_RETURN(Expression * zone, BindOperand(*cast.time_zone, scope));
    MAHI_ASSIGN_OR_RETURN(operand, Call("convert_tz", {operand, TextConstant("SYSTEM"), zone}, text));
  }
  SqlType type;
  using ast::TypeKind;
  switch (cast.type->type) {
    case TypeKind::kSigned:
      type = SqlType::BigInt();
      break;
    case TypeKind::kUnsigned:
      type = SqlType::UnsignedBigInt();
      break;
    case TypeKind::kChar:
    case TypeKind::kVarchar: {
      CollationId collation = context_.connection_collation;
      if (cast.type->is_national) collation = kCollationUtf8mb3GeneralCi;
      if (!cast.type->charset.empty() || !cast.type->collation.empty()) {
        MAHI_ASSIGN_OR_RETURN(collation, ResolveCollation(cast.type->charset, cast.type->collation, collation));
      }
      if (cast.type->has_binary_attribute) collation = BinaryCollationOf(FindCollation(collation)->charset())->id();
      uint64_t length = cast.type->length.value_or(0);
      if (!cast.type->length) {
        length = operand->type.IsString() && !operand->type.IsBlob() ? operand->type.length
                                                                       : operand->type.DisplayChars();
      }
      if (length > UINT32_MAX) return Error(ER_TOO_BIG_DISPLAYWIDTH, "cast as char", UINT32_MAX);
      type = SqlType::Varchar(static_cast<uint32_t>(length), collation);
      if (cast.type->length) type.id = TypeId::kChar;  // the length cuts
      break;
    }
    case TypeKind::kBinary:
    case TypeKind::kVarbinary: {
      uint64_t length = cast.type->length.value_or(std::min<uint64_t>(operand->type.MaxBytes(), UINT32_MAX));
      type = SqlType::Varbinary(static_cast<uint32_t>(length));
      if (cast.type->length) type.id = TypeId::kChar;  // pads with zero bytes, and cuts
      break;
    }
    default: {
      MAHI_ASSIGN_OR_RETURN(type, ResolveColumnType(*cast.type, "CAST", context_.connection_collation, true, false,
                                                    context_.diagnostics));
      if (type.id == TypeId::kBit || type.IsEnumOrSet()) return Error(ER_NOT_SUPPORTED_YET, "CAST to this type");
      break;
    }
  }
  if (type.IsNumeric()) operand = AsNumberIfHex(operand);
  SettleParameter(operand, SqlType::Varchar(65535, context_.connection_collation));
  const FunctionDescriptor* function = FindFunction("cast");
  if (function == nullptr) {
    Expression* converted = Cast(operand, type);
    converted->text = text;
    return converted;
  }
  return Call(*function, {operand}, text, &type);
}

Result<Expression*> StatementBinder::BindConvertUsing(const ast::ConvertUsing& convert, Scope* scope) {
  const Charset* charset = FindCharset(convert.charset);
  if (charset == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, convert.charset);
  MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*convert.operand, scope));
  SettleParameter(operand, SqlType::Varchar(65535, context_.connection_collation));
  uint32_t length = operand->type.IsString() ? operand->type.length : operand->type.DisplayChars();
  SqlType type = SqlType::Varchar(length, charset->default_collation);
  if (operand->type.IsBlob()) {
    type = operand->type;
    type.collation = charset->default_collation;
  }
  if (operand->type.IsCharacterString() && operand->type.charset().id == charset->id) {
    type.collation = operand->type.collation;
  }
  std::string_view text = TextOf(convert.source);
  if (FindFunction("convert_using") != nullptr) {
    return Call("convert_using", {operand, TextConstant(convert.charset)}, text);
  }
  Expression* cast = Cast(operand, type);
  if (cast == operand) return operand;
  cast->coercibility = Coercibility::kImplicit;
  cast->text = text;
  return cast;
}

Result<Expression*> StatementBinder::BindCollate(const ast::Collate& collate, Scope* scope) {
  const Collation* collation = FindCollation(collate.collation);
  if (collation == nullptr) return Error(ER_UNKNOWN_COLLATION, collate.collation);
  MAHI_ASSIGN_OR_RETURN(Expression * operand, BindOperand(*collate.operand, scope));
  SettleParameter(operand, SqlType::Varchar(65535, context_.connection_collation));
  SqlType type = operand->type;
  if (!type.IsString()) {
    type = SqlType::Varchar(type.DisplayChars(), context_.connection_collation);
  }
  if (type.charset().id != collation->charset().id) {
    return Error(ER_COLLATION_CHARSET_MISMATCH, collation->name(), type.charset().name);
  }
  type.collation = collation->id();
  if (FindFunction("collate") != nullptr) {
    return Call("collate", {operand, TextConstant(collate.collation)}, TextOf(collate.source));
  }
  // A node of its own, so that the expression under it keeps its coercibility.
  auto* cast = New<FunctionExpression>();
  cast->type = type;
  cast->is_nullable = operand->is_nullable;
  cast->coercibility = Coercibility::kExplicit;
  cast->text = TextOf(collate.source);
  cast->arguments = {operand};
  return cast;
}

Result<Expression*> StatementBinder::BindFunction(const ast::Function& function, Scope* scope) {
  std::string_view text = TextOf(function.source);
  std::string name = AsciiLower(function.name);
  if (!function.schema.empty()) {
    return Error(ER_SP_DOES_NOT_EXIST, "FUNCTION", std::string(function.schema) + "." + std::string(function.name));
  }
  if (name == "grouping") return BindGrouping(function, scope);
  if (name == "values") return Error(ER_NOT_SUPPORTED_YET, "VALUES()");
  std::vector<Expression*> arguments;
  arguments.reserve(function.arguments.size());
  for (const ast::Expression* argument : function.arguments) {
    MAHI_ASSIGN_OR_RETURN(Expression * bound, BindOperand(*argument, scope));
    arguments.push_back(bound);
  }
  if (name == "coalesce" && !arguments.empty()) return Coalesce(std::move(arguments), text);
  if (name == "ifnull" && arguments.size() == 2) return Coalesce(std::move(arguments), text);
  if (name == "if" && arguments.size() == 3) return MakeCase({arguments[0]}, {arguments[1]}, arguments[2], text);
  if ((name == "coalesce" && arguments.empty()) || name == "ifnull" || name == "if") {
    return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, function.name);
  }
  if (name == "nullif") {
    if (arguments.size() != 2) return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, function.name);
    // CASE WHEN a = b THEN NULL ELSE a END. `a` is bound once more: two trees share no nodes.
    if (const FunctionDescriptor* descriptor = FindFunction("nullif")) {
      return Call(*descriptor, std::move(arguments), text);
    }
    MAHI_ASSIGN_OR_RETURN(Expression * condition, Compare("=", arguments[0], arguments[1], text));
    MAHI_ASSIGN_OR_RETURN(Expression * again, BindOperand(*function.arguments[0], scope));
    return MakeCase({condition}, {Constant(Value::Null(), SqlType::Null(), "NULL")}, again, text);
  }
  const FunctionDescriptor* descriptor = FindFunction(name);
  if (descriptor == nullptr) {
    if (FindWindowFunction(name) != nullptr || FindAggregate(name) != nullptr) {
      return Error(ER_PARSE_ERROR,
                   "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server "
                   "version for the right syntax to use",
                   text, 1);
    }
    if (context_.database.empty()) return Error(ER_NO_DB_ERROR);
    return Error(ER_SP_DOES_NOT_EXIST, "FUNCTION",
                 std::string(context_.database) + "." + std::string(function.name));
  }
  if (descriptor->family == "numeric" || name == "cast" || name == "hex" || name == "conv") {
    if (name != "hex") {
      for (Expression*& argument : arguments) argument = AsNumberIfHex(argument);
    }
  }
  return Call(*descriptor, std::move(arguments), text);
}

Result<Expression*> StatementBinder::BindDefaultFunction(const ast::Default& node, Scope* scope) {
  if (node.column == nullptr) {
    return Error(ER_PARSE_ERROR,
                 "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server "
                 "version for the right syntax to use",
                 TextOf(node.source), 1);
  }
  const Column* found_column = nullptr;
  if (scope->values_table != nullptr) found_column = scope->values_table->FindColumn(node.column->column);
  if (found_column == nullptr) {
    MAHI_ASSIGN_OR_RETURN(Found found, LookUp(*node.column, scope, true));
    if (found.relation == nullptr || found.column == nullptr || found.column->origin.definition == nullptr) {
      return Error(ER_NO_DEFAULT_FOR_FIELD, node.column->column);
    }
    found_column = &found.column->origin.definition->columns[found.column->origin.ordinal];
  }
  const Column& column = *found_column;
  std::string_view text = TextOf(node.source);
  switch (column.default_kind) {
    case DefaultKind::kNull:
      return Constant(Value::Null(), column.type, text);
    case DefaultKind::kLiteral:
      return Constant(column.default_value, column.type, text);
    case DefaultKind::kNow:
      // As MySQL: DEFAULT(timestamp column) is the zero date.
      return Constant(ImplicitDefault(column.type), column.type, text);
    case DefaultKind::kExpression:
      return Error(ER_DEFAULT_AS_VAL_GENERATED);
    case DefaultKind::kNone:
      if (column.is_nullable) return Constant(Value::Null(), column.type, text);
      if (column.type.id == TypeId::kEnum) return Constant(Value::UInt64(1), column.type, text);
      return Error(ER_NO_DEFAULT_FOR_FIELD, column.name);
  }
  MAHI_UNREACHABLE();
}

Result<Expression*> StatementBinder::BindInsertValues(const ast::InsertValues& node, Scope* scope) {
  for (Scope* s = scope; s != nullptr; s = s->outer) {
    if (s->insert_table == nullptr) continue;
    auto ordinal = s->insert_table->ColumnOrdinal(node.column->column);
    if (!node.column->table.empty() && node.column->table != s->insert_table->name) ordinal.reset();
    if (!ordinal) return Error(ER_BAD_FIELD_ERROR, node.column->column, ClauseName(*scope));
    const Column& column = s->insert_table->columns[*ordinal];
    return ColumnRef((*s->new_row)[*ordinal], column.type, true);
  }
  // Elsewhere VALUES(c) is NULL.
  MAHI_ASSIGN_OR_RETURN(Expression * column, BindColumnReference(*node.column, scope));
  return Constant(Value::Null(), column->type, TextOf(node.source));
}

}  // namespace mahi
