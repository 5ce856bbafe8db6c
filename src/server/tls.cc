#include "server/tls.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace mahi {
namespace {

std::string OpensslError() {
  char text[256] = "unknown error";
  unsigned long code = ERR_get_error();
  if (code != 0) ERR_error_string_n(code, text, sizeof(text));
  ERR_clear_error();
  return text;
}

Error TlsError(std::string_view what) {
  return Error::Custom(ER_UNKNOWN_ERROR, "HY000", fmt::format("{}: {}", what, OpensslError()));
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// Writes a new file, whole or not at all.
Status WriteFile(const std::string& path, std::string_view content, mode_t mode) {
  std::string temporary = path + ".tmp";
  int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return Error(ER_CANT_CREATE_FILE, path, errno, std::strerror(errno));
  bool ok = write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
            fsync(fd) == 0;
  int error = errno;
  close(fd);
  if (!ok || rename(temporary.c_str(), path.c_str()) != 0) {
    unlink(temporary.c_str());
    return Error(ER_ERROR_ON_WRITE, path, error, std::strerror(error));
  }
  return Status::Ok();
}

template <typename F>
std::string ToPem(F write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  long length = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<size_t>(length));
  BIO_free(bio);
  return pem;
}

struct KeyAndCertificate {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  ~KeyAndCertificate() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
};

// A certificate for ten years, signed by `issuer`, or by itself when that is null.
Status MakeCertificate(const char* common_name, long serial, bool is_authority,
                       const KeyAndCertificate* issuer, KeyAndCertificate* made) {
  made->key = EVP_EC_gen("P-256");
  made->certificate = X509_new();
  if (made->key == nullptr || made->certificate == nullptr) return TlsError("Cannot make a key");
  X509* x = made->certificate;
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
  X509_gmtime_adj(X509_getm_notBefore(x), -86400);
  X509_gmtime_adj(X509_getm_notAfter(x), 3650L * 86400);
  X509_set_pubkey(x, made->key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer->certificate : x));
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer != nullptr ? issuer->certificate : x, x, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, NID_basic_constraints,
                                                  is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (extension != nullptr) {
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  }
  if (X509_sign(x, issuer != nullptr ? issuer->key : made->key, EVP_sha256()) == 0) {
    return TlsError("Cannot sign a certificate");
  }
  return Status::Ok();
}

Status Save(const std::string& directory, const char* key_file, const char* certificate_file,
            const KeyAndCertificate& made) {
  MAHI_RETURN_IF_ERROR(WriteFile(directory + "/" + key_file, ToPem([&](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, made.key, nullptr, nullptr, 0, nullptr, nullptr);
  }), 0600));
  return WriteFile(directory + "/" + certificate_file,
                   ToPem([&](BIO* bio) { PEM_write_bio_X509(bio, made.certificate); }), 0644);
}

}  // namespace

Result<bool> MakeCertificates(const std::string& directory) {
  if (Exists(directory + "/server-cert.pem") || Exists(directory + "/ca.pem") ||
      Exists(directory + "/server-key.pem")) {
    return false;
  }
  KeyAndCertificate authority, server, client;
  MAHI_RETURN_IF_ERROR(
      MakeCertificate("Mahi_Server_Auto_Generated_CA_Certificate", 1, true, nullptr, &authority));
  MAHI_RETURN_IF_ERROR(MakeCertificate("Mahi_Server_Auto_Generated_Server_Certificate", 2, false,
                                       &authority, &server));
  MAHI_RETURN_IF_ERROR(MakeCertificate("Mahi_Server_Auto_Generated_Client_Certificate", 3, false,
                                       &authority, &client));
  MAHI_RETURN_IF_ERROR(Save(directory, "ca-key.pem", "ca.pem", authority));
  MAHI_RETURN_IF_ERROR(Save(directory, "client-key.pem", "client-cert.pem", client));
  MAHI_RETURN_IF_ERROR(Save(directory, "server-key.pem", "server-cert.pem", server));
  return true;
}

Result<std::unique_ptr<RsaKeyPair>> OpenRsaKeys(const std::string& directory) {
  std::string path = directory + "/private_key.pem";
  if (Exists(path)) {
    std::ifstream in(path, std::ios::binary);
    std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return RsaKeyPair::FromPem(pem);
  }
  MAHI_ASSIGN_OR_RETURN(std::unique_ptr<RsaKeyPair> pair, RsaKeyPair::Generate());
  MAHI_RETURN_IF_ERROR(WriteFile(path, pair->PrivatePem(), 0600));
  MAHI_RETURN_IF_ERROR(WriteFile(directory + "/public_key.pem", pair->public_pem(), 0644));
  return pair;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::unique_ptr<TlsContext>> TlsContext::Open(const ServerOptions& options) {
  if (!options.tls_enabled) return std::unique_ptr<TlsContext>();
  auto path = [&](const std::string& given, const char* standard) {
    if (given.empty()) return options.data_directory + "/" + standard;
    return given[0] == '/' ? given : options.data_directory + "/" + given;
  };
  std::string ca = path(options.ssl_ca, "ca.pem");
  std::string certificate = path(options.ssl_cert, "server-cert.pem");
  std::string key = path(options.ssl_key, "server-key.pem");
  bool is_configured = !options.ssl_cert.empty() || !options.ssl_key.empty();
  if (!is_configured && (!Exists(certificate) || !Exists(key))) return std::unique_ptr<TlsContext>();

  std::unique_ptr<TlsContext> tls(new TlsContext());
  tls->context_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX* context = tls->context_;
  if (context == nullptr) return TlsError("Cannot start TLS");
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  bool has_12 = options.tls_version.find("TLSv1.2") != std::string::npos;
  bool has_13 = options.tls_version.find("TLSv1.3") != std::string::npos;
  SSL_CTX_set_min_proto_version(context, has_12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, has_13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  if (!options.ssl_cipher.empty() && SSL_CTX_set_cipher_list(context, options.ssl_cipher.c_str()) != 1) {
    return TlsError("Failed to set ciphers to use");
  }
  if (!options.tls_ciphersuites.empty() &&
      SSL_CTX_set_ciphersuites(context, options.tls_ciphersuites.c_str()) != 1) {
    return TlsError("Failed to set ciphers to use");
  }
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return TlsError("Unable to get certificate from '" + certificate + "'");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return TlsError("Unable to get private key from '" + key + "'");
  }
  if (Exists(ca)) {
    if (SSL_CTX_load_verify_locations(context, ca.c_str(), nullptr) != 1) {
      return TlsError("Unable to get CA certificate from '" + ca + "'");
    }
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(ca.c_str()));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, nullptr);
  } else if (!options.ssl_ca.empty()) {
    return TlsError("Unable to get CA certificate from '" + ca + "'");
  }
  static constexpr unsigned char kSessionContext[] = "mahi";
  SSL_CTX_set_session_id_context(context, kSessionContext, sizeof(kSessionContext) - 1);
  return tls;
}

}  // namespace mahi
