// Writes records as lines of /etc/services.
#ifndef PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"
#include "common/data/layer_file.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg::cli {

// Writes lines by port and then by transport, in the format of services(5):
//
//   ssh  22/tcp  alias...  # description
//
// The rules of common/names/names.h choose the names: each name is written once for a
// transport, at its port. The name of the slot (a port and a transport) comes first; the
// other names that have the port become its aliases. Records whose names are words for
// people are left out, and so are names and aliases that the format cannot hold. A line has at most
// kMaxLineBytes bytes: descriptions are cut, and aliases that do not fit get lines of
// their own.
//
// Holds all records until Finish(). RESOURCE_EXHAUSTED if they use more than
// kMaxHeldBytes. INTERNAL if more than kMaxCovering records cover a port. Not
// thread-safe.
class ServicesWriter final : public RecordWriter {
 public:
  // The size of the pieces in which musl's getservbyname reads lines. services(5) sets no
  // limit.
  static constexpr size_t kMaxLineBytes = 127;
  // The most aliases of a line, a former limit of BSD's reader of the file.
  static constexpr size_t kMaxAliases = 35;
  // The most records that may cover a port. A registry has at most kMaxRecordsPerKey, but
  // ranges that were asked for may overlap and so repeat records.
  static constexpr size_t kMaxCovering = 4 * Registry::kMaxRecordsPerKey;
  // The most memory that the records may use: the size of the files of two layers.
  static constexpr size_t kMaxHeldBytes = 2 * kMaxFileBytes;

  // A range of ports on one transport, or on all (kNone).
  struct Slots {
    PortRange ports;
    Transport transport;
  };

  // `heading` and the revision become comments at the beginning, unless `heading` is
  // empty. Only the lines of `wanted` slots are written; all lines if `wanted` is empty.
  ServicesWriter(std::string heading, std::vector<Slots> wanted, Printer out)
      : heading_(std::move(heading)), wanted_(std::move(wanted)), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // Returns a remark on how many names were left out, or an empty text if none were.
  [[nodiscard]] std::string Remark() const override;

 private:
  // A record and the texts that it refers to.
  struct Entry {
    std::string name;
    std::string aliases;
    std::string description;
    ServiceRecord record;
  };
  // Maps a name, in folded case, to its first port on each of kTransports.
  using PortsByName =
      absl::flat_hash_map<std::string, std::array<std::optional<Port>, kTransports.size()>>;

  // Notes the names of a record that the format cannot hold, if its line is wanted.
  void NoteUnwritable(const ServiceRecord& record);
  // Returns INTERNAL if more than kMaxCovering entries cover a port.
  [[nodiscard]] absl::Status CheckCoverage() const;
  // Returns the records in lookup order.
  [[nodiscard]] std::vector<const ServiceRecord*> InLookupOrder() const;
  static PortsByName PortsOf(absl::Span<const ServiceRecord* const> ranked);
  // Writes the lines of a slot on kTransports[transport_index]. `covering` are the records that
  // cover the port, in lookup order.
  void PutSlot(Port port, size_t transport_index, absl::Span<const ServiceRecord* const> covering,
               const PortsByName& ports);
  void PutLine(Port port, Transport transport, absl::string_view name,
               absl::Span<const std::string> aliases, absl::string_view description);

  [[nodiscard]] bool IsWanted(Port port, Transport transport) const;

  const std::string heading_;
  const std::vector<Slots> wanted_;
  const Printer out_;
  std::deque<Entry> entries_;
  size_t held_bytes_ = 0;
  // Names that cannot be written; at most the first kMaxLeftOut.
  std::set<std::string> left_out_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_
