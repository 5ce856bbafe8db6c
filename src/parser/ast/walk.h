// Walks the nodes of an AST expression, parents before children, without entering subqueries' queries.
// Thread safety: stateless.
#pragma once

#include <functional>

#include "parser/ast/expression.h"

namespace mahi::ast {

// visit returns false to leave a node's children out.
void WalkExpression(Expression* expression, const std::function<bool(Expression*)>& visit);

}  // namespace mahi::ast
