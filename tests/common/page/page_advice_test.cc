#include "common/page/page_advice.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/model/classify.h"
#include "common/text/quote.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;

// Does what Registry.quote() of the page's records.js does.
std::string Quote(const std::string& message, const PageRecords& records, Port port) {
  const std::vector<uint32_t> entries = records.AtPort(port);
  std::string text;
  for (size_t i = 0; i < message.size(); ++i) {
    if (message[i] != '\x01') {
      text.push_back(message[i]);
      continue;
    }
    const ServiceRecord& record =
        *records.entries()[entries[static_cast<size_t>(message[i + 1] - '0')]].record;
    const char column = message[i + 2];
    absl::StrAppend(&text, Printable(column == 'n'   ? record.service
                                     : column == 'd' ? record.description
                                                     : record.details.owner));
    i += 2;
  }
  return text;
}

std::vector<size_t> Expand(const Json& runs) {
  std::vector<size_t> values;
  for (size_t i = 0; i < runs.size(); i += 2) {
    values.insert(values.end(), runs[i].get<size_t>(), runs[i + 1].get<size_t>());
  }
  return values;
}

// Asserts that the page gives the messages that Classify gives, for every port.
void ExpectAdviceOfClassify(const Registry& registry) {
  const PageRecords records(registry);
  const Json advice = AdviceOnPorts(registry, records);
  const std::vector<size_t> sets = Expand(advice["ports"]);
  ASSERT_EQ(sets.size(), kPortCount);
  for (int i = 0; i <= kMaxPort; ++i) {
    const Port port = static_cast<Port>(i);
    std::vector<std::string> messages;
    const Json& set = advice["sets"][sets[port]];
    for (size_t k = 0; k < set.size(); k += 3) {
      messages.push_back(Quote(advice["messages"][set[k + 2].get<size_t>()], records, port));
    }
    std::vector<std::string> wanted;
    for (const Advisory& each : Advise(registry, port, Transport::kNone)) {
      wanted.push_back(Printable(each.message));
    }
    ASSERT_EQ(messages, wanted) << port;
  }
}

TEST(PageAdviceTest, IsThatOfClassifyForEveryPort) { ExpectAdviceOfClassify(EmbeddedRegistry()); }

TEST(PageAdviceTest, IsThatOfClassifyForOwnRecords) {
  std::vector<LayerData> layers = EmbeddedLayers();
  layers.push_back(OwnTableOfText(
      absl::StrCat(kOwnHeader, "billing,7100,tcp,,pay@example.net,,\nBilling,7100,tcp,,pay,,\n",
                   ",7200-7299,,Held,pay,,\na,443,,,a,,\nhttps,443,,,\"by, IANA\",,\n")));
  ExpectAdviceOfClassify(Registry::Create(std::move(layers), EmbeddedRangeRules()).value());
}

TEST(PageAdviceTest, MessagesThatDifferInNamesBecomeOne) {
  const Registry registry = MakeRegistry({.iana = "one,1,tcp,\ntwo,2,tcp,\nthree,3,tcp,\n"});
  const Json advice = AdviceOnPorts(registry, PageRecords(registry));
  size_t assigned = 0;
  for (const std::string message : advice["messages"]) {
    if (message.rfind("assigned by IANA to", 0) == 0) ++assigned;
  }
  EXPECT_EQ(assigned, 1U);
}

TEST(PageAdviceTest, ReferencesStandForWholeWords) {
  const std::vector<QuotedText> texts = {{0, 'n', "web"}, {1, 'n', "web x"}, {2, 'o', "team"}};
  EXPECT_EQ(WithReferences("used by web, web x (owner team)", texts),
            "used by \x01\x30n, \x01\x31n (owner \x01\x32o)");
  EXPECT_EQ(WithReferences("webs cobweb web-1", texts), "webs cobweb web-1");
}

}  // namespace
}  // namespace portreg
