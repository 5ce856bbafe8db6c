#include "protocol/framing.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace mahi {
namespace {

// Shorter ones cost more to compress than they save. MySQL's MIN_COMPRESS_LENGTH.
constexpr size_t kMinCompressBytes = 50;

uint32_t LoadInt24(const char* from) {
  return static_cast<uint8_t>(from[0]) | static_cast<uint32_t>(static_cast<uint8_t>(from[1])) << 8 |
         static_cast<uint32_t>(static_cast<uint8_t>(from[2])) << 16;
}
void StoreFrameHeader(char* to, size_t length, uint8_t sequence) {
  uint32_t header = static_cast<uint32_t>(length) | static_cast<uint32_t>(sequence) << 24;
  std::memcpy(to, &header, 4);
}

}  // namespace

void EndLongFrame(WireBuffer* to, size_t start, uint8_t* sequence) {
  size_t length = to->size() - start - kFrameHeaderBytes;
  size_t frame_count = length / kMaxFramePayload + 1;
  // Makes room for the further headers, moving the chunks from the last to the first.
  to->AppendZeros((frame_count - 1) * kFrameHeaderBytes);
  char* payload = to->data() + start + kFrameHeaderBytes;
  for (size_t i = frame_count - 1; i > 0; --i) {
    size_t from = i * kMaxFramePayload;
    size_t chunk = std::min<size_t>(kMaxFramePayload, length - from);
    std::memmove(payload + from + i * kFrameHeaderBytes, payload + from, chunk);
    StoreFrameHeader(payload + from + (i - 1) * kFrameHeaderBytes, chunk,
                     static_cast<uint8_t>(*sequence + i));
  }
  StoreFrameHeader(to->data() + start, kMaxFramePayload, *sequence);
  *sequence = static_cast<uint8_t>(*sequence + frame_count);
}

void AppendFrame(WireBuffer* to, std::string_view payload, uint8_t* sequence) {
  size_t start = BeginFrame(to);
  to->Append(payload);
  EndFrame(to, start, sequence);
}

struct FrameCompressor::State {
  CompressionMethod method;
  int level;
  ZSTD_CCtx* zstd = nullptr;
  ~State() { ZSTD_freeCCtx(zstd); }
};

FrameCompressor::FrameCompressor(CompressionMethod method, int level)
    : state_(new State{method, level}) {}
FrameCompressor::~FrameCompressor() = default;

Status FrameCompressor::Append(WireBuffer* to, std::string_view frames, uint8_t* sequence) {
  while (!frames.empty()) {
    std::string_view chunk = frames.substr(0, kMaxFramePayload);
    frames.remove_prefix(chunk.size());
    size_t start = to->size();
    size_t header_end = start + kCompressedHeaderBytes;
    uint32_t uncompressed_bytes = 0;
    to->AppendZeros(kCompressedHeaderBytes);
    size_t compressed_bytes = 0;
    if (chunk.size() >= kMinCompressBytes) {
      if (state_->method == CompressionMethod::kZstd) {
        if (state_->zstd == nullptr) state_->zstd = ZSTD_createCCtx();
        size_t bound = ZSTD_compressBound(chunk.size());
        char* at = to->Reserve(bound);
        size_t n = ZSTD_compressCCtx(state_->zstd, at, bound, chunk.data(), chunk.size(),
                                     state_->level);
        if (!ZSTD_isError(n)) compressed_bytes = n;
      } else {
        uLongf bound = compressBound(chunk.size());
        char* at = to->Reserve(bound);
        if (compress2(reinterpret_cast<Bytef*>(at), &bound,
                      reinterpret_cast<const Bytef*>(chunk.data()), chunk.size(),
                      state_->level) == Z_OK) {
          compressed_bytes = bound;
        }
      }
      if (compressed_bytes >= chunk.size()) compressed_bytes = 0;
    }
    if (compressed_bytes != 0) {
      uncompressed_bytes = static_cast<uint32_t>(chunk.size());
      to->Commit(to->data() + header_end + compressed_bytes);
    } else {
      compressed_bytes = chunk.size();
      to->Append(chunk);
    }
    char* header = to->data() + start;
    StoreFrameHeader(header, compressed_bytes, (*sequence)++);
    std::memcpy(header + 4, &uncompressed_bytes, 3);
  }
  return Status::Ok();
}

struct FrameReader::ZstdState {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  ~ZstdState() { ZSTD_freeDCtx(context); }
};

FrameReader::FrameReader() = default;
FrameReader::~FrameReader() = default;

std::span<char> FrameReader::Space(size_t min_bytes) {
  if (raw_begin_ == raw_end_) {
    raw_begin_ = raw_end_ = 0;
  } else if (raw_.size() - raw_end_ < min_bytes && raw_begin_ != 0) {
    std::memmove(raw_.data(), raw_.data() + raw_begin_, raw_end_ - raw_begin_);
    raw_end_ -= raw_begin_;
    raw_begin_ = 0;
  }
  if (raw_.size() - raw_end_ < min_bytes) raw_.resize(std::max(raw_.size() * 2, raw_end_ + min_bytes));
  return {raw_.data() + raw_end_, raw_.size() - raw_end_};
}

void FrameReader::Filled(size_t bytes) {
  MAHI_ASSERT(bytes <= raw_.size() - raw_end_);
  raw_end_ += bytes;
}

void FrameReader::Release() {
  MAHI_ASSERT(idle());
  std::string().swap(raw_);
  std::string().swap(inner_);
  std::string().swap(joined_);
  raw_begin_ = raw_end_ = inner_begin_ = inner_end_ = 0;
  joined_taken_ = false;
}

Result<bool> FrameReader::NextFrame(std::string_view bytes, size_t* consumed,
                                    std::string_view* payload) {
  *consumed = 0;
  while (true) {
    std::string_view rest = bytes.substr(*consumed);
    if (rest.size() < kFrameHeaderBytes) return false;
    uint32_t length = LoadInt24(rest.data());
    // Checked before the payload has arrived, so that a huge length costs no memory.
    if (joined_.size() * joining_ + length > max_payload_bytes_) return Error(ER_NET_PACKET_TOO_LARGE);
    if (static_cast<uint8_t>(rest[3]) != next_sequence_) {
      if (!free_inner_sequence_ || method_ == CompressionMethod::kNone) return Error(ER_NET_PACKETS_OUT_OF_ORDER);
      next_sequence_ = static_cast<uint8_t>(rest[3]);
    }
    if (rest.size() - kFrameHeaderBytes < length) return false;
    ++next_sequence_;
    *consumed += kFrameHeaderBytes + length;
    std::string_view part = rest.substr(kFrameHeaderBytes, length);
    if (length == kMaxFramePayload) {
      if (!joining_) joined_.clear();
      joining_ = true;
      joined_.append(part);
      continue;
    }
    if (!joining_) {
      *payload = part;
      return true;
    }
    joined_.append(part);
    joining_ = false;
    joined_taken_ = true;
    *payload = joined_;
    return true;
  }
}

Status FrameReader::Uncompress(std::string_view from, size_t uncompressed_bytes) {
  if (inner_begin_ == inner_end_) {
    inner_begin_ = inner_end_ = 0;
  } else if (inner_begin_ != 0) {
    std::memmove(inner_.data(), inner_.data() + inner_begin_, inner_end_ - inner_begin_);
    inner_end_ -= inner_begin_;
    inner_begin_ = 0;
  }
  size_t room = uncompressed_bytes == 0 ? from.size() : uncompressed_bytes;
  if (inner_.size() - inner_end_ < room) inner_.resize(inner_end_ + room);
  char* to = inner_.data() + inner_end_;
  if (uncompressed_bytes == 0) {
    std::memcpy(to, from.data(), from.size());
  } else if (method_ == CompressionMethod::kZstd) {
    if (zstd_ == nullptr) zstd_ = std::make_unique<ZstdState>();
    size_t n = ZSTD_decompressDCtx(zstd_->context, to, room, from.data(), from.size());
    if (ZSTD_isError(n) || n != room) return Error(ER_NET_UNCOMPRESS_ERROR);
  } else {
    uLongf n = room;
    if (uncompress(reinterpret_cast<Bytef*>(to), &n, reinterpret_cast<const Bytef*>(from.data()),
                   from.size()) != Z_OK ||
        n != room) {
      return Error(ER_NET_UNCOMPRESS_ERROR);
    }
  }
  inner_end_ += room;
  return Status::Ok();
}

Result<bool> FrameReader::Inflate() {
  size_t available = raw_end_ - raw_begin_;
  if (available < kCompressedHeaderBytes) return false;
  const char* header = raw_.data() + raw_begin_;
  uint32_t length = LoadInt24(header);
  if (static_cast<uint8_t>(header[3]) != next_compressed_sequence_) {
    return Error(ER_NET_PACKETS_OUT_OF_ORDER);
  }
  if (available - kCompressedHeaderBytes < length) return false;
  uint32_t uncompressed_bytes = LoadInt24(header + 4);
  MAHI_RETURN_IF_ERROR(Uncompress({header + kCompressedHeaderBytes, length}, uncompressed_bytes));
  ++next_compressed_sequence_;
  raw_begin_ += kCompressedHeaderBytes + length;
  return true;
}

Result<bool> FrameReader::Next(std::string_view* payload) {
  if (joined_taken_) {
    joined_taken_ = false;
    if (joined_.capacity() > 1024 * 1024) {
      std::string().swap(joined_);
    } else {
      joined_.clear();
    }
  }
  size_t consumed = 0;
  if (method_ == CompressionMethod::kNone) {
    Result<bool> found =
        NextFrame({raw_.data() + raw_begin_, raw_end_ - raw_begin_}, &consumed, payload);
    raw_begin_ += consumed;
    return found;
  }
  while (true) {
    Result<bool> found =
        NextFrame({inner_.data() + inner_begin_, inner_end_ - inner_begin_}, &consumed, payload);
    inner_begin_ += consumed;
    if (!found.ok() || *found) return found;
    MAHI_ASSIGN_OR_RETURN(bool more, Inflate());
    if (!more) return false;
  }
}

}  // namespace mahi
