// Binds DDL statements into DdlCommands (plan/ddl.h).
//
// CREATE and ALTER TABLE go through TableBuilder (ddl_table_builder.h), which holds the table in the making with columns and
// keys by name, and checks the result as a whole.
// Source: MySQL 8.4 manual, "Data Definition Statements".
// Thread safety: stateless.
#pragma once

#include "binder/binder.h"

namespace mahi {

bool IsDdl(ast::StatementKind kind);
// REQUIRES: IsDdl(statement->kind). Sets plan->ddl.
Status BindDdl(const BindContext& context, ast::Statement* statement, Plan* plan);

}  // namespace mahi
