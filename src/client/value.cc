#include <fmt/core.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "client/internal/transport.h"
#include "mahi/client.h"
#include "protocol/row.h"

namespace mahi::client {

std::string Error::ToString() const { return fmt::format("ERROR {} ({}): {}", number, sqlstate, message); }

bool Column::is_numeric() const {
  switch (type) {
    case Type::kDecimal: case Type::kTiny: case Type::kShort: case Type::kLong: case Type::kFloat:
    case Type::kDouble: case Type::kLonglong: case Type::kInt24: case Type::kYear: case Type::kNewdecimal:
      return true;
    default:
      return false;
  }
}

bool Column::is_binary() const {
  switch (type) {
    case Type::kBit: case Type::kGeometry:
      return true;
    case Type::kTinyBlob: case Type::kMediumBlob: case Type::kLongBlob: case Type::kBlob: case Type::kVarString:
    case Type::kString: case Type::kVarchar:
      return collation_id == kBinaryCollationId;
    default:
      return false;
  }
}

int64_t Value::AsInt64() const {
  switch (kind_) {
    case Kind::kInt64: case Kind::kUint64: return int64_;
    case Kind::kFloat: case Kind::kDouble: return static_cast<int64_t>(std::llround(double_));
    case Kind::kBytes: return std::strtoll(std::string(bytes_).c_str(), nullptr, 10);
    default: return 0;
  }
}

uint64_t Value::AsUint64() const {
  if (kind_ == Kind::kBytes) return std::strtoull(std::string(bytes_).c_str(), nullptr, 10);
  return static_cast<uint64_t>(AsInt64());
}

double Value::AsDouble() const {
  switch (kind_) {
    case Kind::kInt64: return static_cast<double>(int64_);
    case Kind::kUint64: return static_cast<double>(uint64_);
    case Kind::kFloat: case Kind::kDouble: return double_;
    case Kind::kBytes: return std::strtod(std::string(bytes_).c_str(), nullptr);
    default: return 0;
  }
}

std::string Value::AsString() const {
  const Temporal& t = temporal_;
  std::string fraction = t.microsecond == 0 ? std::string() : fmt::format(".{:06}", t.microsecond);
  char text[kMaxDoubleText];
  switch (kind_) {
    case Kind::kNull: return "NULL";
    case Kind::kInt64: return std::to_string(int64_);
    case Kind::kUint64: return std::to_string(uint64_);
    case Kind::kFloat: return {text, FormatFloatText(text, static_cast<float>(double_), 31)};
    case Kind::kDouble: return {text, FormatDoubleText(text, double_, 31)};
    case Kind::kBytes: return std::string(bytes_);
    case Kind::kDate: return fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
    case Kind::kDatetime:
      return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}", t.year, t.month, t.day, t.hour, t.minute, t.second,
                         fraction);
    case Kind::kTime:
      return fmt::format("{}{:02}:{:02}:{:02}{}", t.is_negative ? "-" : "", t.hour, t.minute, t.second, fraction);
  }
  return {};
}

std::string EscapeString(std::string_view text, bool no_backslash_escapes) {
  std::string out;
  out.reserve(text.size() + 8);
  for (char c : text) {
    if (no_backslash_escapes) {
      if (c == '\'') out.push_back('\'');
      out.push_back(c);
      continue;
    }
    switch (c) {
      case '\0': out += "\\0"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\x1a': out += "\\Z"; break;
      case '\'': case '"': case '\\': out.push_back('\\'); out.push_back(c); break;
      default: out.push_back(c);
    }
  }
  return out;
}

std::string QuoteIdentifier(std::string_view name) {
  std::string out = "`";
  for (char c : name) {
    if (c == '`') out.push_back('`');
    out.push_back(c);
  }
  out.push_back('`');
  return out;
}

}  // namespace mahi::client
