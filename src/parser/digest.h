// Statement digests and the literal-free key of the plan cache.
//
// The digest text is performance_schema's: keywords in upper case, names in backticks, one space between tokens,
// literals as ?, lists of literals collapsed: IN (...), VALUES (...) /* , ... */.
// Source: MySQL 8.4 manual, "Performance Schema Statement Digests and Sampling".
// Thread safety: stateless; a ParameterisedStatement belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast/expression.h"
#include "parser/parser.h"

namespace mahi {

// The normalised text of one statement, at most `max_bytes` (then it ends in "...").
std::string DigestText(std::string_view sql, const ParseOptions& options, size_t max_bytes = 16 * 1024);

// SHA-256 of `digest_text` in lower-case hex: the statement's digest (DIGEST, STATEMENT_DIGEST()). The hash is ours:
// MySQL hashes its own token numbers.
std::string DigestHash(std::string_view digest_text);

// A literal pulled out of a statement.
struct PulledLiteral {
  ast::LiteralKind kind;   // kInteger, kDecimal, kFloat or kString
  std::string_view text;   // number as written; string unescaped (view into the statement or into `unescaped`)
  uint32_t offset;         // of the literal in the statement
};

// A text statement split into its shape and its literals. Reuse one object for each connection: then splitting
// allocates nothing.
struct ParameterisedStatement {
  std::string key;         // text with ? for each pulled literal, white space normalised
  uint64_t hash = 0;       // of key
  std::vector<PulledLiteral> literals;
  std::string unescaped;   // storage of strings that had escapes
};

// One pass over `sql`, no parsing. Returns false for a statement that the cache should not try: not SELECT, INSERT,
// REPLACE, UPDATE or DELETE; comments that mean something; several statements; unusual literals (x'..', _cs'..',
// DATE '..', adjacent strings); longer than `max_bytes`.
// Literals stay in the key where they are not values: in the select list (they name the column), behind
// GROUP BY, ORDER BY and LIMIT, and behind INTERVAL. Two statements with equal keys differ only in `literals`.
bool Parameterise(std::string_view sql, const ParseOptions& options, ParameterisedStatement* out,
                  size_t max_bytes = 4096);

}  // namespace mahi
