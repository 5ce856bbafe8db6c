// Registers INFORMATION_SCHEMA, performance_schema, sys and the views of accounts in mysql with the catalog.
// Thread safety: called once, before sessions start.
#pragma once

namespace mahi {

class Catalog;

void RegisterSystemViews(Catalog* catalog);

}  // namespace mahi
