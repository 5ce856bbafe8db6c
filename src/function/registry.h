// The table of built-in functions and aggregates.
// Thread safety: built before main() serves anything; then read-only.
#pragma once

#include <span>
#include <string_view>

#include "function/aggregate.h"
#include "function/function.h"

namespace mahi {

// Null when there is no such function. Names compare without case.
const FunctionDescriptor* FindFunction(std::string_view name);
const AggregateDescriptor* FindAggregate(std::string_view name);

// All of them, ordered by name, for help and documentation.
std::span<const FunctionDescriptor* const> AllFunctions();
std::span<const AggregateDescriptor* const> AllAggregates();

// Resolves a call: checks the argument count (1582), then asks the function.
Result<Signature> ResolveCall(ResolveContext& context, const FunctionDescriptor& function,
                              std::span<const ArgumentInfo> arguments);

// The common type of CASE branches, UNION columns, COALESCE, IFNULL, GREATEST ....
// Source: MySQL 8.4 manual, "Flow Control Functions" and "UNION Clause".
Result<SqlType> CommonType(ResolveContext& context, std::span<const ArgumentInfo> arguments,
                           Coercibility* coercibility);
// The collation on which the arguments agree, or 1267/1270/1271 for `operation`.
Result<CollationId> CommonCollation(std::span<const ArgumentInfo> arguments,
                                    std::string_view operation, Coercibility* coercibility);
// The type in which a comparison of two arguments is made; both are cast to it.
// Source: MySQL 8.4 manual, "Type Conversion in Expression Evaluation".
Result<SqlType> ComparisonType(ResolveContext& context, const ArgumentInfo& left,
                               const ArgumentInfo& right);

// Evaluates a cast of `source` (of source.type()) into `result` (of result->type()) with MySQL's implicit
// conversion rules and warnings; the routine behind inserted casts.
Status CastVector(EvalContext& context, const Vector& source, const Selection& rows, Vector* result);

}  // namespace mahi
