#include "server/option_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace mahi {
namespace {

constexpr int kMaxIncludeDepth = 10;

std::string Trim(const std::string& text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Quotes, escapes (\b \t \n \r \\ \s) and a comment behind the value.
std::string ParseValue(const std::string& raw) {
  std::string text = Trim(raw);
  char quote = 0;
  if (text.size() >= 2 && (text[0] == '\'' || text[0] == '"')) {
    size_t end = text.find(text[0], 1);
    if (end != std::string::npos) {
      quote = text[0];
      text = text.substr(1, end - 1);
    }
  }
  if (quote == 0) {
    size_t comment = text.find('#');
    while (comment != std::string::npos && comment > 0 && text[comment - 1] != ' ' && text[comment - 1] != '\t') {
      comment = text.find('#', comment + 1);
    }
    if (comment != std::string::npos) text = Trim(text.substr(0, comment));
  }
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      value += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'b':
        value += '\b';
        break;
      case 't':
        value += '\t';
        break;
      case 'n':
        value += '\n';
        break;
      case 'r':
        value += '\r';
        break;
      case 's':
        value += ' ';
        break;
      case '\\':
        value += '\\';
        break;
      default:
        value += '\\';
        value += text[i];
    }
  }
  return value;
}

Error FileError(const std::string& path, int line, const char* what) {
  return Error::Custom(ER_WRONG_ARGUMENTS, "HY000",
                       fmt::format("{} in config file {} at line {}", what, path, line));
}

}  // namespace

Status ReadOptionFile(const std::string& path, const std::vector<std::string>& groups, bool must_exist,
                      std::vector<ProgramOption>* options, int depth) {
  if (depth > kMaxIncludeDepth) return FileError(path, 1, "Too deep !include");
  std::ifstream in(path);
  if (!in) {
    if (!must_exist) return Status::Ok();
    return Error::Custom(ER_CANT_OPEN_FILE, "HY000", "Could not open required defaults file: " + path);
  }
  bool is_wanted = false;
  bool has_group = false;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    std::string text = Trim(line);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (text.rfind("!includedir", 0) == 0) {
      std::error_code ignored;
      std::vector<std::string> files;
      for (const auto& entry : std::filesystem::directory_iterator(Trim(text.substr(11)), ignored)) {
        if (entry.path().extension() == ".cnf") files.push_back(entry.path().string());
      }
      std::sort(files.begin(), files.end());
      for (const std::string& file : files) {
        MAHI_RETURN_IF_ERROR(ReadOptionFile(file, groups, false, options, depth + 1));
      }
      continue;
    }
    if (text.rfind("!include", 0) == 0) {
      MAHI_RETURN_IF_ERROR(ReadOptionFile(Trim(text.substr(8)), groups, true, options, depth + 1));
      continue;
    }
    if (text[0] == '[') {
      size_t end = text.find(']');
      if (end == std::string::npos) return FileError(path, number, "Wrong group definition");
      std::string group = Trim(text.substr(1, end - 1));
      is_wanted = std::find(groups.begin(), groups.end(), group) != groups.end();
      has_group = true;
      continue;
    }
    if (!has_group) return FileError(path, number, "Found option without preceding group");
    if (!is_wanted) continue;
    ProgramOption option;
    option.source = fmt::format("{}:{}", path, number);
    size_t equals = text.find('=');
    option.name = Trim(text.substr(0, equals));
    if (equals != std::string::npos) option.value = ParseValue(text.substr(equals + 1));
    if (equals == std::string::npos) option.name = ParseValue(option.name);
    options->push_back(std::move(option));
  }
  return Status::Ok();
}

Status CollectOptions(int argc, char** argv, const std::vector<std::string>& groups,
                      std::vector<ProgramOption>* options, std::vector<std::string>* positional) {
  std::vector<ProgramOption> from_command_line;
  std::string only_file, extra_file, suffix;
  bool no_defaults = false;
  for (int i = 0; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.size() < 2 || argument[0] != '-') {
      positional->push_back(argument);
      continue;
    }
    if (argument[1] != '-') {
      // mysqld's one-letter options: -P 3306 or -P3306.
      static constexpr struct {
        char letter;
        const char* name;
        bool has_value;
      } kShort[] = {{'P', "port", true}, {'h', "datadir", true}, {'u', "user", true}, {'b', "basedir", true},
                    {'D', "daemonize", false}, {'V', "version", false}, {'?', "help", false}, {'v', "verbose", false}};
      const char letter = argument[1];
      bool found = false;
      for (const auto& one : kShort) {
        if (one.letter != letter) continue;
        found = true;
        ProgramOption option{one.name, std::nullopt, "command line"};
        if (one.has_value) {
          if (argument.size() > 2) {
            option.value = argument.substr(2);
          } else if (i + 1 < argc) {
            option.value = argv[++i];
          }
        }
        from_command_line.push_back(std::move(option));
        break;
      }
      if (!found) from_command_line.push_back({argument.substr(1), std::nullopt, "command line"});
      continue;
    }
    ProgramOption option;
    option.source = "command line";
    size_t equals = argument.find('=');
    option.name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (equals != std::string::npos) option.value = argument.substr(equals + 1);
    if (option.name == "no-defaults") {
      no_defaults = true;
    } else if (option.name == "defaults-file" && option.value) {
      only_file = *option.value;
    } else if (option.name == "defaults-extra-file" && option.value) {
      extra_file = *option.value;
    } else if (option.name == "defaults-group-suffix" && option.value) {
      suffix = *option.value;
    } else {
      from_command_line.push_back(std::move(option));
    }
  }
  std::vector<std::string> wanted = groups;
  if (!suffix.empty()) {
    for (const std::string& group : groups) wanted.push_back(group + suffix);
  }
  if (!no_defaults) {
    if (!only_file.empty()) {
      MAHI_RETURN_IF_ERROR(ReadOptionFile(only_file, wanted, true, options));
    } else {
      MAHI_RETURN_IF_ERROR(ReadOptionFile("/etc/mahi/my.cnf", wanted, false, options));
      if (!extra_file.empty()) MAHI_RETURN_IF_ERROR(ReadOptionFile(extra_file, wanted, true, options));
      if (const char* home = std::getenv("HOME")) {
        MAHI_RETURN_IF_ERROR(ReadOptionFile(std::string(home) + "/.my.cnf", wanted, false, options));
      }
    }
  }
  options->insert(options->end(), from_command_line.begin(), from_command_line.end());
  return Status::Ok();
}

}  // namespace mahi
