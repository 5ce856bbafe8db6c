// SpilledRowLayout: rows of vectors as position-independent bytes, and back.
//
//   row  := null_bitmap:ceil(n/8) pad to 8 | slot* | string bytes
//   slot := 8 bytes of an integer, double or temporal | Decimal | offset:u32 length:u32 of a string
//
// Thread safety: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vector/batch.h"

namespace mahi {

class SpilledRowLayout {
 public:
  SpilledRowLayout() = default;
  explicit SpilledRowLayout(std::vector<SqlType> types);

  const std::vector<SqlType>& types() const { return types_; }
  size_t column_count() const { return types_.size(); }

  // Columns first_column .. first_column+n-1 of the batch's row.
  size_t RowBytes(const Batch& batch, uint32_t row, size_t first_column = 0) const;
  // `to` has RowBytes bytes, 8-byte aligned.
  void Write(const Batch& batch, uint32_t row, char* to, size_t first_column = 0) const;

  // Writes rows[i] to position i of the batch's columns from `first_column` on; a null pointer is a row of NULLs.
  // String bytes are borrowed from the rows.
  void Gather(std::span<const char* const> rows, Batch* batch, size_t first_column = 0) const;
  bool IsNull(const char* row, size_t column) const {
    return (static_cast<uint8_t>(row[column / 8]) >> (column % 8) & 1) != 0;
  }
  // One column of a row, into position `to` of a flat vector. Borrows strings.
  void Read(const char* row, size_t column, Vector* vector, uint32_t to) const;

 private:
  std::vector<SqlType> types_;
  std::vector<PhysicalType> physical_;
  std::vector<uint32_t> offsets_;
  size_t fixed_bytes_ = 0;
};

// Copies source's elements at `rows` to the same positions of `target` (same physical type). Borrows string bytes.
void ScatterRows(const Vector& source, const Selection& rows, Vector* target);
// Copies source's elements at positions[i] to i. Borrows string bytes.
void GatherRows(const Vector& source, std::span<const uint16_t> positions, Vector* target);

}  // namespace mahi
