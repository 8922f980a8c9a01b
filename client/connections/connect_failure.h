// Says what to do about a connection that failed over TLS or for the lack of it.
#ifndef PORTREG_CLIENT_CONNECTIONS_CONNECT_FAILURE_H_
#define PORTREG_CLIENT_CONNECTIONS_CONNECT_FAILURE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "portreg/client_options.h"

namespace portreg::internal {

// Explains gRPC 1.51's message of a call that failed with UNAVAILABLE: what is
// probably wrong, and which option mends it. Empty for a message that tells of no
// failed handshake or of an established connection.
std::string ExplainConnectFailure(absl::string_view message, const ClientOptions& options);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_CONNECT_FAILURE_H_
