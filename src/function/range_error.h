// 1690: "BIGINT value is out of range in '(a + b)'".
#pragma once

#include "function/function.h"

namespace mahi {

// The error for a result of `type_name` that does not fit, naming the call by its text.
Error RangeError(const FunctionCall& call, uint32_t row, std::string_view type_name);

// A division by zero answers NULL: a warning, or an error where a strict mode asks for one.
// Source: MySQL 8.4 manual, "Server SQL Modes", ERROR_FOR_DIVISION_BY_ZERO.
Status DivisionByZero(EvalContext& context);

}  // namespace mahi
