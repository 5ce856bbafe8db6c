// Small texts of the shell: durations as mysql prints them, and the place in a statement that an error names.
// Thread safety: stateless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mahi/client.h"

namespace mahi::client {

// "0.05 sec", "1 min 2.00 sec", "3 hours 0 min 1.50 sec".
std::string DurationText(int64_t milliseconds);

// Byte offset in `sql` of what the error is about: the text behind "near" of a syntax error, or the name of an
// unknown column, table or function when it occurs once. npos when unknown.
size_t ErrorPlace(const Error& error, const std::string& sql);

// DisplayWidth, with a tab as one column.
size_t DisplayColumns(std::string_view text);

}  // namespace mahi::client
