// FunctionDescriptor: what a built-in function or operator is, and how a call of it is resolved and run.
//
// Binding: the binder looks a name up (registry.h), and calls `resolve` with what it knows of the arguments.
// The function answers with a Signature: result type, the type that it wants each argument in (the binder
// inserts casts where they differ) and the routine that evaluates a batch. At run time the routine sees its
// arguments in exactly these types.
//
// Operators are functions with their symbol as name: "+", "=", "<=>", "like", "unary-", "not", ...
// AND, OR, XOR, CASE, COALESCE and IN with a list are expressions of their own (plan/expression.h), because they
// decide what is evaluated.
// Thread safety: descriptors are immutable; a FunctionState belongs to one execution.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "function/eval_context.h"
#include "types/sql_type.h"
#include "types/value.h"
#include "vector/vector.h"

namespace mahi {

// How strongly an expression insists on its collation; lower wins.
// Source: MySQL 8.4 manual, "Collation Coercibility in Expressions".
enum class Coercibility : uint8_t {
  kExplicit = 0,
  kNoCollation = 1,
  kImplicit = 2,
  kSystem = 3,
  kLiteral = 4,
  kNumeric = 5,
  kNull = 6,
};

// What the binder knows of one argument.
struct ArgumentInfo {
  SqlType type;
  bool is_nullable = true;
  Coercibility coercibility = Coercibility::kImplicit;
  const Value* constant = nullptr;  // its value, when it is a literal or has been folded
  std::string_view text;            // for messages
  bool is_column = false;           // a plain column: comparisons convert the other side to its type
};

// Per-execution state of a call: a compiled regular expression, a parsed path, a random seed.
class FunctionState {
 public:
  virtual ~FunctionState() = default;
};

// One evaluation of a call over a batch.
struct FunctionCall {
  EvalContext& context;
  std::span<const Vector* const> arguments;  // each of the type that the signature asked for
  Selection rows;
  Vector* result;                            // flat, Reset, of the signature's type
  FunctionState* state;                      // null unless the signature makes one
  std::string_view text = {};                // the call as written or printed, for messages
};
using EvalFunction = Status (*)(FunctionCall& call);

struct Signature {
  SqlType result;
  bool is_nullable = true;
  Coercibility coercibility = Coercibility::kLiteral;
  std::vector<SqlType> arguments;  // one for each argument
  EvalFunction eval = nullptr;
  std::unique_ptr<FunctionState> (*make_state)() = nullptr;
};

struct ResolveContext {
  uint64_t sql_mode = 0;
  CollationId connection_collation = 255;
  SessionInfo* session = nullptr;
  uint32_t div_precision_increment = 4;
  const TimeZone* time_zone = nullptr;
  Diagnostics* diagnostics = nullptr;
  std::string_view function_text;  // "name" as written, for messages
  // CAST, CONVERT, JSON_VALUE ... RETURNING: the type asked for.
  const SqlType* target_type = nullptr;
};

using ResolveFunction = Status (*)(ResolveContext& context, std::span<const ArgumentInfo> arguments,
                                   Signature* signature);

enum FunctionFlags : uint32_t {
  kFunctionPure = 0,
  kFunctionPerRow = 1 << 0,       // not deterministic: evaluated for every row (RAND, UUID)
  kFunctionPerStatement = 1 << 1, // constant within a statement, not beyond (NOW, USER): never folded into a cached plan
  kFunctionSideEffect = 1 << 2,   // SLEEP, GET_LOCK, SET: never removed or reordered
  kFunctionNotStored = 1 << 3,    // not allowed in generated columns, checks, indexes
};

struct FunctionDescriptor {
  std::string_view name;  // lower case
  uint16_t min_arguments;
  uint16_t max_arguments;  // kManyArguments: no bound
  uint32_t flags;
  ResolveFunction resolve;
  std::string_view family;   // "string", "numeric", ...
  std::string_view summary;  // one line: signature and meaning
};
inline constexpr uint16_t kManyArguments = 0xffff;

}  // namespace mahi
