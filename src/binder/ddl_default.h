// Literal column defaults, engine names and remembered table options of CREATE and ALTER TABLE.
// Thread safety: stateless.
#pragma once

#include <string>
#include <string_view>

#include "binder/binder.h"
#include "parser/ast/ddl.h"

namespace mahi {

// DEFAULT literal | NULL | NOW(): converted to column->type and kept in its default members. Errors: 1067, 1101.
Status ResolveLiteralDefault(const BindContext& context, ast::Expression* value, Column* column);

// NOW(), CURRENT_TIMESTAMP and their synonyms, with the type's own fractional seconds, for a type that may have it.
bool IsCurrentTimestamp(const ast::Expression* expression, const SqlType& type);

// The engine to note for ENGINE=name. Unknown: 1286, or the default engine with warnings 1286 and 1266 without
// NO_ENGINE_SUBSTITUTION.
Result<std::string> ResolveEngine(const BindContext& context, std::string_view name, std::string_view table);

// Adds an option that is only remembered, as SHOW CREATE TABLE prints it ("max_rows=10 ").
void AppendCreateOption(const ast::TableOption& option, std::string* options);

}  // namespace mahi
