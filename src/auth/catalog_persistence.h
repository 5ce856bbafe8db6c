// CatalogPersistence: account records as settings of the catalog, below the name "account/".
// Thread safety: any thread; each Write is a transaction of its own.
#pragma once

#include "auth/account_manager.h"

namespace mahi {

class Catalog;

class CatalogPersistence : public AccountPersistence {
 public:
  explicit CatalogPersistence(Catalog* catalog) : catalog_(*catalog) {}
  Status Write(const std::vector<std::pair<std::string, std::string>>& put,
               const std::vector<std::string>& erase) override;
  Status Load(const std::function<Status(std::string_view key, std::string_view record)>& each) override;

 private:
  Catalog& catalog_;
};

}  // namespace mahi
