#include "binder/binder.h"

#include "binder/ddl.h"
#include "binder/internal/statement_binder.h"

namespace mahi {

Status BindStatement(const BindContext& context, ast::Statement* statement, Plan* plan) {
  if (IsDdl(statement->kind)) return BindDdl(context, statement, plan);
  StatementBinder binder(context, plan);
  binder.set_statement_text(statement->text);
  plan->parameter_count = static_cast<uint32_t>(statement->parameters.size());
  switch (statement->kind) {
    case ast::StatementKind::kSelect:
      return binder.BindSelectStatement(*statement->As<ast::SelectStatement>());
    case ast::StatementKind::kInsert:
    case ast::StatementKind::kReplace:
      return binder.BindInsert(*ast::AsInsert(statement));
    case ast::StatementKind::kUpdate:
      return binder.BindUpdate(*statement->As<ast::UpdateStatement>());
    case ast::StatementKind::kDelete:
      return binder.BindDelete(*statement->As<ast::DeleteStatement>());
    case ast::StatementKind::kLoadData:
      return binder.BindLoadData(*statement->As<ast::LoadDataStatement>());
    case ast::StatementKind::kDo:
      return binder.BindDo(*statement->As<ast::DoStatement>());
    default:
      return Error(ER_NOT_SUPPORTED_YET, "this statement");
  }
}

Result<Expression*> BindScalar(const BindContext& context, ast::Expression* expression, Plan* plan) {
  StatementBinder binder(context, plan);
  return binder.BindWithoutColumns(*expression);
}

}  // namespace mahi
