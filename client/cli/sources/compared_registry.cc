#include "client/cli/sources/compared_registry.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/base/limits.h"
#include "client/cli/sources/json_records.h"
#include "client/cli/sources/requests.h"
#include "common/answers/conversion.h"
#include "common/data/layer_file.h"
#include "common/embedded/embedded_ranges.h"
#include "common/model/layer.h"

namespace portreg::cli {
namespace {

bool KeepsLayer(Layer layer, const std::vector<Layer>& layers) {
  return layers.empty() || std::find(layers.begin(), layers.end(), layer) != layers.end();
}

// Collects records that come as messages.
class MessageRecords {
 public:
  explicit MessageRecords(const std::vector<Layer>& layers) : wanted_(layers) {}

  // Keeps the record if its layer is wanted. Returns the errors of ToRecord(), also for a
  // record that is not wanted, and RESOURCE_EXHAUSTED if the records take more than
  // kMaxComparedBytes.
  absl::Status Add(v1::PortRecord message) {
    const size_t texts = text_->unescaped.size();
    const v1::PortRecord& kept = messages_.emplace_back(std::move(message));
    const absl::StatusOr<ServiceRecord> record = ToRecord(kept, text_->unescaped);
    if (!record.ok()) return record.status();
    if (!KeepsLayer(record->layer, wanted_)) {
      messages_.pop_back();
      text_->unescaped.resize(texts);
      return absl::OkStatus();
    }
    held_ += kept.SpaceUsedLong() + sizeof(ServiceRecord);
    if (held_ > kMaxComparedBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("the records take more than ",
                                                       kMaxComparedBytes,
                                                       " bytes of memory; ask for fewer layers"));
    }
    records_[static_cast<size_t>(record->layer) - 1].push_back(*record);
    return absl::OkStatus();
  }

  absl::StatusOr<ComparedRegistry> Build() && {
    std::vector<LayerData> layers;
    for (size_t i = 0; i < records_.size(); ++i) {
      LayerData& layer = layers.emplace_back();
      layer.info.layer = kLayers[i];
      layer.records = std::move(records_[i]);
      layer.text = text_;
    }
    absl::StatusOr<Registry> registry = Registry::Create(std::move(layers), EmbeddedRangeRules());
    if (!registry.ok()) return registry.status();
    return ComparedRegistry{std::move(messages_), *std::move(registry), {}};
  }

 private:
  const std::vector<Layer>& wanted_;
  std::deque<v1::PortRecord> messages_;
  // By kLayers.
  std::array<std::vector<ServiceRecord>, kLayers.size()> records_;
  std::shared_ptr<LayerText> text_ = std::make_shared<LayerText>();
  size_t held_ = 0;
};

absl::Status InFile(const std::string& name, const absl::Status& status) {
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(name, ": ", status.message())};
}

absl::StatusOr<ComparedRegistry> ParseJson(const TableText& text,
                                           const std::vector<Layer>& layers) {
  MessageRecords records(layers);
  for (const TableFile& file : text.files) {
    const absl::Status status = ReadJsonRecords(
        file.bytes, [&records](v1::PortRecord message) { return records.Add(std::move(message)); });
    if (!status.ok()) return InFile(file.name, status);
  }
  absl::StatusOr<ComparedRegistry> built = std::move(records).Build();
  if (!built.ok()) return InFile(text.files.front().name, built.status());
  return built;
}

// Returns the layer of a CSV, and the rules that its rows must keep.
std::pair<Layer, LayerRules> RulesFor(TableFormat format, const std::vector<Layer>& layers) {
  if (format == TableFormat::kIanaCsv) {
    // An excerpt need not have the rows of the whole file.
    return {Layer::kIana, {.max_set_aside_share = IanaFileRules().max_set_aside_share}};
  }
  const bool is_of_site = layers == std::vector<Layer>{Layer::kCommon};
  if (is_of_site) return {Layer::kCommon, CommonFileRules()};
  return {Layer::kLocal, LocalFileRules()};
}

absl::StatusOr<ComparedRegistry> ParseCsv(TableText text, const std::vector<Layer>& layers) {
  const auto [layer, rules] = RulesFor(text.format, layers);
  std::vector<LayerData> parsed;
  for (TableFile& file : text.files) {
    auto content = std::make_shared<LayerText>();
    content->text = std::move(file.bytes);
    absl::StatusOr<LayerData> data = ReadLayer(layer, file.name, std::move(content), rules);
    if (!data.ok()) return data.status();
    if (KeepsLayer(layer, layers)) parsed.push_back(*std::move(data));
  }
  absl::StatusOr<Registry> registry = Registry::Create(std::move(parsed));
  if (!registry.ok()) return InFile(text.files.front().name, registry.status());
  return ComparedRegistry{{}, *std::move(registry), {}};
}

}  // namespace

absl::StatusOr<ComparedRegistry> ParseTable(TableText text, const std::vector<Layer>& layers) {
  return text.format == TableFormat::kJson ? ParseJson(text, layers)
                                           : ParseCsv(std::move(text), layers);
}

absl::StatusOr<ComparedRegistry> ListRegistry(Source& source, const std::vector<Layer>& layers) {
  v1::ListRangeRequest request =
      ListRequestFor(PortRange::All(), Transport::kNone, layers, v1::RECORD_VIEW_FULL);
  request.set_include_portless(true);
  return RegistryOfListing(source, request);
}

absl::StatusOr<ComparedRegistry> RegistryOfListing(Source& source,
                                                   const v1::ListRangeRequest& request) {
  // The request has selected the layers.
  const std::vector<Layer> all_layers;
  MessageRecords records(all_layers);
  absl::Status unusable;
  const absl::StatusOr<std::string> revision =
      source.ListRange(request, [&](const v1::PortRecord& record) {
        if (!LayerOf(record.layer()) || !TransportOf(record.transport())) return true;
        unusable = records.Add(record);
        return unusable.ok();
      });
  if (!revision.ok()) return revision.status();
  if (absl::IsResourceExhausted(unusable)) return unusable;
  absl::StatusOr<ComparedRegistry> built =
      unusable.ok() ? std::move(records).Build() : absl::StatusOr<ComparedRegistry>(unusable);
  if (!built.ok()) {
    return absl::InternalError(
        absl::StrCat("the records listed cannot be a registry: ", built.status().message()));
  }
  built->revision = *revision;
  return built;
}

}  // namespace portreg::cli
