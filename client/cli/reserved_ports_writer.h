// Writes which ports Linux shall keep for services.
#ifndef PORTREG_CLIENT_CLI_RESERVED_PORTS_WRITER_H_
#define PORTREG_CLIENT_CLI_RESERVED_PORTS_WRITER_H_

#include <bitset>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

#include "client/cli/record_writer.h"
#include "common/port.h"

namespace portreg::cli {

// A sysctl.d file that sets net.ipv4.ip_local_reserved_ports, which IPv6 heeds
// too, to the ports of all named records. Nothing is written before Finish().
class ReservedPortsWriter final : public RecordWriter {
 public:
  // The longest value that Linux takes in one write: a page but for a byte.
  static constexpr size_t kMaxValueBytes = 4095;

  // `heading` is a comment on what was asked for.
  ReservedPortsWriter(std::string heading, std::FILE* out)
      : heading_(std::move(heading)), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // That the value is longer than kMaxValueBytes.
  [[nodiscard]] std::string Remark() const override;

 private:
  // The ports, ascending, neighbours as ranges: "32771-32775,33060".
  [[nodiscard]] std::string Value() const;

  const std::string heading_;
  std::FILE* const out_;
  std::bitset<kPortCount> reserved_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_RESERVED_PORTS_WRITER_H_
