#include "catalog/session_schema.h"

namespace mahi {

Result<SchemaRef> SessionSchema::FindSchema(std::string_view name) {
  return catalog_.FindSchema(&transaction_, name);
}

Status SessionSchema::LockTable(std::string_view schema, std::string_view name, TableIntent intent) {
  MdlContext& mdl = transaction_.mdl();
  MdlType type = MdlType::kSharedRead;
  switch (intent) {
    case TableIntent::kInspect: type = MdlType::kSharedHighPriority; break;
    case TableIntent::kRead: type = MdlType::kSharedRead; break;
    case TableIntent::kWrite: type = MdlType::kSharedWrite; break;
    case TableIntent::kAlter: type = MdlType::kSharedUpgradable; break;
    case TableIntent::kExclusive: type = MdlType::kExclusive; break;
  }
  if (is_lock_tables_mode_ && intent != TableIntent::kInspect) {
    const MdlKey key = MdlKey::Table(schema, name);
    if (!mdl.Holds(key, MdlType::kSharedRead)) return Error(ER_TABLE_NOT_LOCKED, name);
    if (intent != TableIntent::kRead && !mdl.Holds(key, MdlType::kSharedWrite)) {
      return Error(ER_TABLE_NOT_LOCKED_FOR_WRITE, name);
    }
  }
  if (intent >= TableIntent::kWrite) {
    MAHI_RETURN_IF_ERROR(mdl.Acquire(MdlKey::Global(), MdlType::kIntentionExclusive, MdlDuration::kStatement,
                                     lock_wait_timeout_ms_));
  }
  if (intent >= TableIntent::kAlter) {
    MAHI_RETURN_IF_ERROR(mdl.Acquire(MdlKey::Schema(schema), MdlType::kIntentionExclusive,
                                     MdlDuration::kTransaction, lock_wait_timeout_ms_));
  }
  return mdl.AcquireTable(schema, name, type, MdlDuration::kTransaction, lock_wait_timeout_ms_);
}

Result<SchemaObject> SessionSchema::FindTable(std::string_view schema, std::string_view name, TableIntent intent) {
  if (!temporary_tables_.empty()) {
    if (TableRef table = FindTemporaryTable(schema, name)) {
      SchemaObject object;
      object.table = std::move(table);
      return object;
    }
  }
  SchemaObject object;
  object.virtual_table = catalog_.FindVirtualTable(schema, name);
  if (object.virtual_table != nullptr) return object;
  MAHI_RETURN_IF_ERROR(LockTable(schema, name, intent));
  return catalog_.Find(&transaction_, schema, name);
}

Result<SchemaObject> SessionSchema::PeekTable(std::string_view schema, std::string_view name) {
  return catalog_.Find(&transaction_, schema, name);
}

TableRef SessionSchema::FindTemporaryTable(std::string_view schema, std::string_view name) const {
  if (temporary_tables_.empty()) return nullptr;
  auto found = temporary_tables_.find(std::pair<std::string, std::string>(schema, name));
  return found == temporary_tables_.end() ? nullptr : found->second;
}

Status SessionSchema::AddTemporaryTable(std::shared_ptr<TableDefinition> table) {
  if (FindTemporaryTable(table->schema, table->name)) return Error(ER_TABLE_EXISTS_ERROR, table->name);
  table->is_temporary = true;
  catalog_.AssignIds(table.get());
  catalog_.State(table->id)->row_count.store(0);
  auto key = std::make_pair(table->schema, table->name);
  temporary_tables_[std::move(key)] = std::move(table);
  return Status::Ok();
}

Status SessionSchema::ReplaceTemporaryTable(const TableRef& old_table, std::shared_ptr<TableDefinition> table) {
  auto old_key = std::make_pair(old_table->schema, old_table->name);
  auto new_key = std::make_pair(table->schema, table->name);
  if (old_key != new_key && temporary_tables_.contains(new_key)) return Error(ER_TABLE_EXISTS_ERROR, table->name);
  table->is_temporary = true;
  if (table->version <= old_table->version) table->version = old_table->version + 1;
  catalog_.AssignIds(table.get());
  // Index data that only the old version has.
  for (const Index& index : old_table->indexes) {
    bool is_kept = false;
    for (const Index& kept : table->indexes) is_kept |= kept.id == index.id;
    if (!is_kept) catalog_.RemoveIndexData(index.id);
  }
  if (old_table->hidden_index_id != 0 && old_table->hidden_index_id != table->hidden_index_id) {
    catalog_.RemoveIndexData(old_table->hidden_index_id);
  }
  temporary_tables_.erase(old_key);
  temporary_tables_[std::move(new_key)] = std::move(table);
  return Status::Ok();
}

void SessionSchema::DropTemporaryTable(const TableRef& table) {
  auto found = temporary_tables_.find(std::make_pair(table->schema, table->name));
  if (found == temporary_tables_.end()) return;
  for (const Index& index : found->second->indexes) catalog_.RemoveIndexData(index.id);
  if (found->second->hidden_index_id != 0) catalog_.RemoveIndexData(found->second->hidden_index_id);
  catalog_.ForgetState(found->second->id);
  temporary_tables_.erase(found);
}

void SessionSchema::DropAllTemporaryTables() {
  while (!temporary_tables_.empty()) {
    TableRef table = temporary_tables_.begin()->second;
    DropTemporaryTable(table);
  }
}

}  // namespace mahi
