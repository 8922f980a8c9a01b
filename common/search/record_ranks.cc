#include "common/search/record_ranks.h"

#include <algorithm>

#include "common/model/scope.h"
#include "common/model/service_name.h"

namespace portreg {
namespace {

constexpr size_t kNameSizes = kMaxServiceNameBytes + 1;

size_t BucketOf(const ServiceRecord& record) {
  const size_t size = std::min(record.service.size(), kMaxServiceNameBytes);
  return static_cast<size_t>(record.layer) * kNameSizes + size;
}

}  // namespace

RecordRanks::RecordRanks(const Registry& registry)
    : registry_(registry), records_(registry.records().size()), ranks_(records_.size()) {
  std::vector<Rank> begin((kLayers.size() + 1) * kNameSizes + 1);
  for (const ServiceRecord* const record : registry.records()) ++begin[BucketOf(*record) + 1];
  for (size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
  for (size_t layer = 0; layer < layer_begin_.size(); ++layer) {
    layer_begin_[layer] = begin[layer * kNameSizes];
  }
  for (RecordIndex i = 0; i < records_.size(); ++i) {
    const Rank rank = begin[BucketOf(registry.record(i))]++;
    records_[rank] = i;
    ranks_[i] = rank;
  }
  for (const Transport transport : kTransports) {
    Bitmap& answering = answering_.emplace_back(records_.size());
    for (Rank rank = 0; rank < records_.size(); ++rank) {
      if (Answers(registry.record(records_[rank]).transport, transport)) answering.Set(rank);
    }
  }
}

size_t RecordRanks::MemoryBytes() const {
  size_t bytes = records_.capacity() * sizeof(records_[0]) + ranks_.capacity() * sizeof(ranks_[0]);
  for (const Bitmap& answering : answering_) bytes += answering.MemoryBytes();
  return bytes;
}

std::optional<Bitmap> RecordRanks::Answering(Transport transport, absl::Span<const Layer> layers,
                                             absl::string_view scope) const {
  if (transport == Transport::kNone && layers.empty() && scope.empty()) return std::nullopt;
  Bitmap answering(records_.size());
  if (layers.empty()) answering.SetRange(0, records_.size());
  for (const Layer layer : layers) {
    const auto index = static_cast<size_t>(layer);
    answering.SetRange(layer_begin_[index], layer_begin_[index + 1]);
  }
  if (transport != Transport::kNone) answering &= answering_[static_cast<size_t>(transport) - 1];
  if (scope.empty()) return answering;
  const auto local = static_cast<size_t>(Layer::kLocal);
  for (Rank rank = layer_begin_[local]; rank < layer_begin_[local + 1]; ++rank) {
    if (!HoldsIn(registry_.record(records_[rank]), scope)) answering.Reset(rank);
  }
  return answering;
}

}  // namespace portreg
