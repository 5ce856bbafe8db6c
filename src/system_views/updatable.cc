#include "system_views/internal/updatable.h"

#include <algorithm>
#include <string_view>

#include "charset/charset.h"

namespace mahi {

namespace {

// Words, quoted identifiers and single punctuation characters of a canonical SELECT text; strings are skipped.
struct Token {
  std::string text;
  bool is_quoted = false;
  int depth = 0;  // of parentheses
};

std::vector<Token> Tokens(std::string_view sql) {
  std::vector<Token> tokens;
  int depth = 0;
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80; };
  for (size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    if (c == '\'' || c == '"') {
      for (++i; i < sql.size() && sql[i] != c; ++i) {
        if (sql[i] == '\\') ++i;
      }
      ++i;
    } else if (c == '`') {
      Token token{"", true, depth};
      for (++i; i < sql.size(); ++i) {
        if (sql[i] == '`') {
          if (i + 1 >= sql.size() || sql[i + 1] != '`') break;
          ++i;
        }
        token.text += sql[i];
      }
      ++i;
      tokens.push_back(std::move(token));
    } else if (is_word(c)) {
      size_t end = i;
      while (end < sql.size() && is_word(sql[end])) ++end;
      tokens.push_back({AsciiLower(sql.substr(i, end - i)), false, depth});
      i = end;
    } else {
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if (c != ' ' && c != '\n') tokens.push_back({std::string(1, c), false, depth});
      ++i;
    }
  }
  return tokens;
}

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool IsUpdatableView(const ViewDefinition& view) {
  if (view.algorithm == ViewAlgorithm::kTemptable) return false;
  const std::vector<Token> tokens = Tokens(view.select_text);
  bool has_from = false;
  bool is_select_list = true;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.is_quoted) continue;
    if (token.depth == 0) {
      if (IsOneOf(token.text, {"distinct", "group", "having", "union", "intersect", "except", "limit", "with", "window"})) return false;
      if (token.text == "from") {
        has_from = true;
        is_select_list = false;
      }
    }
    if (!is_select_list) continue;
    const bool is_call = i + 1 < tokens.size() && tokens[i + 1].text == "(" && !tokens[i + 1].is_quoted;
    // A subquery in the list; aggregates and window functions.
    if (token.text == "select" && token.depth > 0) return false;
    if (token.text == "over") return false;
    if (is_call && IsOneOf(token.text, {"count", "sum", "avg", "min", "max", "group_concat", "bit_and", "bit_or", "bit_xor", "std",
                                        "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp",
                                        "json_arrayagg", "json_objectagg", "any_value"})) {
      return false;
    }
  }
  return has_from;
}

std::vector<NamedInView> TablesOfView(const ViewDefinition& view) {
  const std::vector<Token> tokens = Tokens(view.select_text);
  std::vector<NamedInView> names;
  bool expects_table = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (!token.is_quoted) {
      if (IsOneOf(token.text, {"from", "join", "straight_join"})) {
        expects_table = true;
      } else if (IsOneOf(token.text, {"on", "using", "where", "group", "having", "order", "limit", "select", "union"})) {
        expects_table = false;
      }
      continue;
    }
    if (!expects_table) continue;
    if (i + 2 < tokens.size() && tokens[i + 1].text == "." && !tokens[i + 1].is_quoted && tokens[i + 2].is_quoted) {
      names.push_back({token.text, tokens[i + 2].text});
      i += 2;
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end(),
                          [](const NamedInView& a, const NamedInView& b) { return a.schema == b.schema && a.name == b.name; }),
              names.end());
  return names;
}

}  // namespace mahi
