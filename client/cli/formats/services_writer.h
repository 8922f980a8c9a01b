// Writes records as lines of /etc/services.
#ifndef PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"
#include "common/data/layer_file.h"
#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg::cli {

// A line for each port and transport, in this order, as services(5) has it:
//
//   ssh  22/tcp  alias...  # description
//
// The first name, in the order of Lookup, is the service's; the others are
// aliases. Ranges are written port by port, a record without a
// transport once for each. Names that such a file cannot hold are left out, and
// long descriptions are cut.
// All records are held until Finish(). RESOURCE_EXHAUSTED if they take more than
// kMaxHeldBytes; INTERNAL if a port has more records than a registry allows.
class ServicesWriter final : public RecordWriter {
 public:
  // The most aliases in a line, as BSD's reader of the file once had it.
  static constexpr size_t kMaxAliases = 35;
  // The most of a description, in columns, that a line shows.
  static constexpr size_t kMaxDescriptionWidth = 256;
  // The most records that may cover a port: those of a registry, some of them
  // several times, since ranges that were asked for may overlap.
  static constexpr size_t kMaxCovering = 4 * Registry::kMaxRecordsPerKey;
  // The most that the records may take: as much as the files of two layers.
  static constexpr size_t kMaxHeldBytes = 2 * kMaxFileBytes;

  // Unless empty, `heading` comes first, as a comment, with the revision.
  ServicesWriter(std::string heading, Printer out) : heading_(std::move(heading)), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // How many names and aliases were left out.
  [[nodiscard]] std::string Remark() const override;

 private:
  struct Entry {
    std::string name;
    std::string description;
    PortRange ports;
    Transport transport;
    v1::Layer layer;
  };

  // INTERNAL if more entries cover a port than a registry has for one.
  [[nodiscard]] absl::Status CheckCoverage() const;
  // Numbers of entries, in the order of their precedence.
  [[nodiscard]] std::vector<uint32_t> ByPrecedence() const;
  // Writes the line of a port and a transport, if one of the `covering` entries
  // is about it; they stand in order of precedence.
  void PutLine(Port port, Transport transport, absl::Span<const uint32_t> covering);

  const std::string heading_;
  const Printer out_;
  std::deque<Entry> entries_;
  size_t held_bytes_ = 0;
  // Some of the names that were left out.
  std::set<std::string> left_out_;
  size_t left_out_aliases_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_
