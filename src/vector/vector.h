// Vector: the values of one column for the rows of a batch.
//
// A flat array of one physical type, one null byte for each row, and a heap for string bytes; or a constant:
// one value, in position 0, that stands for every row. Elements by PhysicalType:
//
//   kInt64, kTemporal   int64_t            kDouble    double
//   kUInt64             uint64_t           kDecimal   Decimal
//   kString, kJson      std::string_view   (bytes in this vector's heap, or in memory it keeps alive)
//
// Readers index with `vector.Index(row)`, which maps every row of a constant to position 0:
//
//   const int64_t* a = x.Data<int64_t>();
//   rows.ForEach([&](uint32_t row) { if (!x.IsNull(row)) Use(a[x.Index(row)]); });
//
// Thread safety: none; a vector belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "types/decimal.h"
#include "types/sql_type.h"
#include "types/value.h"
#include "vector/selection.h"
#include "vector/string_heap.h"

namespace mahi {

class Vector {
 public:
  explicit Vector(SqlType type, uint32_t capacity = kBatchRows);
  Vector(Vector&&) noexcept = default;
  Vector& operator=(Vector&&) noexcept = default;

  const SqlType& type() const { return type_; }
  // Replaces the type by one of the same physical type (e.g. another length or collation).
  void set_type(SqlType type) { type_ = std::move(type); }
  PhysicalType physical() const { return physical_; }
  uint32_t capacity() const { return capacity_; }

  // Ready for new values: flat, no nulls, heap empty. Shared memory is left to its other users.
  void Reset();

  // Constants.
  bool is_constant() const { return constant_mask_ == 0; }
  void set_constant(bool constant) { constant_mask_ = constant ? 0 : ~uint32_t{0}; }
  uint32_t Index(uint32_t row) const { return row & constant_mask_; }

  // Nulls.
  bool may_have_nulls() const { return may_have_nulls_; }
  bool IsNull(uint32_t row) const { return may_have_nulls_ && nulls_[row & constant_mask_] != 0; }
  void SetNull(uint32_t row) {
    may_have_nulls_ = true;
    nulls_[row] = 1;
  }
  // Undoes SetNull for a row that is written again.
  void SetNotNull(uint32_t row) { nulls_[row] = 0; }
  // One byte for each row, 1 = NULL; all zero while !may_have_nulls().
  const uint8_t* nulls() const { return nulls_; }
  uint8_t* mutable_nulls() {
    may_have_nulls_ = true;
    return nulls_;
  }

  // Elements. T must be the element type of physical().
  template <typename T>
  const T* Data() const {
    return static_cast<const T*>(data_);
  }
  template <typename T>
  T* MutableData() {
    return static_cast<T*>(data_);
  }
  int64_t Int64(uint32_t row) const { return Data<int64_t>()[Index(row)]; }
  uint64_t UInt64(uint32_t row) const { return Data<uint64_t>()[Index(row)]; }
  double Double(uint32_t row) const { return Data<double>()[Index(row)]; }
  const Decimal& DecimalAt(uint32_t row) const { return Data<Decimal>()[Index(row)]; }
  std::string_view String(uint32_t row) const { return Data<std::string_view>()[Index(row)]; }

  void SetInt64(uint32_t row, int64_t value) { MutableData<int64_t>()[row] = value; }
  void SetUInt64(uint32_t row, uint64_t value) { MutableData<uint64_t>()[row] = value; }
  void SetDouble(uint32_t row, double value) { MutableData<double>()[row] = value; }
  void SetDecimal(uint32_t row, const Decimal& value) { MutableData<Decimal>()[row] = value; }
  // Copies the bytes into the heap.
  void SetString(uint32_t row, std::string_view value) {
    MutableData<std::string_view>()[row] = heap().Copy(value);
  }
  // Borrows the bytes: they must outlive this vector's use, or be kept alive with KeepAlive.
  void SetStringView(uint32_t row, std::string_view value) {
    MutableData<std::string_view>()[row] = value;
  }
  StringHeap& heap();
  void KeepAlive(std::shared_ptr<const void> memory) { kept_.push_back(std::move(memory)); }

  // A view of one element; valid as long as this vector is unchanged.
  Datum GetDatum(uint32_t row) const;
  // Writes an element of the same physical type, or NULL; copies strings.
  void SetDatum(uint32_t row, const Datum& value);
  // Becomes a constant of `value`, which has this vector's physical type.
  void SetConstant(const Datum& value);

  // Becomes another name for `source`: shares its memory; both must then be left unchanged or Reset.
  void Reference(const Vector& source);
  // Gives the memory up, so that those who share it may write again without a copy. Next: Reset or Reference.
  void Release();
  // Copies source's rows `rows` to positions `first`, `first`+1, ... of this flat vector; the same physical
  // type. Copies string bytes.
  void CopyRows(const Vector& source, const Selection& rows, uint32_t first);

  // Memory held, in bytes.
  size_t memory_bytes() const;

 private:
  struct Buffer;  // elements and nulls

  SqlType type_;
  PhysicalType physical_;
  uint32_t capacity_;
  uint32_t constant_mask_ = ~uint32_t{0};
  bool may_have_nulls_ = false;
  void* data_ = nullptr;
  uint8_t* nulls_ = nullptr;
  std::shared_ptr<Buffer> buffer_;
  std::shared_ptr<StringHeap> heap_;
  std::vector<std::shared_ptr<const void>> kept_;
};

// Bytes of one element of a physical type.
size_t ElementBytes(PhysicalType physical);

}  // namespace mahi
