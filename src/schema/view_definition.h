// ViewDefinition and SchemaDefinition (a database), as immutable data.
// Thread safety: immutable after publication.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "charset/charset.h"

namespace mahi {

enum class ViewAlgorithm : uint8_t { kUndefined, kMerge, kTemptable };
enum class ViewCheckOption : uint8_t { kNone, kLocal, kCascaded };

struct ViewDefinition {
  uint64_t id = 0;
  std::string schema;
  std::string name;
  uint64_t version = 1;
  std::vector<std::string> columns;  // output names; never empty
  std::string select_text;           // canonical text with qualified names, as SHOW CREATE VIEW prints it
  ViewAlgorithm algorithm = ViewAlgorithm::kUndefined;
  ViewCheckOption check_option = ViewCheckOption::kNone;
  std::string definer_user;
  std::string definer_host;
  bool is_security_invoker = false;
  uint64_t sql_mode = 0;  // to parse select_text with
  CollationId connection_collation = 255;
  std::string client_charset = "utf8mb4";
};
using ViewRef = std::shared_ptr<const ViewDefinition>;

struct SchemaDefinition {
  uint64_t id = 0;
  std::string name;
  CollationId collation = 255;
  bool is_read_only = false;
};
using SchemaRef = std::shared_ptr<const SchemaDefinition>;

}  // namespace mahi
