// ColumnSet: a set of ColumnIds, as a bit map.
// Thread safety: value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "plan/expression.h"

namespace mahi {

class ColumnSet {
 public:
  ColumnSet() = default;
  explicit ColumnSet(const std::vector<ColumnId>& columns) {
    for (ColumnId column : columns) Add(column);
  }

  void Add(ColumnId column) {
    size_t word = column / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    words_[word] |= uint64_t{1} << (column % 64);
  }
  void Remove(ColumnId column) {
    size_t word = column / 64;
    if (word < words_.size()) words_[word] &= ~(uint64_t{1} << (column % 64));
  }
  bool Contains(ColumnId column) const {
    size_t word = column / 64;
    return word < words_.size() && (words_[word] >> (column % 64) & 1) != 0;
  }
  void AddAll(const ColumnSet& other) {
    if (other.words_.size() > words_.size()) words_.resize(other.words_.size());
    for (size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void AddAll(const std::vector<ColumnId>& columns) {
    for (ColumnId column : columns) Add(column);
  }
  void RemoveAll(const ColumnSet& other) {
    for (size_t i = 0; i < std::min(words_.size(), other.words_.size()); ++i) words_[i] &= ~other.words_[i];
  }
  bool IsSubsetOf(const ColumnSet& other) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      uint64_t theirs = i < other.words_.size() ? other.words_[i] : 0;
      if ((words_[i] & ~theirs) != 0) return false;
    }
    return true;
  }
  bool Intersects(const ColumnSet& other) const {
    for (size_t i = 0; i < std::min(words_.size(), other.words_.size()); ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  bool empty() const {
    for (uint64_t word : words_) {
      if (word != 0) return false;
    }
    return true;
  }
  // Ascending.
  std::vector<ColumnId> ToVector() const {
    std::vector<ColumnId> columns;
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        columns.push_back(static_cast<ColumnId>(i * 64 + static_cast<size_t>(__builtin_ctzll(word))));
      }
    }
    return columns;
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace mahi
