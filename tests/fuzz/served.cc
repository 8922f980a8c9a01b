#include "tests/fuzz/served.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/data/layer_file.h"
#include "common/embedded/embedded.h"
#include "common/embedded/embedded_ranges.h"

namespace portreg::fuzz {
namespace {

LayerData LayerOf(Layer layer, absl::string_view rows) {
  auto text = std::make_shared<LayerText>();
  text->text = absl::StrCat("Service Name,Port Number,Transport Protocol,Description",
                            layer == Layer::kLocal ? ",Scope\n" : "\n", rows);
  return ReadLayer(layer, "rows.csv", std::move(text), LocalFileRules()).value();
}

std::string SmallIanaRows() {
  std::string rows =
      ",0,tcp,Reserved\nhttp,80,tcp,World Wide Web\nhttp,80,udp,World Wide Web\n"
      "www,80,tcp,World Wide Web\n,4,tcp,Unassigned\n,48000-48999,,Unassigned\n"
      "x11,6000-6063,tcp,X Window System\nwithin,6010,,Within\nexp1,1021,tcp,Experiment\n"
      ",57,tcp,any private terminal access\nlast,65535,tcp,In the dynamic class\n"
      "pana,716,udp,PANA\nimap3,,tcp,Without a port\nportless,,,Without a port\n";
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&rows, "row", i, ",", 2000 + i, ",tcp,Row ", i, "\n");
  }
  for (int i = 0; i < 8; ++i) {
    absl::StrAppend(&rows, "long", i, ",3000,udp,", std::string(16'000, 'x'), "\n");
  }
  return rows;
}

}  // namespace

const Served& EmbeddedServed() {
  static const auto* const served = [] {
    std::vector<LayerData> layers;
    layers.push_back(EmbeddedIanaLayer());
    layers.push_back(EmbeddedCommonLayer());
    layers.push_back(EmbeddedPracticeLayer());
    layers.push_back(
        LayerOf(Layer::kLocal, "ours,443-445,,Ours,\nbilling,7400,tcp,Invoices,eu/prod\n"));
    return new Served(Registry::Create(std::move(layers), EmbeddedRangeRules()).value());
  }();
  return *served;
}

const Served& SmallServed() {
  static const auto* const served = [] {
    std::vector<LayerData> layers;
    layers.push_back(LayerOf(Layer::kIana, SmallIanaRows()));
    layers.push_back(LayerOf(Layer::kCommon, "SMB / Microsoft-DS,445,,Files\nFTP,20-21,,Files\n"));
    layers.push_back(LayerOf(Layer::kLocal, "logs,716,tcp,Ours,eu\nwide,6000-6100,udp,Ours,\n"));
    return new Served(Registry::Create(std::move(layers), EmbeddedRangeRules()).value());
  }();
  return *served;
}

}  // namespace portreg::fuzz
