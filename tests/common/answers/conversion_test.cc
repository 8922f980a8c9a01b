// Compares the domain's values with the contract's, because common/answers/conversion.h
// copies them without a table.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/answers/conversion.h"
#include "common/judgement/classify.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/search/search.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"

namespace portreg {
namespace {

using ::google::protobuf::EnumDescriptor;

using Values = std::vector<std::pair<std::string, int>>;

Values ValuesOf(const EnumDescriptor& descriptor) {
  Values values;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    values.emplace_back(descriptor.value(i)->name(), descriptor.value(i)->number());
  }
  return values;
}

// Returns every value of the domain's enum, with the name that the contract must have.
template <typename Enum, typename List>
Values Named(absl::string_view prefix, const List& values) {
  Values named = {{absl::StrCat(prefix, "UNSPECIFIED"), 0}};
  for (const Enum value : values) {
    named.emplace_back(absl::StrCat(prefix, absl::AsciiStrToUpper(ToString(value))),
                       static_cast<int>(value));
  }
  return named;
}

TEST(ConvertTest, TransportsHaveTheContractsValues) {
  EXPECT_EQ(ValuesOf(*v1::Transport_descriptor()), Named<Transport>("TRANSPORT_", kTransports));
  EXPECT_EQ(static_cast<int>(Transport::kNone), v1::TRANSPORT_UNSPECIFIED);
}

TEST(ConvertTest, LayersHaveTheContractsValues) {
  EXPECT_EQ(ValuesOf(*v1::Layer_descriptor()), Named<Layer>("LAYER_", kLayers));
}

TEST(ConvertTest, StatesHaveTheContractsValues) {
  constexpr AssignmentState kStates[] = {AssignmentState::kAssigned, AssignmentState::kReserved,
                                         AssignmentState::kUnassigned, AssignmentState::kDynamic};
  EXPECT_EQ(ValuesOf(*v1::AssignmentState_descriptor()),
            Named<AssignmentState>("ASSIGNMENT_STATE_", kStates));
}

TEST(ConvertTest, ClassesHaveTheContractsValues) {
  EXPECT_EQ(ValuesOf(*v1::PortClass_descriptor()),
            (Values{{"PORT_CLASS_UNSPECIFIED", 0},
                    {"PORT_CLASS_WELL_KNOWN", static_cast<int>(PortClass::kWellKnown)},
                    {"PORT_CLASS_REGISTERED", static_cast<int>(PortClass::kRegistered)},
                    {"PORT_CLASS_DYNAMIC", static_cast<int>(PortClass::kDynamic)}}));
}

TEST(ConvertTest, KindsOfAdviceHaveTheContractsValues) {
  const auto kind = [](AdvisoryKind value) { return static_cast<int>(value); };
  EXPECT_EQ(ValuesOf(*v1::AdvisoryKind_descriptor()),
            (Values{{"ADVISORY_KIND_UNSPECIFIED", 0},
                    {"ADVISORY_KIND_TAKEN_LOCALLY", kind(AdvisoryKind::kTakenLocally)},
                    {"ADVISORY_KIND_IANA_ASSIGNED", kind(AdvisoryKind::kIanaAssigned)},
                    {"ADVISORY_KIND_IANA_RESERVED", kind(AdvisoryKind::kIanaReserved)},
                    {"ADVISORY_KIND_IANA_UNASSIGNED", kind(AdvisoryKind::kIanaUnassigned)},
                    {"ADVISORY_KIND_DYNAMIC", kind(AdvisoryKind::kDynamic)},
                    {"ADVISORY_KIND_COMMONLY_USED", kind(AdvisoryKind::kCommonlyUsed)},
                    {"ADVISORY_KIND_NEEDS_PRIVILEGE", kind(AdvisoryKind::kNeedsPrivilege)},
                    {"ADVISORY_KIND_EXPERIMENTS_ONLY", kind(AdvisoryKind::kExperimentsOnly)},
                    {"ADVISORY_KIND_LINUX_EPHEMERAL", kind(AdvisoryKind::kLinuxEphemeral)},
                    {"ADVISORY_KIND_KUBERNETES_NODE_PORT", kind(AdvisoryKind::kKubernetesNodePort)},
                    {"ADVISORY_KIND_BLOCKED_BY_BROWSERS", kind(AdvisoryKind::kBlockedByBrowsers)},
                    {"ADVISORY_KIND_WINDOWS_DYNAMIC", kind(AdvisoryKind::kWindowsDynamic)},
                    {"ADVISORY_KIND_EXPORTER_LIST", kind(AdvisoryKind::kExporterList)},
                    {"ADVISORY_KIND_RANGE_RULE", kind(AdvisoryKind::kRangeRule)},
                    {"ADVISORY_KIND_UNAUTHORIZED_USE", kind(AdvisoryKind::kUnauthorizedUse)},
                    {"ADVISORY_KIND_RETIRED_LOCALLY", kind(AdvisoryKind::kRetiredLocally)},
                    {"ADVISORY_KIND_PAST_UNTIL", kind(AdvisoryKind::kPastUntil)},
                    {"ADVISORY_KIND_DEPRECATED_LOCALLY", kind(AdvisoryKind::kDeprecatedLocally)},
                    {"ADVISORY_KIND_SERVICE_NAME_INVALID", kind(AdvisoryKind::kServiceNameInvalid)},
                    {"ADVISORY_KIND_CLAIMS_COLLIDE", kind(AdvisoryKind::kClaimsCollide)}}));
}

TEST(ConvertTest, SeveritiesHaveTheContractsValues) {
  EXPECT_EQ(ValuesOf(*v1::Severity_descriptor()),
            (Values{{"SEVERITY_UNSPECIFIED", 0},
                    {"SEVERITY_INFO", static_cast<int>(FindingSeverity::kInfo)},
                    {"SEVERITY_WARNING", static_cast<int>(FindingSeverity::kWarning)},
                    {"SEVERITY_ERROR", static_cast<int>(FindingSeverity::kError)}}));
}

TEST(ConvertTest, KindsOfMatchesHaveTheContractsValues) {
  const auto kind = [](MatchKind value) { return static_cast<int>(value); };
  EXPECT_EQ(ValuesOf(*v1::MatchKind_descriptor()),
            (Values{{"MATCH_KIND_UNSPECIFIED", 0},
                    {"MATCH_KIND_EXACT_NAME", kind(MatchKind::kExactName)},
                    {"MATCH_KIND_NAME_PREFIX", kind(MatchKind::kNamePrefix)},
                    {"MATCH_KIND_WORD", kind(MatchKind::kWord)},
                    {"MATCH_KIND_PART_OF_WORD", kind(MatchKind::kPartOfWord)}}));
}

TEST(ConvertTest, FieldsOfMatchesHaveTheContractsValues) {
  EXPECT_EQ(ValuesOf(*v1::MatchField_descriptor()),
            (Values{{"MATCH_FIELD_UNSPECIFIED", 0},
                    {"MATCH_FIELD_SERVICE", static_cast<int>(MatchField::kService)},
                    {"MATCH_FIELD_DESCRIPTION", static_cast<int>(MatchField::kDescription)},
                    {"MATCH_FIELD_OWNER", static_cast<int>(MatchField::kOwner)},
                    {"MATCH_FIELD_ASSIGNEE", static_cast<int>(MatchField::kAssignee)}}));
}

TEST(ConvertTest, ARecordWithEveryField) {
  std::vector<LayerData> layers;
  layers.push_back(LayerOfText(
      Layer::kLocal,
      absl::StrCat(kFullHeader, "http,80-81,tcp,Web,as,co,2001,2002,ref,7,no,notes,me\n")));
  const Registry registry = Registry::Create(std::move(layers)).value();
  v1::PortRecord message;
  ToMessage(registry.record(0), WithDetails::kYes, message);
  const auto expected = Proto<v1::PortRecord>(R"(
      first_port: 80 last_port: 81 transport: TRANSPORT_TCP service: "http" description: "Web"
      layer: LAYER_LOCAL source: "local assignments"
      details {
        assignee: "as" contact: "co" registration_date: "2001" modification_date: "2002"
        reference: "ref" service_code: "7" unauthorized_use_reported: "no"
        assignment_notes: "notes" owner: "me"
      }
      owner: "me")");
  EXPECT_EQ(message.DebugString(), expected.DebugString());

  v1::PortRecord basic;
  ToMessage(registry.record(0), WithDetails::kNo, basic);
  EXPECT_FALSE(basic.has_details());
}

TEST(ConvertTest, Port0IsAPortAndNoPortIsAbsent) {
  const Registry registry = MakeRegistry({.iana = ",0,,Reserved\nimap3,,tcp,\n"});
  v1::PortRecord zero;
  ToMessage(registry.record(0), WithDetails::kNo, zero);
  EXPECT_TRUE(zero.has_first_port());
  EXPECT_TRUE(zero.has_last_port());
  EXPECT_EQ(zero.first_port(), 0);
  EXPECT_EQ(zero.transport(), v1::TRANSPORT_UNSPECIFIED);
  v1::PortRecord portless;
  ToMessage(registry.record(1), WithDetails::kNo, portless);
  EXPECT_FALSE(portless.has_first_port());
  EXPECT_FALSE(portless.has_last_port());
}

TEST(ConvertTest, AnAdvisoryWithEveryField) {
  v1::ClassifyResponse message;
  ToMessage(
      ClassOf(80),
      {Advisory{AdvisoryKind::kIanaReserved, "reserved", {Transport::kUdp, Transport::kDccp}}},
      message);
  ASSERT_EQ(message.advisories_size(), 1);
  const auto expected = Proto<v1::Advisory>(
      "kind: ADVISORY_KIND_IANA_RESERVED message: 'reserved' "
      "transports: [TRANSPORT_UDP, TRANSPORT_DCCP]");
  EXPECT_EQ(message.advisories(0).DebugString(), expected.DebugString());
}

TEST(ConvertTest, ASearchResultWithEveryField) {
  const Registry registry = MakeRegistry({.iana = "web,80,tcp,Web\nother,81,udp,\n"});
  SearchResult result;
  result.matches = {{0, MatchKind::kPartOfWord, true, true},
                    {1, MatchKind::kWord, false, true},
                    {1, MatchKind::kNamePrefix, true, false},
                    {1, MatchKind::kWord, false, false, true, true}};
  result.total_count = 7;
  result.similar_services = {"wen", "wev"};
  v1::SearchResponse message;
  ToMessage(result, registry, WithDetails::kNo, message);
  auto expected = Proto<v1::SearchResponse>(R"(
      matches { kind: MATCH_KIND_PART_OF_WORD
                fields: [MATCH_FIELD_SERVICE, MATCH_FIELD_DESCRIPTION] }
      matches { kind: MATCH_KIND_WORD fields: MATCH_FIELD_DESCRIPTION }
      matches { kind: MATCH_KIND_NAME_PREFIX fields: MATCH_FIELD_SERVICE }
      matches { kind: MATCH_KIND_WORD fields: [MATCH_FIELD_OWNER, MATCH_FIELD_ASSIGNEE] }
      total_count: 7 similar_services: ["wen", "wev"])");
  for (const int i : {0, 1, 2, 3}) {
    ToMessage(registry.record(i == 0 ? 0 : 1), WithDetails::kNo,
              *expected.mutable_matches(i)->mutable_record());
  }
  EXPECT_EQ(message.DebugString(), expected.DebugString());
}

TEST(ConvertTest, ALayerWithEveryField) {
  const LayerInfo info = {.layer = Layer::kCommon,
                          .origin = "common.csv",
                          .sha256 = "abc",
                          .modify_time = absl::FromUnixSeconds(1'700'000'000),
                          .record_count = 5,
                          .named_count = 4,
                          .portless_count = 3,
                          .set_aside = {{}, {}},
                          .unread_columns = {}};
  v1::LayerInfo message;
  ToMessage(info, message);
  auto expected = Proto<v1::LayerInfo>(R"(
      layer: LAYER_COMMON origin: "common.csv" sha256: "abc"
      modify_time { seconds: 1700000000 }
      record_count: 5 named_count: 4 portless_count: 3 set_aside_count: 2)");
  expected.set_source(std::string(SourceOf(Layer::kCommon)));
  EXPECT_EQ(message.DebugString(), expected.DebugString());

  v1::LayerInfo embedded;
  ToMessage(LayerInfo{}, embedded);
  EXPECT_FALSE(embedded.has_modify_time());
}

}  // namespace
}  // namespace portreg
