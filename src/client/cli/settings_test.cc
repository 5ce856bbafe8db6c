#include "client/cli/settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "client/cli/completion.h"
#include "client/cli/message_text.h"

namespace mahi::client {
namespace {

bool Parse(std::vector<std::string> words, Settings* settings, std::string* error) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return ParseSettings(static_cast<int>(argv.size()), argv.data(), settings, error);
}

class SettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"MYSQL_PWD", "MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_PS1"}) unsetenv(name);
    char path[] = "/tmp/mahi_settings_XXXXXX";
    directory_ = mkdtemp(path);
  }
  void TearDown() override {
    for (const char* name : {"/a.cnf", "/b.cnf", "/d/1.cnf", "/d/2.txt"}) unlink((directory_ + name).c_str());
    rmdir((directory_ + "/d").c_str());
    rmdir(directory_.c_str());
  }
  void WriteFile(const std::string& name, const std::string& text) { std::ofstream(directory_ + name) << text; }
  void Ok(std::vector<std::string> words) {
    words.insert(words.begin(), "--no-defaults");
    EXPECT_TRUE(Parse(std::move(words), &settings_, &error_)) << error_;
  }
  void Bad(std::vector<std::string> words, const std::string& message) {
    words.insert(words.begin(), "--no-defaults");
    EXPECT_FALSE(Parse(std::move(words), &settings_, &error_));
    EXPECT_EQ(error_, message);
  }

  std::string directory_;
  Settings settings_;
  std::string error_;
};

TEST_F(SettingsTest, ShortAndLong) {
  Ok({"-h", "db1", "-P3307", "-uapp", "-psecret", "-BNe", "SELECT 1", "--table", "shop"});
  EXPECT_EQ(settings_.connection.host, "db1");
  EXPECT_EQ(settings_.connection.port, 3307);
  EXPECT_EQ(settings_.connection.user, "app");
  EXPECT_EQ(settings_.connection.password, "secret");
  EXPECT_TRUE(settings_.batch);
  EXPECT_FALSE(settings_.column_names);
  EXPECT_EQ(settings_.execute, std::vector<std::string>{"SELECT 1"});
  EXPECT_TRUE(settings_.table);
  EXPECT_EQ(settings_.connection.database, "shop");
}

TEST_F(SettingsTest, BeginningsAndNegations) {
  Ok({"--default-ch=latin1", "--skip-column-names", "--disable-auto-rehash", "--column_names=0", "--pass=x", "-vvv",
      "--max-allowed-packet=1G"});
  EXPECT_EQ(settings_.connection.charset, "latin1");
  EXPECT_FALSE(settings_.column_names);
  EXPECT_FALSE(settings_.auto_rehash);
  EXPECT_EQ(settings_.connection.password, "x");
  EXPECT_EQ(settings_.verbose, 3);
  EXPECT_EQ(settings_.connection.max_allowed_packet, uint64_t{1} << 30);
}

TEST_F(SettingsTest, Errors) {
  Bad({"--nonsense"}, "unknown option '--nonsense'");
  Bad({"--nonsense=1"}, "unknown variable 'nonsense=1'");
  Bad({"--ssl-mode=maybe"}, "option '--ssl-mode': value 'maybe' is not allowed");
  Bad({"--port"}, "option '--port' requires an argument");
  Bad({"--ssl-c=x"}, "ambiguous option '--ssl-c'");
  Bad({"a", "b"}, "too many arguments (first extra is 'b')");
  Ok({"--loose-nonsense=1"});
}

TEST_F(SettingsTest, WhereToConnect) {
  Ok({"-S", "/tmp/x.sock"});
  EXPECT_EQ(settings_.connection.unix_socket, "/tmp/x.sock");
  settings_ = {};
  Ok({"-h", "localhost", "-P", "3310"});
  EXPECT_EQ(settings_.connection.unix_socket, "");
  settings_ = {};
  Ok({"--protocol=tcp"});
  EXPECT_EQ(settings_.connection.unix_socket, "");
  EXPECT_EQ(settings_.connection.host, "localhost");
  settings_ = {};
  Ok({"--ssl-ca=/x.pem"});
  EXPECT_EQ(settings_.connection.ssl_mode, SslMode::kVerifyCa);
}

TEST_F(SettingsTest, OptionFiles) {
  mkdir((directory_ + "/d").c_str(), 0755);
  WriteFile("/d/1.cnf", "[mahi]\nraw\n");
  WriteFile("/d/2.txt", "[mahi]\nbogus\n");
  WriteFile("/b.cnf", "[mysql]\ndatabase=from_b\n");
  WriteFile("/a.cnf", "# comment\n[client]\nuser = \"me # \\\"x\\\"\"\npassword=p#w  # no\nport=1234\n[other]\nbogus\n!include " +
                          directory_ + "/b.cnf\n!includedir " + directory_ + "/d\n[client_two]\nhost=two\n");
  ASSERT_TRUE(Parse({"--defaults-file=" + directory_ + "/a.cnf"}, &settings_, &error_)) << error_;
  EXPECT_EQ(settings_.connection.user, "me # \"x\"");
  EXPECT_EQ(settings_.connection.password, "p#w");
  EXPECT_EQ(settings_.connection.port, 1234);
  EXPECT_EQ(settings_.connection.database, "from_b");
  EXPECT_TRUE(settings_.raw);
  settings_ = {};
  ASSERT_TRUE(Parse({"--defaults-file=" + directory_ + "/a.cnf", "--defaults-group-suffix=_two", "-uyou"}, &settings_, &error_));
  EXPECT_EQ(settings_.connection.host, "two");
  EXPECT_EQ(settings_.connection.user, "you");  // the command line wins
  EXPECT_FALSE(Parse({"--defaults-file=" + directory_ + "/none.cnf"}, &settings_, &error_));
  WriteFile("/b.cnf", "user=x\n");
  std::vector<std::string> arguments;
  EXPECT_FALSE(ReadOptionFile(directory_ + "/b.cnf", {"client"}, true, &arguments, &error_));
}

TEST(MessageTextTest, Durations) {
  EXPECT_EQ(DurationText(50), "0.05 sec");
  EXPECT_EQ(DurationText(62'000), "1 min 2.00 sec");
  EXPECT_EQ(DurationText(3'600'000 * 3 + 1500), "3 hours 0 min 1.50 sec");
}

TEST(MessageTextTest, Places) {
  auto place = [](uint16_t number, const char* message, const std::string& sql) {
    return ErrorPlace({number, "42000", message}, sql);
  };
  EXPECT_EQ(place(1064, "You have an error ... to use near 'whre id=1' at line 1", "select 1 from t whre id=1"), 16u);
  EXPECT_EQ(place(1064, "... near '' at line 1", "select"), 6u);
  EXPECT_EQ(place(1064, "... near 'x' at line 2", "select x\n x y"), 10u);
  EXPECT_EQ(place(1054, "Unknown column 'nosuch' in 'field list'", "select id, nosuch from t"), 11u);
  EXPECT_EQ(place(1146, "Table 'shop.nosuch' doesn't exist", "select * from nosuch"), 14u);
  EXPECT_EQ(place(1305, "FUNCTION shop.foo does not exist", "select foo(1)"), 7u);
  EXPECT_EQ(place(1062, "Duplicate entry '1' for key 't.PRIMARY'", "insert into t values (1)"), std::string::npos);
}

TEST(CompletionTest, WordsAndNames) {
  Completion completion;
  completion.AddTable("shop", "customer", {"id", "name", "order"}, true);
  completion.AddTable("other", "things", {}, false);
  auto complete = [&](std::string_view line) { return completion.Complete(line, line.size()).words; };
  EXPECT_EQ(complete("SELEC"), std::vector<std::string>{"SELECT"});
  EXPECT_EQ(complete("selec"), std::vector<std::string>{"select"});
  EXPECT_EQ(complete("select * from cust"), std::vector<std::string>{"customer"});
  EXPECT_EQ(complete("select * from other."), std::vector<std::string>{"things"});
  EXPECT_EQ(complete("select customer.na"), std::vector<std::string>{"name"});
  EXPECT_EQ(complete("select customer.o"), std::vector<std::string>{"`order`"});
  EXPECT_EQ(complete("select 1 from customer c where c.i"), std::vector<std::string>{"id"});
  EXPECT_EQ(complete("select 1 from customer as c where c.i"), std::vector<std::string>{"id"});
}

}  // namespace
}  // namespace mahi::client
