#include "auth/authentication.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <chrono>

#include "auth/password.h"
#include "protocol/handshake.h"

namespace mahi {
namespace {

constexpr char kCachingSha2[] = "caching_sha2_password";
constexpr char kNative[] = "mysql_native_password";
constexpr char kSha256[] = "sha256_password";
constexpr char kSocket[] = "auth_socket";

// Bytes of caching_sha2_password's dialogue.
constexpr char kRequestPublicKey = 2;
constexpr char kFastAuthSuccess = 3;
constexpr char kPerformFullAuthentication = 4;
// sha256_password asks for the key with another byte.
constexpr char kSha256RequestPublicKey = 1;

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string TakeBio(BIO* bio) {
  char* data = nullptr;
  long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(length)};
}

std::string PublicPemOf(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key);
  std::string pem = TakeBio(bio);
  BIO_free(bio);
  return pem;
}

}  // namespace

RsaKeyPair::~RsaKeyPair() { EVP_PKEY_free(static_cast<EVP_PKEY*>(key_)); }

Result<std::unique_ptr<RsaKeyPair>> RsaKeyPair::Generate() {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  if (key == nullptr) return Error::Custom(ER_UNKNOWN_ERROR, "HY000", "Cannot make an RSA key");
  std::unique_ptr<RsaKeyPair> pair(new RsaKeyPair());
  pair->key_ = key;
  pair->public_pem_ = PublicPemOf(key);
  return pair;
}

Result<std::unique_ptr<RsaKeyPair>> RsaKeyPair::FromPem(std::string_view private_pem) {
  BIO* bio = BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (key == nullptr) return Error::Custom(ER_UNKNOWN_ERROR, "HY000", "Cannot read the RSA private key");
  std::unique_ptr<RsaKeyPair> pair(new RsaKeyPair());
  pair->key_ = key;
  pair->public_pem_ = PublicPemOf(key);
  return pair;
}

std::string RsaKeyPair::PrivatePem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, static_cast<EVP_PKEY*>(key_), nullptr, nullptr, 0, nullptr, nullptr);
  std::string pem = TakeBio(bio);
  BIO_free(bio);
  return pem;
}

Result<std::string> RsaKeyPair::Decrypt(std::string_view cipher) const {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(static_cast<EVP_PKEY*>(key_), nullptr);
  std::string plain(static_cast<size_t>(EVP_PKEY_get_size(static_cast<EVP_PKEY*>(key_))), '\0');
  size_t length = plain.size();
  bool ok = context != nullptr && EVP_PKEY_decrypt_init(context) > 0 &&
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
            EVP_PKEY_decrypt(context, reinterpret_cast<unsigned char*>(plain.data()), &length,
                             reinterpret_cast<const unsigned char*>(cipher.data()),
                             cipher.size()) > 0;
  EVP_PKEY_CTX_free(context);
  if (!ok) return Error(ER_HANDSHAKE_ERROR);
  plain.resize(length);
  return plain;
}

std::string AuthenticationService::MakeScramble() {
  std::string scramble(kScrambleBytes, '\0');
  MAHI_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(scramble.data()), kScrambleBytes) == 1);
  for (char& c : scramble) {
    c &= 0x7f;
    if (c == '\0' || c == '$') ++c;
  }
  return scramble;
}

bool AuthenticationService::CachedDigest(const AccountName& name,
                                         std::string_view authentication_string,
                                         std::string* digest) {
  LatchGuard guard(latch_);
  auto it = cache_.find(name);
  if (it == cache_.end() || it->second.authentication_string != authentication_string) return false;
  *digest = it->second.digest;
  return true;
}

void AuthenticationService::CacheDigest(const AccountName& name,
                                        std::string_view authentication_string, std::string digest) {
  LatchGuard guard(latch_);
  cache_[name] = {std::string(authentication_string), std::move(digest)};
}

Authentication::Authentication(AuthenticationService* service, AuthenticationPeer peer)
    : service_(service), peer_(std::move(peer)) {}

Authentication::Next Authentication::Reject(Error error) {
  state_ = State::kDone;
  error_ = std::make_unique<Error>(std::move(error));
  return Next::kReject;
}

Authentication::Next Authentication::Denied() {
  if (account_ != nullptr) service_->accounts()->CountFailedLogin(*account_);
  std::string host = peer_.host.empty() ? peer_.ip : peer_.host;
  return Reject(Error(ER_ACCESS_DENIED_ERROR, user_, host, using_password_ ? "YES" : "NO"));
}

Authentication::Next Authentication::Start(std::string_view user, std::string_view auth_response,
                                           std::string_view client_plugin, std::string_view scramble,
                                           bool client_can_switch) {
  user_ = user;
  scramble_ = scramble;
  using_password_ = !auth_response.empty();
  accounts_ = service_->accounts()->Snapshot();
  std::string host = peer_.host.empty() ? peer_.ip : peer_.host;
  if (service_->accounts()->options().skip_grant_tables) return Accept({});
  account_ = accounts_->Match(user, peer_.host, peer_.ip);
  if (account_ == nullptr) {
    if (!accounts_->AllowsHost(peer_.host, peer_.ip)) return Reject(Error(ER_HOST_NOT_PRIVILEGED, host));
    return Denied();
  }
  if (Status s = service_->accounts()->CheckFailedLogins(*account_); !s.ok()) return Reject(s.error());
  if (account_->plugin == kSocket) return Socket();
  if (account_->plugin != kCachingSha2 && account_->plugin != kNative && account_->plugin != kSha256) {
    return Denied();
  }
  if (account_->plugin == kNative && !service_->accounts()->options().native_password_enabled) {
    return Reject(Error(ER_PLUGIN_IS_NOT_LOADED, account_->plugin));
  }
  // Clients without plugin support speak mysql_native_password.
  std::string_view plugin = client_plugin.empty() ? std::string_view(kNative) : client_plugin;
  if (plugin == account_->plugin) return CheckResponse(auth_response);
  if (!client_can_switch) return Reject(Error(ER_NOT_SUPPORTED_AUTH_MODE));
  scramble_ = AuthenticationService::MakeScramble();
  WireBuffer buffer;
  AppendAuthSwitchRequest(&buffer, {account_->plugin, scramble_});
  payload_ = buffer.view();
  state_ = State::kSwitched;
  return Next::kSendAndRead;
}

Authentication::Next Authentication::Continue(std::string_view client_payload) {
  switch (state_) {
    case State::kSwitched:
      // An empty password travels as nothing or as a single NUL.
      using_password_ = !(client_payload.empty() || (client_payload.size() == 1 && client_payload[0] == 0));
      return CheckResponse(client_payload);
    case State::kWantPassword: {
      const char request =
          account_->plugin == kSha256 ? kSha256RequestPublicKey : kRequestPublicKey;
      if (!peer_.is_secure() && client_payload.size() == 1 && client_payload[0] == request) {
        if (service_->rsa_keys() == nullptr) return Denied();
        WireBuffer buffer;
        AppendAuthMoreData(&buffer, service_->rsa_keys()->public_pem());
        payload_ = buffer.view();
        state_ = State::kWantEncryptedPassword;
        return Next::kSendAndRead;
      }
      if (!peer_.is_secure()) return EncryptedPassword(client_payload);
      return FullPassword(client_payload);
    }
    case State::kWantEncryptedPassword:
      return EncryptedPassword(client_payload);
    default:
      return Reject(Error(ER_HANDSHAKE_ERROR));
  }
}

Authentication::Next Authentication::CheckResponse(std::string_view response) {
  if (account_->plugin == kNative) return Native(response);
  if (account_->plugin == kSha256) return Sha256(response);
  return CachingSha2(response);
}

Authentication::Next Authentication::Native(std::string_view response) {
  if (account_->authentication_string.empty()) {
    return response.empty() || response == std::string_view("\0", 1) ? Accept({}) : Denied();
  }
  bool ok = CheckNativeResponse(response, scramble_, account_->authentication_string) ||
            (!account_->old_authentication_string.empty() &&
             CheckNativeResponse(response, scramble_, account_->old_authentication_string));
  return ok ? Accept({}) : Denied();
}

Authentication::Next Authentication::CachingSha2(std::string_view response) {
  bool is_empty = response.empty() || (response.size() == 1 && response[0] == '\0');
  if (is_empty) {
    using_password_ = false;
    return account_->authentication_string.empty() ? Accept({}) : Denied();
  }
  using_password_ = true;
  if (account_->authentication_string.empty() || response.size() != 32) return Denied();
  std::string digest;
  if (service_->CachedDigest(account_->name, account_->authentication_string, &digest) &&
      CheckCachingSha2Response(response, scramble_, digest)) {
    WireBuffer buffer;
    AppendAuthMoreData(&buffer, std::string_view(&kFastAuthSuccess, 1));
    return Accept(std::string(buffer.view()));
  }
  WireBuffer buffer;
  AppendAuthMoreData(&buffer, std::string_view(&kPerformFullAuthentication, 1));
  payload_ = buffer.view();
  state_ = State::kWantPassword;
  return Next::kSendAndRead;
}

Authentication::Next Authentication::Sha256(std::string_view response) {
  if (response.empty() || (response.size() == 1 && response[0] == '\0')) {
    using_password_ = false;
    return account_->authentication_string.empty() ? Accept({}) : Denied();
  }
  using_password_ = true;
  state_ = State::kWantPassword;
  // The client sends the password at once over a secure transport, else it asks for the key.
  return Continue(response);
}

bool Authentication::VerifyPassword(std::string_view password) const {
  auto verify = [&](const std::string& stored) {
    if (stored.empty()) return false;
    return account_->plugin == kSha256 ? VerifySha256String(stored, password)
                                       : VerifyCachingSha2String(stored, password);
  };
  return verify(account_->authentication_string) || verify(account_->old_authentication_string);
}

Authentication::Next Authentication::FullPassword(std::string_view password) {
  if (!password.empty() && password.back() == '\0') password.remove_suffix(1);
  if (password.size() > kMaxPasswordBytes || !VerifyPassword(password)) return Denied();
  if (account_->plugin == kCachingSha2) {
    service_->CacheDigest(account_->name, account_->authentication_string,
                          Sha256Digest(Sha256Digest(password)));
  }
  return Accept({});
}

Authentication::Next Authentication::EncryptedPassword(std::string_view cipher) {
  if (service_->rsa_keys() == nullptr) return Denied();
  Result<std::string> plain = service_->rsa_keys()->Decrypt(cipher);
  if (!plain.ok()) return Denied();
  return FullPassword(XorWithScramble(*plain, scramble_));
}

Authentication::Next Authentication::Socket() {
  using_password_ = false;
  if (!peer_.is_unix_socket || peer_.os_user.empty()) return Denied();
  bool ok = peer_.os_user == user_ ||
            (!account_->authentication_string.empty() && peer_.os_user == account_->authentication_string);
  if (!ok) return Reject(Error(ER_ACCESS_DENIED_NO_PASSWORD_ERROR, user_, peer_.host));
  return Accept({});
}

Authentication::Next Authentication::Accept(std::string payload) {
  payload_ = std::move(payload);
  state_ = State::kDone;
  if (account_ == nullptr) return Next::kSendAndAccept;  // --skip-grant-tables
  AccountManager* accounts = service_->accounts();
  accounts->ClearFailedLogins(account_->name);
  if (account_->is_locked) {
    return Reject(Error(ER_ACCOUNT_HAS_BEEN_LOCKED, user_, peer_.host.empty() ? peer_.ip : peer_.host));
  }
  bool tls_ok = true;
  switch (account_->tls) {
    case TlsRequirement::kNone:
      break;
    case TlsRequirement::kAny:
      tls_ok = peer_.is_tls;
      break;
    case TlsRequirement::kX509:
      tls_ok = peer_.is_tls && peer_.has_client_certificate;
      break;
    case TlsRequirement::kSpecified:
      tls_ok = peer_.is_tls &&
               (account_->tls_cipher.empty() || account_->tls_cipher == peer_.tls_cipher) &&
               (account_->tls_issuer.empty() || account_->tls_issuer == peer_.certificate_issuer) &&
               (account_->tls_subject.empty() || account_->tls_subject == peer_.certificate_subject);
  }
  if (!tls_ok) return Denied();
  is_password_expired_ = account_->is_password_expired;
  uint32_t lifetime =
      account_->password_lifetime_days.value_or(accounts->options().default_password_lifetime_days);
  if (lifetime != 0 && account_->password_last_changed != 0 &&
      Now() - account_->password_last_changed > int64_t{86400} * lifetime) {
    is_password_expired_ = true;
  }
  if (is_password_expired_ && !peer_.can_handle_expired_passwords) {
    return Reject(Error(ER_MUST_CHANGE_PASSWORD_LOGIN));
  }
  return Next::kSendAndAccept;
}

SecurityContext Authentication::TakeContext() {
  std::string host = peer_.host.empty() ? peer_.ip : peer_.host;
  AccountName name = account_ != nullptr ? account_->name : AccountName{"skip-grants user", "skip-grants host"};
  SecurityContext context(service_->accounts(), name, user_, host);
  context.set_password_expired(is_password_expired_);
  return context;
}

}  // namespace mahi
