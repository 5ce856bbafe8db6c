// Parses one SQL statement into its AST.
//
// Hand-written recursive descent over lexer.h, MySQL 8.4's grammar plus additions that change no valid MySQL
// statement (RETURNING, FULL OUTER JOIN, partial indexes, ...). Errors carry MySQL's numbers and texts: 1064 with
// the text near the offending token, 1065 for an empty statement, 1248, 1059, ... Nesting deeper than
// ParseOptions::max_depth is refused (1436) before the stack is in danger.
//
// The AST's views point into `sql` and into `arena`: both must outlive it.
// Thread safety: stateless.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "base/status.h"
#include "parser/ast/ddl.h"
#include "parser/ast/dml.h"
#include "parser/ast/statement.h"

namespace mahi {

// The parts of sql_mode that change the grammar.
struct ParseOptions {
  bool ansi_quotes = false;
  bool pipes_as_concat = false;
  bool no_backslash_escapes = false;
  bool ignore_space = false;
  bool high_not_precedence = false;
  bool real_as_float = false;
  // Character set and collation of the connection; opaque here, handed on to the literals' readers.
  uint32_t connection_charset_id = 0;
  uint32_t connection_collation_id = 0;
  // `?` is accepted (PREPARE, COM_STMT_PREPARE); else it is a syntax error.
  bool allow_parameters = false;
  // Statements, expressions and queries nested deeper than this give ER_STACK_OVERRUN_NEED_MORE. At 400 the parser
  // needs up to 256 KiB of stack in an optimised build, 3 MiB in an unoptimised one. Expression trees are at most
  // four times as high.
  uint32_t max_depth = 400;
};

// Parses the first statement of `sql`. `*consumed_bytes` (if given) is set to the bytes read including the
// terminating `;`, so that sql.substr(*consumed_bytes) is the next statement; without it text after the `;` is an
// error. Empty text gives ER_EMPTY_QUERY.
Result<ast::Statement*> ParseStatement(std::string_view sql, const ParseOptions& options, Arena* arena,
                                       size_t* consumed_bytes = nullptr);

// Parses a stored expression (generated column, CHECK, default, partial index).
Result<ast::Expression*> ParseExpression(std::string_view text, const ParseOptions& options, Arena* arena);

// Parses a stored query (view definition).
Result<ast::QueryExpression*> ParseQuery(std::string_view text, const ParseOptions& options, Arena* arena);

// Parses a column type as SHOW CREATE TABLE writes it ("varchar(10)", "int unsigned").
Result<ast::DataType*> ParseDataType(std::string_view text, const ParseOptions& options, Arena* arena);

}  // namespace mahi
