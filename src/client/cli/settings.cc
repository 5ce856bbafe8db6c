#include "client/cli/settings.h"

#include <fmt/core.h>
#include <pwd.h>
#include <strings.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace mahi::client {
namespace {

enum class Argument : uint8_t { kFlag, kRequired, kOptional };

struct Option {
  const char* name;
  char letter;
  Argument argument;
  // `value` is null when an optional one is missing; for flags "1" or "0". False: the value is not allowed.
  bool (*set)(Settings* s, const char* value);
  const char* help;
};

bool IsOn(const char* value) { return value == nullptr || std::strcmp(value, "0") != 0; }

bool ParseNumber(const char* text, uint64_t* value) {
  char* end = nullptr;
  errno = 0;
  uint64_t n = std::strtoull(text, &end, 10);
  if (end == text || errno != 0) return false;
  switch (*end) {
    case 'k': case 'K': n <<= 10; ++end; break;
    case 'm': case 'M': n <<= 20; ++end; break;
    case 'g': case 'G': n <<= 30; ++end; break;
    default: break;
  }
  *value = n;
  return *end == '\0';
}

bool SetSslMode(Settings* s, const char* value) {
  static constexpr std::pair<const char*, SslMode> kModes[] = {{"DISABLED", SslMode::kDisabled},
                                                               {"PREFERRED", SslMode::kPreferred},
                                                               {"REQUIRED", SslMode::kRequired},
                                                               {"VERIFY_CA", SslMode::kVerifyCa},
                                                               {"VERIFY_IDENTITY", SslMode::kVerifyIdentity}};
  for (const auto& [name, mode] : kModes) {
    if (strcasecmp(name, value) != 0) continue;
    s->connection.ssl_mode = mode;
    s->ssl_mode_given = true;
    return true;
  }
  return false;
}

bool SetProtocol(Settings* s, const char* value) {
  s->protocol_tcp = strcasecmp(value, "tcp") == 0;
  s->protocol_socket = strcasecmp(value, "socket") == 0;
  return s->protocol_tcp || s->protocol_socket;
}

#define SET [](Settings * s, const char* v) -> bool
#define TEXT(member) SET { s->member = v; return true; }
#define FLAG(member) SET { s->member = IsOn(v); return true; }
#define FORMAT(which)                                                             \
  SET {                                                                           \
    s->format = IsOn(v) ? OutputFormat::which : OutputFormat::kDefault;           \
    return true;                                                                  \
  }
constexpr Argument kFlag = Argument::kFlag;
constexpr Argument kRequired = Argument::kRequired;
constexpr Argument kOptional = Argument::kOptional;

constexpr Option kOptions[] = {
    {"help", '?', kFlag, FLAG(help), "Display this help and exit."},
    {"auto-rehash", 0, kFlag, FLAG(auto_rehash), "Complete names of databases, tables and columns."},
    {"no-auto-rehash", 'A', kFlag, SET { s->auto_rehash = !IsOn(v); return true; }, "No completion of names."},
    {"auto-vertical-output", 0, kFlag, FLAG(auto_vertical), "Vertical output when a table would be too wide."},
    {"batch", 'B', kFlag, SET { s->batch = IsOn(v); if (s->batch && s->silent == 0) s->silent = 1; return true; },
     "Tab-separated output, no history file."},
    {"binary-as-hex", 0, kFlag, SET { s->binary_as_hex = IsOn(v); return true; }, "Print binary data as hex."},
    {"binary-mode", 0, kFlag, FLAG(binary_mode), "No client commands in input; for output of mysqlbinlog."},
    {"bind-address", 0, kRequired, TEXT(connection.bind_address), "Local address of the connection."},
    {"character-sets-dir", 0, kRequired, SET { return true; }, "Not needed: character sets are built in."},
    {"color", 0, kFlag, SET { s->color = IsOn(v); return true; }, "Colours on a terminal."},
    {"column-names", 0, kFlag, FLAG(column_names), "Write column names in results."},
    {"column-type-info", 'm', kFlag, FLAG(column_type_info), "Display column metadata."},
    {"comments", 'c', kFlag, SET { s->comments = IsOn(v) ? CommentMode::kKeep : CommentMode::kDropAll; return true; },
     "Send comments to the server; by default those before a statement are not."},
    {"compress", 'C', kFlag,
     SET { s->connection.compression_algorithms = IsOn(v) ? "zlib,zstd,uncompressed" : "uncompressed"; return true; },
     "Compress the connection where the server can."},
    {"compression-algorithms", 0, kRequired, TEXT(connection.compression_algorithms),
     "zlib, zstd, uncompressed, in order of preference."},
    {"connect-expired-password", 0, kFlag, FLAG(connection.can_handle_expired_passwords),
     "Tell the server that we can handle an expired password."},
    {"connect-timeout", 0, kRequired,
     SET { uint64_t n; if (!ParseNumber(v, &n)) return false; s->connection.connect_timeout_ms = static_cast<uint32_t>(n * 1000); return true; },
     "Seconds before a connection attempt is given up."},
    {"csv", 0, kFlag, FORMAT(kCsv), "CSV output."},
    {"database", 'D', kRequired, TEXT(connection.database), "Database to use."},
    {"default-auth", 0, kRequired, TEXT(connection.default_auth), "Authentication plugin to try first."},
    {"default-character-set", 0, kRequired,
     SET { if (strcasecmp(v, "auto") != 0) s->connection.charset = v; return true; }, "Character set of the connection."},
    {"delimiter", 0, kRequired, TEXT(delimiter), "Statement delimiter."},
    {"enable-cleartext-plugin", 0, kFlag, FLAG(connection.enable_cleartext_plugin), "Allow mysql_clear_password."},
    {"execute", 'e', kRequired, SET { s->execute.push_back(v); s->has_execute = true; return true; },
     "Execute the statements and quit."},
    {"force", 'f', kFlag, FLAG(force), "Continue after an error."},
    {"get-server-public-key", 0, kFlag, FLAG(connection.get_server_public_key), "Ask the server for its RSA key."},
    {"histignore", 0, kRequired, TEXT(histignore), "Patterns of lines not to keep in the history, with colons."},
    {"host", 'h', kRequired, TEXT(connection.host), "Server's host."},
    {"html", 'H', kFlag, FORMAT(kHtml), "HTML output."},
    {"i-am-a-dummy", 0, kFlag, FLAG(safe_updates), "Same as safe-updates."},
    {"ignore-spaces", 'i', kFlag, FLAG(connection.ignore_space), "Ignore spaces after function names."},
    {"init-command", 0, kRequired, SET { s->connection.init_commands = {v}; return true; },
     "Statement to execute after connecting."},
    {"init-command-add", 0, kRequired, SET { s->connection.init_commands.push_back(v); return true; },
     "A further statement to execute after connecting."},
    {"json", 0, kFlag, FORMAT(kJson), "JSON output: an array of objects for each result."},
    {"line-numbers", 0, kFlag, FLAG(line_numbers), "Line numbers in error messages."},
    {"skip-line-numbers", 'L', kFlag, SET { s->line_numbers = !IsOn(v); return true; }, "No line numbers in errors."},
    {"load-data-local-dir", 0, kRequired, SET { return true; }, nullptr},
    {"local-infile", 0, kFlag, FLAG(connection.local_infile), "Allow LOAD DATA LOCAL."},
    {"markdown", 0, kFlag, FORMAT(kMarkdown), "Markdown output."},
    {"max-allowed-packet", 0, kRequired,
     SET { return ParseNumber(v, &s->connection.max_allowed_packet) && (s->connection.max_allowed_packet = std::max<uint64_t>(4096, s->connection.max_allowed_packet)) != 0; },
     "Largest packet taken from the server."},
    {"max-join-size", 0, kRequired, SET { return ParseNumber(v, &s->max_join_size); }, "max_join_size with safe-updates."},
    {"named-commands", 'G', kFlag, FLAG(named_commands), "Commands by name at the start of any line."},
    {"net-buffer-length", 0, kRequired, SET { uint64_t n; return ParseNumber(v, &n); }, nullptr},
    {"beep", 0, kFlag, FLAG(beep), nullptr},
    {"no-beep", 'b', kFlag, SET { s->beep = !IsOn(v); return true; }, "No beep on errors."},
    {"no-login-paths", 0, kFlag, SET { return true; }, "No login path file is ever read."},
    {"one-database", 'o', kFlag, FLAG(one_database), "Only statements while the default database is in use."},
    {"pager", 0, kOptional,
     SET { s->has_pager = v == nullptr || std::strcmp(v, "0") != 0; s->pager = v == nullptr ? "" : v; return true; },
     "Program to show results with; only when interactive."},
    {"password", 'p', kOptional,
     SET { s->ask_password = v == nullptr; s->connection.password = v == nullptr ? "" : v; return true; },
     "Password; asked for on the terminal when it is not given."},
    {"pipe", 'W', kFlag, SET { return false; }, nullptr},
    {"plugin-dir", 0, kRequired, SET { return true; }, nullptr},
    {"port", 'P', kRequired,
     SET { uint64_t n; if (!ParseNumber(v, &n) || n > 65535) return false; if (n != 0) { s->connection.port = static_cast<uint16_t>(n); s->port_given = true; } return true; },
     "TCP port."},
    {"prompt", 0, kRequired, TEXT(prompt), "The prompt's format."},
    {"protocol", 0, kRequired, SetProtocol, "TCP or SOCKET."},
    {"quick", 'q', kFlag, FLAG(quick), "Print rows as they arrive."},
    {"raw", 'r', kFlag, FLAG(raw), "No escapes in tab-separated output."},
    {"reconnect", 0, kFlag, FLAG(reconnect), "Reconnect when the connection is lost."},
    {"safe-updates", 'U', kFlag, FLAG(safe_updates), "UPDATE and DELETE need keys; results are limited."},
    {"select-limit", 0, kRequired, SET { return ParseNumber(v, &s->select_limit); }, "Limit of SELECT with safe-updates."},
    {"server-public-key-path", 0, kRequired, TEXT(connection.server_public_key_path), "File of the server's RSA key."},
    {"show-warnings", 0, kFlag, FLAG(show_warnings), "Show warnings after every statement."},
    {"sigint-ignore", 0, kFlag, FLAG(sigint_ignore), "Ignore Ctrl-C."},
    {"silent", 's', kFlag, SET { s->silent = IsOn(v) ? s->silent + 1 : 0; return true; }, "Be more silent."},
    {"skip-column-names", 'N', kFlag, SET { s->column_names = !IsOn(v); return true; }, "No column names in results."},
    {"socket", 'S', kRequired, TEXT(connection.unix_socket), "Unix socket file."},
    {"ssl", 0, kFlag, SET { return SetSslMode(s, IsOn(v) ? "REQUIRED" : "DISABLED"); }, "Same as ssl-mode=REQUIRED."},
    {"ssl-ca", 0, kRequired, TEXT(connection.ssl_ca), "File of trusted certificates."},
    {"ssl-capath", 0, kRequired, TEXT(connection.ssl_capath), "Directory of trusted certificates."},
    {"ssl-cert", 0, kRequired, TEXT(connection.ssl_cert), "The client's certificate."},
    {"ssl-cipher", 0, kRequired, TEXT(connection.ssl_cipher), "Ciphers up to TLS 1.2."},
    {"ssl-crl", 0, kRequired, TEXT(connection.ssl_crl), "Certificate revocation list."},
    {"ssl-key", 0, kRequired, TEXT(connection.ssl_key), "The client's key."},
    {"ssl-mode", 0, kRequired, SetSslMode, "DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY."},
    {"ssl-verify-server-cert", 0, kFlag,
     SET { return SetSslMode(s, IsOn(v) ? "VERIFY_IDENTITY" : "REQUIRED"); }, "Same as ssl-mode=VERIFY_IDENTITY."},
    {"table", 't', kFlag, FLAG(table), "Table output, also in batch mode."},
    {"tee", 0, kRequired, TEXT(tee), "Append everything to this file."},
    {"tls-ciphersuites", 0, kRequired, TEXT(connection.tls_ciphersuites), "Cipher suites of TLS 1.3."},
    {"tls-version", 0, kRequired, TEXT(connection.tls_versions), "TLSv1.2,TLSv1.3"},
    {"unbuffered", 'n', kFlag, FLAG(unbuffered), "Flush after each statement."},
    {"user", 'u', kRequired, TEXT(connection.user), "User for login."},
    {"verbose", 'v', kFlag, SET { s->verbose = IsOn(v) ? s->verbose + 1 : 0; return true; }, "Write more (-v -v -v gives tables)."},
    {"version", 'V', kFlag, FLAG(version), "Output version information and exit."},
    {"vertical", 'E', kFlag, FORMAT(kVertical), "Print rows vertically."},
    {"wait", 'w', kFlag, FLAG(wait), "Wait and retry when the connection cannot be made."},
    {"xml", 'X', kFlag, FORMAT(kXml), "XML output."},
    {"zstd-compression-level", 0, kRequired,
     SET { uint64_t n; if (!ParseNumber(v, &n) || n < 1 || n > 22) return false; s->connection.zstd_level = static_cast<int>(n); return true; },
     "1 to 22."},
};
#undef SET
#undef TEXT
#undef FLAG
#undef FORMAT

std::string Normalize(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '_') c = '-';
  }
  return out;
}

// Exact name, or the only one that begins so.
const Option* FindLong(const std::string& name, bool* is_ambiguous) {
  const Option* found = nullptr;
  *is_ambiguous = false;
  for (const Option& one : kOptions) {
    if (name == one.name) {
      *is_ambiguous = false;
      return &one;
    }
    if (!name.empty() && std::strncmp(one.name, name.c_str(), name.size()) == 0) {
      *is_ambiguous = found != nullptr;
      found = &one;
    }
  }
  return *is_ambiguous ? nullptr : found;
}

bool SetLong(std::string_view text, std::vector<std::string>::const_iterator* next,
             std::vector<std::string>::const_iterator end, Settings* s, std::string* error) {
  size_t equals = text.find('=');
  std::string name = Normalize(text.substr(0, equals));
  bool has_value = equals != std::string_view::npos;
  std::string value(has_value ? text.substr(equals + 1) : std::string_view());
  bool is_loose = name.rfind("loose-", 0) == 0;
  if (is_loose) name.erase(0, 6);
  bool is_ambiguous = false;
  const Option* option = FindLong(name, &is_ambiguous);
  bool negated = false;
  if (option == nullptr) {
    for (std::string_view prefix : {"skip-", "disable-", "enable-"}) {
      if (name.rfind(prefix, 0) != 0) continue;
      option = FindLong(name.substr(prefix.size()), &is_ambiguous);
      negated = prefix != "enable-";
      break;
    }
  }
  if (option == nullptr) {
    if (is_loose) return true;
    *error = is_ambiguous ? fmt::format("ambiguous option '--{}'", name)
             : has_value  ? fmt::format("unknown variable '{}'", text)
                          : fmt::format("unknown option '--{}'", name);
    return false;
  }
  bool ok = true;
  if (negated) {
    if (option->argument == Argument::kRequired) {
      *error = fmt::format("unknown option '--{}'", name);
      return false;
    }
    if (std::strcmp(option->name, "password") == 0) {
      s->ask_password = false;
      s->connection.password.clear();
    } else {
      ok = option->set(s, "0");
    }
  } else if (option->argument == Argument::kFlag) {
    if (has_value && strcasecmp(value.c_str(), "off") == 0) value = "0";
    if (has_value && (strcasecmp(value.c_str(), "false") == 0 || strcasecmp(value.c_str(), "no") == 0)) value = "0";
    ok = option->set(s, has_value ? value.c_str() : "1");
  } else if (option->argument == Argument::kOptional) {
    ok = option->set(s, has_value ? value.c_str() : nullptr);
  } else {
    if (!has_value) {
      if (*next == end) {
        *error = fmt::format("option '--{}' requires an argument", name);
        return false;
      }
      value = *(*next)++;
    }
    ok = option->set(s, value.c_str());
  }
  if (!ok) *error = fmt::format("option '--{}': value '{}' is not allowed", option->name, value);
  return ok;
}

bool SetShort(const std::string& word, std::vector<std::string>::const_iterator* next,
              std::vector<std::string>::const_iterator end, Settings* s, std::string* error) {
  for (size_t i = 1; i < word.size(); ++i) {
    const Option* option = nullptr;
    for (const Option& one : kOptions) {
      if (one.letter == word[i] || (word[i] == 'I' && one.letter == '?')) option = &one;
    }
    if (option == nullptr) {
      *error = fmt::format("unknown option '-{}'", word[i]);
      return false;
    }
    if (option->argument == Argument::kFlag) {
      if (!option->set(s, "1")) {
        *error = fmt::format("option '-{}' is not supported", word[i]);
        return false;
      }
      continue;
    }
    std::string value = word.substr(i + 1);
    if (option->argument == Argument::kOptional) return option->set(s, value.empty() ? nullptr : value.c_str());
    if (value.empty()) {
      if (*next == end) {
        *error = fmt::format("option '-{}' requires an argument", word[i]);
        return false;
      }
      value = *(*next)++;
    }
    if (!option->set(s, value.c_str())) {
      *error = fmt::format("option '-{}': value '{}' is not allowed", word[i], value);
      return false;
    }
    return true;
  }
  return true;
}

bool SetAll(const std::vector<std::string>& words, bool from_file, Settings* s, std::string* error) {
  std::vector<std::string> positional;
  bool options_end = false;
  for (auto next = words.begin(); next != words.end();) {
    const std::string& word = *next++;
    if (options_end || word.size() < 2 || word[0] != '-') {
      positional.push_back(word);
    } else if (word == "--") {
      options_end = true;
    } else if (word[1] == '-') {
      if (!SetLong(std::string_view(word).substr(2), &next, words.end(), s, error)) return false;
    } else if (!SetShort(word, &next, words.end(), s, error)) {
      return false;
    }
  }
  if (from_file || positional.empty()) return true;
  if (positional.size() > 1) {
    *error = fmt::format("too many arguments (first extra is '{}')", positional[1]);
    return false;
  }
  s->connection.database = positional[0];
  return true;
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

bool ParseSettings(int argc, char** argv, Settings* s, std::string* error) {
  s->connection.max_allowed_packet = 16u << 20;
  std::vector<std::string> words(argv, argv + argc);

  // These come first, as in mysql.
  bool no_defaults = false;
  std::string defaults_file, extra_file, suffix = Environment("MYSQL_GROUP_SUFFIX");
  while (!words.empty()) {
    const std::string& word = words.front();
    auto value_of = [&word](std::string_view name) { return word.rfind(name, 0) == 0; };
    if (word == "--no-defaults") {
      no_defaults = true;
    } else if (value_of("--defaults-file=")) {
      defaults_file = word.substr(16);
    } else if (value_of("--defaults-extra-file=")) {
      extra_file = word.substr(22);
    } else if (value_of("--defaults-group-suffix=")) {
      suffix = word.substr(24);
    } else if (word == "--print-defaults") {
      s->print_defaults = true;
    } else if (word != "--no-login-paths") {
      break;
    }
    words.erase(words.begin());
  }
  std::vector<std::string> groups = {"client", "mysql", "mahi"};
  if (!suffix.empty()) {
    for (size_t i = 0; i < 3; ++i) groups.push_back(groups[i] + suffix);
  }

  // Environment, then files, then the command line.
  s->connection.password = Environment("MYSQL_PWD");
  s->connection.host = Environment("MYSQL_HOST");
  s->connection.unix_socket = Environment("MYSQL_UNIX_PORT");
  bool socket_from_environment = !s->connection.unix_socket.empty();
  if (std::string port = Environment("MYSQL_TCP_PORT"); !port.empty()) {
    s->connection.port = static_cast<uint16_t>(std::atoi(port.c_str()));
  }
  if (std::string prompt = Environment("MYSQL_PS1"); !prompt.empty()) s->prompt = prompt;

  if (!no_defaults) {
    std::vector<std::string>& from_files = s->arguments;
    if (!defaults_file.empty()) {
      if (!ReadOptionFile(defaults_file, groups, true, &from_files, error)) return false;
    } else {
      for (const char* path : {"/etc/my.cnf", "/etc/mysql/my.cnf"}) {
        if (!ReadOptionFile(path, groups, false, &from_files, error)) return false;
      }
      if (!extra_file.empty() && !ReadOptionFile(extra_file, groups, true, &from_files, error)) return false;
      if (std::string home = Environment("HOME"); !home.empty()) {
        if (!ReadOptionFile(home + "/.my.cnf", groups, false, &from_files, error)) return false;
      }
    }
    if (!SetAll(from_files, true, s, error)) return false;
    s->port_given = false;
  }
  if (s->print_defaults) {
    for (const std::string& word : words) s->arguments.push_back(word);
    return true;
  }
  std::string socket_before = s->connection.unix_socket;
  s->connection.unix_socket.clear();
  if (!SetAll(words, false, s, error)) return false;
  bool socket_given = !s->connection.unix_socket.empty();
  if (!socket_given) s->connection.unix_socket = socket_before;
  (void)socket_from_environment;

  if (s->connection.user.empty()) {
    s->connection.user = Environment("USER");
    if (passwd* entry = getpwuid(geteuid()); s->connection.user.empty() && entry != nullptr) {
      s->connection.user = entry->pw_name;
    }
  }
  if (!s->ssl_mode_given && (!s->connection.ssl_ca.empty() || !s->connection.ssl_capath.empty())) {
    s->connection.ssl_mode = SslMode::kVerifyCa;
  }

  // The Unix socket for no host and localhost; a port on the command line asks for TCP.
  bool is_local = s->connection.host.empty() || s->connection.host == "localhost";
  bool use_socket = s->protocol_socket || (!s->protocol_tcp && is_local && (socket_given || !s->port_given));
  if (!use_socket) {
    s->connection.unix_socket.clear();
    if (s->connection.host.empty()) s->connection.host = "localhost";
  } else if (s->connection.unix_socket.empty()) {
    s->connection.unix_socket = "/run/mysqld/mysqld.sock";
    if (access("/run/mysqld/mysqld.sock", F_OK) != 0 && access("/tmp/mysql.sock", F_OK) == 0) {
      s->connection.unix_socket = "/tmp/mysql.sock";
    }
  }
  return true;
}

std::string OptionHelp() {
  std::string out =
      "Usage: mahi client [OPTIONS] [database]\n\n"
      "Option files are read first: /etc/my.cnf /etc/mysql/my.cnf ~/.my.cnf, groups [client] [mysql] [mahi].\n"
      "  --no-defaults, --defaults-file=#, --defaults-extra-file=#, --defaults-group-suffix=#, --print-defaults\n"
      "  may be given as the first options.\n\n";
  for (const Option& one : kOptions) {
    if (one.help == nullptr) continue;
    std::string left = one.letter != 0 ? fmt::format("  -{}, --{}", one.letter, one.name)
                                       : fmt::format("      --{}", one.name);
    if (one.argument == Argument::kRequired) left += "=name";
    if (one.argument == Argument::kOptional) left += "[=name]";
    out += fmt::format("{:<34} {}\n", left, one.help);
  }
  return out;
}

}  // namespace mahi::client
