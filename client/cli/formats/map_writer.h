// Draws the map of ports for a terminal.
#ifndef PORTREG_CLIENT_CLI_FORMATS_MAP_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_MAP_WRITER_H_

#include <string>

#include "client/cli/display/terminal.h"
#include "common/model/port.h"
#include "common/model/port_map.h"

namespace portreg::cli {

// The most cells of a map.
struct MapSize {
  int columns;
  int rows;
};

inline constexpr MapSize kSmallMap = {64, 32};
inline constexpr MapSize kLargeMap = {128, 64};

// Returns the columns that a line of the map has.
int LineWidth(MapSize size);

// Returns the map of `ports` as lines with a legend, for readers with and without colours.
// A cell is a character that stands for equally many ports, as few as the size permits. A
// line of titles marks where a class of ports begins.
std::string DrawMap(const PortMap& map, PortRange ports, MapSize size, const Terminal& terminal);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_MAP_WRITER_H_
