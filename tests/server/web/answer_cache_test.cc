#include "server/web/answer_cache.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

StoredAnswer Answer(const std::string& text) { return {.plain = HttpBytes(text), .gzip = {}}; }

TEST(AnswerCacheTest, KeepsAnswersOfASnapshot) {
  const Snapshot snapshot(SmallRegistry());
  AnswerCache cache;
  EXPECT_EQ(cache.Find(snapshot, "/a"), nullptr);
  cache.Add(snapshot, "/a", Answer("x"));
  ASSERT_NE(cache.Find(snapshot, "/a"), nullptr);
  EXPECT_EQ(cache.Find(snapshot, "/a")->plain.text, "x");
  EXPECT_EQ(cache.Find(snapshot, "/b"), nullptr);
}

TEST(AnswerCacheTest, AnotherSnapshotHasOtherAnswers) {
  AnswerCache cache;
  const Snapshot first(SmallRegistry());
  cache.Add(first, "/a", Answer("x"));
  const Snapshot second(SmallRegistry());
  EXPECT_EQ(cache.Find(second, "/a"), nullptr);
  EXPECT_EQ(cache.bytes(), 0);
}

TEST(AnswerCacheTest, ItsMemoryIsBounded) {
  const Snapshot snapshot(SmallRegistry());
  AnswerCache cache;
  for (int i = 0; i < 100; ++i) {
    cache.Add(snapshot, absl::StrCat("/", i), Answer(std::string(1 << 20, 'a')));
    EXPECT_LE(cache.bytes(), AnswerCache::kMaxBytes);
  }
  EXPECT_NE(cache.Find(snapshot, "/99"), nullptr);
  cache.Add(snapshot, "/huge", Answer(std::string(AnswerCache::kMaxBytes + 1, 'a')));
  EXPECT_EQ(cache.Find(snapshot, "/huge"), nullptr);
}

}  // namespace
}  // namespace portreg::server
