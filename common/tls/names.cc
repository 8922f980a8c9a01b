#include "common/tls/names.h"

#include <algorithm>
#include <memory>

#include "openssl/asn1.h"
#include "openssl/crypto.h"
#include "openssl/err.h"
#include "openssl/obj_mac.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace portreg {
namespace {

constexpr int kIpv4Bytes = 4;
constexpr int kIpv6Bytes = 16;

NameFault FaultOfText(const ASN1_STRING* text) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, text);
  if (size < 0) return NameFault::kText;
  const bool has_nul = std::find(utf8, utf8 + size, '\0') != utf8 + size;
  OPENSSL_free(utf8);
  return has_nul ? NameFault::kNul : NameFault::kNone;
}

NameFault FaultOfAlternativeName(const GENERAL_NAME* name) {
  int type = GEN_OTHERNAME;
  const void* const value = GENERAL_NAME_get0_value(name, &type);
  switch (type) {
    case GEN_DNS:
    case GEN_EMAIL:
    case GEN_URI:
      return FaultOfText(static_cast<const ASN1_STRING*>(value));
    case GEN_IPADD: {
      const int size = ASN1_STRING_length(static_cast<const ASN1_OCTET_STRING*>(value));
      return size == kIpv4Bytes || size == kIpv6Bytes ? NameFault::kNone
                                                      : NameFault::kAddressLength;
    }
    default:
      return NameFault::kNone;
  }
}

NameFault FaultOfAlternativeNames(const X509* certificate) {
  constexpr int kAbsent = -1;
  int found = kAbsent;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, &found, nullptr)),
      GENERAL_NAMES_free);
  if (names == nullptr) return found == kAbsent ? NameFault::kNone : NameFault::kExtension;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const NameFault fault = FaultOfAlternativeName(sk_GENERAL_NAME_value(names.get(), i));
    if (fault != NameFault::kNone) return fault;
  }
  return NameFault::kNone;
}

NameFault FaultOfCommonName(const X509* certificate) {
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return NameFault::kNone;
  return FaultOfText(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
}

}  // namespace

NameFault FindNameFault(const X509* certificate) {
  // Removes the errors that failed conversions leave in OpenSSL's queue, because the
  // caller did not cause them.
  ERR_set_mark();
  const NameFault fault = FaultOfAlternativeNames(certificate);
  const NameFault result = fault != NameFault::kNone ? fault : FaultOfCommonName(certificate);
  ERR_pop_to_mark();
  return result;
}

const char* Describe(NameFault fault) {
  switch (fault) {
    case NameFault::kNone:
      return "has no fault in its names";
    case NameFault::kAddressLength:
      return "has an IP address name that is not 4 or 16 bytes long";
    case NameFault::kNul:
      return "has a name with a NUL byte";
    case NameFault::kText:
      return "has a name that is not valid text";
    case NameFault::kExtension:
      return "has subject alternative names that cannot be parsed or are given twice";
  }
  return "has a fault in its names";
}

}  // namespace portreg
