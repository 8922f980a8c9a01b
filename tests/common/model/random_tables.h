// Makes small random tables, in which ports, owners and scopes often meet.
#ifndef PORTREG_TESTS_COMMON_MODEL_RANDOM_TABLES_H_
#define PORTREG_TESTS_COMMON_MODEL_RANDOM_TABLES_H_

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/judgement/claim.h"
#include "tests/common/test_layers.h"

namespace portreg {

inline constexpr int kRandomPorts = 120;

// Makes layers and claims of ports below kRandomPorts.
class RandomTables {
 public:
  explicit RandomTables(unsigned seed) : random_(seed) {}

  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  bool Often() { return Below(4) != 0; }
  template <typename Text>
  std::string OneOf(std::initializer_list<Text> texts) {
    return std::string(*(texts.begin() + Below(static_cast<int>(texts.size()))));
  }

  std::string Ports() {
    const int first = Below(kRandomPorts);
    const int last = std::min(kRandomPorts - 1, first + (Often() ? 0 : Below(20)));
    return absl::StrCat(first, first == last ? "" : absl::StrCat("-", last));
  }
  std::string Service() { return OneOf({"a", "b", "c", "A", ""}); }
  std::string Owner() { return OneOf({"x", "y", ""}); }
  std::string Scope() { return OneOf({"", "eu", "eu/prod", "us"}); }
  std::string Transports() { return OneOf({"", "tcp", "udp", "tcp/udp"}); }

  LayerData Local(int rows) {
    auto text = std::make_shared<LayerText>();
    text->text =
        "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Scope,Status,"
        "Until\n";
    for (int i = 0; i < rows; ++i) {
      const std::string service = Service();
      const std::string owner = service.empty() ? "x" : Owner();
      absl::StrAppend(&text->text, service, ",", Ports(), ",", Transports(), ",,", owner, ",",
                      Often() ? "" : "d", ",", Scope(), ",",
                      OneOf({"", "", "planned", "deprecated", "retired"}), ",",
                      OneOf({"", "", "2020-01-01", "9999-12-31"}), "\n");
    }
    return ReadLayer(Layer::kLocal, "local.csv", std::move(text), LocalFileRules()).value();
  }

  Registry Table() {
    std::string iana;
    std::string common;
    for (int i = 0; i < 25; ++i) {
      absl::StrAppend(&iana, OneOf({"a", "b", "e", ""}), ",", Ports(), ",",
                      OneOf({"", "tcp", "udp", "sctp"}), ",",
                      OneOf({"Unassigned", "Reserved", "any private use"}), "\n");
      if (i % 2 == 0) {
        absl::StrAppend(&common, OneOf({"a", "C / d", "f"}), ",", Ports(), ",", OneOf({"", "tcp"}),
                        ",\n");
      }
    }
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kIana, iana));
    layers.push_back(MakeLayer(Layer::kCommon, common));
    layers.push_back(Local(25));
    return Registry::Create(std::move(layers), Rules()).value();
  }

  RangeRules Rules() {
    std::vector<RangeRule> rules;
    for (const char* const kind : {"browsers", "linux-ephemeral", "own", "other"}) {
      RangeRule& rule = rules.emplace_back();
      rule.ports = {ParsePortRange(Ports()).value(), ParsePortRange(Ports()).value()};
      rule.kind_name = kind;
      rule.message = kind;
      rule.severity = static_cast<FindingSeverity>(1 + Below(3));
      if (Often()) rule.transports = {Transport::kTcp};
    }
    return RangeRules(std::move(rules));
  }

  Claim AClaim() {
    Claim claim;
    claim.ports = ParsePortRange(Ports()).value();
    std::vector<Transport> transports;
    for (const Transport transport : kTransports) {
      if (Below(2) == 0) transports.push_back(transport);
    }
    claim.transports = TransportSet(transports);
    claim.service = Service();
    claim.owner = Owner();
    claim.scope = Scope();
    return claim;
  }

 private:
  std::mt19937 random_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_MODEL_RANDOM_TABLES_H_
