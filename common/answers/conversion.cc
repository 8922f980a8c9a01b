#include "common/answers/conversion.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/model/detail_columns.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace portreg {
namespace {

using google::protobuf::FieldDescriptor;

// Returns the fields of v1::RecordDetails in the order of kDetailColumns.
const std::array<const FieldDescriptor*, kDetailColumns.size()>& DetailFields() {
  static const auto& fields = *[] {
    auto* const found = new std::array<const FieldDescriptor*, kDetailColumns.size()>();
    for (size_t i = 0; i < kDetailColumns.size(); ++i) {
      (*found)[i] =
          v1::RecordDetails::descriptor()->FindFieldByName(std::string(kDetailColumns[i].field));
    }
    return found;
  }();
  return fields;
}

void ToMessage(const RecordDetails& details, v1::RecordDetails& message) {
  for (size_t i = 0; i < kDetailColumns.size(); ++i) {
    const absl::string_view text = details.*kDetailColumns[i].member;
    if (text.empty()) continue;
    message.GetReflection()->SetString(&message, DetailFields()[i], std::string(text));
  }
}

void ToMessage(const Advisory& advisory, v1::Advisory& message) {
  message.set_kind(static_cast<v1::AdvisoryKind>(advisory.kind));
  message.set_message(advisory.message);
  for (const Transport transport : advisory.transports) {
    message.add_transports(static_cast<v1::Transport>(transport));
  }
}

absl::StatusOr<Port> ReadBound(absl::string_view field, int32_t number) {
  absl::StatusOr<Port> port = CheckPort(number);
  if (port.ok()) return port;
  return absl::InvalidArgumentError(
      absl::StrCat(field, " ", number, " is out of range [0, ", kMaxPort, "]"));
}

}  // namespace

void ToMessage(const ServiceRecord& record, WithDetails with_details, v1::PortRecord& message) {
  if (record.ports) {
    message.set_first_port(record.ports->first);
    message.set_last_port(record.ports->last);
  }
  message.set_transport(static_cast<v1::Transport>(record.transport));
  message.set_service(std::string(record.service));
  message.set_description(std::string(record.description));
  message.set_layer(static_cast<v1::Layer>(record.layer));
  message.set_source(std::string(record.source.empty() ? SourceOf(record.layer) : record.source));
  for (const absl::string_view alias : Aliases(record)) message.add_aliases(std::string(alias));
  if (!record.details->owner.empty()) message.set_owner(std::string(record.details->owner));
  if (!record.scope.empty()) message.set_scope(std::string(record.scope));
  message.set_status(static_cast<v1::RecordStatus>(record.status));
  if (with_details == WithDetails::kYes) ToMessage(*record.details, *message.mutable_details());
}

void ToMessage(const LayerInfo& info, v1::LayerInfo& message) {
  message.set_layer(static_cast<v1::Layer>(info.layer));
  message.set_source(std::string(info.source.empty() ? SourceOf(info.layer) : info.source));
  message.set_origin(info.origin);
  message.set_sha256(info.sha256);
  if (info.modify_time) {
    message.mutable_modify_time()->set_seconds(absl::ToUnixSeconds(*info.modify_time));
  }
  message.set_record_count(static_cast<int32_t>(info.record_count));
  message.set_named_count(static_cast<int32_t>(info.named_count));
  message.set_portless_count(static_cast<int32_t>(info.portless_count));
  message.set_set_aside_count(static_cast<int32_t>(info.set_aside.size()));
}

void AddPortState(const Registry& registry, Port port, Transport transport, absl::string_view scope,
                  v1::LookupResponse& message) {
  message.set_port_class(static_cast<v1::PortClass>(ClassOf(port).port_class));
  for (const TransportState& state : registry.States(port, transport, scope)) {
    v1::TransportState& out = *message.add_states();
    out.set_transport(static_cast<v1::Transport>(state.transport));
    out.set_state(static_cast<v1::AssignmentState>(state.state));
    out.set_taken_locally(state.taken_locally);
  }
}

void AddReason(const SearchMatch& match, v1::SearchMatch& message) {
  message.set_kind(static_cast<v1::MatchKind>(match.kind));
  if (match.in_service) message.add_fields(v1::MATCH_FIELD_SERVICE);
  if (match.in_description) message.add_fields(v1::MATCH_FIELD_DESCRIPTION);
  if (match.in_owner) message.add_fields(v1::MATCH_FIELD_OWNER);
  if (match.in_assignee) message.add_fields(v1::MATCH_FIELD_ASSIGNEE);
}

void ToMessage(const SearchResult& result, const Registry& registry, WithDetails with_details,
               v1::SearchResponse& message) {
  for (const SearchMatch& match : result.matches) {
    v1::SearchMatch& out = *message.add_matches();
    ToMessage(registry.record(match.record), with_details, *out.mutable_record());
    AddReason(match, out);
  }
  message.set_total_count(static_cast<int32_t>(result.total_count));
  for (const absl::string_view service : result.similar_services) {
    message.add_similar_services(std::string(service));
  }
}

void ToMessage(const PortClassInfo& info, const std::vector<Advisory>& advisories,
               v1::ClassifyResponse& message) {
  message.set_port_class(static_cast<v1::PortClass>(info.port_class));
  message.set_first_port(info.range.first);
  message.set_last_port(info.range.last);
  message.set_title(std::string(info.title));
  message.set_description(std::string(info.description));
  for (const Advisory& advisory : advisories) ToMessage(advisory, *message.add_advisories());
}

absl::StatusOr<std::optional<PortRange>> ReadRange(const v1::PortRecord& message) {
  if (message.has_first_port() != message.has_last_port()) {
    return absl::InvalidArgumentError(
        message.has_first_port()
            ? absl::StrCat("first_port is ", message.first_port(), " and there is no last_port")
            : absl::StrCat("last_port is ", message.last_port(), " and there is no first_port"));
  }
  if (!message.has_first_port()) return std::nullopt;
  const absl::StatusOr<Port> first = ReadBound("first_port", message.first_port());
  if (!first.ok()) return first.status();
  const absl::StatusOr<Port> last = ReadBound("last_port", message.last_port());
  if (!last.ok()) return last.status();
  if (*first > *last) {
    return absl::InvalidArgumentError(
        absl::StrCat("first_port ", *first, " is above last_port ", *last));
  }
  return PortRange{*first, *last};
}

std::optional<Transport> TransportOf(v1::Transport transport) {
  if (!v1::Transport_IsValid(transport)) return std::nullopt;
  return static_cast<Transport>(transport);
}

std::optional<Layer> LayerOf(v1::Layer layer) {
  if (layer == v1::LAYER_UNSPECIFIED || !v1::Layer_IsValid(layer)) return std::nullopt;
  return static_cast<Layer>(layer);
}

RecordDetails DetailsOf(const v1::RecordDetails& message) {
  RecordDetails details;
  // Never written, because Protobuf stores these fields as std::string.
  std::string scratch;
  for (size_t i = 0; i < kDetailColumns.size(); ++i) {
    details.*kDetailColumns[i].member =
        message.GetReflection()->GetStringReference(message, DetailFields()[i], &scratch);
  }
  return details;
}

absl::StatusOr<ServiceRecord> ToRecord(const v1::PortRecord& message, LayerText& kept) {
  const std::optional<Layer> layer = LayerOf(message.layer());
  if (!layer) {
    return absl::InvalidArgumentError(absl::StrCat("layer ", static_cast<int>(message.layer()),
                                                   " is unknown, allowed are 1 to ",
                                                   static_cast<int>(v1::Layer_MAX)));
  }
  const std::optional<Transport> transport = TransportOf(message.transport());
  if (!transport) {
    return absl::InvalidArgumentError(
        absl::StrCat("transport ", static_cast<int>(message.transport()),
                     " is unknown, allowed are 0 to ", static_cast<int>(v1::Transport_MAX)));
  }
  const absl::StatusOr<std::optional<PortRange>> ports = ReadRange(message);
  if (!ports.ok()) return ports.status();
  ServiceRecord record;
  record.ports = *ports;
  record.transport = *transport;
  record.layer = *layer;
  record.service = message.service();
  record.description = message.description();
  if (!message.aliases().empty()) {
    record.aliases = kept.unescaped.emplace_back(absl::StrJoin(message.aliases(), " "));
  }
  record.scope = message.scope();
  if (v1::RecordStatus_IsValid(message.status())) {
    record.status = static_cast<RecordStatus>(message.status());
  }
  record.source = message.source();
  RecordDetails details = DetailsOf(message.details());
  if (details.owner.empty()) details.owner = message.owner();
  record.details = kept.details.Add(details);
  return record;
}

}  // namespace portreg
