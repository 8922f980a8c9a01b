#include "client/mirror/mirrored_registry.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/answers/answers.h"
#include "common/answers/list_range_answer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/testing/fake_server.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/client/fake_server.h"
#include "tests/common/test_status.h"

namespace portreg::internal {
namespace {

using ::testing::HasSubstr;
using testing::Record;

std::vector<v1::PortRecord> EmbeddedRecords() {
  const Registry& registry = EmbeddedPublication().Current()->registry;
  v1::ListRangeRequest request;
  request.set_view(v1::RECORD_VIEW_FULL);
  request.set_include_portless(true);
  ListRangeAnswer listing = ListRange(registry, Read(request, registry).value());
  std::vector<v1::PortRecord> records;
  for (bool last = false; !last;) {
    v1::ListRangeResponse message;
    last = listing.Next(message);
    for (v1::PortRecord& record : *message.mutable_records()) records.push_back(std::move(record));
  }
  return records;
}

// The revision is a hash of the records, their details, and their order.
TEST(MirroredRegistryTest, IsTheServersRegistry) {
  const auto mirrored = MirroredRegistry::Create("told", EmbeddedRecords());
  ASSERT_TRUE(mirrored.ok()) << mirrored.status();
  EXPECT_EQ((*mirrored)->registry.revision(), EmbeddedPublication().Current()->registry.revision());
  EXPECT_EQ((*mirrored)->revision, "told");
}

TEST(MirroredRegistryTest, RecordsThatThisVersionDoesNotKnowAreLeftOut) {
  std::vector<v1::PortRecord> records = {Record(1, "a"), Record(2, "b"), Record(3, "c"),
                                         Record(4, "d")};
  records[0].set_layer(static_cast<v1::Layer>(9));
  records[1].set_transport(static_cast<v1::Transport>(9));
  records[2].set_layer(v1::LAYER_UNSPECIFIED);
  const auto mirrored = MirroredRegistry::Create("r", std::move(records));
  ASSERT_TRUE(mirrored.ok()) << mirrored.status();
  ASSERT_EQ((*mirrored)->by_index.size(), 1);
  EXPECT_EQ((*mirrored)->by_index[0]->service(), "d");
  EXPECT_EQ((*mirrored)->registry.AtPort(4).size(), 1);
}

TEST(MirroredRegistryTest, PortsThatAreNoneAreAnError) {
  for (const auto& [first, last] : {std::pair(-1, 1), {0, 65536}, {2, 1}}) {
    v1::PortRecord record = Record(1, "a");
    record.set_first_port(first);
    record.set_last_port(last);
    const absl::Status status = MirroredRegistry::Create("r", {record}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_THAT(Message(status), HasSubstr(std::to_string(first)));
  }
}

}  // namespace
}  // namespace portreg::internal
