#include "common/page/page_names.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/names/names.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;

TEST(PageNamesTest, NameOfEverySlotIsThatOfTheRule) {
  const Registry& registry = EmbeddedRegistry();
  const PageRecords records(registry);
  const Json columns = NamesOfPorts(registry, records);
  ASSERT_EQ(columns.size(), 1 + kTransports.size());
  for (size_t column = 0; column < columns.size(); ++column) {
    const Transport transport = column == 0 ? Transport::kNone : kTransports[column - 1];
    size_t port = 0;
    for (size_t i = 0; i < columns[column].size(); i += 2) {
      const size_t place = columns[column][i + 1];
      for (size_t end = port + columns[column][i].get<size_t>(); port < end; ++port) {
        const ServiceRecord* const wanted =
            NameOfSlot(registry, static_cast<Port>(port), transport);
        ASSERT_EQ(place == 0, wanted == nullptr) << port;
        if (wanted == nullptr) continue;
        const uint32_t entry = records.AtPort(static_cast<Port>(port))[place - 1];
        ASSERT_EQ(records.entries()[entry].record->service, wanted->service) << port;
      }
    }
    EXPECT_EQ(port, kPortCount);
  }
}

TEST(PageNamesTest, PortOfEveryNameIsThatOfTheRule) {
  const Registry& registry = EmbeddedRegistry();
  const PageRecords records(registry);
  const Json pairs = PortsOfNames(registry, records);
  std::map<std::string, int64_t> exceptions;
  for (size_t i = 0; i < pairs.size(); i += 2) exceptions[pairs[i]] = pairs[i + 1];
  EXPECT_TRUE(exceptions.count("http-alt"));
  for (uint32_t id = 0; id < registry.NameCount(); ++id) {
    const absl::string_view name = registry.Name(id);
    int64_t entry = -1;
    if (const auto found = exceptions.find(std::string(name)); found != exceptions.end()) {
      entry = found->second;
    } else {
      // Does what Registry.portEntryOf() of the page's records.js does.
      for (const RecordIndex index : registry.ByName(name)) {
        if (!registry.record(index).ports) continue;
        const int64_t each = records.EntryOf(index);
        entry = entry < 0 ? each : std::min(entry, each);
      }
    }
    const ServiceRecord* const wanted = PortOfName(registry, name, Transport::kNone);
    ASSERT_EQ(entry < 0, wanted == nullptr) << name;
    if (wanted == nullptr) continue;
    ASSERT_EQ(records.entries()[static_cast<size_t>(entry)].record->ports, wanted->ports) << name;
  }
}

}  // namespace
}  // namespace portreg
