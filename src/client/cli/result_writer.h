// ResultWriter: prints the rows of one result in one of the output formats.
//
//   auto writer = MakeResultWriter(format, options, sink);
//   writer->Begin(columns);
//   if (writer->needs_measuring()) for (row) writer->Measure(row);
//   for (row) writer->Write(row);
//   writer->End();
//
// Table, vertical, tab-separated, HTML and XML look as mysql's; CSV is RFC 4180 (NULL is an empty field, the
// empty string ""); JSON is an array of objects; Markdown a pipe table.
// Source: MySQL 8.4 manual, "mysql Client Options".
// Thread safety: none.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/settings.h"
#include "mahi/client.h"

namespace mahi::client {

struct FormatOptions {
  bool column_names = true;
  bool raw = false;            // no escapes in tab-separated output
  bool binary_as_hex = false;
  bool color = false;
  std::string statement;       // for XML
};
using TextSink = std::function<void(std::string_view)>;

class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual void Begin(const std::vector<Column>& columns) = 0;
  virtual bool needs_measuring() const { return false; }
  virtual void Measure(const Row&) {}
  virtual void Write(const Row& row) = 0;
  virtual void End() {}
  // Of a table: columns on the terminal.
  virtual size_t width() const { return 0; }
};

std::unique_ptr<ResultWriter> MakeResultWriter(OutputFormat format, const FormatOptions& options, TextSink sink);

}  // namespace mahi::client
