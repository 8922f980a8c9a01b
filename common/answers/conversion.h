// Converts between the domain's values and the messages of portreg.v1.
//
// The domain's enums have the values of the contract's enums, so a cast converts
// them. conversion_test.cc compares the values.
#ifndef PORTREG_COMMON_ANSWERS_CONVERSION_H_
#define PORTREG_COMMON_ANSWERS_CONVERSION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/judgement/classify.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/port_class.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Includes RecordDetails in the message of a record, or leaves them out.
enum class WithDetails : bool { kNo = false, kYes = true };

void ToMessage(const ServiceRecord& record, WithDetails with_details, v1::PortRecord& message);
void ToMessage(const LayerInfo& info, v1::LayerInfo& message);

// Adds the class and the assignment states of a port. `scope` limits the local records
// that take the port.
void AddPortState(const Registry& registry, Port port, Transport transport, absl::string_view scope,
                  v1::LookupResponse& message);

// Sets the kind and the fields of a match, but not its record.
void AddReason(const SearchMatch& match, v1::SearchMatch& message);

// These two fill every field except the revision.
void ToMessage(const SearchResult& result, const Registry& registry, WithDetails with_details,
               v1::SearchResponse& message);
void ToMessage(const PortClassInfo& info, const std::vector<Advisory>& advisories,
               v1::ClassifyResponse& message);

// Return nullopt for a value that this version does not know, and for LAYER_UNSPECIFIED.
std::optional<Transport> TransportOf(v1::Transport transport);
std::optional<Layer> LayerOf(v1::Layer layer);

// Returns the ports of a record; nullopt if it has none. Returns INVALID_ARGUMENT, naming
// the field and the value, if a port is out of range, the range is reversed, or only one
// bound is set.
absl::StatusOr<std::optional<PortRange>> ReadRange(const v1::PortRecord& message);

// Returns views of the message's texts.
RecordDetails DetailsOf(const v1::RecordDetails& message);

// Returns the record of a message. The record holds views of the message's texts and of
// what is added to `kept`. Returns INVALID_ARGUMENT for the errors of ReadRange, and if
// this version does not know the layer or the transport.
absl::StatusOr<ServiceRecord> ToRecord(const v1::PortRecord& message, LayerText& kept);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_CONVERSION_H_
