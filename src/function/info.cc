// What a session and its server say about themselves.
// Source: MySQL 8.4 manual, "Information Functions".
#include <unicode/uvernum.h>

#include <string>

#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

// The same text in every row.
Status SetText(FunctionCall& call, std::string_view text) {
  return ForRows(call, [&](uint32_t row) { call.result->SetString(row, text); });
}
Status SetInt(FunctionCall& call, int64_t value) {
  return ForRows(call, [&](uint32_t row) { call.result->SetInt64(row, value); });
}
Status SetUInt(FunctionCall& call, uint64_t value) {
  return ForRows(call, [&](uint32_t row) { call.result->SetUInt64(row, value); });
}

Status EvalVersion(FunctionCall& call) {
  MAHI_ASSIGN_OR_RETURN(Value version, call.context.session->GetSystemVariable("version", true));
  return SetText(call, version.is_null() ? "" : version.string());
}
Status EvalDatabase(FunctionCall& call) {
  std::string_view name = call.context.session->database();
  if (!name.empty()) return SetText(call, name);
  return ForRows(call, [&](uint32_t row) { call.result->SetNull(row); });
}
Status EvalUser(FunctionCall& call) { return SetText(call, call.context.session->user()); }
Status EvalCurrentUser(FunctionCall& call) { return SetText(call, call.context.session->current_user()); }
Status EvalCurrentRole(FunctionCall& call) { return SetText(call, call.context.session->current_role()); }
Status EvalConnectionId(FunctionCall& call) { return SetUInt(call, call.context.session->connection_id()); }
Status EvalLastInsertId(FunctionCall& call) { return SetUInt(call, call.context.session->last_insert_id()); }
Status EvalRowCount(FunctionCall& call) { return SetInt(call, call.context.session->row_count()); }
Status EvalFoundRows(FunctionCall& call) { return SetInt(call, static_cast<int64_t>(call.context.session->found_rows())); }
Status EvalIcuVersion(FunctionCall& call) { return SetText(call, U_ICU_VERSION); }

// LAST_INSERT_ID(value) keeps the value for the next LAST_INSERT_ID().
Status EvalSetLastInsertId(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) {
    bool is_null = IsNull(call, 0, row);
    uint64_t value = is_null ? 0 : call.arguments[0]->UInt64(row);
    call.context.session->set_last_insert_id(value);
    if (is_null) return call.result->SetNull(row);
    call.result->SetUInt64(row, value);
  });
}

CollationId CollationOfArgument(const FunctionCall& call) {
  const SqlType& type = call.arguments[0]->type();
  return IsStringType(type) ? type.collation : type.physical() == PhysicalType::kJson ? kCollationUtf8mb4Bin : kCollationBinary;
}
Status EvalCharset(FunctionCall& call) { return SetText(call, CollationOrBinary(CollationOfArgument(call)).charset().name); }
Status EvalCollation(FunctionCall& call) { return SetText(call, CollationOrBinary(CollationOfArgument(call)).name()); }

template <int64_t value>
Status EvalCoercibility(FunctionCall& call) {
  return SetInt(call, value);
}

Status ResolveCoercibility(ResolveContext& c, Arguments a, Signature* s) {
  static constexpr EvalFunction kOf[] = {EvalCoercibility<0>, EvalCoercibility<1>, EvalCoercibility<2>,
                                         EvalCoercibility<3>, EvalCoercibility<4>, EvalCoercibility<5>,
                                         EvalCoercibility<6>};
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", BigintOf(10), kOf[static_cast<size_t>(a[0].coercibility)]));
  s->is_nullable = false;
  return {};
}

// BENCHMARK's repetitions would change nothing but the time that they take: its answer is 0.
Status EvalBenchmark(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) {
    if (IsNull(call, 0, row)) return call.result->SetNull(row);
    if (Int(call, 0, row) < 0) {
      call.context.diagnostics->Warn(Error(ER_WRONG_VALUE_FOR_TYPE, "count", Int(call, 0, row), "benchmark"));
      return call.result->SetNull(row);
    }
    call.result->SetInt64(row, 0);
  });
}

// Names of the server's objects and accounts are utf8mb3 text.
Status SystemText(ResolveContext& c, Arguments a, Signature* s, uint64_t characters, EvalFunction eval) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "=", TextOf(characters, kCollationUtf8mb3GeneralCi), eval));
  s->is_nullable = false;
  s->coercibility = Coercibility::kSystem;
  return {};
}

#define RESOLVE [](ResolveContext & c, Arguments a, Signature * s) -> Status

Status ResolveDatabase(ResolveContext& c, Arguments a, Signature* s) {
  MAHI_RETURN_IF_ERROR(SystemText(c, a, s, 34, EvalDatabase));
  s->is_nullable = true;
  return {};
}
Status ResolveUser(ResolveContext& c, Arguments a, Signature* s) { return SystemText(c, a, s, 288, EvalUser); }
Status ResolveLastInsertId(ResolveContext& c, Arguments a, Signature* s) {
  return Call(c, a, s, "U", BigintOf(21, true), a.empty() ? EvalLastInsertId : EvalSetLastInsertId);
}

constexpr uint32_t kSession = kFunctionPerStatement | kFunctionNotStored;

const FunctionDescriptor kFunctions[] = {
    {"version", 0, 0, kSession, RESOLVE { return SystemText(c, a, s, 60, EvalVersion); }, "info", "VERSION(): of the server"},
    {"database", 0, 0, kSession, ResolveDatabase, "info", "DATABASE(): the current database"},
    {"schema", 0, 0, kSession, ResolveDatabase, "info", "SCHEMA(): the current database"},
    {"user", 0, 0, kSession, ResolveUser, "info", "USER(): the user and host that the client gave"},
    {"session_user", 0, 0, kSession, ResolveUser, "info", "SESSION_USER(): the user and host that the client gave"},
    {"system_user", 0, 0, kSession, ResolveUser, "info", "SYSTEM_USER(): the user and host that the client gave"},
    {"current_user", 0, 0, kSession, RESOLVE { return SystemText(c, a, s, 288, EvalCurrentUser); }, "info",
     "CURRENT_USER(): the account whose privileges count"},
    {"current_role", 0, 0, kSession, RESOLVE { return SystemText(c, a, s, 16 << 20, EvalCurrentRole); }, "info",
     "CURRENT_ROLE(): the active roles"},
    {"connection_id", 0, 0, kSession, RESOLVE { return Call(c, a, s, "", BigintOf(21, true), EvalConnectionId); }, "info",
     "CONNECTION_ID(): of this connection"},
    {"last_insert_id", 0, 1, kSession | kFunctionSideEffect, ResolveLastInsertId, "info",
     "LAST_INSERT_ID([value]): the latest AUTO_INCREMENT value; or sets it"},
    {"row_count", 0, 0, kSession, RESOLVE { return Call(c, a, s, "", BigintOf(), EvalRowCount); }, "info",
     "ROW_COUNT(): rows that the previous statement changed"},
    {"found_rows", 0, 0, kSession, RESOLVE { return Call(c, a, s, "", BigintOf(), EvalFoundRows); }, "info",
     "FOUND_ROWS(): rows that the previous SELECT would have given without LIMIT"},
    {"charset", 1, 1, 0, RESOLVE { MAHI_RETURN_IF_ERROR(SystemText(c, a, s, 64, EvalCharset)); return {}; }, "info",
     "CHARSET(text): its character set"},
    {"collation", 1, 1, 0, RESOLVE { return SystemText(c, a, s, 64, EvalCollation); }, "info", "COLLATION(text): its collation"},
    {"coercibility", 1, 1, 0, ResolveCoercibility, "info", "COERCIBILITY(text): 0 (explicit) to 6 (ignorable)"},
    {"benchmark", 2, 2, kFunctionSideEffect | kFunctionNotStored,
     RESOLVE { return NullableCall(c, a, s, "i=", BigintOf(1), EvalBenchmark); }, "info", "BENCHMARK(count, expression): 0"},
    {"icu_version", 0, 0, kFunctionPure, RESOLVE { return SystemText(c, a, s, 10, EvalIcuVersion); }, "info",
     "ICU_VERSION(): of the regular expression library"},
};

}  // namespace

std::span<const FunctionDescriptor> InfoFunctions() { return kFunctions; }

}  // namespace mahi
