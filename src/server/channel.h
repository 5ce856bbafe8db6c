// Channel: one client's socket, with or without TLS and compression: payloads in, frames out.
//
// Reads block in one recv; the socket's receive timeout is the grace after which an idle connection is parked, and longer
// waits are counted in those steps. Writes collect in `out()` and go out with Flush, usually one send for each command.
// Errors: ER_NET_READ_INTERRUPTED (1159), ER_NET_READ_ERROR (1158), ER_NET_WRITE_INTERRUPTED (1161),
// ER_NET_ERROR_ON_WRITE (1160), and those of FrameReader.
// Thread safety: one thread at a time; Interrupt from any.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "protocol/framing.h"
#include "protocol/wire_buffer.h"

namespace mahi {

class Channel {
 public:
  Channel(int fd, uint32_t grace_ms);
  ~Channel();
  Channel(const Channel&) = delete;

  int fd() const { return fd_; }
  bool is_tls() const { return ssl_ != nullptr; }
  SSL* ssl() const { return ssl_; }

  // TLS from the next byte on. REQUIRES: no bytes read ahead.
  Status StartTls(SSL_CTX* context, uint32_t timeout_ms);
  void StartCompression(CompressionMethod method, int level);

  enum class ReadOutcome : uint8_t { kPayload, kIdle, kClosed };
  // The next command. kIdle: nothing has arrived within the grace. kClosed: the client has gone.
  Result<ReadOutcome> ReadCommand(std::string_view* payload, uint32_t read_timeout_ms);
  // The next payload of a dialogue; waits up to `timeout_ms`.
  Status ReadPayload(std::string_view* payload, uint32_t timeout_ms);
  // Like ReadPayload, but reads no byte beyond the frame, so that TLS may start behind it.
  Status ReadPayloadExactly(std::string_view* payload, uint32_t timeout_ms);
  // After an oversized packet: takes what the client still sends, a bounded amount, so that it can read the error.
  void Drain();

  WireBuffer* out() { return &out_; }
  // Starts and ends one packet in out(), with the right sequence id.
  size_t BeginPacket() { return BeginFrame(&out_); }
  void EndPacket(size_t start) { EndFrame(&out_, start, &out_sequence_); }
  // Sends everything in out().
  Status Flush(uint32_t timeout_ms);
  // Flushes when enough has gathered.
  Status FlushIfLarge(uint32_t timeout_ms) {
    return out_.size() >= kFlushBytes ? Flush(timeout_ms) : Status::Ok();
  }
  // A new dialogue begins on our side (the greeting).
  void ResetSequence();
  FrameReader& reader() { return reader_; }

  // Makes a blocked or later read end at once.
  void Interrupt();
  // Nothing read ahead: the connection may be parked. Gives buffers back.
  bool CanPark() const;
  void ReleaseBuffers();

  uint64_t TakeReceived() { return std::exchange(received_, 0); }
  uint64_t TakeSent() { return std::exchange(sent_, 0); }
  void set_cancelled(const std::atomic<bool>* flag) { cancelled_ = flag; }

 private:
  static constexpr size_t kFlushBytes = 16 * 1024;
  static constexpr size_t kReadBytes = 16 * 1024;
  static constexpr size_t kKeptBufferBytes = 256 * 1024;

  enum class Io : uint8_t { kOk, kTimeout, kClosed, kError };
  // One recv (or SSL_read), at most one grace long.
  Io ReadSome(char* to, size_t bytes, size_t* count);
  Io WriteSome(const char* from, size_t bytes, size_t* count);
  Status ReadFully(char* to, size_t bytes, uint32_t timeout_ms);

  int fd_;
  uint32_t grace_ms_;
  SSL* ssl_ = nullptr;
  FrameReader reader_;
  std::string exact_;
  WireBuffer out_;
  WireBuffer compressed_;
  std::unique_ptr<FrameCompressor> compressor_;
  uint8_t out_sequence_ = 0;
  uint8_t out_compressed_sequence_ = 0;
  uint64_t received_ = 0;
  uint64_t sent_ = 0;
  const std::atomic<bool>* cancelled_ = nullptr;
};

}  // namespace mahi
