#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/mirror/mirrored_registry.h"
#include "common/answers/conversion.h"
#include "gtest/gtest.h"
#include "portreg/flow.h"
#include "portreg/mirror.h"
#include "tests/common/flows/flow_table.h"

namespace portreg {
namespace {

// A snapshot of the registry of the table of flows, as a server would list it.
MirrorSnapshot SnapshotOfKnownFlows() {
  const Registry registry = RegistryOfKnownFlows();
  std::vector<v1::PortRecord> records;
  for (const ServiceRecord* record : registry.records()) {
    ToMessage(*record, WithDetails::kNo, records.emplace_back());
  }
  return MirrorSnapshot(
      internal::MirroredRegistry::Create(registry.revision(), std::move(records)).value());
}

TEST(MirrorFlowsTest, ServicesAreRightForTheTableOfFlows) {
  const MirrorSnapshot snapshot = SnapshotOfKnownFlows();
  for (const KnownFlow& known : KnownFlows()) {
    Flow flow;
    flow.protocol = known.protocol;
    flow.source_port = known.source;
    flow.destination_port = known.destination;
    if (known.stated == "source") flow.stated = FlowSide::kSource;
    if (known.stated == "destination") flow.stated = FlowSide::kDestination;
    flow.tcp_flags = static_cast<uint32_t>(known.tcp_flags);
    const FlowService service = snapshot.ServiceOf(flow);
    EXPECT_EQ(ToString(service.side), known.side) << known.reason;
    EXPECT_EQ(ToString(service.rule), known.rule) << known.reason;
    if (service.side != FlowSide::kNone) {
      EXPECT_EQ(absl::StrCat(service.port), known.service_port) << known.reason;
    }
    EXPECT_EQ(service.record == nullptr ? "" : service.record->service(), known.service)
        << known.reason;
  }
}

TEST(MirrorFlowsTest, PortsOutOfRangeHaveNoService) {
  const MirrorSnapshot snapshot = SnapshotOfKnownFlows();
  for (const int32_t port : {-1, 65536, 1 << 30}) {
    Flow flow;
    flow.protocol = 6;
    flow.source_port = port;
    flow.destination_port = 443;
    EXPECT_EQ(snapshot.ServiceOf(flow).side, FlowSide::kNone) << port;
    std::swap(flow.source_port, flow.destination_port);
    EXPECT_EQ(snapshot.ServiceOf(flow).record, nullptr) << port;
  }
}

}  // namespace
}  // namespace portreg
