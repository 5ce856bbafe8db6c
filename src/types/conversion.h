// Conversions between all kinds of values, with MySQL's rules, and column assignment.
//
// Reading conversions (DatumTo...) never fail; they report. Assignment (StoreValue) turns reports into warnings or,
// in strict mode, errors.
// Source: MySQL 8.4 manual, "Type Conversion in Expression Evaluation", "Out-of-Range and Overflow Handling",
// "Server SQL Modes". Thread safety: stateless; contexts belong to one statement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "base/status.h"
#include "types/decimal.h"
#include "types/sql_mode.h"
#include "types/sql_type.h"
#include "types/temporal.h"
#include "types/value.h"

namespace mahi {

// What a conversion lost.
struct ConversionReport {
  bool is_truncated = false;     // text: garbage after (or instead of) the value: 1292 in expressions, 1265/1366 on store
  bool is_bad = false;           // no value found at all (text without digits); the result is 0. is_truncated is set too
  bool is_out_of_range = false;  // clipped
  bool is_fraction_lost = false; // rounded
};

// --- Text -> numbers. Leading space is skipped, the longest numeric prefix counts, trailing space is no garbage.
// Integers take the leading digits only, as CAST does: "12.7" is 12, with is_truncated.
int64_t TextToInt64(std::string_view text, ConversionReport* report);
// Negative text: clipped to 0 with is_out_of_range.
uint64_t TextToUInt64(std::string_view text, ConversionReport* report);
double TextToDouble(std::string_view text, ConversionReport* report);
Decimal TextToDecimal(std::string_view text, ConversionReport* report);

// --- Numbers -> text.
void AppendInt64(int64_t value, std::string* out);
void AppendUInt64(uint64_t value, std::string* out);
// decimals 31: shortest text that reads back, exponent form from 1e15 on and below 1e-15: 0.1, 100000, 1e20, 1.5e-20.
// Otherwise fixed notation with so many decimals.
void AppendDouble(double value, uint8_t decimals, std::string* out);
// FLOAT: six significant digits at least, as many as needed for the float to read back at most: 0.1, 1e20.
void AppendFloat(float value, uint8_t decimals, std::string* out);

// --- Whole values. `type` describes the datum; NULL is not allowed.
// Text as a client sees it, in utf8mb4/ASCII; strings are copied as they are (in their own charset). BIT gives its
// bytes, ENUM and SET their members' text, JSON its text, zerofill is applied.
void AppendDatumText(const Datum& value, const SqlType& type, std::string* out);
std::string DatumToText(const Datum& value, const SqlType& type);
// The same without a copy for strings: returns a view of the datum or of *scratch.
std::string_view DatumTextView(const Datum& value, const SqlType& type, std::string* scratch);

int64_t DatumToInt64(const Datum& value, const SqlType& type, ConversionReport* report);
// As an unsigned expression sees it: negative numbers wrap around (CAST(-1 AS UNSIGNED)).
uint64_t DatumToUInt64(const Datum& value, const SqlType& type, ConversionReport* report);
double DatumToDouble(const Datum& value, const SqlType& type, ConversionReport* report);
Decimal DatumToDecimal(const Datum& value, const SqlType& type, ConversionReport* report);
// False: no temporal value (NULL with a warning, or report->is_bad). Numbers and text are read as literals. Between
// temporal types as ConvertTemporal.
bool DatumToTemporal(const Datum& value, const SqlType& type, TypeId target, uint8_t fsp, uint32_t flags,
                     const TimeZone* zone, int64_t current_date, int64_t* packed, TemporalReport* report);
// Truth value of a condition.
bool DatumIsTrue(const Datum& value, const SqlType& type);

// ENUM: index of the member equal to text under the type's collation, 0 when none. Text that is a number counts as
// an index when no member matches.
uint64_t FindEnumMember(const SqlType& type, std::string_view text);
// SET: bitmap; *is_bad when a part is unknown (it is left out).
uint64_t ParseSet(const SqlType& type, std::string_view text, bool* is_bad);
// Text of an ENUM index ('' for 0 or out of range), of a SET bitmap ("a,b").
std::string_view EnumText(const SqlType& type, uint64_t index);
void AppendSetText(const SqlType& type, uint64_t bitmap, std::string* out);
// BIT(n) as big-endian bytes, (n+7)/8 of them.
void AppendBitBytes(uint64_t value, uint32_t bits, std::string* out);

// --- Comparison of two non-null values of one type (physical kind): <0, 0, >0. Strings by collation.
int CompareDatum(const Datum& a, const Datum& b, const SqlType& type);
uint64_t HashDatum(const Datum& value, const SqlType& type);

// --- Column assignment.
struct StoreContext {
  uint64_t sql_mode = kSqlModeDefault;
  bool is_ignore = false;               // IGNORE: errors become warnings
  Diagnostics* diagnostics = nullptr;   // may be null: warnings are dropped
  const TimeZone* time_zone = nullptr;  // session zone; null: UTC
  int64_t current_date = 0;             // packed DATE: the day for TIME -> DATETIME
  std::string_view column_name;
  uint64_t row_number = 1;
  // CAST-like use (user variables, function results): messages about truncation name no column.
  bool is_strict() const { return !is_ignore && IsStrict(sql_mode); }
};

// Converts `source` of `source_type` to `target_type` as an assignment to a column does. `*out` may point into the
// source (same type) or into `*storage`, which must live as long as *out is used.
// NULL passes as NULL; nullability is the caller's business (1048).
// Errors in strict mode, else warnings: 1264 out of range, 1265 data truncated, 1366 incorrect value, 1406 data too
// long, 1292 incorrect temporal value, 3140 invalid JSON text.
// TIMESTAMP values are checked against the time zone and stay local packed datetimes; the row codec turns
// them into UTC with TimestampFromLocal.
Status StoreValue(const Datum& source, const SqlType& source_type, const SqlType& target_type,
                  const StoreContext& context, Value* storage, Datum* out);

// True when every value of `source` may be stored in `target` as it is, without looking at it.
bool IsStoreTrivial(const SqlType& source, const SqlType& target);

// The implicit default of a type (0, '', zero date, first ENUM member): for NOT NULL columns without a default.
Value ImplicitDefault(const SqlType& type);

// "Truncated incorrect DOUBLE value: 'abc'" (1292) for expressions; long values are cut.
void WarnTruncatedValue(Diagnostics* diagnostics, std::string_view kind, std::string_view value);

}  // namespace mahi
