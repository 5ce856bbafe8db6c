// SHOW and DESCRIBE: most are queries of the system views, as in MySQL 8; texts and diagnostics are made here.
// Source: MySQL 8.4 manual, "SHOW Statements".

#include "auth/privilege.h"
#include "parser/ast/printer.h"
#include "session/internal/session_impl.h"
#include "session/show_create.h"
#include "types/conversion.h"

namespace mahi {

namespace {

// A SHOW statement as a query: `select` gives the columns, LIKE filters `like_column`, WHERE sees all of them.
struct ShowQuery {
  std::string select;       // SELECT ... without ORDER BY
  std::string like_column;  // an output column's name
  std::string order;        // ORDER BY list; empty: as it comes
};

// Columns of numbers among those that SendRows sends.
bool IsNumberColumn(std::string_view name) {
  for (std::string_view number : {"Code", "@@session.warning_count", "@@session.error_count", "id", "rows", "Checksum",
                                  "auth_factor"}) {
    if (name == number) return true;
  }
  return false;
}

std::string Quoted(std::string_view name) { return QuoteIdentifier(name); }

}  // namespace

Status Session::Impl::SendRows(const std::vector<std::string>& names,
                               const std::vector<std::vector<std::optional<std::string>>>& rows, ResultSink* sink) {
  std::vector<ResultColumn> columns;
  std::vector<SqlType> types;
  for (size_t i = 0; i < names.size(); ++i) {
    size_t longest = 0;
    for (const auto& row : rows) longest = std::max(longest, row[i] ? row[i]->size() : 0);
    ResultColumn column;
    column.name = names[i];
    column.type = SqlType::Varchar(static_cast<uint32_t>(std::max<size_t>(longest, 64)), kCollationUtf8mb4GeneralCi);
    if (IsNumberColumn(names[i])) column.type = SqlType::BigInt();
    types.push_back(column.type);
    columns.push_back(std::move(column));
  }
  MAHI_RETURN_IF_ERROR(sink->BeginResultSet(columns, Summary()));
  for (size_t first = 0; first < rows.size(); first += kBatchRows) {
    const uint32_t count = static_cast<uint32_t>(std::min<size_t>(kBatchRows, rows.size() - first));
    Batch batch(types, count);
    for (uint32_t r = 0; r < count; ++r) {
      for (size_t i = 0; i < names.size(); ++i) {
        const auto& text = rows[first + r][i];
        if (text && types[i].IsInteger()) {
          batch.column(i).SetInt64(r, std::strtoll(text->c_str(), nullptr, 10));
        } else if (text) {
          batch.column(i).SetString(r, *text);
        } else {
          batch.column(i).SetNull(r);
        }
      }
    }
    batch.set_row_count(count);
    MAHI_RETURN_IF_ERROR(sink->PushBatch(batch));
  }
  previous_row_count = -1;
  Status status = sink->EndResultSet(Summary());
  changes = {};
  has_changes = false;
  return status;
}

Status Session::Impl::ShowWarnings(const ast::ShowStatement& statement, ResultSink* sink) {
  const bool errors_only = statement.show == ast::ShowKind::kErrors || statement.show == ast::ShowKind::kCountErrors;
  if (statement.show == ast::ShowKind::kCountErrors || statement.show == ast::ShowKind::kCountWarnings) {
    uint64_t count = errors_only ? diagnostics.error_count() : diagnostics.total_count();
    return SendRows({errors_only ? "@@session.error_count" : "@@session.warning_count"}, {{std::to_string(count)}}, sink);
  }
  uint64_t offset = 0;
  uint64_t limit = ~uint64_t{0};
  if (statement.limit != nullptr) {
    auto number = [](const ast::Expression* expression) {
      return expression != nullptr && expression->Is<ast::Literal>() ? expression->As<ast::Literal>()->IntegerValue() : 0;
    };
    offset = number(statement.limit->offset);
    if (statement.limit->count != nullptr) limit = number(statement.limit->count);
  }
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (const DiagnosticsCondition& condition : diagnostics.conditions()) {
    if (errors_only && condition.level != ConditionLevel::kError) continue;
    if (offset > 0) {
      --offset;
      continue;
    }
    if (rows.size() >= limit) break;
    static constexpr const char* kLevels[] = {"Note", "Warning", "Error"};
    rows.push_back({kLevels[static_cast<size_t>(condition.level)], std::to_string(condition.number), condition.message});
  }
  return SendRows({"Level", "Code", "Message"}, rows, sink);
}

Status Session::Impl::ShowCreate(const ast::ShowStatement& statement, ResultSink* sink) {
  const bool ansi_quotes = (settings.sql_mode & kSqlModeAnsiQuotes) != 0;
  const bool quotes_names = variables.GetNumber("sql_quote_show_create") != 0;
  if (statement.show == ast::ShowKind::kCreateDatabase) {
    std::string name(statement.name.name);
    SchemaRef found = db.catalog().FindSchema(transaction.get(), name);
    if (found == nullptr) return Error(ER_BAD_DB_ERROR, name);
    if (!security.CanSeeDatabase(name)) {
      return Error(ER_DBACCESS_DENIED_ERROR, security.account().user, security.account().host, name);
    }
    return SendRows({"Database", "Create Database"},
                    {{name, ShowCreateDatabase(*found, statement.if_not_exists, ansi_quotes)}}, sink);
  }
  std::string schema_name(statement.name.schema.empty() ? std::string_view(database_name) : statement.name.schema);
  if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
  const std::string name(statement.name.name);
  if (!security.is_internal() && !security.CanSeeTable(schema_name, name)) {
    return Error(ER_TABLEACCESS_DENIED_ERROR, "SHOW", security.account().user, security.account().host, name);
  }
  MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
  auto find = [&]() -> Result<SchemaObject> { return schema.GetTable(schema_name, name, TableIntent::kInspect); };
  auto object = find();
  MAHI_RETURN_IF_ERROR(FinishStatement(object.ok() ? Status::Ok() : object.TakeStatus()));
  if (object->view != nullptr) {
    const ViewDefinition& view = *object->view;
    return SendRows({"View", "Create View", "character_set_client", "collation_connection"},
                    {{view.name, ShowCreateView(view, ansi_quotes), view.client_charset,
                      std::string(CollationOrBinary(view.connection_collation).name())}},
                    sink);
  }
  if (statement.show == ast::ShowKind::kCreateView) return Error(ER_WRONG_OBJECT, schema_name, name, "VIEW");
  TableRef table = object->virtual_table != nullptr ? object->virtual_table->definition() : object->table;
  uint64_t auto_increment = 0;
  if (object->table != nullptr) auto_increment = StatusOf(table).auto_increment;
  return SendRows({"Table", "Create Table"},
                  {{table->name, ShowCreateTable(*table, auto_increment, quotes_names, ansi_quotes, settings.sql_mode)}},
                  sink);
}

Status Session::Impl::ShowColumns(const ast::QualifiedName& table, std::string_view from_schema, bool is_full,
                                  bool is_extended, std::string_view filter, ResultSink* sink) {
  std::string schema_name(!from_schema.empty() ? from_schema : !table.schema.empty() ? table.schema
                                                                                      : std::string_view(database_name));
  if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
  MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
  auto object = schema.GetTable(schema_name, table.name, TableIntent::kInspect);
  MAHI_RETURN_IF_ERROR(FinishStatement(object.ok() ? Status::Ok() : object.TakeStatus()));
  std::string table_name(table.name);
  if (object->virtual_table != nullptr) {  // found without regard to case
    schema_name = object->virtual_table->definition()->schema;
    table_name = object->virtual_table->definition()->name;
  }
  std::string select =
      "SELECT COLUMN_NAME AS `Field`, COLUMN_TYPE AS `Type`, " +
      std::string(is_full ? "COLLATION_NAME AS `Collation`, " : "") +
      "IS_NULLABLE AS `Null`, COLUMN_KEY AS `Key`, COLUMN_DEFAULT AS `Default`, EXTRA AS `Extra`" +
      std::string(is_full ? ", PRIVILEGES AS `Privileges`, COLUMN_COMMENT AS `Comment`" : "") +
      ", ORDINAL_POSITION AS `!order` FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = " + QuoteText(schema_name) +
      " AND TABLE_NAME = " + QuoteText(table_name);
  if (object->table != nullptr && object->table->is_temporary) return ShowTemporaryColumns(*object->table, is_full, sink);
  std::string outer = is_full ? "`Field`, `Type`, `Collation`, `Null`, `Key`, `Default`, `Extra`, `Privileges`, `Comment`"
                              : "`Field`, `Type`, `Null`, `Key`, `Default`, `Extra`";
  std::string sql = "SELECT " + outer + " FROM (" + select + ") AS `COLUMNS`";
  if (!filter.empty()) sql += " WHERE " + std::string(filter);
  return ExecuteInternal(sql + " ORDER BY `!order`", sink);
}

Status Session::Impl::ShowTemporaryColumns(const TableDefinition& table, bool is_full, ResultSink* sink) {
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (uint32_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    if (column.is_hidden) continue;
    std::string key;
    for (const Index& index : table.indexes) {
      if (index.parts[0].column != i) continue;
      const char* kind = index.kind == IndexKind::kPrimary ? "PRI"
                         : index.kind == IndexKind::kUnique && index.parts.size() == 1 ? "UNI"
                                                                                       : "MUL";
      if (key.empty()) key = kind;
    }
    std::optional<std::string> default_text;
    if (column.default_kind == DefaultKind::kLiteral) default_text = column.default_text;
    if (column.default_kind == DefaultKind::kNow) default_text = "CURRENT_TIMESTAMP";
    if (column.default_kind == DefaultKind::kExpression) default_text = column.default_expression;
    std::string extra = column.is_auto_increment ? "auto_increment" : "";
    if (column.generated == GeneratedKind::kStored) extra = "STORED GENERATED";
    if (column.generated == GeneratedKind::kVirtual) extra = "VIRTUAL GENERATED";
    std::vector<std::optional<std::string>> row = {column.name, column.type.ToSql()};
    if (is_full) {
      row.push_back(column.type.IsCharacterString()
                        ? std::optional<std::string>(std::string(column.type.collation_ref().name()))
                        : std::nullopt);
    }
    row.insert(row.end(), {column.is_nullable ? "YES" : "NO", key, default_text, extra});
    if (is_full) row.insert(row.end(), {"select,insert,update,references", column.comment});
    rows.push_back(std::move(row));
  }
  if (is_full) {
    return SendRows({"Field", "Type", "Collation", "Null", "Key", "Default", "Extra", "Privileges", "Comment"}, rows, sink);
  }
  return SendRows({"Field", "Type", "Null", "Key", "Default", "Extra"}, rows, sink);
}

Status Session::Impl::ShowGrants(const ast::ShowStatement& statement, ResultSink* sink) {
  AccountName account = security.account();
  if (security.is_internal()) account = {"root", "localhost"};
  if (statement.account != nullptr && !statement.account->is_current_user) {
    account = {std::string(statement.account->user), std::string(statement.account->host)};
  }
  std::vector<AccountName> roles;
  for (const ast::AccountName& role : statement.using_roles) {
    roles.push_back({std::string(role.user), std::string(role.host)});
  }
  MAHI_ASSIGN_OR_RETURN(std::vector<std::string> lines, db.accounts().ShowGrants(&security, account, roles));
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (std::string& line : lines) rows.push_back({std::move(line)});
  return SendRows({"Grants for " + account.user + "@" + account.host}, rows, sink);
}

Status Session::Impl::ExecuteDescribe(const ast::DescribeStatement& statement, ResultSink* sink) {
  std::string filter;
  if (statement.has_column) filter = "`Field` LIKE " + QuoteText(statement.column);
  return ShowColumns(statement.table, "", false, false, filter, sink);
}

Status Session::Impl::ExecuteShow(const ast::ShowStatement& statement, ResultSink* sink) {
  using ast::ShowKind;
  std::string schema_name(!statement.schema.empty() ? statement.schema : std::string_view(database_name));
  if (db.catalog().IsVirtualSchema(schema_name)) schema_name = AsciiLower(schema_name);
  const std::string schema_text = QuoteText(schema_name);
  const bool is_global = statement.scope == ast::VariableScope::kGlobal;
  ShowQuery query;
  switch (statement.show) {
    case ShowKind::kWarnings:
    case ShowKind::kErrors:
    case ShowKind::kCountWarnings:
    case ShowKind::kCountErrors:
      return ShowWarnings(statement, sink);
    case ShowKind::kCreateTable:
    case ShowKind::kCreateView:
    case ShowKind::kCreateDatabase:
      return ShowCreate(statement, sink);
    case ShowKind::kGrants:
      return ShowGrants(statement, sink);
    case ShowKind::kCreateUser: {
      AccountName account = security.is_internal() ? AccountName{"root", "localhost"} : security.account();
      if (statement.account != nullptr && !statement.account->is_current_user) {
        account = {std::string(statement.account->user), std::string(statement.account->host)};
      }
      MAHI_ASSIGN_OR_RETURN(std::string text,
                            db.accounts().ShowCreateUser(&security, account,
                                                         variables.GetNumber("print_identified_with_as_hex") != 0));
      return SendRows({"CREATE USER for " + account.user + "@" + account.host}, {{text}}, sink);
    }
    case ShowKind::kColumns: {
      std::string filter;
      if (statement.like) filter = "`Field` LIKE " + QuoteText(*statement.like);
      if (statement.where != nullptr) filter = PrintWhere(*statement.where);
      return ShowColumns(statement.name, statement.schema, statement.is_full, statement.is_extended, filter, sink);
    }
    case ShowKind::kDatabases: {
      std::string name = "Database";
      if (statement.like) name += " (" + std::string(*statement.like) + ")";
      query = {"SELECT SCHEMA_NAME AS " + Quoted(name) + " FROM information_schema.SCHEMATA", name, Quoted(name)};
      break;
    }
    case ShowKind::kTables: {
      if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
      if (db.catalog().FindSchema(transaction.get(), schema_name) == nullptr &&
          !db.catalog().IsVirtualSchema(schema_name)) {
        return Error(ER_BAD_DB_ERROR, schema_name);
      }
      if (!security.is_internal() && !security.CanSeeDatabase(schema_name) && !db.catalog().IsVirtualSchema(schema_name)) {
        return Error(ER_DBACCESS_DENIED_ERROR, security.account().user, security.account().host, schema_name);
      }
      std::string name = "Tables_in_" + schema_name;
      if (statement.like) name += " (" + std::string(*statement.like) + ")";
      query = {"SELECT TABLE_NAME AS " + Quoted(name) + (statement.is_full ? ", TABLE_TYPE AS `Table_type`" : "") +
                   " FROM information_schema.TABLES WHERE TABLE_SCHEMA = " + schema_text,
               name, Quoted(name)};
      break;
    }
    case ShowKind::kTableStatus:
      if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
      if (db.catalog().FindSchema(transaction.get(), schema_name) == nullptr &&
          !db.catalog().IsVirtualSchema(schema_name)) {
        return Error(ER_BAD_DB_ERROR, schema_name);
      }
      query = {"SELECT TABLE_NAME AS `Name`, ENGINE AS `Engine`, VERSION AS `Version`, ROW_FORMAT AS `Row_format`, "
               "TABLE_ROWS AS `Rows`, AVG_ROW_LENGTH AS `Avg_row_length`, DATA_LENGTH AS `Data_length`, "
               "MAX_DATA_LENGTH AS `Max_data_length`, INDEX_LENGTH AS `Index_length`, DATA_FREE AS `Data_free`, "
               "AUTO_INCREMENT AS `Auto_increment`, CREATE_TIME AS `Create_time`, UPDATE_TIME AS `Update_time`, "
               "CHECK_TIME AS `Check_time`, TABLE_COLLATION AS `Collation`, CHECKSUM AS `Checksum`, CREATE_OPTIONS AS "
               "`Create_options`, TABLE_COMMENT AS `Comment` FROM information_schema.TABLES WHERE TABLE_SCHEMA = " +
                   schema_text,
               "Name", "`Name`"};
      break;
    case ShowKind::kIndex: {
      std::string table_schema(!statement.schema.empty()        ? statement.schema
                               : !statement.name.schema.empty() ? statement.name.schema
                                                                : std::string_view(database_name));
      if (table_schema.empty()) return Error(ER_NO_DB_ERROR);
      MAHI_RETURN_IF_ERROR(BeginStatement(true, false));
      auto object = schema.GetTable(table_schema, statement.name.name, TableIntent::kInspect);
      MAHI_RETURN_IF_ERROR(FinishStatement(object.ok() ? Status::Ok() : object.TakeStatus()));
      query = {"SELECT TABLE_NAME AS `Table`, NON_UNIQUE AS `Non_unique`, INDEX_NAME AS `Key_name`, SEQ_IN_INDEX AS "
               "`Seq_in_index`, COLUMN_NAME AS `Column_name`, COLLATION AS `Collation`, CARDINALITY AS `Cardinality`, "
               "SUB_PART AS `Sub_part`, PACKED AS `Packed`, NULLABLE AS `Null`, INDEX_TYPE AS `Index_type`, COMMENT AS "
               "`Comment`, INDEX_COMMENT AS `Index_comment`, IS_VISIBLE AS `Visible`, EXPRESSION AS `Expression` FROM "
               "information_schema.STATISTICS WHERE TABLE_SCHEMA = " +
                   QuoteText(table_schema) + " AND TABLE_NAME = " + QuoteText(statement.name.name),
               "Key_name", ""};
      break;
    }
    case ShowKind::kVariables:
      query = {std::string("SELECT VARIABLE_NAME AS `Variable_name`, VARIABLE_VALUE AS `Value` FROM performance_schema.") +
                   (is_global ? "global_variables" : "session_variables"),
               "Variable_name", "`Variable_name`"};
      break;
    case ShowKind::kStatus:
      query = {std::string("SELECT VARIABLE_NAME AS `Variable_name`, VARIABLE_VALUE AS `Value` FROM performance_schema.") +
                   (is_global ? "global_status" : "session_status"),
               "Variable_name", "`Variable_name`"};
      break;
    case ShowKind::kProcesslist:
      query = {std::string("SELECT ID AS `Id`, USER AS `User`, HOST AS `Host`, DB AS `db`, COMMAND AS `Command`, TIME AS "
                           "`Time`, STATE AS `State`, ") +
                   (statement.is_full ? "INFO" : "LEFT(INFO, 100)") +
                   " AS `Info` FROM information_schema.PROCESSLIST",
               "Id", "`Id`"};
      break;
    case ShowKind::kCharacterSet:
      query = {"SELECT CHARACTER_SET_NAME AS `Charset`, DESCRIPTION AS `Description`, DEFAULT_COLLATE_NAME AS `Default "
               "collation`, MAXLEN AS `Maxlen` FROM information_schema.CHARACTER_SETS",
               "Charset", "`Charset`"};
      break;
    case ShowKind::kCollation:
      query = {"SELECT COLLATION_NAME AS `Collation`, CHARACTER_SET_NAME AS `Charset`, ID AS `Id`, IS_DEFAULT AS "
               "`Default`, IS_COMPILED AS `Compiled`, SORTLEN AS `Sortlen`, PAD_ATTRIBUTE AS `Pad_attribute` FROM "
               "information_schema.COLLATIONS",
               "Collation", "`Collation`"};
      break;
    case ShowKind::kEngines:
      query = {"SELECT ENGINE AS `Engine`, SUPPORT AS `Support`, COMMENT AS `Comment`, TRANSACTIONS AS `Transactions`, XA "
               "AS `XA`, SAVEPOINTS AS `Savepoints` FROM information_schema.ENGINES",
               "Engine", ""};
      break;
    case ShowKind::kPlugins:
      query = {"SELECT PLUGIN_NAME AS `Name`, PLUGIN_STATUS AS `Status`, PLUGIN_TYPE AS `Type`, PLUGIN_LIBRARY AS "
               "`Library`, PLUGIN_LICENSE AS `License` FROM information_schema.PLUGINS",
               "Name", ""};
      break;
    case ShowKind::kTriggers:
      if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
      query = {"SELECT TRIGGER_NAME AS `Trigger`, EVENT_MANIPULATION AS `Event`, EVENT_OBJECT_TABLE AS `Table`, "
               "ACTION_STATEMENT AS `Statement`, ACTION_TIMING AS `Timing`, CREATED AS `Created`, SQL_MODE AS `sql_mode`, "
               "DEFINER AS `Definer`, CHARACTER_SET_CLIENT AS `character_set_client`, COLLATION_CONNECTION AS "
               "`collation_connection`, DATABASE_COLLATION AS `Database Collation` FROM information_schema.TRIGGERS WHERE "
               "TRIGGER_SCHEMA = " +
                   schema_text,
               "Table", ""};
      break;
    case ShowKind::kEvents:
      if (schema_name.empty()) return Error(ER_NO_DB_ERROR);
      query = {"SELECT EVENT_SCHEMA AS `Db`, EVENT_NAME AS `Name`, DEFINER AS `Definer`, TIME_ZONE AS `Time zone`, "
               "EVENT_TYPE AS `Type`, EXECUTE_AT AS `Execute at`, INTERVAL_VALUE AS `Interval value`, INTERVAL_FIELD AS "
               "`Interval field`, STARTS AS `Starts`, ENDS AS `Ends`, STATUS AS `Status`, ORIGINATOR AS `Originator`, "
               "CHARACTER_SET_CLIENT AS `character_set_client`, COLLATION_CONNECTION AS `collation_connection`, "
               "DATABASE_COLLATION AS `Database Collation` FROM information_schema.EVENTS WHERE EVENT_SCHEMA = " +
                   schema_text,
               "Name", ""};
      break;
    case ShowKind::kProcedureStatus:
    case ShowKind::kFunctionStatus:
      query = {std::string("SELECT ROUTINE_SCHEMA AS `Db`, ROUTINE_NAME AS `Name`, ROUTINE_TYPE AS `Type`, DEFINER AS "
                           "`Definer`, LAST_ALTERED AS `Modified`, CREATED AS `Created`, SECURITY_TYPE AS "
                           "`Security_type`, ROUTINE_COMMENT AS `Comment`, CHARACTER_SET_CLIENT AS "
                           "`character_set_client`, COLLATION_CONNECTION AS `collation_connection`, DATABASE_COLLATION AS "
                           "`Database Collation` FROM information_schema.ROUTINES WHERE ROUTINE_TYPE = ") +
                   (statement.show == ShowKind::kProcedureStatus ? "'PROCEDURE'" : "'FUNCTION'"),
               "Name", "`Name`"};
      break;
    case ShowKind::kOpenTables:
      query = {"SELECT TABLE_SCHEMA AS `Database`, TABLE_NAME AS `Table`, 0 AS `In_use`, 0 AS `Name_locked` FROM "
               "information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'" +
                   (statement.schema.empty() ? std::string() : " AND TABLE_SCHEMA = " + schema_text),
               "Table", "`Database`, `Table`"};
      break;
    case ShowKind::kPrivileges: {
      std::vector<std::vector<std::optional<std::string>>> rows;
      for (const PrivilegeInfo& privilege : StaticPrivileges()) rows.push_back({privilege.sql_name, "", ""});
      return SendRows({"Privilege", "Context", "Comment"}, rows, sink);
    }
    case ShowKind::kEngine:
      return ShowEngineStatus(statement, sink);
    case ShowKind::kProfiles:
      return SendRows({"Query_ID", "Duration", "Query"}, {}, sink);
    case ShowKind::kProfile:
      return SendRows({"Status", "Duration"}, {}, sink);
    case ShowKind::kReplicas:
      return SendRows({"Server_Id", "Host", "Port", "Source_Id", "Replica_UUID"}, {}, sink);
    case ShowKind::kReplicaStatus:
      return SendRows({"Replica_IO_State", "Source_Host", "Source_User", "Source_Port"}, {}, sink);
    case ShowKind::kBinaryLogs:
    case ShowKind::kBinaryLogStatus:
      return Error(ER_NO_BINARY_LOGGING);
    case ShowKind::kCreateProcedure:
      return Error(ER_SP_DOES_NOT_EXIST, "PROCEDURE", statement.name.name);
    case ShowKind::kCreateFunction:
      return Error(ER_SP_DOES_NOT_EXIST, "FUNCTION", statement.name.name);
    case ShowKind::kCreateTrigger:
      return Error(ER_TRG_DOES_NOT_EXIST);
    case ShowKind::kCreateEvent:
      return Error(ER_EVENT_DOES_NOT_EXIST, statement.name.name);
    default:
      return Error(ER_NOT_SUPPORTED_YET, "this SHOW statement");
  }

  std::string sql = "SELECT * FROM (" + query.select + ") AS `show`";
  if (statement.like) {
    sql += " WHERE " + Quoted(query.like_column) + " LIKE " + QuoteText(*statement.like);
  } else if (statement.where != nullptr) {
    sql += " WHERE " + PrintWhere(*statement.where);
  }
  if (!query.order.empty()) sql += " ORDER BY " + query.order;
  return ExecuteInternal(sql, sink);
}

std::string Session::Impl::PrintWhere(const ast::Expression& where) {
  std::string text;
  ast::PrintExpression(where, {}, &text);
  return text;
}

Status Session::Impl::ShowEngineStatus(const ast::ShowStatement& statement, ResultSink* sink) {
  MAHI_RETURN_IF_ERROR(security.CheckGlobal(kPrivilegeProcess));
  if (!EqualIgnoreAsciiCase(statement.engine, "innodb") && !EqualIgnoreAsciiCase(statement.engine, "all")) {
    return Error(ER_UNKNOWN_STORAGE_ENGINE, statement.engine);
  }
  if (!EqualIgnoreAsciiCase(statement.engine_what, "status")) return SendRows({"Type", "Name", "Status"}, {}, sink);
  std::string text = "\n=====================================\nTRANSACTIONS\n------------\n";
  for (const TransactionInfo& info : db.transactions().List()) {
    text += fmt::format("---TRANSACTION {}, {}{} row lock(s), undo log entries {}\nMySQL thread id {}\n", info.id,
                        info.is_waiting ? "LOCK WAIT, " : "ACTIVE, ", info.row_lock_count, info.write_count,
                        info.session_id);
  }
  text += "----------------------------\nEND OF INNODB MONITOR OUTPUT\n============================\n";
  return SendRows({"Type", "Name", "Status"}, {{"InnoDB", "", text}}, sink);
}

}  // namespace mahi
