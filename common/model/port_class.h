// Describes the three classes of ports.
#ifndef PORTREG_COMMON_MODEL_PORT_CLASS_H_
#define PORTREG_COMMON_MODEL_PORT_CLASS_H_

#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// One of the three ranges of RFC 6335 section 6. The texts are those of
// common/embedded/port-numbers.md.
struct PortClassInfo {
  PortClass port_class;
  PortRange range;
  absl::string_view title;
  absl::string_view description;
};

const PortClassInfo& ClassOf(Port port);

// Returns "well-known", "registered" or "dynamic".
absl::string_view ToString(PortClass port_class);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_PORT_CLASS_H_
