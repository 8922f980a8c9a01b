#include "common/judgement/judgement.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/judgement/port_findings.h"
#include "common/model/port_class.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// Returns true if the same records and rules cover both ports, so that the findings are
// equal.
bool AreAlike(const Registry& registry, Port one, Port other) {
  const absl::Span<const RecordIndex> at_one = registry.AtPort(one);
  const absl::Span<const RecordIndex> at_other = registry.AtPort(other);
  return std::equal(at_one.begin(), at_one.end(), at_other.begin(), at_other.end()) &&
         registry.range_rules().SetAt(one) == registry.range_rules().SetAt(other) &&
         ClassOf(one).port_class == ClassOf(other).port_class;
}

// Finds what the registry says about a claim.
class RangeJudge {
 public:
  RangeJudge(const Registry& registry, const Claim& claim, absl::CivilDay today)
      : registry_(registry), claim_(claim), today_(today) {}

  std::vector<Finding> Judge() {
    for (int number = claim_.ports.first; number <= claim_.ports.last; ++number) {
      const auto port = static_cast<Port>(number);
      const bool is_first = port == claim_.ports.first;
      if (!is_first && AreAlike(registry_, static_cast<Port>(number - 1), port)) {
        for (const size_t place : open_) findings_[place].ports.last = port;
      } else {
        Take(port, FindingsAt(registry_, port, claim_, today_));
      }
    }
    return std::move(findings_);
  }

 private:
  // Adds the findings of a port. Extends a finding that ends at the port before if it is
  // equal.
  void Take(Port port, std::vector<PortFinding> at_port) {
    std::vector<size_t> open;
    for (PortFinding& each : at_port) {
      const auto continued = std::find_if(open_.begin(), open_.end(), [&](size_t place) {
        const Finding& finding = findings_[place];
        return finding.kind == each.kind && finding.severity == each.severity &&
               finding.message == each.message && finding.transports == each.transports;
      });
      if (continued != open_.end()) {
        findings_[*continued].ports.last = port;
        AddRecords(each.records, findings_[*continued].records);
        open.push_back(*continued);
        continue;
      }
      open.push_back(findings_.size());
      findings_.push_back({.severity = each.severity,
                           .kind = each.kind,
                           .message = std::move(each.message),
                           .ports = {port, port},
                           .transports = each.transports,
                           .records = std::move(each.records)});
    }
    open_ = std::move(open);
  }

  const Registry& registry_;
  const Claim& claim_;
  const absl::CivilDay today_;
  std::vector<Finding> findings_;
  // The indices of the findings that end at the last port judged.
  std::vector<size_t> open_;
};

// Returns text such as "billing (owner pay)" or "a block of pay".
std::string ClaimantOf(const Claim& claim) {
  if (claim.is_anonymous()) return "a claim without service and owner";
  if (claim.service.empty()) return absl::StrCat("a block of ", Printable(claim.owner));
  return absl::StrCat(
      Printable(claim.service),
      claim.owner.empty() ? "" : absl::StrCat(" (owner ", Printable(claim.owner), ")"));
}

// Counts the claims that collide with claims[which]. Adds a finding for each of the first
// kMaxFindings.
size_t JudgeByOthers(absl::Span<const Claim> claims, size_t which, std::vector<Finding>& findings) {
  const Claim& claim = claims[which];
  size_t count = 0;
  for (size_t i = 0; i < claims.size(); ++i) {
    const Claim& other = claims[i];
    if (i == which || !ClaimsCollide(claim, other)) continue;
    if (++count > kMaxFindings) continue;
    findings.push_back({.severity = FindingSeverity::kError,
                        .kind = AdvisoryKind::kClaimsCollide,
                        .message = absl::StrCat("claim ", i, " wants it too: ", ClaimantOf(other)),
                        .ports = {std::max(claim.ports.first, other.ports.first),
                                  std::min(claim.ports.last, other.ports.last)},
                        .transports = claim.transports.And(other.transports),
                        .other_claim = i});
  }
  return count;
}

}  // namespace

Judgement Judge(const Registry& registry, absl::Span<const Claim> claims, size_t which,
                absl::CivilDay today) {
  const Claim& claim = claims[which];
  Judgement judgement;
  std::vector<Finding>& findings = judgement.findings;
  findings = RangeJudge(registry, claim, today).Judge();
  if (!claim.service.empty()) {
    const absl::Status status = CheckServiceNameSyntax(claim.service);
    if (!status.ok()) {
      findings.push_back({.severity = FindingSeverity::kError,
                          .kind = AdvisoryKind::kServiceNameInvalid,
                          .message = std::string(status.message()),
                          .ports = claim.ports,
                          .transports = claim.transports});
    }
  }
  judgement.total_count = findings.size();
  judgement.total_count += JudgeByOthers(claims, which, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::make_tuple(b.severity, a.kind, a.ports.first) <
           std::make_tuple(a.severity, b.kind, b.ports.first);
  });
  if (findings.size() > kMaxFindings) {
    findings.erase(findings.begin() + kMaxFindings, findings.end());
  }
  return judgement;
}

}  // namespace portreg
