// Record of one account, as AccountPersistence keeps it.
//
//   record := format:u8 field*       fields in the order below; strings length-prefixed, numbers varint,
//                                    maps: count, then key and value of each
#include "auth/account_manager.h"
#include "base/bytes.h"

namespace mahi {
namespace {

constexpr uint8_t kFormat = 1;

class Writer {
 public:
  void Number(uint64_t v) { AppendVarint(&out, v); }
  void Text(std::string_view v) { AppendLengthPrefixed(&out, v); }
  void Name(const AccountName& name) {
    Text(name.user);
    Text(name.host);
  }
  template <typename T>
  void Optional(const std::optional<T>& v) {
    Number(v.has_value());
    if (v) Number(static_cast<uint64_t>(*v));
  }
  std::string out;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : reader_(bytes) {}
  uint64_t Number() {
    uint64_t v = 0;
    reader_.ReadVarint(&v);
    return v;
  }
  std::string Text() {
    std::string_view v;
    reader_.ReadLengthPrefixed(&v);
    return std::string(v);
  }
  AccountName Name() {
    AccountName name;
    name.user = Text();
    name.host = Text();
    return name;
  }
  template <typename T>
  std::optional<T> Optional() {
    if (Number() == 0) return std::nullopt;
    return static_cast<T>(Number());
  }
  // Runs `each` as often as the next number says, as long as there are bytes.
  template <typename F>
  void Repeat(F each) {
    for (uint64_t n = Number(); n > 0 && reader_.ok(); --n) each();
  }
  bool ok() const { return reader_.ok(); }

 private:
  ByteReader reader_;
};

}  // namespace

std::string EncodeAccount(const Account& a) {
  Writer w;
  w.out.push_back(static_cast<char>(kFormat));
  w.Name(a.name);
  w.Text(a.plugin);
  w.Text(a.authentication_string);
  w.Text(a.old_authentication_string);
  w.Number(a.is_locked);
  w.Number(a.is_password_expired);
  w.Number(static_cast<uint64_t>(a.password_last_changed));
  w.Optional(a.password_lifetime_days);
  w.Optional(a.password_history);
  w.Optional(a.password_reuse_days);
  w.Optional(a.password_require_current);
  w.Number(a.failed_login_attempts);
  w.Number(static_cast<uint64_t>(static_cast<int64_t>(a.password_lock_days)));
  w.Number(static_cast<uint64_t>(a.tls));
  w.Text(a.tls_cipher);
  w.Text(a.tls_issuer);
  w.Text(a.tls_subject);
  w.Number(a.limits.max_queries_per_hour);
  w.Number(a.limits.max_updates_per_hour);
  w.Number(a.limits.max_connections_per_hour);
  w.Number(a.limits.max_user_connections);
  w.Text(a.attributes_json);
  w.Number(a.previous_authentication_strings.size());
  for (const std::string& text : a.previous_authentication_strings) w.Text(text);
  w.Number(a.global);
  w.Number(a.dynamic.size());
  for (const auto& [name, grant] : a.dynamic) w.Text(name), w.Number(grant);
  w.Number(a.databases.size());
  for (const auto& [name, bits] : a.databases) w.Text(name), w.Number(bits);
  w.Number(a.tables.size());
  for (const auto& [key, p] : a.tables) {
    w.Text(key.first);
    w.Text(key.second);
    w.Number(p.table);
    w.Number(p.columns.size());
    for (const auto& [column, bits] : p.columns) w.Text(column), w.Number(bits);
  }
  w.Number(a.routines.size());
  for (const auto& [key, bits] : a.routines) {
    w.Number(key.first);
    w.Text(key.second.first);
    w.Text(key.second.second);
    w.Number(bits);
  }
  w.Number(a.roles.size());
  for (const auto& [role, admin] : a.roles) w.Name(role), w.Number(admin);
  w.Number(a.default_roles.size());
  for (const AccountName& role : a.default_roles) w.Name(role);
  w.Number(a.default_roles_all);
  w.Number(a.proxies.size());
  for (const auto& [name, grant] : a.proxies) w.Name(name), w.Number(grant);
  return std::move(w.out);
}

Result<std::shared_ptr<Account>> DecodeAccount(std::string_view record) {
  if (record.empty() || static_cast<uint8_t>(record[0]) != kFormat) {
    return Error(ER_CANNOT_LOAD_FROM_TABLE_V2, "mysql", "user");
  }
  Reader r(record.substr(1));
  auto a = std::make_shared<Account>();
  a->name = r.Name();
  a->plugin = r.Text();
  a->authentication_string = r.Text();
  a->old_authentication_string = r.Text();
  a->is_locked = r.Number() != 0;
  a->is_password_expired = r.Number() != 0;
  a->password_last_changed = static_cast<int64_t>(r.Number());
  a->password_lifetime_days = r.Optional<uint32_t>();
  a->password_history = r.Optional<uint32_t>();
  a->password_reuse_days = r.Optional<uint32_t>();
  a->password_require_current = r.Optional<bool>();
  a->failed_login_attempts = static_cast<uint32_t>(r.Number());
  a->password_lock_days = static_cast<int32_t>(r.Number());
  a->tls = static_cast<TlsRequirement>(r.Number() & 3);
  a->tls_cipher = r.Text();
  a->tls_issuer = r.Text();
  a->tls_subject = r.Text();
  a->limits.max_queries_per_hour = static_cast<uint32_t>(r.Number());
  a->limits.max_updates_per_hour = static_cast<uint32_t>(r.Number());
  a->limits.max_connections_per_hour = static_cast<uint32_t>(r.Number());
  a->limits.max_user_connections = static_cast<uint32_t>(r.Number());
  a->attributes_json = r.Text();
  r.Repeat([&] { a->previous_authentication_strings.push_back(r.Text()); });
  a->global = r.Number();
  auto text_number = [&](auto* map) {
    std::string key = r.Text();
    (*map)[key] = r.Number();
  };
  r.Repeat([&] { text_number(&a->dynamic); });
  r.Repeat([&] { text_number(&a->databases); });
  r.Repeat([&] {
    std::string database = r.Text();
    std::string table = r.Text();
    TablePrivileges& p = a->tables[{database, table}];
    p.table = r.Number();
    r.Repeat([&] { text_number(&p.columns); });
  });
  r.Repeat([&] {
    bool is_procedure = r.Number() != 0;
    std::string database = r.Text();
    std::string routine = r.Text();
    a->routines[{is_procedure, {database, routine}}] = r.Number();
  });
  r.Repeat([&] {
    AccountName role = r.Name();
    a->roles[role] = r.Number() != 0;
  });
  r.Repeat([&] { a->default_roles.insert(r.Name()); });
  a->default_roles_all = r.Number() != 0;
  r.Repeat([&] {
    AccountName name = r.Name();
    a->proxies[name] = r.Number() != 0;
  });
  if (!r.ok()) return Error(ER_CANNOT_LOAD_FROM_TABLE_V2, "mysql", "user");
  return a;
}

}  // namespace mahi
