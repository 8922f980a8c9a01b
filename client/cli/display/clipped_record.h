// Cuts a record down to the ports that were asked about.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_
#define PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_

#include <optional>

#include "common/model/port.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::cli {

// The ports of a record; nothing if it has none, or bounds that are no range.
std::optional<PortRange> RangeOf(const v1::PortRecord& record);

// What `record` says of `ports` on `transport` (kNone: on any): the record with
// its range cut to these ports, and of that transport if it states none. Nothing
// if it says nothing of them, or has no port.
std::optional<v1::PortRecord> ClippedTo(PortRange ports, Transport transport,
                                        const v1::PortRecord& record);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_
