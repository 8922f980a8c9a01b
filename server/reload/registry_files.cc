#include "server/reload/registry_files.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/data/csv.h"
#include "common/data/layer_file.h"
#include "common/data/range_table.h"
#include "common/data/table_files.h"
#include "common/embedded/embedded.h"
#include "common/embedded/embedded_ranges.h"
#include "common/judgement/collision.h"
#include "common/judgement/row_findings.h"
#include "common/model/layer.h"
#include "common/model/range_rules.h"
#include "common/model/record.h"
#include "common/text/text_position.h"
#include "server/reload/row_guard.h"

namespace portreg::server {
namespace {

constexpr size_t kMaxPairsReported = 100;

LayerRules Rules(LayerRules rules, const DataOptions& options) {
  rules.max_rows_listed = options.max_rows_listed;
  return rules;
}

size_t IanaRecords(const Registry& registry) {
  for (const LayerInfo& layer : registry.layers()) {
    if (layer.layer == Layer::kIana) return layer.record_count;
  }
  return 0;
}

absl::StatusOr<LayerData> IanaLayer(const DataOptions& options, const Registry* last_good) {
  if (options.iana_file.empty()) return EmbeddedIanaLayer();
  absl::StatusOr<LayerData> file =
      ReadLayerFile(Layer::kIana, options.iana_file, Rules(IanaFileRules(), options));
  if (!file.ok() || options.allow_fewer_rows) return file;
  const size_t before = last_good == nullptr ? EmbeddedIanaRecordCount() : IanaRecords(*last_good);
  if (file->records.size() >= before - before / 20) return file;
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s: %d usable rows, over 5 %% fewer than the %d of the %s; the file seems cut off; "
      "--allow_fewer_rows accepts it if it is only old",
      options.iana_file, file->records.size(), before,
      last_good == nullptr ? "embedded snapshot" : "data being served"));
}

// Names the files of one table in messages: by their names, and by those of their folders
// too where two files have one name.
void SetOrigins(const std::vector<std::string>& files, absl::Span<LayerData> layers) {
  absl::flat_hash_map<std::string, size_t> counts;
  for (const LayerData& layer : layers) ++counts[layer.info.origin];
  for (size_t i = 0; i < layers.size(); ++i) {
    std::string& origin = layers[i].info.origin;
    if (counts[origin] == 1) continue;
    const std::filesystem::path folder = std::filesystem::path(files[i]).parent_path();
    if (!folder.empty()) origin = absl::StrCat(folder.filename().string(), "/", origin);
  }
}

// Reads the layers that the options name. Checks their size before anything is built
// from them, because that takes more memory.
absl::StatusOr<std::vector<LayerData>> ReadLayers(const DataOptions& options,
                                                  const Registry* last_good) {
  std::vector<LayerData> layers;
  size_t bytes = 0;
  const auto add = [&](absl::StatusOr<LayerData> layer) {
    if (!layer.ok()) return layer.status();
    bytes += MemoryBytes(*layer);
    layers.push_back(*std::move(layer));
    return CheckRegistryBytes(bytes, options.max_bytes);
  };
  if (absl::Status status = add(IanaLayer(options, last_good)); !status.ok()) return status;
  const auto add_table = [&](Layer layer, const std::vector<std::string>& paths,
                             LayerRules rules) -> absl::Status {
    const absl::StatusOr<std::vector<std::string>> files = FindTableFiles(paths);
    if (!files.ok()) return files.status();
    const size_t first = layers.size();
    for (const std::string& file : *files) {
      absl::Status status = add(ReadLayerFile(layer, file, Rules(rules, options)));
      if (!status.ok()) return status;
    }
    SetOrigins(*files, absl::MakeSpan(layers).subspan(first));
    return absl::OkStatus();
  };
  absl::Status status = add(EmbeddedCommonLayer());
  if (!status.ok()) return status;
  status = add_table(Layer::kCommon, options.common_files, CommonFileRules());
  if (!status.ok()) return status;
  status = add(EmbeddedPracticeLayer());
  if (!status.ok()) return status;
  status = add_table(Layer::kLocal, options.local_files, LocalFileRules());
  if (!status.ok()) return status;
  return layers;
}

absl::StatusOr<RangeRules> ReadRules(const DataOptions& options) {
  if (options.ranges_file.empty()) return EmbeddedRangeRules();
  const absl::StatusOr<RangeRules> site = ReadRangeFile(options.ranges_file);
  if (!site.ok()) return site.status();
  return EmbeddedRangeRules().ReplacedBy(*site);
}

absl::StatusOr<Registry> BuildRegistry(const DataOptions& options, const Registry* last_good) {
  absl::StatusOr<std::vector<LayerData>> layers = ReadLayers(options, last_good);
  if (!layers.ok()) return layers.status();
  absl::StatusOr<RangeRules> rules = ReadRules(options);
  if (!rules.ok()) return rules.status();
  absl::StatusOr<Registry> registry = Registry::Create(*std::move(layers), *std::move(rules));
  if (!registry.ok()) return registry;
  absl::Status fits = CheckRegistryBytes(registry->MemoryBytes(), options.max_bytes);
  if (!fits.ok()) return fits;
  if (last_good != nullptr && !options.allow_fewer_rows) {
    absl::Status keeps_rows = CheckOwnRows(*last_good, *registry);
    if (!keeps_rows.ok()) return keeps_rows;
  }
  return registry;
}

// Returns true if both are made of the same files.
bool IsOfSameFiles(const Registry& a, const Registry& b) {
  if (a.range_rules().difference() != b.range_rules().difference()) return false;
  return absl::c_equal(a.layers(), b.layers(), [](const LayerInfo& x, const LayerInfo& y) {
    return x.layer == y.layer && x.origin == y.origin && x.sha256 == y.sha256 &&
           x.modify_time == y.modify_time;
  });
}

// Numbers of a file's records of each kind.
struct KindCounts {
  size_t assigned = 0;
  size_t reserved = 0;
  size_t unassigned = 0;
  size_t ranges = 0;
};

KindCounts CountKinds(const Registry& registry, size_t file) {
  KindCounts counts;
  for (const ServiceRecord* record : registry.records()) {
    if (record->file != file) continue;
    const AssignmentState state = StateOf(*record);
    counts.assigned += state == AssignmentState::kAssigned && !record->named() ? 1 : 0;
    counts.reserved += state == AssignmentState::kReserved ? 1 : 0;
    counts.unassigned += state == AssignmentState::kUnassigned ? 1 : 0;
    counts.ranges += record->ports && record->ports->width() > 1 ? 1 : 0;
  }
  return counts;
}

void ReportFile(const Registry& registry, size_t file, std::string& text) {
  const LayerInfo& info = registry.layers()[file];
  const KindCounts kinds = CountKinds(registry, file);
  absl::StrAppendFormat(&text, "%-7s %s\n", std::string(ToString(info.layer)), info.origin);
  const auto line = [&text](size_t count, const char* what) {
    absl::StrAppendFormat(&text, "%9d  %s\n", count, what);
  };
  line(info.record_count, "records");
  line(info.named_count, "with a service name");
  line(info.portless_count, "of these without a port");
  if (info.layer == Layer::kLocal) line(kinds.reserved, "nameless: blocks held by their owners");
  if (info.layer == Layer::kIana) {
    line(kinds.reserved, "nameless: reserved");
    line(kinds.unassigned, "nameless: unassigned");
    line(kinds.assigned, "nameless: assigned to any private use");
  }
  line(kinds.ranges, "cover a range of ports");
  line(info.set_aside.size(), "rows set aside");
  for (const SetAsideRow& row : info.set_aside) {
    absl::StrAppend(&text, "    ", ErrorAt(row.position, row.reason).message(), "\n");
  }
  for (const MessageAt& column : info.unread_columns) {
    absl::StrAppend(&text, "    warning: ", column.message, "\n");
  }
}

// Lists all rules if they are not the embedded ones.
void ReportRules(const RangeRules& rules, std::string& text) {
  if (rules.difference().empty()) return;
  absl::StrAppend(&text, "range rules\n");
  for (const RangeRule& rule : rules.rules()) {
    const auto range = [](std::string* out, PortRange ports) {
      absl::StrAppend(out, ToString(ports));
    };
    absl::StrAppend(&text, "  ", rule.kind_name,
                    rule.kind() == AdvisoryKind::kRangeRule ? " (a kind of its own)" : "", ", ",
                    ToString(rule.severity), ": ", absl::StrJoin(rule.ports, ",", range), "\n");
  }
}

}  // namespace

absl::StatusOr<Registry> LoadRegistry(const DataOptions& options, const Registry* last_good) {
  return RefuseWithoutMemory([&] { return BuildRegistry(options, last_good); });
}

absl::StatusOr<std::shared_ptr<const Snapshot>> LoadSnapshot(const DataOptions& options,
                                                             const Registry* last_good) {
  return RefuseWithoutMemory([&]() -> absl::StatusOr<std::shared_ptr<const Snapshot>> {
    absl::StatusOr<Registry> registry = BuildRegistry(options, last_good);
    if (!registry.ok()) return registry.status();
    if (last_good != nullptr && IsOfSameFiles(*registry, *last_good)) return nullptr;
    return Snapshot::Create(*std::move(registry), options.max_bytes);
  });
}

std::vector<std::string> FilesOf(const DataOptions& options) {
  std::vector<std::string> files;
  for (const std::string& file : {options.iana_file, options.ranges_file}) {
    if (!file.empty()) files.push_back(file);
  }
  for (const auto* paths : {&options.local_files, &options.common_files}) {
    files.insert(files.end(), paths->begin(), paths->end());
  }
  return files;
}

CheckReport Report(const Registry& registry) {
  CheckReport report;
  std::string& text = report.text;
  for (size_t file = 0; file < registry.layers().size(); ++file) ReportFile(registry, file, text);
  ReportRules(registry.range_rules(), text);

  const RowFindings found = JudgeRows(registry, Layer::kLocal, kMaxPairsReported);
  for (const InvalidName& name : found.names) {
    absl::StrAppend(&text, "warning: local, ", PlaceOf(registry, *name.record), ": ", name.message,
                    "\n");
  }
  const auto list = [&](absl::string_view begin, const std::vector<Collision>& pairs, bool more,
                        absl::string_view end) {
    for (const Collision& pair : pairs) {
      absl::StrAppend(&text, begin, "local, ", ToString(registry, pair), end, "\n");
    }
    if (more) absl::StrAppend(&text, begin, "local, and more\n");
  };
  list("warning: ", found.repetitions, found.more_repetitions, " for one service and owner");
  list("collision: ", found.collisions, found.more_collisions, "");
  report.passed = found.collisions.empty();
  absl::StrAppend(&text, "revision ", registry.revision(), "\n");
  return report;
}

}  // namespace portreg::server
