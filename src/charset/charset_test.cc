#include "charset/charset.h"

#include <gtest/gtest.h>

#include <random>

namespace mahi {
namespace {

const Collation& C(std::string_view name) {
  const Collation* found = FindCollation(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

TEST(Charset, Lookup) {
  EXPECT_EQ(FindCollation("UTF8MB4_0900_AI_CI")->id(), 255);
  EXPECT_EQ(FindCollation("utf8_general_ci")->id(), 33);
  EXPECT_STREQ(FindCharset("UTF8")->name, "utf8mb3");
  EXPECT_EQ(FindCharset("nonsense"), nullptr);
  EXPECT_EQ(FindCollation(CollationId{9999}), nullptr);
  for (const Charset& set : AllCharsets()) {
    const Collation* collation = FindCollation(set.default_collation);
    ASSERT_NE(collation, nullptr) << set.name;
    EXPECT_EQ(collation->charset().id, set.id) << set.name;
    if (!set.is_binary()) {
      EXPECT_NE(BinaryCollationOf(set), nullptr) << set.name;
    }
  }
}

TEST(Charset, Characters) {
  const Charset& utf8 = GetCharset(CharsetId::kUtf8mb4);
  EXPECT_EQ(utf8.CharLength("aä日😀"), 4u);
  EXPECT_EQ(utf8.ByteOffset("aä日😀", 2), 3u);
  EXPECT_EQ(utf8.WellFormedBytes("ab\xff"), 2u);
  EXPECT_EQ(utf8.WellFormedBytes("a\xed\xa0\x80"), 1u);  // a surrogate
  EXPECT_EQ(GetCharset(CharsetId::kUtf8mb3).WellFormedBytes("a😀"), 1u);
  std::string out;
  EXPECT_EQ(ConvertCharset("€ä日", utf8, GetCharset(CharsetId::kLatin1), &out), 1u);
  EXPECT_EQ(out, "\x80\xe4?");
  out.clear();
  EXPECT_EQ(ConvertCharset("a😀", utf8, GetCharset(CharsetId::kUtf16), &out), 0u);
  EXPECT_EQ(out, std::string("\0a\xd8\x3d\xde\x00", 6));
  // Every set: what it can encode comes back.
  std::mt19937 random(3);
  for (const Charset& set : AllCharsets()) {
    if (set.is_binary()) continue;
    for (int i = 0; i < 3000; ++i) {
      char32_t c = random() % (i % 2 ? 0x600 : 0x11000), back = 0;
      std::string bytes;
      if (!set.Encode(c, &bytes)) continue;
      ASSERT_EQ(set.Decode(bytes, &back), bytes.size()) << set.name << " " << static_cast<uint32_t>(c);
      ASSERT_EQ(back, c) << set.name;
    }
  }
}

TEST(Collation, Facts) {
  const Collation& ai = C("utf8mb4_0900_ai_ci");
  EXPECT_EQ(ai.Compare("resume", "RÉSUMÉ"), 0);
  EXPECT_LT(ai.Compare("a", "b"), 0);
  EXPECT_NE(ai.Compare("a", "a "), 0);
  EXPECT_EQ(ai.Compare("ß", "ss"), 0);
  EXPECT_EQ(ai.Hash("straße, long enough"), ai.Hash("STRASSE, LONG ENOUGH"));
  EXPECT_LT(ai.Compare("_", "a"), 0);
  EXPECT_EQ(ai.Compare("가", "\u1100\u1161"), 0);
  EXPECT_NE(C("utf8mb4_0900_as_ci").Compare("e", "é"), 0);
  EXPECT_EQ(C("utf8mb4_0900_as_ci").Compare("e", "E"), 0);
  EXPECT_LT(C("utf8mb4_0900_as_cs").Compare("a", "A"), 0);
  EXPECT_EQ(C("utf8mb4_general_ci").Compare("Straße", "strase"), 0);
  EXPECT_EQ(C("utf8mb4_general_ci").Compare("é ", "E"), 0);
  EXPECT_NE(C("utf8mb4_bin").Compare("a", "A"), 0);
  EXPECT_EQ(C("utf8mb4_bin").Compare("a", "a  "), 0);
  EXPECT_NE(C("utf8mb4_0900_bin").Compare("a", "a "), 0);
  EXPECT_EQ(C("utf8mb4_unicode_ci").Compare("ß", "SS "), 0);
  EXPECT_EQ(C("utf8mb4_unicode_ci").Compare("😀", "😁"), 0);
  EXPECT_NE(C("utf8mb4_unicode_520_ci").Compare("\U00010400", "\U00010401"), 0);
  // "a" stands before a tab only as far as the padding space does.
  EXPECT_GT(C("utf8mb4_general_ci").Compare("a", "a\t"), 0);
  const Collation& swedish = C("latin1_swedish_ci");
  EXPECT_LT(swedish.Compare("Z", "\xC5"), 0);
  EXPECT_LT(swedish.Compare("\xE5", "\xC4"), 0);
  EXPECT_LT(swedish.Compare("\xE4", "\xD6"), 0);
  EXPECT_EQ(swedish.Compare("\xFC", "Y"), 0);
}

TEST(Collation, Like) {
  const Collation& c = C("utf8mb4_0900_ai_ci");
  EXPECT_TRUE(c.Like("Straße", "stra%e"));
  EXPECT_TRUE(c.Like("äbc", "a_C"));
  EXPECT_FALSE(c.Like("abc", "a_"));
  EXPECT_TRUE(c.Like("a%c", "a\\%c"));
  EXPECT_FALSE(c.Like("abc", "a\\%c"));
  EXPECT_TRUE(c.Like("", "%"));
  EXPECT_TRUE(c.Like("aXbXc", "a%b%c"));
  EXPECT_TRUE(c.Like("a|c", "a||c", '|'));
  EXPECT_FALSE(C("utf8mb4_bin").Like("A", "a"));
  EXPECT_FALSE(C("utf8mb4_general_ci").Like("a ", "a"));
  std::string text(3000, 'a');
  EXPECT_FALSE(c.Like(text, "%a%a%a%a%a%a%b"));
  EXPECT_EQ(c.Locate("xÄbc", "äB"), 1u);
  EXPECT_EQ(c.Locate("abcabc", "ABC", 1), 3u);
  EXPECT_EQ(C("binary").Locate("abc", "B"), std::string_view::npos);
  std::string up;
  c.CaseUp("aßé", &up);
  EXPECT_EQ(up, "AßÉ");
}

// For every collation: Compare agrees with sort keys and hashes on random texts that are often nearly equal.
TEST(Collation, SortKeysAgree) {
  std::mt19937 random(5);
  const char32_t kAlphabet[] = {'a', 'A', 'b', ' ', ' ', '\t', '-', 0xE4, 0xC4, 0xDF, 0xE9, 0x301, 0x3042, 0x4E2D, 0xAC00,
                                0x1F600, 0, 's', 'z', 0x416, 0x436, 0xA0};
  for (const Collation* collation : AllCollations()) {
    const Charset& set = collation->charset();
    auto text = [&] {
      std::string out;
      for (unsigned i = 0, n = random() % 6; i < n; ++i) {
        set.Encode(kAlphabet[random() % (sizeof kAlphabet / sizeof kAlphabet[0])], &out);
      }
      if (random() % 8 == 0) set.AppendSpaces(random() % 300, &out);
      if (random() % 8 == 0) set.Encode('b', &out);
      return out;
    };
    for (int i = 0; i < 3000; ++i) {
      std::string a = text(), b = text(), x, y;
      collation->AppendSortKey(a, &x);
      collation->AppendSortKey(b, &y);
      int order = collation->Compare(a, b), keys = x.compare(y);
      ASSERT_EQ(order < 0, keys < 0) << collation->name() << " [" << a << "] [" << b << "]";
      ASSERT_EQ(order == 0, keys == 0) << collation->name() << " [" << a << "] [" << b << "]";
      ASSERT_EQ(order, -collation->Compare(b, a));
      if (order == 0) {
        ASSERT_EQ(collation->Hash(a), collation->Hash(b)) << collation->name() << " [" << a << "] [" << b << "]";
      }
      ASSERT_EQ(collation->Equal(a, b), order == 0);
    }
  }
}

}  // namespace
}  // namespace mahi
