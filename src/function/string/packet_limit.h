// Results longer than max_allowed_packet are NULL with warning 1301.
#pragma once

#include "function/function.h"

namespace mahi {

// True, with the result of `row` set to NULL, when `bytes` are too many.
inline bool ExceedsPacket(FunctionCall& call, uint32_t row, size_t bytes, std::string_view function) {
  if (bytes <= call.context.max_allowed_packet) return false;
  call.context.diagnostics->Warn(
      Error(ER_WARN_ALLOWED_PACKET_OVERFLOWED, function, call.context.max_allowed_packet));
  call.result->SetNull(row);
  return true;
}

}  // namespace mahi
