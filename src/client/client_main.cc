#include "client/client_main.h"

#include <cstdio>

#include "client/cli/settings.h"
#include "client/cli/shell.h"

namespace mahi {

int ClientMain(int argc, char** argv) {
  client::Settings settings;
  std::string error;
  if (!client::ParseSettings(argc, argv, &settings, &error)) {
    std::fprintf(stderr, "mahi client: [ERROR] %s.\n", error.c_str());
    return 2;
  }
  if (settings.help) {
    std::fputs(client::OptionHelp().c_str(), stdout);
    return 0;
  }
  if (settings.version) {
    std::printf("mahi client  Ver 0.1.0 for Linux (MySQL 8.4 compatible)\n");
    return 0;
  }
  if (settings.print_defaults) {
    std::printf("mahi client would have been started with the following arguments:\n");
    for (const std::string& one : settings.arguments) {
      bool is_password = one.rfind("--password=", 0) == 0;
      std::printf("%s ", is_password ? "--password=*****" : one.c_str());
    }
    std::printf("\n");
    return 0;
  }
  client::Shell shell(std::move(settings));
  return shell.Run();
}

}  // namespace mahi
