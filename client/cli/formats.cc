#include "client/cli/formats.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"

namespace portreg::cli {
namespace {

struct NamedFormat {
  absl::string_view name;
  Format format;
  // Whether it holds nothing but records.
  bool of_records;
};

constexpr std::array<NamedFormat, 8> kFormats = {{
    {"table", Format::kTable, false},
    {"wide", Format::kWide, true},
    {"json", Format::kJson, false},
    {"ndjson", Format::kNdjson, false},
    {"csv", Format::kCsv, false},
    {"tsv", Format::kTsv, false},
    {"services", Format::kServices, true},
    {"name", Format::kName, true},
}};

constexpr std::array<std::pair<absl::string_view, ExportFormat>, 4> kExportFormats = {{
    {"services", ExportFormat::kServices},
    {"sysctl-reserved", ExportFormat::kSysctlReserved},
    {"iana-csv", ExportFormat::kIanaCsv},
    {"json", ExportFormat::kJson},
}};

// "a, b or c".
std::string Alternatives(absl::Span<const absl::string_view> names) {
  return absl::StrCat(absl::StrJoin(names.first(names.size() - 1), ", "), " or ", names.back());
}

}  // namespace

absl::StatusOr<Format> ReadFormat(absl::string_view name, Verb verb) {
  const bool writes_records = verb != Verb::kClassify && verb != Verb::kInfo;
  std::vector<absl::string_view> allowed;
  for (const NamedFormat& each : kFormats) {
    if (each.of_records && !writes_records) continue;
    if (each.name == name) return each.format;
    allowed.push_back(each.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("output format \"", name, "\" is not ", Alternatives(allowed),
                   writes_records ? "" : ", which classify and info have"));
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
