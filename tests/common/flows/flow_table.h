// Reads the table of flows with their right answers, for the tests of each place that has
// the rule.
#ifndef PORTREG_TESTS_COMMON_FLOWS_FLOW_TABLE_H_
#define PORTREG_TESTS_COMMON_FLOWS_FLOW_TABLE_H_

#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "common/data/csv.h"
#include "common/data/layer_file.h"
#include "common/embedded/embedded.h"
#include "common/model/registry.h"
#include "gtest/gtest.h"

namespace portreg {

// A row of flow_table.csv.
struct KnownFlow {
  int protocol = 0;
  int source = 0;
  int destination = 0;
  // "source", "destination" or empty.
  std::string stated;
  // The flags of the source's first packet; 0: unknown.
  int tcp_flags = 0;
  // The expected output. Empty: the fields have no value.
  std::string service;
  std::string service_port;
  std::string side;
  std::string rule;
  // The reason, for messages of tests.
  std::string reason;
};

inline std::string FlowFile(absl::string_view name) {
  std::ifstream file(std::string(PORTREG_SOURCE_DIR "/tests/common/flows/") + std::string(name));
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<KnownFlow> KnownFlows() {
  const std::string text = FlowFile("flow_table.csv");
  std::deque<std::string> unescaped;
  CsvReader reader(text, unescaped);
  std::vector<CsvField> row;
  std::vector<KnownFlow> flows;
  bool is_header = true;
  while (reader.Next(row).value()) {
    if (!is_header) {
      std::vector<std::string> cells;
      for (const CsvField& field : row) cells.emplace_back(field.text);
      EXPECT_EQ(cells.size(), 10) << text.substr(0, 80);
      KnownFlow& flow = flows.emplace_back();
      EXPECT_TRUE(absl::SimpleAtoi(cells[0], &flow.protocol));
      EXPECT_TRUE(absl::SimpleAtoi(cells[1], &flow.source));
      EXPECT_TRUE(absl::SimpleAtoi(cells[2], &flow.destination));
      flow.stated = cells[3];
      if (!cells[4].empty()) {
        EXPECT_TRUE(absl::SimpleAtoi(cells[4], &flow.tcp_flags));
      }
      flow.service = cells[5];
      flow.service_port = cells[6];
      flow.side = cells[7];
      flow.rule = cells[8];
      flow.reason = cells[9];
    }
    is_header = false;
  }
  EXPECT_GE(flows.size(), 50);
  return flows;
}

// The embedded registry, with flow_table.local.csv as layer local.
inline Registry RegistryOfKnownFlows() {
  std::vector<LayerData> layers = EmbeddedLayers();
  auto text = std::make_shared<LayerText>();
  text->text = FlowFile("flow_table.local.csv");
  layers.push_back(
      ReadLayer(Layer::kLocal, "flow_table.local.csv", std::move(text), LocalFileRules()).value());
  return Registry::Create(std::move(layers)).value();
}

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_FLOWS_FLOW_TABLE_H_
