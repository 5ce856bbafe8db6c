#include "table/internal/foreign_keys.h"

#include <algorithm>

#include "table/internal/table_access.h"
#include "table/table_scan.h"
#include "types/conversion.h"

namespace mahi {
namespace {

// An index whose first parts are `columns` whole, in this order; kRowIndex-like ~0 when there is none.
uint32_t FindIndexOn(const TableDefinition& table, const std::vector<uint32_t>& columns) {
  for (uint32_t i = 0; i < table.indexes.size(); ++i) {
    const Index& index = table.indexes[i];
    if (index.kind == IndexKind::kFulltext || index.kind == IndexKind::kSpatial) continue;
    if (index.parts.size() < columns.size()) continue;
    bool fits = true;
    for (size_t k = 0; k < columns.size(); ++k) {
      fits &= index.parts[k].column == columns[k] && index.parts[k].prefix_length == 0;
    }
    if (fits) return i;
  }
  return kRowIndex;
}

std::vector<uint32_t> AllOrdinals(const TableDefinition& table) {
  std::vector<uint32_t> ordinals(table.columns.size());
  for (uint32_t i = 0; i < ordinals.size(); ++i) ordinals[i] = i;
  return ordinals;
}

// The scan of the rows of `table` whose `columns` equal `values`; without an index it reads everything and `is_exact`
// becomes false.
Result<std::unique_ptr<TableScan>> OpenEqualScan(TableContext* context, const TableRef& table,
                                                 const std::vector<uint32_t>& columns,
                                                 const std::vector<Datum>& values, std::vector<uint32_t> ordinals,
                                                 LockMode lock, uint64_t row_limit, bool* is_exact) {
  ScanSpec spec;
  spec.table = table;
  spec.ordinals = std::move(ordinals);
  spec.outputs_locator = true;
  spec.lock = lock;
  spec.row_limit = row_limit;
  spec.index = FindIndexOn(*table, columns);
  *is_exact = spec.index != kRowIndex;
  if (*is_exact) {
    IndexRange range;
    range.lower = values;
    range.upper = values;
    spec.ranges.push_back(std::move(range));
  }
  return TableScan::Open(context, std::move(spec));
}

bool RowMatches(const Batch& batch, uint32_t row, const TableDefinition& table, const std::vector<uint32_t>& columns,
                const std::vector<Datum>& values) {
  for (size_t i = 0; i < columns.size(); ++i) {
    const Vector& vector = batch.column(columns[i]);
    if (vector.IsNull(row) || CompareDatum(vector.GetDatum(row), values[i], table.columns[columns[i]].type) != 0) {
      return false;
    }
  }
  return true;
}

const char* ActionText(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::kNoAction: return nullptr;
    case ReferentialAction::kRestrict: return "RESTRICT";
    case ReferentialAction::kCascade: return "CASCADE";
    case ReferentialAction::kSetNull: return "SET NULL";
    case ReferentialAction::kSetDefault: return "SET DEFAULT";
  }
  return nullptr;
}

bool IsRestricting(ReferentialAction action) {
  return action != ReferentialAction::kCascade && action != ReferentialAction::kSetNull;
}

ReferentialAction ActionOf(const TableDefinition& parent, const IncomingKey& incoming, bool is_delete) {
  if (is_delete) return incoming.key->on_delete;
  // An update that would recurse into the same table acts like RESTRICT.
  if (incoming.child->id == parent.id) return ReferentialAction::kRestrict;
  return incoming.key->on_update;
}

// The referenced values of a row; empty when one is NULL (then nothing refers to it).
std::vector<Datum> ReferencedValues(const IncomingKey& incoming, std::span<const Datum> row) {
  std::vector<Datum> values;
  for (uint32_t column : incoming.parent_columns) {
    if (row[column].is_null) return {};
    values.push_back(row[column]);
  }
  return values;
}

bool IsReferencedPartUnchanged(const TableDefinition& parent, const IncomingKey& incoming,
                               std::span<const Datum> old_row, std::span<const Datum> new_row) {
  for (uint32_t column : incoming.parent_columns) {
    if (old_row[column].is_null != new_row[column].is_null) return false;
    if (!old_row[column].is_null &&
        CompareDatum(old_row[column], new_row[column], parent.columns[column].type) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string ForeignKeyText(const TableDefinition& child, const ForeignKey& key) {
  const auto quoted = [](std::string_view name) {
    std::string text = "`";
    for (char c : name) {
      if (c == '`') text.push_back('`');
      text.push_back(c);
    }
    return text + "`";
  };
  std::string text = quoted(child.schema) + "." + quoted(child.name) + ", CONSTRAINT " + quoted(key.name) +
                     " FOREIGN KEY (";
  for (size_t i = 0; i < key.columns.size(); ++i) {
    if (i != 0) text += ", ";
    text += quoted(child.columns[key.columns[i]].name);
  }
  text += ") REFERENCES ";
  if (key.referenced_schema != child.schema) text += quoted(key.referenced_schema) + ".";
  text += quoted(key.referenced_table) + " (";
  for (size_t i = 0; i < key.referenced_columns.size(); ++i) {
    if (i != 0) text += ", ";
    text += quoted(key.referenced_columns[i]);
  }
  text += ")";
  if (const char* action = ActionText(key.on_delete)) text += std::string(" ON DELETE ") + action;
  if (const char* action = ActionText(key.on_update)) text += std::string(" ON UPDATE ") + action;
  return text;
}

Status CheckParentExists(TableContext* context, const TableRef& child, const ForeignKey& key,
                         std::span<const Datum> row, bool locks) {
  std::vector<Datum> values;
  for (uint32_t column : key.columns) {
    if (row[column].is_null) return Status::Ok();
    values.push_back(row[column]);
  }
  Transaction* transaction = context->transaction;
  const Error missing(ER_NO_REFERENCED_ROW_2, ForeignKeyText(*child, key));
  TableRef parent = child;
  if (key.referenced_schema != child->schema || key.referenced_table != child->name) {
    MAHI_RETURN_IF_ERROR(transaction->mdl().AcquireTable(key.referenced_schema, key.referenced_table,
                                                         MdlType::kSharedRead, MdlDuration::kTransaction,
                                                         transaction->options().lock_wait_timeout_ms));
    MAHI_ASSIGN_OR_RETURN(parent,
                          context->catalog->FindTable(transaction, key.referenced_schema, key.referenced_table));
  }
  if (!parent) return missing;
  std::vector<uint32_t> columns;
  for (const std::string& name : key.referenced_columns) {
    const auto ordinal = parent->ColumnOrdinal(name);
    if (!ordinal) return missing;
    columns.push_back(*ordinal);
  }
  if (parent->id == child->id) {
    // A row may be its own parent.
    bool is_own = true;
    for (size_t i = 0; i < columns.size() && is_own; ++i) {
      is_own = !row[columns[i]].is_null &&
               CompareDatum(row[columns[i]], values[i], parent->columns[columns[i]].type) == 0;
    }
    if (is_own) return Status::Ok();
  }
  bool is_exact = false;
  // Parents are looked for in the latest state, so the scan locks even when the caller would not.
  MAHI_ASSIGN_OR_RETURN(std::unique_ptr<TableScan> scan,
                        OpenEqualScan(context, parent, columns, values, columns, LockMode::kShared, 1, &is_exact));
  Batch batch(scan->types());
  std::vector<uint32_t> positions(columns.size());
  while (true) {
    MAHI_ASSIGN_OR_RETURN(const bool more, scan->Next(&batch));
    if (!more) return missing;
    if (is_exact) return Status::Ok();
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      bool matches = true;
      for (size_t k = 0; k < columns.size() && matches; ++k) {
        matches = !batch.column(k).IsNull(i) &&
                  CompareDatum(batch.column(k).GetDatum(i), values[k], parent->columns[columns[k]].type) == 0;
      }
      if (matches) return Status::Ok();
    }
  }
}

Result<std::vector<IncomingKey>> FindIncomingKeys(TableContext* context, const TableDefinition& parent) {
  std::vector<IncomingKey> result;
  if (parent.is_temporary) return result;
  Catalog& catalog = *context->catalog;
  Transaction* transaction = context->transaction;
  if (!catalog.IsReferenced(transaction, parent.schema, parent.name)) return result;
  for (const ReferencingKey& reference : catalog.ReferencingKeys(transaction, parent.schema, parent.name)) {
    MAHI_RETURN_IF_ERROR(transaction->mdl().AcquireTable(reference.schema, reference.table, MdlType::kSharedWrite,
                                                         MdlDuration::kTransaction,
                                                         transaction->options().lock_wait_timeout_ms));
    MAHI_ASSIGN_OR_RETURN(TableRef child, catalog.FindTable(transaction, reference.schema, reference.table));
    if (!child) continue;
    for (const ForeignKey& key : child->foreign_keys) {
      if (key.name != reference.constraint || key.referenced_table != parent.name ||
          key.referenced_schema != parent.schema) {
        continue;
      }
      IncomingKey incoming{child, &key, {}};
      for (const std::string& name : key.referenced_columns) {
        if (const auto ordinal = parent.ColumnOrdinal(name)) incoming.parent_columns.push_back(*ordinal);
      }
      if (incoming.parent_columns.size() == key.columns.size()) result.push_back(std::move(incoming));
    }
  }
  return result;
}

Status CheckRestrict(TableContext* context, const TableDefinition& parent, const IncomingKey& incoming,
                     std::span<const Datum> old_row, std::span<const Datum> new_row, std::string_view locator) {
  const bool is_delete = new_row.empty();
  if (!IsRestricting(ActionOf(parent, incoming, is_delete))) return Status::Ok();
  if (!is_delete && IsReferencedPartUnchanged(parent, incoming, old_row, new_row)) return Status::Ok();
  const std::vector<Datum> values = ReferencedValues(incoming, old_row);
  if (values.empty()) return Status::Ok();
  bool is_exact = false;
  MAHI_ASSIGN_OR_RETURN(std::unique_ptr<TableScan> scan,
                        OpenEqualScan(context, incoming.child, incoming.key->columns, values,
                                      AllOrdinals(*incoming.child), LockMode::kShared, 2, &is_exact));
  Batch batch(scan->types());
  const size_t locator_column = incoming.child->columns.size();
  while (true) {
    MAHI_ASSIGN_OR_RETURN(const bool more, scan->Next(&batch));
    if (!more) return Status::Ok();
    for (uint32_t i = 0; i < batch.row_count(); ++i) {
      if (!is_exact && !RowMatches(batch, i, *incoming.child, incoming.key->columns, values)) continue;
      // A row that refers to itself does not stand in its own way.
      if (batch.column(locator_column).String(i) == locator) continue;
      return Error(ER_ROW_IS_REFERENCED_2, ForeignKeyText(*incoming.child, *incoming.key));
    }
  }
}

Status Cascade(TableContext* context, CascadeState* state, const TableDefinition& parent, const IncomingKey& incoming,
               std::span<const Datum> old_row, std::span<const Datum> new_row) {
  const bool is_delete = new_row.empty();
  const ReferentialAction action = ActionOf(parent, incoming, is_delete);
  if (IsRestricting(action)) return Status::Ok();
  if (!is_delete && IsReferencedPartUnchanged(parent, incoming, old_row, new_row)) return Status::Ok();
  const std::vector<Datum> values = ReferencedValues(incoming, old_row);
  if (values.empty()) return Status::Ok();
  if (state->depth >= kMaxCascadeDepth) {
    return Error(ER_FK_DEPTH_EXCEEDED, kMaxCascadeDepth);
  }
  bool is_exact = false;
  MAHI_ASSIGN_OR_RETURN(std::unique_ptr<TableScan> scan,
                        OpenEqualScan(context, incoming.child, incoming.key->columns, values,
                                      AllOrdinals(*incoming.child), LockMode::kExclusive, ~uint64_t{0}, &is_exact));
  const uint64_t child_id = incoming.child->id;
  if (!state->writers.contains(child_id)) {
    MAHI_ASSIGN_OR_RETURN(state->writers[child_id], OpenCascadeWriter(context, incoming.child, state));
  }
  TableWriter& writer = *state->writers[child_id];
  const size_t column_count = incoming.child->columns.size();
  const bool has_generated =
      std::any_of(incoming.child->columns.begin(), incoming.child->columns.end(),
                  [](const Column& column) { return column.generated != GeneratedKind::kNone; });
  Batch batch(scan->types());
  ++state->depth;
  Status status;
  while (status.ok()) {
    Result<bool> more = scan->Next(&batch);
    if (!more.ok()) {
      status = more.TakeStatus();
      break;
    }
    if (!*more) break;
    for (uint32_t i = 0; i < batch.row_count() && status.ok(); ++i) {
      if (!is_exact && !RowMatches(batch, i, *incoming.child, incoming.key->columns, values)) continue;
      const std::string locator(batch.column(column_count).String(i));
      // The cursor is older than what the cascade did meanwhile (diamonds, self-references).
      std::vector<Datum> row;
      Result<bool> exists = writer.Read(locator, &row);
      if (!exists.ok()) {
        status = exists.TakeStatus();
        break;
      }
      if (!*exists) continue;
      // Read's buffer is used again by nested calls: keep an own copy.
      std::vector<Value> kept;
      kept.reserve(row.size());
      for (size_t c = 0; c < row.size(); ++c) kept.emplace_back(row[c], incoming.child->columns[c].type);
      std::vector<Datum> old_child;
      for (const Value& value : kept) old_child.push_back(value.datum());
      if (is_delete && action == ReferentialAction::kCascade) {
        status = writer.Delete(locator, old_child);
        continue;
      }
      std::vector<Datum> new_child = old_child;
      for (size_t k = 0; k < incoming.key->columns.size(); ++k) {
        const uint32_t column = incoming.key->columns[k];
        new_child[column] =
            action == ReferentialAction::kSetNull ? Datum::Null() : new_row[incoming.parent_columns[k]];
      }
      if (has_generated && context->generated_columns != nullptr) {
        status = context->generated_columns->Recompute(incoming.child, new_child);
        if (!status.ok()) break;
      }
      status = writer.Update(locator, old_child, new_child);
    }
  }
  --state->depth;
  return status;
}

}  // namespace mahi
