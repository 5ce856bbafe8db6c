// TlsContext: the server's certificate and TLS settings; making certificates and keys on the first start.
//
// Files in the data directory: ca.pem, ca-key.pem, server-cert.pem, server-key.pem, client-cert.pem, client-key.pem,
// private_key.pem, public_key.pem (the RSA pair of caching_sha2_password).
// Source: MySQL 8.4 manual, "Creating SSL and RSA Certificates and Keys", "Encrypted Connection TLS Protocols".
// Thread safety: immutable once made.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "auth/authentication.h"
#include "base/status.h"
#include "server/server_options.h"

namespace mahi {

class TlsContext {
 public:
  ~TlsContext();
  // Null (and ok) when TLS is off or there are no certificates.
  static Result<std::unique_ptr<TlsContext>> Open(const ServerOptions& options);
  SSL_CTX* native() const { return context_; }

 private:
  TlsContext() = default;
  SSL_CTX* context_ = nullptr;
};

// Makes the files that are missing. Returns whether certificates were made.
Result<bool> MakeCertificates(const std::string& directory);
// Reads private_key.pem, or makes the pair.
Result<std::unique_ptr<RsaKeyPair>> OpenRsaKeys(const std::string& directory);

}  // namespace mahi
