// Option files: groups, !include, !includedir, quotes and escapes in values.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "client/cli/settings.h"

namespace mahi::client {
namespace {

constexpr int kMaxIncludeDepth = 10;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// The value without its quotes, or up to a comment; \b \t \n \r \\ \s escapes.
std::string Value(std::string_view text) {
  bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  if (quoted) {
    text = text.substr(1, text.size() - 2);
  } else {
    for (size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '#' && std::isspace(static_cast<unsigned char>(text[i - 1]))) {
        text = Trim(text.substr(0, i));
        break;
      }
    }
  }
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out.push_back(text[i]);
      continue;
    }
    switch (text[++i]) {
      case 'n': out.push_back('\n'); break;
      case 't': out.push_back('\t'); break;
      case 'b': out.push_back('\b'); break;
      case 'r': out.push_back('\r'); break;
      case 's': out.push_back(' '); break;
      case '\\': out.push_back('\\'); break;
      case '"': out.push_back('"'); break;
      case '\'': out.push_back('\''); break;
      default: out.push_back('\\'); out.push_back(text[i]);
    }
  }
  return out;
}

bool Read(const std::string& path, const std::vector<std::string>& groups, bool must_exist, int depth,
          std::vector<std::string>* arguments, std::string* error);

bool ReadDirectory(const std::string& path, const std::vector<std::string>& groups, int depth,
                   std::vector<std::string>* arguments, std::string* error) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return true;
  std::vector<std::string> names;
  while (dirent* entry = readdir(directory)) {
    std::string name = entry->d_name;
    if (name.size() > 4 && name.compare(name.size() - 4, 4, ".cnf") == 0) names.push_back(path + "/" + name);
  }
  closedir(directory);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (!Read(name, groups, false, depth + 1, arguments, error)) return false;
  }
  return true;
}

bool Read(const std::string& path, const std::vector<std::string>& groups, bool must_exist, int depth,
          std::vector<std::string>* arguments, std::string* error) {
  struct stat info = {};
  if (depth > kMaxIncludeDepth || stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    if (!must_exist) return true;
    *error = "Could not open required defaults file: " + path;
    return false;
  }
  if (info.st_mode & S_IWOTH) {
    std::fprintf(stderr, "Warning: World-writable config file '%s' is ignored.\n", path.c_str());
    return true;
  }
  FILE* file = std::fopen(path.c_str(), "r");
  if (file == nullptr) {
    if (!must_exist) return true;
    *error = "Could not open required defaults file: " + path;
    return false;
  }
  bool in_group = false, ok = true, any_group = false;
  char* line = nullptr;
  size_t capacity = 0;
  int number = 0;
  while (ok && getline(&line, &capacity, file) >= 0) {
    ++number;
    std::string_view text = Trim(line);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (text[0] == '!') {
      if (text.rfind("!includedir", 0) == 0) {
        ok = ReadDirectory(std::string(Trim(text.substr(11))), groups, depth, arguments, error);
      } else if (text.rfind("!include", 0) == 0) {
        ok = Read(std::string(Trim(text.substr(8))), groups, false, depth + 1, arguments, error);
      }
      continue;
    }
    if (text[0] == '[') {
      size_t end = text.find(']');
      if (end == std::string_view::npos) {
        *error = "Wrong group definition in config file " + path + " at line " + std::to_string(number);
        ok = false;
        break;
      }
      std::string name(Trim(text.substr(1, end - 1)));
      in_group = std::find(groups.begin(), groups.end(), name) != groups.end();
      any_group = true;
      continue;
    }
    if (!any_group) {
      *error = "Found option without preceding group in config file " + path + " at line " + std::to_string(number);
      ok = false;
      break;
    }
    if (!in_group) continue;
    size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      size_t comment = text.find(" #");
      arguments->push_back("--" + std::string(Trim(text.substr(0, comment))));
    } else {
      arguments->push_back("--" + std::string(Trim(text.substr(0, equals))) + "=" +
                           Value(Trim(text.substr(equals + 1))));
    }
  }
  std::free(line);
  std::fclose(file);
  return ok;
}

}  // namespace

bool ReadOptionFile(const std::string& path, const std::vector<std::string>& groups, bool must_exist,
                    std::vector<std::string>* arguments, std::string* error) {
  return Read(path, groups, must_exist, 0, arguments, error);
}

}  // namespace mahi::client
