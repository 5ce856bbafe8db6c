// What all AST nodes share.
//
// The AST is plain data in the statement's Arena: structs with a kind, spans and string_views. Every node is
// trivially destructible. Names and unescaped literals are views into the statement text or the arena, so
// both must outlive the AST. `SourceRange` gives a node's extent in the statement text.
//
// Conventions
//   - An identifier is stored without quotes, as written (no case folding). Empty means absent, except where
//     a `has_...` flag stands beside it.
//   - Optional parts are null pointers, empty spans, or std::optional.
//   - `node->As<T>()` casts by kind and is checked (each struct names its kind in kKind).
// Thread safety: immutable after parsing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/assert.h"

namespace mahi::ast {

template <typename T>
using List = std::span<T>;

// [offset, offset + length) of the statement text.
struct SourceRange {
  uint32_t offset = 0;
  uint32_t length = 0;
  std::string_view In(std::string_view statement_text) const {
    return offset <= statement_text.size() ? statement_text.substr(offset, length) : std::string_view();
  }
};

// `schema`.`name`; schema is empty when not given.
struct QualifiedName {
  std::string_view schema;
  std::string_view name;
  SourceRange source;
};

// 'user'@'host', CURRENT_USER, or a role.
struct AccountName {
  std::string_view user;
  std::string_view host;           // "%" when not given
  bool has_host = false;
  bool is_current_user = false;    // CURRENT_USER or CURRENT_USER()
  SourceRange source;
};

struct Expression;
struct QueryExpression;
struct Statement;

}  // namespace mahi::ast
