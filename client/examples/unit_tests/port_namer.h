// Names the services of flows in a network log.
#ifndef PORT_NAMER_H_
#define PORT_NAMER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "portreg/client.h"

// A line of a log: the port of a connection, and its transport.
struct Flow {
  int port = 0;
  portreg::v1::Transport transport = portreg::v1::TRANSPORT_TCP;
};

// Asks a registry, and remembers its answers. Not thread-safe.
class PortNamer {
 public:
  // The client must outlive this.
  explicit PortNamer(const portreg::Client& client) : client_(client) {}

  // Returns the name of the flow's service, such as "billing". "7100/tcp" if the
  // registry has no name or does not answer, so that the log can be written.
  std::string NameOf(const Flow& flow);

  // Returns the ports of a service, each once; none if the registry does not know it.
  // Fails if the registry does not answer, so that no rule is written without it.
  absl::StatusOr<std::vector<int>> PortsOf(absl::string_view service) const;

 private:
  const portreg::Client& client_;
  // The names of one revision of the registry.
  std::string revision_;
  std::map<std::pair<int, portreg::v1::Transport>, std::string> names_;
};

#endif  // PORT_NAMER_H_
