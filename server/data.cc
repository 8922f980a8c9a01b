#include "server/data.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/collision.h"
#include "common/csv.h"
#include "common/embedded/embedded.h"
#include "common/layer.h"
#include "common/layer_file.h"
#include "common/record.h"
#include "common/service_name.h"

namespace portreg {
namespace {

constexpr size_t kMaxCollisionsReported = 100;

LayerRules Rules(LayerRules rules, const DataOptions& options) {
  if (options.list_every_row) rules.max_rows_listed = std::numeric_limits<size_t>::max();
  return rules;
}

size_t IanaRecords(const Registry& registry) {
  for (const LayerInfo& layer : registry.layers()) {
    if (layer.layer == Layer::kIana) return layer.record_count;
  }
  return 0;
}

absl::StatusOr<LayerData> IanaLayer(const DataOptions& options, const Registry* last_good) {
  LayerData embedded = EmbeddedIanaLayer();
  if (options.iana_file.empty()) return embedded;
  absl::StatusOr<LayerData> file =
      ReadLayerFile(Layer::kIana, options.iana_file, Rules(IanaFileRules(), options));
  if (!file.ok() || options.allow_fewer_rows) return file;
  const size_t before = last_good == nullptr ? embedded.records.size() : IanaRecords(*last_good);
  if (file->records.size() >= before - before / 20) return file;
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s: %d usable rows, over 5 %% fewer than the %d of the %s; the file seems cut off, or it is "
      "old and --allow_fewer_rows takes it",
      options.iana_file, file->records.size(), before,
      last_good == nullptr ? "embedded snapshot" : "data being served"));
}

// How many of a layer's records are of each kind.
struct KindCounts {
  size_t assigned = 0;
  size_t reserved = 0;
  size_t unassigned = 0;
  size_t ranges = 0;
};

KindCounts CountKinds(const Registry& registry, Layer layer) {
  KindCounts counts;
  for (const ServiceRecord* record : registry.records()) {
    if (record->layer != layer) continue;
    const AssignmentState state = StateOf(*record);
    counts.assigned += state == AssignmentState::kAssigned && !record->named() ? 1 : 0;
    counts.reserved += state == AssignmentState::kReserved ? 1 : 0;
    counts.unassigned += state == AssignmentState::kUnassigned ? 1 : 0;
    counts.ranges += record->ports && record->ports->width() > 1 ? 1 : 0;
  }
  return counts;
}

void ReportLayer(const Registry& registry, const LayerInfo& info, std::string& text) {
  const KindCounts kinds = CountKinds(registry, info.layer);
  absl::StrAppendFormat(&text, "%-7s %s\n", std::string(ToString(info.layer)), info.origin);
  const auto line = [&text](size_t count, const char* what) {
    absl::StrAppendFormat(&text, "%9d  %s\n", count, what);
  };
  line(info.record_count, "records");
  line(info.named_count, "with a service name");
  line(info.portless_count, "of these without a port");
  line(kinds.reserved, "nameless: reserved");
  line(kinds.unassigned, "nameless: unassigned");
  line(kinds.assigned, "nameless: assigned to any private use");
  line(kinds.ranges, "cover a range of ports");
  line(info.set_aside.size(), "rows set aside");
  for (const SetAsideRow& row : info.set_aside) {
    absl::StrAppend(&text, "    ", ErrorAt(row.position, row.reason).message(), "\n");
  }
}

}  // namespace

absl::StatusOr<Registry> LoadRegistry(const DataOptions& options, const Registry* last_good) {
  std::vector<LayerData> layers;
  absl::StatusOr<LayerData> iana = IanaLayer(options, last_good);
  if (!iana.ok()) return iana.status();
  layers.push_back(*std::move(iana));
  layers.push_back(EmbeddedCommonLayer());
  if (!options.local_file.empty()) {
    absl::StatusOr<LayerData> local =
        ReadLayerFile(Layer::kLocal, options.local_file, Rules(LocalFileRules(), options));
    if (!local.ok()) return local.status();
    layers.push_back(*std::move(local));
  }
  return Registry::Create(std::move(layers));
}

std::vector<std::string> FilesOf(const DataOptions& options) {
  std::vector<std::string> files;
  for (const std::string& file : {options.iana_file, options.local_file}) {
    if (!file.empty()) files.push_back(file);
  }
  return files;
}

CheckReport Report(const Registry& registry) {
  CheckReport report;
  std::string& text = report.text;
  for (const LayerInfo& info : registry.layers()) ReportLayer(registry, info, text);

  for (const ServiceRecord* record : registry.records()) {
    if (record->layer != Layer::kLocal || !record->named()) continue;
    const absl::Status status = CheckServiceNameSyntax(record->service);
    if (status.ok()) continue;
    absl::StrAppend(&text, "warning: local, line ", record->line, ": ", status.message(), "\n");
  }
  std::vector<Collision> collisions =
      FindCollisions(registry, Layer::kLocal, kMaxCollisionsReported + 1);
  const bool more = collisions.size() > kMaxCollisionsReported;
  if (more) collisions.pop_back();
  for (const Collision& collision : collisions) {
    absl::StrAppend(&text, "collision: local, ", ToString(collision), "\n");
  }
  if (more) absl::StrAppend(&text, "collision: local, and more\n");
  report.passed = collisions.empty();
  absl::StrAppend(&text, "revision ", registry.revision(), "\n");
  return report;
}

}  // namespace portreg
