// Writes which ports Linux shall keep for services.
#ifndef PORTREG_CLIENT_CLI_FORMATS_RESERVED_PORTS_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_RESERVED_PORTS_WRITER_H_

#include <bitset>
#include <cstddef>
#include <string>
#include <utility>

#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"
#include "common/model/classify.h"
#include "common/model/port.h"

namespace portreg::cli {

// A sysctl.d file that sets net.ipv4.ip_local_reserved_ports, which IPv6 heeds
// too, to the ports of all named records. Nothing is written before Finish().
// FAILED_PRECONDITION if that were more than half of the ports that Linux has for
// outgoing connections unless told otherwise (kLinuxEphemeral): a host that runs
// out of them can reach nobody.
class ReservedPortsWriter final : public RecordWriter {
 public:
  // The longest value that Linux takes in one write: a page but for a byte.
  static constexpr size_t kMaxValueBytes = 4095;

  // The most ephemeral ports that are reserved unless the user insists.
  static constexpr size_t kMaxEphemeral = kLinuxEphemeral.width() / 2;

  // `heading` is a comment on what was asked for. `over_half`: whether more than
  // kMaxEphemeral may be reserved.
  ReservedPortsWriter(std::string heading, bool over_half, Printer out)
      : heading_(std::move(heading)), over_half_(over_half), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // That the value is longer than kMaxValueBytes.
  [[nodiscard]] std::string Remark() const override;

 private:
  // The ports, ascending, neighbours as ranges: "32771-32775,33060".
  [[nodiscard]] std::string Value() const;

  // How many of the ephemeral ports are reserved.
  [[nodiscard]] size_t EphemeralCount() const;

  const std::string heading_;
  const bool over_half_;
  const Printer out_;
  std::bitset<kPortCount> reserved_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_RESERVED_PORTS_WRITER_H_
