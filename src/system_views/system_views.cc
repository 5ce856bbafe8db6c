#include "system_views/system_views.h"

#include "system_views/internal/system_table.h"

namespace mahi {

void RegisterSystemViews(Catalog* catalog) {
  catalog->AddVirtualSchema(kInformationSchema);
  catalog->AddVirtualSchema(kPerformanceSchema);
  DeclareTableViews(catalog);
  DeclareColumnViews(catalog);
  DeclareConstraintViews(catalog);
  DeclareCharsetViews(catalog);
  DeclareServerViews(catalog);
}

}  // namespace mahi
