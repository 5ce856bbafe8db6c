// ResultRowEncoder: batches of vectors into text or binary row packets.
//
// Prepared once for each result set; the loop over rows then writes straight into the channel's buffer.
// Thread safety: belongs to one connection.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "charset/charset.h"
#include "protocol/row.h"
#include "server/channel.h"
#include "types/value.h"
#include "vector/batch.h"

namespace mahi {

class ResultRowEncoder {
 public:
  // Strings are converted to `results`; null: sent as they are.
  void Prepare(const std::vector<SqlType>& types, bool is_binary, const Collation* results);
  size_t column_count() const { return columns_.size(); }

  // Writes rows of the batch as packets into the channel, flushing when much has gathered.
  Status WriteBatch(const Batch& batch, Channel* channel, uint32_t write_timeout_ms);
  // One row from datums of the columns' types.
  Status WriteRow(const Datum* values, Channel* channel, uint32_t write_timeout_ms);

 private:
  enum class Form : uint8_t {
    kInt64, kUint64, kZerofill, kDouble, kFloat, kDecimal, kBit, kYear, kDate, kTime, kDatetime,
    kBytes, kConverted, kEnum, kSet, kJson,
  };
  struct ColumnState {
    Form form;
    WireType wire;
    uint8_t decimals = 0;
    uint32_t width = 0;  // ZEROFILL: digits; BIT: bits
    SqlType type;
    const Charset* from = nullptr;  // kConverted
    const Vector* vector = nullptr;
  };
  void WriteText(const ColumnState& column, const Datum& value, WireBuffer* out);
  void WriteBinary(const ColumnState& column, const Datum& value, WireBuffer* out);
  // Text of those that become strings in both forms: DECIMAL, ENUM, SET, JSON, converted strings.
  std::string_view AsBytes(const ColumnState& column, const Datum& value);
  template <bool kBinary>
  Status WriteRows(const Batch& batch, Channel* channel, uint32_t write_timeout_ms);

  std::vector<ColumnState> columns_;
  bool is_binary_ = false;
  const Collation* results_ = nullptr;
  std::string scratch_;
  std::string converted_;
};

}  // namespace mahi
