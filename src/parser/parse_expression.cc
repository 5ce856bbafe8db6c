// Expressions, in MySQL's layers (loosest first):
//
//   logical     OR XOR AND NOT                                ParseLogical, ParseNot
//   comparison  IS, = <=> < ..., ANY/ALL                      ParseComparison
//   predicate   IN BETWEEN LIKE REGEXP MEMBER OF SOUNDS LIKE  ParsePredicate
//   bit         | & << >> + - * / DIV % ^ ||(concat)          ParseBit (precedence climbing)
//   simple      unary operators, COLLATE, ->                  ParseSimple
//   primary     literals, names, calls, parentheses           ParsePrimary
//
// Source: MySQL 8.4 manual, "Expression Syntax", "Operator Precedence", "Built-In Function and Operator Reference".
#include <cstring>

#include "parser/internal/parser_impl.h"

namespace mahi::parser_internal {
namespace {

bool EqualNames(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] + 32) : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

template <size_t N>
bool IsOneOf(std::string_view name, const std::string_view (&names)[N]) {
  for (std::string_view candidate : names) {
    if (EqualNames(name, candidate)) return true;
  }
  return false;
}

constexpr std::string_view kAggregates[] = {
    "count",   "sum",      "avg",         "min",         "max",      "bit_and", "bit_or",        "bit_xor",
    "std",     "stddev",   "stddev_pop",  "stddev_samp", "variance", "var_pop", "var_samp",      "json_arrayagg",
    "json_objectagg", "st_collect"};

// Names that are functions only when '(' follows directly (without IGNORE_SPACE).
constexpr std::string_view kAdjacentNames[] = {
    "adddate", "bit_and",  "bit_or", "bit_xor", "cast",       "count",      "curdate",     "curtime",  "date_add",
    "date_sub", "extract", "group_concat", "max", "mid",      "min",        "now",         "position", "session_user",
    "std",     "stddev",   "stddev_pop",   "stddev_samp", "subdate",        "substr",      "substring", "sum",
    "sysdate", "system_user", "trim",      "variance",    "var_pop",        "var_samp",    "json_arrayagg",
    "json_objectagg", "st_collect"};

// Character sets that may stand in an introducer.
constexpr std::string_view kCharsets[] = {
    "armscii8", "ascii",  "big5",   "binary",  "cp1250", "cp1251",  "cp1256",  "cp1257",  "cp850",  "cp852",  "cp866",
    "cp932",    "dec8",   "eucjpms", "euckr",  "gb18030", "gb2312", "gbk",     "geostd8", "greek",  "hebrew", "hp8",
    "keybcs2",  "koi8r",  "koi8u",  "latin1",  "latin2", "latin5",  "latin7",  "macce",   "macroman", "sjis", "swe7",
    "tis620",   "ucs2",   "ujis",   "utf16",   "utf16le", "utf32",  "utf8",    "utf8mb3", "utf8mb4"};

struct BitOperator {
  int level;  // 0: none
  BinaryOperator op;
};
BitOperator LookUpBitOperator(T token, bool pipes_as_concat) {
  switch (token) {
    case T::kBar: return {1, BinaryOperator::kBitOr};
    case T::kAmpersand: return {2, BinaryOperator::kBitAnd};
    case T::kShiftLeft: return {3, BinaryOperator::kShiftLeft};
    case T::kShiftRight: return {3, BinaryOperator::kShiftRight};
    case T::kPlus: return {4, BinaryOperator::kAdd};
    case T::kMinus: return {4, BinaryOperator::kSubtract};
    case T::kStar: return {5, BinaryOperator::kMultiply};
    case T::kSlash: return {5, BinaryOperator::kDivide};
    case T::kPercent:
    case T::k_MOD: return {5, BinaryOperator::kModulo};
    case T::k_DIV: return {5, BinaryOperator::kIntegerDivide};
    case T::kCaret: return {6, BinaryOperator::kBitXor};
    case T::kOrOr: return {pipes_as_concat ? 7 : 0, BinaryOperator::kConcat};
    default: return {0, BinaryOperator::kAdd};
  }
}

bool LookUpComparison(T token, BinaryOperator* op) {
  switch (token) {
    case T::kEqual: *op = BinaryOperator::kEqual; return true;
    case T::kNullSafeEqual: *op = BinaryOperator::kNullSafeEqual; return true;
    case T::kNotEqual: *op = BinaryOperator::kNotEqual; return true;
    case T::kLess: *op = BinaryOperator::kLess; return true;
    case T::kLessEqual: *op = BinaryOperator::kLessEqual; return true;
    case T::kGreater: *op = BinaryOperator::kGreater; return true;
    case T::kGreaterEqual: *op = BinaryOperator::kGreaterEqual; return true;
    default: return false;
  }
}

bool LookUpIntervalUnit(T token, IntervalUnit* unit) {
  switch (token) {
    case T::k_MICROSECOND: *unit = IntervalUnit::kMicrosecond; return true;
    case T::k_SECOND: case T::k_SQL_TSI_SECOND: *unit = IntervalUnit::kSecond; return true;
    case T::k_MINUTE: case T::k_SQL_TSI_MINUTE: *unit = IntervalUnit::kMinute; return true;
    case T::k_HOUR: case T::k_SQL_TSI_HOUR: *unit = IntervalUnit::kHour; return true;
    case T::k_DAY: case T::k_SQL_TSI_DAY: *unit = IntervalUnit::kDay; return true;
    case T::k_WEEK: case T::k_SQL_TSI_WEEK: *unit = IntervalUnit::kWeek; return true;
    case T::k_MONTH: case T::k_SQL_TSI_MONTH: *unit = IntervalUnit::kMonth; return true;
    case T::k_QUARTER: case T::k_SQL_TSI_QUARTER: *unit = IntervalUnit::kQuarter; return true;
    case T::k_YEAR: case T::k_SQL_TSI_YEAR: *unit = IntervalUnit::kYear; return true;
    case T::k_SECOND_MICROSECOND: *unit = IntervalUnit::kSecondMicrosecond; return true;
    case T::k_MINUTE_MICROSECOND: *unit = IntervalUnit::kMinuteMicrosecond; return true;
    case T::k_MINUTE_SECOND: *unit = IntervalUnit::kMinuteSecond; return true;
    case T::k_HOUR_MICROSECOND: *unit = IntervalUnit::kHourMicrosecond; return true;
    case T::k_HOUR_SECOND: *unit = IntervalUnit::kHourSecond; return true;
    case T::k_HOUR_MINUTE: *unit = IntervalUnit::kHourMinute; return true;
    case T::k_DAY_MICROSECOND: *unit = IntervalUnit::kDayMicrosecond; return true;
    case T::k_DAY_SECOND: *unit = IntervalUnit::kDaySecond; return true;
    case T::k_DAY_MINUTE: *unit = IntervalUnit::kDayMinute; return true;
    case T::k_DAY_HOUR: *unit = IntervalUnit::kDayHour; return true;
    case T::k_YEAR_MONTH: *unit = IntervalUnit::kYearMonth; return true;
    default: return false;
  }
}

// Heights add up along a path of the tree; siblings contribute the greatest of theirs.
class HeightOfSibling {
 public:
  explicit HeightOfSibling(uint32_t* height) : height_(height), outer_(*height) { *height = 0; }
  ~HeightOfSibling() { *height_ = std::max(*height_, outer_); }

 private:
  uint32_t* height_;
  uint32_t outer_;
};

}  // namespace

// --- Layers -------------------------------------------------------------------------------------------

Expression* ParserImpl::ParseExpression() {
  // A literal between commas or parentheses: the body of a bulk INSERT.
  T kind = Kind();
  if ((kind == T::kInteger || kind == T::kString || kind == T::kDecimal || kind == T::k_NULL) &&
      pending_primary_ == nullptr) {
    T next = Kind(1);
    if (next == T::kComma || next == T::kRight) return ParseLiteral();
  }
  DepthGuard guard(this);
  HeightOfSibling sibling(&height_);
  return ParseLogical();
}

// OR < XOR < AND, iterated; AND and OR become n-ary.
Expression* ParserImpl::ParseLogical() {
  uint32_t start = Start();
  ListBuilder<Expression*> or_operands, and_operands;
  Expression* xor_left = nullptr;
  ListBuilder<ChainLink> xor_links;
  while (true) {
    {
      HeightOfSibling sibling(&height_);
      and_operands.Add(ParseNot());
    }
    if (Accept(T::k_AND) || Accept(T::kAndAnd)) continue;
    auto finish_and = [&]() -> Expression* {
      if (and_operands.size() == 1) return and_operands[0];
      auto* node = New<Logical>();
      node->operands = and_operands.Finish(arena_);
      node->source = {node->operands[0]->source.offset, last_end_ - node->operands[0]->source.offset};
      return node;
    };
    Expression* operand = finish_and();
    and_operands.clear();
    if (xor_left == nullptr) {
      xor_left = operand;
    } else {
      xor_links.Add({BinaryOperator::kLogicalXor, operand});
    }
    if (Accept(T::k_XOR)) continue;
    if (!xor_links.empty()) {
      xor_left = FoldChain(xor_left, &xor_links, xor_left->source.offset);
      xor_links.clear();
    }
    or_operands.Add(xor_left);
    xor_left = nullptr;
    if (Accept(T::k_OR) || (!options_.pipes_as_concat && Accept(T::kOrOr))) continue;
    break;
  }
  height_ += 3;
  if (height_ > options_.max_depth * 4) FailTooDeep();
  if (or_operands.size() == 1) return or_operands[0];
  auto* node = New<Logical>();
  node->is_and = false;
  node->operands = or_operands.Finish(arena_);
  return Finish(node, start);
}

Expression* ParserImpl::ParseNot() {
  if (At(T::k_NOT) && !options_.high_not_precedence) {
    uint32_t start = Start();
    DepthGuard guard(this);
    Take();
    auto* node = New<Unary>();
    node->op = UnaryOperator::kNot;
    node->operand = ParseNot();
    ++height_;
    return Finish(node, start);
  }
  return ParseComparison();
}

Expression* ParserImpl::ParseComparison() {
  uint32_t start = Start();
  Expression* left = ParsePredicate();
  while (true) {
    BinaryOperator op;
    if (LookUpComparison(Kind(), &op)) {
      Take();
      if (++height_ > options_.max_depth * 4) FailTooDeep();
      if (AtAny({T::k_ANY, T::k_SOME, T::k_ALL}) && Kind(1) == T::kLeft) {
        auto* node = New<Quantified>();
        node->op = op;
        node->is_all = At(T::k_ALL);
        node->operand = left;
        Take();
        Expect(T::kLeft);
        node->query = ParseQueryExpression();
        Expect(T::kRight);
        left = Finish(node, start);
        continue;
      }
      auto* node = New<Binary>();
      node->op = op;
      node->left = left;
      node->right = ParsePredicate();
      left = Finish(node, start);
    } else if (At(T::k_IS)) {
      Take();
      if (++height_ > options_.max_depth * 4) FailTooDeep();
      auto* node = New<IsTest>();
      node->operand = left;
      node->is_negated = Accept(T::k_NOT);
      if (Accept(T::k_NULL)) {
        node->test = IsTestKind::kNull;
      } else if (Accept(T::k_TRUE)) {
        node->test = IsTestKind::kTrue;
      } else if (Accept(T::k_FALSE)) {
        node->test = IsTestKind::kFalse;
      } else {
        Expect(T::k_UNKNOWN);
        node->test = IsTestKind::kUnknown;
      }
      left = Finish(node, start);
    } else {
      return left;
    }
  }
}

Expression* ParserImpl::ParsePredicate() {
  uint32_t start = Start();
  Expression* operand = ParseBit(1);
  bool negated = false;
  T kind = Kind();
  if (kind == T::k_NOT) {
    T next = Kind(1);
    if (next != T::k_IN && next != T::k_BETWEEN && next != T::k_LIKE && next != T::k_REGEXP && next != T::k_RLIKE) {
      return operand;
    }
    Take();
    negated = true;
    kind = next;
  }
  switch (kind) {
    case T::k_IN: return ParseIn(operand, negated, start);
    case T::k_BETWEEN: {
      Take();
      DepthGuard guard(this);
      auto* node = New<Between>();
      node->is_negated = negated;
      node->operand = operand;
      node->low = ParseBit(1);
      Expect(T::k_AND);
      node->high = ParsePredicate();
      ++height_;
      return Finish(node, start);
    }
    case T::k_LIKE: {
      Take();
      auto* node = New<Like>();
      node->is_negated = negated;
      node->operand = operand;
      node->pattern = ParseBit(7);
      if (Accept(T::k_ESCAPE)) node->escape = ParseSimple();
      ++height_;
      return Finish(node, start);
    }
    case T::k_REGEXP:
    case T::k_RLIKE: {
      Take();
      auto* node = New<Regexp>();
      node->is_negated = negated;
      node->operand = operand;
      node->pattern = ParseBit(1);
      ++height_;
      return Finish(node, start);
    }
    case T::k_SOUNDS: {
      if (Kind(1) != T::k_LIKE) return operand;
      Skip(2);
      auto* node = New<Binary>();
      node->op = BinaryOperator::kSoundsLike;
      node->left = operand;
      node->right = ParseBit(1);
      ++height_;
      return Finish(node, start);
    }
    case T::k_MEMBER: {
      if (Kind(1) != T::k_OF && Kind(1) != T::kLeft) return operand;
      Take();
      Accept(T::k_OF);
      Expect(T::kLeft);
      auto* node = New<Binary>();
      node->op = BinaryOperator::kMemberOf;
      node->left = operand;
      node->right = ParseExpression();
      Expect(T::kRight);
      ++height_;
      return Finish(node, start);
    }
    default: return operand;
  }
}

Expression* ParserImpl::ParseIn(Expression* operand, bool negated, uint32_t start) {
  Expect(T::k_IN);
  if (!At(T::kLeft)) FailSyntax();
  ++height_;
  if (AtQueryStart(1) || (Kind(1) == T::kLeft && ParenthesesLeadToQuery())) {
    Expression* inside = ParseParenthesized();
    if (inside->kind == ExpressionKind::kSubquery) {
      auto* node = New<InSubquery>();
      node->is_negated = negated;
      node->operand = operand;
      node->query = inside->As<Subquery>()->query;
      return Finish(node, start);
    }
    auto* node = New<InList>();
    node->is_negated = negated;
    node->operand = operand;
    if (inside->kind == ExpressionKind::kRow) {
      node->values = inside->As<Row>()->values;
    } else {
      ListBuilder<Expression*> one;
      one.Add(inside);
      node->values = one.Finish(arena_);
    }
    return Finish(node, start);
  }
  Take();
  auto* node = New<InList>();
  node->is_negated = negated;
  node->operand = operand;
  node->values = ParseExpressionList();
  Expect(T::kRight);
  return Finish(node, start);
}

// Nested Binary nodes for a short run, one Chain for a long one.
Expression* ParserImpl::FoldChain(Expression* first, ListBuilder<ChainLink>* links, uint32_t start) {
  if (links->size() > kMaxBinaryChain) {
    auto* node = New<Chain>();
    node->first = first;
    node->links = links->Finish(arena_);
    const Expression* last = node->links.back().operand;
    node->source = {start, last->source.offset + last->source.length - start};
    ++height_;
    return node;
  }
  for (size_t i = 0; i < links->size(); ++i) {
    auto* node = New<Binary>();
    node->op = (*links)[i].op;
    node->left = first;
    node->right = (*links)[i].operand;
    node->source = {start, node->right->source.offset + node->right->source.length - start};
    first = node;
  }
  height_ += static_cast<uint32_t>(links->size());
  if (height_ > options_.max_depth * 4) FailTooDeep();
  return first;
}

Expression* ParserImpl::ParseBit(int min_level) {
  uint32_t start = Start();
  Expression* left = ParseSimple();
  ListBuilder<ChainLink> links;
  int run_level = 0;
  while (true) {
    BitOperator found = LookUpBitOperator(Kind(), options_.pipes_as_concat);
    if (found.level == 0 || found.level < min_level) break;
    if (run_level != found.level && !links.empty()) {
      left = FoldChain(left, &links, start);
      links.clear();
    }
    run_level = found.level;
    Take();
    if (found.level == 4 && At(T::k_INTERVAL)) {
      // date +|- INTERVAL amount unit, unless this is INTERVAL(n, n1, ...).
      Expression* right = ParseInterval();
      if (right->kind == ExpressionKind::kInterval) {
        if (!links.empty()) {
          left = FoldChain(left, &links, start);
          links.clear();
        }
        auto* node = New<DateArithmetic>();
        node->is_subtraction = found.op == BinaryOperator::kSubtract;
        node->date = left;
        node->amount = right->As<Interval>()->amount;
        node->unit = right->As<Interval>()->unit;
        left = Finish(node, start);
        if (++height_ > options_.max_depth * 4) FailTooDeep();
        continue;
      }
      // The function may be the first factor of a term.
      pending_primary_ = right;
    }
    HeightOfSibling sibling(&height_);
    links.Add({found.op, ParseBit(found.level + 1)});
  }
  return links.empty() ? left : FoldChain(left, &links, start);
}

Expression* ParserImpl::ParseSimple() {
  uint32_t start = Start();
  UnaryOperator op;
  if (pending_primary_ == nullptr) {
    switch (Kind()) {
      case T::kPlus: op = UnaryOperator::kPlus; break;
      case T::kMinus: op = UnaryOperator::kNegate; break;
      case T::kTilde: op = UnaryOperator::kBitNot; break;
      case T::kExclamation: op = UnaryOperator::kNot; break;
      case T::k_BINARY: op = UnaryOperator::kBinary; break;
      case T::k_NOT:
        if (!options_.high_not_precedence) FailSyntax();
        op = UnaryOperator::kNot;
        break;
      default: goto primary;
    }
    DepthGuard guard(this);
    Take();
    auto* node = New<Unary>();
    node->op = op;
    node->operand = ParseSimple();
    if (++height_ > options_.max_depth * 4) FailTooDeep();
    return Finish(node, start);
  }
primary:
  Expression* node = ParsePrimary();
  while (At(T::k_COLLATE)) {
    Take();
    auto* collate = New<Collate>();
    collate->operand = node;
    collate->collation = ParseCollationName();
    if (++height_ > options_.max_depth * 4) FailTooDeep();
    node = Finish(collate, start);
  }
  return node;
}

Expression* ParserImpl::ParsePrimary() {
  if (pending_primary_ != nullptr) {
    Expression* pending = pending_primary_;
    pending_primary_ = nullptr;
    return pending;
  }
  switch (Kind()) {
    case T::kInteger:
    case T::kDecimal:
    case T::kFloat:
    case T::kString:
    case T::kNationalString:
    case T::kHex:
    case T::kBit:
    case T::k_NULL:
    case T::k_TRUE:
    case T::k_FALSE: return ParseLiteral();
    default: break;
  }
  // Heights add up along a path; siblings must not add theirs.
  uint32_t outer_height = height_;
  height_ = 0;
  Expression* node = ParsePrimaryUnguarded();
  uint32_t inner_height = height_ + 1;
  if (inner_height > options_.max_depth * 4) FailTooDeep();
  height_ = std::max(outer_height, inner_height);
  return node;
}

// --- Primaries ----------------------------------------------------------------------------------------

Expression* ParserImpl::ParseLiteral() {
  auto* node = New<Literal>();
  LexedToken token = Take();
  node->source = {token.offset, token.end - token.offset};
  node->text = token.text;
  switch (token.token) {
    case T::kInteger: node->literal_kind = LiteralKind::kInteger; break;
    case T::kDecimal: node->literal_kind = LiteralKind::kDecimal; break;
    case T::kFloat: node->literal_kind = LiteralKind::kFloat; break;
    case T::kString: node->literal_kind = LiteralKind::kString; break;
    case T::kNationalString: node->literal_kind = LiteralKind::kNationalString; break;
    case T::kHex: node->literal_kind = LiteralKind::kHex; break;
    case T::kBit: node->literal_kind = LiteralKind::kBit; break;
    case T::k_NULL: node->literal_kind = LiteralKind::kNull; break;
    case T::k_TRUE: node->literal_kind = LiteralKind::kTrue; break;
    case T::k_FALSE: node->literal_kind = LiteralKind::kFalse; break;
    default: FailSyntaxAt(token.offset);
  }
  return node;
}

Expression* ParserImpl::MakeString(std::string_view text, SourceRange source) {
  auto* node = New<Literal>();
  node->literal_kind = LiteralKind::kString;
  node->text = text;
  node->source = source;
  return node;
}

Function* ParserImpl::MakeFunction(std::string_view name, std::initializer_list<Expression*> arguments,
                                   uint32_t start) {
  auto* node = New<Function>();
  node->name = name;
  ListBuilder<Expression*> list;
  for (Expression* argument : arguments) list.Add(argument);
  node->arguments = list.Finish(arena_);
  return Finish(node, start);
}

List<Expression*> ParserImpl::ParseExpressionList() {
  ListBuilder<Expression*> list;
  do {
    list.Add(ParseExpression());
  } while (Accept(T::kComma));
  return list.Finish(arena_);
}

Expression* ParserImpl::ParsePrimaryUnguarded() {
  uint32_t start = Start();
  switch (Kind()) {
    case T::kParameter: {
      if (!options_.allow_parameters) FailSyntax();
      Take();
      auto* node = New<Parameter>();
      node->index = static_cast<uint32_t>(parameters_.size());
      parameters_.Add(node);
      if (parameters_.size() > 65535) Fail(ER_PS_MANY_PARAM);
      return Finish(node, start);
    }
    case T::kUserVariable: {
      std::string_view name = Take().text;
      if (Accept(T::kAssign)) {
        auto* node = New<UserVariableAssignment>();
        node->name = name;
        node->value = ParseExpression();
        return Finish(node, start);
      }
      auto* node = New<UserVariable>();
      node->name = name;
      return Finish(node, start);
    }
    case T::kAtAt: return ParseSystemVariable();
    case T::kLeft: return ParseParenthesized();
    case T::kLeftBrace: {  // ODBC: {d '...'}, {fn f(x)}
      Take();
      std::string_view name = ParseName();
      Expression* value = ParseExpression();
      Expect(T::kRightBrace);
      if (value->kind == ExpressionKind::kLiteral && value->As<Literal>()->literal_kind == LiteralKind::kString) {
        auto* literal = value->As<Literal>();
        if (EqualNames(name, "d")) literal->literal_kind = LiteralKind::kDate;
        if (EqualNames(name, "t")) literal->literal_kind = LiteralKind::kTime;
        if (EqualNames(name, "ts")) literal->literal_kind = LiteralKind::kTimestamp;
      }
      value->source = RangeFrom(start);
      return value;
    }
    case T::k_ROW: {
      if (Kind(1) != T::kLeft) FailSyntax();
      Take();
      Expect(T::kLeft);
      auto* node = New<Row>();
      node->values = ParseExpressionList();
      if (node->values.size() < 2) FailSyntax();
      Expect(T::kRight);
      return Finish(node, start);
    }
    case T::k_EXISTS: {
      Take();
      Expect(T::kLeft);
      auto* node = New<Exists>();
      node->query = ParseQueryExpression();
      Expect(T::kRight);
      return Finish(node, start);
    }
    case T::k_CASE: return ParseCase();
    case T::k_CONVERT: return ParseConvert();
    case T::k_MATCH: return ParseMatch();
    case T::k_INTERVAL: {
      Expression* node = ParseInterval();
      if (node->kind != ExpressionKind::kInterval) return node;
      // INTERVAL amount unit + date
      auto* interval = node->As<Interval>();
      Expect(T::kPlus);
      auto* sum = New<DateArithmetic>();
      sum->date = ParseBit(5);
      sum->amount = interval->amount;
      sum->unit = interval->unit;
      return Finish(sum, start);
    }
    case T::k_DEFAULT: {
      Take();
      auto* node = New<Default>();
      Expect(T::kLeft);
      node->column = ParseColumnReference();
      Expect(T::kRight);
      return Finish(node, start);
    }
    case T::k_VALUES: {
      Take();
      auto* node = New<InsertValues>();
      Expect(T::kLeft);
      node->column = ParseColumnReference();
      Expect(T::kRight);
      return Finish(node, start);
    }
    default: break;
  }
  if (IsKeyword(Kind()) && IsReserved(Kind())) return ParseKeywordFunction();
  return ParseNameExpression();
}

Expression* ParserImpl::ParseParenthesized() {
  DepthGuard guard(this);
  uint32_t start = Start();
  bool leads_to_query = Kind(1) == T::kLeft && ParenthesesLeadToQuery();
  Expect(T::kLeft);
  if (AtQueryStart()) {
    auto* node = New<Subquery>();
    node->query = ParseQueryExpression();
    Expect(T::kRight);
    return Finish(node, start);
  }
  if (leads_to_query) {
    uint32_t inner_start = Start();
    Expression* inner = ParseParenthesized();
    if (inner->kind == ExpressionKind::kSubquery && (At(T::kRight) || AtQueryContinuation())) {
      QueryBody* body = Parenthesized(inner->As<Subquery>()->query, inner->source);
      auto* node = New<Subquery>();
      node->query = ContinueQuery(body, nullptr, inner_start);
      Expect(T::kRight);
      return Finish(node, start);
    }
    pending_primary_ = inner;
  }
  Expression* first = ParseExpression();
  if (At(T::kComma)) {
    ListBuilder<Expression*> values;
    values.Add(first);
    while (Accept(T::kComma)) values.Add(ParseExpression());
    auto* row = New<Row>();
    row->values = values.Finish(arena_);
    Expect(T::kRight);
    return Finish(row, start);
  }
  Expect(T::kRight);
  first->is_parenthesized = true;
  first->source = RangeFrom(start);
  return first;
}

ColumnReference* ParserImpl::ParseColumnReference() {
  uint32_t start = Start();
  auto* node = New<ColumnReference>();
  Accept(T::kDot);
  node->column = ParseName();
  if (Accept(T::kDot)) {
    node->table = node->column;
    node->column = ParseNameAfterDot();
    if (Accept(T::kDot)) {
      node->schema = node->table;
      node->table = node->column;
      node->column = ParseNameAfterDot();
    }
  }
  return Finish(node, start);
}

Expression* ParserImpl::ParseNameExpression() {
  uint32_t start = Start();
  LexedToken token = Peek();
  T next = Kind(1);
  if (token.token == T::kIdentifier && token.text.size() > 1 && token.text[0] == '_' &&
      (next == T::kString || next == T::kHex || next == T::kBit) && IsOneOf(token.text.substr(1), kCharsets)) {
    Take();
    auto* node = New<Introducer>();
    node->charset = token.text.substr(1);
    node->literal = ParseLiteral()->As<Literal>();
    return Finish(node, start);
  }
  if (next == T::kString && (token.token == T::k_DATE || token.token == T::k_TIME || token.token == T::k_TIMESTAMP)) {
    Take();
    auto* node = ParseLiteral()->As<Literal>();
    node->literal_kind = token.token == T::k_DATE   ? LiteralKind::kDate
                         : token.token == T::k_TIME ? LiteralKind::kTime
                                                    : LiteralKind::kTimestamp;
    return Finish(node, start);
  }
  if (!IsName(token) && token.token != T::kDot) FailSyntax();
  if (next == T::kLeft && token.token != T::kDot) {
    Take();
    bool adjacent = token.end == Peek().offset;
    return ParseCall({}, token.text, start, token.token == T::kQuotedIdentifier, adjacent);
  }
  if (next == T::kDot && Kind(3) == T::kLeft && token.token != T::kDot) {
    // schema.function(...)
    Skip(2);
    LexedToken name = Peek();
    if (!IsName(name) && !IsKeyword(name.token)) FailSyntax();
    Take();
    return ParseCall(token.text, name.text, start, true, true);
  }
  ColumnReference* column = ParseColumnReference();
  if (At(T::kArrow) || At(T::kArrowUnquote)) {
    auto* node = New<Binary>();
    node->op = At(T::kArrow) ? BinaryOperator::kJsonExtract : BinaryOperator::kJsonUnquote;
    Take();
    node->left = column;
    if (!At(T::kString)) FailSyntax();
    node->right = ParseLiteral();
    return Finish(node, start);
  }
  if (At(T::kAssign)) FailSyntax();
  return column;
}

// Behind the name, at '('.
Expression* ParserImpl::ParseCall(std::string_view schema, std::string_view name, uint32_t start, bool quoted,
                                  bool adjacent) {
  if (!schema.empty()) {
    Expression* call = ParseGenericCall(name, start);
    call->As<Function>()->schema = schema;
    return call;
  }
  if (quoted || (!adjacent && !options_.ignore_space && IsOneOf(name, kAdjacentNames))) {
    // Not the built-in of this name.
    Expression* call = ParseGenericCall(name, start);
    if (!quoted) call->As<Function>()->is_name_collision = true;
    return call;
  }
  if (IsOneOf(name, kAggregates)) return ParseAggregate(name, start);
  switch (name.size()) {
    case 3:
      if (EqualNames(name, "now")) return ParseTimeFunction("now");
      if (EqualNames(name, "mid")) name = "substring";
      break;
    case 4:
      if (EqualNames(name, "cast")) return ParseCast();
      if (EqualNames(name, "trim")) return ParseTrim(start);
      break;
    case 6:
      if (EqualNames(name, "substr")) name = "substring";
      break;
    case 7:
      if (EqualNames(name, "extract")) {
        Expect(T::kLeft);
        auto* node = New<Extract>();
        node->unit = ParseIntervalUnit();
        Expect(T::k_FROM);
        node->operand = ParseExpression();
        Expect(T::kRight);
        return Finish(node, start);
      }
      if (EqualNames(name, "sysdate")) return ParseTimeFunction("sysdate");
      if (EqualNames(name, "curtime")) return ParseTimeFunction("curtime");
      if (EqualNames(name, "adddate") || EqualNames(name, "subdate")) {
        Expect(T::kLeft);
        auto* node = New<DateArithmetic>();
        node->is_subtraction = EqualNames(name, "subdate");
        node->date = ParseExpression();
        Expect(T::kComma);
        if (At(T::k_INTERVAL)) {
          Expression* amount = ParseInterval();
          if (amount->kind == ExpressionKind::kInterval) {
            node->amount = amount->As<Interval>()->amount;
            node->unit = amount->As<Interval>()->unit;
          } else {
            pending_primary_ = amount;
          }
        }
        if (node->amount == nullptr) node->amount = ParseExpression();
        Expect(T::kRight);
        return Finish(node, start);
      }
      break;
    case 8:
      if (EqualNames(name, "date_add") || EqualNames(name, "date_sub")) {
        Expect(T::kLeft);
        auto* node = New<DateArithmetic>();
        node->is_subtraction = EqualNames(name, "date_sub");
        node->date = ParseExpression();
        Expect(T::kComma);
        if (!At(T::k_INTERVAL)) FailSyntax();
        Expression* amount = ParseInterval();
        if (amount->kind != ExpressionKind::kInterval) FailSyntax();
        node->amount = amount->As<Interval>()->amount;
        node->unit = amount->As<Interval>()->unit;
        Expect(T::kRight);
        return Finish(node, start);
      }
      if (EqualNames(name, "position")) {
        Expect(T::kLeft);
        Expression* needle = ParseBit(1);
        Expect(T::k_IN);
        Expression* text = ParseExpression();
        Expect(T::kRight);
        return MakeFunction("locate", {needle, text}, start);
      }
      break;
    case 9:
      break;
    case 10:
      if (EqualNames(name, "get_format")) {
        Expect(T::kLeft);
        if (!AtAny({T::k_DATE, T::k_TIME, T::k_DATETIME, T::k_TIMESTAMP})) FailSyntax();
        LexedToken kind = Take();
        Expression* type = MakeString(KeywordName(kind.token == T::k_TIMESTAMP ? T::k_DATETIME : kind.token),
                                      {kind.offset, kind.end - kind.offset});
        Expect(T::kComma);
        Expression* standard = ParseExpression();
        Expect(T::kRight);
        return MakeFunction("get_format", {type, standard}, start);
      }
      if (EqualNames(name, "json_value")) return ParseJsonValue(start);
      break;
    case 12:
      if (EqualNames(name, "group_concat")) return ParseGroupConcat(name, start);
      if (EqualNames(name, "timestampadd")) {
        Expect(T::kLeft);
        auto* node = New<TimestampFunction>();
        node->unit = ParseIntervalUnit();
        Expect(T::kComma);
        node->first = ParseExpression();
        Expect(T::kComma);
        node->second = ParseExpression();
        Expect(T::kRight);
        return Finish(node, start);
      }
      break;
    case 13:
      if (EqualNames(name, "timestampdiff")) {
        Expect(T::kLeft);
        auto* node = New<TimestampFunction>();
        node->is_difference = true;
        node->unit = ParseIntervalUnit();
        Expect(T::kComma);
        node->first = ParseExpression();
        Expect(T::kComma);
        node->second = ParseExpression();
        Expect(T::kRight);
        return Finish(node, start);
      }
      if (EqualNames(name, "weight_string")) {
        Expect(T::kLeft);
        auto* node = New<WeightString>();
        node->operand = ParseExpression();
        if (Accept(T::k_AS)) {
          node->type = New<DataType>();
          if (Accept(T::k_BINARY)) {
            node->type->type = TypeKind::kBinary;
          } else {
            if (!Accept(T::k_CHAR)) Expect(T::k_CHARACTER);
            node->type->type = TypeKind::kChar;
          }
          Expect(T::kLeft);
          node->type->length = ParseUnsigned();
          Expect(T::kRight);
        }
        Expect(T::kRight);
        return Finish(node, start);
      }
      break;
    default: break;
  }
  if (EqualNames(name, "substring")) {
    Expect(T::kLeft);
    Expression* text = ParseExpression();
    bool from = Accept(T::k_FROM);
    if (!from) Expect(T::kComma);
    Expression* position = ParseExpression();
    Function* node;
    if (from ? Accept(T::k_FOR) : Accept(T::kComma)) {
      Expression* length = ParseExpression();
      Expect(T::kRight);
      node = MakeFunction("substring", {text, position, length}, start);
    } else {
      Expect(T::kRight);
      node = MakeFunction("substring", {text, position}, start);
    }
    return node;
  }
  if (EqualNames(name, "curdate") || EqualNames(name, "session_user") || EqualNames(name, "system_user")) {
    Expect(T::kLeft, T::kRight);
    return MakeFunction(name, {}, start);
  }
  return ParseGenericCall(name, start);
}

// ( [expression [[AS] alias], ...] )
Expression* ParserImpl::ParseGenericCall(std::string_view name, uint32_t start) {
  auto* node = New<Function>();
  node->name = name;
  Expect(T::kLeft);
  if (!At(T::kRight)) {
    ListBuilder<Expression*> arguments;
    ListBuilder<std::string_view> names;
    bool has_names = false;
    do {
      arguments.Add(ParseExpression());
      std::string_view alias;
      if (Accept(T::k_AS)) {
        alias = ParseNameOrString();
        has_names = true;
      } else if (AtName() || At(T::kString)) {
        alias = ParseNameOrString();
        has_names = true;
      }
      names.Add(alias);
    } while (Accept(T::kComma));
    node->arguments = arguments.Finish(arena_);
    if (has_names) node->argument_names = names.Finish(arena_);
  }
  Expect(T::kRight);
  return Finish(node, start);
}

// name | name() | name(fractional seconds), behind the name.
Expression* ParserImpl::ParseTimeFunction(std::string_view name) {
  uint32_t start = last_end_ - static_cast<uint32_t>(name.size());
  auto* node = New<Function>();
  node->name = name;
  if (At(T::kLeft)) {
    Take();
    if (At(T::kInteger)) {
      ListBuilder<Expression*> arguments;
      arguments.Add(ParseLiteral());
      node->arguments = arguments.Finish(arena_);
    }
    Expect(T::kRight);
  }
  return Finish(node, start);
}

// Functions whose name is a reserved word.
Expression* ParserImpl::ParseKeywordFunction() {
  uint32_t start = Start();
  T kind = Kind();
  switch (kind) {
    case T::k_CURRENT_TIMESTAMP:
    case T::k_LOCALTIME:
    case T::k_LOCALTIMESTAMP: {
      Take();
      Expression* node = ParseTimeFunction("now");
      node->source = RangeFrom(start);
      return node;
    }
    case T::k_CURRENT_TIME: {
      Take();
      Expression* node = ParseTimeFunction("curtime");
      node->source = RangeFrom(start);
      return node;
    }
    case T::k_UTC_TIME:
    case T::k_UTC_TIMESTAMP: {
      Take();
      Expression* node = ParseTimeFunction(kind == T::k_UTC_TIME ? "utc_time" : "utc_timestamp");
      node->source = RangeFrom(start);
      return node;
    }
    case T::k_CURRENT_DATE:
    case T::k_UTC_DATE:
    case T::k_CURRENT_USER:
      Take();
      if (Accept(T::kLeft)) Expect(T::kRight);
      return MakeFunction(kind == T::k_CURRENT_DATE   ? "curdate"
                          : kind == T::k_UTC_DATE ? "utc_date"
                                                  : "current_user",
                          {}, start);
    case T::k_CHAR: {
      Take();
      Expect(T::kLeft);
      auto* node = New<CharFunction>();
      node->codes = ParseExpressionList();
      if (Accept(T::k_USING)) node->charset = ParseCharsetName();
      Expect(T::kRight);
      return Finish(node, start);
    }
    case T::k_DATABASE:
    case T::k_SCHEMA:
      Take();
      Expect(T::kLeft, T::kRight);
      return MakeFunction("database", {}, start);
    case T::k_IF:
    case T::k_LEFT:
    case T::k_RIGHT:
    case T::k_INSERT:
    case T::k_REPLACE:
    case T::k_REPEAT:
    case T::k_MOD:
    case T::k_GROUPING: {
      std::string_view name = Take().text;
      if (!At(T::kLeft) || Kind(1) == T::kRight) FailSyntax();
      Expression* node = ParseGenericCall(name, start);
      size_t count = node->As<Function>()->arguments.size();
      if ((kind == T::k_IF && count != 3) || ((kind == T::k_LEFT || kind == T::k_RIGHT || kind == T::k_MOD ||
                                               kind == T::k_REPEAT) && count != 2) ||
          (kind == T::k_INSERT && count != 4) || (kind == T::k_REPLACE && count != 3)) {
        FailSyntaxAt(last_end_ - 1);
      }
      return node;
    }
    case T::k_ROW_NUMBER:
    case T::k_RANK:
    case T::k_DENSE_RANK:
    case T::k_CUME_DIST:
    case T::k_PERCENT_RANK:
    case T::k_NTILE:
    case T::k_LEAD:
    case T::k_LAG:
    case T::k_FIRST_VALUE:
    case T::k_LAST_VALUE:
    case T::k_NTH_VALUE: return ParseWindowFunction();
    default: FailSyntax();
  }
}

Expression* ParserImpl::ParseCase() {
  uint32_t start = Start();
  Expect(T::k_CASE);
  auto* node = New<Case>();
  if (!At(T::k_WHEN)) node->operand = ParseExpression();
  ListBuilder<WhenClause> clauses;
  if (!At(T::k_WHEN)) FailSyntax();
  while (Accept(T::k_WHEN)) {
    WhenClause clause;
    clause.condition = ParseExpression();
    Expect(T::k_THEN);
    clause.result = ParseExpression();
    clauses.Add(clause);
  }
  node->when_clauses = clauses.Finish(arena_);
  if (Accept(T::k_ELSE)) node->else_result = ParseExpression();
  Expect(T::k_END);
  return Finish(node, start);
}

// Behind CAST.
Expression* ParserImpl::ParseCast() {
  uint32_t start = last_end_ - 4;
  Expect(T::kLeft);
  auto* node = New<Cast>();
  node->operand = ParseExpression();
  if (Accept(T::k_AT)) {
    ExpectWord("TIME");
    ExpectWord("ZONE");
    Accept(T::k_INTERVAL);
    if (!At(T::kString)) FailSyntax();
    node->time_zone = ParseLiteral();
  }
  Expect(T::k_AS);
  node->type = ParseCastType();
  node->is_array = Accept(T::k_ARRAY);
  Expect(T::kRight);
  return Finish(node, start);
}

Expression* ParserImpl::ParseConvert() {
  uint32_t start = Start();
  Expect(T::k_CONVERT, T::kLeft);
  Expression* operand = ParseExpression();
  if (Accept(T::k_USING)) {
    auto* node = New<ConvertUsing>();
    node->operand = operand;
    node->charset = ParseCharsetName();
    Expect(T::kRight);
    return Finish(node, start);
  }
  Expect(T::kComma);
  auto* node = New<Cast>();
  node->syntax = CastSyntax::kConvert;
  node->operand = operand;
  node->type = ParseCastType();
  Expect(T::kRight);
  return Finish(node, start);
}

// INTERVAL amount unit, or the function INTERVAL(n, n1, ...).
Expression* ParserImpl::ParseInterval() {
  uint32_t start = Start();
  Expect(T::k_INTERVAL);
  if (At(T::kLeft)) {
    // The function has a comma directly inside its parentheses.
    Lexer scout = Scout();
    int depth = 0;
    bool comma = false;
    while (true) {
      T token = scout.Next().token;
      if (token == T::kLeft) ++depth;
      if (token == T::kRight && --depth == 0) break;
      if (token == T::kEnd || token == T::kInvalid) break;
      if (token == T::kComma && depth == 1) {
        comma = true;
        break;
      }
    }
    if (comma && !AtQueryStart(1)) {
      DepthGuard guard(this);
      Expression* call = ParseGenericCall("interval", start);
      return call;
    }
  }
  auto* node = New<Interval>();
  node->amount = ParseExpression();
  node->unit = ParseIntervalUnit();
  return Finish(node, start);
}

bool ParserImpl::AtIntervalUnit(size_t n) {
  IntervalUnit unit;
  return LookUpIntervalUnit(Kind(n), &unit);
}

IntervalUnit ParserImpl::ParseIntervalUnit() {
  IntervalUnit unit;
  if (!LookUpIntervalUnit(Kind(), &unit)) FailSyntax();
  Take();
  return unit;
}

Expression* ParserImpl::ParseMatch() {
  uint32_t start = Start();
  Expect(T::k_MATCH);
  auto* node = New<Match>();
  bool parentheses = Accept(T::kLeft);
  ListBuilder<ColumnReference*> columns;
  do {
    columns.Add(ParseColumnReference());
  } while (Accept(T::kComma));
  if (parentheses) Expect(T::kRight);
  node->columns = columns.Finish(arena_);
  Expect(T::k_AGAINST, T::kLeft);
  node->query = ParseBit(1);
  if (Accept(T::k_IN)) {
    if (Accept(T::k_BOOLEAN)) {
      Expect(T::k_MODE);
      node->mode = MatchMode::kBoolean;
    } else {
      Expect(T::k_NATURAL, T::k_LANGUAGE);
      Expect(T::k_MODE);
    }
  }
  if (node->mode != MatchMode::kBoolean && Accept(T::k_WITH)) {
    Expect(T::k_QUERY, T::k_EXPANSION);
    node->mode = MatchMode::kQueryExpansion;
  }
  Expect(T::kRight);
  return Finish(node, start);
}

Expression* ParserImpl::ParseTrim(uint32_t start) {
  Expect(T::kLeft);
  auto* node = New<Trim>();
  bool has_mode = true;
  if (Accept(T::k_LEADING)) {
    node->mode = TrimMode::kLeading;
  } else if (Accept(T::k_TRAILING)) {
    node->mode = TrimMode::kTrailing;
  } else {
    has_mode = Accept(T::k_BOTH);
  }
  if (has_mode && Accept(T::k_FROM)) {
    node->operand = ParseExpression();
  } else {
    Expression* first = ParseExpression();
    if (has_mode || At(T::k_FROM)) {
      Expect(T::k_FROM);
      node->remove = first;
      node->operand = ParseExpression();
    } else {
      node->operand = first;
    }
  }
  Expect(T::kRight);
  return Finish(node, start);
}

Expression* ParserImpl::ParseAggregate(std::string_view name, uint32_t start) {
  Expect(T::kLeft);
  auto* node = New<Aggregate>();
  node->name = name;
  bool is_count = EqualNames(name, "count");
  bool may_be_distinct = is_count || EqualNames(name, "sum") || EqualNames(name, "avg") || EqualNames(name, "min") ||
                         EqualNames(name, "max") || EqualNames(name, "st_collect");
  if (is_count && At(T::kStar)) {
    Take();
    node->is_star = true;
  } else {
    if (may_be_distinct && (Accept(T::k_DISTINCT) || Accept(T::k_DISTINCTROW))) {
      node->is_distinct = true;
      Accept(T::k_ALL);
    } else if (Accept(T::k_ALL)) {
      if (may_be_distinct && Accept(T::k_DISTINCT)) node->is_distinct = true;
    }
    ListBuilder<Expression*> arguments;
    arguments.Add(ParseExpression());
    if (EqualNames(name, "json_objectagg")) {
      Expect(T::kComma);
      Accept(T::k_ALL);
      arguments.Add(ParseExpression());
    }
    while (is_count && node->is_distinct && Accept(T::kComma)) arguments.Add(ParseExpression());
    node->arguments = arguments.Finish(arena_);
  }
  Expect(T::kRight);
  if (At(T::k_OVER)) node->over = ParseOver();
  return Finish(node, start);
}

Expression* ParserImpl::ParseGroupConcat(std::string_view name, uint32_t start) {
  Expect(T::kLeft);
  auto* node = New<Aggregate>();
  node->name = name;
  node->is_distinct = Accept(T::k_DISTINCT);
  node->arguments = ParseExpressionList();
  if (Accept(T::k_ORDER)) {
    Expect(T::k_BY);
    node->order_by = ParseOrderItems();
  }
  if (Accept(T::k_SEPARATOR)) node->separator = ParseStringLiteral();
  Expect(T::kRight);
  if (At(T::k_OVER)) node->over = ParseOver();
  return Finish(node, start);
}

Expression* ParserImpl::ParseWindowFunction() {
  uint32_t start = Start();
  T kind = Kind();
  auto* node = New<WindowFunction>();
  node->name = Take().text;
  Expect(T::kLeft);
  bool has_arguments = kind == T::k_NTILE || kind == T::k_LEAD || kind == T::k_LAG || kind == T::k_FIRST_VALUE ||
                       kind == T::k_LAST_VALUE || kind == T::k_NTH_VALUE;
  if (has_arguments) {
    node->arguments = ParseExpressionList();
    size_t most = kind == T::k_LEAD || kind == T::k_LAG ? 3 : kind == T::k_NTH_VALUE ? 2 : 1;
    size_t least = kind == T::k_NTH_VALUE ? 2 : 1;
    if (node->arguments.size() > most || node->arguments.size() < least) FailSyntax();
  }
  Expect(T::kRight);
  if (kind == T::k_NTH_VALUE && Accept(T::k_FROM)) {
    if (Accept(T::k_LAST)) {
      node->from_last = true;
    } else {
      Expect(T::k_FIRST);
    }
  }
  if (has_arguments && kind != T::k_NTILE && AtAny({T::k_RESPECT, T::k_IGNORE}) && Kind(1) == T::k_NULLS) {
    node->ignore_nulls = At(T::k_IGNORE);
    Skip(2);
  }
  if (!At(T::k_OVER)) FailSyntax();
  node->over = ParseOver();
  return Finish(node, start);
}

WindowSpecification* ParserImpl::ParseOver() {
  Expect(T::k_OVER);
  if (At(T::kLeft)) return ParseWindowSpecification();
  auto* window = New<WindowSpecification>();
  window->base = ParseName();
  window->is_reference_only = true;
  return window;
}

WindowSpecification* ParserImpl::ParseWindowSpecification() {
  Expect(T::kLeft);
  auto* window = New<WindowSpecification>();
  if (AtName()) window->base = ParseName();
  if (Accept(T::k_PARTITION)) {
    Expect(T::k_BY);
    window->partition_by = ParseExpressionList();
  }
  if (Accept(T::k_ORDER)) {
    Expect(T::k_BY);
    window->order_by = ParseOrderItems();
  }
  if (AtAny({T::k_ROWS, T::k_RANGE, T::k_GROUPS})) {
    auto* frame = New<WindowFrame>();
    T unit = Take().token;
    frame->unit = unit == T::k_ROWS ? FrameUnit::kRows : unit == T::k_RANGE ? FrameUnit::kRange : FrameUnit::kGroups;
    if (Accept(T::k_BETWEEN)) {
      frame->start = ParseFrameBound();
      Expect(T::k_AND);
      frame->end = ParseFrameBound();
    } else {
      frame->start = ParseFrameBound();
    }
    if (Accept(T::k_EXCLUDE)) {
      if (Accept(T::k_CURRENT)) {
        Expect(T::k_ROW);
        frame->exclusion = FrameExclusion::kCurrentRow;
      } else if (Accept(T::k_GROUP)) {
        frame->exclusion = FrameExclusion::kGroup;
      } else if (Accept(T::k_TIES)) {
        frame->exclusion = FrameExclusion::kTies;
      } else {
        Expect(T::k_NO, T::k_OTHERS);
        frame->exclusion = FrameExclusion::kNoOthers;
      }
    }
    window->frame = frame;
  }
  Expect(T::kRight);
  return window;
}

FrameBound ParserImpl::ParseFrameBound() {
  FrameBound bound;
  if (Accept(T::k_UNBOUNDED)) {
    bound.kind = Accept(T::k_PRECEDING) ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kUnboundedFollowing;
    if (bound.kind == FrameBoundKind::kUnboundedFollowing) Expect(T::k_FOLLOWING);
    return bound;
  }
  if (Accept(T::k_CURRENT)) {
    Expect(T::k_ROW);
    return bound;
  }
  bound.value = At(T::k_INTERVAL) ? ParseInterval() : ParseBit(1);
  bound.kind = Accept(T::k_PRECEDING) ? FrameBoundKind::kPreceding : FrameBoundKind::kFollowing;
  if (bound.kind == FrameBoundKind::kFollowing) Expect(T::k_FOLLOWING);
  return bound;
}

void ParserImpl::ParseJsonActions(JsonAction* on_empty, JsonAction* on_error) {
  while (AtAny({T::k_NULL, T::k_ERROR, T::k_DEFAULT})) {
    JsonAction action;
    T kind = Take().token;
    if (kind == T::k_NULL) action.kind = JsonActionKind::kNull;
    if (kind == T::k_ERROR) action.kind = JsonActionKind::kError;
    if (kind == T::k_DEFAULT) {
      action.kind = JsonActionKind::kDefault;
      action.value = ParseSimple();
    }
    Expect(T::k_ON);
    if (Accept(T::k_EMPTY)) {
      if (on_empty->kind != JsonActionKind::kAbsent || on_error->kind != JsonActionKind::kAbsent) FailSyntax();
      *on_empty = action;
    } else {
      Expect(T::k_ERROR);
      if (on_error->kind != JsonActionKind::kAbsent) FailSyntax();
      *on_error = action;
    }
  }
}

Expression* ParserImpl::ParseJsonValue(uint32_t start) {
  Expect(T::kLeft);
  auto* node = New<JsonValue>();
  node->document = ParseExpression();
  Expect(T::kComma);
  node->path = ParseExpression();
  if (Accept(T::k_RETURNING)) node->returning = ParseCastType();
  ParseJsonActions(&node->on_empty, &node->on_error);
  Expect(T::kRight);
  return Finish(node, start);
}

Expression* ParserImpl::ParseSystemVariable() {
  uint32_t start = Start();
  Expect(T::kAtAt);
  auto* node = New<SystemVariable>();
  auto scope_of = [](std::string_view word, VariableScope* scope) {
    if (EqualNames(word, "global")) *scope = VariableScope::kGlobal;
    else if (EqualNames(word, "session")) *scope = VariableScope::kSession;
    else if (EqualNames(word, "local")) *scope = VariableScope::kLocal;
    else if (EqualNames(word, "persist")) *scope = VariableScope::kPersist;
    else if (EqualNames(word, "persist_only")) *scope = VariableScope::kPersistOnly;
    else return false;
    return true;
  };
  if (At(T::k_DEFAULT) || (AtWord("DEFAULT") && Kind(1) == T::kDot)) {
    node->component = "default";
    Take();
    Expect(T::kDot);
    node->name = ParseNameAfterDot();
    return Finish(node, start);
  }
  bool quoted = At(T::kQuotedIdentifier);
  std::string_view word = ParseName();
  if (!quoted && At(T::kDot) && scope_of(word, &node->scope)) {
    Take();
    word = ParseNameAfterDot();
  }
  node->name = word;
  if (Accept(T::kDot)) {
    node->component = word;
    node->name = ParseNameAfterDot();
  }
  return Finish(node, start);
}

Expression* ParserImpl::ParseValue() {
  if (At(T::k_DEFAULT) && Kind(1) != T::kLeft) {
    uint32_t start = Start();
    Take();
    return Finish(New<Default>(), start);
  }
  return ParseExpression();
}

List<Expression*> ParserImpl::ParseRowValues() {
  Expect(T::kLeft);
  if (Accept(T::kRight)) return {};
  ListBuilder<Expression*> values;
  do {
    values.Add(ParseValue());
  } while (Accept(T::kComma));
  Expect(T::kRight);
  return values.Finish(arena_);
}

List<OrderItem> ParserImpl::ParseOrderItems(bool allow_direction) {
  ListBuilder<OrderItem> items;
  do {
    OrderItem item;
    item.expression = ParseExpression();
    if (allow_direction) {
      if (Accept(T::k_DESC)) {
        item.is_descending = true;
      } else {
        Accept(T::k_ASC);
      }
    }
    items.Add(item);
  } while (Accept(T::kComma));
  return items.Finish(arena_);
}

}  // namespace mahi::parser_internal
