#include "types/sql_mode.h"

#include "charset/charset.h"

namespace mahi {

namespace {
struct ModeName {
  uint64_t bit;
  const char* name;
};
constexpr ModeName kModes[] = {
    {kSqlModeRealAsFloat, "REAL_AS_FLOAT"},
    {kSqlModePipesAsConcat, "PIPES_AS_CONCAT"},
    {kSqlModeAnsiQuotes, "ANSI_QUOTES"},
    {kSqlModeIgnoreSpace, "IGNORE_SPACE"},
    {kSqlModeOnlyFullGroupBy, "ONLY_FULL_GROUP_BY"},
    {kSqlModeNoUnsignedSubtraction, "NO_UNSIGNED_SUBTRACTION"},
    {kSqlModeNoDirInCreate, "NO_DIR_IN_CREATE"},
    {kSqlModeAnsi, "ANSI"},
    {kSqlModeNoAutoValueOnZero, "NO_AUTO_VALUE_ON_ZERO"},
    {kSqlModeNoBackslashEscapes, "NO_BACKSLASH_ESCAPES"},
    {kSqlModeStrictTransTables, "STRICT_TRANS_TABLES"},
    {kSqlModeStrictAllTables, "STRICT_ALL_TABLES"},
    {kSqlModeNoZeroInDate, "NO_ZERO_IN_DATE"},
    {kSqlModeNoZeroDate, "NO_ZERO_DATE"},
    {kSqlModeAllowInvalidDates, "ALLOW_INVALID_DATES"},
    {kSqlModeErrorForDivisionByZero, "ERROR_FOR_DIVISION_BY_ZERO"},
    {kSqlModeTraditional, "TRADITIONAL"},
    {kSqlModeHighNotPrecedence, "HIGH_NOT_PRECEDENCE"},
    {kSqlModeNoEngineSubstitution, "NO_ENGINE_SUBSTITUTION"},
    {kSqlModePadCharToFullLength, "PAD_CHAR_TO_FULL_LENGTH"},
    {kSqlModeTimeTruncateFractional, "TIME_TRUNCATE_FRACTIONAL"},
};
}  // namespace

uint64_t ExpandSqlMode(uint64_t sql_mode) {
  if (sql_mode & kSqlModeAnsi) {
    sql_mode |= kSqlModeRealAsFloat | kSqlModePipesAsConcat | kSqlModeAnsiQuotes | kSqlModeIgnoreSpace |
                kSqlModeOnlyFullGroupBy;
  }
  if (sql_mode & kSqlModeTraditional) {
    sql_mode |= kSqlModeStrict | kSqlModeNoZeroInDate | kSqlModeNoZeroDate | kSqlModeErrorForDivisionByZero |
                kSqlModeNoEngineSubstitution;
  }
  return sql_mode;
}

std::string SqlModeToString(uint64_t sql_mode) {
  std::string text;
  for (const ModeName& mode : kModes) {
    if ((sql_mode & mode.bit) == 0) continue;
    if (!text.empty()) text += ',';
    text += mode.name;
  }
  return text;
}

Result<uint64_t> ParseSqlMode(std::string_view text) {
  uint64_t result = 0;
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (word.empty()) continue;
    uint64_t bit = 0;
    for (const ModeName& mode : kModes) {
      if (EqualIgnoreAsciiCase(mode.name, word)) bit = mode.bit;
    }
    if (bit == 0) return Error(ER_WRONG_VALUE_FOR_VAR, "sql_mode", word);
    result |= bit;
  }
  return ExpandSqlMode(result);
}

}  // namespace mahi
