#include "common/model/record.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(RecordTest, LayersAreReadAsTheyAreWritten) {
  for (const Layer layer : kLayers) EXPECT_EQ(ParseLayer(ToString(layer)), layer);
  EXPECT_EQ(ToString(Layer::kLocal), "local");
  EXPECT_EQ(ToString(Layer::kCommon), "common");
  EXPECT_EQ(ToString(Layer::kIana), "iana");
  EXPECT_EQ(ParseLayer("IANA"), Layer::kIana);
  for (const char* text : {"", "loca", "locals", " iana", "3"}) {
    EXPECT_EQ(ParseLayer(text), std::nullopt) << text;
  }
}

TEST(RecordTest, EachLayerHasASourceOfItsOwn) {
  std::set<std::string> sources;
  for (const Layer layer : kLayers) {
    EXPECT_FALSE(SourceOf(layer).empty()) << ToString(layer);
    sources.emplace(SourceOf(layer));
  }
  EXPECT_EQ(sources.size(), kLayers.size());
}

TEST(RecordTest, NameOrDescriptionDecidesTheState) {
  const struct {
    const char* service;
    const char* description;
    AssignmentState state;
  } cases[] = {
      {"http", "World Wide Web HTTP", AssignmentState::kAssigned},
      {"syslog", "", AssignmentState::kAssigned},
      {"odd", "Unassigned", AssignmentState::kAssigned},
      {"odd", "Reserved", AssignmentState::kAssigned},
      {"", "any private mail system", AssignmentState::kAssigned},
      {"", "Any Private terminal link", AssignmentState::kAssigned},
      {"", "any private use, else unassigned", AssignmentState::kAssigned},
      {"", "Unassigned", AssignmentState::kUnassigned},
      {"", "UNASSIGNED", AssignmentState::kUnassigned},
      {"", "Unassigned (Removed 2002-04-30)", AssignmentState::kUnassigned},
      {"", "Currently unassigned", AssignmentState::kUnassigned},
      {"", "Reserved", AssignmentState::kReserved},
      {"", "IANA Reserved", AssignmentState::kReserved},
      {"", "De-registered", AssignmentState::kReserved},
      {"", "Not for any private use", AssignmentState::kReserved},
      {"", "assigned", AssignmentState::kReserved},
      {"", "", AssignmentState::kReserved},
  };
  for (const auto& c : cases) {
    ServiceRecord record;
    record.service = c.service;
    record.description = c.description;
    EXPECT_EQ(ToString(StateOf(record)), ToString(c.state)) << c.service << ": " << c.description;
  }
}

TEST(RecordTest, DescriptionsOfOtherLayersDecideNothing) {
  for (const Layer layer : {Layer::kLocal, Layer::kCommon}) {
    for (const char* description : {"Unassigned", "any private use", "Reserved", ""}) {
      ServiceRecord record;
      record.layer = layer;
      record.description = description;
      EXPECT_EQ(StateOf(record), AssignmentState::kReserved) << description;
    }
  }
}

}  // namespace
}  // namespace portreg
