#include "embedded/collector.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "types/conversion.h"

namespace mahi::embedded {

namespace {

class LocalFile final : public FileReader {
 public:
  explicit LocalFile(FILE* file) : file_(file) {}
  ~LocalFile() override { std::fclose(file_); }
  ::mahi::Result<std::string_view> Read() override {
    const size_t size = std::fread(buffer_.data(), 1, buffer_.size(), file_);
    if (size == 0 && std::ferror(file_) != 0) return ::mahi::Error(ER_ERROR_ON_READ, "local file", errno, std::strerror(errno));
    return std::string_view(buffer_.data(), size);
  }

 private:
  FILE* file_;
  std::array<char, 65536> buffer_;
};

}  // namespace

Column ToColumn(const ResultColumn& column) {
  return {column.name, column.table, column.type.ToSql(), column.is_nullable};
}

Status Collector::BeginResultSet(const std::vector<ResultColumn>& columns, const StatementSummary& summary) {
  ResultSet& result = results_.emplace_back();
  types_.clear();
  for (const ResultColumn& column : columns) {
    result.columns_.push_back(ToColumn(column));
    types_.push_back(column.type);
  }
  return Status::Ok();
}

Cell Collector::ToCell(const Datum& datum, const SqlType& type) {
  Cell cell;
  if (datum.is_null) return cell;
  switch (datum.kind) {
    case PhysicalType::kInt64:
      if (!type.is_zerofill) {
        cell.content_ = datum.int64;
        return cell;
      }
      break;
    case PhysicalType::kUInt64:
      if ((type.IsInteger() && !type.is_zerofill) || type.id == TypeId::kBit) {
        cell.content_ = datum.uint64;
        return cell;
      }
      break;
    case PhysicalType::kDouble:
      cell.content_ = Cell::Real{datum.real, type.decimals, type.id == TypeId::kFloat};
      return cell;
    case PhysicalType::kString: {
      const Charset& charset = type.charset();
      const Charset& utf8 = CollationOrBinary(kCollationDefault).charset();
      if (type.IsBinaryString() || &charset == &utf8) {
        cell.content_ = std::string(datum.string());
      } else {
        std::string text;
        ConvertCharset(datum.string(), charset, utf8, &text);
        cell.content_ = std::move(text);
      }
      return cell;
    }
    default: break;
  }
  cell.content_ = DatumToText(datum, type);
  return cell;
}

Status Collector::PushBatch(const Batch& batch) {
  ResultSet& result = results_.back();
  Status status;
  batch.rows().ForEach([&](uint32_t row) {
    if (is_ended_by_caller_) return;
    for (size_t i = 0; i < types_.size(); ++i) {
      result.cells_.push_back(ToCell(batch.column(i).GetDatum(row), types_[i]));
    }
    if (on_row_ == nullptr) return;
    ++shown_rows_;
    if (!(*on_row_)(result[0])) is_ended_by_caller_ = true;
    result.cells_.clear();
  });
  if (is_ended_by_caller_) return ::mahi::Error(ER_QUERY_INTERRUPTED);
  return Status::Ok();
}

void Collector::Finish(const StatementSummary& summary) {
  ResultSet& result = results_.back();
  result.affected_rows_ = summary.affected_rows;
  result.last_insert_id_ = summary.last_insert_id;
  result.warning_count_ = summary.warning_count;
  result.info_ = summary.info;
}

Status Collector::EndResultSet(const StatementSummary& summary) {
  Finish(summary);
  return Status::Ok();
}

Status Collector::Done(const StatementSummary& summary) {
  results_.emplace_back();
  Finish(summary);
  return Status::Ok();
}

::mahi::Result<std::unique_ptr<FileReader>> Collector::RequestLocalFile(std::string_view name) {
  const std::string path(name);
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return ::mahi::Error(ER_FILE_NOT_FOUND, path, errno, std::strerror(errno));
  return std::unique_ptr<FileReader>(new LocalFile(file));
}

}  // namespace mahi::embedded
