// Transaction control: explicit transactions, autocommit, implicit commits, SET TRANSACTION.

#include "session/internal/session_impl.h"

namespace mahi {

namespace {

IsolationLevel ToIsolation(ast::IsolationLevel level) {
  switch (level) {
    case ast::IsolationLevel::kReadUncommitted:
      return IsolationLevel::kReadUncommitted;
    case ast::IsolationLevel::kReadCommitted:
      return IsolationLevel::kReadCommitted;
    case ast::IsolationLevel::kSerializable:
      return IsolationLevel::kSerializable;
    case ast::IsolationLevel::kDefault:
    case ast::IsolationLevel::kRepeatableRead:
      return IsolationLevel::kRepeatableRead;
  }
  MAHI_UNREACHABLE();
}

std::string_view IsolationText(ast::IsolationLevel level) {
  switch (level) {
    case ast::IsolationLevel::kReadUncommitted:
      return "READ-UNCOMMITTED";
    case ast::IsolationLevel::kReadCommitted:
      return "READ-COMMITTED";
    case ast::IsolationLevel::kSerializable:
      return "SERIALIZABLE";
    default:
      return "REPEATABLE-READ";
  }
}

}  // namespace

bool Session::Impl::is_in_transaction() const {
  return is_explicit_transaction || (!settings.autocommit && transaction->is_active());
}

TransactionOptions Session::Impl::MakeTransactionOptions(bool is_autocommit) {
  TransactionOptions options;
  options.isolation = next_isolation.value_or(settings.isolation);
  options.is_read_only = is_read_only_transaction;
  options.is_autocommit = is_autocommit;
  options.snapshot_isolation = settings.snapshot_isolation;
  options.lock_wait_timeout_ms = settings.innodb_lock_wait_timeout_ms;
  return options;
}

void Session::Impl::BeginTransaction(bool is_explicit, std::optional<bool> read_only) {
  is_explicit_transaction = is_explicit;
  is_read_only_transaction = read_only.value_or(next_read_only.value_or(settings.is_read_only));
  transaction->Begin(MakeTransactionOptions(!is_explicit && settings.autocommit));
  next_isolation.reset();
  next_read_only.reset();
}

Status Session::Impl::Begin(const ast::BeginStatement& statement) {
  MAHI_RETURN_IF_ERROR(CommitImplicitly());
  UnlockTables();
  std::optional<bool> read_only;
  if (statement.access_mode != ast::AccessMode::kDefault) {
    read_only = statement.access_mode == ast::AccessMode::kReadOnly;
  }
  BeginTransaction(true, read_only);
  if (statement.with_consistent_snapshot) {
    if (transaction->isolation() == IsolationLevel::kRepeatableRead) {
      transaction->TakeSnapshot();
    } else {
      diagnostics.Warn(Error::Custom(138, "HY000",
                                     "InnoDB: WITH CONSISTENT SNAPSHOT was ignored because this phrase can only be "
                                     "used with REPEATABLE READ isolation level."));
    }
  }
  return Status::Ok();
}

Status Session::Impl::Commit(ast::Tristate chain, ast::Tristate release) {
  const bool was_read_only = is_read_only_transaction;
  const bool was_active = is_in_transaction();
  std::optional<IsolationLevel> isolation;
  if (transaction->is_active()) isolation = transaction->isolation();
  is_explicit_transaction = false;
  is_read_only_transaction = false;
  Status status;
  if (transaction->is_active()) status = transaction->Commit();
  MAHI_RETURN_IF_ERROR(std::move(status));
  if (chain == ast::Tristate::kYes && was_active) {
    next_isolation = isolation;
    BeginTransaction(true, was_read_only);
  }
  if (release == ast::Tristate::kYes) is_closing = true;
  return Status::Ok();
}

Status Session::Impl::RollbackTransaction(ast::Tristate chain, ast::Tristate release) {
  const bool was_read_only = is_read_only_transaction;
  const bool was_active = is_in_transaction();
  std::optional<IsolationLevel> isolation;
  if (transaction->is_active()) isolation = transaction->isolation();
  is_explicit_transaction = false;
  is_read_only_transaction = false;
  if (transaction->is_active()) transaction->Rollback();
  if (chain == ast::Tristate::kYes && was_active) {
    next_isolation = isolation;
    BeginTransaction(true, was_read_only);
  }
  if (release == ast::Tristate::kYes) is_closing = true;
  return Status::Ok();
}

Status Session::Impl::CommitImplicitly() { return Commit(ast::Tristate::kNo, ast::Tristate::kNo); }

Status Session::Impl::SetTransaction(const ast::SetItem& item) {
  const bool is_next_only = item.scope == ast::VariableScope::kDefault;
  if (is_next_only && is_in_transaction()) return Error(ER_CANT_CHANGE_TX_CHARACTERISTICS);
  if (item.isolation != ast::IsolationLevel::kDefault) {
    if (is_next_only) {
      next_isolation = ToIsolation(item.isolation);
    } else {
      MAHI_RETURN_IF_ERROR(AssignVariable(item.scope, "transaction_isolation",
                                          Value::String(std::string(IsolationText(item.isolation))), false));
    }
  }
  if (item.access_mode != ast::AccessMode::kDefault) {
    const bool is_read_only = item.access_mode == ast::AccessMode::kReadOnly;
    if (is_next_only) {
      next_read_only = is_read_only;
    } else {
      MAHI_RETURN_IF_ERROR(AssignVariable(item.scope, "transaction_read_only", Value::Int64(is_read_only ? 1 : 0), false));
    }
  }
  return Status::Ok();
}

}  // namespace mahi
