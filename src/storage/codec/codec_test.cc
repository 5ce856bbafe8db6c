#include <gtest/gtest.h>

#include <random>

#include "storage/codec/index_codec.h"
#include "storage/codec/key_codec.h"
#include "storage/codec/row_codec.h"
#include "types/conversion.h"

namespace mahi {
namespace {

Column MakeColumn(uint32_t id, std::string name, SqlType type) {
  Column column;
  column.id = id;
  column.name = std::move(name);
  column.type = std::move(type);
  return column;
}

// A random value of a type; `storage` keeps what it points to.
Datum RandomDatum(const SqlType& type, std::mt19937_64* random, Value* storage) {
  std::mt19937_64& rng = *random;
  if (rng() % 8 == 0) return Datum::Null();
  switch (type.physical()) {
    case PhysicalType::kInt64: {
      const int64_t least = MinSigned(type.id), most = MaxSigned(type.id);
      const int64_t small = static_cast<int64_t>(rng() % 7) - 3;
      *storage = Value::Int64(rng() % 2 ? small : std::clamp(static_cast<int64_t>(rng()) >> (rng() % 63), least, most));
      break;
    }
    case PhysicalType::kUInt64:
      *storage = Value::UInt64(type.IsInteger() ? rng() >> (rng() % 64) & MaxUnsigned(type.id) : rng() % 3);
      break;
    case PhysicalType::kDouble: {
      const double value = static_cast<double>(static_cast<int64_t>(rng())) / static_cast<double>(rng() % 1000000 + 1);
      *storage = Value::Double(type.id == TypeId::kFloat ? static_cast<float>(value) : value);
      break;
    }
    case PhysicalType::kDecimal:
      *storage = Value::OfDecimal(Decimal::FromScaled(static_cast<int64_t>(rng()) >> (rng() % 60 + 4), type.decimals));
      break;
    case PhysicalType::kTemporal: {
      DateTimeParts parts;
      parts.year = 1990 + rng() % 40;
      parts.month = 1 + rng() % 12;
      parts.day = 1 + rng() % 28;
      if (type.id != TypeId::kDate) {
        parts.hour = rng() % 24;
        parts.minute = rng() % 60;
        parts.second = rng() % 60;
        parts.microsecond = type.decimals == 0 ? 0 : rng() % 1000000;
      }
      if (type.id == TypeId::kTime) {
        parts.is_negative = rng() % 2;
        *storage = Value::Temporal(PackTime(parts), type.id, type.decimals);
      } else {
        *storage = Value::Temporal(PackDateTime(parts), type.id, type.decimals);
      }
      break;
    }
    default: {
      static constexpr std::string_view kPieces[] = {"a", "A", "b", "B", "\xc3\xa9", " ", "z", std::string_view("\0", 1),
                                                     "\xf0\x9f\x98\x80", "ss", "\xc3\x9f", "1"};
      std::string text;
      for (uint64_t n = rng() % 6; n > 0; --n) text += kPieces[rng() % std::size(kPieces)];
      *storage = Value::String(std::move(text));
    }
  }
  return storage->datum();
}

std::vector<SqlType> KeyTypes() {
  return {SqlType::TinyInt(), SqlType::SmallInt(true), SqlType::MediumInt(), SqlType::Int(), SqlType::BigInt(),
          SqlType::BigInt(true), SqlType::Float(), SqlType::Double(), SqlType::Decimal(20, 4), SqlType::Date(),
          SqlType::Time(6), SqlType::DateTime(6), SqlType::DateTime(), SqlType::Timestamp(3), SqlType::Year(),
          SqlType::Varchar(20), SqlType::Varchar(20, kCollationUtf8mb4Bin), SqlType::Varbinary(20),
          SqlType::Varchar(20, kCollationUtf8mb4GeneralCi), SqlType::Varchar(20, kCollationUtf8mb4_0900Bin)};
}

int CompareNullable(const Datum& a, const Datum& b, const SqlType& type) {
  if (a.is_null || b.is_null) return static_cast<int>(b.is_null) - static_cast<int>(a.is_null);
  return CompareDatum(a, b, type);
}
int Sign(int x) { return x < 0 ? -1 : x > 0; }

TEST(KeyCodecTest, MemcmpOrderIsSqlOrder) {
  std::mt19937_64 random(20261124);
  for (const SqlType& first : KeyTypes()) {
    for (bool is_descending : {false, true}) {
      const SqlType second = SqlType::Int();
      KeyPartCodec a(first, 0, is_descending, true), b(second, 0, false, true);
      for (int round = 0; round < 400; ++round) {
        Value storage[4];
        Datum x1 = RandomDatum(first, &random, &storage[0]), y1 = RandomDatum(first, &random, &storage[1]);
        Datum x2 = RandomDatum(second, &random, &storage[2]), y2 = RandomDatum(second, &random, &storage[3]);
        std::string x, y;
        a.Append(x1, nullptr, &x);
        b.Append(x2, nullptr, &x);
        a.Append(y1, nullptr, &y);
        b.Append(y2, nullptr, &y);
        int expected = CompareNullable(x1, y1, first) * (is_descending ? -1 : 1);
        if (expected == 0) expected = CompareNullable(x2, y2, second);
        ASSERT_EQ(Sign(x.compare(y)), Sign(expected)) << first.ToSql() << " " << is_descending << " " << storage[0].ToString()
                                                      << " " << storage[1].ToString();
        // Parts end where they should, and decodable ones come back.
        std::string_view rest = x;
        ASSERT_TRUE(a.Skip(&rest));
        ASSERT_TRUE(b.Skip(&rest));
        ASSERT_TRUE(rest.empty());
        if (!a.is_decodable()) continue;
        rest = x;
        Datum decoded;
        DatumScratch scratch;
        ASSERT_TRUE(a.Decode(&rest, nullptr, &decoded, &scratch));
        ASSERT_EQ(CompareNullable(decoded, x1, first), 0) << first.ToSql();
      }
    }
  }
}

TableDefinition WideTable() {
  TableDefinition table;
  uint32_t id = 1;
  for (const SqlType& type : KeyTypes()) table.columns.push_back(MakeColumn(id, "c" + std::to_string(id), type)), ++id;
  table.columns.push_back(MakeColumn(id++, "text", SqlType::LongText()));
  table.row_version = 1;
  return table;
}

TEST(RowCodecTest, RandomRowsRoundTrip) {
  std::mt19937_64 random(7);
  const TableDefinition table = WideTable();
  StoredRowEncoder encoder(table);
  std::vector<uint32_t> ordinals;
  for (uint32_t i = 0; i < table.columns.size(); ++i) ordinals.push_back(i);
  RowReader reader(&table, ordinals);
  std::vector<SqlType> types;
  for (const Column& column : table.columns) types.push_back(column.type);
  Batch batch(types);
  for (int round = 0; round < 500; ++round) {
    std::vector<Value> storage(table.columns.size());
    std::vector<Datum> row;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      row.push_back(RandomDatum(table.columns[i].type, &random, &storage[i]));
    }
    const std::string large(round % 50 == 0 ? 70000 : 10, 'x');
    row.back() = Datum::String(large);
    std::string bytes;
    encoder.Encode(row, nullptr, &bytes);
    std::vector<Datum> read(row.size());
    ASSERT_TRUE(reader.GetAll(bytes, nullptr, read.data()));
    batch.Reset();
    ASSERT_TRUE(reader.Decode(bytes, nullptr, &batch, 0));
    for (size_t i = 0; i < row.size(); ++i) {
      ASSERT_EQ(CompareNullable(row[i], read[i], types[i]), 0) << types[i].ToSql();
      ASSERT_EQ(batch.column(i).IsNull(0), row[i].is_null);
      if (!row[i].is_null) {
        ASSERT_EQ(CompareDatum(batch.column(i).GetDatum(0), row[i], types[i]), 0);
      }
    }
    // Damaged rows are noticed or read as something, never beyond their end.
    std::string damaged = bytes.substr(0, random() % bytes.size());
    (void)reader.GetAll(damaged, nullptr, read.data());
    for (int k = 0; k < 5; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
    (void)reader.GetAll(bytes, nullptr, read.data());
  }
}

TEST(RowCodecTest, OldRowVersionsKeepTheirMeaning) {
  TableDefinition table;
  table.columns = {MakeColumn(1, "a", SqlType::Int()), MakeColumn(2, "b", SqlType::Varchar(10))};
  table.row_version = 1;
  std::string old_row;
  const std::vector<Datum> row{Datum::Int64(7), Datum::String("seven")};
  StoredRowEncoder(table).Encode(row, nullptr, &old_row);

  // ADD COLUMN c INT DEFAULT 5 FIRST, then DROP COLUMN b.
  Column added = MakeColumn(3, "c", SqlType::Int());
  added.added_in_version = 2;
  added.initial_value = Value::Int64(5);
  table.columns.insert(table.columns.begin(), added);
  Column dropped = table.columns[2];
  dropped.dropped_in_version = 3;
  table.columns.pop_back();
  table.dropped_columns.push_back(dropped);
  table.row_version = 3;
  RowReader reader(&table, {0, 1});
  Datum values[2];
  ASSERT_TRUE(reader.GetAll(old_row, nullptr, values));
  EXPECT_EQ(values[0].int64, 5);
  EXPECT_EQ(values[1].int64, 7);
  std::string new_row;
  const std::vector<Datum> changed{Datum::Int64(1), Datum::Int64(2)};
  StoredRowEncoder(table).Encode(changed, nullptr, &new_row);
  ASSERT_TRUE(reader.GetAll(new_row, nullptr, values));
  EXPECT_EQ(values[0].int64, 1);
  EXPECT_EQ(values[1].int64, 2);
}

TEST(IndexCodecTest, EntriesGiveBackTheirColumns) {
  TableDefinition table;
  table.columns = {MakeColumn(1, "id", SqlType::Int()), MakeColumn(2, "name", SqlType::Varchar(20)),
                   MakeColumn(3, "n", SqlType::BigInt()), MakeColumn(4, "other", SqlType::Int())};
  table.indexes.push_back({.id = 300, .name = "PRIMARY", .kind = IndexKind::kPrimary, .parts = {{.column = 0}}});
  table.indexes.push_back({.id = 301, .name = "k", .kind = IndexKind::kSecondary,
                           .parts = {{.column = 1}, {.column = 2, .is_descending = true}}});
  table.indexes.push_back({.id = 302, .name = "u", .kind = IndexKind::kUnique, .parts = {{.column = 2}}});
  std::mt19937_64 random(3);
  const KeyCodec primary(table, table.indexes[0]);
  EXPECT_TRUE(IndexReader::Covers(table, table.indexes[1], std::vector<uint32_t>{0, 1, 2}));
  EXPECT_FALSE(IndexReader::Covers(table, table.indexes[1], std::vector<uint32_t>{3}));
  for (size_t which : {1, 2}) {
    const IndexCodec codec(table, table.indexes[which]);
    const std::vector<uint32_t> wanted = which == 1 ? std::vector<uint32_t>{2, 0, 1} : std::vector<uint32_t>{0, 2};
    IndexReader reader(&codec, wanted);
    for (int round = 0; round < 300; ++round) {
      std::vector<Value> storage(4);
      std::vector<Datum> row;
      for (size_t i = 0; i < 4; ++i) row.push_back(RandomDatum(table.columns[i].type, &random, &storage[i]));
      if (row[0].is_null) continue;
      std::string row_key, key, value, found;
      primary.EncodeRow(row, nullptr, &row_key);
      const bool is_unique = codec.Encode(row, row_key, nullptr, &key, &value);
      EXPECT_EQ(is_unique, which == 2 && !row[2].is_null);
      ASSERT_TRUE(codec.RowKey(key, value, &found));
      EXPECT_EQ(found, row_key);
      std::vector<Datum> read(wanted.size());
      ASSERT_TRUE(reader.GetAll(key, value, nullptr, read.data()));
      for (size_t i = 0; i < wanted.size(); ++i) {
        ASSERT_EQ(CompareNullable(read[i], row[wanted[i]], table.columns[wanted[i]].type), 0);
      }
      key = key.substr(0, random() % key.size());
      (void)codec.RowKey(key, value, &found);
      (void)reader.GetAll(key, value, nullptr, read.data());
    }
  }
}

}  // namespace
}  // namespace mahi
