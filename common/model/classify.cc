#include "common/model/classify.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/model/range_rules.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// The most of IANA's notes on a use that advice quotes, in bytes; its
// longest has 63.
constexpr size_t kMaxReportBytes = 256;

// Returns true if a record gives its ports to somebody. A record of IANA does if it
// assigns them; any other record does unless it is retired.
bool Gives(const ServiceRecord& record) {
  if (record.layer != Layer::kIana) return record.status != RecordStatus::kRetired;
  return StateOf(record) == AssignmentState::kAssigned;
}

// Returns the name of the holder of a record's ports, such as "billing (owner pay)".
std::string Holder(const ServiceRecord& record) {
  const absl::string_view owner = record.details.owner;
  // A block of an organisation's own table has no name, but an owner.
  if (!record.named() && !owner.empty()) return std::string(owner);
  const absl::string_view name = record.named() ? record.service : record.description;
  return absl::StrCat(name.empty() ? "an unnamed assignment" : name,
                      owner.empty() ? "" : absl::StrCat(" (owner ", owner, ")"));
}

// Returns the distinct holders of those records of `layer` that give the port to
// somebody. Lists at most kMostNames.
std::string Holders(const Registry& registry, Port port, Layer layer, Transport transport) {
  constexpr size_t kMostNames = 10;
  std::vector<std::string> names;
  for (const RecordIndex index : registry.AtPort(port)) {
    const ServiceRecord& record = registry.record(index);
    if (record.layer != layer || !Answers(record.transport, transport)) continue;
    if (!Gives(record)) continue;
    std::string name = Holder(record);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (names.size() == kMostNames) return absl::StrCat(absl::StrJoin(names, ", "), " and others");
    names.push_back(std::move(name));
  }
  return absl::StrJoin(names, ", ");
}

// Returns the sentence about a state. For kAssigned, the caller appends the names.
absl::string_view Say(AssignmentState state) {
  switch (state) {
    case AssignmentState::kAssigned:
      return "assigned by IANA to ";
    case AssignmentState::kReserved:
      return "reserved by IANA: not available for ordinary assignment";
    case AssignmentState::kUnassigned:
      return "unassigned by IANA: to be requested there, choosing it anyway is squatting";
    case AssignmentState::kDynamic:
      break;  // A range rule says it.
  }
  return "";
}

AdvisoryKind KindOf(AssignmentState state) {
  switch (state) {
    case AssignmentState::kAssigned:
      return AdvisoryKind::kIanaAssigned;
    case AssignmentState::kReserved:
      return AdvisoryKind::kIanaReserved;
    case AssignmentState::kUnassigned:
      return AdvisoryKind::kIanaUnassigned;
    case AssignmentState::kDynamic:
      return AdvisoryKind::kDynamic;
  }
  return AdvisoryKind::kIanaReserved;
}

// Adds `transport` to the advisory of this kind and message. Adds the advisory if it
// does not exist.
void Merge(AdvisoryKind kind, std::string message, Transport transport,
           std::vector<Advisory>& advisories) {
  for (Advisory& advisory : advisories) {
    if (advisory.kind != kind || advisory.message != message) continue;
    if (advisory.transports.back() != transport) advisory.transports.push_back(transport);
    return;
  }
  advisories.push_back({kind, std::move(message), {transport}});
}

void AdviseOnStates(const Registry& registry, Port port, Transport transport,
                    std::vector<Advisory>& advisories) {
  for (const TransportState& state : registry.States(port, transport)) {
    std::string message(Say(state.state));
    if (state.state == AssignmentState::kAssigned) {
      absl::StrAppend(&message, Holders(registry, port, Layer::kIana, state.transport));
    }
    if (!message.empty()) {
      Merge(KindOf(state.state), std::move(message), state.transport, advisories);
    }
    if (state.taken_locally) {
      const std::string names = Holders(registry, port, Layer::kLocal, state.transport);
      Merge(AdvisoryKind::kTakenLocally, absl::StrCat("taken locally by ", names), state.transport,
            advisories);
    }
  }
  // In the protocol, an empty list stands for all transports.
  for (Advisory& advisory : advisories) {
    if (advisory.transports.size() == kTransports.size()) advisory.transports.clear();
  }
}

// Adds advice whose transports were merged over all transports. Keeps what is about
// `transport`. In the protocol, an empty list stands for all transports.
void AddMerged(std::vector<Advisory> merged, Transport transport,
               std::vector<Advisory>& advisories) {
  for (Advisory& advisory : merged) {
    if (advisory.transports.size() == kTransports.size()) {
      advisory.transports.clear();
    } else if (transport != Transport::kNone) {
      const auto& holds = advisory.transports;
      if (std::find(holds.begin(), holds.end(), transport) == holds.end()) continue;
      advisory.transports = {transport};
    }
    advisories.push_back(std::move(advisory));
  }
}

// Reports each use with its transports, because software may use a port on some only.
// The records of the table of common ports state no transport, and so count for all.
void AdviseOnUse(const Registry& registry, Port port, Transport transport,
                 std::vector<Advisory>& advisories) {
  std::vector<Advisory> uses;
  for (const Transport each : kTransports) {
    const std::string names = Holders(registry, port, Layer::kCommon, each);
    if (names.empty()) continue;
    Merge(AdvisoryKind::kCommonlyUsed, absl::StrCat("commonly used by ", names), each, uses);
  }
  AddMerged(std::move(uses), transport, advisories);
}

// Reports what IANA's column "Unauthorized Use Reported" says.
void AdviseOnUnauthorizedUse(const Registry& registry, Port port, Transport transport,
                             std::vector<Advisory>& advisories) {
  std::vector<Advisory> reports;
  for (const Transport each : kTransports) {
    for (const RecordIndex index : registry.AtPort(port)) {
      const ServiceRecord& record = registry.record(index);
      const absl::string_view report = record.details.unauthorized_use_reported;
      if (record.layer != Layer::kIana || report.empty()) continue;
      if (!Answers(record.transport, each)) continue;
      Merge(AdvisoryKind::kUnauthorizedUse,
            absl::StrCat("IANA notes unauthorised use: ", Quoted(report, kMaxReportBytes)), each,
            reports);
    }
  }
  AddMerged(std::move(reports), transport, advisories);
}

void AdviseByRules(const Registry& registry, Port port, Transport transport,
                   std::vector<Advisory>& advisories) {
  for (const RangeRule* const rule : registry.range_rules().AtPort(port)) {
    if (transport != Transport::kNone && !HoldsOn(*rule, transport)) continue;
    std::vector<Transport> transports = rule->transports;
    // The advice on the dynamic class has always named the transport of the question, as
    // the advice on the other states does.
    const bool names_it = !transports.empty() || rule->kind() == AdvisoryKind::kDynamic;
    if (names_it && transport != Transport::kNone) transports = {transport};
    advisories.push_back({rule->kind(), rule->message, std::move(transports)});
  }
}

}  // namespace

std::vector<Advisory> Advise(const Registry& registry, Port port, Transport transport) {
  std::vector<Advisory> advisories;
  AdviseOnStates(registry, port, transport, advisories);
  AdviseOnUse(registry, port, transport, advisories);
  AdviseByRules(registry, port, transport, advisories);
  AdviseOnUnauthorizedUse(registry, port, transport, advisories);
  std::stable_sort(advisories.begin(), advisories.end(),
                   [](const Advisory& a, const Advisory& b) { return a.kind < b.kind; });
  return advisories;
}

}  // namespace portreg
