// SchemaReader: names -> definitions, as one statement sees them. What the binder and the optimizer consult.
//
// Finding an object takes its metadata lock for the statement's transaction, so that the definition stays
// valid until the transaction ends. Temporary tables hide others of the same name.
// Thread safety: belongs to the session's thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "catalog/statistics.h"
#include "schema/table_definition.h"
#include "schema/view_definition.h"

namespace mahi {

class VirtualTable;

// What the statement is going to do with the object; decides the metadata lock.
enum class TableIntent : uint8_t {
  kInspect,    // definition only (SHOW, DESCRIBE): SH
  kRead,       // SR
  kWrite,      // SW, with intention locks on the schema and globally
  kAlter,      // SU, to be upgraded to X by the executor of the DDL
  kExclusive,  // X
};

// At most one of the three is set; none: no such object.
struct SchemaObject {
  TableRef table;
  ViewRef view;
  const VirtualTable* virtual_table = nullptr;
  explicit operator bool() const { return table || view || virtual_table; }
};

class SchemaReader {
 public:
  virtual ~SchemaReader() = default;
  // Null when there is no such database.
  virtual Result<SchemaRef> FindSchema(std::string_view name) = 0;
  virtual Result<SchemaObject> FindTable(std::string_view schema, std::string_view name, TableIntent intent) = 0;
  // The definition that FindTable would give, without a lock and without temporary tables (foreign key parents).
  virtual Result<SchemaObject> PeekTable(std::string_view schema, std::string_view name) = 0;
  virtual StatisticsSource& statistics() = 0;

  // FindTable, or ER_NO_SUCH_TABLE (1146) / ER_BAD_DB_ERROR (1049).
  Result<SchemaObject> GetTable(std::string_view schema, std::string_view name, TableIntent intent);
};

}  // namespace mahi
