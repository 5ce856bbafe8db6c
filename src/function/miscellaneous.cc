// Locks by name, SLEEP, LOAD_FILE and small helpers.
// Source: MySQL 8.4 manual, "Locking Functions", "Miscellaneous Functions", "Performance Schema Functions".
#include <cmath>
#include <string>

#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

void SetInteger(FunctionCall& call, uint32_t row, const Value& value) {
  if (value.is_null()) return call.result->SetNull(row);
  call.result->SetInt64(row, value.int64());
}

Result<std::string> LockName(FunctionCall& call, uint32_t row) {
  if (IsNull(call, 0, row)) return Error(ER_USER_LOCK_WRONG_NAME, "NULL");
  std::string_view name = Text(call, 0, row);
  if (name.empty() || name.size() > 64) return Error(ER_USER_LOCK_WRONG_NAME, name);
  return std::string(name);
}

Status EvalGetLock(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(std::string name, LockName(call, row));
    double timeout_s = IsNull(call, 1, row) ? 0 : call.arguments[1]->Double(row);
    MAHI_ASSIGN_OR_RETURN(Value value, call.context.session->GetLock(name, timeout_s));
    SetInteger(call, row, value);
    return {};
  });
}
Status EvalReleaseLock(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(std::string name, LockName(call, row));
    MAHI_ASSIGN_OR_RETURN(Value value, call.context.session->ReleaseLock(name));
    SetInteger(call, row, value);
    return {};
  });
}
Status EvalReleaseAllLocks(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) { call.result->SetUInt64(row, call.context.session->ReleaseAllLocks()); });
}
Status EvalIsFreeLock(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(std::string name, LockName(call, row));
    call.result->SetInt64(row, call.context.session->LockHolder(name) == 0);
    return {};
  });
}
Status EvalIsUsedLock(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(std::string name, LockName(call, row));
    uint64_t holder = call.context.session->LockHolder(name);
    if (holder == 0) {
      call.result->SetNull(row);
    } else {
      call.result->SetUInt64(row, holder);
    }
    return {};
  });
}

// NULL and negative durations are wrong arguments: an error in a strict mode, a warning otherwise.
Status EvalSleep(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    bool is_wrong = IsNull(call, 0, row) || call.arguments[0]->Double(row) < 0;
    if (is_wrong) {
      Error error(ER_WRONG_ARGUMENTS, "sleep.");
      if (call.context.sql_mode & (kSqlModeStrictTransTables | kSqlModeStrictAllTables)) return error;
      call.context.diagnostics->Warn(error);
    } else {
      MAHI_RETURN_IF_ERROR(call.context.session->Sleep(call.arguments[0]->Double(row)));
    }
    call.result->SetInt64(row, 0);
    return {};
  });
}

Status EvalLoadFile(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    MAHI_ASSIGN_OR_RETURN(Value value, call.context.session->LoadFile(Text(call, 0, row)));
    if (value.is_null()) {
      call.result->SetNull(row);
    } else {
      call.result->SetString(row, value.string());
    }
    return {};
  });
}

// The argument `which` as it is.
template <size_t which>
Status EvalArgument(FunctionCall& call) {
  const Vector& argument = *call.arguments[which];
  return ForRows(call, [&](uint32_t row) { call.result->SetDatum(row, argument.GetDatum(argument.Index(row))); });
}

Status ResolveArgument(ResolveContext& c, Arguments a, Signature* s, size_t which, EvalFunction eval) {
  s->result = a[which].type;
  s->is_nullable = a[which].is_nullable;
  s->coercibility = a[which].coercibility;
  for (const ArgumentInfo& argument : a) s->arguments.push_back(argument.type);
  s->eval = eval;
  return {};
}

Status ResolveNameConst(ResolveContext& c, Arguments a, Signature* s) {
  if (a[0].constant == nullptr || a[1].constant == nullptr || a[0].constant->is_null()) {
    return Error(ER_WRONG_ARGUMENTS, "NAME_CONST");
  }
  MAHI_RETURN_IF_ERROR(ResolveArgument(c, a, s, 1, EvalArgument<1>));
  s->coercibility = IsStringType(a[1].type) ? Coercibility::kImplicit : a[1].coercibility;
  return {};
}

// A size or a duration with the largest unit that keeps it at 1 or more.
struct Unit {
  double size;
  const char* name;
};
template <size_t n>
std::string FormatWithUnit(double value, const Unit (&units)[n], int whole_width) {
  double magnitude = std::fabs(value);
  for (const Unit& unit : units) {
    if (magnitude >= unit.size || &unit == &units[n - 1]) {
      if (unit.size == 1) return fmt::format("{:{}.0f} {}", value, whole_width, unit.name);
      double scaled = value / unit.size;
      return std::fabs(scaled) >= 100000 ? fmt::format("{:.2e} {}", scaled, unit.name)
                                         : fmt::format("{:.2f} {}", scaled, unit.name);
    }
  }
  return {};
}

constexpr Unit kByteUnits[] = {{1152921504606846976.0, "EiB"}, {1125899906842624.0, "PiB"}, {1099511627776.0, "TiB"},
                               {1073741824.0, "GiB"},          {1048576.0, "MiB"},          {1024.0, "KiB"},
                               {1.0, "bytes"}};
constexpr Unit kPicoUnits[] = {{86400e12, "d"}, {3600e12, "h"}, {60e12, "min"}, {1e12, "s"},
                               {1e9, "ms"},     {1e6, "us"},    {1e3, "ns"},    {1.0, "ps"}};

Status EvalFormatBytes(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    call.result->SetString(row, FormatWithUnit(call.arguments[0]->Double(row), kByteUnits, 4));
  });
}
Status EvalFormatPicoTime(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    call.result->SetString(row, FormatWithUnit(call.arguments[0]->Double(row), kPicoUnits, 3));
  });
}

#define RESOLVE [](ResolveContext & c, Arguments a, Signature * s) -> Status

constexpr uint32_t kEffect = kFunctionPerRow | kFunctionSideEffect | kFunctionNotStored;

const FunctionDescriptor kFunctions[] = {
    {"get_lock", 2, 2, kEffect, RESOLVE { return NullableCall(c, a, s, "ud", BigintOf(1), EvalGetLock); }, "miscellaneous",
     "GET_LOCK(name, timeout): 1 when the lock was got, 0 after the timeout"},
    {"release_lock", 1, 1, kEffect, RESOLVE { return NullableCall(c, a, s, "u", BigintOf(1), EvalReleaseLock); },
     "miscellaneous", "RELEASE_LOCK(name): 1 when it was released, 0 when another holds it, NULL when nobody does"},
    {"release_all_locks", 0, 0, kEffect, RESOLVE { return Call(c, a, s, "", BigintOf(21, true), EvalReleaseAllLocks); },
     "miscellaneous", "RELEASE_ALL_LOCKS(): how many locks were released"},
    {"is_free_lock", 1, 1, kEffect, RESOLVE { return NullableCall(c, a, s, "u", BooleanOf(), EvalIsFreeLock); },
     "miscellaneous", "IS_FREE_LOCK(name): whether nobody holds the lock"},
    {"is_used_lock", 1, 1, kEffect, RESOLVE { return NullableCall(c, a, s, "u", BigintOf(21, true), EvalIsUsedLock); },
     "miscellaneous", "IS_USED_LOCK(name): the connection that holds the lock"},
    {"sleep", 1, 1, kEffect,
     RESOLVE { MAHI_RETURN_IF_ERROR(Call(c, a, s, "d", BigintOf(), EvalSleep)); s->is_nullable = false; return {}; },
     "miscellaneous", "SLEEP(seconds): waits; 0, or 1 when interrupted"},
    {"load_file", 1, 1, kFunctionPerStatement | kFunctionNotStored,
     RESOLVE { return NullableCall(c, a, s, "u", BinaryOf(16 << 20), EvalLoadFile); }, "string",
     "LOAD_FILE(path): the bytes of a file on the server"},
    {"any_value", 1, 1, 0, RESOLVE { return ResolveArgument(c, a, s, 0, EvalArgument<0>); }, "miscellaneous",
     "ANY_VALUE(value): the value, without ONLY_FULL_GROUP_BY's check"},
    {"name_const", 2, 2, 0, ResolveNameConst, "miscellaneous", "NAME_CONST(name, value): the value, as a column of that name"},
    {"format_bytes", 1, 1, 0, RESOLVE { return AsciiCall(c, a, s, "d", 27, EvalFormatBytes); }, "miscellaneous",
     "FORMAT_BYTES(count): with a unit"},
    {"format_pico_time", 1, 1, 0, RESOLVE { return AsciiCall(c, a, s, "d", 17, EvalFormatPicoTime); }, "miscellaneous",
     "FORMAT_PICO_TIME(picoseconds): with a unit"},
};

}  // namespace

std::span<const FunctionDescriptor> MiscellaneousFunctions() { return kFunctions; }

}  // namespace mahi
