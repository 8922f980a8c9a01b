// Builds the requests of the tool's questions.
#ifndef PORTREG_CLIENT_CLI_SOURCES_REQUESTS_H_
#define PORTREG_CLIENT_CLI_SOURCES_REQUESTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"
#include "common/model/port.h"
#include "common/model/query.h"
#include "common/model/record.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// A lookup of a single port or of a name.
v1::LookupRequest LookupRequestFor(const Query& query, v1::RecordView view);

v1::ClassifyRequest ClassifyRequestFor(const Query& query);

// A listing of the records of `layers` (none: of all) that cover some of `ports`.
v1::ListRangeRequest ListRequestFor(PortRange ports, Transport transport,
                                    const std::vector<Layer>& layers, v1::RecordView view);

// Looks up any number of keys: as many BatchLookups as that takes. The answer has
// no revision if its parts are of several. RESOURCE_EXHAUSTED if it would take more
// than kMaxAnswerBytes.
absl::StatusOr<v1::BatchLookupResponse> LookUpAll(const std::vector<v1::LookupRequest>& requests,
                                                  Source& source);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_REQUESTS_H_
