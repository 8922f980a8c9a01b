// Reads what the process uses of the machine.
#ifndef PORTREG_SERVER_PROCESS_PROCESS_STATS_H_
#define PORTREG_SERVER_PROCESS_PROCESS_STATS_H_

#include <cstdint>

namespace portreg::server {

// The figures that Prometheus' client libraries report of a process.
struct ProcessStats {
  double cpu_seconds = 0;
  // Seconds since 1970.
  double start_time = 0;
  uint64_t resident_bytes = 0;
  uint64_t open_descriptors = 0;
  uint64_t max_descriptors = 0;
};

// Reads the current figures. A figure that cannot be read is 0.
ProcessStats ReadProcessStats();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_PROCESS_STATS_H_
