#include "parser/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mahi {
namespace {

struct Lexed {
  Token token;
  std::string text;
  bool operator==(const Lexed&) const = default;
};

std::vector<Lexed> Lex(std::string_view sql, LexerOptions options = {}) {
  static Arena* arena = new Arena;
  Lexer lexer(sql, options, arena);
  std::vector<Lexed> tokens;
  while (true) {
    LexedToken token = lexer.Next();
    if (token.token == Token::kEnd) return tokens;
    tokens.push_back({token.token, std::string(token.text)});
    if (token.token == Token::kInvalid) return tokens;
  }
}

void PrintTo(const Lexed& lexed, std::ostream* out) { *out << static_cast<int>(lexed.token) << ":" << lexed.text; }

TEST(LexerTest, KeywordsAndNames) {
  EXPECT_EQ(Lex("select SeLeCt foo"),
            (std::vector<Lexed>{{Token::k_SELECT, "select"}, {Token::k_SELECT, "SeLeCt"}, {Token::kIdentifier, "foo"}}));
  EXPECT_TRUE(IsReserved(Token::k_SELECT));
  EXPECT_FALSE(IsReserved(Token::k_ENGINE));
  EXPECT_EQ(KeywordName(LookUpKeyword("row_number")), "ROW_NUMBER");
  EXPECT_EQ(LookUpKeyword("nothing"), Token::kIdentifier);
  // Behind a point everything is a name.
  EXPECT_EQ(Lex("t.select")[2], (Lexed{Token::kIdentifier, "select"}));
  EXPECT_EQ(Lex("`a``b`")[0], (Lexed{Token::kQuotedIdentifier, "a`b"}));
  EXPECT_EQ(Lex("1a")[0], (Lexed{Token::kIdentifier, "1a"}));
  EXPECT_EQ(Lex("1e")[0], (Lexed{Token::kIdentifier, "1e"}));
  EXPECT_EQ(Lex("täst")[0], (Lexed{Token::kIdentifier, "täst"}));
  EXPECT_EQ(Lex("a$b")[0], (Lexed{Token::kIdentifier, "a$b"}));
}

TEST(LexerTest, Numbers) {
  EXPECT_EQ(Lex("1")[0], (Lexed{Token::kInteger, "1"}));
  EXPECT_EQ(Lex("1.")[0], (Lexed{Token::kDecimal, "1."}));
  EXPECT_EQ(Lex(".5")[0], (Lexed{Token::kDecimal, ".5"}));
  EXPECT_EQ(Lex("1e5")[0], (Lexed{Token::kFloat, "1e5"}));
  EXPECT_EQ(Lex("1.5e-5")[0], (Lexed{Token::kFloat, "1.5e-5"}));
  EXPECT_EQ(Lex("18446744073709551615")[0].token, Token::kInteger);
  EXPECT_EQ(Lex("18446744073709551616")[0].token, Token::kDecimal);
  EXPECT_EQ(Lex("0x4142")[0], (Lexed{Token::kHex, "AB"}));
  EXPECT_EQ(Lex("0x141")[0], (Lexed{Token::kHex, "\x01"
                                                 "A"}));
  EXPECT_EQ(Lex("x'4142'")[0], (Lexed{Token::kHex, "AB"}));
  EXPECT_EQ(Lex("b'1000001'")[0], (Lexed{Token::kBit, "A"}));
  EXPECT_EQ(Lex("0b1000001")[0], (Lexed{Token::kBit, "A"}));
  EXPECT_EQ(Lex("0xZ")[0], (Lexed{Token::kIdentifier, "0xZ"}));
  EXPECT_EQ(Lex("x'414'")[0].token, Token::kInvalid);
}

TEST(LexerTest, Strings) {
  EXPECT_EQ(Lex("'a''b\\n\\'\\%'")[0], (Lexed{Token::kString, "a'b\n'\\%"}));
  EXPECT_EQ(Lex("'a' \"b\"\n'c'")[0], (Lexed{Token::kString, "abc"}));
  EXPECT_EQ(Lex("'a'")[0], (Lexed{Token::kString, "a"}));
  EXPECT_EQ(Lex("''")[0], (Lexed{Token::kString, ""}));
  EXPECT_EQ(Lex("N'x'")[0], (Lexed{Token::kNationalString, "x"}));
  EXPECT_EQ(Lex("'open")[0].token, Token::kInvalid);
  EXPECT_EQ(Lex("'a\\'", {.no_backslash_escapes = true})[0], (Lexed{Token::kString, "a\\"}));
  EXPECT_EQ(Lex("\"a\"", {.ansi_quotes = true})[0], (Lexed{Token::kQuotedIdentifier, "a"}));
}

TEST(LexerTest, Comments) {
  EXPECT_EQ(Lex("1 -- x\n2 # y\n/* z */ 3 --4").size(), 6u);  // --4 is two signs
  EXPECT_EQ(Lex("/*! 1 */ /*!50000 2 */ /*!99999 3 */ /*!080000 4*/ /*M! 5 */ /*M!100000 6*/"),
            (std::vector<Lexed>{{Token::kInteger, "1"}, {Token::kInteger, "2"}, {Token::kInteger, "4"}}));
  EXPECT_EQ(Lex("/*!80401 1 */").size(), 0u);
  EXPECT_EQ(Lex("/*!80400 1 */").size(), 1u);
  EXPECT_EQ(Lex("/*+ BKA(t) */")[0], (Lexed{Token::kHint, " BKA(t) "}));
  EXPECT_EQ(Lex("/* open")[0].token, Token::kInvalid);
  EXPECT_EQ(Lex("/*! open")[1].token, Token::kInvalid);
}

TEST(LexerTest, VariablesAndSymbols) {
  EXPECT_EQ(Lex("@a.b @'x y' @`z` @@g"),
            (std::vector<Lexed>{{Token::kUserVariable, "a.b"},
                                {Token::kUserVariable, "x y"},
                                {Token::kUserVariable, "z"},
                                {Token::kAtAt, ""},
                                {Token::kIdentifier, "g"}}));
  std::vector<Token> kinds;
  for (const Lexed& lexed : Lex("<=> <> != <= >= << >> := -> ->> || && ?")) kinds.push_back(lexed.token);
  EXPECT_EQ(kinds, (std::vector<Token>{Token::kNullSafeEqual, Token::kNotEqual, Token::kNotEqual, Token::kLessEqual,
                                       Token::kGreaterEqual, Token::kShiftLeft, Token::kShiftRight, Token::kAssign,
                                       Token::kArrow, Token::kArrowUnquote, Token::kOrOr, Token::kAndAnd,
                                       Token::kParameter}));
}

}  // namespace
}  // namespace mahi
