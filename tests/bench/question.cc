// Writes a request as HTTP/2 carries it, for load generators that do not speak gRPC.
// Prints one JSON object: method, the RPC's path, and answer_bytes, the size of the right
// reply.
//
//   question --workload=port --index=7 --file=request.bin
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/statusor.h"
#include "common/model/registry.h"
#include "server/reload/registry_files.h"
#include "workload.h"

ABSL_FLAG(std::string, workload, "port", "what to ask; see workload.h");
ABSL_FLAG(size_t, index, 0, "which of the workload's questions, counted round if there are fewer");
ABSL_FLAG(std::string, file, "", "where to write the request");

namespace {

// Returns a message's prefix: a zero byte (not compressed), and the size, big-endian.
std::string Prefix(size_t size) {
  std::string prefix(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    prefix.push_back(static_cast<char>(size >> shift & 0xFF));
  }
  return prefix;
}

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const absl::StatusOr<portreg::Registry> registry = portreg::server::LoadRegistry({});
  if (!registry.ok()) return EXIT_FAILURE;
  const absl::StatusOr<portreg::bench::Workload> workload =
      portreg::bench::MakeWorkload(absl::GetFlag(FLAGS_workload), *registry);
  if (!workload.ok()) {
    std::cerr << "question: " << workload.status() << "\n";
    return EXIT_FAILURE;
  }
  const auto& question =
      workload->questions[absl::GetFlag(FLAGS_index) % workload->questions.size()];
  std::ofstream file(absl::GetFlag(FLAGS_file), std::ios::binary);
  file << Prefix(question.request.size()) << question.request;
  file.close();
  std::cout << R"({"method": ")" << workload->method << R"(", "answer_bytes": )"
            << question.answer.size() << "}\n";
  return file ? EXIT_SUCCESS : EXIT_FAILURE;
}
