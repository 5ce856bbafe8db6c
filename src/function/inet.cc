// IPv4 and IPv6 addresses.
// Source: MySQL 8.4 manual, "Miscellaneous Functions".
#include <cctype>
#include <cstring>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

// INET_ATON takes short forms: "127.1" is 127.0.0.1, "1.2" is 1.0.0.2, "5" is 0.0.0.5.
std::optional<uint64_t> ParseInetAton(std::string_view text) {
  uint64_t result = 0;
  uint64_t part = 0;
  int dots = 0;
  char last = '.';
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      part = part * 10 + static_cast<uint64_t>(c - '0');
      if (part > 255) return std::nullopt;
    } else if (c == '.') {
      ++dots;
      result = (result << 8) + part;
      part = 0;
    } else {
      return std::nullopt;
    }
    last = c;
  }
  if (last == '.') return std::nullopt;
  if (dots == 1) result <<= 16;
  if (dots == 2) result <<= 8;
  return (result << 8) + part;
}

Status EvalInetAton(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    if (auto address = ParseInetAton(Text(call, 0, row))) {
      call.result->SetUInt64(row, *address);
      return {};
    }
    Error error(ER_WRONG_VALUE_FOR_TYPE, "string", Text(call, 0, row), "inet_aton");
    if (call.context.is_strict()) return error;
    call.context.diagnostics->Warn(error);
    call.result->SetNull(row);
    return {};
  });
}

Status EvalInetNtoa(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    uint64_t n = call.arguments[0]->UInt64(row);
    if (n > 0xffffffffu) return call.result->SetNull(row);
    call.result->SetString(row, fmt::format("{}.{}.{}.{}", n >> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255));
  });
}

// Four dotted decimal parts of 1 to 3 digits, without leading zeros beyond that.
bool ParseIpv4(std::string_view text, unsigned char* bytes) {
  int part_count = 0;
  size_t position = 0;
  while (part_count < 4) {
    int value = 0;
    size_t digits = 0;
    while (position < text.size() && text[position] >= '0' && text[position] <= '9' && digits < 3) {
      value = value * 10 + (text[position++] - '0');
      ++digits;
    }
    if (digits == 0 || value > 255) return false;
    bytes[part_count++] = static_cast<unsigned char>(value);
    if (part_count == 4) break;
    if (position >= text.size() || text[position++] != '.') return false;
  }
  return position == text.size();
}

// Groups of one to four hexadecimal digits; "::" once for at least one group of zeros; an IPv4 tail.
bool ParseIpv6(std::string_view text, unsigned char* bytes) {
  if (text.size() < 2 || text.size() > 45) return false;
  std::memset(bytes, 0, 16);
  size_t count = 0;
  size_t gap = 16;  // where "::" stands; 16: nowhere
  size_t at = 0;
  if (text[0] == ':') {
    if (text[1] != ':') return false;
    gap = 0;
    at = 2;
  }
  while (at < text.size()) {
    size_t start = at;
    unsigned group = 0;
    while (at < text.size() && at - start < 4 && std::isxdigit(static_cast<unsigned char>(text[at]))) {
      char c = text[at++];
      group = group << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    if (at == start) return false;
    if (at < text.size() && text[at] == '.') {
      if (count > 12 || !ParseIpv4(text.substr(start), bytes + count)) return false;
      count += 4;
      break;
    }
    if (count > 14) return false;
    bytes[count++] = static_cast<unsigned char>(group >> 8);
    bytes[count++] = static_cast<unsigned char>(group);
    if (at == text.size()) break;
    if (text[at++] != ':') return false;
    if (at == text.size()) return false;
    if (text[at] == ':') {
      if (gap != 16) return false;
      gap = count;
      ++at;
    }
  }
  if (gap == 16) return count == 16;
  if (count == 16) return false;
  std::memmove(bytes + 16 - (count - gap), bytes + gap, count - gap);
  std::memset(bytes + gap, 0, 16 - count);
  return true;
}

// The longest run of zero groups is left out, the first of equals; IPv4-compatible and -mapped ones end in dots.
std::string Ipv6Text(const unsigned char* bytes) {
  unsigned groups[8];
  for (size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  size_t gap = 8;
  size_t gap_length = 0;
  for (size_t i = 0; i < 8;) {
    size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_length) {
      gap = i;
      gap_length = end - i;
    }
    i = end == i ? i + 1 : end;
  }
  bool has_ipv4 = gap == 0 && (gap_length == 6 || (gap_length == 5 && groups[5] == 0xffff));
  std::string text;
  for (size_t i = 0; i < 8;) {
    if (i == gap) {
      text += "::";
      i += gap_length;
      continue;
    }
    if (has_ipv4 && i == 6) {
      text += fmt::format("{}{}.{}.{}.{}", text.back() == ':' ? "" : ":", bytes[12], bytes[13], bytes[14], bytes[15]);
      break;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", groups[i]);
    ++i;
  }
  return text;
}

Status EvalInet6Aton(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    unsigned char bytes[16];
    std::string_view text = Text(call, 0, row);
    if (ParseIpv4(text, bytes)) {
      call.result->SetString(row, {reinterpret_cast<char*>(bytes), 4});
    } else if (ParseIpv6(text, bytes)) {
      call.result->SetString(row, {reinterpret_cast<char*>(bytes), 16});
    } else {
      Error error(ER_WRONG_VALUE_FOR_TYPE, "string", text, "inet6_aton");
      if (call.context.is_strict()) return error;
      call.context.diagnostics->Warn(error);
      call.result->SetNull(row);
    }
    return {};
  });
}

Status EvalInet6Ntoa(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view bytes = Text(call, 0, row);
    bool is_binary = call.arguments[0]->type().IsBinaryString();
    if (!is_binary || (bytes.size() != 4 && bytes.size() != 16)) {
      call.context.diagnostics->Warn(Error(ER_WRONG_VALUE_FOR_TYPE, "string", bytes, "inet6_ntoa"));
      return call.result->SetNull(row);
    }
    auto* b = reinterpret_cast<const unsigned char*>(bytes.data());
    call.result->SetString(row, bytes.size() == 4 ? fmt::format("{}.{}.{}.{}", b[0], b[1], b[2], b[3]) : Ipv6Text(b));
  });
}

template <typename F>
Status TestRows(FunctionCall& call, F&& test) {
  return ForRows(call, [&](uint32_t row) {
    call.result->SetInt64(row, !IsNull(call, 0, row) && test(Text(call, 0, row)));
  });
}

Status EvalIsIpv4(FunctionCall& call) {
  return TestRows(call, [](std::string_view text) {
    unsigned char bytes[4];
    return ParseIpv4(text, bytes);
  });
}
Status EvalIsIpv6(FunctionCall& call) {
  return TestRows(call, [](std::string_view text) {
    unsigned char bytes[16];
    return ParseIpv6(text, bytes);
  });
}
Status EvalIsIpv4Compat(FunctionCall& call) {
  return TestRows(call, [](std::string_view bytes) {
    static constexpr char kZeros[12] = {};
    return bytes.size() == 16 && std::memcmp(bytes.data(), kZeros, 12) == 0 &&
           LoadBig<uint32_t>(bytes.data() + 12) > 1;
  });
}
Status EvalIsIpv4Mapped(FunctionCall& call) {
  return TestRows(call, [](std::string_view bytes) {
    static constexpr char kPrefix[13] = "\0\0\0\0\0\0\0\0\0\0\xff\xff";
    return bytes.size() == 16 && std::memcmp(bytes.data(), kPrefix, 12) == 0;
  });
}

Status ResolveTest(ResolveContext& c, Arguments a, Signature* s, EvalFunction eval) {
  MAHI_RETURN_IF_ERROR(Call(c, a, s, "b", BooleanOf(), eval));
  s->is_nullable = false;
  return {};
}

#define RESOLVE [](ResolveContext & c, Arguments a, Signature * s) -> Status

const FunctionDescriptor kFunctions[] = {
    {"inet_aton", 1, 1, 0, RESOLVE { return NullableCall(c, a, s, "b", BigintOf(21, true), EvalInetAton); },
     "miscellaneous", "INET_ATON(text): an IPv4 address as a number"},
    {"inet_ntoa", 1, 1, 0,
     RESOLVE { MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "U", 31, EvalInetNtoa)); s->is_nullable = true; return {}; },
     "miscellaneous", "INET_NTOA(number): an IPv4 address as text"},
    {"inet6_aton", 1, 1, 0, RESOLVE { return NullableCall(c, a, s, "b", BinaryOf(16), EvalInet6Aton); },
     "miscellaneous", "INET6_ATON(text): an address as 4 or 16 bytes"},
    {"inet6_ntoa", 1, 1, 0,
     RESOLVE {
       MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "b", 39, EvalInet6Ntoa));
       s->is_nullable = true;
       return {};
     },
     "miscellaneous", "INET6_NTOA(bytes): an address as text"},
    {"is_ipv4", 1, 1, 0, RESOLVE { return ResolveTest(c, a, s, EvalIsIpv4); }, "miscellaneous",
     "IS_IPV4(text): whether it is an IPv4 address"},
    {"is_ipv6", 1, 1, 0, RESOLVE { return ResolveTest(c, a, s, EvalIsIpv6); }, "miscellaneous",
     "IS_IPV6(text): whether it is an IPv6 address"},
    {"is_ipv4_compat", 1, 1, 0, RESOLVE { return ResolveTest(c, a, s, EvalIsIpv4Compat); }, "miscellaneous",
     "IS_IPV4_COMPAT(bytes): whether they are an IPv4-compatible IPv6 address"},
    {"is_ipv4_mapped", 1, 1, 0, RESOLVE { return ResolveTest(c, a, s, EvalIsIpv4Mapped); }, "miscellaneous",
     "IS_IPV4_MAPPED(bytes): whether they are an IPv4-mapped IPv6 address"},
};

}  // namespace

std::span<const FunctionDescriptor> InetFunctions() { return kFunctions; }

}  // namespace mahi
