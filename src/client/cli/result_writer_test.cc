#include "client/cli/result_writer.h"

#include <gtest/gtest.h>

#include "client/cli/text_width.h"

namespace mahi::client {
namespace {

Column MakeColumn(const char* name, Type type, uint16_t collation = 255) {
  Column column;
  column.name = name;
  column.type = type;
  column.collation_id = collation;
  return column;
}

std::string Print(OutputFormat format, FormatOptions options = {}) {
  std::vector<Column> columns = {MakeColumn("id", Type::kLonglong, 63), MakeColumn("name", Type::kVarString),
                                 MakeColumn("b", Type::kBlob, 63)};
  std::vector<Row> rows = {Row({Value("1"), Value("a\tb|\"<"), Value(std::string_view("\0\xff", 2))}),
                           Row({Value("20"), Value(), Value("")})};
  std::string out;
  auto writer = MakeResultWriter(format, options, [&out](std::string_view text) { out += text; });
  writer->Begin(columns);
  for (const Row& row : rows) writer->Measure(row);
  for (const Row& row : rows) writer->Write(row);
  writer->End();
  return out;
}

TEST(ResultWriterTest, Tsv) {
  EXPECT_EQ(Print(OutputFormat::kTsv), std::string("id\tname\tb\n1\ta\\tb|\"<\t\\0\xff\n20\tNULL\t\n"));
  FormatOptions raw;
  raw.raw = true;
  raw.column_names = false;
  EXPECT_EQ(Print(OutputFormat::kTsv, raw), std::string("1\ta\tb|\"<\t\0\xff\n20\tNULL\t\n", 21));
}

TEST(ResultWriterTest, TableAlignsNumbersRight) {
  FormatOptions hex;
  hex.binary_as_hex = true;
  EXPECT_EQ(Print(OutputFormat::kTable, hex),
            "+------+--------+--------+\n"
            "| id   | name   | b      |\n"
            "+------+--------+--------+\n"
            "|    1 | a\tb|\"< | 0x00FF |\n"
            "|   20 | NULL   | 0x     |\n"
            "+------+--------+--------+\n");
}

TEST(ResultWriterTest, Vertical) {
  FormatOptions hex;
  hex.binary_as_hex = true;
  EXPECT_EQ(Print(OutputFormat::kVertical, hex),
            "*************************** 1. row ***************************\n"
            "  id: 1\nname: a\tb|\"<\n   b: 0x00FF\n"
            "*************************** 2. row ***************************\n"
            "  id: 20\nname: NULL\n   b: 0x\n");
}

TEST(ResultWriterTest, CsvTellsNullFromEmpty) {
  FormatOptions hex;
  hex.binary_as_hex = true;
  EXPECT_EQ(Print(OutputFormat::kCsv, hex), "id,name,b\n1,\"a\tb|\"\"<\",0x00FF\n20,,0x\n");
}

TEST(ResultWriterTest, Json) {
  EXPECT_EQ(Print(OutputFormat::kJson),
            "[\n  {\"id\": 1, \"name\": \"a\\tb|\\\"<\", \"b\": \"0x00FF\"},\n"
            "  {\"id\": 20, \"name\": null, \"b\": \"0x\"}\n]\n");
}

TEST(ResultWriterTest, MarkdownAndMarkup) {
  FormatOptions hex;
  hex.binary_as_hex = true;
  EXPECT_EQ(Print(OutputFormat::kMarkdown, hex),
            "| id | name | b |\n|---:|---|---|\n| 1 | a\tb\\|\"< | 0x00FF |\n| 20 | NULL | 0x |\n");
  EXPECT_NE(Print(OutputFormat::kHtml, hex).find("<TD>a\tb|&quot;&lt;</TD>"), std::string::npos);
  EXPECT_NE(Print(OutputFormat::kXml, hex).find("<field name=\"name\" xsi:nil=\"true\" />"), std::string::npos);
}

TEST(TextWidthTest, Widths) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("\xe6\x97\xa5\xe6\x9c\xac"), 4u);  // wide
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1u);                  // combining
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2u);                   // ill-formed
}

}  // namespace
}  // namespace mahi::client
