// IPv4 and IPv6 addresses.
// Source: MySQL 8.4 manual, "Miscellaneous Functions".
#include <arpa/inet.h>

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
      if (++dots > 3) return std::nullopt;
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

bool ParseIpv6(std::string_view text, unsigned char* bytes) {
  if (text.size() > INET6_ADDRSTRLEN) return false;
  return inet_pton(AF_INET6, std::string(text).c_str(), bytes) == 1;
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
    char text[INET6_ADDRSTRLEN];
    if (bytes.size() != 4 && bytes.size() != 16) {
      call.context.diagnostics->Warn(Error(ER_WRONG_VALUE_FOR_TYPE, "string", bytes, "inet6_ntoa"));
      return call.result->SetNull(row);
    }
    inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
    call.result->SetString(row, text);
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
