// Passwords, host matching, accounts, grants and the authentication dialogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "auth/authentication.h"
#include "auth/password.h"

namespace mahi {
namespace {

using ::testing::ElementsAre;
using ::testing::Contains;

class MemoryPersistence : public AccountPersistence {
 public:
  Status Write(const std::vector<std::pair<std::string, std::string>>& put,
               const std::vector<std::string>& erase) override {
    for (const auto& [key, record] : put) records[key] = record;
    for (const std::string& key : erase) records.erase(key);
    return Status::Ok();
  }
  Status Load(const std::function<Status(std::string_view, std::string_view)>& each) override {
    for (const auto& [key, record] : records) MAHI_RETURN_IF_ERROR(each(key, record));
    return Status::Ok();
  }
  std::map<std::string, std::string> records;
};

class AuthTest : public ::testing::Test {
 protected:
  AuthTest() { EXPECT_TRUE(manager.Initialize("").ok()); }
  void Create(const std::string& user, const std::string& host = "%",
              std::optional<std::string> password = {}) {
    AccountRequest request;
    request.name = {user, host};
    if (password) {
      request.authentication.emplace();
      request.authentication->password = password;
    }
    Status s = manager.CreateUsers(&root, {request}, {}, false, &diagnostics, nullptr);
    EXPECT_TRUE(s.ok()) << s.ToString();
  }
  Status Grant(GrantRequest::Level level, const std::string& database, const std::string& object,
               PrivilegeSet set, const AccountName& to, bool grant_option = false) {
    GrantRequest request;
    request.level = level;
    request.database = database;
    request.object = object;
    request.grant_option = grant_option;
    request.accounts = {to};
    for (const PrivilegeInfo& info : StaticPrivileges()) {
      if (set & info.bit) request.privileges.push_back({info.bit, "", {}});
    }
    return manager.Grant(&root, request, &diagnostics);
  }
  SecurityContext As(const std::string& user, const std::string& host = "%") {
    return SecurityContext(&manager, {user, host}, user, "localhost");
  }

  MemoryPersistence persistence;
  AccountManager manager{AccountOptions{.native_password_enabled = true}, &persistence};
  SecurityContext root{&manager, {"root", "localhost"}, "root", "localhost"};
  Diagnostics diagnostics;
};

TEST(PasswordTest, Sha256CryptKnownAnswers) {
  // From the specification of SHA-crypt.
  EXPECT_EQ(Sha256Crypt("Hello world!", "saltstring", 5000),
            "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5");
  EXPECT_EQ(Sha256Crypt("Hello world!", "saltstringsaltst", 10000),
            "3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA");
}

TEST(PasswordTest, RoundTrips) {
  std::string stored = MakeCachingSha2String("secret");
  EXPECT_EQ(stored.size(), 70u);
  EXPECT_TRUE(VerifyCachingSha2String(stored, "secret"));
  EXPECT_FALSE(VerifyCachingSha2String(stored, "Secret"));
  std::string scramble = AuthenticationService::MakeScramble();
  EXPECT_TRUE(CheckCachingSha2Response(CachingSha2Response("secret", scramble), scramble,
                                       Sha256Digest(Sha256Digest("secret"))));
  // As PASSWORD('mypass') of the manual.
  EXPECT_EQ(MakeNativeString("mypass"), "*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4");
  EXPECT_TRUE(CheckNativeResponse(NativeResponse("mypass", scramble), scramble, MakeNativeString("mypass")));
  EXPECT_FALSE(CheckNativeResponse(NativeResponse("other", scramble), scramble, MakeNativeString("mypass")));
  EXPECT_TRUE(VerifySha256String(MakeSha256String("x"), "x"));
}

TEST(AccountTest, Hosts) {
  EXPECT_TRUE(HostMatches("%", "", "1.2.3.4"));
  EXPECT_TRUE(HostMatches("LOCALHOST", "localhost", ""));
  EXPECT_TRUE(HostMatches("192.168.1.%", "", "192.168.1.9"));
  EXPECT_FALSE(HostMatches("192.168.1.%", "", "192.168.2.9"));
  EXPECT_TRUE(HostMatches("192.58.197.0/255.255.255.0", "", "192.58.197.77"));
  EXPECT_FALSE(HostMatches("192.58.197.0/255.255.255.0", "", "192.58.198.77"));
  EXPECT_TRUE(HostMatches("10.0.0.0/8", "", "10.200.3.4"));
  EXPECT_TRUE(HostMatches("2001:db8::/32", "", "2001:db8::1"));
  EXPECT_GT(HostSpecificity("localhost"), HostSpecificity("192.168.1.%"));
  EXPECT_GT(HostSpecificity("192.168.1.%"), HostSpecificity("192.%"));
  EXPECT_TRUE(DatabasePatternMatches("test\\_%", "test_a"));
  EXPECT_FALSE(DatabasePatternMatches("test\\_%", "testxa"));
}

TEST_F(AuthTest, ShowGrantsOfRoot) {
  auto lines = manager.ShowGrants(&root, {"root", "localhost"}, {});
  ASSERT_TRUE(lines.ok());
  ASSERT_EQ(lines->size(), 3u);
  EXPECT_EQ((*lines)[0],
            "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, SHUTDOWN, PROCESS, FILE, "
            "REFERENCES, INDEX, ALTER, SHOW DATABASES, SUPER, CREATE TEMPORARY TABLES, LOCK TABLES, "
            "EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, "
            "ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, CREATE TABLESPACE, CREATE ROLE, DROP ROLE ON "
            "*.* TO `root`@`localhost` WITH GRANT OPTION");
  EXPECT_EQ((*lines)[2], "GRANT PROXY ON ``@`` TO `root`@`localhost` WITH GRANT OPTION");
}

TEST_F(AuthTest, CreateGrantCheckRevoke) {
  Create("u");
  SecurityContext u = As("u");
  EXPECT_TRUE(u.CheckTable(kPrivilegeSelect, "d", "t").Is(ER_TABLEACCESS_DENIED_ERROR));
  EXPECT_EQ(u.CheckTable(kPrivilegeSelect, "d", "t").error().message(),
            "SELECT command denied to user 'u'@'localhost' for table 't'");
  EXPECT_FALSE(u.CanSeeDatabase("d"));
  ASSERT_TRUE(Grant(GrantRequest::Level::kDatabase, "d", "", kPrivilegeSelect, {"u", "%"}).ok());
  EXPECT_TRUE(u.CheckTable(kPrivilegeSelect, "d", "t").ok());
  EXPECT_TRUE(u.CanSeeDatabase("d"));
  EXPECT_TRUE(u.CheckDatabase(kPrivilegeCreate, "d").Is(ER_DBACCESS_DENIED_ERROR));
  EXPECT_TRUE(u.CheckGlobal(kPrivilegeReload).Is(ER_SPECIFIC_ACCESS_DENIED_ERROR));
  ASSERT_TRUE(Grant(GrantRequest::Level::kTable, "e", "t", kTablePrivileges, {"u", "%"}, true).ok());
  auto lines = manager.ShowGrants(&u, {"u", "%"}, {});
  ASSERT_TRUE(lines.ok());
  EXPECT_THAT(*lines, ElementsAre("GRANT USAGE ON *.* TO `u`@`%`", "GRANT SELECT ON `d`.* TO `u`@`%`",
                                  "GRANT ALL PRIVILEGES ON `e`.`t` TO `u`@`%` WITH GRANT OPTION"));
  GrantRequest revoke;
  revoke.level = GrantRequest::Level::kDatabase;
  revoke.database = "d";
  revoke.privileges = {{kPrivilegeSelect, "", {}}};
  revoke.accounts = {{"u", "%"}};
  ASSERT_TRUE(manager.Revoke(&root, revoke, &diagnostics).ok());
  EXPECT_FALSE(u.CheckTable(kPrivilegeSelect, "d", "t").ok());
  EXPECT_TRUE(manager.Revoke(&root, revoke, &diagnostics).Is(ER_NONEXISTING_GRANT));
}

TEST_F(AuthTest, ColumnGrants) {
  Create("u");
  GrantRequest request;
  request.level = GrantRequest::Level::kTable;
  request.database = "d";
  request.object = "t";
  request.privileges = {{kPrivilegeSelect, "", {"a", "b"}}};
  request.accounts = {{"u", "%"}};
  ASSERT_TRUE(manager.Grant(&root, request, &diagnostics).ok());
  SecurityContext u = As("u");
  std::string_view good[] = {"a", "B"}, bad[] = {"a", "c"};
  EXPECT_TRUE(u.CheckColumns(kPrivilegeSelect, "d", "t", good).ok());
  EXPECT_TRUE(u.CheckColumns(kPrivilegeSelect, "d", "t", bad).Is(ER_COLUMNACCESS_DENIED_ERROR));
  EXPECT_TRUE(u.CheckColumns(kPrivilegeUpdate, "d", "t", good).Is(ER_TABLEACCESS_DENIED_ERROR));
  auto lines = manager.ShowGrants(&u, {"u", "%"}, {});
  EXPECT_THAT(*lines, Contains("GRANT SELECT (`a`, `b`) ON `d`.`t` TO `u`@`%`"));
}

TEST_F(AuthTest, RolesAndPersistence) {
  Create("u");
  ASSERT_TRUE(manager.CreateRoles(&root, {{"r", "%"}, {"s", "%"}}, false, &diagnostics).ok());
  ASSERT_TRUE(Grant(GrantRequest::Level::kDatabase, "d", "", kPrivilegeInsert, {"s", "%"}).ok());
  ASSERT_TRUE(manager.GrantRoles(&root, {{"s", "%"}}, {{"r", "%"}}, false).ok());
  ASSERT_TRUE(manager.GrantRoles(&root, {{"r", "%"}}, {{"u", "%"}}, false).ok());
  EXPECT_TRUE(manager.GrantRoles(&root, {{"r", "%"}}, {{"s", "%"}}, false).Is(ER_ROLE_GRANTED_TO_ITSELF));
  SecurityContext u = As("u");
  EXPECT_FALSE(u.CheckDatabase(kPrivilegeInsert, "d").ok());
  ASSERT_TRUE(u.SetRoles({{"r", "%"}}).ok());
  EXPECT_TRUE(u.CheckDatabase(kPrivilegeInsert, "d").ok());
  EXPECT_EQ(u.CurrentRoleText(), "`r`@`%`");
  EXPECT_TRUE(u.SetRoles({{"s", "%"}}).Is(ER_ROLE_NOT_GRANTED));
  AccountManager again{AccountOptions{}, &persistence};
  ASSERT_TRUE(again.Load().ok());
  EXPECT_EQ(again.Snapshot()->accounts.size(), manager.Snapshot()->accounts.size());
  EXPECT_EQ(again.Snapshot()->Find({"u", "%"})->roles.count({"r", "%"}), 1u);
  ASSERT_TRUE(manager.DropRoles(&root, {{"r", "%"}}, false, &diagnostics).ok());
  EXPECT_FALSE(u.CheckDatabase(kPrivilegeInsert, "d").ok());
  EXPECT_EQ(u.CurrentRoleText(), "NONE");
}

TEST_F(AuthTest, ErrorsOfAccountStatements) {
  Create("u");
  AccountRequest request;
  request.name = {"u", "%"};
  Status s = manager.CreateUsers(&root, {request}, {}, false, &diagnostics, nullptr);
  ASSERT_TRUE(s.Is(ER_CANNOT_USER));
  EXPECT_EQ(s.error().message(), "Operation CREATE USER failed for 'u'@'%'");
  EXPECT_TRUE(manager.CreateUsers(&root, {request}, {}, true, &diagnostics, nullptr).ok());
  EXPECT_EQ(diagnostics.conditions().back().number, 3163);
  EXPECT_TRUE(Grant(GrantRequest::Level::kGlobal, "", "", kPrivilegeSelect, {"nobody", "%"})
                  .Is(ER_CANT_CREATE_USER_WITH_GRANT));
  EXPECT_TRUE(Grant(GrantRequest::Level::kDatabase, "d", "", kPrivilegeReload, {"u", "%"}).Is(ER_WRONG_USAGE));
  EXPECT_TRUE(Grant(GrantRequest::Level::kTable, "d", "t", kPrivilegeReload, {"u", "%"})
                  .Is(ER_ILLEGAL_GRANT_FOR_TABLE));
  SecurityContext u = As("u");
  EXPECT_TRUE(manager.DropUsers(&u, {{"root", "localhost"}}, false, &diagnostics)
                  .Is(ER_SPECIFIC_ACCESS_DENIED_ERROR));
  EXPECT_TRUE(manager.DropUsers(&root, {{"nobody", "%"}}, false, &diagnostics).Is(ER_CANNOT_USER));
}

TEST_F(AuthTest, ShowCreateUser) {
  Create("u");
  auto text = manager.ShowCreateUser(&root, {"u", "%"}, false);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text,
            "CREATE USER `u`@`%` IDENTIFIED WITH 'caching_sha2_password' REQUIRE NONE PASSWORD EXPIRE "
            "DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD "
            "REQUIRE CURRENT DEFAULT");
}

TEST_F(AuthTest, LoginWithoutPassword) {
  AuthenticationService service(&manager);
  Authentication login(&service, {.host = "localhost", .is_unix_socket = true});
  ASSERT_EQ(login.Start("root", "", "caching_sha2_password", "x", true),
            Authentication::Next::kSendAndAccept);
  EXPECT_EQ(login.TakeContext().account().ToString(), "root@localhost");
  Authentication wrong(&service, {.host = "localhost", .is_unix_socket = true});
  ASSERT_EQ(wrong.Start("root", std::string(32, 'x'), "caching_sha2_password", "x", true),
            Authentication::Next::kReject);
  EXPECT_EQ(wrong.error().message(), "Access denied for user 'root'@'localhost' (using password: YES)");
}

TEST_F(AuthTest, CachingSha2FullOverRsaThenFast) {
  Create("u", "%", "secret");
  AuthenticationService service(&manager);
  auto keys = RsaKeyPair::Generate();
  ASSERT_TRUE(keys.ok());
  service.set_rsa_keys(std::move(*keys));
  std::string scramble = AuthenticationService::MakeScramble();
  Authentication login(&service, {.host = "", .ip = "10.0.0.1"});
  ASSERT_EQ(login.Start("u", CachingSha2Response("secret", scramble), "caching_sha2_password", scramble, true),
            Authentication::Next::kSendAndRead);
  EXPECT_EQ(login.payload(), std::string("\1\4"));
  ASSERT_EQ(login.Continue("\2"), Authentication::Next::kSendAndRead);
  std::string pem = login.payload().substr(1);
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  ASSERT_NE(key, nullptr);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
  EVP_PKEY_encrypt_init(context);
  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
  std::string plain = XorWithScramble(std::string("secret\0", 7), scramble);
  unsigned char cipher[256];
  size_t length = sizeof(cipher);
  ASSERT_GT(EVP_PKEY_encrypt(context, cipher, &length,
                             reinterpret_cast<const unsigned char*>(plain.data()), plain.size()), 0);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  BIO_free(bio);
  ASSERT_EQ(login.Continue({reinterpret_cast<char*>(cipher), length}), Authentication::Next::kSendAndAccept);
  // Now the digest is cached.
  Authentication fast(&service, {.host = "", .ip = "10.0.0.1"});
  ASSERT_EQ(fast.Start("u", CachingSha2Response("secret", scramble), "caching_sha2_password", scramble, true),
            Authentication::Next::kSendAndAccept);
  EXPECT_EQ(fast.payload(), std::string("\1\3"));
}

TEST_F(AuthTest, SwitchToNative) {
  AccountRequest request;
  request.name = {"n", "%"};
  request.authentication.emplace();
  request.authentication->plugin = "mysql_native_password";
  request.authentication->password = "pw";
  ASSERT_TRUE(manager.CreateUsers(&root, {request}, {}, false, &diagnostics, nullptr).ok());
  AuthenticationService service(&manager);
  Authentication login(&service, {.ip = "10.0.0.1"});
  ASSERT_EQ(login.Start("n", std::string(32, 'x'), "caching_sha2_password", "abc", true),
            Authentication::Next::kSendAndRead);
  std::string payload = login.payload();
  ASSERT_EQ(payload.substr(0, 23), "\xfe" "mysql_native_password" + std::string(1, '\0'));
  std::string scramble = payload.substr(23, 20);
  ASSERT_EQ(login.Continue(NativeResponse("pw", scramble)), Authentication::Next::kSendAndAccept);
}

}  // namespace
}  // namespace mahi
