#include "common/model/registry.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string StateText(const Registry& registry, Port port, Transport transport) {
  return std::string(ToString(registry.StateOn(port, transport)));
}

// Returns the states of a port on tcp, udp, sctp and dccp, a letter each: assigned,
// reserved, unassigned, dynamic.
std::string StateLetters(const Registry& registry, Port port) {
  std::string letters;
  for (const Transport transport : kTransports) {
    letters.push_back(StateText(registry, port, transport)[0]);
  }
  return letters;
}

// Returns a letter for tcp, udp, sctp and dccp: y if the port is taken locally, else n.
std::string TakenLetters(const Registry& registry, Port port) {
  std::string letters;
  for (const Transport transport : kTransports) {
    letters.push_back(registry.TakenLocally(port, transport) ? 'y' : 'n');
  }
  return letters;
}

TEST(RegistryTest, LookupOfUnassignedPortSaysUnassigned) {
  const Registry registry = MakeRegistry({.iana = "http,80,tcp,\n"});
  EXPECT_THAT(registry.AtPort(79), IsEmpty());
  EXPECT_EQ(StateLetters(registry, 79), "uuuu");
}

TEST(RegistryTest, ARegistryWithoutLayersAnswers) {
  const Registry registry = MakeRegistry({});
  EXPECT_THAT(registry.records(), IsEmpty());
  EXPECT_THAT(registry.layers(), IsEmpty());
  EXPECT_THAT(registry.ByName("http"), IsEmpty());
  EXPECT_THAT(registry.ByName(""), IsEmpty());
  for (const Port port : std::vector<Port>{0, 1023, 1024, 49151, 49152, 65535}) {
    EXPECT_THAT(registry.AtPort(port), IsEmpty()) << port;
    EXPECT_EQ(StateLetters(registry, port), port < 49152 ? "uuuu" : "dddd") << port;
    EXPECT_EQ(TakenLetters(registry, port), "nnnn") << port;
  }
  EXPECT_THAT(registry.revision(), SizeIs(32));
}

TEST(RegistryTest, StateByTheRules) {
  const struct {
    const char* rule;
    const char* rows;  // of layer iana
    Port port;
    const char* states;  // in the form of StateLetters
  } cases[] = {
      {"a named row of one transport assigns it, and reserves the port for the others",
       "pana,716,udp,\n", 716, "rarr"},
      {"a named row of no transport assigns every one", "swx,7300-7359,,\n", 7359, "aaaa"},
      {"outside its range it says nothing", "swx,7300-7359,,\n", 7360, "uuuu"},
      {"before its range it says nothing", "swx,7300-7359,,\n", 7299, "uuuu"},
      {"port 0 can be reserved", ",0,tcp,Reserved\n,0,udp,Reserved\n", 0, "rrrr"},
      {"the last port of the registered class", ",49151,,IANA Reserved\n", 49151, "rrrr"},
      {"4 is unassigned on tcp and udp", ",4,tcp,Unassigned\n,4,udp,Unassigned\n", 4, "uuuu"},
      {"a reserved row of another transport reserves", ",49150,udp,Reserved\n", 49150, "rrrr"},
      {"an unassigned row of another transport does not", ",5,udp,Unassigned\n", 5, "uuuu"},
      {"a row of its own beats what other transports say",
       "a,9,udp,\n,9,tcp,Unassigned\n,9,sctp,Reserved\n", 9, "uarr"},
      {"a nameless row of no transport beats it too", "a,9,udp,\n,9,,Unassigned\n", 9, "uauu"},
      {"any private use is assigned", ",24,tcp,any private mail system\n", 24, "auuu"},
      {"other texts reserve", ",24,tcp,De-registered\n", 24, "rrrr"},
      {"a name wins over an unassigned range", ",7748-7776,,Unassigned\ninetfs,7775,tcp,\n", 7775,
       "auuu"},
      {"beside it the range stays unassigned", ",7748-7776,,Unassigned\ninetfs,7775,tcp,\n", 7774,
       "uuuu"},
      {"a name wins over a narrower nameless row", "wide,100-200,tcp,\n,150,tcp,Reserved\n", 150,
       "arrr"},
      {"a name of no transport wins over a nameless row of one", "w,100-200,,\n,150,tcp,Reserved\n",
       150, "aaaa"},
      {"the narrowest nameless row decides", ",100-200,,Reserved\n,150-160,,Unassigned\n", 150,
       "uuuu"},
      {"at its last port too", ",100-200,,Reserved\n,150-160,,Unassigned\n", 160, "uuuu"},
      {"just before it the wider one does", ",100-200,,Reserved\n,150-160,,Unassigned\n", 149,
       "rrrr"},
      {"just after it the wider one does", ",100-200,,Reserved\n,150-160,,Unassigned\n", 161,
       "rrrr"},
      {"in the other order of rows too", ",150-160,,Unassigned\n,100-200,,Reserved\n", 150, "uuuu"},
      {"a narrow row of no transport beats a wide one of the transport",
       ",100-200,tcp,Reserved\n,150-160,,Unassigned\n", 150, "uuuu"},
      {"a narrow row of the transport beats a wide one of none",
       ",100-200,,Reserved\n,150-160,tcp,Unassigned\n", 150, "urrr"},
      {"of equal width, the transport's own beats none", ",150,,Reserved\n,150,tcp,Unassigned\n",
       150, "urrr"},
      {"in the other order of rows too", ",150,tcp,Unassigned\n,150,,Reserved\n", 150, "urrr"},
      {"and the other way round", ",150,,Unassigned\n,150,udp,Reserved\n", 150, "uruu"},
      {"of equal width, not of equal place", ",140-150,,Reserved\n,150-160,sctp,Unassigned\n", 150,
       "rrur"},
      {"a wider row of the transport after an equal one of none",
       ",150,,Unassigned\n,150-151,tcp,Reserved\n", 150, "uuuu"},
      {"three widths", ",1-900,,Reserved\n,1-800,tcp,Unassigned\n,1-700,tcp,any private x\n", 5,
       "arrr"},
      {"a dynamic port is dynamic", "", 49152, "dddd"},
      {"the last one is", "", 65535, "dddd"},
      {"whatever a row says", "a,49152,tcp,\n,49152,,Reserved\n", 49152, "dddd"},
      {"and where a range reaches into the class", "a,49000-50000,,\n", 49152, "dddd"},
      {"the last registered port is not dynamic", "a,49000-50000,,\n", 49151, "aaaa"},
  };
  for (const auto& c : cases) {
    const Registry registry = MakeRegistry({.iana = c.rows});
    EXPECT_EQ(StateLetters(registry, c.port), c.states) << c.rule;
  }
}

TEST(RegistryTest, OnlyLayerIanaMakesTheState) {
  const LayerRows rows = {.iana = ",10,tcp,Unassigned\nb,12,udp,\n",
                          .common = "C,10,,\nC,11,,\nC,12,,\nC,50000,,\n",
                          .local = "l,10,,\nl,11,tcp,\n,12,,Unassigned\nl,50000,,\n"};
  const Registry all = MakeRegistry(rows);
  const Registry iana = MakeRegistry({.iana = rows.iana});
  for (const Port port : std::vector<Port>{9, 10, 11, 12, 13, 49152, 50000}) {
    EXPECT_EQ(StateLetters(all, port), StateLetters(iana, port)) << port;
  }
}

TEST(RegistryTest, TakenLocallyByTheOperatorsOwnLayer) {
  const struct {
    const char* what;
    LayerRows rows;
    const char* taken;  // port 7000, in the form of TakenLetters
  } cases[] = {
      {"by a name", {.local = "a,7000,tcp,\n"}, "ynnn"},
      {"by a range", {.local = "a,6990-7000,udp,\n"}, "nynn"},
      {"not beside a range", {.local = "a,6990-6999,udp,\nb,7001,tcp,\n"}, "nnnn"},
      {"by a row of no transport", {.local = "a,7000,,\n"}, "yyyy"},
      {"by several rows", {.local = "a,7000,tcp,\nb,7000,dccp,\n"}, "ynny"},
      {"by a reservation", {.local = ",7000,sctp,Reserved for later\n"}, "nnyn"},
      {"by a block, whatever its description", {.local = ",7000,,Unassigned\n"}, "yyyy"},
      {"not by a name without a port", {.local = "a,,tcp,\n"}, "nnnn"},
      {"not by another layer", {.iana = "a,7000,,\n", .common = "b,7000,,\n"}, "nnnn"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(TakenLetters(MakeRegistry(c.rows), 7000), c.taken) << c.what;
  }
  EXPECT_EQ(TakenLetters(MakeRegistry({.local = "a,60000,tcp,\n"}), 60000), "ynnn");
}

TEST(RegistryTest, StatesAreThoseOfTheTransportsAskedFor) {
  const Registry registry = MakeRegistry({.iana = "syslog,514,udp,\n", .local = "l,514,tcp,\n"});
  const auto describe = [&registry](Transport transport) {
    std::vector<std::string> described;
    for (const TransportState& state : registry.States(514, transport)) {
      described.push_back(absl::StrCat(ToString(state.transport), " ", ToString(state.state),
                                       state.taken_locally ? " taken" : ""));
    }
    return described;
  };
  EXPECT_THAT(describe(Transport::kNone),
              ElementsAre("tcp reserved taken", "udp assigned", "sctp reserved", "dccp reserved"));
  EXPECT_THAT(describe(Transport::kTcp), ElementsAre("tcp reserved taken"));
  EXPECT_THAT(describe(Transport::kUdp), ElementsAre("udp assigned"));
  EXPECT_THAT(describe(Transport::kDccp), ElementsAre("dccp reserved"));
}

TEST(RegistryTest, LookupOrder) {
  const Registry registry = MakeRegistry({
      .iana = ",80,,Unassigned\n"
              "wide,70-90,,\n"
              "http,80,udp,\n"
              ",1-100,tcp,Reserved\n"
              "narrow,79-80,tcp,\n"
              "http,80,tcp,\n"
              "any,80,,\n"
              "www,80,tcp,\n"
              "d,80,dccp,\n"
              "s,80,sctp,\n"
              "aaa,80,tcp,\n",
      .common = "Web,80,,\nEverything,0-65535,,\n",
      .local = ",80,tcp,Reserved\nours,80-81,udp,\nmine,80,udp,\n",
  });
  EXPECT_THAT(
      Describe(registry, registry.AtPort(80)),
      ElementsAre("local 80/udp mine", "local 80-81/udp ours", "local 80/tcp (Reserved)",
                  "common 80 Web", "common 0-65535 Everything", "iana 80 any", "iana 80/tcp http",
                  "iana 80/tcp www", "iana 80/tcp aaa", "iana 80/udp http", "iana 80/sctp s",
                  "iana 80/dccp d", "iana 79-80/tcp narrow", "iana 70-90 wide",
                  "iana 80 (Unassigned)", "iana 1-100/tcp (Reserved)"));
}

TEST(RegistryTest, AtPortHoldsWhatCoversThePort) {
  const Registry registry =
      MakeRegistry({.iana = "all,0-65535,,\nlow,0-1023,tcp,\nuser,1024-49151,tcp,\n"
                            "dynamic,49152-65535,tcp,\nfirst,0,tcp,\nlast,65535,tcp,\nno,,tcp,\n"});
  const struct {
    Port port;
    std::vector<std::string> found;
  } cases[] = {
      {0, {"iana 0/tcp first", "iana 0-1023/tcp low", "iana 0-65535 all"}},
      {1, {"iana 0-1023/tcp low", "iana 0-65535 all"}},
      {1023, {"iana 0-1023/tcp low", "iana 0-65535 all"}},
      {1024, {"iana 1024-49151/tcp user", "iana 0-65535 all"}},
      {49151, {"iana 1024-49151/tcp user", "iana 0-65535 all"}},
      {49152, {"iana 49152-65535/tcp dynamic", "iana 0-65535 all"}},
      {65534, {"iana 49152-65535/tcp dynamic", "iana 0-65535 all"}},
      {65535, {"iana 65535/tcp last", "iana 49152-65535/tcp dynamic", "iana 0-65535 all"}},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Describe(registry, registry.AtPort(c.port)), ElementsAreArray(c.found)) << c.port;
  }
}

TEST(RegistryTest, ListingOrder) {
  const Registry registry = MakeRegistry({
      .iana = "imap3,,tcp,\n"
              "b,10,udp,\n"
              "late,20,tcp,\n"
              ",10,,Reserved\n"
              "wide,10-20,,\n"
              "b,10,tcp,\n"
              "alias,10,tcp,\n"
              "mqtt,,,\n"
              "early,9-11,tcp,\n",
      .common = "Zero,0,,\nTen,10,,\nNone,,,\n",
      .local = "ten,10-30,dccp,\nnothing,,udp,\n",
  });
  std::vector<std::string> listed;
  for (const ServiceRecord* record : registry.records()) listed.push_back(Describe(*record));
  EXPECT_THAT(listed, ElementsAre("common 0 Zero", "iana 9-11/tcp early", "local 10-30/dccp ten",
                                  "common 10 Ten", "iana 10/tcp b", "iana 10/tcp alias",
                                  "iana 10/udp b", "iana 10-20 wide", "iana 10 (Reserved)",
                                  "iana 20/tcp late", "local -/udp nothing", "common - None",
                                  "iana - mqtt", "iana -/tcp imap3"));
}

TEST(RegistryTest, StartingAtDelimitsTheListing) {
  const Registry registry =
      MakeRegistry({.iana = "a,0,tcp,\nb,0-9,tcp,\nc,9,tcp,\nd,65535,tcp,\ne,,tcp,\nf,,tcp,\n"});
  const auto at = [&registry](size_t port) { return registry.StartingAt(port); };
  using Indices = std::pair<RecordIndex, RecordIndex>;
  EXPECT_EQ(at(0), Indices(0, 2));
  EXPECT_EQ(at(1), Indices(2, 2));
  EXPECT_EQ(at(8), Indices(2, 2));
  EXPECT_EQ(at(9), Indices(2, 3));
  EXPECT_EQ(at(10), Indices(3, 3));
  EXPECT_EQ(at(65534), Indices(3, 3));
  EXPECT_EQ(at(65535), Indices(3, 4));
  EXPECT_EQ(at(kPortCount), Indices(4, 6));
}

TEST(RegistryTest, NamesAreFoundIgnoringCase) {
  const Registry registry =
      MakeRegistry({.iana = "HTTP-alt,8008,tcp,\nhttp-alt,591,tcp,\nhttp,80,tcp,\nhttp-ALT,,udp,\n"
                            "914c/g,211,tcp,\nwhois++,63,tcp,\n,4,tcp,Unassigned\n"});
  for (const char* name : {"http-alt", "HTTP-ALT", "Http-Alt"}) {
    EXPECT_THAT(
        Describe(registry, registry.ByName(name)),
        ElementsAre("iana 8008/tcp HTTP-alt", "iana 591/tcp http-alt", "iana -/udp http-ALT"))
        << name;
  }
  EXPECT_THAT(Describe(registry, registry.ByName("914C/G")), ElementsAre("iana 211/tcp 914c/g"));
  EXPECT_THAT(Describe(registry, registry.ByName("whois++")), ElementsAre("iana 63/tcp whois++"));
  for (const char* name : {"", "htt", "http-al", "http-altt", " http", "http ", "Unassigned"}) {
    EXPECT_THAT(registry.ByName(name), IsEmpty()) << name;
  }
}

TEST(RegistryTest, RecordsOfANameAreInLookupOrderAndThoseWithoutAPortLast) {
  const Registry registry = MakeRegistry({
      .iana = "x,,,\nx,900-910,tcp,\nx,20,udp,\nx,30,tcp,\nx,10,tcp,\nx,0-65535,,\nx,,tcp,\n",
      .common = "X,,,\nX,7,,\n",
      .local = "x,,tcp,\nx,50000,tcp,\n",
  });
  EXPECT_THAT(Describe(registry, registry.ByName("x")),
              ElementsAre("local 50000/tcp x", "local -/tcp x", "common 7 X", "common - X",
                          "iana 30/tcp x", "iana 10/tcp x", "iana 20/udp x", "iana 900-910/tcp x",
                          "iana 0-65535 x", "iana - x", "iana -/tcp x"));
}

TEST(RegistryTest, ANameOfLayerCommonIsFoundByItsPartsToo) {
  const Registry registry = MakeRegistry({.common = "SMB / Microsoft-DS,445,,\nA / b / A,1,,\n"
                                                    "x/y,2,,\nHTTP Alternate / Proxy,8080,,\n"});
  for (const char* name : {"smb", "SMB", "microsoft-ds", "Microsoft-DS", "smb / microsoft-ds"}) {
    EXPECT_THAT(Describe(registry, registry.ByName(name)),
                ElementsAre("common 445 SMB / Microsoft-DS"))
        << name;
  }
  for (const char* name : {"a", "b", "a / b / a"}) {
    EXPECT_THAT(Describe(registry, registry.ByName(name)), ElementsAre("common 1 A / b / A"))
        << name;
  }
  EXPECT_THAT(registry.ByName("x/y"), SizeIs(1));
  for (const char* name : {"x", "y", "/", "smb /", "/ microsoft-ds", "a / b", "b / a", "alternate",
                           "http", "SMB/Microsoft-DS", ""}) {
    EXPECT_THAT(registry.ByName(name), IsEmpty()) << name;
  }
}

TEST(RegistryTest, NamesOfOtherLayersHaveNoParts) {
  const Registry registry = MakeRegistry({.iana = "a / b,1,tcp,\n", .local = "c / d,2,tcp,\n"});
  for (const char* name : {"a", "b", "c", "d"}) {
    EXPECT_THAT(registry.ByName(name), IsEmpty()) << name;
  }
  EXPECT_THAT(registry.ByName("a / b"), SizeIs(1));
  EXPECT_THAT(registry.ByName("C / D"), SizeIs(1));
}

TEST(RegistryTest, APartStandsBesideTheNamesOfOtherRecords) {
  const Registry registry =
      MakeRegistry({.iana = "smb,1445,tcp,\n", .common = "SMB / Microsoft-DS,445,,\n"});
  EXPECT_THAT(Describe(registry, registry.ByName("smb")),
              ElementsAre("common 445 SMB / Microsoft-DS", "iana 1445/tcp smb"));
}

TEST(RegistryTest, LayersAreListedInTheirOrder) {
  const Registry registry =
      MakeRegistry({.iana = "a,1,tcp,\n", .common = "b,1,,\n", .local = "c,1,,\n,2,,Reserved\n"});
  ASSERT_THAT(registry.layers(), SizeIs(3));
  EXPECT_EQ(registry.layers()[0].layer, Layer::kLocal);
  EXPECT_EQ(registry.layers()[0].record_count, 2);
  EXPECT_EQ(registry.layers()[0].named_count, 1);
  EXPECT_EQ(registry.layers()[1].layer, Layer::kCommon);
  EXPECT_EQ(registry.layers()[2].layer, Layer::kIana);
}

TEST(RegistryTest, SeveralOfAKindAreOneLayerInTheirOrder) {
  std::vector<LayerData> layers;
  layers.push_back(MakeLayer(Layer::kIana, "iana,1,tcp,\n"));
  layers.push_back(MakeLayer(Layer::kLocal, "b,1,tcp,\n"));
  layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,\n"));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_THAT(Describe(registry, registry.AtPort(1)),
              ElementsAre("local 1/tcp b", "local 1/tcp a", "iana 1/tcp iana"));
  EXPECT_THAT(registry.layers(), SizeIs(3));
}

TEST(RegistryTest, CoverageIsBoundedOverAllLayers) {
  constexpr int kWidest = Registry::kMaxCoverage / kPortCount;
  std::string rows;
  for (int i = 0; i < kWidest - 1; ++i) absl::StrAppend(&rows, "wide,0-65535,,\n");
  const auto create = [&rows](absl::string_view local) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kIana, rows));
    layers.push_back(MakeLayer(Layer::kLocal, local));
    return Registry::Create(std::move(layers));
  };
  const absl::StatusOr<Registry> most = create("wide,0-65535,,\nportless,,,\n");
  ASSERT_TRUE(most.ok()) << most.status();
  EXPECT_THAT(most->AtPort(65535), SizeIs(kWidest));

  const absl::Status status = create("wide,0-65535,,\none,1,,\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status), HasSubstr("test.csv: its ranges cover too many"));
  EXPECT_THAT(Message(status), HasSubstr("must not exceed 4194304"));
}

TEST(RegistryTest, RecordsOfOnePortAreBounded) {
  std::string rows;
  for (size_t i = 0; i < Registry::kMaxRecordsPerKey - 1; ++i) {
    absl::StrAppend(&rows, "a", i, ",", 6000 + i, "-7000,tcp,\n");
  }
  const auto create = [&rows](absl::string_view local) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kIana, rows));
    layers.push_back(MakeLayer(Layer::kLocal, local));
    return Registry::Create(std::move(layers));
  };
  const absl::StatusOr<Registry> most = create("b,7000,,\nc,7001,,\nd,,,\n");
  ASSERT_TRUE(most.ok()) << most.status();
  EXPECT_THAT(most->AtPort(7000), SizeIs(1000));
  EXPECT_EQ(Message(create("b,7000,,\nc,7000,,\n").status()),
            "port 7000 has more than 1000 records");
}

TEST(RegistryTest, RecordsOfOneNameAreBounded) {
  std::string rows;
  for (size_t i = 0; i < Registry::kMaxRecordsPerKey - 1; ++i) {
    absl::StrAppend(&rows, "a,", i, ",tcp,\n");
  }
  EXPECT_THAT(MakeRegistry({.iana = rows, .common = "A / B,1,,\n"}).ByName("a"), SizeIs(1000));
  std::vector<LayerData> layers;
  layers.push_back(MakeLayer(Layer::kIana, rows));
  layers.push_back(MakeLayer(Layer::kCommon, "A / B,1,,\nA,,,\n"));
  const absl::Status status = Registry::Create(std::move(layers)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(status), "service name \"a\" has more than 1000 records");
}

TEST(RegistryTest, RecordsOutliveMoves) {
  Registry one = MakeRegistry({.iana = "short,1,tcp,\"the \"\"text\"\"\"\n"});
  const std::string revision = one.revision();
  Registry other = MakeRegistry({.iana = "b,1,tcp,\n"});
  other = std::move(one);
  const Registry third = std::move(other);
  ASSERT_THAT(Describe(third, third.ByName("SHORT")), ElementsAre("iana 1/tcp short"));
  EXPECT_EQ(third.record(0).description, "the \"text\"");
  EXPECT_EQ(third.revision(), revision);
}

TEST(RegistryTest, TakenLocallyDependsOnTheScope) {
  const Registry registry = MakeScopedRegistry("a,1,tcp,,,,eu\nb,2,tcp,,,,\n");
  EXPECT_TRUE(registry.TakenLocally(1, Transport::kTcp));
  EXPECT_TRUE(registry.TakenLocally(1, Transport::kTcp, "eu/prod"));
  EXPECT_FALSE(registry.TakenLocally(1, Transport::kTcp, "us"));
  EXPECT_TRUE(registry.TakenLocally(2, Transport::kTcp, "us"));
  EXPECT_FALSE(registry.States(1, Transport::kTcp, "us").front().taken_locally);
  EXPECT_TRUE(registry.States(1, Transport::kTcp, "eu").front().taken_locally);
}

}  // namespace
}  // namespace portreg
