// `mahi server`: options, data directory, start, signals, stop.
//
// Options are mysqld's: system variables (variables/) and --initialize, --initialize-insecure, --daemonize, --user,
// --console, --help, --version, --validate-config.
// Signals: SIGTERM and SIGINT stop in order, SIGHUP reopens the log, a second SIGTERM is ignored.
// Thread safety: the program's main thread. Returns the exit code: 0, or 1 with the reason in the error log.
#pragma once

namespace mahi {

// `argv` starts behind the word `server`.
int ServerMain(int argc, char** argv);
// `mahi init`: as `mahi server --initialize-insecure`.
int InitMain(int argc, char** argv);

}  // namespace mahi
