// Runs `portreg audit [FILE]...`.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/audit/finding.h"
#include "client/cli/audit/listening_socket.h"
#include "client/cli/audit/small_file.h"
#include "client/cli/audit/socket_lines.h"
#include "client/cli/audit/this_machine.h"
#include "client/cli/audit/verdict.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/formats/audit_writer.h"
#include "client/cli/sources/requests.h"
#include "common/answers/conversion.h"
#include "common/model/limits.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr size_t kPortsAtOnce = kMaxBatchSize;

// The sockets of one machine.
struct Inventory {
  // Empty for this machine.
  std::string file;
  std::vector<ListeningSocket> sockets;
};

// The input of an audit, read before the registry is asked.
struct Inventories {
  std::vector<Inventory> machines;
  // True if some lines of a file cannot be read.
  bool incomplete = false;
};

absl::StatusOr<SocketLines> ReadFile(const std::string& file) {
  const absl::StatusOr<std::string> text = file == kStandardInput
                                               ? ReadSmallFile(stdin, kMaxSocketTextBytes)
                                               : ReadSmallFile(file, kMaxSocketTextBytes);
  if (!text.ok()) return text.status();
  return ParseSocketLines(*text);
}

// Prints the lines of a file that cannot be read.
void ComplainOfLines(absl::string_view file, const SocketLines& lines, const Output& output) {
  for (const UnreadableLine& line : lines.unreadable) {
    Complain(absl::StrCat(file, " line ", line.number, ": ", line.reason), output);
  }
  if (lines.unreadable_count > lines.unreadable.size()) {
    Complain(absl::StrCat(file, ": ", lines.unreadable_count, " lines in all cannot be read"),
             output);
  }
}

absl::StatusOr<Inventories> ReadFiles(const std::vector<std::string>& files, const Output& output) {
  if (absl::c_count(files, kStandardInput) > 1) {
    return absl::InvalidArgumentError("\"-\", which is standard input, is given twice");
  }
  Inventories read;
  size_t count = 0;
  for (const std::string& file : files) {
    absl::StatusOr<SocketLines> lines = ReadFile(file);
    if (!lines.ok()) {
      return absl::Status(lines.status().code(),
                          absl::StrCat(Quoted(file, 4096), ": ", lines.status().message()));
    }
    ComplainOfLines(file, *lines, output);
    read.incomplete |= lines->unreadable_count > 0;
    count += lines->sockets.size();
    if (count > kMaxSockets) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the files have more than ", kMaxSockets, " sockets; audit fewer at once"));
    }
    read.machines.push_back({file, Merged(std::move(lines->sockets))});
  }
  return read;
}

absl::StatusOr<Inventories> ReadInventories(const Invocation& invocation, const Output& output) {
  if (!invocation.keys.empty()) return ReadFiles(invocation.keys, output);
  absl::StatusOr<std::vector<ListeningSocket>> sockets = ReadThisMachine();
  if (!sockets.ok()) return sockets.status();
  const auto hidden = absl::c_count_if(
      *sockets, [](const ListeningSocket& socket) { return socket.owners.empty(); });
  if (hidden > 0 && geteuid() != 0) {
    Complain(absl::StrCat("the processes of ", hidden, " of ", sockets->size(),
                          " sockets are not visible to this user, so their names are not compared"),
             output);
  }
  Inventories read;
  read.machines.push_back({"", Merged(*std::move(sockets))});
  return read;
}

Circumstances CircumstancesOf(const Invocation& invocation) {
  Circumstances circumstances;
  circumstances.scope = invocation.scope;
  circumstances.today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  if (invocation.keys.empty()) circumstances.ephemeral = EphemeralRangeOfThisMachine();
  return circumstances;
}

// Joins sockets with the records of their ports.
class Auditor {
 public:
  Auditor(Circumstances circumstances, Source& source)
      : circumstances_(std::move(circumstances)), source_(source) {}

  // Returns the findings of the sockets, in the order of the machines and their sockets.
  absl::StatusOr<std::vector<AuditFinding>> JudgeAll(const std::vector<Inventory>& machines) {
    std::vector<AuditFinding> findings;
    // A port and the place of the finding in `findings`.
    std::vector<std::pair<Port, size_t>> places;
    for (const Inventory& machine : machines) {
      for (const ListeningSocket& socket : machine.sockets) {
        places.emplace_back(socket.port, findings.size());
        AuditFinding& finding = findings.emplace_back();
        finding.file = Printable(machine.file);
        finding.socket = socket;
      }
    }
    absl::c_sort(places);
    for (size_t begin = 0; begin < places.size();) {
      std::vector<Port> ports;
      size_t end = begin;
      for (; end < places.size(); ++end) {
        const Port port = places[end].first;
        if (!ports.empty() && ports.back() == port) continue;
        if (ports.size() == kPortsAtOnce) break;
        ports.push_back(port);
      }
      const absl::Status judged = JudgeSome(ports, {places.data() + begin, end - begin}, findings);
      if (!judged.ok()) return judged;
      begin = end;
    }
    return findings;
  }

  // Returns a finding for each local record of the scope for which no socket listens.
  absl::StatusOr<std::vector<AuditFinding>> FindMissing(const std::vector<Inventory>& machines) {
    ListenedPorts listened;
    for (const Inventory& machine : machines) listened.Add(machine.sockets);
    std::vector<AuditFinding> missing;
    const absl::StatusOr<std::string> revision = source_.ListRange(
        ListRequestFor(PortRange::All(), Transport::kNone, {Layer::kLocal}, v1::RECORD_VIEW_FULL),
        [&](const v1::PortRecord& message) {
          LayerText kept;
          // Skips records that this program cannot read, because the server may be newer.
          const absl::StatusOr<ServiceRecord> record = ToRecord(message, kept);
          if (record.ok() && IsExpected(*record, circumstances_) && !listened.HasOneOf(*record)) {
            missing.push_back(MissingListener(*record));
          }
          return missing.size() <= kMaxSockets;
        });
    if (!revision.ok()) return revision.status();
    if (missing.size() > kMaxSockets) {
      return absl::ResourceExhaustedError(
          absl::StrCat("nothing listens for more than ", kMaxSockets, " local records"));
    }
    NoteRevision(*revision);
    return missing;
  }

  // Returns the revision of all answers. Empty if they have several.
  [[nodiscard]] const std::string& revision() const { return revision_; }

 private:
  // Judges the sockets at `places`, which have the ports `ports`, in order.
  absl::Status JudgeSome(const std::vector<Port>& ports,
                         absl::Span<const std::pair<Port, size_t>> places,
                         std::vector<AuditFinding>& findings) {
    std::vector<v1::LookupRequest> requests;
    for (const Port port : ports) {
      Query query;
      query.ports = PortRange{port, port};
      requests.push_back(LookupRequestFor(query, v1::RECORD_VIEW_FULL));
    }
    const absl::StatusOr<v1::BatchLookupResponse> answer = LookUpAll(requests, source_);
    if (!answer.ok()) return answer.status();
    NoteRevision(answer->revision());
    size_t next = 0;
    for (size_t i = 0; i < ports.size(); ++i) {
      const v1::LookupResult& result = answer->results(static_cast<int>(i));
      if (!result.has_response()) {
        return absl::InternalError(
            absl::StrCat("port ", ports[i], " has no answer: ", result.failure().message()));
      }
      LayerText kept;
      const std::vector<ServiceRecord> records = RecordsOf(result.response(), kept);
      std::vector<const ServiceRecord*> covering;
      covering.reserve(records.size());
      for (const ServiceRecord& record : records) covering.push_back(&record);
      for (; next < places.size() && places[next].first == ports[i]; ++next) {
        AuditFinding& finding = findings[places[next].second];
        std::string file = std::move(finding.file);
        const ListeningSocket socket = *std::move(finding.socket);
        finding = FindingOf(socket, Judge(socket, covering, circumstances_));
        finding.file = std::move(file);
      }
    }
    return absl::OkStatus();
  }

  static std::vector<ServiceRecord> RecordsOf(const v1::LookupResponse& response, LayerText& kept) {
    std::vector<ServiceRecord> records;
    for (const v1::PortRecord& message : response.records()) {
      // Skips records that this program cannot read, because the server may be newer.
      const absl::StatusOr<ServiceRecord> record = ToRecord(message, kept);
      if (record.ok()) records.push_back(*record);
    }
    return records;
  }

  void NoteRevision(const std::string& revision) {
    revision_ = first_answer_ || revision_ == revision ? revision : "";
    first_answer_ = false;
  }

  const Circumstances circumstances_;
  Source& source_;
  std::string revision_;
  bool first_answer_ = true;
};

// Prints why the exit code is not 0. Returns the exit code. A finding that is not allowed
// outweighs lines that cannot be read.
int Conclude(absl::Span<const AuditFinding> findings, const Inventories& read,
             const Output& output) {
  const auto missing = absl::c_count_if(
      findings, [](const AuditFinding& each) { return each.verdict == Verdict::kMissing; });
  const auto sockets = static_cast<std::ptrdiff_t>(findings.size()) - missing;
  const auto refused =
      absl::c_count_if(findings,
                       [](const AuditFinding& each) { return !IsAllowed(each.verdict); }) -
      missing;
  if (sockets == 0) Complain("no socket listens", output);
  if (refused > 0) {
    Complain(absl::StrCat("the local table does not allow ", refused, " of ", sockets,
                          sockets == 1 ? " socket" : " sockets"),
             output);
  }
  if (missing > 0) {
    Complain(absl::StrCat("nothing listens for ", missing, missing == 1 ? " record" : " records",
                          " of the local table"),
             output);
  }
  if (refused > 0 || missing > 0) return kExitRefused;
  return read.incomplete ? kExitNotFound : kExitOk;
}

}  // namespace

int RunAudit(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<Inventories> read = ReadInventories(invocation, output);
  if (!read.ok()) return FailUsage(read.status(), output);
  Auditor auditor(CircumstancesOf(invocation), source);
  absl::StatusOr<std::vector<AuditFinding>> findings = auditor.JudgeAll(read->machines);
  if (!findings.ok()) return FailCall(findings.status(), source, output);
  if (invocation.expect) {
    absl::StatusOr<std::vector<AuditFinding>> missing = auditor.FindMissing(read->machines);
    if (!missing.ok()) return FailCall(missing.status(), source, output);
    absl::c_move(*missing, std::back_inserter(*findings));
  }
  const AuditShape shape{.format = invocation.format,
                         .headers = !invocation.no_headers,
                         .files = read->machines.size() > 1,
                         .terminal = output.terminal};
  WriteFindings(*findings, auditor.revision(), shape, output.out);
  (void)output.out.Flush();
  return Conclude(*findings, *read, output);
}

}  // namespace portreg::cli
