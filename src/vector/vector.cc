#include "vector/vector.h"

#include <cstring>

#include "base/assert.h"

namespace mahi {

struct Vector::Buffer {
  explicit Buffer(size_t data_bytes, uint32_t capacity)
      : data(static_cast<std::byte*>(::operator new(data_bytes + capacity))),
        nulls(reinterpret_cast<uint8_t*>(data + data_bytes)) {
    std::memset(nulls, 0, capacity);
  }
  ~Buffer() { ::operator delete(data); }
  Buffer(const Buffer&) = delete;

  std::byte* data;
  uint8_t* nulls;
};

size_t ElementBytes(PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
    case PhysicalType::kUInt64:
    case PhysicalType::kDouble:
      return 8;
    case PhysicalType::kDecimal:
      return sizeof(Decimal);
    case PhysicalType::kString:
    case PhysicalType::kJson:
      return sizeof(std::string_view);
  }
  MAHI_UNREACHABLE();
}

Vector::Vector(SqlType type, uint32_t capacity)
    : type_(std::move(type)), physical_(type_.physical()), capacity_(capacity == 0 ? 1 : capacity) {
  buffer_ = std::make_shared<Buffer>(ElementBytes(physical_) * capacity_, capacity_);
  data_ = buffer_->data;
  nulls_ = buffer_->nulls;
}

void Vector::Release() {
  buffer_.reset();
  heap_.reset();
  kept_.clear();
  data_ = nullptr;
  nulls_ = nullptr;
  may_have_nulls_ = false;
}

void Vector::Reset() {
  constant_mask_ = ~uint32_t{0};
  kept_.clear();
  if (buffer_.use_count() != 1) {
    // It may have referred to a smaller one, such as a constant.
    if (capacity_ < kBatchRows) capacity_ = kBatchRows;
    buffer_ = std::make_shared<Buffer>(ElementBytes(physical_) * capacity_, capacity_);
    data_ = buffer_->data;
    nulls_ = buffer_->nulls;
  } else if (may_have_nulls_) {
    std::memset(nulls_, 0, capacity_);
  }
  may_have_nulls_ = false;
  if (heap_ != nullptr) {
    if (heap_.use_count() > 1) {
      heap_.reset();
    } else {
      heap_->Reset();
    }
  }
}

StringHeap& Vector::heap() {
  if (heap_ == nullptr) heap_ = std::make_shared<StringHeap>();
  return *heap_;
}

Datum Vector::GetDatum(uint32_t row) const {
  if (IsNull(row)) return Datum::Null();
  switch (physical_) {
    case PhysicalType::kInt64:
      return Datum::Int64(Int64(row));
    case PhysicalType::kTemporal:
      return Datum::Temporal(Int64(row));
    case PhysicalType::kUInt64:
      return Datum::UInt64(UInt64(row));
    case PhysicalType::kDouble:
      return Datum::Double(Double(row));
    case PhysicalType::kDecimal:
      return Datum::OfDecimal(&DecimalAt(row));
    case PhysicalType::kString:
    case PhysicalType::kJson:
      return Datum::Bytes(String(row), physical_);
  }
  MAHI_UNREACHABLE();
}

void Vector::SetDatum(uint32_t row, const Datum& value) {
  if (value.is_null) return SetNull(row);
  MAHI_ASSERT(value.kind == physical_);
  if (may_have_nulls_) nulls_[row] = 0;
  switch (physical_) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
      return SetInt64(row, value.int64);
    case PhysicalType::kUInt64:
      return SetUInt64(row, value.uint64);
    case PhysicalType::kDouble:
      return SetDouble(row, value.real);
    case PhysicalType::kDecimal:
      return SetDecimal(row, value.decimal());
    case PhysicalType::kString:
    case PhysicalType::kJson:
      return SetString(row, value.string());
  }
}

void Vector::SetConstant(const Datum& value) {
  Reset();
  SetDatum(0, value);
  set_constant(true);
}

void Vector::Reference(const Vector& source) {
  MAHI_ASSERT(physical_ == source.physical_);
  capacity_ = source.capacity_;
  constant_mask_ = source.constant_mask_;
  may_have_nulls_ = source.may_have_nulls_;
  data_ = source.data_;
  nulls_ = source.nulls_;
  buffer_ = source.buffer_;
  heap_ = source.heap_;
  kept_ = source.kept_;
}

void Vector::CopyRows(const Vector& source, const Selection& rows, uint32_t first) {
  MAHI_ASSERT(physical_ == source.physical_ && first + rows.count <= capacity_);
  if (source.may_have_nulls_) {
    uint32_t to = first;
    rows.ForEach([&](uint32_t row) {
      if (source.IsNull(row)) {
        SetNull(to);
      } else if (may_have_nulls_) {
        nulls_[to] = 0;
      }
      ++to;
    });
  } else if (may_have_nulls_) {
    std::memset(nulls_ + first, 0, rows.count);
  }
  auto copy = [&]<typename T>(T*) {
    const T* from = source.Data<T>();
    T* to = MutableData<T>() + first;
    rows.ForEach([&](uint32_t row) { *to++ = from[source.Index(row)]; });
  };
  switch (physical_) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
      return copy(static_cast<int64_t*>(nullptr));
    case PhysicalType::kUInt64:
      return copy(static_cast<uint64_t*>(nullptr));
    case PhysicalType::kDouble:
      return copy(static_cast<double*>(nullptr));
    case PhysicalType::kDecimal:
      return copy(static_cast<Decimal*>(nullptr));
    case PhysicalType::kString:
    case PhysicalType::kJson: {
      uint32_t to = first;
      rows.ForEach([&](uint32_t row) {
        if (!source.IsNull(row)) SetString(to, source.String(row));
        ++to;
      });
      return;
    }
  }
}

size_t Vector::memory_bytes() const {
  return (ElementBytes(physical_) + 1) * capacity_ + (heap_ ? heap_->allocated_bytes() : 0);
}

}  // namespace mahi
