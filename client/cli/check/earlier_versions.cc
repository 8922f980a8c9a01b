#include "client/cli/check/earlier_versions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/judgement/port_findings.h"
#include "common/model/service_name.h"

namespace portreg::cli {

EarlierVersions::EarlierVersions(const std::vector<TableRow>& rows) {
  for (const TableRow& row : rows) {
    if (!row.service.empty()) {
      const std::string name = FoldServiceName(row.service);
      keys_.emplace(name, row.owner, row.scope);
      std::vector<PortRange>& ports = ports_[{name, row.scope}];
      ports.insert(ports.end(), row.ports.begin(), row.ports.end());
      continue;
    }
    for (const PortRange ports : row.ports) {
      keys_.emplace(absl::StrCat(ports.first, "-", ports.last), row.owner, row.scope);
    }
  }
  for (auto& [key, ports] : ports_) {
    absl::c_sort(ports, [](PortRange a, PortRange b) { return a.first < b.first; });
    for (size_t i = 1; i < ports.size(); ++i) {
      ports[i].last = std::max(ports[i].last, ports[i - 1].last);
    }
  }
}

bool EarlierVersions::Explain(const v1::Finding& finding) const {
  // If the list of records is full, the finding may have further causes.
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
             {name, std::string(absl::StripAsciiWhitespace(record.owner())), record.scope()}) ||
         HasPortOf(record);
}

bool EarlierVersions::HasPortOf(const v1::PortRecord& record) const {
  const auto found = ports_.find({FoldServiceName(record.service()), record.scope()});
  if (found == ports_.end() || !record.has_first_port()) return false;
  // Tests the last range that begins at or before the record's end.
  const auto after =
      std::upper_bound(found->second.begin(), found->second.end(), record.last_port(),
                       [](int32_t port, PortRange range) { return port < range.first; });
  return after != found->second.begin() && std::prev(after)->last >= record.first_port();
}

}  // namespace portreg::cli
