#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "session/internal/select_into.h"
#include "types/conversion.h"

namespace mahi {

namespace {
constexpr size_t kFlushBytes = 256 << 10;
}  // namespace

bool IsAllowedPath(const std::string& allowed_directory, const std::string& path) {
  if (allowed_directory.empty()) return true;
  std::string directory = path.substr(0, path.rfind('/'));
  char resolved[PATH_MAX];
  char allowed[PATH_MAX];
  if (realpath(directory.empty() ? "/" : directory.c_str(), resolved) == nullptr) return false;
  if (realpath(allowed_directory.c_str(), allowed) == nullptr) return false;
  const size_t length = std::strlen(allowed);
  return std::strncmp(resolved, allowed, length) == 0 && (resolved[length] == '\0' || resolved[length] == '/');
}

SelectIntoWriter::~SelectIntoWriter() {
  if (file_ < 0) return;
  close(file_);
  if (!is_finished_) unlink(plan_.into->file_name.c_str());  // No half-written file is left behind.
}

Status SelectIntoWriter::Open() {
  if (plan_.into->kind == SelectIntoKind::kVariables) return Status::Ok();
  const std::string& name = plan_.into->file_name;
  if (!IsAllowedPath(allowed_directory_, name)) return Error(ER_OPTION_PREVENTS_STATEMENT, "--secure-file-priv");
  file_ = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (file_ >= 0) return Status::Ok();
  if (errno == EEXIST) return Error(ER_FILE_EXISTS_ERROR, name);
  return Error(ER_CANT_CREATE_FILE, name, errno, std::strerror(errno));
}

Status SelectIntoWriter::Write(const Batch& batch) {
  Status status;
  batch.rows().ForEach([&](uint32_t row) {
    if (status.ok()) status = WriteRow(batch, row);
  });
  return status;
}

Status SelectIntoWriter::WriteRow(const Batch& batch, uint32_t row) {
  if (plan_.into->kind != SelectIntoKind::kOutfile && ++row_count_ > 1) return Error(ER_TOO_MANY_ROWS);
  if (plan_.into->kind == SelectIntoKind::kVariables) {
    for (size_t i = 0; i < plan_.into->variables.size(); ++i) {
      const Vector& column = batch.column(i);
      MAHI_RETURN_IF_ERROR(session_.SetUserVariable(plan_.into->variables[i], column.GetDatum(row), column.type()));
    }
    return Status::Ok();
  }
  if (plan_.into->kind == SelectIntoKind::kDumpfile) {
    for (size_t i = 0; i < plan_.columns.size(); ++i) {
      Datum value = batch.column(i).GetDatum(row);
      if (!value.is_null) AppendDatumText(value, batch.column(i).type(), &buffer_);
    }
    return Status::Ok();
  }
  ++row_count_;
  const FileFormat& format = plan_.into->format;
  buffer_ += format.lines_starting_by;
  for (size_t i = 0; i < plan_.columns.size(); ++i) {
    if (i > 0) buffer_ += format.fields_terminated_by;
    AppendField(batch.column(i).GetDatum(row), batch.column(i).type());
  }
  buffer_ += format.lines_terminated_by;
  return buffer_.size() >= kFlushBytes ? Flush() : Status::Ok();
}

void SelectIntoWriter::AppendField(const Datum& value, const SqlType& type) {
  const FileFormat& format = plan_.into->format;
  const char escape = format.fields_escaped_by.empty() ? '\0' : format.fields_escaped_by[0];
  if (value.is_null) {
    if (escape != '\0') {
      buffer_ += escape;
      buffer_ += 'N';
    } else {
      buffer_ += "NULL";
    }
    return;
  }
  const bool is_text = type.IsString() || type.IsEnumOrSet() || type.IsTemporal() || type.IsJson();
  const bool is_enclosed = !format.fields_enclosed_by.empty() && (!format.fields_optionally_enclosed || is_text);
  const char enclosure = format.fields_enclosed_by.empty() ? '\0' : format.fields_enclosed_by[0];
  const char field_end = format.fields_terminated_by.empty() ? '\0' : format.fields_terminated_by[0];
  const char line_end = format.lines_terminated_by.empty() ? '\0' : format.lines_terminated_by[0];
  if (is_enclosed) buffer_ += enclosure;
  for (char c : DatumTextView(value, type, &scratch_)) {
    if (escape != '\0') {
      if (c == '\0') {
        buffer_ += escape;
        buffer_ += '0';
        continue;
      }
      bool is_special = c == escape || (is_enclosed ? c == enclosure : (c == field_end || c == line_end));
      if (is_special && c != '\0') buffer_ += escape;
    }
    buffer_ += c;
  }
  if (is_enclosed) buffer_ += enclosure;
}

Status SelectIntoWriter::Flush() {
  size_t done = 0;
  while (done < buffer_.size()) {
    ssize_t written = write(file_, buffer_.data() + done, buffer_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Error(ER_ERROR_ON_WRITE, plan_.into->file_name, errno, std::strerror(errno));
    done += static_cast<size_t>(written);
  }
  buffer_.clear();
  return Status::Ok();
}

Status SelectIntoWriter::Finish() {
  if (file_ >= 0) MAHI_RETURN_IF_ERROR(Flush());
  if (row_count_ == 0) diagnostics_->Warn(Error(ER_SP_FETCH_NO_DATA));
  is_finished_ = true;
  return Status::Ok();
}

}  // namespace mahi
