// Completion: words for the Tab key: keywords, functions, names of databases, tables and columns.
//
// Names are read from INFORMATION_SCHEMA at the first Tab and after the database changes.
// Thread safety: none.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/line_editor.h"
#include "mahi/client.h"

namespace mahi::client {

class Completion {
 public:
  // Names are read anew at the next use.
  void Forget() { is_loaded_ = false; }
  void Load(Connection* connection);
  LineEditor::Candidates Complete(std::string_view line, size_t cursor) const;
  bool is_loaded() const { return is_loaded_; }

  // For tests.
  void AddTable(const std::string& schema, const std::string& table, const std::vector<std::string>& columns,
                bool is_current);

 private:
  bool is_loaded_ = false;
  std::vector<std::string> databases_;
  std::map<std::string, std::vector<std::string>> tables_of_;   // database -> tables
  std::map<std::string, std::vector<std::string>> columns_of_;  // table of the current database -> columns
  std::vector<std::string> tables_;
};

bool IsKeyword(std::string_view word);

}  // namespace mahi::client
