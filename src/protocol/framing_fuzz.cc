// Frames, plain and compressed, in pieces of fuzzed size.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "protocol/framing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mahi;
  if (size < 2) return 0;
  FrameReader reader;
  reader.set_max_payload_bytes(1 << 20);
  reader.set_compression(static_cast<CompressionMethod>(data[0] % 3));
  size_t step = data[1] % 64 + 1;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  while (true) {
    std::string_view payload;
    Result<bool> found = reader.Next(&payload);
    if (!found.ok()) return 0;
    if (*found) {
      uint32_t sum = 0;
      for (char c : payload) sum += static_cast<uint8_t>(c);
      if (sum == 0xffffffff) return 1;
      continue;
    }
    if (bytes.empty()) return 0;
    size_t n = std::min(step, bytes.size());
    std::memcpy(reader.Space(n).data(), bytes.data(), n);
    reader.Filled(n);
    bytes.remove_prefix(n);
  }
}
