#include "transaction/store.h"

#include "storage/kv/kv_engine.h"

namespace mahi {

Result<std::unique_ptr<Store>> Store::Open(StoreOptions options) {
  KvOptions kv;
  kv.in_memory = options.directory.empty();
  kv.directory = kv.in_memory ? "/mahi" : std::move(options.directory);
  kv.block_cache_bytes = options.block_cache_bytes;
  kv.on_background_error = std::move(options.on_background_error);
  auto store = std::unique_ptr<Store>(new Store);
  MAHI_ASSIGN_OR_RETURN(store->engine_, KvEngine::Open(kv));
  store->transactions_ = std::make_unique<TransactionManager>(store->engine_.get());
  return store;
}

}  // namespace mahi
