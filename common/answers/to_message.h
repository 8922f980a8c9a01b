// Copies the domain's values into messages that have the contract's fields.
//
// Server and tool both speak portreg.v1, and the domain includes no Protobuf:
// so these are templates over the message, checked where they are used. The
// domain's enums have the contract's values (tests/common/answers/record_conversion_test.cc).
#ifndef PORTREG_COMMON_ANSWERS_TO_MESSAGE_H_
#define PORTREG_COMMON_ANSWERS_TO_MESSAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/model/classify.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/port_class.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/search/search.h"

namespace portreg {

enum class WithDetails : bool { kNo = false, kYes = true };

// Fills a portreg.v1.RecordDetails.
template <typename Message>
void ToMessage(const RecordDetails& details, Message& message) {
  message.set_assignee(std::string(details.assignee));
  message.set_contact(std::string(details.contact));
  message.set_registration_date(std::string(details.registration_date));
  message.set_modification_date(std::string(details.modification_date));
  message.set_reference(std::string(details.reference));
  message.set_service_code(std::string(details.service_code));
  message.set_unauthorized_use_reported(std::string(details.unauthorized_use_reported));
  message.set_assignment_notes(std::string(details.assignment_notes));
  message.set_owner(std::string(details.owner));
}

// Fills a portreg.v1.PortRecord.
template <typename Message>
void ToMessage(const ServiceRecord& record, WithDetails with_details, Message& message) {
  if (record.ports) {
    message.set_first_port(record.ports->first);
    message.set_last_port(record.ports->last);
  }
  message.set_transport(static_cast<decltype(message.transport())>(record.transport));
  message.set_service(std::string(record.service));
  message.set_description(std::string(record.description));
  message.set_layer(static_cast<decltype(message.layer())>(record.layer));
  message.set_source(std::string(SourceOf(record.layer)));
  if (with_details == WithDetails::kYes) ToMessage(record.details, *message.mutable_details());
}

// Fills a portreg.v1.LookupResponse with what is known of a port: its class
// and its states.
template <typename Message>
void ToMessage(const Registry& registry, Port port, Transport transport, Message& message) {
  message.set_port_class(static_cast<decltype(message.port_class())>(ClassOf(port).port_class));
  for (const TransportState& state : registry.States(port, transport)) {
    auto& out = *message.add_states();
    out.set_transport(static_cast<decltype(out.transport())>(state.transport));
    out.set_state(static_cast<decltype(out.state())>(state.state));
    out.set_taken_locally(state.taken_locally);
  }
}

// Fills a portreg.v1.SearchResponse but for its revision.
template <typename Message>
void ToMessage(const SearchResult& result, const Registry& registry, WithDetails with_details,
               Message& message) {
  for (const SearchMatch& match : result.matches) {
    auto& out = *message.add_matches();
    ToMessage(registry.record(match.record), with_details, *out.mutable_record());
    out.set_kind(static_cast<decltype(out.kind())>(match.kind));
    using Field = decltype(out.fields(0));
    if (match.in_service) out.add_fields(static_cast<Field>(MatchField::kService));
    if (match.in_description) out.add_fields(static_cast<Field>(MatchField::kDescription));
  }
  message.set_total_count(static_cast<int32_t>(result.total_count));
  for (const absl::string_view service : result.similar_services) {
    message.add_similar_services(std::string(service));
  }
}

// Fills a portreg.v1.Advisory.
template <typename Message>
void ToMessage(const Advisory& advisory, Message& message) {
  message.set_kind(static_cast<decltype(message.kind())>(advisory.kind));
  message.set_message(advisory.message);
  for (const Transport transport : advisory.transports) {
    message.add_transports(static_cast<decltype(message.transports(0))>(transport));
  }
}

// Fills a portreg.v1.ClassifyResponse but for its revision.
template <typename Message>
void ToMessage(const PortClassInfo& info, const std::vector<Advisory>& advisories,
               Message& message) {
  message.set_port_class(static_cast<decltype(message.port_class())>(info.port_class));
  message.set_first_port(info.range.first);
  message.set_last_port(info.range.last);
  message.set_title(std::string(info.title));
  message.set_description(std::string(info.description));
  for (const Advisory& advisory : advisories) ToMessage(advisory, *message.add_advisories());
}

// Fills a portreg.v1.LayerInfo.
template <typename Message>
void ToMessage(const LayerInfo& info, Message& message) {
  message.set_layer(static_cast<decltype(message.layer())>(info.layer));
  message.set_source(std::string(SourceOf(info.layer)));
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

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_TO_MESSAGE_H_
