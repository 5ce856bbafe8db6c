// Whether a view may be written through, from its text: VIEWS.IS_UPDATABLE. A statement that does it is judged by the binder.
// Source: MySQL 8.4 manual, "Updatable and Insertable Views". Thread safety: stateless.
#pragma once

#include <string>
#include <vector>

#include "schema/view_definition.h"

namespace mahi {

bool IsUpdatableView(const ViewDefinition& view);

// A table named in a view's text.
struct NamedInView {
  std::string schema, name;
  bool operator<(const NamedInView& other) const { return schema != other.schema ? schema < other.schema : name < other.name; }
};
// `schema`.`name` pairs behind FROM, JOIN or a comma in the canonical text: VIEW_TABLE_USAGE.
std::vector<NamedInView> TablesOfView(const ViewDefinition& view);

}  // namespace mahi
