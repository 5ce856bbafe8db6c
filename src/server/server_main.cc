#include "server/server_main.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "auth/password.h"
#include "charset/charset.h"
#include "server/error_log.h"
#include "server/option_files.h"
#include "server/server.h"
#include "session/database.h"

namespace mahi {
namespace {

constexpr char kVersion[] = "8.4.3-mahi-0.1";

// What is asked of the program beside its system variables.
struct ProgramSettings {
  bool initialize = false;
  bool initialize_insecure = false;
  bool daemonize = false;
  bool console = false;
  bool help = false;
  bool version = false;
  bool validate_config = false;
  bool tls = true;
  std::string user;
};

std::string Normalised(std::string name) {
  for (char& c : name) c = c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return name;
}

bool IsTrue(const std::optional<std::string>& value) {
  if (!value) return true;
  std::string text = Normalised(*value);
  return !(text == "0" || text == "off" || text == "false" || text == "no");
}

// False: not one of the program's own options.
bool ApplyProgramOption(const ProgramOption& option, ProgramSettings* settings) {
  std::string name = Normalised(option.name);
  bool* flag = name == "initialize"            ? &settings->initialize
               : name == "initialize-insecure" ? &settings->initialize_insecure
               : name == "daemonize"           ? &settings->daemonize
               : name == "console"             ? &settings->console
               : name == "help"                ? &settings->help
               : name == "version"             ? &settings->version
               : name == "validate-config"     ? &settings->validate_config
                                               : nullptr;
  if (flag != nullptr) {
    *flag = IsTrue(option.value);
    return true;
  }
  if (name == "ssl" || name == "skip-ssl") {
    settings->tls = (name == "ssl") == IsTrue(option.value);
    return true;
  }
  if (name == "user" && option.value) {
    settings->user = *option.value;
    return true;
  }
  // Accepted for scripts that give them; there is nothing that they would change here.
  return name == "verbose" || name == "standalone" || name == "gdb";
}

void PrintHelp() {
  std::printf(
      "mahi server, version %s\n"
      "Usage: mahi server [OPTIONS]\n\n"
      "  --datadir=PATH           where the databases are\n"
      "  --port=N, --bind-address=LIST, --socket=PATH\n"
      "  --initialize             make a data directory with a random password for root, and end\n"
      "  --initialize-insecure    the same without a password\n"
      "  --daemonize              run in the background\n"
      "  --user=NAME              run as this user\n"
      "  --defaults-file=FILE, --defaults-extra-file=FILE, --no-defaults\n"
      "  --validate-config        check the options, and end\n"
      "  --NAME=VALUE             any system variable: see SHOW VARIABLES\n",
      kVersion);
}

// Leaves root's rights for `user`.
Status BecomeUser(const std::string& user) {
  if (geteuid() != 0 || user.empty() || user == "root") return Status::Ok();
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) {
    return Error::Custom(ER_WRONG_ARGUMENTS, "HY000", fmt::format("Can't find user '{}'", user));
  }
  if (initgroups(user.c_str(), entry->pw_gid) != 0 || setgid(entry->pw_gid) != 0 || setuid(entry->pw_uid) != 0) {
    return Error::Custom(ER_WRONG_ARGUMENTS, "HY000",
                         fmt::format("Can't become user '{}': {}", user, std::strerror(errno)));
  }
  return Status::Ok();
}

// As many open files as open_files_limit asks for and the system gives.
void RaiseFileLimit(uint64_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  rlim_t target = std::max<rlim_t>(wanted, 65536);
  if (limit.rlim_cur >= target) return;
  limit.rlim_cur = std::min(limit.rlim_max, target);
  setrlimit(RLIMIT_NOFILE, &limit);
}

// The parent of a daemon: waits for the child's word that it answers, and gives it back as exit code.
class Daemon {
 public:
  // In the parent: does not return before the child is ready; then returns false with *exit_code set.
  bool Fork(int* exit_code) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return true;
    pid_t child = fork();
    if (child != 0) {
      close(ends[1]);
      char word = 0;
      ssize_t n = child < 0 ? -1 : read(ends[0], &word, 1);
      *exit_code = n == 1 && word == 'y' ? 0 : 1;
      return false;
    }
    close(ends[0]);
    ready_ = ends[1];
    setsid();
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    if (null > 2) close(null);
    return true;
  }
  void Ready() {
    if (ready_ < 0) return;
    (void)!write(ready_, "y", 1);
    close(ready_);
    ready_ = -1;
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
      dup2(null, 2);
      close(null);
    }
  }

 private:
  int ready_ = -1;
};

std::string InDirectory(const std::string& directory, const std::string& path) {
  return path.empty() || path[0] == '/' ? path : directory + "/" + path;
}

ServerOptions ToServerOptions(const GlobalVariables& variables, const std::string& data_directory) {
  auto is_on = [&](const char* name) {
    return FindSystemVariable(name) != nullptr && variables.GetNumber(name) != 0;
  };
  auto text = [&](const char* name) {
    return FindSystemVariable(name) != nullptr ? variables.GetText(name) : std::string();
  };
  auto number = [&](const char* name, uint64_t otherwise) {
    return FindSystemVariable(name) != nullptr ? variables.GetNumber(name) : otherwise;
  };
  ServerOptions options;
  options.server_version = text("version");
  if (options.server_version.empty()) options.server_version = kVersion;
  options.data_directory = data_directory;
  options.bind_address = text("bind_address");
  if (options.bind_address.empty()) options.bind_address = "*";
  options.port = static_cast<uint16_t>(number("port", 3306));
  options.skip_networking = is_on("skip_networking");
  options.socket_path = InDirectory(data_directory, text("socket"));
  options.pid_file = InDirectory(data_directory, text("pid_file"));
  options.log_error_verbosity = static_cast<int>(number("log_error_verbosity", 2));
  options.back_log = static_cast<uint32_t>(std::max<uint64_t>(number("back_log", 512), 64));
  options.skip_name_resolve = is_on("skip_name_resolve");
  options.auto_generate_certs = is_on("auto_generate_certs");
  options.ssl_ca = text("ssl_ca");
  options.ssl_cert = text("ssl_cert");
  options.ssl_key = text("ssl_key");
  options.ssl_cipher = text("ssl_cipher");
  options.tls_ciphersuites = text("tls_ciphersuites");
  std::string tls_version = text("tls_version");
  if (FindSystemVariable("tls_version") != nullptr) {
    options.tls_version = tls_version;
    options.tls_enabled = !tls_version.empty();
  }
  options.require_secure_transport = is_on("require_secure_transport");
  return options;
}

// --init-file: statements that run before clients may come.
Status RunInitFile(Database* database, const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error(ER_FILE_NOT_FOUND, path, errno, std::strerror(errno));
  std::string sql{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  class Ignore : public ResultSink {
   public:
    Status BeginResultSet(const std::vector<ResultColumn>&, const StatementSummary&) override { return {}; }
    Status PushBatch(const Batch&) override { return {}; }
    Status EndResultSet(const StatementSummary&) override { return {}; }
    Status Done(const StatementSummary&) override { return {}; }
    Result<std::unique_ptr<FileReader>> RequestLocalFile(std::string_view) override {
      return Error(ER_CLIENT_LOCAL_FILES_DISABLED);
    }
  } ignore;
  Session session(database);
  session.multi_statements_allowed = true;
  return session.Execute(sql, &ignore);
}

int Abort(ErrorLog* log, const Status& status) {
  log->Write(LogLevel::kError, 10000, status.error().message());
  log->Write(LogLevel::kError, 10119, "Aborting");
  return 1;
}

int Run(std::vector<ProgramOption> options, bool is_init) {
  ErrorLog log;
  ProgramSettings settings;
  auto variables = std::make_unique<GlobalVariables>();
  std::string data_directory, log_error;
  for (const ProgramOption& option : options) {
    std::string name = Normalised(option.name);
    if (name == "datadir" && option.value) data_directory = *option.value;
    if (name == "log-error" && option.value) log_error = *option.value;
    if (ApplyProgramOption(option, &settings)) continue;
    bool is_known = false;
    std::optional<std::string_view> value;
    if (option.value) value = *option.value;
    Status status = variables->SetFromOption(option.name, value, &is_known);
    if (!is_known) {
      if (name.rfind("loose-", 0) == 0) {
        log.Write(LogLevel::kWarning, 13108, fmt::format("unknown variable '{}' ({})", option.name, option.source));
        continue;
      }
      log.Write(LogLevel::kError, 67,
                option.value ? fmt::format("unknown variable '{}={}' ({}).", option.name, *option.value, option.source)
                             : fmt::format("unknown option '--{}' ({}).", option.name, option.source));
      log.Write(LogLevel::kError, 10119, "Aborting");
      return 1;
    }
    if (!status.ok()) return Abort(&log, status);
  }
  if (settings.help) {
    PrintHelp();
    return 0;
  }
  if (settings.version) {
    std::printf("mahi  Ver %s for Linux on x86_64\n", kVersion);
    return 0;
  }
  if (settings.validate_config) return 0;
  if (is_init) settings.initialize_insecure = true;
  const bool initializes = settings.initialize || settings.initialize_insecure;

  if (data_directory.empty()) data_directory = "/var/lib/mahi";
  std::error_code failure;
  data_directory = std::filesystem::absolute(data_directory, failure).lexically_normal().string();
  while (data_directory.size() > 1 && data_directory.back() == '/') data_directory.pop_back();
  bool known = false;
  char host[256] = "";
  if (gethostname(host, sizeof(host) - 1) == 0) (void)variables->SetFromOption("hostname", host, &known);
  (void)variables->SetFromOption("datadir", data_directory + "/", &known);

  signal(SIGPIPE, SIG_IGN);
  std::filesystem::create_directories(data_directory, failure);
  if (failure) {
    return Abort(&log, Error(ER_CANT_CREATE_FILE, data_directory, failure.value(), failure.message()));
  }
  if (geteuid() == 0 && !settings.user.empty() && settings.user != "root") {
    if (const passwd* entry = getpwnam(settings.user.c_str())) {
      if (std::filesystem::is_empty(data_directory, failure)) {
        (void)!chown(data_directory.c_str(), entry->pw_uid, entry->pw_gid);
      }
    }
  }
  if (Status status = BecomeUser(settings.user); !status.ok()) return Abort(&log, status);
  if (!log_error.empty() && !settings.console) {
    Status status = log.Open(InDirectory(data_directory, log_error));
    if (!status.ok()) return Abort(&log, status);
  }
  ServerOptions server_options = ToServerOptions(*variables, data_directory);
  if (!settings.tls) server_options.tls_enabled = false;
  const std::string init_file =
      FindSystemVariable("init_file") != nullptr ? variables->GetText("init_file") : std::string();
  log.set_verbosity(server_options.log_error_verbosity);
  RaiseFileLimit(FindSystemVariable("open_files_limit") ? variables->GetNumber("open_files_limit") : 0);

  Daemon daemon;
  if (settings.daemonize && !initializes) {
    int exit_code = 0;
    if (!daemon.Fork(&exit_code)) return exit_code;
  }
  // Every thread leaves these to sigwait below.
  sigset_t signals;
  sigemptyset(&signals);
  for (int one : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&signals, one);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  log.Write(LogLevel::kSystem, initializes ? 13169u : 10116u,
            fmt::format("mahi server {} {} as process {}", kVersion,
                        initializes ? "initializing of server in progress" : "starting", getpid()));
  DatabaseOptions database_options;
  database_options.data_directory = data_directory;
  database_options.must_initialize = initializes;
  if (settings.initialize) database_options.root_password = RandomPassword();
  const std::string password = database_options.root_password;
  if (FindSystemVariable("innodb_buffer_pool_size") != nullptr) {
    database_options.block_cache_bytes = variables->GetNumber("innodb_buffer_pool_size");
  }
  database_options.log = [&log](std::string_view line) { log.Write(LogLevel::kWarning, 11000, line); };
  Result<std::unique_ptr<Database>> database = Database::Open(std::move(database_options), std::move(variables));
  if (!database.ok()) return Abort(&log, database.status());
  if (initializes) {
    if (settings.initialize) {
      log.Write(LogLevel::kSystem, 10454,
                fmt::format("A temporary password is generated for root@localhost: {}", password));
    } else {
      log.Write(LogLevel::kWarning, 10453,
                "root@localhost is created with an empty password ! Please consider switching off the "
                "--initialize-insecure option.");
    }
    database->reset();
    log.Write(LogLevel::kSystem, 13170, "Initializing of server has completed");
    return 0;
  }
  if ((*database)->was_initialized()) {
    log.Write(LogLevel::kWarning, 10453,
              "The data directory was empty and has been initialized; root@localhost has no password");
  }

  {
    Server server(server_options, database->get(), &log);
    (*database)->on_shutdown = [] { kill(getpid(), SIGTERM); };
    if (!init_file.empty()) {
      Status status = RunInitFile(database->get(), init_file);
      if (!status.ok()) return Abort(&log, status);
    }
    if (Status status = server.Start(); !status.ok()) return Abort(&log, status);
    log.Write(LogLevel::kSystem, 10931,
              fmt::format("mahi: ready for connections. Version: '{}'  socket: '{}'  port: {}  Mahi Server - MIT.",
                          kVersion, server_options.socket_path, server_options.skip_networking ? 0 : server.port()));
    daemon.Ready();
    while (true) {
      int received = 0;
      if (sigwait(&signals, &received) != 0) continue;
      if (received == SIGHUP) {
        server.Reload();
        continue;
      }
      if (received == SIGTERM || received == SIGINT) break;
    }
    log.Write(LogLevel::kSystem, 13172, "Received SHUTDOWN; stopping");
    server.Stop();
  }
  database->reset();
  log.Write(LogLevel::kSystem, 10910, fmt::format("mahi: Shutdown complete (mahi {})  Mahi Server - MIT.", kVersion));
  return 0;
}

int Main(int argc, char** argv, bool is_init) {
  std::vector<ProgramOption> options;
  std::vector<std::string> positional;
  Status status =
      CollectOptions(argc, argv, {"mysqld", "server", "mysqld-8.4", "mahi"}, &options, &positional);
  ErrorLog log;
  if (!status.ok()) return Abort(&log, status);
  if (!positional.empty()) {
    log.Write(LogLevel::kError, 10152, fmt::format("Too many arguments (first extra is '{}').", positional[0]));
    log.Write(LogLevel::kError, 10119, "Aborting");
    return 1;
  }
  return Run(std::move(options), is_init);
}

}  // namespace

int ServerMain(int argc, char** argv) { return Main(argc, argv, false); }
int InitMain(int argc, char** argv) { return Main(argc, argv, true); }

}  // namespace mahi
