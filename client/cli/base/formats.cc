#include "client/cli/base/formats.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"

namespace portreg::cli {
namespace {

// The commands that support a format: all, those that answer with rows, those that answer
// with records, diff alone, or check alone.
enum class Holds : uint8_t { kAnything, kRows, kRecords, kChanges, kFindings };

struct NamedFormat {
  absl::string_view name;
  Format format;
  Holds holds;
};

Holds MostOf(Verb verb) {
  switch (verb) {
    case Verb::kWatch:
    case Verb::kSuggest:
      return Holds::kAnything;
    case Verb::kClassify:
    case Verb::kInfo:
    case Verb::kAudit:
      return Holds::kRows;
    case Verb::kDiff:
      return Holds::kChanges;
    case Verb::kCheck:
      return Holds::kFindings;
    default:
      return Holds::kRecords;
  }
}

bool Supports(Verb verb, Holds holds) {
  const Holds most = MostOf(verb);
  // Changes and findings are not records.
  if (most > Holds::kRecords) return holds == Holds::kAnything || holds == most;
  return holds <= most;
}

// Returns which commands have the formats that an error has listed.
absl::string_view OwnersOf(Holds most) {
  switch (most) {
    case Holds::kAnything:
      return ", which suggest and watch have";
    case Holds::kRows:
      return ", which audit, classify and info have";
    case Holds::kChanges:
      return ", which diff has";
    case Holds::kFindings:
      return ", which check has";
    case Holds::kRecords:
      break;
  }
  return "";
}

constexpr std::array<NamedFormat, 11> kFormats = {{
    {"table", Format::kTable, Holds::kAnything},
    {"wide", Format::kWide, Holds::kRecords},
    {"json", Format::kJson, Holds::kAnything},
    {"ndjson", Format::kNdjson, Holds::kAnything},
    {"csv", Format::kCsv, Holds::kRows},
    {"tsv", Format::kTsv, Holds::kRows},
    {"services", Format::kServices, Holds::kRecords},
    {"name", Format::kName, Holds::kRecords},
    {"markdown", Format::kMarkdown, Holds::kChanges},
    {"github", Format::kGithub, Holds::kFindings},
    {"sarif", Format::kSarif, Holds::kFindings},
}};

constexpr std::array<std::pair<absl::string_view, ExportFormat>, 6> kExportFormats = {{
    {"services", ExportFormat::kServices},
    {"sysctl-reserved", ExportFormat::kSysctlReserved},
    {"iana-csv", ExportFormat::kIanaCsv},
    {"csv", ExportFormat::kCsv},
    {"json", ExportFormat::kJson},
    {"html", ExportFormat::kHtml},
}};

// Returns "a, b or c". `names` must not be empty.
std::string Alternatives(absl::Span<const absl::string_view> names) {
  return absl::StrCat(absl::StrJoin(names.first(names.size() - 1), ", "), " or ", names.back());
}

}  // namespace

absl::StatusOr<Format> ReadFormat(absl::string_view name, Verb verb) {
  std::vector<absl::string_view> allowed;
  for (const NamedFormat& each : kFormats) {
    if (!Supports(verb, each.holds)) continue;
    if (each.name == name) return each.format;
    allowed.push_back(each.name);
  }
  return absl::InvalidArgumentError(absl::StrCat("output format \"", name, "\" is not ",
                                                 Alternatives(allowed), OwnersOf(MostOf(verb))));
}

absl::StatusOr<ExportFormat> ReadExportFormat(absl::string_view name) {
  std::vector<absl::string_view> allowed;
  for (const auto& [known, format] : kExportFormats) {
    if (known == name) return format;
    allowed.push_back(known);
  }
  if (name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("export needs --format=", Alternatives(allowed)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("export format \"", name, "\" is not ", Alternatives(allowed)));
}

}  // namespace portreg::cli
