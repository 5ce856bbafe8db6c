// What a client answers to the server's authentication plugins.
//
// Source: MySQL 8.4 source documentation, "Authentication Methods", "Caching SHA-2 Authentication".
// Thread safety: stateless.
#pragma once

#include <string>
#include <string_view>

#include "mahi/client.h"

namespace mahi::client::internal {

// SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password))); empty for an empty password.
std::string NativePasswordAnswer(std::string_view password, std::string_view scramble);
// SHA256(password) XOR SHA256(SHA256(SHA256(password)) + scramble); empty for an empty password.
std::string CachingSha2Answer(std::string_view password, std::string_view scramble);
// The password with its closing NUL, XORed with the scramble, under the server's public key (PEM), OAEP padding.
Expected<std::string> RsaEncryptPassword(std::string_view password, std::string_view scramble,
                                         std::string_view public_key_pem);

}  // namespace mahi::client::internal
