// DDL as data: what a definition statement asks for, with names, types and expressions resolved by the binder.
//
// The executor carries it out: dictionary and data change in one transaction. Commands live in the plan's arena.
// Thread safety: belongs to the statement.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/expression.h"
#include "plan/logical_plan.h"
#include "schema/table_definition.h"
#include "schema/view_definition.h"

namespace mahi {

struct LogicalNode;
struct PhysicalNode;

enum class DdlKind : uint8_t {
  kCreateDatabase,
  kAlterDatabase,
  kDropDatabase,
  kCreateTable,
  kCreateTableLike,
  kAlterTable,   // CREATE INDEX and DROP INDEX too
  kDropTable,
  kRenameTable,
  kTruncateTable,
  kCreateView,
  kDropView,
};

struct DdlCommand {
  DdlKind kind;

 protected:
  explicit DdlCommand(DdlKind k) : kind(k) {}
};

template <typename T>
T* As(DdlCommand* command) {
  MAHI_ASSERT(command->kind == T::kKind);
  return static_cast<T*>(command);
}

struct CreateDatabaseCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kCreateDatabase;
  CreateDatabaseCommand() : DdlCommand(kKind) {}
  std::string name;
  bool if_not_exists = false;
  CollationId collation = 0;
};
struct AlterDatabaseCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kAlterDatabase;
  AlterDatabaseCommand() : DdlCommand(kKind) {}
  std::string name;
  std::optional<CollationId> collation;
  std::optional<bool> is_read_only;
};
struct DropDatabaseCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kDropDatabase;
  DropDatabaseCommand() : DdlCommand(kKind) {}
  std::string name;
  bool if_exists = false;
};

struct CreateTableCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kCreateTable;
  CreateTableCommand() : DdlCommand(kKind) {}
  std::shared_ptr<TableDefinition> table;  // complete but for ids, which the executor assigns
  bool if_not_exists = false;
  bool already_exists = false;                // IF NOT EXISTS met a table: a note, nothing else
  // CREATE TABLE ... SELECT: an insert of the query into the new table, planned against `table`.
  LogicalNode* fill_logical = nullptr;
  PhysicalNode* fill = nullptr;
};
struct CreateTableLikeCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kCreateTableLike;
  CreateTableLikeCommand() : DdlCommand(kKind) {}
  std::string schema, name;
  TableRef source;
  bool if_not_exists = false;
  bool is_temporary = false;
};

// The table as it shall be, and how each new column gets its value from an old row.
struct AlterTableCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kAlterTable;
  AlterTableCommand() : DdlCommand(kKind) {}
  TableRef old_table;
  std::shared_ptr<TableDefinition> new_table;  // old indexes keep their ids, new ones have id 0; likewise columns
  std::vector<std::optional<uint32_t>> source_columns;  // for each new column: ordinal in the old table, or none
  // Generated columns, defaults of new columns, checks to verify on existing rows; over the new row, slot = ordinal.
  RowExpressions expressions;
  bool is_rename = false;                       // schema or name differ
  bool must_rebuild = false;                    // FORCE, ENGINE=, a change of type, primary key or order; else in place
};

struct QualifiedName {
  std::string schema;
  std::string name;
};
struct DropTableCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kDropTable;
  DropTableCommand() : DdlCommand(kKind) {}
  std::vector<QualifiedName> tables;
  bool if_exists = false;
  bool is_temporary = false;
};
struct RenameTableCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kRenameTable;
  RenameTableCommand() : DdlCommand(kKind) {}
  std::vector<std::pair<QualifiedName, QualifiedName>> renames;  // in order, as one atomic step
};
struct TruncateTableCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kTruncateTable;
  TruncateTableCommand() : DdlCommand(kKind) {}
  TableRef table;
};
struct CreateViewCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kCreateView;
  CreateViewCommand() : DdlCommand(kKind) {}
  std::shared_ptr<ViewDefinition> view;
  bool or_replace = false;
  bool is_alter = false;  // ALTER VIEW: must exist
};
struct DropViewCommand : DdlCommand {
  static constexpr DdlKind kKind = DdlKind::kDropView;
  DropViewCommand() : DdlCommand(kKind) {}
  std::vector<QualifiedName> views;
  bool if_exists = false;
};

}  // namespace mahi
