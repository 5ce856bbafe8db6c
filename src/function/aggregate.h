// AggregateDescriptor: COUNT, SUM, ..., as functions over groups.
//
// The executor owns one state of `state_bytes` for each group, calls Initialize on it, Update with batches of
// arguments (each row names its state), Merge to combine partial states, Finalize to read results, and Destroy.
// DISTINCT and ORDER BY within an aggregate are done by the executor before Update.
// Thread safety: descriptors are immutable; states belong to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "function/function.h"

namespace mahi {

struct AggregateOptions {
  bool is_distinct = false;
  std::string separator = ",";  // GROUP_CONCAT
};

struct AggregateCall {
  EvalContext& context;
  std::span<const Vector* const> arguments;
  Selection rows;
  // states[row] is the state of that row's group.
  void* const* states;
  const AggregateOptions& options;
};

struct AggregateSignature {
  SqlType result;
  bool is_nullable = true;
  Coercibility coercibility = Coercibility::kImplicit;
  std::vector<SqlType> arguments;
  size_t state_bytes = 0;  // alignment 16
  void (*initialize)(void* state) = nullptr;
  Status (*update)(AggregateCall& call) = nullptr;
  // Adds `from` to `into`; `from` may then only be destroyed.
  Status (*merge)(EvalContext& context, void* into, void* from, const AggregateOptions& options) = nullptr;
  // result[i] = value of states[i] for i < count; states stay valid (windows read them repeatedly).
  Status (*finalize)(EvalContext& context, void* const* states, uint32_t count,
                     const AggregateOptions& options, Vector* result) = nullptr;
  void (*destroy)(void* state) = nullptr;  // null: nothing to release
  // Takes rows back out, for moving window frames; null: the executor recomputes.
  Status (*remove)(AggregateCall& call) = nullptr;
  // Bytes a state holds outside itself; null: none. For memory accounting.
  size_t (*memory_bytes)(const void* state) = nullptr;
};

struct AggregateDescriptor {
  std::string_view name;
  uint16_t min_arguments;
  uint16_t max_arguments;
  bool ignores_order;  // ORDER BY and duplicates make no difference (MIN, MAX, BIT_AND)
  Status (*resolve)(ResolveContext& context, std::span<const ArgumentInfo> arguments,
                    const AggregateOptions& options, AggregateSignature* signature);
  std::string_view summary;
};

}  // namespace mahi
