#include "storage/kv/kv_engine.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace mahi {
namespace {

struct TemporaryDirectory {
  TemporaryDirectory() {
    char name[] = "/tmp/mahi_kv_XXXXXX";
    path = mkdtemp(name);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
  std::string path;
};

std::unique_ptr<KvEngine> OpenOrDie(const KvOptions& options) {
  auto engine = KvEngine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.status().ToString();
  return std::move(engine).value();
}

TEST(KvEngineTest, WritesSurviveReopening) {
  TemporaryDirectory directory;
  KvOptions options{.directory = directory.path + "/data"};
  {
    auto engine = OpenOrDie(options);
    KvBatch batch;
    batch.Put("a", "1");
    batch.Put("b", "2");
    ASSERT_TRUE(engine->Write(&batch, WalSync::kSync).ok());
  }
  auto engine = OpenOrDie(options);
  PinnedValue value;
  ASSERT_TRUE(*engine->Get("a", &value));
  EXPECT_EQ(value.view(), "1");
  EXPECT_FALSE(*engine->Get("c", &value));
}

TEST(KvEngineTest, SecondOpenSaysThatTheDirectoryIsInUse) {
  TemporaryDirectory directory;
  KvOptions options{.directory = directory.path + "/data"};
  auto engine = OpenOrDie(options);
  auto second = KvEngine::Open(options);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message().find("data directory is in use"), std::string::npos) << second.error().message();
}

TEST(KvEngineTest, SnapshotsAndIteratorsAreStable) {
  auto engine = OpenOrDie({.in_memory = true});
  KvBatch batch;
  for (int i = 0; i < 10; ++i) batch.Put("k" + std::to_string(i), "old");
  ASSERT_TRUE(engine->Write(&batch, WalSync::kSync).ok());
  KvSnapshot snapshot = engine->Snapshot();
  batch.Clear();
  batch.Put("k3", "new");
  batch.Delete("k4");
  ASSERT_TRUE(engine->Write(&batch, WalSync::kSync).ok());

  PinnedValue value;
  ASSERT_TRUE(*engine->Get("k3", &value, &snapshot));
  EXPECT_EQ(value.view(), "old");
  ASSERT_TRUE(*engine->Get("k3", &value));
  EXPECT_EQ(value.view(), "new");

  KvIterator iterator = engine->NewIterator({.snapshot = &snapshot, .lower = "k2", .upper = "k6"});
  std::string keys;
  for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next()) keys += iterator.key();
  EXPECT_EQ(keys, "k2k3k4k5");
  keys.clear();
  KvIterator latest = engine->NewIterator({.lower = "k2", .upper = "k6"});
  for (latest.SeekToLast(); latest.Valid(); latest.Prev()) keys += latest.key();
  EXPECT_EQ(keys, "k5k3k2");
}

TEST(KvEngineTest, MultiGetFindsWhatExists) {
  auto engine = OpenOrDie({.in_memory = true});
  KvBatch batch;
  for (int i = 0; i < 200; i += 2) batch.Put("k" + std::to_string(1000 + i), std::to_string(i));
  ASSERT_TRUE(engine->Write(&batch, WalSync::kWrite).ok());
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("k" + std::to_string(1000 + i));
  std::vector<std::string_view> keys(names.begin(), names.end());
  std::vector<PinnedValue> values(keys.size());
  auto found = std::make_unique<bool[]>(keys.size());
  ASSERT_TRUE(engine->MultiGet(keys, values, {found.get(), keys.size()}).ok());
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(found[i], i % 2 == 0);
    if (found[i]) {
      EXPECT_EQ(values[i].view(), std::to_string(i));
    }
  }
}

TEST(KvEngineTest, DeleteRangeAndEstimates) {
  auto engine = OpenOrDie({.in_memory = true});
  KvBatch batch;
  for (int i = 0; i < 5000; ++i) batch.Put("k" + std::to_string(10000 + i), std::string(50, 'x'));
  ASSERT_TRUE(engine->Write(&batch, WalSync::kWrite).ok());
  EXPECT_GT(engine->ApproximateBytes("k", "l"), 100'000u);
  ASSERT_TRUE(engine->DeleteRange("k", "l").ok());
  PinnedValue value;
  EXPECT_FALSE(*engine->Get("k10000", &value));
}

TEST(KvEngineTest, DamagedFilesAreErrors) {
  TemporaryDirectory directory;
  KvOptions options{.directory = directory.path + "/data"};
  {
    auto engine = OpenOrDie(options);
    KvBatch batch;
    for (int i = 0; i < 1000; ++i) batch.Put("k" + std::to_string(10000 + i), std::string(100, 'x'));
    ASSERT_TRUE(engine->Write(&batch, WalSync::kSync).ok());
    ASSERT_TRUE(engine->Flush().ok());
  }
  for (const auto& file : std::filesystem::directory_iterator(options.directory)) {
    if (file.path().extension() != ".sst") continue;
    FILE* handle = fopen(file.path().c_str(), "r+b");
    fseek(handle, 100, SEEK_SET);
    fwrite("damage!", 1, 7, handle);
    fclose(handle);
  }
  auto engine = KvEngine::Open(options);
  if (!engine.ok()) return;  // Noticed at once: fine as well.
  PinnedValue value;
  EXPECT_FALSE((*engine)->Get("k10000", &value).ok());
  EXPECT_FALSE((*engine)->VerifyChecksums().ok());
}

}  // namespace
}  // namespace mahi
