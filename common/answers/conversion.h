// Converts between the domain's values and the messages of portreg.v1.
//
// The domain's enums have the contract's values (conversion_test.cc compares
// them), so that they are converted by a cast.
#ifndef PORTREG_COMMON_ANSWERS_CONVERSION_H_
#define PORTREG_COMMON_ANSWERS_CONVERSION_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/model/classify.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/port_class.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/search/search.h"
#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Whether a message of a record includes its RecordDetails.
enum class WithDetails : bool { kNo = false, kYes = true };

void ToMessage(const ServiceRecord& record, WithDetails with_details, v1::PortRecord& message);
void ToMessage(const LayerInfo& info, v1::LayerInfo& message);

// Adds the class and the states of a port.
void AddPortState(const Registry& registry, Port port, Transport transport,
                  v1::LookupResponse& message);

// Fills all fields but the revision.
void ToMessage(const SearchResult& result, const Registry& registry, WithDetails with_details,
               v1::SearchResponse& message);
void ToMessage(const PortClassInfo& info, const std::vector<Advisory>& advisories,
               v1::ClassifyResponse& message);

// Nothing for a value that this version does not know.
std::optional<Transport> TransportOf(v1::Transport transport);
std::optional<Layer> LayerOf(v1::Layer layer);

// The ports of a record; nothing if it has none. INVALID_ARGUMENT, naming the field
// and the value, for a port out of range, a reversed range, or one bound without
// the other.
absl::StatusOr<std::optional<PortRange>> ReadRange(const v1::PortRecord& message);

// Views of the message's texts.
RecordDetails DetailsOf(const v1::RecordDetails& message);

// The record of a message, with views of the message's texts. INVALID_ARGUMENT, as
// ReadRange has it, or for a layer or a transport that this version does not know.
absl::StatusOr<ServiceRecord> ToRecord(const v1::PortRecord& message);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_CONVERSION_H_
