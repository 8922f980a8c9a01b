#include "client/cli/formats/check_writer.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "client/cli/formats/json.h"
#include "client/cli/formats/sarif_writer.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

// Returns the message, behind its subject unless the line already begins with the
// subject.
std::string MessageOf(const CheckFinding& finding) {
  if (finding.file.empty() || finding.subject.empty()) return finding.message;
  return absl::StrCat(finding.subject, ": ", finding.message);
}

absl::string_view StyleOf(FindingSeverity severity) {
  if (severity == FindingSeverity::kError) return kBold;
  return severity == FindingSeverity::kWarning ? kYellow : absl::string_view();
}

// Returns true if both are of one severity and about the same ports of one row.
bool ShareALine(const CheckFinding& a, const CheckFinding& b) {
  return !a.file.empty() && a.file == b.file && a.line == b.line && a.severity == b.severity &&
         !a.subject.empty() && a.subject == b.subject && a.column == 0 && b.column == 0;
}

// A line of the table, with findings that share it. It is not cut to the terminal's width,
// so that reasons can be read.
void WriteCheckLine(absl::Span<const CheckFinding> findings, const Terminal& terminal,
                    Printer out) {
  const CheckFinding& finding = findings.front();
  std::string rules = finding.rule;
  std::string message = MessageOf(finding);
  for (const CheckFinding& further : findings.subspan(1)) {
    absl::StrAppend(&rules, ",", further.rule);
    absl::StrAppend(&message, "; ", further.message);
  }
  const std::string place = finding.file.empty()
                                ? finding.subject
                                : absl::StrCat(Printable(finding.file), ":", finding.line);
  const std::string column =
      finding.column == 0 ? "" : absl::StrCat("column ", finding.column, ": ");
  out.Put(absl::StrCat(Printable(place), ": ",
                       Styled(absl::StrCat(ToString(finding.severity), " ", rules),
                              StyleOf(finding.severity), terminal),
                       ": ", column, message, "\n"));
}

void WriteCheckLines(absl::Span<const CheckFinding> findings, const Terminal& terminal,
                     Printer out) {
  for (size_t first = 0, end = 0; first < findings.size(); first = end) {
    end = first + 1;
    while (end < findings.size() && ShareALine(findings[first], findings[end])) ++end;
    WriteCheckLine(findings.subspan(first, end - first), terminal, out);
  }
}

std::string JsonObjectOf(const CheckFinding& finding) {
  std::vector<std::string> members;
  const auto add_text = [&members](absl::string_view name, absl::string_view text) {
    if (!text.empty()) members.push_back(absl::StrCat("\"", name, "\":", JsonString(text)));
  };
  const auto add_number = [&members](absl::string_view name, uint32_t number) {
    if (number != 0) members.push_back(absl::StrCat("\"", name, "\":", number));
  };
  add_text("severity", ToString(finding.severity));
  add_text("rule", finding.rule);
  add_text("message", finding.message);
  // A path need not be UTF-8, which JSON must be.
  add_text("file", IsValidUtf8(finding.file) ? finding.file : Printable(finding.file));
  add_number("line", finding.line);
  add_number("column", finding.column);
  add_text("ports", finding.subject);
  add_text("service", finding.service);
  add_text("owner", finding.owner);
  add_text("scope", finding.scope);
  return absl::StrCat("{", absl::StrJoin(members, ","), "}");
}

void WriteCheckDocument(absl::Span<const CheckFinding> findings, const std::string& revision,
                        Printer out) {
  FindingCounts counts;
  for (const CheckFinding& finding : findings) counts.Add(finding.severity);
  out.PutData(absl::StrCat("{\"revision\":", JsonString(revision), ",\"errors\":", counts.errors,
                           ",\"warnings\":", counts.warnings, ",\"infos\":", counts.infos,
                           ",\"findings\":["));
  for (size_t i = 0; i < findings.size(); ++i) {
    out.PutData(absl::StrCat(i == 0 ? "\n" : ",\n", JsonObjectOf(findings[i])));
  }
  out.PutData("\n]}\n");
}

// Escapes a text as GitHub's runner expects it: in the message of a command, or in a
// property, where commas and colons have a meaning too.
std::string GithubMessage(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}});
}
std::string GithubProperty(absl::string_view text) {
  return absl::StrReplaceAll(GithubMessage(text), {{":", "%3A"}, {",", "%2C"}});
}

absl::string_view GithubCommand(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::kError:
      return "error";
    case FindingSeverity::kWarning:
      return "warning";
    case FindingSeverity::kInfo:
      break;
  }
  return "notice";
}

void WriteGithubCommand(const CheckFinding& finding, Printer out) {
  std::string properties;
  if (!finding.file.empty()) {
    absl::StrAppend(&properties, "file=", GithubProperty(Printable(finding.file)),
                    ",line=", finding.line, ",");
    if (finding.column != 0) absl::StrAppend(&properties, "col=", finding.column, ",");
  }
  const absl::string_view subject = finding.file.empty() ? finding.subject : absl::string_view();
  out.PutData(absl::StrCat(
      "::", GithubCommand(finding.severity), " ", properties,
      "title=", GithubProperty(finding.rule), "::",
      GithubMessage(absl::StrCat(subject, subject.empty() ? "" : ": ", MessageOf(finding))), "\n"));
}

}  // namespace

void WriteCheckFindings(absl::Span<const CheckFinding> findings, const std::string& revision,
                        Format format, const Terminal& terminal, Printer out) {
  switch (format) {
    case Format::kJson:
      return WriteCheckDocument(findings, revision, out);
    case Format::kSarif:
      return WriteSarif(findings, out);
    case Format::kNdjson:
      for (const CheckFinding& each : findings) out.PutData(JsonObjectOf(each) + "\n");
      return;
    case Format::kGithub:
      for (const CheckFinding& each : findings) WriteGithubCommand(each, out);
      return;
    default:
      WriteCheckLines(findings, terminal, out);
  }
}

}  // namespace portreg::cli
