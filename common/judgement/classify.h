// Gives advice on choosing a port.
#ifndef PORTREG_COMMON_JUDGEMENT_CLASSIFY_H_
#define PORTREG_COMMON_JUDGEMENT_CLASSIFY_H_

#include <string>
#include <vector>

#include "common/model/advisory_kind.h"
#include "common/model/port.h"

namespace portreg {

class Registry;

struct Advisory {
  AdvisoryKind kind;
  // One sentence, for people to read.
  std::string message;
  // The transports that the advice is about. Empty: all transports.
  std::vector<Transport> transports;
};

// Returns the advice on choosing `port` for a service on `transport`, in the order of
// AdvisoryKind. kNone: on all transports.
std::vector<Advisory> Advise(const Registry& registry, Port port, Transport transport);

}  // namespace portreg

#endif  // PORTREG_COMMON_JUDGEMENT_CLASSIFY_H_
