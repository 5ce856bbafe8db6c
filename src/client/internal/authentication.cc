#include "client/internal/authentication.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "client/internal/transport.h"

namespace mahi::client::internal {
namespace {

std::string Digest(const EVP_MD* method, std::string_view first, std::string_view second = {}) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, method, nullptr);
  EVP_DigestUpdate(context, first.data(), first.size());
  EVP_DigestUpdate(context, second.data(), second.size());
  EVP_DigestFinal_ex(context, bytes, &length);
  EVP_MD_CTX_free(context);
  return {reinterpret_cast<char*>(bytes), length};
}

std::string Xor(std::string a, std::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i % b.size()]);
  return a;
}

}  // namespace

std::string NativePasswordAnswer(std::string_view password, std::string_view scramble) {
  if (password.empty()) return {};
  std::string stage1 = Digest(EVP_sha1(), password);
  return Xor(stage1, Digest(EVP_sha1(), scramble, Digest(EVP_sha1(), stage1)));
}

std::string CachingSha2Answer(std::string_view password, std::string_view scramble) {
  if (password.empty()) return {};
  std::string stage1 = Digest(EVP_sha256(), password);
  std::string stage2 = Digest(EVP_sha256(), stage1);
  return Xor(stage1, Digest(EVP_sha256(), stage2, scramble));
}

Expected<std::string> RsaEncryptPassword(std::string_view password, std::string_view scramble,
                                         std::string_view public_key_pem) {
  auto failed = [] {
    ERR_clear_error();
    return MakeError(CR_AUTH_PLUGIN_ERR,
                     "Authentication plugin 'caching_sha2_password' reported error: "
                     "the server's public key cannot be used");
  };
  if (scramble.empty()) return failed();
  std::string text(password);
  text.push_back('\0');
  text = Xor(text, scramble);
  BIO* bio = BIO_new_mem_buf(public_key_pem.data(), static_cast<int>(public_key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (key == nullptr) return failed();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
  std::string encrypted(static_cast<size_t>(EVP_PKEY_size(key)), '\0');
  size_t length = encrypted.size();
  bool ok = context != nullptr && EVP_PKEY_encrypt_init(context) == 1 &&
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
            EVP_PKEY_encrypt(context, reinterpret_cast<unsigned char*>(encrypted.data()), &length,
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  if (!ok) return failed();
  encrypted.resize(length);
  return encrypted;
}

}  // namespace mahi::client::internal
