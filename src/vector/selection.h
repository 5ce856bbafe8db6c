// Selection: which rows of a batch an operation applies to.
//
// Expressions are evaluated at the selected positions only, and put their result at the same positions,
// so AND, OR and CASE evaluate each branch exactly for the rows that reach it.
// Thread safety: a value; borrows its positions.
#pragma once

#include <cstdint>

namespace mahi {

// Rows of one batch at most.
inline constexpr uint32_t kBatchRows = 1024;

struct Selection {
  const uint16_t* positions = nullptr;  // ascending; null: 0 .. count-1
  uint32_t count = 0;

  static Selection All(uint32_t count) { return {nullptr, count}; }
  bool is_dense() const { return positions == nullptr; }
  uint32_t operator[](uint32_t index) const { return positions ? positions[index] : index; }

  // Calls f(position) for each selected position, in order.
  template <typename F>
  void ForEach(F&& f) const {
    if (positions == nullptr) {
      for (uint32_t i = 0; i < count; ++i) f(i);
    } else {
      for (uint32_t i = 0; i < count; ++i) f(static_cast<uint32_t>(positions[i]));
    }
  }
};

// Room for the positions of one selection.
struct SelectionBuffer {
  uint16_t positions[kBatchRows];
  uint32_t count = 0;
  void Clear() { count = 0; }
  void Append(uint32_t position) { positions[count++] = static_cast<uint16_t>(position); }
  Selection View() const { return {positions, count}; }
};

}  // namespace mahi
