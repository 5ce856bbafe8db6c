// Bytes of definitions in the dictionary; docs/formats/dictionary.md has the layout.
//
// Every record begins with its format version. Integers are varints, strings are length-prefixed. Readers return false
// for damaged bytes and for versions that they do not know.
// Thread safety: stateless.
#pragma once

#include <string>
#include <string_view>

#include "catalog/statistics.h"
#include "schema/table_definition.h"
#include "schema/view_definition.h"

namespace mahi {

void EncodeSchema(const SchemaDefinition& schema, std::string* out);
bool DecodeSchema(std::string_view bytes, SchemaDefinition* schema);
void EncodeTable(const TableDefinition& table, std::string* out);
bool DecodeTable(std::string_view bytes, TableDefinition* table);
void EncodeView(const ViewDefinition& view, std::string* out);
bool DecodeView(std::string_view bytes, ViewDefinition* view);
void EncodeStatistics(const TableStatistics& statistics, std::string* out);
bool DecodeStatistics(std::string_view bytes, TableStatistics* statistics);

}  // namespace mahi
