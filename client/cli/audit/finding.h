// Defines one result of an audit, as it is written.
#ifndef PORTREG_CLIENT_CLI_AUDIT_FINDING_H_
#define PORTREG_CLIENT_CLI_AUDIT_FINDING_H_

#include <optional>
#include <string>
#include <vector>

#include "client/cli/audit/listening_socket.h"
#include "client/cli/audit/verdict.h"
#include "common/model/port.h"
#include "common/model/record.h"

namespace portreg::cli {

// A judged socket, or a record for which no socket listens. Holds copies of the texts of
// records.
struct AuditFinding {
  Verdict verdict = Verdict::kUnknown;
  // The file that lists the socket; printable. Empty: this machine, or no socket.
  std::string file;
  // Absent for kMissing.
  std::optional<ListeningSocket> socket;
  // The transport and ports of the socket, or of the record for which no socket listens.
  Transport transport = Transport::kNone;
  PortRange ports;
  // True if a local record decides. The three texts are then those of that record; a
  // block has no service.
  bool is_local = false;
  std::string service;
  std::string owner;
  std::string scope;
  // The service for which IANA has registered the port, and the one that uses it in
  // practice. Empty: none.
  std::string registered_for;
  std::string practice;
  std::vector<std::string> remarks;
};

// Returns the finding of a socket.
AuditFinding FindingOf(const ListeningSocket& socket, const AuditJudgement& judgement);

// Returns the finding that no socket listens for a record, which must have ports.
AuditFinding MissingListener(const ServiceRecord& record);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_FINDING_H_
