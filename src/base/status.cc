#include "base/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

namespace mahi {

namespace {

constexpr ErrorInfo kErrors[] = {
#define MAHI_ERROR(name, number, sqlstate, format) {number, #name, sqlstate, format},
#include "base/errors.def"
#undef MAHI_ERROR
};

const std::unordered_map<uint16_t, const ErrorInfo*>& ErrorsByNumber() {
  static const auto* const by_number = [] {
    auto* map = new std::unordered_map<uint16_t, const ErrorInfo*>;
    for (const ErrorInfo& info : kErrors) map->emplace(info.number, &info);
    return map;
  }();
  return *by_number;
}

}  // namespace

void AssertionFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "mahi: assertion failed: %s at %s:%d\n", condition, file, line);
  std::fflush(stderr);
  std::abort();
}

const ErrorInfo& LookUpError(uint16_t number) {
  const auto& map = ErrorsByNumber();
  auto it = map.find(number);
  return it != map.end() ? *it->second : *map.at(ER_UNKNOWN_ERROR);
}

void Error::Format(ErrorCode code, fmt::format_args args) {
  number_ = code;
  const ErrorInfo& info = LookUpError(code);
  std::memcpy(sqlstate_, info.sqlstate, 5);
  try {
    message_ = fmt::vformat(info.format, args);
  } catch (const fmt::format_error&) {
    message_ = info.format;  // The caller passed too few arguments: still a usable message.
  }
}

Error Error::Custom(uint16_t number, std::string_view sqlstate, std::string message) {
  Error error;
  error.number_ = number;
  std::memcpy(error.sqlstate_, "HY000", 5);
  if (sqlstate.size() == 5) std::copy(sqlstate.begin(), sqlstate.end(), error.sqlstate_);
  error.message_ = std::move(message);
  return error;
}

std::string Status::ToString() const {
  if (ok()) return "ok";
  return fmt::format("{} ({}): {}", error_->number(), error_->sqlstate(), error_->message());
}

}  // namespace mahi
