// Queries inside definitions: CREATE TABLE ... SELECT and CREATE VIEW.
// Thread safety: stateless.
#pragma once

#include <vector>

#include "binder/binder.h"
#include "parser/ast/ddl.h"
#include "schema/view_definition.h"

namespace mahi {

// A query as the source of an INSERT; `columns` describes its output.
Result<LogicalNode*> BindQueryAsSource(const BindContext& context, const ast::CreateTableStatement& statement, Plan* plan,
                                       std::vector<ResultColumn>* columns);

// Binds a view's query to check it; sets the view's columns and its text: table names qualified, `*` written out.
Status BindViewQuery(const BindContext& context, ast::CreateViewStatement* statement, Plan* plan,
                     ViewDefinition* view);

}  // namespace mahi
