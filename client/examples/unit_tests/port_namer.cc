#include "port_namer.h"

#include <set>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace {

namespace v1 = portreg::v1;

// Returns "7100/tcp".
std::string NumberOf(const Flow& flow) {
  const std::string& transport = v1::Transport_Name(flow.transport);
  return absl::StrCat(flow.port, "/",
                      absl::AsciiStrToLower(absl::StripPrefix(transport, "TRANSPORT_")));
}

}  // namespace

std::string PortNamer::NameOf(const Flow& flow) {
  const auto key = std::make_pair(flow.port, flow.transport);
  if (const auto known = names_.find(key); known != names_.end()) return known->second;

  v1::LookupRequest request;
  request.set_port(flow.port);
  request.set_transport(flow.transport);
  const absl::StatusOr<v1::LookupResponse> answer = client_.Lookup(request);
  // Not remembered, because the registry may be back for the next line.
  if (!answer.ok()) return NumberOf(flow);
  if (answer->revision() != revision_) {
    names_.clear();
    revision_ = answer->revision();
  }
  std::string name = NumberOf(flow);
  for (const v1::PortRecord& record : answer->records()) {
    if (record.service().empty()) continue;
    name = record.service();
    break;
  }
  return names_[key] = name;
}

absl::StatusOr<std::vector<int>> PortNamer::PortsOf(absl::string_view service) const {
  const absl::StatusOr<v1::LookupResponse> answer = client_.LookupService(service);
  if (absl::IsNotFound(answer.status())) return std::vector<int>();
  if (!answer.ok()) return answer.status();
  std::set<int> ports;
  for (const v1::PortRecord& record : answer->records()) {
    if (!record.has_first_port()) continue;
    for (int port = record.first_port(); port <= record.last_port(); ++port) ports.insert(port);
  }
  return std::vector<int>(ports.begin(), ports.end());
}
