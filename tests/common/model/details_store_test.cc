#include "common/model/details_store.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(DetailsStoreTest, EqualDetailsInARowAreStoredOnce) {
  DetailsStore store;
  const RecordDetails* const first = store.Add({.owner = "payments"});
  EXPECT_EQ(first->owner, "payments");
  EXPECT_EQ(store.Add({.owner = "payments"}), first);
  EXPECT_NE(store.Add({.owner = "audit"}), first);
  EXPECT_EQ(store.Add({.owner = "payments"})->owner, "payments");
}

TEST(DetailsStoreTest, EmptyDetailsTakeNoMemory) {
  DetailsStore store;
  EXPECT_EQ(store.Add({}), &kNoDetails);
  EXPECT_EQ(store.MemoryBytes(), 0);
}

TEST(DetailsStoreTest, DetailsStayWhereTheyAre) {
  std::vector<std::string> owners;
  for (int i = 0; i < 1'000; ++i) owners.push_back(absl::StrCat("owner-", i));
  DetailsStore store;
  store.Reserve(3);
  std::vector<const RecordDetails*> added;
  for (const std::string& owner : owners) added.push_back(store.Add({.owner = owner}));
  const DetailsStore moved = std::move(store);
  for (size_t i = 0; i < owners.size(); ++i) EXPECT_EQ(added[i]->owner, owners[i]);
  EXPECT_GE(moved.MemoryBytes(), owners.size() * sizeof(RecordDetails));
}

}  // namespace
}  // namespace portreg
