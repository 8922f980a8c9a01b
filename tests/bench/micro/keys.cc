#include "tests/bench/micro/keys.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "common/data/layer_file.h"
#include "common/embedded/embedded.h"
#include "common/embedded/embedded_ranges.h"

namespace portreg::bench {
namespace {

std::vector<LayerData> EmbeddedLayers() {
  std::vector<LayerData> layers;
  layers.push_back(EmbeddedIanaLayer());
  layers.push_back(EmbeddedCommonLayer());
  layers.push_back(EmbeddedPracticeLayer());
  return layers;
}

}  // namespace

const Registry& TheRegistry() {
  static const auto& registry =
      *new Registry(Registry::Create(EmbeddedLayers(), EmbeddedRangeRules()).value());
  return registry;
}

const Registry& TheLargeRegistry() {
  static const auto& registry = *[] {
    auto text = std::make_shared<LayerText>();
    text->text = "Service Name,Port Number,Transport Protocol,Description,Owner\n";
    for (int i = 0; i < kLocalRows; ++i) {
      absl::StrAppendFormat(&text->text,
                            "app-%06d,%d,%s,Web server of customer %d in data centre %d,team-%d\n",
                            i, i / 2 % kPortCount, i % 2 == 0 ? "tcp" : "udp", i, i % 7, i % 50);
    }
    std::vector<LayerData> layers = EmbeddedLayers();
    layers.push_back(
        ReadLayer(Layer::kLocal, "local.csv", std::move(text), LocalFileRules()).value());
    return new Registry(Registry::Create(std::move(layers), EmbeddedRangeRules()).value());
  }();
  return registry;
}

const std::vector<Port>& ShuffledPorts() {
  static const auto& ports = *[] {
    auto* const all = new std::vector<Port>(kPortCount);
    std::iota(all->begin(), all->end(), Port{0});
    std::shuffle(all->begin(), all->end(), std::mt19937(1));
    return all;
  }();
  return ports;
}

const std::vector<std::string>& ShuffledNames() {
  static const auto& names = *[] {
    absl::flat_hash_set<std::string> seen;
    auto* const all = new std::vector<std::string>();
    for (const ServiceRecord* const record : TheRegistry().records()) {
      if (!record->named() || !seen.emplace(record->service).second) continue;
      all->emplace_back(record->service);
    }
    std::shuffle(all->begin(), all->end(), std::mt19937(2));
    return all;
  }();
  return names;
}

}  // namespace portreg::bench
