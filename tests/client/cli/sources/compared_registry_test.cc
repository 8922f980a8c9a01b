#include "client/cli/sources/compared_registry.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/base/limits.h"
#include "client/cli/formats/json.h"
#include "client/cli/sources/embedded_source.h"
#include "common/answers/conversion.h"
#include "common/changes/record_changes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/unasked_source.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr absl::string_view kOwnHeader =
    "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Status,Until\n";

TableText TextOf(TableFormat format, absl::string_view bytes) {
  return {format, {{"t", std::string(bytes)}}};
}

// Returns the table as JSON lines.
std::string JsonOf(const Registry& registry) {
  std::string json;
  for (const ServiceRecord* record : registry.records()) {
    v1::PortRecord message;
    ToMessage(*record, WithDetails::kYes, message);
    absl::StrAppend(&json, *ToJson(message, JsonStyle::kOneLine), "\n");
  }
  return json;
}

// Lists the records that the test sets.
class FakeListing final : public UnaskedSource {
 public:
  explicit FakeListing(std::vector<v1::PortRecord> records) : records_(std::move(records)) {}

  absl::StatusOr<std::string> ListRange(
      const v1::ListRangeRequest& request,
      absl::FunctionRef<bool(const v1::PortRecord&)> take) override {
    EXPECT_EQ(request.view(), v1::RECORD_VIEW_FULL);
    EXPECT_TRUE(request.include_portless());
    for (const v1::PortRecord& record : records_) {
      ++listed_;
      if (!take(record)) break;
    }
    return std::string("rev");
  }

  [[nodiscard]] size_t listed() const { return listed_; }

 private:
  std::vector<v1::PortRecord> records_;
  size_t listed_ = 0;
};

v1::PortRecord LocalRecord(int first, int last) {
  v1::PortRecord record;
  record.set_layer(v1::LAYER_LOCAL);
  record.set_first_port(first);
  record.set_last_port(last);
  record.set_service("s");
  return record;
}

TEST(ParseTableTest, OwnTableAndItsJsonAreEqual) {
  const std::string csv = absl::StrCat(kOwnHeader,
                                       "billing,7100-7102,tcp/udp,\"x, y\",blue,b  c,planned,"
                                       "2026-11-29\n,7200,,,blue,,,\nnoport,,,,,,,\n");
  const absl::StatusOr<ComparedRegistry> table =
      ParseTable(TextOf(TableFormat::kOwnTable, csv), {});
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->registry.records().size(), 4);
  const absl::StatusOr<ComparedRegistry> json =
      ParseTable(TextOf(TableFormat::kJson, JsonOf(table->registry)), {});
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_TRUE(CompareRecords(table->registry, json->registry).empty());
}

TEST(ParseTableTest, LayersAreKept) {
  const Registry all =
      MakeRegistry({.iana = "i,1,tcp,\n", .common = "c,1,tcp,\n", .local = "l,1,tcp,\n"});
  const auto kept = [&all](const std::vector<Layer>& layers) {
    std::vector<std::string> names;
    const absl::StatusOr<ComparedRegistry> some =
        ParseTable(TextOf(TableFormat::kJson, JsonOf(all)), layers);
    for (const ServiceRecord* record : some->registry.records()) {
      names.emplace_back(record->service);
    }
    return names;
  };
  EXPECT_THAT(kept({}), ElementsAre("l", "c", "i"));
  EXPECT_THAT(kept({Layer::kIana, Layer::kLocal}), ElementsAre("l", "i"));
}

TEST(ParseTableTest, CsvIsOfOneLayer) {
  const std::string csv = absl::StrCat(kShortHeader, "a,1,tcp,x\n");
  const auto parsed = [&csv](TableFormat format, const std::vector<Layer>& layers) {
    return std::move(ParseTable(TextOf(format, csv), layers).value().registry);
  };
  EXPECT_EQ(parsed(TableFormat::kOwnTable, {}).record(0).layer, Layer::kLocal);
  EXPECT_EQ(parsed(TableFormat::kIanaCsv, {}).record(0).layer, Layer::kIana);
  const Registry of_site = parsed(TableFormat::kOwnTable, {Layer::kCommon});
  EXPECT_EQ(of_site.record(0).layer, Layer::kCommon);
  EXPECT_EQ(of_site.record(0).source, kSiteSource);
  EXPECT_THAT(parsed(TableFormat::kIanaCsv, {Layer::kLocal}).records(), IsEmpty());
}

TEST(ParseTableTest, ErrorsNameFileAndPosition) {
  const auto message = [](TableFormat format, absl::string_view bytes) {
    return Message(ParseTable(TextOf(format, bytes), {}).status());
  };
  EXPECT_THAT(message(TableFormat::kOwnTable, absl::StrCat(kShortHeader, "a,70000,tcp,\n")),
              AllOf(StartsWith("t: "), HasSubstr("line 2, column 3"), HasSubstr("70000")));
  EXPECT_THAT(message(TableFormat::kOwnTable, "Name,Port\n"),
              AllOf(StartsWith("t: line 1, column"), HasSubstr("Service Name")));
  EXPECT_THAT(message(TableFormat::kJson, "{\"layer\":1,\n\"firstPort\":70000,\"lastPort\":1}"),
              StartsWith("t: line 1, column 1: first_port 70000"));
}

TEST(ListRegistryTest, ListsEverythingInFull) {
  const absl::StatusOr<ComparedRegistry> listed = ListRegistry(*MakeEmbeddedSource(), {});
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->revision, EmbeddedRegistry().revision());
  EXPECT_TRUE(CompareRecords(EmbeddedRegistry(), listed->registry).empty());
}

TEST(ListRegistryTest, UnknownLayersAndTransportsAreLeftOut) {
  std::vector<v1::PortRecord> records(3, LocalRecord(1, 2));
  records[0].set_layer(static_cast<v1::Layer>(9));
  records[1].set_transport(static_cast<v1::Transport>(9));
  FakeListing source(records);
  EXPECT_EQ(ListRegistry(source, {})->registry.records().size(), 1);
}

TEST(ListRegistryTest, WhatCannotBeIsRefused) {
  FakeListing reversed({LocalRecord(2, 1)});
  const absl::Status status = ListRegistry(reversed, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Message(status), HasSubstr("first_port 2 is above last_port 1"));

  v1::PortRecord large = LocalRecord(1, 1);
  large.set_description(std::string(kMaxComparedBytes / 4, 'x'));
  FakeListing endless(std::vector<v1::PortRecord>(10, large));
  EXPECT_EQ(ListRegistry(endless, {}).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(endless.listed(), 4);
}

}  // namespace
}  // namespace portreg::cli
