// Lifts routines over one row to routines over a batch.
//
//   Status EvalAscii(FunctionCall& call) {
//     return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, First(Text(call, 0, row))); });
//   }
//
// Thread safety: stateless.
#pragma once

#include <string_view>
#include <type_traits>

#include "function/function.h"

namespace mahi {

// How often, in rows, a long loop looks whether the statement has been killed.
inline Status CheckKilled(const EvalContext& context) {
  if (context.IsKilled()) return Error(ER_QUERY_INTERRUPTED);
  return {};
}

// Calls f(row), which returns void or Status, for each selected row.
template <typename F>
Status ForRows(FunctionCall& call, F&& f) {
  if constexpr (std::is_void_v<std::invoke_result_t<F, uint32_t>>) {
    call.rows.ForEach(f);
  } else {
    for (uint32_t i = 0; i < call.rows.count; ++i) MAHI_RETURN_IF_ERROR(f(call.rows[i]));
  }
  return {};
}

inline bool MayHaveNulls(const FunctionCall& call) {
  for (const Vector* argument : call.arguments) {
    if (argument->may_have_nulls()) return true;
  }
  return false;
}

inline bool AnyNull(const FunctionCall& call, uint32_t row) {
  for (const Vector* argument : call.arguments) {
    if (argument->IsNull(row)) return true;
  }
  return false;
}

// The same for the rows without a NULL argument; the others become NULL.
template <typename F>
Status MapRows(FunctionCall& call, F&& f) {
  if (!MayHaveNulls(call)) return ForRows(call, f);
  for (uint32_t i = 0; i < call.rows.count; ++i) {
    uint32_t row = call.rows[i];
    if (AnyNull(call, row)) {
      call.result->SetNull(row);
    } else if constexpr (std::is_void_v<std::invoke_result_t<F, uint32_t>>) {
      f(row);
    } else {
      MAHI_RETURN_IF_ERROR(f(row));
    }
  }
  return {};
}

// result[row] = f(a[row], b[row]) over plain arrays, for functions that cannot fail.
template <typename R, typename A, typename B, typename F>
void MapBinary(FunctionCall& call, F&& f) {
  const Vector& left = *call.arguments[0];
  const Vector& right = *call.arguments[1];
  const A* a = left.Data<A>();
  const B* b = right.Data<B>();
  R* r = call.result->MutableData<R>();
  if (left.may_have_nulls() || right.may_have_nulls()) {
    uint8_t* nulls = call.result->mutable_nulls();
    call.rows.ForEach([&](uint32_t row) {
      bool is_null = left.IsNull(row) || right.IsNull(row);
      nulls[row] = is_null;
      if (!is_null) r[row] = f(a[left.Index(row)], b[right.Index(row)]);
    });
  } else if (right.is_constant() && !left.is_constant()) {
    const B value = b[0];
    call.rows.ForEach([&](uint32_t row) { r[row] = f(a[row], value); });
  } else {
    call.rows.ForEach([&](uint32_t row) { r[row] = f(a[left.Index(row)], b[right.Index(row)]); });
  }
}

// Arguments of a row.
inline std::string_view Text(const FunctionCall& call, size_t argument, uint32_t row) {
  return call.arguments[argument]->String(row);
}
inline int64_t Int(const FunctionCall& call, size_t argument, uint32_t row) {
  return call.arguments[argument]->Int64(row);
}
// The same for counts and positions, whose unsigned values may be beyond BIGINT: then the largest BIGINT.
inline int64_t Count(const FunctionCall& call, size_t argument, uint32_t row) {
  const Vector& vector = *call.arguments[argument];
  int64_t value = vector.Int64(row);
  return value < 0 && vector.physical() == PhysicalType::kUInt64 ? INT64_MAX : value;
}
inline bool IsNull(const FunctionCall& call, size_t argument, uint32_t row) {
  return call.arguments[argument]->IsNull(row);
}
// Text of an argument that is constant by the grammar (an interval unit, a type name).
inline std::string_view ConstantText(const FunctionCall& call, size_t argument) {
  if (call.rows.count == 0) return {};
  return call.arguments[argument]->String(call.rows[0]);
}

}  // namespace mahi
