// Chooses ports for new services, and checks a table of wishes.
#ifndef PORT_CHOOSER_H_
#define PORT_CHOOSER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "portreg/client.h"

// Asks a registry. Thread-safe, as the client is.
class PortChooser {
 public:
  // The client must outlive this.
  explicit PortChooser(const portreg::Client& client) : client_(client) {}

  // Returns a port that nothing speaks against; the same one for each call, as long as it
  // is free. NOT_FOUND if there is none.
  absl::StatusOr<int> PortFor(const std::string& service, const std::string& owner) const;

  // Returns OK if no claim has a finding of severity error. Otherwise FAILED_PRECONDITION
  // that names the first of them, so that a build can fail.
  absl::Status CheckAll(const std::vector<portreg::v1::Claim>& claims) const;

 private:
  const portreg::Client& client_;
};

#endif  // PORT_CHOOSER_H_
