#include "client/cli/formats/reserved_ports_writer.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "client/cli/display/clipped_record.h"
#include "common/text/quote.h"

namespace portreg::cli {

void ReservedPortsWriter::Write(const v1::PortRecord& record) {
  const std::optional<PortRange> ports = RangeOf(record);
  // A block has an owner in place of a service.
  const bool is_taken = !record.service().empty() || !record.owner().empty();
  if (!ports || !is_taken || record.status() == v1::RECORD_STATUS_RETIRED) return;
  for (size_t port = ports->first; port <= ports->last; ++port) reserved_.set(port);
}

void ReservedPortsWriter::Finish(const std::string& revision) {
  if (const size_t count = EphemeralCount(); count > kMaxEphemeral && !over_half_) {
    return Fail(absl::FailedPreconditionError(absl::StrCat(
        count, " of the ", kLinuxEphemeral.width(), " ports in ", ToString(kLinuxEphemeral),
        " would be reserved, at most ", kMaxEphemeral,
        " are, so that outgoing connections find one; --reserve-over-half reserves them all the "
        "same")));
  }
  out_.Put(
      absl::StrCat("# Ports of services, which Linux shall not hand out to outgoing connections.\n"
                   "# Of the files that set this, the last one counts alone.\n# ",
                   Printable(heading_), "\n# Revision ", Printable(revision),
                   "\nnet.ipv4.ip_local_reserved_ports = ", Value(), "\n"));
}

std::string ReservedPortsWriter::Remark() const {
  if (reserved_.none()) {
    return "no service has a port there, so the file reserves none and clears the host's list";
  }
  const size_t size = Value().size();
  if (size <= kMaxValueBytes) return {};
  return absl::StrCat("the value has ", size, " bytes, older kernels take no more than ",
                      kMaxValueBytes, ": ask for fewer layers or ranges");
}

size_t ReservedPortsWriter::EphemeralCount() const {
  size_t count = 0;
  for (size_t port = kLinuxEphemeral.first; port <= kLinuxEphemeral.last; ++port) {
    if (reserved_[port]) ++count;
  }
  return count;
}

std::string ReservedPortsWriter::Value() const {
  std::string value;
  for (size_t first = 0; first < kPortCount; ++first) {
    if (!reserved_[first]) continue;
    size_t last = first;
    while (last + 1 < kPortCount && reserved_[last + 1]) ++last;
    absl::StrAppend(&value, value.empty() ? "" : ",", first);
    if (last > first) absl::StrAppend(&value, "-", last);
    first = last;
  }
  return value;
}

}  // namespace portreg::cli
