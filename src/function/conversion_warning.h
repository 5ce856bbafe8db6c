// Warnings of conversions within expressions; errors when a strict mode stores the result.
// Source: MySQL 8.4 manual, "Server SQL Modes", "Strict SQL Mode".
#pragma once

#include <string_view>

#include "function/eval_context.h"

namespace mahi {

// 1292 "Truncated incorrect DOUBLE value: '12abc'".
Status ReportTruncatedValue(EvalContext& context, std::string_view kind, std::string_view value);
// 1292 "Incorrect datetime value: 'abc'".
Status ReportWrongTemporal(EvalContext& context, TypeId target, std::string_view value);
// 1300 "Invalid utf8mb4 character string: 'FF'".
Status ReportInvalidCharacters(EvalContext& context, std::string_view charset, std::string_view bytes);

// The session's local date and time of the statement's start, packed.
int64_t CurrentDateTime(const EvalContext& context);
int64_t CurrentDate(const EvalContext& context);

}  // namespace mahi
