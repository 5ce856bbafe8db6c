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
  DeclareRoutineViews(catalog);
  DeclarePrivilegeViews(catalog);
  DeclareInnodbViews(catalog);
  DeclareMiscellaneousViews(catalog);
  DeclareEventViews(catalog);
  DeclareReplicationViews(catalog);
  DeclareLockViews(catalog);
  DeclareSys(catalog);
  DeclareMysql(catalog);
}

}  // namespace mahi
