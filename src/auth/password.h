// Password hashing and scrambles of the authentication methods.
//
//   caching_sha2_password: "$A$005$" salt[20] digest[43]      SHA-256 crypt, rounds = 1000 * hex
//   sha256_password:       "$5$" salt[20] "$" digest[43]      SHA-256 crypt, 5000 rounds
//   mysql_native_password: "*" hex(SHA1(SHA1(password)))
//
// Source: MySQL 8.4 source documentation, "Caching_sha2_password information"; U. Drepper, "Unix crypt using
// SHA-256 and SHA-512"; MySQL 8.4 manual, "Password Hashing".
// Thread safety: stateless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mahi {

inline constexpr size_t kMaxPasswordBytes = 256;

// 32 and 20 raw bytes.
std::string Sha256Digest(std::string_view first, std::string_view second = {});
std::string Sha1Digest(std::string_view first, std::string_view second = {});
// The 43 characters behind "$5$salt$".
std::string Sha256Crypt(std::string_view password, std::string_view salt, uint32_t rounds);

std::string MakeCachingSha2String(std::string_view password);
bool VerifyCachingSha2String(std::string_view authentication_string, std::string_view password);
bool IsCachingSha2String(std::string_view authentication_string);
std::string MakeSha256String(std::string_view password);
bool VerifySha256String(std::string_view authentication_string, std::string_view password);
std::string MakeNativeString(std::string_view password);
bool IsNativeString(std::string_view authentication_string);

// What a client answers to `scramble`; empty for an empty password.
std::string CachingSha2Response(std::string_view password, std::string_view scramble);
std::string NativeResponse(std::string_view password, std::string_view scramble);
// The server's side: `digest` is SHA256(SHA256(password)); `stored` is "*…".
bool CheckCachingSha2Response(std::string_view response, std::string_view scramble,
                              std::string_view digest);
bool CheckNativeResponse(std::string_view response, std::string_view scramble,
                         std::string_view stored);
// The password with its closing NUL, XORed with the scramble: how it travels under RSA.
std::string XorWithScramble(std::string_view text, std::string_view scramble);
// 20 random characters of mixed classes (RANDOM PASSWORD, --initialize).
std::string RandomPassword();

}  // namespace mahi
