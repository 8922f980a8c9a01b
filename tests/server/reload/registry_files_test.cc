#include "server/reload/registry_files.h"

#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/embedded/embedded.h"
#include "common/embedded/embedded_csv.h"
#include "common/names/names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Returns the embedded IANA file, cut after `records` records.
std::string IanaCsvOf(size_t records) {
  const LayerData layer = EmbeddedIanaLayer();
  const absl::string_view csv = EmbeddedIanaCsv();
  if (records == layer.records.size()) return std::string(csv);
  size_t at = 0;
  for (uint32_t line = 1; line < layer.records[records].line; ++line) at = csv.find('\n', at) + 1;
  return std::string(csv.substr(0, at));
}

TEST(DataTest, WithoutOptionsTheEmbeddedRegistryIsLoaded) {
  const absl::StatusOr<Registry> registry = LoadRegistry({});
  ASSERT_TRUE(registry.ok()) << registry.status();
  EXPECT_EQ(registry->revision(), EmbeddedRegistry().revision());
  ASSERT_THAT(registry->layers(), SizeIs(3));
  EXPECT_EQ(registry->layers()[0].layer, Layer::kCommon);
  EXPECT_EQ(registry->layers()[1].layer, Layer::kCommon);
  EXPECT_EQ(registry->layers()[2].layer, Layer::kIana);
  EXPECT_EQ(registry->layers()[2].origin, "embedded");
}

TEST(DataTest, AnIanaFileReplacesTheEmbeddedSnapshot) {
  const TempDirectory directory;
  const std::string same = directory.Write("same.csv", EmbeddedIanaCsv());
  const absl::StatusOr<Registry> registry = LoadRegistry({.iana_file = same, .local_files = {}});
  ASSERT_TRUE(registry.ok()) << registry.status();
  EXPECT_EQ(registry->revision(), EmbeddedRegistry().revision());
  EXPECT_EQ(registry->layers()[2].origin, "same.csv");
  EXPECT_NE(registry->layers()[2].modify_time, std::nullopt);

  const std::string more =
      directory.Write("more.csv", absl::StrCat(EmbeddedIanaCsv(), "added,6335,tcp,New,,,,,,,,\n"));
  EXPECT_EQ(
      LoadRegistry({.iana_file = more, .local_files = {}}).value().StateOn(6335, Transport::kTcp),
      AssignmentState::kAssigned);
}

TEST(DataTest, AnIanaFileWithOver5PercentFewerRowsIsRefusedUnlessTold) {
  const TempDirectory directory;
  const size_t rows = EmbeddedIanaLayer().records.size();
  const size_t fewest = rows - rows / 20;
  const std::string enough = directory.Write("enough.csv", IanaCsvOf(fewest));
  const std::string fewer = directory.Write("fewer.csv", IanaCsvOf(fewest - 1));

  const absl::StatusOr<Registry> registry = LoadRegistry({.iana_file = enough, .local_files = {}});
  ASSERT_TRUE(registry.ok()) << registry.status();
  EXPECT_EQ(registry->layers()[2].record_count, fewest);

  const absl::Status status = LoadRegistry({.iana_file = fewer, .local_files = {}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status),
              AllOf(StartsWith(fewer + ": "), HasSubstr(absl::StrCat(fewest - 1, " usable rows")),
                    HasSubstr("cut off"), HasSubstr("--allow_fewer_rows")));
  EXPECT_TRUE(LoadRegistry({.iana_file = fewer, .local_files = {}, .allow_fewer_rows = true}).ok());
}

TEST(DataTest, BeingToldDoesNotTakeAStump) {
  const TempDirectory directory;
  const std::string stump = directory.Write("stump.csv", IanaCsvOf(9'999));
  EXPECT_THAT(
      Message(
          LoadRegistry({.iana_file = stump, .local_files = {}, .allow_fewer_rows = true}).status()),
      HasSubstr("9999 usable rows, at least 10000 are needed"));
}

TEST(DataTest, ALocalFileAddsTheOperatorsLayer) {
  const TempDirectory directory;
  const std::string path = directory.Write(
      "local.csv", absl::StrCat(kFullHeader, "billing,7000,tcp,Invoices,,,,,,,,,Team A\n"));
  const absl::StatusOr<Registry> registry = LoadRegistry({.iana_file = "", .local_files = {path}});
  ASSERT_TRUE(registry.ok()) << registry.status();
  ASSERT_THAT(registry->layers(), SizeIs(4));
  EXPECT_EQ(registry->layers()[0].origin, "local.csv");
  EXPECT_TRUE(registry->TakenLocally(7000, Transport::kTcp));
  EXPECT_FALSE(registry->TakenLocally(7000, Transport::kUdp));
  EXPECT_EQ(registry->record(registry->AtPort(7000)[0]).details->owner, "Team A");
}

TEST(DataTest, ARangesFileReplacesRules) {
  const TempDirectory directory;
  const std::string path =
      directory.Write("ranges.csv",
                      "Ports,Transport Protocol,Kind,Severity,Message,Reference\n"
                      "15000-20000,,linux-ephemeral,warning,ours,\n");
  const DataOptions options = {.iana_file = "", .ranges_file = path};
  EXPECT_THAT(FilesOf(options), ElementsAre(path));
  const absl::StatusOr<Registry> registry = LoadRegistry(options);
  ASSERT_TRUE(registry.ok()) << registry.status();
  EXPECT_NE(registry->revision(), EmbeddedRegistry().revision());
  EXPECT_EQ(registry->range_rules().AtPort(15000)[0]->message, "ours");
  EXPECT_TRUE(registry->range_rules().AtPort(40000).empty());
  EXPECT_THAT(Report(*registry).text, HasSubstr("  linux-ephemeral, warning: 15000-20000\n"));
  EXPECT_THAT(Report(EmbeddedRegistry()).text, Not(HasSubstr("range rules")));
}

TEST(DataTest, ASnapshotIsMadeAgainOnlyIfTheRulesChange) {
  const TempDirectory directory;
  const std::string header = "Ports,Transport Protocol,Kind,Severity,Message,Reference\n";
  const DataOptions options = {
      .iana_file = "",
      .ranges_file = directory.Write("ranges.csv", header + "7000,,own,info,ours,\n")};
  const Registry first = LoadRegistry(options).value();
  EXPECT_EQ(LoadSnapshot(options, &first).value(), nullptr);
  (void)directory.Write("ranges.csv", header + "7001,,own,info,ours,\n");
  EXPECT_NE(LoadSnapshot(options, &first).value(), nullptr);
}

TEST(DataTest, SeveralFilesAndFoldersMakeOneLayer) {
  const TempDirectory directory;
  std::filesystem::create_directory(directory.PathOf("teams"));
  const std::vector<std::string> paths = {
      directory.Write("z.csv", absl::StrCat(kShortHeader, "z,7000,tcp,\n")),
      directory.PathOf("teams")};
  (void)directory.Write("teams/b.csv", absl::StrCat(kShortHeader, "b,7001,tcp,\nz,7001,,\n"));
  (void)directory.Write("teams/a.csv", absl::StrCat(kShortHeader, "a,7000,udp,\nz,7000,udp,\n"));
  const absl::StatusOr<Registry> registry = LoadRegistry({.iana_file = "", .local_files = paths});
  ASSERT_TRUE(registry.ok()) << registry.status();
  std::vector<std::string> origins;
  for (const LayerInfo& info : registry->layers()) {
    if (info.layer != Layer::kLocal) continue;
    origins.push_back(absl::StrCat(info.origin, " ", info.record_count));
  }
  EXPECT_THAT(origins, ElementsAre("z.csv 1", "a.csv 2", "b.csv 2"));
  const CheckReport report = Report(*registry);
  EXPECT_FALSE(report.passed);
  EXPECT_THAT(
      report.text,
      AllOf(HasSubstr("local   a.csv\n        2  records\n        2  with a service name\n"),
            HasSubstr("collision: local, a.csv, line 2 (a) and a.csv, line 3 (z) both claim "
                      "port 7000/udp\n"),
            HasSubstr("collision: local, b.csv, line 2 (b) and b.csv, line 3 (z) both claim "
                      "port 7001/tcp\n")));
}

TEST(DataTest, FilesOfOneNameAreNamedWithTheirFolders) {
  const TempDirectory directory;
  std::vector<std::string> paths;
  for (const char* team : {"blue", "red"}) {
    std::filesystem::create_directory(directory.PathOf(team));
    paths.push_back(directory.Write(absl::StrCat(team, "/ports.csv"),
                                    absl::StrCat(kShortHeader, team, ",7000,tcp,\n")));
  }
  const Registry registry = LoadRegistry({.iana_file = "", .local_files = paths}).value();
  EXPECT_THAT(Report(registry).text, HasSubstr("blue/ports.csv, line 2 (blue) and red/ports.csv, "
                                               "line 2 (red) both claim port 7000/tcp"));
}

TEST(DataTest, AnUnusableRowOfAnyFileIsNamedWithItsFile) {
  const TempDirectory directory;
  const std::string good = directory.Write("good.csv", absl::StrCat(kShortHeader, "a,1,tcp,\n"));
  const std::string bad = directory.Write("bad.csv", absl::StrCat(kShortHeader, "a,1,icmp,\n"));
  for (const DataOptions& options :
       {DataOptions{.iana_file = "", .local_files = {good, bad}},
        DataOptions{.iana_file = "", .local_files = {good}, .common_files = {good, bad}}}) {
    EXPECT_THAT(Message(LoadRegistry(options).status()),
                AllOf(StartsWith(bad + ": "), HasSubstr("line 2, column 5: transport \"icmp\"")));
  }
}

TEST(DataTest, ACommonFileAddsRowsOfTheSite) {
  const TempDirectory directory;
  const std::string path = directory.Write(
      "site.csv",
      absl::StrCat(kFullHeader, "our-cache,6379,tcp,Ours,,,,,,,,,Team A\n,7999,,x,,,,,,,,,\n"));
  const Registry registry =
      LoadRegistry({.iana_file = "", .local_files = {}, .common_files = {path}}).value();
  ASSERT_THAT(registry.layers(), SizeIs(4));
  EXPECT_EQ(registry.layers()[0].source, "");
  EXPECT_EQ(registry.layers()[1].origin, "site.csv");
  EXPECT_EQ(registry.layers()[1].source, kSiteSource);
  EXPECT_EQ(registry.layers()[2].source, kPracticeSource);
  const ServiceRecord& record = registry.record(registry.ByName("our-cache")[0]);
  EXPECT_EQ(record.layer, Layer::kCommon);
  EXPECT_EQ(record.source, kSiteSource);
  EXPECT_EQ(record.details->owner, "");
  EXPECT_EQ(NameOfSlot(registry, 6379, Transport::kTcp)->service, "our-cache");
  EXPECT_FALSE(registry.TakenLocally(6379, Transport::kTcp));
}

TEST(DataTest, AReloadThatLosesManyRowsIsRefusedUnlessTold) {
  const TempDirectory directory;
  const auto write = [&directory](absl::string_view name, int first, int last) {
    std::string csv(kShortHeader);
    for (int i = first; i <= last; ++i) absl::StrAppend(&csv, "svc-", i, ",", 9300 + i, ",tcp,\n");
    return directory.Write(name, csv);
  };
  DataOptions options = {.iana_file = "", .local_files = {write("a.csv", 1, 20)}};
  options.local_files.push_back(write("b.csv", 21, 40));
  const Registry served = LoadRegistry(options).value();
  // Rows that move between the files are kept.
  (void)write("a.csv", 31, 40);
  (void)write("b.csv", 1, 30);
  EXPECT_TRUE(LoadRegistry(options, &served).ok());
  (void)write("b.csv", 1, 6);
  const absl::Status status = LoadRegistry(options, &served).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status), AllOf(StartsWith("--local_file: 24 of the 40 rows"),
                                     HasSubstr("--allow_fewer_rows")));
  // At start there are no earlier rows to compare with.
  EXPECT_TRUE(LoadRegistry(options).ok());
  options.allow_fewer_rows = true;
  EXPECT_TRUE(LoadRegistry(options, &served).ok());
}

TEST(DataTest, AnUnusableFileIsNamedWithThePlaceInIt) {
  const TempDirectory directory;
  const std::string missing = directory.PathOf("missing.csv");
  const std::string bad = directory.Write("bad.csv", absl::StrCat(kShortHeader, "a,70000,tcp,\n"));
  const std::string cut = directory.Write("cut.csv", absl::StrCat(kShortHeader, "a,1,tcp,\"x"));
  const std::string wide = directory.Write("wide.csv", [] {
    std::string csv(kShortHeader);
    for (int i = 0; i < 65; ++i) absl::StrAppend(&csv, "a,0-65535,tcp,\n");
    return csv;
  }());
  const struct {
    DataOptions options;
    absl::StatusCode code;
    std::string begin;
    const char* message;
  } cases[] = {
      {{.iana_file = missing, .local_files = {}}, absl::StatusCode::kNotFound, missing, ""},
      {{.iana_file = "", .local_files = {missing}}, absl::StatusCode::kNotFound, missing, ""},
      {{.iana_file = bad, .local_files = {}},
       absl::StatusCode::kInvalidArgument,
       bad,
       "1 of 1 rows cannot be used"},
      {{.iana_file = "", .local_files = {bad}},
       absl::StatusCode::kInvalidArgument,
       bad,
       "line 2, column 3: port 70000 is out of range"},
      {{.iana_file = "", .local_files = {cut}},
       absl::StatusCode::kInvalidArgument,
       cut,
       "line 2, column 9: the text ends within this quoted field"},
      {{.iana_file = "", .local_files = {wide}},
       absl::StatusCode::kInvalidArgument,
       "wide.csv",
       "cover too many ports"},
  };
  for (const auto& c : cases) {
    const absl::Status status = LoadRegistry(c.options).status();
    EXPECT_EQ(status.code(), c.code) << c.begin;
    EXPECT_THAT(Message(status), AllOf(StartsWith(c.begin + ": "), HasSubstr(c.message)));
  }
}

TEST(DataTest, TheMessageListsAsManyUnusableRowsAsTold) {
  const TempDirectory directory;
  std::string csv(kShortHeader);
  for (int i = 0; i < 50; ++i) absl::StrAppend(&csv, "a,1,icmp,\n");
  const std::string path = directory.Write("local.csv", csv);
  EXPECT_THAT(Message(LoadRegistry({.iana_file = "", .local_files = {path}}).status()),
              AllOf(HasSubstr("\n  line 11, "), HasSubstr("\n  and 40 more")));
  EXPECT_THAT(
      Message(
          LoadRegistry({.iana_file = "", .local_files = {path}, .max_rows_listed = 20}).status()),
      AllOf(HasSubstr("\n  line 21, "), HasSubstr("\n  and 30 more")));
}

TEST(DataTest, ASnapshotOfTheSameFilesIsNone) {
  const TempDirectory directory;
  const std::string path = directory.Write("local.csv", absl::StrCat(kShortHeader, "a,1,tcp,\n"));
  const DataOptions options = {.iana_file = "", .local_files = {path}};
  const auto first = LoadSnapshot(options);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_NE(*first, nullptr);
  const auto same = LoadSnapshot(options, &(*first)->registry);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(*same, nullptr);
  (void)directory.Write("local.csv", absl::StrCat(kShortHeader, "b,1,tcp,\n"));
  const auto next = LoadSnapshot(options, &(*first)->registry);
  ASSERT_TRUE(next.ok()) << next.status();
  ASSERT_NE(*next, nullptr);
  EXPECT_NE((*next)->registry.revision(), (*first)->registry.revision());
}

TEST(DataTest, DataBeyondTheAllowedMemoryIsRefusedAtEachStage) {
  const size_t registry = LoadRegistry({}).value().MemoryBytes();
  const size_t snapshot = LoadSnapshot({}).value()->MemoryBytes();
  EXPECT_LT(registry, snapshot);
  // The layers, the registry and the snapshot exceed these limits, in this order.
  for (const size_t allowed : {size_t{1'000}, registry - 1, registry + 1'000}) {
    const absl::Status status =
        LoadSnapshot({.iana_file = "", .local_files = {}, .max_bytes = allowed}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("at most ", allowed, " are allowed")));
  }
  EXPECT_TRUE(LoadSnapshot({.iana_file = "", .local_files = {}, .max_bytes = snapshot}).ok());
}

TEST(DataTest, WhatCannotBeAllocatedIsRefused) {
  const auto status =
      RefuseWithoutMemory([]() -> absl::StatusOr<int> { throw std::bad_alloc(); }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Message(status), "not enough memory for the data");
}

TEST(ReportTest, CountsEachKindOfRecord) {
  const Registry registry = MakeRegistry({.iana = "http,80,tcp,\n"
                                                  "x11,6000-6063,tcp,\n"
                                                  "imap3,,tcp,\n"
                                                  ",0,tcp,Reserved\n"
                                                  ",4,tcp,Unassigned\n"
                                                  ",5-9,,Unassigned\n"
                                                  ",24,tcp,any private mail system\n"
                                                  "bad,1,icmp,\n"});
  const CheckReport report = Report(registry);
  EXPECT_TRUE(report.passed);
  EXPECT_EQ(report.text, absl::StrCat("iana    test.csv\n"
                                      "        7  records\n"
                                      "        3  with a service name\n"
                                      "        1  of these without a port\n"
                                      "        1  nameless: reserved\n"
                                      "        2  nameless: unassigned\n"
                                      "        1  nameless: assigned to any private use\n"
                                      "        2  cover a range of ports\n"
                                      "        1  rows set aside\n"
                                      "    line 9, column 7: transport \"icmp\" is not tcp, udp, "
                                      "sctp, dccp or empty\n"
                                      "revision ",
                                      registry.revision(), "\n"));
}

TEST(ReportTest, EachLayerIsReportedInItsOrder) {
  const std::string text =
      Report(MakeRegistry({.iana = "a,1,tcp,\n", .common = "B,2,,\n", .local = "c,3,tcp,\n"})).text;
  const size_t local = text.find("local   test.csv\n");
  const size_t common = text.find("common  test.csv\n");
  const size_t iana = text.find("iana    test.csv\n");
  EXPECT_LT(local, common);
  EXPECT_LT(common, iana);
  EXPECT_NE(iana, std::string::npos) << text;
}

TEST(ReportTest, LocalCollisionsFailIt) {
  const CheckReport report =
      Report(MakeRegistry({.iana = "a,1,tcp,\nb,1,tcp,\n", .local = "c,7000,tcp,\nd,7000,,\n"}));
  EXPECT_FALSE(report.passed);
  EXPECT_THAT(report.text, HasSubstr("\ncollision: local, line 2 (c) and line 3 (d) both claim "
                                     "port 7000/tcp\n"));
  EXPECT_THAT(report.text, Not(HasSubstr("(a)")));
}

TEST(ReportTest, RepetitionsAreWarnedOf) {
  const CheckReport report =
      Report(MakeRegistry({.local = "c,7000,tcp,\nC,7000,,\nd,7001,tcp,\n"}));
  EXPECT_TRUE(report.passed);
  EXPECT_THAT(report.text, HasSubstr("\nwarning: local, line 2 (c) and line 3 (C) both claim port "
                                     "7000/tcp for one service and owner\n"));
}

TEST(ReportTest, NamelessLocalRowsAreBlocksWhateverTheySay) {
  EXPECT_THAT(Report(MakeRegistry({.local = ",7000,tcp,Unassigned\n"})).text,
              AllOf(HasSubstr("        1  nameless: blocks held by their owners\n"),
                    HasSubstr("        0  cover a range of ports\n")));
}

TEST(ReportTest, TheFirst100CollisionsAreListed) {
  const auto report = [](int collisions) {
    std::string rows;
    for (int i = 1; i <= collisions; ++i) absl::StrAppend(&rows, "a,", i, ",,\nb,", i, ",,\n");
    return Report(MakeRegistry({.local = rows})).text;
  };
  EXPECT_THAT(report(100), AllOf(HasSubstr("both claim port 100\n"), Not(HasSubstr("and more"))));
  EXPECT_THAT(report(101), AllOf(HasSubstr("both claim port 100\n"), HasSubstr("and more"),
                                 Not(HasSubstr("both claim port 101\n"))));
}

TEST(ReportTest, LocalNamesThatBreakTheSyntaxAreWarnedOf) {
  const CheckReport report =
      Report(MakeRegistry({.iana = "whois++,63,tcp,\n", .local = "ok,1,tcp,\na_b,2,tcp,\n"}));
  EXPECT_TRUE(report.passed);
  EXPECT_THAT(report.text, HasSubstr("\nwarning: local, line 3: service name \"a_b\" may hold only "
                                     "letters, digits and hyphens"));
  EXPECT_THAT(report.text, Not(HasSubstr("whois++")));
  EXPECT_THAT(report.text, Not(HasSubstr("\"ok\"")));
}

TEST(ReportTest, ColumnsThatAreNotReadAreWarnedOf) {
  std::vector<LayerData> layers;
  layers.push_back(OwnTableOfText(
      "Service Name,Port Number,Transport Protocol,Description,Untill\na,1,tcp,,2020-01-01\n"));
  const CheckReport report = Report(Registry::Create(std::move(layers)).value());
  EXPECT_TRUE(report.passed);
  EXPECT_THAT(report.text,
              HasSubstr("\n    warning: column \"Untill\" is not read; did you mean Until?\n"));
}

TEST(ReportTest, TheEmbeddedRegistryPasses) {
  const CheckReport report = Report(EmbeddedRegistry());
  EXPECT_TRUE(report.passed);
  EXPECT_THAT(report.text, HasSubstr("       51  records\n"));
  EXPECT_THAT(report.text, Not(HasSubstr("warning")));
}

}  // namespace
}  // namespace portreg::server
