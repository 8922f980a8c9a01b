// Builds the tool's requests and sends lookups in batches.
#ifndef PORTREG_CLIENT_CLI_SOURCES_REQUESTS_H_
#define PORTREG_CLIENT_CLI_SOURCES_REQUESTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"
#include "common/model/port.h"
#include "common/model/query.h"
#include "common/model/record.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Returns the lookup of a single port or of a name. `query` must not be a range. `scope`
// is that of the request; empty: no filter.
v1::LookupRequest LookupRequestFor(const Query& query, v1::RecordView view,
                                   const std::string& scope = {});

v1::ClassifyRequest ClassifyRequestFor(const Query& query);

// Returns the listing of the records that cover some of `ports`. `layers` selects their
// layers; empty selects all. `scope` is that of the request; empty: no filter.
v1::ListRangeRequest ListRequestFor(PortRange ports, Transport transport,
                                    const std::vector<Layer>& layers, v1::RecordView view,
                                    const std::string& scope = {});

// Looks up any number of keys, with as many BatchLookup calls as necessary. The answer
// has no revision if the calls were answered from several. RESOURCE_EXHAUSTED if the
// answer would use more than kMaxAnswerBytes.
absl::StatusOr<v1::BatchLookupResponse> LookUpAll(const std::vector<v1::LookupRequest>& requests,
                                                  Source& source);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_REQUESTS_H_
