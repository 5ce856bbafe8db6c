// A tiny binder for tests: calls a function with literals, as "'abc', 2, DATE'2020-01-31', NULL".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "function/eval_context.h"
#include "function/function.h"

namespace mahi {

// The outcome of a call as a client would see it: the value's text, NULL, or "!1690" for an error.
struct CallOutcome {
  std::string text;
  std::vector<uint16_t> warnings;
  SqlType type;
  std::string message;  // of the error or the first warning
};

struct CallOptions {
  uint64_t sql_mode = kSqlModeDefault;
  const SqlType* target_type = nullptr;
  bool is_dml = false;
};

CallOutcome CallFunction(std::string_view name, std::string_view literals, const CallOptions& options = {});
// Aggregates over the literals, each a row of one argument.
CallOutcome CallAggregate(std::string_view name, std::string_view literals);

}  // namespace mahi
