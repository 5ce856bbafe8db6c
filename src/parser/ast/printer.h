// Prints AST nodes as canonical SQL text, the form that MySQL stores and shows for views, generated columns,
// CHECK constraints and expression defaults: names quoted with backticks, functions in lower case, every
// operator in parentheses: ((`a` + 1) > 2).
//
// Printing what a parse of the output gives yields the same text again.
// Thread safety: stateless.
#pragma once

#include <string>

#include "parser/ast/select.h"

namespace mahi::ast {

struct PrintOptions {
  // Introducer written before string literals (_utf8mb4'x', as in stored expressions); empty: none.
  std::string_view string_introducer;
  // Leave table and schema qualifiers of column references out (generated columns, CHECK).
  bool omit_table_qualifiers = false;
};

void PrintExpression(const Expression& expression, const PrintOptions& options, std::string* out);
void PrintQuery(const QueryExpression& query, const PrintOptions& options, std::string* out);
void PrintTableReference(const TableReference& table, const PrintOptions& options, std::string* out);
void PrintDataType(const DataType& type, std::string* out);

// `name` with backticks doubled.
void PrintIdentifier(std::string_view name, std::string* out);
// 'text' with quotes, backslashes and control bytes escaped.
void PrintString(std::string_view text, std::string* out);

// "day_hour", "second", ...
std::string_view IntervalUnitName(IntervalUnit unit);

}  // namespace mahi::ast
