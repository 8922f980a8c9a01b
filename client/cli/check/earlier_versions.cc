#include "client/cli/check/earlier_versions.h"

#include <cstddef>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/judgement/port_findings.h"
#include "common/model/port.h"
#include "common/model/service_name.h"

namespace portreg::cli {

EarlierVersions::EarlierVersions(const std::vector<TableRow>& rows) {
  for (const TableRow& row : rows) {
    if (!row.service.empty()) {
      keys_.emplace(FoldServiceName(row.service), row.owner, row.scope);
      continue;
    }
    for (const PortRange ports : row.ports) {
      keys_.emplace(absl::StrCat(ports.first, "-", ports.last), row.owner, row.scope);
    }
  }
}

bool EarlierVersions::Explain(const v1::Finding& finding) const {
  // A finding with a full list of records may have further causes.
  const auto count = static_cast<size_t>(finding.records_size());
  return count > 0 && count < kMaxFindingRecords &&
         absl::c_all_of(finding.records(), [this](const auto& record) { return Has(record); });
}

bool EarlierVersions::Has(const v1::PortRecord& record) const {
  if (record.layer() != v1::LAYER_LOCAL) return false;
  const std::string name = record.service().empty()
                               ? absl::StrCat(record.first_port(), "-", record.last_port())
                               : FoldServiceName(record.service());
  return keys_.contains(
      {name, std::string(absl::StripAsciiWhitespace(record.owner())), record.scope()});
}

}  // namespace portreg::cli
