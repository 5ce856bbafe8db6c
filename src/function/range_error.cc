#include "function/range_error.h"

#include <string>

namespace mahi {

Error RangeError(const FunctionCall& call, uint32_t, std::string_view type_name) {
  std::string text(call.text);
  bool is_operator = text.find('(') == std::string::npos ||
                     (text.front() != '(' && text.find_first_of("+-*/<>") < text.find('('));
  if (is_operator) text = "(" + text + ")";
  return Error(ER_DATA_OUT_OF_RANGE, type_name, text);
}

Status DivisionByZero(EvalContext& context) {
  if ((context.sql_mode & kSqlModeErrorForDivisionByZero) == 0) return {};
  if (context.is_strict()) return Error(ER_DIVISION_BY_ZERO);
  context.diagnostics->Warn(Error(ER_DIVISION_BY_ZERO));
  return {};
}

}  // namespace mahi
