#include "execution/memory/row_layout.h"

#include <cstring>

#include <type_traits>

#include "base/assert.h"

namespace mahi {

namespace {

bool IsText(PhysicalType physical) {
  return physical == PhysicalType::kString || physical == PhysicalType::kJson;
}
static_assert(std::is_trivially_copyable_v<Decimal>);

// Calls f with a null pointer of the element type.
template <typename F>
void WithElementType(PhysicalType physical, F&& f) {
  switch (physical) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
    case PhysicalType::kUInt64:
    case PhysicalType::kDouble:
      return f(static_cast<uint64_t*>(nullptr));
    case PhysicalType::kDecimal:
      return f(static_cast<Decimal*>(nullptr));
    case PhysicalType::kString:
    case PhysicalType::kJson:
      return f(static_cast<std::string_view*>(nullptr));
  }
}

}  // namespace

SpilledRowLayout::SpilledRowLayout(std::vector<SqlType> types) : types_(std::move(types)) {
  size_t offset = ((types_.size() + 7) / 8 + 7) & ~size_t{7};
  for (const SqlType& type : types_) {
    PhysicalType physical = type.physical();
    physical_.push_back(physical);
    offsets_.push_back(static_cast<uint32_t>(offset));
    offset += physical == PhysicalType::kDecimal ? (sizeof(Decimal) + 7) & ~size_t{7} : 8;
  }
  fixed_bytes_ = offset;
}

size_t SpilledRowLayout::RowBytes(const Batch& batch, uint32_t row, size_t first_column) const {
  size_t bytes = fixed_bytes_;
  for (size_t i = 0; i < types_.size(); ++i) {
    if (!IsText(physical_[i])) continue;
    const Vector& column = batch.column(first_column + i);
    if (!column.IsNull(row)) bytes += column.String(row).size();
  }
  return bytes;
}

void SpilledRowLayout::Write(const Batch& batch, uint32_t row, char* to, size_t first_column) const {
  if (!types_.empty()) std::memset(to, 0, offsets_[0]);
  size_t text = fixed_bytes_;
  for (size_t i = 0; i < types_.size(); ++i) {
    const Vector& column = batch.column(first_column + i);
    char* slot = to + offsets_[i];
    if (column.IsNull(row)) {
      to[i / 8] = static_cast<char>(to[i / 8] | 1 << (i % 8));
      std::memset(slot, 0, 8);
      continue;
    }
    switch (physical_[i]) {
      case PhysicalType::kInt64:
      case PhysicalType::kTemporal:
      case PhysicalType::kUInt64:
      case PhysicalType::kDouble:
        std::memcpy(slot, column.Data<uint64_t>() + column.Index(row), 8);
        break;
      case PhysicalType::kDecimal:
        std::memcpy(slot, column.Data<Decimal>() + column.Index(row), sizeof(Decimal));
        break;
      case PhysicalType::kString:
      case PhysicalType::kJson: {
        std::string_view value = column.String(row);
        uint32_t place[2] = {static_cast<uint32_t>(text), static_cast<uint32_t>(value.size())};
        std::memcpy(slot, place, 8);
        if (!value.empty()) std::memcpy(to + text, value.data(), value.size());
        text += value.size();
        break;
      }
    }
  }
}

void SpilledRowLayout::Read(const char* row, size_t column, Vector* vector, uint32_t to) const {
  if (row == nullptr || IsNull(row, column)) {
    vector->SetNull(to);
    return;
  }
  const char* slot = row + offsets_[column];
  switch (physical_[column]) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
    case PhysicalType::kUInt64:
    case PhysicalType::kDouble:
      std::memcpy(vector->MutableData<uint64_t>() + to, slot, 8);
      break;
    case PhysicalType::kDecimal:
      std::memcpy(static_cast<void*>(vector->MutableData<Decimal>() + to), slot, sizeof(Decimal));
      break;
    case PhysicalType::kString:
    case PhysicalType::kJson: {
      uint32_t place[2];
      std::memcpy(place, slot, 8);
      vector->SetStringView(to, {row + place[0], place[1]});
      break;
    }
  }
}

void SpilledRowLayout::Gather(std::span<const char* const> rows, Batch* batch, size_t first_column) const {
  uint32_t count = static_cast<uint32_t>(rows.size());
  for (size_t i = 0; i < types_.size(); ++i) {
    Vector& vector = batch->column(first_column + i);
    if (physical_[i] == PhysicalType::kDecimal || IsText(physical_[i])) {
      for (uint32_t k = 0; k < count; ++k) Read(rows[k], i, &vector, k);
      continue;
    }
    uint64_t* data = vector.MutableData<uint64_t>();
    for (uint32_t k = 0; k < count; ++k) {
      const char* row = rows[k];
      if (row == nullptr || IsNull(row, i)) {
        vector.SetNull(k);
      } else {
        std::memcpy(data + k, row + offsets_[i], 8);
      }
    }
  }
}

void ScatterRows(const Vector& source, const Selection& rows, Vector* target) {
  MAHI_ASSERT(source.physical() == target->physical());
  if (source.may_have_nulls()) {
    rows.ForEach([&](uint32_t row) {
      if (source.IsNull(row)) target->SetNull(row);
    });
  }
  WithElementType(source.physical(), [&]<typename T>(T*) {
    const T* from = source.Data<T>();
    T* to = target->MutableData<T>();
    rows.ForEach([&](uint32_t row) { to[row] = from[source.Index(row)]; });
  });
}

void GatherRows(const Vector& source, std::span<const uint16_t> positions, Vector* target) {
  MAHI_ASSERT(source.physical() == target->physical());
  uint32_t count = static_cast<uint32_t>(positions.size());
  if (source.may_have_nulls()) {
    for (uint32_t i = 0; i < count; ++i) {
      if (source.IsNull(positions[i])) target->SetNull(i);
    }
  }
  WithElementType(source.physical(), [&]<typename T>(T*) {
    const T* from = source.Data<T>();
    T* to = target->MutableData<T>();
    for (uint32_t i = 0; i < count; ++i) to[i] = from[source.Index(positions[i])];
  });
}

}  // namespace mahi
