// Delays listen(2) if it is preloaded, to lengthen the moment between bind and listen.
#include <dlfcn.h>

#include <chrono>
#include <thread>

extern "C" int listen(int fd, int backlog) {
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto real = reinterpret_cast<int (*)(int, int)>(dlsym(RTLD_NEXT, "listen"));
  return real(fd, backlog);
}
