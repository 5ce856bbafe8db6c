// Reads arbitrary bytes as a row: any answer will do, but no access beyond the input.
#include <cstddef>
#include <cstdint>

#include "storage/codec/row_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mahi;
  static const TableDefinition* const kTable = [] {
    auto* table = new TableDefinition();
    uint32_t id = 1;
    for (const SqlType& type :
         {SqlType::TinyInt(), SqlType::MediumInt(), SqlType::BigInt(true), SqlType::Float(), SqlType::Decimal(10, 2),
          SqlType::Varchar(10), SqlType::Timestamp(), SqlType::Timestamp(6), SqlType::Time(3), SqlType::LongText(), SqlType::Json()}) {
      Column column;
      column.id = id++;
      column.type = type;
      column.added_in_version = id / 4;
      table->columns.push_back(column);
    }
    table->row_version = 4;
    return table;
  }();
  std::vector<uint32_t> ordinals;
  for (uint32_t i = 0; i < kTable->columns.size(); ++i) ordinals.push_back(i);
  RowReader reader(kTable, ordinals);
  std::vector<Datum> row(ordinals.size());
  if (!reader.GetAll({reinterpret_cast<const char*>(data), size}, nullptr, row.data())) return 0;
  // What was read can be written again.
  std::string bytes;
  StoredRowEncoder(*kTable).Encode(row, nullptr, &bytes);
  return 0;
}
