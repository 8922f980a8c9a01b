// Chooses the one name of a port, and the one port of a name.
//
// Every output that has room for one answer uses these two rules: short answers, files
// for /etc/services, tables for log pipelines.
#ifndef PORTREG_COMMON_NAMES_NAMES_H_
#define PORTREG_COMMON_NAMES_NAMES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// Returns the record that names a slot (a port on a transport), or nullptr if none
// does. `covering` are the records that cover the port, in lookup order. kNone: any
// transport.
//
// Sources precede each other in the order local, practice (kSiteSource and
// kPracticeSource), iana. The table of common ports is last, because its names are meant
// for people. Rows of a site and software defaults are one source, so that lookup order decides
// between them. Within a source, a record of the transport precedes one of no transport.
// Otherwise lookup order decides. Retired records are ignored.
const ServiceRecord* NameOfSlot(absl::Span<const ServiceRecord* const> covering,
                                Transport transport);
const ServiceRecord* NameOfSlot(const Registry& registry, Port port, Transport transport);

// Returns the record whose port `name` stands for, or nullptr if none has a port.
// `named` are the records of the name, in lookup order. kNone: any transport.
//
// Sources precede each other in the order local, iana, practice (kSiteSource and
// kPracticeSource). The table of common ports is last. Within a source, a record whose
// service has the name precedes one that has it as an alias. Then a single port precedes
// a range. A port on which software listens under the name in practice precedes
// others: IANA gives http-alt the ports 591 and 8080, and software uses 8080. Then the
// lowest port wins. Retired records are ignored.
const ServiceRecord* PortOfName(absl::Span<const ServiceRecord* const> named,
                                absl::string_view name, Transport transport);
const ServiceRecord* PortOfName(const Registry& registry, absl::string_view name,
                                Transport transport);

}  // namespace portreg

#endif  // PORTREG_COMMON_NAMES_NAMES_H_
