// Cuts a record down to the ports that were asked about.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_
#define PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_

#include <optional>

#include "common/model/port.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::cli {

// Returns the ports of a record. Returns nothing if the record has no port or its bounds
// are not a valid range.
std::optional<PortRange> RangeOf(const v1::PortRecord& record);

// Returns `record` with its range cut to `ports` and, if `transport` is not kNone, with
// `transport` as its transport; kNone asks about any transport. Returns nothing if the
// record has no port, covers none of `ports`, or has another transport.
std::optional<v1::PortRecord> ClippedTo(PortRange ports, Transport transport,
                                        const v1::PortRecord& record);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_
