// Writes the names of ports, and the ports of names, as data of the page.
#ifndef PORTREG_COMMON_PAGE_PAGE_NAMES_H_
#define PORTREG_COMMON_PAGE_PAGE_NAMES_H_

#include "common/model/registry.h"
#include "common/page/page_records.h"
#include "nlohmann/json.hpp"

namespace portreg {

// Returns the entries that name each port, by NameOfSlot(), as five columns of runs: one for any
// transport, and one for each of kTransports. A value is the place of the entry among those of
// PageRecords::AtPort(), counted from 1; 0 stands for none.
nlohmann::ordered_json NamesOfPorts(const Registry& registry, const PageRecords& records);

// Returns the entries that hold the port that a name stands for, by PortOfName():
// [name, entry, name, entry, ...]. -1 stands for no entry. Leaves out a name if its entry is the
// first one that has the name and a port, because the page assumes that.
nlohmann::ordered_json PortsOfNames(const Registry& registry, const PageRecords& records);

}  // namespace portreg

#endif  // PORTREG_COMMON_PAGE_PAGE_NAMES_H_
