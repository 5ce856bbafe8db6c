#include "auth/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <charconv>
#include <cstdio>
#include <cstring>

#include "base/assert.h"

namespace mahi {
namespace {

class Digest {
 public:
  explicit Digest(const EVP_MD* method) : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_, method, nullptr);
  }
  ~Digest() { EVP_MD_CTX_free(context_); }
  Digest(const Digest&) = delete;
  Digest& Add(std::string_view bytes) {
    EVP_DigestUpdate(context_, bytes.data(), bytes.size());
    return *this;
  }
  std::string Finish() {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_, out, &length);
    return {reinterpret_cast<char*>(out), length};
  }

 private:
  EVP_MD_CTX* context_;
};

void FillRandom(void* to, size_t bytes) {
  MAHI_ASSERT(RAND_bytes(static_cast<unsigned char*>(to), static_cast<int>(bytes)) == 1);
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// 20 seven-bit characters, none of them NUL or '$'.
std::string MakeSalt() {
  std::string salt(20, '\0');
  FillRandom(salt.data(), salt.size());
  for (char& c : salt) {
    c &= 0x7f;
    if (c == '\0' || c == '$') ++c;
  }
  return salt;
}

constexpr uint32_t kCachingSha2Rounds = 5000;
constexpr size_t kSaltBytes = 20;
constexpr size_t kCryptDigestBytes = 43;

}  // namespace

std::string Sha256Digest(std::string_view first, std::string_view second) {
  return Digest(EVP_sha256()).Add(first).Add(second).Finish();
}
std::string Sha1Digest(std::string_view first, std::string_view second) {
  return Digest(EVP_sha1()).Add(first).Add(second).Finish();
}

std::string Sha256Crypt(std::string_view password, std::string_view salt, uint32_t rounds) {
  std::string b = Digest(EVP_sha256()).Add(password).Add(salt).Add(password).Finish();
  Digest first(EVP_sha256());
  first.Add(password).Add(salt);
  for (size_t n = password.size(); n > 0; n -= std::min<size_t>(n, 32)) {
    first.Add(std::string_view(b).substr(0, std::min<size_t>(n, 32)));
  }
  for (size_t n = password.size(); n > 0; n >>= 1) first.Add(n & 1 ? std::string_view(b) : password);
  std::string a = first.Finish();

  Digest password_digest(EVP_sha256());
  for (size_t i = 0; i < password.size(); ++i) password_digest.Add(password);
  std::string dp = password_digest.Finish(), p;
  while (p.size() < password.size()) p += dp;
  p.resize(password.size());

  Digest salt_digest(EVP_sha256());
  for (int i = 0; i < 16 + static_cast<uint8_t>(a[0]); ++i) salt_digest.Add(salt);
  std::string ds = salt_digest.Finish(), s;
  while (s.size() < salt.size()) s += ds;
  s.resize(salt.size());

  for (uint32_t i = 0; i < rounds; ++i) {
    Digest round(EVP_sha256());
    round.Add(i & 1 ? std::string_view(p) : a);
    if (i % 3 != 0) round.Add(s);
    if (i % 7 != 0) round.Add(p);
    round.Add(i & 1 ? std::string_view(a) : p);
    a = round.Finish();
  }

  static constexpr char kAlphabet[] =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text;
  auto put = [&](int x, int y, int z, int count) {
    auto at = [&](int i) { return i < 0 ? 0u : static_cast<uint32_t>(static_cast<uint8_t>(a[i])); };
    uint32_t v = at(x) << 16 | at(y) << 8 | at(z);
    for (; count > 0; --count, v >>= 6) text += kAlphabet[v & 63];
  };
  put(0, 10, 20, 4);
  put(21, 1, 11, 4);
  put(12, 22, 2, 4);
  put(3, 13, 23, 4);
  put(24, 4, 14, 4);
  put(15, 25, 5, 4);
  put(6, 16, 26, 4);
  put(27, 7, 17, 4);
  put(18, 28, 8, 4);
  put(9, 19, 29, 4);
  put(-1, 31, 30, 3);
  return text;
}

std::string MakeCachingSha2String(std::string_view password) {
  if (password.empty()) return {};
  std::string salt = MakeSalt();
  return "$A$005$" + salt + Sha256Crypt(password, salt, kCachingSha2Rounds);
}

bool IsCachingSha2String(std::string_view text) {
  return text.size() == 7 + kSaltBytes + kCryptDigestBytes && text.substr(0, 3) == "$A$" && text[6] == '$';
}

bool VerifyCachingSha2String(std::string_view stored, std::string_view password) {
  if (!IsCachingSha2String(stored)) return false;
  uint32_t thousands = 0;
  auto r = std::from_chars(stored.data() + 3, stored.data() + 6, thousands, 16);
  if (r.ptr != stored.data() + 6 || thousands == 0) return false;
  return EqualInConstantTime(
      stored.substr(7 + kSaltBytes),
      Sha256Crypt(password, stored.substr(7, kSaltBytes), thousands * 1000));
}

std::string MakeSha256String(std::string_view password) {
  if (password.empty()) return {};
  std::string salt = MakeSalt();
  return "$5$" + salt + "$" + Sha256Crypt(password, salt, 5000);
}

bool VerifySha256String(std::string_view stored, std::string_view password) {
  if (stored.size() != 3 + kSaltBytes + 1 + kCryptDigestBytes || stored.substr(0, 3) != "$5$") {
    return false;
  }
  return EqualInConstantTime(stored.substr(4 + kSaltBytes),
                             Sha256Crypt(password, stored.substr(3, kSaltBytes), 5000));
}

std::string MakeNativeString(std::string_view password) {
  if (password.empty()) return {};
  std::string digest = Sha1Digest(Sha1Digest(password));
  std::string text = "*";
  for (char c : digest) {
    char hex[3];
    std::snprintf(hex, sizeof(hex), "%02X", static_cast<unsigned>(static_cast<uint8_t>(c)));
    text += hex;
  }
  return text;
}

bool IsNativeString(std::string_view text) {
  return text.size() == 41 && text[0] == '*' &&
         text.find_first_not_of("0123456789ABCDEFabcdef", 1) == std::string_view::npos;
}

std::string CachingSha2Response(std::string_view password, std::string_view scramble) {
  if (password.empty()) return {};
  std::string d1 = Sha256Digest(password);
  std::string mask = Sha256Digest(Sha256Digest(d1), scramble);
  for (size_t i = 0; i < d1.size(); ++i) d1[i] ^= mask[i];
  return d1;
}

bool CheckCachingSha2Response(std::string_view response, std::string_view scramble,
                              std::string_view digest) {
  if (response.size() != 32 || digest.size() != 32) return false;
  std::string d1 = Sha256Digest(digest, scramble);
  for (size_t i = 0; i < d1.size(); ++i) d1[i] ^= response[i];
  return EqualInConstantTime(Sha256Digest(d1), digest);
}

std::string NativeResponse(std::string_view password, std::string_view scramble) {
  if (password.empty()) return {};
  std::string d1 = Sha1Digest(password);
  std::string mask = Sha1Digest(scramble, Sha1Digest(d1));
  for (size_t i = 0; i < d1.size(); ++i) d1[i] ^= mask[i];
  return d1;
}

bool CheckNativeResponse(std::string_view response, std::string_view scramble, std::string_view stored) {
  if (response.size() != 20 || !IsNativeString(stored)) return false;
  std::string d2;
  for (size_t i = 1; i < stored.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(stored.data() + i, stored.data() + i + 2, byte, 16);
    d2 += static_cast<char>(byte);
  }
  std::string d1 = Sha1Digest(scramble, d2);
  for (size_t i = 0; i < d1.size(); ++i) d1[i] ^= response[i];
  return EqualInConstantTime(Sha1Digest(d1), d2);
}

std::string XorWithScramble(std::string_view text, std::string_view scramble) {
  std::string result(text);
  if (scramble.empty()) return result;
  for (size_t i = 0; i < result.size(); ++i) result[i] ^= scramble[i % scramble.size()];
  return result;
}

std::string RandomPassword() {
  static constexpr std::string_view kClasses[] = {
      "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "+-*/=:;,.!?#%&()<>_"};
  std::string password;
  for (size_t i = 0; i < 20; ++i) {
    uint8_t random[2];
    FillRandom(random, sizeof(random));
    std::string_view from = kClasses[i < 4 ? i : random[0] % 4];
    password += from[random[1] % from.size()];
  }
  for (size_t i = password.size() - 1; i > 0; --i) {
    uint8_t random = 0;
    FillRandom(&random, 1);
    std::swap(password[i], password[random % (i + 1)]);
  }
  return password;
}

}  // namespace mahi
