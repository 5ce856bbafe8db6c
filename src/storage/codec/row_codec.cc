#include "storage/codec/row_codec.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bytes.h"

namespace mahi {
namespace {

constexpr uint8_t kRowFormat = 1;
constexpr uint8_t kWideOffsets = 0x80;
constexpr uint32_t kHeaderBytes = 3;
constexpr int64_t kTimeBias = int64_t{1} << 47;

uint64_t LoadBytes(const char* from, uint32_t width) {
  uint64_t value = 0;
  std::memcpy(&value, from, width);
  return value;
}

const TimeZone& ZoneOrUtc(const TimeZone* zone) { return zone != nullptr ? *zone : *TimeZone::Utc(); }

// The stored integer of a fixed-width value.
uint64_t FixedBits(FieldKind kind, const Datum& value, const TimeZone* zone) {
  switch (kind) {
    case FieldKind::kFloat: return std::bit_cast<uint32_t>(static_cast<float>(value.real));
    case FieldKind::kDouble: return std::bit_cast<uint64_t>(value.real);
    case FieldKind::kDate: return static_cast<uint64_t>(value.int64) >> 41;
    case FieldKind::kTime: return static_cast<uint64_t>(value.int64 + kTimeBias);
    case FieldKind::kDateTimeSeconds: return static_cast<uint64_t>(value.int64) >> 24;
    case FieldKind::kTimestamp: return static_cast<uint64_t>(TimestampFromLocal(value.int64, ZoneOrUtc(zone)));
    case FieldKind::kTimestampSeconds:
      return static_cast<uint64_t>(TimestampFromLocal(value.int64, ZoneOrUtc(zone)) / kMicrosPerSecond);
    default: return value.uint64;
  }
}

bool IsVariable(FieldKind kind) { return kind >= FieldKind::kDecimal; }

}  // namespace

FieldKind FieldKindOf(const SqlType& type) {
  const bool is_unsigned = type.is_unsigned;
  switch (type.id) {
    case TypeId::kTinyInt: return is_unsigned ? FieldKind::kUInt8 : FieldKind::kInt8;
    case TypeId::kSmallInt: return is_unsigned ? FieldKind::kUInt16 : FieldKind::kInt16;
    case TypeId::kMediumInt: return is_unsigned ? FieldKind::kUInt24 : FieldKind::kInt24;
    case TypeId::kInt: return is_unsigned ? FieldKind::kUInt32 : FieldKind::kInt32;
    case TypeId::kBigInt: return is_unsigned ? FieldKind::kUInt64 : FieldKind::kInt64;
    case TypeId::kFloat: return FieldKind::kFloat;
    case TypeId::kDouble: return FieldKind::kDouble;
    case TypeId::kDecimal: return FieldKind::kDecimal;
    case TypeId::kBit: case TypeId::kSet: return FieldKind::kUInt64;
    case TypeId::kYear: case TypeId::kEnum: return FieldKind::kUInt16;
    case TypeId::kDate: return FieldKind::kDate;
    case TypeId::kTime: return FieldKind::kTime;
    case TypeId::kDateTime: return type.decimals == 0 ? FieldKind::kDateTimeSeconds : FieldKind::kDateTime;
    case TypeId::kTimestamp: return type.decimals == 0 ? FieldKind::kTimestampSeconds : FieldKind::kTimestamp;
    case TypeId::kJson: return FieldKind::kJson;
    case TypeId::kNull: return FieldKind::kInt8;
    default: return FieldKind::kString;
  }
}

uint32_t FieldBytes(FieldKind kind) {
  switch (kind) {
    case FieldKind::kInt8: case FieldKind::kUInt8: return 1;
    case FieldKind::kInt16: case FieldKind::kUInt16: return 2;
    case FieldKind::kInt24: case FieldKind::kUInt24: case FieldKind::kDate: return 3;
    case FieldKind::kInt32: case FieldKind::kUInt32: case FieldKind::kFloat: case FieldKind::kTimestampSeconds: return 4;
    case FieldKind::kDateTimeSeconds: return 5;
    case FieldKind::kTime: return 6;
    case FieldKind::kInt64: case FieldKind::kUInt64: case FieldKind::kDouble: case FieldKind::kDateTime:
    case FieldKind::kTimestamp: return 8;
    case FieldKind::kDecimal: case FieldKind::kString: case FieldKind::kJson: return 0;
  }
  return 0;
}

StoredRowLayout::StoredRowLayout(const TableDefinition& table, uint32_t row_version) {
  auto add = [&](const Column& column, int32_t ordinal) {
    fields.push_back({column.id, ordinal, FieldKindOf(column.type), 0, 0});
  };
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].added_in_version <= row_version) add(table.columns[i], static_cast<int32_t>(i));
  }
  for (const Column& column : table.dropped_columns) {
    if (column.added_in_version <= row_version && row_version < column.dropped_in_version) add(column, -1);
  }
  std::sort(fields.begin(), fields.end(), [](const Field& a, const Field& b) { return a.column_id < b.column_id; });
  uint32_t at = kHeaderBytes + static_cast<uint32_t>((fields.size() + 7) / 8);
  uint32_t bit = 0;
  for (Field& field : fields) {
    field.null_bit = bit++;
    if (IsVariable(field.kind)) {
      field.position = variable_count++;
    } else {
      field.position = at;
      at += FieldBytes(field.kind);
    }
  }
  fixed_end = at;
}

StoredRowEncoder::StoredRowEncoder(const TableDefinition& table)
    : layout_(table, table.row_version), row_version_(static_cast<uint16_t>(table.row_version)) {}

void StoredRowEncoder::Encode(std::span<const Datum> row, const TimeZone* zone, std::string* out) const {
  // Offsets are 16 bits wide unless the strings may not fit.
  size_t variable_bytes = 0;
  for (const StoredRowLayout::Field& field : layout_.fields) {
    if (!IsVariable(field.kind)) continue;
    const Datum& value = row[field.ordinal];
    if (!value.is_null) variable_bytes += field.kind == FieldKind::kDecimal ? 40 : value.size;
  }
  const bool is_wide = variable_bytes > 0xffff;
  const uint32_t offset_bytes = is_wide ? 4 : 2;
  out->clear();
  out->reserve(layout_.fixed_end + layout_.variable_count * offset_bytes + variable_bytes);
  out->resize(layout_.fixed_end + layout_.variable_count * offset_bytes, '\0');
  char* data = out->data();
  data[0] = static_cast<char>(kRowFormat | (is_wide ? kWideOffsets : 0));
  std::memcpy(data + 1, &row_version_, 2);
  const size_t variable_start = out->size();
  for (const StoredRowLayout::Field& field : layout_.fields) {
    const Datum& value = row[field.ordinal];
    if (value.is_null) (*out)[kHeaderBytes + field.null_bit / 8] |= static_cast<char>(1 << (field.null_bit % 8));
    if (!IsVariable(field.kind)) {
      if (value.is_null) continue;
      const uint64_t bits = FixedBits(field.kind, value, zone);
      std::memcpy(out->data() + field.position, &bits, FieldBytes(field.kind));
      continue;
    }
    if (!value.is_null) {
      if (field.kind == FieldKind::kDecimal) {
        value.decimal().EncodeCompact(out);
      } else {
        out->append(value.string());
      }
    }
    const uint32_t end = static_cast<uint32_t>(out->size() - variable_start);
    std::memcpy(out->data() + layout_.fixed_end + field.position * offset_bytes, &end, offset_bytes);
  }
}

RowReader::RowReader(const TableDefinition* table, std::vector<uint32_t> ordinals)
    : table_(table), ordinals_(std::move(ordinals)), decimals_(ordinals_.size()) {}

const RowReader::Version* RowReader::AddVersion(uint32_t row_version) {
  if (row_version > table_->row_version) return nullptr;
  const StoredRowLayout layout(*table_, row_version);
  auto version = std::make_unique<Version>();
  version->row_version = row_version;
  version->fixed_end = layout.fixed_end;
  version->variable_count = layout.variable_count;
  for (uint32_t ordinal : ordinals_) {
    Source source{FieldKindOf(table_->columns[ordinal].type), true, 0, 0, 0};
    for (const StoredRowLayout::Field& field : layout.fields) {
      if (field.ordinal != static_cast<int32_t>(ordinal)) continue;
      source.is_missing = false;
      source.null_byte = kHeaderBytes + field.null_bit / 8;
      source.null_mask = static_cast<uint8_t>(1 << (field.null_bit % 8));
      source.position = field.position;
    }
    version->sources.push_back(source);
  }
  versions_.push_back(std::move(version));
  return versions_.back().get();
}

// The layout of the row, when its header and fixed part are there.
const RowReader::Version* RowReader::FindVersion(std::string_view value) {
  if (value.size() < kHeaderBytes) return nullptr;
  const uint8_t format = static_cast<uint8_t>(value[0]);
  if ((format & ~kWideOffsets) != kRowFormat) return nullptr;
  const uint32_t row_version = LoadLittle<uint16_t>(value.data() + 1);
  const Version* version = latest_;
  if (version == nullptr || version->row_version != row_version) {
    version = nullptr;
    for (const auto& known : versions_) {
      if (known->row_version == row_version) version = known.get();
    }
    if (version == nullptr) version = AddVersion(row_version);
    if (version == nullptr) return nullptr;
    latest_ = version;
  }
  const size_t offset_bytes = format & kWideOffsets ? 4 : 2;
  if (value.size() < version->fixed_end + version->variable_count * offset_bytes) return nullptr;
  return version;
}

inline bool RowReader::Read(const Version& version, std::string_view value, const TimeZone* zone, uint32_t i,
                            Datum* datum) {
  const Source& source = version.sources[i];
  if (source.is_missing) [[unlikely]] {
    *datum = table_->columns[ordinals_[i]].initial_value.datum();
    return true;
  }
  const char* data = value.data();
  if (static_cast<uint8_t>(data[source.null_byte]) & source.null_mask) {
    *datum = Datum::Null();
    return true;
  }
  const char* at = data + source.position;
  switch (source.kind) {
    case FieldKind::kInt8: *datum = Datum::Int64(static_cast<int8_t>(*at)); return true;
    case FieldKind::kInt16: *datum = Datum::Int64(LoadLittle<int16_t>(at)); return true;
    case FieldKind::kInt24:
      *datum = Datum::Int64(static_cast<int32_t>(static_cast<uint32_t>(LoadBytes(at, 3)) << 8) >> 8);
      return true;
    case FieldKind::kInt32: *datum = Datum::Int64(LoadLittle<int32_t>(at)); return true;
    case FieldKind::kInt64: *datum = Datum::Int64(LoadLittle<int64_t>(at)); return true;
    case FieldKind::kUInt8: *datum = Datum::UInt64(static_cast<uint8_t>(*at)); return true;
    case FieldKind::kUInt16: *datum = Datum::UInt64(LoadLittle<uint16_t>(at)); return true;
    case FieldKind::kUInt24: *datum = Datum::UInt64(LoadBytes(at, 3)); return true;
    case FieldKind::kUInt32: *datum = Datum::UInt64(LoadLittle<uint32_t>(at)); return true;
    case FieldKind::kUInt64: *datum = Datum::UInt64(LoadLittle<uint64_t>(at)); return true;
    case FieldKind::kFloat: *datum = Datum::Double(LoadLittle<float>(at)); return true;
    case FieldKind::kDouble: *datum = Datum::Double(LoadLittle<double>(at)); return true;
    case FieldKind::kDate: *datum = Datum::Temporal(static_cast<int64_t>(LoadBytes(at, 3) << 41)); return true;
    case FieldKind::kTime:
      *datum = Datum::Temporal(static_cast<int64_t>(LoadBytes(at, 6)) - kTimeBias);
      return true;
    case FieldKind::kDateTime: *datum = Datum::Temporal(LoadLittle<int64_t>(at)); return true;
    case FieldKind::kDateTimeSeconds:
      *datum = Datum::Temporal(static_cast<int64_t>(LoadBytes(at, 5) << 24));
      return true;
    case FieldKind::kTimestamp:
      *datum = Datum::Temporal(TimestampToLocal(LoadLittle<int64_t>(at), ZoneOrUtc(zone)));
      return true;
    case FieldKind::kTimestampSeconds:
      *datum = Datum::Temporal(
          TimestampToLocal(int64_t{LoadLittle<uint32_t>(at)} * kMicrosPerSecond, ZoneOrUtc(zone)));
      return true;
    case FieldKind::kDecimal: case FieldKind::kString: case FieldKind::kJson: break;
  }
  size_t begin = 0, end = 0, offset_bytes = 2;
  const char* offsets = data + version.fixed_end;
  if (static_cast<uint8_t>(data[0]) & kWideOffsets) {
    offset_bytes = 4;
    end = LoadLittle<uint32_t>(offsets + 4 * source.position);
    if (source.position != 0) begin = LoadLittle<uint32_t>(offsets + 4 * (source.position - 1));
  } else {
    end = LoadLittle<uint16_t>(offsets + 2 * source.position);
    if (source.position != 0) begin = LoadLittle<uint16_t>(offsets + 2 * (source.position - 1));
  }
  const size_t start = version.fixed_end + version.variable_count * offset_bytes;
  if (begin > end || end > value.size() - start) [[unlikely]] return false;
  const std::string_view bytes(data + start + begin, end - begin);
  if (source.kind == FieldKind::kDecimal) {
    if (!Decimal::DecodeCompact(bytes, &decimals_[i])) return false;
    *datum = Datum::OfDecimal(&decimals_[i]);
    return true;
  }
  *datum = Datum::Bytes(bytes, source.kind == FieldKind::kJson ? PhysicalType::kJson : PhysicalType::kString);
  return true;
}

bool RowReader::Decode(std::string_view value, const TimeZone* zone, Batch* batch, uint32_t row,
                       uint32_t first_column) {
  const Version* version = FindVersion(value);
  if (version == nullptr) return false;
  for (uint32_t i = 0; i < ordinals_.size(); ++i) {
    Datum datum;
    if (!Read(*version, value, zone, i, &datum)) return false;
    Vector& vector = batch->column(first_column + i);
    if (datum.is_null) {
      vector.SetNull(row);
      continue;
    }
    switch (datum.kind) {
      case PhysicalType::kInt64: case PhysicalType::kTemporal: case PhysicalType::kUInt64:
        vector.SetInt64(row, datum.int64);
        break;
      case PhysicalType::kDouble: vector.SetDouble(row, datum.real); break;
      case PhysicalType::kDecimal: vector.SetDecimal(row, datum.decimal()); break;
      case PhysicalType::kString: case PhysicalType::kJson: vector.SetString(row, datum.string()); break;
    }
    if (vector.may_have_nulls()) vector.SetNotNull(row);
  }
  return true;
}

bool RowReader::Get(std::string_view value, const TimeZone* zone, uint32_t i, Datum* datum) {
  const Version* version = FindVersion(value);
  return version != nullptr && Read(*version, value, zone, i, datum);
}

bool RowReader::GetAll(std::string_view value, const TimeZone* zone, Datum* datums) {
  const Version* version = FindVersion(value);
  if (version == nullptr) return false;
  for (uint32_t i = 0; i < ordinals_.size(); ++i) {
    if (!Read(*version, value, zone, i, &datums[i])) return false;
  }
  return true;
}

}  // namespace mahi
