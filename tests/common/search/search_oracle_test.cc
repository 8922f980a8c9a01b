// Compares SearchIndex with a search that reads every record, for random registries and
// queries, and for cases that are hard for an index.
#include <algorithm>
#include <array>
#include <iterator>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/model/limits.h"
#include "common/search/search.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/search/search_oracle.h"
#include "tests/common/test_layers.h"

namespace portreg {

bool operator==(const SearchMatch& a, const SearchMatch& b) {
  return a.record == b.record && a.kind == b.kind && a.in_service == b.in_service &&
         a.in_description == b.in_description && a.in_owner == b.in_owner &&
         a.in_assignee == b.in_assignee;
}

void PrintTo(const SearchMatch& match, std::ostream* out) {
  *out << "record " << match.record << " kind " << static_cast<int>(match.kind)
       << (match.in_service ? " s" : "") << (match.in_description ? " d" : "")
       << (match.in_owner ? " o" : "") << (match.in_assignee ? " a" : "");
}

namespace {

using Random = std::mt19937;

size_t Below(Random& random, size_t bound) {
  return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
}

template <typename List>
const auto& OneOf(Random& random, const List& list) {
  return *std::next(std::begin(list), static_cast<ptrdiff_t>(Below(random, std::size(list))));
}

void ExpectSame(const SearchIndex& index, const SearchOracle& oracle,
                const SearchQuestion& question) {
  const SearchResult found = index.Search(question);
  const SearchResult expected = oracle.Search(question);
  const std::string asked =
      absl::StrCat("\"", absl::CHexEscape(question.query), "\", transport ",
                   static_cast<int>(question.transport), ", layers ", question.layers.size(),
                   ", scope \"", question.scope, "\", at most ", question.max_results);
  EXPECT_EQ(found.total_count, expected.total_count) << asked;
  EXPECT_EQ(found.matches, expected.matches) << asked;
  EXPECT_EQ(found.similar_services, expected.similar_services) << asked;
}

// Returns texts of few different bytes and pieces, so that they have much in common.
std::string RandomText(Random& random, size_t max_pieces) {
  static constexpr std::array<absl::string_view, 31> kPieces = {"a",
                                                                "b",
                                                                "A",
                                                                "e",
                                                                "ab",
                                                                "abc",
                                                                "web",
                                                                "server",
                                                                "Server",
                                                                "-",
                                                                ".",
                                                                "+",
                                                                "*",
                                                                "(",
                                                                ")",
                                                                "/",
                                                                " / ",
                                                                " ",
                                                                " ",
                                                                "  ",
                                                                "\t",
                                                                "0",
                                                                "1",
                                                                "42",
                                                                "z39.50",
                                                                "sql*net",
                                                                "\xC3\xA9",
                                                                "\xC3\x89",
                                                                "\xE6\x9D\xB1",
                                                                "_",
                                                                "aaaa"};
  std::string text;
  for (size_t pieces = Below(random, max_pieces + 1); pieces > 0; --pieces) {
    absl::StrAppend(&text, OneOf(random, kPieces));
  }
  return text;
}

constexpr std::array<absl::string_view, 5> kScopes = {"", "", "a", "a/b", "ab"};

// The columns of RandomRow.
constexpr absl::string_view kRandomHeader =
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Owner,Scope\n";

Registry RegistryOf(const LayerRows& rows) {
  const auto table = [](absl::string_view text) { return absl::StrCat(kRandomHeader, text); };
  std::vector<LayerData> layers;
  if (!rows.iana.empty()) layers.push_back(LayerOfText(Layer::kIana, table(rows.iana)));
  if (!rows.common.empty()) layers.push_back(LayerOfText(Layer::kCommon, table(rows.common)));
  if (!rows.local.empty()) layers.push_back(OwnTableOfText(table(rows.local)));
  return Registry::Create(std::move(layers)).value();
}

std::string RandomRow(Random& random) {
  static constexpr std::array<absl::string_view, 5> kTransportNames = {"tcp", "udp", "sctp", "dccp",
                                                                       ""};
  const std::string service = RandomText(random, 3).substr(0, 60);
  const std::string description = RandomText(random, 8);
  const std::string assignee = RandomText(random, 2);
  const std::string owner = RandomText(random, 2);
  const absl::string_view scope = OneOf(random, kScopes);
  // Sometimes adds a copy of the row on the next transport, like most of IANA's rows.
  const std::string port = absl::StrCat(Below(random, 300));
  const auto row = [&](absl::string_view transport) {
    return absl::StrCat("\"", service, "\",", port, ",", transport, ",\"", description, "\",\"",
                        assignee, "\",\"", owner, "\",", scope, "\n");
  };
  if (Below(random, 2) == 0) return row(OneOf(random, kTransportNames));
  return absl::StrCat(row("tcp"), row("udp"));
}

std::string RandomRows(Random& random, size_t count) {
  std::string rows;
  for (; count > 0; --count) rows += RandomRow(random);
  return rows;
}

// Makes one to four mistakes in a text.
std::string Misspelt(Random& random, std::string text) {
  static constexpr std::array<char, 6> kBytes = {'a', 'b', 'e', '-', '0', ' '};
  for (size_t slips = 1 + Below(random, 3); slips > 0; --slips) {
    const size_t at = Below(random, text.size() + 1);
    switch (Below(random, 4)) {
      case 0:
        text.insert(at, 1, OneOf(random, kBytes));
        break;
      case 1:
        if (at < text.size()) text.erase(at, 1);
        break;
      case 2:
        if (at < text.size()) text[at] = OneOf(random, kBytes);
        break;
      default:
        if (at + 1 < text.size()) std::swap(text[at], text[at + 1]);
    }
  }
  return text;
}

std::string RandomQuery(Random& random, const Registry& registry) {
  const ServiceRecord& record = *OneOf(random, registry.records());
  const auto part_of = [&random](absl::string_view text) {
    if (text.empty()) return std::string("x");
    const size_t at = Below(random, text.size());
    return std::string(text.substr(at, 1 + Below(random, text.size() - at)));
  };
  switch (Below(random, 10)) {
    case 0:
      return std::string(record.service);
    case 1:
      return Misspelt(random, std::string(record.service));
    case 2:
      return part_of(record.service);
    case 3:
      return part_of(record.description);
    case 4:
      return absl::StrCat(part_of(record.description), " ", part_of(record.service));
    case 5:
      return absl::StrCat(part_of(record.service), " ",
                          part_of(OneOf(random, registry.records())->description));
    case 7:
      return part_of(record.details->assignee);
    case 8:
      return absl::StrCat(part_of(record.details->owner), " ", part_of(record.service));
    case 6: {
      // Words of one letter each, some of them repeated.
      std::vector<std::string> words;
      for (size_t count = 1 + Below(random, kMaxQueryWords); count > 0; --count) {
        words.push_back(part_of(record.description).substr(0, 1));
      }
      return absl::StrJoin(words, " ");
    }
    default:
      return RandomText(random, 4);
  }
}

SearchQuestion RandomQuestion(Random& random, const Registry& registry) {
  static constexpr std::array<size_t, 6> kMax = {0, 1, 2, 7, 50, 500};
  SearchQuestion question = {.query = RandomQuery(random, registry), .layers = {}};
  question.max_results = OneOf(random, kMax);
  if (Below(random, 4) == 0) question.scope = std::string(OneOf(random, kScopes));
  if (Below(random, 3) == 0) question.transport = OneOf(random, kTransports);
  if (Below(random, 3) == 0) {
    for (const Layer layer : kLayers) {
      if (Below(random, 2) == 0) question.layers.push_back(layer);
    }
  }
  return question;
}

void ExpectSameForRandomQuestions(Random& random, const Registry& registry, int count) {
  const SearchIndex index(registry);
  const SearchOracle oracle(registry);
  for (; count > 0 && !testing::Test::HasFailure(); --count) {
    ExpectSame(index, oracle, RandomQuestion(random, registry));
  }
}

TEST(SearchOracleTest, SmallRegistriesOfAllKinds) {
  for (unsigned seed = 0; seed < 40 && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Random random(seed);
    const std::string iana = RandomRows(random, Below(random, 80));
    const std::string common = RandomRows(random, Below(random, 20));
    const std::string local = RandomRows(random, 1 + Below(random, 80));
    const Registry registry = RegistryOf({.iana = iana, .common = common, .local = local});
    ExpectSameForRandomQuestions(random, registry, 100);
  }
}

// Uses so many records that the index sums up words beforehand.
TEST(SearchOracleTest, LargerRegistriesOfFewWords) {
  for (unsigned seed = 0; seed < 3 && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Random random(seed);
    const std::string rows = RandomRows(random, 4'000);
    ExpectSameForRandomQuestions(random, RegistryOf({.local = rows}), 80);
  }
}

TEST(SearchOracleTest, NamesInSeries) {
  Random random(1);
  std::string rows;
  for (int i = 0; i < 3'000; ++i) {
    absl::StrAppend(&rows, "customer-service", i, ",", i, ",tcp,The service of customer ", i * 7,
                    " in data-centre ", i % 5, "\n");
  }
  const Registry registry = MakeRegistry({.local = rows});
  const SearchIndex index(registry);
  const SearchOracle oracle(registry);
  for (const char* query :
       {"customer", "customer-service1", "customer-service12", "service", "service 99",
        "data-centre", "centre 4", "e", "e 1", "-", "r-s", "customer-serivce17", "customr-service",
        "customer-service99x", "ustomer-service2999", "customer-service2999 e"}) {
    ExpectSame(index, oracle, {.query = query, .layers = {}});
  }
  ExpectSameForRandomQuestions(random, registry, 100);
}

TEST(SearchOracleTest, WordsThatRepeatThemselves) {
  std::string rows;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&rows, "a", i, ",", i, ",tcp,", std::string(100 + i * 13, 'a'), "\n");
    absl::StrAppend(&rows, std::string(1 + i, 'a'), ",", i, ",udp,",
                    absl::StrReplaceAll(std::string(40 + i, 'x'), {{"x", "ab."}}), "\n");
  }
  const Registry registry = MakeRegistry({.local = rows});
  const SearchIndex index(registry);
  const SearchOracle oracle(registry);
  for (size_t size = 1; size < 700; size += 1 + size / 5) {
    ExpectSame(index, oracle, {.query = std::string(size, 'a'), .layers = {}});
    ExpectSame(index, oracle, {.query = std::string(size, 'a') + "b", .layers = {}});
    ExpectSame(
        index, oracle,
        {.query = absl::StrReplaceAll(std::string(size, 'x'), {{"x", "ab."}}), .layers = {}});
  }
  ExpectSame(index, oracle, {.query = "a a a a a a a a a a a a a a a a", .layers = {}});
}

TEST(SearchOracleTest, TheEmbeddedRegistry) {
  Random random(7);
  const SearchIndex index(EmbeddedRegistry());
  const SearchOracle oracle(EmbeddedRegistry());
  for (const char* query : {"e",
                            "s",
                            "-",
                            ".",
                            "/",
                            "server",
                            "web server",
                            "postgresql",
                            "postgrsql",
                            "tcp/ip",
                            "z39.50",
                            "sql*net",
                            "protocol",
                            "a b c d e f g h i j k l m n o p",
                            "ms-",
                            "system",
                            "cisco-",
                            "e-",
                            "the",
                            "of the",
                            "no such words at all"}) {
    ExpectSame(index, oracle, {.query = query, .layers = {}});
    ExpectSame(index, oracle,
               {.query = query,
                .transport = Transport::kSctp,
                .layers = {Layer::kIana},
                .max_results = kMaxSearchResults});
  }
  ExpectSame(index, oracle, {.query = std::string(kMaxQueryBytes, 'e'), .layers = {}});
  for (int i = 0; i < 120 && !HasFailure(); ++i) {
    ExpectSame(index, oracle, RandomQuestion(random, EmbeddedRegistry()));
  }
}

}  // namespace
}  // namespace portreg
