// Serves the same registry in the simplest way: the generated callback service, messages
// filled for each call, gRPC's default options.
//
//   plain_server ADDRESS
//
// Prints READY with the address once it serves.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/answers/answers.h"
#include "common/model/registry.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/reload/registry_files.h"

namespace {

class PlainService final : public portreg::v1::PortRegistryService::CallbackService {
 public:
  explicit PlainService(portreg::Registry registry) : registry_(std::move(registry)) {}

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const portreg::v1::LookupRequest* request,
                                   portreg::v1::LookupResponse* response) override {
    return Answer(*context, portreg::Lookup(registry_, *request), *response);
  }

  grpc::ServerUnaryReactor* Classify(grpc::CallbackServerContext* context,
                                     const portreg::v1::ClassifyRequest* request,
                                     portreg::v1::ClassifyResponse* response) override {
    return Answer(*context, portreg::Classify(registry_, *request), *response);
  }

 private:
  template <typename Response>
  static grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context,
                                          absl::StatusOr<Response> answer, Response& response) {
    grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
    if (answer.ok()) {
      response = *std::move(answer);
      reactor->Finish(grpc::Status::OK);
    } else {
      reactor->Finish({static_cast<grpc::StatusCode>(answer.status().code()),
                       std::string(answer.status().message())});
    }
    return reactor;
  }

  const portreg::Registry registry_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: plain_server ADDRESS\n";
    return EXIT_FAILURE;
  }
  absl::StatusOr<portreg::Registry> registry = portreg::server::LoadRegistry({});
  if (!registry.ok()) {
    std::cerr << "plain_server: " << registry.status() << "\n";
    return EXIT_FAILURE;
  }
  PlainService service(*std::move(registry));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return EXIT_FAILURE;
  std::cout << "READY 127.0.0.1:" << port << std::endl;
  server->Wait();
}
