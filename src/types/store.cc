// Column assignment: StoreValue and what belongs to it (types/conversion.h).
#include <cfloat>
#include <charconv>
#include <cmath>

#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

// What one assignment needs at hand.
struct Store {
  const Datum& source;
  const SqlType& source_type;
  const SqlType& target;
  const StoreContext& context;
  Value* storage;
  Datum* out;

  void Warn(const Error& error) const {
    if (context.diagnostics != nullptr) context.diagnostics->Warn(error);
  }
  void Note(const Error& error) const {
    if (context.diagnostics != nullptr) context.diagnostics->Note(error);
  }
  // Strict mode: `error`. Else a warning.
  Status Problem(Error error, const Error& warning) const {
    if (context.is_strict()) return Status(std::move(error));
    Warn(warning);
    return Status::Ok();
  }
  Status Problem(Error error) const {
    if (context.is_strict()) return Status(std::move(error));
    Warn(error);
    return Status::Ok();
  }
  Error OutOfRange() const { return Error(ER_WARN_DATA_OUT_OF_RANGE, context.column_name, context.row_number); }
  Error Truncated() const { return Error(WARN_DATA_TRUNCATED, context.column_name, context.row_number); }
  Error TooLong() const { return Error(ER_DATA_TOO_LONG, context.column_name, context.row_number); }
  Error Incorrect(const char* kind, std::string_view value) const {
    return Error(ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, kind, value.substr(0, 128), context.column_name,
                 context.row_number);
  }
  // The same text under number 1292.
  Error IncorrectTemporal(std::string_view value) const {
    const char* kind = target.id == TypeId::kDate ? "date" : target.id == TypeId::kTime ? "time" : "datetime";
    Error text = Incorrect(kind, value);
    return Error::Custom(ER_TRUNCATED_WRONG_VALUE, "22007", text.message());
  }

  Status Integer() const;
  Status SetInteger(bool negative, uint64_t magnitude, bool clipped) const;
  Status Real() const;
  Status ExactDecimal() const;
  Status Bit() const;
  Status Year() const;
  Status Temporal() const;
  Status String() const;
  Status EnumOrSet() const;
  Status Json() const;
  Status Run() const;
};

// Text for messages and for parsing, in an ASCII-compatible charset.
std::string_view SourceText(const Store& s, std::string* scratch) {
  if (s.source.kind == PhysicalType::kString && !s.source_type.charset().is_ascii_compatible) {
    scratch->clear();
    ConvertCharset(s.source.string(), s.source_type.charset(), GetCharset(CharsetId::kUtf8mb4), scratch);
    return *scratch;
  }
  return DatumTextView(s.source, s.source_type, scratch);
}

// Stores an exact whole number, clipped to the target's range.
Status Store::SetInteger(bool negative, uint64_t magnitude, bool clipped) const {
  if (magnitude == 0) negative = false;
  if (target.is_unsigned) {
    uint64_t most = MaxUnsigned(target.id);
    if (negative) {
      magnitude = 0;
      clipped = true;
    } else if (magnitude > most) {
      magnitude = most;
      clipped = true;
    }
    *out = Datum::UInt64(magnitude);
  } else {
    uint64_t most = static_cast<uint64_t>(MaxSigned(target.id)) + (negative ? 1 : 0);
    if (magnitude > most) {
      magnitude = most;
      clipped = true;
    }
    *out = Datum::Int64(negative ? static_cast<int64_t>(~magnitude + 1) : static_cast<int64_t>(magnitude));
  }
  return clipped ? Problem(OutOfRange()) : Status::Ok();
}

uint64_t Magnitude(int64_t v) { return v < 0 ? ~static_cast<uint64_t>(v) + 1 : static_cast<uint64_t>(v); }

// Whole part of a decimal, rounded, as sign and magnitude.
bool SplitWhole(const Decimal& value, bool* negative, uint64_t* magnitude) {
  *negative = value.is_negative();
  return value.Abs().ToUInt64(magnitude);
}

Status Store::Integer() const {
  switch (source.kind) {
    case PhysicalType::kInt64: {
      int64_t v = source.int64;
      if (!target.is_unsigned && v >= MinSigned(target.id) && v <= MaxSigned(target.id)) {
        *out = source;
        return Status::Ok();
      }
      return SetInteger(v < 0, Magnitude(v), false);
    }
    case PhysicalType::kUInt64: return SetInteger(false, source.uint64, false);
    case PhysicalType::kDouble: {
      double rounded = std::rint(source.real);
      bool negative = rounded < 0;
      double magnitude = std::fabs(rounded);
      if (!(magnitude < 18446744073709551616.0)) return SetInteger(negative, UINT64_MAX, true);
      return SetInteger(negative, static_cast<uint64_t>(magnitude), false);
    }
    case PhysicalType::kDecimal: {
      bool negative;
      uint64_t magnitude;
      bool fits = SplitWhole(source.decimal(), &negative, &magnitude);
      return SetInteger(negative, magnitude, !fits);
    }
    case PhysicalType::kTemporal: {
      ConversionReport report;
      int64_t v = DatumToInt64(source, source_type, &report);
      return SetInteger(v < 0, Magnitude(v), false);
    }
    case PhysicalType::kJson: {
      bool is_bad = false;
      JsonView json(source.string());
      Decimal value;
      if (json.IsNumber() || json.IsBoolean() || json.IsString()) {
        value = JsonToDecimal(json, &is_bad);
      } else {
        is_bad = true;
      }
      if (is_bad) {
        MAHI_RETURN_IF_ERROR(Problem(
            Error(ER_INVALID_JSON_VALUE_FOR_CAST, "INTEGER", context.column_name, context.row_number)));
      }
      bool negative;
      uint64_t magnitude;
      bool fits = SplitWhole(value, &negative, &magnitude);
      return SetInteger(negative, magnitude, !fits);
    }
    case PhysicalType::kString: break;
  }
  std::string scratch;
  std::string_view text = SourceText(*this, &scratch);
  // Plain digits first; what has a point or an exponent goes the exact way through Decimal.
  ConversionReport report;
  int64_t v = TextToInt64(text, &report);
  bool negative = v < 0;
  uint64_t magnitude = Magnitude(v);
  bool clipped = false;
  if (report.is_truncated || report.is_out_of_range) {
    report = {};
    Decimal value = TextToDecimal(text, &report);
    clipped = !SplitWhole(value, &negative, &magnitude) || report.is_out_of_range;
  }
  if (report.is_bad) {
    MAHI_RETURN_IF_ERROR(Problem(Incorrect("integer", text)));
  } else if (report.is_truncated) {
    // The value up to the garbage counts.
    MAHI_RETURN_IF_ERROR(Problem(Truncated()));
  }
  return SetInteger(negative, magnitude, clipped);
}

Status Store::Real() const {
  double value = 0;
  if (source.kind == PhysicalType::kString) {
    std::string scratch;
    ConversionReport report;
    value = TextToDouble(SourceText(*this, &scratch), &report);
    if (report.is_truncated) MAHI_RETURN_IF_ERROR(Problem(Truncated()));
    if (report.is_out_of_range) MAHI_RETURN_IF_ERROR(Problem(OutOfRange()));
  } else {
    ConversionReport report;
    value = DatumToDouble(source, source_type, &report);
    if (report.is_bad) {
      MAHI_RETURN_IF_ERROR(
          Problem(Error(ER_INVALID_JSON_VALUE_FOR_CAST, "DOUBLE", context.column_name, context.row_number)));
    }
  }
  bool clipped = false;
  if (std::isnan(value)) {
    value = 0;
    clipped = true;
  }
  if (target.is_unsigned && value < 0) {
    value = 0;
    clipped = true;
  }
  double most = target.id == TypeId::kFloat ? static_cast<double>(FLT_MAX) : DBL_MAX;
  if (target.decimals < kNotFixedDecimals) {
    double unit = std::pow(10.0, target.decimals);
    most = std::pow(10.0, static_cast<double>(target.length) - target.decimals) - 1 / unit;
    double scaled = value * unit;
    if (std::fabs(scaled) < 1e15) value = std::rint(scaled) / unit;
  }
  if (value > most || value < -most) {
    value = value < 0 ? -most : most;
    clipped = true;
  }
  if (target.id == TypeId::kFloat) value = static_cast<double>(static_cast<float>(value));
  *out = Datum::Double(value);
  return clipped ? Problem(OutOfRange()) : Status::Ok();
}

Status Store::ExactDecimal() const {
  Decimal value;
  bool overflow = false, lost = false;
  if (source.kind == PhysicalType::kDecimal) {
    const Decimal& d = source.decimal();
    if (d.scale() == target.decimals && !(target.is_unsigned && d.is_negative()) &&
        d.IntegerDigits() + target.decimals <= target.length) {
      *out = source;
      return Status::Ok();
    }
    value = d;
  } else {
    ConversionReport report;
    std::string scratch;
    if (source.kind == PhysicalType::kString) {
      std::string_view text = SourceText(*this, &scratch);
      value = TextToDecimal(text, &report);
      if (report.is_bad) {
        MAHI_RETURN_IF_ERROR(Problem(Incorrect("decimal", text)));
      } else if (report.is_truncated) {
        MAHI_RETURN_IF_ERROR(Problem(Truncated()));
      }
    } else {
      value = DatumToDecimal(source, source_type, &report);
      if (report.is_bad) {
        MAHI_RETURN_IF_ERROR(
            Problem(Error(ER_INVALID_JSON_VALUE_FOR_CAST, "DECIMAL", context.column_name, context.row_number)));
      }
    }
    overflow = report.is_out_of_range;
    lost = report.is_fraction_lost && source.kind != PhysicalType::kDouble;
  }
  if (target.is_unsigned && value.is_negative()) {
    value = Decimal();
    overflow = true;
  }
  Decimal result;
  DecimalStatus status = value.ConvertTo(target.length, target.decimals, &result);
  *storage = Value::OfDecimal(result);
  *out = storage->datum();
  if (status == DecimalStatus::kOverflow || overflow) return Problem(OutOfRange());
  if (status == DecimalStatus::kTruncated || lost) Note(Truncated());
  return Status::Ok();
}

Status Store::Bit() const {
  uint64_t mask = target.length >= 64 ? UINT64_MAX : (uint64_t{1} << target.length) - 1;
  uint64_t value = 0;
  bool too_long = false;
  if (source.kind == PhysicalType::kString) {
    std::string_view bytes = source.string();
    while (!bytes.empty() && bytes[0] == '\0') bytes.remove_prefix(1);
    if (bytes.size() > 8) {
      too_long = true;
    } else {
      for (char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
    }
  } else {
    ConversionReport report;
    value = DatumToUInt64(source, source_type, &report);
    too_long = report.is_out_of_range;
  }
  if (too_long || (value & ~mask) != 0) {
    *out = Datum::UInt64(mask);
    return Problem(TooLong(), OutOfRange());
  }
  *out = Datum::UInt64(value);
  return Status::Ok();
}

Status Store::Year() const {
  int64_t value = 0;
  bool from_text = source.kind == PhysicalType::kString;
  *out = Datum::UInt64(0);
  if (source.kind == PhysicalType::kTemporal) {
    if (source_type.id == TypeId::kTime) {
      DateTimeParts day = UnpackDateTime(context.current_date);
      value = day.year;
    } else {
      value = UnpackDateTime(source.int64).year;
    }
  } else if (from_text) {
    std::string scratch;
    std::string_view text = SourceText(*this, &scratch);
    ConversionReport report;
    value = TextToInt64(text, &report);
    if (report.is_bad) return Problem(Incorrect("integer", text));
    if (report.is_truncated) MAHI_RETURN_IF_ERROR(Problem(Truncated()));
    size_t digits = 0;
    for (char c : text) digits += c >= '0' && c <= '9' ? 1 : 0;
    if (value == 0 && digits < 4) value = 2000;  // '0', '00': the year 2000; 0000 and the number 0: 0000
  } else {
    ConversionReport report;
    value = DatumToInt64(source, source_type, &report);
    if (report.is_bad) return Problem(Incorrect("integer", DatumToText(source, source_type)));
  }
  if (value < 0 || (value > 99 && value < 1901) || value > 2155) return Problem(OutOfRange());
  if (value > 0 && value < 100) value = YearFromTwoDigits(static_cast<uint32_t>(value));
  *out = Datum::UInt64(static_cast<uint64_t>(value));
  return Status::Ok();
}

Status Store::Temporal() const {
  const TimeZone* zone = context.time_zone != nullptr ? context.time_zone : TimeZone::Utc().get();
  bool is_timestamp = target.id == TypeId::kTimestamp;
  int64_t packed = 0;
  if (source.kind == PhysicalType::kTemporal && source_type.id == target.id && source_type.decimals <= target.decimals &&
      !is_timestamp && source.int64 != 0 && target.id == TypeId::kTime) {
    *out = source;
    return Status::Ok();
  }
  uint32_t flags = DateFlagsFromSqlMode(context.sql_mode);
  TemporalReport report;
  bool found = DatumToTemporal(source, source_type, target.id, target.Fsp(), flags, zone, context.current_date,
                               &packed, &report);
  if (!found) packed = 0;
  // TIMESTAMP has no dates with zero parts, and a range.
  if (found && is_timestamp && packed != 0) {
    DateTimeParts p = UnpackDateTime(packed);
    bool bad = p.month == 0 || p.day == 0 || p.day > DaysInMonth(p.year, p.month);
    if (!bad) {
      bool is_gap = false;
      int64_t utc = zone->ToUtc(packed, &is_gap);
      bad = utc < kMinTimestampMicros || utc > kMaxTimestampMicros;
      if (!bad && is_gap) {
        packed = zone->ToLocal(utc);
        *out = Datum::Temporal(packed);
        return Problem(IncorrectTemporal(DatumToText(source, source_type)), OutOfRange());
      }
    }
    if (bad) {
      found = false;
      packed = 0;
      report.is_out_of_range = true;
    }
  }
  *out = Datum::Temporal(packed);
  if (!found || report.is_truncated || report.is_out_of_range) {
    std::string scratch;
    Error error = IncorrectTemporal(SourceText(*this, &scratch));
    return Problem(std::move(error), report.is_out_of_range ? OutOfRange() : Truncated());
  }
  if (report.is_fraction_lost && target.id == TypeId::kDate) Note(Truncated());
  if (target.id == TypeId::kTime && source.kind == PhysicalType::kTemporal && source_type.HasDatePart()) Note(Truncated());
  return Status::Ok();
}

// "\xE4\xF6..." as MySQL shows wrong bytes: six at most.
std::string HexBytes(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size() && i < 6; ++i) {
    uint8_t byte = static_cast<uint8_t>(bytes[i]);
    if (byte >= 0x20 && byte < 0x7f) {
      text += static_cast<char>(byte);
    } else {
      static const char kDigits[] = "0123456789ABCDEF";
      text += "\\x";
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
  }
  if (bytes.size() > 6) text += "...";
  return text;
}

// Position of the first character of `text` that `to` lacks.
size_t FirstUnconvertible(std::string_view text, const Charset& from, const Charset& to) {
  std::string ignored;
  size_t at = 0;
  while (at < text.size()) {
    char32_t c;
    size_t bytes = from.Decode(text.substr(at), &c);
    ignored.clear();
    if (bytes == 0 || !to.Encode(c, &ignored)) return at;
    at += bytes;
  }
  return at;
}

Status Store::String() const {
  const Charset& charset = target.charset();
  std::string_view text;
  std::string scratch;
  bool in_scratch = false;
  if (source.kind == PhysicalType::kString) {
    text = source.string();
    const Charset& from = source_type.charset();
    if (from.id != charset.id && !from.is_binary() && !charset.is_binary()) {
      // ASCII needs no conversion between ASCII-compatible sets.
      bool same = from.is_ascii_compatible && charset.is_ascii_compatible;
      for (size_t i = 0; same && i < text.size(); ++i) same = static_cast<uint8_t>(text[i]) < 0x80;
      if (!same && !(from.id == CharsetId::kUtf8mb3 && charset.id == CharsetId::kUtf8mb4)) {
        size_t replaced = ConvertCharset(text, from, charset, &scratch);
        if (replaced > 0) {
          std::string_view wrong = text.substr(FirstUnconvertible(text, from, charset));
          MAHI_RETURN_IF_ERROR(Problem(Incorrect("string", HexBytes(wrong))));
        }
        text = scratch;
        in_scratch = true;
      }
    }
  } else {
    AppendDatumText(source, source_type, &scratch);
    bool is_json = source.kind == PhysicalType::kJson;
    CharsetId from = source_type.id == TypeId::kEnum || source_type.id == TypeId::kSet
                         ? source_type.charset().id
                         : is_json ? CharsetId::kUtf8mb4 : CharsetId::kAscii;
    bool ascii = charset.is_ascii_compatible;
    for (size_t i = 0; ascii && i < scratch.size(); ++i) ascii = static_cast<uint8_t>(scratch[i]) < 0x80;
    if (source_type.id == TypeId::kBit) from = CharsetId::kBinary;
    if (from != charset.id && !ascii && !charset.is_binary() && from != CharsetId::kBinary) {
      std::string converted;
      if (ConvertCharset(scratch, GetCharset(from), charset, &converted) > 0) {
        MAHI_RETURN_IF_ERROR(Problem(Incorrect("string", HexBytes(scratch))));
      }
      scratch = std::move(converted);
    }
    text = scratch;
    in_scratch = true;
  }

  // Bytes must be characters.
  if (!charset.is_binary()) {
    size_t good = charset.WellFormedBytes(text);
    if (good < text.size()) {
      MAHI_RETURN_IF_ERROR(Problem(Incorrect("string", HexBytes(text.substr(good)))));
      text = text.substr(0, good);
    }
  }

  size_t keep = text.size();
  if (target.IsBlob()) {
    uint64_t most = target.MaxBytes();
    if (text.size() > most) {
      keep = charset.is_binary() ? most : charset.WellFormedBytes(text.substr(0, most));
    }
  } else if (text.size() > static_cast<size_t>(target.length) * charset.min_bytes) {
    keep = charset.ByteOffset(text, target.length);
  }
  if (keep < text.size()) {
    bool only_spaces = !charset.is_binary() && charset.TrimTrailingSpaces(text).size() <= keep;
    text = text.substr(0, keep);
    if (!only_spaces) {
      MAHI_RETURN_IF_ERROR(Problem(TooLong(), Truncated()));
    } else if (target.id == TypeId::kVarchar || target.IsBlob()) {
      Note(Truncated());
    }
  }
  if (target.id == TypeId::kChar) {
    if (charset.is_binary()) {  // BINARY(n) is always n bytes long.
      if (text.size() < target.length) {
        std::string padded(text);
        padded.resize(target.length, '\0');
        *storage = Value::String(std::move(padded));
        *out = storage->datum();
        return Status::Ok();
      }
    } else {
      text = charset.TrimTrailingSpaces(text);
    }
  }
  if (in_scratch) {
    *storage = Value::String(std::string(text));
    *out = storage->datum();
  } else {
    *out = Datum::String(text);
  }
  return Status::Ok();
}

Status Store::EnumOrSet() const {
  size_t count = target.members != nullptr ? target.members->size() : 0;
  bool is_enum = target.id == TypeId::kEnum;
  uint64_t value = 0;
  bool is_bad = false;
  bool as_text = source.kind == PhysicalType::kString || source.kind == PhysicalType::kTemporal ||
                 source.kind == PhysicalType::kJson || source_type.IsEnumOrSet();
  if (source_type.IsEnumOrSet() && source_type == target) {
    *out = source;
    return Status::Ok();
  }
  if (as_text) {
    std::string scratch, converted;
    std::string_view text = DatumTextView(source, source_type, &scratch);
    const Charset& from = source.kind == PhysicalType::kString || source_type.IsEnumOrSet()
                              ? source_type.charset()
                              : GetCharset(CharsetId::kUtf8mb4);
    if (from.id != target.charset().id && !from.is_binary() && !target.charset().is_binary()) {
      ConvertCharset(text, from, target.charset(), &converted);
      text = converted;
    }
    if (is_enum) {
      value = FindEnumMember(target, text);
      is_bad = value == 0;
    } else {
      value = ParseSet(target, text, &is_bad);
    }
  } else {
    ConversionReport report;
    value = DatumToUInt64(source, source_type, &report);
    if (is_enum) {
      if (value == 0 || value > count) {
        value = 0;
        is_bad = true;
      }
    } else {
      uint64_t mask = count >= 64 ? UINT64_MAX : (uint64_t{1} << count) - 1;
      is_bad = (value & ~mask) != 0;
      value &= mask;
    }
  }
  *out = Datum::UInt64(value);
  return is_bad ? Problem(Truncated()) : Status::Ok();
}

Status Store::Json() const {
  if (source.kind == PhysicalType::kJson) {
    *out = source;
    return Status::Ok();
  }
  std::string document;
  if (source.kind == PhysicalType::kString) {
    const Charset& charset = source_type.charset();
    if (charset.is_binary()) return Error(ER_INVALID_JSON_CHARSET, charset.name);
    std::string converted;
    std::string_view text = source.string();
    if (charset.id != CharsetId::kUtf8mb4 && charset.id != CharsetId::kUtf8mb3 && charset.id != CharsetId::kAscii) {
      ConvertCharset(text, charset, GetCharset(CharsetId::kUtf8mb4), &converted);
      text = converted;
    }
    JsonTextError error;
    if (!JsonParseText(text, &document, &error)) {
      if (error.is_too_deep) return Error(ER_JSON_DOCUMENT_TOO_DEEP);
      return Error(ER_INVALID_JSON_TEXT, error.message, error.position, context.column_name);
    }
  } else {
    MAHI_ASSIGN_OR_RETURN(document, JsonFromDatum(source, source_type));
  }
  *storage = Value::Json(std::move(document));
  *out = storage->datum();
  return Status::Ok();
}

Status Store::Run() const {
  switch (target.id) {
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      // A BIT, ENUM or SET is its number here.
      return Integer();
    case TypeId::kFloat:
    case TypeId::kDouble: return Real();
    case TypeId::kDecimal: return ExactDecimal();
    case TypeId::kBit: return Bit();
    case TypeId::kYear: return Year();
    case TypeId::kDate:
    case TypeId::kTime:
    case TypeId::kDateTime:
    case TypeId::kTimestamp: return Temporal();
    case TypeId::kChar:
    case TypeId::kVarchar:
    case TypeId::kTinyText:
    case TypeId::kText:
    case TypeId::kMediumText:
    case TypeId::kLongText:
    case TypeId::kGeometry: return String();
    case TypeId::kEnum:
    case TypeId::kSet: return EnumOrSet();
    case TypeId::kJson: return Json();
    case TypeId::kNull: *out = Datum::Null(); return Status::Ok();
  }
  return Status::Ok();
}

}  // namespace

Status StoreValue(const Datum& source, const SqlType& source_type, const SqlType& target_type,
                  const StoreContext& context, Value* storage, Datum* out) {
  if (source.is_null) {
    *out = Datum::Null();
    return Status::Ok();
  }
  return Store{source, source_type, target_type, context, storage, out}.Run();
}

bool IsStoreTrivial(const SqlType& source, const SqlType& target) {
  if (source.physical() != target.physical()) return false;
  if (target.IsInteger()) {
    return source.IsInteger() && source.is_unsigned == target.is_unsigned &&
           IntegerBytes(source.id) <= IntegerBytes(target.id);
  }
  switch (target.id) {
    case TypeId::kDouble:
      return source.IsReal() && target.decimals == kNotFixedDecimals && !target.is_unsigned;
    case TypeId::kFloat: return source.id == TypeId::kFloat && target.decimals == kNotFixedDecimals && !target.is_unsigned;
    case TypeId::kDecimal:
      return source.id == TypeId::kDecimal && source.decimals == target.decimals && source.length <= target.length &&
             (source.is_unsigned || !target.is_unsigned);
    case TypeId::kTime: return source.id == TypeId::kTime && source.decimals <= target.decimals;
    case TypeId::kJson: return source.id == TypeId::kJson;
    case TypeId::kEnum:
    case TypeId::kSet: return source == target;
    default: return false;
  }
}

Value ImplicitDefault(const SqlType& type) {
  switch (type.physical()) {
    case PhysicalType::kInt64: return Value::Int64(0);
    case PhysicalType::kUInt64: return Value::UInt64(type.id == TypeId::kEnum ? 1 : 0);
    case PhysicalType::kDouble: return Value::Double(0);
    case PhysicalType::kDecimal: return Value::OfDecimal(Decimal::FromScaled(0, type.decimals));
    case PhysicalType::kTemporal: return Value::Temporal(0, type.id, type.decimals);
    case PhysicalType::kString:
      if (type.id == TypeId::kChar && type.collation == kCollationBinary) {
        return Value::String(std::string(type.length, '\0'));
      }
      return Value::String("");
    case PhysicalType::kJson: return Value::Json(JsonMakeNull());
  }
  return Value::Null();
}

}  // namespace mahi
