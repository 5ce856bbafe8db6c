// sql_mode: its flags, with MySQL's bit values, and their names.
// Source: MySQL 8.4 manual, "Server SQL Modes". Thread safety: stateless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace mahi {

inline constexpr uint64_t kSqlModeRealAsFloat = 1ull << 0;
inline constexpr uint64_t kSqlModePipesAsConcat = 1ull << 1;
inline constexpr uint64_t kSqlModeAnsiQuotes = 1ull << 2;
inline constexpr uint64_t kSqlModeIgnoreSpace = 1ull << 3;
inline constexpr uint64_t kSqlModeOnlyFullGroupBy = 1ull << 5;
inline constexpr uint64_t kSqlModeNoUnsignedSubtraction = 1ull << 6;
inline constexpr uint64_t kSqlModeNoDirInCreate = 1ull << 7;
inline constexpr uint64_t kSqlModeAnsi = 1ull << 18;
inline constexpr uint64_t kSqlModeNoAutoValueOnZero = 1ull << 19;
inline constexpr uint64_t kSqlModeNoBackslashEscapes = 1ull << 20;
inline constexpr uint64_t kSqlModeStrictTransTables = 1ull << 21;
inline constexpr uint64_t kSqlModeStrictAllTables = 1ull << 22;
inline constexpr uint64_t kSqlModeNoZeroInDate = 1ull << 23;
inline constexpr uint64_t kSqlModeNoZeroDate = 1ull << 24;
inline constexpr uint64_t kSqlModeAllowInvalidDates = 1ull << 25;
inline constexpr uint64_t kSqlModeErrorForDivisionByZero = 1ull << 26;
inline constexpr uint64_t kSqlModeTraditional = 1ull << 27;
inline constexpr uint64_t kSqlModeHighNotPrecedence = 1ull << 29;
inline constexpr uint64_t kSqlModeNoEngineSubstitution = 1ull << 30;
inline constexpr uint64_t kSqlModePadCharToFullLength = 1ull << 31;
inline constexpr uint64_t kSqlModeTimeTruncateFractional = 1ull << 32;

inline constexpr uint64_t kSqlModeStrict = kSqlModeStrictTransTables | kSqlModeStrictAllTables;
inline constexpr uint64_t kSqlModeDefault =
    kSqlModeOnlyFullGroupBy | kSqlModeStrictTransTables | kSqlModeNoZeroInDate | kSqlModeNoZeroDate |
    kSqlModeErrorForDivisionByZero | kSqlModeNoEngineSubstitution;

inline bool IsStrict(uint64_t sql_mode) { return (sql_mode & kSqlModeStrict) != 0; }

// "A,B" in MySQL's order of bits.
std::string SqlModeToString(uint64_t sql_mode);
// Names separated by commas, any case; ANSI and TRADITIONAL bring their parts along.
// Errors: ER_WRONG_VALUE_FOR_VAR (1231) names the text.
Result<uint64_t> ParseSqlMode(std::string_view text);
// Adds what the combination modes (ANSI, TRADITIONAL) stand for; for modes given as a number.
uint64_t ExpandSqlMode(uint64_t sql_mode);

}  // namespace mahi
