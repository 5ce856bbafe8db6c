// UUID, UUID_SHORT and the conversions between a UUID's text and bytes.
// Source: MySQL 8.4 manual, "Miscellaneous Functions".
#include <openssl/rand.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>

#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

using UuidBytes = std::array<unsigned char, 16>;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// 32 digits; or 36 with dashes at 8-4-4-4-12; or 38, the same in braces.
std::optional<UuidBytes> ParseUuid(std::string_view text) {
  if (text.size() == 38) {
    if (text.front() != '{' || text.back() != '}') return std::nullopt;
    text = text.substr(1, 36);
  }
  bool has_dashes = text.size() == 36;
  if (!has_dashes && text.size() != 32) return std::nullopt;
  UuidBytes bytes;
  size_t position = 0;
  for (size_t i = 0; i < 16; ++i) {
    if (has_dashes && (i == 4 || i == 6 || i == 8 || i == 10)) {
      if (text[position++] != '-') return std::nullopt;
    }
    int high = HexDigit(text[position++]);
    int low = HexDigit(text[position++]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return bytes;
}

std::string UuidText(const UuidBytes& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kDigits[bytes[i] >> 4]);
    text.push_back(kDigits[bytes[i] & 15]);
  }
  return text;
}

// time-low time-mid time-high <-> time-high time-mid time-low
UuidBytes SwapTime(const UuidBytes& from) {
  UuidBytes to = from;
  std::memcpy(&to[0], &from[6], 2);
  std::memcpy(&to[2], &from[4], 2);
  std::memcpy(&to[4], &from[0], 4);
  return to;
}
UuidBytes UnswapTime(const UuidBytes& from) {
  UuidBytes to = from;
  std::memcpy(&to[6], &from[0], 2);
  std::memcpy(&to[4], &from[2], 2);
  std::memcpy(&to[0], &from[4], 4);
  return to;
}

// Version 1: 100 ns since 1582-10-15, a clock sequence and a random node chosen when the process started.
UuidBytes MakeUuid() {
  static std::atomic<uint64_t> latest{0};
  static const UuidBytes node = [] {
    UuidBytes random{};
    RAND_bytes(random.data(), 16);
    random[10] |= 1;  // multicast bit: not a hardware address
    return random;
  }();
  auto since_epoch = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  uint64_t now = static_cast<uint64_t>(since_epoch.count()) * 10 + 0x01b21dd213814000ull;
  uint64_t previous = latest.load();
  do {
    if (now <= previous) now = previous + 1;
  } while (!latest.compare_exchange_weak(previous, now));
  UuidBytes uuid = node;
  for (int i = 0; i < 4; ++i) uuid[i] = static_cast<unsigned char>(now >> (24 - 8 * i));
  uuid[4] = static_cast<unsigned char>(now >> 40);
  uuid[5] = static_cast<unsigned char>(now >> 32);
  uuid[6] = static_cast<unsigned char>(((now >> 56) & 0x0f) | 0x10);
  uuid[7] = static_cast<unsigned char>(now >> 48);
  uuid[8] = static_cast<unsigned char>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

Status EvalUuid(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) { call.result->SetString(row, UuidText(MakeUuid())); });
}

// Server id and start time in the high bytes, a counter below: increasing while the server runs.
Status EvalUuidShort(FunctionCall& call) {
  static std::atomic<uint64_t> next{[] {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    return (uint64_t{1} << 56) + (static_cast<uint64_t>(seconds.count()) << 24);
  }()};
  return ForRows(call, [&](uint32_t row) { call.result->SetUInt64(row, next.fetch_add(1)); });
}

Status EvalIsUuid(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    call.result->SetInt64(row, ParseUuid(Text(call, 0, row)).has_value());
  });
}

// A missing or NULL flag means: do not swap.
bool Swaps(const FunctionCall& call, uint32_t row) {
  return call.arguments.size() > 1 && !IsNull(call, 1, row) && Int(call, 1, row) != 0;
}

Status EvalUuidToBin(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    if (IsNull(call, 0, row)) {
      call.result->SetNull(row);
      return {};
    }
    auto uuid = ParseUuid(Text(call, 0, row));
    if (!uuid) return Error(ER_WRONG_VALUE_FOR_TYPE, "string", Text(call, 0, row), "uuid_to_bin");
    if (Swaps(call, row)) uuid = SwapTime(*uuid);
    call.result->SetString(row, {reinterpret_cast<const char*>(uuid->data()), 16});
    return {};
  });
}

Status EvalBinToUuid(FunctionCall& call) {
  return ForRows(call, [&](uint32_t row) -> Status {
    if (IsNull(call, 0, row)) {
      call.result->SetNull(row);
      return {};
    }
    std::string_view bytes = Text(call, 0, row);
    if (bytes.size() != 16) return Error(ER_WRONG_VALUE_FOR_TYPE, "string", bytes, "bin_to_uuid");
    UuidBytes uuid;
    std::memcpy(uuid.data(), bytes.data(), 16);
    if (Swaps(call, row)) uuid = UnswapTime(uuid);
    call.result->SetString(row, UuidText(uuid));
    return {};
  });
}

#define RESOLVE [](ResolveContext & c, Arguments a, Signature * s) -> Status

const FunctionDescriptor kFunctions[] = {
    {"uuid", 0, 0, kFunctionPerRow | kFunctionNotStored, RESOLVE { return AsciiCall(c, a, s, "", 36, EvalUuid); },
     "miscellaneous", "UUID(): a new universally unique identifier"},
    {"uuid_short", 0, 0, kFunctionPerRow | kFunctionNotStored,
     RESOLVE { return Call(c, a, s, "", BigintOf(21, true), EvalUuidShort); }, "miscellaneous",
     "UUID_SHORT(): a number unique to this server"},
    {"is_uuid", 1, 1, 0, RESOLVE { return Call(c, a, s, "b", BooleanOf(), EvalIsUuid); }, "miscellaneous",
     "IS_UUID(text): whether it is a UUID"},
    {"uuid_to_bin", 1, 2, 0, RESOLVE { return NullableCall(c, a, s, "bi", BinaryOf(16), EvalUuidToBin); },
     "miscellaneous", "UUID_TO_BIN(text[, swap]): its 16 bytes"},
    {"bin_to_uuid", 1, 2, 0,
     RESOLVE { MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "bi", 36, EvalBinToUuid)); s->is_nullable = true; return {}; },
     "miscellaneous", "BIN_TO_UUID(bytes[, swap]): the text of a UUID"},
};

}  // namespace

std::span<const FunctionDescriptor> UuidFunctions() { return kFunctions; }

}  // namespace mahi
