#include "server/process/process_limits.h"

#include <sys/resource.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/process/log.h"

namespace portreg::server {
namespace {

// A server without connections uses about 25, and keeps 16 free.
constexpr rlim_t kFewestDescriptors = 48;

// A server on two processors uses 165 MiB when it is ready, mostly for the stacks of
// threads.
constexpr rlim_t kLeastAddressSpace = rlim_t{160} << 20;

[[noreturn]] void EndForLackOf(absl::string_view what, absl::string_view limits,
                               absl::string_view error) {
  LogLast(Severity::kError, absl::StrCat("the system has no ", what, " left"),
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

absl::Status RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return absl::OkStatus();
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return absl::OkStatus();
  if (limit.rlim_cur >= kFewestDescriptors) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the process may have ", limit.rlim_cur,
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

}  // namespace portreg::server
