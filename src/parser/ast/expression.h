// AST of scalar expressions. See node.h for conventions.
//
// Precedence and special syntax are resolved by the parser. Long chains do not become deep trees: AND and OR
// are n-ary (Logical), and a run of more than kMaxBinaryChain binary operators of one level becomes a Chain.
// Source: MySQL 8.4 manual, "Expressions", "Operator Precedence".
#pragma once

#include "parser/ast/node.h"

namespace mahi::ast {

enum class ExpressionKind : uint8_t {
  kLiteral, kIntroducer, kColumnReference, kParameter, kUserVariable, kUserVariableAssignment,
  kSystemVariable, kUnary, kBinary, kChain, kLogical, kIsTest, kBetween, kInList, kInSubquery, kLike,
  kRegexp, kQuantified, kCase, kCast, kConvertUsing, kCollate, kDateArithmetic, kExtract, kTrim,
  kFunction, kAggregate, kWindowFunction, kSubquery, kExists, kRow, kDefault, kInsertValues, kMatch,
  kJsonValue, kCharFunction, kWeightString, kTimestampFunction, kInterval,
};

struct Expression {
  ExpressionKind kind;
  bool is_parenthesized = false;  // written as (expression)
  SourceRange source;

  template <typename T>
  T* As() {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<T*>(this);
  }
  template <typename T>
  const T* As() const {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<const T*>(this);
  }
  template <typename T>
  bool Is() const {
    return kind == T::kKind;
  }

 protected:
  explicit Expression(ExpressionKind k) : kind(k) {}
};

// Gives each node its kind.
template <ExpressionKind K>
struct ExpressionOf : Expression {
  static constexpr ExpressionKind kKind = K;
  ExpressionOf() : Expression(K) {}
};

enum class LiteralKind : uint8_t {
  kNull,
  kTrue,
  kFalse,
  kInteger,         // text: digits without leading sign, fits uint64
  kDecimal,         // text: digits with a point, or digits beyond uint64
  kFloat,           // text: with exponent
  kString,          // text: unescaped, in the connection's character set
  kNationalString,  // N'...': text in utf8mb3
  kHex,             // x'..', 0x..: text holds the decoded bytes
  kBit,             // b'..', 0b..: text holds the decoded bytes, high bits zero
  kDate,            // DATE '...': text as written
  kTime,
  kTimestamp,
};

struct Literal : ExpressionOf<ExpressionKind::kLiteral> {
  LiteralKind literal_kind = LiteralKind::kNull;
  std::string_view text;

  // REQUIRES: kInteger.
  uint64_t IntegerValue() const {
    uint64_t value = 0;
    for (char c : text) value = value * 10 + static_cast<uint64_t>(c - '0');
    return value;
  }
};

// _charset'string' (string literal, hex or bit literal).
struct Introducer : ExpressionOf<ExpressionKind::kIntroducer> {
  std::string_view charset;  // without the underscore
  Literal* literal = nullptr;
};

// [schema.][table.]column
struct ColumnReference : ExpressionOf<ExpressionKind::kColumnReference> {
  std::string_view schema;
  std::string_view table;
  std::string_view column;
};

// `?`; numbered from 0 in text order.
struct Parameter : ExpressionOf<ExpressionKind::kParameter> {
  uint32_t index = 0;  // within the statement
};

// @name
struct UserVariable : ExpressionOf<ExpressionKind::kUserVariable> {
  std::string_view name;
};

// @name := value
struct UserVariableAssignment : ExpressionOf<ExpressionKind::kUserVariableAssignment> {
  std::string_view name;
  Expression* value = nullptr;
};

enum class VariableScope : uint8_t { kDefault, kSession, kGlobal, kPersist, kPersistOnly, kLocal };

// @@[scope.][component.]name
struct SystemVariable : ExpressionOf<ExpressionKind::kSystemVariable> {
  VariableScope scope = VariableScope::kDefault;
  std::string_view component;  // key cache or component prefix: default.key_buffer_size
  std::string_view name;
};

enum class UnaryOperator : uint8_t {
  kPlus,
  kNegate,
  kBitNot,
  kNot,     // NOT x and !x
  kBinary,  // BINARY x
};

struct Unary : ExpressionOf<ExpressionKind::kUnary> {
  UnaryOperator op = UnaryOperator::kNegate;
  Expression* operand = nullptr;
};

enum class BinaryOperator : uint8_t {
  kAdd, kSubtract, kMultiply, kDivide, kIntegerDivide, kModulo,
  kBitAnd, kBitOr, kBitXor, kShiftLeft, kShiftRight,
  kEqual, kNullSafeEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual,
  kLogicalXor,
  kConcat,        // || under PIPES_AS_CONCAT
  kJsonExtract,   // column -> path
  kJsonUnquote,   // column ->> path
  kSoundsLike,
  kMemberOf,      // left MEMBER OF (right)
};

struct Binary : ExpressionOf<ExpressionKind::kBinary> {
  BinaryOperator op = BinaryOperator::kAdd;
  Expression* left = nullptr;
  Expression* right = nullptr;
};

// A run of more operators than this of one precedence level is a Chain instead of nested Binary nodes.
constexpr size_t kMaxBinaryChain = 32;

struct ChainLink {
  BinaryOperator op;
  Expression* operand;
};
// ((first op1 operand1) op2 operand2) ...
struct Chain : ExpressionOf<ExpressionKind::kChain> {
  Expression* first = nullptr;
  List<ChainLink> links;
};

// AND or OR of two or more operands, left to right.
struct Logical : ExpressionOf<ExpressionKind::kLogical> {
  bool is_and = true;
  List<Expression*> operands;
};

enum class IsTestKind : uint8_t { kNull, kTrue, kFalse, kUnknown };

struct IsTest : ExpressionOf<ExpressionKind::kIsTest> {
  IsTestKind test = IsTestKind::kNull;
  bool is_negated = false;
  Expression* operand = nullptr;
};

struct Between : ExpressionOf<ExpressionKind::kBetween> {
  bool is_negated = false;
  Expression* operand = nullptr;
  Expression* low = nullptr;
  Expression* high = nullptr;
};

struct InList : ExpressionOf<ExpressionKind::kInList> {
  bool is_negated = false;
  Expression* operand = nullptr;
  List<Expression*> values;
};

struct InSubquery : ExpressionOf<ExpressionKind::kInSubquery> {
  bool is_negated = false;
  Expression* operand = nullptr;
  QueryExpression* query = nullptr;
};

struct Like : ExpressionOf<ExpressionKind::kLike> {
  bool is_negated = false;
  Expression* operand = nullptr;
  Expression* pattern = nullptr;
  Expression* escape = nullptr;  // null: backslash
};

// operand [NOT] REGEXP pattern
struct Regexp : ExpressionOf<ExpressionKind::kRegexp> {
  bool is_negated = false;
  Expression* operand = nullptr;
  Expression* pattern = nullptr;
};

// operand op ANY|ALL (query); SOME is ANY.
struct Quantified : ExpressionOf<ExpressionKind::kQuantified> {
  BinaryOperator op = BinaryOperator::kEqual;
  bool is_all = false;
  Expression* operand = nullptr;
  QueryExpression* query = nullptr;
};

struct WhenClause {
  Expression* condition;
  Expression* result;
};
struct Case : ExpressionOf<ExpressionKind::kCase> {
  Expression* operand = nullptr;  // null: searched CASE
  List<WhenClause> when_clauses;
  Expression* else_result = nullptr;
};

// Types of columns, casts and stored program variables.
enum class TypeKind : uint8_t {
  kTinyInt, kSmallInt, kMediumInt, kInt, kBigInt, kDecimal, kFloat, kDouble, kBit, kBoolean,
  kChar, kVarchar, kBinary, kVarbinary, kTinyText, kText, kMediumText, kLongText,
  kTinyBlob, kBlob, kMediumBlob, kLongBlob, kDate, kTime, kDatetime, kTimestamp, kYear,
  kEnum, kSet, kJson, kSerial,
  kGeometry, kPoint, kLineString, kPolygon, kMultiPoint, kMultiLineString, kMultiPolygon,
  kGeometryCollection,
  kSigned, kUnsigned,  // only as the target of a cast
};

struct DataType {
  TypeKind type = TypeKind::kInt;
  bool is_unsigned = false;
  bool is_zerofill = false;
  bool is_national = false;      // NCHAR, NVARCHAR, NATIONAL ...
  bool has_binary_attribute = false;  // CHAR(10) BINARY: the character set's _bin collation
  std::optional<uint64_t> length;    // (M): display width, length, precision or fractional seconds
  std::optional<uint32_t> decimals;  // (M,D)
  std::string_view charset;      // CHARACTER SET x, ASCII (latin1), UNICODE (ucs2), BYTE (binary)
  std::string_view collation;
  List<std::string_view> members;  // ENUM and SET, unescaped
  std::optional<uint32_t> srid;
  SourceRange source;
};

enum class CastSyntax : uint8_t { kCast, kConvert };

// CAST(operand AS type [ARRAY]), CONVERT(operand, type), CAST(operand AT TIME ZONE zone AS DATETIME).
struct Cast : ExpressionOf<ExpressionKind::kCast> {
  CastSyntax syntax = CastSyntax::kCast;
  bool is_array = false;
  Expression* operand = nullptr;
  DataType* type = nullptr;
  Expression* time_zone = nullptr;
};

// CONVERT(operand USING charset)
struct ConvertUsing : ExpressionOf<ExpressionKind::kConvertUsing> {
  Expression* operand = nullptr;
  std::string_view charset;
};

struct Collate : ExpressionOf<ExpressionKind::kCollate> {
  Expression* operand = nullptr;
  std::string_view collation;
};

enum class IntervalUnit : uint8_t {
  kMicrosecond, kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear,
  kSecondMicrosecond, kMinuteMicrosecond, kMinuteSecond, kHourMicrosecond, kHourSecond, kHourMinute,
  kDayMicrosecond, kDaySecond, kDayMinute, kDayHour, kYearMonth,
};

// date +|- INTERVAL amount unit; DATE_ADD, DATE_SUB, ADDDATE, SUBDATE (with a plain number: DAY).
struct DateArithmetic : ExpressionOf<ExpressionKind::kDateArithmetic> {
  bool is_subtraction = false;
  IntervalUnit unit = IntervalUnit::kDay;
  Expression* date = nullptr;
  Expression* amount = nullptr;
};

// INTERVAL amount unit on its own: only in window frame bounds and events.
struct Interval : ExpressionOf<ExpressionKind::kInterval> {
  IntervalUnit unit = IntervalUnit::kDay;
  Expression* amount = nullptr;
};

struct Extract : ExpressionOf<ExpressionKind::kExtract> {
  IntervalUnit unit = IntervalUnit::kDay;
  Expression* operand = nullptr;
};

enum class TrimMode : uint8_t { kBoth, kLeading, kTrailing };
struct Trim : ExpressionOf<ExpressionKind::kTrim> {
  TrimMode mode = TrimMode::kBoth;
  Expression* remove = nullptr;  // null: spaces
  Expression* operand = nullptr;
};

// [schema.]name(arguments). Keyword functions have their usual name: NOW/CURRENT_TIMESTAMP -> now,
// SUBSTRING(a FROM b FOR c) -> substring(a, b, c), POSITION(a IN b) -> locate(a, b),
// GET_FORMAT(DATE, x) -> get_format('DATE', x), GROUPING(...) -> grouping.
struct Function : ExpressionOf<ExpressionKind::kFunction> {
  std::string_view schema;  // stored function of that schema; a built-in has none
  std::string_view name;    // as written; compare without case
  List<Expression*> arguments;
  List<std::string_view> argument_names;  // aliases f(a AS x): loadable functions only; else empty
  // A built-in's name with a space before '(' and no IGNORE_SPACE: a stored function is meant, and when there is
  // none the error is ER_FUNC_INEXISTENT_NAME_COLLISION (1630).
  bool is_name_collision = false;
};

struct OrderItem {
  Expression* expression;
  bool is_descending = false;
};

enum class FrameUnit : uint8_t { kRows, kRange, kGroups };
enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding, kPreceding, kCurrentRow, kFollowing, kUnboundedFollowing
};
struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kCurrentRow;
  Expression* value = nullptr;  // kPreceding, kFollowing; an Interval node for INTERVAL n unit
};
enum class FrameExclusion : uint8_t { kNone, kCurrentRow, kGroup, kTies, kNoOthers };
struct WindowFrame {
  FrameUnit unit = FrameUnit::kRange;
  FrameBound start;
  FrameBound end;  // kCurrentRow when only the start was given
  FrameExclusion exclusion = FrameExclusion::kNone;
};

// OVER name: only `name_reference` and is_reference_only. OVER (base PARTITION BY .. ORDER BY .. frame).
struct WindowSpecification {
  std::string_view base;           // window named in OVER name or at the start of the parentheses
  bool is_reference_only = false;  // OVER name
  List<Expression*> partition_by;
  List<OrderItem> order_by;
  WindowFrame* frame = nullptr;
};

// COUNT, SUM, AVG, MIN, MAX, BIT_AND, BIT_OR, BIT_XOR, STD, STDDEV, STDDEV_POP, STDDEV_SAMP, VARIANCE, VAR_POP,
// VAR_SAMP, GROUP_CONCAT, JSON_ARRAYAGG, JSON_OBJECTAGG, ST_COLLECT; with OVER also as window functions.
struct Aggregate : ExpressionOf<ExpressionKind::kAggregate> {
  std::string_view name;  // as written; compare without case
  bool is_distinct = false;
  bool is_star = false;            // COUNT(*)
  List<Expression*> arguments;
  List<OrderItem> order_by;        // GROUP_CONCAT
  std::optional<std::string_view> separator;  // GROUP_CONCAT
  WindowSpecification* over = nullptr;
};

// ROW_NUMBER, RANK, DENSE_RANK, PERCENT_RANK, CUME_DIST, NTILE, LEAD, LAG, FIRST_VALUE, LAST_VALUE, NTH_VALUE.
struct WindowFunction : ExpressionOf<ExpressionKind::kWindowFunction> {
  std::string_view name;
  List<Expression*> arguments;
  bool ignore_nulls = false;
  bool from_last = false;
  WindowSpecification* over = nullptr;
};

// (query) as a scalar or row.
struct Subquery : ExpressionOf<ExpressionKind::kSubquery> {
  QueryExpression* query = nullptr;
};

struct Exists : ExpressionOf<ExpressionKind::kExists> {
  QueryExpression* query = nullptr;  // NOT EXISTS is Unary(kNot, Exists)
};

// (a, b, ...) or ROW(a, b, ...)
struct Row : ExpressionOf<ExpressionKind::kRow> {
  List<Expression*> values;
};

// DEFAULT or DEFAULT(column)
struct Default : ExpressionOf<ExpressionKind::kDefault> {
  ColumnReference* column = nullptr;  // null: DEFAULT alone (as a value in INSERT, UPDATE, SET)
};

// VALUES(column) in ON DUPLICATE KEY UPDATE
struct InsertValues : ExpressionOf<ExpressionKind::kInsertValues> {
  ColumnReference* column = nullptr;
};

enum class MatchMode : uint8_t { kNaturalLanguage, kBoolean, kQueryExpansion };
// MATCH (columns) AGAINST (query mode)
struct Match : ExpressionOf<ExpressionKind::kMatch> {
  List<ColumnReference*> columns;
  Expression* query = nullptr;
  MatchMode mode = MatchMode::kNaturalLanguage;
};

// ON EMPTY / ON ERROR of JSON_VALUE and JSON_TABLE.
enum class JsonActionKind : uint8_t { kAbsent, kNull, kError, kDefault };
struct JsonAction {
  JsonActionKind kind = JsonActionKind::kAbsent;
  Expression* value = nullptr;  // kDefault
};

// JSON_VALUE(document, path [RETURNING type] [on_empty] [on_error])
struct JsonValue : ExpressionOf<ExpressionKind::kJsonValue> {
  Expression* document = nullptr;
  Expression* path = nullptr;
  DataType* returning = nullptr;
  JsonAction on_empty;
  JsonAction on_error;
};

// CHAR(codes [USING charset])
struct CharFunction : ExpressionOf<ExpressionKind::kCharFunction> {
  List<Expression*> codes;
  std::string_view charset;
};

// WEIGHT_STRING(operand [AS CHAR(n) | AS BINARY(n)])
struct WeightString : ExpressionOf<ExpressionKind::kWeightString> {
  Expression* operand = nullptr;
  DataType* type = nullptr;
};

// TIMESTAMPADD(unit, amount, date), TIMESTAMPDIFF(unit, from, to)
struct TimestampFunction : ExpressionOf<ExpressionKind::kTimestampFunction> {
  bool is_difference = false;
  IntervalUnit unit = IntervalUnit::kDay;
  Expression* first = nullptr;
  Expression* second = nullptr;
};

}  // namespace mahi::ast
