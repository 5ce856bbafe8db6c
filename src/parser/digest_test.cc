#include "parser/digest.h"

#include <gtest/gtest.h>

namespace mahi {
namespace {

TEST(DigestTest, Text) {
  struct Case {
    const char* sql;
    const char* digest;
  };
  const Case cases[] = {
      {"select * from t1 where a=1", "SELECT * FROM `t1` WHERE `a` = ?"},
      {"SELECT  *\nFROM `t1` /* x */ WHERE a = 'b'", "SELECT * FROM `t1` WHERE `a` = ?"},
      {"select a from t where b in (1,2,3)", "SELECT `a` FROM `t` WHERE `b` IN (...)"},
      {"select a from t where b in (1)", "SELECT `a` FROM `t` WHERE `b` IN (...)"},
      {"insert into t values (1,2),(3,4),(5,6)", "INSERT INTO `t` VALUES (...) /* , ... */"},
      {"insert into t values (1),(2)", "INSERT INTO `t` VALUES (?) /* , ... */"},
      {"insert into t values (1,2)", "INSERT INTO `t` VALUES (...)"},
      {"select 1, 2, null, 3", "SELECT ?, ..."},
      {"select -1", "SELECT ?"},
      {"select a - 1", "SELECT `a` - ?"},
      {"select count(*), foo(1) from db.t", "SELECT COUNT ( * ) , `foo` (?) FROM `db` . `t`"},
      {"select @@version, @a", "SELECT @@`version` , @`a`"},
      {"select 1; select 2", "SELECT ?"},
  };
  for (const Case& c : cases) EXPECT_EQ(DigestText(c.sql, {}), c.digest) << c.sql;
  EXPECT_EQ(DigestHash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(DigestText("select aaaaaaaaaa, bbbbbbbbbbbbbbbbbbbb, ccc", {}, 20).size(), 23u);
}

TEST(DigestTest, Parameterise) {
  ParameterisedStatement p;
  ASSERT_TRUE(Parameterise("SELECT c FROM t  WHERE id=42 AND d = 'x\\ny' AND e > -1.5e3", {}, &p));
  EXPECT_EQ(p.key, "SELECT c FROM t WHERE id=? AND d = ? AND e > -?");
  ASSERT_EQ(p.literals.size(), 3u);
  EXPECT_EQ(p.literals[0].text, "42");
  EXPECT_EQ(p.literals[0].kind, ast::LiteralKind::kInteger);
  EXPECT_EQ(p.literals[1].text, "x\ny");
  EXPECT_EQ(p.literals[2].kind, ast::LiteralKind::kFloat);
  uint64_t hash = p.hash;
  ASSERT_TRUE(Parameterise("SELECT c FROM t WHERE id=7 AND d = 'z' AND e > -1e3", {}, &p));
  EXPECT_EQ(p.hash, hash);

  // Literals that are not values stay in the key.
  ASSERT_TRUE(Parameterise("select 1, 'a' from t where b = 2 order by 1 limit 10", {}, &p));
  EXPECT_EQ(p.key, "select 1, 'a' from t where b = ? order by 1 limit 10");
  ASSERT_TRUE(Parameterise("insert into t (a, b) values (1, 'x'), (2, 'y');", {}, &p));
  EXPECT_EQ(p.key, "insert into t (a, b) values (?, ?), (?, ?)");
  ASSERT_TRUE(Parameterise("update t set a = 1 where b = (select 5 from u where c = 6) and d = 7", {}, &p));
  EXPECT_EQ(p.key, "update t set a = ? where b = (select 5 from u where c = ?) and d = ?");

  const char* refused[] = {"set @a = 1",
                           "select 1 /* c */ from t",
                           "select a from t where b = 1; select 2",
                           "select a from t where b = 'x",
                           "select a from t where b = 'x' 'y'",
                           "select a from t where b = _latin1'x'",
                           "select a from t where b = date '2020-01-01'",
                           "select a from t where b = x'41'",
                           "select a from t where b = 0x41",
                           "select a from t where b > now() - interval 1 day",
                           "select a from t where b = ?",
                           "",
                           "1"};
  for (const char* sql : refused) EXPECT_FALSE(Parameterise(sql, {}, &p)) << sql;
}

}  // namespace
}  // namespace mahi
