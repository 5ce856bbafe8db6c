#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "transaction/transaction_manager.h"

namespace mahi {
namespace {

std::string Key(std::string_view name) { return std::string("\0\0\1\1", 4) + std::string(name); }

class TransactionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_ = std::move(KvEngine::Open({.in_memory = true})).value();
    manager_ = std::make_unique<TransactionManager>(engine_.get());
  }
  std::unique_ptr<Transaction> Start(IsolationLevel isolation = IsolationLevel::kRepeatableRead,
                                     uint64_t timeout_ms = 200) {
    auto transaction = manager_->NewTransaction(++sessions_);
    transaction->Begin({.isolation = isolation, .lock_wait_timeout_ms = timeout_ms});
    transaction->BeginStatement();
    return transaction;
  }
  void Store(std::string_view name, std::string_view value) {
    auto transaction = Start();
    ASSERT_TRUE(transaction->Put(Key(name), value).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  std::string Read(Transaction* transaction, std::string_view name) {
    PinnedValue value;
    auto found = transaction->Get(Key(name), &value);
    return found.ok() && *found ? std::string(value.view()) : "-";
  }
  Status LockX(Transaction* transaction, std::string_view name) {
    PinnedValue value;
    auto read = transaction->LockRow(Key(name), LockMode::kExclusive, WaitPolicy::kWait, std::nullopt, &value);
    return read.ok() ? Status::Ok() : read.TakeStatus();
  }

  std::unique_ptr<KvEngine> engine_;
  std::unique_ptr<TransactionManager> manager_;
  uint64_t sessions_ = 0;
};

TEST_F(TransactionTest, OwnWritesAreSeenAndOthersOnlyAfterCommit) {
  Store("a", "1");
  auto writer = Start(), reader = Start(IsolationLevel::kReadCommitted);
  ASSERT_TRUE(writer->Put(Key("a"), "2").ok());
  EXPECT_EQ(Read(writer.get(), "a"), "2");
  EXPECT_EQ(Read(reader.get(), "a"), "1");
  ASSERT_TRUE(writer->Commit().ok());
  reader->EndStatement();
  reader->BeginStatement();
  EXPECT_EQ(Read(reader.get(), "a"), "2");
}

TEST_F(TransactionTest, RepeatableReadKeepsItsSnapshot) {
  Store("a", "1");
  auto reader = Start();
  EXPECT_EQ(Read(reader.get(), "a"), "1");
  reader->EndStatement();
  Store("a", "2");
  reader->BeginStatement();
  EXPECT_EQ(Read(reader.get(), "a"), "1");
  // A write to the row that changed is a conflict.
  Status status = LockX(reader.get(), "a");
  EXPECT_TRUE(status.Is(ER_LOCK_DEADLOCK)) << status.ToString();
  EXPECT_TRUE(reader->is_doomed());
  reader->RollbackStatement();
  EXPECT_FALSE(reader->is_active());
}

TEST_F(TransactionTest, FirstStatementGoesOnWithTheCurrentRow) {
  Store("a", "1");
  auto writer = Start();
  EXPECT_EQ(Read(writer.get(), "a"), "1");  // the same statement
  Store("a", "2");
  PinnedValue value;
  auto read = writer->LockRow(Key("a"), LockMode::kExclusive, WaitPolicy::kWait, std::nullopt, &value);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(value.view(), "2");
  writer->EndStatement();
  writer->BeginStatement();
  EXPECT_EQ(Read(writer.get(), "a"), "2");
}

TEST_F(TransactionTest, SavepointsAndStatementRollback) {
  auto transaction = Start();
  ASSERT_TRUE(transaction->Put(Key("a"), "1").ok());
  transaction->EndStatement();
  transaction->SetSavepoint("s");
  transaction->BeginStatement();
  ASSERT_TRUE(transaction->Put(Key("a"), "2").ok());
  ASSERT_TRUE(transaction->Put(Key("b"), "2").ok());
  transaction->RollbackStatement();
  EXPECT_EQ(Read(transaction.get(), "a"), "1");
  EXPECT_EQ(Read(transaction.get(), "b"), "-");
  transaction->BeginStatement();
  ASSERT_TRUE(transaction->Delete(Key("a")).ok());
  transaction->EndStatement();
  EXPECT_EQ(Read(transaction.get(), "a"), "-");
  EXPECT_TRUE(transaction->RollbackToSavepoint("S"));
  EXPECT_EQ(Read(transaction.get(), "a"), "1");
  EXPECT_FALSE(transaction->RollbackToSavepoint("t"));
  ASSERT_TRUE(transaction->Commit().ok());
  auto reader = Start();
  EXPECT_EQ(Read(reader.get(), "a"), "1");
  EXPECT_EQ(Read(reader.get(), "b"), "-");
}

// The merged cursor against a map, with random writes, deletions, seeks and changes of direction.
TEST_F(TransactionTest, CursorMergesStoreAndOwnWrites) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 30; ++round) {
    SetUp();
    std::map<std::string, std::string> model;
    auto setup = Start();
    for (int i = 0; i < 40; ++i) {
      const std::string key = Key(std::to_string(100 + random() % 60));
      model[key] = "s" + std::to_string(i);
      ASSERT_TRUE(setup->Put(key, model[key]).ok());
    }
    ASSERT_TRUE(setup->Commit().ok());
    auto transaction = Start();
    for (int i = 0; i < 40; ++i) {
      const std::string key = Key(std::to_string(100 + random() % 60));
      const TransactionMark mark = transaction->Mark();
      if (random() % 2) {
        ASSERT_TRUE(transaction->Delete(key).ok());
        if (random() % 4 == 0) {
          transaction->RollbackToMark(mark);
        } else {
          model.erase(key);
        }
      } else {
        ASSERT_TRUE(transaction->Put(key, "o" + std::to_string(i)).ok());
        model[key] = "o" + std::to_string(i);
      }
    }
    const std::string lower = Key("110"), upper = Key("150");
    TransactionCursor cursor = transaction->NewCursor(lower, upper);
    // Later writes are not seen.
    ASSERT_TRUE(transaction->Put(Key("1300"), "later").ok());
    ASSERT_TRUE(transaction->Delete(Key("131")).ok());
    const auto first = model.lower_bound(lower), end = model.lower_bound(upper);
    auto at = first;
    cursor.SeekToFirst();
    for (int step = 0; step < 300; ++step) {
      ASSERT_EQ(cursor.Valid(), at != end);
      if (at != end) {
        ASSERT_EQ(cursor.key(), at->first);
        ASSERT_EQ(cursor.value(), at->second);
      }
      const uint64_t move = random() % 10;
      if (at == end || move == 0) {
        const std::string target = Key(std::to_string(110 + random() % 45));
        if (random() % 2) {
          cursor.Seek(target);
          at = model.lower_bound(target);
          if (at == model.end() || at->first >= upper) at = end;
        } else {
          cursor.SeekForPrev(target);
          at = end;
          for (auto it = first; it != end && it->first <= target; ++it) at = it;
        }
      } else if (move < 6) {
        cursor.Next();
        ++at;
      } else {
        cursor.Prev();
        if (at == first) {
          at = end;
        } else {
          --at;
        }
      }
    }
  }
}

TEST_F(TransactionTest, LockWaitsTimeOutAndNoWaitFailsAtOnce) {
  Store("a", "1");
  auto holder = Start(), other = Start(IsolationLevel::kRepeatableRead, 100);
  ASSERT_TRUE(LockX(holder.get(), "a").ok());
  EXPECT_TRUE(LockX(other.get(), "a").Is(ER_LOCK_WAIT_TIMEOUT));
  PinnedValue value;
  auto no_wait = other->LockRow(Key("a"), LockMode::kShared, WaitPolicy::kNoWait, std::nullopt, &value);
  EXPECT_TRUE(no_wait.Is(ER_LOCK_NOWAIT));
  auto skipped = other->LockRow(Key("a"), LockMode::kShared, WaitPolicy::kSkipLocked, std::nullopt, &value);
  EXPECT_EQ(*skipped, LockedRead::kSkipped);
  holder->Rollback();
  EXPECT_TRUE(LockX(other.get(), "a").ok());
}

TEST_F(TransactionTest, KillWakesAWaiter) {
  std::atomic<uint32_t> kill{0};
  auto holder = Start();
  ASSERT_TRUE(LockX(holder.get(), "a").ok());
  auto waiter = manager_->NewTransaction(99, &kill);
  waiter->Begin({.lock_wait_timeout_ms = 10'000});
  waiter->BeginStatement();
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill = 1;
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(LockX(waiter.get(), "a").Is(ER_QUERY_INTERRUPTED));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
  killer.join();
}

TEST_F(TransactionTest, DeadlockHasOneVictim) {
  auto a = Start(IsolationLevel::kRepeatableRead, 10'000), b = Start(IsolationLevel::kRepeatableRead, 10'000);
  ASSERT_TRUE(LockX(a.get(), "1").ok());
  ASSERT_TRUE(LockX(b.get(), "2").ok());
  // a is dearer: it has written.
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(a->Put(Key("x" + std::to_string(i)), "y").ok());
  Status a_status;
  std::thread thread([&] { a_status = LockX(a.get(), "2"); });
  while (!a->owner().is_waiting()) std::this_thread::yield();
  EXPECT_TRUE(LockX(b.get(), "1").Is(ER_LOCK_DEADLOCK));
  b->RollbackStatement();
  thread.join();
  EXPECT_TRUE(a_status.ok()) << a_status.ToString();
}

TEST_F(TransactionTest, NoUpdateIsLost) {
  Store("n", "0");
  constexpr int kThreads = 4, kRounds = 100;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      auto transaction = manager_->NewTransaction(1000);
      for (int i = 0; i < kRounds; ++i) {
        transaction->Begin({.lock_wait_timeout_ms = 20'000});
        transaction->BeginStatement();
        PinnedValue value;
        auto read = transaction->LockRow(Key("n"), LockMode::kExclusive, WaitPolicy::kWait, std::nullopt, &value);
        ASSERT_TRUE(read.ok()) << read.status().ToString();
        ASSERT_TRUE(transaction->Put(Key("n"), std::to_string(std::stoi(std::string(value.view())) + 1)).ok());
        transaction->EndStatement();
        ASSERT_TRUE(transaction->Commit().ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  auto reader = Start();
  EXPECT_EQ(Read(reader.get(), "n"), std::to_string(kThreads * kRounds));
}

TEST_F(TransactionTest, RangeLocksKeepPhantomsOut) {
  auto scanner = Start(IsolationLevel::kSerializable);
  ASSERT_TRUE(scanner->LockRange(Key("a"), Key("m"), WaitPolicy::kWait).ok());
  auto writer = Start(IsolationLevel::kReadCommitted, 100);
  EXPECT_TRUE(writer->LockInsert(Key("c")).Is(ER_LOCK_WAIT_TIMEOUT));
  EXPECT_TRUE(writer->LockInsert(Key("x")).ok());
  scanner->Rollback();
  EXPECT_TRUE(writer->LockInsert(Key("c")).ok());
  // And a range waits for pending inserts.
  auto late = Start(IsolationLevel::kSerializable, 100);
  EXPECT_TRUE(late->LockRange(Key("a"), Key("m"), WaitPolicy::kWait).Is(ER_LOCK_WAIT_TIMEOUT));
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_TRUE(late->LockRange(Key("a"), Key("m"), WaitPolicy::kWait).ok());
}

class CountingObserver : public CommitObserver {
 public:
  Status BeforeCommit(Transaction&, KvBatch* batch) override {
    batch->Put("log" + std::to_string(++count_), "event");
    if (refuses) return Error(ER_LOCK_DEADLOCK);
    return Status::Ok();
  }
  void AfterCommit(Transaction&, uint64_t sequence) override {
    EXPECT_GE(sequence, last_);
    last_ = sequence;
    ++committed;
  }
  std::atomic<bool> refuses{false};
  std::atomic<int> committed{0};

 private:
  int count_ = 0;
  uint64_t last_ = 0;
};

TEST_F(TransactionTest, ObserversSeeEveryCommitInOrder) {
  CountingObserver observer;
  manager_->AddObserver(&observer);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto transaction = manager_->NewTransaction(t);
      for (int i = 0; i < 50; ++i) {
        transaction->Begin({});
        ASSERT_TRUE(transaction->Put(Key(std::to_string(t * 1000 + i)), "v").ok());
        ASSERT_TRUE(transaction->Commit().ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(observer.committed, 200);
  observer.refuses = true;
  auto refused = Start();
  ASSERT_TRUE(refused->Put(Key("r"), "v").ok());
  EXPECT_TRUE(refused->Commit().Is(ER_LOCK_DEADLOCK));
  auto reader = Start();
  EXPECT_EQ(Read(reader.get(), "r"), "-");
}

TEST_F(TransactionTest, MetadataLocks) {
  auto a = Start(), b = Start();
  const MdlKey key = MdlKey::Table("d", "t");
  ASSERT_TRUE(a->mdl().Acquire(key, MdlType::kSharedRead, MdlDuration::kTransaction, 0).ok());
  ASSERT_TRUE(b->mdl().Acquire(key, MdlType::kSharedWrite, MdlDuration::kTransaction, 0).ok());
  auto ddl = Start();
  EXPECT_TRUE(ddl->mdl().Acquire(key, MdlType::kExclusive, MdlDuration::kTransaction, 50).Is(ER_LOCK_WAIT_TIMEOUT));
  ASSERT_TRUE(ddl->mdl().Acquire(key, MdlType::kSharedUpgradable, MdlDuration::kTransaction, 0).ok());
  a->Rollback();
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    b->Rollback();
  });
  EXPECT_TRUE(ddl->mdl().Upgrade(key, MdlType::kExclusive, 5000).ok());
  later.join();
  EXPECT_FALSE(a->mdl().Acquire(key, MdlType::kSharedRead, MdlDuration::kTransaction, 0).ok());
  EXPECT_EQ(manager_->mdl().HolderSession(key), ddl->session_id());
  // FLUSH TABLES WITH READ LOCK against writers.
  auto locker = Start();
  ASSERT_TRUE(locker->mdl().Acquire(MdlKey::Global(), MdlType::kShared, MdlDuration::kExplicit, 0).ok());
  EXPECT_FALSE(b->mdl().Acquire(MdlKey::Global(), MdlType::kIntentionExclusive, MdlDuration::kStatement, 0).ok());
  EXPECT_TRUE(locker->mdl().ReleaseExplicit(MdlKey::Global()));
  EXPECT_TRUE(b->mdl().Acquire(MdlKey::Global(), MdlType::kIntentionExclusive, MdlDuration::kStatement, 0).ok());
}

TEST_F(TransactionTest, DeadlockAcrossRowAndMetadataLocks) {
  auto a = Start(IsolationLevel::kRepeatableRead, 10'000), b = Start(IsolationLevel::kRepeatableRead, 10'000);
  const MdlKey key = MdlKey::Table("d", "t");
  ASSERT_TRUE(a->mdl().Acquire(key, MdlType::kSharedWrite, MdlDuration::kTransaction, 0).ok());
  ASSERT_TRUE(LockX(b.get(), "1").ok());
  Status b_status;
  std::thread thread([&] { b_status = b->mdl().Acquire(key, MdlType::kExclusive, MdlDuration::kTransaction, 10'000); });
  while (!b->owner().is_waiting()) std::this_thread::yield();
  // DDL is dearer, so the row lock loses.
  EXPECT_TRUE(LockX(a.get(), "1").Is(ER_LOCK_DEADLOCK));
  a->RollbackStatement();
  thread.join();
  EXPECT_TRUE(b_status.ok()) << b_status.ToString();
}

}  // namespace
}  // namespace mahi
