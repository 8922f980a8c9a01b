// A portregd whose snapshot can be swapped, to see what swaps leave behind:
// serves the embedded registry, and for each line with a number on its standard
// input publishes a new registry that many times, then prints SWAPPED. Ends
// with its input.
//
//   swap_server --listen=127.0.0.1:0
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/registry.h"
#include "server/data.h"
#include "server/publication.h"
#include "server/server.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:0", "where to listen, as for portregd");

namespace portreg {
namespace {

absl::Status Serve() {
  absl::StatusOr<Registry> registry = LoadRegistry({});
  if (!registry.ok()) return registry.status();
  Publication publication(*std::move(registry));
  const absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start({.listen = {absl::GetFlag(FLAGS_listen)}}, publication);
  if (!server.ok()) return server.status();
  std::cout << "READY " << (*server)->addresses().front() << std::endl;
  int swaps = 0;
  while (std::cin >> swaps) {
    for (int i = 0; i < swaps; ++i) {
      registry = LoadRegistry({});
      if (!registry.ok()) return registry.status();
      publication.Publish(*std::move(registry));
    }
    std::cout << "SWAPPED" << std::endl;
  }
  (*server)->Shutdown(absl::Seconds(5));
  return absl::OkStatus();
}

}  // namespace
}  // namespace portreg

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = portreg::Serve();
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "swap_server: " << status << "\n";
  return EXIT_FAILURE;
}
