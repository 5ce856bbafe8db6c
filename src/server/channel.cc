#include "server/channel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>

namespace mahi {
namespace {

// How long one send may block before timeouts and KILL are looked at.
constexpr uint32_t kSendStepMs = 500;

void SetTimeout(int fd, int option, uint32_t ms) {
  timeval timeout{static_cast<time_t>(ms / 1000), static_cast<suseconds_t>(ms % 1000 * 1000)};
  setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof(timeout));
}

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Channel::Channel(int fd, uint32_t grace_ms) : fd_(fd), grace_ms_(grace_ms) {
  int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(fd_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  SetTimeout(fd_, SO_RCVTIMEO, grace_ms_);
  SetTimeout(fd_, SO_SNDTIMEO, kSendStepMs);
}

Channel::~Channel() {
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_);
    SSL_free(ssl_);
  }
  close(fd_);
}

void Channel::Interrupt() { shutdown(fd_, SHUT_RD); }

Status Channel::StartTls(SSL_CTX* context, uint32_t timeout_ms) {
  MAHI_ASSERT(!reader_.has_unread_bytes());
  ssl_ = SSL_new(context);
  if (ssl_ == nullptr || SSL_set_fd(ssl_, fd_) != 1) return Error(ER_HANDSHAKE_ERROR);
  int64_t deadline = NowMs() + timeout_ms;
  while (true) {
    ERR_clear_error();
    int result = SSL_accept(ssl_);
    if (result == 1) return Status::Ok();
    int error = SSL_get_error(ssl_, result);
    if ((error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) && NowMs() < deadline) continue;
    SSL_free(ssl_);
    ssl_ = nullptr;
    return Error(ER_HANDSHAKE_ERROR);
  }
}

void Channel::StartCompression(CompressionMethod method, int level) {
  compressor_ = std::make_unique<FrameCompressor>(method, level);
  reader_.set_compression(method);
}

Channel::Io Channel::ReadSome(char* to, size_t bytes, size_t* count) {
  if (ssl_ == nullptr) {
    ssize_t n = recv(fd_, to, bytes, 0);
    if (n > 0) {
      *count = static_cast<size_t>(n);
      received_ += *count;
      return Io::kOk;
    }
    if (n == 0) return Io::kClosed;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return Io::kTimeout;
    return errno == ECONNRESET ? Io::kClosed : Io::kError;
  }
  ERR_clear_error();
  int n = SSL_read(ssl_, to, static_cast<int>(std::min<size_t>(bytes, 1 << 30)));
  if (n > 0) {
    *count = static_cast<size_t>(n);
    received_ += *count;
    return Io::kOk;
  }
  switch (SSL_get_error(ssl_, n)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Io::kTimeout;
    case SSL_ERROR_ZERO_RETURN:
      return Io::kClosed;
    case SSL_ERROR_SYSCALL:
      return n == 0 || errno == 0 || errno == ECONNRESET ? Io::kClosed : Io::kError;
    default:
      return Io::kClosed;
  }
}

Channel::Io Channel::WriteSome(const char* from, size_t bytes, size_t* count) {
  if (ssl_ == nullptr) {
    ssize_t n = send(fd_, from, bytes, MSG_NOSIGNAL);
    if (n >= 0) {
      *count = static_cast<size_t>(n);
      return Io::kOk;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return Io::kTimeout;
    return Io::kClosed;
  }
  ERR_clear_error();
  int n = SSL_write(ssl_, from, static_cast<int>(std::min<size_t>(bytes, 1 << 30)));
  if (n > 0) {
    *count = static_cast<size_t>(n);
    return Io::kOk;
  }
  int error = SSL_get_error(ssl_, n);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? Io::kTimeout : Io::kClosed;
}

Result<Channel::ReadOutcome> Channel::ReadCommand(std::string_view* payload, uint32_t read_timeout_ms) {
  reader_.ResetSequence();
  int64_t deadline = 0;
  while (true) {
    auto next = reader_.Next(payload);
    if (!next.ok()) {
      // The error answers the frame that was refused.
      out_sequence_ = static_cast<uint8_t>(reader_.next_sequence() + 1);
      return next.TakeStatus();
    }
    const bool found = *next;
    if (found) break;
    std::span<char> space = reader_.Space(kReadBytes);
    size_t count = 0;
    switch (ReadSome(space.data(), space.size(), &count)) {
      case Io::kOk:
        reader_.Filled(count);
        break;
      case Io::kTimeout:
        if (CanPark()) return ReadOutcome::kIdle;
        // A part of a packet has come: the rest must follow within net_read_timeout.
        if (deadline == 0) {
          deadline = NowMs() + read_timeout_ms;
        } else if (NowMs() > deadline) {
          return Error(ER_NET_READ_INTERRUPTED);
        }
        break;
      case Io::kClosed:
        return ReadOutcome::kClosed;
      case Io::kError:
        return Error(ER_NET_READ_ERROR);
    }
  }
  out_sequence_ = reader_.next_sequence();
  out_compressed_sequence_ = reader_.next_compressed_sequence();
  return ReadOutcome::kPayload;
}

Status Channel::ReadPayload(std::string_view* payload, uint32_t timeout_ms) {
  reader_.set_next_sequence(out_sequence_);
  if (compressor_ != nullptr) reader_.set_next_compressed_sequence(out_compressed_sequence_);
  int64_t deadline = NowMs() + timeout_ms;
  while (true) {
    MAHI_ASSIGN_OR_RETURN(bool found, reader_.Next(payload));
    if (found) break;
    std::span<char> space = reader_.Space(kReadBytes);
    size_t count = 0;
    Io io = ReadSome(space.data(), space.size(), &count);
    if (io == Io::kOk) {
      reader_.Filled(count);
    } else if (io == Io::kTimeout) {
      if (NowMs() > deadline) return Error(ER_NET_READ_INTERRUPTED);
    } else {
      return Error(ER_NET_READ_ERROR);
    }
  }
  out_sequence_ = reader_.next_sequence();
  if (compressor_ != nullptr) out_compressed_sequence_ = reader_.next_compressed_sequence();
  return Status::Ok();
}

Status Channel::ReadFully(char* to, size_t bytes, uint32_t timeout_ms) {
  int64_t deadline = NowMs() + timeout_ms;
  while (bytes > 0) {
    size_t count = 0;
    Io io = ReadSome(to, bytes, &count);
    if (io == Io::kOk) {
      to += count;
      bytes -= count;
    } else if (io == Io::kTimeout) {
      if (NowMs() > deadline) return Error(ER_NET_READ_INTERRUPTED);
    } else {
      return Error(ER_NET_READ_ERROR);
    }
  }
  return Status::Ok();
}

Status Channel::ReadPayloadExactly(std::string_view* payload, uint32_t timeout_ms) {
  // Larger than any answer to a greeting: attributes are at most 64 KiB.
  constexpr size_t kMaxHandshakeBytes = 256 * 1024;
  char header[kFrameHeaderBytes];
  MAHI_RETURN_IF_ERROR(ReadFully(header, sizeof(header), timeout_ms));
  uint32_t word = 0;
  std::memcpy(&word, header, 4);
  size_t length = word & 0xffffff;
  if (static_cast<uint8_t>(word >> 24) != out_sequence_) return Error(ER_NET_PACKETS_OUT_OF_ORDER);
  if (length > kMaxHandshakeBytes) return Error(ER_NET_PACKET_TOO_LARGE);
  exact_.resize(length);
  MAHI_RETURN_IF_ERROR(ReadFully(exact_.data(), length, timeout_ms));
  ++out_sequence_;
  *payload = exact_;
  return Status::Ok();
}

void Channel::Drain() {
  constexpr size_t kMaxDrainBytes = size_t{128} << 20;
  char scrap[64 * 1024];
  int64_t deadline = NowMs() + 5000;
  size_t total = 0;
  int silent = 0;
  while (total < kMaxDrainBytes && NowMs() < deadline && silent < 4) {
    size_t count = 0;
    Io io = ReadSome(scrap, sizeof(scrap), &count);
    if (io == Io::kTimeout) {
      ++silent;
      continue;
    }
    if (io != Io::kOk) return;
    silent = 0;
    total += count;
  }
}

Status Channel::Flush(uint32_t timeout_ms) {
  if (out_.empty()) return Status::Ok();
  WireBuffer* from = &out_;
  if (compressor_ != nullptr) {
    compressed_.Clear();
    MAHI_RETURN_IF_ERROR(compressor_->Append(&compressed_, out_.view(), &out_compressed_sequence_));
    from = &compressed_;
  }
  const char* at = from->data();
  size_t rest = from->size();
  int64_t deadline = 0;
  Status status;
  while (rest > 0) {
    size_t count = 0;
    Io io = WriteSome(at, rest, &count);
    if (io == Io::kOk) {
      at += count;
      rest -= count;
      sent_ += count;
      deadline = 0;
    } else if (io == Io::kTimeout) {
      if (cancelled_ != nullptr && cancelled_->load(std::memory_order_relaxed)) {
        status = Error(ER_NET_ERROR_ON_WRITE);
        break;
      }
      if (deadline == 0) {
        deadline = NowMs() + timeout_ms;
      } else if (NowMs() > deadline) {
        status = Error(ER_NET_WRITE_INTERRUPTED);
        break;
      }
    } else {
      status = Error(ER_NET_ERROR_ON_WRITE);
      break;
    }
  }
  out_.Clear();
  if (out_.capacity() > kKeptBufferBytes) out_.Release();
  if (compressed_.capacity() > kKeptBufferBytes) compressed_.Release();
  return status;
}

void Channel::ResetSequence() { out_sequence_ = out_compressed_sequence_ = 0; }

bool Channel::CanPark() const {
  return reader_.idle() && (ssl_ == nullptr || SSL_pending(ssl_) == 0);
}

void Channel::ReleaseBuffers() {
  reader_.Release();
  out_.Release();
  compressed_.Release();
  std::string().swap(exact_);
}

}  // namespace mahi
