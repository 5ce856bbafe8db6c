// Scopes: which names an expression may use, and what they mean.
//
// A Relation is one table of a FROM clause under its alias. A FromItem is a bound table reference: its plan, its
// relations and the columns that `*` and unqualified names see (NATURAL and USING join columns appear once).
// A Scope is one query block while its expressions are bound. Names are looked up in it, then in `outer`. Crossing a
// scope with `captures` leaves a subquery expression: the column found farther out becomes an outer column of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parser/ast/select.h"
#include "plan/logical_plan.h"
#include "schema/view_definition.h"

namespace mahi {

// Where a result column comes from, for the clients' metadata and for messages.
struct ColumnOrigin {
  std::string_view schema;
  std::string_view table;           // alias
  std::string_view original_table;
  std::string_view original_name;
  const TableDefinition* definition = nullptr;
  uint32_t ordinal = 0;
};

struct ScopeColumn {
  std::string_view name;
  ColumnId id = 0;                   // 0: `expression`
  Expression* expression = nullptr;  // a column of a merged view, or the coalesced column of a full join
  SqlType type;
  bool is_nullable = true;
  bool is_invisible = false;         // not in `*`
  Coercibility coercibility = Coercibility::kImplicit;
  ColumnOrigin origin;
};

struct Relation {
  std::string_view schema;  // database; empty for derived tables
  std::string_view alias;
  bool is_case_insensitive = false;  // virtual tables
  std::vector<ScopeColumn> columns;
  TableRef table;           // base table
  GetNode* get = nullptr;
  ViewRef view;
  // The base relations of a merged view.
  std::vector<Relation*> base;
  std::vector<size_t> privileges;    // indexes of plan privileges that note the columns used
};

// All columns of `from` determine all columns of `to`.
struct FunctionalDependency {
  std::vector<ColumnId> from;
  std::vector<ColumnId> to;
};

struct VisibleColumn {
  Relation* relation = nullptr;
  uint32_t index = 0;
  const ScopeColumn& column() const { return relation->columns[index]; }
};

struct FromItem {
  LogicalNode* node = nullptr;
  std::vector<Relation*> relations;
  std::vector<VisibleColumn> columns;  // invisible ones too
  std::vector<FunctionalDependency> dependencies;
  std::vector<ColumnId> lateral_references;  // columns of tables to the left that the plan reads
};

// What a subquery expression reads from outside.
struct Captures {
  std::vector<ColumnId> columns;
  std::vector<Expression*> arguments;  // over the row of the block outside
};

enum class Clause : uint8_t {
  kSelectList, kWhere, kOn, kGroupBy, kHaving, kOrderBy, kWindow, kValues, kLimit, kDefault, kCheck, kGenerated,
};

struct SelectItem {
  Expression* expression = nullptr;
  const ast::Expression* ast = nullptr;  // null: from `*`
  std::string_view name;
  bool has_alias = false;
  ColumnOrigin origin;      // of a plain column
  ColumnId output = 0;
  ColumnId early = 0;       // computed below HAVING because HAVING or another item names it
};

struct CteBinding;

struct Scope {
  Scope* outer = nullptr;
  Captures* captures = nullptr;        // non-null: a subquery expression begins here
  FromItem* from = nullptr;
  std::vector<ColumnId>* lateral_references = nullptr;  // notes the columns found in `from`
  Clause clause = Clause::kSelectList;
  std::string_view clause_name;        // overrides the clause's name in messages
  CteBinding* ctes = nullptr;          // visible common table expressions, innermost first

  // The query block's items and keys, as far as they are bound.
  std::vector<SelectItem>* items = nullptr;
  std::vector<Expression*>* group_keys = nullptr;
  std::vector<std::string_view>* group_names = nullptr;
  bool is_block = false;               // a query block that may aggregate
  bool has_aggregate = false;
  bool has_group_by = false;
  bool has_window = false;
  uint32_t aggregate_depth = 0;        // > 0: within an aggregate's arguments, perhaps of an inner block
  bool in_aggregate = false;           // within an aggregate's arguments of this block
  bool allows_windows = false;
  const ast::SelectBlock* block = nullptr;

  // INSERT ... VALUES: earlier columns of the row are known by their values.
  const TableDefinition* values_table = nullptr;
  const std::vector<Expression*>* values_row = nullptr;  // by ordinal; null: not yet given
  // ON DUPLICATE KEY UPDATE: what VALUES(column) means, by ordinal.
  const TableDefinition* insert_table = nullptr;
  const std::vector<ColumnId>* new_row = nullptr;
};

}  // namespace mahi
