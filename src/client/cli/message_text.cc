#include "client/cli/message_text.h"

#include <fmt/core.h>

#include <cctype>
#include <cstdlib>

#include "client/cli/text_width.h"

namespace mahi::client {
namespace {

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || (c & 0x80); }

size_t NearPlace(const std::string& message, const std::string& sql) {
  size_t near = message.find(" near '");
  size_t line_at = message.rfind("' at line ");
  if (near == std::string::npos || line_at == std::string::npos || line_at < near + 7) return std::string::npos;
  std::string text = message.substr(near + 7, line_at - near - 7);
  size_t line = std::strtoul(message.c_str() + line_at + 10, nullptr, 10);
  size_t begin = 0;
  for (size_t i = 1; i < line; ++i) {
    size_t newline = sql.find('\n', begin);
    if (newline == std::string::npos) break;
    begin = newline + 1;
  }
  if (text.empty()) return sql.size();
  // The text reaches to the statement's end unless it was cut: then the last place that leaves that much.
  if (sql.size() >= text.size() && sql.compare(sql.size() - text.size(), text.size(), text) == 0) {
    return sql.size() - text.size();
  }
  return sql.find(text, begin);
}

}  // namespace

std::string DurationText(int64_t milliseconds) {
  int64_t minutes = milliseconds / 60'000;
  double seconds = static_cast<double>(milliseconds - minutes * 60'000) / 1000;
  std::string out;
  if (int64_t days = minutes / 1440; days > 0) out += fmt::format("{} day{} ", days, days == 1 ? "" : "s");
  if (int64_t hours = minutes / 60 % 24; minutes >= 60) out += fmt::format("{} hour{} ", hours, hours == 1 ? "" : "s");
  if (minutes > 0) out += fmt::format("{} min ", minutes % 60);
  return out + fmt::format("{:.2f} sec", seconds);
}

size_t ErrorPlace(const Error& error, const std::string& sql) {
  if (error.number == 1064 || error.number == 1149) return NearPlace(error.message, sql);
  // Unknown column, table, function, database; ambiguous column.
  switch (error.number) {
    case 1049: case 1051: case 1052: case 1054: case 1109: case 1146: case 1305: break;
    default: return std::string::npos;
  }
  size_t begin = error.message.find('\'');
  size_t end = begin == std::string::npos ? begin : error.message.find('\'', begin + 1);
  if (end == std::string::npos) {
    if (error.number != 1305) return std::string::npos;  // FUNCTION db.name does not exist
    begin = error.message.find(' ');
    end = begin == std::string::npos ? begin : error.message.find(' ', begin + 1);
    if (end == std::string::npos) return std::string::npos;
  }
  std::string name = error.message.substr(begin + 1, end - begin - 1);
  if (size_t dot = name.rfind('.'); dot != std::string::npos && sql.find(name) == std::string::npos) {
    name.erase(0, dot + 1);
  }
  if (name.empty()) return std::string::npos;
  size_t found = std::string::npos;
  for (size_t at = 0; (at = sql.find(name, at)) != std::string::npos; at += name.size()) {
    bool whole = (at == 0 || !IsWord(sql[at - 1])) &&
                 (at + name.size() >= sql.size() || !IsWord(sql[at + name.size()]));
    if (!whole) continue;
    if (found != std::string::npos) return std::string::npos;
    found = at;
  }
  return found;
}

size_t DisplayColumns(std::string_view text) { return DisplayWidth(text); }

}  // namespace mahi::client
