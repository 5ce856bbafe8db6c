// Where LOAD DATA reads from: the client (LOCAL) or a file of the server.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "session/internal/select_into.h"
#include "session/internal/session_impl.h"

namespace mahi {

namespace {

constexpr size_t kReadBytes = 256 << 10;

class ClientFile final : public InputFile {
 public:
  explicit ClientFile(std::unique_ptr<FileReader> reader) : reader_(std::move(reader)) {}
  Result<bool> Read(std::string* buffer) override {
    MAHI_ASSIGN_OR_RETURN(std::string_view piece, reader_->Read());
    buffer->append(piece);
    return !piece.empty();
  }

 private:
  std::unique_ptr<FileReader> reader_;
};

class ServerFile final : public InputFile {
 public:
  ServerFile(int file, std::string name) : file_(file), name_(std::move(name)) {}
  ~ServerFile() override { close(file_); }
  Result<bool> Read(std::string* buffer) override {
    const size_t start = buffer->size();
    buffer->resize(start + kReadBytes);
    ssize_t count;
    do {
      count = read(file_, buffer->data() + start, kReadBytes);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return Error(ER_ERROR_ON_READ, name_, errno, std::strerror(errno));
    buffer->resize(start + static_cast<size_t>(count));
    return count > 0;
  }

 private:
  int file_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<InputFile>> Session::Impl::OpenInput(const std::string& name, bool is_local,
                                                            ResultSink* sink) {
  if (is_local) {
    if (db.variables().GetNumber("local_infile") == 0 || !local_infile_allowed) {
      return Error(ER_CLIENT_LOCAL_FILES_DISABLED);
    }
    MAHI_ASSIGN_OR_RETURN(std::unique_ptr<FileReader> reader, sink->RequestLocalFile(name));
    return std::unique_ptr<InputFile>(std::make_unique<ClientFile>(std::move(reader)));
  }
  MAHI_RETURN_IF_ERROR(security.CheckGlobal(kPrivilegeFile));
  std::string path = name;
  if (path.empty() || path[0] != '/') {
    // Relative to the data directory; a bare name to the current database's place in it.
    std::string base = db.options().data_directory;
    path = path.find('/') == std::string::npos ? base + "/" + database_name + "/" + path : base + "/" + path;
  }
  const std::string allowed = db.variables().GetText("secure_file_priv");
  if (allowed == "NULL" || !IsAllowedPath(allowed, path)) {
    return Error(ER_OPTION_PREVENTS_STATEMENT, "--secure-file-priv");
  }
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return Error(ER_FILE_NOT_FOUND, path, errno, std::strerror(errno));
    return Error(ER_TEXTFILE_NOT_READABLE, path);
  }
  return std::unique_ptr<InputFile>(std::make_unique<ServerFile>(file, path));
}

}  // namespace mahi
