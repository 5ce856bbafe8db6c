// Errors as values: Status, Result<T> and Error.
//
//   Result<int> Parse(std::string_view text) {
//     if (text.empty()) return Error(ER_PARSE_ERROR, "empty");
//     ...
//   }
//   MAHI_ASSIGN_OR_RETURN(int n, Parse(text));
//   MAHI_RETURN_IF_ERROR(Store(n));
//
// An Error carries MySQL's error number, its SQLSTATE and the formatted message. It is made where the
// cause is known, from the table in base/errors.def, and reaches the client unchanged.
// Thread safety: values; not shared between threads without a latch.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace mahi {

// MySQL's error numbers under MySQL's names (ER_DUP_ENTRY = 1062, ...).
enum ErrorCode : uint16_t {
#define MAHI_ERROR(name, number, sqlstate, format) name = number,
#include "base/errors.def"
#undef MAHI_ERROR
};

// A row of the error table.
struct ErrorInfo {
  uint16_t number;
  const char* name;
  const char* sqlstate;  // five characters
  const char* format;    // fmt syntax
};
// The row for `number`; for an unknown number that of ER_UNKNOWN_ERROR.
const ErrorInfo& LookUpError(uint16_t number);

class [[nodiscard]] Error {
 public:
  // Formats the table's message for `code` with `args`.
  template <typename... Args>
  explicit Error(ErrorCode code, const Args&... args) {
    Format(code, fmt::make_format_args(args...));
  }

  // An error with its own number, state and text (SIGNAL, errors received from elsewhere).
  static Error Custom(uint16_t number, std::string_view sqlstate, std::string message);

  uint16_t number() const { return number_; }
  std::string_view sqlstate() const { return {sqlstate_, 5}; }
  const std::string& message() const { return message_; }

 private:
  Error() = default;
  void Format(ErrorCode code, fmt::format_args args);

  uint16_t number_ = 0;
  char sqlstate_[6] = {};
  std::string message_;
};

// Success or an Error. One pointer wide; success costs nothing.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::make_unique<Error>(std::move(error))) {}  // NOLINT: implicit

  static Status Ok() { return {}; }
  bool ok() const { return error_ == nullptr; }
  // REQUIRES: !ok().
  const Error& error() const {
    MAHI_ASSERT(error_ != nullptr);
    return *error_;
  }
  Error TakeError() {
    MAHI_ASSERT(error_ != nullptr);
    return std::move(*error_);
  }
  bool Is(uint16_t number) const { return error_ && error_->number() == number; }
  // "ok" or "1062 (23000): Duplicate ...".
  std::string ToString() const;

 private:
  std::unique_ptr<Error> error_;
};

// A T or an Error.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}                     // NOLINT: implicit
  Result(Error error) : status_(std::move(error)) {}                // NOLINT: implicit
  Result(Status status) : status_(std::move(status)) {              // NOLINT: implicit
    MAHI_ASSERT(!status_.ok());
  }
  template <typename U>
    requires std::is_convertible_v<U&&, T> && (!std::is_same_v<std::decay_t<U>, T>) &&
             (!std::is_same_v<std::decay_t<U>, Result>) && (!std::is_same_v<std::decay_t<U>, Status>) &&
             (!std::is_same_v<std::decay_t<U>, Error>)
  Result(U&& value) : value_(std::forward<U>(value)) {}             // NOLINT: implicit

  bool ok() const { return value_.has_value(); }
  const Error& error() const { return status_.error(); }
  bool Is(uint16_t number) const { return status_.Is(number); }
  const Status& status() const { return status_; }
  Status TakeStatus() { return std::move(status_); }
  // REQUIRES: ok().
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace mahi

#define MAHI_CONCAT_INNER(a, b) a##b
#define MAHI_CONCAT(a, b) MAHI_CONCAT_INNER(a, b)

#define MAHI_RETURN_IF_ERROR(expression)                             \
  do {                                                               \
    if (::mahi::Status mahi_status = (expression); !mahi_status.ok()) \
      return mahi_status;                                            \
  } while (0)

#define MAHI_ASSIGN_OR_RETURN(declaration, expression) \
  MAHI_ASSIGN_OR_RETURN_INNER(MAHI_CONCAT(mahi_result_, __LINE__), declaration, expression)
#define MAHI_ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                        \
  if (!result.ok()) return result.TakeStatus();                      \
  declaration = std::move(result).value()
