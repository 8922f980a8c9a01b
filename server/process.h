// What the process takes of the machine, and may take.
#ifndef PORTREG_SERVER_PROCESS_H_
#define PORTREG_SERVER_PROCESS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace portreg {

// As Prometheus' clients count it.
struct ProcessStats {
  double cpu_seconds = 0;
  // Seconds since 1970.
  double start_time = 0;
  uint64_t resident_bytes = 0;
  uint64_t open_descriptors = 0;
  uint64_t max_descriptors = 0;
};

// As it stands now; what the system does not tell is 0.
ProcessStats ReadProcessStats();

// Lets the process open as many descriptors as it ever may: each connection is
// one. RESOURCE_EXHAUSTED if these are too few to serve with.
absl::Status RaiseDescriptorLimit();

}  // namespace portreg

#endif  // PORTREG_SERVER_PROCESS_H_
