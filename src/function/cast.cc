// Casts: the implicit ones that the binder inserts (CastVector), CAST, CONVERT ... USING and BINARY.
// Source: MySQL 8.4 manual, "Cast Functions and Operators", "Type Conversion in Expression Evaluation".
#include <algorithm>
#include <cmath>
#include <string>

#include "function/conversion_warning.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/registry.h"
#include "function/resolve.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

// How strict a conversion to text is about its length.
enum class LengthRule { kFree, kCut };

std::string SourceText(const Datum& value, const SqlType& type) { return DatumToText(value, type); }

// --- Fast paths -----------------------------------------------------------------------------------

template <typename T>
void CopyElements(const Vector& source, const Selection& rows, Vector* result) {
  const T* from = source.Data<T>();
  T* to = result->MutableData<T>();
  if (!source.may_have_nulls()) {
    rows.ForEach([&](uint32_t row) { to[row] = from[source.Index(row)]; });
    return;
  }
  rows.ForEach([&](uint32_t row) {
    if (source.IsNull(row)) {
      result->SetNull(row);
    } else {
      to[row] = from[source.Index(row)];
    }
  });
}

template <typename From, typename To, typename F>
void ConvertElements(const Vector& source, const Selection& rows, Vector* result, F&& convert) {
  const From* from = source.Data<From>();
  To* to = result->MutableData<To>();
  rows.ForEach([&](uint32_t row) {
    if (source.IsNull(row)) {
      result->SetNull(row);
    } else {
      to[row] = convert(from[source.Index(row)]);
    }
  });
}

// Calls f(row, datum) for every row that is not NULL; the others become NULL.
template <typename F>
Status CastRows(const Vector& source, const Selection& rows, Vector* result, F&& f) {
  for (uint32_t i = 0; i < rows.count; ++i) {
    uint32_t row = rows[i];
    if (source.IsNull(row)) {
      result->SetNull(row);
      continue;
    }
    MAHI_RETURN_IF_ERROR(f(row, source.GetDatum(source.Index(row))));
  }
  return {};
}

// --- By target ------------------------------------------------------------------------------------

Status CheckReport(EvalContext& context, const ConversionReport& report, std::string_view kind, const Datum& value,
                   const SqlType& type) {
  bool is_text = type.IsString() || type.IsJson();
  if (!report.is_truncated && !report.is_bad && !(report.is_out_of_range)) return {};
  if (!is_text && !report.is_out_of_range) return {};
  return ReportTruncatedValue(context, kind, SourceText(value, type));
}

Status CastToInt64(EvalContext& context, const Vector& source, const Selection& rows, Vector* result, bool is_explicit) {
  const SqlType& type = source.type();
  if (type.physical() == PhysicalType::kInt64) return CopyElements<int64_t>(source, rows, result), Status();
  if (type.physical() == PhysicalType::kUInt64) return CopyElements<uint64_t>(source, rows, result), Status();
  return CastRows(source, rows, result, [&](uint32_t row, const Datum& value) -> Status {
    ConversionReport report;
    int64_t number = DatumToInt64(value, type, &report);
    if (report.is_out_of_range && number == INT64_MAX && is_explicit && type.IsString()) {
      // Text beyond BIGINT becomes its complement.
      report = {};
      number = static_cast<int64_t>(TextToUInt64(value.string(), &report));
    }
    result->SetInt64(row, number);
    return CheckReport(context, report, "INTEGER", value, type);
  });
}

// ENUM and SET targets read text as members; BIT and YEAR are plain numbers here.
Status CastToUInt64(EvalContext& context, const Vector& source, const Selection& rows, Vector* result, bool is_explicit) {
  const SqlType& type = source.type();
  const SqlType& target = result->type();
  bool is_member_text = target.IsEnumOrSet() && type.IsString();
  if (!is_member_text && type.physical() == PhysicalType::kUInt64) return CopyElements<uint64_t>(source, rows, result), Status();
  if (type.physical() == PhysicalType::kInt64) return CopyElements<int64_t>(source, rows, result), Status();
  return CastRows(source, rows, result, [&](uint32_t row, const Datum& value) -> Status {
    if (is_member_text) {
      bool is_bad = false;
      result->SetUInt64(row, target.id == TypeId::kEnum ? FindEnumMember(target, value.string())
                                                        : ParseSet(target, value.string(), &is_bad));
      return {};
    }
    ConversionReport report;
    if (is_explicit && type.IsDecimal() && value.decimal().is_negative()) {
      result->SetUInt64(row, 0);
      return ReportTruncatedValue(context, "DECIMAL", SourceText(value, type));
    }
    result->SetUInt64(row, DatumToUInt64(value, type, &report));
    return CheckReport(context, report, "INTEGER", value, type);
  });
}

Status CastToDouble(EvalContext& context, const Vector& source, const Selection& rows, Vector* result) {
  const SqlType& type = source.type();
  bool is_float = result->type().id == TypeId::kFloat;
  if (!is_float) {
    switch (type.physical()) {
      case PhysicalType::kDouble: return CopyElements<double>(source, rows, result), Status();
      case PhysicalType::kInt64:
        return ConvertElements<int64_t, double>(source, rows, result, [](int64_t v) { return static_cast<double>(v); }), Status();
      case PhysicalType::kUInt64:
        return ConvertElements<uint64_t, double>(source, rows, result, [](uint64_t v) { return static_cast<double>(v); }), Status();
      default: break;
    }
  }
  return CastRows(source, rows, result, [&](uint32_t row, const Datum& value) -> Status {
    ConversionReport report;
    double number = DatumToDouble(value, type, &report);
    if (is_float) number = static_cast<double>(static_cast<float>(number));
    result->SetDouble(row, number);
    return CheckReport(context, report, "DOUBLE", value, type);
  });
}

Status CastToDecimal(EvalContext& context, const Vector& source, const Selection& rows, Vector* result, bool is_explicit) {
  const SqlType& type = source.type();
  const SqlType& target = result->type();
  return CastRows(source, rows, result, [&](uint32_t row, const Datum& value) -> Status {
    ConversionReport report;
    Decimal number = DatumToDecimal(value, type, &report);
    MAHI_RETURN_IF_ERROR(CheckReport(context, report, "DECIMAL", value, type));
    Decimal fitted;
    DecimalStatus status = number.ConvertTo(target.length, target.decimals, &fitted);
    if (status == DecimalStatus::kOverflow && is_explicit) {
      Error error(ER_WARN_DATA_OUT_OF_RANGE, "CAST", 1);
      if (context.is_strict()) return error;
      context.diagnostics->Warn(error);
    }
    if (target.is_unsigned && fitted.is_negative() && is_explicit) fitted = Decimal();
    result->SetDecimal(row, fitted);
    return {};
  });
}

Status CastToTemporal(EvalContext& context, const Vector& source, const Selection& rows, Vector* result) {
  const SqlType& type = source.type();
  const SqlType& target = result->type();
  if (type.id == target.id && type.decimals <= target.decimals) return CopyElements<int64_t>(source, rows, result), Status();
  if (type.id == TypeId::kDate && target.IsDateTimeLike()) return CopyElements<int64_t>(source, rows, result), Status();
  uint32_t flags = DateFlagsFromSqlMode(context.sql_mode) | kDateFuzzy;
  if (context.sql_mode & kSqlModeTimeTruncateFractional) flags |= kDateTruncateFraction;
  int64_t today = CurrentDate(context);
  return CastRows(source, rows, result, [&](uint32_t row, const Datum& value) -> Status {
    TemporalReport report;
    int64_t packed = 0;
    bool is_value = DatumToTemporal(value, type, target.id, target.decimals, flags, context.time_zone, today, &packed, &report);
    if (!is_value || report.is_bad) {
      result->SetNull(row);
      return ReportWrongTemporal(context, target.id, SourceText(value, type));
    }
    result->SetInt64(row, packed);
    if (report.is_truncated || report.is_out_of_range) {
      return ReportTruncatedValue(context, target.id == TypeId::kTime ? "time" : target.id == TypeId::kDate ? "date" : "datetime",
                                  SourceText(value, type));
    }
    return {};
  });
}

// Whoever lets the binder cast a number of width 1 to JSON means a truth value (IsTruthArgument).
bool IsTruthType(const SqlType& type) {
  return (type.id == TypeId::kBigInt || type.id == TypeId::kInt) && type.length == 1;
}
Status CastToJson(EvalContext& context, const Vector& source, const Selection& rows, Vector* result, bool is_truth) {
  const SqlType& type = source.type();
  return CastRows(source, rows, result, [&](uint32_t row, const Datum& value) -> Status {
    if (type.IsJson()) {
      result->SetString(row, value.string());
      return {};
    }
    MAHI_ASSIGN_OR_RETURN(std::string document, JsonFromDatum(value, type, is_truth));
    result->SetString(row, document);
    return {};
  });
}

Status CutText(EvalContext& context, const SqlType& target, std::string_view* text) {
  const Charset& charset = target.charset();
  size_t bytes = charset.ByteOffset(*text, target.length);
  if (bytes >= text->size()) return {};
  MAHI_RETURN_IF_ERROR(ReportTruncatedValue(
      context, fmt::format("{}({})", charset.is_binary() ? "BINARY" : "CHAR", target.length), *text));
  *text = text->substr(0, bytes);
  return {};
}

Status CastToText(EvalContext& context, const Vector& source, const Selection& rows, Vector* result, LengthRule rule) {
  const SqlType& type = source.type();
  const SqlType& target = result->type();
  const Charset& to = target.charset();
  const Charset& from = type.IsString() || type.IsEnumOrSet() ? type.charset()
                        : type.id == TypeId::kBit            ? GetCharset(CharsetId::kBinary)
                                                             : GetCharset(CharsetId::kUtf8mb4);
  bool must_convert = from.id != to.id && !to.is_binary() && !(to.is_ascii_compatible && from.id == CharsetId::kAscii);
  bool checks_binary = must_convert && from.is_binary();
  bool pads = rule == LengthRule::kCut && to.is_binary() && target.id == TypeId::kChar;
  std::string scratch;
  std::string converted;
  return CastRows(source, rows, result, [&](uint32_t row, const Datum& value) -> Status {
    scratch.clear();
    std::string_view text = DatumTextView(value, type, &scratch);
    if (checks_binary) {
      size_t good = to.WellFormedBytes(text);
      if (good < text.size()) {
        MAHI_RETURN_IF_ERROR(ReportInvalidCharacters(context, to.name, text.substr(good)));
        result->SetNull(row);
        return {};
      }
    } else if (must_convert) {
      converted.clear();
      ConvertCharset(text, from, to, &converted);
      text = converted;
    }
    if (rule == LengthRule::kCut) MAHI_RETURN_IF_ERROR(CutText(context, target, &text));
    if (pads && text.size() < target.length) {
      std::string padded(text);
      padded.resize(target.length, '\0');
      result->SetString(row, padded);
    } else {
      result->SetString(row, text);
    }
    return {};
  });
}

// NULL has no value to convert.
bool IsAllNull(const Vector& source, const Selection& rows, Vector* result) {
  if (!source.type().IsNull()) return false;
  rows.ForEach([&](uint32_t row) { result->SetNull(row); });
  return true;
}

Status CastAny(EvalContext& context, const Vector& source, const Selection& rows, Vector* result, bool is_explicit,
               LengthRule rule) {
  if (IsAllNull(source, rows, result)) return {};
  switch (result->physical()) {
    case PhysicalType::kInt64: return CastToInt64(context, source, rows, result, is_explicit);
    case PhysicalType::kUInt64: return CastToUInt64(context, source, rows, result, is_explicit);
    case PhysicalType::kDouble: return CastToDouble(context, source, rows, result);
    case PhysicalType::kDecimal: return CastToDecimal(context, source, rows, result, is_explicit);
    case PhysicalType::kTemporal: return CastToTemporal(context, source, rows, result);
    case PhysicalType::kJson: return CastToJson(context, source, rows, result, IsTruthType(source.type()));
    case PhysicalType::kString: return CastToText(context, source, rows, result, rule);
  }
  MAHI_UNREACHABLE();
}

// --- CAST -----------------------------------------------------------------------------------------

Status EvalCast(FunctionCall& call) {
  return CastAny(call.context, *call.arguments[0], call.rows, call.result, true, LengthRule::kFree);
}
Status EvalCastCut(FunctionCall& call) {
  return CastAny(call.context, *call.arguments[0], call.rows, call.result, true, LengthRule::kCut);
}

Status EvalCastYear(FunctionCall& call) {
  const Vector& source = *call.arguments[0];
  const SqlType& type = source.type();
  return CastRows(source, call.rows, call.result, [&](uint32_t row, const Datum& value) -> Status {
    int64_t year;
    if (type.IsTemporal()) {
      int64_t packed = type.id == TypeId::kTime ? CurrentDate(call.context) : value.int64;
      year = UnpackDateTime(packed).year;
    } else {
      ConversionReport report;
      year = DatumToInt64(value, type, &report);
      MAHI_RETURN_IF_ERROR(CheckReport(call.context, report, "YEAR", value, type));
      std::string text = SourceText(value, type);
      bool is_zero_text = type.IsString() && year == 0 && !text.empty();
      if (year >= 0 && year < 100 && (year != 0 || is_zero_text)) year = YearFromTwoDigits(static_cast<uint32_t>(year));
    }
    if (year != 0 && (year < 1901 || year > 2155)) {
      MAHI_RETURN_IF_ERROR(ReportTruncatedValue(call.context, "YEAR", SourceText(value, type)));
      call.result->SetNull(row);
      return {};
    }
    call.result->SetUInt64(row, static_cast<uint64_t>(year));
    return {};
  });
}

// Text is parsed as JSON; other values become JSON scalars.
template <bool is_truth>
Status EvalCastJson(FunctionCall& call) {
  const Vector& source = *call.arguments[0];
  const SqlType& type = source.type();
  if (!type.IsString()) return CastToJson(call.context, source, call.rows, call.result, is_truth);
  std::string utf8;
  return CastRows(source, call.rows, call.result, [&](uint32_t row, const Datum& value) -> Status {
    std::string_view text = value.string();
    if (type.charset().is_binary()) return Error(ER_INVALID_JSON_CHARSET, "binary");
    if (type.charset().id != CharsetId::kUtf8mb4) {
      utf8.clear();
      ConvertCharset(text, type.charset(), GetCharset(CharsetId::kUtf8mb4), &utf8);
      text = utf8;
    }
    MAHI_ASSIGN_OR_RETURN(std::string document, JsonFromText(text, 1, "cast_as_json"));
    call.result->SetString(row, document);
    return {};
  });
}

// Digits and scale are limited; a length of 0 was not given.
Status ResolveCast(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_ASSERT(c.target_type != nullptr);
  SqlType target = *c.target_type;
  const SqlType& source = a[0].type;
  EvalFunction eval = EvalCast;
  bool is_nullable = a[0].is_nullable;
  switch (target.id) {
    case TypeId::kBigInt:
    case TypeId::kInt:
    case TypeId::kSmallInt:
    case TypeId::kTinyInt:
    case TypeId::kMediumInt: {
      bool is_unsigned = target.is_unsigned;
      uint64_t characters = source.IsString() || source.IsJson() ? 21 : MaxCharacters(a[0]);
      target = BigintOf(static_cast<uint32_t>(std::clamp<uint64_t>(characters, 2, 21)), is_unsigned);
      break;
    }
    case TypeId::kDecimal:
      if (target.decimals > kMaxDecimalScale) return Error(ER_TOO_BIG_SCALE, target.decimals, a[0].text, kMaxDecimalScale);
      if (target.length > kMaxDecimalPrecision) return Error(ER_TOO_BIG_PRECISION, target.length, a[0].text, kMaxDecimalPrecision);
      if (target.length == 0) target.length = 10;
      if (target.decimals > target.length) return Error(ER_M_BIGGER_THAN_D, "");
      break;
    case TypeId::kDate:
    case TypeId::kDateTime:
    case TypeId::kTimestamp:
    case TypeId::kTime:
      if (target.decimals > 6) return Error(ER_TOO_BIG_PRECISION, target.decimals, "CAST", 6);
      is_nullable = is_nullable || !source.IsTemporal();
      break;
    case TypeId::kYear:
      eval = EvalCastYear;
      is_nullable = true;
      break;
    case TypeId::kJson:
      eval = IsTruthArgument(a[0]) ? EvalCastJson<true> : EvalCastJson<false>;
      break;
    case TypeId::kChar:
    case TypeId::kVarchar:
    case TypeId::kTinyText:
    case TypeId::kText:
    case TypeId::kMediumText:
    case TypeId::kLongText: {
      // CHAR without a length (0) takes what there is.
      bool has_length = target.length != 0 && !target.IsBlob();
      uint64_t characters = has_length ? target.length : target.charset().is_binary() ? MaxBytes(a[0]) : MaxCharacters(a[0]);
      bool pads = has_length && target.IsBinaryString();
      if (!target.IsBlob()) {
        SqlType text = TextOf(characters, target.collation);
        if (pads) text = SqlType::Binary(static_cast<uint32_t>(characters));
        target = text;
      }
      if (has_length) {
        target.length = static_cast<uint32_t>(characters);
        eval = EvalCastCut;
      }
      is_nullable = is_nullable || (source.IsBinaryString() && !target.IsBinaryString());
      break;
    }
    case TypeId::kFloat:
    case TypeId::kDouble:
      break;
    default:
      return Error(ER_NOT_SUPPORTED_YET, "this cast");
  }
  s->result = target;
  s->is_nullable = is_nullable;
  s->coercibility = IsStringType(target) || target.IsJson() ? Coercibility::kImplicit : Coercibility::kNumeric;
  s->arguments = {source};
  s->eval = eval;
  return {};
}

// CONVERT(text USING charset): (text, charset name).
Status ResolveConvertUsing(ResolveContext& c, Arguments a, Signature* s) {
  if (a[1].constant == nullptr || a[1].constant->is_null()) return Error(ER_WRONG_ARGUMENTS, "CONVERT");
  const Charset* charset = FindCharset(a[1].constant->string());
  if (charset == nullptr) return Error(ER_UNKNOWN_CHARACTER_SET, a[1].constant->string());
  CollationId collation = charset->default_collation;
  if (charset->id == CollationOrBinary(c.connection_collation).charset().id) collation = c.connection_collation;
  s->result = TextOf(charset->is_binary() ? MaxBytes(a[0]) : MaxCharacters(a[0]), collation);
  s->is_nullable = a[0].is_nullable || a[0].type.IsBinaryString();
  s->coercibility = Coercibility::kImplicit;
  s->arguments = {a[0].type, a[1].type};
  s->eval = EvalCast;
  return {};
}

Status ResolveBinary(ResolveContext& c, Arguments a, Signature* s) {
  s->result = BinaryOf(MaxBytes(a[0]));
  s->is_nullable = a[0].is_nullable;
  s->coercibility = Coercibility::kImplicit;
  s->arguments = {a[0].type};
  s->eval = EvalCast;
  return {};
}

// text COLLATE name: (text, collation name).
Status ResolveCollate(ResolveContext& c, Arguments a, Signature* s) {
  if (a[1].constant == nullptr || a[1].constant->is_null()) return Error(ER_WRONG_ARGUMENTS, "COLLATE");
  const Collation* collation = FindCollation(a[1].constant->string());
  if (collation == nullptr) return Error(ER_UNKNOWN_COLLATION, a[1].constant->string());
  SqlType type = TextTypeOf(c, a[0]);
  if (type.charset().id != collation->charset().id && !a[0].type.IsNull()) {
    return Error(ER_COLLATION_CHARSET_MISMATCH, collation->name(), type.charset().name);
  }
  type.collation = collation->id();
  s->result = type;
  s->is_nullable = a[0].is_nullable;
  s->coercibility = Coercibility::kExplicit;
  s->arguments = {a[0].type, a[1].type};
  s->eval = EvalCast;
  return {};
}

const FunctionDescriptor kFunctions[] = {
    {"cast", 1, 1, 0, ResolveCast, "cast", "CAST(value AS type): the value as another type"},
    {"convert_using", 2, 2, 0, ResolveConvertUsing, "cast", "CONVERT(text USING charset): in another character set"},
    {"binary", 1, 1, 0, ResolveBinary, "cast", "BINARY text: as bytes"},
    {"collate", 2, 2, 0, ResolveCollate, "cast", "text COLLATE collation: compared by that collation"},
};

}  // namespace

std::span<const FunctionDescriptor> CastFunctions() { return kFunctions; }

Status CastVector(EvalContext& context, const Vector& source, const Selection& rows, Vector* result) {
  return CastAny(context, source, rows, result, false, LengthRule::kFree);
}

}  // namespace mahi
