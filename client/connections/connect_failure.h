// Explains connections that failed because of TLS or without it.
#ifndef PORTREG_CLIENT_CONNECTIONS_CONNECT_FAILURE_H_
#define PORTREG_CLIENT_CONNECTIONS_CONNECT_FAILURE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "portreg/client_options.h"

namespace portreg::internal {

// Explains the message of gRPC 1.51 for a call that failed with UNAVAILABLE: returns
// the probable cause and the option that helps. Empty if the message does not report
// a failed handshake or a connection that was closed at once.
std::string ExplainConnectFailure(absl::string_view message, const ClientOptions& options);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_CONNECT_FAILURE_H_
