// Encodes rows so that single columns can be read without touching the others.
//
//   row    := format:u8 row_version:le16 nulls fixed offsets var
//   format := 0x01, +0x80 when the offsets are 32 bits wide instead of 16
//   nulls  := one bit for each column, 1 = NULL, lowest bit first
//   fixed  := the fixed-width columns, little endian, zeros for NULL
//   offsets:= the end of each variable column within var
//   var    := strings as they are, DECIMAL compact (Decimal::EncodeCompact), JSON binary
//
// Columns stand in the order of their ids, fixed ones and variable ones each among themselves; which columns a row has
// follows from its row version (Column::added_in_version, dropped_in_version). TIMESTAMP is UTC.
// Source: docs/formats/rows.md. Thread safety: StoredRowEncoder is immutable; a RowReader belongs to one thread.
// Errors: Decode functions return false for damaged bytes; callers name the table.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/table_definition.h"
#include "storage/codec/key_codec.h"
#include "types/temporal.h"
#include "types/value.h"
#include "vector/batch.h"

namespace mahi {

// How a column lies in a row.
enum class FieldKind : uint8_t {
  kInt8, kInt16, kInt24, kInt32, kInt64, kUInt8, kUInt16, kUInt24, kUInt32, kUInt64, kFloat, kDouble,
  kDate, kTime, kDateTime, kDateTimeSeconds, kTimestamp, kTimestampSeconds, kDecimal, kString, kJson,
};
FieldKind FieldKindOf(const SqlType& type);
// Bytes of the fixed part; 0: variable.
uint32_t FieldBytes(FieldKind kind);

// Where the columns of one row version are.
struct StoredRowLayout {
  struct Field {
    uint32_t column_id;
    int32_t ordinal;  // in TableDefinition::columns; -1: dropped
    FieldKind kind;
    uint32_t null_bit;
    uint32_t position;  // fixed: offset from the start of the row; variable: number
  };
  std::vector<Field> fields;
  uint32_t fixed_end = 0;  // where the offsets begin
  uint32_t variable_count = 0;

  StoredRowLayout(const TableDefinition& table, uint32_t row_version);
};

class StoredRowEncoder {
 public:
  explicit StoredRowEncoder(const TableDefinition& table);
  // Replaces `out` by the row; `row` has all columns of the table in order.
  void Encode(std::span<const Datum> row, const TimeZone* zone, std::string* out) const;

 private:
  StoredRowLayout layout_;
  uint16_t row_version_;
};

class RowReader {
 public:
  // Reads columns `ordinals` of `table`, which must outlive the reader.
  RowReader(const TableDefinition* table, std::vector<uint32_t> ordinals);

  // Writes the columns as row `row` of vectors first_column, first_column + 1, ... of the batch; copies strings.
  bool Decode(std::string_view value, const TimeZone* zone, Batch* batch, uint32_t row, uint32_t first_column = 0);
  // One column. Strings are views of `value`; decimals live in the reader until the next call for the same column.
  bool Get(std::string_view value, const TimeZone* zone, uint32_t i, Datum* datum);
  // All columns.
  bool GetAll(std::string_view value, const TimeZone* zone, Datum* datums);
  const std::vector<uint32_t>& ordinals() const { return ordinals_; }

 private:
  struct Source {
    FieldKind kind;
    bool is_missing;  // added later: reads as the column's initial value
    uint32_t null_byte;
    uint8_t null_mask;
    uint32_t position;
  };
  struct Version {
    uint32_t row_version;
    uint32_t fixed_end;
    uint32_t variable_count;
    std::vector<Source> sources;
  };
  const Version* FindVersion(std::string_view value);
  const Version* AddVersion(uint32_t row_version);
  bool Read(const Version& version, std::string_view value, const TimeZone* zone, uint32_t i, Datum* datum);

  const TableDefinition* table_;
  std::vector<uint32_t> ordinals_;
  std::vector<std::unique_ptr<Version>> versions_;
  const Version* latest_ = nullptr;
  std::vector<Decimal> decimals_;
};

}  // namespace mahi
