// Authentication of one connection, as a state machine without sockets.
//
// Methods: caching_sha2_password (fast path from a cache of digests; full over a secure transport or RSA),
// mysql_native_password (when enabled), sha256_password, auth_socket. An account whose method is not the one the
// client began with gets an AuthSwitchRequest.
//
// Source: MySQL 8.4 source documentation, "Authentication Phase", "Caching_sha2_password information";
// MySQL 8.4 manual, "Authentication Plugins".
// Thread safety: AuthenticationService: any thread; Authentication: one connection.
// Errors: 1045, 1130, 1251, 1698, 1862, 3118, 3159, 3955.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "auth/account_manager.h"
#include "base/latch.h"
#include "base/status.h"

namespace mahi {

// RSA pair for password exchange without TLS (private_key.pem, public_key.pem).
class RsaKeyPair {
 public:
  ~RsaKeyPair();
  static Result<std::unique_ptr<RsaKeyPair>> Generate();
  static Result<std::unique_ptr<RsaKeyPair>> FromPem(std::string_view private_pem);
  const std::string& public_pem() const { return public_pem_; }
  std::string PrivatePem() const;
  // RSA-OAEP.
  Result<std::string> Decrypt(std::string_view cipher) const;

 private:
  RsaKeyPair() = default;
  void* key_ = nullptr;  // EVP_PKEY
  std::string public_pem_;
};

// What all authentications share: accounts, RSA keys, the fast-path cache.
class AuthenticationService {
 public:
  explicit AuthenticationService(AccountManager* accounts) : accounts_(accounts) {}
  AccountManager* accounts() const { return accounts_; }
  void set_rsa_keys(std::unique_ptr<RsaKeyPair> keys) { rsa_keys_ = std::move(keys); }
  const RsaKeyPair* rsa_keys() const { return rsa_keys_.get(); }
  // Named in the greeting.
  std::string default_plugin() const { return "caching_sha2_password"; }
  // kScrambleBytes random bytes, none NUL or '$'.
  static std::string MakeScramble();

  // Fast-path cache: SHA256(SHA256(password)), valid for one authentication string.
  bool CachedDigest(const AccountName& name, std::string_view authentication_string,
                    std::string* digest);
  void CacheDigest(const AccountName& name, std::string_view authentication_string,
                   std::string digest);

 private:
  struct CacheEntry {
    std::string authentication_string;
    std::string digest;
  };
  AccountManager* accounts_;
  std::unique_ptr<RsaKeyPair> rsa_keys_;
  Latch latch_;
  std::map<AccountName, CacheEntry> cache_ GUARDED_BY(latch_);
};

struct AuthenticationPeer {
  std::string host;  // resolved name, "localhost" for a Unix socket, or empty
  std::string ip;
  bool is_unix_socket = false;
  std::string os_user;          // of the peer of a Unix socket
  bool is_tls = false;
  bool has_client_certificate = false;
  std::string tls_cipher, certificate_issuer, certificate_subject;
  bool can_handle_expired_passwords = false;
  bool is_secure() const { return is_tls || is_unix_socket; }
};

class Authentication {
 public:
  enum class Next : uint8_t {
    kSendAndRead,  // frame and send payload(), then give the client's next payload to Continue
    kSendAndAccept,  // frame and send payload() (may be empty), then OK
    kReject,       // error() tells why
  };

  Authentication(AuthenticationService* service, AuthenticationPeer peer);

  // The client's first answer, made for `client_plugin` with `scramble`.
  Next Start(std::string_view user, std::string_view auth_response, std::string_view client_plugin,
             std::string_view scramble, bool client_can_switch);
  Next Continue(std::string_view client_payload);

  const std::string& payload() const { return payload_; }
  const Error& error() const { return *error_; }
  // REQUIRES: accepted.
  SecurityContext TakeContext();

 private:
  enum class State : uint8_t { kStart, kSwitched, kWantPassword, kWantEncryptedPassword, kDone };
  Next CheckResponse(std::string_view response);
  Next CachingSha2(std::string_view response);
  Next Sha256(std::string_view response);
  Next Native(std::string_view response);
  Next Socket();
  Next FullPassword(std::string_view password);
  Next EncryptedPassword(std::string_view cipher);
  Next Reject(Error error);
  Next Denied();
  Next Accept(std::string payload);
  bool VerifyPassword(std::string_view password) const;

  AuthenticationService* service_;
  AuthenticationPeer peer_;
  State state_ = State::kStart;
  std::shared_ptr<const AccountSet> accounts_;
  const Account* account_ = nullptr;
  std::string user_;
  std::string scramble_;
  std::string payload_;
  bool using_password_ = false;
  bool is_password_expired_ = false;
  std::unique_ptr<Error> error_;
};

}  // namespace mahi
