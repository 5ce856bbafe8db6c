#include "execution/memory/key_encoder.h"

#include <bit>
#include <cstring>

#include "base/bytes.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

uint64_t OrderedBits(double value) {
  if (value == 0) value = 0;  // -0 is 0
  uint64_t bits = std::bit_cast<uint64_t>(value);
  return bits >> 63 != 0 ? ~bits : bits | uint64_t{1} << 63;
}

// sign and digits before the point, the digits without trailing zeros of the fraction, an end mark; negative
// numbers inverted. Equal numbers of different scales give equal bytes.
void AppendDecimalKey(const Decimal& value, std::string* key) {
  if (value.is_zero()) {
    key->push_back(0x40);
    return;
  }
  std::string text;
  value.AppendTo(&text);
  std::string_view digits(text);
  bool is_negative = value.is_negative();
  if (is_negative) digits.remove_prefix(1);
  size_t point = digits.find('.');
  std::string_view whole = digits.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? std::string_view() : digits.substr(point + 1);
  while (!whole.empty() && whole.front() == '0') whole.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  size_t start = key->size();
  key->push_back(0x41);
  key->push_back(static_cast<char>(whole.size()));
  key->append(whole);
  key->append(fraction);
  key->push_back(0);
  if (!is_negative) return;
  for (size_t i = start; i < key->size(); ++i) (*key)[i] = static_cast<char>(~(*key)[i]);
  (*key)[start] = 0x3f;
}

void AppendEscaped(std::string_view bytes, std::string* key) {
  while (true) {
    const void* zero = bytes.empty() ? nullptr : std::memchr(bytes.data(), 0, bytes.size());
    if (zero == nullptr) break;
    size_t before = static_cast<size_t>(static_cast<const char*>(zero) - bytes.data());
    key->append(bytes.substr(0, before));
    key->append("\0\xff", 2);
    bytes.remove_prefix(before + 1);
  }
  key->append(bytes);
  key->append("\0\0", 2);
}

}  // namespace

void AppendEqualityKey(const Vector& vector, uint32_t row, std::string* key) {
  if (vector.IsNull(row)) {
    key->push_back(0);
    return;
  }
  key->push_back(1);
  switch (vector.physical()) {
    case PhysicalType::kInt64:
    case PhysicalType::kUInt64:
    case PhysicalType::kTemporal:
      AppendLittle(key, vector.UInt64(row));
      return;
    case PhysicalType::kDouble:
      AppendLittle(key, OrderedBits(vector.Double(row)));
      return;
    case PhysicalType::kDecimal:
      AppendDecimalKey(vector.DecimalAt(row), key);
      return;
    case PhysicalType::kString:
    case PhysicalType::kJson: {
      // The length goes before the bytes and is not known until they are there.
      size_t start = key->size();
      key->append(4, '\0');
      if (vector.physical() == PhysicalType::kJson) {
        JsonAppendSortKey(JsonView(vector.String(row)), key);
      } else if (const Collation& collation = vector.type().collation_ref(); collation.is_memcmp()) {
        key->append(vector.String(row));
      } else {
        collation.AppendSortKey(vector.String(row), key);
      }
      uint32_t length = static_cast<uint32_t>(key->size() - start - 4);
      std::memcpy(key->data() + start, &length, 4);
      return;
    }
  }
}

void AppendSortKey(const Vector& vector, uint32_t row, bool is_descending, std::string* key) {
  size_t start = key->size();
  if (vector.IsNull(row)) {
    key->push_back(is_descending ? static_cast<char>(0xff) : 0);
    return;
  }
  key->push_back(1);
  switch (vector.physical()) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
      AppendBig(key, vector.UInt64(row) ^ uint64_t{1} << 63);
      break;
    case PhysicalType::kUInt64: {
      uint64_t value = vector.UInt64(row);
      AppendBig(key, value);
      break;
    }
    case PhysicalType::kDouble:
      AppendBig(key, OrderedBits(vector.Double(row)));
      break;
    case PhysicalType::kDecimal:
      AppendDecimalKey(vector.DecimalAt(row), key);
      break;
    case PhysicalType::kString: {
      const Collation& collation = vector.type().collation_ref();
      if (collation.is_memcmp()) {
        AppendEscaped(vector.String(row), key);
      } else {
        std::string weights;
        collation.AppendSortKey(vector.String(row), &weights);
        AppendEscaped(weights, key);
      }
      break;
    }
    case PhysicalType::kJson: {
      std::string weights;
      JsonAppendSortKey(JsonView(vector.String(row)), &weights);
      AppendEscaped(weights, key);
      break;
    }
  }
  if (!is_descending) return;
  for (size_t i = start; i < key->size(); ++i) (*key)[i] = static_cast<char>(~(*key)[i]);
}

void AppendExactKey(const Vector& vector, uint32_t row, std::string* key) {
  PhysicalType physical = vector.physical();
  if (vector.IsNull(row)) {
    key->push_back(0);
  } else if (physical == PhysicalType::kString || physical == PhysicalType::kJson) {
    key->push_back(1);
    AppendLengthPrefixed(key, vector.String(row));
  } else if (physical == PhysicalType::kDecimal) {
    key->push_back(1);
    AppendLengthPrefixed(key, vector.DecimalAt(row).ToString());
  } else {
    key->push_back(1);
    AppendLittle(key, vector.UInt64(row));
  }
}

bool EqualAt(const Vector& left, uint32_t left_row, const Vector& right, uint32_t right_row) {
  return CompareAt(left, left_row, right, right_row) == 0;
}

int CompareAt(const Vector& left, uint32_t left_row, const Vector& right, uint32_t right_row) {
  auto compare = [](auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; };
  switch (left.physical()) {
    case PhysicalType::kInt64:
    case PhysicalType::kTemporal:
      return compare(left.Int64(left_row), right.Int64(right_row));
    case PhysicalType::kUInt64:
      return compare(left.UInt64(left_row), right.UInt64(right_row));
    case PhysicalType::kDouble:
      return compare(left.Double(left_row), right.Double(right_row));
    default: {
      int order = CompareDatum(left.GetDatum(left_row), right.GetDatum(right_row), left.type());
      return compare(order, 0);
    }
  }
}

}  // namespace mahi
