#include "client/cli/formats/sarif_writer.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/cli/formats/json.h"
#include "common/text/version.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kSarifSchema = "https://json.schemastore.org/sarif-2.1.0.json";

// Returns a path as a URI reference (RFC 3986): every byte that is not unreserved is
// percent-encoded, but slashes stay.
std::string UriOf(absl::string_view path) {
  std::string uri = absl::StartsWith(path, "/") ? "file://" : "";
  for (const char byte : path) {
    const auto code = static_cast<unsigned char>(byte);
    if (absl::ascii_isalnum(code) || absl::StrContains("-._~/", byte)) {
      uri.push_back(byte);
    } else {
      absl::StrAppendFormat(&uri, "%%%02X", code);
    }
  }
  return uri;
}

absl::string_view SarifLevel(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::kError:
      return "error";
    case FindingSeverity::kWarning:
      return "warning";
    case FindingSeverity::kInfo:
      break;
  }
  return "note";
}

// Returns the rules of the findings, sorted, each once.
std::vector<std::string> RulesOf(absl::Span<const CheckFinding> findings) {
  std::vector<std::string> rules;
  for (const CheckFinding& finding : findings) rules.push_back(finding.rule);
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

std::string SarifRule(const std::string& rule) {
  return absl::StrCat("{\"id\":", JsonString(rule),
                      ",\"shortDescription\":{\"text\":", JsonString(SummaryOf(rule)), "}}");
}

std::string SarifResult(const CheckFinding& finding, size_t rule_index) {
  const std::string text =
      absl::StrCat(finding.subject, finding.subject.empty() ? "" : ": ", finding.message);
  std::string result = absl::StrCat(
      "{\"ruleId\":", JsonString(finding.rule), ",\"ruleIndex\":", rule_index, ",\"level\":\"",
      SarifLevel(finding.severity), "\",\"message\":{\"text\":", JsonString(text), "}");
  if (!finding.file.empty()) {
    absl::StrAppend(
        &result, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":",
        JsonString(UriOf(finding.file)), "},\"region\":{\"startLine\":", finding.line, "}}}]");
  }
  return result + "}";
}

}  // namespace

void WriteSarif(absl::Span<const CheckFinding> findings, Printer out) {
  const std::vector<std::string> rules = RulesOf(findings);
  out.PutData(absl::StrCat(
      "{\"$schema\":", JsonString(kSarifSchema),
      ",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"portreg\",\"version\":",
      JsonString(Version()), ",\"rules\":[",
      absl::StrJoin(rules, ",",
                    [](std::string* list, const std::string& rule) {
                      absl::StrAppend(list, "\n", SarifRule(rule));
                    }),
      "]}},\"results\":["));
  for (size_t i = 0; i < findings.size(); ++i) {
    const auto place = std::lower_bound(rules.begin(), rules.end(), findings[i].rule);
    out.PutData(absl::StrCat(i == 0 ? "\n" : ",\n",
                             SarifResult(findings[i], static_cast<size_t>(place - rules.begin()))));
  }
  out.PutData("\n]}]}\n");
}

}  // namespace portreg::cli
