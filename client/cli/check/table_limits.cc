#include "client/cli/check/table_limits.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// Counts the records of each port and each name.
class RecordCounts {
 public:
  RecordCounts() : at_port_(kPortCount) {}

  // Counts a record. Returns the limit that is exceeded, in words; empty if none is.
  std::string Add(const ServiceRecord& record) {
    if (record.ports) {
      coverage_ += record.ports->width();
      if (coverage_ > Registry::kMaxCoverage) {
        return absl::StrCat("the ranges of all rows have more than ", Registry::kMaxCoverage,
                            " ports together");
      }
      for (int port = record.ports->first; port <= record.ports->last; ++port) {
        if (++at_port_[static_cast<size_t>(port)] > Registry::kMaxRecordsPerKey) {
          return absl::StrCat("port ", port, kTooMany, Registry::kMaxRecordsPerKey, " records");
        }
      }
    }
    if (!record.named()) return {};
    std::vector<absl::string_view> names = Aliases(record);
    names.push_back(record.service);
    for (const absl::string_view name : names) {
      if (++of_name_[FoldServiceName(name)] > Registry::kMaxRecordsPerKey) {
        return absl::StrCat("name ", Quoted(name), kTooMany, Registry::kMaxRecordsPerKey,
                            " records");
      }
    }
    return {};
  }

 private:
  static constexpr absl::string_view kTooMany = " has more than ";

  size_t coverage_ = 0;
  std::vector<size_t> at_port_;
  absl::flat_hash_map<std::string, size_t> of_name_;
};

}  // namespace

std::optional<RowBeyondLimit> FindRowBeyondLimit(absl::Span<const LayerData> layers) {
  RecordCounts counts;
  for (size_t file = 0; file < layers.size(); ++file) {
    for (const ServiceRecord& record : layers[file].records) {
      std::string message = counts.Add(record);
      if (!message.empty()) return RowBeyondLimit{file, record.line, std::move(message)};
    }
  }
  return std::nullopt;
}

}  // namespace portreg::cli
