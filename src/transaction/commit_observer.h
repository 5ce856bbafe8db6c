// CommitObserver: what the binary log (and a cluster) need of a commit. Implemented above, in replication/.
//
// With observers, commits go through one queue: the leader calls BeforeCommit for each waiting transaction in
// commit order, writes all batches as one with one sync, then calls AfterCommit in the same order.
// Thread safety: calls for one commit group come from one thread, groups never overlap.
#pragma once

#include "base/status.h"
#include "storage/kv/kv_engine.h"

namespace mahi {

class Transaction;

class CommitObserver {
 public:
  virtual ~CommitObserver() = default;
  // May add to the batch (the transaction's event); an error refuses the commit (certification).
  virtual Status BeforeCommit(Transaction& transaction, KvBatch* batch) = 0;
  // The transaction is durable and visible. `sequence` is the store's sequence number after it.
  virtual void AfterCommit(Transaction& transaction, uint64_t sequence) = 0;
};

// Something that takes part in a transaction's outcome: staged definitions, counters.
class TransactionParticipant {
 public:
  virtual ~TransactionParticipant() = default;
  // Adds to the batch that is about to be written; an error refuses the commit.
  virtual Status OnCollect(KvBatch* batch) { return Status::Ok(); }
  // After the write, before locks are released.
  virtual void OnCommitted() {}
  virtual void OnRolledBack() {}
  // The writes after `mark` (Transaction::Mark) are undone.
  virtual void OnRolledBackTo(uint64_t mark) {}
};

}  // namespace mahi
