// LIKE.
// Source: MySQL 8.4 manual, "String Comparison Functions and Operators".
#include "function/collation_agreement.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

// The escape character: the third argument's, or the backslash unless NO_BACKSLASH_ESCAPES. 0: none.
Result<char32_t> EscapeOf(FunctionCall& call, uint32_t row) {
  if (call.arguments.size() < 3) return char32_t{(call.context.sql_mode & kSqlModeNoBackslashEscapes) ? U'\0' : U'\\'};
  if (IsNull(call, 2, row)) return char32_t{U'\\'};
  std::string_view text = Text(call, 2, row);
  if (text.empty()) return char32_t{(call.context.sql_mode & kSqlModeNoBackslashEscapes) ? U'\0' : U'\\'};
  const Charset& charset = call.arguments[2]->type().charset();
  char32_t escape = 0;
  size_t bytes = charset.Decode(text, &escape);
  if (bytes == 0) {
    bytes = 1;
    escape = static_cast<unsigned char>(text[0]);
  }
  if (bytes != text.size()) return Error(ER_WRONG_ARGUMENTS, "ESCAPE");
  return escape;
}

// A pattern without escapes and wildcards except a leading and a trailing % is a plain search.
struct PlainPattern {
  std::string_view middle;
  bool is_open_left = false;
  bool is_open_right = false;
};
bool IsPlain(std::string_view pattern, char32_t escape, PlainPattern* plain) {
  plain->is_open_left = !pattern.empty() && pattern.front() == '%';
  if (plain->is_open_left) pattern.remove_prefix(1);
  plain->is_open_right = !pattern.empty() && pattern.back() == '%' &&
                         (pattern.size() < 2 || static_cast<unsigned char>(pattern[pattern.size() - 2]) != escape);
  if (plain->is_open_right) pattern.remove_suffix(1);
  plain->middle = pattern;
  for (char c : pattern) {
    if (c == '%' || c == '_' || static_cast<unsigned char>(c) == escape) return false;
  }
  return escape < 0x80;
}
bool MatchesPlain(std::string_view text, const PlainPattern& plain) {
  if (plain.is_open_left && plain.is_open_right) return text.find(plain.middle) != std::string_view::npos;
  if (plain.is_open_left) return text.ends_with(plain.middle);
  if (plain.is_open_right) return text.starts_with(plain.middle);
  return text == plain.middle;
}

Status EvalLike(FunctionCall& call) {
  if (call.rows.count == 0) return {};
  const Collation& collation = call.arguments[0]->type().collation_ref();
  MAHI_ASSIGN_OR_RETURN(char32_t escape, EscapeOf(call, call.rows[0]));
  const Vector& pattern = *call.arguments[1];
  PlainPattern plain;
  bool is_plain = collation.is_memcmp() && collation.charset().is_ascii_compatible && pattern.is_constant() &&
                  !pattern.IsNull(0) && IsPlain(pattern.String(0), escape, &plain);
  if (is_plain) {
    return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, MatchesPlain(Text(call, 0, row), plain)); });
  }
  return ForRows(call, [&](uint32_t row) {
    if (IsNull(call, 0, row) || IsNull(call, 1, row)) return call.result->SetNull(row);
    call.result->SetInt64(row, collation.Like(Text(call, 0, row), Text(call, 1, row), escape));
  });
}

Status ResolveLike(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "bbb", BooleanOf(), EvalLike));
  Coercibility coercibility;
  MAHI_ASSIGN_OR_RETURN(CollationId collation, AgreeOnCollation(a.subspan(0, 2), "like", c.connection_collation, false, &coercibility));
  MAHI_RETURN_IF_ERROR(AgreeOnText(c, a, s, 0, 2).TakeStatus());
  for (size_t i = 0; i < 2; ++i) s->arguments[i].collation = collation;
  s->coercibility = Coercibility::kNumeric;
  if (a.size() > 2 && a[2].constant != nullptr && !a[2].constant->is_null() && a[2].type.IsString() &&
      a[2].type.charset().CharLength(a[2].constant->string()) > 1) {
    return Error(ER_WRONG_ARGUMENTS, "ESCAPE");
  }
  return {};
}

const FunctionDescriptor kFunctions[] = {
    {"like", 2, 3, 0, ResolveLike, "comparison", "text LIKE pattern [ESCAPE character]: whether it matches"},
};

}  // namespace

std::span<const FunctionDescriptor> LikeFunctions() { return kFunctions; }

}  // namespace mahi
