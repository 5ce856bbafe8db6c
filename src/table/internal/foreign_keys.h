// Foreign keys: checks of child rows and the actions that follow changes of parent rows.
// Thread safety: belongs to the statement's thread.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "table/table_context.h"
#include "table/table_writer.h"

namespace mahi {

// What is the same for all rows that one statement (with all its cascades) changes.
struct CascadeState {
  int depth = 0;
  std::map<uint64_t, std::unique_ptr<TableWriter>> writers;  // of child tables, by table id
};
inline constexpr int kMaxCascadeDepth = 15;

// "`db`.`child`, CONSTRAINT `name` FOREIGN KEY (`a`) REFERENCES `parent` (`b`) ON DELETE CASCADE".
std::string ForeignKeyText(const TableDefinition& child, const ForeignKey& key);

// 1452 unless the parent of `row` by `key` exists; `own_row` is set when the row itself may be its parent. Locks the parent.
Status CheckParentExists(TableContext* context, const TableRef& child, const ForeignKey& key,
                         std::span<const Datum> row, bool locks);

// A key of another (or the same) table that refers to this one, resolved.
struct IncomingKey {
  TableRef child;
  const ForeignKey* key;                // of child
  std::vector<uint32_t> parent_columns; // ordinals in the parent, as key->columns
};
Result<std::vector<IncomingKey>> FindIncomingKeys(TableContext* context, const TableDefinition& parent);

// Before the parent row changes: 1451 when a RESTRICT key has children. `new_row` is empty for a delete.
Status CheckRestrict(TableContext* context, const TableDefinition& parent, const IncomingKey& incoming,
                     std::span<const Datum> old_row, std::span<const Datum> new_row, std::string_view locator);
// After it: CASCADE and SET NULL.
Status Cascade(TableContext* context, CascadeState* state, const TableDefinition& parent, const IncomingKey& incoming,
               std::span<const Datum> old_row, std::span<const Datum> new_row);

// A writer that takes part in somebody's cascade.
Result<std::unique_ptr<TableWriter>> OpenCascadeWriter(TableContext* context, TableRef table, CascadeState* state);

}  // namespace mahi
