#include "binder/ddl.h"

#include <algorithm>

#include "base/privilege.h"
#include "binder/data_type.h"
#include "binder/ddl_query.h"
#include "binder/ddl_table_builder.h"
#include "binder/row_expressions.h"
#include "catalog/schema_reader.h"
#include "parser/ast/ddl.h"
#include "parser/ast/printer.h"

namespace mahi {

namespace {

class DdlBinder {
 public:
  DdlBinder(const BindContext& context, Plan* plan) : context_(context), plan_(plan) {
    plan->is_read_only = false;
    plan->is_cacheable = false;
  }

  Status Bind(ast::Statement* statement) {
    using ast::StatementKind;
    switch (statement->kind) {
      case StatementKind::kCreateDatabase:
        return CreateDatabase(statement->As<ast::CreateDatabaseStatement>());
      case StatementKind::kAlterDatabase:
        return AlterDatabase(statement->As<ast::AlterDatabaseStatement>());
      case StatementKind::kDropDatabase:
        return DropDatabase(statement->As<ast::DropDatabaseStatement>());
      case StatementKind::kCreateTable:
        return CreateTable(statement->As<ast::CreateTableStatement>());
      case StatementKind::kAlterTable:
        return AlterTable(statement->As<ast::AlterTableStatement>());
      case StatementKind::kCreateIndex:
        return CreateIndex(statement->As<ast::CreateIndexStatement>());
      case StatementKind::kDropIndex:
        return DropIndex(statement->As<ast::DropIndexStatement>());
      case StatementKind::kDropTable:
        return DropTable(statement->As<ast::DropTableStatement>());
      case StatementKind::kRenameTable:
        return RenameTable(statement->As<ast::RenameTableStatement>());
      case StatementKind::kTruncateTable:
        return TruncateTable(statement->As<ast::TruncateTableStatement>());
      case StatementKind::kCreateView:
        return CreateView(statement->As<ast::CreateViewStatement>());
      case StatementKind::kDropView:
        return DropView(statement->As<ast::DropViewStatement>());
      default:
        MAHI_UNREACHABLE();
    }
  }

 private:
  template <typename T>
  T* NewCommand() {
    T* command = plan_->arena.New<T>();
    plan_->ddl = command;
    return command;
  }

  void Require(std::string_view schema, std::string_view table, uint64_t privileges) {
    plan_->privileges.push_back({std::string(schema), std::string(table), privileges, {}});
  }

  Result<std::string> SchemaOf(std::string_view schema) const {
    if (!schema.empty()) return std::string(schema);
    if (context_.database.empty()) return Error(ER_NO_DB_ERROR);
    return std::string(context_.database);
  }

  Result<CollationId> SchemaCollation(const ast::DatabaseOptions& options) const {
    return ResolveCollation(options.charset, options.collation, context_.server_collation);
  }

  Status CreateDatabase(ast::CreateDatabaseStatement* statement) {
    MAHI_RETURN_IF_ERROR(CheckSchemaName(statement->name));
    if (statement->options.is_encrypted.value_or(false)) return Error(ER_NOT_SUPPORTED_YET, "ENCRYPTION");
    auto* command = NewCommand<CreateDatabaseCommand>();
    command->name = statement->name;
    command->if_not_exists = statement->if_not_exists;
    MAHI_ASSIGN_OR_RETURN(command->collation, SchemaCollation(statement->options));
    Require(statement->name, "", kPrivilegeCreate);
    return Status::Ok();
  }

  Status AlterDatabase(ast::AlterDatabaseStatement* statement) {
    auto* command = NewCommand<AlterDatabaseCommand>();
    MAHI_ASSIGN_OR_RETURN(command->name, SchemaOf(statement->name));
    if (statement->options.is_encrypted.value_or(false)) return Error(ER_NOT_SUPPORTED_YET, "ENCRYPTION");
    MAHI_ASSIGN_OR_RETURN(SchemaRef schema, context_.schema->FindSchema(command->name));
    if (schema == nullptr) return Error(ER_BAD_DB_ERROR, command->name);
    if (!statement->options.charset.empty() || !statement->options.collation.empty()) {
      MAHI_ASSIGN_OR_RETURN(command->collation, SchemaCollation(statement->options));
    }
    command->is_read_only = statement->options.is_read_only;
    Require(command->name, "", kPrivilegeAlter);
    return Status::Ok();
  }

  Status DropDatabase(ast::DropDatabaseStatement* statement) {
    auto* command = NewCommand<DropDatabaseCommand>();
    command->name = statement->name;
    command->if_exists = statement->if_exists;
    Require(statement->name, "", kPrivilegeDrop);
    return Status::Ok();
  }

  Status CreateTable(ast::CreateTableStatement* statement) {
    MAHI_ASSIGN_OR_RETURN(std::string schema_name, SchemaOf(statement->name.schema));
    MAHI_RETURN_IF_ERROR(CheckTableName(statement->name.name));
    MAHI_ASSIGN_OR_RETURN(SchemaRef schema, context_.schema->FindSchema(schema_name));
    if (schema == nullptr) return Error(ER_BAD_DB_ERROR, schema_name);
    if (statement->or_replace) return Error(ER_NOT_SUPPORTED_YET, "CREATE OR REPLACE TABLE");
    Require(schema_name, statement->is_temporary ? "" : statement->name.name,
            statement->is_temporary ? kPrivilegeCreateTemporaryTables : kPrivilegeCreate);
    if (!statement->is_temporary) {
      // X on the name that is to be, so that two creators do not meet.
      MAHI_ASSIGN_OR_RETURN(SchemaObject existing, context_.schema->FindTable(schema_name, statement->name.name,
                                                                              TableIntent::kExclusive));
      bool exists = existing.view != nullptr || existing.virtual_table != nullptr ||
                    (existing.table != nullptr && !existing.table->is_temporary);
      if (exists && !statement->if_not_exists) return Error(ER_TABLE_EXISTS_ERROR, statement->name.name);
      if (exists) {
        auto* command = NewCommand<CreateTableCommand>();
        command->if_not_exists = true;
        command->table = std::make_shared<TableDefinition>();
        command->table->schema = schema_name;
        command->table->name = statement->name.name;
        command->already_exists = true;
        return Status::Ok();
      }
    }
    if (statement->is_like) return CreateTableLike(statement, schema_name);
    if (statement->partition != nullptr) return Error(ER_NOT_SUPPORTED_YET, "PARTITION BY");

    auto* command = NewCommand<CreateTableCommand>();
    command->if_not_exists = statement->if_not_exists;
    TableBuilder builder(context_, plan_);
    MAHI_RETURN_IF_ERROR(builder.Start(schema_name, std::string(statement->name.name), schema->collation));
    builder.table().is_temporary = statement->is_temporary;
    MAHI_RETURN_IF_ERROR(builder.ApplyOptions(statement->options));
    for (ast::ColumnDefinition* column : statement->columns) {
      MAHI_RETURN_IF_ERROR(builder.AddColumn(*column, ast::ColumnPosition::kDefault, ""));
    }

    // CREATE TABLE ... SELECT: columns of the query that are not defined explicitly come behind, by name.
    LogicalNode* query = nullptr;
    std::vector<ResultColumn> query_columns;
    if (statement->query != nullptr) {
      MAHI_ASSIGN_OR_RETURN(query, BindQueryAsSource(context_, *statement, plan_, &query_columns));
      for (const ResultColumn& result : query_columns) {
        if (builder.HasColumn(result.name)) continue;
        MAHI_RETURN_IF_ERROR(builder.AddPlainColumn(ColumnFromResult(result)));
      }
    }
    for (ast::IndexDefinition* index : statement->indexes) MAHI_RETURN_IF_ERROR(builder.AddIndex(*index));
    for (ast::ForeignKeyDefinition* key : statement->foreign_keys) {
      MAHI_RETURN_IF_ERROR(builder.AddForeignKey(*key));
      Require(key->referenced_table.schema.empty() ? schema_name : std::string(key->referenced_table.schema),
              key->referenced_table.name, kPrivilegeReferences);
    }
    for (ast::CheckDefinition* check : statement->checks) MAHI_RETURN_IF_ERROR(builder.AddCheck(*check, ""));
    MAHI_ASSIGN_OR_RETURN(command->table, builder.Finish());
    // Binding checks types and functions of the stored expressions, even where the result is not needed.
    MAHI_ASSIGN_OR_RETURN(RowExpressions expressions, builder.BindExpressions(*command->table));
    if (query != nullptr) {
      MAHI_RETURN_IF_ERROR(BindFill(statement, query, query_columns, std::move(expressions), command));
      Require(schema_name, statement->name.name, kPrivilegeInsert);
    }
    return Status::Ok();
  }

  // The insert that fills a new table from a query; columns meet by name.
  Status BindFill(ast::CreateTableStatement* statement, LogicalNode* query,
                  const std::vector<ResultColumn>& query_columns, RowExpressions expressions,
                  CreateTableCommand* command) {
    auto* insert = plan_->arena.New<InsertNode>();
    insert->children.push_back(query);
    insert->table = command->table;
    for (const ResultColumn& result : query_columns) {
      auto ordinal = command->table->ColumnOrdinal(result.name);
      MAHI_ASSERT(ordinal.has_value());
      if (command->table->columns[*ordinal].generated != GeneratedKind::kNone) {
        return Error(ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN, result.name, command->table->name);
      }
      if (std::find(insert->target.begin(), insert->target.end(), *ordinal) != insert->target.end()) {
        return Error(ER_DUP_FIELDNAME, result.name);
      }
      insert->target.push_back(*ordinal);
    }
    if (statement->duplicates == ast::DuplicateHandling::kIgnore) {
      insert->on_duplicate = DuplicateAction::kIgnore;
      insert->ignore = true;
    } else if (statement->duplicates == ast::DuplicateHandling::kReplace) {
      insert->on_duplicate = DuplicateAction::kReplace;
    }
    insert->expressions = std::move(expressions);
    command->fill_logical = insert;
    return Status::Ok();
  }

  static Column ColumnFromResult(const ResultColumn& result) {
    Column column;
    column.name = result.name;
    column.type = result.type;
    column.is_nullable = result.is_nullable;
    if (column.type.id == TypeId::kNull) {
      column.type = SqlType::Varbinary(0);
    } else if (column.type.id == TypeId::kVarchar && column.type.length > 65535 / 4 &&
               column.type.collation != kCollationBinary) {
      column.type.id = column.type.length <= 65535 ? TypeId::kText : TypeId::kLongText;
      column.type.length = column.type.id == TypeId::kText ? 65535 : 0xffffffff;
    } else if (column.type.id == TypeId::kVarchar && column.type.length > 65535) {
      column.type.id = TypeId::kLongText;
      column.type.length = 0xffffffff;
    }
    if (column.is_nullable) {
      column.default_kind = DefaultKind::kNull;
    } else if (result.default_column != nullptr) {
      column.default_kind = result.default_column->default_kind;
      column.default_value = result.default_column->default_value;
      column.default_text = result.default_column->default_text;
    }
    return column;
  }

  Status CreateTableLike(ast::CreateTableStatement* statement, const std::string& schema_name) {
    MAHI_ASSIGN_OR_RETURN(std::string source_schema, SchemaOf(statement->like.schema));
    MAHI_ASSIGN_OR_RETURN(SchemaObject source,
                          context_.schema->GetTable(source_schema, statement->like.name, TableIntent::kRead));
    if (source.table == nullptr) return Error(ER_WRONG_OBJECT, source_schema, statement->like.name, "BASE TABLE");
    auto* command = NewCommand<CreateTableLikeCommand>();
    command->schema = schema_name;
    command->name = statement->name.name;
    command->source = source.table;
    command->if_not_exists = statement->if_not_exists;
    command->is_temporary = statement->is_temporary;
    Require(source_schema, statement->like.name, kPrivilegeSelect);
    return Status::Ok();
  }

  Result<TableRef> TableToAlter(const ast::QualifiedName& name, std::string* schema_name) {
    MAHI_ASSIGN_OR_RETURN(*schema_name, SchemaOf(name.schema));
    MAHI_ASSIGN_OR_RETURN(SchemaObject object,
                          context_.schema->GetTable(*schema_name, name.name, TableIntent::kExclusive));
    if (object.table == nullptr) return Error(ER_WRONG_OBJECT, *schema_name, name.name, "BASE TABLE");
    return object.table;
  }

  Status FinishAlter(TableBuilder& builder, const TableRef& old_table) {
    auto* command = NewCommand<AlterTableCommand>();
    command->old_table = old_table;
    MAHI_ASSIGN_OR_RETURN(command->new_table, builder.Finish());
    command->source_columns = builder.SourceColumns();
    command->must_rebuild = builder.must_rebuild();
    command->is_rename = command->new_table->schema != old_table->schema || command->new_table->name != old_table->name;
    MAHI_ASSIGN_OR_RETURN(RowExpressions expressions, builder.BindExpressions(*command->new_table));
    SetRowSlots(&expressions);
    command->expressions = std::move(expressions);
    return Status::Ok();
  }

  Status AlterTable(ast::AlterTableStatement* statement) {
    std::string schema_name;
    MAHI_ASSIGN_OR_RETURN(TableRef old_table, TableToAlter(statement->table, &schema_name));
    Require(schema_name, statement->table.name, kPrivilegeAlter);
    TableBuilder builder(context_, plan_);
    MAHI_RETURN_IF_ERROR(builder.StartFrom(old_table));
    // Drops come first: a key may be dropped and made anew under its name.
    for (ast::AlterAction* action : statement->actions) {
      if (IsDrop(action->kind)) MAHI_RETURN_IF_ERROR(ApplyDrop(*action, *old_table, builder));
    }
    for (ast::AlterAction* action : statement->actions) {
      if (!IsDrop(action->kind)) MAHI_RETURN_IF_ERROR(Apply(*action, builder));
    }
    if (statement->algorithm == ast::AlterAlgorithm::kInstant && builder.must_rebuild()) {
      return Error(ER_ALTER_OPERATION_NOT_SUPPORTED, "ALGORITHM=INSTANT", "ALGORITHM=COPY/INPLACE");
    }
    return FinishAlter(builder, old_table);
  }

  static bool IsDrop(ast::AlterActionKind kind) {
    using ast::AlterActionKind;
    return kind == AlterActionKind::kDropColumn || kind == AlterActionKind::kDropIndex ||
           kind == AlterActionKind::kDropPrimaryKey || kind == AlterActionKind::kDropForeignKey ||
           kind == AlterActionKind::kDropCheck || kind == AlterActionKind::kDropConstraint;
  }

  Status ApplyDrop(const ast::AlterAction& action, const TableDefinition& table, TableBuilder& builder) {
    using ast::AlterActionKind;
    switch (action.kind) {
      case AlterActionKind::kDropColumn:
        if (action.if_exists && !builder.HasColumn(action.name)) {
          context_.diagnostics->Note(Error(ER_CANT_DROP_FIELD_OR_KEY, action.name));
          return Status::Ok();
        }
        return builder.DropColumn(action.name);
      case AlterActionKind::kDropIndex:
        if (action.if_exists && !builder.HasIndex(action.name)) {
          context_.diagnostics->Note(Error(ER_CANT_DROP_FIELD_OR_KEY, action.name));
          return Status::Ok();
        }
        return builder.DropIndex(action.name);
      case AlterActionKind::kDropPrimaryKey:
        builder.set_must_rebuild();
        return builder.DropIndex("PRIMARY");
      case AlterActionKind::kDropForeignKey:
        return builder.DropForeignKey(action.name);
      case AlterActionKind::kDropCheck:
        return builder.DropCheck(action.name);
      default:
        return builder.DropConstraint(action.name);
    }
  }

  Status Apply(const ast::AlterAction& action, TableBuilder& builder) {
    using ast::AlterActionKind;
    switch (action.kind) {
      case AlterActionKind::kAddColumn: {
        bool is_first = true;
        std::string_view after = action.after;
        for (ast::ColumnDefinition* column : action.columns) {
          if (action.if_not_exists && builder.HasColumn(column->name)) {
            context_.diagnostics->Note(Error(ER_DUP_FIELDNAME, column->name));
            continue;
          }
          MAHI_RETURN_IF_ERROR(
              builder.AddColumn(*column, is_first ? action.position : ast::ColumnPosition::kDefault, after));
          is_first = false;
        }
        return Status::Ok();
      }
      case AlterActionKind::kModifyColumn:
        return builder.ChangeColumn(action.column->name, *action.column, action.position, action.after);
      case AlterActionKind::kChangeColumn:
        return builder.ChangeColumn(action.old_name, *action.column, action.position, action.after);
      case AlterActionKind::kRenameColumn:
        return builder.RenameColumn(action.old_name, action.name);
      case AlterActionKind::kSetDefault:
        return builder.SetDefault(action.name, action.default_value, action.default_is_expression);
      case AlterActionKind::kDropDefault:
        return builder.DropDefault(action.name);
      case AlterActionKind::kSetColumnVisibility:
        return builder.SetColumnVisible(action.name, action.is_visible);
      case AlterActionKind::kAddIndex:
        if (action.if_not_exists && builder.HasIndex(action.index->name)) {
          context_.diagnostics->Note(Error(ER_DUP_KEYNAME, action.index->name));
          return Status::Ok();
        }
        if (action.index->kind == ast::IndexKind::kPrimary) builder.set_must_rebuild();
        return builder.AddIndex(*action.index);
      case AlterActionKind::kAddForeignKey:
        return builder.AddForeignKey(*action.foreign_key);
      case AlterActionKind::kAddCheck:
        return builder.AddCheck(*action.check, "");
      case AlterActionKind::kAlterCheck:
      case AlterActionKind::kAlterConstraint:
        return builder.SetCheckEnforced(action.name, action.is_enforced);
      case AlterActionKind::kAlterIndexVisibility:
        return builder.SetIndexVisible(action.name, action.is_visible);
      case AlterActionKind::kRenameIndex:
        return builder.RenameIndex(action.old_name, action.name);
      case AlterActionKind::kRenameTable: {
        MAHI_RETURN_IF_ERROR(CheckTableName(action.table.name));
        std::string schema = action.table.schema.empty() ? builder.table().schema : std::string(action.table.schema);
        if (schema == builder.table().schema && action.table.name == builder.table().name) return Status::Ok();
        MAHI_ASSIGN_OR_RETURN(SchemaRef found, context_.schema->FindSchema(schema));
        if (found == nullptr) return Error(ER_BAD_DB_ERROR, schema);
        MAHI_ASSIGN_OR_RETURN(SchemaObject existing,
                              context_.schema->FindTable(schema, action.table.name, TableIntent::kExclusive));
        if (existing && !(existing.table != nullptr && existing.table->is_temporary && !builder.table().is_temporary)) {
          return Error(ER_TABLE_EXISTS_ERROR, action.table.name);
        }
        builder.table().schema = schema;
        builder.table().name = action.table.name;
        return Status::Ok();
      }
      case AlterActionKind::kOptions:
        return builder.ApplyOptions(action.options);
      case AlterActionKind::kConvertCharset: {
        MAHI_ASSIGN_OR_RETURN(SchemaRef schema, context_.schema->FindSchema(builder.table().schema));
        CollationId base = schema != nullptr ? schema->collation : context_.server_collation;
        MAHI_ASSIGN_OR_RETURN(CollationId collation, ResolveCollation(action.charset, action.collation, base));
        return builder.ConvertCharset(collation);
      }
      case AlterActionKind::kOrderBy:
        // Rows are kept in primary key order, as in InnoDB, which takes the clause and warns.
        context_.diagnostics->Warn(Error(ER_UNKNOWN_ERROR));
        return Status::Ok();
      case AlterActionKind::kEnableKeys:
      case AlterActionKind::kDisableKeys:
        // As InnoDB: a note that the engine has no such option.
        context_.diagnostics->Note(Error(ER_ILLEGAL_HA, builder.table().name));
        return Status::Ok();
      case AlterActionKind::kForce:
        builder.set_must_rebuild();
        return Status::Ok();
      case AlterActionKind::kDiscardTablespace:
      case AlterActionKind::kImportTablespace:
        return Error(ER_NOT_SUPPORTED_YET, "tablespaces");
      case AlterActionKind::kPartitionBy:
        return Error(ER_NOT_SUPPORTED_YET, "PARTITION BY");
      default:
        return Error(ER_PARTITION_MGMT_ON_NONPARTITIONED);
    }
  }

  Status CreateIndex(ast::CreateIndexStatement* statement) {
    std::string schema_name;
    MAHI_ASSIGN_OR_RETURN(TableRef old_table, TableToAlter(statement->table, &schema_name));
    Require(schema_name, statement->table.name, kPrivilegeIndex);
    TableBuilder builder(context_, plan_);
    MAHI_RETURN_IF_ERROR(builder.StartFrom(old_table));
    if (statement->if_not_exists && builder.HasIndex(statement->index->name)) {
      context_.diagnostics->Note(Error(ER_DUP_KEYNAME, statement->index->name));
    } else {
      MAHI_RETURN_IF_ERROR(builder.AddIndex(*statement->index));
    }
    return FinishAlter(builder, old_table);
  }

  Status DropIndex(ast::DropIndexStatement* statement) {
    std::string schema_name;
    MAHI_ASSIGN_OR_RETURN(TableRef old_table, TableToAlter(statement->table, &schema_name));
    Require(schema_name, statement->table.name, kPrivilegeIndex);
    TableBuilder builder(context_, plan_);
    MAHI_RETURN_IF_ERROR(builder.StartFrom(old_table));
    if (statement->if_exists && !builder.HasIndex(statement->name)) {
      context_.diagnostics->Note(Error(ER_CANT_DROP_FIELD_OR_KEY, statement->name));
    } else {
      MAHI_RETURN_IF_ERROR(builder.DropIndex(statement->name));
      if (strcasecmp(std::string(statement->name).c_str(), "PRIMARY") == 0) builder.set_must_rebuild();
    }
    return FinishAlter(builder, old_table);
  }

  Status DropTable(ast::DropTableStatement* statement) {
    auto* command = NewCommand<DropTableCommand>();
    command->if_exists = statement->if_exists;
    command->is_temporary = statement->is_temporary;
    for (const ast::QualifiedName& name : statement->tables) {
      MAHI_ASSIGN_OR_RETURN(std::string schema, SchemaOf(name.schema));
      for (const QualifiedName& other : command->tables) {
        if (other.schema == schema && other.name == name.name) return Error(ER_NONUNIQ_TABLE, name.name);
      }
      command->tables.push_back({schema, std::string(name.name)});
      if (!statement->is_temporary) Require(schema, name.name, kPrivilegeDrop);
    }
    return Status::Ok();
  }

  Status RenameTable(ast::RenameTableStatement* statement) {
    auto* command = NewCommand<RenameTableCommand>();
    for (const ast::TableRename& rename : statement->renames) {
      MAHI_ASSIGN_OR_RETURN(std::string from_schema, SchemaOf(rename.from.schema));
      MAHI_ASSIGN_OR_RETURN(std::string to_schema, SchemaOf(rename.to.schema));
      MAHI_RETURN_IF_ERROR(CheckTableName(rename.to.name));
      Require(from_schema, rename.from.name, kPrivilegeAlter | kPrivilegeDrop);
      Require(to_schema, rename.to.name, kPrivilegeCreate | kPrivilegeInsert);
      command->renames.push_back({{from_schema, std::string(rename.from.name)},
                                  {to_schema, std::string(rename.to.name)}});
    }
    return Status::Ok();
  }

  Status TruncateTable(ast::TruncateTableStatement* statement) {
    std::string schema_name;
    auto* command = NewCommand<TruncateTableCommand>();
    MAHI_ASSIGN_OR_RETURN(schema_name, SchemaOf(statement->table.schema));
    MAHI_ASSIGN_OR_RETURN(SchemaObject object,
                          context_.schema->GetTable(schema_name, statement->table.name, TableIntent::kExclusive));
    if (object.table == nullptr) return Error(ER_NO_SUCH_TABLE, schema_name, statement->table.name);
    command->table = object.table;
    Require(schema_name, statement->table.name, kPrivilegeDrop);
    return Status::Ok();
  }

  Status CreateView(ast::CreateViewStatement* statement) {
    MAHI_ASSIGN_OR_RETURN(std::string schema_name, SchemaOf(statement->name.schema));
    MAHI_RETURN_IF_ERROR(CheckTableName(statement->name.name));
    MAHI_ASSIGN_OR_RETURN(SchemaRef schema, context_.schema->FindSchema(schema_name));
    if (schema == nullptr) return Error(ER_BAD_DB_ERROR, schema_name);
    MAHI_ASSIGN_OR_RETURN(SchemaObject existing, context_.schema->FindTable(schema_name, statement->name.name,
                                                                            TableIntent::kExclusive));
    if (existing.table != nullptr && !existing.table->is_temporary) {
      if (statement->or_replace || statement->is_alter) {
        return Error(ER_WRONG_OBJECT, schema_name, statement->name.name, "VIEW");
      }
      return Error(ER_TABLE_EXISTS_ERROR, statement->name.name);
    }
    if (statement->is_alter && existing.view == nullptr) {
      return Error(ER_NO_SUCH_TABLE, schema_name, statement->name.name);
    }
    if (existing.view != nullptr && !statement->or_replace && !statement->is_alter) {
      return Error(ER_TABLE_EXISTS_ERROR, statement->name.name);
    }

    auto* command = NewCommand<CreateViewCommand>();
    command->or_replace = statement->or_replace;
    command->is_alter = statement->is_alter;
    command->view = std::make_shared<ViewDefinition>();
    ViewDefinition& view = *command->view;
    view.schema = schema_name;
    view.name = statement->name.name;
    MAHI_RETURN_IF_ERROR(BindViewQuery(context_, statement, plan_, &view));
    plan_->logical = nullptr;
    view.algorithm = static_cast<ViewAlgorithm>(statement->algorithm);
    view.check_option = static_cast<ViewCheckOption>(statement->check_option);
    view.is_security_invoker = statement->is_security_invoker;
    std::string current = context_.session->current_user();
    size_t at = current.rfind('@');
    view.definer_user = current.substr(0, at);
    view.definer_host = at == std::string::npos ? "%" : current.substr(at + 1);
    if (statement->definer != nullptr && !statement->definer->is_current_user) {
      view.definer_user = statement->definer->user;
      view.definer_host = statement->definer->host;
    }
    view.sql_mode = context_.sql_mode;
    view.connection_collation = context_.connection_collation;
    Require(schema_name, statement->name.name,
            kPrivilegeCreateView | (statement->or_replace || statement->is_alter ? kPrivilegeDrop : 0));
    return Status::Ok();
  }

  Status DropView(ast::DropViewStatement* statement) {
    auto* command = NewCommand<DropViewCommand>();
    command->if_exists = statement->if_exists;
    for (const ast::QualifiedName& name : statement->views) {
      MAHI_ASSIGN_OR_RETURN(std::string schema, SchemaOf(name.schema));
      command->views.push_back({schema, std::string(name.name)});
      Require(schema, name.name, kPrivilegeDrop);
    }
    return Status::Ok();
  }

  const BindContext& context_;
  Plan* plan_;
};

}  // namespace

bool IsDdl(ast::StatementKind kind) {
  using ast::StatementKind;
  switch (kind) {
    case StatementKind::kCreateDatabase:
    case StatementKind::kAlterDatabase:
    case StatementKind::kDropDatabase:
    case StatementKind::kCreateTable:
    case StatementKind::kAlterTable:
    case StatementKind::kCreateIndex:
    case StatementKind::kDropIndex:
    case StatementKind::kDropTable:
    case StatementKind::kRenameTable:
    case StatementKind::kTruncateTable:
    case StatementKind::kCreateView:
    case StatementKind::kDropView:
      return true;
    default:
      return false;
  }
}

Status BindDdl(const BindContext& context, ast::Statement* statement, Plan* plan) {
  return DdlBinder(context, plan).Bind(statement);
}

}  // namespace mahi
