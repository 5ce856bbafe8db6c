#include "client/cli/result_writer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "client/cli/text_width.h"

namespace mahi::client {
namespace {

constexpr const char* kDim = "\x1b[2m";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kPlain = "\x1b[0m";

class BaseWriter : public ResultWriter {
 public:
  BaseWriter(const FormatOptions& options, TextSink sink) : options_(options), sink_(std::move(sink)) {}
  void Begin(const std::vector<Column>& columns) override { columns_ = &columns; }

 protected:
  bool IsHex(size_t i) const { return options_.binary_as_hex && (*columns_)[i].is_binary(); }
  // The value's bytes as they are to be shown.
  std::string_view Text(const Value& value, size_t i) {
    if (value.is_null()) return "NULL";
    if (!IsHex(i)) {
      if (value.kind() == Value::Kind::kBytes) return value.bytes();
      scratch_ = value.AsString();
      return scratch_;
    }
    scratch_ = "0x";
    for (char c : value.bytes()) scratch_ += fmt::format("{:02X}", static_cast<uint8_t>(c));
    return scratch_;
  }
  void Emit(std::string_view text) { out_.append(text); }
  void Flush() {
    sink_(out_);
    out_.clear();
  }
  const std::vector<Column>& columns() const { return *columns_; }

  FormatOptions options_;
  std::string out_;

 private:
  TextSink sink_;
  const std::vector<Column>* columns_ = nullptr;
  std::string scratch_;
};

// +---+------+
// | a | b    |
// +---+------+
class TableWriter : public BaseWriter {
 public:
  using BaseWriter::BaseWriter;
  bool needs_measuring() const override { return true; }
  void Begin(const std::vector<Column>& columns) override {
    BaseWriter::Begin(columns);
    for (const Column& column : columns) {
      widths_.push_back(std::max<size_t>(options_.column_names ? DisplayWidth(column.name) : 0,
                                         column.is_not_null() ? 0 : 4));
    }
  }
  void Measure(const Row& row) override {
    for (size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], DisplayWidth(Text(row[i], i)));
  }
  size_t width() const override {
    size_t all = 1;
    for (size_t one : widths_) all += one + 3;
    return all;
  }
  void Write(const Row& row) override {
    Head();
    for (size_t i = 0; i < row.size(); ++i) {
      Emit(i == 0 ? "| " : " | ");
      std::string_view text = Text(row[i], i);
      size_t pad = widths_[i] - std::min(widths_[i], DisplayWidth(text));
      bool right = columns()[i].is_numeric() && !IsHex(i);
      if (right) out_.append(pad, ' ');
      bool dim = options_.color && row[i].is_null();
      if (dim) Emit(kDim);
      size_t at = out_.size();
      Emit(text);
      std::replace(out_.begin() + static_cast<std::ptrdiff_t>(at), out_.end(), '\0', ' ');
      if (dim) Emit(kPlain);
      if (!right) out_.append(pad, ' ');
    }
    Emit(" |\n");
    if (out_.size() > 64 * 1024) Flush();
  }
  void End() override {
    Head();
    Line();
    Flush();
  }

 private:
  void Line() {
    for (size_t one : widths_) {
      out_.push_back('+');
      out_.append(one + 2, '-');
    }
    Emit("+\n");
  }
  void Head() {
    if (has_head_) return;
    has_head_ = true;
    Line();
    if (!options_.column_names) return;
    for (size_t i = 0; i < widths_.size(); ++i) {
      Emit(i == 0 ? "| " : " | ");
      if (options_.color) Emit(kBold);
      Emit(columns()[i].name);
      if (options_.color) Emit(kPlain);
      out_.append(widths_[i] - DisplayWidth(columns()[i].name), ' ');
    }
    Emit(" |\n");
    Line();
  }
  std::vector<size_t> widths_;
  bool has_head_ = false;
};

class VerticalWriter : public BaseWriter {
 public:
  using BaseWriter::BaseWriter;
  void Begin(const std::vector<Column>& columns) override {
    BaseWriter::Begin(columns);
    for (const Column& column : columns) name_width_ = std::max(name_width_, DisplayWidth(column.name));
  }
  void Write(const Row& row) override {
    ++number_;
    if (options_.column_names) {
      Emit(fmt::format("*************************** {}. row ***************************\n", number_));
    }
    for (size_t i = 0; i < row.size(); ++i) {
      if (options_.column_names) {
        out_.append(name_width_ - DisplayWidth(columns()[i].name), ' ');
        Emit(columns()[i].name);
        Emit(": ");
      }
      bool dim = options_.color && row[i].is_null();
      if (dim) Emit(kDim);
      Emit(Text(row[i], i));
      if (dim) Emit(kPlain);
      out_.push_back('\n');
    }
    Flush();
  }

 private:
  size_t name_width_ = 0;
  uint64_t number_ = 0;
};

class TsvWriter : public BaseWriter {
 public:
  using BaseWriter::BaseWriter;
  void Begin(const std::vector<Column>& columns) override {
    BaseWriter::Begin(columns);
  }
  void Write(const Row& row) override {
    Head();
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out_.push_back('\t');
      Escaped(Text(row[i], i));
    }
    out_.push_back('\n');
    if (out_.size() > 64 * 1024) Flush();
  }
  void End() override { Flush(); }

 private:
  // As mysql, names are not written above an empty result.
  void Head() {
    if (has_head_) return;
    has_head_ = true;
    if (!options_.column_names) return;
    for (size_t i = 0; i < columns().size(); ++i) {
      if (i != 0) out_.push_back('\t');
      Escaped(columns()[i].name);
    }
    out_.push_back('\n');
  }
  void Escaped(std::string_view text) {
    if (options_.raw) return Emit(text);
    for (char c : text) {
      switch (c) {
        case '\0': Emit("\\0"); break;
        case '\t': Emit("\\t"); break;
        case '\n': Emit("\\n"); break;
        case '\\': Emit("\\\\"); break;
        default: out_.push_back(c);
      }
    }
  }
  bool has_head_ = false;
};

class CsvWriter : public BaseWriter {
 public:
  using BaseWriter::BaseWriter;
  void Begin(const std::vector<Column>& columns) override {
    BaseWriter::Begin(columns);
    if (!options_.column_names) return;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i != 0) out_.push_back(',');
      Field(columns[i].name);
    }
    out_.push_back('\n');
  }
  void Write(const Row& row) override {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out_.push_back(',');
      if (!row[i].is_null()) Field(Text(row[i], i));
    }
    out_.push_back('\n');
    if (out_.size() > 64 * 1024) Flush();
  }
  void End() override { Flush(); }

 private:
  void Field(std::string_view text) {
    if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) return Emit(text);
    out_.push_back('"');
    for (char c : text) {
      if (c == '"') out_.push_back('"');
      out_.push_back(c);
    }
    out_.push_back('"');
  }
};

bool IsJsonNumber(std::string_view text) {
  size_t i = !text.empty() && text[0] == '-' ? 1 : 0;
  if (i >= text.size() || !std::isdigit(static_cast<unsigned char>(text[i]))) return false;
  if (text[i] == '0' && i + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[i + 1]))) return false;
  return text.find_first_not_of("0123456789+-.eE", i) == std::string_view::npos && text.back() != '.';
}

class JsonWriter : public BaseWriter {
 public:
  using BaseWriter::BaseWriter;
  void Begin(const std::vector<Column>& columns) override {
    BaseWriter::Begin(columns);
    options_.binary_as_hex = true;  // JSON text is Unicode
    Emit("[");
  }
  void Write(const Row& row) override {
    Emit(first_ ? "\n  {" : ",\n  {");
    first_ = false;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != 0) Emit(", ");
      String(columns()[i].name);
      Emit(": ");
      if (row[i].is_null()) {
        Emit("null");
        continue;
      }
      std::string_view text = Text(row[i], i);
      bool as_is = columns()[i].type == Type::kJson || (columns()[i].is_numeric() && IsJsonNumber(text));
      if (as_is) {
        Emit(text);
      } else {
        String(text);
      }
    }
    Emit("}");
    if (out_.size() > 64 * 1024) Flush();
  }
  void End() override {
    Emit(first_ ? "]\n" : "\n]\n");
    Flush();
  }

 private:
  void String(std::string_view text) {
    out_.push_back('"');
    for (char c : text) {
      switch (c) {
        case '"': Emit("\\\""); break;
        case '\\': Emit("\\\\"); break;
        case '\n': Emit("\\n"); break;
        case '\r': Emit("\\r"); break;
        case '\t': Emit("\\t"); break;
        default:
          if (static_cast<unsigned char>(c) < 0x20) {
            Emit(fmt::format("\\u{:04x}", static_cast<unsigned char>(c)));
          } else {
            out_.push_back(c);
          }
      }
    }
    out_.push_back('"');
  }
  bool first_ = true;
};

class MarkdownWriter : public BaseWriter {
 public:
  using BaseWriter::BaseWriter;
  void Begin(const std::vector<Column>& columns) override {
    BaseWriter::Begin(columns);
    for (const Column& column : columns) {
      Emit("| ");
      Cell(column.name);
      out_.push_back(' ');
    }
    Emit("|\n");
    for (const Column& column : columns) Emit(column.is_numeric() ? "|---:" : "|---");
    Emit("|\n");
  }
  void Write(const Row& row) override {
    for (size_t i = 0; i < row.size(); ++i) {
      Emit("| ");
      Cell(Text(row[i], i));
      out_.push_back(' ');
    }
    Emit("|\n");
    if (out_.size() > 64 * 1024) Flush();
  }
  void End() override { Flush(); }

 private:
  void Cell(std::string_view text) {
    for (char c : text) {
      if (c == '|') {
        Emit("\\|");
      } else if (c == '\n') {
        Emit("<br>");
      } else if (c != '\r') {
        out_.push_back(c);
      }
    }
  }
};

class MarkupWriter : public BaseWriter {
 public:
  using BaseWriter::BaseWriter;

 protected:
  void Encoded(std::string_view text) {
    for (char c : text) {
      switch (c) {
        case '&': Emit("&amp;"); break;
        case '<': Emit("&lt;"); break;
        case '>': Emit("&gt;"); break;
        case '"': Emit("&quot;"); break;
        default: out_.push_back(c);
      }
    }
  }
};

class HtmlWriter : public MarkupWriter {
 public:
  using MarkupWriter::MarkupWriter;
  void Begin(const std::vector<Column>& columns) override {
    MarkupWriter::Begin(columns);
    Emit("<TABLE BORDER=1>");
    if (!options_.column_names) return;
    Emit("<TR>");
    for (const Column& column : columns) {
      Emit("<TH>");
      Encoded(column.name);
      Emit("</TH>");
    }
    Emit("</TR>");
  }
  void Write(const Row& row) override {
    Emit("<TR>");
    for (size_t i = 0; i < row.size(); ++i) {
      Emit("<TD>");
      Encoded(Text(row[i], i));
      Emit("</TD>");
    }
    Emit("</TR>");
    if (out_.size() > 64 * 1024) Flush();
  }
  void End() override {
    Emit("</TABLE>");
    Flush();
  }
};

class XmlWriter : public MarkupWriter {
 public:
  using MarkupWriter::MarkupWriter;
  void Begin(const std::vector<Column>& columns) override {
    MarkupWriter::Begin(columns);
    Emit("<?xml version=\"1.0\"?>\n\n<resultset statement=\"");
    Encoded(options_.statement);
    Emit("\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">");
  }
  void Write(const Row& row) override {
    Emit(first_ ? "\n  <row>\n" : "\n\n  <row>\n");
    first_ = false;
    for (size_t i = 0; i < row.size(); ++i) {
      Emit("\t<field name=\"");
      Encoded(columns()[i].name);
      if (row[i].is_null()) {
        Emit("\" xsi:nil=\"true\" />\n");
        continue;
      }
      Emit("\">");
      Encoded(Text(row[i], i));
      Emit("</field>\n");
    }
    Emit("  </row>");
    if (out_.size() > 64 * 1024) Flush();
  }
  void End() override {
    Emit("\n</resultset>\n");
    Flush();
  }

 private:
  bool first_ = true;
};

}  // namespace

std::unique_ptr<ResultWriter> MakeResultWriter(OutputFormat format, const FormatOptions& options, TextSink sink) {
  switch (format) {
    case OutputFormat::kVertical: return std::make_unique<VerticalWriter>(options, std::move(sink));
    case OutputFormat::kTsv: return std::make_unique<TsvWriter>(options, std::move(sink));
    case OutputFormat::kCsv: return std::make_unique<CsvWriter>(options, std::move(sink));
    case OutputFormat::kJson: return std::make_unique<JsonWriter>(options, std::move(sink));
    case OutputFormat::kMarkdown: return std::make_unique<MarkdownWriter>(options, std::move(sink));
    case OutputFormat::kHtml: return std::make_unique<HtmlWriter>(options, std::move(sink));
    case OutputFormat::kXml: return std::make_unique<XmlWriter>(options, std::move(sink));
    case OutputFormat::kDefault:
    case OutputFormat::kTable: break;
  }
  return std::make_unique<TableWriter>(options, std::move(sink));
}

}  // namespace mahi::client
