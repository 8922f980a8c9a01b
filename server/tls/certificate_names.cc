#include "server/tls/certificate_names.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>
#include <memory>

#include "openssl/asn1.h"
#include "openssl/x509v3.h"

namespace portreg::server {
namespace {

std::string TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// Returns an empty text for bytes that are no address.
std::string AddressOf(const ASN1_OCTET_STRING* bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  const int family = ASN1_STRING_length(bytes) == sizeof(in6_addr) ? AF_INET6 : AF_INET;
  const size_t wanted = family == AF_INET6 ? sizeof(in6_addr) : sizeof(in_addr);
  if (static_cast<size_t>(ASN1_STRING_length(bytes)) != wanted) return text;
  inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof(text));
  return text;
}

}  // namespace

CertificateNames NamesOf(const X509* certificate) {
  CertificateNames names;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> all(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  if (all == nullptr) return names;
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type == GEN_URI) {
      names.uri.push_back(TextOf(name->d.uniformResourceIdentifier));
    } else if (name->type == GEN_DNS) {
      names.dns.push_back(TextOf(name->d.dNSName));
    } else if (name->type == GEN_EMAIL) {
      names.email.push_back(TextOf(name->d.rfc822Name));
    } else if (name->type == GEN_IPADD) {
      names.ip.push_back(AddressOf(name->d.iPAddress));
    }
  }
  return names;
}

}  // namespace portreg::server
