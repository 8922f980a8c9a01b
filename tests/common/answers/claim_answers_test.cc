#include "common/answers/claim_answers.h"

#include <atomic>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "common/data/csv_table.h"
#include "common/data/own_table.h"
#include "common/model/advisory_kind.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::CivilDay kDay(2026, 6, 15);

std::string ReadTestFile(absl::string_view name) {
  std::ifstream file(absl::StrCat(PORTREG_SOURCE_DIR, "/tests/data/", name), std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

LayerData OwnTable(absl::string_view csv) {
  auto text = std::make_shared<LayerText>();
  text->text = std::string(csv);
  return ReadLayer(Layer::kLocal, "local.csv", std::move(text), LocalFileRules()).value();
}

// Returns a registry of the embedded data and claims_local.csv.
const Registry& ClaimsRegistry() {
  static const auto& registry = *[] {
    std::vector<LayerData> layers = EmbeddedLayers();
    layers.push_back(OwnTable(ReadTestFile("claims_local.csv")));
    return new Registry(Registry::Create(std::move(layers), EmbeddedRangeRules()).value());
  }();
  return registry;
}

std::string NameOf(v1::AdvisoryKind kind) {
  return std::string(absl::StripPrefix(v1::AdvisoryKind_Name(kind), "ADVISORY_KIND_"));
}

TEST(AdvisoryKindTest, NamesAreThoseOfTheContract) {
  EXPECT_EQ(static_cast<int>(kAdvisoryKinds.size()), v1::AdvisoryKind_MAX);
  for (const AdvisoryKind kind : kAdvisoryKinds) {
    const std::string name = NameOf(static_cast<v1::AdvisoryKind>(kind));
    EXPECT_EQ(ToString(kind), absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}}));
  }
}

// Returns a text such as "error TAKEN_LOCALLY 28641-28642". Omits the ports if they are
// all of the claim's.
std::string Shown(const v1::Finding& finding, PortRange claimed) {
  const PortRange ports = {static_cast<Port>(finding.first_port()),
                           static_cast<Port>(finding.last_port())};
  const std::string severity = v1::Severity_Name(finding.severity());
  return absl::StrCat(absl::AsciiStrToLower(absl::StripPrefix(severity, "SEVERITY_")), " ",
                      NameOf(finding.kind()),
                      ports == claimed ? "" : absl::StrCat(" ", ToString(ports)));
}

// A row of claims.csv: a claim, and the findings that Check must return.
struct ClaimRow {
  v1::Claim claim;
  PortRange ports;
  std::string findings;
  std::string reason;
};

std::vector<ClaimRow> ClaimRows() {
  std::vector<ClaimRow> rows;
  const std::string text = ReadTestFile("claims.csv");
  std::deque<std::string> unescaped;
  absl::StatusOr<CsvTable> table = CsvTable::Open(text, unescaped);
  std::vector<CsvField> row;
  while (table->Next(row).value()) {
    ClaimRow& out = rows.emplace_back();
    out.ports = ParsePortRange(row[0].text).value();
    out.claim.set_first_port(out.ports.first);
    if (out.ports.width() > 1) out.claim.set_last_port(out.ports.last);
    const std::vector<Transport> transports = ParseTransportList(row[1].text).value();
    for (const Transport transport : transports) {
      if (transport != Transport::kNone) {
        out.claim.add_transports(static_cast<v1::Transport>(transport));
      }
    }
    out.claim.set_service(std::string(row[2].text));
    out.claim.set_owner(std::string(row[3].text));
    out.claim.set_scope(std::string(row[4].text));
    out.findings = std::string(row[5].text);
    out.reason = std::string(row[6].text);
  }
  return rows;
}

TEST(CheckTest, EachClaimOfTheTableHasItsFindings) {
  const std::vector<ClaimRow> rows = ClaimRows();
  EXPECT_GE(rows.size(), 60U);
  for (const ClaimRow& row : rows) {
    v1::CheckRequest request;
    *request.add_claims() = row.claim;
    const absl::StatusOr<v1::CheckResponse> response = Check(ClaimsRegistry(), request, kDay);
    ASSERT_TRUE(response.ok()) << response.status();
    std::vector<std::string> found;
    for (const v1::Finding& finding : response->results(0).findings()) {
      found.push_back(Shown(finding, row.ports));
    }
    EXPECT_EQ(absl::StrJoin(found, "; "), row.findings)
        << row.claim.ShortDebugString() << ": " << row.reason;
  }
}

TEST(CheckTest, AFindingNamesHolderPortsTransportsAndRecords) {
  const v1::CheckResponse response =
      Check(ClaimsRegistry(),
            Proto<v1::CheckRequest>("claims { first_port: 28638 last_port: 28641 "
                                    "transports: TRANSPORT_TCP service: 'wide' owner: 'lab' }"),
            kDay)
          .value();
  const v1::Finding& finding = response.results(0).findings(0);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_ERROR);
  EXPECT_EQ(finding.message(), "taken locally by grid (owner grid)");
  EXPECT_EQ(finding.first_port(), 28640);
  EXPECT_EQ(finding.last_port(), 28641);
  EXPECT_THAT(finding.transports(), ElementsAre(v1::TRANSPORT_TCP));
  ASSERT_THAT(finding.records(), SizeIs(1));
  EXPECT_EQ(finding.records(0).service(), "grid");
  EXPECT_FALSE(finding.records(0).has_details());
  EXPECT_FALSE(finding.has_other_claim());
  EXPECT_EQ(response.revision(), ClaimsRegistry().revision());
  EXPECT_EQ(response.results(0).total_count(), response.results(0).findings_size());
}

TEST(CheckTest, ClaimsThatCollideNameEachOther) {
  const v1::CheckResponse response =
      Check(ClaimsRegistry(),
            Proto<v1::CheckRequest>(
                "claims { first_port: 7888 service: 'a' owner: 'x' }"
                "claims { first_port: 7880 last_port: 7890 owner: 'x' }"
                "claims { first_port: 7888 service: 'b' owner: 'y' transports: TRANSPORT_UDP }"
                "claims { first_port: 7888 service: 'b' owner: 'y' scope: 'eu' }"
                "claims { first_port: 7888 service: 'c' owner: 'y' scope: 'us' }"),
            kDay)
          .value();
  std::vector<std::string> found;
  for (int i = 0; i < response.results_size(); ++i) {
    for (const v1::Finding& finding : response.results(i).findings()) {
      if (finding.kind() != v1::ADVISORY_KIND_CLAIMS_COLLIDE) continue;
      EXPECT_EQ(finding.severity(), v1::SEVERITY_ERROR);
      found.push_back(absl::StrCat(i, "-", finding.other_claim()));
    }
  }
  // 3 and 4 are in different scopes; 2 and 3 are one service; 0 is within the block 1. 2 and 4
  // have one owner and one port, so that one refines the other.
  EXPECT_THAT(found, ElementsAre("0-2", "0-3", "0-4", "1-2", "1-3", "1-4", "2-0", "2-1", "3-0",
                                 "3-1", "4-0", "4-1"));
  const v1::Finding& first = response.results(0).findings(0);
  EXPECT_EQ(first.message(), "claim 2 wants it too: b (owner y)");
  EXPECT_THAT(first.transports(), ElementsAre(v1::TRANSPORT_UDP));
}

TEST(CheckTest, ReasonsOfBadRequests) {
  const struct {
    const char* request;
    const char* reason;
    const char* field;
    const char* message;
  } table[] = {
      {"claims {}", "PORT_MISSING", "claims[0].first_port",
       "claims[0].first_port is missing, set it to 0-65535"},
      {"claims { first_port: 1 } claims { first_port: 65536 }", "PORT_OUT_OF_RANGE",
       "claims[1].first_port", "claims[1].first_port 65536 is out of range [0, 65535]"},
      {"claims { first_port: 1 last_port: -1 }", "PORT_OUT_OF_RANGE", "claims[0].last_port",
       "claims[0].last_port -1 is out of range [0, 65535]"},
      {"claims { first_port: 2 last_port: 1 }", "RANGE_REVERSED", "claims[0].first_port",
       "claims[0].first_port 2 is above last_port 1, it must not be"},
      {"claims { first_port: 2 transports: [TRANSPORT_TCP, TRANSPORT_UNSPECIFIED] }",
       "TRANSPORT_UNKNOWN", "claims[0].transports[1]",
       "claims[0].transports[1] 0 is unknown, allowed are 1 (tcp)"},
      {"claims { first_port: 2 transports: 9 }", "TRANSPORT_UNKNOWN", "claims[0].transports[0]",
       "transports[0] 9 is unknown"},
      {"claims { first_port: 2 scope: 'eu//prod' }", "SCOPE_INVALID", "claims[0].scope",
       "claims[0].scope \"eu//prod\" is not labels"},
  };
  for (const auto& c : table) {
    const absl::Status status =
        Check(ClaimsRegistry(), Proto<v1::CheckRequest>(c.request), kDay).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.request;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.request;
    EXPECT_EQ(FieldOf(status), c.field) << c.request;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.request;
  }
}

TEST(CheckTest, LengthsAreLimited) {
  v1::CheckRequest request;
  v1::Claim& claim = *request.add_claims();
  claim.set_first_port(7888);
  claim.set_service(std::string(64, 's'));
  claim.set_owner(std::string(256, 'o'));
  claim.set_scope(std::string(64, 'e'));
  EXPECT_TRUE(Check(ClaimsRegistry(), request, kDay).ok());
  claim.set_service(std::string(65, 's'));
  absl::Status status = Check(ClaimsRegistry(), request, kDay).status();
  EXPECT_EQ(ReasonOf(status), "SERVICE_TOO_LONG");
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 65 bytes, at most 64 are allowed"));
  claim.set_service("s");
  claim.set_owner(std::string(257, 'o'));
  status = Check(ClaimsRegistry(), request, kDay).status();
  EXPECT_EQ(ReasonOf(status), "OWNER_TOO_LONG");
  EXPECT_EQ(FieldOf(status), "claims[0].owner");
  claim.set_owner("");
  claim.set_scope(std::string(65, 'e'));
  EXPECT_EQ(ReasonOf(Check(ClaimsRegistry(), request, kDay).status()), "SCOPE_INVALID");
}

TEST(CheckTest, ClaimsAndTheirPortsAreLimited) {
  v1::CheckRequest request;
  EXPECT_THAT(Check(ClaimsRegistry(), request, kDay)->results(), IsEmpty());
  for (int i = 0; i < 1'000; ++i) {
    request.add_claims()->set_first_port(40'000 + i);
  }
  EXPECT_THAT(Check(ClaimsRegistry(), request, kDay)->results(), SizeIs(1'000));
  request.add_claims()->set_first_port(1);
  absl::Status status = Check(ClaimsRegistry(), request, kDay).status();
  EXPECT_EQ(ReasonOf(status), "TOO_MANY_CLAIMS");
  EXPECT_EQ(status.message(), "claims holds 1001 claims, at most 1000 are allowed");

  request.Clear();
  for (int i = 0; i < 4; ++i) {
    v1::Claim& claim = *request.add_claims();
    claim.set_first_port(0);
    claim.set_last_port(65'535);
    claim.set_owner("x");
  }
  const absl::StatusOr<v1::CheckResponse> wide = Check(ClaimsRegistry(), request, kDay);
  ASSERT_TRUE(wide.ok()) << wide.status();
  EXPECT_THAT(wide->results(0).findings(), SizeIs(100));
  EXPECT_GT(wide->results(0).total_count(), 10'000);
  EXPECT_EQ(wide->results(0).findings(0).severity(), v1::SEVERITY_ERROR);
  request.add_claims()->set_first_port(1);
  status = Check(ClaimsRegistry(), request, kDay).status();
  EXPECT_EQ(ReasonOf(status), "CLAIMS_TOO_WIDE");
  EXPECT_EQ(status.message(), "claims have 262145 ports together, at most 262144 are allowed");
}

TEST(CheckTest, AReplyThatIsTooLargeIsRefused) {
  v1::CheckRequest request;
  for (int i = 0; i < 1'000; ++i) {
    v1::Claim& claim = *request.add_claims();
    claim.set_first_port(7888);
    claim.set_service(absl::StrCat("svc-", i));
  }
  const absl::Status status = Check(ClaimsRegistry(), request, kDay).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), "BATCH_REPLY_TOO_LARGE");
}

TEST(CheckTest, ACancelledCheckReturnsEarly) {
  v1::CheckRequest request;
  for (int i = 0; i < 4; ++i) request.add_claims()->set_first_port(i);
  std::atomic<bool> cancelled = false;
  EXPECT_THAT(Check(ClaimsRegistry(), request, kDay, &cancelled)->results(), SizeIs(4));
  cancelled = true;
  EXPECT_THAT(Check(ClaimsRegistry(), request, kDay, &cancelled)->results(), IsEmpty());
}

v1::SuggestResponse Suggested(const Registry& registry, absl::string_view request) {
  const absl::StatusOr<v1::SuggestResponse> response =
      Suggest(registry, Proto<v1::SuggestRequest>(request), kDay);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.value_or(v1::SuggestResponse());
}

TEST(SuggestTest, TheDefaultIsTheLowestPortOfTheRegisteredClass) {
  const v1::SuggestResponse response = Suggested(EmbeddedRegistry(), "");
  ASSERT_THAT(response.ports(), SizeIs(1));
  EXPECT_EQ(response.candidate_count(), 48'128);
  EXPECT_GT(response.free_count(), 1'000);
  EXPECT_EQ(response.revision(), EmbeddedRegistry().revision());
  v1::CheckRequest check;
  check.add_claims()->set_first_port(response.ports(0));
  const v1::CheckResponse checked = Check(EmbeddedRegistry(), check, kDay).value();
  for (const v1::Finding& finding : checked.results(0).findings()) {
    EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO) << finding.ShortDebugString();
  }
  for (int port = 1024; port < response.ports(0); ++port) {
    check.mutable_claims(0)->set_first_port(port);
    EXPECT_GE(Check(EmbeddedRegistry(), check, kDay)->results(0).findings(0).severity(),
              v1::SEVERITY_WARNING);
  }
}

TEST(SuggestTest, ARangeWithoutAFreePortSaysWhy) {
  const v1::SuggestResponse response = Suggested(
      EmbeddedRegistry(), "first_port: 30000 last_port: 30009 transports: TRANSPORT_SCTP");
  EXPECT_THAT(response.ports(), IsEmpty());
  EXPECT_EQ(response.candidate_count(), 10);
  EXPECT_EQ(response.free_count(), 0);
  std::vector<std::string> refusals;
  for (const v1::RefusalCount& refusal : response.refusals()) {
    refusals.push_back(absl::StrCat(NameOf(refusal.kind()), " ", refusal.port_count()));
  }
  EXPECT_THAT(refusals, ElementsAre("IANA_RESERVED 5", "KUBERNETES_NODE_PORT 10"));
  EXPECT_THAT(Suggested(EmbeddedRegistry(),
                        "first_port: 30000 last_port: 30009 transports: TRANSPORT_SCTP count: 2 "
                        "accepted_kinds: ADVISORY_KIND_KUBERNETES_NODE_PORT")
                  .ports(),
              SizeIs(2));
}

TEST(SuggestTest, PortsOfAnOwnersBlocksCanBeAskedFor) {
  const v1::SuggestResponse response = Suggested(
      ClaimsRegistry(), "within_blocks: true owner: 'pay' service: 'new' count: 3 adjacent: true");
  EXPECT_THAT(response.ports(), ElementsAre(28542, 28543, 28544));
  EXPECT_EQ(response.candidate_count(), 10);
  // 28541 is held by billing, although it has the same owner.
  EXPECT_EQ(response.free_count(), 9);
  EXPECT_THAT(Suggested(ClaimsRegistry(), "within_blocks: true owner: 'web'").ports(), IsEmpty());
}

TEST(SuggestTest, ReasonsOfBadRequests) {
  const std::string long_text(257, 'x');
  const struct {
    std::string request;
    const char* reason;
    const char* field;
    const char* message;
  } table[] = {
      {"first_port: 65536", "PORT_OUT_OF_RANGE", "first_port",
       "first_port 65536 is out of range [0, 65535]"},
      {"first_port: 50000", "RANGE_REVERSED", "first_port",
       "first_port 50000 is above last_port 49151, it must not be"},
      {"count: -1", "COUNT_OUT_OF_RANGE", "count",
       "count -1 is out of range [0, 100], 0 stands for 1"},
      {"count: 101", "COUNT_OUT_OF_RANGE", "count", "count 101 is out of range [0, 100]"},
      {"within_blocks: true", "BLOCK_OWNER_MISSING", "owner", "within_blocks needs the owner"},
      {"transports: TRANSPORT_UNSPECIFIED", "TRANSPORT_UNKNOWN", "transports[0]",
       "transports[0] 0 is unknown"},
      {absl::StrCat("service: '", std::string(65, 's'), "'"), "SERVICE_TOO_LONG", "service",
       "has 65 bytes, at most 64 are allowed"},
      {absl::StrCat("owner: '", long_text, "'"), "OWNER_TOO_LONG", "owner",
       "has 257 bytes, at most 256 are allowed"},
      {"scope: 'a b'", "SCOPE_INVALID", "scope", "scope \"a b\" is not labels"},
      {"accepted_kinds: [2, 1]", "ACCEPTED_KIND_INVALID", "accepted_kinds[1]",
       "accepted_kinds[1] 1 cannot be accepted, allowed are 2 to 18"},
      {"accepted_kinds: 0", "ACCEPTED_KIND_INVALID", "accepted_kinds[0]", "0 cannot be accepted"},
      {"accepted_kinds: 20", "ACCEPTED_KIND_INVALID", "accepted_kinds[0]", "20 cannot be accepted"},
      {"accepted_kinds: 99", "ACCEPTED_KIND_INVALID", "accepted_kinds[0]", "99 cannot be accepted"},
      {absl::StrCat("key: '", long_text, "'"), "SUGGEST_KEY_TOO_LONG", "key",
       "has 257 bytes, at most 256 are allowed"},
  };
  for (const auto& c : table) {
    const absl::Status status =
        Suggest(EmbeddedRegistry(), Proto<v1::SuggestRequest>(c.request), kDay).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.request;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.request;
    EXPECT_EQ(FieldOf(status), c.field) << c.request;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.request;
  }
}

}  // namespace
}  // namespace portreg
