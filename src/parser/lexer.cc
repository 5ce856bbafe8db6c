#include "parser/lexer.h"

#include <array>
#include <cstring>

namespace mahi {
namespace {

// Executable comments up to this version are read.
constexpr uint32_t kVersionNumber = 80400;

struct KeywordInfo {
  std::string_view name;
  bool is_reserved;
};
constexpr KeywordInfo kKeywords[] = {
#define MAHI_KEYWORD(name, is_reserved) {#name, is_reserved},
#include "base/keywords.def"
#undef MAHI_KEYWORD
};
constexpr size_t kKeywordCount = sizeof(kKeywords) / sizeof(kKeywords[0]);
constexpr size_t kSlots = 2048;

constexpr char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

constexpr uint32_t HashWord(std::string_view word) {
  uint32_t hash = 2166136261u;
  for (char c : word) hash = (hash ^ static_cast<uint8_t>(Upper(c))) * 16777619u;
  return hash ^ (hash >> 15);
}

// Open addressing: slot -> index of the keyword + 1.
constexpr std::array<uint16_t, kSlots> MakeKeywordTable() {
  std::array<uint16_t, kSlots> table{};
  for (size_t i = 0; i < kKeywordCount; ++i) {
    size_t slot = HashWord(kKeywords[i].name) % kSlots;
    while (table[slot] != 0) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<uint16_t>(i + 1);
  }
  return table;
}
constexpr std::array<uint16_t, kSlots> kKeywordTable = MakeKeywordTable();

enum : uint8_t { kWordByte = 1, kDigitByte = 2, kSpaceByte = 4, kHexByte = 8 };
constexpr std::array<uint8_t, 256> MakeByteClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    bool digit = c >= '0' && c <= '9';
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || digit || c == '_' || c == '$' || c >= 0x80) classes[c] |= kWordByte;
    if (digit) classes[c] |= kDigitByte;
    if (c == ' ' || (c >= 9 && c <= 13)) classes[c] |= kSpaceByte;
    if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) classes[c] |= kHexByte;
  }
  return classes;
}
constexpr std::array<uint8_t, 256> kByteClasses = MakeByteClasses();

bool Is(char c, uint8_t byte_class) { return kByteClasses[static_cast<uint8_t>(c)] & byte_class; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return Upper(c) - 'A' + 10;
}

}  // namespace

Token LookUpKeyword(std::string_view word) {
  if (word.size() > 64) return Token::kIdentifier;
  size_t slot = HashWord(word) % kSlots;
  while (uint16_t entry = kKeywordTable[slot]) {
    const std::string_view& name = kKeywords[entry - 1].name;
    if (name.size() == word.size()) {
      size_t i = 0;
      while (i < word.size() && Upper(word[i]) == name[i]) ++i;
      if (i == word.size()) {
        return static_cast<Token>(static_cast<uint16_t>(Token::kFirstKeyword_) + entry);
      }
    }
    slot = (slot + 1) % kSlots;
  }
  return Token::kIdentifier;
}

bool IsReserved(Token token) {
  return IsKeyword(token) &&
         kKeywords[static_cast<size_t>(token) - static_cast<size_t>(Token::kFirstKeyword_) - 1].is_reserved;
}

std::string_view KeywordName(Token token) {
  return kKeywords[static_cast<size_t>(token) - static_cast<size_t>(Token::kFirstKeyword_) - 1].name;
}

// Skips white space and comments. Returns false at an open comment (position_ then stands on it).
// Stops with *hint filled at an optimizer hint.
bool Lexer::SkipSpace(LexedToken* hint) {
  const size_t size = sql_.size();
  while (position_ < size) {
    char c = sql_[position_];
    if (Is(c, kSpaceByte)) {
      ++position_;
    } else if (c == '#') {
      while (position_ < size && sql_[position_] != '\n') ++position_;
    } else if (c == '-' && At(position_ + 1) == '-' &&
               (position_ + 2 >= size || Is(sql_[position_ + 2], kSpaceByte) ||
                static_cast<uint8_t>(sql_[position_ + 2]) < 32)) {
      while (position_ < size && sql_[position_] != '\n') ++position_;
    } else if (c == '*' && in_executable_comment_ && At(position_ + 1) == '/') {
      position_ += 2;
      in_executable_comment_ = false;
    } else if (c == '/' && At(position_ + 1) == '*') {
      if (At(position_ + 2) == '!' && !in_executable_comment_) {
        size_t digits = position_ + 3;
        uint32_t version = 0;
        while (digits < position_ + 9 && Is(At(digits), kDigitByte)) {
          version = version * 10 + static_cast<uint32_t>(sql_[digits++] - '0');
        }
        if (digits - position_ - 3 < 5) {
          digits = position_ + 3;
          version = 0;
        }
        if (version <= kVersionNumber) {
          in_executable_comment_ = true;
          position_ = digits;
          continue;
        }
        // A comment for a newer version may hold comments of its own.
        size_t i = digits;
        int depth = 1;
        while (i < size && depth > 0) {
          if (sql_[i] == '/' && At(i + 1) == '*') {
            ++depth;
            i += 2;
          } else if (sql_[i] == '*' && At(i + 1) == '/') {
            --depth;
            i += 2;
          } else {
            ++i;
          }
        }
        if (depth > 0) return false;
        position_ = i;
        continue;
      }
      size_t close = sql_.find("*/", position_ + 2);
      if (close == std::string_view::npos) return false;
      if (At(position_ + 2) == '+') {
        hint->token = Token::kHint;
        hint->offset = static_cast<uint32_t>(position_);
        hint->text = sql_.substr(position_ + 3, close > position_ + 3 ? close - position_ - 3 : 0);
        position_ = close + 2;
        hint->end = static_cast<uint32_t>(position_);
        return true;
      }
      position_ = close + 2;
    } else {
      break;
    }
  }
  return true;
}

LexedToken Lexer::Next() {
  LexedToken token;
  if (!SkipSpace(&token)) {
    token.token = Token::kInvalid;
    token.offset = static_cast<uint32_t>(position_);
    position_ = sql_.size();
    token.end = static_cast<uint32_t>(position_);
    return token;
  }
  if (token.token == Token::kHint) return token;
  token.offset = static_cast<uint32_t>(position_);
  bool after_dot = after_dot_;
  after_dot_ = false;
  if (position_ >= sql_.size()) {
    // An executable comment that nobody closes is an error, as in MySQL.
    token.token = in_executable_comment_ ? Token::kInvalid : Token::kEnd;
    in_executable_comment_ = false;
    token.end = token.offset;
    return token;
  }
  char c = sql_[position_];
  char next = At(position_ + 1);
  if (Is(c, kWordByte)) {
    if (Is(c, kDigitByte) && !after_dot) {
      LexNumber(&token);
    } else if ((c == 'x' || c == 'X') && next == '\'' && !after_dot && LexDigitString(&token, true)) {
    } else if ((c == 'b' || c == 'B') && next == '\'' && !after_dot && LexDigitString(&token, false)) {
    } else if ((c == 'n' || c == 'N') && next == '\'' && !after_dot) {
      ++position_;
      LexString(&token, '\'');
      if (token.token == Token::kString) token.token = Token::kNationalString;
    } else {
      LexWord(&token);
      if (after_dot) token.token = Token::kIdentifier;  // a.select is a name
    }
  } else if (c == '\'' || (c == '"' && !options_.ansi_quotes)) {
    LexString(&token, c);
  } else if (c == '`' || c == '"') {
    LexQuotedIdentifier(&token, c);
  } else if (c == '.' && Is(next, kDigitByte) && !after_dot &&
             (position_ == 0 || !(Is(sql_[position_ - 1], kWordByte) || sql_[position_ - 1] == '`'))) {
    LexNumber(&token);
  } else if (c == '@') {
    if (next == '@') {
      position_ += 2;
      token.token = Token::kAtAt;
    } else if (next == '\'' || next == '"') {
      ++position_;
      // The name is one string, without the joining of neighbours.
      LexQuotedIdentifier(&token, next);
      if (token.token == Token::kQuotedIdentifier) token.token = Token::kUserVariable;
    } else if (next == '`') {
      ++position_;
      LexQuotedIdentifier(&token, '`');
      if (token.token == Token::kQuotedIdentifier) token.token = Token::kUserVariable;
    } else {
      ++position_;
      size_t begin = position_;
      while (position_ < sql_.size() && (Is(sql_[position_], kWordByte) || sql_[position_] == '.')) {
        ++position_;
      }
      token.token = position_ > begin ? Token::kUserVariable : Token::kAt;
      token.text = sql_.substr(begin, position_ - begin);
    }
  } else {
    token.token = LexSymbol();
    after_dot_ = token.token == Token::kDot;
  }
  token.end = static_cast<uint32_t>(position_);
  return token;
}

void Lexer::LexNumber(LexedToken* token) {
  const size_t begin = position_;
  const size_t size = sql_.size();
  if (sql_[begin] == '0' && (At(begin + 1) == 'x' || At(begin + 1) == 'b')) {
    // 0x.. and 0b..; without digits, or with other letters behind them, a name.
    bool hex = sql_[begin + 1] == 'x';
    size_t i = begin + 2;
    while (i < size && (hex ? Is(sql_[i], kHexByte) : (sql_[i] == '0' || sql_[i] == '1'))) ++i;
    if (i > begin + 2 && !Is(At(i), kWordByte)) {
      position_ = i;
      token->token = hex ? Token::kHex : Token::kBit;
      std::string_view digits = sql_.substr(begin + 2, i - begin - 2);
      token->text = digits;
      if (arena_ != nullptr) {
        size_t per_byte = hex ? 2 : 8;
        size_t bytes = (digits.size() + per_byte - 1) / per_byte;
        char* out = static_cast<char*>(arena_->Allocate(bytes, 1));
        size_t lead = bytes * per_byte - digits.size();
        std::memset(out, 0, bytes);
        for (size_t d = 0; d < digits.size(); ++d) {
          size_t at = d + lead;
          uint8_t& byte = reinterpret_cast<uint8_t&>(out[at / per_byte]);
          byte = static_cast<uint8_t>(hex ? byte << 4 | HexValue(digits[d]) : byte << 1 | (digits[d] - '0'));
        }
        token->text = {out, bytes};
      }
      return;
    }
  }
  size_t i = begin;
  while (i < size && Is(sql_[i], kDigitByte)) ++i;
  bool has_point = false;
  if (i < size && Is(sql_[i], kWordByte)) {
    // Digits followed by letters: an exponent, or an identifier that starts with digits.
    bool exponent = false;
    if (sql_[i] == 'e' || sql_[i] == 'E') {
      size_t j = i + 1;
      if (At(j) == '+' || At(j) == '-') {
        exponent = Is(At(j + 1), kDigitByte);
      } else if (Is(At(j), kDigitByte)) {
        while (Is(At(j), kDigitByte)) ++j;
        exponent = !Is(At(j), kWordByte);
      }
    }
    if (!exponent) {
      LexWord(token);
      token->token = Token::kIdentifier;
      return;
    }
  }
  if (At(i) == '.') {
    has_point = true;
    ++i;
    while (i < size && Is(sql_[i], kDigitByte)) ++i;
  }
  token->token = has_point ? Token::kDecimal : Token::kInteger;
  if (At(i) == 'e' || At(i) == 'E') {
    size_t j = i + 1;
    if (At(j) == '+' || At(j) == '-') ++j;
    if (Is(At(j), kDigitByte)) {
      while (Is(At(j), kDigitByte)) ++j;
      i = j;
      token->token = Token::kFloat;
    }
  }
  position_ = i;
  token->text = sql_.substr(begin, i - begin);
  if (token->token == Token::kInteger && token->text.size() > 19) {
    std::string_view digits = token->text;
    while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
    if (digits.size() > 20 || (digits.size() == 20 && digits > "18446744073709551615")) {
      token->token = Token::kDecimal;
    }
  }
}

void Lexer::LexWord(LexedToken* token) {
  const size_t begin = position_;
  const size_t size = sql_.size();
  size_t i = begin;
  while (i < size && Is(sql_[i], kWordByte)) ++i;
  position_ = i;
  token->text = sql_.substr(begin, i - begin);
  token->token = LookUpKeyword(token->text);
  // `select.a`: a keyword directly before a point is a name when a name follows it.
  if (IsKeyword(token->token) && At(i) == '.' && (Is(At(i + 1), kWordByte) || At(i + 1) == '`')) {
    token->token = Token::kIdentifier;
  }
}

// x'..' and b'..'. False (nothing consumed) when the digits are wrong: then it is a name and a string.
bool Lexer::LexDigitString(LexedToken* token, bool hex) {
  size_t begin = position_ + 2;
  size_t i = begin;
  while (i < sql_.size() && (hex ? Is(sql_[i], kHexByte) : (sql_[i] == '0' || sql_[i] == '1'))) ++i;
  if (At(i) != '\'' || (hex && (i - begin) % 2 != 0)) {
    // MySQL answers a syntax error here.
    token->token = Token::kInvalid;
    position_ = i;
    return true;
  }
  std::string_view digits = sql_.substr(begin, i - begin);
  position_ = i + 1;
  token->token = hex ? Token::kHex : Token::kBit;
  token->text = digits;
  if (arena_ != nullptr && !digits.empty()) {
    size_t per_byte = hex ? 2 : 8;
    size_t bytes = (digits.size() + per_byte - 1) / per_byte;
    char* out = static_cast<char*>(arena_->Allocate(bytes, 1));
    std::memset(out, 0, bytes);
    size_t lead = bytes * per_byte - digits.size();
    for (size_t d = 0; d < digits.size(); ++d) {
      uint8_t& byte = reinterpret_cast<uint8_t&>(out[(d + lead) / per_byte]);
      byte = static_cast<uint8_t>(hex ? byte << 4 | HexValue(digits[d]) : byte << 1 | (digits[d] - '0'));
    }
    token->text = {out, bytes};
  }
  return true;
}

// A string and the string literals that follow it directly.
void Lexer::LexString(LexedToken* token, char first_quote) {
  const size_t size = sql_.size();
  const bool backslash = !options_.no_backslash_escapes;
  char quote = first_quote;
  std::string_view whole;     // while only one part without escapes was seen
  char* buffer = nullptr;     // otherwise
  size_t buffer_used = 0, buffer_bytes = 0;
  for (bool first = true;; first = false) {
    size_t begin = position_ + 1;
    size_t i = begin;
    bool plain = true;
    while (true) {
      while (i < size && sql_[i] != quote && sql_[i] != '\\') ++i;
      if (i >= size) {
        token->token = Token::kInvalid;
        position_ = size;
        return;
      }
      if (sql_[i] == '\\') {
        if (!backslash) {
          ++i;
          continue;
        }
        plain = false;
        i += 2;
        continue;
      }
      if (At(i + 1) == quote) {
        plain = false;
        i += 2;
        continue;
      }
      break;
    }
    position_ = i + 1;
    if (arena_ == nullptr) {
      whole = sql_.substr(begin, i - begin);
    } else if (first && plain) {
      whole = sql_.substr(begin, i - begin);
    } else {
      size_t need = buffer_used + (first ? 0 : whole.size()) + (i - begin);
      if (need > buffer_bytes) {
        buffer_bytes = first ? need : need * 2;
        char* bigger = static_cast<char*>(arena_->Allocate(buffer_bytes, 1));
        if (buffer_used > 0) std::memcpy(bigger, buffer, buffer_used);
        buffer = bigger;
      }
      if (!whole.empty()) {
        std::memcpy(buffer + buffer_used, whole.data(), whole.size());
        buffer_used += whole.size();
        whole = {};
      }
      size_t written = 0;
      UnescapeTo(buffer + buffer_used, begin, i, quote, &written);
      buffer_used += written;
    }
    // Does another literal follow?
    size_t after = position_;
    bool comment = in_executable_comment_;
    LexedToken hint;
    if (position_ < size && Is(sql_[position_], kSpaceByte) && SkipSpace(&hint) && hint.token != Token::kHint &&
        (At(position_) == '\'' || (At(position_) == '"' && !options_.ansi_quotes))) {
      quote = sql_[position_];
      continue;
    }
    position_ = after;
    in_executable_comment_ = comment;
    break;
  }
  token->token = Token::kString;
  token->text = buffer != nullptr ? std::string_view(buffer, buffer_used) : whole;
}

std::string_view Lexer::UnescapeTo(char* to, size_t begin, size_t end, char quote, size_t* written) {
  char* out = to;
  for (size_t i = begin; i < end; ++i) {
    char c = sql_[i];
    if (c == quote) {
      ++i;  // the second of two quotes
      *out++ = quote;
      continue;
    }
    if (c != '\\' || options_.no_backslash_escapes || i + 1 >= end) {
      *out++ = c;
      continue;
    }
    c = sql_[++i];
    switch (c) {
      case '0': *out++ = '\0'; break;
      case 'b': *out++ = '\b'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      case 'Z': *out++ = '\032'; break;
      case '%':
      case '_':
        // Kept escaped, for LIKE.
        *out++ = '\\';
        *out++ = c;
        break;
      default: *out++ = c; break;
    }
  }
  *written = static_cast<size_t>(out - to);
  return {to, *written};
}

void Lexer::LexQuotedIdentifier(LexedToken* token, char quote) {
  size_t begin = position_ + 1;
  size_t i = begin;
  bool doubled = false;
  while (true) {
    i = sql_.find(quote, i);
    if (i == std::string_view::npos) {
      token->token = Token::kInvalid;
      position_ = sql_.size();
      return;
    }
    if (At(i + 1) != quote) break;
    doubled = true;
    i += 2;
  }
  position_ = i + 1;
  token->token = Token::kQuotedIdentifier;
  token->text = sql_.substr(begin, i - begin);
  if (doubled && arena_ != nullptr) {
    char* out = static_cast<char*>(arena_->Allocate(i - begin, 1));
    size_t n = 0;
    for (size_t k = begin; k < i; ++k) {
      out[n++] = sql_[k];
      if (sql_[k] == quote) ++k;
    }
    token->text = {out, n};
  }
}

Token Lexer::LexSymbol() {
  char c = sql_[position_++];
  char next = At(position_);
  auto take = [this](Token token, size_t more) {
    position_ += more;
    return token;
  };
  switch (c) {
    case ';': return Token::kSemicolon;
    case ',': return Token::kComma;
    case '.': return Token::kDot;
    case '(': return Token::kLeft;
    case ')': return Token::kRight;
    case '{': return Token::kLeftBrace;
    case '}': return Token::kRightBrace;
    case '?': return Token::kParameter;
    case '+': return Token::kPlus;
    case '*': return Token::kStar;
    case '/': return Token::kSlash;
    case '%': return Token::kPercent;
    case '^': return Token::kCaret;
    case '~': return Token::kTilde;
    case '-':
      if (next == '>') return At(position_ + 1) == '>' ? take(Token::kArrowUnquote, 2) : take(Token::kArrow, 1);
      return Token::kMinus;
    case '!': return next == '=' ? take(Token::kNotEqual, 1) : Token::kExclamation;
    case '&': return next == '&' ? take(Token::kAndAnd, 1) : Token::kAmpersand;
    case '|': return next == '|' ? take(Token::kOrOr, 1) : Token::kBar;
    case '=': return Token::kEqual;
    case ':': return next == '=' ? take(Token::kAssign, 1) : Token::kColon;
    case '<':
      if (next == '=') return At(position_ + 1) == '>' ? take(Token::kNullSafeEqual, 2) : take(Token::kLessEqual, 1);
      if (next == '>') return take(Token::kNotEqual, 1);
      if (next == '<') return take(Token::kShiftLeft, 1);
      return Token::kLess;
    case '>':
      if (next == '=') return take(Token::kGreaterEqual, 1);
      if (next == '>') return take(Token::kShiftRight, 1);
      return Token::kGreater;
    default: return Token::kInvalid;
  }
}

}  // namespace mahi
