// Binder: AST -> bound expressions and logical plan, or a DDL command.
//
// Resolves names against the schema, types and collations of every expression, expands views and `*`, extracts
// aggregates and window functions, checks GROUP BY and updatability, and notes privileges and dependencies.
// Errors: MySQL's (1054, 1052, 1146, 1055, 1111, ...), as the MySQL 8.4 manual lists them.
// Thread safety: one binder for one statement.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "function/function.h"
#include "parser/ast/statement.h"
#include "plan/physical_plan.h"

namespace mahi {

class SchemaReader;  // catalog/schema_reader.h

struct BindContext {
  SchemaReader* schema = nullptr;
  SessionInfo* session = nullptr;
  std::string_view database;  // current database; empty: none
  uint64_t sql_mode = 0;
  CollationId connection_collation = 255;
  CollationId server_collation = 255;
  const TimeZone* time_zone = nullptr;
  Diagnostics* diagnostics = nullptr;
  uint32_t div_precision_increment = 4;
  bool foreign_key_checks = true;
  bool explicit_defaults_for_timestamp = true;
  std::string_view default_storage_engine = "InnoDB";
  int64_t statement_time_us = 0;
  // Types of the parameters, when they are known (an execution's values, literals pulled out of the text).
  const std::vector<SqlType>* parameter_types = nullptr;
  // Parses the text of a view, a default or a generated column: the parser, which the binder may not include.
  Result<ast::Statement*> (*parse_statement)(std::string_view sql, uint64_t sql_mode, Arena* arena) = nullptr;
  Result<ast::Expression*> (*parse_expression)(std::string_view sql, uint64_t sql_mode, Arena* arena) = nullptr;
};

// Binds a query, DML or DDL statement into `plan` (logical or ddl set). Others: MAHI_ASSERT.
Status BindStatement(const BindContext& context, ast::Statement* statement, Plan* plan);

// Binds one expression without columns (SET x = ..., DO, LIMIT, KILL, CALL arguments).
// Subqueries are allowed: the plan's physical form is made by PlanExpression (optimizer/).
Result<Expression*> BindScalar(const BindContext& context, ast::Expression* expression, Plan* plan);

}  // namespace mahi
