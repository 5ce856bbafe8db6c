// Helpers with which functions resolve a call: result types, wanted argument types, agreement on a collation.
//
// Wanted arguments are written as one letter each; a final '*' repeats the letter before it:
//   b  bytes: strings stay what they are, anything else becomes text in the connection's character set
//   s  text like b, but JSON and binary become utf8mb4 text only when asked for by u
//   u  utf8mb4 text
//   i  BIGINT      U  BIGINT UNSIGNED     n  either, as the argument is     d  DOUBLE
//   D  DATE        T  DATETIME(6)         t  TIME(6)
//   j  JSON        =  as it is
// Thread safety: stateless.
#pragma once

#include <span>
#include <string_view>

#include "function/function.h"

namespace mahi {

using Arguments = std::span<const ArgumentInfo>;

// Result types.
SqlType BigintOf(uint32_t length = 21, bool is_unsigned = false);
SqlType BooleanOf();  // BIGINT of length 1, as comparisons answer
SqlType DoubleOf();
SqlType DecimalOf(uint32_t precision, uint32_t scale, bool is_unsigned = false);
// VARCHAR, or the TEXT type that holds so much.
SqlType TextOf(uint64_t characters, CollationId collation);
SqlType BinaryOf(uint64_t bytes);
SqlType DateOf();
SqlType DatetimeOf(uint32_t fsp);
SqlType TimeOf(uint32_t fsp);
SqlType YearOf();
SqlType JsonOf();

// The longest text an argument can make, in characters and in bytes.
uint64_t MaxCharacters(const ArgumentInfo& argument);
inline uint64_t MaxCharacters(Arguments arguments, size_t index) { return MaxCharacters(arguments[index]); }
uint64_t MaxBytes(const ArgumentInfo& argument);
inline uint64_t MaxBytes(Arguments arguments, size_t index) { return MaxBytes(arguments[index]); }
// Digits after the point that an argument has when it is shown, 31 (kNotFixedDecimals) for a double.
uint32_t Decimals(const ArgumentInfo& argument);
// Fractional seconds that an argument brings into a temporal result.
uint32_t FspOf(const ArgumentInfo& argument);

bool AnyNullable(Arguments arguments);
bool IsStringType(const SqlType& type);    // character or binary strings, ENUM and SET
bool IsBinaryString(const SqlType& type);
bool IsTemporalType(const SqlType& type);  // DATE, TIME, DATETIME, TIMESTAMP
bool IsIntegerType(const SqlType& type);   // BIT and YEAR too
bool IsNumericType(const SqlType& type);
bool IsNullLiteral(const ArgumentInfo& argument);
// TRUE, FALSE or the answer of a predicate: true and false in JSON. Asked for as JSON, it is cast to that.
bool IsTruthArgument(const ArgumentInfo& argument);

// The text type to which an argument of a string function is cast, in its own character set.
SqlType TextTypeOf(const ResolveContext& context, const ArgumentInfo& argument);
// The type for a letter of the list above.
SqlType WantedType(const ResolveContext& context, const ArgumentInfo& argument, char letter);

// Fills in a signature. The result is nullable when an argument is.
Status Call(ResolveContext& context, Arguments arguments, Signature* signature, std::string_view wanted,
            SqlType result, EvalFunction eval);
// The same with a result that may be NULL anyway.
Status NullableCall(ResolveContext& context, Arguments arguments, Signature* signature,
                    std::string_view wanted, SqlType result, EvalFunction eval);
// The result is text of the connection's collation that a function makes by itself.
Status AsciiCall(ResolveContext& context, Arguments arguments, Signature* signature,
                 std::string_view wanted, uint64_t characters, EvalFunction eval);

// Lets arguments first, first+1, ... (`count` of them) agree on a collation, and asks for them as text of it. The
// signature's other arguments must have been filled in. Answers the collation.
Result<CollationId> AgreeOnText(ResolveContext& context, Arguments arguments, Signature* signature,
                                size_t first, size_t count);

}  // namespace mahi
