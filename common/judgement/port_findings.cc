#include "common/judgement/port_findings.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "common/model/record.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// The most bytes that a finding quotes of IANA's note on unauthorised use. The longest
// note has 63.
constexpr size_t kMaxReportBytes = 256;

// Returns the name of the holder of a record's ports, such as "billing (owner pay)".
std::string HolderOf(const ServiceRecord& record) {
  const absl::string_view owner = OwnerOf(record);
  // A block of an organisation's own table has no name, but an owner.
  if (!record.named() && !owner.empty()) return std::string(owner);
  const absl::string_view name = record.named() ? record.service : record.description;
  return absl::StrCat(name.empty() ? "an unnamed assignment" : name,
                      owner.empty() ? "" : absl::StrCat(" (owner ", owner, ")"));
}

// Calls `take` with each folded name by which a record is known.
template <typename Take>
void ForEachFoldedName(const ServiceRecord& record, Take take) {
  if (!record.named()) return;
  take(FoldServiceName(record.service));
  for (const absl::string_view alias : Aliases(record)) take(FoldServiceName(alias));
  if (!record.is_named_for_people()) return;
  for (const absl::string_view part : absl::StrSplit(record.service, " / ")) {
    take(FoldServiceName(part));
  }
}

// Judges one port.
class PortJudge {
 public:
  PortJudge(const Registry& registry, Port port, const Claim& claim,
            std::optional<absl::CivilDay> today)
      : registry_(registry),
        port_(port),
        claim_(claim),
        today_(today),
        at_port_(registry.AtPort(port)) {
    if (!claim.service.empty()) FindNames();
  }

  std::vector<PortFinding> Judge() {
    for (const Transport transport : kTransports) {
      if (!claim_.transports.Has(transport)) continue;
      JudgeState(transport);
      JudgeLocal(transport);
      JudgeUse(transport);
      JudgeReports(transport);
    }
    for (const RangeRule* const rule : registry_.range_rules().AtPort(port_)) {
      const TransportSet transports = TransportsOf(*rule).And(claim_.transports);
      if (transports.empty()) continue;
      findings_.push_back({rule->severity, rule->kind(), rule->message, transports, {}});
    }
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const PortFinding& a, const PortFinding& b) { return a.kind < b.kind; });
    return std::move(findings_);
  }

 private:
  // Collects the names of the claim's service: its own, and those of records of this port
  // that are known by one of them. Two rounds, because the practice table may know a name
  // whose alias is IANA's.
  void FindNames() {
    const auto insert = [this](std::string name) { names_.insert(std::move(name)); };
    insert(FoldServiceName(claim_.service));
    for (int round = 0; round < 2; ++round) {
      TransportSet at_iana = TransportSet::None();
      for (const RecordIndex index : at_port_) {
        const ServiceRecord& record = registry_.record(index);
        if (!IsClaimsService(record)) continue;
        ForEachFoldedName(record, insert);
        if (record.layer == Layer::kIana) at_iana = at_iana.Or(TransportSet(record.transport));
      }
      if (at_iana.empty()) continue;
      for (const RecordIndex index : at_port_) {
        const ServiceRecord& record = registry_.record(index);
        const bool is_alias =
            record.layer == Layer::kIana && !TransportSet(record.transport).And(at_iana).empty();
        if (is_alias) ForEachFoldedName(record, insert);
      }
    }
  }

  [[nodiscard]] bool IsClaimsService(const ServiceRecord& record) const {
    if (names_.empty()) return false;
    bool found = false;
    ForEachFoldedName(record, [&](const std::string& name) { found |= names_.contains(name); });
    return found;
  }

  [[nodiscard]] bool AnyIsClaimsService(absl::Span<const RecordIndex> records) const {
    return std::any_of(records.begin(), records.end(), [this](RecordIndex index) {
      return IsClaimsService(registry_.record(index));
    });
  }

  // Returns the records of the port for which `is_wanted` returns true.
  template <typename IsWanted>
  [[nodiscard]] std::vector<RecordIndex> RecordsWhere(IsWanted is_wanted) const {
    std::vector<RecordIndex> records;
    for (const RecordIndex index : at_port_) {
      if (is_wanted(registry_.record(index))) records.push_back(index);
    }
    return records;
  }

  // Adds `transport` and `records` to the finding of this kind and message. Adds the
  // finding if it does not exist.
  void Add(FindingSeverity severity, AdvisoryKind kind, std::string message, Transport transport,
           const std::vector<RecordIndex>& records) {
    size_t of_kind = 0;
    for (PortFinding& finding : findings_) {
      if (finding.kind != kind) continue;
      ++of_kind;
      if (finding.severity != severity || finding.message != message) continue;
      finding.transports.Add(transport);
      AddRecords(records, finding.records);
      return;
    }
    if (of_kind == kMaxFindingsOfKind) return;
    findings_.push_back({severity, kind, std::move(message), TransportSet::None(), {}});
    findings_.back().transports.Add(transport);
    AddRecords(records, findings_.back().records);
  }

  // Returns the distinct holders; lists at most kMostNames.
  [[nodiscard]] std::string Holders(const std::vector<RecordIndex>& records) const {
    constexpr size_t kMostNames = 10;
    std::vector<std::string> names;
    const ServiceRecord* last = nullptr;
    for (const RecordIndex index : records) {
      const ServiceRecord& record = registry_.record(index);
      const bool repeats_last = last != nullptr && last->service == record.service &&
                                OwnerOf(*last) == OwnerOf(record) &&
                                last->description == record.description;
      if (repeats_last) continue;
      last = &record;
      std::string name = HolderOf(record);
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      if (names.size() == kMostNames) {
        return absl::StrCat(absl::StrJoin(names, ", "), " and others");
      }
      names.push_back(std::move(name));
    }
    return absl::StrJoin(names, ", ");
  }

  void JudgeState(Transport transport) {
    const AssignmentState state = registry_.StateOn(port_, transport);
    const auto is_here = [transport](const ServiceRecord& record) {
      return record.layer == Layer::kIana && Answers(record.transport, transport);
    };
    if (state == AssignmentState::kAssigned) {
      const std::vector<RecordIndex> records = RecordsWhere(
          [&](const ServiceRecord& record) { return is_here(record) && Gives(record); });
      if (AnyIsClaimsService(records)) return;
      Add(SeverityOf(state), AdvisoryKind::kIanaAssigned,
          absl::StrCat("assigned by IANA to ", Holders(records)), transport, records);
      return;
    }
    // A range rule reports the dynamic class.
    if (state == AssignmentState::kDynamic) return;
    const std::vector<RecordIndex> records = RecordsWhere(is_here);
    if (state == AssignmentState::kUnassigned) {
      Add(SeverityOf(state), AdvisoryKind::kIanaUnassigned,
          "unassigned by IANA: to be requested there, choosing it anyway is squatting", transport,
          records);
      return;
    }
    // A port that is assigned on another transport is kept for the same service (RFC 6335
    // section 7.2).
    if (records.empty() && AnyIsClaimsService(RecordsWhere([](const ServiceRecord& record) {
          return record.layer == Layer::kIana;
        }))) {
      return;
    }
    Add(SeverityOf(state), AdvisoryKind::kIanaReserved,
        "reserved by IANA: not available for ordinary assignment", transport, records);
  }

  void JudgeLocal(Transport transport) {
    std::vector<RecordIndex> holding;
    std::vector<RecordIndex> retired;
    for (const RecordIndex index : at_port_) {
      const ServiceRecord& record = registry_.record(index);
      if (record.layer != Layer::kLocal || !Answers(record.transport, transport)) continue;
      const ClaimRelation relation = RelationOf(record, claim_);
      if (relation == ClaimRelation::kHeld) holding.push_back(index);
      if (relation == ClaimRelation::kRetired) retired.push_back(index);
      if (relation == ClaimRelation::kOwn) JudgeOwn(index, transport);
    }
    if (!holding.empty()) {
      Add(FindingSeverity::kError, AdvisoryKind::kTakenLocally,
          absl::StrCat("taken locally by ", Holders(holding)), transport, holding);
    }
    if (!retired.empty()) {
      Add(FindingSeverity::kWarning, AdvisoryKind::kRetiredLocally,
          absl::StrCat("retired locally by ", Holders(retired), ": old clients may still use it"),
          transport, retired);
    }
  }

  // Judges a record that is the claim's own, or a block around it.
  void JudgeOwn(RecordIndex index, Transport transport) {
    const ServiceRecord& record = registry_.record(index);
    if (today_ && IsPast(record, *today_)) {
      Add(FindingSeverity::kWarning, AdvisoryKind::kPastUntil,
          absl::StrCat("past its last day, ", record.details->until, ": ", HolderOf(record)),
          transport, {index});
    }
    if (record.status == RecordStatus::kDeprecated) {
      Add(FindingSeverity::kWarning, AdvisoryKind::kDeprecatedLocally,
          absl::StrCat("deprecated locally: ", HolderOf(record)), transport, {index});
    }
  }

  // Software may use a port on some transports only. The records of the table of common
  // ports state no transport, and so count for all.
  void JudgeUse(Transport transport) {
    const std::vector<RecordIndex> records = RecordsWhere([&](const ServiceRecord& record) {
      return IsCommonUse(registry_, port_, record) && Answers(record.transport, transport) &&
             ScopesOverlap(record.scope, claim_.scope);
    });
    if (records.empty() || AnyIsClaimsService(records)) return;
    Add(FindingSeverity::kWarning, AdvisoryKind::kCommonlyUsed,
        absl::StrCat("commonly used by ", Holders(records)), transport, records);
  }

  // Reports what IANA's column "Unauthorized Use Reported" says.
  void JudgeReports(Transport transport) {
    for (const RecordIndex index : at_port_) {
      const ServiceRecord& record = registry_.record(index);
      const absl::string_view report = record.details->unauthorized_use_reported;
      if (record.layer != Layer::kIana || report.empty()) continue;
      if (!Answers(record.transport, transport)) continue;
      Add(FindingSeverity::kInfo, AdvisoryKind::kUnauthorizedUse,
          absl::StrCat("IANA notes unauthorised use: ", Quoted(report, kMaxReportBytes)), transport,
          {index});
    }
  }

  const Registry& registry_;
  const Port port_;
  const Claim& claim_;
  const std::optional<absl::CivilDay> today_;
  const absl::Span<const RecordIndex> at_port_;
  // Folded. Empty if the claim names no service.
  absl::flat_hash_set<std::string> names_;
  std::vector<PortFinding> findings_;
};

}  // namespace

void AddRecords(const std::vector<RecordIndex>& more, std::vector<RecordIndex>& records) {
  for (const RecordIndex index : more) {
    if (records.size() == kMaxFindingRecords) return;
    if (std::find(records.begin(), records.end(), index) == records.end()) {
      records.push_back(index);
    }
  }
}

FindingSeverity SeverityOf(AssignmentState state) {
  return state == AssignmentState::kUnassigned ? FindingSeverity::kInfo : FindingSeverity::kWarning;
}

bool Gives(const ServiceRecord& record) {
  if (record.layer != Layer::kIana) return record.status != RecordStatus::kRetired;
  return StateOf(record) == AssignmentState::kAssigned;
}

bool IsCommonUse(const Registry& registry, Port port, const ServiceRecord& record) {
  if (record.layer != Layer::kCommon || !Gives(record)) return false;
  if (record.is_named_for_people()) return true;
  const absl::Span<const RecordIndex> at_port = registry.AtPort(port);
  return std::none_of(at_port.begin(), at_port.end(), [&](RecordIndex index) {
    const ServiceRecord& other = registry.record(index);
    return other.layer == Layer::kIana && absl::EqualsIgnoreCase(other.service, record.service);
  });
}

bool IsPast(const ServiceRecord& record, absl::CivilDay today) {
  absl::CivilDay until;
  return absl::ParseCivilTime(record.details->until, &until) && until < today;
}

TransportSet TransportsOf(const RangeRule& rule) { return TransportSet(rule.transports); }

std::vector<PortFinding> FindingsAt(const Registry& registry, Port port, const Claim& claim,
                                    std::optional<absl::CivilDay> today) {
  return PortJudge(registry, port, claim, today).Judge();
}

}  // namespace portreg
