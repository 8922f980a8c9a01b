// OpenSSL deprecates these functions in favour of EVP. EVP first reads configuration and
// looks for providers, which costs a millisecond, a tenth of the tool's whole run.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "common/text/sha256.h"

#include <array>

#include "absl/strings/escaping.h"
#include "openssl/sha.h"

namespace portreg {

void Sha256::Free::operator()(SHA256state_st* state) const { delete state; }

// These functions cannot fail.
Sha256::Sha256() : state_(new SHA256state_st) { SHA256_Init(state_.get()); }

void Sha256::Update(absl::string_view bytes) {
  SHA256_Update(state_.get(), bytes.data(), bytes.size());
}

std::string Sha256::Finish() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256_Final(digest.data(), state_.get());
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string Sha256Of(absl::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

}  // namespace portreg
