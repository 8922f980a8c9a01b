#include "client/cli/lookup_tables/slot_table.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/model/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {
namespace {

using ::testing::StartsWith;

using WriteSlots = void (*)(absl::Span<const NamedSlot>, const LookupTableOptions&, Printer);

// Slots of all layers, classes and transports, with names that need quotes.
const Registry& Slots() {
  static const Registry* const registry = new Registry([] {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kIana, "shell,514,tcp,\nsyslog,514,udp,\n"));
    layers.push_back(OwnTableOfText(absl::StrCat(
        kOwnHeader, "\"say \"\"x\"\", \\\",7100,sctp,,\"a, b\",,\nno,50000,dccp,,me,,\n")));
    return Registry::Create(std::move(layers)).value();
  }());
  return *registry;
}

std::string TextOf(WriteSlots write, LookupKey key, std::vector<TitledColumn> columns = {},
                   bool empty = false) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  std::vector<NamedSlot> slots;
  if (!empty) slots = key == LookupKey::kPort ? NamedPorts(Slots(), {}) : NamedSlots(Slots(), {});
  if (columns.empty()) columns = DefaultLookupColumns(key);
  write(slots, {.key = key, .columns = std::move(columns)}, Printer(file.get()));
  std::string text(static_cast<size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

const std::vector<TitledColumn>& ServiceAlone() {
  static const auto* const columns =
      new std::vector<TitledColumn>{{"service", LookupColumn::kService}};
  return *columns;
}

TEST(SlotTableTest, CsvHasARowForEachSlot) {
  EXPECT_EQ(TextOf(WriteSlotCsv, LookupKey::kSlot),
            "slot,service,layer,class,owner\n"
            "514/tcp,shell,iana,well-known,\n"
            "514/udp,syslog,iana,well-known,\n"
            "7100/sctp,\"say \"\"x\"\", \\\",local,registered,\"a, b\"\n"
            "50000/dccp,no,local,dynamic,me\n");
}

TEST(SlotTableTest, CsvByNumberHasIanasProtocolNumbers) {
  EXPECT_EQ(TextOf(WriteSlotCsv, LookupKey::kNumber),
            "port,protocol,service,layer,class,owner\n"
            "514,6,shell,iana,well-known,\n"
            "514,17,syslog,iana,well-known,\n"
            "7100,132,\"say \"\"x\"\", \\\",local,registered,\"a, b\"\n"
            "50000,33,no,local,dynamic,me\n");
}

TEST(SlotTableTest, CsvByPortHasARowForEachPort) {
  EXPECT_EQ(TextOf(WriteSlotCsv, LookupKey::kPort),
            "port,service\n514,shell\n7100,\"say \"\"x\"\", \\\"\n50000,no\n");
}

TEST(SlotTableTest, ChosenColumnsHaveTheirOrderAndTitles) {
  EXPECT_EQ(TextOf(WriteSlotCsv, LookupKey::kSlot,
                   {{"tag", LookupColumn::kService},
                    {"proto", LookupColumn::kTransport},
                    {"a,b", LookupColumn::kPort}}),
            "tag,proto,\"a,b\"\nshell,tcp,514\nsyslog,udp,514\n"
            "\"say \"\"x\"\", \\\",sctp,7100\nno,dccp,50000\n");
}

TEST(SlotTableTest, CsvWithoutSlotsHasItsTitles) {
  EXPECT_EQ(TextOf(WriteSlotCsv, LookupKey::kPort, {}, true), "port,service\n");
}

TEST(SlotTableTest, JsonIsAnObjectOfObjectsOfTexts) {
  EXPECT_EQ(TextOf(WriteSlotJson, LookupKey::kSlot),
            R"({
"514/tcp":{"service":"shell","layer":"iana","class":"well-known","owner":""},
"514/udp":{"service":"syslog","layer":"iana","class":"well-known","owner":""},
"7100/sctp":{"service":"say \"x\", \\","layer":"local","class":"registered","owner":"a, b"},
"50000/dccp":{"service":"no","layer":"local","class":"dynamic","owner":"me"}
}
)");
}

TEST(SlotTableTest, JsonOfOneColumnIsFlat) {
  EXPECT_EQ(TextOf(WriteSlotJson, LookupKey::kNumber, ServiceAlone()),
            "{\n\"514/6\":\"shell\",\n\"514/17\":\"syslog\",\n\"7100/132\":\"say \\\"x\\\", \\\\\""
            ",\n\"50000/33\":\"no\"\n}\n");
  EXPECT_EQ(TextOf(WriteSlotJson, LookupKey::kPort),
            "{\n\"514\":\"shell\",\n\"7100\":\"say \\\"x\\\", \\\\\",\n\"50000\":\"no\"\n}\n");
  EXPECT_EQ(TextOf(WriteSlotJson, LookupKey::kPort, {}, true), "{\n}\n");
}

TEST(SlotTableTest, YamlIsAMappingOfMappings) {
  EXPECT_EQ(TextOf(WriteSlotYaml, LookupKey::kSlot),
            R"("514/tcp": {service: shell, layer: iana, class: well-known, owner: ""}
"514/udp": {service: syslog, layer: iana, class: well-known, owner: ""}
"7100/sctp": {service: "say \"x\", \\", layer: local, class: registered, owner: "a, b"}
"50000/dccp": {service: "no", layer: local, class: dynamic, owner: me}
)");
}

TEST(SlotTableTest, YamlOfOneColumnIsADictionary) {
  EXPECT_EQ(TextOf(WriteSlotYaml, LookupKey::kSlot, ServiceAlone()),
            "\"514/tcp\": shell\n\"514/udp\": syslog\n\"7100/sctp\": \"say \\\"x\\\", \\\\\"\n"
            "\"50000/dccp\": \"no\"\n");
  EXPECT_EQ(TextOf(WriteSlotYaml, LookupKey::kPort, {}, true), "{}\n");
}

TEST(SlotTableTest, ColumnsOfTheKeyAreNotRepeated) {
  const std::vector<TitledColumn> columns = {{"slot", LookupColumn::kSlot},
                                             {"port", LookupColumn::kPort},
                                             {"protocol", LookupColumn::kProtocol},
                                             {"name", LookupColumn::kService}};
  EXPECT_THAT(
      TextOf(WriteSlotJson, LookupKey::kSlot, columns),
      StartsWith("{\n\"514/tcp\":{\"port\":\"514\",\"protocol\":\"6\",\"name\":\"shell\"},"));
  EXPECT_THAT(TextOf(WriteSlotJson, LookupKey::kNumber, columns),
              StartsWith("{\n\"514/6\":{\"slot\":\"514/tcp\",\"name\":\"shell\"},"));
}

}  // namespace
}  // namespace portreg::cli
