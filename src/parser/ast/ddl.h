// AST of statements that define objects. See node.h for conventions.
// Source: MySQL 8.4 manual, "Data Definition Statements".
#pragma once

#include "parser/ast/statement.h"

namespace mahi::ast {

// --- Databases ----------------------------------------------------------------------------------------

struct DatabaseOptions {
  std::string_view charset;
  std::string_view collation;
  std::optional<bool> is_encrypted;
  std::optional<bool> is_read_only;      // ALTER only; DEFAULT is false
};
struct CreateDatabaseStatement : StatementOf<StatementKind::kCreateDatabase> {
  bool if_not_exists = false;
  std::string_view name;
  DatabaseOptions options;
};
struct AlterDatabaseStatement : StatementOf<StatementKind::kAlterDatabase> {
  std::string_view name;                 // empty: the current database
  DatabaseOptions options;
};
struct DropDatabaseStatement : StatementOf<StatementKind::kDropDatabase> {
  bool if_exists = false;
  std::string_view name;
};

// --- Columns, indexes, constraints --------------------------------------------------------------------

struct CheckDefinition {
  std::string_view name;
  Expression* expression = nullptr;
  bool is_enforced = true;
};

enum class ReferentialAction : uint8_t { kUnspecified, kRestrict, kCascade, kSetNull, kNoAction, kSetDefault };
enum class MatchKind : uint8_t { kUnspecified, kSimple, kFull, kPartial };
struct ForeignKeyDefinition {
  std::string_view constraint_name;
  std::string_view index_name;
  List<std::string_view> columns;
  QualifiedName referenced_table;
  List<std::string_view> referenced_columns;
  MatchKind match = MatchKind::kUnspecified;
  ReferentialAction on_delete = ReferentialAction::kUnspecified;
  ReferentialAction on_update = ReferentialAction::kUnspecified;
};

enum class ColumnKey : uint8_t { kNone, kPrimary, kUnique, kIndex };
enum class ColumnStorage : uint8_t { kDefault, kDisk, kMemory };
enum class ColumnFormat : uint8_t { kUnspecified, kDefault, kFixed, kDynamic };

struct ColumnDefinition {
  std::string_view name;
  DataType* type = nullptr;
  Tristate is_nullable = Tristate::kDefault;  // NULL: kYes, NOT NULL: kNo
  Expression* default_value = nullptr;        // literal, NOW() or an expression
  bool default_is_expression = false;         // DEFAULT (expression)
  Expression* on_update = nullptr;            // ON UPDATE CURRENT_TIMESTAMP[(n)]
  bool is_auto_increment = false;
  bool is_serial_default = false;             // SERIAL DEFAULT VALUE
  ColumnKey key = ColumnKey::kNone;
  bool has_unique = false;                    // UNIQUE beside PRIMARY KEY
  Expression* generated = nullptr;            // GENERATED ALWAYS AS (expression)
  bool is_stored = false;                     // STORED; else VIRTUAL
  std::optional<std::string_view> comment;
  Tristate is_visible = Tristate::kDefault;
  ColumnFormat format = ColumnFormat::kUnspecified;
  ColumnStorage storage = ColumnStorage::kDefault;
  std::optional<std::string_view> engine_attribute;
  std::optional<std::string_view> secondary_engine_attribute;
  List<CheckDefinition> checks;
  ForeignKeyDefinition* references = nullptr;  // inline REFERENCES: parsed and, as in MySQL, without effect
  SourceRange source;
};

struct KeyPart {
  std::string_view column;            // empty: expression
  Expression* expression = nullptr;   // ((expression))
  std::optional<uint64_t> prefix_length;
  bool is_descending = false;
};
enum class IndexKind : uint8_t { kIndex, kPrimary, kUnique, kFulltext, kSpatial };
enum class IndexAlgorithm : uint8_t { kDefault, kBtree, kHash, kRtree };
struct IndexDefinition {
  IndexKind kind = IndexKind::kIndex;
  std::string_view name;
  std::string_view constraint_name;   // CONSTRAINT name PRIMARY KEY / UNIQUE
  List<KeyPart> parts;
  IndexAlgorithm algorithm = IndexAlgorithm::kDefault;
  std::optional<uint64_t> key_block_size;
  std::string_view parser;            // WITH PARSER
  std::optional<std::string_view> comment;
  Tristate is_visible = Tristate::kDefault;
  std::optional<std::string_view> engine_attribute;
  std::optional<std::string_view> secondary_engine_attribute;
  Expression* where = nullptr;        // partial index (addition)
  SourceRange source;
};

// --- Table options and partitions ---------------------------------------------------------------------

enum class TableOptionKind : uint8_t {
  kEngine, kSecondaryEngine, kAutoextendSize, kAutoIncrement, kAvgRowLength, kCharset, kChecksum, kCollation,
  kComment, kCompression, kConnection, kDataDirectory, kIndexDirectory, kDelayKeyWrite, kEncryption,
  kEngineAttribute, kSecondaryEngineAttribute, kInsertMethod, kKeyBlockSize, kMaxRows, kMinRows, kPackKeys,
  kPassword, kRowFormat, kStartTransaction, kStatsAutoRecalc, kStatsPersistent, kStatsSamplePages,
  kStorage, kTablespace, kUnion,
};
struct TableOption {
  TableOptionKind kind;
  std::string_view text;              // names, strings, words in upper case; "DEFAULT" where that was written
  uint64_t number = 0;                // numeric options
  bool is_default = false;            // = DEFAULT
  List<QualifiedName> tables;         // UNION
};

enum class PartitionKind : uint8_t { kHash, kKey, kRange, kRangeColumns, kList, kListColumns };
struct PartitionValue {
  Expression* expression = nullptr;   // null: MAXVALUE
};
struct PartitionOption {
  std::string_view name;              // ENGINE, COMMENT, DATA DIRECTORY, INDEX DIRECTORY, MAX_ROWS, MIN_ROWS, TABLESPACE
  std::string_view text;
  uint64_t number = 0;
};
struct PartitionDefinition {
  std::string_view name;
  bool is_less_than = false;          // VALUES LESS THAN
  bool is_in = false;                 // VALUES IN
  bool is_max_value = false;          // LESS THAN MAXVALUE without parentheses
  List<List<PartitionValue>> values;  // LESS THAN: one row; IN: one row for each value
  List<PartitionOption> options;
  List<PartitionDefinition> subpartitions;
};
struct PartitionMethod {
  PartitionKind kind = PartitionKind::kHash;
  bool is_linear = false;
  uint64_t key_algorithm = 0;         // KEY ALGORITHM = n; 0: not given
  Expression* expression = nullptr;   // HASH, RANGE, LIST
  List<std::string_view> columns;     // KEY, RANGE COLUMNS, LIST COLUMNS
};
struct PartitionClause {
  PartitionMethod method;
  std::optional<uint64_t> partition_count;
  PartitionMethod* subpartition_method = nullptr;
  std::optional<uint64_t> subpartition_count;
  List<PartitionDefinition> partitions;
  SourceRange source;
};

// --- Tables -------------------------------------------------------------------------------------------

enum class DuplicateHandling : uint8_t { kError, kIgnore, kReplace };
struct CreateTableStatement : StatementOf<StatementKind::kCreateTable> {
  bool is_temporary = false;
  bool or_replace = false;            // addition
  bool if_not_exists = false;
  QualifiedName name;
  List<ColumnDefinition*> columns;
  List<IndexDefinition*> indexes;
  List<ForeignKeyDefinition*> foreign_keys;
  List<CheckDefinition*> checks;
  List<TableOption> options;
  PartitionClause* partition = nullptr;
  DuplicateHandling duplicates = DuplicateHandling::kError;  // with a query
  QueryExpression* query = nullptr;   // CREATE TABLE ... SELECT
  bool is_like = false;
  QualifiedName like;
};

enum class AlterActionKind : uint8_t {
  kAddColumn,            // columns (one or more), position
  kModifyColumn,         // column, position
  kChangeColumn,         // old_name, column, position
  kDropColumn,           // name
  kRenameColumn,         // old_name, name
  kSetDefault,           // name, default_value, default_is_expression
  kDropDefault,          // name
  kSetColumnVisibility,  // name, is_visible
  kAddIndex,             // index
  kAddForeignKey,        // foreign_key
  kAddCheck,             // check
  kDropIndex,            // name
  kDropPrimaryKey,
  kDropForeignKey,       // name
  kDropCheck,            // name
  kDropConstraint,       // name
  kAlterCheck,           // name, is_enforced
  kAlterConstraint,      // name, is_enforced
  kAlterIndexVisibility, // name, is_visible
  kRenameIndex,          // old_name, name
  kRenameTable,          // table
  kOptions,              // options
  kConvertCharset,       // charset (empty: DEFAULT), collation
  kOrderBy,              // order_by
  kEnableKeys,
  kDisableKeys,
  kForce,
  kDiscardTablespace,    // partitions: of those; all_partitions
  kImportTablespace,
  kSecondaryLoad,
  kSecondaryUnload,
  kPartitionBy,          // partition
  kRemovePartitioning,
  kAddPartition,         // partition_definitions or partition_count
  kDropPartition,        // partitions
  kCoalescePartition,    // partition_count
  kReorganizePartition,  // partitions, partition_definitions
  kExchangePartition,    // partitions[0], table, with_validation
  kTruncatePartition,    // partitions, all_partitions
  kAnalyzePartition,
  kCheckPartition,
  kOptimizePartition,
  kRebuildPartition,
  kRepairPartition,
};
enum class ColumnPosition : uint8_t { kDefault, kFirst, kAfter };

// One action of ALTER TABLE; the members used depend on `kind` as listed above.
struct AlterAction {
  AlterActionKind kind;
  bool if_exists = false;             // addition: DROP ... IF EXISTS
  bool if_not_exists = false;         // addition: ADD ... IF NOT EXISTS
  std::string_view name;
  std::string_view old_name;
  List<ColumnDefinition*> columns;    // ADD (a INT, b INT)
  ColumnDefinition* column = nullptr;
  ColumnPosition position = ColumnPosition::kDefault;
  std::string_view after;
  Expression* default_value = nullptr;
  bool default_is_expression = false;
  bool is_visible = true;
  bool is_enforced = true;
  IndexDefinition* index = nullptr;
  ForeignKeyDefinition* foreign_key = nullptr;
  CheckDefinition* check = nullptr;
  QualifiedName table;
  List<TableOption> options;
  std::string_view charset;
  std::string_view collation;
  List<OrderItem> order_by;
  PartitionClause* partition = nullptr;
  List<PartitionDefinition> partition_definitions;
  std::optional<uint64_t> partition_count;
  List<std::string_view> partitions;
  bool all_partitions = false;
  bool with_validation = true;
};
enum class AlterAlgorithm : uint8_t { kDefault, kInstant, kInplace, kCopy };
enum class AlterLock : uint8_t { kDefault, kNone, kShared, kExclusive };
struct AlterTableStatement : StatementOf<StatementKind::kAlterTable> {
  QualifiedName table;
  List<AlterAction*> actions;
  AlterAlgorithm algorithm = AlterAlgorithm::kDefault;
  AlterLock lock = AlterLock::kDefault;
  bool has_algorithm = false;
  bool has_lock = false;
  Tristate validation = Tristate::kDefault;
};

struct DropTableStatement : StatementOf<StatementKind::kDropTable> {
  bool is_temporary = false;
  bool if_exists = false;
  List<QualifiedName> tables;
};
struct TableRename {
  QualifiedName from, to;
};
struct RenameTableStatement : StatementOf<StatementKind::kRenameTable> {
  List<TableRename> renames;
};
struct TruncateTableStatement : StatementOf<StatementKind::kTruncateTable> {
  QualifiedName table;
};

struct CreateIndexStatement : StatementOf<StatementKind::kCreateIndex> {
  bool if_not_exists = false;         // addition
  QualifiedName table;
  IndexDefinition* index = nullptr;
  AlterAlgorithm algorithm = AlterAlgorithm::kDefault;
  AlterLock lock = AlterLock::kDefault;
};
struct DropIndexStatement : StatementOf<StatementKind::kDropIndex> {
  bool if_exists = false;             // addition
  std::string_view name;
  QualifiedName table;
  AlterAlgorithm algorithm = AlterAlgorithm::kDefault;
  AlterLock lock = AlterLock::kDefault;
};

// --- Views --------------------------------------------------------------------------------------------

enum class ViewAlgorithm : uint8_t { kUndefined, kMerge, kTemptable };
enum class CheckOption : uint8_t { kNone, kLocal, kCascaded };
struct CreateViewStatement : StatementOf<StatementKind::kCreateView> {  // ALTER VIEW too
  bool or_replace = false;
  bool if_not_exists = false;
  bool is_alter = false;
  ViewAlgorithm algorithm = ViewAlgorithm::kUndefined;
  AccountName* definer = nullptr;
  bool is_security_invoker = false;
  QualifiedName name;
  List<std::string_view> columns;
  QueryExpression* query = nullptr;   // query->source is the text of the definition
  CheckOption check_option = CheckOption::kNone;
};
struct DropViewStatement : StatementOf<StatementKind::kDropView> {
  bool if_exists = false;
  List<QualifiedName> views;
  bool is_restrict = false;
  bool is_cascade = false;
};

// --- Stored programs: header parsed, body kept as text ------------------------------------------------

enum class ParameterMode : uint8_t { kIn, kOut, kInOut };
struct RoutineParameter {
  ParameterMode mode = ParameterMode::kIn;
  std::string_view name;
  DataType* type = nullptr;
};
enum class SqlDataAccess : uint8_t { kUnspecified, kContainsSql, kNoSql, kReadsSqlData, kModifiesSqlData };
struct RoutineCharacteristics {
  std::optional<std::string_view> comment;
  Tristate is_deterministic = Tristate::kDefault;
  SqlDataAccess data_access = SqlDataAccess::kUnspecified;
  std::optional<bool> is_security_invoker;
  std::string_view language;          // empty: SQL
};
struct CreateRoutineStatement : StatementOf<StatementKind::kCreateRoutine> {
  bool is_function = false;
  bool or_replace = false;            // addition
  bool if_not_exists = false;
  AccountName* definer = nullptr;
  QualifiedName name;
  List<RoutineParameter> parameters_list;
  SourceRange parameters_source;
  DataType* returns = nullptr;
  RoutineCharacteristics characteristics;
  SourceRange body;
};
struct AlterRoutineStatement : StatementOf<StatementKind::kAlterRoutine> {
  bool is_function = false;
  QualifiedName name;
  RoutineCharacteristics characteristics;
};
struct DropRoutineStatement : StatementOf<StatementKind::kDropRoutine> {
  bool is_function = false;
  bool if_exists = false;
  QualifiedName name;
};

struct CreateTriggerStatement : StatementOf<StatementKind::kCreateTrigger> {
  bool or_replace = false;            // addition
  bool if_not_exists = false;
  AccountName* definer = nullptr;
  QualifiedName name;
  bool is_before = true;
  std::string_view event;             // INSERT, UPDATE, DELETE (upper case)
  QualifiedName table;
  bool has_order = false;
  bool follows = true;                // FOLLOWS; else PRECEDES
  std::string_view other_trigger;
  SourceRange body;
};
struct DropTriggerStatement : StatementOf<StatementKind::kDropTrigger> {
  bool if_exists = false;
  QualifiedName name;
};

enum class EventStatus : uint8_t { kUnspecified, kEnable, kDisable, kDisableOnReplica };
struct EventSchedule {
  Expression* at = nullptr;
  Expression* every = nullptr;        // Interval
  Expression* starts = nullptr;
  Expression* ends = nullptr;
};
struct EventStatement : Statement {   // CREATE EVENT and ALTER EVENT
  explicit EventStatement(bool alter) : Statement(alter ? StatementKind::kAlterEvent : StatementKind::kCreateEvent) {}
  static constexpr StatementKind kKind = StatementKind::kCreateEvent;
  bool or_replace = false;            // addition
  bool if_not_exists = false;
  AccountName* definer = nullptr;
  QualifiedName name;
  EventSchedule schedule;
  std::optional<bool> on_completion_preserve;
  QualifiedName rename_to;
  EventStatus status = EventStatus::kUnspecified;
  std::optional<std::string_view> comment;
  SourceRange body;                   // length 0: none (ALTER)
};
struct DropEventStatement : StatementOf<StatementKind::kDropEvent> {
  bool if_exists = false;
  QualifiedName name;
};

// BEGIN ... END, IF, WHILE ... outside a definition (only within CREATE ... bodies in MySQL; 1064 elsewhere).

// --- Other objects ------------------------------------------------------------------------------------

struct CreateLoadableFunctionStatement : StatementOf<StatementKind::kCreateLoadableFunction> {
  bool is_aggregate = false;
  bool if_not_exists = false;
  std::string_view name;
  std::string_view returns;           // STRING, INTEGER, REAL, DECIMAL
  std::string_view library;
};

enum class DdlVerb : uint8_t { kCreate, kAlter, kDrop };
struct NamedOption {
  std::string_view name;              // upper case
  std::string_view text;
  uint64_t number = 0;
};
struct TablespaceStatement : StatementOf<StatementKind::kTablespace> {
  DdlVerb verb = DdlVerb::kCreate;
  bool is_undo = false;
  bool is_logfile_group = false;
  std::string_view name;
  std::string_view rename_to;
  List<NamedOption> options;
};
struct ServerStatement : StatementOf<StatementKind::kServer> {
  DdlVerb verb = DdlVerb::kCreate;
  bool if_exists = false;
  std::string_view name;
  std::string_view wrapper;
  List<NamedOption> options;
};
struct SpatialReferenceSystemStatement : StatementOf<StatementKind::kSpatialReferenceSystem> {
  DdlVerb verb = DdlVerb::kCreate;
  bool or_replace = false, if_not_exists = false, if_exists = false;
  uint64_t srid = 0;
  List<NamedOption> attributes;
};
struct ResourceGroupStatement : StatementOf<StatementKind::kResourceGroup> {
  DdlVerb verb = DdlVerb::kCreate;
  std::string_view name;
  bool is_system = false;
  Tristate is_enabled = Tristate::kDefault;
  bool is_force = false;
  std::optional<int64_t> thread_priority;
  List<NamedOption> cpus;             // name: "first" or "first-last"
};

}  // namespace mahi::ast
