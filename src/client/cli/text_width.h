// Columns that UTF-8 text takes on a terminal: wide East Asian characters two, combining marks none.
// Ill-formed bytes count as one each. Thread safety: stateless.
#pragma once

#include <cstddef>
#include <string_view>

namespace mahi::client {

size_t DisplayWidth(std::string_view text);

}  // namespace mahi::client
