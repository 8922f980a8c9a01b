// Redirects gRPC's own log to the server's.
#ifndef PORTREG_SERVER_PROCESS_GRPC_LOG_H_
#define PORTREG_SERVER_PROCESS_GRPC_LOG_H_

namespace portreg::server {

// Sends gRPC's errors to the server's log, at most one in each second, with the
// number of those left out. The limit is necessary because clients can cause errors.
// Drops messages that are not errors.
void TameGrpcLog();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_GRPC_LOG_H_
