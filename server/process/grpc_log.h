// What becomes of gRPC's own log.
#ifndef PORTREG_SERVER_PROCESS_GRPC_LOG_H_
#define PORTREG_SERVER_PROCESS_GRPC_LOG_H_

namespace portreg::server {

// From now on gRPC's errors go to our log, at most one a second with a count of
// those left out: their text is partly that of strangers. Lesser messages are
// dropped.
void TameGrpcLog();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_GRPC_LOG_H_
