#include "server/service/correlation.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"

namespace portreg::server {
namespace {

constexpr size_t kMaxEchoedBytes = 128;

}  // namespace

bool MayBeEchoed(absl::string_view value) {
  const auto printable = [](unsigned char byte) { return absl::ascii_isprint(byte); };
  return !value.empty() && value.size() <= kMaxEchoedBytes &&
         std::all_of(value.begin(), value.end(), printable);
}

void EchoCorrelation(grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  for (const char* const name : {kRequestIdHeader, kTraceHeader}) {
    const auto sent = metadata.find(name);
    if (sent == metadata.end()) continue;
    if (!MayBeEchoed({sent->second.data(), sent->second.size()})) continue;
    context.AddInitialMetadata(name, std::string(sent->second.data(), sent->second.size()));
  }
}

}  // namespace portreg::server
