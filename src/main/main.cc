// The one binary: `mahi server`, `mahi init`, `mahi client`; called as mysqld or mysql it is the server or the client.
#include <cstdio>
#include <cstring>
#include <string_view>

#include "server/server_main.h"
#if __has_include("client/client_main.h")
#include "client/client_main.h"
#endif

namespace {

struct Subcommand {
  std::string_view name;
  int (*run)(int argc, char** argv);  // argv starts behind the name
  const char* help;
};

constexpr Subcommand kSubcommands[] = {
    {"server", mahi::ServerMain, "run the database server"},
    {"init", mahi::InitMain, "make a data directory"},
#if __has_include("client/client_main.h")
    {"client", mahi::ClientMain, "the SQL command line"},
#endif
};

int Usage(FILE* to) {
  std::fprintf(to, "Usage: mahi <command> [options]\n\n");
  for (const Subcommand& one : kSubcommands) {
    std::fprintf(to, "  mahi %-8.*s %s\n", static_cast<int>(one.name.size()), one.name.data(), one.help);
  }
  std::fprintf(to, "\n`mahi <command> --help` tells more.\n");
  return to == stdout ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view program = argv[0];
  program.remove_prefix(program.rfind('/') == std::string_view::npos ? 0 : program.rfind('/') + 1);
  if (program == "mysqld") return mahi::ServerMain(argc - 1, argv + 1);
  if (argc < 2) return Usage(stderr);
  std::string_view command = argv[1];
  if (command == "--help" || command == "-h" || command == "help") return Usage(stdout);
  if (command == "--version" || command == "-V") {
    std::printf("mahi 0.1 (MySQL 8.4.3 compatible)\n");
    return 0;
  }
  for (const Subcommand& one : kSubcommands) {
    if (one.name == command) return one.run(argc - 2, argv + 2);
  }
  std::fprintf(stderr, "mahi: unknown command '%s'\n", argv[1]);
  return Usage(stderr);
}
