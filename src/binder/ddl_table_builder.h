// TableBuilder: a table in the making, for CREATE TABLE and ALTER TABLE.
//
// Columns, keys and constraints are added, changed and dropped by name, in the statement's order; Finish checks the whole,
// resolves key columns to ordinals, orders the keys as MySQL shows them and makes the definition. Stored expressions
// (generated columns, defaults, checks, expression keys) are kept as canonical text.
//
// Errors: MySQL's for each rule (1060, 1061, 1067, 1068, 1072, 1075, 1091, 1170, 1171, ...).
// Thread safety: belongs to one binding.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binder/binder.h"
#include "parser/ast/ddl.h"

namespace mahi {

class TableBuilder {
 public:
  struct DraftColumn {
    Column column;
    std::optional<uint32_t> source;  // ordinal in the old table
    std::string old_name;            // its name there
    bool is_null_explicit = false;
  };
  struct DraftPart {
    std::string column;
    uint32_t prefix_length = 0;
    bool is_descending = false;
  };
  struct DraftIndex {
    Index index;  // without parts
    std::vector<DraftPart> parts;
  };

  TableBuilder(const BindContext& context, Plan* plan) : context_(context), plan_(plan) {}

  // CREATE: an empty table. ALTER: `old_table`, to be changed.
  Status Start(std::string schema, std::string name, CollationId schema_collation);
  Status StartFrom(const TableRef& old_table);

  Status ApplyOptions(ast::List<ast::TableOption> options);
  Status AddColumn(const ast::ColumnDefinition& definition, ast::ColumnPosition position,
                   std::string_view after);
  // A column with a ready-made type (CREATE TABLE ... SELECT).
  Status AddPlainColumn(Column column);
  Status ChangeColumn(std::string_view old_name, const ast::ColumnDefinition& definition,
                      ast::ColumnPosition position, std::string_view after);
  Status DropColumn(std::string_view name);
  Status RenameColumn(std::string_view old_name, std::string_view new_name);
  Status SetDefault(std::string_view name, ast::Expression* value, bool is_expression);
  Status DropDefault(std::string_view name);
  Status SetColumnVisible(std::string_view name, bool is_visible);
  Status AddIndex(const ast::IndexDefinition& definition);
  Status DropIndex(std::string_view name);
  Status RenameIndex(std::string_view old_name, std::string_view new_name);
  Status SetIndexVisible(std::string_view name, bool is_visible);
  Status AddForeignKey(const ast::ForeignKeyDefinition& definition);
  Status DropForeignKey(std::string_view name);
  Status AddCheck(const ast::CheckDefinition& definition, std::string_view column);
  Status DropCheck(std::string_view name);
  Status DropConstraint(std::string_view name);
  Status SetCheckEnforced(std::string_view name, bool is_enforced);
  Status ConvertCharset(CollationId collation);

  bool HasColumn(std::string_view name) const { return FindDraft(name) != nullptr; }
  bool HasIndex(std::string_view name) const;

  // Checks the whole and makes the definition; builder is used up.
  Result<std::shared_ptr<TableDefinition>> Finish();
  // For each column of the finished table: its ordinal in the old one.
  std::vector<std::optional<uint32_t>> SourceColumns() const;
  // Generated columns, expression defaults and checks of the finished table, bound; slot = ordinal.
  Result<RowExpressions> BindExpressions(const TableDefinition& table);
  bool must_rebuild() const { return must_rebuild_; }
  void set_must_rebuild() { must_rebuild_ = true; }
  TableDefinition& table() { return *table_; }

 private:
  DraftColumn* FindDraft(std::string_view name);
  const DraftColumn* FindDraft(std::string_view name) const;
  bool is_strict() const;
  Result<DraftColumn> MakeColumn(const ast::ColumnDefinition& definition);
  Status ResolveDefault(ast::Expression* value, bool is_expression, Column* column);
  Status Place(DraftColumn draft, ast::ColumnPosition position, std::string_view after);
  Status AddColumnKeys(const ast::ColumnDefinition& definition);
  Status ResolveParts(const DraftIndex& draft, Index* index);
  Status CheckForeignKeys();
  Status EnsureForeignKeyIndex(const ForeignKey& key);
  Status CheckPrimaryKeyColumns();
  Status CheckExpressions();
  std::string UniqueIndexName(std::string_view base) const;
  std::string GeneratedConstraintName(std::string_view suffix) const;

  const BindContext& context_;
  Plan* plan_;
  TableRef old_table_;
  std::shared_ptr<TableDefinition> table_;  // options; columns and keys come at the end
  std::vector<DraftColumn> columns_;
  std::vector<DraftIndex> indexes_;
  struct DraftForeignKey {
    ForeignKey key;                         // without columns
    std::vector<std::string> columns;
    bool is_new = false;
  };
  std::vector<DraftForeignKey> foreign_keys_;
  std::vector<std::string> dropped_names_;
  bool must_rebuild_ = false;
  uint32_t generated_checks_ = 0;
};

// `name` as MySQL compares identifiers of columns and keys.
bool SameIdentifier(std::string_view a, std::string_view b);
// 1059, 1166/1103 for names that may not be used.
Status CheckColumnName(std::string_view name);
Status CheckTableName(std::string_view name);
Status CheckSchemaName(std::string_view name);

}  // namespace mahi
