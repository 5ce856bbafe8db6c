// Frames of the protocol: splitting and joining of payloads, sequence ids, compressed frames.
//
//   frame      := length:le24 sequence:u8 payload           length = 0xffffff says: continued in the next frame
//   compressed := length:le24 sequence:u8 uncompressed_length:le24 bytes
//                 uncompressed_length = 0 says: bytes are not compressed; bytes hold (parts of) frames
//
// Source: MySQL 8.4 source documentation, "MySQL Packets", "Compression".
// Thread safety: none; belongs to one connection.
// Errors: ER_NET_PACKET_TOO_LARGE (1153), ER_NET_PACKETS_OUT_OF_ORDER (1156), ER_NET_UNCOMPRESS_ERROR (1157).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "protocol/constants.h"
#include "protocol/wire_buffer.h"

namespace mahi {

enum class CompressionMethod : uint8_t { kNone, kZlib, kZstd };

// Starts a frame at the end of `to`: four bytes for the header. Returns the place, for EndFrame.
inline size_t BeginFrame(WireBuffer* to) {
  size_t start = to->size();
  to->Commit(to->Reserve(kFrameHeaderBytes) + kFrameHeaderBytes);
  return start;
}
// Splits a payload of 0xffffff bytes or more.
void EndLongFrame(WireBuffer* to, size_t start, uint8_t* sequence);
// Completes the frame: fills in the header, splits where needed, and moves *sequence on.
inline void EndFrame(WireBuffer* to, size_t start, uint8_t* sequence) {
  size_t length = to->size() - start - kFrameHeaderBytes;
  if (length >= kMaxFramePayload) [[unlikely]] return EndLongFrame(to, start, sequence);
  uint32_t header = static_cast<uint32_t>(length) | static_cast<uint32_t>(*sequence) << 24;
  std::memcpy(to->data() + start, &header, 4);
  ++*sequence;
}
// A whole payload at once.
void AppendFrame(WireBuffer* to, std::string_view payload, uint8_t* sequence);

// Turns finished frames into compressed ones.
class FrameCompressor {
 public:
  FrameCompressor(CompressionMethod method, int level);
  ~FrameCompressor();
  // Appends `frames` in compressed form; payloads below 50 bytes stay as they are.
  Status Append(WireBuffer* to, std::string_view frames, uint8_t* sequence);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Joins incoming bytes into payloads.
//
//   while (true) {
//     MAHI_ASSIGN_OR_RETURN(bool found, reader.Next(&payload));
//     if (found) break;
//     std::span<char> space = reader.Space(16 * 1024);
//     reader.Filled(recv(fd, space.data(), space.size()));
//   }
class FrameReader {
 public:
  FrameReader();
  ~FrameReader();

  // A payload above `bytes` is ER_NET_PACKET_TOO_LARGE.
  void set_max_payload_bytes(size_t bytes) { max_payload_bytes_ = bytes; }
  // From the next byte on.
  void set_compression(CompressionMethod method) { method_ = method; }

  // Within compressed frames take any inner sequence id: MySQL and MariaDB set theirs to the compressed one at each
  // flush, so it jumps. The compressed ids are checked always.
  void set_free_inner_sequence(bool on) { free_inner_sequence_ = on; }

  // A new command begins: its first frame has sequence 0.
  void ResetSequence() { next_sequence_ = next_compressed_sequence_ = 0; }
  // The sequence id that the next frame in either direction carries.
  uint8_t next_sequence() const { return next_sequence_; }
  void set_next_sequence(uint8_t sequence) { next_sequence_ = sequence; }
  uint8_t next_compressed_sequence() const { return next_compressed_sequence_; }
  void set_next_compressed_sequence(uint8_t s) { next_compressed_sequence_ = s; }

  // Room for received bytes, at least `min_bytes` long. Invalidates the last payload.
  std::span<char> Space(size_t min_bytes);
  void Filled(size_t bytes);

  // True: *payload is the next complete payload, valid until the next call of a member that is not const.
  // False: more bytes are needed. After an error the stream is unusable.
  Result<bool> Next(std::string_view* payload);

  // Nothing received waits to be taken (so the connection may be parked).
  bool idle() const { return raw_end_ == raw_begin_ && inner_end_ == inner_begin_ && !joining_; }
  // Received bytes that Next() has not consumed: needed when TLS starts.
  bool has_unread_bytes() const { return raw_end_ != raw_begin_; }
  // REQUIRES: idle(). Gives the memory back.
  void Release();

 private:
  Result<bool> NextFrame(std::string_view bytes, size_t* consumed, std::string_view* payload);
  // Moves one compressed frame into inner_; false when it is not complete.
  Result<bool> Inflate();
  Status Uncompress(std::string_view from, size_t uncompressed_bytes);

  // raw_[raw_begin_, raw_end_): received and not consumed.
  std::string raw_;
  size_t raw_begin_ = 0;
  size_t raw_end_ = 0;
  // inner_[inner_begin_, inner_end_): uncompressed frames, in compressed mode.
  std::string inner_;
  size_t inner_begin_ = 0;
  size_t inner_end_ = 0;
  std::string joined_;  // payload that spans several frames
  bool joining_ = false;
  bool joined_taken_ = false;
  CompressionMethod method_ = CompressionMethod::kNone;
  uint8_t next_sequence_ = 0;
  uint8_t next_compressed_sequence_ = 0;
  bool free_inner_sequence_ = false;
  size_t max_payload_bytes_ = 1u << 30;
  struct ZstdState;
  std::unique_ptr<ZstdState> zstd_;
};

}  // namespace mahi
