#include "server/row_encoder.h"

#include "protocol/wire_type.h"
#include "types/json.h"

namespace mahi {

void ResultRowEncoder::Prepare(const std::vector<SqlType>& types, bool is_binary, const Collation* results) {
  is_binary_ = is_binary;
  results_ = results;
  columns_.clear();
  columns_.reserve(types.size());
  for (const SqlType& type : types) {
    ColumnState column;
    column.type = type;
    column.wire = WireTypeOf(type);
    column.decimals = type.decimals;
    switch (type.id) {
      case TypeId::kTinyInt:
      case TypeId::kSmallInt:
      case TypeId::kMediumInt:
      case TypeId::kInt:
      case TypeId::kBigInt:
        column.form = type.is_zerofill ? Form::kZerofill
                      : type.is_unsigned ? Form::kUint64
                                         : Form::kInt64;
        column.width = type.length;
        break;
      case TypeId::kNull:
        column.form = Form::kInt64;
        break;
      case TypeId::kFloat:
        column.form = Form::kFloat;
        break;
      case TypeId::kDouble:
        column.form = Form::kDouble;
        break;
      case TypeId::kDecimal:
        column.form = Form::kDecimal;
        break;
      case TypeId::kBit:
        column.form = Form::kBit;
        column.width = type.length;
        break;
      case TypeId::kYear:
        column.form = Form::kYear;
        break;
      case TypeId::kDate:
        column.form = Form::kDate;
        break;
      case TypeId::kTime:
        column.form = Form::kTime;
        break;
      case TypeId::kDateTime:
      case TypeId::kTimestamp:
        column.form = Form::kDatetime;
        break;
      case TypeId::kEnum:
        column.form = Form::kEnum;
        break;
      case TypeId::kSet:
        column.form = Form::kSet;
        break;
      case TypeId::kJson:
        column.form = Form::kJson;
        break;
      default:
        column.form = Form::kBytes;
        break;
    }
    if (results != nullptr && type.collation != kCollationBinary &&
        (type.IsString() || type.IsEnumOrSet())) {
      const Charset& from = type.charset();
      const Charset& to = results->charset();
      bool is_subset = from.id == to.id || from.id == CharsetId::kAscii ||
                       (from.id == CharsetId::kUtf8mb3 && to.id == CharsetId::kUtf8mb4);
      if (!is_subset) {
        column.from = &from;
        if (column.form == Form::kBytes) column.form = Form::kConverted;
      }
    }
    if (results != nullptr && type.IsJson() && results->charset().id != CharsetId::kUtf8mb4) {
      column.from = &GetCharset(CharsetId::kUtf8mb4);
    }
    columns_.push_back(std::move(column));
  }
}

std::string_view ResultRowEncoder::AsBytes(const ColumnState& column, const Datum& value) {
  scratch_.clear();
  switch (column.form) {
    case Form::kDecimal:
      // A quotient carries more digits than its type shows.
      if (value.decimal().scale() != column.decimals) {
        value.decimal().Round(column.decimals).AppendTo(&scratch_);
      } else {
        value.decimal().AppendTo(&scratch_);
      }
      return scratch_;
    case Form::kEnum: {
      if (value.uint64 != 0 && column.type.members != nullptr &&
          value.uint64 <= column.type.members->size()) {
        scratch_ = (*column.type.members)[value.uint64 - 1];
      }
      break;
    }
    case Form::kSet: {
      bool first = true;
      for (size_t i = 0; column.type.members != nullptr && i < column.type.members->size() && i < 64; ++i) {
        if (!(value.uint64 >> i & 1)) continue;
        if (!first) scratch_ += ',';
        first = false;
        scratch_ += (*column.type.members)[i];
      }
      break;
    }
    case Form::kJson:
      JsonToText(JsonView(value.string()), &scratch_);
      break;
    default:
      if (column.from == nullptr) return value.string();
      scratch_.assign(value.bytes, value.size);
  }
  if (column.from == nullptr) return scratch_;
  converted_.clear();
  ConvertCharset(scratch_, *column.from, results_->charset(), &converted_);
  return converted_;
}

inline void ResultRowEncoder::WriteText(const ColumnState& column, const Datum& value, WireBuffer* out) {
  switch (column.form) {
    case Form::kInt64:
      AppendTextInt64(out, value.int64);
      break;
    case Form::kUint64:
      AppendTextUint64(out, value.uint64);
      break;
    case Form::kZerofill:
      AppendTextZerofill(out, value.uint64, column.width);
      break;
    case Form::kDouble:
      AppendTextDouble(out, value.real, column.decimals);
      break;
    case Form::kFloat:
      AppendTextFloat(out, static_cast<float>(value.real), column.decimals);
      break;
    case Form::kBit:
      AppendTextBit(out, value.uint64, column.width);
      break;
    case Form::kYear:
      AppendTextYear(out, value.uint64);
      break;
    case Form::kDate:
      AppendTextDate(out, value.int64);
      break;
    case Form::kTime:
      AppendTextTime(out, value.int64, column.decimals);
      break;
    case Form::kDatetime:
      AppendTextDatetime(out, value.int64, column.decimals);
      break;
    case Form::kBytes:
      AppendLenencBytes(out, value.string());
      break;
    default:
      AppendLenencBytes(out, AsBytes(column, value));
  }
}

inline void ResultRowEncoder::WriteBinary(const ColumnState& column, const Datum& value, WireBuffer* out) {
  switch (column.form) {
    case Form::kInt64:
    case Form::kUint64:
    case Form::kZerofill:
    case Form::kYear:
      AppendBinaryInt(out, column.wire, value.uint64);
      break;
    case Form::kDouble:
      AppendBinaryDouble(out, value.real);
      break;
    case Form::kFloat:
      AppendBinaryFloat(out, static_cast<float>(value.real));
      break;
    case Form::kBit:
      AppendTextBit(out, value.uint64, column.width);
      break;
    case Form::kDate:
      AppendBinaryDate(out, value.int64);
      break;
    case Form::kTime:
      AppendBinaryTime(out, value.int64);
      break;
    case Form::kDatetime:
      AppendBinaryDatetime(out, value.int64);
      break;
    case Form::kBytes:
      AppendLenencBytes(out, value.string());
      break;
    default:
      AppendLenencBytes(out, AsBytes(column, value));
  }
}

template <bool kBinary>
Status ResultRowEncoder::WriteRows(const Batch& batch, Channel* channel, uint32_t write_timeout_ms) {
  const size_t column_count = columns_.size();
  for (size_t i = 0; i < column_count; ++i) columns_[i].vector = &batch.column(i);
  WireBuffer* out = channel->out();
  Selection rows = batch.rows();
  for (uint32_t r = 0; r < rows.count; ++r) {
    uint32_t row = rows[r];
    size_t start = channel->BeginPacket();
    size_t bitmap = kBinary ? BeginBinaryRow(out, column_count) : 0;
    for (size_t i = 0; i < column_count; ++i) {
      const ColumnState& column = columns_[i];
      const Vector& vector = *column.vector;
      if (vector.IsNull(row)) {
        if (kBinary) {
          SetBinaryNull(out, bitmap, i);
        } else {
          AppendTextNull(out);
        }
        continue;
      }
      Datum value;
      if (vector.physical() == PhysicalType::kString || vector.physical() == PhysicalType::kJson) {
        std::string_view text = vector.String(row);
        value.bytes = text.data();
        value.size = text.size();
      } else if (vector.physical() == PhysicalType::kDecimal) {
        value.decimal_value = &vector.DecimalAt(row);
      } else {
        // Eight bytes of whatever the vector holds.
        std::memcpy(&value.uint64, vector.Data<char>() + size_t{8} * vector.Index(row), 8);
      }
      if (kBinary) {
        WriteBinary(column, value, out);
      } else {
        WriteText(column, value, out);
      }
    }
    channel->EndPacket(start);
    MAHI_RETURN_IF_ERROR(channel->FlushIfLarge(write_timeout_ms));
  }
  return Status::Ok();
}

Status ResultRowEncoder::WriteBatch(const Batch& batch, Channel* channel, uint32_t write_timeout_ms) {
  if (batch.column_count() < columns_.size()) return Error(ER_UNKNOWN_ERROR);
  return is_binary_ ? WriteRows<true>(batch, channel, write_timeout_ms)
                    : WriteRows<false>(batch, channel, write_timeout_ms);
}

Status ResultRowEncoder::WriteRow(const Datum* values, Channel* channel, uint32_t write_timeout_ms) {
  WireBuffer* out = channel->out();
  size_t start = channel->BeginPacket();
  size_t bitmap = is_binary_ ? BeginBinaryRow(out, columns_.size()) : 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Datum& value = values[i];
    if (value.is_null) {
      if (is_binary_) {
        SetBinaryNull(out, bitmap, i);
      } else {
        AppendTextNull(out);
      }
    } else if (is_binary_) {
      WriteBinary(columns_[i], value, out);
    } else {
      WriteText(columns_[i], value, out);
    }
  }
  channel->EndPacket(start);
  return channel->FlushIfLarge(write_timeout_ms);
}

}  // namespace mahi
