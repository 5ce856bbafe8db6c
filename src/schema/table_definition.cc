#include "schema/table_definition.h"

#include <strings.h>

namespace mahi {

namespace {
bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}
}  // namespace

const Column* TableDefinition::FindColumn(std::string_view column_name) const {
  auto ordinal = ColumnOrdinal(column_name);
  return ordinal ? &columns[*ordinal] : nullptr;
}

std::optional<uint32_t> TableDefinition::ColumnOrdinal(std::string_view column_name) const {
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (SameName(columns[i].name, column_name)) return i;
  }
  return std::nullopt;
}

const Index* TableDefinition::FindIndex(std::string_view index_name) const {
  for (const Index& index : indexes) {
    if (SameName(index.name, index_name)) return &index;
  }
  return nullptr;
}

std::optional<uint32_t> TableDefinition::auto_increment_column() const {
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (columns[i].is_auto_increment) return i;
  }
  return std::nullopt;
}

}  // namespace mahi
