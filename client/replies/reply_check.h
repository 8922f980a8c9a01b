// Checks replies against the contract.
#ifndef PORTREG_CLIENT_REPLIES_REPLY_CHECK_H_
#define PORTREG_CLIENT_REPLIES_REPLY_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Returns how a reply breaks the contract of portreg.v1, in words that follow "the server's reply
// to X", such as "has 3 results for 5 requests". Returns an empty text if the reply keeps the
// contract.
// Checks numbers of results, bounds of ports and counts, and required fields, and that
// records answer the question: that they cover its port, have its name, or are of its
// layers. Does not check values of enums, because a later version may have more.
std::string FaultOf(const v1::LookupRequest& request, const v1::LookupResponse& reply);
std::string FaultOf(const v1::BatchLookupRequest& request, const v1::BatchLookupResponse& reply);
std::string FaultOf(const v1::ClassifyRequest& request, const v1::ClassifyResponse& reply);
std::string FaultOf(const v1::CheckRequest& request, const v1::CheckResponse& reply);
std::string FaultOf(const v1::SuggestRequest& request, const v1::SuggestResponse& reply);
std::string FaultOf(const v1::SearchRequest& request, const v1::SearchResponse& reply);
std::string FaultOf(const v1::GetRegistryInfoRequest& request,
                    const v1::GetRegistryInfoResponse& reply);
std::string FaultOf(const v1::WatchRequest& request, const v1::WatchResponse& reply);
// The same for a record in any reply.
std::string FaultOf(const v1::PortRecord& record);
// The same for the layer of a record, if only those of `layers` were asked for. Empty:
// all were.
std::string FaultOfLayer(absl::Span<const int> layers, v1::Layer layer);

// Faults that every reply may have.
inline constexpr absl::string_view kMalformed = "is not a valid message, or has too many parts";
inline constexpr absl::string_view kNoMessage = "has no message";
inline constexpr absl::string_view kNoRevision = "has no revision";

// Returns INTERNAL with the message "the server's reply to `method` `fault`".
absl::Status BrokenReply(absl::string_view method, absl::string_view fault);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_REPLIES_REPLY_CHECK_H_
