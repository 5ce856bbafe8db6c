#include "parser/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "parser/lexer.h"

namespace mahi {
namespace {

// --- Digest text --------------------------------------------------------------------------------------

// Kinds of pieces that reductions look at.
enum class Piece : uint8_t { kOther, kValue, kNull, kValueList, kRow, kRowList, kLeft, kRight, kComma, kSign, kIn, kAtAt };

struct DigestPart {
  Piece piece;
  bool single;              // rows: of one value
  bool value_before;        // signs: an operand stands before, so the sign is an operator
  size_t offset;            // where the piece begins in the text, with its space
};

bool EndsOperand(Token token) {
  return token == Token::kIdentifier || token == Token::kQuotedIdentifier || token == Token::kRight ||
         token == Token::kInteger || token == Token::kDecimal || token == Token::kFloat || token == Token::kString ||
         token == Token::kUserVariable || token == Token::kParameter || token == Token::kHex ||
         token == Token::k_NULL || token == Token::k_END;
}

void AppendUpper(std::string_view word, std::string* out) {
  for (char c : word) *out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

// Built-in functions with a grammar rule of their own are keywords to MySQL's digest.
bool IsFunctionKeyword(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "ADDDATE", "BIT_AND", "BIT_OR", "BIT_XOR", "CAST", "COUNT", "CURDATE", "CURTIME", "DATE_ADD", "DATE_SUB",
      "EXTRACT", "GROUP_CONCAT", "JSON_ARRAYAGG", "JSON_OBJECTAGG", "MAX", "MID", "MIN", "NOW", "POSITION", "STD",
      "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "SUBDATE", "SUBSTR", "SUBSTRING", "SUM", "SYSDATE", "TRIM",
      "VARIANCE", "VAR_POP", "VAR_SAMP"};
  std::string upper;
  AppendUpper(word, &upper);
  for (std::string_view candidate : kWords) {
    if (candidate == upper) return true;
  }
  return false;
}

}  // namespace

std::string DigestText(std::string_view sql, const ParseOptions& options, size_t max_bytes) {
  std::string text;
  std::vector<DigestPart> parts;
  Lexer lexer(sql, {options.ansi_quotes, options.no_backslash_escapes}, nullptr);
  Token before = Token::kEnd;
  LexedToken token = lexer.Next();
  auto piece_at = [&](size_t back) { return parts.size() >= back ? parts[parts.size() - back].piece : Piece::kOther; };
  auto drop = [&](size_t count) {
    text.resize(parts[parts.size() - count].offset);
    parts.resize(parts.size() - count);
  };
  auto append = [&](Piece piece, std::string_view words, bool single = false, bool value_before = false) {
    parts.push_back({piece, single, value_before, text.size()});
    if (!text.empty() && !(parts.size() > 1 && parts[parts.size() - 2].piece == Piece::kAtAt)) text += ' ';
    text += words;
  };
  while (token.token != Token::kEnd && token.token != Token::kInvalid && token.token != Token::kSemicolon) {
    if (text.size() > max_bytes) {
      text.resize(max_bytes);
      return text + "...";
    }
    LexedToken next = lexer.Next();
    switch (token.token) {
      case Token::kHint: break;
      case Token::kInteger:
      case Token::kDecimal:
      case Token::kFloat:
      case Token::kHex:
      case Token::kBit:
      case Token::kString:
      case Token::kNationalString:
      case Token::kParameter:
      case Token::k_NULL: {
        bool number = token.token != Token::kString && token.token != Token::k_NULL;
        while (number && piece_at(1) == Piece::kSign && !parts.back().value_before) drop(1);
        bool in_list = piece_at(1) == Piece::kComma && (piece_at(2) == Piece::kValue || piece_at(2) == Piece::kNull ||
                                                        piece_at(2) == Piece::kValueList);
        if (in_list) {
          drop(2);
          append(Piece::kValueList, "?, ...");
        } else if (token.token == Token::k_NULL) {
          append(Piece::kNull, "NULL");
        } else {
          append(Piece::kValue, "?");
        }
        break;
      }
      case Token::kRight: {
        Piece inside = piece_at(1);
        bool single = inside == Piece::kValue || inside == Piece::kNull;
        if ((single || inside == Piece::kValueList) && piece_at(2) == Piece::kLeft) {
          drop(2);
          if (piece_at(1) == Piece::kIn) {
            append(Piece::kOther, "(...)");
          } else if (piece_at(1) == Piece::kComma && (piece_at(2) == Piece::kRow || piece_at(2) == Piece::kRowList) &&
                     parts[parts.size() - 2].single == single) {
            drop(2);
            append(Piece::kRowList, single ? "(?) /* , ... */" : "(...) /* , ... */", single);
          } else {
            append(Piece::kRow, single ? "(?)" : "(...)", single);
          }
        } else {
          append(Piece::kRight, ")");
        }
        break;
      }
      case Token::kLeft: append(Piece::kLeft, "("); break;
      case Token::kComma: append(Piece::kComma, ","); break;
      case Token::kPlus:
      case Token::kMinus:
        append(Piece::kSign, token.token == Token::kPlus ? "+" : "-", false, EndsOperand(before));
        break;
      case Token::k_IN: append(Piece::kIn, "IN"); break;
      case Token::kAtAt: append(Piece::kAtAt, "@@"); break;
      case Token::kUserVariable: {
        std::string name = "@";
        name += '`';
        name += token.text;
        name += '`';
        append(Piece::kOther, name);
        break;
      }
      case Token::kIdentifier:
      case Token::kQuotedIdentifier: {
        std::string name;
        if (token.token == Token::kIdentifier && next.token == Token::kLeft && IsFunctionKeyword(token.text)) {
          AppendUpper(token.text, &name);
        } else {
          name += '`';
          name += token.text;
          name += '`';
        }
        append(Piece::kOther, name);
        break;
      }
      default:
        if (IsKeyword(token.token)) {
          append(Piece::kOther, KeywordName(token.token));
        } else {
          append(Piece::kOther, sql.substr(token.offset, token.end - token.offset));
        }
        break;
    }
    before = token.token;
    token = next;
  }
  return text;
}

std::string DigestHash(std::string_view digest_text) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(digest_text.data(), digest_text.size(), hash, &length, EVP_sha256(), nullptr);
  std::string hex;
  static constexpr char kHex[] = "0123456789abcdef";
  for (unsigned int i = 0; i < length; ++i) {
    hex += kHex[hash[i] >> 4];
    hex += kHex[hash[i] & 15];
  }
  return hex;
}

// --- Parameterise -------------------------------------------------------------------------------------

namespace {

enum : uint8_t { kWordByte = 1, kDigitByte = 2, kSpaceByte = 4 };
constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    bool digit = c >= '0' && c <= '9';
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || digit || c == '_' || c == '$' || c >= 0x80) classes[c] |= kWordByte;
    if (digit) classes[c] |= kDigitByte;
    if (c == ' ' || (c >= 9 && c <= 13)) classes[c] |= kSpaceByte;
  }
  return classes;
}
constexpr std::array<uint8_t, 256> kClasses = MakeClasses();
inline bool Is(char c, uint8_t byte_class) { return kClasses[static_cast<uint8_t>(c)] & byte_class; }

// Folds a word of at most 8 letters into a comparable number, without case.
constexpr uint64_t Fold(std::string_view word) {
  uint64_t folded = 0;
  for (char c : word) folded = folded << 8 | static_cast<uint8_t>(c | 0x20);
  return folded;
}

}  // namespace

bool Parameterise(std::string_view sql, const ParseOptions& options, ParameterisedStatement* out, size_t max_bytes) {
  const size_t size = sql.size();
  if (size > max_bytes) return false;
  out->literals.clear();
  out->key.clear();
  out->key.reserve(size + 8);
  out->unescaped.clear();
  out->unescaped.reserve(size);  // never grows below, so views into it stay valid
  std::string& key = out->key;
  size_t i = 0;
  bool pull = true;         // literals here are values
  bool first_word = true;
  int depth = 0;
  int keep_depth = -1;      // depth at which `pull` was switched off
  bool word_before = false; // the previous token is a word that a literal may belong to (DATE 'x', _cs'x')
  bool space = false;
  auto gap = [&] {
    if (space && !key.empty()) key += ' ';
    space = false;
  };
  while (i < size) {
    char c = sql[i];
    if (Is(c, kSpaceByte)) {
      space = true;
      ++i;
      continue;
    }
    if (Is(c, kWordByte) && !Is(c, kDigitByte)) {
      size_t begin = i;
      while (i < size && Is(sql[i], kWordByte)) ++i;
      std::string_view word = sql.substr(begin, i - begin);
      bool qualified = begin > 0 && sql[begin - 1] == '.';
      gap();
      key += word;
      word_before = false;
      if (word.size() > 8 || qualified) {
        word_before = word[0] == '_' || word.size() == 9;  // TIMESTAMP 'x', _utf8mb4'x'
        if (first_word) return false;
        continue;
      }
      uint64_t folded = Fold(word);
      if (first_word) {
        first_word = false;
        if (folded == Fold("select")) {
          pull = false;
          keep_depth = 0;
        } else if (folded != Fold("insert") && folded != Fold("update") && folded != Fold("delete") &&
                   folded != Fold("replace")) {
          return false;
        }
        continue;
      }
      switch (folded) {
        case Fold("select"):
          if (pull) {
            pull = false;
            keep_depth = depth;
          }
          break;
        case Fold("from"):
        case Fold("where"):
        case Fold("having"):
        case Fold("values"):
        case Fold("union"):
          if (!pull && depth <= keep_depth) {
            pull = true;
            keep_depth = -1;
          }
          break;
        case Fold("order"):
        case Fold("group"):
        case Fold("limit"):
          if (pull) {
            pull = false;
            keep_depth = depth;
          }
          break;
        case Fold("interval"): return false;
        case Fold("date"):
        case Fold("time"):
        case Fold("x"):
        case Fold("b"):
        case Fold("n"): word_before = true; break;
        default: word_before = word[0] == '_'; break;
      }
      continue;
    }
    if (first_word && c != '(') return false;
    if (Is(c, kDigitByte) || (c == '.' && i + 1 < size && Is(sql[i + 1], kDigitByte) && !(i > 0 && (Is(sql[i - 1], kWordByte) || sql[i - 1] == '`')))) {
      size_t begin = i;
      ast::LiteralKind kind = ast::LiteralKind::kInteger;
      while (i < size && Is(sql[i], kDigitByte)) ++i;
      if (i < size && sql[i] == '.') {
        kind = ast::LiteralKind::kDecimal;
        ++i;
        while (i < size && Is(sql[i], kDigitByte)) ++i;
      }
      if (i < size && (sql[i] == 'e' || sql[i] == 'E')) {
        size_t j = i + 1;
        if (j < size && (sql[j] == '+' || sql[j] == '-')) ++j;
        if (j >= size || !Is(sql[j], kDigitByte)) return false;
        while (j < size && Is(sql[j], kDigitByte)) ++j;
        i = j;
        kind = ast::LiteralKind::kFloat;
      }
      if (i < size && Is(sql[i], kWordByte)) return false;  // a name that starts with a digit, 0x..
      if (i - begin > 18 && kind == ast::LiteralKind::kInteger) return false;
      gap();
      if (pull) {
        key += '?';
        out->literals.push_back({kind, sql.substr(begin, i - begin), static_cast<uint32_t>(begin)});
      } else {
        key += sql.substr(begin, i - begin);
      }
      word_before = false;
      continue;
    }
    if (c == '\'' || c == '"') {
      if (c == '"' && options.ansi_quotes) return false;
      if (word_before || (!out->literals.empty() && out->literals.back().kind == ast::LiteralKind::kString && !key.empty() &&
                          key.back() == '?')) {
        return false;  // part of a typed or joined literal
      }
      size_t begin = i++;
      bool escapes = false;
      while (true) {
        while (i < size && sql[i] != c && sql[i] != '\\') ++i;
        if (i >= size) return false;
        if (sql[i] == '\\') {
          if (options.no_backslash_escapes) {
            ++i;
            continue;
          }
          escapes = true;
          i += 2;
          continue;
        }
        if (i + 1 < size && sql[i + 1] == c) {
          escapes = true;
          i += 2;
          continue;
        }
        break;
      }
      std::string_view raw = sql.substr(begin + 1, i - begin - 1);
      ++i;
      gap();
      if (!pull) {
        key += sql.substr(begin, i - begin);
        // A string behind a kept string would be joined with it; the key holds both, so nothing is lost.
        continue;
      }
      key += '?';
      if (escapes) {
        size_t at = out->unescaped.size();
        for (size_t k = 0; k < raw.size(); ++k) {
          char r = raw[k];
          if (r == c) {
            ++k;
            out->unescaped += c;
          } else if (r != '\\' || options.no_backslash_escapes || k + 1 >= raw.size()) {
            out->unescaped += r;
          } else {
            r = raw[++k];
            switch (r) {
              case '0': out->unescaped += '\0'; break;
              case 'b': out->unescaped += '\b'; break;
              case 'n': out->unescaped += '\n'; break;
              case 'r': out->unescaped += '\r'; break;
              case 't': out->unescaped += '\t'; break;
              case 'Z': out->unescaped += '\032'; break;
              case '%':
              case '_':
                out->unescaped += '\\';
                out->unescaped += r;
                break;
              default: out->unescaped += r; break;
            }
          }
        }
        raw = std::string_view(out->unescaped).substr(at);
      }
      out->literals.push_back({ast::LiteralKind::kString, raw, static_cast<uint32_t>(begin)});
      continue;
    }
    word_before = false;
    if (c == '`') {
      size_t close = sql.find('`', i + 1);
      if (close == std::string_view::npos) return false;
      gap();
      key += sql.substr(i, close + 1 - i);
      i = close + 1;
      continue;
    }
    if (c == '#' || c == '?' || (c == '/' && i + 1 < size && sql[i + 1] == '*') ||
        (c == '-' && i + 1 < size && sql[i + 1] == '-')) {
      return false;
    }
    if (c == ';') {
      for (size_t k = i + 1; k < size; ++k) {
        if (!Is(sql[k], kSpaceByte)) return false;
      }
      break;
    }
    if (c == '(') ++depth;
    if (c == ')') {
      --depth;
      if (!pull && depth < keep_depth) {
        pull = true;
        keep_depth = -1;
      }
    }
    gap();
    key += c;
    ++i;
  }
  if (key.empty()) return false;
  // FNV-1a over eight bytes at a time.
  uint64_t hash = 1469598103934665603ull;
  size_t k = 0;
  for (; k + 8 <= key.size(); k += 8) {
    uint64_t chunk;
    std::memcpy(&chunk, key.data() + k, 8);
    hash = (hash ^ chunk) * 1099511628211ull;
    hash ^= hash >> 29;
  }
  for (; k < key.size(); ++k) hash = (hash ^ static_cast<uint8_t>(key[k])) * 1099511628211ull;
  out->hash = hash ^ (hash >> 32);
  return true;
}

}  // namespace mahi
