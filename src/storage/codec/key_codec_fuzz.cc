// Reads arbitrary bytes as index entries: any answer will do, but no access beyond the input.
#include <cstddef>
#include <cstdint>

#include "storage/codec/index_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mahi;
  static const TableDefinition* const kTable = [] {
    auto* table = new TableDefinition();
    uint32_t id = 1;
    for (const SqlType& type : {SqlType::Int(), SqlType::Varchar(20), SqlType::Varbinary(9), SqlType::Decimal(30, 5),
                                SqlType::Timestamp(6), SqlType::Double()}) {
      Column column;
      column.id = id++;
      column.type = type;
      table->columns.push_back(column);
    }
    Index primary;
    primary.id = 300;
    primary.kind = IndexKind::kPrimary;
    primary.parts = {{.column = 0}, {.column = 2}};
    Index secondary;
    secondary.id = 301;
    secondary.kind = IndexKind::kUnique;
    secondary.parts = {{.column = 1}, {.column = 2, .is_descending = true}, {.column = 3}, {.column = 4}, {.column = 5, .is_descending = true}};
    table->indexes = {primary, secondary};
    return table;
  }();
  static const IndexCodec* const kCodec = new IndexCodec(*kTable, kTable->indexes[1]);
  if (size < 1) return 0;
  const size_t split = data[0] % size;
  const std::string_view key(reinterpret_cast<const char*>(data), split);
  const std::string_view value(reinterpret_cast<const char*>(data) + split, size - split);
  IndexReader reader(kCodec, {0, 1, 2, 3, 4, 5});
  Datum datums[6];
  (void)reader.GetAll(key, value, nullptr, datums);
  std::string row_key;
  (void)kCodec->RowKey(key, value, &row_key);
  return 0;
}
