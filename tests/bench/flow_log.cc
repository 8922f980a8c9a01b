// Writes VPC flow logs, made from a seed, to standard output.
//
//     flow_log RECORDS [SEED]
//
// Two thirds of the records are of connections to a few services, in both directions, as in
// a real network; the rest is spread over all ports. One in fifty is ICMP, one in a thousand
// has no data.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>

namespace {

struct Service {
  int port;
  int protocol;
};

constexpr std::array<Service, 16> kServices = {{{443, 6},
                                                {443, 6},
                                                {443, 17},
                                                {53, 17},
                                                {53, 17},
                                                {80, 6},
                                                {22, 6},
                                                {123, 17},
                                                {5432, 6},
                                                {3306, 6},
                                                {6379, 6},
                                                {9092, 6},
                                                {8080, 6},
                                                {25, 6},
                                                {9200, 6},
                                                {389, 6}}};

using Random = std::mt19937_64;

unsigned Below(Random& random, unsigned limit) { return static_cast<unsigned>(random() % limit); }

void WriteRecord(Random& random, unsigned start) {
  const unsigned kind = Below(random, 1000);
  if (kind == 0) {
    std::printf("2 123456789012 eni-0a1b2c3d4e5f6a7b%u - - - - - - - %u %u - NODATA\n",
                Below(random, 10), start, start + 60);
    return;
  }
  const Service service =
      kind < 667 ? kServices[Below(random, kServices.size())]
                 : Service{static_cast<int>(Below(random, 65536)), kind % 2 == 0 ? 6 : 17};
  const bool is_icmp = kind % 50 == 1;
  int source = is_icmp ? 0 : static_cast<int>(32768 + Below(random, 28232));
  int destination = is_icmp ? 0 : service.port;
  if (Below(random, 2) == 0) std::swap(source, destination);
  std::printf(
      "2 123456789012 eni-0a1b2c3d4e5f6a7b%u 10.%u.%u.%u 172.31.%u.%u %d %d %d %u %u %u %u %s OK\n",
      Below(random, 10), Below(random, 256), Below(random, 256), Below(random, 256),
      Below(random, 256), Below(random, 256), source, destination, is_icmp ? 1 : service.protocol,
      Below(random, 500) + 1, Below(random, 1000000) + 40, start, start + 60,
      Below(random, 20) == 0 ? "REJECT" : "ACCEPT");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: flow_log RECORDS [SEED]\n", stderr);
    return 1;
  }
  const unsigned long records = std::strtoul(argv[1], nullptr, 10);
  Random random(argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1);
  for (unsigned long i = 0; i < records; ++i) {
    WriteRecord(random, static_cast<unsigned>(1'700'000'000 + i / 10'000));
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
