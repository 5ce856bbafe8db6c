#include "client/cli/splitter.h"

#include <gtest/gtest.h>

#include <vector>

namespace mahi::client {
namespace {

using Kind = StatementSplitter::Piece::Kind;

std::vector<std::string> Split(const std::vector<std::string>& lines, StatementSplitter* splitter) {
  std::vector<std::string> out;
  StatementSplitter::Piece piece;
  for (const std::string& line : lines) {
    splitter->AddLine(line);
    while (splitter->Next(&piece)) {
      switch (piece.kind) {
        case Kind::kStatement: out.push_back(piece.text); break;
        case Kind::kVertical: out.push_back("G:" + piece.text); break;
        case Kind::kCommand:
          out.push_back("!" + std::string(piece.command) + ":" + piece.text);
          if (piece.command == "clear") splitter->Clear();
          if (piece.command == "delimiter") splitter->set_delimiter(piece.text);
          break;
        case Kind::kUnknownCommand: out.push_back(std::string("?") + piece.letter); break;
      }
    }
  }
  if (splitter->Finish(&piece)) out.push_back("rest:" + piece.text);
  return out;
}
std::vector<std::string> Split(const std::vector<std::string>& lines) {
  StatementSplitter splitter;
  return Split(lines, &splitter);
}
using Pieces = std::vector<std::string>;

TEST(SplitterTest, CutsAtDelimiters) {
  EXPECT_EQ(Split({"select 1; select 2;select", "3", "; ;"}), (Pieces{"select 1", "select 2", "select\n3"}));
  EXPECT_EQ(Split({"select 1"}), (Pieces{"rest:select 1"}));
  EXPECT_EQ(Split({"select 1\\g select 2\\G"}), (Pieces{"select 1", "G:select 2"}));
}

TEST(SplitterTest, QuotesHideDelimiters) {
  EXPECT_EQ(Split({"select ';', \";\", `a;b`;"}), (Pieces{"select ';', \";\", `a;b`"}));
  EXPECT_EQ(Split({"select 'it''s; \\'x;';"}), (Pieces{"select 'it''s; \\'x;'"}));
  EXPECT_EQ(Split({"select 'a", "b;c';"}), (Pieces{"select 'a\nb;c'"}));
  EXPECT_EQ(Split({"select `a\\`;"}), (Pieces{"select `a\\`"}));
  StatementSplitter splitter;
  splitter.set_no_backslash_escapes(true);
  EXPECT_EQ(Split({"select 'a\\'; select 2;"}, &splitter), (Pieces{"select 'a\\'", "select 2"}));
}

TEST(SplitterTest, Comments) {
  EXPECT_EQ(Split({"-- one; two", "# three;", "select 1 -- x;", ";"}), (Pieces{"select 1 -- x;"}));
  EXPECT_EQ(Split({"select 1--1;"}), (Pieces{"select 1--1"}));
  EXPECT_EQ(Split({"/* a; b */ select /* c; */ 1;"}), (Pieces{"select /* c; */ 1"}));
  EXPECT_EQ(Split({"/* a;", "b */", "select 1;"}), (Pieces{"select 1"}));
  EXPECT_EQ(Split({"/*!40101 SET NAMES utf8 */;"}), (Pieces{"/*!40101 SET NAMES utf8 */"}));
  EXPECT_EQ(Split({"/*!50003 CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW begin a; b; end */;"}),
            (Pieces{"/*!50003 CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW begin a; b; end */"}));
  EXPECT_EQ(Split({"/*M!999999\\- enable the sandbox mode */ ", "select 1;"}).back(), "select 1");
  EXPECT_EQ(Split({"select /*+ NO_ICP(t) */ 1;"}), (Pieces{"select /*+ NO_ICP(t) */ 1"}));
  EXPECT_EQ(Split({"-- only a comment;", "/* and another */"}), (Pieces{}));
  StatementSplitter keep;
  keep.set_comments(CommentMode::kKeep);
  EXPECT_EQ(Split({"-- one", "select 1;"}, &keep), (Pieces{"-- one\nselect 1"}));
  StatementSplitter drop;
  drop.set_comments(CommentMode::kDropAll);
  EXPECT_EQ(Split({"select /* x */ 1 -- y", ";"}, &drop), (Pieces{"select  1"}));
}

TEST(SplitterTest, Delimiter) {
  EXPECT_EQ(Split({"delimiter //", "create procedure p() begin select 1; end//", "DELIMITER ;", "call p();"}),
            (Pieces{"!delimiter://", "create procedure p() begin select 1; end", "!delimiter:;", "call p()"}));
  EXPECT_EQ(Split({"\\d $$", "select 1; $$"}), (Pieces{"!delimiter:$$", "select 1;"}));
}

TEST(SplitterTest, Commands) {
  EXPECT_EQ(Split({"use test"}), (Pieces{"!use:test"}));
  EXPECT_EQ(Split({"use test;"}), (Pieces{"!use:test"}));
  EXPECT_EQ(Split({"USE `a b`; select 1;"}), (Pieces{"!use:`a b`", "select 1"}));
  EXPECT_EQ(Split({"\\u test", "source /tmp/x.sql", "\\. y.sql"}),
            (Pieces{"!use:test", "!source:/tmp/x.sql", "!source:y.sql"}));
  EXPECT_EQ(Split({"select 1 \\c", "status", "select 2;"}), (Pieces{"!clear:", "!status:", "select 2"}));
  EXPECT_EQ(Split({"\\z"}), (Pieces{"?z"}));
  EXPECT_EQ(Split({"select", "use", ";"}), (Pieces{"select\nuse"}));
}

TEST(SplitterTest, BinaryMode) {
  StatementSplitter splitter;
  splitter.set_binary_mode(true);
  EXPECT_EQ(Split({"use x", ";", "select \\g;"}, &splitter), (Pieces{"use x", "select \\g"}));
}

TEST(SplitterTest, LinesAreCounted) {
  StatementSplitter splitter;
  StatementSplitter::Piece piece;
  for (const char* line : {"-- c", "", "select", "1"}) {
    splitter.AddLine(line);
    EXPECT_FALSE(splitter.Next(&piece));
  }
  splitter.AddLine("; select 2;");
  ASSERT_TRUE(splitter.Next(&piece));
  EXPECT_EQ(piece.line, 3u);
  ASSERT_TRUE(splitter.Next(&piece));
  EXPECT_EQ(piece.line, 5u);
}

TEST(SplitterTest, OpenQuoteForThePrompt) {
  StatementSplitter splitter;
  StatementSplitter::Piece piece;
  splitter.AddLine("select 'x");
  EXPECT_FALSE(splitter.Next(&piece));
  EXPECT_EQ(splitter.open_quote(), '\'');
  EXPECT_FALSE(splitter.is_empty());
  splitter.AddLine("';");
  EXPECT_TRUE(splitter.Next(&piece));
  EXPECT_TRUE(splitter.is_empty());
}

}  // namespace
}  // namespace mahi::client
