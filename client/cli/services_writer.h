// Writes records as lines of /etc/services.
#ifndef PORTREG_CLIENT_CLI_SERVICES_WRITER_H_
#define PORTREG_CLIENT_CLI_SERVICES_WRITER_H_

#include <cstddef>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "client/cli/record_writer.h"
#include "common/port.h"

namespace portreg::cli {

// A line for each port and transport, in this order, as services(5) has it:
//
//   ssh  22/tcp  alias...  # description
//
// The first name, in the order of Lookup, is the service's; the others are
// aliases. Ranges are written port by port, a record without a
// transport once for each. Names that such a file cannot hold are left out.
// All records are held until Finish().
class ServicesWriter final : public RecordWriter {
 public:
  // Unless empty, `heading` comes first, as a comment, with the revision.
  ServicesWriter(std::string heading, std::FILE* out) : heading_(std::move(heading)), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // How many names were left out.
  [[nodiscard]] std::string Remark() const override;

 private:
  struct Entry {
    std::string name;
    std::string description;
    PortRange ports;
    Transport transport;
    Layer layer;
  };

  // Writes the line of a port and a transport, if one of the `covering` entries
  // is about it; they stand in order of precedence.
  void PutLine(Port port, Transport transport, absl::Span<const size_t> covering) const;

  const std::string heading_;
  std::FILE* const out_;
  std::vector<Entry> entries_;
  std::set<std::string> left_out_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SERVICES_WRITER_H_
