// Names the services that flows of a network log go to.
#ifndef PORT_NAMER_H_
#define PORT_NAMER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "portreg/client.h"

// A line of a log: which port was connected to, by which transport.
struct Flow {
  int port = 0;
  portreg::v1::Transport transport = portreg::v1::TRANSPORT_TCP;
};

// Asks a registry, and remembers what it said. For one thread.
class PortNamer {
 public:
  // The client must outlive this.
  explicit PortNamer(const portreg::Client& client) : client_(client) {}

  // The name of the flow's service, such as "billing"; "7100/tcp" if the
  // registry knows none, or does not answer: a log is written either way.
  std::string NameOf(const Flow& flow);

  // The ports of a service, each once; none if nobody has heard of it. Fails
  // if the registry does not answer: a rule must not be written without it.
  absl::StatusOr<std::vector<int>> PortsOf(absl::string_view service) const;

 private:
  const portreg::Client& client_;
  // The names of one revision of the registry.
  std::string revision_;
  std::map<std::pair<int, portreg::v1::Transport>, std::string> names_;
};

#endif  // PORT_NAMER_H_
