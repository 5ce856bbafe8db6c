// Splits SQL text into tokens, one at a time, as sql_mode asks.
//
// Comments and white space vanish; the text of executable comments (/*! ... */, /*!NNNNN ... */ up to our version)
// is read as if it stood alone; optimizer hints (/*+ ... */) are tokens of their own. Adjacent string literals are
// one token. Broken input (open string or comment) gives kInvalid tokens, never an error by itself.
// Thread safety: none. Source: MySQL 8.4 manual, "Language Structure".
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"

namespace mahi {

enum class Token : uint16_t {
  kEnd,          // end of text
  kInvalid,      // a byte or an open string that fits no token
  kIdentifier,   // unquoted name that is no keyword
  kQuotedIdentifier,
  kString,
  kNationalString,
  kHex,
  kBit,
  kInteger,      // digits only, fits uint64
  kDecimal,
  kFloat,
  kUserVariable,  // @name, @'name', @`name`
  kAt,            // @ followed by nothing that could be a name
  kAtAt,          // @@
  kHint,          // /*+ ... */
  kParameter,     // ?
  kSemicolon, kComma, kDot, kLeft, kRight, kLeftBrace, kRightBrace,
  kPlus, kMinus, kStar, kSlash, kPercent, kCaret, kTilde, kExclamation,
  kAmpersand, kBar, kAndAnd, kOrOr, kShiftLeft, kShiftRight,
  kEqual, kNullSafeEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual,
  kAssign,        // :=
  kColon,
  kArrow,         // ->
  kArrowUnquote,  // ->>
  kFirstKeyword_,
#define MAHI_KEYWORD(name, is_reserved) k_##name,
#include "base/keywords.def"
#undef MAHI_KEYWORD
  kTokenCount_,
};

// The keyword that `word` (any case) is, or kIdentifier.
Token LookUpKeyword(std::string_view word);
bool IsReserved(Token token);
inline bool IsKeyword(Token token) { return token > Token::kFirstKeyword_; }
// In upper case. REQUIRES: IsKeyword(token).
std::string_view KeywordName(Token token);

struct LexedToken {
  Token token = Token::kEnd;
  uint32_t offset = 0;
  uint32_t end = 0;
  // Names without quotes, strings unescaped, hex and bit literals as bytes, numbers as written.
  std::string_view text;
};

struct LexerOptions {
  bool ansi_quotes = false;
  bool no_backslash_escapes = false;
};

class Lexer {
 public:
  // Texts that are not contiguous in `sql` are put into `arena`; with a null arena such tokens keep
  // the raw text (the digest does not need the values).
  Lexer(std::string_view sql, LexerOptions options, Arena* arena)
      : sql_(sql), options_(options), arena_(arena) {}

  LexedToken Next();

  // A position to come back to: before the token that Next would return.
  struct State {
    size_t position;
    bool in_executable_comment;
    bool after_dot;
  };
  State Save() const { return {position_, in_executable_comment_, after_dot_}; }
  void Restore(const State& state) {
    position_ = state.position;
    in_executable_comment_ = state.in_executable_comment;
    after_dot_ = state.after_dot;
  }

 private:
  char At(size_t i) const { return i < sql_.size() ? sql_[i] : '\0'; }
  bool SkipSpace(LexedToken* hint);
  void LexNumber(LexedToken* token);
  void LexWord(LexedToken* token);
  void LexString(LexedToken* token, char quote);
  void LexQuotedIdentifier(LexedToken* token, char quote);
  bool LexDigitString(LexedToken* token, bool hex);
  std::string_view UnescapeTo(char* to, size_t begin, size_t end, char quote, size_t* written);
  Token LexSymbol();

  std::string_view sql_;
  LexerOptions options_;
  Arena* arena_;
  size_t position_ = 0;
  bool in_executable_comment_ = false;
  bool after_dot_ = false;
};

}  // namespace mahi
