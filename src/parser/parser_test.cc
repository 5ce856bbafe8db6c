#include "parser/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "parser/ast/printer.h"

namespace mahi {
namespace {

using ast::StatementKind;

constexpr std::string_view kSyntax =
    "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the "
    "right syntax to use near ";

std::string Printed(std::string_view text, const ParseOptions& options = {}) {
  Arena arena;
  auto expression = ParseExpression(text, options, &arena);
  if (!expression.ok()) return expression.error().message();
  std::string out;
  ast::PrintExpression(**expression, {}, &out);
  return out;
}

std::string PrintedQuery(std::string_view text) {
  Arena arena;
  ParseOptions options;
  options.allow_parameters = true;
  auto query = ParseQuery(text, options, &arena);
  if (!query.ok()) return query.error().message();
  std::string out;
  ast::PrintQuery(**query, {}, &out);
  // What was printed means the same when parsed again.
  auto again = ParseQuery(out, options, &arena);
  EXPECT_TRUE(again.ok()) << out << ": " << (again.ok() ? "" : again.error().message());
  if (again.ok()) {
    std::string second;
    ast::PrintQuery(**again, {}, &second);
    // Joins gain parentheses, nothing else changes.
    EXPECT_EQ(out, second) << text;
  }
  return out;
}

std::string ErrorOf(std::string_view sql, const ParseOptions& options = {}) {
  Arena arena;
  auto statement = ParseStatement(sql, options, &arena);
  if (statement.ok()) return "ok";
  std::string message = statement.error().message();
  if (message.starts_with(kSyntax)) message = message.substr(kSyntax.size());
  return std::to_string(statement.error().number()) + " " + message;
}

StatementKind KindOf(std::string_view sql) {
  static Arena* arena = new Arena;
  auto statement = ParseStatement(sql, {}, arena);
  EXPECT_TRUE(statement.ok()) << sql << ": " << (statement.ok() ? "" : statement.error().message());
  return statement.ok() ? (*statement)->kind : StatementKind::kCompound;
}

TEST(ParserTest, Expressions) {
  struct Case {
    const char* text;
    const char* printed;
  };
  const Case cases[] = {
      {"a+1", "(`a` + 1)"},
      {"1+2*3-4", "((1 + (2 * 3)) - 4)"},
      {"a or b and c xor d", "(`a` or ((`b` and `c`) xor `d`))"},
      {"a || b && c", "(`a` or (`b` and `c`))"},
      {"not a = b", "(not((`a` = `b`)))"},
      {"!a = b", "((not(`a`)) = `b`)"},
      {"-a ^ b * c", "((-`a` ^ `b`) * `c`)"},
      {"a | b & c << d + e", "(`a` | (`b` & (`c` << (`d` + `e`))))"},
      {"a between b and c and d", "((`a` between `b` and `c`) and `d`)"},
      {"a not between 1 and 2 or c", "((`a` not between 1 and 2) or `c`)"},
      {"a in (1,2)", "(`a` in (1,2))"},
      {"(a,b) not in ((1,2),(3,4))", "((`a`,`b`) not in ((1,2),(3,4)))"},
      {"a like 'x%' escape '|'", "(`a` like 'x%' escape '|')"},
      {"a rlike 'x'", "regexp_like(`a`,'x')"},
      {"a is not null is true", "((`a` is not null) is true)"},
      {"a = b = c", "((`a` = `b`) = `c`)"},
      {"a <=> null", "(`a` <=> NULL)"},
      {"a div b mod c % d", "(((`a` DIV `b`) % `c`) % `d`)"},
      {"a collate utf8mb4_bin = b", "((`a` collate utf8mb4_bin) = `b`)"},
      {"-a collate x", "-(`a` collate x)"},
      {"d + interval 1 day - interval 2 hour", "((`d` + interval 1 day) - interval 2 hour)"},
      {"interval 1 day + d", "(`d` + interval 1 day)"},
      {"interval(1,2,3)", "interval(1,2,3)"},
      {"d + interval (1+2) month", "(`d` + interval (1 + 2) month)"},
      {"date_add(d, interval 1 sql_tsi_week)", "(`d` + interval 1 week)"},
      {"adddate(d, 3)", "(`d` + interval 3 day)"},
      {"case when a then 1 end", "(case when `a` then 1 end)"},
      {"case a when 1 then 'x' else 'y' end", "(case `a` when 1 then 'x' else 'y' end)"},
      {"cast(a as unsigned)", "cast(`a` as unsigned)"},
      {"cast(a as decimal(10,2))", "cast(`a` as decimal(10,2))"},
      {"cast(a as char(3) character set latin1)", "cast(`a` as char(3) charset latin1)"},
      {"cast(j->'$.a' as unsigned array)", "cast(json_extract(`j`,'$.a') as unsigned array)"},
      {"convert(a using utf8mb4)", "convert(`a` using utf8mb4)"},
      {"convert(a, signed int)", "cast(`a` as signed)"},
      {"j->>'$.a'", "json_unquote(json_extract(`j`,'$.a'))"},
      {"extract(day_hour from a)", "extract(day_hour from `a`)"},
      {"trim(a)", "trim(`a`)"},
      {"trim(leading from a)", "trim(leading from `a`)"},
      {"trim('x' from a)", "trim(both 'x' from `a`)"},
      {"substring(a from 2 for 3)", "substring(`a`,2,3)"},
      {"substr(a, 2)", "substring(`a`,2)"},
      {"position('x' in a)", "locate('x',`a`)"},
      {"timestampdiff(month, a, b)", "timestampdiff(month,`a`,`b`)"},
      {"get_format(date, 'USA')", "get_format(DATE, 'USA')"},
      {"char(65, 66 using utf8mb4)", "char(65,66 using utf8mb4)"},
      {"weight_string(a as char(3))", "weight_string(`a` as char(3))"},
      {"current_timestamp(3)", "now(3)"},
      {"current_date", "curdate()"},
      {"count(*)", "count(*)"},
      {"count(distinct a, b)", "count(distinct `a`,`b`)"},
      {"group_concat(distinct a order by b desc separator ';')",
       "group_concat(distinct `a` order by `b` desc separator ';')"},
      {"sum(a) over w", "sum(`a`) OVER `w`"},
      {"lag(a, 1) over (partition by b order by c rows between 1 preceding and current row)",
       "lag(`a`,1) OVER (PARTITION BY `b` ORDER BY `c` ROWS BETWEEN 1 preceding AND current row)"},
      {"row_number() over ()", "row_number() OVER ()"},
      {"a member of ('[1]')", "`a` member of ('[1]')"},
      {"a sounds like b", "(soundex(`a`) = soundex(`b`))"},
      {"match (a, b) against ('x' in boolean mode)", "(match `a`,`b` against ('x' in boolean mode))"},
      {"@a := b + 1", "(@`a`:=(`b` + 1))"},
      {"@@global.sql_mode", "@@global.`sql_mode`"},
      {"@@x.key_buffer_size", "@@`x`.`key_buffer_size`"},
      {"default(a)", "default(`a`)"},
      {"values(t.a)", "values(`t`.`a`)"},
      {"json_value(j, '$.a' returning char(5) null on empty error on error)",
       "json_value(`j`, '$.a' returning char(5) null on empty error on error)"},
      {"_utf8mb4'x' 'y'", "_utf8mb4'xy'"},
      {"_latin1 x'41'", "_latin1 0x41"},
      {"date '2020-01-01'", "DATE'2020-01-01'"},
      {"{d '2020-01-01'}", "DATE'2020-01-01'"},
      {"{fn now()}", "now()"},
      {"x'4142'", "0x4142"},
      {"b'101'", "b'00000101'"},
      {"exists (select 1)", "exists(select 1)"},
      {"a > all (select 1)", "(`a` > all (select 1))"},
      {"a in (select 1)", "(`a` in (select 1))"},
      {"a in ((select 1))", "(`a` in (select 1))"},
      {"a in ((select 1), 2)", "(`a` in ((select 1),2))"},
      {"((select 1) + 1)", "((select 1) + 1)"},
      {"((select 1) union (select 2))", "(select 1 union select 2)"},
      {"row(1, 2) = (a, b)", "((1,2) = (`a`,`b`))"},
      {"db.f(1)", "`db`.`f`(1)"},
      {"if(a, b, c)", "if(`a`,`b`,`c`)"},
      {"left('abc', 2)", "left('abc',2)"},
      {"'it''s \\\\ \\n'", "'it\\'s \\\\ \\n'"},
      {"t.select.x", "`t`.`select`.`x`"},
      {"binary a", "cast(`a` as char charset binary)"},
      {"cast(ts at time zone '+00:00' as datetime)", "cast(`ts` at time zone '+00:00' as datetime)"},
      {"nth_value(a, 2) from first ignore nulls over w", "nth_value(`a`,2) ignore nulls OVER `w`"},
  };
  for (const Case& c : cases) EXPECT_EQ(Printed(c.text), c.printed) << c.text;
}

TEST(ParserTest, SqlModes) {
  EXPECT_EQ(Printed("a || b || c", {.pipes_as_concat = true}), "concat(concat(`a`,`b`),`c`)");
  EXPECT_EQ(Printed("a + b || c", {.pipes_as_concat = true}), "(`a` + concat(`b`,`c`))");
  EXPECT_EQ(Printed("not a between 1 and 2", {.high_not_precedence = true}), "((not(`a`)) between 1 and 2)");
  EXPECT_EQ(Printed("\"a\"", {.ansi_quotes = true}), "`a`");
  EXPECT_EQ(Printed("count (*)", {.ignore_space = true}), "count(*)");
  EXPECT_TRUE(ErrorOf("select count (*) from t").starts_with("1064 '*) from t'"));
}

TEST(ParserTest, Queries) {
  struct Case {
    const char* text;
    const char* printed;
  };
  const Case cases[] = {
      {"select 1", "select 1"},
      {"select a as b, c d, 'x' 'y' from t", "select `a` AS `b`,`c` AS `d`,'xy' from `t`"},
      {"select *, t.*, db.t.* from t", "select *,`t`.*,`db`.`t`.* from `t`"},
      {"select distinct a from t where b group by c with rollup having d order by e desc limit 1, 2",
       "select distinct `a` from `t` where `b` group by `c` with rollup having `d` order by `e` desc limit 1,2"},
      {"select 1 from a, b join c on x = y", "select 1 from `a`,(`b` join `c` on((`x` = `y`)))"},
      {"select 1 from a join b join c on x on y", "select 1 from (`a` join (`b` join `c` on(`x`)) on(`y`))"},
      {"select 1 from a join b on x join c on y", "select 1 from ((`a` join `b` on(`x`)) join `c` on(`y`))"},
      {"select 1 from a join b join c on x", "select 1 from ((`a` join `b`) join `c` on(`x`))"},
      {"select 1 from a join b left join c on x", "select 1 from ((`a` join `b`) left join `c` on(`x`))"},
      {"select 1 from a left join b left join c on x on y",
       "select 1 from (`a` left join (`b` left join `c` on(`x`)) on(`y`))"},
      {"select 1 from a left join b join c on x on y",
       "select 1 from (`a` left join (`b` join `c` on(`x`)) on(`y`))"},
      {"select 1 from a natural left join b", "select 1 from (`a` natural left join `b`)"},
      {"select 1 from a full outer join b using (x, y)", "select 1 from (`a` full join `b` using (`x`,`y`))"},
      {"select 1 from (a, b) straight_join c", "select 1 from ((`a`,`b`) straight_join `c`)"},
      {"select 1 from t use index (a, primary) ignore key for order by (b)",
       "select 1 from `t` USE INDEX (`a`,`PRIMARY`) IGNORE INDEX FOR ORDER BY (`b`)"},
      {"select 1 from t partition (p0) as x", "select 1 from `t` PARTITION (`p0`) `x`"},
      {"select 1 from (select 2) d (a)", "select 1 from (select 2) `d` (`a`)"},
      {"select 1 from ((select 2)) as d", "select 1 from (select 2) `d`"},
      {"select 1 from ((select 2) as d join t)", "select 1 from ((select 2) `d` join `t`)"},
      {"select 1 from ((select 2) union (select 3)) d", "select 1 from (select 2 union select 3) `d`"},
      {"select 1 from t, lateral (select t.a) d", "select 1 from `t`,lateral (select `t`.`a`) `d`"},
      {"select 1 union all select 2 intersect select 3",
       "select 1 union all (select 2 intersect select 3)"},
      {"(select 1 limit 1) union (select 2) order by 1 limit 3",
       "(select 1 limit 1) union select 2 order by 1 limit 3"},
      {"with recursive c (n) as (select 1 union select n+1 from c) select * from c",
       "with recursive `c` (`n`) as (select 1 union select (`n` + 1) from `c`) select * from `c`"},
      {"values row(1,2), row(3,4) order by 1", "values row(1,2),row(3,4) order by 1"},
      {"table t limit 1", "table `t` limit 1"},
      {"select 1 from t for update of t nowait for share skip locked",
       "select 1 from `t` for update of `t` nowait for share skip locked"},
      {"select 1 from t lock in share mode", "select 1 from `t` for share"},
      {"select sum(a) over w from t window w as (order by b), x as (w rows unbounded preceding)",
       "select sum(`a`) OVER `w` from `t` window `w` AS (ORDER BY `b`), `x` AS (`w` ROWS BETWEEN unbounded preceding "
       "AND current row)"},
      {"select /*+ BKA(t) */ 1 from t", "select /*+ BKA(t) */ 1 from `t`"},
      {"select * from json_table('[]', '$[*]' columns (i for ordinality, a int path '$' default '1' on empty null on "
       "error, nested path '$.b' columns (c json exists path '$'))) j",
       "select * from json_table('[]', '$[*]' columns (`i` for ordinality, `a` int path '$' default '1' on empty null "
       "on error, nested path '$.b' columns (`c` json exists path '$'))) `j`"},
      {"select 1 from a force index (x), b offset 2 rows fetch next 3 rows only",
       "select 1 from `a` FORCE INDEX (`x`),`b` limit 2,3"},
      {"select 1 from dual", "select 1 from DUAL"},
      {"select ?, ? limit ?", "select ?,? limit ?"},
  };
  for (const Case& c : cases) EXPECT_EQ(PrintedQuery(c.text), c.printed) << c.text;
}

TEST(ParserTest, StatementKinds) {
  struct Case {
    const char* sql;
    StatementKind kind;
  };
  const Case cases[] = {
      {"insert into t values (1, default), ()", StatementKind::kInsert},
      {"insert t () values ()", StatementKind::kInsert},
      {"insert into t (a) select 1 on duplicate key update a = values(a)", StatementKind::kInsert},
      {"insert into t (a) (select 1)", StatementKind::kInsert},
      {"insert into t values row(1)", StatementKind::kInsert},
      {"insert into t set a = 1 as n on duplicate key update a = n.a", StatementKind::kInsert},
      {"replace into t table u", StatementKind::kReplace},
      {"update t set a = 1 order by b limit 2", StatementKind::kUpdate},
      {"with c as (select 1) update t, c set t.a = 1", StatementKind::kUpdate},
      {"delete from t as x where a limit 1 returning a", StatementKind::kDelete},
      {"delete a, b.* from a join b", StatementKind::kDelete},
      {"delete from a using a join b", StatementKind::kDelete},
      {"load data local infile 'f' replace into table t fields terminated by ',' lines terminated by '\\n' "
       "ignore 1 lines (a, @b) set c = @b",
       StatementKind::kLoadData},
      {"call p(1, @x)", StatementKind::kCall},
      {"do sleep(1)", StatementKind::kDo},
      {"handler t read k >= (1, 2) where a limit 3", StatementKind::kHandler},
      {"create database if not exists d default character set = utf8mb4 collate utf8mb4_bin encryption 'n'",
       StatementKind::kCreateDatabase},
      {"alter database character set latin1", StatementKind::kAlterDatabase},
      {"drop schema d", StatementKind::kDropDatabase},
      {"create temporary table t like u", StatementKind::kCreateTable},
      {"create table t (a int) select 1 as a", StatementKind::kCreateTable},
      {"create table t select 1", StatementKind::kCreateTable},
      {"create table t (primary key (a)) as select 1 a", StatementKind::kCreateTable},
      {"create table t (a int check (a > 0) not enforced, b enum('x','y') character set latin1 not null default 'x', "
       "c timestamp(3) default current_timestamp(3) on update now(3), d json default (json_array()), "
       "e varchar(10) as (concat(a, b)) virtual unique comment 'x' invisible, fulltext key (e), "
       "constraint fk foreign key i (a) references p (x) match full on delete set null on update no action)"
       " engine = InnoDB, auto_increment=5 row_format=dynamic comment 'c' charset utf8mb4",
       StatementKind::kCreateTable},
      {"create table t (a int) partition by range columns (a, b) subpartition by hash (c) subpartitions 2 "
       "(partition p0 values less than (1, maxvalue) engine innodb, partition p1 values less than (maxvalue, 1))",
       StatementKind::kCreateTable},
      {"alter table t add a int first, add (b int, key (b)), modify column c int after d, change e f int, drop g, "
       "alter h set default (1+1), rename to u, algorithm=instant, lock default, engine innodb comment 'x'",
       StatementKind::kAlterTable},
      {"alter table t exchange partition p with table u without validation", StatementKind::kAlterTable},
      {"drop table if exists a, b.c restrict", StatementKind::kDropTable},
      {"rename table a to b, c to d", StatementKind::kRenameTable},
      {"truncate t", StatementKind::kTruncateTable},
      {"create unique index i using btree on t (a(3) desc, (b+1)) comment 'x' invisible algorithm=inplace",
       StatementKind::kCreateIndex},
      {"drop index i on t lock=none", StatementKind::kDropIndex},
      {"create or replace algorithm=merge definer=u@localhost sql security invoker view v (a) as select 1 with local "
       "check option",
       StatementKind::kCreateView},
      {"drop view v, w cascade", StatementKind::kDropView},
      {"create definer=`u`@`h` procedure p(in a int, out b varchar(3)) deterministic reads sql data comment 'x' begin "
       "declare continue handler for sqlexception begin end; if a then set b = case a when 1 then 2 end; end if; "
       "l: loop leave l; end loop l; end",
       StatementKind::kCreateRoutine},
      {"create function f(a int) returns int return a + 1", StatementKind::kCreateRoutine},
      {"create trigger tr before insert on t for each row follows o set new.a = 1", StatementKind::kCreateTrigger},
      {"create event e on schedule every 1 day starts now() on completion preserve disable do delete from t",
       StatementKind::kCreateEvent},
      {"create function f returns integer soname 'x.so'", StatementKind::kCreateLoadableFunction},
      {"start transaction with consistent snapshot, read only", StatementKind::kBegin},
      {"begin work", StatementKind::kBegin},
      {"commit and no chain release", StatementKind::kCommit},
      {"rollback to savepoint s", StatementKind::kRollbackToSavepoint},
      {"rollback work", StatementKind::kRollback},
      {"xa start 'a', 'b', 3 join", StatementKind::kXa},
      {"lock tables a as x read local, b write", StatementKind::kLockTables},
      {"unlock tables", StatementKind::kUnlockTables},
      {"set @a = 1, @@session.b = default, global c = on, persist d = 'x', names utf8mb4", StatementKind::kSet},
      {"set session transaction isolation level repeatable read, read only", StatementKind::kSet},
      {"set character set default", StatementKind::kSet},
      {"set password for u = 'x'", StatementKind::kSetPassword},
      {"set role all except a, b", StatementKind::kSetRole},
      {"set default role none to u", StatementKind::kSetDefaultRole},
      {"show full tables from d like 'x%'", StatementKind::kShow},
      {"show extended columns from t in d where Field = 'a'", StatementKind::kShow},
      {"show count(*) warnings", StatementKind::kShow},
      {"show create table d.t", StatementKind::kShow},
      {"show engine innodb status", StatementKind::kShow},
      {"show grants for 'u'@'%' using r", StatementKind::kShow},
      {"show binary log status", StatementKind::kShow},
      {"show global variables like 'a'", StatementKind::kShow},
      {"explain analyze format=tree select 1", StatementKind::kExplain},
      {"explain for connection 5", StatementKind::kExplain},
      {"desc t 'a%'", StatementKind::kDescribe},
      {"prepare s from 'select 1'", StatementKind::kPrepare},
      {"execute s using @a, @b", StatementKind::kExecute},
      {"drop prepare s", StatementKind::kDeallocate},
      {"kill query 5", StatementKind::kKill},
      {"get diagnostics condition 1 @a = message_text", StatementKind::kGetDiagnostics},
      {"signal sqlstate '45000' set message_text = 'x'", StatementKind::kSignal},
      {"flush tables a, b with read lock", StatementKind::kFlush},
      {"flush local privileges, status", StatementKind::kFlush},
      {"reset persist if exists a.b", StatementKind::kReset},
      {"analyze table t update histogram on a, b with 10 buckets", StatementKind::kTableMaintenance},
      {"check table t for upgrade quick", StatementKind::kTableMaintenance},
      {"create user if not exists 'u'@'h' identified with p by 'x' and identified by 'y' default role r require ssl "
       "with max_user_connections 3 password expire interval 5 day account lock comment 'c'",
       StatementKind::kCreateUser},
      {"alter user user() identified by 'x' replace 'y' retain current password", StatementKind::kAlterUser},
      {"grant select (a, b), create temporary tables, backup_admin on *.* to u with grant option",
       StatementKind::kGrant},
      {"grant r1, r2@h to u with admin option", StatementKind::kGrant},
      {"revoke if exists all privileges, grant option from u ignore unknown user", StatementKind::kRevoke},
      {"change replication source to source_host='h', source_port=3306 for channel 'c'", StatementKind::kReplication},
      {"start replica sql_thread until source_log_file='x', source_log_pos=4", StatementKind::kReplication},
      {"purge binary logs before now()", StatementKind::kPurgeBinaryLogs},
      {"install component 'file://x' set global a.b = 1", StatementKind::kInstall},
      {"help 'contents'", StatementKind::kHelp},
      {"use d", StatementKind::kUse},
  };
  for (const Case& c : cases) EXPECT_EQ(static_cast<int>(KindOf(c.sql)), static_cast<int>(c.kind)) << c.sql;
}

TEST(ParserTest, Errors) {
  EXPECT_EQ(ErrorOf(""), "1065 Query was empty");
  EXPECT_EQ(ErrorOf(" /* x */ ;"), "1065 Query was empty");
  EXPECT_EQ(ErrorOf("selec 1"), "1064 'selec 1' at line 1");
  EXPECT_EQ(ErrorOf("select 1\nfrom\nwhere a"), "1064 'where a' at line 3");
  EXPECT_EQ(ErrorOf("select"), "1064 '' at line 1");
  EXPECT_EQ(ErrorOf("select 1 from t limit 1+1"), "1064 '+1' at line 1");
  EXPECT_EQ(ErrorOf("select 'abc"), "1064 ''abc' at line 1");
  EXPECT_EQ(ErrorOf("select ?"), "1064 '?' at line 1");
  EXPECT_EQ(ErrorOf("select 1; select 2"), "1064 'select 2' at line 1");
  EXPECT_EQ(ErrorOf("select * from (select 1)"), "1248 Every derived table must have its own alias");
  EXPECT_EQ(ErrorOf("create table t"), "1113 A table must have at least 1 column");
  EXPECT_EQ(ErrorOf("select " + std::string(100, 'x') + " " + std::string(10, 'y') + " z").substr(0, 4), "1059");
  std::string long_tail = "select from " + std::string(200, 'x');
  EXPECT_EQ(ErrorOf(long_tail), "1064 'from " + std::string(75, 'x') + "' at line 1");
  EXPECT_EQ(ErrorOf("update a, b set x = 1 limit 1"), "1221 Incorrect usage of UPDATE and LIMIT");
  EXPECT_EQ(ErrorOf("select all distinct 1"), "1221 Incorrect usage of ALL and DISTINCT");
}

TEST(ParserTest, MultipleStatements) {
  std::string_view sql = "select 1 ; select 2;";
  Arena arena;
  size_t consumed = 0;
  auto first = ParseStatement(sql, {}, &arena, &consumed);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ((*first)->text, "select 1");
  EXPECT_EQ(consumed, 10u);
  sql.remove_prefix(consumed);
  auto second = ParseStatement(sql, {}, &arena, &consumed);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ((*second)->text, "select 2");
  EXPECT_EQ(consumed, sql.size());
}

TEST(ParserTest, TextExtents) {
  Arena arena;
  std::string_view sql = "select  a + 1 , (b), count( * ) as c from t";
  auto statement = ParseStatement(sql, {}, &arena);
  ASSERT_TRUE(statement.ok());
  auto* block = (*statement)->As<ast::SelectStatement>()->query->body->As<ast::SelectBlock>();
  EXPECT_EQ(block->items[0].source.In(sql), "a + 1");
  EXPECT_EQ(block->items[1].source.In(sql), "(b)");
  EXPECT_EQ(block->items[2].source.In(sql), "count( * )");
  EXPECT_EQ(block->items[2].alias, "c");
  sql = "create function f() returns int begin return 1; end";
  statement = ParseStatement(sql, {}, &arena);
  ASSERT_TRUE(statement.ok());
  EXPECT_EQ((*statement)->As<ast::CreateRoutineStatement>()->body.In(sql), "begin return 1; end");
  // The body of a view.
  sql = "create view v as select 1 with check option";
  statement = ParseStatement(sql, {}, &arena);
  ASSERT_TRUE(statement.ok());
  EXPECT_EQ((*statement)->As<ast::CreateViewStatement>()->query->source.In(sql), "select 1");
}

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(ParserTest, DepthIsBoundedChainsAreNot) {
  for (std::string sql :
       {"select " + Repeat("(", 100000) + "1" + Repeat(")", 100000), "select " + Repeat("-", 3) + Repeat("- ", 100000) + "1",
        "select " + Repeat("not ", 100000) + "1", "select " + Repeat("f(", 100000), "select " + Repeat("case when ", 100000),
        Repeat("(", 100000) + "select 1", "select " + Repeat("(select ", 100000),
        "select * from " + Repeat("(", 100000) + "t", "select 1 from a " + Repeat("left join a ", 100000),
        "select 1 between " + Repeat("1 and 1 between ", 100000) + "1", "select 1 " + Repeat("is null ", 100000),
        "select a " + Repeat("collate x ", 100000), "select @a := " + Repeat("@a := ", 100000) + "1",
        "select 1 " + Repeat("= 1 ", 100000), "select a " + Repeat("+ interval 1 day ", 100000)}) {
    std::string error = ErrorOf(sql);
    EXPECT_TRUE(error.starts_with("1436") || error.starts_with("1064")) << sql.substr(0, 40) << ": " << error.substr(0, 80);
  }
  for (std::string sql : {"select 1" + Repeat(" + 1", 100000), "select 1" + Repeat(" or a = 1", 100000),
                          "select 1" + Repeat(" and a * 2 > 3", 100000), "select 1" + Repeat(" xor 1", 100000),
                          "select 1" + Repeat(" union select 1", 100000), "select 1" + Repeat(", a + 1", 100000),
                          "select a in (1" + Repeat(", b + 1", 100000) + ")", "select 1" + Repeat(" * a + b", 10000)}) {
    EXPECT_EQ(ErrorOf(sql), "ok") << sql.substr(0, 40);
  }
}

TEST(ParserTest, BulkInsertIsLean) {
  std::string sql = "insert into t values (1,'abc',2.5)";
  for (int i = 0; i < 200000; ++i) sql += ",(1,'abc',2.5)";
  Arena arena;
  auto statement = ParseStatement(sql, {}, &arena);
  ASSERT_TRUE(statement.ok());
  auto* insert = ast::AsInsert(*statement);
  EXPECT_EQ(insert->rows.size(), 200001u);
  EXPECT_EQ(insert->rows[200000][1]->As<ast::Literal>()->text, "abc");
  EXPECT_LT(arena.allocated_bytes(), sql.size() * 16);
}

TEST(ParserTest, StoredForms) {
  Arena arena;
  auto type = ParseDataType("decimal(10,2) unsigned zerofill", {}, &arena);
  ASSERT_TRUE(type.ok());
  EXPECT_EQ(*(*type)->length, 10u);
  EXPECT_TRUE((*type)->is_zerofill);
  std::string out;
  ast::PrintDataType(**type, &out);
  EXPECT_EQ(out, "decimal(10,2) unsigned zerofill");
  auto expression = ParseExpression("concat(`t`.`a`, 'x')", {}, &arena);
  ASSERT_TRUE(expression.ok());
  out.clear();
  ast::PrintExpression(**expression, {.string_introducer = "_utf8mb4", .omit_table_qualifiers = true}, &out);
  EXPECT_EQ(out, "concat(`a`,_utf8mb4'x')");
}

}  // namespace
}  // namespace mahi
