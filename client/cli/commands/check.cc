// Runs `portreg check CLAIM...` and `portreg check --file=TABLE,...`.
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "client/cli/check/check_finding.h"
#include "client/cli/check/check_results.h"
#include "client/cli/check/checked_tables.h"
#include "client/cli/check/claim_batches.h"
#include "client/cli/check/earlier_versions.h"
#include "client/cli/check/folded_findings.h"
#include "client/cli/check/key_collisions.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/formats/check_writer.h"
#include "common/answers/claim_answers.h"
#include "common/judgement/claim.h"
#include "common/model/advisory_kind.h"
#include "common/model/limits.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

FindingSeverity SeverityOf(const v1::Finding& finding) {
  switch (finding.severity()) {
    case v1::SEVERITY_INFO:
      return FindingSeverity::kInfo;
    case v1::SEVERITY_WARNING:
      return FindingSeverity::kWarning;
    default:
      // A severity that only a newer server knows counts as an error, because it may be
      // graver.
      return FindingSeverity::kError;
  }
}

std::string PortsOf(const v1::Finding& finding) {
  TransportSet transports = TransportSet::None();
  for (const int transport : finding.transports()) {
    if (transport >= 1 && transport <= static_cast<int>(kTransports.size())) {
      transports.Add(static_cast<Transport>(transport));
    }
  }
  if (transports.empty()) transports = TransportSet(Transport::kNone);
  const auto port = [](int number) {
    return static_cast<Port>(std::clamp(number, 0, static_cast<int>(kMaxPort)));
  };
  return ToString(PortRange{port(finding.first_port()), port(finding.last_port())}, transports);
}

CheckFinding FindingOf(const v1::Finding& message) {
  CheckFinding finding;
  finding.severity = SeverityOf(message);
  finding.rule = RuleOfKind(message.kind());
  finding.message = Printable(message.message());
  finding.subject = PortsOf(message);
  return finding;
}

// Notes the findings that the source has counted but not returned. The returned ones are the
// gravest, so that none of the others is graver than the last of them.
void AddMissing(const v1::ClaimResult& result, CheckResults& results) {
  const int missing = result.total_count() - result.findings_size();
  if (missing <= 0) return;
  const FindingSeverity gravest =
      result.findings().empty() ? FindingSeverity::kError : SeverityOf(*result.findings().rbegin());
  results.AddMissing(static_cast<size_t>(missing), gravest);
}

v1::Claim ClaimOf(PortRange ports, const std::vector<Transport>& transports) {
  v1::Claim claim;
  claim.set_first_port(ports.first);
  claim.set_last_port(ports.last);
  for (const Transport transport : transports) {
    claim.add_transports(static_cast<v1::Transport>(transport));
  }
  return claim;
}

// Returns the owner as a request may hold it.
std::string OwnerInRequest(absl::string_view owner) {
  if (owner.size() <= kMaxOwnerBytes) return std::string(owner);
  size_t end = kMaxOwnerBytes;
  const auto continues = [&](size_t at) { return (owner[at] & 0xC0) == 0x80; };
  while (end > 0 && continues(end)) --end;
  return std::string(owner.substr(0, end));
}

// Returns the claims of rows, with the index of the row of each.
std::pair<std::vector<v1::Claim>, std::vector<size_t>> ClaimsOf(const std::vector<TableRow>& rows) {
  std::vector<v1::Claim> claims;
  std::vector<size_t> owners;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].retired) continue;
    for (const PortRange ports : rows[i].ports) {
      v1::Claim& claim = claims.emplace_back(ClaimOf(ports, rows[i].transports.List()));
      claim.set_service(rows[i].service);
      claim.set_owner(OwnerInRequest(rows[i].owner));
      claim.set_scope(rows[i].scope);
      owners.push_back(i);
    }
  }
  return {std::move(claims), std::move(owners)};
}

// Returns a finding about `row`.
CheckFinding FindingAbout(const CheckedTables& tables, const TableRow& row,
                          const v1::Finding& message) {
  CheckFinding finding = FindingOf(message);
  finding.file = tables.files[row.file];
  finding.line = row.line;
  finding.service = row.service;
  finding.owner = row.owner;
  finding.scope = row.scope;
  return finding;
}

absl::Status CheckRows(CheckedTables tables, Source& source, CheckResults& results) {
  results.subject_count = tables.rows.size() + tables.unusable_count;
  results.more_pairs = tables.more_pairs;
  for (CheckFinding& finding : tables.findings) results.Add(std::move(finding));
  results.AddMissing(tables.missing_count, FindingSeverity::kWarning);
  const auto [claims, owners] = ClaimsOf(tables.rows);
  const EarlierVersions earlier(tables.rows);
  // The findings about the ports of one row, which may have several claims.
  std::vector<CheckFinding> of_row;
  const auto end_row = [&] {
    for (CheckFinding& finding : Folded(std::exchange(of_row, {}))) results.Add(std::move(finding));
  };
  const auto take = [&, &owners = owners](size_t number, const v1::ClaimResult& result) {
    if (number > 0 && owners[number - 1] != owners[number]) end_row();
    for (const v1::Finding& message : result.findings()) {
      // Names have been judged with the rows, also those of rows without ports.
      const bool is_of_name = message.kind() == v1::ADVISORY_KIND_SERVICE_NAME_INVALID;
      if (is_of_name || earlier.Explain(message)) continue;
      CheckFinding finding = FindingAbout(tables, tables.rows[owners[number]], message);
      // A finding that is accepted hides no other.
      if (!results.Allows(finding.rule)) of_row.push_back(std::move(finding));
    }
    AddMissing(result, results);
  };
  absl::StatusOr<std::string> revision = CheckInBatches(claims, source, take);
  if (!revision.ok()) return revision.status();
  end_row();
  results.revision = *std::move(revision);
  results.SortByPlace(tables.files);
  return absl::OkStatus();
}

// Returns the claims of keys, which are ports and ranges.
std::vector<v1::Claim> ClaimsOf(const Invocation& invocation, const std::vector<Query>& queries) {
  std::vector<v1::Claim> claims;
  for (const Query& query : queries) {
    v1::Claim& claim = claims.emplace_back(ClaimOf(*query.ports, {}));
    if (query.transport != Transport::kNone) {
      claim.add_transports(static_cast<v1::Transport>(query.transport));
    }
    claim.set_service(invocation.claims.service);
    claim.set_owner(invocation.claims.owner);
    claim.set_scope(invocation.scope);
  }
  return claims;
}

// Returns a finding about the key `query`.
CheckFinding FindingAbout(const Invocation& invocation, const Query& query, CheckFinding finding) {
  // Names the ports and transports unless the finding is about the whole claim.
  if (finding.subject != ToString(*query.ports, TransportSet(query.transport))) {
    finding.message = absl::StrCat(finding.subject, ": ", finding.message);
  }
  finding.subject = Printable(query.text);
  finding.service = invocation.claims.service;
  finding.owner = invocation.claims.owner;
  finding.scope = invocation.scope;
  return finding;
}

// Returns the collisions of keys. Keys of one service or owner are the same claim.
KeyCollisions CollisionsOf(const Invocation& invocation, const std::vector<Query>& queries) {
  const bool is_anonymous = invocation.claims.service.empty() && invocation.claims.owner.empty();
  return FindKeyCollisions(is_anonymous ? absl::MakeConstSpan(queries) : absl::Span<const Query>());
}

absl::Status CheckKeys(const Invocation& invocation, const std::vector<Query>& queries,
                       Source& source, CheckResults& results) {
  results.subject_count = queries.size();
  const KeyCollisions collisions = CollisionsOf(invocation, queries);
  results.more_pairs = collisions.more;
  const auto add = [&](size_t number, CheckFinding finding) {
    results.Add(FindingAbout(invocation, queries[number], std::move(finding)));
  };
  const auto take = [&](size_t number, const v1::ClaimResult& result) {
    if (number < collisions.of_key.size()) {
      for (const KeyCollision& collision : collisions.of_key[number]) {
        CheckFinding finding;
        finding.rule = std::string(portreg::ToString(AdvisoryKind::kClaimsCollide));
        finding.message =
            absl::StrCat("claimed by ", Printable(queries[collision.other].text), " too");
        finding.subject = ToString(collision.ports, collision.transports);
        add(number, std::move(finding));
      }
    }
    for (const v1::Finding& message : result.findings()) add(number, FindingOf(message));
    AddMissing(result, results);
  };
  absl::StatusOr<std::string> revision =
      CheckInBatches(ClaimsOf(invocation, queries), source, take);
  if (!revision.ok()) return revision.status();
  results.revision = *std::move(revision);
  return absl::OkStatus();
}

std::string Counted(size_t count, absl::string_view what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

// Returns the number of findings of a severity, which is at least `count`.
std::string CountedOf(FindingSeverity severity, size_t count, const CheckResults& results) {
  const std::string what(ToString(severity));
  if (results.MissingCount(severity) == 0) return Counted(count, what);
  return absl::StrCat(count, " or more ", what, "s");
}

// Writes the results and a summary. Returns the exit code.
int WriteResults(const Invocation& invocation, const CheckResults& results, const Output& output) {
  WriteCheckFindings(results.findings(), results.revision, invocation.format, output.terminal,
                     output.out);
  (void)output.out.Flush();
  const FindingCounts counts = results.Counts();
  std::string summary = absl::StrCat(
      Counted(results.subject_count, invocation.claims.files.empty() ? "claim" : "row"), ": ",
      CountedOf(FindingSeverity::kError, counts.errors, results), ", ",
      CountedOf(FindingSeverity::kWarning, counts.warnings, results));
  if (results.unlisted_count() > 0) {
    absl::StrAppend(&summary, ", ", Counted(results.unlisted_count(), "finding"), " not listed");
  }
  if (results.more_pairs) {
    absl::StrAppend(&summary, ", and more that collide or repeat others");
  }
  Complain(summary, output);
  const bool strict = invocation.claims.strict;
  if (counts.errors > 0 || (strict && counts.warnings > 0)) return kExitRefused;
  // Findings that are not listed may be among those that fail.
  const size_t unjudged =
      results.MissingCount(strict ? FindingSeverity::kWarning : FindingSeverity::kError);
  if (unjudged == 0) return kExitOk;
  Complain(absl::StrCat(Counted(unjudged, "finding"), unjudged == 1 ? " is" : " are",
                        " not listed and may be of kinds that fail; check smaller ranges, or "
                        "split the rows of wide ranges"),
           output);
  return kExitRefused;
}

}  // namespace

int RunCheck(const Invocation& invocation, Source& source, const Output& output) {
  CheckResults results(invocation.claims.allowed_rules);
  absl::Status status;
  if (invocation.claims.files.empty()) {
    const absl::StatusOr<std::vector<Query>> queries = ReadRanges(invocation.keys, "check");
    if (!queries.ok()) return FailUsage(queries.status(), output);
    status = CheckKeys(invocation, *queries, source, results);
  } else {
    absl::StatusOr<CheckedTables> tables = ReadCheckedTables(invocation.claims.files, Today());
    if (!tables.ok()) return FailUsage(tables.status(), output);
    status = CheckRows(*std::move(tables), source, results);
  }
  if (!status.ok()) return FailCall(status, source, output);
  return WriteResults(invocation, results, output);
}

}  // namespace portreg::cli
