// Runs a gRPC server without a service, to measure what any server's start costs.
//
//   bare_server ADDRESS
//
// Prints READY with the address once it serves.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bare_server ADDRESS\n";
    return EXIT_FAILURE;
  }
  int port = 0;
  // Answers each call with UNIMPLEMENTED.
  grpc::CallbackGenericService nothing;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&nothing);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return EXIT_FAILURE;
  std::cout << "READY 127.0.0.1:" << port << std::endl;
  server->Wait();
}
