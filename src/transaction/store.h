// Store: the storage engine of one data directory together with the transactions over it.
//
// What the upper layers open; they never see the engine itself.
// Errors: "data directory is in use", I/O and corruption errors of the engine, with the file's name.
// Thread safety: any thread, once open.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "transaction/transaction_manager.h"

namespace mahi {

struct StoreOptions {
  std::string directory;  // empty: in memory
  uint64_t block_cache_bytes = 128ull << 20;
  // Called from a background thread when writing stops (disk full, I/O error) and when it goes on (ok).
  std::function<void(const Status&)> on_background_error;
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> Open(StoreOptions options);
  TransactionManager& transactions() { return *transactions_; }

 private:
  Store() = default;
  std::unique_ptr<KvEngine> engine_;
  std::unique_ptr<TransactionManager> transactions_;
};

}  // namespace mahi
