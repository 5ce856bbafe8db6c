#include "auth/account.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace mahi {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// LIKE with % _ and \, iterative: no pattern can make it slow.
bool WildcardMatches(std::string_view pattern, std::string_view text, bool ignore_case) {
  size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
  auto same = [&](char a, char b) { return ignore_case ? Lower(a) == Lower(b) : a == b; };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      retry = t;
      continue;
    }
    if (p < pattern.size()) {
      bool escaped = pattern[p] == '\\' && p + 1 < pattern.size();
      char c = pattern[p + escaped];
      if ((!escaped && c == '_') || same(c, text[t])) {
        p += 1 + escaped;
        ++t;
        continue;
      }
    }
    if (star == std::string_view::npos) return false;
    p = star + 1;
    t = ++retry;
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (char c : text) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  return quoted + quote;
}

// An address as 16 bytes, IPv4 mapped into IPv6.
bool ParseAddress(std::string_view text, uint8_t (&bytes)[16]) {
  std::string copy(text);
  in_addr v4;
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
    std::memset(bytes, 0, 10);
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(bytes + 12, &v4, 4);
    return true;
  }
  return inet_pton(AF_INET6, copy.c_str(), bytes) == 1;
}

// "address/netmask" or "address/bits".
bool NetmaskMatches(std::string_view pattern, std::string_view client_ip) {
  size_t slash = pattern.find('/');
  if (slash == std::string_view::npos) return false;
  uint8_t network[16], client[16], mask[16];
  if (!ParseAddress(pattern.substr(0, slash), network) || !ParseAddress(client_ip, client)) return false;
  std::string_view mask_text = pattern.substr(slash + 1);
  if (mask_text.find('.') != std::string_view::npos) {
    if (!ParseAddress(mask_text, mask)) return false;
    std::memset(mask, 0xff, 12);
  } else {
    int bits = -1;
    auto r = std::from_chars(mask_text.data(), mask_text.data() + mask_text.size(), bits);
    if (r.ptr != mask_text.data() + mask_text.size() || bits < 0) return false;
    if (pattern.substr(0, slash).find(':') == std::string_view::npos) bits += 96;
    if (bits > 128) return false;
    for (int i = 0; i < 16; ++i) {
      int here = bits - i * 8;
      mask[i] = here >= 8 ? 0xff : here <= 0 ? 0 : static_cast<uint8_t>(0xff << (8 - here));
    }
  }
  for (int i = 0; i < 16; ++i) {
    if ((client[i] & mask[i]) != (network[i] & mask[i])) return false;
  }
  return true;
}

}  // namespace

std::string AccountName::Quoted() const { return Quote(user, '`') + "@" + Quote(host, '`'); }
std::string AccountName::SingleQuoted() const { return Quote(user, '\'') + "@" + Quote(host, '\''); }

bool HostMatches(std::string_view pattern, std::string_view client_host, std::string_view client_ip) {
  if (pattern.empty() || pattern == "%") return true;
  if (!client_host.empty() && WildcardMatches(pattern, client_host, true)) return true;
  if (client_ip.empty()) return false;
  return WildcardMatches(pattern, client_ip, true) || NetmaskMatches(pattern, client_ip);
}

uint64_t HostSpecificity(std::string_view pattern) {
  if (pattern.empty()) return 0;
  size_t wildcard = pattern.find_first_of("%_");
  if (wildcard != std::string_view::npos) return 1 + wildcard;
  if (pattern.find('/') != std::string_view::npos) return (1ull << 31) + pattern.size();
  return 1ull << 32;
}

bool DatabasePatternMatches(std::string_view pattern, std::string_view database) {
  return WildcardMatches(pattern, database, false);
}

const Account* AccountSet::Match(std::string_view user, std::string_view client_host,
                                 std::string_view client_ip) const {
  for (const auto& account : by_specificity) {
    if (!account->name.user.empty() && account->name.user != user) continue;
    if (HostMatches(account->name.host, client_host, client_ip)) return account.get();
  }
  return nullptr;
}

bool AccountSet::AllowsHost(std::string_view client_host, std::string_view client_ip) const {
  for (const auto& account : by_specificity) {
    if (HostMatches(account->name.host, client_host, client_ip)) return true;
  }
  return false;
}

const Account* AccountSet::Find(const AccountName& name) const {
  auto it = accounts.find(name);
  return it == accounts.end() ? nullptr : it->second.get();
}

}  // namespace mahi
