#include "function/window.h"

#include <string>

#include "function/registry.h"
#include "function/resolve.h"

namespace mahi {

namespace {

Status ResolveRowNumber(ResolveContext&, Arguments, WindowSignature* s) {
  s->result = BigintOf(21, true);
  return {};
}

Status ResolveRank(ResolveContext&, Arguments, WindowSignature* s) {
  s->result = DoubleOf();
  return {};
}

// An argument that must be a whole constant of at least `least`; placeholders are checked by the executor.
Status CheckConstant(const ArgumentInfo& argument, int64_t least, std::string_view function) {
  if (argument.constant == nullptr) return {};
  if (!argument.constant->is_null() && IsIntegerType(argument.type)) {
    if (argument.type.physical() == PhysicalType::kUInt64 || argument.constant->int64() >= least) return {};
  }
  return Error(ER_WRONG_ARGUMENTS, function);
}

Status ResolveNtile(ResolveContext&, Arguments a, WindowSignature* s) {
  MAHI_RETURN_IF_ERROR(CheckConstant(a[0], 1, "ntile"));
  s->result = BigintOf(21, true);
  s->is_nullable = a[0].constant == nullptr;
  s->arguments = {BigintOf()};
  return {};
}

Status CheckOffset(Arguments a, std::string_view function, int64_t least) {
  if (a.size() < 2) return {};
  return CheckConstant(a[1], least, function);
}

// LAG, LEAD: (value[, offset[, default]]); the default takes part in the result type.
Status ResolveLagLead(ResolveContext& c, Arguments a, WindowSignature* s, std::string_view name) {
  MAHI_RETURN_IF_ERROR(CheckOffset(a, name, 0));
  s->result = a[0].type;
  s->coercibility = a[0].coercibility;
  s->is_nullable = true;
  if (a.size() == 3) {
    const ArgumentInfo values[] = {a[0], a[2]};
    MAHI_ASSIGN_OR_RETURN(s->result, CommonType(c, values, &s->coercibility));
    s->is_nullable = a[0].is_nullable || a[2].is_nullable;
  }
  s->arguments.push_back(s->result);
  if (a.size() > 1) s->arguments.push_back(BigintOf());
  if (a.size() > 2) s->arguments.push_back(s->result);
  return {};
}
Status ResolveLag(ResolveContext& c, Arguments a, WindowSignature* s) { return ResolveLagLead(c, a, s, "lag"); }
Status ResolveLead(ResolveContext& c, Arguments a, WindowSignature* s) { return ResolveLagLead(c, a, s, "lead"); }

Status ResolveEdge(ResolveContext&, Arguments a, WindowSignature* s) {
  s->result = a[0].type;
  s->coercibility = a[0].coercibility;
  s->is_nullable = true;
  s->arguments = {a[0].type};
  return {};
}

Status ResolveNth(ResolveContext& c, Arguments a, WindowSignature* s) {
  MAHI_RETURN_IF_ERROR(CheckOffset(a, "nth_value", 1));
  MAHI_RETURN_IF_ERROR(ResolveEdge(c, a, s));
  s->arguments.push_back(BigintOf());
  return {};
}

const WindowFunctionDescriptor kFunctions[] = {
    {"row_number", 0, 0, false, ResolveRowNumber, "ROW_NUMBER(): the row's number in its partition"},
    {"rank", 0, 0, false, ResolveRowNumber, "RANK(): rank with gaps"},
    {"dense_rank", 0, 0, false, ResolveRowNumber, "DENSE_RANK(): rank without gaps"},
    {"percent_rank", 0, 0, false, ResolveRank, "PERCENT_RANK(): (rank - 1) / (rows - 1)"},
    {"cume_dist", 0, 0, false, ResolveRank, "CUME_DIST(): share of rows up to this one's peers"},
    {"ntile", 1, 1, false, ResolveNtile, "NTILE(n): which of n buckets the row falls in"},
    {"lag", 1, 3, false, ResolveLag, "LAG(value[, offset[, default]]): the value of an earlier row"},
    {"lead", 1, 3, false, ResolveLead, "LEAD(value[, offset[, default]]): the value of a later row"},
    {"first_value", 1, 1, true, ResolveEdge, "FIRST_VALUE(value): the value of the frame's first row"},
    {"last_value", 1, 1, true, ResolveEdge, "LAST_VALUE(value): the value of the frame's last row"},
    {"nth_value", 2, 2, true, ResolveNth, "NTH_VALUE(value, n): the value of the frame's nth row"},
};

bool SameName(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] + 32) : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

const WindowFunctionDescriptor* FindWindowFunction(std::string_view name) {
  for (const WindowFunctionDescriptor& function : kFunctions) {
    if (SameName(name, function.name)) return &function;
  }
  return nullptr;
}

std::span<const WindowFunctionDescriptor> AllWindowFunctions() { return kFunctions; }

Result<WindowSignature> ResolveWindowCall(ResolveContext& context, const WindowFunctionDescriptor& function,
                                          std::span<const ArgumentInfo> arguments) {
  if (arguments.size() < function.min_arguments || arguments.size() > function.max_arguments) {
    return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, function.name);
  }
  WindowSignature signature;
  MAHI_RETURN_IF_ERROR(function.resolve(context, arguments, &signature));
  return signature;
}

}  // namespace mahi
