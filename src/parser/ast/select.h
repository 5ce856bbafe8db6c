// AST of queries: query expressions, blocks, table references. See node.h for conventions.
// Source: MySQL 8.4 manual, "SELECT Statement", "JOIN Clause", "WITH (Common Table Expressions)",
// "Set Operations with UNION, INTERSECT, and EXCEPT", "VALUES Statement", "TABLE Statement".
#pragma once

#include "parser/ast/expression.h"

namespace mahi::ast {

enum class QueryBodyKind : uint8_t { kSelect, kSetOperation, kValues, kTable, kParenthesized };

struct QueryBody {
  QueryBodyKind kind;
  SourceRange source;

  template <typename T>
  T* As() {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<T*>(this);
  }
  template <typename T>
  const T* As() const {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<const T*>(this);
  }

 protected:
  explicit QueryBody(QueryBodyKind k) : kind(k) {}
};

struct Limit {
  Expression* offset = nullptr;  // Literal, Parameter or (in stored programs) ColumnReference
  Expression* count = nullptr;
};

struct CommonTable {
  std::string_view name;
  List<std::string_view> columns;
  QueryExpression* query;
  SourceRange source;
};
struct With {
  bool is_recursive = false;
  List<CommonTable> tables;
};

enum class LockStrength : uint8_t { kUpdate, kShare };
enum class LockWait : uint8_t { kWait, kNoWait, kSkipLocked };
// FOR UPDATE | FOR SHARE | LOCK IN SHARE MODE
struct LockingClause {
  LockStrength strength = LockStrength::kUpdate;
  LockWait wait = LockWait::kWait;
  List<QualifiedName> of_tables;  // empty: all
};

// FIELDS and LINES of SELECT INTO OUTFILE and LOAD DATA; absent parts keep MySQL's defaults.
struct FileFormat {
  std::string_view charset;
  std::optional<std::string_view> fields_terminated_by;
  std::optional<std::string_view> fields_enclosed_by;
  bool fields_optionally_enclosed = false;
  std::optional<std::string_view> fields_escaped_by;
  std::optional<std::string_view> lines_starting_by;
  std::optional<std::string_view> lines_terminated_by;
};

// @name, or (in stored programs) a local variable.
struct IntoVariable {
  std::string_view name;
  bool is_user_variable = true;
};
enum class IntoKind : uint8_t { kOutfile, kDumpfile, kVariables };
struct IntoClause {
  IntoKind kind = IntoKind::kVariables;
  std::string_view file_name;
  FileFormat format;               // kOutfile
  List<IntoVariable> variables;
};

// [WITH ...] body [ORDER BY] [LIMIT] [FOR ...] [INTO ...]
// For a body of one plain SELECT the clauses belong to that block.
struct QueryExpression {
  With* with = nullptr;
  QueryBody* body = nullptr;
  List<OrderItem> order_by;
  Limit* limit = nullptr;
  List<LockingClause> locking;
  IntoClause* into = nullptr;
  SourceRange source;  // without the parentheses around a subquery
};

// An item of the select list: an expression or [schema.][table.]*
struct SelectItem {
  Expression* expression = nullptr;  // null: star
  std::string_view star_schema;
  std::string_view star_table;
  std::string_view alias;
  bool has_alias = false;            // an alias may be the empty string
  SourceRange source;                // text without the alias: the column name when there is no alias
};

struct TableReference;

struct NamedWindow {
  std::string_view name;
  WindowSpecification* window;
};

enum class GroupByModifier : uint8_t { kNone, kRollup, kCube };

// SELECT ... [FROM ...] [WHERE] [GROUP BY] [HAVING] [WINDOW] [QUALIFY]
struct SelectBlock : QueryBody {
  static constexpr QueryBodyKind kKind = QueryBodyKind::kSelect;
  SelectBlock() : QueryBody(kKind) {}

  std::string_view hints;  // text inside /*+ ... */
  bool is_distinct = false;
  bool is_straight_join = false;
  bool is_high_priority = false;
  bool sql_small_result = false;
  bool sql_big_result = false;
  bool sql_buffer_result = false;
  bool sql_no_cache = false;
  bool sql_calc_found_rows = false;
  bool is_from_dual = false;           // FROM DUAL: `from` is empty
  List<SelectItem> items;
  List<TableReference*> from;          // comma list: inner joins, left to right
  Expression* where = nullptr;
  List<OrderItem> group_by;            // is_descending is never set
  GroupByModifier group_by_modifier = GroupByModifier::kNone;
  Expression* having = nullptr;
  List<NamedWindow> windows;
  Expression* qualify = nullptr;       // addition: filter on window functions
};

enum class SetOperator : uint8_t { kUnion, kIntersect, kExcept };
struct SetOperand {
  SetOperator op;
  bool is_all;
  QueryBody* body;
};
// ((first op1 operand1) op2 operand2) ...; INTERSECT binds tighter and appears as an operand of its own.
struct SetOperation : QueryBody {
  static constexpr QueryBodyKind kKind = QueryBodyKind::kSetOperation;
  SetOperation() : QueryBody(kKind) {}
  QueryBody* first = nullptr;
  List<SetOperand> operands;
};

// VALUES ROW(...), ROW(...)
struct ValuesBlock : QueryBody {
  static constexpr QueryBodyKind kKind = QueryBodyKind::kValues;
  ValuesBlock() : QueryBody(kKind) {}
  List<List<Expression*>> rows;  // an element may be Default in INSERT ... VALUES ROW()
};

// TABLE name
struct TableBlock : QueryBody {
  static constexpr QueryBodyKind kKind = QueryBodyKind::kTable;
  TableBlock() : QueryBody(kKind) {}
  QualifiedName table;
};

// (query expression) as an operand of a set operation or on its own. Redundant parentheses (no ORDER BY, LIMIT,
// locking, INTO or WITH inside) are removed by the parser.
struct ParenthesizedQuery : QueryBody {
  static constexpr QueryBodyKind kKind = QueryBodyKind::kParenthesized;
  ParenthesizedQuery() : QueryBody(kKind) {}
  QueryExpression* query = nullptr;
};

enum class TableReferenceKind : uint8_t { kTable, kDerived, kJoin, kJsonTable, kGroup };

struct TableReference {
  TableReferenceKind kind;
  SourceRange source;

  template <typename T>
  T* As() {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<T*>(this);
  }
  template <typename T>
  const T* As() const {
    MAHI_ASSERT(kind == T::kKind);
    return static_cast<const T*>(this);
  }

 protected:
  explicit TableReference(TableReferenceKind k) : kind(k) {}
};

enum class IndexHintKind : uint8_t { kUse, kForce, kIgnore };
enum class IndexHintScope : uint8_t { kAll, kJoin, kOrderBy, kGroupBy };
struct IndexHint {
  IndexHintKind kind = IndexHintKind::kUse;
  IndexHintScope scope = IndexHintScope::kAll;
  List<std::string_view> indexes;  // empty with kUse: use none; "PRIMARY" is the primary key
};

// TABLESAMPLE SYSTEM|BERNOULLI (percent)
struct TableSample {
  bool is_bernoulli = false;
  Expression* percentage = nullptr;
};

struct NamedTable : TableReference {
  static constexpr TableReferenceKind kKind = TableReferenceKind::kTable;
  NamedTable() : TableReference(kKind) {}
  QualifiedName name;
  std::string_view alias;
  List<std::string_view> partitions;
  List<IndexHint> index_hints;
  TableSample* sample = nullptr;
};

// [LATERAL] (query) [AS] alias [(columns)]
struct DerivedTable : TableReference {
  static constexpr TableReferenceKind kKind = TableReferenceKind::kDerived;
  DerivedTable() : TableReference(kKind) {}
  bool is_lateral = false;
  QueryExpression* query = nullptr;
  std::string_view alias;
  List<std::string_view> columns;
};

enum class JoinKind : uint8_t { kInner, kLeft, kRight, kFull, kStraight };
// `a CROSS JOIN b` and `a JOIN b` are kInner without condition. `left` and `right` are as written.
struct Join : TableReference {
  static constexpr TableReferenceKind kKind = TableReferenceKind::kJoin;
  Join() : TableReference(kKind) {}
  JoinKind join_kind = JoinKind::kInner;
  bool is_natural = false;
  TableReference* left = nullptr;
  TableReference* right = nullptr;
  Expression* on = nullptr;
  List<std::string_view> using_columns;
};

// (a, b JOIN c ...): a parenthesised comma list of two or more references.
struct TableGroup : TableReference {
  static constexpr TableReferenceKind kKind = TableReferenceKind::kGroup;
  TableGroup() : TableReference(kKind) {}
  List<TableReference*> tables;
};

struct JsonTableColumn;
enum class JsonTableColumnKind : uint8_t { kOrdinality, kPath, kExistsPath, kNested };
struct JsonTableColumn {
  JsonTableColumnKind kind = JsonTableColumnKind::kPath;
  std::string_view name;
  DataType* type = nullptr;
  Expression* path = nullptr;        // string literal
  JsonAction on_empty;
  JsonAction on_error;
  List<JsonTableColumn> nested;      // kNested
};
// JSON_TABLE(document, path COLUMNS (...)) [AS] alias
struct JsonTable : TableReference {
  static constexpr TableReferenceKind kKind = TableReferenceKind::kJsonTable;
  JsonTable() : TableReference(kKind) {}
  Expression* document = nullptr;
  Expression* path = nullptr;
  List<JsonTableColumn> columns;
  std::string_view alias;
};

}  // namespace mahi::ast
