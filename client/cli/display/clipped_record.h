// What of a record concerns the ports that were asked about.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_
#define PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_

#include <optional>

#include "common/model/port.h"
#include "common/model/record.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::cli {

// The ports of a record. Nothing if it has none, or what is no range of ports.
std::optional<PortRange> RangeOf(const v1::PortRecord& record);

// The transport and the layer of a record. Nothing for a value that this program
// does not know.
std::optional<Transport> TransportOf(const v1::PortRecord& record);
std::optional<Layer> LayerOf(const v1::PortRecord& record);

// What `record` says of `ports` on `transport` (kNone: on any): the record with
// its range cut to these ports, and of that transport if it states none. Nothing
// if it says nothing of them, or has no port.
std::optional<v1::PortRecord> ClippedTo(PortRange ports, Transport transport,
                                        const v1::PortRecord& record);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_CLIPPED_RECORD_H_
