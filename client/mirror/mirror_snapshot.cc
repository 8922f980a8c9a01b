#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "client/mirror/mirrored_registry.h"
#include "common/answers/to_message.h"
#include "common/model/port.h"
#include "common/model/service_name.h"
#include "portreg/error.h"
#include "portreg/errordetails/v1/error_details.pb.h"
#include "portreg/mirror.h"

namespace portreg {
namespace {

absl::Status NotFound(const std::string& service, Transport transport) {
  absl::Status status = absl::NotFoundError(NotInRegistry(service, transport));
  errordetails::v1::ErrorInfo info;
  info.set_reason("SERVICE_NOT_FOUND");
  info.set_domain("portreg");
  errordetails::v1::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(std::string(status.message()));
  google::protobuf::Any& detail = *details.add_details();
  detail.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  detail.set_value(info.SerializeAsString());
  status.SetPayload(kStatusDetailsUrl, absl::Cord(details.SerializeAsString()));
  return status;
}

absl::Status Check(const v1::LookupRequest& request) {
  if (!v1::Transport_IsValid(request.transport())) {
    return absl::InvalidArgumentError(
        absl::StrCat("transport ", request.transport(), " is unknown"));
  }
  if (!v1::RecordView_IsValid(request.view())) {
    return absl::InvalidArgumentError(absl::StrCat("view ", request.view(), " is unknown"));
  }
  if (request.has_port()) return CheckPort(request.port()).status();
  const size_t size = request.service().size();
  if (request.has_service() && 0 < size && size <= kMaxServiceNameBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a lookup needs a port or a service name of 1 to ",
                                                 kMaxServiceNameBytes, " bytes"));
}

}  // namespace

MirrorSnapshot::MirrorSnapshot(std::unique_ptr<const internal::MirroredRegistry> registry)
    : registry_(std::move(registry)) {}

MirrorSnapshot::~MirrorSnapshot() = default;

const std::string& MirrorSnapshot::revision() const { return registry_->revision; }

size_t MirrorSnapshot::size() const { return registry_->by_index.size(); }

MirroredRecords MirrorSnapshot::AtPort(int32_t port) const {
  if (port < 0 || port > kMaxPort) return {{}, nullptr};
  return {registry_->registry.AtPort(static_cast<Port>(port)), registry_->by_index.data()};
}

MirroredRecords MirrorSnapshot::ByName(absl::string_view service) const {
  return {registry_->registry.ByName(service), registry_->by_index.data()};
}

absl::StatusOr<v1::LookupResponse> MirrorSnapshot::Lookup(const v1::LookupRequest& request) const {
  if (absl::Status status = Check(request); !status.ok()) return status;
  const auto transport = static_cast<Transport>(request.transport());
  const MirroredRecords found =
      request.has_port() ? AtPort(request.port()) : ByName(request.service());
  v1::LookupResponse response;
  for (size_t i = 0; i < found.size(); ++i) {
    if (!Answers(static_cast<Transport>(found[i].transport()), transport)) continue;
    v1::PortRecord& record = *response.add_records();
    record = found[i];
    if (request.view() != v1::RECORD_VIEW_FULL) record.clear_details();
  }
  if (request.has_port()) {
    ToMessage(registry_->registry, static_cast<Port>(request.port()), transport, response);
  } else if (response.records().empty()) {
    return NotFound(request.service(), transport);
  }
  response.set_revision(revision());
  return response;
}

}  // namespace portreg
