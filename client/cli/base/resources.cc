#include "client/cli/base/resources.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <exception>
#include <latch>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace portreg::cli {
namespace {

// gRPC 1.51 uses up to eleven threads and twelve descriptors for a call, on two
// processors.
constexpr size_t kThreads = 12;
constexpr size_t kDescriptors = 16;

// A global variable, because the handlers accept no arguments.
int exhausted_exit_code = 1;

// Returns how many threads can run at once, up to `count`.
size_t StartThreads(size_t count) {
  std::latch all_started(1);
  std::vector<std::thread> threads;
  threads.reserve(count);
  try {
    while (threads.size() < count) threads.emplace_back([&] { all_started.wait(); });
  } catch (const std::system_error&) {
    // Not an error here: the number of threads that were started is returned.
  }
  all_started.count_down();
  for (std::thread& thread : threads) thread.join();
  return threads.size();
}

// Returns how many more descriptors can be open at once, up to `count`.
size_t OpenDescriptors(size_t count) {
  std::vector<int> opened;
  while (opened.size() < count) {
    const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) break;
    opened.push_back(descriptor);
  }
  for (const int descriptor : opened) close(descriptor);
  return opened.size();
}

// Uses write() and _exit(), because they need no memory.
[[noreturn]] void End(absl::string_view line) {
  (void)!write(STDERR_FILENO, line.data(), line.size());
  _exit(exhausted_exit_code);
}

}  // namespace

absl::Status CheckResources() {
  if (const size_t some = OpenDescriptors(kDescriptors); some < kDescriptors) {
    return absl::ResourceExhaustedError(absl::StrCat("the system grants ", some,
                                                     " more file descriptors, a call takes up to ",
                                                     kDescriptors, "; see ulimit -n"));
  }
  if (const size_t some = StartThreads(kThreads); some < kThreads) {
    return absl::ResourceExhaustedError(absl::StrCat("the system grants ", some,
                                                     " more threads, a call takes up to ", kThreads,
                                                     "; see ulimit -u and -v"));
  }
  return absl::OkStatus();
}

void ReportExhaustion(int exit_code) {
  exhausted_exit_code = exit_code;
  std::set_new_handler([] { End("portreg: the system grants no more memory; see ulimit -v\n"); });
  std::set_terminate([] { End("portreg: the system grants too little to go on\n"); });
}

}  // namespace portreg::cli
