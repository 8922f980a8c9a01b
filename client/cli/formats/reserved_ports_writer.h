// Writes the ports that Linux shall reserve for services.
#ifndef PORTREG_CLIENT_CLI_FORMATS_RESERVED_PORTS_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_RESERVED_PORTS_WRITER_H_

#include <bitset>
#include <cstddef>
#include <string>
#include <utility>

#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"
#include "common/model/port.h"
#include "common/model/range_rules.h"

namespace portreg::cli {

// Writes a sysctl.d file that sets net.ipv4.ip_local_reserved_ports, which applies to
// IPv6 too. The value has the ports of all records that have a service or an owner and
// are not retired. Writes nothing before Finish(). Not thread-safe.
//
// FAILED_PRECONDITION if the value would have more than kMaxEphemeral ports of
// kLinuxEphemeral, Linux' default range for outgoing connections, because a host without
// free ports cannot connect to any other. `over_half` permits it.
class ReservedPortsWriter final : public RecordWriter {
 public:
  // The longest value that older kernels accept in one write: a page less one byte.
  static constexpr size_t kMaxValueBytes = 4095;

  // The most ephemeral ports that are reserved unless `over_half` is true.
  static constexpr size_t kMaxEphemeral = kLinuxEphemeral.width() / 2;

  // `heading` becomes a comment of the file. `over_half` permits more than kMaxEphemeral
  // ephemeral ports.
  ReservedPortsWriter(std::string heading, bool over_half, Printer out)
      : heading_(std::move(heading)), over_half_(over_half), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // Returns a warning if the value is empty or longer than kMaxValueBytes, else an empty text.
  [[nodiscard]] std::string Remark() const override;

 private:
  // Returns the ports in ascending order, neighbours as ranges: "32771-32775,33060".
  [[nodiscard]] std::string Value() const;

  // Returns how many of the ephemeral ports are reserved.
  [[nodiscard]] size_t EphemeralCount() const;

  const std::string heading_;
  const bool over_half_;
  const Printer out_;
  std::bitset<kPortCount> reserved_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_RESERVED_PORTS_WRITER_H_
