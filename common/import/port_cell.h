// Reads the ports that a cell of a table holds, with the transports beside them.
#ifndef PORTREG_COMMON_IMPORT_PORT_CELL_H_
#define PORTREG_COMMON_IMPORT_PORT_CELL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/import/transport_words.h"
#include "common/model/port.h"

namespace portreg {

// Ports that a cell holds, and the transports that it states for them, if any.
struct CellPorts {
  std::vector<PortRange> ports;
  Transports transports;
};

struct PortCell {
  std::vector<CellPorts> items;
  // Notes on values that a person should check, because they may have been meant otherwise.
  std::vector<std::string> remarks;
};

// Reads a cell such as
//
//   80   80,443   80 / 443   80 & 443   8000-8010   35200 – 35220   8000 to 8010   7100.0
//   80/tcp   tcp/80   tcp:80   TCP 80   80 (tcp)   53/tcp,udp   tcp/53,udp/161
//   TCP: 80, 443; UDP: 53
//
// A transport applies to the ports that it is written with; one before a colon, also to
// the ports that follow without a transport. Returns no items for an empty cell.
// Returns INVALID_ARGUMENT, naming the value, if the cell has anything else, or could
// mean several things: 8000:8010, 80/6, 80 443, 80 [1], 80*, 8000+, 12-Oct, 10/12/2026.
absl::StatusOr<PortCell> ReadPortCell(absl::string_view cell, const TransportWords& words);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_PORT_CELL_H_
