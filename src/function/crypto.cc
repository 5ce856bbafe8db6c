// Hashes, AES, compression and random bytes.
// Source: MySQL 8.4 manual, "Encryption and Compression Functions".
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "function/family.h"
#include "function/lift.h"
#include "function/resolve.h"

namespace mahi {

namespace {

void SetHex(Vector* result, uint32_t row, const unsigned char* bytes, size_t count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  char* text = result->heap().Allocate(count * 2 + 1);
  for (size_t i = 0; i < count; ++i) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  result->SetStringView(row, {text, count * 2});
}

// Bytes of the digest, 0 when it failed.
unsigned int Digest(const EVP_MD* kind, std::string_view text, unsigned char* digest) {
  unsigned int bytes = 0;
  return EVP_Digest(text.data(), text.size(), digest, &bytes, kind, nullptr) == 1 ? bytes : 0;
}

Status DigestRows(FunctionCall& call, const EVP_MD* kind) {
  return MapRows(call, [&](uint32_t row) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int bytes = Digest(kind, Text(call, 0, row), digest);
    SetHex(call.result, row, digest, bytes);
  });
}

Status EvalMd5(FunctionCall& call) { return DigestRows(call, EVP_md5()); }
Status EvalSha1(FunctionCall& call) { return DigestRows(call, EVP_sha1()); }

const EVP_MD* Sha2OfBits(int64_t bits) {
  switch (bits) {
    case 224: return EVP_sha224();
    case 0:
    case 256: return EVP_sha256();
    case 384: return EVP_sha384();
    case 512: return EVP_sha512();
    default: return nullptr;
  }
}

Status EvalSha2(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    const EVP_MD* kind = Sha2OfBits(Int(call, 1, row));
    if (kind == nullptr) {
      call.context.diagnostics->Warn(Error(ER_WRONG_PARAMETERS_TO_NATIVE_FCT, "sha2"));
      call.result->SetNull(row);
      return;
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int bytes = Digest(kind, Text(call, 0, row), digest);
    SetHex(call.result, row, digest, bytes);
  });
}

// --- AES ------------------------------------------------------------------------------------------

struct AesMode {
  const EVP_CIPHER* cipher = nullptr;
  size_t key_bytes = 16;
  bool needs_vector = false;
};

// "aes-128-ecb" and its kin, as in @@block_encryption_mode.
Result<AesMode> ParseAesMode(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  AesMode mode;
  if (lower.size() < 11 || lower.compare(0, 4, "aes-") != 0 || lower[7] != '-') {
    return Error(ER_WRONG_VALUE_FOR_VAR, "block_encryption_mode", name);
  }
  int bits = std::atoi(lower.substr(4, 3).c_str());
  std::string_view chaining = std::string_view(lower).substr(8);
  mode.key_bytes = static_cast<size_t>(bits / 8);
  mode.needs_vector = chaining != "ecb";
  struct Row {
    std::string_view chaining;
    const EVP_CIPHER* (*of128)();
    const EVP_CIPHER* (*of192)();
    const EVP_CIPHER* (*of256)();
  };
  static const Row kRows[] = {
      {"ecb", EVP_aes_128_ecb, EVP_aes_192_ecb, EVP_aes_256_ecb},
      {"cbc", EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc},
      {"cfb1", EVP_aes_128_cfb1, EVP_aes_192_cfb1, EVP_aes_256_cfb1},
      {"cfb8", EVP_aes_128_cfb8, EVP_aes_192_cfb8, EVP_aes_256_cfb8},
      {"cfb128", EVP_aes_128_cfb128, EVP_aes_192_cfb128, EVP_aes_256_cfb128},
      {"ofb", EVP_aes_128_ofb, EVP_aes_192_ofb, EVP_aes_256_ofb},
  };
  for (const Row& row : kRows) {
    if (row.chaining != chaining) continue;
    mode.cipher = bits == 128 ? row.of128() : bits == 192 ? row.of192() : bits == 256 ? row.of256() : nullptr;
  }
  if (mode.cipher == nullptr) return Error(ER_WRONG_VALUE_FOR_VAR, "block_encryption_mode", name);
  return mode;
}

Result<AesMode> CurrentAesMode(EvalContext& context) {
  if (context.session == nullptr) return ParseAesMode("aes-128-ecb");
  MAHI_ASSIGN_OR_RETURN(Value value, context.session->GetSystemVariable("block_encryption_mode", false));
  if (value.is_null()) return ParseAesMode("aes-128-ecb");
  return ParseAesMode(value.string());
}

// Folds a passphrase of any length onto the key by exclusive or.
std::vector<unsigned char> FoldKey(std::string_view passphrase, size_t key_bytes) {
  std::vector<unsigned char> key(key_bytes, 0);
  for (size_t i = 0; i < passphrase.size(); ++i) {
    key[i % key_bytes] ^= static_cast<unsigned char>(passphrase[i]);
  }
  return key;
}

// The key from (passphrase, kdf name, salt or info ...); arguments 3 and on.
Result<std::vector<unsigned char>> DeriveKey(FunctionCall& call, uint32_t row, size_t key_bytes) {
  std::string_view passphrase = Text(call, 1, row);
  if (call.arguments.size() <= 3 || IsNull(call, 3, row)) return FoldKey(passphrase, key_bytes);
  std::string_view name = Text(call, 3, row);
  std::string_view salt = call.arguments.size() > 4 && !IsNull(call, 4, row) ? Text(call, 4, row) : "";
  std::string_view extra = call.arguments.size() > 5 && !IsNull(call, 5, row) ? Text(call, 5, row) : "";
  std::vector<unsigned char> key(key_bytes);
  if (name == "pbkdf2_hmac") {
    int iterations = extra.empty() ? 1000 : std::atoi(std::string(extra).c_str());
    if (iterations < 1000 || iterations > 65535) return Error(ER_WRONG_ARGUMENTS, "aes_encrypt");
    if (PKCS5_PBKDF2_HMAC(passphrase.data(), static_cast<int>(passphrase.size()),
                          reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                          iterations, EVP_sha512(), static_cast<int>(key_bytes), key.data()) != 1) {
      return Error(ER_WRONG_ARGUMENTS, "aes_encrypt");
    }
    return key;
  }
  if (name != "hkdf") return Error(ER_WRONG_ARGUMENTS, "aes_encrypt");
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
  auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  size_t length = key_bytes;
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) <= 0 ||
      EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha512()) <= 0 ||
      EVP_PKEY_CTX_set1_hkdf_salt(context.get(), bytes(salt), static_cast<int>(salt.size())) <= 0 ||
      EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes(passphrase), static_cast<int>(passphrase.size())) <= 0 ||
      EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes(extra), static_cast<int>(extra.size())) <= 0 ||
      EVP_PKEY_derive(context.get(), key.data(), &length) <= 0) {
    return Error(ER_WRONG_ARGUMENTS, "aes_encrypt");
  }
  return key;
}

Status AesRows(FunctionCall& call, bool encrypts) {
  const char* name = encrypts ? "aes_encrypt" : "aes_decrypt";
  MAHI_ASSIGN_OR_RETURN(AesMode mode, CurrentAesMode(call.context));
  bool has_vector = call.arguments.size() > 2;
  if (mode.needs_vector && !has_vector) return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, name);
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(EVP_CIPHER_CTX_new(),
                                                                         EVP_CIPHER_CTX_free);
  return ForRows(call, [&](uint32_t row) -> Status {
    if (IsNull(call, 0, row) || IsNull(call, 1, row)) {
      call.result->SetNull(row);
      return {};
    }
    const unsigned char* vector = nullptr;
    if (mode.needs_vector) {
      if (IsNull(call, 2, row)) {
        call.result->SetNull(row);
        return {};
      }
      if (Text(call, 2, row).size() < 16) return Error(ER_AES_INVALID_IV, name, 16);
      vector = reinterpret_cast<const unsigned char*>(Text(call, 2, row).data());
    }
    MAHI_ASSIGN_OR_RETURN(std::vector<unsigned char> key, DeriveKey(call, row, mode.key_bytes));
    std::string_view input = Text(call, 0, row);
    size_t room = input.size() + 32;
    char* output = call.result->heap().Allocate(room);
    auto* to = reinterpret_cast<unsigned char*>(output);
    auto* from = reinterpret_cast<const unsigned char*>(input.data());
    int head = 0;
    int tail = 0;
    bool ok = EVP_CipherInit_ex(cipher.get(), mode.cipher, nullptr, key.data(), vector, encrypts) == 1 &&
              EVP_CipherUpdate(cipher.get(), to, &head, from, static_cast<int>(input.size())) == 1 &&
              EVP_CipherFinal_ex(cipher.get(), to + head, &tail) == 1;
    if (!ok) {
      call.result->SetNull(row);
    } else {
      call.result->SetStringView(row, {output, static_cast<size_t>(head + tail)});
    }
    return {};
  });
}

Status EvalAesEncrypt(FunctionCall& call) { return AesRows(call, true); }
Status EvalAesDecrypt(FunctionCall& call) { return AesRows(call, false); }

// --- Compression ----------------------------------------------------------------------------------
//   compressed := '' | length:le32 (top two bits clear) zlib-stream ['.' when the stream ends with a space]

Status EvalCompress(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view input = Text(call, 0, row);
    if (input.empty()) return call.result->SetString(row, "");
    uLongf bytes = compressBound(input.size());
    char* output = call.result->heap().Allocate(bytes + 5);
    if (compress(reinterpret_cast<Bytef*>(output + 4), &bytes, reinterpret_cast<const Bytef*>(input.data()),
                 input.size()) != Z_OK) {
      call.context.diagnostics->Warn(Error(ER_ZLIB_Z_MEM_ERROR));
      return call.result->SetNull(row);
    }
    uint32_t length = static_cast<uint32_t>(input.size()) & 0x3fffffff;
    std::memcpy(output, &length, 4);
    if (output[4 + bytes - 1] == ' ') output[4 + bytes++] = '.';
    call.result->SetStringView(row, {output, bytes + 4});
  });
}

Status EvalUncompress(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view input = Text(call, 0, row);
    if (input.empty()) return call.result->SetString(row, "");
    if (input.size() <= 4) {
      call.context.diagnostics->Warn(Error(ER_ZLIB_Z_DATA_ERROR));
      return call.result->SetNull(row);
    }
    uLongf bytes = LoadLittle<uint32_t>(input.data()) & 0x3fffffff;
    if (bytes > call.context.max_allowed_packet) {
      call.context.diagnostics->Warn(Error(ER_TOO_BIG_FOR_UNCOMPRESS, call.context.max_allowed_packet));
      return call.result->SetNull(row);
    }
    char* output = call.result->heap().Allocate(bytes + 1);
    int code = uncompress(reinterpret_cast<Bytef*>(output), &bytes,
                          reinterpret_cast<const Bytef*>(input.data() + 4), input.size() - 4);
    if (code == Z_OK) return call.result->SetStringView(row, {output, bytes});
    call.context.diagnostics->Warn(code == Z_BUF_ERROR   ? Error(ER_ZLIB_Z_BUF_ERROR)
                                   : code == Z_MEM_ERROR ? Error(ER_ZLIB_Z_MEM_ERROR)
                                                         : Error(ER_ZLIB_Z_DATA_ERROR));
    call.result->SetNull(row);
  });
}

Status EvalUncompressedLength(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    std::string_view input = Text(call, 0, row);
    if (input.empty()) return call.result->SetInt64(row, 0);
    if (input.size() <= 4) {
      call.context.diagnostics->Warn(Error(ER_ZLIB_Z_DATA_ERROR));
      return call.result->SetInt64(row, 0);
    }
    call.result->SetInt64(row, LoadLittle<uint32_t>(input.data()) & 0x3fffffff);
  });
}

Status EvalRandomBytes(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) -> Status {
    int64_t bytes = Int(call, 0, row);
    if (bytes < 1 || bytes > 1024) return Error(ER_DATA_OUT_OF_RANGE, "length", "random_bytes");
    char* output = call.result->heap().Allocate(static_cast<size_t>(bytes));
    if (RAND_bytes(reinterpret_cast<unsigned char*>(output), static_cast<int>(bytes)) != 1) {
      return Error(ER_OUT_OF_RESOURCES);
    }
    call.result->SetStringView(row, {output, static_cast<size_t>(bytes)});
    return {};
  });
}

// 0 .. 100, as the manual's table has it.
Status EvalPasswordStrength(FunctionCall& call) {
  return MapRows(call, [&](uint32_t row) {
    size_t bytes = Text(call, 0, row).size();
    call.result->SetInt64(row, bytes < 4 ? 0 : bytes < 8 ? 25 : 50);
  });
}

#define RESOLVE [](ResolveContext & c, std::span<const ArgumentInfo> a, Signature * s) -> Status

const FunctionDescriptor kFunctions[] = {
    {"md5", 1, 1, 0, RESOLVE { return AsciiCall(c, a, s, "b", 32, EvalMd5); }, "crypto", "MD5(text): its MD5 digest in hexadecimal"},
    {"sha", 1, 1, 0, RESOLVE { return AsciiCall(c, a, s, "b", 40, EvalSha1); }, "crypto", "SHA(text): its SHA-1 digest in hexadecimal"},
    {"sha1", 1, 1, 0, RESOLVE { return AsciiCall(c, a, s, "b", 40, EvalSha1); }, "crypto", "SHA1(text): its SHA-1 digest in hexadecimal"},
    {"sha2", 2, 2, 0, RESOLVE { MAHI_RETURN_IF_ERROR(AsciiCall(c, a, s, "bi", 128, EvalSha2)); s->is_nullable = true; return {}; },
     "crypto", "SHA2(text, bits): its SHA-2 digest of 224, 256, 384 or 512 bits in hexadecimal"},
    {"aes_encrypt", 2, 6, kFunctionPerStatement,
     RESOLVE {
       MAHI_RETURN_IF_ERROR(Call(c, a, s, "b*", BinaryOf((MaxBytes(a, 0) / 16 + 1) * 16), EvalAesEncrypt));
       s->is_nullable = true;
       return {};
     },
     "crypto", "AES_ENCRYPT(text, key[, vector[, kdf ...]]): encrypts with @@block_encryption_mode"},
    {"aes_decrypt", 2, 6, kFunctionPerStatement,
     RESOLVE { MAHI_RETURN_IF_ERROR(Call(c, a, s, "b*", BinaryOf(MaxBytes(a, 0)), EvalAesDecrypt)); s->is_nullable = true; return {}; },
     "crypto", "AES_DECRYPT(bytes, key[, vector[, kdf ...]]): undoes AES_ENCRYPT"},
    {"compress", 1, 1, 0, RESOLVE { return NullableCall(c, a, s, "b", BinaryOf(MaxBytes(a, 0) * 2 + 20), EvalCompress); },
     "crypto", "COMPRESS(text): compressed with zlib"},
    {"uncompress", 1, 1, 0, RESOLVE { return NullableCall(c, a, s, "b", BinaryOf(16 << 20), EvalUncompress); }, "crypto",
     "UNCOMPRESS(bytes): undoes COMPRESS"},
    {"uncompressed_length", 1, 1, 0, RESOLVE { return Call(c, a, s, "b", BigintOf(10), EvalUncompressedLength); }, "crypto",
     "UNCOMPRESSED_LENGTH(bytes): bytes before COMPRESS"},
    {"random_bytes", 1, 1, kFunctionPerRow | kFunctionNotStored,
     RESOLVE { return NullableCall(c, a, s, "i", BinaryOf(1024), EvalRandomBytes); }, "crypto",
     "RANDOM_BYTES(length): random bytes from the operating system"},
    {"validate_password_strength", 1, 1, 0, RESOLVE { return Call(c, a, s, "b", BigintOf(10), EvalPasswordStrength); }, "crypto",
     "VALIDATE_PASSWORD_STRENGTH(text): 0 (weak) to 100 (strong)"},
};

}  // namespace

std::span<const FunctionDescriptor> CryptoFunctions() { return kFunctions; }

}  // namespace mahi
