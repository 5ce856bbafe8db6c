// REGEXP and the REGEXP_ functions, on ICU's regular expressions.
//
// Subjects and patterns come as utf8mb4 text. A case-sensitive collation of the originals is passed on as utf8mb4_bin.
// A pattern is compiled once as long as it stays the same from row to row.
// Source: MySQL 8.4 manual, "Regular Expressions".
#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <memory>
#include <string>

#include "function/collation_agreement.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

constexpr int32_t kTimeLimit = 32;            // @@regexp_time_limit's default, in ICU's steps
constexpr int32_t kStackLimitBytes = 8000000; // @@regexp_stack_limit's default

Status RegexpError(UErrorCode code, const UParseError* place) {
  switch (code) {
    case U_REGEX_RULE_SYNTAX:
      return Error(ER_REGEXP_RULE_SYNTAX, place ? place->line : 0, place ? place->offset : 0);
    case U_REGEX_BAD_ESCAPE_SEQUENCE: return Error(ER_REGEXP_BAD_ESCAPE_SEQUENCE);
    case U_REGEX_UNIMPLEMENTED: return Error(ER_REGEXP_UNIMPLEMENTED);
    case U_REGEX_MISMATCHED_PAREN: return Error(ER_REGEXP_MISMATCHED_PAREN);
    case U_REGEX_BAD_INTERVAL:
    case U_REGEX_NUMBER_TOO_BIG: return Error(ER_REGEXP_BAD_INTERVAL);
    case U_REGEX_MAX_LT_MIN: return Error(ER_REGEXP_MAX_LT_MIN);
    case U_REGEX_INVALID_BACK_REF: return Error(ER_REGEXP_INVALID_BACK_REF);
    case U_REGEX_LOOK_BEHIND_LIMIT: return Error(ER_REGEXP_LOOK_BEHIND_LIMIT);
    case U_REGEX_MISSING_CLOSE_BRACKET: return Error(ER_REGEXP_MISSING_CLOSE_BRACKET);
    case U_REGEX_INVALID_RANGE: return Error(ER_REGEXP_INVALID_RANGE);
    case U_REGEX_STACK_OVERFLOW: return Error(ER_REGEXP_STACK_OVERFLOW);
    case U_REGEX_TIME_OUT: return Error(ER_REGEXP_TIME_OUT);
    case U_REGEX_PATTERN_TOO_BIG: return Error(ER_REGEXP_PATTERN_TOO_BIG);
    case U_REGEX_INVALID_FLAG: return Error(ER_REGEXP_INVALID_FLAG);
    case U_REGEX_INVALID_CAPTURE_GROUP_NAME: return Error(ER_REGEXP_INVALID_CAPTURE_GROUP_NAME);
    case U_INDEX_OUTOFBOUNDS_ERROR: return Error(ER_REGEXP_INDEX_OUTOFBOUNDS_ERROR);
    case U_ILLEGAL_ARGUMENT_ERROR: return Error(ER_REGEXP_ILLEGAL_ARGUMENT);
    default: return Error(ER_REGEXP_INTERNAL_ERROR);
  }
}

icu::UnicodeString FromUtf8(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

class RegexpState : public FunctionState {
 public:
  static std::unique_ptr<FunctionState> Make() { return std::make_unique<RegexpState>(); }

  // Makes `matcher` search `subject` for `pattern`.
  Status Prepare(std::string_view pattern, uint32_t flags, std::string_view subject) {
    if (matcher_ == nullptr || pattern != pattern_ || flags != flags_) {
      if (pattern.empty()) return Error(ER_REGEXP_ILLEGAL_ARGUMENT);
      UErrorCode code = U_ZERO_ERROR;
      UParseError place{};
      matcher_.reset();
      compiled_.reset(icu::RegexPattern::compile(FromUtf8(pattern), flags, place, code));
      if (U_FAILURE(code)) return RegexpError(code, &place);
      matcher_.reset(compiled_->matcher(code));
      if (U_FAILURE(code)) return RegexpError(code, nullptr);
      matcher_->setTimeLimit(kTimeLimit, code);
      matcher_->setStackLimit(kStackLimitBytes, code);
      pattern_ = pattern;
      flags_ = flags;
    }
    subject_ = FromUtf8(subject);
    matcher_->reset(subject_);
    return {};
  }
  icu::RegexMatcher& matcher() { return *matcher_; }
  const icu::UnicodeString& subject() const { return subject_; }

  // Moves to the `occurrence`th match at or after character `position` (1-based). False: there is none.
  Result<bool> Find(int64_t position, int64_t occurrence) {
    int32_t characters = subject_.countChar32();
    if (position < 1 || position > int64_t{characters} + 1) return Error(ER_REGEXP_INDEX_OUTOFBOUNDS_ERROR);
    UErrorCode code = U_ZERO_ERROR;
    int32_t start = subject_.moveIndex32(0, static_cast<int32_t>(position - 1));
    bool is_found = matcher_->find(start, code);
    for (int64_t n = 1; is_found && U_SUCCESS(code) && n < occurrence; ++n) is_found = matcher_->find(code);
    if (U_FAILURE(code)) return RegexpError(code, nullptr);
    return is_found;
  }

 private:
  std::string pattern_;
  uint32_t flags_ = 0;
  std::unique_ptr<icu::RegexPattern> compiled_;
  std::unique_ptr<icu::RegexMatcher> matcher_;
  icu::UnicodeString subject_;
};

// The flags of ICU for argument `match_type`, if there is one. False: it is NULL.
Result<bool> ReadFlags(FunctionCall& call, uint32_t row, size_t match_type, const char* function,
                       uint32_t* flags) {
  *flags = call.arguments[0]->type().collation == kCollationUtf8mb4Bin ? 0 : UREGEX_CASE_INSENSITIVE;
  if (call.arguments.size() <= match_type) return true;
  if (IsNull(call, match_type, row)) return false;
  for (char c : Text(call, match_type, row)) {
    switch (c) {
      case 'c': *flags &= ~static_cast<uint32_t>(UREGEX_CASE_INSENSITIVE); break;
      case 'i': *flags |= UREGEX_CASE_INSENSITIVE; break;
      case 'm': *flags |= UREGEX_MULTILINE; break;
      case 'n': *flags |= UREGEX_DOTALL; break;
      case 'u': *flags |= UREGEX_UNIX_LINES; break;
      default: return Error(ER_WRONG_ARGUMENTS, function);
    }
  }
  return true;
}

// Runs f(row, state) for each row whose pattern is prepared; the others become NULL.
template <typename F>
Status MatchRows(FunctionCall& call, size_t match_type, const char* function, F&& f) {
  auto* state = static_cast<RegexpState*>(call.state);
  return MapRows(call, [&](uint32_t row) -> Status {
    uint32_t flags = 0;
    MAHI_ASSIGN_OR_RETURN(bool has_flags, ReadFlags(call, row, match_type, function, &flags));
    if (!has_flags) {
      call.result->SetNull(row);
      return {};
    }
    MAHI_RETURN_IF_ERROR(CheckKilled(call.context));
    MAHI_RETURN_IF_ERROR(state->Prepare(Text(call, 1, row), flags, Text(call, 0, row)));
    return f(row, *state);
  });
}

int64_t IntOr(const FunctionCall& call, size_t argument, uint32_t row, int64_t otherwise) {
  return argument < call.arguments.size() ? Int(call, argument, row) : otherwise;
}

Status EvalLike(FunctionCall& call) {
  return MatchRows(call, 2, "regexp_like", [&](uint32_t row, RegexpState& state) -> Status {
    MAHI_ASSIGN_OR_RETURN(bool is_found, state.Find(1, 1));
    call.result->SetInt64(row, is_found);
    return {};
  });
}

Status EvalInstr(FunctionCall& call) {
  return MatchRows(call, 5, "regexp_instr", [&](uint32_t row, RegexpState& state) -> Status {
    int64_t wants_end = IntOr(call, 4, row, 0);
    if (wants_end != 0 && wants_end != 1) return Error(ER_WRONG_ARGUMENTS, "regexp_instr: return_option must be 1 or 0.");
    MAHI_ASSIGN_OR_RETURN(bool is_found, state.Find(IntOr(call, 2, row, 1), IntOr(call, 3, row, 1)));
    UErrorCode code = U_ZERO_ERROR;
    int32_t place = !is_found ? -1 : wants_end ? state.matcher().end(code) : state.matcher().start(code);
    call.result->SetInt64(row, place < 0 ? 0 : state.subject().countChar32(0, place) + 1);
    return {};
  });
}

Status EvalSubstr(FunctionCall& call) {
  return MatchRows(call, 4, "regexp_substr", [&](uint32_t row, RegexpState& state) -> Status {
    MAHI_ASSIGN_OR_RETURN(bool is_found, state.Find(IntOr(call, 2, row, 1), IntOr(call, 3, row, 1)));
    if (!is_found) {
      call.result->SetNull(row);
      return {};
    }
    UErrorCode code = U_ZERO_ERROR;
    std::string text;
    state.matcher().group(code).toUTF8String(text);
    call.result->SetString(row, text);
    return {};
  });
}

// Appends `replacement` with $n as groups and \ as escape.
void AppendReplacement(icu::RegexMatcher& matcher, const icu::UnicodeString& replacement,
                       icu::UnicodeString* output, UErrorCode& code) {
  for (int32_t i = 0; i < replacement.length(); ++i) {
    char16_t c = replacement[i];
    if (c == u'\\' && i + 1 < replacement.length()) {
      output->append(replacement[++i]);
    } else if (c == u'$') {
      int32_t group = -1;
      while (i + 1 < replacement.length() && replacement[i + 1] >= u'0' && replacement[i + 1] <= u'9') {
        int32_t longer = (group < 0 ? 0 : group * 10) + (replacement[i + 1] - u'0');
        if (group >= 0 && longer > matcher.groupCount()) break;
        group = longer;
        ++i;
      }
      if (group < 0) {
        code = U_ILLEGAL_ARGUMENT_ERROR;
        return;
      }
      output->append(matcher.group(group, code));
    } else {
      output->append(c);
    }
  }
}

// Replaces the `occurrence`th match (0: all) from `position` on.
Status EvalReplace(FunctionCall& call) {
  return MatchRows(call, 5, "regexp_replace", [&](uint32_t row, RegexpState& state) -> Status {
    int64_t occurrence = IntOr(call, 4, row, 0);
    if (occurrence < 0) occurrence = 1;
    icu::UnicodeString replacement = FromUtf8(Text(call, 2, row));
    icu::UnicodeString output;
    icu::RegexMatcher& matcher = state.matcher();
    UErrorCode code = U_ZERO_ERROR;
    MAHI_ASSIGN_OR_RETURN(bool is_found, state.Find(IntOr(call, 3, row, 1), occurrence == 0 ? 1 : occurrence));
    int32_t copied = 0;
    while (is_found && U_SUCCESS(code)) {
      output.append(state.subject(), copied, matcher.start(code) - copied);
      copied = matcher.end(code);
      AppendReplacement(matcher, replacement, &output, code);
      if (occurrence != 0) break;
      is_found = matcher.find(code);
    }
    if (U_FAILURE(code)) return RegexpError(code, nullptr);
    output.append(state.subject(), copied, INT32_MAX);
    std::string text;
    output.toUTF8String(text);
    if (text.size() > call.context.max_allowed_packet) {
      call.context.diagnostics->Warn(
          Error(ER_WARN_ALLOWED_PACKET_OVERFLOWED, "regexp_replace", call.context.max_allowed_packet));
      call.result->SetNull(row);
      return {};
    }
    call.result->SetString(row, text);
    return {};
  });
}

// Subject and pattern (and replacement) agree on a collation, which decides about case; they are matched as utf8mb4.
Status ResolveMatch(ResolveContext& c, Arguments a, Signature* s, std::string_view wanted, size_t texts,
                    SqlType result, EvalFunction eval) {
  MAHI_RETURN_IF_ERROR(NullableCall(c, a, s, wanted, result, eval));
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnText(c, a, s, 0, texts));
  bool is_case_sensitive = CollationOrBinary(collation).is_case_sensitive();
  for (size_t i = 0; i < texts; ++i) {
    s->arguments[i] = WantedType(c, a[i], 'u');
    s->arguments[i].collation = is_case_sensitive ? kCollationUtf8mb4Bin : kCollationUtf8mb4_0900AiCi;
  }
  s->make_state = RegexpState::Make;
  return {};
}

Status ResolveText(ResolveContext& c, Arguments a, Signature* s, std::string_view wanted, size_t texts,
                   uint64_t characters, EvalFunction eval) {
  MAHI_RETURN_IF_ERROR(ResolveMatch(c, a, s, wanted, texts, TextOf(characters, kCollationUtf8mb4_0900AiCi), eval));
  Coercibility coercibility = Coercibility::kLiteral;
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnCollation(a.subspan(0, 2), c.function_text, c.connection_collation, true, &coercibility));
  if (CollationOrBinary(collation).charset().id == CharsetId::kUtf8mb4) s->result.collation = collation;
  s->coercibility = coercibility;
  return {};
}

#define RESOLVE [](ResolveContext & c, Arguments a, Signature * s) -> Status

Status ResolveLike(ResolveContext& c, Arguments a, Signature* s) {
  return ResolveMatch(c, a, s, "uuu", 2, BooleanOf(), EvalLike);
}

const FunctionDescriptor kFunctions[] = {
    {"regexp", 2, 2, 0, ResolveLike, "regexp", "text REGEXP pattern: whether the text has a match"},
    {"rlike", 2, 2, 0, ResolveLike, "regexp", "text RLIKE pattern: whether the text has a match"},
    {"regexp_like", 2, 3, 0, ResolveLike, "regexp", "REGEXP_LIKE(text, pattern[, match_type]): whether the text has a match"},
    {"regexp_instr", 2, 6, 0,
     RESOLVE { return ResolveMatch(c, a, s, "uuiiiu", 2, BigintOf(), EvalInstr); }, "regexp",
     "REGEXP_INSTR(text, pattern[, position[, occurrence[, return_end[, match_type]]]]): where a match is"},
    {"regexp_substr", 2, 5, 0,
     RESOLVE { return ResolveText(c, a, s, "uuiiu", 2, MaxCharacters(a, 0), EvalSubstr); }, "regexp",
     "REGEXP_SUBSTR(text, pattern[, position[, occurrence[, match_type]]]): a match"},
    {"regexp_replace", 3, 6, 0,
     RESOLVE { return ResolveText(c, a, s, "uuuiiu", 3, 16 << 20, EvalReplace); }, "regexp",
     "REGEXP_REPLACE(text, pattern, replacement[, position[, occurrence[, match_type]]]): with matches replaced"},
};

}  // namespace

std::span<const FunctionDescriptor> RegexpFunctions() { return kFunctions; }

}  // namespace mahi
