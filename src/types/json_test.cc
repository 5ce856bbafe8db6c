#include "types/json.h"

#include <gtest/gtest.h>

#include <random>

namespace mahi {
namespace {

std::string Doc(std::string_view text) {
  auto document = JsonFromText(text, 1, "test");
  EXPECT_TRUE(document.ok()) << text;
  return document.ok() ? *document : JsonMakeNull();
}
std::string Text(std::string_view document) {
  std::string text;
  JsonToText(JsonView(document), &text);
  return text;
}
std::string Seek(std::string_view document, std::string_view path_text) {
  auto path = JsonPath::Parse(path_text);
  if (!path.ok()) return path.error().message();
  std::vector<JsonView> matches;
  std::string bytes = Doc(document);
  JsonSeek(JsonView(bytes), *path, false, &matches);
  std::string result;
  for (const JsonView& match : matches) {
    if (!result.empty()) result += " | ";
    JsonToText(match, &result);
  }
  return result;
}

TEST(Json, TextRoundTrip) {
  EXPECT_EQ(Text(Doc("{\"bb\":1,\"a\":[true,null,-2],\"a\":3}")), "{\"a\": 3, \"bb\": 1}");
  EXPECT_EQ(Text(Doc("[1.0, 1e20, 18446744073709551615, 0.5, \"x\\n\\u0001\\\"\"]")),
            "[1.0, 1e20, 18446744073709551615, 0.5, \"x\\n\\u0001\\\"\"]");
  EXPECT_EQ(Text(Doc("{}")), "{}");
  std::string pretty, document = Doc("{\"a\":[1,{}],\"b\":[]}");
  JsonToPrettyText(JsonView(document), &pretty);
  EXPECT_EQ(pretty, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(Json, TextErrors) {
  auto bad = JsonFromText("[1,", 2, "json_x");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().message(), "Invalid JSON text in argument 2 to function json_x: \"Invalid value.\" at position 3.");
  std::string deep(101, '[');
  EXPECT_TRUE(JsonFromText(deep + std::string(101, ']'), 1, "f").Is(ER_JSON_DOCUMENT_TOO_DEEP));
  std::string fine(100, '[');
  EXPECT_TRUE(JsonFromText(fine + std::string(100, ']'), 1, "f").ok());
  EXPECT_FALSE(JsonTextIsValid("\"\xff\""));
  EXPECT_FALSE(JsonTextIsValid(std::string_view("1\0x", 3)));
}

TEST(Json, Paths) {
  const char* doc = "{\"a\":[1,2,{\"b\":[3]}],\"c d\":\"x\",\"b\":4}";
  EXPECT_EQ(Seek(doc, "$.a[0]"), "1");
  EXPECT_EQ(Seek(doc, "$.\"c d\""), "\"x\"");
  EXPECT_EQ(Seek(doc, "$.a[last]"), "{\"b\": [3]}");
  EXPECT_EQ(Seek(doc, "$.a[last-1]"), "2");
  EXPECT_EQ(Seek(doc, "$.a[0 to 1]"), "1 | 2");
  EXPECT_EQ(Seek(doc, "$.a[*]"), "1 | 2 | {\"b\": [3]}");
  EXPECT_EQ(Seek(doc, "$**.b"), "4 | [3]");
  EXPECT_EQ(Seek(doc, "$.*"), "[1, 2, {\"b\": [3]}] | 4 | \"x\"");
  EXPECT_EQ(Seek(doc, "$.b[0]"), "4");
  EXPECT_EQ(Seek(doc, "$.b[1]"), "");
  EXPECT_EQ(Seek(doc, "$.a.b"), "");
  EXPECT_FALSE(JsonPath::Parse("a").ok());
  EXPECT_FALSE(JsonPath::Parse("$**").ok());
  EXPECT_FALSE(JsonPath::Parse("$[").ok());
  EXPECT_FALSE(JsonPath::Parse("$.1").ok());
  EXPECT_EQ(JsonPath::Parse("$ . a [ 1 ] ")->ToString(), "$.a[1]");
}

std::string Modify(const char* doc, const char* path, JsonModify mode, const char* value) {
  JsonNode root = JsonNode::FromView(JsonView(Doc(doc)));
  JsonModifyPath(&root, *JsonPath::Parse(path), mode, JsonNode::FromView(JsonView(Doc(value))));
  std::string bytes = root.ToDocument();
  EXPECT_TRUE(JsonIsValid(bytes));
  return Text(bytes);
}

TEST(Json, Changes) {
  EXPECT_EQ(Modify("{\"a\":1}", "$.b", JsonModify::kSet, "2"), "{\"a\": 1, \"b\": 2}");
  EXPECT_EQ(Modify("{\"a\":1}", "$.a", JsonModify::kInsert, "2"), "{\"a\": 1}");
  EXPECT_EQ(Modify("{\"a\":1}", "$.b", JsonModify::kReplace, "2"), "{\"a\": 1}");
  EXPECT_EQ(Modify("[1]", "$[5]", JsonModify::kSet, "2"), "[1, 2]");
  EXPECT_EQ(Modify("1", "$[1]", JsonModify::kInsert, "2"), "[1, 2]");
  EXPECT_EQ(Modify("1", "$[0]", JsonModify::kSet, "2"), "2");
  JsonNode a = JsonNode::FromView(JsonView(Doc("{\"a\":1,\"b\":2}")));
  JsonNode b = JsonNode::FromView(JsonView(Doc("{\"a\":3,\"c\":4,\"b\":null}")));
  EXPECT_EQ(Text(JsonMergePreserve(a, b).ToDocument()), "{\"a\": [1, 3], \"b\": [2, null], \"c\": 4}");
  EXPECT_EQ(Text(JsonMergePatch(a, b).ToDocument()), "{\"a\": 3, \"c\": 4}");
  JsonRemovePath(&a, *JsonPath::Parse("$.a"));
  EXPECT_EQ(Text(a.ToDocument()), "{\"b\": 2}");
}

TEST(Json, CompareAndContain) {
  auto compare = [](const char* a, const char* b) {
    std::string x = Doc(a), y = Doc(b);
    return JsonCompare(JsonView(x), JsonView(y));
  };
  EXPECT_EQ(compare("1", "1.0"), 0);
  EXPECT_LT(compare("null", "0"), 0);
  EXPECT_LT(compare("9", "\"1\""), 0);
  EXPECT_LT(compare("[1]", "[1,0]"), 0);
  EXPECT_LT(compare("{}", "[]"), 0);
  EXPECT_LT(compare("[]", "false"), 0);
  EXPECT_GT(compare("9007199254740993", "9007199254740992.0"), 0);
  auto contains = [](const char* a, const char* b) {
    std::string x = Doc(a), y = Doc(b);
    return JsonContains(JsonView(x), JsonView(y));
  };
  EXPECT_TRUE(contains("{\"a\":1,\"b\":[2,3]}", "{\"b\":[3]}"));
  EXPECT_TRUE(contains("[1,[2]]", "2"));
  EXPECT_FALSE(contains("[1]", "[1,2]"));
}

std::string Random(std::mt19937* random, int depth) {
  switch ((*random)() % (depth > 4 ? 6 : 8)) {
    case 0: return "null";
    case 1: return (*random)() % 2 ? "true" : "false";
    case 2: return std::to_string(static_cast<int>((*random)() % 21) - 10);
    case 3: return std::to_string((*random)() % 5) + ".5";
    case 4: return "\"s" + std::to_string((*random)() % 5) + "\"";
    case 5: return std::to_string((*random)() % 3) + ".0";
    case 6: {
      std::string text = "[";
      for (unsigned i = 0, n = (*random)() % 4; i < n; ++i) text += (i ? "," : "") + Random(random, depth + 1);
      return text + "]";
    }
    default: {
      std::string text = "{";
      for (unsigned i = 0, n = (*random)() % 4; i < n; ++i) {
        text += (i ? ",\"" : "\"") + std::string((*random)() % 3, 'k') + std::to_string((*random)() % 3) + "\":" + Random(random, depth + 1);
      }
      return text + "}";
    }
  }
}

TEST(Json, RandomDocuments) {
  std::mt19937 random(11);
  std::string previous = JsonMakeNull();
  for (int i = 0; i < 5000; ++i) {
    std::string document = Doc(Random(&random, 0));
    ASSERT_TRUE(JsonIsValid(document));
    ASSERT_EQ(JsonNode::FromView(JsonView(document)).ToDocument(), document);
    ASSERT_EQ(Doc(Text(document)), document);
    JsonView a(document), b(previous);
    ASSERT_EQ(JsonCompare(a, b), -JsonCompare(b, a));
    std::string x, y;
    JsonAppendSortKey(a, &x);
    JsonAppendSortKey(b, &y);
    ASSERT_EQ(JsonCompare(a, b) == 0, x == y) << Text(document) << "  " << Text(previous);
    if (JsonCompare(a, b) == 0) {
      ASSERT_EQ(JsonHash(a), JsonHash(b));
    }
    previous = document;
  }
}

}  // namespace
}  // namespace mahi
