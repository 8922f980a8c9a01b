#include "client/cli/audit/finding.h"

namespace portreg::cli {
namespace {

void SetLocal(const ServiceRecord& record, AuditFinding& finding) {
  finding.is_local = true;
  finding.service = std::string(record.service);
  finding.owner = std::string(record.details->owner);
  finding.scope = std::string(record.scope);
}

}  // namespace

AuditFinding FindingOf(const ListeningSocket& socket, const AuditJudgement& judgement) {
  AuditFinding finding;
  finding.verdict = judgement.verdict;
  finding.socket = socket;
  finding.transport = socket.transport;
  finding.ports = {socket.port, socket.port};
  if (judgement.local != nullptr) SetLocal(*judgement.local, finding);
  if (judgement.registered != nullptr) {
    finding.registered_for = std::string(judgement.registered->service);
  }
  if (judgement.practice != nullptr) finding.practice = std::string(judgement.practice->service);
  finding.remarks = judgement.remarks;
  return finding;
}

AuditFinding MissingListener(const ServiceRecord& record) {
  AuditFinding finding;
  finding.verdict = Verdict::kMissing;
  finding.transport = record.transport;
  finding.ports = *record.ports;
  SetLocal(record, finding);
  if (record.status == RecordStatus::kDeprecated) {
    finding.remarks.emplace_back(ToString(record.status));
  }
  return finding;
}

}  // namespace portreg::cli
