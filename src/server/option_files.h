// Option files (my.cnf) and command lines in mysqld's form.
//
// Source: MySQL 8.4 manual, "Using Option Files", "Command-Line Options that Affect Option-File Handling".
// Thread safety: stateless. Errors: unreadable or malformed files named with their line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace mahi {

struct ProgramOption {
  std::string name;  // as written, without leading dashes
  std::optional<std::string> value;
  std::string source;  // "command line" or file:line, for messages
};

// Splits arguments into options and positional arguments; reads the option files that apply (those of the standard
// places, or as --defaults-file, --defaults-extra-file and --no-defaults say) and puts their options in
// front. `groups`: the sections that count, "mysqld" and so on.
Status CollectOptions(int argc, char** argv, const std::vector<std::string>& groups,
                      std::vector<ProgramOption>* options, std::vector<std::string>* positional);

// One file with what it includes. A missing file is an error only when `must_exist`.
Status ReadOptionFile(const std::string& path, const std::vector<std::string>& groups, bool must_exist,
                      std::vector<ProgramOption>* options, int depth = 0);

}  // namespace mahi
