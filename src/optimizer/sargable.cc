#include "optimizer/sargable.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "optimizer/logical_util.h"
#include "types/conversion.h"

namespace mahi {

namespace {

enum class Comparison { kEqual, kNullSafeEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

std::optional<Comparison> ComparisonOf(std::string_view name) {
  if (name == "=") return Comparison::kEqual;
  if (name == "<=>") return Comparison::kNullSafeEqual;
  if (name == "<") return Comparison::kLess;
  if (name == "<=") return Comparison::kLessEqual;
  if (name == ">") return Comparison::kGreater;
  if (name == ">=") return Comparison::kGreaterEqual;
  return std::nullopt;
}

Comparison Mirrored(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess: return Comparison::kGreater;
    case Comparison::kLessEqual: return Comparison::kGreaterEqual;
    case Comparison::kGreater: return Comparison::kLess;
    case Comparison::kGreaterEqual: return Comparison::kLessEqual;
    default: return comparison;
  }
}

// A bound in the column's type. `rounding` < 0: the value was rounded down, so column < value means column <= bound.
struct Bound {
  Expression* value = nullptr;
  int rounding = 0;
};

class Finder {
 public:
  Finder(Planner& planner, const GetNode& get) : planner_(planner), get_(get), own_(get.output) {
    if (get.row_locator != 0) own_.Add(get.row_locator);
  }

  std::optional<SargableCondition> Find(Expression* conjunct);

 private:
  struct Target {
    ColumnId column;
    uint32_t ordinal;
    const SqlType* type;      // of the column
    const SqlType* compared;  // type that it is compared in
    bool is_nullable;
  };

  std::optional<Target> TargetOf(Expression* expression);
  bool IsOutside(Expression* value);
  std::optional<Bound> Convert(Expression* value, const Target& target);
  std::optional<SargableCondition> FromComparison(Expression* conjunct, Comparison comparison, Expression* left,
                                                  Expression* right);
  std::optional<SargableCondition> FromBetween(FunctionExpression* call);
  std::optional<SargableCondition> FromIn(InListExpression* in);
  std::optional<SargableCondition> FromLike(FunctionExpression* call);
  std::optional<SargableCondition> FromOr(LogicalExpression* logical);
  std::optional<SargableCondition> FromNullTest(FunctionExpression* call, Expression* operand, bool is_null);
  SargableCondition Make(Expression* conjunct, const Target& target);
  ConstantExpression* Constant(Value value, const SqlType& type);

  Planner& planner_;
  const GetNode& get_;
  ColumnSet own_;
};

ConstantExpression* Finder::Constant(Value value, const SqlType& type) {
  auto* constant = planner_.New<ConstantExpression>();
  constant->type = type;
  constant->is_nullable = value.is_null();
  constant->value = std::move(value);
  return constant;
}

SargableCondition Finder::Make(Expression* conjunct, const Target& target) {
  SargableCondition condition;
  condition.conjunct = conjunct;
  condition.column = target.column;
  condition.ordinal = target.ordinal;
  condition.is_exact = true;
  return condition;
}

// The column of the table that the expression is, possibly below a cast that keeps every value and the order.
std::optional<Finder::Target> Finder::TargetOf(Expression* expression) {
  Expression* inner = expression;
  if (auto* call = TryAs<FunctionExpression>(expression); call != nullptr && call->is_implicit_cast()) {
    inner = call->arguments[0];
    const SqlType& from = inner->type;
    const SqlType& to = call->type;
    bool is_faithful = false;
    if (from.IsInteger()) {
      bool fits = from.is_unsigned == to.is_unsigned || (!from.is_unsigned ? false : from.id != TypeId::kBigInt && to.id == TypeId::kBigInt);
      is_faithful = (to.IsInteger() && to.id >= from.id && fits) ||
                    (to.IsReal() && to.id == TypeId::kDouble && from.id != TypeId::kBigInt) ||
                    (to.IsDecimal() && to.length >= to.decimals + 20u);
    } else if (from.IsDecimal()) {
      is_faithful = to.IsDecimal() && to.decimals >= from.decimals && to.length - to.decimals >= from.length - from.decimals;
    } else if (from.IsTemporal()) {
      is_faithful = to.IsTemporal() && (from.id == to.id || (from.id == TypeId::kDate && to.id == TypeId::kDateTime) ||
                                        (from.IsDateTimeLike() && to.id == TypeId::kDateTime)) &&
                    to.decimals >= from.decimals;
    } else if (from.IsString()) {
      is_faithful = to.IsString() && to.collation == from.collation && (to.IsBlob() || to.length >= from.length) &&
                    to.id != TypeId::kChar;
    } else if (from.id == TypeId::kYear || from.id == TypeId::kBit) {
      is_faithful = to.id == TypeId::kBigInt && to.is_unsigned;
    }
    if (!is_faithful) return std::nullopt;
  }
  const auto* column = TryAs<ColumnExpression>(inner);
  if (column == nullptr) return std::nullopt;
  for (size_t i = 0; i < get_.output.size(); ++i) {
    if (get_.output[i] != column->column) continue;
    const Column& definition = get_.table->columns[get_.ordinals[i]];
    // The expression must still see the column as it is stored (an explicit COLLATE makes another type).
    if (inner->type.physical() != definition.type.physical() || inner->type.collation != definition.type.collation) {
      return std::nullopt;
    }
    return Target{column->column, get_.ordinals[i], &definition.type, &expression->type, definition.is_nullable};
  }
  return std::nullopt;
}

bool Finder::IsOutside(Expression* value) {
  if (ColumnsOf(value).Intersects(own_)) return false;
  return TraitsOf(value).is_movable();
}

// Integer value of a constant that is a number; *rounding as in Bound.
bool ToInteger(const Value& value, __int128* out, int* rounding) {
  *rounding = 0;
  switch (value.kind()) {
    case PhysicalType::kInt64:
      *out = value.int64();
      return true;
    case PhysicalType::kUInt64:
      *out = value.uint64();
      return true;
    case PhysicalType::kDouble: {
      double floor = std::floor(value.real());
      if (!(std::fabs(floor) < 9e15)) return false;
      *out = static_cast<int64_t>(floor);
      *rounding = floor == value.real() ? 0 : -1;
      return true;
    }
    case PhysicalType::kDecimal: {
      // Exactly when the rounded integer, made a decimal again, is the same.
      ConversionReport report;
      Datum datum = value.datum();
      SqlType type = SqlType::Decimal(kMaxDecimalPrecision, kMaxDecimalScale);
      int64_t rounded = DatumToInt64(datum, type, &report);
      if (report.is_out_of_range) return false;
      Datum back = Datum::Int64(rounded);
      ConversionReport ignored;
      Decimal again = DatumToDecimal(back, SqlType::BigInt(), &ignored);
      int order = CompareDatum(Datum::OfDecimal(&again), datum, type);
      *out = order > 0 ? rounded - 1 : rounded;
      *rounding = order == 0 ? 0 : -1;
      return true;
    }
    default:
      return false;
  }
}

std::optional<Bound> Finder::Convert(Expression* value, const Target& target) {
  const SqlType& type = *target.type;
  // An implicit cast of a constant that folding left alone is not looked through: its warnings matter.
  const auto* constant = TryAs<ConstantExpression>(value);
  if (constant != nullptr && constant->value.is_null()) return Bound{Constant(Value(), type), 0};

  if (type.IsString()) {
    if (!value->type.IsString() || value->type.collation != type.collation) return std::nullopt;
    if (target.compared->collation != type.collation) return std::nullopt;
    return Bound{value, 0};
  }
  if (type.IsInteger() || type.id == TypeId::kYear || type.id == TypeId::kBit) {
    bool is_unsigned = type.physical() == PhysicalType::kUInt64;
    if (constant != nullptr) {
      __int128 integer;
      int rounding;
      if (!ToInteger(constant->value, &integer, &rounding)) return std::nullopt;
      __int128 low = is_unsigned ? 0 : MinSigned(type.IsInteger() ? type.id : TypeId::kBigInt);
      __int128 high = is_unsigned ? static_cast<__int128>(type.IsInteger() ? MaxUnsigned(type.id) : ~uint64_t{0})
                                  : static_cast<__int128>(MaxSigned(type.id));
      if (type.id == TypeId::kYear) high = 2155;
      if (integer < low || integer > high) return std::nullopt;
      Value converted = is_unsigned ? Value::UInt64(static_cast<uint64_t>(integer))
                                    : Value::Int64(static_cast<int64_t>(integer));
      return Bound{Constant(std::move(converted), type), rounding};
    }
    // Not known yet. Integers are compared by value, whatever they were cast to for it. One that comes from another
    // table must fit the column; the executor checks those that it evaluates once.
    if (!type.IsInteger()) return std::nullopt;
    if (auto* cast = TryAs<FunctionExpression>(value);
        cast != nullptr && cast->is_implicit_cast() && cast->arguments[0]->type.IsInteger() &&
        (cast->type.IsInteger() || (cast->type.IsDecimal() && cast->type.length >= cast->type.decimals + 20u))) {
      value = cast->arguments[0];
    }
    if (!value->type.IsInteger()) return std::nullopt;
    bool fits = value->type.physical() == type.physical() && value->type.id <= type.id;
    if (!fits && TraitsOf(value).has_column) return std::nullopt;
    return Bound{value, 0};
  }
  if (type.id == TypeId::kDouble) {
    if (value->type.id == TypeId::kDouble) return Bound{value, 0};
    if (constant == nullptr || !target.compared->IsReal()) return std::nullopt;
    if (!value->type.IsNumeric()) return std::nullopt;
    ConversionReport report;
    double real = DatumToDouble(constant->value.datum(), value->type, &report);
    return Bound{Constant(Value::Double(real), type), 0};
  }
  if (type.IsDecimal()) {
    if (value->type.IsDecimal() && value->type.decimals == type.decimals && value->type.length <= type.length) {
      return Bound{value, 0};
    }
    if (constant == nullptr || !(value->type.IsDecimal() || value->type.IsInteger())) return std::nullopt;
    Value storage;
    Datum out;
    StoreContext store;
    store.sql_mode = 0;
    Datum datum = constant->value.datum();
    if (!StoreValue(datum, value->type, type, store, &storage, &out).ok() || out.is_null) return std::nullopt;
    ConversionReport report;
    Decimal original = DatumToDecimal(datum, value->type, &report);
    if (CompareDatum(out, Datum::OfDecimal(&original), type) != 0) return std::nullopt;
    return Bound{Constant(Value(out, type), type), 0};
  }
  if (type.IsTemporal()) {
    if (!value->type.IsTemporal()) return std::nullopt;
    bool is_time = type.id == TypeId::kTime;
    if (is_time != (value->type.id == TypeId::kTime)) return std::nullopt;
    if (constant == nullptr) {
      if (value->type.id == type.id && value->type.decimals <= type.decimals) return Bound{value, 0};
      if (type.id == TypeId::kDateTime && value->type.HasDatePart() && value->type.decimals <= type.decimals) {
        return Bound{value, 0};
      }
      return std::nullopt;
    }
    int64_t packed = constant->value.temporal();
    int rounding = 0;
    if (type.id == TypeId::kDate) {
      if (TimePart(packed) != 0) rounding = -1;
      packed = DatePart(packed);
    } else if (TruncateTemporal(packed, type.decimals) != packed) {
      return std::nullopt;
    }
    if (type.id == TypeId::kTimestamp) {
      DateTimeParts parts = UnpackDateTime(packed);
      if (parts.year < 1971 || parts.year > 2037 || parts.month == 0 || parts.day == 0) return std::nullopt;
    }
    return Bound{Constant(Value::Temporal(packed, type.id, type.decimals), type), rounding};
  }
  return std::nullopt;
}

std::optional<SargableCondition> Finder::FromComparison(Expression* conjunct, Comparison comparison, Expression* left,
                                                        Expression* right) {
  std::optional<Target> target = TargetOf(left);
  if (!target || !IsOutside(right)) {
    target = TargetOf(right);
    if (!target || !IsOutside(left)) return std::nullopt;
    std::swap(left, right);
    comparison = Mirrored(comparison);
  }
  std::optional<Bound> bound = Convert(right, *target);
  if (!bound) return std::nullopt;
  SargableCondition condition = Make(conjunct, *target);
  condition.value_columns = ColumnsOf(right);
  ColumnInterval interval;
  switch (comparison) {
    case Comparison::kEqual:
    case Comparison::kNullSafeEqual:
      if (bound->rounding != 0) return std::nullopt;
      interval.lower = interval.upper = bound->value;
      interval.is_point = true;
      // A column without NULLs has none to find; its keys may not even have room for one.
      interval.is_null_safe = comparison == Comparison::kNullSafeEqual && target->is_nullable;
      break;
    case Comparison::kLess:
    case Comparison::kLessEqual:
      interval.upper = bound->value;
      interval.is_upper_inclusive = comparison == Comparison::kLessEqual || bound->rounding != 0;
      interval.excludes_null = true;
      break;
    case Comparison::kGreater:
    case Comparison::kGreaterEqual:
      interval.lower = bound->value;
      interval.is_lower_inclusive = comparison == Comparison::kGreaterEqual && bound->rounding == 0;
      break;
  }
  condition.intervals.push_back(interval);
  return condition;
}

std::optional<SargableCondition> Finder::FromBetween(FunctionExpression* call) {
  if (call->arguments.size() != 3) return std::nullopt;
  std::optional<Target> target = TargetOf(call->arguments[0]);
  if (!target || !IsOutside(call->arguments[1]) || !IsOutside(call->arguments[2])) return std::nullopt;
  std::optional<Bound> low = Convert(call->arguments[1], *target);
  std::optional<Bound> high = Convert(call->arguments[2], *target);
  if (!low || !high) return std::nullopt;
  SargableCondition condition = Make(call, *target);
  condition.value_columns = ColumnsOf(call->arguments[1]);
  condition.value_columns.AddAll(ColumnsOf(call->arguments[2]));
  ColumnInterval interval;
  interval.lower = low->value;
  interval.is_lower_inclusive = low->rounding == 0;
  interval.upper = high->value;
  condition.intervals.push_back(interval);
  return condition;
}

std::optional<SargableCondition> Finder::FromIn(InListExpression* in) {
  if (in->is_negated) return std::nullopt;
  std::optional<Target> target = TargetOf(in->value);
  if (!target) return std::nullopt;
  SargableCondition condition = Make(in, *target);
  for (Expression* element : in->list) {
    if (!IsOutside(element)) return std::nullopt;
    if (const auto* constant = TryAs<ConstantExpression>(element); constant != nullptr && constant->value.is_null()) {
      continue;  // equal to nothing
    }
    std::optional<Bound> bound = Convert(element, *target);
    if (!bound) return std::nullopt;
    if (bound->rounding != 0) continue;  // no value of the column's type equals it
    bool is_known = false;
    for (const ColumnInterval& other : condition.intervals) {
      is_known = is_known || (condition.intervals.size() <= 64 && SameExpression(other.lower, bound->value));
    }
    if (is_known) continue;
    ColumnInterval interval;
    interval.lower = interval.upper = bound->value;
    interval.is_point = true;
    condition.intervals.push_back(interval);
    condition.value_columns.AddAll(ColumnsOf(element));
  }
  if (condition.intervals.empty()) return std::nullopt;
  return condition;
}

// col LIKE 'abc%': every match begins with the literal part. Only where text order is byte order.
std::optional<SargableCondition> Finder::FromLike(FunctionExpression* call) {
  if (call->arguments.size() < 2) return std::nullopt;
  std::optional<Target> target = TargetOf(call->arguments[0]);
  const auto* pattern = TryAs<ConstantExpression>(call->arguments[1]);
  if (!target || pattern == nullptr || pattern->value.is_null() || pattern->value.kind() != PhysicalType::kString) {
    return std::nullopt;
  }
  if (!target->type->IsString() || pattern->type.collation != target->type->collation ||
      target->compared->collation != target->type->collation) {
    return std::nullopt;
  }
  const Collation& collation = target->type->collation_ref();
  if (!collation.is_memcmp() || !collation.charset().is_ascii_compatible) return std::nullopt;
  char escape = '\\';
  if (call->arguments.size() == 3) {
    const auto* given = TryAs<ConstantExpression>(call->arguments[2]);
    if (given == nullptr || given->value.is_null() || given->value.kind() != PhysicalType::kString ||
        given->value.string().size() != 1) {
      return std::nullopt;
    }
    escape = given->value.string()[0];
  }
  std::string prefix;
  const std::string& text = pattern->value.string();
  size_t i = 0;
  while (i < text.size() && text[i] != '%' && text[i] != '_') {
    if (text[i] == escape && i + 1 < text.size()) ++i;
    prefix.push_back(text[i++]);
  }
  if (prefix.empty()) return std::nullopt;
  SargableCondition condition = Make(call, *target);
  ColumnInterval interval;
  interval.lower = Constant(Value::String(prefix), *target->type);
  if (i == text.size()) {
    interval.upper = interval.lower;
    interval.is_point = true;
  } else {
    condition.is_exact = i + 1 == text.size() && text[i] == '%';
    // The first text after all that begin with the prefix.
    std::string next = prefix;
    while (!next.empty() && static_cast<uint8_t>(next.back()) == 0xff) next.pop_back();
    if (!next.empty()) {
      next.back() = static_cast<char>(static_cast<uint8_t>(next.back()) + 1);
      interval.upper = Constant(Value::String(next), *target->type);
      interval.is_upper_inclusive = false;
    }
  }
  condition.intervals.push_back(interval);
  return condition;
}

// A union of conditions on the same column; what else the branches say stays in the filter.
std::optional<SargableCondition> Finder::FromOr(LogicalExpression* logical) {
  std::optional<SargableCondition> result;
  for (Expression* operand : logical->operands) {
    std::vector<Expression*> parts = Conjuncts(operand);
    std::optional<SargableCondition> branch;
    for (Expression* part : parts) {
      std::optional<SargableCondition> found = Find(part);
      if (!found || (result && found->ordinal != result->ordinal)) continue;
      bool is_better = !branch || (!branch->is_points() && found->is_points());
      if (branch && !is_better && branch->ordinal == found->ordinal && branch->intervals.size() == 1 &&
          found->intervals.size() == 1) {
        // a > 1 AND a < 5 within a branch.
        ColumnInterval& mine = branch->intervals[0];
        const ColumnInterval& theirs = found->intervals[0];
        if (!mine.is_point && !theirs.is_point) {
          if (mine.lower == nullptr && theirs.upper == nullptr && theirs.lower != nullptr) {
            mine.lower = theirs.lower;
            mine.is_lower_inclusive = theirs.is_lower_inclusive;
            mine.excludes_null = false;
          } else if (mine.upper == nullptr && theirs.lower == nullptr && theirs.upper != nullptr) {
            mine.upper = theirs.upper;
            mine.is_upper_inclusive = theirs.is_upper_inclusive;
          }
          branch->value_columns.AddAll(found->value_columns);
        }
      }
      if (is_better) branch = std::move(found);
    }
    if (!branch) return std::nullopt;
    if (parts.size() > 1) branch->is_exact = false;
    if (!result) {
      result = std::move(branch);
      result->conjunct = logical;
    } else {
      result->is_exact = result->is_exact && branch->is_exact;
      result->value_columns.AddAll(branch->value_columns);
      result->intervals.insert(result->intervals.end(), branch->intervals.begin(), branch->intervals.end());
    }
    if (result->intervals.size() > 2000) return std::nullopt;
  }
  return result;
}

std::optional<SargableCondition> Finder::FromNullTest(FunctionExpression* call, Expression* operand, bool is_null) {
  std::optional<Target> target = TargetOf(operand);
  if (!target || !target->is_nullable) return std::nullopt;
  SargableCondition condition = Make(call, *target);
  ColumnInterval interval;
  if (is_null) {
    interval.lower = interval.upper = Constant(Value(), *target->type);
    interval.is_point = true;
    interval.is_null_safe = true;
  } else {
    interval.excludes_null = true;
  }
  condition.intervals.push_back(interval);
  return condition;
}

std::optional<SargableCondition> Finder::Find(Expression* conjunct) {
  if (auto* in = TryAs<InListExpression>(conjunct)) return FromIn(in);
  if (auto* logical = TryAs<LogicalExpression>(conjunct)) {
    if (logical->op == LogicalOperator::kOr) return FromOr(logical);
    return std::nullopt;
  }
  auto* call = TryAs<FunctionExpression>(conjunct);
  if (call == nullptr || call->function == nullptr) return std::nullopt;
  std::string_view name = call->function->name;
  if (call->arguments.size() == 2) {
    if (std::optional<Comparison> comparison = ComparisonOf(name)) {
      return FromComparison(conjunct, *comparison, call->arguments[0], call->arguments[1]);
    }
  }
  if (name == "between") return FromBetween(call);
  if (name == "like") return FromLike(call);
  if (call->arguments.size() != 1) return std::nullopt;
  Expression* operand = call->arguments[0];
  if (name == "is_null" || name == "isnull" || name == "is_unknown") return FromNullTest(call, operand, true);
  if ((name == "is_not_null" || name == "is_not_unknown")) return FromNullTest(call, operand, false);
  if (name == "not" && (IsCall(operand, "is_null") || IsCall(operand, "isnull"))) {
    return FromNullTest(call, As<FunctionExpression>(operand)->arguments[0], false);
  }
  return std::nullopt;
}

}  // namespace

std::vector<SargableCondition> FindSargable(Planner& planner, const GetNode& get,
                                            const std::vector<Expression*>& conjuncts) {
  std::vector<SargableCondition> conditions;
  Finder finder(planner, get);
  for (Expression* conjunct : conjuncts) {
    if (std::optional<SargableCondition> found = finder.Find(conjunct)) conditions.push_back(std::move(*found));
  }
  return conditions;
}

}  // namespace mahi
