#include "execution/memory/key_table.h"

#include <algorithm>

namespace mahi {

namespace {

inline uint64_t Mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
inline uint64_t Load(const char* from, size_t count) {
  uint64_t value = 0;
  std::memcpy(&value, from, count);
  return value;
}

}  // namespace

uint64_t HashBytes(std::string_view bytes) {
  constexpr uint64_t kFirst = 0x9e3779b97f4a7c15, kSecond = 0xd1b54a32d192ed03;
  uint64_t hash = kFirst ^ bytes.size();
  const char* from = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, from += 8) hash = Mix(hash ^ Load(from, 8), kSecond);
  if (left > 0) hash = Mix(hash ^ Load(from, left), kSecond ^ left);
  return Mix(hash, kFirst);
}

char* RowArena::AllocateInNewBlock(size_t bytes) {
  size_t size = blocks_.size() < 4 ? 8 * 1024 : blocks_.size() < 16 ? 64 * 1024 : 512 * 1024;
  size = std::max(size, bytes);
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
  allocated_bytes_ += size;
  block_ = blocks_.back().get();
  block_bytes_ = size;
  used_ = bytes;
  return block_;
}

void RowArena::Clear() {
  if (blocks_.size() == 1) {
    used_ = 0;
    return;
  }
  blocks_.clear();
  block_ = nullptr;
  used_ = block_bytes_ = allocated_bytes_ = 0;
}

void KeyTable::Clear() {
  slots_.clear();
  keys_.clear();
  arena_.Clear();
  mask_ = 0;
}

void KeyTable::Grow() {
  size_t count = slots_.empty() ? 64 : slots_.size() * 2;
  slots_.assign(count, Slot{0, kNone});
  mask_ = static_cast<uint32_t>(count - 1);
  for (uint32_t i = 0; i < keys_.size(); ++i) {
    uint32_t slot = keys_[i].hash & mask_;
    while (slots_[slot].index != kNone) slot = (slot + 1) & mask_;
    slots_[slot] = {keys_[i].hash, i};
  }
}

uint32_t KeyTable::Find(std::string_view key) const {
  if (slots_.empty()) return kNone;
  uint32_t hash = static_cast<uint32_t>(HashBytes(key) >> 16);
  for (uint32_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
    const Slot& entry = slots_[slot];
    if (entry.index == kNone) return kNone;
    if (entry.hash != hash) continue;
    const Key& found = keys_[entry.index];
    if (found.length == key.size() && std::memcmp(found.data, key.data(), key.size()) == 0) return entry.index;
  }
}

uint32_t KeyTable::FindOrInsert(std::string_view key, bool* is_new) {
  if (keys_.size() * 3 >= slots_.size() * 2) Grow();
  uint32_t hash = static_cast<uint32_t>(HashBytes(key) >> 16);
  uint32_t slot = hash & mask_;
  for (;; slot = (slot + 1) & mask_) {
    const Slot& entry = slots_[slot];
    if (entry.index == kNone) break;
    if (entry.hash != hash) continue;
    const Key& found = keys_[entry.index];
    if (found.length == key.size() && std::memcmp(found.data, key.data(), key.size()) == 0) {
      *is_new = false;
      return entry.index;
    }
  }
  uint32_t index = static_cast<uint32_t>(keys_.size());
  char* copy = arena_.Allocate(key.size());
  std::memcpy(copy, key.data(), key.size());
  keys_.push_back({copy, static_cast<uint32_t>(key.size()), hash});
  slots_[slot] = {hash, index};
  *is_new = true;
  return index;
}

}  // namespace mahi
