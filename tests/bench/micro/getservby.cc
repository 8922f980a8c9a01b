// Measures glibc's getservbyport_r and getservbyname_r with the services of
// /etc/services, in random order. Each call reads the file.
#include <netdb.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"

namespace {

struct Service {
  std::string name;
  std::string protocol;
  int port = 0;  // in network byte order, as netdb.h has it
};

const std::vector<Service>& ShuffledServices() {
  static const auto& services = *[] {
    auto* const all = new std::vector<Service>();
    setservent(1);
    while (const servent* entry = getservent()) {
      all->push_back({entry->s_name, entry->s_proto, entry->s_port});
    }
    endservent();
    std::shuffle(all->begin(), all->end(), std::mt19937(1));
    return all;
  }();
  return services;
}

bool IsCalled(const servent& entry, const std::string& name) {
  if (entry.s_name == name) return true;
  for (char** alias = entry.s_aliases; *alias != nullptr; ++alias) {
    if (*alias == name) return true;
  }
  return false;
}

// Asks for one service after the other. `ask(service, entry, buffer, found)` calls one of
// the two functions. `is_right(found, service)` judges the answer.
template <typename Ask, typename IsRight>
void AskForAll(benchmark::State& state, Ask ask, IsRight is_right) {
  const std::vector<Service>& services = ShuffledServices();
  std::array<char, 4096> buffer;
  size_t next = 0;
  for (auto unused : state) {
    const Service& service = services[next];
    next = next + 1 == services.size() ? 0 : next + 1;
    servent entry;
    servent* found = nullptr;
    if (ask(service, entry, buffer, found) != 0 || found == nullptr ||
        found->s_proto != service.protocol || !is_right(*found, service)) {
      state.SkipWithError("a service of /etc/services is not found");
      break;
    }
  }
}

void ByPort(benchmark::State& state) {
  AskForAll(
      state,
      [](const Service& service, servent& entry, auto& buffer, servent*& found) {
        return getservbyport_r(service.port, service.protocol.c_str(), &entry, buffer.data(),
                               buffer.size(), &found);
      },
      [](const servent& found, const Service& service) { return found.s_port == service.port; });
}
BENCHMARK(ByPort);

void ByName(benchmark::State& state) {
  AskForAll(
      state,
      [](const Service& service, servent& entry, auto& buffer, servent*& found) {
        return getservbyname_r(service.name.c_str(), service.protocol.c_str(), &entry,
                               buffer.data(), buffer.size(), &found);
      },
      [](const servent& found, const Service& service) { return IsCalled(found, service.name); });
}
BENCHMARK(ByName);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  if (ShuffledServices().empty()) {
    std::cerr << "bench_getservby: /etc/services holds nothing\n";
    return EXIT_FAILURE;
  }
  benchmark::AddCustomContext("services", std::to_string(ShuffledServices().size()));
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
