#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/session_schema.h"
#include "execution/ddl/ddl_internal.h"
#include "execution/executor.h"
#include "table/table_store.h"
#include "transaction/transaction.h"

namespace mahi {

namespace {

bool IsSystemSchema(std::string_view name) {
  return name == "mysql" || name == "sys" || EqualIgnoreAsciiCase(name, "information_schema") ||
         EqualIgnoreAsciiCase(name, "performance_schema");
}

Status LockSchema(ExecutionContext& context, std::string_view name) {
  return context.transaction->mdl().Acquire(MdlKey::Schema(name), MdlType::kExclusive, MdlDuration::kTransaction,
                                            context.lock_wait_timeout_ms);
}

Status CreateDatabase(ExecutionContext& context, const CreateDatabaseCommand& command, ExecutionResult* result) {
  MAHI_RETURN_IF_ERROR(LockSchema(context, command.name));
  if (context.catalog->FindSchema(context.transaction, command.name) != nullptr) {
    Error exists(ER_DB_CREATE_EXISTS, command.name);
    if (!command.if_not_exists) return exists;
    context.evaluation.diagnostics->Note(exists);
    result->affected_rows = 1;
    return Status::Ok();
  }
  SchemaDefinition schema;
  schema.name = command.name;
  schema.collation = command.collation;
  result->affected_rows = 1;
  return context.catalog->CreateSchema(context.transaction, std::move(schema));
}

Status AlterDatabase(ExecutionContext& context, const AlterDatabaseCommand& command, ExecutionResult* result) {
  MAHI_RETURN_IF_ERROR(LockSchema(context, command.name));
  SchemaRef old_schema = context.catalog->FindSchema(context.transaction, command.name);
  if (old_schema == nullptr) return Error(ER_BAD_DB_ERROR, command.name);
  if (IsSystemSchema(command.name)) return Error(ER_NO_SYSTEM_SCHEMA_ACCESS, command.name);
  SchemaDefinition schema = *old_schema;
  if (command.collation) schema.collation = *command.collation;
  if (command.is_read_only) schema.is_read_only = *command.is_read_only;
  result->affected_rows = 1;
  return context.catalog->AlterSchema(context.transaction, std::move(schema));
}

Status DropDatabase(ExecutionContext& context, const DropDatabaseCommand& command, ExecutionResult* result) {
  if (IsSystemSchema(command.name)) return Error(ER_NO_SYSTEM_SCHEMA_ACCESS, command.name);
  MAHI_RETURN_IF_ERROR(LockSchema(context, command.name));
  if (context.catalog->FindSchema(context.transaction, command.name) == nullptr) {
    Error missing(ER_DB_DROP_EXISTS, command.name);
    if (!command.if_exists) return missing;
    context.evaluation.diagnostics->Note(missing);
    return Status::Ok();
  }
  std::vector<QualifiedName> dropped;
  for (const ObjectName& object : context.catalog->ListTables(context.transaction, command.name)) {
    MAHI_RETURN_IF_ERROR(context.schema->LockTable(command.name, object.name, TableIntent::kExclusive));
    dropped.push_back({command.name, object.name});
  }
  for (const QualifiedName& name : dropped) {
    MAHI_ASSIGN_OR_RETURN(TableRef table, context.catalog->FindTable(context.transaction, name.schema, name.name));
    if (table != nullptr) MAHI_RETURN_IF_ERROR(CheckNotReferenced(context, *table, dropped));
  }
  result->affected_rows = dropped.size();
  return context.catalog->DropSchema(context.transaction, command.name);
}

Status NoteTableExists(ExecutionContext& context, std::string_view name) {
  context.evaluation.diagnostics->Note(Error(ER_TABLE_EXISTS_ERROR, name));
  return Status::Ok();
}

Status AddTable(ExecutionContext& context, std::shared_ptr<TableDefinition> table, bool if_not_exists,
                bool* already_exists) {
  *already_exists = false;
  table->created_at_us = context.evaluation.statement_time_us;
  if (table->is_temporary) {
    if (context.schema->FindTemporaryTable(table->schema, table->name) != nullptr) {
      *already_exists = true;
      if (!if_not_exists) return Error(ER_TABLE_EXISTS_ERROR, table->name);
      return NoteTableExists(context, table->name);
    }
    return context.schema->AddTemporaryTable(std::move(table));
  }
  if (IsSystemSchema(table->schema) && table->schema != "mysql") {
    return Error(ER_DBACCESS_DENIED_ERROR, "root", "localhost", table->schema);
  }
  for (const CheckConstraint& check : table->checks) {
    // Names of CHECK constraints are unique in their database.
    for (const ObjectName& object : context.catalog->ListTables(context.transaction, table->schema)) {
      if (object.is_view) continue;
      MAHI_ASSIGN_OR_RETURN(TableRef other, context.catalog->FindTable(context.transaction, table->schema, object.name));
      if (other == nullptr) continue;
      for (const CheckConstraint& other_check : other->checks) {
        if (EqualIgnoreAsciiCase(other_check.name, check.name)) {
          return Error(ER_CHECK_CONSTRAINT_DUP_NAME, check.name);
        }
      }
    }
  }
  return context.catalog->CreateTable(context.transaction, std::move(table));
}

Status CreateTable(ExecutionContext& context, const Plan& plan, CreateTableCommand& command,
                   ExecutionResult* result) {
  if (command.already_exists) return NoteTableExists(context, command.table->name);
  bool already_exists = false;
  MAHI_RETURN_IF_ERROR(AddTable(context, command.table, command.if_not_exists, &already_exists));
  if (already_exists || command.fill == nullptr) return Status::Ok();
  Status status = ExecuteNode(context, plan, command.fill, result);
  if (!status.ok() && command.table->is_temporary) context.schema->DropTemporaryTable(command.table);
  return status;
}

Status CreateTableLike(ExecutionContext& context, const CreateTableLikeCommand& command) {
  auto table = std::make_shared<TableDefinition>(*command.source);
  table->schema = command.schema;
  table->name = command.name;
  table->is_temporary = command.is_temporary;
  table->id = 0;
  table->version = 1;
  table->hidden_index_id = 0;
  table->foreign_keys.clear();
  table->auto_increment_start = 1;
  for (Index& index : table->indexes) {
    index.id = 0;
    index.is_generated_for_foreign_key = false;
  }
  // Constraint names are made anew, after the new table's name.
  uint32_t number = 0;
  for (CheckConstraint& check : table->checks) {
    check.name = command.name + "_chk_" + std::to_string(++number);
    check.is_generated_name = true;
  }
  bool already_exists = false;
  return AddTable(context, std::move(table), command.if_not_exists, &already_exists);
}

Status DropTable(ExecutionContext& context, const DropTableCommand& command) {
  std::vector<TableRef> temporary;
  std::vector<TableRef> tables;
  std::string missing;
  auto add_missing = [&](const QualifiedName& name) {
    if (command.if_exists) {
      context.evaluation.diagnostics->Note(Error(ER_BAD_TABLE_ERROR, name.schema + "." + name.name));
      return;
    }
    if (!missing.empty()) missing += ",";
    missing += name.schema + "." + name.name;
  };
  for (const QualifiedName& name : command.tables) {
    if (TableRef table = context.schema->FindTemporaryTable(name.schema, name.name)) {
      temporary.push_back(table);
      continue;
    }
    if (command.is_temporary) {
      add_missing(name);
      continue;
    }
    MAHI_RETURN_IF_ERROR(context.schema->LockTable(name.schema, name.name, TableIntent::kExclusive));
    if (context.catalog->FindSchema(context.transaction, name.schema) == nullptr && !command.if_exists) {
      return Error(ER_BAD_DB_ERROR, name.schema);
    }
    MAHI_ASSIGN_OR_RETURN(TableRef table, context.catalog->FindTable(context.transaction, name.schema, name.name));
    if (table == nullptr) {
      add_missing(name);
    } else {
      tables.push_back(table);
    }
  }
  if (!missing.empty()) return Error(ER_BAD_TABLE_ERROR, missing);
  for (const TableRef& table : tables) MAHI_RETURN_IF_ERROR(CheckNotReferenced(context, *table, command.tables));
  for (const TableRef& table : tables) MAHI_RETURN_IF_ERROR(context.catalog->DropTable(context.transaction, table));
  for (const TableRef& table : temporary) {
    context.tables->DropTemporaryData(*table);
    context.schema->DropTemporaryTable(table);
  }
  return Status::Ok();
}

Status RenameTable(ExecutionContext& context, const RenameTableCommand& command) {
  // Locks in name order, so that two renames do not wait for each other.
  std::vector<const QualifiedName*> names;
  for (const auto& [from, to] : command.renames) {
    names.push_back(&from);
    names.push_back(&to);
  }
  std::sort(names.begin(), names.end(), [](const QualifiedName* a, const QualifiedName* b) {
    return std::tie(a->schema, a->name) < std::tie(b->schema, b->name);
  });
  for (const QualifiedName* name : names) {
    MAHI_RETURN_IF_ERROR(context.schema->LockTable(name->schema, name->name, TableIntent::kExclusive));
  }
  for (const auto& [from, to] : command.renames) {
    if (context.catalog->FindSchema(context.transaction, to.schema) == nullptr) {
      return Error(ER_BAD_DB_ERROR, to.schema);
    }
    if (TableRef table = context.schema->FindTemporaryTable(from.schema, from.name)) {
      auto renamed = std::make_shared<TableDefinition>(*table);
      renamed->schema = to.schema;
      renamed->name = to.name;
      if (context.schema->FindTemporaryTable(to.schema, to.name) != nullptr) {
        return Error(ER_TABLE_EXISTS_ERROR, to.name);
      }
      MAHI_RETURN_IF_ERROR(context.schema->ReplaceTemporaryTable(table, std::move(renamed)));
      continue;
    }
    MAHI_ASSIGN_OR_RETURN(SchemaObject existing, context.catalog->Find(context.transaction, to.schema, to.name));
    if (existing) return Error(ER_TABLE_EXISTS_ERROR, to.name);
    MAHI_ASSIGN_OR_RETURN(SchemaObject object, context.catalog->Find(context.transaction, from.schema, from.name));
    if (object.table != nullptr) {
      MAHI_RETURN_IF_ERROR(context.catalog->RenameTable(context.transaction, object.table, to.schema, to.name));
    } else if (object.view != nullptr) {
      if (from.schema != to.schema) {
        return Error(ER_FORBID_SCHEMA_CHANGE, from.schema, to.schema);
      }
      MAHI_RETURN_IF_ERROR(context.catalog->RenameView(context.transaction, object.view, to.schema, to.name));
    } else {
      return Error(ER_NO_SUCH_TABLE, from.schema, from.name);
    }
  }
  return Status::Ok();
}

Status TruncateTable(ExecutionContext& context, const TruncateTableCommand& command) {
  const TableDefinition& table = *command.table;
  auto referencing = context.catalog->ReferencingKeys(context.transaction, table.schema, table.name);
  if (context.foreign_key_checks) {
    for (const ReferencingKey& key : referencing) {
      if (key.schema == table.schema && key.table == table.name) continue;
      return Error(ER_TRUNCATE_ILLEGAL_FK, "`" + key.schema + "`.`" + key.table + "`, CONSTRAINT `" + key.constraint + "`");
    }
  }
  auto empty = context.tables->MakeEmptyCopy(table);
  if (table.is_temporary) {
    context.tables->DropTemporaryData(table);
    return context.schema->ReplaceTemporaryTable(command.table, std::move(empty));
  }
  return context.catalog->ReplaceTable(context.transaction, command.table, std::move(empty));
}

Status DropView(ExecutionContext& context, const DropViewCommand& command) {
  std::vector<ViewRef> views;
  std::string missing;
  for (const QualifiedName& name : command.views) {
    MAHI_RETURN_IF_ERROR(context.schema->LockTable(name.schema, name.name, TableIntent::kExclusive));
    MAHI_ASSIGN_OR_RETURN(SchemaObject object, context.catalog->Find(context.transaction, name.schema, name.name));
    if (object.table != nullptr) return Error(ER_WRONG_OBJECT, name.schema, name.name, "VIEW");
    if (object.view != nullptr) {
      views.push_back(object.view);
    } else if (command.if_exists) {
      context.evaluation.diagnostics->Note(Error(ER_BAD_TABLE_ERROR, name.schema + "." + name.name));
    } else {
      if (!missing.empty()) missing += ",";
      missing += name.schema + "." + name.name;
    }
  }
  if (!missing.empty()) return Error(ER_BAD_TABLE_ERROR, missing);
  for (const ViewRef& view : views) MAHI_RETURN_IF_ERROR(context.catalog->DropView(context.transaction, view));
  return Status::Ok();
}

}  // namespace

Status CheckNotReferenced(ExecutionContext& context, const TableDefinition& table,
                          const std::vector<QualifiedName>& dropped) {
  if (!context.foreign_key_checks) return Status::Ok();
  for (const ReferencingKey& key : context.catalog->ReferencingKeys(context.transaction, table.schema, table.name)) {
    if (key.schema == table.schema && key.table == table.name) continue;
    bool goes_too = std::any_of(dropped.begin(), dropped.end(), [&](const QualifiedName& name) {
      return name.schema == key.schema && name.name == key.table;
    });
    if (!goes_too) return Error(ER_FK_CANNOT_DROP_PARENT, table.name, key.constraint, key.table);
  }
  return Status::Ok();
}

Status ExecuteDdl(ExecutionContext& context, const Plan& plan, ExecutionResult* result) {
  DdlCommand* command = plan.ddl;
  switch (command->kind) {
    case DdlKind::kCreateDatabase:
      return CreateDatabase(context, *As<CreateDatabaseCommand>(command), result);
    case DdlKind::kAlterDatabase:
      return AlterDatabase(context, *As<AlterDatabaseCommand>(command), result);
    case DdlKind::kDropDatabase:
      return DropDatabase(context, *As<DropDatabaseCommand>(command), result);
    case DdlKind::kCreateTable:
      return CreateTable(context, plan, *As<CreateTableCommand>(command), result);
    case DdlKind::kCreateTableLike:
      return CreateTableLike(context, *As<CreateTableLikeCommand>(command));
    case DdlKind::kAlterTable:
      return ExecuteAlterTable(context, plan, *As<AlterTableCommand>(command), result);
    case DdlKind::kDropTable:
      return DropTable(context, *As<DropTableCommand>(command));
    case DdlKind::kRenameTable:
      return RenameTable(context, *As<RenameTableCommand>(command));
    case DdlKind::kTruncateTable:
      return TruncateTable(context, *As<TruncateTableCommand>(command));
    case DdlKind::kCreateView: {
      auto* create = As<CreateViewCommand>(command);
      return context.catalog->CreateView(context.transaction, create->view, create->or_replace || create->is_alter);
    }
    case DdlKind::kDropView:
      return DropView(context, *As<DropViewCommand>(command));
  }
  MAHI_UNREACHABLE();
}

}  // namespace mahi
