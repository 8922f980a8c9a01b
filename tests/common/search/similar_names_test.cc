#include "common/search/similar_names.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/model/service_name.h"
#include "common/text/edit_distance.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::IsEmpty;

// Returns the least distance of each name found.
std::map<std::string, size_t> Near(const SortedNames& names, const SimilarNames& similar,
                                   absl::string_view query) {
  std::map<std::string, size_t> near;
  similar.ForEach(
      query,
      [&](uint32_t name, size_t distance) {
        const auto [known, is_new] = near.try_emplace(std::string(names.name(name)), distance);
        if (!is_new) known->second = std::min(known->second, distance);
      },
      nullptr);
  return near;
}

// Returns the same by measuring the distance to every name.
std::map<std::string, size_t> Measured(const SortedNames& names, absl::string_view query) {
  std::map<std::string, size_t> near;
  const size_t limit = MaxSlips(query.size());
  for (size_t i = 0; i < names.size() && limit > 0; ++i) {
    const size_t distance = EditDistance(query, names.name(i), limit);
    if (distance <= limit) near.emplace(names.name(i), distance);
  }
  return near;
}

Registry Named(const std::vector<std::string>& names) {
  std::string rows;
  for (size_t i = 0; i < names.size(); ++i) absl::StrAppend(&rows, names[i], ",", i, ",tcp,\n");
  return MakeRegistry({.common = rows});
}

TEST(SimilarNamesTest, SlipsAllowedByLength) {
  const std::pair<size_t, size_t> cases[] = {{0, 0}, {2, 0},  {3, 1},  {5, 1},
                                             {6, 2}, {64, 2}, {65, 0}, {1'000, 0}};
  for (const auto& [size, slips] : cases) EXPECT_EQ(MaxSlips(size), slips) << size;
}

// Uses names and queries of two letters, so that slips of every kind occur everywhere.
TEST(SimilarNamesTest, AllNamesWithinTwoSlipsOfAnyQuery) {
  std::vector<std::string> all;
  for (const size_t size : {2, 3, 4, 5, 6, 7}) {
    for (unsigned bits = 0; bits < 1U << size; ++bits) {
      std::string& name = all.emplace_back();
      for (size_t i = 0; i < size; ++i) name.push_back((bits >> i & 1) != 0 ? 'a' : 'b');
    }
  }
  const Registry registry = Named(all);
  const SortedNames names(registry.records());
  const SimilarNames similar(names);
  for (const std::string& query : all) {
    EXPECT_EQ(Near(names, similar, query), Measured(names, query)) << query;
  }
}

TEST(SimilarNamesTest, RandomNamesAndSlips) {
  std::mt19937 random(3);
  const auto below = [&random](size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
  };
  std::vector<std::string> all;
  for (int i = 0; i < 500; ++i) {
    // Some names have a long common beginning.
    std::string& name = all.emplace_back(below(3) == 0 ? "service-" : "");
    for (size_t size = 1 + below(12); size > 0; --size) {
      name.push_back("abcdefgh-0"[below(10)]);
    }
    if (below(3) == 0) name += "-server";
  }
  all.emplace_back(kMaxServiceNameBytes, 'x');
  all.push_back(std::string(kMaxServiceNameBytes - 2, 'x') + "yx");
  const Registry registry = Named(all);
  const SortedNames names(registry.records());
  const SimilarNames similar(names);
  for (int i = 0; i < 600; ++i) {
    std::string query = all[below(all.size())];
    for (size_t slips = below(4); slips > 0; --slips) {
      const size_t at = below(query.size());
      switch (below(4)) {
        case 0:
          query.insert(at, 1, "abc-x"[below(5)]);
          break;
        case 1:
          if (query.size() > 1) query.erase(at, 1);
          break;
        case 2:
          query[at] = "abc-x"[below(5)];
          break;
        default:
          if (at + 1 < query.size()) std::swap(query[at], query[at + 1]);
      }
    }
    ASSERT_EQ(Near(names, similar, query), Measured(names, query)) << query;
  }
}

TEST(SimilarNamesTest, ACancelledSearchEnds) {
  const Registry registry = Named({"postgresql", "mysql"});
  const SortedNames names(registry.records());
  const SimilarNames similar(names);
  const std::atomic<bool> cancelled = true;
  size_t taken = 0;
  similar.ForEach(
      "postgresql", [&](uint32_t /*name*/, size_t /*distance*/) { ++taken; }, &cancelled);
  EXPECT_EQ(taken, 0);
}

TEST(SimilarNamesTest, NoNamesAndASingleOne) {
  const Registry none = MakeRegistry({});
  const SortedNames no_names(none.records());
  EXPECT_THAT(Near(no_names, SimilarNames(no_names), "postgresql"), IsEmpty());
  const Registry one = Named({"postgresql"});
  const SortedNames one_name(one.records());
  EXPECT_EQ(Near(one_name, SimilarNames(one_name), "postgrseql").size(), 1);
}

}  // namespace
}  // namespace portreg
