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

// The commands that support a format: all, all but watch, or those that answer with
// records.
enum class Holds : uint8_t { kAnything, kRows, kRecords };

struct NamedFormat {
  absl::string_view name;
  Format format;
  Holds holds;
};

Holds MostOf(Verb verb) {
  switch (verb) {
    case Verb::kWatch:
      return Holds::kAnything;
    case Verb::kClassify:
    case Verb::kInfo:
    case Verb::kAudit:
      return Holds::kRows;
    default:
      return Holds::kRecords;
  }
}

constexpr std::array<NamedFormat, 8> kFormats = {{
    {"table", Format::kTable, Holds::kAnything},
    {"wide", Format::kWide, Holds::kRecords},
    {"json", Format::kJson, Holds::kAnything},
    {"ndjson", Format::kNdjson, Holds::kAnything},
    {"csv", Format::kCsv, Holds::kRows},
    {"tsv", Format::kTsv, Holds::kRows},
    {"services", Format::kServices, Holds::kRecords},
    {"name", Format::kName, Holds::kRecords},
}};

constexpr std::array<std::pair<absl::string_view, ExportFormat>, 5> kExportFormats = {{
    {"services", ExportFormat::kServices},
    {"sysctl-reserved", ExportFormat::kSysctlReserved},
    {"iana-csv", ExportFormat::kIanaCsv},
    {"csv", ExportFormat::kCsv},
    {"json", ExportFormat::kJson},
}};

// Returns "a, b or c". `names` must not be empty.
std::string Alternatives(absl::Span<const absl::string_view> names) {
  return absl::StrCat(absl::StrJoin(names.first(names.size() - 1), ", "), " or ", names.back());
}

}  // namespace

absl::StatusOr<Format> ReadFormat(absl::string_view name, Verb verb) {
  const Holds most = MostOf(verb);
  std::vector<absl::string_view> allowed;
  for (const NamedFormat& each : kFormats) {
    if (each.holds > most) continue;
    if (each.name == name) return each.format;
    allowed.push_back(each.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("output format \"", name, "\" is not ", Alternatives(allowed),
                   most == Holds::kRecords ? ""
                   : most == Holds::kRows  ? ", which audit, classify and info have"
                                           : ", which watch has"));
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
