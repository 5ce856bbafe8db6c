#include "catalog/schema_reader.h"

namespace mahi {

Result<SchemaObject> SchemaReader::GetTable(std::string_view schema, std::string_view name, TableIntent intent) {
  MAHI_ASSIGN_OR_RETURN(SchemaObject object, FindTable(schema, name, intent));
  if (object) return object;
  MAHI_ASSIGN_OR_RETURN(const SchemaRef found, FindSchema(schema));
  if (!found) return Error(ER_BAD_DB_ERROR, schema);
  return Error(ER_NO_SUCH_TABLE, schema, name);
}

}  // namespace mahi
