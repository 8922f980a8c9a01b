#include "client/cli/formats/audit_writer.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/cli/formats/delimited_writer.h"
#include "client/cli/formats/json.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr size_t kColumnGap = 2;
// A wider text does not widen its column.
constexpr size_t kMaxAuditColumnWidth = 60;

std::vector<std::string> ProcessesOf(const AuditFinding& finding) {
  return finding.socket ? finding.socket->ProcessNames() : std::vector<std::string>();
}

std::vector<std::string> PidsOf(const AuditFinding& finding) {
  std::vector<std::string> pids;
  if (!finding.socket) return pids;
  for (const SocketOwner& owner : finding.socket->owners) pids.push_back(absl::StrCat(owner.pid));
  return pids;
}

size_t CountOf(const AuditFinding& finding) { return finding.socket ? finding.socket->count : 0; }

// The table.

std::string SocketCell(const AuditFinding& finding) {
  if (finding.socket) return ToString(*finding.socket);
  const absl::string_view transport = ToString(finding.transport);
  return absl::StrCat(transport.empty() ? "any" : transport, " ", ToString(finding.ports));
}

std::string ProcessCell(const AuditFinding& finding) {
  const std::vector<std::string> names = ProcessesOf(finding);
  const size_t count = CountOf(finding);
  return absl::StrCat(names.empty() ? "-" : absl::StrJoin(names, ","),
                      count > 1 ? absl::StrCat(" x", count) : "");
}

// Returns what the registry says about the port. The text says what the port is
// registered for, because a port number does not show which program runs.
std::string RegistryCell(const AuditFinding& finding) {
  if (finding.is_local) return finding.service.empty() ? "block" : finding.service;
  std::vector<std::string> parts;
  if (!finding.registered_for.empty()) {
    parts.push_back(absl::StrCat("registered for ", finding.registered_for));
  }
  if (!finding.practice.empty()) parts.push_back(absl::StrCat("practice: ", finding.practice));
  return absl::StrJoin(parts, "; ");
}

absl::string_view VerdictStyle(Verdict verdict) {
  if (!IsAllowed(verdict)) return kBold;
  return verdict == Verdict::kOurs ? kGreen : absl::string_view();
}

struct AuditCell {
  std::string text;
  absl::string_view style = {};
};
using AuditTableRow = std::vector<AuditCell>;

AuditTableRow AuditRowOf(const AuditFinding& finding, bool files) {
  AuditTableRow row;
  if (files) row.push_back({finding.file});
  row.push_back({SocketCell(finding)});
  row.push_back({ProcessCell(finding)});
  row.push_back({std::string(ToString(finding.verdict)), VerdictStyle(finding.verdict)});
  row.push_back({Printable(RegistryCell(finding))});
  row.push_back({Printable(finding.owner)});
  row.push_back({Printable(absl::StrJoin(finding.remarks, ", "))});
  return row;
}

void WriteFindingTable(absl::Span<const AuditFinding> findings, const AuditShape& shape,
                       Printer out) {
  std::vector<AuditTableRow> rows;
  if (shape.headers) {
    AuditTableRow titles;
    if (shape.files) titles.push_back({"FILE", kBold});
    for (const char* title : {"SOCKET", "PROCESS", "VERDICT", "REGISTRY", "OWNER", "REMARK"}) {
      titles.push_back({title, kBold});
    }
    rows.push_back(std::move(titles));
  }
  for (const AuditFinding& finding : findings) rows.push_back(AuditRowOf(finding, shape.files));
  std::vector<size_t> widths(rows.empty() ? 0 : rows.front().size());
  for (const AuditTableRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const size_t width = DisplayWidth(row[i].text);
      if (width <= kMaxAuditColumnWidth) widths[i] = std::max(widths[i], width);
    }
  }
  for (const AuditTableRow& row : rows) {
    StyledLine line;
    size_t next = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      // Pads before a text only, so that no line ends in blanks.
      if (!row[i].text.empty()) {
        line.Append(std::string(next - line.width(), ' '));
        line.Append(row[i].text, row[i].style);
      }
      next += std::max(DisplayWidth(row[i].text), widths[i]) + kColumnGap;
    }
    out.Put(absl::StrCat(line.Shown(shape.terminal), "\n"));
  }
}

// JSON.

std::string JsonList(const std::vector<std::string>& texts) {
  return absl::StrCat("[",
                      absl::StrJoin(texts, ",",
                                    [](std::string* list, const auto& text) {
                                      absl::StrAppend(list, JsonString(text));
                                    }),
                      "]");
}

std::string JsonOf(const AuditFinding& finding) {
  const BoundAddress address = finding.socket ? finding.socket->address : BoundAddress();
  const auto member = [](absl::string_view name, absl::string_view text) {
    return absl::StrCat("\"", name, "\":", JsonString(text), ",");
  };
  return absl::StrCat(
      "{", member("verdict", ToString(finding.verdict)),
      "\"allowed\":", IsAllowed(finding.verdict) ? "true" : "false", ",",
      member("file", finding.file), member("transport", ToString(finding.transport)),
      member("address", address.text), member("interface", address.interface),
      "\"firstPort\":", finding.ports.first, ",\"lastPort\":", finding.ports.last,
      ",\"processes\":", JsonList(ProcessesOf(finding)), ",\"pids\":[",
      absl::StrJoin(PidsOf(finding), ","), "],\"count\":", CountOf(finding), ",",
      member("service", finding.service), member("owner", finding.owner),
      member("scope", finding.scope), member("registeredFor", finding.registered_for),
      member("practice", finding.practice), "\"remarks\":", JsonList(finding.remarks), "}");
}

// CSV and TSV.

std::vector<std::string> AuditFieldsOf(const AuditFinding& finding) {
  const BoundAddress address = finding.socket ? finding.socket->address : BoundAddress();
  return {std::string(ToString(finding.verdict)),
          IsAllowed(finding.verdict) ? "true" : "false",
          finding.file,
          std::string(ToString(finding.transport)),
          address.text,
          address.interface,
          absl::StrCat(finding.ports.first),
          absl::StrCat(finding.ports.last),
          absl::StrJoin(ProcessesOf(finding), " "),
          absl::StrJoin(PidsOf(finding), " "),
          absl::StrCat(CountOf(finding)),
          finding.service,
          finding.owner,
          finding.scope,
          finding.registered_for,
          finding.practice,
          absl::StrJoin(finding.remarks, ", ")};
}

void WriteDelimitedFindings(absl::Span<const AuditFinding> findings, const AuditShape& shape,
                            Printer out) {
  if (shape.headers) {
    out.PutData(DelimitedRow(
        shape.format, {"verdict", "allowed", "file", "transport", "address", "interface",
                       "first_port", "last_port", "processes", "pids", "count", "service", "owner",
                       "scope", "registered_for", "practice", "remarks"}));
  }
  for (const AuditFinding& finding : findings) {
    out.PutData(DelimitedRow(shape.format, AuditFieldsOf(finding)));
  }
}

}  // namespace

void WriteFindings(absl::Span<const AuditFinding> findings, const std::string& revision,
                   const AuditShape& shape, Printer out) {
  if (IsDelimited(shape.format)) {
    WriteDelimitedFindings(findings, shape, out);
  } else if (shape.format == Format::kNdjson) {
    for (const AuditFinding& finding : findings) out.PutData(absl::StrCat(JsonOf(finding), "\n"));
  } else if (shape.format == Format::kJson) {
    out.PutData(absl::StrCat("{\"revision\":", JsonString(revision), ",\"findings\":["));
    for (size_t i = 0; i < findings.size(); ++i) {
      out.PutData(absl::StrCat(i == 0 ? "\n" : ",\n", JsonOf(findings[i])));
    }
    out.PutData("\n]}\n");
  } else {
    WriteFindingTable(findings, shape, out);
  }
}

}  // namespace portreg::cli
