#include "auth/catalog_persistence.h"

#include "catalog/catalog.h"

namespace mahi {
namespace {

constexpr std::string_view kPrefix = "account/";

std::string NameOf(const std::string& key) { return std::string(kPrefix) + key; }

}  // namespace

Status CatalogPersistence::Write(const std::vector<std::pair<std::string, std::string>>& put,
                                 const std::vector<std::string>& erase) {
  std::unique_ptr<Transaction> transaction = catalog_.transactions().NewTransaction(0);
  transaction->Begin(TransactionOptions());
  transaction->BeginStatement();
  Status status;
  for (const auto& [key, record] : put) {
    if (status.ok()) status = catalog_.PutSetting(transaction.get(), NameOf(key), record);
  }
  // A setting cannot be removed; an empty one stands for none.
  for (const std::string& key : erase) {
    if (status.ok()) status = catalog_.PutSetting(transaction.get(), NameOf(key), {});
  }
  if (!status.ok()) {
    transaction->Rollback();
    return status;
  }
  transaction->EndStatement();
  return transaction->Commit();
}

Status CatalogPersistence::Load(
    const std::function<Status(std::string_view key, std::string_view record)>& each) {
  Status status;
  MAHI_RETURN_IF_ERROR(catalog_.ForEachSetting(kPrefix, [&](std::string_view name, std::string_view record) {
    if (status.ok() && !record.empty()) status = each(name.substr(kPrefix.size()), record);
  }));
  return status;
}

}  // namespace mahi
