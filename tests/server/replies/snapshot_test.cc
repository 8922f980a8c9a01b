#include "server/replies/snapshot.h"

#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/model/port.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

// The bytes that operator new has allocated and that are not freed yet.
std::atomic<size_t> bytes_in_use = 0;

}  // namespace
}  // namespace portreg::server

// Replaces operator new of the whole test program, to count what a snapshot allocates.
void* operator new(size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  portreg::server::bytes_in_use += malloc_usable_size(memory);
  return memory;
}

// std::stable_sort allocates with this operator.
void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
  void* const memory = std::malloc(size);
  if (memory != nullptr) portreg::server::bytes_in_use += malloc_usable_size(memory);
  return memory;
}

void operator delete(void* memory) noexcept {
  if (memory != nullptr) portreg::server::bytes_in_use -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, size_t /*size*/) noexcept { operator delete(memory); }

namespace portreg::server {
namespace {

// Returns rows of a local file: a service on each port, with a description of
// `description` bytes, under ranges that cover all ports.
std::string RowsOf(int ports, int ranges, size_t description) {
  const std::string text(description, 'x');
  std::string rows;
  for (int i = 0; i < ranges; ++i) absl::StrAppend(&rows, "range-", i, ",0-65535,,\n");
  for (int i = 0; i < ports; ++i) {
    absl::StrAppend(&rows, "service-", i, ",", i % kPortCount, ",tcp,", text, "\n");
  }
  return rows;
}

// Returns a registry of the embedded layers and of local rows.
Registry WithLocal(const std::string& rows) {
  std::vector<LayerData> layers;
  layers.push_back(EmbeddedIanaLayer());
  layers.push_back(EmbeddedCommonLayer());
  layers.push_back(EmbeddedPracticeLayer());
  if (!rows.empty()) layers.push_back(MakeLayer(Layer::kLocal, rows));
  return Registry::Create(std::move(layers)).value();
}

TEST(SnapshotTest, MemoryBytesAreNearWhatIsAllocated) {
  (void)EmbeddedRegistry();
  for (const std::string& rows :
       {std::string(), RowsOf(300, 0, 10'000), RowsOf(20'000, 0, 20), RowsOf(2'000, 30, 5)}) {
    const size_t before = bytes_in_use;
    const auto snapshot = std::make_shared<const Snapshot>(WithLocal(rows));
    const size_t allocated = bytes_in_use - before;
    EXPECT_GT(snapshot->MemoryBytes(), allocated * 7 / 10);
    EXPECT_LT(snapshot->MemoryBytes(), allocated * 11 / 10);
  }
}

TEST(SnapshotTest, MoreThanAllowedIsRefused) {
  const absl::Status status = Snapshot::Create(WithLocal(""), 1'000'000).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status),
              ::testing::MatchesRegex("the data takes [0-9]+ bytes of memory, at most 1000000 are "
                                      "allowed \\(--max_registry_bytes\\)"));
}

TEST(SnapshotTest, RepliesAreStoredAsFarAsIsAllowed) {
  const std::string rows = RowsOf(2'000, 30, 5);
  size_t allowed = 0;
  {
    const Snapshot unbounded(WithLocal(rows));
    allowed = unbounded.MemoryBytes() - unbounded.replies.MemoryBytes() / 4;
  }
  const auto snapshot = Snapshot::Create(WithLocal(rows), allowed);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_LE((*snapshot)->MemoryBytes(), allowed);
  v1::LookupRequest request;
  request.set_port(0);
  EXPECT_TRUE((*snapshot)->replies.Find(request));
  request.set_port(65'535);
  EXPECT_FALSE((*snapshot)->replies.Find(request));
}

}  // namespace
}  // namespace portreg::server
