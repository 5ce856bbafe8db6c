// Settings: what the command-line client was told: options from option files, the environment and the command line.
//
// Options, short forms and option files are mysql's; an unambiguous beginning of a long name is enough.
// Option files, in order: /etc/my.cnf, /etc/mysql/my.cnf, --defaults-extra-file, ~/.my.cnf; groups [client],
// [mysql], [mahi], with --defaults-group-suffix.
// Source: MySQL 8.4 manual, "mysql Client Options", "Using Option Files".
// Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/splitter.h"
#include "mahi/client.h"

namespace mahi::client {

enum class OutputFormat : uint8_t { kDefault, kTable, kVertical, kTsv, kCsv, kJson, kMarkdown, kHtml, kXml };

struct Settings {
  Options connection;
  bool protocol_tcp = false;
  bool protocol_socket = false;
  bool port_given = false;
  bool ssl_mode_given = false;
  bool ask_password = false;

  std::vector<std::string> execute;  // -e
  bool has_execute = false;
  bool batch = false;
  int silent = 0;
  int verbose = 0;
  OutputFormat format = OutputFormat::kDefault;
  bool table = false;
  bool raw = false;
  bool column_names = true;
  bool force = false;
  bool quick = false;
  bool unbuffered = false;
  bool line_numbers = true;
  bool show_warnings = false;
  bool auto_vertical = false;
  bool column_type_info = false;
  int binary_as_hex = -1;  // -1: only on a terminal
  bool auto_rehash = true;
  bool named_commands = false;
  bool binary_mode = false;
  CommentMode comments = CommentMode::kDropLeading;
  bool beep = true;
  bool reconnect = true;
  bool sigint_ignore = false;
  bool one_database = false;
  bool safe_updates = false;
  uint64_t select_limit = 1000;
  uint64_t max_join_size = 1000000;
  bool wait = false;
  std::string delimiter = ";";
  std::string prompt = "mahi> ";
  std::string pager;
  bool has_pager = false;
  std::string tee;
  std::string histignore;
  int color = -1;  // -1: on a terminal

  bool help = false;
  bool version = false;
  bool print_defaults = false;
  std::vector<std::string> arguments;  // as taken from option files, for --print-defaults
};

// Fills in *settings; false with *error set for a bad option.
bool ParseSettings(int argc, char** argv, Settings* settings, std::string* error);

// Options of `groups` in an option file, as "--name=value". Unreadable files are skipped unless `must_exist`.
bool ReadOptionFile(const std::string& path, const std::vector<std::string>& groups, bool must_exist,
                    std::vector<std::string>* arguments, std::string* error);

std::string OptionHelp();

}  // namespace mahi::client
