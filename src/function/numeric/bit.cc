// Bit operators and BIT_COUNT, over BIGINT UNSIGNED and over binary strings.
// Source: MySQL 8.4 manual, "Bit Functions and Operators".
#include <bit>
#include <string>

#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

enum class BitOperation { kAnd, kOr, kXor };

template <BitOperation operation, typename T>
T Combine(T a, T b) {
  switch (operation) {
    case BitOperation::kAnd: return static_cast<T>(a & b);
    case BitOperation::kOr: return static_cast<T>(a | b);
    case BitOperation::kXor: return static_cast<T>(a ^ b);
  }
  return T{};
}

template <BitOperation operation>
Status EvalNumbers(FunctionCall& call) {
  MapBinary<uint64_t, uint64_t, uint64_t>(call, [](uint64_t a, uint64_t b) { return Combine<operation>(a, b); });
  return {};
}

template <BitOperation operation>
Status EvalStrings(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    std::string_view a = Text(call, 0, row);
    std::string_view b = Text(call, 1, row);
    if (a.size() != b.size()) return Error(ER_INVALID_BITWISE_OPERANDS_SIZE);
    char* to = call.result->heap().Allocate(a.size() + 1);
    for (size_t i = 0; i < a.size(); ++i) to[i] = Combine<operation>(a[i], b[i]);
    call.result->SetStringView(row, {to, a.size()});
    return {};
  });
}

Status EvalInvert(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetUInt64(row, ~call.arguments[0]->UInt64(row)); });
}
Status EvalInvertString(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string text(Text(call, 0, row));
    for (char& c : text) c = static_cast<char>(~c);
    call.result->SetString(row, text);
  });
}

template <bool is_left>
Status EvalShift(FunctionCall& call) {
  MapBinary<uint64_t, uint64_t, uint64_t>(call, [](uint64_t a, uint64_t b) -> uint64_t {
    if (b >= 64) return 0;
    return is_left ? a << b : a >> b;
  });
  return {};
}

// The whole string is one big-endian number of fixed width.
template <bool is_left>
Status EvalShiftString(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view text = Text(call, 0, row);
    uint64_t shift = call.arguments[1]->UInt64(row);
    std::string output(text.size(), '\0');
    uint64_t bytes = shift / 8;
    unsigned bits = shift % 8;
    for (size_t i = 0; i < text.size() && bytes < text.size(); ++i) {
      auto at = [&](size_t index) { return index < text.size() ? static_cast<unsigned char>(text[index]) : 0u; };
      unsigned value;
      if (is_left) {
        value = at(i + bytes) << bits | at(i + bytes + 1) >> (8 - bits);
      } else {
        if (i < bytes) continue;
        unsigned before = i > bytes ? at(i - bytes - 1) : 0u;
        value = at(i - bytes) >> bits | before << (8 - bits);
      }
      output[i] = static_cast<char>(value);
    }
    call.result->SetString(row, output);
  });
}

Status EvalBitCount(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) { call.result->SetInt64(row, std::popcount(call.arguments[0]->UInt64(row))); });
}
Status EvalBitCountString(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    int64_t count = 0;
    for (char c : Text(call, 0, row)) count += std::popcount(static_cast<unsigned char>(c));
    call.result->SetInt64(row, count);
  });
}

// Hexadecimal and bit literals are numbers here, though they are binary strings elsewhere.
bool IsHexOrBitLiteral(const ArgumentInfo& argument) {
  if (argument.constant == nullptr || argument.text.size() < 2) return false;
  char first = argument.text[0];
  char second = argument.text[1];
  return (first == '0' && (second == 'x' || second == 'b')) ||
         (second == '\'' && (first == 'x' || first == 'X' || first == 'b' || first == 'B'));
}
bool IsBitString(const ArgumentInfo& argument) { return argument.type.IsBinaryString() && !IsHexOrBitLiteral(argument); }
bool MayBeBitString(const ArgumentInfo& argument) { return argument.type.IsBinaryString() || argument.type.IsNull(); }

template <BitOperation operation>
Status ResolveCombine(ResolveContext& c, Arguments a, Signature* s) {
  bool is_string = (IsBitString(a[0]) || IsBitString(a[1])) && MayBeBitString(a[0]) && MayBeBitString(a[1]);
  if (!is_string) return Call(c, a, s, "UU", BigintOf(21, true), EvalNumbers<operation>);
  return Call(c, a, s, "bb", BinaryOf(std::max(MaxBytes(a[0]), MaxBytes(a[1]))), EvalStrings<operation>);
}
Status ResolveInvert(ResolveContext& c, Arguments a, Signature* s) {
  if (!IsBitString(a[0])) return Call(c, a, s, "U", BigintOf(21, true), EvalInvert);
  return Call(c, a, s, "b", BinaryOf(MaxBytes(a[0])), EvalInvertString);
}
template <bool is_left>
Status ResolveShift(ResolveContext& c, Arguments a, Signature* s) {
  if (!IsBitString(a[0])) return Call(c, a, s, "UU", BigintOf(21, true), EvalShift<is_left>);
  return Call(c, a, s, "bU", BinaryOf(MaxBytes(a[0])), EvalShiftString<is_left>);
}
Status ResolveBitCount(ResolveContext& c, Arguments a, Signature* s) {
  if (!IsBitString(a[0])) return Call(c, a, s, "U", BigintOf(2), EvalBitCount);
  return Call(c, a, s, "b", BigintOf(10), EvalBitCountString);
}

const FunctionDescriptor kFunctions[] = {
    {"&", 2, 2, 0, ResolveCombine<BitOperation::kAnd>, "bit", "a & b: bits set in both"},
    {"|", 2, 2, 0, ResolveCombine<BitOperation::kOr>, "bit", "a | b: bits set in either"},
    {"^", 2, 2, 0, ResolveCombine<BitOperation::kXor>, "bit", "a ^ b: bits set in one of them"},
    {"~", 1, 1, 0, ResolveInvert, "bit", "~ a: all bits inverted"},
    {"<<", 2, 2, 0, ResolveShift<true>, "bit", "a << n: bits moved to the left"},
    {">>", 2, 2, 0, ResolveShift<false>, "bit", "a >> n: bits moved to the right"},
    {"bit_count", 1, 1, 0, ResolveBitCount, "bit", "BIT_COUNT(a): how many bits are set"},
};

}  // namespace

std::span<const FunctionDescriptor> BitFunctions() { return kFunctions; }

}  // namespace mahi
