// Writes records as lines of /etc/services.
#ifndef PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
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

// Writes lines for each port and transport, in this order, as services(5) has them:
//
//   ssh  22/tcp  alias...  # description
//
// By the rules of common/model/names.h: each name is written once for a transport, at
// its port. The slot's name comes first; the other names that have the port are its
// aliases. Records that are named for people are left out, as are names that such a
// file cannot hold. A line has at most kMaxLineBytes bytes: descriptions are cut, and
// aliases that do not fit get lines of their own.
//
// All records are held until Finish(). RESOURCE_EXHAUSTED if they take more than
// kMaxHeldBytes; INTERNAL if a port has more records than a registry allows.
class ServicesWriter final : public RecordWriter {
 public:
  // musl's getservbyname reads lines in pieces of this size (services(5) sets no
  // limit).
  static constexpr size_t kMaxLineBytes = 127;
  // The most aliases in a line, as BSD's reader of the file once had it.
  static constexpr size_t kMaxAliases = 35;
  // The most records that may cover a port: those of a registry, some of them
  // several times, since ranges that were asked for may overlap.
  static constexpr size_t kMaxCovering = 4 * Registry::kMaxRecordsPerKey;
  // The most that the records may take: as much as the files of two layers.
  static constexpr size_t kMaxHeldBytes = 2 * kMaxFileBytes;

  // Ports on a transport, or on all (kNone).
  struct Slots {
    PortRange ports;
    Transport transport;
  };

  // Unless empty, `heading` comes first, as a comment, with the revision. Lines of
  // other slots than `wanted` are left out; none: all are written.
  ServicesWriter(std::string heading, std::vector<Slots> wanted, Printer out)
      : heading_(std::move(heading)), wanted_(std::move(wanted)), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // Says how many names were left out.
  [[nodiscard]] std::string Remark() const override;

 private:
  // A record, and the texts that it views.
  struct Entry {
    std::string name;
    std::string aliases;
    std::string description;
    ServiceRecord record;
  };
  // The records of a name, in lookup order.
  using RecordsByName = absl::flat_hash_map<std::string, std::vector<const ServiceRecord*>>;

  // INTERNAL if more entries cover a port than a registry has for one.
  [[nodiscard]] absl::Status CheckCoverage() const;
  // The records in lookup order.
  [[nodiscard]] std::vector<const ServiceRecord*> InLookupOrder() const;
  // Writes the lines of a slot. `covering` are the records that cover the port, in
  // lookup order.
  void PutSlot(Port port, Transport transport, absl::Span<const ServiceRecord* const> covering,
               const RecordsByName& by_name);
  void PutLine(Port port, Transport transport, absl::string_view name,
               absl::Span<const std::string> aliases, absl::string_view description);

  [[nodiscard]] bool IsWanted(Port port, Transport transport) const;

  const std::string heading_;
  const std::vector<Slots> wanted_;
  const Printer out_;
  std::deque<Entry> entries_;
  size_t held_bytes_ = 0;
  // Some of the names that cannot be written.
  std::set<std::string> left_out_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_SERVICES_WRITER_H_
