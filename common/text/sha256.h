// Computes SHA-256 digests (FIPS 180-4) with OpenSSL.
#ifndef PORTREG_COMMON_TEXT_SHA256_H_
#define PORTREG_COMMON_TEXT_SHA256_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
// OpenSSL's SHA256_CTX.
struct SHA256state_st;

namespace portreg {

// Hashes bytes piece by piece. Not thread-safe.
class Sha256 {
 public:
  Sha256();

  void Update(absl::string_view bytes);

  // Returns the digest of all bytes so far as 64 lower-case hexadecimal digits, in the
  // format of sha256sum. No other member function may be called afterwards.
  [[nodiscard]] std::string Finish();

 private:
  struct Free {
    void operator()(SHA256state_st* state) const;
  };
  std::unique_ptr<SHA256state_st, Free> state_;
};

// Returns the digest of `bytes` as 64 lower-case hexadecimal digits.
std::string Sha256Of(absl::string_view bytes);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_SHA256_H_
