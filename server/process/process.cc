#include "server/process/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "server/process/log.h"

namespace portreg {
namespace {

// A server without connections has about 25, and keeps 16 free.
constexpr rlim_t kFewestDescriptors = 48;

// A server on two processors has 165 MiB when it is ready, most of it stacks of
// threads.
constexpr rlim_t kLeastAddressSpace = rlim_t{160} << 20;

std::string FirstLine(const char* path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double SecondsOf(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double CpuSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

// proc(5): field 22 of stat says when the process began, in ticks since boot;
// the second one, the name, may hold blanks and ends with the last ")".
double StartTime() {
  const std::string stat = FirstLine("/proc/self/stat");
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(stat).substr(name_end + 2), ' ');
  double ticks = 0;
  if (fields.size() < 20 || !absl::SimpleAtod(fields[19], &ticks)) return 0;
  const double age = SecondsOf(CLOCK_BOOTTIME) - ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  return SecondsOf(CLOCK_REALTIME) - age;
}

uint64_t ResidentBytes() {
  const std::vector<std::string> fields = absl::StrSplit(FirstLine("/proc/self/statm"), ' ');
  uint64_t pages = 0;
  if (fields.size() < 2 || !absl::SimpleAtoi(fields[1], &pages)) return 0;
  return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t OpenDescriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", error);
  if (error) return 0;
  // One of them is that of the directory.
  return static_cast<uint64_t>(std::distance(begin(descriptors), end(descriptors))) - 1;
}

uint64_t MaxDescriptors() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

[[noreturn]] void EndForLackOf(absl::string_view what, absl::string_view limits,
                               absl::string_view error) {
  LogLast(Severity::kError, absl::StrCat("the system gives no ", what),
          {{"error", std::string(error)}, {"see", absl::StrCat("ulimit ", limits)}});
  std::_Exit(EXIT_FAILURE);
}

[[noreturn]] void OnUncaught() {
  try {
    if (const std::exception_ptr uncaught = std::current_exception()) {
      std::rethrow_exception(uncaught);
    }
  } catch (const std::bad_alloc& error) {
    EndForLackOf("memory", "-v", error.what());
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::resource_unavailable_try_again) {
      EndForLackOf("thread", "-u, -v", error.what());
    }
  } catch (...) {
  }
  std::abort();
}

}  // namespace

ProcessStats ReadProcessStats() {
  return {.cpu_seconds = CpuSeconds(),
          .start_time = StartTime(),
          .resident_bytes = ResidentBytes(),
          .open_descriptors = OpenDescriptors(),
          .max_descriptors = MaxDescriptors()};
}

absl::Status RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return absl::OkStatus();
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const uint64_t most = MaxDescriptors();
  if (most >= kFewestDescriptors) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the process may have ", most,
                                                   " descriptors open, at least ",
                                                   kFewestDescriptors, " are needed (ulimit -n)"));
}

absl::Status CheckAddressSpace() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      limit.rlim_cur >= kLeastAddressSpace) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat("the process may have ", limit.rlim_cur,
                                                   " bytes of address space, at least ",
                                                   kLeastAddressSpace, " are needed (ulimit -v)"));
}

void ReportLackOfThreadsAndMemory() { std::set_terminate(&OnUncaught); }

}  // namespace portreg
