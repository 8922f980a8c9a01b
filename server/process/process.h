// What the process takes of the machine, and may take.
#ifndef PORTREG_SERVER_PROCESS_PROCESS_H_
#define PORTREG_SERVER_PROCESS_PROCESS_H_

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

// RESOURCE_EXHAUSTED if the process may have less address space (RLIMIT_AS) than
// a server needs at least: running out of it in the middle of a start ends in
// whichever library asks first.
absl::Status CheckAddressSpace();

// Has the process end with a line of the log and exit code 1 where an exception
// that nobody catches says that the system gives no thread or no memory. An
// exception of any other kind aborts as before.
//
// Nothing is unwound: the destructor of a server whose threads never began would
// wait for them.
void ReportLackOfThreadsAndMemory();

}  // namespace portreg

#endif  // PORTREG_SERVER_PROCESS_PROCESS_H_
