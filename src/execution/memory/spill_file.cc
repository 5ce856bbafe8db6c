#include "execution/memory/spill_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mahi {

namespace {
constexpr size_t kWriteBufferBytes = 256 * 1024;
constexpr size_t kReadBufferBytes = 64 * 1024;
}  // namespace

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status SpillFile::Create() {
  std::string path = directory_ + "/mahi-spill-XXXXXX";
  descriptor_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor_ < 0) return Error(ER_CANT_CREATE_FILE, path, errno, std::strerror(errno));
  ::unlink(path.c_str());
  return Status::Ok();
}

Status SpillFile::Append(std::string_view bytes) {
  buffer_.append(bytes);
  size_ += bytes.size();
  return buffer_.size() >= kWriteBufferBytes ? Flush() : Status::Ok();
}

Status SpillFile::Flush() {
  if (buffer_.empty()) return Status::Ok();
  if (descriptor_ < 0) MAHI_RETURN_IF_ERROR(Create());
  const char* from = buffer_.data();
  size_t left = buffer_.size();
  while (left > 0) {
    ssize_t written = ::write(descriptor_, from, left);
    if (written < 0) {
      if (errno == EINTR) continue;
      return Error(ER_ERROR_ON_WRITE, directory_, errno, std::strerror(errno));
    }
    from += written;
    left -= static_cast<size_t>(written);
  }
  buffer_.clear();
  return Status::Ok();
}

Result<size_t> SpillFile::Read(uint64_t offset, char* to, size_t count) const {
  size_t done = 0;
  while (done < count) {
    ssize_t got = ::pread(descriptor_, to + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0) {
      if (errno == EINTR) continue;
      return Error(ER_ERROR_ON_READ, directory_, errno, std::strerror(errno));
    }
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

Status SpillFile::Clear() {
  buffer_.clear();
  size_ = 0;
  if (descriptor_ >= 0 &&
      (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0)) {
    return Error(ER_ERROR_ON_WRITE, directory_, errno, std::strerror(errno));
  }
  return Status::Ok();
}

Status SpillReader::Read(char* to, size_t count) {
  while (count > 0) {
    if (position_ == filled_) {
      size_t wanted = static_cast<size_t>(std::min<uint64_t>(kReadBufferBytes, end_ - offset_));
      if (buffer_.size() < kReadBufferBytes) buffer_.resize(kReadBufferBytes);
      size_t got = 0;
      if (wanted > 0) {
        MAHI_ASSIGN_OR_RETURN(got, file_->Read(offset_, buffer_.data(), wanted));
      }
      if (got == 0) return Error(ER_ERROR_ON_READ, "spill file", 0, "unexpected end");
      offset_ += got;
      filled_ = got;
      position_ = 0;
    }
    size_t part = std::min(count, filled_ - position_);
    std::memcpy(to, buffer_.data() + position_, part);
    position_ += part;
    to += part;
    count -= part;
  }
  return Status::Ok();
}

}  // namespace mahi
