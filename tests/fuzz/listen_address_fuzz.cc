// Parses addresses to listen on.
#include <string>

#include "absl/strings/match.h"
#include "server/net/listen_address.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg;        // NOLINT(google-build-using-namespace): the one entry
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace)
  const absl::string_view text = TextOf(data, size);
  const absl::StatusOr<server::ListenAddress> address = server::ParseListenAddress(text);
  if (!address.ok()) {
    Require(address.status().code() == absl::StatusCode::kInvalidArgument, "it is refused", text);
    Require(absl::StartsWith(address.status().message(), "address \""), "it is named", text);
    return 0;
  }
  Require(address->host.empty() != address->path.empty(), "it is a host or a path", text);
  Require(address->path.empty() || address->port == 0, "a path has no port", text);
  const absl::StatusOr<server::ListenAddress> again =
      server::ParseListenAddress(address->ToString());
  Require(again.ok(), "what it prints can be read", text);
  Require(
      again->host == address->host && again->port == address->port && again->path == address->path,
      "what it prints means the same", text);
  return 0;
}
