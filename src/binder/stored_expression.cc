#include "binder/stored_expression.h"

#include <strings.h>

#include <algorithm>

#include "function/registry.h"
#include "parser/ast/printer.h"
#include "parser/ast/walk.h"

namespace mahi {

namespace {

Error Disallowed(StoredExpressionKind kind, std::string_view name, std::string_view function) {
  switch (kind) {
    case StoredExpressionKind::kGenerated:
      return Error(ER_GENERATED_COLUMN_NAMED_FUNCTION_IS_NOT_ALLOWED, name, function);
    case StoredExpressionKind::kCheck:
      return Error(ER_CHECK_CONSTRAINT_NAMED_FUNCTION_IS_NOT_ALLOWED, name, function);
    case StoredExpressionKind::kDefault:
      return Error(ER_DEFAULT_VAL_GENERATED_NAMED_FUNCTION_IS_NOT_ALLOWED, name, function);
    case StoredExpressionKind::kIndex:
      return Error(ER_FUNCTIONAL_INDEX_FUNCTION_IS_NOT_ALLOWED, name);
  }
  MAHI_UNREACHABLE();
}

Error DisallowedKind(StoredExpressionKind kind, std::string_view name) {
  switch (kind) {
    case StoredExpressionKind::kGenerated:
      return Error(ER_GENERATED_COLUMN_FUNCTION_IS_NOT_ALLOWED, name);
    case StoredExpressionKind::kCheck:
      return Error(ER_CHECK_CONSTRAINT_FUNCTION_IS_NOT_ALLOWED, name);
    case StoredExpressionKind::kDefault:
      return Error(ER_DEFAULT_VAL_GENERATED_FUNCTION_IS_NOT_ALLOWED, name);
    case StoredExpressionKind::kIndex:
      return Error(ER_FUNCTIONAL_INDEX_FUNCTION_IS_NOT_ALLOWED, name);
  }
  MAHI_UNREACHABLE();
}

Error DisallowedVariable(StoredExpressionKind kind, std::string_view name) {
  switch (kind) {
    case StoredExpressionKind::kGenerated:
      return Error(ER_GENERATED_COLUMN_VARIABLES, name);
    case StoredExpressionKind::kCheck:
      return Error(ER_CHECK_CONSTRAINT_VARIABLES, name);
    case StoredExpressionKind::kDefault:
      return Error(ER_DEFAULT_VAL_GENERATED_VARIABLES, name);
    case StoredExpressionKind::kIndex:
      return Error(ER_FUNCTIONAL_INDEX_FUNCTION_IS_NOT_ALLOWED, name);
  }
  MAHI_UNREACHABLE();
}

}  // namespace

Status CheckStoredExpression(ast::Expression* expression, StoredExpressionKind kind, std::string_view name) {
  Status status;
  ast::WalkExpression(expression, [&](ast::Expression* node) {
    if (!status.ok()) return false;
    switch (node->kind) {
      case ast::ExpressionKind::kSubquery:
      case ast::ExpressionKind::kExists:
      case ast::ExpressionKind::kInSubquery:
      case ast::ExpressionKind::kQuantified:
      case ast::ExpressionKind::kAggregate:
      case ast::ExpressionKind::kWindowFunction:
      case ast::ExpressionKind::kParameter:
      case ast::ExpressionKind::kMatch:
      case ast::ExpressionKind::kInsertValues:
      case ast::ExpressionKind::kDefault:
        status = DisallowedKind(kind, name);
        return false;
      case ast::ExpressionKind::kUserVariable:
      case ast::ExpressionKind::kUserVariableAssignment:
      case ast::ExpressionKind::kSystemVariable:
        status = DisallowedVariable(kind, name);
        return false;
      case ast::ExpressionKind::kRow:
        if (node == expression) status = Error(ER_OPERAND_COLUMNS, 1);
        return status.ok();
      case ast::ExpressionKind::kFunction: {
        auto* call = node->As<ast::Function>();
        const FunctionDescriptor* function = FindFunction(call->name);
        uint32_t forbidden = kind == StoredExpressionKind::kDefault
                                 ? kFunctionSideEffect
                                 : kFunctionPerRow | kFunctionPerStatement | kFunctionSideEffect | kFunctionNotStored;
        if (function != nullptr && (function->flags & forbidden) != 0) {
          status = Disallowed(kind, name, call->name);
        }
        return status.ok();
      }
      default:
        return true;
    }
  });
  return status;
}

std::string PrintStoredExpression(const ast::Expression* expression) {
  std::string text;
  ast::PrintOptions options;
  options.string_introducer = "_utf8mb4";
  options.omit_table_qualifiers = true;
  ast::PrintExpression(*expression, options, &text);
  return text;
}

std::vector<std::string> StoredExpressionColumns(const BindContext& context, const std::string& text) {
  std::vector<std::string> names;
  Arena arena;
  auto parsed = context.parse_expression(arena.Copy(text), context.sql_mode & ~uint64_t{kSqlModeAnsiQuotes}, &arena);
  if (!parsed.ok()) return names;
  ast::WalkExpression(*parsed, [&](ast::Expression* node) {
    if (node->kind == ast::ExpressionKind::kColumnReference) {
      std::string_view column = node->As<ast::ColumnReference>()->column;
      bool is_known = std::any_of(names.begin(), names.end(), [&](const std::string& known) {
        return known.size() == column.size() && strncasecmp(known.data(), column.data(), column.size()) == 0;
      });
      if (!is_known) names.emplace_back(column);
    }
    return true;
  });
  return names;
}

}  // namespace mahi
