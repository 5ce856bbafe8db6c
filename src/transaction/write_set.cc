#include "transaction/write_set.h"

#include <cstring>

#include "base/assert.h"
#include "storage/kv/kv_engine.h"

namespace mahi {
namespace {

constexpr size_t EntryBytes(uint32_t height) {
  return sizeof(WriteSet::Entry) + (height - 1) * sizeof(WriteSet::Entry*);
}

}  // namespace

WriteSet::WriteSet() = default;

WriteSet::Entry* WriteSet::NewEntry(std::string_view key, uint32_t height) {
  auto* entry = static_cast<Entry*>(arena_.Allocate(EntryBytes(height), alignof(Entry)));
  entry->key_data = arena_.Copy(key).data();
  entry->key_length = static_cast<uint32_t>(key.size());
  entry->newest = nullptr;
  entry->height = height;
  std::memset(static_cast<void*>(entry->next), 0, height * sizeof(Entry*));
  return entry;
}

WriteSet::Entry* WriteSet::FindOrInsert(std::string_view key) {
  if (head_ == nullptr) head_ = NewEntry({}, kMaxHeight);
  Entry* before[kMaxHeight];
  Entry* at = head_;
  for (int level = static_cast<int>(height_) - 1; level >= 0; --level) {
    while (at->next[level] != nullptr && at->next[level]->key() < key) at = at->next[level];
    before[level] = at;
  }
  if (Entry* found = before[0]->next[0]; found != nullptr && found->key() == key) return found;
  uint32_t height = 1;
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  for (uint32_t bits = random_; height < kMaxHeight && (bits & 3) == 0; bits >>= 2) ++height;
  while (height_ < height) before[height_++] = head_;
  Entry* entry = NewEntry(key, height);
  for (uint32_t level = 0; level < height; ++level) {
    entry->next[level] = before[level]->next[level];
    before[level]->next[level] = entry;
  }
  bytes_ += EntryBytes(height) + key.size();
  return entry;
}

void WriteSet::Write(std::string_view key, const char* data, uint32_t length) {
  Entry* entry = FindOrInsert(key);
  auto* version = static_cast<Version*>(arena_.Allocate(sizeof(Version), alignof(Version)));
  *version = {++mark_, entry->newest, data, length};
  if (entry->newest == nullptr) ++live_count_;
  entry->newest = version;
  undo_.push_back(entry);
  bytes_ += sizeof(Version) + sizeof(Entry*) + length;
}

void WriteSet::Put(std::string_view key, std::string_view value) {
  const std::string_view copy = value.empty() ? std::string_view("", 0) : arena_.Copy(value);
  Write(key, copy.data(), static_cast<uint32_t>(copy.size()));
}

void WriteSet::Delete(std::string_view key) { Write(key, nullptr, 0); }

const WriteSet::Entry* WriteSet::LowerBound(std::string_view key) const {
  if (head_ == nullptr) return nullptr;
  const Entry* at = head_;
  for (int level = static_cast<int>(height_) - 1; level >= 0; --level) {
    while (at->next[level] != nullptr && at->next[level]->key() < key) at = at->next[level];
  }
  return at->next[0];
}

const WriteSet::Entry* WriteSet::Before(std::string_view key) const {
  if (head_ == nullptr) return nullptr;
  const Entry* at = head_;
  for (int level = static_cast<int>(height_) - 1; level >= 0; --level) {
    while (at->next[level] != nullptr && at->next[level]->key() < key) at = at->next[level];
  }
  return at == head_ ? nullptr : at;
}

const WriteSet::Entry* WriteSet::Last() const {
  if (head_ == nullptr) return nullptr;
  const Entry* at = head_;
  for (int level = static_cast<int>(height_) - 1; level >= 0; --level) {
    while (at->next[level] != nullptr) at = at->next[level];
  }
  return at == head_ ? nullptr : at;
}

const WriteSet::Version* WriteSet::Find(std::string_view key) const {
  if (live_count_ == 0) return nullptr;
  const Entry* entry = LowerBound(key);
  return entry != nullptr && entry->key() == key ? entry->newest : nullptr;
}

const WriteSet::Version* WriteSet::FindAt(std::string_view key, uint64_t mark) const {
  if (live_count_ == 0) return nullptr;
  const Entry* entry = LowerBound(key);
  return entry != nullptr && entry->key() == key ? entry->At(mark) : nullptr;
}

void WriteSet::RollbackTo(uint64_t mark) {
  while (!undo_.empty() && undo_.back()->newest->number > mark) {
    Entry* entry = undo_.back();
    entry->newest = entry->newest->older;
    if (entry->newest == nullptr) --live_count_;
    undo_.pop_back();
  }
}

void WriteSet::Clear() {
  if (head_ == nullptr) return;
  arena_.Reset();
  head_ = nullptr;
  height_ = 1;
  live_count_ = 0;
  bytes_ = 0;
  undo_.clear();
  if (undo_.capacity() > 4096) undo_.shrink_to_fit();
}

void WriteSet::AppendTo(KvBatch* batch) const {
  ForEach([&](std::string_view key, const Version& version) {
    if (version.is_delete()) {
      batch->Delete(key);
    } else {
      batch->Put(key, version.value());
    }
  });
}

}  // namespace mahi
