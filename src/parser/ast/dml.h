// AST of statements that change rows. See node.h for conventions.
// Source: MySQL 8.4 manual, "Data Manipulation Statements".
#pragma once

#include "parser/ast/statement.h"

namespace mahi::ast {

// column = value; value may be Default.
struct Assignment {
  ColumnReference* column;
  Expression* value;
};

enum class DmlPriority : uint8_t { kDefault, kLow, kDelayed, kHigh };

// INSERT and REPLACE; is_replace tells which (kind is kInsert or kReplace, use AsInsert()).
// Exactly one source: `rows` (VALUES and SET), or `query` (SELECT, TABLE, VALUES ROW(), WITH).
struct InsertStatement : Statement {
  explicit InsertStatement(bool replace)
      : Statement(replace ? StatementKind::kReplace : StatementKind::kInsert), is_replace(replace) {}
  static constexpr StatementKind kKind = StatementKind::kInsert;  // As<> works for kInsert only
  bool is_replace;
  bool is_ignore = false;
  DmlPriority priority = DmlPriority::kDefault;
  std::string_view hints;
  QualifiedName table;
  List<std::string_view> partitions;
  List<ColumnReference*> columns;       // empty: all, in table order
  bool has_column_list = false;         // () was written: INSERT INTO t () VALUES ()
  bool is_set_syntax = false;           // INSERT ... SET a = 1: columns and one row
  List<List<Expression*>> rows;         // elements may be Default
  QueryExpression* query = nullptr;
  std::string_view row_alias;           // VALUES ... AS new
  List<std::string_view> row_alias_columns;
  List<Assignment> on_duplicate_key;
  List<SelectItem> returning;           // addition
};
// REQUIRES: kind is kInsert or kReplace.
inline InsertStatement* AsInsert(Statement* statement) { return static_cast<InsertStatement*>(statement); }
inline const InsertStatement* AsInsert(const Statement* statement) {
  return static_cast<const InsertStatement*>(statement);
}

// UPDATE of one table (one reference, no join) or of several.
struct UpdateStatement : StatementOf<StatementKind::kUpdate> {
  With* with = nullptr;
  std::string_view hints;
  bool is_low_priority = false;
  bool is_ignore = false;
  List<TableReference*> tables;
  List<Assignment> assignments;
  Expression* where = nullptr;
  List<OrderItem> order_by;             // single-table form only
  Limit* limit = nullptr;
  List<SelectItem> returning;           // addition
};

// DELETE FROM t ...; DELETE t1, t2 FROM joins ...; DELETE FROM t1, t2 USING joins ...
struct DeleteStatement : StatementOf<StatementKind::kDelete> {
  With* with = nullptr;
  std::string_view hints;
  bool is_low_priority = false;
  bool is_quick = false;
  bool is_ignore = false;
  bool is_multi_table = false;
  List<QualifiedName> targets;          // multi-table: names or aliases to delete from
  List<TableReference*> tables;         // single-table: one NamedTable (with alias and partitions)
  Expression* where = nullptr;
  List<OrderItem> order_by;             // single-table form only
  Limit* limit = nullptr;
  List<SelectItem> returning;           // addition
};

// A target of LOAD DATA: a column or @variable.
struct LoadTarget {
  ColumnReference* column = nullptr;
  std::string_view user_variable;
};
struct LoadDataStatement : StatementOf<StatementKind::kLoadData> {
  bool is_xml = false;
  bool is_local = false;
  bool is_low_priority = false;
  bool is_concurrent = false;
  bool is_replace = false;
  bool is_ignore = false;
  std::string_view file_name;
  QualifiedName table;
  List<std::string_view> partitions;
  FileFormat format;
  std::string_view rows_identified_by;  // XML
  uint64_t ignore_lines = 0;
  List<LoadTarget> targets;             // empty: all columns
  List<Assignment> assignments;
};

struct CallStatement : StatementOf<StatementKind::kCall> {
  QualifiedName procedure;
  List<Expression*> arguments;
};
struct DoStatement : StatementOf<StatementKind::kDo> {
  List<SelectItem> items;
};

enum class HandlerAction : uint8_t { kOpen, kRead, kClose };
struct HandlerStatement : StatementOf<StatementKind::kHandler> {
  HandlerAction action = HandlerAction::kOpen;
  QualifiedName table;
  std::string_view alias;
  std::string_view index;
  std::string_view direction;           // FIRST, NEXT, PREV, LAST (upper case); empty: by key
  BinaryOperator comparison = BinaryOperator::kEqual;
  List<Expression*> key;
  Expression* where = nullptr;
  Limit* limit = nullptr;
};
struct ImportTableStatement : StatementOf<StatementKind::kImportTable> {
  List<std::string_view> files;
};

}  // namespace mahi::ast
