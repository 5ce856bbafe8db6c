#include "execution/memory/sorter.h"

#include <algorithm>

#include "base/bytes.h"
#include "execution/runtime.h"

namespace mahi {

namespace {

constexpr size_t kFanIn = 64;

uint64_t PrefixOf(std::string_view key) {
  char bytes[8] = {};
  std::memcpy(bytes, key.data(), std::min<size_t>(key.size(), 8));
  return LoadBig<uint64_t>(bytes);
}
size_t Padded(size_t bytes) { return (bytes + 7) & ~size_t{7}; }

}  // namespace

struct Sorter::Cursor {
  SpillReader reader;
  size_t run = 0;  // earlier runs come first among equal keys
  std::string key, row;

  // False: at the end.
  Result<bool> Advance() {
    if (reader.AtEnd()) return false;
    uint32_t lengths[2];
    MAHI_RETURN_IF_ERROR(reader.Read(reinterpret_cast<char*>(lengths), 8));
    key.resize(lengths[0]);
    row.resize(lengths[1]);
    MAHI_RETURN_IF_ERROR(reader.Read(key.data(), key.size()));
    MAHI_RETURN_IF_ERROR(reader.Read(row.data(), row.size()));
    return true;
  }
  static bool IsAfter(const std::unique_ptr<Cursor>& a, const std::unique_ptr<Cursor>& b) {
    int order = a->key.compare(b->key);
    return order != 0 ? order > 0 : a->run > b->run;
  }
};

Sorter::Sorter(Runtime& runtime, std::vector<SqlType> types, uint64_t memory_bytes)
    : runtime_(runtime), layout_(std::move(types)), memory_bytes_(memory_bytes),
      arena_(std::make_unique<RowArena>()), memory_(runtime.memory) {}
Sorter::~Sorter() = default;

void Sorter::Reset(uint64_t limit) {
  limit_ = limit;
  entries_.clear();
  arena_ = std::make_unique<RowArena>();
  memory_.Set(0);
  runs_.clear();
  cursors_.clear();
  added_ = 0;
  next_ = 0;
  given_ = 0;
  is_merging_ = false;
  has_threshold_ = false;
}

std::string_view Sorter::KeyOf(const char* data) { return {data + 8, LoadLittle<uint32_t>(data)}; }
std::string_view Sorter::RowOf(const char* data) {
  return {data + 8 + Padded(LoadLittle<uint32_t>(data)), LoadLittle<uint32_t>(data + 4)};
}

bool Sorter::Less(const Entry& a, const Entry& b) {
  if (a.prefix != b.prefix) return a.prefix < b.prefix;
  int order = KeyOf(a.data).compare(KeyOf(b.data));
  return order != 0 ? order < 0 : a.number < b.number;
}

void Sorter::SortEntries() { std::sort(entries_.begin(), entries_.end(), Less); }

Status Sorter::Add(std::string_view key, const Batch& batch, uint32_t row) {
  if (has_threshold_ && key >= threshold_) {
    ++added_;
    return Status::Ok();
  }
  size_t row_bytes = layout_.RowBytes(batch, row);
  char* data = arena_->Allocate(8 + Padded(key.size()) + row_bytes);
  uint32_t lengths[2] = {static_cast<uint32_t>(key.size()), static_cast<uint32_t>(row_bytes)};
  std::memcpy(data, lengths, 8);
  std::memcpy(data + 8, key.data(), key.size());
  layout_.Write(batch, row, data + 8 + Padded(key.size()));
  entries_.push_back({PrefixOf(key), data, added_++});
  if (limit_ < (uint64_t{1} << 32) && entries_.size() >= std::max<uint64_t>(2 * limit_, 1024)) Prune();
  if ((entries_.size() & 255) != 0) return Status::Ok();
  size_t bytes = arena_->allocated_bytes() + entries_.capacity() * sizeof(Entry);
  memory_.Set(bytes);
  bool is_over = bytes > memory_bytes_ || (runtime_.memory.is_over_limit() && bytes > 64 * 1024);
  return is_over ? WriteRun() : Status::Ok();
}

void Sorter::Prune() {
  if (limit_ == 0) {
    entries_.clear();
    arena_->Clear();
    return;
  }
  if (entries_.size() <= limit_) return;
  std::nth_element(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(limit_ - 1), entries_.end(), Less);
  entries_.resize(limit_);
  threshold_ = KeyOf(entries_.back().data);
  has_threshold_ = true;
  // What is kept moves to an arena of its own.
  auto fresh = std::make_unique<RowArena>();
  for (Entry& entry : entries_) {
    size_t bytes = 8 + Padded(KeyOf(entry.data).size()) + RowOf(entry.data).size();
    char* copy = fresh->Allocate(bytes);
    std::memcpy(copy, entry.data, bytes);
    entry.data = copy;
  }
  arena_ = std::move(fresh);
}

Status Sorter::WriteRun() {
  SortEntries();
  if (entries_.size() > limit_) entries_.resize(limit_);
  auto file = std::make_unique<SpillFile>(runtime_.context.temporary_directory);
  for (const Entry& entry : entries_) {
    MAHI_RETURN_IF_ERROR(file->Append({entry.data, 8}));
    MAHI_RETURN_IF_ERROR(file->Append(KeyOf(entry.data)));
    MAHI_RETURN_IF_ERROR(file->Append(RowOf(entry.data)));
  }
  MAHI_RETURN_IF_ERROR(file->Flush());
  runs_.push_back({std::move(file)});
  entries_.clear();
  entries_.shrink_to_fit();
  arena_ = std::make_unique<RowArena>();
  memory_.Set(0);
  return runtime_.CheckKilled();
}

Status Sorter::OpenMerge(size_t count) {
  cursors_.clear();
  for (size_t i = 0; i < count; ++i) {
    auto cursor = std::make_unique<Cursor>();
    cursor->reader = SpillReader(runs_[i].file.get(), 0, runs_[i].file->size());
    cursor->run = i;
    MAHI_ASSIGN_OR_RETURN(bool more, cursor->Advance());
    if (more) cursors_.push_back(std::move(cursor));
  }
  std::make_heap(cursors_.begin(), cursors_.end(), Cursor::IsAfter);
  must_advance_ = false;
  return Status::Ok();
}

Result<bool> Sorter::AdvanceMerge(const Cursor** least) {
  if (must_advance_) {
    std::pop_heap(cursors_.begin(), cursors_.end(), Cursor::IsAfter);
    MAHI_ASSIGN_OR_RETURN(bool more, cursors_.back()->Advance());
    if (more) {
      std::push_heap(cursors_.begin(), cursors_.end(), Cursor::IsAfter);
    } else {
      cursors_.pop_back();
    }
  }
  must_advance_ = false;
  if (cursors_.empty()) return false;
  *least = cursors_.front().get();
  must_advance_ = true;
  return true;
}

// Merges the first `count` runs into one, which takes their place.
Status Sorter::MergeRuns(size_t count) {
  MAHI_RETURN_IF_ERROR(OpenMerge(count));
  auto file = std::make_unique<SpillFile>(runtime_.context.temporary_directory);
  const Cursor* least = nullptr;
  for (uint64_t written = 0; written < limit_; ++written) {
    if ((written & 1023) == 0) MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
    MAHI_ASSIGN_OR_RETURN(bool more, AdvanceMerge(&least));
    if (!more) break;
    uint32_t lengths[2] = {static_cast<uint32_t>(least->key.size()), static_cast<uint32_t>(least->row.size())};
    MAHI_RETURN_IF_ERROR(file->Append({reinterpret_cast<char*>(lengths), 8}));
    MAHI_RETURN_IF_ERROR(file->Append(least->key));
    MAHI_RETURN_IF_ERROR(file->Append(least->row));
  }
  MAHI_RETURN_IF_ERROR(file->Flush());
  cursors_.clear();
  runs_.erase(runs_.begin(), runs_.begin() + static_cast<ptrdiff_t>(count));
  runs_.insert(runs_.begin(), Run{std::move(file)});
  return Status::Ok();
}

Status Sorter::Finish() {
  if (runs_.empty()) {
    SortEntries();
    if (entries_.size() > limit_) entries_.resize(limit_);
    return Status::Ok();
  }
  if (!entries_.empty()) MAHI_RETURN_IF_ERROR(WriteRun());
  while (runs_.size() > kFanIn) MAHI_RETURN_IF_ERROR(MergeRuns(kFanIn));
  is_merging_ = true;
  return OpenMerge(runs_.size());
}

Result<uint32_t> Sorter::NextRows(const char** rows, std::string_view* keys, uint32_t limit) {
  uint32_t count = 0;
  if (!is_merging_) {
    while (count < limit && next_ < entries_.size()) {
      const char* data = entries_[next_++].data;
      if (keys != nullptr) keys[count] = KeyOf(data);
      rows[count++] = RowOf(data).data();
    }
    return count;
  }
  output_arena_.Clear();
  const Cursor* least = nullptr;
  while (count < limit && given_ < limit_) {
    MAHI_ASSIGN_OR_RETURN(bool more, AdvanceMerge(&least));
    if (!more) break;
    char* copy = output_arena_.Allocate(Padded(least->row.size()) + least->key.size());
    std::memcpy(copy, least->row.data(), least->row.size());
    if (keys != nullptr) {
      char* key = copy + Padded(least->row.size());
      std::memcpy(key, least->key.data(), least->key.size());
      keys[count] = {key, least->key.size()};
    }
    rows[count++] = copy;
    ++given_;
  }
  return count;
}

Result<uint32_t> Sorter::Next(Batch* batch, uint32_t limit) {
  pointers_.resize(limit);
  MAHI_ASSIGN_OR_RETURN(uint32_t count, NextRows(pointers_.data(), nullptr, limit));
  layout_.Gather({pointers_.data(), count}, batch);
  return count;
}

}  // namespace mahi
