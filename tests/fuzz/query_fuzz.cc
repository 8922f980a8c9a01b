// The tool's key grammar, against the grammar as a regular expression; and what
// is shown of a stranger's text.
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/model/query.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

constexpr size_t kMaxInput = 512;

// Whether a key is ports by the grammar that query.h states.
bool IsPortsByGrammar(absl::string_view key) {
  static const std::regex* const kGrammar = new std::regex(
      "(?:([TUS]):)?(0|[1-9][0-9]{0,4})(?:-(0|[1-9][0-9]{0,4}))?(?:/(tcp|udp|sctp|dccp))?",
      std::regex::ECMAScript | std::regex::icase);
  std::cmatch match;
  if (!std::regex_match(key.begin(), key.end(), match, *kGrammar)) return false;
  const int first = std::stoi(match[2]);
  const int last = match[3].matched ? std::stoi(match[3]) : first;
  // A prefix is the first letter of its transport.
  const bool agree = !match[1].matched || !match[4].matched ||
                     absl::EqualsIgnoreCase(match[1].str(), match[4].str().substr(0, 1));
  return first <= last && last <= kMaxPort && agree;
}

// Whether a key begins as ports do, so that it is no name.
bool IsMeantAsPorts(absl::string_view key) {
  static const std::regex* const kMeant = new std::regex(
      "(?:[TUS]:)?-?[0-9][0-9-]*(?:/[^/]*)?", std::regex::ECMAScript | std::regex::icase);
  return std::regex_match(key.begin(), key.end(), *kMeant);
}

std::string Written(const Query& query) {
  return absl::StrCat(query.ports ? ToString(*query.ports) : query.service,
                      query.transport == Transport::kNone ? "" : "/", ToString(query.transport));
}

void RequireSameQuestion(const Query& query) {
  const std::string written = Written(query);
  const absl::StatusOr<Query> again = ParseQuery(written);
  Require(again.ok(), "a key that was read can be written and read", written);
  Require(again->ports == query.ports && again->service == query.service &&
              again->transport == query.transport,
          "a key that was written means the same", written);
}

void RequireQuery(absl::string_view key) {
  const absl::StatusOr<Query> query = ParseQuery(key);
  if (!query.ok()) {
    Require(query.status().code() == absl::StatusCode::kInvalidArgument, "a bad key is refused");
    Require(absl::StartsWith(query.status().message(), "key \""), "an error names the key", key);
    RequirePrintable(query.status().message());
  } else {
    Require(query->text == key, "a query keeps its key", key);
    Require(query->ports.has_value() == query->service.empty(), "a key is ports or a name", key);
    Require(query->service.size() <= kMaxServiceNameBytes, "a name is bounded", key);
    Require(IsValidUtf8(key), "a key is UTF-8", key);
    RequireSameQuestion(*query);
  }
  const bool is_ports = query.ok() && query->ports.has_value();
  Require(is_ports == IsPortsByGrammar(key), "ports are what the grammar says", key);
  if (query.ok() && !is_ports) Require(!IsMeantAsPorts(key), "no broken ports are a name", key);
}

void RequireList(absl::string_view keys) {
  const absl::StatusOr<std::vector<Query>> queries = ParseQueries(keys);
  bool all = true;
  std::vector<std::string> expected;
  for (const absl::string_view key : absl::StrSplit(keys, ',')) {
    all = all && ParseQuery(key).ok();
    expected.emplace_back(key);
  }
  Require(queries.ok() == all, "a list is read if each of its keys is", keys);
  if (!queries.ok()) {
    RequirePrintable(queries.status().message());
    return;
  }
  std::vector<std::string> read;
  for (const Query& query : *queries) read.push_back(query.text);
  Require(read == expected, "a list has its keys in order", keys);
}

void RequireShown(absl::string_view text) {
  const std::string printable = Printable(text);
  Require(IsValidUtf8(printable), "what is shown is UTF-8", text);
  for (const char byte : printable) {
    Require(!absl::ascii_iscntrl(static_cast<unsigned char>(byte)), "what is shown is printable",
            text);
  }
  // C1, and what turns a line around.
  for (const absl::string_view hidden : {"\xC2\x9B", "\xE2\x80\xAE", "\xE2\x81\xA7"}) {
    Require(!absl::StrContains(printable, hidden), "nothing is hidden", text);
  }
  RequirePrintable(printable);
  for (const size_t most : {size_t{0}, size_t{1}, size_t{7}, size_t{64}}) {
    const std::string quoted = Quoted(text, most);
    RequirePrintable(quoted);
    // An escape makes six bytes of two, "..." and quotes five more.
    Require(quoted.size() <= 4 * most + 5, "what is quoted is bounded", text);
    Require(absl::StartsWith(quoted, "\"") && absl::EndsWith(quoted, "\""), "quotes are closed");
    Require(text.size() <= most || absl::EndsWith(quoted, "...\""), "a cut is shown", text);
  }
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace): the one entry
  if (size > kMaxInput) return 0;
  const absl::string_view text = TextOf(data, size);
  RequireQuery(text);
  RequireList(text);
  RequireShown(text);
  return 0;
}
