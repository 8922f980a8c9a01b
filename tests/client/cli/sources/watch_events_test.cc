#include "client/cli/sources/watch_events.h"

#include <cstddef>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using Kind = WatchEvent::Kind;

WatchEvent Revision(const std::string& revision) {
  WatchEvent event{.kind = Kind::kRevision, .revision = {}, .status = {}};
  event.revision.set_revision(revision);
  return event;
}

TEST(WatchEventsTest, EventsComeInTheirOrder) {
  WatchEvents events;
  events.Push(Revision("a"));
  events.Push({.kind = Kind::kInterruption, .revision = {}, .status = absl::UnavailableError("x")});
  events.Push({.kind = Kind::kRecovery, .revision = {}, .status = {}});
  events.Push(Revision("b"));
  const WatchEvent first = events.Pop();
  EXPECT_EQ(first.revision.revision(), "a");
  EXPECT_EQ(first.left_out, 0);
  EXPECT_EQ(events.Pop().status, absl::UnavailableError("x"));
  EXPECT_EQ(events.Pop().kind, Kind::kRecovery);
  EXPECT_EQ(events.Pop().revision.revision(), "b");
}

TEST(WatchEventsTest, SlowReaderMissesTheOldestAndHearsHowMany) {
  WatchEvents events;
  constexpr size_t kMore = 10;
  for (size_t i = 0; i < WatchEvents::kMaxEvents + kMore; ++i) {
    events.Push(Revision(absl::StrCat(i)));
  }
  for (size_t i = kMore; i < WatchEvents::kMaxEvents + kMore; ++i) {
    const WatchEvent event = events.Pop();
    EXPECT_EQ(event.revision.revision(), absl::StrCat(i));
    EXPECT_EQ(event.left_out, i == kMore ? kMore : 0);
  }
}

TEST(WatchEventsTest, LargeRevisionsAreBoundedByTheirBytes) {
  WatchEvents events;
  for (const char c : {'a', 'b', 'c'}) {
    events.Push(Revision(std::string(WatchEvents::kMaxBytes / 2, c)));
  }
  EXPECT_EQ(events.Pop().revision.revision()[0], 'c');
  events.Push(Revision(std::string(2 * WatchEvents::kMaxBytes, 'd')));
  EXPECT_EQ(events.Pop().revision.revision()[0], 'd');
}

TEST(WatchEventsTest, EndIsNeverLeftOut) {
  WatchEvents events;
  for (size_t i = 0; i < 3 * WatchEvents::kMaxEvents; ++i) {
    events.Push(
        {.kind = Kind::kInterruption, .revision = {}, .status = absl::UnavailableError("")});
  }
  events.Push({.kind = Kind::kEnd, .revision = {}, .status = absl::UnimplementedError("")});
  size_t before = 0;
  while (events.Pop().kind != Kind::kEnd) ++before;
  EXPECT_EQ(before, WatchEvents::kMaxEvents - 1);
}

TEST(WatchEventsTest, PopWaits) {
  WatchEvents events;
  std::thread pushes([&] { events.Push(Revision("a")); });
  EXPECT_EQ(events.Pop().revision.revision(), "a");
  pushes.join();
}

}  // namespace
}  // namespace portreg::cli
