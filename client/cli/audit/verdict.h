// Judges listening sockets by the records of their ports.
#ifndef PORTREG_CLIENT_CLI_AUDIT_VERDICT_H_
#define PORTREG_CLIENT_CLI_AUDIT_VERDICT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "client/cli/audit/listening_socket.h"
#include "common/model/port.h"
#include "common/model/range_rules.h"
#include "common/model/record.h"

namespace portreg::cli {

enum class Verdict : uint8_t {
  // A local record of the scope holds the port, and its name is that of the process, or the
  // process is not known. Also if a block holds the port.
  kOurs,
  // A local record of the scope holds the port, but the process has another name.
  kOtherName,
  // A local record of the scope says that the service must listen on loopback only, but
  // other machines can reach the socket.
  kExposed,
  // The only local records of the scope on the port are retired.
  kRetired,
  // No local record of the scope. IANA has registered the port for a service.
  kRegistered,
  // No local record of the scope. The port is known from practice.
  kPractice,
  // No record at all, and Linux gives the port to outgoing connections, or it is dynamic.
  kEphemeral,
  // No record at all.
  kUnknown,
  // A local record of the scope for which no socket listens.
  kMissing
};

// Returns "ours", "other-name", "exposed", "retired", "registered", "practice",
// "ephemeral", "unknown" or "missing".
absl::string_view ToString(Verdict verdict);

// Returns false if the local table does not allow what the verdict says: kOtherName,
// kExposed, kRetired and kMissing.
bool IsAllowed(Verdict verdict);

// The facts that a judgement depends on besides the records.
struct Circumstances {
  // The scope of the machine. A record fits if its scope overlaps this one. Empty: every
  // record fits.
  std::string scope;
  absl::CivilDay today;
  // The ports that the machine gives to outgoing connections. Default: Linux' default.
  PortRange ephemeral = kLinuxEphemeral;
};

struct AuditJudgement {
  Verdict verdict = Verdict::kUnknown;
  // The local record that decides. nullptr: none does.
  const ServiceRecord* local = nullptr;
  // IANA's record of a service for the port, and the practice table's record; nullptr if
  // there is none. If there are several, the one with the process's name, else the first.
  const ServiceRecord* registered = nullptr;
  const ServiceRecord* practice = nullptr;
  // Further facts for a person: "deprecated", "until 2026-01-31 is past".
  std::vector<std::string> remarks;
};

// Judges a socket. `covering` are the records of its port on any transport, in lookup
// order. If several local records fit, the first with the process's name decides, else
// the first with a name, else the first block. Exposure outweighs another name. A record
// that has passed its last day still holds its port; a remark reports the day.
AuditJudgement Judge(const ListeningSocket& socket, absl::Span<const ServiceRecord* const> covering,
                     const Circumstances& circumstances);

// Returns true if a service of the record must listen somewhere in the scope: a local
// record with a name and a port, active or deprecated, within its first and last day.
bool IsExpected(const ServiceRecord& record, const Circumstances& circumstances);

// The ports and transports on which sockets listen.
class ListenedPorts {
 public:
  void Add(absl::Span<const ListeningSocket> sockets);

  // Returns true if a socket listens on a port and on a transport of the record.
  [[nodiscard]] bool HasOneOf(const ServiceRecord& record) const;

 private:
  // For each port, the transports as bits 1 << Transport.
  std::vector<uint8_t> transports_ = std::vector<uint8_t>(kPortCount);
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_VERDICT_H_
