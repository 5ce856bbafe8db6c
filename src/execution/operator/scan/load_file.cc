// LoadFile: the rows of LOAD DATA's file, one text column for each field.
//
//   line  := anything lines_starting_by field (fields_terminated_by field)* lines_terminated_by
//   field := enclosed text, in which the enclosing character is doubled or escaped | plain text | escape N (NULL)
//
// Source: MySQL 8.4 manual, "LOAD DATA Statement", "Field and Line Handling".
// Errors: 1261 and 1262 for too few or too many fields in strict sql_mode, else warnings.
#include "charset/charset.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

// Looks ahead in a stream of bytes.
class ByteStream {
 public:
  explicit ByteStream(std::unique_ptr<InputFile> file) : file_(std::move(file)) {}

  // The byte `ahead` places on; -1: beyond the end.
  Result<int> Peek(size_t ahead = 0) {
    while (position_ + ahead >= buffer_.size()) {
      if (is_at_end_) return -1;
      buffer_.erase(0, position_);
      position_ = 0;
      MAHI_ASSIGN_OR_RETURN(bool more, file_->Read(&buffer_));
      if (!more) is_at_end_ = true;
    }
    return static_cast<unsigned char>(buffer_[position_ + ahead]);
  }
  void Skip(size_t count) { position_ += count; }
  Result<bool> StartsWith(std::string_view text) {
    if (text.empty()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(int byte, Peek(i));
      if (byte != static_cast<unsigned char>(text[i])) return false;
    }
    return true;
  }

 private:
  std::unique_ptr<InputFile> file_;
  std::string buffer_;
  size_t position_ = 0;
  bool is_at_end_ = false;
};

struct Field {
  std::string text;
  bool is_null = false;
};

class LoadFileOperator : public Operator {
 public:
  LoadFileOperator(Runtime& runtime, const PhysicalLoadFile& node)
      : Operator(runtime, node), load_(*node.logical), format_(node.logical->format), batch_(node.types) {
    if (!format_.charset.empty()) file_charset_ = FindCharset(format_.charset);
  }

  Status OpenImpl() override {
    if (!runtime_.context.open_input) return Error(ER_NOT_SUPPORTED_YET, "LOAD DATA here");
    if (format_.fields_terminated_by.empty() && format_.fields_enclosed_by.empty()) {
      return Error(ER_NOT_SUPPORTED_YET, "LOAD DATA with fixed-size rows");
    }
    MAHI_ASSIGN_OR_RETURN(auto file, runtime_.context.open_input(load_.file_name, load_.is_local));
    stream_ = std::make_unique<ByteStream>(std::move(file));
    row_number_ = 0;
    for (uint64_t i = 0; i < load_.ignore_lines; ++i) MAHI_RETURN_IF_ERROR(SkipLine());
    return Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    batch_.Reset();
    uint32_t count = 0;
    while (count < runtime_.batch_rows) {
      MAHI_ASSIGN_OR_RETURN(bool more, ReadRow());
      if (!more) break;
      ++row_number_;
      MAHI_RETURN_IF_ERROR(StoreRow(count));
      ++count;
    }
    if (count == 0) return nullptr;
    batch_.set_row_count(count);
    return &batch_;
  }

 private:
  Status SkipLine() {
    for (uint64_t i = 0;; ++i) {
      if ((i & 0xffff) == 0xffff) MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      MAHI_ASSIGN_OR_RETURN(int byte, stream_->Peek());
      if (byte < 0) return Status::Ok();
      MAHI_ASSIGN_OR_RETURN(bool is_end, stream_->StartsWith(format_.lines_terminated_by));
      if (is_end) {
        stream_->Skip(format_.lines_terminated_by.size());
        return Status::Ok();
      }
      stream_->Skip(1);
    }
  }

  static char Unescape(char c) {
    switch (c) {
      case '0': return '\0';
      case 'b': return '\b';
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      case 'Z': return '\x1a';
      default: return c;
    }
  }

  // Where a field ended.
  enum class End { kField, kLine, kFile };

  Result<bool> ReadRow() {
    field_count_ = 0;
    if (!format_.lines_starting_by.empty()) {
      while (true) {
        MAHI_ASSIGN_OR_RETURN(int byte, stream_->Peek());
        if (byte < 0) return false;
        MAHI_ASSIGN_OR_RETURN(bool is_start, stream_->StartsWith(format_.lines_starting_by));
        if (is_start) break;
        stream_->Skip(1);
      }
      stream_->Skip(format_.lines_starting_by.size());
    }
    MAHI_ASSIGN_OR_RETURN(int first, stream_->Peek());
    if (first < 0) return false;
    while (true) {
      if (fields_.size() <= field_count_) fields_.emplace_back();
      MAHI_ASSIGN_OR_RETURN(End end, ReadField(&fields_[field_count_]));
      ++field_count_;
      if (end != End::kField) return true;
    }
  }

  Result<End> ReadField(Field* field) {
    field->text.clear();
    field->is_null = false;
    const int enclosing = format_.fields_enclosed_by.empty() ? -2
                                                             : static_cast<unsigned char>(format_.fields_enclosed_by[0]);
    const int escape = format_.fields_escaped_by.empty() ? -2
                                                         : static_cast<unsigned char>(format_.fields_escaped_by[0]);
    MAHI_ASSIGN_OR_RETURN(int first, stream_->Peek());
    bool is_enclosed = first == enclosing;
    if (is_enclosed) stream_->Skip(1);
    bool was_enclosed = is_enclosed;
    bool has_null_mark = false;
    while (true) {
      MAHI_ASSIGN_OR_RETURN(int byte, stream_->Peek());
      if (byte < 0) {
        Finish(field, was_enclosed, has_null_mark);
        return End::kFile;
      }
      if (is_enclosed && byte == enclosing) {
        MAHI_ASSIGN_OR_RETURN(int next, stream_->Peek(1));
        stream_->Skip(1);
        if (next == enclosing) {
          field->text.push_back(static_cast<char>(byte));
          stream_->Skip(1);
          continue;
        }
        // It closes the field only in front of a terminator.
        MAHI_ASSIGN_OR_RETURN(bool field_ends, stream_->StartsWith(format_.fields_terminated_by));
        MAHI_ASSIGN_OR_RETURN(bool line_ends, stream_->StartsWith(format_.lines_terminated_by));
        if (field_ends || line_ends || next < 0) {
          is_enclosed = false;
        } else {
          field->text.push_back(static_cast<char>(byte));
        }
        continue;
      }
      if (byte == escape) {
        MAHI_ASSIGN_OR_RETURN(int next, stream_->Peek(1));
        if (next >= 0) {
          if (next == 'N' && field->text.empty()) has_null_mark = true;
          field->text.push_back(Unescape(static_cast<char>(next)));
          stream_->Skip(2);
          continue;
        }
      }
      if (!is_enclosed) {
        MAHI_ASSIGN_OR_RETURN(bool field_ends, stream_->StartsWith(format_.fields_terminated_by));
        if (field_ends) {
          stream_->Skip(format_.fields_terminated_by.size());
          Finish(field, was_enclosed, has_null_mark);
          return End::kField;
        }
        MAHI_ASSIGN_OR_RETURN(bool line_ends, stream_->StartsWith(format_.lines_terminated_by));
        if (line_ends) {
          stream_->Skip(format_.lines_terminated_by.size());
          Finish(field, was_enclosed, has_null_mark);
          return End::kLine;
        }
      }
      field->text.push_back(static_cast<char>(byte));
      stream_->Skip(1);
    }
  }

  // \N is NULL; so is the word NULL where fields may be enclosed and this one is not.
  void Finish(Field* field, bool was_enclosed, bool has_null_mark) {
    if (was_enclosed) return;
    field->is_null = (has_null_mark && field->text == "N") ||
                     (!format_.fields_enclosed_by.empty() && field->text == "NULL") ||
                     (format_.fields_escaped_by.empty() && field->text == "NULL");
  }

  Status StoreRow(uint32_t row) {
    size_t width = batch_.column_count();
    if (field_count_ < width) {
      MAHI_RETURN_IF_ERROR(Complain(Error(ER_WARN_TOO_FEW_RECORDS, row_number_)));
    } else if (field_count_ > width) {
      MAHI_RETURN_IF_ERROR(Complain(Error(ER_WARN_TOO_MANY_RECORDS, row_number_)));
    }
    for (size_t i = 0; i < width; ++i) {
      Vector& column = batch_.column(i);
      if (i >= field_count_ || fields_[i].is_null) {
        column.SetNull(row);
        continue;
      }
      const Charset& target = column.type().charset();
      if (file_charset_ == nullptr || file_charset_->is_binary() || target.is_binary() ||
          file_charset_->id == target.id) {
        column.SetString(row, fields_[i].text);
      } else {
        converted_.clear();
        ConvertCharset(fields_[i].text, *file_charset_, target, &converted_);
        column.SetString(row, converted_);
      }
    }
    return Status::Ok();
  }

  Status Complain(const Error& error) {
    if (evaluation().is_strict() && !load_.is_local) return error;
    if (evaluation().diagnostics != nullptr) evaluation().diagnostics->Warn(error);
    return Status::Ok();
  }

  const LoadFileNode& load_;
  const FileFormat& format_;
  const Charset* file_charset_ = nullptr;
  std::unique_ptr<ByteStream> stream_;
  std::vector<Field> fields_;
  size_t field_count_ = 0;
  uint64_t row_number_ = 0;
  std::string converted_;
  Batch batch_;
};

}  // namespace

Result<OperatorPtr> MakeLoadFile(Runtime& runtime, const PhysicalLoadFile& node) {
  return OperatorPtr(new LoadFileOperator(runtime, node));
}

}  // namespace mahi
